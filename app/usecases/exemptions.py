"""Exemptions (減免) and refusals (辞退): who is exempted from what, household by household, and who declined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.domain.identifiers import read_lettered
from app.usecases.batch_rows import ExemptionRow, RefusalRow
from app.usecases.context import Context
from app.usecases.forms import Signature, read_signature
from app.usecases.protections import read_day, today

_NEEDED = "certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptedHousehold:
    """What one certificate is about: the rows of a household, those of the household itself first. ``head`` is whose name it bears."""

    head: ExemptionRow
    rows: tuple[ExemptionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionFacts:
    """Everything that exemption certificates say besides their household."""

    issued_on: str
    occurred_on: str
    disaster_name: str
    signature: Signature


def list_exemptions(ctx: Context, *, programme_id: str = "", round_id: str = "", district: str = "", text: str = "") -> list[ExemptionRow]:
    """Everybody entitled in a round of exemptions, or in all of them, by district and reading. Protected people only with the right."""
    return ctx.reads.batches.exemptions(programme_id=programme_id, round_id=round_id, district=district, text=text)


def list_refusals(ctx: Context, *, programme_id: str = "", round_id: str = "", district: str = "") -> list[RefusalRow]:
    """Everybody who declined what they were entitled to, in the order they are numbered."""
    return ctx.reads.batches.refusals(programme_id=programme_id, round_id=round_id, district=district)


def group_households(rows: Sequence[ExemptionRow]) -> list[ExemptedHousehold]:
    """Those that can be certified (not declined, with their disaster certificate) by household, in the order their first row came.

    A claim or documents may still be missing: with the certificate people go and claim at the offices that exempt.
    """
    found: dict[str, list[ExemptionRow]] = {}
    for row in rows:
        if row.state == "open" and _NEEDED not in row.wants:
            found.setdefault(row.household or row.id, []).append(row)
    made = []
    for group in found.values():
        ordered = sorted(group, key=lambda row: (row.unit != "household", row.programme, row.number))
        made.append(ExemptedHousehold(head=ordered[0], rows=tuple(ordered)))
    return made


def need_certifiable(
    ctx: Context, *, numbers: Sequence[str], programme_id: str = "", round_id: str = "", district: str = ""
) -> list[ExemptedHousehold]:
    """The households of these numbers (or all), ready for certificates. RuleViolation ``exemption.not_found``, ``exemption.nobody``."""
    households = group_households(list_exemptions(ctx, programme_id=programme_id, round_id=round_id, district=district))
    by_number = {row.number: one for one in households for row in one.rows}
    chosen: list[ExemptedHousehold] = []
    for number in numbers:
        found = by_number.get(read_lettered("T", number) or number.strip().upper())
        if found is None:
            raise RuleViolation("exemption.not_found", field="number", number=number)
        chosen += [found] if found not in chosen else []
    if numbers:
        return chosen
    if not households:
        raise RuleViolation("exemption.nobody")
    return households


def exemption_facts(ctx: Context, *, issued_on: str = "") -> ExemptionFacts:
    """Who certifies and when. RuleViolation ``certificate.no_mayor``, ``certificate.day``."""
    day = read_day(issued_on, field="issued_on") or today(ctx).isoformat()
    first = ctx.place.occurred_at.astimezone(JST).date()
    if not first.isoformat() <= day <= today(ctx).isoformat():
        raise RuleViolation("certificate.day", field="issued_on", first=first, last=today(ctx))
    signature = read_signature(ctx)
    if not signature.mayor_title or not signature.mayor_name:
        raise RuleViolation("certificate.no_mayor", field="mayor_name")
    return ExemptionFacts(
        issued_on=day, occurred_on=first.isoformat(), disaster_name=ctx.place.disaster_name, signature=signature
    )  # fmt: skip
