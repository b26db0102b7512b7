"""Taking an application down at the desk, correcting it, and the small questions of its later steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.certificate import Application
from app.domain.errors import RuleViolation
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field
from app.presentation.messages import message

SELF_JUDGEMENT = (
    "自己判定：被害が軽い（準半壊に至らない・10%未満）ことに申請者が同意し、写真で確かめられれば、訪問調査をしないで判定します。"
    "早く交付できますが、半壊以上の支援の対象にはなりません。あとから調査を申し込むことはできます。"
)
_CHANNELS = ("push",)


def _check_proxy(values: Mapping[str, Any]) -> Mapping[str, str]:
    missing = values["applicant_role"] == "agent" and not values["proxy"]
    return {"proxy": message(RuleViolation("application.proxy_missing"))} if missing else {}


_APPLICANT = SectionSpec(
    title="申請する人",
    fields=(
        spec_field("application", "applicant_role", kind="choice", options="application.applicant_role", default="self", required=True),
        spec_field(
            "application", "proxy", kind="yesno", default="no", help="代理人のときに必要です。受け取ったら印を付けます"
        ),
        spec_field("application", "applicant_name", required=True, placeholder="例：能登　花子"),
        spec_field("application", "applicant_kana", kind="kana"),
        spec_field("application", "applicant_birth", kind="birth", help="「申請はどこまで」の照会に使います"),
        spec_field("application", "identified", placeholder="例：免許証、マイナンバーカード"),
    ),
)
_CONTACT = SectionSpec(
    title="いまの連絡先（避難先・転居先）",
    fields=(
        spec_field("application", "phone", kind="phone"),
        spec_field("application", "contact_postal", kind="postal", fills="contact_address", width=8),
        spec_field("application", "contact_address", help="空のときは、住民票の住所へ送ります"),
    ),
)
_DAMAGE = SectionSpec(
    title="被害",
    fields=(
        spec_field("application", "cause", help="空のときは、この災害の原因を印刷します"),
        spec_field("application", "damage", kind="multiline", placeholder="例：屋根瓦が落ち、壁にひびがある"),
        spec_field("application", "objects", kind="flags", options="application.objects"),
    ),
)
_WISH = SectionSpec(
    title="証明書",
    fields=(
        spec_field("application", "purposes", kind="flags", options="application.purposes"),
        spec_field("application", "copies", kind="integer", default="1", required=True, low=1, high=50, width=4),
        spec_field("application", "with_members", kind="yesno", default="no", help="世帯全員の氏名を載せます"),
    ),
)
_JUDGE = SectionSpec(
    note=SELF_JUDGEMENT,
    fields=(spec_field("application", "self_judgement", kind="yesno", default="no", help="説明し、申請者が同意したときに印を付けます"),),
)
_DESK = SectionSpec(
    title="受付",
    fields=(
        spec_field(
            "application", "channel", kind="choice", options="application.channel", omit=_CHANNELS, default="counter", required=True
        ),
        spec_field("application", "applied_on", kind="date", help="空のときは今日"),
        spec_field("application", "note", kind="multiline"),
    ),
)
APPLY = FormSpec(
    key="application", title="申請", save="受け付ける", sections=(_APPLICANT, _CONTACT, _DAMAGE, _WISH, _JUDGE, _DESK), rules=(_check_proxy,)
)
CORRECT = FormSpec(
    key="application.correct",
    title="申請を直す",
    sections=(
        *APPLY.sections,
        SectionSpec(fields=(FieldSpec(key="reason", label="直す理由", help="履歴に残ります（なくても保存できます）"),)),
    ),
    rules=(_check_proxy,),
)
HOUSEHOLD = FormSpec(
    key="application.household",
    title="世帯",
    sections=(
        SectionSpec(
            note="住民データと照らし合わせるまで「申告のみ」として、証明書にもそう書かれます。分かることだけで受け付けられます。",
            fields=(
                spec_field("victim", "head_name", placeholder="例：能登　花子"),
                spec_field("victim", "head_kana", kind="kana"),
                spec_field("victim", "head_birth", kind="birth"),
                spec_field("victim", "postal", kind="postal", fills="address", width=8),
                spec_field("victim", "address", help="住民票の住所"),
                FieldSpec(
                    key="others", label="ほかの世帯員", kind="multiline",
                    placeholder="1行に1人：氏名、続柄、生年月日\n例：能登　太郎、子、H20.3.1",
                ),
            ),
        ),
    ),
)  # fmt: skip


def _reason(placeholder: str, words: str = "理由") -> FieldSpec:
    return FieldSpec(key="reason", label=words, kind="multiline", required=True, placeholder=placeholder)


CLOSE = FormSpec(
    key="application.close",
    title="申請を取り下げる・終了する",
    save="終了にする",
    sections=(
        SectionSpec(note="記録は残ります。あとで受付に戻すこともできます。", fields=(_reason("例：二重に申請していた。本人から取下げの連絡"),)),
    ),
)
REOPEN = FormSpec(
    key="application.reopen",
    title="受付に戻す",
    save="受付に戻す",
    sections=(
        SectionSpec(
            note="世帯・建物・調査のいまの様子から、調査待ちか判定まで自動で進みます。", fields=(_reason("例：取下げを取り消すと連絡があった"),)
        ),
    ),
)
JUDGE_SELF = FormSpec(
    key="application.judge_self",
    title="自己判定（準半壊に至らない）",
    save="判定する",
    sections=(
        SectionSpec(
            note=SELF_JUDGEMENT + "別の人が「家屋・調査」の「確認」で認めると、判定になります。",
            fields=(
                FieldSpec(
                    key="note", label="写真で確かめたこと", kind="multiline", required=True, placeholder="例：写真4枚。外壁に細いひびがあるだけ"
                ),
                FieldSpec(key="surveyed_on", label="判定した日", kind="date", help="空のときは申請日"),
            ),
        ),
    ),
)
SETTINGS = FormSpec(
    key="certificate.settings",
    title="証明書の設定",
    sections=(
        SectionSpec(
            title="受付",
            fields=(
                FieldSpec(key="deadline", label="罹災証明書の申請期限", kind="date", help="過ぎると受付で知らせます（受け付けることはできます）"),
                FieldSpec(key="report_deadline", label="被災証明書の申請期限", kind="date"),
                FieldSpec(key="queue_prefix", label="呼出番号の頭", limit=4, width=4, ime="latin", placeholder="例：A"),
                FieldSpec(
                    key="other_buildings", label="住家でないものにも罹災証明書を出す", kind="yesno", default="no",
                    help="納屋・事業所など。ふつうは被災証明書で扱います",
                ),
            ),
        ),
        SectionSpec(
            title="証明書に載ること",
            fields=(
                FieldSpec(key="cause", label="罹災原因", help="申請に書かれていないときに印刷します"),
                FieldSpec(key="extra1", label="追加記載事項1", kind="multiline", limit=400),
                FieldSpec(key="extra2", label="追加記載事項2", kind="multiline", limit=400),
            ),
        ),
        SectionSpec(
            title="証明書番号",
            note="番号は「年-災害の番号-端末-連番-検査文字」です。発行を始めたあとは変えないでください。",
            fields=(
                FieldSpec(key="year", label="年（西暦）", kind="integer", required=True, low=1000, high=9999, width=6),
                FieldSpec(key="disaster_no", label="災害の番号", kind="integer", required=True, low=1, high=99, default="1", width=4),
            ),
        ),
    ),
)  # fmt: skip


def application_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Form values as fields of an ``Application``: days as ISO text."""
    kept = {key: value for key, value in values.items() if key != "reason"}
    kept["applied_on"] = kept["applied_on"].isoformat() if kept.get("applied_on") else ""
    return kept


def application_form(application: Application) -> dict[str, Any]:
    """An application as values for the form."""
    return {field.key: getattr(application, field.key) for field in APPLY.fields}


def settings_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Form values as settings: days as ISO text."""
    return {key: value.isoformat() if hasattr(value, "isoformat") else "" if value is None else value for key, value in values.items()}
