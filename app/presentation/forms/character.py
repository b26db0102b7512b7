"""What is registered about a character that fonts do not have."""

from __future__ import annotations

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec

SUBSTITUTE = FormSpec(
    key="character_substitute",
    title="代替文字の登録",
    save="登録する",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(
                    key="substitute", label="代わりに書く字", required=True, width=10, limit=8,
                    help="第2水準までの字で、8字まで。印刷では灰色の地と下線、画面では点線の枠で区別します。",
                ),
                FieldSpec(key="description", label="説明", placeholder="例：戸籍の統一文字番号、決めた日と決めた人", limit=200),
            )
        ),
    ),
)  # fmt: skip
