"""Lists on paper: text exact, pages counted, faults told, nothing half-written."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from app.domain.errors import Cancelled, EnvironmentFault
from app.printing import lists
from app.printing.fonts import FontBook
from app.printing.lists import FACES, PrintColumn, plan_page, render_list
from app.printing.raster import draw_pages, read_text
from app.printing.report import PageStamp
from app.usecases.job import Job
from tests.printing.conftest import NAMES, make_rows


def lines_of(page: str) -> list[str]:
    return [line.strip() for line in page.replace("\r", "").split("\n") if line.strip()]


def render(out: Path, rows: list[list[str]], columns: list[PrintColumn], stamp: PageStamp, **more):
    return render_list(out, title="避難者名簿", columns=columns, rows=rows, stamp=stamp, **{"layout": "compact", **more})


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (50, 1), (51, 2), (100, 2), (101, 3)])
def test_compact_has_fifty_lines_a_page(tmp_path: Path, columns, stamp, fonts: FontBook, count: int, pages: int) -> None:
    report = render(tmp_path / "a.pdf", make_rows(count), columns, stamp, fonts=fonts)
    texts = read_text(tmp_path / "a.pdf")
    assert (report.pages, len(texts), report.problems) == (pages, pages, ())
    assert [text.count("番地") for text in texts] == [min(50, count - 50 * page) for page in range(pages)]


@pytest.mark.parametrize("layout", ["compact", "large"])
def test_every_page_says_what_it_is(tmp_path: Path, columns, stamp: PageStamp, fonts: FontBook, layout: str) -> None:
    report = render(tmp_path / "a.pdf", make_rows(120), columns, stamp, fonts=fonts, layout=layout, subtitle="在所者のみ")
    texts = read_text(tmp_path / "a.pdf")
    assert len(texts) == report.pages >= 3
    for number, text in enumerate(texts, start=1):
        for words in ("避難者名簿", stamp.as_of, stamp.known_at, stamp.operator, stamp.caution, stamp.place, "在所者のみ", "氏名"):
            assert words in text
        assert f"{number} / {report.pages}" in text


@pytest.mark.parametrize("layout", ["compact", "large"])
def test_copied_text_is_the_stored_text(tmp_path: Path, columns, stamp, fonts: FontBook, layout: str) -> None:
    render(tmp_path / "a.pdf", make_rows(len(NAMES)), columns, stamp, fonts=fonts, layout=layout)
    text = read_text(tmp_path / "a.pdf")[0]
    assert [name for name in NAMES if name not in text] == []


def test_a_variant_is_drawn_differently_from_its_base(tmp_path: Path, stamp, fonts: FontBook) -> None:
    column = [PrintColumn(header="字", width=4, key="name")]
    pictures = []
    for number, text in enumerate(("葛", "葛\U000e0100", "葛\U000e0102", "葛\U000e0101")):
        render_list(tmp_path / f"{number}.pdf", title="-", columns=column, rows=[[text]], stamp=stamp, layout="large", fonts=fonts)
        pictures.append(next(draw_pages(tmp_path / f"{number}.pdf")).tobytes())
    plain, adobe, moji, same = pictures
    assert len({plain, adobe, moji}) == 3
    assert same == plain  # E0101 is the font's default shape


def test_a_character_no_font_has_is_seen_and_told(tmp_path: Path, columns, stamp, fonts: FontBook) -> None:
    rows = make_rows(4)
    rows[1][1], rows[3][1] = "外字\ue123子", "葛\U000e01ef城"
    report = render(tmp_path / "a.pdf", rows, columns, stamp, fonts=fonts)
    found = [(p.code, p.row, p.column, p.params["character"], p.params["code_points"]) for p in report.problems]
    assert found == [
        ("print.no_glyph", 1, "name", "\ue123", "U+E123"),
        ("print.no_glyph", 3, "name", "葛\U000e01ef", "U+845B U+E01EF"),
    ]
    text = read_text(tmp_path / "a.pdf")[0]
    assert "葛\U000e01ef城" in text  # copies as meant
    clean = tmp_path / "b.pdf"
    rows[1][1], rows[3][1] = "外字〓子", "葛〓城"
    render(clean, rows, columns, stamp, fonts=fonts)
    assert next(draw_pages(clean)).tobytes() == next(draw_pages(tmp_path / "a.pdf")).tobytes()  # looks like the geta sign


def test_without_the_font_for_rare_kanji_the_problem_says_so(tmp_path: Path, columns, stamp) -> None:
    rows = [("1", "𠮷田", "a", "b"), ("2", "𰻞田", "a", "b")]
    report = render(
        tmp_path / "a.pdf", [row[: len(columns)] + ("",) * (len(columns) - 4) for row in rows], columns, stamp, fonts=FontBook(system=False)
    )
    assert [(p.code, p.row, p.params["character"]) for p in report.problems] == [("print.no_glyph_no_font", 1, "𰻞")]


def test_text_too_wide_is_narrowed_then_wrapped_then_cut_and_told(tmp_path: Path, columns, stamp, fonts: FontBook) -> None:
    rows = make_rows(3)
    rows[0][2], rows[1][2], rows[2][2] = "見本市" + "中" * 16, "見本市中央町1丁目2番地3 見本ハイツ101号室　東側の部屋", "長" * 10_000_000
    for layout, cut in (("compact", [2]), ("large", [2])):
        report = render(tmp_path / f"{layout}.pdf", rows, columns, stamp, fonts=fonts, layout=layout, orientation="portrait")
        assert [(p.code, p.row, p.column) for p in report.problems] == [("print.text_cut", row, "address") for row in cut]
        assert "長…" in read_text(tmp_path / f"{layout}.pdf")[0]


def test_line_breaks_in_a_cell_stay_in_their_row(tmp_path: Path, columns, stamp, fonts: FontBook) -> None:
    rows = [["1", "見本\r\n花子\t様", "", ""]]
    assert render(tmp_path / "a.pdf", rows, columns, stamp, fonts=fonts).problems == ()
    assert "花子 様" in read_text(tmp_path / "a.pdf")[0]


def test_groups_begin_a_page_or_a_heading(tmp_path: Path, columns, stamp, fonts: FontBook) -> None:
    rows = make_rows(60)
    report = render(tmp_path / "page.pdf", rows, columns, stamp, fonts=fonts, group_key="shelter")
    texts = read_text(tmp_path / "page.pdf")
    assert report.pages == 3
    assert [[n for n in "一二三" if f"第{n}小学校" in text] for text in texts] == [["一"], ["二"], ["三"]]
    assert "避難所" not in texts[0].replace("避難者名簿", "")  # the group's own column is not printed
    asked = {"group_key": "shelter", "group_break": "heading"}
    report = render(tmp_path / "heading.pdf", rows, columns, stamp, fonts=fonts, **asked)
    texts = read_text(tmp_path / "heading.pdf")
    assert report.pages == 2  # 60 rows, 3 headings, and the heading repeated on the second page
    assert [text.count("番地") for text in texts] == [47, 13]
    assert "第三小学校" in texts[1]


def test_a_long_group_repeats_its_name_on_each_page(tmp_path: Path, columns, stamp, fonts: FontBook) -> None:
    rows = [[*row[:3], "第一小学校"] for row in make_rows(120)]
    report = render(tmp_path / "a.pdf", rows, columns, stamp, fonts=fonts, group_key="shelter")
    assert report.pages == 3
    assert all("第一小学校" in text for text in read_text(tmp_path / "a.pdf"))


def test_training_is_across_every_page(tmp_path: Path, columns, fonts: FontBook) -> None:
    stamp = PageStamp(as_of="時点", training="訓練")
    render(tmp_path / "a.pdf", make_rows(60), columns, stamp, fonts=fonts)
    for text, picture in zip(read_text(tmp_path / "a.pdf"), draw_pages(tmp_path / "a.pdf", dpi=50), strict=True):
        assert text.count("訓練") >= 2
        grey = sum(1 for value in picture.convert("L").tobytes() if 220 <= value <= 235)
        assert grey > picture.width * picture.height * 0.03


def test_the_bound_edge_changes_sides_on_the_back(tmp_path: Path, columns, stamp, fonts: FontBook) -> None:
    render(tmp_path / "a.pdf", make_rows(60), columns, stamp, fonts=fonts)
    lefts = []
    for picture in draw_pages(tmp_path / "a.pdf", dpi=100):
        dark = picture.convert("L").point([255 if level < 128 else 0 for level in range(256)])
        lefts.append(dark.getbbox()[0])
    assert lefts[0] - lefts[1] >= 15  # 5 mm at 100 dpi are 20 pixels


def test_orientation_follows_the_columns() -> None:
    few = [PrintColumn(header="a", width=10)] * 3
    many = [PrintColumn(header="a", width=10)] * 9
    asked = {"face": FACES["compact"], "subtitle": "", "stamp": PageStamp(as_of=""), "group_key": None}
    assert plan_page(few, orientation="auto", **asked).size[0] < plan_page(many, orientation="auto", **asked).size[0]
    plan = plan_page(many, orientation="portrait", **asked)
    assert plan.width == pytest.approx(plan.size[0] - FACES["compact"].inner - FACES["compact"].outer)
    assert FACES["large"].min_size >= 11


def test_a_full_disk_leaves_the_old_file_and_no_rest(tmp_path: Path, columns, stamp, fonts: FontBook, monkeypatch) -> None:
    out = tmp_path / "名簿 1.pdf"
    out.write_bytes(b"old")

    def fail(*_args: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(EnvironmentFault) as caught:
        render(out, make_rows(3), columns, stamp, fonts=fonts)
    assert (caught.value.code, caught.value.params["path"]) == ("file.disk_full", str(out))
    assert [file.name for file in tmp_path.iterdir()] == ["名簿 1.pdf"]
    assert out.read_bytes() == b"old"


def test_cancel_leaves_nothing(tmp_path: Path, columns, stamp, fonts: FontBook) -> None:
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        render(tmp_path / "a.pdf", make_rows(500), columns, stamp, fonts=fonts, job=Job(cancelled=lambda: next(asked)))
    assert list(tmp_path.iterdir()) == []


def test_a_row_of_the_wrong_length_is_a_fault(tmp_path: Path, columns, stamp, fonts: FontBook) -> None:
    with pytest.raises(ValueError, match="row 1 has 2 values for 4 columns"):
        render(tmp_path / "a.pdf", [*make_rows(1), ["2", "x"]], columns, stamp, fonts=fonts)
    assert list(tmp_path.iterdir()) == []


def test_job_label_has_words() -> None:
    from app.resources import read_messages

    assert lists.JOB_LABEL in read_messages()
