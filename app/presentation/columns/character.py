"""Characters of names that need a look, and the people who have one."""

from __future__ import annotations

from app.domain.characters import CharacterProblem
from app.presentation.columns.evacuee import birth_and_age
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import count_text
from app.usecases.characters import CharacterUse
from app.usecases.rows import ResidentView, SearchHit

KINDS = {"gaiji": "外字", "sequence": "異体字（IVS）", "compatibility": "互換漢字", "beyond_jis": "JIS外", "control": "制御文字"}
FONTS = {
    "BIZUDGothic-Regular.ttf": "BIZ UDゴシック", "BIZUDGothic-Bold.ttf": "BIZ UDゴシック", "ipamjm.ttf": "IPAmj明朝",
    "SasaeNamesMincho.ttf": "付属の人名用明朝", "picture": "登録した画像",
}  # fmt: skip
SETTLED, SUBSTITUTED, OPEN, UNUSED = "表示できます", "代替文字あり", "未解決", "使われていません"


def kinds_text(use: CharacterUse) -> str:
    """What is unusual about a character."""
    return "・".join(KINDS.get(kind, kind) for kind in use.kinds) or "機種依存"


def source_text(source: str) -> str:
    """What draws a character; empty for nothing."""
    return FONTS.get(source, source)


def state_text(use: CharacterUse) -> str:
    """Whether a paper can be printed with this character."""
    if use.source:
        return SETTLED if use.people else UNUSED
    return SUBSTITUTED if use.substitute else OPEN


def _state_tone(use: CharacterUse) -> Tone:
    return {SETTLED: "good", SUBSTITUTED: "info", OPEN: "bad"}.get(state_text(use), "quiet")  # type: ignore[return-value]


def _people(key: str, label: str) -> Column[CharacterUse]:
    def number(use: CharacterUse) -> int:
        return int(getattr(use, key))

    return Column(key=key, label=label, text=lambda use: count_text(number(use)), width=4, align="right", number=True, sort=number)


CHARACTERS: ColumnSet[CharacterUse] = ColumnSet(
    key="characters",
    columns=(
        Column(key="text", label="字", text=lambda use: use.text, width=4, align="center", sort=lambda use: use.text),
        Column(key="code", label="コード", text=lambda use: use.code, width=9, sort=lambda use: use.text),
        Column(key="kinds", label="種類", text=kinds_text, width=8, sort=kinds_text),
        Column(
            key="state", label="状態", text=state_text, width=8, tone=_state_tone,
            icon=lambda use: {"good": "success", "bad": "warning", "info": "info"}.get(_state_tone(use), ""), sort=lambda use: (use.settled, state_text(use)),
        ),
        _people("residents", "住民"),
        _people("persons", "避難者"),
        Column(key="substitute", label="代替文字", text=lambda use: use.substitute, width=4, align="center", sort=lambda use: use.substitute),
        Column(key="suggested", label="候補", text=lambda use: use.suggested, width=3, align="center", sort=lambda use: use.suggested),
        Column(key="source", label="字形のもと", text=lambda use: source_text(use.source) or "なし", width=8, sort=lambda use: use.source),
        Column(key="description", label="説明", text=lambda use: use.description, width=8, sort=lambda use: use.description),
    ),
    views={
        "screen": ("text", "code", "kinds", "state", "residents", "persons", "substitute", "source"),
    },
)  # fmt: skip


def _role(row: ResidentView | SearchHit) -> str:
    return "住民" if isinstance(row, ResidentView) else "避難者"


BEARERS: ColumnSet[ResidentView | SearchHit] = ColumnSet(
    key="character_bearers",
    columns=(
        Column(key="role", label="区分", text=_role, width=4),
        Column(key="name", label="氏名", text=lambda row: row.name, width=10),
        Column(key="kana", label="フリガナ", text=lambda row: row.kana, width=10),
        Column(key="birth", label="生年月日", text=lambda row: birth_and_age(row.birth), width=14),
        Column(key="address", label="住所", text=lambda row: row.address, width=20),
    ),
)

PROBLEMS: ColumnSet[CharacterProblem] = ColumnSet(
    key="print.characters",
    columns=(
        Column(key="name", label="氏名", text=lambda found: found.name, width=10, sort=lambda found: found.name),
        Column(key="where", label="欄", text=lambda found: found.where, width=6, sort=lambda found: found.where),
        Column(key="text", label="字", text=lambda found: found.text, width=4, align="center", sort=lambda found: found.text),
        Column(key="code", label="コード", text=lambda found: found.code, width=8, sort=lambda found: found.code),
        Column(
            key="substitute", label="代わりに書く字", width=8, sort=lambda found: found.substitute,
            text=lambda found: f"{found.substitute}{'' if found.registered else '（標準の縮退）'}" if found.substitute else "なし",
            tone=lambda found: "" if found.substitute else "bad",
        ),
    ),
)  # fmt: skip
