"""Key slots: each operator's password, or the recovery key, unlocks the one data key of a store.

They are in ``keys.json``, or in a row of the database that several desks share. No name is there: a slot is found by an HMAC of the folded
login name. The data key is wrapped with AES-256-GCM under a key that Argon2id derives from the password (RFC 9106, 64 MiB, 3 passes,
4 lanes). A recovery key is 160 random bits in Crockford base32.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.domain.errors import EnvironmentFault, IntegrityFault, RuleViolation
from app.domain.identifiers import new_id
from app.usecases.files import atomic_output

KEY_BYTES = 32
MIN_PASSWORD = 8
_ARGON = {"time_cost": 3, "memory_cost": 65536, "parallelism": 4}
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FREE_TRIES = 2
_LONGEST_WAIT = 60.0


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _fold_login(login: str) -> bytes:
    return "".join(unicodedata.normalize("NFKC", login).split()).casefold().encode()


def _derive(secret: bytes, salt: bytes, cost: dict[str, int]) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(secret, salt, hash_len=KEY_BYTES, type=Type.ID, **cost)


def derive_subkey(data_key: bytes, label: str) -> bytes:
    """A key for one use, so that the data key itself opens nothing but the store."""
    return hmac.new(data_key, label.encode(), hashlib.sha256).digest()


def seal_text(data_key: bytes, label: str, text: str) -> str:
    """Encrypt a short text for this folder only."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    return _b64(nonce + AESGCM(derive_subkey(data_key, label)).encrypt(nonce, text.encode(), label.encode()))


def open_text(data_key: bytes, label: str, sealed: str) -> str | None:
    """The text of ``seal_text``, or None when it cannot be opened."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = base64.b64decode(sealed, validate=True)
        return AESGCM(derive_subkey(data_key, label)).decrypt(raw[:12], raw[12:], label.encode()).decode()
    except (ValueError, InvalidTag):
        return None


def normalise_recovery(text: str) -> str:
    """A typed recovery key without groups, spaces and look-alikes."""
    wide = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in wide.translate(str.maketrans("OIL", "011")) if c in _ALPHABET)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The data key with the slot that opened it."""

    data_key: bytes
    slot: str


class KeyPlace(Protocol):
    """Where the slots of a store are kept, with the count of wrong passwords."""

    name: str
    """For messages."""

    def read(self) -> str:
        """The content as it was written. EnvironmentFault ``store.not_found`` when there is none."""
        ...

    def write(self, text: str) -> None:
        """Keep a content, whole or not at all. EnvironmentFault ``database.keys_changed`` when another desk wrote since it was read."""
        ...

    def failures(self) -> tuple[int, float]:
        """Wrong tries in a row, and the moment of the last (Unix seconds of this computer's clock)."""
        ...

    def note_failure(self) -> None: ...
    def forget_failures(self) -> None: ...


class FileKeys:
    """``keys.json`` of a data folder; beside it ``attempts.json``."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path

    def read(self) -> str:
        """See ``KeyPlace``."""
        try:
            return self._path.read_text("utf-8")
        except FileNotFoundError:
            raise EnvironmentFault("store.not_found", path=str(self._path.parent)) from None
        except OSError as error:
            raise EnvironmentFault("file.not_readable", path=str(self._path), reason=error.strerror or "") from None
        except ValueError:
            raise IntegrityFault("store.keys_damaged", path=str(self._path)) from None

    def write(self, text: str) -> None:
        """See ``KeyPlace``."""
        with atomic_output(self._path) as temporary:
            temporary.write_text(text, "utf-8")

    @property
    def _attempts(self) -> Path:
        return self._path.with_name("attempts.json")

    def failures(self) -> tuple[int, float]:
        """See ``KeyPlace``."""
        try:
            content = json.loads(self._attempts.read_text("utf-8"))
            return int(content["count"]), float(content["last"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, 0.0

    def note_failure(self) -> None:
        """See ``KeyPlace``."""
        count, _ = self.failures()
        try:
            self._attempts.write_text(json.dumps({"count": count + 1, "last": time.time()}), "utf-8")
        except OSError:
            time.sleep(min(2.0**count, 5.0))  # cannot remember it: make this one slow instead

    def forget_failures(self) -> None:
        """See ``KeyPlace``."""
        try:
            self._attempts.unlink(missing_ok=True)
        except OSError:
            return


class Keyring:
    """The key slots of one store."""

    def __init__(self, place: KeyPlace, content: dict[str, Any]) -> None:
        self._place = place
        self._content = content

    # -- keeping -------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, place: Path | KeyPlace) -> tuple[Keyring, bytes, str]:
        """A new ring with a new data key and a recovery key; written by the first ``save``."""
        data_key = secrets.token_bytes(KEY_BYTES)
        recovery = "".join(secrets.choice(_ALPHABET) for _ in range(32))
        ring = cls(_place(place), {"format": 1, "store": new_id(), "name_salt": _b64(os.urandom(16)), "slots": [], "recovery": {}})
        ring._content["recovery"] = ring._wrap("recovery", recovery.encode(), data_key)
        return ring, data_key, "-".join(recovery[i : i + 4] for i in range(0, 32, 4))

    @classmethod
    def load(cls, place: Path | KeyPlace) -> Keyring:
        """Read the key slots. EnvironmentFault when there are none, IntegrityFault when they are damaged."""
        kept = _place(place)
        return cls(kept, _parsed(kept.read(), kept.name))

    def save(self) -> None:
        """Write the slots, whole or not at all."""
        self._content["check"] = _checksum(self._content)
        self._place.write(self.text())

    def text(self) -> str:
        """The slots as they are written."""
        return json.dumps(self._content, indent=1)

    def reload(self) -> None:
        """Forget what was not saved, and see what others saved."""
        self._content = _parsed(self._place.read(), self._place.name)

    @property
    def store_id(self) -> str:
        """The identity of the data key's folder, kept through backup and restore."""
        return str(self._content["store"])

    # -- slots ---------------------------------------------------------------------------------------------

    def _aad(self, slot: str) -> bytes:
        return f"{self._content['store']}/{slot}".encode()

    def _wrap(self, slot: str, secret: bytes, data_key: bytes) -> dict[str, Any]:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        salt, nonce = os.urandom(16), os.urandom(12)
        wrapped = AESGCM(_derive(secret, salt, _ARGON)).encrypt(nonce, data_key, self._aad(slot))
        return {"id": slot, "argon2id": dict(_ARGON), "salt": _b64(salt), "nonce": _b64(nonce), "wrapped": _b64(wrapped)}

    def _unwrap(self, entry: dict[str, Any], secret: bytes) -> bytes | None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = _derive(secret, base64.b64decode(entry["salt"]), entry["argon2id"])
        try:
            return AESGCM(key).decrypt(base64.b64decode(entry["nonce"]), base64.b64decode(entry["wrapped"]), self._aad(entry["id"]))
        except InvalidTag:
            return None

    def _login_hash(self, login: str) -> str:
        return hmac.new(base64.b64decode(self._content["name_salt"]), _fold_login(login), hashlib.sha256).hexdigest()

    def _entries(self, login: str) -> list[dict[str, Any]]:
        wanted = self._login_hash(login)
        return [entry for entry in self._content["slots"] if hmac.compare_digest(entry["login"], wanted)]

    def has_login(self, login: str) -> bool:
        """Whether a slot exists for this login name."""
        return bool(self._entries(login))

    def has_slot(self, slot: str) -> bool:
        """Whether this slot is here."""
        return any(entry["id"] == slot for entry in self._content["slots"])

    def add_slot(self, *, login: str, password: str, data_key: bytes) -> str:
        """A slot for an operator; answers its id. RuleViolation for a weak password or a name already in use."""
        check_password(password)
        if not _fold_login(login):
            raise RuleViolation("operator.name_missing", field="name")
        if self.has_login(login):
            raise RuleViolation("operator.name_taken", field="name", name=login)
        slot = new_id()
        entry = self._wrap(slot, _secret(password), data_key)
        self._content["slots"].append({"login": self._login_hash(login), **entry})
        return slot

    def replace_slot(self, *, slot: str, login: str, password: str, data_key: bytes) -> None:
        """A new password for an existing slot."""
        check_password(password)
        entry = {"login": self._login_hash(login), **self._wrap(slot, _secret(password), data_key)}
        self._content["slots"] = [e for e in self._content["slots"] if e["id"] != slot] + [entry]

    def remove_slot(self, slot: str) -> None:
        """Take the slot away: its password opens nothing any more."""
        self._content["slots"] = [e for e in self._content["slots"] if e["id"] != slot]

    # -- unlocking -----------------------------------------------------------------------------------------

    def unlock(self, *, login: str, password: str) -> Unlocked:
        """The data key. A wrong name and a wrong password are the same EnvironmentFault ``signin.refused``.

        Each failure makes the next try wait longer (``signin.wait`` tells the seconds).
        """
        self._require_patience()
        entries = self._entries(login)
        for entry in entries:
            data_key = self._unwrap(entry, _secret(password))
            if data_key is not None:
                self._place.forget_failures()
                return Unlocked(data_key, str(entry["id"]))
        if not entries:  # spend the same time, so that nobody learns which names exist
            _derive(_secret(password), b"0123456789abcdef", _ARGON)
        self._place.note_failure()
        raise EnvironmentFault("signin.refused", wait=round(self.wait_seconds()))

    def unlock_with_recovery(self, recovery_key: str) -> bytes:
        """The data key by the recovery key; EnvironmentFault ``signin.recovery_refused`` when it is not the right one."""
        self._require_patience()
        data_key = self._unwrap(self._content["recovery"], normalise_recovery(recovery_key).encode())
        if data_key is None:
            self._place.note_failure()
            raise EnvironmentFault("signin.recovery_refused", wait=round(self.wait_seconds()))
        self._place.forget_failures()
        return data_key

    # -- growing delay -------------------------------------------------------------------------------------

    def wait_seconds(self) -> float:
        """How long the next try still has to wait: 0 for the first two failures, then 1, 2, 4 … up to 60 s."""
        count, last = self._place.failures()
        if count <= _FREE_TRIES:
            return 0.0
        pause = min(2.0 ** (count - _FREE_TRIES - 1), _LONGEST_WAIT)
        elapsed = time.time() - last
        return max(0.0, pause - elapsed) if elapsed >= 0 else pause

    def _require_patience(self) -> None:
        wait = self.wait_seconds()
        if wait > 0:
            raise EnvironmentFault("signin.wait", wait=max(1, round(wait)))


def check_password(password: str) -> None:
    """RuleViolation ``operator.password_short`` below eight characters."""
    if len(password) < MIN_PASSWORD:
        raise RuleViolation("operator.password_short", field="password", least=MIN_PASSWORD)


def _secret(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode()


def _checksum(content: dict[str, Any]) -> str:
    body = {key: value for key, value in content.items() if key != "check"}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _place(place: Path | KeyPlace) -> KeyPlace:
    return FileKeys(place) if isinstance(place, Path) else place


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        raise IntegrityFault("store.keys_damaged", path=name) from None
    if not isinstance(content, dict) or content.get("check") != _checksum(content):
        raise IntegrityFault("store.keys_damaged", path=name)
    return content
