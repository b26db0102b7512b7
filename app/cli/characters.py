"""The verbs about characters of names: which need a decision, what is registered, which fonts there are."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.imports import answer_import, read_options, report_to, show_progress
from app.cli.outputs import Answer
from app.cli.signing import signed_in
from app.domain.characters import name_code_points, parse_code
from app.domain.errors import EnvironmentFault
from app.usecases import characters
from app.usecases.job import Job


def list_characters(gateway: FolderGateway, given: Namespace) -> Answer:
    """``characters list``."""
    from app.printing.own_fonts import open_fonts

    with signed_in(gateway, given) as session:
        fonts = open_fonts(session.context, session.folder)
        found = characters.list_characters(session.context, fonts=fonts, snapshot_id=given.snapshot, job=Job(show_progress))
        answer: dict[str, Any] = {
            "snapshot": found.snapshot_id, "residents": found.residents, "persons": found.persons, "unsettled": found.unsettled,
        }  # fmt: skip
        if given.out:
            from app.interchange.exporting.characters import write_survey

            answer["file"] = str(given.out)
            answer["rows"] = write_survey(session.context, survey=found, out=Path(given.out), encoding=given.encoding).rows
        return {**answer, "characters": [_use(use) for use in found.uses]}, 0


def _use(use: characters.CharacterUse) -> dict[str, Any]:
    return {
        "char": use.text,
        "code": use.code,
        "kinds": list(use.kinds),
        "people": use.people,
        "residents": use.residents,
        "persons": use.persons,
        "samples": list(use.samples),
        "font": use.source,
        "substitute": use.substitute,
        "suggested": use.suggested,
        "picture": bool(use.picture),
        "note": use.description,
        "settled": use.settled,
        "id": use.record_id,
    }


def register(gateway: FolderGateway, given: Namespace) -> Answer:
    """``characters register``: what is not given stays as it was registered."""
    with signed_in(gateway, given) as session:
        ctx = session.context
        text = parse_code(given.code)
        known = characters.registered_characters(ctx).get(text)
        picture = _picture(given.picture) if given.picture else known.picture if known else ""
        substitute = given.substitute if given.substitute is not None else known.substitute if known else ""
        note = given.note if given.note is not None else known.description if known else ""
        made, _ = characters.register_character(ctx, text=text, substitute=substitute, picture=picture, description=note)
        code = name_code_points(text)
        return {"id": made, "char": text, "code": code, "substitute": substitute, "picture": bool(picture), "note": note}, 0


def _picture(name: str) -> str:
    from app.printing.pictures import read_picture

    try:
        return read_picture(Path(name))
    except OSError:
        raise EnvironmentFault("import.file_missing", path=name) from None


def remove(gateway: FolderGateway, given: Namespace) -> Answer:
    """``characters remove``."""
    with signed_in(gateway, given) as session:
        text = parse_code(given.code)
        record = characters.need_registered(session.context, text=text)
        characters.remove_character(session.context, record_id=record.id)
        return {"id": record.id, "char": text, "code": name_code_points(text)}, 0


def import_characters(gateway: FolderGateway, given: Namespace) -> Answer:
    """``characters import``: a table, or a folder of pictures."""
    from app.interchange.importing.characters import import_pictures, import_table

    with signed_in(gateway, given) as session:
        path = Path(given.file)
        if path.is_dir():
            done = import_pictures(session.context, folder=path)
        else:
            done = import_table(
                session.context,
                path=path,
                options=read_options(session.context, given, "characters"),
                on_error=given.on_error,
                report=report_to(given),
            )
        return answer_import(done, "created", "updated", "unchanged")


def fonts(gateway: FolderGateway, given: Namespace) -> Answer:
    """``characters fonts``: which there are, ``--add`` one, ``--remove`` one of the municipality's own."""
    from app.printing.own_fonts import install_font, list_fonts, remove_font

    with signed_in(gateway, given) as session:
        if given.add:
            install_font(session.context, source=Path(given.add), folder=session.folder)
        if given.remove:
            remove_font(session.context, name=given.remove, folder=session.folder)
        return {
            "fonts": [
                {
                    "name": font.name,
                    "role": font.role,
                    "characters": font.characters,
                    "gaiji": font.gaiji,
                    "installed": font.path is not None,
                    "fault": font.fault,
                }
                for font in list_fonts(session.folder)
            ]
        }, 0
