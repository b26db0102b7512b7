"""What stands above the paper: form, version, paper, trial values, zoom, steps, and what can be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QComboBox, QMenu, QSizePolicy, QWidget

from app.presentation import form_designs as words
from app.presentation.labels import label
from app.ui.forms.draft import ADDABLE, Draft
from app.ui.widgets.text import badge, button, column, restyle, row

if TYPE_CHECKING:
    from app.ui.forms import work
    from app.ui.forms.design_tab import DesignTab

_TONES = {"approved": "good", "draft": "warn", "retired": ""}
_SAMPLE, _LONGEST = 0, 1
_ZOOMS: tuple[tuple[str, float], ...] = (
    ("横幅", 0.0),
    ("全体", -1.0),
    ("75%", 2.83),
    ("100%", 3.78),
    ("150%", 5.67),
    ("200%", 7.56),
)


class Toolbar(QWidget):
    """Two rows; every act has a key."""

    def __init__(self, tab: DesignTab) -> None:
        super().__init__()
        self._tab = tab
        self.form, self.version = _combo("様式", 240), _combo("版", 230)
        self.paper, self.data, self.zoom = _combo("紙の大きさ", 160), _combo("見本に使う値", 190), _combo("表示の大きさ", 110)
        self.state = badge("")
        self.save = button(
            "保存（Ctrl+S）", role="primary", icon="save", tip="新しい版（下書き）として保存します。今までの版はそのまま残ります"
        )
        self.approve = button("承認…", icon="check", tip="確かめて、次の印刷からこの版を使います")
        self.more = button("その他", icon="menu")
        self.undo = button("", icon="undo", tip="元に戻す（Ctrl+Z）")
        self.redo = button("", icon="restore", tip="やり直す（Ctrl+Y）")
        self.texts = button("文字を直す…（Ctrl+H）", icon="edit", tip="すべての紙の文字を、一覧でまとめて直します")
        self.add = button("枠を追加", icon="plus")
        self.remove = button("", icon="minus", tip="選んだ枠をなくす（Delete）")
        self.preprinted_box = QCheckBox("印刷済みの用紙")
        self.preprinted_box.setToolTip("枠や見出しが印刷済みの紙に、値だけを印刷します")
        for made, name in ((self.undo, "元に戻す"), (self.redo, "やり直す"), (self.remove, "選んだ枠をなくす")):
            made.setAccessibleName(name)
        self._fill_fixed()
        first = row(self.form, self.version, self.state, self.save, self.approve, self.more, spacing=8)
        second = row(self.paper, self.data, self.preprinted_box, self.undo, self.redo, self.texts, self.zoom, spacing=8)
        first.insertStretch(3, 1)
        second.insertStretch(3, 1)
        for line, places in ((first, (0, 1)), (second, (0, 1))):
            for place in places:
                line.setStretch(place, 100)
        self.setLayout(column(first, second, spacing=6))
        self._connect()

    @property
    def wants_longest(self) -> bool:
        """Whether the longest real texts are tried out."""
        return self.data.currentData() == _LONGEST

    @property
    def preprinted(self) -> bool:
        """Whether only values are printed."""
        return self.preprinted_box.isChecked()

    def _fill_fixed(self) -> None:
        self.data.addItem("見本の値", _SAMPLE)
        if self._tab.may("print"):
            self.data.addItem("いちばん長い実データ", _LONGEST)
        for said, scale in _ZOOMS:
            self.zoom.addItem(said, scale)
        adding = QMenu(self)
        for kind in ADDABLE:
            adding.addAction(words.KINDS[kind], lambda kind=kind: self._add(kind))
        adding.addSeparator()
        for said, keys, act in (
            ("選んだ枠をもう1つ", "Ctrl+Shift+D", lambda draft: draft.copy(draft.selected)),
            ("選んだ枠の順番を前へ", "Ctrl+PgUp", lambda draft: draft.reorder(draft.selected, -1)),
            ("選んだ枠の順番を後へ", "Ctrl+PgDown", lambda draft: draft.reorder(draft.selected, 1)),
        ):
            adding.addAction(f"{said}\t{keys}", lambda act=act: self._with_box(act))
            QShortcut(QKeySequence(keys), self._tab, lambda act=act: self._with_box(act))
        self.add.setMenu(adding)
        acts: tuple[tuple[str, str, Callable[[], Any]], ...] = (
            ("使っている版と比べる…", "Ctrl+D", self._tab.acts.compare),
            ("試しの1枚を PDF にする…", "Ctrl+P", self._tab.acts.trial),
            ("印刷済みの用紙の画像を下に敷く…", "", self._tab.acts.ground),
            ("下に敷いた画像を外す", "", self._tab.acts.no_ground),
            ("様式のファイルを書き出す…", "", self._tab.acts.export),
            ("様式のファイルを取り込む…", "", self._tab.acts.load),
            ("この版を使わないことにする…", "", self._tab.acts.retire),
        )
        menu = QMenu(self)
        for said, keys, start in acts:
            menu.addAction(f"{said}\t{keys}" if keys else said, start)  # a shortcut of the menu's own would make the key ambiguous
            if keys:
                QShortcut(QKeySequence(keys), self._tab, start)
        self.more.setMenu(menu)

    def _add(self, kind: str) -> None:
        draft = self._tab.draft
        if draft is not None and self._tab.canvas.editable:
            draft.add(kind)
            self._tab.show_changes()
            self._tab.canvas.selected.emit(draft.selected)
            self._tab.panel.take_focus()

    def _with_box(self, act: Callable[[Draft], Any]) -> None:
        """Do something to the selected box and show what came of it."""
        draft = self._tab.draft
        if draft is not None and draft.box is not None and self._tab.canvas.editable:
            act(draft)
            self._tab.show_changes()
            self._tab.canvas.selected.emit(draft.selected)

    def _connect(self) -> None:
        tab = self._tab
        self.form.activated.connect(lambda _: tab.acts.leave(lambda: tab.open(form=self.form.currentData()), self._put_back))
        self.version.activated.connect(
            lambda _: tab.acts.leave(lambda: tab.open(form=self.form.currentData(), version=self.version.currentData()), self._put_back)
        )
        self.paper.activated.connect(lambda _: self._use_paper())
        self.data.activated.connect(lambda _: tab.use_longest(self.wants_longest))
        self.zoom.activated.connect(lambda _: tab.zoom(self.zoom.currentData()))
        self.preprinted_box.toggled.connect(lambda _: tab.render())
        self.remove.clicked.connect(lambda: self._with_box(lambda draft: draft.remove(draft.selected)))
        for made, act in (
            (self.save, tab.acts.save), (self.approve, tab.acts.approve), (self.undo, tab.undo), (self.redo, tab.redo),
            (self.texts, tab.acts.texts),
        ):  # fmt: skip
            made.clicked.connect(lambda _=False, act=act: act())
        for keys, act in (
            ("Ctrl+S", self.save.click), ("Ctrl+Z", tab.undo), ("Ctrl+Y", tab.redo), ("Ctrl+Shift+Z", tab.redo), ("Ctrl+H", self.texts.click),
            ("Ctrl++", lambda: tab.zoom(tab.canvas.per_mm * 1.15)), ("Ctrl+-", lambda: tab.zoom(tab.canvas.per_mm / 1.15)),
            ("F9", lambda: tab.zoom(0)), ("F4", self._jump),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), tab, act)

    def _jump(self) -> None:
        target = self._tab.boxes if self._tab.canvas.hasFocus() else self._tab.canvas
        target.setFocus()

    def _use_paper(self) -> None:
        draft = self._tab.draft
        if draft is not None and draft.per_page != self.paper.currentData():
            draft.per_page, draft.selected = self.paper.currentData(), -1
            draft.end_step()
            self._tab.show_paper()

    def _put_back(self) -> None:
        """The combo boxes as they were: the person stayed."""
        if self._tab.opened is not None and self._tab.draft is not None:
            self.show_opened(self._tab.opened, self._tab.draft)

    # -- showing

    def show_opened(self, opened: work.Opened, draft: Draft) -> None:
        """The forms, the versions of this one, and what it may be used for."""
        _fill(self.form, [(one.title, one.key) for one in opened.forms], opened.row.form)
        said = [(_version_words(row_), row_.version) for row_ in opened.versions]
        _fill(self.version, said, opened.row.version)
        row_ = opened.row
        self.state.setText("使用中" if row_.used else label("form_design.state", row_.state))
        restyle(self.state, tone=_TONES.get(row_.state, "") if row_.used or row_.state == "draft" else "")
        self.approve.setVisible(self._tab.may("seal"))
        self.approve.setEnabled(row_.source == "own" and row_.state != "approved")
        may = self._tab.may("forms")
        for made in (self.texts, self.add, self.remove):
            made.setEnabled(may)
        self.show_paper_choice(draft)
        self.show_steps(draft)

    def show_paper_choice(self, draft: Draft) -> None:
        """The papers of the layout."""
        papers = [(words.paper_words(count, draft.layout.measure_cell(cell)), count) for count, cell in sorted(draft.layout.cells.items())]
        _fill(self.paper, papers, draft.per_page)

    def show_steps(self, draft: Draft | None) -> None:
        """What can be undone and kept."""
        may = self._tab.may("forms") and draft is not None
        self.undo.setEnabled(may and draft is not None and draft.can_undo)
        self.redo.setEnabled(may and draft is not None and draft.can_redo)
        self.save.setEnabled(may and draft is not None and draft.changed)
        self.remove.setEnabled(may and draft is not None and draft.box is not None)

    def show_zoom(self, per_mm: float) -> None:
        """Nothing is said of the exact number: what is shown is the size of the paper."""
        self.zoom.setToolTip(f"{per_mm * 25.4 / 96:.0%}")


def _version_words(row_: Any) -> str:
    said = words.version_words(row_.version, row_.source)
    return f"{said}（使用中）" if row_.used else f"{said}（{label('form_design.state', row_.state)}）" if row_.source == "own" else said


def _combo(name: str, width: int) -> QComboBox:
    from app.ui import theme

    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setMinimumWidth(min(width, 110))
    made.setMaximumWidth(theme.current().px(width))
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made


def _fill(combo: QComboBox, entries: list[tuple[str, Any]], current: Any) -> None:
    if [(combo.itemText(place), combo.itemData(place)) for place in range(combo.count())] != entries:
        combo.clear()
        for said, data in entries:
            combo.addItem(said, data)
    combo.setCurrentIndex(combo.findData(current))
