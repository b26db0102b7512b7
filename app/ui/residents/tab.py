"""What a tab of 住民データ is."""

from __future__ import annotations

from app.ui.tabbed import Tab


class ResidentsTab(Tab):
    """A tab grows old with the snapshots unless it names its own ``kinds``."""

    kinds = frozenset({"snapshot", "resident"})
