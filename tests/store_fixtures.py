"""A store of its own for each test, copied from one template a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores import Clock, Town, copy_store, found_store, open_town


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with shelters and residents; never written to again."""
    folder = tmp_path_factory.mktemp("template") / "見本 data"
    recovery = found_store(folder, Clock())
    folder.with_name("recovery.txt").write_text(recovery, "ascii")
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A closed copy of the template."""
    return copy_store(template, tmp_path / "支え data")


@pytest.fixture
def town(folder: Path) -> Iterator[Town]:
    """An open copy of the template with a clock that the test turns."""
    made = open_town(folder, Clock())
    yield made
    made.session.close(backup=False)
