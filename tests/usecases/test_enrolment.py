"""Laptops of a municipality: they ask, headquarters accepts, and whoever must not take part is told why."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.domain.enrolment import MOST_QR, Request, read_answer, write_answer, write_request
from app.domain.errors import IntegrityFault, RuleViolation, SasaeError
from app.domain.exchange import DeviceList, EnrolledDevice
from app.domain.governance import Operator, Site
from app.domain.identifiers import device_prefix, new_id
from app.usecases.backups import back_up_to
from app.usecases.context import Actor, Context
from app.usecases.enrolling import accept_answer, accept_request, become_new, confirm_key, look_at_answer, look_at_request, make_request
from app.usecases.enrolment import (
    create_municipality,
    device_list,
    need_list,
    need_member,
    revoke_device,
    show_municipality,
    sign_list,
    take_list,
    write_list,
)
from app.usecases.operators import add_operator, disable_operator, find_operator, list_operators
from app.usecases.shelters import add_shelter
from tests.laptops import Laptop, enrol, found_headquarters, found_laptop, open_laptop
from tests.stores import OPERATOR, PASSWORD, Clock

SCHOOL = "見本小学校"


@pytest.fixture
def clock() -> Clock:
    """One clock for all laptops."""
    return Clock()


@pytest.fixture
def hq(tmp_path: Path, clock: Clock) -> Iterator[Laptop]:
    """Headquarters with the municipality's key."""
    made = found_headquarters(tmp_path / "hq", clock)
    yield made
    made.close()


@pytest.fixture
def school(tmp_path: Path, clock: Clock) -> Iterator[Laptop]:
    """A laptop of a shelter, not enrolled."""
    made = found_laptop(tmp_path / "school", clock, site=SCHOOL)
    yield made
    made.close()


def refused(code: str, act: Callable[[], Any]) -> SasaeError:
    """What an act is refused with."""
    with pytest.raises((RuleViolation, IntegrityFault)) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def as_role(ctx: Context, *roles: str) -> Context:
    """The context of somebody with other roles."""
    return replace(ctx, actor=Actor(operator_id=ctx.actor.operator_id, name="別の人", roles=roles, slot=""))


def take(laptop: Laptop, devices: DeviceList) -> bool:
    """A list as a package brings it."""
    with laptop.ctx.unit() as uow:
        changed = take_list(laptop.ctx, uow, devices)
        uow.commit()
    return changed


def signed_by(laptop: Laptop, request: Request) -> str:
    """A request made by hand, signed with the keys of a laptop."""
    bare = replace(request, signature="")
    return write_request(replace(bare, signature=laptop.ctx.keys.sign(bare.text())))


# -- the whole way ---------------------------------------------------------------------------------------------


def test_a_laptop_asks_is_accepted_and_takes_part(hq: Laptop, school: Laptop) -> None:
    made = make_request(school.ctx)
    assert make_request(school.ctx).request.recipient == made.request.recipient  # the same keys until it is enrolled
    view = look_at_request(hq.ctx, text=made.text)
    assert view.refusal is None and view.fingerprint == made.fingerprint and view.site_id == "" and view.before is None
    accepted = accept_request(hq.ctx, text=made.lines, expected=made.fingerprint)
    assert (accepted.device.site_name, accepted.device.site_kind, accepted.number) == (SCHOOL, "shelter", 2)
    seen = look_at_answer(school.ctx, text=accepted.text)
    assert seen.refusal is None and not seen.known and seen.fingerprint == show_municipality(hq.ctx).fingerprint
    done = accept_answer(school.ctx, text=accepted.text, expected=seen.fingerprint.lower())
    assert done.confirmed and not done.moved and not done.holds_key
    assert device_list(school.ctx) == device_list(hq.ctx) and need_member(school.ctx)[1].letters == school.letters
    assert {one.letters for one in need_list(school.ctx).devices} == {hq.letters, school.letters}
    refused("enrol.already_member", lambda: make_request(school.ctx))
    assert not [code for laptop in (hq, school) for code, _ in laptop.session.verify().problems]
    assert school.ctx.keys.verify(b"x", hq.ctx.keys.sign(b"x"), need_list(school.ctx).devices[0].verify_key)


def test_keys_of_the_folder_are_sealed_in_the_store(school: Laptop) -> None:
    make_request(school.ctx)
    kept = school.ctx.reads.settings.get("exchange.keys")
    assert school.ctx.keys.identity() not in kept and "AGE-SECRET" not in kept
    assert school.again().ctx.keys.recipient().startswith("age1")


def test_a_laptop_works_for_the_site_that_headquarters_knows(hq: Laptop, school: Laptop) -> None:
    with hq.ctx.unit() as uow:
        known = uow.sites.add(Site(id=new_id(), name="見本 小学校　", kind="desk"))
        uow.commit()
    view = look_at_request(hq.ctx, text=make_request(school.ctx).text)
    assert view.site_id == known.id and [one.code for one in view.warnings] == ["enrol.other_kind"]
    accepted, done = enrol(hq, school)
    assert done.moved and accepted.device.site_id == known.id
    school.again()
    place = school.ctx.place
    assert (place.site_id, place.site_name, place.site_kind) == (known.id, known.name, "desk")
    shelter, _ = add_shelter(school.ctx, values={"name": "例示館", "kana": "", "capacity": 10})
    assert school.ctx.reads.journal.history(shelter)[0].device == place.device_id
    assert school.session.verify().ok


def test_a_named_site_is_taken_whatever_the_laptop_says(hq: Laptop, school: Laptop) -> None:
    text = make_request(school.ctx).text
    refused("enrol.site_unknown", lambda: accept_request(hq.ctx, text=text, site="ないところ"))
    with hq.ctx.unit() as uow:
        uow.sites.add(Site(id="site-b", name="架空公民館", kind="shelter"))
        uow.commit()
    accepted, done = enrol(hq, school, site="架空公民館")
    assert accepted.device.site_id == "site-b" and done.moved


# -- what headquarters refuses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"municipality_code": "172049"}, "enrol.other_municipality"),
        ({"disaster_name": "別の地震"}, "enrol.other_disaster"),
        ({"training": True}, "enrol.training"),
    ],
)
def test_laptops_of_others_are_refused(hq: Laptop, tmp_path: Path, clock: Clock, changes: dict[str, Any], code: str) -> None:
    other = found_laptop(tmp_path / "other", clock, site="よその体育館", **changes)
    text = make_request(other.ctx).text
    view = look_at_request(hq.ctx, text=text)
    assert view.refusal is not None and view.refusal.code == code
    refused(code, lambda: accept_request(hq.ctx, text=text))
    assert need_list(hq.ctx).number == 1
    other.close()


def test_an_enrolled_or_revoked_laptop_is_not_enrolled_again(hq: Laptop, school: Laptop) -> None:
    text = make_request(school.ctx).text
    accepted = accept_request(hq.ctx, text=text)
    refused("enrol.already", lambda: accept_request(hq.ctx, text=text))
    rewritten = accept_request(hq.ctx, text=text, again=True)
    assert rewritten.lines == accepted.lines and need_list(hq.ctx).number == 2
    school.ctx.keys.renew()
    other = replace(make_request(school.ctx).request, verify_key=need_list(hq.ctx).devices[0].verify_key)
    refused("enrol.already_other_keys", lambda: accept_request(hq.ctx, text=signed_by(hq, other), again=True))
    revoke_device(hq.ctx, device=school.letters, reason="盗難")
    refused("enrol.was_revoked", lambda: accept_request(hq.ctx, text=text, again=True))


def test_four_letters_belong_to_one_device(hq: Laptop, school: Laptop) -> None:
    base, wanted = new_id()[:24], hq.letters
    twin = next(one for n in itertools.count() if device_prefix(one := f"{base}{n:012x}") == wanted)
    request = replace(make_request(school.ctx).request, device=twin, letters=wanted)
    fault = refused("enrol.letters_taken", lambda: accept_request(hq.ctx, text=signed_by(school, request)))
    assert fault.params["device"] == wanted
    lying = replace(request, letters="ZZZZ")
    refused("enrol.request_false", lambda: accept_request(hq.ctx, text=signed_by(school, lying)))


def test_keys_belong_to_one_device(hq: Laptop, school: Laptop) -> None:
    enrol(hq, school)
    device = new_id()
    keys = school.ctx.keys
    request = Request(
        device=device, letters=device_prefix(device), site_id=new_id(), site_name="例示体育館", site_kind="shelter", recipient=keys.recipient(),
        verify_key=keys.verify_key(), municipality_code="172022", municipality="", disaster="", mark=need_list(hq.ctx).mark, training=False,
        written_at="2024-01-02T00:00:00+00:00",
    )  # fmt: skip
    assert refused("enrol.keys_taken", lambda: accept_request(hq.ctx, text=signed_by(school, request))).params["device"] == school.letters


def test_a_changed_request_is_refused(hq: Laptop, school: Laptop) -> None:
    request = make_request(school.ctx).request
    changed = write_request(replace(request, site_name="架空公民館"))
    refused("enrol.request_false", lambda: look_at_request(hq.ctx, text=changed))
    refused("enrol.request_fingerprint", lambda: accept_request(hq.ctx, text=write_request(request), expected="0000-0000-0000-0000"))


def test_only_who_holds_the_key_enrols(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    text = make_request(school.ctx).text
    refused("enrol.other_request", lambda: accept_request(school.ctx, text=text))
    refused("permission.denied", lambda: accept_request(as_role(hq.ctx, "desk"), text=text))
    refused("permission.denied", lambda: make_request(as_role(school.ctx, "shelter")))
    refused("permission.denied", lambda: create_municipality(as_role(hq.ctx, "accounting")))
    refused("permission.denied", lambda: revoke_device(as_role(hq.ctx, "desk"), device="x", reason="y"))
    refused("enrol.only_headquarters", lambda: create_municipality(school.ctx))
    refused("enrol.not_enrolled", lambda: need_list(school.ctx))
    refused("enrol.already_created", lambda: create_municipality(hq.ctx))
    refused("enrol.request_at_office", lambda: make_request(hq.ctx))
    other = found_laptop(tmp_path / "fresh", clock, site="別の本部", kind="hq")
    refused("enrol.not_created", lambda: accept_request(other.ctx, text=text))
    refused("enrol.not_created", lambda: need_list(other.ctx))
    other.close()


# -- what the laptop refuses -------------------------------------------------------------------------------------


def test_an_answer_for_another_laptop_is_refused(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    other = found_laptop(tmp_path / "hall", clock, site="架空公民館")
    make_request(other.ctx)
    accepted = accept_request(hq.ctx, text=make_request(school.ctx).text)
    fault = refused("enrol.for_other", lambda: accept_answer(other.ctx, text=accepted.text))
    assert (fault.params["device"], fault.params["mine"]) == (school.letters, other.letters)
    refused("enrol.other_answer", lambda: accept_answer(hq.ctx, text=accepted.text))
    assert device_list(other.ctx) is None
    other.close()


def test_a_wrong_fingerprint_stops_it(hq: Laptop, school: Laptop) -> None:
    accepted = accept_request(hq.ctx, text=make_request(school.ctx).text)
    refused("enrol.fingerprint", lambda: accept_answer(school.ctx, text=accepted.text, expected="ABCD-EFGH-JKMN-PQRS"))
    assert device_list(school.ctx) is None
    done = accept_answer(school.ctx, text=accepted.text)
    assert not done.confirmed and not show_municipality(school.ctx).confirmed
    refused("enrol.fingerprint", lambda: confirm_key(school.ctx, expected="ABCD"))
    confirm_key(school.ctx, expected=accepted.fingerprint)
    assert show_municipality(school.ctx).confirmed


def test_a_forged_answer_is_refused(hq: Laptop, school: Laptop) -> None:
    answer = read_answer(accept_request(hq.ctx, text=make_request(school.ctx).text).text)
    spy = replace(answer.devices.devices[0], device=new_id(), letters="ZZZZ")
    forged = replace(answer, devices=replace(answer.devices, devices=(*answer.devices.devices, spy)))
    refused("enrol.list_false", lambda: accept_answer(school.ctx, text=write_answer(forged)))
    view = look_at_answer(school.ctx, text=write_answer(forged))
    assert view.refusal is not None and view.refusal.code == "enrol.list_false"
    alone = replace(answer, devices=sign_list(hq.ctx, replace(answer.devices, devices=answer.devices.devices[:1], signature="")))
    refused("enrol.list_false", lambda: accept_answer(school.ctx, text=write_answer(alone)))


def test_the_answer_to_an_older_request_is_refused(hq: Laptop, school: Laptop) -> None:
    first = make_request(school.ctx).text
    answer = accept_request(hq.ctx, text=first).text
    with school.ctx.unit() as uow:
        uow.set_setting("exchange.keys", "")
        uow.commit()
    make_request(school.ctx)
    refused("enrol.keys_differ", lambda: accept_answer(school.ctx, text=answer))


def test_another_municipal_key_needs_its_fingerprint(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    enrol(hq, school)
    again = found_headquarters(tmp_path / "again", clock)
    become_new(school.ctx, reason="鍵の作り直し")
    school.again()
    answer = accept_request(again.ctx, text=make_request(school.ctx).text)
    refused("enrol.other_key", lambda: accept_answer(school.ctx, text=answer.text))
    assert accept_answer(school.ctx, text=answer.text, expected=answer.fingerprint).confirmed
    assert need_list(school.ctx).municipal_key == again.ctx.keys.municipal_key()
    again.close()


def test_many_devices_still_fit_a_qr(hq: Laptop, school: Laptop) -> None:
    with hq.ctx.unit() as uow:
        known = need_list(hq.ctx)
        for number in range(30):
            device = new_id()
            known = known.with_device(
                EnrolledDevice(
                    device=device, letters=device_prefix(device), site_id=new_id(), site_name=f"例示{number}", site_kind="shelter",
                    recipient="age1" + "q" * 58, verify_key=f"{number:064x}", enrolled_at="2024-01-02T00:00:00+00:00",
                )
            )  # fmt: skip
        write_list(hq.ctx, uow, known)
        uow.commit()
    accepted = accept_request(hq.ctx, text=make_request(school.ctx).text)
    assert len(accepted.text) <= MOST_QR < len(accepted.lines)
    accept_answer(school.ctx, text=accepted.text)
    partial = need_list(school.ctx)
    assert partial.partial and {one.letters for one in partial.devices} == {hq.letters, school.letters}
    assert not take(hq, partial)
    assert take(school, need_list(hq.ctx)) and len(need_list(school.ctx).devices) == 32
    assert not take(school, partial)
    accept_answer(school.ctx, text=accepted.text)
    assert not need_list(school.ctx).partial  # what is known better stays


# -- lists -----------------------------------------------------------------------------------------------------


def test_a_lost_laptop_is_revoked_and_the_list_tells_everybody(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    hall = found_laptop(tmp_path / "hall", clock, site="架空公民館")
    enrol(hq, school)
    enrol(hq, hall)
    old = need_list(hall.ctx)
    refused("reason.missing", lambda: revoke_device(hq.ctx, device=school.letters, reason=" "))
    refused("enrol.device_unknown", lambda: revoke_device(hq.ctx, device="ZZZZ", reason="盗難"))
    refused("enrol.revoke_self", lambda: revoke_device(hq.ctx, device=hq.letters, reason="盗難"))
    refused("enrol.not_the_office", lambda: revoke_device(hall.ctx, device=school.letters, reason="盗難"))
    clock.forward(hours=1)
    done = revoke_device(hq.ctx, device=SCHOOL, reason="バイクごと流された")
    assert (done.device.state, done.known, done.vouchers) == ("revoked", 0, ())
    refused("enrol.already_revoked", lambda: revoke_device(hq.ctx, device=school.letters, reason="盗難"))
    newest = need_list(hq.ctx)
    assert take(hall, newest) and not take(hall, newest) and not take(hall, old) and not take(hq, old)
    assert newest.at_site(done.device.site_id) == () and need_list(hall.ctx).find(done.device.device) == done.device
    assert take(school, newest)
    assert "流された" in refused("enrol.revoked_here", lambda: need_member(school.ctx)).params["reason"]
    assert show_municipality(school.ctx).state == "revoked"
    refused("enrol.revoked_here", lambda: make_request(school.ctx))
    become_new(school.ctx, reason="見つかった")
    school.again()
    accepted, _ = enrol(hq, school)
    assert need_member(school.ctx)[1].letters == accepted.device.letters != done.device.letters
    hall.close()


def test_lists_that_the_municipality_did_not_sign_are_refused(hq: Laptop, school: Laptop) -> None:
    enrol(hq, school)
    mine = need_list(school.ctx)
    refused("enrol.list_false", lambda: take(school, replace(mine, number=99)))
    key = school.ctx.keys.verify_key()
    forged = replace(mine, number=99, municipal_key=key, signature="")
    forged = replace(forged, signature=school.ctx.keys.sign(forged.text()))
    refused("enrol.list_other_key", lambda: take(school, forged))
    assert need_list(school.ctx) == mine


def test_a_folder_that_is_not_enrolled_takes_no_list(hq: Laptop, school: Laptop) -> None:
    assert not take(school, need_list(hq.ctx)) and device_list(school.ctx) is None


def test_a_revoked_laptop_names_its_unpaid_vouchers(hq: Laptop, school: Laptop) -> None:
    from app.domain.payments import Voucher

    enrol(hq, school)
    base = {"term": 1, "home_device": hq.ctx.place.device_id, "device_id": school.letters, "amount": 50_000}
    with hq.ctx.unit() as uow:
        for number, state in enumerate(("assigned", "paid", "assigned")):
            uow.vouchers.add(Voucher(id=new_id(), number=f"V-{number}", state=state, payment_id=new_id(), **base))  # type: ignore[arg-type]
        uow.commit()
    assert revoke_device(hq.ctx, device=school.letters, reason="盗難").vouchers == ("V-0", "V-2")


# -- restored, copied, lost ------------------------------------------------------------------------------------


def test_headquarters_from_its_backup_goes_on_with_the_same_key(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    enrol(hq, school)
    back_up_to(hq.ctx, target=tmp_path / "hq.sasae-backup")
    hall = found_laptop(tmp_path / "hall", clock, site="架空公民館")
    enrol(hq, hall)  # behind the backup
    old = hq.letters
    hq.close()
    gateway(now=clock).restore(tmp_path / "hq.sasae-backup", into=tmp_path / "restored", operator=OPERATOR, password=PASSWORD)
    restored = open_laptop(tmp_path / "restored", clock)
    assert restored.session.notices == ()
    refused("enrol.again_at_hq", lambda: need_member(restored.ctx))
    refused("enrol.again_at_hq", lambda: accept_request(restored.ctx, text="x"))
    found, _ = create_municipality(restored.ctx)
    assert found.fingerprint == show_municipality(school.ctx).fingerprint and found.before == old and found.number == 3
    assert take(restored, need_list(hall.ctx))  # a package of the hall brings what had been enrolled since
    united = need_list(restored.ctx)
    assert united.number == 4 and {one.letters for one in united.devices} == {old, school.letters, hall.letters, restored.letters}
    assert take(hall, united) and take(school, united) and not take(restored, united)
    revoke_device(restored.ctx, device=old, reason="水没")
    assert show_municipality(restored.ctx).before == ""
    assert take(hall, need_list(restored.ctx)) and need_list(hall.ctx).find(restored.ctx.place.device_id) is not None
    for one in (restored, hall):
        one.close()


def test_lists_of_two_offices_are_united_whoever_writes_first(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    second = found_laptop(tmp_path / "second", clock, site="第二本部", kind="hq")
    text = make_request(second.ctx).text
    refused("enrol.hq_named", lambda: accept_request(hq.ctx, text=text))
    with hq.ctx.unit() as uow:
        uow.sites.add(Site(id="desk-1", name="窓口", kind="desk"))
        uow.commit()
    refused("enrol.key_only_hq", lambda: accept_request(hq.ctx, text=text, site="窓口", with_key=True))
    accepted = accept_request(hq.ctx, text=text, site="見本市災害対策本部", with_key=True)
    done = accept_answer(second.ctx, text=accepted.text, expected=accepted.fingerprint)
    assert done.holds_key and done.moved and second.ctx.keys.municipal_key() == hq.ctx.keys.municipal_key()
    second.again()
    assert second.ctx.place.site_kind == "hq"
    hall = found_laptop(tmp_path / "hall", clock, site="架空公民館")
    enrol(hq, school)
    enrol(second, hall)
    first_list, second_list = need_list(hq.ctx), need_list(second.ctx)
    assert first_list.number == second_list.number == 3 and first_list != second_list
    assert not take(school, second_list)  # the same number: what is here stays until the offices met
    assert take(hq, second_list) and take(second, need_list(hq.ctx)) and not take(hq, need_list(second.ctx))
    assert need_list(hq.ctx) == need_list(second.ctx) and len(need_list(hq.ctx).devices) == 4
    assert take(school, need_list(second.ctx)) and take(hall, need_list(hq.ctx))
    revoke_device(second.ctx, device=SCHOOL, reason="紛失")
    assert take(hq, need_list(second.ctx)) and not need_list(hq.ctx).at_site(school.ctx.place.site_id)
    for one in (second, hall):
        one.close()


def test_the_key_for_another_office_opens_nowhere_else(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    second = found_laptop(tmp_path / "second", clock, site="第二本部", kind="hq")
    accepted = accept_request(hq.ctx, text=make_request(second.ctx).text, site="見本市災害対策本部", with_key=True)
    lent = read_answer(accepted.text).lent
    make_request(school.ctx)
    refused("enrol.damaged", lambda: school.ctx.keys.take_municipal(lent, expected=need_list(hq.ctx).municipal_key))
    broken = replace(read_answer(accepted.text), lent=lent[:-8] + "AAAAAAA=")
    refused("enrol.damaged", lambda: accept_answer(second.ctx, text=write_answer(broken)))
    assert device_list(second.ctx) is None and second.ctx.keys.municipal_key() == ""
    second.close()


def test_a_restored_laptop_takes_the_place_of_the_old_one(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    enrol(hq, school)
    add_shelter(school.ctx, values={"name": "例示館", "kana": "", "capacity": 10})
    old, seq = school.ctx.place, school.ctx.reads.exchange.vector()[school.ctx.place.device_id].seq
    back_up_to(school.ctx, target=tmp_path / "school.sasae-backup")
    gateway(now=clock).restore(tmp_path / "school.sasae-backup", into=tmp_path / "restored", operator=OPERATOR, password=PASSWORD)
    restored = open_laptop(tmp_path / "restored", clock)
    refused("enrol.not_enrolled", lambda: need_member(restored.ctx))
    former = restored.ctx.keys.identity()
    request = make_request(restored.ctx).request
    assert (request.before, request.seq) == (old.device_id, seq) and request.recipient != need_list(hq.ctx).find(old.device_id).recipient  # type: ignore[union-attr]
    assert restored.ctx.keys.identities()[1] == former  # packages that are under way for the old device can still be opened
    assert look_at_request(hq.ctx, text=make_request(restored.ctx).text).before is not None
    accepted, _ = enrol(hq, restored, replaces=True)
    assert accepted.replaced == old.device_prefix and accepted.device.site_id == old.site_id
    ended = need_list(hq.ctx).find(old.device_id)
    assert ended is not None and (ended.state, ended.revoked_seq) == ("revoked", seq)  # all that the backup holds counts
    restored.close()


def test_a_new_device_before_enrolment_is_traced_to_the_enrolled_one(hq: Laptop, school: Laptop) -> None:
    enrol(hq, school)
    first = school.ctx.place.device_id
    for _ in range(2):
        become_new(school.ctx, reason="試し")
        school.again()
    assert make_request(school.ctx).request.before == first
    assert school.session.verify().ok


# -- operators ---------------------------------------------------------------------------------------------------


def test_operators_of_other_sites_have_a_name_here_and_nothing_else(hq: Laptop, school: Laptop) -> None:
    enrol(hq, school)
    mine, _ = add_operator(school.ctx, name="係 一郎", roles=("shelter",), password=PASSWORD)
    gone, _ = add_operator(school.ctx, name="係 二郎", roles=("shelter",), password=PASSWORD)
    disable_operator(school.ctx, operator_id=gone)
    with school.ctx.unit() as uow:
        foreign = uow.operators.add(Operator(id=new_id(), name=OPERATOR, roles=("admin",), slot=new_id()))
        uow.commit()
    names = {one.id: one for one in list_operators(school.ctx)}
    assert mine in names and gone in names and foreign.id not in names
    assert find_operator(school.ctx, name=OPERATOR).id == school.ctx.actor.operator_id
    refused("operator.not_found", lambda: find_operator(school.ctx, name=foreign.id))


def test_recovery_gives_a_password_to_the_operator_of_this_folder(tmp_path: Path, clock: Clock) -> None:
    from tests.stores import setup_of

    session, recovery = gateway(now=clock).create(tmp_path / "a", setup_of())
    own = session.context.actor.operator_id
    with session.context.unit() as uow:
        uow.operators.add(Operator(id="0" + new_id()[1:], name=OPERATOR, roles=("admin",), slot=new_id()))
        uow.commit()
    session.close(backup=False)
    again = gateway(now=clock).recover(tmp_path / "a", recovery_key=recovery, operator=OPERATOR, password="another password")
    assert again.context.actor.operator_id == own
    again.close(backup=False)
