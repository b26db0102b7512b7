"""The verbs of applications and certificates. Exit code 1 when some were refused or stopped: the others are done."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.certificate_lookups import (
    confirm,
    doubles,
    find_resident,
    key,
    list_all,
    list_declared,
    need_application,
    need_certificate,
    read_kind,
    read_word,
    settings,
    tell_refused,
    tell_warnings,
)
from app.cli.imports import show_progress
from app.cli.outputs import Answer
from app.cli.signing import signed_in
from app.domain import building as building_words
from app.domain import certificate as words
from app.domain.certificate import Application
from app.domain.certificate_code import MAGIC
from app.domain.errors import EnvironmentFault, RuleViolation, UsageFault
from app.presentation.labels import label
from app.presentation.messages import message
from app.usecases import applications, certificates
from app.usecases.buildings import need_building
from app.usecases.certificate_rows import (
    ApplicationFilter,
    Issued,
    Moved,
    Verified,
)
from app.usecases.context import Context
from app.usecases.job import Job

_FILE_ENDINGS = (".PDF", ".PNG", ".JPG", ".JPEG", ".TIF", ".TIFF", ".HEIC")
_MOST_STDIN = 100_000


# -- applications ------------------------------------------------------------------------------------------


def apply(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates apply``."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        made = applications.apply(
            ctx,
            values=_values(given),
            victim_id=given.victim,
            resident_id=find_resident(ctx, given.resident) if given.resident else "",
            household=_household(given) if given.head else None,
            members=[_member(text) for text in given.member],
            building_id=need_building(ctx, text=given.building) if given.building else "",
            building={"address": given.building_address} if given.building_address else None,
            tenure=read_word("occupancy.tenure", given.tenure or "unknown", building_words.TENURES, field="tenure"),
        )
        one = made.application
        return {
            "id": one.id, "number": one.number, "queue": made.queue, "state": one.state, "kind": one.kind, "grade": one.grade,
            "victim": one.victim_id, "building": one.building_id, "declared": one.declared, "warnings": tell_warnings(made.warnings),
        }, 0  # fmt: skip


def _values(given: Namespace) -> dict[str, Any]:
    kinds = {"applicant_role": (given.role or "self", words.ROLES), "channel": (given.channel or "counter", words.CHANNELS)}
    chosen = {name: read_word(f"application.{name}", text, codes, field=name) for name, (text, codes) in kinds.items()}
    lists = {"purposes": (given.use, words.PURPOSES), "objects": (given.object, words.OBJECTS)}
    many = {
        name: tuple(read_word(f"application.{name}", text, codes, field=name) for text in texts) for name, (texts, codes) in lists.items()
    }
    return {
        "kind": read_kind(given.kind) or "damage", "applicant_name": given.applicant, "applicant_kana": given.kana, "applicant_birth": given.birth,
        "proxy": given.proxy, "identified": given.identified, "phone": given.phone, "contact_postal": given.contact_postal,
        "contact_address": given.contact_address, "cause": given.cause, "damage": given.damage, "copies": given.copies,
        "with_members": given.with_members, "self_judgement": given.self_judgement, "applied_on": given.on, "note": given.note, **chosen, **many,
    }  # fmt: skip


def _household(given: Namespace) -> dict[str, str]:
    return {
        "head_name": given.head, "head_kana": given.head_kana, "head_birth": given.head_birth, "address": given.head_address,
        "postal": given.head_postal,
    }  # fmt: skip


def _member(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise UsageFault("cli.json_unreadable", detail=text[:80]) from None
    if not isinstance(found, dict):
        raise UsageFault("cli.json_unreadable", detail=type(found).__name__)
    return found


def _chosen(ctx: Context, given: Namespace, states: Sequence[str]) -> tuple[list[str], int]:
    """Applications named or all that are so far, and how many of these are withheld from this operator."""
    if bool(given.numbers) == bool(given.all_judged):
        raise UsageFault("cli.certificates_which")
    if given.numbers:
        return [need_application(ctx, number) for number in given.numbers], 0
    kind = read_kind(given.kind)
    ids = [one for state in states for one in applications.list_application_ids(ctx, filter=ApplicationFilter(state=state, kind=kind))]
    return ids, applications.count_withheld(ctx, states=states, kind=kind)


def approve(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates approve``."""
    with signed_in(gateway, given) as session:
        ids, withheld = _chosen(session.context, given, ("judged",))
        done = applications.approve(session.context, application_ids=ids)
        return _moved("approved", done, withheld)


def move(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates move``."""
    with signed_in(gateway, given) as session:
        ids = [need_application(session.context, number) for number in given.numbers]
        state = read_word("application.state", given.to, words.APPLICATION_STATES, field="state")
        return _moved("moved", applications.move(session.context, application_ids=ids, state=state, reason=given.reason), 0)


def _moved(name: str, done: Moved, withheld: int) -> Answer:
    return {name: len(done.moved), "refused": tell_refused(done.refused), "withheld": done.withheld + withheld}, 1 if done.refused else 0


def link(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates link``."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        found = need_application(ctx, given.number)
        place = need_building(ctx, text=given.building) if given.building else ""
        applications.link_application(ctx, application_id=found, building_id=place, victim_id=given.victim)
        return _state(ctx, found)


def self_judge(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates self-judge``."""
    with signed_in(gateway, given) as session:
        found = need_application(session.context, given.number)
        applications.judge_self(session.context, application_id=found, note=given.note, surveyed_on=given.on)
        return _state(session.context, found)


def _state(ctx: Context, application_id: str) -> Answer:
    one = ctx.reads.get("application", application_id)
    if not isinstance(one, Application):
        raise RuleViolation("record.not_found", kind="application", record=application_id)
    return {"number": one.number, "state": one.state, "grade": one.grade}, 0


def status(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates status NUMBER --birth DATE``."""
    with signed_in(gateway, given) as session:
        found = applications.find_application(session.context, number=given.number, birth=given.birth)
        told = message(f"application.next.{found.next_step}")
        said = message(
            "application.told", number=found.number, state=label("application.state", found.state), days=found.waiting_days, next=told
        )
        return {
            "number": found.number, "kind": found.kind, "state": found.state, "applied_on": found.applied_on,
            "waiting_days": found.waiting_days, "next": told, "certificate": found.certificate_number, "issued_on": found.issued_on,
            "message": said,
        }, 0  # fmt: skip


def slip(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates slip NUMBER --out FILE``."""
    from app.interchange.exporting.queue_slip import print_slip

    with signed_in(gateway, given) as session:
        found = need_application(session.context, given.number)
        done = print_slip(session.context, application_id=found, out=Path(given.out), folder=session.folder)
        return {"number": done.number, "queue": done.queue, "file": str(done.path), "pages": done.pages}, 0


# -- certificates ------------------------------------------------------------------------------------------


def issue(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates issue``."""
    with signed_in(gateway, given) as session:
        done, made, withheld = _issue(session.context, given, session.folder)
        answer = {
            "issued": len(done.certificates), "certificates": list(done.numbers), "approved": done.approved, "applications": made,
            "refused": tell_refused(done.refused), "withheld": done.withheld + withheld, "warnings": tell_warnings(done.warnings),
        }  # fmt: skip
        return answer, 1 if done.refused else 0


def _issue(ctx: Context, given: Namespace, folder: Path) -> tuple[Issued, int, int]:
    """What was issued, how many applications were made for it, how many households were withheld beforehand."""
    from app.interchange.certificates import issue_certificates

    job = Job(show_progress)
    made: tuple[str, ...] = ()
    withheld = 0
    if given.without_application:
        made, withheld = certificates.open_push_applications(ctx, job=job)
    if given.numbers or given.all_judged:
        ids, hidden = _chosen(ctx, given, ("judged", "approved"))
    elif given.without_application:
        ids, hidden = list(made), 0
    else:
        raise UsageFault("cli.certificates_which")
    ids = list(dict.fromkeys([*ids, *made]))
    on = getattr(given, "on", "")
    return issue_certificates(ctx, application_ids=ids, form=given.form, folder=folder, issued_on=on, job=job), len(made), withheld + hidden


def print_papers(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates print``."""
    from app.interchange.certificates import print_certificates

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        extra: dict[str, Any] = {}
        ids: Sequence[str] = ()
        if given.plan and not given.from_number:
            return _plan(ctx, given)
        if given.all_judged or given.without_application:
            done, made, withheld = _issue(ctx, given, session.folder)
            extra = {"issued": len(done.certificates), "approved": done.approved, "applications": made, "withheld": done.withheld + withheld,
                     "refused": tell_refused(done.refused)}  # fmt: skip
            ids = done.certificates
        if given.all_judged or given.missing:  # with those that were issued before
            ids, extra["to_replace"] = certificates.list_unprinted_ids(ctx, kind=read_kind(given.kind))
        elif given.numbers and not given.without_application:
            ids = [need_certificate(ctx, number) for number in given.numbers]
        elif not (given.from_number or given.without_application):
            raise UsageFault("cli.certificates_which")
        options = _options(ctx, given)
        if not given.out:
            raise UsageFault("cli.out_missing")
        outcome = print_certificates(
            ctx, certificate_ids=ids, out=Path(given.out), options=options, sort=given.sort, from_number=given.from_number,
            labels=Path(given.labels) if given.labels else None, label_form=given.label_form, substitutes=given.substitutes,
            folder=session.folder, job=Job(show_progress),
        )  # fmt: skip
        return _printed(outcome, extra)


def _plan(ctx: Context, given: Namespace) -> Answer:
    """``--plan``: what the run would need, with what it would issue first; nothing is issued, printed or counted."""
    from app.interchange.certificates import plan_printing

    if given.without_application:
        raise UsageFault("cli.certificates_plan")
    asked: Sequence[str] = ()
    if given.all_judged:
        asked, _ = _chosen(ctx, given, ("judged", "approved"))
    if given.all_judged or given.missing:
        ids, older = certificates.list_unprinted_ids(ctx, kind=read_kind(given.kind))
    else:
        ids, older = [need_certificate(ctx, number) for number in given.numbers], 0
    found = plan_printing(ctx, certificate_ids=ids, application_ids=asked, options=_options(ctx, given))
    return {**asdict(found), "to_issue": len(asked), "to_replace": older}, 0


def reprint(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates reprint NUMBER --reason …``."""
    from app.interchange.certificates import print_certificates

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        reason = read_word("certificate_copy.reason", given.reason, words.COPY_REASONS, field="reason")
        outcome = print_certificates(
            ctx, certificate_ids=[need_certificate(ctx, given.number)], out=Path(given.out), options=_options(ctx, given), reason=reason,
            copies=given.copies, substitutes=given.substitutes, folder=session.folder, job=Job(show_progress),
        )  # fmt: skip
        return _printed(outcome, {})


def _options(ctx: Context, given: Namespace) -> Any:
    from app.printing.imposition import BatchOptions
    from app.usecases.forms import read_offset

    offset = read_offset(ctx, printer=given.printer) if given.printer else None
    more = {name: getattr(given, name) for name in ("imposition", "per_file", "separators") if hasattr(given, name)}
    return BatchOptions(
        nup=given.nup, page=given.page, duplex=given.duplex, preprinted=given.preprinted,
        offset=(offset.right, offset.down) if offset else (0.0, 0.0), **more,
    )  # fmt: skip


def _printed(outcome: Any, extra: Mapping[str, Any]) -> Answer:
    answer = {
        "files": [str(path) for path in outcome.files], "pages": outcome.pages, "sheets": outcome.sheets, "printed": outcome.printed,
        "certificates": outcome.certificates, "batch": outcome.batch, "stopped": tell_refused(outcome.stopped),
        "labels": [str(path) for path in outcome.labels], "warnings": list(outcome.warnings), "flip": outcome.flip, **extra,
    }  # fmt: skip
    return answer, 1 if outcome.stopped or extra.get("refused") else 0


def revoke(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates revoke NUMBER --reason TEXT``."""
    with signed_in(gateway, given) as session:
        found = need_certificate(session.context, given.number)
        certificates.revoke(session.context, certificate_id=found, reason=given.reason)
        (row,) = certificates.certificate_rows(session.context, certificate_ids=[found])
        return {"number": row.number, "state": row.state, "reason": row.reason}, 0


def supersede(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates supersede NUMBER --reason TEXT``."""
    from app.interchange.certificates import supersede_certificate

    with signed_in(gateway, given) as session:
        found = need_certificate(session.context, given.number)
        done = supersede_certificate(session.context, certificate_id=found, reason=given.reason, form=given.form, folder=session.folder)
        (row,) = certificates.certificate_rows(session.context, certificate_ids=[found])
        return {"number": row.number, "successor": done.numbers[0]}, 0


def verify(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates verify TEXT|FILE|-``: exit code 0 for a genuine paper in force, 1 for any other."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        found = [certificates.verify(ctx, text=sys.stdin.read(_MOST_STDIN))] if given.text == "-" else _verify(ctx, given.text)
        told = [_verified(one) for one in found]
        answer = told[0] if len(told) == 1 else {"ok": all(one["ok"] for one in told), "codes": told}
        return answer, 0 if answer["ok"] else 1


def _verify(ctx: Context, text: str) -> list[Verified]:
    from app.interchange.certificates import verify_file

    path = Path(text) if len(text) < 400 else None
    try:
        is_file = path is not None and path.is_file()
    except OSError:  # a name no system can have
        is_file = False
    if not is_file and _names_file(text):
        raise EnvironmentFault("certificate.file_missing", path=text)
    return verify_file(ctx, path=path) if is_file and path else [certificates.verify(ctx, text=text)]


def _names_file(text: str) -> bool:
    """Whether it was meant as a file: an ending or a separator that no code of ours without its beginning has."""
    told = text.strip().upper()
    return not told.startswith(f"{MAGIC}:") and (told.endswith(_FILE_ENDINGS) or "/" in told or "\\" in told)


def _verified(found: Verified) -> dict[str, Any]:
    which = f"{found.result}_{found.state}" if found.result == "withdrawn" else found.result
    code = found.problem or f"certificate.verified.{which}{'_newer' if found.newer_grade else ''}"
    said = message(code, **{name: value for name, value in asdict(found).items() if value})
    answer = {
        name: getattr(found, name) for name in ("result", "ok", "number", "kind", "grade", "issued_on", "key_id", "state", "successor")
    }
    return {**answer, "reason": found.reason if found.result == "withdrawn" else "", "message": said}


CERTIFICATE_VERBS: Mapping[str, Callable[[FolderGateway, Namespace], Answer]] = {
    "certificates apply": apply,
    "certificates approve": approve,
    "certificates issue": issue,
    "certificates print": print_papers,
    "certificates reprint": reprint,
    "certificates revoke": revoke,
    "certificates supersede": supersede,
    "certificates move": move,
    "certificates link": link,
    "certificates self-judge": self_judge,
    "certificates verify": verify,
    "certificates list": list_all,
    "certificates status": status,
    "certificates slip": slip,
    "certificates key": key,
    "certificates declared": list_declared,
    "certificates doubles": doubles,
    "certificates confirm": confirm,
    "certificates settings": settings,
}
