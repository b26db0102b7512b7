"""Settings that travel: what headquarters tells, what a site takes, in any order, and what never leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import IntegrityFault
from app.domain.exchange import DeviceList, EnrolledDevice
from app.usecases import bank_profiles, certificate_settings, damage_counts, editions, forms, municipal_key, rosters, transfer_days
from app.usecases.context import Context
from app.usecases.exchange_settings import STATE, note_travelling, read_travelling, take_travelling
from app.usecases.ownership import LIST
from app.usecases.settings import change_settings
from tests.cash_town import open_laptop
from tests.stores import Town


def enrolled(ctx: Context, *, at: str = "2024-01-02T00:00:00+00:00", **changes: str) -> EnrolledDevice:
    place = ctx.place
    known = EnrolledDevice(
        device=place.device_id, letters=place.device_prefix, site_id=place.site_id, site_name=place.site_name, site_kind=place.site_kind,
        recipient="age1x", verify_key="0" * 64, enrolled_at=at,
    )  # fmt: skip
    return replace(known, **changes)


def meet(*contexts: Context) -> None:
    """Everybody knows everybody, in the order in which they were enrolled."""
    devices = tuple(enrolled(ctx, at=f"2024-01-02T0{at}:00:00+00:00") for at, ctx in enumerate(contexts))
    listed = DeviceList(
        number=1, municipality_code="179999", municipality="見本市", disaster="見本地震", mark="m", training=False, municipal_key="0" * 64,
        written_at="2024-01-02T00:00:00+00:00", devices=devices,
    )  # fmt: skip
    for ctx in contexts:
        with ctx.unit() as uow:
            uow.set_setting(LIST, json.dumps(listed.to_json()))
            uow.commit()


def tell(sender: Context, receiver: Context) -> dict[str, Any]:
    """What a package from one to the other says, once it left."""
    told = read_travelling(sender, site_kind=receiver.place.site_kind)
    with sender.unit() as uow:
        note_travelling(sender, uow, told)
        uow.commit()
    return json.loads(json.dumps(told))  # type: ignore[no-any-return]


def take(receiver: Context, told: dict[str, Any], sender: Context) -> list[str]:
    with receiver.unit() as uow:
        kind = sender.place.site_kind
        changed = take_travelling(receiver, uow, told, from_hq=kind == "hq", from_desk=kind == "desk")
        uow.commit()
    return changed


@pytest.fixture
def site(town: Town, tmp_path: Path) -> Iterator[Town]:
    made = open_laptop(tmp_path / "site", town.clock)
    meet(town.ctx, made.ctx)
    yield made
    made.session.close(backup=False)


@pytest.fixture
def desk(town: Town, tmp_path: Path) -> Iterator[Town]:
    made = open_laptop(tmp_path / "desk", town.clock, site="見本支所", site_kind="desk")
    meet(town.ctx, made.ctx)
    yield made
    made.session.close(backup=False)


def set_all(ctx: Context) -> None:
    """Something in every kind of setting."""
    forms.change_signature(ctx, values=forms.Signature(municipality="見本県見本市", mayor_title="見本市長", mayor_name="見本 太郎"))
    certificate_settings.change_certificate_settings(ctx, values={"cause": "見本地震", "queue_prefix": "H"})
    damage_counts.save_typed(ctx, values={"dead": 2})
    transfer_days.save_closed_days(ctx, days=("2024-02-01",))
    bank_profiles.import_profile(ctx, text='id = "mihon"\ntitle = "見本銀行"\nbase = "standard"\n')
    rosters.save_view(ctx, view=rosters.SavedView(name="乳幼児", filter=rosters.now_filter(ctx, age_to=3)))
    pattern = editions.edition_text(ctx, editions.list_editions()[0].id)
    editions.add_edition(ctx, pattern.replace(editions.list_editions()[0].id, "own-2024", 1))
    change_settings(ctx, values={"backup_folder": "X:\\backup"})
    forms.change_offset(ctx, printer="LP-1", right=1.0, down=2.0)


def test_a_desk_has_what_headquarters_chose(town: Town, desk: Town) -> None:
    set_all(town.ctx)
    assert certificate_settings.read_certificate_settings(desk.ctx).cause == ""
    changed = take(desk.ctx, tell(town.ctx, desk.ctx), town.ctx)
    assert forms.read_signature(desk.ctx).mayor_name == "見本 太郎"
    read = certificate_settings.read_certificate_settings(desk.ctx)
    assert (read.cause, read.queue_prefix) == ("見本地震", certificate_settings.CertificateSettings().queue_prefix)
    assert transfer_days.read_closed_days(desk.ctx) == ("2024-02-01",)
    assert [one.name for one in rosters.saved_views(desk.ctx)] == ["乳幼児"]
    assert "own-2024" in [one.id for one in editions.list_editions(desk.ctx)]
    assert {"form.mayor_name", "certificates.cause", "survey.editions", "roster.views"} <= set(changed)
    assert take(desk.ctx, tell(town.ctx, desk.ctx), town.ctx) == []


def test_what_belongs_to_the_laptop_or_to_headquarters_stays_there(town: Town, desk: Town, site: Town) -> None:
    set_all(town.ctx)
    municipal_key.make_key(town.ctx, label="本部の鍵")
    for other in (desk, site):
        text = json.dumps(tell(town.ctx, other.ctx), ensure_ascii=False)
        assert "backup" not in text and "LP-1" not in text and "mihon" not in text and "queue_prefix" not in text
        sealed = json.loads(town.ctx.reads.settings.get(municipal_key.SETTING))[0]["sealed"]
        assert sealed and sealed not in text
    told = tell(town.ctx, site.ctx)
    assert not [name for name in told["values"] if name.startswith(("certificates.", "form.", "damage"))]
    take(site.ctx, told, town.ctx)
    assert [one.name for one in rosters.saved_views(site.ctx)] == ["乳幼児"]


def test_headquarters_wins_and_a_site_changes_nothing_there(town: Town, desk: Town) -> None:
    set_all(town.ctx)
    forms.change_signature(desk.ctx, values=forms.Signature(municipality="", mayor_title="支所長", mayor_name="別人"))
    rosters.save_view(desk.ctx, view=rosters.SavedView(name="うちの表", filter=rosters.now_filter(desk.ctx)))
    rosters.save_view(desk.ctx, view=rosters.SavedView(name="乳幼児", filter=rosters.now_filter(desk.ctx, age_to=1)))
    up = tell(desk.ctx, town.ctx)
    assert "values" not in up and take(town.ctx, up, desk.ctx) == []
    forged = {**up, "number": 99, "digest": "f" * 64, "values": {"form.mayor_name": "別人"}}
    assert take(town.ctx, forged, desk.ctx) == [] and forms.read_signature(town.ctx).mayor_name == "見本 太郎"
    take(desk.ctx, tell(town.ctx, desk.ctx), town.ctx)
    assert forms.read_signature(desk.ctx).mayor_name == "見本 太郎"
    views = {one.name: one.filter.age_to for one in rosters.saved_views(desk.ctx)}
    assert views == {"うちの表": None, "乳幼児": 3}


def test_late_and_repeated_copies_change_nothing_and_what_is_gone_goes(town: Town, desk: Town) -> None:
    set_all(town.ctx)
    first = tell(town.ctx, desk.ctx)
    certificate_settings.change_certificate_settings(town.ctx, values={"cause": "令和6年見本地震"})
    rosters.forget_view(town.ctx, name="乳幼児")
    second = tell(town.ctx, desk.ctx)
    assert second["number"] == first["number"] + 1
    take(desk.ctx, first, town.ctx)
    assert [one.name for one in rosters.saved_views(desk.ctx)] == ["乳幼児"]
    take(desk.ctx, second, town.ctx)
    assert take(desk.ctx, first, town.ctx) == []
    assert certificate_settings.read_certificate_settings(desk.ctx).cause == "令和6年見本地震"
    assert rosters.saved_views(desk.ctx) == []


def test_a_restored_headquarters_goes_on_counting(town: Town, desk: Town) -> None:
    set_all(town.ctx)
    for at in range(3):
        certificate_settings.change_certificate_settings(town.ctx, values={"cause": f"{at}"})
        take(desk.ctx, tell(town.ctx, desk.ctx), town.ctx)
    with town.ctx.unit() as uow:
        uow.set_setting(STATE, "")
        uow.commit()
    take(town.ctx, tell(desk.ctx, town.ctx), desk.ctx)
    certificate_settings.change_certificate_settings(town.ctx, values={"cause": "復元のあと"})
    take(desk.ctx, tell(town.ctx, desk.ctx), town.ctx)
    assert certificate_settings.read_certificate_settings(desk.ctx).cause == "復元のあと"


def test_the_first_laptop_of_headquarters_leads_and_the_second_passes_on(town: Town, tmp_path: Path) -> None:
    second = open_laptop(tmp_path / "second", town.clock, site="見本市役所本部", site_kind="hq")
    desk = open_laptop(tmp_path / "desk", town.clock, site="見本支所", site_kind="desk")
    try:
        meet(town.ctx, second.ctx, desk.ctx)
        set_all(town.ctx)
        assert take(town.ctx, tell(second.ctx, town.ctx), second.ctx) == []
        assert take(desk.ctx, tell(second.ctx, desk.ctx), second.ctx) == []  # it has nothing of the first one's yet
        take(second.ctx, tell(town.ctx, second.ctx), town.ctx)
        assert bank_profiles.list_own(second.ctx)[0].id == "mihon"
        take(desk.ctx, tell(second.ctx, desk.ctx), second.ctx)
        assert forms.read_signature(desk.ctx).mayor_name == "見本 太郎" and bank_profiles.list_own(desk.ctx) == []
    finally:
        second.session.close(backup=False)
        desk.session.close(backup=False)


def test_public_keys_go_up_from_a_desk_and_down_to_all(town: Town, desk: Town, site: Town) -> None:
    meet(town.ctx, desk.ctx, site.ctx)
    own, _ = municipal_key.make_key(desk.ctx)
    assert take(town.ctx, tell(desk.ctx, town.ctx), desk.ctx) == [municipal_key.SETTING]
    assert take(town.ctx, tell(desk.ctx, town.ctx), desk.ctx) == []
    known = {one.id: one for one in municipal_key.list_keys(town.ctx)}
    assert (known[own.id].own, known[own.id].current, known[own.id].label) == (False, False, "見本支所")
    hq, _ = municipal_key.make_key(town.ctx)
    take(site.ctx, tell(town.ctx, site.ctx), town.ctx)
    assert {one.id for one in municipal_key.list_keys(site.ctx)} == {own.id, hq.id} and not any(one.own for one in municipal_key.list_keys(site.ctx))
    take(desk.ctx, tell(town.ctx, desk.ctx), town.ctx)
    assert {one.id: one.own for one in municipal_key.list_keys(desk.ctx)} == {own.id: True, hq.id: False}
    made, _ = municipal_key.make_key(site.ctx)
    take(town.ctx, {**tell(site.ctx, town.ctx), "keys": [{"public": made.public}]}, site.ctx)
    assert made.id not in {one.id for one in municipal_key.list_keys(town.ctx)}


@pytest.mark.parametrize(
    "told",
    [
        {"number": "3"}, {"number": -1}, {"number": True}, {"values": []}, {"values": {"form.mayor_name": 3}}, {"values": {"roster.views": "[1]"}},
        {"values": {"roster.views": "{"}}, {"keys": {}}, {"keys": [3]}, {"keys": [{"public": "***"}]}, {"keys": [{"public": "AAAA"}]}, {"digest": 5},
    ],
)  # fmt: skip
def test_values_that_are_none_are_refused(town: Town, desk: Town, told: dict[str, Any]) -> None:
    with pytest.raises(IntegrityFault, match=r"exchange\.settings_damaged"):
        take(desk.ctx, {"number": 5, "digest": "d", "values": {}, "keys": [], **told}, town.ctx)
    assert desk.ctx.reads.settings.get(STATE) == ""


def test_unknown_names_are_left_out(town: Town, desk: Town) -> None:
    told = {"number": 5, "digest": "d", "values": {"backup.folder": "/", "exchange.list": "{}", "later.name": "x", "form.mayor_name": "町長"}, "keys": []}
    assert take(desk.ctx, told, town.ctx) == ["form.mayor_name"]
    assert desk.ctx.reads.settings.get("backup.folder") == "" and desk.ctx.reads.settings.get("later.name") == ""
