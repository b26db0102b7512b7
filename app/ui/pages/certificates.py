"""証明書: applications, issuing and printing, the ledger of certificates, and whether a paper is genuine."""

from __future__ import annotations

from app.ui.certificates.tabs import TABS
from app.ui.tabbed import TabbedPage


class CertificatesPage(TabbedPage):
    """``go('certificates', tab='verify')`` shows a tab; other arguments go to the tab (without a tab: to the applications)."""

    key = "certificates"
    package = "app.ui.certificates"
    entries = TABS
