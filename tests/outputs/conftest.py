"""The fixtures of tests on a real store."""

from tests.store_fixtures import folder, template, town

__all__ = ["folder", "template", "town"]
