"""The parts of the dialog that accepts: reading what came, a request with its questions, an answer with its fingerprint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLineEdit, QPlainTextEdit, QWidget

from app.domain.enrolment import same_fingerprint
from app.domain.governance import Site
from app.interchange.enrolment_files import read_enrolment
from app.presentation.columns.texts import moment_long
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui import ime
from app.ui.page import Shell
from app.ui.widgets.text import button, column, frame, note, row, text
from app.usecases.enrolling import AnswerView, RequestView

_PICTURES = "*.jpg *.jpeg *.png *.heic *.bmp *.tif *.tiff *.webp *.pdf"


class ReadingPane(QWidget):
    """``read`` carries ``(text, path)``; ``failed`` an exception."""

    read = Signal(str, str)
    failed = Signal(object)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.choose_button = button("ファイルか写真を選ぶ…（Ctrl+O）", role="primary", icon="folder")
        self.choose_button.setShortcut("Ctrl+O")
        self.choose_button.clicked.connect(self.choose)
        self.typed = QPlainTextEdit(placeholderText="SASAE-…\n 1. 04002 CG820 …")
        self.typed.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.typed.setTabChangesFocus(True)
        self.typed.setAccessibleName("打ち込む文字")
        ime.prepare(self.typed, "latin")
        self.typed_button = button("この文字を読む", icon="check")
        self.typed_button.clicked.connect(lambda: self.read.emit(self.typed.toPlainText(), ""))
        self.typed_button.setEnabled(False)
        self.typed.textChanged.connect(lambda: self.typed_button.setEnabled(bool(self.typed.toPlainText().strip())))
        whole = column(
            row(self.choose_button, 1),
            note("受け取ったファイル、または相手の画面の QR コードを撮った写真（JPEG・PNG・HEIC・PDF）"),
            text("または、文字を打ち込む・貼り付ける", role="field", wrap=False), self.typed, row(1, self.typed_button), spacing=8,
        )  # fmt: skip
        whole.setStretch(3, 1)
        self.setLayout(whole)

    def choose(self) -> None:
        """The file."""
        folder = self.shell.preferences.get("transfer.folder", "") or str(Path.home())
        path, _ = QFileDialog.getOpenFileName(self, "ファイルか写真を選ぶ", folder, f"登録・写真 (*.txt {_PICTURES});;すべて (*)")
        if path:
            self.read_file(Path(path))

    def read_file(self, path: Path) -> None:
        """Off the GUI thread: a photo takes its time."""
        self.shell.preferences.set("transfer.folder", str(path.parent))
        work = self.shell.runner.read(lambda: read_enrolment(path), parent=self, latest="enrol.read")
        work.success(lambda words: self.read.emit(words, str(path))).failure(self.failed.emit).start()


def _facts(*lines: tuple[str, str]) -> QWidget:
    """Names and values under each other in a card."""
    grid = column(spacing=4, margins=(14, 10, 14, 10))
    for name, value in lines:
        caption, words = text(name, role="field", wrap=False), text(value)
        caption.setMinimumWidth(140)
        line = row(caption, words, spacing=12)
        line.setStretch(1, 1)
        grid.addLayout(line)
    return frame("card", grid)


class RequestPane(QWidget):
    """A request at headquarters: who asks, and for which site."""

    def __init__(self, view: RequestView, sites: Sequence[Site]) -> None:
        super().__init__()
        self.view, told = view, view.request
        self.again = view.refusal is not None and view.refusal.code == "enrol.already"
        where = _facts(
            ("依頼した拠点", f"{told.site_name}（{label('site.kind', told.site_kind)}）"),
            ("端末の記号", told.letters),
            ("依頼した日時", moment_long(_moment(told.written_at))),
            ("照合番号", f"{view.fingerprint}　（依頼した端末の画面の番号と同じことを確かめます）"),
        )
        self.site = QComboBox()
        self._offer(sites)
        self.site.setAccessibleName("働く拠点")
        self.replaces = QCheckBox()
        self.with_key = QCheckBox("自治体の鍵も渡す（2台目の本部として、登録と失効もできるようにする）")
        questions = column(text("どの拠点の端末として登録するか", role="field", wrap=False), self.site, spacing=6)
        for one in view.warnings:
            questions.addWidget(note(message(one.code, **one.params)))
        if view.before is not None:
            old = view.before.letters
            self.replaces.setText(
                f"前の登録（端末 {old}）を失効にする（復元した・入れ替えたときは選びます）" if view.before.active
                else f"失効した端末 {old} だったときの記録 {view.behind:,}件も有効にする（見つかった端末で、書いた人が分かるとき）"
            )  # fmt: skip
            self.replaces.setChecked(view.before.active)
            questions.addWidget(self.replaces)
        questions.addWidget(self.with_key)
        self.site.currentIndexChanged.connect(lambda _: self._follow())
        self._follow()
        asked = QWidget()
        asked.setLayout(questions)
        asked.setVisible(view.refusal is None)
        self.setLayout(column(where, asked, 1, spacing=12))

    def _offer(self, sites: Sequence[Site]) -> None:
        told = self.view.request
        if told.site_kind != "hq":
            self.site.addItem(f"{told.site_name}（依頼した端末の拠点をそのまま加える）", "")
        for one in sites:
            self.site.addItem(f"{one.name}（{label('site.kind', one.kind)}）", one.id)
        if self.view.site_id:
            self.site.setCurrentIndex(max(0, self.site.findData(self.view.site_id)))
            if told.site_kind != "hq":
                self.site.removeItem(0)  # its own would be a second one of the same name
                self.site.setCurrentIndex(max(0, self.site.findData(self.view.site_id)))
        self._kinds = {one.id: one.kind for one in sites}

    def _follow(self) -> None:
        """The key is only for headquarters."""
        hq = self._kinds.get(self.site.currentData()) == "hq"
        self.with_key.setVisible(hq)
        self.with_key.setChecked(self.with_key.isChecked() and hq)


class AnswerPane(QWidget):
    """An answer at the laptop: whose it is, and the fingerprint as headquarters reads it out. ``ready``: it may be taken."""

    ready = Signal(bool)

    def __init__(self, view: AnswerView) -> None:
        super().__init__()
        self.view, told = view, view.answer.devices
        member = view.member
        site = f"{member.site_name}（{label('site.kind', member.site_kind)}）　端末 {member.letters}" if member else ""
        where = _facts(
            ("自治体", told.municipality), ("災害", told.disaster), ("この端末の拠点", site), ("本部が書いた日時", moment_long(_moment(told.written_at))),
            *((("自治体の鍵", "渡されます（2台目の本部）"),) if view.answer.lent else ()),
        )  # fmt: skip
        self.typed = QLineEdit(placeholderText="ABCD-EFGH-JKMN-PQRS")
        self.typed.setAccessibleName("本部の照合番号")
        ime.prepare(self.typed, "latin")
        self.typed.textChanged.connect(lambda _: self.ready.emit(self.agrees))
        self.said = note("")
        self.typed.textChanged.connect(lambda _: self._say())
        asked = QWidget()
        asked.setLayout(
            column(
                text("本部に照合番号を読み上げてもらい、入力してください（本部の「拠点 ▸ 端末の登録」の画面にあります）", role="field"),
                self.typed, self.said, spacing=6,
            )
        )  # fmt: skip
        asked.setVisible(view.refusal is None and not view.known)
        self.setLayout(column(where, asked, 1, spacing=12))

    @property
    def agrees(self) -> bool:
        """Whether the key is trusted already, or the number agrees."""
        return self.view.known or same_fingerprint(self.typed.text(), self.view.fingerprint)

    def _say(self) -> None:
        typed = len(self.typed.text().replace("-", "").replace(" ", ""))
        wrong = typed >= 16 and not self.agrees
        words = "番号が違います。本部の番号をもう一度確かめ、それでも違うときは読み込まずに本部に知らせてください。" if wrong else ""
        self.said.setText("番号が一致しました。" if self.agrees else words)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
