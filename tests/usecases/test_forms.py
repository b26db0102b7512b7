"""Own versions of forms: saved as drafts, approved by somebody else, used from then on; the seal; who signs; printers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.building import Building, Occupancy, Victim, VictimMember
from app.domain.certificate import Application
from app.domain.errors import InputFault, RuleViolation
from app.domain.governance import Operator
from app.domain.identifiers import new_id
from app.printing.designs import active_layout, check_design, layout_text, list_versions, seal_for
from app.usecases import forms
from app.usecases.context import Context
from tests.stores import Town

FORM = "disaster_certificate"


def shipped(ctx: Context) -> str:
    return layout_text(active_layout(ctx, FORM, version=1))


def save(ctx: Context, *, old: str = "上記のとおり", new: str = "下記のとおり") -> forms.Saved:
    text = shipped(ctx)
    assert old in text
    return forms.save_design(ctx, form=FORM, layout=text.replace(old, new), check=check_design, title="罹災証明書", note="文を改めた")


def colleague(ctx: Context, *, roles: tuple[str, ...] = ("approval",)) -> Context:
    """Somebody else who works here."""
    with ctx.unit() as uow:
        made = uow.operators.add(Operator(id=new_id(), name="決裁 次郎", roles=roles))
        uow.commit()
    return replace(ctx, actor=replace(ctx.actor, operator_id=made.id, name=made.name, roles=roles))


def test_a_draft_is_not_used_and_an_approved_version_is(town: Town) -> None:
    ctx, other = town.ctx, colleague(town.ctx)
    done = save(ctx)
    assert (done.number, done.warnings) == (101, ())
    assert active_layout(ctx, FORM).version == 1
    assert forms.approve_design(other, form=FORM, number=101, check=check_design).warnings == ()
    used = active_layout(ctx, FORM)
    assert used.version == 101 and any("下記のとおり" in box.text for box in used.cells[1].boxes)
    row = next(row for row in forms.list_designs(ctx, form=FORM))
    assert (row.state, row.used, row.approved_by, row.made_by) == ("approved", True, "決裁 次郎", ctx.actor.name)
    with pytest.raises(RuleViolation) as refused:
        forms.approve_design(other, form=FORM, number=101, check=check_design)
    assert refused.value.code == "form.already_approved"


def test_who_made_it_does_not_approve_it_unless_alone(town: Town) -> None:
    ctx = town.ctx
    save(ctx)
    assert forms.approve_design(ctx, form=FORM, number=101, check=check_design).warnings == ("form.approved_alone",)
    colleague(ctx)
    save(ctx, new="左記のとおり")
    with pytest.raises(RuleViolation) as refused:
        forms.approve_design(ctx, form=FORM, number=102, check=check_design)
    assert refused.value.code == "form.own_design" and refused.value.params["others"] == "決裁 次郎"


def test_old_versions_stay_for_reprints(town: Town) -> None:
    ctx = town.ctx
    for new in ("下記のとおり", "左記のとおり"):
        forms.approve_design(ctx, form=FORM, number=save(ctx, new=new).number, check=check_design)
    first = active_layout(ctx, FORM, version=101)
    forms.retire_design(ctx, form=FORM, number=102)
    assert active_layout(ctx, FORM).version == 101
    forms.retire_design(ctx, form=FORM, number=101)
    assert active_layout(ctx, FORM).version == 1
    assert active_layout(ctx, FORM, version=101) == first
    assert active_layout(ctx, FORM, version=101, digest=forms.layout_digest(need(ctx, 102))).version == 102, "the digest says which of two"


def need(ctx: Context, number: int) -> str:
    return forms.need_design(ctx, form=FORM, number=number).layout


def test_an_approved_design_wins_over_the_folder_and_the_folder_over_what_ships(town: Town) -> None:
    ctx = town.ctx
    file = town.folder / "forms" / FORM / "v3" / "layout.toml"
    file.parent.mkdir(parents=True)
    file.write_text(shipped(ctx).replace("上記のとおり", "右のとおり"), "utf-8")
    assert active_layout(ctx, FORM, folder=town.folder).version == 3
    rows = [(row.version, row.source, row.used) for row in list_versions(ctx, folder=town.folder, form=FORM)]
    assert rows == [(3, "folder", True), (1, "shipped", False)]
    forms.approve_design(ctx, form=FORM, number=save(ctx).number, check=check_design)
    assert active_layout(ctx, FORM, folder=town.folder).version == 101
    assert [row.used for row in list_versions(ctx, folder=town.folder, form=FORM)] == [True, False, False]


def test_the_same_text_again_is_no_new_version(town: Town) -> None:
    first = save(town.ctx)
    again = save(town.ctx)
    assert (again.id, again.warnings) == (first.id, ("form.unchanged",)) and len(forms.list_designs(town.ctx)) == 1


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('kind = "qr"', 'kind = "barcode"', "print.layout_invalid"),
        ("x = 22,", "x = 222,", "print.layout_invalid"),
        ('var = "grade"', 'var = "head_name"', "form.needed_missing"),
        ('var = "code"', 'var = "copy_no"', "form.needed_missing"),
        ("[variables]", '[variables]\nblood = { label = "血液型" }', "form.not_for_it"),
        ("[variables]", "[variables", "print.layout_invalid"),
    ],
)
def test_what_cannot_be_printed_is_not_kept(town: Town, old: str, new: str, code: str) -> None:
    text = shipped(town.ctx)
    assert old in text
    with pytest.raises(InputFault) as refused:
        forms.save_design(town.ctx, form=FORM, layout=text.replace(old, new), check=check_design)
    assert refused.value.code == code and refused.value.params["path"] == f"{FORM}.toml"
    assert forms.list_designs(town.ctx) == []


def test_rights(town: Town) -> None:
    ctx = town.ctx
    desk = replace(ctx, actor=replace(ctx.actor, roles=("desk",)))
    for act in (
        lambda: save(desk), lambda: forms.list_seals(desk), lambda: forms.change_signature(desk, values=forms.Signature()),
        lambda: forms.save_seal(desk, name="印", picture="", width=24), lambda: forms.approve_design(desk, form=FORM, number=101, check=check_design),
    ):  # fmt: skip
        with pytest.raises(RuleViolation) as refused:
            act()
        assert refused.value.code == "permission.denied"
    approver = colleague(ctx)
    save(ctx)
    forms.approve_design(approver, form=FORM, number=101, check=check_design)
    with pytest.raises(RuleViolation, match="permission.denied"):
        save(approver, new="左記のとおり")


def test_a_seal_prints_only_when_approved_and_only_for_those_with_the_right(town: Town) -> None:
    ctx, other = town.ctx, colleague(town.ctx)
    made = forms.save_seal(ctx, name="見本市長印", picture="aGFuY28=", width=21)
    assert seal_for(ctx) is None
    with pytest.raises(RuleViolation, match="seal.own_picture"):
        forms.approve_seal(ctx, seal_id=made.id)
    forms.approve_seal(other, seal_id=made.id)
    assert seal_for(ctx) == (b"hanco", 21.0)
    assert seal_for(replace(ctx, actor=replace(ctx.actor, roles=("desk",)))) is None
    later = forms.save_seal(other, name="新しい印", picture="bmV3", width=18)
    forms.approve_seal(ctx, seal_id=later.id)
    assert seal_for(ctx) == (b"new", 18.0)
    assert [(row.name, row.state, row.used) for row in forms.list_seals(ctx)] == [
        ("新しい印", "approved", True),
        ("見本市長印", "retired", False),
    ]
    forms.retire_seal(ctx, seal_id=later.id)
    assert seal_for(ctx) is None


def test_the_history_of_a_seal_is_for_those_with_the_right(town: Town) -> None:
    from app.usecases.records import read_history

    made = forms.save_seal(town.ctx, name="見本市長印", picture="aGFuY28=", width=21)
    assert any(entry.field == "picture" for entry in read_history(town.ctx, record_id=made.id))
    with pytest.raises(RuleViolation, match="permission.denied"):
        read_history(replace(town.ctx, actor=replace(town.ctx.actor, roles=("desk",))), record_id=made.id)


@pytest.mark.parametrize(("name", "width", "code"), [("", 24, "seal.name_missing"), ("印", 3, "seal.width"), ("印", 90, "seal.width")])
def test_a_seal_needs_a_name_and_a_likely_width(town: Town, name: str, width: float, code: str) -> None:
    with pytest.raises(RuleViolation, match=code):
        forms.save_seal(town.ctx, name=name, picture="", width=width)


def test_seal_omitted_is_said_on_paper_where_chosen(town: Town) -> None:
    def words() -> set[str]:
        return {box.text for cell in active_layout(town.ctx, FORM).cells.values() for box in cell.boxes if box.kind == "seal"}

    assert words() == {"公印"}
    forms.change_seal_words(town.ctx, words="omitted")
    assert words() == {"公印省略"}
    with pytest.raises(RuleViolation, match="word.unknown"):
        forms.change_seal_words(town.ctx, words="gone")


def test_who_signs(town: Town) -> None:
    ctx = town.ctx
    assert forms.read_signature(ctx).municipality == ctx.place.municipality_name
    signed = forms.Signature(municipality="見本県見本市", mayor_title="見本市長", mayor_name="見本 太郎")
    forms.change_signature(ctx, values=signed)
    assert forms.read_signature(ctx) == signed
    with pytest.raises(RuleViolation, match="form.signature_long"):
        forms.change_signature(ctx, values=replace(signed, mayor_name="長" * 61))


def test_printers(town: Town) -> None:
    ctx = town.ctx
    forms.change_offset(ctx, printer="窓口1", right=-0.8, down=1.25)
    forms.change_offset(ctx, printer="窓口\n2", right=0, down=0)
    forms.change_offset(ctx, printer="窓口1", right=0.3, down=1)
    assert [(one.printer, one.right, one.down) for one in forms.list_offsets(ctx)] == [("窓口1", 0.3, 1.0), ("窓口 2", 0.0, 0.0)]
    for printer, right, code in (("", 0, "form.printer_missing"), ("x", 21, "form.offset_range"), ("x", float("nan"), "form.offset_range")):
        with pytest.raises(RuleViolation, match=code):
            forms.change_offset(ctx, printer=printer, right=right, down=0)


def populate(ctx: Context) -> tuple[str, str]:
    """Two households; the one with the longer texts is under a measure."""
    plain, hidden = (
        Victim(id=new_id(), head_name=name, address=address)
        for name, address in (("短い 名", "本町1"), ("とても長い名前の 世帯主", "山手二丁目の長い住所"))
    )
    with ctx.unit() as uow:
        uow.victims.add(plain)
        uow.victims.add(hidden)
        uow.members.add(VictimMember(id=new_id(), victim_id=plain.id, position=1, name="短い 子", relation="子", birth="平成20年1月1日"))
        uow.members.add(VictimMember(id=new_id(), victim_id=plain.id, position=0, name="短い 名", relation="世帯主"))
        for place in range(3):
            uow.members.add(VictimMember(id=new_id(), victim_id=hidden.id, position=place, name="とても長い名前", resident_no="0000000021"))
        house = uow.buildings.add(Building(id=new_id(), address="隠れた人の家の長い所在地"))
        uow.buildings.add(Building(id=new_id(), address="ほかの家"))
        uow.occupancies.add(Occupancy(id=new_id(), building_id=house.id, victim_id=hidden.id))
        uow.applications.add(Application(id=new_id(), victim_id=plain.id, applicant_name="短い 名", objects=("vehicle", "wall")))
        uow.applications.add(Application(id=new_id(), victim_id=hidden.id, applicant_name="とても長い名前の 申請者", damage="ひみつ"))
        uow.commit()
    return plain.id, hidden.id


def test_the_longest_texts_of_the_store(town: Town) -> None:
    ctx = replace(town.ctx, actor=replace(town.ctx.actor, roles=("admin", "protected")))
    assert forms.read_longest(ctx).empty
    _, hidden = populate(ctx)
    found = forms.read_longest(ctx)
    assert (found.head_name, found.head_address) == ("とても長い名前の 世帯主", "山手二丁目の長い住所")
    assert (found.building_address, found.damage, len(found.members)) == ("隠れた人の家の長い所在地", "ひみつ", 3)
    assert hidden in found.victims and found.objects == ("vehicle", "wall")


def test_nothing_of_protected_people_is_tried_out_by_others(town: Town) -> None:
    plain, _ = populate(town.ctx)  # resident 0000000021 is flagged in the residents of the town
    desk = replace(town.ctx, actor=replace(town.ctx.actor, roles=("desk",)))
    found = forms.read_longest(desk)
    assert (found.head_name, found.head_address, found.building_address) == ("短い 名", "本町1", "ほかの家")
    assert found.members == (("短い 名", "世帯主", ""), ("短い 子", "子", "平成20年1月1日"))
    assert (found.applicant_name, found.damage, found.victims) == ("短い 名", "", (plain,))
    entries = town.ctx.reads.journal.access(limit=5)
    assert any(entry.action == "view" and entry.target == "forms" for entry in entries), "whose texts were shown is in the access log"
    with pytest.raises(RuleViolation, match="permission.denied"):
        forms.read_longest(replace(town.ctx, actor=replace(town.ctx.actor, roles=("view",))))


def test_a_layout_file_goes_to_another_town_and_back(town: Town, tmp_path: Path) -> None:
    from app.interchange.forms import export_layout, import_layout

    file = export_layout(active_layout(town.ctx, "report_certificate"), tmp_path / "被災証明書.toml")
    done = import_layout(town.ctx, file, note="となり町から")
    assert (done.form, done.number) == ("report_certificate", 101)
    again = active_layout(town.ctx, "report_certificate", version=101)
    assert again.cells == active_layout(town.ctx, "report_certificate").cells
    with pytest.raises(InputFault) as refused:
        import_layout(town.ctx, file, form=FORM)
    assert refused.value.code == "form.needed_missing" and refused.value.params["path"] == str(file)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n", "form.form_not_told"),
        ('title = "罹災証明書"\n'.encode("cp932"), "form.form_not_told"),
        (b"", "form.form_not_told"),
        (
            b'form = "disaster_certificate"\n[layouts.1]\nboxes = [ { kind = "text", x = "a", y = 0, w = 1, h = 1 } ]\n',
            "print.layout_invalid",
        ),
        (b'form = "disaster_certificate"\n[layouts.1]\nboxes = []\n', "form.needed_missing"),
        (b'form = "disaster_certificate"\nlayouts = 3\n', "print.layout_invalid"),
        (b'form = "evacuee_card"\n[layouts.1]\nboxes = []\n', "form.form_not_told"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name(town: Town, tmp_path: Path, content: bytes, code: str) -> None:
    from app.interchange.forms import import_layout

    file = tmp_path / "様式.toml"
    file.write_bytes(content)
    with pytest.raises(InputFault) as refused:
        import_layout(town.ctx, file)
    assert refused.value.code == code and refused.value.params["path"] == str(file)


def test_a_huge_file_is_not_read(town: Town, tmp_path: Path) -> None:
    from app.interchange.forms import import_layout

    file = tmp_path / "様式.toml"
    with file.open("wb") as out:
        out.truncate(50_000_000)
    with pytest.raises(InputFault) as refused:
        import_layout(town.ctx, file, form=FORM)
    assert refused.value.code == "form.file_too_large"
