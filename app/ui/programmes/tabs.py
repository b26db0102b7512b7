"""The tabs of 支援制度, in order. A new tab is one more line; its module is imported when it is first shown."""

from __future__ import annotations

from app.ui.tabbed import TabEntry

TABS: tuple[TabEntry, ...] = (
    TabEntry("rules", "制度・回・決まり", "rules_tab:RulesTab"),
    TabEntry(
        "loans", "貸付・返済", "loans_tab:LoansTab", right="ledger", kinds=frozenset({"loan", "repayment"}), waiting="app.usecases.loans:count_late",
    ),
)  # fmt: skip
