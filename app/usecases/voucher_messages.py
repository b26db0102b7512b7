"""What headquarters and a site tell each other about vouchers, as plain data: building a message, and taking one in.

Every message is the whole state of one device, never a difference: it may be lost, come twice, late or in any order. It travels inside a
package (``voucher_sections``), which is checked and taken in as one: what the package belongs to is not asked again here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from app.domain import voucher_rules
from app.domain.errors import IntegrityFault, RuleViolation
from app.domain.folding import fold_name
from app.domain.governance import Site
from app.domain.identifiers import device_prefix
from app.domain.journal import to_json_value
from app.domain.merging import device_of
from app.domain.payments import CashBox, CashCount, Receipt, Voucher
from app.domain.records import Record, from_json_value, value_fields, values_of
from app.domain.relief import Yen
from app.domain.voucher_rules import Told
from app.usecases import postings
from app.usecases.cash_desk import disaster_mark
from app.usecases.cash_effects import on_paid, on_refunded
from app.usecases.cash_rows import VoucherRefusal
from app.usecases.context import Changes, Context
from app.usecases.masking import sees_protected
from app.usecases.ports import UnitOfWork
from app.usecases.reception import Warning
from app.usecases.voucher_freezing import is_copied

R = TypeVar("R", bound=Record)
_SITE = "voucher.site."
_BOUND = "voucher.device."


@dataclass(frozen=True, slots=True, kw_only=True)
class CashCard:
    """What a message says about itself. ``kind``: ``carry`` to a device, ``answer`` back. Devices by their four letters; ``site_id`` as
    headquarters knows the site.
    """

    kind: str
    municipality_code: str
    municipality: str
    disaster: str
    mark: str
    training: bool
    from_device: str
    from_letters: str
    to_letters: str
    site_id: str
    site: str
    written_at: datetime
    vouchers: int
    total: Yen
    receipts: int = 0

    def to_json(self) -> dict[str, Any]:
        """The card as a JSON object."""
        return {**{name: getattr(self, name) for name in self.__slots__}, "written_at": self.written_at.isoformat()}

    @classmethod
    def from_json(cls, told: Mapping[str, Any], *, path: str = "") -> CashCard:
        """The card that ``to_json`` told; IntegrityFault ``sealed.damaged`` when something is missing or of another type."""
        try:
            values = {name: told[name] for name in cls.__slots__}
            made = cls(**{**values, "written_at": datetime.fromisoformat(values["written_at"])})
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityFault("sealed.damaged", path=path) from error
        texts = ("kind", "mark", "from_device", "from_letters", "to_letters", "site_id", "site")
        if not all(isinstance(getattr(made, name), str) for name in texts):
            raise IntegrityFault("sealed.damaged", path=path)
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """Headquarters to a device: every voucher that names it, as headquarters has it."""

    card: CashCard
    vouchers: tuple[Voucher, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A device to headquarters: what it says of every voucher it ever held, its receipts, boxes and counts."""

    card: CashCard
    told: tuple[Told, ...]
    receipts: tuple[Receipt, ...]
    boxes: tuple[CashBox, ...]
    counts: tuple[CashCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What taking a message in did: numbers of vouchers ``new``, ``given_up`` (asked back, unpaid), ``ended`` (void); ``unchanged``.

    Of an answer: ``paid``, ``refunded``, ``home``, receipts and counts that are new, and ``conflicts`` that people have to look at.
    """

    card: CashCard
    new: int = 0
    given_up: int = 0
    ended: int = 0
    unchanged: int = 0
    paid: int = 0
    paid_total: Yen = 0
    refunded: int = 0
    refunded_total: Yen = 0
    home: int = 0
    receipts: int = 0
    counts: int = 0
    conflicts: tuple[VoucherRefusal, ...] = ()
    warnings: tuple[Warning, ...] = ()
    changes: Changes = field(default_factory=dict)


# -- headquarters to a device ------------------------------------------------------------------------------------


def build_carry(ctx: Context, *, letters: str) -> Carry | None:
    """Everything the device with these four letters has to know, None when there is nothing. For the money home.

    Complete whoever asks: those of protected people are in it, marked so (also who came under protection since). The card counts only what
    this actor may know of.
    """
    found = [one for one in ctx.reads.cash.vouchers_of(letters) if one.state not in ("ready", "paid", "refunded")]
    if not found:
        return None
    shown = ctx.reads.cash.shown([one.id for one in found])
    open_to_all = ctx.reads.seen_by(see_protected=False).cash.shown([one.id for one in found])
    vouchers = tuple(replace(one, guarded=one.guarded or one.id not in open_to_all) for one in found)
    newest = max(vouchers, key=lambda one: one.term)
    site = ctx.reads.get("site", newest.site_id)
    name = site.name if isinstance(site, Site) else ""
    payable = [one for one in vouchers if one.state == "assigned" and one.id in shown]
    card = _card(ctx, kind="carry", to=letters, site_id=newest.site_id, site=name)
    return Carry(card=replace(card, vouchers=len(payable), total=sum(one.amount for one in payable)), vouchers=vouchers)


def note_carried(uow: UnitOfWork, carry: Carry, *, target: str) -> None:
    """Before a message leaves: its vouchers may be at their device from now on. RuleViolation ``voucher.changed_meanwhile`` when they are
    not as the message tells any more; then it must not leave.
    """
    now = {one.id: one for one in uow.reads.cash.vouchers(one.id for one in carry.vouchers)}
    for told in carry.vouchers:
        one = now.get(told.id)
        if one is None or (one.term, one.state, one.device_id) != (told.term, told.state, told.device_id):
            raise RuleViolation("voucher.changed_meanwhile", number=told.number)
    uow.vouchers.save_many([marked for one in now.values() if (marked := voucher_rules.mark_carried(one)) != one])
    uow.log_access(action="export", persons=len(carry.vouchers), target=target)


def _card(ctx: Context, *, kind: str, to: str, site_id: str, site: str) -> CashCard:
    place = ctx.place
    return CashCard(
        kind=kind, municipality_code=place.municipality_code, municipality=place.municipality_name, disaster=place.disaster_name,
        mark=disaster_mark(ctx), training=place.training, from_device=place.device_id, from_letters=place.device_prefix, to_letters=to,
        site_id=site_id, site=site, written_at=ctx.now(), vouchers=0, total=0,
    )  # fmt: skip


def put_carry(ctx: Context, uow: UnitOfWork, carry: Carry) -> TakenIn:
    """Take in what headquarters says to this device. Twice, late or out of order: what is known better here stays.

    Vouchers asked back are given up here when they are unpaid; the answer says so. Whoever takes it in, every voucher comes in; counted is
    only what this actor may know of. ``TakenIn.changes`` stays empty: the unit of work tells them.
    """
    mine, sees = ctx.place.device_id, sees_protected(ctx)
    counted = {"new": 0, "given_up": 0, "ended": 0, "unchanged": 0}
    _keep_site(ctx, uow, carry.card)
    fresh: list[Voucher] = []
    changed: list[Voucher] = []
    known = {one.id: one for one in uow.reads.cash.vouchers(one.id for one in carry.vouchers)}
    for carried in carry.vouchers:
        before = known.get(carried.id)
        after = voucher_rules.take_in(before, carried, own_device=mine)
        counted[_kind_of(before, after)] += sees or not after.guarded
        if before is None:
            fresh.append(after)
        elif after != before:
            changed.append(after)
    uow.vouchers.add_many(fresh)
    uow.vouchers.save_many(changed)
    if fresh or changed:
        uow.log_access(action="import", persons=len(fresh) + len(changed), target=carry.card.from_letters)
    return TakenIn(
        card=carry.card, new=counted["new"], given_up=counted["given_up"], ended=counted["ended"], unchanged=counted["unchanged"],
        warnings=_other_name(ctx, carry.card),
    )  # fmt: skip


def _kind_of(before: Voucher | None, after: Voucher) -> str:
    if before is not None and (before.state, before.term) == (after.state, after.term):
        return "unchanged"
    return {"released": "given_up", "void": "ended"}.get(after.state, "new")


def _keep_site(ctx: Context, uow: UnitOfWork, card: CashCard) -> None:
    """The site as headquarters knows it, for its name on vouchers; the answer tells its id, so that both speak of the same place."""
    if card.site_id and uow.sites.get(card.site_id) is None:
        uow.sites.add(Site(id=card.site_id, name=card.site or ctx.place.site_name, kind=ctx.place.site_kind))
    if uow.reads.settings.get(_SITE + "id") != card.site_id:
        uow.set_setting(_SITE + "id", card.site_id)
        uow.set_setting(_SITE + "home", card.from_letters)


def _other_name(ctx: Context, card: CashCard) -> tuple[Warning, ...]:
    """The site has another name at headquarters than here: somebody should look whether the vouchers are where they belong."""
    if fold_name(card.site) == fold_name(ctx.place.site_name):
        return ()
    return (Warning(code="voucher.file_site", params={"site": card.site, "mine": ctx.place.site_name}),)


# -- a device to headquarters ------------------------------------------------------------------------------------


def build_answer(ctx: Context) -> Answer | None:
    """Everything this device has to tell headquarters, None when there is nothing. Whoever writes it, no payment is left out: it is sealed.

    The card counts only what this actor may know of. A device of headquarters answers only for vouchers that another one assigned to it.
    """
    reads, mine = ctx.reads.cash, ctx.place.device_id
    vouchers = [one for one in reads.vouchers_of(mine) if one.home_device != mine]
    told = tuple(said for one in vouchers if (said := voucher_rules.saying(one, own_device=mine)) is not None)
    receipts = tuple(reads.receipts_to_carry())
    boxes = tuple(one for one in ctx.reads.all("cash_box") if isinstance(one, CashBox))
    counts = tuple(one for one in ctx.reads.all("cash_count") if isinstance(one, CashCount))
    if not told and (ctx.place.site_kind == "hq" or not (receipts or counts)):
        return None
    shown = reads.shown([*(one.id for one in vouchers), *(one.voucher_id for one in receipts)])
    counted = [one for one in receipts if one.voucher_id in shown and one.state == "done"]
    card = _card(
        ctx,
        kind="answer",
        to=ctx.reads.settings.get(_SITE + "home"),
        site_id=ctx.reads.settings.get(_SITE + "id"),
        site=ctx.place.site_name,
    )
    total = sum(one.amount if one.kind == "payment" else -one.amount for one in counted)
    card = replace(card, vouchers=sum(one.voucher_id in shown for one in told), receipts=len(counted), total=total)
    return Answer(card=card, told=told, receipts=receipts, boxes=boxes, counts=counts)


def put_answer(ctx: Context, uow: UnitOfWork, answer: Answer) -> TakenIn:
    """Take in what a device says: payments and refunds settle, what it gave up comes home. Twice or late changes nothing.

    What cannot be (paid by two devices, paid although voided, another amount) is kept and told in ``conflicts``.
    RuleViolation ``voucher.device_twice``. ``TakenIn.changes`` stays empty: the unit of work tells them.
    """
    _bind(uow, answer.card)
    found = _Answering(ctx, uow, answer)
    found.take_receipts()
    found.take_sayings()
    counts = found.take_boxes()
    if found.fresh or found.home:
        uow.log_access(action="import", persons=found.fresh + found.home, target=answer.card.from_letters)
    return TakenIn(
        card=answer.card, paid=found.paid[0], paid_total=found.paid[1], refunded=found.refunded[0], refunded_total=found.refunded[1],
        home=found.home, receipts=found.fresh, counts=counts, conflicts=tuple(found.conflicts),
    )  # fmt: skip


def speaks_of_known(uow: UnitOfWork, answer: Answer) -> bool:
    """Whether any voucher of the answer is known here: headquarters' other laptops know of none."""
    ids = {one.voucher_id for one in answer.told} | {one.voucher_id for one in answer.receipts}
    return bool(uow.reads.cash.vouchers(sorted(ids)))


def _bind(uow: UnitOfWork, card: CashCard) -> None:
    """Four letters belong to the first device that answers with them; a second of the same letters could be paid the same vouchers."""
    bound = uow.reads.settings.get(_BOUND + card.from_letters)
    if device_prefix(card.from_device) != card.from_letters or bound not in ("", card.from_device):
        raise RuleViolation("voucher.device_twice", device=card.from_letters)
    if not bound:
        uow.set_setting(_BOUND + card.from_letters, card.from_device)


class _Answering:
    """One answer being taken in."""

    def __init__(self, ctx: Context, uow: UnitOfWork, answer: Answer) -> None:
        self._ctx, self._uow, self._answer = ctx, uow, answer
        ids = {one.voucher_id for one in answer.told} | {one.voucher_id for one in answer.receipts}
        self._vouchers = {one.id: one for one in uow.reads.cash.vouchers(sorted(ids))}
        self._sees = sees_protected(ctx)
        self.paid, self.refunded = (0, 0), (0, 0)
        self.fresh = self.home = 0
        self.conflicts: list[VoucherRefusal] = []

    def take_receipts(self) -> None:
        """Payments first, then refunds; known ones only when a refund was confirmed meanwhile."""
        known = self._uow.reads.cash.receipts_by_id(one.id for one in self._answer.receipts)
        for receipt in sorted(self._answer.receipts, key=lambda one: one.kind != "payment"):
            before = known.get(receipt.id)
            if before is None:
                self._take_new(receipt)
            elif before.state == "asked" and receipt.state != "asked":
                self._take_refund(replace(receipt, site_id=before.site_id, version=before.version), before)

    def _take_new(self, receipt: Receipt) -> None:
        voucher = self._vouchers.get(receipt.voucher_id)
        self.fresh += 1
        if voucher is None:
            self._uow.receipts.add(replace(receipt, version=0))
            self.conflicts.append(VoucherRefusal(number=receipt.number, code="voucher.receipt_unknown"))
            return
        receipt = replace(receipt, version=0, site_id=self._site(receipt, voucher))
        again = self._paid_by(receipt)
        if receipt.kind == "refund":
            self._take_refund(receipt, None)
            return
        if receipt.amount != voucher.amount:
            self._conflict(voucher, "voucher.amount_differs", amount=receipt.amount)
        code = self._hear(voucher, receipt, "paid")
        if again:  # by another copy of the same device: a receipt of its own, and the money has gone twice
            code, receipt = "twice", replace(receipt, device_id=f"{receipt.device_id}~{receipt.id[-12:]}")
        self._uow.receipts.add(replace(receipt, entry=on_paid(self._uow, voucher, receipt)))
        self.paid = (self.paid[0] + 1, self.paid[1] + receipt.amount)
        if code in ("late", "twice"):
            self._conflict(voucher, f"voucher.paid_{code}", device=device_prefix(receipt.device_id))

    def _take_refund(self, receipt: Receipt, before: Receipt | None) -> None:
        voucher = self._vouchers.get(receipt.voucher_id)
        if receipt.state == "done" and voucher is not None and len(self._standing(voucher)) > 1:  # it stays paid by the other one
            receipt = replace(receipt, entry=postings.post_refund(self._uow, voucher, receipt))
            self.refunded = (self.refunded[0] + 1, self.refunded[1] + receipt.amount)
        elif receipt.state == "done" and voucher is not None:
            self._hear(voucher, receipt, "refunded")
            receipt = replace(receipt, entry=on_refunded(self._uow, voucher, receipt))
            self.refunded = (self.refunded[0] + 1, self.refunded[1] + receipt.amount)
        if before is None:
            self._uow.receipts.add(receipt)
        else:
            self._uow.receipts.save(receipt)

    def _paid_by(self, receipt: Receipt) -> bool:
        """Whether the same device has paid this voucher by another receipt."""
        others = self._uow.receipts.where(voucher_id=receipt.voucher_id, kind="payment", term=receipt.term)
        return any(device_of(one.device_id) == receipt.device_id and one.id != receipt.id for one in others)

    def _standing(self, voucher: Voucher) -> list[Receipt]:
        """Payments of a voucher that were not undone."""
        told = self._uow.receipts.where(voucher_id=voucher.id)
        undone = {one.reverses for one in told if one.kind == "refund" and one.state == "done"}
        return [one for one in told if one.kind == "payment" and one.id not in undone]

    def _hear(self, voucher: Voucher, receipt: Receipt, saying: str) -> str:
        told = Told(voucher_id=voucher.id, number=voucher.number, term=receipt.term, saying=saying, amount=receipt.amount)
        heard = voucher_rules.hear(voucher, told, device=self._known_as(receipt.device_id))
        after = heard.voucher
        if heard.code == "twice" and after.state == "assigned":  # somebody else could still pay what is paid: ask it back
            after = replace(after, state="recalled")
        if after != voucher:
            self._vouchers[voucher.id] = self._uow.vouchers.save(after)
        return heard.code

    def take_sayings(self) -> None:
        """What was given up comes home; not what another copy of the device may still pay."""
        if is_copied(self._uow, self._answer.card.from_device):
            return
        device = self._known_as(self._answer.card.from_device)
        for told in self._answer.told:
            voucher = self._vouchers.get(told.voucher_id)
            if voucher is None or told.saying != "released":
                continue
            heard = voucher_rules.hear(voucher, told, device=device)
            if heard.code == "home":
                self._vouchers[voucher.id] = self._uow.vouchers.save(heard.voucher)
                self.home += 1

    def take_boxes(self) -> int:
        """Boxes as they are now, counts that are new; differences are posted, money moved was posted where it was handed out."""
        site = self._answer.card.site_id or self._ctx.place.site_id
        for box in self._answer.boxes:
            known = self._uow.boxes.get(box.id)
            if known is None:
                self._uow.boxes.add(replace(box, version=0, site_id=site))
            elif known.site_id != self._ctx.place.site_id:
                self._uow.boxes.save(replace(known, name=box.name, state=box.state, note=box.note))
        fresh = [one for one in self._answer.counts if self._uow.counts.get(one.id) is None]
        for count in fresh:
            entry = postings.post_difference(self._uow, difference=count.difference, site_id=site, day=count.day, memo=count.explanation)
            self._uow.counts.add(replace(count, version=0, entry=entry))
        return len(fresh)

    def _known_as(self, device_id: str) -> str:
        """A device as ``Voucher.device_id`` names it here."""
        return device_id if device_id == self._ctx.place.device_id else device_prefix(device_id)

    def _site(self, receipt: Receipt, voucher: Voucher) -> str:
        """The site as headquarters knows it: a laptop has a name of its own for itself."""
        told = voucher.site_id or self._answer.card.site_id or receipt.site_id
        return told if self._uow.sites.get(told) is not None else self._ctx.place.site_id

    def _conflict(self, voucher: Voucher, code: str, **params: object) -> None:
        if voucher.guarded and not self._sees:
            return
        self.conflicts.append(VoucherRefusal(number=voucher.number, code=code, params=params))


# -- as plain data -----------------------------------------------------------------------------------------------


def pack(record: Record) -> dict[str, Any]:
    """A record as a JSON object."""
    return {"id": record.id, **{name: to_json_value(value) for name, value in values_of(record).items()}}


def unpack(kind: type[R], told: Mapping[str, Any], *, path: str = "") -> R:
    """The record that ``pack`` told. Values a later version added are left out; IntegrityFault ``sealed.damaged`` for what is none."""
    names = {field.name for field in value_fields(kind)}
    try:
        values = {name: from_json_value(kind, name, value) for name, value in told.items() if name in names}
        made = kind(id=str(told["id"]), **values)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise IntegrityFault("sealed.damaged", path=path) from error
    if any(isinstance(getattr(made, name), float) for name in names):
        raise IntegrityFault("sealed.damaged", path=path)
    return made


def total_of(receipts: Sequence[Receipt]) -> Yen:
    """Paid minus refunded, of what is done."""
    return sum(one.amount if one.kind == "payment" else -one.amount for one in receipts if one.state == "done")
