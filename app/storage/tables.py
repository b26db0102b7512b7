"""The tables. Record tables get one column per dataclass field, so that a new field is a dataclass line and a migration.

Moments are integer Unix seconds, tuples are JSON lists. Columns that begin with ``key_`` or end in ``_lo``/``_hi`` are derived from others
on every write and only serve look-ups; the stored text is never normalised.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    text,
)

from app.domain.building import Building, Occupancy, Victim, VictimMember
from app.domain.certificate import Application, Certificate, CertificateCopy, FormDesign, SealPicture
from app.domain.characters import RegisteredCharacter
from app.domain.evacuee import Absence, Household, Person, PersonDecision, Stay
from app.domain.governance import Disaster, Operator, Site
from app.domain.payments import (
    Account,
    ApprovalLimit,
    CashBox,
    CashCount,
    OwnBank,
    Payee,
    Payment,
    PaymentBatch,
    PaymentShare,
    Posting,
    Receipt,
    Reconciliation,
    TransferFile,
    TransferResult,
    Voucher,
)
from app.domain.protection import Protection
from app.domain.records import Record, value_fields
from app.domain.relief import Casualty, Claim, Entitlement, Loan, Programme, ReliefRound, ReliefRule, Repayment
from app.domain.resident import Finding, SourceMark
from app.domain.shelter import Headcount, Shelter, ShelterSpell
from app.domain.survey import Appeal, Assignment, Photo, Survey, Team

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime as integer Unix seconds."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_seconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_seconds(value)


class JsonList(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        return json.dumps(list(value or ()), ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return tuple(json.loads(value)) if value else ()


class SourceList(TypeDecorator[tuple[SourceMark, ...]]):
    """The files of a snapshot as a JSON list of lists."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[SourceMark, ...] | None, dialect: Dialect) -> str:
        return json.dumps([list(mark) for mark in value or ()], ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[SourceMark, ...]:
        return tuple(SourceMark(*mark) for mark in json.loads(value)) if value else ()


def to_seconds(value: datetime) -> int:
    """Unix seconds of an aware moment; a naive one is a bug."""
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone reached storage")
    return int(value.timestamp())


def from_seconds(value: int) -> datetime:
    """The moment in UTC."""
    return datetime.fromtimestamp(value, UTC)


_TYPES: dict[Any, Callable[[], Any]] = {str: Text, int: Integer, float: Float, bool: Boolean, datetime: Moment}


def _column_type(annotation: Any) -> tuple[Any, bool]:
    """SQL type and whether it may be null. Yen may need more than 32 bits."""
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if origin in (types.UnionType, typing.Union):
        return _column_type(next(a for a in arguments if a is not type(None)))[0], True
    if origin is typing.Annotated:
        return BigInteger(), False
    if origin is tuple:
        return JsonList(), False
    return _TYPES[annotation](), False


def _record_table(name: str, kind: type[Record], *extra: Column[Any] | Index) -> Table:
    hints = typing.get_type_hints(kind, include_extras=True)
    columns: list[Any] = [
        Column("rid", Integer, primary_key=True),
        Column("id", Text, nullable=False, unique=True),
        Column("version", Integer, nullable=False),
    ]
    for field in value_fields(kind):
        sql_type, nullable = _column_type(hints[field.name])
        columns.append(Column(field.name, sql_type, nullable=nullable))
    return Table(name, metadata, *columns, *extra)


@dataclass(frozen=True, slots=True)
class Kind:
    """A record kind: its journal name, class, table, and the derived columns computed from a record."""

    name: str
    cls: type[Record]
    table: Table
    derive: Callable[[Any], Mapping[str, Any]] | None = None


def _person_keys(person: Person) -> Mapping[str, Any]:
    from app.storage.keys import person_keys

    return person_keys(person)


disaster = _record_table("disaster", Disaster)
site = _record_table("site", Site)
operator = _record_table("operator", Operator)
shelter = _record_table("shelter", Shelter, Column("key_name", Text, nullable=False, server_default=""))
shelter_spell = _record_table("shelter_spell", ShelterSpell)
Index("ix_shelter_spell_shelter", shelter_spell.c.shelter_id, shelter_spell.c.opened_at)
headcount = _record_table("headcount", Headcount)
Index("ix_headcount_shelter", headcount.c.shelter_id, headcount.c.counted_at)
household = _record_table("household", Household)
Index("ix_household_resident", household.c.snapshot_id, household.c.resident_household)
person = _record_table(
    "person",
    Person,
    Column("key_name", Text, nullable=False, server_default=""),
    Column("key_kana", Text, nullable=False, server_default=""),
    Column("key_phone", Text, nullable=False, server_default=""),
    Column("birth_lo", Integer),
    Column("birth_hi", Integer),
)
Index("ix_person_household", person.c.household_id)
Index("ix_person_kana", person.c.key_kana)
Index("ix_person_name", person.c.key_name)
Index("ix_person_birth", person.c.birth_lo, person.c.birth_hi, person.c.key_kana)
Index("ix_person_resident", person.c.resident_id)
Index("ix_person_number", person.c.number)
Index("ix_person_card", person.c.card)
Index("ix_person_resident_no", person.c.resident_no)
Index("ix_person_protected", person.c.id, sqlite_where=text("protected"))
stay = _record_table("stay", Stay)
Index("ix_stay_person", stay.c.person_id, stay.c.from_at)
Index("ix_stay_shelter", stay.c.shelter_id, stay.c.from_at, stay.c.to_at)
absence = _record_table("absence", Absence)
Index("ix_absence_stay", absence.c.stay_id)
person_decision = _record_table("person_decision", PersonDecision)
Index("ix_person_decision_pair", person_decision.c.first_id, person_decision.c.second_id)

protection = _record_table("protection", Protection)
Index("ix_protection_resident", protection.c.resident_no)
Index("ix_protection_person", protection.c.person_id)
registered_character = _record_table("registered_character", RegisteredCharacter)

_KEYS = ("key_name", "key_kana", "key_address")


def _key_columns(*names: str) -> list[Column[Any]]:
    return [Column(name, Text, nullable=False, server_default="") for name in names]


building = _record_table("building", Building, *_key_columns("key_owner", "key_owner_kana", "key_address"))
Index("ix_building_number", building.c.number)
Index("ix_building_tax_no", building.c.tax_no)
Index("ix_building_address", building.c.key_address)
Index("ix_building_owner", building.c.key_owner)
Index("ix_building_owner_kana", building.c.key_owner_kana)
Index("ix_building_district", building.c.district)
victim = _record_table("victim", Victim, *_key_columns(*_KEYS))
Index("ix_victim_kana", victim.c.key_kana)
Index("ix_victim_name", victim.c.key_name)
Index("ix_victim_address", victim.c.key_address)
Index("ix_victim_household", victim.c.resident_household)
Index("ix_victim_resident_no", victim.c.resident_no)
victim_member = _record_table("victim_member", VictimMember)
Index("ix_victim_member_victim", victim_member.c.victim_id, victim_member.c.position)
Index("ix_victim_member_resident_no", victim_member.c.resident_no)
Index("ix_victim_member_person", victim_member.c.person_id)
Index("ix_victim_member_resident", victim_member.c.resident_id)
Index("ix_victim_member_protected", victim_member.c.victim_id, sqlite_where=text("protected"))
occupancy = _record_table("occupancy", Occupancy)
Index("ix_occupancy_building", occupancy.c.building_id)
Index("ix_occupancy_victim", occupancy.c.victim_id)
survey = _record_table("survey", Survey)
Index("ix_survey_building", survey.c.building_id)
Index("ix_survey_state", survey.c.state)
team = _record_table("team", Team)
assignment = _record_table("assignment", Assignment)
Index("ix_assignment_building", assignment.c.building_id)
Index("ix_assignment_day", assignment.c.day, assignment.c.team_id)
appeal = _record_table("appeal", Appeal)
Index("ix_appeal_building", appeal.c.building_id)
photo = _record_table("photo", Photo)
Index("ix_photo_building", photo.c.building_id)
Index("ix_photo_batch", photo.c.batch, photo.c.position)
Index("ix_photo_sha256", photo.c.sha256)
Index("ix_photo_number", photo.c.number)
application = _record_table("application", Application, *_key_columns("key_name", "key_kana"), Column("birth_lo", Integer))
Index("ix_application_number", application.c.number)
Index("ix_application_victim", application.c.victim_id)
Index("ix_application_building", application.c.building_id)
Index("ix_application_state", application.c.state)
Index("ix_application_kana", application.c.key_kana)
Index("ix_application_birth", application.c.birth_lo)
certificate = _record_table("certificate", Certificate)
Index("ix_certificate_number", certificate.c.number)
Index("ix_certificate_application", certificate.c.application_id)
Index("ix_certificate_victim", certificate.c.victim_id)
Index("ix_certificate_building", certificate.c.building_id)
Index("ix_certificate_newer_grade", certificate.c.newer_grade, sqlite_where=certificate.c.newer_grade != "")
certificate_copy = _record_table("certificate_copy", CertificateCopy)
Index("ix_certificate_copy_certificate", certificate_copy.c.certificate_id)
Index("ix_certificate_copy_batch", certificate_copy.c.batch)
form_design = _record_table("form_design", FormDesign)
Index("ix_form_design_form", form_design.c.form, form_design.c.number)
seal_picture = _record_table("seal_picture", SealPicture)

programme = _record_table("programme", Programme)
Index("uq_programme_code", programme.c.code, unique=True, sqlite_where=~programme.c.deleted, postgresql_where=~programme.c.deleted)
relief_round = _record_table("relief_round", ReliefRound)
Index("ix_relief_round_programme", relief_round.c.programme_id)
relief_rule = _record_table("relief_rule", ReliefRule)
Index("ix_relief_rule_round", relief_rule.c.round_id, relief_rule.c.position)
casualty = _record_table("casualty", Casualty, *_key_columns("key_name", "key_kana"))
Index("ix_casualty_victim", casualty.c.victim_id)
Index("ix_casualty_resident_no", casualty.c.resident_no)
Index("ix_casualty_person", casualty.c.person_id)
Index("ix_casualty_kana", casualty.c.key_kana)
claim = _record_table("claim", Claim)
Index("ix_claim_number", claim.c.number)
Index("ix_claim_victim", claim.c.victim_id)
Index("ix_claim_resident_no", claim.c.resident_no)
Index("ix_claim_programme", claim.c.programme_id, claim.c.state)
entitlement = _record_table("entitlement", Entitlement, *_key_columns("key_name", "key_kana"))
_ALIVE = ~entitlement.c.deleted
Index("uq_entitlement_subject", entitlement.c.round_id, entitlement.c.subject, unique=True, sqlite_where=_ALIVE, postgresql_where=_ALIVE)
Index("ix_entitlement_number", entitlement.c.number)
Index("ix_entitlement_household", entitlement.c.household)
Index("ix_entitlement_victim", entitlement.c.victim_id)
Index("ix_entitlement_resident_no", entitlement.c.resident_no)
Index("ix_entitlement_person", entitlement.c.person_id)
Index("ix_entitlement_plain_subject", entitlement.c.subject)
loan = _record_table("loan", Loan)
Index("ix_loan_entitlement", loan.c.entitlement_id)
repayment = _record_table("repayment", Repayment)
Index("ix_repayment_loan", repayment.c.loan_id)
payee = _record_table("payee", Payee, *_key_columns("key_name", "key_kana"))
Index("ix_payee_subject", payee.c.subject)
Index("ix_payee_victim", payee.c.victim_id)
Index("ix_payee_resident_no", payee.c.resident_no)
Index("ix_payee_kana", payee.c.key_kana)
Index("ix_payee_protected", payee.c.protected, sqlite_where=payee.c.protected)
payee_account = _record_table("payee_account", Account)
Index("ix_payee_account_payee", payee_account.c.payee_id)
Index("ix_payee_account_number", payee_account.c.bank, payee_account.c.branch, payee_account.c.number)
own_bank = _record_table("own_bank", OwnBank)
payment_batch = _record_table("payment_batch", PaymentBatch)
Index("ix_payment_batch_number", payment_batch.c.number)
Index("ix_payment_batch_round", payment_batch.c.round_id)
payment = _record_table("payment", Payment)
Index("uq_payment_code", payment.c.code, unique=True)
Index("ix_payment_number", payment.c.number)
Index("ix_payment_batch", payment.c.batch_id, payment.c.position)
Index("ix_payment_payee", payment.c.payee_id)
Index("ix_payment_round", payment.c.round_id, payment.c.state)
_ON_ITS_WAY = payment.c.way == "transfer"
Index(
    "uq_payment_account",
    *(payment.c.batch_id, payment.c.bank, payment.c.branch, payment.c.account_kind, payment.c.account_number),
    unique=True,
    sqlite_where=_ON_ITS_WAY & ~payment.c.deleted,
    postgresql_where=_ON_ITS_WAY & ~payment.c.deleted,
)
payment_share = _record_table("payment_share", PaymentShare)
Index("ix_payment_share_payment", payment_share.c.payment_id)
Index("ix_payment_share_batch", payment_share.c.batch_id)
_LIVE_SHARE = payment_share.c.live & ~payment_share.c.deleted
Index(
    "uq_payment_share_live",
    *(payment_share.c.entitlement_id, payment_share.c.part),
    unique=True,
    sqlite_where=_LIVE_SHARE,
    postgresql_where=_LIVE_SHARE,
)
Index("ix_payment_share_entitlement", payment_share.c.entitlement_id)
transfer_file = _record_table("transfer_file", TransferFile)
Index("uq_transfer_file_part", transfer_file.c.batch_id, transfer_file.c.part, transfer_file.c.again, unique=True)
transfer_result = _record_table("transfer_result", TransferResult)
Index("ix_transfer_result_batch", transfer_result.c.batch_id)
reconciliation = _record_table("reconciliation", Reconciliation)
voucher = _record_table("voucher", Voucher, *_key_columns("key_name", "key_kana"))
Index("ix_voucher_number", voucher.c.number)
Index("uq_voucher_payment", voucher.c.payment_id, unique=True)
Index("ix_voucher_batch", voucher.c.batch_id)
Index("ix_voucher_site", voucher.c.site_id, voucher.c.state)
Index("ix_voucher_kana", voucher.c.key_kana)
Index("ix_voucher_name", voucher.c.key_name)
receipt = _record_table("receipt", Receipt)
_PAID_OUT = (receipt.c.kind == "payment") & ~receipt.c.deleted
Index(
    "uq_receipt_term",
    *(receipt.c.voucher_id, receipt.c.term, receipt.c.device_id),
    unique=True,
    sqlite_where=_PAID_OUT,
    postgresql_where=_PAID_OUT,
)
Index("ix_receipt_number", receipt.c.number)
Index("ix_receipt_day", receipt.c.day, receipt.c.site_id)
Index("ix_receipt_payment", receipt.c.payment_id)
cash_box = _record_table("cash_box", CashBox)
cash_count = _record_table("cash_count", CashCount)
Index("ix_cash_count_box", cash_count.c.box_id, cash_count.c.day)
posting = _record_table("posting", Posting)
Index("uq_posting_line", posting.c.entry, posting.c.line, unique=True)
Index("ix_posting_account", posting.c.account, posting.c.programme_id, posting.c.round_id)
Index("ix_posting_batch", posting.c.batch_id)
Index("ix_posting_day", posting.c.day)
approval_limit = _record_table("approval_limit", ApprovalLimit)


def _shelter_keys(record: Shelter) -> Mapping[str, Any]:
    from app.storage.keys import shelter_keys

    return shelter_keys(record)


def _damage_keys(name: str) -> Callable[[Any], Mapping[str, Any]]:
    def derive(record: Any) -> Mapping[str, Any]:
        from app.storage import keys

        found: Mapping[str, Any] = getattr(keys, name)(record)
        return found

    return derive


KINDS: tuple[Kind, ...] = (
    Kind("disaster", Disaster, disaster),
    Kind("site", Site, site),
    Kind("operator", Operator, operator),
    Kind("shelter", Shelter, shelter, _shelter_keys),
    Kind("spell", ShelterSpell, shelter_spell),
    Kind("headcount", Headcount, headcount),
    Kind("household", Household, household),
    Kind("person", Person, person, _person_keys),
    Kind("stay", Stay, stay),
    Kind("absence", Absence, absence),
    Kind("decision", PersonDecision, person_decision),
    Kind("protection", Protection, protection),
    Kind("character", RegisteredCharacter, registered_character),
    Kind("building", Building, building, _damage_keys("building_keys")),
    Kind("victim", Victim, victim, _damage_keys("victim_keys")),
    Kind("victim_member", VictimMember, victim_member),
    Kind("occupancy", Occupancy, occupancy),
    Kind("survey", Survey, survey),
    Kind("team", Team, team),
    Kind("assignment", Assignment, assignment),
    Kind("appeal", Appeal, appeal),
    Kind("photo", Photo, photo),
    Kind("application", Application, application, _damage_keys("application_keys")),
    Kind("certificate", Certificate, certificate),
    Kind("certificate_copy", CertificateCopy, certificate_copy),
    Kind("form_design", FormDesign, form_design),
    Kind("seal_picture", SealPicture, seal_picture),
    Kind("programme", Programme, programme),
    Kind("relief_round", ReliefRound, relief_round),
    Kind("relief_rule", ReliefRule, relief_rule),
    Kind("casualty", Casualty, casualty, _damage_keys("called_keys")),
    Kind("claim", Claim, claim),
    Kind("entitlement", Entitlement, entitlement, _damage_keys("called_keys")),
    Kind("loan", Loan, loan),
    Kind("repayment", Repayment, repayment),
    Kind("payee", Payee, payee, _damage_keys("called_keys")),
    Kind("payee_account", Account, payee_account),
    Kind("own_bank", OwnBank, own_bank),
    Kind("payment_batch", PaymentBatch, payment_batch),
    Kind("payment", Payment, payment),
    Kind("payment_share", PaymentShare, payment_share),
    Kind("transfer_file", TransferFile, transfer_file),
    Kind("transfer_result", TransferResult, transfer_result),
    Kind("reconciliation", Reconciliation, reconciliation),
    Kind("voucher", Voucher, voucher, _damage_keys("called_keys")),
    Kind("receipt", Receipt, receipt),
    Kind("cash_box", CashBox, cash_box),
    Kind("cash_count", CashCount, cash_count),
    Kind("posting", Posting, posting),
    Kind("approval_limit", ApprovalLimit, approval_limit),
)
KIND_BY_NAME: Mapping[str, Kind] = types.MappingProxyType({kind.name: kind for kind in KINDS})

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("op_id", Text, nullable=False, unique=True),
    Column("act", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("device_seq", Integer, nullable=False),
    Column("context", Text, nullable=False),
    Column("hlc", Text, nullable=False),
    Column("at_ms", Integer, nullable=False),
    Column("received_ms", Integer, nullable=False),
    Column("operator", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("changes", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
Index("ix_journal_record", journal.c.record)
Index("ix_journal_received", journal.c.received_ms)
Index("ix_journal_act", journal.c.act)
Index("uq_journal_device_seq", journal.c.device, journal.c.device_seq, unique=True)

device = Table(
    "device",
    metadata,
    Column("id", Text, primary_key=True),
    Column("prefix", Text, nullable=False),
    Column("is_self", Boolean, nullable=False),
    Column("site_id", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("journal_seq", Integer, nullable=False),
    Column("journal_hash", Text, nullable=False),
    Column("hlc", Text, nullable=False),
    Column("seal", Text, nullable=False),
)
"""Each device whose operations are here, with the head of its chain, sealed with a key derived from the data key."""

access = Table(
    "access",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("device", Text, nullable=False),
    Column("at_ms", Integer, nullable=False),
    Column("operator", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("target", Text, nullable=False),
    Column("persons_hash", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
access_person = Table(
    "access_person",
    metadata,
    Column("access_seq", Integer, nullable=False),
    Column("person", Text, nullable=False),
    PrimaryKeyConstraint("person", "access_seq"),
    sqlite_with_rowid=False,
)
"""Ordered by person, because that is how it is asked. Accesses to very many people are in ``access_crowd`` instead."""

access_crowd = Table(
    "access_crowd",
    metadata,
    Column("access_seq", Integer, primary_key=True),
    Column("persons", LargeBinary, nullable=False),
)
"""Everyone of one large output as a packed, sorted list: a roster of a whole prefecture has 133,000 people."""

setting = Table("setting", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
serial = Table("serial", metadata, Column("name", Text, primary_key=True), Column("next", Integer, nullable=False))

snapshot = Table(
    "snapshot",
    metadata,
    Column("num", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("as_of", Moment, nullable=False),
    Column("known_at", Moment, nullable=False),
    Column("residents", Integer, nullable=False),
    Column("households", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("files", JsonList, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("first_rid", Integer, nullable=False),
    Column("last_rid", Integer, nullable=False),
    Column("origin", Text, nullable=False, server_default="list"),
    Column("district", Text, nullable=False, server_default=""),
    Column("sources", SourceList, nullable=False, server_default="[]"),
)

finding = Table(
    "finding",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("snapshot", Integer, nullable=False),
    *(Column(name, Integer if name == "line" else Text, nullable=False) for name in Finding._fields),
)
Index("ix_finding_snapshot", finding.c.snapshot, finding.c.code, finding.c.seq)
"""What a snapshot's import found worth a person's look, as immutable as the snapshot."""

resident = Table(
    "resident",
    metadata,
    Column("rid", Integer, primary_key=True),
    Column("snapshot", Integer, nullable=False),
    Column("resident_no", Text, nullable=False),
    Column("household_no", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("birth", Text, nullable=False),
    Column("sex", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("postal", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("nationality", Text, nullable=False),
    Column("protected", Integer, nullable=False),
    Column("key_name", Text, nullable=False),
    Column("key_kana", Text, nullable=False),
    Column("key_phone", Text, nullable=False),
    Column("birth_lo", Integer),
    Column("birth_hi", Integer),
    Column("alias", Text, nullable=False, server_default=""),
)
Index("ix_resident_household", resident.c.snapshot, resident.c.household_no)
Index("ix_resident_number", resident.c.snapshot, resident.c.resident_no)
Index("ix_resident_protected", resident.c.snapshot, resident.c.resident_no, sqlite_where=text("protected"))

resident_kana = Table(
    "resident_kana",
    metadata,
    Column("snapshot", Integer, nullable=False),
    Column("key_kana", Text, nullable=False),
    Column("rid", Integer, nullable=False),
    PrimaryKeyConstraint("snapshot", "key_kana", "rid"),
    sqlite_with_rowid=False,
)
"""Indexes that are tables: written once per snapshot, sorted, behind all others. Row by row they cost most of a load."""
resident_birth = Table(
    "resident_birth",
    metadata,
    Column("snapshot", Integer, nullable=False),
    Column("birth_lo", Integer, nullable=False),
    Column("rid", Integer, nullable=False),
    Column("birth_hi", Integer, nullable=False),
    Column("key_kana", Text, nullable=False),
    PrimaryKeyConstraint("snapshot", "birth_lo", "rid"),
    sqlite_with_rowid=False,
)
resident_phone = Table(
    "resident_phone",
    metadata,
    Column("snapshot", Integer, nullable=False),
    Column("key_phone", Text, nullable=False),
    Column("rid", Integer, nullable=False),
    PrimaryKeyConstraint("snapshot", "key_phone", "rid"),
    sqlite_with_rowid=False,
)
resident_part = Table(
    "resident_part",
    metadata,
    Column("snapshot", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    PrimaryKeyConstraint("snapshot", "part"),
    sqlite_with_rowid=False,
)
"""The parts of the text index of each snapshot (``storage.search.part_name``); none for those in the shared one."""
