"""Importing accounts: rows name an entitlement or a resident; a file taken twice changes nothing, and nothing is used before its check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.building import Victim
from app.domain.errors import RuleViolation
from app.domain.folding import fold_kana, fold_name
from app.domain.identifiers import new_id
from app.domain.payments import Account, Payee
from app.domain.relief import Entitlement
from app.domain.words import find_code
from app.usecases.account_entry import DECIDING, FIELDS, read_account, with_codes
from app.usecases.accounts import same_place
from app.usecases.banks import bank_book
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.payee_rows import AccountPreview
from app.usecases.payees import household_keys, payees_for, tell_entitlements
from app.usecases.plans import Applied, Entry, Plan, PlanItem
from app.usecases.ports import UnitOfWork

_OWN_MONEY = ("head", "self")


@dataclass(frozen=True, slots=True)
class _Target:
    """Whose account a row is: an entitlement or a household, with its payee so far. ``dead``: money for somebody who died."""

    subject: str
    programme: str
    victim_id: str
    name: str
    kana: str
    birth: str
    address: str
    resident_no: str
    unit: str
    payee: Payee | None
    dead: bool


def plan_import(ctx: Context, *, entries: Iterable[Entry], job: Job = QUIET) -> Plan:
    """What importing these accounts would do; a row that cannot be taken says why. ``values["made"]`` is what ``apply_import`` writes.

    A household or living person without a payee gets its head or itself; everybody else must be payee already or come with role and
    consent. ``made["warnings"]`` are those of the account, as of ``account_entry``. The same account once more for a payee is unchanged.
    Raises Cancelled.
    """
    ctx.require("claim")
    rows = list(entries)
    planner = _Planner(ctx, rows)
    return Plan(items=tuple(planner.plan(entry) for entry in job.track(rows, "job.planning_accounts")))


class _Planner:
    """What is known while rows are planned one after the other; asked of the store once for all rows."""

    def __init__(self, ctx: Context, rows: Sequence[Entry]) -> None:
        self._book = bank_book(ctx.reads)
        self._targets: dict[str, _Target] = {}
        self._seen: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._take_entitlements(ctx, {str(row.values.get("number", "")) for row in rows})
        self._take_households(ctx, {str(row.values.get("resident_no", "")) for row in rows if not row.values.get("number")})
        ids = {target.payee.account_id for target in self._targets.values() if target.payee is not None}
        self._accounts = ctx.reads.payees.accounts(ids)

    def _take_entitlements(self, ctx: Context, numbers: Iterable[str]) -> None:
        by_number = ctx.reads.payees.entitlement_ids_by_number(numbers)
        known = ctx.reads.certificates.many(Entitlement, by_number.values())
        chosen = payees_for(ctx.reads, list(known.values()))
        dead = ctx.reads.payees.deceased([one.casualty_id for one in known.values()])
        for number, one in by_number.items():
            if (found := known.get(one)) is not None:
                self._targets[f"number {number}"] = _Target(
                    found.subject, found.programme_id, found.victim_id, found.name, found.kana, found.birth, found.address, found.resident_no,
                    found.unit, chosen[one].payee, found.casualty_id in dead,
                )  # fmt: skip

    def _take_households(self, ctx: Context, numbers: Iterable[str]) -> None:
        by_resident = ctx.reads.payees.victims_by_resident(numbers)
        known = ctx.reads.certificates.many(Victim, by_resident.values())
        payees: dict[str, Payee] = {}
        keys = {one.id: household_keys(one) for one in known.values()}
        for payee in ctx.reads.payees.by_subjects([key for own in keys.values() for key in own]):
            if not payee.programme_id:
                payees.setdefault(payee.subject, payee)
        for number, victim in by_resident.items():
            if (home := known.get(victim)) is not None:
                own = next((payees[key] for key in keys[victim] if key in payees), None)
                self._targets[f"resident {number}"] = _Target(
                    keys[victim][0], "", home.id, home.head_name, home.head_kana, home.head_birth, home.address, home.resident_no, "household",
                    own, False,
                )  # fmt: skip

    def plan(self, entry: Entry) -> PlanItem:
        """The item of a row."""
        values = entry.values
        label = str(values.get("name") or values.get("number") or values.get("resident_no") or "")
        try:
            return self._plan(entry, label)
        except RuleViolation as fault:
            return PlanItem(line=entry.line, action="error", label=label, values=values, code=fault.code, params=fault.params)

    def _plan(self, entry: Entry, label: str) -> PlanItem:
        values = entry.values
        key = f"number {values['number']}" if values.get("number") else f"resident {values.get('resident_no', '')}"
        target = self._targets.get(key)
        if target is None:
            raise RuleViolation("account.payee_unknown", field="number")
        payee = self._payee(target, values)
        typed = {**{name: values.get(name, "") for name in FIELDS}, "number": values.get("account_number", "")}
        read = read_account(self._book, typed, kana=payee.kana)
        first = self._once(entry.line, f"{payee.subject}/{payee.programme_id}", read)
        stored = self._accounts.get(payee.account_id) if payee.account_id else None
        action, account, retired = _decide(payee, stored, read)
        told = () if action == "unchanged" or first != entry.line else tuple(read.warnings)
        made = {"payee": payee, "account": account, "retired": retired, "action": action, "first": first, "warnings": told}
        existing = account.id if account.version else ""
        shown = action if first == entry.line else "unchanged"
        return PlanItem(line=entry.line, action=shown, label=label, values={**values, "made": made}, existing=existing)

    def _payee(self, target: _Target, values: Mapping[str, Any]) -> Payee:
        """The payee so far, or a new one: RuleViolation when the row names somebody else without saying why."""
        name, role = str(values.get("name", "")), _role(str(values.get("role", "")))
        if target.payee is not None:
            if name and fold_name(name) != fold_name(target.payee.name):
                number = str(values.get("number") or values.get("resident_no"))
                raise RuleViolation("account.name_differs", field="name", number=number, known=target.payee.name, text=name)
            return target.payee
        own = not name or fold_name(name) == fold_name(target.name)
        default = "self" if target.unit == "person" else "head"
        if target.dead or (not own and (not role or role in _OWN_MONEY)):
            raise RuleViolation("account.several_payees", field="name", name=name or target.name)
        role = role or default
        consent = str(values.get("consent", ""))
        if role not in _OWN_MONEY and not consent:
            raise RuleViolation("payee.consent_missing", field="consent", name=name)
        particulars = {"kana": target.kana, "birth": target.birth, "resident_no": target.resident_no} if own else {}
        given = {"kana": str(values["kana"])} if values.get("kana") else {}
        made: dict[str, Any] = {
                "id": new_id(), "subject": target.subject, "victim_id": target.victim_id, "role": role, "name": target.name if own else name,
                "address": target.address, "consent": consent, **particulars, **given,
            }  # fmt: skip
        return Payee(**made)

    def _once(self, line: int, key: str, read: AccountPreview) -> int:
        """The first line with this account for this payee; RuleViolation when an earlier line says another one."""
        place = tuple(str(read.values.get(name, "")) for name in DECIDING)
        first = self._seen.setdefault(key, (line, place))
        if first[1] != place:
            raise RuleViolation("account.twice_in_file", field="account_number", first=first[0])
        return first[0]


def _role(text: str) -> str:
    return find_code("payee_role", text) or "" if text else ""


def _decide(payee: Payee, stored: Account | None, read: AccountPreview) -> tuple[str, Account, Account | None]:
    """What becomes of a row: its action, the account to keep, and the one that gives way."""
    if stored is not None and stored.state in ("entered", "checked", "wrong") and same_place(stored, read.values):
        changed = with_codes(stored, read)
        same = changed == replace(stored, warnings=changed.warnings, list_day=changed.list_day)
        return ("unchanged" if same else "update"), (stored if same else replace(changed, warnings=changed.warnings)), None
    made = with_codes(Account(id=new_id(), payee_id=payee.id), read)
    gives_way = stored if stored is not None and stored.state in ("entered", "checked") else None
    return "update" if stored is not None else "create", made, gives_way


def apply_import(ctx: Context, *, plan: Plan, skip_lines: frozenset[int] = frozenset(), source: str = "", job: Job = QUIET) -> Applied:
    """Do what the plan says in one transaction, without ``skip_lines``. Every account waits for its check. Cancel leaves everything as it was."""
    ctx.require("claim")
    items = _taken(plan, skip_lines)
    wanted = [item for item in items if item.action in ("create", "update")]
    new_payees: dict[tuple[str, str], Payee] = {}
    changed_payees: dict[str, Payee] = {}
    accounts: dict[str, Account] = {}
    retired: dict[str, Account] = {}
    with ctx.unit(reason=source) as uow:
        for item in job.track(wanted, "job.importing_accounts"):
            made = item.values["made"]
            payee, account = made["payee"], made["account"]
            if not payee.version:
                key = (payee.subject, payee.programme_id)
                first = new_payees.get(key)
                if first is not None:
                    continue  # the same account again for another round of the same household
                payee = new_payees[key] = replace(payee, account_id=account.id, protected=_is_protected(uow, payee))
            elif payee.id in changed_payees:
                continue
            elif payee.account_id != account.id:
                changed_payees[payee.id] = replace(payee, account_id=account.id)
            accounts[account.id] = account if account.version else replace(account, entered_by=ctx.actor.operator_id)
            if made["retired"] is not None:
                retired[made["retired"].id] = replace(made["retired"], state="retired")
        _write(uow, new_payees.values(), changed_payees.values(), accounts.values(), retired.values())
        tell_entitlements(uow, {item.values["made"]["payee"].subject for item in wanted})
        if wanted:
            uow.log_access(action="import", persons=len(wanted), target=source)
        done = uow.commit()
    counts = {action: sum(item.action == action for item in items) for action in ("create", "update", "unchanged", "review")}
    return Applied(created=counts["create"], updated=counts["update"], unchanged=counts["unchanged"], review=counts["review"], changes=done)


def _taken(plan: Plan, skip_lines: frozenset[int]) -> list[PlanItem]:
    """The rows to do. One that repeats a skipped row is done in its place."""
    done: set[int] = set()
    taken: list[PlanItem] = []
    for item in plan.items:
        if item.line in skip_lines:
            continue
        made = item.values.get("made", {})
        if made and made["first"] in skip_lines and made["first"] not in done:
            done.add(made["first"])
            item = replace(item, action=made["action"])
        taken.append(item)
    return taken


def _write(
    uow: UnitOfWork, new: Iterable[Payee], changed: Iterable[Payee], accounts: Iterable[Account], retired: Iterable[Account]
) -> None:
    uow.payees.add_many(list(new))
    kept = list(accounts)
    uow.accounts.add_many([one for one in kept if not one.version])
    uow.accounts.save_many([one for one in kept if one.version])
    uow.accounts.save_many(list(retired))
    uow.payees.save_many(list(changed))


def _is_protected(uow: UnitOfWork, payee: Payee) -> bool:
    people = uow.reads.protected()
    named = {fold_name(payee.name), fold_kana(payee.kana)} - {""}
    return bool(
        payee.victim_id in people.victims - {""} or payee.resident_no in people.numbers - {""} or not people.names.isdisjoint(named)
    )
