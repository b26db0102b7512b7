"""Which certificate stands where on which sheet: how many to a page, both sides, cut stacks in order, sheets told beforehand.

Places follow from the number of a record alone, never from what was printed before it: the sheets after a jam are the same as they
would have been, also when a record has been left out or put right in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.domain.errors import InputFault

PAPERS = {"A4": (210.0, 297.0), "A5": (148.0, 210.0)}
MOST_OFFSET = 20.0  # mm; a printer that is off by more needs another remedy
PER_FILE = 5000
_MOST_PLACES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """How a batch goes onto paper.

    ``nup``: certificates on one side of a sheet. ``duplex``: both sides; behind each certificate stands the layout's back side, or the
    next record if the layout has none and ``back_to_back`` is set. ``imposition`` with several to a sheet: ``stack`` – cut the whole
    pile, lay the stacks on one another from left to right and down, and they are in order; ``order`` – neighbours on one sheet.
    ``offset``: mm to the right and down, for a printer that is off. ``preprinted``: values only, for paper that carries the rest.
    ``separators``: a sheet in front of every so many certificates (0: none); each of these parts is a stack of its own. ``per_file``: certificates
    a file, at most. ``cut_marks``: where to cut, with several to a sheet. ``start``: number of the record (from 0) to go on from; its
    sheet and all later ones are the same as in the whole batch. ``skip``: places of the first sheet that are used up (labels).
    ``batch_name`` and ``number_var`` (the variable with the number of a certificate) stand on separators.
    """

    nup: int = 1
    page: Literal["A4", "A5"] = "A4"
    duplex: bool = False
    back_to_back: bool = False
    imposition: Literal["stack", "order"] = "stack"
    offset: tuple[float, float] = (0.0, 0.0)
    preprinted: bool = False
    separators: int = 0
    per_file: int = PER_FILE
    cut_marks: bool = True
    start: int = 0
    skip: int = 0
    batch_name: str = ""
    number_var: str = "number"

    def check(self) -> None:
        """InputFault ``print.option`` names the option that cannot be."""
        bounds = {
            "nup": (1, _MOST_PLACES),
            "separators": (0, 1_000_000),
            "per_file": (1, 20_000),
            "start": (0, 10_000_000),
            "skip": (0, self.nup - 1),
        }
        for name, (least, most) in bounds.items():
            if not least <= getattr(self, name) <= most:
                raise InputFault("print.option", column=name, least=least, most=most)
        if not all(-MOST_OFFSET <= value <= MOST_OFFSET for value in self.offset):
            raise InputFault("print.option", column="offset", least=-MOST_OFFSET, most=MOST_OFFSET)
        if self.page not in PAPERS:
            raise InputFault("print.option", column="page", least="A4", most="A5")
        if self.skip and (self.imposition != "order" or self.back_to_back):
            raise InputFault("print.option", column="skip", least=0, most=0)

    @property
    def per_sheet(self) -> int:
        """Certificates on a sheet, both sides counted."""
        return self.nup * (2 if self.back_to_back and self.duplex else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPlan:
    """What a batch will need. ``sheets`` of paper, separators included; ``pages``: printed sides; ``files``; ``separators`` among the sheets."""

    sheets: int
    pages: int
    files: int
    separators: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Certificates ``first`` to ``last`` (not included) that make one stack, in file number ``file`` (from 0); ``skip`` places are used up."""

    first: int
    last: int
    file: int
    skip: int = 0

    def count_sheets(self, per_sheet: int) -> int:
        """Sheets of paper this stack takes, separator not counted."""
        return -(-(self.skip + self.last - self.first) // per_sheet)


def split_blocks(count: int, options: BatchOptions) -> Iterator[Block]:
    """The stacks of a batch of ``count`` records, in order, those before ``options.start`` included."""
    for file, first in enumerate(range(0, count, options.per_file)):
        end = min(first + options.per_file, count)
        step = options.separators or options.per_file
        for begin in range(first, end, step):
            yield Block(begin, min(begin + step, end), file, options.skip if begin == 0 else 0)


def count_files(count: int, options: BatchOptions) -> int:
    """How many files the whole batch makes, those before ``options.start`` included."""
    return -(-count // options.per_file)


def place_records(block: Block, options: BatchOptions) -> list[list[int | None]]:
    """For each sheet the record in each place (front places, then with ``back_to_back`` those behind them); None: empty.

    In a stack each place of the sheet is a pile; a pile holds neighbours, and the next pile goes on where it ends.
    """
    sides = options.per_sheet // options.nup
    sheets = block.count_sheets(options.per_sheet)
    placed: list[list[int | None]] = []
    for sheet in range(sheets):
        fronts: list[int | None] = []
        backs: list[int | None] = []
        for place in range(options.nup):
            piece = place * sheets + sheet if options.imposition == "stack" else sheet * options.nup + place
            for side, found in ((0, fronts), (1, backs)):
                number = block.first - block.skip + piece * sides + side
                found.append(number if block.first <= number < block.last else None)
        placed.append(fronts + backs if sides == 2 else fronts)
    return placed


def find_first_sheet(block: Block, options: BatchOptions) -> int:
    """The sheet of this stack to go on from: the one that holds ``options.start``, 0 when the stack lies after it."""
    if options.start <= block.first:
        return 0
    sides = options.per_sheet // options.nup
    piece = (options.start - block.first + block.skip) // sides
    return piece % block.count_sheets(options.per_sheet) if options.imposition == "stack" else piece // options.nup


def plan_sheets(count: int, options: BatchOptions) -> SheetPlan:
    """What printing ``count`` records takes, told before anything is drawn. Records left out later on can only make it less.

    InputFault ``print.option``.
    """
    options.check()
    sheets = separators = 0
    files = set()
    for block in split_blocks(count, options):
        if block.last <= options.start:
            continue
        first = find_first_sheet(block, options)
        sheets += block.count_sheets(options.per_sheet) - first
        separators += bool(options.separators) and first == 0
        files.add(block.file)
    pages = (sheets + separators) * (2 if options.duplex else 1)
    return SheetPlan(sheets=sheets + separators, pages=pages, files=len(files), separators=separators)
