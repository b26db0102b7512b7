"""QR codes as rectangles to draw: one path per code, so that pages stay small and print fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

QUIET = 4  # modules of white that must surround a code (ISO/IEC 18004)
SMALLEST_MODULE = 0.5  # mm; below this, phone cameras and blurred scans failed


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square of ``modules`` × ``modules``; ``bars`` are its dark runs as (column, row from the top, length)."""

    modules: int
    bars: tuple[tuple[int, int, int], ...]

    def measure_module(self, width: float) -> float:
        """The size of a module when code and quiet zone take ``width`` (same unit)."""
        return width / (self.modules + 2 * QUIET)

    def draw_path(self, *, x: float, y: float, width: float) -> str:
        """PDF operators that fill the code, quiet zone inside ``width``; (x, y) is the lower left corner, in points."""
        module = self.measure_module(width)
        left, top = x + QUIET * module, y + width - QUIET * module
        parts = [
            f"{left + column * module:.3f} {top - (row + 1) * module:.3f} {length * module:.3f} {module:.3f} re"
            for column, row, length in self.bars
        ]
        return " ".join([*parts, "f"])


def encode_qr(text: str, *, level: str = "M") -> QrCode:
    """The QR code of a text, of the smallest version that holds it. ``level`` is L, M, Q or H. ValueError when it is too long."""
    import zxingcpp  # noqa: PLC0415 - native module, only needed when a code is drawn

    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    image: Any = barcode.to_image(scale=1, add_quiet_zones=False)  # offers the buffer protocol, which its types do not say
    pixels = memoryview(image)
    width, cells = image.shape[1], pixels.tobytes()
    bars: list[tuple[int, int, int]] = []
    for row in range(image.shape[0]):
        line, start = cells[row * width : (row + 1) * width], -1
        for column in range(width + 1):
            dark = column < width and line[column] < 128
            if dark and start < 0:
                start = column
            elif not dark and start >= 0:
                bars.append((start, row, column - start))
                start = -1
    return QrCode(width, tuple(bars))
