"""写真: cards taken in, photos given to buildings by keyboard, sheets printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.domain.errors import RuleViolation, SasaeError, StaleRecord
from app.presentation.messages import message
from app.ui import faults, ime, theme
from app.ui.surveys.photo_view import PhotoView
from app.ui.surveys.photos_grid import PhotoGrid
from app.ui.surveys.photos_import import IssuesDialog, PhotoImportDialog, issue_lines, say_outcome
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.opening import open_file
from app.ui.widgets.text import button, column, note, row, text
from app.usecases import photos as acts
from app.usecases.context import Context
from app.usecases.photo_rows import PhotoBatch, PhotoRow

if TYPE_CHECKING:
    from app.interchange.exporting.photos import PhotosWritten
    from app.interchange.importing.photos import PhotoOutcome
    from app.ui.pages.surveys import SurveysPage

WAITING = "waiting"
ALL = "all"


def count_waiting(ctx: Context) -> int:
    """Photos that wait for a building."""
    return len(acts.list_photo_ids(ctx, unmatched=True))


class PhotosTab(Tab):
    """Ctrl+O takes a folder in. In the grid: a number typed is the building's, Enter gives the chosen photos to it; Enter or Space opens,

    Ctrl+R turns, F2 captions, Delete takes away. ``arrive(batch=…)`` and ``arrive(waiting=True)`` choose what is shown."""

    kinds = frozenset({"photo", "building"})

    def __init__(self, page: SurveysPage) -> None:
        super().__init__(page)
        may = self.may("survey")
        self._noted: set[str] = set()
        self._wanted = ""
        self.banner = Banner(closable=True)
        self.nothing = EmptyState(
            "写真がまだありません",
            "カメラのカードやフォルダを選ぶと、中の写真をまとめて取り込み、調査票のQRや時刻で建物に分けます。家ごとに、最初に調査票を1枚写しておくと確実です。",
            icon="import",
            actions=[("写真を取り込む", "import", self.ask_folder)],
        )
        self.nothing.buttons[0].setEnabled(may)
        self.batches = QListWidget()
        self.batches.setAccessibleName("取り込みの一覧")
        self.batches.setFixedWidth(theme.current().px(225))
        self.batches.setWordWrap(True)
        self.batches.setSpacing(2)
        self.batches.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.batches.currentItemChanged.connect(lambda *_: self._read_photos())
        self.grid = PhotoGrid(self.shell)
        self.grid.typed.connect(self._begin_number)
        self.grid.opened.connect(self.open_photo)
        self.grid.selectionModel().selectionChanged.connect(lambda *_: self._show_chosen())
        self._middle = QWidget()
        middle = row(self.batches, column(self._build_tools(may), self.grid, self._build_assign(may), spacing=8), spacing=12)
        middle.setStretch(1, 1)
        self._middle.setLayout(middle)
        whole = column(self.banner, self._middle, self.nothing, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self._middle.hide()
        self.nothing.hide()
        self._connect_keys()

    # -- building

    def _build_tools(self, may: bool) -> Any:
        self.count = text("", role="section", wrap=False)
        self.import_button = button("取り込む…（Ctrl+O）", role="primary", icon="import")
        self.sheet_button = button("台帳…（Ctrl+P）", icon="print")
        self.export_button = button("書き出す…", icon="folder", tip="小さくした写真を JPEG でフォルダに書き出します")
        self.import_button.clicked.connect(self.ask_folder)
        self.sheet_button.clicked.connect(self.ask_sheet)
        self.export_button.clicked.connect(self.ask_export)
        self.import_button.setEnabled(may)
        return row(self.count, 1, self.export_button, self.sheet_button, self.import_button)

    def _build_assign(self, may: bool) -> Any:
        self.number = QLineEdit()
        self.number.setAccessibleName("調査番号")
        self.number.setPlaceholderText("調査番号（連番だけでも）")
        self.number.setFixedWidth(theme.current().px(210))
        ime.prepare(self.number, "off")
        self.number.setEnabled(may)
        self.number.returnPressed.connect(self.assign)
        self.number.textChanged.connect(lambda _: self._look_up())
        self.found = note("")
        self.assign_button = button("この建物に付ける（Enter）", icon="check")
        self.open_button = button("大きく見る（Enter）", icon="eye")
        self.turn_button = button("回す（Ctrl+R）", icon="refresh")
        self.caption_button = button("説明（F2）…", icon="edit")
        self.remove_button = button("外す（Del）", icon="undo")
        for made, act in (
            (self.assign_button, self.assign), (self.open_button, lambda: self.open_photo(self.grid.currentIndex().row())),
            (self.turn_button, self.turn), (self.caption_button, self.caption), (self.remove_button, self.remove),
        ):  # fmt: skip
            made.clicked.connect(lambda _=False, act=act: act())
        first = row(self.number, self.assign_button, self.found, spacing=8)
        first.setStretch(2, 1)
        second = row(self.open_button, self.turn_button, self.caption_button, self.remove_button, 1, spacing=8)
        return column(first, second, spacing=6)

    def _connect_keys(self) -> None:
        for keys, act in (("Ctrl+O", self.import_button.click), ("Ctrl+P", self.sheet_button.click)):
            QShortcut(QKeySequence(keys), self, act)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, made in (("Ctrl+R", self.turn_button), ("F2", self.caption_button), ("Del", self.remove_button)):
            QShortcut(QKeySequence(keys), self.grid, made.click, context=inside)
        QShortcut(QKeySequence("Esc"), self.number, self._leave_number, context=inside)

    # -- reading

    def refresh(self) -> None:
        """Read the imports, then the photos of the one chosen."""
        ctx = self.context
        read = self.runner.read(lambda: (acts.list_batches(ctx), count_waiting(ctx)), parent=self, latest="photos.batches")
        read.success(lambda found: self._show_batches(*found)).start()

    def _show_batches(self, batches: Sequence[PhotoBatch], waiting: int) -> None:
        self.badged.emit(waiting)
        key = self._wanted or self.chosen_key or (WAITING if waiting else batches[0].batch if batches else ALL)
        self._wanted = ""
        self.batches.blockSignals(True)
        self.batches.clear()
        total = sum(one.photos for one in batches)
        self._add(WAITING, f"建物未定\n{waiting:,}枚")
        self._add(ALL, f"すべて\n{total:,}枚")
        for one in batches:
            left = f"・未定 {one.unmatched:,}" if one.unmatched else ""
            self._add(
                one.batch, f"{acts.batch_label(one.batch) or 'フォルダ'}\n{one.batch[5:16].replace('-', '/')}　{one.photos:,}枚{left}"
            )
        keys = [self.batches.item(at).data(Qt.ItemDataRole.UserRole) for at in range(self.batches.count())]
        self.batches.setCurrentRow(keys.index(key) if key in keys else 0)
        self.batches.blockSignals(False)
        self._middle.setVisible(bool(batches))
        self.nothing.setVisible(not batches)
        self._read_photos()

    def _add(self, key: str, words: str) -> None:
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.UserRole, key)
        self.batches.addItem(item)

    @property
    def chosen_key(self) -> str:
        """The batch in sight, or ``waiting`` or ``all``."""
        item = self.batches.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def _read_photos(self) -> None:
        ctx, key = self.context, self.chosen_key
        if not key:
            return

        def read() -> list[PhotoRow]:
            ids = acts.list_photo_ids(ctx, batch=None if key in (WAITING, ALL) else key, unmatched=key == WAITING)
            return acts.photo_rows(ctx, ids)

        self.runner.read(read, parent=self, latest="photos.rows").success(lambda found: self._show_photos(key, found)).start()

    def _show_photos(self, key: str, photos: list[PhotoRow]) -> None:
        if key != self.chosen_key:
            return
        self.grid.show_photos(photos)
        self._show_chosen()
        if photos and key not in self._noted:
            self._noted.add(key)
            ctx = self.context
            self.runner.write(lambda _: acts.note_view(ctx, photos=photos), parent=self).quiet().start()

    def _show_chosen(self) -> None:
        chosen, all_here = self.grid.chosen, len(self.grid.photo_model.photos)
        waiting = sum(not photo.building_id for photo in self.grid.photo_model.photos)
        told = f"{all_here:,}枚" + (f"（建物未定 {waiting:,}枚）" if waiting and self.chosen_key != WAITING else "")
        self.count.setText(told + (f"　{len(chosen):,}枚を選択中" if len(chosen) > 1 else ""))
        may = self.may("survey") and bool(chosen)
        for made in (self.turn_button, self.remove_button):
            made.setEnabled(may)
        self.assign_button.setEnabled(may and bool(self.number.text().strip()))
        self.caption_button.setEnabled(may and len(chosen) == 1)
        self.open_button.setEnabled(bool(chosen))
        self.sheet_button.setEnabled(self.may("print") and all_here > 0)
        self.export_button.setEnabled(self.may("export") and all_here > 0)

    def take_focus(self) -> None:
        """On the photos, or on the first thing to do."""
        (self.nothing.buttons[0] if self.nothing.isVisibleTo(self) else self.grid).setFocus()

    def arrive(self, *, batch: str = "", waiting: bool = False, **_: Any) -> None:
        """Show an import, or what waits."""
        self._wanted = batch or (WAITING if waiting else "")
        self.refresh()

    # -- giving to buildings

    def _begin_number(self, first: str) -> None:
        if self.number.isEnabled():
            self.number.setText(first.upper())
            self.number.setFocus()
            self.number.deselect()
            self.number.end(False)

    def _leave_number(self) -> None:
        self.number.clear()
        self.grid.setFocus()

    def _look_up(self) -> None:
        """Say which building is meant while the number is typed."""
        ctx, typed = self.context, self.number.text()
        self._show_chosen()
        if not typed.strip():
            self.found.setText("")
            return

        def find() -> str:
            try:
                return acts.describe_building(ctx, number=typed)
            except RuleViolation as fault:
                return message(fault) if fault.code == "photo.building_ambiguous" else ""

        self.runner.read(find, parent=self, latest="photos.number").success(self.found.setText).start()

    def assign(self) -> None:
        """Give the chosen photos to the building whose number was typed, and go on with the next."""
        chosen, ctx, typed = self.grid.chosen, self.context, self.number.text()
        if not chosen or not typed.strip() or not self.may("survey"):
            return
        ids = [photo.id for photo in chosen]

        def give() -> Any:
            return acts.assign_photos(ctx, photo_ids=ids, building_id=acts.building_of(ctx, number=typed))

        def done(_: Any) -> None:
            self.number.clear()
            self.grid.setFocus()
            self._go_on(ids)
            self.shell.say(f"{len(ids):,}枚を建物に付けました")

        self._write(give, done)

    def _go_on(self, ids: Sequence[str]) -> None:
        """The next photo without a building after those just given; in what waits they leave by themselves."""
        photos = self.grid.photo_model.photos
        if self.chosen_key == WAITING:
            return
        last = max((place for place, photo in enumerate(photos) if photo.id in ids), default=-1)
        following = next((place for place in range(last + 1, len(photos)) if not photos[place].building_id), None)
        if following is not None:
            self.grid.choose([following])

    def turn(self) -> None:
        """Turn the chosen photos a quarter clockwise."""
        ctx, ids = self.context, [photo.id for photo in self.grid.chosen]
        if ids:
            self._write(lambda: acts.turn_photos(ctx, photo_ids=ids))

    def caption(self, photo: PhotoRow | None = None) -> None:
        """Ask for a caption of the photo at hand."""
        at_hand = photo or next(iter(self.grid.chosen), None)
        if at_hand is None:
            return
        words, given = QInputDialog.getText(self, "写真の説明", f"{at_hand.number} の説明（台帳に印刷されます）", text=at_hand.caption)
        if given:
            self.set_caption(at_hand, words)

    def set_caption(self, photo: PhotoRow, words: str) -> None:
        """Write a caption."""
        ctx = self.context
        self._write(lambda: acts.caption_photo(ctx, photo_id=photo.id, version=photo.version, caption=words))

    def remove(self) -> None:
        """Take the chosen photos away, after asking."""
        ctx, ids = self.context, [photo.id for photo in self.grid.chosen]
        if ids and ask(
            self,
            f"{len(ids):,}枚の写真を外しますか？",
            "一覧と台帳に出なくなります。画像は残り、履歴から戻せます。",
            yes="外す",
            no="やめる",
        ):
            self._write(lambda: acts.remove_photos(ctx, photo_ids=ids), lambda _: self.shell.say(f"{len(ids):,}枚を外しました"))

    def open_photo(self, place: int) -> PhotoView | None:
        """A photo large."""
        photos = self.grid.photo_model.photos
        if not 0 <= place < len(photos):
            return None
        dialog = PhotoView(self, self.shell, photos, place, captioning=self.caption)
        dialog.open()
        return dialog

    # -- taking in

    def ask_folder(self) -> PhotoImportDialog:
        """Ask for folder and clock, then take in."""
        dialog = PhotoImportDialog(self)
        dialog.accepted.connect(lambda: self.take_in(dialog.folder, dialog.offset))
        dialog.open()
        return dialog

    def take_in(self, folder: Path, offset: Any) -> None:
        """Take a folder in; progress with Cancel shows by itself."""
        ctx = self.context

        def work(job: Any) -> PhotoOutcome:
            from app.interchange.importing.photos import import_photos

            return import_photos(ctx, folder, offset=offset, job=job)

        operation = self.runner.write(work, parent=self, label="photo.job_taking")
        operation.success(self._taken).failure(self._failed).start()

    def _taken(self, done: PhotoOutcome) -> None:
        if done.stopped == "job.cancelled" and done.added and self._discard(done):
            return
        lines = issue_lines(done)
        bad = bool(done.failed or done.stopped)
        show = (lambda: IssuesDialog(self, lines, done.issue_count).open()) if lines else None
        words = say_outcome(done)
        self.banner.show_message(
            words, tone="warn" if bad else "good", action=f"分かったこと {done.issue_count:,}件" if lines else "", act=show
        )
        self._wanted = done.batch if done.added else ""
        self.refresh()

    def _discard(self, done: PhotoOutcome) -> bool:
        """After a cancel: keep what came, or take all of it back."""
        ctx = self.context
        detail = "残すと、同じフォルダをもう一度取り込んだときに続きから始まります。"
        if not ask(self, f"取り込みを止めました。ここまでの{done.added:,}枚をどうしますか？", detail, yes="すべて取り消す", no="残す"):
            return False
        self._write(lambda: acts.discard_batch(ctx, batch=done.batch), lambda _: self.shell.say("取り込みを取り消しました"))
        return True

    # -- giving out

    def _chosen_or_all(self) -> list[str]:
        chosen = self.grid.chosen
        return [photo.id for photo in (chosen if len(chosen) > 1 else self.grid.photo_model.photos)]

    def ask_sheet(self) -> None:
        """Ask how many to a page and where to, then print."""
        sizes = ["A4に12枚（4段×3列）", "A4に6枚（3段×2列）"]
        size, given = QInputDialog.getItem(self, "写真台帳", f"{len(self._chosen_or_all()):,}枚の台帳を作ります。", sizes, 0, False)
        chosen, _ = (
            QFileDialog.getSaveFileName(self, "写真台帳の保存先", f"{_documents()}/写真台帳.pdf", "PDF (*.pdf)") if given else ("", "")
        )
        if chosen:
            self.write_sheet(Path(chosen if chosen.lower().endswith(".pdf") else f"{chosen}.pdf"), per_page=6 if size == sizes[1] else 12)

    def write_sheet(self, out: Path, *, per_page: int) -> None:
        """The photos chosen (or all in sight) on sheets."""
        ctx, ids, folder = self.context, self._chosen_or_all(), self.shell.folder

        def work(job: Any) -> PhotosWritten:
            from app.interchange.exporting.photos import write_contact_sheet

            return write_contact_sheet(ctx, photo_ids=ids, out=out, per_page=per_page, folder=folder, job=job)

        operation = self.runner.write(work, parent=self, label="photo.job_sheet")
        operation.success(self._written).failure(self._failed).start()

    def ask_export(self) -> None:
        """Ask for a folder, then write the pictures."""
        chosen = QFileDialog.getExistingDirectory(self, "写真を書き出す空のフォルダ", _documents())
        if chosen:
            self.write_pictures(Path(chosen))

    def write_pictures(self, folder: Path) -> None:
        """The photos chosen (or all in sight) as JPEG files."""
        ctx, ids = self.context, self._chosen_or_all()

        def work(job: Any) -> PhotosWritten:
            from app.interchange.exporting.photos import export_photos

            return export_photos(ctx, photo_ids=ids, folder=folder, job=job)

        operation = self.runner.write(work, parent=self, label="photo.job_writing")
        operation.success(self._written).failure(self._failed).start()

    def _written(self, done: PhotosWritten) -> None:
        pages = f"（{done.pages:,}ページ）" if done.pages else ""
        missing = f"　画像がない写真：{'、'.join(done.missing[:5])}{' ほか' if len(done.missing) > 5 else ''}" if done.missing else ""
        words = f"{done.photos:,}枚を「{done.path}」に書き出しました{pages}。{missing}"
        self.banner.show_message(words, tone="warn" if done.missing else "good", action="開く", act=lambda: open_file(done.path))

    # -- helpers of all of these

    def _write(self, act: Callable[[], Any], done: Callable[[Any], object] | None = None) -> None:
        operation = self.runner.write(lambda _: act(), parent=self, label="window.saving")
        if done is not None:
            operation.success(done)
        operation.failure(self._failed).start()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, (RuleViolation, StaleRecord)):
            self.banner.show_message(message(error), tone="bad")
        elif isinstance(error, SasaeError):
            faults.show(self, error)
        else:
            raise error


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
