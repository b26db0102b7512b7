"""``relief claims`` and ``relief casualties``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.domain.errors import UsageFault
from app.presentation.console import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.usecases.context import Context
    from app.usecases.relief_rows import CasualtyRow, ClaimRow

_MARKS = ("demolished", "evacuated_long", "dwelling_lost", "site_damaged", "head_injured", "goods_lost", "apart")
_CLAIM_TEXTS = ("claimed_on", "claimed_by", "contractor_id", "reason", "note")
_CLAIM_NUMBERS = ("household_size", "income", "requested")
_CASUALTY_TEXTS = (
    "name", "kana", "birth", "address", "district", "harmed_on", "victim_id", "person_id", "resident_id", "resident_no", "document", "note",
)  # fmt: skip
FORMATS = ("csv", "xlsx", "html", "pdf")


def add_claim_verbs(make: ReliefMaker) -> None:
    """Their options."""
    act = make.acts("claims")
    listed = act("list")
    for name in ("program", "round", "text", "state"):
        listed.add_argument(f"--{name}", default="", metavar=name.upper())
    listed.add_argument("--lacking", action="store_true", help=HELP["relief.claims.lacking"])
    _output(listed)
    act("show").add_argument("number", metavar="NUMBER")
    for name in ("add", "change"):
        one = act(name)
        one.add_argument("program" if name == "add" else "number", metavar="PROGRAM" if name == "add" else "NUMBER")
        _claim_options(one, new=name == "add")
    documents = act("documents")
    documents.add_argument("number", metavar="NUMBER")
    documents.add_argument("documents", nargs="*", metavar="NAME")
    state = act("state")
    state.add_argument("number", metavar="NUMBER")
    state.add_argument("--to", required=True, choices=("received", "waiting", "complete", "declined", "withdrawn"))
    state.add_argument("--reason", default="", metavar="TEXT")
    load = act("import")
    load.add_argument("program", metavar="PROGRAM")
    load.add_argument("file", metavar="FILE")
    load.add_argument("--round", default="", metavar="ROUND")
    _import(load)
    _casualty_options(make)


def _claim_options(one: ArgumentParser, *, new: bool) -> None:
    if new:
        one.add_argument("--round", default="", metavar="ROUND")
        for name in ("victim", "resident-no", "casualty", "entitlement"):
            one.add_argument(f"--{name}", default="", metavar="TEXT", help=HELP["relief.claims.whose"] if name == "victim" else None)
    for name in (*_CLAIM_TEXTS, *_CLAIM_NUMBERS, "method"):
        one.add_argument(f"--{name.replace('_', '-')}", dest=name, default=None, metavar="TEXT")
    for name in _MARKS:
        one.add_argument(f"--{name.replace('_', '-')}", dest=name, action="store_true", default=None)
    for name in ("document", "member"):
        one.add_argument(f"--{name}", action="append", default=[], metavar="TEXT")


def _casualty_options(make: ReliefMaker) -> None:
    act = make.acts("casualties")
    listed = act("list")
    for name in ("text", "harm", "state", "district"):
        listed.add_argument(f"--{name}", default="", metavar=name.upper())
    _output(listed)
    for name in ("add", "change"):
        one = act(name)
        if name == "change":
            one.add_argument("number", metavar="NUMBER")
        for text in (*_CASUALTY_TEXTS, "harm", "sex", "breadwinner"):
            one.add_argument(f"--{text.replace('_', '-')}", dest=text, default=None, metavar="TEXT")
        one.add_argument("--reason", default="", metavar="TEXT", help=HELP["relief.casualties.reason"])
    confirm = act("confirm")
    confirm.add_argument("numbers", nargs="+", metavar="NUMBER")
    confirm.add_argument("--document", default="", metavar="TEXT")
    withdraw = act("withdraw")
    withdraw.add_argument("number", metavar="NUMBER")
    withdraw.add_argument("--reason", required=True, metavar="TEXT")
    load = act("import")
    load.add_argument("file", metavar="FILE")
    _import(load)


def _output(parser: ArgumentParser) -> None:
    parser.add_argument("--sort", default="number", metavar="KEY")
    parser.add_argument("--out", default="", metavar="FILE")
    parser.add_argument("--format", default="", choices=("", *FORMATS))
    parser.add_argument("--encoding", default="utf-8-sig", choices=("utf-8-sig", "cp932"))


def _import(parser: ArgumentParser) -> None:
    from app.cli.arguments import _import_options

    parser.add_argument("--dry-run", action="store_true", help=HELP["relief.claims.import_dry"])
    _import_options(parser)


# -- claims ------------------------------------------------------------------------------------------------


def _claims_list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.relief_calculate import put_out
    from app.cli.relief_exemptions import _places
    from app.cli.signing import signed_in
    from app.interchange.exporting.relief_lists import write_claims
    from app.usecases import claims
    from app.usecases.relief_rows import ClaimFilter

    with signed_in(gateway, given) as session:
        ctx = session.context
        programme, round_id = _places(ctx, given)
        wanted = ClaimFilter(
            programme_id=programme, round_id=round_id, text=given.text, state=given.state, lacking=True if given.lacking else None
        )
        rows = claims.claim_rows(ctx, claims.list_claim_ids(ctx, filter=wanted, sort=given.sort))
        if given.out:
            return put_out(session, given, write_claims, rows=rows), 0
        return {"count": len(rows), "claims": [tell_claim(row) for row in rows]}, 0


def tell_claim(row: ClaimRow) -> dict[str, Any]:
    """A claim as JSON."""
    return {
        "number": row.number, "program": row.programme_title, "round": row.round_title, "state": row.state, "claimed_on": row.claimed_on,
        "claimed_by": row.claimed_by, "name": row.name, "kana": row.kana, "address": row.address, "district": row.district,
        "method": row.method, "requested": row.requested, "income": row.income, "documents": list(row.documents), "missing": list(row.missing),
        "apart": row.apart, "late": row.late, "reason": row.reason, "victim": row.victim_id, "resident_no": row.resident_no, "id": row.id,
    }  # fmt: skip


def _claims_show(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.claims import find_claim, open_claim

    with signed_in(gateway, given) as session:
        file = open_claim(session.context, claim_id=find_claim(session.context, number=given.number))
        one = file.claim
        return {
            **tell_claim(file.row), "wanted": list(file.wanted), "household_size": one.household_size, "members": list(one.members), "note": one.note,
            **{name: getattr(one, name) for name in _MARKS},
        }, 0  # fmt: skip


def _claim_values(given: Namespace) -> dict[str, Any]:
    """What was said of a claim; UsageFault ``money.unreadable`` and words nobody knows."""
    from app.domain.words import need_code

    values: dict[str, Any] = {name: getattr(given, name) for name in (*_CLAIM_TEXTS, *_MARKS) if getattr(given, name) is not None}
    for name in _CLAIM_NUMBERS:
        if getattr(given, name) is not None:
            values[name] = _whole(getattr(given, name))
    if given.method is not None:
        values["method"] = need_code("relief_method", given.method, field="method") if given.method else ""
    for name, option in (("documents", given.document), ("members", given.member)):
        if option:
            values[name] = option
    return values


def _whole(text: str) -> int:
    from app.domain.books import read_yen
    from app.domain.errors import RuleViolation

    try:
        return read_yen(text)
    except RuleViolation as fault:
        raise UsageFault(fault.code, text=text[:40]) from None


def _claims_add(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.claims import save_claim
    from app.usecases.programmes import find_programme, find_round

    values = _claim_values(given)
    with signed_in(gateway, given) as session:
        ctx = session.context
        values["programme_id"] = find_programme(ctx, code=given.program).id
        if given.round:
            values["round_id"] = find_round(ctx, programme=given.program, code=given.round).id
        return _saved_claim(ctx, save_claim(ctx, values={**_whose(ctx, given), **values}))


def _whose(ctx: Context, given: Namespace) -> dict[str, str]:
    """Whom a new claim is for."""
    from app.domain.relief import Entitlement
    from app.usecases.casualties import find_casualty
    from app.usecases.entitlements import find_entitlement

    if given.entitlement:
        one = ctx.reads.get("entitlement", find_entitlement(ctx, number=given.entitlement))
        if isinstance(one, Entitlement):
            links = {"victim_id": one.victim_id, "casualty_id": one.casualty_id, "resident_no": one.resident_no}
            return {name: value for name, value in links.items() if value}
    if given.casualty:
        return {"casualty_id": find_casualty(ctx, number=given.casualty)}
    links = {"victim_id": given.victim, "resident_no": given.resident_no}
    if not any(links.values()):
        raise UsageFault("relief.no_place")
    return {name: value for name, value in links.items() if value}


def _saved_claim(ctx: Context, saved: Any) -> Answer:
    from app.presentation.messages import message
    from app.usecases.claims import claim_rows

    rows = claim_rows(ctx, [saved.claim.id])  # none when it is of somebody the actor may not know of
    told = tell_claim(rows[0]) if rows else {"id": saved.claim.id, "number": saved.claim.number}
    return {**told, "warnings": [{"code": code, "text": message(code, **params)} for code, params in saved.warnings]}, 0


def _claims_change(gateway: FolderGateway, given: Namespace) -> Answer:
    """``claims change``, ``documents`` and ``state``."""
    from app.cli.signing import signed_in
    from app.usecases.claims import find_claim, save_claim

    values: dict[str, Any]
    if given.act == "documents":
        values = {"documents": given.documents}
    elif given.act == "state":
        values = {"state": given.to, **({"reason": given.reason} if given.reason else {})}
    else:
        values = _claim_values(given)
    with signed_in(gateway, given) as session:
        found = find_claim(session.context, number=given.number)
        return _saved_claim(session.context, save_claim(session.context, values=values, claim_id=found))


# -- casualties --------------------------------------------------------------------------------------------


def _casualties_list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.relief_calculate import put_out
    from app.cli.signing import signed_in
    from app.interchange.exporting.relief_lists import write_casualties
    from app.usecases import casualties
    from app.usecases.relief_rows import CasualtyFilter

    with signed_in(gateway, given) as session:
        ctx = session.context
        wanted = CasualtyFilter(text=given.text, harm=given.harm, state=given.state, district=given.district)
        rows = casualties.casualty_rows(ctx, casualties.list_casualty_ids(ctx, filter=wanted, sort=given.sort))
        if given.out:
            return put_out(session, given, write_casualties, rows=rows), 0
        return {"count": len(rows), "casualties": [tell_casualty(row) for row in rows]}, 0


def tell_casualty(row: CasualtyRow) -> dict[str, Any]:
    """A casualty as JSON."""
    return {
        "number": row.number, "name": row.name, "kana": row.kana, "birth": row.birth, "sex": row.sex, "address": row.address,
        "district": row.district, "harm": row.harm, "harmed_on": row.harmed_on, "breadwinner": row.breadwinner, "state": row.state,
        "document": row.document, "entered_by": row.entered_by, "confirmed_by": row.confirmed_by, "household": row.head_name,
        "resident_no": row.resident_no, "linked": row.linked, "id": row.id,
    }  # fmt: skip


def _casualties_save(gateway: FolderGateway, given: Namespace) -> Answer:
    """``casualties add`` and ``change``."""
    from app.cli.signing import signed_in
    from app.domain.words import need_code
    from app.presentation.messages import message
    from app.usecases import casualties

    values: dict[str, Any] = {name: getattr(given, name) for name in _CASUALTY_TEXTS if getattr(given, name) is not None}
    for name, group in (("harm", "relief_harm"), ("sex", "sex"), ("breadwinner", "yes_no")):
        if getattr(given, name) is not None:
            values[name] = need_code(group, getattr(given, name), field=name)
    if "breadwinner" in values:
        values["breadwinner"] = {"yes": True, "no": False}.get(values["breadwinner"])
    with signed_in(gateway, given) as session:
        ctx = session.context
        known = casualties.find_casualty(ctx, number=given.number) if given.act == "change" else None
        saved = casualties.save_casualty(ctx, values=values, casualty_id=known, reason=given.reason)
        rows = casualties.casualty_rows(ctx, [saved.casualty.id])  # none when it is of somebody the actor may not know of
        told = tell_casualty(rows[0]) if rows else {"id": saved.casualty.id, "number": saved.casualty.number}
        return {**told, "warnings": [{"code": code, "text": message(code, **params)} for code, params in saved.warnings]}, 0


def _casualties_move(gateway: FolderGateway, given: Namespace) -> Answer:
    """``casualties confirm`` and ``withdraw``."""
    from app.cli.signing import signed_in
    from app.usecases import casualties

    with signed_in(gateway, given) as session:
        ctx = session.context
        numbers = given.numbers if given.act == "confirm" else [given.number]
        ids = [casualties.find_casualty(ctx, number=number) for number in numbers]
        for one in ids:
            if given.act == "confirm":
                casualties.confirm_casualty(ctx, casualty_id=one, document=given.document)
            else:
                casualties.withdraw_casualty(ctx, casualty_id=one, reason=given.reason)
        return {"count": len(ids), "casualties": [tell_casualty(row) for row in casualties.casualty_rows(ctx, ids)]}, 0


# -- files -------------------------------------------------------------------------------------------------


def _take_in(gateway: FolderGateway, given: Namespace) -> Answer:
    """``claims import`` and ``casualties import``."""
    from app.cli.imports import answer_import, read_options, report_to, show_progress
    from app.cli.signing import signed_in
    from app.interchange.importing.relief import prepare_casualties, prepare_claims
    from app.interchange.importing.run import apply_prepared
    from app.usecases.job import Job
    from app.usecases.programmes import find_programme, find_round

    with signed_in(gateway, given) as session:
        ctx, target, job = session.context, given.action, Job(show_progress)
        options = read_options(ctx, given, target)
        if target == "claims":
            programme = find_programme(ctx, code=given.program).id
            round_id = find_round(ctx, programme=given.program, code=given.round).id if given.round else ""
            prepared = prepare_claims(ctx, path=Path(given.file), programme_id=programme, round_id=round_id, options=options, job=job)
        else:
            prepared = prepare_casualties(ctx, path=Path(given.file), options=options, job=job)
        done = apply_prepared(ctx, prepared=prepared, on_error=given.on_error, report=report_to(given), dry_run=given.dry_run, job=job)
        return answer_import(done, "created", "updated", "unchanged", "review")


CLAIM_VERBS: Mapping[str, ReliefVerb] = {
    "claims list": _claims_list,
    "claims show": _claims_show,
    "claims add": _claims_add,
    **dict.fromkeys(("claims change", "claims documents", "claims state"), _claims_change),
    **dict.fromkeys(("claims import", "casualties import"), _take_in),
    "casualties list": _casualties_list,
    **dict.fromkeys(("casualties add", "casualties change"), _casualties_save),
    **dict.fromkeys(("casualties confirm", "casualties withdraw"), _casualties_move),
}
