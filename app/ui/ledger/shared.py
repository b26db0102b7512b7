"""What the tabs of 収支 share: changes that make them old, writing lists, forms with what there is to choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.governance import Site
from app.presentation.columns.ledger import some
from app.ui.page import Shell
from app.ui.widgets.export_dialog import CSV, CSV_CP932, HTML, PDF, XLSX, Choice, ExportDialog, Written, lost_of
from app.ui.widgets.moment_field import MomentField
from app.usecases import ledger, programmes
from app.usecases.context import Context
from app.usecases.job import Job

KINDS = frozenset({
    "posting", "programme", "relief_round", "entitlement", "payment", "payment_batch", "voucher", "receipt", "setting", "loan", "repayment",
})  # fmt: skip
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What forms offer: programmes, sites and the other operators, as ``(id, name)``; ``places``: programmes and rounds, ``programme/round``."""

    programmes: Pairs
    places: Pairs
    sites: Pairs
    seconds: Pairs


def read_offers(ctx: Context) -> Offers:
    """Off the GUI thread."""
    return Offers(
        programmes=tuple((one.id, one.title) for one in programmes.list_programmes(ctx)),
        places=tuple(_places(ctx)),
        sites=tuple((one.id, one.name) for one in ctx.reads.all("site") if isinstance(one, Site)),
        seconds=tuple(ledger.list_seconds(ctx)),
    )


def _places(ctx: Context) -> Iterator[tuple[str, str]]:
    rounds = programmes.list_rounds(ctx)
    for one in programmes.list_programmes(ctx):
        own = [each for each in rounds if each.programme_id == one.id]
        yield from ((f"{one.id}/{each.id}", f"{one.title} {each.title or each.code}") for each in own)
        yield f"{one.id}/", f"{one.title}（回を決めない）" if own else one.title


def day_of(field: MomentField) -> str:
    """The day of a moment typed, as ISO; "" for today."""
    from app.domain.dates import JST

    return field.moment.astimezone(JST).date().isoformat() if field.moment else ""


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a form as the use cases take them: days as ISO, a place as programme and round."""
    made = {key: value.isoformat() if isinstance(value, date) else "" if value is None else value for key, value in values.items()}
    if "place" in made:
        made["programme_id"], _, made["round_id"] = str(made.pop("place")).partition("/")
    return made


def write_list(
    parent: QWidget,
    shell: Shell,
    *,
    title: str,
    content: Callable[[Context], Any],
    personal: bool = False,
    paper: Callable[[Context, Choice, Job], int] | None = None,
) -> ExportDialog:
    """Ask where a list of sums goes and write it; it is read again on the writer thread. ``paper`` prints a PDF in its own form."""
    ctx, folder = shell.context, shell.folder

    def write(choice: Choice, job: Job) -> Written:
        from app.interchange.exporting.relief_reports import write_content

        asked = ctx.for_purpose(choice.purpose)
        kind, _, detail = choice.format.code.partition("-")
        if kind == "pdf" and paper is not None:
            return Written(choice.path, f"{paper(asked, choice, job):,}ページ")
        done = write_content(
            asked, content=content(asked), out=choice.path, format=kind, encoding="cp932" if detail == "cp932" else "utf-8-sig",
            folder=folder, substitutes=choice.substitutes, job=job,
        )  # fmt: skip
        pages = f"・{done.pages:,}ページ" if done.pages else ""
        return Written(choice.path, f"{some(done.rows)}行{pages}", lost_of(done), done.problems)

    formats = [*((PDF,) if ctx.actor.may("print") else ()), *((XLSX, CSV, CSV_CP932, HTML) if ctx.actor.may("export") else ())]
    dialog = ExportDialog(parent, shell, title=f"{title}の印刷・書き出し", name=title, formats=formats, write=write, personal=personal)
    dialog.open()
    return dialog
