"""What a person says about a file before it is imported, beside choosing it."""

from __future__ import annotations

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
