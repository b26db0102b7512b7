"""Who a row of a shelter's own list is: registered, a resident, new, or a case for a person to decide. Changes nothing.

Writings of the same thing (width, era, old and new kanji, address styles) are no difference, so that a list imported twice
changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.addresses import same_place
from app.domain.dates import parse_date
from app.domain.errors import RuleViolation, SasaeError
from app.domain.evacuee import Household, Person, Stay, check_person, check_stay
from app.domain.folding import fold_address, fold_kana, fold_name
from app.domain.identifiers import new_id
from app.domain.words import find_code
from app.usecases.plans import Entry, PlanItem
from app.usecases.ports import Reads
from app.usecases.reception import Warning, particulars_of
from app.usecases.rows import ResidentView, SearchHit, StayView

PERSON_FIELDS = (
    "name", "kana", "birth", "sex", "relation", "nationality", "postal", "address", "district", "phone", "mobile", "workplace", "injury",
    "injury_note", "needs", "needs_note", "care_level", "supplies", "note", "card", "resident_no", "consent_kin", "consent_acquaintance",
    "consent_public", "consent_board", "consent_web", "consent_share",
)  # fmt: skip
HOUSEHOLD_FIELDS = ("house_damage", "pets", "vehicles", "emergency_contact")
STAY_FIELDS = ("category", "room")
_LINKED = ("resident_id", "resident_no", "source", "protected")


# Comparing what a file says with what is known: writings of the same thing are no change.


def _birth_span(text: str) -> tuple[Any, Any] | None:
    try:
        found = parse_date(text, lenient=True)
    except SasaeError:
        return None
    return (found.earliest, found.latest) if found.earliest or found.latest else None


def same_birth(a: str, b: str) -> bool:
    """Whether two dates in any writing mean the same span of days; texts that say nothing are the same only when equal."""
    left, right = _birth_span(a), _birth_span(b)
    return left == right if left and right else a.strip() == b.strip()


def _same(field: str, old: Any, new: Any) -> bool:
    if old == new:
        return True
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    if field in ("name", "kana"):
        return (fold_name if field == "name" else fold_kana)(old) == (fold_name if field == "name" else fold_kana)(new)
    if field == "birth":
        return same_birth(old, new)
    if field == "address":
        return fold_address(old) == fold_address(new) or same_place(old, new)
    if field in ("phone", "mobile", "postal"):
        return bool(_digits(new)) and _digits(old) == _digits(new)
    return old.strip() == new.strip()


def _digits(text: str) -> str:
    return "".join(str(int(char)) for char in text if char.isdecimal())


def differences(record: Any, values: Mapping[str, Any], fields: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    found = {}
    for field in fields:
        new = values.get(field)
        if new not in (None, "", ()) and not _same(field, getattr(record, field), new):
            found[field] = (getattr(record, field), new)
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """Somebody registered: with the stay at this shelter that the row speaks of, and any running stay elsewhere."""

    person: Person
    here: StayView | None
    elsewhere: StayView | None


class Planner:
    """Looks at every row once, in order of the file."""

    def __init__(self, reads: Reads, shelter_id: str, at: datetime, rows: Sequence[Entry]) -> None:
        self._reads = reads
        self._shelter_id = shelter_id
        self._at = at
        self._groups = group_households(rows)
        self._group_values = merge_groups(rows, self._groups)
        self._seen: dict[tuple[str, ...], int] = {}
        self._taken: dict[str, int] = {}
        self._houses: set[str] = set()

    def plan(self, entry: Entry) -> PlanItem:
        """What becomes of one row. For who may not see protected people a row that means one is somebody new, like any other."""
        values = {**entry.values, "group": self._groups[entry.line]}
        label = str(values.get("name") or values.get("kana") or "")
        item = PlanItem(line=entry.line, action="create", label=label, values=values)
        problem = self._repeated(item)
        if problem is not None:
            return problem
        known, doubt = self._identify(values)
        if doubt is not None:
            return replace(item, action="review", code=doubt.code, params=doubt.params, existing=str(doubt.params.get("record", "")))
        if known is not None:
            return self._meet(item, known)
        return self._create(item)

    def _repeated(self, item: PlanItem) -> PlanItem | None:
        """The same person twice in one file."""
        values = item.values
        birth = str(values.get("birth", ""))
        span = _birth_span(birth)
        key = (fold_name(item.label), str(span) if span else "", "" if span else fold_kana(str(values.get("kana", ""))))
        first = self._seen.setdefault(key, item.line)
        if first == item.line:
            return None
        if span:
            return replace(item, action="error", code="import.same_person_twice", params={"first": first})
        return replace(item, action="review", code="evacuee.same_name_in_file", params={"first": first})

    # -- who it is -------------------------------------------------------------------------------------------

    def _identify(self, values: Mapping[str, Any]) -> tuple[_Known | None, Warning | None]:
        """The registered person a row means, or why a person must decide; neither for somebody new."""
        exact = self._by_number(values)
        if exact is not None:
            if not _could_be(exact.person, values):
                params = {"number": exact.person.number, "name": exact.person.name, "record": exact.person.id}
                return None, Warning(code="evacuee.number_of_another", params=params)
            return exact, _elsewhere(exact)
        birth = str(values.get("birth", ""))
        hits = self._reads.persons.namesakes(name=str(values.get("name", "")), kana=str(values.get("kana", "")), birth=birth)
        hits = [hit for hit in hits if not (birth and hit.birth and _birth_span(birth)) or births_overlap(birth, hit.birth)]
        if not hits:
            return None, None
        if not _birth_span(birth):
            return self._nameless_birth(values, hits)
        sure = [self._known(hit.id, values) for hit in hits if _birth_span(hit.birth)]
        here = [known for known in sure if known.here is not None]
        if len(here) == 1 and len(hits) == 1:
            return here[0], _elsewhere(here[0])
        return None, self._doubt(hits)

    def _by_number(self, values: Mapping[str, Any]) -> _Known | None:
        found = self._reads.persons.by_number(str(values.get("person_no", ""))) or self._reads.persons.by_card(str(values.get("card", "")))
        if not found and values.get("resident_no"):
            view = self._resident_by_number(values)
            found = view.person_id if view else None
        return self._known(found, values) if found else None

    def _known(self, person_id: str, values: Mapping[str, Any]) -> _Known:
        person = self._reads.get("person", person_id)
        if not isinstance(person, Person):
            raise RuleViolation("record.not_found", kind="person", record=person_id)
        stays = self._reads.persons.stays(person_id)
        here = [stay for stay in stays if stay.shelter_id == self._shelter_id]
        running = [stay for stay in here if stay.to_at is None]
        entered = values.get("entered_at")
        dated = [stay for stay in here if entered is not None and stay.from_at == entered]
        elsewhere = next((stay for stay in stays if stay.to_at is None and stay.shelter_id != self._shelter_id), None)
        return _Known(person, next(iter(dated or running or here), None), elsewhere)

    def _nameless_birth(self, values: Mapping[str, Any], hits: Sequence[SearchHit]) -> tuple[_Known | None, Warning | None]:
        """A row without birth date: only when it adds nothing to the one of that name here is it that one; it is then unchanged."""
        if len(hits) == 1 and not hits[0].birth.strip():
            known = self._known(hits[0].id, values)
            same = known.here is not None and known.elsewhere is None and not differences(known.person, values, PERSON_FIELDS)
            if same and known.here is not None and not self._stay_changes(known.here, values):
                return known, None
        return None, self._doubt(hits)

    def _doubt(self, hits: Sequence[SearchHit]) -> Warning:
        hit = next((hit for hit in hits if hit.shelter_id), hits[0])
        params = {
            "record": hit.id,
            "number": hit.number,
            "name": hit.name,
            "shelter": hit.shelter_name,
            "since": hit.since,
            "count": len(hits),
        }
        if not hit.shelter_id:
            return Warning(code="evacuee.namesake", params=params)
        return Warning(code="evacuee.namesake_here" if hit.shelter_id == self._shelter_id else "evacuee.namesake_elsewhere", params=params)

    # -- somebody known --------------------------------------------------------------------------------------

    def _meet(self, item: PlanItem, known: _Known) -> PlanItem:
        """Update or unchanged, or a doubt: left already, or a row of somebody met by an earlier row."""
        person, here, values = known.person, known.here, item.values
        item = replace(item, existing=person.id)
        first = self._taken.setdefault(person.id, item.line)
        if first != item.line:
            return replace(item, action="error", code="import.same_person_twice", params={"first": first})
        changes = differences(person, values, PERSON_FIELDS)
        household = self._reads.get("household", person.household_id) if person.household_id else None
        if isinstance(household, Household) and household.id not in self._houses:
            self._houses.add(household.id)  # told once, beside its first row
            found = differences(household, self._group_values[str(values["group"])], HOUSEHOLD_FIELDS)
            changes |= {f"household.{field}": pair for field, pair in found.items()}
        if here is None or _is_return(here, values):
            changes["stay"] = (None, values.get("entered_at") or self._at)
        elif here.to_at is not None and "entered_at" not in values and "left_at" not in values:
            params = {"number": person.number, "since": here.to_at, "record": person.id}
            return replace(item, action="review", code="evacuee.left_already", params=params)
        else:
            changes |= self._stay_changes(here, values)
            item = replace(item, values={**values, "stay_id": here.id})
        return replace(item, action="update" if changes else "unchanged", changes=changes)

    def _stay_changes(self, stay: StayView, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        changes = {f"stay.{name}": pair for name, pair in differences(stay, values, STAY_FIELDS).items()}
        entered, left = values.get("entered_at"), values.get("left_at")
        if entered is not None and entered != stay.from_at:
            changes["stay.from_at"] = (stay.from_at, entered)
        if left is not None and left != stay.to_at:
            changes["stay.to_at"] = (stay.to_at, left)
        if left is not None:
            for name in ("destination", "destination_text"):
                if values.get(name) and values[name] != getattr(stay, name):
                    changes[f"stay.{name}"] = (getattr(stay, name), values[name])
        return changes

    # -- somebody new ----------------------------------------------------------------------------------------

    def _create(self, item: PlanItem) -> PlanItem:
        values = dict(item.values)
        view = self._resident_by_number(values) or self._resident_by_birth(values)
        if view is not None and view.person_id:
            params = {
                "record": view.person_id,
                "number": "",
                "name": view.name,
                "shelter": view.shelter_name,
                "since": view.since,
                "count": 1,
            }
            return replace(item, action="review", code="evacuee.resident_registered", params=params, existing=view.person_id)
        if view is None and (likely := self._protected_namesake(values)) is not None:
            values["resident_id"] = likely.id
            return replace(item, action="review", code="evacuee.maybe_protected", params={"name": item.label}, values=values)
        if view is not None:
            values["resident_id"] = view.id
        try:
            check_person(person_of(values, view, household_id="", number=""))
            check_stay(stay_of(values, person_id="", shelter_id=self._shelter_id, at=self._at))
        except RuleViolation as fault:
            params = {key: value for key, value in fault.params.items() if key != "field"}
            return replace(item, action="error", code=fault.code, params=params)
        return replace(item, values=values)

    def _resident_by_birth(self, values: Mapping[str, Any]) -> ResidentView | None:
        """The one resident with this name or kana and this birth date; None for none and for several."""
        birth = str(values.get("birth", ""))
        if not _birth_span(birth):
            return None
        found = [hit for hit in self._residents(values, birth) if _could_be(hit, values) and same_birth(hit.birth, birth)]
        return self._reads.residents.get(found[0].id) if len(found) == 1 else None

    def _protected_namesake(self, values: Mapping[str, Any]) -> SearchHit | None:
        """A protected resident of this name who may be meant: nobody slips onto a list because a birth date was left out."""
        birth = str(values.get("birth", ""))
        return next(
            (hit for hit in self._residents(values, "") if hit.protected and _could_be(hit, values) and births_overlap(birth, hit.birth)),
            None,
        )

    def _resident_by_number(self, values: Mapping[str, Any]) -> ResidentView | None:
        """The resident with this number and this name."""
        number = str(values.get("resident_no", ""))
        if not number:
            return None
        views = (self._reads.residents.get(hit.id) for hit in self._residents(values, str(values.get("birth", ""))))
        return next((view for view in views if view is not None and view.resident_no == number), None)

    def _residents(self, values: Mapping[str, Any], birth: str) -> list[SearchHit]:
        known = birth if _birth_span(birth) else ""
        found: dict[str, SearchHit] = {}
        for key in ("name", "kana"):
            if text := "".join(str(values.get(key, "")).split()):
                hits, _, _ = self._reads.search.find(text, birth=known, within="residents", limit=50)
                found |= {hit.id: hit for hit in hits}
        return list(found.values())


def _could_be(found: Any, values: Mapping[str, Any]) -> bool:
    """Whether name or kana of a person or hit are those of the row, folded."""
    name, kana = fold_name(str(values.get("name", ""))), fold_kana(str(values.get("kana", "")))
    return bool(name and name == fold_name(found.name)) or bool(kana and kana == fold_kana(found.kana))


def births_overlap(a: str, b: str) -> bool:
    left, right = _birth_span(a), _birth_span(b)
    if not left or not right or None in left or None in right:
        return True
    return bool(left[0] <= right[1] and right[0] <= left[1])


def _elsewhere(known: _Known) -> Warning | None:
    stay = known.elsewhere
    if stay is None:
        return None
    person = known.person
    params = {
        "record": person.id,
        "number": person.number,
        "name": person.name,
        "shelter": stay.shelter_name,
        "since": stay.from_at,
        "count": 1,
    }
    return Warning(code="evacuee.namesake_elsewhere", params=params)


def _is_return(stay: StayView, values: Mapping[str, Any]) -> bool:
    """The row speaks of a later stay than the one that ended."""
    entered = values.get("entered_at")
    return stay.to_at is not None and entered is not None and entered > stay.to_at


# Households of the file


def group_households(rows: Sequence[Entry]) -> dict[int, str]:
    """Line → household: by the file's own column, else a block from one head to the next, else each for itself."""
    columned = any(entry.values.get("household") for entry in rows)
    groups: dict[int, str] = {}
    block = ""
    for entry in rows:
        relation, named = str(entry.values.get("relation", "")), str(entry.values.get("household", ""))
        if columned:
            groups[entry.line] = f"={fold_name(named) or named}" if named else f"#{entry.line}"
            continue
        if relation and find_code("relation_head", relation):
            block = f"#{entry.line}"
        elif not relation:
            block = ""
        groups[entry.line] = block or f"#{entry.line}"
    return groups


def merge_groups(rows: Sequence[Entry], groups: Mapping[int, str]) -> dict[str, dict[str, Any]]:
    """What a household's rows say together: the first filled value of each field."""
    merged: dict[str, dict[str, Any]] = {}
    for entry in rows:
        values = merged.setdefault(groups[entry.line], {})
        for field in HOUSEHOLD_FIELDS:
            if entry.values.get(field):
                values.setdefault(field, entry.values[field])
    return merged


# New records


def person_of(values: Mapping[str, Any], view: ResidentView | None, *, household_id: str, number: str) -> Person:
    """A new person: what the register says, and what the file says where that is not the same."""
    base = particulars_of(view) if view else {"source": "file"}
    told = {field: values[field] for field in PERSON_FIELDS if values.get(field) not in (None, "", ())}
    kept = {field: value for field, value in told.items() if not base.get(field) or not _same(field, base[field], value)}
    if view is not None:
        kept = {field: value for field, value in kept.items() if field not in _LINKED}
    return Person(**{**base, **kept, "id": new_id(), "household_id": household_id, "number": number})


def stay_of(values: Mapping[str, Any], *, person_id: str, shelter_id: str, at: datetime) -> Stay:
    entered = values.get("entered_at") or min(at, values.get("left_at", at))
    named = {field: values[field] for field in (*STAY_FIELDS, "destination", "destination_text") if values.get(field)}
    if values.get("left_at") is not None:
        named = {"destination": "unknown", **named, "to_at": values["left_at"]}
    return Stay(**{**named, "id": new_id(), "person_id": person_id, "shelter_id": shelter_id, "from_at": entered, "reception": "file"})
