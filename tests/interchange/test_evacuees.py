"""Lists that shelters keep, from spreadsheet to store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.dates import parse_instant
from app.domain.evacuee import Household, Person, Stay
from app.domain.identifiers import new_card_number, person_number
from app.interchange.exporting.rosters import write_roster
from app.interchange.exporting.xlsx_out import write_xlsx
from app.interchange.importing.evacuees import read_evacuees, read_needs
from app.interchange.importing.run import apply_prepared, import_evacuees, import_residents, prepare_evacuees
from app.usecases import shelters
from app.usecases.context import Context
from app.usecases.rows import RosterFilter
from tests.interchange.conftest import read_csv, write_table

AT = parse_instant("2024-01-07T12:00+09:00")
BEGAN = parse_instant("2024-01-01T17:00+09:00")
REAL_HEADER = "No,世帯,氏名,ふりがな,生年月日,年齢,性別,続柄,住所,電話,入所日時,退所日,退所先,要配慮事項,けが,ペット,車種,自宅被害,公開の可否,掲示,備考"


@pytest.fixture
def shelter(ctx: Context) -> str:
    """An open shelter."""
    return shelters.add_shelter(ctx, values={"name": "見本小学校"}, open_at=BEGAN)[0]


def values_of(tmp_path: Path, header: str, *rows: str) -> list[dict[str, Any]]:
    result = read_evacuees(write_table(tmp_path / "a.csv", header, rows), at=AT)
    return [dict(entry.values) for entry in result.entries]


def told(tmp_path: Path, header: str, *rows: str) -> list[tuple[int | None, str | None, str]]:
    result = read_evacuees(write_table(tmp_path / "a.csv", header, rows), at=AT)
    return [(issue.line, issue.column, issue.code) for issue in result.issues]


@pytest.mark.parametrize(
    ("text", "codes", "note", "level"),
    [
        ("要介護・要支援", ("care",), "", ""),
        ("要介護３", ("care",), "要介護３", "要介護3"),
        ("アレルギー、透析", ("allergy", "dialysis"), "", ""),
        ("車いす・透析", ("physical", "dialysis"), "", ""),
        ("高齢\n服薬/妊婦", ("elderly", "medication", "pregnant"), "", ""),
        ("卵アレルギー", ("allergy",), "卵アレルギー", ""),
        ("外国語・通訳", ("language",), "", ""),
        ("アレルギーなし", (), "アレルギーなし", ""),
        ("なし", (), "", ""),
        ("○", ("other",), "", ""),
        ("目が見えにくい", (), "目が見えにくい", ""),
    ],
)
def test_needs(text: str, codes: tuple[str, ...], note: str, level: str) -> None:
    assert read_needs(text) == (codes, note, level)


def test_a_row_of_everything(tmp_path: Path) -> None:
    row = (
        "1,見本家,髙橋 太郎,たかはし たろう,Ｓ20.3.1,,男性,世帯主,見本市本町1,０９０,1/2 18:00,1月5日,親戚宅(金沢),高齢・服薬,かすり傷,犬１匹,"
        "白い軽,半壊,可,×,朝は不在"
    )
    (values,) = values_of(tmp_path, REAL_HEADER, row)
    assert values == {
        "household": "見本家", "name": "髙橋 太郎", "kana": "たかはし たろう", "birth": "Ｓ20.3.1", "sex": "male", "relation": "世帯主",
        "address": "見本市本町1", "phone": "０９０", "entered_at": parse_instant("2024-01-02T18:00+09:00"),
        "left_at": parse_instant("2024-01-05T00:00+09:00"), "destination": "kin", "destination_text": "親戚宅(金沢)",
        "needs": ("elderly", "medication"), "injury": "ill", "injury_note": "かすり傷", "pets": "犬１匹", "vehicles": "白い軽",
        "house_damage": "half", "consent_kin": "yes", "consent_acquaintance": "yes", "consent_public": "yes", "consent_board": "no",
        "note": "朝は不在",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("○,", {"consent_kin": "yes", "consent_acquaintance": "yes", "consent_public": "yes"}),
        ("×,", {f"consent_{name}": "no" for name in ("kin", "acquaintance", "public", "board", "web", "share")}),
        ("×,○", {f"consent_{name}": "no" for name in ("kin", "acquaintance", "public", "web", "share")} | {"consent_board": "yes"}),
        (",不可", {"consent_board": "no"}),
        (",考え中", {"consent_board": "unasked"}),
        (",", {}),
    ],
)
def test_consents_are_never_wider_than_asked(tmp_path: Path, cells: str, expected: dict[str, str]) -> None:
    (values,) = values_of(tmp_path, "氏名,公開,掲示", f"見本,{cells}")
    assert {key: value for key, value in values.items() if key.startswith("consent")} == expected


def test_blank_numbered_lines_and_sums_do_not_count(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "No,氏名,住所,性別", ["1,見本 太郎,x,男", "2,,,", "3,,,", "4,,見本市,", "合計,合計,,"])
    result = read_evacuees(path, at=AT)
    assert (result.read, len(result.entries)) == (3, 1)
    assert [(issue.line, issue.code) for issue in result.issues] == [(5, "import.name_missing"), (6, "import.total_row")]


def test_what_is_odd_is_told_with_its_place(tmp_path: Path) -> None:
    header = "氏名,生年月日,性別,滞在区分,入所日時,退所日,退所先,自宅被害,同意_知人"
    rows = [
        "見本 一,きのう,？,屋上,おととい,,病院,たぶん,そのうち",
        "見本 二,,,,2024/1/5 18:00,2024/1/4,自宅,,",
        "見本 三,,,,2024/1/5,さっき,自宅,,",
    ]
    assert told(tmp_path, header, *rows) == [
        (2, "生年月日", "import.birth_odd"), (2, "性別", "import.word_unknown"), (2, "滞在区分", "import.word_unknown"),
        (2, "自宅被害", "import.word_unknown"), (2, "同意_知人", "import.consent_unknown"), (2, "入所日時", "import.arrival_unreadable"),
        (2, "退所先", "import.destination_without_leaving"), (3, "退所日", "stay.ends_before_start"), (4, "退所日", "date.time_unreadable"),
    ]  # fmt: skip


def test_leaving_on_the_day_of_arrival(tmp_path: Path) -> None:
    (values,) = values_of(tmp_path, "氏名,入所日時,退所日", "見本,1/5 18:00,1/5")
    assert values["left_at"] == values["entered_at"] and values["destination"] == "unknown"


def test_a_date_without_a_year_is_the_last_such_day(tmp_path: Path) -> None:
    (values,) = values_of(tmp_path, "氏名,入所日時", "見本,12月31日 午後6時")
    assert values["entered_at"] == parse_instant("2023-12-31T18:00+09:00")


def test_only_our_own_numbers_identify(tmp_path: Path) -> None:
    number, card = person_number("K7QF", 12), new_card_number()
    rows = [f"{number.lower()},{card.replace('-', '')},見本 一", "12,34,見本 二"]
    first, second = values_of(tmp_path, "整理番号,カード番号,氏名", *rows)
    assert (first["person_no"], first["card"]) == (number, card) and "person_no" not in second and "card" not in second
    assert told(tmp_path, "整理番号,カード番号,氏名", *rows) == [(None, "カード番号", "import.cards_not_ours")]


def test_an_age_without_a_birth_date_is_kept(tmp_path: Path) -> None:
    assert values_of(tmp_path, "氏名,年齢,備考", "見本,７０,杖")[0]["note"] == "杖\n年齢 ７０"


def test_preview_then_apply_then_again(ctx: Context, shelter: str, tmp_path: Path) -> None:
    residents = write_table(
        tmp_path / "r.csv", "宛名番号,世帯番号,氏名,フリガナ,生年月日,続柄", ["1,1,髙橋　太郎,タカハシ　タロウ,昭和20年3月1日,世帯主"]
    )
    import_residents(ctx, paths=[residents], as_of=BEGAN)
    path = tmp_path / "避難者 名簿.xlsx"
    rows = [
        [1, "高橋 太郎", "S20.3.1", "世帯主", "2024/1/2 18:00", "見本市本町1"],
        [2, "高橋 花", "S22.3.1", "妻", "2024/1/2 18:00", ""],
        [3, "架空 旅人", "", "", "", "例示県"],
        [4, "", "S1.1.1", "", "", ""],
    ]
    write_xlsx(path, header=["No", "氏名", "生年月日", "続柄", "入所日時", "住所"], rows=rows)
    dry = import_evacuees(ctx, path=path, shelter_id=shelter, dry_run=True)
    assert (dry.read, dry.created, dry.rejected) == (4, 3, 1) and not ctx.reads.all("person")
    prepared = prepare_evacuees(ctx, path=path, shelter_id=shelter)
    assert [item.action for item in prepared.plan.items] == ["create", "create", "create"] and prepared.errors == 1
    done = apply_prepared(ctx, prepared=prepared)
    assert (done.created, done.rejected, done.review) == (3, 1, 0) and done.rejected_rows is not None
    assert read_csv(done.rejected_rows)[1][2] == "S1.1.1"
    people = {person.name: person for person in ctx.reads.all("person") if isinstance(person, Person)}
    assert people["髙橋　太郎"].resident_no == "1" and people["髙橋　太郎"].household_id == people["高橋 花"].household_id
    again = import_evacuees(ctx, path=path, shelter_id=shelter)
    assert (again.created, again.updated, again.unchanged, again.rejected) == (0, 0, 3, 1)


def test_review_rows_come_out_with_the_rejected_ones(ctx: Context, shelter: str, tmp_path: Path) -> None:
    import_evacuees(ctx, path=write_table(tmp_path / "a.csv", "氏名,生年月日", ["見本 太郎,S20.3.1"]), shelter_id=shelter)
    done = import_evacuees(ctx, path=write_table(tmp_path / "b.csv", "氏名", ["見本 太郎", "例示 花"]), shelter_id=shelter)
    assert (done.created, done.review, done.rejected) == (1, 1, 0) and done.report is not None and done.rejected_rows is not None
    assert [row[0] for row in read_csv(done.rejected_rows)] == ["氏名", "見本 太郎"]
    assert read_csv(done.report)[1][3] == "警告"
    settled = prepare_evacuees(ctx, path=tmp_path / "b.csv", shelter_id=shelter)
    assert apply_prepared(ctx, prepared=settled, decisions={2: "same"}).report is not None


def test_a_closed_shelter_is_told(ctx: Context, tmp_path: Path) -> None:
    closed, _ = shelters.add_shelter(ctx, values={"name": "例示会館"})
    done = import_evacuees(ctx, path=write_table(tmp_path / "a.csv", "氏名", ["見本"]), shelter_id=closed)
    assert done.created == 1 and any("例示会館" in sentence for sentence in done.warnings)


def test_our_own_export_comes_back_unchanged(ctx: Context, shelter: str, tmp_path: Path) -> None:
    """What is exported, and imported again at the same shelter, changes nothing."""
    rows = [
        "見本 太郎,みほん たろう,S20.3.1,男,世帯主,見本市本町1,0767-00-0001,高齢、服薬,1/2 18:00,○",
        "=見本 花,,昭和22年月日不詳,女,妻,見本市本町1,+81-90,卵アレルギー,1/2 18:00,",
    ]
    path = write_table(tmp_path / "a.csv", "氏名,ふりがな,生年月日,性別,続柄,住所,電話,要配慮事項,入所日時,掲示", rows)
    assert import_evacuees(ctx, path=path, shelter_id=shelter).created == 2
    write_roster(ctx, wanted=RosterFilter(at=ctx.now()), out=tmp_path / "b.csv", format="csv", columns="full")
    again = import_evacuees(ctx, path=tmp_path / "b.csv", shelter_id=shelter)
    assert (again.created, again.updated, again.unchanged, again.review, again.rejected) == (0, 0, 2, 0, 0)


def test_households_and_damage_are_stored(ctx: Context, shelter: str, tmp_path: Path) -> None:
    import_evacuees(
        ctx,
        path=write_table(
            tmp_path / "a.csv", REAL_HEADER, ["1,見本家,見本 一,,,,,,,,,,,,,犬,,全壊,,,", "2,見本家,見本 二,,,,,,,,,,,,,,,,,,"]
        ),
        shelter_id=shelter,
    )
    (home,) = [household for household in ctx.reads.all("household") if isinstance(household, Household)]
    assert (home.label, home.house_damage, home.pets) == ("見本家", "total", "犬")
    assert {stay.shelter_id for stay in ctx.reads.all("stay") if isinstance(stay, Stay)} == {shelter}


def test_those_without_a_time_came_when_the_command_says(ctx: Context, shelter: str, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "氏名,入所日時", ["見本 一,", "見本 二,1/3 9:00"])
    at = parse_instant("2024-01-05T18:00+09:00")
    assert import_evacuees(ctx, path=path, shelter_id=shelter, at=at).created == 2
    assert {stay.from_at for stay in ctx.reads.all("stay") if isinstance(stay, Stay)} == {at, parse_instant("2024-01-03T09:00+09:00")}
