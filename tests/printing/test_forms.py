"""Forms: every sample prints without a fault, codes can be read, holes are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zxingcpp

from app.domain.errors import InputFault
from app.printing.fonts import FontBook
from app.printing.forms import render_form
from app.printing.layout import find_layout, forms_root, list_forms
from app.printing.qr import SMALLEST_MODULE, encode_qr
from app.printing.raster import draw_pages, read_text
from app.printing.report import PageStamp, PrintRefused
from app.resources import read_messages
from tests.printing.conftest import KATSU_OLD

FORMS = (
    "address_labels", "address_sheet", "batch_separator", "blank_roster", "cash_day_sheet", "cash_receipt", "cash_voucher", "damage_report",
    "disaster_certificate", "evacuee_card", "exemption_certificate", "loan_plan", "queue_slip", "recovery_key", "relief_prefecture", "relief_refusal",
    "relief_statement",
    "report_certificate", "survey_sheet",
)  # fmt: skip


def samples() -> list[tuple[str, int]]:
    return [(form, count) for form in FORMS for count in read_sample(form)["per_page"]]


def read_sample(form: str) -> dict:
    return json.loads((forms_root() / form / "v1" / "sample.json").read_text(encoding="utf-8"))


def test_all_forms_are_tested() -> None:
    assert list_forms() == FORMS


@pytest.mark.parametrize(("form", "per_page"), samples())
def test_sample_prints_without_a_fault(tmp_path: Path, stamp, fonts: FontBook, form: str, per_page: int) -> None:
    records = read_sample(form)["records"]
    report = render_form(tmp_path / "a.pdf", form=form, records=records, per_page=per_page, stamp=stamp, fonts=fonts)
    text = "".join(read_text(tmp_path / "a.pdf"))
    assert (report.problems, report.version, len(report.layout_digest)) == ((), 1, 64)
    shown = {"name", "kana", "birth", "phone", "card", "shelter", "date", "writer", "municipality", "folder_id", "created"}
    for record in records:
        for name, value in record.items():
            if name in shown and not (form == "evacuee_card" and name == "shelter"):  # not on the small card
                assert value in text


def test_variable_samples_print_without_a_fault(tmp_path: Path, stamp, fonts: FontBook) -> None:
    for form in FORMS:
        layout = find_layout(form)
        record = {name: variable.sample for name, variable in layout.variables.items()}
        per_page = read_sample(form)["per_page"][0]
        assert render_form(tmp_path / "a.pdf", form=form, records=[record], per_page=per_page, stamp=stamp, fonts=fonts).pages == 1


@pytest.mark.parametrize("dpi", [150, 200])
@pytest.mark.parametrize("per_page", [4, 8])
def test_card_codes_are_read_back_and_hold_the_number_only(tmp_path: Path, stamp, fonts: FontBook, per_page: int, dpi: int) -> None:
    numbers = [f"A1-{n:06d}-7" for n in range(per_page)]
    records = [{"card": number, "name": "𠮷田 一郎", "phone": "090-0000-0001"} for number in numbers]
    render_form(tmp_path / "a.pdf", form="evacuee_card", records=records, per_page=per_page, stamp=stamp, fonts=fonts)
    (page,) = draw_pages(tmp_path / "a.pdf", dpi=dpi)
    assert sorted(code.text for code in zxingcpp.read_barcodes(page.convert("L"))) == numbers
    text = read_text(tmp_path / "a.pdf")[0]
    assert all(number in text for number in numbers)


def test_training_cards_carry_the_word_each_and_still_scan(tmp_path: Path, fonts: FontBook) -> None:
    stamp = PageStamp(as_of="時点", training="訓練")
    records = [{"card": f"A1-{n:06d}-7"} for n in range(8)]
    render_form(tmp_path / "a.pdf", form="evacuee_card", records=records, per_page=8, stamp=stamp, fonts=fonts)
    assert read_text(tmp_path / "a.pdf")[0].count("訓練") == 8
    (page,) = draw_pages(tmp_path / "a.pdf", dpi=150)
    assert len(zxingcpp.read_barcodes(page.convert("L"))) == 8


@pytest.mark.parametrize("grouped", [True, False])
def test_recovery_code_is_read_back(tmp_path: Path, fonts: FontBook, grouped: bool) -> None:
    stamp = PageStamp(as_of="時点", training="訓練")
    record = dict(read_sample("recovery_key")["records"][0])
    words = record["key"].split("-")
    record["key"] = "-".join(words) if grouped else "".join(words)
    render_form(tmp_path / "a.pdf", form="recovery_key", records=[record], per_page=1, stamp=stamp, fonts=fonts)
    (page,) = draw_pages(tmp_path / "a.pdf", dpi=150)
    assert [code.text for code in zxingcpp.read_barcodes(page.convert("L"))] == [record["key"]]
    text = read_text(tmp_path / "a.pdf")[0]
    assert [group for group in words if group not in text] == []


def test_modules_are_never_smaller_than_half_a_millimetre() -> None:
    for count, number in ((4, "A1-000123-7"), (8, "A1-000123-7"), (8, "DEVICE9-00012345-7")):
        box = next(box for box in find_layout("evacuee_card").cells[count].boxes if box.kind == "qr")
        assert encode_qr(number).measure_module(box.w) >= SMALLEST_MODULE


def test_nothing_lies_under_a_code() -> None:
    hidden = []
    for form in FORMS:
        for count, cell in find_layout(form).cells.items():
            for code in (box for box in cell.boxes if box.kind == "qr"):
                side = min(code.w, code.h)
                left, top, right, bottom = code.x + 0.05, code.y + code.h - side + 0.05, code.x + side - 0.05, code.y + code.h - 0.05
                hidden += [
                    (form, count, box.text or box.var)
                    for box in cell.boxes
                    if box is not code
                    and box.kind != "frame"
                    and box.x < right
                    and box.x + box.w > left
                    and box.y < bottom
                    and box.y + box.h > top
                ]
    assert hidden == []


def test_a_code_too_dense_to_read_is_refused(tmp_path: Path, stamp, fonts: FontBook) -> None:
    with pytest.raises(PrintRefused) as caught:
        render_form(tmp_path / "a.pdf", form="evacuee_card", records=[{"card": "X" * 90}], per_page=8, stamp=stamp, fonts=fonts)
    assert "print.code_too_dense" in [problem.code for problem in caught.value.problems]


def test_pages_are_counted_and_blank_papers_need_no_values(tmp_path: Path, stamp, fonts: FontBook) -> None:
    for count, per_page, pages in ((4, 4, 1), (5, 4, 2), (9, 8, 2)):
        report = render_form(tmp_path / "a.pdf", form="evacuee_card", records=[{}] * count, per_page=per_page, stamp=stamp, fonts=fonts)
        assert (report.pages, len(read_text(tmp_path / "a.pdf"))) == (pages, pages)
    render_form(tmp_path / "b.pdf", form="blank_roster", records=[{}] * 2, per_page=15, stamp=stamp, fonts=fonts)
    texts = read_text(tmp_path / "b.pdf")
    assert [text.count("フリガナ") for text in texts] == [15, 15]
    assert "1 / 2" in texts[0] and "2 / 2" in texts[1]


def test_a_hole_is_refused_and_nothing_is_written(tmp_path: Path, stamp, fonts: FontBook) -> None:
    records = [
        {"name": "見本 花子"},
        {"name": "外字\ue123"},
        {"name": KATSU_OLD + "城"},
        {"name": "名" * 200},
    ]
    with pytest.raises(PrintRefused) as caught:
        render_form(tmp_path / "a.pdf", form="evacuee_card", records=records, per_page=4, stamp=stamp, fonts=fonts)
    found = [(problem.code, problem.row, problem.column) for problem in caught.value.problems]
    assert found == [("print.no_glyph", 1, "name"), ("print.text_cut", 3, "name")]
    assert caught.value.params == {"field": None, "form": "evacuee_card", "count": 2}
    assert list(tmp_path.iterdir()) == []


def test_a_missing_needed_value_is_refused(tmp_path: Path, stamp, fonts: FontBook) -> None:
    record = {**read_sample("recovery_key")["records"][0], "key": ""}
    with pytest.raises(PrintRefused) as caught:
        render_form(tmp_path / "a.pdf", form="recovery_key", records=[record], per_page=1, stamp=stamp, fonts=fonts)
    assert [(p.code, p.column, p.params["label"]) for p in caught.value.problems] == [("print.value_missing", "key", "復旧キー")]


def test_what_the_form_does_not_know_is_refused(tmp_path: Path, stamp) -> None:
    for asked, code in (
        ({"form": "nothing", "records": [{}], "per_page": 1}, "print.form_unknown"),
        ({"form": "evacuee_card", "records": [{}], "per_page": 4, "version": 9}, "print.form_unknown"),
        ({"form": "evacuee_card", "records": [{}], "per_page": 5}, "print.per_page"),
        ({"form": "blank_roster", "records": [{}], "per_page": 50}, "print.per_page"),
        ({"form": "evacuee_card", "records": [{"nmae": "x"}], "per_page": 4}, "print.variable_unknown"),
    ):
        with pytest.raises(InputFault) as caught:
            render_form(tmp_path / "a.pdf", stamp=stamp, **asked)
        assert caught.value.code == code


def write_layout(root: Path, text: str, *, version: int = 3) -> Path:
    path = root / "evacuee_card" / f"v{version}" / "layout.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


OWN = """
title = "町のカード"
[variables]
name = { label = "氏名" }
[layouts.2]
rows = 2
boxes = [
    { kind = "text", x = 10, y = 10, w = 60, h = 10, text = "町独自の様式" },
    { kind = "value", x = 10, y = 30, w = 60, h = 10, var = "name" },
]
"""


def test_a_municipality_s_own_layout_wins(tmp_path: Path, stamp, fonts: FontBook) -> None:
    write_layout(tmp_path / "forms", OWN)
    asked = {"form": "evacuee_card", "stamp": stamp, "fonts": fonts, "overrides_dir": tmp_path / "forms"}
    report = render_form(tmp_path / "a.pdf", records=[{"name": "𠮷田"}], per_page=2, **asked)
    assert report.version == 3
    assert "町独自の様式" in read_text(tmp_path / "a.pdf")[0]
    report = render_form(tmp_path / "b.pdf", records=[{}], per_page=4, version=1, **asked)  # not in the folder: the program's own
    assert "町独自の様式" not in read_text(tmp_path / "b.pdf")[0]
    assert report.version == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("h = 10, var", "h = 1000, var"), "layouts.2.boxes.1"),
        (('var = "name"', 'var = "nmae"'), "layouts.2.boxes.1.var"),
        (('kind = "text"', 'kind = "picture"'), "layouts.2.boxes.0.kind"),
        (("x = 10, y = 10", 'x = "10", y = 10'), "layouts.2.boxes.0.x"),
        (("rows = 2", "rwos = 2"), "layouts.2.rwos"),
        (("w = 60, h = 10, text", "h = 10, text"), "layouts.2.boxes.0.w"),
        (("[layouts.2]", "[layouts.two]"), "layouts.two"),
        (("title =", 'page = "A3"\ntitle ='), "page"),
        (("[variables]", "[variables"), None),
    ],
)
def test_a_faulty_layout_says_where(tmp_path: Path, change: tuple[str, str], where: str | None) -> None:
    assert change[0] in OWN
    path = write_layout(tmp_path, OWN.replace(change[0], change[1], 1))
    with pytest.raises(InputFault) as caught:
        find_layout("evacuee_card", overrides=tmp_path)
    assert (caught.value.code, caught.value.params["path"], caught.value.params["column"]) == ("print.layout_invalid", str(path), where)


def test_every_code_has_words() -> None:
    codes = ("no_glyph", "no_glyph_no_font", "text_cut", "value_missing", "code_too_dense", "refused", "form_unknown")
    codes += ("layout_invalid", "per_page", "variable_unknown", "drawing")
    assert [code for code in codes if f"print.{code}" not in read_messages()] == []


def test_checks_are_ticked_by_code(tmp_path: Path, stamp, fonts: FontBook) -> None:
    def ink(**values: str) -> int:
        render_form(tmp_path / "a.pdf", form="evacuee_card", records=[values], per_page=4, stamp=stamp, fonts=fonts)
        (page,) = draw_pages(tmp_path / "a.pdf", dpi=100)
        return sum(1 for level in page.convert("L").tobytes() if level < 128)

    nothing = ink(phone="-")
    assert ink(phone="-", consent_kin="no", needs="nothing") == nothing
    assert ink(phone="-", sex="unknown") == nothing < ink(phone="-", sex="other")
    one = ink(phone="-", needs="elderly") - nothing
    assert one > 20
    assert ink(phone="-", needs="elderly, allergy", consent_kin="yes", sex="male") - nothing == pytest.approx(4 * one, rel=0.5)
