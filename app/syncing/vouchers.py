"""Vouchers as sealed files: headquarters to the laptop of a site, and its receipts, refunds, give-ups and counts back.

One file is one message of ``usecases.voucher_files``. It is read whole and verified to its last byte before anything is taken in, so that
a broken or cut file changes nothing; the same file twice changes nothing either.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import EnvironmentFault, InputFault, IntegrityFault
from app.domain.payments import CashBox, CashCount, Receipt, Voucher
from app.domain.voucher_rules import SAYINGS, Told
from app.syncing.sealed import Keys, Lock, SealedReader, open_sealed, write_sealed
from app.usecases import voucher_files
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.snapshot_files import check_passphrase, fold_passphrase
from app.usecases.voucher_files import Answer, Carry, CashCard, TakenIn, pack, unpack

KIND = "vouchers"
LAYOUT = 1
SUFFIX = ".sasae-vouchers"
_PART = 1000
_MOST = 1_000_000
"""Rows of one message; a reader refuses more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenVouchers:
    """A file that was written, read back and found whole."""

    card: CashCard
    path: Path
    bytes: int
    sha256: str


def write_carry(ctx: Context, *, target: Path, device: str, passphrase: str, job: Job = QUIET) -> WrittenVouchers:
    """Write what the device with these four letters has to know into a file that ``passphrase`` opens.

    Raises what ``build_carry`` and ``write_sealed`` raise, RuleViolation ``transfer.passphrase_short``. On any error no file appears.
    """
    carry = voucher_files.build_carry(ctx, device=device)
    parts = _parts({"vouchers": [pack(one) for one in carry.vouchers]})
    return _write(target, carry.card, parts, passphrase, lambda: voucher_files.note_carried(ctx, carry, target=target.name), job)


def write_answer(ctx: Context, *, target: Path, passphrase: str, job: Job = QUIET) -> WrittenVouchers:
    """Write what this device has to tell headquarters. Raises what ``build_answer`` and ``write_sealed`` raise."""
    answer = voucher_files.build_answer(ctx)
    parts = _parts(
        {
            "told": [[one.voucher_id, one.number, one.term, one.saying, one.amount] for one in answer.told],
            "receipts": [pack(one) for one in answer.receipts],
            "boxes": [pack(one) for one in answer.boxes],
            "counts": [pack(one) for one in answer.counts],
        }
    )

    def confirm() -> None:
        with ctx.unit() as uow:
            uow.log_access(action="export", persons=answer.card.vouchers, target=target.name)
            uow.commit()

    return _write(target, answer.card, parts, passphrase, confirm, job)


def _write(target: Path, card: CashCard, parts: Iterable[bytes], passphrase: str, confirm: Callable[[], None], job: Job) -> WrittenVouchers:
    """``confirm`` is called when the file is whole, before it gets its name."""
    secret = check_passphrase(passphrase)
    header = {"layout": LAYOUT, "card": card.to_json()}
    done = write_sealed(target, kind=KIND, header=header, parts=parts, lock=Lock(passphrase=secret), confirm=confirm, job=job)
    return WrittenVouchers(card=card, path=done.path, bytes=done.bytes, sha256=done.sha256)


def inspect_vouchers(ctx: Context, *, source: Path, passphrases: Sequence[str]) -> CashCard:
    """What a file is and for whom, for showing it before it is taken in. Raises what ``open_sealed`` raises."""
    ctx.require("pay")
    with _open(source, passphrases) as sealed:
        return _card(sealed)


def read_vouchers(ctx: Context, *, source: Path, passphrases: Sequence[str], job: Job = QUIET) -> TakenIn:
    """Take a file in, whichever way it travels; ``passphrases`` are tried one after the other.

    Raises what ``open_sealed``, ``SealedReader.parts``, ``take_carry`` and ``take_answer`` raise; then nothing was changed.
    """
    ctx.require("pay")
    with _open(source, passphrases) as sealed:
        card = _card(sealed)
        voucher_files.check_card(ctx, card, kind=card.kind)
        found = _read_all(sealed, job)
    path = str(source)
    if card.kind == "carry":
        vouchers = tuple(unpack(Voucher, one, path=path) for one in found.get("vouchers", ()))
        return voucher_files.take_carry(ctx, Carry(card=card, vouchers=vouchers))
    answer = Answer(
        card=card, told=tuple(_told(one, path) for one in found.get("told", ())),
        receipts=tuple(unpack(Receipt, one, path=path) for one in found.get("receipts", ())),
        boxes=tuple(unpack(CashBox, one, path=path) for one in found.get("boxes", ())),
        counts=tuple(unpack(CashCount, one, path=path) for one in found.get("counts", ())),
    )  # fmt: skip
    return voucher_files.take_answer(ctx, answer)


# -- inside ------------------------------------------------------------------------------------------------------


def _open(source: Path, passphrases: Sequence[str]) -> SealedReader:
    keys = Keys(passphrases=tuple(dict.fromkeys(fold_passphrase(text) for text in passphrases)))
    try:
        return open_sealed(source, kind=KIND, keys=keys)
    except InputFault as fault:
        if fault.code == "sealed.other_kind":
            raise InputFault("voucher.file_other", path=str(source)) from None
        raise InputFault("voucher.file_not_ours", path=str(source)) from None


def _card(sealed: SealedReader) -> CashCard:
    if sealed.header.get("layout", 0) > LAYOUT:
        raise EnvironmentFault("sealed.newer", path=str(sealed.path), format=sealed.header["layout"], known=LAYOUT)
    card = CashCard.from_json(sealed.header.get("card", {}), path=str(sealed.path))
    if card.kind not in ("carry", "answer"):
        raise IntegrityFault("sealed.damaged", path=str(sealed.path))
    return card


def _parts(lists: dict[str, list[Any]]) -> Iterator[bytes]:
    for name, rows in lists.items():
        for start in range(0, len(rows), _PART):
            told = {name: rows[start : start + _PART]}
            yield json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _read_all(sealed: SealedReader, job: Job) -> dict[str, list[Any]]:
    """Every row by list; reaching the end means that the file is whole."""
    found: dict[str, list[Any]] = {}
    for part in sealed.parts():
        job.report(sealed.position, sealed.size, "voucher.reading")
        try:
            for name, rows in json.loads(part).items():
                found.setdefault(name, []).extend(rows)
        except (ValueError, TypeError, AttributeError) as error:
            raise IntegrityFault("sealed.damaged", path=str(sealed.path)) from error
        if sum(map(len, found.values())) > _MOST:
            raise IntegrityFault("sealed.damaged", path=str(sealed.path))
    return found


def _told(row: Any, path: str) -> Told:
    try:
        voucher_id, number, term, said, amount = row
        if said not in SAYINGS:
            raise ValueError(said)
        return Told(voucher_id=str(voucher_id), number=str(number), term=int(term), saying=str(said), amount=int(amount))
    except (ValueError, TypeError) as error:
        raise IntegrityFault("sealed.damaged", path=path) from error
