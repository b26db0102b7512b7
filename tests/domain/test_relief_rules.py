"""Who gets how much: the rounds as they were paid in 2024, and the law's amounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from app.domain.errors import RuleViolation
from app.domain.programme_plan import RuleDraft
from app.domain.relief import Programme, ReliefRound, ReliefRule
from app.domain.relief_rules import (
    Criteria,
    Facts,
    Outcome,
    days_asked,
    evaluate,
    find_overlaps,
    read_share,
    refuse_overlaps,
    subject_keys,
    take_share,
)
from app.presentation.relief_steps import reason_words, rule_sentence
from app.usecases.programmes import find_shipped, shipped_programmes

NANAO, KANAZAWA = "172022", "172014"
GRADES = ("total", "large", "medium", "half", "semi_half", "partial")


def shipped(code: str, round_code: str) -> tuple[Programme, ReliefRound, list[ReliefRule]]:
    """A shipped programme with the rules of one of its rounds, as they are stored."""
    plan = find_shipped(code).plan
    (one,) = [one for one in plan.rounds if one.values["code"] == round_code]
    rules = [rule.record(rule_id=f"rule-{place}", round_id="round", position=place) for place, rule in enumerate(one.rules)]
    return Programme(id="programme", **plan.values), ReliefRound(id="round", programme_id="programme", **one.values), rules


def judge(code: str, round_code: str, **facts: Any) -> Outcome:
    """What a shipped round gives."""
    programme, one, rules = shipped(code, round_code)
    return evaluate(rules, Facts(**facts), programme=programme, round=one)


def due(code: str, round_code: str, **facts: Any) -> int:
    """What a shipped round pays."""
    return judge(code, round_code, **facts).due


def by_grade(code: str, round_code: str) -> list[int]:
    """What a household of four gets, by degree of damage from 全壊 on."""
    return [due(code, round_code, grade=grade, size=4, certificate=True, municipality=NANAO) for grade in GRADES]


# -- donations of 2024 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "round_code", "ten_thousands"),
    [
        ("gienkin-ishikawa-2024", "1", [20, 15, 10, 5, 0, 0]),
        ("gienkin-ishikawa-2024", "2", [80, 60, 40, 20, 10, 3]),
        ("gienkin-ishikawa-2024", "4", [0, 0, 0, 0, 0, 0]),
        ("gienkin-toyama-2024", "1", [60, 45, 30, 15, 6, 2]),
        ("gienkin-toyama-2024", "3", [60, 45, 30, 15, 6, 2]),
        ("gienkin-niigata-2024", "1", [100, 75, 50, 25, 10, 2]),
    ],
)
def test_households_of_2024_got_this(code: str, round_code: str, ten_thousands: list[int]) -> None:
    assert by_grade(code, round_code) == [amount * 10_000 for amount in ten_thousands]


@pytest.mark.parametrize(
    ("code", "round_code", "harm", "amount"),
    [
        ("gienkin-ishikawa-2024", "1", "dead", 200_000),
        ("gienkin-ishikawa-2024", "1", "missing", 200_000),
        ("gienkin-ishikawa-2024", "1", "serious", 100_000),
        ("gienkin-ishikawa-2024", "1", "light", 0),
        ("gienkin-ishikawa-2024", "2", "dead", 800_000),
        ("gienkin-ishikawa-2024", "2", "serious", 0),
        ("gienkin-ishikawa-2024", "4", "disability", 900_000),
        ("gienkin-ishikawa-2024", "4", "dead", 0),
        ("gienkin-toyama-2024", "1", "dead", 1_000_000),
        ("gienkin-toyama-2024", "1", "serious", 500_000),
        ("gienkin-toyama-2024", "3", "dead", 0),
        ("gienkin-toyama-2024", "3", "serious", 0),
    ],
)
def test_people_of_2024_got_this(code: str, round_code: str, harm: str, amount: int) -> None:
    assert due(code, round_code, unit="person", harm=harm, municipality=NANAO) == amount


def test_the_first_round_of_ishikawa_gave_every_resident_of_six_towns_fifty_thousand() -> None:
    day = frozenset({"2024-01-01"})
    assert due("gienkin-ishikawa-2024", "1", unit="person", municipality=NANAO, resident_on=day) == 50_000
    assert due("gienkin-ishikawa-2024", "1", unit="person", municipality=KANAZAWA, resident_on=day) == 0
    assert due("gienkin-ishikawa-2024", "1", unit="person", municipality=NANAO) == 0
    assert due("gienkin-ishikawa-2024", "1", unit="person", municipality=NANAO, resident_on=day, harm="serious") == 150_000


def test_the_fourth_round_of_ishikawa_gave_households_with_a_certificate_in_the_other_towns_seventy_thousand() -> None:
    assert due("gienkin-ishikawa-2024", "4", municipality=KANAZAWA, certificate=True, grade="partial") == 70_000
    assert due("gienkin-ishikawa-2024", "4", municipality=KANAZAWA, certificate=False, grade="partial") == 0
    assert due("gienkin-ishikawa-2024", "4", municipality=NANAO, certificate=True, grade="total") == 0


def test_the_rounds_of_ishikawa_ask_who_lived_there_on_the_day() -> None:
    _, _, rules = shipped("gienkin-ishikawa-2024", "1")
    assert days_asked([Criteria.from_json(rule.criteria) for rule in rules]) == {"2024-01-01"}


# -- 被災者生活再建支援金 ---------------------------------------------------------------------------------------

MANY: dict[str, Any] = {"size": 3, "certificate": True}
ALONE: dict[str, Any] = {"size": 1, "certificate": True}


@pytest.mark.parametrize(
    ("facts", "base"),
    [
        ({"grade": "total"}, 1_000_000),
        ({"grade": "large"}, 500_000),
        ({"grade": "medium"}, 0),
        ({"grade": "half"}, 0),
        ({"grade": "semi_half"}, 0),
        ({"grade": "half", "demolished": True}, 1_000_000),
        ({"grade": "medium", "demolished": True}, 1_000_000),
        ({"grade": "large", "demolished": True}, 1_000_000),
        ({"grade": "total", "demolished": True}, 1_000_000),
        ({"grade": "semi_half", "demolished": True}, 0),
        ({"grade": "semi_half", "demolished": True, "site_damaged": True}, 1_000_000),
        ({"grade": "", "evacuated_long": True}, 1_000_000),
        ({"grade": "total", "evacuated_long": True}, 1_000_000),
        ({"grade": "large", "evacuated_long": True, "demolished": True}, 1_000_000),
    ],
)
def test_the_base_amount_of_rebuilding_support(facts: dict[str, Any], base: int) -> None:
    assert due("saiken", "1", **MANY, **facts) == base
    assert due("saiken", "1", **ALONE, **facts) == base * 3 // 4


@pytest.mark.parametrize(
    ("grade", "method", "many", "alone"),
    [
        ("total", "build", 3_000_000, 2_250_000),
        ("total", "repair", 2_000_000, 1_500_000),
        ("total", "rent", 1_500_000, 1_125_000),
        ("large", "build", 2_500_000, 1_875_000),
        ("large", "repair", 1_500_000, 1_125_000),
        ("large", "rent", 1_000_000, 750_000),
        ("medium", "build", 1_000_000, 750_000),
        ("medium", "repair", 500_000, 375_000),
        ("medium", "rent", 250_000, 187_500),
        ("half", "build", 0, 0),
    ],
)
def test_rebuilding_support_with_the_additional_amount(grade: str, method: str, many: int, alone: int) -> None:
    assert due("saiken", "1", **MANY, grade=grade, methods=(method,)) == many
    assert due("saiken", "1", **ALONE, grade=grade, methods=(method,)) == alone


def test_a_household_that_rents_and_then_builds_gets_the_higher_amount_in_all() -> None:
    first = due("saiken", "1", **MANY, grade="total", methods=("rent",))
    both = judge("saiken", "1", **MANY, grade="total", methods=("rent", "build"))
    assert (first, both.due, both.due - first) == (1_500_000, 3_000_000, 1_500_000)
    assert any(reason.code == "relief.lower" for reason in both.reasons)
    assert [line.category for line in both.lines] == ["全壊", "加算（建設・購入）"]


def test_a_household_that_demolishes_a_half_destroyed_house_gets_the_full_amounts() -> None:
    assert due("saiken", "1", **MANY, grade="half", demolished=True, methods=("build",)) == 3_000_000
    assert due("saiken", "1", **MANY, grade="medium", demolished=True, methods=("build",)) == 3_000_000
    assert due("saiken", "1", **MANY, grade="semi_half", demolished=True, site_damaged=True, methods=("rent",)) == 1_500_000


def test_who_gets_something_is_only_told_what_could_still_add_to_it() -> None:
    assert [reason.code for reason in judge("saiken", "1", **MANY, grade="total").reasons] == ["relief.gives", "relief.not.method"]
    hurt = judge("gienkin-ishikawa-2024", "1", unit="person", harm="serious", municipality=KANAZAWA)
    assert [reason.code for reason in hurt.reasons] == ["relief.gives"]


def test_nothing_is_guessed_when_the_size_is_not_known() -> None:
    found = judge("saiken", "1", grade="total", certificate=True)
    assert not found.entitled
    assert [reason.code for reason in found.reasons].count("relief.unknown.size") == 1


# -- the other laws ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("harm", "breadwinner", "amount"), [("dead", True, 5_000_000), ("dead", False, 2_500_000), ("related_death", True, 5_000_000)]
)
def test_condolence_money(harm: str, breadwinner: bool, amount: int) -> None:
    assert due("choui", "1", unit="person", harm=harm, breadwinner=breadwinner) == amount


def test_condolence_money_waits_until_somebody_knows_who_kept_the_family() -> None:
    found = judge("choui", "1", unit="person", harm="dead")
    assert not found.entitled
    assert [reason.code for reason in found.reasons] == ["relief.unknown.breadwinner"]


def test_money_for_a_disability() -> None:
    assert due("shogai", "1", unit="person", harm="disability", breadwinner=True) == 2_500_000
    assert due("shogai", "1", unit="person", harm="disability", breadwinner=False) == 1_250_000


@pytest.mark.parametrize(
    ("facts", "most"),
    [
        ({"grade": "none", "head_injured": True}, 1_500_000),
        ({"grade": "none", "head_injured": True, "goods_lost": True}, 2_500_000),
        ({"grade": "half", "head_injured": True}, 2_700_000),
        ({"grade": "medium", "head_injured": True, "demolished": True}, 3_500_000),
        ({"grade": "total", "head_injured": True}, 3_500_000),
        ({"grade": "partial", "goods_lost": True}, 1_500_000),
        ({"grade": "partial"}, 0),
        ({"grade": "half"}, 1_700_000),
        ({"grade": "large", "demolished": True}, 2_500_000),
        ({"grade": "total"}, 2_500_000),
        ({"grade": "total", "demolished": True}, 3_500_000),
        ({"grade": "total", "dwelling_lost": True}, 3_500_000),
    ],
)
def test_ceilings_of_the_loan(facts: dict[str, Any], most: int) -> None:
    assert due("engo", "1", size=2, income=4_300_000, requested=9_000_000, **facts) == most
    assert due("engo", "1", size=2, income=4_300_000, requested=1_000_000, **facts) == min(most, 1_000_000)


@pytest.mark.parametrize(("size", "most"), [(1, 2_200_000), (2, 4_300_000), (3, 6_200_000), (4, 7_300_000), (5, 7_600_000), (7, 8_200_000)])
def test_income_limits_of_the_loan_by_size(size: int, most: int) -> None:
    assert due("engo", "1", grade="total", size=size, income=most, requested=100) == 100
    beyond = judge("engo", "1", grade="total", size=size, income=most + 1, requested=100)
    assert beyond.due == 0
    assert "relief.not.income" in {reason.code for reason in beyond.reasons}
    assert due("engo", "1", grade="total", size=size, income=12_700_000, requested=100, dwelling_lost=True) == 100
    assert due("engo", "1", grade="total", size=size, income=12_700_001, requested=100, dwelling_lost=True) == 0


def test_a_loan_waits_for_the_income_and_the_request() -> None:
    codes = {reason.code for reason in judge("engo", "1", grade="total", size=2, requested=100).reasons}
    assert "relief.unknown.income" in codes
    codes = {reason.code for reason in judge("engo", "1", grade="total", size=2, income=1).reasons}
    assert "relief.unknown.requested" in codes


@pytest.mark.parametrize(
    ("year", "half", "semi"), [("R1", 595_000, 300_000), ("R5", 706_000, 343_000), ("R6", 717_000, 348_000), ("R7", 739_000, 358_000)]
)
def test_emergency_repair_pays_the_bill_up_to_the_limit_of_the_year(year: str, half: int, semi: int) -> None:
    assert due("oukyu", year, grade="half", requested=10**6) == half
    assert due("oukyu", year, grade="semi_half", requested=10**6) == semi
    assert due("oukyu", year, grade="half", requested=123_456) == 123_456
    assert due("oukyu", year, grade="partial", requested=10**6) == 0


def test_exemptions_are_benefits_without_money() -> None:
    found = judge("genmen-zei", "1", grade="large", income=6_000_000)
    assert (found.due, found.entitled) == (0, True)
    assert [line.benefit for line in found.lines] == ["固定資産税（家屋）10分の8減額", "個人住民税 2分の1減額"]
    assert [line.benefit for line in judge("genmen-zei", "1", grade="half", income=5_000_000).lines][1] == "個人住民税 2分の1減額"
    assert [line.benefit for line in judge("genmen-zei", "1", grade="half", income=5_000_001).lines][1] == "個人住民税 4分の1減額"
    assert [line.benefit for line in judge("genmen-zei", "1", grade="half").lines] == ["固定資産税（家屋）10分の4減額"]


def test_a_shop_is_no_dwelling() -> None:
    assert due("mimai", "1", grade="total", use="dwelling") == 100_000
    assert due("mimai", "1", grade="total", use="business") == 0


# -- how rules work ------------------------------------------------------------------------------------------


def rule(title: str, *, amount: int = 100, group: str = "damage", unit: str = "household", single: str = "", **criteria: Any) -> ReliefRule:
    """A rule of the round "round"."""
    draft = RuleDraft(title=title, category=title, amount=amount, group=group, unit=unit, single=single, criteria=Criteria(**criteria))
    return draft.record(rule_id=title, round_id="round", position=0)


def overlaps(*rules: ReliefRule) -> list[tuple[str, str]]:
    """Titles of the rules that contradict each other."""
    return [(found.first.title, found.second.title) for found in find_overlaps(rules)]


@pytest.mark.parametrize("one", shipped_programmes(), ids=lambda one: one.name)
def test_no_shipped_round_contradicts_itself(one: Any) -> None:
    assert one.plan.rounds
    for plan in one.plan.rounds:
        assert plan.rules
        assert (
            overlaps(*[draft.record(rule_id=str(place), round_id="round", position=place) for place, draft in enumerate(plan.rules)]) == []
        )


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ({"grades": ("total",)}, {"grades": ("large",)}, False),
        ({"grades": ("total", "large")}, {"grades": ("large", "half")}, True),
        ({"grades": ("total",)}, {}, True),
        ({"grades": ("total",), "size_most": 1}, {"grades": ("total",), "size_least": 2}, False),
        ({"grades": ("total",), "size_most": 2}, {"grades": ("total",), "size_least": 2}, True),
        ({"certificate": True}, {"certificate": False}, False),
        ({"certificate": True}, {"districts": ("本町",)}, True),
        ({"districts": ("本町",)}, {"districts": ("港町",)}, False),
        ({"municipalities": ("17202",)}, {"municipalities": ("172022",)}, True),
        ({"methods": ("build",)}, {"methods": ("rent",)}, False),
        ({"uses": ("business",)}, {"grades": ("total",)}, False),
        ({"income_most": (5_000_000,)}, {"income_over": 5_000_000}, False),
        ({"income_most": (5_000_001,)}, {"income_over": 5_000_000}, True),
        ({"income_most": (2_000_000, 4_000_000)}, {"income_over": 3_000_000, "size_most": 1}, False),
        ({"income_most": (2_000_000, 4_000_000)}, {"income_over": 3_000_000}, True),
    ],
)
def test_rules_of_one_group_that_can_both_hold_are_found(first: dict[str, Any], second: dict[str, Any], clash: bool) -> None:
    assert bool(overlaps(rule("一", **first), rule("二", **second))) is clash
    assert bool(overlaps(rule("二", **second), rule("一", **first))) is clash


def test_an_overlap_names_both_rules_and_other_groups_and_units_add() -> None:
    both = rule("全壊の見舞金", grades=("total",)), rule("被災世帯の見舞金")
    with pytest.raises(RuleViolation) as caught:
        refuse_overlaps(both)
    assert (caught.value.code, caught.value.params["first"], caught.value.params["second"]) == (
        "programme.overlap",
        "全壊の見舞金",
        "被災世帯の見舞金",
    )
    assert overlaps(rule("a", grades=("total",)), rule("b", grades=("total",), group="other")) == []
    assert overlaps(rule("a"), rule("b", unit="person")) == []


def run(rules: Sequence[ReliefRule], **facts: Any) -> Outcome:
    """What rules give in a donation."""
    return evaluate(rules, Facts(**facts), programme=Programme(id="p"), round=ReliefRound(id="round", programme_id="p"))


def test_groups_add_up_and_every_yen_has_its_line_and_reason() -> None:
    rules = [rule("全壊", amount=700, grades=("total",)), rule("証明書", amount=30, group="certificate", certificate=True)]
    found = run(rules, grade="total", certificate=True)
    assert (found.due, [line.amount for line in found.lines]) == (730, [700, 30])
    assert [reason_words(reason) for reason in found.reasons] == ["全壊：700円", "証明書：30円"]


def test_rules_of_another_round_and_ended_ones_give_nothing() -> None:
    other = RuleDraft(title="別の回", amount=5).record(rule_id="x", round_id="another", position=0)
    assert run([other]).due == 0


@pytest.mark.parametrize(
    ("amount", "share", "expected"), [(1_000_000, "3/4", 750_000), (250_000, "3/4", 187_500), (10, "3/4", 7), (100, "", 100), (7, "1/1", 7)]
)
def test_a_share_is_whole_yen_and_what_is_less_is_cut_off(amount: int, share: str, expected: int) -> None:
    assert take_share(amount, share) == expected


@pytest.mark.parametrize("text", ["4/3", "0/4", "3/0", "0.75", "3／4", "3/4/5", " 3/4", "-3/4", "三/四"])
def test_a_share_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RuleViolation, match="programme.share"):
        read_share(text)


def test_every_reason_has_words_without_holes() -> None:
    rules = [
        rule("全壊", amount=700, single="3/4", grades=("total",), size_least=1),
        rule("持ち家", group="x", income_most=(5,), head_injured=True),
    ]
    for facts in ({"grade": "total", "size": 1}, {"grade": "half", "size": 2, "head_injured": True}, {"income": 9, "head_injured": True}):
        for reason in run(rules, **facts).reasons:
            text = reason_words(reason)
            assert "{" not in text and not text.startswith("relief."), text


def test_a_reason_reads_the_same_from_json() -> None:
    assert reason_words({"code": "relief.not.grade", "params": {"grade": "half"}}) == "被害の程度（半壊）が対象でない"
    assert reason_words({"code": "relief.not.goods_lost", "params": {}}) == "家財の損害が3分の1に満たないため対象でない"
    assert reason_words({"code": "relief.is.demolished", "params": {}}) == "やむを得ず解体したため対象でない"


def test_a_rule_is_a_sentence() -> None:
    said = rule("x", amount=750_000, single="3/4", grades=("total", "large"), certificate=True, size_least=2)
    assert rule_sentence(said) == "全壊・大規模半壊で、罹災証明書があり、2人以上の世帯に750,000円（単身世帯は4分の3、円未満切捨て）"
    assert rule_sentence(rule("y", amount=50_000, unit="person", municipalities=("17202",), resident_on="2024-01-01")) == (
        "七尾市に住み、令和6年1月1日に住民だった人に50,000円"
    )
    assert rule_sentence(rule("z", amount=1)) == "すべての世帯に1円"


def test_criteria_survive_their_json() -> None:
    full = Criteria(
        grades=("total",), size_most=1, income_most=(1, 2), income_step=3, demolished=False, resident_on="2024-01-01", districts=("本町",)
    )
    assert Criteria.from_json(full.to_json()) == full
    assert Criteria().to_json() == "{}"
    assert full.single_only


def test_keys_find_the_same_household_and_the_same_person_under_several_links() -> None:
    household = subject_keys("household", snapshot_household="H1", victim_id="v", resident_no="0011")
    assert household == ("household:H1", "victim:v", "head:0011")
    assert set(household) & set(subject_keys("household", victim_id="v"))
    person = subject_keys("person", resident_no="0011", casualty_id="c")
    assert person == ("resident:0011", "casualty:c")
    assert not set(person) & set(household)
    assert subject_keys("household", snapshot_household="H1", claim_id="k") == ("apart:k",)
    assert subject_keys("person") == ()
