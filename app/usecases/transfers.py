"""Transfer files: written once, read back before anything is marked, handed to the bank, written again only by two people (DOMAIN 5).

A batch has its file written once. Again only after ``ask_again`` and ``allow_again`` by another person; then the same bytes, or nothing.
A batch that another device prepared (a restored or copied folder) counts as written before.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.transfer_rows import KanaChange, TransferFileRow, WaitingBatch, Written


def preview_names(ctx: Context, *, batch_id: str, profile: str) -> tuple[KanaChange, ...]:
    """Every name that would be changed or cut in the file; nothing is written."""
    raise NotImplementedError


def write_transfer(ctx: Context, *, batch_id: str, profile: str, transfer_on: str, out: Path, job: Job = QUIET) -> Written:
    """Write the file (or files, numbered) of an approved batch at headquarters, read it back, compare, mark it as written.

    Needs the right ``relief``. A second time: IntegrityFault when the bytes differ, RuleViolation ``transfer.again_not_allowed``.
    """
    raise NotImplementedError


def ask_again(ctx: Context, *, batch_id: str, reason: str) -> Changes:
    """再出力: ask that the file of a batch may be written again."""
    raise NotImplementedError


def allow_again(ctx: Context, *, batch_id: str) -> Changes:
    """Allow it: another person than asked, with the right ``approve_money``."""
    raise NotImplementedError


def discard_files(ctx: Context, *, batch_id: str, reason: str) -> Changes:
    """Files that were never handed over are declared destroyed, by a person with ``approve_money`` who did not write them."""
    raise NotImplementedError


def hand_over(ctx: Context, *, file_ids: Sequence[str], job: Job = QUIET) -> Changes:
    """The files went to the bank. When all of a batch have, its payments are sent; nothing else makes them so."""
    raise NotImplementedError


def list_waiting(ctx: Context) -> list[WaitingBatch]:
    """Batches of transfers from the approval on, with what comes next."""
    raise NotImplementedError


def list_files(ctx: Context, *, batch_id: str = "") -> list[TransferFileRow]:
    """Files written or asked for, newest first."""
    raise NotImplementedError
