"""From the file to the paper no character changes: no NFC, no NFKC, no selector lost."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from app.interchange.exporting.cards import write_cards
from app.interchange.exporting.rosters import write_roster
from app.interchange.importing.run import import_evacuees, import_residents
from app.printing.own_fonts import install_font
from app.usecases.reception import Arrival, check_in
from app.usecases.rows import RosterFilter
from tests.gaiji import OWN, make_font
from tests.stores import OCCURRED, Town

SHIFTING = [chr(code) for code in (*range(0xFA0E, 0xFA2E), *range(0xF900, 0xF930)) if unicodedata.normalize("NFC", chr(code)) != chr(code)]
COMPATIBILITY = "\ufa19\ufa1b\ufa1a\ufa26\ufa10\ufa12"
NAMES = (
    "\ufa19谷　\ufa1b",
    "\ufa1a田　\ufa26",
    "葛\U000e0100城　花",
    "辻\U000e0102　葛\U000e0103",
    f"{OWN}田　𠮷",
    "﨑山　髙",
    "ヴァ　ヲー",
)


def text_of(path: Path) -> str:
    """All text of a PDF."""
    with pypdfium2.PdfDocument(path) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def write(path: Path, names: tuple[str, ...], encoding: str) -> Path:
    """A shelter's list."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in (["氏名", "フリガナ", "住所"], *([name, "カナ", f"見本市{name[0]}町"] for name in names)):
            book.active.append(row)
        book.save(path)
    else:
        path.write_bytes("\r\n".join(["氏名,フリガナ,住所", *(f"{name},カナ,見本市{name[0]}町" for name in names)]).encode(encoding))
    return path


@pytest.mark.parametrize("kind", ["a.csv utf-8", "a.csv utf-8-sig", "a.csv utf-16", "a.xlsx utf-8", "a.csv cp932"])
def test_a_shelter_s_list(town: Town, tmp_path: Path, kind: str) -> None:
    name, encoding = kind.split()
    names = tuple(n for n in NAMES if encoding != "cp932" or n.encode("cp932", "ignore").decode("cp932") == n)
    install_font(town.ctx, source=make_font(tmp_path / "made.ttf"), folder=town.folder)
    done = import_evacuees(town.ctx, path=write(tmp_path / name, names, encoding), shelter_id=town.shelters[0])
    assert done.created == len(names)
    wanted = RosterFilter(at=town.clock.forward(hours=1))
    printed = write_roster(town.ctx, wanted=wanted, out=tmp_path / "a.pdf", format="pdf", folder=town.folder, layout="large")
    assert printed.missing == () and printed.problems == ()
    text = "".join(text_of(tmp_path / "a.pdf").split())  # readers of PDFs put line ends where the font changes
    rows = {row.name for row in town.ctx.reads.rosters.roster(wanted).rows}
    for stored in names:
        assert stored in rows and stored.replace("\u3000", "") in text
    write_roster(town.ctx, wanted=wanted, out=tmp_path / "b.csv", format="csv", folder=town.folder)
    assert all(stored in (tmp_path / "b.csv").read_text("utf-8-sig") for stored in names)


def test_residents_and_their_cards(town: Town, tmp_path: Path) -> None:
    names = tuple(f"{char}山　{char}子" for char in COMPATIBILITY)
    lines = [
        "宛名番号,世帯番号,氏名,氏名カナ,生年月日,性別,住所",
        *(f"1{n:09},H{n},{name},ヤマ　コ,昭和50年3月1日,女,見本市" for n, name in enumerate(names)),
    ]
    (tmp_path / "住民.csv").write_text("\r\n".join(lines), "utf-8")
    import_residents(town.ctx, paths=[tmp_path / "住民.csv"], as_of=OCCURRED)
    active = town.ctx.reads.residents.active()
    assert active is not None
    stored = [row.name for batch in town.ctx.reads.residents.rows(snapshot_id=active.id) for row in batch]
    assert tuple(stored) == names
    arrivals = [Arrival(resident_id=f"{active.id}:{place}") for place in range(len(names))]
    people = list(check_in(town.ctx, shelter_id=town.shelters[0], arrivals=arrivals).persons)
    done = write_cards(town.ctx, person_ids=people, out=tmp_path / "a.pdf", folder=town.folder)
    assert (done.cards, done.missing) == (len(names), ())
    text = "".join(text_of(tmp_path / "a.pdf").split())
    assert all(name.replace("\u3000", "") in text for name in names)


def test_every_compatibility_form_of_code_page_932_is_found_as_it_is(town: Town) -> None:
    names = [f"{char}田" for char in SHIFTING]
    arrivals = [Arrival(values={"name": name}) for name in names]
    check_in(town.ctx, shelter_id=town.shelters[0], arrivals=arrivals)
    rows = town.ctx.reads.rosters.roster(RosterFilter(at=town.clock.forward(hours=1))).rows
    assert {row.name for row in rows} == set(names)
