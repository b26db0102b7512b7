"""Getting in: passwords, the guide, the recovery key, training, backups."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.bootstrap import gateway
from app.presentation.forms.signing import check_new_password, password_strength
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from app.ui.signin import SignInWindow
from app.ui.start import Desk
from app.ui.welcome import Guide
from app.usecases.backups import back_up_to
from tests.stores import OPERATOR, PASSWORD, Clock, found_store, open_town
from tests.ui.conftest import press, say

pytestmark = pytest.mark.gui


@pytest.fixture
def sign_in(runner: Runner, preferences: Preferences, qtbot, monkeypatch, tmp_path: Path):
    """Open the first window on a folder; sessions it opens are closed after the test."""
    monkeypatch.setenv("SASAE_DATA", str(tmp_path / "own"))
    opened: list = []

    def show(folder: Path) -> SignInWindow:
        window = SignInWindow(gateway(), runner=runner, preferences=preferences, folder=folder)
        qtbot.addWidget(window)
        window.opened.connect(opened.append)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        return window

    show.opened = opened
    yield show
    for session in opened:
        session.close(backup=False)


def test_name_and_password_open_the_folder(qtbot, sign_in, folder: Path, preferences: Preferences) -> None:
    window = sign_in(folder)
    say(QApplication.focusWidget(), OPERATOR)
    press(window, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is window.sign_in.form.editors["password"].target
    say(QApplication.focusWidget(), PASSWORD)
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(sign_in.opened) == 1, timeout=15_000)
    assert sign_in.opened[0].context.actor.name == OPERATOR
    assert preferences.get("folder") == str(folder) and preferences.get("operator") == OPERATOR


def test_wrong_passwords_are_said_and_slow_down(qtbot, sign_in, folder: Path, runner: Runner) -> None:
    window = sign_in(folder)
    panel = window.sign_in
    for _ in range(4):
        panel.form.set_values({"operator": OPERATOR, "password": "not-the-password"})
        qtbot.waitUntil(panel.enter.isEnabled, timeout=10_000)
        panel.submit()
        qtbot.waitUntil(lambda: runner.idle, timeout=10_000)
    assert "違います" in panel.banner.words
    assert not panel.enter.isEnabled() and "秒" in panel.enter.text()
    qtbot.waitUntil(panel.enter.isEnabled, timeout=10_000)
    assert panel.enter.text() == "台帳を開く" and sign_in.opened == []


def test_an_empty_folder_offers_ways_to_begin(sign_in, tmp_path: Path) -> None:
    window = sign_in(tmp_path / "nothing")
    assert window.panels.currentIndex() == 1
    assert QApplication.focusWidget() is window.begin._choices[0].button


def test_the_guide_by_keyboard(qtbot, sign_in, tmp_path: Path, runner: Runner) -> None:
    target = tmp_path / "新しい台帳"
    window = sign_in(target)
    press(window, Qt.Key.Key_Space)
    guide = window.panels.currentWidget()
    assert isinstance(guide, Guide) and QApplication.focusWidget() is guide.municipality.box
    say(guide.municipality.box, "ななお")
    press(window, Qt.Key.Key_Return)
    assert guide.municipality.code == "172022" and guide.step == 1
    say(QApplication.focusWidget(), "見本地震")
    press(window, Qt.Key.Key_Return)
    say(QApplication.focusWidget(), "R6.1.1 16:10")
    press(window, Qt.Key.Key_Return)
    assert guide.step == 2
    say(QApplication.focusWidget(), "見本小学校")
    press(window, Qt.Key.Key_Return)
    press(window, Qt.Key.Key_Return)
    assert guide.step == 3
    for words in ("能登 花子", "umi-yama-sora", "umi-yama-sora"):
        say(QApplication.focusWidget(), words)
        press(window, Qt.Key.Key_Return)
    assert guide.step == 4 and guide.setup().site_kind == "shelter"
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: guide.step == 5, timeout=15_000)
    assert not guide.next_button.isEnabled() and sign_in.opened == []
    guide.go_back()
    assert guide.step == 5, "the ledger is made: no way back"
    key = guide.recovery.key
    window.activateWindow()
    guide.recovery.tick.setFocus()
    qtbot.waitUntil(guide.recovery.tick.hasFocus)
    press(window, Qt.Key.Key_Space)
    assert len(sign_in.opened) == 0 and guide.next_button.isEnabled()
    guide.next_button.click()
    assert len(sign_in.opened) == 1 and sign_in.opened[0].context.place.municipality_code == "172022"
    sign_in.opened[0].close(backup=False)
    gateway().recover(target, recovery_key=key, operator="能登 花子", password="another-password").close(backup=False)


def test_a_wrong_check_digit_is_explained(sign_in, tmp_path: Path) -> None:
    window = sign_in(tmp_path / "nothing")
    window.start_guide()
    guide = window.panels.currentWidget()
    say(guide.municipality.box, "172020")
    assert "172022" in guide.municipality._problem.text() and guide.municipality.code == ""
    press(window, Qt.Key.Key_Return)
    assert guide.step == 0
    guide.municipality.box.clear()
    say(guide.municipality.box, "172022")
    assert guide.municipality.code == "172022"


def test_esc_walks_back_and_out(sign_in, tmp_path: Path) -> None:
    window = sign_in(tmp_path / "nothing")
    window.start_guide()
    guide = window.panels.currentWidget()
    say(guide.municipality.box, "七尾市")
    press(window, Qt.Key.Key_Return)
    press(window, Qt.Key.Key_Escape)
    assert guide.step == 0
    press(window, Qt.Key.Key_Escape)
    assert window.panels.currentIndex() == 1


def test_a_forgotten_password(qtbot, sign_in, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key = found_store(folder, Clock())
    window = sign_in(folder)
    window.recover()
    dialog = QApplication.activeModalWidget()
    for name, words in (
        ("recovery_key", key.lower().replace("-", " ")),
        ("operator", OPERATOR),
        ("password", "brand-new-words"),
        ("password_again", "brand-new-words"),
    ):
        dialog.body.editors[name].set_raw(words)
    dialog.save()
    qtbot.waitUntil(lambda: len(sign_in.opened) == 1, timeout=15_000)


def test_training_opens_at_once_and_again(qtbot, sign_in, tmp_path: Path, preferences: Preferences, monkeypatch) -> None:
    from app.bootstrap import FolderGateway

    whole = FolderGateway.demo
    monkeypatch.setattr(FolderGateway, "demo", lambda self, folder, **more: whole(self, folder, **{**more, "residents": 50}))
    window = sign_in(tmp_path / "nothing")
    window.start_training()
    qtbot.waitUntil(lambda: len(sign_in.opened) == 1, timeout=30_000)
    assert sign_in.opened[0].context.place.training
    assert preferences.get("folder") is None, "training is not what opens next time"
    sign_in.opened[0].close(backup=False)
    window.start_training()
    qtbot.waitUntil(lambda: len(sign_in.opened) == 2, timeout=30_000)


def test_a_backup_is_restored(qtbot, sign_in, folder: Path, tmp_path: Path) -> None:
    town = open_town(folder, Clock())
    back_up_to(town.ctx, target=tmp_path / "copy.sasae-backup")
    town.session.close(backup=False)
    window = sign_in(tmp_path / "restored")
    window.restore()
    dialog = QApplication.activeModalWidget()
    for name, words in (("backup", str(tmp_path / "copy.sasae-backup")), ("operator", OPERATOR), ("password", PASSWORD)):
        dialog.body.editors[name].set_raw(words)
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=15_000)
    assert window.panels.currentIndex() == 0 and "復元しました" in window.sign_in.banner.words
    assert gateway().holds_store(tmp_path / "restored")


def test_the_recovery_key_is_printed_and_saved(qtbot, sign_in, folder: Path, tmp_path: Path, monkeypatch) -> None:
    from PySide6.QtPrintSupport import QPrinter
    from PySide6.QtWidgets import QFileDialog

    from app.ui import faults
    from app.ui.recovery import RecoveryPanel

    town = open_town(folder, Clock())
    panel = RecoveryPanel()
    qtbot.addWidget(panel)
    panel.show_key("AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH", session=town.session)
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "key.pdf"))
    panel.paint(printer)
    assert (tmp_path / "key.pdf").read_bytes().startswith(b"%PDF")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "key.txt"), ""))
    panel.save_key()
    assert "AAAA - BBBB - CCCC - DDDD" in (tmp_path / "key.txt").read_text("utf-8-sig")
    shown: list = []
    monkeypatch.setattr(faults, "show", lambda parent, error, retry=None: shown.append(error.code))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(folder / "key.txt"), ""))
    panel.save_key()
    assert shown == ["window.key_beside_data"] and not (folder / "key.txt").exists()
    town.session.close(backup=False)


def test_from_sign_in_to_the_ledger_and_back(qtbot, look, folder: Path, preferences: Preferences) -> None:
    ended: list[bool] = []
    desk = Desk(gateway(), preferences=preferences, folder=folder, on_end=lambda: ended.append(True))
    window = desk.show_sign_in()
    window.sign_in.form.set_values({"operator": OPERATOR, "password": PASSWORD})
    window.sign_in.submit()
    qtbot.waitUntil(lambda: type(desk.window).__name__ == "MainWindow", timeout=15_000)
    qtbot.waitUntil(lambda: desk.runner.idle, timeout=10_000)
    desk.window.leave(again=True)
    qtbot.waitUntil(lambda: isinstance(desk.window, SignInWindow), timeout=15_000)
    desk.window.sign_in.form.set_values({"operator": OPERATOR, "password": PASSWORD})
    desk.window.sign_in.submit()
    qtbot.waitUntil(lambda: type(desk.window).__name__ == "MainWindow", timeout=15_000)
    qtbot.waitUntil(lambda: desk.runner.idle, timeout=10_000)
    desk.window.close()
    qtbot.waitUntil(lambda: ended == [True], timeout=15_000)
    desk.close()


@pytest.mark.parametrize(
    ("password", "least"), [("", 0), ("abc", 0), ("aaaaaaaaaa", 1), ("abcdefgh", 1), ("umi-yama-sora", 2), ("umi-yama-sora-kaze", 3)]
)
def test_password_strength(password: str, least: int) -> None:
    score, hint = password_strength(password)
    assert score == least and hint


def test_new_passwords() -> None:
    good = {"operator": "能登 花子", "password": "umi-yama-sora", "password_again": "umi-yama-sora"}
    assert check_new_password(good) == {}
    assert set(check_new_password({**good, "password": "short"})) == {"password"}
    assert set(check_new_password({**good, "password_again": "other"})) == {"password_again"}
    assert set(check_new_password({**good, "operator": "UMI-YAMA-SORA"})) == {"password"}
