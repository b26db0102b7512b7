"""Records of one human being at two shelters."""

from __future__ import annotations

from tests.matching.people import pairs, typed


def test_reasons_and_scores() -> None:
    one = typed("渡辺　宗一", "ワタナベ　ソウイチ", "S50.3.4")
    other = {
        "name_and_birth": typed("渡邊宗一", "", "昭和50年3月4日"),
        "kana_and_birth": typed("わたなべ そういち", "", "1975-03-04"),
        "near_name_and_birth": typed("", "ワタナベ　ソウイシイ", "1975-03-04"),
        "name_birth_near": typed("渡辺　宗一", "", "S50.3.5"),
        "name_and_address": typed("渡辺　宗一", "", "", address="本浜町2の3の4"),
        "name_only": typed("渡辺　宗一"),
    }
    for reason, row in other.items():
        first = one._replace(address="支市本浜町2丁目3番4号") if reason == "name_and_address" else one
        found = pairs(first, row)
        assert [(pair.first, pair.second, pair.reason) for pair in found] == [("p0", "p1", reason)], reason
        assert 0 < found[0].score <= 1
    scores = [pairs(one, other[name])[0].score for name in ("name_and_birth", "kana_and_birth", "name_birth_near", "name_only")]
    assert scores == [0.95, 0.9, 0.7, 0.5]


def test_one_resident_is_one_human_being() -> None:
    rows = (typed("甲野　一", settled=5)._replace(resident_no="0001"), typed("乙野　二", settled=5)._replace(resident_no="0001"))
    assert [(pair.score, pair.reason) for pair in pairs(*rows)] == [(1.0, "same_resident")]


def test_no_pairs() -> None:
    one = typed("渡辺　宗一", "ワタナベ　ソウイチ", "S50.3.4", sex="male")
    assert pairs() == [] and pairs(one) == []
    assert pairs(one, one._replace(sex="female")) == []
    assert pairs(one, typed("渡辺　宗一", "", "S31.12.9")) == []
    assert pairs(one, one, apart=[("p0", "p1")]) == []
    linked = [one._replace(settled=1, resident_no="1"), one._replace(settled=2, resident_no="2")]
    assert pairs(*linked) == []


def test_names_that_many_share_are_no_pairs_by_themselves() -> None:
    rows = [typed("佐藤　一", address=f"町{n}丁目1-1") for n in range(20)]
    assert pairs(*rows) == []
    assert len(pairs(*rows[:2])) == 1


def test_twins_in_one_household_are_two() -> None:
    twins = [
        typed("", "ウカイ　ユイカ", "H30.4.1", group="g", address="鴎町1-2-3"),
        typed("", "ウカイ　ユウカ", "H30.4.1", group="g", address="鴎町1-2-3"),
    ]
    assert [pair for pair in pairs(*twins) if pair.reason == "near_name_and_birth"] == []
