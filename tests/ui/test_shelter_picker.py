"""Choosing a shelter by typing: what stands in the field is what is meant, or nothing is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.ui.widgets.shelter_picker import ShelterPicker
from app.usecases.shelters import list_shelters
from tests.stores import SHELTERS, Town
from tests.ui.conftest import say

pytestmark = pytest.mark.gui


@pytest.fixture
def picker(look: QApplication, town: Town, qtbot: Any) -> ShelterPicker:
    """All shelters, the first chosen; the last two are closed, and the name of one is a part of the other's."""
    rows = list_shelters(town.ctx)
    by_name = {row.name: row for row in rows}
    first, second, third = (by_name[name] for name in SHELTERS)
    made = ShelterPicker(empty="選んでください")
    qtbot.addWidget(made)
    made.show_shelters([first, replace(third, name=f"旧{second.name}", is_open=False), replace(second, is_open=False)])
    made.choose(first.id)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def type_in(picker: ShelterPicker, words: str) -> None:
    """Over what stands there."""
    picker.lineEdit().setFocus()
    picker.lineEdit().selectAll()
    say(picker.lineEdit(), words)


@pytest.mark.parametrize(("words", "meant"), [("見本", 0), ("架空公民館", 1), ("旧架空", 2), ("公民館", -1), ("どこか", -1)], ids=str)
def test_words_are_taken_before_the_field_is_left(picker: ShelterPicker, town: Town, words: str, meant: int) -> None:
    """Ctrl+Enter in the field must not use the shelter that stood there before."""
    type_in(picker, words)
    assert picker.shelter_id == (town.shelters[meant] if meant >= 0 else "")


def test_leaving_the_field_says_what_was_understood(picker: ShelterPicker, town: Town, qtbot: Any) -> None:
    picked: list[str] = []
    picker.picked.connect(picked.append)
    type_in(picker, "架空公民館")
    QTest.keyClick(QApplication.activePopupWidget() or picker, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(picked))
    assert picked == [town.shelters[1]] and picker.currentText() == "架空公民館（閉鎖中）" and picker.shelter_id == town.shelters[1]
