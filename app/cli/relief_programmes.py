"""The verbs of ``relief`` for programmes, rounds and rules, and for loans."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.relief_loans import LOAN_VERBS, add_loan_verbs
from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb
from app.domain.errors import UsageFault
from app.presentation.console import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.domain.programme_plan import RuleDraft


def add_verbs(make: ReliefMaker) -> None:
    """Their options."""
    act = make.acts("programs")
    load = act("import")
    load.add_argument("file", nargs="?", default="", metavar="FILE")
    load.add_argument("--shipped", default="", metavar="CODE", help=HELP["relief.programs.from_shipped"])
    load.add_argument("--reason", default="", metavar="TEXT", help=HELP["relief.programs.reason"])
    act("list")
    show = act("show")
    show.add_argument("program", metavar="PROGRAM")
    show.add_argument("--out", default="", metavar="FILE")
    out = act("export")
    out.add_argument("program", metavar="PROGRAM")
    out.add_argument("file", metavar="FILE")
    shipped = act("shipped")
    shipped.add_argument("program", nargs="?", default="", metavar="CODE")
    shipped.add_argument("--out", default="", metavar="FILE")
    act("check").add_argument("file", metavar="FILE")
    state = act("state")
    state.add_argument("program", metavar="PROGRAM")
    state.add_argument("round", nargs="?", default="", metavar="ROUND")
    state.add_argument("--to", required=True, choices=("draft", "open", "closed"))
    add_loan_verbs(make)


def _import(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.editions import load_text
    from app.usecases.programmes import find_shipped, import_programme

    if bool(given.file) == bool(given.shipped):
        raise UsageFault("programme.which")
    with signed_in(gateway, given) as session:
        if given.shipped:
            one = find_shipped(given.shipped)
            text, name = one.text, one.name
        else:
            text, name = load_text(Path(given.file)), Path(given.file).name
        done = import_programme(session.context, text=text, name=name, reason=given.reason)
        return {
            "id": done.programme_id, "code": done.code, "title": done.title, "state": done.state, "rounds": done.rounds, "rules": done.rules,
        }, 0  # fmt: skip


def _list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.programmes import list_programmes, list_rounds

    with signed_in(gateway, given) as session:
        rounds = list_rounds(session.context)
        rows = [
            {
                "id": one.id, "code": one.code, "title": one.title, "kind": one.kind, "state": one.state, "increments": one.increments,
                "budget": one.budget, "deadline": one.deadline, "sure": one.sure,
                "rounds": [{"code": each.code, "title": each.title, "state": each.state} for each in rounds if each.programme_id == one.id],
            }
            for one in list_programmes(session.context)
        ]  # fmt: skip
        return {"programs": rows}, 0


def _show(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.programmes import find_programme, open_programme, plan_of

    with signed_in(gateway, given) as session:
        found = find_programme(session.context, code=given.program)
        if given.out:
            from app.interchange.exporting.programmes import write_rules

            done = write_rules(
                session.context, programme_id=found.id, out=Path(given.out), format=Path(given.out).suffix.lstrip(".").lower(), folder=session.folder
            )
            return {"code": found.code, "title": found.title, "file": given.out, "rows": done.rows, "pages": done.pages}, 0
        file = open_programme(session.context, programme_id=found.id)
        states = {one.round.code: {"id": one.round.id, "state": one.round.state, "locked": one.locked} for one in file.rounds}
        return {"id": found.id, "state": found.state, **_told(plan_of(file), states)}, 0


def _told(plan: Any, states: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A programme as JSON: codes, whole yen, and each rule in a sentence."""
    rounds = [
        {
            **{name: one.values.get(name) for name in ("code", "title", "decided_on", "as_of", "opens_on", "deadline", "budget", "note")},
            "documents": list(one.values.get("documents", ())),
            **states.get(str(one.values["code"]), {}),
            "rules": [_rule(rule) for rule in one.rules],
        }
        for one in plan.rounds
    ]
    return {**{name: _plain(plan.values.get(name)) for name in _SHOWN}, "rounds": rounds}


_SHOWN = (
    "code", "title", "kind", "payer", "law", "source", "sure", "increments", "needs_claim", "needs_certificate", "documents", "starts_on",
    "deadline", "budget", "terms", "note",
)  # fmt: skip


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _rule(rule: RuleDraft) -> dict[str, Any]:
    import json

    from app.presentation.relief_steps import rule_sentence

    return {
        "category": rule.category, "title": rule.title, "unit": rule.unit, "amount": rule.amount, "single": rule.single, "group": rule.group,
        "benefit": rule.benefit, "criteria": json.loads(rule.criteria.to_json()),
        "sentence": rule_sentence(rule.record(rule_id="", round_id="", position=0)), "note": rule.note,
    }  # fmt: skip


def _export(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.files import atomic_output
    from app.usecases.programmes import export_programme, find_programme

    with signed_in(gateway, given) as session:
        found = find_programme(session.context, code=given.program)
        text = export_programme(session.context, programme_id=found.id)
        with atomic_output(Path(given.file)) as temporary:
            temporary.write_text(text, "utf-8")
        return {"code": found.code, "title": found.title, "file": given.file}, 0


def _shipped(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.usecases.files import atomic_output
    from app.usecases.programmes import find_shipped, shipped_programmes

    if not given.program:
        rows = [
            {
                "code": one.code, "title": one.plan.values["title"], "kind": one.plan.values["kind"], "sure": one.plan.values["sure"],
                "rounds": [{"code": each.values["code"], "title": each.values["title"]} for each in one.plan.rounds],
            }
            for one in shipped_programmes()
        ]  # fmt: skip
        return {"programs": rows}, 0
    one = find_shipped(given.program)
    if given.out:
        with atomic_output(Path(given.out)) as temporary:
            temporary.write_text(one.text, "utf-8")
        return {"code": one.code, "title": one.plan.values["title"], "file": given.out}, 0
    return {**_told(one.plan, {}), "text": one.text}, 0


def _check(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.domain.programme_file import parse_programme
    from app.usecases.editions import load_text

    plan = parse_programme(load_text(Path(given.file)), path=Path(given.file).name)
    return {"ok": True, **_told(plan, {})}, 0


def _state(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.programmes import find_programme, find_round, set_state

    with signed_in(gateway, given) as session:
        ctx = session.context
        found = find_programme(ctx, code=given.program)
        if given.round:
            one = find_round(ctx, programme=given.program, code=given.round)
            set_state(ctx, round_id=one.id, state=given.to)
            return {"code": found.code, "round": one.code, "title": one.title, "state": given.to}, 0
        set_state(ctx, programme_id=found.id, state=given.to)
        return {"code": found.code, "title": found.title, "state": given.to}, 0


VERBS: Mapping[str, ReliefVerb] = {
    "programs import": _import,
    "programs list": _list,
    "programs show": _show,
    "programs export": _export,
    "programs shipped": _shipped,
    "programs check": _check,
    "programs state": _state,
    **LOAN_VERBS,
}
