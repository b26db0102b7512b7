"""Headquarters on a server takes part with packages as a folder does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.syncing.packages import inspect_package, take_receipt
from tests.package_town import add_picture, arrive, enrolled, open_office, send, take
from tests.store_fixtures import POSTGRESQL
from tests.stores import RESIDENTS, Town


@pytest.fixture
def engine() -> str:
    """Headquarters' store."""
    return POSTGRESQL


@pytest.fixture
def desk(town: Town, tmp_path: Path) -> Iterator[Town]:
    made = enrolled(open_office(town), tmp_path / "desk", site="見本支所", kind="desk")
    yield made
    made.session.close(backup=False)


def names(town: Town) -> set[str]:
    return {one.name for one in town.ctx.reads.all("person")}  # type: ignore[attr-defined]


def test_there_and_back(town: Town, desk: Town, tmp_path: Path) -> None:
    arrive(town, "見本　一郎")
    picture = add_picture(town, random.Random(1).randbytes(50_000))
    sent = send(town, "見本支所", tmp_path / "a")
    done = take(desk, sent.path, receipt=True)
    assert (done.residents, done.pictures, names(desk)) == (len(RESIDENTS), 1, {"見本　一郎"})
    assert desk.ctx.attachments.get(picture) == town.ctx.attachments.get(picture)
    assert done.receipt is not None and take_receipt(town.ctx, source=done.receipt).packages == (sent.card.id,)
    arrive(desk, "見本　二郎")
    other = add_picture(desk, random.Random(2).randbytes(50_000))
    back = send(desk, "hq", tmp_path / "b").path
    found = inspect_package(town.ctx, source=back)
    assert found.records["person"] == 1 and names(town) == {"見本　一郎"}
    heard = take(town, back)
    assert heard.report.records == found.records and heard.pictures == 1 and names(town) == {"見本　一郎", "見本　二郎"}
    assert town.ctx.attachments.get(other) == desk.ctx.attachments.get(other) and heard.backup is not None and heard.backup.exists()
    assert take(town, back).already
    assert send(town, "見本支所", tmp_path / "c").card.pictures == 0
    assert town.problems() == [] and desk.problems() == []
