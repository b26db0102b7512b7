"""The tabs of 証明書, in order. A new tab is one more line; its module is imported when it is first shown."""

from __future__ import annotations

from app.ui.tabbed import TabEntry

_OPEN = frozenset({"application", "certificate", "survey"})

TABS: tuple[TabEntry, ...] = (
    TabEntry("applications", "申請", "applications_tab:ApplicationsTab"),
    TabEntry("issue", "交付・印刷", "issue_tab:IssueTab", right="issue"),
    TabEntry("ledger", "証明書", "ledger_tab:LedgerTab"),
    TabEntry("declared", "申告のみ", "declared_tab:DeclaredTab", right="apply", kinds=_OPEN),
    TabEntry("verify", "照合", "verify_tab:VerifyTab"),
)
