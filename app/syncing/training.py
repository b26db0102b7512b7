"""The exchange in a training folder: two laptops, one that has sent a package which leaves conflicts, one that is silent.

The laptops are real folders that are thrown away; what they wrote stays, so that deciding, carrying out and the board can be practised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app import resources
from app.domain.evacuee import Person, Stay
from app.syncing.packages import apply_package, write_package
from app.usecases.context import Context
from app.usecases.enrolling import accept_answer, accept_request, make_request
from app.usecases.enrolment import create_municipality
from app.usecases.gateway import Gateway, Session, Setup


def fill_exchange(gateway: Gateway, session: Session, setup: Setup) -> None:
    """Make the municipality's key, enrol the laptops of the training sites and let the first of them and headquarters correct the same people.

    ``setup`` is what the training folder was made with.
    """
    words = resources.read_toml("training", "exchange.toml")
    hq = session.context
    create_municipality(hq)
    with TemporaryDirectory(prefix="sasae-training-") as name:
        for number, (site, kind) in enumerate(words["sites"]):
            home = Path(name) / str(number)
            laptop, _ = gateway.create(home, replace(setup, site_name=site, site_kind=kind))
            try:
                accepted = accept_request(hq, text=make_request(laptop.context).text)
                accept_answer(laptop.context, text=accepted.text, expected=accepted.fingerprint)
                if number == 0:
                    _exchange(session, laptop, words, Path(name))
            finally:
                laptop.close(backup=False)


def _exchange(hq: Session, laptop: Session, words: Mapping[str, Any], stick: Path) -> None:
    """Everything goes out; both correct; the site's package comes in."""
    out = write_package(hq.context, to_site=laptop.context.place.site_name, target=stick)
    apply_package(laptop.context, source=out.path, folder=laptop.folder, receipt=False)
    stays = _people(hq.context, len(words["changes"]) + 1)
    for ctx, side in ((hq.context, "here"), (laptop.context, "there")):
        for stay, change in zip(stays, words["changes"], strict=False):
            _correct(ctx, stay.person_id, change[side], reason=words[f"reason_{side}"])
        _leave(ctx, stays[-1], words["leaving"][side])
    back = write_package(laptop.context, to_site="hq", target=stick)
    apply_package(hq.context, source=back.path, folder=hq.folder, receipt=False)


def _people(ctx: Context, count: int) -> Sequence[Stay]:
    """Stays of people who are in a shelter, are named and not protected, by their numbers."""
    named = {one.id: one.number for one in ctx.reads.all("person") if isinstance(one, Person) and one.name and not one.protected}
    open_stays = [one for one in ctx.reads.all("stay") if isinstance(one, Stay) and one.to_at is None and one.person_id in named]
    return sorted(open_stays, key=lambda one: named[one.person_id])[:count]


def _correct(ctx: Context, person_id: str, values: Mapping[str, Any], *, reason: str) -> None:
    found = ctx.reads.get("person", person_id)
    if isinstance(found, Person):
        given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        with ctx.unit(reason=reason) as uow:
            uow.persons.save(replace(found, **given), expected_version=found.version)
            uow.commit()


def _leave(ctx: Context, stay: Stay, words: Mapping[str, Any]) -> None:
    found = ctx.reads.get("stay", stay.id)
    if isinstance(found, Stay):
        gone = replace(found, to_at=ctx.now() - timedelta(hours=words["hours"]), destination=words["destination"])
        with ctx.unit() as uow:
            uow.stays.save(gone, expected_version=found.version)
            uow.commit()
