"""The residents of the day, from the files of the office to a card in a shelter without a line: rebuilt, compared, carried, looked up.

What must come out is the invented office's own book (``HistoryTruth``), not the rebuild's.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.invention_history import HistoryTruth, write_history_files
from app.domain.resident import ResidentRow
from app.printing.raster import read_text
from app.ui.main_window import MainWindow
from app.ui.widgets.form_dialog import FormDialog
from app.usecases.reception import Arrival, check_in
from app.usecases.shelters import add_shelter
from tests.e2e.clerk import ALT, CTRL, Clerk, Key
from tests.e2e.loading import found_a_ledger, run_wizard
from tests.e2e.test_main_job import NANAO, Program

SHELTER, GAIJI = "山王小学校", "\ue005"


_TYPED: tuple[dict[str, str], ...] = (
    {}, {"birth": "", "kana": "", "address": ""}, {"name": "", "birth": "", "address": ""}, {"birth": "S1.1.1", "address": ""},
)  # fmt: skip


class Office:
    """The files an office hands over, one of its residents with a gaiji in the name, and its book."""

    def __init__(self, folder: Path) -> None:
        self.full, self.differences, self.truth = write_history_files(folder, residents=3000, changes=60, seed=11)
        text = self.full.read_bytes().decode("cp932")
        rows = list(csv.DictReader(text.splitlines()))
        here = [row for row in rows if row["宛名番号"] in self.truth.residents and row["支援措置"] in ("", "0")]
        times = {row["宛名番号"]: sum(other["宛名番号"] == row["宛名番号"] for other in rows) for row in here[:40]}
        changed = {cell for path in self.differences for cell in path.read_bytes().decode("cp932").replace("\r\n", ",").split(",")}
        self.quiet = [row for row in here[:40] if times[row["宛名番号"]] == 1 and row["宛名番号"] not in changed]
        self.rare = self.quiet[0]
        name = GAIJI + self.rare["氏名"][1:]
        self.full.write_bytes(
            text.replace(
                f"{self.rare['宛名番号']},{self.rare['世帯番号']},{self.rare['氏名']}",
                f"{self.rare['宛名番号']},{self.rare['世帯番号']},{name}",
            ).encode("cp932")
        )
        self.rare["氏名"] = name

    @property
    def known_first(self) -> list[Path]:
        """The differences that were there on the day."""
        return self.differences[:-3]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Three thousand rows and eleven days of an office."""
    return Office(tmp_path_factory.mktemp("住民 異動"))


def differences(files: list[Path]) -> list[str]:
    return [part for path in files for part in ("--diff", str(path))]


@pytest.mark.e2e
@pytest.mark.timeout(200)
def test_from_the_office_to_a_shelter_by_commands(office: Office, tmp_path: Path) -> None:
    hq, laptop = Program(tmp_path / "本部"), Program(tmp_path / "避難所")
    for program, kind in ((hq, "hq"), (laptop, "shelter")):
        program.run(
            "init",
            "--municipality",
            "172022",
            "--disaster",
            "試験地震",
            "--occurred",
            "2024-03-08T16:10+09:00",
            "--site",
            kind,
            "--kind",
            kind,
        )
    first, then = _rebuild_twice(hq, office)
    _compare(hq, office, first, then)
    district, carried = _carry(hq, laptop, office, str(then["snapshot"]), tmp_path)
    _receive_people(laptop, office, district, carried, tmp_path)
    for program in (hq, laptop):
        assert program.run("verify")["ok"]


def _rebuild_twice(hq: Program, office: Office) -> tuple[dict[str, object], dict[str, object]]:
    """As known on the evening, and as known three days later."""
    truth = office.truth
    asked = ("residents", "import", str(office.full), "--as-of", f"{truth.as_of}T16:10+09:00")
    first = hq.run(*asked, "--known-at", f"{truth.as_of}T23:00+09:00", "--label", "当日", *differences(office.known_first))
    then = hq.run(*asked, "--known-at", f"{truth.known_at}T23:00+09:00", "--label", "3日後", *differences(office.differences))
    assert (then["imported"], then["rejected"], then["census"]["total"]) == (len(truth.residents), 0, len(truth.residents))
    found = then["findings"]
    assert {"resident.late_birth", "resident.late_death", "resident.late_move"} <= found.keys()
    assert not {"resident.late_birth", "resident.late_death", "resident.late_move"} & first["findings"].keys()
    short = [path for path in office.differences if path is not office.differences[4]]
    gap = hq.run(*asked, "--known-at", f"{truth.known_at}T23:00+09:00", "--label", "1日欠け", *differences(short))
    assert {"rebuild.missing_day", "rebuild.missing_serial"} <= gap["findings"].keys() and gap["sha256"] != then["sha256"]
    return first, then


def _compare(hq: Program, office: Office, first: dict[str, object], then: dict[str, object]) -> None:
    found = hq.run("residents", "compare", str(first["snapshot"]), str(then["snapshot"]))
    assert found["by_number"] and found["appeared"] and found["gone"] and found["changed"]
    assert found["appeared"] - found["gone"] == int(str(then["imported"])) - int(str(first["imported"]))
    assert found["unchanged"] + found["changed"] + found["appeared"] == len(office.truth.residents)


def _carry(hq: Program, laptop: Program, office: Office, snapshot: str, folder: Path) -> tuple[str, int]:
    """One district to the shelter's laptop, in a file nobody reads without the password."""
    district, file = office.rare["地区"], folder / "中央.sasae-residents"
    out = hq.run("residents", "export", str(file), "--snapshot", snapshot, "--district", district)
    assert 0 < out["residents"] < len(office.truth.residents) and out["district"] == district
    assert office.rare["氏名"][1:].encode() not in file.read_bytes()
    loaded = laptop.run("residents", "load", str(file))
    assert (loaded["snapshot"], loaded["residents"], loaded["sha256"]) == (snapshot, out["residents"], out["sha256"])
    assert laptop.run("residents", "load", str(file))["added"] == 0
    return district, int(out["residents"])


def _receive_people(laptop: Program, office: Office, district: str, carried: int, folder: Path) -> None:
    """Found where no line reaches, checked in by the same id, and given a card that says what could not be printed."""
    laptop.run("shelters", "import", str(NANAO / "designated_shelters.csv"))
    laptop.run("shelters", "open", SHELTER, "--at", "2024-03-08T17:00")
    near = next(row for row in office.quiet[1:] if row["地区"] == district and row["世帯番号"] != office.rare["世帯番号"])
    for row in (office.rare, near):
        hit = _find(laptop, row)
        done = laptop.run("evacuees", "check-in", "--shelter", SHELTER, "--resident", hit, "--at", "2024-03-08T20:00")
        assert len(done["persons"]) == 1 and done["warnings"] == []
    cards = folder / "カード.pdf"
    refused = laptop.run("evacuees", "cards", "--shelter", SHELTER, "--out", str(cards), code=1)
    assert refused["cards"] == 1 and len(refused["left_out"]) == 1
    laptop.run("characters", "register", "U+E005", "--substitute", "辺")
    done = laptop.run("evacuees", "cards", "--shelter", SHELTER, "--substitutes", "--out", str(cards))
    assert done["cards"] == 2
    printed = "".join("".join(read_text(cards)).split())
    assert near["氏名"].replace("\u3000", "") in printed and office.rare["氏名"][1:].replace("\u3000", "") in printed
    rows = laptop.run("evacuees", "roster", "--shelter", SHELTER, "--at", "2024-03-08T21:00")["rows"]
    assert {row["name"] for row in rows} == {office.rare["氏名"], near["氏名"]}, "what is kept is what came in"


def _find(laptop: Program, row: dict[str, str]) -> str:
    hits = laptop.run("search", row["フリガナ"].replace("\u3000", ""), "--birth", row["生年月日"], "--in", "residents")["hits"]
    found = [hit for hit in hits if hit["name"] == row["氏名"]]
    assert len(found) == 1, hits
    return str(found[0]["id"])


# -- through the window


@pytest.mark.e2e
@pytest.mark.gui
@pytest.mark.timeout(200)
def test_from_the_office_to_the_page_by_hand(clerk: Clerk, office: Office) -> None:
    found_a_ledger(clerk)
    evening = _rebuild(clerk, office, office.known_first, f"{office.truth.as_of} 23:00", "当日")
    later = _rebuild(clerk, office, office.differences, f"{office.truth.known_at} 23:00", "3日後")
    assert later == office.truth.residents and evening != later
    people = _arrive(clerk, office)
    _review(clerk, people, [row["宛名番号"] for row in office.quiet[1:5]])
    _settle_a_character(clerk, office)
    assert clerk.window.session.verify().ok


def _rebuild(clerk: Clerk, office: Office, files: list[Path], known_at: str, label: str) -> dict[str, str]:
    """Through the wizard, the files in any order; answers who is a resident where."""
    page = clerk.go("residents")
    before = clerk.window.context.reads.residents.active()
    clerk.key(Key.Key_N, CTRL)
    answers = {"as_of": f"{office.truth.as_of} 16:10", "known_at": known_at, "label": label}
    wizard = run_wizard(clerk, [*reversed(files), office.full], answers)
    rows = [row for batch in clerk.window.context.reads.residents.rows(snapshot_id=_active(clerk)) for row in batch]
    assert wizard.outcome.tiles["residents"].number == f"{len(rows):,}" and wizard.outcome.tiles["rejected"].number == "0"
    assert wizard.outcome.findings.kinds.rows.rowCount() > 2
    _look_at_the_difference(wizard.outcome, before, rows, office.truth)
    clerk.front(type(wizard))
    clerk.key(Key.Key_Return, CTRL)
    clerk.gone(wizard)
    assert page.tab("list").table.rows.rowCount() == len(rows)
    return {row.resident_no: row.address for row in rows}


def _active(clerk: Clerk) -> str:
    return str(clerk.window.context.reads.residents.active().id)


def _look_at_the_difference(outcome: object, before: object, rows: list[ResidentRow], truth: HistoryTruth) -> None:
    """Who came and left since the data in use before, in the last step."""
    comparison = outcome.difference.comparison  # type: ignore[attr-defined]
    if before is None:
        assert comparison is None
        return
    assert comparison.before.id == before.id  # type: ignore[attr-defined]
    assert comparison.appeared and comparison.left and comparison.changed
    assert comparison.unchanged + comparison.changed + comparison.appeared == len(rows) == len(truth.residents)


def _arrive(clerk: Clerk, office: Office) -> list[str]:
    """Four people as they were typed in the gymnasium: whole, by name or reading alone, with a wrong birth date."""
    ctx = clerk.window.context
    shelter_id, _ = add_shelter(ctx, values={"name": SHELTER, "kana": "", "capacity": 100}, open_at=ctx.place.occurred_at)
    typed = []
    for row, changed in zip(office.quiet[1:5], _TYPED, strict=True):
        right = {"name": row["氏名"].replace("\u3000", ""), "kana": row["フリガナ"], "birth": row["生年月日"], "address": row["住所"]}
        typed.append(Arrival(values={**right, **changed}, decision="different"))
    return list(check_in(ctx, shelter_id=shelter_id, arrivals=typed).persons)


def _review(clerk: Clerk, people: list[str], numbers: list[str]) -> None:
    """名寄せ by keyboard: the right one is among those proposed; link, take back, say no."""
    page = clerk.go("residents")
    clerk.key(Key.Key_3, ALT)
    clerk.settle()
    tab = page.tab("matching")
    clerk.key(Key.Key_Space)
    clerk.wait(lambda: tab.run is not None)
    clerk.settle()
    counts = tab.run.counts
    assert tab.run.people == len(people) and counts["none"] == 0 and counts["sure"] >= 1 and counts["review"] >= 1, counts
    for case in tab.run.band("sure"):
        found = clerk.window.context.reads.residents.get(case.candidates[0].resident_id)
        assert found.resident_no == numbers[people.index(case.person_id)], "what is sure is right"
    tab.bands.setCurrentIndex(1)
    clerk.settle()
    for _ in range(counts["review"]):
        person = tab.review.current.case.person_id
        right = numbers[people.index(person)]
        place = next(place for place, one in enumerate(tab.review.candidates) if one.resident.resident_no == right)
        clerk.key(Key(Key.Key_1 + place))
        clerk.key(Key.Key_Return)
        clerk.settle()
        assert clerk.window.context.reads.get("person", person).resident_no == right
    clerk.key(Key.Key_U)
    clerk.settle()
    assert not clerk.window.context.reads.get("person", person).resident_no
    clerk.key(Key.Key_N)
    clerk.settle()
    decided = [one for one in clerk.window.context.reads.all("decision") if one.first_id == person and not one.deleted]
    assert [one.decision for one in decided] == ["different"]


def _settle_a_character(clerk: Clerk, office: Office) -> None:
    """文字: the gaiji of the data is told as unsettled with its number of people; a substitute settles it."""
    page = clerk.go("residents")
    clerk.key(Key.Key_4, ALT)
    clerk.settle()
    tab = page.tab("characters")
    clerk.wait(lambda: tab.seen is not None)
    clerk.settle()
    use = next(one for one in tab.seen.survey.uses if one.text == GAIJI)
    assert (use.settled, use.residents, use.kinds) == (False, 1, ("gaiji",))
    unsettled = tab.seen.survey.unsettled
    tab.table.select_id(GAIJI)
    tab.table.setFocus()
    clerk.key(Key.Key_Return)
    form = clerk.front(FormDialog)
    clerk.fill(form.body.editors["substitute"].target, "辺")
    clerk.key(Key.Key_Return, CTRL)
    clerk.gone(form)
    clerk.settle()
    assert tab.seen.survey.unsettled == unsettled - 1
    assert QApplication.activeModalWidget() is None and isinstance(clerk.window, MainWindow)
