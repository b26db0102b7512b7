"""How certificates go onto paper: remembered on this laptop, told in sheets before anything is printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QGridLayout, QLineEdit, QSpinBox, QWidget

from app.domain.dates import JST
from app.printing.imposition import BatchOptions
from app.ui.page import Shell
from app.ui.surveys.asking import labelled
from app.ui.widgets.text import button, column, row
from app.usecases.forms import Offset

_KEPT = "certificates.printing"
_SORTS = (
    ("number", "証明書番号の順"), ("postal", "郵便番号の順"), ("district", "地区の順"), ("address", "住所の順"), ("kana", "世帯主のカナの順"),
)  # fmt: skip
_LABELS = (("", "作らない"), ("address_labels", "宛名ラベル（12面）"), ("address_sheet", "窓あき封筒の宛名"))
_NUPS = ((1, "1枚に1通"), (2, "1枚に2通"), (4, "1枚に4通"))
_SIDES = (("one", "片面"), ("next", "両面（裏に次の証明書）"), ("back", "両面（様式の裏面）"))
_STACKS = (("stack", "重ねて切ると順になる"), ("order", "隣が次の番号"))

_REMEMBERED = ("nup", "page", "sides", "stack", "sort", "labels")


def _combo(name: str, options: Sequence[tuple[Any, str]]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(7)
    for data, words in options:
        made.addItem(words, data)
    return made


def _spin(name: str, low: int, high: int, *, step: int, suffix: str, special: str = "") -> QSpinBox:
    made = QSpinBox()
    made.setAccessibleName(name)
    made.setRange(low, high)
    made.setSingleStep(step)
    made.setSuffix(suffix)
    if special:
        made.setSpecialValueText(special)
    return made


class PrintOptions(QWidget):
    """``changed`` when sheets have to be counted anew. ``where`` asks for the folder; it stands apart, always in sight."""

    changed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.nup = _combo("面付け", _NUPS)
        self.page = _combo("用紙", (("A4", "A4"), ("A5", "A5")))
        self.stack = _combo("面付けの順", _STACKS)
        self.sides = _combo("片面・両面", _SIDES)
        self.preprinted = QCheckBox("印刷済みの用紙（値だけを印刷）")
        self.sort = _combo("並び", _SORTS)
        self.per_file = _spin("1つのファイルの通数", 10, 20_000, step=100, suffix="通")
        self.per_file.setValue(500)
        self.separators = _spin("仕切り紙", 0, 10_000, step=50, suffix="通ごと", special="入れない")
        self.labels = _combo("宛名", _LABELS)
        self.printer = _combo("プリンター", (("", "位置を直さない"),))
        self.printer.setToolTip("プリンターごとの印刷のずれは「様式」の「市町村長名・プリンター」で測ります")
        self.substitutes = QCheckBox("字形のない字は、代わりの字で印刷する")
        self.substitutes.setToolTip("印を付けないと、その証明書だけを止めて一覧に出します")
        self.folder = QLineEdit()
        self.folder.setAccessibleName("保存先のフォルダー")
        self.choose_button = button("選ぶ…", icon="folder")
        self.choose_button.clicked.connect(self._choose)
        self._lay_out()
        self._restore()
        for combo in (self.nup, self.page, self.sides, self.stack, self.sort, self.labels, self.printer):
            combo.activated.connect(self._changed)
        for tick in (self.preprinted, self.substitutes):
            tick.toggled.connect(self._changed)
        for spin in (self.per_file, self.separators):
            spin.valueChanged.connect(self._changed)
        self._enable()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        parts = (
            ("面付け", self.nup), ("用紙", self.page), ("面付けの順", self.stack), ("片面・両面", self.sides), ("並び", self.sort),
            ("1つのファイル", self.per_file), ("仕切り紙", self.separators), ("宛名", self.labels), ("プリンターのずれ", self.printer),
        )  # fmt: skip
        for at, (name, field) in enumerate(parts):
            grid.addWidget(labelled(name, field), at // 2, at % 2)
        for place in (0, 1):
            grid.setColumnStretch(place, 1)
        where = row(self.folder, self.choose_button, spacing=6)
        where.setStretch(0, 1)
        box = QWidget()
        box.setLayout(where)
        ticks = column(self.preprinted, self.substitutes, spacing=4)
        self.setLayout(column(grid, ticks, spacing=8))
        self.where = labelled("保存先のフォルダー", box)

    # -- kept on this laptop

    def _restore(self) -> None:
        kept = self.shell.preferences.get(_KEPT, {})
        for name in _REMEMBERED:
            combo: QComboBox = getattr(self, name)
            combo.setCurrentIndex(max(0, combo.findData(kept.get(name, combo.itemData(0)))))
        self.preprinted.setChecked(kept.get("preprinted") is True)
        for name, usual in (("per_file", 500), ("separators", 0)):
            value = kept.get(name, usual)
            getattr(self, name).setValue(value if isinstance(value, int) else usual)
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder.setText(self.shell.preferences.get("export.folder", "") or documents)

    def keep(self) -> None:
        """Remember for the next time."""
        kept = {name: getattr(self, name).currentData() for name in _REMEMBERED}
        kept["preprinted"] = self.preprinted.isChecked()
        kept |= {"per_file": self.per_file.value(), "separators": self.separators.value(), "printer": self.printer.currentText()}
        self.shell.preferences.set(_KEPT, kept)
        self.shell.preferences.set("export.folder", self.folder.text().strip())

    def show_printers(self, offsets: Sequence[Offset]) -> None:
        """Offer the printers somebody measured."""
        kept = self.printer.currentText() if self.printer.currentIndex() > 0 else self.shell.preferences.get(_KEPT, {}).get("printer", "")
        while self.printer.count() > 1:
            self.printer.removeItem(1)
        for one in offsets:
            self.printer.addItem(one.printer, (one.right, one.down))
        self.printer.setCurrentIndex(max(0, self.printer.findText(kept)))

    def _changed(self, *_: object) -> None:
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        self.stack.setEnabled(self.nup.currentData() > 1)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "保存先のフォルダー", self.folder.text())
        if chosen:
            self.folder.setText(str(Path(chosen)))

    # -- what is asked for

    @property
    def options(self) -> BatchOptions:
        """For the print engine."""
        offset = self.printer.currentData() or (0.0, 0.0)
        return BatchOptions(
            nup=self.nup.currentData(), page=self.page.currentData(), duplex=self.sides.currentData() != "one",
            back_to_back=self.sides.currentData() == "next", imposition=self.stack.currentData(),
            offset=offset, preprinted=self.preprinted.isChecked(), separators=self.separators.value(), per_file=self.per_file.value(),
        )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        """For ``interchange.certificates.print_certificates``: files with the time in their names."""
        stamp = self.shell.context.now().astimezone(JST).strftime("%Y%m%d-%H%M%S")
        folder = Path(self.folder.text().strip())
        labels = self.labels.currentData()
        return {
            "out": folder / f"証明書_{stamp}.pdf", "options": self.options, "sort": self.sort.currentData(),
            "labels": folder / f"宛名_{stamp}.pdf" if labels else None, "label_form": labels or "address_labels",
            "substitutes": self.substitutes.isChecked(),
        }  # fmt: skip

    @property
    def problem(self) -> str:
        """What is missing before anything can be printed; empty for nothing."""
        words = self.folder.text().strip()
        return "" if words and Path(words).is_dir() else "保存先のフォルダーを選んでください。"
