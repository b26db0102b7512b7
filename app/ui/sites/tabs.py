"""The tabs of the page 拠点, in order."""

from __future__ import annotations

from app.ui.tabbed import TabEntry

TABS: tuple[TabEntry, ...] = (
    TabEntry("board", "拠点の一覧", "board_tab:BoardTab", kinds=frozenset({"package", "setting"})),
    TabEntry("devices", "端末の登録", "devices_tab:DevicesTab", kinds=frozenset({"setting", "device"})),
)
