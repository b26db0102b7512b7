"""The tabs of 住民データ, in order. A new tab is one more line; its module is imported when it is first shown."""

from __future__ import annotations

from app.ui.tabbed import TabEntry

TABS: tuple[TabEntry, ...] = (
    TabEntry("list", "一覧", "list_tab:ListTab"),
    TabEntry("snapshots", "取り込んだデータ", "snapshots_tab:SnapshotsTab"),
    TabEntry("matching", "名寄せ", "matching_tab:MatchingTab", right="link"),
    TabEntry("characters", "文字", "characters_tab:CharactersTab"),
    TabEntry(
        "protection",
        "支援措置",
        "protection_tab:ProtectionTab",
        right="see_protected",
        hidden=True,
        waiting="app.ui.residents.protection_tab:count_waiting",
        kinds=frozenset({"protection", "person", "decision", "snapshot"}),
    ),
)
