"""Pictures and scanned sheets beside the store: one encrypted file for each content, under a name that tells nothing.

The name is a keyed hash of the content, so the same content is kept once; the file is AES-256-GCM with a random nonce and bound to its
name, so that a changed, cut or exchanged file is noticed. A file is whole or not there (temporary name, flushed, renamed).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from app.domain.errors import EnvironmentFault, IntegrityFault
from app.usecases.files import atomic_output, write_fault

ATTACHMENTS = "attachments"
_MAGIC = b"SASAE-A1"
_FOREIGN = b"SASAE-F1"
"""Begins a content that came from another device under the name it has there, which only that device's key can make."""
_NONCE = 12
_LEAST = len(_MAGIC) + _NONCE + 16
_MOST = 256 * 1024 * 1024
NAME = re.compile(r"[0-9a-f]{64}")
_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp")


class Sealing:
    """Naming, sealing and opening contents under a data key, wherever the sealed bytes are kept."""

    def __init__(self, data_key: bytes) -> None:
        self._naming = _derive(data_key, b"sasae attachments: names")
        self._cipher = AESGCM(_derive(data_key, b"sasae attachments: content"))

    def name_of(self, content: bytes) -> str:
        """The name a content has: 64 hexadecimal digits that nobody without the key can make or check."""
        return hmac.new(self._naming, content, hashlib.sha256).hexdigest()

    def seal(self, name: str, content: bytes) -> bytes:
        """What is kept of a content, under its name here or the one it has at another device."""
        nonce = os.urandom(_NONCE)
        magic = _MAGIC if hmac.compare_digest(self.name_of(content), name) else _FOREIGN
        return magic + nonce + self._cipher.encrypt(nonce, content, magic + name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """The content of ``seal``. IntegrityFault ``attachment.damaged``."""
        magic = bytes(sealed[: len(_MAGIC)])
        if len(sealed) < _LEAST or magic not in (_MAGIC, _FOREIGN):
            raise IntegrityFault("attachment.damaged", name=name)
        nonce, rest = sealed[len(_MAGIC) : len(_MAGIC) + _NONCE], sealed[len(_MAGIC) + _NONCE :]
        try:
            content = self._cipher.decrypt(nonce, rest, magic + name.encode())
        except InvalidTag:
            raise IntegrityFault("attachment.damaged", name=name) from None
        if magic == _MAGIC and not hmac.compare_digest(self.name_of(content), name):
            raise IntegrityFault("attachment.damaged", name=name)
        return content


def checked_name(name: str) -> str:
    """The name. IntegrityFault ``attachment.bad_name`` for what is none."""
    if not NAME.fullmatch(name):
        raise IntegrityFault("attachment.bad_name", name=name[:80])
    return name


class FolderAttachments:
    """See ``usecases.ports.Attachments``. ``folder`` is the data folder."""

    def __init__(self, folder: Path, data_key: bytes, *, read_only: bool = False) -> None:
        self._root = folder / ATTACHMENTS
        self._read_only = read_only
        self._sealing = Sealing(data_key)
        self.name_of = self._sealing.name_of

    def path_of(self, name: str) -> Path:
        """Where the file of a name is. IntegrityFault ``attachment.bad_name`` for what is no name."""
        return self._root / checked_name(name)[:2] / name

    def put(self, content: bytes) -> str:
        """Keep a content; answers its name. On the disk when it returns. The same content is written once.

        EnvironmentFault ``store.read_only``, ``file.disk_full``, ``file.not_writable`` …; then nothing of it stays.
        """
        name = self.name_of(content)
        self.keep(name, content)
        return name

    def keep(self, name: str, content: bytes) -> None:
        """Keep a content under the name that another device gave it. What is here under this name stays; a damaged one is written anew.

        IntegrityFault ``attachment.bad_name``; EnvironmentFault as ``put``.
        """
        path = self.path_of(name)
        if self._read_only:
            raise EnvironmentFault("store.read_only", path=str(self._root))
        if path.exists():
            with suppress(IntegrityFault):
                self.get(name)
                return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_fault(error, path=path) from error
        with atomic_output(path) as temporary:
            temporary.write_bytes(self._sealing.seal(name, content))

    def get(self, name: str) -> bytes:
        """The content. IntegrityFault ``attachment.missing`` or ``attachment.damaged`` (with ``name``)."""
        path = self.path_of(name)
        try:
            if path.stat().st_size > _MOST:
                raise IntegrityFault("attachment.damaged", name=name)
            sealed = path.read_bytes()
        except FileNotFoundError:
            raise IntegrityFault("attachment.missing", name=name) from None
        except OSError as error:
            raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None
        return self._sealing.open(name, sealed)

    def has(self, name: str) -> bool:
        """Whether there is a file of this name; ``get`` tells whether it opens."""
        return self.path_of(name).is_file()

    def sizes(self) -> dict[str, int]:
        """Bytes that each content takes, by name."""
        return {path.name: path.stat().st_size for path in attachment_files(self._root)}

    def names(self) -> Iterator[str]:
        """Every name there is, in order."""
        return (path.name for path in attachment_files(self._root))


def attachment_files(root: Path) -> Iterator[Path]:
    """The attachment files under a folder ``attachments``, in order of name; nothing else that may lie there."""
    if not root.is_dir():
        return
    for folder in sorted(path for path in root.iterdir() if path.is_dir() and len(path.name) == 2):
        yield from sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and path.name[:2] == folder.name)


def remove_leftovers(root: Path) -> int:
    """Take away what a killed program left half-written; answers how many files. Only while nothing is being put."""
    count = 0
    for path in root.glob("*/.*.tmp") if root.is_dir() else ():
        if _TEMPORARY.fullmatch(path.name):
            with suppress(OSError):
                path.unlink()
                count += 1
    return count


def copy_attachments(source: Path, target: Path) -> int:
    """Bring over the files that are not there yet in their size, each whole or not at all; answers how many. EnvironmentFault on a full disk."""
    count = 0
    for path in attachment_files(source):
        copy = target / path.name[:2] / path.name
        try:
            if copy.exists() and copy.stat().st_size == path.stat().st_size:
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_fault(error, path=copy) from error
        with atomic_output(copy) as temporary:
            shutil.copyfile(path, temporary)
        count += 1
    return count


def _derive(data_key: bytes, info: bytes) -> bytes:
    return HKDFExpand(algorithm=SHA256(), length=32, info=info).derive(data_key)
