"""Forms about going out for hours or nights, and coming back."""

from __future__ import annotations

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field
from app.presentation.forms.stay import moment_field

GO_OUT = FormSpec(
    key="go_out", title="外出・外泊",
    sections=(
        SectionSpec(
            note="入所は続きます。戻ったら「戻り」を記録してください。",
            fields=(
                spec_field("absence", "kind", kind="choice", options="absence.kind", default="outing", required=True),
                moment_field("at", "出た日時"),
                spec_field("absence", "destination_text", placeholder="例：自宅の片付け"),
                FieldSpec(key="expected_at", label="戻る予定", kind="instant", help="分からなければ空のままにします。"),
                spec_field("absence", "contact", placeholder="例：090-0000-0000"),
            ),
        ),
    ),
    save="記録する",
)  # fmt: skip
COME_BACK = FormSpec(key="come_back", title="戻り", sections=(SectionSpec(fields=(moment_field("at", "戻った日時"),)),), save="記録する")
