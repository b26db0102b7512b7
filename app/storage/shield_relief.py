"""Which records of relief tell of protected people: with their household or person, and everything paid for them (decision 006).

Whoever asks for lists, counts or sums leaves these out for a reader that ``Guard.hidden`` names people for:
``protected_entitlements(connection, guard.hidden(connection))``. With nobody to hide nothing is asked of the store; with
``guard.people(connection)`` the answer serves to mark rows for those who may see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from app.domain.protection import ProtectedPeople

if TYPE_CHECKING:
    from app.storage.shield import Guard

_IN_LIST = 500


def _among(connection: Connection, sql: str, values: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    ordered = sorted(values)
    for at in range(0, len(ordered), _IN_LIST):  # ``queries.base`` has the same, and its package needs this module
        part = ordered[at : at + _IN_LIST]
        found |= {row[0] for row in connection.exec_driver_sql(sql.replace("?*", ",".join("?" * len(part))), tuple(part))}
    return found


def _by(connection: Connection, table: str, **fields: Iterable[str]) -> set[str]:
    """Ids of the rows of a table in which any of the fields has one of its values."""
    found: set[str] = set()
    for field, values in fields.items():
        found |= _among(connection, f"SELECT id FROM {table} WHERE {field} IN (?*)", set(values) - {""})
    return found


def protected_casualties(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Casualties of a protected household or person, or without any link and with the name of one."""
    found = _by(
        connection, "casualty", victim_id=people.victims, resident_no=people.numbers, person_id=people.persons, resident_id=people.residents
    )
    loose = "SELECT id FROM casualty WHERE victim_id = '' AND person_id = '' AND resident_no = '' AND resident_id = '' AND key_name IN (?*)"
    return found | _among(connection, loose, people.names)


def protected_claims(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Claims of a protected household, person or casualty."""
    casualties = protected_casualties(connection, people)
    return _by(connection, "claim", victim_id=people.victims, resident_no=people.numbers, casualty_id=casualties)


def protected_entitlements(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Entitlements of a protected household, person, casualty or claim."""
    found = _by(
        connection, "entitlement", victim_id=people.victims, resident_no=people.numbers, person_id=people.persons,
        household=protected_households(connection, people),
    )  # fmt: skip
    if people.residents:
        found |= _by(connection, "entitlement", resident_id=people.residents)
    for field, ids in (("casualty_id", protected_casualties(connection, people)), ("claim_id", protected_claims(connection, people))):
        found |= _by(connection, "entitlement", **{field: ids})
    return found


def protected_households(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Keys of households with a protected member, as ``usecases.relief_subjects`` writes them."""
    ask = "SELECT snapshot_id || ':' || resident_household FROM victim WHERE resident_household <> '' AND id IN (?*)"
    known = _among(connection, ask, people.victims)
    ask = (
        "SELECT sn.id || ':' || r.household_no FROM snapshot sn JOIN resident r ON r.snapshot = sn.num"
        " WHERE sn.active AND r.household_no <> '' AND r.resident_no IN (?*)"
    )
    known |= _among(connection, ask, people.numbers)
    return {f"household:{key}" for key in known} | {f"victim:{victim}" for victim in people.victims}


def protected_payees(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Payees of a protected household or person, who are one, who were marked when typed in, or who receive for such an entitlement."""
    if not (people.numbers or people.persons or people.victims or people.residents or people.names):
        return set()
    found = {row[0] for row in connection.exec_driver_sql("SELECT id FROM payee WHERE protected")}
    entitlements = protected_entitlements(connection, people)
    subjects = _among(connection, "SELECT subject FROM entitlement WHERE id IN (?*)", entitlements) | protected_households(connection, people)
    return found | _by(
        connection, "payee", victim_id=people.victims, resident_no=people.numbers, person_id=people.persons, subject=subjects
    )


def protected_batches(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Batches of protected people only (``guarded``): hidden as a whole, with files, results and postings."""
    if not (people.numbers or people.persons or people.victims or people.residents or people.names):
        return set()
    return {row[0] for row in connection.exec_driver_sql("SELECT id FROM payment_batch WHERE guarded")}


def protected_payments(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Payments of a guarded batch, to a protected payee, or of a share in a protected entitlement."""
    batches, payees = protected_batches(connection, people), protected_payees(connection, people)
    shares = _among(
        connection, "SELECT payment_id FROM payment_share WHERE entitlement_id IN (?*)", protected_entitlements(connection, people)
    )
    return shares | _by(connection, "payment", batch_id=batches, payee_id=payees)


def protected_vouchers(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Vouchers that say so themselves (a site has nothing else), of such a payment, batch or payee."""
    if not (people.numbers or people.persons or people.victims or people.residents or people.names):
        return set()
    found = {row[0] for row in connection.exec_driver_sql("SELECT id FROM voucher WHERE guarded")}
    return found | _by(
        connection, "voucher", payment_id=protected_payments(connection, people), payee_id=protected_payees(connection, people)
    )


def protected_receipts(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Receipts of such vouchers."""
    return _by(connection, "receipt", voucher_id=protected_vouchers(connection, people), payment_id=protected_payments(connection, people))


def protected_loans(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Loans of such entitlements and households."""
    return _by(connection, "loan", entitlement_id=protected_entitlements(connection, people), victim_id=people.victims)


def protected_postings(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Lines of a guarded batch or of a single such payment, with the rest of their entry, so that what is left still sums to 0."""
    lines = _by(connection, "posting", batch_id=protected_batches(connection, people), payment_id=protected_payments(connection, people))
    entries = _among(connection, "SELECT entry FROM posting WHERE id IN (?*)", lines)
    return lines | _by(connection, "posting", entry=entries)


def _behind(
    kind: str, field: str, of: Callable[[Connection, ProtectedPeople], set[str]]
) -> Callable[[Connection, ProtectedPeople], set[str]]:
    return lambda connection, people: _by(connection, kind, **{field: of(connection, people)})


RELIEF_SHIELDS: Mapping[str, Callable[[Connection, ProtectedPeople], set[str]]] = {
    "casualty": protected_casualties,
    "claim": protected_claims,
    "entitlement": protected_entitlements,
    "loan": protected_loans,
    "repayment": _behind("repayment", "loan_id", protected_loans),
    "payee": protected_payees,
    "payee_account": _behind("payee_account", "payee_id", protected_payees),
    "payment_batch": protected_batches,
    "payment": protected_payments,
    "payment_share": _behind("payment_share", "payment_id", protected_payments),
    "transfer_file": _behind("transfer_file", "batch_id", protected_batches),
    "transfer_result": _behind("transfer_result", "batch_id", protected_batches),
    "reconciliation": _behind("reconciliation", "batch_id", protected_batches),
    "voucher": protected_vouchers,
    "receipt": protected_receipts,
    "posting": protected_postings,
}
"""By kind of record: the ids a reader without the right gets nothing of."""


def unseen(connection: Connection, guard: Guard, kind: str) -> set[str]:
    """Ids of a kind of relief that this reader does not get; empty for those with the right."""
    return RELIEF_SHIELDS[kind](connection, guard.people(connection)) if guard.hides else set()
