"""Any 総合振込 file checked beside the list of banks and the calendar. Needs no store; with one, its own corrections count."""

from __future__ import annotations

from pathlib import Path

from app.domain.dates import JST
from app.domain.errors import EnvironmentFault, InputFault
from app.domain.zengin_check import check_bytes
from app.domain.zengin_problems import Checked
from app.usecases.banks import BankBook, bank_book
from app.usecases.context import Context, system_now
from app.usecases.transfer_days import business_days
from app.usecases.transfer_lines import branch_state

MOST_BYTES = 200_000_000


def check_file(path: Path, *, ctx: Context | None = None) -> Checked:
    """What is wrong with a file. EnvironmentFault ``import.file_missing``, ``file.not_readable``; InputFault ``zengin.too_big``."""
    try:
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise InputFault("zengin.too_big", path=str(path), bytes=path.stat().st_size)
        data = path.read_bytes()
    except FileNotFoundError:
        raise EnvironmentFault("import.file_missing", path=str(path)) from None
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None
    book = BankBook({}) if ctx is None else bank_book(ctx.reads)
    today = (system_now() if ctx is None else ctx.now()).astimezone(JST).date()
    return check_bytes(
        data,
        branch_state=lambda bank, branch: branch_state(book, bank, branch, day=today.isoformat()),
        days=business_days(ctx),
        today=today,
    )
