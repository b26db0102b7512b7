"""What happens to records that travelled: edited under an open conflict, undone, set back, protected; laptops lost, restored, put back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.domain.errors import RuleViolation
from app.domain.evacuee import Person
from app.usecases import protections
from app.usecases.conflicts import list_conflicts, settle_conflict
from app.usecases.enrolment import create_municipality, device_list, revoke_device
from app.usecases.persons import correct_person, last_acts, restore_version, undo
from app.usecases.records import read_history
from tests.exchange_town import check_in
from tests.package_town import arrive, enrol, enrolled, open_office, reopened, send, take
from tests.stores import OPERATOR, PASSWORD, Town

SITE, HALL = "見本小学校", "架空公民館"


@pytest.fixture
def hq(town: Town) -> Town:
    return open_office(town)


@pytest.fixture
def three(hq: Town, tmp_path: Path) -> Iterator[tuple[Town, Town, Town]]:
    """Headquarters and two shelters that know each other."""
    school, hall = enrolled(hq, tmp_path / "school"), enrolled(hq, tmp_path / "hall", site=HALL)
    for town, name in ((school, SITE), (hall, HALL)):
        take(town, send(hq, name, tmp_path / "first").path)
    yield hq, school, hall
    for town in (school, hall):
        town.session.close(backup=False)


def person(town: Town, person_id: str) -> Person:
    found = town.ctx.reads.get("person", person_id)
    assert isinstance(found, Person)
    return found


def correct(town: Town, person_id: str, **values: Any) -> None:
    town.clock.forward(minutes=1)
    correct_person(town.ctx, person_id=person_id, version=person(town, person_id).version, values=values, reason="訂正")


def spread(hq: Town, *others: tuple[Town, str], stick: Path) -> None:
    """Everything to headquarters and back, twice: what the first sent sees what the last brought."""
    for turn in range(2):
        for town, _ in others:
            take(hq, send(town, "hq", stick.with_name(f"{stick.name}-in{turn}")).path)
        for town, site in others:
            take(town, send(hq, site, stick.with_name(f"{stick.name}-out{turn}")).path)


def same(*towns: Town) -> bool:
    """Whether people, stays, households and open conflicts are the same, and everything verifies."""
    kinds = ("person", "stay", "household", "shelter", "shelter_spell", "absence", "open_conflict", "protection")
    told = []
    for town in towns:
        assert town.problems() == []
        rows = {}
        for kind in kinds:
            names = [row[1] for row in town.sql(f"PRAGMA table_info({kind})") if row[1] not in ("rid", "found_at")]
            rows[kind] = sorted(map(tuple, town.sql(f"SELECT {', '.join(names)} FROM {kind}")), key=repr)
        told.append(rows)
    for kind in kinds:
        for one in told[1:]:
            assert one[kind] == told[0][kind], kind
    return True


def disputed(three: tuple[Town, Town, Town], stick: Path) -> str:
    """A person whose note two shelters wrote without knowing of each other; everybody knows of the conflict."""
    hq, school, hall = three
    one = arrive(school, "見本　競子")[0]
    spread(hq, (school, SITE), (hall, HALL), stick=stick / "x")
    correct(school, one, note="学校で書いた")
    correct(hall, one, note="公民館で書いた")
    spread(hq, (school, SITE), (hall, HALL), stick=stick / "y")
    assert [len(list_conflicts(town.ctx)) for town in three] == [1, 1, 1] and same(*three)
    return one


def test_an_ordinary_edit_ends_an_open_conflict_everywhere(three: tuple[Town, Town, Town], tmp_path: Path) -> None:
    hq, school, hall = three
    one = disputed(three, tmp_path)
    correct(hall, one, note="三つ目の値")
    here = list_conflicts(hall.ctx)
    spread(hq, (school, SITE), (hall, HALL), stick=tmp_path / "c")
    assert [len(list_conflicts(town.ctx)) for town in three] == [len(here)] * 3 == [0, 0, 0]
    assert {person(town, one).note for town in three} == {"三つ目の値"} and same(*three)


def test_an_edit_of_another_field_leaves_the_conflict(three: tuple[Town, Town, Town], tmp_path: Path) -> None:
    hq, school, hall = three
    one = disputed(three, tmp_path)
    correct(hall, one, phone="0767-00-0000")
    assert len(list_conflicts(hall.ctx)) == 1
    spread(hq, (school, SITE), (hall, HALL), stick=tmp_path / "c")
    assert [len(list_conflicts(town.ctx)) for town in three] == [1, 1, 1] and same(*three)
    view = list_conflicts(hq.ctx)[0]
    settle_conflict(hq.ctx, conflict_id=view.id, take="B", reason="確認")
    spread(hq, (school, SITE), (hall, HALL), stick=tmp_path / "d")
    assert [len(list_conflicts(town.ctx)) for town in three] == [0, 0, 0] and same(*three)


def test_undo_and_setting_back_what_was_merged(three: tuple[Town, Town, Town], tmp_path: Path) -> None:
    hq, school, hall = three
    one = disputed(three, tmp_path)
    history = read_history(hq.ctx, record_id=one)
    first = next(entry for entry in history if entry.action == "create")
    hq.clock.forward(minutes=1)
    restore_version(hq.ctx, kind="person", record_id=one, operation=first.operation, reason="この版に戻す")
    assert person(hq, one).note == "" and list_conflicts(hq.ctx) == []
    spread(hq, (school, SITE), (hall, HALL), stick=tmp_path / "c")
    assert same(*three) and person(hall, one).note == ""
    correct(school, one, note="また書いた")
    spread(hq, (school, SITE), (hall, HALL), stick=tmp_path / "d")
    act = last_acts(hall.ctx, person_id=one)[0]
    hall.clock.forward(minutes=1)
    undo(hall.ctx, act=act, reason="取り消し")
    spread(hq, (school, SITE), (hall, HALL), stick=tmp_path / "e")
    assert same(*three) and person(hq, one).note == ""


def test_a_lost_laptop_writes_on_and_a_relay_brings_it(three: tuple[Town, Town, Town], tmp_path: Path) -> None:
    hq, school, hall = three
    known = arrive(school, "盗難前")[0]
    take(hq, send(school, "hq", tmp_path / "a").path)
    arrive(school, "盗難後")
    take(hall, send(school, HALL, tmp_path / "b").path)  # the relay does not know yet
    assert "盗難後" in {one.name for one in hall.ctx.reads.all("person")}  # type: ignore[attr-defined]
    revoke_device(hq.ctx, device=school.ctx.place.device_prefix, reason="盗難")
    heard = take(hq, send(hall, "hq", tmp_path / "c").path)
    assert heard.report.refused > 0 and person(hq, known).name == "盗難前"
    assert "盗難後" not in {one.name for one in hq.ctx.reads.all("person")}  # type: ignore[attr-defined]
    with pytest.raises(RuleViolation, match=r"exchange\.sender_revoked"):
        take(hq, send(school, "hq", tmp_path / "d").path)
    take(hall, send(hq, HALL, tmp_path / "e").path)
    assert hq.problems() == [] and hall.problems() == []


def test_headquarters_from_an_old_backup_learns_everything_again(three: tuple[Town, Town, Town], tmp_path: Path) -> None:
    hq, school, hall = three
    hq.ctx.backups.write(tmp_path / "old.sasae-backup")
    arrive(school, "学校の人")
    late = enrolled(hq, tmp_path / "late", site="後から")
    arrive(hall, "公民館の人")
    written = check_in(hq.ctx, name="本部で書いた人").id
    spread(hq, (school, SITE), (hall, HALL), stick=tmp_path / "a")
    gateway(now=hq.clock).restore(tmp_path / "old.sasae-backup", into=tmp_path / "restored", operator=OPERATOR, password=PASSWORD)
    session = gateway(now=hq.clock).open(tmp_path / "restored", operator=OPERATOR, password=PASSWORD)
    again = Town(session=session, clock=hq.clock, folder=tmp_path / "restored")
    try:
        create_municipality(again.ctx)
        for town in (school, hall):
            take(again, send(town, "hq", tmp_path / "b").path)
        found = device_list(again.ctx)
        assert found is not None and found.find(late.ctx.place.device_id) is not None
        spread(again, (school, SITE), (hall, HALL), stick=tmp_path / "c")
        assert person(again, written).name == "本部で書いた人"
        assert same(again, school, hall)
    finally:
        session.close(backup=False)
        late.session.close(backup=False)


def test_a_folder_put_back_over_its_own_place_is_found_out(three: tuple[Town, Town, Town], tmp_path: Path) -> None:
    hq, school, hall = three
    school.session.close(backup=False)
    shutil.copytree(school.folder, tmp_path / "kept")
    school.session = gateway(now=school.clock).open(school.folder, operator=OPERATOR, password=PASSWORD)
    arrive(school, "後で失われた人")
    take(hq, send(school, "hq", tmp_path / "a").path)
    school.session.close(backup=False)
    shutil.rmtree(school.folder)
    shutil.copytree(tmp_path / "kept", school.folder)
    back = Town(session=gateway(now=school.clock).open(school.folder, operator=OPERATOR, password=PASSWORD), clock=school.clock, folder=school.folder)
    school.session = back.session
    arrive(back, "戻した後の人")
    heard = take(hq, send(back, "hq", tmp_path / "b").path)
    assert heard.report.branches or heard.report.operations
    assert {"後で失われた人", "戻した後の人"} <= {one.name for one in hq.ctx.reads.all("person")}  # type: ignore[attr-defined]
    told = take(back, send(hq, SITE, tmp_path / "c").path)
    assert told.became_new
    again = reopened(back)
    school.session = again.session
    enrol(hq, again, replaces=True)
    spread(hq, (again, SITE), (hall, HALL), stick=tmp_path / "d")
    assert same(hq, again, hall)


def test_people_under_protection_stay_hidden_wherever_they_arrive(three: tuple[Town, Town, Town], tmp_path: Path) -> None:
    hq, school, hall = three
    one = arrive(school, "守られる　花子")[0]
    spread(hq, (school, SITE), (hall, HALL), stick=tmp_path / "a")
    assert all(town.acting("shelter").reads.get("person", one) is not None for town in three)
    today = protections.today(hq.ctx)
    made = protections.add_protection(
        hq.ctx, target=protections.Target(person_id=one), starts=today.isoformat(), ends=(today + timedelta(days=300)).isoformat(),
    )  # fmt: skip
    spread(hq, (school, SITE), (hall, HALL), stick=tmp_path / "b")
    for town in three:
        assert town.acting("shelter").reads.get("person", one) is None, town.folder.name
    protections.release_protection(hq.ctx, protection_ids=[row.id for row in protections.list_protections(hq.ctx)], reason="解除")
    correct(hall, one, note="公民館で訂正")
    spread(hq, (school, SITE), (hall, HALL), stick=tmp_path / "c")
    assert same(*three) and made is not None
    for town in three:
        assert person(town, one).note == "公民館で訂正" and town.acting("shelter").reads.get("person", one) is not None
