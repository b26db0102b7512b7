"""The verb of who is who: ``evacuees match``."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.imports import show_progress
from app.cli.outputs import Answer
from app.cli.signing import signed_in
from app.presentation.messages import message
from app.usecases import matching
from app.usecases.files import atomic_output
from app.usecases.job import Job
from app.usecases.matching_rows import Candidate, MatchCase, Reason


def match(gateway: FolderGateway, given: Namespace) -> Answer:
    """``evacuees match``: proposals, and with ``--apply-sure`` the sure ones linked in one act. ``--out`` keeps the cases in a file."""
    with signed_in(gateway, given) as session:
        ctx, job = session.context, Job(show_progress)
        run = matching.run_matching(ctx, job=job)
        cases = [_case(case) for case in run.cases]
        linked = 0
        if given.apply_sure:
            links = [(case.person_id, case.candidates[0].resident_id) for case in run.band("sure")]
            if links:
                matching.link_all(ctx, links=links, reason=given.reason or message("match.applied"), job=job)
            linked = len(links)
        answer: dict[str, Any] = {"snapshot": run.snapshot.id, "unlinked": run.people, **run.counts, "linked": linked}
        if not given.out:
            return {**answer, "cases": cases}, 0
        with atomic_output(Path(given.out)) as temporary:
            temporary.write_text(json.dumps({**answer, "cases": cases}, ensure_ascii=False, indent=1), "utf-8")
            with ctx.unit() as uow:  # before the file gets its name: nothing leaves without its row
                uow.log_access(action="export", persons=len(cases), target=Path(given.out).name)
                uow.commit()
        return {**answer, "file": str(given.out)}, 0


def _case(case: MatchCase) -> dict[str, Any]:
    best = case.candidates[0].resident_id if case.candidates else ""
    return {
        "person": case.person_id,
        "band": case.band,
        "score": case.score,
        "resident": best,
        "doubt": case.doubt,
        "candidates": [_candidate(one) for one in case.candidates],
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    return {"resident": one.resident_id, "score": one.score, "reasons": _words(one.reasons), "differences": _words(one.differences)}


def _words(reasons: tuple[Reason, ...]) -> list[str]:
    return [message(code, detail=detail) for code, detail in reasons]
