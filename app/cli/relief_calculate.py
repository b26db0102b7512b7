"""The verbs of ``relief`` for calculations and entitlements; claims and casualties are in ``relief_claims``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.relief_claims import CLAIM_VERBS, add_claim_verbs
from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.presentation.console import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway, FolderSession
    from app.usecases.context import Context
    from app.usecases.relief_rows import CalculatedRow, Calculation, EntitlementRow

FORMATS = ("csv", "xlsx", "html", "pdf")


def add_verbs(make: ReliefMaker) -> None:
    """Their options."""
    run = make.verb("calculate")
    run.add_argument("program", metavar="PROGRAM")
    run.add_argument("round", metavar="ROUND")
    run.add_argument("--dry-run", action="store_true", help=HELP["relief.calculate.dry"])
    run.add_argument("--method", choices=("transfer", "cash", "in_kind", "none"), default="transfer", help=HELP["relief.calculate.method"])
    run.add_argument("--list", action="store_true", help=HELP["relief.calculate.list"])
    run.add_argument("--counts", default="", metavar="FILE", help=HELP["relief.calculate.counts"])
    add_output(run)
    act = make.acts("entitlements")
    listed = act("list")
    for name in ("program", "round", "text", "category", "district"):
        listed.add_argument(f"--{name}", default="", metavar=name.upper())
    listed.add_argument("--progress", default="", metavar="STATE")
    listed.add_argument("--wants", default="", metavar="WHAT")
    listed.add_argument("--flag", default="", metavar="FLAG")
    listed.add_argument("--owed", action="store_true", help=HELP["relief.entitlements.owed"])
    listed.add_argument("--sort", default="number", metavar="KEY")
    add_output(listed)
    act("show").add_argument("number", metavar="NUMBER")
    for name in ("decline", "reopen"):
        one = act(name)
        one.add_argument("numbers", nargs="+", metavar="NUMBER")
        one.add_argument("--reason", required=True, metavar="TEXT")
        if name == "decline":
            one.add_argument("--document", default="", metavar="TEXT")
            one.add_argument("--on", default="", metavar="DATE")
    add_claim_verbs(make)


def add_output(parser: ArgumentParser) -> None:
    """``--out``, ``--format`` and ``--encoding`` of a list."""
    parser.add_argument("--out", default="", metavar="FILE")
    parser.add_argument("--format", default="", choices=("", *FORMATS))
    parser.add_argument("--encoding", default="utf-8-sig", choices=("utf-8-sig", "cp932"))


def put_out(session: FolderSession, given: Namespace, write: Any, **content: Any) -> dict[str, Any]:
    """Write a list to ``--out``: what was written."""
    from app.cli.imports import show_progress
    from app.cli.relief_batches import format_of
    from app.usecases.job import Job

    done = write(
        session.context, **content, out=Path(given.out), format=format_of(given), encoding=given.encoding, folder=session.folder, job=Job(show_progress)
    )  # fmt: skip
    return {"file": given.out, "rows": done.rows, "pages": done.pages, "problems": list(done.problems)}


# -- calculations ------------------------------------------------------------------------------------------


def _calculate(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.cli.signing import signed_in
    from app.interchange.exporting import relief_lists
    from app.usecases.job import Job
    from app.usecases.programmes import find_round
    from app.usecases.relief_calculation import calculate, dry_run

    with signed_in(gateway, given) as session:
        ctx = session.context
        one = find_round(ctx, programme=given.program, code=given.round)
        act = dry_run if given.dry_run else calculate
        done = act(ctx, round_id=one.id, job=Job(show_progress))
        answer = tell_calculation(done, rows=given.dry_run or given.list)
        if given.out:
            answer["written"] = put_out(session, given, relief_lists.write_calculation, calculation=done)
        if given.counts:
            place = Namespace(**{**vars(given), "out": given.counts, "format": ""})
            answer["counts_written"] = put_out(session, place, relief_lists.write_counts, calculation=done)
        if not given.dry_run:
            answer |= _prepare(ctx, given, done)
        return answer, 0


def _prepare(ctx: Context, given: Namespace, done: Calculation) -> dict[str, Any]:
    """Batches of what can be paid now, unless there is nothing or nobody asked."""
    from app.cli.imports import show_progress
    from app.cli.relief_batches import tell_prepared
    from app.usecases.batches import prepare
    from app.usecases.job import Job

    if given.method == "none" or done.to_pay == 0 or done.programme.kind == "exemption":
        return {"batches": [], "left_out": []}
    told, _ = tell_prepared(ctx, prepare(ctx, round_id=done.round.id, way=given.method, job=Job(show_progress)))
    return dict(told)


def tell_calculation(done: Calculation, *, rows: bool) -> dict[str, Any]:
    """A calculation as JSON, with everybody looked at when asked."""
    from app.presentation.messages import message

    answer: dict[str, Any] = {
        "program": done.programme.code, "title": done.programme.title, "round": done.round.code, "round_title": done.round.title,
        "dry_run": done.dry,
        "categories": [
            {"category": one.category, "title": one.title, "unit": one.unit, "count": one.count, "unit_amount": one.unit_amount, "total": one.total}
            for one in done.categories
        ],
        "count": done.count, "total": done.total, "already": done.already, "to_pay": done.to_pay, "budget": done.budget, "left": done.left,
        "payable": done.payable, "missing": dict(done.missing),
        **{name: getattr(done, name) for name in ("created", "raised", "lowered", "over", "over_total", "ended", "unchanged", "declined")},
        "problems": [tell_row(row) for row in done.rows if row.problem],
        "warnings": [{"code": code, "text": message(code, **params)} for code, params in done.warnings],
    }  # fmt: skip
    if rows:
        answer["rows"] = [tell_row(row) for row in done.rows]
    return answer


def tell_row(row: CalculatedRow) -> dict[str, Any]:
    """One household or person of a calculation as JSON, with the reason in words."""
    from app.presentation.columns.entitlement import reasons_text

    return {
        "number": row.number, "unit": row.unit, "name": row.name, "kana": row.kana, "birth": row.birth, "address": row.address,
        "district": row.district, "size": row.size, "grade": row.grade, "category": row.category, "due": row.due, "before": row.before,
        "already": row.already, "open": row.open, "over": row.over, "flag": row.flag, "action": row.action, "wants": list(row.wants),
        "lines": [{"category": one.category, "title": one.title, "amount": one.amount, "benefit": one.benefit} for one in row.lines],
        "problem": row.problem, "reason": reasons_text(row), "victim": row.victim_id,
    }  # fmt: skip


# -- entitlements ------------------------------------------------------------------------------------------


def _list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.interchange.exporting import relief_lists
    from app.usecases import entitlements

    with signed_in(gateway, given) as session:
        ctx = session.context
        ids = entitlements.list_entitlement_ids(ctx, filter=_filter(ctx, given), sort=given.sort)
        rows = entitlements.entitlement_rows(ctx, ids)
        if given.out:
            return put_out(session, given, relief_lists.write_entitlements, rows=rows), 0
        with ctx.unit() as uow:
            uow.log_access(action="view", persons=len(rows), target="entitlement")
            uow.commit()
        sums = {name: sum(getattr(row, name) for row in rows) for name in ("due", "paid", "under_way", "open", "over")}
        return {"count": len(rows), **sums, "entitlements": [tell_entitlement(row) for row in rows]}, 0


def _filter(ctx: Context, given: Namespace) -> Any:
    from app.cli.relief_exemptions import _places
    from app.usecases.relief_rows import EntitlementFilter

    programme, round_id = _places(ctx, given)
    return EntitlementFilter(
        programme_id=programme, round_id=round_id, text=given.text, category=given.category, district=given.district, progress=given.progress,
        wants=given.wants, flag=given.flag, owed=True if given.owed else None,
    )  # fmt: skip


def tell_entitlement(row: EntitlementRow) -> dict[str, Any]:
    """An entitlement as JSON."""
    from app.cli.outputs import moment

    return {
        "number": row.number, "program": row.programme_title, "round": row.round_title, "unit": row.unit, "name": row.name, "kana": row.kana,
        "birth": row.birth, "address": row.address, "district": row.district, "category": row.category, "due": row.due, "before": row.before,
        "paid": row.paid, "under_way": row.under_way, "open": row.open, "over": row.over, "flag": row.flag, "progress": row.progress,
        "state": row.state, "wants": list(row.wants), "payee": row.payee_name, "role": row.payee_role, "way": row.way, "account": row.account,
        "account_state": row.account_state, "batch": row.batch_number, "failure": row.failure, "claim": row.claim_number,
        "resident_no": row.resident_no, "victim": row.victim_id, "calculated_at": moment(row.calculated_at), "reason": row.reason, "id": row.id,
    }  # fmt: skip


def _show(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.entitlements import find_entitlement, open_entitlement

    with signed_in(gateway, given) as session:
        ctx = session.context
        file = open_entitlement(ctx, entitlement_id=find_entitlement(ctx, number=given.number))
        return {
            **tell_entitlement(file.row),
            "lines": [{"category": one.category, "title": one.title, "amount": one.amount, "benefit": one.benefit} for one in file.lines],
            "facts": dict(file.facts),
            "payments": [
                {
                    "number": part.payment.number, "part": part.share.part, "amount": part.share.amount, "state": part.payment.state,
                    "way": part.payment.way, "name": part.payment.name, "paid_on": part.payment.paid_on, "failure": part.payment.failure,
                    "batch": part.batch.number if part.batch else "",
                }
                for part in file.parts
            ],
            "document": file.entitlement.document, "declined_on": file.entitlement.declined_on,
            "others": [tell_entitlement(one) for one in file.others],
        }, 0  # fmt: skip


def _refuse(gateway: FolderGateway, given: Namespace) -> Answer:
    """``entitlements decline`` and ``reopen``."""
    from app.cli.signing import signed_in
    from app.usecases import entitlements

    with signed_in(gateway, given) as session:
        ctx = session.context
        ids: Sequence[str] = [entitlements.find_entitlement(ctx, number=number) for number in given.numbers]
        if given.act == "decline":
            entitlements.decline(ctx, entitlement_ids=ids, reason=given.reason, document=given.document, declined_on=given.on)
        else:
            entitlements.reopen(ctx, entitlement_ids=ids, reason=given.reason)
        return {"count": len(set(ids)), "entitlements": [tell_entitlement(row) for row in entitlements.entitlement_rows(ctx, ids)]}, 0


VERBS: Mapping[str, ReliefVerb] = {
    "calculate": _calculate,
    "entitlements list": _list,
    "entitlements show": _show,
    "entitlements decline": _refuse,
    "entitlements reopen": _refuse,
    **CLAIM_VERBS,
}
