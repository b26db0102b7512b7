"""QR codes to draw: one image mask per code, a bit a module, so that pages stay small and print fast and sharp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

QUIET = 4  # modules of white that must surround a code (ISO/IEC 18004)
SMALLEST_MODULE = 0.5  # mm; below this, phone cameras and blurred scans failed
_LONG, _MASK = 100, 3  # characters
_BITS = bytes(0x31 if level < 128 else 0x30 for level in range(256))  # dark is 1


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square of ``modules`` × ``modules``. ``rows`` are hexadecimal digits from the top, a bit a module, 1 for dark, rows padded to bytes."""

    modules: int
    rows: str

    def measure_module(self, width: float) -> float:
        """The size of a module when code and quiet zone take ``width`` (same unit)."""
        return width / (self.modules + 2 * QUIET)

    def draw_mask(self, *, x: float, y: float, width: float) -> str:
        """PDF operators that paint the code, quiet zone inside ``width``; (x, y) is the lower left corner, in points.

        An image mask without interpolation has hard edges at any size (ISO 32000-1, 8.9.6.2); hexadecimal, as bytes of a picture
        inside a page may look like its end.
        """
        module = self.measure_module(width)
        side = self.modules * module
        place = f"q {side:.3f} 0 0 {side:.3f} {x + QUIET * module:.3f} {y + QUIET * module:.3f} cm"
        return f"{place} BI /W {self.modules} /H {self.modules} /IM true /BPC 1 /D [1 0] /F /AHx ID\n{self.rows}>\nEI Q"


def encode_qr(text: str, *, level: str = "M") -> QrCode:
    """The QR code of a text, of the smallest version that holds it. ``level`` is L, M, Q or H. ValueError when it is too long.

    The mask of a long text is fixed instead of tried out: most of it is a signature, which looks like noise under each of the eight.
    Choosing takes seven times as long, and blurred and noisy pictures were read as often without it.
    """
    import zxingcpp  # noqa: PLC0415 - native module, only needed when a code is drawn

    mask = {"dataMask": _MASK} if len(text) >= _LONG else {}
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level, **mask)
    image: Any = barcode.to_image(scale=1, add_quiet_zones=False)  # offers the buffer protocol, which its types do not say
    side = image.shape[1]
    digits = memoryview(image).tobytes().translate(_BITS)
    padding = -side % 8
    width = (side + padding) // 4
    lines = [f"{int(digits[start : start + side], 2) << padding:0{width}X}" for start in range(0, side * side, side)]
    return QrCode(side, "".join(lines))
