"""Taking a claim for support down at the desk, and the small questions of its later steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.relief import MOST_YEN, Claim
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field

_YEN: dict[str, Any] = {"kind": "integer", "ime": "digits", "width": 12}


def _check_reason(values: Mapping[str, Any]) -> Mapping[str, str]:
    if values["reason"].strip():
        return {}
    if values["apart"]:
        return {"reason": "別の世帯として扱う理由を入れてください。審査と監査で確かめます。"}
    if values.get("household_size") is not None:
        return {"reason": "世帯の人数を変える理由を入れてください。住民データのとおりなら、人数は空けておきます。"}
    return {}


CLAIM = FormSpec(
    key="claim",
    title="支援の申請",
    save="受け付ける",
    sections=(
        SectionSpec(
            fields=(
                spec_field("claim", "claimed_by", help="空のときは世帯主・本人"),
                spec_field("claim", "claimed_on", kind="date", help="空のときは今日"),
                spec_field("claim", "method", kind="choice", options="claim.method", omit=("",), help="加算支援金：どのように再建するか"),
                spec_field("claim", "household_size", kind="integer", low=1, high=30, width=4, help="住民データや世帯と違うときだけ"),
                spec_field("claim", "requested", low=1, high=MOST_YEN, help="借りたい額、または業者の請求の額", **_YEN),
                spec_field("claim", "income", low=0, high=MOST_YEN, help="前年の総所得金額（世帯の合計）", **_YEN),
                spec_field("claim", "demolished", kind="yesno", default="no", help="半壊などで、やむを得ず解体した"),
                spec_field("claim", "site_damaged", kind="yesno", default="no", help="敷地に被害があり、やむを得ず解体した"),
                spec_field("claim", "evacuated_long", kind="yesno", default="no", help="長期避難世帯と認定された"),
                spec_field("claim", "head_injured", kind="yesno", default="no", help="世帯主が1か月以上の療養を要する負傷をした"),
                spec_field("claim", "dwelling_lost", kind="yesno", default="no", help="住居の全体が滅失・流失した"),
                spec_field("claim", "goods_lost", kind="yesno", default="no", help="家財の3分の1以上に損害がある"),
            ),
        ),
        SectionSpec(
            title="別の世帯として扱う（DVなどの特例）",
            note="住民票の世帯とは別に暮らしている人が、自分の分を受け取れるようにします。受取人と口座も別にします。",
            folded=True,
            fields=(
                spec_field("claim", "apart", kind="yesno", default="no"),
                spec_field("claim", "members", help="この人を入れて受け取る人の氏名。「、」で区切る"),
            ),
        ),
        SectionSpec(
            fields=(
                spec_field("claim", "reason", help="世帯の人数を変えるとき、別の世帯として扱うときに必要です", placeholder="例：避難先で別に生計を立てている"),
                spec_field("claim", "note", kind="multiline"),
            ),
        ),
    ),
    rules=(_check_reason,),
)
ONLY: dict[str, tuple[str, ...]] = {
    "livelihood": ("method", "household_size", "demolished", "site_damaged", "evacuated_long"),
    "loan": ("requested", "income", "household_size", "head_injured", "goods_lost", "dwelling_lost"),
    "repair": ("requested", "household_size"),
    "other": ("method", "requested", "income", "household_size", "demolished"),
    "donation": ("household_size", "demolished", "evacuated_long"),
    "exemption": ("income", "household_size"),
}
"""What a kind of programme asks beyond who and when; a kind that is not named asks nothing more."""
PARTICULARS = (
    "method", "household_size", "requested", "income", "demolished", "site_damaged", "evacuated_long", "head_injured", "goods_lost",
    "dwelling_lost",
)  # fmt: skip


def claim_spec(kind: str) -> FormSpec:
    """The form for a kind of programme: only what it asks."""
    dropped = set(PARTICULARS) - set(ONLY.get(kind, ()))
    sections = tuple(replace(one, fields=tuple(field for field in one.fields if field.key not in dropped)) for one in CLAIM.sections)
    return replace(CLAIM, sections=sections)


def _reason(placeholder: str) -> FieldSpec:
    return FieldSpec(key="reason", label="理由", kind="multiline", required=True, placeholder=placeholder)


CLOSE_CLAIM = FormSpec(
    key="claim.close",
    title="申請を取り下げる・辞退にする",
    save="この状態にする",
    sections=(
        SectionSpec(
            note="記録は残ります。あとで受付に戻すこともできます。",
            fields=(
                FieldSpec(
                    key="state", label="どうするか", kind="choice", options="claim.state", omit=("received", "waiting", "complete"),
                    default="withdrawn", required=True,
                ),
                _reason("例：二重に申請していた。本人から取下げの連絡"),
            ),
        ),
    ),
)  # fmt: skip
REOPEN_CLAIM = FormSpec(
    key="claim.reopen",
    title="受付に戻す",
    save="受付に戻す",
    sections=(SectionSpec(fields=(_reason("例：取下げを取り消すと連絡があった"),)),),
)
DECLINE = FormSpec(
    key="entitlement.decline",
    title="辞退にする",
    save="辞退にする",
    sections=(
        SectionSpec(
            note="支給の対象から外し、辞退者の一覧に載せます。支給済みや決定手続き中のものは辞退にできません。あとで取り消すこともできます。",
            fields=(
                _reason("例：本人が受け取らないと申し出た"),
                FieldSpec(key="document", label="確認した書類", placeholder="例：辞退届（7月1日付け）"),
                FieldSpec(key="declined_on", label="申し出の日", kind="date", help="空のときは今日"),
            ),
        ),
    ),
)
REOPEN_ENTITLEMENT = FormSpec(
    key="entitlement.reopen",
    title="辞退を取り消す",
    save="対象に戻す",
    sections=(SectionSpec(fields=(_reason("例：やはり受け取りたいと申し出た"),)),),
)


def claim_values(values: Mapping[str, Any], *, kind: str) -> dict[str, Any]:
    """Form values as fields of a ``Claim``: days as ISO text, members apart; what this kind of programme does not ask is left as it is."""
    asked = (*ONLY.get(kind, ()), "claimed_by", "claimed_on", "apart", "members", "reason", "note")
    kept = {key: value for key, value in values.items() if key in asked}
    kept["claimed_on"] = kept["claimed_on"].isoformat() if kept.get("claimed_on") else ""
    kept["members"] = tuple(filter(None, (name.strip() for name in kept["members"].replace(",", "、").split("、"))))
    return kept


def claim_form(claim: Claim) -> dict[str, Any]:
    """A claim as values for the form."""
    found = {field.key: getattr(claim, field.key) for field in CLAIM.fields}
    return {**found, "members": "、".join(claim.members)}
