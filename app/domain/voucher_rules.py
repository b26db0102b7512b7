"""Who may pay a voucher: the state machine of its ownership. Pure; nothing here knows a clock, only terms.

Headquarters holds a voucher (``ready``). Assigning it to a device raises its ``term`` by one. From then on headquarters can only *ask*
(``recalled``, ``frozen``): the voucher is the device's until that device itself says it gave it up unpaid, or paid it. A device
never forgets that it gave up a term, so that messages may be lost, repeated, late or in any order. What a device says is its whole
state each time, never a difference, and is taken in only for the term it speaks of.

So at most one device can pay a voucher: only ``assigned`` at the device that ``device_id`` names may be paid, a term is given to one
device once, and a higher one only after the device of the last said "given up" and remembers it. A restored or copied folder is
another device and holds nothing. What breaks this (two people void a voucher whose laptop is then found with the money paid) is kept
as what it is: the receipt counts, ``hear`` says ``late`` or ``twice``, and people decide.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.errors import RuleViolation
from app.domain.identifiers import device_prefix, lettered_number, read_lettered
from app.domain.payments import Voucher
from app.domain.relief import Yen

MAGIC = "SASAE-V"
HELD = frozenset({"assigned", "recalled", "frozen"})
"""At headquarters: somebody else's until its device answers."""
ENDED = frozenset({"paid", "refunded", "void"})
SAYINGS = ("held", "released", "paid", "refunded")
DENOMINATIONS = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 1)
"""Notes and coins, yen, the largest first. 2,000-yen notes are counted when they are there, never asked for."""
_PREFIX = 4
_HANDED = tuple(one for one in DENOMINATIONS if one != 2_000)


# -- numbers and codes -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherCode:
    """What the QR of a voucher says. Nothing about anybody."""

    disaster: str
    number: str
    term: int


def disaster_mark(*, municipality_code: str, disaster_name: str, training: bool) -> str:
    """Eight hexadecimal digits that stand for a disaster on every laptop of it, whatever the record's id there."""
    name = unicodedata.normalize("NFKC", disaster_name).strip()
    told = f"{municipality_code}|{name}|{'t' if training else ''}"
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=4, person=b"disaster-mark").hexdigest()


def voucher_number(prefix: str, serial: int) -> str:
    """V-K7QF-00012-C. ValueError outside the range of ``person_number``."""
    return lettered_number("V", prefix, serial)


def receipt_number(prefix: str, serial: int) -> str:
    """R-K7QF-00012-C."""
    return lettered_number("R", prefix, serial)


def voucher_code(voucher: Voucher, *, mark: str) -> str:
    """The text of the QR: ``SASAE-V:<disaster>:<number>:<term>``."""
    return f"{MAGIC}:{mark}:{voucher.number}:{voucher.term}".upper()


def read_voucher_code(text: str) -> VoucherCode | None:
    """A scanned or typed code taken apart; None when it is none. Any width and case: a scanner may be set to another keyboard."""
    plain = unicodedata.normalize("NFKC", text).strip().upper().replace("\uff1a", ":")
    parts = plain.split(":")
    if len(parts) != 4 or parts[0] != MAGIC or not parts[3].isdecimal() or len(parts[3]) > 6:
        return None
    number = read_number(parts[2])
    return VoucherCode(disaster=parts[1].lower(), number=number, term=int(parts[3])) if number else None


def read_number(text: str, *, letter: str = "V") -> str:
    """The one written form of a voucher (receipt: ``letter="R"``) number typed in any way, with its letter or without; "" when it is none."""
    return read_lettered(letter, text)


# -- headquarters ------------------------------------------------------------------------------------------------


def assign(voucher: Voucher, *, site_id: str, device: str, own_device: str, at: datetime, expires_on: str = "") -> Voucher:
    """Give a voucher that headquarters holds to one device; the same again changes nothing.

    RuleViolation ``voucher.not_home`` (another folder of headquarters assigns it), ``voucher.held`` (somebody else's),
    ``voucher.already_paid``, ``voucher.refunded``, ``voucher.void``.
    """
    _check_home(voucher, own_device)
    if voucher.state == "assigned" and voucher.device_id == device and voucher.site_id == site_id:
        return voucher
    _check_open(voucher)
    if voucher.state in HELD:
        raise RuleViolation("voucher.held", number=voucher.number, record=voucher.id)
    return replace(
        voucher, state="assigned", site_id=site_id, device_id=device, term=voucher.term + 1, assigned_at=at, expires_on=expires_on,
        reason="", asked_by="",
    )  # fmt: skip


def ask_back(voucher: Voucher, *, own_device: str, reason: str = "") -> Voucher:
    """Recall. Home at once when this device holds it itself or no file ever carried it (letters mistyped); else only a request until the
    site's file confirms it.
    """
    _check_home(voucher, own_device)
    _check_open(voucher)
    if voucher.state == "ready":
        raise RuleViolation("voucher.not_assigned", number=voucher.number, record=voucher.id)
    if voucher.device_id == own_device or voucher.carried < voucher.term:
        return _home(voucher)
    return voucher if voucher.state == "frozen" else replace(voucher, state="recalled", reason=reason or voucher.reason)


def mark_carried(voucher: Voucher) -> Voucher:
    """A file that tells its device of this term is being written: from now on the device may have it."""
    return replace(voucher, carried=max(voucher.carried, voucher.term))


def freeze(voucher: Voucher, *, own_device: str, reason: str) -> Voucher:
    """Its laptop is lost: nobody can pay it until the data are found or two people void it."""
    _check_home(voucher, own_device)
    _check_open(voucher)
    if voucher.state not in HELD or voucher.device_id == own_device:
        raise RuleViolation("voucher.not_elsewhere", number=voucher.number, record=voucher.id)
    return replace(voucher, state="frozen", reason=reason)


def unfreeze(voucher: Voucher, *, own_device: str) -> Voucher:
    """The laptop is there again: as it was before. RuleViolation ``voucher.not_frozen``; ``voucher.holder_unknown`` of an adopted one."""
    _check_home(voucher, own_device)
    if voucher.state == "frozen" and not voucher.device_id:
        raise RuleViolation("voucher.holder_unknown", number=voucher.number, record=voucher.id)
    if voucher.state != "frozen":
        raise RuleViolation("voucher.not_frozen", number=voucher.number, record=voucher.id)
    return replace(voucher, state="assigned", reason="", asked_by="")


def adopt(voucher: Voucher, *, own_device: str, reason: str) -> Voucher:
    """A restored folder of headquarters takes over what its old folder assigned. The old one may have moved an unpaid voucher on since,
    so that nobody knows who holds it: it becomes ``frozen`` without a device, and ends by a receipt from wherever or by two people.
    """
    if voucher.home_device == own_device:
        return voucher
    if voucher.state in ENDED:
        return replace(voucher, home_device=own_device)
    return replace(voucher, home_device=own_device, state="frozen", device_id="", carried=voucher.term, reason=reason, asked_by="")


def ask_void(voucher: Voucher, *, own_device: str, asked_by: str, reason: str) -> Voucher:
    """Somebody asks that a voucher never be paid. Not while a laptop that can be reached holds it: recall or freeze it first."""
    _check_home(voucher, own_device)
    _check_open(voucher)
    if voucher.state in HELD - {"frozen"} and voucher.device_id != own_device:
        raise RuleViolation("voucher.void_held", number=voucher.number, record=voucher.id)
    return replace(voucher, asked_by=asked_by, reason=reason)


def void(voucher: Voucher, *, own_device: str, confirmed_by: str) -> Voucher:
    """Another person agrees: it can never be paid, except that a receipt found later still counts (``hear``)."""
    if not voucher.asked_by:
        raise RuleViolation("voucher.void_not_asked", number=voucher.number, record=voucher.id)
    if voucher.asked_by == confirmed_by:
        raise RuleViolation("voucher.two_people", field="second", number=voucher.number)
    checked = ask_void(voucher, own_device=own_device, asked_by=voucher.asked_by, reason=voucher.reason)
    return replace(checked, state="void")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a device says of one voucher in one term: it holds it, gave it up unpaid, paid it, or paid it and took the money back."""

    voucher_id: str
    number: str
    term: int
    saying: str
    amount: Yen = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The voucher as headquarters has it after ``hear``. ``code``: "" nothing new, ``paid``, ``refunded``, ``home``; ``late``: it was
    paid although it had been voided or was home; ``twice``: paid by another device than the one that holds or paid it.
    """

    voucher: Voucher
    code: str = ""


def hear(voucher: Voucher, told: Told, *, device: str) -> Heard:
    """Take in what ``device`` (as ``device_id`` names it) says. Old, repeated and reordered sayings change nothing."""
    holder = _letters(voucher.device_id) == _letters(device) and voucher.term == told.term
    if told.saying == "released":
        return Heard(voucher=_home(voucher), code="home") if holder and voucher.state in HELD else Heard(voucher=voucher)
    if told.saying not in ("paid", "refunded"):
        return Heard(voucher=voucher)
    if holder and voucher.state in HELD:
        return Heard(voucher=replace(voucher, state=told.saying, reason="", asked_by=""), code=told.saying)
    if holder and voucher.state == "paid" and told.saying == "refunded":
        return Heard(voucher=replace(voucher, state="refunded"), code="refunded")
    if holder and voucher.state in ("paid", "refunded"):
        return Heard(voucher=voucher)
    if voucher.state in ("ready", "void") or (voucher.state == "frozen" and not voucher.device_id):
        paid = replace(voucher, state=told.saying, device_id=device, term=max(told.term, voucher.term), asked_by="")
        return Heard(voucher=paid, code="late")
    return Heard(voucher=voucher, code="twice")


# -- a site ------------------------------------------------------------------------------------------------------


def take_in(known: Voucher | None, carried: Voucher, *, own_device: str) -> Voucher:
    """The voucher at this device after a file of headquarters. ``carried`` has the state headquarters has it in.

    A term that this device gave up or paid stays so, whatever arrives. ``recalled`` and ``frozen`` make it give up what is unpaid,
    ``void`` makes it void.
    """
    wanted = {"assigned": "assigned", "void": "void"}.get(carried.state, "released")
    if known is None:
        return replace(carried, device_id=own_device, state=wanted, version=0)
    if known.state in ENDED or carried.term < known.term:
        return known
    if carried.term > known.term:
        return replace(carried, device_id=own_device, state=wanted, version=known.version)
    guarded = known.guarded or carried.guarded  # somebody may have come under protection since
    if known.state == "assigned" and known.device_id == own_device and wanted != "assigned":
        return replace(known, state=wanted, reason=carried.reason, guarded=guarded)
    return replace(known, guarded=guarded)


def give_up(voucher: Voucher, *, own_device: str, reason: str = "") -> Voucher:
    """This device gives an unpaid voucher up, for good in this term. Where it was assigned, it is home at once."""
    if voucher.device_id != own_device or voucher.state not in ("assigned", "released"):
        _check_open(voucher)
        raise RuleViolation("voucher.not_ours", number=voucher.number, record=voucher.id)
    if voucher.home_device == own_device:
        return _home(voucher)
    return replace(voucher, state="released", reason=reason)


def saying(voucher: Voucher, *, own_device: str) -> Told | None:
    """What this device tells headquarters of a voucher; None of one it never held."""
    words = {"assigned": "held", "released": "released", "paid": "paid", "refunded": "refunded", "void": "released"}
    if voucher.device_id != own_device or voucher.state not in words:
        return None
    return Told(voucher_id=voucher.id, number=voucher.number, term=voucher.term, saying=words[voucher.state], amount=voucher.amount)


def check_payable(voucher: Voucher, *, own_device: str, term: int | None, today: str) -> None:
    """RuleViolation that says in which way this device may not pay; nothing otherwise. ``term``: what the paper's QR says, None typed.

    ``voucher.already_paid``, ``refunded``, ``void``, ``frozen``, ``recalled``, ``given_up``, ``not_assigned``, ``other_device``,
    ``older_term``, ``newer_term``, ``expired``.
    """
    where = {"number": voucher.number, "record": voucher.id}
    _check_open(voucher)
    if voucher.state == "ready":
        raise RuleViolation("voucher.not_assigned", **where)
    if voucher.state in ("frozen", "recalled"):
        raise RuleViolation(f"voucher.{voucher.state}", **where)
    if voucher.state == "released":
        raise RuleViolation("voucher.given_up", **where)
    if voucher.device_id != own_device:
        raise RuleViolation("voucher.other_device", **where)
    if term is not None and term < voucher.term:
        raise RuleViolation("voucher.older_term", term=term, now=voucher.term, **where)
    if term is not None and term > voucher.term:
        raise RuleViolation("voucher.newer_term", term=term, now=voucher.term, **where)
    if voucher.expires_on and voucher.expires_on < today:
        raise RuleViolation("voucher.expired", day=voucher.expires_on, **where)


def _letters(device: str) -> str:
    """A restored folder of headquarters has whole ids where others' four letters stand."""
    return device_prefix(device) if len(device) > _PREFIX else device


def _check_home(voucher: Voucher, own_device: str) -> None:
    if voucher.home_device != own_device:
        raise RuleViolation("voucher.not_home", number=voucher.number, record=voucher.id)


def _check_open(voucher: Voucher) -> None:
    codes = {"paid": "voucher.already_paid", "refunded": "voucher.refunded", "void": "voucher.void"}
    if voucher.state in codes:
        raise RuleViolation(codes[voucher.state], number=voucher.number, record=voucher.id)


def _home(voucher: Voucher) -> Voucher:
    return replace(voucher, state="ready", site_id="", device_id="", assigned_at=None, reason="", asked_by="")


# -- notes and coins -----------------------------------------------------------------------------------------------


def split_amount(amount: Yen) -> dict[int, int]:
    """The fewest notes and coins of an amount, without 2,000-yen notes: ``{10000: 3, 1000: 2}``. ValueError below 0."""
    if amount < 0:
        raise ValueError("no negative amount in notes and coins")
    pieces: dict[int, int] = {}
    for one in _HANDED:
        count, amount = divmod(amount, one)
        if count:
            pieces[one] = count
    return pieces


def split_amounts(amounts: Sequence[Yen]) -> dict[int, int]:
    """Notes and coins so that each amount can be handed out without change: the sum of ``split_amount``."""
    total: dict[int, int] = {}
    for amount in amounts:
        for one, count in split_amount(amount).items():
            total[one] = total.get(one, 0) + count
    return {one: total[one] for one in DENOMINATIONS if one in total}


def sum_pieces(pieces: Mapping[int, int]) -> Yen:
    """Their sum; RuleViolation ``cash.denomination``, ``cash.pieces_negative``."""
    for one, count in pieces.items():
        if one not in DENOMINATIONS:
            raise RuleViolation("cash.denomination", field="pieces", text=str(one))
        if count < 0:
            raise RuleViolation("cash.pieces_negative", field="pieces", denomination=one, count=count)
    return sum(one * count for one, count in pieces.items())
