"""The form about a household: damage, lifelines, animals, cars, whom to call, who is missing."""

from __future__ import annotations

from app.presentation.forms.person import REASON
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field

HOUSEHOLD_FIELDS: tuple[FieldSpec, ...] = (
    spec_field("household", "house_damage", kind="choice", options="household.house_damage", default="unknown"),
    spec_field("household", "emergency_contact", placeholder="例：長男 090-0000-0000"),
    spec_field("household", "power_out", kind="yesno"),
    spec_field("household", "water_out", kind="yesno"),
    spec_field("household", "pets", placeholder="例：犬 1頭"),
    spec_field("household", "vehicles", placeholder="例：軽 白 石川 500 あ 12-34"),
    spec_field("household", "missing_members", placeholder="例：祖父が自宅に残っている"),
    spec_field("household", "note"),
)
HOUSEHOLD = FormSpec(key="household", title="世帯のこと", sections=(SectionSpec(fields=HOUSEHOLD_FIELDS),))
CORRECT_HOUSEHOLD = FormSpec(
    key="correct_household", title="世帯の訂正",
    sections=(
        SectionSpec(fields=(spec_field("household", "label"), spec_field("household", "address"))),
        SectionSpec(fields=HOUSEHOLD_FIELDS),
        SectionSpec(fields=(REASON,)),
    ),
)  # fmt: skip
