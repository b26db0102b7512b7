"""Files of programmes: read whole or not at all; every fault says where it is and what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputFault
from app.domain.programme_file import parse_programme
from app.domain.programme_plan import LoanTerms
from app.domain.programme_text import write_programme
from app.presentation.messages import has_message, message
from app.usecases.programmes import shipped_programmes

GOOD = """# 見舞金
[programme]
code = "mimai"
title = "見舞金"
kind = "見舞金"
increments = "総額"
budget = 30_000_000
documents = ["罹災証明書"]

[[round]]
code = "1"
title = "第1次"
as_of = 2024-01-01
deadline = "R6.3.31"

[[round.rule]]
title = "全壊"
who = { grades = ["全壊", "大規模半壊"], size_least = 2 }
amount = 100_000
single = "3/4"

[[round.rule]]
title = "重傷"
unit = "人"
amount = 20_000
[round.rule.who]
harms = ["重傷"]
districts = ["本町"]
"""


def test_a_file_is_read_in_the_words_of_the_forms() -> None:
    plan = parse_programme(GOOD)
    assert (plan.values["kind"], plan.values["increments"], plan.values["budget"]) == ("sympathy", "total", 30_000_000)
    (one,) = plan.rounds
    assert (one.values["as_of"], one.values["deadline"]) == ("2024-01-01", "2024-03-31")
    assert [(rule.title, rule.unit, rule.amount) for rule in one.rules] == [("全壊", "household", 100_000), ("重傷", "person", 20_000)]
    assert one.rules[0].criteria.grades == ("total", "large")
    assert one.rules[1].criteria.harms == ("serious",)


FAULTS: list[tuple[str, str, str, int | None, str]] = [
    ('title = "見舞金"\n', "", "programme.missing", 2, "programme.title"),
    ('code = "mimai"', 'code = "見舞"', "programme.code", 3, "programme.code"),
    ('kind = "見舞金"', 'kind = "見舞い"', "programme.unknown_word", 5, "programme.kind"),
    ("budget = 30_000_000", "budget = 0", "money.not_positive", 7, "programme.budget"),
    ("budget = 30_000_000", "buget = 1", "programme.unknown_key", 7, "programme.buget"),
    ("budget = 30_000_000", "budget = 1000000000000000", "programme.budget_too_large", 7, "programme.budget"),
    ("increments", "needs_claim = 1\nincrements", "programme.not_flag", 6, "programme.needs_claim"),
    ('documents = ["罹災証明書"]', 'documents = "罹災証明書"', "programme.not_list", 8, "programme.documents"),
    ("as_of = 2024-01-01", 'as_of = "2024年1月"', "programme.day", 13, "round[0].as_of"),
    ("as_of = 2024-01-01", 'as_of = "2024-02-30"', "date.impossible", 13, "round[0].as_of"),
    ("amount = 100_000", "amount = 0", "money.not_positive", 19, "round[0].rule[0].amount"),
    ("amount = 100_000", "amount = -5", "money.not_positive", 19, "round[0].rule[0].amount"),
    ("amount = 100_000", "amount = 10_000_000_000", "money.too_large", 19, "round[0].rule[0].amount"),
    ("amount = 100_000", "amount = 100000.0", "programme.not_whole", 19, "round[0].rule[0].amount"),
    ("amount = 100_000", 'amount = "100,000"', "programme.not_whole", 19, "round[0].rule[0].amount"),
    ("amount = 100_000", "amount = true", "programme.not_whole", 19, "round[0].rule[0].amount"),
    ("amount = 100_000\n", "", "money.not_positive", 16, "round[0].rule[0].amount"),
    ('single = "3/4"', 'single = "4/3"', "programme.share", 20, "round[0].rule[0].single"),
    ('single = "3/4"', 'singel = "3/4"', "programme.unknown_key", 20, "round[0].rule[0].singel"),
    ('["全壊", "大規模半壊"]', '["全懐"]', "programme.unknown_word", 18, "round[0].rule[0].who.grades"),
    ('["全壊", "大規模半壊"]', '"全壊"', "programme.not_list", 18, "round[0].rule[0].who.grades"),
    ("size_least = 2", "size_leest = 2", "programme.unknown_key", 18, "round[0].rule[0].who.size_leest"),
    ("size_least = 2", "size_least = 0", "programme.size_range", 16, "round[0].rule[0].size_most"),
    ("size_least = 2", "size_least = 3, size_most = 2", "programme.size_range", 18, "round[0].rule[0].size_most"),
    ("size_least = 2", "income_most = [3, 2]", "programme.income_falls", 18, "round[0].rule[0].income_most"),
    ("size_least = 2", "size_least = 101", "programme.size_range", 16, "round[0].rule[0].size_most"),
    ("size_least = 2", "income_over = 500, income_most = [400]", "programme.nobody", 18, "round[0].rule[0].income_over"),
    ("size_least = 2", "income_step = 3", "programme.step_alone", 18, "round[0].rule[0].income_step"),
    ("size_least = 2", 'municipalities = ["七尾市"]', "programme.municipality", 18, "round[0].rule[0].who.municipalities"),
    ('harms = ["重傷"]', 'harms = ["大けが"]', "programme.unknown_word", 27, "round[0].rule[1].who.harms"),
    ('unit = "人"', 'unit = "世帯"', "programme.harm_of_household", 27, "round[0].rule[1].harms"),
    ('unit = "人"', 'unit = "棟"', "programme.unknown_word", 24, "round[0].rule[1].unit"),
    ('title = "全壊"\n', "", "programme.title_missing", 16, "round[0].rule[0].title"),
    ("[[round]]\n", "[[round]]\nrules = 1\n", "programme.unknown_key", 11, "round[0].rules"),
    ("[programme]", "[program]", "programme.unknown_key", None, "program"),
    ("[programme]", "programme", "programme.not_toml", 2, ""),
]


@pytest.mark.parametrize(("old", "new", "code", "line", "column"), FAULTS, ids=[f"{fault[2]}-{at}" for at, fault in enumerate(FAULTS)])
def test_a_fault_says_where_it_is(old: str, new: str, code: str, line: int | None, column: str) -> None:
    assert GOOD.count(old) >= 1
    with pytest.raises(InputFault) as caught:
        parse_programme(GOOD.replace(old, new, 1), path="制度.toml")
    fault = caught.value
    assert (fault.code, fault.params["line"], fault.params["column"] or "") == (code, line, column)
    assert has_message(code)
    assert "{" not in message(fault)


def test_rules_that_contradict_each_other_are_refused_with_both_names() -> None:
    text = GOOD + '\n[[round.rule]]\ntitle = "全壊（追加）"\nwho = { grades = ["全壊"] }\namount = 5\n'
    with pytest.raises(InputFault) as caught:
        parse_programme(text, path="制度.toml")
    assert (caught.value.code, caught.value.params["line"]) == ("programme.overlap", 32)
    assert "「全壊」と「全壊（追加）」" in message(caught.value)
    assert parse_programme(text + 'group = "more"\n').rounds[0].rules[2].amount == 5


def test_a_round_may_not_come_twice() -> None:
    with pytest.raises(InputFault) as caught:
        parse_programme(GOOD + '[[round]]\ncode = "1"\ntitle = "もう一度"\n')
    assert (caught.value.code, caught.value.params["line"]) == ("programme.round_twice", 30)


def test_an_exemption_has_words_and_no_money() -> None:
    exemption = GOOD.replace('kind = "見舞金"', 'kind = "減免"').replace('single = "3/4"', 'benefit = "全額免除"')
    with pytest.raises(InputFault, match="programme.amount_with_benefit"):
        parse_programme(exemption)
    with pytest.raises(InputFault, match="programme.benefit_missing"):
        parse_programme(exemption.replace("amount = 100_000\n", "").replace("amount = 20_000\n", ""))


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ('{ rate = "3" }', ""),
        ("{ rate = 1.5 }", "programme.not_text"),
        ('{ rate = "abc" }', "loan.terms"),
        ('{ rate = "-1" }', "loan.terms"),
        ('{ rate = "NaN" }', "loan.terms"),
        ("{ years = 0 }", "loan.terms"),
        ("{ years = 3, grace_years = 3 }", "loan.terms"),
        ("{ every = 3 }", "loan.every"),
        ("{ colour = 3 }", "programme.unknown_key"),
    ],
)
def test_terms_of_a_loan(terms: str, code: str) -> None:
    text = GOOD.replace("increments", f"terms = {terms}\nincrements", 1)
    if not code:
        assert LoanTerms.from_json(str(parse_programme(text).values["terms"])) == LoanTerms(rate="3")
        return
    with pytest.raises(InputFault) as caught:
        parse_programme(text)
    assert (caught.value.code, caught.value.params["line"]) == (code, 6)


@pytest.mark.parametrize("one", shipped_programmes(), ids=lambda one: one.name)
def test_a_programme_is_written_as_it_is_read(one: Any) -> None:
    again = parse_programme(write_programme(one.plan))
    assert again == one.plan
    assert again.digest() == one.plan.digest()
    assert one.plan.values["source"] and one.plan.values["sure"]


def test_spaces_and_comments_do_not_change_what_a_file_says() -> None:
    assert parse_programme(GOOD).digest() == parse_programme("\ufeff# もう1行\n" + GOOD.replace(" = ", "=")).digest()
    assert parse_programme(GOOD).digest() != parse_programme(GOOD.replace("20_000", "20_001")).digest()


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for tried in (text, GOOD + text, GOOD.replace("全壊", text, 1)):
        try:
            parse_programme(tried)
        except InputFault as fault:
            assert has_message(fault.code)
