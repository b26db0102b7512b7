"""Several laptops of one municipality in one test: real folders, enrolled by real requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.bootstrap import FolderSession, gateway
from app.usecases.context import Context
from app.usecases.enrolling import Accepted, Enrolled, accept_answer, accept_request, make_request
from app.usecases.enrolment import create_municipality
from tests.stores import OPERATOR, PASSWORD, Clock, setup_of


@dataclass
class Laptop:
    """An open folder. ``again`` closes and opens it, as a new start of the program does."""

    session: FolderSession
    clock: Clock
    folder: Path
    operator: str = OPERATOR

    @property
    def ctx(self) -> Context:
        """The administrator's context."""
        return self.session.context

    @property
    def letters(self) -> str:
        """The four letters of the device."""
        return self.ctx.place.device_prefix

    def again(self) -> Laptop:
        """The same folder, opened anew."""
        self.session.close(backup=False)
        self.session = gateway(now=self.clock).open(self.folder, operator=self.operator, password=PASSWORD)
        return self

    def close(self) -> None:
        """Release the folder."""
        self.session.close(backup=False)


def found_laptop(folder: Path, clock: Clock, *, site: str, kind: str = "shelter", **changes: Any) -> Laptop:
    """A new folder of its own."""
    setup = setup_of(site_name=site, site_kind=kind, **changes)
    session, _ = gateway(now=clock).create(folder, setup)
    return Laptop(session=session, clock=clock, folder=folder, operator=setup.operator)


def open_laptop(folder: Path, clock: Clock) -> Laptop:
    """An existing folder."""
    return Laptop(session=gateway(now=clock).open(folder, operator=OPERATOR, password=PASSWORD), clock=clock, folder=folder)


def found_headquarters(folder: Path, clock: Clock, **changes: Any) -> Laptop:
    """Headquarters with the municipality's key."""
    made = found_laptop(folder, clock, site="見本市災害対策本部", kind="hq", **changes)
    create_municipality(made.ctx)
    return made


def enrol(office: Laptop, laptop: Laptop, **choices: Any) -> tuple[Accepted, Enrolled]:
    """The whole way: request, acceptance, answer."""
    accepted = accept_request(office.ctx, text=make_request(laptop.ctx).lines, **choices)
    return accepted, accept_answer(laptop.ctx, text=accepted.lines, expected=accepted.fingerprint)
