"""The verbs of ``relief`` for vouchers: assigning, recalling, printing. The desk itself: ``relief_desk``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import relief_desk
from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.domain.errors import RuleViolation, UsageFault
from app.presentation.console import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.usecases.cash_rows import VoucherActs, VoucherRefusal, VoucherRow
    from app.usecases.context import Context

_FORMATS = ("csv", "xlsx", "html", "pdf")
_STATES = ("unpaid", "changed", "ready", "assigned", "recalled", "released", "paid", "refunded", "void", "frozen")


def add_verbs(make: ReliefMaker) -> None:
    """Their options."""
    act = make.acts("vouchers")
    for name in ("assign", "recall", "give-up", "freeze", "void", "print"):
        act_on = act(name)
        act_on.add_argument("voucher", nargs="*", metavar="VOUCHER", help=HELP["relief.vouchers.voucher"])
        _VOUCHER_OPTIONS[name](act_on)
    act("adopt").add_argument("--reason", required=True, metavar="TEXT")
    listing = act("list")
    listing.add_argument("--state", choices=_STATES, default="")
    listing.add_argument("--here", action="store_true", help=HELP["relief.vouchers.here"])
    listing.add_argument("--view", choices=("list", "uncollected", "calls", "all"), default="list")
    _filter(listing)
    _output(listing)
    act("sites")
    uncollected = make.verb("uncollected")
    _filter(uncollected)
    _output(uncollected)
    relief_desk.add_verbs(make)


def _filter(parser: ArgumentParser) -> None:
    for name, key in (("site", "NAME"), ("batch", "NUMBER"), ("program", "PROGRAM"), ("district", "NAME"), ("text", "TEXT")):
        parser.add_argument(f"--{name}", default="", metavar=key)
    parser.add_argument("--sort", choices=("number", "kana", "address", "district", "amount", "state", "site"), default="number")


def _output(parser: ArgumentParser) -> None:
    parser.add_argument("--out", default="", metavar="FILE")
    parser.add_argument("--format", choices=_FORMATS, default="")
    parser.add_argument("--encoding", choices=("utf-8-sig", "cp932"), default="utf-8-sig")


def _assign_options(parser: ArgumentParser) -> None:
    parser.add_argument("--batch", default="", metavar="NUMBER")
    parser.add_argument("--site", default="", metavar="NAME")
    parser.add_argument("--new-site", action="store_true", help=HELP["relief.vouchers.new_site"])
    parser.add_argument("--device", default="", metavar="K7QF", help=HELP["relief.vouchers.device"])
    parser.add_argument("--expires", default="", metavar="DAY")


def _recall_options(parser: ArgumentParser) -> None:
    parser.add_argument("--batch", default="", metavar="NUMBER")
    parser.add_argument("--reason", default="", metavar="TEXT")


def _freeze_options(parser: ArgumentParser) -> None:
    parser.add_argument("--device", default="", metavar="K7QF")
    parser.add_argument("--reason", default="", metavar="TEXT")
    parser.add_argument("--release", action="store_true", help=HELP["relief.vouchers.release"])


def _void_options(parser: ArgumentParser) -> None:
    parser.add_argument("--reason", default="", metavar="TEXT")
    parser.add_argument("--confirm", action="store_true", help=HELP["relief.vouchers.confirm"])


def _print_options(parser: ArgumentParser) -> None:
    _filter(parser)
    parser.add_argument("--out", required=True, metavar="FILE")
    parser.add_argument("--nup", type=int, default=2, choices=(2, 8))


_VOUCHER_OPTIONS: Mapping[str, Callable[[ArgumentParser], Any]] = {
    "assign": _assign_options,
    "recall": _recall_options,
    "give-up": lambda parser: parser.add_argument("--reason", default="", metavar="TEXT"),
    "freeze": _freeze_options,
    "void": _void_options,
    "print": _print_options,
}


# -- vouchers ----------------------------------------------------------------------------------------------------


def _assign(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import vouchers

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        ids, batch_id = _named(ctx, given)
        site_id = _site(ctx, given.site, make=given.new_site) if given.site else ""
        done = vouchers.assign(ctx, voucher_ids=ids, batch_id=batch_id, site_id=site_id, device=given.device, expires_on=given.expires)
        told, code = _acts(done, "assigned")
        device = given.device.upper() or ctx.place.device_prefix
    return {**told, "site": given.site or ctx.place.site_name, "device": device}, code


def _recall(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import vouchers

    with signed_in(gateway, given) as session:
        ids, batch_id = _named(session.context, given)
        return _acts(vouchers.recall(session.context, voucher_ids=ids, batch_id=batch_id, reason=given.reason), "recalled")


def _give_up(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import vouchers

    with signed_in(gateway, given) as session:
        ids, _ = _named(session.context, given)
        return _acts(vouchers.give_up(session.context, voucher_ids=ids, reason=given.reason), "given_up")


def _freeze(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import vouchers

    with signed_in(gateway, given) as session:
        ids = _named(session.context, given)[0] if given.voucher else []
        done = vouchers.freeze(session.context, voucher_ids=ids, device=given.device, reason=given.reason, release=given.release)
        return _acts(done, "released" if given.release else "frozen")


def _void(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import vouchers

    with signed_in(gateway, given) as session:
        ids, _ = _named(session.context, given)
        if given.confirm:
            return _acts(vouchers.confirm_void(session.context, voucher_ids=ids), "void")
        return _acts(vouchers.ask_void(session.context, voucher_ids=ids, reason=given.reason), "asked")


def _adopt(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import vouchers

    with signed_in(gateway, given) as session:
        return _acts(vouchers.adopt(session.context, reason=given.reason), "adopted")


def _named(ctx: Context, given: Namespace) -> tuple[list[str], str]:
    """Ids of the vouchers named, or of the batch."""
    from app.usecases import vouchers

    batch = getattr(given, "batch", "")
    if not given.voucher and not batch:
        raise UsageFault("voucher.none")
    ids = vouchers.find_voucher_ids(ctx, numbers=given.voucher)
    return ids, _batch_id(ctx, batch) if batch else ""


def _batch_id(ctx: Context, number: str) -> str:
    from app.usecases.batches import find_batch

    return find_batch(ctx, number=number)


def _site(ctx: Context, name: str, *, make: bool) -> str:
    """The site of this name; one that a shelter has is made."""
    from app.domain.folding import fold_name
    from app.usecases import vouchers

    found = next((one for one in vouchers.list_sites(ctx) if fold_name(one.name) == fold_name(name) or one.id == name), None)
    if found is not None:
        return found.id
    shelter = any(fold_name(getattr(one, "name", "")) == fold_name(name) for one in ctx.reads.all("shelter"))
    if not make and not shelter:
        raise RuleViolation("voucher.site_unknown", field="site", name=name)
    return vouchers.ensure_site(ctx, name=name).id


def _acts(done: VoucherActs, word: str) -> Answer:
    told = {
        word: list(done.done), "count": len(done.done), "total": done.total, "unchanged": done.unchanged, "waiting": done.waiting,
        "refused": [_refusal(one) for one in done.refused],
    }  # fmt: skip
    return told, 1 if done.refused else 0


def _refusal(one: VoucherRefusal) -> dict[str, Any]:
    from app.presentation.columns.cash import refusal_words

    return {"number": one.number, "code": one.code, "message": refusal_words(one)}


def _list(gateway: FolderGateway, given: Namespace) -> Answer:
    return _listed(gateway, given, state=given.state, here=given.here, view=given.view)


def _uncollected(gateway: FolderGateway, given: Namespace) -> Answer:
    return _listed(gateway, given, state="unpaid", here=False, view="uncollected")


def _listed(gateway: FolderGateway, given: Namespace, *, state: str, here: bool, view: str) -> Answer:
    from dataclasses import replace

    from app.cli.signing import signed_in
    from app.usecases import vouchers

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        wanted = replace(_wanted(ctx, given), state=state, here=here)
        if given.out:
            return _write(ctx, given, wanted, view, session.folder)
        rows = vouchers.voucher_rows(ctx, vouchers.list_voucher_ids(ctx, filter=wanted))
        if rows:
            with ctx.unit() as uow:
                uow.log_access(action="view", persons=len(rows), target="vouchers")
                uow.commit()
    return {"count": len(rows), "total": sum(one.amount for one in rows), "vouchers": [_voucher(one) for one in rows]}, 0


def _wanted(ctx: Context, given: Namespace) -> Any:
    from app.usecases.cash_rows import VoucherFilter
    from app.usecases.programmes import find_programme

    return VoucherFilter(
        text=given.text, site_id=_site(ctx, given.site, make=False) if given.site else "", district=given.district, sort=given.sort,
        batch_id=_batch_id(ctx, given.batch) if given.batch else "",
        programme_id=find_programme(ctx, code=given.program).id if given.program else "",
    )  # fmt: skip


def _write(ctx: Context, given: Namespace, wanted: Any, view: str, folder: Path) -> Answer:
    from app.interchange.exporting.cash import write_vouchers

    format = given.format or Path(given.out).suffix.lstrip(".").lower()
    done = write_vouchers(ctx, filter=wanted, view=view, out=Path(given.out), format=format, encoding=given.encoding, folder=folder)
    return {"file": str(done.path), "rows": done.rows, "bytes": done.bytes}, 0


def _voucher(row: VoucherRow) -> dict[str, Any]:
    from app.cli.outputs import moment

    return {
        "number": row.number, "state": row.state, "name": row.name, "kana": row.kana, "address": row.address, "district": row.district,
        "amount": row.amount, "title": row.title, "batch": row.batch_number, "site": row.site_name, "device": row.device, "here": row.here,
        "term": row.term, "expires_on": row.expires_on, "paid_at": moment(row.paid_at), "paid_by": row.paid_by, "receipt": row.receipt_number,
        "changed": row.changed,
    }  # fmt: skip


def _sites(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import vouchers

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        found = vouchers.site_counts(ctx)
        mine = {"device": ctx.place.device_prefix, "site": ctx.place.site_name}
    rows = [{"site": one.site_name, "device": one.device, "state": one.state, "count": one.count, "total": one.total} for one in found]
    return {**mine, "sites": rows}, 0


def _print(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.interchange.exporting.cash import print_vouchers
    from app.usecases import vouchers

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.voucher:
            ids = vouchers.find_voucher_ids(ctx, numbers=given.voucher)
        else:
            ids = vouchers.list_voucher_ids(ctx, filter=_wanted(ctx, given))
        done = print_vouchers(ctx, voucher_ids=ids, out=Path(given.out), nup=given.nup, folder=session.folder)
    return {"file": str(done.path), "printed": done.printed, "pages": done.pages, "left_out": list(done.stopped)}, 1 if done.stopped else 0


VERBS: Mapping[str, ReliefVerb] = {
    "vouchers assign": _assign,
    "vouchers recall": _recall,
    "vouchers give-up": _give_up,
    "vouchers freeze": _freeze,
    "vouchers void": _void,
    "vouchers adopt": _adopt,
    "vouchers list": _list,
    "vouchers sites": _sites,
    "vouchers print": _print,
    "uncollected": _uncollected,
    **relief_desk.VERBS,
}
