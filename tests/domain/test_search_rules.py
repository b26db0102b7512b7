"""The national rules of fuzzy name search (standard for resident record systems), each by name, asked of the real search both ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.folding import seam_key
from app.domain.resident import ResidentRow
from app.usecases.residents import load_residents
from app.usecases.searching import search
from tests.stores import OCCURRED, Clock, Town, found_store, open_town

KANA = {
    "清音と濁音": [("カガミ タケシ", "カカミ タケジ"), ("サザナミ ゴロウ", "ササナミ コロウ"), ("ハバ ダイキ", "ハハ タイキ")],
    "半濁音": [("ハヤシ パウロ", "ハヤシ ハウロ"), ("ヒラノ ピエル", "ヒラノ ヒエル", "ヒラノ ビエル")],
    "ヂとジ": [("フヂタ ケンヂ", "フジタ ケンジ")],
    "ヅとズ": [("シミヅ カヅエ", "シミズ カズエ")],
    "ワとハ": [("ワタセ ミワ", "ハタセ ミハ")],
    "ヴァとバ": [("ヴァレリ ソヴァ", "バレリ ソバ"), ("ヴィオラ レヴィ", "ビオラ レビ"), ("ヴォルカ", "ボルカ"), ("ヴルーノ", "ブルーノ")],
    "オとヲ": [("ミヲ カヲル", "ミオ カオル")],
    "ヒとピ": [("アヒル", "アピル")],
    "拗音": [("キャクノ シュン", "キヤクノ シユン"), ("ファビオ", "フアビオ")],
    "促音": [("ハットリ イッペイ", "ハツトリ イツペイ"), ("ホッタ", "ホツタ")],
    "小さいヶ": [("イチヶセ", "イチケセ")],
    "長音": [("オーツカ ユーコ", "オツカ ユコ"), ("マリー", "マリ")],
    "オ段のあとのウ": [("ソノダ コウタ", "ソノダ コオタ", "ソノダ コータ", "ソノダ コタ"), ("トウドウ", "トオドオ", "トードー")],
    "長音と横線": [("アー リー", "ア―リ―", "ア－リ－", "ア‐リ‐", "ｱｰﾘｰ", "ア-リ-")],
    "全角と半角": [("スズムラ アキヒコ", "ｽｽﾞﾑﾗ ｱｷﾋｺ"), ("パッカド", "ﾊﾟｯｶﾄﾞ")],
    "ひらがなとカタカナ": [("ミズハラ サクラ", "みずはら さくら")],
    "姓名の間の空白": [("ネモト マキオ", "ネモトマキオ", "ネモト　マキオ")],
}
NAMES = {
    "全角と半角の空白": [("栗原　真", "栗原 真", "栗原真")],
    "斎": [("斎木", "齋木", "斉木", "齊木")],
    "辺": [("渡辺 一", "渡邊 一", "渡邉 一")],
    "高": [("髙梨", "高梨")],
    "崎": [("﨑田", "崎田", "嵜田")],
    "浜": [("濵口", "浜口", "濱口")],
    "吉": [("𠮷川", "吉川")],
    "沢": [("沢井", "澤井")],
    "広": [("広瀬", "廣瀬")],
    "桜": [("桜庭", "櫻庭")],
    "島": [("小島", "小嶋", "小嶌")],
    "富": [("富樫", "冨樫")],
    "真": [("真壁", "眞壁")],
    "国": [("国分", "國分")],
    "恵": [("恵那", "惠那")],
    "徳": [("徳山", "德山")],
    "柳": [("柳沼", "栁沼")],
    "橋": [("橋爪", "𣘺爪", "槗爪")],
    "舘": [("館野", "舘野")],
    "滝": [("滝野", "瀧野")],
    "竜": [("竜崎", "龍崎")],
    "峰": [("峰岸", "峯岸")],
    "条": [("上条", "上條")],
    "藤": [("藤巻", "籐巻")],
    "神（互換漢字）": [("神保", "\ufa19保")],
    "福 祥 都（互換漢字）": [("福都 祥", "\ufa1b\ufa26 \ufa1a")],
    "異体字セレクタ": [("葛西", "葛\U000e0100西", "葛\U000e0103西"), ("辻井", "辻\U000e0100井", "辻\U000e0102井")],
    "くり返し": [("佐々部", "佐佐部")],
    "英字の幅と大小": [("NGUYEN VAN", "Ｎｇｕｙｅｎ Ｖａｎ", "nguyen van", "Nguyễn Văn")],
    "チルダと波線": [("林\uff5e子", "林\u301c子")],
}
PARTS = {
    "名だけ": [("ヤマガタ サブロウ", "サブロウ"), ("ヤマガタ サブロウ", "さぶろう")],
    "オ段で終わる姓とウ・オの名": [
        ("ヤマモト オサム", "オサム"),
        ("オノ　ウメ", "ウメ"),
        ("モリモト ウタコ", "ウタコ"),
        ("ﾔﾏﾓﾄ ｵﾘｴ", "オリエ"),
    ],
    "オ段で終わる姓と続けて": [
        ("ヤマモト オサム", "ヤマモトオサム"),
        ("ヤマモト オサム", "ヤマモト"),
        ("オノ　ウメ", "オノウメ"),
        ("オノ　ウメ", "オノ"),
    ],
    "カナの部分": [("ヤマガタ サブロウ", "ガタサブ")],
    "漢字の名だけ": [("渡邉　美智子", "美智子")],
    "漢字の部分": [("渡邉　美智子", "辺美智"), ("渡邉　美智子", "邊")],
    "外字はそのまま": [("\ue000山　花", "\ue000山")],
}


def _rows() -> list[ResidentRow]:
    kana = [form for groups in KANA.values() for group in groups for form in group]
    kana += [stored for cases in PARTS.values() for stored, _ in cases if not _is_kanji(stored)]
    names = [form for groups in NAMES.values() for group in groups for form in group]
    names += [stored for cases in PARTS.values() for stored, _ in cases if _is_kanji(stored)]
    rows = [("", text) for text in dict.fromkeys(kana)] + [(text, "") for text in dict.fromkeys(names)]
    return [
        ResidentRow(resident_no=f"{n:08}", name=name or f"仮名{n}", kana=reading, birth="昭和50年3月1日" if n % 2 else "昭和50年3月2日")
        for n, (name, reading) in enumerate(rows)
    ]


def _is_kanji(text: str) -> bool:
    return any(ord(char) >= 0x4E00 and not 0xFF61 <= ord(char) <= 0xFF9F for char in text)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A real encrypted store with everybody of the rules in it."""
    folder: Path = tmp_path_factory.mktemp("rules") / "data"
    clock = Clock()
    found_store(folder, clock)
    town = open_town(folder, clock)
    load_residents(town.ctx, batches=[_rows()], as_of=OCCURRED)
    yield town
    town.session.close(backup=False)


def found(town: Town, typed: str, **more: str) -> set[str]:
    """Names and readings that the search answers."""
    hits = search(town.ctx, text=typed, within="residents", limit=500, **more).hits  # type: ignore[arg-type]
    return {text for hit in hits for text in (hit.name, hit.kana)}


def _cases(rules: dict[str, list[tuple[str, ...]]]) -> list[object]:
    return [pytest.param(group, id=f"{rule} {group[0]}") for rule, groups in rules.items() for group in groups]


@pytest.mark.parametrize("forms", _cases(KANA) + _cases(NAMES))
def test_forms_find_each_other_both_ways(registry: Town, forms: tuple[str, ...]) -> None:
    for typed in forms:
        assert set(forms) <= found(registry, typed), typed


@pytest.mark.parametrize("case", _cases(PARTS))  # type: ignore[arg-type]
def test_a_part_finds_the_whole(registry: Town, case: tuple[str, str]) -> None:
    stored, typed = case
    assert stored in found(registry, typed)


@pytest.mark.parametrize(("stored", "typed"), [("ヤマモト オサム", "オサム"), ("オノ　ウメ", "ウメ"), ("ソノダ コウタ", "コウタ")])
def test_a_given_name_with_the_birth_date(registry: Town, stored: str, typed: str) -> None:
    both = found(registry, typed, birth="昭和50年3月1日") | found(registry, typed, birth="昭和50年3月2日")
    assert stored in both
    assert stored not in found(registry, typed, birth="昭和51年3月1日")


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("埼田", "崎田"),
        ("太梨", "高梨"),
        ("トメ", "オノ　ウメ"),
        ("裕分", "国分"),
        ("ヤマカタ", "ヤマモト オサム"),
        ("\ue001山", "\ue000山　花"),
    ],
)
def test_other_names_are_not_answered(registry: Town, typed: str, other: str) -> None:
    """What merely looks or sounds a little alike stays apart; ウメ found beside オノ does not make トメ of it."""
    assert other not in found(registry, typed)


def test_what_came_in_is_what_is_stored(registry: Town) -> None:
    names = {row.name for batch in registry.ctx.reads.residents.rows(snapshot_id=_active(registry)) for row in batch}
    assert {"\ufa19保", "葛\U000e0100西", "\ue000山　花", "林\uff5e子", "Ｎｇｕｙｅｎ Ｖａｎ"} <= names


def _active(town: Town) -> str:
    active = town.ctx.reads.residents.active()
    assert active is not None
    return active.id


def test_people_registered_by_hand_are_found_by_the_given_name_alone(registry: Town) -> None:
    from app.usecases.reception import Arrival, check_in

    check_in(registry.ctx, shelter_id=registry.shelters[0], arrivals=[Arrival(values={"name": "岡本　修", "kana": "オカモト オサム"})])
    hits = search(registry.ctx, text="オサム", within="persons").hits
    assert "オカモト オサム" in {hit.kana for hit in hits}


@pytest.mark.parametrize(
    ("text", "seam"),
    [
        ("オノ ウメ", "オノウメ"), ("ヤマモト　オサム", "ヤマモトオサム"), ("ｵﾉ ｳﾒ", "オノウメ"), ("おの　うめ", "オノウメ"), ("ゴトー オウ", "コトオ"),
        ("サトウ ウメ", ""), ("ヤマモトオサム", ""), ("タカハシ オサム", ""), ("山本　治", ""), ("", ""), ("オ ", ""),
    ],
)  # fmt: skip
def test_seam(text: str, seam: str) -> None:
    assert seam_key(text) == seam
