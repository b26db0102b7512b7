"""Writing down who died, is missing or was hurt, and the second person's look at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.relief import Casualty
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field

CASUALTY = FormSpec(
    key="casualty",
    title="人的被害",
    save="登録する",
    sections=(
        SectionSpec(
            fields=(
                spec_field("casualty", "harm", kind="choice", options="harm", required=True),
                spec_field("casualty", "harmed_on", kind="date", help="亡くなった日・負傷した日・認定の日"),
                spec_field("casualty", "name", required=True, placeholder="例：能登　花子"),
                spec_field("casualty", "kana", kind="kana"),
                spec_field("casualty", "birth", kind="birth"),
                spec_field("casualty", "sex", kind="choice", options="person.sex", omit=("unknown",)),
                spec_field("casualty", "address", help="災害のときの住所"),
                spec_field("casualty", "district"),
                FieldSpec(
                    key="breadwinner", label="生計維持者", kind="choice", options="breadwinner", default="unknown", required=True,
                    help="その人の収入で世帯が暮らしていた。金額が変わります",
                ),
                spec_field("casualty", "document", placeholder="例：死体検案書、診断書、災害関連死の認定通知"),
                spec_field("casualty", "note", kind="multiline"),
            ),
        ),
    ),
)  # fmt: skip
CONFIRM = FormSpec(
    key="casualty.confirm",
    title="人的被害を確認する",
    save="確認した",
    sections=(
        SectionSpec(
            note="入力した人とは別の人が、書類を見て確かめます。確認すると、弔慰金・見舞金の計算に入ります。",
            fields=(FieldSpec(key="document", label="見た書類", required=True, placeholder="例：死体検案書"),),
        ),
    ),
)
NAME_DIFFERS = FormSpec(
    key="casualty.name_differs",
    title="住民データと違う氏名で登録する",
    save="この氏名で登録する",
    sections=(
        SectionSpec(
            note="選んだ住民（宛名番号）の氏名と、入れた氏名が違います。別の人なら、やめて住民の選択か氏名を直してください。",
            fields=(FieldSpec(key="reason", label="この氏名でよい理由", kind="multiline", required=True, placeholder="例：改姓。戸籍で確認"),),
        ),
    ),
)
WITHDRAW = FormSpec(
    key="casualty.withdraw",
    title="人的被害を取り下げる",
    save="取り下げる",
    sections=(
        SectionSpec(
            note="記録は残り、計算には入らなくなります。",
            fields=(
                FieldSpec(
                    key="reason", label="理由", kind="multiline", required=True, placeholder="例：行方不明とされていたが、無事が確かめられた"
                ),
            ),
        ),
    ),
)
_BREADWINNER = {"yes": True, "no": False, "unknown": None}


def casualty_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Form values as fields of a ``Casualty``: the day as ISO text, the breadwinner as yes, no or not known."""
    day = values["harmed_on"]
    return {**values, "sex": values["sex"] or "unknown", "harmed_on": day.isoformat() if day else "", "breadwinner": _BREADWINNER[values["breadwinner"]]}


def casualty_form(casualty: Casualty) -> dict[str, Any]:
    """A casualty as values for the form: what is not known stays empty."""
    found = {field.key: getattr(casualty, field.key) for field in CASUALTY.fields}
    return {**found, "sex": "" if casualty.sex == "unknown" else casualty.sex, "breadwinner": {True: "yes", False: "no", None: "unknown"}[casualty.breadwinner]}
