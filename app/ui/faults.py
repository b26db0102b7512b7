"""Failures shown to people, in one place: what is wrong, what to do next, and nothing of the data in a bug report."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QFileDialog, QPlainTextEdit, QPushButton, QWidget

from app.domain.errors import Cancelled, EnvironmentFault, IntegrityFault, SasaeError, StaleRecord
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui.icons import IconLabel
from app.ui.widgets.text import button, column, frame, heading, note, row, text

_BUG = "プログラムの内部で問題が起きました。保存の途中だったものは元に戻してあります。台帳は壊れていません。"
_BUG_NEXT = "もう一度同じ操作をしてみてください。続くときは、下の「報告を保存」で作ったファイルを担当者に渡してください。"
_BUG_MASK = "この報告に入るのは、問題の種類とプログラムの行の番号だけです。氏名・住所などの個人情報や、入力した内容は入りません。"


def show(parent: QWidget | None, error: BaseException, *, retry: Callable[[], object] | None = None) -> None:
    """Show any failure in the words and with the choices that fit its class. Blocks until the person has answered."""
    if isinstance(error, Cancelled):
        return
    if isinstance(error, SasaeError):
        dialog: QDialog = FaultDialog(parent, error, can_retry=retry is not None and isinstance(error, EnvironmentFault))
    else:
        dialog = BugDialog(parent, error)
    if dialog.exec() == FaultDialog.RETRY and retry is not None:
        retry()


class FaultDialog(QDialog):
    """A refusal, a fault of the surroundings, or damage, in the sentence of its code."""

    RETRY = 2

    def __init__(self, parent: QWidget | None, error: SasaeError, *, can_retry: bool = False) -> None:
        super().__init__(parent)
        icon, tint, words = _face(error)
        self.setWindowTitle(words)
        self.setMinimumWidth(480)
        body = column(heading(words), text(message(error)), spacing=6)
        where = "、".join(f"{_WHERE[name]}：{value}" for name, value in error.where.items() if name in _WHERE)
        if where:
            body.addWidget(note(where))
        if isinstance(error, StaleRecord):
            body.addWidget(note("画面を新しくしてから、もう一度変更してください。相手の変更は残っています。"))
        close = button("閉じる（Esc）" if can_retry else "わかりました", role="" if can_retry else "primary")
        close.clicked.connect(self.reject)
        buttons: list[QWidget | int] = [1, close]
        first = close
        if can_retry:
            again = button("もう一度やる", role="primary", icon="refresh")
            again.clicked.connect(lambda: self.done(self.RETRY))
            buttons.append(again)
            first = again
        _lay_out(self, icon, tint, body, buttons, first)


class BugDialog(QDialog):
    """An error nobody foresaw. Offers a report without anything of the data."""

    def __init__(self, parent: QWidget | None, error: BaseException) -> None:
        super().__init__(parent)
        self.setWindowTitle("予期しない問題")
        self.setMinimumWidth(560)
        self._report = describe(error)
        shown = QPlainTextEdit(self._report, readOnly=True)
        shown.setAccessibleName("報告の内容")
        shown.setTabChangesFocus(True)
        shown.setMaximumHeight(130)
        body = column(heading("予期しない問題が起きました"), text(_BUG), text(_BUG_NEXT), shown, note(_BUG_MASK), spacing=8)
        self.save = button("報告を保存…", icon="save")
        self.save.clicked.connect(self._save)
        close = button("閉じる", role="primary")
        close.clicked.connect(self.reject)
        _lay_out(self, "bug", "danger", body, [self.save, 1, close], close)

    def _save(self) -> None:
        name = f"sasae-report-{datetime.now():%Y%m%d-%H%M%S}.txt"
        chosen, _ = QFileDialog.getSaveFileName(self, "報告を保存", str(Path.home() / name), "テキスト (*.txt)")
        if chosen:
            try:
                Path(chosen).write_text(self._report, "utf-8")
            except OSError:
                show(self, EnvironmentFault("file.not_writable", path=chosen))


def describe(error: BaseException) -> str:
    """A report with exception types, modules and line numbers only: no message, no value, no text that was typed."""
    lines = [
        "Sasae",
        f"time {datetime.now().astimezone():%Y-%m-%dT%H:%M:%S%z}",
        f"python {platform.python_version()}",
        f"qt {qVersion()}",
        f"system {platform.system()} {platform.release()} {platform.machine()}",
    ]
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        lines.append(f"\n{type(link).__module__}.{type(link).__qualname__}")
        lines += [f"  {_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(link.__traceback__)]
        link = link.__cause__ or link.__context__
    return "\n".join(lines) + "\n"


def install_hook() -> None:
    """Errors in slots end in the bug dialog instead of a console nobody sees."""

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write(describe(error))
        if not issubclass(kind, (KeyboardInterrupt, SystemExit)):
            show(None, error)

    sys.excepthook = report


_WHERE = {"path": "ファイル", "line": "行", "column": "列"}


def _face(error: SasaeError) -> tuple[str, str, str]:
    if isinstance(error, IntegrityFault):
        return "error", "danger", "データに異常が見つかりました"
    if isinstance(error, EnvironmentFault):
        return "warning", "warn", "うまくいきませんでした"
    if isinstance(error, StaleRecord):
        return "info", "accent", f"ほかの人が先に変更しました（{label('record', error.params['kind'])}）"
    return "info", "accent", "このままでは進めません"


def _lay_out(dialog: QDialog, icon: str, tint: str, body, buttons: list[QWidget | int], first: QPushButton) -> None:
    """Icon left, words right, buttons below; ``first`` has the focus."""
    body.addStretch()
    top = row(column(IconLabel(icon, tint=tint, size=32), 1), body, spacing=16, margins=(24, 22, 24, 18))
    top.setStretch(1, 1)
    footer = frame("footer", row(*buttons, margins=(20, 12, 20, 12)))
    outer = column(top, footer, spacing=0)
    dialog.setLayout(outer)
    dialog.setWindowModality(Qt.WindowModality.WindowModal if dialog.parent() else Qt.WindowModality.ApplicationModal)
    width = dialog.minimumWidth()
    outer.activate()
    dialog.resize(width, outer.totalHeightForWidth(width))
    first.setDefault(True)
    first.setFocus()


def _module(filename: str) -> str:
    """A file of the program by its module; anything else by its bare name, so that no folder of a person is in a report."""
    parts = Path(filename).with_suffix("").parts
    start = len(parts) - 1 - parts[::-1].index("app") if "app" in parts else None
    return Path(filename).name if start is None else ".".join(parts[start:])
