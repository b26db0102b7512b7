"""The tabs of 証明書, in order. A new tab is one more line; its module is imported when it is first shown."""

from __future__ import annotations

from app.ui.tabbed import TabEntry

_OPEN = frozenset({"application", "certificate", "survey"})
_COUNTS = "app.ui.certificates.counts"

TABS: tuple[TabEntry, ...] = (
    TabEntry("applications", "申請", "applications_tab:ApplicationsTab"),
    TabEntry("issue", "交付・印刷", "issue_tab:IssueTab", right="issue", kinds=_OPEN, waiting=f"{_COUNTS}:count_ready"),
    TabEntry("ledger", "証明書", "ledger_tab:LedgerTab", kinds=_OPEN, waiting=f"{_COUNTS}:count_replace"),
    TabEntry("declared", "申告のみ", "declared_tab:DeclaredTab", right="apply", kinds=_OPEN | {"victim"}, waiting=f"{_COUNTS}:count_declared"),
    TabEntry("verify", "照合", "verify_tab:VerifyTab"),
)
