"""The fixtures of tests on a real store, and that each runs on both engines unless it speaks of the encrypted file itself."""

import pytest

from tests.store_fixtures import POSTGRESQL, SQLITE, folder, recovery, template, town

__all__ = ["folder", "recovery", "template", "town"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test with a store twice: on a folder and on a server."""
    if "engine" in metafunc.fixturenames:
        alone = metafunc.definition.get_closest_marker("of_the_file") is not None
        metafunc.parametrize("engine", [SQLITE] if alone else [SQLITE, POSTGRESQL])
