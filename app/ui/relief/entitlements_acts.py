"""What can be done with entitlements, from the list and from the file of one alike."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.presentation.forms.claim import DECLINE, REOPEN_ENTITLEMENT
from app.ui.page import Shell
from app.ui.surveys.asking import open_form
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import entitlements


class EntitlementActs(QObject):
    """``done`` when something was done."""

    done = Signal()

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self._parent, self.shell = parent, shell

    def may(self, right: str) -> bool:
        """Whether the operator has a right."""
        return self.shell.context.actor.may(right)

    def decline(self, ids: Sequence[str], *, lead: str) -> FormDialog | None:
        """辞退 of these, with why."""
        if not ids:
            return None
        ctx = self.shell.context
        return open_form(
            self._parent, self.shell, DECLINE,
            lambda values: entitlements.decline(
                ctx, entitlement_ids=ids, reason=values["reason"], document=values["document"],
                declined_on=values["declined_on"].isoformat() if values["declined_on"] else "",
            ),
            then=lambda _: self._finish(f"{len(ids):,}件を辞退にしました"), lead=lead,
        )  # fmt: skip

    def reopen(self, ids: Sequence[str], *, lead: str) -> FormDialog | None:
        """The refusal is taken back."""
        if not ids:
            return None
        ctx = self.shell.context
        return open_form(
            self._parent, self.shell, REOPEN_ENTITLEMENT,
            lambda values: entitlements.reopen(ctx, entitlement_ids=ids, reason=values["reason"]),
            then=lambda _: self._finish(f"{len(ids):,}件を対象に戻しました"), lead=lead,
        )  # fmt: skip

    def _finish(self, words: str) -> None:
        self.shell.say(words)
        self.done.emit()
