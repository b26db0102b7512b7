"""What stands in a written file, for people: made again from what it was written with, and its hash compared, whether or not the file is at hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from app.domain.bank_profile import BankProfile, profile_from_json
from app.domain.errors import IntegrityFault, RuleViolation
from app.domain.payments import PaymentBatch, TransferFile
from app.domain.zengin import Header, Line, encode_file, header_of, parse_file
from app.usecases.account_masking import require_accounts
from app.usecases.banks import bank_book
from app.usecases.context import Context
from app.usecases.transfer_lines import lines_of, split
from app.usecases.transfer_rows import KanaChange, PaymentLine
from app.usecases.transfer_verifying import verify_lines
from app.usecases.transfers import need_transfer, newest_files


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadableLine:
    """A line of a transfer file beside the payment it pays. ``position`` counts through all files of the batch."""

    position: int
    part: int
    line: Line
    payment: PaymentLine


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContents:
    """The newest files of a batch and every line in them, as a bank reads them.

    ``bank_name``, ``branch_name``: who the files go to by the list of banks; "" when that does not know them.
    """

    batch: PaymentBatch
    profile: BankProfile
    header: Header
    bank_name: str
    branch_name: str
    files: tuple[TransferFile, ...]
    lines: tuple[ReadableLine, ...]
    names: tuple[KanaChange, ...]


def read_contents(ctx: Context, *, batch_id: str) -> FileContents:
    """Right ``print``, of somebody who may read accounts.

    RuleViolation ``transfer.not_written``, ``payment.withheld``; IntegrityFault ``transfer.again_differs`` when the bytes
    are not those that were written.
    """
    ctx.require("print")
    require_accounts(ctx, right="relief")
    with ctx.unit() as uow:
        batch = need_transfer(ctx, uow, batch_id)
        files = newest_files([one for one in uow.transfers.where(batch_id=batch.id) if one.state in ("written", "handed")])
        if not files:
            raise RuleViolation("transfer.not_written", number=batch.number)
        payments = verify_lines(uow, batch)
        profile = profile_from_json(files[0].settings)
        book = bank_book(uow.reads)
        made = lines_of(payments, profile=profile, book=book, day=files[0].transfer_on)
        bank, branch = book.bank(profile.bank), book.branch(profile.bank, profile.branch)
    header = header_of(profile, day=files[0].transfer_on)
    lines: list[ReadableLine] = []
    for file, part in zip(files, split(made.lines, profile.most), strict=False):
        data = encode_file(header=header, lines=part, profile=profile)
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise IntegrityFault("transfer.again_differs", kind="payment_batch", record=batch.id, number=batch.number)
        for line in parse_file(data, path=file.name).lines:  # what the bank reads, not what we meant
            lines.append(ReadableLine(position=len(lines) + 1, part=file.part, line=line, payment=payments[len(lines)]))
    return FileContents(
        batch=batch, profile=profile, header=header, bank_name=bank.name if bank else "", branch_name=branch.name if branch else "",
        files=tuple(files), lines=tuple(lines), names=made.names,
    )  # fmt: skip
