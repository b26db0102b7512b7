"""What a calculation does with each subject: a new entitlement, a higher or lower one, or none. Pure decisions; nothing is written here.

Every subject meets the entitlement that has any of its keys. What was paid is never taken back by a calculation: what is too much is flagged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
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
    """Brings subjects together with the entitlements of a round: ``run`` once.

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
        self._twins: dict[str, Subject] = {}
        self._met: dict[int, Entitlement] = {}
        self._absorbed: dict[int, Yen] = {}
        self._stored = stored

    def first(self) -> dict[str, int]:
        """Households that have an entitlement already: 0 with money paid or on its way, 1 without."""
        return {one.victim_id: 0 if self._had(one.id) else 1 for one in self._stored if one.victim_id and one.unit == "household"}

    def run(self, subjects: Iterable[Subject]) -> list[Planned]:
        """What becomes of each subject, then of the entitlements that met nobody.

        What was paid by an entitlement that turns out to be somebody else's counts as paid to those: nobody gets it a second time.
        """
        wanted = list(subjects)
        for subject in wanted:
            self._meet(subject)
        spare: dict[int, Yen] = {}
        for one in self._stored:
            if one.id not in self._taken and (twin := self._twins.get(one.id)) is not None:
                spare[id(twin)] = spare.get(id(twin), 0) + self._had(one.id)
        found = [self._decide(subject, spare.get(id(subject), 0)) for subject in wanted]
        return [*found, *self._leftover()]

    def _meet(self, subject: Subject) -> None:
        """Find the entitlement that is this subject's; further ones with its keys are its twins' and will be ended."""
        known = self._known(subject)
        other = self._taken.get(known[0].id) if known else None
        if other is not None and not subject.problem:
            subject.problem, subject.params, subject.twin = f"relief.same_{subject.unit}", {"name": other.name, "address": other.address}, other
        if subject.problem:
            self._twins.update((one.id, subject.twin) for one in known if subject.twin is not None)
            return
        if known:
            self._taken[known[0].id] = subject
            self._met[id(subject)] = known[0]
            self._twins.update((one.id, subject) for one in known[1:])

    def _decide(self, subject: Subject, spare: Yen) -> Planned:
        words = self._evaluation.get(subject.facts)
        if subject.problem:
            return Planned(
                subject=subject, stored=None, after=None, action="problem", outcome=words.outcome, live=NOTHING, problem=subject.problem,
                params=subject.params,
            )  # fmt: skip
        stored = self._met.get(id(subject))
        return self._new(subject, words, spare) if stored is None else self._again(subject, words, stored, spare)

    def _leftover(self) -> list[Planned]:
        """The household was removed, the casualty withdrawn, or two became one."""
        found = []
        for one in self._stored:
            if one.id not in self._taken:
                live = self._live.get(one.id, NOTHING)
                after = one if one.state == "declined" else self._settle(self._ended(one), stored=one, live=live)
                gone = "relief.gone" if after.state == "ended" else ""
                found.append(
                    Planned(
                        subject=None, stored=one, after=after, action=_action(one, after), outcome=Outcome(), live=live, problem=gone,
                    )
                )  # fmt: skip
        return found

    def _ended(self, one: Entitlement) -> Entitlement:
        """Nothing is due; what counts as paid to its twin is not too much. It keeps the twin's keys, so that this stays so."""
        twin = self._twins.get(one.id)
        if twin is None:
            return replace(one, due=0, before=0, lines="[]")
        counted = min(self._had(one.id), self._absorbed.get(id(twin), 0))
        self._absorbed[id(twin)] = self._absorbed.get(id(twin), 0) - counted
        met = self._met.get(id(twin))
        keys = ((met.subject,) if met else ()) + twin.keys
        aliases = tuple(dict.fromkeys((*one.aliases, *(key for key in keys if key != one.subject))))
        return replace(one, due=counted, before=0, lines="[]", aliases=aliases)

    def _known(self, subject: Subject) -> list[Entitlement]:
        """Entitlements with any of its keys: its own before others, then those with money paid, then the one made first."""
        found = {one.id: one for key in subject.keys for one in self._by_key.get(key, ()) if one.unit == subject.unit}
        if len(found) < 2:
            return list(found.values())
        own = (subject.victim_id, subject.casualty_id)
        return sorted(found.values(), key=lambda one: ((one.victim_id, one.casualty_id) != own, self._had(one.id) == 0, len(one.number), one.number))

    def _had(self, entitlement_id: str) -> Yen:
        live = self._live.get(entitlement_id, NOTHING)
        return live.paid + live.under_way

    def _before(self, subject: Subject, keys: Sequence[str]) -> Yen:
        if self._question.programme.increments != "total":
            return 0
        found = {one.entitlement_id: one.amount for key in (*subject.keys, *keys) for one in self._earlier.get(key, ())}
        return sum(found.values())

    def _new(self, subject: Subject, words: _Words, spare: Yen) -> Planned:
        if not words.outcome.entitled:
            return Planned(subject=subject, stored=None, after=None, action="none", outcome=words.outcome, live=NOTHING)
        claim = subject.claims[-1].id if subject.claims else ""
        before = self._before(subject, ())
        counted = self._absorbed[id(subject)] = min(spare, max(0, words.outcome.due - before))
        asked = self._question
        made = Entitlement(
            id=new_id(), programme_id=asked.programme.id, round_id=asked.round.id, unit=subject.unit, subject=subject.keys[0], aliases=subject.keys[1:],
            household=subject.household, victim_id=subject.victim_id, casualty_id=subject.casualty_id, claim_id=claim, person_id=subject.person_id,
            resident_id=subject.resident_id, resident_no=subject.resident_no, name=subject.name, kana=subject.kana, birth=subject.birth,
            address=subject.address, district=subject.facts.district, category=words.category, lines=words.lines, basis=words.basis,
            due=words.outcome.due, before=before + counted, calculated_at=self._now,
        )  # fmt: skip
        return Planned(subject=subject, stored=None, after=made, action="created", outcome=words.outcome, live=NOTHING)

    def _again(self, subject: Subject, words: _Words, stored: Entitlement, spare: Yen) -> Planned:
        live = self._live.get(stored.id, NOTHING)
        if stored.state == "declined":
            return Planned(subject=subject, stored=stored, after=stored, action="declined", outcome=words.outcome, live=live)
        keys = dict.fromkeys((*stored.aliases, *subject.keys))
        keys.pop(stored.subject, None)
        before = self._before(subject, (stored.subject, *stored.aliases))
        if words.outcome.due - before > live.paid + live.under_way - stored.returned:
            before -= stored.returned  # what came back may be paid again, now that more is due than was kept
        counted = self._absorbed[id(subject)] = min(spare, max(0, words.outcome.due - before - live.paid - live.under_way))
        told = replace(
            stored, aliases=tuple(keys), household=subject.household or stored.household, victim_id=subject.victim_id, casualty_id=subject.casualty_id,
            claim_id=subject.claims[-1].id if subject.claims else stored.claim_id, person_id=subject.person_id, resident_id=subject.resident_id,
            resident_no=subject.resident_no, name=subject.name, kana=subject.kana, birth=subject.birth, address=subject.address,
            district=subject.facts.district, category=words.category or stored.category, lines=words.lines, basis=words.basis, due=words.outcome.due,
            before=before + counted,
        )  # fmt: skip
        after = self._settle(told, stored=stored, live=live)
        return Planned(subject=subject, stored=stored, after=after, action=_action(stored, after), outcome=words.outcome, live=live)

    def _settle(self, told: Entitlement, *, stored: Entitlement, live: LiveAmount) -> Entitlement:
        """State, flag and what was paid too much, from what is due now and what is paid or on its way."""
        had = live.paid + live.under_way
        net, was = max(0, told.due - told.before), max(0, stored.due - stored.before)
        over = max(0, had - net - told.returned)
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
