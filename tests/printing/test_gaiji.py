"""Gaiji on paper: own fonts, pictures, substitutes; fonts and pictures that are refused."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from app.domain.errors import EnvironmentFault, InputFault, RuleViolation
from app.printing.fonts import FontBook
from app.printing.lists import PrintColumn, render_list
from app.printing.own_fonts import check_font, list_fonts
from app.printing.pictures import SIDE, normalise_picture
from app.printing.report import PageStamp
from tests.gaiji import NOTHING, NOWHERE, OWN, PICTURED, SUBSTITUTED, draw_picture, make_cff_font, make_font

STAMP = PageStamp(as_of="令和6年1月5日", substitute_note="灰色は縮退文字")
COLUMNS = [PrintColumn(header="氏名", width=10, key="name")]


@pytest.fixture
def book(tmp_path: Path) -> FontBook:
    """Bundled fonts, an own font, a picture and a substitute."""
    own = tmp_path / "fonts"
    own.mkdir()
    make_font(own / "made.ttf")
    (own / "broken.ttf").write_bytes(b"\0\1\0\0" + bytes(40))
    return FontBook(folders=(own,), system=False, pictures={PICTURED: normalise_picture(draw_picture())})


def print_names(out: Path, names: list[str], fonts: FontBook) -> tuple[str, list[str]]:
    """The text of the PDF and the characters told."""
    report = render_list(out, title="名簿", columns=COLUMNS, rows=[[name] for name in names], stamp=STAMP, layout="large", fonts=fonts)
    with pypdfium2.PdfDocument(out) as pdf:
        text = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    return text, [problem.params["character"] for problem in report.problems]


def ink_of(out: Path) -> Image.Image:
    """The first page as a picture."""
    with pypdfium2.PdfDocument(out) as pdf:
        return pdf[0].render(scale=3).to_pil().convert("L")


def test_where_characters_come_from(book: FontBook) -> None:
    assert book.source_of(OWN) == "made.ttf" and book.source_of(PICTURED) == "picture"
    assert [book.source_of(char) for char in (SUBSTITUTED, NOTHING, NOWHERE, "\x01", "\ud800")] == [""] * 5
    assert book.source_of("𠮷") == book.source_of("辻\U000e0102") == "SasaeNamesMincho.ttf"
    assert book.source_of("神") == book.source_of("\ufa19") == book.source_of("﨑") == "BIZUDGothic-Regular.ttf"
    assert book.source_of("葛\U000e0100") and book.source_of("葛\U000e0103") and not book.source_of("神\U000e01ef")


def test_compatibility_forms_keep_their_own_glyph(book: FontBook) -> None:
    for plain, other in (("神", "\ufa19"), ("福", "\ufa1b"), ("祥", "\ufa1a"), ("都", "\ufa26"), ("塚", "\ufa10"), ("晴", "\ufa12")):
        assert book.find(plain).number != book.find(other).number != 0


def test_the_national_font_is_not_asked_for_gaiji() -> None:
    assert FontBook().source_of("\ue000") == ""  # what another font has there is not what the sender saw


def test_own_glyph_and_picture_are_drawn_and_copy_as_themselves(tmp_path: Path, book: FontBook) -> None:
    text, missing = print_names(tmp_path / "a.pdf", [f"{OWN}田", f"{PICTURED}山"], book)
    assert missing == [] and f"{OWN}田" in text and f"{PICTURED}山" in text and "〓" not in text and "?" not in text
    print_names(tmp_path / "b.pdf", ["\u3000田", "\u3000山"], book)
    assert ink_of(tmp_path / "a.pdf").tobytes() != ink_of(tmp_path / "b.pdf").tobytes()


def test_a_picture_is_inked_where_it_is_black(tmp_path: Path, book: FontBook) -> None:
    whole = FontBook(system=False, pictures={PICTURED: _solid()})
    print_names(tmp_path / "a.pdf", [PICTURED * 4], whole)
    print_names(tmp_path / "b.pdf", ["\u3000" * 4], whole)
    dark = [sum(ink_of(tmp_path / name).histogram()[:100]) for name in ("a.pdf", "b.pdf")]
    assert dark[0] - dark[1] > 4 * (12 * 3) ** 2 * 0.9  # four squares of 12 points at three dots a point


def _solid() -> str:
    file = io.BytesIO()
    Image.new("1", (SIDE, SIDE), 0).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_many_pictures_need_more_than_one_font(tmp_path: Path) -> None:
    picture = normalise_picture(draw_picture())
    chars = [chr(0xE000 + n) for n in range(300)]
    book = FontBook(system=False, pictures=dict.fromkeys(chars, picture))
    text, missing = print_names(tmp_path / "a.pdf", chars, book)
    assert missing == [] and all(char in text for char in chars)


def test_a_damaged_picture_is_a_missing_character(tmp_path: Path) -> None:
    book = FontBook(system=False, pictures={PICTURED: "AAAA"})
    assert print_names(tmp_path / "a.pdf", [f"{PICTURED}田"], book)[1] == [PICTURED]


def test_substitutes_are_marked_and_said(tmp_path: Path, book: FontBook) -> None:
    plain, missing = print_names(tmp_path / "a.pdf", [f"{SUBSTITUTED}田", f"{NOTHING}本"], book)
    assert missing == [SUBSTITUTED, NOTHING] and STAMP.substitute_note not in plain and "?" not in plain
    book.substitute = lambda char: "渡辺" if char == SUBSTITUTED else ""
    text, missing = print_names(tmp_path / "b.pdf", [f"{SUBSTITUTED}田", f"{NOTHING}本"], book)
    assert missing == [NOTHING] and "渡辺田" in text and STAMP.substitute_note in text
    print_names(tmp_path / "c.pdf", ["渡辺田", f"{NOTHING}本"], book)
    grey = [sum(ink_of(tmp_path / name).histogram()[210:230]) for name in ("b.pdf", "c.pdf")]
    assert grey[0] > grey[1] + 1000


def test_an_own_font_may_have_sequences(tmp_path: Path) -> None:
    make_font(tmp_path / "a.ttf", code=ord("あ"), sequence=(0x795E, 0xE01EF))
    book = FontBook(folders=(tmp_path,), system=False)
    assert book.source_of("神\U000e01ef") == "a.ttf" and book.source_of("あ") == "BIZUDGothic-Regular.ttf"


@pytest.mark.parametrize("kind", ["PNG", "BMP"])
def test_pictures_become_uniform(kind: str) -> None:
    for data in (draw_picture(kind), draw_picture(kind, size=(300, 900)), draw_picture(kind, ink=255, paper=0)):
        image = Image.open(io.BytesIO(base64.b64decode(normalise_picture(data))))
        assert (image.size, image.mode, image.format) == ((SIDE, SIDE), "1", "PNG")
        assert image.getpixel((0, 0)) == 255 and image.getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "character.picture_unreadable"), (b"not a picture", "character.picture_unreadable"), (draw_picture()[:60], "character.picture_unreadable"),
        (draw_picture("GIF"), "character.picture_unreadable"), (draw_picture(size=(5000, 10)), "character.picture_large"),
        (draw_picture(ink=255), "character.picture_blank"), (bytes(5_000_001), "character.picture_large"),
    ],
)  # fmt: skip
def test_bad_pictures_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        normalise_picture(data)
    assert caught.value.code == code and caught.value.field == "picture"


def test_bad_fonts_are_refused(tmp_path: Path) -> None:
    sound = make_font(tmp_path / "a.ttf").read_bytes()
    wrong = {
        "font.not_a_font": b"hello", "font.collection": b"ttcf" + sound[4:], "font.web": b"wOF2" + sound[4:], "font.broken": sound[: len(sound) // 2],
    }  # fmt: skip
    for code, data in wrong.items():
        (tmp_path / "b.ttf").write_bytes(data)
        with pytest.raises(InputFault) as caught:
            check_font(tmp_path / "b.ttf")
        assert caught.value.code == code, code
    with pytest.raises(InputFault, match="font.cff"):
        check_font(make_cff_font(tmp_path / "c.otf"))
    with pytest.raises(EnvironmentFault, match="import.file_missing"):
        check_font(tmp_path / "none.ttf")
    assert check_font(tmp_path / "a.ttf").find_glyph(ord(OWN)) == 1


@pytest.mark.parametrize("cut", range(4, 680, 23))
def test_no_damage_of_a_font_is_more_than_refused(tmp_path: Path, cut: int) -> None:
    sound = make_font(tmp_path / "a.ttf").read_bytes()
    (tmp_path / "b.ttf").write_bytes(sound[:cut])
    with pytest.raises(InputFault):
        check_font(tmp_path / "b.ttf")
    (tmp_path / "a.ttf").write_bytes(sound[:cut] + b"\xff\xff" + sound[cut + 2 :])
    try:
        check_font(tmp_path / "a.ttf")
    except InputFault:
        FontBook(folders=(tmp_path,), system=False).source_of(OWN)


def test_fonts_are_listed_with_what_is_wrong(tmp_path: Path, book: FontBook) -> None:
    facts = {font.name: font for font in list_fonts(tmp_path)}
    assert facts["made.ttf"].gaiji == 1 and facts["broken.ttf"].fault == "font.broken"
    assert facts["BIZUDGothic-Regular.ttf"].characters > 10_000 and facts["SasaeNamesMincho.ttf"].role == "names"


def test_the_bundled_font_of_names_is_a_subset_under_its_own_name() -> None:
    from fontTools.ttLib import TTFont

    from app import resources

    font = TTFont(resources.path("fonts", "SasaeNamesMincho.ttf"))
    names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert names[1] == "Sasae Names Mincho" and "IPAmj" not in "".join(names[n] for n in (1, 3, 4, 6)) and "IPA" in names[0]
    assert resources.path("fonts", "IPA_Font_License_Agreement_v1.0.txt").is_file()
    assert len(font.getBestCmap()) > 7_000
