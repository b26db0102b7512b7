"""個人番号 leave no trace in store, reports and rejected rows, whichever importer reads them."""

from __future__ import annotations

from pathlib import Path

from tests.interchange.test_private import MAKERS, RESIDENT, my_number, whole, write
from tests.stores import Town


def test_nothing_of_it_is_written_or_kept(town: Town, tmp_path: Path) -> None:
    """Store, report, rejected rows and remembered mappings of every importer."""
    from app.interchange.importing import run

    secrets = [my_number(n) for n in range(14)]
    at = town.clock()
    people = whole([*RESIDENT[:4], "マイナンバー", "備考"], [*MAKERS, my_number, lambda n: f"{my_number(n)}"])
    people.append(["", "", "あした", "", my_number(13), my_number(13)])
    people.append(["1", "短い", my_number(13)])
    places = whole(["避難所名", "住所", "個人番号", "収容人数"], [lambda n: f"見本第{n}", MAKERS[3], my_number, lambda n: "x"])
    run.import_residents(town.ctx, paths=[write(tmp_path / "住民.csv", people)], as_of=at)
    run.import_shelters(town.ctx, path=write(tmp_path / "避難所.csv", places))
    roster = [row[1:] for row in people]
    run.import_evacuees(town.ctx, path=write(tmp_path / "名簿.csv", roster), shelter_id=town.shelters[0], at=at)
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name not in ("住民.csv", "避難所.csv", "名簿.csv")]
    written = [path for path in written if town.folder not in path.parents]
    assert len(written) >= 4
    for path in written:
        text = path.read_text("utf-8-sig")
        assert not any(secret in text for secret in secrets), path.name
    for table in ("resident", "person", "stay", "household", "shelter", "setting", "finding", "journal", "access"):
        assert not any(secret in repr(town.sql(f"SELECT * FROM {table}")) for secret in secrets), table
