"""The dead, missing and hurt as tables, files and on paper."""

from __future__ import annotations

from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import birth_era
from app.presentation.labels import label
from app.usecases.relief_rows import CasualtyRow

_STATES: dict[str, Tone] = {"reported": "warn", "confirmed": "good", "withdrawn": "quiet"}
_BREADWINNER = {True: "はい", False: "いいえ", None: "未確認"}


def breadwinner_text(row: CasualtyRow) -> str:
    """Whether the family lived on their income; only the dead, missing and disabled are asked it."""
    return "" if row.harm in ("serious", "light") else _BREADWINNER[row.breadwinner]


def marks_text(row: CasualtyRow) -> str:
    """What is special."""
    marks = (("世帯と結び付いていません", not row.linked), ("支援措置", row.protected))
    return "・".join(word for word, holds in marks if holds)


CASUALTIES: ColumnSet[CasualtyRow] = ColumnSet(
    key="casualties",
    columns=(
        Column(key="number", label="番号", text=lambda r: r.number, width=11, sort="number"),
        Column(key="state", label="状態", text=lambda r: label("casualty.state", r.state), width=6, tone=lambda r: _STATES.get(r.state, "")),
        Column(key="harm", label="被害", text=lambda r: label("harm", r.harm), width=7, sort="harm"),
        Column(key="name", label="氏名", text=lambda r: r.name, width=7, sort="kana"),
        Column(key="kana", label="フリガナ", text=lambda r: r.kana, width=9, sort="kana"),
        Column(key="birth", label="生年月日", text=lambda r: birth_era(r.birth), width=9),
        Column(key="sex", label="性別", text=lambda r: label("person.sex", r.sex) if r.sex != "unknown" else "", width=3),
        Column(key="address", label="住所", text=lambda r: r.address, width=12),
        Column(key="district", label="地区", text=lambda r: r.district, width=5),
        Column(key="harmed", label="日付", text=lambda r: day_text(r.harmed_on), width=7, sort="harmed"),
        Column(key="head", label="世帯主", text=lambda r: r.head_name, width=7),
        Column(key="breadwinner", label="生計維持者", text=breadwinner_text, width=5,
               tone=lambda r: "warn" if r.breadwinner is None and breadwinner_text(r) else ""),
        Column(key="document", label="確認した書類", text=lambda r: r.document, width=9),
        Column(key="entered", label="入力", text=lambda r: r.entered_by, width=6),
        Column(key="confirmed", label="確認", text=lambda r: r.confirmed_by, width=6),
        Column(key="marks", label="しるし", text=marks_text, width=10, tone=lambda r: "warn" if not r.linked else ""),
    ),
    views={
        "標準": ("number", "state", "harm", "name", "birth", "harmed", "head", "breadwinner", "document", "entered", "confirmed", "marks"),
        "すべての項目": (
            "number", "state", "harm", "name", "kana", "birth", "sex", "address", "district", "harmed", "head", "breadwinner", "document",
            "entered", "confirmed", "marks",
        ),
    },
)  # fmt: skip
