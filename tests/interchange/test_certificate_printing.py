"""Certificates on paper: order, copies, jams, characters without a glyph, full disks, forms that changed in between."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Cancelled, EnvironmentFault, InputFault, RuleViolation
from app.interchange.certificates import (
    issue_certificates,
    plan_printing,
    preview_certificate,
    print_certificates,
    supersede_certificate,
    verify_file,
)
from app.printing.imposition import BatchOptions
from app.printing.scan import read_codes
from app.usecases import applications, certificates
from app.usecases.job import Job
from app.usecases.records import read_access_log
from tests.certificates_town import add_building, ask, judge, sign_as_mayor
from tests.store_fixtures import folder, template, town
from tests.stores import Town

__all__ = ["folder", "template", "town"]
PLACES = (("見本市港町9-10", "926-0003"), ("見本市港町9-2", "926-0001"), ("見本市本町1", "926-0002"))


def several(town: Town, *names: str) -> list[str]:
    """Certificates of typed households, one in each place."""
    sign_as_mayor(town.ctx)
    asked = []
    for at, name in enumerate(names):
        address, postal = PLACES[at % len(PLACES)]
        made = applications.apply(
            town.ctx,
            values={"applicant_name": name, "contact_address": address, "contact_postal": postal},
            household={"head_name": name, "head_kana": "アイウ"[at % 3] * (at + 1), "address": address},
            building={"address": address},
        )
        judge(town.ctx, made.application.building_id, "half")
        asked.append(made.application.id)
    return list(issue_certificates(town.ctx, application_ids=asked, folder=town.folder).certificates)


def numbers(paths: Any) -> list[str]:
    """Certificate numbers on the pages, in their order."""
    return [text.split(":")[1] for path in paths for text in read_codes(path)]


def number_of(town: Town, certificate_id: str) -> str:
    return certificates.certificate_rows(town.ctx, certificate_ids=[certificate_id])[0].number


def copies_of(town: Town, ids: list[str]) -> list[int]:
    return [row.copies for row in certificates.certificate_rows(town.ctx, certificate_ids=ids)]


def test_papers_come_in_the_order_of_delivery(town: Town, tmp_path: Path) -> None:
    ids = several(town, "架空　一", "架空　二", "架空　三")
    by_number = [number_of(town, one) for one in ids]
    plan = plan_printing(town.ctx, certificate_ids=ids, options=BatchOptions(nup=2))
    assert (plan.certificates, plan.papers, plan.sheets) == (3, 3, 2)
    orders = {"postal": [1, 2, 0], "address": [2, 1, 0], "kana": [0, 1, 2], "number": [0, 1, 2]}
    for sort, order in orders.items():
        done = print_certificates(town.ctx, certificate_ids=ids, out=tmp_path / f"{sort}.pdf", sort=sort, reason="additional", copies=1)
        assert numbers(done.files) == [by_number[at] for at in order], sort
    assert copies_of(town, ids) == [4, 4, 4]
    found = verify_file(town.ctx, path=tmp_path / "kana.pdf")
    assert [one.result for one in found] == ["valid"] * 3


def test_a_jam_goes_on_from_a_number_and_counts_nothing_again(town: Town, tmp_path: Path) -> None:
    ids = several(town, "架空　一", "架空　二", "架空　三")
    first = print_certificates(town.ctx, certificate_ids=ids, out=tmp_path / "a.pdf", sort="postal", labels=tmp_path / "l.pdf")
    order = numbers(first.files)
    again = print_certificates(town.ctx, out=tmp_path / "b.pdf", from_number=order[1])
    assert numbers(again.files) == order[1:] and again.batch == first.batch and again.printed == 2
    assert copies_of(town, ids) == [1, 1, 1] and first.labels == (tmp_path / "l.pdf",)
    certificates.revoke(town.ctx, certificate_id=next(one for one in ids if number_of(town, one) == order[2]), reason="誤り")
    once = print_certificates(town.ctx, out=tmp_path / "c.pdf", from_number=order[1])
    assert numbers(once.files) == [order[1]] and once.stopped == () and once.printed == 1, "what was revoked in between is not printed"
    assert [entry.target for entry in read_access_log(town.ctx) if entry.action == "print"] == ["c.pdf", "b.pdf", "a.pdf"]
    with pytest.raises(RuleViolation, match="certificate.not_found"):
        print_certificates(town.ctx, out=tmp_path / "d.pdf", from_number="2024-1-0000-00001-0")


def test_one_that_was_stopped_keeps_its_place_after_a_jam(town: Town, tmp_path: Path) -> None:
    ids = several(town, "架空　一", "架空\U000f1234", "架空　三", "架空　四", "架空\U000f1234")
    by = [number_of(town, one) for one in ids]
    two = BatchOptions(nup=2)  # stacks of three sheets: 1|4, (2)|(5), 3|-
    first = print_certificates(town.ctx, certificate_ids=ids, out=tmp_path / "a.pdf", options=two)
    assert numbers(first.files) == [by[0], by[3], by[2]] and (first.sheets, first.printed) == (2, 3)
    again = print_certificates(town.ctx, out=tmp_path / "b.pdf", from_number=by[2], options=two)
    assert numbers(again.files) == [by[2]] and (again.sheets, again.stopped) == (1, ()), "the sheets are the same as before"


def test_a_jam_in_a_run_of_two_forms_goes_on_in_its_file(town: Town, tmp_path: Path) -> None:
    ids = several(town, "架空　一", "架空　二", "架空　三")
    made = applications.apply(
        town.ctx, values={"applicant_name": "架空　四", "kind": "report", "damage": "車庫の屋根", "objects": ("carport",),
                "contact_address": PLACES[0][0]},
        building={"address": PLACES[0][0]},
    )  # fmt: skip
    other = issue_certificates(town.ctx, application_ids=[made.application.id], folder=town.folder).certificates[0]
    by = {one: number_of(town, one) for one in (*ids, other)}
    first = print_certificates(town.ctx, certificate_ids=[*ids, other], out=tmp_path / "a.pdf")
    assert len(first.files) == 2 and first.printed == 4
    again = print_certificates(town.ctx, out=tmp_path / "b.pdf", from_number=by[ids[2]])
    whole = numbers(first.files)
    assert numbers(again.files) == whole[whole.index(by[ids[2]]) :] and again.printed == len(numbers(again.files))


def test_a_character_without_a_glyph_stops_only_that_one(town: Town, tmp_path: Path) -> None:
    ids = several(town, "架空　一", "架空\U000f1234", "架空　三")
    done = print_certificates(town.ctx, certificate_ids=ids, out=tmp_path / "a.pdf", labels=tmp_path / "l.pdf")
    assert done.printed == 2 and [stop.record for stop in done.stopped] == [ids[1]]
    assert done.stopped[0].code.startswith("print.no_glyph") and done.stopped[0].number == number_of(town, ids[1])
    assert copies_of(town, ids) == [1, 0, 1] and len(numbers(done.files)) == 2
    look = preview_certificate(town.ctx, certificate_id=ids[1])
    assert look.problems and look.pictures[0].startswith(b"\x89PNG") and copies_of(town, ids) == [1, 0, 1]
    only = print_certificates(town.ctx, certificate_ids=[ids[1]], out=tmp_path / "b.pdf")
    assert only.printed == 0 and only.files == () and only.batch == "" and not (tmp_path / "b.pdf").exists()


def test_a_full_disk_or_a_cancel_leaves_nothing(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = several(town, "架空　一", "架空　二")
    place = tmp_path / "out"
    place.mkdir()
    with monkeypatch.context() as full:
        import os

        def no_space(handle: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(os, "fsync", no_space)
        with pytest.raises(EnvironmentFault) as caught:
            print_certificates(town.ctx, certificate_ids=ids, out=place / "a.pdf")
        assert caught.value.code == "file.disk_full" and caught.value.params["path"] == str(place / "a.pdf")
    with pytest.raises(Cancelled):
        print_certificates(town.ctx, certificate_ids=ids, out=place / "a.pdf", job=Job(cancelled=lambda: True))
    with pytest.raises(EnvironmentFault, match="file.folder_missing"):
        print_certificates(town.ctx, certificate_ids=ids, out=tmp_path / "nowhere" / "a.pdf")
    with pytest.raises(EnvironmentFault, match="file.folder_missing"):
        print_certificates(town.ctx, certificate_ids=ids, out=place / "a.pdf", labels=tmp_path / "nowhere" / "l.pdf")
    assert list(place.iterdir()) == [] and copies_of(town, ids) == [0, 0]
    assert not [entry for entry in read_access_log(town.ctx) if entry.action == "print"]
    print_certificates(town.ctx, certificate_ids=ids, out=place / "a.pdf")
    assert [path.name for path in place.iterdir()] == ["a.pdf"] and copies_of(town, ids) == [1, 1]


def test_what_a_killed_run_left_behind_is_swept(town: Town, tmp_path: Path) -> None:
    ids = several(town, "架空　一")
    left, others = tmp_path / f".sasae-{town.ctx.place.device_prefix}-0-x.tmp", tmp_path / ".sasae-ZZZZ-0-x.tmp"
    for place in (left, others):
        place.mkdir()
        (place / "a.pdf").write_bytes(b"%PDF")
    print_certificates(town.ctx, certificate_ids=ids, out=tmp_path / "a.pdf")
    assert not left.exists() and (others / "a.pdf").exists(), "another device may be at work there"


def test_nothing_to_print_and_no_right_are_told(town: Town, tmp_path: Path) -> None:
    ids = several(town, "架空　一")
    with pytest.raises(RuleViolation, match="permission.denied"):
        print_certificates(town.acting("view"), certificate_ids=ids, out=tmp_path / "a.pdf")
    print_certificates(town.ctx, certificate_ids=ids, out=tmp_path / "a.pdf")
    with pytest.raises(RuleViolation, match="nothing_to_print"):
        print_certificates(town.ctx, certificate_ids=ids, out=tmp_path / "a.pdf")
    with pytest.raises(InputFault, match="print.option"):
        print_certificates(town.ctx, certificate_ids=ids, out=tmp_path / "b.pdf", copies=1, options=BatchOptions(per_file=0))
    with pytest.raises(InputFault, match="certificate.no_code"):
        verify_file(town.ctx, path=_blank(tmp_path))


def _blank(tmp_path: Path) -> Path:
    from PIL import Image

    Image.new("L", (300, 300), 200).save(tmp_path / "blank.png")
    return tmp_path / "blank.png"


def test_an_own_form_prints_new_papers_and_old_ones_stay_as_they_were(town: Town, tmp_path: Path) -> None:
    (old,) = several(town, "架空　一")
    shipped = Path("forms/disaster_certificate/v1/layout.toml")
    own = town.folder / "forms" / "disaster_certificate" / "v7"
    own.mkdir(parents=True)
    source = (Path(__file__).parent.parent.parent / shipped).read_text("utf-8")
    (own / "layout.toml").write_text(source.replace("上記のとおり、相違ないことを証明します。", "以上のとおり証明します。"), "utf-8")
    building = add_building(town.ctx, resident=town.resident("太郎"), grade="total")
    (new,) = issue_certificates(town.ctx, application_ids=[ask(town.ctx, building).application.id], folder=town.folder).certificates
    papers = {one: town.ctx.reads.get("certificate", one) for one in (old, new)}
    assert [paper.form_version for paper in papers.values()] == [1, 7]  # type: ignore[union-attr]
    done = print_certificates(town.ctx, certificate_ids=[old, new], out=tmp_path / "a.pdf", folder=town.folder)
    assert sorted(path.name for path in done.files) == ["a-disaster_certificate-v1.pdf", "a-disaster_certificate-v7.pdf"]
    assert done.printed == 2 and "相違ない" in _text(tmp_path / "a-disaster_certificate-v1.pdf")
    assert "以上のとおり" in _text(tmp_path / "a-disaster_certificate-v7.pdf")


def _text(path: Path) -> str:
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(path)
    try:
        return "".join(document[number].get_textpage().get_text_range() for number in range(len(document)))
    finally:
        document.close()


def test_both_kinds_at_once_and_what_stands_on_them(town: Town, tmp_path: Path) -> None:
    sign_as_mayor(town.ctx)
    building = add_building(town.ctx, resident=town.resident("太郎"), grade="semi_half")
    damage = ask(town.ctx, building, with_members=True).application.id
    report = ask(town.ctx, building, kind="report", objects=["vehicle"], damage="車の窓が割れた", purposes=["insurance"]).application.id
    done = issue_certificates(town.ctx, application_ids=[report, damage], folder=town.folder)
    assert len(done.numbers) == 2 and done.refused == ()
    printed = print_certificates(town.ctx, certificate_ids=done.certificates, out=tmp_path / "a.pdf")
    texts = {path.name: _text(path) for path in printed.files}
    assert len(texts) == 2
    mine = next(text for name, text in texts.items() if "report" not in name)
    other = next(text for name, text in texts.items() if "report" in name)
    for words in (
        "髙橋",
        "準半壊",
        "令和6年1月1日の見本地震による",
        "見本市本町1-2-3",
        "見本市長",
        "見本 太郎",
        done.numbers[0],
        "昭和50年3月1日",
    ):
        assert words in mine, words
    for words in ("車の窓が割れた", "保険", "令和6年1月2日", done.numbers[1]):
        assert words in other, words
    assert "半壊" not in other


def test_replacing_prints_the_new_grade(town: Town, tmp_path: Path) -> None:
    ids = several(town, "架空　一")
    paper = town.ctx.reads.get("certificate", ids[0])
    judge(town.ctx, paper.building_id, "large", kind="re")  # type: ignore[union-attr]
    done = supersede_certificate(town.ctx, certificate_id=ids[0], reason="再調査", folder=town.folder)
    printed = print_certificates(town.ctx, certificate_ids=done.certificates, out=tmp_path / "a.pdf", reason="replacement")
    assert printed.printed == 1 and "大規模半壊" in _text(tmp_path / "a.pdf")
    opened = certificates.open_certificate(town.ctx, certificate_id=done.certificates[0])
    assert [copy.reason for copy in opened.copies] == ["replacement"]


def test_in_training_the_word_stands_across_the_paper(town: Town, tmp_path: Path) -> None:
    ids = several(town, "架空　一")
    ctx = replace(town.ctx, place=replace(town.ctx.place, training=True))
    print_certificates(ctx, certificate_ids=ids, out=tmp_path / "a.pdf")
    assert "訓練" in _text(tmp_path / "a.pdf")
