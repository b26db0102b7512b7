"""Where the files of a snapshot lay when it was imported, so that it can be run again with later ones. Kept inside the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from app.domain.resident import Snapshot
from app.usecases.context import Context


class KnownFile(NamedTuple):
    """A file as it was: its path, role (see ``SourceMark``) and SHA-256."""

    path: Path
    role: str
    sha256: str


def remember_paths(ctx: Context, *, snapshot_id: str, files: Sequence[KnownFile]) -> None:
    """Keep the paths of a snapshot's files."""
    ctx.require("residents")
    with ctx.unit() as uow:
        uow.set_setting(_setting(snapshot_id), json.dumps([[str(file.path), file.role, file.sha256] for file in files], ensure_ascii=False))
        uow.commit()


def recall_paths(ctx: Context, *, snapshot: Snapshot) -> list[KnownFile]:
    """The files of a snapshot in their order; one whose path nobody kept comes with its bare name."""
    stored = ctx.reads.settings.get(_setting(snapshot.id))
    if stored:
        return [KnownFile(Path(path), role, sha256) for path, role, sha256 in json.loads(stored)]
    if snapshot.sources:
        return [KnownFile(Path(mark.name), mark.role, mark.sha256) for mark in snapshot.sources if mark.role != "snapshot"]
    return [KnownFile(Path(name), snapshot.origin if snapshot.origin == "list" else "full", "") for name in snapshot.files]


def _setting(snapshot_id: str) -> str:
    return f"residents.paths.{snapshot_id}"
