"""Photos as a camera wrote them: what their header says, and reduced to what a file of a damaged house needs.

Nothing is decoded before the header was believed: dimensions first, then pixels. Photos are opened with Pillow (pi-heif for HEIC;
zxing-cpp finds codes), and this it runs in a process of its own when many are taken in (``interchange.importing.photo_workers``).
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from app.domain.errors import InputFault
from app.printing.opening import PictureTooLarge, open_picture

ENDINGS = frozenset((".jpg", ".jpeg", ".jpe", ".png", ".heic", ".heif", ".hif", ".tif", ".tiff", ".webp"))
LONG_SIDE = 1280
MOST_BYTES = 100_000_000
MOST_PIXELS = 120_000_000
MOST_PIXELS_WHOLE = 64_000_000
"""Of formats that can only be decoded at full size."""
T = TypeVar("T")
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "HEIF")
_LEAST_SIDE = 8
_SCAN = (1600, 1200)
_SCAN_SIDE = 2400
_ENOUGH, _TOO_MUCH = 100_000, 180_000
_FIRST, _FINE = 80, 88
_COARSE = ((1.3, 70), (1.6, 60), (1.9, 50))
"""By how many times the first try was too large, and the quality for it; beyond that 40."""
_CODE_LENGTH = 200
_DATE = re.compile(r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"[+-]\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Header:
    """What a photo says of itself. ``taken`` is ISO text as the camera wrote it, with an offset when it wrote one, "" for none;

    ``lat``/``lon`` degrees as written, however absurd. ``camera`` tells two cameras apart."""

    format: str
    width: int
    height: int
    taken: str
    camera: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Reduced:
    """A photo upright and without metadata: JPEG, long side 1280 at most, some 100 to 180 KB. ``codes`` are texts of QR codes in it."""

    jpeg: bytes
    width: int
    height: int
    codes: tuple[str, ...]
    header: Header


def hash_file(path: Path) -> tuple[bytes, str]:
    """The whole file and its sha256. InputFault ``photo.too_large``, ``photo.empty``, ``photo.not_readable``."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputFault("photo.too_large", path=str(path), megabytes=size // 1_000_000, most=MOST_BYTES // 1_000_000)
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputFault("photo.not_readable", path=str(path), reason=error.strerror or "") from None
    if not data:
        raise InputFault("photo.empty", path=str(path))
    return data, hashlib.sha256(data).hexdigest()


def read_header(path: Path) -> Header:
    """The header of a photo file, without its pixels. InputFault as ``reduce_photo``."""
    try:
        size = path.stat().st_size
        if size == 0:
            raise InputFault("photo.empty", path=str(path))
        if size > MOST_BYTES:
            raise InputFault("photo.too_large", path=str(path), megabytes=size // 1_000_000, most=MOST_BYTES // 1_000_000)
        with path.open("rb") as file:
            return _guarded(lambda: _header_of(file), path)
    except OSError as error:
        raise InputFault("photo.not_readable", path=str(path), reason=error.strerror or "") from None


def _header_of(file: Any) -> Header:
    with _open(file) as image:
        return _header(image)


def reduce_photo(data: bytes, *, path: Path) -> Reduced:
    """The photo reduced. ``path`` is only named in faults.

    InputFault ``photo.not_a_picture``, ``photo.damaged`` (cut short, or nonsense inside), ``photo.too_many_pixels`` (by its header: nothing
    was decoded), ``photo.bomb`` (far too many), ``photo.too_small``.
    """
    return _guarded(lambda: _reduce(data), path)


def _guarded(work: Callable[[], T], path: Path) -> T:
    """Run the work; whatever a decoder throws at bad data becomes an InputFault that names the file."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata; the limits on pixels are our own
            return work()
    except PictureTooLarge as fault:
        raise InputFault("photo.too_many_pixels", path=str(path), width=fault.width, height=fault.height) from None
    except _TooSmall as fault:
        raise InputFault("photo.too_small", path=str(path), width=fault.width, height=fault.height) from None
    except Image.DecompressionBombError:
        raise InputFault("photo.bomb", path=str(path)) from None
    except UnidentifiedImageError:
        raise InputFault("photo.not_a_picture", path=str(path)) from None
    except MemoryError:
        raise InputFault("photo.bomb", path=str(path)) from None
    except Exception as error:  # decoders throw OSError, SyntaxError, ValueError, struct.error, EOFError, IndexError … at damage
        raise InputFault("photo.damaged", path=str(path), detail=type(error).__name__) from None


class _TooSmall(Exception):
    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.width, self.height = width, height


def _open(file: Any) -> Any:
    """An opened picture whose size was looked at. Its pixels are not read yet."""
    image = open_picture(file, formats=_FORMATS, most_pixels=MOST_PIXELS, most_whole=MOST_PIXELS_WHOLE)
    width, height = image.size
    if min(width, height) < _LEAST_SIDE:
        image.close()
        raise _TooSmall(width, height)
    return image


def _header(image: Any) -> Header:
    exif = _exif(image)
    inner = _directory(exif, 0x8769)
    taken = next((found for tag in (0x9003, 0x9004) if (found := _time(inner.get(tag), inner.get(0x9011) or inner.get(0x9010)))), "")
    taken = taken or _time(exif.get(0x0132), inner.get(0x9010))
    camera = "/".join(_text(value) for value in (exif.get(0x010F), exif.get(0x0110), inner.get(0xA431)) if _text(value))
    lat, lon = _place(_directory(exif, 0x8825))
    width, height = image.size
    return Header(str(image.format), width, height, taken, camera[:120], lat, lon)


def _exif(image: Any) -> Any:
    """Metadata of the picture; nothing when they are damaged: the picture is what counts."""
    try:
        return image.getexif()
    except Exception:  # as above: anything
        return {}


def _directory(exif: Any, tag: int) -> Any:
    try:
        return exif.get_ifd(tag)
    except Exception:  # as above: anything
        return {}


def _text(value: Any) -> str:
    text = value.decode("latin-1", "replace") if isinstance(value, bytes) else str(value) if isinstance(value, str) else ""
    return re.sub(r"[^\x20-\x7e]+", "", text).strip()


def _time(value: Any, offset: Any) -> str:
    """``YYYY-MM-DDTHH:MM:SS``, with the offset when there is one; "" for what is no time."""
    found = _DATE.match(_text(value))
    if found is None:
        return ""
    year, month, day, hour, minute, second = found.groups()
    zone = _text(offset)
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone if _OFFSET.fullmatch(zone) else ''}"


def _place(gps: Any) -> tuple[float | None, float | None]:
    return _degrees(gps.get(2), gps.get(1), "S"), _degrees(gps.get(4), gps.get(3), "W")


def _degrees(value: Any, side: Any, negative: str) -> float | None:
    """Decimal degrees, as near as 1 cm, of degrees, minutes and seconds."""
    try:
        parts = [float(part) for part in value]
        total = parts[0] + parts[1] / 60 + (parts[2] / 3600 if len(parts) > 2 else 0.0)
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    if not math.isfinite(total):
        return None
    return round(-total if _text(side).upper().startswith(negative) else total, 7)


def _reduce(data: bytes) -> Reduced:
    from PIL import Image, ImageOps

    with _open(io.BytesIO(data)) as image:
        header = _header(image)
        wide = _SCAN if image.width >= image.height else _SCAN[::-1]
        image.draft("RGB", wide)  # a JPEG is decoded at a half, quarter or eighth, never smaller than this
        image.load()
        whole = image if image.mode in ("RGB", "L") else _flatten(image)
        codes = _codes(whole)
        small = whole.copy()
        small.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
        small.info = {}
        upright = ImageOps.exif_transpose(_with_orientation(small, image)).convert("RGB")
        return Reduced(_encode(upright), upright.width, upright.height, codes, header)


def _with_orientation(small: Any, image: Any) -> Any:
    """The small picture with nothing but the orientation of the large one."""
    orientation = _exif(image).get(0x0112) if _exif(image) else None
    exif = small.getexif()
    exif.clear()
    if isinstance(orientation, int) and 1 < orientation <= 8:
        exif[0x0112] = orientation
    return small


def _flatten(image: Any) -> Any:
    """Any mode as RGB; what is transparent becomes white, 16-bit grey is scaled."""
    from PIL import Image

    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
        return flat
    return image.convert("RGB")


def _codes(image: Any) -> tuple[str, ...]:
    """Texts of the QR codes in a picture."""
    import zxingcpp
    from PIL import Image

    grey = image.convert("L")
    if max(grey.size) > _SCAN_SIDE:
        grey.thumbnail((_SCAN_SIDE, _SCAN_SIDE), Image.Resampling.BOX)
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode), try_invert=False)
    return tuple(dict.fromkeys(one.text for one in found if one.valid and 0 < len(one.text) <= _CODE_LENGTH))[:5]


def _encode(image: Any) -> bytes:
    """JPEG at the quality that gives some 100 to 180 KB; a plain picture is smaller, and never made larger than it needs."""
    jpeg = _jpeg(image, _FIRST)
    if len(jpeg) < _ENOUGH:
        finer = _jpeg(image, _FINE)
        return finer if len(finer) <= _TOO_MUCH else jpeg
    if len(jpeg) <= _TOO_MUCH:
        return jpeg
    times = len(jpeg) / _TOO_MUCH
    return _jpeg(image, next((quality for most, quality in _COARSE if times <= most), 40))


def _jpeg(image: Any, quality: int) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality, subsampling="4:2:0")
    return written.getvalue()


def turned(jpeg: bytes, *, degrees: int) -> bytes:
    """A reduced picture turned clockwise by 90, 180 or 270 degrees; as it is for 0."""
    from PIL import Image

    ways = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    if degrees not in ways:
        return jpeg
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        return _jpeg(image.transpose(ways[degrees]), _FINE)


def shrunk(jpeg: bytes, *, long_side: int, quality: int = 65) -> tuple[bytes, int, int]:
    """A reduced picture made smaller still, for paper: JPEG, width, height in pixels."""
    from PIL import Image

    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft("RGB", (long_side, long_side * 3 // 4) if image.width >= image.height else (long_side * 3 // 4, long_side))
        image.thumbnail((long_side, long_side), Image.Resampling.BICUBIC)
        return _jpeg(image.convert("RGB"), quality), image.width, image.height
