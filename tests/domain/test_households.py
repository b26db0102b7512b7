"""続柄 as read, the standard order of members, and what does not fit together."""

from __future__ import annotations

import pytest

from app.domain.households import LISTED, HouseholdCheck, has_check_digit
from app.domain.invention import number_with_check
from app.domain.relations import read_relation, sort_members
from app.domain.resident import Finding, ResidentRow

ORDER = ["世帯主", "妻", "子", "妻の子", "子の妻", "子の子", "父", "妻の母", "弟", "祖母", "弟の妻", "縁故者", "同居人", "店子", ""]


def test_members_stand_in_the_standard_order() -> None:
    members = [(relation, "昭和50年1月1日", f"{number:03}", 0) for number, relation in enumerate(ORDER)]
    assert sort_members(members[::-1], lambda member: member) == members


def test_children_stand_by_birth_date_then_number() -> None:
    children = [
        ("子", "令和2年1月1日", "1", 0),
        ("子", "平成20年5月5日", "9", 0),
        ("世帯主", "昭和50年1月1日", "5", 0),
        ("子", "平成20年5月5日", "2", 0),
        ("子", "不詳", "3", 0),
    ]
    assert [number for *_, number, _ in sort_members(children, lambda child: child)] == ["5", "2", "9", "1", "3"]


def test_an_order_the_file_gave_goes_first() -> None:
    members = [("子", "", "1", 1), ("世帯主", "", "2", 3), ("妻", "", "3", 0), ("母", "", "4", 2)]
    assert [number for *_, number, _ in sort_members(members, lambda member: member)] == ["1", "4", "2", "3"]


@pytest.mark.parametrize(
    ("text", "steps", "problem"),
    [
        ("妻（未届）", ("wife",), ""),
        (" 子の 妻 ", ("child", "wife"), ""),
        ("世帯主の子", ("child",), ""),
        ("長男", ("child",), ""),
        ("12", ("wife",), ""),
        ("2012", ("child", "wife"), ""),
        ("20000000", ("child",), ""),
        ("妻の夫", ("wife", "husband"), "circular"),
        ("子の世帯主", ("child", "head"), "circular"),
        ("子の子の子の子の子", ("child",) * 5, "too_long"),
        ("子のとなりの人", (), "unknown"),
        ("", (), "missing"),
    ],
)
def test_relations_are_read_and_never_inferred(text: str, steps: tuple[str, ...], problem: str) -> None:
    found = read_relation(text)
    assert (found.steps, found.problem) == (steps, problem)


def rows(*relations: str, household: str = "H") -> list[ResidentRow]:
    return [
        ResidentRow(number_with_check(100 + n) or "", household, f"見本　{n}", "", "", "", r, line=n + 2) for n, r in enumerate(relations)
    ]


def found(*batches: list[ResidentRow]) -> list[Finding]:
    check = HouseholdCheck()
    for batch in batches:
        check.take(batch, "f.csv")
    return [one for one in check.findings() if one.code != "resident.no_check_digit"]


def test_a_household_in_order_gives_nothing() -> None:
    assert found(rows("世帯主", "妻", "子", "子の妻", "妻の子", "母", "同居人")) == []


@pytest.mark.parametrize(
    ("relations", "code", "name"),
    [
        (("世帯主", "妻", "世帯主"), "two_heads", "見本　2"),
        (("世帯主", "妻", "妻"), "two_spouses", "見本　2"),
        (("世帯主", "妻", "夫"), "two_spouses", "見本　2"),
        (("世帯主", ""), "relation_missing", "見本　1"),
        (("世帯主", "妻の夫"), "relation_circular", "見本　1"),
        (("世帯主", "隣人"), "relation_unknown", "見本　1"),
        (("世帯主", "子の子の子の子の子", "子"), "relation_too_long", "見本　1"),
        (("世帯主", "子の妻"), "relation_without_child", "見本　1"),
        (("妻", "子"), "no_head", ""),
    ],
)
def test_what_does_not_fit_is_named(relations: tuple[str, ...], code: str, name: str) -> None:
    other = rows("世帯主", household="I")
    told = found(rows(*relations), other)
    assert [(one.code, one.name, one.household_no) for one in told] == [(f"resident.{code}", name, "H")]


def test_members_may_stand_apart_in_the_file() -> None:
    assert found(rows("子の妻"), rows("世帯主", household="I"), rows("世帯主", "子")) == []
    assert [one.code for one in found(rows("世帯主"), rows("世帯主", household="I"), rows("世帯主"))] == ["resident.two_heads"]


def test_a_list_without_relations_gives_no_findings_about_households() -> None:
    assert found(rows("", "", "")) == []


def test_very_many_are_counted() -> None:
    batch = [row for n in range(LISTED + 7) for row in rows("世帯主", "", household=f"H{n}")]
    told = found(batch)
    assert len(told) == LISTED + 1 and told[-1] == Finding("resident.more_of_these", old="resident.relation_missing", new="7")


@pytest.mark.parametrize("serial", [1, 100_000_000, 123_456_789, 999_999_999, 500_000_017])
def test_check_digits_are_those_of_the_standard(serial: int) -> None:
    number = number_with_check(serial)
    assert number is not None and has_check_digit(number)
    assert not has_check_digit(number[:-1] + str((int(number[-1]) + 1) % 10))


def test_numbers_without_check_digit_are_only_counted() -> None:
    check = HouseholdCheck()
    check.take([ResidentRow("0000000012", "H", "見本", relation="世帯主"), ResidentRow("A12", "", "例示")])
    assert list(check.findings()) == [Finding("resident.no_check_digit", old="0000000012", new="2")]
