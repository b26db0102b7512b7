"""What a calculation does with each subject: a new entitlement, a higher or lower one, or none. Pure decisions; nothing is written here.

Every subject meets the entitlement that has any of its keys. What was paid is never taken back by a calculation: what is too much is flagged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.domain.identifiers import new_id
from app.domain.relief import Entitlement, Yen
from app.domain.relief_rules import Facts, Line, Outcome, Reason, evaluate
from app.usecases.relief_ports import EarlierAmount, LiveAmount
from app.usecases.relief_rows import CalculatedRow
from app.usecases.relief_subjects import Question, Subject

NOTHING = LiveAmount(0, 0, 0)
_UNSAID: tuple[object, ...] = ("", None, (), frozenset())


@dataclass(slots=True, kw_only=True)
class Planned:
    """One subject with what its entitlement would be. ``after`` None: there is none and none is made."""

    subject: Subject | None
    stored: Entitlement | None
    after: Entitlement | None
    action: str
    outcome: Outcome
    live: LiveAmount
    problem: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> Yen:
        """What is left to pay."""
        if self.after is None or self.after.state != "open":
            return 0
        return max(0, self.after.due - self.after.before - self.live.paid - self.live.under_way)


@dataclass(frozen=True, slots=True)
class _Words:
    """An outcome with the texts an entitlement keeps of it."""

    outcome: Outcome
    lines: str
    basis: str
    category: str


class Evaluation:
    """Evaluates rules once for facts that are alike."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._known: dict[int, tuple[Facts, _Words]] = {}

    def get(self, facts: Facts) -> _Words:
        """``facts`` is one object for all that are alike (``relief_subjects``)."""
        known = self._known.get(id(facts))
        if known is None:
            asked = self._question
            outcome = evaluate(asked.rules, facts, programme=asked.programme, round=asked.round)
            outcome = replace(outcome, reasons=tuple(sorted(outcome.reasons, key=_is_against)))
            known = self._known[id(facts)] = (facts, _Words(outcome, write_lines(outcome.lines), write_facts(facts), main_category(outcome.lines)))
        return known[1]


def _is_against(reason: Reason) -> bool:
    """What is given is told before what is not."""
    return reason.code.startswith(("relief.not.", "relief.is.", "relief.unknown."))


def write_lines(lines: Sequence[Line]) -> str:
    """``Entitlement.lines``."""
    said = [{"rule": one.rule_id, "category": one.category, "title": one.title, "amount": one.amount, "benefit": one.benefit} for one in lines]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def read_lines(text: str) -> tuple[Line, ...]:
    """``Entitlement.lines`` as lines again."""
    return tuple(
        Line(rule_id=one["rule"], category=one["category"], title=one["title"], amount=one["amount"], benefit=one.get("benefit", ""))
        for one in json.loads(text or "[]")
    )


def write_facts(facts: Facts) -> str:
    """``Entitlement.basis``: what is known, without what is not so or not known, and without keys."""
    names = [name for name in Facts.__slots__ if name not in ("keys", "unit")]
    said = {name: getattr(facts, name) for name in names}
    kept = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in said.items()
        if value is not False and value not in _UNSAID
    }
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def main_category(lines: Sequence[Line]) -> str:
    """The category of the highest line, the first of equals; "" without any."""
    return max(lines, key=lambda one: one.amount).category if lines else ""


class Plan:
    """Brings subjects together with the entitlements of a round.

    ``stored``: those of the round that the reader may know of; ``live``: what is paid of them; ``earlier``: what earlier rounds gave, for
    programmes of a total.
    """

    def __init__(
        self, question: Question, *, stored: Sequence[Entitlement], live: Mapping[str, LiveAmount], earlier: Sequence[EarlierAmount], now: datetime
    ) -> None:
        self._question, self._live, self._now = question, live, now
        self._evaluation = Evaluation(question)
        self._by_key: dict[str, list[Entitlement]] = {}
        for one in stored:
            for key in (one.subject, *one.aliases):
                self._by_key.setdefault(key, []).append(one)
        self._earlier: dict[str, list[EarlierAmount]] = {}
        for amount in earlier:
            for key in amount.keys:
                self._earlier.setdefault(key, []).append(amount)
        self._taken: dict[str, Subject] = {}
        self._stored = stored

    def first(self) -> dict[str, int]:
        """Households that have an entitlement already: 0 with money paid or on its way, 1 without."""
        return {one.victim_id: 0 if self._had(one.id) else 1 for one in self._stored if one.victim_id and one.unit == "household"}

    def add(self, subject: Subject) -> Planned:
        """What becomes of one subject."""
        words = self._evaluation.get(subject.facts)
        stored = self._meet(subject)
        other = self._taken.get(stored.id) if stored else None
        if subject.problem or other is not None:
            problem = subject.problem or f"relief.same_{subject.unit}"
            params = subject.params if subject.problem or other is None else {"name": other.name, "address": other.address}
            return Planned(
                subject=subject, stored=None, after=None, action="problem", outcome=words.outcome, live=NOTHING, problem=problem, params=params
            )
        if stored is None:
            return self._new(subject, words)
        self._taken[stored.id] = subject
        return self._again(subject, words, stored)

    def leftover(self) -> list[Planned]:
        """Entitlements that met nobody: the household was removed, the casualty withdrawn, or two became one."""
        found = []
        for one in self._stored:
            if one.id not in self._taken:
                live = self._live.get(one.id, NOTHING)
                after = one if one.state == "declined" else self._settle(replace(one, due=0, before=0, lines="[]"), stored=one, live=live)
                gone = "relief.gone" if after.state == "ended" else ""
                found.append(
                    Planned(
                        subject=None, stored=one, after=after, action=_action(one, after), outcome=Outcome(), live=live, problem=gone,
                    )
                )  # fmt: skip
        return found

    def _meet(self, subject: Subject) -> Entitlement | None:
        """The entitlement with any of its keys: the one with money paid before others, then the one made first."""
        found = {one.id: one for key in subject.keys for one in self._by_key.get(key, ()) if one.unit == subject.unit}
        if len(found) > 1:
            return max(found.values(), key=lambda one: (self._had(one.id) > 0, one.victim_id == subject.victim_id, -len(one.number), one.number))
        return next(iter(found.values()), None)

    def _had(self, entitlement_id: str) -> Yen:
        live = self._live.get(entitlement_id, NOTHING)
        return live.paid + live.under_way

    def _before(self, subject: Subject, keys: Sequence[str]) -> Yen:
        if self._question.programme.increments != "total":
            return 0
        found = {one.entitlement_id: one.amount for key in (*subject.keys, *keys) for one in self._earlier.get(key, ())}
        return sum(found.values())

    def _new(self, subject: Subject, words: _Words) -> Planned:
        if not words.outcome.entitled:
            return Planned(subject=subject, stored=None, after=None, action="none", outcome=words.outcome, live=NOTHING)
        claim = subject.claims[-1].id if subject.claims else ""
        asked = self._question
        made = Entitlement(
            id=new_id(), programme_id=asked.programme.id, round_id=asked.round.id, unit=subject.unit, subject=subject.keys[0], aliases=subject.keys[1:],
            household=subject.household, victim_id=subject.victim_id, casualty_id=subject.casualty_id, claim_id=claim, person_id=subject.person_id,
            resident_id=subject.resident_id, resident_no=subject.resident_no, name=subject.name, kana=subject.kana, birth=subject.birth,
            address=subject.address, district=subject.facts.district, category=words.category, lines=words.lines, basis=words.basis,
            due=words.outcome.due, before=self._before(subject, ()), calculated_at=self._now,
        )  # fmt: skip
        return Planned(subject=subject, stored=None, after=made, action="created", outcome=words.outcome, live=NOTHING)

    def _again(self, subject: Subject, words: _Words, stored: Entitlement) -> Planned:
        live = self._live.get(stored.id, NOTHING)
        if stored.state == "declined":
            return Planned(subject=subject, stored=stored, after=stored, action="declined", outcome=words.outcome, live=live)
        keys = dict.fromkeys((*stored.aliases, *subject.keys))
        keys.pop(stored.subject, None)
        told = replace(
            stored, aliases=tuple(keys), household=subject.household or stored.household, victim_id=subject.victim_id, casualty_id=subject.casualty_id,
            claim_id=subject.claims[-1].id if subject.claims else stored.claim_id, person_id=subject.person_id, resident_id=subject.resident_id,
            resident_no=subject.resident_no, name=subject.name, kana=subject.kana, birth=subject.birth, address=subject.address,
            district=subject.facts.district, category=words.category or stored.category, lines=words.lines, basis=words.basis, due=words.outcome.due,
            before=self._before(subject, (stored.subject, *stored.aliases)),
        )  # fmt: skip
        after = self._settle(told, stored=stored, live=live)
        return Planned(subject=subject, stored=stored, after=after, action=_action(stored, after), outcome=words.outcome, live=live)

    def _settle(self, told: Entitlement, *, stored: Entitlement, live: LiveAmount) -> Entitlement:
        """State, flag and what was paid too much, from what is due now and what is paid or on its way."""
        had = live.paid + live.under_way
        net, was = max(0, told.due - told.before), max(0, stored.due - stored.before)
        over = max(0, had - net)
        if over:
            flag = "over"
        elif net > had > 0 and (net > was or stored.flag == "raised"):
            flag = "raised"
        elif had == 0 and 0 < net < was or (stored.flag == "less" and net == was and had == 0):
            flag = "less"
        else:
            flag = ""
        state = "open" if told.lines != "[]" else "ended"
        after = replace(told, over=over, flag=flag, state=state)
        return after if after == stored else replace(after, calculated_at=self._now)


def _action(stored: Entitlement, after: Entitlement) -> str:
    """What a row says of the difference."""
    net, was = max(0, after.due - after.before), max(0, stored.due - stored.before)
    if after.state == "declined":
        return "declined"
    if after.over and (after.over != stored.over or net != was):
        return "over"
    if after.state == "ended":
        return "unchanged" if stored.state == "ended" else "ended"
    if net != was:
        return "raised" if net > was else "lowered"
    return "raised" if stored.state == "ended" else "unchanged"


def row_of(planned: Planned, *, already: Yen) -> CalculatedRow:
    """The row of a list. Without a subject it tells of the entitlement that met nobody. What is not written yet has no number and no id."""
    subject, shown = planned.subject, planned.after or planned.stored
    who: Any = subject or shown
    lines = planned.outcome.lines if subject else ()
    due = shown.due if shown is not None else planned.outcome.due if planned.action != "problem" else 0
    facts = subject.facts if subject else None
    return CalculatedRow(
        entitlement_id=shown.id if shown and shown.number else "", number=shown.number if shown else "", unit=who.unit,
        subject=shown.subject if shown else subject.keys[0] if subject else "", victim_id=who.victim_id, casualty_id=who.casualty_id,
        claim_id=shown.claim_id if shown else "", resident_no=who.resident_no, name=who.name, kana=who.kana, birth=who.birth, address=who.address,
        district=facts.district if facts else shown.district if shown else "", size=(facts.size or 0) if facts else 0, grade=facts.grade if facts else "",
        category=shown.category if shown else main_category(lines), lines=lines, due=due, before=shown.before if shown else 0, already=already,
        open=planned.open, over=shown.over if shown else 0, flag=shown.flag if shown else "", action=planned.action,
        wants=shown.wants if shown else (), reasons=_reasons(planned), problem=planned.problem, params=planned.params,
        protected=bool(subject and subject.protected),
    )  # fmt: skip


def _reasons(planned: Planned) -> tuple[Reason, ...]:
    return () if planned.problem else planned.outcome.reasons
