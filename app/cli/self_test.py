"""Does everything the program needs work on this machine? Each check really does the thing, in a folder that vanishes."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from app import resources
from app.bootstrap import FolderGateway
from app.domain.errors import SasaeError

_OPERATOR, _PASSWORD = "self-test", "self-test-only"


def run_self_test(gateway: FolderGateway) -> list[dict[str, Any]]:
    """``{"name", "ok", "detail"}`` for each check; no check stops the others."""
    with tempfile.TemporaryDirectory(prefix="sasae-self-test-") as work:
        folder = Path(work)
        checks: tuple[tuple[str, Callable[[], str]], ...] = (
            ("python", lambda: f"{platform.python_version()} {sys.platform} {platform.machine()}"),
            ("resources", _check_resources),
            ("encryption", lambda: _check_encryption(gateway)),
            ("store", lambda: _check_store(gateway, folder)),
            ("csv", lambda: _check_csv(folder)),
            ("xlsx", lambda: _check_xlsx(folder)),
            ("pdf", lambda: _check_pdf(folder)),
            ("fonts", _check_fonts),
            ("window", _check_window),
        )
        return [_run(name, check) for name, check in checks]


def _run(name: str, check: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"name": name, "ok": True, "detail": check()}
    except SasaeError as fault:
        return {"name": name, "ok": False, "detail": fault.code}
    except Exception as error:  # a self-test tells of every failure, whatever it is
        return {"name": name, "ok": False, "detail": f"{type(error).__name__}: {error}"}


def _check_resources() -> str:
    from app.domain.folding import read_kanji_table
    from app.domain.municipality import list_municipalities
    from app.domain.postal import find_address

    if not find_address("1000001") or len(read_kanji_table()) < 1000:
        raise ValueError("tables")
    return f"{len(resources.read_messages())} messages, {len(list_municipalities())} municipalities"


def _check_encryption(gateway: FolderGateway) -> str:
    return gateway.cipher_version()


def _check_store(gateway: FolderGateway, folder: Path) -> str:
    session = gateway.demo(folder / "store", operator=_OPERATOR, password=_PASSWORD, residents=50)
    try:
        report = session.verify()
        if not report.ok:
            raise ValueError("verify")
        found = session.context.backups.write(folder / "copy.sasae-backup")
        rows = report.journal_rows
    finally:
        session.close(backup=False)
    gateway.restore(folder / "copy.sasae-backup", into=folder / "restored", operator=_OPERATOR, password=_PASSWORD)
    return f"{rows} operations, backup {found[0]} bytes"


def _check_csv(folder: Path) -> str:
    from app.domain.invention import invent_residents, write_residents_csv
    from app.interchange.importing.reading import open_table

    path = folder / "residents.csv"
    written = write_residents_csv(path, invent_residents(20, seed=1, as_of=date(2024, 1, 1)), encoding="cp932")
    read = sum(1 for _ in open_table(path).rows())
    if read != written.rows:
        raise ValueError(f"{read} of {written.rows}")
    return f"{read} rows"


def _check_xlsx(folder: Path) -> str:
    from app.interchange.exporting.xlsx_out import write_xlsx
    from app.interchange.importing.reading import open_table

    path = folder / "list.xlsx"
    write_xlsx(path, header=("a", "b"), rows=[("1", "01")])
    if [row.cells for row in open_table(path).rows()] != [("1", "01")]:
        raise ValueError("round trip")
    return "1 row"


def _check_pdf(folder: Path) -> str:
    from app.printing.forms import render_form
    from app.printing.raster import count_pages
    from app.printing.report import PageStamp

    stamp = PageStamp(as_of="", known_at="", operator="", caution="", place="", training="")
    render_form(folder / "card.pdf", form="evacuee_card", records=[{}], per_page=8, stamp=stamp)
    return f"{count_pages(folder / 'card.pdf')} page"


def _check_fonts() -> str:
    from app.printing.fonts import FontBook

    return "IPAmj Mincho" if FontBook().has_fallback else "without IPAmj Mincho"


def _check_window() -> str:
    import importlib

    core = importlib.import_module("PySide6.QtCore")
    importlib.import_module("PySide6.QtWidgets")
    return str(core.qVersion())
