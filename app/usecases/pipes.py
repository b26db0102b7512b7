"""Messages between this program and a process of its own, through pipes: nothing of them touches a disk."""

from __future__ import annotations

import marshal
from typing import Any, BinaryIO


def write_message(stream: BinaryIO, message: Any) -> None:
    """One message of plain values (``marshal``), its length before it, sent at once."""
    data = marshal.dumps(message, 2)
    stream.write(len(data).to_bytes(8, "little"))
    stream.write(data)
    stream.flush()


def read_message(stream: BinaryIO) -> Any:
    """The next message; EOFError when the other side has ended."""
    size = stream.read(8)
    if len(size) < 8:
        raise EOFError
    return marshal.loads(stream.read(int.from_bytes(size, "little")))
