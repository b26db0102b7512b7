"""Postal codes of imported rows: said when they do not fit, put in only when asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.domain.resident import ResidentRow
from app.interchange.importing.residents import open_residents
from app.interchange.importing.source import ReadOptions

LIST = (
    "氏名,郵便番号,住所\n"
    "架空 一,926-0001,石川県七尾市鵜浦町1\n"
    "架空 二,926-0002,鵜浦町2\n"
    "架空 三,,鵜浦町3\n"
    "架空 四,926-9999,鵜浦町4\n"
    "架空 五,92,鵜浦町5\n"
    "架空 六,,一ツ橋6\n"
    "架空 七,926-0001,\n"
    "架空 八,000-0001,見本市本町8\n"
)


def read(folder: Path, **options: Any) -> tuple[list[ResidentRow], list[tuple[int | None, str]]]:
    """Rows and what was told by line."""
    path = folder / "a.csv"
    path.write_text(LIST, "cp932")
    source = open_residents([path], options=ReadOptions(municipality="172022", **options))
    rows = [row for batch in source.batches() for row in batch]
    return rows, [(issue.line, issue.code) for issue in source.results[0].issues]


def test_what_does_not_fit_is_told_and_stays(tmp_path: Path) -> None:
    rows, told = read(tmp_path)
    assert [row.postal for row in rows] == ["926-0001", "926-0002", "", "926-9999", "92", "", "926-0001", "000-0001"]
    assert told == [
        (3, "import.postal.elsewhere"), (5, "import.postal.unknown"), (6, "import.postal.odd"), (None, "import.postal_odd_count"),
    ]  # fmt: skip


def test_missing_codes_are_put_in_when_asked_for(tmp_path: Path) -> None:
    rows, told = read(tmp_path, fill_postal=True)
    assert [row.postal for row in rows][2:6] == ["926-0001", "926-9999", "92", ""]
    assert (None, "import.postal_filled") in told
