"""Snapshots on a stick: writing one out encrypted, whole or one district, and loading one that came from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QLineEdit, QWidget

from app.domain.carrying import SnapshotCard
from app.domain.errors import RuleViolation, SasaeError
from app.domain.resident import Snapshot
from app.presentation.columns.texts import moment_long
from app.presentation.messages import message
from app.syncing.snapshots import SUFFIX, ExportedSnapshot, LoadedSnapshot, export_snapshot, inspect_snapshot, load_snapshot
from app.ui import faults, ime, theme
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.export_dialog import safe_name
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.opening import open_file
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases.reception import Warning
from app.usecases.snapshot_files import list_districts, suggest_passphrase

_FILTER = f"支えの住民データ (*{SUFFIX});;すべてのファイル (*)"


class _TransferDialog(QDialog):
    """A question, a banner, one button that does it."""

    def __init__(self, parent: QWidget | None, shell: Shell, title: str, lead: str, act: str) -> None:
        super().__init__(parent)
        self.shell = shell
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
        self.setMinimumWidth(theme.current().px(660))
        self.banner = Banner()
        self.questions = column(spacing=4)
        self.act_button = button(f"{act}（Ctrl+Enter）", role="primary", icon="check")
        self.act_button.clicked.connect(self.run)
        self.close_button = button("やめる（Esc）")
        self.close_button.clicked.connect(self.reject)
        body = column(heading(title), note(lead), self.banner, spacing=10, margins=(24, 18, 24, 14))
        body.addLayout(self.questions)
        body.addStretch()
        self.foot = row(1, self.close_button, self.act_button, margins=(20, 10, 20, 10))
        whole = column(body, frame("footer", self.foot), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.run)

    def run(self) -> None:
        """Do it."""
        raise NotImplementedError

    def ask_line(self, words: str, line: QWidget, *more: QWidget) -> None:
        """A field with its name above."""
        line.setAccessibleName(words)
        caption = text(words, role="field", wrap=False)
        caption.setBuddy(line)
        self.questions.addWidget(caption)
        fields = row(line, *more, spacing=8)
        fields.setStretch(0, 1)
        self.questions.addLayout(fields)
        self.questions.addSpacing(8)

    def fail(self, error: Exception) -> None:
        """What a person can mend is said here, the rest in a dialog of its own."""
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
            self.grow()
        else:
            faults.show(self, error)

    def grow(self) -> None:
        """As high as what is said now needs: nothing is cut off, nothing lies over something else."""
        layout = self.layout()
        layout.activate()
        wanted = max(layout.totalHeightForWidth(self.width()), layout.totalSizeHint().height())
        self.resize(self.width(), min(max(self.height(), wanted), self.screen().availableGeometry().height() - 20))


class SendDialog(_TransferDialog):
    """``written`` carries the ``ExportedSnapshot``."""

    written = Signal(object)

    def __init__(self, parent: QWidget | None, shell: Shell, snapshot: Snapshot) -> None:
        lead = "住民データを、合言葉で開く暗号化したファイルに書き出します。避難所のパソコンでは、もとのCSVがなくてもこのファイルから読み込めます。"
        super().__init__(parent, shell, f"「{snapshot.label}」をファイルに書き出す", lead, "書き出す")
        self._snapshot = snapshot
        self.district = QComboBox()
        self.district.addItem(f"全域（{snapshot.residents:,}人）", "")
        self.district.currentIndexChanged.connect(lambda _: self._rename())
        self.path = QLineEdit()
        choose = button("選ぶ…", icon="folder")
        choose.clicked.connect(self._choose)
        self.passphrase = QLineEdit(suggest_passphrase())
        ime.prepare(self.passphrase, "latin")
        copy, self.other_button = button("写す", icon="list"), button("別の合言葉", icon="refresh")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.passphrase.text()))
        self.other_button.clicked.connect(lambda: self.passphrase.setText(suggest_passphrase()))
        self.ask_line("どの地区の人か", self.district)
        self.ask_line("保存先（USBメモリなど）", self.path, choose)
        self.ask_line("合言葉（読み込むときに要ります）", self.passphrase, copy, self.other_button)
        self.questions.addWidget(
            note(
                "合言葉はファイルと別の方法（電話など）で伝えてください。ファイルには残らず、忘れると開けません。数字の区切りは入れなくても開きます。"
            )
        )
        self._rename()
        ctx = shell.context
        read = shell.runner.read(lambda: list_districts(ctx, snapshot_id=snapshot.id), parent=self, latest="transfer.districts")
        read.success(self._offer).start()
        self.district.setFocus()

    def _offer(self, districts: Sequence[tuple[str, int]]) -> None:
        for name, number in districts:
            if name:
                self.district.addItem(f"{name}（{number:,}人）", name)

    def _rename(self) -> None:
        """The name follows the district; the folder stays."""
        kept = Path(self.path.text()).parent if self.path.text() else Path(
            self.shell.preferences.get("transfer.folder", "")
            or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        )  # fmt: skip
        name = safe_name("_".join(filter(None, (self._snapshot.label, self.district.currentData()))))
        self.path.setText(str(kept / f"{name}{SUFFIX}"))

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "保存先", self.path.text(), _FILTER)
        if chosen:
            self.path.setText(chosen if chosen.endswith(SUFFIX) else chosen + SUFFIX)

    def run(self) -> None:
        """Write it; progress with Cancel."""
        if not self.act_button.isEnabled() or self.path.isReadOnly():
            return
        path, secret, district = Path(self.path.text().strip()), self.passphrase.text(), self.district.currentData()
        if not self.path.text().strip() or path.is_dir():
            self.banner.show_message("保存するファイルの名前を入れてください。", tone="bad")
            return
        if path.exists() and not ask(self, "同じ名前のファイルがあります。置き換えますか？", path.name, yes="置き換える", no="やめる"):
            return
        ctx, snapshot_id = self.shell.context, self._snapshot.id
        self.act_button.setEnabled(False)
        operation = self.shell.runner.write(
            lambda job: export_snapshot(ctx, target=path, snapshot_id=snapshot_id, passphrase=secret, district=district, job=job),
            parent=self,
            label="transfer.writing",
        )
        operation.finished(lambda: self.act_button.setEnabled(True)).success(self._done).failure(self.fail).start()

    def _done(self, done: ExportedSnapshot) -> None:
        self.shell.preferences.set("transfer.folder", str(done.path.parent))
        told = [f"{done.card.residents:,}人・{done.card.households:,}世帯を書き出し、読み戻して確かめました（{_size(done.bytes)}）。"]
        told += [_say(warning) for warning in done.warnings]
        half = len(done.file_sha256) // 2  # in one line it would be cut off at the edge
        told.append(f"ファイルの照合値（SHA-256）：\n{done.file_sha256[:half]}\n{done.file_sha256[half:]}")
        self.banner.show_message("\n".join(told), tone="good", action="フォルダーを開く", act=lambda: open_file(done.path.parent))
        self.act_button.hide()
        self.path.setReadOnly(True)
        self.district.setEnabled(False)
        self.passphrase.setReadOnly(True)
        self.other_button.setEnabled(False)  # another one would not open the file just written
        self.close_button.setText("閉じる（Esc）")
        self.grow()
        self.shell.say(f"書き出しました：{done.path.name}")
        self.written.emit(done)


class ReceiveDialog(_TransferDialog):
    """First what the file is, then loading it. ``loaded`` carries the ``LoadedSnapshot``."""

    loaded = Signal(object)

    def __init__(self, parent: QWidget | None, shell: Shell, path: Path | None = None) -> None:
        lead = "ほかのパソコンで書き出した、暗号化した住民データのファイルを読み込みます。読み込む前に中身を確かめられます。"
        super().__init__(parent, shell, "住民データをファイルから読み込む", lead, "中身を確かめる")
        self.card: SnapshotCard | None = None
        self.path = QLineEdit(str(path or ""))
        self.path.textChanged.connect(lambda _: self._forget())
        choose = button("選ぶ…（Ctrl+O）", icon="folder")
        choose.setShortcut("Ctrl+O")
        choose.clicked.connect(self._choose)
        self.passphrase = QLineEdit()
        self.passphrase.textChanged.connect(lambda _: self._forget())
        ime.prepare(self.passphrase, "latin")
        self.ask_line("ファイル", self.path, choose)
        self.ask_line("合言葉", self.passphrase)
        self.facts = text("")
        self.questions.addWidget(self.facts)
        self.setAcceptDrops(True)
        choose.setFocus()

    def dragEnterEvent(self, event) -> None:
        """A file from the desktop is welcome."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:
        """Take it."""
        self.path.setText(next(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()))
        event.acceptProposedAction()

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "住民データのファイル", self.shell.preferences.get("transfer.folder", ""), _FILTER)
        if chosen:
            self.path.setText(chosen)
            self.passphrase.setFocus()

    def _forget(self) -> None:
        self.card = None
        self.facts.setText("")
        self.act_button.setText("中身を確かめる（Ctrl+Enter）")

    def run(self) -> None:
        """Look into it, then load it."""
        if not self.act_button.isEnabled() or self.act_button.isHidden():
            return
        if not self.path.text().strip() or not self.passphrase.text().strip():
            self.banner.show_message("ファイルと合言葉の両方を入れてください。", tone="bad")
            return
        ctx, path, secrets = self.shell.context, Path(self.path.text().strip()), [self.passphrase.text()]
        self.act_button.setEnabled(False)
        if self.card is None:
            read = self.shell.runner.read(
                lambda: inspect_snapshot(ctx, source=path, passphrases=secrets), parent=self, label="transfer.loading"
            )
            read.finished(lambda: self.act_button.setEnabled(True)).success(self._show_card).failure(self.fail).start()
            return
        operation = self.shell.runner.write(
            lambda job: load_snapshot(ctx, source=path, passphrases=secrets, job=job), parent=self, label="transfer.loading"
        )
        operation.finished(lambda: self.act_button.setEnabled(True)).success(self._done).failure(self.fail).start()

    def fail(self, error: Exception) -> None:
        """A wrong passphrase or a damaged file is said here: the next thing is to type it again or to choose another file."""
        if isinstance(error, SasaeError) and error.code.startswith(("sealed.", "transfer.")):
            self.banner.show_message(message(error), tone="bad")
            self.grow()
            self.passphrase.setFocus()
            self.passphrase.selectAll()
        else:
            super().fail(error)

    def _show_card(self, card: SnapshotCard) -> None:
        self.card = card
        self.banner.show_message("")
        what = f"{card.district}の" if card.district else ""
        self.facts.setText(
            f"「{card.label}」　{what}{card.residents:,}人・{card.households:,}世帯\n"
            f"いつの住民か：{moment_long(card.as_of)}\nいつまでの届出か：{moment_long(card.known_at)}\n"
            f"書き出したところ：{card.municipality}　{card.site}（{moment_long(card.written_at)}）"
        )
        self.act_button.setText(f"{card.residents:,}人を読み込む（Ctrl+Enter）")
        self.grow()

    def _done(self, done: LoadedSnapshot) -> None:
        self.shell.preferences.set("transfer.folder", str(Path(self.path.text()).parent))
        said = message(done.code, label=done.card.label, added=done.received.added, flagged=done.received.flagged)
        told = "\n".join([said, *(_say(warning) for warning in done.warnings)])
        self.banner.show_message(told, tone="warn" if done.warnings else "good")
        self.act_button.hide()
        self.close_button.setText("閉じる（Esc）")
        self.grow()
        self.shell.say(said)
        self.loaded.emit(done)


def _size(number: int) -> str:
    return f"{number / 1e6:,.1f} MB" if number >= 1_000_000 else f"{-(-number // 1000):,} KB"


def _say(warning: Warning) -> str:
    return message(warning.code, **warning.params)
