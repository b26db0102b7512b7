"""The verbs of ``relief`` for payees, accounts and banks."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.domain.errors import RuleViolation, UsageFault
from app.domain.identifiers import read_lettered
from app.presentation.console import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.usecases.context import Context
    from app.usecases.payee_rows import AccountPreview, PayeeRow, Warned

_PAYEE = ("name", "kana", "birth", "postal", "address", "phone", "role", "way", "consent", "note")
_ACCOUNT = ("bank", "branch", "kind", "number", "holder", "symbol", "symbol_no", "reason", "note")
_SHOWS = ("all", "waiting", "mine", "wrong", "missing", "photo_missing", "warned", "twins", "ended")


def add_verbs(make: ReliefMaker) -> None:
    """Their options."""
    _payee_verbs(make)
    _account_verbs(make)
    _bank_verbs(make)


def _payee_verbs(make: ReliefMaker) -> None:
    act = make.acts("payees")
    _listing(act("list"))
    act("show").add_argument("payee", metavar="PAYEE")
    put = act("set")
    put.add_argument("entitlement", nargs="?", default="", metavar="NUMBER")
    for name in ("payee", "victim", *_PAYEE, "program"):
        put.add_argument(f"--{name}", default=None if name in _PAYEE else "", metavar="TEXT")
    put.add_argument("--document", action="append", default=[], metavar="TEXT")
    put.add_argument("--replace", action="store_true", help=HELP["relief.payees.replace"])
    put.add_argument("--reason", default="", metavar="TEXT")
    end = act("end")
    end.add_argument("payee", metavar="PAYEE")
    end.add_argument("--reason", required=True, metavar="TEXT")
    propose = act("propose")
    propose.add_argument("entitlement", metavar="NUMBER")
    propose.add_argument("--take", type=int, default=0, metavar="N", help=HELP["relief.payees.take"])
    propose.add_argument("--consent", default="", metavar="TEXT")
    adopt = act("adopt")
    adopt.add_argument("program", metavar="PROGRAM")
    adopt.add_argument("round", metavar="ROUND")
    adopt.add_argument("--way", choices=("transfer", "cash"), default="transfer")


def _listing(parser: ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", default="", metavar="TEXT")
    parser.add_argument("--show", choices=_SHOWS, default="all")
    parser.add_argument("--role", default="", metavar="ROLE")
    parser.add_argument("--way", choices=("transfer", "cash", "in_kind"), default="")
    parser.add_argument("--bank", default="", metavar="CODE")
    parser.add_argument("--limit", type=int, default=200, metavar="N")


def _account_verbs(make: ReliefMaker) -> None:
    from app.cli.arguments import _import_options

    act = make.acts("accounts")
    _listing(act("list"))
    add = act("add")
    add.add_argument("payee", metavar="PAYEE")
    for name in _ACCOUNT:
        add.add_argument(f"--{name.replace('_', '-')}", dest=name, default=None, metavar="TEXT")
    add.add_argument("--account", default="", metavar="ID", help=HELP["relief.accounts.account"])
    add.add_argument("--photo", default="", metavar="FILE")
    add.add_argument("--dry-run", action="store_true", help=HELP["relief.accounts.dry"])
    check = act("check")
    check.add_argument("payees", nargs="+", metavar="PAYEE")
    check.add_argument("--refuse", action="store_true", help=HELP["relief.accounts.refuse"])
    check.add_argument("--note", default="", metavar="TEXT")
    mark = act("mark")
    mark.add_argument("payee", metavar="PAYEE")
    mark.add_argument("--as", dest="state", choices=("wrong", "closed", "deceased", "retired"), required=True)
    mark.add_argument("--reason", required=True, metavar="TEXT")
    load = act("import")
    load.add_argument("file", metavar="FILE")
    load.add_argument("--dry-run", action="store_true", help=HELP["relief.accounts.import_dry"])
    _import_options(load)
    photo = act("photo")
    photo.add_argument("payee", metavar="PAYEE")
    photo.add_argument("--out", required=True, metavar="FILE")


def _bank_verbs(make: ReliefMaker) -> None:
    act = make.acts("banks")
    find = act("find")
    find.add_argument("text", metavar="TEXT")
    find.add_argument("--bank", default="", metavar="CODE", help=HELP["relief.banks.bank"])
    add = act("add")
    add.add_argument("bank", metavar="BANK")
    add.add_argument("branch", nargs="?", default="", metavar="BRANCH")
    for name in ("name", "kana", "closed-on", "moved-to"):
        add.add_argument(f"--{name}", default="", metavar="TEXT")
    add.add_argument("--reason", required=True, metavar="TEXT")
    act("list")
    remove = act("remove")
    remove.add_argument("bank", metavar="BANK")
    remove.add_argument("branch", nargs="?", default="", metavar="BRANCH")
    remove.add_argument("--reason", required=True, metavar="TEXT")
    yucho = act("yucho")
    yucho.add_argument("symbol", metavar="SYMBOL")
    yucho.add_argument("number", nargs="?", default="", metavar="NUMBER")
    yucho.add_argument("--back", action="store_true", help=HELP["relief.banks.back"])
    act("kana").add_argument("text", metavar="TEXT")


# -- payees ------------------------------------------------------------------------------------------------


def _row(one: PayeeRow) -> dict[str, Any]:
    told = asdict(one)
    told["warnings"] = list(one.warnings)
    told["checked_at"] = one.checked_at.isoformat() if one.checked_at else None
    return told


def _list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.payee_rows import PayeeFilter
    from app.usecases.payees import list_payee_ids, payee_counts, payee_rows

    with signed_in(gateway, given) as session:
        wanted = PayeeFilter(text=given.text, show=given.show, role=_role(given.role), way=given.way, bank=given.bank)
        ids = list_payee_ids(session.context, filter=wanted)
        rows = payee_rows(session.context, ids[: max(given.limit, 0)])
        return {"count": len(ids), "counts": payee_counts(session.context), "payees": [_row(one) for one in rows]}, 0


def _role(text: str) -> str:
    from app.domain.words import need_code

    return need_code("payee_role", text, field="role") if text else ""


def _show(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.payees import find_payee, open_payee

    with signed_in(gateway, given) as session:
        file = open_payee(session.context, payee_id=find_payee(session.context, text=given.payee))
        shown = {name: value for name, value in asdict(file.payee).items() if name not in ("deleted", "version", "id")}
        accounts = [_account(asdict(one)) for one in file.accounts]
        numbers = [number for _, number in file.entitlements]
        return {
            **_row(file.row),
            **shown,
            "id": file.payee.id,
            "documents": list(file.payee.documents),
            "accounts": accounts,
            "entitlements": numbers,
        }, 0


def _account(told: dict[str, Any]) -> dict[str, Any]:
    told["checked_at"] = told["checked_at"].isoformat() if told["checked_at"] else None
    told["warnings"] = list(told["warnings"])
    told["photo"] = bool(told["photo"])
    del told["deleted"]
    return told


def _set(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.payees import find_payee, save_payee
    from app.usecases.programmes import find_programme

    values: dict[str, Any] = {name: getattr(given, name) for name in _PAYEE if getattr(given, name) is not None}
    if given.document:
        values["documents"] = given.document
    if given.reason:
        values["reason"] = given.reason
    with signed_in(gateway, given) as session:
        ctx = session.context
        if given.program:
            values["programme_id"] = find_programme(ctx, code=given.program).id
        done = save_payee(
            ctx,
            values=values,
            entitlement_id=_entitlement(ctx, given.entitlement) if given.entitlement else "",
            victim_id=given.victim,
            payee_id=find_payee(ctx, text=given.payee) if given.payee else "",
            replace_old=given.replace,
            reason=given.reason,
        )
        return {"id": done.payee_id, "replaced": done.replaced, "changed": bool(done.changes), "warnings": _warned(done.warnings)}, 0


def _warned(warnings: Sequence[Warned]) -> list[dict[str, Any]]:
    from app.presentation.messages import message

    return [{"code": code, "text": message(code, **params)} for code, params in warnings]


def _entitlement(ctx: Context, number: str) -> str:
    """The entitlement of a number or id; RuleViolation ``record.not_found``."""
    found = ctx.reads.payees.entitlement_ids_by_number([read_lettered("T", number) or number.strip()])
    if found:
        return next(iter(found.values()))
    if ctx.reads.get("entitlement", number) is None:
        raise RuleViolation("record.not_found", kind="entitlement", record=number)
    return number


def _end(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.payees import end_payee, find_payee

    with signed_in(gateway, given) as session:
        found = find_payee(session.context, text=given.payee)
        return {"id": found, "changed": bool(end_payee(session.context, payee_id=found, reason=given.reason))}, 0


def _propose(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.presentation.messages import message
    from app.usecases.payees import propose_payees, save_payee

    with signed_in(gateway, given) as session:
        wanted = _entitlement(session.context, given.entitlement)
        found = propose_payees(session.context, entitlement_id=wanted)
        rows = [
            {
                "place": place, "name": one.name, "kana": one.kana, "birth": one.birth, "relation": one.relation, "role": one.role or None,
                "order": one.order, "equals": one.equals, "consent": one.consent, "why": message(one.reason),
            }
            for place, one in enumerate(found, start=1)
        ]  # fmt: skip
        if not given.take:
            return {"count": len(rows), "proposals": rows}, 0
        if not 1 <= given.take <= len(found):
            raise UsageFault("payee.nobody_to_propose")
        values = {**found[given.take - 1].values, "consent": given.consent}
        done = save_payee(session.context, values=values, entitlement_id=wanted)
        return {"count": len(rows), "proposals": rows, "id": done.payee_id, "warnings": _warned(done.warnings)}, 0


def _adopt(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.cli.signing import signed_in
    from app.domain.relief import Entitlement
    from app.usecases.entitlements import list_entitlement_ids
    from app.usecases.job import Job
    from app.usecases.payees import adopt_payees
    from app.usecases.programmes import find_programme, find_round
    from app.usecases.relief_rows import EntitlementFilter

    with signed_in(gateway, given) as session:
        ctx = session.context
        programme = find_programme(ctx, code=given.program)
        one = find_round(ctx, programme=programme.id, code=given.round)
        ids = list_entitlement_ids(ctx, filter=EntitlementFilter(programme_id=programme.id, round_id=one.id, state="open"))
        known = ctx.reads.certificates.many(Entitlement, ids)
        count, _ = adopt_payees(ctx, entitlements=[known[each] for each in ids if each in known], way=given.way, job=Job(show_progress))
        return {"looked_at": len(ids), "created": count}, 0


# -- accounts ----------------------------------------------------------------------------------------------


def _in_use(ctx: Context, text: str) -> tuple[str, str]:
    """Payee and the account in use, of an account's or payee's id, a number or a name. RuleViolation ``account.missing``."""
    from app.domain.payments import Account
    from app.usecases.accounts import need_payee
    from app.usecases.payees import find_payee

    if isinstance(found := ctx.reads.get("payee_account", text), Account):
        return found.payee_id, found.id
    payee = need_payee(ctx, find_payee(ctx, text=text))
    if not payee.account_id:
        raise RuleViolation("account.missing", field="account")
    return payee.id, payee.account_id


def _add(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.interchange.importing.account_photo import read_account_photo
    from app.usecases.accounts import preview, save_account

    values = {name: getattr(given, name) for name in _ACCOUNT if getattr(given, name) is not None}
    photo = read_account_photo(Path(given.photo)) if given.photo else None
    with signed_in(gateway, given) as session:
        ctx = session.context
        payee = _payee_for(ctx, given.payee, write=not given.dry_run)
        if given.dry_run:
            return _previewed(preview(ctx, values=values, payee_id=payee))
        done = save_account(ctx, payee_id=payee, values=values, account_id=given.account, photo=photo)
        told = _account(asdict(done.account))
        return {**told, "payee": payee, "changed": bool(done.changes), "warnings": _warned(done.warnings), **_legal(done.account.holder)}, 0


def _payee_for(ctx: Context, text: str, *, write: bool) -> str:
    """The payee meant; for an entitlement without any its head or person becomes it."""
    from app.usecases.payees import find_payee, save_payee

    found = ctx.reads.payees.entitlement_ids_by_number([read_lettered("T", text) or text.strip()])
    if not found:
        return find_payee(ctx, text=text)
    from app.domain.relief import Entitlement
    from app.usecases.payees import payees_for

    wanted = ctx.reads.get("entitlement", next(iter(found.values())))
    if not isinstance(wanted, Entitlement):
        raise RuleViolation("record.not_found", kind="entitlement", record=text)
    chosen = payees_for(ctx.reads, [wanted])[wanted.id].payee
    if chosen is not None:
        return chosen.id
    if not write or (wanted.casualty_id and ctx.reads.payees.deceased([wanted.casualty_id])):
        raise RuleViolation("payee.missing", field="payee")
    return save_payee(ctx, values={}, entitlement_id=wanted.id).payee_id


def _legal(holder: str) -> dict[str, Any]:
    from app.domain.bank_kana import legal_kana

    made = legal_kana(holder)
    return {"legal": made.text, "bytes": len(made.text), "cut": made.cut, "kana_changes": [asdict(one) for one in made.changes]}


def _previewed(read: AccountPreview) -> Answer:
    from app.presentation.messages import message

    problems = [{"code": code, "field": field, "text": message(code, **params)} for code, field, params in read.problems]
    told = {name: read.values[name] for name in ("bank", "bank_name", "branch", "branch_name", "kind", "number", "holder", "listed")}
    kana = {"legal": read.legal, "cut": read.cut, "kana_changes": [asdict(one) for one in read.changes], "symbol": read.symbol}
    return {**told, **kana, "warnings": _warned(read.warnings), "problems": problems}, 1 if problems else 0


def _check(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.accounts import check_account, need_account, need_payee, same_accounts

    with signed_in(gateway, given) as session:
        ctx = session.context
        done = []
        for text in given.payees:
            payee, account = _in_use(ctx, text)
            known, place = need_payee(ctx, payee), need_account(ctx, account)
            twins = same_accounts(ctx.reads, account_ids=[account]).get(account, ())
            check_account(ctx, account_id=account, accept=not given.refuse, note=given.note)
            done.append(
                {
                    "payee": payee,
                    "account": account,
                    "name": known.name,
                    "bank_name": place.bank_name or place.bank,
                    "branch_name": place.branch_name or place.branch,
                    "account_number": place.number,
                    "holder": place.holder,
                    "state": "wrong" if given.refuse else "checked",
                    "same_account": [one.name for one in twins],
                }
            )
        return {"count": len(done), "checked": done}, 0


def _mark(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.accounts import mark_account

    with signed_in(gateway, given) as session:
        payee, account = _in_use(session.context, given.payee)
        mark_account(session.context, account_id=account, state=given.state, reason=given.reason)
        return {"payee": payee, "account": account, "state": given.state}, 0


def _import(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import answer_import, read_options, report_to, show_progress
    from app.cli.signing import signed_in
    from app.interchange.importing.accounts import prepare_accounts
    from app.interchange.importing.run import apply_prepared
    from app.usecases.job import Job

    with signed_in(gateway, given) as session:
        job = Job(show_progress)
        options = read_options(session.context, given, "accounts")
        prepared = prepare_accounts(session.context, path=Path(given.file), options=options, job=job)
        done = apply_prepared(
            session.context, prepared=prepared, on_error=given.on_error, report=report_to(given), dry_run=given.dry_run, job=job
        )
        return answer_import(done, "created", "updated", "unchanged")


def _photo(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.accounts import account_photo
    from app.usecases.files import atomic_output

    with signed_in(gateway, given) as session:
        _, account = _in_use(session.context, given.payee)
        content = account_photo(session.context, account_id=account)
        with atomic_output(Path(given.out)) as temporary:
            temporary.write_bytes(content)
        return {"file": given.out, "bytes": len(content)}, 0


# -- banks -------------------------------------------------------------------------------------------------


def _find(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.banks import bank_book, list_day

    with signed_in(gateway, given) as session:
        book = bank_book(session.context.reads)
        if not given.bank:
            return {"list_day": list_day(), "banks": [asdict(one) for one in book.banks(given.text)]}, 0
        bank = book.only_bank(given.bank)
        if bank is None:
            raise RuleViolation("bank.not_found", field="bank", text=given.bank)
        return {"list_day": list_day(), "bank": bank.code, "branches": [asdict(one) for one in book.branches(bank.code, given.text)]}, 0


def _bank_add(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.banks import save_own_bank

    values = {"bank": given.bank, "branch": given.branch, "name": given.name, "kana": given.kana}
    values.update(closed_on=given.closed_on, moved_to=given.moved_to)
    with signed_in(gateway, given) as session:
        made, changes = save_own_bank(session.context, values=values, reason=given.reason)
        return {"id": made, "changed": bool(changes)}, 0


def _bank_list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.banks import list_day, list_own_banks

    with signed_in(gateway, given) as session:
        own = [
            {name: value for name, value in asdict(one).items() if name not in ("deleted", "version")}
            for one in list_own_banks(session.context)
        ]
        return {"list_day": list_day(), "own": own}, 0


def _bank_remove(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.banks import list_own_banks, remove_own_bank

    with signed_in(gateway, given) as session:
        own = [one for one in list_own_banks(session.context) if (one.bank, one.branch) == (given.bank, given.branch)]
        if not own:
            raise RuleViolation("bank.not_found", field="bank", text=f"{given.bank} {given.branch}".strip())
        return {"id": own[0].id, "changed": bool(remove_own_bank(session.context, own_id=own[0].id, reason=given.reason))}, 0


def _yucho(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.domain.yucho import read_symbol, to_account, to_symbol

    if given.back:
        kind = "1" if given.symbol.endswith("8") else "2"
        back = to_symbol(given.symbol, kind, given.number)
        return {"symbol": back.symbol, "number": back.number, "whole": back.whole}, 0
    symbol, number = (given.symbol, given.number) if given.number else read_symbol(given.symbol)
    found = to_account(symbol, number)
    return {"bank": "9900", "branch": found.branch, "kind": found.kind, "number": found.number}, 0


def _kana(gateway: FolderGateway, given: Namespace) -> Answer:
    return _legal(given.text), 0


VERBS: Mapping[str, ReliefVerb] = {
    "payees list": _list, "payees show": _show, "payees set": _set, "payees end": _end, "payees propose": _propose, "payees adopt": _adopt,
    "accounts list": _list, "accounts add": _add, "accounts check": _check, "accounts mark": _mark, "accounts import": _import,
    "accounts photo": _photo, "banks find": _find, "banks add": _bank_add, "banks list": _bank_list, "banks remove": _bank_remove,
    "banks yucho": _yucho, "banks kana": _kana,
}  # fmt: skip
