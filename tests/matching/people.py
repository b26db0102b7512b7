"""Invented residents and typed rows for the tests of matching."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from app.domain.invention import invent_residents
from app.matching import MemoryMatcher
from app.storage.keys import birth_range, digits
from app.usecases.job import QUIET
from app.usecases.matching_rows import LikePair, PersonMatch, PersonTraits, ResidentTraits

CROWD = 400


def resident(
    place: int, household: str, name: str, kana: str, birth: str, sex: str, address: str, phone: str = "", alias: str = ""
) -> ResidentTraits:
    """A resident as the store gives it."""
    return ResidentTraits(place, household, name, kana, *birth_range(birth), sex, address, digits(phone), alias)


@lru_cache(maxsize=1)
def crowd() -> tuple[ResidentTraits, ...]:
    """Everybody else in town, so that names have frequencies."""
    people = invent_residents(CROWD, seed=3, as_of=date(2024, 1, 1))
    return tuple(resident(at, p.household_no, p.name, p.kana, p.birth, p.sex, p.address, p.phone) for at, p in enumerate(people))


FAMILY = (
    resident(CROWD + 0, "F1", "渡邊　宗一", "ワタナベ　ソウイチ", "昭和50年3月4日", "男", "支市本浜町2丁目3番4号", "090-0000-1111"),
    resident(CROWD + 1, "F1", "渡邊　美鈴", "ワタナベ　ミスズ", "昭和52年7月18日", "女", "支市本浜町2丁目3番4号", "090-0000-1111"),
    resident(CROWD + 2, "F1", "渡邊　武蔵", "ワタナベ　ムサシ", "平成25年5月6日", "男", "支市本浜町2丁目3番4号"),
    resident(CROWD + 3, "F1", "渡邊　小梅", "ワタナベ　コウメ", "平成28年9月10日", "女", "支市本浜町2丁目3番4号"),
    resident(CROWD + 4, "F2", "鷲尾　広", "ワシオ　ヒロシ", "昭和20年1月20日", "男", "支市大字上谷120番地"),
    resident(CROWD + 5, "F2", "鷲尾　寛", "ワシオ　ヒロシ", "昭和48年11月2日", "男", "支市大字上谷120番地"),
    resident(CROWD + 6, "F3", "鵜飼　陽菜", "ウカイ　ヒナ", "平成30年4月1日", "女", "支市鴎町1丁目2番3号"),
    resident(CROWD + 7, "F3", "鵜飼　陽葵", "ウカイ　ヒマリ", "平成30年4月1日", "女", "支市鴎町1丁目2番3号"),
    resident(CROWD + 8, "F4", "NGUYEN VAN MINH", "グエン　ヴァン　ミン", "1994-08-21", "男", "支市若竹町1丁目1番1号"),
    resident(CROWD + 9, "F5", "財前　さくら", "ザイゼン　サクラ", "昭和63年2月28日", "女", "支市汐見台4丁目5番6号"),
    resident(CROWD + 10, "F6", "東雲　香織", "シノノメ　カオリ", "平成2年6月7日", "女", "支市若竹町2丁目2番2号", alias="五十嵐"),
    resident(CROWD + 11, "F7", "PARK JIHOON", "パク　ジフン", "1980-10-03", "男", "支市若竹町3丁目3番3号", alias="新井　健"),
)  # fmt: skip
SOUICHI, MISUZU, MUSASHI, KOUME, HIROSHI, KAN, HINA, HIMARI, MINH, SAKURA, KAORI, JIHOON = range(CROWD, CROWD + 12)


def typed(name: str = "", kana: str = "", birth: str = "", *, sex: str = "unknown", address: str = "", phone: str = "", group: str = "",
          settled: int | None = None, number: int = 0) -> PersonTraits:  # fmt: skip
    """A registered person as the store gives it."""
    return PersonTraits(
        f"p{number}", group, name, kana, birth, *birth_range(birth), sex, address, phone, "", settled, "", "x" if settled else ""
    )


def find(*rows: PersonTraits, apart: Sequence[tuple[str, int]] = ()) -> list[PersonMatch]:
    """The engine's answer for these rows, numbered in order, against the crowd and the families."""
    numbered = [row._replace(id=f"p{at}") for at, row in enumerate(rows)]
    return MemoryMatcher().match([numbered], [crowd() + FAMILY], apart=frozenset(apart), job=QUIET)


def pairs(*rows: PersonTraits, apart: Sequence[tuple[str, str]] = ()) -> list[LikePair]:
    """Duplicates among these rows, numbered in order."""
    numbered = [row._replace(id=f"p{at}") for at, row in enumerate(rows)]
    return MemoryMatcher().pair_up([numbered], apart=frozenset(frozenset(pair) for pair in apart), job=QUIET)


def codes(match: PersonMatch) -> set[str]:
    """What speaks for and against the best candidate."""
    best = match.candidates[0]
    return {code.removeprefix("match.") for code, _ in (*best.reasons, *best.differences)}
