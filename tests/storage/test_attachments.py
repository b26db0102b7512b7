"""Pictures beside the store: encrypted, whole or not there, each once; backed up, restored, verified, and lost pictures named."""

from __future__ import annotations

import io
import os
import random
import resource
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.domain.building import Building
from app.domain.errors import EnvironmentFault, IntegrityFault, SasaeError
from app.domain.identifiers import new_id
from app.storage.attachments import FolderAttachments, attachment_files, copy_attachments, remove_leftovers
from app.storage.backup import check_backup
from app.usecases import photos
from app.usecases.backups import back_up_now, back_up_to
from app.usecases.photos import NewPhoto
from app.usecases.settings import change_settings
from tests.photographs import jpeg_of, scene
from tests.stores import OPERATOR, PASSWORD, Clock, Town, open_town

ROOT = Path(__file__).resolve().parents[2]
KEY = bytes(range(32))


def picture(seed: int) -> bytes:
    """A small JPEG."""
    image = scene(160, 120).copy()
    image.paste((seed * 37 % 256, seed * 91 % 256, seed * 53 % 256), (0, 0, 24, 24))
    return jpeg_of(image)


def add(town: Town, *seeds: int, building_id: str = "") -> list[str]:
    """Photos of these pictures; answers their names among the attachments."""
    made = []
    for seed in seeds:
        content = town.ctx.attachments.put(picture(seed))
        made.append(
            NewPhoto(
                name=f"IMG_{seed:04}.JPG",
                place=seed,
                sha256=f"{seed:064x}",
                content=content,
                bytes=9,
                width=160,
                height=120,
                building_id=building_id,
            )
        )
    photos.add_photos(town.ctx, batch="b", photos=made)
    return [one.content for one in made]


def files(folder: Path) -> list[Path]:
    """The attachment files of a data folder."""
    return list(attachment_files(folder / "attachments"))


# -- one file ------------------------------------------------------------------------------------------------------


def test_content_comes_back_and_equal_content_is_kept_once(tmp_path: Path) -> None:
    shelf = FolderAttachments(tmp_path, KEY)
    name = shelf.put(b"picture" * 1000)
    first = shelf.path_of(name).read_bytes()
    assert shelf.put(b"picture" * 1000) == name and shelf.path_of(name).read_bytes() == first
    assert shelf.get(name) == b"picture" * 1000 and shelf.has(name) and list(shelf.names()) == [name]
    assert shelf.put(b"") != name and len(files(tmp_path)) == 2


def test_name_and_file_tell_nothing(tmp_path: Path) -> None:
    import hashlib

    content = picture(1)
    mine, other = FolderAttachments(tmp_path / "a", KEY), FolderAttachments(tmp_path / "b", bytes(32))
    name = mine.put(content)
    assert name not in (hashlib.sha256(content).hexdigest(), other.put(content)), "the name needs the key"
    sealed = mine.path_of(name).read_bytes()
    assert b"JFIF" not in sealed and content[200:240] not in sealed
    again = FolderAttachments(tmp_path / "c", KEY)
    again.put(content)
    assert again.path_of(name).read_bytes() != sealed, "a nonce of its own each time"


def test_every_damage_is_noticed(tmp_path: Path) -> None:
    shelf = FolderAttachments(tmp_path, KEY)
    name, other = shelf.put(b"first" * 50), shelf.put(b"second" * 50)
    path = shelf.path_of(name)
    whole = path.read_bytes()
    drawn = random.Random(1)
    damaged = [whole[:at] for at in (0, 1, 7, 20, 35, len(whole) - 1)] + [whole + b"x", shelf.path_of(other).read_bytes()]
    for _ in range(40):
        at = drawn.randrange(len(whole))
        damaged.append(whole[:at] + bytes([whole[at] ^ 1 << drawn.randrange(8)]) + whole[at + 1 :])
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises(IntegrityFault) as caught:
            shelf.get(name)
        assert caught.value.code == "attachment.damaged"
    assert shelf.put(b"first" * 50) == name and shelf.get(name) == b"first" * 50, "taken in again, it is whole again"
    path.unlink()
    with pytest.raises(IntegrityFault) as caught:
        shelf.get(name)
    assert caught.value.code == "attachment.missing"
    with pytest.raises(IntegrityFault) as caught:
        FolderAttachments(tmp_path, bytes(32)).get(other)
    assert caught.value.code == "attachment.damaged", "another key"


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "g" * 64, "0" * 63, "/" * 64])
def test_what_is_no_name_reaches_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(IntegrityFault) as caught:
        FolderAttachments(tmp_path, KEY).get(name)
    assert caught.value.code == "attachment.bad_name"


def test_read_only_store_keeps_nothing(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        FolderAttachments(tmp_path, KEY, read_only=True).put(b"x")
    assert caught.value.code == "store.read_only" and not (tmp_path / "attachments").exists()


# -- secrecy, kill, full disk --------------------------------------------------------------------------------------


def test_no_picture_in_clear_anywhere(town: Town) -> None:
    add(town, 1, 2, 3)
    back_up_now(town.ctx, folder=town.folder)
    back_up_to(town.ctx, target=town.folder / "all.sasae-backup")
    pieces = [piece for seed in (1, 2, 3) for piece in (picture(seed)[20:44], picture(seed)[-60:-20])]
    looked = 0
    for file in town.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            looked += 1
            assert not any(piece in content for piece in pieces) and b"\xff\xd8\xff\xe0" not in content and b"IMG_0001" not in content, (
                file.name
            )
    assert looked > 5


def test_killed_while_keeping_leaves_whole_files(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom app.storage.attachments import FolderAttachments\n"
        f"shelf = FolderAttachments(Path(sys.argv[1]), {KEY!r})\n"
        "for n in range(100000):\n    print(shelf.put(sys.argv[2].encode() + str(n).encode() * 30000), flush=True)\n"
    )
    drawn, promised = random.Random(5), set[str]()
    for turn in range(8):
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), f"turn {turn} "],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert child.stdout
        promised.add(child.stdout.readline().strip())
        time.sleep(drawn.random() * 0.15)
        os.kill(child.pid, signal.SIGKILL)
        promised |= {line.strip() for line in child.stdout if line.endswith("\n")}
        child.wait()
        child.stdout.close()
    shelf = FolderAttachments(tmp_path, KEY)
    there = set(shelf.names())
    assert len(promised) > 8 and promised <= there
    assert all(shelf.get(name) for name in there)
    (tmp_path / "attachments" / "00").mkdir(exist_ok=True)
    (tmp_path / "attachments" / "00" / ".00ff00ff00ff00ff.tmp").write_bytes(b"half")
    assert remove_leftovers(tmp_path / "attachments") >= 1 and set(shelf.names()) == there
    assert not list((tmp_path / "attachments").rglob("*.tmp"))


@pytest.mark.of_the_file
def test_full_disk_is_said_and_leaves_nothing(town: Town) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = len(files(town.folder))
    for size in (0, 100, 3000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            with pytest.raises(EnvironmentFault) as caught:
                town.ctx.attachments.put(os.urandom(8000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert caught.value.code == "file.disk_full"
        assert len(files(town.folder)) == before and not list((town.folder / "attachments").rglob("*.tmp"))
    assert town.ctx.attachments.get(town.ctx.attachments.put(b"room again")) == b"room again"


# -- backup, restore, verify ---------------------------------------------------------------------------------------


def test_backup_holds_the_pictures_and_restore_brings_them_back(town: Town, tmp_path: Path) -> None:
    names = add(town, *range(1, 6))
    target = tmp_path / "one.sasae-backup"
    back_up_to(town.ctx, target=target)
    manifest = check_backup(target)
    assert sum(name.startswith("attachments/") for name in manifest["sha256"]) == 5
    gateway(now=Clock()).restore(target, into=tmp_path / "again", operator=OPERATOR, password=PASSWORD)
    again = open_town(tmp_path / "again", Clock())
    try:
        assert [again.ctx.attachments.get(name) for name in names] == [picture(seed) for seed in range(1, 6)]
        assert again.problems() == []
    finally:
        again.session.close(backup=False)


def test_backup_with_a_damaged_or_strange_member_is_refused(town: Town, tmp_path: Path) -> None:
    name = add(town, 1)[0]
    target = tmp_path / "one.sasae-backup"
    back_up_to(town.ctx, target=target)
    member = f"attachments/{name[:2]}/{name}"
    with zipfile.ZipFile(target) as archive:
        contents = {one: archive.read(one) for one in archive.namelist()}
    spoilt = {
        "flipped": {**contents, member: contents[member][:-1] + bytes([contents[member][-1] ^ 1])},
        "missing": {one: content for one, content in contents.items() if one != member},
        "climbing": {**contents, "attachments/../../evil": b"x"},
        "unlisted": {**contents, f"attachments/ab/ab{'0' * 62}": b"x"},
    }
    for kind, members in spoilt.items():
        path = tmp_path / f"{kind}.sasae-backup"
        with zipfile.ZipFile(path, "w") as archive:
            for one, content in members.items():
                archive.writestr(one, content)
        with pytest.raises(IntegrityFault):
            gateway(now=Clock()).restore(path, into=tmp_path / kind, operator=OPERATOR, password=PASSWORD)
        assert not (tmp_path / kind).exists() and not (tmp_path.parent / "evil").exists()


def test_wrong_password_leaves_no_pictures_behind(town: Town, tmp_path: Path) -> None:
    add(town, 1)
    back_up_to(town.ctx, target=tmp_path / "one.sasae-backup")
    with pytest.raises(SasaeError):
        gateway(now=Clock()).restore(tmp_path / "one.sasae-backup", into=tmp_path / "again", operator=OPERATOR, password="wrong password")
    assert not (tmp_path / "again").exists()


def test_rotating_backups_do_not_copy_pictures_again_and_again(town: Town, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    change_settings(town.ctx, values={"backup_folder": str(stick)})
    names = add(town, *range(1, 5))
    for _ in range(3):
        town.clock.forward(minutes=1)
        made, problems = back_up_now(town.ctx, folder=town.folder)
        assert not problems and len(made) == 2
        assert not any(one.startswith("attachments/") for file in made for one in check_backup(file)["sha256"])
    mirrored = [path.name for path in stick.glob("attachments-*/*/*")]
    assert sorted(mirrored) == sorted(names), "once on the stick, for all backups there"
    beside = [path.name for path in (town.folder / "backups").glob("attachments-*/*/*")]
    assert sorted(beside) == (sorted(names) if town.on_server else []), "without the server these files are all there is"
    for number, backup in enumerate(made):
        gateway(now=Clock()).restore(backup, into=tmp_path / f"again{number}", operator=OPERATOR, password=PASSWORD)
        again = open_town(tmp_path / f"again{number}", Clock())
        assert again.problems() == [] and again.ctx.attachments.get(names[0]) == picture(1)
        again.session.close(backup=False)


def test_copy_goes_on_where_it_ended(tmp_path: Path) -> None:
    shelf = FolderAttachments(tmp_path / "a", KEY)
    names = [shelf.put(bytes([n]) * 500) for n in range(4)]
    assert copy_attachments(tmp_path / "a" / "attachments", tmp_path / "b") == 4
    (tmp_path / "b" / names[1][:2] / names[1]).write_bytes(b"cut")
    assert copy_attachments(tmp_path / "a" / "attachments", tmp_path / "b") == 1
    assert copy_attachments(tmp_path / "nothing", tmp_path / "b") == 0


def test_verify_names_what_is_missing_or_damaged_and_nothing_else_fails(town: Town) -> None:
    building = Building(id=new_id(), number="TEST-00001-X")
    with town.ctx.unit() as uow:
        uow.buildings.add(building)
        uow.commit()
    names = add(town, 1, 2, 3, building_id=building.id)
    if town.on_server:
        town.sql("DELETE FROM attachment WHERE name = ?", names[0])
        town.sql("UPDATE attachment SET content = substr(content, 1, length(content) - 3) WHERE name = ?", names[1])
    else:
        shelf = FolderAttachments(town.folder, town.data_key)
        shelf.path_of(names[0]).unlink()
        path = shelf.path_of(names[1])
        path.write_bytes(path.read_bytes()[:-3])
    found = town.session.verify()
    rows = photos.photo_rows(town.ctx, photos.list_photo_ids(town.ctx))
    assert not found.ok and found.integrity and found.chain_ok
    assert [(code, params["number"], params["building"]) for code, params in found.problems] == [
        ("verify.photo_missing", rows[0].number, "TEST-00001-X"),
        ("verify.photo_damaged", rows[1].number, "TEST-00001-X"),
    ]
    with pytest.raises(IntegrityFault) as caught:
        photos.read_picture(town.ctx, photo=rows[0])
    assert caught.value.code == "photo.picture_missing" and caught.value.params["number"] == rows[0].number
    assert photos.read_picture(town.ctx, photo=rows[2]) == picture(3)
    back_up_to(town.ctx, target=town.folder.parent / "as-it-is.sasae-backup")
    photos.remove_photos(town.ctx, photo_ids=[rows[0].id, rows[1].id])
    assert town.problems() == [], "what was taken away needs no picture"


def test_verify_counts_what_it_does_not_name(town: Town) -> None:
    add(town, *range(60))
    for path in files(town.folder):
        path.unlink()
    if town.on_server:
        town.sql("DELETE FROM attachment")
    found = town.session.verify().problems
    assert len(found) == 51 and found[-1] == ("verify.photos_more", {"count": 10})


def test_picture_file_is_a_jpeg_once_opened(town: Town) -> None:
    from PIL import Image

    name = add(town, 9)[0]
    with Image.open(io.BytesIO(town.ctx.attachments.get(name))) as image:
        assert image.format == "JPEG" and image.size == (160, 120)
