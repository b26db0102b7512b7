"""Files in hand beside the files of a batch: whether this is what was written, byte for byte. An old or changed file goes to no bank."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import EnvironmentFault, RuleViolation
from app.domain.payments import TransferFile
from app.usecases.batch_preparing import need_batch
from app.usecases.context import Context

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """A file in hand. ``matches``: it is file ``part`` of ``parts`` of the batch, in its valid edition.

    Else ``name`` may still tell an edition that is no longer valid (``state`` ``discarded``: replaced or destroyed), or is "" for a stranger.
    """

    path: Path
    sha256: str
    matches: bool
    part: int = 0
    parts: int = 0
    name: str = ""
    state: str = ""


def compare_files(ctx: Context, *, batch_id: str, paths: Sequence[Path]) -> tuple[HeldFile, ...]:
    """Each file beside those written for the batch, by SHA-256 of the whole. Reads only; needs the right ``relief``.

    RuleViolation ``transfer.not_written`` where nothing was; EnvironmentFault for a file that cannot be read.
    """
    ctx.require("relief")
    with ctx.unit() as uow:
        batch = need_batch(ctx, uow, batch_id)
        rows = [one for one in uow.reads.transfers.files(batch.id) if one.sha256 and one.state in ("written", "handed")]
    if not rows:
        raise RuleViolation("transfer.not_written", number=batch.number)
    return tuple(_beside(path, rows) for path in paths)


def refuse_other_files(ctx: Context, *, batch_id: str, paths: Sequence[Path]) -> tuple[HeldFile, ...]:
    """The files in hand, all of the batch. RuleViolation ``transfer.other_file`` for the first that is not, ``transfer.file_missing`` when a
    part that still goes to the bank is not among them.
    """
    held = compare_files(ctx, batch_id=batch_id, paths=paths)
    for one in held:
        if not one.matches:
            raise RuleViolation("transfer.other_file", path=one.path.name, sha256=one.sha256)
    waiting = {one.part: one.name for one in ctx.reads.transfers.file_rows(batch_id=batch_id) if one.state == "written"}
    for part, name in sorted(waiting.items()):
        if part not in {one.part for one in held}:
            raise RuleViolation("transfer.file_missing", name=name, part=part)
    return held


def _beside(path: Path, rows: Sequence[TransferFile]) -> HeldFile:
    sha256 = _hash(path)
    same = sorted((one for one in rows if one.sha256 == sha256), key=lambda one: (not one.deleted, one.again))
    if not same:
        return HeldFile(path=path, sha256=sha256, matches=False)
    row = same[-1]
    state = "discarded" if row.deleted else row.state
    return HeldFile(path=path, sha256=sha256, matches=not row.deleted, part=row.part, parts=row.parts, name=row.name, state=state)


def _hash(path: Path) -> str:
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                found.update(block)
    except FileNotFoundError:
        raise EnvironmentFault("import.file_missing", path=str(path)) from None
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None
    return found.hexdigest()
