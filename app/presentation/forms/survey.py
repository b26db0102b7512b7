"""Forms about surveys beside the entry screen: the check, requests for another one, judgements without a visit, teams and lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field

_DAY = "例：R6.1.5、2024-01-05"


def _reason(placeholder: str, *, words: str = "理由", key: str = "reason", required: bool = True) -> FieldSpec:
    return FieldSpec(key=key, label=words, kind="multiline", required=required, placeholder=placeholder)


RETURN = FormSpec(
    key="survey.return",
    title="調査を差し戻す",
    save="差し戻す",
    sections=(
        SectionSpec(
            note="入力した人に、直すところを伝えます。直して出し直すと、もう一度確認待ちになります。",
            fields=(_reason("例：外壁の程度が写真と合わない。②の傾斜をもう一度確かめてください", words="差し戻す理由"),),
        ),
    ),
)
WITHDRAW = FormSpec(
    key="survey.withdraw",
    title="調査を取り下げる",
    save="取り下げる",
    sections=(
        SectionSpec(note="記録は残りますが、被害の程度には数えなくなります。", fields=(_reason("例：別の建物の調査票だった"),)),
    ),
)
APPEAL = FormSpec(
    key="appeal",
    title="再調査の依頼を受ける",
    save="受け付ける",
    sections=(
        SectionSpec(
            note="2次調査は、1次調査の結果に対して本人の申請があれば必ず行います。再調査は、内容を確かめて必要なら行います。程度は軽くなることもあります。",
            fields=(
                spec_field("appeal", "wants", kind="choice", options="appeal.wants", default="second", required=True),
                spec_field("appeal", "asked_on", kind="date", required=True, placeholder=_DAY),
                spec_field("appeal", "asked_by", placeholder="例：世帯主の長女"),
                spec_field("appeal", "phone", kind="phone"),
                _reason("例：屋内の柱の傾きを見ていない"),
                spec_field("appeal", "note"),
            ),
        ),
    ),
)
ACCEPT = FormSpec(
    key="appeal.accept",
    title="調査する",
    save="調査する",
    sections=(
        SectionSpec(
            note="「班・予定」で班の予定に入れ、結果は「調査を入力」から入れます。確定すると、この依頼は調査済みになります。",
            fields=(_reason("例：1月20日の午前に伺うことを電話で伝えた", words="回答", key="answer", required=False),),
        ),
    ),
)
DECLINE = FormSpec(
    key="appeal.decline",
    title="調査しない",
    save="調査しない",
    sections=(SectionSpec(fields=(_reason("例：地震による傷みではないことを、写真で本人に確かめた", words="本人に伝えた回答", key="answer"),)),),
)


def _consent(values: Mapping[str, Any]) -> Mapping[str, str]:
    return {} if values["consented_by"].strip() else {"consented_by": "同意した人を入れてください。同意がなければ現地調査になります。"}


SELF = FormSpec(
    key="survey.self",
    title="自己判定",
    save="確認待ちにする",
    rules=(_consent,),
    sections=(
        SectionSpec(
            note="本人が写真を見せ、「準半壊に至らない（一部損壊）」になることに同意したときだけ使えます。現地には行きません。あとから現地調査を求めることもできます。",
            fields=(
                FieldSpec(key="consented_by", label="同意した人", required=True, placeholder="例：能登　花子（世帯主）"),
                FieldSpec(key="surveyed_on", label="判定した日", kind="date", required=True, placeholder=_DAY),
                spec_field("survey", "hazard", kind="choice", options="survey.hazard", omit=("fire",), default="earthquake", required=True),
                spec_field("survey", "structure", kind="choice", options="survey.structure", default="wood", required=True),
                FieldSpec(key="note", label="写真で確かめたこと", kind="multiline", placeholder="例：四方向と屋根の写真。瓦のずれ5枚ほど"),
            ),
        ),
    ),
)
PHOTO = FormSpec(
    key="survey.photo",
    title="写真判定（明らかな全壊）",
    save="確認待ちにする",
    sections=(
        SectionSpec(
            note="写真や空中写真から、住家の全部が倒壊していることが明らかなときだけ、現地に行かずに全壊とできます。水害の浸水深を写真で読むときは「調査を入力」を使います。",
            fields=(
                FieldSpec(key="surveyed_on", label="判定した日", kind="date", required=True, placeholder=_DAY),
                spec_field(
                    "survey", "hazard", kind="choice", options="survey.hazard",
                    omit=("flood_external", "flood_inland", "liquefaction", "fire"), default="earthquake", required=True,
                ),
                spec_field("survey", "structure", kind="choice", options="survey.structure", default="wood", required=True),
                _reason("例：1月5日の空中写真で、屋根が地面に落ちているのを確かめた", words="何を見て判定したか", key="note"),
            ),
        ),
    ),
)  # fmt: skip
AREA = FormSpec(
    key="survey.area",
    title="区域一括判定",
    sections=(
        SectionSpec(
            fields=(
                spec_field("survey", "grade", kind="choice", options="grade", omit=("none",), required=True, default="total"),
                spec_field("survey", "hazard", kind="choice", options="survey.hazard", omit=("fire",), default="flood_external", required=True),
                FieldSpec(key="surveyed_on", label="判定した日", kind="date", required=True, placeholder=_DAY),
                FieldSpec(
                    key="aerial", label="航空写真で確かめた", kind="yesno", default="no", help="四隅の調査を根拠にしないとき",
                ),
                _reason("例：四隅の住家の浸水深がすべて床上1.8メートルを超える"),
            ),
        ),
    ),
)  # fmt: skip
UNDO_AREA = FormSpec(
    key="survey.area_undo",
    title="区域一括判定を取り消す",
    save="取り消す",
    sections=(SectionSpec(note="この判定で決めた程度を、すべて一度に取り下げます。記録は残ります。", fields=(_reason("例：区域の線を誤った"),)),),
)

TEAM = FormSpec(
    key="team",
    title="調査班",
    sections=(
        SectionSpec(
            fields=(
                spec_field("team", "name", required=True, placeholder="例：1班"),
                spec_field("team", "from_town", placeholder="例：架空市からの応援"),
                spec_field("team", "members", kind="multiline", placeholder="1行に1人\n見本　一郎\n例示　次郎", help="調査票の調査員の欄に出ます"),
                spec_field("team", "note"),
            ),
        ),
    ),
)
REMOVE_TEAM = FormSpec(
    key="team.remove",
    title="班をなくす",
    save="なくす",
    sections=(SectionSpec(note="まだ終わっていない予定も一緒に外れます。済んだ調査は残ります。", fields=(_reason("例：応援の期間が終わった"),)),),
)
ASSIGN = FormSpec(
    key="assign",
    title="班の予定に入れる",
    save="予定に入れる",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(key="day", label="予定日", kind="date", required=True, placeholder=_DAY),
                spec_field("assignment", "kind", kind="choice", options="survey.kind", default="first", required=True),
            ),
        ),
    ),
)
NEXT_ROUND = FormSpec(
    key="next_round",
    title="不在だった家を次の日に",
    save="次の予定に入れる",
    sections=(
        SectionSpec(
            note="この日の予定で「不在」になり、まだ調査していない建物を、同じ班の次の回に入れます。",
            fields=(FieldSpec(key="to_day", label="次に行く日", kind="date", required=True, placeholder=_DAY),),
        ),
    ),
)


def team_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Form values as fields of a ``Team``: one member a line."""
    names = tuple(line.strip() for line in str(values["members"]).splitlines() if line.strip())
    return {**values, "members": names}
