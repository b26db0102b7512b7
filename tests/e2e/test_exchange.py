"""Four days of Nanao's shelters on five laptops without a network: headquarters, three shelters and a desk meet by sticks alone.

Everything goes through the command line with a clock that the test turns. Sticks get lost, come twice, in the wrong order and by way of another
shelter; a laptop breaks and comes back from its backup; every kind of conflict is made and settled. At the end all five print the same roster.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import FolderGateway, FolderSession
from app.cli import main
from app.cli.main import run_command
from app.domain.dates import parse_instant
from app.domain.evacuee import Person
from app.domain.invention import InventedResident, invent_residents, write_residents_csv
from app.usecases import persons
from app.usecases.context import Context
from tests.cash_town import approve_cash
from tests.certificates_town import add_building, sign_as_mayor
from tests.stores import Clock

NANAO = Path(__file__).resolve().parents[2] / "tests" / "data" / "nanao-2024"
DAYS = ("2024-01-09-1800", "2024-01-13-1800", "2024-01-15-1800", "2024-01-18-0600")
"""The published lists of the four days."""
SHELTERS = ("山王小学校", "御祓地区コミュニティセンター", "矢田郷地区コミュニティセンター")
HQ, DESK = "災害対策本部", "市役所1階窓口"
PASSWORD = "試験のパスワード"
END = "2024-01-18T12:00"


class Kept(FolderGateway):
    """Signs in once for each folder, as a window does: a password is slow to check by design."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(now=clock)
        self.kept: dict[Path, FolderSession] = {}

    def open(self, folder: Path, *, operator: str, password: str, read_only: bool = False) -> FolderSession:
        """The session of the folder, opened on first use; its ``close`` does nothing until ``end``."""
        if folder not in self.kept:
            session = super().open(folder, operator=operator, password=password, read_only=read_only)
            session.end, session.close = session.close, lambda *, backup=True: None  # type: ignore[attr-defined, method-assign]
            self.kept[folder] = session
        return self.kept[folder]

    def end(self, folder: Path) -> None:
        """Close a folder."""
        if folder in self.kept:
            self.kept.pop(folder).end(backup=False)  # type: ignore[attr-defined]


@dataclass
class Laptop:
    """A data folder, and the program as its operator calls it: arguments in, one JSON object and an exit code out."""

    site: str
    folder: Path
    operator: str
    gate: Kept
    said: Any
    patch: Any
    inside: list[str] = field(default_factory=list)

    def run(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Call a verb."""
        self.patch.setenv("SASAE_OPERATOR", self.operator)
        self.patch.setenv("SASAE_PASSWORD", PASSWORD)
        self.said.readouterr()
        done = run_command(self.gate, ["--data", str(self.folder), *arguments, "--json"])
        told = self.said.readouterr().out
        assert done == code, (self.site, arguments, done, told[-1500:])
        answer = json.loads(told)
        assert isinstance(answer, dict)
        return answer

    def text(self, *arguments: str) -> str:
        """What the same verb tells people."""
        self.patch.setenv("SASAE_OPERATOR", self.operator)
        self.patch.setenv("SASAE_PASSWORD", PASSWORD)
        self.said.readouterr()
        assert run_command(self.gate, ["--data", str(self.folder), *arguments]) in (0, 1)
        return str(self.said.readouterr().out)

    @property
    def ctx(self) -> Context:
        """For what people do in the window only."""
        return self.gate.open(self.folder, operator=self.operator, password=PASSWORD).context

    def give(self, to: str, stick: Path, *more: str) -> Path:
        """Write a package onto a stick."""
        stick.mkdir(parents=True, exist_ok=True)
        done = self.run("sync", "export", "--to", to, "--out", str(stick), *more)
        path = Path(done["file"])
        assert path.parent == stick and path.stat().st_size == done["bytes"] and path.name.isascii()
        return path

    def take(self, path: Path, *, code: int = 0) -> dict[str, Any]:
        """Take a package in, after looking into it."""
        seen = self.run("sync", "inspect", str(path))
        done = self.run("sync", "apply", str(path), code=code)
        assert done["already"] or (seen["new"], seen["package"]) == (done["operations"], done["package"]), (seen, done)
        return done


@dataclass
class Net:
    """The five of them and their clock."""

    clock: Clock
    base: Path
    gate: Kept
    hq: Laptop
    shelters: list[Laptop]
    desk: Laptop
    families: Iterator[list[int]]
    sticks: int = 0
    late: Path = Path()
    backup: Path = Path()

    @property
    def sites(self) -> list[Laptop]:
        """All but headquarters."""
        return [*self.shelters, self.desk]

    @property
    def everybody(self) -> list[Laptop]:
        """All five."""
        return [self.hq, *self.sites]

    def stick(self) -> Path:
        """A new empty stick."""
        self.sticks += 1
        return self.base / f"USB {self.sticks}"

    def at(self, text: str) -> None:
        """Turn the clock on."""
        wanted = parse_instant(text)
        assert wanted >= self.clock.time
        self.clock.time = wanted

    def carry(self, sender: Laptop, receiver: Laptop, *more: str) -> dict[str, Any]:
        """A stick that arrives, and whose receipt comes back."""
        self.clock.forward(minutes=1)
        stick = self.stick()
        path = sender.give("hq" if receiver is self.hq else receiver.site, stick, *more)
        done = receiver.take(path)
        assert done["receipt"] and Path(done["receipt"]).parent == stick
        told = sender.run("sync", "apply", done["receipt"])
        assert told["kind"] == "receipt" and told["acknowledged"] == [done["package"]]
        return done


def _init(laptop: Laptop, kind: str) -> None:
    laptop.run(
        "init", "--municipality", "172022", "--disaster", "令和6年能登半島地震", "--occurred", "2024-01-01T16:10+09:00", "--site", laptop.site,
        "--kind", kind,
    )  # fmt: skip


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Net]:
    clock = Clock(datetime(2024, 1, 8, 23, 0, tzinfo=UTC))  # the morning of the 9th there
    gate = Kept(clock)
    monkeypatch.setenv("SASAE_TRACE", "1")
    monkeypatch.setattr(main, "build_parser", cache(main.build_parser))

    def laptop(site: str, name: str, operator: str) -> Laptop:
        return Laptop(site, tmp_path / name, operator, gate, capsys, monkeypatch)

    hq = laptop(HQ, "本部", "本部 花子")
    shelters = [laptop(site, f"避難所{place + 1}", f"受付 {place + 1}郎") for place, site in enumerate(SHELTERS)]
    desk = laptop(DESK, "窓口", "窓口 桜")
    people = list(invent_residents(2_500, seed=4, as_of=date(2024, 1, 1)))
    write_residents_csv(tmp_path / "住民.csv", people, encoding="cp932")
    made = Net(clock, tmp_path, gate, hq, shelters, desk, _families(people))
    yield made
    for folder in list(gate.kept):
        gate.end(folder)


def _families(people: Sequence[InventedResident]) -> Iterator[list[int]]:
    """Places in the list of people who live together, protected ones left out."""
    places: dict[str, list[int]] = {}
    for place, one in enumerate(people):
        places.setdefault(one.household_no, []).append(place)
    return (family for family in places.values() if not any(people[place].protected for place in family))


# -- the story ---------------------------------------------------------------------------------------------------


@pytest.mark.timeout(400)
def test_four_days_end_in_one_roster(net: Net) -> None:
    _begin(net)
    people = _first_day(net)
    _second_day(net, people)
    _third_day(net, people)
    _fourth_day(net, people)
    _agree(net, people)


def counts_of(day: str) -> dict[str, int]:
    """What the city published."""
    with (NANAO / f"open_shelter_Nanao-shi_{day}.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    column = next(name for name in rows[0] if name.startswith("人数"))
    return {row["名称"]: int(float(row[column])) for row in rows}


def _begin(net: Net) -> None:
    """Headquarters begins, enrols four laptops by files, and sends them what they need."""
    _init(net.hq, "hq")
    assert net.hq.run("shelters", "import", str(NANAO / "designated_shelters.csv"))["created"] == 112
    assert net.hq.run("residents", "import", str(net.base / "住民.csv"), "--as-of", "2024-01-01T16:10+09:00")["imported"] == 2_500
    net.hq.run("headcounts", "import", str(NANAO / f"open_shelter_Nanao-shi_{DAYS[0]}.csv"))
    assert net.hq.run("sync", "export", "--to", SHELTERS[0], "--out", str(net.base), code=1)["error"]["code"] == "enrol.not_created"
    net.hq.run("sync", "enrol", "create")
    for site in net.sites:
        _init(site, "desk" if site is net.desk else "shelter")
        _enrol(net, site)
        done = net.carry(net.hq, site)
        assert done["residents"] == 2_500 and done["records"]["shelter"] >= 112
        assert len(site.run("shelters", "list")["shelters"]) == len(net.hq.run("shelters", "list")["shelters"])
    assert len(net.hq.run("sync", "enrol", "list")["devices"]) == 5


def _enrol(net: Net, site: Laptop, *more: str) -> None:
    request, answer = (net.base / f"{site.folder.name}-{kind}.sasae" for kind in ("依頼", "登録"))
    site.run("sync", "enrol", "request", "--out", str(request))
    net.hq.run("sync", "enrol", "accept", str(request), "--out", str(answer), *more)
    site.run("sync", "enrol", "accept", str(answer))
    net.gate.end(site.folder)  # it may work for the site that headquarters knows from the next opening on


def _snapshot(laptop: Laptop) -> str:
    return str(laptop.run("residents", "snapshots")["snapshots"][0]["id"])


def _fill(net: Net, site: Laptop, count: int, at: str) -> None:
    """People arrive family by family, or leave, until as many are there as the city published."""
    snapshot = _snapshot(site)
    while len(site.inside) < count:
        family = next(net.families)[: count - len(site.inside)]
        who = [part for place in family for part in ("--resident", f"{snapshot}:{place}")]
        done = site.run("evacuees", "check-in", "--shelter", site.site, *who, "--at", at)
        assert len(done["persons"]) == len(family)
        site.inside += done["persons"]
    while len(site.inside) > count:
        site.run("evacuees", "check-out", site.inside.pop(0), "--destination", "自宅", "--at", at)


def _day(net: Net, number: int) -> None:
    """The three shelters work as many people in and out as the list of the day says, and report the number."""
    day = DAYS[number]
    at = f"{day[:10]}T{day[11:13]}:00"
    net.at(at)
    net.clock.forward(minutes=30)
    at = f"{day[:10]}T{day[11:13]}:30"
    published = counts_of(day)
    for site in net.shelters:
        _fill(net, site, published[site.site], at)
        table = net.base / f"{site.folder.name}-{number}.csv"
        table.write_text(f"避難所名,避難者数\n{site.site},{published[site.site]}\n", "utf-8")
        assert site.run("headcounts", "import", str(table), "--at", at, "--partial")["created"] == 1


@dataclass
class People:
    """Whom something happens to: person ids."""

    corrected: str
    noted: str
    moved: str
    linked: str
    mistaken: str = ""
    doubled: tuple[str, str] = ("", "")


def _first_day(net: Net) -> People:
    """Everybody checks in and sends; one stick never arrives."""
    first, second, third = net.shelters
    visitor = json.dumps({"name": "客人 花子", "kana": "マロウド ハナコ", "birth": "S60.3.3", "sex": "女"}, ensure_ascii=False)
    linked = second.run("evacuees", "check-in", "--shelter", second.site, "--person", visitor)["persons"][0]
    second.inside.append(linked)
    _day(net, 0)
    second.inside.append(second.inside.pop(0))  # those who came first leave first; the visitor stays
    assert net.carry(first, net.hq)["records"]["person"] == 180
    second.give("hq", net.stick()).unlink()
    assert net.carry(third, net.hq)["records"]["stay"] == 150
    told = net.hq.run("sync", "status")
    heard = {one["site"]: one["data_until"] for one in told["sites"]}
    assert set(heard) == {HQ, DESK, *SHELTERS} and {site for site, until in heard.items() if until is None} == {DESK, second.site}
    for site in net.sites:
        net.carry(net.hq, site)
    assert _inside(net.desk, first) == 180 and _inside(net.desk, third) == 150 and _inside(net.desk, second) == 0
    return People(corrected=first.inside[-1], noted=first.inside[-2], moved=first.inside[-3], linked=linked)


def _second_day(net: Net, people: People) -> None:
    """The lost stick's records come with the next; the third shelter's by way of the second, whose laptop makes a backup."""
    first, second, third = net.shelters
    wrong = third.run("evacuees", "check-in", "--shelter", third.site, "--person", json.dumps({"name": "書き 間違い"}, ensure_ascii=False))
    people.mistaken = wrong["persons"][0]
    third.inside.append(people.mistaken)
    _prepare_papers(net)
    _day(net, 1)
    net.carry(third, second)
    net.late = third.give("hq", net.stick())  # it will be found again on the fourth day
    net.carry(second, net.hq)  # both days of the second, and of the third what it was told
    assert (_inside(net.hq, second), _inside(net.hq, third)) == (107, 262)
    assert not net.hq.run("sync", "status")["gaps"]
    path = first.give("hq", net.stick())
    again = Path(shutil.copy(path, net.base / "again.sasae"))
    net.hq.take(path)
    done = net.hq.run("sync", "apply", str(again))
    assert done["already"] and done["operations"] == 0 and _inside(net.hq, first) == 169
    net.backup = net.base / "御祓.sasae-backup"
    second.run("backup", str(net.backup))
    for site in net.sites:
        net.carry(net.hq, site)
    assert [_inside(site, each) for site in net.everybody for each in net.shelters] == [169, 107, 262] * 5


def _third_day(net: Net, people: People) -> None:
    """Sites write without knowing of each other; a certificate, a voucher; a laptop breaks and its backup becomes a new device."""
    first, second, third = net.shelters
    _disagree(net, people)
    _day(net, 2)
    _issue_certificate(net)
    net.carry(second, net.hq)
    _break_down(net, second)
    assert _inside(second, second) == len(second.inside)  # what it had written after its backup has come back from headquarters
    _pay_voucher(net)
    for site in (first, third, net.desk):
        net.carry(site, net.hq)


def _disagree(net: Net, people: People) -> None:
    """One conflict of each kind: nobody has seen what the other writes."""
    first, second, third = net.shelters
    snapshot = _snapshot(net.hq)
    _correct(first, people.corrected, mobile="090-1111-1111")
    _correct(net.hq, people.corrected, mobile="090-2222-2222")
    _correct(first, people.noted, note="杖が要る")
    _correct(net.hq, people.noted, note="薬は毎朝")
    first.run("evacuees", "move", people.moved, "--to", third.site)
    net.desk.run("evacuees", "check-out", people.moved, "--destination", "自宅")
    first.inside.remove(people.moved)
    third.inside.append(people.moved)
    strangers = [next(net.families)[0] for _ in range(2)]
    for laptop, place in zip((second, net.hq), strangers, strict=True):
        persons.link_resident(laptop.ctx, person_id=people.linked, resident_id=f"{snapshot}:{place}")
    third.run("evacuees", "undo", people.mistaken, "--reason", "書き間違い")
    third.inside.remove(people.mistaken)
    _correct(net.hq, people.mistaken, note="家族が探している")
    twice = next(net.families)[0]
    made = [site.run("evacuees", "check-in", "--shelter", site.site, "--resident", f"{snapshot}:{twice}")["persons"][0] for site in (first, second)]
    first.inside.append(made[0])
    second.inside.append(made[1])
    people.doubled = made[0], made[1]


def _correct(laptop: Laptop, person_id: str, **values: str) -> None:
    person = laptop.ctx.reads.get("person", person_id)
    assert isinstance(person, Person), (laptop.site, person_id)
    persons.correct_person(laptop.ctx, person_id=person_id, version=person.version, values=values)


def _prepare_papers(net: Net) -> None:
    """Headquarters has judged a house and owes its household money in cash."""
    sign_as_mayor(net.hq.ctx)
    place = next(net.families)[0]
    add_building(net.hq.ctx, resident=f"{_snapshot(net.hq)}:{place}", grade="half")
    approve_cash(net.hq.ctx, [200_000, 50_000], names=["架空 一郎", "架空 二郎"])


def _issue_certificate(net: Net) -> None:
    """The desk issues what headquarters has judged; only the desk may change it afterwards."""
    desk = net.desk
    house = desk.run("buildings", "list")["buildings"][0]
    victim = desk.run("buildings", "show", house["number"])["households"][0]["id"]
    asked = desk.run("certificates", "apply", "--victim", victim, "--building", house["number"], "--applicant", "架空 三郎", "--birth", "S50.1.1")
    assert asked["grade"] == "half"
    desk.run("certificates", "approve", asked["number"])
    desk.run("certificates", "key", "make")
    number = desk.run("certificates", "issue", asked["number"])["certificates"][0]
    net.carry(desk, net.hq)
    assert [one["number"] for one in net.hq.run("certificates", "list")["certificates"]] == [number]
    made, known = ({one["id"] for one in each.run("certificates", "key", "list")["keys"]} for each in (desk, net.hq))
    assert made and made <= known  # so that headquarters can check what the desk issued
    assert net.hq.run("certificates", "revoke", number, "--reason", "試験", code=1)["error"]["code"] == "ownership.elsewhere"


def _pay_voucher(net: Net) -> None:
    """A voucher goes to the first shelter's laptop in a package, is paid there, and headquarters hears of it."""
    first, letters = net.shelters[0], net.shelters[0].run("sync", "status")["here"]["device"]
    given = net.hq.run("relief", "vouchers", "assign", "--batch", "B-1", "--site", first.site, "--device", letters)
    assert given["count"] == 2
    assert net.carry(net.hq, first)["vouchers"]["new"] == 2
    number = given["assigned"][0]
    assert first.run("relief", "pay", number, "--identified", "運転免許証")["amount"] in (200_000, 50_000)
    assert net.carry(first, net.hq)["vouchers"]["paid"] == 1
    states = {one["number"]: one["state"] for one in net.hq.run("relief", "vouchers", "list")["vouchers"]}
    assert states.pop(number) == "paid" and set(states.values()) == {"assigned"}


def _break_down(net: Net, laptop: Laptop) -> None:
    """The laptop is gone; its backup, older than what it sent, goes on as a new device under the same site."""
    lost = laptop.run("sync", "status")["here"]["device"]
    net.gate.end(laptop.folder)
    broken, laptop.folder = laptop.folder, laptop.folder.with_name(f"{laptop.folder.name} 新")
    laptop.run("restore", str(net.backup), "--into", str(laptop.folder))
    shutil.rmtree(broken)
    assert laptop.run("sync", "export", "--to", "hq", "--out", str(net.base), code=1)["error"]["code"] == "enrol.not_enrolled"
    _enrol(net, laptop, "--replaces")
    states = {one["letters"]: one["state"] for one in net.hq.run("sync", "enrol", "list")["devices"]}
    assert len(states) == 6 and states[lost] == "revoked"
    net.carry(net.hq, laptop)


def _fourth_day(net: Net, people: People) -> None:
    """A stick of the second day is found; headquarters settles; everybody hears of everything."""
    _day(net, 3)
    for site in net.sites:
        net.carry(site, net.hq)
    done = net.hq.take(net.late)
    assert done["operations"] == 0 and done["known"] and not done["already"]
    _settle(net, people)
    for site in net.sites:
        net.carry(net.hq, site)
    for site in net.sites:
        net.carry(site, net.hq)


def _settle(net: Net, people: People) -> None:
    """Somebody at headquarters decides what the sites say differently; the rest is plain."""
    hq = net.hq
    found = hq.run("sync", "conflicts")["conflicts"]
    text = hq.text("sync", "conflicts")
    assert all(one["id"] in text for one in found) and "090-1111-1111" in text and "mobile" not in text
    waiting: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        assert len({side["site"] for side in one["sides"]}) == 2, one
        waiting.setdefault(one["person"], []).append(one)
    assert set(waiting) == {people.corrected, people.noted, people.moved, people.linked, people.mistaken}, waiting
    (phone,) = waiting[people.corrected]
    hq.run("sync", "resolve", phone["id"], "--take", "090-3333-3333", "--reason", "本人に確認")
    (notes,) = waiting[people.noted]
    hq.run("sync", "resolve", notes["id"], "--take", "both")
    linked = waiting[people.linked]
    assert ["resident_id", "resident_no"] in [one["fields"] for one in linked]
    for one in linked:
        hq.run("sync", "resolve", one["id"], "--take", _side(one, hq.site))
    (moved,) = waiting[people.moved]
    assert moved["kind"] == "stay" and "destination" in moved["fields"]
    hq.run("sync", "resolve", moved["id"], "--take", _side(moved, net.shelters[0].site))
    for one in waiting[people.mistaken]:
        hq.run("sync", "resolve", one["id"], "--take", next(side["side"] for side in one["sides"] if side["deleted"]), "--reason", "書き間違い")
    assert hq.run("sync", "conflicts") == {"count": 0, "conflicts": []}
    groups = [set(one["persons"]) for one in hq.run("evacuees", "duplicates")["groups"]]
    assert set(people.doubled) in groups
    hq.run("evacuees", "decide", *people.doubled, "--same")
    hq.run("evacuees", "check-out", people.doubled[1], "--destination", "別の避難所")


def _side(conflict: dict[str, Any], site: str) -> str:
    return next(str(side["side"]) for side in conflict["sides"] if side["site"] == site)


# -- the end -----------------------------------------------------------------------------------------------------


def _agree(net: Net, people: People) -> None:
    """The same roster to the byte but for the heading that says who made the file, nothing open, everything sound."""
    rosters = {}
    for place, laptop in enumerate(net.everybody):
        out = net.base / f"名簿 {place}.csv"
        done = laptop.run("evacuees", "roster", "--at", END, "--include-protected", "--columns", "full", "--format", "csv", "--out", str(out))
        assert done["rows"] == 154 + 91 - 1 + 243
        rosters[laptop.site] = _without_stamp(out.read_bytes())
        told = laptop.run("sync", "status")
        assert (told["conflicts"], told["gaps"]) == (0, []), told
    assert len(set(rosters.values())) == 1, {site: len(text) for site, text in rosters.items()}
    text = next(iter(rosters.values())).decode("utf-8")
    assert "090-3333-3333" in text and "客人 花子" in text and "書き 間違い" not in text
    history = net.shelters[2].run("history", people.corrected)["changes"]
    assert {one["site"] for one in history if one["field"] == "mobile"} >= {net.shelters[0].site, HQ}
    for laptop in net.everybody:
        checked = laptop.run("verify")
        assert checked["ok"] and checked["chain_ok"] and checked["integrity"], (laptop.site, checked)


def _without_stamp(data: bytes) -> bytes:
    """A roster without the heading of its last, empty column: who made the file, where and when."""
    head, rest = data.split(b"\r\n", 1)
    return head.rpartition(b",")[0] + rest


def _inside(laptop: Laptop, site: Laptop) -> int:
    """How many people a laptop knows to be at a shelter."""
    return len(laptop.run("evacuees", "roster", "--shelter", site.site, "--include-protected")["rows"])
