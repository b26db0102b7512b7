"""Rosters of sites without a laptop: typed from paper, taken in under the site's name, twice the same, unknown sites refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import RuleViolation
from app.domain.governance import Site
from app.interchange.importing.run import apply_prepared, import_evacuees, prepare_evacuees
from app.presentation.labels import label
from app.usecases import paper_sites, records
from app.usecases.enrolment import create_municipality
from app.usecases.evacuee_import import apply_import
from app.usecases.site_board import freshness, site_board
from tests.package_town import enrolled
from tests.stores import Town

ROSTER = (
    "氏名,フリガナ,生年月日,性別,続柄\r\n見本　梅,ミホン　ウメ,S10.2.3,女,世帯主\r\n"
    "見本　松,ミホン　マツ,S9.1.1,男,夫\r\n髙橋　太郎,タカハシ　タロウ,S50.3.1,男,世帯主\r\n"
)
SITE = "見本公民館"


def write(folder: Path, text: str = ROSTER, name: str = "名簿.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("cp932"))
    return path


def sites(town: Town) -> list[str]:
    return [one.name for one in town.ctx.reads.all("site") if isinstance(one, Site)]


def test_people_come_in_under_the_name_of_their_site(town: Town, tmp_path: Path) -> None:
    done = import_evacuees(town.ctx, path=write(tmp_path), shelter_id=town.shelters[0], site=SITE, make_site=True)
    assert (done.created, done.rejected) == (3, 0) and sites(town)[-1] == SITE
    made = next(one for one in town.ctx.reads.all("site") if one.name == SITE)  # type: ignore[attr-defined]
    told = dict(town.sql("SELECT kind, count(*) FROM journal WHERE site = ? GROUP BY kind", made.id))
    assert told == {"household": 2, "person": 3, "stay": 3}
    person = next(one for one in town.ctx.reads.all("person") if one.name == "見本　梅")  # type: ignore[attr-defined]
    assert {one.site for one in records.read_history(town.ctx, record_id=person.id)} == {SITE}
    (roster,) = paper_sites.paper_rosters(town.ctx)
    assert (roster.site, roster.rows, roster.file) == (SITE, 3, "名簿.csv")
    assert town.problems() == []


def test_twice_is_no_change_and_the_same_rules_say_who_is_who(town: Town, tmp_path: Path) -> None:
    path = write(tmp_path)
    import_evacuees(town.ctx, path=path, shelter_id=town.shelters[0], site=SITE, make_site=True)
    before = town.sql("SELECT count(*) FROM journal")
    town.clock.forward(hours=5)
    for again in (SITE, "見本 公民館"):  # spaces are no other name
        done = import_evacuees(town.ctx, path=path, shelter_id=town.shelters[0], site=again, make_site=True)
        assert (done.created, done.updated, done.unchanged) == (0, 0, 3)
    assert town.sql("SELECT count(*) FROM journal") == before and sites(town).count(SITE) == 1
    linked = next(one for one in town.ctx.reads.all("person") if one.name == "髙橋　太郎")  # type: ignore[attr-defined]
    assert linked.resident_no == "0000000011"  # type: ignore[attr-defined]
    elsewhere = import_evacuees(town.ctx, path=path, shelter_id=town.shelters[1], site="例示館", make_site=True)
    assert (elsewhere.created, elsewhere.review) == (0, 3)  # staying elsewhere: a person decides
    later = ROSTER.replace("S9.1.1", "S9.1.2")
    changed = import_evacuees(town.ctx, path=write(tmp_path, later, "b.csv"), shelter_id=town.shelters[0], site=SITE)
    assert changed.review + changed.created == 1 and changed.unchanged == 2


def test_a_dry_run_makes_no_site(town: Town, tmp_path: Path) -> None:
    done = import_evacuees(town.ctx, path=write(tmp_path), shelter_id=town.shelters[0], site=SITE, make_site=True, dry_run=True)
    assert done.created == 3 and SITE not in sites(town) and paper_sites.paper_rosters(town.ctx) == []


@pytest.mark.parametrize(
    ("site", "make", "code", "near"),
    [
        ("見本市役所", False, "paper.site_unknown", ["見本市役所本部"]), ("見本市役所本郎", False, "paper.site_unknown", ["見本市役所本部"]),
        ("ZZZ", False, "paper.site_nowhere", []), ("", True, "paper.site_missing", None), ("　", True, "paper.site_missing", None),
        ("あ" * 101, True, "paper.site_long", None),
    ],
)  # fmt: skip
def test_unknown_sites_are_refused_with_names_like_them(town: Town, tmp_path: Path, site: str, make: bool, code: str, near: list[str] | None) -> None:
    before = town.sql("SELECT count(*) FROM journal")
    with pytest.raises(RuleViolation) as refused:
        import_evacuees(town.ctx, path=write(tmp_path), shelter_id=town.shelters[0], site=site, make_site=make)
    assert refused.value.code == code and (near is None or refused.value.params["near"] == near)
    assert town.sql("SELECT count(*) FROM journal") == before


def test_two_files_planned_at_once_make_one_site(town: Town, tmp_path: Path) -> None:
    one = prepare_evacuees(town.ctx, path=write(tmp_path), shelter_id=town.shelters[0], site=SITE, make_site=True)
    more = write(tmp_path, "氏名,生年月日\r\n例示　桜,S20.1.1\r\n", "b.csv")
    two = prepare_evacuees(town.ctx, path=more, shelter_id=town.shelters[0], site=SITE, make_site=True)
    apply_prepared(town.ctx, prepared=one)
    apply_prepared(town.ctx, prepared=two)
    assert sites(town).count(SITE) == 1


def test_an_older_roster_does_not_say_that_the_site_spoke_later(town: Town, tmp_path: Path) -> None:
    site = paper_sites.find_site(town.ctx, name=SITE, make=True)
    newer = prepare_evacuees(town.ctx, path=write(tmp_path), shelter_id=town.shelters[0])
    at = town.clock.forward(days=2)
    apply_import(town.ctx, plan=newer.plan, shelter_id=town.shelters[0], at=at, source="b.csv", site=site)
    older = town.clock.time.replace(day=3, hour=1)
    apply_import(town.ctx, plan=newer.plan, shelter_id=town.shelters[0], at=older, source="a.csv", site=site)
    (roster,) = paper_sites.paper_rosters(town.ctx)
    assert (roster.until, roster.file) == (at, "b.csv")


def test_the_board_shows_a_site_without_a_device_until_it_has_one(town: Town, tmp_path: Path) -> None:
    create_municipality(town.ctx)
    town.clock.forward(hours=1)
    import_evacuees(town.ctx, path=write(tmp_path), shelter_id=town.shelters[0], site=SITE, make_site=True)
    mine, paper = site_board(town.ctx)
    assert (mine.mine, paper.site, paper.state, paper.letters, paper.data_until) == (True, SITE, "paper", "", town.clock.time)
    assert label("device.state", paper.state) == "端末なし（CSV）"
    fresh = freshness(town.ctx)
    assert fresh is not None and fresh.oldest is not None and fresh.oldest.site == SITE and fresh.silent == ()
    town.clock.forward(hours=13)
    assert [one.site for one in freshness(town.ctx).silent] == [SITE]  # type: ignore[union-attr]
    laptop = enrolled(town, tmp_path / "laptop", site=SITE)
    try:
        assert [(one.site, one.state) for one in site_board(town.ctx)] == [("見本市役所本部", "active"), (SITE, "active")]
        assert laptop.ctx.place.site_id == paper.site_id  # what was typed from paper is that site's
        warned = prepare_evacuees(town.ctx, path=write(tmp_path), shelter_id=town.shelters[0], site=SITE)
        assert "paper.site_has_devices" in [one.code for one in warned.extra]
    finally:
        laptop.session.close(backup=False)
