"""The pages of the rail, in order. A new page is one more line; its module is imported when it is first shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from app.ui.page import Page, Shell


@dataclass(frozen=True, slots=True)
class PageEntry:
    """``key`` names the label (``page``) and the icon; ``source`` is ``module:class`` below ``app.ui.pages``."""

    key: str
    source: str

    @property
    def installed(self) -> bool:
        """Whether this edition ships the page."""
        return find_spec(f"{__name__}.{self.source.partition(':')[0]}") is not None

    def make(self, shell: Shell) -> Page:
        """The page itself."""
        module, _, name = self.source.partition(":")
        made: Page = getattr(import_module(f"{__name__}.{module}"), name)(shell)
        return made


PAGES: tuple[PageEntry, ...] = (
    PageEntry("home", "home:HomePage"),
    PageEntry("search", "search:SearchPage"),
    PageEntry("shelters", "shelters:SheltersPage"),
    PageEntry("evacuees", "evacuees:EvacueesPage"),
    PageEntry("roster", "roster:RosterPage"),
    PageEntry("residents", "residents:ResidentsPage"),
    PageEntry("surveys", "surveys:SurveysPage"),
    PageEntry("certificates", "certificates:CertificatesPage"),
    PageEntry("forms", "forms:FormsPage"),
    PageEntry("programmes", "programmes:ProgrammesPage"),
    PageEntry("relief", "relief:ReliefPage"),
    PageEntry("cash", "cash:CashPage"),
    PageEntry("transfers", "transfers:TransfersPage"),
    PageEntry("ledger", "ledger:LedgerPage"),
    PageEntry("history", "records:HistoryPage"),
    PageEntry("settings", "settings:SettingsPage"),
)


def installed_pages() -> list[PageEntry]:
    """The pages that this edition ships."""
    return [entry for entry in PAGES if entry.installed]


_OWN_KEYS = {"settings": "Ctrl+,"}
"""Settings has the key it has in other programs: digits are for daily work, and there are only ten."""


def page_keys(keys: Iterable[str]) -> dict[str, str]:
    """The key strokes that lead to each page: Ctrl+1 to Ctrl+9, then Ctrl+0, in order; a page beyond has none ("")."""
    counted = [key for key in keys if key not in _OWN_KEYS]
    numbered = {key: f"Ctrl+{place % 10}" if place <= 10 else "" for place, key in enumerate(counted, 1)}
    return {**numbered, **_OWN_KEYS}
