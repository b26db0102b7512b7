"""Who receives: the head, a member, heirs in legal order, a guardian, somebody who lives apart, a contractor. DOMAIN 4.2."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.building import Victim
from app.domain.errors import RuleViolation
from app.domain.folding import fold_name
from app.domain.identifiers import new_id, read_lettered
from app.domain.payments import HEIRS, PAYEE_ROLES, WAYS, Account, Payee
from app.domain.relief import Entitlement
from app.domain.relief_rules import subject_keys
from app.domain.words import find_code
from app.usecases.account_masking import shown_account, shown_rows
from app.usecases.accounts import need_payee, usable_problem
from app.usecases.banks import bank_book
from app.usecases.buildings import fit
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.masking import protected_likeness, sees_protected
from app.usecases.payee_proposals import is_death, propose_payees
from app.usecases.payee_rows import PayeeChoice, PayeeFile, PayeeFilter, PayeeRow, SavedPayee, Warned
from app.usecases.ports import Reads, UnitOfWork
from app.usecases.relief_subjects import household_key

__all__ = [
    "adopt_payees", "end_payee", "find_payee", "list_payee_ids", "open_payee", "payee_counts", "payee_rows", "payees_for", "propose_payees",
    "save_payee",
]  # fmt: skip
HOUSEHOLD_KEYS = ("household:", "victim:", "head:", "head-resident:", "head-person:", "apart:")
_WITHOUT_CONSENT = frozenset(("head", "self", "apart", "contractor"))
_FIXED = ("account_id", "protected", "state", "deleted")
_MOST_TEXT = 2000


# -- lists -------------------------------------------------------------------------------------------------


def list_payee_ids(ctx: Context, *, filter: PayeeFilter | None = None) -> Sequence[str]:
    """Payees in the order of the filter's sort."""
    return ctx.reads.payees.ids(filter=filter or PayeeFilter(), operator=ctx.actor.operator_id)


def payee_rows(ctx: Context, ids: Sequence[str]) -> list[PayeeRow]:
    """Rows in the order of the ids. Accounts are masked for an actor without a right to them (``usecases.account_masking``)."""
    return shown_rows(ctx, ctx.reads.payees.rows(ids))


def payee_counts(ctx: Context) -> dict[str, int]:
    """How many each filter of the list shows."""
    return ctx.reads.payees.counts(operator=ctx.actor.operator_id)


def open_payee(ctx: Context, *, payee_id: str) -> PayeeFile:
    """Everything about one payee; noted in the access log. RuleViolation ``record.not_found``."""
    payee = need_payee(ctx, payee_id)
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=[payee.person_id or payee.resident_no or payee.id], target="payee")
        uow.commit()
    return PayeeFile(
        payee=payee, row=payee_rows(ctx, [payee_id])[0],
        accounts=tuple(shown_account(ctx, one) for one in ctx.reads.payees.accounts_of([payee_id]).get(payee_id, ())),
        entitlements=tuple(ctx.reads.payees.entitlements_of(payee)),
    )  # fmt: skip


def find_payee(ctx: Context, *, text: str) -> str:
    """The one payee of an id, an entitlement's number or a whole name. RuleViolation ``payee.not_found``, ``payee.several``."""
    if isinstance(ctx.reads.get("payee", text), Payee):
        return text
    ids = list_payee_ids(ctx, filter=PayeeFilter(text=text))
    rows = payee_rows(ctx, ids[:50])
    whole = [row for row in rows if row.entitlement_number == (read_lettered("T", text) or text.upper()) or fold_name(row.name) == fold_name(text)] or rows
    if not whole:
        raise RuleViolation("payee.not_found", field="payee", text=text)
    if len(whole) > 1:
        raise RuleViolation("payee.several", field="payee", text=text, count=len(whole))
    return whole[0].id


# -- saving ------------------------------------------------------------------------------------------------


def save_payee(
    ctx: Context,
    *,
    values: Mapping[str, Any],
    entitlement_id: str = "",
    victim_id: str = "",
    payee_id: str = "",
    version: int | None = None,
    replace_old: bool = False,
    reason: str = "",
) -> SavedPayee:
    """Say who receives for an entitlement's household or person, or for a household (``victim_id``), or take a contractor down (neither).

    ``values``: fields of ``Payee``; role and way by code or word; name, kana, birth, address left out are the entitled person's own when the
    role is self or head. With ``programme_id`` it holds for that programme only. One payee is in use for each subject and programme: another
    one needs ``replace_old`` and a reason, and the first is ended. The same values again change nothing.

    RuleViolation beside the field: ``payee.name_missing``, ``payee.exists``, ``payee.reason_missing`` (apart, replacing), ``payee.consent_missing``
    (a household's money to another than its head), ``payee.subject_missing``, ``payee.kana_*``, ``word.unknown_choice``, ``record.not_found``. Warnings:
    ``payee.heir_order`` (somebody stands before), ``payee.heir_consent`` (others of the same rank), ``payee.kana_missing``. StaleRecord.
    """
    ctx.require("claim")
    target = _target(ctx, entitlement_id, victim_id, payee_id)
    given = _given(values, target)
    with ctx.unit(reason=reason or str(given.get("reason", ""))) as uow:
        stored = uow.payees.need(payee_id) if payee_id else None
        made = replace(stored, **given) if stored else _new(target, given)
        made = replace(made, protected=_may_be_protected(uow, made))
        _check(made, target)
        earlier = _earlier(uow, made)
        replaced = ""
        if earlier is not None and _same_person(earlier, made):
            made = replace(earlier, **{**given, "protected": made.protected})
        elif earlier is not None:
            replaced = _give_way(ctx, uow, earlier, replace_old, reason or made.reason)
        saved = uow.payees.save(made, expected_version=version) if made.version else uow.payees.add(made)
        warnings = _warnings(ctx, saved, target)
        tell_entitlements(uow, [saved.subject])
        return SavedPayee(payee_id=saved.id, warnings=warnings, replaced=replaced, changes=uow.commit())


def tell_entitlements(uow: UnitOfWork, subjects: Iterable[str]) -> None:
    """Entitlements of these households and people say anew what they lack, in the same transaction."""
    from app.usecases.relief_wants import announce_subjects  # it asks this module who receives

    announce_subjects(uow, subjects=subjects)


class _Target:
    """For whom: an entitlement, a household, or nobody (a contractor)."""

    def __init__(self, entitlement: Entitlement | None, victim: Victim | None, subject: str) -> None:
        self.entitlement, self.victim, self.subject = entitlement, victim, subject

    def own(self) -> dict[str, Any]:
        """Particulars of the entitled person or head."""
        if (one := self.entitlement) is not None:
            return {
                "name": one.name, "kana": one.kana, "birth": one.birth, "address": one.address, "person_id": one.person_id,
                "resident_no": one.resident_no,
            }  # fmt: skip
        if (home := self.victim) is not None:
            return {
                "name": home.head_name, "kana": home.head_kana, "birth": home.head_birth, "address": home.address, "postal": home.postal,
                "phone": home.phone, "resident_no": home.resident_no,
            }  # fmt: skip
        return {}


def _target(ctx: Context, entitlement_id: str, victim_id: str, payee_id: str) -> _Target:
    if payee_id:
        payee = need_payee(ctx, payee_id)
        return _Target(None, None, payee.subject)
    if entitlement_id:
        found = ctx.reads.get("entitlement", entitlement_id)
        if not isinstance(found, Entitlement) or found.deleted:
            raise RuleViolation("record.not_found", kind="entitlement", record=entitlement_id)
        return _Target(found, None, found.subject)
    if victim_id:
        home = ctx.reads.get("victim", victim_id)
        if not isinstance(home, Victim) or home.deleted:
            raise RuleViolation("record.not_found", kind="victim", record=victim_id)
        return _Target(None, home, household_keys(home)[0])
    return _Target(None, None, "")


def household_keys(home: Victim) -> tuple[str, ...]:
    """Keys of an affected household as ``usecases.relief_subjects`` writes them: a household of the snapshot is known with its snapshot."""
    known = household_key(home.snapshot_id, home.resident_household)
    return subject_keys("household", snapshot_household=known, resident_no=home.resident_no, victim_id=home.id)


def _given(values: Mapping[str, Any], target: _Target) -> dict[str, Any]:
    given = fit(Payee, values, fixed=_FIXED)
    for name, group, known in (("role", "payee_role", PAYEE_ROLES), ("way", "pay_way", WAYS)):
        if text := str(given.get(name) or ""):
            code = text if text in known else find_code(group, text)
            if code is None:
                raise RuleViolation("word.unknown", field=name, word=text)
            given[name] = code
        else:
            given.pop(name, None)
    default = "self" if target.entitlement is not None and target.entitlement.unit == "person" else "head"
    if target.entitlement is not None or target.victim is not None:
        given.setdefault("role", default)
        if given["role"] == default:
            given = {
                **{name: value for name, value in target.own().items() if value},
                **{k: v for k, v in given.items() if v or k not in target.own()},
            }
    given.pop("subject", None)
    return given


def _new(target: _Target, given: Mapping[str, Any]) -> Payee:
    made_id = new_id()
    contractor = given.get("role") == "contractor"
    subject = f"contractor:{made_id}" if contractor else target.subject
    if not subject:
        raise RuleViolation("payee.subject_missing", field="entitlement")
    victim = ""
    if not contractor:
        victim = target.entitlement.victim_id if target.entitlement else target.victim.id if target.victim else ""
    way = {"way": "in_kind"} if contractor else {}
    return Payee(**{"victim_id": victim, **way, **given, "id": made_id, "subject": subject})


def _check(payee: Payee, target: _Target) -> None:
    if not payee.name:
        raise RuleViolation("payee.name_missing", field="name")
    for name in ("name", "kana", "address", "consent", "note", "reason"):
        if len(getattr(payee, name)) > _MOST_TEXT:
            raise RuleViolation("payee.text_long", field=name, most=_MOST_TEXT)
    if payee.role == "apart" and not payee.reason:
        raise RuleViolation("payee.reason_missing", field="reason")
    household = payee.subject.startswith(HOUSEHOLD_KEYS)
    if household and payee.role not in _WITHOUT_CONSENT and not (payee.consent or payee.documents):
        raise RuleViolation("payee.consent_missing", field="consent", name=payee.name)
    if payee.role in ("guardian", "agent") and not (payee.consent or payee.documents):
        raise RuleViolation("payee.document_missing", field="documents", name=payee.name)


def _may_be_protected(uow: UnitOfWork, payee: Payee) -> bool:
    """Somebody typed in who may be a protected person, or whose resident or person is one."""
    people = uow.reads.protected()
    if payee.resident_no in people.numbers - {""} or payee.person_id in people.persons - {""} or payee.victim_id in people.victims - {""}:
        return True
    return bool(protected_likeness(uow, {"name": payee.name, "kana": payee.kana, "birth": payee.birth}))


def _earlier(uow: UnitOfWork, payee: Payee) -> Payee | None:
    """Another payee in use for the same subject and programme; of contractors one of the same name and kana."""
    if payee.role == "contractor":
        alike = [one for one in uow.payees.where(name=payee.name, role="contractor", state="active") if one.address == payee.address]
    else:
        alike = uow.payees.where(subject=payee.subject, programme_id=payee.programme_id, state="active")
    return next((one for one in alike if one.id != payee.id), None)


def _same_person(one: Payee, other: Payee) -> bool:
    same_birth = not one.birth or not other.birth or one.birth == other.birth
    return fold_name(one.name) == fold_name(other.name) and same_birth and (one.role == other.role)


def _give_way(ctx: Context, uow: UnitOfWork, earlier: Payee, replace_old: bool, reason: str) -> str:
    if earlier.protected and not sees_protected(ctx):
        raise RuleViolation("record.not_found", kind="entitlement", record=earlier.subject)
    if not replace_old:
        raise RuleViolation("payee.exists", field="name", name=earlier.name)
    if not reason.strip():
        raise RuleViolation("payee.reason_missing", field="reason")
    uow.payees.save(replace(earlier, state="ended", reason=reason.strip()))
    return earlier.id


def _warnings(ctx: Context, payee: Payee, target: _Target) -> tuple[Warned, ...]:
    found: list[Warned] = []
    if payee.way == "transfer" and not payee.kana:
        found.append(("payee.kana_missing", {"name": payee.name}))
    if target.entitlement is not None and payee.role in HEIRS and is_death(ctx.reads, target.entitlement):
        heirs = [one for one in propose_payees(ctx, entitlement_id=target.entitlement.id) if one.order]
        order = HEIRS.index(payee.role) + 1
        before = [one for one in heirs if one.order < order]
        equals = [one for one in heirs if one.order == order and fold_name(one.name) != fold_name(payee.name)]
        if before:
            found.append(("payee.heir_order", {"name": payee.name, "before": ", ".join(one.name for one in before[:3])}))
        if equals and not payee.consent:
            found.append(("payee.heir_consent", {"name": payee.name, "others": ", ".join(one.name for one in equals[:3])}))
    return tuple(found)


def end_payee(ctx: Context, *, payee_id: str, reason: str, version: int | None = None) -> Changes:
    """Somebody receives nothing any more; what is in a batch already stays there. RuleViolation ``payee.reason_missing``."""
    ctx.require("claim")
    if not reason.strip():
        raise RuleViolation("payee.reason_missing", field="reason")
    need_payee(ctx, payee_id)
    with ctx.unit(reason=reason) as uow:
        ended = uow.payees.save(replace(uow.payees.need(payee_id), state="ended", reason=reason.strip()), expected_version=version)
        tell_entitlements(uow, [ended.subject])
        return uow.commit()


def adopt_payees(ctx: Context, *, entitlements: Iterable[Entitlement], way: str = "transfer", job: Job = QUIET) -> tuple[int, Changes]:
    """The head of each household and each living person as their own payee, where there is none yet; answers how many were made.

    Nobody becomes payee of somebody who died, and no contractor's bill gets one: there a person decides. In one act.
    """
    ctx.require("claim")
    if way not in WAYS:
        raise RuleViolation("word.unknown", field="way", word=way)
    wanted = list(entitlements)
    repairs = _repairs(ctx.reads, wanted)
    wanted = [one for one in wanted if one.programme_id not in repairs]
    chosen = payees_for(ctx.reads, wanted)
    dead = ctx.reads.payees.deceased([one.casualty_id for one in wanted])
    with ctx.unit() as uow:
        people = uow.reads.protected()
        made: dict[str, Payee] = {}
        for one in job.track(wanted, "job.adopting_payees"):
            if chosen[one.id].payee is None and chosen[one.id].problem == "payee.missing" and one.casualty_id not in dead and one.name:
                payee = Payee(
                    id=new_id(), subject=one.subject, victim_id=one.victim_id, person_id=one.person_id, resident_no=one.resident_no,
                    role="self" if one.unit == "person" else "head", name=one.name, kana=one.kana, birth=one.birth, address=one.address, way=way,
                    protected=one.victim_id in people.victims or one.resident_no in people.numbers,
                )  # fmt: skip
                made.setdefault(one.subject, payee)
        uow.payees.add_many(list(made.values()))
        tell_entitlements(uow, made)
        return len(made), uow.commit()


# -- who receives ------------------------------------------------------------------------------------------


def payees_for(reads: Reads, entitlements: Iterable[Entitlement]) -> dict[str, PayeeChoice]:
    """Payee and account of each entitlement, by id; a handful of questions for any number.

    A claim's contractor comes first, and for a repair there is nobody else (it is given in kind); then a payee of the person's or household's
    own keys, of the programme before the general one; then, for a living person, the payee of the household. The newest of several.
    ``problem`` says why it may not be paid.
    """
    wanted = list(entitlements)
    contractors = reads.payees.contractors([one.claim_id for one in wanted])
    keys = {key for one in wanted for key in (one.subject, *one.aliases, one.household)}
    known = reads.payees.by_subjects(keys, victims={one.victim_id for one in wanted})
    index = _Index(known)
    hired = reads.payees.by_ids(contractors.values())
    dead = reads.payees.deceased([one.casualty_id for one in wanted])
    repairs = _repairs(reads, wanted)
    found: dict[str, Payee | None] = {}
    for one in wanted:
        contractor = contractors.get(one.claim_id, "") if one.claim_id else ""
        if contractor or one.programme_id in repairs:
            found[one.id] = hired.get(contractor)
        else:
            found[one.id] = index.find(one, by_household=one.casualty_id not in dead)
    accounts = reads.payees.accounts({payee.account_id for payee in found.values() if payee is not None})
    book = bank_book(reads)
    return {one: _choice(payee, accounts.get(payee.account_id) if payee else None, book) for one, payee in found.items()}


def _repairs(reads: Reads, wanted: Iterable[Entitlement]) -> frozenset[str]:
    """Those of their programmes that are given in kind, as a repair."""
    return frozenset(one for one in {one.programme_id for one in wanted} if getattr(reads.get("programme", one), "kind", "") == "repair")


class _Index:
    """Payees by subject and by household, each for a programme or for all."""

    def __init__(self, payees: Sequence[Payee]) -> None:
        self._by_subject = {(one.subject, one.programme_id): one for one in payees}
        self._by_victim = {
            (one.victim_id, one.programme_id): one for one in payees if one.subject.startswith(("household:", "victim:", "head"))
        }

    def find(self, wanted: Entitlement, *, by_household: bool) -> Payee | None:
        """The payee of its own keys, else of its household."""
        for key in (wanted.subject, *wanted.aliases):
            if (found := self._take(self._by_subject, key, wanted.programme_id)) is not None:
                return found
        if not by_household or wanted.subject.startswith("apart:"):
            return None
        return self._take(self._by_subject, wanted.household, wanted.programme_id) or self._take(
            self._by_victim, wanted.victim_id, wanted.programme_id
        )

    @staticmethod
    def _take(table: Mapping[tuple[str, str], Payee], key: str, programme: str) -> Payee | None:
        return (table.get((key, programme)) or table.get((key, ""))) if key else None


def _choice(payee: Payee | None, account: Account | None, book: Any) -> PayeeChoice:
    if payee is None:
        return PayeeChoice()
    if payee.way == "cash":
        return PayeeChoice(payee=payee, account=None, problem="")
    return PayeeChoice(payee=payee, account=account, problem=usable_problem(account, book))
