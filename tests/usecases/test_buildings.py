"""Buildings and households: many to many, from the snapshot or typed, and nothing of protected people for those without the right."""

from __future__ import annotations

import pytest

from app.domain.building_code import building_code, read_building_code
from app.domain.errors import RuleViolation, StaleRecord
from app.usecases import buildings
from app.usecases.protections import Target, add_protection
from app.usecases.records import read_history
from app.usecases.survey_rows import BuildingFilter
from tests.stores import Town

HANA = "0000000012"


def house(town: Town, **values: object) -> str:
    return buildings.save_building(town.ctx, values={"address": "見本市本町1-2-3", "owner_name": "架空　一夫", **values})[0]


def ids(town: Town, **wanted: object) -> list[str]:
    return list(buildings.list_building_ids(town.ctx, filter=BuildingFilter(**wanted)))  # type: ignore[arg-type]


def test_a_building_gets_its_number_and_is_found_by_it_in_any_writing(town: Town) -> None:
    made = house(town, tax_no="A-17")
    building = buildings.open_building(town.ctx, building_id=made).building
    assert building.number.startswith(f"{town.ctx.place.device_prefix}-00001-")
    for text in (building.number, building.number.lower().replace("-", ""), building.number.replace("-", "\uff0d")):
        assert buildings.find_building(town.ctx, number=text) == made
    assert buildings.find_building(town.ctx, tax_no="A-17") == made == buildings.need_building(town.ctx, text="A-17")
    code = building_code(town.ctx.place.disaster_id, building.number)
    assert buildings.find_by_code(town.ctx, text=code.lower()) == made
    assert read_building_code(code[:-1] + ("A" if code[-1] != "A" else "B")) is None
    with pytest.raises(RuleViolation, match=r"survey\.other_disaster"):
        buildings.find_by_code(town.ctx, text=building_code("ffffffff-0000", building.number))


def test_a_building_without_a_place_or_with_a_taken_tax_number_is_refused(town: Town) -> None:
    with pytest.raises(RuleViolation, match=r"building\.not_findable"):
        buildings.save_building(town.ctx, values={"owner_name": "架空　一夫"})
    house(town, tax_no="17")
    with pytest.raises(RuleViolation, match=r"building\.tax_no_taken"):
        house(town, tax_no="17")
    with pytest.raises(RuleViolation, match=r"word\.unknown"):
        house(town, colour="青")
    with pytest.raises(RuleViolation, match=r"permission\.denied"):
        buildings.save_building(town.acting("view"), values={"address": "x"})


def test_a_stale_building_is_not_overwritten(town: Town) -> None:
    made = house(town)
    buildings.save_building(town.ctx, building_id=made, version=1, values={"storeys": 2})
    with pytest.raises(StaleRecord):
        buildings.save_building(town.ctx, building_id=made, version=1, values={"storeys": 3})


def test_a_household_of_the_snapshot_is_made_once_for_all_its_buildings(town: Town) -> None:
    home, barn = house(town), house(town, use="barn", tax_no="2")
    first = buildings.link_household(town.ctx, building_id=home, resident_id=town.resident("花"), tenure="own")
    second = buildings.link_household(town.ctx, building_id=barn, resident_id=town.resident("太郎"), main=False)
    assert first.victim_id == second.victim_id
    victim = buildings.open_victim(town.ctx, victim_id=first.victim_id)
    assert victim.victim.head_name == "髙橋　太郎" and victim.victim.address == "見本市本町1-2-3"
    assert [(one.name, one.relation) for one in victim.members][0] == ("髙橋　太郎", "世帯主") and len(victim.members) == 4
    assert [building.id for _, building in victim.places] == [home, barn]
    with pytest.raises(RuleViolation, match=r"building\.already_linked"):
        buildings.link_household(town.ctx, building_id=home, victim_id=first.victim_id)
    assert buildings.open_building(town.ctx, building_id=home).building.district == "本町"  # filled in from who lives there
    row = buildings.building_rows(town.ctx, [home])[0]
    assert (row.households, row.heads) == (1, ("髙橋　太郎",))


def test_several_households_and_people_without_a_register_share_a_building(town: Town) -> None:
    home = house(town, use="apartment")
    buildings.link_household(town.ctx, building_id=home, resident_id=town.resident("太郎"), room="101", tenure="rent")
    typed = buildings.link_household(
        town.ctx,
        building_id=home,
        values={"head_name": "未登録　三郎", "address": "見本市本町1-2-3 102"},
        members=[{"name": "未登録　三郎"}, {"name": "未登録　四郎", "relation": "子"}],
    )
    shop = buildings.link_household(town.ctx, building_id=home, values={"head_name": "見本商店", "source": "business"})
    file = buildings.open_building(town.ctx, building_id=home)
    assert [(one.victim.head_name, len(one.members)) for one in file.homes] == [("髙橋　太郎", 4), ("未登録　三郎", 2), ("見本商店", 0)]
    with pytest.raises(RuleViolation, match=r"victim\.name_missing"):
        buildings.link_household(town.ctx, building_id=home, values={"head_name": " "})
    buildings.unlink_household(town.ctx, occupancy_id=shop.occupancy_id, reason="別の棟だった")
    assert len(buildings.open_building(town.ctx, building_id=home).homes) == 2
    buildings.restore_household(town.ctx, occupancy_id=shop.occupancy_id)
    assert len(buildings.open_building(town.ctx, building_id=home).homes) == 3
    buildings.save_members(town.ctx, victim_id=typed.victim_id, members=[{"name": "未登録　四郎"}, {"name": "未登録　五郎"}])
    assert [one.name for one in buildings.open_victim(town.ctx, victim_id=typed.victim_id).members] == ["未登録　四郎", "未登録　五郎"]


def test_words_find_by_number_tax_number_address_owner_and_head(town: Town) -> None:
    home, other = house(town, tax_no="本-0017"), house(town, address="見本市港町5丁目6番", owner_name="別府　次郎", owner_kana="ベップ　ジロウ", tax_no="88")
    buildings.link_household(town.ctx, building_id=home, resident_id=town.resident("太郎"))
    for text in ("0017", "本町", "１－２－３", "架空一夫", "高橋", "タカハシ", "高橋 本町"):
        assert ids(town, text=text) == [home], text
    for text in ("別府 港町", "ﾍﾞｯﾌﾟ", "べっぷ じろう"):
        assert ids(town, text=text) == [other], text
    assert ids(town, text="高橋 港町") == []
    assert ids(town, linked=False) == [other]
    assert ids(town, state="unsurveyed") == [home, other]


def test_a_protected_household_is_not_there_without_the_right(town: Town) -> None:
    home = house(town, owner_name="髙橋　花", owner_kana="タカハシ　ハナ", owner_phone="090-1")
    desk, officer = town.acting("desk"), town.acting("desk", "protected")
    linked = buildings.link_household(desk, building_id=home, resident_id=town.resident("太郎"))
    assert len(buildings.open_building(desk, building_id=home).homes) == 1
    assert not linked.withheld
    add_protection(town.acting("admin", "protected"), target=Target(resident_no=HANA))
    file = buildings.open_building(desk, building_id=home)
    assert file.homes == () and file.withheld and (file.building.owner_name, file.building.owner_phone) == ("", "")
    assert buildings.building_rows(desk, [home])[0].households == 0 and buildings.building_rows(desk, [home])[0].owner_name == ""
    for text in ("髙橋", "タカハシ", "花"):
        assert list(buildings.list_building_ids(desk, filter=BuildingFilter(text=text))) == []
        assert list(buildings.list_victim_ids(desk, text=text)) == []
        assert list(buildings.list_building_ids(officer, filter=BuildingFilter(text=text))) == [home]
    with pytest.raises(RuleViolation, match=r"record\.not_found"):
        buildings.open_victim(desk, victim_id=linked.victim_id)
    for record in (linked.victim_id, linked.occupancy_id, home):
        with pytest.raises(RuleViolation, match=r"record\.not_found"):
            read_history(desk, record_id=record)
    assert officer.reads.get("victim", linked.victim_id) is not None and desk.reads.get("victim", linked.victim_id) is None
    assert desk.reads.all("victim_member") == [] and desk.reads.all("occupancy") == []
    buildings.save_building(desk, building_id=home, values={"storeys": 2, "owner_name": "", "owner_phone": ""})
    assert buildings.open_building(officer, building_id=home).building.owner_name == "髙橋　花"  # not showing is not taking away
    assert len(buildings.open_building(officer, building_id=home).homes) == 1


def test_who_types_in_a_protected_person_learns_nothing_and_the_household_is_withheld(town: Town) -> None:
    home = house(town)
    desk, officer = town.acting("desk"), town.acting("desk", "protected")
    made = buildings.link_household(desk, building_id=home, values={"head_name": "渡辺　静", "head_kana": "ワタナベ　シズカ"})
    assert made.withheld
    assert buildings.open_building(desk, building_id=home).homes == ()
    assert buildings.open_building(officer, building_id=home).homes[0].members[0].protected
    with pytest.raises(RuleViolation, match=r"record\.not_found"):
        buildings.link_household(desk, building_id=home, resident_id=town.resident("静"))


def test_risk_and_the_register_of_collapsed_houses_are_no_grade(town: Town) -> None:
    home = house(town)
    buildings.note_risk(town.ctx, building_id=home, risk="unsafe", risk_on="R6.1.3", risk_note="傾き")
    buildings.note_collapse(town.ctx, building_id=home, collapsed=True, danger="ガス漏れ")
    assert ids(town, risk="unsafe") == [home] == ids(town, collapsed=True) and ids(town, grade="ungraded") == [home]
    file = buildings.open_building(town.ctx, building_id=home)
    assert (file.building.risk_on, file.building.danger, file.counted) == ("2024-01-03", "ガス漏れ", None)
    with pytest.raises(RuleViolation, match=r"word\.unknown"):
        buildings.note_risk(town.ctx, building_id=home, risk="total")


def test_a_building_entered_by_mistake_goes_and_comes_back(town: Town) -> None:
    home = house(town)
    buildings.remove_building(town.ctx, building_id=home, reason="二重に入れた")
    assert ids(town) == []
    buildings.restore_building(town.ctx, building_id=home)
    assert ids(town) == [home]
    assert town.problems() == []
