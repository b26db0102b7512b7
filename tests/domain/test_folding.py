"""Search keys: each rule of the national standard for fuzzy search by name."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.folding import bigrams, fold_address, fold_kana, fold_name, fold_parts, read_kanji_table
from app.domain.numerals import read_kanji_number


def same(a: str, b: str) -> bool:
    return fold_name(a) == fold_name(b) != "" and fold_kana(a) == fold_kana(b)


@pytest.mark.parametrize(
    "pair", ["カガ", "サザ", "タダ", "ハバ", "ハパ", "バパ", "ヂジ", "ヅズ", "ワハ", "オヲ", "ヒピ", "ヒビ", "チヂ", "ツヅ"]
)
def test_voiced_half_voiced_and_alike_sounds(pair: str) -> None:
    assert same(pair[0], pair[1])


@pytest.mark.parametrize(
    ("a", "b"),
    [("ヴァイオラ", "バイオラ"), ("ヴィ", "ビ"), ("ヴ", "ブ"), ("ｳﾞｧ", "バ"), ("ヴォ", "ホ"), ("ウ\u3099ェ", "ベ")]
    + [("ヴアイオラ", "ヴァイオラ"), ("ゔあ", "ば")],  # small and large alike
)
def test_v_series(a: str, b: str) -> None:
    assert same(a, b)


@pytest.mark.parametrize(
    ("a", "b"), [("キャ", "キヤ"), ("ハットリ", "ハツトリ"), ("ショウ", "シヨウ"), ("ファ", "フア"), ("ヮ", "ワ"), ("一ヶ瀬", "一ケ瀬")]
)
def test_small_is_large(a: str, b: str) -> None:
    assert same(a, b)


@pytest.mark.parametrize(
    ("a", "b"), [("佐藤　太郎", "佐藤太郎"), ("佐藤 太郎", "佐藤太郎"), ("サトウ\u00a0タロウ", "サトウタロウ"), ("オノ ウメ", "オノウメ")]
)
def test_space_between_family_and_given_name(a: str, b: str) -> None:
    assert same(a, b)


@pytest.mark.parametrize("mark", "ー―－‐ｰ-–−")
def test_long_marks_and_hyphens_of_any_kind(mark: str) -> None:
    assert same(f"コ{mark}タ", "コタ") and same(f"MARY{mark}ANN", "MARYANN")


@pytest.mark.parametrize(
    ("a", "b"),
    [("コウタ", "コオタ"), ("コウタ", "コータ"), ("トオル", "トール"), ("ヨウコ", "ヨオコ"), ("ショウ", "ショー"), ("オオノ", "オーノ")],
)
def test_long_o(a: str, b: str) -> None:
    assert same(a, b)


def test_u_after_other_rows_counts() -> None:
    assert fold_kana("カウ") != fold_kana("カ") and fold_kana("サトウオサム") == fold_kana("サトウ オサム")


@pytest.mark.parametrize(
    ("a", "b"), [("ｻﾄｳ ﾊﾅｺ", "サトウハナコ"), ("ｶﾞｷﾞｸﾞ", "ガギグ"), ("さとう", "サトウ"), ("ﾊﾟｯｸ", "パック"), ("か\u3099", "ガ")]
)
def test_width_and_hiragana(a: str, b: str) -> None:
    assert same(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [("Ｎｇｕｙｅｎ", "NGUYEN"), ("João", "joao"), ("Nguyễn", "NGUYEN"), ("ジョン・スミス", "ジョン スミス"), ("㈱山田", "株山田")],
)
def test_letters(a: str, b: str) -> None:
    assert same(a, b)


@pytest.mark.parametrize(
    "variants",
    [
        "斎齋斉齊",
        "辺邊邉",
        "髙高",
        "﨑崎嵜",
        "浜濱濵",
        "𠮷吉",
        "沢澤",
        "広廣",
        "桜櫻",
        "徳德",
        "島嶋嶌",
        "富冨",
        "真眞",
        "国國",
        "恵惠",
        "柳栁",
        "館舘",
        "龍竜",
        "滝瀧",
        "峰峯",
        "曽曾",
        "淵渕",
        "橋𣘺槗",
        "塚塚",
        "隆隆",
        "祐祐",
        "彦彥",
        "関關",
        "万萬",
        "弥彌",
        "与與",
        "条條",
        "穂穗",
        "亀龜",
        "藤籐",
    ],
)
def test_variants_find_each_other_both_ways(variants: str) -> None:
    assert len({fold_name(f"{char}田") for char in variants}) == 1


@pytest.mark.parametrize(
    "others",
    [
        "崎埼碕",
        "太大犬",
        "千干",
        "土士",
        "末未",
        "萩荻",
        "己已巳",
        "間問",
        "弓乃及",
        "切功",
        "玉王",
        "昼書",
        "宍肉",
        "坂阪",
        "岡丘",
        "川河",
        "裕祐",
        "佐左",
        "井伊",
        "幸行",
        "河川",
        "村町",
        "和知",
        "美実",
        "一二三",
    ],
)
def test_different_names_stay_apart(others: str) -> None:
    assert len({fold_name(char) for char in others}) == len(others)


def test_variation_selectors_are_no_difference() -> None:
    assert same("辻\U000e0100", "辻") and same("辻\ufe00", "辻") and same("葛\U000e0101飾", "葛飾")


def test_gaiji_are_kept_and_differ() -> None:
    assert fold_name("\ue000田") == "\ue000田" != fold_name("\ue001田")
    assert fold_name("\U000f0000") == "\U000f0000"


@pytest.mark.parametrize(("a", "b"), [("\uff5e", "\u301c"), ("\uff0d", "\u2212"), ("\u2225", "\u2016")])
def test_code_page_932_variants(a: str, b: str) -> None:
    assert fold_name(f"田{a}中") == fold_name(f"田{b}中") and fold_address(f"1{a}2") == fold_address(f"1{b}2")


def test_repetition_marks() -> None:
    assert same("佐々木", "佐佐木") and same("みすゞ", "みすず")
    assert fold_name("々木") == "木"


def test_given_name_only() -> None:
    assert fold_parts("小野　ウメ") == ("小野", "ウメ")
    assert fold_kana("オサム") in fold_parts("オノ オサム") and fold_kana("オサム") in fold_kana("サトウオサム")


def test_substring() -> None:
    key = fold_name("渡邉　美智子")
    assert all(fold_name(part) in key for part in ("渡辺", "邊美", "智子", "美智"))


def test_bigrams() -> None:
    assert bigrams("アイウ") == ["アイ", "イウ"] and bigrams("ア") == ["ア"] and bigrams("") == []


@given(st.text(max_size=12))
def test_keys_are_stable(text: str) -> None:
    assert fold_name(text) == fold_name(text)
    assert fold_address(text) is not None


@given(st.text("あいうえおかがきくコゴサザタダヂヅッァヴワハ佐髙﨑々ー 　", max_size=12))
def test_key_of_a_key_of_kanji_and_kana_finds_itself(text: str) -> None:
    assert " " not in fold_name(text) and "ー" not in fold_name(text)
    assert fold_name(text) == fold_name(text.replace(" ", "　"))


def test_table_maps_to_representatives_only() -> None:
    table = read_kanji_table()
    assert len(table) > 15_000
    assert not set(table.values()) & set(table)
    assert all(0x2E80 <= code < 0xA000 or 0xF900 <= code < 0xFB00 or code >= 0x20000 for code in table)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("本町2丁目3番", "本町2の3"),
        ("本町2丁目3番", "本町2―3"),
        ("本町２－３", "本町二丁目三番地"),
        ("本町2丁目3番地の4", "本町2-3-4"),
        ("大字穴水字川島ヲ11番地", "穴水川島ヲ11"),
        ("霞が関3-1", "霞ヶ関三丁目1番"),
        ("丸ノ内1", "丸の内一丁目"),
        ("北二条西三丁目", "北2条西3丁目"),
        ("八幡町十二番十一号", "八幡町12-11"),
        ("廣島町1", "広島町1"),
        ("本町1丁目2番３号　コーポ101号室", "本町1-2-3コーポ101"),
        ("本町〇一番", "本町1"),
        ("本町1 2 3", "本町1-2-3"),
        ("本町2ノ3", "本町2之3"),
        ("本町002番", "本町2"),
    ],
)
def test_addresses_of_one_place(a: str, b: str) -> None:
    assert fold_address(a) == fold_address(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [("三番町1", "三町1"), ("本町1-23", "本町12-3"), ("本町1-2 101", "本町1-2101"), ("十文字町1", "十文町1"), ("一宮市", "1宮市")],
)
def test_addresses_of_two_places(a: str, b: str) -> None:
    assert fold_address(a) != fold_address(b)


def test_place_names_keep_their_numerals() -> None:
    assert fold_address("千代田区八幡町") == "千代田区八幡町" and fold_address("四日市市三重") == "四日市市三重"


@pytest.mark.parametrize(
    ("text", "value"),
    [("十", 10), ("二十三", 23), ("百五", 105), ("二〇二四", 2024), ("千二百", 1200), ("十百", None), ("", None), ("二三十", None)],
)
def test_kanji_numbers(text: str, value: int | None) -> None:
    assert read_kanji_number(text) == value


def test_a_million_names_fold_fast() -> None:
    names = [f"髙橋{n} 太郎" for n in range(60_000)]
    for name in names:
        fold_name(name)
    start = time.process_time()
    for _ in range(5):
        for name in names:
            fold_name(name)
    per_million = (time.process_time() - start) / 0.3
    assert per_million < 2.0
