"""Profiles above the columns: a saved way of reading a kind of file, chosen by name, saved under one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QInputDialog, QWidget

from app.domain.errors import RuleViolation
from app.interchange.importing.mapping import fold_header
from app.interchange.importing.private import is_private_heading
from app.interchange.importing.profiles import Profile, delete_profile, list_profiles, save_profile, suggest_profile
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.text import button, column, note, row, text

_AUTOMATIC = "（見出しから見分ける）"


class ProfileBar(QWidget):
    """``picked`` carries the profile chosen, None for finding out by the headings. ``columns`` answers the choice to be saved."""

    picked = Signal(object)

    def __init__(self, shell: Shell, target: str, *, columns: Callable[[], Mapping[str, str]]) -> None:
        super().__init__()
        self._shell, self._target, self._columns = shell, target, columns
        self._known: Sequence[Profile] = ()
        self.box = QComboBox()
        self.box.setAccessibleName("読み取り方（プロファイル）")
        self.box.setMinimumWidth(theme.current().px(300))
        self.box.activated.connect(lambda _: self._pick())
        self.save_button = button("名前を付けて保存…", icon="save")
        self.save_button.clicked.connect(self._ask_name)
        self.delete_button = button("削除", icon="minus")
        self.delete_button.clicked.connect(self.delete)
        self.told = note("")
        whole = row(text("読み取り方", role="field", wrap=False), self.box, self.save_button, self.delete_button, 1, spacing=8)
        self.setLayout(column(whole, self.told, spacing=2))

    @property
    def profile(self) -> Profile | None:
        """The one chosen."""
        return self.box.currentData()

    def begin(self, header: Sequence[str], *, remembered: bool, unclear: bool = True) -> None:
        """Offer what there is for files with this header. The best fitting one is chosen when some heading is ``unclear`` by itself and
        these headings were not mapped before.
        """
        ctx, target = self._shell.context, self._target

        def read() -> tuple[list[Profile], Profile | None]:
            return list_profiles(ctx, target=target), suggest_profile(ctx, target=target, header=header)

        self._shell.runner.read(read, parent=self, latest="profiles").success(
            lambda found: self._offer(*found, remembered, unclear)
        ).start()

    def _offer(self, known: Sequence[Profile], fits: Profile | None, remembered: bool, unclear: bool) -> None:
        self._known = known
        self.box.clear()
        self.box.addItem(_AUTOMATIC, None)
        for profile in known:
            self.box.addItem(profile.name if profile.own else f"{profile.name}（標準）", profile)
        if remembered:
            self.told.setText("前回、同じ見出しのファイルで選んだ内容になっています。")
        elif fits is not None and unclear:
            self.box.setCurrentIndex(next(place for place, one in enumerate(known, 1) if one.name == fits.name))
            self._pick()
            self.told.setText(f"見出しが合うので「{fits.name}」を選びました。違うときは選び直してください。")
        else:
            self.told.setText("")
        self._enable()

    def _pick(self) -> None:
        self.told.setText(self.profile.note if self.profile else "")
        self._enable()
        self.picked.emit(self.profile)

    def _enable(self) -> None:
        self.delete_button.setVisible(bool(self.profile and self.profile.own))

    def _ask_name(self) -> None:
        told = "この対応に付ける名前（同じ名前の自分のものは置き換えます）"
        name, agreed = QInputDialog.getText(
            self, "読み取り方の保存", told, text=self.profile.name if self.profile and self.profile.own else ""
        )
        if agreed:
            self.save(name)

    def save(self, name: str) -> None:
        """Keep the columns as they stand under a name."""
        base = self.profile
        columns = {heading: key for heading, key in self._columns().items() if not is_private_heading(heading)}
        made = Profile(
            name=name, target=self._target, columns=columns, values=base.values if base else {}, dates=base.dates if base else "",
            encoding=base.encoding if base else "",
        )  # fmt: skip
        ctx = self._shell.context
        operation = self._shell.runner.write(lambda _: save_profile(ctx, profile=made), parent=self)
        operation.success(self._saved).failure(self._failed).start()

    def _saved(self, profile: Profile) -> None:
        if (place := self._place(profile.name)) >= 0:
            self.box.removeItem(place)
        self.box.insertItem(1, profile.name, profile)
        self.box.setCurrentIndex(1)
        self.told.setText(f"「{profile.name}」として保存しました。")
        self._enable()
        self.picked.emit(profile)

    def delete(self) -> None:
        """Forget an own profile."""
        chosen = self.profile
        told = "取り込んだデータには影響しません。"
        if chosen is None or not ask(self, f"「{chosen.name}」を削除しますか？", told, yes="削除する", no="やめる"):
            return
        ctx, target = self._shell.context, self._target
        operation = self._shell.runner.write(lambda _: delete_profile(ctx, target=target, name=chosen.name), parent=self)
        operation.success(lambda _: self._deleted(chosen.name)).failure(self._failed).start()

    def _deleted(self, name: str) -> None:
        self.box.removeItem(self._place(name))
        self.box.setCurrentIndex(0)
        self._pick()

    def _place(self, name: str) -> int:
        return next((n for n in range(1, self.box.count()) if fold_header(self.box.itemData(n).name) == fold_header(name)), -1)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.told.setText(message(error))
        else:
            faults.show(self, error)
