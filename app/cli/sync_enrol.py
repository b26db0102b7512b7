"""The verbs of ``sync enrol``: the municipality's key, and the devices that take part in the exchange."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.presentation.sync_help_enrol import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.cli.sync_arguments import SyncMaker, SyncVerb
    from app.domain.exchange import EnrolledDevice
    from app.usecases.context import Context
    from app.usecases.enrolling import Accepted
    from app.usecases.enrolment import Municipality

Answer = tuple[Mapping[str, Any], int]


def add_verbs(make: SyncMaker) -> None:
    """Their options."""
    act = make.acts("enrol")
    act("create")
    request = act("request")
    request.add_argument("--out", default="", metavar="FILE", help=HELP["sync.enrol.request.out"])
    request.add_argument("--new-device", action="store_true", help=HELP["sync.enrol.request.new_device"])
    accept = act("accept")
    given = accept.add_mutually_exclusive_group(required=True)
    given.add_argument("file", nargs="?", default="", metavar="FILE", help=HELP["sync.enrol.accept.file"])
    given.add_argument("--text", default="", metavar="TEXT", help=HELP["sync.enrol.accept.text"])
    accept.add_argument("--fingerprint", default="", metavar="TEXT", help=HELP["sync.enrol.accept.fingerprint"])
    accept.add_argument("--out", default="", metavar="FILE", help=HELP["sync.enrol.accept.out"])
    accept.add_argument("--site", default="", metavar="NAME", help=HELP["sync.enrol.accept.site"])
    accept.add_argument("--replaces", action="store_true", help=HELP["sync.enrol.accept.replaces"])
    accept.add_argument("--with-key", action="store_true", help=HELP["sync.enrol.accept.with_key"])
    accept.add_argument("--again", action="store_true", help=HELP["sync.enrol.accept.again"])
    act("confirm").add_argument("fingerprint", metavar="TEXT")
    act("list")
    revoke = act("revoke")
    revoke.add_argument("device", metavar="DEVICE", help=HELP["sync.enrol.revoke.device"])
    revoke.add_argument("--reason", required=True, metavar="TEXT")


def device_object(one: EnrolledDevice, *, mine: str = "") -> dict[str, Any]:
    """A device of the list as JSON."""
    return {
        "letters": one.letters, "site": one.site_name, "kind": one.site_kind, "state": one.state, "mine": one.device == mine,
        "enrolled_at": _moment(one.enrolled_at), "revoked_at": _moment(one.revoked_at), "known": one.revoked_seq if not one.active else None,
        "reason": one.reason, "device": one.device, "site_id": one.site_id,
    }  # fmt: skip


def _moment(text: str) -> str | None:
    """A moment of the signed list, which is kept in UTC, in Japan time."""
    from app.cli.outputs import moment
    from app.domain.dates import parse_instant

    return moment(parse_instant(text)) if text else None


def _warn(code: str, **params: Any) -> dict[str, Any]:
    from app.presentation.messages import message

    return {"code": code, "message": message(code, **params), **params}


def _municipality(ctx: Context, found: Municipality) -> dict[str, Any]:
    return {
        "number": found.number, "fingerprint": found.fingerprint, "confirmed": found.confirmed, "holds_key": found.holds_key,
        "here": found.state, "devices": [device_object(one, mine=ctx.place.device_id) for one in found.devices],
        "warnings": [_warn("enrol.before", device=found.before)] if found.before and found.holds_key else [],
    }  # fmt: skip


def _create(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.enrolment import create_municipality

    with signed_in(gateway, given) as session:
        found, _ = create_municipality(session.context)
        return _municipality(session.context, found), 0


def _list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.enrolment import need_list, show_municipality

    with signed_in(gateway, given) as session:
        need_list(session.context)
        return _municipality(session.context, show_municipality(session.context)), 0


def _request(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.interchange.enrolment_files import write_enrolment
    from app.presentation.sync_help_enrol import NEW_DEVICE
    from app.usecases.enrolling import become_new, make_request

    if given.new_device:
        with signed_in(gateway, given) as session:
            become_new(session.context, reason=NEW_DEVICE)
    with signed_in(gateway, given) as session:
        made = make_request(session.context)
    path = str(write_enrolment(Path(given.out), made.lines)) if given.out else None
    told = made.request
    return {
        "file": path, "letters": told.letters, "device": told.device, "site": told.site_name, "kind": told.site_kind,
        "fingerprint": made.fingerprint, "text": made.text, "lines": made.lines.splitlines(),
    }, 0  # fmt: skip


def _accept(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.domain.enrolment import ANSWER, kind_of
    from app.interchange.enrolment_files import read_enrolment

    text = given.text or read_enrolment(Path(given.file))
    with signed_in(gateway, given) as session:
        if kind_of(text) == ANSWER:
            return _take(session.context, given, text), 0
        return _enrol(session.context, given, text), 0


def _enrol(ctx: Context, given: Namespace, text: str) -> dict[str, Any]:
    from app.interchange.enrolment_files import write_enrolment
    from app.usecases.enrolling import accept_request, look_at_request

    view = look_at_request(ctx, text=text, path=given.file)
    done = accept_request(
        ctx, text=text, path=given.file, site=given.site, replaces=given.replaces, with_key=given.with_key, again=given.again,
        expected=given.fingerprint,
    )  # fmt: skip
    path = write_enrolment(Path(given.out) if given.out else _beside(given, done), done.lines)
    warnings = [_warn(one.code, **one.params) for one in view.warnings]
    if view.before is not None and not given.replaces:
        code = "enrol.before" if view.before.active else "enrol.before_behind"
        warnings.append(_warn(code, device=view.before.letters, count=view.behind))
    if done.vouchers:
        warnings.append(_warn("enrol.revoke_vouchers", device=done.replaced, count=len(done.vouchers), numbers=list(done.vouchers)))
    return {
        "file": str(path), **device_object(done.device), "number": done.number, "fingerprint": done.fingerprint,
        "request_fingerprint": view.fingerprint, "replaced": done.replaced or None, "text": done.text, "warnings": warnings,
    }  # fmt: skip


def _beside(given: Namespace, done: Accepted) -> Path:
    folder = Path(given.file).parent if given.file else Path.cwd()
    return folder / f"sasae-enrol-{done.device.letters}.txt"


def _take(ctx: Context, given: Namespace, text: str) -> dict[str, Any]:
    from app.usecases.enrolling import accept_answer

    done = accept_answer(ctx, text=text, path=given.file, expected=given.fingerprint)
    warnings = [] if done.confirmed else [_warn("enrol.compare", fingerprint=done.fingerprint)]
    if done.moved:
        warnings.append(_warn("enrol.reopen", site=done.member.site_name))
    return {
        **device_object(done.member, mine=ctx.place.device_id), "number": done.number, "fingerprint": done.fingerprint,
        "confirmed": done.confirmed, "holds_key": done.holds_key, "moved": done.moved, "warnings": warnings,
    }  # fmt: skip


def _confirm(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.enrolling import confirm_key
    from app.usecases.enrolment import show_municipality

    with signed_in(gateway, given) as session:
        confirm_key(session.context, expected=given.fingerprint)
        return _municipality(session.context, show_municipality(session.context)), 0


def _revoke(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.enrolment import revoke_device

    with signed_in(gateway, given) as session:
        done = revoke_device(session.context, device=given.device, reason=given.reason)
    letters = done.device.letters
    warnings = [_warn("enrol.revoke_known", device=letters, known=done.known), _warn("enrol.revoke_passwords", device=letters)]
    if done.vouchers:
        warnings.append(_warn("enrol.revoke_vouchers", device=letters, count=len(done.vouchers), numbers=list(done.vouchers)))
    return {**device_object(done.device), "vouchers": list(done.vouchers), "warnings": warnings}, 0


VERBS: Mapping[str, SyncVerb] = {
    "enrol create": _create,
    "enrol request": _request,
    "enrol accept": _accept,
    "enrol confirm": _confirm,
    "enrol list": _list,
    "enrol revoke": _revoke,
}
