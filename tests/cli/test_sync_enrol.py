"""``sync enrol`` as scripts call it: headquarters and laptops in folders of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from app.printing.qr import encode_qr
from tests.laptops import found_laptop
from tests.stores import OPERATOR, PASSWORD, Clock

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Headquarters in ``hq``, a shelter in ``school``."""
    clock = Clock()
    found_laptop(tmp_path / "hq", clock, site="見本市災害対策本部", kind="hq").close()
    found_laptop(tmp_path / "school", clock, site="見本小学校").close()
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)
    monkeypatch.setenv("SASAE_OPERATOR", OPERATOR)

    def call(into: str, *arguments: str, as_json: bool = True) -> tuple[int, Any]:
        capsys.readouterr()
        code = run_command(gateway(now=clock), ["--data", str(tmp_path / into), *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr()
        return code, json.loads(said.out) if as_json else said.out + said.err

    return call


def test_a_laptop_is_enrolled_by_files(run: Run, tmp_path: Path) -> None:
    code, made = run("hq", "sync", "enrol", "create")
    assert (code, made["holds_key"], made["here"], made["number"], len(made["devices"])) == (0, True, "active", 1, 1)
    code, asked = run("school", "sync", "enrol", "request", "--out", str(tmp_path / "stick" / "r.txt"))
    assert (code, asked["error"]["code"]) == (3, "file.folder_missing")
    code, asked = run("school", "sync", "enrol", "request", "--out", str(tmp_path / "r.txt"))
    assert code == 0 and asked["site"] == "見本小学校" and (tmp_path / "r.txt").read_text("ascii").splitlines() == asked["lines"]
    code, accepted = run("hq", "sync", "enrol", "accept", str(tmp_path / "r.txt"), "--fingerprint", asked["fingerprint"])
    assert (code, accepted["letters"], accepted["kind"], accepted["warnings"]) == (0, asked["letters"], "shelter", [])
    assert accepted["file"] == str(tmp_path / f"sasae-enrol-{asked['letters']}.txt") and accepted["request_fingerprint"] == asked["fingerprint"]
    code, taken = run("school", "sync", "enrol", "accept", accepted["file"])
    assert (code, taken["mine"], taken["confirmed"], [one["code"] for one in taken["warnings"]]) == (0, True, False, ["enrol.compare"])
    code, shown = run("school", "sync", "enrol", "confirm", made["fingerprint"])
    assert (code, shown["confirmed"], shown["holds_key"], len(shown["devices"])) == (0, True, False, 2)
    text = run("school", "sync", "enrol", "list", as_json=False)[1]
    assert "見本小学校" in text and "避難所" in text and made["fingerprint"] in text and "使用中" in text


def test_a_laptop_is_enrolled_by_a_photo_and_by_typing(run: Run, tmp_path: Path) -> None:
    from PIL import Image

    run("hq", "sync", "enrol", "create")
    asked = run("school", "sync", "enrol", "request")[1]
    assert asked["file"] is None
    code = encode_qr(asked["text"], level="L")
    width = len(code.rows) // code.modules
    picture = Image.new("L", (code.modules + 8, code.modules + 8), 255)
    for y in range(code.modules):
        bits = int(code.rows[y * width : (y + 1) * width], 16)
        for x in range(code.modules):
            picture.putpixel((x + 4, y + 4), 0 if bits >> (width * 4 - 1 - x) & 1 else 255)
    picture.resize((picture.width * 5, picture.height * 5)).rotate(3, fillcolor=255, expand=True).convert("RGB").save(tmp_path / "photo.jpg", quality=70)
    accepted = run("hq", "sync", "enrol", "accept", str(tmp_path / "photo.jpg"))[1]
    assert accepted["letters"] == asked["letters"]
    code_, taken = run("school", "sync", "enrol", "accept", "--text", accepted["text"].lower(), "--fingerprint", accepted["fingerprint"])
    assert (code_, taken["confirmed"]) == (0, True)
    Image.new("L", (300, 300), 255).save(tmp_path / "empty.png")
    code_, answer = run("hq", "sync", "enrol", "accept", str(tmp_path / "empty.png"))
    assert code_ != 0 and answer["error"]["code"] == "enrol.no_code"


def test_bad_input_is_a_sentence_each(run: Run, tmp_path: Path) -> None:
    run("hq", "sync", "enrol", "create")
    lines = run("school", "sync", "enrol", "request", "--out", str(tmp_path / "r.txt"))[1]["lines"]
    whole = (tmp_path / "r.txt").read_bytes()
    cases = {
        "enrol.cut": "\n".join(lines[:9]).encode(),
        "enrol.line": whole.replace(lines[4][:5].encode(), b"ZZZZZ"),
        "enrol.other_text": "ただのメモ".encode(),
        "enrol.broken": "\n".join([*lines[:3], lines[5], lines[4], lines[3], *lines[6:]]).encode(),
    }
    for code, content in cases.items():
        (tmp_path / "bad.txt").write_bytes(content)
        found, answer = run("hq", "sync", "enrol", "accept", str(tmp_path / "bad.txt"))
        assert (found != 0, answer["error"]["code"]) == (True, code)
        assert answer["error"]["message"] and "{" not in answer["error"]["message"] and "―" not in answer["error"]["message"]
    (tmp_path / "bad.txt").write_bytes(cases["enrol.line"])
    assert "4 行目" in run("hq", "sync", "enrol", "accept", str(tmp_path / "bad.txt"), as_json=False)[1]
    assert run("hq", "sync", "enrol", "accept", str(tmp_path / "none.txt"))[1]["error"]["code"] == "file.not_readable"
    assert run("hq", "sync", "enrol", "accept")[0] == 2
    assert run("hq", "sync", "enrol", "list")[1]["number"] == 1
    assert run("school", "sync", "enrol", "list")[1]["error"]["code"] == "enrol.not_enrolled"


def test_a_lost_laptop_is_revoked_and_enrolled_anew(run: Run, tmp_path: Path) -> None:
    run("hq", "sync", "enrol", "create")
    asked = run("school", "sync", "enrol", "request")[1]
    accepted = run("hq", "sync", "enrol", "accept", "--text", asked["text"], "--out", str(tmp_path / "a.txt"))[1]
    assert run("school", "sync", "enrol", "accept", str(tmp_path / "a.txt"), "--fingerprint", accepted["fingerprint"])[0] == 0
    assert run("hq", "sync", "enrol", "revoke", asked["letters"])[0] == 2
    code, gone = run("hq", "sync", "enrol", "revoke", asked["letters"].lower(), "--reason", "盗難")
    assert (code, gone["state"], gone["reason"], gone["vouchers"]) == (0, "revoked", "盗難", [])
    assert {one["code"] for one in gone["warnings"]} == {"enrol.revoke_known", "enrol.revoke_passwords"}
    assert run("hq", "sync", "enrol", "accept", "--text", asked["text"])[1]["error"]["code"] == "enrol.was_revoked"
    new = run("school", "sync", "enrol", "request", "--new-device")[1]
    assert new["device"] != asked["device"]
    code, again = run("hq", "sync", "enrol", "accept", "--text", new["text"], "--out", str(tmp_path / "b.txt"))
    assert (code, again["letters"], [one["code"] for one in again["warnings"]]) == (0, new["letters"], ["enrol.before_behind"])
    text = run("hq", "sync", "enrol", "list", as_json=False)[1]
    assert "失効" in text and "盗難" in text


def test_help_names_every_act(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(gateway(), ["help", "sync", "enrol"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ("create", "request", "accept", "confirm", "list", "revoke"))
    assert run_command(gateway(), ["help", "sync", "enrol", "accept"]) == 0
    assert "--with-key" in capsys.readouterr().out
