"""One file as it looks: how it is read, which can be changed, and its first rows. Numbers that may not be imported arrive hidden."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from app.ui import theme
from app.ui.importing.columns import preview_columns
from app.ui.importing.work import Reading, Sample
from app.ui.widgets.table import Table
from app.ui.widgets.text import column, note, row, text

_ENCODINGS = (("自動", ""), ("UTF-8", "utf-8"), ("シフトJIS（CP932）", "cp932"), ("UTF-16", "utf-16"), ("EUC-JP", "euc_jp"))
_DELIMITERS = (("自動", ""), ("カンマ ,", ","), ("タブ", "\t"), ("セミコロン ;", ";"))
_NAMES = {
    "utf-8-sig": "UTF-8（BOM付き）",
    "utf-8": "UTF-8",
    "cp932": "シフトJIS（CP932）",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}
_MARKS = {",": "カンマ", "\t": "タブ", ";": "セミコロン"}


def private_headings(sample: Sample) -> list[str]:
    """The headings of such columns in a file."""
    return [sample.table.heading(place) for place in sample.table.private]


class SampleView(QWidget):
    """``reread`` carries another way of reading, chosen by hand."""

    reread = Signal(object)

    def __init__(self, hint: str) -> None:
        super().__init__()
        self._hint = hint
        self._reading = Reading()
        self._sample: Sample | None = None
        self.table: Table | None = None
        self.encoding, self.delimiter, self.sheet = QComboBox(), QComboBox(), QComboBox()
        for combo, choices in ((self.encoding, _ENCODINGS), (self.delimiter, _DELIMITERS)):
            for words, code in choices:
                combo.addItem(words, code)
        self.header_row = QSpinBox(minimum=0, maximum=200, specialValueText="自動", suffix=" 行目")
        self.header_row.lineEdit().setTextMargins(theme.current().px(6), 0, 0, 0)
        named = ((self.encoding, "文字コード"), (self.delimiter, "区切り"), (self.sheet, "シート"), (self.header_row, "見出しの行"))
        for widget, words in named:
            widget.setAccessibleName(words)
        for combo in (self.encoding, self.delimiter, self.sheet):
            combo.activated.connect(lambda _: self._tell())
        self.header_row.editingFinished.connect(self._tell)
        self.facts = note("")
        self._preview = QWidget()
        self._preview.setLayout(column())
        self._lay_out()

    def _lay_out(self) -> None:
        def field(words: str) -> QWidget:
            return text(words, role="field", wrap=False)

        self._text_reading, self._sheet_reading = QWidget(), QWidget()
        self._text_reading.setLayout(row(field("文字コード"), self.encoding, field("区切り"), self.delimiter, spacing=8))
        self._sheet_reading.setLayout(row(field("シート"), self.sheet, spacing=8))
        how = row(self._text_reading, self._sheet_reading, field("見出しの行"), self.header_row, 1, spacing=8)
        whole = column(how, self.facts, self._preview, spacing=6)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def show_sample(self, sample: Sample | None, reading: Reading | None = None) -> None:
        """Show a file; None for one that could not be read, or for none at all (no reading either)."""
        self._sample, self._reading = sample, reading or Reading()
        is_sheet = sample is not None and sample.table.format != "csv"
        self._text_reading.setVisible(not is_sheet)
        self._sheet_reading.setVisible(is_sheet)
        for widget in (self._text_reading, self._sheet_reading, self.header_row):
            widget.setEnabled(reading is not None)
        self.encoding.setCurrentIndex(max(0, self.encoding.findData(self._reading.encoding)))
        self.delimiter.setCurrentIndex(max(0, self.delimiter.findData(self._reading.delimiter)))
        self.header_row.setValue(self._reading.header_row)
        self.facts.setText(say_facts(sample) if sample else f"{self._hint}。ここにファイルを置いて（ドラッグ）も選べます。")
        if sample is not None and sample.table.sheets:
            self.sheet.clear()
            self.sheet.addItems(list(sample.table.sheets))
            self.sheet.setCurrentText(sample.table.sheet)
        self._show_preview(sample)

    def _show_preview(self, sample: Sample | None) -> None:
        layout = self._preview.layout()
        while (item := layout.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        self.table = None
        if sample is None:
            layout.addStretch()
            return
        rows = list(sample.rows)
        self.table = Table(preview_columns(sample.table.header, rows), name="ファイルのはじめの行", many=False)
        self.table.horizontalHeader().setStretchLastSection(False)
        self.table.show_rows(rows, key=lambda _: None)
        layout.addWidget(self.table)

    def _tell(self) -> None:
        sheet = self.sheet.currentText() if self._sheet_reading.isVisibleTo(self) else ""
        new = Reading(self.encoding.currentData(), self.delimiter.currentData(), sheet, self.header_row.value())
        if new != self._reading:
            self.reread.emit(new)


def say_facts(sample: Sample) -> str:
    """How a file is read, in a line."""
    table = sample.table
    if table.format == "csv":
        how = f"{_NAMES.get(table.encoding, table.encoding)}・{_MARKS.get(table.delimiter, table.delimiter)}区切り"
    else:
        how = f"Excel・シート「{table.sheet}」"
    left_out = private_headings(sample)
    private = f"　「{'」「'.join(left_out)}」の列は取り込まず、表示もしません。" if left_out else ""
    return f"{how}・見出しは{table.header_line}行目・{len(table.header)}列（はじめの{len(sample.rows)}行を表示）{private}"
