"""市町村長名・プリンター: who signs, and how far each printer is off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFileDialog, QGridLayout, QLineEdit, QWidget

from app.presentation.columns.forms import OFFSETS
from app.presentation.form_designs import default_title
from app.ui import ime, theme
from app.ui.forms import work
from app.ui.tabbed import Tab
from app.ui.widgets.opening import open_file
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import forms
from app.usecases.forms import Offset, Signature

if TYPE_CHECKING:
    from app.ui.pages.forms import FormsPage

_FIELDS = (
    ("municipality", "市町村の名前", "例：見本県見本市"),
    ("mayor_title", "職名", "例：見本市長"),
    ("mayor_name", "氏名", "例：見本 太郎"),
)


class SigningTab(Tab):
    """Two cards side by side."""

    kinds = frozenset({"setting"})

    def __init__(self, page: FormsPage) -> None:
        super().__init__(page)
        self.fields: dict[str, QLineEdit] = {}
        self.table = Table(OFFSETS, name="プリンターのずれ", preferences=self.shell.preferences, many=False)
        self.table.chosen.connect(lambda _: self._choose())
        self.printer = QComboBox(editable=True)
        self.printer.setAccessibleName("プリンターの名前")
        self._known: dict[str, Offset] = {}
        self.printer.currentTextChanged.connect(self._fill)
        self.right, self.down = (self._spin(name) for name in ("右へ mm", "下へ mm"))
        middle = row(self._signature_card(), self._printer_card(), spacing=14)
        middle.setStretch(0, 1)
        middle.setStretch(1, 1)
        self.setLayout(column(middle, 1, margins=(0, 12, 0, 0)))

    def _signature_card(self) -> QWidget:
        parts: list[Any] = [
            heading("市町村長名"),
            note("これから印刷する証明書に入ります。発行済みの証明書は、再交付でも発行した時の名前のままです。"),
        ]
        for key, said, example in _FIELDS:
            field = self.fields[key] = QLineEdit(maxLength=60, placeholderText=example)
            field.setAccessibleName(said)
            field.setReadOnly(not self.may("forms"))
            ime.prepare(field, "hiragana")
            field.returnPressed.connect(self.focusNextChild)
            parts += [text(said, role="field", wrap=False), field]
        self.save = button("保存する（Ctrl+S）", role="primary", icon="save")
        QShortcut(QKeySequence("Ctrl+S"), self, self.save.click)
        self.save.setEnabled(self.may("forms"))
        self.save.clicked.connect(self.keep_signature)
        return frame("card", column(*parts, row(1, self.save), 1, spacing=8, margins=(20, 14, 20, 14)))

    def _printer_card(self) -> QWidget:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for place, (said, widget) in enumerate((("プリンター", self.printer), ("右へ", self.right), ("下へ", self.down))):
            caption = text(said, role="field", wrap=False)
            caption.setBuddy(widget)
            grid.addWidget(caption, place, 0)
            grid.addWidget(widget, place, 1)
        self.keep = button("このずれを覚える", icon="save")
        self.test = button("測るための紙を作る…", icon="print")
        self.keep.clicked.connect(self.keep_offset)
        self.test.clicked.connect(self.make_test)
        for made in (self.keep, self.test):
            made.setEnabled(self.may("print"))
        self.table.setFixedHeight(theme.current().px(150))
        told = note("印刷済みの用紙に重ねるときや、紙の決まった位置に印刷したいときに、プリンターごとのずれを 0.1 mm 単位で直します。")
        body = column(
            heading("プリンターのずれ"), told, self.table, grid, row(self.test, 1, self.keep), 1, spacing=8, margins=(20, 14, 20, 14)
        )
        return frame("card", body)

    def _spin(self, name: str) -> QDoubleSpinBox:
        made = QDoubleSpinBox(minimum=-forms.MOST_OFFSET, maximum=forms.MOST_OFFSET, singleStep=0.1, decimals=1, suffix=" mm")
        made.setAccessibleName(name)
        return made

    # -- reading

    def refresh(self) -> None:
        """Read who signs and the printers."""
        ctx = self.context
        read = self.runner.read(lambda: (forms.read_signature(ctx), forms.list_offsets(ctx)), parent=self, latest="forms.signing")
        read.success(lambda found: self._show(*found)).start()

    def _show(self, signature: Signature, offsets: list[Offset]) -> None:
        for key, field in self.fields.items():
            field.setText(getattr(signature, key))
        if not signature.mayor_title:
            self.fields["mayor_title"].setText(default_title(signature.municipality))
        self.table.show_rows(offsets, key=lambda offset: offset.printer)
        typed = self.printer.currentText()
        self.printer.clear()
        self.printer.addItems(list(dict.fromkeys([offset.printer for offset in offsets] + _installed())))
        self._known = {offset.printer: offset for offset in offsets}
        self.printer.setEditText(typed or self.printer.itemText(0))
        self._fill(self.printer.currentText())

    def _fill(self, printer: str) -> None:
        """What is known of a printer whose name was picked or typed."""
        if printer in self._known:
            self.right.setValue(self._known[printer].right)
            self.down.setValue(self._known[printer].down)

    def _choose(self) -> None:
        chosen: Offset | None = self.table.current_row()
        if chosen is not None:
            self.printer.setEditText(chosen.printer)

    def take_focus(self) -> None:
        """On the mayor's name, which changes most."""
        self.fields["mayor_name"].setFocus()

    # -- acts

    def keep_signature(self) -> None:
        """Keep who signs."""
        ctx = self.context
        values = Signature(**{key: field.text() for key, field in self.fields.items()})
        write = self.runner.write(lambda _: forms.change_signature(ctx, values=values), parent=self, label="window.saving")
        write.success(lambda _: self.shell.say("保存しました。次の印刷から入ります")).start()

    def keep_offset(self) -> None:
        """Keep how far this printer is off."""
        ctx, printer, right, down = self.context, self.printer.currentText(), self.right.value(), self.down.value()
        write = self.runner.write(
            lambda _: forms.change_offset(ctx, printer=printer, right=right, down=down), parent=self, label="window.saving"
        )
        write.success(self._kept).start()

    def _kept(self, _: Any) -> None:
        self.shell.say("プリンターのずれを覚えました")
        self.refresh()

    def make_test(self) -> None:
        """A sheet to measure with, moved by what stands in the fields."""
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name, _ = QFileDialog.getSaveFileName(self, "測るための紙", str(Path(documents) / "プリンターのずれ.pdf"), "PDF (*.pdf)")
        if not name:
            return
        ctx, folder, right, down = self.context, self.shell.folder, self.right.value(), self.down.value()
        made = self.runner.read(
            lambda: work.write_calibration(ctx, folder, Path(name), right=right, down=down), parent=self, label="print.drawing"
        )
        made.success(lambda path: open_file(path) or self.shell.say(f"{path.name} に書き出しました")).start()


def _installed() -> list[str]:
    """Printers this computer knows."""
    from PySide6.QtPrintSupport import QPrinterInfo

    return QPrinterInfo.availablePrinterNames()
