"""The verbs of ``relief`` for batches and their approval, for limits, exemptions and refusals."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.relief_exemptions import EXEMPTION_VERBS, add_exemption_verbs
from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.domain.errors import UsageFault
from app.presentation.console import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.usecases.batch_rows import BatchRow, LeftOut, PaymentRow, Prepared
    from app.usecases.context import Context

FORMATS = ("csv", "xlsx", "html", "pdf")


def add_verbs(make: ReliefMaker) -> None:
    """Their options."""
    ready = make.verb("prepare")
    ready.add_argument("program", metavar="PROGRAM")
    ready.add_argument("round", metavar="ROUND")
    ready.add_argument("--way", default="transfer", metavar="WAY")
    ready.add_argument("--entitlement", action="append", default=[], metavar="NUMBER")
    ready.add_argument("--title", default="", metavar="TEXT")
    for name in ("check", "approve"):
        make.verb(name).add_argument("batch", metavar="BATCH")
    for name in ("return", "cancel"):
        back = make.verb(name)
        back.add_argument("batch", metavar="BATCH")
        back.add_argument("--reason", required=True, metavar="TEXT")
    _add_acts(make)
    limits = make.verb("limits")
    limits.add_argument("--role", default="", metavar="ROLE")
    for name in ("total", "single"):
        limits.add_argument(f"--{name}", default="", metavar="YEN", help=HELP["relief.limits.yen"])
    limits.add_argument("--note", default="", metavar="TEXT")
    add_exemption_verbs(make)


def _add_acts(make: ReliefMaker) -> None:
    act = make.acts("batches")
    listed = act("list")
    for name in ("program", "state", "way", "text"):
        listed.add_argument(f"--{name}", default="", metavar=name.upper())
    listed.add_argument("--open", action="store_true", help=HELP["relief.batches.open"])
    show = act("show")
    show.add_argument("batch", metavar="BATCH")
    _out(show, required=False)
    sheet = act("sheet")
    sheet.add_argument("batch", metavar="BATCH")
    sheet.add_argument("--out", required=True, metavar="FILE")
    remove = act("remove")
    remove.add_argument("batch", metavar="BATCH")
    remove.add_argument("payments", nargs="+", metavar="NUMBER")
    remove.add_argument("--reason", required=True, metavar="TEXT")
    again = act("retry")
    again.add_argument("batch", metavar="BATCH")
    again.add_argument("--way", default="", metavar="WAY")
    again.add_argument("--title", default="", metavar="TEXT")
    act("submit").add_argument("batch", metavar="BATCH")


def _out(parser: ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--out", required=required, default="", metavar="FILE")
    parser.add_argument("--format", default="", choices=("", *FORMATS))
    parser.add_argument("--encoding", default="utf-8-sig", choices=("utf-8-sig", "cp932"))


def format_of(given: Namespace) -> str:
    """The format asked for, or that of the file's ending. UsageFault for another."""
    kind = str(given.format or Path(given.out).suffix.lstrip(".").lower())
    if kind not in FORMATS:
        raise UsageFault("roster.no_format", format=kind)
    return kind


# -- steps -------------------------------------------------------------------------------------------------


def _prepare(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.cli.signing import signed_in
    from app.usecases.batches import prepare
    from app.usecases.entitlements import find_entitlement
    from app.usecases.job import Job
    from app.usecases.programmes import find_round

    with signed_in(gateway, given) as session:
        ctx = session.context
        found = find_round(ctx, programme=given.program, code=given.round)
        named = [find_entitlement(ctx, number=number) for number in given.entitlement] or None
        done = prepare(ctx, round_id=found.id, way=given.way, entitlement_ids=named, title=given.title, job=Job(show_progress))
        return tell_prepared(ctx, done)


def tell_prepared(ctx: Context, done: Prepared) -> Answer:
    """Batches made and who was left out; exit code 1 when there was somebody to pay and nobody could be."""
    from app.usecases.batches import batch_rows

    rows = batch_rows(ctx, [one.id for one in done.batches])
    return {"batches": [tell_batch(row) for row in rows], "left_out": _left_out(done.left_out)}, 1 if done.left_out and not rows else 0


def _left_out(rows: Sequence[LeftOut]) -> list[dict[str, Any]]:
    from app.presentation.messages import message

    return [{"number": one.number, "name": one.name, "code": one.code, "reason": message(one.code, **one.params)} for one in rows]


def tell_batch(row: BatchRow) -> dict[str, Any]:
    """A batch as JSON."""
    from app.cli.outputs import moment
    from app.usecases.batch_digest import short_digest

    return {
        "number": row.number, "state": row.state, "program": row.programme_code, "round": row.round_code, "title": row.title, "way": row.way,
        "count": row.count, "total": row.total, "paid_count": row.paid, "paid_total": row.paid_total, "failed_count": row.failed,
        "failed_total": row.failed_total, "guarded": row.guarded, "retry_of": row.retry_of, "prepared_by": row.prepared_by,
        "prepared_at": moment(row.prepared_at), "checked_by": row.checked_by, "checked_at": moment(row.checked_at),
        "approved_by": row.approved_by, "approved_at": moment(row.approved_at), "transfer_on": row.transfer_on, "reason": row.reason,
        "digest": row.digest, "short": short_digest(row.digest), "id": row.id,
    }  # fmt: skip


def _step(gateway: FolderGateway, given: Namespace) -> Answer:
    """``check``, ``approve``, ``return``, ``cancel``, ``batches submit``: the batch as it is afterwards."""
    from app.cli.imports import show_progress
    from app.cli.signing import signed_in
    from app.presentation.yen_words import yen_words
    from app.usecases import batches
    from app.usecases.job import Job

    with signed_in(gateway, given) as session:
        ctx, name = session.context, getattr(given, "act", None) or given.action
        found = batches.find_batch(ctx, number=given.batch)
        if name == "check":
            batches.check_batch(ctx, batch_id=found)
        elif name == "approve":
            batches.approve_batch(ctx, batch_id=found, job=Job(show_progress))
        elif name == "return":
            batches.return_batch(ctx, batch_id=found, reason=given.reason)
        elif name == "submit":
            batches.submit_batch(ctx, batch_id=found)
        else:
            batches.cancel_batch(ctx, batch_id=found, reason=given.reason, job=Job(show_progress))
        (row,) = batches.batch_rows(ctx, [found])
        return {**tell_batch(row), "words": yen_words(row.total)}, 0


# -- acts of batches ---------------------------------------------------------------------------------------


def _list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.batch_rows import BatchFilter
    from app.usecases.batches import list_batches
    from app.usecases.programmes import find_programme

    with signed_in(gateway, given) as session:
        ctx = session.context
        programme = find_programme(ctx, code=given.program).id if given.program else ""
        wanted = BatchFilter(programme_id=programme, state=given.state, way=given.way, text=given.text, open=given.open)
        rows = list_batches(ctx, filter=wanted)
        return {"count": len(rows), "total": sum(row.total for row in rows), "batches": [tell_batch(row) for row in rows]}, 0


def _show(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.cli.outputs import moment
    from app.cli.signing import signed_in
    from app.presentation.yen_words import yen_words
    from app.usecases import batches
    from app.usecases.job import Job

    with signed_in(gateway, given) as session:
        ctx = session.context
        found = batches.find_batch(ctx, number=given.batch)
        if given.out:
            from app.interchange.exporting.batches import write_payments

            done = write_payments(
                ctx, batch_id=found, out=Path(given.out), format=format_of(given), encoding=given.encoding, folder=session.folder,
                job=Job(show_progress),
            )  # fmt: skip
            return {"file": given.out, "rows": done.rows, "pages": done.pages, "problems": list(done.problems)}, 1 if done.problems else 0
        file = batches.open_batch(ctx, batch_id=found)
        rows = batches.read_lines(ctx, batch_id=found)
        answer = {
            **tell_batch(file.row), "words": yen_words(file.row.total), "intact": file.intact, "may": sorted(file.may),
            "lines": [{"category": one.category, "amount": one.amount, "count": one.count, "total": one.total} for one in file.lines],
            "steps": [{"at": moment(one.at), "step": one.state, "by": one.by, "reason": one.reason} for one in file.steps],
            "files": [{"name": one.name, "state": one.state, "again": one.again, "sha256": one.sha256} for one in file.files],
            "retries": [one.number for one in file.retries], "payments": [tell_payment(row) for row in rows],
        }  # fmt: skip
        return answer, 0 if file.intact else 4


def tell_payment(row: PaymentRow) -> dict[str, Any]:
    """A payment as JSON."""
    return {
        "number": row.number, "name": row.name, "kana": row.kana, "amount": row.amount, "category": row.category, "bank": row.bank,
        "branch": row.branch, "bank_name": row.bank_name, "branch_name": row.branch_name, "account_kind": row.account_kind,
        "account_number": row.account_number, "holder": row.holder, "state": row.state, "failure": row.failure, "paid_on": row.paid_on,
        "code": row.code, "entitlements": list(row.entitlements), "retry_of": row.retry_of, "id": row.id,
    }  # fmt: skip


def _sheet(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.cli.signing import signed_in
    from app.interchange.exporting.batches import print_approval_sheet
    from app.usecases.batches import find_batch
    from app.usecases.job import Job

    with signed_in(gateway, given) as session:
        ctx = session.context
        done = print_approval_sheet(
            ctx, batch_id=find_batch(ctx, number=given.batch), out=Path(given.out), folder=session.folder, job=Job(show_progress)
        )
        return {
            "file": given.out, "number": done.number, "count": done.count, "total": done.total, "short": done.digest, "pages": done.pages,
            "problems": list(done.problems),
        }, 0  # fmt: skip


def _remove(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import batches

    with signed_in(gateway, given) as session:
        ctx = session.context
        found = batches.find_batch(ctx, number=given.batch)
        gone = [batches.find_payment(ctx, number=number) for number in given.payments]
        batches.remove_payments(ctx, batch_id=found, payment_ids=gone, reason=given.reason)
        (row,) = batches.batch_rows(ctx, [found])
        return {**tell_batch(row), "removed": len(set(gone))}, 0


def _retry(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.cli.signing import signed_in
    from app.usecases.batches import find_batch, prepare_retry
    from app.usecases.job import Job

    with signed_in(gateway, given) as session:
        ctx = session.context
        found = find_batch(ctx, number=given.batch)
        return tell_prepared(ctx, prepare_retry(ctx, batch_id=found, way=given.way, title=given.title, job=Job(show_progress)))


def _limits(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.domain.words import find_code
    from app.usecases.approval_limits import list_limits, set_limit

    if not given.role and (given.total or given.single or given.note):
        raise UsageFault("batch.limit_whose")
    with signed_in(gateway, given) as session:
        ctx = session.context
        if given.role:
            role = find_code("role", given.role) or given.role
            now = next((one for one in list_limits(ctx) if one.role == role), None)
            set_limit(
                ctx, role=role, most_total=_yen(given.total, now.most_total if now else None, "total"),
                most_single=_yen(given.single, now.most_single if now else None, "single"),
                note=given.note or (now.record.note if now and now.record else ""),
            )  # fmt: skip
        return {"limits": [{"role": one.role, "total": one.most_total, "single": one.most_single} for one in list_limits(ctx)]}, 0


def _yen(text: str, now: int | None, name: str) -> int | None:
    """Whole yen, ``none`` for no limit, nothing for as it is."""
    plain = text.replace(",", "").strip()
    if not plain:
        return now
    if plain.lower() == "none":
        return None
    if not plain.lstrip("-").isdecimal() or not plain.isascii():
        raise UsageFault("batch.limit_yen", option=f"--{name}", text=text)
    return int(plain)


VERBS: Mapping[str, ReliefVerb] = {
    "prepare": _prepare,
    **dict.fromkeys(("check", "approve", "return", "cancel", "batches submit"), _step),
    "batches list": _list,
    "batches show": _show,
    "batches sheet": _sheet,
    "batches remove": _remove,
    "batches retry": _retry,
    "limits": _limits,
    **EXEMPTION_VERBS,
}
