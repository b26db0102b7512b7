"""Asking for applications and certificates on the command line: lists, doubles, declared households, keys, settings."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.evacuees import plain
from app.cli.imports import show_progress
from app.cli.outputs import Answer
from app.cli.signing import signed_in
from app.domain import certificate as words
from app.domain.certificate import Application
from app.domain.errors import EnvironmentFault, RuleViolation, UsageFault
from app.domain.survey import GRADES
from app.presentation.labels import label, short_label
from app.presentation.messages import message
from app.usecases import applications, certificates, declared, municipal_key
from app.usecases.certificate_rows import ApplicationFilter, ApplicationRow, CertificateFilter, CertificateRow, KeyCard, Refusal
from app.usecases.certificate_settings import change_certificate_settings, read_certificate_settings
from app.usecases.context import Context
from app.usecases.files import atomic_output
from app.usecases.job import Job


def read_word(kind: str, text: str, codes: Sequence[str], *, field: str) -> str:
    """A code, or its word as the screen says it. RuleViolation ``word.unknown``."""
    wanted = text.strip()
    for code in codes:
        if wanted in (code, label(kind, code), short_label(kind, code)):
            return code
    raise RuleViolation("word.unknown", field=field, word=text)


def read_kind(text: str) -> str:
    return read_word("application.kind", text, words.KINDS, field="kind") if text else ""


def tell_refused(refused: Iterable[Refusal]) -> list[dict[str, Any]]:
    return [{"number": one.number or one.record, "code": one.code, "message": message(one.code, **one.params)} for one in refused]


def tell_warnings(warnings: Iterable[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    return [{"code": code, "message": message(code, **params), **plain(params)} for code, params in warnings]


def find_resident(ctx: Context, text: str) -> str:
    """A resident's id from the id or the number."""
    if ctx.reads.residents.get(text) is not None:
        return text
    found = next(iter(ctx.reads.residents.by_number(text)), None)
    if found is None:
        raise RuleViolation("resident.not_found", field="resident", record=text)
    return found.id


def need_application(ctx: Context, number: str) -> str:
    found = applications.find_application_id(ctx, number=number)
    if found is None:
        raise RuleViolation("application.number_unknown", field="number", number=number)
    return found


def need_certificate(ctx: Context, number: str) -> str:
    found = certificates.find_certificate_id(ctx, number=number)
    if found is None:
        raise RuleViolation("certificate.not_found", field="number", number=number)
    return found


def list_all(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates list``."""
    state = ""
    asked = given.applications or bool(given.missing or given.waiting)
    if given.state:
        codes = words.APPLICATION_STATES if asked else words.CERTIFICATE_STATES
        try:
            state = read_word("application.state" if asked else "certificate.state", given.state, codes, field="state")
        except RuleViolation:
            state, asked = read_word("application.state", given.state, words.APPLICATION_STATES, field="state"), True
    grade = read_word("grade", given.grade, GRADES, field="grade") if given.grade else ""
    common = {"text": given.text, "state": state, "kind": read_kind(given.kind), "district": given.district, "grade": grade}
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if asked:
            wanted = ApplicationFilter(**common, missing=given.missing, waiting=given.waiting, sort=given.sort or "number")
            ids = applications.list_application_ids(ctx, filter=wanted)
            return {"applications": [_application_row(row) for row in applications.application_rows(ctx, application_ids=ids)]}, 0
        listed = certificates.list_certificate_ids(
            ctx,
            filter=CertificateFilter(
                **common,
                replace=given.replace,
                unprinted=given.unprinted,
                provisional=given.provisional or None,
                sort=given.sort or "number",
            ),
        )
        return {"certificates": [_row(row) for row in certificates.certificate_rows(ctx, certificate_ids=listed)]}, 0


def _application_row(row: ApplicationRow) -> dict[str, Any]:
    return {
        "id": row.id, "number": row.number, "queue": row.queue, "kind": row.kind, "state": row.state, "applied_on": row.applied_on,
        "channel": row.channel, "applicant": row.applicant_name, "head_name": row.head_name, "building": row.building_number,
        "building_address": row.building_address, "district": row.district, "grade": row.grade, "waiting_days": row.waiting_days,
        "certificate": row.certificate_number, "declared": row.declared,
    }  # fmt: skip


def _row(row: CertificateRow) -> dict[str, Any]:
    return {
        "id": row.id, "number": row.number, "kind": row.kind, "grade": row.grade, "newer_grade": row.newer_grade, "state": row.state,
        "head_name": row.head_name, "postal": row.postal, "address": row.address, "district": row.district, "building": row.building_number,
        "building_address": row.building_address, "application": row.application_number, "issued_on": row.issued_on, "copies": row.copies,
        "wanted": row.wanted, "provisional": row.provisional, "declared": row.declared, "successor": row.successor, "reason": row.reason,
    }  # fmt: skip


def list_declared(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates declared``."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.match:
            declared.confirm_match(ctx, victim_id=_victim(ctx, given.match[0]), resident_id=find_resident(ctx, given.match[1]))
        if given.absent:
            declared.confirm_absence(ctx, victim_id=_victim(ctx, given.absent))
        cases = [
            {
                "application": case.application_number, "certificate": case.certificate_number, "head_name": case.victim.head_name,
                "head_birth": case.victim.head_birth, "address": case.victim.address,
                "candidates": [
                    {"resident": one.resident_id, "name": one.name, "birth": one.birth, "address": one.address, "score": one.score, "band": one.band}
                    for one in case.candidates
                ],
            }
            for case in declared.list_declared(ctx, job=Job(show_progress))
        ]  # fmt: skip
        return {"cases": cases}, 0


def _victim(ctx: Context, number: str) -> str:
    found = ctx.reads.get("application", need_application(ctx, number))
    return found.victim_id if isinstance(found, Application) else ""


def doubles(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates doubles``."""
    with signed_in(gateway, given) as session:
        found = [
            {
                "kind": one.kind,
                "head_name": one.head_name,
                "building": one.building_number,
                "certificates": [_row(row) for row in one.certificates],
            }
            for one in certificates.find_double_certificates(session.context)
        ]
        return {"doubles": found}, 0


def confirm(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates confirm``."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        changes = certificates.confirm_numbers(ctx, certificate_ids=[need_certificate(ctx, number) for number in given.numbers])
        return {"confirmed": len(changes.get("certificate", ())), "doubles": len(certificates.find_double_certificates(ctx))}, 0


# -- key and settings --------------------------------------------------------------------------------------


def key(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates key make|list|export FILE|import FILE``."""
    if given.act in ("export", "import") and not given.target:
        raise UsageFault("cli.out_missing")
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.act == "make":
            municipal_key.make_key(ctx, label=given.label)
        elif given.act == "import":
            municipal_key.import_key(ctx, text=_read(Path(given.target)), label=given.label)
        elif given.act == "export":
            card, pem, text = municipal_key.export_key(ctx, wanted=given.id)
            with atomic_output(Path(given.target)) as part:
                part.write_text(pem, "ascii")
            return {"id": card.id, "file": given.target, "pem": pem, "qr": text}, 0
        return {"keys": [_card(one) for one in municipal_key.list_keys(ctx)]}, 0


def _card(one: KeyCard) -> dict[str, Any]:
    return {"id": one.id, "current": one.current, "own": one.own, "made_on": one.made_on, "label": one.label}


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return file.read(10_000)
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None


def settings(gateway: FolderGateway, given: Namespace) -> Answer:
    """``certificates settings``."""
    values: dict[str, str] = {}
    for text in given.set:
        name, sign, value = text.partition("=")
        if not sign:
            raise UsageFault("cli.setting_unreadable", text=text)
        values[name.strip()] = value
    with signed_in(gateway, given) as session:
        if values:
            change_certificate_settings(session.context, values=values)
        return {"settings": asdict(read_certificate_settings(session.context))}, 0
