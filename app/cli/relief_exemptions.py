"""``relief exemptions`` and ``relief refusals``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.domain.errors import UsageFault

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.usecases.context import Context


def add_exemption_verbs(make: ReliefMaker) -> None:
    """Their options."""
    act = make.acts("exemptions")
    out = act("export")
    _where(out)
    out.add_argument("--out", default="", metavar="FILE")
    out.add_argument("--format", default="", choices=("", "csv", "xlsx", "html", "pdf"))
    out.add_argument("--encoding", default="utf-8-sig", choices=("utf-8-sig", "cp932"))
    papers = act("certificates")
    papers.add_argument("numbers", nargs="*", metavar="NUMBER")
    _where(papers)
    papers.add_argument("--out", required=True, metavar="FILE")
    papers.add_argument("--nup", type=int, default=1, choices=(1, 2))
    papers.add_argument("--on", default="", metavar="DATE")
    refusals = make.verb("refusals")
    refusals.add_argument("numbers", nargs="*", metavar="NUMBER")
    _where(refusals)
    refusals.add_argument("--out", default="", metavar="FILE")
    refusals.add_argument("--format", default="", choices=("", "csv", "xlsx", "html", "pdf"))
    refusals.add_argument("--encoding", default="utf-8-sig", choices=("utf-8-sig", "cp932"))
    refusals.add_argument("--form", default="", metavar="FILE")


def _where(parser: Any) -> None:
    for name in ("program", "round", "district"):
        parser.add_argument(f"--{name}", default="", metavar=name.upper())


def _places(ctx: Context, given: Namespace) -> tuple[str, str]:
    """Programme and round ids of the options; "" where not given."""
    from app.usecases.programmes import find_programme, find_round

    if given.round and not given.program:
        raise UsageFault("batch.round_of_which")
    programme = find_programme(ctx, code=given.program).id if given.program else ""
    return programme, find_round(ctx, programme=given.program, code=given.round).id if given.round else ""


def _export(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.cli.relief_batches import format_of
    from app.cli.signing import signed_in
    from app.usecases.exemptions import list_exemptions
    from app.usecases.job import Job

    with signed_in(gateway, given) as session:
        ctx = session.context
        programme, round_id = _places(ctx, given)
        rows = list_exemptions(ctx, programme_id=programme, round_id=round_id, district=given.district)
        if not given.out:
            told = [
                {
                    "number": row.number, "program": row.programme, "round": row.round, "unit": row.unit, "name": row.name, "kana": row.kana,
                    "birth": row.birth, "address": row.address, "district": row.district, "category": row.category,
                    "benefits": list(row.benefits), "state": row.state, "wants": list(row.wants),
                }
                for row in rows
            ]  # fmt: skip
            return {"count": len(rows), "exemptions": told}, 0
        from app.interchange.exporting.batches import write_exemptions

        done = write_exemptions(
            ctx, rows=rows, out=Path(given.out), format=format_of(given), encoding=given.encoding, folder=session.folder,
            job=Job(show_progress),
        )  # fmt: skip
        return {"file": given.out, "rows": done.rows, "pages": done.pages, "problems": list(done.problems)}, 1 if done.problems else 0


def _certificates(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.cli.signing import signed_in
    from app.interchange.exporting.relief_papers import print_exemption_certificates
    from app.usecases.exemptions import need_certifiable
    from app.usecases.job import Job

    with signed_in(gateway, given) as session:
        ctx = session.context
        programme, round_id = _places(ctx, given)
        households = need_certifiable(ctx, numbers=given.numbers, programme_id=programme, round_id=round_id, district=given.district)
        done = print_exemption_certificates(
            ctx,
            households=households,
            out=Path(given.out),
            nup=given.nup,
            issued_on=given.on,
            folder=session.folder,
            job=Job(show_progress),
        )
        return _papers(done)


def _papers(done: Any) -> Answer:
    stopped = [{"number": number, "reason": words} for number, words in done.stopped]
    return {
        "files": [str(one) for one in done.files],
        "printed": done.printed,
        "pages": done.pages,
        "stopped": stopped,
    }, 1 if stopped else 0


def _refusals(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.cli.outputs import moment
    from app.cli.relief_batches import format_of
    from app.cli.signing import signed_in
    from app.usecases.exemptions import list_refusals
    from app.usecases.job import Job

    if given.numbers and not given.form:
        raise UsageFault("refusal.form_missing")
    with signed_in(gateway, given) as session:
        ctx = session.context
        if given.form:
            return _forms(ctx, given, session.folder)
        programme, round_id = _places(ctx, given)
        rows = list_refusals(ctx, programme_id=programme, round_id=round_id, district=given.district)
        if given.out:
            from app.interchange.exporting.batches import write_refusals

            done = write_refusals(
                ctx, rows=rows, out=Path(given.out), format=format_of(given), encoding=given.encoding, folder=session.folder,
                job=Job(show_progress),
            )  # fmt: skip
            return {"file": given.out, "rows": done.rows, "pages": done.pages, "problems": list(done.problems)}, 1 if done.problems else 0
        told = [
            {
                "number": row.number, "program": row.programme, "round": row.round, "name": row.name, "address": row.address,
                "category": row.category, "due": row.due, "declined_at": moment(row.declined_at), "declined_by": row.declined_by,
                "reason": row.reason, "note": row.note,
            }
            for row in rows
        ]  # fmt: skip
        return {"count": len(rows), "total": sum(row.due for row in rows), "refusals": told}, 0


def _forms(ctx: Context, given: Namespace, folder: Path) -> Answer:
    """``--form FILE NUMBER…``: the form to sign for each of these entitlements."""
    from app.interchange.exporting.relief_papers import print_refusal_forms
    from app.usecases.entitlements import entitlement_rows, find_entitlement

    rows = entitlement_rows(ctx, [find_entitlement(ctx, number=number) for number in given.numbers])
    return _papers(print_refusal_forms(ctx, rows=rows, out=Path(given.form), folder=folder))


EXEMPTION_VERBS: Mapping[str, ReliefVerb] = {
    "exemptions export": _export,
    "exemptions certificates": _certificates,
    "refusals": _refusals,
}
