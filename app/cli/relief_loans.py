"""``relief loans …``: lending, plans of repayment, what came back, arrears."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.domain.errors import UsageFault

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.domain.loan_schedule import Instalment
    from app.usecases.loan_rows import LoanFile

_STATES = ("running", "finished", "exempted", "deferred")


def add_loan_verbs(make: ReliefMaker) -> None:
    """Their options."""
    act = make.acts("loans")
    listing = act("list")
    listing.add_argument("--text", default="", metavar="TEXT")
    listing.add_argument("--state", default="", choices=("", *_STATES))
    listing.add_argument("--late", action="store_true")
    listing.add_argument("--out", default="", metavar="FILE")
    show = act("show")
    show.add_argument("number", metavar="NUMBER")
    show.add_argument("--on", default="", metavar="DATE")
    show.add_argument("--out", default="", metavar="FILE")
    plan = act("plan")
    plan.add_argument("amount", metavar="YEN")
    plan.add_argument("--on", required=True, metavar="DATE")
    _terms(plan)
    lend = act("lend")
    lend.add_argument("entitlement", metavar="NUMBER")
    lend.add_argument("--on", default="", metavar="DATE")
    lend.add_argument("--guarantor", default="", metavar="NAME")
    lend.add_argument("--note", default="", metavar="TEXT")
    _terms(lend)
    repay = act("repay")
    repay.add_argument("number", metavar="NUMBER")
    repay.add_argument("amount", metavar="YEN")
    repay.add_argument("--on", default="", metavar="DATE")
    repay.add_argument("--late", default="0", metavar="YEN")
    repay.add_argument("--way", default="", metavar="TEXT")
    repay.add_argument("--early", action="store_true")
    repay.add_argument("--note", default="", metavar="TEXT")
    back = act("take-back")
    back.add_argument("repayment", metavar="ID")
    back.add_argument("--reason", required=True, metavar="TEXT")
    state = act("state")
    state.add_argument("number", metavar="NUMBER")
    state.add_argument("--to", required=True, choices=("running", "deferred", "exempted"))
    state.add_argument("--reason", required=True, metavar="TEXT")


def _terms(parser: ArgumentParser) -> None:
    parser.add_argument("--rate", default=None, metavar="PERCENT")
    for name in ("years", "grace-years", "every"):
        parser.add_argument(f"--{name}", type=int, default=None, metavar="N")


def _list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.loan_rows import LoanFilter
    from app.usecases.loans import list_loans

    wanted = LoanFilter(text=given.text, state=given.state, late=given.late)
    with signed_in(gateway, given) as session:
        if given.out:
            from app.interchange.exporting.loans import write_loans

            done = write_loans(session.context, filter=wanted, out=Path(given.out), format=_format(given.out), folder=session.folder)
            return {"file": given.out, "rows": done.rows, "pages": done.pages}, 0
        rows = [asdict(row) for row in list_loans(session.context, filter=wanted)]
        return {
            "count": len(rows), "principal": sum(row["principal"] for row in rows), "owed": sum(row["owed"] for row in rows),
            "arrears": sum(row["arrears"] for row in rows), "loans": rows,
        }, 0  # fmt: skip


def _format(name: str) -> str:
    return Path(name).suffix.lstrip(".").lower()


def _show(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.loans import find_loan, open_loan
    from app.usecases.programmes import read_day

    with signed_in(gateway, given) as session:
        found = find_loan(session.context, number=given.number)
        if given.out:
            from app.interchange.exporting.loans import write_plan

            done = write_plan(session.context, loan_id=found, out=Path(given.out), format=_format(given.out), folder=session.folder)
            return {"file": given.out, "rows": done.rows, "pages": done.pages}, 0
        day = read_day(given.on, field="on")
        return _told(open_loan(session.context, loan_id=found, on=date.fromisoformat(day) if day else None)), 0


def _told(file: LoanFile) -> dict[str, Any]:
    loan, standing = file.loan, file.standing
    return {
        "id": loan.id, "number": loan.number, "state": loan.state, "borrower": loan.borrower, "guarantor": loan.guarantor,
        "principal": loan.principal, "rate": loan.rate, "lent_on": loan.lent_on, "years": loan.years, "grace_years": loan.grace_years,
        "every": loan.every, "repaid": standing.repaid, "owed": standing.owed, "rest": standing.rest, "arrears": standing.arrears,
        "charge": standing.charge, "settle": sum(file.settle), "next_on": standing.next.due_on.isoformat() if standing.next else "",
        "next_amount": standing.next_missing,
        "late": [
            {"instalment": one.number, "due_on": one.due_on.isoformat(), "missing": one.missing, "days": one.days, "charge": one.charge}
            for one in standing.late
        ],
        "schedule": [_instalment(one) for one in file.schedule],
        "repayments": [
            {
                "id": one.id, "paid_on": one.paid_on, "amount": one.amount, "interest": one.interest, "late": one.late, "way": one.way,
                "reverses": one.reverses, "note": one.note,
            }
            for one in file.repayments
        ],
    }  # fmt: skip


def _instalment(one: Instalment) -> dict[str, Any]:
    return {
        "instalment": one.number, "due_on": one.due_on.isoformat(), "total": one.total, "part": one.principal, "interest": one.interest,
        "owed_after": one.left,
    }  # fmt: skip


def _plan(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.domain.loan_schedule import make_schedule
    from app.domain.programme_plan import LoanTerms
    from app.usecases.programmes import read_day

    found = read_day(given.on, field="on")
    if not found:
        raise UsageFault("programme.day", value=given.on)
    schedule = make_schedule(read_amount(given.amount), date.fromisoformat(found), _given_terms(LoanTerms(rate="0"), given))
    return {
        "count": len(schedule), "total": sum(one.total for one in schedule), "interest": sum(one.interest for one in schedule),
        "schedule": [_instalment(one) for one in schedule],
    }, 0  # fmt: skip


def _given_terms(terms: Any, given: Namespace) -> Any:
    said = {name: getattr(given, name) for name in ("rate", "years", "grace_years", "every") if getattr(given, name) is not None}
    return replace(terms, **said)


def _lend(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.domain.programme_plan import LoanTerms
    from app.domain.relief import Entitlement
    from app.usecases.entitlements import find_entitlement
    from app.usecases.loans import lend, open_loan

    with signed_in(gateway, given) as session:
        ctx = session.context
        found = find_entitlement(ctx, number=given.entitlement)
        owner = ctx.reads.relief.many(Entitlement, [found])[found]
        programme = ctx.reads.get("programme", owner.programme_id)
        terms = _given_terms(LoanTerms.from_json(getattr(programme, "terms", "")), given)
        made, _ = lend(ctx, entitlement_id=found, lent_on=given.on, guarantor=given.guarantor, terms=terms, note=given.note)
        return _told(open_loan(ctx, loan_id=made)), 0


def read_amount(text: str) -> int:
    """Whole yen as typed on the command line; UsageFault ``money.unreadable``."""
    plain = text.strip().replace(",", "").replace("_", "")
    digits = plain.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 15:
        raise UsageFault("money.unreadable", text=text[:40])
    return int(plain)


def _repay(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.loans import find_loan, open_loan, repay

    with signed_in(gateway, given) as session:
        found = find_loan(session.context, number=given.number)
        made, _ = repay(
            session.context, loan_id=found, amount=read_amount(given.amount), paid_on=given.on, late=read_amount(given.late), way=given.way,
            early=given.early, note=given.note,
        )  # fmt: skip
        after = open_loan(session.context, loan_id=found)
        return {
            "id": made.id, "number": after.loan.number, "amount": made.amount, "interest": made.interest, "late": made.late,
            "state": after.loan.state, "owed": after.standing.owed, "arrears": after.standing.arrears,
        }, 0  # fmt: skip


def _take_back(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.loans import take_back

    with signed_in(gateway, given) as session:
        made, _ = take_back(session.context, repayment_id=given.repayment, reason=given.reason)
        return {"id": made.id, "reverses": made.reverses, "amount": made.amount}, 0


def _state(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.loans import find_loan, open_loan, set_loan_state

    with signed_in(gateway, given) as session:
        found = find_loan(session.context, number=given.number)
        set_loan_state(session.context, loan_id=found, state=given.to, reason=given.reason)
        after = open_loan(session.context, loan_id=found)
        return {"number": after.loan.number, "state": after.loan.state, "owed": after.standing.owed, "reason": after.loan.reason}, 0


LOAN_VERBS: Mapping[str, ReliefVerb] = {
    "loans list": _list,
    "loans show": _show,
    "loans plan": _plan,
    "loans lend": _lend,
    "loans repay": _repay,
    "loans take-back": _take_back,
    "loans state": _state,
}
