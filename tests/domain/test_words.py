"""Words that people write for codes, in any width and spacing."""

from __future__ import annotations

import pytest

from app import resources
from app.domain import codes
from app.domain.errors import RuleViolation
from app.domain.words import find_code, find_code_within, need_code

GROUPS = resources.read_toml("words.toml")


@pytest.mark.parametrize(
    ("group", "text", "code"),
    [
        ("sex", "男", "male"),
        ("sex", " 女 性 ", "female"),
        ("sex", "ＭＡＬＥ", "male"),
        ("sex", "female", "female"),
        ("sex", "moon", None),
        ("sex", "", None),
    ],
)
def test_words_are_read(group: str, text: str, code: str | None) -> None:
    assert find_code(group, text) == code


def test_head_of_a_household_is_known() -> None:
    assert find_code("relation_head", "世帯主") and not find_code("relation_head", "妻")


def test_needed_word_names_itself() -> None:
    with pytest.raises(RuleViolation) as caught:
        need_code("sex", "moon", field="sex")
    assert "女" in caught.value.params["known"], "what can be written is named"
    assert caught.value.code == "word.unknown_choice" and caught.value.field == "sex" and caught.value.params["word"] == "moon"
    assert need_code("sex", "男") == "male"


def test_every_code_reads_as_itself_and_every_group_is_a_known_set() -> None:
    for group, words in GROUPS.items():
        for code in words:
            assert find_code(group, code) == code
    assert set(GROUPS["sex"]) <= set(codes.SEXES)


def test_no_word_stands_for_two_codes_of_a_group() -> None:
    for group, words in GROUPS.items():
        for code, texts in words.items():
            for text in texts:
                assert find_code(group, text) == code, (group, text)


def test_longest_word_within_a_note_wins() -> None:
    group = "destination" if "destination" in GROUPS else next(iter(GROUPS))
    longest = max((text for texts in GROUPS[group].values() for text in texts if not text.isascii()), key=len)
    assert find_code_within(group, f"町内の{longest}（予定）") == find_code(group, longest)
    assert find_code_within(group, "") is None
