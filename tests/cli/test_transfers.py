"""Snapshots between two data folders through the command line; profiles; swapped columns."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command

Run = Callable[..., tuple[int, dict[str, Any]]]
LIST = (
    "宛名番号,世帯番号,氏名,カナ,生年月日,性別,住所,行政区\n"
    "1,H1,架空 太郎,カクウ タロウ,昭和20年3月1日,男,見本市本町1-2,本町\n"
    "2,H1,架空 花子,カクウ ハナコ,昭和22年3月1日,女,見本市本町1-2,本町\n"
    "3,H2,例示 次郎,レイジ ジロウ,平成2年3月1日,男,見本市港町3,港町\n"
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("SASAE_OPERATOR", "試験")
    monkeypatch.setenv("SASAE_PASSWORD", "password-1")
    monkeypatch.delenv("SASAE_FILE_PASSWORD", raising=False)

    def call(folder: str, *arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = run_command(gateway(), ["--data", str(tmp_path / folder), *arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


def _init(run: Run, folder: str) -> None:
    given = ("--municipality", "17202", "--disaster", "試験地震", "--occurred", "2024-01-01T16:10", "--site", folder, "--kind", "hq")
    assert run(folder, "init", *given)[0] == 0


def _import(run: Run, folder: str, path: Path, *more: str) -> tuple[int, dict[str, Any]]:
    path.write_text(LIST, "cp932")
    return run(folder, "residents", "import", str(path), "--as-of", "2024-01-01T16:10", *more)


def test_a_snapshot_travels_by_the_operators_password(run: Run, tmp_path: Path) -> None:
    _init(run, "hq")
    _init(run, "shelter")
    _, imported = _import(run, "hq", tmp_path / "a.csv")
    file = tmp_path / "x.sasae-residents"
    code, out = run("hq", "residents", "export", str(file), "--snapshot", imported["snapshot"])
    assert code == 0 and {"snapshot", "residents", "households", "sha256", "bytes"} <= set(out)
    assert out["bytes"] == file.stat().st_size and "架空".encode() not in file.read_bytes()
    code, loaded = run("shelter", "residents", "load", str(file))
    assert code == 0
    same = ("snapshot", "residents", "households", "sha256", "bytes")
    assert [loaded[key] for key in same] == [out[key] for key in same] == [imported["snapshot"], 3, 2, imported["sha256"], out["bytes"]]
    hits = run("shelter", "search", "架空太郎")[1]["hits"]
    assert [hit["id"] for hit in hits] == [hit["id"] for hit in run("hq", "search", "架空太郎")[1]["hits"]] == [f"{imported['snapshot']}:0"]
    again = run("shelter", "residents", "load", str(file))
    assert again[0] == 0 and again[1]["added"] == 0 and "すでに" in again[1]["message"]
    log = [(entry["action"], entry["persons"], entry["target"]) for entry in run("hq", "access-log")[1]["entries"]]
    assert ("export", 3, "x.sasae-residents") in log
    assert run("shelter", "verify")[1]["ok"]


def test_a_district_by_a_passphrase_of_its_own(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _init(run, "hq")
    _init(run, "shelter")
    _import(run, "hq", tmp_path / "a.csv")
    file = tmp_path / "港町.sasae-residents"
    monkeypatch.setenv("SASAE_FILE_PASSWORD", "1234-5678-9012-3456")
    assert run("hq", "residents", "export", str(file), "--district", "山手")[1]["error"]["code"] == "transfer.no_such_district"
    code, out = run("hq", "residents", "export", str(file), "--district", "港町")
    assert (code, out["residents"], out["district"]) == (0, 1, "港町")
    monkeypatch.delenv("SASAE_FILE_PASSWORD")
    code, refused = run("shelter", "residents", "load", str(file))
    assert (code, refused["error"]["code"]) == (3, "sealed.wrong_passphrase")
    monkeypatch.setenv("SASAE_FILE_PASSWORD", "１２３４ ５６７８ ９０１２ ３４５６")
    assert run("shelter", "residents", "load", str(file))[0] == 0
    (shown,) = run("shelter", "residents", "snapshots")[1]["snapshots"]
    assert (shown["district"], shown["origin"], shown["residents"]) == ("港町", "received", 1)
    assert [hit["id"] for hit in run("shelter", "search", "例示次郎")[1]["hits"]] == [f"{out['snapshot']}:2"]
    raw = bytearray(file.read_bytes())
    raw[-20] ^= 1
    file.write_bytes(raw)
    assert run("shelter", "residents", "load", str(file))[0] == 4
    assert run("shelter", "residents", "load", str(tmp_path / "none"))[0] == 3
    assert run("shelter", "residents", "load", str(tmp_path / "a.csv"))[1]["error"]["code"] == "sealed.not_sealed"


def test_profiles_are_kept_used_renamed_and_carried(run: Run, tmp_path: Path) -> None:
    _init(run, "hq")
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "総務課の一覧"\ndates = "era_code"\n[columns]\n"人" = "name"\n"誕" = "birth"\n"別" = "sex"\n[values.sex]\n"A" = "男"\n',
        "utf-8",
    )
    assert run("hq", "profiles", "save", str(own))[1]["columns"] == 3
    assert run("hq", "profiles", "rename", "総務課の一覧", "総務")[0] == 0
    listed = run("hq", "profiles", "list")[1]["profiles"]
    assert listed[0]["name"] == "総務" and listed[0]["own"] and any(not one["own"] for one in listed)
    (tmp_path / "b.csv").write_text("人,誕,別\n架空 一郎,3200301,A\n", "cp932")
    code, done = run("hq", "residents", "import", str(tmp_path / "b.csv"), "--as-of", "2024-01-01", "--profile", "総務")
    assert (code, done["imported"], done["warnings"]) == (0, 1, [])
    (hit,) = run("hq", "search", "架空一郎", "--birth", "1945-03-01")[1]["hits"]
    assert (hit["sex"], hit["birth"]) == ("male", "昭和20年03月01日")
    assert run("hq", "profiles", "export", "総務", str(tmp_path / "c.toml"))[0] == 0
    assert run("hq", "profiles", "delete", "総務")[0] == 0
    assert run("hq", "profiles", "delete", "総務")[1]["error"]["code"] == "profile.not_found"
    assert run("hq", "profiles", "delete", listed[-1]["name"])[1]["error"]["code"] == "profile.not_own"
    assert run("hq", "profiles", "save", str(tmp_path / "c.toml"), "--name", "もう一度")[1]["columns"] == 3
    assert run("hq", "residents", "import", str(tmp_path / "b.csv"), "--as-of", "2024-01-01", "--profile", "どこにもない")[0] == 1


def test_swapped_columns_stop_the_import_until_forced(run: Run, tmp_path: Path) -> None:
    _init(run, "hq")
    path = tmp_path / "a.csv"
    path.write_text(LIST.replace("カナ,生年月日", "生年月日,カナ", 1), "cp932")
    code, answer = run("hq", "residents", "import", str(path), "--as-of", "2024-01-01")
    assert (code, answer["error"]["code"]) == (1, "import.columns_swapped")
    assert "「カナ」" in answer["error"]["message"] and "「生年月日」" in answer["error"]["message"]
    assert run("hq", "residents", "snapshots")[1]["snapshots"] == []
    code, answer = run("hq", "residents", "import", str(path), "--as-of", "2024-01-01", "--force")
    assert (code, answer["imported"]) == (0, 3) and any("入れ替わって" in text for text in answer["warnings"])


@pytest.mark.parametrize(("bad", "code", "error"), [(10, 1, None), (60, 1, "import.mostly_broken")])
def test_broken_rows_are_said_in_shares(run: Run, tmp_path: Path, bad: int, code: int, error: str | None) -> None:
    _init(run, "hq")
    rows = "".join(f"{n},,,昭和20年3月1日\n" if n < bad else f"{n},架空 {n},,昭和20年3月1日\n" for n in range(100))
    (tmp_path / "a.csv").write_text("宛名番号,氏名,カナ,生年月日\n" + rows, "cp932")
    found, answer = run("hq", "residents", "import", str(tmp_path / "a.csv"), "--as-of", "2024-01-01")
    assert found == code
    if error is None:
        assert answer["imported"] == 90 and "10%" in answer["warnings"][0]
    else:
        assert answer["error"]["code"] == error and "60%" in answer["error"]["message"]
        assert run("hq", "residents", "snapshots")[1]["snapshots"] == []
        assert list(tmp_path.glob("a-*.csv")), "the report tells which rows"
        found, answer = run("hq", "residents", "import", str(tmp_path / "a.csv"), "--as-of", "2024-01-01", "--force")
        assert (found, answer["imported"]) == (1, 40)
