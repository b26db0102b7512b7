"""The verbs of forms, the seal and who signs."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from app.bootstrap import FolderGateway
from app.cli.outputs import Answer
from app.cli.signing import signed_in
from app.domain.errors import UsageFault
from app.presentation.messages import message
from app.usecases import forms
from app.usecases.context import Context
from app.usecases.forms import Saved


def list_all(gateway: FolderGateway, given: Namespace) -> Answer:
    """``forms list``."""
    from app.printing.designs import list_versions
    from app.printing.layout import find_layout

    with signed_in(gateway, given) as session:
        rows = [
            {
                "form": row.form,
                "title": row.title or find_layout(row.form).title,
                "version": row.version,
                "source": row.source,
                "state": row.state,
                "used": row.used,
                "made_by": row.made_by,
                "approved_by": row.approved_by,
                "note": row.note,
            }
            for row in list_versions(session.context, folder=session.folder, form=given.form)
        ]
        return {"versions": rows}, 0


def export(gateway: FolderGateway, given: Namespace) -> Answer:
    """``forms export``: the version in use unless one is named."""
    from app.interchange.forms import export_layout
    from app.printing.designs import active_layout

    with signed_in(gateway, given) as session:
        layout = active_layout(session.context, given.form, version=given.form_version, folder=session.folder)
        path = export_layout(layout, Path(given.out))
        return {"form": layout.form, "version": layout.version, "title": layout.title, "file": str(path)}, 0


def take_in(gateway: FolderGateway, given: Namespace) -> Answer:
    """``forms import``."""
    from app.interchange.forms import import_layout

    with signed_in(gateway, given) as session:
        return _saved(import_layout(session.context, Path(given.file), form=given.form, note=given.note)), 0


def approve(gateway: FolderGateway, given: Namespace) -> Answer:
    """``forms approve``."""
    from app.printing.designs import check_design

    with signed_in(gateway, given) as session:
        return _saved(forms.approve_design(session.context, form=given.form, number=given.version, check=check_design)), 0


def retire(gateway: FolderGateway, given: Namespace) -> Answer:
    """``forms retire``."""
    with signed_in(gateway, given) as session:
        forms.retire_design(session.context, form=given.form, number=given.version)
        return {"form": given.form, "version": given.version}, 0


def preview(gateway: FolderGateway, given: Namespace) -> Answer:
    """``forms preview``: 1 when something has to be mended."""
    from app.interchange.forms import write_preview

    with signed_in(gateway, given) as session:
        done = write_preview(
            session.context, form=given.form, out=Path(given.out), folder=session.folder, version=given.form_version, longest=given.longest,
            per_page=given.nup,
        )  # fmt: skip
        problems = [{"grave": grave, "message": said} for grave, said in done.problems]
        answer = {"form": given.form, "version": done.version, "file": str(done.path), "problems": problems}
        return answer, int(any(grave for grave, _ in done.problems))


def seal(gateway: FolderGateway, given: Namespace) -> Answer:
    """``forms seal``: take a picture in, or approve one that was."""
    from app.printing.seals import read_seal

    if bool(given.file) == bool(given.approve):
        raise UsageFault("cli.seal_what")
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.approve:
            done = forms.approve_seal(ctx, seal_id=given.approve)
        else:
            done = forms.save_seal(ctx, name=given.name, picture=read_seal(Path(given.file), width=given.width), width=given.width)
        return {"id": done.id, "warnings": [message(code) for code in done.warnings]}, 0


def signer(gateway: FolderGateway, given: Namespace) -> Answer:
    """``forms signer``."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        asked = {"municipality": given.municipality, "mayor_title": given.title, "mayor_name": given.name}
        changed = {name: text for name, text in asked.items() if text is not None}
        if changed:
            forms.change_signature(ctx, values=replace(forms.read_signature(ctx), **changed))
        now = forms.read_signature(ctx)
        return {"municipality": now.municipality, "mayor_title": now.mayor_title, "mayor_name": now.mayor_name}, 0


def _saved(done: Saved) -> dict[str, object]:
    return {"id": done.id, "form": done.form, "version": done.number, "warnings": [message(code) for code in done.warnings]}


FORM_VERBS: Mapping[str, Callable[[FolderGateway, Namespace], Answer]] = {
    "forms list": list_all,
    "forms export": export,
    "forms import": take_in,
    "forms approve": approve,
    "forms retire": retire,
    "forms preview": preview,
    "forms seal": seal,
    "forms signer": signer,
}
