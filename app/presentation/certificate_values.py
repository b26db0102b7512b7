"""The words on a certificate: each variable of its form as text, from the facts it certifies (DOMAIN 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.domain.building import VictimMember
from app.domain.dates import format_era
from app.presentation.columns.texts import birth_era
from app.presentation.labels import label
from app.usecases.certificate_rows import CertificateFacts

PROVISIONAL = "仮番号（本部の確認前）"
NO_MEMBERS = "（記載なし）"
NOT_TOLD = "―"
"""So that nobody writes into the empty lines by hand."""
DECLARED = "申告による記載（住民データとの照合前）"


def certificate_values(facts: CertificateFacts) -> Mapping[str, str]:
    """Every variable that certificate forms know; "" for what does not apply. ``copy_no`` is added when it is printed.

    A household written down without an address has that of the building it lived in.
    """
    application, victim, building = facts.application, facts.victim, facts.building
    place = " ".join(filter(None, (building.address, facts.room))) if building else ""
    home = (victim.address if victim else "") or (place if facts.lives_there else "")
    contact = application.contact_address or (victim.contact_address if victim else "")
    postal = application.contact_postal if application.contact_address else (victim.postal if victim and not contact else "")
    return {
        "number": facts.number,
        "head_address": home,
        "head_name": victim.head_name or victim.head_kana if victim else "",
        "cause": application.cause or facts.settings.cause or default_cause(facts),
        "building_address": place if building else _told(facts, home),
        "grade": label("grade", facts.grade) if facts.kind == "damage" else "",
        "members": "\n".join(map(_member, facts.members)) or (NO_MEMBERS if facts.kind == "damage" else ""),
        "extra1": facts.settings.extra1,
        "extra2": facts.settings.extra2,
        "issued_on": format_era(date.fromisoformat(facts.issued_on)),
        "municipality": facts.signature.municipality,
        "mayor_title": facts.signature.mayor_title,
        "mayor_name": facts.signature.mayor_name,
        "code": facts.code,
        "provisional": PROVISIONAL if facts.provisional else "",
        "declared": DECLARED if application.declared else "",
        "applicant_name": application.applicant_name,
        "applicant_address": contact or home,
        "purpose": _words("application.purposes", application.purposes),
        "damage": application.damage or _told(facts, NOT_TOLD),
        "objects": _words("application.objects", application.objects) or _told(facts, NOT_TOLD),
        "reported_on": format_era(date.fromisoformat(application.applied_on)) if application.applied_on else "",
        "postal": postal,
        "delivery_address": contact or home,
        "delivery_name": application.applicant_name,
    }


def default_cause(facts: CertificateFacts) -> str:
    """令和6年1月1日の見本地震による."""
    return f"{format_era(date.fromisoformat(facts.occurred_on))}の{facts.disaster_name}による"


def _told(facts: CertificateFacts, words: str) -> str:
    """On a 被災証明書, which certifies what was told, no line stays open for others to fill in."""
    return words if facts.kind == "report" else ""


def _member(member: VictimMember) -> str:
    return "\t".join((member.name or member.kana, member.relation, birth_era(member.birth)))


def _words(kind: str, codes: tuple[str, ...]) -> str:
    return "、".join(label(kind, code) for code in codes)
