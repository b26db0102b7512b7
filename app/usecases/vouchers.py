"""Vouchers: made when a cash batch is approved, assigned to one device of a site, asked back, given up, frozen, voided by two people.

Who may pay is decided by ``domain.voucher_rules`` alone. What headquarters and sites tell each other: ``usecases.voucher_messages``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain import voucher_rules
from app.domain.errors import RuleViolation
from app.domain.exchange import DeviceList
from app.domain.folding import fold_name
from app.domain.governance import Site
from app.domain.identifiers import device_prefix, new_id, read_symbols
from app.domain.payments import Payment, PaymentBatch, Voucher
from app.usecases.cash_effects import on_void
from app.usecases.cash_rows import SiteCount, VoucherActs, VoucherFile, VoucherFilter, VoucherRefusal, VoucherRow
from app.usecases.context import Context
from app.usecases.masking import sees_protected
from app.usecases.money_home import need_home
from app.usecases.ownership import known_devices
from app.usecases.ports import UnitOfWork
from app.usecases.protections import read_day, today

MOST_AT_ONCE = 100_000
Change = Callable[[Voucher], Voucher]


def make_vouchers(
    uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[Payment], *, title: str = "", device_id: str = "", expires_on: str = ""
) -> tuple[Voucher, ...]:
    """One voucher for each payment of an approved cash batch, in the same transaction. A payment that has one gets no second.

    ``device_id``: the device of headquarters that approves; it alone assigns them. ``title`` "" is programme and round. Of a batch that
    another device made nobody knows whether it was paid there: they are ``frozen`` without a holder, as ``adopt`` leaves them.
    """
    home = device_id or batch.device_id
    known = {one.payment_id for one in uow.vouchers.where(batch_id=batch.id)}
    wanted = [one for one in payments if one.id not in known and one.way == "cash"]
    if not wanted:
        return ()
    title = title or _title(uow, batch)
    state = "ready" if batch.device_id in ("", home) else "frozen"
    serial, prefix = uow.reserve_numbers("voucher", len(wanted)), device_prefix(home)
    made = tuple(
        Voucher(
            id=new_id(), number=voucher_rules.voucher_number(prefix, serial + at), payment_id=one.id, batch_id=batch.id,
            programme_id=batch.programme_id, round_id=batch.round_id, payee_id=one.payee_id, title=title, name=one.name, kana=one.kana,
            birth=one.birth, address=one.address, district=one.district, category=one.category, amount=one.amount, guarded=batch.guarded,
            home_device=home, expires_on=expires_on, state=state,
        )
        for at, one in enumerate(wanted)
    )  # fmt: skip
    uow.vouchers.add_many(made)
    return made


def _title(uow: UnitOfWork, batch: PaymentBatch) -> str:
    programme, found = uow.programmes.get(batch.programme_id), uow.rounds.get(batch.round_id)
    parts = (programme.title if programme else "", found.title if found else "")
    return " ".join(part for part in parts if part) or batch.title


# -- acts of headquarters ----------------------------------------------------------------------------------------


def assign(
    ctx: Context, *, voucher_ids: Sequence[str] = (), batch_id: str = "", site_id: str = "", device: str = "", expires_on: str = ""
) -> VoucherActs:
    """Assign vouchers to the device of a site that shows the four letters ``device``; "" is this device itself.
    ``expires_on``: the last day on which they may be paid, "" as they are.

    Needs the right ``relief`` at headquarters. ``batch_id`` alone means all of the batch that are not assigned. A site without letters is
    RuleViolation ``voucher.device_missing``, unless it is this site; ``voucher.device_malformed``; one voucher alone that is refused is
    its RuleViolation, of several it is in ``refused``.
    """
    _require_home(ctx)
    site, holder = _holder(ctx, site_id, device)
    day = read_day(expires_on, field="expires_on")
    with ctx.unit() as uow:
        uow.sites.need(site)
        found = _chosen(ctx, uow, voucher_ids, batch_id=batch_id, states=("ready",))
        mine, changed = ctx.place.device_id, uow.reads.cash.changed([one.id for one in found])

        def give(one: Voucher) -> Voucher:
            if one.id in changed:
                raise RuleViolation("voucher.amount_changed", number=one.number, record=one.id)
            until = day or one.expires_on
            return voucher_rules.assign(one, site_id=site, device=holder, own_device=mine, at=uow.now, expires_on=until)

        return _act(uow, found, give)


def _holder(ctx: Context, site_id: str, device: str) -> tuple[str, str]:
    """Site and ``device_id`` of who will hold them."""
    letters = read_symbols(device) if device else ""
    if letters is None or letters and len(letters) != 4:
        raise RuleViolation("voucher.device_malformed", field="device", text=device)
    if letters == ctx.place.device_prefix or not letters and site_id in ("", ctx.place.site_id):
        return site_id or ctx.place.site_id, ctx.place.device_id
    devices = known_devices(ctx)
    if devices is not None:
        return _enrolled_holder(ctx, devices, site_id, letters)
    if not letters:
        raise RuleViolation("voucher.device_missing", field="device")
    if not site_id:
        raise RuleViolation("voucher.site_missing", field="site")
    return site_id, letters


def _enrolled_holder(ctx: Context, devices: DeviceList, site_id: str, letters: str) -> tuple[str, str]:
    """Where devices are enrolled only these get anything: a site's only device needs no letters, a device's letters no site.

    RuleViolation ``voucher.device_missing``, ``voucher.device_not_enrolled``, ``voucher.device_at_other_site``.
    """
    if not letters:
        there = devices.at_site(site_id)
        if len(there) != 1:
            raise RuleViolation("voucher.device_missing", field="device")
        return site_id, there[0].letters
    found = next((one for one in devices.devices if one.active and one.letters == letters), None)
    if found is None:
        raise RuleViolation("voucher.device_not_enrolled", field="device", device=letters)
    chosen = ctx.reads.get("site", site_id) if site_id else None
    if isinstance(chosen, Site) and chosen.id != found.site_id and fold_name(chosen.name) != fold_name(found.site_name):
        raise RuleViolation("voucher.device_at_other_site", field="device", device=letters, site=found.site_name, chosen=chosen.name)
    return site_id or found.site_id, letters


def recall(ctx: Context, *, voucher_ids: Sequence[str] = (), batch_id: str = "", reason: str = "") -> VoucherActs:
    """Ask vouchers back. Those this device holds are home at once; others only when a package of their site says so (``waiting``)."""
    _require_home(ctx)
    with ctx.unit(reason=reason) as uow:
        found = _chosen(ctx, uow, voucher_ids, batch_id=batch_id, states=("assigned",))
        return _act(uow, found, lambda one: voucher_rules.ask_back(one, own_device=ctx.place.device_id, reason=reason))


def freeze(ctx: Context, *, reason: str, device: str = "", voucher_ids: Sequence[str] = (), release: bool = False) -> VoucherActs:
    """A laptop is lost: nobody can pay what it holds, until its file or folder is found (``release``) or two people void it.

    ``device``: all vouchers of the device with these letters. RuleViolation ``reason.missing``.
    """
    _require_home(ctx)
    if not reason.strip() and not release:
        raise RuleViolation("reason.missing", field="reason")
    mine = ctx.place.device_id
    with ctx.unit(reason=reason) as uow:
        ids = list(voucher_ids)
        if device:
            letters = read_symbols(device) or device
            states = ("frozen",) if release else ("assigned", "recalled")
            ids += [one.id for one in uow.reads.cash.vouchers_of(letters) if one.state in states]
        found = _chosen(ctx, uow, ids, hidden=bool(device))
        if release:
            return _act(uow, found, lambda one: voucher_rules.unfreeze(one, own_device=mine))
        return _act(uow, found, lambda one: voucher_rules.freeze(one, own_device=mine, reason=reason.strip()))


def ask_void(ctx: Context, *, voucher_ids: Sequence[str], reason: str) -> VoucherActs:
    """Ask that vouchers never be paid; another person confirms. RuleViolation ``reason.missing``."""
    _require_home(ctx)
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason) as uow:
        found = _chosen(ctx, uow, voucher_ids)
        mine, who = ctx.place.device_id, ctx.actor.name
        return _act(uow, found, lambda one: voucher_rules.ask_void(one, own_device=mine, asked_by=who, reason=reason.strip()))


def confirm_void(ctx: Context, *, voucher_ids: Sequence[str]) -> VoucherActs:
    """The second person voids them: the payments end, and what they stood for can be paid anew. ``voucher.two_people`` for the same."""
    _require_home(ctx)
    with ctx.unit() as uow:
        found = _chosen(ctx, uow, voucher_ids)
        acts = _act(
            uow, found, lambda one: voucher_rules.void(one, own_device=ctx.place.device_id, confirmed_by=ctx.actor.name), after=on_void
        )
        return acts


def adopt(ctx: Context, *, reason: str) -> VoucherActs:
    """Take over, in a restored folder of headquarters, what its old folder assigned: all unpaid ones become frozen."""
    _require_home(ctx)
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    mine = ctx.place.device_id
    with ctx.unit(reason=reason) as uow:
        ids = uow.reads.cash.voucher_ids(filter=VoucherFilter())
        found = [one for one in uow.reads.cash.vouchers(ids) if one.home_device != mine]
        return _act(uow, found, lambda one: voucher_rules.adopt(one, own_device=mine, reason=reason.strip()))


def give_up(ctx: Context, *, voucher_ids: Sequence[str], reason: str = "") -> VoucherActs:
    """This device gives unpaid vouchers up, for good in this term. Headquarters learns of it by the next package.

    Needs the right ``pay``.
    """
    ctx.require("pay")
    with ctx.unit(reason=reason) as uow:
        found = _chosen(ctx, uow, voucher_ids)
        return _act(uow, found, lambda one: voucher_rules.give_up(one, own_device=ctx.place.device_id, reason=reason.strip()))


def _require_home(ctx: Context) -> None:
    ctx.require("relief")
    need_home(ctx)


def _chosen(
    ctx: Context, uow: UnitOfWork, voucher_ids: Sequence[str], *, batch_id: str = "", states: Sequence[str] = (), hidden: bool = False
) -> list[Voucher]:
    """The vouchers named, or those of a batch in one of the states. One the actor may not know of is not there."""
    reads = uow.reads.seen_by(see_protected=sees_protected(ctx)).cash
    ids = list(dict.fromkeys(voucher_ids))
    if batch_id and not ids:
        ids = [one.id for one in uow.vouchers.where(batch_id=batch_id) if one.state in states]
        shown = reads.shown(ids)
        ids = [one for one in ids if one in shown]
    elif not hidden:
        shown = reads.shown(ids)
        for one in ids:
            if one not in shown:
                raise RuleViolation("record.not_found", kind="voucher", record=one)
    if not ids:
        raise RuleViolation("voucher.none")
    return uow.reads.cash.vouchers(ids)


def _act(
    uow: UnitOfWork, found: Sequence[Voucher], change: Change, *, after: Callable[[UnitOfWork, Voucher], None] | None = None
) -> VoucherActs:
    """Apply the change to each; one alone that is refused is its own refusal."""
    changed: list[Voucher] = []
    refused: list[VoucherRefusal] = []
    unchanged = 0
    for one in found:
        try:
            made = change(one)
        except RuleViolation as fault:
            if len(found) == 1:
                raise
            refused.append(VoucherRefusal(number=one.number, code=fault.code, params=fault.params))
            continue
        if made == one:
            unchanged += 1
        else:
            changed.append(made)
    uow.vouchers.save_many(changed)
    for one in changed if after else ():
        assert after is not None
        after(uow, one)
    return VoucherActs(
        done=tuple(one.number for one in changed), total=sum(one.amount for one in changed), unchanged=unchanged, refused=tuple(refused),
        waiting=sum(one.state == "recalled" for one in changed), changes=uow.commit(),
    )  # fmt: skip


# -- looking -----------------------------------------------------------------------------------------------------


def list_voucher_ids(ctx: Context, *, filter: VoucherFilter) -> list[str]:
    """Ids in the filter's order."""
    return ctx.reads.cash.voucher_ids(filter=filter, device=ctx.place.device_id)


def voucher_rows(ctx: Context, voucher_ids: Sequence[str]) -> list[VoucherRow]:
    """In the order of the ids."""
    return ctx.reads.cash.voucher_rows(voucher_ids, device=ctx.place.device_id)


def site_counts(ctx: Context) -> list[SiteCount]:
    """Vouchers and yen by site, device and state."""
    return ctx.reads.cash.site_counts()


def count_not_home(ctx: Context) -> int:
    """At headquarters: unpaid vouchers that its folder before a restore assigned, to be taken over by ``adopt``. 0 at a site."""
    return ctx.reads.cash.not_home(ctx.place.device_id) if ctx.place.site_kind == "hq" else 0


def count_changed(ctx: Context) -> int:
    """At headquarters: unpaid vouchers of which less is due now than they say, to be taken back. 0 at a site, which cannot know."""
    return len(list_voucher_ids(ctx, filter=VoucherFilter(state="changed"))) if ctx.place.site_kind == "hq" else 0


def open_voucher(ctx: Context, *, voucher_id: str) -> VoucherFile:
    """A voucher with its receipts and what may be done. RuleViolation ``record.not_found``."""
    from app.usecases.cash_rows import ReceiptFilter

    rows = voucher_rows(ctx, [voucher_id])
    if not rows:
        raise RuleViolation("record.not_found", kind="voucher", record=voucher_id)
    voucher = ctx.reads.cash.vouchers([voucher_id])[0]
    refusal = None
    try:
        voucher_rules.check_payable(voucher, own_device=ctx.place.device_id, term=None, today=today(ctx).isoformat())
        if rows[0].changed:
            raise RuleViolation("voucher.amount_changed", number=voucher.number, record=voucher.id)
    except RuleViolation as fault:
        refusal = VoucherRefusal(number=voucher.number, code=fault.code, params=fault.params)
    ids = ctx.reads.cash.receipt_ids(filter=ReceiptFilter(voucher_id=voucher_id))
    return VoucherFile(
        row=rows[0], receipts=tuple(ctx.reads.cash.receipt_rows(ids)), may=_may(ctx, voucher, refusal is None), refusal=refusal
    )


def _may(ctx: Context, voucher: Voucher, payable: bool) -> frozenset[str]:
    """Acts that could succeed now."""
    may: set[str] = set()
    ours = voucher.device_id == ctx.place.device_id
    if ctx.actor.may("pay"):
        may |= {"pay"} if payable else set()
        may |= {"refund"} if ours and voucher.state == "paid" else set()
        may |= {"give_up"} if ours and voucher.state == "assigned" else set()
    if ctx.actor.may("relief") and ctx.place.site_kind == "hq" and voucher.home_device == ctx.place.device_id:
        by_state = {
            "ready": {"assign", "void"}, "assigned": {"recall"} | (set() if ours else {"freeze"}), "recalled": {"freeze"},
            "frozen": {"unfreeze", "void"},
        }  # fmt: skip
        may |= by_state.get(voucher.state, set())
        may |= {"void"} if ours and voucher.state == "assigned" else set()
        if voucher.asked_by and voucher.asked_by != ctx.actor.name and "void" in may:
            may.add("confirm_void")
    return frozenset(may)


def find_voucher_ids(ctx: Context, *, numbers: Sequence[str]) -> list[str]:
    """Ids of typed numbers or scanned codes; RuleViolation ``voucher.not_found`` for the first that is none this actor may know of."""
    found = []
    for text in numbers:
        code = voucher_rules.read_voucher_code(text)
        number = code.number if code else voucher_rules.read_number(text)
        voucher = ctx.reads.cash.voucher_by_number(number) if number else None
        if voucher is None or voucher.id not in ctx.reads.cash.shown([voucher.id]):
            raise RuleViolation("voucher.not_found", field="voucher", text=text)
        found.append(voucher.id)
    return found


# -- sites -------------------------------------------------------------------------------------------------------


def list_sites(ctx: Context) -> list[Site]:
    """All sites that vouchers can be assigned to, this one first."""
    sites = [one for one in ctx.reads.all("site") if isinstance(one, Site)]
    return sorted(sites, key=lambda one: one.id != ctx.place.site_id)


def ensure_site(ctx: Context, *, name: str, kind: str = "shelter") -> Site:
    """The site of this name, made when there is none. Needs the right ``relief`` at headquarters; RuleViolation ``voucher.site_missing``."""
    _require_home(ctx)
    if not name.strip():
        raise RuleViolation("voucher.site_missing", field="site")
    wanted = fold_name(name)
    for one in list_sites(ctx):
        if fold_name(one.name) == wanted:
            return one
    devices = known_devices(ctx)
    there = next((one for one in devices.devices if fold_name(one.site_name) == wanted), None) if devices is not None else None
    with ctx.unit() as uow:  # an enrolled site whose first package has not come yet keeps its own id
        made = uow.sites.add(Site(id=there.site_id, name=there.site_name, kind=there.site_kind) if there else Site(id=new_id(), name=name.strip(), kind=kind))
        uow.commit()
        return made
