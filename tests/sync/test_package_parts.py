"""The records inside a package: what is packed is unpacked, in one order, and nothing else is believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import IntegrityFault
from app.domain.exchange import Gap, Head, Segment
from app.syncing import package_parts
from app.syncing.package_parts import Picture, SegmentReader, Told, pack, pack_picture, pack_segments, unpack_parts

TEXT = st.text(max_size=40)


def row(seq: int, changes: str = "{}", *, name: str = "x") -> tuple[object, ...]:
    return (f"op{seq}", "act", seq, "{}", "1-0", 1000 + seq, name, "site", "", "", "person", f"r{seq}", "create", changes)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    first = draw(st.integers(1, 1000))
    rows: list[tuple[object, ...] | Gap] = []
    at = first
    for _ in range(draw(st.integers(0, 6))):
        if draw(st.booleans()):
            rows.append(row(at, draw(TEXT), name=draw(TEXT)))
            at += 1
        else:
            last = at + draw(st.integers(0, 9))
            rows.append(Gap(at, last, "hq", "ab"))
            at = last + 1
    head = draw(st.none() | st.just(Head(chain="c", seq=at, hash="cd", signature="ef")))
    return Segment(chain="c", device="d", first=first, previous="00", rows=tuple(rows), parent=draw(TEXT), forked=draw(st.integers(0, 5)), head=head)


def read(parts: list[bytes]) -> list[Segment]:
    reader = SegmentReader("p")
    found = [one for told in unpack_parts(parts, path="p") if isinstance(told, Told) for one in reader.read(told.value)]
    reader.end()
    return found


@settings(max_examples=60)
@given(st.lists(segments(), max_size=6), st.integers(40, 5000))
def test_segments_come_back_however_they_are_cut(given: list[Segment], bundle: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package_parts, "_BUNDLE", bundle)
        assert read(list(pack_segments(given))) == given


def test_a_large_segment_is_cut_and_small_ones_share_a_part() -> None:
    large = Segment(chain="c", device="d", first=1, previous="", rows=tuple(row(seq, "x" * 90_000) for seq in range(1, 60)))
    small = [Segment(chain=f"c{at}", device="d", first=1, previous="", rows=(row(1),)) for at in range(50)]
    parts = list(pack_segments([large, *small]))
    assert 4 < len(parts) < 9 and max(map(len, parts)) < 1_300_000
    assert read(parts) == [large, *small]


@pytest.mark.parametrize("size", [0, 1, 8_388_544, 8_388_545, 20_000_000])
def test_pictures_come_back_in_pieces(size: int) -> None:
    picture = Picture("ab" * 32, bytes(size))
    parts = list(pack_picture(picture))
    assert max(map(len, parts)) <= 8_388_609 and list(unpack_parts(parts, path="p")) == [picture]


@pytest.mark.parametrize("name", ["../../etc/passwd".ljust(64, "x"), "AB" * 32, "ab" * 31 + "/.", "ab" * 30 + "あ"])
def test_a_name_that_is_a_path_is_refused(name: str) -> None:
    with pytest.raises(IntegrityFault) as fault:
        list(unpack_parts([package_parts.PICTURE + name.encode() + b"content"], path="p"))
    assert fault.value.code == "sealed.damaged"


DEEP = b"J" + b'{"segments":' + b"[" * 200_000


@pytest.mark.parametrize(
    "parts",
    [
        [b""], [b"X{}"], [b"J{"], [b"J[]"], [b'J{"unknown":1}'], [b'J{"sums":{},"rows":[]}'], [b"pabc"], [b"pabc", b'J{"sums":{}}'], [DEEP],
        [pack("sums", {}), pack("segments", [])], [pack("settings", {}), pack("snapshot", {})], [b"P" + b"ab" * 31],
    ],
)  # fmt: skip
def test_what_no_writer_makes_is_refused(parts: list[bytes]) -> None:
    with pytest.raises(IntegrityFault) as fault:
        list(unpack_parts(parts, path="p"))
    assert fault.value.code == "sealed.damaged"


def test_records_too_large_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_parts, "MOST_JSON", 1000)
    monkeypatch.setattr(package_parts, "MOST_PICTURE", 1000)
    for parts in ([pack("settings", {"x": "y" * 2000})], [b"p" + b"a" * 700, b"p" + b"a" * 700]):
        with pytest.raises(IntegrityFault) as fault:
            list(unpack_parts(parts, path="p"))
        assert fault.value.code == "sealed.bomb"


GOOD = {"chain": "c", "device": "d", "first": 1, "previous": "", "parent": "", "forked": 0, "head": None, "rows": [], "on": False}


@pytest.mark.parametrize(
    "change",
    [
        {"chain": 1}, {"first": "1"}, {"first": True}, {"first": -1}, {"forked": None}, {"rows": [[1, 2]]}, {"rows": None}, {"head": [1]},
        {"head": ["1", "h", "s"]}, {"rows": [[3, 2, "hq", "h"]]}, {"rows": [list(row(1))[:13]]}, {"rows": [[*row(1)[:5], "late", *row(1)[6:]]]},
        {"rows": [[*row(1)[:13], {}]]}, {"rows": [7]},
    ],
)  # fmt: skip
def test_a_malformed_segment_is_refused(change: dict[str, object]) -> None:
    told = json.loads(json.dumps([{**GOOD, **change}]))
    with pytest.raises(IntegrityFault) as fault:
        list(SegmentReader("p").read(told))
    assert fault.value.code == "sealed.damaged"


def test_a_segment_without_an_end_is_refused() -> None:
    reader = SegmentReader("p")
    assert list(reader.read([{**GOOD, "on": True}])) == []
    with pytest.raises(IntegrityFault):
        reader.end()
    with pytest.raises(IntegrityFault):
        list(reader.read([GOOD]))
