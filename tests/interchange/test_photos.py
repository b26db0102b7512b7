"""Cards of photos taken in: order, buildings, reduced pictures without metadata, and everything a card may hold that is no good photo."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.domain.building import Building, Occupancy, Victim, VictimMember
from app.domain.building_code import building_code
from app.domain.errors import InputFault, RuleViolation
from app.domain.identifiers import new_id, person_number
from app.domain.survey import Survey
from app.interchange.exporting.photos import export_photos, write_contact_sheet
from app.interchange.importing import photos as importing
from app.interchange.importing.photo_workers import LocalReader, RemoteReader, take
from app.interchange.importing.photos import PhotoOutcome, import_photos
from app.presentation.messages import message
from app.usecases import photos
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.photo_rows import PhotoRow
from tests.heic import grey_heic
from tests.photographs import exif_of, jpeg_of, scene, shoot, with_codes
from tests.stores import Clock, Town, copy_store, found_store, open_town

BEGAN = datetime(2024, 1, 2, 8, 0)
LIMIT_BYTES = 185_000


def minutes(count: float) -> datetime:
    return BEGAN + timedelta(minutes=count)


@pytest.fixture(scope="session")
def photo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store; never written to again."""
    folder = tmp_path_factory.mktemp("photos") / "data"
    found_store(folder, Clock())
    return folder


@pytest.fixture
def town(photo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A store of its own, open."""
    made = open_town(copy_store(photo_template, tmp_path_factory.mktemp("town") / "data"), Clock())
    yield made
    made.session.close(backup=False)


@pytest.fixture
def houses(town: Town) -> list[Building]:
    """Three buildings with numbers of this device."""
    made = [Building(id=new_id(), number=person_number(town.ctx.place.device_prefix, n), address=f"見本市{n}") for n in (1, 2, 3)]
    with town.ctx.unit() as uow:
        uow.buildings.add_many(made)
        uow.commit()
    return made


def code(town: Town, house: Building) -> str:
    return building_code(town.ctx.place.disaster_id, house.number)


def take_in(town: Town, card: Path, **given: Any) -> PhotoOutcome:
    return import_photos(town.ctx, card, **{"workers": 0, **given})


def rows(ctx: Context) -> list[PhotoRow]:
    return photos.photo_rows(ctx, photos.list_photo_ids(ctx))


def where(town: Town, houses: list[Building]) -> dict[str, tuple[str, str]]:
    """House (by its place, "" for none) and how it was found, by file name."""
    names = {house.id: str(place) for place, house in enumerate(houses, start=1)} | {"": ""}
    return {row.name: (names[row.building_id], row.matched) for row in rows(town.ctx)}


def codes_told(done: PhotoOutcome) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for issue in done.issues:
        told.setdefault(issue.name, []).append(issue.code)
        assert message(issue.code, **issue.params)
    return told


# -- which house ---------------------------------------------------------------------------------------------------


def test_what_follows_a_sheet_belongs_to_its_house_camera_by_camera(town: Town, houses: list[Building], tmp_path: Path) -> None:
    shoot(tmp_path / "1/A0.jpg", taken=minutes(0), mark=1)
    shoot(tmp_path / "1/A1.jpg", code(town, houses[0]), taken=minutes(1), mark=2)
    shoot(tmp_path / "1/A2.jpg", taken=minutes(3), mark=3)
    shoot(tmp_path / "2/A3.jpg", taken=minutes(5), mark=4)  # the same camera went on into its next folder
    shoot(tmp_path / "2/B1.jpg", code(town, houses[1]), taken=minutes(2), mark=5, camera="Other/Two")
    shoot(tmp_path / "2/B2.jpg", taken=minutes(4), mark=6, camera="Other/Two")
    shoot(tmp_path / "2/A4.jpg", code(town, houses[2]), taken=minutes(6), mark=7)
    shoot(tmp_path / "2/A5.jpg", taken=minutes(7), mark=8)
    done = take_in(town, tmp_path)
    assert where(town, houses) == {
        "1/A0.jpg": ("", ""), "1/A1.jpg": ("1", "qr"), "1/A2.jpg": ("1", "qr"), "2/A3.jpg": ("1", "qr"), "2/B1.jpg": ("2", "qr"),
        "2/B2.jpg": ("2", "qr"), "2/A4.jpg": ("3", "qr"), "2/A5.jpg": ("3", "qr"),
    }  # fmt: skip
    assert (done.found, done.added, done.failed, done.buildings) == (8, 8, 0, 3) and done.matched == {"": 1, "qr": 7}
    assert [row.name for row in rows(town.ctx)][:4] == ["1/A0.jpg", "1/A1.jpg", "2/B1.jpg", "1/A2.jpg"], "in order of time"


def test_numbers_in_the_names_of_files_and_folders(town: Town, houses: list[Building], tmp_path: Path) -> None:
    one, two = houses[0].number, houses[1].number
    shoot(tmp_path / one / "a.jpg", mark=1)
    shoot(tmp_path / f"{two.lower()} 裏の家" / "b.jpg", mark=2)
    shoot(tmp_path / f"{one.replace('-', '')}_3.jpg", mark=3)
    shoot(tmp_path / "XXXX-00001-0" / "c.jpg", mark=4)
    shoot(tmp_path / "card" / f"{two}.jpg", taken=minutes(1), mark=5)
    shoot(tmp_path / "card" / "IMG_2.jpg", taken=minutes(2), mark=6)
    take_in(town, tmp_path)
    found = where(town, houses)
    assert found[f"{one}/a.jpg"] == ("1", "number") and found[f"{two.lower()} 裏の家/b.jpg"] == ("2", "number")
    assert found[f"{one.replace('-', '')}_3.jpg"] == ("1", "number") and found["XXXX-00001-0/c.jpg"] == ("", "")
    assert found[f"card/{two}.jpg"] == ("2", "number") and found["card/IMG_2.jpg"] == ("2", "number"), (
        "what follows a file bearing the number"
    )


def test_time_of_a_survey_decides_when_only_one_house_was_surveyed(town: Town, houses: list[Building], tmp_path: Path) -> None:
    times = ((houses[0], "08:00", "08:20"), (houses[1], "09:00", "09:20"), (houses[2], "09:10", "09:40"))
    surveys = [
        Survey(id=new_id(), building_id=house.id, surveyed_on="2024-01-02", started=start, ended=end, state="entered")
        for house, start, end in times
    ]
    with town.ctx.unit() as uow:
        uow.surveys.add_many(surveys)
        uow.commit()
    for place, at in enumerate((-15, -5, 10, 29, 31, 61, 75, 90)):
        shoot(tmp_path / f"{place}.jpg", taken=minutes(at), mark=place)
    take_in(town, tmp_path)
    found = [(row.name[0], where(town, houses)[row.name][0]) for row in rows(town.ctx)]
    assert found == [("0", ""), ("1", "1"), ("2", "1"), ("3", "1"), ("4", ""), ("5", "2"), ("6", ""), ("7", "3")], (
        "two at once: a person decides"
    )
    assert {row.survey_id for row in rows(town.ctx) if row.name in ("1.jpg", "2.jpg")} == {surveys[0].id}


def test_wrong_clock_is_set_right_for_the_whole_card(town: Town, houses: list[Building], tmp_path: Path) -> None:
    with town.ctx.unit() as uow:
        uow.surveys.add(Survey(id=new_id(), building_id=houses[0].id, surveyed_on="2024-01-02", started="08:00", ended="8:20"))
        uow.commit()
    shoot(tmp_path / "a.jpg", taken=datetime(2015, 1, 1, 0, 7))
    done = take_in(town, tmp_path, dry_run=True)
    assert done.added == 1 and done.matched == {"": 1} and "photo.before_disaster" in codes_told(done)[""] and rows(town.ctx) == []
    take_in(town, tmp_path, offset=minutes(7) - datetime(2015, 1, 1, 0, 7))
    row = rows(town.ctx)[0]
    assert row.matched == "time" and row.taken_at == datetime(2024, 1, 1, 23, 7, tzinfo=UTC)


def test_camera_that_writes_its_zone_is_believed(town: Town, tmp_path: Path) -> None:
    exif = exif_of(taken=datetime(2024, 1, 1, 23, 30))
    exif.get_ifd(0x8769)[0x9011] = "+00:00"
    scene(320, 240).save(tmp_path / "a.jpg", exif=exif)
    take_in(town, tmp_path)
    assert rows(town.ctx)[0].taken_at == datetime(2024, 1, 1, 23, 30, tzinfo=UTC)


def test_sheets_that_cannot_be_used_are_told_and_end_the_house_before(town: Town, houses: list[Building], tmp_path: Path) -> None:
    unknown = building_code(town.ctx.place.disaster_id, person_number("ZZZZ", 77))
    bad = {
        "b": [unknown], "d": [building_code("ffffffff-0000", houses[0].number)], "f": [code(town, houses[0]), code(town, houses[1])],
        "h": ["SASAE-B:0:nonsense"],
    }  # fmt: skip
    shoot(tmp_path / "a.jpg", code(town, houses[0]), taken=minutes(0), mark=1)
    for place, (name, texts) in enumerate(bad.items()):
        shoot(tmp_path / f"{name}.jpg", *texts, taken=minutes(2 * place + 1), mark=2 + place)
        shoot(tmp_path / f"{chr(ord(name) + 1)}.jpg", taken=minutes(2 * place + 2), mark=20 + place)
    shoot(tmp_path / "j.jpg", "https://example.org/menu", code(town, houses[1]), taken=minutes(20), mark=30)
    done = take_in(town, tmp_path)
    assert codes_told(done) == {
        "b.jpg": ["photo.unknown_building"], "d.jpg": ["photo.other_disaster"], "f.jpg": ["photo.two_sheets"], "h.jpg": ["photo.code_unreadable"],
    }  # fmt: skip
    found = where(town, houses)
    assert found["a.jpg"] == ("1", "qr") and found["j.jpg"] == ("2", "qr") and {found[f"{name}.jpg"][0] for name in "bcdefghi"} == {""}
    assert done.failed == 0 and done.added == 10, "the photos themselves are kept"


def test_sheet_is_forgotten_after_a_long_pause(town: Town, houses: list[Building], tmp_path: Path) -> None:
    shoot(tmp_path / "a.jpg", code(town, houses[0]), taken=minutes(0), mark=1)
    shoot(tmp_path / "b.jpg", taken=minutes(100), mark=2)
    shoot(tmp_path / "c.jpg", taken=minutes(500), mark=3)
    take_in(town, tmp_path)
    assert [row.matched for row in rows(town.ctx)] == ["qr", "qr", ""]


# -- the pictures --------------------------------------------------------------------------------------------------


def test_reduced_upright_without_metadata(town: Town, tmp_path: Path) -> None:
    image = scene(4000, 3000)
    data = jpeg_of(image, taken=minutes(0), orientation=6, lat=37.3917, lon=136.9)
    (tmp_path / "a.jpg").write_bytes(data)
    take_in(town, tmp_path)
    row = rows(town.ctx)[0]
    content = town.ctx.attachments.get(row.content)
    assert (row.width, row.height) == (960, 1280) and 60_000 < len(content) <= LIMIT_BYTES
    with Image.open(io.BytesIO(content)) as kept:
        assert kept.size == (960, 1280) and not dict(kept.getexif()) and "exif" not in kept.info and "icc_profile" not in kept.info
        corner, original = kept.convert("RGB").getpixel((940, 20)), image.getpixel((60, 60))
        assert all(abs(a - b) < 25 for a, b in zip(corner, original, strict=True)), "the first row of the sensor is the right edge"
    assert abs((row.lat or 0) - 37.3917) < 1e-4 and abs((row.lon or 0) - 136.9) < 1e-4
    record = town.ctx.reads.get("photo", row.id)
    assert record.sha256 == hashlib.sha256(data).hexdigest() and record.bytes == len(data)  # type: ignore[union-attr]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_ends_upright(town: Town, tmp_path: Path, orientation: int) -> None:
    upright = Image.new("RGB", (64, 40), "white")
    upright.paste("red", (0, 0, 32, 20))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    (tmp_path / "a.jpg").write_bytes(jpeg_of(stored, quality=95, orientation=orientation))
    made = take(tmp_path / "a.jpg", frozenset()).reduced
    assert made is not None and (made.width, made.height) == (64, 40)
    with Image.open(io.BytesIO(made.jpeg)) as kept:
        assert kept.getpixel((8, 5))[1] < 90 and kept.getpixel((56, 5))[1] > 180 and kept.getpixel((8, 35))[1] > 180


@pytest.mark.parametrize(
    ("name", "mode", "format"),
    [
        ("a.png", "RGB", "PNG"), ("b.png", "RGBA", "PNG"), ("c.png", "P", "PNG"), ("d.png", "I;16", "PNG"), ("e.png", "1", "PNG"), ("f.tif", "RGB", "TIFF"),
        ("g.tiff", "CMYK", "TIFF"), ("h.webp", "RGB", "WEBP"), ("i.jpg", "L", "JPEG"), ("j.jpeg", "CMYK", "JPEG"),
        ("k.JPG", "RGB", "PNG"), ("l.png", "LA", "PNG"),
    ],
)  # fmt: skip
def test_formats_and_modes(tmp_path: Path, name: str, mode: str, format: str) -> None:
    image = scene(640, 480).convert("L").convert("I;16") if mode == "I;16" else scene(640, 480).convert(mode)
    image.save(tmp_path / name, format)
    made = take(tmp_path / name, frozenset())
    assert made.fault is None and made.reduced is not None and (made.reduced.width, made.reduced.height) == (640, 480)
    with Image.open(io.BytesIO(made.reduced.jpeg)) as kept:
        assert kept.format == "JPEG" and kept.mode == "RGB"


def test_heic_as_phones_write_it(town: Town, tmp_path: Path) -> None:
    whole = grey_heic(tiles=5, exif=exif_of(taken=minutes(3), lat=37.1, lon=136.9))
    for name, content in (
        ("a.HEIC", whole), ("b.jpg", grey_heic(tiles=2)), ("claims.heic", grey_heic(claim=30_000)), ("cut.heic", whole[:-30]), ("cut2.heif", whole[:300]),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
    done = take_in(town, tmp_path)
    told = codes_told(done)
    assert told["claims.heic"] == ["photo.bomb"] and set(told) == {"claims.heic", "cut.heic", "cut2.heif"}
    found = {row.name: row for row in rows(town.ctx)}
    assert set(found) == {"a.HEIC", "b.jpg"} and (found["a.HEIC"].width, found["a.HEIC"].height) == (320, 320)
    assert found["a.HEIC"].taken_at == datetime(2024, 1, 1, 23, 3, tzinfo=UTC) and found["a.HEIC"].lat is not None
    with Image.open(io.BytesIO(town.ctx.attachments.get(found["a.HEIC"].content))) as kept:
        assert kept.format == "JPEG" and all(120 < value < 140 for value in kept.getpixel((160, 160)))


def test_equal_photos_are_kept_once(town: Town, tmp_path: Path) -> None:
    shoot(tmp_path / "a.jpg", mark=1)
    (tmp_path / "b.jpg").write_bytes((tmp_path / "a.jpg").read_bytes())
    done = take_in(town, tmp_path)
    assert (done.added, done.known) == (1, 1)
    shoot(tmp_path / "c.jpg", mark=2)
    again = take_in(town, tmp_path)
    assert (again.added, again.known) == (1, 2) and len(rows(town.ctx)) == 2
    photos.remove_photos(town.ctx, photo_ids=[rows(town.ctx)[0].id])
    assert take_in(town, tmp_path).added == 1, "what was taken away may come again"


# -- bad cards -----------------------------------------------------------------------------------------------------


def png_header(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that says to be so large and holds nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"".join((_chunk(b"IHDR", header), *chunks, _chunk(b"IDAT", zlib.compress(b"")), _chunk(b"IEND", b"")))
    return b"\x89PNG\r\n\x1a\n" + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg_saying(width: int, height: int) -> bytes:
    """A good JPEG whose header was made to lie."""
    data = bytearray(jpeg_of(scene(320, 240)))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def bad_files(folder: Path) -> dict[str, str]:
    """Everything a card may hold that is no good photo, and what is to be said of it."""
    good = jpeg_of(scene(800, 600))
    bomb = png_header(6000, 6000, _chunk(b"zTXt", b"c\0\0" + zlib.compress(bytes(80_000_000))))
    contents = {
        "zero.jpg": (b"", "photo.empty"),
        "junk.jpg": (b"this is no picture, only its name says so", "photo.not_a_picture"),
        "zip.jpg": (b"PK\x03\x04" + bytes(300), "photo.not_a_picture"),
        "html.heic": (b"<html><body>404</body></html>", "photo.not_a_picture"),
        "truncated.jpg": (good[: len(good) // 2], "photo.damaged"),
        "head-only.jpg": (good[:200], "photo.not_a_picture"),
        "huge.png": (png_header(30_000, 30_000), "photo.bomb"),
        "huge.jpg": (jpeg_saying(30_000, 30_000), "photo.bomb"),
        "wide.png": (png_header(4_000_000_00, 3), "photo.bomb"),
        "empty.png": (png_header(100, 100), "photo.damaged"),
        "text-bomb.png": (bomb, "photo.damaged"),
        "dot.png": (png_header(1, 1), "photo.too_small"),
        "cut.tif": (b"II*\0\x08\0\0\0\xff\xff" + bytes(40), "photo.damaged"),
        "svg.png": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.not_a_picture"),
    }  # fmt: skip
    for name, (content, _) in contents.items():
        (folder / name).write_bytes(content)
    with (folder / "film.jpg").open("wb") as file:
        file.write(good)
        file.truncate(200_000_000)
    return {name: expected for name, (_, expected) in contents.items()} | {"film.jpg": "photo.too_large"}


@pytest.mark.parametrize("workers", [0, 2])
def test_bad_files_are_listed_and_the_others_go_on(town: Town, houses: list[Building], tmp_path: Path, workers: int) -> None:
    card = tmp_path / "card"
    card.mkdir()
    expected = bad_files(card)
    shoot(card / "a-good.jpg", code(town, houses[0]), taken=minutes(1), mark=1)
    shoot(card / "z-good.jpg", taken=minutes(2), mark=2)
    for name in ("clip.MOV", "notes.txt", "raw.CR2", ".hidden.jpg", "._a-good.jpg"):
        (card / name).write_bytes(b"x")
    done = import_photos(town.ctx, card, workers=workers)
    told = {name: codes[0] for name, codes in codes_told(done).items()}
    for name, wanted in expected.items():
        assert told.get(name) in (
            {wanted, "photo.damaged", "photo.not_a_picture"} if wanted in ("photo.damaged", "photo.not_a_picture") else {wanted}
        ), name
    assert done.added == 2 and done.failed == len(expected) and done.found == len(expected) + 2
    assert done.others == {".mov": 1, ".txt": 1, ".cr2": 1} and not done.stopped
    assert where(town, houses)["z-good.jpg"] == ("1", "qr")


def test_times_and_places_that_cannot_be_true_are_not_used(town: Town, tmp_path: Path) -> None:
    absurd = ("1970:01:01 00:00:00", "2031:05:05 10:00:00", "0000:00:00 00:00:00", "2024:13:45 99:99:99", "yesterday")
    for place, taken in enumerate(absurd):
        shoot(tmp_path / f"{place}.jpg", taken=taken, mark=place)
    shoot(tmp_path / "zero.jpg", taken=minutes(1), mark=10, lat=0.0, lon=0.0)
    shoot(tmp_path / "far.jpg", taken=minutes(2), mark=11, lat=89.0, lon=200.0)
    done = take_in(town, tmp_path)
    told = codes_told(done)
    assert {name: codes for name, codes in told.items() if name} == {
        **{f"{place}.jpg": ["photo.time_absurd"] for place in range(4)}, "zero.jpg": ["photo.place_absurd"], "far.jpg": ["photo.place_absurd"],
    }  # fmt: skip
    assert done.added == 7
    assert all(row.taken_at is None and row.clock == "none" for row in rows(town.ctx) if row.name[0].isdecimal())
    assert all(row.lat is None and row.lon is None for row in rows(town.ctx))


def test_links_pipes_and_unreadable_files(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card, outside = tmp_path / "card", tmp_path / "outside"
    shoot(card / "good.jpg", mark=1)
    shoot(outside / "secret.jpg", mark=2)
    (card / "link.jpg").symlink_to(outside / "secret.jpg")
    (card / "folder").symlink_to(outside)
    (card / "round").symlink_to(card)
    (card / "inside.jpg").symlink_to(card / "good.jpg")
    os.mkfifo(card / "pipe.jpg")
    shoot(card / "locked.jpg", mark=3)
    real = Path.open

    def refuse(path: Path, *given: Any, **named: Any) -> Any:
        if path.name == "locked.jpg":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *given, **named)

    monkeypatch.setattr(Path, "open", refuse)
    done = take_in(town, card)
    assert codes_told(done) == {
        "folder": ["photo.link"], "round": ["photo.link"], "link.jpg": ["photo.link"], "pipe.jpg": ["photo.not_readable"],
        "locked.jpg": ["photo.not_readable"],
    }  # fmt: skip
    assert [row.name for row in rows(town.ctx)] == ["good.jpg"] and done.known == 1, "a link that stays inside is the same photo"


def test_folders_without_photos(town: Town, tmp_path: Path) -> None:
    with pytest.raises(InputFault) as caught:
        take_in(town, tmp_path / "nothing")
    assert caught.value.code == "photo.folder_missing"
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InputFault) as caught:
        take_in(town, tmp_path)
    assert caught.value.code == "photo.none_found" and caught.value.params["others"] == 1


def test_photo_that_kills_its_reader_costs_only_itself(tmp_path: Path) -> None:
    paths = [shoot(tmp_path / f"{place}.jpg", size=(200, 150), mark=place) for place in range(7)]
    paths[1] = tmp_path / "never-ends.jpg"
    os.mkfifo(paths[1])  # its reader waits, and is killed over it
    reader = RemoteReader(frozenset(), 2)
    try:
        taken = reader.photos(paths)
        found = [next(taken)]
        reader._workers[1]._process.kill()
        found += list(taken)
    finally:
        reader.close()
    assert [place for place, one in enumerate(found) if one.fault is not None] == [1] and len(found) == 7
    assert found[1].fault == ("photo.reader_died", {"path": str(paths[1])})
    alone = LocalReader(frozenset()).photos([path for path in paths if path != paths[1]])
    assert [one for one in found if one.fault is None] == list(alone)


# -- stopped and gone on -------------------------------------------------------------------------------------------


def test_card_pulled_out_keeps_what_came_and_goes_on_later(
    town: Town, houses: list[Building], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = tmp_path / "DCIM"
    for place in range(12):
        texts = [code(town, houses[place // 6])] if place % 6 == 0 else []
        shoot(card / f"{place:02}.jpg", *texts, taken=minutes(place), mark=place)
    real = importing._keep

    def pull(one: Any, place: int, *given: Any) -> None:
        real(one, place, *given)
        if place == 8:
            card.rename(tmp_path / "pulled")

    monkeypatch.setattr(importing, "_keep", pull)
    done = take_in(town, card)
    monkeypatch.undo()
    assert done.stopped == "photo.card_gone" and done.added == 8 and len(rows(town.ctx)) == 8 and town.problems() == []
    (tmp_path / "pulled").rename(card)
    again = take_in(town, card)
    assert (again.added, again.known, again.stopped) == (4, 8, "")
    assert [found for found, _ in where(town, houses).values()].count("2") == 6, "the house of the sheet that came before goes on"


def test_cancel_keeps_whole_photos_and_one_act_takes_them_back(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 5)
    for place in range(20):
        shoot(tmp_path / f"{place:02}.jpg", size=(160, 120), mark=place)
    seen = [0]

    def listen(done: int, _: int | None, label: str) -> None:
        seen[0] = done if label == "photo.job_taking" else 0

    job = Job(listen, cancelled=lambda: seen[0] >= 12)
    monkeypatch.setattr("app.usecases.job._INTERVAL", 0.0)
    done = take_in(town, tmp_path, job=job)
    assert done.stopped == "job.cancelled" and 12 <= done.added < 20 and len(rows(town.ctx)) == done.added
    assert len(town.ctx.reads.journal.groups_touching([row.id for row in rows(town.ctx)])) == -(-done.added // 5), (
        "some at a time are one act"
    )
    photos.discard_batch(town.ctx, batch=done.batch)
    assert rows(town.ctx) == [] and town.problems() == []
    assert take_in(town, tmp_path).added == 20


def test_other_processes_give_the_same_as_this_one(town: Town, tmp_path: Path) -> None:
    paths = [shoot(tmp_path / f"{place}.jpg", "SASAE-B:1:2", mark=place, taken=minutes(place)) for place in range(5)]
    reader = RemoteReader(frozenset(), 2)
    try:
        assert list(reader.headers(paths)) == list(LocalReader(frozenset()).headers(paths))
        assert list(reader.photos(paths)) == list(LocalReader(frozenset()).photos(paths))
    finally:
        reader.close()


# -- afterwards ----------------------------------------------------------------------------------------------------


def test_who_may_and_what_is_noted(town: Town, houses: list[Building], tmp_path: Path) -> None:
    shoot(tmp_path / "c" / "a.jpg", code(town, houses[0]), mark=1)
    with pytest.raises(RuleViolation):
        import_photos(town.acting("view"), tmp_path / "c", workers=0)
    import_photos(town.acting("survey"), tmp_path / "c", workers=0)
    row = rows(town.ctx)[0]
    viewer = town.acting("view")
    for act in (
        lambda: photos.assign_photos(viewer, photo_ids=[row.id], building_id=""),
        lambda: photos.remove_photos(viewer, photo_ids=[row.id]),
        lambda: write_contact_sheet(viewer, photo_ids=[row.id], out=tmp_path / "s.pdf"),
        lambda: export_photos(viewer, photo_ids=[row.id], folder=tmp_path / "out"),
    ):
        with pytest.raises(RuleViolation) as caught:
            act()
        assert caught.value.code == "permission.denied"
    photos.note_view(town.ctx, photos=[row])
    write_contact_sheet(town.ctx, photo_ids=[row.id], out=tmp_path / "s.pdf")
    export_photos(town.ctx, photo_ids=[row.id], folder=tmp_path / "out")
    log = [(entry.action, entry.target) for entry in town.ctx.reads.journal.access()]
    assert {action for action, target in log if target.startswith("photos")} == {"import", "view", "print", "export"}
    assert any(houses[0].number in target for action, target in log if action == "print")


def test_a_building_is_also_known_by_its_tax_number(town: Town, houses: list[Building]) -> None:
    with town.ctx.unit() as uow:
        for house, tax_no in ((houses[0], "9-101"), (houses[2], "2")):
            uow.buildings.save(replace(uow.buildings.need(house.id), tax_no=tax_no))
        uow.commit()
    assert photos.building_of(town.ctx, number="9-101") == photos.building_of(town.ctx, number="９－１０１") == houses[0].id
    assert photos.building_of(town.ctx, number="2") == houses[1].id, "a survey number goes before"
    assert photos.describe_building(town.ctx, number="9-101").startswith(houses[0].number)


def test_giving_to_buildings_by_hand(town: Town, houses: list[Building], tmp_path: Path) -> None:
    for place in range(3):
        shoot(tmp_path / f"{place}.jpg", size=(160, 120), mark=place)
    take_in(town, tmp_path)
    ids = [row.id for row in rows(town.ctx)]
    assert photos.building_of(town.ctx, number="2") == houses[1].id == photos.building_of(town.ctx, number=houses[1].number.lower())
    changes = photos.assign_photos(town.ctx, photo_ids=ids[:2], building_id=houses[1].id, reason="見て分かった")
    assert changes["photo"] == frozenset(ids[:2]) and town.ctx.reads.photos.counts([house.id for house in houses]) == {houses[1].id: 2}
    assert {row.building_number for row in rows(town.ctx)} == {houses[1].number, ""}
    photos.assign_photos(town.ctx, photo_ids=ids[:1], building_id="")
    assert [row.matched for row in rows(town.ctx)] == ["", "hand", ""]
    for number in ("99", "nonsense", "", "ZZZZ-00001-0"):
        with pytest.raises(RuleViolation) as caught:
            photos.building_of(town.ctx, number=number)
        assert caught.value.code == "photo.no_building"
    with pytest.raises(RuleViolation):
        photos.assign_photos(town.ctx, photo_ids=ids, building_id=new_id())
    number = rows(town.ctx)[0].number
    assert photos.find_photo(town.ctx, text=number.lower().removeprefix("p-")) == ids[0] == photos.find_photo(town.ctx, text=ids[0])
    with pytest.raises(RuleViolation) as caught:
        photos.caption_photo(town.ctx, photo_id=ids[0], version=2, caption="長" * 201)
    assert caught.value.code == "photo.caption_long"
    photos.remove_photos(town.ctx, photo_ids=ids[:1])
    photos.restore_photos(town.ctx, photo_ids=ids[:1])
    assert len(rows(town.ctx)) == 3


def test_folder_of_pictures(town: Town, houses: list[Building], tmp_path: Path) -> None:
    shoot(tmp_path / "c" / f"{houses[0].number}.jpg", size=(400, 300), mark=1)
    take_in(town, tmp_path / "c")
    row = rows(town.ctx)[0]
    photos.turn_photos(town.ctx, photo_ids=[row.id], by=90)
    done = export_photos(town.ctx, photo_ids=[row.id], folder=tmp_path / "out")
    files = list((tmp_path / "out").iterdir())
    assert done.photos == 1 and [file.name for file in files] == [f"{houses[0].number}_{row.number}.jpg"]
    with Image.open(files[0]) as image:
        assert image.size == (300, 400) and not dict(image.getexif())
    from app.domain.errors import EnvironmentFault

    with pytest.raises(EnvironmentFault) as caught:
        export_photos(town.ctx, photo_ids=[row.id], folder=tmp_path / "out")
    assert caught.value.code == "photo.folder_not_empty"


def test_codes_are_read_from_turned_and_small_sheets(tmp_path: Path) -> None:
    text = building_code("0193abcd-0000", person_number("K7QF", 12))
    for degrees, scale in ((0, 6), (7, 8), (90, 8), (180, 8), (25, 10)):
        image = with_codes(scene(1600, 1200), text, scale=scale).rotate(degrees, expand=False, fillcolor="gray")
        path = tmp_path / f"{degrees}.jpg"
        path.write_bytes(jpeg_of(image, quality=80))
        made = take(path, frozenset())
        assert made.reduced is not None and made.reduced.codes == (text,), degrees


def test_photos_of_a_house_where_only_protected_people_live_are_not_there(town: Town, houses: list[Building], tmp_path: Path) -> None:
    """For whoever may not know of them; a house with others, too, is shown."""
    for place in range(3):
        shoot(tmp_path / f"{houses[place].number}.jpg", size=(160, 120), mark=place)
    take_in(town, tmp_path)
    hidden, other = Victim(id=new_id(), head_name="架空　静"), Victim(id=new_id(), head_name="架空　太郎")
    with town.ctx.unit() as uow:
        uow.victims.add_many([hidden, other])
        uow.members.add(VictimMember(id=new_id(), victim_id=hidden.id, name="架空　静", protected=True))
        for place, victim in ((0, hidden), (1, hidden), (1, other)):
            uow.occupancies.add(Occupancy(id=new_id(), building_id=houses[place].id, victim_id=victim.id))
        uow.commit()
    clerk = town.acting("survey")
    shown = {row.building_id for row in rows(clerk)}
    assert shown == {houses[1].id, houses[2].id} and len(rows(town.ctx)) == 3
    reads = clerk.reads.photos
    gone = next(row for row in rows(town.ctx) if row.building_id == houses[0].id)
    assert reads.rows([gone.id]) == [] and reads.by_number(gone.number) is None and reads.ids(building_id=houses[0].id) == []
    assert reads.counts([house.id for house in houses]) == {houses[1].id: 1, houses[2].id: 1} and reads.batches()[0].photos == 2
    with pytest.raises(RuleViolation):
        write_contact_sheet(clerk, photo_ids=[gone.id], out=tmp_path / "s.pdf")
