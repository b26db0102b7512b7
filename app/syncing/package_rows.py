"""What writing, looking into and taking in a package answers. Frozen; what the window and the command line show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.usecases.context import Changes
from app.usecases.exchange_rows import GapNote, MergeReport, PackageCard
from app.usecases.voucher_messages import TakenIn

Warnings = tuple[tuple[str, Mapping[str, Any]], ...]
"""Message codes with parameters, for a person to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPackage:
    """A package that was written, read back and found whole: the stick can be pulled. ``left_out``: pictures that did not travel."""

    card: PackageCard
    path: Path
    bytes: int
    sha256: str
    operations: int
    left_out: int = 0
    warnings: Warnings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What taking a package in would do; nothing was written. ``new`` and ``known`` operations, ``records`` by kind that would change,
    ``conflicts`` that would open, ``gaps`` that would be left. ``already``: this very package was taken in before.
    """

    card: PackageCard
    path: Path
    bytes: int
    sha256: str
    new: int
    known: int
    records: Mapping[str, int]
    conflicts: int
    gaps: tuple[GapNote, ...]
    residents: int
    pictures: int
    warnings: Warnings = ()
    already: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedPackage:
    """What taking a package in did. ``already``: nothing, it had been taken in before. ``residents`` and ``pictures`` that are new here,
    ``settings`` whether any changed, ``vouchers`` what the message about cash did, ``backup`` what to go back to, ``receipt`` the file on the
    stick for the sender (None with a warning when it could not be written). ``became_new``: the package showed that a copy of this folder
    writes under its name; this one is a device of its own from its next opening on, and has to be enrolled anew.
    """

    card: PackageCard
    report: MergeReport
    residents: int
    pictures: int
    settings: bool
    vouchers: TakenIn | None
    backup: Path | None
    receipt: Path | None
    already: bool
    changes: Changes
    warnings: Warnings = ()
    became_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPackage:
    """A file of the exchange on a stick. ``kind``: ``package`` or ``receipt``. ``for_us``: None when the file cannot be read at all, then
    ``problem`` names the sentence. Of a file for somebody else only the name is known: ``to`` and ``sender`` are what it says.
    ``mine``: written by this device. ``already``: taken in here before. ``params``: what the sentence of the problem needs.
    """

    path: Path
    kind: str
    for_us: bool | None
    written_at: datetime | None
    bytes: int
    sender: str = ""
    site: str = ""
    to: str = ""
    mine: bool = False
    already: bool = False
    problem: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenReceipt:
    """What a receipt says: a device has taken packages of ours in. ``packages``: those that nobody had acknowledged before."""

    device: str
    letters: str
    site: str
    written_at: datetime
    packages: tuple[str, ...]
    already: bool
    changes: Changes
