"""The exchange, seen by somebody who may do everything but know of protected people: no verb tells of them, and no package can be read.

What travels is whole, whoever writes it: a package that left people out because of its writer would lose them at headquarters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.main import run_command
from app.domain.evacuee import Person
from app.usecases.conflicts import list_conflicts
from app.usecases.persons import correct_person
from tests.outputs.cast import CLERK, CLERK_PASSWORD, SECRETS, OneSession, fill, leaks
from tests.outputs.test_masked_everywhere import verbs
from tests.package_town import SITE, enrolled, open_office, send, take
from tests.stores import Town

EXEMPT = {
    f"sync enrol {act}": "devices and sites only" for act in ("create", "request", "accept", "list", "revoke", "confirm")
}
HIDDEN = ("person", "measured")


@pytest.fixture
def met(town: Town, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Everybody, and conflicts about the hidden and about one who is not; a package for here that nobody has taken in yet."""
    cast = fill(town)
    laptop = enrolled(open_office(town), tmp_path / "laptop")
    take(laptop, send(town, SITE, tmp_path / "USB").path)
    for one, note in ((town, "居所は内緒、変わらず"), (laptop, "秘密の連絡先")):
        for key in (*HIDDEN, "seen"):
            person = one.ctx.reads.get("person", cast[key])
            assert isinstance(person, Person)
            correct_person(one.ctx, person_id=person.id, version=person.version, values={"note": note if key in HIDDEN else f"{one.folder.name} の話"})
    take(town, send(laptop, "hq", tmp_path / "USB").path)
    person = laptop.ctx.reads.get("person", cast["person"])
    assert isinstance(person, Person)
    correct_person(laptop.ctx, person_id=person.id, version=person.version, values={"workplace": "秘密の勤め先", "name": "守田　静香"})
    waiting = send(laptop, "hq", tmp_path / "USB").path
    laptop.session.close(backup=False)
    cast |= {"waiting": str(waiting)}
    for conflict in list_conflicts(town.ctx):
        cast[f"conflict {next(key for key in (*HIDDEN, 'seen') if cast[key] == conflict.person_id)}"] = conflict.id
    assert {f"conflict {key}" for key in (*HIDDEN, "seen")} <= set(cast)
    assert set(leaks(repr(list_conflicts(town.ctx)))) >= {"内緒", "秘密の連絡先"}  # those who may know are told
    yield cast


@pytest.fixture
def desk(met: dict[str, str], town: Town) -> Iterator[OneSession]:
    """The clerk at work."""
    town.session.close(backup=False)
    made = OneSession(town.clock)
    made.open(town.folder, operator=CLERK, password=CLERK_PASSWORD)
    yield made
    made.end()


def _calls(met: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    conflicts = [met[f"conflict {key}"] for key in (*HIDDEN, "seen")]
    return {
        "sync status": [[]],
        "sync conflicts": [[], ["--kind", "person"], ["--kind", "stay"]],
        "sync resolve": [[one, "--take", take] for one in conflicts for take in ("both", "A")],
        "sync export": [["--to", SITE, "--out", str(place / "whole.sasae"), "--whole"], ["--to", SITE, "--out", str(place / "news.sasae")]],
        "sync inspect": [[met["waiting"]]],
        "sync apply": [[met["waiting"]], [met["waiting"]]],
    }


def test_every_verb_of_the_exchange_is_covered_and_tells_nothing(
    desk: OneSession, met: dict[str, str], town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SASAE_OPERATOR", CLERK)
    monkeypatch.setenv("SASAE_PASSWORD", CLERK_PASSWORD)
    place = tmp_path / "包"
    place.mkdir()
    wanted = _calls(met, place)
    assert set(wanted) | set(EXEMPT) == {verb for verb in verbs() if verb.startswith("sync ")}, "a verb that no call here covers"
    done: dict[str, list[int]] = {}
    for verb, variants in wanted.items():
        for arguments in variants:
            for extra in ([], ["--json"]):
                capsys.readouterr()
                code = run_command(desk, ["--data", str(town.folder), *verb.split(), *arguments, *extra])
                spoken = capsys.readouterr()
                answer = spoken.out + spoken.err
                for typed in arguments:
                    answer = answer.replace(typed, "").replace(json.dumps(typed)[1:-1], "")
                assert not leaks(answer), (verb, arguments, leaks(answer))
                assert "cli.bug" not in answer and met["person"] not in answer and met["measured"] not in answer, (verb, answer)
                done.setdefault(verb, []).append(code)
    assert all(0 in codes for codes in done.values()), done
    hidden = done["sync resolve"][:8]
    assert hidden == [1] * 8, "a conflict of somebody hidden was settled by one who may not know of them"
    for path in place.iterdir():
        assert not leaks(path.name), path.name
        data = path.read_bytes()  # encrypted: by chance alone a few bytes of it spell one character
        assert not [one for one in (*SECRETS, "見本") if len(one.encode()) > 5 and one.encode() in data], path.name


def test_only_open_conflicts_are_counted(desk: OneSession, met: dict[str, str]) -> None:
    found = list_conflicts(desk.context)
    assert [one.id for one in found] == [met["conflict seen"]]
    assert desk.context.reads.exchange.count_conflicts() == 1
    assert not leaks(repr(found)) and not leaks(repr(desk.context.reads.exchange.packages()))
