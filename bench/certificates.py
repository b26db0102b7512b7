"""How fast certificates become PDF ready to print. Prints JSON; exit code 1 when a limit is missed.

    python bench/certificates.py [--rows 60000] [--layout disaster_certificate] [--per-file 5000] [--nup 1]

Each has its own invented names (rare kanji and variation sequences among them), address, degree and QR signed with Ed25519. In the
same run: ``obvious``, reportlab drawing every line of every page again and a QR encoder in Python; ``raw``, a writer of bare content
streams (no fitting, no missing characters found, every page the same words but the values), the least a PDF of these pages takes:
its QR is one path with the mask zxing-cpp tries out (``raw``), or drawn just as the product draws it (``raw_same_code``).

Limits: 700 a second on one core, 250 MB, 3,000 bytes a certificate, 5 × ``obvious``, 0.4 × ``raw``, 0.3 s to one on the screen.
Rates are of processor time (other work on the machine does not count); wall time stands beside them.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

RARE = ("𠮷", "髙", "﨑", "邉", "葛\U000e0100", "葛\U000e0102", "辻\U000e0101")
GRADES = ("全壊", "大規模半壊", "中規模半壊", "半壊", "準半壊", "準半壊に至らない（一部損壊）")
RELATIONS = ("世帯主", "妻", "子", "子の妻", "母")
KANJI = "".join(bytes((row + 0xA0, cell + 0xA0)).decode("euc_jp", "ignore") for row in range(16, 48) for cell in range(1, 95))
LEFT, TOP, STEP = 60.0, 780.0, 22.0  # points: where the plain writers put their lines


class Records:
    """Certificates one after the other. ``seconds`` of processor time went into making them, ``signing`` of it into signatures."""

    def __init__(self, count: int) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self.count, self.seconds, self.signing = count, 0.0, 0.0
        self.sampled: dict[int, str] = {}
        self._random = random.Random(20240101)
        self._key = Ed25519PrivateKey.generate()

    def __iter__(self) -> Iterator[dict[str, str]]:
        for number in range(self.count):
            start = time.process_time()
            record = self._make(number)
            if number % 997 == 0:
                self.sampled[number] = record["head_name"]
            self.seconds += time.process_time() - start
            yield record

    def _name(self, number: int) -> str:
        first = RARE[number // 10 % len(RARE)] if number % 10 == 0 else self._random.choice(KANJI)
        return first + self._random.choice(KANJI) + " " + self._random.choice(KANJI) + self._random.choice(KANJI)

    def _make(self, number: int) -> dict[str, str]:
        pick = self._random.randrange
        name, house = self._name(number), pick(1, 400)
        address = f"見本県見本市中央町{pick(1, 40)}丁目{pick(1, 99)}番地{pick(1, 30)}" + (
            f" 見本ハイツ{house}号室" if house % 3 == 0 else ""
        )
        members = [f"{name[:2].strip()} {self._random.choice(KANJI)}{self._random.choice(KANJI)}" for _ in range(pick(0, 4))]
        rows = "\n".join(
            f"{who}\t{RELATIONS[at]}\t昭和{pick(1, 64)}年{pick(1, 13)}月{pick(1, 29)}日" for at, who in enumerate([name, *members])
        )
        serial, degree = f"2024-1-K7QF-{number + 1:05d}-C", pick(len(GRADES))
        return {
            "number": serial, "head_name": name, "head_address": address, "building_address": address, "members": rows,
            "cause": "令和6年1月1日の地震による", "grade": GRADES[degree], "issued_on": "令和6年2月10日", "municipality": "見本県見本市",
            "mayor_title": "見本市長", "mayor_name": "見本 太郎", "copy_no": "1", "code": self._sign(serial, degree),
        }  # fmt: skip

    def _sign(self, serial: str, degree: int) -> str:
        from app.domain.certificate_code import build_code

        start = time.process_time()
        body = f"SASAE1:{serial}:D{degree + 1}:20240210:7KQ2M3XA"
        code = build_code(body, self._key.sign(body.encode("ascii")))
        self.signing += time.process_time() - start
        return code


def measure(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """The result, processor seconds, wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall


def peak_megabytes() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# -- the product ---------------------------------------------------------------------------------------------


def run_product(layout: Any, count: int, folder: Path, *, per_file: int, nup: int) -> dict[str, Any]:
    """All certificates through ``render_batch``, names of some pages read back."""
    from app.printing.batch import BatchOptions, render_batch
    from app.printing.fonts import FontBook
    from app.usecases.job import Job

    seen: list[int] = []
    records, fonts = Records(count), FontBook()
    job = Job(lambda done, total, label: seen.append(done))
    options = BatchOptions(nup=nup, per_file=per_file)
    report, cpu, wall = measure(
        lambda: render_batch(
            folder / "certificates.pdf", layout=layout, records=records, count=count, options=options, fonts=fonts, job=job
        )
    )
    size = sum(file.stat().st_size for file in report.files)
    return {
        "per_second": round(count / cpu), "per_second_wall": round(count / wall),
        "per_second_without_records": round(count / (cpu - records.seconds)),
        "cpu_seconds": round(cpu, 1), "wall_seconds": round(wall, 1),
        "of_it_making_records": round(records.seconds, 1), "of_it_signing": round(records.signing, 1),
        "printed": report.printed, "stopped": len(report.stopped), "files": len(report.files), "sheets": report.sheets,
        "bytes_each": round(size / count), "peak_megabytes": round(peak_megabytes()), "progress_reports": len(seen),
        "names_read_back": check_names(report.files, records.sampled, per_file) if nup == 1 else None,
    }  # fmt: skip


def check_names(files: tuple[Path, ...], sampled: dict[int, str], per_file: int) -> str:
    """How many of the sampled names a viewer copies exactly, of how many."""
    import pypdfium2

    good = 0
    for part, path in enumerate(files):
        document = pypdfium2.PdfDocument(path)
        for number, name in sampled.items():
            if number // per_file == part:
                text = document[number % per_file].get_textpage().get_text_bounded()
                good += name in text
        document.close()
    return f"{good}/{len(sampled)}"


def run_preview(layout: Any) -> dict[str, float]:
    """Wall seconds from the click to the picture: the first one of a process whose page is open, and later ones."""
    from app.printing.batch import BatchOptions, render_one
    from app.printing.fonts import FontBook

    record, fonts = next(iter(Records(1))), FontBook()
    times = []
    for _ in range(6):
        start = time.perf_counter()
        preview = render_one(record, layout=layout, options=BatchOptions(), fonts=fonts)
        times.append(time.perf_counter() - start)
        assert len(preview.pictures) == 1 and not preview.problems
    return {"first_seconds": round(times[0], 3), "later_seconds": round(sorted(times[1:])[2], 3)}


# -- what it is compared with ----------------------------------------------------------------------------------


def plain_lines(record: dict[str, str]) -> list[tuple[float, float, float, str]]:
    """The values of a certificate as (x, y, size, text)."""
    shown = (
        "number",
        "head_address",
        "head_name",
        "cause",
        "building_address",
        "grade",
        "issued_on",
        "mayor_title",
        "mayor_name",
        "copy_no",
    )
    lines = [(LEFT + 120, TOP - STEP * at, 11.0, record[name]) for at, name in enumerate(shown)]
    cells = [line.split("\t") for line in record["members"].split("\n")]
    at = TOP - STEP * len(shown)
    return lines + [(LEFT + 120 * column, at - 14 * row, 9.0, text) for row, line in enumerate(cells) for column, text in enumerate(line)]


def run_obvious(layout: Any, count: int, folder: Path) -> dict[str, Any]:
    """What one writes first: each page drawn from nothing, each module of the QR a rectangle."""
    import segno
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    from app import resources

    registerFont(TTFont("Mincho", str(resources.path("fonts", "BIZUDMincho-Regular.ttf"))))
    words = [box for box in layout.cells[1].boxes if box.kind in ("text", "rule", "frame")]

    def draw() -> None:
        canvas = Canvas(str(folder / "obvious.pdf"), pagesize=(595, 842), pageCompression=1)
        for record in Records(count):
            for box in words:
                x, y = box.x * 2.835, 842 - box.y * 2.835
                if box.kind == "text":
                    canvas.setFont("Mincho", box.size)
                    canvas.drawString(x, y, box.text)
                elif box.kind == "rule":
                    canvas.line(x, y, x + box.w * 2.835, y - box.h * 2.835)
                else:
                    canvas.rect(x, y - box.h * 2.835, box.w * 2.835, box.h * 2.835)
            for x, y, size, text in plain_lines(record):
                canvas.setFont("Mincho", size)
                canvas.drawString(x, y, text)
            for row, line in enumerate(segno.make_qr(record["code"], error="m").matrix):
                for column, dark in enumerate(line):
                    if dark:
                        canvas.rect(60 + column * 1.5, 140 - row * 1.5, 1.5, 1.5, stroke=0, fill=1)
            canvas.showPage()
        canvas.save()

    _, cpu, wall = measure(draw)
    return {"sample": count, "per_second": round(count / cpu, 1), "per_second_wall": round(count / wall, 1)}


class RawWriter:
    """PDF objects one after the other into a file; strings as glyph numbers of one whole font."""

    def __init__(self, path: Path) -> None:
        from app import resources
        from app.printing.truetype import TrueTypeFace

        font = resources.path("fonts", "BIZUDMincho-Regular.ttf")
        self._face, self._file = TrueTypeFace(font), path.open("wb")
        self._places: dict[int, int] = {}
        self._codes: dict[str, str] = {}
        self._next = 10
        self._file.write(b"%PDF-1.7\n")
        self._put(5, self._stream(font.read_bytes()))
        names = b"/FontDescriptor<</Type/FontDescriptor/FontName/M/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 880/Descent -120"
        names += b"/CapHeight 880/StemV 80/FontFile2 5 0 R>>"
        descendant = (
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/M/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000"
        )
        self._put(4, descendant + names + b"/CIDToGIDMap/Identity>>")
        self._put(3, b"<</Type/Font/Subtype/Type0/BaseFont/M/Encoding/Identity-H/DescendantFonts[4 0 R]>>")

    def _put(self, number: int, content: bytes) -> None:
        self._places[number] = self._file.tell()
        self._file.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))

    def _stream(self, content: bytes, entries: bytes = b"") -> bytes:
        packed = zlib.compress(content, 6)
        return b"<</Length %d/Filter/FlateDecode%b>>stream\n%b\nendstream" % (len(packed), entries, packed)

    def code(self, text: str) -> str:
        """Glyph numbers of a text as hexadecimal digits."""
        known = self._codes
        for char in text:
            if char not in known:
                known[char] = f"{self._face.find_glyph(ord(char)):04X}"
        return "".join([known[char] for char in text])

    def form(self, content: str) -> None:
        """What all pages share."""
        entries = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>"
        self._put(6, self._stream(content.encode("ascii"), entries))

    def page(self, content: str) -> None:
        """One page."""
        self._put(self._next, self._stream(content.encode("ascii")))
        self._put(self._next + 1, b"<</Type/Page/Parent 2 0 R/Contents %d 0 R>>" % self._next)
        self._next += 2

    def close(self) -> None:
        """Page tree, cross references, trailer."""
        kids = b" ".join(b"%d 0 R" % number for number in range(11, self._next, 2))
        shared = b"/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>/XObject<</S 6 0 R>>>>"
        self._put(2, b"<</Type/Pages/Kids[%b]/Count %d%b>>" % (kids, (self._next - 10) // 2, shared))
        self._put(1, b"<</Type/Catalog/Pages 2 0 R>>")
        start = self._file.tell()
        self._file.write(b"xref\n0 %d\n" % self._next)
        for number in range(self._next):
            self._file.write(b"%010d 00000 %b \n" % (self._places.get(number, 0), b"n" if number in self._places else b"f"))
        self._file.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (self._next, start))
        self._file.close()


def raw_path(text: str) -> str:
    """A QR as zxing-cpp makes it, one path of its dark runs."""
    import zxingcpp

    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    made: Any = barcode.to_image(scale=1, add_quiet_zones=False)
    side, cells = made.shape[1], memoryview(made).tobytes()
    parts = []
    for row in range(side):
        line = cells[row * side : (row + 1) * side]
        end = 0
        while (start := line.find(b"\0", end)) >= 0:
            end = line.find(b"\xff", start)
            end = side if end < 0 else end
            parts.append(f"{start} {side - row} {end - start} 1 re")
    return f"q 1.5 0 0 1.5 60 60 cm {' '.join(parts)} f Q"


def raw_mask(text: str) -> str:
    """A QR as the product draws it."""
    from app.printing.qr import encode_qr

    return encode_qr(text).draw_mask(x=60, y=60, width=73.5)


def run_raw(layout: Any, count: int, folder: Path, draw_code: Callable[[str], str]) -> dict[str, Any]:
    """All certificates as bare content streams."""

    def draw() -> Path:
        writer = RawWriter(folder / "raw.pdf")
        static = []
        for box in layout.cells[1].boxes:
            x, y = box.x * 2.835, 842 - box.y * 2.835
            if box.kind == "text":
                static.append(f"BT /F {box.size:g} Tf {x:.1f} {y:.1f} Td <{writer.code(box.text)}> Tj ET")
            elif box.kind == "rule":
                static.append(f"{x:.1f} {y:.1f} m {x + box.w * 2.835:.1f} {y - box.h * 2.835:.1f} l S")
        writer.form("\n".join(static))
        for record in Records(count):
            lines = [f"BT /F {size:g} Tf {x:g} {y:g} Td <{writer.code(text)}> Tj ET" for x, y, size, text in plain_lines(record)]
            writer.page("\n".join(["/S Do", *lines, draw_code(record["code"])]))
        writer.close()
        return folder / "raw.pdf"

    path, cpu, wall = measure(draw)
    check_raw(path, count)
    return {"per_second": round(count / cpu), "per_second_wall": round(count / wall), "bytes_each": round(path.stat().st_size / count)}


def check_raw(path: Path, count: int) -> None:
    """The comparison is worth nothing unless its file is a real one: as many pages, and the QR can be read."""
    import pypdfium2
    import zxingcpp

    document = pypdfium2.PdfDocument(path)
    assert len(document) == count
    picture = document[count - 1].render(scale=150 / 72).to_pil().convert("L")
    assert zxingcpp.read_barcodes(picture)[0].text.startswith("SASAE1:")
    document.close()


def main() -> int:
    """Measure all; exit code 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--layout", default="disaster_certificate")
    parser.add_argument("--per-file", type=int, default=5000)
    parser.add_argument("--nup", type=int, default=1)
    parser.add_argument("--sample", type=int, default=150, help="pages of the obvious version")
    asked = parser.parse_args()
    import app.printing.batch  # noqa: F401 - the page with certificates is open
    from app.printing.layout import find_layout

    layout = find_layout(asked.layout)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        preview = run_preview(layout)
        product = run_product(layout, asked.rows, folder, per_file=asked.per_file, nup=asked.nup)
        raw_rows = min(asked.rows, 20_000)
        raw = run_raw(layout, raw_rows, folder, raw_path)
        same = run_raw(layout, raw_rows, folder, raw_mask)
        obvious = run_obvious(layout, asked.sample, folder)
    rate = product["per_second"]
    ratios = {
        "to_obvious": round(rate / obvious["per_second"], 1),
        "to_raw": round(rate / raw["per_second"], 2),
        "to_raw_same_code": round(rate / same["per_second"], 2),
    }
    kept = {
        "per_second": rate >= 700, "peak_megabytes": product["peak_megabytes"] <= 250, "bytes_each": product["bytes_each"] <= 3000,
        "to_obvious": ratios["to_obvious"] >= 5, "to_raw": ratios["to_raw"] >= 0.4, "preview": preview["first_seconds"] <= 0.3,
        "nobody_stopped": product["stopped"] == 0,
    }  # fmt: skip
    figures = {
        "rows": asked.rows, "layout": f"{layout.form} v{layout.version}", "nup": asked.nup, "product": product, "raw": raw,
        "raw_same_code": same, "obvious": obvious, "ratios": ratios, "preview": preview, "within_limits": kept,
    }  # fmt: skip
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
