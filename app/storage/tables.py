"""The tables. Record tables get one column per dataclass field, so that a new field is a dataclass line and a migration.

Moments are integer Unix seconds, tuples are JSON lists. Columns that begin with ``key_`` or end in ``_lo``/``_hi`` are derived from others
on every write and only serve look-ups; the stored text is never normalised.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from app.domain.building import Building, Occupancy, Victim, VictimMember
from app.domain.certificate import Application, Certificate, CertificateCopy, FormDesign, SealPicture
from app.domain.characters import RegisteredCharacter
from app.domain.evacuee import Absence, Household, Person, PersonDecision, Stay
from app.domain.governance import Disaster, Operator, Site
from app.domain.protection import Protection
from app.domain.resident import Finding
from app.domain.shelter import Headcount, Shelter, ShelterSpell
from app.domain.survey import Appeal, Assignment, Photo, Survey, Team
from app.storage.columns import JsonList as JsonList
from app.storage.columns import Kind as Kind
from app.storage.columns import Moment as Moment
from app.storage.columns import SourceList, derived_by, key_columns, record_table
from app.storage.columns import from_seconds as from_seconds
from app.storage.columns import metadata as metadata
from app.storage.columns import to_seconds as to_seconds
from app.storage.relief_tables import RELIEF_KINDS
from app.storage.relief_tables import cash_box as cash_box
from app.storage.relief_tables import payee_account as payee_account
from app.storage.relief_tables import receipt as receipt


def _person_keys(person: Person) -> Mapping[str, Any]:
    from app.storage.keys import person_keys

    return person_keys(person)


disaster = record_table("disaster", Disaster)
site = record_table("site", Site)
operator = record_table("operator", Operator)
shelter = record_table("shelter", Shelter, Column("key_name", Text, nullable=False, server_default=""))
shelter_spell = record_table("shelter_spell", ShelterSpell)
Index("ix_shelter_spell_shelter", shelter_spell.c.shelter_id, shelter_spell.c.opened_at)
headcount = record_table("headcount", Headcount)
Index("ix_headcount_shelter", headcount.c.shelter_id, headcount.c.counted_at)
household = record_table("household", Household)
Index("ix_household_resident", household.c.snapshot_id, household.c.resident_household)
person = record_table(
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
stay = record_table("stay", Stay)
Index("ix_stay_person", stay.c.person_id, stay.c.from_at)
Index("ix_stay_shelter", stay.c.shelter_id, stay.c.from_at, stay.c.to_at)
absence = record_table("absence", Absence)
Index("ix_absence_stay", absence.c.stay_id)
person_decision = record_table("person_decision", PersonDecision)
Index("ix_person_decision_pair", person_decision.c.first_id, person_decision.c.second_id)

protection = record_table("protection", Protection)
Index("ix_protection_resident", protection.c.resident_no)
Index("ix_protection_person", protection.c.person_id)
registered_character = record_table("registered_character", RegisteredCharacter)

_KEYS = ("key_name", "key_kana", "key_address")

building = record_table("building", Building, *key_columns("key_owner", "key_owner_kana", "key_address"))
Index("ix_building_number", building.c.number)
Index("ix_building_tax_no", building.c.tax_no)
Index("ix_building_address", building.c.key_address)
Index("ix_building_owner", building.c.key_owner)
Index("ix_building_owner_kana", building.c.key_owner_kana)
Index("ix_building_district", building.c.district)
victim = record_table("victim", Victim, *key_columns(*_KEYS))
Index("ix_victim_kana", victim.c.key_kana)
Index("ix_victim_name", victim.c.key_name)
Index("ix_victim_address", victim.c.key_address)
Index("ix_victim_household", victim.c.resident_household)
Index("ix_victim_resident_no", victim.c.resident_no)
victim_member = record_table("victim_member", VictimMember)
Index("ix_victim_member_victim", victim_member.c.victim_id, victim_member.c.position)
Index("ix_victim_member_resident_no", victim_member.c.resident_no)
Index("ix_victim_member_person", victim_member.c.person_id)
Index("ix_victim_member_resident", victim_member.c.resident_id)
Index("ix_victim_member_protected", victim_member.c.victim_id, sqlite_where=text("protected"))
occupancy = record_table("occupancy", Occupancy)
Index("ix_occupancy_building", occupancy.c.building_id)
Index("ix_occupancy_victim", occupancy.c.victim_id)
survey = record_table("survey", Survey)
Index("ix_survey_building", survey.c.building_id)
Index("ix_survey_state", survey.c.state)
team = record_table("team", Team)
assignment = record_table("assignment", Assignment)
Index("ix_assignment_building", assignment.c.building_id)
Index("ix_assignment_day", assignment.c.day, assignment.c.team_id)
appeal = record_table("appeal", Appeal)
Index("ix_appeal_building", appeal.c.building_id)
photo = record_table("photo", Photo)
Index("ix_photo_building", photo.c.building_id)
Index("ix_photo_batch", photo.c.batch, photo.c.position)
Index("ix_photo_sha256", photo.c.sha256)
Index("ix_photo_number", photo.c.number)
application = record_table("application", Application, *key_columns("key_name", "key_kana"), Column("birth_lo", Integer))
Index("ix_application_number", application.c.number)
Index("ix_application_victim", application.c.victim_id)
Index("ix_application_building", application.c.building_id)
Index("ix_application_state", application.c.state)
Index("ix_application_kana", application.c.key_kana)
Index("ix_application_birth", application.c.birth_lo)
certificate = record_table("certificate", Certificate)
Index("ix_certificate_number", certificate.c.number)
Index("ix_certificate_application", certificate.c.application_id)
Index("ix_certificate_victim", certificate.c.victim_id)
Index("ix_certificate_building", certificate.c.building_id)
Index("ix_certificate_newer_grade", certificate.c.newer_grade, sqlite_where=certificate.c.newer_grade != "")
certificate_copy = record_table("certificate_copy", CertificateCopy)
Index("ix_certificate_copy_certificate", certificate_copy.c.certificate_id)
Index("ix_certificate_copy_batch", certificate_copy.c.batch)
form_design = record_table("form_design", FormDesign)
Index("ix_form_design_form", form_design.c.form, form_design.c.number)
seal_picture = record_table("seal_picture", SealPicture)


def _shelter_keys(record: Shelter) -> Mapping[str, Any]:
    from app.storage.keys import shelter_keys

    return shelter_keys(record)


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
    Kind("building", Building, building, derived_by("building_keys")),
    Kind("victim", Victim, victim, derived_by("victim_keys")),
    Kind("victim_member", VictimMember, victim_member),
    Kind("occupancy", Occupancy, occupancy),
    Kind("survey", Survey, survey),
    Kind("team", Team, team),
    Kind("assignment", Assignment, assignment),
    Kind("appeal", Appeal, appeal),
    Kind("photo", Photo, photo),
    Kind("application", Application, application, derived_by("application_keys")),
    Kind("certificate", Certificate, certificate),
    Kind("certificate_copy", CertificateCopy, certificate_copy),
    Kind("form_design", FormDesign, form_design),
    Kind("seal_picture", SealPicture, seal_picture),
    *RELIEF_KINDS,
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
    Column("chain", Text, nullable=False, server_default=""),
)
"""``chain`` is the device, or a branch of it where a copied folder wrote on (decision 025)."""
Index("ix_journal_record", journal.c.record)
Index("ix_journal_received", journal.c.received_ms)
Index("ix_journal_act", journal.c.act)
Index("uq_journal_chain_seq", journal.c.chain, journal.c.device_seq, unique=True)
Index("ix_journal_context", journal.c.chain, journal.c.device_seq, sqlite_where=journal.c.context != "{}", postgresql_where=journal.c.context != "{}")

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
    Column("parent", Text, nullable=False, server_default=""),
    Column("forked", Integer, nullable=False, server_default="0"),
    Column("signed_seq", Integer, nullable=False, server_default="0"),
    Column("signed_hash", Text, nullable=False, server_default=""),
    Column("signature", Text, nullable=False, server_default=""),
)
"""Each chain whose operations are here, with its head as far as it is known without a gap, sealed with a key derived from the data key.

``id`` is the chain: the device, or a branch of it. ``parent`` and ``forked``: the chain it was copied from, and the last sequence they share.
``signed_*``: the last head that the device itself vouched for.
"""

withheld = Table(
    "withheld",
    metadata,
    Column("chain", Text, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("audience", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("chain", "first"),
)
"""Stretches of a chain that this site is not given: their place in the chain, without what they say."""

peer = Table(
    "peer",
    metadata,
    Column("device", Text, primary_key=True),
    Column("knows", Text, nullable=False, server_default="{}"),
    Column("heard_at", Moment),
    Column("written_at", Moment),
    Column("sent_at", Moment),
    Column("acknowledged_at", Moment),
    Column("clock_offset", Integer),
)
"""What is known of another device besides its enrolment (``domain.exchange.PeerNews``)."""

package = Table(
    "package",
    metadata,
    Column("num", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("site_id", Text, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("handled_at", Moment, nullable=False),
    Column("since", Moment),
    Column("until", Moment),
    Column("records", Integer, nullable=False),
    Column("conflicts", Integer, nullable=False),
    Column("gaps", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("details", Text, nullable=False, server_default="{}"),
)
"""Packages written (``out``) and taken in (``in``), newest last. ``since`` and ``until``: when the oldest and the newest of its operations were made."""
Index("ix_package_id", package.c.id)

open_conflict = Table(
    "open_conflict",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("fields", JsonList, nullable=False),
    Column("sides", JsonList, nullable=False),
    Column("found_at", Moment, nullable=False),
)
"""Open conflicts, worked out from the operations (``domain.merging``): ``sides`` are operation ids. A settled one is gone."""
Index("ix_open_conflict_record", open_conflict.c.record)

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
Index(
    "ix_resident_protected", resident.c.snapshot, resident.c.resident_no, sqlite_where=text("protected"), postgresql_where=text("protected <> 0")
)
"""``protected`` is a number (``domain.carrying.FLAGGED``), and only SQLite takes a number for a condition."""

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
