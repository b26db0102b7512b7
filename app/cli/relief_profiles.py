"""``relief profiles …``: how each bank wants its file, and the municipality as the consignor."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.presentation.console import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.domain.bank_profile import BankProfile

_CONSIGNOR = ("consignor_code", "consignor_kana", "bank", "bank_kana", "branch", "branch_kana", "account_kind", "account_number")


def add_profile_verbs(make: ReliefMaker) -> None:
    """Their options."""
    act = make.acts("profiles")
    act("list")
    show = act("show")
    show.add_argument("id", metavar="ID")
    show.add_argument("--out", default="", metavar="FILE")
    act("import").add_argument("file", metavar="FILE")
    act("remove").add_argument("id", metavar="ID")
    consignor = act("consignor")
    for name in _CONSIGNOR:
        consignor.add_argument(f"--{name.replace('_', '-')}", default=None, metavar="TEXT", help=HELP[f"relief.profiles.{name}"])
    days = act("closed-days")
    days.add_argument("days", nargs="*", metavar="DAY")
    days.add_argument("--clear", action="store_true", help=HELP["relief.profiles.clear"])


def tell_profile(one: BankProfile) -> dict[str, Any]:
    """A profile as JSON."""
    from dataclasses import asdict

    values = asdict(one)
    values["result"] = {"byte": one.result.byte, "codes": dict(one.result.codes)}
    return {**values, "missing": list(one.missing)}


def _list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import folder_of, signed_in
    from app.usecases.bank_profiles import list_profiles

    if not gateway.holds_store(folder_of(gateway, given)):
        return {"profiles": [tell_profile(one) for one in list_profiles()]}, 0
    with signed_in(gateway, given) as session:
        return {"profiles": [tell_profile(one) for one in list_profiles(session.context)]}, 0


def _show(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import folder_of, signed_in
    from app.usecases.bank_profiles import profile_text
    from app.usecases.files import atomic_output

    if not gateway.holds_store(folder_of(gateway, given)):
        text = profile_text(None, given.id)
    else:
        with signed_in(gateway, given) as session:
            text = profile_text(session.context, given.id)
    if given.out:
        with atomic_output(Path(given.out)) as temporary:
            temporary.write_text(text, "utf-8")
        return {"id": given.id, "file": given.out}, 0
    return {"id": given.id, "text": text}, 0


def _import(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.bank_profiles import find_profile, import_profile
    from app.usecases.editions import load_text

    with signed_in(gateway, given) as session:
        made, how, _ = import_profile(session.context, text=load_text(Path(given.file)), path=Path(given.file).name)
        one = find_profile(session.context, made.id)
        return {"id": one.id, "title": one.title, "state": how, "missing": list(one.missing)}, 0


def _remove(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.bank_profiles import remove_profile

    with signed_in(gateway, given) as session:
        remove_profile(session.context, profile_id=given.id)
        return {"removed": given.id}, 0


def _consignor(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.bank_profiles import read_consignor, save_consignor

    with signed_in(gateway, given) as session:
        values = {name: getattr(given, name) for name in _CONSIGNOR if getattr(given, name) is not None}
        if values:
            save_consignor(session.context, values=values)
        return dict(read_consignor(session.context)), 0


def _closed_days(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.transfer_days import read_closed_days, save_closed_days

    with signed_in(gateway, given) as session:
        ctx = session.context
        if given.days or given.clear:
            save_closed_days(ctx, days=tuple(given.days))
        return {"closed_days": list(read_closed_days(ctx))}, 0


PROFILE_VERBS: Mapping[str, ReliefVerb] = {
    "profiles list": _list,
    "profiles show": _show,
    "profiles import": _import,
    "profiles remove": _remove,
    "profiles consignor": _consignor,
    "profiles closed-days": _closed_days,
}
