"""The slip in the hand of whoever applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import RuleViolation
from app.interchange.exporting.queue_slip import print_slip
from app.presentation.messages import message
from app.printing.raster import read_text
from app.usecases.protections import Target, add_protection
from app.usecases.records import read_access_log
from tests.certificates_town import add_building, ask
from tests.store_fixtures import folder, template, town
from tests.stores import Town

__all__ = ["folder", "template", "town"]


def words(path: Path) -> str:
    return "".join("".join(read_text(path)).split())


def test_a_slip_says_the_numbers_and_what_comes_next(town: Town, tmp_path: Path) -> None:
    waiting = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"))).application
    judged = ask(town.ctx, add_building(town.ctx, resident=town.resident("源"), grade="half"), applicant_name="﨑山　源").application
    for application, step in ((waiting, "survey"), (judged, "approval")):
        done = print_slip(town.ctx, application_id=application.id, out=tmp_path / f"{step}.pdf", folder=town.folder)
        said = words(done.path)
        assert (done.number, done.queue, done.pages) == (application.number, application.queue, 1)
        assert application.number in said and "".join(application.applicant_name.split()) in said
        assert message(f"application.next.{step}") in said
    logged = [entry for entry in read_access_log(town.ctx) if entry.action == "print"]
    assert [entry.target for entry in logged] == ["approval.pdf", "survey.pdf"]


def test_a_name_that_nothing_draws_is_written_by_its_reading(town: Town, tmp_path: Path) -> None:
    home = add_building(town.ctx, resident=town.resident("太郎"))
    asked = ask(town.ctx, home, applicant_name="架空\U000f1234", applicant_kana="カクウ　ハジメ").application
    assert "カクウハジメ" in words(print_slip(town.ctx, application_id=asked.id, out=tmp_path / "a.pdf").path)
    unread = ask(town.ctx, home, applicant_name="架空\U000f1234", applicant_kana="").application
    with pytest.raises(RuleViolation, match=r"print\.refused"):
        print_slip(town.ctx, application_id=unread.id, out=tmp_path / "b.pdf")
    assert not (tmp_path / "b.pdf").exists()


def test_who_may_not_know_of_somebody_prints_no_slip(town: Town, tmp_path: Path) -> None:
    asked = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"))).application
    add_protection(town.ctx, target=Target(resident_no="0000000011"))
    for ctx, number in ((town.acting("desk"), asked.id), (town.ctx, "nobody")):
        with pytest.raises(RuleViolation, match=r"record\.not_found"):
            print_slip(ctx, application_id=number, out=tmp_path / "a.pdf")
    with pytest.raises(RuleViolation, match=r"permission\.denied"):
        print_slip(town.acting("view"), application_id=asked.id, out=tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()
