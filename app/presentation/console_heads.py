"""What each verb of the command line calls the keys of its result, and in which words it says their codes: one key, many meanings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.dates import parse_instant
from app.presentation.columns.texts import moment_long
from app.presentation.console_certificates import CERTIFICATE_HEADS
from app.presentation.console_damage import FORM_HEADS
from app.presentation.console_relief import RELIEF_CODES, RELIEF_HEADS
from app.presentation.console_surveys import SURVEY_HEADS
from app.presentation.console_sync import SYNC_CODES, SYNC_HEADS
from app.presentation.labels import label

_APPLICATION = {"number": "受付番号"}
_CERTIFICATE = {"number": "証明書番号"}
_HEADS: Mapping[str, Mapping[str, str]] = {
    **{f"certificates {action}": _APPLICATION for action in ("apply", "link", "self-judge", "slip", "status")},
    **{f"certificates {action}": _CERTIFICATE for action in ("reprint", "revoke", "supersede", "verify")},
    "certificates": CERTIFICATE_HEADS,
    "surveys": SURVEY_HEADS,
    "buildings": SURVEY_HEADS,
    "forms": FORM_HEADS,
    **RELIEF_HEADS,
    **SYNC_HEADS,
}
"""By verb with action, then by verb."""
_ANY = {**SURVEY_HEADS, **CERTIFICATE_HEADS, **FORM_HEADS}
_CODES: Mapping[str, Mapping[str, str]] = {
    **{f"certificates {action}": {"state": "certificate.state"} for action in ("revoke", "verify")},
    "certificates": {"state": "application.state", "kind": "application.kind", "grade": "grade", "newer_grade": "grade"},
    "surveys": {"state": "survey.state", "kind": "survey.kind", "grade": "grade"},
    "buildings": {"state": "survey.state", "grade": "grade"},
    "forms": {"state": "form_design.state"},
    **RELIEF_CODES,
    **SYNC_CODES,
}


def _places(verb: str, action: str) -> Iterator[str]:
    yield f"{verb} {action}"
    if " " in action:
        yield f"{verb} {action.split()[0]}"
    yield verb


def own_head(verb: str, action: str, key: str) -> str:
    """The heading of this verb for a key; "" where it has none of its own."""
    return next((_HEADS[one][key] for one in _places(verb, action) if key in _HEADS.get(one, {})), "")


def any_head(key: str) -> str:
    """What some verb calls a key that neither this verb nor most verbs have a word for; the key itself where there is none."""
    return _ANY.get(key, key)


def own_words(verb: str, action: str, key: str, value: Any) -> str | None:
    """A code in the words of this verb; None where the key holds no code of its own."""
    if not isinstance(value, str):
        return None
    if (verb, key) == ("forms", "source"):
        from app.presentation.form_designs import SOURCES  # brings more than a plain verb needs

        return SOURCES.get(value, value)
    if verb == "sync" and key.endswith("_at") and value:
        return moment_long(parse_instant(value))
    kind = next((_CODES[one][key] for one in _places(verb, action) if key in _CODES.get(one, {})), "")
    return (label(kind, value) or "―") if kind else None
