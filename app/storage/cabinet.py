"""The key slots of an open store, for the use cases of operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.domain.errors import EnvironmentFault
from app.storage.keyring import Keyring
from app.usecases.ports import KeyCabinet

T = TypeVar("T")


class StoreCabinet:
    """See ``usecases.ports.KeyCabinet``. Changes are those of the slots as they are now, and on the disk when a method returns."""

    def __init__(self, ring: Keyring, data_key: bytes) -> None:
        self._ring = ring
        self._data_key = data_key

    def _change(self, change: Callable[[], T]) -> T:
        """Change the slots as they are now, and write them; what could not be written is not kept in memory either.

        Another desk may have changed them meanwhile: then once more from what it left.
        """
        for last in (False, False, True):
            self._ring.reload()
            try:
                answer = change()
                self._ring.save()
                return answer
            except EnvironmentFault as fault:
                self._ring.reload()
                if last or fault.code != "database.keys_changed":
                    raise
            except BaseException:
                self._ring.reload()
                raise
        raise AssertionError

    def add_slot(self, *, login: str, password: str) -> str:
        """A slot for an operator; answers its id."""
        return self._change(lambda: self._ring.add_slot(login=login, password=password, data_key=self._data_key))

    def check_password(self, *, login: str, password: str) -> str:
        """The slot that this name and password open."""
        self._ring.reload()
        return self._ring.unlock(login=login, password=password).slot

    def change_password(self, *, slot: str, login: str, old: str, new: str) -> None:
        """A new password for whoever knows the old one."""
        self.check_password(login=login, password=old)
        self.reset_password(slot=slot, login=login, new=new)

    def reset_password(self, *, slot: str, login: str, new: str) -> None:
        """A new password for a slot."""
        self._change(lambda: self._ring.replace_slot(slot=slot, login=login, password=new, data_key=self._data_key))

    def has_slot(self, slot: str) -> bool:
        return self._ring.has_slot(slot)

    def remove_slot(self, slot: str) -> None:
        """Take a slot away."""
        self._change(lambda: self._ring.remove_slot(slot))


def _conforms(made: StoreCabinet) -> KeyCabinet:
    return made
