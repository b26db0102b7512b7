"""Who works here and where: disaster, site, operator, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Disaster(Record):
    """The one disaster this folder is about."""

    name: str
    occurred_at: datetime
    municipality_code: str
    municipality_name: str = ""
    training: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Record):
    """A seat of work: headquarters, a desk, a shelter."""

    name: str
    kind: str = "shelter"
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator(Record):
    """A member of staff who signs in. ``slot`` names the key slot that the password opens."""

    name: str
    roles: tuple[str, ...] = ()
    slot: str = ""
    disabled: bool = False
    deleted: bool = False


ROLES = ("view", "shelter", "survey", "desk", "accounting", "approval", "admin", "protected")

_EVERYONE = frozenset({"view", "password"})
_RIGHTS: dict[str, frozenset[str]] = {
    "view": frozenset(),
    "shelter": frozenset({"register", "headcount", "export", "print", "backup", "pay", "exchange", "settle"}),
    "survey": frozenset({"survey", "check_survey", "export", "print", "exchange"}),
    "desk": frozenset(
        {
            *("register", "headcount", "export", "print", "backup", "link", "survey", "check_survey", "apply", "issue"),
            *("claim", "check_account", "pay", "exchange", "settle"),
        }
    ),
    "accounting": frozenset({"export", "print", "backup", "exchange", "claim", "check_account", "programmes", "relief", "pay", "ledger", "check_money"}),
    "approval": frozenset({"export", "print", "check_survey", "approve", "seal", "check_account", "check_money", "approve_money", "ledger"}),
    "admin": frozenset(
        {
            "register",
            "headcount",
            "export",
            "print",
            "backup",
            "link",
            "shelters",
            "residents",
            "operators",
            "settings",
            "audit",
            "unprotect",
            "survey",
            "check_survey",
            "apply",
            "issue",
            "approve",
            "forms",
            "seal",
            *("claim", "check_account", "programmes", "relief", "pay", "ledger", "check_money", "approve_money", "limits"),
            *("exchange", "settle", "enrol"),
        }
    ),
    "protected": frozenset({"see_protected", "protect"}),
}
"""Registering and extending a protection measure is one right, releasing it another: releasing needs both roles, admin and protected,
because it cannot be done without seeing the people (``usecases.protections``).

Money: ``programmes`` rules and rounds, ``claim`` applications, payees and accounts, ``check_account`` the second look at an account, ``relief``
calculating, preparing, transfers, vouchers and results, ``check_money`` and ``approve_money`` the two steps of another person, ``pay`` cash at a
desk, ``ledger`` the books, ``limits`` how much a role may approve. That two people are needed is checked by name, whatever the roles.

Exchange: ``exchange`` writing packages and taking them in, ``settle`` deciding conflicts, ``enrol`` devices and their keys."""


def rights_of(roles: tuple[str, ...]) -> frozenset[str]:
    """All rights that a set of roles gives. An unknown role gives nothing."""
    return _EVERYONE.union(*(_RIGHTS.get(role, frozenset()) for role in roles))
