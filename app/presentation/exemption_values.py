"""What stands on an exemption certificate (減免該当証明書) and on a form to decline (辞退届)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.domain.dates import format_era
from app.presentation.columns.texts import birth_era
from app.presentation.yen_words import yen
from app.usecases.batch_rows import RefusalRow
from app.usecases.exemptions import ExemptedHousehold, ExemptionFacts
from app.usecases.relief_rows import EntitlementRow

MOST_ROWS = 14
"""Lines of the form. A shorter list ends in words, so that nothing can be written below it."""


def exemption_values(household: ExemptedHousehold, facts: ExemptionFacts) -> Mapping[str, str]:
    """The strings of the variables of the form ``exemption_certificate``."""
    head = household.head
    lines = [f"{row.programme}\t{benefit}\t{row.name}" for row in household.rows for benefit in row.benefits or (row.category,)]
    found = list(dict.fromkeys(lines))
    return {
        "number": head.number,
        "name": head.name or head.kana,
        "address": head.address,
        "category": "・".join(dict.fromkeys(row.category for row in household.rows if row.category)),
        "cause": f"{format_era(date.fromisoformat(facts.occurred_on))}の{facts.disaster_name}による",
        "benefits": "\n".join([*found, "\t以下余白\t"] if len(found) < MOST_ROWS else found),
        "issued_on": format_era(date.fromisoformat(facts.issued_on)),
        "municipality": facts.signature.municipality,
        "mayor_title": facts.signature.mayor_title,
        "mayor_name": facts.signature.mayor_name,
    }


def refusal_values(row: EntitlementRow | RefusalRow, *, programme: str, to: str) -> Mapping[str, str]:
    """The strings of the variables of the form ``relief_refusal``; what the person writes stays empty."""
    declined = isinstance(row, RefusalRow)
    return {
        "number": row.number,
        "to": to,
        "programme": programme,
        "category": row.category,
        "amount": yen(row.due) if row.due else "",
        "name": row.name or row.kana,
        "birth": birth_era(row.birth),
        "address": row.address,
        "reason": row.reason if declined else "",
    }
