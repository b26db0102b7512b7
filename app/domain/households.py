"""What does not fit together in the households of a list: heads, 続柄, numbers. Streamed: of a household a few bits are kept.

Nothing is changed and nothing is inferred; each case is a finding for a person to look at. A household without a head is allowed
(世帯主未設定), and numbers without the usual check digit are only counted: those issued before the standard need not have one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from app.domain.relations import read_relation
from app.domain.resident import Finding, ResidentRow

_HEAD, _WIFE, _HUSBAND, _CHILD, _OTHER = 1, 2, 4, 8, 16
_ONCE = {"head": _HEAD, "wife": _WIFE, "husband": _HUSBAND, "spouse": _WIFE}
_TWICE = {_HEAD: "resident.two_heads", _WIFE: "resident.two_spouses", _HUSBAND: "resident.two_spouses"}
_PROBLEMS = {
    "missing": "resident.relation_missing",
    "unknown": "resident.relation_unknown",
    "circular": "resident.relation_circular",
    "too_long": "resident.relation_too_long",
}
LISTED = 5_000
"""Of each case so many are listed; the rest is counted in one last finding."""


def _judge(text: str) -> tuple[int, str, bool]:
    """The bit of a relation, the code of its problem, and whether it hangs on a child of the head."""
    relation = read_relation(text)
    steps = relation.steps
    bit = _OTHER
    if len(steps) == 1:
        bit = _ONCE.get(steps[0], _CHILD if steps[0] == "child" else _OTHER)
    if len(steps) == 2 and steps[0] in ("wife", "husband", "spouse") and steps[1] == "child":
        bit = _CHILD
    return bit, _PROBLEMS.get(relation.problem, ""), len(steps) > 1 and steps[0] == "child"


class HouseholdCheck:
    """Hand it every batch of rows with ``take``; then ask for ``findings``. A list without any 続柄 gives none about households."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}
        self._known: dict[str, tuple[int, str, bool]] = {}
        self._found: list[Finding] = []
        self._counts: Counter[str] = Counter()
        self._orphans: dict[str, Finding] = {}
        self._unchecked = 0
        self._first_unchecked = ""

    def take(self, rows: Sequence[ResidentRow], file: str = "") -> None:
        """The next rows. Written for speed: a million rows pass here, and nearly all of them are in order."""
        self._count_unchecked([row[0] for row in rows])
        bits, known = self._bits, self._known
        for row in rows:
            household, relation = row[1], row[6]
            if not household:
                continue
            judged = known.get(relation)
            if judged is None:
                judged = known[relation] = _judge(relation)
            bit, problem, hangs = judged
            before = bits.get(household, 0)
            if problem or hangs or before & bit & 7 or (bit & 6 and before & 6):
                self._look_at(row, before, judged, file)
            elif bit == _CHILD and self._orphans:
                self._orphans.pop(household, None)
            if not before & bit:
                bits[household] = before | bit

    def _look_at(self, row: ResidentRow, before: int, judged: tuple[int, str, bool], file: str) -> None:
        """A row that may not fit the ones before it."""
        bit, problem, hangs = judged
        if problem:
            self._note(problem, row, file)
        if before & bit & 7:
            self._note(_TWICE[bit], row, file)
        elif bit & 6 and before & 6:
            self._note("resident.two_spouses", row, file)
        if hangs and not before & _CHILD:
            self._orphans.setdefault(row.household_no, _finding("resident.relation_without_child", row, file))

    def _count_unchecked(self, numbers: Sequence[str]) -> None:
        right = list(map(has_check_digit, numbers))
        if all(right):
            return
        wrong = [number for number, fine in zip(numbers, right, strict=True) if number and not fine]
        self._unchecked += len(wrong)
        self._first_unchecked = self._first_unchecked or (wrong[0] if wrong else "")

    def findings(self) -> Iterator[Finding]:
        """Everything found; cases with very many end with a finding that counts the rest (``new``)."""
        headed = any(bits & _HEAD for bits in self._bits.values())
        counts = Counter(self._counts)
        for found in self._found:
            if headed or found.code != "resident.relation_missing":
                yield found
        if headed:
            headless = [Finding("resident.no_head", household_no=home) for home, bits in self._bits.items() if not bits & _HEAD]
            for case in (list(self._orphans.values()), headless):
                yield from case[:LISTED]
                if case:
                    counts[case[0].code] = len(case)
        for code, count in counts.items():
            if count > LISTED and (headed or code != "resident.relation_missing"):
                yield Finding("resident.more_of_these", old=code, new=str(count - LISTED))
        if self._unchecked:
            yield Finding("resident.no_check_digit", old=self._first_unchecked, new=str(self._unchecked))

    def _note(self, code: str, row: ResidentRow, file: str) -> None:
        self._counts[code] += 1
        if self._counts[code] <= LISTED:
            self._found.append(_finding(code, row, file))


def _finding(code: str, row: ResidentRow, file: str) -> Finding:
    return Finding(code, row.resident_no, row.household_no, row.name or row.kana, new=row.relation, file=file, line=row.line)


def _sums(weights: Sequence[int]) -> dict[str, int]:
    """The weighted sum of three digits by their text."""
    a, b, c = weights
    return {f"{n:03}": a * (n // 100) + b * (n // 10 % 10) + c * (n % 10) for n in range(1000)}


_USUAL = 10
_NEAR, _FAR = _sums((4, 3, 2)), _sums((7, 6, 5))


def has_check_digit(number: str) -> bool:
    """Whether a 宛名番号 ends in its check digit: modulus 11, weights 2 to 7 from the right, remainder 0 gives 0 (DOMAIN 7.1)."""
    if len(number) == _USUAL:
        try:
            total = _NEAR[number[6:9]] + _FAR[number[3:6]] + _NEAR[number[:3]]
            return (11 - total % 11) % 11 % 10 == int(number[9])
        except (KeyError, ValueError):
            return False
    body = number[:-1]
    if len(body) % 3:
        body = body.rjust(len(body) + 3 - len(body) % 3, "0")
    total, table, other = 0, _NEAR, _FAR
    try:
        for end in range(len(body), 0, -3):
            total += table[body[end - 3 : end]]
            table, other = other, table
        return (11 - total % 11) % 11 % 10 == int(number[-1])
    except (KeyError, ValueError, IndexError):
        return False
