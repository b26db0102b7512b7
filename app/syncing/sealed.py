"""A sealed file: an encrypted container for what travels on a stick – snapshots of residents, packages between laptops.

Layout, numbers big-endian::

    8 bytes magic · u16 format · u32 length · prelude (JSON, in clear, says nothing about people) · SHA-256 of all that
    then for each part: u32 length · u32 check of length and index · u32 check of what follows · one age message

The first part is the header, the last the trailer with the SHA-256 of everything between; each begins with the file's random
number, its own index and whether it is the last. Parts cut off, added, changed, repeated, moved or taken from another file are
refused. Everything is encrypted to a fresh X25519 key, or to the keys of the receiving devices. The fresh key is locked by the
passphrase: Argon2id with a fixed 64 MB, because the stretching of age itself takes a gigabyte, which a laptop may not have.
age does not say who sent a file: the trailer of a file between devices holds the sender's signature besides (``signed_text``), over the
prelude, the header with the names of its receivers, and everything between.

Nothing but one part is ever held in memory, and nothing in clear ever reaches a disk. A reader has to treat what it took from
``parts`` as worthless until the end has verified: load into a transaction, and roll back when this raises.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from app.domain.errors import EnvironmentFault, InputFault, IntegrityFault
from app.usecases.files import atomic_output
from app.usecases.job import QUIET, Job

FORMAT = 1
MAGIC = b"\x93SASAE\r\n"
MAX_PART = 1 << 25
"""Bytes of one part before compression; a reader refuses more."""
_START = struct.Struct(">8sHI")
_FRAME = struct.Struct(">III")
_INSIDE = struct.Struct(">16sQBB")  # number of the file, index, last, compressed
_MAX_PRELUDE = 1 << 20
_BLOCK = 1 << 20
_ROUNDS, _MEMORY, _LANES = 4, 65_536, 2  # Argon2id: about half a second and 64 MB
_MOST_ROUNDS, _MOST_MEMORY = 40, 1 << 20
_PURPOSE = b"sasae sealed file, key"
_LEVEL = 3
_SAMPLE = 1 << 14
_MOST_UNPACKED, _MOST_RATIO = 1 << 28, 200
"""A file of more bytes than this unpacked, and of more than so many times its own size, was made to fill a computer."""
Sign = Callable[[bytes], str]
Verify = Callable[[bytes, str], bool]
"""Signing a text, and whether a signature of a text is the sender's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Who will be able to open a file: whoever knows ``passphrase``, or the holders of the ``recipients``' keys (``age1…``).

    ``identity``: the secret key of one of the recipients, for reading the file back; it stays here.
    """

    passphrase: str = ""
    recipients: tuple[str, ...] = ()
    identity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a reader has to try: passphrases, or secret keys of this device (``AGE-SECRET-KEY-…``)."""

    passphrases: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file that was written, read back and found whole."""

    path: Path
    bytes: int
    sha256: str


def write_sealed(
    path: Path,
    *,
    kind: str,
    header: Mapping[str, Any],
    parts: Iterable[bytes],
    lock: Lock,
    sign: Sign | None = None,
    confirm: Callable[[], None] | None = None,
    job: Job = QUIET,
) -> SealedFile:
    """Write a sealed file: temporary name, flush, read back and verify, ``confirm``, rename. ``sign`` puts a signature into it.

    On any error, Cancel included, no file of this name appears and an older one stays. ``parts`` must each be at most
    ``MAX_PART`` bytes. Raises what ``atomic_output`` raises; IntegrityFault ``sealed.read_back`` when the medium gives back
    something else than was written.
    """
    identity, recipients, prelude = _make_keys(kind, lock)
    with atomic_output(path) as temporary:
        with temporary.open("wb") as file:
            sink = _Sink(file)
            sink.write(prelude)
            number = secrets.token_bytes(16)
            first = _to_json({**header, "prelude": hashlib.sha256(prelude).hexdigest()})
            digest, index = hashlib.sha256(), 1
            _write_part(sink, recipients, number, 0, first, last=False)
            for part in parts:
                digest.update(_counted(part))
                _write_part(sink, recipients, number, index, part, last=False)
                index += 1
            end: dict[str, Any] = {"sha256": digest.hexdigest(), "parts": index - 1}
            if sign is not None:
                end["signature"] = sign(signed_text(kind, hashlib.sha256(first).hexdigest(), digest.hexdigest(), index - 1))
            _write_part(sink, recipients, number, index, _to_json(end), last=True)
            file.flush()
            os.fsync(file.fileno())
        written = sink.digest.hexdigest()
        _read_back(temporary, path, kind, written, identity, job)
        if confirm is not None:
            confirm()
    return SealedFile(path=path, bytes=sink.bytes, sha256=written)


def signed_text(kind: str, header: str, parts: str, count: int) -> bytes:
    """What a sender signs: the hash of the header, which holds that of the prelude and names the receivers, and that of all parts."""
    return f"sasae sealed file\n{kind}\n{header}\n{parts}\n{count}".encode()


class _Sink:
    """A file that counts and hashes what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.bytes = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self.bytes += len(data)
        self.digest.update(data)


def _to_json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _counted(part: bytes) -> bytes:
    return struct.pack(">I", len(part)) + part


def _make_keys(kind: str, lock: Lock) -> tuple[str, list[Any], bytes]:
    """``(secret key, recipients, everything before the first part)``. Only the small secret key is encrypted by the passphrase."""
    from pyrage import x25519

    identity = ""
    if lock.passphrase:
        made = x25519.Identity.generate()
        identity = str(made)
        recipients = [made.to_public()]
        locked = _lock_identity(identity, lock.passphrase)
    elif lock.recipients:
        identity = lock.identity
        recipients = [x25519.Recipient.from_str(text) for text in dict.fromkeys(lock.recipients)]
        locked = {"lock": "recipients"}
    else:
        raise ValueError("a sealed file needs somebody who can open it")
    told = _to_json({"kind": kind, **locked})
    start = _START.pack(MAGIC, FORMAT, len(told)) + told
    return identity, recipients, start + hashlib.sha256(start).digest()


def _lock_identity(identity: str, passphrase: str) -> dict[str, Any]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    key = _stretch(passphrase, salt, _ROUNDS, _MEMORY)
    locked = nonce + AESGCM(key).encrypt(nonce, identity.encode("ascii"), _PURPOSE)
    texts = {"salt": b64encode(salt).decode("ascii"), "key": b64encode(locked).decode("ascii")}
    return {"lock": "passphrase", "stretch": "argon2id", "rounds": _ROUNDS, "memory": _MEMORY, **texts}


def _open_identity(prelude: Mapping[str, Any], passphrase: str) -> str | None:
    """The secret key, or None when this is not the passphrase. ValueError for a prelude that no writer made."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    rounds, memory = int(prelude["rounds"]), int(prelude["memory"])
    if prelude["stretch"] != "argon2id" or not (0 < rounds <= _MOST_ROUNDS and 8 <= memory <= _MOST_MEMORY):
        raise ValueError("unknown stretching")
    locked = b64decode(prelude["key"], validate=True)
    key = _stretch(passphrase, b64decode(prelude["salt"], validate=True), rounds, memory)
    try:
        return AESGCM(key).decrypt(locked[:12], locked[12:], _PURPOSE).decode("ascii")
    except InvalidTag:
        return None


def _stretch(passphrase: str, salt: bytes, rounds: int, memory: int) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        passphrase.encode("utf-8", "surrogatepass"),
        salt,
        time_cost=rounds,
        memory_cost=memory,
        parallelism=_LANES,
        hash_len=32,
        type=Type.ID,
    )


def _write_part(sink: _Sink, recipients: Sequence[Any], number: bytes, index: int, part: bytes, *, last: bool) -> None:
    import pyrage

    if len(part) > MAX_PART:
        raise ValueError("a part is too large")
    packed = zlib.compress(part, _LEVEL) if _shrinks(part) else part
    small = len(packed) < len(part)
    message = pyrage.encrypt(_INSIDE.pack(number, index, last, small) + (packed if small else part), recipients)
    sink.write(_FRAME.pack(len(message), _frame_check(len(message), index), zlib.crc32(message)) + message)


def _shrinks(part: bytes) -> bool:
    """Whether compressing is worth its time: a photo is compressed already, and its middle says so."""
    middle = part[len(part) // 2 :][:_SAMPLE]
    return len(middle) < _SAMPLE or len(zlib.compress(middle, 1)) < 0.97 * len(middle)


def _frame_check(length: int, index: int) -> int:
    return zlib.crc32(struct.pack(">IQ", length, index))


def _read_back(temporary: Path, path: Path, kind: str, written: str, identity: str, job: Job) -> None:
    """Read the file from the medium, not from memory where the system can, and open it as a receiver would."""
    with temporary.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            with suppress(OSError):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        digest = hashlib.sha256()
        while block := file.read(_BLOCK):
            digest.update(block)
            job.report(file.tell(), None, "transfer.verifying")
    try:
        if digest.hexdigest() != written:
            raise IntegrityFault("sealed.damaged", path=str(temporary))
        if identity:
            with open_sealed(temporary, kind=kind, keys=Keys(identities=(identity,))) as sealed:
                for _ in sealed.parts():
                    job.report(sealed.position, None, "transfer.verifying")
    except IntegrityFault:
        raise IntegrityFault("sealed.read_back", path=str(path)) from None


# -- reading ------------------------------------------------------------------------------------------------


def sealed_kind(path: Path) -> str:
    """What kind of sealed file this is, by its beginning, which is in clear. Raises what ``open_sealed`` raises of it."""
    with SealedReader(path) as reader:
        return str(reader._read_prelude()[0].get("kind", ""))


def open_sealed(path: Path, *, kind: str, keys: Keys) -> SealedReader:
    """Open a file and read its header. Use as a context manager.

    Raises InputFault ``sealed.not_sealed``, ``sealed.other_kind``; EnvironmentFault ``sealed.newer``, ``sealed.wrong_passphrase``,
    ``sealed.not_for_us``, ``sealed.missing``, ``sealed.unreadable``; IntegrityFault ``sealed.damaged``, ``sealed.truncated``.
    """
    reader = SealedReader(path)
    try:
        reader._open(kind, keys)
    except BaseException:
        reader.close()
        raise
    return reader


class SealedReader:
    """A sealed file being read. ``header`` is authentic at once; ``parts`` are so only when they have been read to the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: dict[str, Any] = {}
        self.size = 0
        self.position = 0
        self.unpacked = 0
        self._digest = hashlib.sha256()
        self._kind = self._header_hash = ""
        self._index = 0
        self._number = b""
        self._by_passphrase = False
        self._identities: list[Any] = []
        try:
            self._file = path.open("rb")
            self.size = os.fstat(self._file.fileno()).st_size
        except OSError as error:
            raise self._lost(error) from error

    def __enter__(self) -> SealedReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Release the file. Safe to call twice."""
        with suppress(OSError):
            self._file.close()

    @property
    def sha256(self) -> str:
        """Of the file, as far as it was read."""
        return self._digest.hexdigest()

    def parts(self, verify: Verify | None = None) -> Iterator[bytes]:
        """The parts between header and trailer, once. Raises IntegrityFault at the first that is not as it was written, at the latest
        behind the last: ``sealed.signature_false`` when ``verify`` does not know the signature, ``sealed.bomb`` for a file that unpacks
        into very much more than it is.
        """
        digest, count = hashlib.sha256(), 0
        while True:
            part, last = self._next_part()
            if last:
                break
            digest.update(_counted(part))
            count += 1
            yield part
        told = self._json(part)
        if told.get("sha256") != digest.hexdigest() or told.get("parts") != count:
            raise IntegrityFault("sealed.damaged", path=str(self.path))
        text = signed_text(self._kind, self._header_hash, digest.hexdigest(), count)
        if verify is not None and not verify(text, str(told.get("signature", ""))):
            raise IntegrityFault("sealed.signature_false", path=str(self.path))
        if self._read(1):
            raise IntegrityFault("sealed.appended", path=str(self.path))

    # -- inside ----------------------------------------------------------------------------------------------

    def _open(self, kind: str, keys: Keys) -> None:
        prelude, digest = self._read_prelude()
        if prelude.get("kind") != kind:
            raise InputFault("sealed.other_kind", path=str(self.path))
        self._unlock(prelude, keys)
        part, last = self._next_part(first=True)
        self._kind, self._header_hash = kind, hashlib.sha256(part).hexdigest()
        self.header = self._json(part)
        if last or self.header.pop("prelude", "") != digest:
            raise IntegrityFault("sealed.damaged", path=str(self.path))

    def _read_prelude(self) -> tuple[dict[str, Any], str]:
        """What is in clear, and the hash of it."""
        start = self._read(_START.size)
        if start[: len(MAGIC)] != MAGIC[: len(start)] or not start:
            raise InputFault("sealed.not_sealed", path=str(self.path))
        if len(start) < _START.size:
            raise IntegrityFault("sealed.truncated", path=str(self.path))
        _, version, length = _START.unpack(start)
        if length > _MAX_PRELUDE:
            raise IntegrityFault("sealed.damaged", path=str(self.path))
        told, check = self._exactly(length), self._exactly(32)
        if hashlib.sha256(start + told).digest() != check:
            raise IntegrityFault("sealed.damaged", path=str(self.path))
        if version > FORMAT:
            raise EnvironmentFault("sealed.newer", path=str(self.path), format=version, known=FORMAT)
        return self._json(told), hashlib.sha256(start + told + check).hexdigest()

    def _unlock(self, prelude: Mapping[str, Any], keys: Keys) -> None:
        from pyrage import x25519

        given = list(keys.identities)
        try:
            for word in dict.fromkeys(filter(None, keys.passphrases)) if prelude.get("lock") == "passphrase" and not given else ():
                if found := _open_identity(prelude, word):
                    given.append(found)
                    break
        except (KeyError, ValueError, TypeError) as error:
            raise IntegrityFault("sealed.damaged", path=str(self.path)) from error
        if not given:
            code = "sealed.wrong_passphrase" if prelude.get("lock") == "passphrase" else "sealed.not_for_us"
            raise EnvironmentFault(code, path=str(self.path))
        self._by_passphrase = prelude.get("lock") == "passphrase"
        self._identities = [x25519.Identity.from_str(text) for text in given]

    def _next_part(self, *, first: bool = False) -> tuple[bytes, bool]:
        import pyrage

        length, check, content = _FRAME.unpack(self._exactly(_FRAME.size))
        if check != _frame_check(length, self._index) or length > MAX_PART + _BLOCK:
            raise IntegrityFault("sealed.damaged", path=str(self.path))
        message = self._exactly(length)
        if zlib.crc32(message) != content:  # an accident; what was done on purpose is found by the decryption
            raise IntegrityFault("sealed.damaged", path=str(self.path))
        try:
            plain = pyrage.decrypt(message, self._identities)
        except pyrage.DecryptError as error:
            if first and "matching" in str(error).lower() and not self._by_passphrase:
                raise EnvironmentFault("sealed.not_for_us", path=str(self.path)) from error
            raise IntegrityFault("sealed.damaged", path=str(self.path)) from error
        if len(plain) < _INSIDE.size:
            raise IntegrityFault("sealed.damaged", path=str(self.path))
        number, index, last, small = _INSIDE.unpack_from(plain)
        if first:
            self._number = number
        if number != self._number or index != self._index:
            raise IntegrityFault("sealed.damaged", path=str(self.path))
        self._index += 1
        part = self._unpack(plain[_INSIDE.size :]) if small else plain[_INSIDE.size :]
        self.unpacked += len(part)
        if self.unpacked > max(_MOST_UNPACKED, _MOST_RATIO * self.size):
            raise IntegrityFault("sealed.bomb", path=str(self.path))
        return part, bool(last)

    def _unpack(self, packed: bytes) -> bytes:
        try:
            opener = zlib.decompressobj()
            part = opener.decompress(packed, MAX_PART)
        except zlib.error as error:
            raise IntegrityFault("sealed.damaged", path=str(self.path)) from error
        if not opener.eof:
            raise IntegrityFault("sealed.bomb" if len(part) >= MAX_PART else "sealed.damaged", path=str(self.path))
        return part

    def _json(self, data: bytes) -> dict[str, Any]:
        try:
            found = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise IntegrityFault("sealed.damaged", path=str(self.path)) from error
        if not isinstance(found, dict):
            raise IntegrityFault("sealed.damaged", path=str(self.path))
        return found

    def _exactly(self, count: int) -> bytes:
        data = self._read(count)
        if len(data) < count:
            raise IntegrityFault("sealed.truncated", path=str(self.path))
        return data

    def _read(self, count: int) -> bytes:
        try:
            data = self._file.read(count)
        except OSError as error:
            raise self._lost(error) from error
        self.position += len(data)
        self._digest.update(data)
        return data

    def _lost(self, error: OSError) -> EnvironmentFault:
        """The stick was pulled, or there is no such file."""
        if isinstance(error, FileNotFoundError):
            return EnvironmentFault("sealed.missing", path=str(self.path))
        return EnvironmentFault("sealed.unreadable", path=str(self.path), reason=error.strerror or str(error))
