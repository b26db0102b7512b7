"""Typed rows against residents: what is found, what is sure, and what never is."""

from __future__ import annotations

import pytest

from app.usecases.matching_rows import PersonTraits
from tests.matching.people import (
    FAMILY,
    HIMARI,
    HINA,
    HIROSHI,
    JIHOON,
    KAN,
    KAORI,
    KOUME,
    MINH,
    MISUZU,
    MUSASHI,
    SAKURA,
    SOUICHI,
    codes,
    find,
    typed,
)  # fmt: skip

HOME = "本浜町2-3-4"


@pytest.mark.parametrize(
    ("row", "place", "said"),
    [
        (typed("渡辺宗一", "", "S50.3.4"), SOUICHI, {"name_same", "birth_same"}),
        (typed("渡邉　宗一", "ワタナベ ソウイチ", "1975/3/4", address="本浜町二丁目三番"), SOUICHI, {"name_same", "address_block"}),
        (typed("ﾜﾀﾅﾍﾞ ﾐｽｽﾞ", "", "昭和52年7月18日"), MISUZU, {"reading_same", "birth_same"}),
        (typed("わたなべみすず", "", "S52.7.18", address=HOME), MISUZU, {"reading_same", "address_same"}),
        (typed("渡辺美鈴", "ワタナベミススキ", "S52.7.18"), MISUZU, {"birth_same"}),
        (typed("", "ワタナベ　ミヌズ", "S52.7.18"), MISUZU, {"given_near", "birth_same"}),
        (typed("渡辺　美涼", "ワタナベ ミスズ", "S52.7.18"), MISUZU, {"given_writing_differs", "birth_same"}),
        (typed("宗一　渡辺", "", "S50.3.4"), SOUICHI, {"name_same"}),
        (typed("渡辺宗一", "", "S50.3.5", address=HOME), SOUICHI, {"birth_digit", "address_same"}),
        (typed("渡辺宗一", "", "S50.4.3", address=HOME), SOUICHI, {"birth_swapped"}),
        (typed("渡辺武蔵", "", "S25.5.6", address=HOME), MUSASHI, {"birth_era"}),
        (typed("渡辺宗一", "", "50.3.4"), SOUICHI, {"birth_figures"}),
        (typed("渡辺宗一", "", "昭和50年", address=HOME), SOUICHI, {"birth_within"}),
        (typed("渡辺　宗一", address=HOME), SOUICHI, {"birth_missing", "address_same"}),
        (typed("財前　さくら", "", "S63.2.28"), SAKURA, {"birth_same"}),
        (typed("宮本　さくら", "", "S63.2.28", address="汐見台4-5-6"), SAKURA, {"family_differs", "address_same"}),
        (typed("五十嵐香織", "", "H2.6.7"), KAORI, {"name_same", "birth_same"}),
        (typed("五十嵐香織", "", "H2.6.7", address="隣町1-1"), KAORI, {"name_same", "address_differs"}),
        (typed("新井　健", "", "S55.10.3"), JIHOON, {"name_same", "birth_same"}),
        (typed("Nguyen Van Minh", "", "1994.8.21"), MINH, {"name_same", "birth_same"}),
    ],
)  # fmt: skip
def test_found(row: PersonTraits, place: int, said: set[str]) -> None:
    match = find(row)[0]
    assert match.band in ("sure", "review") and match.candidates[0].place == place
    assert said <= codes(match)


@pytest.mark.parametrize("row", [typed("渡辺宗一", "", "S50.3.4", address=HOME), typed("ワタナベ ミスズ", "", "S52.7.18", address=HOME)])
def test_plain_rows_are_sure(row: PersonTraits) -> None:
    match = find(row)[0]
    assert match.band == "sure" and match.doubt == "" and match.candidates[0].score >= 90


def test_somebody_from_elsewhere_is_nobody_here() -> None:
    assert find(typed("五百旗頭　一徹", "イオキベ　イッテツ", "S31.12.24", address="隣市中町1-1"))[0].band == "none"


# Who came together


def test_the_family_lifts_a_child_that_is_only_kana() -> None:
    child = typed("むさし")
    assert find(child)[0].band != "sure"
    family = [typed("渡辺宗一", "", "S50.3.4", group="g"), typed("渡辺美鈴", "", "S52.7.18", group="g"), child._replace(household_id="g")]
    match = find(*family)[2]
    assert match.band == "sure" and match.candidates[0].place == MUSASHI
    assert ("match.household", "3") in match.candidates[0].reasons


def test_a_nickname_is_found_in_the_family() -> None:
    match = find(typed("渡辺宗一", "", "S50.3.4", address=HOME, group="g"), typed("わたなべ こうちゃん", group="g"))[1]
    assert match.candidates[0].place == KOUME and "given_nickname" in codes(match)


def test_a_linked_parent_lends_the_household() -> None:
    parent = typed("渡辺宗一", "", "S50.3.4", group="g", settled=SOUICHI)
    matches = find(parent, typed("むさし", group="g"))
    assert [match.person_id for match in matches] == ["p1"]  # the linked one is not asked again
    assert matches[0].candidates[0].place == MUSASHI and matches[0].band == "sure"


def test_a_visitor_in_the_group_takes_nobodys_place() -> None:
    visitor = typed("渡辺　源五郎", "ワタナベ　ゲンゴロウ", "S23.1.1", address=HOME, group="g")
    match = find(typed("渡辺宗一", "", "S50.3.4", group="g"), visitor)[1]
    assert match.band != "sure"


# What is never sure


def test_twins_of_whom_only_the_family_name_is_known() -> None:
    match = find(typed("鵜飼", "", "H30.4.1", address="鴎町1-2-3"))[0]
    assert match.band == "review" and match.doubt == "match.ambiguous"
    assert {found.place for found in match.candidates[:2]} == {HINA, HIMARI}


def test_twins_with_their_names_are_told_apart() -> None:
    matches = find(typed("鵜飼陽菜", "", "H30.4.1", group="g"), typed("鵜飼陽葵", "", "H30.4.1", group="g"))
    assert [match.candidates[0].place for match in matches] == [HINA, HIMARI]


def test_father_and_son_of_one_reading_and_address() -> None:
    match = find(typed("ワシオ　ヒロシ", address="上谷120"))[0]
    assert match.band == "review" and {found.place for found in match.candidates} == {HIROSHI, KAN}
    assert find(typed("ワシオ　ヒロシ", "", "S48.11.2", address="上谷120"))[0].candidates[0].place == KAN
    written = find(typed("鷲尾　広", address="上谷120"))[0]
    assert written.candidates[0].place == HIROSHI


def test_dates_in_each_others_lines() -> None:
    matches = find(
        typed("渡辺宗一", "ワタナベソウイチ", "S52.7.18", address=HOME, group="g"),
        typed("渡辺美鈴", "ワタナベミスズ", "S50.3.4", address=HOME, group="g"),
    )
    assert [match.band for match in matches] == ["review", "review"]
    assert all({SOUICHI, MISUZU} <= {found.place for found in match.candidates} for match in matches)


def test_two_records_of_one_resident() -> None:
    matches = find(typed("渡辺宗一", "", "S50.3.4", address=HOME), typed("わたなべそういち", "", "S50.3.4", address=HOME))
    assert {(match.band, match.doubt) for match in matches} == {("review", "match.claimed")}


def test_a_resident_linked_to_somebody_else() -> None:
    matches = find(typed("渡辺宗一", "", "S50.3.4", settled=SOUICHI), typed("渡辺宗一", "", "S50.3.4", address=HOME))
    assert (matches[0].band, matches[0].doubt) == ("review", "match.taken")


def test_a_rejected_pair_stays_away() -> None:
    row = typed("渡辺宗一", "", "S50.3.4", address=HOME)
    assert find(row, apart=[("p0", SOUICHI)])[0].band == "none"
    assert find(row, apart=[("p0", MISUZU)])[0].candidates[0].place == SOUICHI


# Edges


def test_nobody_and_nothing() -> None:
    from app.matching import MemoryMatcher
    from app.usecases.job import QUIET

    matcher = MemoryMatcher()
    assert find() == []
    assert [match.band for match in matcher.match([[typed("渡辺宗一")]], [], apart=frozenset(), job=QUIET)] == ["none"]
    assert matcher.match([], [FAMILY], apart=frozenset(), job=QUIET) == []
    assert find(typed("", "", "", settled=-1)) == []


def test_odd_texts_harm_nothing() -> None:
    rows = [typed("渡辺\n宗一", "a'b\"c", "S50.3.4", address="x\ny\t1\n2"), typed("〓", "?", "いつか"), typed(" ", "　", "")]
    matches = find(*rows)
    assert [match.person_id for match in matches] == ["p0", "p1", "p2"]
    assert matches[0].candidates[0].place == SOUICHI and matches[2].band == "none"


def test_residents_whose_names_have_no_space() -> None:
    from app.matching import MemoryMatcher
    from app.usecases.job import QUIET

    joined = [row._replace(name=row.name.replace("　", ""), kana=row.kana.replace("　", "")) for row in FAMILY]
    matches = MemoryMatcher().match([[typed("渡辺　宗一", "", "S50.3.4")]], [joined], apart=frozenset(), job=QUIET)
    assert matches[0].candidates[0].place == SOUICHI
