"""The way from a household or a person to what they received and what is still open."""

from __future__ import annotations

from app.ui.page import Shell
from app.usecases.relief_rows import EntitlementFilter


def show_received(shell: Shell, *, name: str) -> None:
    """The statement of the family for whoever reads the books, else the list of entitlements, narrowed to the name."""
    if shell.context.actor.may("ledger"):
        shell.go("ledger", tab="household", text=name)
    else:
        shell.go("relief", tab="entitlements", filter=EntitlementFilter(text=name))
