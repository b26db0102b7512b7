"""The keys of a device and of the municipality, as settings of the encrypted store, their secret halves sealed once more.

Only settings are used, so that every backend holds them alike. Give ``read`` and ``write`` of a unit of work to be inside its transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from app.domain.errors import IntegrityFault, RuleViolation
from app.storage.keyring import open_text, seal_text
from app.usecases.exchange_ports import DeviceKeys

DEVICE = "exchange.keys"
MUNICIPAL = "exchange.municipal_key"
_DEVICE_LABEL, _MUNICIPAL_LABEL = "exchange device keys", "exchange municipal key"
_KEPT = 8
"""Former identities that are kept: packages written for the device before it was copied or restored."""


class StoreDeviceKeys:
    """See ``usecases.exchange_ports.DeviceKeys``. ``device``: whose keys ``ensure`` and ``renew`` make."""

    def __init__(self, data_key: bytes, *, device: str, read: Callable[[str], str], write: Callable[[str, str], None]) -> None:
        self._data_key = data_key
        self._device = device
        self._read = read
        self._write = write

    # -- this device -------------------------------------------------------------------------------------------

    def ensure(self) -> None:
        """Make this device's keys if it has none."""
        if not self._read(DEVICE):
            self._make(former=())

    def renew(self) -> bool:
        """New keys when those here were made for the device that this folder was before; older packages can still be opened."""
        if not self._read(DEVICE):
            self.ensure()
            return True
        held = self._held()
        if held["device"] == self._device:
            return False
        self._make(former=(held["identity"], *held["former"])[:_KEPT])
        return True

    def owner(self) -> str:
        """The device that these keys were made for; "" before there are any."""
        return str(self._held()["device"]) if self._read(DEVICE) else ""

    def recipient(self) -> str:
        """``age1…``; "" before ``ensure``."""
        return str(self._held()["recipient"]) if self._read(DEVICE) else ""

    def identity(self) -> str:
        """The secret key of ``recipient``. RuleViolation ``enrol.no_keys``."""
        return str(self._held()["identity"])

    def identities(self) -> tuple[str, ...]:
        """Every secret key that opens what was written for this folder, the newest first; empty before ``ensure``."""
        if not self._read(DEVICE):
            return ()
        held = self._held()
        return (held["identity"], *held["former"])

    def verify_key(self) -> str:
        """64 hexadecimal digits; "" before ``ensure``."""
        return str(self._held()["verify_key"]) if self._read(DEVICE) else ""

    def sign(self, message: bytes) -> str:
        """Ed25519, hexadecimal. RuleViolation ``enrol.no_keys``."""
        return _sign(self._held()["sign"], message)

    def verify(self, message: bytes, signature: str, verify_key: str) -> bool:
        """Whether the signature is that of the message by this key. Whatever is malformed is not."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(verify_key)).verify(bytes.fromhex(signature), message)
        except (InvalidSignature, ValueError):
            return False
        return True

    # -- the municipality --------------------------------------------------------------------------------------

    def municipal_key(self) -> str:
        """The public half of the municipality's key, in hexadecimal; "" where the secret half is not held."""
        sealed = self._read(MUNICIPAL)
        return _public(self._open(_MUNICIPAL_LABEL, sealed)["sign"]) if sealed else ""

    def ensure_municipal(self) -> str:
        """Make the municipality's key if there is none; answers its public half."""
        if not self._read(MUNICIPAL):
            self._keep_municipal(_new_signing_key())
        return self.municipal_key()

    def sign_municipal(self, message: bytes) -> str:
        """Ed25519 by the municipality. RuleViolation ``enrol.not_the_office``."""
        sealed = self._read(MUNICIPAL)
        if not sealed:
            raise RuleViolation("enrol.not_the_office")
        return _sign(self._open(_MUNICIPAL_LABEL, sealed)["sign"], message)

    def lend_municipal(self, recipient: str) -> str:
        """The municipality's secret key for another device of headquarters, encrypted to its ``recipient``; base 64."""
        import base64

        from pyrage import encrypt, x25519

        secret = self._open(_MUNICIPAL_LABEL, self._read(MUNICIPAL))["sign"]
        return base64.b64encode(encrypt(bytes.fromhex(secret), [x25519.Recipient.from_str(recipient)])).decode("ascii")

    def take_municipal(self, lent: str, *, expected: str) -> None:
        """Keep what ``lend_municipal`` answered. IntegrityFault ``enrol.damaged`` when it is not the key ``expected``."""
        import base64

        from pyrage import DecryptError, decrypt, x25519

        try:
            raw = decrypt(base64.b64decode(lent, validate=True), [x25519.Identity.from_str(one) for one in self.identities()])
        except (DecryptError, ValueError):
            raise IntegrityFault("enrol.damaged") from None
        if len(raw) != 32 or _public(raw.hex()) != expected:
            raise IntegrityFault("enrol.damaged")
        self._keep_municipal(raw.hex())

    # -- inside ------------------------------------------------------------------------------------------------

    def _make(self, *, former: tuple[str, ...]) -> None:
        from pyrage import x25519

        identity, signing = x25519.Identity.generate(), _new_signing_key()
        told = {
            "device": self._device, "identity": str(identity), "recipient": str(identity.to_public()), "sign": signing,
            "verify_key": _public(signing), "former": list(former),
        }  # fmt: skip
        self._write(DEVICE, seal_text(self._data_key, _DEVICE_LABEL, json.dumps(told)))

    def _keep_municipal(self, secret: str) -> None:
        self._write(MUNICIPAL, seal_text(self._data_key, _MUNICIPAL_LABEL, json.dumps({"sign": secret})))

    def _held(self) -> dict[str, Any]:
        sealed = self._read(DEVICE)
        if not sealed:
            raise RuleViolation("enrol.no_keys")
        return self._open(_DEVICE_LABEL, sealed)

    def _open(self, label: str, sealed: str) -> dict[str, Any]:
        opened = open_text(self._data_key, label, sealed)
        if opened is None:
            raise IntegrityFault("enrol.keys_damaged")
        told: dict[str, Any] = json.loads(opened)
        return told


def _new_signing_key() -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate().private_bytes_raw().hex()


def _public(secret: str) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).public_key().public_bytes_raw().hex()


def _sign(secret: str, message: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).sign(message).hex()


def _conforms(made: StoreDeviceKeys) -> DeviceKeys:
    return made
