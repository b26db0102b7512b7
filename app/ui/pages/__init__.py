"""The pages of the rail, in order. A new page is one more line; its module is imported when it is first shown."""

from __future__ import annotations

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
    PageEntry("history", "records:HistoryPage"),
    PageEntry("settings", "settings:SettingsPage"),
)


def installed_pages() -> list[PageEntry]:
    """The pages that this edition ships."""
    return [entry for entry in PAGES if entry.installed]
