"""Every way out of the program, seen by somebody who may do everything but know of protected people: nothing of them is in it.

The ways out are taken from the code: the verbs and formats of the command line, the pages and tabs of the window, the questions that
the store answers. A new one that is not covered here makes a test fail. Backups and the store itself are encrypted and exempt.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.arguments import build_parser
from app.cli.main import run_command
from app.usecases import ports
from app.usecases.certificate_rows import ApplicationFilter, CertificateFilter
from app.usecases.survey_rows import BuildingFilter, SurveyFilter
from tests.outputs.cast import CLERK, CLERK_PASSWORD, HIDDEN, OneSession, fill, leaks, told_in
from tests.photographs import scene, shoot
from tests.stores import SHELTERS, Town

EXEMPT = {
    "init": "makes an empty folder",
    "demo": "makes a folder of invented people",
    "backup": "encrypted",
    "restore": "lays an encrypted backup into another folder",
    "self-test": "reads no store",
    "help": "reads no store",
    "surveys assess": "reads no store",
    "surveys editions": "shows tables of the guideline only",
    "operators add": "shows the operator only; needs a password of its own",
    "operators disable": "shows the operator only",
    "protections list": "refused without the right: see test_protections_are_refused",
    "protections add": "refused without the right",
    "protections extend": "refused without the right",
    "protections release": "refused without the right",
}
DAMAGE = ("house", "victim", "occupancy", "application", "certificate", "photo")
NAMES = [row.name for row in HIDDEN]


@pytest.fixture
def cast(town: Town) -> dict[str, str]:
    """Everybody, and the folder closed again for the clerk."""
    return fill(town)


@pytest.fixture
def desk(cast: dict[str, str], town: Town) -> Iterator[OneSession]:
    """The clerk at work."""
    town.session.close(backup=False)
    made = OneSession(town.clock)
    made.open(town.folder, operator=CLERK, password=CLERK_PASSWORD)
    yield made
    made.end()


def verbs() -> dict[str, argparse.ArgumentParser]:
    """Every verb of the command line with its own parser."""
    found: dict[str, argparse.ArgumentParser] = {}

    def walk(parser: argparse.ArgumentParser, path: tuple[str, ...]) -> None:
        below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        if not below:
            found[" ".join(path)] = parser
        for action in below:
            for name, inner in action.choices.items():
                walk(inner, (*path, name))

    walk(build_parser("0"), ())
    return found


def choices_of(verb: str, option: str) -> tuple[Any, ...]:
    """What an option of a verb may be."""
    action = next(one for one in verbs()[verb]._actions if option in one.option_strings)
    return tuple(action.choices or ())


def table(path: Path, rows: list[list[str]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


def calls(cast: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    """How each verb is called: every format, and whatever somebody would try to learn of a protected person."""
    people = [[*row[:6], row.relation, row.postal, row.address, row.phone, "1"] for row in HIDDEN]
    head = ["宛名番号", "世帯番号", "氏名", "カナ", "生年月日", "性別", "続柄", "郵便番号", "住所", "電話", "支援措置"]
    broken = [["", "H9", "", "", "あした", "", "", "", HIDDEN[0].address, HIDDEN[0].phone, "1"], [*people[0]], [*people[0]], people[1][:4]]
    plain = [[f"{n}", "", f"見本　{n}", "", "S50.1.1", "男", "", "", "見本市", "", ""] for n in range(40)]
    residents = table(place / "residents.csv", [head, *plain, *people, *broken])
    roster = table(place / "roster.csv", [["氏名", "生年月日"], *[[row.name, row.birth] for row in HIDDEN], ["見本 旅人", "S50.1.1"]])
    shelters = table(place / "shelters.csv", [["避難所名", "住所", "収容人数"], ["新しい所", "見本市", "10"]])
    counts = table(place / "counts.csv", [["避難所名", "避難者数"], [SHELTERS[0], "3"]])
    mapping = place / "mapping.toml"
    mapping.write_text('[columns]\n"氏名" = "name"\n', "utf-8")
    gaiji = table(place / "gaiji.csv", [["コード", "代替文字"], ["E000", "葛"]])
    someone = [cast[key] for key in ("person", "measured", "number")]
    out = lambda name: str(place / "out" / name)  # noqa: E731
    rosters = [["--format", kind, "--out", out(f"roster.{kind}")] for kind in choices_of("evacuees roster", "--format") if kind != "json"]
    rosters += [
        ["--format", "csv", "--out", out(f"{code}.csv"), "--encoding", code] for code in choices_of("evacuees roster", "--encoding")
    ]
    rosters += [
        ["--format", "pdf", "--out", out(f"{layout}.pdf"), "--layout", layout] for layout in choices_of("evacuees roster", "--layout")
    ]
    rosters += [["--presence", presence] for presence in choices_of("evacuees roster", "--presence")]
    rosters += [
        ["--columns", "full", "--format", "csv", "--out", out("full.csv")],
        ["--publishable"],
        ["--shelter", SHELTERS[1]],
        ["--need", "要介護"],
    ]
    rosters += [["--known-at", "2024-01-02T00:30+00:00"], ["--include-protected"], []]
    trends = [["--format", kind, "--out", out(f"trend.{kind}")] for kind in choices_of("headcounts trend", "--format")]
    questions = [*NAMES, "オキ シズカ", "静香", "もりた", "090-9876-1111", "隠町", "9丁目8番7号", cast["number"], "S60.4.5"]
    typed = [json.dumps({"name": row.name, "birth": row.birth}, ensure_ascii=False) for row in HIDDEN]
    on_conflict = choices_of("evacuees check-in", "--on-conflict")
    return {
        "verify": [[]],
        "operators list": [[]],
        "residents import": [
            [residents, "--as-of", "2024-01-01", "--on-error", one] for one in choices_of("residents import", "--on-error")
        ],
        "residents snapshots": [[]],
        "residents compare": [[cast["older"], cast["snapshot"]], [cast["older"], cast["snapshot"], "--out", out("compare.csv")]],
        "residents report": [[cast["snapshot"]], [cast["snapshot"], "--out", out("report.csv")]],
        "residents export": [[out("all.sasae-residents"), "--snapshot", cast["snapshot"]]],
        "residents load": [[out("all.sasae-residents")]],
        "profiles list": [["--target", one] for one in choices_of("profiles list", "--target")],
        "profiles save": [["--target", "residents", str(mapping), "--name", "試験"]],
        "profiles rename": [["--target", "residents", "試験", "試験2"]],
        "profiles export": [["--target", "residents", "試験2", out("profile.toml")]],
        "profiles delete": [["--target", "residents", "試験2"]],
        "search": [[text, "--in", one] for text in questions for one in choices_of("search", "--in")] + [["武", "--address", "隠町"]],
        "history": [[cast[key]] for key in ("person", "measured", "stay", "household", "mate", "number", *DAMAGE)],
        "access-log": [[], *(["--person", one] for one in someone)],
        "shelters import": [[shelters, "--open"]],
        "shelters list": [[]],
        "shelters open": [["新しい所"]],
        "shelters close": [["新しい所"]],
        "headcounts import": [[counts, "--partial"]],
        "headcounts trend": [[], *trends],
        "evacuees import": [[roster, "--shelter", SHELTERS[0], "--dry-run"], *([roster, "--shelter", name] for name in SHELTERS[:2])],
        "evacuees check-in": [
            *(["--shelter", SHELTERS[0], "--person", one, "--on-conflict", choice] for one in typed for choice in on_conflict),
            *(["--shelter", SHELTERS[0], "--resident", cast[key]] for key in ("resident", "measured resident")),
            *(["--shelter", SHELTERS[0], "--household", home, "--on-conflict", "move"] for home in ("H70", "H71", cast["household"])),
        ],
        "evacuees check-out": [[one, "--destination", "自宅"] for one in someone],
        "evacuees move": [[one, "--to", SHELTERS[2]] for one in someone],
        "evacuees go-out": [[one] for one in someone],
        "evacuees come-back": [[one] for one in someone],
        "evacuees undo": [[one, "--reason", "試験"] for one in someone],
        "evacuees roster": rosters,
        "evacuees cards": [["--out", out(f"cards{n}.pdf"), "--per-page", str(n)] for n in choices_of("evacuees cards", "--per-page")],
        "evacuees match": [[], ["--out", out("match.csv")], ["--apply-sure", "--reason", "試験"]],
        "evacuees duplicates": [[]],
        "evacuees decide": [[cast["person"], cast["seen"], "--different"]],
        **damage_calls(cast, place),
        **paper_calls(cast, place),
        **photo_calls(cast, place),
        "characters list": [
            [],
            *(["--out", out(f"c-{code}.csv"), "--encoding", code] for code in choices_of("characters list", "--encoding")),
        ],
        "characters register": [["E001", "--substitute", "辻"]],
        "characters remove": [["E001"]],
        "characters import": [[gaiji]],
        "characters fonts": [[]],
    }


def damage_calls(cast: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    """Arguments of the verbs of buildings and surveys: a house of the hidden, owned by one of them, and one of nobody's."""
    sheet = place / "sheet.json"
    sheet.write_text(json.dumps({"hazard": "earthquake", "stage": 1, "structure": "wood", "parts": {"wall": [[5, 40]]}}), "utf-8")
    lists = table(place / "buildings.csv", [["家屋番号", "所在地", "所有者"], ["T1", "見本市本町9-1", "隠岐　静香"], ["T9", "見本市本町9-9", "架空"]])
    rows = [["T1", "2024-01-02", "20", "隠岐　静香", ""], ["T9", "2024-01-02", "20", "守田　葵", "7000000002"]]
    results = table(place / "results.csv", [["家屋番号", "調査日", "損害割合", "世帯主氏名", "宛名番号"], *rows])
    words = [*NAMES, "オキ シズカ", "静香", "もりた", "T1"]
    house = cast["house"]
    hidden = [["--resident", "7000000001"], ["--victim", cast["victim"]], ["--head", "隠岐　静香", "--kana", "オキ　シズカ"], ["--head", "守田　葵"]]
    return {
        "buildings import": [[lists, "--dry-run"], [lists]],
        "buildings list": [[], *(["--text", word] for word in words), *(["--state", one] for one in choices_of("buildings list", "--state"))],
        "buildings show": [[house], [cast["house number"]], ["T1"]],
        "buildings save": [[house, "--set", "storeys=2"]],
        "buildings link": [[house, *who] for who in hidden],
        "buildings risk": [[house, "危険"]],
        "surveys import": [[results, "--dry-run"], [results]],
        "surveys record": [[str(sheet), "--building", house, "--on", "2024-01-02"]],
        "surveys list": [[], *(["--text", word] for word in words), *(["--state", one] for one in choices_of("surveys list", "--state"))],
        "surveys check": [["--all"], [house]],
        "surveys withdraw": [[house, "--reason", "試験"]],
        "surveys area": [["--list"], ["--undo", "x", "--reason", "試験"]],
        "surveys appeal": [[], ["open", house, "--reason", "試験"]],
        "surveys plan": [[], ["--open"]],
        "surveys teams": [[], ["add", "1班"]],
        "surveys progress": [[]],
    }


def paper_calls(cast: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    """Arguments of the verbs of applications, certificates and forms: the hidden household's, and some for whoever there is."""
    out = lambda name: str(place / "out" / name)  # noqa: E731
    asked, paper = cast["application number"], cast["certificate number"]
    who = ["--applicant", "見本　一", "--birth", "S50.1.1"]
    hidden = [["--resident", "7000000001"], ["--victim", cast["victim"]], ["--head", "守田　葵"], ["--building", cast["house number"]]]
    words = [*NAMES, "オキ シズカ", asked, paper, "T1"]
    kinds = choices_of("forms list", "--form")
    form = kinds[0] if kinds else "disaster_certificate"
    picture = place / "seal.png"
    scene(400, 400).save(picture)
    return {
        "certificates apply": [[*who, *one] for one in hidden],
        "certificates link": [[asked, "--building", cast["house number"]], [cast["other number"], "--victim", cast["victim"]]],
        "certificates self-judge": [[asked, "--note", "試験"]],
        "certificates move": [[asked, "--to", "received"]],
        "certificates approve": [[asked], [cast["other number"]]],
        "certificates issue": [[asked], ["--all-judged"], [cast["other number"]]],
        "certificates list": [[], ["--applications"], ["--replace"], *(["--text", word, *more] for word in words for more in ([], ["--applications"]))],
        "certificates print": [["--missing", "--plan"], [paper, "--out", out("hidden.pdf")], ["--missing", "--out", out("all.pdf"), "--labels", out("l.pdf")]],
        "certificates reprint": [[paper, "--reason", "試験", "--out", out("again.pdf")]],
        "certificates revoke": [[paper, "--reason", "試験"]],
        "certificates supersede": [[paper, "--reason", "試験"]],
        "certificates verify": [[paper]],
        "certificates status": [[asked, "--birth", "S60.4.5"]],
        "certificates slip": [[asked, "--out", out("slip.pdf")]],
        "certificates declared": [[]],
        "certificates doubles": [[]],
        "certificates confirm": [[], [paper]],
        "certificates key": [["list"]],
        "certificates settings": [[]],
        "forms list": [[]],
        "forms export": [[form, "--out", out("form.toml")]],
        "forms import": [[out("form.toml")]],
        "forms approve": [[form, "1"]],
        "forms retire": [[form, "1"]],
        "forms preview": [[form, "--out", out("form.pdf")], [form, "--longest", "--out", out("longest.pdf")]],
        "forms seal": [[str(picture), "--name", "公印", "--width", "24"]],
        "forms signer": [[]],
    }


def photo_calls(cast: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    """Arguments of the verbs of photos, counts and survey papers."""
    out = lambda name: str(place / "out" / name)  # noqa: E731
    shoot(place / "camera" / "新.jpg")
    house, number = cast["house number"], cast["photo number"]
    counts = [["--format", kind, "--out", out(f"counts.{kind}")] for kind in choices_of("surveys counts", "--format")]
    return {
        "surveys photos import": [[str(place / "camera"), "--dry-run"], [str(place / "camera")]],
        "surveys photos list": [[], ["--building", house], ["--unmatched"]],
        "surveys photos assign": [[number, "--building", house]],
        "surveys photos sheet": [["--building", house, "--out", out("photos.pdf")]],
        "surveys photos export": [["--building", house, "--out", out("pictures")]],
        "surveys photos remove": [[number, "--reason", "試験"]],
        "surveys counts": [[], *counts],
        "surveys daily": [[]],
        "surveys sheets": [[house, "--out", out("sheet.pdf")], ["--district", "本町", "--out", out("sheets.pdf")], ["--blank", "1", "--out", out("b.pdf")]],
        "surveys team-list": [["--day", "2024-01-03", "--out", out("team.pdf")]],
    }


@pytest.mark.timeout(600)  # every verb there is
def test_every_verb_is_covered_and_tells_nothing(
    desk: OneSession, cast: dict[str, str], town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SASAE_OPERATOR", CLERK)
    monkeypatch.setenv("SASAE_PASSWORD", CLERK_PASSWORD)
    place = tmp_path / "给"
    (place / "out").mkdir(parents=True)
    wanted = calls(cast, place)
    everything = {verb for verb in verbs() if not verb.startswith(("relief ", "sync "))}  # ``test_relief_masked``, ``test_sync_masked``
    assert set(wanted) | set(EXEMPT) == everything, "a verb that no call here covers"
    given = {path for path in place.rglob("*") if path.is_file()}
    found: list[str] = []
    bugs: list[str] = []
    refused: dict[str, int] = {}
    for verb, variants in wanted.items():
        for arguments in variants:
            for extra in ([], ["--json"]):
                capsys.readouterr()
                code = run_command(desk, ["--data", str(town.folder), *verb.split(), *arguments, *extra])
                spoken = capsys.readouterr()
                answer = spoken.out + spoken.err
                for typed in arguments:  # what somebody typed is no answer
                    answer = answer.replace(typed, "").replace(json.dumps(typed)[1:-1], "")
                if told := leaks(answer):
                    found.append(f"{verb} {arguments} {extra}: {told}")
                if "cli.bug" in answer:
                    bugs.append(f"{verb} {arguments}")
                refused[verb] = refused.get(verb, 0) + (code not in (0, 1))
    for path in sorted(set(place.rglob("*")) - given):
        if path.is_file() and (told := leaks(told_in(path))):
            found.append(f"{path.name}: {told}")
    assert not found, "\n".join(found)
    assert not bugs, "\n".join(bugs)
    refused["surveys photos export"] -= 1  # the second time its folder is there
    assert not any(refused.values()), {verb: count for verb, count in refused.items() if count}
    assert {path.suffix for path in (place / "out").iterdir()} >= {".csv", ".xlsx", ".html", ".pdf"}


def test_the_same_calls_tell_those_who_may_know(cast: dict[str, str], town: Town) -> None:
    """So that the silence above is not that of an empty town."""
    from app.usecases.rosters import take_roster
    from app.usecases.rows import RosterFilter

    roster = take_roster(town.ctx, wanted=RosterFilter(at=town.clock(), include_protected=True))
    assert {row.name for row in roster.rows if row.protected} == set(NAMES)
    assert set(leaks(repr(roster))) >= {"静香", "葵", "隠町", "伏町", "8098763333", "秘密の勤め先", "秘密の連絡先"}


def test_protections_are_refused(desk: OneSession, town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SASAE_OPERATOR", CLERK)
    monkeypatch.setenv("SASAE_PASSWORD", CLERK_PASSWORD)
    for arguments in (["list"], ["add", "--resident", "7000000003"], ["extend", "x", "--to", "R8.1.1"], ["release", "x", "--reason", "y"]):
        capsys.readouterr()
        assert run_command(desk, ["--data", str(town.folder), "protections", *arguments, "--json"]) == 1
        answer = json.loads(capsys.readouterr().out)
        assert answer["error"]["code"] == "permission.denied" and not leaks(repr(answer))


# -- what the store answers --------------------------------------------------------------------------------------

ASKED = {
    "shelters": {"rows", "headcounts", "trend", "span", "rostered_by_hour"},  # numbers
    "residents": {
        "snapshots", "finding_counts", "findings", "rows", "active", "get", "household", "by_household_no", "by_number", "ids", "page",
    },
    "persons": {"stays", "open_stays", "by_resident", "namesakes", "by_number", "by_card", "duplicates", "ids", "page", "origins"},
    "search": {"find"},
    "rosters": {"roster", "open_questions"},
    "journal": {"history", "recent", "group", "groups_touching", "access", "last_time"},
    "settings": {"get", "under"},
    "buildings": {
        "ids", "rows", "find", "homes", "withheld", "districts", "zones", "victim_ids", "victim_rows", "victim_by_household", "register_homes",
        "known", "known_homes",
    },
    "surveys": {
        "ids", "rows", "counted", "writers", "with_papers", "known", "area_acts", "appeals", "assignments", "days", "teams", "progress",
    },
    "certificates": {
        "application_ids", "application_rows", "certificate_ids", "certificate_count", "sorted_certificates", "certificate_rows", "many",
        "many_by", "counted", "unchecked", "withheld", "push_candidates", "newest_batch", "batch", "doubles", "numbers_twice", "states",
        "declared", "by_number", "photo_count", "wrong_tries",
    },  # ``many``, ``many_by`` and ``by_number`` answer whoever asks, for use cases to decide and write with: the verbs above go through them
    "photos": {
        "ids", "rows", "batches", "known", "hashes", "by_number", "counts", "building_numbers", "buildings_with_serial", "visits",
    },
    "forms": {"longest"},
    "damage": {"houses", "unjudged", "unsurveyed", "hazards", "casualties", "daily", "spans"},  # numbers
}  # fmt: skip
OTHERS = {
    *("carried", "matching", "characters", "differences", "census"),
    *("relief", "payees", "batches", "transfers", "cash", "ledger"),  # ``test_relief_masked``
    "exchange",  # ``test_sync_masked``
}
"""Asked by verbs above or by tests of their own: they hold no name or leave hidden people out by the same guard."""


def test_every_question_the_store_answers_is_known_here() -> None:
    """A new one must leave protected people out, and be added to the questions below or to the verbs above."""
    groups = {name for name, value in vars(ports.Reads).items() if isinstance(value, property)}
    assert groups - set(ASKED) <= OTHERS, groups - set(ASKED) - OTHERS
    for name, known in ASKED.items():
        kind = next(value for key, value in vars(ports).items() if key.lower() == f"{name.rstrip('s')}reads")
        assert {key for key in vars(kind) if not key.startswith("_")} <= known, name


def test_no_question_tells_anything(desk: OneSession, cast: dict[str, str]) -> None:
    reads, now = desk.context.reads, desk.context.now()
    active = reads.residents.active()
    assert active is not None
    certificates = reads.certificates
    asked = certificates.application_ids(filter=ApplicationFilter(), today="2024-01-03")
    answers = {
        "rows": list(reads.residents.rows(snapshot_id=active.id)),
        "page": reads.residents.page(range(1, 40)),
        "get": [reads.residents.get(cast[key]) for key in ("resident", "measured resident")],
        "household": [reads.residents.household(f"{active.id}:{n}") for n in range(3)],
        "by household": [reads.residents.by_household_no(snapshot_id=active.id, household_no=home) for home in ("H70", "H71")],
        "by number": [reads.residents.by_number(row.resident_no) for row in HIDDEN],
        "findings": reads.residents.findings(snapshot_id=active.id),
        "stays": [reads.persons.stays(cast[key]) for key in ("person", "measured")],
        "open stays": reads.persons.open_stays([cast["person"], cast["measured"]]),
        "linked": reads.persons.by_resident([cast["resident"], cast["measured resident"]]),
        "origins": sorted(reads.persons.origins([cast[key] for key in ("person", "measured")])),
        "namesakes": [reads.persons.namesakes(name=row.name, kana=row.kana, birth=row.birth) for row in HIDDEN],
        "number": reads.persons.by_number(cast["number"]),
        "people": reads.persons.page([cast["person"], cast["measured"], *reads.persons.ids()], at=now),
        "recent": reads.journal.recent(limit=1000),
        "history": [reads.journal.history(cast[key]) for key in ("person", "measured", "stay", "household")],
        "access": [reads.journal.access(person_id=cast[key]) for key in ("person", "measured")],
        "touching": reads.journal.groups_touching([cast["person"], cast["measured"], cast["stay"]]),
        "buildings": [reads.buildings.rows(reads.buildings.ids(filter=BuildingFilter(text=text))) for text in ("", *NAMES, "シズカ")],
        "homes": [reads.buildings.homes(cast["house"]), reads.get("building", cast["house"]), reads.all("building")],
        "victims": [reads.buildings.victim_rows([cast["victim"], *reads.buildings.victim_ids(text=text)]) for text in ("", *NAMES)],
        "register": reads.buildings.register_homes([row.resident_no for row in HIDDEN]),
        "surveys": [reads.surveys.rows(reads.surveys.ids(filter=SurveyFilter())), reads.surveys.appeals(), reads.surveys.assignments()],
        "damage records": [reads.all(kind) for kind in ("victim", "victim_member", "occupancy", "appeal", "application", "certificate")],
        "damage history": [reads.journal.history(cast[key]) for key in DAMAGE],
        "records": [reads.all(kind) for kind in ("person", "stay", "household", "absence", "decision", "protection")],
        "one": [reads.get(kind, cast[key]) for kind, key in (("person", "person"), ("stay", "stay"), ("person", "measured"))],
        "carried": [list(reads.carried.rows(snapshot_id=active.id)), reads.carried.districts(snapshot_id=active.id)],
        "applications": certificates.application_rows([cast["application"], *asked], today="2024-01-03"),
        "certificates": certificates.certificate_rows([cast["certificate"], *certificates.certificate_ids(filter=CertificateFilter())]),
        "paper lists": [certificates.states(), certificates.doubles(), certificates.declared()],
        "photos": [reads.photos.rows([cast["photo"], *reads.photos.ids()]), reads.photos.batches(), reads.get("photo", cast["photo"])],
        "longest texts": reads.forms.longest(),
        "damage": [reads.damage.houses(), reads.damage.spans(), reads.damage.daily(), reads.damage.hazards(), reads.damage.casualties(at=now)],
        "matching": [list(reads.matching.people(snapshot_id=active.id)), list(reads.matching.residents(snapshot_id=active.id))],
    }
    for way, answer in answers.items():
        text = repr(answer)
        assert not leaks(text), (way, leaks(text))
        assert cast["person"] not in text and cast["measured"] not in text, way
    assert answers["stays"] == [[], []] and answers["number"] is None and answers["one"] == [None] * 3
