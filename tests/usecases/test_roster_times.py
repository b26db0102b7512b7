"""The roster on two axes of time, and its two ways of filtering, under random sequences of acts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.codes import NEEDS, STAY_CATEGORIES
from app.domain.errors import RuleViolation
from app.usecases.persons import correct_household, correct_person, correct_stay, last_acts, settle_pending, undo
from app.usecases.reception import Arrival, check_in, check_out, come_back, go_out, move, record_death
from app.usecases.rosters import SavedView, forget_view, save_view, saved_views, take_roster
from app.usecases.rows import Roster, RosterFilter
from app.usecases.shelters import correct_shelter
from tests.stores import Clock, Town, copy_store, open_town

ALL = {"include_protected": True, "presence": "all"}


def ask(town: Town, **wanted: object) -> Roster:
    """A roster, straight from the store."""
    return town.ctx.reads.rosters.roster(RosterFilter(**{"at": town.clock(), **wanted}))  # type: ignore[arg-type]


@dataclass
class Play:
    """Random acts on a store, each at its own moment, with what was answered then."""

    town: Town
    random: Random
    people: list[str] = field(default_factory=list)
    households: list[str] = field(default_factory=list)
    answers: list[tuple[RosterFilter, Roster]] = field(default_factory=list)

    def arrive(self) -> None:
        name = self.random.choice(("髙橋　太郎", "高橋　次郎", "渡邉　花", "葛󠄀西　源", "JOHN SMITH"))
        values = {
            "name": name,
            "kana": self.random.choice(("タカハシ　タロウ", "ワタナベ　ハナ", "")),
            "birth": self.random.choice(("昭和20年3月1日", "平成30年", "", "令和5年12月31日", "昭和20年00月00日")),
            "needs": tuple(self.random.sample(NEEDS, self.random.randrange(3))),
            "protected": self.random.random() < 0.2,
            "consent_web": self.random.choice(("yes", "no")),
        }
        at = self.town.clock() - timedelta(minutes=self.random.randrange(0, 90))
        made = check_in(
            self.town.ctx,
            shelter_id=self.random.choice(self.town.shelters),
            arrivals=[Arrival(values=values)],
            at=at,
            category=self.random.choice(STAY_CATEGORIES[:3]),
            household_id=self.random.choice(self.households) if self.households and self.random.random() < 0.4 else "",
        )
        self.people += made.persons
        self.households.append(made.household)

    def somebody(self) -> str:
        return self.random.choice(self.people)

    def leave(self) -> None:
        check_out(self.town.ctx, person_id=self.somebody(), destination=self.random.choice(("home", "unknown", "hospital", "dead")))

    def move(self) -> None:
        move(self.town.ctx, person_id=self.somebody(), shelter_id=self.random.choice(self.town.shelters))

    def come_again(self) -> None:
        decision = self.random.choice(("", "move", "pending"))
        shelter = self.random.choice(self.town.shelters)
        check_in(self.town.ctx, shelter_id=shelter, arrivals=[Arrival(person_id=self.somebody(), decision=decision)])

    def settle(self) -> None:
        if stays := self.town.ctx.reads.persons.stays(self.somebody()):
            settle_pending(self.town.ctx, keep_stay=self.random.choice(stays).id, reason="確かめた")

    def go_out(self) -> None:
        go_out(self.town.ctx, person_id=self.somebody(), kind=self.random.choice(("outing", "overnight")))

    def come_back(self) -> None:
        come_back(self.town.ctx, person_id=self.somebody())

    def die(self) -> None:
        record_death(self.town.ctx, person_id=self.somebody())

    def correct(self) -> None:
        person = self.somebody()
        found = self.town.ctx.reads.get("person", person)
        values = self.random.choice(
            ({"name": "改名　一"}, {"kana": "カイメイ"}, {"birth": "昭和10年"}, {"needs": ("care",)}, {"protected": not found.protected},
             {"household_id": self.random.choice(self.households)}, {"consent_web": "yes"}, {"note": "x"})
        )  # fmt: skip
        correct_person(self.town.ctx, person_id=person, version=found.version, values=values)

    def correct_home(self) -> None:
        household = self.random.choice(self.households)
        found = self.town.ctx.reads.get("household", household)
        correct_household(
            self.town.ctx, household_id=household, version=found.version, values={"label": f"家{self.random.random()}", "pets": "猫"}
        )

    def correct_stay(self) -> None:
        stays = self.town.ctx.reads.persons.stays(self.somebody())
        if not stays:
            return
        stay = self.random.choice(stays)
        values = self.random.choice(
            ({"from_at": stay.from_at + timedelta(minutes=self.random.randrange(-60, 60))}, {"category": "tent"}, {"room": "B"})
        )
        correct_stay(self.town.ctx, stay_id=stay.id, version=stay.version, values=values, reason="間違い")

    def rename(self) -> None:
        shelter = self.random.choice(self.town.shelters) if self.random.random() < 0.3 else ""
        if shelter:
            found = self.town.ctx.reads.get("shelter", shelter)
            correct_shelter(self.town.ctx, shelter_id=shelter, version=found.version, values={"note": f"{self.random.random()}"})

    def undo(self) -> None:
        undo(self.town.ctx, act=self.random.choice(last_acts(self.town.ctx, person_id=self.somebody())[:2]), reason="取り消し")

    def step(self) -> None:
        """One act, allowed or not, and a question about some time."""
        self.town.clock.forward(seconds=self.random.randrange(1, 4000))
        act = self.random.choice(ACTS) if self.people else Play.arrive
        try:
            act(self)
        except RuleViolation:
            pass
        at = self.town.clock() - timedelta(minutes=self.random.choice((0, 0, 30, 200)))
        wanted = self.filter(at)
        self.answers.append((replace(wanted, known_at=self.town.clock()), self.town.ctx.reads.rosters.roster(wanted)))

    def filter(self, at: object) -> RosterFilter:
        """Any conditions."""
        maybe = self.random.random
        return RosterFilter(
            at=at,  # type: ignore[arg-type]
            presence=self.random.choice(("in", "in", "out", "all")),
            shelter_id=self.random.choice(self.town.shelters) if maybe() < 0.3 else "",
            household_id=self.random.choice(self.households) if self.households and maybe() < 0.1 else "",
            needs=(self.random.choice(NEEDS),) if maybe() < 0.1 else (),
            any_need=maybe() < 0.15,
            consent="web" if maybe() < 0.2 else "",
            age_from=self.random.choice((0, 5, 78)) if maybe() < 0.2 else None,
            age_to=self.random.choice((0, 6, 79)) if maybe() < 0.2 else None,
            category=self.random.choice(STAY_CATEGORIES[:4]) if maybe() < 0.15 else "",
            text=self.random.choice(("高橋", "タカ", "花", "ジョン", "smith", "-00001-")) if maybe() < 0.2 else "",
            without_destination=maybe() < 0.15,
            include_protected=maybe() < 0.7,
        )


ACTS = (
    Play.arrive, Play.arrive, Play.leave, Play.move, Play.come_again, Play.come_again, Play.settle, Play.go_out, Play.come_back, Play.die,
    Play.correct, Play.correct, Play.correct_home, Play.correct_stay, Play.rename, Play.undo,
)  # fmt: skip


@pytest.fixture(scope="module")
def stage(template: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="roster-"))
    yield folder
    shutil.rmtree(folder)


@given(seed=st.integers(0, 2**32 - 1), steps=st.integers(5, 45))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_what_was_answered_then_is_answered_later(template: Path, stage: Path, seed: int, steps: int) -> None:
    folder = copy_store(template, stage / f"{seed}-{steps}")
    town = open_town(folder, Clock())
    try:
        play = Play(town, Random(seed))
        for _ in range(steps):
            play.step()
        for wanted, answered in play.answers:
            later = town.ctx.reads.rosters.roster(wanted)
            hidden = town.ctx.reads.protected().persons  # who is protected today is so on the roster of any day
            kept = [row for row in answered.rows if wanted.include_protected or row.person_id not in hidden]
            assert later.rows == tuple(row._replace(protected=row.protected or row.person_id in hidden) for row in kept), wanted
            assert later.withheld == answered.withheld + len(answered.rows) - len(kept), wanted
        at = town.clock()
        for _ in range(40):  # SQL and Python agree about what is known now
            wanted = play.filter(at - timedelta(minutes=play.random.choice((0, 10, 100, 500))))
            known = town.ctx.reads.rosters.roster(replace(wanted, known_at=at))
            now = town.ctx.reads.rosters.roster(wanted)
            assert known.rows == now.rows and known.withheld == now.withheld, wanted
        gone = ask(town, at=at, presence="out", without_destination=True, include_protected=True)
        assert town.ctx.reads.rosters.open_questions(at=at).without_destination == len(gone.rows)
        assert town.problems() == []
        present = [row.person_id for row in ask(town, at=at, include_protected=True).rows if not row.pending]
        assert len(present) == len(set(present)), "somebody is at two places"
    finally:
        town.session.close(backup=False)
        shutil.rmtree(folder)


# -- plain cases -----------------------------------------------------------------------------------------------


def test_as_of_and_known_at(town: Town) -> None:
    start = town.clock()
    made = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "旧姓　花"})])
    came = town.clock.forward(hours=1)
    correct_person(town.ctx, person_id=made.persons[0], version=1, values={"name": "新姓　花"})
    town.clock.forward(hours=1)
    check_out(town.ctx, person_id=made.persons[0], destination="home", at=start + timedelta(minutes=30))
    end = town.clock.forward(hours=1)

    def names(**wanted: object) -> list[str]:
        return [row.name for row in ask(town, **wanted).rows]

    assert names(at=start - timedelta(seconds=1)) == [] and names(at=start) == ["新姓　花"]
    assert names(at=came) == [] and names(at=came, known_at=came) == ["新姓　花"]
    assert names(at=came, known_at=came - timedelta(seconds=1)) == ["旧姓　花"]
    assert names(at=start, known_at=start - timedelta(seconds=1)) == []
    assert names(at=end, presence="out") == ["新姓　花"] and names(at=end, presence="out", known_at=came) == []


def test_last_destination_counts_not_an_earlier_one(town: Town) -> None:
    person = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "旅人"})]).persons[0]
    town.clock.forward(hours=1)
    check_out(town.ctx, person_id=person, destination="unknown")
    assert len(ask(town, presence="out", without_destination=True).rows) == 1
    town.clock.forward(hours=1)
    check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(person_id=person)])
    town.clock.forward(hours=1)
    check_out(town.ctx, person_id=person, destination="home")
    assert ask(town, presence="out", without_destination=True).rows == ()
    assert [row.shelter_id for row in ask(town, presence="out").rows] == [town.shelters[1]]


def test_order_is_by_kana_and_always_the_same(town: Town) -> None:
    for kana in ("ワタナベ", "アオキ", "ガトウ", "カトウ", ""):
        check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "同じ名", "kana": kana})])
    rows = ask(town).rows
    assert [row.kana for row in rows][:2] == ["", "アオキ"] and rows[-1].kana == "ワタナベ"
    assert ask(town).rows == rows


def test_wrong_conditions_are_refused_in_words(town: Town) -> None:
    for wanted, where in (({"presence": "moon"}, "presence"), ({"consent": "moon"}, "consent"), ({"age_from": 9, "age_to": 3}, "age_from")):
        with pytest.raises(RuleViolation) as caught:
            take_roster(town.ctx, wanted=RosterFilter(at=town.clock(), **wanted))  # type: ignore[arg-type]
        assert caught.value.field == where


def test_saved_views(town: Town) -> None:
    wanted = RosterFilter(at=town.clock(), shelter_id=town.shelters[0], needs=("care", "oxygen"), age_from=65, presence="all")
    save_view(town.ctx, view=SavedView(name=" 高齢 ", filter=wanted, columns="large"))
    town.clock.forward(hours=1)
    (view,) = saved_views(town.ctx)
    assert (view.name, view.columns, view.filter) == ("高齢", "large", replace(wanted, at=town.clock()))
    with pytest.raises(RuleViolation, match="view.name_missing"):
        save_view(town.ctx, view=SavedView(name=" ", filter=wanted))
    forget_view(town.ctx, name="高齢")
    assert saved_views(town.ctx) == []
