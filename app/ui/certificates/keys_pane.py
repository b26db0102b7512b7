"""The keys that papers are signed and checked with: made at headquarters, carried to other laptops by their public half."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import SasaeError
from app.presentation.columns.certificate import KEYS
from app.presentation.forms.certificate import MAKE_KEY
from app.presentation.messages import message
from app.ui import faults
from app.ui.page import Shell
from app.ui.surveys.asking import bind, open_form
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note
from app.usecases import municipal_key
from app.usecases.certificate_rows import KeyCard
from app.usecases.files import atomic_output

_MOST = 20_000


class KeysPane(QWidget):
    """What is known here, and what can be done with it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.table = Table(KEYS, name="署名の鍵", preferences=shell.preferences, many=False)
        self.told = note("")
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.make_button = button("鍵を作る…", icon="key")
        self.export_button = button("公開鍵を書き出す…", icon="save")
        self.import_button = button("公開鍵を取り込む…", icon="import")
        for made, act in ((self.make_button, self.make), (self.export_button, self.export), (self.import_button, self.choose)):
            bind(self, made, act)
        whole = column(
            self.told, self.table, self.banner, self.export_button, self.import_button, self.make_button, spacing=6
        )
        whole.setStretch(1, 1)
        self.setLayout(whole)
        may = shell.context.actor.may("settings")
        for made in (self.make_button, self.import_button):
            made.setEnabled(may)
            made.setToolTip("" if may else "設定の権限のある人だけが行えます")

    def refresh(self) -> None:
        """Read the keys."""
        ctx = self.shell.context
        self.shell.runner.read(lambda: municipal_key.list_keys(ctx), parent=self, latest="certificate.keys").success(self._show).start()

    def _show(self, keys: Sequence[KeyCard]) -> None:
        self.table.show_rows(keys)
        self.table.setVisible(bool(keys))
        signs = next((one for one in keys if one.current), None)
        if signs is not None:
            self.told.setText(f"この端末は鍵 {signs.id} で署名します。")
        elif self.shell.context.place.site_kind == "hq":
            self.told.setText("鍵はまだありません。最初の証明書を発行すると、自動で作られます。")
        else:
            self.told.setText("この端末には署名の鍵がないため、発行できません。確かめるだけなら、本部の公開鍵を取り込みます。")
        self.export_button.setEnabled(bool(keys))
        if keys and self.table.current_id() is None:
            self.table.make_current(0)

    # -- acting

    def make(self) -> FormDialog:
        """A new key that signs from now on."""
        ctx = self.shell.context
        return open_form(
            self, self.shell, MAKE_KEY, lambda values: municipal_key.make_key(ctx, label=values["label"]), then=lambda made: self._added(made[0])
        )

    def _added(self, card: KeyCard) -> None:
        self.shell.say(f"鍵 {card.id} を加えました")
        self.banner.show_message("")
        self.refresh()

    def export(self) -> None:
        """The public half of the key at hand as a file."""
        card: KeyCard | None = self.table.current_row()
        if card is None:
            return
        name = f"公開鍵_{self.shell.context.place.municipality_name}_{card.id}.pem"
        path, _ = QFileDialog.getSaveFileName(self, "公開鍵を書き出す", str(Path(self._folder()) / name), "*.pem")
        if path:
            self.export_to(Path(path), card.id)

    def export_to(self, path: Path, key: str) -> None:
        """Write it; the private half never leaves the folder."""
        ctx = self.shell.context

        def write() -> Path:
            _, pem, _ = municipal_key.export_key(ctx, wanted=key)
            with atomic_output(path) as temporary:
                temporary.write_text(pem, "ascii")
            return path

        work = self.shell.runner.write(lambda _: write(), parent=self, label="window.saving")
        work.success(lambda done: self.shell.say(f"公開鍵を書き出しました：{done.name}")).failure(self._failed).start()

    def choose(self) -> None:
        """The file of another's public key."""
        path, _ = QFileDialog.getOpenFileName(self, "公開鍵を取り込む", self._folder(), "公開鍵 (*.pem *.txt);;すべて (*)")
        if path:
            self.import_file(Path(path))

    def import_file(self, path: Path) -> None:
        """Know a key from its file."""
        try:
            words = path.read_bytes()[:_MOST].decode("ascii", "replace")
        except OSError as error:
            self.banner.show_message(message("file.not_readable", path=path.name, reason=error.strerror or ""), tone="bad")
            return
        self.import_text(words)

    def import_text(self, words: str) -> None:
        """Know a key from PEM or the text of its QR."""
        ctx = self.shell.context
        work = self.shell.runner.write(lambda _: municipal_key.import_key(ctx, text=words), parent=self, label="window.saving")
        work.success(lambda made: self._added(made[0])).failure(self._failed).start()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, SasaeError):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)

    def _folder(self) -> str:
        return self.shell.preferences.get("export.folder", "") or str(Path.home())
