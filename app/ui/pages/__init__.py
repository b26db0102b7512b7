"""The pages of the rail, in order. A new page is one more line; its module is imported when it is first shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from app.ui.page import Page, Shell


@dataclass(frozen=True, slots=True)
class PageEntry:
    """``key`` names the label (``page``) and the icon; ``source`` is ``module:class`` below ``app.ui.pages``.

    ``section`` is the heading under which the rail shows it; pages of one section stand together.
    """

    key: str
    source: str
    section: str = ""

    @property
    def installed(self) -> bool:
        """Whether this edition ships the page."""
        return find_spec(f"{__name__}.{self.source.partition(':')[0]}") is not None

    def make(self, shell: Shell) -> Page:
        """The page itself."""
        module, _, name = self.source.partition(":")
        made: Page = getattr(import_module(f"{__name__}.{module}"), name)(shell)
        return made


_SHELTER, _EXCHANGE, _PROOF, _MONEY, _RECORD = "避難", "受け渡し", "調査・証明", "支援金", "記録・設定"

PAGES: tuple[PageEntry, ...] = (
    PageEntry("home", "home:HomePage"),
    PageEntry("search", "search:SearchPage"),
    PageEntry("shelters", "shelters:SheltersPage", _SHELTER),
    PageEntry("evacuees", "evacuees:EvacueesPage", _SHELTER),
    PageEntry("roster", "roster:RosterPage", _SHELTER),
    PageEntry("exchange", "exchange:ExchangePage", _EXCHANGE),
    PageEntry("conflicts", "conflicts:ConflictsPage", _EXCHANGE),
    PageEntry("sites", "sites:SitesPage", _EXCHANGE),
    PageEntry("residents", "residents:ResidentsPage", _PROOF),
    PageEntry("surveys", "surveys:SurveysPage", _PROOF),
    PageEntry("certificates", "certificates:CertificatesPage", _PROOF),
    PageEntry("forms", "forms:FormsPage", _PROOF),
    PageEntry("programmes", "programmes:ProgrammesPage", _MONEY),
    PageEntry("relief", "relief:ReliefPage", _MONEY),
    PageEntry("cash", "cash:CashPage", _MONEY),
    PageEntry("transfers", "transfers:TransfersPage", _MONEY),
    PageEntry("ledger", "ledger:LedgerPage", _MONEY),
    PageEntry("history", "records:HistoryPage", _RECORD),
    PageEntry("settings", "settings:SettingsPage", _RECORD),
)


def installed_pages() -> list[PageEntry]:
    """The pages that this edition ships."""
    return [entry for entry in PAGES if entry.installed]


_OWN_KEYS = {"settings": "Ctrl+,", "exchange": "Ctrl+Shift+7", "conflicts": "Ctrl+Shift+8", "sites": "Ctrl+Shift+9"}
"""Settings has the key it has in other programs: digits are for daily work, and there are only ten. The pages of the exchange have keys that
stay the same whoever signs in, so that somebody who is called to the telephone can be told which."""


def section_of(key: str) -> str:
    """The heading above a page in the rail, "" for those at the top."""
    return next((entry.section for entry in PAGES if entry.key == key), "")


def page_keys(keys: Iterable[str]) -> dict[str, str]:
    """The key strokes that lead to each page: Ctrl+1 to Ctrl+9, then Ctrl+0, in order; pages about money Ctrl+Shift+1 and so on.

    So whoever hands out no money keeps ten pages on ten digits, and no key changes because a page about money is there.
    """
    strokes: dict[str, str] = {}
    plain = shifted = 0
    for key in keys:
        if key in _OWN_KEYS:
            continue
        if section_of(key) == _MONEY:
            shifted += 1
            strokes[key] = f"Ctrl+Shift+{shifted}" if shifted <= 9 else ""
        else:
            plain += 1
            strokes[key] = f"Ctrl+{plain % 10}" if plain <= 10 else ""
    return {**strokes, **_OWN_KEYS}
