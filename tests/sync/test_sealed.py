"""The sealed container: whole or not at all, and every kind of damage said as what it is."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage import x25519

from app.domain.errors import Cancelled, EnvironmentFault, InputFault, IntegrityFault, SasaeError
from app.presentation.messages import message
from app.syncing import sealed
from app.syncing.sealed import Keys, Lock, open_sealed, write_sealed

PARTS = [b"first part " * 50, bytes(range(256)) * 20, b"", "住民".encode() * 100]


@pytest.fixture(scope="module")
def identity() -> x25519.Identity:
    return x25519.Identity.generate()


def write(path: Path, identity: x25519.Identity, parts: list[bytes] = PARTS, kind: str = "test") -> Path:
    """A file for one device: no passphrase, so that hundreds can be read in a second."""
    write_sealed(path, kind=kind, header={"n": 1}, parts=iter(parts), lock=Lock(recipients=(str(identity.to_public()),)))
    return path


def read(path: Path, identity: x25519.Identity) -> list[bytes]:
    with open_sealed(path, kind="test", keys=Keys(identities=(str(identity),))) as file:
        assert file.header == {"n": 1}
        return list(file.parts())


def frames(raw: bytes) -> list[tuple[int, int]]:
    """Beginning and end of each part in the file, its frame included."""
    _, _, length = struct.unpack_from(">8sHI", raw)
    at, found = 14 + length + 32, []
    while at < len(raw):
        end = at + 12 + struct.unpack_from(">I", raw, at)[0]
        found.append((at, end))
        at = end
    return found


def test_what_was_written_is_read(tmp_path: Path, identity: x25519.Identity) -> None:
    path = write(tmp_path / "a.sealed", identity)
    assert read(path, identity) == PARTS
    assert "住民".encode() not in path.read_bytes() and [file.name for file in tmp_path.iterdir()] == ["a.sealed"]


def test_every_flipped_byte_is_refused(tmp_path: Path, identity: x25519.Identity) -> None:
    """Magic, lengths, prelude, its checksum, frames, age headers, stream, trailer: all of them, at every seventh byte and every edge."""
    raw = write(tmp_path / "a.sealed", identity).read_bytes()
    edges = {place + near for start, end in frames(raw) for place in (start, end) for near in range(-2, 14)}
    codes = set()
    for place in sorted({*range(0, 120), *range(120, len(raw), 7), *edges} & set(range(len(raw)))):
        changed = bytearray(raw)
        changed[place] ^= 0x20
        (tmp_path / "b.sealed").write_bytes(changed)
        with pytest.raises(SasaeError) as fault:
            read(tmp_path / "b.sealed", identity)
        codes.add(fault.value.code)
        assert isinstance(fault.value, IntegrityFault) or place < 8, (place, fault.value.code)
    assert codes <= {"sealed.damaged", "sealed.not_sealed", "sealed.truncated"} and {"sealed.damaged", "sealed.not_sealed"} <= codes


def test_every_truncation_is_refused(tmp_path: Path, identity: x25519.Identity) -> None:
    raw = write(tmp_path / "a.sealed", identity).read_bytes()
    ends = {end for _, end in frames(raw)[:-1]}
    for length in sorted({*range(0, len(raw), 11), *ends, len(raw) - 1}):
        (tmp_path / "b.sealed").write_bytes(raw[:length])
        with pytest.raises(SasaeError) as fault:
            read(tmp_path / "b.sealed", identity)
        assert fault.value.code == ("sealed.not_sealed" if length == 0 else "sealed.truncated"), length


@pytest.mark.parametrize("more", [b"\0", b"x" * 5000])
def test_appended_bytes_are_refused(tmp_path: Path, identity: x25519.Identity, more: bytes) -> None:
    path = write(tmp_path / "a.sealed", identity)
    path.write_bytes(path.read_bytes() + more)
    with pytest.raises(IntegrityFault) as fault:
        read(path, identity)
    assert fault.value.code == "sealed.appended"


def test_parts_moved_repeated_left_out_or_taken_from_another_file_are_refused(tmp_path: Path, identity: x25519.Identity) -> None:
    raw = write(tmp_path / "a.sealed", identity).read_bytes()
    other = write(tmp_path / "b.sealed", identity).read_bytes()
    parts, others = [raw[s:e] for s, e in frames(raw)], [other[s:e] for s, e in frames(other)]
    head = raw[: frames(raw)[0][0]]
    for order in (
        [parts[0], parts[2], parts[1], *parts[3:]],
        [parts[0], parts[1], parts[1], *parts[2:]],
        [parts[0], *parts[2:]],
        [parts[0], others[1], *parts[2:]],
        [*parts[:-1], others[-1]],
        [others[0], *parts[1:]],
        [parts[0], parts[-1]],
    ):
        (tmp_path / "c.sealed").write_bytes(head + b"".join(_reframed(order)))
        with pytest.raises(IntegrityFault) as fault:
            read(tmp_path / "c.sealed", identity)
        assert fault.value.code == "sealed.damaged"


def _reframed(parts: list[bytes]) -> Iterator[bytes]:
    """As somebody would who knows the layout: with the frame checks of the new order."""
    for index, part in enumerate(parts):
        content = part[12:]
        yield sealed._FRAME.pack(len(content), sealed._frame_check(len(content), index), sealed.zlib.crc32(content)) + content


def test_a_forged_prelude_is_refused(tmp_path: Path, identity: x25519.Identity) -> None:
    """Even with its checksum made anew: the header inside knows which prelude it was written under."""
    raw = write(tmp_path / "a.sealed", identity).read_bytes()
    start = raw[: frames(raw)[0][0] - 32].replace(b'"kind":"test"', b'"kind":"test" ')
    start = struct.pack(">8sHI", sealed.MAGIC, 1, len(start) - 14) + start[14:]
    (tmp_path / "b.sealed").write_bytes(start + sealed.hashlib.sha256(start).digest() + raw[frames(raw)[0][0] :])
    with pytest.raises(IntegrityFault) as fault:
        read(tmp_path / "b.sealed", identity)
    assert fault.value.code == "sealed.damaged"


def test_a_newer_format_another_kind_and_another_device_are_said(tmp_path: Path, identity: x25519.Identity) -> None:
    path = write(tmp_path / "a.sealed", identity)
    with pytest.raises(EnvironmentFault) as fault:
        read(path, x25519.Identity.generate())
    assert fault.value.code == "sealed.not_for_us"
    with pytest.raises(InputFault) as other:
        read(write(tmp_path / "b.sealed", identity, kind="other"), identity)
    assert other.value.code == "sealed.other_kind"
    raw = path.read_bytes()
    at = frames(raw)[0][0]
    start = struct.pack(">8sHI", sealed.MAGIC, 2, at - 46) + raw[14 : at - 32]
    path.write_bytes(start + sealed.hashlib.sha256(start).digest() + raw[at:])
    with pytest.raises(EnvironmentFault) as newer:
        read(path, identity)
    assert newer.value.code == "sealed.newer" and "2" in message(newer.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + bytes(100), "氏名,住所\n".encode("cp932"), b"\x93SASAE"])
def test_what_is_no_sealed_file_is_said(tmp_path: Path, identity: x25519.Identity, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(SasaeError) as fault:
        read(tmp_path / "a", identity)
    assert fault.value.code in ("sealed.not_sealed", "sealed.truncated")
    with pytest.raises(EnvironmentFault) as missing:
        read(tmp_path / "none", identity)
    assert missing.value.code == "sealed.missing"
    with pytest.raises(EnvironmentFault) as folder:
        read(tmp_path, identity)
    assert folder.value.code == "sealed.unreadable"


def test_a_passphrase_opens_and_a_wrong_one_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.sealed"
    done = write_sealed(path, kind="test", header={"n": 1}, parts=PARTS, lock=Lock(passphrase="1234-5678"))
    assert done.bytes == path.stat().st_size and done.sha256 == sealed.hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(EnvironmentFault) as fault:
        open_sealed(path, kind="test", keys=Keys(passphrases=("1234-5679",)))
    assert fault.value.code == "sealed.wrong_passphrase"
    with open_sealed(path, kind="test", keys=Keys(passphrases=("wrong one", "1234-5678"))) as file:
        assert list(file.parts()) == PARTS
    raw = bytearray(path.read_bytes())
    place = raw.index(b'"key":"') + 60  # inside the locked identity
    raw[place] = ord("A") if raw[place] != ord("A") else ord("B")
    path.write_bytes(raw)
    with pytest.raises(IntegrityFault) as damaged:
        open_sealed(path, kind="test", keys=Keys(passphrases=("1234-5678",)))
    assert damaged.value.code == "sealed.damaged"


def test_a_write_that_stops_leaves_the_old_file_and_nothing_else(tmp_path: Path, identity: x25519.Identity) -> None:
    path = write(tmp_path / "a.sealed", identity)
    before = path.read_bytes()

    def broken() -> Iterator[bytes]:
        yield PARTS[0]
        raise Cancelled()

    with pytest.raises(Cancelled):
        write_sealed(path, kind="test", header={}, parts=broken(), lock=Lock(recipients=(str(identity.to_public()),)))
    assert path.read_bytes() == before and [file.name for file in tmp_path.iterdir()] == ["a.sealed"]


def test_a_medium_that_gives_back_something_else_is_noticed(
    tmp_path: Path, identity: x25519.Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick that lies: what is written is not what can be read."""

    class LyingSink(sealed._Sink):
        def write(self, data: bytes) -> None:
            super().write(data)
            if self.bytes > 1000:
                self._file.seek(-1, 2)
                self._file.write(b"?")

    monkeypatch.setattr(sealed, "_Sink", LyingSink)
    with pytest.raises(IntegrityFault) as fault:
        write(tmp_path / "a.sealed", identity)
    assert fault.value.code == "sealed.read_back" and not list(tmp_path.iterdir())


def test_a_full_disk_is_said(identity: x25519.Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullSink(sealed._Sink):
        def write(self, data: bytes) -> None:
            if self.bytes > 500:
                raise OSError(28, "No space left on device")
            super().write(data)

    monkeypatch.setattr(sealed, "_Sink", FullSink)
    with pytest.raises(EnvironmentFault) as fault:
        write(tmp_path / "a.sealed", identity)
    assert fault.value.code == "file.disk_full" and not list(tmp_path.iterdir())


def test_a_stick_pulled_while_reading_is_said(tmp_path: Path, identity: x25519.Identity) -> None:
    path = write(tmp_path / "a.sealed", identity)
    with open_sealed(path, kind="test", keys=Keys(identities=(str(identity),))) as file:
        rest = file.parts()
        next(rest)

        class Gone:
            def read(self, count: int) -> bytes:
                raise OSError(5, "Input/output error")

            def close(self) -> None:
                pass

        file._file.close()
        file._file = Gone()  # type: ignore[assignment]
        with pytest.raises(EnvironmentFault) as fault:
            next(rest)
    assert fault.value.code == "sealed.unreadable" and "USB" in message(fault.value)


# -- signed files ------------------------------------------------------------------------------------------------


def signed(path: Path, identity: x25519.Identity, key: Ed25519PrivateKey, parts: list[bytes] = PARTS) -> Path:
    lock = Lock(recipients=(str(identity.to_public()),), identity=str(identity))
    write_sealed(path, kind="test", header={"n": 1}, parts=iter(parts), lock=lock, sign=lambda text: key.sign(text).hex())
    return path


def checked(path: Path, identity: x25519.Identity, key: Ed25519PrivateKey) -> list[bytes]:
    def verify(text: bytes, signature: str) -> bool:
        try:
            key.public_key().verify(bytes.fromhex(signature), text)
        except (InvalidSignature, ValueError):
            return False
        return True

    with open_sealed(path, kind="test", keys=Keys(identities=(str(identity),))) as file:
        return list(file.parts(verify))


def test_a_signed_file_is_read_by_who_knows_the_key(tmp_path: Path, identity: x25519.Identity) -> None:
    key = Ed25519PrivateKey.generate()
    path = signed(tmp_path / "a.sealed", identity, key)
    assert checked(path, identity, key) == PARTS and read(path, identity) == PARTS


def test_a_file_signed_by_another_or_by_nobody_is_refused(tmp_path: Path, identity: x25519.Identity) -> None:
    key = Ed25519PrivateKey.generate()
    for path in (signed(tmp_path / "a.sealed", identity, Ed25519PrivateKey.generate()), write(tmp_path / "b.sealed", identity)):
        with pytest.raises(IntegrityFault) as fault:
            checked(path, identity, key)
        assert fault.value.code == "sealed.signature_false"


def test_a_signature_of_another_file_is_refused(tmp_path: Path, identity: x25519.Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver can write a file like it for the others, but not sign it: not other parts, not another header, not other receivers."""
    key, texts = Ed25519PrivateKey.generate(), []
    lock = Lock(recipients=(str(identity.to_public()),))

    def keep(text: bytes) -> str:
        texts.append(text)
        return key.sign(text).hex()

    write_sealed(tmp_path / "a", kind="test", header={"n": 1}, parts=PARTS, lock=lock, sign=keep)
    known = key.sign(texts[0]).hex()
    for name, header, parts in (("b", {"n": 1}, PARTS[:1]), ("c", {"n": 2}, PARTS), ("d", {"n": 1}, PARTS[::-1])):
        write_sealed(tmp_path / name, kind="test", header=header, parts=parts, lock=lock, sign=lambda _: known)
        with pytest.raises(IntegrityFault) as fault:
            checked(tmp_path / name, identity, key)
        assert fault.value.code == "sealed.signature_false"


@pytest.mark.parametrize("most", [1, 1 << 20])
def test_a_bomb_is_refused_before_it_fills_anything(
    tmp_path: Path, identity: x25519.Identity, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    path = write(tmp_path / "a.sealed", identity, [bytes(8_000_000)] * 6)
    assert path.stat().st_size < 300_000
    monkeypatch.setattr(sealed, "_MOST_UNPACKED", most)
    seen = 0
    with pytest.raises(IntegrityFault) as fault, open_sealed(path, kind="test", keys=Keys(identities=(str(identity),))) as file:
        for part in file.parts():
            seen += len(part)
    assert fault.value.code == "sealed.bomb" and seen <= 200 * path.stat().st_size
    assert "大きくなる" in message(fault.value)


def test_a_part_larger_than_any_writer_makes_is_a_bomb(tmp_path: Path, identity: x25519.Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.sealed", identity, [bytes(3_000_000)])
    monkeypatch.setattr(sealed, "MAX_PART", 1_000_000)
    with pytest.raises(IntegrityFault) as fault:
        read(path, identity)
    assert fault.value.code == "sealed.bomb"


def test_the_kind_of_a_file_is_told_by_its_beginning(tmp_path: Path, identity: x25519.Identity) -> None:
    path = write(tmp_path / "a.sealed", identity, kind="package")
    path.write_bytes(path.read_bytes()[:300])
    assert sealed.sealed_kind(path) == "package"
