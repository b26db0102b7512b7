"""The verbs about snapshots of residents: what was found, and how two of them differ."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.outputs import Answer, moment
from app.cli.signing import signed_in
from app.presentation.messages import message
from app.usecases import rebuild
from app.usecases.context import Context
from app.usecases.rebuild import CHANGE_KINDS, Comparison, ResidentChange
from app.usecases.rows import Census, CensusLine

_LISTED = 1_000
"""So many people of each kind of difference are in the answer; all of them are in the file of ``--out``."""


def census_object(census: Census) -> dict[str, Any]:
    """A census as JSON: everybody, by district, by band of five years of age."""

    def line(one: CensusLine) -> dict[str, Any]:
        return {"total": one.total, "male": one.male, "female": one.female, "other": one.other}

    return {
        "on": census.on.isoformat(),
        "total": census.total,
        "male": sum(one.male for one in census.lines),
        "female": sum(one.female for one in census.lines),
        "districts": [{"district": one.district, **line(one)} for one in census.by_district()],
        "ages": [{"from": one.band, **line(one)} for one in census.by_band()],
    }


def report_snapshot(gateway: FolderGateway, given: Namespace) -> Answer:
    """``residents report``: numbers on standard output; with ``--out`` the whole report with its lists as a file."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        report = rebuild.read_report(ctx, snapshot_id=given.snapshot)
        snapshot = report.snapshot
        answer: dict[str, Any] = {
            "snapshot": snapshot.id,
            "label": snapshot.label,
            "as_of": moment(snapshot.as_of),
            "known_at": moment(snapshot.known_at),
            "origin": snapshot.origin,
            "residents": snapshot.residents,
            "households": snapshot.households,
            "sha256": snapshot.sha256,
            "sources": [one._asdict() for one in snapshot.sources],
            "findings": dict(report.findings),
            "census": census_object(report.census),
        }
        if given.list:
            found = rebuild.list_findings(ctx, snapshot_id=given.snapshot, code=given.list)
            rebuild.note_listed(ctx, persons=len(found), target=snapshot.id)
            answer["list"] = [{**one._asdict(), "message": _say(one._asdict())} for one in found]
        if given.out:
            from app.interchange.exporting.snapshots import write_snapshot_report

            out = Path(given.out)
            done = write_snapshot_report(ctx, snapshot_id=given.snapshot, out=out, format=_format(out), folder=session.folder)
            answer |= {"file": given.out, "rows": done.rows}
        return answer, 0


def compare_two(gateway: FolderGateway, given: Namespace) -> Answer:
    """``residents compare``: who appeared, left, changed; with ``--out`` all of them as a file."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        found = rebuild.compare_snapshots(ctx, before=given.before, after=given.after)
        answer: dict[str, Any] = {
            "before": found.before.id,
            "after": found.after.id,
            "by_number": found.by_number,
            "appeared": found.appeared,
            "gone": found.left,
            "changed": found.changed,
            "unchanged": found.unchanged,
            "differences": [
                _change(one) for kind in CHANGE_KINDS for one in rebuild.show_changes(ctx, comparison=found, kind=kind, limit=_LISTED)
            ],
        }
        answer["truncated"] = max(found.appeared, found.left, found.changed) > _LISTED
        rebuild.note_listed(ctx, persons=len(answer["differences"]), target=found.after.id)
        if given.out:
            answer["file"], answer["rows"] = given.out, _write(ctx, found, Path(given.out), session.folder)
        return answer, 0


def _write(ctx: Context, found: Comparison, out: Path, folder: Path) -> int:
    from app.interchange.exporting.snapshots import write_comparison

    changes = [one for kind in CHANGE_KINDS for one in rebuild.show_changes(ctx, comparison=found, kind=kind, limit=None)]
    return write_comparison(ctx, comparison=found, changes=changes, out=out, format=_format(out), folder=folder).rows


def _change(one: ResidentChange) -> dict[str, Any]:
    row = one.person
    return {
        "kind": one.kind,
        "resident_no": row.resident_no,
        "household": row.household_no,
        "name": row.name,
        "kana": row.kana,
        "birth": row.birth,
        "address": row.address,
        "fields": [field._asdict() for field in one.fields],
    }


def _say(values: dict[str, Any]) -> str:
    return message(str(values["code"]), **{key: value for key, value in values.items() if key != "code"})


def _format(out: Path) -> str:
    return out.suffix.lstrip(".").lower() or "csv"
