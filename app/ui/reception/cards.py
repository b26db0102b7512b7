"""避難者カードの印刷: for people at hand, or blank ones for handwriting, as a PDF to print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QRadioButton, QWidget

from app.domain.characters import CharacterProblem
from app.domain.errors import RuleViolation
from app.presentation.forms.spec import FieldSpec, parse_field
from app.presentation.labels import field_label
from app.presentation.messages import message
from app.ui import faults
from app.ui.page import Shell
from app.ui.reception.fitting import FittedDialog
from app.ui.widgets.banner import Banner
from app.ui.widgets.fields import make_editor
from app.ui.widgets.text import button, column, frame, heading, note, row, text

if TYPE_CHECKING:
    from app.interchange.exporting.cards import CardOutcome

_FOLDER = "print.folder"
_PER_PAGE = "cards.per_page"
_PATH = FieldSpec(key="path", label="保存するPDF", kind="text", ime="any", required=True, limit=1000)
_COUNT = FieldSpec(key="count", label="枚数", kind="integer", required=True, default="40", low=1, high=2000, width=8)


class CardsDialog(FittedDialog):
    """``person_ids`` empty: blank cards only."""

    def __init__(self, parent: QWidget, shell: Shell, person_ids: Sequence[str]) -> None:
        super().__init__(parent)
        self.shell, self.person_ids = shell, list(person_ids)
        self.setWindowTitle("避難者カードの印刷")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(620)
        self.banner = Banner()
        self.banner.hide()
        self.filled, self.blank = (
            QRadioButton(f"選んだ人のカード（{len(person_ids)}人）"),
            QRadioButton("白紙のカード（手書き用、番号とQRだけ）"),
        )
        self.four, self.eight = QRadioButton("1枚に4人（大きい）"), QRadioButton("1枚に8人（紙の節約）")
        for pair in ((self.filled, self.blank), (self.four, self.eight)):
            for choice in pair:
                choice.setAutoExclusive(True)
        self.filled.setEnabled(bool(person_ids))
        (self.filled if person_ids else self.blank).setChecked(True)
        (self.eight if shell.preferences.get(_PER_PAGE, 4) == 8 else self.four).setChecked(True)
        self.count, self.path = make_editor(_COUNT), make_editor(_PATH)
        self.blank.toggled.connect(self.count.setEnabled)
        self.count.setEnabled(self.blank.isChecked())
        folder = Path(shell.preferences.get(_FOLDER, str(Path.home())))
        self.path.set_raw(str(folder / f"避難者カード_{shell.context.now().astimezone():%Y%m%d-%H%M}.pdf"))
        choose = button("場所を選ぶ…", icon="folder")
        choose.clicked.connect(self._choose)
        what, size = _group(self.filled, self.blank), _group(self.four, self.eight)
        where = row(self.path, choose)
        where.setStretch(0, 1)
        where.setAlignment(choose, Qt.AlignmentFlag.AlignBottom)
        body = column(
            heading("避難者カードの印刷"), note("QRコードに入るのはカード番号だけです。読み取り機で検索の欄に読むと、その人が出ます。"), self.banner,
            text("中身", role="field"), what, self.count, text("大きさ（A4）", role="field"), size, spacing=8, margins=(24, 18, 24, 14),
        )  # fmt: skip
        body.addLayout(where)
        self.save_button = button("PDFを作る（Ctrl+Enter）", role="primary", icon="print")
        self.save_button.clicked.connect(self.save)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        self.lay_out(body, frame("footer", row(1, cancel, self.save_button, margins=(20, 10, 20, 10))))
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+P"):
            QShortcut(QKeySequence(keys), self, self.save)
        self.save_button.setFocus()

    def _choose(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        chosen, _ = QFileDialog.getSaveFileName(self, "カードのPDF", self.path.raw(), "PDF (*.pdf)")
        if chosen:
            self.path.set_raw(chosen if chosen.lower().endswith(".pdf") else f"{chosen}.pdf")

    def save(self) -> None:
        """Write the PDF, with an access-log row for everyone on it."""
        if not self.save_button.isEnabled():
            return
        try:
            count = parse_field(_COUNT, self.count.raw()) if self.blank.isChecked() else 0
            out = Path(parse_field(_PATH, self.path.raw()))
        except RuleViolation as violation:
            editor = self.count if violation.field == "count" else self.path
            editor.show_problem(message(violation))
            editor.take_focus()
            return
        per_page = 8 if self.eight.isChecked() else 4
        self.shell.preferences.set(_PER_PAGE, per_page)
        self.shell.preferences.set(_FOLDER, str(out.parent))
        if count:
            self._write(lambda: self._blank(count, out, per_page), out)
            return
        ctx, folder, people = self.shell.context, self.shell.folder, self.person_ids

        def check() -> Sequence[CharacterProblem]:
            from app.interchange.exporting import cards

            return cards.find_unprintable(ctx, person_ids=people, folder=folder)

        self.save_button.setEnabled(False)
        reading = self.shell.runner.read(check, parent=self, label="characters.scanning")
        reading.finished(lambda: self.save_button.setEnabled(True)).failure(self._fail)
        reading.success(lambda found: self._checked(found, out, per_page)).start()

    def _checked(self, found: Sequence[CharacterProblem], out: Path, per_page: int) -> None:
        if not found:
            self._write(lambda: self._filled(out, per_page, substitutes=False), out)
            return
        from app.ui.widgets.unprintable import UnprintableDialog

        self.warning = UnprintableDialog(self, self.shell, found, rest="その人のカードは作らず、あとで知らせます。", where=_field)
        self.warning.accepted_with.connect(lambda: self._write(lambda: self._filled(out, per_page, substitutes=True), out))
        self.warning.open()

    def _blank(self, count: int, out: Path, per_page: int) -> CardOutcome:
        from app.interchange.exporting import cards

        return cards.write_blank_cards(self.shell.context, count=count, out=out, per_page=per_page, folder=self.shell.folder)

    def _filled(self, out: Path, per_page: int, *, substitutes: bool) -> CardOutcome:
        from app.interchange.exporting import cards

        ctx, folder = self.shell.context, self.shell.folder
        return cards.write_cards(ctx, person_ids=self.person_ids, out=out, per_page=per_page, folder=folder, substitutes=substitutes)

    def _write(self, write: Callable[[], CardOutcome], out: Path) -> None:
        self.save_button.setEnabled(False)
        operation = self.shell.runner.write(lambda _: write(), parent=self, label="reception.printing_cards")
        operation.finished(lambda: self.save_button.setEnabled(True)).success(lambda done: self._done(done, out)).failure(
            self._fail
        ).start()

    def _done(self, done: CardOutcome, out: Path) -> None:
        words = f"PDFを作りました（{done.cards:,}枚）：{out.name}"
        if done.left_out:
            more = f"（ほか{len(done.warnings) - 1:,}件）" if len(done.warnings) > 1 else ""
            words += f"\n印刷できない文字があるため、カードを作らなかった人 {len(done.left_out):,}人\n{''.join(done.warnings[:1])}{more}"
        act = {"action": "開く", "act": lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(out)))}
        self.banner.show_message(words, tone="warn" if done.left_out else "good", **act)
        self.fit()
        self.shell.say("避難者カードのPDFを作りました")

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            problems = getattr(error, "problems", ())
            named = "、".join(sorted({message(problem.code, **problem.params) for problem in problems})[:3])
            self.banner.show_message(f"{message(error)} {named}".strip(), tone="bad")
        else:
            faults.show(self, error, retry=self.save)


def _field(key: str) -> str:
    """The word for a place on a card."""
    return field_label("household", "label") if key == "household" else field_label("person", key)


def _group(*choices: QWidget) -> QWidget:
    box = QWidget()
    box.setLayout(row(*choices, 1, spacing=16))
    return box
