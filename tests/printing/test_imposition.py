"""Sheets told beforehand and stacks that come out in order: paper is cut and laid together in the test as people do it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputFault
from app.printing.imposition import BatchOptions, find_first_sheet, place_records, plan_sheets, split_blocks

Sheets = list[list[int | None]]


def print_all(count: int, options: BatchOptions) -> list[Sheets]:
    """The sheets of each stack from ``options.start`` on, as a printer puts them out."""
    return [
        place_records(block, options)[find_first_sheet(block, options) :]
        for block in split_blocks(count, options)
        if block.last > options.start
    ]


def cut_and_stack(sheets: Sheets, options: BatchOptions) -> list[int]:
    """Cut the pile at once, lay the stacks on one another from the first place on, and leaf through: front, then back of each piece."""
    piles = [
        [(sheet[place], sheet[place + options.nup] if options.back_to_back else None) for sheet in sheets] for place in range(options.nup)
    ]
    return [number for pile in piles for piece in pile for number in piece if number is not None]


counts = st.integers(0, 400)
nups = st.sampled_from((1, 2, 3, 4, 8, 12))
parts = st.sampled_from((0, 1, 7, 50))


@given(counts, nups, parts, st.booleans())
def test_a_cut_pile_comes_out_in_order(count: int, nup: int, separators: int, both: bool) -> None:
    options = BatchOptions(nup=nup, separators=separators, per_file=90, duplex=both, back_to_back=both)
    leafed = [number for sheets in print_all(count, options) for number in cut_and_stack(sheets, options)]
    assert leafed == list(range(count))


@given(counts, nups, parts, st.booleans())
def test_neighbours_lie_on_one_sheet_when_asked(count: int, nup: int, separators: int, both: bool) -> None:
    options = BatchOptions(nup=nup, separators=separators, imposition="order", duplex=both, back_to_back=both)
    seen = []
    for sheets in print_all(count, options):
        for sheet in sheets:
            pieces = zip(sheet[:nup], sheet[nup:] or [None] * nup, strict=True)
            seen += [number for piece in pieces for number in piece if number is not None]
    assert seen == list(range(count))


@given(counts, nups, parts, st.sampled_from(("stack", "order")), st.integers(1, 100), st.booleans())
def test_the_plan_is_what_is_printed(count: int, nup: int, separators: int, imposition, per_file: int, both: bool) -> None:
    options = BatchOptions(nup=nup, separators=separators, imposition=imposition, per_file=per_file, duplex=both)
    plan, printed = plan_sheets(count, options), print_all(count, options)
    papers = sum(len(sheets) for sheets in printed)
    assert plan.separators == (len(printed) if separators else 0)
    assert plan.sheets == papers + plan.separators
    assert plan.pages == plan.sheets * (2 if both else 1)
    assert plan.files == -(-count // per_file)
    assert all(any(number is not None for number in sheet) for sheets in printed for sheet in sheets)


@given(st.integers(1, 300), nups, parts, st.sampled_from(("stack", "order")), st.data())
def test_going_on_after_a_jam_prints_the_same_sheets(count: int, nup: int, separators: int, imposition, data) -> None:
    start = data.draw(st.integers(0, count - 1))
    whole = BatchOptions(nup=nup, separators=separators, imposition=imposition, per_file=120)
    rest = BatchOptions(nup=nup, separators=separators, imposition=imposition, per_file=120, start=start)
    all_sheets = [sheet for sheets in print_all(count, whole) for sheet in sheets]
    rest_sheets = [sheet for sheets in print_all(count, rest) for sheet in sheets]
    assert rest_sheets == all_sheets[len(all_sheets) - len(rest_sheets) :]
    assert start in rest_sheets[0]
    assert plan_sheets(count, rest).sheets <= plan_sheets(count, whole).sheets


def test_sixty_thousand_four_to_a_sheet_with_separators() -> None:
    plan = plan_sheets(60_000, BatchOptions(nup=4, separators=500, per_file=5000))
    assert (plan.sheets, plan.pages, plan.files, plan.separators) == (15_120, 15_120, 12, 120)
    assert plan_sheets(60_000, BatchOptions(duplex=True)).pages == 120_000
    assert plan_sheets(0, BatchOptions(separators=5)).sheets == 0


def test_labels_begin_where_the_sheet_is_not_used_up() -> None:
    options = BatchOptions(nup=12, imposition="order", skip=5)
    (sheets,) = print_all(10, options)
    assert sheets == [[None] * 5 + list(range(7)), [7, 8, 9] + [None] * 9]
    assert plan_sheets(7, options).sheets == 1
    assert plan_sheets(8, options).sheets == 2


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"nup": 0}, "nup"),
        ({"nup": 41}, "nup"),
        ({"separators": -1}, "separators"),
        ({"per_file": 0}, "per_file"),
        ({"start": -1}, "start"),
        ({"offset": (20.1, 0)}, "offset"),
        ({"offset": (float("nan"), 0)}, "offset"),
        ({"page": "A3"}, "page"),
        ({"nup": 4, "imposition": "order", "skip": 4}, "skip"),
        ({"nup": 4, "skip": 1}, "skip"),
        ({"nup": 4, "imposition": "order", "duplex": True, "back_to_back": True, "skip": 1}, "skip"),
    ],
)
def test_an_option_that_cannot_be_is_named(wrong: dict, named: str) -> None:
    with pytest.raises(InputFault) as caught:
        plan_sheets(10, BatchOptions(**wrong))
    assert (caught.value.code, caught.value.params["column"]) == ("print.option", named)
