"""Records of one human being at two shelters: pairs of registered people with a score and what speaks for it most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.matching.engine import append, create, engine
from app.matching.people import PERSON, PersonReader
from app.matching.statements import WHOLE, levels
from app.matching.traits import weights
from app.usecases.job import Job
from app.usecases.matching_rows import LikePair, PersonTraits

_COMMON, _FEW = 12, 3
_NAMED = "fl IN (1, 2, 3, 4) AND gl IN (1, 2, 3, 4)"
_WRITTEN = "fl IN (1, 2) AND gl IN (1, 2)"
_NEAR = "fl IN (1, 2, 3, 4, 5) AND gl IN (1, 2, 3, 4, 5, 8)"
_ALONE = f"(pl = 1 OR shared <= {_FEW} OR (al <> 4 AND shared <= {_COMMON}))"
_PLACED = "(al = 1 OR pl = 1)"
_BLOCKS = (
    "SELECT p.pid, r.rid FROM p JOIN r ON p.link = r.link AND p.pid < r.rid WHERE p.link > 0",
    "SELECT p.pid, r.rid FROM p JOIN r ON p.nk = r.nk AND p.pid < r.rid WHERE p.nk <> ''",
    "SELECT p.pid, r.rid FROM p JOIN r ON p.kk = r.kk AND p.pid < r.rid WHERE p.kk <> ''",
    "SELECT p.pid, r.rid FROM p JOIN r ON p.b = r.b AND p.pid < r.rid WHERE p.b > 0 AND p.h <> r.h",
    "SELECT p.pid, r.rid FROM p JOIN r ON p.addr = r.addr AND p.pid < r.rid WHERE p.addr > 0 AND p.h <> r.h",
)


def pair_up(people: Iterable[Sequence[PersonTraits]], *, apart: frozenset[frozenset[str]], job: Job) -> list[LikePair]:
    """See ``usecases.ports.Matcher``. A name alone is a pair only where few share it or the place is the same."""
    rows = [row for part in people for row in part]
    if len(rows) < 2:
        return []
    links = {text: number for number, text in enumerate(dict.fromkeys(_link(row) for row in rows if _link(row)), 1)}
    reader = PersonReader()
    reader.learn(rows)
    columns = (("pid", "INTEGER"), *PERSON[1:], ("link", "INTEGER"))
    with engine() as connection:
        create(connection, "given", columns)
        read = [(*reader.person(pid, row), links.get(_link(row), 0)) for pid, row in enumerate(rows)]
        job.report(len(rows), len(rows), "job.pairing")
        append(connection, "given", columns, list(zip(*read, strict=True)))
        for statement in _statements():
            connection.execute(statement)
            job.report(0, None, "job.pairing")
        found = connection.execute("SELECT pid, rid, score, reason FROM pairs").fetchall()
    ids = [row.id for row in rows]
    pairs = [LikePair(min(ids[a], ids[b]), max(ids[a], ids[b]), score, reason) for a, b, score, reason in found]
    if apart:
        pairs = [pair for pair in pairs if frozenset(pair[:2]) not in apart]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.first, pair.second))


def _link(row: PersonTraits) -> str:
    """The resident a record is linked to, the same for every snapshot that knows the number."""
    return (row.resident_no or row.resident_id) if row.settled is not None else ""


def _statements() -> list[str]:
    """From ``given`` to ``pairs``."""
    named = ", ".join(f"({sql})::TINYINT AS {name}" for name, sql in levels().items())
    pairs = " UNION ALL ".join(_BLOCKS)
    scores = weights()["duplicates"]

    def scored(reason: str, more: str = "0") -> str:
        return f"struct_pack(score := least(0.99, {scores[reason]} + {more})::DECIMAL(3, 2)::DOUBLE, reason := '{reason}')"

    same = f"struct_pack(score := {scores['same_resident']}::DOUBLE, reason := 'same_resident')"
    placed = f"CASE WHEN {_PLACED} THEN 0.03 ELSE 0 END"
    judged = (
        f"CASE WHEN link_p > 0 AND link_p = link_r THEN {same} WHEN sl = 2 OR (link_p > 0 AND link_r > 0) THEN NULL"
        f" WHEN bl IN (1, 2) AND {_NAMED} THEN CASE WHEN {_WRITTEN} THEN {scored('name_and_birth', placed)} ELSE {scored('kana_and_birth', placed)} END"
        f" WHEN bl IN (1, 2) AND {_NEAR} AND NOT together AND ({_PLACED} OR al IN (0, 3)) THEN {scored('near_name_and_birth', placed)}"
        f" WHEN bl IN (3, 4, 5, 6, 7) AND {_NAMED} AND NOT (together AND bl > 3) AND ({_PLACED} OR {_ALONE}) THEN {scored('name_birth_near', placed)}"
        f" WHEN bl = 0 AND {_NAMED} AND NOT (together AND (fl = 4 OR gl = 4)) AND ({_PLACED}) THEN {scored('name_and_address')}"
        f" WHEN bl = 0 AND {_NAMED} AND fl <> 4 AND gl <> 4 AND {_ALONE} THEN {scored('name_only')} ELSE NULL END"
    )
    return [
        f"CREATE TABLE p AS SELECT *, {WHOLE} FROM given",
        "CREATE TABLE r AS SELECT p.*, p.pid AS rid FROM p",
        "CREATE TABLE n_kk AS SELECT kk AS v, count(*) AS n FROM p WHERE kk <> '' GROUP BY kk",
        "CREATE TABLE n_nk AS SELECT nk AS v, count(*) AS n FROM p WHERE nk <> '' GROUP BY nk",
        f"CREATE TABLE pairs AS WITH d AS (SELECT DISTINCT pid, rid FROM ({pairs})),"
        f" e AS (SELECT d.pid, d.rid, p.link AS link_p, r.link AS link_r, p.h = r.h AS together, least(coalesce(n_nk.n, 1000000),"
        f" coalesce(n_kk.n, 1000000)) AS shared, {named} FROM d JOIN p ON p.pid = d.pid JOIN r ON r.rid = d.rid"
        " LEFT JOIN n_nk ON n_nk.v = p.nk LEFT JOIN n_kk ON n_kk.v = p.kk)"
        f" SELECT pid, rid, j.score AS score, j.reason AS reason FROM (SELECT pid, rid, {judged} AS j FROM e) WHERE j IS NOT NULL",
    ]
