"""A municipality's characters: counted, registered, imported; checked before printing; cards and rosters with them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pypdfium2
import pytest

from app.domain.characters import PersonText
from app.domain.errors import EnvironmentFault, InputFault, RuleViolation
from app.domain.resident import ResidentRow
from app.interchange.exporting import cards, rosters
from app.interchange.exporting.characters import write_survey
from app.interchange.importing.characters import import_pictures, import_table
from app.printing.own_fonts import install_font, open_fonts, remove_font
from app.printing.pictures import normalise_picture
from app.printing.report import PrintRefused
from app.usecases import characters
from app.usecases.reception import Arrival, check_in
from app.usecases.residents import load_residents
from app.usecases.rows import RosterFilter
from tests.gaiji import NOTHING, NOWHERE, OWN, PICTURED, SUBSTITUTED, draw_picture, make_cff_font, make_font
from tests.stores import OCCURRED, Town

NAMES = (
    "𠮷野　一",
    "葛\U000e0100城　花",
    "\ufa19谷　\ufa1b",
    f"{OWN}田　二",
    f"{PICTURED}田　三",
    f"{SUBSTITUTED}田　四",
    f"{NOTHING}田　五",
    f"{NOWHERE}　六",
)


def fill(town: Town) -> list[str]:
    """People with every kind of character; answers their ids in the order of ``NAMES``."""
    arrivals = [Arrival(values={"name": name, "kana": "カナ", "address": "見本市"}) for name in NAMES]
    return list(check_in(town.ctx, shelter_id=town.shelters[0], arrivals=arrivals).persons)


def settle(town: Town, tmp_path: Path) -> None:
    """An own font, a picture and a substitute."""
    install_font(town.ctx, source=make_font(tmp_path / "made.ttf"), folder=town.folder)
    characters.register_character(town.ctx, text="E000", picture=normalise_picture(draw_picture()))
    characters.register_character(town.ctx, text=SUBSTITUTED, substitute="辺", description="はしごでない")


def survey(town: Town) -> dict[str, characters.CharacterUse]:
    """Uses by character."""
    return {use.text: use for use in characters.list_characters(town.ctx, fonts=open_fonts(town.ctx, town.folder)).uses}


def text_of(path: Path) -> str:
    """All text of a PDF."""
    with pypdfium2.PdfDocument(path) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def test_the_survey_counts_people_and_says_what_is_settled(town: Town, tmp_path: Path) -> None:
    people = fill(town)
    before = survey(town)
    assert not before[OWN].settled and not before[PICTURED].settled and before["𠮷"].settled
    settle(town, tmp_path)
    uses = survey(town)
    assert (uses[OWN].source, uses[PICTURED].source, uses[SUBSTITUTED].source) == ("made.ttf", "picture", "")
    assert uses[SUBSTITUTED].substitute == "辺" and uses[SUBSTITUTED].settled and uses["𠮷"].suggested == "吉"
    assert {char for char, use in uses.items() if not use.settled} == {NOTHING, NOWHERE}
    assert uses[OWN].samples == (people[3],) and (uses[OWN].persons, uses[OWN].residents) == (1, 0)
    assert (
        uses["葛\U000e0100"].kinds == ("sequence",) and uses["\ufa19"].kinds == ("compatibility", "beyond_jis")[: len(uses["\ufa19"].kinds)]
    )
    assert [use.settled for use in characters.list_characters(town.ctx, fonts=open_fonts(town.ctx, town.folder)).uses][:3] == [
        False,
        False,
        True,
    ]


def test_residents_count_once_each_and_registered_ones_nobody_has_come_last(town: Town) -> None:
    rows = [ResidentRow(f"{n:010}", name="\ue100\ue100　花", address="\ue100町", kana="ハナ") for n in range(30)]
    load_residents(town.ctx, batches=[rows, [ResidentRow("9", name="普通　花")]], as_of=OCCURRED)
    characters.register_character(town.ctx, text="E777", substitute="々")
    found = characters.list_characters(town.ctx, fonts=open_fonts(town.ctx, town.folder))
    assert (found.residents, found.persons, found.unsettled) == (31, 0, 1)
    assert (found.uses[0].text, found.uses[0].residents, len(found.uses[0].samples)) == ("\ue100", 30, 20)
    assert (found.uses[-1].text, found.uses[-1].people) == ("\ue777", 0)
    with pytest.raises(RuleViolation, match="snapshot.not_found"):
        characters.list_characters(town.ctx, fonts=open_fonts(town.ctx, town.folder), snapshot_id="none")


def test_registering_changing_and_removing(town: Town) -> None:
    made, _ = characters.register_character(town.ctx, text="U+E002", substitute="辺")
    again, _ = characters.register_character(town.ctx, text="\ue002", substitute="渡", description="変更")
    assert made == again and characters.registered_characters(town.ctx)["\ue002"].substitute == "渡"
    assert "渡" in [change.new for change in town.ctx.reads.journal.history(made) if change.field == "substitute"]
    characters.remove_character(town.ctx, record_id=made)
    assert not characters.registered_characters(town.ctx)
    third, _ = characters.register_character(town.ctx, text="E002", substitute="辺")
    assert third != made
    for values, code in (
        ({"text": "E003"}, "character.nothing_given"), ({"text": "山", "substitute": "川"}, "character.plain"),
        ({"text": "E003", "substitute": "?"}, "character.substitute_unusual"), ({"text": "zz", "substitute": "川"}, "character.code_unreadable"),
    ):  # fmt: skip
        with pytest.raises(RuleViolation) as caught:
            characters.register_character(town.ctx, **values)
        assert caught.value.code == code
    with pytest.raises(RuleViolation, match="permission.denied"):
        characters.register_character(town.acting("shelter"), text="E003", substitute="川")


def test_a_table_of_gaiji(town: Town, tmp_path: Path) -> None:
    (tmp_path / "字形").mkdir()
    (tmp_path / "字形" / "a.bmp").write_bytes(draw_picture("BMP"))
    (tmp_path / "b.png").write_bytes(b"broken")
    lines = [
        "コード(16進),代替文字,画像ファイル,説明", "E000,,字形\\a.bmp,絵のある字", "U+E001,辺,,", "E002,?,,", "zzzz,辺,,", "E003,,b.png,", "E004,,c.png,",
        "E005,,,", ",辺,,", "E001,渡,,", "E006,,..\\..\\x.png,", "5C71,川,,", "845B_E0100,葛,,",
    ]  # fmt: skip
    (tmp_path / "外字.csv").write_bytes("\r\n".join(lines).encode("cp932"))
    done = import_table(town.ctx, path=tmp_path / "外字.csv")
    assert (done.read, done.created, done.rejected) == (12, 3, 9)
    assert done.report is not None
    told = [(row[0], row[1]) for row in csv.reader(io.StringIO(done.report.read_text("utf-8-sig")))][1:]
    assert told == [
        ("4", "代替文字"), ("5", "コード(16進)"), ("6", "画像ファイル"), ("7", "画像ファイル"), ("8", "代替文字"), ("9", "コード(16進)"),
        ("10", "コード(16進)"), ("11", "画像ファイル"), ("12", "コード(16進)"),
    ]  # fmt: skip
    known = characters.registered_characters(town.ctx)
    assert set(known) == {"\ue000", "\ue001", "葛\U000e0100"} and known["\ue000"].picture and known["\ue001"].substitute == "辺"
    again = import_table(town.ctx, path=tmp_path / "外字.csv")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
    with pytest.raises(RuleViolation, match="import.stopped"):
        import_table(town.ctx, path=tmp_path / "外字.csv", on_error="stop")


def test_a_table_without_codes_is_refused(town: Town, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("説明,代替文字\na,b\n", "utf-8")
    with pytest.raises(InputFault):
        import_table(town.ctx, path=tmp_path / "a.csv")


def test_a_folder_of_pictures(town: Town, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for name in ("E000.png", "u+e001.PNG", "メモ.png", "845B_E0100.png"):
        (pictures / name).write_bytes(draw_picture())
    (pictures / "E002.bmp").write_bytes(draw_picture("BMP"))
    (pictures / "E003.png").write_bytes(b"no")
    (pictures / "readme.txt").write_text("x")
    done = import_pictures(town.ctx, folder=pictures)
    assert (done.read, done.created, done.rejected, len(done.warnings)) == (6, 4, 2, 2)
    assert all("メモ.png" in text or "E003.png" in text for text in done.warnings)
    assert all(record.picture for record in characters.registered_characters(town.ctx).values())
    with pytest.raises(RuleViolation, match="character.no_pictures"):
        import_pictures(town.ctx, folder=tmp_path)
    with pytest.raises(EnvironmentFault):
        import_pictures(town.ctx, folder=tmp_path / "none")


def test_own_fonts_come_and_go(town: Town, tmp_path: Path) -> None:
    source = make_font(tmp_path / "made.ttf")
    assert install_font(town.ctx, source=source, folder=town.folder).gaiji == 1
    assert open_fonts(town.ctx, town.folder).source_of(OWN) == "made.ttf"
    remove_font(town.ctx, name="made.ttf", folder=town.folder)
    assert open_fonts(town.ctx, town.folder).source_of(OWN) == ""
    for bad, error in ((make_cff_font(tmp_path / "c.otf"), "font.cff"), (tmp_path / "a.txt", "font.ending")):
        bad.touch()
        with pytest.raises((InputFault, RuleViolation), match=error):
            install_font(town.ctx, source=bad, folder=town.folder)
    with pytest.raises(RuleViolation, match="font.not_found"):
        remove_font(town.ctx, name="../store.db", folder=town.folder)
    with pytest.raises(RuleViolation, match="permission.denied"):
        install_font(town.acting("shelter"), source=source, folder=town.folder)
    assert list((town.folder / "fonts").iterdir()) == [] and (town.folder / "store.db").is_file()


def test_what_cannot_be_printed_is_known_before_with_name_and_substitute(town: Town, tmp_path: Path) -> None:
    people = fill(town)
    settle(town, tmp_path)
    asked = rosters.find_unprintable(town.ctx, wanted=RosterFilter(at=town.clock.forward(hours=1)), folder=town.folder)
    assert {(p.person_id, p.text, p.code, p.substitute, p.registered) for p in asked} == {
        (people[5], SUBSTITUTED, "U+E002", "辺", True), (people[6], NOTHING, "U+E003", "", False), (people[7], NOWHERE, "U+30EDE", "", False),
    }  # fmt: skip
    assert {p.where for p in asked} == {"氏名"} and all(p.name in NAMES for p in asked)
    fields = cards.find_unprintable(town.ctx, person_ids=people, folder=town.folder)
    assert {(p.person_id, p.where) for p in fields} == {(people[n], "name") for n in (5, 6, 7)}


def test_one_gaiji_does_not_stop_the_cards_of_the_others(town: Town, tmp_path: Path) -> None:
    people = fill(town)
    settle(town, tmp_path)
    done = cards.write_cards(town.ctx, person_ids=people, out=tmp_path / "a.pdf", folder=town.folder)
    assert done.cards == 5 and set(done.left_out) == set(people[5:]) and len(done.warnings) == 3
    assert any(f"「{NOTHING}」（U+E003）" in told and NAMES[6] in told for told in done.warnings)
    text = text_of(tmp_path / "a.pdf")
    assert "\ufa19谷" in text and f"{OWN}田" in text and "〓" not in text and "?" not in text and "縮退" not in text
    marked = cards.write_cards(town.ctx, person_ids=people, out=tmp_path / "b.pdf", folder=town.folder, substitutes=True)
    assert marked.cards == 6 and set(marked.left_out) == set(people[6:])
    text = text_of(tmp_path / "b.pdf")
    assert "辺田" in text and "縮退文字" in text and "〓" not in text
    with pytest.raises(PrintRefused) as caught:
        cards.write_cards(town.ctx, person_ids=people[6:], out=tmp_path / "c.pdf", folder=town.folder, substitutes=True)
    assert len(caught.value.problems) == 2 and not (tmp_path / "c.pdf").exists()
    assert not any(entry.target == "c.pdf" for entry in town.ctx.reads.journal.access())


def test_rosters_tell_whose_character_it_is(town: Town, tmp_path: Path) -> None:
    fill(town)
    settle(town, tmp_path)
    wanted = RosterFilter(at=town.clock.forward(hours=1))
    done = rosters.write_roster(town.ctx, wanted=wanted, out=tmp_path / "a.pdf", format="pdf", folder=town.folder)
    assert {problem.text for problem in done.missing} == {SUBSTITUTED, NOTHING, NOWHERE} and len(done.problems) == 3
    marked = rosters.write_roster(town.ctx, wanted=wanted, out=tmp_path / "b.pdf", format="pdf", folder=town.folder, substitutes=True)
    assert sum("に灰色と下線を付けて印刷しました" in told for told in marked.problems) == 1
    assert (
        "辺田" in text_of(tmp_path / "b.pdf")
        and "縮退文字" in text_of(tmp_path / "b.pdf")
        and "縮退文字" not in text_of(tmp_path / "a.pdf")
    )


def test_cp932_takes_the_registered_substitute_and_lists_it(town: Town, tmp_path: Path) -> None:
    fill(town)
    characters.register_character(town.ctx, text="𠮷", substitute="善")
    wanted = RosterFilter(at=town.clock.forward(hours=1))
    done = rosters.write_roster(town.ctx, wanted=wanted, out=tmp_path / "a.csv", format="csv", encoding="cp932", folder=town.folder)
    written = (tmp_path / "a.csv").read_bytes().decode("cp932")
    assert "善野" in written and "葛城" in written and f"{OWN}田" in written and "〓　六" in written and "?" not in written
    listed = {(one.char, one.written) for one in done.unencodable}
    assert {("𠮷", "善"), ("葛\U000e0100", "葛"), (OWN, OWN), (NOWHERE, "〓")} <= listed
    assert done.characters is not None and "書いた文字" in done.characters.read_text("utf-8-sig")


def test_the_survey_as_a_file_names_nobody_and_reads_back(town: Town, tmp_path: Path) -> None:
    fill(town)
    settle(town, tmp_path)
    found = characters.list_characters(town.ctx, fonts=open_fonts(town.ctx, town.folder))
    assert write_survey(town.ctx, survey=found, out=tmp_path / "文字.csv").rows == len(found.uses)
    text = (tmp_path / "文字.csv").read_text("utf-8-sig")
    assert "U+E002" in text and "外字" in text and "太郎" not in text and "野" not in text
    back = import_table(town.ctx, path=tmp_path / "文字.csv")
    assert back.created == 0 and back.unchanged >= 1


def test_problems_come_once_for_each_person_and_place(town: Town) -> None:
    fonts = open_fonts(town.ctx, None)
    texts = [
        PersonText("p", "名", "name", NOTHING * 3),
        PersonText("p", "名", "address", f"{NOTHING}町"),
        PersonText("q", "名", "name", "山田"),
    ]
    found = characters.check_printable(town.ctx, texts=texts, fonts=fonts)
    assert [(p.person_id, p.where) for p in found] == [("p", "name"), ("p", "address")]


def test_a_sequence_nobody_has_offers_its_base_and_a_known_one_is_no_problem(town: Town) -> None:
    fonts = open_fonts(town.ctx, None)
    texts = [PersonText("p", "名", "name", "神\U000e01ef葛\U000e0100邉\U000e0101")]
    found = characters.check_printable(town.ctx, texts=texts, fonts=fonts)
    assert [(p.text, p.substitute) for p in found if p.text.startswith("神")] == [("神\U000e01ef", "神")]
    assert not [p for p in found if p.text.startswith("葛")]
