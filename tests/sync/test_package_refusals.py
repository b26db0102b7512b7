"""What is no good is refused in a sentence that says what, where and what next; the store stays as it was."""

from __future__ import annotations

import errno
import os
import shutil
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyrage import x25519

from app.domain.errors import Cancelled, EnvironmentFault, IntegrityFault, RuleViolation, SasaeError
from app.presentation.messages import has_message, message
from app.syncing import package_reading, package_taking, packages, sealed
from app.syncing.packages import apply_package, find_packages, inspect_package, write_package
from app.syncing.sealed import Lock, SealedReader, write_sealed
from app.usecases import exchange
from app.usecases.context import Context
from app.usecases.enrolment import revoke_device
from app.usecases.job import Job
from tests.package_town import arrive, content, enrolled, open_office, send, take
from tests.stores import Clock, Town, copy_store, open_town

SITE = "見本小学校"


@dataclass
class World:
    """Headquarters and an enrolled laptop, both open for all tests here, and a package on its way to the laptop."""

    hq: Town
    laptop: Town
    package: Path
    folder: Path


@pytest.fixture(scope="module")
def world(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    hq = open_office(open_town(copy_store(template, folder / "hq"), Clock()))
    laptop = enrolled(hq, folder / "laptop")
    arrive(hq, *(f"見本　{at}郎" for at in range(40)))
    sent = send(hq, SITE, folder / "stick")
    yield World(hq, laptop, sent.path, folder)
    done = take(laptop, sent.path)  # what was refused so often is taken in when it is right
    assert done.report.records["person"] == 40 and not done.already and laptop.problems() == []
    laptop.session.close(backup=False)
    hq.session.close(backup=False)


@contextmanager
def untouched(town: Town, *, begun: bool = False) -> Iterator[None]:
    """Not a row is different afterwards, and not a file; where taking in has ``begun``, there is the backup that was made before."""

    def files() -> list[Path]:
        found = sorted(town.folder.rglob("*"))
        return [one for one in found if "backups" not in one.parts and not one.name.startswith("store.db-")] if begun else found

    before, kept = content(town), files()
    yield
    assert content(town) == before and files() == kept


def refused(town: Town, path: Path, code: str, *words: str, begun: bool = False) -> SasaeError:
    """Looking into it and taking it in are refused alike, in a sentence."""
    with untouched(town, begun=begun):
        for act in (lambda: inspect_package(town.ctx, source=path), lambda: take(town, path)):
            with pytest.raises(SasaeError) as fault:
                act()
            assert fault.value.code == code, fault.value.code
            said = message(fault.value)
            assert has_message(code) and "{" not in said and all(word in said for word in words), said
    return fault.value


def crafted(world: World, **changes: Any) -> Path:
    """A package of headquarters that says something else of itself."""
    ctx = replace(world.hq.ctx, place=replace(world.hq.ctx.place, **changes))
    return write_package(ctx, to_site=SITE, target=world.folder / f"{'-'.join(changes)}.sasae").path


# -- whose it is -------------------------------------------------------------------------------------------------


def test_another_municipality_disaster_or_training_is_refused(world: World) -> None:
    refused(world.laptop, crafted(world, municipality_code="162019", municipality_name="架空県例示市"), "exchange.other_municipality", "架空県例示市")
    refused(world.laptop, crafted(world, disaster_name="架空水害"), "exchange.other_disaster", "架空水害", "見本地震")
    refused(world.laptop, crafted(world, training=True), "exchange.training", "訓練")


def test_a_sender_nobody_knows_is_refused(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = damaged_header(world, tmp_path, lambda told: told.update(device="f" * 32, letters="ZZZZ"), monkeypatch)
    refused(world.laptop, path, "exchange.sender_unknown", "ZZZZ")


def test_our_own_package_is_refused(world: World) -> None:
    refused(world.hq, world.package, "exchange.own_package", SITE)


def test_a_package_nobody_can_open_here_says_for_whom_it_is(world: World, tmp_path: Path) -> None:
    plain = tmp_path / "x.sasae"
    identity = x25519.Identity.generate()
    write_sealed(plain, kind="package", header={}, parts=[], lock=Lock(recipients=(str(identity.to_public()),)))
    refused(world.laptop, plain, "exchange.for_somebody", "書いた人に")
    named = plain.rename(tmp_path / f"sasae-hq-{world.laptop.ctx.place.device_prefix}-20240102-090001.sasae")
    refused(world.laptop, named, "exchange.for_someone_else", world.hq.ctx.place.site_name, "届けて")


def test_a_package_signed_by_another_is_refused(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop that may open packages writes one in the name of headquarters: the keys for that are everybody's, the signature is not."""
    hq = world.hq.ctx
    forger = replace(hq, keys=Forged(hq.keys, world.laptop.ctx.keys))
    path = write_package(forger, to_site=SITE, target=tmp_path / "forged.sasae").path
    refused(world.laptop, path, "sealed.signature_false", "署名", "本部")


class Forged:
    """Keys that sign as somebody else."""

    def __init__(self, own: Any, other: Any) -> None:
        self._own, self._other = own, other

    def sign(self, text: bytes) -> str:
        return str(self._other.sign(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)


def test_a_list_of_devices_that_the_municipality_did_not_sign_is_refused(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = packages.need_list(world.hq.ctx)
    for code, changed in (("enrol.list_false", replace(own, number=own.number + 5)), ("enrol.list_other_key", replace(own, municipal_key="ab" * 32))):
        with monkeypatch.context() as patch:
            patch.setattr(packages, "need_list", lambda ctx, changed=changed: changed)
            path = write_package(world.hq.ctx, to_site=SITE, target=tmp_path / f"{code}.sasae").path
        refused(world.laptop, path, code)


# -- what it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(100), "氏名,住所\n".encode("cp932"), bytes(4000)])
def test_what_is_no_package_is_said(world: World, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.sasae"
    path.write_bytes(data)
    refused(world.laptop, path, "exchange.not_a_package", "受け渡しファイル")


def test_a_newer_format_is_said(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(packages, "LAYOUT", 2)
        path = write_package(world.hq.ctx, to_site=SITE, target=tmp_path / "a.sasae").path
    refused(world.laptop, path, "exchange.newer", "新しい版", "2")
    raw = world.package.read_bytes()
    length = struct.unpack_from(">8sHI", raw)[2]
    start = struct.pack(">8sHI", sealed.MAGIC, 9, length) + raw[14 : 14 + length]
    path.write_bytes(start + sealed.hashlib.sha256(start).digest() + raw[14 + length + 32 :])
    refused(world.laptop, path, "exchange.newer", "9")


def test_another_kind_of_file_is_said(world: World, tmp_path: Path) -> None:
    path = tmp_path / "residents.sasae"
    write_sealed(path, kind="residents", header={}, parts=[], lock=Lock(recipients=(world.laptop.ctx.keys.recipient(),)))
    refused(world.laptop, path, "exchange.other_kind")
    stick = tmp_path / "empty"
    stick.mkdir()
    with pytest.raises(EnvironmentFault) as missing:
        inspect_package(world.laptop.ctx, source=stick / "none.sasae")
    assert missing.value.code == "sealed.missing"


def damaged_header(world: World, tmp_path: Path, change: Callable[[dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package whose sender wrote something impossible at its beginning."""
    real = exchange.header_of

    def changed(card: Any) -> dict[str, Any]:
        told = real(card)
        change(told)
        return told

    with monkeypatch.context() as patch:
        patch.setattr(exchange, "header_of", changed)
        return write_package(world.hq.ctx, to_site=SITE, target=tmp_path / "bad.sasae").path


TRICKS = ["../../../etc/x", "..\\..\\x", "/etc/passwd", "C:\\x", "a\x00b1", "CON", "x" * 70, ""]


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("field", ["id", "letters", "device"])
def test_path_tricks_in_names_are_refused(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str, trick: str) -> None:
    path = damaged_header(world, tmp_path, lambda told: told.update({field: trick}), monkeypatch)
    refused(world.laptop, path, "sealed.damaged")


@pytest.mark.parametrize("field", ["site", "knows", "receivers", "written_at", "training", "list_number", "reply_to"])
@pytest.mark.parametrize("value", [None, 7, "x", ["../x"], {"a": 1}, {"a": [1]}, {"a": ["1", "b"]}, {"a": [-1, "b"]}])
def test_a_header_that_no_writer_makes_is_refused(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str, value: object
) -> None:
    if (field, value) in (("site", "x"), ("list_number", 7)):
        pytest.skip("that is what writers make")
    path = damaged_header(world, tmp_path, lambda told: told.update({field: value}), monkeypatch)
    with untouched(world.laptop), pytest.raises(SasaeError) as fault:
        inspect_package(world.laptop.ctx, source=path)
    assert fault.value.code == "sealed.damaged"


def test_counts_that_differ_are_refused(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = exchange.Sums.to_json
    with monkeypatch.context() as patch:
        patch.setattr(exchange.Sums, "to_json", lambda sums: {**real(sums), "operations": sums.operations + 1})
        path = write_package(world.hq.ctx, to_site=SITE, target=tmp_path / "a.sasae").path
    refused(world.laptop, path, "exchange.counts_differ", "件数", begun=True)


def test_a_bomb_is_refused(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = packages._parts

    def parts(*args: Any) -> Iterator[bytes]:
        yield from (package_reading.package_parts.PICTURE + b"ab" * 32 + bytes(8_000_000) for _ in range(20))
        yield from real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(packages, "_parts", parts)
        path = write_package(world.hq.ctx, to_site=SITE, target=tmp_path / "a.sasae").path
    assert 200 * path.stat().st_size < 20 * 8_000_000
    monkeypatch.setattr(sealed, "_MOST_UNPACKED", 1 << 20)
    refused(world.laptop, path, "sealed.bomb", "大きく")


def test_a_revoked_sender_is_refused_once_the_news_has_come(template: Path, tmp_path: Path) -> None:
    hq = open_office(open_town(copy_store(template, tmp_path / "hq"), Clock()))
    lost, other = enrolled(hq, tmp_path / "lost"), enrolled(hq, tmp_path / "other", site="架空公民館")
    try:
        take(lost, send(hq, SITE, tmp_path / "a").path)
        take(other, send(hq, "架空公民館", tmp_path / "a").path)
        arrive(lost, "見本　太郎")
        before, after = send(lost, "架空公民館", tmp_path / "b").path, send(lost, "hq", tmp_path / "b").path
        revoke_device(hq.ctx, device=lost.ctx.place.device_prefix, reason="流失")
        refused(hq, after, "exchange.sender_revoked", "流失", lost.ctx.place.device_prefix)
        take(other, send(hq, "架空公民館", tmp_path / "c").path)
        refused(other, before, "exchange.sender_revoked", "流失")
        with pytest.raises(RuleViolation) as fault:
            send(hq, SITE, tmp_path / "d")
        assert fault.value.code == "exchange.site_has_no_device" and SITE in message(fault.value)
    finally:
        for one in (lost, other, hq):
            one.session.close(backup=False)


def test_nobody_without_the_right_writes_looks_or_takes(world: World, tmp_path: Path) -> None:
    for act in (
        lambda ctx: write_package(ctx, to_site=SITE, target=tmp_path),
        lambda ctx: inspect_package(ctx, source=world.package),
        lambda ctx: apply_package(ctx, source=world.package, folder=world.laptop.folder),
    ):
        with pytest.raises(RuleViolation, match=r"permission\.denied"):
            act(world.laptop.acting("view"))
    with pytest.raises(RuleViolation) as fault:
        write_package(world.hq.ctx, to_site="どこにもない町", target=tmp_path)
    assert fault.value.code == "exchange.no_such_site" and list(tmp_path.iterdir()) == []


# -- sticks ------------------------------------------------------------------------------------------------------


def test_a_stick_without_room_is_said_before_anything_is_written(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=123_456))
    notes = world.hq.ctx.reads.exchange.packages(limit=1000)
    with pytest.raises(EnvironmentFault) as fault:
        write_package(world.hq.ctx, to_site=SITE, target=tmp_path)
    said = message(fault.value)
    assert fault.value.code == "exchange.no_room" and "0.1 MB" in said and "0.5 MB" in said, said
    assert list(tmp_path.iterdir()) == [] and world.hq.ctx.reads.exchange.packages(limit=1000) == notes


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "file.disk_full"), (errno.EIO, "file.write_failed"), (errno.EROFS, "file.not_writable")])
@pytest.mark.parametrize("after", [0, 1, 3, 5])
def test_a_stick_that_goes_while_writing_leaves_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str, after: int
) -> None:
    class Going(sealed._Sink):
        left = after

        def write(self, data: bytes) -> None:
            Going.left -= 1
            if Going.left < 0:
                raise OSError(number, os.strerror(number))
            super().write(data)

    monkeypatch.setattr(sealed, "_Sink", Going)
    notes = world.hq.ctx.reads.exchange.packages(limit=1000)
    with pytest.raises(EnvironmentFault) as fault:
        write_package(world.hq.ctx, to_site=SITE, target=tmp_path)
    assert fault.value.code == code and "{" not in message(fault.value)
    assert list(tmp_path.iterdir()) == [] and world.hq.ctx.reads.exchange.packages(limit=1000) == notes


def test_a_stick_that_is_not_there_is_said(world: World, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        write_package(world.hq.ctx, to_site=SITE, target=tmp_path / "gone" / "a.sasae")
    assert fault.value.code == "file.folder_missing"
    with pytest.raises(EnvironmentFault) as gone:
        find_packages(tmp_path / "gone", ctx=world.hq.ctx)
    assert gone.value.code == "sealed.unreadable"


def test_a_stick_that_gives_back_something_else_is_noticed(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lying(sealed._Sink):
        def write(self, data: bytes) -> None:
            self._file.write(data[:-1] + bytes([data[-1] ^ 1]) if self.bytes > 5000 else data)
            self.bytes += len(data)
            self.digest.update(data)

    monkeypatch.setattr(sealed, "_Sink", Lying)
    with pytest.raises(IntegrityFault) as fault:
        write_package(world.hq.ctx, to_site=SITE, target=tmp_path)
    assert fault.value.code == "sealed.read_back" and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("after", [0, 1, 2, 4, 6, 9, 12, 13, 14, 16, 18])
def test_a_stick_pulled_while_reading_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """At the first read or a late one, while verifying and while taking in: it is read twice."""
    real = SealedReader._read
    left = [after]

    def read(reader: SealedReader, count: int) -> bytes:
        left[0] -= 1
        if left[0] < 0:
            raise reader._lost(OSError(errno.EIO, os.strerror(errno.EIO)))
        return real(reader, count)

    before = content(world.laptop)
    with monkeypatch.context() as patch:
        patch.setattr(SealedReader, "_read", read)
        with pytest.raises(EnvironmentFault) as fault:
            take(world.laptop, world.package)
    assert fault.value.code == "sealed.unreadable" and "差し直して" in message(fault.value)
    assert content(world.laptop) == before


def test_a_stick_exchanged_between_looking_and_taking_is_noticed(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the two readings another good package takes the place of the first."""
    path = tmp_path / "a.sasae"
    shutil.copyfile(world.package, path)
    other = write_package(world.hq.ctx, to_site=SITE, target=tmp_path / "b.sasae").path
    real = exchange.back_up_before

    def exchanged(ctx: Context, folder: Path) -> Any:
        shutil.copyfile(other, path)
        return real(ctx, folder)

    before = content(world.laptop)
    with monkeypatch.context() as patch:
        patch.setattr(package_taking.exchange, "back_up_before", exchanged)
        with pytest.raises(IntegrityFault) as fault:
            take(world.laptop, path)
    assert fault.value.code == "exchange.changed_meanwhile" and "差し直し" in message(fault.value)
    assert content(world.laptop) == before


@pytest.mark.parametrize("after", [0, 1, 2, 4, 6, 8])
def test_cancel_leaves_everything_as_it_was(world: World, tmp_path: Path, after: int) -> None:
    notes = world.hq.ctx.reads.exchange.packages(limit=1000)
    with pytest.raises(Cancelled):
        write_package(world.hq.ctx, to_site=SITE, target=tmp_path, whole=True, job=cancelled_after(after % 5))
    assert list(tmp_path.iterdir()) == [] and world.hq.ctx.reads.exchange.packages(limit=1000) == notes
    before = content(world.laptop)
    for act in (inspect_package, partial(apply_package, folder=world.laptop.folder)):
        with pytest.raises(Cancelled):
            act(world.laptop.ctx, source=world.package, job=cancelled_after(after))
    assert content(world.laptop) == before


def cancelled_after(reports: int) -> Job:
    """Somebody presses Cancel after so many reports."""
    left = iter(range(reports))
    return Job(cancelled=lambda: next(left, None) is None)


# -- damage ------------------------------------------------------------------------------------------------------


def test_every_flip_and_every_kilobyte_cut_is_refused(world: World, tmp_path: Path) -> None:
    """A few hundred here; ten thousand flips and every kilobyte of a larger package are in ``test_package_damage``."""
    raw = world.package.read_bytes()
    path = tmp_path / "a.sasae"
    for at in [*range(0, len(raw), 1024), len(raw) - 1]:
        path.write_bytes(raw[:at])
        refused(world.laptop, path, "exchange.not_a_package" if at == 0 else "sealed.truncated")
    path.write_bytes(raw + b"\0")
    refused(world.laptop, path, "sealed.appended")
