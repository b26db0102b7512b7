"""Applications: taking down, warnings, steps and what they need, the look-up, self-judgement, grades that change."""

from __future__ import annotations

import pytest

from app.domain.errors import RuleViolation, StaleRecord
from app.usecases import applications
from app.usecases.certificate_rows import ApplicationFilter
from app.usecases.certificate_settings import change_certificate_settings, read_certificate_settings
from app.usecases.protections import Target, add_protection
from app.usecases.records import read_access_log
from tests.certificates_town import add_building, ask, issue, issued, judge, sign_as_mayor, victim_in
from tests.stores import Town


def state_of(town: Town, application_id: str) -> str:
    return applications.open_application(town.ctx, application_id=application_id).application.state


def test_an_application_is_numbered_queued_and_goes_where_it_can(town: Town) -> None:
    waiting = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎")))
    judged = ask(
        town.ctx, add_building(town.ctx, resident=town.resident("源"), grade="large"), applicant_name="﨑山　源", applicant_birth=""
    )
    assert (waiting.application.state, judged.application.state) == ("awaiting", "judged")
    assert judged.application.grade == "large" and judged.application.judged_at is not None
    assert (waiting.queue, judged.queue) == ("1", "2") and waiting.warnings == ()
    assert waiting.application.number != judged.application.number and waiting.application.number.count("-") == 2
    assert not waiting.application.declared
    file = applications.open_application(town.ctx, application_id=waiting.application.id)
    assert file.missing == ("survey", "approval", "issue") and file.next_state == "judged"
    assert [member.name for member in file.members] == ["髙橋　太郎", "髙橋　花", "髙橋　一郎", "髙橋　二葉"]
    town.clock.forward(days=1)
    assert ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"))).queue == "1"


def test_typed_households_are_declared_and_buildings_written_down(town: Town) -> None:
    made = applications.apply(
        town.ctx,
        values={"applicant_name": "架空　次郎", "applicant_birth": "昭和40年1月2日", "contact_address": "避難所 体育館", "kind": "damage"},
        household={"head_name": "架空　次郎", "head_birth": "1965-01-02", "address": "見本市港町9"},
        members=[{"name": "架空　次郎", "relation": "世帯主"}, {"name": "架空　三郎", "relation": "子"}],
        building={"address": "見本市港町9"},
    )
    file = applications.open_application(town.ctx, application_id=made.application.id)
    assert made.application.declared and file.victim is not None and file.victim.declared and len(file.members) == 2
    assert file.building is not None and file.building.number and made.application.state == "awaiting"
    bare = applications.apply(town.ctx, values={"applicant_name": "名前　だけ"})
    assert bare.application.state == "received" and bare.application.declared
    assert applications.open_application(town.ctx, application_id=bare.application.id).missing[0] == "building"
    other = add_building(town.ctx, grade="partial")
    applications.link_application(town.ctx, application_id=bare.application.id, building_id=other)
    assert state_of(town, bare.application.id) == "judged"


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"applicant_role": "agent"}, "application.proxy_missing", "proxy"),
        ({"applicant_name": "  "}, "application.applicant_missing", "applicant_name"),
        ({"copies": 0}, "application.copies", "copies"),
        ({"copies": 51}, "application.copies", "copies"),
        ({"applied_on": "2023-12-31"}, "application.day", "applied_on"),
        ({"applied_on": "2030-01-01"}, "application.day", "applied_on"),
        ({"applicant_birth": "きのう"}, "application.birth", "applicant_birth"),
        ({"purposes": ["holiday"]}, "word.unknown", "purposes"),
        ({"kind": "gift"}, "word.unknown", "kind"),
        ({"damage": "あ" * 2001}, "application.text_long", "damage"),
        ({"nonsense": "1"}, "word.unknown", "nonsense"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(town: Town, values: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        applications.apply(town.ctx, values={"applicant_name": "髙橋　太郎", **values})
    assert (caught.value.code, caught.value.field) == (code, field)
    assert applications.list_application_ids(town.ctx) == []


def test_late_and_second_applications_are_warned_of_only(town: Town) -> None:
    building = add_building(town.ctx, resident=town.resident("太郎"))
    first = ask(town.ctx, building)
    change_certificate_settings(town.ctx, values={"deadline": "R6.1.1", "queue_prefix": "A"})
    assert read_certificate_settings(town.ctx).deadline == "2024-01-01" and read_certificate_settings(town.ctx).year == 2024
    second = ask(town.ctx, building)
    assert [code for code, _ in second.warnings] == ["application.late", "application.again"]
    assert second.warnings[1][1]["number"] == first.application.number and second.queue == "A2"
    report = ask(town.ctx, building, kind="report", damage="塀が倒れた")
    assert report.warnings == () and report.application.state == "judged"
    typed = applications.apply(town.ctx, values={"applicant_name": "高橋太郎", "applicant_birth": "S50.3.1"})
    assert {params["number"] for code, params in typed.warnings if code == "application.again"} == {
        first.application.number,
        second.application.number,
    }


def test_forbidden_steps_say_what_is_missing(town: Town) -> None:
    unsurveyed = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎")))
    barn = ask(town.ctx, add_building(town.ctx, resident=town.resident("源"), grade="total", use="barn"), applicant_name="﨑山　源")
    none = ask(town.ctx, add_building(town.ctx, resident=town.resident("源"), grade="none"), applicant_name="﨑山　源")
    bare = applications.apply(town.ctx, values={"applicant_name": "名前　だけ"})
    for application, state, code in (
        (unsurveyed, "judged", "application.no_grade"),
        (unsurveyed, "approved", "application.no_such_move"),
        (barn, "judged", "application.not_dwelling"),
        (none, "judged", "application.grade_none"),
        (bare, "awaiting", "application.no_building"),
        (bare, "nowhere", "word.unknown"),
        (bare, "issued", "application.issue_instead"),
    ):
        with pytest.raises(RuleViolation) as caught:
            applications.move(town.ctx, application_ids=[application.application.id], state=state)
        assert caught.value.code == code
    change_certificate_settings(town.ctx, values={"other_buildings": True})
    assert applications.move(town.ctx, application_ids=[barn.application.id], state="judged").moved == (barn.application.id,)


def test_approval_is_a_right_of_its_own_and_many_at_once(town: Town) -> None:
    one = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"), grade="half"))
    two = ask(town.ctx, add_building(town.ctx, resident=town.resident("源")), applicant_name="﨑山　源")
    ids = [one.application.id, two.application.id, "gone"]
    with pytest.raises(RuleViolation, match="permission.denied"):
        applications.approve(town.acting("desk"), application_ids=ids)
    done = applications.approve(town.acting("approval"), application_ids=ids)
    assert done.moved == (one.application.id,) and {refusal.code for refusal in done.refused} == {
        "application.no_such_move",
        "record.not_found",
    }
    file = applications.open_application(town.ctx, application_id=one.application.id)
    assert file.application.approved_by and file.application.approved_at == town.clock()
    back = applications.move(town.ctx, application_ids=[one.application.id], state="judged", reason="書類を見直す")
    assert back.moved and applications.open_application(town.ctx, application_id=one.application.id).application.approved_by == ""
    with pytest.raises(RuleViolation, match="reason.missing"):
        applications.close(town.ctx, application_ids=[one.application.id], reason=" ")
    applications.close(town.ctx, application_ids=[one.application.id], reason="取下げ")
    assert state_of(town, one.application.id) == "closed"
    applications.move(town.ctx, application_ids=[one.application.id], state="received", reason="もう一度")
    assert state_of(town, one.application.id) == "judged"


def test_a_changed_grade_moves_applications_and_marks_papers(town: Town) -> None:
    paper, application = issued(town, "half")
    building = applications.open_application(town.ctx, application_id=application).application.building_id
    approved = ask(town.ctx, building)
    applications.approve(town.ctx, application_ids=[approved.application.id])
    judge(town.ctx, building, "half", kind="second")
    assert state_of(town, approved.application.id) == "approved", "the same grade changes nothing"
    judge(town.ctx, building, "large", kind="re")
    file = applications.open_application(town.ctx, application_id=approved.application.id)
    assert (file.application.state, file.application.grade, file.application.approved_by) == ("judged", "large", "")
    assert file.survey is not None and file.survey.kind == "re"
    row = next(row for row in applications.open_application(town.ctx, application_id=application).certificates if row.id == paper)
    assert (row.state, row.grade, row.newer_grade) == ("issued", "half", "large")
    with town.ctx.unit() as uow:
        for survey in uow.surveys.where(building_id=building):
            from dataclasses import replace

            uow.surveys.save(replace(survey, state="withdrawn"))
        applications.on_grade_changed(town.ctx, uow, building)
        uow.commit()
    assert state_of(town, approved.application.id) == "awaiting"


def test_the_look_up_tells_only_whoever_knows_the_birth_date(town: Town) -> None:
    made = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎")))
    town.clock.forward(days=3)
    found = applications.find_application(town.ctx, number=made.application.number.lower(), birth="1975-03-01")
    assert (found.state, found.waiting_days, found.next_step, found.certificate_number) == ("awaiting", 3, "survey", "")
    assert applications.find_application(town.ctx, number=made.application.number.replace("-", ""), birth="昭50.3.1").number == found.number
    for number, birth in ((made.application.number, "S50.3.2"), ("0000-00001-0", "S50.3.1"), (made.application.number, "S50")):
        with pytest.raises(RuleViolation) as caught:
            applications.find_application(town.ctx, number=number, birth=birth)
        assert caught.value.code == "application.not_found" and set(caught.value.params) == {"field"}
    with pytest.raises(RuleViolation, match="application.birth"):
        applications.find_application(town.ctx, number=made.application.number, birth="")
    for _ in range(3):
        with pytest.raises(RuleViolation, match="application.not_found"):
            applications.find_application(town.ctx, number=made.application.number, birth="S51.1.1")
    with pytest.raises(RuleViolation, match="application.too_many_tries"):
        applications.find_application(town.ctx, number=made.application.number, birth="S50.3.1")
    refused = [entry for entry in read_access_log(town.ctx) if entry.action == "lookup_refused"]
    assert len(refused) == 6 and sum(entry.target == made.application.number for entry in refused) == 5
    town.clock.forward(days=1)
    assert applications.find_application(town.ctx, number=made.application.number, birth="S50.3.1").waiting_days == 4


def test_lists_find_by_words_and_conditions(town: Town) -> None:
    one = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎")), phone="090-1111-2222")
    two = ask(
        town.ctx,
        add_building(town.ctx, resident=town.resident("源"), grade="total", address="見本市山手二丁目3"),
        applicant_name="﨑山　源",
        applicant_kana="サキヤマ　ゲン",
    )
    ids = [one.application.id, two.application.id]

    def found(**wanted: object) -> list[str]:
        return list(applications.list_application_ids(town.ctx, filter=ApplicationFilter(**wanted)))  # type: ignore[arg-type]

    assert found() == ids and found(sort="address") == [two.application.id, one.application.id]
    assert found(text="高橋") == found(text="タカハシ") == found(text="09011112222") == found(state="awaiting") == [one.application.id]
    assert found(text="崎山") == found(text="山手2") == found(grade="total") == found(missing="approval") == [two.application.id]
    assert found(text="100%") == found(text="該当なし") == found(waiting=1) == [] and found(missing="survey") == [one.application.id]
    town.clock.forward(days=2)
    assert found(waiting=2) == ids and found(missing="check") == []
    counts = applications.count_applications(town.ctx)
    assert counts.by_state == {"awaiting": 1, "judged": 1} and counts.longest_wait == 2


def test_corrections_keep_the_state_honest_and_respect_the_paper(town: Town) -> None:
    paper, application = issued(town)
    file = applications.open_application(town.ctx, application_id=application)
    version = file.application.version
    with pytest.raises(RuleViolation) as caught:
        applications.correct_application(town.ctx, application_id=application, version=version, values={"cause": "別の原因"})
    assert (caught.value.code, caught.value.field) == ("application.issued_fixed", "cause")
    applications.correct_application(town.ctx, application_id=application, version=version, values={"phone": "0767-00-0000", "copies": 3})
    with pytest.raises(StaleRecord):
        applications.correct_application(town.ctx, application_id=application, version=version, values={"phone": ""})
    with pytest.raises(RuleViolation, match="permission.denied"):
        applications.correct_application(town.acting("survey"), application_id=application, version=version + 1, values={"note": "x"})
    assert applications.open_application(town.ctx, application_id=application).certificates[0].id == paper


def test_protected_households_are_not_there_without_the_right(town: Town) -> None:
    building = add_building(town.ctx, resident=town.resident("太郎"), grade="half")
    made = ask(town.ctx, building)
    clerk = town.acting("desk", "admin")
    assert list(applications.list_application_ids(clerk)) == [made.application.id]
    add_protection(town.ctx, target=Target(resident_no="0000000013"))
    assert (
        applications.list_application_ids(clerk) == [] and applications.application_rows(clerk, application_ids=[made.application.id]) == []
    )
    assert applications.find_application_id(clerk, number=made.application.number) is None
    assert applications.count_applications(clerk).by_state == {}
    with pytest.raises(RuleViolation, match="record.not_found"):
        applications.open_application(clerk, application_id=made.application.id)
    with pytest.raises(RuleViolation, match="record.not_found"):
        applications.approve(clerk, application_ids=[made.application.id])
    with pytest.raises(RuleViolation, match="application.not_found"):
        applications.find_application(clerk, number=made.application.number, birth="S50.3.1")
    with pytest.raises(RuleViolation, match="record.not_found"):
        applications.apply(clerk, values={"applicant_name": "髙橋　花"}, victim_id=victim_in(town.ctx, building), building_id=building)
    again = applications.apply(clerk, values={"applicant_name": "高橋一郎", "applicant_birth": "H20.11.30"})
    assert again.warnings == () and clerk.reads.get("application", again.application.id) is None, "typed in as new it is withheld, too"
    shown = applications.application_rows(town.ctx, application_ids=[made.application.id])
    assert shown[0].protected and applications.open_application(town.ctx, application_id=made.application.id).protected


def test_self_judgement_needs_consent_a_note_and_a_check(town: Town) -> None:
    from app.usecases.surveys import check_surveys

    building = add_building(town.ctx, resident=town.resident("太郎"))
    made = ask(town.ctx, building)
    for values, note, code in (({}, "写真2枚", "application.no_consent"), ({"self_judgement": True}, " ", "application.photo_note")):
        if values:
            version = applications.open_application(town.ctx, application_id=made.application.id).application.version
            applications.correct_application(town.ctx, application_id=made.application.id, version=version, values=values)
        with pytest.raises(RuleViolation, match=code):
            applications.judge_self(town.ctx, application_id=made.application.id, note=note)
    applications.judge_self(town.ctx, application_id=made.application.id, note="写真2枚：外壁のひびのみ")
    file = applications.open_application(town.ctx, application_id=made.application.id)
    assert file.application.state == "awaiting" and file.missing[0] == "check"
    with town.ctx.unit() as uow:
        (survey,) = uow.surveys.where(building_id=building)
    assert (survey.method, survey.grade, survey.state) == ("self", "partial", "entered")
    from dataclasses import replace

    checker = replace(town.ctx, actor=replace(town.ctx.actor, operator_id="another", name="別の人"))
    check_surveys(checker, survey_ids=[survey.id], accept=True)
    file = applications.open_application(town.ctx, application_id=made.application.id)
    assert (file.application.state, file.application.grade) == ("judged", "partial")


def test_issue_is_only_reached_by_issuing(town: Town) -> None:
    sign_as_mayor(town.ctx)
    made = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"), grade="half"))
    done = issue(town.ctx, made.application.id)
    assert done.approved == 1 and state_of(town, made.application.id) == "issued"
    found = applications.find_application(town.ctx, number=made.application.number, birth="S50.3.1")
    assert found.next_step == "issued" and found.certificate_number == done.numbers[0] and found.issued_on == "2024-01-02"
