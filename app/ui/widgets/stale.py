"""Two people changed one record: both versions side by side, and a choice for each field that differs."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QDialog, QGridLayout, QRadioButton, QWidget

from app.presentation.forms.spec import FieldSpec, FormSpec
from app.presentation.labels import label, labels_of
from app.ui.glyphs.buttons import NameChoice
from app.ui.icons import IconLabel
from app.ui.widgets.text import button, column, frame, heading, row, rule, text


class StaleDialog(QDialog):
    """``mine``, ``theirs`` and ``before`` are raw forms. What only one side changed is taken from that side without asking."""

    def __init__(
        self, parent: QWidget | None, spec: FormSpec, *, mine: Mapping[str, str], theirs: Mapping[str, str], before: Mapping[str, str]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("ほかの人が先に変更しました")
        self.setMinimumWidth(760)
        self._mine, self._theirs, self._before = mine, theirs, before
        self._choices: dict[str, QRadioButton] = {}
        head = row(IconLabel("info", tint="accent", size=28), heading("ほかの人が先に変更しました"), spacing=10)
        head.setStretch(1, 1)
        body = column(
            head,
            text("同じ欄をどちらも変えています。残す方を選んでください。片方だけが変えた欄は、そのまま両方とも生かします。"),
            spacing=8,
            margins=(24, 20, 24, 14),
        )
        body.addLayout(self._grid(spec))
        take = button("この内容にする", role="primary", icon="check")
        take.clicked.connect(self.accept)
        back = button("入力に戻る（Esc）")
        back.clicked.connect(self.reject)
        footer = frame("footer", row(1, back, take, margins=(20, 10, 20, 10)))
        self.setLayout(column(body, footer, spacing=0))
        take.setDefault(True)

    @property
    def conflicts(self) -> list[str]:
        """Fields that both sides changed to different values."""
        return [key for key, mine in self._mine.items() if len({mine, self._theirs[key], self._before[key]}) == 3]

    def chosen(self) -> dict[str, str]:
        """The raw form that unites both."""
        united = {key: self._theirs[key] if mine == self._before[key] else mine for key, mine in self._mine.items()}
        for key, keep_mine in self._choices.items():
            united[key] = self._mine[key] if keep_mine.isChecked() else self._theirs[key]
        return united

    def _grid(self, spec: FormSpec) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for place, words in enumerate(("欄", "前の内容", "自分の入力", "相手の変更")):
            grid.addWidget(text(words, role="field"), 0, place)
        grid.addWidget(rule(), 1, 0, 1, 4)
        for line, key in enumerate(self.conflicts, 2):
            field = spec.field(key)
            group = QButtonGroup(self)
            mine, theirs = (NameChoice(_said(field, side[key]) or "（空）") for side in (self._mine, self._theirs))
            mine.setAccessibleName(f"{field.label} 自分の入力 {mine.text()}")
            theirs.setAccessibleName(f"{field.label} 相手の変更 {theirs.text()}")
            group.addButton(mine)
            group.addButton(theirs)
            mine.setChecked(True)
            self._choices[key] = mine
            earlier = text(_said(field, self._before[key]) or "（空）", role="note")
            for place, widget in enumerate((text(field.label), earlier, mine, theirs)):
                grid.addWidget(widget, line, place, Qt.AlignmentFlag.AlignTop)
        for place in (1, 2, 3):
            grid.setColumnStretch(place, 1)
        return grid


def _said(field: FieldSpec, raw: str) -> str:
    if field.kind == "choice":
        return label(field.options, raw)
    if field.kind == "flags":
        return labels_of(field.options, [code for code in raw.split(",") if code])
    return label("yesno", raw) if field.kind == "yesno" else raw
