"""Each rule of the two-time question by name, and the whole against every row looked at one by one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.history_ledger import Facts, Ledger
from app.domain.rebuild import NEVER, Choice, HistoryEntry, Kind, choose_row

DAY = date(2024, 3, 8).toordinal()
KNOWN = DAY + 3


def entry(number: int, kind: Kind, moved: int, processed: int | None = None, **more: int | bool) -> HistoryEntry:
    """A row; days are counted from the day of the disaster."""
    latest = more.pop("latest", moved)
    entered = moved if processed is None else processed
    return HistoryEntry(number * 10, number, DAY + moved, DAY + int(latest), DAY + entered, kind, **more)  # type: ignore[arg-type]


def choose(*rows: HistoryEntry, known: int = KNOWN, has_base: bool = True) -> Choice:
    return choose_row(rows, day=DAY, known=known, has_base=has_base)


def codes(choice: Choice) -> list[str]:
    return [note.code.removeprefix("resident.") for note in choice.notes]


IN = entry(1, Kind.move_in, -900)


def test_the_row_with_the_greatest_number_effective_and_known_holds() -> None:
    found = choose(IN, entry(2, Kind.move, -300), entry(3, Kind.move, -20), entry(4, Kind.move, 1))
    assert found.place == 30 and codes(found) == []


def test_a_greater_number_with_an_earlier_day_holds() -> None:
    assert choose(IN, entry(2, Kind.move, -2), entry(3, Kind.move, -9)).place == 30


def test_what_was_processed_after_the_day_of_knowledge_is_not_known() -> None:
    found = choose(IN, entry(2, Kind.move, -1, 4))
    assert found.place == 10 and codes(found) == ["change_known_later"]


@pytest.mark.parametrize(
    ("kind", "moved", "processed", "code"),
    [
        (Kind.birth, -3, 2, "late_birth"),
        (Kind.birth, 0, 2, "late_birth"),
        (Kind.move_in, -12, 2, "late_move_in"),
        (Kind.move_in, -13, 2, "late_move_in_over"),
        (Kind.increase, -3, 2, "late_increase"),
    ],
)
def test_a_late_notice_of_an_entry_counts(kind: Kind, moved: int, processed: int, code: str) -> None:
    found = choose(entry(1, kind, moved, processed, base=False))
    assert found.place == 10 and codes(found) == [code]


@pytest.mark.parametrize(
    ("kind", "moved", "code"),
    [
        (Kind.death, -1, "late_death"),
        (Kind.removal, -1, "late_removal"),
        (Kind.move_out, -12, "late_move_out"),
        (Kind.move_out, -13, "late_move_out_over"),
    ],
)
def test_a_late_notice_of_a_departure_counts(kind: Kind, moved: int, code: str) -> None:
    found = choose(IN, entry(2, kind, moved, 2, base=False))
    assert found.place is None and codes(found) == [code]


@pytest.mark.parametrize(("kind", "code"), [(Kind.death, "died_on_day"), (Kind.removal, "removed_on_day")])
def test_death_and_removal_on_the_day_stay_in(kind: Kind, code: str) -> None:
    for processed in (0, 2):
        found = choose(IN, entry(2, kind, 0, processed, base=False))
        assert found.place == 10 and codes(found) == [code]


def test_a_correction_after_a_death_on_the_day_keeps_the_person_in() -> None:
    found = choose(IN, entry(2, Kind.death, 0, 1, here=0), entry(3, Kind.correct, 0, 2, here=0))
    assert found.place == 30


def test_somebody_who_moved_out_on_the_day_is_out_and_listed() -> None:
    found = choose(IN, entry(2, Kind.move_out, 0, -3))
    assert found.place is None and codes(found) == ["left_on_day"]


def test_a_planned_move_out_stays_and_is_listed() -> None:
    found = choose(IN, entry(2, Kind.move_out, 5, -4))
    assert found.place == 10 and codes(found) == ["move_out_planned"]


def test_a_planned_move_out_on_the_current_row_is_listed() -> None:
    found = choose(entry(1, Kind.move_in, -900, planned=DAY + 5))
    assert found.place == 10 and codes(found) == ["move_out_planned"]


def test_departures_after_the_day_stay() -> None:
    assert codes(choose(IN, entry(2, Kind.death, 1, 2))) == ["died_later"]
    assert codes(choose(IN, entry(2, Kind.move_out, 1, 2))) == ["left_later"]


def test_a_death_before_the_day_notified_after_the_day_of_knowledge_is_not_known() -> None:
    found = choose(IN, entry(2, Kind.death, -1, 4))
    assert found.place == 10 and codes(found) == ["death_known_later"]


def test_a_cancelled_departure_did_not_happen_whatever_the_day_of_the_cancellation() -> None:
    found = choose(IN, entry(2, Kind.move_out, -3, -5), entry(3, Kind.cancel_decrease, 2, 2))
    assert found.place == 30 and codes(found) == ["cancelled_late"]
    assert choose(IN, entry(2, Kind.move_out, 5, -5), entry(3, Kind.cancel_decrease, 2, 2)).place == 10


def test_a_cancellation_known_only_later_does_not_count_yet() -> None:
    found = choose(IN, entry(2, Kind.move_out, -3, -5), entry(3, Kind.cancel_decrease, -3, 4))
    assert found.place is None and codes(found) == ["cancel_known_later"]


def test_a_cancelled_entry_never_was_and_neither_was_what_followed() -> None:
    found = choose(entry(1, Kind.move_in, -5), entry(2, Kind.move, -3), entry(3, Kind.cancel_increase, -5, -1, base=False))
    assert found.place is None and codes(found) == ["cancelled"]


def test_a_cancelled_return_leaves_the_person_where_they_were() -> None:
    gone = (IN, entry(2, Kind.move_out, -400), entry(3, Kind.move_in, -5), entry(4, Kind.cancel_increase, -5, -1))
    assert choose(*gone).place is None


def test_a_cancelled_change_gives_back_what_was_before() -> None:
    assert choose(IN, entry(2, Kind.move, -5), entry(3, Kind.cancel_change, 4, 2)).place == 30  # its row holds what was before


def test_a_cancellation_without_its_row_is_told() -> None:
    found = choose(IN, entry(2, Kind.cancel_decrease, -3))
    assert found.place == 20 and codes(found) == ["cancel_without_row"]


def test_a_second_departure_of_one_kind_corrects_the_day_of_the_first() -> None:
    stays = choose(IN, entry(2, Kind.move_out, -3, -3), entry(3, Kind.move_out, 4, 2, base=False))
    assert stays.place == 10 and codes(stays) == ["date_corrected", "left_later"]
    leaves = choose(IN, entry(2, Kind.move_out, 4, -3), entry(3, Kind.move_out, -1, 2, base=False))
    assert leaves.place is None and codes(leaves) == ["date_corrected", "late_move_out"]


def test_a_corrected_entry_after_the_day_was_not_there() -> None:
    assert choose(entry(1, Kind.move_in, -2, base=False), entry(2, Kind.move_in, 1, 2, base=False)).place is None


def test_somebody_who_moved_out_and_died_elsewhere_stays_out() -> None:
    assert choose(IN, entry(2, Kind.move_out, -30), entry(3, Kind.death, 1)).place is None


def test_somebody_who_came_back_has_a_new_row() -> None:
    found = choose(IN, entry(2, Kind.move_out, -30), entry(3, Kind.move_in, -1, base=False))
    assert found.place == 30 and codes(found) == ["returned"]


def test_a_gap_in_the_history_is_told() -> None:
    found = choose(IN, entry(2, Kind.move, -9), entry(4, Kind.move, -4))
    assert found.place == 40 and [(note.old, note.new) for note in found.notes] == [("2", "4")] and codes(found) == ["history_gap"]


def test_a_change_of_somebody_the_dump_lacks_is_told() -> None:
    assert codes(choose(entry(3, Kind.move, -1, base=False))) == ["no_base_row"]
    assert codes(choose(entry(3, Kind.move, -1, base=False), has_base=False)) == []
    assert codes(choose(entry(1, Kind.birth, -1, base=False))) == []


def test_somebody_known_only_by_a_later_change_was_there() -> None:
    found = choose(entry(4, Kind.move, 2))
    assert found.place == 40 and codes(found) == ["earlier_row_missing"]
    assert choose(entry(4, Kind.move_out, 2)).place == 40
    assert choose(entry(1, Kind.move_in, 2)).place is None


def test_an_unclear_day_keeps_the_person_in() -> None:
    leaving = choose(IN, entry(2, Kind.removal, -8, 2, latest=20))
    assert leaving.place == 10 and codes(leaving) == ["date_unclear_stays"]
    coming = choose(entry(1, Kind.move_in, -8, 2, latest=20, base=False))
    assert coming.place == 10 and codes(coming) == ["date_unclear_counts", "late_move_in"]
    sure = choose(IN, entry(2, Kind.death, -30, -5, latest=-6))
    assert sure.place is None and codes(sure) == ["date_unclear"]


def test_the_state_decides_only_where_no_departure_is_known() -> None:
    assert choose(entry(5, Kind.change, -9, here=0)).place is None
    assert choose(entry(5, Kind.unknown, -9, here=1)).place == 50
    current_state_on_all_rows = (IN, entry(2, Kind.move, -9, here=0), entry(3, Kind.death, 1, here=0))
    assert choose(*current_state_on_all_rows).place == 20


def test_without_reasons_the_state_tells_of_the_day_too() -> None:
    on_day = choose(entry(1, Kind.unknown, -900, here=1), entry(2, Kind.unknown, 0, 2, here=3))
    assert on_day.place == 10 and codes(on_day) == ["removed_on_day"]
    assert choose(entry(1, Kind.unknown, -900, here=1), entry(2, Kind.unknown, -1, 2, here=3)).place is None
    assert choose(entry(1, Kind.unknown, -900, here=1), entry(2, Kind.unknown, 0, here=0)).place is None


def test_nobody_is_there_without_a_row() -> None:
    assert choose() == Choice(None, ())


# Against every row looked at one by one


def naive(rows: list[HistoryEntry]) -> HistoryEntry | None:
    """The rule as it is written, for histories without cancellations and repetitions: greatest number, effective, known."""
    struck = (Kind.death, Kind.removal)
    told = [row for row in rows if row.processed <= KNOWN and row.moved <= DAY and not (row.kind in struck and row.moved == DAY)]
    last = max(told, key=lambda row: row.number, default=None)
    return None if last is None or last.kind in (*struck, Kind.move_out) else last


@st.composite
def lives(draw: st.DrawFn) -> list[HistoryEntry]:
    """A person: comes, changes, leaves, comes back; each notice in time or late, in the order of the office."""
    rows: list[HistoryEntry] = []
    here, entered = False, -60
    for number in range(1, draw(st.integers(1, 6)) + 1):
        kinds = [Kind.move, Kind.change, Kind.death, Kind.move_out, Kind.removal] if here else [Kind.move_in]
        kind = draw(st.sampled_from(kinds if rows else [Kind.move_in, Kind.birth]))
        entered = draw(st.integers(entered, max(entered, 8)))
        moved = (
            draw(st.integers(-70, entered)) if rows == [] else draw(st.integers(rows[-1].moved - DAY, max(entered, rows[-1].moved - DAY)))
        )
        rows.append(entry(number, kind, moved, max(entered, moved)))
        here = kind not in (Kind.death, Kind.move_out, Kind.removal)
    return rows


@given(lives())
def test_the_choice_is_that_of_looking_at_every_row(rows: list[HistoryEntry]) -> None:
    wanted = naive(rows)
    assert choose(*rows).place == (None if wanted is None else wanted.place)


@given(st.lists(lives(), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_order_and_repetition_of_rows_change_nothing(people: list[list[HistoryEntry]], random: object) -> None:
    rows = [(f"p{who}", row) for who, life in enumerate(people) for row in life]
    wanted = {(f"p{who}", row.number) for who, life in enumerate(people) if (row := naive(life)) is not None}
    shuffled = rows + [rows[0]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for given_rows in (rows, shuffled):
        ledger = Ledger()
        for who, row in given_rows:
            facts = Facts(
                row.number, row.moved, row.moved_latest, row.processed, 0, row.kind, 2, hash((who, row.number)), hash(who), hash(who)
            )
            ledger.add(who, facts, base=True)
        done = ledger.decide(day=DAY, known=KNOWN)
        assert {(who, row.number) for place, (who, row) in enumerate(given_rows) if done.chosen[place]} == wanted
        assert done.repeated == len(given_rows) - len(rows) and done.people == len(people)


def facts(number: int, content: int, *, name: int = 1, birth: int = 1, moved: int = -9) -> Facts:
    return Facts(number, DAY + moved, DAY + moved, DAY + moved, 0, Kind.change, 2, content, name, birth)


def test_of_two_rows_with_one_number_the_later_file_holds() -> None:
    ledger = Ledger()
    ledger.add("a", facts(1, 100), base=True)
    ledger.add("a", facts(1, 200), base=False)
    done = ledger.decide(day=DAY, known=KNOWN)
    assert list(done.chosen) == [0, 1] and [note.code for note in done.notes[1]] == ["resident.row_replaced"]


def test_a_change_of_name_is_no_other_person_but_another_birth_date_beside_it_is() -> None:
    ledger = Ledger()
    ledger.add("a", facts(1, 1), base=True)
    ledger.add("a", facts(2, 2, name=2), base=True)
    ledger.add("a", facts(3, 3, name=3, birth=3), base=True)
    done = ledger.decide(day=DAY, known=KNOWN)
    assert list(done.chosen) == [0, 1, 0] and done.strangers == {2: 1}


def test_rows_without_a_number_follow_the_dump_in_the_order_of_the_files() -> None:
    ledger = Ledger()
    ledger.add("a", facts(0, 1), base=True)
    ledger.skip()
    ledger.add("a", facts(0, 2, moved=-5), base=False)
    ledger.add("a", facts(0, 2, moved=-5), base=False)
    ledger.add("a", facts(0, 3, moved=-3), base=False)
    done = ledger.decide(day=DAY, known=KNOWN)
    assert list(done.chosen) == [0, 0, 0, 0, 1] and done.repeated == 1


def test_whole_histories_are_told_from_last_rows() -> None:
    ledger = Ledger()
    ledger.add("a", facts(1, 1), base=True)
    ledger.add("a", facts(2, 2), base=True)
    ledger.add("b", facts(7, 3), base=True)
    ledger.add("c", facts(1, 4), base=False)
    assert ledger.count_base() == (2, 1)


def test_an_unknown_day_is_after_all_others() -> None:
    assert NEVER > date.max.toordinal()
