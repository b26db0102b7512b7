"""Heirs in the order of the law on condolence grants (DOMAIN 4.2)."""

from __future__ import annotations

import pytest

from app.domain.heirs import rank_heirs, relation_to


@pytest.mark.parametrize(
    ("dead", "member", "role"),
    [
        ("世帯主", "妻", "spouse"), ("世帯主", "長男", "child"), ("世帯主", "母", "parent"), ("世帯主", "子の子", "grandchild"),
        ("世帯主", "父の母", "grandparent"), ("世帯主", "兄", "sibling"), ("世帯主", "子の妻", ""), ("世帯主", "妻の母", ""),
        ("世帯主", "同居人", ""), ("世帯主", "孫", "grandchild"),
        ("妻", "世帯主", "spouse"), ("妻", "子", "child"), ("妻", "妻の母", "parent"), ("妻", "母", ""), ("妻", "子の子", "grandchild"),
        ("子", "世帯主", "parent"), ("子", "妻", "parent"), ("子", "子", "sibling"), ("子", "母", "grandparent"),
        ("母", "世帯主", "child"), ("母", "父", "spouse"), ("母", "妻", ""), ("母", "子", "grandchild"), ("母", "弟", "child"),
        ("妻の母", "妻", "child"), ("妻の母", "世帯主", ""), ("妻の母", "子", "grandchild"), ("子の子", "世帯主", "grandparent"),
        ("兄", "世帯主", "sibling"), ("兄", "母", "parent"), ("兄", "妻", ""), ("兄", "子", ""), ("祖母", "世帯主", "grandchild"),
    ],
)  # fmt: skip
def test_relation_to_the_dead(dead: str, member: str, role: str) -> None:
    assert relation_to(dead, member) == role


def test_the_only_childs_family_is_told_and_that_of_several_is_not() -> None:
    one = ["世帯主", "子", "子の妻", "子の子"]
    assert [relation_to("子", word, household=one) for word in one] == ["parent", "", "spouse", "child"]
    assert [relation_to("子の子", word, household=one) for word in one[:3]] == ["grandparent", "parent", "parent"]
    two = ["世帯主", "子", "子", "子の妻"]
    assert relation_to("子", "子の妻", household=two) == ""


def test_order_of_the_law() -> None:
    household = ["世帯主", "妻", "子", "子", "母", "弟", "同居人"]
    found = rank_heirs(0, household)
    assert [(heir.role, heir.order, heir.equals, heir.place) for heir in found] == [
        ("spouse", 1, 1, 1), ("child", 2, 2, 2), ("child", 2, 2, 3), ("parent", 3, 1, 4), ("sibling", 6, 1, 5),
    ]  # fmt: skip
    assert [heir.role for heir in rank_heirs(2, household)] == ["parent", "parent", "grandparent", "sibling"]


def test_what_cannot_be_read_puts_nobody_in_a_rank() -> None:
    assert rank_heirs(0, ["世帯主", "", "謎の人", "縁故者"]) == []
