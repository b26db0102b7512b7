"""What lies on a stick, told against what this laptop has heard already."""

from __future__ import annotations

from pathlib import Path

from app.syncing.package_rows import FoundPackage
from app.usecases.context import Context


def find_on(ctx: Context, folder: Path) -> list[FoundPackage]:
    """Packages and receipts. Off the GUI thread; raises like ``find_packages``."""
    from app.syncing.packages import find_packages

    return find_packages(folder, ctx=ctx)
