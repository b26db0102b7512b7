"""Certificates: issuing, numbers, copies, replacing, revoking, verifying, doubles, declared ones."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.certificate import Application, Certificate, CertificateCopy
from app.domain.certificate_numbers import parse_certificate_number
from app.domain.errors import RuleViolation
from app.presentation.certificate_values import certificate_values
from app.usecases import applications, certificates, declared, municipal_key
from app.usecases.buildings import save_members
from app.usecases.certificate_rows import CertificateFilter
from app.usecases.protections import Target, add_protection
from app.usecases.records import read_access_log
from tests.certificates_town import FORM, add_building, ask, issue, issued, judge, sign_as_mayor, victim_in
from tests.stores import Town


def paper_of(town: Town, certificate_id: str) -> Certificate:
    found = town.ctx.reads.get("certificate", certificate_id)
    assert isinstance(found, Certificate)
    return found


def test_an_issued_paper_says_what_was_true_then(town: Town) -> None:
    sign_as_mayor(town.ctx)
    building = add_building(town.ctx, resident=town.resident("太郎"), grade="semi_half")
    asked = ask(town.ctx, building, with_members=True, purposes=["insurance", "tax"], copies=2, cause="令和6年1月1日の強風による")
    done = issue(town.ctx, asked.application.id)
    paper = paper_of(town, done.certificates[0])
    values = json.loads(paper.values)
    number = parse_certificate_number(paper.number)
    assert number is not None and (number.year, number.disaster, number.prefix, number.serial) == (2024, 1, town.ctx.place.device_prefix, 1)
    assert values["head_name"] == "髙橋　太郎" and values["grade"] == "準半壊" and values["issued_on"] == "令和6年1月2日"
    assert values["members"].splitlines()[0] == "髙橋　太郎\t世帯主\t昭和50年3月1日" and len(values["members"].splitlines()) == 4
    assert values["cause"] == "令和6年1月1日の強風による" and values["purpose"] == "保険、税の減免" and values["mayor_name"] == "見本 太郎"
    assert values["building_address"] == "見本市本町1-2-3" and values["code"] == paper.code and "copy_no" not in values
    assert (paper.form, paper.form_version, paper.form_digest, paper.copies, paper.provisional) == (
        "disaster_certificate",
        1,
        "d" * 64,
        0,
        False,
    )
    save_members(town.ctx, victim_id=paper.victim_id, members=[{"name": "別人"}])
    judge(town.ctx, building, "total", kind="re")
    plans = certificates.plan_copies(town.ctx, certificate_ids=[paper.id])
    assert [dict(one) for one in certificates.copy_values(town.ctx, plans=plans)] == [
        {**values, "copy_no": "1"},
        {**values, "copy_no": "2"},
    ]
    default = ask(town.ctx, add_building(town.ctx, resident=town.resident("源"), grade="half"), applicant_name="﨑山　源")
    again = paper_of(town, issue(town.ctx, default.application.id).certificates[0])
    assert json.loads(again.values)["cause"] == "令和6年1月1日の見本地震による" and json.loads(again.values)["members"] == "（記載なし）"


def test_only_whoever_approves_issues_what_nobody_approved(town: Town) -> None:
    sign_as_mayor(town.ctx)
    asked = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"), grade="half"))
    with pytest.raises(RuleViolation, match="certificate.not_approved"):
        issue(town.acting("desk"), asked.application.id)
    with pytest.raises(RuleViolation, match="permission.denied"):
        issue(town.acting("approval"), asked.application.id)
    applications.approve(town.acting("approval"), application_ids=[asked.application.id])
    done = issue(town.acting("desk"), asked.application.id)
    assert done.approved == 0 and len(done.numbers) == 1
    with pytest.raises(RuleViolation, match="application.no_such_move"):
        issue(town.ctx, asked.application.id)
    second = ask(town.ctx, applications.open_application(town.ctx, application_id=asked.application.id).application.building_id)
    with pytest.raises(RuleViolation, match="certificate.held_already") as caught:
        issue(town.ctx, second.application.id)
    assert caught.value.params["certificate"] == done.numbers[0]


def test_many_at_once_go_on_past_those_that_cannot(town: Town) -> None:
    sign_as_mayor(town.ctx)
    good = ask(town.ctx, add_building(town.ctx, resident=town.resident("源"), grade="half"), applicant_name="﨑山　源").application.id
    waiting = ask(town.ctx, add_building(town.ctx, resident=town.resident("源")), applicant_name="﨑山　源").application.id
    hidden = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"), grade="half")).application.id
    add_protection(town.ctx, target=Target(resident_no="0000000013"))
    clerk = town.acting("desk", "approval")
    done = issue(clerk, good, waiting, hidden, good, "gone")
    assert len(done.certificates) == 1 and done.withheld == 1 and done.approved == 1
    assert sorted(refusal.code for refusal in done.refused) == ["application.no_such_move", "record.not_found"]
    with pytest.raises(RuleViolation, match="record.not_found"):
        issue(clerk, hidden)
    file = applications.open_application(town.ctx, application_id=hidden).application
    applications.correct_application(town.ctx, application_id=hidden, version=file.version, values={"with_members": True})
    warned = issue(town.ctx, hidden)
    assert [code for code, _ in warned.warnings] == ["certificate.protected_members"]
    assert list(certificates.list_certificate_ids(clerk)) == list(done.certificates)
    assert certificates.plan_copies(clerk, certificate_ids=warned.certificates) == []
    with pytest.raises(RuleViolation, match="record.not_found"):
        certificates.open_certificate(clerk, certificate_id=warned.certificates[0])
    with pytest.raises(RuleViolation, match="record.not_found"):
        certificates.revoke(clerk, certificate_id=warned.certificates[0], reason="x")


def test_nobody_signs_and_no_key_are_told_first(town: Town) -> None:
    asked = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"), grade="half"))
    with pytest.raises(RuleViolation, match="certificate.no_mayor"):
        issue(town.ctx, asked.application.id)
    sign_as_mayor(town.ctx)
    branch = replace(town.ctx, place=replace(town.ctx.place, site_kind="desk"))
    with pytest.raises(RuleViolation, match="certificate.no_key"):
        issue(branch, asked.application.id)
    assert municipal_key.list_keys(town.ctx) == []
    for day in ("2023-12-31", "2024-01-03"):
        with pytest.raises(RuleViolation, match="certificate.day"):
            certificates.issue(town.ctx, application_ids=[asked.application.id], form=FORM, write_values=certificate_values, issued_on=day)
    municipal_key.make_key(town.ctx)
    done = issue(branch, asked.application.id)
    paper = paper_of(town, done.certificates[0])
    assert paper.provisional and "provisional" in json.loads(paper.values)
    with pytest.raises(RuleViolation, match="only_headquarters"):
        certificates.confirm_numbers(branch)
    certificates.confirm_numbers(town.ctx)
    plans = certificates.plan_copies(town.ctx, certificate_ids=[paper.id])
    assert not paper_of(town, paper.id).provisional and "provisional" not in next(iter(certificates.copy_values(town.ctx, plans=plans)))


def test_copies_are_counted_with_reason_and_order(town: Town) -> None:
    paper, application = issued(town)
    file = applications.open_application(town.ctx, application_id=application).application
    applications.correct_application(town.ctx, application_id=application, version=file.version, values={"copies": 2})
    assert certificates.list_certificate_ids(town.ctx, filter=CertificateFilter(unprinted=True)) == [paper]
    plans = certificates.plan_copies(town.ctx, certificate_ids=[paper])
    certificates.count_printed(town.ctx, plans=plans, batch="B1", reason="first", target="a.pdf")
    assert certificates.plan_copies(town.ctx, certificate_ids=[paper]) == []
    with pytest.raises(RuleViolation, match="printed_meanwhile"):
        certificates.count_printed(town.ctx, plans=plans, batch="B2", reason="first", target="a.pdf")
    more = certificates.plan_copies(town.ctx, certificate_ids=[paper], reason="reissue", copies=1)
    certificates.count_printed(town.ctx, plans=more, batch="B3", reason="reissue", target="b.pdf")
    opened = certificates.open_certificate(town.ctx, certificate_id=paper)
    assert [(copy.copy, copy.reason, copy.batch) for copy in opened.copies] == [
        (1, "first", "B1"),
        (2, "additional", "B1"),
        (3, "reissue", "B3"),
    ]
    assert opened.certificate.copies == 3 and opened.wanted == 2
    printed = [entry for entry in read_access_log(town.ctx) if entry.action == "print"]
    assert [entry.target for entry in printed] == ["b.pdf", "a.pdf"]
    assert any(entry.action == "print" for entry in read_access_log(town.ctx, person_id="0000000011"))
    batch, again, start = certificates.plan_again(town.ctx, number=opened.certificate.number.lower())
    assert (batch, start) == ("B3", 0) and again[0].copy == 3
    with pytest.raises(RuleViolation, match="certificate.not_found"):
        certificates.plan_again(town.ctx, number="2024-1-0000-00001-0")
    with pytest.raises(RuleViolation, match="word.unknown"):
        certificates.plan_copies(town.ctx, certificate_ids=[paper], reason="fun")


def test_a_newer_grade_waits_in_a_list_and_supersedes(town: Town) -> None:
    paper, application = issued(town, "half")
    building = paper_of(town, paper).building_id
    judge(town.ctx, building, "large", kind="re")
    (row,) = certificates.certificate_rows(
        town.ctx, certificate_ids=certificates.list_certificate_ids(town.ctx, filter=CertificateFilter(replace=True))
    )
    assert (row.id, row.newer_grade, row.phone, row.head_name) == (paper, "large", "090-0000-1111", "髙橋　太郎")
    valid = certificates.verify(town.ctx, text=paper_of(town, paper).code)
    assert valid.result == "valid" and valid.newer_grade and valid.ok
    with pytest.raises(RuleViolation, match="reason.missing"):
        certificates.supersede(town.ctx, certificate_id=paper, form=FORM, write_values=certificate_values, reason="")
    with pytest.raises(RuleViolation, match="permission.denied"):
        certificates.supersede(town.acting("desk"), certificate_id=paper, form=FORM, write_values=certificate_values, reason="再調査")
    done = certificates.supersede(town.ctx, certificate_id=paper, form=FORM, write_values=certificate_values, reason="再調査")
    older, newer = paper_of(town, paper), paper_of(town, done.certificates[0])
    assert (older.state, older.superseded_by, older.newer_grade) == ("superseded", newer.id, "") and newer.grade == "large"
    assert certificates.list_certificate_ids(town.ctx, filter=CertificateFilter(replace=True)) == []
    found = certificates.verify(town.ctx, text=older.code)
    assert (found.result, found.state, found.successor, found.reason, found.ok) == (
        "withdrawn",
        "superseded",
        newer.number,
        "再調査",
        False,
    )
    opened = certificates.open_certificate(town.ctx, certificate_id=newer.id)
    assert opened.replaces is not None and opened.replaces.id == paper
    with pytest.raises(RuleViolation, match="certificate.ended"):
        certificates.plan_copies(town.ctx, certificate_ids=[paper], reason="reissue", copies=1)
    with pytest.raises(RuleViolation, match="certificate.ended"):
        certificates.revoke(town.ctx, certificate_id=paper, reason="二重")
    judge(town.ctx, building, "none", kind="re")
    with pytest.raises(RuleViolation, match="application.grade_none"):
        certificates.supersede(town.ctx, certificate_id=newer.id, form=FORM, write_values=certificate_values, reason="再調査")
    certificates.revoke(town.ctx, certificate_id=newer.id, reason="被害なしと判定")
    assert certificates.verify(town.ctx, text=newer.code).state == "revoked"
    assert applications.open_application(town.ctx, application_id=application).application.state == "awaiting"


def test_genuine_altered_foreign_and_other_codes(town: Town) -> None:
    paper = paper_of(town, issued(town, "half")[0])
    code = paper.code
    assert len(code) < 154 and set(code) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert not any(word in code for word in ("髙橋", "TAKAHASHI", "1975"))
    good = certificates.verify(town.ctx, text=f"  {code.lower()}\n")
    assert (good.result, good.number, good.grade, good.issued_on) == ("valid", paper.number, "half", "2024-01-02")
    cases = {
        code.replace(":D4:", ":D1:"): "altered",
        code.replace(":20240102:", ":20240103:"): "altered",
        code[:-3] + ("A" if code[-3] != "A" else "B") + code[-2:]: "altered",
        code.replace(good.key_id, "AAAAAAAA"): "unknown_key",
    }
    for text, result in cases.items():
        found = certificates.verify(town.ctx, text=text)
        assert found.result == result and not found.ok, text
    for text, problem in (
        ("https://example.invalid/", "certificate.code_not_ours"),
        ("", "certificate.code_not_ours"),
        ("SASAE2:" + code[7:], "certificate.code_newer"),
        (code + "A" * 400, "certificate.code_too_long"),
        (code + "A", "certificate.code_damaged"),
        (code.replace(":D4:", ":R4:"), "certificate.code_damaged"),
        (code.replace(":20240102:", ":20240230:"), "certificate.code_damaged"),
        (code.replace(paper.number, paper.number[:-1] + ("0" if paper.number[-1] != "0" else "1")), "certificate.code_damaged"),
        (code.rpartition(":")[0], "certificate.code_damaged"),
    ):
        found = certificates.verify(town.ctx, text=text)
        assert (found.result, found.problem) == ("unreadable", problem), text


def test_another_folder_knows_the_key_but_not_the_record(town: Town, tmp_path: object) -> None:
    paper = paper_of(town, issued(town)[0])
    card, pem, text = municipal_key.export_key(town.ctx)
    assert pem.startswith("-----BEGIN PUBLIC KEY-----") and "PRIVATE" not in pem
    town.sql("UPDATE certificate SET number = 'X' WHERE id = ?", paper.id)
    town.sql("DELETE FROM setting WHERE name = 'certificates.keys'")
    assert certificates.verify(town.ctx, text=paper.code).result == "unknown_key"
    with pytest.raises(RuleViolation, match="key_unreadable"):
        municipal_key.import_key(town.ctx, text=text[:-1] + ("A" if text[-1] != "A" else "Q"))
    for wrong in ("", "x" * 5000, pem.replace("PUBLIC", "PRIVATE")):
        with pytest.raises(RuleViolation, match="key_unreadable"):
            municipal_key.import_key(town.ctx, text=wrong)
    with pytest.raises(RuleViolation, match="permission.denied"):
        municipal_key.import_key(town.acting("desk"), text=pem)
    municipal_key.import_key(town.ctx, text=pem, label="本部")
    assert municipal_key.import_key(town.ctx, text=text)[0].id == card.id and len(municipal_key.list_keys(town.ctx)) == 1
    found = certificates.verify(town.ctx, text=paper.code)
    assert (found.result, found.ok, found.state) == ("not_here", True, "")


def test_a_new_key_leaves_old_papers_good(town: Town) -> None:
    first = paper_of(town, issued(town)[0])
    made, _ = municipal_key.make_key(town.ctx, label="2本目")
    second = paper_of(town, issued(town, name="源")[0])
    assert certificates.verify(town.ctx, text=first.code).ok and certificates.verify(town.ctx, text=second.code).key_id == made.id
    keys = municipal_key.list_keys(town.ctx)
    assert [key.current for key in keys] == [True, False] and all(key.own for key in keys)
    with pytest.raises(RuleViolation, match="key_not_found"):
        municipal_key.export_key(town.ctx, wanted="NOSUCHKY")


def test_the_private_key_is_sealed_even_inside_the_store(town: Town) -> None:
    issued(town)
    (kept,) = json.loads(town.sql("SELECT value FROM setting WHERE name = 'certificates.keys'")[0][0])
    sealed = kept["sealed"]
    assert town.ctx.signer.sign(sealed, [b"x"])[0]
    from app.storage.municipal_key import StoreSigner

    with pytest.raises(Exception, match="certificate.key_damaged"):
        StoreSigner(b"0" * 32).sign(sealed, [b"x"])
    with pytest.raises(Exception, match="certificate.key_damaged"):
        town.ctx.signer.sign(sealed[:-4] + "AAAA", [b"x"])


def test_everyone_judged_gets_a_paper_without_asking(town: Town) -> None:
    sign_as_mayor(town.ctx)
    asked = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"), grade="half"))
    add_building(town.ctx, resident=town.resident("源"), grade="total")
    add_building(town.ctx, resident=town.resident("源"), grade="none")
    add_building(town.ctx, resident=town.resident("源"), grade="half", use="barn")
    add_building(town.ctx, resident=town.resident("静"), grade="half")  # 支援措置
    made, withheld = certificates.open_push_applications(town.acting("desk"))
    assert len(made) == 1 and withheld == 1
    file = applications.open_application(town.ctx, application_id=made[0]).application
    assert (file.channel, file.state, file.grade, file.applicant_name) == ("push", "judged", "total", "﨑山　源")
    assert certificates.open_push_applications(town.acting("desk")) == ((), 1)
    assert len(issue(town.ctx, made[0], asked.application.id).certificates) == 2


def test_doubles_are_listed_also_after_a_merge(town: Town) -> None:
    paper = paper_of(town, issued(town)[0])
    assert certificates.find_double_certificates(town.ctx) == []
    with town.ctx.unit() as uow:
        uow.certificates.add(replace(paper, id="other-device", number="2024-1-0000-00001-Z", version=0))
        uow.certificates.add(replace(paper, id="same-number", victim_id="another", version=0, provisional=True))
        uow.commit()
    doubles = certificates.find_double_certificates(town.ctx)
    assert [[row.id for row in double.certificates] for double in doubles] == [[paper.id, "other-device"], [paper.id, "same-number"]]
    certificates.confirm_numbers(town.ctx)
    assert paper_of(town, "same-number").provisional, "a number that is there twice stays provisional"
    certificates.revoke(town.ctx, certificate_id="other-device", reason="二重に発行")
    assert len(certificates.find_double_certificates(town.ctx)) == 1


def test_a_report_certificate_has_no_degree_and_needs_no_survey(town: Town) -> None:
    sign_as_mayor(town.ctx)
    made = applications.apply(
        town.ctx,
        values={"applicant_name": "髙橋　太郎", "kind": "report", "objects": ["vehicle", "wall"], "damage": "車のガラスが割れた"},
        resident_id=town.resident("太郎"),
    )
    assert made.application.state == "judged" and made.application.building_id == ""
    done = certificates.issue(
        town.ctx, application_ids=[made.application.id], form=replace(FORM, form="report_certificate"), write_values=certificate_values
    )
    paper = paper_of(town, done.certificates[0])
    values = json.loads(paper.values)
    assert "grade" not in values and values["objects"] == "車、塀・門" and values["reported_on"] == "令和6年1月2日"
    assert ":R0:" in paper.code and certificates.verify(town.ctx, text=paper.code).grade == ""
    assert values["building_address"] == values["applicant_address"] != "", "no line stays open"
    told = applications.apply(
        town.ctx,
        values={"applicant_name": "見本　一", "kind": "report", "damage": "塀が倒れた"},
        household={"head_name": "見本　一", "address": "見本市本町9-9"},
    )
    done = certificates.issue(
        town.ctx, application_ids=[told.application.id], form=replace(FORM, form="report_certificate"), write_values=certificate_values
    )
    assert json.loads(paper_of(town, done.certificates[0]).values)["objects"] == "―"
    bare = applications.apply(town.ctx, values={"applicant_name": "髙橋　太郎", "kind": "report"}, resident_id=town.resident("太郎"))
    assert bare.application.state == "received"


def test_declared_households_are_matched_afterwards(town: Town) -> None:
    sign_as_mayor(town.ctx)
    asked = applications.apply(
        town.ctx, values={"applicant_name": "高橋太郎", "applicant_birth": "S50.3.1"}, household={"head_name": "高橋太郎", "head_birth": "S50.3.1",
        "address": "見本市本町1-2-3"}, building={"address": "見本市本町1-2-3"},
    )  # fmt: skip
    judge(town.ctx, asked.application.building_id, "half")
    paper = issue(town.ctx, asked.application.id).certificates[0]
    assert paper_of(town, paper).declared and "declared" in json.loads(paper_of(town, paper).values)
    (case,) = declared.list_declared(town.ctx)
    assert case.certificate_id == paper and case.candidates[0].name == "髙橋　太郎" and case.candidates[0].band == "sure"
    declared.confirm_match(town.ctx, victim_id=case.victim.id, resident_id=case.candidates[0].resident_id)
    assert declared.list_declared(town.ctx) == [] and not paper_of(town, paper).declared
    assert not applications.open_application(town.ctx, application_id=asked.application.id).application.declared
    assert "declared" not in next(
        iter(certificates.copy_values(town.ctx, plans=certificates.plan_copies(town.ctx, certificate_ids=[paper])))
    )
    with pytest.raises(RuleViolation, match="matched_already"):
        declared.confirm_absence(town.ctx, victim_id=case.victim.id)


def test_a_declared_household_known_already_goes_over_to_it(town: Town) -> None:
    sign_as_mayor(town.ctx)
    known = add_building(town.ctx, resident=town.resident("太郎"), grade="half")
    ours = issue(town.ctx, ask(town.ctx, known).application.id).certificates[0]
    misheard = {"head_name": "高橋太郎", "head_birth": "S51.3.1"}
    typed = applications.apply(town.ctx, values={"applicant_name": "高橋太郎"}, household=misheard, building_id=known)
    theirs = issue(town.ctx, typed.application.id).certificates[0]
    assert certificates.find_double_certificates(town.ctx) == []
    declared.confirm_match(town.ctx, victim_id=typed.application.victim_id, resident_id=town.resident("太郎"))
    (double,) = certificates.find_double_certificates(town.ctx)
    assert {row.id for row in double.certificates} == {ours, theirs} and paper_of(town, theirs).victim_id == victim_in(town.ctx, known)
    visitor = applications.apply(town.ctx, values={"applicant_name": "旅行　者"})
    declared.confirm_absence(town.ctx, victim_id=visitor.application.victim_id, note="市外の人")
    assert declared.list_declared(town.ctx) == []


def test_copies_belong_to_their_kind(town: Town) -> None:
    paper, _ = issued(town)
    plans = certificates.plan_copies(town.ctx, certificate_ids=[paper])
    changes = certificates.count_printed(town.ctx, plans=plans, batch="B", reason="first", target="x.pdf")
    (copy,) = [one for one in town.ctx.reads.all("certificate_copy") if isinstance(one, CertificateCopy)]
    assert changes["certificate_copy"] == {copy.id} and changes["certificate"] == {paper}


NEEDING = replace(FORM, required=(("number", "整理番号"), ("head_address", "世帯主住所"), ("code", "コード")))


def without_address(town: Town, *, main: bool) -> str:
    """An application of a household that was written down without an address, for a building it lived in or only owned."""
    building = add_building(town.ctx, grade="half", address="見本市港町4-5")
    asked = applications.apply(
        town.ctx, values={"applicant_name": "架空　三郎"}, household={"head_name": "架空　三郎"}, building_id=building
    )
    if not main:
        with town.ctx.unit() as uow:
            (link,) = uow.occupancies.where(building_id=building)
            uow.occupancies.save(replace(link, main=False))
            uow.commit()
    return asked.application.id


def test_a_household_written_down_without_an_address_lived_in_its_building(town: Town) -> None:
    sign_as_mayor(town.ctx)
    asked = without_address(town, main=True)
    done = certificates.issue(town.ctx, application_ids=[asked], form=NEEDING, write_values=certificate_values)
    assert json.loads(paper_of(town, done.certificates[0]).values)["head_address"] == "見本市港町4-5"


def test_what_could_never_be_printed_is_not_issued(town: Town) -> None:
    sign_as_mayor(town.ctx)
    asked = without_address(town, main=False)
    with pytest.raises(RuleViolation, match="certificate.value_missing") as refused:
        certificates.issue(town.ctx, application_ids=[asked], form=NEEDING, write_values=certificate_values)
    assert (refused.value.field, refused.value.params["label"]) == ("address", "世帯主住所")
    other = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"), grade="half")).application.id
    done = certificates.issue(town.ctx, application_ids=[asked, other], form=NEEDING, write_values=certificate_values)
    assert [(one.record, one.code) for one in done.refused] == [(asked, "certificate.value_missing")]
    assert (len(done.certificates), done.approved) == (1, 1)
    number, waiting = parse_certificate_number(done.numbers[0]), town.ctx.reads.get("application", asked)
    assert number is not None and number.serial == 1  # no number went to the one refused
    assert isinstance(waiting, Application) and waiting.state == "judged"


def test_a_paper_that_lacks_a_value_takes_no_older_one_s_place(town: Town) -> None:
    sign_as_mayor(town.ctx)
    older = issue(town.ctx, without_address(town, main=False)).certificates[0]
    with pytest.raises(RuleViolation, match="certificate.value_missing"):
        certificates.supersede(town.ctx, certificate_id=older, form=NEEDING, write_values=certificate_values, reason="再調査")
    assert paper_of(town, older).state == "issued"
