"""Photos of damaged houses: taken in, listed, given to buildings by hand, captioned, turned, removed, looked at.

The picture itself is an attachment (``ctx.attachments``), the record says everything about it. Reading a folder or card is
``interchange.importing.photos``; sheets and folders of photos are written by ``interchange.exporting.photos``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.building import Building
from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id, parse_person_number, person_number
from app.domain.survey import Photo
from app.usecases.buildings import find_building
from app.usecases.context import Changes, Context
from app.usecases.photo_rows import PhotoBatch, PhotoRow
from app.usecases.ports import UnitOfWork

TURNS = (0, 90, 180, 270)
_CAPTION = 200
_LABEL = 80
_PREFIX = "P-"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPhoto:
    """A photo that has come. ``content`` names its reduced picture, already among the attachments; ``place`` is its place in the batch."""

    name: str
    place: int
    sha256: str
    content: str
    bytes: int
    width: int
    height: int
    taken_at: datetime | None = None
    clock: str = "none"
    lat: float | None = None
    lon: float | None = None
    building_id: str = ""
    survey_id: str = ""
    matched: str = ""


def new_batch(ctx: Context, *, label: str) -> str:
    """A name for an import: when it began, and the folder. Two of one second and folder are one batch."""
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", label).strip()[:_LABEL]
    return f"{ctx.now().astimezone(JST):%Y-%m-%d %H:%M:%S} {plain}".strip()


def batch_label(batch: str) -> str:
    """The folder in the name of a batch."""
    return batch[20:]


def photo_number(prefix: str, serial: int) -> str:
    """P-K7QF-00012-C: like the numbers of people and buildings, and never mistaken for one."""
    return _PREFIX + person_number(prefix, serial)


def read_photo_number(text: str) -> str | None:
    """The number in its one written form from any width, case and grouping, with or without P; None when it is none."""
    symbols = re.sub(r"^\s*[pP\uff30\uff50][\s\-\u2010-\u2015\u2212\uff0d\u30fc]*", "", text)
    found = parse_person_number(symbols) or parse_person_number(text)
    return None if found is None else photo_number(found.prefix, found.serial)


def add_photos(ctx: Context, *, batch: str, photos: Sequence[NewPhoto]) -> Changes:
    """Record photos whose pictures are kept already, in one act. Those that came before (same sha256) are left out."""
    ctx.require("survey")
    with ctx.unit() as uow:
        known = uow.reads.photos.known([photo.sha256 for photo in photos])
        uow.photos.add_many([_record(ctx, uow, photo, batch) for photo in photos if photo.sha256 not in known])
        return uow.commit()


def _record(ctx: Context, uow: UnitOfWork, photo: NewPhoto, batch: str) -> Photo:
    return Photo(
        id=new_id(), number=photo_number(ctx.place.device_prefix, uow.next_number("photo")), building_id=photo.building_id,
        survey_id=photo.survey_id, batch=batch, position=photo.place, name=photo.name, sha256=photo.sha256, content=photo.content,
        bytes=photo.bytes, width=photo.width, height=photo.height, taken_at=photo.taken_at, clock=photo.clock, lat=photo.lat, lon=photo.lon,
        matched=photo.matched,
    )  # fmt: skip


def note_import(ctx: Context, *, batch: str) -> None:
    """Write into the access log that photos were taken in."""
    with ctx.unit() as uow:
        uow.log_access(action="import", persons=0, target=f"photos {batch}")
        uow.commit()


def list_photo_ids(ctx: Context, *, building_id: str | None = None, batch: str | None = None, unmatched: bool = False) -> Sequence[str]:
    """Photos of a building (in order of time), of a batch (in its order), waiting for a building, or all."""
    return ctx.reads.photos.ids(building_id=building_id, batch=batch, matched=False if unmatched else None)


def photo_rows(ctx: Context, ids: Sequence[str]) -> list[PhotoRow]:
    """What a list shows of these photos, in their order."""
    return ctx.reads.photos.rows(ids)


def list_batches(ctx: Context) -> list[PhotoBatch]:
    """Every import of photos, newest first."""
    return ctx.reads.photos.batches()


def find_photo(ctx: Context, *, text: str) -> str:
    """The photo with this number or id. RuleViolation ``photo.not_found``."""
    number = read_photo_number(text)
    found = ctx.reads.photos.by_number(number) if number else None
    if found is None and ctx.reads.photos.rows([text.strip()]):
        found = text.strip()
    if found is None:
        raise RuleViolation("photo.not_found", field="photo", photo=text)
    return found


def read_picture(ctx: Context, *, photo: PhotoRow) -> bytes:
    """The reduced picture as JPEG, not yet turned. IntegrityFault ``photo.picture_missing`` or ``photo.picture_damaged`` with its number."""
    from app.domain.errors import IntegrityFault

    try:
        return ctx.attachments.get(photo.content)
    except IntegrityFault as fault:
        code = "photo.picture_missing" if fault.code == "attachment.missing" else "photo.picture_damaged"
        raise IntegrityFault(code, number=photo.number, name=photo.name, building=photo.building_number) from None


def note_view(ctx: Context, *, photos: Sequence[PhotoRow]) -> None:
    """Write into the access log that somebody looked at these photos: one row for each building or batch."""
    targets = dict.fromkeys(f"photos {row.building_number or row.batch}" for row in photos)
    if not targets:
        return
    with ctx.unit() as uow:
        for target in targets:
            uow.log_access(action="view", persons=0, target=target)
        uow.commit()


def assign_photos(ctx: Context, *, photo_ids: Sequence[str], building_id: str, survey_id: str = "", reason: str = "") -> Changes:
    """Give photos to a building by hand, many in one act; with ``building_id`` "" they wait again.

    RuleViolation ``record.not_found`` for an unknown photo or building, ``photo.survey_elsewhere`` for a survey of another building.
    """
    ctx.require("survey")
    with ctx.unit(reason=reason) as uow:
        if building_id:
            uow.buildings.need(building_id)
        if survey_id and uow.surveys.need(survey_id).building_id != building_id:
            raise RuleViolation("photo.survey_elsewhere", field="survey_id")
        for one in photo_ids:
            photo = uow.photos.need(one)
            if (photo.building_id, photo.survey_id) != (building_id, survey_id):
                uow.photos.save(replace(photo, building_id=building_id, survey_id=survey_id, matched="hand" if building_id else ""))
        return uow.commit()


def caption_photo(ctx: Context, *, photo_id: str, version: int, caption: str) -> Changes:
    """What stands under the photo. StaleRecord when somebody else saved meanwhile; RuleViolation ``photo.caption_long`` over 200 characters."""
    ctx.require("survey")
    text = " ".join(caption.split())
    if len(text) > _CAPTION:
        raise RuleViolation("photo.caption_long", field="caption", most=_CAPTION, length=len(text))
    with ctx.unit() as uow:
        uow.photos.save(replace(uow.photos.need(photo_id), caption=text), expected_version=version)
        return uow.commit()


def turn_photos(ctx: Context, *, photo_ids: Sequence[str], by: int = 90) -> Changes:
    """Show photos turned by so many degrees more, clockwise. The picture itself stays as it is."""
    ctx.require("survey")
    if by % 90:
        raise RuleViolation("photo.turn", field="turn", degrees=by)
    with ctx.unit() as uow:
        for one in photo_ids:
            photo = uow.photos.need(one)
            uow.photos.save(replace(photo, turn=(photo.turn + by) % 360))
        return uow.commit()


def remove_photos(ctx: Context, *, photo_ids: Sequence[str], reason: str = "") -> Changes:
    """Take photos away. Their pictures stay kept, so that ``restore_photos`` brings them back."""
    return _mark(ctx, photo_ids, deleted=True, reason=reason)


def restore_photos(ctx: Context, *, photo_ids: Sequence[str], reason: str = "") -> Changes:
    """Bring removed photos back."""
    return _mark(ctx, photo_ids, deleted=False, reason=reason)


def _mark(ctx: Context, photo_ids: Sequence[str], *, deleted: bool, reason: str) -> Changes:
    ctx.require("survey")
    with ctx.unit(reason=reason) as uow:
        for one in photo_ids:
            photo = uow.photos.get(one)
            if photo is None:
                raise RuleViolation("record.not_found", kind="photo", record=one)
            uow.photos.save(replace(photo, deleted=deleted))
        return uow.commit()


def discard_batch(ctx: Context, *, batch: str, reason: str = "") -> Changes:
    """Take back a whole import, in one act."""
    return remove_photos(ctx, photo_ids=ctx.reads.photos.ids(batch=batch), reason=reason)


def building_of(ctx: Context, *, number: str) -> str:
    """The building with this number, in any width, case and grouping; its serial alone when only one building has it; else by tax number.

    RuleViolation ``photo.no_building``, ``photo.building_ambiguous`` with the numbers.
    """
    return _find_building(ctx, number)[1]


def describe_building(ctx: Context, *, number: str) -> str:
    """Number and address of the building meant, to say while it is typed. RuleViolation as ``building_of``."""
    written, building = _find_building(ctx, number)
    record = ctx.reads.get("building", building)
    return f"{written} {record.address}".strip() if isinstance(record, Building) else written


def _find_building(ctx: Context, text: str) -> tuple[str, str]:
    """Number in its one written form, and id."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = parse_person_number(plain)
    if found is not None:
        known = ctx.reads.photos.building_numbers([person_number(found.prefix, found.serial)])
    elif plain.isdecimal() and 0 < int(plain[:9]) < 10_000_000 and len(plain) <= 7:
        known = ctx.reads.photos.buildings_with_serial(int(plain))
        own = {number: one for number, one in known.items() if number.startswith(f"{ctx.place.device_prefix}-")}
        known = own if len(own) == 1 else known
    else:
        known = ctx.reads.photos.building_numbers([plain])
    if not known and (same := find_building(ctx, tax_no=text)) and isinstance(taxed := ctx.reads.get("building", same), Building):
        known = {taxed.number: taxed.id}
    if not known:
        raise RuleViolation("photo.no_building", field="building", number=text)
    if len(known) > 1:
        raise RuleViolation("photo.building_ambiguous", field="building", number=text, numbers=", ".join(sorted(known)[:5]))
    return next(iter(known.items()))
