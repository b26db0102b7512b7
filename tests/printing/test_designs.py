"""Layouts as text, what is wrong with them, what differs; seals taken in; the sheet to measure printers with."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from app.domain.errors import InputFault
from app.presentation.messages import message
from app.printing.batch import render_one
from app.printing.calibration import draw_calibration
from app.printing.design_checks import compare_layouts, find_findings
from app.printing.designs import FIRST, layout_text
from app.printing.fonts import FontBook
from app.printing.imposition import BatchOptions
from app.printing.layout import FormLayout, TableColumn, find_layout, list_forms, parse_layout
from app.printing.qr import SMALLEST_MODULE, encode_qr
from app.printing.raster import draw_pages, read_text
from app.printing.seals import make_seal, read_seal


@pytest.fixture(scope="module")
def book() -> FontBook:
    return FontBook(system=False)


def samples(layout: FormLayout) -> dict[str, str]:
    return {name: variable.sample for name, variable in layout.variables.items() if variable.sample}


@pytest.mark.parametrize("form", list_forms())
def test_a_layout_is_the_same_after_writing_and_reading(form: str) -> None:
    layout = find_layout(form)
    again = parse_layout(layout_text(layout), form=form, version=layout.version)
    assert replace(again, digest=layout.digest) == layout
    assert layout_text(again) == layout_text(layout)


def test_awkward_texts_survive() -> None:
    layout = find_layout(FIRST[0])
    cell = layout.cells[1]
    nasty = 'ひとつ"ふたつ\\みっつ\n\t\x07 𠮷󠄀'
    box = replace(cell.boxes[0], text=nasty, columns=(TableColumn('"列"', 3.5, upper="\\"),))
    changed = replace(layout, title=nasty, cells={**layout.cells, 1: replace(cell, boxes=(box, *cell.boxes[1:]))})
    again = parse_layout(layout_text(changed), form=layout.form, version=1)
    assert (again.title, again.cells[1].boxes[0]) == (nasty, box)


@pytest.mark.parametrize("form", FIRST)
@pytest.mark.parametrize("per_page", [1, 2, 4])
def test_the_certificates_have_nothing_to_mend(form: str, per_page: int, book: FontBook) -> None:
    layout = find_layout(form)
    values = samples(layout)
    assert find_findings(layout, per_page=per_page, values=values, fonts=book) == []
    made = render_one(values, layout=layout, options=BatchOptions(nup=per_page), fonts=book)
    assert made.problems == () and len(made.pictures) == 1


@pytest.mark.parametrize("per_page", [1, 2, 4])
def test_codes_can_be_read(per_page: int) -> None:
    """Every paper has room for the longest signed code with modules of 0.5 mm."""
    layout = find_layout(FIRST[0])
    box = next(box for box in layout.cells[per_page].boxes if box.kind == "qr")
    longest = "SASAE1:" + "2024-10-K7QF-1000012-C" + ":D6:20241231:7KQ2M9XA:" + "A" * 103
    assert encode_qr(longest).measure_module(min(box.w, box.h)) >= SMALLEST_MODULE


def test_the_unified_form_has_its_six_items_and_says_what_a_dwelling_is() -> None:
    """府政防第737号 (令和2.3.30): six items, two columns of additions, who certifies it."""
    layout = find_layout("disaster_certificate")
    for cell in layout.cells.values():
        shown = {box.var for box in cell.boxes}
        assert {"number", "head_address", "head_name", "cause", "building_address", "grade", "members", "extra1", "extra2"} <= shown
        assert {"issued_on", "mayor_title", "mayor_name", "code", "copy_no", "provisional", "declared"} <= shown
        words = "".join(box.text for box in cell.boxes)
        assert "上記のとおり、相違ないことを証明します。" in words and "現実に居住" in words
        assert any(box.kind == "seal" for box in cell.boxes)


def test_a_report_certificate_tells_no_degree() -> None:
    for cell in find_layout("report_certificate").cells.values():
        assert "grade" not in {box.var for box in cell.boxes}
        assert any(box.text == "上記の被害の届出があったことを証明します。" for box in cell.boxes)


def change(layout: FormLayout, which: str, **values: object) -> FormLayout:
    cell = layout.cells[1]
    boxes = tuple(replace(box, **values) if box.var == which else box for box in cell.boxes)  # type: ignore[arg-type]
    return replace(layout, cells={**layout.cells, 1: replace(cell, boxes=boxes)})


@pytest.mark.parametrize(
    ("var", "values", "code", "grave"),
    [
        ("head_name", {"x": 200.0}, "form.problem_outside", True),
        ("head_name", {"x": 1.0}, "form.problem_edge", False),
        ("head_name", {"var": "nickname"}, "form.problem_variable", True),
        ("head_name", {"var": ""}, "form.problem_no_variable", True),
        ("head_name", {"w": 4.0}, "form.problem_cut", True),
        ("head_name", {"w": 19.0}, "form.problem_shrunk", False),
        ("head_name", {"h": 2.0}, "form.problem_low", False),
        ("grade", {"var": "copy_no"}, "form.problem_missing", True),
        ("code", {"w": 12.0, "h": 12.0}, "form.problem_code_small", True),
    ],
)
def test_what_would_go_wrong_is_told(book: FontBook, var: str, values: dict[str, object], code: str, grave: bool) -> None:
    layout = change(find_layout(FIRST[0]), var, **values)
    before = find_findings(find_layout(FIRST[0]), per_page=1, values=samples(layout), fonts=book)
    found = [one for one in find_findings(layout, per_page=1, values=samples(layout), fonts=book) if one not in before]
    assert (code, grave) in [(one.code, one.grave) for one in found]


def test_a_code_that_is_too_long_is_told(book: FontBook) -> None:
    layout = find_layout(FIRST[0])
    found = find_findings(layout, per_page=1, values={**samples(layout), "code": "A" * 5000}, fonts=book)
    assert any(one.code == "form.problem_code_long" and one.grave for one in found)


def test_what_differs_between_two_versions() -> None:
    old = find_layout(FIRST[0])
    new = change(change(change(old, "extra2", y=200.0), "head_name", size=20.0), "cause", w=100.0)
    cell = new.cells[1]
    statement = next(place for place, box in enumerate(cell.boxes) if box.text.startswith("上記"))
    boxes = [
        replace(box, text="相違ない。") if place == statement else box for place, box in enumerate(cell.boxes) if box.var != "declared"
    ]
    new = replace(new, title="り災証明書", cells={**new.cells, 1: replace(cell, boxes=tuple(boxes))})
    assert compare_layouts(old, old) == []
    codes = [one.code for one in compare_layouts(old, new)]
    assert sorted(codes) == sorted(
        ["form.change_title", "form.change_text", "form.change_removed", "form.change_moved", "form.change_set", "form.change_resized"]
    )
    assert [one.code for one in compare_layouts(new, old)].count("form.change_added") == 1


# -- seals ---------------------------------------------------------------------------------------------------


def drawn(kind: str = "PNG", *, side: int = 900, mode: str = "RGB") -> bytes:
    picture = Image.new("RGB", (side, side), (252, 250, 246))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((side // 3, side // 3, side * 2 // 3, side * 2 // 3), outline=(205, 40, 50), width=side // 30)
    out = io.BytesIO()
    shown = picture.quantize(64, dither=Image.Dither.NONE) if mode == "P" else picture.convert(mode)
    shown.save(out, kind, dpi=(600, 600))
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGB"), ("PNG", "P"), ("JPEG", "RGB"), ("TIFF", "RGB"), ("TIFF", "L"), ("JPEG", "CMYK")]
)
def test_a_scan_becomes_the_impression_alone(kind: str, mode: str) -> None:
    with Image.open(io.BytesIO(base64.b64decode(make_seal(drawn(kind, mode=mode), width=24)))) as made:
        assert made.format == "PNG" and made.mode == "RGBA"
        assert max(made.size) <= 320, "the paper around it is cut off"
        red, _, _, opaque = made.getpixel((made.width // 2, 12))  # type: ignore[misc]
        assert opaque > 200, "ink stays"
        assert made.getpixel((made.width // 2, made.height // 2))[3] < 30, "paper becomes transparent"  # type: ignore[index]


def test_a_fine_scan_is_reduced_to_600_dpi_at_its_width() -> None:
    with Image.open(io.BytesIO(base64.b64decode(make_seal(drawn(side=6000), width=24)))) as made:
        assert max(made.size) == round(24 / 25.4 * 600)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(wide: int, high: int) -> bytes:
    """A PNG that says it is huge, packed into a few bytes."""
    rows = zlib.compress(b"\0" * 100_000, 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (bomb(30_000, 30_000), "seal.too_many_dots"),
        (bomb(9_999, 9_999), "seal.too_many_dots"),
        (bomb(2_000_000_000, 2), "seal.too_many_dots"),
        (bomb(500, 500), "seal.damaged"),
        (drawn()[:300], "seal.damaged"),
        (b"%PDF-1.7", "seal.not_a_picture"),
        (b"GIF89a" + b"\0" * 100, "seal.not_a_picture"),
        (b"", "seal.not_a_picture"),
    ],
)
def test_what_is_no_sound_picture_is_refused_before_it_is_decoded(data: bytes, code: str) -> None:
    with pytest.raises(InputFault) as refused:
        make_seal(data, width=24, path="印.png")
    assert refused.value.code == code and refused.value.params["path"] == "印.png"
    told = message(refused.value)
    assert "印.png" in told and "0 × 0" not in told and "―" not in told, "nothing is told that is not known"


def test_empty_paper_and_specks_are_refused() -> None:
    for size, code in (((400, 400), "seal.blank"), ((20, 400), "seal.too_small")):
        out = io.BytesIO()
        Image.new("RGB", size, "white").save(out, "PNG")
        with pytest.raises(InputFault) as refused:
            make_seal(out.getvalue(), width=24)
        assert refused.value.code == code


def test_a_file_of_50_mb_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "印.png"
    with file.open("wb") as out:
        out.truncate(50_000_000)
    with pytest.raises(InputFault) as refused:
        read_seal(file, width=24)
    assert (refused.value.code, refused.value.params["megabytes"]) == ("seal.too_large", 50)
    with pytest.raises(InputFault, match="seal.file_unreadable"):
        read_seal(tmp_path / "no.png", width=24)


def test_a_seal_is_seen_on_the_paper(book: FontBook) -> None:
    layout = find_layout(FIRST[0])
    seal = base64.b64decode(make_seal(drawn(), width=20))

    def red_share(given: bytes | None) -> int:
        made = render_one(samples(layout), layout=layout, options=BatchOptions(), fonts=book, seal=given, seal_width=20, dpi=72)
        with Image.open(io.BytesIO(made.pictures[0])) as page:
            colours = page.convert("RGB").getcolors(page.width * page.height) or []
            return sum(count for count, (red, green, blue) in colours if red > 150 and green < 120 and blue < 120)  # type: ignore[misc]

    assert red_share(None) == 0 and red_share(seal) > 50


# -- printers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [(0.0, 0.0), (1.5, -0.8)])
def test_the_crosses_are_where_the_sheet_says(tmp_path: Path, offset: tuple[float, float]) -> None:
    path = draw_calibration(tmp_path / "ずれ.pdf", offset=offset, lines=("測る紙", "二行目"), fonts=FontBook(system=False))
    dots = 25.4 / 300
    page = next(iter(draw_pages(path, dpi=300))).convert("L")
    column = [page.getpixel((round((20 - 8 + offset[0]) / dots), y)) for y in range(round(30 / dots))]
    line = [page.getpixel((x, round((20 - 8 + offset[1]) / dots))) for x in range(round(30 / dots))]
    assert min(range(len(column)), key=column.__getitem__) * dots == pytest.approx(20 + offset[1], abs=0.15)
    assert min(range(len(line)), key=line.__getitem__) * dots == pytest.approx(20 + offset[0], abs=0.15)
    assert "測る紙" in read_text(path)[0]
