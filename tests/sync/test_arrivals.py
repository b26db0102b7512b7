"""Operations kept while a package is taken in: only for records of which nothing else is stored, and never more than fit."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.domain.records import value_fields
from app.storage import arrivals
from app.storage import tables as t
from app.storage.arrivals import Arrivals
from app.storage.merged import Merger
from tests.exchange_town import Laptop, carry, change, check_in, enrol, found_laptop
from tests.stores import Town

FIRST = ("op1", "d", 1, "1", "create", "{}")
SECOND = ("op2", "d", 2, "2", "update", "{}")


def test_a_record_with_more_stored_than_came_is_read() -> None:
    kept = Arrivals()
    kept.keep("person", "a", FIRST)
    kept.keep("person", "a", SECOND)
    kept.keep("person", "b", FIRST)
    assert kept.whole("person", [("a", 2), ("b", 2), ("c", 1)]) == {"a": [FIRST, SECOND]}
    assert kept.whole("stay", [("a", 2)]) == {}


def test_too_many_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "_MOST", 2)
    kept = Arrivals()
    for record in "abc":
        kept.keep("person", record, FIRST)
    kept.keep("person", "a", SECOND)
    assert kept.whole("person", [("a", 1), ("b", 1), ("c", 1)]) == {}, "one of them may have been left out"


@pytest.mark.parametrize("most", [0, 5, 20_000])
def test_records_are_the_same_however_much_is_kept(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    laptop = found_laptop(tmp_path / "laptop", town.clock, site="見本小学校")
    try:
        enrol(town.ctx, laptop.ctx)
        known = [check_in(laptop.ctx, name="見本　花", serial=1), check_in(laptop.ctx, name="見本　茂", serial=2)]
        hq = Laptop(town.session, town.folder)
        carry(laptop.ctx, hq, tmp_path / "stick", to="hq")
        change(laptop.ctx, known[0].id, phone="0900000001")  # known there: one operation came before
        new = check_in(laptop.ctx, name="見本　空", serial=3)
        change(laptop.ctx, new.id, phone="0900000002")  # new there: both come now
        monkeypatch.setattr(arrivals, "_MOST", most)
        read: list[str] = []
        seen = Merger.merge
        monkeypatch.setattr(Merger, "merge", lambda self, kind, record, writes: read.append(record) or seen(self, kind, record, writes))
        town.clock.forward(minutes=20)
        carry(laptop.ctx, hq, tmp_path / "stick", to="hq")
        told = {one.id: one for one in laptop.ctx.reads.all("person")}
        assert {one.id: one for one in town.ctx.reads.all("person")} == told and told[known[0].id].version == told[new.id].version == 2
        assert {known[0].id, new.id} <= set(read) and known[1].id not in read
        assert town.problems() == []
    finally:
        laptop.session.close(backup=False)


@pytest.mark.parametrize("kind", [kind for kind in t.KINDS if kind.derive is not None], ids=lambda kind: str(kind.name))
def test_derived_columns_ask_fields_only(kind: t.Kind) -> None:
    """Merging derives them from the values of a record, without making one of its class."""
    fields = {one.name for one in value_fields(kind.cls)}
    values = {name: value for name, value in (("name", "見本　花"), ("kana", "ﾐﾎﾝ ﾊﾅ"), ("birth", "昭和10年1月2日"), ("phone", "0900")) if name in fields}
    filled = {one.name: "" for one in value_fields(kind.cls) if one.default is dataclasses.MISSING}
    record = kind.cls(id="x", **{**filled, **values})
    assert kind.derive is not None
    told = {name: getattr(record, name) for name in fields}
    assert dict(kind.derive(SimpleNamespace(**told))) == dict(kind.derive(record))
