"""Columns are found by their headings, however they are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import EnvironmentFault, InputFault
from app.interchange.importing.mapping import (
    FieldSpec,
    KnownHeaders,
    fold_header,
    header_fingerprint,
    load_fields,
    map_headers,
    read_mapping_file,
)

TARGETS = ("residents", "shelters", "headcounts", "evacuees")


@pytest.mark.parametrize("text", ["氏名", " 氏 名 ", "氏名（必須）", "【必須】氏名", "※氏名", "氏名*", "[氏名]", "氏\n名", "氏名:"])
def test_writing_does_not_matter(text: str) -> None:
    assert fold_header(text) == "氏名"


def test_width_and_case() -> None:
    assert fold_header("ＴＥＬ") == fold_header("tel") == fold_header("℡")
    assert fold_header("ﾌﾘｶﾞﾅ") == "フリガナ"
    assert fold_header("〒") == "〒"


@pytest.mark.parametrize("target", TARGETS)
def test_resource_files_are_sound(target: str) -> None:
    fields = load_fields(target)
    assert len({spec.key for spec in fields}) == len(fields)
    assert any(spec.required for spec in fields)
    owners: dict[str, str] = {}
    for spec in fields:
        assert spec.synonyms
        for word in spec.synonyms:
            assert fold_header(word), word
            if owners.setdefault(fold_header(word), spec.key) != spec.key and target != "headcounts":
                pytest.fail(f"{word}: {spec.key} and {owners[fold_header(word)]}")


EXPECTED = {
    "residents": "resident_no history_no household_no name kana birth sex relation head_name postal address address_detail district "
    "phone protected nationality order status moved_on processed_on reason",
    "shelters": "external_id name kana name_en address prefecture city town house_no building latitude longitude elevation phone "
    "hazard_flood hazard_landslide hazard_storm_surge hazard_earthquake hazard_tsunami hazard_fire hazard_inland_flood "
    "hazard_volcano capacity_text towns district kind note",
    "headcounts": "external_id name district count at male female households address capacity_text",
    "evacuees": "name kana birth age sex postal address phone mobile relation household district workplace category room entered_at "
    "left_at exit_destination exit_place needs injury supplies pets vehicle note consents consent_kin consent_acquaintance "
    "consent_public consent_board consent_web consent_share nationality card resident_no person_no house_damage emergency_contact",
}


@pytest.mark.parametrize("target", TARGETS)
def test_all_fields_are_there(target: str) -> None:
    assert set(EXPECTED[target].split()) <= {spec.key for spec in load_fields(target)}


@pytest.mark.parametrize(
    ("target", "header", "keys"),
    [
        ("residents", "宛名番号,世帯番号,氏名漢字,氏名カナ,生年月日（和暦）,性別,続柄,郵便番号,住所,方書,支援措置フラグ,処理日",
         "resident_no household_no name kana birth sex relation postal address address_detail protected processed_on"),
        ("residents", "個人コード,履歴番号,世帯コード,氏 名,ﾌﾘｶﾞﾅ,生年月日(西暦),男女,世帯主名,〒,現住所,行政区,異動日,異動事由",
         "resident_no history_no household_no name kana birth sex head_name postal address district moved_on reason"),
        ("evacuees", "No.,お名前（必須）,ふりがな,年齢（歳）,性別,ご住所,TEL,続柄,入所日時,退所日,行き先,ペットの有無,備考",
         "person_no name kana age sex address phone relation entered_at left_at exit_destination pets note"),
        ("evacuees", "避難者氏名,氏名カナ,自治会・町内会,親族・同居者への回答,知人への回答,名簿掲示,Ｗｅｂ公表,自宅の被害状況,緊急連絡先",
         "name kana district consent_kin consent_acquaintance consent_board consent_web house_damage emergency_contact"),
    ],
)  # fmt: skip
def test_lists_as_they_come(target: str, header: str, keys: str) -> None:
    found = map_headers(header.split(","), load_fields(target))
    assert found.columns == {key: index for index, key in enumerate(keys.split())}
    assert (found.unknown, found.missing) == ((), ())


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("人数_令和6年1月9日午後6時時点", "令和6年1月9日午後6時"),
        ("人数（１月９日１８時現在）", "1月9日18時"),
        ("避難者数 2024/1/9 18:00", "2024/1/9 18:00"),
        ("人数_R6.1.9 18:00時点", "R6.1.9 18:00"),
    ],
)
def test_time_in_the_heading(heading: str, text: str) -> None:
    found = map_headers(["名称", heading], load_fields("headcounts"))
    assert (found.columns["count"], found.extras) == (1, {"count_at_text": text})


def test_plain_count_has_no_time() -> None:
    found = map_headers(["名称", "人数", "時点", "想定収容人数"], load_fields("headcounts"))
    assert found.columns == {"name": 0, "count": 1, "at": 2, "capacity_text": 3}
    assert found.extras == {}


FIELDS = (FieldSpec("name", True, ("氏名",)), FieldSpec("phone", False, ("電話",)), FieldSpec("note", False, ("備考",)))


def test_remembered_decisions_win() -> None:
    found = map_headers(["氏名", "呼び名", "電話", "残り"], FIELDS, {"呼び名": "name", "電話": "", "昔": "note"})
    assert found.columns == {"name": 1}
    assert found.duplicates == ("氏名",)
    assert found.unknown == ("氏名", "残り")
    assert found.unused == ("昔",)


def test_first_of_equal_columns_and_missing() -> None:
    found = map_headers(["電話", "電話(夜間)", "", "電話"], FIELDS)
    assert (found.columns, found.missing, found.duplicates) == ({"phone": 0}, ("name",), ("電話(夜間)", "電話"))
    assert found.take("phone", [" 1 "]) == "1"
    assert found.take("note", ["1"]) == "" and found.take("phone", []) == ""


def test_fingerprint_ignores_order_and_writing_only() -> None:
    assert header_fingerprint(["氏名", "住 所", ""]) == header_fingerprint(["住所", "氏名（必須）"])
    assert header_fingerprint(["氏名"]) != header_fingerprint(["氏名", "住所"])


def test_mapping_file(tmp_path: Path) -> None:
    path = tmp_path / "対応 表.toml"
    path.write_text('[columns]\n"呼び名" = "name"\n"不要" = ""\n', encoding="utf-8-sig")
    assert read_mapping_file(path, FIELDS) == {"呼び名": "name", "不要": ""}
    for text, code in (
        ("[columns\n", "import.mapping_syntax"),
        ("a = 1\n", "import.mapping_columns"),
        ("[columns]\n", "import.mapping_columns"),
        ('[columns]\n"x" = 1\n', "import.mapping_value"),
        ('[columns]\n"x" = "nothing"\n', "import.mapping_field"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputFault) as caught:
            read_mapping_file(path, FIELDS)
        assert caught.value.code == code
    path.write_bytes(b"\xff\xfe\0")
    with pytest.raises(InputFault, match="import.mapping_syntax"):
        read_mapping_file(path)
    with pytest.raises(EnvironmentFault, match="import.file_missing"):
        read_mapping_file(tmp_path / "ない.toml")


@given(st.lists(st.text(max_size=20), max_size=30))
def test_any_header_maps_consistently(header: list[str]) -> None:
    fields = load_fields("evacuees")
    found = map_headers(header, fields)
    assert len(set(found.columns.values())) == len(found.columns)
    assert all(0 <= index < len(header) for index in found.columns.values())
    assert KnownHeaders.of(fields).count(header) >= len(found.columns) - 1
    assert len(header_fingerprint(header)) == 64
