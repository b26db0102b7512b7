"""The quiet line under a postal code."""

from __future__ import annotations

import pytest

from app.presentation.forms.person import NEWCOMER
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.postal_hint import hint_words

pytestmark = pytest.mark.gui


@pytest.mark.parametrize(
    ("postal", "address", "words"),
    [
        ("", "石川県七尾市鵜浦町1-2", "926-0001"),
        ("926-0001", "石川県七尾市鵜浦町1-2", ""),
        ("926-0002", "石川県七尾市鵜浦町1-2", "926-0001"),
        ("926-9999", "石川県七尾市鵜浦町1-2", "ありません"),
        ("926-00", "石川県七尾市鵜浦町1-2", ""),
        ("", "鵜浦町1-2", ""),
        ("926-0002", "", ""),
    ],
)
def test_hints(postal: str, address: str, words: str) -> None:
    found = hint_words(postal, address)
    assert (words in found) and bool(found) is bool(words)


def test_a_form_hints_after_a_pause_and_changes_nothing(qtbot) -> None:
    body = FormBody(NEWCOMER)
    qtbot.addWidget(body)
    postal, address = body.editors["postal"], body.editors["address"]
    address.set_raw("石川県七尾市鵜浦町1-2")
    address.changed.emit(address.raw())
    qtbot.waitUntil(lambda: "926-0001" in postal.note(), timeout=3000)
    assert postal.raw() == ""
    postal.set_raw("926-0002")
    postal.changed.emit(postal.raw())
    qtbot.waitUntil(lambda: "ではない" in postal.note(), timeout=3000)
    assert (postal.raw(), address.raw()) == ("926-0002", "石川県七尾市鵜浦町1-2")
