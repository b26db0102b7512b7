"""Copied disks and folders become devices of their own as they are opened; ordinary starts, moves and restores do not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.domain.errors import EnvironmentFault
from app.storage import whereabouts
from app.storage.whereabouts import Computer, Whereabouts, board_ids, is_elsewhere, read_computer, read_whereabouts
from app.usecases.backups import back_up_to
from app.usecases.shelters import add_shelter
from tests.stores import OPERATOR, PASSWORD, Clock, Town, open_town

pytestmark = pytest.mark.of_the_file
HOME = Whereabouts(system="s", hardware=frozenset({"a", "b"}), folder="f", file="1")


def reopened(town: Town, folder: Path | None = None) -> Town:
    """The folder opened at a next start."""
    town.session.close(backup=False)
    return open_town(folder or town.folder, town.clock)


@pytest.mark.parametrize(
    ("changes", "copied"),
    [
        ({}, False),
        ({"hardware": frozenset({"b", "c"})}, False),  # a network card more or less
        ({"hardware": frozenset()}, False),
        ({"system": "t"}, False),  # installed anew on the same computer
        ({"hardware": frozenset({"c"})}, True),  # a cloned disk in another computer
        ({"hardware": frozenset({"c"}), "system": "t"}, True),
        ({"hardware": frozenset(), "system": "t"}, True),
        ({"hardware": frozenset(), "system": ""}, False),
        ({"folder": "g"}, False),  # renamed, or mounted elsewhere
        ({"file": "2"}, False),  # a backup put back by hand
        ({"folder": "g", "file": "2"}, True),  # a copied folder
        ({"folder": "g", "file": ""}, True),
    ],
)
def test_what_counts_as_elsewhere(changes: dict[str, object], copied: bool) -> None:
    values = {"system": "s", "hardware": HOME.hardware, "folder": "f", "file": "1", **changes}
    assert is_elsewhere(HOME, Whereabouts(**values)) is copied  # type: ignore[arg-type]


def test_ordinary_starts_change_nothing(town: Town) -> None:
    device = town.ctx.place.device_id
    for _ in range(3):
        town = reopened(town)
        assert town.ctx.place.device_id == device and "enrol.copied_here" not in town.session.notices
    town.session.close(backup=False)


def test_a_copied_folder_becomes_a_device_of_its_own(town: Town, tmp_path: Path) -> None:
    device, clock = town.ctx.place.device_id, town.clock
    town.session.close(backup=False)
    shutil.copytree(town.folder, tmp_path / "copy")
    copy = open_town(tmp_path / "copy", clock)
    assert "enrol.copied_here" in copy.session.notices and copy.ctx.place.device_id != device
    add_shelter(copy.ctx, values={"name": "例示館", "kana": "", "capacity": 10})
    new = copy.ctx.place.device_id
    copy = reopened(copy)
    assert copy.ctx.place.device_id == new and "enrol.copied_here" not in copy.session.notices and copy.problems() == []
    assert {shelter.name for shelter in copy.ctx.reads.all("shelter")} >= {"見本小学校", "例示館"}  # type: ignore[attr-defined]
    copy.session.close(backup=False)
    original = open_town(town.folder, clock)
    assert original.ctx.place.device_id == device and original.problems() == []
    original.session.close(backup=False)


def test_a_folder_that_was_never_reopened_is_noticed_too(tmp_path: Path) -> None:
    from tests.stores import setup_of

    session, _ = gateway(now=Clock()).create(tmp_path / "image", setup_of())
    device = session.context.place.device_id
    session.close(backup=False)
    shutil.copytree(tmp_path / "image", tmp_path / "laptop")
    copy = open_town(tmp_path / "laptop", Clock())
    assert copy.ctx.place.device_id != device
    copy.session.close(backup=False)


def test_a_renamed_folder_and_a_backup_put_back_by_hand_go_on(town: Town, tmp_path: Path) -> None:
    device = town.ctx.place.device_id
    town.session.close(backup=False)
    town.folder.rename(tmp_path / "renamed")
    moved = open_town(tmp_path / "renamed", town.clock)
    assert moved.ctx.place.device_id == device
    moved.session.close(backup=False)
    shutil.copy(tmp_path / "renamed" / "store.db", tmp_path / "kept.db")
    (tmp_path / "renamed" / "store.db").unlink()
    shutil.copy(tmp_path / "kept.db", tmp_path / "renamed" / "store.db")
    back = open_town(tmp_path / "renamed", town.clock)
    assert back.ctx.place.device_id == device
    back.session.close(backup=False)


def test_a_cloned_disk_in_another_computer_is_noticed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    device = town.ctx.place.device_id
    monkeypatch.setattr(whereabouts, "read_computer", lambda: Computer(system="same image", hardware=frozenset({"02:00:00:00:00:01"})))
    other = reopened(town)
    assert other.ctx.place.device_id != device and "enrol.copied_here" in other.session.notices
    second = other.ctx.place.device_id
    monkeypatch.setattr(whereabouts, "read_computer", lambda: Computer(system="same image", hardware=frozenset()))
    other = reopened(other)
    assert other.ctx.place.device_id == second  # a start without network hardware says nothing
    other.session.close(backup=False)


def test_a_restored_backup_is_a_new_device_once(town: Town, tmp_path: Path) -> None:
    back_up_to(town.ctx, target=tmp_path / "a.sasae-backup")
    device = gateway(now=town.clock).restore(tmp_path / "a.sasae-backup", into=tmp_path / "new", operator=OPERATOR, password=PASSWORD)
    restored = open_town(tmp_path / "new", town.clock)
    assert restored.ctx.place.device_id == device and "enrol.copied_here" not in restored.session.notices
    restored.session.close(backup=False)


def test_reading_alone_changes_nothing(town: Town, tmp_path: Path) -> None:
    device = town.ctx.place.device_id
    town.session.close(backup=False)
    shutil.copytree(town.folder, tmp_path / "copy")
    seen = gateway(now=town.clock).open(tmp_path / "copy", operator=OPERATOR, password=PASSWORD, read_only=True)
    assert seen.context.place.device_id == device
    seen.close(backup=False)
    assert gateway(now=town.clock).verify(tmp_path / "copy", operator=OPERATOR, password=PASSWORD).ok


def test_nothing_readable_of_the_computer_is_kept(town: Town) -> None:
    kept = town.ctx.reads.settings.get("exchange.place")
    computer = read_computer()
    assert kept and not any(one in kept for one in (*computer.hardware, computer.system, str(town.folder)) if one)
    here = read_whereabouts(town.folder / "store.db", town.data_key)
    assert Whereabouts.from_text(kept) == here and Whereabouts.from_text("{}") is None and Whereabouts.from_text("x") is None
    assert read_whereabouts(town.folder / "store.db", bytes(32)) != here  # another store says it in other words


# -- reading the computer ----------------------------------------------------------------------------------------


@pytest.fixture
def card(tmp_path: Path) -> Callable[..., None]:
    """Makes a network card in an invented ``/sys``."""

    def make(name: str, address: str, *, kind: str = "0", bus: str = "pci0000:00") -> None:
        place = tmp_path / "sys" / "class" / "net" / name
        place.mkdir(parents=True)
        (place / "address").write_text(f"{address}\n", "ascii")
        (place / "addr_assign_type").write_text(f"{kind}\n", "ascii")
        if bus:
            device = tmp_path / "sys" / "devices" / bus / name
            device.mkdir(parents=True)
            (place / "device").symlink_to(device)

    return make


def test_only_built_in_hardware_tells_computers_apart(tmp_path: Path, card: Callable[..., None]) -> None:
    card("eth0", "AA:BB:CC:00:11:22")
    card("dongle", "aa:bb:cc:00:11:23", bus="pci0000:00/usb1/1-1")
    card("veth0", "aa:bb:cc:00:11:24", bus="")
    card("wlan0", "aa:bb:cc:00:11:25", kind="3")
    card("empty", "00:00:00:00:00:00")
    (tmp_path / "var" / "lib" / "dbus").mkdir(parents=True)
    (tmp_path / "var" / "lib" / "dbus" / "machine-id").write_text("0123abcd\n", "ascii")
    assert whereabouts._linux(tmp_path) == Computer(system="0123abcd", hardware=frozenset({"aa:bb:cc:00:11:22"}))
    assert whereabouts._linux(tmp_path / "nowhere") == Computer(system="", hardware=frozenset())


def structure(kind: int, body: bytes) -> bytes:
    """An SMBIOS structure with one text."""
    return bytes([kind, len(body) + 4, 0, 0]) + body + b"text\0\0"


def test_the_id_of_the_board_is_read_from_the_firmware() -> None:
    number = bytes(range(16))
    table = structure(0, bytes(20)) + structure(1, bytes(4) + number + bytes(3)) + structure(127, b"")
    assert list(board_ids(table)) == [number.hex()]
    for blank in (bytes(16), b"\xff" * 16):
        assert list(board_ids(structure(1, bytes(4) + blank + bytes(3)))) == []
    assert list(board_ids(b"")) == list(board_ids(b"\x01\x00\x00\x00")) == list(board_ids(b"\x00\x18" + bytes(30))) == []


# -- on a full disk ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_place_that_cannot_be_noted_keeps_nobody_out_but_a_copy(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    open_town(folder, Clock()).session.close(backup=False)
    if elsewhere:
        shutil.copytree(folder, tmp_path / "copy")
    else:
        monkeypatch.setattr(whereabouts, "read_computer", lambda: Computer(system="another", hardware=read_computer().hardware | {"new"}))

    def full(*_: object) -> None:
        raise EnvironmentFault("store.disk_full")

    monkeypatch.setattr("app.storage.store.Store._note_place", full)
    if elsewhere:
        with pytest.raises(EnvironmentFault, match="store.disk_full"):
            open_town(tmp_path / "copy", Clock())
        monkeypatch.undo()
        copy = open_town(tmp_path / "copy", Clock())
        assert "enrol.copied_here" in copy.session.notices
        copy.session.close(backup=False)
    else:
        open_town(folder, Clock()).session.close(backup=False)
