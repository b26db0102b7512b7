"""Forms by keyboard and input method alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMessageBox

from app.domain.errors import EnvironmentFault, RuleViolation, StaleRecord
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field
from app.ui import faults
from app.ui.runner import Runner
from app.ui.widgets import form_dialog
from app.ui.widgets.fields import ComboEditor, RadioEditor
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.stale import StaleDialog
from tests.ui.conftest import press, say

pytestmark = pytest.mark.gui
FORM = FormSpec(
    key="person",
    title="避難者",
    sections=(
        SectionSpec(
            title="本人",
            fields=(
                spec_field("person", "name", required=True),
                spec_field("person", "kana", kind="kana"),
                spec_field("person", "birth", kind="birth"),
                spec_field("person", "sex", kind="choice", options="person.sex", default="unknown"),
                spec_field("person", "postal", kind="postal", fills="address"),
                spec_field("person", "address"),
                spec_field("stay", "category", kind="choice", options="stay.category", default="inside"),
            ),
        ),
        SectionSpec(
            title="配慮",
            folded=True,
            fields=(
                spec_field("person", "needs", kind="flags", options="person.needs"),
                FieldSpec(key="age", label="年齢", kind="integer", high=130),
            ),
        ),
    ),
)


@pytest.fixture
def opened(qtbot, runner: Runner):
    """Open a form whose save runs ``work``; answers the dialog and what was saved."""

    def open_form(work=lambda job: None, **more):
        saved: list[dict] = []

        def save(values):
            saved.append(values)
            return runner.write(work, parent=dialog)

        dialog = FormDialog(None, FORM, save=save, **more)
        qtbot.addWidget(dialog, before_close_func=lambda made: setattr(made, "_before", made.body.raw()))
        dialog.open()
        dialog.activateWindow()
        qtbot.waitUntil(lambda: dialog.isAncestorOf(QApplication.focusWidget()))
        return dialog, saved

    return open_form


def focused_key(dialog: FormDialog) -> str:
    focus = QApplication.focusWidget()
    return next((key for key, editor in dialog.body.editors.items() if editor.isAncestorOf(focus)), "")


def test_a_form_by_keyboard_alone(qtbot, runner: Runner, opened) -> None:
    dialog, saved = opened()
    assert focused_key(dialog) == "name"
    say(QApplication.focusWidget(), "能登　花子")
    press(dialog, Qt.Key.Key_Return)
    assert focused_key(dialog) == "kana"
    say(QApplication.focusWidget(), "のと　はなこ")
    press(dialog, Qt.Key.Key_Return)
    assert focused_key(dialog) == "birth"
    say(QApplication.focusWidget(), "S20.3.1")
    assert dialog.body.editors["birth"].note() == "→ 昭和20年3月1日（1945-03-01）"
    press(dialog, Qt.Key.Key_Return)
    assert focused_key(dialog) == "sex"
    press(dialog, Qt.Key.Key_Return)
    assert focused_key(dialog) == "postal"
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert focused_key(dialog) == "sex"
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dialog.result() == QDialog.DialogCode.Accepted)
    assert saved[0]["kana"] == "ノト　ハナコ" and saved[0]["birth"] == "S20.3.1" and saved[0]["name"] == "能登　花子"


def test_ctrl_s_saves_too(qtbot, opened) -> None:
    dialog, saved = opened(values={"name": "能登"})
    press(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(saved))


def test_messages_stand_beside_the_field(opened) -> None:
    dialog, saved = opened()
    dialog.body.editors["birth"].set_raw("昭和64年13月1日")
    dialog.save()
    assert saved == []
    assert dialog.body.editors["name"].problem == "入力してください。"
    assert "暦にない" in dialog.body.editors["birth"].problem
    assert focused_key(dialog) == "name"
    say(QApplication.focusWidget(), "加")
    assert dialog.body.editors["name"].problem == ""


def test_a_wrong_date_is_said_when_the_field_is_left(opened) -> None:
    dialog, _ = opened()
    dialog.body.editors["birth"].take_focus()
    say(QApplication.focusWidget(), "2/30")
    assert dialog.body.editors["birth"].problem == ""
    press(dialog, Qt.Key.Key_Return)
    assert dialog.body.editors["birth"].problem != ""


def test_a_postal_code_fills_the_address_unless_typed(opened) -> None:
    dialog, _ = opened()
    dialog.body.editors["postal"].take_focus()
    say(QApplication.focusWidget(), "926-0811")
    assert dialog.body.editors["address"].raw() == "石川県七尾市御祓町"
    dialog.body.editors["address"].set_raw("自分で入力した住所")
    dialog.body.editors["postal"].changed.emit("926-0811")
    assert dialog.body.editors["address"].raw() == "自分で入力した住所"


def test_a_rule_of_the_use_case_stands_beside_its_field(qtbot, opened) -> None:
    def refuse(job):
        raise RuleViolation("form.required", field="age")

    dialog, _ = opened(refuse, values={"name": "能登"})
    dialog.save()
    qtbot.waitUntil(lambda: dialog.body.editors["age"].problem != "")
    assert dialog.isVisible() and dialog.save_button.isEnabled()
    assert dialog.body.editors["age"].isVisible(), "a folded section opens for its message"


def test_a_rule_without_field_stands_on_top(qtbot, opened) -> None:
    def refuse(job):
        raise RuleViolation("form.password_differs")

    dialog, _ = opened(refuse, values={"name": "能登"})
    dialog.save()
    qtbot.waitUntil(dialog.banner.isVisible)
    assert "パスワード" in dialog.banner.words


def test_an_environment_fault_can_be_tried_again(qtbot, opened, monkeypatch) -> None:
    calls = []
    monkeypatch.setattr(faults, "show", lambda parent, error, retry=None: calls.append((error, retry)))

    def fail_once(job):
        if not calls:
            raise EnvironmentFault("file.disk_full", path="x")

    dialog, saved = opened(fail_once, values={"name": "能登"})
    dialog.save()
    qtbot.waitUntil(lambda: bool(calls))
    calls[0][1]()
    qtbot.waitUntil(lambda: dialog.result() == QDialog.DialogCode.Accepted)
    assert len(saved) == 2


def test_esc_asks_before_throwing_input_away(opened, monkeypatch) -> None:
    answers = [False, True]
    monkeypatch.setattr(form_dialog, "ask", lambda *_, **__: answers.pop(0))
    dialog, _ = opened()
    say(QApplication.focusWidget(), "能")
    press(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    press(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible() and answers == []


def test_esc_closes_an_untouched_form(opened) -> None:
    dialog, _ = opened()
    press(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_esc_is_no(qtbot, look) -> None:
    from PySide6.QtCore import QTimer

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        press(box, Qt.Key.Key_Escape)

    QTimer.singleShot(0, answer)
    assert form_dialog.ask(None, "消しますか？") is False


def test_few_choices_are_radios_and_many_a_list(opened) -> None:
    dialog, _ = opened()
    assert isinstance(dialog.body.editors["sex"], RadioEditor)
    assert isinstance(dialog.body.editors["category"], ComboEditor)
    assert dialog.body.raw()["category"] == "inside"


def test_input_method_hints_follow_the_field(opened) -> None:
    dialog, _ = opened()
    hints = Qt.InputMethodHint
    assert dialog.body.editors["postal"].target.inputMethodHints() & hints.ImhPreferNumbers
    assert dialog.body.editors["birth"].target.inputMethodHints() & hints.ImhPreferLatin
    assert dialog.body.editors["name"].target.inputMethodHints() == hints.ImhNone


def test_everything_has_an_accessible_name(opened) -> None:
    dialog, _ = opened()
    assert all(editor.target.accessibleName() for editor in dialog.body.editors.values())
    assert dialog.body.editors["name"].target.accessibleName() == "氏名（必須）"
    assert isinstance(dialog.body.editors["name"].target, QLineEdit)


def test_a_stale_record_is_united_field_by_field(qtbot, opened, monkeypatch) -> None:
    versions = []

    def stale_once(job):
        if not versions:
            raise StaleRecord(kind="person", record="1", expected=1, found=2)

    stored = {"name": "能登 華子", "address": "七尾市", "birth": "S20.3.1"}
    dialog, saved = opened(
        stale_once, values={"name": "能登 花子", "birth": "S20.3.1"}, current=lambda: stored, rebase=lambda: versions.append(2)
    )
    dialog.body.editors["name"].set_raw("能登 はな")
    dialog.body.editors["birth"].set_raw("S20.3.2")
    seen = []

    def choose_theirs(stale: StaleDialog) -> int:
        seen.append(stale.conflicts)
        stale._choices["name"].setChecked(False)
        next(button for button in stale.findChildren(type(stale._choices["name"])) if "相手" in button.accessibleName()).setChecked(True)
        return int(QDialog.DialogCode.Accepted)

    monkeypatch.setattr(StaleDialog, "exec", choose_theirs)
    dialog.save()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [["name"]]
    assert dialog.body.raw()["name"] == "能登 華子" and dialog.body.raw()["birth"] == "S20.3.2" and dialog.body.raw()["address"] == "七尾市"
    dialog.save()
    qtbot.waitUntil(lambda: dialog.result() == QDialog.DialogCode.Accepted)
    assert versions == [2] and len(saved) == 2
