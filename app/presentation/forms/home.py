"""What is asked when a restored folder of headquarters takes over."""

from __future__ import annotations

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec

TAKE_OVER = FormSpec(
    key="home.ask",
    title="この端末への引継ぎを求める",
    save="引継ぎを求める",
    sections=(
        SectionSpec(
            note="前の端末を、もうだれも使わないことを確かめてください。バックアップのあとに前の端末が作った決定簿・振込・支払いは、この端末にはありません。"
            "銀行の明細と拠点のファイルで確かめずに続けると、同じ人に二重に支払います。求めたあと、別の承認者が確認します。",
            fields=(
                FieldSpec(
                    key="reason", label="前の端末はどうなったか、何を支払ったかをどう確かめたか", kind="multiline", required=True,
                    placeholder="例：前の端末は水没し、廃棄した。銀行の明細を見て、バックアップのあとの振込がないことを確かめた",
                ),
            ),
        ),
    ),
)  # fmt: skip
REFUSE = FormSpec(
    key="home.refuse",
    title="引継ぎを取りやめる",
    save="取りやめる",
    sections=(SectionSpec(fields=(FieldSpec(key="reason", label="理由", kind="multiline", required=True, placeholder="例：前の端末が見つかった"),)),),
)
