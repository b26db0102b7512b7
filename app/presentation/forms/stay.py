"""Forms about a stay: where people go when they leave, correcting a stay, death, and whether a time was left alone."""

from __future__ import annotations

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field
from app.presentation.labels import label

DESTINATION_KEYS: tuple[tuple[str, str], ...] = (
    ("1", "home"), ("2", "kin"), ("3", "car"), ("4", "secondary"), ("5", "hospital"), ("6", "facility"), ("7", "temporary_housing"),
    ("8", "rental"), ("9", "wide_area"), ("0", "unknown"), ("-", "other"),
)  # fmt: skip
"""Key and destination. Another shelter is a move, death has its own dialog."""


def destination_words(key: str, code: str) -> str:
    """The caption of a destination with its key."""
    return f"{key}　{label('stay.destination', code)}"


def moment_field(key: str, words: str, *, help: str = "元号でも西暦でも入力できます。") -> FieldSpec:
    """A moment that begins as now; empty means the moment of saving."""
    return FieldSpec(key=key, label=words, kind="instant", help=help, placeholder="いま", width=14)


LEAVE_DETAILS = FormSpec(
    key="leave", title="退所",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(key="destination_text", label="行き先の詳細", placeholder="例：○○病院、長女宅（金沢市）"),
                moment_field("at", "退所日時"),
            )
        ),
    ),
)  # fmt: skip
DEATH = FormSpec(
    key="death", title="死亡の記録",
    sections=(
        SectionSpec(
            note="入所中のときは、その日時で退所になります。記録だけを行い、家族への連絡や届出は別に行ってください。",
            fields=(
                moment_field("at", "死亡日時"),
                FieldSpec(key="note", label="備考", placeholder="例：搬送先で確認（○○病院から電話）"),
            ),
        ),
    ),
    save="記録する",
)  # fmt: skip
CORRECT_STAY = FormSpec(
    key="correct_stay", title="滞在の訂正",
    sections=(
        SectionSpec(
            fields=(
                spec_field("stay", "category", kind="choice", options="stay.category", required=True, default="inside"),
                spec_field("stay", "room"),
                spec_field("stay", "from_at", kind="instant", required=True),
                spec_field("stay", "to_at", kind="instant", help="入所中なら空のままにします。"),
                spec_field("stay", "destination", kind="choice", options="stay.destination"),
                spec_field("stay", "destination_text"),
                spec_field("stay", "exit_reason"),
            )
        ),
        SectionSpec(fields=(FieldSpec(key="reason", label="訂正の理由", required=True, help="履歴に残ります。"),)),
    ),
)  # fmt: skip
