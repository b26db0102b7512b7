"""Contact sheets: every photo with its words, small files, missing pictures in their frames."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from app.domain.errors import Cancelled
from app.printing.contact_sheet import SheetPhoto, render_contact_sheet
from app.printing.photos import shrunk, turned
from app.printing.report import PageStamp
from app.usecases.job import Job
from tests.photographs import jpeg_of, scene

STAMP = PageStamp(as_of="令和6年1月2日 現在", place="見本市 見本地震", operator="作成：見本", caution="取扱注意")


def photo(place: int, *, tall: bool = False, missing: bool = False) -> SheetPhoto:
    jpeg = jpeg_of(scene(960, 1280) if tall else scene(1280, 960), quality=80)
    return SheetPhoto(
        jpeg=None if missing else jpeg, number=f"P-K7QF-{place:05}-A", time="2024-01-02 08:00", caption="南面の外壁に亀裂", building="K7QF-00012-C 見本市本町1",
        missing="画像がありません",
    )  # fmt: skip


@pytest.mark.parametrize(("per_page", "count", "pages"), [(12, 12, 1), (12, 13, 2), (6, 13, 3), (6, 0, 1)])
def test_pages_and_words(tmp_path: Path, per_page: int, count: int, pages: int) -> None:
    out = tmp_path / "a.pdf"
    photos = [photo(place, tall=place % 3 == 1, missing=place % 5 == 4) for place in range(count)]
    report = render_contact_sheet(out, title="写真台帳", subtitle="調査番号 K7QF-00012-C", photos=photos, per_page=per_page, stamp=STAMP)
    assert report.pages == pages and report.problems == ()
    document = pypdfium2.PdfDocument(out)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    pictures = sum(isinstance(part, pypdfium2.PdfImage) for page in document for part in page.get_objects(max_depth=4))
    document.close()
    assert all(one.number in text for one in photos) and text.count("画像がありません") == sum(one.jpeg is None for one in photos)
    assert text.count("南面の外壁に亀裂") == count and pictures == sum(one.jpeg is not None for one in photos)
    if count:
        assert out.stat().st_size < count * (45_000 if per_page == 12 else 95_000) + 60_000


def test_pictures_stand_inside_the_page_in_their_shape(tmp_path: Path) -> None:
    red = io.BytesIO()
    Image.new("RGB", (640, 960), "red").save(red, "JPEG")
    shot = SheetPhoto(jpeg=red.getvalue(), number="1", time="", caption="", building="")
    render_contact_sheet(tmp_path / "a.pdf", title="t", subtitle="", photos=[shot] * 12, per_page=12, stamp=STAMP)
    document = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    image = document[0].render(scale=1).to_pil().convert("RGB")
    document.close()
    red_only = Image.new("L", image.size)
    red_only.putdata([255 if r > 200 and g < 90 else 0 for r, g, _ in image.get_flattened_data()])
    box = red_only.getbbox()
    assert box is not None and box[0] > 35 and box[2] < 570 and box[1] > 60 and box[3] < 815
    columns = [bool(red_only.crop((x, 0, x + 1, image.height)).getbbox()) for x in range(image.width)]
    lines = [bool(red_only.crop((0, y, image.width, y + 1)).getbbox()) for y in range(image.height)]
    assert abs(sum(columns) / 3 - sum(lines) / 4 * 2 / 3) < 3, "three columns and four rows of 2 to 3"


def test_cancel_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        render_contact_sheet(
            tmp_path / "a.pdf", title="t", subtitle="", photos=[photo(1)] * 3, per_page=6, stamp=STAMP, job=Job(cancelled=lambda: True)
        )
    assert list(tmp_path.iterdir()) == []


def test_character_without_a_glyph_is_told(tmp_path: Path) -> None:
    shot = SheetPhoto(jpeg=None, number="1", time="", caption="\U000e0fff\ue123", building="", missing="x")
    report = render_contact_sheet(tmp_path / "a.pdf", title="t", subtitle="", photos=[shot], per_page=12, stamp=STAMP)
    assert {problem.code for problem in report.problems} <= {"print.no_glyph", "print.no_glyph_no_font"} and report.problems


def test_turning_and_shrinking() -> None:
    picture = Image.new("RGB", (80, 40), "white")
    picture.paste("red", (0, 0, 40, 20))
    jpeg = jpeg_of(picture, quality=95)
    for degrees, size, corner in ((0, (80, 40), (5, 5)), (90, (40, 80), (35, 5)), (180, (80, 40), (75, 35)), (270, (40, 80), (5, 75))):
        with Image.open(io.BytesIO(turned(jpeg, degrees=degrees))) as made:
            assert made.size == size and made.convert("RGB").getpixel(corner)[1] < 90
    small, width, height = shrunk(jpeg_of(scene(1280, 960)), long_side=490)
    assert (width, height) == (490, 368) and len(small) < 60_000
