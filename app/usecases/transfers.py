"""Transfer files: written once, read back before anything is marked, handed to the bank, written again only by two people (DOMAIN 5).

A batch has its file written once. Again only after ``ask_again`` and ``allow_again`` by another person; then the same bytes, or nothing.
A batch that another device prepared (a restored or copied folder) counts as written before. That a file is written moves no money:
payments are sent by ``hand_over`` alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.bank_profile import BankProfile, file_name, profile_from_json
from app.domain.errors import IntegrityFault, RuleViolation
from app.domain.folding import fold_name
from app.domain.governance import Operator
from app.domain.identifiers import new_id
from app.domain.payments import PaymentBatch, TransferFile
from app.domain.zengin import Header, Line, encode_file, header_of
from app.usecases.bank_profiles import find_profile, usual_profile
from app.usecases.banks import bank_book
from app.usecases.batch_preparing import need_batch
from app.usecases.collecting import without_collector
from app.usecases.context import Changes, Context
from app.usecases.files import atomic_output
from app.usecases.job import QUIET, Job
from app.usecases.money_home import need_headquarters, need_home
from app.usecases.ports import UnitOfWork
from app.usecases.protections import today
from app.usecases.transfer_days import check_day
from app.usecases.transfer_lines import Lines, compare_written, lines_of, split
from app.usecases.transfer_rows import PaymentLine, TransferFileRow, WaitingBatch, Written, WrittenPart
from app.usecases.transfer_verifying import as_payments, change_payments, verify_lines

_NAMED = 5
"""So many lines are named in a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be written: with which profile, for which day, as which repetition, in place of which allowed rows."""

    profile: BankProfile
    day: str
    again: int
    before: tuple[TransferFile, ...]
    allowed: tuple[TransferFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One file to be written: what is in it, and where it goes."""

    number: int
    path: Path
    data: bytes
    lines: tuple[Line, ...]
    payments: tuple[PaymentLine, ...]

    @property
    def sha256(self) -> str:
        """Of the whole file."""
        return hashlib.sha256(self.data).hexdigest()


# -- writing -----------------------------------------------------------------------------------------------


def preview_names(ctx: Context, *, batch_id: str, profile: str = "") -> Lines:
    """Every name that would be changed or cut in the file, and warnings about banks; nothing is written. Faults as ``write_transfer``."""
    ctx.require("relief")
    need_headquarters(ctx)
    with ctx.unit() as uow:
        batch = need_batch(ctx, uow, batch_id)
        payments = verify_lines(uow, batch)
        chosen = find_profile(ctx, profile) if profile.strip() else usual_profile(ctx)
        return lines_of(payments, profile=chosen, book=bank_book(uow.reads), day=today(ctx).isoformat())


def write_transfer(ctx: Context, *, batch_id: str, profile: str = "", transfer_on: str = "", out: Path, job: Job = QUIET) -> Written:
    """Write the file (or files, numbered) of an approved batch at headquarters, read it back, compare, mark it as written.

    Needs the right ``relief``. ``profile`` "" is ``usual_profile``, of a file written again that of the first.
    ``out`` is a file that does not exist yet, or a folder, in which the bank's own name is used. A batch is written
    once: a second time only when allowed, with the profile and day of the first, and only if the bytes are the same (IntegrityFault
    ``transfer.again_differs``). The mark is durable before the file gets its name: a crash leaves no file that nobody knows of.
    RuleViolation ``transfer.not_approved``, ``transfer.written_before``, ``transfer.elsewhere``, ``transfer.again_waits``, ``transfer.file_exists``,
    ``transfer.no_longer_due`` (less is due than when it was approved), ``relief.other_home``,
    ``transfer.profile_incomplete``, ``transfer.day_…``, ``transfer.name_illegal``, ``payment.withheld``; EnvironmentFault ``transfer.read_back``.
    """
    ctx.require("relief")
    need_home(ctx)
    with without_collector(), ctx.unit() as uow:
        batch = need_transfer(ctx, uow, batch_id)
        plan = _plan(ctx, uow, batch, profile, transfer_on)
        payments = verify_lines(uow, batch)
        _refuse_not_due(uow, batch)
        job.report(0, len(payments), "job.transfer_writing")
        made = lines_of(payments, profile=plan.profile, book=bank_book(uow.reads), day=plan.day)
        header = header_of(plan.profile, day=plan.day)
        parts = _parts(batch, plan, header, made.lines, payments, Path(out))
        _compare_again(batch, plan, parts)
        with ExitStack() as stack:
            for part in parts:
                temporary = stack.enter_context(atomic_output(part.path))
                temporary.write_bytes(part.data)
                job.report(len(payments) // 2, len(payments), "job.transfer_reading")
                compare_written(temporary, data=part.data, header=header, lines=part.lines, payments=part.payments)
            rows = _note(ctx, uow, batch, plan, parts)
            uow.log_access(action="export", persons=len(payments), target=f"{batch.number} {parts[0].path.name}")
            changes = uow.commit()
        job.report(len(payments), len(payments), "job.transfer_reading")
    return _answer(batch, plan, parts, rows, made, changes)


def _plan(ctx: Context, uow: UnitOfWork, batch: PaymentBatch, profile: str, transfer_on: str) -> _Plan:
    """How this batch may be written now; RuleViolation when it may not."""
    rows = uow.reads.transfers.files(batch.id)
    live = [one for one in rows if not one.deleted]
    written = [one for one in live if one.state in ("written", "handed")]
    waiting = [one for one in live if one.state in ("asked", "allowed")]
    if any(one.state == "asked" for one in waiting):
        raise RuleViolation("transfer.again_waits", number=batch.number)
    if not waiting:
        if written:
            raise RuleViolation(
                "transfer.written_before", number=batch.number, name=written[0].name, sha256=written[0].sha256, at=written[0].written_at
            )
        if batch.device_id != ctx.place.device_id:
            raise RuleViolation("transfer.elsewhere", number=batch.number)
        if batch.state != "approved":
            raise RuleViolation("transfer.not_approved", number=batch.number, batch_state=batch.state)
    before = newest_files(written)
    if before:
        return _same_again(before, waiting, profile, transfer_on)
    chosen = find_profile(ctx, profile) if profile.strip() else usual_profile(ctx)
    if chosen.missing:
        raise RuleViolation("transfer.profile_incomplete", field="profile", title=chosen.title, consignor=list(chosen.missing))
    day = check_day(ctx, transfer_on, chosen).isoformat()
    again = waiting[0].again if waiting else max((one.again + 1 for one in rows), default=0)
    return _Plan(profile=chosen, day=day, again=again, before=(), allowed=tuple(waiting))


def _same_again(before: Sequence[TransferFile], waiting: Sequence[TransferFile], profile: str, transfer_on: str) -> _Plan:
    """再出力: as the first time in everything; RuleViolation for another profile or day."""
    first = before[0]
    used = profile_from_json(first.settings)
    if profile.strip() not in ("", used.id, used.title):
        raise RuleViolation("transfer.again_profile", field="profile", profile=used.title or used.id)
    if transfer_on.strip():
        from app.usecases.protections import read_day

        if read_day(transfer_on, field="transfer_on") != first.transfer_on:
            raise RuleViolation("transfer.again_day", field="transfer_on", day=first.transfer_on)
    return _Plan(profile=used, day=first.transfer_on, again=waiting[0].again, before=tuple(before), allowed=tuple(waiting))


def newest_files(rows: Sequence[TransferFile]) -> list[TransferFile]:
    """The rows of the last repetition, part by part."""
    last = max((one.again for one in rows), default=0)
    return sorted((one for one in rows if one.again == last), key=lambda one: one.part)


def _refuse_not_due(uow: UnitOfWork, batch: PaymentBatch) -> None:
    """RuleViolation ``transfer.no_longer_due`` when a line pays more than is due now, until the batch has gone to the bank."""
    found = uow.reads.batches.no_longer_due(batch.id) if batch.state == "approved" else []
    if found:
        raise RuleViolation("transfer.no_longer_due", number=batch.number, count=len(found), numbers=found[:_NAMED])


def _parts(
    batch: PaymentBatch, plan: _Plan, header: Header, lines: Sequence[Line], payments: Sequence[PaymentLine], out: Path
) -> tuple[_Part, ...]:
    split_up = list(split(lines, plan.profile.most))
    parts, at = [], 0
    for number, part in enumerate(split_up, 1):
        data = encode_file(header=header, lines=part, profile=plan.profile)
        path = _path(batch, plan, out, number, len(split_up))
        parts.append(_Part(number=number, path=path, data=data, lines=part, payments=tuple(payments[at : at + len(part)])))
        at += len(part)
    for one in parts:
        if one.path.exists():
            raise RuleViolation("transfer.file_exists", field="out", path=str(one.path))
    if len({one.path for one in parts}) != len(parts):
        raise RuleViolation("transfer.file_exists", field="out", path=str(parts[0].path))
    return tuple(parts)


def _path(batch: PaymentBatch, plan: _Plan, out: Path, number: int, parts: int) -> Path:
    """``out``, or in it the bank's name; of several files each with its number."""
    path = out / file_name(plan.profile, batch=batch.number, date=plan.day, part=number) if out.is_dir() else out
    if parts == 1 or (out.is_dir() and "{part" in plan.profile.file_name):
        return path
    return path.with_name(f"{path.stem}_{number:0{max(2, len(str(parts)))}d}{path.suffix}")


def _compare_again(batch: PaymentBatch, plan: _Plan, parts: Sequence[_Part]) -> None:
    """IntegrityFault when what would be written is not what was written before."""
    if plan.before and [one.sha256 for one in plan.before] != [one.sha256 for one in parts]:
        raise IntegrityFault("transfer.again_differs", kind="payment_batch", record=batch.id, number=batch.number)


def _note(ctx: Context, uow: UnitOfWork, batch: PaymentBatch, plan: _Plan, parts: Sequence[_Part]) -> list[TransferFile]:
    """The rows of the written files: those that were allowed, and new ones for further parts."""
    rows = []
    allowed = {one.part: one for one in plan.allowed}
    asked = plan.allowed[0] if plan.allowed else None
    for part in parts:
        blank = TransferFile(id=new_id(), batch_id=batch.id)
        if asked is not None:
            blank = replace(blank, asked_by=asked.asked_by, allowed_by=asked.allowed_by, reason=asked.reason)
        row = replace(
            allowed.get(part.number, blank), part=part.number, parts=len(parts), again=plan.again, name=part.path.name,
            profile=plan.profile.id, transfer_on=plan.day, settings=plan.profile.to_json(), sha256=part.sha256, count=len(part.lines),
            total=sum(line.amount for line in part.lines), bytes=len(part.data), state="written", written_by=ctx.actor.operator_id,
            written_at=uow.now,
        )  # fmt: skip
        rows.append(uow.transfers.save(row) if part.number in allowed else uow.transfers.add(row))
    for older in plan.before:  # never handed over and now replaced: nobody is to take it to the bank besides
        if older.state == "written":
            uow.transfers.save(replace(older, deleted=True, reason=asked.reason if asked else older.reason))
    if batch.transfer_on != plan.day:
        uow.batches.save(replace(batch, transfer_on=plan.day))
    return rows


def _answer(
    batch: PaymentBatch, plan: _Plan, parts: Sequence[_Part], rows: Sequence[TransferFile], made: Lines, changes: Changes
) -> Written:
    hashes = [part.sha256 for part in parts]
    whole = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    files = tuple(
        WrittenPart(
            id=row.id, path=part.path, part=row.part, parts=row.parts, count=row.count, total=row.total, bytes=row.bytes, sha256=row.sha256
        )
        for part, row in zip(parts, rows, strict=True)
    )
    return Written(
        batch_id=batch.id, batch_number=batch.number, files=files, count=batch.count, total=batch.total, sha256=whole, transfer_on=plan.day,
        profile=plan.profile.id, again=plan.again, names=made.names, warnings=made.warnings, changes=changes,
    )  # fmt: skip


# -- again -------------------------------------------------------------------------------------------------


def ask_again(ctx: Context, *, batch_id: str, reason: str) -> Changes:
    """再出力: ask that the file of a batch may be written again. Right ``relief``.

    RuleViolation ``reason.missing``, ``transfer.not_written``, ``transfer.again_asked``, ``transfer.settled``.
    """
    ctx.require("relief")
    need_home(ctx)
    _need_reason(reason)
    with ctx.unit(reason=reason.strip()) as uow:
        batch = need_transfer(ctx, uow, batch_id)
        if batch.state == "settled":
            raise RuleViolation("transfer.settled", number=batch.number)
        rows = uow.reads.transfers.files(batch.id)
        live = [one for one in rows if not one.deleted]
        if any(one.state in ("asked", "allowed") for one in live):
            raise RuleViolation("transfer.again_asked", number=batch.number)
        before = newest_files([one for one in live if one.state in ("written", "handed")])
        if not before and batch.device_id == ctx.place.device_id:
            raise RuleViolation("transfer.not_written", number=batch.number)
        verify_lines(uow, batch)
        again = max((one.again for one in rows), default=0) + 1
        blank = TransferFile(id=new_id(), batch_id=batch.id)
        for one in before or [blank]:
            uow.transfers.add(
                replace(
                    one,
                    id=new_id(),
                    again=again,
                    state="asked",
                    asked_by=ctx.actor.operator_id,
                    allowed_by="",
                    written_by="",
                    written_at=None,
                    handed_at=None,
                    reason=reason.strip(),
                    version=1,
                )  # fmt: skip
            )
        return uow.commit()


def allow_again(ctx: Context, *, batch_id: str) -> Changes:
    """Allow it: another person than asked, with the right ``approve_money``. RuleViolation ``transfer.again_not_asked``, ``transfer.own_request``."""
    return _decide(ctx, batch_id, allow=True, reason="")


def refuse_again(ctx: Context, *, batch_id: str, reason: str) -> Changes:
    """Refuse it, with a reason."""
    _need_reason(reason)
    return _decide(ctx, batch_id, allow=False, reason=reason.strip())


def _decide(ctx: Context, batch_id: str, *, allow: bool, reason: str) -> Changes:
    ctx.require("approve_money")
    need_home(ctx)
    with ctx.unit(reason=reason) as uow:
        batch = need_transfer(ctx, uow, batch_id)
        asked = [one for one in uow.transfers.where(batch_id=batch.id) if one.state == "asked"]
        if not asked:
            raise RuleViolation("transfer.again_not_asked", number=batch.number)
        if allow and _is_same_person(ctx, uow, asked[0].asked_by):
            raise RuleViolation("transfer.own_request", number=batch.number)
        for one in asked:
            if allow:
                uow.transfers.save(replace(one, state="allowed", allowed_by=ctx.actor.operator_id))
            else:
                uow.transfers.save(replace(one, deleted=True, reason=reason))
        return uow.commit()


def discard_files(ctx: Context, *, batch_id: str, reason: str) -> Changes:
    """Files that were never handed over are declared destroyed, by a person with ``approve_money`` who did not write them.

    Then the batch can be written anew, for another day or bank. RuleViolation ``transfer.handed_already``, ``transfer.nothing_to_discard``,
    ``transfer.own_file``.
    """
    ctx.require("approve_money")
    need_home(ctx)
    _need_reason(reason)
    with ctx.unit(reason=reason.strip()) as uow:
        batch = need_transfer(ctx, uow, batch_id)
        rows = uow.transfers.where(batch_id=batch.id)
        if batch.state != "approved" or any(one.state == "handed" for one in rows):
            raise RuleViolation("transfer.handed_already", number=batch.number)
        if not rows:
            raise RuleViolation("transfer.nothing_to_discard", number=batch.number)
        if any(_is_same_person(ctx, uow, one.written_by) for one in rows if one.written_by):
            raise RuleViolation("transfer.own_file", number=batch.number)
        for one in rows:
            uow.transfers.save(replace(one, deleted=True, reason=reason.strip()))
        uow.batches.save(replace(batch, transfer_on=""))
        return uow.commit()


# -- handing over ------------------------------------------------------------------------------------------


def hand_over(ctx: Context, *, file_ids: Sequence[str], job: Job = QUIET) -> Changes:
    """The files went to the bank. When all of a batch have, its payments are sent and in the books; nothing else makes them so.

    Right ``relief``. RuleViolation ``transfer.not_to_hand`` for a file that is not written or went already. Never a file of a past day the
    first time (``transfer.hand_late``): it is discarded and written anew. Nor one that pays what is no longer due (``transfer.no_longer_due``).
    """
    from app.usecases.postings import post_sent

    ctx.require("relief")
    need_home(ctx)
    with without_collector(), ctx.unit() as uow:
        files = [uow.transfers.need(one) for one in dict.fromkeys(file_ids)]
        for one in files:
            batch = need_transfer(ctx, uow, one.batch_id)
            if one.state != "written":
                raise RuleViolation("transfer.not_to_hand", name=one.name, file_state=one.state)
            if batch.state == "approved" and one.transfer_on < today(ctx).isoformat():
                raise RuleViolation("transfer.hand_late", name=one.name, day=one.transfer_on)
            uow.transfers.save(replace(one, state="handed", handed_at=uow.now))
        for batch_id in dict.fromkeys(one.batch_id for one in files):
            batch = uow.batches.need(batch_id)
            if batch.state != "approved" or not _all_handed(uow, batch):
                continue
            payments = verify_lines(uow, batch)
            _refuse_not_due(uow, batch)
            job.report(0, len(payments), "job.transfer_handing")
            change_payments(uow, [one.id for one in payments], lambda one: replace(one, state="sent"))
            post_sent(uow, uow.batches.save(replace(batch, state="sent")), as_payments(payments), day=today(ctx).isoformat())
            job.report(len(payments), len(payments), "job.transfer_handing")
        return uow.commit()


def _all_handed(uow: UnitOfWork, batch: PaymentBatch) -> bool:
    """Whether each part of the batch went, in whichever repetition."""
    rows = [one for one in uow.transfers.where(batch_id=batch.id) if one.state in ("written", "handed")]
    return {one.part for one in rows if one.state == "handed"} == set(range(1, max(one.parts for one in rows) + 1))


# -- lists and what all need -------------------------------------------------------------------------------


def list_waiting(ctx: Context) -> list[WaitingBatch]:
    """Batches of transfers from the approval on, with what comes next."""
    return ctx.reads.transfers.waiting(device_id=ctx.place.device_id)


def list_files(ctx: Context, *, batch_id: str = "") -> list[TransferFileRow]:
    """Files written or asked for, newest first."""
    return ctx.reads.transfers.file_rows(batch_id=batch_id)


def need_transfer(ctx: Context, uow: UnitOfWork, batch_id: str) -> PaymentBatch:
    """The batch, when it is one of transfers that was approved."""
    batch = need_batch(ctx, uow, batch_id)
    if batch.way != "transfer":
        raise RuleViolation("transfer.other_way", number=batch.number, way=batch.way)
    if batch.state not in ("approved", "sent", "settled"):
        raise RuleViolation("transfer.not_approved", number=batch.number, batch_state=batch.state)
    return batch


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")


def _is_same_person(ctx: Context, uow: UnitOfWork, operator_id: str) -> bool:
    """Whether the actor is that operator, or one of the same name."""
    if operator_id == ctx.actor.operator_id:
        return True
    found = uow.reads.get("operator", operator_id)
    return isinstance(found, Operator) and fold_name(found.name) == fold_name(ctx.actor.name)
