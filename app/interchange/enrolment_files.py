"""Requests and answers of enrolment as files: written as text, read as text or as a picture of a QR (a photo of the other screen)."""

from __future__ import annotations

from pathlib import Path

from app.domain.enrolment import MOST_TEXT, kind_of
from app.domain.errors import EnvironmentFault, InputFault
from app.usecases.files import atomic_output

_ENCODINGS = ("utf-8-sig", "utf-16", "cp932")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"%PDF", b"BM", b"II*\0", b"MM\0*", b"RIFF")


def write_enrolment(path: Path, lines: str) -> Path:
    """Write a request or an answer. Raises what ``atomic_output`` raises."""
    with atomic_output(path) as temporary:
        temporary.write_text(lines, "ascii", newline="\r\n")  # readable in any editor of any system
    return path


def read_enrolment(path: Path) -> str:
    """The text in a file, or in the one QR of a photo that is one of ours.

    InputFault ``enrol.other_text``, ``enrol.no_code``, ``enrol.many_codes``, those of ``read_codes``; EnvironmentFault ``file.not_readable``.
    """
    try:
        with path.open("rb") as file:
            content = file.read(4 * MOST_TEXT + 1)
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None
    if content.startswith(_PICTURES) or content[4:8] == b"ftyp":
        return _read_picture(path)
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if kind_of(text):
            return text
    raise InputFault("enrol.other_text", path=str(path))


def _read_picture(path: Path) -> str:
    from app.printing.scan import read_codes

    found = [text for text in read_codes(path) if kind_of(text)]
    if len(found) != 1:
        raise InputFault("enrol.many_codes" if found else "enrol.no_code", path=str(path))
    return found[0]
