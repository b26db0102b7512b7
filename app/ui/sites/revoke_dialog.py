"""失効: a device counts no more, after a reason and what it means; then what is left to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.domain.exchange import EnrolledDevice
from app.presentation.forms.enrolment import REVOKE
from app.presentation.messages import message
from app.ui.page import Shell
from app.ui.surveys.asking import open_form
from app.ui.widgets.form_dialog import FormDialog
from app.usecases.enrolment import Revoked, revoke_device


def open_revoke(parent: QWidget, shell: Shell, device: EnrolledDevice, *, then: Callable[[str], object]) -> FormDialog:
    """Ask why; ``then`` gets what is left to do, in sentences."""
    ctx = shell.context
    return open_form(
        parent, shell, REVOKE, lambda given: revoke_device(ctx, device=device.device, reason=given["reason"]),
        lead=f"端末 {device.letters}（{device.site_name}）", then=lambda done: then(left_words(done)),
    )  # fmt: skip


def left_words(done: Revoked) -> str:
    """What people have to do and know after it."""
    letters = done.device.letters
    lines = [message("enrol.revoke_known", device=letters, known=done.known), message("enrol.revoke_passwords", device=letters)]
    if done.vouchers:
        lines.insert(0, message("enrol.revoke_vouchers", device=letters, count=len(done.vouchers), numbers=list(done.vouchers)))
    return "\n".join([f"端末 {letters} を失効にしました。", *lines])
