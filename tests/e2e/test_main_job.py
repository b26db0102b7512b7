"""The first complete job on real input, through the command line: Nanao's shelters and head counts, 50,000 invented residents."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.dates import parse_instant
from app.domain.invention import invent_residents, write_residents_csv

ROOT = Path(__file__).resolve().parents[2]
NANAO = ROOT / "tests" / "data" / "nanao-2024"
OPERATOR, PASSWORD = "試験 太郎", "試験のパスワード"


class Program:
    """The program as a script sees it: arguments in, one JSON object and an exit code out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, code: int = 0, **environment: str) -> dict[str, Any]:
        variables = {
            **os.environ,
            "SASAE_DATA": str(self.folder),
            "SASAE_OPERATOR": OPERATOR,
            "SASAE_PASSWORD": PASSWORD,
            "SASAE_TRACE": "1",
            **environment,
        }
        done = subprocess.run(
            [sys.executable, "-m", "app", *arguments, "--json"],
            cwd=ROOT,
            env=variables,
            capture_output=True,
            encoding="utf-8",
            timeout=100,
            check=False,
        )
        assert done.returncode == code, (arguments, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
        answer = json.loads(done.stdout)
        assert isinstance(answer, dict)
        return answer


@pytest.fixture(scope="module")
def residents_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("住民 データ") / "住民 5万人.csv"
    write_residents_csv(path, invent_residents(50_000, seed=7, as_of=date(2024, 1, 1)), encoding="cp932")
    return path


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    made = Program(tmp_path_factory.mktemp("data") / "支え データ")
    made.run(
        "init", "--municipality", "172022", "--disaster", "令和6年能登半島地震", "--occurred", "2024-01-01T16:10+09:00", "--site", "災害対策本部",
        "--kind", "hq",
    )  # fmt: skip
    yield made


@pytest.mark.timeout(400)
def test_the_main_job(program: Program, residents_csv: Path, tmp_path: Path) -> None:
    _import_shelters(program)
    _import_counts(program)
    done = program.run("residents", "import", str(residents_csv), "--as-of", "2024-01-01T16:10+09:00", "--label", "発災日時点")
    assert (done["read"], done["imported"], done["rejected"]) == (50_000, 50_000, 0)
    people = _check_in_families(program)
    _move_and_leave(program, people)
    _take_rosters(program, tmp_path, people)
    _look_back(program, people)
    checked = program.run("verify")
    assert checked["ok"] and checked["chain_ok"] and checked["integrity"], checked


def _import_shelters(program: Program) -> None:
    done = program.run("shelters", "import", str(NANAO / "designated_shelters.csv"))
    assert (done["read"], done["created"], done["rejected"]) == (112, 112, 0)
    again = program.run("shelters", "import", str(NANAO / "designated_shelters.csv"))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 112)
    found = {row["name"]: row for row in program.run("shelters", "list")["shelters"]}
    assert found["七尾中学校"]["capacity"] == 1371
    assert found["七尾中学校"]["capacity_text"] == "屋内1,371人／屋外5,470人（面積の1/2）"


def _import_counts(program: Program) -> None:
    files = sorted(NANAO.glob("open_shelter_*.csv"))
    assert len(files) == 39
    sums: dict[datetime, tuple[int, int]] = {}
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        column = next(name for name in rows[0] if name.startswith("人数"))
        done = program.run("headcounts", "import", str(file))
        assert (done["read"], done["created"], done["rejected"]) == (len(rows), len(rows), 0), file.name
        at = parse_instant(rows[0].get("時点") or column.removeprefix("人数_"))
        sums[at] = (sum(int(float(row[column])) for row in rows), len(rows))
    assert program.run("headcounts", "import", str(files[3]))["unchanged"] == 26
    first, last = min(sums), max(sums)
    points = program.run("headcounts", "trend", "--from", first.isoformat(), "--to", last.isoformat(), "--every", "30m")["points"]
    found = {datetime.fromisoformat(point["at"]): (point["declared"], point["shelters_open"]) for point in points}
    assert {at: found[at] for at in sums} == sums
    daily = program.run("headcounts", "trend", "--from", "2024-01-09T18:00", "--to", "2024-08-22T18:00", "--every", "1d")["points"]
    assert len(daily) == 227 and daily[0]["declared"] == sums[first][0]


def _check_in_families(program: Program) -> dict[str, str]:
    """Three families by search, and one visitor by hand; answers person ids by role."""
    people: dict[str, str] = {}
    program.run("shelters", "open", "山王小学校", "--at", "2024-01-01T17:00")
    households: set[str] = set()
    for kana in ("サトウ", "たかはし", "ワタナベ"):
        hits = program.run("search", kana, "--in", "residents", "--limit", "20")["hits"]
        hit = next(h for h in hits if h["household"] not in households and not h["protected"])
        households.add(hit["household"])
        done = program.run("evacuees", "check-in", "--shelter", "山王小学校", "--household", hit["household"], "--at", "2024-01-01T20:00")
        assert done["persons"] and len(done["persons"]) == len(done["stays"]) and not done["warnings"]
        people[kana] = done["persons"][0]
        refused = program.run(
            "evacuees", "check-in", "--shelter", "七尾中学校", "--resident", hit["id"], "--at", "2024-01-02T08:00", code=1
        )
        assert refused["error"]["code"] == "checkin.already_staying" or hit["id"] not in refused
    visitor = {
        "name": "客人 花子",
        "kana": "マロウド ハナコ",
        "birth": "S60.3.3",
        "sex": "女",
        "address": "架空県遠野原市1-2",
        "source": "visitor",
    }
    done = program.run(
        "evacuees",
        "check-in",
        "--shelter",
        "山王小学校",
        "--person",
        json.dumps(visitor, ensure_ascii=False),
        "--at",
        "令和6年1月2日午前9時",
    )
    people["visitor"] = done["persons"][0]
    return people


def _move_and_leave(program: Program, people: dict[str, str]) -> None:
    gone = program.run("evacuees", "check-out", people["サトウ"], "--destination", "市民病院に入院", "--at", "2024-01-04T10:00")
    assert gone["destination"] == "hospital"
    gone = program.run("evacuees", "check-out", people["たかはし"], "--destination", "車中泊", "--at", "2024-01-05T12:00")
    assert gone["destination"] == "car"
    refused = program.run("evacuees", "check-out", people["たかはし"], "--destination", "自宅", code=1)
    assert refused["error"]["code"] == "stay.none_running"


def _take_rosters(program: Program, folder: Path, people: dict[str, str]) -> None:
    asked = ("evacuees", "roster", "--shelter", "山王小学校", "--at", "2024-01-05T18:00")
    roster = program.run(*asked)
    inside = {row["person"] for row in roster["rows"]}
    assert people["visitor"] in inside and people["ワタナベ"] in inside
    assert people["サトウ"] not in inside and people["たかはし"] not in inside
    before = program.run("evacuees", "roster", "--shelter", "山王小学校", "--at", "2024-01-04T09:59")
    assert {people["サトウ"], people["たかはし"]} <= {row["person"] for row in before["rows"]}
    for kind in ("csv", "html", "xlsx", "pdf"):
        out = folder / f"名簿 1月5日.{kind}"
        done = program.run(*asked, "--format", kind, "--out", str(out))
        assert done["rows"] == len(inside) and out.stat().st_size > 500
    text = (folder / "名簿 1月5日.csv").read_text("utf-8-sig")
    assert "客人 花子" in text and "令和6年1月5日 18時00分 現在" in text
    assert "客人 花子" in (folder / "名簿 1月5日.html").read_text("utf-8")
    assert (folder / "名簿 1月5日.pdf").read_bytes().startswith(b"%PDF")
    done = program.run(*asked, "--format", "csv", "--encoding", "cp932", "--out", str(folder / "cp932.csv"))
    assert "客人 花子" in (folder / "cp932.csv").read_text("cp932")


def _look_back(program: Program, people: dict[str, str]) -> None:
    changes = program.run("history", people["visitor"])["changes"]
    assert {"name", "kana", "number"} <= {change["field"] for change in changes} and all(change["by"] == OPERATOR for change in changes)
    entries = program.run("access-log", "--person", people["visitor"])["entries"]
    assert {"export", "print"} <= {entry["action"] for entry in entries}
    program.run("evacuees", "undo", people["サトウ"], "--reason", "入院は別の人だった")
    later = program.run("evacuees", "roster", "--shelter", "山王小学校", "--at", "2024-01-05T18:00")
    assert people["サトウ"] in {row["person"] for row in later["rows"]}


def test_backup_restore_and_refusals(tmp_path: Path) -> None:
    program = Program(tmp_path / "訓練")
    program.run("demo", "--residents", "100")
    saved = program.run("backup", str(tmp_path / "写し.sasae-backup"))
    assert saved["bytes"] > 100_000
    other = program.run("restore", str(tmp_path / "写し.sasae-backup"), "--into", str(tmp_path / "戻した"))
    copy = Program(tmp_path / "戻した")
    assert copy.run("verify")["ok"]
    made = copy.run("evacuees", "check-in", "--shelter", "支市総合体育館", "--person", '{"name": "写 一郎"}')
    assert other["device_id"] == copy.run("history", made["persons"][0])["changes"][0]["device"]
    assert program.run("shelters", "list", code=3, SASAE_PASSWORD="wrong password")["error"]["code"] == "signin.refused"
    assert program.run("no-such-verb", code=2)["error"]["code"] == "cli.usage"
    assert program.run("init", "--municipality", "172022", "--disaster", "x", "--occurred", "2024-01-01", "--site", "x", "--kind", "hq", code=3)[
        "error"
    ]["code"] == "store.exists"  # fmt: skip
    assert program.run("restore", str(residents := tmp_path / "違う.zip"), "--into", str(tmp_path / "z"), code=3)["error"]["where"][
        "path"
    ] == str(residents)


def test_operators(tmp_path: Path) -> None:
    program = Program(tmp_path / "訓練")
    program.run("demo", "--residents", "50")
    program.run("operators", "add", "応援 次郎", "--role", "避難所", SASAE_NEW_PASSWORD="応援のパスワード")
    names = {o["name"]: o["roles"] for o in program.run("operators", "list")["operators"]}
    assert names["応援 次郎"] == ["shelter"]
    helper = {"SASAE_OPERATOR": "応援 次郎", "SASAE_PASSWORD": "応援のパスワード"}
    assert program.run("operators", "list", **helper)["operators"]
    denied = program.run("operators", "disable", OPERATOR, code=1, **helper)
    assert denied["error"]["code"] == "permission.denied"
    program.run("operators", "disable", "応援 次郎")
    assert program.run("shelters", "list", code=3, **helper)["error"]["code"] == "signin.refused"


def test_demo_and_self_test(tmp_path: Path) -> None:
    training = Program(tmp_path / "訓練")
    made = training.run("demo", "--residents", "200", "--seed", "3")
    assert made["residents"] == 200 and made["persons"] > 20
    assert training.run("search", "さ")["total"] > 0
    assert training.run("evacuees", "duplicates")["groups"]
    checks = training.run("self-test")
    assert checks["ok"], [check for check in checks["checks"] if not check["ok"]]


def test_text_for_people(tmp_path: Path) -> None:
    program = Program(tmp_path / "訓練")
    program.run("demo", "--residents", "50")
    done = subprocess.run(
        [sys.executable, "-m", "app", "operators", "list"], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False,
        env={**os.environ, "SASAE_DATA": str(program.folder), "SASAE_OPERATOR": OPERATOR, "SASAE_PASSWORD": PASSWORD},
    )  # fmt: skip
    assert done.returncode == 0 and "名称" in done.stdout and OPERATOR in done.stdout and "管理" in done.stdout
