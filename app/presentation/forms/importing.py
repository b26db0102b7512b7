"""What a person says about a file before it is imported, beside choosing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec

SHELTERS = FormSpec(
    key="import.shelters",
    title="避難所の取り込み",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(
                    key="open_at",
                    label="同時に開設する日時",
                    kind="instant",
                    help="入れると、取り込んだ避難所を開設中にします。空なら開設しません",
                ),
            ),
        ),
    ),
)
HEADCOUNTS = FormSpec(
    key="import.headcounts",
    title="避難者数の取り込み",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(
                    key="at", label="時点がないファイルの時点", kind="instant", help="ファイルの列や見出しに時点があれば、そちらを使います"
                ),
            ),
        ),
    ),
)
RESIDENTS = FormSpec(
    key="import.residents",
    title="住民データの取り込み",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(
                    key="as_of",
                    label="災害の日時",
                    kind="instant",
                    required=True,
                    help="この時に住民だった人を集めます。例：R6.1.1 16:10",
                ),
                FieldSpec(
                    key="known_at",
                    label="いつまでの届出を含めるか",
                    kind="instant",
                    help="この時までに処理された届出を使います。空ならいま",
                ),
                FieldSpec(key="label", label="名称", help="空なら日時。例：1月5日まで"),
            ),
        ),
    ),
)
EVACUEES = FormSpec(
    key="import.evacuees",
    title="避難者名簿の取り込み",
    sections=(
        SectionSpec(
            fields=(FieldSpec(key="at", label="入所日時がない人の入所日時", kind="instant", help="空なら、いまの日時にします"),),
        ),
    ),
)


def _affirmed(values: Mapping[str, Any]) -> Mapping[str, str]:
    told = "だれがどこで確認したものかを入れてください。履歴に残ります。"
    return {"reason": told} if values["checked"] and not values["reason"].strip() else {}


BUILDINGS = FormSpec(key="import.buildings", title="建物の一覧の取り込み", sections=())
ACCOUNTS = FormSpec(key="import.accounts", title="口座の一覧の取り込み", sections=())
CLAIMS = FormSpec(key="import.claims", title="支援の申請の取り込み", sections=())
CASUALTIES = FormSpec(key="import.casualties", title="人的被害の取り込み", sections=())
SURVEY_RESULTS = FormSpec(
    key="import.survey_results",
    title="調査の結果の取り込み",
    rules=(_affirmed,),
    sections=(
        SectionSpec(
            note="取り込んだ結果は「確認待ち」になり、ほかの人が「確認」で認めると確定します。",
            fields=(
                FieldSpec(
                    key="checked", label="確認の済んだ結果として、すぐに確定する", kind="yesno", default="no",
                    help="ほかのシステムで、2人目の確認まで済んでいるときだけ",
                ),
                FieldSpec(key="reason", label="確認した人とところ", placeholder="例：県の共同利用システムで、見本課の確認　二郎が確認"),
            ),
        ),
    ),
)  # fmt: skip
