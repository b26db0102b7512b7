"""A real package cut at every kilobyte and with ten thousand flipped bits: every one of them is refused in a sentence, nothing is written.

Reading is what is damaged here, so that the many tries go through ``PackageReader`` alone, which is all that looking and taking in read with;
that these leave the store untouched is held for every code it can raise in ``test_package_refusals`` and, for some hundred tries, here.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.errors import SasaeError
from app.presentation.messages import has_message, message
from app.syncing.package_reading import open_package
from app.syncing.packages import inspect_package
from app.usecases.job import QUIET
from tests.package_town import add_picture, arrive, content, enrolled, open_office, send, take
from tests.stores import Clock, Town, copy_store, open_town

FLIPS = 10_000
CODES = {"sealed.damaged", "sealed.truncated", "exchange.not_a_package"}


@dataclass
class Case:
    """A laptop and the bytes of a package for it: people, residents, a list of devices."""

    laptop: Town
    raw: bytes
    path: Path

    def code(self) -> str:
        """How the file is refused now; "" when it is not."""
        try:
            with open_package(self.laptop.ctx, self.path) as package:
                package.items(QUIET, "exchange.inspecting").finish()
        except SasaeError as fault:
            assert has_message(fault.code) and "{" not in message(fault)
            return fault.code
        return ""


    def cut(self, lengths: Iterable[int]) -> Counter[str]:
        """How the file is refused when it ends there."""
        codes: Counter[str] = Counter()
        for length in lengths:
            self.path.write_bytes(self.raw[:length])
            codes[self.code()] += 1
        return codes


@pytest.fixture(scope="module")
def cases(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Case]]:
    """A small package, and a larger one with many people and a picture."""
    folder = tmp_path_factory.mktemp("damage")
    hq = open_office(open_town(copy_store(template, folder / "hq"), Clock()))
    desk = enrolled(hq, folder / "desk", kind="desk")
    arrive(hq, *(f"見本　{random.Random(at).getrandbits(40):x}" for at in range(60)))
    small = send(hq, "見本小学校", folder / "stick")
    for _ in range(5):
        hq.clock.forward(minutes=1)
        arrive(hq, *(f"見本　{random.Random(at).getrandbits(400):x}" for at in range(100)))
    add_picture(hq, random.Random(1).randbytes(900_000))
    large = send(hq, "見本小学校", folder / "stick")
    hq.session.close(backup=False)
    yield {name: Case(desk, sent.path.read_bytes(), sent.path) for name, sent in (("small", small), ("large", large))}
    desk.session.close(backup=False)


@pytest.fixture
def case(cases: dict[str, Case]) -> Case:
    return cases["small"]


def test_cut_at_every_byte_of_its_beginning_and_end(case: Case) -> None:
    codes = case.cut([*range(250), *range(len(case.raw) - 150, len(case.raw))])
    assert codes == {"exchange.not_a_package": 1, "sealed.truncated": 399}


def test_cut_at_every_kilobyte(cases: dict[str, Case]) -> None:
    large = cases["large"]
    codes = large.cut(range(0, len(large.raw), 1024))
    assert codes == {"exchange.not_a_package": 1, "sealed.truncated": (len(large.raw) - 1) // 1024} and len(large.raw) > 1_000_000


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ten_thousand_flipped_bits(case: Case) -> None:
    """Anywhere: magic, lengths, prelude, its checksum, frames, age headers, streams, trailer."""
    drawn, codes = random.Random(20260101), Counter[str]()
    case.path.write_bytes(case.raw)
    with case.path.open("r+b", buffering=0) as file:
        for _ in range(FLIPS):
            at, bit = drawn.randrange(len(case.raw)), 1 << drawn.randrange(8)
            for value in (case.raw[at] ^ bit, case.raw[at]):
                if value == case.raw[at]:
                    codes[case.code()] += 1
                file.seek(at)
                file.write(bytes([value]))
    assert sum(codes.values()) == FLIPS and set(codes) <= CODES
    assert codes["sealed.damaged"] > FLIPS * 0.9
    assert case.code() == ""


def test_hundreds_of_them_leave_the_store_untouched(case: Case) -> None:
    drawn, before = random.Random(3), content(case.laptop)
    for at in range(150):
        damaged = bytearray(case.raw if at % 3 else case.raw[: drawn.randrange(len(case.raw))])
        if at % 3 and damaged:
            damaged[drawn.randrange(len(damaged))] ^= 1 << drawn.randrange(8)
        case.path.write_bytes(damaged)
        for act in (lambda: inspect_package(case.laptop.ctx, source=case.path), lambda: take(case.laptop, case.path)):
            with pytest.raises(SasaeError) as fault:
                act()
            assert fault.value.code in CODES
    assert content(case.laptop) == before and case.laptop.problems() == []
    assert not (case.laptop.folder / "backups").exists()
    case.path.write_bytes(case.raw)
    assert take(case.laptop, case.path).report.operations > 100
