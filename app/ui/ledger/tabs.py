"""The tabs of 収支, in order. A new tab is one more line; its module is imported when it is first shown."""

from __future__ import annotations

from app.ui.tabbed import TabEntry

TABS: tuple[TabEntry, ...] = (
    TabEntry("overview", "収支の概要", "overview_tab:OverviewTab", right="ledger"),
    TabEntry("reports", "集計", "reports_tab:ReportsTab", right="ledger"),
    TabEntry("prefecture", "概算・実績・精算", "prefecture_tab:PrefectureTab", right="ledger"),
    TabEntry("journal", "仕訳帳", "journal_tab:JournalTab", right="ledger"),
    TabEntry("household", "世帯の支給状況", "household_tab:HouseholdTab", right="ledger"),
)
