"""Stores of every age open; a migration that fails leaves the store as it was."""

from __future__ import annotations

import hashlib
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, UniqueConstraint

from app import resources
from app.bootstrap import gateway
from app.domain.errors import EnvironmentFault, IntegrityFault, RuleViolation
from app.storage import migrate as migrating
from app.storage import tables as t
from app.storage.engine import connect, writer_engine
from app.storage.search import FTS_DDL, RESIDENT_FTS
from app.usecases.batches import list_batches, open_batch
from app.usecases.buildings import building_rows
from app.usecases.cash_desk import pay
from app.usecases.cash_rows import VoucherFilter
from app.usecases.certificate_rows import ApplicationFilter, CertificateFilter
from app.usecases.conflicts import settle_conflict
from app.usecases.enrolment import need_list
from app.usecases.entitlements import entitlement_rows, list_entitlement_ids
from app.usecases.forms import list_designs
from app.usecases.ledger import trial_balance, verify_books
from app.usecases.photos import read_picture
from app.usecases.programmes import list_programmes
from app.usecases.rebuild import compare_snapshots
from app.usecases.relief_rows import EntitlementFilter
from app.usecases.residents import activate_snapshot, load_residents
from app.usecases.rows import RosterFilter
from app.usecases.survey_rows import BuildingFilter, SurveyFilter
from app.usecases.vouchers import list_voucher_ids, voucher_rows
from tests.stores import OPERATOR, PASSWORD, RESIDENTS, START, Clock, Town, copy_store, open_town, run_sql

FROZEN = Path(__file__).resolve().parents[1] / "data"


def script() -> Any:
    """Alembic's own view of the migrations."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(resources.root() / "db" / "migrations"))
    return ScriptDirectory.from_config(config)


def test_program_knows_every_revision_in_one_line() -> None:
    found = [revision.revision for revision in script().walk_revisions()][::-1]
    assert tuple(found) == migrating.REVISIONS
    assert script().get_heads() == [migrating.REVISIONS[-1]]


def test_there_is_a_frozen_store_of_each_schema() -> None:
    assert {path.name for path in FROZEN.glob("schema-*")} == {f"schema-{revision}" for revision in migrating.REVISIONS}


@pytest.mark.parametrize("revision", migrating.REVISIONS)
def test_frozen_store_opens_and_says_the_same(tmp_path: Path, revision: str) -> None:
    town = open_town(copy_store(FROZEN / f"schema-{revision}", tmp_path / "data"), Clock())
    try:
        assert town.problems() == []
        roster = town.ctx.reads.rosters.roster(RosterFilter(at=town.clock.forward(hours=3)))
        assert [row.name for row in roster.rows] == ["髙橋　一郎", "髙橋　太郎", "髙橋　二葉", "旅人　一"]
        assert {row.shelter for row in roster.rows} == {"見本小学校", "架空公民館"}
        assert town.ctx.reads.search.find("高橋")[1] == 4
        assert town.ctx.reads.search.find("本町1-2-3")[1] == 4
        assert migrating.REVISIONS[-1] == town.sql("SELECT version_num FROM alembic_version")[0][0]
    finally:
        town.session.close(backup=False)


def test_residents_of_an_old_store_are_found_by_the_rules_of_today(tmp_path: Path) -> None:
    """A snapshot loaded before schema 0002 has no new index of text: it is searched all the same, beside one loaded now."""
    town = open_town(copy_store(FROZEN / "schema-0001", tmp_path / "data"), Clock())
    try:
        find = town.ctx.reads.search.find
        old = town.ctx.reads.residents.active()
        assert old is not None and (old.origin, old.sources) == ("list", ())
        asked = ("渡邊", "ワタナヘ", "しずか", "港町5-6", "昭和20年", "崎山", "山手2丁目3", "090-0000-2222")
        found = {text: [hit.name for hit in find(text, within="residents")[0]] for text in asked}
        assert found == {text: ["渡邉　静" if text not in ("崎山", "山手2丁目3") else "﨑山　源"] for text in asked}
        assert [view.name for view in town.ctx.reads.residents.page(town.ctx.reads.residents.ids(snapshot_id=old.id, text="花"))] == [
            "髙橋　花"
        ]
        made, _ = load_residents(town.ctx, batches=[RESIDENTS[:4]], as_of=old.as_of)
        assert find("渡邊")[1] == 0 and find("本町1-2-3")[1] == 4
        activate_snapshot(town.ctx, snapshot_id=old.id)
        assert find("渡邊")[1] == 1 and town.problems() == []
        compared = compare_snapshots(town.ctx, before=old.id, after=made.id)
        assert (compared.appeared, compared.left, compared.changed) == (0, 2, 0)
    finally:
        town.session.close(backup=False)


@pytest.mark.parametrize("revision", migrating.REVISIONS[1:])
def test_frozen_store_keeps_what_schema_0002_brought(tmp_path: Path, revision: str) -> None:
    town = open_town(copy_store(FROZEN / f"schema-{revision}", tmp_path / "data"), Clock())
    try:
        reads = town.ctx.reads
        rebuilt, first = reads.residents.snapshots()
        assert (rebuilt.origin, rebuilt.residents, rebuilt.active, first.origin) == ("rebuild", 11, True, "list")
        assert [mark.role for mark in rebuilt.sources] == ["full", "difference", "difference"]
        codes = {finding.code: finding.name for finding in reads.residents.findings(snapshot_id=rebuilt.id)}
        assert {
            "resident.late_birth": "移田　春",
            "resident.died_on_day": "逝沢　静夫",
            "resident.cancelled_late": "去川　出",
        }.items() <= codes.items()
        assert [hit.name for hit in reads.search.find("葛󠄀野")[0]] == ["葛󠄀野　\ue000"]
        assert [(one.text, one.substitute) for one in reads.all("character")] == [("\ue000", "晃")]
        assert [hit.name for hit in reads.search.find("移田")[0]] == ["移田　替", "移田　春"]
        hidden = reads.seen_by(see_protected=False)
        assert hidden.search.find("移田") == ([], 0, False)
        assert {"resident.late_birth"}.isdisjoint({one.code for one in hidden.residents.findings(snapshot_id=rebuilt.id)})
        assert [entry.target for entry in reads.journal.access(person_id="person-02499")] == ["見本.csv"]
    finally:
        town.session.close(backup=False)


@pytest.mark.parametrize("revision", migrating.REVISIONS[2:])
def test_frozen_store_keeps_what_schema_0003_brought(tmp_path: Path, revision: str) -> None:
    town = open_town(copy_store(FROZEN / f"schema-{revision}", tmp_path / "data"), Clock(START + timedelta(hours=3)))
    try:
        ctx, reads = town.ctx, town.ctx.reads
        ids = reads.buildings.ids(filter=BuildingFilter())
        rows = {row.tax_no: row for row in building_rows(ctx, ids)}
        assert {(tax_no, row.address) for tax_no, row in rows.items()} == {
            ("T1", "見本市本町1-2-3"), ("T2", "見本市港町9-1"), ("T3", "見本市山手1-1"),
        }  # fmt: skip
        house = rows["T1"].id
        assert [grade.grade for grade in reads.surveys.counted(ids).values()] == ["half"]
        states = [row.state for row in reads.surveys.rows(reads.surveys.ids(filter=SurveyFilter()))]
        assert sorted(states) == ["counted", "counted", "entered"]
        heads = {row.head_name for row in reads.buildings.victim_rows(reads.buildings.victim_ids())}
        assert heads == {"髙橋　太郎", "仮住　申"}
        assert len(reads.surveys.appeals()) == 1 and len(reads.surveys.assignments()) == 2
        asked = reads.certificates.application_ids(filter=ApplicationFilter(), today="2024-01-02")
        papers = reads.certificates.certificate_rows(reads.certificates.certificate_ids(filter=CertificateFilter()))
        assert len(asked) == 2 and [(row.state, row.grade, row.head_name) for row in papers] == [("issued", "half", "髙橋　太郎")]
        (photo,) = reads.photos.rows(reads.photos.ids(building_id=house))
        assert photo.caption == "南側の外壁" and read_picture(ctx, photo=photo).startswith(b"\xff\xd8")
        assert [(row.form, row.state) for row in list_designs(ctx) if row.number > 100] == [("disaster_certificate", "approved")]
    finally:
        town.session.close(backup=False)


@pytest.mark.parametrize("revision", migrating.REVISIONS[3:])
def test_frozen_store_keeps_what_schema_0004_brought(tmp_path: Path, revision: str) -> None:
    town = open_town(copy_store(FROZEN / f"schema-{revision}", tmp_path / "data"), Clock(START + timedelta(hours=7)))
    try:
        ctx = town.ctx
        assert [(one.code, one.title) for one in list_programmes(ctx)] == [("mimai", "災害見舞金（例）"), ("engo", "災害援護資金")]
        owed = entitlement_rows(ctx, list_entitlement_ids(ctx, filter=EntitlementFilter()))
        assert [(row.unit, row.due, row.paid, row.open, row.progress) for row in owed] == [
            ("household", 50_000, 50_000, 0, "paid"), ("person", 30_000, 30_000, 0, "paid"),
        ]  # fmt: skip
        batches = list_batches(ctx)
        assert {(row.way, row.state, row.total) for row in batches} == {("transfer", "settled", 50_000), ("cash", "settled", 30_000)}
        assert all(open_batch(ctx, batch_id=row.id).intact for row in batches)
        (paper,) = voucher_rows(ctx, list_voucher_ids(ctx, filter=VoucherFilter()))
        assert (paper.state, paper.amount) == ("paid", 30_000)
        assert verify_books(ctx) == [] and sum(row.balance for row in trial_balance(ctx)) == 0
        with pytest.raises(RuleViolation, match="voucher.already_paid"):
            pay(ctx, voucher_id=paper.id, identified="licence")
    finally:
        town.session.close(backup=False)


def test_frozen_store_keeps_what_schema_0005_brought(tmp_path: Path) -> None:
    town = open_town(copy_store(FROZEN / "schema-0005", tmp_path / "data"), Clock(START + timedelta(days=2)))
    try:
        exchange = town.ctx.reads.exchange
        (open_case,) = exchange.conflicts()
        assert (open_case.kind, open_case.fields, len(open_case.sides)) == ("person", ("phone",), 2)
        settle_conflict(town.ctx, conflict_id=open_case.id, take="A", reason="本人に聞いた")
        assert exchange.count_conflicts() == 0
        assert sorted((row.direction, row.records > 0) for row in exchange.packages()) == [("in", True), ("out", True)]
        assert [one.state for one in need_list(town.ctx).devices] == ["active", "active"]
        assert town.problems() == []
    finally:
        town.session.close(backup=False)


def _schema(path: Path, key: bytes) -> dict[str, Any]:
    """Columns, indexes and virtual tables as the file has them."""
    connection = connect(path, key)
    try:
        tables = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_fts%' ESCAPE '\\'")
        ]
        columns = {name: [(r[1], r[2], r[3], r[5]) for r in connection.execute(f"PRAGMA table_info('{name}')")] for name in tables}
        indexes: dict[str, Any] = {}
        for name in tables:
            for index in connection.execute(f"PRAGMA index_list('{name}')").fetchall():
                on = tuple(r[2] for r in connection.execute(f"PRAGMA index_info('{index[1]}')"))
                indexes[name, on, bool(index[2]), bool(index[4])] = index[1]
        virtual = [row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")]
        return {"columns": columns, "indexes": indexes, "virtual": virtual}
    finally:
        connection.close()


def test_models_are_the_migrated_store(town: Town) -> None:
    found = _schema(town.folder / "store.db", town.data_key)
    found["columns"].pop("alembic_version")
    assert set(found["columns"]) == set(t.metadata.tables)
    for name, table in t.metadata.tables.items():
        kinds = {c.name: c.type.compile(dialect=writer_engine(town.folder, b"").dialect) for c in table.columns}
        wanted = [(c.name, kinds[c.name], int(not c.nullable), int(c.primary_key)) for c in table.columns]
        told = [(column, kind, required, int(bool(key))) for column, kind, required, key in found["columns"][name]]
        assert told == wanted, name
        for index in table.indexes:
            partial = index.dialect_options["sqlite"]["where"] is not None
            assert found["indexes"][name, tuple(c.name for c in index.columns), bool(index.unique), partial] == index.name
        named = {index.name for index in table.indexes}
        assert {i for (on, *_), i in found["indexes"].items() if on == name and not i.startswith("sqlite_autoindex")} == named
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint):
                assert (name, tuple(c.name for c in constraint.columns), True, False) in found["indexes"]
    virtual = [re.sub(r"\s+", " ", sql) for sql in found["virtual"]]
    parts = [sql for sql in virtual if re.match(r"CREATE VIRTUAL TABLE resident_fts_\d+_\d+ ", sql)]
    assert [sql for sql in virtual if sql not in parts] == list(FTS_DDL)
    assert parts and all(sql.endswith(RESIDENT_FTS) for sql in parts)


def test_up_down_and_up_again(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    path, key = tmp_path / "百% 空.db", bytes(32)
    connect(path, key, create=True).close()
    engine = writer_engine(path, key)
    try:
        migrating.migrate(engine)
        first = _schema(path, key)
        config = Config()
        config.set_main_option("script_location", str(resources.root() / "db" / "migrations"))
        with engine.connect() as connection, connection.begin():
            config.attributes["connection"] = connection
            command.downgrade(config, "base")
        assert set(_schema(path, key)["columns"]) == {"alembic_version"} and _schema(path, key)["virtual"] == []
        migrating.migrate(engine)
        assert _schema(path, key) == first
    finally:
        engine.dispose()


def test_program_in_a_folder_with_a_percent_sign_migrates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "50%(x)s 支え"
    shutil.copytree(resources.root() / "db", root / "db")
    monkeypatch.setattr(resources, "root", lambda: root)
    connect(tmp_path / "new.db", bytes(32), create=True).close()
    engine = writer_engine(tmp_path / "new.db", bytes(32))
    try:
        migrating.migrate(engine)
        with engine.connect() as connection, connection.begin():
            assert migrating.current_revision(connection) == migrating.REVISIONS[-1]
    finally:
        engine.dispose()


@pytest.fixture
def next_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program with one more migration, whose body tests write."""
    root = tmp_path / "program"
    shutil.copytree(resources.root() / "db", root / "db")
    monkeypatch.setattr(resources, "root", lambda: root)
    monkeypatch.setattr(migrating, "REVISIONS", (*migrating.REVISIONS, "9999"))
    return root / "db" / "migrations" / "versions" / "9999_next.py"


HEAD = f'from alembic import op\n\nrevision = "9999"\ndown_revision = "{migrating.REVISIONS[-1]}"\n\n\n'


def test_older_store_is_backed_up_and_moved_on(folder: Path, next_schema: Path) -> None:
    next_schema.write_text(HEAD + "def upgrade():\n    op.execute('CREATE TABLE novelty (id INTEGER)')\n", "utf-8")
    session = gateway(now=Clock()).open(folder, operator=OPERATOR, password=PASSWORD)
    try:
        assert session.notices == ("store.migrated",)
        assert run_sql(folder, "SELECT version_num FROM alembic_version") == [("9999",)]
        assert run_sql(folder, "SELECT count(*) FROM novelty") == [(0,)]
        target = folder.parent / "later.sasae-backup"
        session.context.backups.write(target)
        from app.storage.backup import check_backup

        assert check_backup(target)["schema"] == "9999"
        earlier = next((folder / "backups").iterdir())
        assert check_backup(earlier)["schema"] == migrating.REVISIONS[-2]
    finally:
        session.close(backup=False)


def test_older_backup_and_older_folder_with_lost_password_are_moved_on_too(
    template: Path, folder: Path, tmp_path: Path, next_schema: Path
) -> None:
    known = migrating.REVISIONS
    migrating.REVISIONS = known[:-1]  # type: ignore[misc]
    session = gateway(now=Clock()).open(folder, operator=OPERATOR, password=PASSWORD)
    session.context.backups.write(tmp_path / "old.sasae-backup")
    session.close(backup=False)
    migrating.REVISIONS = known  # type: ignore[misc]
    next_schema.write_text(HEAD + "def upgrade():\n    op.execute('CREATE TABLE novelty (id INTEGER)')\n", "utf-8")
    gate = gateway(now=Clock())
    gate.restore(tmp_path / "old.sasae-backup", into=tmp_path / "restored", operator=OPERATOR, password=PASSWORD)
    assert run_sql(tmp_path / "restored", "SELECT version_num FROM alembic_version") == [("9999",)]
    key = template.with_name("recovery.txt").read_text("ascii")
    session = gate.recover(folder, recovery_key=key, operator=OPERATOR, password="brand new secret")
    assert "store.migrated" in session.notices
    session.close(backup=False)


FAILURES = {
    "wrong statement": "def upgrade():\n    op.execute('CREATE TABLE novelty (id INTEGER)')\n    op.execute('DROP TABLE person')\n    op.execute('NONSENSE')\n",
    "own mistake": "def upgrade():\n    op.execute('DROP TABLE stay')\n    raise RuntimeError('half way')\n",
    "broken reference": (
        "def upgrade():\n    op.execute('CREATE TABLE parent (id INTEGER PRIMARY KEY)')\n"
        "    op.execute('CREATE TABLE child (parent INTEGER REFERENCES parent (id))')\n    op.execute('INSERT INTO child VALUES (7)')\n"
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failing_migration_leaves_the_store_as_it_was(folder: Path, next_schema: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = run_sql(folder, "SELECT name, sql FROM sqlite_master ORDER BY name")
    digest = hashlib.sha256((folder / "store.db").read_bytes()).hexdigest()
    next_schema.write_text(HEAD + FAILURES[name], "utf-8")
    with pytest.raises(Exception) as caught:  # noqa: B017 - whatever the migration raises
        gateway(now=Clock()).open(folder, operator=OPERATOR, password=PASSWORD)
    if name == "broken reference":
        assert isinstance(caught.value, IntegrityFault) and caught.value.code == "store.migration_unsound"
    assert run_sql(folder, "SELECT name, sql FROM sqlite_master ORDER BY name") == before
    assert len(list((folder / "backups").iterdir())) == 1
    monkeypatch.undo()
    assert hashlib.sha256((folder / "store.db").read_bytes()).hexdigest() == digest
    town = open_town(folder, Clock())
    assert town.problems() == []
    town.session.close(backup=False)


def test_newer_store_is_refused_and_untouched(folder: Path) -> None:
    run_sql(folder, "UPDATE alembic_version SET version_num = '0999'")
    for act in (
        lambda gate: gate.open(folder, operator=OPERATOR, password=PASSWORD),
        lambda gate: gate.open(folder, operator=OPERATOR, password=PASSWORD, read_only=True),
    ):
        with pytest.raises(EnvironmentFault) as caught:
            act(gateway(now=Clock()))
        assert caught.value.code == "store.newer" and caught.value.params["found"] == "0999"
    assert run_sql(folder, "SELECT version_num FROM alembic_version") == [("0999",)]
    run_sql(folder, "UPDATE alembic_version SET version_num = ?", migrating.REVISIONS[-1])
    open_town(folder, Clock()).session.close(backup=False)  # nothing holds the folder


def test_store_without_schema_is_said(folder: Path) -> None:
    run_sql(folder, "DROP TABLE alembic_version")
    with pytest.raises(IntegrityFault, match="store.no_schema"):
        open_town(folder, Clock())


def test_migration_runs_where_nothing_is_written_meanwhile(folder: Path, next_schema: Path) -> None:
    next_schema.write_text(
        HEAD
        + "def upgrade():\n    assert op.get_bind().exec_driver_sql('PRAGMA foreign_keys').scalar() == 0\n    op.execute('SELECT 1')\n",
        "utf-8",
    )
    town = open_town(folder, Clock())
    try:
        with town.ctx.unit() as uow:
            connection: Connection = uow.reads._source().__enter__()  # type: ignore[attr-defined]
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    finally:
        town.session.close(backup=False)
