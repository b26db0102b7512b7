"""The verbs that carry: snapshots of residents as encrypted files, and saved ways of reading a file."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.bootstrap import FolderGateway
from app.cli.imports import show_progress
from app.cli.outputs import Answer
from app.cli.signing import read_password, signed_in
from app.domain.errors import RuleViolation
from app.presentation.messages import message
from app.usecases.job import Job
from app.usecases.reception import Warning


def _passphrases(given: Namespace) -> list[str]:
    """SASAE_FILE_PASSWORD, then the operator's own password."""
    return [word for word in (os.environ.get("SASAE_FILE_PASSWORD", ""), read_password(given)) if word]


def _say(warnings: Sequence[Warning]) -> list[str]:
    return [message(warning.code, **warning.params) for warning in warnings]


def export_residents(gateway: FolderGateway, given: Namespace) -> Answer:
    """``residents export``: the active snapshot unless one is named."""
    from app.syncing.snapshots import export_snapshot

    with signed_in(gateway, given) as session:
        active = session.context.reads.residents.active()
        wanted = given.snapshot or (active.id if active else "")
        if not wanted:
            raise RuleViolation("snapshot.not_found", record="")
        done = export_snapshot(
            session.context,
            target=Path(given.file),
            snapshot_id=wanted,
            passphrase=_passphrases(given)[0],
            district=given.district,
            job=Job(show_progress),
        )
    card = done.card
    return {
        "snapshot": card.snapshot_id, "label": card.label, "district": card.district, "residents": card.residents,
        "households": card.households, "sha256": card.sha256, "bytes": done.bytes, "file": str(done.path), "file_sha256": done.file_sha256,
        "warnings": _say(done.warnings),
    }, 0  # fmt: skip


def load_residents_file(gateway: FolderGateway, given: Namespace) -> Answer:
    """``residents load``: what the snapshot is after it, and what was done."""
    from app.syncing.snapshots import load_snapshot

    with signed_in(gateway, given) as session:
        done = load_snapshot(session.context, source=Path(given.file), passphrases=_passphrases(given), job=Job(show_progress))
    snapshot, received = done.received.snapshot, done.received
    return {
        "snapshot": snapshot.id, "label": snapshot.label, "district": snapshot.district, "residents": snapshot.residents,
        "households": snapshot.households, "sha256": snapshot.sha256, "bytes": done.bytes, "added": received.added,
        "flagged": received.flagged,
        "message": message(done.code, label=snapshot.label, added=received.added, flagged=received.flagged),
        "warnings": _say(done.warnings),
    }, 0  # fmt: skip


# -- profiles -------------------------------------------------------------------------------------------------


def list_profiles(gateway: FolderGateway, given: Namespace) -> Answer:
    """``profiles list``."""
    from app.interchange.importing import profiles

    with signed_in(gateway, given) as session:
        found = profiles.list_profiles(session.context, target=given.target)
    rows = [{"name": one.name, "own": one.own, "columns": len(one.columns), "note": one.note, "target": one.target} for one in found]
    return {"profiles": rows}, 0


def save_profile(gateway: FolderGateway, given: Namespace) -> Answer:
    """``profiles save``."""
    from app.interchange.importing import profiles

    with signed_in(gateway, given) as session:
        read = profiles.read_profile(Path(given.file), target=given.target)
        kept = profiles.save_profile(session.context, profile=replace(read, name=given.name or read.name))
    return {"name": kept.name, "target": kept.target, "columns": len(kept.columns)}, 0


def rename_profile(gateway: FolderGateway, given: Namespace) -> Answer:
    """``profiles rename``."""
    from app.interchange.importing import profiles

    with signed_in(gateway, given) as session:
        kept = profiles.rename_profile(session.context, target=given.target, name=given.name, new_name=given.new_name)
    return {"name": kept.name, "target": kept.target}, 0


def delete_profile(gateway: FolderGateway, given: Namespace) -> Answer:
    """``profiles delete``."""
    from app.interchange.importing import profiles

    with signed_in(gateway, given) as session:
        profiles.delete_profile(session.context, target=given.target, name=given.name)
    return {"name": given.name, "target": given.target}, 0


def export_profile(gateway: FolderGateway, given: Namespace) -> Answer:
    """``profiles export``."""
    from app.interchange.importing import profiles

    with signed_in(gateway, given) as session:
        found = profiles.find_profile(session.context, target=given.target, name=given.name)
        path = profiles.export_profile(found, path=Path(given.file))
    return {"name": found.name, "target": found.target, "file": str(path)}, 0
