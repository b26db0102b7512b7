"""Whatever is handed in as a picture: nothing is unpacked before its header was believed, by every reader of pictures."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.errors import SasaeError
from app.printing.opening import PictureTooLarge, open_picture
from app.printing.photos import reduce_photo
from app.printing.pictures import normalise_picture
from app.printing.scan import read_codes
from app.printing.seal import open_seal
from app.printing.seals import make_seal


def _png(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds next to nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


READERS: dict[str, Callable[[bytes, Path], object]] = {
    "photo": lambda data, path: reduce_photo(data, path=path),
    "seal on paper": lambda data, path: open_seal(data),
    "seal taken in": lambda data, path: make_seal(data, width=24, path=str(path)),
    "character": lambda data, path: normalise_picture(data),
    "scan": lambda data, path: (path.write_bytes(data), read_codes(path)),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("size", [(30_000, 30_000), (12_000, 12_000), (0, 0)])
def test_absurd_dimensions_are_refused_in_words(reader: str, size: tuple[int, int], tmp_path: Path) -> None:
    with pytest.raises(SasaeError):
        READERS[reader](_png(*size), tmp_path / "絵.png")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not a picture", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"GIF89a" + bytes(40), b"\xff\xd8\xff"])
def test_what_is_no_picture_is_refused_in_words(reader: str, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(SasaeError):
        READERS[reader](data, tmp_path / "絵.png")


def test_limits_of_pixels_and_sides() -> None:
    with pytest.raises(PictureTooLarge) as caught:
        open_picture(io.BytesIO(_png(4000, 3000)), formats=("PNG",), most_pixels=11_999_999)
    assert (caught.value.width, caught.value.height) == (4000, 3000)
    with pytest.raises(PictureTooLarge):
        open_picture(io.BytesIO(_png(4000, 3000)), formats=("PNG",), most_pixels=12_000_000, most_side=3999)
    with pytest.raises(PictureTooLarge):
        open_picture(io.BytesIO(_png(4000, 3000)), formats=("PNG",), most_pixels=12_000_000, most_whole=11_999_999)
    with open_picture(io.BytesIO(_png(4000, 3000)), formats=("PNG",), most_pixels=12_000_000, most_side=4000) as opened:
        assert opened.size == (4000, 3000)


def test_formats_are_known_in_a_fresh_process() -> None:
    """Nothing else has loaded Pillow's decoders there."""
    program = (
        "import io\nfrom app.domain.errors import SasaeError\nfrom app.printing.opening import open_picture\n"
        "for data in (b'II*\\0' + bytes(30), b'nothing'):\n"
        "    try:\n        open_picture(io.BytesIO(data), formats=('TIFF', 'WEBP', 'HEIF'), most_pixels=9)\n"
        "    except OSError as error:\n        print(type(error).__name__)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert told.stdout.split() == ["UnidentifiedImageError"] * 2
