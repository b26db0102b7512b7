"""The verbs of ``relief`` for the books and reports."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.domain.errors import UsageFault
from app.presentation.console import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.interchange.exporting.relief_reports import Content
    from app.usecases.context import Context
    from app.usecases.ledger_rows import Ledgered

_BY = ("round", "category", "district", "site", "day")
_FORMATS = ("json", "csv", "xlsx", "html", "pdf")


def add_verbs(make: ReliefMaker) -> None:
    """Their options."""
    report = make.verb("report")
    report.add_argument("what", nargs="?", default="", choices=("", "household", "prefecture"), metavar="household|prefecture")
    report.add_argument("text", nargs="?", default="", metavar="TEXT")
    report.add_argument("--by", choices=_BY, default="round")
    report.add_argument("--check", action="store_true", help=HELP["relief.report.check"])
    report.add_argument("--estimate", action="append", default=[], metavar="WORD=N", help=HELP["relief.report.estimate"])
    report.add_argument("--from-dry-run", action="store_true", help=HELP["relief.report.from_dry_run"])
    _scope(report)
    _output(report)
    act = make.acts("ledger")
    listing = act("list")
    for name, key in (("account", "WORD"), ("kind", "WORD"), ("site", "NAME"), ("batch", "NUMBER"), ("since", "DAY"), ("text", "TEXT")):
        listing.add_argument(f"--{name}", default="", metavar=key)
    listing.add_argument("--limit", type=int, default=200, metavar="N")
    _scope(listing)
    _output(listing)
    balance = act("balance")
    _scope(balance)
    _output(balance)
    for name, what in (("budget", "PROGRAM"), ("return", "PROGRAM"), ("allot", "SITE"), ("back", "SITE"), ("fee", "")):
        _entry(act(name), what)
    over = act("overpaid")
    over.add_argument("entitlement", metavar="NUMBER")
    over.add_argument("amount", metavar="YEN")
    over.add_argument("--site", default="", metavar="SITE")
    over.add_argument("--memo", default="", metavar="TEXT")
    _entry(over, "", amount=False)
    back = act("reverse")
    back.add_argument("entry", metavar="ENTRY")
    back.add_argument("--reason", required=True, metavar="TEXT")
    _entry(back, "", amount=False)


def _scope(parser: ArgumentParser) -> None:
    parser.add_argument("--program", default="", metavar="PROGRAM")
    parser.add_argument("--round", default="", metavar="ROUND")
    parser.add_argument("--at", default="", metavar="DAY")


def _output(parser: ArgumentParser) -> None:
    parser.add_argument("--format", choices=_FORMATS, default="")
    parser.add_argument("--out", default="", metavar="FILE")
    parser.add_argument("--encoding", choices=("utf-8-sig", "cp932"), default="utf-8-sig")
    parser.add_argument("--substitutes", action="store_true", help=HELP["substitutes"])


def _entry(parser: ArgumentParser, what: str, *, amount: bool = True) -> None:
    if what:
        parser.add_argument("where", metavar=what)
    if amount:
        parser.add_argument("amount", metavar="YEN")
        parser.add_argument("--program", default="", metavar="PROGRAM")
        parser.add_argument("--round", default="", metavar="ROUND")
        parser.add_argument("--memo", default="", metavar="TEXT")
    parser.add_argument("--on", default="", metavar="DAY")
    parser.add_argument("--second", default="", metavar="NAME", help=HELP["relief.ledger.second"])


# -- reports ---------------------------------------------------------------------------------------------------


def _report(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.interchange.exporting.relief_reports import report_content
    from app.usecases.relief_reports import make_report

    if given.format and given.format != "json" and not given.out:
        raise UsageFault("ledger.out_missing")
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.check:
            return _check(ctx)
        if given.what == "household":
            return _household(ctx, given, session.folder)
        if given.what == "prefecture":
            return _prefecture(ctx, given, session.folder)
        programme_id, round_id = _chosen(ctx, given)
        made = make_report(ctx, by=given.by, programme_id=programme_id, round_id=round_id, day=given.at)
        if given.out:
            return _write(ctx, report_content(made), given, session.folder)
        return {
            "by": made.by, "day": made.day, "program": made.programme_title, "round": made.round_title,
            "lines": [asdict(line) for line in made.lines], "total": asdict(made.total),
        }, 0  # fmt: skip


def _chosen(ctx: Context, given: Namespace) -> tuple[str, str]:
    """Ids of programme and round as named."""
    from app.usecases.programmes import find_programme, find_round

    if given.round and not given.program:
        raise UsageFault("ledger.programme_missing")
    if given.round:
        found = find_round(ctx, programme=given.program, code=given.round)
        return found.programme_id, found.id
    return (find_programme(ctx, code=given.program).id if given.program else ""), ""


def _check(ctx: Context) -> Answer:
    from app.presentation.messages import message
    from app.usecases.ledger import verify_books

    found = verify_books(ctx)
    told = [{"code": one.code, "message": message(one.code, **one.params), "params": dict(one.params)} for one in found]
    words = message("ledger.check.bad", count=len(found)) if found else message("ledger.check.good")
    return {"ok": not found, "problems": told, "message": words}, 1 if found else 0


def _household(ctx: Context, given: Namespace, folder: Path) -> Answer:
    from app.domain.errors import RuleViolation
    from app.interchange.exporting.relief_reports import print_statement, statement_content
    from app.usecases.relief_statements import find_families, make_statement

    hits = find_families(ctx, text=given.text)
    exact = [one for one in hits if one.number == given.text.strip()]
    if not hits:
        raise RuleViolation("ledger.family_none", field="text", text=given.text)
    if len(hits) > 1 and len(exact) != 1:
        if given.out:
            raise RuleViolation("ledger.family_many", field="text", text=given.text)
        return {"families": [asdict(one) for one in hits]}, 0
    statement = make_statement(ctx, entitlement_id=(exact or hits)[0].entitlement_id)
    if not given.out:
        return _told_statement(statement), 0
    if _format(given) == "pdf":
        done = print_statement(ctx, statement=statement, out=Path(given.out), folder=folder)
        return {"file": given.out, "name": done.name, "pages": done.pages}, 0
    return _write(ctx, statement_content(ctx, statement), given, folder)


def _told_statement(statement: Any) -> Mapping[str, Any]:
    from app.cli.outputs import moment

    return {
        **{name: getattr(statement, name) for name in ("head", "kana", "address", "paid", "under_way", "open", "over", "lent", "repaid")},
        "at": moment(statement.at),
        "lines": [{**asdict(line), "wants": list(line.wants)} for line in statement.lines],
    }


def _prefecture(ctx: Context, given: Namespace, folder: Path) -> Answer:
    from app.interchange.exporting.relief_reports import prefecture_content, print_prefecture
    from app.usecases.relief_reports import estimate_from_calculation, report_to_prefecture, save_estimates

    programme_id, round_id = _chosen(ctx, given)
    if given.estimate or given.from_dry_run:
        if not round_id:
            raise UsageFault("ledger.estimate_round")
        if given.from_dry_run:
            estimate_from_calculation(ctx, round_id=round_id)
        if given.estimate:
            save_estimates(ctx, round_id=round_id, estimates=dict(_estimate(text) for text in given.estimate))
    made = report_to_prefecture(ctx, programme_id=programme_id, round_id=round_id, day=given.at)
    if given.out and _format(given) == "pdf":
        done = print_prefecture(ctx, report=made, out=Path(given.out), folder=folder)
        return {"file": given.out, "name": done.name, "pages": done.pages}, 0
    if given.out:
        return _write(ctx, prefecture_content(made), given, folder)
    told = asdict(made)
    return {"program": made.programme_title, "round": made.round_title, **_without(told, _IDS), "to_return": made.to_return}, 0


_IDS = ("programme_id", "programme_title", "round_id", "round_title")


def _without(told: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in names}


def _estimate(text: str) -> tuple[str, int | None]:
    """``WORD=120``; nothing after the sign takes the number back."""
    name, sign, number = text.partition("=")
    plain = number.strip().replace(",", "")
    if not sign or (plain and not plain.isdecimal()):
        raise UsageFault("ledger.estimate_form", text=text)
    return name.strip(), int(plain) if plain else None


def _format(given: Namespace) -> str:
    found: str = given.format or Path(given.out).suffix.lstrip(".").lower()
    return found


def _write(ctx: Context, content: Content, given: Namespace, folder: Path) -> Answer:
    from app.interchange.exporting.relief_reports import write_content

    done = write_content(
        ctx,
        content=content,
        out=Path(given.out),
        format=_format(given),
        encoding=given.encoding,
        folder=folder,
        substitutes=given.substitutes,
    )
    lost = [f"{one.text}: {one.char} ({one.code_point}) \u2192 {one.written}" for one in done.unencodable]
    return {"file": given.out, "rows": done.rows, "pages": done.pages, "unencodable": lost, "problems": list(done.problems)}, 0


# -- the books -------------------------------------------------------------------------------------------------


def _list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.interchange.exporting.relief_reports import journal_content
    from app.usecases import ledger

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        wanted = _filter(ctx, given)
        if given.out:
            return _write(ctx, journal_content(ctx, filter=wanted), given, session.folder)
        entries = ledger.list_entries(ctx, filter=wanted, limit=max(given.limit, 1))
        rows = ledger.posting_rows(ctx, entries=entries)
        return {"entries": len(entries), "postings": [_told_posting(row) for row in rows]}, 0


def _filter(ctx: Context, given: Namespace) -> Any:
    from app.cli.certificate_lookups import read_word
    from app.domain.books import ACCOUNTS, KINDS
    from app.usecases import ledger
    from app.usecases.ledger_rows import LedgerFilter

    programme_id, round_id = _chosen(ctx, given)
    return LedgerFilter(
        account=read_word("posting.account", given.account, ACCOUNTS, field="account") if given.account else "",
        kind=read_word("posting.kind", given.kind, KINDS, field="kind") if given.kind else "",
        programme_id=programme_id, round_id=round_id, site_id=ledger.find_site(ctx, name=given.site) if given.site else "",
        since=ledger.read_book_day(ctx, given.since) if given.since else "", until=ledger.read_book_day(ctx, given.at) if given.at else "",
        text=given.text or given.batch,
    )  # fmt: skip


def _told_posting(row: Any) -> Mapping[str, Any]:
    from app.cli.outputs import moment

    told = asdict(row)
    return {**_without(told, ("id", "posted_at", "programme_id", "site_id")), "posted_at": moment(row.posted_at)}


def _balance(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.interchange.exporting.relief_reports import balance_content
    from app.usecases import ledger

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        programme_id, _ = _chosen(ctx, given)
        if given.out:
            return _write(ctx, balance_content(ctx, programme_id=programme_id, day=given.at), given, session.folder)
        day = ledger.read_book_day(ctx, given.at)
        rows = ledger.trial_balance(ctx, programme_id=programme_id, day=day)
        lines, whole = ledger.read_funds(ctx, day=day)
        chosen = [one for one in lines if not programme_id or one.programme_id == programme_id]
        return {
            "day": day,
            "accounts": [{"account": row.account, "debit": row.debit, "credit": row.credit, "balance": row.balance} for row in rows],
            "sum": sum(row.balance for row in rows),
            "programs": [_told_funds(one) for one in chosen],
            "total": _told_funds(whole),
        }, 0


def _told_funds(one: Any) -> Mapping[str, Any]:
    return {**_without(asdict(one), ("programme_id",)), "paid": one.paid, "free": one.free, "budget_left": one.budget_left}


def _entered(name: str) -> ReliefVerb:
    def run(gateway: FolderGateway, given: Namespace) -> Answer:
        from app.cli.signing import signed_in
        from app.usecases import ledger

        with signed_in(gateway, given) as session:
            done = _enter(session.context, name, given)
            rows = ledger.posting_rows(session.context, entries=[done.entry])
            return {"entry": done.entry, "day": rows[0].day, "postings": [_told_posting(row) for row in rows]}, 0

    return run


def _enter(ctx: Context, name: str, given: Namespace) -> Ledgered:
    from app.domain.books import read_yen
    from app.usecases import ledger

    if name == "reverse":
        return ledger.reverse(ctx, entry=given.entry, reason=given.reason, second=given.second, day=given.on)
    amount = read_yen(given.amount)
    if name == "overpaid":
        from app.usecases.entitlements import find_entitlement

        found, site = find_entitlement(ctx, number=given.entitlement), ledger.find_site(ctx, name=given.site) if given.site else ""
        return ledger.return_overpaid(
            ctx, entitlement_id=found, amount=amount, second=given.second, site_id=site, day=given.on, memo=given.memo
        )
    if name in ("budget", "return"):
        given.program = given.where
    programme_id, round_id = _chosen(ctx, given)
    shared: dict[str, Any] = {"amount": amount, "day": given.on, "memo": given.memo, "programme_id": programme_id}
    if name == "budget":
        return ledger.receive_budget(ctx, round_id=round_id, **shared)
    if name == "return":
        return ledger.return_budget(ctx, round_id=round_id, second=given.second, **shared)
    if name == "fee":
        return ledger.book_fee(ctx, **shared)
    act = ledger.allot if name == "allot" else ledger.bring_back
    return act(ctx, site_id=ledger.find_site(ctx, name=given.where), second=given.second, **shared)


VERBS: Mapping[str, ReliefVerb] = {
    "report": _report,
    "ledger list": _list,
    "ledger balance": _balance,
    **{f"ledger {name}": _entered(name) for name in ("budget", "return", "allot", "back", "fee", "overpaid", "reverse")},
}
