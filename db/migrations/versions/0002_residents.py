"""Residents of the day: where a snapshot came from and what its import found, protection measures, registered characters.

Frozen: a migration never imports today's tables.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    """
    CREATE TABLE access_crowd (
        access_seq INTEGER NOT NULL,
        persons BLOB NOT NULL,
        CONSTRAINT pk_access_crowd PRIMARY KEY (access_seq)
    )
    """,
    """
    CREATE TABLE protection (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        resident_no TEXT NOT NULL,
        person_id TEXT NOT NULL,
        group_id TEXT NOT NULL,
        role TEXT NOT NULL,
        provisional BOOLEAN NOT NULL,
        starts TEXT NOT NULL,
        ends TEXT NOT NULL,
        released_at INTEGER,
        note TEXT NOT NULL,
        deleted BOOLEAN NOT NULL,
        CONSTRAINT pk_protection PRIMARY KEY (rid),
        CONSTRAINT uq_protection_id UNIQUE (id)
    )
    """,
    """
    CREATE INDEX ix_protection_person ON protection (person_id)
    """,
    """
    CREATE INDEX ix_protection_resident ON protection (resident_no)
    """,
    """
    CREATE INDEX ix_person_protected ON person (id) WHERE protected
    """,
    """
    CREATE INDEX ix_person_resident_no ON person (resident_no)
    """,
    """
    CREATE INDEX ix_resident_protected ON resident (snapshot, resident_no) WHERE protected
    """,
    """
    CREATE TABLE registered_character (
        rid INTEGER NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        text TEXT NOT NULL,
        substitute TEXT NOT NULL,
        picture TEXT NOT NULL,
        description TEXT NOT NULL,
        deleted BOOLEAN NOT NULL,
        CONSTRAINT pk_registered_character PRIMARY KEY (rid),
        CONSTRAINT uq_registered_character_id UNIQUE (id)
    )
    """,
    """
    CREATE TABLE finding (
        seq INTEGER NOT NULL,
        snapshot INTEGER NOT NULL,
        code TEXT NOT NULL,
        resident_no TEXT NOT NULL,
        household_no TEXT NOT NULL,
        name TEXT NOT NULL,
        effective TEXT NOT NULL,
        processed TEXT NOT NULL,
        reason TEXT NOT NULL,
        old TEXT NOT NULL,
        new TEXT NOT NULL,
        file TEXT NOT NULL,
        line INTEGER NOT NULL,
        CONSTRAINT pk_finding PRIMARY KEY (seq)
    )
    """,
    """
    CREATE INDEX ix_finding_snapshot ON finding (snapshot, code, seq)
    """,
    """
    ALTER TABLE snapshot ADD COLUMN origin TEXT DEFAULT 'list' NOT NULL
    """,
    """
    ALTER TABLE snapshot ADD COLUMN district TEXT DEFAULT '' NOT NULL
    """,
    """
    ALTER TABLE snapshot ADD COLUMN sources TEXT DEFAULT '[]' NOT NULL
    """,
    """
    ALTER TABLE resident ADD COLUMN alias TEXT DEFAULT '' NOT NULL
    """,
    """
    CREATE TABLE resident_kana (
        snapshot INTEGER NOT NULL,
        key_kana TEXT NOT NULL,
        rid INTEGER NOT NULL,
        CONSTRAINT pk_resident_kana PRIMARY KEY (snapshot, key_kana, rid)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE resident_birth (
        snapshot INTEGER NOT NULL,
        birth_lo INTEGER NOT NULL,
        rid INTEGER NOT NULL,
        birth_hi INTEGER NOT NULL,
        key_kana TEXT NOT NULL,
        CONSTRAINT pk_resident_birth PRIMARY KEY (snapshot, birth_lo, rid)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE resident_phone (
        snapshot INTEGER NOT NULL,
        key_phone TEXT NOT NULL,
        rid INTEGER NOT NULL,
        CONSTRAINT pk_resident_phone PRIMARY KEY (snapshot, key_phone, rid)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE resident_part (
        snapshot INTEGER NOT NULL,
        part INTEGER NOT NULL,
        CONSTRAINT pk_resident_part PRIMARY KEY (snapshot, part)
    ) WITHOUT ROWID
    """,
    "INSERT INTO resident_kana SELECT snapshot, key_kana, rid FROM resident ORDER BY snapshot, key_kana, rid",
    "INSERT INTO resident_birth SELECT snapshot, birth_lo, rid, coalesce(birth_hi, birth_lo), key_kana FROM resident"
    " WHERE birth_lo IS NOT NULL ORDER BY snapshot, birth_lo, rid",
    "INSERT INTO resident_phone SELECT snapshot, key_phone, rid FROM resident WHERE key_phone <> '' ORDER BY snapshot, key_phone, rid",
    "DROP INDEX ix_resident_kana",
    "DROP INDEX ix_resident_birth",
    "DROP INDEX ix_resident_phone",
)
UNDO = (
    "CREATE INDEX ix_resident_kana ON resident (snapshot, key_kana)",
    "CREATE INDEX ix_resident_birth ON resident (snapshot, birth_lo, birth_hi, key_kana)",
    "CREATE INDEX ix_resident_phone ON resident (snapshot, key_phone)",
    "DROP TABLE resident_part",
    "DROP TABLE resident_phone",
    "DROP TABLE resident_birth",
    "DROP TABLE resident_kana",
    "ALTER TABLE resident DROP COLUMN alias",
    "ALTER TABLE snapshot DROP COLUMN sources",
    "ALTER TABLE snapshot DROP COLUMN district",
    "ALTER TABLE snapshot DROP COLUMN origin",
    "DROP TABLE access_crowd",
    "DROP TABLE finding",
    "DROP TABLE registered_character",
    "DROP INDEX ix_resident_protected",
    "DROP INDEX ix_person_resident_no",
    "DROP INDEX ix_person_protected",
    "DROP TABLE protection",
)


def upgrade() -> None:
    """Add what is new; residents loaded before have no other names."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take it away again, with the text index of snapshots loaded since."""
    for snapshot, part in op.get_bind().exec_driver_sql("SELECT snapshot, part FROM resident_part").fetchall():
        op.execute(f"DROP TABLE resident_fts_{snapshot}_{part}")
    for statement in UNDO:
        op.execute(statement)
