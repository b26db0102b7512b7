"""Under a postal code, quietly: that it is another town's, or which code the address can only have. Nothing is changed."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.domain.postal_match import head_of, judge_postal, postal_for
from app.presentation.messages import message
from app.ui.widgets.fields import FieldEditor

_PAUSE_MS = 500  # after the last key: half an address belongs to many places


class PostalHint(QObject):
    """Watches the two fields and speaks in the help line of the postal code."""

    def __init__(self, postal: FieldEditor, address: FieldEditor) -> None:
        super().__init__(postal)
        self._postal, self._address = postal, address
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self.look)
        postal.changed.connect(self._wait)
        address.changed.connect(self._wait)

    def _wait(self, _raw: str) -> None:
        self._timer.start()

    def look(self) -> None:
        """Say what is to be said now."""
        self._timer.stop()
        postal, address = self._postal.raw().strip(), self._address.raw().strip()
        words = hint_words(postal, address)
        self._postal.show_help(words or self._postal.spec.help, tone="warning" if words and postal else "")


def hint_words(postal: str, address: str) -> str:
    """The hint for these two texts; empty when there is none. A code still being typed gets none."""
    head = head_of(address)
    if not head:
        return ""
    if not postal:
        found = postal_for(address)
        return message("postal.would_be", postal=found) if found else ""
    odd = judge_postal(postal, head)
    if odd != "postal.elsewhere":
        return message(odd) if odd == "postal.unknown" else ""
    found = postal_for(address)
    return message("postal.elsewhere_known", postal=found) if found else message("postal.elsewhere")
