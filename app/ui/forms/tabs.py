"""The tabs of 様式, in order."""

from __future__ import annotations

from app.ui.tabbed import TabEntry

TABS: tuple[TabEntry, ...] = (
    TabEntry("design", "様式", "design_tab:DesignTab"),
    TabEntry("seal", "公印", "seal_tab:SealTab", "seal", hidden=True, kinds=frozenset({"seal_picture"})),
    TabEntry("signing", "市町村長名・プリンター", "signing_tab:SigningTab"),
)
