"""Step 2: which column is which. Found by itself, remembered by heading, changed by hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QScrollArea, QSizePolicy, QWidget

from app.interchange.importing.mapping import fold_header
from app.interchange.importing.profiles import Profile
from app.ui import theme
from app.ui.importing.file_step import headings_of, sample_cells
from app.ui.importing.profile_bar import ProfileBar
from app.ui.importing.work import Sample, assigned, choices_of, field_word, parts_of, required_of
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import column, rule, text

_LEAVE_OUT = "（使わない）"


class MappingStep(QWidget):
    """``ready`` tells whether every needed field has a column and none has two."""

    ready = Signal(bool)

    def __init__(self, target: str, shell: Shell | None = None) -> None:
        super().__init__()
        self._target = target
        self.profiles = ProfileBar(shell, target, columns=self.chosen) if shell is not None else None
        self._samples: Sequence[Sample] = ()
        self.combos: dict[str, QComboBox] = {}
        self._marks: dict[str, QWidget] = {}
        self.banner = Banner()
        self._area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        parts: list[QWidget] = [self.banner, self._area]
        if self.profiles is not None:
            self.profiles.picked.connect(self.use_profile)
            parts.insert(0, self.profiles)
        whole = column(*parts, spacing=8)
        whole.setStretch(len(parts) - 1, 1)
        self.setLayout(whole)

    def show_samples(self, samples: Sequence[Sample]) -> None:
        """The headings of all files, each once."""
        self._samples = tuple(samples)
        start: dict[str, str] = {}
        for sample in samples:
            start.update({heading: key for heading, key in assigned(sample).items() if key or heading not in start})
        remembered = {heading for sample in samples for heading in sample.remembered}
        inner = QWidget()
        inner.setProperty("role", "scroll")
        grid = QGridLayout(inner)
        grid.setHorizontalSpacing(theme.current().px(16))
        grid.setVerticalSpacing(theme.current().px(5))
        for place, words in enumerate(("ファイルの見出し", "はじめの値", "取り込む項目")):
            grid.addWidget(text(words, role="field", wrap=False), 0, place)
        grid.addWidget(rule(), 1, 0, 1, 3)
        self.combos = {}
        for line, heading in enumerate(headings_of(samples, start), 2):
            caption = text(_short(heading, 22), role="section", wrap=False)
            caption.setToolTip(heading)
            values = text(_short(sample_cells(samples, heading), 46), role="note", elide=True)
            values.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            combo = self._combo(heading, start.get(heading, ""), kept=heading in remembered)
            caption.setBuddy(combo)
            for place, widget in enumerate((caption, values, combo)):
                grid.addWidget(widget, line, place, Qt.AlignmentFlag.AlignVCenter)
            self.combos[heading] = combo
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(self.combos) + 2, 1)
        self._area.setWidget(inner)
        if self.profiles is not None:
            unclear = any(not start.get(heading) for heading in self.combos)
            self.profiles.begin([*self.combos], remembered=bool(remembered & set(self.combos)), unclear=unclear)
        self._judge()

    @property
    def profile(self) -> Profile | None:
        """The profile in use: it also says what codes mean."""
        return self.profiles.profile if self.profiles is not None else None

    def use_profile(self, profile: Profile | None) -> None:
        """Set the columns as a profile says; one the profile does not know keeps what its heading means, unless that is taken."""
        wanted = {heading: key for sample in self._samples for heading, key in assigned(sample).items()}
        if profile is not None:
            known = {fold_header(heading): key for heading, key in profile.columns.items()}
            said = {heading: known[fold_header(heading)] for heading in self.combos if fold_header(heading) in known}
            taken = set(said.values())
            wanted = {heading: "" if key in taken else key for heading, key in wanted.items()} | said
        for heading in self.combos:
            self.assign(heading, wanted.get(heading, ""))

    def chosen(self) -> dict[str, str]:
        """Heading → field, empty for those left out."""
        return {heading: combo.currentData() for heading, combo in self.combos.items()}

    def assign(self, heading: str, key: str) -> None:
        """Choose a field for a heading."""
        combo = self.combos[heading]
        combo.setCurrentIndex(max(0, combo.findData(key)))

    def take_focus(self) -> None:
        """On the first column that means nothing yet, else on the first."""
        first = next((combo for combo in self.combos.values() if not combo.currentData()), None)
        target = first or next(iter(self.combos.values()), None)
        if target is not None:
            target.setFocus()

    def _combo(self, heading: str, key: str, *, kept: bool) -> QComboBox:
        combo = _StillCombo()
        combo.addItem(_LEAVE_OUT, "")
        needed = set(required_of(self._target))
        for code, word in choices_of(self._target):
            combo.addItem(f"{word}（必須）" if code in needed else word, code)
        combo.setCurrentIndex(max(0, combo.findData(key)))
        combo.setAccessibleName(f"{heading} の項目" + ("（前回の選び方）" if kept else ""))
        combo.setToolTip("前回、同じ見出しのファイルで選んだ内容です。" if kept else "")
        combo.setFixedWidth(theme.current().px(300))
        combo.setMaxVisibleItems(20)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        combo.currentIndexChanged.connect(self._judge)
        return combo

    def problems(self) -> list[str]:
        """What is missing or chosen twice, as sentences."""
        told: dict[str, None] = {}
        for sample in self._samples:
            used = [self.combos[heading].currentData() for heading in sample.table.header if heading in self.combos]
            where = f"{sample.path.name}：" if len(self._samples) > 1 else ""
            met = {*used, *parts_of(self._target, used)}
            for key in required_of(self._target):
                if key not in met:
                    told.setdefault(f"{where}必須の項目「{field_word(self._target, key)}」の列を選んでください。")
            for key in dict.fromkeys(used):
                if key and used.count(key) > 1:
                    told.setdefault(f"{where}「{field_word(self._target, key)}」が2つの列に選ばれています。")
        return list(told)

    def _judge(self) -> None:
        problems = self.problems()
        unused = [heading for heading, combo in self.combos.items() if not combo.currentData()]
        if problems:
            self.banner.show_message("\n".join(problems[:4]), tone="bad")
        elif unused:
            names = "、".join(unused[:5]) + (f" ほか{len(unused) - 5}列" if len(unused) > 5 else "")
            self.banner.show_message(
                f"使わない列が{len(unused)}列あります（{names}）。必要な列なら、右で項目を選んでください。", tone="info"
            )
        else:
            self.banner.show_message("すべての列の項目が決まっています。", tone="good")
        self.ready.emit(not problems)


class _StillCombo(QComboBox):
    """Scrolling the page must not change a column."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Left to the page."""
        event.ignore()


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"
