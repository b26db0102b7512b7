"""The tabs of 支給, in order. A new tab is one more line; its module is imported when it is first shown."""

from __future__ import annotations

from app.ui.tabbed import TabEntry

_COUNTS = "app.ui.relief.counts"
_MONEY = frozenset({"entitlement", "payment_batch", "payment", "payment_share", "payee", "payee_account", "claim"})

TABS: tuple[TabEntry, ...] = (
    TabEntry("entitlements", "対象者", "entitlements_tab:EntitlementsTab"),
    TabEntry("calculation", "試算・計算", "calculation_tab:CalculationTab"),
    TabEntry("claims", "申請", "claims_tab:ClaimsTab", kinds=frozenset({"claim", "programme"}), waiting=f"{_COUNTS}:count_lacking"),
    TabEntry("casualties", "人的被害", "casualties_tab:CasualtiesTab", kinds=frozenset({"casualty"}), waiting=f"{_COUNTS}:count_reported"),
    TabEntry("payees", "受取人・口座", "payees_tab:PayeesTab", kinds=_MONEY, waiting="app.usecases.accounts:count_waiting"),
    TabEntry("batches", "支給決定簿", "batches_tab:BatchesTab", kinds=_MONEY, waiting=f"{_COUNTS}:count_batches"),
)
