"""Several laptops of one municipality: real encrypted stores, copies of one template, that hand each other operations without a file."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.exchange import DeviceList, EnrolledDevice, Known, Segment
from app.usecases.context import Context
from app.usecases.exchange_rows import ConflictView, MergeReport
from tests.stores import Clock, Town, open_town


@dataclass
class Laptop:
    """An open store. ``kind``: what kind of site it works for."""

    town: Town
    kind: str = "shelter"
    site_id: str = ""

    @property
    def ctx(self) -> Context:
        """The administrator's context."""
        return self.town.ctx

    @property
    def device(self) -> str:
        """This laptop's device now."""
        return str(self.town.sql("SELECT id FROM device WHERE is_self")[0][0])

    def enrolled(self, **changes: Any) -> EnrolledDevice:
        """How headquarters' list tells of this laptop."""
        self.ctx.keys.ensure()
        values: dict[str, Any] = {
            "device": self.device, "letters": self.device[-4:].upper(), "site_id": self.site_id or self.device, "site_name": self.town.folder.name,
            "site_kind": self.kind, "recipient": "", "verify_key": self.ctx.keys.verify_key(), "enrolled_at": "2024-01-02T00:00:00+00:00",
        }  # fmt: skip
        return EnrolledDevice(**{**values, **changes})

    def write(self, known: dict[str, Known], *, to: str = "hq", most: int = 2000) -> list[Segment]:
        """What somebody who knows ``known`` lacks, vouched for."""
        with self.ctx.unit() as uow:
            uow.exchange.vouch()
            uow.commit()
        return list(self.ctx.reads.exchange.segments(known, site_kind=to, most=most))

    def take(self, segments: Sequence[Segment], devices: DeviceList) -> MergeReport:
        """Take operations in."""
        with self.ctx.unit() as uow:
            report = uow.exchange.take(segments, devices=devices)
            uow.commit()
        return report

    def state(self, *kinds: str) -> dict[tuple[str, str], dict[str, Any]]:
        """Every row of some kinds as the file has it, without row numbers."""
        from app.storage import tables as t

        found = {}
        for kind in kinds or ("shelter", "household", "person", "stay", "absence", "decision", "victim", "building"):
            table = t.KIND_BY_NAME[kind].table
            names = [column.name for column in table.columns if column.name != "rid"]
            for row in self.town.sql(f"SELECT {', '.join(names)} FROM {table.name}"):
                values = dict(zip(names, row, strict=True))
                found[kind, values["id"]] = values
        return found

    def conflicts(self) -> list[ConflictView]:
        """Open conflicts."""
        return self.ctx.reads.exchange.conflicts()


def list_of(*laptops: Laptop, revoked: dict[str, int] | None = None) -> DeviceList:
    """A list of devices with these in it."""
    devices = [one.enrolled() for one in laptops]
    ends = revoked or {}
    told = tuple(
        EnrolledDevice(**{**{name: getattr(one, name) for name in one.__slots__}, "state": "revoked", "revoked_seq": ends[one.device]})
        if one.device in ends
        else one
        for one in devices
    )
    return DeviceList(
        number=1, municipality_code="172022", municipality="見本市", disaster="見本地震", mark="m", training=False, municipal_key="",
        written_at="2024-01-02T00:00:00+00:00", devices=told,
    )  # fmt: skip


def open_laptop(template: Path, folder: Path, *, kind: str = "shelter", clock: Clock | None = None) -> Laptop:
    """A laptop of its own, made from the template: a copied folder opens as a new device."""
    shutil.copytree(template, folder)
    made = Laptop(open_town(folder, clock or Clock()), kind, site_id=f"site {folder.name}")
    made.ctx.keys.ensure()
    return made


def hand_over(giver: Laptop, taker: Laptop, devices: DeviceList) -> MergeReport:
    """Everything that the giver has and the taker lacks."""
    return taker.take(giver.write(dict(taker.ctx.reads.exchange.vector()), to=taker.kind), devices)
