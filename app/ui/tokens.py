"""The colours of the two themes by what they are for. Text on its ground reaches 4.5:1, borders of inputs and marks 3:1."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "bg": "#F4F6F8",
        "surface": "#FFFFFF",
        "surface2": "#EDF1F5",
        "stripe": "#F9FAFC",
        "input": "#FFFFFF",
        "line": "#D6DDE4",
        "hairline": "#E8ECF0",
        "line_strong": "#7D8B9A",
        "scroll": "#BAC4CE",
        "text": "#16212C",
        "text2": "#44525F",
        "muted": "#586673",
        "disabled": "#8D99A5",
        "accent": "#1B5FAA",
        "accent_hover": "#164E8C",
        "accent_soft": "#E4EEF9",
        "accent_line": "#A9C8E8",
        "on_accent": "#FFFFFF",
        "focus": "#1B5FAA",
        "focus_on_accent": "#0A2A4D",
        "select": "#CFE1F5",
        "select_text": "#0F1C28",
        "danger": "#B3261E",
        "danger_soft": "#FCECEA",
        "danger_line": "#E9B3AE",
        "warn": "#744700",
        "warn_soft": "#FFF4DE",
        "warn_line": "#E3C078",
        "good": "#1B6439",
        "good_soft": "#E6F4EB",
        "good_line": "#A5D3B6",
        "rail": "#15304A",
        "rail_text": "#E3ECF4",
        "rail_muted": "#AEC1D3",
        "rail_hover": "#1E4265",
        "rail_active": "#2B5F91",
        "rail_active_text": "#FFFFFF",
        "rail_focus": "#9CC7F6",
        "training": "#FFD24A",
        "training_text": "#352600",
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "bg": "#12181F",
        "surface": "#1B232C",
        "surface2": "#252F3A",
        "stripe": "#1F2832",
        "input": "#151C24",
        "line": "#36434F",
        "hairline": "#2A343F",
        "line_strong": "#77899B",
        "scroll": "#4C5B69",
        "text": "#E9EFF5",
        "text2": "#BECAD5",
        "muted": "#A3B1BE",
        "disabled": "#6F7E8C",
        "accent": "#82B7F0",
        "accent_hover": "#A3CBF7",
        "accent_soft": "#1D344D",
        "accent_line": "#35597E",
        "on_accent": "#0B1A2B",
        "focus": "#82B7F0",
        "focus_on_accent": "#FFFFFF",
        "select": "#2B4E74",
        "select_text": "#FFFFFF",
        "danger": "#FF9D95",
        "danger_soft": "#43211F",
        "danger_line": "#7A3F3B",
        "warn": "#F3C163",
        "warn_soft": "#3B2E13",
        "warn_line": "#6E5824",
        "good": "#83D4A3",
        "good_soft": "#183425",
        "good_line": "#33614A",
        "rail": "#0C1218",
        "rail_text": "#DCE5EE",
        "rail_muted": "#9FB0C0",
        "rail_hover": "#1A242F",
        "rail_active": "#234467",
        "rail_active_text": "#FFFFFF",
        "rail_focus": "#82B7F0",
        "training": "#E5B93A",
        "training_text": "#241A00",
    }
)

THEMES: Mapping[str, Mapping[str, str]] = MappingProxyType({"light": LIGHT, "dark": DARK})
TEXT_SCALES: Mapping[str, float] = MappingProxyType({"normal": 1.0, "large": 1.25, "larger": 1.5})

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((ink, ground) for ink in ("text", "text2", "muted") for ground in ("bg", "surface", "surface2", "stripe", "input")),
    ("accent", "surface"),
    ("accent", "bg"),
    ("accent", "accent_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("select_text", "select"),
    ("danger", "surface"),
    ("danger", "bg"),
    ("danger", "danger_soft"),
    ("warn", "warn_soft"),
    ("warn", "surface"),
    ("good", "surface"),
    ("good", "bg"),
    ("good", "good_soft"),
    ("text", "danger_soft"),
    ("text", "warn_soft"),
    ("text", "good_soft"),
    ("text", "accent_soft"),
    ("rail_text", "rail"),
    ("rail_text", "rail_hover"),
    ("rail_muted", "rail"),
    ("rail_active_text", "rail_active"),
    ("training_text", "training"),
)
"""Text and ground that meet on the screen; each pair reaches 4.5:1 (WCAG 2.2 AA)."""

MARK_PAIRS: tuple[tuple[str, str], ...] = (
    ("line_strong", "surface"),
    ("line_strong", "input"),
    ("line_strong", "bg"),
    ("focus", "surface"),
    ("focus", "bg"),
    ("rail_focus", "rail"),
)
"""Borders and marks that carry meaning; each pair reaches 3:1."""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two ``#RRGGBB`` colours as WCAG 2.2 defines it, 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
