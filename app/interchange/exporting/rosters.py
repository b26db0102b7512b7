"""Rosters as files and on paper. Each says of what moment it is, what was known, who made it; each is one row of the access log.

Protected people are in none of them unless asked for by somebody with the right, and in a list for posting never.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import repeat
from pathlib import Path
from typing import Any, Literal

from app.domain.characters import CharacterProblem, PersonText, has_unusual, name_code_points
from app.domain.dates import JST
from app.domain.errors import UsageFault
from app.domain.half_kana import to_half_kana
from app.domain.shelter import Shelter
from app.interchange.exporting.characters import LIST_LIMIT, ExportResult, Unencodable, registered_for, say_characters
from app.presentation.columns.exchange import say_freshness
from app.presentation.columns.roster import ROSTER, choose_publishable, printed_columns
from app.presentation.columns.spec import Column
from app.presentation.labels import label, labels_of
from app.presentation.messages import message
from app.presentation.stamps import Stamp, stamp_for
from app.usecases.context import Context
from app.usecases.files import atomic_output
from app.usecases.job import QUIET, Job
from app.usecases.rosters import take_roster
from app.usecases.rows import Roster, RosterFilter, RosterRow
from app.usecases.site_board import freshness

Format = Literal["json", "csv", "html", "xlsx", "pdf"]
FORMATS = ("json", "csv", "html", "xlsx", "pdf")
_PROBLEMS_MOST = 200
_SEPARATOR = " / "
_CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterOutcome:
    """What came out. ``withheld``: protected people left out, and for posting everyone without consent. ``pages``: of a PDF.

    ``unencodable`` are characters the encoding could not hold, also listed in the file ``characters`` beside the CSV;
    ``problems`` are sentences about the printed pages; ``missing`` the characters no font or picture draws, with whose they are.
    """

    path: Path
    rows: int
    withheld: int
    pages: int = 0
    bytes: int = 0
    unencodable: tuple[Unencodable, ...] = ()
    unencodable_total: int = 0
    characters: Path | None = None
    problems: tuple[str, ...] = ()
    missing: tuple[CharacterProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A list ready to be written in any format: rows already chosen, columns, words about it. Shared by all lists here."""

    title: str
    subtitle: str
    stamp: Stamp
    columns: tuple[Column[Any], ...]
    rows: Sequence[Any]

    @property
    def header(self) -> list[str]:
        """The headings."""
        return [column.label for column in self.columns]

    def texts(self, *more: str) -> Iterator[tuple[str, ...]]:
        """The rows as texts, with ``more`` at the end of each. Column by column, some hundred rows at a time: that is twice as fast."""
        takers = [column.text for column in self.columns]
        for start in range(0, len(self.rows), _CHUNK):
            chunk = self.rows[start : start + _CHUNK]
            yield from zip(*(map(take, chunk) for take in takers), *(repeat(text, len(chunk)) for text in more), strict=True)

    def values(self) -> Iterator[list[Any]]:
        """The rows for spreadsheets: numbers as numbers, also those written with separators of thousands."""
        numbers = [column.number for column in self.columns]
        for cells in self.texts():
            yield [int(cell.replace(",", "")) if number and cell else cell for number, cell in zip(numbers, cells, strict=True)]


def write_roster(
    ctx: Context,
    *,
    wanted: RosterFilter,
    out: Path,
    format: Format,
    encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig",
    columns: str = "standard",
    publishable: bool = False,
    layout: Literal["large", "compact"] = "compact",
    folder: Path | None = None,
    substitutes: bool = False,
    half_kana: bool = False,
    job: Job = QUIET,
) -> RosterOutcome:
    """Take the roster and write it as ``out``, whole or not at all.

    ``columns`` names a view of ``presentation.columns.roster``; ``publishable`` takes only those who agreed to be named on a board,
    and of them only what is posted. ``folder`` is the data folder, whose own fonts and forms win. ``substitutes``: on paper, characters that
    nothing draws are replaced and marked; else they are told (ask ``find_unprintable`` before). ``half_kana``: in a CSV, readings as banks
    write them, in half width; what has no such writing is listed like what an encoding cannot hold. UsageFault for an unknown
    format or view; RuleViolation without the right; EnvironmentFault when the disk refuses; Cancelled.
    """
    if format not in FORMATS:
        raise UsageFault("roster.no_format", format=format)
    if half_kana and format != "csv":
        raise UsageFault("roster.half_kana_csv", format=format)
    view = "publishable" if publishable else columns
    if view not in ROSTER.views:
        raise UsageFault("roster.no_columns", columns=columns, offered=", ".join(ROSTER.views))
    asked = replace(wanted, consent="") if publishable and wanted.consent == "board" else wanted
    with _collector_at_rest():
        roster = take_roster(ctx, wanted=asked, action="print" if format == "pdf" else "export", target=out.name)
        return _write(
            ctx,
            roster,
            view=view,
            out=out,
            format=format,
            encoding=encoding,
            layout=layout,
            folder=folder,
            substitutes=substitutes,
            half_kana=half_kana,
            job=job,
        )


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """A hundred thousand rows without cycles are no work for the cycle collector, which else takes a third of the time."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


def _write(
    ctx: Context,
    roster: Roster,
    *,
    view: str,
    out: Path,
    format: Format,
    encoding: Literal["utf-8-sig", "cp932"],
    layout: Literal["large", "compact"],
    folder: Path | None,
    substitutes: bool,
    half_kana: bool,
    job: Job,
) -> RosterOutcome:
    wanted, publishable = roster.filter, view == "publishable"
    rows, unnamed = choose_publishable(roster.rows) if publishable else (roster.rows, 0)
    withheld = roster.withheld + unnamed
    chosen = printed_columns(view, layout=layout, one_shelter=bool(wanted.shelter_id)) if format == "pdf" else ROSTER.exported(view)
    sheet = Sheet(
        title=_title(ctx, wanted, publishable),
        subtitle=_subtitle(wanted, len(rows), withheld),
        stamp=_stamp(ctx, wanted),
        columns=tuple(chosen),
        rows=rows,
    )
    if format == "json":
        return _write_json(sheet, wanted, out, rows, withheld)
    done = write_sheet(
        sheet, out=out, format=format, encoding=encoding, layout=layout, folder=folder, job=job, ctx=ctx, substitutes=substitutes,
        half=HalfKana(sheet) if half_kana else None,
    )  # fmt: skip
    left = (message("roster.full_not_on_paper"),) if format == "pdf" and view == "full" else ()
    return replace(done, withheld=withheld, problems=(*left, *done.problems))


def _stamp(ctx: Context, wanted: RosterFilter) -> Stamp:
    """At headquarters what is known now says how fresh it is, and which site's part is the oldest."""
    made = stamp_for(ctx, at=wanted.at, known_at=wanted.known_at)
    fresh = say_freshness(freshness(ctx), short=True) if wanted.known_at is None else ""
    return replace(made, known_at=fresh) if fresh else made


def _title(ctx: Context, wanted: RosterFilter, publishable: bool) -> str:
    title = message("roster.title_publishable" if publishable else "roster.title")
    shelter = ctx.reads.get("shelter", wanted.shelter_id) if wanted.shelter_id else None
    return f"{title} {shelter.name}" if isinstance(shelter, Shelter) else title


def _subtitle(wanted: RosterFilter, count: int, withheld: int) -> str:
    """What was asked for, and how many there are."""
    told = [message("roster.count", count=count)]
    if withheld:
        told.append(message("roster.withheld", count=withheld))
    if wanted.presence != "in":
        told.append(label("presence", wanted.presence))
    if wanted.category:
        told.append(label("stay.category", wanted.category))
    if wanted.needs:
        told.append(labels_of("person.needs", wanted.needs))
    if wanted.age_from is not None or wanted.age_to is not None:
        told.append(f"{wanted.age_from if wanted.age_from is not None else 0}-{wanted.age_to if wanted.age_to is not None else ''}")
    return _SEPARATOR.join(told)


def write_sheet(
    sheet: Sheet,
    *,
    out: Path,
    format: str,
    encoding: Literal["utf-8-sig", "cp932"],
    layout: Literal["large", "compact"],
    folder: Path | None,
    job: Job,
    ctx: Context | None = None,
    substitutes: bool = False,
    half: HalfKana | None = None,
) -> RosterOutcome:
    """Write any list as CSV, HTML, XLSX or PDF with its stamp. With ``ctx``, registered characters are drawn and substitutes known."""
    if format == "pdf":
        return _write_pdf(sheet, out, layout, folder, job, ctx, substitutes)
    total = len(sheet.rows)
    lines = sheet.stamp.lines()
    if format == "csv":
        from app.interchange.exporting.csv_out import write_csv

        # the stamp is the heading of an empty last column: programs that read the header from the first line still do
        header = [*sheet.header, _SEPARATOR.join((sheet.title, sheet.subtitle, *lines))]
        texts = half.rows() if half else sheet.texts("")
        done = write_csv(out, header=header, rows=texts, encoding=encoding, registered=registered_for(ctx), job=job, total=total)
        done = half.tell(done) if half else done
    elif format == "xlsx":
        from app.interchange.exporting.xlsx_out import write_xlsx

        before = [[sheet.title], [sheet.subtitle], *([line] for line in lines)]
        widths = [min(60.0, column.width * 2 + 2) for column in sheet.columns]
        done = write_xlsx(
            out, header=sheet.header, rows=sheet.values(), sheet=sheet.title, widths=widths, lines_before=before, job=job, total=total
        )
    else:
        from app.interchange.exporting.html_out import write_html

        notes = [sheet.subtitle, sheet.stamp.known_at, sheet.stamp.place, sheet.stamp.operator, sheet.stamp.caution]
        training = bool(sheet.stamp.training)
        done = write_html(
            out, title=sheet.title, caption=sheet.stamp.as_of, header=sheet.header, rows=sheet.texts(), notes=[n for n in notes if n],
            training=training, job=job, total=total,
        )  # fmt: skip
    return RosterOutcome(
        path=out, rows=done.rows, withheld=0, bytes=done.bytes, unencodable=done.unencodable, unencodable_total=done.unencodable_total,
        characters=_list_characters(out, done) if format == "csv" else None,
    )  # fmt: skip


class HalfKana:
    """A sheet whose readings are written as banks write them, and what could not be."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet, self._found = sheet, list[Unencodable]()
        self._places = [place for place, column in enumerate(sheet.columns) if column.key == "kana"]

    def rows(self) -> Iterator[list[str]]:
        """The rows as texts."""
        for number, cells in enumerate(self._sheet.texts(""), start=1):
            row = list(cells)
            for place in self._places:
                row[place] = self._write(number, place, row[place])
            yield row

    def _write(self, number: int, place: int, text: str) -> str:
        written, misfits = to_half_kana(text)
        heading = self._sheet.header[place]
        self._found += [Unencodable(number, heading, text, one.char, name_code_points(one.char), one.written) for one in misfits]
        return written

    def tell(self, done: ExportResult) -> ExportResult:
        """The result with the characters that have no half-width writing before those that the encoding could not hold."""
        found = (*self._found, *done.unencodable)[:LIST_LIMIT]
        return replace(done, unencodable=found, unencodable_total=done.unencodable_total + len(self._found))


def _list_characters(out: Path, done: ExportResult) -> Path | None:
    """The characters that did not fit, as a CSV beside the file; None when all did."""
    if not done.unencodable:
        return None
    from app.interchange.exporting.csv_out import write_csv

    path = out.with_name(f"{out.stem}-{message('export.characters_file')}.csv")
    header = [message(f"export.characters_{part}") for part in ("row", "column", "char", "code", "written", "text")]
    write_csv(path, header=header, rows=([u.row, u.column, u.char, u.code_point, u.written, u.text] for u in done.unencodable))
    return path


def _write_pdf(
    sheet: Sheet,
    out: Path,
    layout: Literal["large", "compact"],
    folder: Path | None,
    job: Job,
    ctx: Context | None,
    substitutes: bool,
) -> RosterOutcome:
    from app.printing.lists import PrintColumn, render_list
    from app.usecases.characters import check_printable

    fonts, unusual = fonts_of(folder, ctx, substitutes=substitutes), list[PersonText]()
    columns = [PrintColumn(header=c.label, width=float(c.width), align=c.align, key=c.key) for c in sheet.columns]
    rows = job.track(_watched(sheet, unusual), "print.drawing", len(sheet.rows))
    report = render_list(
        out,
        title=sheet.title,
        subtitle=sheet.subtitle,
        columns=columns,
        rows=rows,
        stamp=page_stamp(sheet.stamp),
        layout=layout,
        fonts=fonts,
    )
    missing = check_printable(ctx, texts=unusual, fonts=fonts) if ctx is not None else []
    faults = [problem for problem in report.problems if ctx is None or problem.row < 0 or not problem.code.startswith("print.no_glyph")]
    told = _tell_faults(sheet, faults)
    sentences = say_characters(missing, substituted=substitutes, most=_PROBLEMS_MOST)
    return RosterOutcome(
        path=out, rows=len(sheet.rows), withheld=0, pages=report.pages, bytes=out.stat().st_size, missing=tuple(missing),
        problems=tuple(dict.fromkeys((*sentences, *told))),
    )  # fmt: skip


def _tell_faults(sheet: Sheet, faults: Sequence[Any]) -> list[str]:
    """The faults of the pages as sentences; texts that were cut, when there are several, in one."""
    cut = [fault for fault in faults if fault.code == "print.text_cut"]
    others = faults if len(cut) < 2 else [fault for fault in faults if fault.code != "print.text_cut"]
    told = [message(fault.code, **fault.params) for fault in others[:_PROBLEMS_MOST]]
    if len(cut) < 2:
        return told
    names = {column.key: column.label for column in sheet.columns}
    columns = [names.get(key, key) for key in dict.fromkeys(fault.column for fault in cut)]
    return [*told, message("print.texts_cut", count=f"{len(cut):,}", columns=columns, text=cut[0].params["text"])]


def _watched(sheet: Sheet, unusual: list[PersonText]) -> Iterator[tuple[str, ...]]:
    """The rows as texts; those with a character worth a look are also noted in ``unusual``."""
    for row, texts in zip(sheet.rows, sheet.texts(), strict=True):
        if has_unusual("".join(texts)):
            person, name = getattr(row, "person_id", ""), getattr(row, "name", "")
            unusual += [PersonText(person, name, column.label, text) for column, text in zip(sheet.columns, texts, strict=True)]
        yield texts


def find_unprintable(
    ctx: Context,
    *,
    wanted: RosterFilter,
    columns: str = "standard",
    layout: Literal["large", "compact"] = "compact",
    folder: Path | None = None,
) -> list[CharacterProblem]:
    """What printing this roster would leave out, to be shown before: ``CharacterProblem.where`` is the column's heading."""
    from app.usecases.characters import check_printable

    ctx.require("print")
    roster = ctx.reads.rosters.roster(wanted)
    rows = choose_publishable(roster.rows)[0] if columns == "publishable" else roster.rows
    unusual: list[PersonText] = []
    shown = printed_columns(columns, layout=layout, one_shelter=bool(wanted.shelter_id))
    for _ in _watched(Sheet(title="", subtitle="", stamp=stamp_for(ctx, at=wanted.at), columns=tuple(shown), rows=rows), unusual):
        pass
    return check_printable(ctx, texts=unusual, fonts=fonts_of(folder, ctx))


def page_stamp(stamp: Stamp) -> Any:
    """The stamp as printing wants it."""
    from app.printing.report import PageStamp

    return PageStamp(
        as_of=stamp.as_of,
        known_at=stamp.known_at,
        operator=stamp.operator,
        caution=stamp.caution,
        place=stamp.place,
        training=stamp.training,
        substitute_note=message("print.substitute_note"),
    )


def fonts_of(folder: Path | None, ctx: Context | None = None, *, substitutes: bool = False) -> Any:
    """The fonts of the machine and of the data folder; with ``ctx`` registered pictures, too, and substitutes if they are wanted."""
    from app.printing.fonts import FontBook
    from app.printing.own_fonts import open_fonts

    if ctx is not None:
        return open_fonts(ctx, folder, substitutes=substitutes)
    return FontBook(folders=(folder / "fonts",)) if folder else FontBook()


def _write_json(sheet: Sheet, wanted: RosterFilter, out: Path, rows: Iterable[RosterRow], withheld: int) -> RosterOutcome:
    """Codes and texts as stored, only the columns of the view, moments in Japan time."""
    kept = [{column.key: _plain(row, column) for column in sheet.columns} for row in rows]
    answer = {
        "title": sheet.title, "at": _iso(wanted.at), "known_at": _iso(wanted.known_at), "stamp": sheet.stamp.lines(), "count": len(kept),
        "withheld": withheld, "rows": kept,
    }  # fmt: skip
    with atomic_output(out) as part:
        part.write_text(json.dumps(answer, ensure_ascii=False, indent=1), encoding="utf-8", errors="backslashreplace")
        size = part.stat().st_size
    return RosterOutcome(path=out, rows=len(kept), withheld=withheld, bytes=size)


def _plain(row: RosterRow, column: Column[Any]) -> Any:
    value = getattr(row, column.key, None) if hasattr(row, column.key) else column.text(row)
    return _iso(value) if isinstance(value, datetime) else list(value) if isinstance(value, tuple) else value


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(JST).isoformat(timespec="seconds") if moment else None
