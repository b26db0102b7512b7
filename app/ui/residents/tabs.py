"""The tabs of 住民データ, in order. A new tab is one more line; its module is imported when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from app.ui.residents.tab import ResidentsTab

if TYPE_CHECKING:
    from app.ui.pages.residents import ResidentsPage
    from app.usecases.context import Context


@dataclass(frozen=True, slots=True)
class TabEntry:
    """``source`` is ``module:class`` below ``app.ui.residents``; without the right named the tab can be seen but not opened,
    and not even seen when it is ``hidden``.

    ``waiting`` is a ``module:function`` (whole path) that answers from a context how many things wait to be done, without
    making the tab; it runs off the GUI thread. It counts again when something of ``kinds`` was changed.
    """

    key: str
    title: str
    source: str
    right: str = ""
    hidden: bool = False
    waiting: str = ""
    kinds: frozenset[str] = frozenset({"snapshot", "resident"})

    def make(self, page: ResidentsPage) -> ResidentsTab:
        """The tab itself."""
        module, _, name = self.source.partition(":")
        made: ResidentsTab = getattr(import_module(f"app.ui.residents.{module}"), name)(page)
        return made

    def counter(self) -> Callable[[Context], int] | None:
        """What counts the things that wait, if anything does."""
        if not self.waiting:
            return None
        module, _, name = self.waiting.partition(":")
        found: Callable[[Context], int] = getattr(import_module(module), name)
        return found


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
