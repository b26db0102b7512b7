"""照合: is this paper genuine? By a reader that types, a pasted text, a photo, a scan or a PDF. Offline, and nothing about anybody is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QScrollArea, QWidget

from app.domain.errors import SasaeError
from app.presentation.messages import message
from app.presentation.verified import Verdict, say_verified
from app.ui import faults, ime, theme
from app.ui.certificates.keys_pane import KeysPane
from app.ui.icons import IconLabel
from app.ui.surveys.asking import bind
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import certificates
from app.usecases.certificate_rows import Verified

if TYPE_CHECKING:
    from app.ui.pages.certificates import CertificatesPage

_TINTS = {"good": "good", "warn": "warn", "bad": "danger", "info": "accent"}
_FILES = "写真・スキャン・PDF (*.jpg *.jpeg *.png *.heic *.heif *.tif *.tiff *.bmp *.webp *.pdf)"


class VerdictCard(QFrame):
    """One answer: icon, verdict in large letters, what it means, what the paper says."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict
        self.setProperty("role", "banner")
        self.setProperty("tone", verdict.tone)
        self.title = text(verdict.title, role="display")
        self.words = text(verdict.words, role="lead")
        lines = [row(text(name, role="field", wrap=False), text(words, role="section", wrap=False), 1, spacing=12) for name, words in verdict.facts]
        for line in lines:
            line.itemAt(0).widget().setFixedWidth(theme.current().px(110))
        inside = column(self.title, self.words, *lines, spacing=6)
        icon = IconLabel(verdict.icon, tint=_TINTS.get(verdict.tone, "text2"), size=56)
        whole = row(icon, inside, spacing=18, margins=(20, 16, 20, 16))
        whole.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.setAccessibleName(f"{verdict.title}。{verdict.words}")


class VerifyTab(Tab):
    """The keyboard stays in the field: a reader types the code and Enter. Ctrl+O chooses a file; files may be dropped anywhere here."""

    kinds = frozenset({"certificate", "setting"})

    def __init__(self, page: CertificatesPage) -> None:
        super().__init__(page)
        self.setAcceptDrops(True)
        self.found: Sequence[Verified] = ()
        self.field = SearchBox("ここでQRを読み取る・貼り付ける", name="証明書のコード")
        ime.prepare(self.field, "off")
        self.field.installEventFilter(self)
        self.field.entered.connect(self.check)
        self.check_button = button("確かめる（Enter）", role="primary", icon="check")
        self.file_button = button("写真・スキャン・PDF…（Ctrl+O）", icon="folder")
        bind(self, self.check_button, lambda: self.check(self.field.text()))
        bind(self, self.file_button, self.choose, "Ctrl+O")
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.empty = EmptyState(
            "証明書が本物か、ここで確かめます",
            "証明書の左下のQRを読み取るか、写真・スキャン・PDFをここに落とします。インターネットは使いません。"
            "紙に書いてあること以外の、ほかの人の情報は出しません。",
            icon="certificates",
        )
        self._cards = column(spacing=10)
        self.keys = KeysPane(self.shell)
        self._lay_out()

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(self._cards, 1, margins=(0, 0, 10, 0)))
        self.area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inner)
        self.area.hide()
        self.field.setMinimumHeight(theme.current().px(44))
        buttons = row(self.check_button, self.file_button, 1, spacing=8)
        left = column(self.field, buttons, self.banner, self.area, self.empty, spacing=10)
        left.setStretch(3, 1)
        left.setStretch(4, 1)
        side = frame("card", column(heading("署名の鍵"), self.keys, spacing=8, margins=(16, 12, 16, 14)))
        side.setFixedWidth(theme.current().px(330))
        both = row(left, side, spacing=16, margins=(0, 10, 0, 0))
        both.setStretch(0, 1)
        self.setLayout(both)

    def refresh(self) -> None:
        """Keys may have come."""
        self.keys.refresh()

    def arrive(self, **arguments: Any) -> None:
        """``text`` is checked at once."""
        if arguments.get("text"):
            self.check(arguments["text"])

    def take_focus(self) -> None:
        """Ready for a reader."""
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A reader types latin letters: the input method must not make kana of them."""
        if event.type() == QEvent.Type.FocusIn and watched is self.field:
            ime.switch(self.field, "off")
        return super().eventFilter(watched, event)

    # -- checking

    def check(self, words: str) -> None:
        """Check the text of a code; the field is ready for the next one."""
        if not words.strip():
            return
        self.field.clear()
        self.field.setFocus()
        if words.strip().upper().startswith("SASAEKEY"):
            self.keys.import_text(words)
            return
        ctx = self.context
        found = self.runner.read(lambda: [certificates.verify(ctx, text=words)], parent=self, latest="certificate.verify")
        found.success(self.show_found).failure(self._failed).start()

    def choose(self) -> None:
        """A file with a code."""
        start = self.shell.preferences.get("import.folder", "") or str(Path.home())
        path, _ = QFileDialog.getOpenFileName(self, "証明書の写真・スキャン・PDF", start, _FILES)
        if path:
            self.check_file(Path(path))

    def check_file(self, path: Path) -> None:
        """Every code of ours in a picture, scan or PDF."""
        ctx = self.context

        def read() -> list[Verified]:
            from app.interchange.certificates import verify_file

            return verify_file(ctx, path=path)

        found = self.runner.read(read, parent=self, label="lists.reading", latest="certificate.verify")
        found.success(self.show_found).failure(self._failed).start()

    def show_found(self, found: Sequence[Verified]) -> None:
        """The answers, those that are not in order first."""
        self.found = sorted(found, key=lambda one: one.ok)
        self._clear()
        if len(found) > 1:
            bad = sum(not one.ok for one in found)
            words = f"{len(found):,}通を確かめました：本物 {len(found) - bad:,}通、そうでないもの {bad:,}通"
            self._cards.addWidget(heading(words))
        for one in self.found:
            self._cards.addWidget(VerdictCard(say_verified(one)))
        if any(one.result == "unknown_key" for one in found):
            self._cards.addWidget(note("発行した市町村の公開鍵を、右の「公開鍵を取り込む」で加えると確かめられます。"))
        self.banner.show_message("")
        self.area.show()
        self.empty.hide()
        self.area.verticalScrollBar().setValue(0)

    def cards(self) -> list[VerdictCard]:
        """What is shown."""
        return [part for at in range(self._cards.count()) if isinstance(part := self._cards.itemAt(at).widget(), VerdictCard)]

    def _clear(self) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, SasaeError):
            self._clear()
            self.area.hide()
            self.empty.show()
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)

    # -- dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Check the first file."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.check_file(paths[0])
