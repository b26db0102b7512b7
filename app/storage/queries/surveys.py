"""Surveys, which of them count, area judgements, requests, teams' lists and progress."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from app.domain.building import DWELLINGS
from app.domain.survey import Appeal, Team
from app.storage.queries.base import Source, moment
from app.storage.queries.buildings import RANKED, building_words, counted_grades, heads_of, records_where
from app.storage.shield import Guard, withheld_buildings
from app.storage.streams import stream
from app.usecases.survey_rows import (
    AppealRow,
    AreaAct,
    AssignmentRow,
    CountedGrade,
    KnownSurvey,
    ProgressLine,
    SurveyFilter,
    SurveyRow,
    TeamRow,
)

_AMONG = "IN (SELECT value FROM json_each(:ids))"
_BATCH = 5000
_ROW = (
    "SELECT s.id, s.version, s.building_id, b.number, b.address, b.district, b.use, s.sheet, s.hazard, s.kind, s.method, s.structure, s.edition,"
    " s.surveyed_on, s.started, s.ended, s.team_id, coalesce(t.name, ''), s.surveyors, s.inputs, s.points, s.raw, s.total, s.grade, s.decided_by,"
    " s.state, coalesce(e.name, s.entered_by), coalesce(c.name, s.checked_by), s.checked_at, s.check_note, s.reason, s.note, s.appeal_id, s.act"
    " FROM survey s JOIN building b ON b.id = s.building_id LEFT JOIN team t ON t.id = s.team_id LEFT JOIN operator e ON e.id = s.entered_by"
    f" LEFT JOIN operator c ON c.id = s.checked_by WHERE s.id {_AMONG}"
)
_NEWEST_STATE = (
    "coalesce((SELECT s.state FROM survey s WHERE s.building_id = b.id AND NOT s.deleted AND s.state <> 'withdrawn' ORDER BY s.id DESC LIMIT 1), '')"
)


class SurveyQueries:
    """See ``usecases.ports.SurveyReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def ids(self, *, filter: SurveyFilter) -> Sequence[str]:
        """Ids, newest day first."""
        where, values = ["NOT s.deleted", "NOT b.deleted"], dict[str, Any]()
        for name in ("state", "grade", "kind", "method", "hazard", "team_id", "act", "building_id"):
            if getattr(filter, name):
                where.append(f"s.{name} = :{name}")
                values[name] = getattr(filter, name)
        for name, column, sign in (("district", "b.district", "="), ("since", "s.surveyed_on", ">="), ("until", "s.surveyed_on", "<=")):
            if getattr(filter, name):
                where.append(f"{column} {sign} :{name}")
                values[name] = getattr(filter, name)
        if filter.counting:
            where.append(f"s.id IN (SELECT id FROM ({RANKED}) AS ranked WHERE place = 1)")
        with self._source() as connection:
            if filter.text.strip():
                where += building_words(connection, self._guard, filter.text, values)
            query = (
                f"SELECT s.id FROM survey s JOIN building b ON b.id = s.building_id WHERE {' AND '.join(where)}"
                " ORDER BY s.surveyed_on DESC, s.id DESC"
            )
            return [row[0] for row in connection.exec_driver_sql(query, values)]

    def rows(self, survey_ids: Sequence[str], *, operator_id: str = "", operator_name: str = "") -> list[SurveyRow]:
        """In the order of the ids; the operator is the one for whom ``mine`` is answered."""
        with self._source() as connection:
            found = {row[0]: row for row in connection.exec_driver_sql(_ROW, {"ids": json.dumps(list(survey_ids))})}
            buildings = list({row[2] for row in found.values()})
            heads = heads_of(connection, self._guard, buildings)
            counting = {row[0] for row in counted_grades(connection, buildings).values()}
            writers = _writers(connection, list(found)) if operator_id else {}
        return [
            _survey_row(
                found[one],
                heads.get(found[one][2], []),
                counting=one in counting,
                mine=operator_id in writers.get(one, ()) or bool(operator_name) and operator_name in json.loads(found[one][18]),
            )
            for one in survey_ids
            if one in found
        ]

    def counted(self, building_ids: Sequence[str]) -> dict[str, CountedGrade]:
        """The counting survey of each building that has one."""
        with self._source() as connection:
            return {
                building: CountedGrade(
                    survey_id=row[0], building_id=row[1], grade=row[2], total=row[3], hazard=row[4], kind=row[5], method=row[6], surveyed_on=row[7]
                )
                for building, row in counted_grades(connection, building_ids).items()
            }

    def writers(self, survey_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Operators who wrote what each survey says."""
        with self._source() as connection:
            return _writers(connection, survey_ids)

    def with_papers(self, building_ids: Sequence[str]) -> frozenset[str]:
        """Those of the buildings with an application or a certificate."""
        query = " UNION ".join(
            f"SELECT building_id FROM {kind} WHERE NOT deleted AND building_id {_AMONG}" for kind in ("application", "certificate")
        )
        with self._source() as connection:
            return frozenset(row[0] for row in connection.exec_driver_sql(query, {"ids": json.dumps(list(building_ids))}))

    def known(self) -> Iterator[list[KnownSurvey]]:
        """Every survey that is not withdrawn, with what an import compares."""
        query = (
            "SELECT id, building_id, sheet, hazard, kind, surveyed_on, total, grade, points, state FROM survey"
            " WHERE NOT deleted AND state <> 'withdrawn' ORDER BY rid"
        )
        with self._source() as connection:
            for part in stream(connection, query):
                yield [KnownSurvey._make(row) for row in part]

    def area_acts(self) -> list[AreaAct]:
        """Area judgements, newest first."""
        query = (
            "SELECT s.act, max(s.grade), max(s.hazard), max(s.surveyed_on), max(s.reason), coalesce(max(o.name), max(s.entered_by)), count(*),"
            " count(*) FILTER (WHERE s.state = 'counted') FROM survey s LEFT JOIN operator o ON o.id = s.entered_by WHERE s.method = 'area' AND s.act <> ''"
            " AND NOT s.deleted GROUP BY s.act ORDER BY max(s.id) DESC"
        )
        with self._source() as connection:
            return [
                AreaAct(act=r[0], grade=r[1], hazard=r[2], surveyed_on=r[3], reason=r[4], entered_by=r[5], made=r[6], standing=r[7])
                for r in connection.exec_driver_sql(query)
            ]

    def appeals(self, *, state: str = "") -> list[AppealRow]:
        """Requests, open ones first, then by the day they were asked."""
        with self._source() as connection:
            hidden = self._guard.hidden(connection).victims
            found: list[Appeal] = records_where(connection, "appeal", Appeal, "(:state = '' OR state = :state)", {"state": state})
            found = [one for one in found if one.victim_id not in hidden]
            buildings = list({one.building_id for one in found})
            places = {
                row[0]: row
                for row in connection.exec_driver_sql(
                    f"SELECT b.id, b.number, b.address, b.district, {_NEWEST_STATE} FROM building b WHERE b.id {_AMONG}",
                    {"ids": json.dumps(buildings)},
                )
            }
            heads, grades = heads_of(connection, self._guard, buildings), counted_grades(connection, buildings)
        rows = [
            AppealRow(
                appeal=one, number=places[one.building_id][1], address=places[one.building_id][2], district=places[one.building_id][3],
                head=next(iter(heads.get(one.building_id, [])), ""), grade=grades[one.building_id][2] if one.building_id in grades else "",
                survey_state=places[one.building_id][4],
            )
            for one in found
            if one.building_id in places
        ]  # fmt: skip
        order = ("open", "accepted", "done", "declined")
        return sorted(rows, key=lambda row: (order.index(row.appeal.state), row.appeal.asked_on, row.appeal.id))

    def assignments(self, *, day: str = "", team_id: str = "", building_id: str = "", open_only: bool = False) -> list[AssignmentRow]:
        """Lists by day, team and position; of one building the newest first."""
        where, values = ["NOT a.deleted", "NOT b.deleted"], dict[str, Any]()
        for name, value in (("day", day), ("team_id", team_id), ("building_id", building_id)):
            if value:
                where.append(f"a.{name} = :{name}")
                values[name] = value
        if open_only:
            where.append("a.outcome = ''")
        order = "a.day DESC, a.id DESC" if building_id else "a.day DESC, t.name NULLS FIRST, a.team_id, a.position, a.id"
        query = (
            "SELECT a.id, a.version, a.building_id, a.team_id, coalesce(t.name, ''), a.day, a.round, a.kind, a.position, a.outcome, a.note, b.number,"
            " b.address, b.district, b.use, b.structure, b.risk, b.collapsed, b.danger, b.owner_name,"
            f" {_NEWEST_STATE} FROM assignment a JOIN building b ON b.id = a.building_id LEFT JOIN team t ON t.id = a.team_id"
            f" WHERE {' AND '.join(where)} ORDER BY {order}"
        )
        with self._source() as connection:
            rows = connection.exec_driver_sql(query, values).all()
            buildings = list({row[2] for row in rows})
            heads = heads_of(connection, self._guard, buildings)
            withheld = withheld_buildings(connection, self._guard.people(connection), buildings) if self._guard.hides else set()
        return [_assignment_row(row, heads.get(row[2], []), row[2] in withheld) for row in rows]

    def days(self) -> list[tuple[str, int, int]]:
        """``(day, buildings, done)`` of every day with a list, newest first."""
        query = "SELECT day, count(*), count(*) FILTER (WHERE outcome = 'done') FROM assignment WHERE NOT deleted GROUP BY day ORDER BY day DESC"
        with self._source() as connection:
            return [(row[0], row[1], row[2]) for row in connection.exec_driver_sql(query)]

    def teams(self) -> list[TeamRow]:
        """Teams by name, with what is on their lists."""
        query = (
            "SELECT team_id, count(*), count(*) FILTER (WHERE outcome = 'done'), count(*) FILTER (WHERE outcome = '')"
            " FROM assignment WHERE NOT deleted GROUP BY team_id"
        )
        with self._source() as connection:
            counts = {row[0]: row for row in connection.exec_driver_sql(query)}
            teams: list[Team] = records_where(connection, "team", Team, "true", ())
        rows = [(team, counts.get(team.id, (team.id, 0, 0, 0))) for team in teams]
        return [
            TeamRow(team=team, planned=row[1], done=row[2], remaining=row[3]) for team, row in sorted(rows, key=lambda one: (one[0].name, one[0].id))
        ]

    def progress(self) -> list[ProgressLine]:
        """How far it is by district; one nobody wrote down comes last."""
        with self._source() as connection:
            grades: dict[str, dict[str, int]] = defaultdict(dict)
            query = (
                f"SELECT b.district, c.grade, count(*) FROM ({RANKED}) c JOIN building b ON b.id = c.building_id"
                " WHERE c.place = 1 AND NOT b.deleted GROUP BY 1, 2"
            )
            for district, grade, count in connection.exec_driver_sql(query):
                grades[district][grade] = count
            rows = connection.exec_driver_sql(_PROGRESS).all()
        return [_progress_line(row, grades[row[0]]) for row in rows]


def _such(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})"


_DWELLINGS = ", ".join(f"'{use}'" for use in sorted(DWELLINGS))
_SURVEYED = "SELECT building_id FROM survey WHERE NOT deleted AND state"
_VISITED = "SELECT building_id FROM assignment WHERE NOT deleted AND outcome"
_PROGRESS = (
    f"SELECT district, count(*), {_such('dwelling')}, {_such('planned')}, {_such('judged OR waiting')}, {_such('waiting AND NOT judged')},"
    f" {_such('judged')}, {_such('NOT judged AND NOT waiting')}, {_such('away AND NOT judged AND NOT waiting')}, {_such('asked')} FROM ("
    f"SELECT b.district, b.use IN ({_DWELLINGS}) AS dwelling, b.id IN ({_SURVEYED} = 'counted') AS judged,"
    f" b.id IN ({_SURVEYED} IN ('entered', 'returned')) AS waiting, b.id IN ({_VISITED} = '') AS planned, b.id IN ({_VISITED} = 'absent') AS away,"
    " b.id IN (SELECT building_id FROM appeal WHERE NOT deleted AND state IN ('open', 'accepted')) AS asked"
    " FROM building b WHERE NOT b.deleted) AS one GROUP BY district ORDER BY district = '', district"
)


def _progress_line(row: Any, grades: dict[str, int]) -> ProgressLine:
    return ProgressLine(
        district=row[0], buildings=row[1], dwellings=row[2], planned=row[3], surveyed=row[4], waiting=row[5], judged=row[6], remaining=row[7],
        absent=row[8], appeals=row[9], grades=grades,
    )  # fmt: skip


def _writers(connection: Connection, survey_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """By the journal: whoever made a survey, or changed what was seen or judged."""
    query = (
        f"SELECT DISTINCT record, operator FROM journal WHERE record {_AMONG} AND kind = 'survey' AND (action = 'create'"
        """ OR instr(changes, '"inputs":[') > 0 OR instr(changes, '"grade":[') > 0 OR instr(changes, '"total":[') > 0)"""
    )
    found: dict[str, set[str]] = defaultdict(set)
    for record, operator in connection.exec_driver_sql(query, {"ids": json.dumps(list(survey_ids))}):
        found[record].add(operator)
    return {record: frozenset(operators) for record, operators in found.items()}


def _survey_row(row: Any, heads: list[str], *, counting: bool, mine: bool) -> SurveyRow:
    return SurveyRow(
        id=row[0], version=row[1], building_id=row[2], number=row[3], address=row[4], district=row[5], use=row[6], head=next(iter(heads), ""),
        sheet=row[7], hazard=row[8], kind=row[9], method=row[10], structure=row[11], edition=row[12], surveyed_on=row[13], started=row[14],
        ended=row[15], team_id=row[16], team=row[17], surveyors=tuple(json.loads(row[18])), inputs=row[19], points=row[20], raw=row[21],
        total=row[22], grade=row[23], decided_by=row[24], state=row[25], entered_by=row[26], checked_by=row[27], checked_at=moment(row[28]),
        check_note=row[29], reason=row[30], note=row[31], appeal_id=row[32], act=row[33], counting=counting, mine=mine,
    )  # fmt: skip


def _assignment_row(row: Any, heads: list[str], withheld: bool) -> AssignmentRow:
    return AssignmentRow(
        id=row[0], version=row[1], building_id=row[2], team_id=row[3], team=row[4], day=row[5], round=row[6], kind=row[7], position=row[8],
        outcome=row[9], note=row[10], number=row[11], address=row[12], district=row[13], use=row[14], structure=row[15], risk=row[16],
        collapsed=bool(row[17]), danger=row[18], owner_name="" if withheld else row[19], heads=tuple(heads), state=row[20],
    )  # fmt: skip
