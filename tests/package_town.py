"""Headquarters and enrolled laptops on real stores, and packages that travel between them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.bootstrap import gateway
from app.storage.engine import connect
from app.syncing.packages import AppliedPackage, WrittenPackage, apply_package, write_package
from app.usecases.enrolling import accept_answer, accept_request, make_request
from app.usecases.enrolment import create_municipality
from app.usecases.photos import NewPhoto, add_photos, new_batch
from app.usecases.reception import Arrival, check_in
from tests.stores import OPERATOR, PASSWORD, Clock, Town, setup_of

SITE = "見本小学校"


def open_office(town: Town) -> Town:
    """Make a town's store headquarters of the exchange."""
    create_municipality(town.ctx)
    return town


def enrolled(hq: Town, folder: Path, *, site: str = SITE, kind: str = "shelter", clock: Clock | None = None) -> Town:
    """A new laptop of a site, enrolled at headquarters and opened again."""
    session, _ = gateway(now=clock or hq.clock).create(folder, setup_of(site_name=site, site_kind=kind))
    laptop = Town(session=session, clock=clock or hq.clock, folder=folder)  # type: ignore[arg-type]
    enrol(hq, laptop)
    return reopened(laptop)


def enrol(hq: Town, laptop: Town, **options: object) -> None:
    """Request, acceptance, answer."""
    made = accept_request(hq.ctx, text=make_request(laptop.ctx).text, **options)  # type: ignore[arg-type]
    accept_answer(laptop.ctx, text=made.lines)


def reopened(laptop: Town) -> Town:
    """Closed and opened again: what a laptop is counts from its opening on."""
    laptop.session.close(backup=False)
    session = gateway(now=laptop.clock).open(laptop.folder, operator=OPERATOR, password=PASSWORD)
    return Town(session=session, clock=laptop.clock, folder=laptop.folder)


def send(sender: Town, to: str, stick: Path, **options: bool) -> WrittenPackage:
    """Write a package onto a stick."""
    stick.mkdir(exist_ok=True)
    sender.clock.forward(seconds=1)
    return write_package(sender.ctx, to_site=to, target=stick, **options)


def take(receiver: Town, source: Path, *, receipt: bool = False) -> AppliedPackage:
    """Take a package in."""
    receiver.clock.forward(seconds=1)
    return apply_package(receiver.ctx, source=source, folder=receiver.folder, receipt=receipt)


def arrive(town: Town, *names: str, shelter: str | None = None) -> list[str]:
    """People who are in no list of residents check in; answers who they are."""
    shelter_id = shelter or town.shelters[0]
    arrivals = [Arrival(values={"name": name, "kana": "", "birth": ""}) for name in names]
    return list(check_in(town.ctx, shelter_id=shelter_id, arrivals=arrivals).persons)


def add_picture(town: Town, picture: bytes) -> str:
    """A photo of a damaged house; answers the name of its picture."""
    name = town.ctx.attachments.put(picture)
    made = NewPhoto(name="a.jpg", place=1, sha256=hashlib.sha256(picture).hexdigest(), content=name, bytes=len(picture), width=10, height=10)
    add_photos(town.ctx, batch=new_batch(town.ctx, label="x"), photos=[made])
    return name


def content(town: Town) -> dict[str, list[tuple[object, ...]]]:
    """Every table that registry data stand in, row by row: what must be as it was when something was refused."""
    found: dict[str, list[tuple[object, ...]]] = {}
    connection = connect(town.folder / "store.db", town.data_key)
    try:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'")]
        for name in sorted(names):
            if not name.startswith("sqlite_"):
                found[name] = sorted(map(tuple, connection.execute(f'SELECT * FROM "{name}"').fetchall()), key=repr)
    finally:
        connection.close()
    return found
