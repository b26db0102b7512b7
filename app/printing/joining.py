"""Several PDF files in one, in order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.usecases.files import atomic_output


def join_pdfs(parts: Sequence[Path], out: Path) -> int:
    """Write the pages of all parts to ``out``, whole or not at all; how many there are. EnvironmentFault when it cannot be written."""
    import pikepdf  # noqa: PLC0415 - native module, only needed here

    with pikepdf.new() as joined:
        for part in parts:
            with pikepdf.open(part) as opened:
                joined.pages.extend(opened.pages)
        pages = len(joined.pages)
        with atomic_output(out) as temporary:
            joined.save(temporary)
    return pages
