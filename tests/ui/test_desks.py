"""Windows on a real server: joining, making, two clerks on one record, other desks' changes, a server that goes and comes back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.bootstrap import gateway
from app.bootstrap_desks import join_store
from app.domain.errors import EnvironmentFault
from app.presentation.messages import message
from app.storage.desk import DESK, read_desk
from app.ui import faults
from app.ui.main_window import MainWindow
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from app.ui.server_dialog import ServerDialog
from app.ui.signin import SignInWindow
from app.ui.welcome import Guide
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.stale import StaleDialog
from app.usecases.persons import correct_person, open_person
from app.usecases.reception import Arrival, check_in
from app.usecases.settings import change_settings
from app.usecases.shelters import add_shelter
from tests import desktop
from tests.postgres import Cluster, cluster, require_postgres
from tests.stores import OPERATOR, PASSWORD, Clock, Town, clone_store, open_town
from tests.ui.conftest import press, say
from tests.ui.test_checkin import opened
from tests.ui.test_evacuees import names, strike

pytestmark = pytest.mark.gui
_NUMBERS = count(1)
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def postgres() -> Cluster:
    """The server of the run."""
    require_postgres()
    return cluster()


@pytest.fixture
def empty(postgres: Cluster) -> Iterator[str]:
    """The address of an empty database."""
    name = f"we{next(_NUMBERS)}_{os.getpid()}"
    yield postgres.create(name)
    postgres.drop(name)


@pytest.fixture
def desk(postgres: Cluster, tmp_path: Path) -> Iterator[Path]:
    """The folder of a desk."""
    name = f"wd{next(_NUMBERS)}_{os.getpid()}"
    yield clone_store(name, tmp_path / "窓口 1")
    postgres.drop(name)


def address(desk: Path) -> str:
    found = read_desk(desk)
    assert found is not None
    return found.url


@pytest.fixture
def town(desk: Path) -> Iterator[Town]:
    """The desk of the window, open."""
    made = open_town(desk, Clock())
    yield made
    made.session.close(backup=False)


@pytest.fixture
def other(town: Town) -> Iterator[Town]:
    """Another desk of the same store, with a session of its own."""
    folder = town.folder.with_name("窓口 2")
    join_store(gateway(now=Clock()), folder, database=address(town.folder), operator=OPERATOR, password=PASSWORD)
    made = open_town(folder, town.clock)
    yield made
    made.session.close(backup=False)


@pytest.fixture
def first_window(runner: Runner, preferences: Preferences, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """The sign-in window on a folder; what it opens is closed after the test."""
    monkeypatch.setenv("SASAE_DATA", str(tmp_path / "own"))
    sessions: list[Any] = []

    def show_window(folder: Path) -> SignInWindow:
        window = SignInWindow(gateway(), runner=runner, preferences=preferences, folder=folder)
        qtbot.addWidget(window)
        window.opened.connect(sessions.append)
        desktop.bring(window)
        return window

    show_window.sessions = sessions  # type: ignore[attr-defined]
    yield show_window
    for session in sessions:
        session.close(backup=False)


def ask(window: SignInWindow, url: str, settle: Callable[[], None]) -> ServerDialog:
    """The dialog with an address that was looked at."""
    window.use_server()
    dialog: ServerDialog = opened(ServerDialog)
    dialog.address.editors["database"].set_raw(url)
    press(dialog, Qt.Key.Key_Return)
    settle()
    return dialog


# -- getting in ----------------------------------------------------------------------------------------------------


def test_window_joins_the_store_of_a_server(first_window: Any, desk: Path, tmp_path: Path, settle: Callable[[], None], qtbot: Any) -> None:
    window = first_window(tmp_path / "新しい窓口")
    dialog = ask(window, address(desk), settle)
    assert dialog.found == "store" and "台帳があります" in dialog.banner.words
    say(QApplication.focusWidget(), OPERATOR)
    press(dialog, Qt.Key.Key_Return)
    say(QApplication.focusWidget(), "wrong password")
    press(dialog, Qt.Key.Key_Return)
    settle()
    assert dialog.isVisible() and "違います" in dialog.banner.words and not (tmp_path / "新しい窓口" / DESK).exists()
    dialog.who.editors["password"].set_raw(PASSWORD)
    press(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(first_window.sessions) == 1, timeout=15_000)
    assert first_window.sessions[0].server and read_desk(tmp_path / "新しい窓口") == read_desk(desk)


def test_window_makes_a_store_on_an_empty_database(
    first_window: Any, empty: str, tmp_path: Path, settle: Callable[[], None], qtbot: Any
) -> None:
    window = first_window(tmp_path / "本部")
    dialog = ask(window, empty, settle)
    assert dialog.found == "empty" and not dialog.who.isVisible()
    dialog.go_on.click()
    guide = window.panels.currentWidget()
    assert isinstance(guide, Guide)
    say(guide.municipality.box, "172022")
    guide.go_on()
    guide.disaster.set_values({"disaster_name": "見本地震", "occurred_at": "R6.1.1 16:10"})
    guide.go_on()
    assert guide.site.raw()["site_kind"] == "hq"
    guide.site.set_values({"site_name": "本部", "site_kind": "hq"})
    guide.go_on()
    guide.operator.set_values({"operator": "能登 花子", "password": "umi-yama-sora", "password_again": "umi-yama-sora"})
    guide.go_on()
    assert guide.step == 4
    guide.go_on()
    qtbot.waitUntil(lambda: guide.step == 5, timeout=30_000)
    guide.recovery.tick.click()
    guide.next_button.click()
    assert first_window.sessions[0].server and (tmp_path / "本部" / DESK).exists() and not (tmp_path / "本部" / "store.db").exists()


def test_address_that_leads_nowhere_is_said(
    first_window: Any, postgres: Cluster, empty: str, tmp_path: Path, settle: Callable[[], None]
) -> None:
    window = first_window(tmp_path / "新しい窓口")
    dialog = ask(window, empty.replace(f"port={postgres.port}", "port=1"), settle)
    assert "つながりません" in dialog.banner.words and dialog.found == "" and not dialog.go_on.isVisible()
    dialog.address.editors["database"].set_raw(postgres.url("missing_database"))
    dialog.look()
    settle()
    assert "サーバーにありません" in dialog.banner.words
    postgres.sql("CREATE TABLE wages (yen integer)", database=empty.partition("///")[2].partition("?")[0])
    dialog.address.editors["database"].set_raw(empty)
    dialog.look()
    settle()
    assert "wages" in dialog.banner.words and not dialog.go_on.isVisible()


def test_desk_signs_in_and_waits_after_wrong_passwords(first_window: Any, desk: Path, settle: Callable[[], None], qtbot: Any) -> None:
    panel = first_window(desk).sign_in
    for _ in range(4):
        qtbot.waitUntil(panel.enter.isEnabled, timeout=15_000)
        panel.form.set_values({"operator": OPERATOR, "password": "not-the-password"})
        panel.submit()
        settle()
    assert not panel.enter.isEnabled() and "秒" in panel.enter.text()
    qtbot.waitUntil(panel.enter.isEnabled, timeout=15_000)
    panel.form.set_values({"operator": OPERATOR, "password": PASSWORD})
    panel.submit()
    qtbot.waitUntil(lambda: len(first_window.sessions) == 1, timeout=15_000)


# -- working ------------------------------------------------------------------------------------------------------


def test_status_bar_says_where_the_store_is(window: MainWindow, town: Town) -> None:
    assert window.status.server == "サーバーで共有中"
    assert town.session.server in window.status._server.toolTip()


def test_what_another_desk_does_appears_in_open_pages(
    window: MainWindow, town: Town, other: Town, settle: Callable[[], None], qtbot: Any
) -> None:
    window.go("evacuees")
    settle()
    page: Any = window.current
    assert names(page) == []
    check_in(other.ctx, shelter_id=other.shelters[0], arrivals=[Arrival(resident_id=other.resident("源"))])

    def listed() -> bool:
        page.table.viewport().repaint()
        rows = [page.table.rows.row(place) for place in range(page.table.rows.rowCount())]
        return [row.name for row in rows if row is not None] == ["﨑山　源"]  # a row in sight comes a moment after its number

    qtbot.waitUntil(listed, timeout=5_000)


def test_only_what_others_did_is_told(town: Town, other: Town) -> None:
    assert town.session.changes_elsewhere() == {}
    check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "旅人　一"})])
    assert town.session.changes_elsewhere() == {}
    told = check_in(other.ctx, shelter_id=other.shelters[0], arrivals=[Arrival(values={"name": "旅人　二"})])
    seen = town.session.changes_elsewhere()
    assert seen["person"] == frozenset(told.persons) and "stay" in seen
    assert town.session.changes_elsewhere() == {}
    change_settings(other.ctx, values={"backup_minutes": 77})
    assert "setting" in town.session.changes_elsewhere()


def test_two_clerks_on_one_person_lose_nothing(
    window: MainWindow, town: Town, other: Town, settle: Callable[[], None], qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("太郎"))]).persons[0]
    window.go("evacuees")
    file = window.current.desk.open_file(person)  # type: ignore[attr-defined]
    settle()
    strike(file, Qt.Key.Key_E, CTRL)
    form: FormDialog = opened(FormDialog)
    before = form.body.raw()
    # the other desk saves first: one field that both change, one that only it changes
    seen = open_person(other.ctx, person_id=person).person
    correct_person(
        other.ctx, person_id=person, version=seen.version, values={"phone": "0767-00-0002", "note": "別の窓口"}, reason="別の窓口"
    )
    form.body.editors["phone"].set_raw("0767-00-0001")
    form.body.editors["workplace"].set_raw("見本工業")
    shown: list[tuple[list[str], str, str, str]] = []

    def choose(dialog: StaleDialog) -> int:
        shown.append((dialog.conflicts, dialog._mine["phone"], dialog._theirs["phone"], dialog._before["phone"]))
        return int(QDialog.DialogCode.Accepted)

    monkeypatch.setattr(StaleDialog, "exec", choose)
    form.save()
    qtbot.waitUntil(lambda: bool(shown), timeout=15_000)
    settle()
    assert shown == [(["phone"], "0767-00-0001", "0767-00-0002", before["phone"])]
    kept = open_person(town.ctx, person_id=person).person
    assert (kept.phone, kept.note, kept.workplace) == ("0767-00-0002", "別の窓口", "")  # nothing is written before it is saved again
    saved: list[Any] = []
    form.saved.connect(saved.append)
    form.save()
    qtbot.waitUntil(lambda: bool(saved), timeout=15_000)
    kept = open_person(other.ctx, person_id=person).person
    assert (kept.phone, kept.note, kept.workplace) == ("0767-00-0001", "別の窓口", "見本工業")
    history = [(one.field, one.old, one.new) for one in town.ctx.reads.journal.history(person) if one.field == "phone"]
    assert [new for _, _, new in history][-2:] == ["0767-00-0002", "0767-00-0001"]


def test_work_goes_on_when_the_server_is_back(
    window: MainWindow, town: Town, postgres: Cluster, settle: Callable[[], None], qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = address(town.folder).partition("///")[2].partition("?")[0]
    said: list[tuple[Exception, Any]] = []
    monkeypatch.setattr(faults, "show", lambda parent, error, retry=None: said.append((error, retry)))
    postgres.sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name)
    qtbot.waitUntil(lambda: "つながりません" in window.status.server, timeout=8_000)
    made: list[Any] = []
    work = window.runner.write(lambda _: add_shelter(town.ctx, values={"name": "後の避難所"}), parent=QWidget(window))
    work.success(made.append).start()
    qtbot.waitUntil(lambda: bool(said), timeout=15_000)
    error, retry = said[0]
    assert isinstance(error, EnvironmentFault) and "{" not in message(error) and error.code in ("database.lost", "database.unreachable")
    assert made == []
    postgres.sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    qtbot.waitUntil(lambda: window.status.server == "サーバーで共有中", timeout=8_000)
    assert "つながりました" in window.status.message
    retry()
    qtbot.waitUntil(lambda: bool(made), timeout=15_000)
    assert [one.name for one in town.ctx.reads.all("shelter")].count("後の避難所") == 1
    settle()
    assert town.problems() == []
