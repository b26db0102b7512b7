"""``init``: a new store in a folder or in a database, a folder's store moved into a database, or a desk that joins one that is there.

With ``--database`` the three are told apart by what is given: a folder that holds a store is moved; the options that describe a new store
make one; without them an empty folder joins.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.bootstrap_desks import grant_role, join_store, move_folder, require_role
from app.cli.outputs import Answer
from app.cli.signing import folder_of, read_operator, read_password
from app.domain.errors import UsageFault
from app.presentation.console import say_usage
from app.usecases.gateway import Setup

_NEEDED = ("municipality", "disaster", "occurred", "site", "kind")


def found(gateway: FolderGateway, given: Namespace) -> Answer:
    """Carry out ``init``."""
    folder = folder_of(gateway, given)
    named = [f"--{name}" for name in (*_NEEDED, "training", "recovery_sheet") if getattr(given, name)]
    if not given.database:
        if given.desk_role:
            raise UsageFault("cli.usage", detail=say_usage("the following arguments are required: --database"))
        return _create(gateway, given, folder)
    if given.desk_role:
        require_role(given.database, given.desk_role)
    if gateway.holds_store(folder):
        if named:
            raise UsageFault("database.init_extra", options=" ".join(named))
        answer = _move(gateway, given, folder)
    elif named:
        answer = _create(gateway, given, folder)
    else:
        answer = _join(gateway, given, folder)
    if given.desk_role:
        grant_role(given.database, given.desk_role)
        answer[0]["desk_role"] = given.desk_role
    return answer


def _create(gateway: FolderGateway, given: Namespace, folder: Path) -> tuple[dict[str, Any], int]:
    missing = [f"--{name}" for name in _NEEDED if not getattr(given, name)]
    if missing:
        raise UsageFault("cli.usage", detail=say_usage(f"the following arguments are required: {', '.join(missing)}"))
    setup = Setup(
        municipality_code=given.municipality,
        disaster_name=given.disaster,
        occurred_at=given.occurred,
        site_name=given.site,
        site_kind=given.kind,
        operator=read_operator(given),
        password=read_password(given),
        training=given.training,
    )
    session, recovery = gateway.create(folder, setup, database=given.database or "")
    try:
        if given.recovery_sheet:
            from app.interchange.exporting.cards import write_recovery_sheet

            write_recovery_sheet(session.context, recovery_key=recovery, folder=folder, out=Path(given.recovery_sheet))
        told = {"data": str(folder), "device_id": session.context.place.device_id, "recovery_key": recovery}
        return {**told, **_place(gateway, given, moved=0)}, 0
    finally:
        session.close(backup=False)


def _move(gateway: FolderGateway, given: Namespace, folder: Path) -> tuple[dict[str, Any], int]:
    device, rows = move_folder(gateway, folder, database=given.database, operator=read_operator(given), password=read_password(given))
    return {"data": str(folder), "device_id": device, "recovery_key": None, **_place(gateway, given, moved=rows)}, 0


def _join(gateway: FolderGateway, given: Namespace, folder: Path) -> tuple[dict[str, Any], int]:
    device = join_store(gateway, folder, database=given.database, operator=read_operator(given), password=read_password(given))
    return {"data": str(folder), "device_id": device, "recovery_key": None, "joined": True, **_place(gateway, given, moved=0)}, 0


def _place(gateway: FolderGateway, given: Namespace, *, moved: int) -> dict[str, Any]:
    return {"database": gateway.shown_address(given.database), "moved": moved} if given.database else {}
