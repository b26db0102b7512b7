"""What must hold for any rules and any household: no contradiction goes unseen, no yen comes from nowhere."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.programme_plan import RuleDraft
from app.domain.relief import HARMS, METHODS, Programme, ReliefRound
from app.domain.relief_criteria import FLAGS, Criteria, Facts, can_both_hold, find_obstacle
from app.domain.relief_rules import evaluate, find_overlaps
from app.domain.survey import GRADES
from app.presentation.forms.programme import RULE, rule_draft, rule_form
from app.presentation.relief_steps import criteria_sentence, reason_words

DISTRICTS, TOWNS, DAYS = ("本町", "港町"), ("17202", "17204"), ("2024-01-01", "2024-02-01")
YEN = st.integers(1, 9_999_999)


def some(words: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """None, or a few of the words."""
    return st.lists(st.sampled_from(words), unique=True, max_size=3).map(tuple)


@st.composite
def criteria(draw: st.DrawFn, *, unit: str = "household") -> Criteria:
    """Criteria that can be meant."""
    least = draw(st.none() | st.integers(1, 4))
    most = draw(st.none() | st.integers(least or 1, 6))
    income = draw(st.lists(YEN, max_size=3).map(sorted).map(tuple))
    return Criteria(
        grades=draw(some(GRADES)), uses=draw(some(("dwelling", "business"))), districts=draw(some(DISTRICTS)), municipalities=draw(some(TOWNS)),
        resident_on=draw(st.sampled_from(("", *DAYS))), harms=draw(some(HARMS)) if unit == "person" else (), size_least=least, size_most=most,
        methods=draw(st.sampled_from(((), ("build",), ("rent",)))), income_most=income, income_step=draw(YEN) if income and draw(st.booleans()) else 0,
        income_over=draw(st.none() | YEN), **{name: draw(st.sampled_from((None, None, None, True, False))) for name in FLAGS},
    )  # fmt: skip


@st.composite
def facts(draw: st.DrawFn, *, unit: str = "household") -> Facts:
    """A household or person of which some things are not known."""
    return Facts(
        unit=unit, municipality=draw(st.sampled_from(("172022", "172049", "")),), district=draw(st.sampled_from((*DISTRICTS, ""))),
        grade=draw(st.sampled_from((*GRADES, ""))), use=draw(st.sampled_from(("dwelling", "business", ""))), certificate=draw(st.booleans()),
        size=draw(st.none() | st.integers(1, 25)), resident_on=draw(st.frozensets(st.sampled_from(DAYS))),
        harm=draw(st.sampled_from((*HARMS, ""))) if unit == "person" else "", breadwinner=draw(st.sampled_from((None, True, False))),
        methods=draw(st.lists(st.sampled_from(METHODS[1:]), max_size=1).map(tuple)), income=draw(st.none() | st.integers(0, 20_000_000)),
        requested=draw(st.none() | YEN), **{name: draw(st.booleans()) for name in FLAGS if name not in ("certificate", "breadwinner")},
    )  # fmt: skip


@settings(max_examples=600)
@given(criteria(), criteria(), facts())
def test_two_rules_that_hold_for_one_household_are_never_thought_apart(one: Criteria, other: Criteria, known: Facts) -> None:
    assert can_both_hold(one, other) == can_both_hold(other, one)
    if find_obstacle(one, known) is None:
        assert can_both_hold(one, one)
    if find_obstacle(one, known) is None and find_obstacle(other, known) is None:
        assert can_both_hold(one, other)


@settings(max_examples=400)
@given(
    st.lists(st.tuples(criteria(), YEN, st.sampled_from(("a", "b")), st.sampled_from(("", "3/4", "1/2"))), max_size=5),
    facts(),
    st.sampled_from(("donation", "loan", "livelihood")),
)
def test_what_is_due_is_the_sum_of_lines_one_a_group(rules: list[tuple[Criteria, int, str, str]], known: Facts, kind: str) -> None:
    stored = [
        RuleDraft(title=str(at), amount=amount, group=group, single=single, criteria=who).record(rule_id=str(at), round_id="r", position=at)
        for at, (who, amount, group, single) in enumerate(rules)
    ]
    found = evaluate(stored, known, programme=Programme(id="p", kind=kind), round=ReliefRound(id="r", programme_id="p"))
    assert found.due == sum(line.amount for line in found.lines)
    assert len(found.lines) <= len({rule.group for rule in stored})
    by_id = {rule.id: rule for rule in stored}
    for line in found.lines:
        assert 0 <= line.amount <= by_id[line.rule_id].amount
        assert find_obstacle(Criteria.from_json(by_id[line.rule_id].criteria), known) is None
    if not stored or found.entitled:
        assert all(reason_words(reason) for reason in found.reasons)
    else:
        assert found.reasons and all("{" not in reason_words(reason) for reason in found.reasons)
    if not find_overlaps(stored):
        holding = [rule.group for rule in stored if find_obstacle(Criteria.from_json(rule.criteria), known) is None]
        assert len(holding) == len(set(holding))


@given(criteria(unit="person"))
def test_criteria_survive_json_the_dialog_and_become_a_sentence(wanted: Criteria) -> None:
    assert Criteria.from_json(wanted.to_json()) == wanted
    sentence = criteria_sentence(wanted, unit="person")
    assert sentence.endswith("人") and "、、" not in sentence
    draft = RuleDraft(title="名称", category="名称", unit="person", amount=1, criteria=wanted)
    values, problems = RULE.parse(RULE.raw(rule_form(draft)))
    assert problems == {}
    again = rule_draft(values).criteria
    for name in ("grades", "uses", "harms", "methods"):
        assert set(getattr(again, name)) == set(getattr(wanted, name))
    assert again.to_json().count(":") == wanted.to_json().count(":")
