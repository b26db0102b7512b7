"""The tabs of 家屋・調査, in order. A new tab is one more line; its module is imported when it is first shown."""

from __future__ import annotations

from app.ui.tabbed import TabEntry

_SURVEYED = frozenset({"building", "survey", "assignment", "appeal", "photo"})

TABS: tuple[TabEntry, ...] = (
    TabEntry("buildings", "建物", "buildings_tab:BuildingsTab"),
    TabEntry("check", "確認", "check_tab:CheckTab", right="check_survey", waiting="app.ui.surveys.check_tab:count_waiting", kinds=_SURVEYED),
    TabEntry("plan", "班・予定", "plan_tab:PlanTab", right="survey"),
    TabEntry("appeals", "再調査", "appeals_tab:AppealsTab", waiting="app.ui.surveys.appeals_tab:count_waiting", kinds=_SURVEYED),
    TabEntry("photos", "写真", "photos_tab:PhotosTab"),
    TabEntry("counts", "被害の集計", "counts_tab:CountsTab"),
    TabEntry("progress", "進み具合", "progress_tab:ProgressTab"),
    TabEntry("editions", "指針の版", "editions_tab:EditionsTab"),
)
