"""``surveys photos``: taking a card in, listing, giving photos to buildings, sheets."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.imports import show_progress
from app.cli.outputs import Answer, moment
from app.cli.signing import signed_in
from app.domain.errors import UsageFault
from app.presentation.messages import message
from app.usecases import photos
from app.usecases.context import Context
from app.usecases.gateway import Session
from app.usecases.job import Job


def photo_verb(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys photos import|list|assign|remove|sheet|export``."""
    with signed_in(gateway, given) as session:
        return _ACTS[given.act](session, given)


def _import(session: Session, given: Namespace) -> Answer:
    """Exit code 1 when photos could not be taken or somebody stopped it, 3 when the card was gone."""
    from app.interchange.importing.photos import import_photos

    done = import_photos(session.context, Path(given.folder), offset=given.offset, dry_run=given.dry_run, job=Job(show_progress))
    matched = {how or "none": count for how, count in sorted(done.matched.items())}
    answer: dict[str, Any] = {
        "batch": done.batch, "found": done.found, "added": done.added, "known": done.known, "failed": done.failed, "matched": matched,
        "buildings": done.buildings, "others": dict(done.others), "dry_run": given.dry_run,
        "stopped": message(done.stopped) if done.stopped else "", "issue_count": done.issue_count,
        "issues": [{"file": issue.name, "code": issue.code, "message": message(issue.code, **issue.params), "lost": issue.lost} for issue in done.issues],
    }  # fmt: skip
    return answer, 3 if done.stopped == "photo.card_gone" else 1 if done.stopped or done.failed else 0


def _chosen(ctx: Context, given: Namespace) -> Sequence[str]:
    """Photos of the building or batch named; exactly one of them."""
    unmatched = bool(getattr(given, "unmatched", False))
    if sum((bool(given.building), bool(given.batch), unmatched)) > 1:
        raise UsageFault("cli.photo_what")
    building = photos.building_of(ctx, number=given.building) if given.building else None
    return photos.list_photo_ids(ctx, building_id=building, batch=given.batch or None, unmatched=unmatched)


def _list(session: Session, given: Namespace) -> Answer:
    ctx = session.context
    rows = photos.photo_rows(ctx, _chosen(ctx, given))
    photos.note_view(ctx, photos=rows)
    shown = [
        {
            "number": row.number, "id": row.id, "building": row.building_number, "address": row.address, "batch": row.batch, "file": row.name,
            "taken_at": moment(row.taken_at), "matched": row.matched, "caption": row.caption, "turn": row.turn, "lat": row.lat,
            "lon": row.lon,
        }
        for row in rows
    ]  # fmt: skip
    batches = [
        {"batch": one.batch, "photos": one.photos, "unmatched": one.unmatched, "buildings": one.buildings}
        for one in photos.list_batches(ctx)
    ]
    return {"count": len(shown), "photos": shown, "batches": batches}, 0


def _assign(session: Session, given: Namespace) -> Answer:
    ctx = session.context
    ids = [photos.find_photo(ctx, text=text) for text in given.photos]
    building = photos.building_of(ctx, number=given.building)
    photos.assign_photos(ctx, photo_ids=ids, building_id=building, reason=given.reason)
    rows = photos.photo_rows(ctx, ids)
    return {"building": rows[0].building_number, "assigned": [row.number for row in rows]}, 0


def _remove(session: Session, given: Namespace) -> Answer:
    ctx = session.context
    if bool(given.photos) == bool(given.batch):
        raise UsageFault("cli.photo_remove_what")
    ids = (
        list(photos.list_photo_ids(ctx, batch=given.batch)) if given.batch else [photos.find_photo(ctx, text=text) for text in given.photos]
    )
    removed = [row.number for row in photos.photo_rows(ctx, ids)]
    photos.remove_photos(ctx, photo_ids=ids, reason=given.reason)
    return {"removed": removed}, 0


def _sheet(session: Session, given: Namespace) -> Answer:
    from app.interchange.exporting.photos import write_contact_sheet

    _need_one(given)
    ids = _chosen(session.context, given)
    done = write_contact_sheet(session.context, photo_ids=ids, out=Path(given.out), per_page=given.per_page, folder=session.folder)
    return {
        "file": str(done.path),
        "photos": done.photos,
        "pages": done.pages,
        "missing": list(done.missing),
        "warnings": list(done.warnings),
    }, 0


def _export(session: Session, given: Namespace) -> Answer:
    from app.interchange.exporting.photos import export_photos

    _need_one(given)
    done = export_photos(session.context, photo_ids=_chosen(session.context, given), folder=Path(given.out))
    return {"folder": str(done.path), "photos": done.photos, "missing": list(done.missing)}, 0


def _need_one(given: Namespace) -> None:
    if bool(given.building) == bool(given.batch):
        raise UsageFault("cli.photo_which")


_ACTS = {"import": _import, "list": _list, "assign": _assign, "remove": _remove, "sheet": _sheet, "export": _export}
