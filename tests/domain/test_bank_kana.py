"""Kana for bank files (DOMAIN 5.3): legal, every change named with its place, refused where nothing legal can be written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import bank_kana
from app.domain.bank_kana import CHARSETS, check_kana, compare_holder, legal_kana
from app.domain.errors import RuleViolation


@pytest.mark.parametrize(
    ("text", "legal"),
    [
        ("ジョージ・ヴァン", "ｼﾞﾖ-ｼﾞ.ｳﾞｱﾝ"), ("ﾔﾏﾀﾞ ﾀﾛｳ", "ﾔﾏﾀﾞ ﾀﾛｳ"), ("ヤマダ　タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ"), ("やまだ はなこ", "ﾔﾏﾀﾞ ﾊﾅｺ"),
        ("ヲノ ヰチロー ヱ", "ｵﾉ ｲﾁﾛ- ｴ"), ("Yamada 12", "YAMADA 12"), ("ｙａｍａｄａ", "YAMADA"), ("ミツビシユ－エフジエイ", "ﾐﾂﾋﾞｼﾕ-ｴﾌｼﾞｴｲ"),
        ("ア−イ‐ウ", "ｱ-ｲ-ｳ"), ("ｷｬｯﾂ ｦ", "ｷﾔﾂﾂ ｵ"), ("カ゛", "ｶﾞ"), ("（カブ", "(ｶﾌﾞ"),
        ("株式会社ヤマダ", "ｶ)ﾔﾏﾀﾞ"), ("ヤマダ株式会社", "ﾔﾏﾀﾞ(ｶ"), ("ヤマダ（株）エイギョウショ", "ﾔﾏﾀﾞ(ｶ)(ｴｲ"),
        ("カブシキガイシャ　ヤマダ", "ｶ)ﾔﾏﾀﾞ"), ("ﾔﾏﾀﾞ ﾕｳｹﾞﾝｶﾞｲｼﾔ", "ﾔﾏﾀﾞ(ﾕ"), ("㈲ヤマダ", "ﾕ)ﾔﾏﾀﾞ"), ("㈱ヤマダ 営業所", "ｶ)ﾔﾏﾀﾞ(ｴｲ"),
    ],
)  # fmt: skip
def test_legal(text: str, legal: str) -> None:
    assert legal_kana(text).text == legal


def test_every_change_is_named_with_its_place() -> None:
    made = legal_kana("ジョー・ヲ a")
    assert [(change.at, change.before, change.after, change.code) for change in made.changes] == [
        (0, "ジ", "ｼﾞ", "width"), (1, "ョ", "ﾖ", "small"), (2, "ー", "-", "dash"), (3, "・", ".", "dot"), (4, "ヲ", "ｵ", "old"), (6, "a", "A", "case"),
    ]  # fmt: skip
    assert [change.at for change in made.notable] == [1, 2, 3, 4, 6]
    assert [(one.before, one.after, one.code) for one in legal_kana("株式会社 ヤマダ").notable] == [
        ("株式会社", "ｶ)", "corporate"),
        (" ", "", "space"),
    ]


def test_half_width_that_is_legal_is_left_alone() -> None:
    made = legal_kana("ｶ)ﾔﾏﾀﾞ(ｴｲ")
    assert (made.text, made.changes, made.cut) == ("ｶ)ﾔﾏﾀﾞ(ｴｲ", (), "")


@pytest.mark.parametrize(
    ("text", "code", "chars", "at"),
    [
        ("山田　ヤマダ", "account.kana_kanji", "山田", 1),
        ("ヤマダ々", "account.kana_kanji", "々", 4),
        ("エヌ＆エム", "account.kana_sign", "＆", 3),
        ("ア,イ", "account.kana_sign", ",", 2),
    ],
)
def test_refused_with_the_characters_named(text: str, code: str, chars: str, at: int) -> None:
    with pytest.raises(RuleViolation) as fault:
        legal_kana(text)
    assert (fault.value.code, fault.value.params["chars"], fault.value.params["at"], fault.value.field) == (code, chars, at, "holder")


def test_empty_is_refused() -> None:
    for text in ("", " 　"):
        with pytest.raises(RuleViolation, match="account.kana_empty"):
            legal_kana(text)
        assert [problem.code for problem in check_kana(text)] == ["account.kana_empty"]


def test_thirty_one_bytes_are_cut_after_a_warning() -> None:
    made = legal_kana("ｱ" * 29 + "ガ")
    assert (made.text, made.cut) == ("ｱ" * 29 + "ｶ", "ﾞ")
    problem = check_kana("ア" * 31)[0]
    assert (problem.code, problem.bytes, problem.chars) == ("account.kana_long", 31, "ｱ")
    assert check_kana("ア" * 30) == ()


def test_some_banks_take_more() -> None:
    assert legal_kana("ア，イ", charset="comma").text == "ｱ,ｲ"
    assert legal_kana("「ア」", charset="standard").text == "｢ｱ｣"


@given(st.text(max_size=60))
def test_whatever_is_typed_what_comes_out_is_legal_and_stays_so(text: str) -> None:
    try:
        made = legal_kana(text)
    except RuleViolation as fault:
        assert check_kana(text)[0].code == fault.code
        return
    assert set(made.text) <= CHARSETS["common"] and len(made.text) <= 30
    assert made.text.encode("cp932").decode("cp932") == made.text
    whole = made.text + made.cut
    again = legal_kana(whole, most=1000)
    assert again.text == whole
    assert all(text[change.at : change.at + len(change.before)] == change.before for change in made.changes)


@pytest.mark.parametrize(
    ("holder", "kana", "code"),
    [
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ　タロウ", ""), ("ヤマダタロウ", "ﾔﾏﾀﾞ ﾀﾛｳ", ""), ("オオノ", "オーノ", "account.holder_spelling"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ　タロウ", "account.holder_differs"),
        ("ﾔﾏﾀﾞ", "", "account.kana_unknown"),
    ],
)  # fmt: skip
def test_holder_beside_the_persons_kana(holder: str, kana: str, code: str) -> None:
    assert compare_holder(holder, kana) == code


@given(st.text(alphabet="アイカガパヴャッーヲ・　 ＡａアｱABab()-.", max_size=20))
def test_the_short_way_says_the_same(text: str) -> None:
    """Names in one width are read at once; whoever asks gets what the long way says."""
    try:
        made = legal_kana(text)
    except RuleViolation:
        return
    units = bank_kana._read(text, "common")
    assert made.text + made.cut == "".join(unit.after or "" for unit in units)
    assert made.changes == bank_kana._changes(units)
