"""The foundation: registry records, journal, access log, snapshots and their search index.

Frozen: a migration never imports today's tables.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = (
    """
    CREATE TABLE absence (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        stay_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        from_at INTEGER NOT NULL,
        expected_at INTEGER,
        back_at INTEGER,
        destination_text TEXT NOT NULL,
        contact TEXT NOT NULL,
        deleted BOOLEAN NOT NULL,
        CONSTRAINT pk_absence PRIMARY KEY (rid),
        CONSTRAINT uq_absence_id UNIQUE (id)
    )
    """,
    """
    CREATE INDEX ix_absence_stay ON absence (stay_id)
    """,
    """
    CREATE TABLE access (
        seq INTEGER NOT NULL,
        device TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        operator TEXT NOT NULL,
        action TEXT NOT NULL,
        purpose TEXT NOT NULL,
        persons INTEGER NOT NULL,
        target TEXT NOT NULL,
        persons_hash TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL,
        CONSTRAINT pk_access PRIMARY KEY (seq)
    )
    """,
    """
    CREATE TABLE access_person (
        access_seq INTEGER NOT NULL,
        person TEXT NOT NULL,
        CONSTRAINT pk_access_person PRIMARY KEY (person, access_seq)
    )
     WITHOUT ROWID
    """,
    """
    CREATE TABLE device (
        id TEXT NOT NULL,
        prefix TEXT NOT NULL,
        is_self BOOLEAN NOT NULL,
        site_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        journal_seq INTEGER NOT NULL,
        journal_hash TEXT NOT NULL,
        hlc TEXT NOT NULL,
        seal TEXT NOT NULL,
        CONSTRAINT pk_device PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE disaster (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        name TEXT NOT NULL,
        occurred_at INTEGER NOT NULL,
        municipality_code TEXT NOT NULL,
        municipality_name TEXT NOT NULL,
        training BOOLEAN NOT NULL,
        deleted BOOLEAN NOT NULL,
        CONSTRAINT pk_disaster PRIMARY KEY (rid),
        CONSTRAINT uq_disaster_id UNIQUE (id)
    )
    """,
    """
    CREATE TABLE headcount (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        shelter_id TEXT NOT NULL,
        counted_at INTEGER NOT NULL,
        counted_total INTEGER NOT NULL,
        male INTEGER,
        female INTEGER,
        infants INTEGER,
        children INTEGER,
        adults INTEGER,
        seniors INTEGER,
        households INTEGER,
        method TEXT NOT NULL,
        reported_by TEXT NOT NULL,
        note TEXT NOT NULL,
        deleted BOOLEAN NOT NULL,
        CONSTRAINT pk_headcount PRIMARY KEY (rid),
        CONSTRAINT uq_headcount_id UNIQUE (id)
    )
    """,
    """
    CREATE INDEX ix_headcount_shelter ON headcount (shelter_id, counted_at)
    """,
    """
    CREATE TABLE household (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        label TEXT NOT NULL,
        snapshot_id TEXT NOT NULL,
        resident_household TEXT NOT NULL,
        address TEXT NOT NULL,
        house_damage TEXT NOT NULL,
        power_out BOOLEAN NOT NULL,
        water_out BOOLEAN NOT NULL,
        pets TEXT NOT NULL,
        vehicles TEXT NOT NULL,
        emergency_contact TEXT NOT NULL,
        missing_members TEXT NOT NULL,
        note TEXT NOT NULL,
        deleted BOOLEAN NOT NULL,
        CONSTRAINT pk_household PRIMARY KEY (rid),
        CONSTRAINT uq_household_id UNIQUE (id)
    )
    """,
    """
    CREATE INDEX ix_household_resident ON household (snapshot_id, resident_household)
    """,
    """
    CREATE TABLE journal (
        seq INTEGER NOT NULL,
        op_id TEXT NOT NULL,
        act TEXT NOT NULL,
        device TEXT NOT NULL,
        device_seq INTEGER NOT NULL,
        context TEXT NOT NULL,
        hlc TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        received_ms INTEGER NOT NULL,
        operator TEXT NOT NULL,
        site TEXT NOT NULL,
        purpose TEXT NOT NULL,
        reason TEXT NOT NULL,
        kind TEXT NOT NULL,
        record TEXT NOT NULL,
        action TEXT NOT NULL,
        changes TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL,
        CONSTRAINT pk_journal PRIMARY KEY (seq),
        CONSTRAINT uq_journal_op_id UNIQUE (op_id)
    )
    """,
    """
    CREATE INDEX ix_journal_act ON journal (act)
    """,
    """
    CREATE INDEX ix_journal_received ON journal (received_ms)
    """,
    """
    CREATE INDEX ix_journal_record ON journal (record)
    """,
    """
    CREATE UNIQUE INDEX uq_journal_device_seq ON journal (device, device_seq)
    """,
    """
    CREATE TABLE operator (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        name TEXT NOT NULL,
        roles TEXT NOT NULL,
        slot TEXT NOT NULL,
        disabled BOOLEAN NOT NULL,
        deleted BOOLEAN NOT NULL,
        CONSTRAINT pk_operator PRIMARY KEY (rid),
        CONSTRAINT uq_operator_id UNIQUE (id)
    )
    """,
    """
    CREATE TABLE person (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        number TEXT NOT NULL,
        card TEXT NOT NULL,
        household_id TEXT NOT NULL,
        resident_id TEXT NOT NULL,
        resident_no TEXT NOT NULL,
        source TEXT NOT NULL,
        name TEXT NOT NULL,
        kana TEXT NOT NULL,
        birth TEXT NOT NULL,
        sex TEXT NOT NULL,
        relation TEXT NOT NULL,
        nationality TEXT NOT NULL,
        postal TEXT NOT NULL,
        address TEXT NOT NULL,
        district TEXT NOT NULL,
        phone TEXT NOT NULL,
        mobile TEXT NOT NULL,
        workplace TEXT NOT NULL,
        identifying TEXT NOT NULL,
        injury TEXT NOT NULL,
        injury_note TEXT NOT NULL,
        needs TEXT NOT NULL,
        needs_note TEXT NOT NULL,
        care_level TEXT NOT NULL,
        supplies TEXT NOT NULL,
        skills TEXT NOT NULL,
        consent_kin TEXT NOT NULL,
        consent_acquaintance TEXT NOT NULL,
        consent_public TEXT NOT NULL,
        consent_board TEXT NOT NULL,
        consent_web TEXT NOT NULL,
        consent_share TEXT NOT NULL,
        protected BOOLEAN NOT NULL,
        died_at INTEGER,
        note TEXT NOT NULL,
        deleted BOOLEAN NOT NULL,
        key_name TEXT DEFAULT '' NOT NULL,
        key_kana TEXT DEFAULT '' NOT NULL,
        key_phone TEXT DEFAULT '' NOT NULL,
        birth_lo INTEGER,
        birth_hi INTEGER,
        CONSTRAINT pk_person PRIMARY KEY (rid),
        CONSTRAINT uq_person_id UNIQUE (id)
    )
    """,
    """
    CREATE INDEX ix_person_birth ON person (birth_lo, birth_hi, key_kana)
    """,
    """
    CREATE INDEX ix_person_card ON person (card)
    """,
    """
    CREATE INDEX ix_person_household ON person (household_id)
    """,
    """
    CREATE INDEX ix_person_kana ON person (key_kana)
    """,
    """
    CREATE INDEX ix_person_name ON person (key_name)
    """,
    """
    CREATE INDEX ix_person_number ON person (number)
    """,
    """
    CREATE INDEX ix_person_resident ON person (resident_id)
    """,
    """
    CREATE TABLE person_decision (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        first_id TEXT NOT NULL,
        second_id TEXT NOT NULL,
        decision TEXT NOT NULL,
        note TEXT NOT NULL,
        deleted BOOLEAN NOT NULL,
        CONSTRAINT pk_person_decision PRIMARY KEY (rid),
        CONSTRAINT uq_person_decision_id UNIQUE (id)
    )
    """,
    """
    CREATE INDEX ix_person_decision_pair ON person_decision (first_id, second_id)
    """,
    """
    CREATE TABLE resident (
        rid INTEGER NOT NULL,
        snapshot INTEGER NOT NULL,
        resident_no TEXT NOT NULL,
        household_no TEXT NOT NULL,
        rank INTEGER NOT NULL,
        name TEXT NOT NULL,
        kana TEXT NOT NULL,
        birth TEXT NOT NULL,
        sex TEXT NOT NULL,
        relation TEXT NOT NULL,
        postal TEXT NOT NULL,
        address TEXT NOT NULL,
        district TEXT NOT NULL,
        phone TEXT NOT NULL,
        nationality TEXT NOT NULL,
        protected INTEGER NOT NULL,
        key_name TEXT NOT NULL,
        key_kana TEXT NOT NULL,
        key_phone TEXT NOT NULL,
        birth_lo INTEGER,
        birth_hi INTEGER,
        CONSTRAINT pk_resident PRIMARY KEY (rid)
    )
    """,
    """
    CREATE INDEX ix_resident_birth ON resident (snapshot, birth_lo, birth_hi, key_kana)
    """,
    """
    CREATE INDEX ix_resident_household ON resident (snapshot, household_no)
    """,
    """
    CREATE INDEX ix_resident_kana ON resident (snapshot, key_kana)
    """,
    """
    CREATE INDEX ix_resident_number ON resident (snapshot, resident_no)
    """,
    """
    CREATE INDEX ix_resident_phone ON resident (snapshot, key_phone)
    """,
    """
    CREATE TABLE serial (
        name TEXT NOT NULL,
        next INTEGER NOT NULL,
        CONSTRAINT pk_serial PRIMARY KEY (name)
    )
    """,
    """
    CREATE TABLE setting (
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        CONSTRAINT pk_setting PRIMARY KEY (name)
    )
    """,
    """
    CREATE TABLE shelter (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        external_id TEXT NOT NULL,
        name TEXT NOT NULL,
        kana TEXT NOT NULL,
        kind TEXT NOT NULL,
        district TEXT NOT NULL,
        address TEXT NOT NULL,
        latitude FLOAT,
        longitude FLOAT,
        phone TEXT NOT NULL,
        capacity INTEGER,
        capacity_text TEXT NOT NULL,
        hazards TEXT NOT NULL,
        towns TEXT NOT NULL,
        in_charge TEXT NOT NULL,
        note TEXT NOT NULL,
        deleted BOOLEAN NOT NULL,
        key_name TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_shelter PRIMARY KEY (rid),
        CONSTRAINT uq_shelter_id UNIQUE (id)
    )
    """,
    """
    CREATE TABLE shelter_spell (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        shelter_id TEXT NOT NULL,
        opened_at INTEGER NOT NULL,
        closed_at INTEGER,
        source TEXT NOT NULL,
        note TEXT NOT NULL,
        deleted BOOLEAN NOT NULL,
        CONSTRAINT pk_shelter_spell PRIMARY KEY (rid),
        CONSTRAINT uq_shelter_spell_id UNIQUE (id)
    )
    """,
    """
    CREATE INDEX ix_shelter_spell_shelter ON shelter_spell (shelter_id, opened_at)
    """,
    """
    CREATE TABLE site (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        deleted BOOLEAN NOT NULL,
        CONSTRAINT pk_site PRIMARY KEY (rid),
        CONSTRAINT uq_site_id UNIQUE (id)
    )
    """,
    """
    CREATE TABLE snapshot (
        num INTEGER NOT NULL,
        id TEXT NOT NULL,
        label TEXT NOT NULL,
        as_of INTEGER NOT NULL,
        known_at INTEGER NOT NULL,
        residents INTEGER NOT NULL,
        households INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        files TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        active BOOLEAN NOT NULL,
        first_rid INTEGER NOT NULL,
        last_rid INTEGER NOT NULL,
        CONSTRAINT pk_snapshot PRIMARY KEY (num),
        CONSTRAINT uq_snapshot_id UNIQUE (id)
    )
    """,
    """
    CREATE TABLE stay (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        person_id TEXT NOT NULL,
        shelter_id TEXT NOT NULL,
        category TEXT NOT NULL,
        room TEXT NOT NULL,
        from_at INTEGER NOT NULL,
        to_at INTEGER,
        destination TEXT NOT NULL,
        destination_text TEXT NOT NULL,
        exit_reason TEXT NOT NULL,
        came_from TEXT NOT NULL,
        reception TEXT NOT NULL,
        pending BOOLEAN NOT NULL,
        note TEXT NOT NULL,
        deleted BOOLEAN NOT NULL,
        CONSTRAINT pk_stay PRIMARY KEY (rid),
        CONSTRAINT uq_stay_id UNIQUE (id)
    )
    """,
    """
    CREATE INDEX ix_stay_person ON stay (person_id, from_at)
    """,
    """
    CREATE INDEX ix_stay_shelter ON stay (shelter_id, from_at, to_at)
    """,
    """
    CREATE VIRTUAL TABLE resident_fts USING fts5(name, kana, address, content='', columnsize=0, tokenize="ascii tokenchars '-'")
    """,
    """
    CREATE VIRTUAL TABLE person_fts USING fts5(name, kana, address, content='', contentless_delete=1, tokenize="ascii tokenchars '-'")
    """,
)
TABLES = (
    "stay",
    "snapshot",
    "site",
    "shelter_spell",
    "shelter",
    "setting",
    "serial",
    "resident",
    "person_decision",
    "person",
    "operator",
    "journal",
    "household",
    "headcount",
    "disaster",
    "device",
    "access_person",
    "access",
    "absence",
    "resident_fts",
    "person_fts",
)


def upgrade() -> None:
    """Create everything."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Remove everything."""
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
