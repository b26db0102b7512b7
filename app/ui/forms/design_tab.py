"""様式: pick a version, change it by mouse or numbers, see it as it will be printed, keep it as a new version, have it approved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QScrollArea, QSplitter, QVBoxLayout, QWidget

from app.presentation import form_designs as words
from app.presentation.messages import message
from app.ui import theme
from app.ui.forms import actions, work
from app.ui.forms.box_panel import BoxPanel
from app.ui.forms.canvas import Canvas
from app.ui.forms.draft import Draft
from app.ui.forms.toolbar import Toolbar
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import column, heading, note, row, text

if TYPE_CHECKING:
    from app.printing.fonts import FontBook
    from app.ui.pages.forms import FormsPage

_PAUSE_MS = 120  # after a change, before it is drawn anew
_STEPS = (
    "① 様式を選ぶ → ② 文字と位置を直す → ③ いちばん長い実データで確かめる → ④ 下書きとして保存 → ⑤ ほかの人が承認 → 次の印刷から使われます"
)


class DesignTab(Tab):
    """Ctrl+S keeps a new version, Ctrl+Z and Ctrl+Y go through the steps, Ctrl++ and Ctrl+- zoom, F4 jumps between list and paper."""

    kinds = frozenset({"form_design", "seal_picture", "setting", "character"})

    def __init__(self, page: FormsPage) -> None:
        super().__init__(page)
        self.opened: work.Opened | None = None
        self.draft: Draft | None = None
        self.book: FontBook | None = None
        self._longest: Any = None
        self._zoom = 0.0  # 0: as wide as there is room
        self._filling = False
        self.findings_grave = 0
        self.banner = Banner(closable=True)
        self.acts = actions.DesignActions(self)
        self.tools = Toolbar(self)
        self.canvas = Canvas()
        self.panel = BoxPanel()
        self.boxes, self.findings = QListWidget(), QListWidget()
        self.boxes.setAccessibleName("枠の一覧")
        self.findings.setAccessibleName("気を付けるところ")
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.render)
        self._lay_out()
        self._connect()

    # -- layout

    def _lay_out(self) -> None:
        px = theme.current().px
        self.area = QScrollArea(alignment=Qt.AlignmentFlag.AlignCenter)
        self.area.setWidget(self.canvas)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName("紙")
        self.boxes.setMinimumHeight(px(90))
        for listed in (self.boxes, self.findings):
            listed.setProperty("role", "compact")
            listed.setUniformItemSizes(True)
            listed.setTextElideMode(Qt.TextElideMode.ElideRight)
            listed.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._found = text("", role="section", wrap=False)
        self.findings.setFixedHeight(px(66))
        self._properties = QScrollArea(widgetResizable=True, frameShape=QScrollArea.Shape.NoFrame)
        self._properties.setWidget(self.panel)
        self._properties.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._properties.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        upper, side, right = QWidget(), QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False), QWidget()
        upper.setLayout(column(row(heading("枠"), 1, self.tools.add, self.tools.remove, spacing=6), self.boxes, self.panel.hint, spacing=4))
        side.addWidget(upper)
        side.addWidget(self._properties)
        side.setStretchFactor(0, 1)
        side.setSizes([px(170), px(290)])
        side.setFixedWidth(px(330))
        below = column(self.area, self._found, self.findings, spacing=3)
        below.setStretch(0, 1)
        right.setLayout(below)
        middle_row = row(side, right, spacing=12)
        middle_row.setStretch(1, 1)
        self.steps = note(_STEPS)
        whole = column(self.banner, self.tools, self.steps, middle_row, spacing=6, margins=(0, 8, 0, 0))
        whole.setStretch(3, 1)
        assert isinstance(whole, QVBoxLayout)
        self.setLayout(whole)

    def _connect(self) -> None:
        self.canvas.selected.connect(self._selected)
        self.canvas.edited.connect(self.show_changes)
        self.canvas.opened.connect(lambda _: self.panel.take_focus())
        self.canvas.zoomed.connect(lambda factor: self.zoom(self.canvas.per_mm * factor))
        self.panel.changed.connect(self._change)
        self.panel.left.connect(lambda: self.draft and self.draft.end_step())
        self.boxes.currentRowChanged.connect(self._listed)
        self.boxes.itemActivated.connect(lambda _: self.panel.take_focus())
        self.findings.itemActivated.connect(self._go_to)
        self.findings.itemClicked.connect(self._go_to)

    # -- reading

    def refresh(self) -> None:
        """Read the versions again; what somebody is changing stays."""
        self.book = None  # what is registered for characters may be new
        keep = self.draft is not None and self.draft.changed
        row_ = self.opened.row if self.opened else None
        self.open(form=row_.form if row_ else "", version=row_.version if row_ else None, keep=keep)

    def open(self, *, form: str = "", version: int | None = None, keep: bool = False) -> None:
        """Show a version of a form; without one that which prints."""
        ctx, folder = self.context, self.shell.folder
        read = self.runner.read(lambda: work.open_version(ctx, folder, form=form, version=version), parent=self, latest="forms.open")
        read.success(lambda found: self._show(found, keep)).start()

    def arrive(self, **arguments: Any) -> None:
        """``go('forms', form='report_certificate')``"""
        if arguments.get("form"):
            self.open(form=arguments["form"], version=arguments.get("version"))

    def _show(self, opened: work.Opened, keep: bool) -> None:
        self.opened = opened
        if not keep or self.draft is None:
            per_page = self.draft.per_page if self.draft else None
            self.draft = Draft(opened.layout, per_page=per_page)
        self.canvas.editable = self.may("forms")
        self.tools.show_opened(opened, self.draft)
        self.show_paper()

    @property
    def values(self) -> dict[str, str]:
        """What is printed on the trial."""
        assert self.draft is not None and self.opened is not None
        variables = self.draft.layout.variables
        if self.tools.wants_longest and self._longest is not None:
            return words.longest_values(variables, self._longest, self.opened.signature)
        return words.sample_values(variables, self.opened.signature)

    def use_longest(self, on: bool) -> None:
        """Fill in with the longest texts of the store, read once (and noted in the access log)."""
        if not on or self._longest is not None:
            self.render()
            return
        ctx = self.context
        self.runner.write(lambda _: work.longest(ctx), parent=self, label="form.rendering").success(self._use_longest).start()

    def _use_longest(self, found: Any) -> None:
        self._longest = found
        if found.empty:
            self.banner.show_message(
                "まだ被災世帯の登録がないため、見本より長い例で示しています。登録が進んだら、もう一度確かめてください。"
            )
        self.render()

    # -- drawing

    def show_paper(self) -> None:
        """The draft on the paper that is chosen."""
        if self.draft is None:
            return
        self.canvas.show_draft(self.draft)
        self.fit()
        self.show_changes()
        self._selected(self.draft.selected)

    def show_changes(self) -> None:
        """What is selected and how many boxes there are, at once; the paper itself a moment later."""
        self._list_boxes()
        self._show_box()
        self.tools.show_steps(self.draft)
        self.canvas.update(self.canvas.rect())
        self._pause.start()

    def render(self) -> None:
        """Draw the paper as it will be printed, in the background; an older drawing is dropped."""
        draft = self.draft
        if draft is None or self.opened is None:
            return
        layout, per_page, values, seal = draft.layout, draft.per_page, self.values, self.opened.seal
        preprinted, per_mm, ctx, folder, book = self.tools.preprinted, self.canvas.per_mm, self.context, self.shell.folder, self.book

        def draw() -> tuple[FontBook, work.Shown]:
            fonts = book or work.open_book(ctx, folder)
            return fonts, work.render(
                layout,
                per_page=per_page,
                values=values,
                fonts=fonts,
                seal=seal,
                preprinted=preprinted,
                per_mm=per_mm * self.devicePixelRatioF(),
            )

        self.runner.read(draw, parent=self, latest="forms.render").success(self._drawn).start()

    def _drawn(self, found: tuple[FontBook, work.Shown]) -> None:
        self.book, shown = found
        picture = QImage.fromData(shown.picture, "PNG") if shown.picture else QImage()
        if not picture.isNull():
            left, top, width, height = shown.crop
            wide, high = picture.width(), picture.height()
            picture = picture.copy(round(left * wide), round(top * high), round(width * wide), round(height * high))
            self.canvas.show_picture(picture)
        self.canvas.problems = frozenset(box for box, grave, _ in shown.findings if grave and box >= 0)
        self._show_findings(shown.findings)

    def _show_findings(self, found: tuple[tuple[int, bool, str], ...]) -> None:
        self.findings.clear()
        layout = self.draft.layout if self.draft else None
        boxes = self.draft.boxes if self.draft else ()
        for box, grave, sentence in found:
            where = f"{words.box_words(boxes[box], layout.variables)}：" if layout and 0 <= box < len(boxes) else ""
            item = QListWidgetItem(f"{'✕' if grave else '△'} {where}{sentence}")
            item.setData(Qt.ItemDataRole.UserRole, box)
            item.setToolTip(where + sentence)
            self.findings.addItem(item)
        self.findings_grave = sum(grave for _, grave, _ in found)
        self.findings.setVisible(bool(found))
        self._found.setText(
            f"気を付けるところ（{len(found)}件{f'、うち直すもの {self.findings_grave}件' if self.findings_grave else ''}）"
            if found
            else "気を付けるところはありません"
        )
        self.canvas.update(self.canvas.rect())

    def fit(self) -> None:
        """As wide as there is room, or as large as was chosen."""
        if self.draft is None:
            return
        room = self.area.viewport().width() - 34
        self.canvas.set_scale(self._zoom or max(2.2, room / self.draft.size[0]))
        self.tools.show_zoom(self.canvas.per_mm)

    def zoom(self, per_mm: float) -> None:
        """Pixels a mm; 0 as wide as there is room, -1 the whole paper."""
        if per_mm < 0 and self.draft is not None:
            width, height = self.draft.size
            per_mm = min((self.area.viewport().width() - 34) / width, (self.area.viewport().height() - 34) / height)
        self._zoom = per_mm
        self.fit()
        self._pause.start()

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Fit again."""
        super().resizeEvent(event)
        if not self._zoom:
            self.fit()

    # -- boxes

    def _list_boxes(self) -> None:
        assert self.draft is not None
        said = [words.box_words(box, self.draft.layout.variables) for box in self.draft.boxes]
        if said != [self.boxes.item(place).text().partition(" ")[2] for place in range(self.boxes.count())]:
            self._filling = True
            self.boxes.clear()
            self.boxes.addItems([f"{place + 1} {words_}" for place, words_ in enumerate(said)])
            self._filling = False
        self._filling = True
        self.boxes.setCurrentRow(self.draft.selected)
        self._filling = False

    def _listed(self, number: int) -> None:
        if not self._filling and self.draft is not None and number >= 0:
            self.canvas.select(number)

    def _selected(self, number: int) -> None:
        if self.draft is None:
            return
        self._list_boxes()
        self._show_box()
        self.tools.show_steps(self.draft)
        box = self.draft.box
        if box is not None:
            middle = self.canvas.rect_of(box).center()
            self.area.ensureVisible(round(middle.x()), round(middle.y()), 60, 60)

    def _show_box(self) -> None:
        assert self.draft is not None
        self.panel.show_box(self.draft.box, self.draft.layout, editable=self.canvas.editable)
        self._properties.setVisible(self.draft.box is not None)

    def _change(self, values: dict[str, Any]) -> None:
        if self.draft is not None and self.draft.box is not None:
            self.draft.change(self.draft.selected, tag="+".join(values), **values)
            self.show_changes()

    def _go_to(self, item: QListWidgetItem) -> None:
        number = item.data(Qt.ItemDataRole.UserRole)
        if number >= 0:
            self.canvas.select(number)
            self.canvas.setFocus()

    def take_focus(self) -> None:
        """On the form."""
        self.tools.form.setFocus()

    # -- acts

    def undo(self) -> None:
        """Back one step."""
        if self.draft is not None and self.draft.undo():
            self.tools.show_paper_choice(self.draft)
            self.show_paper()

    def redo(self) -> None:
        """Forward one step."""
        if self.draft is not None and self.draft.redo():
            self.tools.show_paper_choice(self.draft)
            self.show_paper()

    def use_background(self, path: Path) -> None:
        """A scan of the printed paper under the values."""

        def show(data: bytes) -> None:
            self.canvas.show_ground(QImage.fromData(data, "PNG"))

        self.runner.read(lambda: work.background(path), parent=self, label="form.rendering").success(show).start()

    def saved(self, done: Any) -> None:
        """A version was kept: go on from it."""
        assert self.draft is not None and self.opened is not None
        self.draft.mark_saved()
        for code in done.warnings:
            self.banner.show_message(message(code), tone="warn")
        if not done.warnings:
            self.shell.say(f"{words.version_words(done.number, 'own')}を下書きとして保存しました。承認されると、次の印刷から使われます")
        self.open(form=done.form, version=done.number)

    def approved(self, done: Any) -> None:
        """A version was approved."""
        for code in done.warnings:
            self.banner.show_message(message(code), tone="warn")
        self.shell.say(f"{words.version_words(done.number, 'own')}を承認しました。次の印刷からこの版を使います")
        self.open(form=done.form, version=done.number)
