"""Applications for certificates: taken down, looked up, moved on, approved. DOMAIN 2.5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.usecases.certificate_rows import (
    ApplicationCounts,
    ApplicationFile,
    ApplicationFilter,
    ApplicationRow,
    Applied,
    FoundApplication,
    Moved,
)
from app.usecases.context import Changes, Context
from app.usecases.ports import UnitOfWork


def apply(
    ctx: Context,
    *,
    values: Mapping[str, Any],
    victim_id: str = "",
    building_id: str = "",
    resident_id: str = "",
    household: Mapping[str, Any] | None = None,
    members: Sequence[Mapping[str, Any]] = (),
    building: Mapping[str, Any] | None = None,
    tenure: str = "unknown",
) -> Applied:
    """Take an application down; it gets a number of this device and today's next queue number.

    ``values``: fields of ``Application``. The household is ``victim_id``, or that of a resident of the snapshot (``resident_id``), or written
    down as told (``household``: fields of ``Victim``, ``members``: of ``VictimMember``): then it is ``declared``. The building is
    ``building_id`` or written down (``building``: fields of ``Building``). They are linked when they are not yet.

    Goes straight to 調査待ち (a 罹災証明書 with a building), 判定 (the building is judged already, or a report certificate).
    Warnings, never refusals: ``application.late``, ``application.again`` (with the earlier number).
    RuleViolation beside the field: ``application.applicant_missing``, ``application.proxy_missing`` (an agent without 委任状),
    ``application.copies``, ``application.day``, ``word.unknown``.
    """
    raise NotImplementedError


def correct_application(ctx: Context, *, application_id: str, version: int, values: Mapping[str, Any], reason: str = "") -> Changes:
    """Change what was written down (not the state). Of an issued one only contact, purposes, copies and note; StaleRecord."""
    raise NotImplementedError


def link_application(ctx: Context, *, application_id: str, victim_id: str = "", building_id: str = "") -> Changes:
    """Say whose and about which building it is; moves it on when nothing is missing any more."""
    raise NotImplementedError


def judge_self(ctx: Context, *, application_id: str, note: str, surveyed_on: str = "") -> Changes:
    """Write down a 自己判定 (準半壊に至らない with consent): a survey of method ``self`` that waits for the check by another person.

    RuleViolation ``application.no_consent``, ``application.photo_note`` (what the photos show must be noted), ``application.no_building``.
    """
    raise NotImplementedError


def move(ctx: Context, *, application_ids: Sequence[str], state: str, reason: str = "") -> Moved:
    """Move applications by the rules of ``domain.certificate_states``; each that may not go is in ``refused`` with what is missing."""
    raise NotImplementedError


def approve(ctx: Context, *, application_ids: Sequence[str]) -> Moved:
    """決裁 of many at once, with who and when. Right ``approve``."""
    raise NotImplementedError


def close(ctx: Context, *, application_ids: Sequence[str], reason: str) -> Moved:
    """取下げ・終了, with a reason. ``move(state="received")`` opens it again."""
    raise NotImplementedError


def list_application_ids(ctx: Context, *, filter: ApplicationFilter | None = None) -> Sequence[str]:
    """Ids in the order of the filter's sort. Protected households' are not among them without the right."""
    raise NotImplementedError


def application_rows(ctx: Context, *, application_ids: Sequence[str]) -> list[ApplicationRow]:
    """Rows in the same order."""
    raise NotImplementedError


def open_application(ctx: Context, *, application_id: str) -> ApplicationFile:
    """One application with household, building and certificates; noted in the access log."""
    raise NotImplementedError


def find_application_id(ctx: Context, *, number: str) -> str | None:
    """The application of a number typed in any width and case, or an id."""
    raise NotImplementedError


def find_application(ctx: Context, *, number: str, birth: str) -> FoundApplication:
    """「申請はどうなっていますか」: state, waiting days and next step for number and birth date (any era or ISO).

    RuleViolation ``application.not_found``, the same for an unknown number and a wrong birth date, and after too many wrong tries for
    one number on one day ``application.too_many_tries``. Wrong tries are in the access log.
    """
    raise NotImplementedError


def count_applications(ctx: Context) -> ApplicationCounts:
    """What is open, without those the actor may not know of."""
    raise NotImplementedError


def on_grade_changed(uow: UnitOfWork, building_id: str) -> None:
    """A building's counted grade changed (or none counts any more). See ``on_grades_changed``."""
    on_grades_changed(uow, [building_id])


def on_grades_changed(uow: UnitOfWork, building_ids: Sequence[str]) -> None:
    """The counted grades of buildings changed: applications 調査待ち → 判定 (判定, 決裁 take the new grade, 決裁 falls back to 判定),

    certificates in force that say another grade are marked 差替が必要. Call it inside the unit of work that changed the surveys.
    """
    raise NotImplementedError
