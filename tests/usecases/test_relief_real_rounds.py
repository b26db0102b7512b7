"""The rounds of 2024 as they ship, calculated in a store: Ishikawa's in one of the six towns, Toyama's and Niigata's by degree (DOMAIN 4.3)."""

from __future__ import annotations

import pytest

from app.usecases.buildings import victim_of_resident
from app.usecases.programmes import find_round, find_shipped, import_programme
from app.usecases.relief_calculation import calculate
from tests.relief_town import add_casualty, add_home, change, row_of
from tests.stores import Town


def take_over(town: Town, code: str) -> None:
    one = find_shipped(code)
    import_programme(town.ctx, text=one.text, name=one.name)


def due(town: Town, code: str, round_code: str) -> dict[str, int]:
    """What everybody gets in a round, by name."""
    found = calculate(town.ctx, round_id=find_round(town.ctx, programme=code, code=round_code).id)
    return {row.name: row.due for row in found.rows if row.due}


def test_ishikawa_2024_in_one_of_the_six_towns(town: Town) -> None:
    assert town.ctx.place.municipality_code.startswith("17202")
    take_over(town, "gienkin-ishikawa-2024")
    with town.ctx.unit() as uow:
        victim_of_resident(town.ctx, uow, town.resident("太郎"))
        uow.commit()
    add_home(town.ctx, "全壊　世帯", grade="total")
    add_home(town.ctx, "半壊　世帯", grade="half")
    add_home(town.ctx, "準半壊　世帯", grade="semi_half")
    add_home(town.ctx, "一部　世帯", grade="partial")
    add_casualty(town.ctx, "髙橋　花", "dead", resident_no="0000000012")
    add_casualty(town.ctx, "旅行　者", "serious")
    add_casualty(town.ctx, "障害　人", "disability")
    first = due(town, "gienkin-ishikawa-2024", "1")
    residents = {name: first.pop(name, 0) for name in ("髙橋　太郎", "髙橋　一郎", "髙橋　二葉", "﨑山　源")}
    assert set(residents.values()) == {50_000}
    first.pop("渡邉　静", 0)  # seen only by those with the right
    assert first == {"全壊　世帯": 200_000, "半壊　世帯": 50_000, "髙橋　花": 250_000, "旅行　者": 100_000}
    assert due(town, "gienkin-ishikawa-2024", "2") == {
        "全壊　世帯": 800_000, "半壊　世帯": 200_000, "準半壊　世帯": 100_000, "一部　世帯": 30_000, "髙橋　花": 800_000,
    }  # fmt: skip
    assert due(town, "gienkin-ishikawa-2024", "4") == {"障害　人": 900_000}, "the 70,000 are for the thirteen other towns"


@pytest.mark.parametrize(
    ("code", "amounts"),
    [
        ("gienkin-toyama-2024", (600_000, 450_000, 300_000, 150_000, 60_000, 20_000)),
        ("gienkin-niigata-2024", (1_000_000, 750_000, 500_000, 250_000, 100_000, 20_000)),
    ],
)
def test_toyama_and_niigata_by_degree(town: Town, code: str, amounts: tuple[int, ...]) -> None:
    take_over(town, code)
    grades = ("total", "large", "medium", "half", "semi_half", "partial")
    for grade in grades:
        add_home(town.ctx, f"世帯　{grade}", grade=grade)
    found = due(town, code, "1")
    assert tuple(found[f"世帯　{grade}"] for grade in grades) == amounts


def test_single_people_and_the_difference_to_the_higher_way_of_the_rebuilding_support(town: Town) -> None:
    take_over(town, "saiken")
    one = add_home(town.ctx, "単身　全壊", grade="total")
    add_home(town.ctx, "複数　大規模", "複数　二人目", grade="large")
    found = calculate(town.ctx, round_id=find_round(town.ctx, programme="saiken", code="1").id)
    assert {row.name: row.due for row in found.rows} == {"単身　全壊": 750_000, "複数　大規模": 500_000}
    assert row_of(found, "単身　全壊").wants[:2] == ("claim", "documents") and found.programme.needs_claim
    change(town.ctx, "victim", one, source="owner")
    assert calculate(town.ctx, round_id=found.round.id).ended == 1
