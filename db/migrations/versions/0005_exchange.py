"""Exchange between laptops: branches of chains, heads that devices vouched for, peers, packages, withheld stretches, conflicts.

Frozen: a migration never imports today's tables.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    "ALTER TABLE journal ADD COLUMN chain TEXT NOT NULL DEFAULT ''",
    "UPDATE journal SET chain = device",
    "DROP INDEX uq_journal_device_seq",
    "CREATE UNIQUE INDEX uq_journal_chain_seq ON journal (chain, device_seq)",
    "CREATE INDEX ix_journal_context ON journal (chain, device_seq) WHERE context != '{}'",
    "ALTER TABLE device ADD COLUMN parent TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE device ADD COLUMN forked INTEGER DEFAULT '0' NOT NULL",
    "ALTER TABLE device ADD COLUMN signed_seq INTEGER DEFAULT '0' NOT NULL",
    "ALTER TABLE device ADD COLUMN signed_hash TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE device ADD COLUMN signature TEXT DEFAULT '' NOT NULL",
    """
    CREATE TABLE withheld (
        chain TEXT NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        audience TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL,
        CONSTRAINT pk_withheld PRIMARY KEY (chain, first)
    )
    """,
    """
    CREATE TABLE peer (
        device TEXT NOT NULL,
        knows TEXT DEFAULT '{}' NOT NULL,
        heard_at INTEGER,
        written_at INTEGER,
        sent_at INTEGER,
        acknowledged_at INTEGER,
        clock_offset INTEGER,
        CONSTRAINT pk_peer PRIMARY KEY (device)
    )
    """,
    """
    CREATE TABLE package (
        num INTEGER NOT NULL,
        id TEXT NOT NULL,
        direction TEXT NOT NULL,
        device TEXT NOT NULL,
        site_id TEXT NOT NULL,
        written_at INTEGER NOT NULL,
        handled_at INTEGER NOT NULL,
        since INTEGER,
        until INTEGER,
        records INTEGER NOT NULL,
        conflicts INTEGER NOT NULL,
        gaps INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        operator TEXT NOT NULL,
        details TEXT DEFAULT '{}' NOT NULL,
        CONSTRAINT pk_package PRIMARY KEY (num)
    )
    """,
    "CREATE INDEX ix_package_id ON package (id)",
    """
    CREATE TABLE open_conflict (
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        record TEXT NOT NULL,
        fields TEXT NOT NULL,
        sides TEXT NOT NULL,
        found_at INTEGER NOT NULL,
        CONSTRAINT pk_open_conflict PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX ix_open_conflict_record ON open_conflict (record)",
)
UNDO = (
    "DROP TABLE open_conflict",
    "DROP TABLE package",
    "DROP TABLE peer",
    "DROP TABLE withheld",
    "ALTER TABLE device DROP COLUMN signature",
    "ALTER TABLE device DROP COLUMN signed_hash",
    "ALTER TABLE device DROP COLUMN signed_seq",
    "ALTER TABLE device DROP COLUMN forked",
    "ALTER TABLE device DROP COLUMN parent",
    "DROP INDEX ix_journal_context",
    "DROP INDEX uq_journal_chain_seq",
    "ALTER TABLE journal DROP COLUMN chain",
    "CREATE UNIQUE INDEX uq_journal_device_seq ON journal (device, device_seq)",
)


def upgrade() -> None:
    """Add what is new."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take it away again."""
    for statement in UNDO:
        op.execute(statement)
