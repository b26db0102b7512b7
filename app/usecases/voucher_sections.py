"""Voucher messages inside a package: what headquarters and a device tell each other about vouchers, built, marked as left, taken in.

Complete whoever writes or takes the package in: it is sealed for enrolled devices, and what a person may not see is masked on their screen,
not left out of the file. Only the counts and refusals that are shown leave protected people out for who may not know of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import IntegrityFault
from app.domain.payments import CashBox, CashCount, Receipt, Voucher
from app.domain.relief import Yen
from app.domain.voucher_rules import SAYINGS, Told
from app.usecases.context import Context
from app.usecases.money_home import is_home, show_home
from app.usecases.ports import UnitOfWork
from app.usecases.reception import Warning
from app.usecases.voucher_messages import (
    Answer,
    Carry,
    CashCard,
    TakenIn,
    build_answer,
    build_carry,
    note_carried,
    pack,
    put_answer,
    put_carry,
    speaks_of_known,
    unpack,
)

_PART = 500
_MOST = 1_000_000
"""Rows of one package; a reader refuses more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """What a package tells of vouchers: ``carries`` for devices of its site, or this device's ``answer``."""

    carries: tuple[Carry, ...] = ()
    answer: Answer | None = None

    @property
    def vouchers(self) -> int:
        """Vouchers that can be paid there, or that the answer speaks of, as far as who writes the package may know of them."""
        return sum(one.card.vouchers for one in self.carries) + (self.answer.card.vouchers if self.answer else 0)

    @property
    def total(self) -> Yen:
        """Yen of those vouchers, or paid less refunded."""
        return sum(one.card.total for one in self.carries) + (self.answer.card.total if self.answer else 0)

    def rows(self) -> Iterator[dict[str, Any]]:
        """JSON objects in order: each message's card, then its lists in parts."""
        for carry in self.carries:
            yield {"card": carry.card.to_json()}
            yield from _parts("vouchers", [pack(one) for one in carry.vouchers])
        if self.answer is not None:
            yield {"card": self.answer.card.to_json()}
            yield from _parts("told", [[one.voucher_id, one.number, one.term, one.saying, one.amount] for one in self.answer.told])
            for name in ("receipts", "boxes", "counts"):
                yield from _parts(name, [pack(one) for one in getattr(self.answer, name)])


def build_messages(ctx: Context, *, to_kind: str, letters: Sequence[str]) -> Messages:
    """What a package to the devices with these four letters has to say. Nothing when there is nothing.

    The money home says everything it knows of each device's vouchers; any other device answers to headquarters.
    """
    if is_home(ctx):
        others = (build_carry(ctx, letters=one) for one in letters if one != ctx.place.device_prefix)
        return Messages(carries=tuple(one for one in others if one is not None))
    return Messages(answer=build_answer(ctx) if to_kind == "hq" else None)


def note_left(ctx: Context, uow: UnitOfWork, messages: Messages, *, target: str) -> None:
    """Before the package leaves: its vouchers may be at their devices from now on. RuleViolation ``voucher.changed_meanwhile``: must not leave."""
    for carry in messages.carries:
        note_carried(uow, carry, target=target)
    if messages.answer is not None:
        uow.log_access(action="export", persons=messages.answer.card.vouchers, target=target)


def take_messages(ctx: Context, uow: UnitOfWork, rows: Iterable[Mapping[str, Any]], *, sender: str) -> TakenIn | None:
    """Take in what concerns this device, None when nothing does. ``sender``: the device id that signed the package.

    A message for another device is passed over; an answer is taken where its vouchers are known, elsewhere at headquarters it is a warning.
    IntegrityFault ``sealed.damaged``, RuleViolation ``voucher.device_twice``: then the whole package is to be refused.
    """
    taken: TakenIn | None = None
    for card, lists in _read(rows):
        if card.from_device != sender or card.kind not in ("carry", "answer"):
            raise IntegrityFault("sealed.damaged", path="")
        if card.kind == "carry" and card.to_letters == ctx.place.device_prefix and ctx.place.device_id != sender:
            vouchers = tuple(unpack(Voucher, one) for one in lists.get("vouchers", ()))
            taken = put_carry(ctx, uow, Carry(card=card, vouchers=vouchers))
        elif card.kind == "answer" and ctx.place.site_kind == "hq":
            taken = _take_answer(ctx, uow, _answer(card, lists))
    return taken


def _take_answer(ctx: Context, uow: UnitOfWork, answer: Answer) -> TakenIn:
    """Where its vouchers are known (a restored folder takes answers in before it makes money again), or money is made; else a warning."""
    home = show_home(ctx)
    if speaks_of_known(uow, answer) or (home.here and home.since is not None):
        return put_answer(ctx, uow, answer)
    return TakenIn(card=answer.card, warnings=(Warning(code="voucher.answer_elsewhere", params={"home": answer.card.to_letters}),))


def _parts(name: str, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(rows), _PART):
        yield {name: list(rows[start : start + _PART])}


def _read(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[CashCard, dict[str, list[Any]]]]:
    card: CashCard | None = None
    lists: dict[str, list[Any]] = {}
    seen = 0
    for row in rows:
        if "card" in row:
            if card is not None:
                yield card, lists
            card, lists = CashCard.from_json(row["card"] if isinstance(row["card"], dict) else {}), {}
            continue
        for name, part in row.items():
            if card is None or not isinstance(part, list) or seen + len(part) > _MOST:
                raise IntegrityFault("sealed.damaged", path="")
            seen += len(part)
            lists.setdefault(name, []).extend(part)
    if card is not None:
        yield card, lists


def _answer(card: CashCard, lists: Mapping[str, Sequence[Any]]) -> Answer:
    return Answer(
        card=card, told=tuple(map(_told, lists.get("told", ()))),
        receipts=tuple(unpack(Receipt, one) for one in lists.get("receipts", ())),
        boxes=tuple(unpack(CashBox, one) for one in lists.get("boxes", ())),
        counts=tuple(unpack(CashCount, one) for one in lists.get("counts", ())),
    )  # fmt: skip


def _told(row: Any) -> Told:
    try:
        voucher_id, number, term, said, amount = row
        if said not in SAYINGS:
            raise ValueError(said)
        return Told(voucher_id=str(voucher_id), number=str(number), term=int(term), saying=str(said), amount=int(amount))
    except (ValueError, TypeError) as error:
        raise IntegrityFault("sealed.damaged", path="") from error
