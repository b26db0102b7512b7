"""Enrolling a laptop: it asks, headquarters accepts, the laptop takes the answer. Files, QR and typed text carry the same (``domain.enrolment``)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain import enrolment as texts
from app.domain.enrolment import Answer, Request, fingerprint, same_fingerprint
from app.domain.errors import IntegrityFault, RuleViolation
from app.domain.exchange import DeviceList, EnrolledDevice
from app.domain.identifiers import device_prefix
from app.usecases.cash_desk import disaster_mark
from app.usecases.context import Changes, Context
from app.usecases.enrolment import (
    CONFIRMED,
    check_list,
    device_list,
    find_site,
    former_device,
    in_order,
    keep_list,
    moment,
    need_office,
    revoked,
    sign_list,
    write_list,
)
from app.usecases.ports import UnitOfWork
from app.usecases.reception import Warning
from app.usecases.voucher_freezing import freeze_held


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRequest:
    """A request that was made here. ``text`` for a QR, ``lines`` for a file and for typing."""

    request: Request
    text: str
    lines: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request before it is accepted. ``site``: the existing site that would be taken, "" for the laptop's own; ``before``: the device that
    this laptop was before, if it is active or was revoked with fewer operations than the laptop holds (``behind``). ``refusal``: why it
    cannot be accepted.
    """

    request: Request
    fingerprint: str
    site_id: str
    site_name: str
    before: EnrolledDevice | None
    behind: int
    warnings: tuple[Warning, ...]
    refusal: RuleViolation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A laptop that headquarters enrolled. ``lines``: the answer for its file; ``text``: short enough for one QR. ``replaced``: the letters of
    the device that was revoked for it.
    """

    device: EnrolledDevice
    number: int
    lines: str
    text: str
    fingerprint: str
    replaced: str
    vouchers: tuple[str, ...]
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """An answer before it is taken. ``known``: this municipal key is trusted here already. ``refusal``: why it cannot be taken."""

    answer: Answer
    member: EnrolledDevice | None
    fingerprint: str
    known: bool
    refusal: RuleViolation | IntegrityFault | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """This laptop takes part now. ``moved``: it works for another site from its next opening on. ``holds_key``: it may enrol others."""

    member: EnrolledDevice
    number: int
    fingerprint: str
    confirmed: bool
    moved: bool
    holds_key: bool
    changes: Changes


# -- the laptop asks -------------------------------------------------------------------------------------------


def make_request(ctx: Context) -> MadeRequest:
    """Ask headquarters to enrol this laptop; its keys are made now. The same again until it is enrolled.

    Right ``enrol``. RuleViolation ``enrol.request_at_office``, ``enrol.already_member``.
    """
    ctx.require("enrol")
    if ctx.keys.municipal_key():
        raise RuleViolation("enrol.request_at_office")
    known = device_list(ctx)
    mine = known.find(ctx.place.device_id) if known else None
    if mine is not None:
        raise RuleViolation("enrol.already_member" if mine.active else "enrol.revoked_here", device=mine.letters, reason=mine.reason)
    ctx.keys.renew()
    place = ctx.place
    before = former_device(ctx)
    former = ctx.reads.exchange.vector().get(before)
    request = Request(
        device=place.device_id, letters=place.device_prefix, site_id=place.site_id, site_name=place.site_name, site_kind=place.site_kind,
        recipient=ctx.keys.recipient(), verify_key=ctx.keys.verify_key(), municipality_code=place.municipality_code,
        municipality=place.municipality_name, disaster=place.disaster_name, mark=disaster_mark(ctx), training=place.training,
        written_at=ctx.now().replace(microsecond=0).isoformat(), before=before, seq=former.seq if former else 0,
    )  # fmt: skip
    signed = replace(request, signature=ctx.keys.sign(request.text()))
    text = texts.write_request(signed)
    return MadeRequest(request=signed, text=text, lines=texts.in_lines(text), fingerprint=signed.fingerprint)


def become_new(ctx: Context, *, reason: str) -> str:
    """Make this folder a device of its own, after headquarters found its four letters taken or revoked it; answers the new id.

    Right ``enrol``. It counts from the next opening on; money and vouchers are taken over as after a restore.
    """
    ctx.require("enrol")
    with ctx.unit(reason=reason) as uow:
        device = uow.become_new_device()
        uow.commit()
    return device


# -- headquarters accepts ------------------------------------------------------------------------------------


def look_at_request(ctx: Context, *, text: str, path: str = "") -> RequestView:
    """What a request asks, and whether it can be accepted. Raises what ``read_request`` raises; IntegrityFault ``enrol.request_false``."""
    found = _need_office(ctx)
    request = _read_request(ctx, text, path)
    site = find_site(ctx, request.site_id) or find_site(ctx, request.site_name)
    before = _former(ctx, found, request)
    try:
        _check_request(ctx, found, request, again=False)
        refusal = None
    except RuleViolation as fault:
        refusal = fault
    return RequestView(
        request=request, fingerprint=request.fingerprint, site_id=site.id if site else "", site_name=site.name if site else "",
        before=before, behind=request.seq - before.revoked_seq if before and not before.active else 0,
        warnings=_warnings(request, site.kind if site else ""), refusal=refusal,
    )  # fmt: skip


def _former(ctx: Context, found: DeviceList, request: Request) -> EnrolledDevice | None:
    """The device that this laptop was before, as far as something can be done about it."""
    before = found.find(request.before) if request.before and request.before != ctx.place.device_id else None
    return before if before is not None and (before.active or request.seq > before.revoked_seq) else None


def _warnings(request: Request, kind: str) -> tuple[Warning, ...]:
    if kind and kind != request.site_kind:
        return (Warning(code="enrol.other_kind", params={"asked_kind": request.site_kind, "our_kind": kind}),)
    return ()


def accept_request(
    ctx: Context, *, text: str, path: str = "", site: str = "", replaces: bool = False, with_key: bool = False, again: bool = False,
    expected: str = "",
) -> Accepted:  # fmt: skip
    """Enrol the laptop that asks. ``site``: an existing one (name or id) that it shall work for; "" takes one of its own id or name, else its own.

    ``replaces``: revoke the device that this laptop was before; all of its operations that the laptop holds count, also when it had been
    revoked with fewer (a lost laptop was found). ``with_key``: it becomes a second device of headquarters that enrols.
    ``again``: the answer to a laptop that was accepted before (its file was lost). ``expected``: the fingerprint read out at the laptop.
    Right ``enrol``. Raises what ``look_at_request`` raises; RuleViolation ``enrol.other_municipality``, ``enrol.other_disaster``,
    ``enrol.training``, ``enrol.real``, ``enrol.own_request``, ``enrol.already``, ``enrol.was_revoked``, ``enrol.letters_taken``,
    ``enrol.keys_taken``, ``enrol.site_unknown``, ``enrol.hq_named``, ``enrol.key_only_hq``, ``enrol.request_fingerprint``.
    """
    found = _need_office(ctx)
    request = _read_request(ctx, text, path)
    if expected and not same_fingerprint(expected, request.fingerprint):
        raise RuleViolation("enrol.request_fingerprint", field="fingerprint", fingerprint=request.fingerprint)
    _check_request(ctx, found, request, again=again)
    known = found.find(request.device)
    if known is not None:
        return _answer(ctx, found, known, with_key=with_key)
    site_id, name, kind = _site_for(ctx, request, site, with_key=with_key)
    before = _former(ctx, found, request) if replaces else None
    with ctx.unit() as uow:
        entry = EnrolledDevice(
            device=request.device, letters=request.letters, site_id=site_id, site_name=name, site_kind=kind, recipient=request.recipient,
            verify_key=request.verify_key, enrolled_at=moment(uow),
        )  # fmt: skip
        devices = found.with_device(entry)
        if before is not None:
            devices = replace(devices.with_device(_ended(ctx, uow, before, request)), number=devices.number)
            numbers = sorted(one.number for one in uow.reads.cash.vouchers_of(before.letters) if one.state == "assigned")
            freeze_held(ctx, uow, letters=before.letters, reason=f"\u2192 {request.letters}")
        signed = write_list(ctx, uow, devices)
        uow.log_access(action="key", persons=0, target=request.letters)
        changes = uow.commit()
    made = _answer(ctx, signed, entry, with_key=with_key)
    if before is None:
        return replace(made, changes=changes)
    return replace(made, replaced=before.letters, vouchers=tuple(numbers), changes=changes)


def _ended(ctx: Context, uow: UnitOfWork, before: EnrolledDevice, request: Request) -> EnrolledDevice:
    if before.active:
        return revoked(ctx, uow, before, reason=f"\u2192 {request.letters}", told=request.seq)
    return replace(before, revoked_seq=max(before.revoked_seq, request.seq))


def _need_office(ctx: Context) -> DeviceList:
    """Who was handed a request by mistake is told so, and not that the laptop itself is not enrolled."""
    if not ctx.keys.municipal_key() and (ctx.place.site_kind != "hq" or device_list(ctx) is not None):
        raise RuleViolation("enrol.other_request")
    return need_office(ctx)


def _read_request(ctx: Context, text: str, path: str) -> Request:
    request = texts.read_request(text, path=path)
    unsigned = replace(request, signature="")
    if device_prefix(request.device) != request.letters or not ctx.keys.verify(unsigned.text(), request.signature, request.verify_key):
        raise IntegrityFault("enrol.request_false", path=path)
    return request


def _check_place(ctx: Context, told: Request | DeviceList) -> None:
    if told.training != ctx.place.training:
        raise RuleViolation("enrol.training" if told.training else "enrol.real")
    if told.municipality_code != ctx.place.municipality_code:
        raise RuleViolation("enrol.other_municipality", municipality=told.municipality)
    if told.mark != disaster_mark(ctx):
        raise RuleViolation("enrol.other_disaster", disaster=told.disaster)


def _check_request(ctx: Context, found: DeviceList, request: Request, *, again: bool) -> None:
    _check_place(ctx, request)
    if request.device == ctx.place.device_id:
        raise RuleViolation("enrol.own_request")
    known = found.find(request.device)
    same = known is not None and (known.recipient, known.verify_key) == (request.recipient, request.verify_key)
    if known is not None and not known.active:
        raise RuleViolation("enrol.was_revoked", device=known.letters, site=known.site_name, reason=known.reason)
    if known is not None and not (same and again):
        raise RuleViolation("enrol.already" if same else "enrol.already_other_keys", device=known.letters, site=known.site_name)
    for one in found.devices:
        if one.device == request.device:
            continue
        if one.letters == request.letters:
            raise RuleViolation("enrol.letters_taken", device=one.letters, site=one.site_name)
        if one.recipient == request.recipient or one.verify_key == request.verify_key:
            raise RuleViolation("enrol.keys_taken", device=one.letters, site=one.site_name)


def _site_for(ctx: Context, request: Request, wanted: str, *, with_key: bool) -> tuple[str, str, str]:
    """Id, name and kind of the site that the laptop works for. Headquarters only when a person names it."""
    site = find_site(ctx, wanted) if wanted else find_site(ctx, request.site_id) or find_site(ctx, request.site_name)
    if wanted and site is None:
        raise RuleViolation("enrol.site_unknown", field="site", site=wanted)
    found = (site.id, site.name, site.kind) if site else (request.site_id, request.site_name, request.site_kind)
    if found[2] == "hq" and not wanted:
        raise RuleViolation("enrol.hq_named", field="site", site=found[1])
    if with_key and found[2] != "hq":
        raise RuleViolation("enrol.key_only_hq", field="site", site=found[1])
    return found


def _answer(ctx: Context, devices: DeviceList, entry: EnrolledDevice, *, with_key: bool) -> Accepted:
    if with_key and entry.site_kind != "hq":
        raise RuleViolation("enrol.key_only_hq", field="site", site=entry.site_name)
    lent = ctx.keys.lend_municipal(entry.recipient) if with_key else ""
    whole = texts.write_answer(Answer(device=entry.device, devices=devices, lent=lent))
    short = whole
    if len(whole) > texts.MOST_QR:
        needed = tuple(one for one in in_order(devices.devices) if one.device in (entry.device, ctx.place.device_id))
        partial = sign_list(ctx, replace(devices, devices=needed, partial=True, signature=""))
        short = texts.write_answer(Answer(device=entry.device, devices=partial, lent=lent))
    return Accepted(
        device=entry, number=devices.number, lines=texts.in_lines(whole), text=short, fingerprint=fingerprint(devices.municipal_key),
        replaced="", vouchers=(), changes={},
    )  # fmt: skip


# -- the laptop takes the answer -------------------------------------------------------------------------------


def look_at_answer(ctx: Context, *, text: str, path: str = "") -> AnswerView:
    """What an answer says, and whether it can be taken here. Raises what ``read_answer`` raises."""
    ctx.require("enrol")
    answer = texts.read_answer(text, path=path)
    known = device_list(ctx)
    try:
        _check_answer(ctx, answer)
        refusal: RuleViolation | IntegrityFault | None = None
    except (RuleViolation, IntegrityFault) as fault:
        refusal = fault
    key = answer.devices.municipal_key
    trusted = known is not None and known.municipal_key == key and ctx.reads.settings.get(CONFIRMED) == key
    return AnswerView(
        answer=answer, member=answer.devices.find(answer.device), fingerprint=fingerprint(key), known=trusted, refusal=refusal
    )  # fmt: skip


def accept_answer(ctx: Context, *, text: str, path: str = "", expected: str = "") -> Enrolled:
    """Take headquarters' answer: this laptop trusts the municipality's key and takes part from now on.

    ``expected``: the fingerprint that a person read at headquarters; without it the key counts as not confirmed. Right ``enrol``.
    RuleViolation ``enrol.fingerprint``, ``enrol.for_other``, ``enrol.keys_differ``, ``enrol.other_key`` (another municipal key is trusted
    here; only with ``expected``), ``enrol.revoked_here``, ``enrol.older_answer``, those about the place as ``accept_request``.
    """
    ctx.require("enrol")
    answer = texts.read_answer(text, path=path)
    key = answer.devices.municipal_key
    if expected and not same_fingerprint(expected, fingerprint(key)):
        raise RuleViolation("enrol.fingerprint", field="fingerprint", fingerprint=fingerprint(key))
    member = _check_answer(ctx, answer)
    known = device_list(ctx)
    if known is not None and known.municipal_key != key and not expected:
        raise RuleViolation("enrol.other_key", field="fingerprint", fingerprint=fingerprint(key), known=fingerprint(known.municipal_key))
    if answer.lent:
        ctx.keys.take_municipal(answer.lent, expected=key)
    confirmed = bool(expected) or ctx.reads.settings.get(CONFIRMED) == key
    with ctx.unit() as uow:
        if not (answer.devices.partial and _holds_whole(known, answer)):
            keep_list(uow, answer.devices)
        uow.set_setting(CONFIRMED, key if confirmed else "")
        moved = _adopt(ctx, uow, member, answer.devices)
        uow.log_access(action="key", persons=0, target=member.letters)
        changes = uow.commit()
    return Enrolled(
        member=member, number=answer.devices.number, fingerprint=fingerprint(key), confirmed=confirmed, moved=moved,
        holds_key=ctx.keys.municipal_key() == key, changes=changes,
    )  # fmt: skip


def _holds_whole(known: DeviceList | None, answer: Answer) -> bool:
    """Whether the list here says more than a partial one of the same number."""
    told = answer.devices
    same = known is not None and (known.municipal_key, known.number) == (told.municipal_key, told.number)
    return same and known is not None and not known.partial


def _check_answer(ctx: Context, answer: Answer) -> EnrolledDevice:
    devices = answer.devices
    _check_place(ctx, devices)
    if answer.device != ctx.place.device_id and ctx.keys.municipal_key():
        raise RuleViolation("enrol.other_answer")
    if answer.device != ctx.place.device_id:
        raise RuleViolation("enrol.for_other", device=device_prefix(answer.device), mine=ctx.place.device_prefix)
    check_list(ctx, devices, trusted=devices.municipal_key)
    member = devices.find(answer.device)
    if member is None:
        raise IntegrityFault("enrol.list_false")
    if not member.active:
        raise RuleViolation("enrol.revoked_here", reason=member.reason)
    if (member.recipient, member.verify_key) != (ctx.keys.recipient(), ctx.keys.verify_key()):
        raise RuleViolation("enrol.keys_differ")
    known = device_list(ctx)
    if known is not None and known.municipal_key == devices.municipal_key and known.number > devices.number:
        mine = known.find(answer.device)
        if mine is not None:
            raise RuleViolation("enrol.older_answer" if mine.active else "enrol.revoked_here", reason=mine.reason)
    return member


def _adopt(ctx: Context, uow: UnitOfWork, member: EnrolledDevice, devices: DeviceList) -> bool:
    """Work for the site that headquarters named. Its record comes with the first package; until then the list tells its name.

    The site that this laptop made for itself ends, unless somebody else works there: nobody shall choose between two of one name.
    """
    if member.site_id == ctx.place.site_id:
        return False
    own = uow.sites.get(ctx.place.site_id)
    if own is not None and not own.deleted and not any(one.site_id == own.id for one in devices.devices if one.device != member.device):
        uow.sites.save(replace(own, deleted=True))
    uow.work_at(member.site_id)
    return True


def confirm_key(ctx: Context, *, expected: str) -> Changes:
    """Somebody compared the fingerprint later. RuleViolation ``enrol.fingerprint``."""
    ctx.require("enrol")
    known = device_list(ctx)
    if known is None or not same_fingerprint(expected, fingerprint(known.municipal_key)):
        raise RuleViolation("enrol.fingerprint", field="fingerprint", fingerprint=fingerprint(known.municipal_key) if known else "")
    with ctx.unit() as uow:
        uow.set_setting(CONFIRMED, known.municipal_key)
        return uow.commit()
