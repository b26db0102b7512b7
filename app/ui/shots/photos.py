"""写真: cards taken in, what waits for a building, one photo large, the strip in a building's file."""

from __future__ import annotations

import random
import struct
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QPointF
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.domain.dates import JST
from app.ui.stage import Stage, shot
from app.usecases import buildings, photos
from app.usecases.gateway import Session

_SIZE = (1600, 1200)


def draw_house(seed: int) -> QImage:
    """A drawn house with cracks, so that no real one has to be shown."""
    drawn = random.Random(seed)
    width, height = _SIZE
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    sky = QLinearGradient(0, 0, 0, height)
    sky.setColorAt(0, QColor.fromHsv(210, drawn.randrange(20, 90), 235))
    sky.setColorAt(1, QColor("#EDF0EE"))
    painter.fillRect(image.rect(), sky)
    painter.fillRect(0, 860, width, 340, QColor.fromHsv(drawn.randrange(30, 110), 60, 140))
    tilt = drawn.uniform(-4, 4)
    painter.translate(width / 2, 860)
    painter.rotate(tilt)
    wall, roof = QColor.fromHsv(drawn.randrange(360), 28, 218), QColor.fromHsv(drawn.randrange(360), 90, 120)
    half, high = drawn.randrange(330, 470), drawn.randrange(300, 430)
    painter.setPen(QPen(QColor("#3C3A38"), 4))
    painter.setBrush(wall)
    painter.drawRect(-half, -high, 2 * half, high)
    painter.setBrush(roof)
    top = [QPointF(-half - 60, -high), QPointF(half + 60, -high), QPointF(half - 120, -high - 190), QPointF(-half + 120, -high - 190)]
    painter.drawPolygon(QPolygonF(top))
    painter.setBrush(QColor("#8FB2C8"))
    for at in (-half + 70, half - 240):
        painter.drawRect(at, -high + 90, 170, 130)
    painter.setBrush(QColor("#6B4E38"))
    painter.drawRect(-60, -210, 120, 210)
    painter.setPen(QPen(QColor("#2A2724"), 5))
    for _ in range(drawn.randrange(2, 6)):
        tip = QPointF(drawn.uniform(-half, half), -high + 10)
        for _ in range(5):
            further = tip + QPointF(drawn.uniform(-50, 50), drawn.uniform(30, 80))
            painter.drawLine(tip, further)
            tip = further
    painter.end()
    return image


def write_shot(path: Path, image: QImage, taken: datetime) -> None:
    """The picture as a camera would write it: JPEG with the time in its header."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", 88)  # type: ignore[call-overload]
    jpeg = bytes(buffer.data().data())
    time = taken.astimezone(JST).strftime("%Y:%m:%d %H:%M:%S").encode() + b"\0"
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIII", 1, 0x0132, 2, len(time), 26, 0) + time
    body = b"Exif\0\0" + tiff
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:])


def _fill(session: Session) -> None:
    """Four houses photographed one after the other, and a second card on which nothing tells whose houses they are."""
    from app.interchange.importing.photos import import_photos

    ctx = session.context
    began = ctx.now() - timedelta(hours=5)
    with tempfile.TemporaryDirectory() as scratch:
        card, other = Path(scratch, "DCIM"), Path(scratch, "2班のカメラ")
        for house in range(4):
            values = {"address": f"見本市本町{house + 1}丁目{house * 3 + 2}番", "owner_name": "見本　一郎", "structure": "wood"}
            building, _ = buildings.save_building(ctx, values=values)
            number = next(row.number for row in buildings.building_rows(ctx, [building]))
            for place in range(5):
                write_shot(
                    card / number / f"IMG_{house * 5 + place:04}.JPG",
                    draw_house(house * 7 + place // 2),
                    began + timedelta(minutes=house * 20 + place),
                )
        for place in range(9):
            write_shot(other / f"DSC{place:05}.JPG", draw_house(60 + place // 3), began + timedelta(minutes=90 + 4 * place))
        import_photos(ctx, card, workers=0)
        import_photos(ctx, other, workers=0)
    ids = photos.list_photo_ids(ctx)
    for row in photos.photo_rows(ctx, ids)[-3:]:
        photos.caption_photo(ctx, photo_id=row.id, version=row.version, caption="南面の外壁、基礎から窓まで亀裂")


def _tab(stage: Stage, **arguments: Any) -> Any:
    window = stage.window_on(stage.other("photos", _fill), "surveys", tab="photos", **arguments)
    stage.settle()
    tab = window.current.tab("photos")
    for _ in range(6):  # thumbnails come a few at a time
        tab.grid.grab()
        stage.settle()
    return tab


@shot("surveys-photos")
def _all(stage: Stage) -> QWidget:
    tab = _tab(stage)
    tab.batches.setCurrentRow(1)
    stage.settle()
    for _ in range(6):
        tab.grid.grab()
        stage.settle()
    return tab.window()  # type: ignore[no-any-return]


@shot("surveys-photos-waiting")
def _waiting(stage: Stage) -> QWidget:
    tab = _tab(stage, waiting=True)
    tab.grid.choose([0, 1, 2])
    tab.number.setText("3")
    stage.settle()
    return tab.window()  # type: ignore[no-any-return]


@shot("surveys-photo-large")
def _large(stage: Stage) -> QWidget:
    tab = _tab(stage, waiting=True)
    dialog = tab.open_photo(1)
    stage.settle()
    dialog.resize(1240, 700)
    stage.settle()
    return dialog  # type: ignore[no-any-return]


@shot("surveys-photos-import")
def _import(stage: Stage) -> QWidget:
    dialog = _tab(stage).ask_folder()
    dialog.path.setText("E:\\DCIM")
    return dialog  # type: ignore[no-any-return]


@shot("surveys-photo-strip")
def _strip(stage: Stage) -> QWidget:
    from app.ui.surveys.photo_strip import PhotoStrip

    tab = _tab(stage)
    rows = photos.photo_rows(tab.context, photos.list_photo_ids(tab.context))
    strip = PhotoStrip(tab.shell, next(row.building_id for row in rows if row.building_id))
    strip.resize(1000, 240)
    strip.show()
    stage.settle()
    for _ in range(4):
        strip.grab()
        stage.settle()
    return strip
