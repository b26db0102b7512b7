"""``relief prepare|check|approve|return|cancel|batches|limits|exemptions|refusals`` as scripts call them, and as people read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.printing.raster import read_text
from tests.batches_town import open_desk
from tests.certificates_town import sign_as_mayor
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, Clock, copy_store, open_town, run_sql

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]
BOSS = "承認 三郎"


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A folder with a round of three households, one of them without a checked account; ``by`` is who calls."""
    folder, clock = copy_store(template, tmp_path / "data"), Clock()
    town = open_town(folder, clock)
    desk = open_desk(town)
    sign_as_mayor(town.ctx)
    desk.entitle(1, due=200_000)
    desk.entitle(2, due=50_000, category="半壊")
    desk.entitle(3, payee=0)
    town.session.close(backup=False)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)
    monkeypatch.setenv("SASAE_NEW_PASSWORD", PASSWORD)

    def call(*arguments: str, as_json: bool = True, by: str = OPERATOR) -> tuple[int, Any]:
        capsys.readouterr()
        monkeypatch.setenv("SASAE_OPERATOR", by)
        code = run_command(gateway(now=clock), ["--data", str(folder), *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr()
        return code, json.loads(said.out) if as_json else said.out + said.err

    assert call("operators", "add", BOSS, "--role", "approval")[0] == 0
    return call


def prepare(run: Run) -> str:
    code, answer = run("relief", "prepare", "gienkin", "1", "--title", "1回目")
    assert code == 0
    return str(answer["batches"][0]["number"])


def test_from_the_draft_to_the_approval(run: Run, tmp_path: Path) -> None:
    code, answer = run("relief", "prepare", "gienkin", "1", "--title", "1回目")
    (batch,) = answer["batches"]
    assert code == 0 and (batch["count"], batch["total"], batch["way"], batch["state"]) == (2, 250_000, "transfer", "draft")
    assert [(one["number"], one["code"]) for one in answer["left_out"]] == [("E0003", "batch.left.payee")]
    code, answer = run("relief", "approve", batch["number"])
    assert (code, answer["error"]["code"]) == (1, "batch.own_work")
    code, answer = run("relief", "check", batch["number"], by=BOSS)
    assert (code, answer["state"], answer["words"], len(answer["digest"])) == (0, "checked", "金弐拾五万円也", 64)
    code, answer = run("relief", "batches", "sheet", batch["number"], "--out", str(tmp_path / "a.pdf"), by=BOSS)
    assert code == 0 and answer["short"] in read_text(tmp_path / "a.pdf")[0]
    code, answer = run("relief", "approve", batch["number"], by=BOSS)
    assert (code, answer["state"], answer["approved_by"]) == (0, "approved", BOSS)
    code, answer = run("relief", "batches", "show", batch["number"])
    assert code == 0 and answer["intact"] and [one["step"] for one in answer["steps"]] == ["draft", "checked", "approved"]
    assert [(one["category"], one["count"], one["total"]) for one in answer["lines"]] == [("全壊", 1, 200_000), ("半壊", 1, 50_000)]
    assert [one["amount"] for one in answer["payments"]] == [200_000, 50_000]
    code, answer = run("relief", "prepare", "gienkin", "1")
    assert (code, answer["batches"], len(answer["left_out"])) == (1, [], 1)
    code, answer = run("relief", "batches", "list", "--state", "approved")
    assert code == 0 and [one["number"] for one in answer["batches"]] == [batch["number"]]


def test_given_back_cancelled_and_removed(run: Run) -> None:
    number = prepare(run)
    assert run("relief", "return", number, "--reason", " ", by=BOSS)[1]["error"]["code"] == "reason.missing"
    code, answer = run("relief", "return", number, "--reason", "口座を確かめる", by=BOSS)
    assert (code, answer["state"], answer["reason"]) == (0, "returned", "口座を確かめる")
    _, shown = run("relief", "batches", "show", number)
    gone = shown["payments"][0]["number"]
    code, answer = run("relief", "batches", "remove", number, gone, "--reason", "口座を確かめるため")
    assert (code, answer["count"], answer["total"], answer["removed"]) == (0, 1, 50_000, 1)
    assert run("relief", "batches", "submit", number)[1]["state"] == "draft"
    code, answer = run("relief", "cancel", number, "--reason", "やり直す")
    assert (code, answer["state"]) == (0, "cancelled")
    assert run("relief", "check", number, by=BOSS)[1]["error"]["code"] == "batch.wrong_state"


def test_an_altered_store_is_an_error_of_its_own(run: Run, tmp_path: Path) -> None:
    number = prepare(run)
    run("relief", "check", number, by=BOSS)
    run_sql(tmp_path / "data", "UPDATE payment SET holder = 'x' WHERE position = 1")
    code, answer = run("relief", "approve", number, by=BOSS)
    assert (code, answer["error"]["code"]) == (4, "batch.altered")
    code, answer = run("relief", "batches", "show", number)
    assert code == 4 and answer["intact"] is False and answer["may"] == []


def test_limits(run: Run) -> None:
    code, answer = run("relief", "limits", "--role", "承認", "--total", "200,000")
    assert code == 0 and {one["role"]: (one["total"], one["single"]) for one in answer["limits"]} == {
        "approval": (200_000, None), "admin": (None, None),
    }  # fmt: skip
    number = prepare(run)
    assert run("relief", "approve", number, by=BOSS)[1]["error"]["code"] == "batch.limit_total"
    run("relief", "limits", "--role", "approval", "--total", "none", "--single", "199999")
    assert run("relief", "approve", number, by=BOSS)[1]["error"]["code"] == "batch.limit_single"
    assert run("relief", "limits", "--role", "approval", "--single", "none", by=BOSS)[1]["error"]["code"] == "permission.denied"
    run("relief", "limits", "--role", "approval", "--single", "none")
    assert run("relief", "approve", number, by=BOSS)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("prepare", "nothing", "1"), 1, "programme.not_found"),
        (("prepare", "gienkin", "9"), 1, "programme.round_not_found"),
        (("prepare", "gienkin", "1", "--way", "gold"), 1, "batch.way"),
        (("approve", "K7QF-00001-X"), 1, "batch.not_found"),
        (("limits", "--single", "5"), 2, "batch.limit_whose"),
        (("limits", "--role", "approval", "--single", "0"), 1, "money.not_positive"),
        (("limits", "--role", "approval", "--single", "1.5"), 2, "batch.limit_yen"),
        (("limits", "--role", "approval", "--single", "12345678901"), 1, "money.too_large"),
        (("exemptions", "certificates", "--out", "x.pdf"), 1, "exemption.nobody"),
        (("exemptions", "export", "--round", "1"), 2, "batch.round_of_which"),
        (("refusals", "E0001"), 2, "refusal.form_missing"),
        (("batches", "list", "--program", "x"), 1, "programme.not_found"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(run: Run, arguments: tuple[str, ...], code: int, error: str) -> None:
    got, answer = run("relief", *arguments)
    assert (got, answer["error"]["code"]) == (code, error)
    assert run("relief", "batches", "list")[1]["count"] == 0


def test_lists_as_files_and_forms(run: Run, tmp_path: Path) -> None:
    number = prepare(run)
    for kind in ("csv", "xlsx", "html", "pdf"):
        code, answer = run("relief", "batches", "show", number, "--out", str(tmp_path / f"a.{kind}"))
        assert (code, answer["rows"]) == (0, 2) and (tmp_path / f"a.{kind}").stat().st_size > 200
    assert run("relief", "batches", "show", number, "--out", str(tmp_path / "a.doc"))[1]["error"]["code"] == "roster.no_format"
    code, answer = run("relief", "refusals")
    assert (code, answer["count"], answer["refusals"]) == (0, 0, [])
    code, answer = run("relief", "refusals", "E0002", "--form", str(tmp_path / "f.pdf"))
    assert (code, answer["printed"]) == (0, 1) and "50,000円" in read_text(tmp_path / "f.pdf")[0]


def test_people_read_what_was_done(run: Run) -> None:
    number = prepare(run)
    _, said = run("relief", "approve", number, as_json=False, by=BOSS)
    assert f"支給決定簿 {number}：承認済み" in said and "2件　250,000円　金弐拾五万円也" in said and "照合値 " in said
    _, said = run("relief", "batches", "show", number, as_json=False)
    assert "見本 本店 0000001" in said and "作成・提出" in said and "200,000円" in said
    _, said = run("relief", "batches", "list", as_json=False)
    assert "承認済み" in said and "250,000円" in said and "口座振込" in said
    _, said = run("relief", "prepare", "gienkin", "1", as_json=False)
    assert "受取人が決まっていません" in said
    _, said = run("relief", "limits", as_json=False)
    assert "限度なし" in said
