"""What a form is tried out with: the longest texts that a store has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LongestTexts:
    """The longest of each kind, of one household or of several: a form that holds all of them at once holds everybody's.

    ``members``: name, relation and birth date of the household with most (of equals: the longest names). ``objects`` and ``purposes``
    are codes. ``victims``: ids of the households the texts are of. Empty texts where the store has nothing yet.
    """

    head_name: str = ""
    head_address: str = ""
    building_address: str = ""
    cause: str = ""
    damage: str = ""
    applicant_name: str = ""
    applicant_address: str = ""
    objects: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    members: tuple[tuple[str, str, str], ...] = ()
    victims: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nobody yet."""
        return not (self.head_name or self.head_address or self.building_address or self.applicant_name)
