"""Writing a file so that it is either whole or not there."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.domain.errors import EnvironmentFault

_FULL = frozenset(code for code in (errno.ENOSPC, getattr(errno, "EDQUOT", None), errno.EFBIG) if code is not None)
_REFUSED = frozenset((errno.EACCES, errno.EPERM, errno.EROFS))
_WINDOWS_FULL = frozenset((39, 112))  # ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
_WINDOWS_SHARED = frozenset((32, 33))  # ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION


@contextmanager
def atomic_output(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; on leaving without an error it is flushed to disk and takes the name ``path``.

    Guarantees: an older file at ``path`` stays as it was until the new one is whole; on any error, Cancel included,
    the temporary file is removed. The body must create the file and close it.
    Raises EnvironmentFault ``file.disk_full``, ``file.not_writable``, ``file.in_use``, ``file.folder_missing``,
    ``file.write_failed`` (each with ``path``). An OSError about some other file passes through unchanged.
    """
    path = Path(path)
    # Not path.name + suffix: a long Japanese name (255 bytes) would no longer fit. The ending is kept, as writers look at it.
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp{path.suffix}")
    try:
        try:
            yield temporary
            _flush(temporary)
            os.replace(temporary, path)
            _flush_folder(path.parent)
        except OSError as error:
            if _concerns_other_file(error, temporary, path):
                raise
            raise write_fault(error, path=path) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_fault(error: OSError, *, path: Path) -> EnvironmentFault:
    """The fault that says in words why ``path`` could not be written."""
    reason = error.strerror or str(error)
    return EnvironmentFault(_fault_code(error, path), path=str(path), folder=str(path.parent), reason=reason)


def _fault_code(error: OSError, path: Path) -> str:
    windows = getattr(error, "winerror", None)
    if error.errno in _FULL or windows in _WINDOWS_FULL:
        return "file.disk_full"
    if windows in _WINDOWS_SHARED or error.errno in (errno.EBUSY, errno.ETXTBSY):
        return "file.in_use"
    if error.errno in _REFUSED or error.errno == errno.EISDIR:
        # Windows answers "access denied" when the old file is open in a viewer.
        return "file.in_use" if windows is not None and path.is_file() and os.access(path, os.W_OK) else "file.not_writable"
    if not path.parent.is_dir():
        return "file.folder_missing"
    return "file.write_failed"


def _concerns_other_file(error: OSError, temporary: Path, path: Path) -> bool:
    named = [Path(os.fsdecode(name)) for name in (error.filename, error.filename2) if isinstance(name, (str, bytes))]
    return bool(named) and not any(name in (temporary, path, path.parent) for name in named)


def _flush(file: Path) -> None:
    """Force the content to the disk. Some network and USB drives report a full disk only here."""
    handle = os.open(file, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flush_folder(folder: Path) -> None:
    """Make the rename durable where the system can (not on Windows)."""
    if os.name == "nt":
        return
    with suppress(OSError):  # FAT and some network drives refuse; the file itself is flushed already
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
