"""The photos of one building in a strip, for the building's file and wherever a house is judged."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.ui import theme
from app.ui.page import Shell
from app.ui.runner import Changes
from app.ui.surveys.photo_view import PhotoView
from app.ui.surveys.photos_grid import PhotoGrid
from app.ui.widgets.text import column, note
from app.usecases import photos as acts
from app.usecases.photo_rows import PhotoRow


class PhotoStrip(QWidget):
    """``show_building`` fills it; it follows changes by itself. Enter or a double click shows a photo large."""

    def __init__(self, shell: Shell, building_id: str = "") -> None:
        super().__init__()
        self.shell, self.building_id = shell, ""
        self._noted = ""
        self.grid = PhotoGrid(shell, strip=True, name="この建物の写真")
        self.grid.setFixedHeight(theme.current().px(208))
        self.grid.opened.connect(self.open_photo)
        self.empty = note("この建物の写真はまだありません。「写真」のタブでフォルダやカードを取り込むと、ここに並びます。")
        self.setLayout(column(self.empty, self.grid, 1, spacing=6))
        self.grid.hide()
        shell.runner.changed.connect(self._changed)
        if building_id:
            self.show_building(building_id)

    def show_building(self, building_id: str) -> None:
        """The photos of this building; none for ""."""
        self.building_id = building_id
        self.refresh()

    def refresh(self) -> None:
        """Read again."""
        ctx, building = self.shell.context, self.building_id
        if not building:
            self._show([])
            return
        read = self.shell.runner.read(
            lambda: acts.photo_rows(ctx, acts.list_photo_ids(ctx, building_id=building)), parent=self, latest=f"photo-strip-{id(self)}"
        )
        read.success(self._show).start()

    def _show(self, photos: list[PhotoRow]) -> None:
        self.grid.show_photos(photos)
        self.grid.setVisible(bool(photos))
        self.empty.setVisible(not photos)
        if photos and self._noted != self.building_id:
            self._noted, ctx = self.building_id, self.shell.context
            self.shell.runner.write(lambda _: acts.note_view(ctx, photos=photos[:1]), parent=self).quiet().start()

    def open_photo(self, place: int) -> PhotoView:
        """The photo large."""
        dialog = PhotoView(self, self.shell, self.grid.photo_model.photos, place)
        dialog.open()
        return dialog

    def _changed(self, changes: Changes) -> None:
        if "photo" in changes and self.building_id:
            self.refresh()
