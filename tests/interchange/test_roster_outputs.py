"""Rosters, trends and cards on their way out: stamped, harmless, whole, without anybody who must not be in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2 as pdfium
import pytest
import zxingcpp

from app.domain.dates import JST, parse_instant
from app.domain.errors import EnvironmentFault, RuleViolation, UsageFault
from app.domain.evacuee import Person, Stay
from app.domain.identifiers import new_id
from app.domain.resident import ResidentRow
from app.interchange.exporting.cards import write_blank_cards, write_blank_rosters, write_cards, write_recovery_sheet
from app.interchange.exporting.headcounts import write_headcounts, write_trend
from app.interchange.exporting.rosters import FORMATS, RosterOutcome, write_roster
from app.presentation.columns.access import ACCESS
from app.presentation.columns.headcount import HEADCOUNTS, TREND
from app.presentation.columns.history import HISTORY
from app.presentation.columns.resident import RESIDENTS
from app.presentation.columns.roster import ROSTER, VIEW_LABELS
from app.presentation.columns.shelter import SHELTERS
from app.presentation.columns.snapshot import SNAPSHOTS
from app.usecases import headcounts, shelters
from app.usecases.context import Actor, Context
from app.usecases.residents import load_residents
from app.usecases.rows import RosterFilter, TrendPoint
from tests.interchange.conftest import read_csv

AT = parse_instant("2024-01-05T18:00+09:00")
SECRET = "隠家 秘子"
ROW_FORMATS = [kind for kind in FORMATS if kind != "pdf"]


def add_people(ctx: Context, people: Sequence[dict[str, Any]], *, shelter: str = "") -> list[str]:
    """Registered people who have stayed since 2 January."""
    place = shelter or shelters.add_shelter(ctx, values={"name": "見本小学校"}, open_at=parse_instant("2024-01-01T17:00+09:00"))[0]
    persons = [Person(**{"id": new_id(), "number": f"K7QF-{n:05}-C", **values}) for n, values in enumerate(people, start=1)]
    with ctx.unit() as uow:
        uow.persons.add_many(persons)
        start = parse_instant("2024-01-02T10:00+09:00")
        uow.stays.add_many([Stay(id=new_id(), person_id=person.id, shelter_id=place, from_at=start) for person in persons])
        uow.commit()
    return [person.id for person in persons]


PEOPLE: Sequence[dict[str, Any]] = (
    {"name": "𠮷野 髙子", "kana": "ヨシノ タカコ", "birth": "S20.3.1", "sex": "female", "phone": "0767-00-0001", "consent_board": "yes",
     "needs": ("elderly", "care")},
    {"name": "=cmd|' /C calc'!A0", "kana": "シキ", "birth": "昭和20年月日不詳", "note": "@SUM(1)", "consent_board": "no"},
    {"name": "葛\U000e0100城 花", "kana": "カツラギ ハナ", "address": "見本市本町1-2", "consent_board": "unasked"},
    {"name": SECRET, "kana": "カクレガ ヒメコ", "address": "秘密町九丁目", "phone": "0000-99-9999", "protected": True, "consent_board": "yes"},
)  # fmt: skip


@pytest.fixture
def people(ctx: Context) -> list[str]:
    """Four people at one shelter, one of them protected."""
    return add_people(ctx, PEOPLE)


def write(ctx: Context, out: Path, kind: str, **options: Any) -> RosterOutcome:
    return write_roster(ctx, wanted=options.pop("wanted", RosterFilter(at=AT)), out=out, format=kind, **options)  # type: ignore[arg-type]


def text_of(path: Path) -> str:
    """Everything a file shows."""
    if path.suffix == ".pdf":
        document = pdfium.PdfDocument(path)
        try:
            return "\n".join(page.get_textpage().get_text_range() for page in document)
        finally:
            document.close()
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        try:
            return "\n".join(str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell is not None)
        finally:
            book.close()
    return path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("view", ["standard", "full"])
def test_protected_people_are_in_no_output(ctx: Context, people: list[str], tmp_path: Path, kind: str, view: str) -> None:
    out = tmp_path / f"名簿 一覧.{kind}"
    done = write(ctx, out, kind, columns=view)
    shown = text_of(out)
    assert (done.rows, done.withheld) == (3, 1) and "髙子" in shown
    for secret in (SECRET, "カクレガ", "秘密町", "0000-99-9999"):
        assert secret not in shown
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


@pytest.mark.parametrize("kind", FORMATS)
def test_protected_people_come_out_only_with_the_right(ctx: Context, people: list[str], tmp_path: Path, kind: str) -> None:
    wanted = RosterFilter(at=AT, include_protected=True)
    done = write(ctx, tmp_path / f"a.{kind}", kind, wanted=wanted)
    assert done.rows == 4 and "隠家" in text_of(tmp_path / f"a.{kind}")
    clerk = replace(ctx, actor=Actor(operator_id=ctx.actor.operator_id, name="別の人", roles=("shelter",), slot=""))
    with pytest.raises(RuleViolation, match="permission.denied"):
        write(clerk, tmp_path / f"b.{kind}", kind, wanted=wanted)
    assert not (tmp_path / f"b.{kind}").exists()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_list_for_posting_has_only_those_who_agreed_and_only_what_is_posted(
    ctx: Context, people: list[str], tmp_path: Path, kind: str
) -> None:
    out = tmp_path / f"a.{kind}"
    done = write(ctx, out, kind, publishable=True, wanted=RosterFilter(at=AT, include_protected=True, consent="board"))
    shown = text_of(out)
    assert done.rows == 1 and done.withheld == 3 and "髙子" in shown and "見本小学校" in shown
    for hidden in ("シキ", "カツラギ", "隠家", "0767", "S20", "昭和20年3月", "本町", "K7QF"):
        assert hidden not in shown
    assert write(ctx, out, kind, publishable=True, wanted=RosterFilter(at=AT)).rows == 1


@pytest.mark.parametrize("kind", FORMATS)
def test_every_output_says_when_who_where_and_how(ctx: Context, people: list[str], tmp_path: Path, kind: str) -> None:
    exercise = replace(ctx, place=replace(ctx.place, training=True))
    known = parse_instant("2024-01-07T12:30+09:00")
    write(exercise, tmp_path / f"a.{kind}", kind, wanted=RosterFilter(at=AT, known_at=known))
    shown = text_of(tmp_path / f"a.{kind}").replace("\r\n", "")
    stamp = (
        "令和6年1月5日 18時00分 現在",
        "令和6年1月7日 12時30分 までの入力",
        "見本 職員",
        "見本本部",
        "七尾市",
        "見本地震",
        "取扱注意",
        "訓練",
    )
    for sentence in stamp:
        assert sentence in shown, sentence


def test_every_output_is_in_the_access_log(ctx: Context, people: list[str], tmp_path: Path) -> None:
    for kind in FORMATS:
        write(ctx, tmp_path / f"名簿.{kind}", kind)
    entries = [(entry.action, entry.persons, entry.target) for entry in ctx.reads.journal.access() if entry.target.startswith("名簿.")]
    assert sorted(entries) == sorted(("print" if kind == "pdf" else "export", 3, f"名簿.{kind}") for kind in FORMATS)
    assert len(ctx.reads.journal.access(person_id=people[0])) == len(FORMATS)
    assert ctx.reads.journal.access(person_id=people[3]) == []


def test_csv_for_programs_and_for_excel(ctx: Context, people: list[str], tmp_path: Path) -> None:
    write(ctx, tmp_path / "a.csv", "csv", columns="full")
    header, *rows = read_csv(tmp_path / "a.csv")
    assert header[:-1] == ROSTER.header("full") and "現在" in header[-1] and {row[-1] for row in rows} == {""}
    by_kana = {row[header.index("フリガナ")]: dict(zip(header, row, strict=True)) for row in rows}
    formula = by_kana["シキ"]
    assert formula["氏名"] == "'=cmd|' /C calc'!A0" and formula["備考"] == "'@SUM(1)" and formula["年齢"] == "約79"
    assert by_kana["ヨシノ タカコ"]["年齢"] == "78" and by_kana["ヨシノ タカコ"]["生年月日"] == "昭和20年3月1日"
    assert by_kana["カツラギ ハナ"]["氏名"] == "葛\U000e0100城 花"


def test_cp932_lists_what_does_not_fit(ctx: Context, people: list[str], tmp_path: Path) -> None:
    done = write(ctx, tmp_path / "名簿.csv", "csv", encoding="cp932")
    header, *rows = read_csv(tmp_path / "名簿.csv", "cp932")
    names = [row[header.index("氏名")] for row in rows]
    assert "吉野 髙子" in names and "葛城 花" in names
    assert done.unencodable_total == 2 and {found.char for found in done.unencodable} == {"𠮷", "葛\U000e0100"}
    assert done.characters == tmp_path / "名簿-入らなかった文字.csv"
    listed = read_csv(done.characters)
    assert listed[0] == ["行", "列", "文字", "文字コード", "書いた文字", "欄の全文"] and ["氏名", "𠮷", "U+20BB7", "吉", "𠮷野 髙子"] in [
        row[1:] for row in listed
    ]
    assert write(ctx, tmp_path / "b.csv", "csv").characters is None


def test_xlsx_holds_texts_and_no_formula(ctx: Context, people: list[str], tmp_path: Path) -> None:
    write(ctx, tmp_path / "a.xlsx", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert "=cmd|' /C calc'!A0" in [cell.value for cell in cells] and "0767-00-0001" in [cell.value for cell in cells]
    book.close()


def test_html_is_escaped(ctx: Context, tmp_path: Path) -> None:
    add_people(ctx, [{"name": "<script>alert(1)</script>"}])
    write(ctx, tmp_path / "a.html", "html")
    assert "<script>" not in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_json_has_codes_and_iso_times(ctx: Context, people: list[str], tmp_path: Path) -> None:
    write(ctx, tmp_path / "a.json", "json", columns="full")
    answer = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert (answer["at"], answer["count"], answer["withheld"]) == ("2024-01-05T18:00:00+09:00", 3, 1)
    row = next(row for row in answer["rows"] if row["kana"] == "ヨシノ タカコ")
    assert (row["sex"], row["needs"], row["from_at"], row["age"]) == ("female", ["elderly", "care"], "2024-01-02T10:00:00+09:00", 78)


@pytest.mark.parametrize("layout", ["large", "compact"])
def test_printed_pages(ctx: Context, tmp_path: Path, layout: str) -> None:
    shelter = shelters.add_shelter(ctx, values={"name": "見本小学校"}, open_at=AT)[0]
    add_people(ctx, [{"name": f"見本 {n}", "kana": f"ミホン {n:03}"} for n in range(120)], shelter=shelter)
    done = write(ctx, tmp_path / "a.pdf", "pdf", layout=layout, wanted=RosterFilter(at=AT, shelter_id=shelter))
    shown = text_of(tmp_path / "a.pdf")
    assert done.pages == (3 if layout == "compact" else done.pages) and done.pages >= 3
    assert f"1 / {done.pages}" in shown and f"{done.pages} / {done.pages}" in shown and "見本小学校" in shown and done.problems == ()


def test_a_character_without_a_glyph_is_told(ctx: Context, tmp_path: Path) -> None:
    add_people(ctx, [{"name": "\ue000外字 四"}])
    done = write(ctx, tmp_path / "a.pdf", "pdf")
    assert any("U+E000" in sentence for sentence in done.problems)


def test_empty_rosters_are_outputs_too(ctx: Context, tmp_path: Path) -> None:
    for kind in FORMATS:
        assert write(ctx, tmp_path / f"a.{kind}", kind).rows == 0 and "現在" in text_of(tmp_path / f"a.{kind}")


def test_what_cannot_be_written(ctx: Context, people: list[str], tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="file.folder_missing"):
        write(ctx, tmp_path / "ない" / "a.csv", "csv")
    with pytest.raises(UsageFault, match="roster.no_format"):
        write(ctx, tmp_path / "a.doc", "doc")
    with pytest.raises(UsageFault, match="roster.no_columns"):
        write(ctx, tmp_path / "a.csv", "csv", columns="nothing")
    viewer = replace(ctx, actor=Actor(operator_id=ctx.actor.operator_id, name="別の人", roles=("view",), slot=""))
    for kind in FORMATS:
        with pytest.raises(RuleViolation, match="permission.denied"):
            write(viewer, tmp_path / f"c.{kind}", kind)
    assert not list(tmp_path.glob("c.*"))


def test_every_view_has_a_label_and_no_view_for_posting_shows_more() -> None:
    assert set(VIEW_LABELS) == set(ROSTER.views)
    assert set(ROSTER.views["publishable"]) == {"name", "kana", "district", "shelter"}


# Head counts


def points() -> list[TrendPoint]:
    start = datetime(2024, 1, 1, 18, tzinfo=JST)
    return [TrendPoint(start + timedelta(days=n), 30 - n, 2000 - 50 * n, 10 * n) for n in range(30)]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "html", "pdf"])
def test_trend(ctx: Context, tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"推移.{kind}"
    done = write_trend(ctx, points=points(), out=out, format=kind)
    shown = text_of(out)
    assert done.rows == 30 and "避難者数の推移" in shown and "令和6年1月30日 18時00分 現在" in shown
    assert ("550" in shown) and done.problems == ()
    assert ctx.reads.journal.access()[0].target == out.name


def test_an_empty_trend(ctx: Context, tmp_path: Path) -> None:
    for kind in ("csv", "pdf"):
        assert write_trend(ctx, points=[], out=tmp_path / f"a.{kind}", format=kind).rows == 0


@pytest.mark.parametrize("kind", ["csv", "xlsx", "html", "pdf"])
def test_head_counts(ctx: Context, tmp_path: Path, kind: str) -> None:
    shelter = shelters.add_shelter(ctx, values={"name": "見本小学校"}, open_at=AT)[0]
    headcounts.record_headcount(ctx, values={"shelter_id": shelter, "counted_at": AT, "counted_total": 123, "male": 60, "female": 63})
    done = write_headcounts(ctx, out=tmp_path / f"a.{kind}", format=kind, shelter_id=shelter)
    shown = text_of(tmp_path / f"a.{kind}")
    assert done.rows == 1 and "123" in shown and "+123" in shown and "見本小学校" in shown


# Papers


def qr_codes(path: Path) -> set[str]:
    document = pdfium.PdfDocument(path)
    try:
        return {code.text for page in document for code in zxingcpp.read_barcodes(page.render(scale=4).to_pil())}
    finally:
        document.close()


def test_cards_filled_in(ctx: Context, people: list[str], tmp_path: Path) -> None:
    done = write_cards(ctx, person_ids=people[:1], out=tmp_path / "カード.pdf", per_page=4)
    person = ctx.reads.get("person", people[0])
    assert isinstance(person, Person) and person.card and (done.cards, done.pages, done.withheld) == (1, 1, 0)
    shown = text_of(tmp_path / "カード.pdf")
    assert person.card in shown and "昭和20年3月1日" in shown and qr_codes(tmp_path / "カード.pdf") == {person.card}
    again = write_cards(ctx, person_ids=people[:1], out=tmp_path / "b.pdf")
    assert again.cards == 1 and ctx.reads.persons.by_card(person.card) == people[0]


def test_cards_of_protected_people(ctx: Context, people: list[str], tmp_path: Path) -> None:
    clerk = replace(ctx, actor=Actor(operator_id=ctx.actor.operator_id, name="別の人", roles=("shelter",), slot=""))
    done = write_cards(clerk, person_ids=people, out=tmp_path / "a.pdf")
    assert (done.cards, done.withheld) == (3, 0), "who may not know is not told that somebody was left out"
    assert "隠家" not in text_of(tmp_path / "a.pdf")
    with pytest.raises(RuleViolation, match="card.nobody"):
        write_cards(clerk, person_ids=people[3:], out=tmp_path / "b.pdf")


def test_blank_papers(ctx: Context, tmp_path: Path) -> None:
    assert write_blank_cards(ctx, count=10, out=tmp_path / "a.pdf", per_page=8).pages == 2
    assert len(qr_codes(tmp_path / "a.pdf")) == 10
    assert write_blank_cards(ctx, count=4, out=tmp_path / "b.pdf", per_page=4, numbered=False).pages == 1
    assert write_blank_rosters(ctx, out=tmp_path / "c.pdf", sheets=3, lines=20, shelter="見本小学校", date=AT).pages == 3
    assert "見本小学校" in text_of(tmp_path / "c.pdf")
    with pytest.raises(RuleViolation, match="card.count_range"):
        write_blank_cards(ctx, count=0, out=tmp_path / "d.pdf")


def test_recovery_sheet(ctx: Context, tmp_path: Path) -> None:
    key = "7K3M-Q9TX-2B5H-W8RD-4N6P-V1CJ-ZG0E-YAFS"
    assert write_recovery_sheet(ctx, recovery_key=key, folder=tmp_path, out=tmp_path / "a.pdf").pages == 1
    assert qr_codes(tmp_path / "a.pdf") == {key}


# Columns of the other lists


def test_every_list_shows_real_rows(ctx: Context, people: list[str]) -> None:
    shelter = ctx.reads.shelters.rows(at=AT)[0]
    headcounts.record_headcount(ctx, values={"shelter_id": shelter.id, "counted_at": AT, "counted_total": 3})
    residents = [ResidentRow("1", "1", "見本 太郎", "ミホン タロウ", "S20.3.1", "男", "世帯主", protected=True)]
    snapshot, _ = load_residents(ctx, batches=[residents], as_of=AT)
    views = ctx.reads.residents.page(ctx.reads.residents.ids(snapshot_id=snapshot.id))
    shown = {
        "shelters": dict(zip(SHELTERS.header("full"), SHELTERS.cells(ctx.reads.shelters.rows(at=AT)[0], "full"), strict=True)),
        "counts": dict(zip(HEADCOUNTS.header(), HEADCOUNTS.cells(headcounts.list_headcounts(ctx)[0]), strict=True)),
        "residents": dict(zip(RESIDENTS.header(), RESIDENTS.cells(views[0]), strict=True)),
        "snapshots": dict(zip(SNAPSHOTS.header(), SNAPSHOTS.cells(snapshot), strict=True)),
        "access": dict(zip(ACCESS.header(), ACCESS.cells(ctx.reads.journal.access()[0]), strict=True)),
    }
    assert (shown["shelters"]["状態"], shown["shelters"]["名簿の人数"], shown["shelters"]["差"]) == ("開設中", "4", "-1")
    assert (shown["counts"]["時点"], shown["counts"]["差"], shown["counts"]["報告方法"]) == ("令和6年1月5日 18時00分", "-1", "電話")
    assert (shown["residents"]["生年月日"], shown["residents"]["支援措置"]) == ("昭和20年3月1日", "○")
    assert (shown["snapshots"]["人数"], shown["snapshots"]["検索に使用"]) == ("1", "○")
    assert (shown["access"]["操作"], shown["access"]["人数"], shown["access"]["操作者"]) == ("取り込み", "1", "見本 職員")
    changes = [HISTORY.cells(entry, "full") for entry in ctx.reads.journal.history(people[0])]
    assert ["避難者", "氏名", "𠮷野 髙子"] in [[cells[4], cells[7], cells[9]] for cells in changes]
    for columns in (SHELTERS, HEADCOUNTS, RESIDENTS, SNAPSHOTS, ACCESS, HISTORY, TREND, ROSTER):
        assert all(column.label for column in columns.columns)
