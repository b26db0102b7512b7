"""Accesses to very many people: packed in one piece, found by person, and noticed when changed."""

from __future__ import annotations

import zlib

import pytest

from tests.stores import Town

CROWD = [f"person-{number:05}" for number in range(2_500)]


@pytest.fixture
def exported(town: Town) -> Town:
    """A town where one output named 2,500 people and a small one named one of them."""
    for persons, target in ((CROWD, "large.csv"), (CROWD[7:8], "small.csv")):
        with town.ctx.unit() as uow:
            uow.log_access(action="export", persons=persons, target=target)
            uow.commit()
    return town


def test_everyone_of_a_large_output_is_found(exported: Town) -> None:
    found = {person: [entry.target for entry in exported.ctx.reads.journal.access(person_id=person)] for person in (CROWD[0], CROWD[7])}
    assert found == {CROWD[0]: ["large.csv"], CROWD[7]: ["small.csv", "large.csv"]}
    assert exported.ctx.reads.journal.access(person_id="person-0000") == []
    assert exported.sql("SELECT count(*) FROM access_person WHERE person LIKE 'person-%'") == [(1,)]
    assert exported.problems() == []


@pytest.mark.parametrize("packed", [zlib.compress(b"\nperson-00000\n"), b"", b"no list at all"])
def test_a_changed_list_is_noticed(exported: Town, packed: bytes) -> None:
    exported.sql("UPDATE access_crowd SET persons = ?", packed)
    assert "verify.access_changed" in exported.problems()


def test_a_removed_list_is_noticed(exported: Town) -> None:
    exported.sql("DELETE FROM access_crowd")
    assert "verify.access_changed" in exported.problems()
