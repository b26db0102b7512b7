"""The tabs of 振込, in order. A new tab is one more line; its module is imported when it is first shown."""

from __future__ import annotations

from app.ui.tabbed import TabEntry

_MONEY = frozenset({"payment_batch", "payment", "transfer_file", "reconciliation"})

TABS: tuple[TabEntry, ...] = (
    TabEntry("waiting", "振込の決定簿", "waiting_tab:WaitingTab", kinds=_MONEY, waiting="app.ui.transfers.counts:count_waiting"),
    TabEntry("files", "書き出したファイル", "files_tab:FilesTab", kinds=_MONEY),
    TabEntry("unpaid", "不能・組戻し", "unpaid_tab:UnpaidTab", kinds=_MONEY | {"payee_account"}, waiting="app.ui.transfers.counts:count_unpaid"),
    TabEntry("check", "ファイルの検査", "check_tab:CheckTab"),
    TabEntry("profiles", "銀行の設定", "profiles_tab:ProfilesTab"),
)
