"""The shipped programmes calculated on a store: the rounds of 2024 as they were paid, and rebuilding support paid only once, whatever changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.programme_plan import RuleDraft
from app.domain.relief import Entitlement
from app.usecases import claims
from app.usecases.context import Context
from app.usecases.programmes import find_round, find_shipped, import_programme, open_round, save_rules
from app.usecases.relief_calculation import calculate, dry_run
from tests.relief_town import add_casualty, add_home, calculated, entitlements, judge_home, pay
from tests.stores import Town

HOMES = {
    "total": "全壊　一",
    "large": "大規模　二",
    "medium": "中規模　三",
    "half": "半壊　四",
    "semi_half": "準半壊　五",
    "partial": "一部　六",
}


def take(ctx: Context, code: str, round_code: str) -> str:
    """Take a shipped programme over; answers the id of a round."""
    import_programme(ctx, text=find_shipped(code).text)
    return find_round(ctx, programme=code, code=round_code).id


def by_category(ctx: Context, round_id: str) -> dict[str, tuple[int, int]]:
    """Count and sum of each category as a dry run says it."""
    return {one.category: (one.count, one.total) for one in dry_run(ctx, round_id=round_id).categories}


@pytest.fixture
def nanao(town: Town) -> Context:
    """七尾市 (one of the six towns) with a house of each degree, somebody dead, hurt and disabled, seen by who may see everybody."""
    ctx = town.acting("admin", "protected")
    for grade, name in HOMES.items():
        add_home(ctx, name, "家族　花", grade=grade)
    for name, harm in (
        ("死亡　七", "dead"),
        ("不明　八", "missing"),
        ("重傷　九", "serious"),
        ("軽傷　十", "light"),
        ("障害　百", "disability"),
    ):
        add_casualty(ctx, name, harm)
    return ctx


def test_the_first_round_of_ishikawa(nanao: Context) -> None:
    found = by_category(nanao, take(nanao, "gienkin-ishikawa-2024", "1"))
    residents = found.pop("6市町の住民（1人）")
    assert residents == (6, 300_000)  # everybody in the resident data of the day
    assert found == {
        "死亡・行方不明": (2, 400_000), "重傷": (1, 100_000), "全壊": (1, 200_000), "大規模半壊": (1, 150_000), "中規模半壊": (1, 100_000),
        "半壊": (1, 50_000),
    }  # fmt: skip


def test_the_second_round_of_ishikawa_adds(nanao: Context) -> None:
    first, second = take(nanao, "gienkin-ishikawa-2024", "1"), take(nanao, "gienkin-ishikawa-2024", "2")
    before = calculated(nanao, first)
    pay(nanao, before["全壊　一"].id, 200_000)
    assert by_category(nanao, second) == {
        "死亡・行方不明": (2, 1_600_000), "全壊": (1, 800_000), "大規模半壊": (1, 600_000), "中規模半壊": (1, 400_000), "半壊": (1, 200_000),
        "準半壊": (1, 100_000), "一部損壊": (1, 30_000),
    }  # fmt: skip
    after = calculated(nanao, second)
    assert (before["全壊　一"].due + after["全壊　一"].due, after["全壊　一"].before) == (1_000_000, 0)


def test_the_fourth_round_of_ishikawa_in_one_of_the_six_towns_is_for_the_disabled_only(nanao: Context) -> None:
    assert by_category(nanao, take(nanao, "gienkin-ishikawa-2024", "4")) == {"災害障害見舞金の受給者": (1, 900_000)}


def test_the_rounds_of_toyama_and_niigata(nanao: Context) -> None:
    houses = {"全壊": 60, "大規模半壊": 45, "中規模半壊": 30, "半壊": 15, "準半壊": 6, "一部損壊": 2}
    expected = {name: (1, amount * 10_000) for name, amount in houses.items()}
    first, third = take(nanao, "gienkin-toyama-2024", "1"), take(nanao, "gienkin-toyama-2024", "3")
    assert by_category(nanao, first) == {**expected, "死亡": (1, 1_000_000), "重傷": (1, 500_000)}
    assert by_category(nanao, third) == expected
    niigata = {"全壊": 100, "大規模半壊": 75, "中規模半壊": 50, "半壊": 25, "準半壊": 10, "一部損壊": 2}
    assert by_category(nanao, take(nanao, "gienkin-niigata-2024", "1")) == {name: (1, amount * 10_000) for name, amount in niigata.items()}


# -- 被災者生活再建支援金 -----------------------------------------------------------------------------------------


def claim(ctx: Context, round_id: str, victim_id: str, **values: Any) -> str:
    """A claim with a way of rebuilding."""
    programme = find_round(ctx, programme="saiken", code="1").programme_id
    return claims.save_claim(
        ctx, values={"programme_id": programme, "round_id": round_id, "victim_id": victim_id, "claimed_by": "本人", **values}
    ).claim.id


def only(ctx: Context, round_id: str) -> Entitlement:
    """The one entitlement of a round."""
    (found,) = entitlements(ctx, round_id).values()
    return found


def test_base_first_then_rent_then_build_pays_differences_and_never_twice(town: Town) -> None:
    ctx, round_id = town.ctx, take(town.ctx, "saiken", "1")
    home = add_home(ctx, "全壊　一", "家族　花", grade="total")
    claim(ctx, round_id, home)
    calculate(ctx, round_id=round_id)
    one = only(ctx, round_id)
    assert one.due == 1_000_000
    pay(ctx, one.id, 1_000_000)
    claim(ctx, round_id, home, method="rent")
    calculate(ctx, round_id=round_id)
    assert (only(ctx, round_id).id, only(ctx, round_id).due, only(ctx, round_id).flag) == (one.id, 1_500_000, "raised")
    pay(ctx, one.id, 500_000, part=2)
    claim(ctx, round_id, home, method="build")
    found = calculate(ctx, round_id=round_id)
    assert (only(ctx, round_id).id, only(ctx, round_id).due) == (one.id, 3_000_000)
    assert (found.already, found.to_pay) == (1_500_000, 1_500_000)
    pay(ctx, one.id, 1_500_000, part=3)
    assert calculate(ctx, round_id=round_id).to_pay == 0


@pytest.mark.parametrize(
    ("grade", "members", "values", "due"),
    [
        ("total", (), {}, 750_000),
        ("large", (), {}, 375_000),
        ("medium", ("家族",), {"method": "build"}, 1_000_000),
        ("medium", (), {"method": "rent"}, 187_500),
        ("medium", (), {"method": "repair"}, 375_000),
        ("half", ("家族",), {"demolished": True, "method": "build"}, 3_000_000),
        ("semi_half", ("家族",), {"demolished": True, "site_damaged": True}, 1_000_000),
        ("partial", ("家族",), {"evacuated_long": True, "method": "rent"}, 1_500_000),
    ],
)
def test_single_households_methods_and_demolition(
    town: Town, grade: str, members: tuple[str, ...], values: dict[str, Any], due: int
) -> None:
    ctx, round_id = town.ctx, take(town.ctx, "saiken", "1")
    claim(ctx, round_id, add_home(ctx, "見本　一", *members, grade=grade), **values)
    calculate(ctx, round_id=round_id)
    assert only(ctx, round_id).due == due


def test_a_grade_raised_by_a_second_survey_pays_the_difference_and_a_lowered_one_is_flagged(town: Town) -> None:
    ctx, round_id = town.ctx, take(town.ctx, "gienkin-toyama-2024", "1")
    home = add_home(ctx, "半壊　一", "家族　花", grade="half")
    calculate(ctx, round_id=round_id)
    pay(ctx, only(ctx, round_id).id, 150_000)
    judge_home(ctx, home, "large", kind="second", day="2024-01-03")
    raised = calculate(ctx, round_id=round_id)
    assert (only(ctx, round_id).due, only(ctx, round_id).flag, raised.to_pay) == (450_000, "raised", 300_000)
    judge_home(ctx, home, "partial", kind="re", day="2024-01-04")
    lowered = calculate(ctx, round_id=round_id)
    assert (only(ctx, round_id).due, only(ctx, round_id).flag, only(ctx, round_id).over) == (20_000, "over", 130_000)
    assert lowered.to_pay == 0


def test_a_corrected_rule_recalculates_the_same_entitlement(town: Town) -> None:
    ctx, round_id = town.ctx, take(town.ctx, "gienkin-toyama-2024", "1")
    add_home(ctx, "全壊　一", "家族　花", grade="total")
    calculate(ctx, round_id=round_id)
    before = only(ctx, round_id)
    pay(ctx, before.id, before.due)
    drafts = [RuleDraft.of(rule) for rule in open_round(ctx, round_id=round_id).rules]
    wanted = [replace(one, amount=700_000) if one.title == "全壊" else one for one in drafts]
    save_rules(ctx, round_id=round_id, rules=wanted, reason="配分委員会の告示の訂正")
    found = calculate(ctx, round_id=round_id)
    assert (only(ctx, round_id).id, only(ctx, round_id).due, found.to_pay) == (before.id, 700_000, 100_000)
