"""``sasae certificates …``: from the application to the paper and its check."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.cli.main import run_command
from tests.certificates_town import add_building, sign_as_mayor
from tests.store_fixtures import template
from tests.stores import OPERATOR, PASSWORD, Clock, Town, copy_store, open_town

__all__ = ["template"]
Run = Callable[..., tuple[int, Any]]


def town_folder(template: Path, folder: Path) -> Town:
    """A copy with two judged houses and one that nobody surveyed; the clock stands where the tests' does."""
    town = open_town(copy_store(template, folder), Clock())
    sign_as_mayor(town.ctx)
    add_building(town.ctx, resident=town.resident("太郎"), grade="half")
    add_building(town.ctx, resident=town.resident("源"), grade="total", address="見本市山手二丁目3番地")
    add_building(town.ctx, resident=town.resident("源"), address="見本市山手二丁目4番地")
    return town


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    town = town_folder(template, tmp_path / "data")
    town.session.close(backup=False)
    monkeypatch.setenv("SASAE_OPERATOR", OPERATOR)
    monkeypatch.setenv("SASAE_PASSWORD", PASSWORD)
    clock = Clock()

    def call(*arguments: str, as_json: bool = True) -> tuple[int, Any]:
        capsys.readouterr()
        code = run_command(gateway(now=clock), ["--data", str(tmp_path / "data"), *arguments, *(["--json"] if as_json else [])])
        said = capsys.readouterr().out
        return code, json.loads(said) if as_json and said else said

    return call


def asked(run: Run, resident: str = "0000000011", building: str = "T0001", *more: str) -> str:
    code, answer = run(
        "certificates", "apply", "--applicant", "髙橋　太郎", "--birth", "S50.3.1", "--resident", resident, "--building", building, *more
    )
    assert code == 0, answer
    return str(answer["number"])


def test_from_the_application_to_the_checked_paper(run: Run, tmp_path: Path) -> None:
    number = asked(run, "0000000011", "T0001", "--use", "保険", "--copies", "2")
    code, answer = run("certificates", "status", number, "--birth", "昭和50年3月1日")
    assert code == 0 and answer["state"] == "judged" and answer["next"] in answer["message"]
    code, answer = run("certificates", "status", number, "--birth", "S50.3.2")
    assert code == 1 and answer["error"]["code"] == "application.not_found"
    assert run("certificates", "approve", number)[1] == {"approved": 1, "refused": [], "withheld": 0}
    code, answer = run("certificates", "issue", number)
    assert code == 0 and answer["issued"] == 1 and answer["approved"] == 0
    paper = answer["certificates"][0]
    code, answer = run("certificates", "print", "--missing", "--plan")
    assert (answer["papers"], answer["sheets"]) == (2, 2) and not list(tmp_path.glob("*.pdf"))
    code, answer = run("certificates", "print", "--missing", "--out", str(tmp_path / "証明書.pdf"), "--labels", str(tmp_path / "宛名.pdf"))
    assert code == 0 and (answer["printed"], answer["certificates"], answer["sheets"], answer["stopped"]) == (2, 1, 2, [])
    assert answer["files"] == [str(tmp_path / "証明書.pdf")] and answer["labels"] == [str(tmp_path / "宛名.pdf")]
    code, found = run("certificates", "verify", str(tmp_path / "証明書.pdf"))
    assert code == 0 and (found["result"], found["ok"], found["number"], found["grade"]) == ("valid", True, paper, "half")
    assert not any(word in json.dumps(found, ensure_ascii=False) for word in ("髙橋", "本町"))
    assert run("certificates", "print", "--missing", "--out", str(tmp_path / "x.pdf"))[1]["error"]["code"] == "certificate.nothing_to_print"
    code, answer = run("certificates", "reprint", paper, "--reason", "再交付", "--out", str(tmp_path / "再.pdf"))
    assert code == 0 and answer["printed"] == 1
    rows = run("certificates", "list")[1]["certificates"]
    assert [(row["number"], row["copies"], row["wanted"]) for row in rows] == [(paper, 3, 2)]
    code, answer = run("certificates", "print", "--from", paper, "--out", str(tmp_path / "続き.pdf"))
    assert code == 0 and answer["printed"] == 1 and run("certificates", "list")[1]["certificates"][0]["copies"] == 3
    assert run("certificates", "revoke", paper, "--reason", "誤り")[1]["state"] == "revoked"
    code, found = run("certificates", "verify", str(tmp_path / "証明書.pdf"))
    assert code == 1 and found["result"] == "withdrawn" and "誤り" in found["message"]


def test_all_judged_and_without_application(run: Run, tmp_path: Path) -> None:
    asked(run)
    out = tmp_path / "全部.pdf"
    code, answer = run("certificates", "print", "--all-judged", "--without-application", "--out", str(out), "--nup", "2", "--sort", "kana")
    assert code == 0 and (answer["issued"], answer["applications"], answer["printed"], answer["sheets"]) == (2, 1, 2, 1)
    grades = {row["grade"] for row in run("certificates", "list")[1]["certificates"]}
    assert grades == {"half", "total"} and out.stat().st_size > 3000
    code, answer = run("certificates", "verify", str(out))
    assert code == 0 and {one["grade"] for one in answer["codes"]} == grades
    assert run("certificates", "list", "--state", "judged")[1] == {"applications": []}
    assert len(run("certificates", "list", "--state", "交付")[1]["certificates"]) == 2
    assert len(run("certificates", "list", "--applications")[1]["applications"]) == 2
    code, said = run("certificates", "list", as_json=False)
    assert code == 0 and said.startswith("証明書番号") and "半壊" in said and "（2件）" in said


def test_what_cannot_be_done_says_why(run: Run, tmp_path: Path) -> None:
    number = asked(run, "0000000031", "T0003")
    for arguments, exit_code, error in (
        (("issue", number), 1, "certificate.not_approved"),
        (("issue",), 2, "cli.certificates_which"),
        (("issue", "0000-00001-0"), 1, "application.number_unknown"),
        (("print", "2024-1-0000-00001-0", "--out", str(tmp_path / "a.pdf")), 1, "certificate.not_found"),
        (("print", "--missing"), 2, "cli.out_missing"),
        (("reprint", "x", "--reason", "遊び", "--out", "x.pdf"), 1, "word.unknown"),
        (("apply", "--applicant", "架空　花", "--role", "代理人（委任状）"), 1, "application.proxy_missing"),
        (("apply",), 1, "application.applicant_missing"),
        (("apply", "--applicant", "架空", "--resident", "999"), 1, "resident.not_found"),
        (("apply", "--applicant", "架空", "--head", "架空", "--member", "{"), 2, "cli.json_unreadable"),
        (("self-judge", number, "--note", "写真"), 1, "application.no_consent"),
        (("key", "export"), 2, "cli.out_missing"),
        (("key", "import", str(tmp_path / "none.pem")), 3, "file.not_readable"),
        (("settings", "--set", "deadline"), 2, "cli.setting_unreadable"),
        (("settings", "--set", "disaster_no=0"), 1, "settings.out_of_range"),
        (("settings", "--set", "deadline=いつか"), 1, "protection.day"),
        (("list", "--sort", "colour"), 1, "word.unknown"),
    ):
        code, answer = run("certificates", *arguments)
        expected = "application.no_such_move" if error == "certificate.not_approved" else error
        assert (code, answer["error"]["code"]) == (exit_code, expected), arguments
        assert answer["error"]["message"] and expected not in answer["error"]["message"]
    assert run("certificates", "approve", "--all-judged")[1]["approved"] == 0


def test_forged_papers_and_bad_pictures_are_refused(run: Run, tmp_path: Path) -> None:
    from PIL import Image

    run("certificates", "issue", asked(run))
    out = tmp_path / "a.pdf"
    run("certificates", "print", "--missing", "--out", str(out))
    from app.printing.scan import read_codes

    (text,) = read_codes(out)
    assert run("certificates", "verify", text)[0] == 0
    code, answer = run("certificates", "verify", text.replace(":D4:", ":D1:"))
    assert code == 1 and answer["result"] == "altered" and answer["key_id"] == text.split(":")[4]
    code, answer = run("certificates", "verify", "A" * 4000)
    assert (code, answer["result"]) == (1, "unreadable") and "長すぎます" in answer["message"]
    Image.new("L", (800, 800), 255).save(tmp_path / "white.png")
    (tmp_path / "big.jpg").write_bytes(b"\xff\xd8" + b"0" * (50 * 1024 * 1024))
    (tmp_path / "text.png").write_text("no picture")
    Image.new("1", (30_000, 30_000)).save(tmp_path / "bomb.png")
    Image.new("1", (12_000, 11_000)).save(tmp_path / "large.png")
    for name, error in (
        ("white.png", "certificate.no_code"),
        ("big.jpg", "scan.too_large"),
        ("text.png", "scan.unreadable"),
        ("bomb.png", "scan.bomb"),
        ("large.png", "scan.too_many_pixels"),
    ):
        code, answer = run("certificates", "verify", str(tmp_path / name))
        assert (code, answer["error"]["code"]) == (1, error)


def test_a_photo_of_the_paper_and_the_key_elsewhere(run: Run, template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pypdfium2 as pdfium

    run("certificates", "issue", asked(run))
    out = tmp_path / "a.pdf"
    run("certificates", "print", "--missing", "--out", str(out))
    document = pdfium.PdfDocument(out)
    try:
        photo = document[0].render(scale=150 / 72).to_pil().convert("RGB").rotate(4, expand=True, fillcolor="white")
    finally:
        document.close()
    photo.save(tmp_path / "写真.jpg", quality=60)
    assert run("certificates", "verify", str(tmp_path / "写真.jpg"))[1]["result"] == "valid"
    code, answer = run("certificates", "key", "export", str(tmp_path / "key.pem"))
    assert code == 0 and (tmp_path / "key.pem").read_text() == answer["pem"] and answer["qr"].startswith("SASAEKEY:")
    copy_store(template, tmp_path / "other")

    def elsewhere(*arguments: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = run_command(gateway(now=Clock()), ["--data", str(tmp_path / "other"), "certificates", *arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert elsewhere("verify", str(tmp_path / "写真.jpg"))[1]["result"] == "unknown_key"
    assert elsewhere("key", "import", str(tmp_path / "key.pem"))[1]["keys"][0]["own"] is False
    code, found = elsewhere("verify", str(tmp_path / "写真.jpg"))
    assert (code, found["result"], found["state"]) == (0, "not_here", "")


def test_a_changed_grade_is_listed_and_superseded(run: Run, tmp_path: Path) -> None:
    run("certificates", "issue", asked(run))
    (row,) = run("certificates", "list")[1]["certificates"]
    town = open_town(tmp_path / "data", Clock())
    from tests.certificates_town import judge

    with town.ctx.unit() as uow:
        building = uow.buildings.where(number="T0001")[0].id
    judge(town.ctx, building, "large", kind="re")
    town.session.close(backup=False)
    (listed,) = run("certificates", "list", "--replace")[1]["certificates"]
    assert (listed["number"], listed["newer_grade"]) == (row["number"], "large")
    code, answer = run("certificates", "supersede", row["number"], "--reason", "再調査")
    assert code == 0 and answer["number"] == row["number"] and answer["successor"] != row["number"]
    rows = {one["number"]: one for one in run("certificates", "list")[1]["certificates"]}
    assert rows[row["number"]]["successor"] == answer["successor"] and rows[answer["successor"]]["grade"] == "large"
    assert run("certificates", "doubles")[1] == {"doubles": []} and run("certificates", "confirm")[1]["confirmed"] == 0


def test_declared_ones_settings_and_help(run: Run) -> None:
    code, answer = run(
        "certificates", "apply", "--applicant", "高橋太郎", "--head", "高橋太郎", "--head-birth", "S50.3.1", "--building-address", "見本市本町1-2-3",
        "--member", '{"name": "高橋太郎"}', "--self-judgement",
    )  # fmt: skip
    assert code == 0 and answer["declared"] and answer["state"] == "awaiting" and answer["queue"]
    (case,) = run("certificates", "declared")[1]["cases"]
    assert case["application"] == answer["number"] and case["candidates"][0]["name"] == "髙橋　太郎"
    assert run("certificates", "self-judge", answer["number"], "--note", "写真3枚")[1]["state"] == "awaiting"
    assert run("certificates", "list", "--missing", "check")[1]["applications"][0]["number"] == answer["number"]
    code, left = run("certificates", "declared", "--match", answer["number"], "0000000011")
    assert code == 0 and left == {"cases": []}
    code, answer = run("certificates", "settings", "--set", "deadline=R6.3.31", "--set", "queue_prefix=A", "--set", "other_buildings=1")
    assert (
        answer["settings"]["deadline"] == "2024-03-31"
        and answer["settings"]["other_buildings"] is True
        and answer["settings"]["year"] == 2024
    )
    for verb in ("apply", "print", "verify", "list", "key"):
        code, said = run("certificates", verb, "--help", as_json=False)
        assert code == 0 and "結果：" in said.replace("\n", "")


def test_all_that_is_judged_is_printed_also_what_was_issued_before(run: Run, tmp_path: Path) -> None:
    first = asked(run)
    assert run("certificates", "issue", "--all-judged")[1]["issued"] == 1
    asked(run, "0000000011", "T0002")
    code, answer = run("certificates", "print", "--all-judged", "--out", str(tmp_path / "a.pdf"))
    assert code == 0 and (answer["issued"], answer["printed"], answer["to_replace"]) == (1, 2, 0), first
    assert (
        run("certificates", "print", "--all-judged", "--out", str(tmp_path / "b.pdf"))[1]["error"]["code"] == "certificate.nothing_to_print"
    )


def test_a_paper_that_waits_for_a_newer_one_is_not_printed(run: Run, tmp_path: Path) -> None:
    asked(run)
    run("certificates", "issue", "--all-judged")
    town = open_town(tmp_path / "data", Clock())
    from tests.certificates_town import judge

    with town.ctx.unit() as uow:
        building = uow.buildings.where(number="T0001")[0].id
    judge(town.ctx, building, "large", kind="re")
    town.session.close(backup=False)
    assert run("certificates", "print", "--missing", "--out", str(tmp_path / "a.pdf"))[1]["error"]["code"] == "certificate.nothing_to_print"
    assert run("certificates", "print", "--missing", "--plan")[1]["to_replace"] == 1


def test_a_file_that_is_not_there_is_no_code(run: Run) -> None:
    for text in ("/no/such/file.pdf", "無い.PNG", "folder/none", "c:\\none.heic"):
        code, answer = run("certificates", "verify", text)
        assert (code, answer["error"]["code"]) == (3, "certificate.file_missing") and text in answer["error"]["message"]
    for text in ("hello", "SASAE1:2024-1-K7QF-00012-C:D2:20240201:ABCDEFGH:AB/C.PDF"):
        code, answer = run("certificates", "verify", text)
        assert (code, answer["result"]) == (1, "unreadable"), answer


def test_a_code_that_is_too_long_is_told_without_a_gap(run: Run) -> None:
    code, answer = run("certificates", "verify", "SASAE1:" + "A" * 5000)
    assert (code, answer["result"]) == (1, "unreadable") and "\u2015" not in answer["message"] and len(answer["message"]) < 80


def test_a_household_told_again_is_the_one_of_the_building(run: Run) -> None:
    told = ("certificates", "apply", "--applicant", "架空　花子", "--building", "T0001", "--head")
    code, answer = run(*told, "高橋 太郎")
    assert code == 0 and answer["declared"] is False and "application.household_known" in str(answer["warnings"]), answer
    code, other = run(*told, "高橋 太郎", "--head-birth", "S51.3.1")
    assert code == 0 and other["declared"] is True and other["victim"] != answer["victim"], "another birth date is another person"
    assert run(*told, "架空　三郎")[1]["declared"] is True


def test_one_certificate_for_a_household_written_down_twice(run: Run, tmp_path: Path) -> None:
    town = open_town(tmp_path / "data", Clock())
    from app.domain.building import Occupancy, Victim
    from app.domain.identifiers import new_id

    with town.ctx.unit() as uow:
        building = uow.buildings.where(number="T0001")[0].id
        again = uow.victims.add(Victim(id=new_id(), head_name="高橋太郎", declared=True))
        uow.occupancies.add(Occupancy(id=new_id(), building_id=building, victim_id=again.id))
        uow.commit()
    town.session.close(backup=False)
    assert run("certificates", "issue", "--without-application")[1]["issued"] == 2, "one for each judged house"
    assert run("certificates", "issue", "--without-application")[1]["issued"] == 0


def test_who_signs_is_missing_names_the_command() -> None:
    from app.presentation.messages import message

    assert "forms signer" in message("certificate.no_mayor")


def test_a_plan_issues_nothing(run: Run) -> None:
    asked(run, "0000000011", "T0001", "--copies", "3")
    code, answer = run("certificates", "print", "--all-judged", "--plan", "--nup", "2")
    assert code == 0 and (answer["papers"], answer["sheets"], answer["certificates"], answer["to_issue"]) == (3, 2, 1, 1)
    assert run("certificates", "list")[1]["certificates"] == []
    assert run("certificates", "print", "--without-application", "--plan")[1]["error"]["code"] == "cli.certificates_plan"
    assert run("certificates", "list")[1]["certificates"] == []


def test_who_may_not_issue_is_told_also_when_nothing_waits(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SASAE_NEW_PASSWORD", PASSWORD)
    assert run("operators", "add", "見る係", "--role", "view")[0] == 0
    monkeypatch.setenv("SASAE_OPERATOR", "見る係")
    for verb in ("issue", "print"):
        code, answer = run("certificates", verb, "--all-judged")
        assert (code, answer["error"]["code"]) == (1, "permission.denied")


def test_a_report_without_any_address_is_refused_before_it_is_frozen(run: Run, tmp_path: Path) -> None:
    told = ("certificates", "apply", "--applicant", "架空　花子", "--head", "架空　花子", "--kind", "report", "--object", "vehicle")
    code, asked_for = run(*told)
    assert code == 0 and asked_for["state"] == "judged", asked_for
    code, answer = run("certificates", "issue", asked_for["number"])
    assert (code, answer["error"]["code"], answer["error"]["where"]["field"]) == (1, "certificate.value_missing", "contact_address")
    assert "申請者の住所" in answer["error"]["message"] and asked_for["number"] in answer["error"]["message"]
    code, home = run("certificates", "apply", "--applicant", "架空　三郎", "--head", "架空　三郎", "--building", "T0001")
    assert code == 0 and run("certificates", "issue", home["number"])[1]["issued"] == 1
    assert run("certificates", "print", "--missing", "--out", str(tmp_path / "a.pdf"))[1]["printed"] == 1
