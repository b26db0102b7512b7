"""Printed forms of this municipality: own versions of layouts, who approved them, the seal, printers, and who signs.

Which layout prints: an approved design, else the newest layout file in the data folder's ``forms``, else the one that ships
(``printing.designs.active_layout``). Versions are never overwritten, so a paper can be printed again as it was. Shipped layouts and
files of the folder count from 1, designs of a store from 101: one form and number means one layout.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.certificate import FormDesign, SealPicture
from app.domain.errors import RuleViolation
from app.domain.governance import Operator, rights_of
from app.domain.identifiers import new_id
from app.usecases.context import Changes, Context
from app.usecases.form_rows import LongestTexts
from app.usecases.ports import UnitOfWork

FIRST_OWN = 101
"""The number of the first version that a municipality makes itself."""
MOST_LAYOUT = 400_000  # characters: a layout of hundreds of boxes is 60,000
MOST_OFFSET = 20.0  # mm
SEAL_WIDTHS = (8.0, 60.0)  # mm: from a mayor's round seal to the largest square one
SEAL_WORDS = ("place", "omitted")
"""What stands in the box without a picture: a pale 公印, or the words 公印省略."""

CheckLayout = Callable[[str, str, int], object]
"""``printing.designs.check_design``: refuses the text of a layout (form, version) that cannot be printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignRow:
    """One version made here. ``made_by`` and ``approved_by`` are names; ``used``: it is what prints now."""

    id: str
    form: str
    number: int
    title: str
    state: str
    made_by: str
    made_by_me: bool
    approved_by: str
    approved_at: datetime | None
    note: str
    digest: str
    version: int
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving or approving made. ``warnings`` are message codes, e.g. that nobody else looked at it."""

    id: str
    form: str
    number: int
    warnings: tuple[str, ...] = ()
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signs: 市町村長's title and name, and the municipality's name as printed."""

    municipality: str = ""
    mayor_title: str = ""
    mayor_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """How far a printer is off, in mm: positive moves the print to the right and down."""

    printer: str
    right: float = 0.0
    down: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRow:
    """A seal picture. ``picture`` is PNG as base64 text, ``width`` mm; ``used``: it is the one that prints."""

    id: str
    name: str
    picture: str
    width: float
    state: str
    made_by: str
    made_by_me: bool
    approved_by: str
    note: str
    version: int
    used: bool


# -- designs -----------------------------------------------------------------------------------------------


def list_designs(ctx: Context, *, form: str = "") -> list[DesignRow]:
    """Every version made here, newest first, of one form or of all."""
    designs = _designs(ctx, form)
    names = _names(ctx)
    used = {one: _used(designs, one) for one in {design.form for design in designs}}
    return [
        DesignRow(
            id=one.id, form=one.form, number=one.number, title=one.title, state=one.state, made_by=names.get(one.made_by, ""),
            made_by_me=one.made_by == ctx.actor.operator_id, approved_by=names.get(one.approved_by, ""), approved_at=one.approved_at,
            note=one.note, digest=layout_digest(one.layout), version=one.version, used=one is used[one.form],
        )
        for one in sorted(designs, key=lambda one: (one.form, -one.number))
    ]  # fmt: skip


def find_design(ctx: Context, *, form: str, number: int | None = None, digest: str = "") -> FormDesign | None:
    """The version that prints now, or the one with that number, or with that digest (retired ones too: for reprints)."""
    designs = _designs(ctx, form)
    if digest:
        return next((one for one in designs if layout_digest(one.layout) == digest), None)
    if number is not None:
        return next((one for one in designs if one.number == number), None)
    return _used(designs, form)


def need_design(ctx: Context, *, form: str, number: int) -> FormDesign:
    """The version with that number. RuleViolation ``form.version_unknown``."""
    found = find_design(ctx, form=form, number=number)
    if found is None:
        raise RuleViolation("form.version_unknown", field="number", form=form, number=number)
    return found


def save_design(ctx: Context, *, form: str, layout: str, check: CheckLayout, title: str = "", note: str = "", reason: str = "") -> Saved:
    """A new draft version. Nothing that was saved before changes; the same text as the newest version again is no new one.

    ``check`` refuses a layout that cannot be printed (InputFault) before anything is written. RuleViolation ``form.too_long``.
    """
    ctx.require("forms")
    if len(layout) > MOST_LAYOUT:
        raise RuleViolation("form.layout_too_long", field="layout", most=MOST_LAYOUT)
    with ctx.unit(reason=reason) as uow:
        known = uow.designs.where(form=form)
        number = max((one.number for one in known), default=FIRST_OWN - 1) + 1
        check(layout, form, number)
        newest = max(known, key=lambda one: one.number, default=None)
        if newest is not None and newest.layout == layout and newest.state != "retired":
            return Saved(id=newest.id, form=form, number=newest.number, warnings=("form.unchanged",), changes={})
        design = FormDesign(
            id=new_id(), form=form, number=number, title=title.strip(), layout=layout, made_by=ctx.actor.operator_id, note=note.strip()
        )
        uow.designs.add(design)
        return Saved(id=design.id, form=form, number=number, changes=uow.commit())


def approve_design(ctx: Context, *, form: str, number: int, check: CheckLayout, version: int | None = None) -> Saved:
    """From now on this version prints; older approved ones stay for reprints.

    Who made it does not approve it (RuleViolation ``form.own_design``), unless nobody else here may: then it is allowed and
    ``warnings`` says so.
    """
    ctx.require("seal")
    with ctx.unit() as uow:
        design = _need(uow, form, number)
        if design.state == "approved":
            raise RuleViolation("form.already_approved", field="number", number=number)
        warnings = _second_person(uow, ctx, maker=design.made_by, code="form.own_design")
        check(design.layout, form, number)
        changed = replace(design, state="approved", approved_by=ctx.actor.operator_id, approved_at=ctx.now())
        uow.designs.save(changed, expected_version=version)
        return Saved(id=design.id, form=form, number=number, warnings=warnings, changes=uow.commit())


def retire_design(ctx: Context, *, form: str, number: int, reason: str = "", version: int | None = None) -> Changes:
    """Take a version out of use (also a draft nobody wants). What was printed with it can still be printed again."""
    ctx.require("forms")
    with ctx.unit(reason=reason) as uow:
        design = _need(uow, form, number)
        if design.state == "retired":
            raise RuleViolation("form.already_retired", field="number", number=number)
        if design.state == "approved":
            ctx.require("seal")
        uow.designs.save(replace(design, state="retired"), expected_version=version)
        return uow.commit()


def layout_digest(layout: str) -> str:
    """SHA-256 of a layout's text, as kept with each certificate."""
    return hashlib.sha256(layout.encode("utf-8")).hexdigest()


def _designs(ctx: Context, form: str) -> list[FormDesign]:
    found = [one for one in ctx.reads.all("form_design") if isinstance(one, FormDesign)]
    return [one for one in found if not form or one.form == form]


def _used(designs: Sequence[FormDesign], form: str) -> FormDesign | None:
    """The approved version that was approved last; two laptops that never met may both have made one."""
    approved = [one for one in designs if one.form == form and one.state == "approved"]
    return max(approved, key=lambda one: (one.approved_at.timestamp() if one.approved_at else 0.0, one.number, one.id), default=None)


def _need(uow: UnitOfWork, form: str, number: int) -> FormDesign:
    found = [one for one in uow.designs.where(form=form) if one.number == number]
    if not found:
        raise RuleViolation("form.version_unknown", field="number", form=form, number=number)
    return found[0]


def _names(ctx: Context) -> dict[str, str]:
    return {one.id: one.name for one in ctx.reads.all("operator") if isinstance(one, Operator)}


def _second_person(uow: UnitOfWork, ctx: Context, *, maker: str, code: str) -> tuple[str, ...]:
    """Nothing to say when somebody else made it; a warning when nobody else here could approve; else RuleViolation ``code``."""
    if maker != ctx.actor.operator_id:
        return ()
    others = [
        one
        for one in uow.operators.where()
        if isinstance(one, Operator) and not one.disabled and one.id != ctx.actor.operator_id and "seal" in rights_of(one.roles)
    ]
    if others:
        raise RuleViolation(code, field="number", others=", ".join(one.name for one in others[:3]))
    return ("form.approved_alone",)


# -- seal --------------------------------------------------------------------------------------------------


def list_seals(ctx: Context) -> list[SealRow]:
    """Every seal picture, the one in use first."""
    ctx.require("seal")
    names = _names(ctx)
    records = [one for one in ctx.reads.all("seal_picture") if isinstance(one, SealPicture)]
    used = _used_seal(records)
    rows = [
        SealRow(
            id=one.id, name=one.name, picture=one.picture, width=one.width, state=one.state, made_by=names.get(one.made_by, ""),
            made_by_me=one.made_by == ctx.actor.operator_id, approved_by=names.get(one.approved_by, ""), note=one.note,
            version=one.version, used=one is used,
        )
        for one in records
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (not row.used, ("draft", "approved", "retired").index(row.state)))


def find_seal(ctx: Context) -> SealPicture | None:
    """The approved seal that this operator may put on paper; None without the right ``seal`` or without an approved picture."""
    if not ctx.actor.may("seal"):
        return None
    return _used_seal([one for one in ctx.reads.all("seal_picture") if isinstance(one, SealPicture)])


def save_seal(ctx: Context, *, name: str, picture: str, width: float, note: str = "") -> Saved:
    """A seal picture (PNG, base64, made by ``printing.seals.read_seal``) as a draft. RuleViolation ``seal.name_missing``, ``seal.width``."""
    ctx.require("seal")
    if not name.strip():
        raise RuleViolation("seal.name_missing", field="name")
    if not SEAL_WIDTHS[0] <= width <= SEAL_WIDTHS[1]:
        raise RuleViolation("seal.width", field="width", low=SEAL_WIDTHS[0], high=SEAL_WIDTHS[1])
    with ctx.unit() as uow:
        seal = SealPicture(
            id=new_id(), name=name.strip(), picture=picture, width=round(width, 1), made_by=ctx.actor.operator_id, note=note.strip()
        )
        uow.seals.add(seal)
        return Saved(id=seal.id, form="", number=0, changes=uow.commit())


def approve_seal(ctx: Context, *, seal_id: str) -> Saved:
    """From now on this picture is put on paper; the one before is retired. The second person as in ``approve_design``."""
    ctx.require("seal")
    with ctx.unit() as uow:
        seal = uow.seals.need(seal_id)
        if seal.state == "approved":
            raise RuleViolation("seal.already_approved", field="id")
        warnings = _second_person(uow, ctx, maker=seal.made_by, code="seal.own_picture")
        for other in uow.seals.where(state="approved"):
            uow.seals.save(replace(other, state="retired"))
        uow.seals.save(replace(seal, state="approved", approved_by=ctx.actor.operator_id))
        return Saved(id=seal.id, form="", number=0, warnings=warnings, changes=uow.commit())


def retire_seal(ctx: Context, *, seal_id: str, reason: str = "") -> Changes:
    """Take a picture out of use."""
    ctx.require("seal")
    with ctx.unit(reason=reason) as uow:
        seal = uow.seals.need(seal_id)
        if seal.state == "retired":
            raise RuleViolation("seal.already_retired", field="id")
        uow.seals.save(replace(seal, state="retired"))
        return uow.commit()


def _used_seal(records: Sequence[SealPicture]) -> SealPicture | None:
    return max((one for one in records if one.state == "approved"), key=lambda one: one.id, default=None)


# -- who signs, printers -----------------------------------------------------------------------------------

_SIGNATURE = {"municipality": "form.municipality", "mayor_title": "form.mayor_title", "mayor_name": "form.mayor_name"}
_SEAL_WORDS = "form.seal_words"
_OFFSETS = "form.offset."
_PRINTERS = "form.printers"
_SPLIT = re.compile(r"[\t\n]+")


def read_signature(ctx: Context) -> Signature:
    """Who signs. The municipality's name is that of the folder until another is written; title and name stay empty until then."""
    read = ctx.reads.settings.get
    return Signature(
        municipality=read(_SIGNATURE["municipality"]) or ctx.place.municipality_name,
        mayor_title=read(_SIGNATURE["mayor_title"]),
        mayor_name=read(_SIGNATURE["mayor_name"]),
    )


def change_signature(ctx: Context, *, values: Signature) -> Changes:
    """Who signs from now on; papers already issued keep what they say. RuleViolation ``form.signature_long``."""
    ctx.require("forms")
    with ctx.unit() as uow:
        for name, setting in _SIGNATURE.items():
            text = str(getattr(values, name)).strip()
            if len(text) > 60:
                raise RuleViolation("form.signature_long", field=name, most=60)
            uow.set_setting(setting, text)
        return uow.commit()


def read_seal_words(ctx: Context) -> str:
    """One of ``SEAL_WORDS``."""
    chosen = ctx.reads.settings.get(_SEAL_WORDS, SEAL_WORDS[0])
    return chosen if chosen in SEAL_WORDS else SEAL_WORDS[0]


def change_seal_words(ctx: Context, *, words: str) -> Changes:
    """What stands where the seal would be when no picture is printed."""
    ctx.require("forms")
    if words not in SEAL_WORDS:
        raise RuleViolation("word.unknown", field="seal_words", word=words)
    with ctx.unit() as uow:
        uow.set_setting(_SEAL_WORDS, words)
        return uow.commit()


def list_offsets(ctx: Context) -> list[Offset]:
    """The printers of this laptop that somebody measured."""
    names = [name for name in _SPLIT.split(ctx.reads.settings.get(_PRINTERS)) if name]
    return [read_offset(ctx, printer=name) for name in names]


def read_offset(ctx: Context, *, printer: str) -> Offset:
    """How far the printer is off; 0 when nobody measured it."""
    right, _, down = ctx.reads.settings.get(_OFFSETS + printer, "0,0").partition(",")
    return Offset(printer=printer, right=float(right), down=float(down or 0))


def change_offset(ctx: Context, *, printer: str, right: float, down: float) -> Changes:
    """Keep how far a printer is off, in steps of 0.1 mm. RuleViolation ``form.offset_range``, ``form.printer_missing``."""
    ctx.require("print")
    name = _SPLIT.sub(" ", printer).strip()
    if not name:
        raise RuleViolation("form.printer_missing", field="printer")
    for field, value in (("right", right), ("down", down)):
        if not abs(value) <= MOST_OFFSET:
            raise RuleViolation("form.offset_range", field=field, most=MOST_OFFSET)
    with ctx.unit() as uow:
        known = [one for one in _SPLIT.split(uow.reads.settings.get(_PRINTERS)) if one]
        if name not in known:
            uow.set_setting(_PRINTERS, "\n".join([*known, name]))
        uow.set_setting(_OFFSETS + name, f"{right:.1f},{down:.1f}")
        return uow.commit()


# -- trying a form out -------------------------------------------------------------------------------------


def read_longest(ctx: Context) -> LongestTexts:
    """The longest texts of the store. Needs the right to print; whose texts they are is noted in the access log."""
    ctx.require("print")
    found = ctx.reads.forms.longest()
    if found.victims:
        with ctx.unit() as uow:
            uow.log_access(action="view", persons=list(found.victims), target="forms")
            uow.commit()
    return found
