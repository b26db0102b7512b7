"""Ed25519 keys of a municipality. The private half leaves this module only sealed under a key derived from the store's data key."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence

from app.domain.errors import IntegrityFault
from app.storage.keyring import derive_subkey
from app.usecases.certificate_ports import CertificateSigner

_PURPOSE = "certificate-key"
_AAD = b"sasae municipal key"


class StoreSigner:
    """See ``usecases.ports.CertificateSigner``."""

    def __init__(self, data_key: bytes) -> None:
        self._data_key = data_key

    def make(self) -> tuple[bytes, str]:
        """A new pair: the public key (32 bytes) and the sealed private one."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key, nonce = Ed25519PrivateKey.generate(), os.urandom(12)
        sealed = AESGCM(derive_subkey(self._data_key, _PURPOSE)).encrypt(nonce, key.private_bytes_raw(), _AAD)
        return key.public_key().public_bytes_raw(), base64.b64encode(nonce + sealed).decode("ascii")

    def sign(self, sealed: str, messages: Sequence[bytes]) -> list[bytes]:
        """A signature (64 bytes) of each message. IntegrityFault ``certificate.key_damaged``."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            raw = base64.b64decode(sealed, validate=True)
            private = AESGCM(derive_subkey(self._data_key, _PURPOSE)).decrypt(raw[:12], raw[12:], _AAD)
        except (InvalidTag, ValueError, binascii.Error):
            raise IntegrityFault("certificate.key_damaged") from None
        key = Ed25519PrivateKey.from_private_bytes(private)
        return [key.sign(message) for message in messages]

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether the signature is that of the message by this key."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def to_pem(self, public: bytes) -> str:
        """The public key as PEM (SubjectPublicKeyInfo), which any program reads."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        kinds = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return Ed25519PublicKey.from_public_bytes(public).public_bytes(*kinds).decode("ascii")

    def from_pem(self, text: str) -> bytes | None:
        """The public key in a PEM; None when it holds something else (a private key is refused like that, too)."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            key = serialization.load_pem_public_key(text.encode("ascii"))
        except (ValueError, UnsupportedAlgorithm, UnicodeEncodeError):
            return None
        return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else None


def _conforms(made: StoreSigner) -> CertificateSigner:
    return made
