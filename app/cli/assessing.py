"""``surveys assess`` and ``surveys editions``: judging a sheet without a data folder, and the editions it is judged by."""

from __future__ import annotations

import contextlib
import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from app.bootstrap import FolderGateway
from app.cli.outputs import Answer
from app.cli.signing import folder_of, signed_in
from app.domain.assessment import Assessment, assess, read_inputs
from app.domain.assessment_edition import Edition
from app.domain.assessment_edition_file import MAX_TEXT, parse_edition, shipped_editions, shipped_text
from app.domain.errors import InputFault, UsageFault
from app.presentation.steps import assessment_words
from app.usecases import editions
from app.usecases.context import Context

_MOST = 1_000_000


def judge(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys assess FILE``: needs a data folder only for an edition that a municipality added itself."""
    data = read_json(given.file)
    inputs = read_inputs(data)
    if given.edition_file:
        text = _read_text(given.edition_file, most=MAX_TEXT * 4)
        return answer(assess(inputs, parse_edition(text, path=given.edition_file, own=True))), 0
    wanted = given.edition or inputs.edition
    if (
        wanted
        and all(edition.id != wanted for edition in shipped_editions())
        and (given.data or gateway.holds_store(folder_of(gateway, given)))
    ):
        with signed_in(gateway, given) as session:
            made, _ = editions.assess_sheet(session.context, data, edition=wanted)
            return answer(made), 0
    made, _ = editions.assess_sheet(None, data, edition=wanted)
    return answer(made), 0


def answer(made: Assessment) -> dict[str, Any]:
    """The result of a judgement as the contract has it, and more."""
    return {
        "parts": dict(made.parts),
        "total": made.total,
        "grade": made.label,
        "steps": assessment_words(made),
        "grade_code": made.grade,
        "decided_by": made.decided_by,
        "edition": made.edition,
        "raw": f"{made.raw.normalize():f}",
        "not_needed": list(made.not_needed),
    }


def read_json(name: str) -> Any:
    """The JSON of a file or of standard input (``-``); numbers keep the digits they were written with."""
    text = _read_text(name, most=_MOST)

    def refuse(word: str) -> NoReturn:
        raise InputFault("survey.json_not_finite", path=name, value=word)

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in items:
            if key in found:
                raise InputFault("survey.json_twice", path=name, key=key[:40])
            found[key] = value
        return found

    try:
        return json.loads(text, parse_float=Decimal, parse_constant=refuse, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        raise InputFault("survey.json_unreadable", path=name, line=error.lineno, column=str(error.colno), detail=error.msg) from None
    except (RecursionError, ValueError) as error:  # nested too deep, or an integer of thousands of digits
        raise InputFault("survey.json_unreadable", path=name, line=1, column="1", detail=type(error).__name__) from None


def _read_text(name: str, *, most: int) -> str:
    if name == "-":
        return editions.decode_text(sys.stdin.buffer.read(most + 1), name=name, most=most)
    return editions.load_text(Path(name), most=most)


# -- editions ----------------------------------------------------------------------------------------------


def manage_editions(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys editions list|show|add|remove``. What is shipped is shown without a data folder."""
    if given.act != "list" and not given.target:
        raise UsageFault("edition.target_missing", act=given.act)
    if given.act == "show" and (text := shipped_text(given.target)):
        return _shown(parse_edition(text, path=given.target), text), 0
    with _maybe_signed_in(gateway, given, needed=given.act in ("add", "remove")) as ctx:
        if given.act == "show":
            return _shown(editions.find_edition(ctx, given.target), editions.edition_text(ctx, given.target)), 0
        if given.act == "list":
            default = editions.default_edition(ctx).id
            return {"editions": [{**_row(edition), "default": edition.id == default} for edition in editions.list_editions(ctx)]}, 0
        assert ctx is not None
        if given.act == "add":
            edition, _ = editions.add_edition(ctx, _read_text(given.target, most=MAX_TEXT * 4), path=given.target)
            return {"added_edition": _row(edition)}, 0
        editions.remove_edition(ctx, given.target)
        return {"removed_edition": given.target}, 0


def _row(edition: Edition) -> dict[str, Any]:
    return {
        "id": edition.id,
        "title": edition.title,
        "document": edition.document,
        "in_force": edition.in_force.isoformat(),
        "hazards": list(edition.hazards),
        "own": edition.own,
    }


def _shown(edition: Edition, text: str) -> dict[str, Any]:
    facts = [{"key": fact.key, "value": fact.value, "source": fact.source, "sure": fact.sure} for fact in edition.facts]
    return {**_row(edition), "numbers": facts, "text": text}


@contextlib.contextmanager
def _maybe_signed_in(gateway: FolderGateway, given: Namespace, *, needed: bool) -> Iterator[Context | None]:
    """A context where there is a data folder to open; None where none is needed and none was named."""
    if not needed and not given.data and not gateway.holds_store(folder_of(gateway, given)):
        yield None
        return
    with signed_in(gateway, given) as session:
        yield session.context
