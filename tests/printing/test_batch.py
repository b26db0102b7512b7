"""Batches of certificates: the same words and refusals as single forms, sheets, both sides, labels, disk full, cancel."""

from __future__ import annotations

import io
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image, ImageChops

from app.domain.errors import Cancelled, EnvironmentFault, InputFault
from app.printing.batch import BatchOptions, BatchReport, plan_sheets, render_batch, render_labels, render_one
from app.printing.fonts import FontBook
from app.printing.forms import render_form
from app.printing.layout import FormLayout, find_layout, parse_layout
from app.printing.papers import arrange
from app.printing.qr import QUIET, SMALLEST_MODULE, encode_qr
from app.printing.raster import draw_pages, read_text
from app.printing.report import PageStamp, PrintRefused
from app.resources import read_messages
from app.usecases.job import QUIET as NOBODY
from app.usecases.job import Job
from tests.printing.conftest import KATSU_AJ, KATSU_OLD, NAMES

SIGNED = "SASAE1:2024-1-K7QF-{number:05d}-C:D3:20240210:7KQ2M3XA:" + "7Q2MZK4X" * 12 + "7Q2MZKA"
HOLE = "\ue123"

LAYOUT = """
title = "証明書"
[variables]
number = { label = "番号", required = true }
head_name = { label = "氏名", required = true }
members = { label = "世帯構成員" }
code = { label = "QR" }
[layouts.1]
boxes = [
    { kind = "text", x = 20, y = 20, w = 100, h = 12, text = "罹災証明書", size = 20, font = "mincho" },
    { kind = "value", x = 140, y = 20, w = 50, h = 8, var = "number" },
    { kind = "value", x = 20, y = 40, w = 100, h = 10, var = "head_name", size = 16, font = "mincho", suffix = " 様" },
    { kind = "rows", x = 20, y = 60, w = 150, h = 46, header = 6, lines = 4, var = "members", columns = [
        { header = "氏名", width = 2 }, { header = "続柄", width = 1 },
    ] },
    { kind = "text", x = 20, y = 110, w = 100, h = 8, text = "必ず刷る", printed = true },
    { kind = "seal", x = 150, y = 200, w = 40, h = 40 },
    { kind = "qr", x = 20, y = 220, w = 55, h = 55, var = "code" },
]
"""
EMPTY = """
page = "{page}"
[layouts.1]
boxes = [{{ kind = "text", x = 5, y = 5, w = 20, h = 5, text = "様式" }}]
"""
BACK = """
[backs.1]
boxes = [
    { kind = "text", x = 20, y = 20, w = 100, h = 12, text = "裏面の説明", size = 20 },
    { kind = "value", x = 20, y = 40, w = 60, h = 8, var = "number" },
]
"""


@pytest.fixture(scope="module")
def layout() -> FormLayout:
    return parse_layout(LAYOUT, form="certificate", version=1)


@pytest.fixture(scope="module")
def certificate() -> FormLayout:
    return find_layout("disaster_certificate")


def make(number: int, /, **changed: str) -> dict[str, str]:
    name = NAMES[number % len(NAMES)]
    members = f"{name}\t世帯主\n見本 {name[0]}\t子"
    return {"number": f"No.{number:05d}", "head_name": name, "members": members, "code": SIGNED.format(number=number), **changed}


def fill(layout: FormLayout, number: int) -> dict[str, str]:
    return {**{name: variable.sample for name, variable in layout.variables.items()}, **make(number), "members": ""}


def run(out: Path, layout: FormLayout, records: list[dict[str, str]], fonts: FontBook, **options) -> BatchReport:
    given = {key: options.pop(key) for key in ("seal", "seal_width", "stamp", "job") if key in options}
    asked = {"job": NOBODY, **given}
    return render_batch(out, layout=layout, records=records, count=len(records), options=BatchOptions(**options), fonts=fonts, **asked)


def texts(report: BatchReport) -> list[str]:
    return [text for file in report.files for text in read_text(file)]


def codes(report: BatchReport, *, dpi: int = 150) -> list[list[str]]:
    pages = (page for file in report.files for page in draw_pages(file, dpi=dpi))
    return [sorted(code.text for code in zxingcpp.read_barcodes(page.convert("L"))) for page in pages]


def ink(page: Image.Image) -> int:
    return sum(1 for level in page.convert("L").tobytes() if level < 128)


# -- what is drawn -------------------------------------------------------------------------------------------


def test_names_are_copied_exactly(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    records = [make(number) for number in range(12)]
    report = run(tmp_path / "a.pdf", layout, records, fonts)
    assert (report.printed, report.pages, report.sheets, report.stopped) == (12, 12, 12, ())
    assert (report.form, report.version, report.layout_digest) == ("certificate", 1, layout.digest)
    for text, record in zip(texts(report), records, strict=True):
        assert record["head_name"] + " 様" in text and record["number"] in text and "罹災証明書" in text
    assert any(KATSU_OLD in text for text in texts(report)) and any(KATSU_AJ in text for text in texts(report))


def test_a_paper_looks_as_a_single_form_does(tmp_path: Path, fonts: FontBook) -> None:
    stamp = PageStamp(as_of="", training="訓練", place="見本市")
    form = find_layout("recovery_key")
    record = {name: variable.sample for name, variable in form.variables.items()}
    render_form(tmp_path / "single.pdf", form="recovery_key", records=[record], per_page=1, stamp=stamp, fonts=fonts)
    report = run(tmp_path / "batch.pdf", form, [record], fonts, stamp=stamp)
    (single,), (batch,) = draw_pages(tmp_path / "single.pdf", dpi=60), draw_pages(report.files[0], dpi=60)
    assert single.size == batch.size
    assert single.tobytes() == batch.tobytes()


def test_one_is_drawn_as_the_batch_draws_it(tmp_path: Path, certificate: FormLayout, fonts: FontBook) -> None:
    record = fill(certificate, 3)
    preview = render_one(record, layout=certificate, options=BatchOptions(), fonts=fonts, dpi=100)
    report = run(tmp_path / "a.pdf", certificate, [record], fonts)
    (page,) = draw_pages(report.files[0], dpi=100)
    assert preview.problems == ()
    assert Image.open(io.BytesIO(preview.pictures[0])).convert("RGB").tobytes() == page.tobytes()


def test_a_preview_shows_faults_and_draws_all_the_same(layout: FormLayout, fonts: FontBook) -> None:
    preview = render_one(make(1, head_name=f"外{HOLE}", number=""), layout=layout, options=BatchOptions(), fonts=fonts)
    assert [problem.code for problem in preview.problems] == ["print.value_missing", "print.no_glyph"]
    assert len(preview.pictures) == 1


@pytest.mark.parametrize("nup", [1, 2, 4])
def test_codes_of_the_certificate_are_read_at_150_dpi(tmp_path: Path, certificate: FormLayout, fonts: FontBook, nup: int) -> None:
    records = [fill(certificate, number) for number in range(nup)]
    report = run(tmp_path / "a.pdf", certificate, records, fonts, nup=nup)
    assert report.stopped == ()
    assert codes(report) == [sorted(record["code"] for record in records)]
    face = arrange(certificate, BatchOptions(nup=nup)).front
    box = next(box for box in face.cell.boxes if box.kind == "qr")
    assert encode_qr(records[0]["code"]).measure_module(box.w * face.scale) >= SMALLEST_MODULE


def test_a_long_text_keeps_its_code_whatever_the_mask() -> None:
    for length in (1, 99, 100, 150, 400):
        code = encode_qr("A1" * length)
        assert len(code.rows) == code.modules * ((code.modules + 7) // 8) * 2
    with pytest.raises(ValueError):
        encode_qr("漢" * 3000)


def test_families_larger_than_the_table_stand_closer_and_the_largest_are_told(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    family = ["\n".join(f"見本 {number}\t子" for number in range(size)) for size in (0, 4, 5, 15, 60)]
    report = run(tmp_path / "a.pdf", layout, [make(at, members=members) for at, members in enumerate(family)], fonts)
    assert report.printed == 4
    assert [(problem.code, problem.row, problem.params["count"]) for problem in report.stopped] == [("print.rows_cut", 4, "60")]
    assert texts(report)[3].count("見本") == 15


def test_a_paper_does_not_depend_on_those_before_it(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    def family(number: int, size: int) -> dict[str, str]:
        return make(number, head_name="見本 花子", members="\n".join(["見本 花子\t子"] * size))

    records = [family(1, size) for size in (15, 4, 8, 5, 1)]
    together = list(draw_pages(run(tmp_path / "a.pdf", layout, records, fonts).files[0], dpi=50))
    for record, page in zip(records, together, strict=True):
        (alone,) = draw_pages(run(tmp_path / "b.pdf", layout, [record], fonts).files[0], dpi=50)
        assert alone.tobytes() == page.tobytes()


def test_the_seal_is_drawn_where_one_is_given(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    picture = io.BytesIO()
    Image.new("RGBA", (300, 300), (200, 0, 0, 255)).save(picture, "PNG")

    def red(**given) -> int:
        report = run(tmp_path / "a.pdf", layout, [make(1)], fonts, **given)
        (page,) = draw_pages(report.files[0], dpi=50)
        red_and_not_green = ImageChops.multiply(
            page.getchannel("R").point([255 * (level > 150) for level in range(256)]),
            page.getchannel("G").point([255 * (level < 60) for level in range(256)]),
        )
        return red_and_not_green.histogram()[255]

    whole, small = 40 / 25.4 * 50, 20 / 25.4 * 50
    assert red() == 0
    assert red(seal=picture.getvalue()) == pytest.approx(whole**2, rel=0.05)
    assert red(seal=picture.getvalue(), seal_width=20) == pytest.approx(small**2, rel=0.1)
    assert red(seal=picture.getvalue(), preprinted=True) == pytest.approx(whole**2, rel=0.05)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"0" * 50, b"0" * 6_000_000])
def test_a_seal_that_is_no_picture_is_refused(tmp_path: Path, layout: FormLayout, fonts: FontBook, data: bytes) -> None:
    with pytest.raises(InputFault) as caught:
        run(tmp_path / "a.pdf", layout, [make(1)], fonts, seal=data)
    assert caught.value.code == "print.seal_unreadable"


def test_paper_printed_beforehand_gets_values_only(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    (text,) = texts(run(tmp_path / "a.pdf", layout, [make(1)], fonts, preprinted=True))
    assert "罹災証明書" not in text and "続柄" not in text
    assert "必ず刷る" in text and NAMES[1] in text and "世帯主" in text
    pages = []
    for mode in (False, True):
        pages += draw_pages(run(tmp_path / "b.pdf", layout, [make(1)], fonts, preprinted=mode).files[0], dpi=50)
    plain, values = pages
    assert ink(values) < ink(plain)


def test_the_offset_moves_everything(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    def corner(**options) -> tuple[int, int]:
        (page,) = draw_pages(run(tmp_path / "a.pdf", layout, [make(1)], fonts, **options).files[0], dpi=254)
        box = page.convert("L").point([255 * (level < 128) for level in range(256)]).getbbox()
        assert box is not None
        return box[0], box[1]

    still, moved = corner(), corner(offset=(2.5, -1.3))
    assert moved[0] - still[0] == pytest.approx(25, abs=1)  # 0.1 mm a dot
    assert moved[1] - still[1] == pytest.approx(-13, abs=1)


def test_training_papers_carry_the_word_each_and_still_scan(tmp_path: Path, certificate: FormLayout, fonts: FontBook) -> None:
    records = [fill(certificate, number) for number in range(5)]
    report = run(tmp_path / "a.pdf", certificate, records, fonts, nup=4, separators=5, stamp=PageStamp(as_of="", training="訓練"))
    assert [text.count("訓練") for text in texts(report)] == [1, 3, 2]
    assert [len(found) for found in codes(report)] == [0, 3, 2]


# -- what is left out ----------------------------------------------------------------------------------------


def test_who_cannot_be_printed_is_left_out_and_listed(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    records = [make(number) for number in range(8)]
    records[1]["head_name"] = f"外字{HOLE}"
    records[3]["number"] = ""
    records[4]["head_name"] = "名" * 200
    records[5] = {}
    records[6]["code"] = "X" * 5000
    report = run(tmp_path / "a.pdf", layout, records, fonts)
    found = [(problem.code, problem.row, problem.column) for problem in report.stopped]
    assert found == [
        ("print.no_glyph", 1, "head_name"),
        ("print.value_missing", 3, "number"),
        ("print.text_cut", 4, "head_name"),
        ("print.value_missing", 5, "number"),
        ("print.value_missing", 5, "head_name"),
        ("print.code_too_long", 6, "code"),
    ]
    assert [text.split("No.")[1][:5] for text in texts(report)] == ["00000", "00002", "00007"]
    assert (report.printed, report.pages) == (3, 3)
    assert not any(HOLE in text for text in texts(report))


def test_values_the_layout_does_not_know_are_passed_over(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    assert run(tmp_path / "a.pdf", layout, [make(1, postal="999-0001")], fonts).printed == 1


def test_nobody_left_writes_nothing(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    report = run(tmp_path / "a.pdf", layout, [{}] * 3, fonts, separators=2)
    assert (report.files, report.sheets, report.pages, report.printed) == ((), 0, 0, 0)
    assert list(tmp_path.iterdir()) == []


def test_a_hole_in_what_all_share_is_refused(tmp_path: Path, fonts: FontBook) -> None:
    broken = parse_layout(LAYOUT.replace("罹災証明書", f"罹災{HOLE}"), form="certificate", version=1)
    with pytest.raises(PrintRefused) as caught:
        run(tmp_path / "a.pdf", broken, [make(1)], fonts)
    assert [problem.code for problem in caught.value.problems] == ["print.no_glyph"]
    assert list(tmp_path.iterdir()) == []


def test_a_code_box_too_small_for_the_code_is_refused_at_once(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    drawn: list[int] = []

    def records() -> Iterator[dict[str, str]]:
        for number in range(1000):
            drawn.append(number)
            yield {} if number == 0 else make(number)

    options = BatchOptions(nup=4)  # 55 mm of A4 become 27.5 mm, enough; 40 mm do not
    small = parse_layout(LAYOUT.replace("w = 55, h = 55", "w = 40, h = 40"), form="certificate", version=1)
    with pytest.raises(InputFault) as caught:
        render_batch(tmp_path / "a.pdf", layout=small, records=records(), count=1000, options=options, fonts=fonts, job=NOBODY)
    needed = (encode_qr(make(1)["code"]).modules + 2 * QUIET) * SMALLEST_MODULE * 2
    assert (caught.value.code, caught.value.params["side"], caught.value.params["needed"]) == (
        "print.code_box_small",
        "40",
        f"{needed:.1f}",
    )
    assert len(drawn) < 10
    assert run(tmp_path / "b.pdf", layout, [make(1)], fonts, nup=4).printed == 1


# -- sheets --------------------------------------------------------------------------------------------------


def test_shrunk_variants_take_the_best_paper(layout: FormLayout) -> None:
    two, four, five = (arrange(layout, BatchOptions(**asked)) for asked in ({"nup": 2}, {"nup": 4}, {"page": "A5"}))
    assert (two.width, two.height, len(two.places)) == (297, 210, 2)
    assert two.front.scale == pytest.approx(0.707, abs=0.001)
    assert (four.width, four.height, four.front.scale) == (210, 297, pytest.approx(0.5))
    assert (five.width, five.height, five.front.scale) == (148, 210, pytest.approx(0.705, abs=0.001))
    lying = arrange(parse_layout(EMPTY.format(page="landscape"), form="x", version=1), BatchOptions(nup=2))
    assert (lying.width, lying.height) == (210, 297)
    small = parse_layout(EMPTY.format(page="a5-portrait"), form="x", version=1)
    assert arrange(small, BatchOptions()).front.scale == 1.0  # never enlarged
    assert arrange(small, BatchOptions(nup=2)).front.scale == pytest.approx(1.0, abs=0.01)


def test_a5_takes_the_pieces_of_a_halved_a4(tmp_path: Path, certificate: FormLayout, fonts: FontBook) -> None:
    for nup, cell in ((1, 2), (2, 4)):
        sheet = arrange(certificate, BatchOptions(nup=nup, page="A5"))
        assert sheet.front.cell is certificate.cells[cell]
        assert (sheet.width, sheet.height, sheet.front.scale) == (210, 148, pytest.approx(0.997, abs=0.001))
        records = [fill(certificate, number) for number in range(nup)]
        report = run(tmp_path / "a.pdf", certificate, records, fonts, nup=nup, page="A5")
        assert codes(report) == [[record["code"] for record in records]]


@pytest.mark.parametrize("asked", [{"page": "A5"}, {"nup": 2}, {"nup": 4}])
def test_a_shrunk_page_shows_all_of_it(tmp_path: Path, layout: FormLayout, fonts: FontBook, asked: dict) -> None:
    (whole,) = draw_pages(run(tmp_path / "a.pdf", layout, [make(1)], fonts).files[0], dpi=100)
    small = run(tmp_path / "b.pdf", layout, [make(1)], fonts, cut_marks=False, **asked)
    (page,) = draw_pages(small.files[0], dpi=round(100 / arrange(layout, BatchOptions(**asked)).front.scale))
    assert ink(page) == pytest.approx(ink(whole), rel=0.03)


def test_every_font_is_in_the_file(tmp_path: Path, certificate: FormLayout, fonts: FontBook) -> None:
    report = run(tmp_path / "a.pdf", certificate, [fill(certificate, 4)], fonts, nup=2, separators=1, batch_name="見本")
    with pikepdf.open(report.files[0]) as document:
        named = {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}
        embedded = {
            str(font.BaseFont)
            for page in document.pages
            for font in page.Resources.Font.values()
            if "/FontFile2" in font.DescendantFonts[0].FontDescriptor
        }
    assert named == embedded and len(named) >= 3


def test_own_variants_lie_as_they_were_drawn(certificate: FormLayout) -> None:
    sheet = arrange(certificate, BatchOptions(nup=4))
    assert sheet.front.cell is certificate.cells[4]
    assert sheet.places == ((0, 0), (105, 0), (0, 148.5), (105, 148.5))
    with pytest.raises(InputFault) as caught:
        arrange(find_layout("address_labels"), BatchOptions(nup=4))
    assert caught.value.code == "print.per_page"


def test_pages_hold_what_the_plan_says(tmp_path: Path, certificate: FormLayout, fonts: FontBook) -> None:
    records = [fill(certificate, number) for number in range(23)]
    asked = {"nup": 4, "separators": 9, "per_file": 18, "batch_name": "見本市 第1回"}
    report = run(tmp_path / "c.pdf", certificate, records, fonts, **asked)
    plan = plan_sheets(23, BatchOptions(**asked))
    assert (report.sheets, report.pages, len(report.files)) == (plan.sheets, plan.pages, plan.files) == (11, 11, 2)
    assert [file.name for file in report.files] == ["c-01of02.pdf", "c-02of02.pdf"]
    pages = texts(report)
    assert [at for at, text in enumerate(pages) if "仕" in text and "切" in text] == [0, 4, 8]
    assert all(word in pages[4] for word in ("見本市 第1回", "No.00009", "No.00017", "9 通"))
    assert [[code[19:24] for code in found] for found in codes(report)[5:8]] == [
        ["00009", "00012", "00015"],
        ["00010", "00013", "00016"],
        ["00011", "00014", "00017"],
    ]


def test_a_batch_goes_on_after_a_jam(tmp_path: Path, certificate: FormLayout, fonts: FontBook) -> None:
    records = [fill(certificate, number) for number in range(23)]
    asked = {"nup": 4, "separators": 9, "per_file": 18}
    whole = run(tmp_path / "a.pdf", certificate, records, fonts, **asked)
    rest = run(tmp_path / "b.pdf", certificate, records, fonts, start=13, **asked)
    assert [file.name for file in rest.files] == ["b-01of02.pdf", "b-02of02.pdf"]
    assert codes(rest) == codes(whole)[6:]
    assert rest.sheets == plan_sheets(23, BatchOptions(start=13, **asked)).sheets
    later = run(tmp_path / "c.pdf", certificate, records, fonts, start=20, **asked)
    assert [file.name for file in later.files] == ["c-02of02.pdf"]


def test_backs_lie_behind_their_fronts(tmp_path: Path, fonts: FontBook) -> None:
    layout = parse_layout(LAYOUT + BACK, form="certificate", version=1)
    report = run(tmp_path / "a.pdf", layout, [make(number) for number in range(3)], fonts, nup=4, duplex=True, separators=3)
    assert (report.flip, report.sheets, report.pages) == ("long", 2, 4)
    with pikepdf.open(report.files[0]) as document:
        assert document.Root.ViewerPreferences.Duplex == "/DuplexFlipLongEdge"
    assert texts(report)[1].strip() == ""  # behind the separator
    places = []
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(report.files[0])
    for page in (2, 3):
        content = document[page].get_textpage()
        found = {}
        for number in range(3):
            search = content.search(f"No.{number:05d}")
            index, _ = search.get_next()
            left, bottom, _, _ = content.get_charbox(index)
            found[number] = (left > 298, bottom > 421)  # right half, upper half of A4
        places.append(found)
        content.close()
    document.close()
    assert places[0] == {0: (False, True), 1: (True, True), 2: (False, False)}
    assert places[1] == {number: (not right, upper) for number, (right, upper) in places[0].items()}


def test_the_next_record_on_the_back_only_when_asked(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    records = [make(number) for number in range(5)]
    with pytest.raises(InputFault) as caught:
        run(tmp_path / "a.pdf", layout, records, fonts, duplex=True)
    assert caught.value.code == "print.no_back"
    report = run(tmp_path / "a.pdf", layout, records, fonts, duplex=True, back_to_back=True, nup=2)
    assert (report.flip, report.sheets, report.pages, report.printed) == ("short", 2, 4, 5)
    shown = [[number for number in range(5) if f"No.{number:05d}" in text] for text in texts(report)]
    assert shown == [[0, 4], [1], [2], [3]]


def test_cut_marks_only_where_something_is_cut(tmp_path: Path, certificate: FormLayout, fonts: FontBook) -> None:
    records = [fill(certificate, number) for number in range(4)]

    def edge(**options) -> int:
        (page, *_) = draw_pages(run(tmp_path / "a.pdf", certificate, records[: options.get("nup", 1)], fonts, **options).files[0], dpi=100)
        return ink(page.crop((0, 0, 10, page.height)))

    assert edge() == 0
    assert edge(nup=4, cut_marks=False) == 0
    assert edge(nup=4) > 5


def test_labels_and_window_envelopes(tmp_path: Path, fonts: FontBook) -> None:
    people = [
        {"postal": "999-0001", "delivery_address": "見本県見本市中央町1-2-3", "delivery_name": f"𠮷田 {number}", "number": str(number)}
        for number in range(14)
    ]
    labels = render_labels(
        tmp_path / "l.pdf",
        layout=find_layout("address_labels"),
        records=people,
        count=14,
        options=BatchOptions(skip=5),
        fonts=fonts,
        job=NOBODY,
    )
    first, second = texts(labels)
    assert [first.count("様"), second.count("様")] == [7, 7]
    assert "〒 999-0001" in first and "𠮷田 6　様" in first
    sheets = run(tmp_path / "s.pdf", find_layout("address_sheet"), people[:1], fonts)
    (page,) = draw_pages(sheets.files[0], dpi=50)
    window = [round(length / 25.4 * 50) for length in (22, 13, 22 + 90, 13 + 45)]
    assert ink(page.crop(tuple(window))) > 100  # type: ignore[arg-type]
    around = page.crop((0, 0, page.width, round(90 / 25.4 * 50)))
    assert ink(around) == ink(page.crop(tuple(window)))  # type: ignore[arg-type]


# -- whole or not at all -------------------------------------------------------------------------------------


def test_progress_is_told_and_cancel_leaves_nothing(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    told: list[tuple[int, int | None, str]] = []
    run(tmp_path / "a.pdf", layout, [make(number) for number in range(5)], fonts, job=Job(lambda *said: told.append(said)))
    assert told[0][1:] == (5, "print.drawing") and told[-1] == (5, 5, "print.drawing")
    (tmp_path / "a.pdf").unlink()
    stop = Job(cancelled=lambda: len(seen) > 250)
    seen: list[int] = []

    def records() -> Iterator[dict[str, str]]:
        for number in range(1000):
            seen.append(number)
            yield make(number)

    with pytest.raises(Cancelled):
        render_batch(
            tmp_path / "a.pdf", layout=layout, records=records(), count=1000, options=BatchOptions(per_file=100), fonts=fonts, job=stop
        )
    assert len(seen) < 400
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("limit", [0, 20_000, 150_000])
def test_a_full_disk_leaves_the_old_file_and_no_half_one(tmp_path: Path, layout: FormLayout, fonts: FontBook, limit: int) -> None:
    (tmp_path / "a.pdf").write_bytes(b"the old one")
    records = [make(number) for number in range(200)]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))  # the system then refuses to write on, as on a full disk
    try:
        with pytest.raises(EnvironmentFault) as caught:
            run(tmp_path / "a.pdf", layout, records, fonts)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.code == "file.disk_full"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.pdf": b"the old one"}
    assert run(tmp_path / "a.pdf", layout, records, fonts).printed == 200


def test_files_are_whole_documents_and_small(tmp_path: Path, certificate: FormLayout, fonts: FontBook) -> None:
    report = run(tmp_path / "a.pdf", certificate, [fill(certificate, number) for number in range(300)], fonts, per_file=150)
    assert sum(file.stat().st_size for file in report.files) / 300 < 3000
    for file in report.files:
        with pikepdf.open(file) as document:
            assert document.check_pdf_syntax() == []
            assert len(document.pages) == 150


def test_the_same_batch_twice_gives_the_same_pages(tmp_path: Path, layout: FormLayout, fonts: FontBook) -> None:
    records = [make(number, head_name="見本 花子") for number in (1, 1, 2)]
    one, two, three = draw_pages(run(tmp_path / "a.pdf", layout, records, fonts).files[0], dpi=40)
    assert one.tobytes() == two.tobytes() != three.tobytes()


def test_every_code_has_words() -> None:
    codes = ("rows_cut", "code_too_long", "code_box_small", "no_back", "option", "seal_unreadable")
    assert [code for code in codes if f"print.{code}" not in read_messages()] == []


@pytest.mark.parametrize("form", ["disaster_certificate", "report_certificate", "address_sheet", "address_labels", "batch_separator"])
def test_samples_print_without_a_fault(form: str, fonts: FontBook) -> None:
    layout = find_layout(form)
    record = {name: variable.sample for name, variable in layout.variables.items()}
    for count in layout.cells:
        assert render_one(record, layout=layout, options=BatchOptions(nup=count), fonts=fonts).problems == ()


def test_a_part_of_a_layout_can_be_left_out(layout: FormLayout, fonts: FontBook) -> None:
    bare = replace(layout, cells={1: replace(layout.cells[1], boxes=())})
    assert render_one(make(1), layout=bare, options=BatchOptions(), fonts=fonts).problems == ()
