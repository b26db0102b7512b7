"""Photos that leave the program: on contact sheets, or as a folder of the reduced pictures. Originals are not kept, so none can leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.dates import format_instant
from app.domain.errors import EnvironmentFault, IntegrityFault, RuleViolation
from app.interchange.exporting.rosters import fonts_of, page_stamp
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.printing.contact_sheet import SheetPhoto, render_contact_sheet
from app.printing.photos import turned
from app.usecases.context import Context
from app.usecases.files import atomic_output, write_fault
from app.usecases.job import QUIET, Job
from app.usecases.photo_rows import PhotoRow
from app.usecases.photos import photo_rows, read_picture

MOST_ON_SHEETS = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotosWritten:
    """``photos`` written; ``missing`` are the numbers of those whose picture is not there or damaged. ``warnings`` are sentences."""

    path: Path
    photos: int
    pages: int = 0
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def write_contact_sheet(
    ctx: Context, *, photo_ids: Sequence[str], out: Path, per_page: int = 12, folder: Path | None = None, job: Job = QUIET
) -> PhotosWritten:
    """The photos as a PDF, 12 or 6 to a page, in the order given. Noted in the access log.

    A picture that is missing leaves a frame that says so. RuleViolation ``photo.nothing_chosen``, ``photo.sheet_many`` over 1,200.
    """
    ctx.require("print")
    rows = _rows(ctx, photo_ids)
    if len(rows) > MOST_ON_SHEETS:
        raise RuleViolation("photo.sheet_many", count=len(rows), most=MOST_ON_SHEETS)
    _note(ctx, rows, action="print", target=out.name)
    missing: list[str] = []
    stamp = page_stamp(stamp_for(ctx, at=ctx.now(), personal=True))
    report = render_contact_sheet(
        out, title=message("photo.sheet_title"), subtitle=_subtitle(rows), photos=_sheet_photos(ctx, rows, missing, job), per_page=per_page,
        stamp=stamp, fonts=fonts_of(folder, ctx),
    )  # fmt: skip
    told = dict.fromkeys(message(problem.code, **{"column": "", "row": problem.row + 1, **problem.params}) for problem in report.problems)
    return PhotosWritten(path=out, photos=len(rows), pages=report.pages, missing=tuple(missing), warnings=tuple(told))


def export_photos(ctx: Context, *, photo_ids: Sequence[str], folder: Path, job: Job = QUIET) -> PhotosWritten:
    """The reduced pictures as JPEG files, upright, in a new or empty folder, named by building number and photo number.

    Noted in the access log. EnvironmentFault ``photo.folder_not_empty`` and those of writing; what was written before stays.
    """
    ctx.require("export")
    rows = _rows(ctx, photo_ids)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise EnvironmentFault("photo.folder_not_empty", path=str(folder))
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_fault(error, path=folder) from error
    _note(ctx, rows, action="export", target=folder.name)
    missing: list[str] = []
    for row, jpeg in _pictures(ctx, rows, missing, job, "photo.job_writing"):
        if jpeg is not None:
            name = f"{row.building_number or '_'}_{row.number}.jpg"
            with atomic_output(folder / name) as temporary:
                temporary.write_bytes(jpeg)
    return PhotosWritten(path=folder, photos=len(rows) - len(missing), missing=tuple(missing))


def _rows(ctx: Context, photo_ids: Sequence[str]) -> list[PhotoRow]:
    rows = photo_rows(ctx, photo_ids)
    if not rows:
        raise RuleViolation("photo.nothing_chosen", field="photo")
    return rows


def _note(ctx: Context, rows: Sequence[PhotoRow], *, action: str, target: str) -> None:
    """One row of the access log for each building (one for those without)."""
    with ctx.unit() as uow:
        for building in dict.fromkeys(row.building_number for row in rows):
            uow.log_access(action=action, persons=0, target=f"photos {building} {target}".replace("  ", " "))
        uow.commit()


def _pictures(ctx: Context, rows: Sequence[PhotoRow], missing: list[str], job: Job, label: str) -> Iterator[tuple[PhotoRow, bytes | None]]:
    for place, row in enumerate(rows):
        job.report(place, len(rows), label)
        try:
            yield row, turned(read_picture(ctx, photo=row), degrees=row.turn)
        except IntegrityFault:
            missing.append(row.number)
            yield row, None


def _sheet_photos(ctx: Context, rows: Sequence[PhotoRow], missing: list[str], job: Job) -> Iterator[SheetPhoto]:
    for row, jpeg in _pictures(ctx, rows, missing, job, "photo.job_sheet"):
        yield SheetPhoto(
            jpeg=jpeg,
            number=row.number,
            time=format_instant(row.taken_at, "iso") if row.taken_at else "",
            caption=row.caption,
            building=f"{row.building_number}  {row.address}".strip() or message("photo.no_building_yet"),
            missing=message("photo.picture_gone"),
        )


def _subtitle(rows: Sequence[PhotoRow]) -> str:
    buildings = dict.fromkeys((row.building_number, row.address) for row in rows)
    if len(buildings) == 1:
        number, address = next(iter(buildings))
        return message("photo.sheet_one", number=number, address=address, count=len(rows)) if number else message("photo.no_building_yet")
    return message("photo.sheet_many_buildings", buildings=len(buildings), count=len(rows))
