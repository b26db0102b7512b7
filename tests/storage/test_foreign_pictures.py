"""Pictures that came from another device keep the name they have there, and are as well guarded as our own."""

from __future__ import annotations

import pytest

from app.domain.errors import IntegrityFault
from tests.package_town import add_picture
from tests.stores import Town

FOREIGN = "ab" * 32


def test_a_picture_is_kept_under_its_foreign_name(town: Town) -> None:
    kept = town.ctx.attachments
    own = add_picture(town, b"own picture")
    kept.keep(FOREIGN, b"a picture of theirs")
    assert kept.get(FOREIGN) == b"a picture of theirs" and kept.has(FOREIGN)
    assert set(kept.sizes()) == {own, FOREIGN} and all(size > 11 for size in kept.sizes().values())
    kept.keep(FOREIGN, b"another one under the same name")
    assert kept.get(FOREIGN) == b"a picture of theirs", "the first content under a name stays"
    kept.keep(own, b"own picture")
    assert kept.get(own) == b"own picture" and town.problems() == []


@pytest.mark.parametrize("name", ["", "../x", "AB" * 32, "ab" * 31, "ab" * 31 + "/x", "ab" * 40])
def test_a_name_that_is_none_is_refused(town: Town, name: str) -> None:
    with pytest.raises(IntegrityFault) as fault:
        town.ctx.attachments.keep(name, b"content")
    assert fault.value.code == "attachment.bad_name" and town.ctx.attachments.sizes() == {}


@pytest.mark.of_the_file
def test_a_foreign_picture_that_was_changed_or_renamed_is_noticed_and_written_anew(town: Town) -> None:
    kept = town.ctx.attachments
    kept.keep(FOREIGN, b"a picture of theirs")
    path = town.folder / "attachments" / FOREIGN[:2] / FOREIGN
    other = path.with_name("ab" * 31 + "cd")
    other.write_bytes(path.read_bytes())
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    for name in (FOREIGN, other.name):
        with pytest.raises(IntegrityFault) as fault:
            kept.get(name)
        assert fault.value.code == "attachment.damaged"
    kept.keep(FOREIGN, b"a picture of theirs")
    assert kept.get(FOREIGN) == b"a picture of theirs"
