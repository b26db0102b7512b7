"""Names, dates and addresses that a file divides are joined, codes become words, and the file itself stays as it is."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import InputFault
from app.domain.resident import ResidentRow
from app.interchange.importing.profiles import (
    check_profile,
    read_profile,
    save_profile,
    shipped_profiles,
    suggest_profile,
    to_toml,
)
from app.interchange.importing.residents import open_residents
from app.interchange.importing.run import import_residents
from app.interchange.importing.shaping import read_era_code
from app.interchange.importing.source import ReadOptions, open_source
from app.usecases.context import Context
from tests.stores import OCCURRED

DIVIDED = (
    ("宛名番号", "姓", "名", "セイ", "メイ", "元号", "生年", "生月", "生日", "都道府県", "市区町村", "町字", "番地", "方書"),
    ("1", "架空", "太郎", "カクウ", "タロウ", "3", "20", "3", "1", "石川県", "見本市", "本町", "1-2", "青葉荘"),
    ("2", "例示", "", "レイジ", "", "昭和", "元", "", "", "", "見本市", "港町", "", ""),
    ("3", "旅人", "花", "", "", "", "1990", "12", "31", "", "", "", "", ""),
    ("4", "", "", "", "", "5", "1", "5", "1", "", "", "", "", ""),
)


def write(path: Path, rows: Any = DIVIDED) -> Path:
    if path.suffix == ".xlsx":
        from openpyxl import Workbook

        book = Workbook()
        for row in rows:
            book.active.append(list(row))  # type: ignore[union-attr]
        book.save(path)
    else:
        with path.open("w", encoding="cp932", newline="") as file:
            csv.writer(file).writerows(rows)
    return path


def read(path: Path, **options: Any) -> list[ResidentRow]:
    source = open_residents([path], options=ReadOptions(**options))
    return [row for batch in source.batches() for row in batch]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_divided_columns_are_joined(tmp_path: Path, name: str) -> None:
    first, second, third = read(write(tmp_path / name))
    assert (first.name, first.kana, first.birth) == ("架空　太郎", "カクウ　タロウ", "昭和20年3月1日")
    assert first.address == "石川県見本市本町1-2　青葉荘"
    assert (second.name, second.kana, second.birth, second.address) == ("例示", "レイジ", "昭和元年00月00日", "見本市港町")
    assert (third.birth, third.address) == ("1990年12月31日", "")


def test_a_rejected_row_comes_out_as_it_was(tmp_path: Path, ctx: Context) -> None:
    path = write(tmp_path / "a.csv")
    done = import_residents(ctx, paths=[path], as_of=OCCURRED)
    assert done.rejected == 1 and done.rejected_rows is not None
    with done.rejected_rows.open(encoding="utf-8-sig", newline="") as file:
        header, row = csv.reader(file)
    assert header[:-1] == list(DIVIDED[0]) and row[:-1] == list(DIVIDED[4]) and row[-1]


def test_an_address_is_completed_only_by_what_it_lacks(tmp_path: Path) -> None:
    head = ("氏名", "住所", "都道府県", "市区町村")
    rows = [
        head,
        ("架空", "本町1", "石川県", "見本市"),
        ("例示", "石川県見本市本町1", "石川県", "見本市"),
        ("旅人", "", "石川県", "見本市"),
    ]
    assert [row.address for row in read(write(tmp_path / "a.csv", rows))] == ["石川県見本市本町1", "石川県見本市本町1", ""]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("4240301", "平成24年03月01日"), ("3-20-03-01", "昭和20年03月01日"), ("３２００３０１", "昭和20年03月01日"), ("3200000", "昭和20年00月00日"),
        ("5 6 1 1", "令和6年1月1日"), ("9200301", "9200301"), ("19450301", "19450301"), ("昭和20年3月1日", "昭和20年3月1日"), ("", ""),
    ],
)  # fmt: skip
def test_dates_with_the_number_of_their_era(text: str, words: str) -> None:
    assert read_era_code(text) == words


def test_coded_birth_dates_are_recognised_when_all_are(tmp_path: Path) -> None:
    rows = [("氏名", "生年月日"), *((f"架空{mark}", f"3{20 + n}0301") for n, mark in enumerate("一二三四五"))]
    assert read(write(tmp_path / "a.csv", rows))[4].birth == "昭和24年03月01日"
    mixed = [*rows, ("例示", "昭和20年3月1日"), ("旅人", "1990-01-01")]
    assert read(write(tmp_path / "b.csv", mixed))[0].birth == "3200301"


def test_the_era_may_stand_apart(tmp_path: Path) -> None:
    rows = [("氏名", "元号", "生年月日"), ("架空", "S", "200301"), ("例示", "3", "20.3.1"), ("旅人", "平成", "1990-3-1")]
    assert [row.birth for row in read(write(tmp_path / "a.csv", rows))] == ["昭和20年03月01日", "昭和20年3月1日", "1990-3-1"]


def test_codes_become_words_and_pairs_of_them(tmp_path: Path) -> None:
    values = {"relation": {"*pairs": "2", "02": "世帯主", "20": "子", "12": "妻"}, "sex": {"1": "男", "2": "女"}}
    rows = [("氏名", "続柄", "性別"), ("架空", "02", "１"), ("例示", "2012", "2"), ("旅人", "20000000", "9"), ("見本", "99", "")]
    found = read(write(tmp_path / "a.csv", rows), values=values)
    assert [(row.relation, row.sex) for row in found] == [("世帯主", "男"), ("子の妻", "女"), ("子", "9"), ("99", "")]
    assert found[0].order == 1


@pytest.mark.parametrize("profile", [*shipped_profiles("residents"), *shipped_profiles("evacuees")], ids=lambda profile: profile.name)
def test_profiles_of_the_program_hold(tmp_path: Path, profile: Any) -> None:
    check_profile(profile)
    (tmp_path / "a.toml").write_text(to_toml(profile), "utf-8")
    again = read_profile(tmp_path / "a.toml", target=profile.target)
    assert (again.name, again.columns, again.values, again.dates) == (profile.name, profile.columns, profile.values, profile.dates)
    header = write(tmp_path / "a.csv", [tuple(profile.columns), ("x",) * len(profile.columns)])
    assert open_source(header, profile.target, options=profile.options()).headers.columns


def test_a_profile_is_offered_for_its_headings(ctx: Context) -> None:
    offered = suggest_profile(ctx, target="residents", header=("氏名漢字", "氏名カナ", "生年月日", "性別コード", "続柄コード", "宛名番号",
        "世帯番号", "住所漢字", "郵便番号", "方書漢字", "行政区名"))  # fmt: skip
    assert offered is not None and "コード" in offered.name
    assert suggest_profile(ctx, target="residents", header=("何か", "別の何か")) is None
    own = save_profile(ctx, profile=type(offered)(name="自分の", target="residents", columns={"何か": "name", "別の何か": "kana"}))
    assert suggest_profile(ctx, target="residents", header=("何か", "別の何か")) == own


def test_a_mapping_file_with_values_is_remembered_with_them(ctx: Context, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[columns]\n"ひと" = "name"\n"別" = "sex"\n[values.sex]\n"A" = "男"\n', "utf-8")
    path = write(tmp_path / "a.csv", [("ひと", "別"), ("架空", "A")])
    profile = read_profile(tmp_path / "m.toml", target="residents")
    import_residents(ctx, paths=[path], as_of=OCCURRED, options=ReadOptions(mapping=profile.columns, values=profile.values))  # type: ignore[arg-type]
    done = import_residents(ctx, paths=[path], as_of=OCCURRED)
    assert done.snapshot is not None
    (row,) = [row for batch in ctx.reads.residents.rows(snapshot_id=done.snapshot.id) for row in batch]
    assert (row.name, row.sex) == ("架空", "男")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[columns]\n", "import.mapping_columns"), ('[columns]\n"a" = "nothing"\n', "import.mapping_field"),
        ('[columns]\n"a" = "name"\n[values]\nsex = 1\n', "profile.values"), ('target = "shelters"\n[columns]\n"a" = "name"\n', "profile.other_target"),
        ('dates = "x"\n[columns]\n"a" = "name"\n', "profile.values"), ("[columns", "import.mapping_syntax"),
    ],
)  # fmt: skip
def test_a_broken_profile_is_said(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "a.toml").write_text(text, "utf-8")
    with pytest.raises(InputFault) as fault:
        read_profile(tmp_path / "a.toml", target="residents")
    assert fault.value.code == code
