"""Two laptops of one municipality: headquarters and a shelter that was enrolled, with real packages between their folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.bootstrap import FolderSession, gateway
from app.domain.evacuee import Person, Stay
from app.domain.identifiers import new_id, person_number
from app.syncing.packages import apply_package, write_package
from app.usecases.context import Context
from app.usecases.enrolling import accept_answer, accept_request, make_request
from app.usecases.enrolment import create_municipality, device_list
from tests.stores import OCCURRED, OPERATOR, PASSWORD, Clock, setup_of


@dataclass
class Laptop:
    """A site's laptop, open."""

    session: FolderSession
    folder: Path

    @property
    def ctx(self) -> Context:
        """The administrator's context."""
        return self.session.context


def found_laptop(folder: Path, clock: Clock, *, site: str, kind: str = "shelter") -> Laptop:
    """A new laptop of a site, open, not enrolled."""
    made = gateway(now=clock)
    session, _ = made.create(folder, setup_of(site_name=site, site_kind=kind))
    session.close(backup=False)
    return Laptop(made.open(folder, operator=OPERATOR, password=PASSWORD), folder)


def enrol(hq: Context, laptop: Context) -> None:
    """Headquarters takes a laptop into its list, making the list if there is none."""
    if device_list(hq) is None:
        create_municipality(hq)
    accepted = accept_request(hq, text=make_request(laptop).text)
    accept_answer(laptop, text=accepted.text, expected=accepted.fingerprint)


def carry(sender: Context, receiver: Laptop | Any, stick: Path, *, to: str) -> Any:
    """A package from one to the other, written to a stick and taken in."""
    stick.mkdir(exist_ok=True)
    done = write_package(sender, to_site=to, target=stick)
    return apply_package(receiver.ctx, source=done.path, folder=receiver.folder)


def check_in(ctx: Context, *, name: str, kana: str = "", shelter: str = "", serial: int = 1, **values: Any) -> Person:
    """Somebody who came in: a person and, with a shelter, a stay."""
    with ctx.unit() as uow:
        person = uow.persons.add(
            Person(id=new_id(), number=person_number(ctx.place.device_prefix, serial), name=name, kana=kana, source="visitor", **values)
        )
        if shelter:
            uow.stays.add(Stay(id=new_id(), person_id=person.id, shelter_id=shelter, from_at=OCCURRED))
        uow.commit()
    return person


def change(ctx: Context, person_id: str, *, reason: str = "", **values: Any) -> None:
    """Correct somebody."""
    from dataclasses import replace

    found = ctx.reads.get("person", person_id)
    assert isinstance(found, Person)
    with ctx.unit(reason=reason) as uow:
        uow.persons.save(replace(found, **values), expected_version=found.version)
        uow.commit()


def change_all(ctx: Context, person_ids: list[str], *, reason: str = "", **values: Any) -> None:
    """Correct many people the same way in one transaction."""
    from dataclasses import replace

    with ctx.unit(reason=reason) as uow:
        for person_id in person_ids:
            found = uow.persons.get(person_id)
            assert found is not None
            uow.persons.save(replace(found, **values), expected_version=found.version)
        uow.commit()
