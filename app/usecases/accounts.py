"""Accounts of payees: entered by one person, checked by another before first use, never used when closed, wrong or of somebody who died."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.bank_kana import LegalKana, legal_kana
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.payments import ACCOUNT_STATES, Account, Payee
from app.usecases.account_entry import DECIDING, preview_account, read_account, typed_values, with_codes
from app.usecases.account_masking import mask_holder, require_accounts, sees_accounts, shown_account
from app.usecases.banks import BankBook, bank_book
from app.usecases.context import Changes, Context
from app.usecases.masking import sees_protected
from app.usecases.operators import fold_login
from app.usecases.payee_rows import AccountFile, AccountPreview, PayeeFilter, SavedAccount, Twin, Warned
from app.usecases.ports import Reads, UnitOfWork

__all__ = [
    "account_photo", "bank_book", "check_account", "count_waiting", "mark_account", "next_to_check", "open_account", "preview", "same_accounts",
    "save_account", "usable_problem",
]  # fmt: skip
MARKS = ("wrong", "closed", "deceased", "retired")
_MOST_PHOTO = 5_000_000


def preview(ctx: Context, *, values: Mapping[str, Any], payee_id: str = "", kana: str = "") -> AccountPreview:
    """What typed values mean, for showing while they are typed; the kana is the payee's unless given. Writes nothing."""
    payee = need_payee(ctx, payee_id) if payee_id else None
    return preview_account(bank_book(ctx.reads), values, kana=kana or (payee.kana if payee else ""))


def save_account(
    ctx: Context,
    *,
    payee_id: str,
    values: Mapping[str, Any],
    account_id: str = "",
    version: int | None = None,
    photo: bytes | None = None,
    reason: str = "",
) -> SavedAccount:
    """Enter an account of a payee, or correct one (``account_id``); it becomes the one in use and waits for the check of another person.

    ``values``: ``account_entry.FIELDS``; bank and branch by code or name, or ゆうちょ ``symbol`` and ``symbol_no``. ``photo``: a picture of
    the passbook, reduced already. The same values again change nothing. RuleViolation beside the field: ``account.*``, ``yucho.*`` (see
    ``preview_account``), ``account.ended`` (an account that is closed, of a dead person or out of use is not corrected but a new one entered).
    Warnings, never refusals: what the list does not know, what the kana says otherwise, the same account of another payee. StaleRecord.
    """
    ctx.require("claim")
    payee = need_payee(ctx, payee_id)
    book = bank_book(ctx.reads)
    stored = _stored(ctx, payee, account_id)
    read = read_account(book, {**(typed_values(stored) if stored else {}), **values}, kana=payee.kana)
    kept = ctx.attachments.put(_checked_photo(photo)) if photo else (stored.photo if stored else "")
    with ctx.unit(reason=reason or str(values.get("reason") or "")) as uow:
        account = keep_account(
            uow, payee=uow.payees.need(payee_id), read=read, stored=stored, photo=kept, operator=ctx.actor.operator_id, version=version
        )
        warnings = (*read.warnings, *_twin_warnings(uow.reads.seen_by(see_protected=sees_protected(ctx)), account))
        if tuple(code for code, _ in warnings) != account.warnings:
            account = uow.accounts.save(replace(account, warnings=tuple(code for code, _ in warnings)))
        _tell_entitlements(uow, account)
        return SavedAccount(account_id=account.id, account=account, warnings=warnings, changes=uow.commit())


def _tell_entitlements(uow: UnitOfWork, account: Account) -> None:
    """Entitlements that this account is for say anew what they lack, in the same transaction."""
    from app.usecases.relief_wants import announce_subjects  # it asks this module whether an account may be paid to

    payee = uow.payees.get(account.payee_id)
    announce_subjects(uow, subjects=[payee.subject] if payee is not None else [])


def keep_account(
    uow: UnitOfWork,
    *,
    payee: Payee,
    read: AccountPreview,
    stored: Account | None,
    photo: str,
    operator: str,
    version: int | None = None,
) -> Account:
    """Write what was read as the payee's account in use. What decides where money goes asks for a new check; the same values change nothing."""
    before = stored or next((one for one in uow.accounts.where(payee_id=payee.id) if one.id == payee.account_id), None)
    base = stored or (before if before and before.state in ("entered", "checked", "wrong") and same_place(before, read.values) else None)
    if base is None:
        made = with_codes(Account(id=new_id(), payee_id=payee.id, entered_by=operator, photo=photo), read)
        account = uow.accounts.add(made)
        if before is not None and before.state in ("entered", "checked"):
            uow.accounts.save(replace(before, state="retired"))
    else:
        changed = replace(with_codes(base, read), photo=photo or base.photo)
        if base.state == "wrong" or any(getattr(changed, name) != getattr(base, name) for name in DECIDING):
            changed = replace(changed, state="entered", entered_by=operator, checked_by="", checked_at=None)
        account = uow.accounts.save(changed, expected_version=version)
    if payee.account_id != account.id or payee.way == "cash":
        uow.payees.save(replace(payee, account_id=account.id, way="transfer" if payee.way == "cash" else payee.way))
    return account


def same_place(account: Account, values: Mapping[str, Any]) -> bool:
    """Whether the values are the account's: same bank, branch, kind, number and holder."""
    return all(getattr(account, name) == values.get(name) for name in DECIDING)


def check_account(ctx: Context, *, account_id: str, accept: bool, note: str = "", version: int | None = None) -> Changes:
    """The second look: accepted accounts may be paid to; others are 誤り with the note (``account.note_missing`` without one).

    RuleViolation ``account.same_person`` for whoever entered it, by login or by name; ``account.not_waiting``; ``account.branch_closed`` when the
    branch was closed meanwhile. StaleRecord when somebody changed it since it was shown.
    """
    ctx.require("check_account")
    if not accept and not note.strip():
        raise RuleViolation("account.note_missing", field="note")
    account = need_account(ctx, account_id)
    if account.state != "entered":
        raise RuleViolation("account.not_waiting", field="account", state=account.state)
    if _entered_by_actor(ctx, account):
        raise RuleViolation("account.same_person", field="account")
    closed = _closed_place(bank_book(ctx.reads), account)
    if accept and closed:
        raise RuleViolation(closed, field="branch", name=account.branch_name, digits=account.branch, day="-", moved_to="-")
    with ctx.unit(reason=note) as uow:
        stored = uow.accounts.need(account_id)
        done = replace(
            stored, state="checked" if accept else "wrong", checked_by=ctx.actor.operator_id, checked_at=uow.now,
            reason="" if accept else note.strip(),
        )  # fmt: skip
        _tell_entitlements(uow, uow.accounts.save(done, expected_version=version if version is not None else account.version))
        return uow.commit()


def mark_account(ctx: Context, *, account_id: str, state: str, reason: str, version: int | None = None) -> Changes:
    """Say that an account is 誤り, 解約, of somebody who died, or not used any more: nothing is paid to it from now on.

    RuleViolation ``word.unknown``, ``account.reason_missing``.
    """
    if not ctx.actor.may("relief"):
        ctx.require("claim")
    if state not in MARKS:
        raise RuleViolation("word.unknown", field="state", word=state)
    if not reason.strip():
        raise RuleViolation("account.reason_missing", field="reason")
    need_account(ctx, account_id)
    with ctx.unit(reason=reason) as uow:
        mark_in(uow, account_id=account_id, state=state, reason=reason, version=version)
        return uow.commit()


def mark_in(uow: UnitOfWork, *, account_id: str, state: str, reason: str, version: int | None = None) -> None:
    """``mark_account`` inside a unit of work, for whoever learns it from a bank's answer. Of an account unknown here nothing happens."""
    stored = uow.accounts.get(account_id)
    if stored is not None and state in ACCOUNT_STATES:
        _tell_entitlements(uow, uow.accounts.save(replace(stored, state=state, reason=reason.strip()), expected_version=version))


def open_account(ctx: Context, *, account_id: str) -> AccountFile:
    """Everything about one account for one screen, masked for an actor without a right to it; noted in the access log.

    RuleViolation ``record.not_found``.
    """
    account = need_account(ctx, account_id)
    payee = need_payee(ctx, account.payee_id)
    read = preview_account(bank_book(ctx.reads), typed_values(account), kana=payee.kana)
    names = {one.id: getattr(one, "name", "") for one in ctx.reads.all("operator")}
    legal = _legal(account.holder)
    twins = same_accounts(ctx.reads, account_ids=[account_id]).get(account_id, ())
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=[payee.person_id or payee.resident_no or payee.id], target="account")
        uow.commit()
    if not sees_accounts(ctx):  # warnings and kana spell the holder out
        masked = shown_account(ctx, account)
        return AccountFile(
            account=masked, payee=payee, entered_by=names.get(account.entered_by, ""), checked_by=names.get(account.checked_by, ""),
            legal=mask_holder(legal.text), changes=(), cut="", warnings=(), twins=(), photo=False, may_check=False,
        )  # fmt: skip
    return AccountFile(
        account=account, payee=payee, entered_by=names.get(account.entered_by, ""), checked_by=names.get(account.checked_by, ""),
        legal=legal.text, changes=legal.changes, cut=legal.cut, warnings=(*read.warnings, *_twin_words(twins)), twins=twins,
        photo=bool(account.photo) and ctx.attachments.has(account.photo),
        may_check=account.state == "entered" and ctx.actor.may("check_account") and not _entered_by_actor(ctx, account),
    )  # fmt: skip


def account_photo(ctx: Context, *, account_id: str) -> bytes:
    """The picture of the passbook (JPEG), for who may read accounts.

    RuleViolation ``permission.denied``, ``account.no_photo``; IntegrityFault ``attachment.missing``, ``attachment.damaged``.
    """
    require_accounts(ctx, right="claim")
    account = need_account(ctx, account_id)
    if not account.photo:
        raise RuleViolation("account.no_photo", field="photo")
    return ctx.attachments.get(account.photo)


def next_to_check(ctx: Context) -> Sequence[str]:
    """Ids of the accounts that wait and that this actor may check, the bank's order: one after the other."""
    payees = ctx.reads.payees.ids(filter=PayeeFilter(show="mine", sort="bank"), operator=ctx.actor.operator_id)
    found = ctx.reads.payees.by_ids(payees)
    return [found[one].account_id for one in payees if one in found and found[one].account_id]


def count_waiting(ctx: Context) -> int:
    """How many accounts wait for a check that this actor may do; for the number beside the tab."""
    return ctx.reads.payees.counts(operator=ctx.actor.operator_id)["mine"] if ctx.actor.may("check_account") else 0


def same_accounts(reads: Reads, *, account_ids: Iterable[str]) -> dict[str, tuple[Twin, ...]]:
    """Other payees in use with the same account: a warning where it is entered, an exclusion inside one batch."""
    return reads.payees.same_accounts(account_ids)


def usable_problem(account: Account | None, book: BankBook) -> str:
    """Why nothing may be paid to an account: a code of ``payee_rows.CHOICE_PROBLEMS``; "" for a checked one whose branch is open."""
    if account is None:
        return "account.missing"
    if account.state != "checked":
        return {"entered": "account.unchecked"}.get(account.state, f"account.{account.state}")
    return "account.branch_closed" if _closed_place(book, account) else ""


def need_account(ctx: Context, account_id: str) -> Account:
    """The account; RuleViolation ``record.not_found``, also for one the actor may not know of."""
    found = ctx.reads.get("payee_account", account_id)
    if not isinstance(found, Account) or found.deleted:
        raise RuleViolation("record.not_found", kind="payee_account", record=account_id)
    return found


def need_payee(ctx: Context, payee_id: str) -> Payee:
    """The payee; RuleViolation ``record.not_found``, also for one the actor may not know of."""
    found = ctx.reads.get("payee", payee_id)
    if not isinstance(found, Payee) or found.deleted:
        raise RuleViolation("record.not_found", kind="payee", record=payee_id)
    return found


def _stored(ctx: Context, payee: Payee, account_id: str) -> Account | None:
    if not account_id:
        return None
    stored = need_account(ctx, account_id)
    if stored.payee_id != payee.id:
        raise RuleViolation("record.not_found", kind="payee_account", record=account_id)
    if stored.state not in ("entered", "checked", "wrong"):
        raise RuleViolation("account.ended", field="account", state=stored.state)
    return stored


def _checked_photo(photo: bytes) -> bytes:
    if len(photo) > _MOST_PHOTO or not photo.startswith((b"\xff\xd8\xff", b"\x89PNG")):
        raise RuleViolation("account.photo_kind", field="photo", most=_MOST_PHOTO // 1_000_000)
    return photo


def _entered_by_actor(ctx: Context, account: Account) -> bool:
    if account.entered_by == ctx.actor.operator_id:
        return True
    enterer = ctx.reads.get("operator", account.entered_by) if account.entered_by else None
    return enterer is not None and fold_login(getattr(enterer, "name", "")) == fold_login(ctx.actor.name)


def _closed_place(book: BankBook, account: Account) -> str:
    bank, branch = book.bank(account.bank), book.branch(account.bank, account.branch)
    if bank is not None and bank.closed_on:
        return "account.bank_closed"
    return "account.branch_closed" if branch is not None and branch.closed_on else ""


def _legal(holder: str) -> LegalKana:
    try:
        return legal_kana(holder)
    except RuleViolation:
        return LegalKana("")


def _twin_warnings(reads: Reads, account: Account) -> tuple[Warned, ...]:
    return _twin_words(reads.payees.same_accounts([account.id]).get(account.id, ()))


def _twin_words(twins: Sequence[Twin]) -> tuple[Warned, ...]:
    if not twins:
        return ()
    return (("account.same_account", {"names": ", ".join(twin.name for twin in twins[:3]), "count": len(twins)}),)
