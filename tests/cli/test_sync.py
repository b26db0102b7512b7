"""``sasae sync export | inspect | apply | conflicts | resolve | status``: what they answer, and every kind of bad input."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import run_command
from app.cli.sync_conflicts import read_choice
from app.domain.errors import UsageFault
from app.domain.evacuee import Person
from app.usecases import persons
from app.usecases.exchange_rows import ConflictSide, ConflictView
from tests.cash_town import open_laptop
from tests.outputs.cast import OneSession
from tests.package_town import SITE, enrolled, open_office
from tests.store_fixtures import folder, template, town
from tests.stores import OCCURRED, OPERATOR, PASSWORD, SHELTERS, START, Clock, Town

__all__ = ["folder", "template", "town"]


class Desk:
    """A laptop as a script calls it."""

    def __init__(self, town: Town, said: pytest.CaptureFixture[str]) -> None:
        self.town, self.said = town, said
        self.gate = OneSession(town.clock)
        self.gate.kept = town.session

    def __call__(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Call a verb of ``sync``, or another one."""
        self.said.readouterr()
        done = run_command(self.gate, ["--data", str(self.town.folder), *arguments, "--json"])
        told = self.said.readouterr().out
        assert done == code, (arguments, done, told)
        return dict(json.loads(told))

    def refused(self, *arguments: str, code: int = 1) -> str:
        """The code of a refusal, which always has a sentence."""
        answer = self("sync", *arguments, code=code)
        assert answer["error"]["message"] and answer["error"]["code"] not in answer["error"]["message"]
        return str(answer["error"]["code"])

    def text(self, *arguments: str) -> str:
        """What people are told."""
        self.said.readouterr()
        run_command(self.gate, ["--data", str(self.town.folder), "sync", *arguments])
        return self.said.readouterr().out


@pytest.fixture
def pair(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[tuple[Desk, Desk]]:
    """Headquarters and a shelter's laptop, enrolled; sessions stay open."""
    laptop = enrolled(open_office(town), tmp_path / "laptop")
    monkeypatch.setenv("SASAE_OPERATOR", OPERATOR)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)
    end = (town.session.close, laptop.session.close)
    for one in (town, laptop):
        monkeypatch.setattr(one.session, "close", lambda *, backup=True: None)
    yield Desk(town, capsys), Desk(laptop, capsys)
    for close in end:
        close(backup=False)


def carry(sender: Desk, receiver: Desk, stick: Path, to: str) -> dict[str, Any]:
    """Write and take in."""
    stick.mkdir(exist_ok=True)
    sender.town.clock.forward(minutes=1)
    return receiver("sync", "apply", sender("sync", "export", "--to", to, "--out", str(stick))["file"])


def check_in(desk: Desk, name: str) -> str:
    shelter = desk("shelters", "list")["shelters"][0]["name"]
    done = desk("evacuees", "check-in", "--shelter", shelter, "--person", json.dumps({"name": name}, ensure_ascii=False))
    return str(done["persons"][0])


def correct(desk: Desk, person: str, **values: str) -> None:
    found = desk.town.ctx.reads.get("person", person)
    assert isinstance(found, Person)
    persons.correct_person(desk.town.ctx, person_id=person, version=found.version, values=values)


def test_there_and_back(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    hq, laptop = pair
    stick = tmp_path / "USB"
    stick.mkdir()
    wrote = hq("sync", "export", "--to", SITE, "--out", str(stick))
    assert wrote["to"] == SITE and wrote["residents"] == 6 and wrote["records"]["shelter"] == len(SHELTERS) and wrote["receivers"] == 1
    seen = laptop("sync", "inspect", wrote["file"])
    assert (seen["package"], seen["new"], seen["already"]) == (wrote["package"], wrote["operations"], False)
    assert laptop("shelters", "list")["shelters"] == []
    done = laptop("sync", "apply", wrote["file"])
    assert done["operations"] == wrote["operations"] and Path(done["backup"]).exists() and Path(done["receipt"]).parent == stick
    assert {one["name"] for one in laptop("shelters", "list")["shelters"]} == set(SHELTERS)
    assert "取り込み済み" in laptop.text("apply", wrote["file"])
    told = hq("sync", "apply", done["receipt"])
    assert (told["kind"], told["acknowledged"], told["already"]) == ("receipt", [wrote["package"]], False)
    row = next(one for one in hq("sync", "status")["packages"] if one["id"] == wrote["package"])
    assert (row["direction"], row["state"]) == ("out", "acknowledged")
    check_in(laptop, "届く 一郎")
    wrote = laptop("sync", "export", "--to", "hq", "--out", str(stick))
    assert wrote["records"] == {"person": 1, "household": 1, "stay": 1} or wrote["records"]["person"] == 1
    done = hq("sync", "apply", str(stick))
    assert [one["package"] for one in done["applied"] if one["kind"] == "package"] == [wrote["package"]] and done["left"] == []
    assert hq("search", "届く")["total"] == 1
    assert hq("sync", "apply", str(stick), code=0)["applied"] == []


def test_lost_letters_names_and_whole(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    hq, laptop = pair
    letters = laptop("sync", "status")["here"]["device"]
    one = hq("sync", "export", "--to", letters, "--out", str(tmp_path / "a.sasae"))
    laptop("sync", "apply", one["file"], "--no-receipt")
    assert not list(tmp_path.glob("*receipt*"))
    whole = hq("sync", "export", "--to", SITE, "--whole", "--no-pictures", "--out", str(tmp_path / "b.sasae"))
    assert whole["whole"] and whole["operations"] >= one["operations"]
    done = laptop("sync", "apply", whole["file"])
    assert done["known"] >= one["operations"] and done["conflicts"] == 0


def test_conflicts_are_told_and_settled(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    hq, laptop = pair
    carry(hq, laptop, tmp_path / "1", SITE)
    first, second, third = (check_in(laptop, name) for name in ("競合 一郎", "競合 二郎", "競合 三郎"))
    carry(laptop, hq, tmp_path / "2", "hq")
    for desk, phone, note in ((hq, "090-0000-0001", "本部の話"), (laptop, "090-0000-0002", "拠点の話")):
        correct(desk, first, mobile=phone)
        correct(desk, second, note=note)
        correct(desk, third, name=f"競合 {phone[-1]}", kana=f"キョウゴウ {phone[-1]}")
    assert carry(laptop, hq, tmp_path / "3", "hq")["conflicts"] == 3
    told = {one["person"]: one for one in hq("sync", "conflicts")["conflicts"]}
    assert set(told) == {first, second, third} and told[first]["fields"] == ["mobile"] and told[third]["fields"] == ["kana", "name"]
    sides = {side["site"]: side for side in told[first]["sides"]}
    assert sides[SITE]["values"] == {"mobile": "090-0000-0002"} and sides[SITE]["by"] == OPERATOR
    assert hq("sync", "conflicts", "--kind", "stay")["count"] == 0
    text = hq.text("conflicts")
    assert told[first]["id"] in text and "090-0000-0001" in text and "090-0000-0002" in text and "mobile" not in text and "競合 一郎" in text
    assert hq("sync", "resolve", told[first]["id"].lower(), "--take", "a", "--reason", "本人")["left"] == 2
    assert hq("sync", "resolve", told[second]["id"], "--take", "both")["taken"] == "both"
    assert hq.refused("resolve", told[third]["id"], "--take", "競合 四郎", code=2) == "conflict.several_fields"
    done = hq("sync", "resolve", told[third]["id"], "--take", "name=競合 四郎", "--take", "kana=キョウゴウ シロウ")
    assert (done["taken"], done["left"]) == ("values", 0)
    assert hq.refused("resolve", told[third]["id"], "--take", "A") == "conflict.not_found"
    assert carry(hq, laptop, tmp_path / "4", SITE)["conflicts"] == 0
    for desk in pair:
        found = {one: desk.town.ctx.reads.get("person", one) for one in (first, second, third)}
        assert getattr(found[first], "mobile", "") == told[first]["sides"][0]["values"]["mobile"]
        assert "本部の話" in getattr(found[second], "note", "") and "拠点の話" in getattr(found[second], "note", "")
        assert getattr(found[third], "name", "") == "競合 四郎"
        assert desk("sync", "conflicts")["count"] == 0


def test_status_tells_what_waits(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    hq, laptop = pair
    told = hq("sync", "status")
    assert told["here"]["enrolled"] and told["here"]["kind"] == "hq" and told["never"] == [SITE] and told["oldest"] is None
    carry(hq, laptop, tmp_path / "1", SITE)
    check_in(laptop, "新しい 人")
    carry(laptop, hq, tmp_path / "2", "hq")
    told = hq("sync", "status")
    assert told["never"] == [] and told["oldest"]["site"] == SITE
    site = next(one for one in told["sites"] if not one["mine"])
    assert site["heard_at"] and site["data_until"] and site["gaps"] == 0 and site["clock_offset"] == 0
    assert len(told["packages"]) == 2 and len(hq("sync", "status", "--packages", "1")["packages"]) == 1
    text = hq.text("status")
    assert SITE in text and "データの時点" in text and "取り込み済み" not in text.splitlines()[0]


def test_bad_input_is_refused_with_a_sentence(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    hq, laptop = pair
    assert hq.refused("export", "--to", "ない拠点", "--out", str(tmp_path)) == "exchange.no_such_site"
    assert hq.refused("export", "--to", SITE, "--out", str(tmp_path / "no" / "such" / "x.sasae"), code=3)
    assert hq.refused("export", "--to", SITE, "--out", str(tmp_path / "no stick"), code=3) == "exchange.no_such_folder"
    assert not (tmp_path / "no stick").exists()
    assert hq.refused("export", "--to", SITE, code=2) == "cli.usage"
    assert hq.refused("resolve", "C-0000000000", "--take", "A") == "conflict.not_found"
    assert hq.refused("resolve", "C-0000000000", code=2) == "cli.usage"
    assert hq.refused("inspect", str(tmp_path / "none.sasae"), code=3)
    (tmp_path / "text.sasae").write_text("no package", "utf-8")
    for verb in ("inspect", "apply"):
        assert hq.refused(verb, str(tmp_path / "text.sasae")) == "exchange.not_a_package"
    own = hq("sync", "export", "--to", SITE, "--out", str(tmp_path / "own.sasae"))["file"]
    before = laptop("verify")["journal_rows"]
    cut = tmp_path / "cut.sasae"
    cut.write_bytes(Path(own).read_bytes()[:-100])
    changed = bytearray(Path(own).read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "changed.sasae").write_bytes(changed)
    for name in ("cut", "changed"):
        for verb in ("inspect", "apply"):
            assert laptop.refused(verb, str(tmp_path / f"{name}.sasae"), code=4).startswith(("sealed.", "exchange."))
    assert laptop("verify")["journal_rows"] == before
    assert "断りました" in laptop.text("apply", _stick_of(tmp_path, "cut.sasae"))


def _stick_of(place: Path, name: str) -> str:
    stick = place / "stick"
    stick.mkdir()
    shutil.copy(place / name, stick / name)
    return str(stick)


def test_somebody_outside_cannot_read_or_be_read(pair: tuple[Desk, Desk], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hq, _ = pair
    package = hq("sync", "export", "--to", SITE, "--out", str(tmp_path / "p.sasae"))["file"]
    stranger = open_laptop(tmp_path / "stranger", Clock(START), site="知らない所")
    try:
        desk = Desk(stranger, capsys)
        stranger.session.close, end = lambda *, backup=True: None, stranger.session.close  # type: ignore[method-assign]
        assert desk.refused("inspect", package) == "enrol.not_enrolled"
        assert desk.refused("export", "--to", "hq", "--out", str(tmp_path)) == "enrol.not_enrolled"
        told = desk("sync", "status")
        assert told["here"]["enrolled"] is False and told["sites"] == []
        assert "まだ登録されていません" in desk.text("status") and desk("sync", "conflicts")["count"] == 0
    finally:
        end(backup=False)


# -- what is taken -----------------------------------------------------------------------------------------------


def view(*fields: str, **values: Any) -> ConflictView:
    """A conflict with two sides that hold these values."""
    sides = [
        ConflictSide(operation=letter, letter=letter, values=values, before={}, by="", site="", device="", at=OCCURRED, reason="") for letter in "AB"
    ]
    return ConflictView(
        id="C-0", kind="person", record="", title="", person_id="", fields=fields, sides=tuple(sides), shown={}, found_at=OCCURRED
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "typed", "taken"),
    [
        (view("mobile", mobile="1"), ["b"], "B"),
        (view("mobile", mobile="1"), ["BOTH"], "both"),
        (view("mobile", mobile="1"), ["C"], {"mobile": "C"}),
        (view("mobile", mobile="1"), ["mobile=A"], {"mobile": "A"}),
        (view("mobile", mobile="1"), ["a=b"], {"mobile": "a=b"}),
        (view("protected", protected=True), ["no"], {"protected": False}),
        (view("counted_total", counted_total=3), ["12"], {"counted_total": 12}),
        (view("latitude", latitude=3.5), ["37.25"], {"latitude": 37.25}),
        (view("needs", needs=["care"]), ["care, infant"], {"needs": ["care", "infant"]}),
        (view("to_at", to_at="2024-01-02T00:00:00+00:00"), ["2024-01-03T09:00"], {"to_at": "2024-01-03T00:00:00+00:00"}),
        (view("to_at", to_at="2024-01-02T00:00:00+00:00"), ["to_at="], {"to_at": None}),
        (view("name", "kana", name="1", kana="2"), ["name=x", "kana=y"], {"name": "x", "kana": "y"}),
    ],
)
def test_what_is_typed_becomes_a_side_or_values(asked: ConflictView, typed: list[str], taken: object) -> None:
    assert read_choice(asked, typed) == taken


@pytest.mark.parametrize(
    ("asked", "typed", "code"),
    [
        (view("name", "kana", name="1", kana="2"), ["x"], "conflict.several_fields"),
        (view("name", "kana", name="1", kana="2"), ["mobile=x"], "conflict.several_fields"),
        (view("protected", protected=True), ["perhaps"], "conflict.value_wrong"),
        (view("counted_total", counted_total=3), ["many"], "conflict.value_wrong"),
    ],
)
def test_what_cannot_be_meant_is_refused(asked: ConflictView, typed: list[str], code: str) -> None:
    with pytest.raises(UsageFault) as refused:
        read_choice(asked, typed)
    assert refused.value.code == code
