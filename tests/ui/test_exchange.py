"""受け渡し with real packages between two folders: what a stick makes it offer, carrying out, taking in, faults as sentences."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.syncing.packages import apply_package, find_packages, write_package
from app.ui.exchange import standing
from app.ui.exchange.sticks import folder_sticks
from app.ui.exchange.words import found_state
from app.ui.main_window import MainWindow
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from app.ui.sites import devices_tab
from app.usecases.enrolment import LIST, device_list, revoke_device
from app.usecases.site_board import last_package, receivers, site_board
from tests import desktop
from tests.exchange_town import Laptop, carry, change, check_in, enrol, found_laptop
from tests.stores import Town
from tests.ui.conftest import press

pytestmark = pytest.mark.gui
Settle = Callable[[], None]
SHELTER = "見本小学校"


@pytest.fixture
def laptop(town: Town, tmp_path: Path) -> Iterator[Laptop]:
    """A shelter's laptop that headquarters enrolled."""
    made = found_laptop(tmp_path / "laptop", town.clock, site=SHELTER)
    enrol(town.ctx, made.ctx)
    yield made
    made.session.close(backup=False)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder in the place of a stick, not plugged in yet."""
    made = tmp_path / "赤いUSB"
    made.mkdir()
    return made


@pytest.fixture
def at_site(laptop: Laptop, runner: Runner, preferences: Preferences, settle: Settle) -> Iterator[MainWindow]:
    """The window of the shelter's laptop."""
    made = MainWindow(laptop.session, runner=runner, preferences=preferences)
    desktop.bring(made)
    settle()
    yield made
    made._closing = "done"
    made.close()
    made.deleteLater()


def open_page(window: MainWindow, settle: Settle) -> Any:
    """The page, without the sticks of the machine that tests."""
    window.go("exchange")
    page = window.current
    page.watch.stop()
    page.watch.find = list
    settle()
    page.watch.look()
    settle()
    return page


def plug(page: Any, settle: Settle, *folders: Path) -> None:
    """Put sticks in; without any, pull them out."""
    page.watch.find = lambda: folder_sticks(folders)
    page.watch.look()
    settle()
    settle()


def test_headquarters_gets_from_the_empty_page_to_its_key_and_to_the_first_laptop(
    window: MainWindow, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(devices_tab, "ask", lambda _, question, *__, **___: asked.append(question) or True)
    page = open_page(window, settle)
    assert page.unready.isVisible() and not page.work.isVisible() and "鍵を作り" in page.unready.explanation.text()
    assert page.unready.buttons[0].hasFocus() and page.unready.buttons[0].text() == "自治体の鍵を作る…"
    page.unready.buttons[0].click()
    settle()
    settle()
    assert window.current.key == "sites" and asked == ["自治体の鍵を作りますか？"] and device_list(town.ctx) is not None
    page = open_page(window, settle)
    assert page.unready.isVisible() and "まだありません" in page.unready.title.text(), "nobody is enrolled yet"
    page.unready.buttons[0].click()
    settle()
    dialog: Any = desktop.in_front()
    assert dialog.windowTitle() == "依頼を受け入れる"
    dialog.reject()


def test_a_shelter_gets_from_the_empty_page_to_its_request(
    town: Town, tmp_path: Path, runner: Runner, preferences: Preferences, settle: Settle
) -> None:
    made = found_laptop(tmp_path / "new", town.clock, site=SHELTER)
    window = MainWindow(made.session, runner=runner, preferences=preferences)
    desktop.bring(window)
    settle()
    page = open_page(window, settle)
    page.take_focus()
    press(page, Qt.Key.Key_Space)
    settle()
    settle()
    dialog: Any = desktop.in_front()
    assert dialog.windowTitle() == "この端末の登録を依頼する" and dialog.made.text
    dialog.reject()
    window._closing = "done"
    window.close()
    made.session.close(backup=False)


def test_a_revoked_laptop_is_told_why_its_buttons_are_grey(
    at_site: MainWindow, laptop: Laptop, town: Town, stick: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry(laptop.ctx, Laptop(town.session, town.folder), stick, to="hq")
    revoke_device(town.ctx, device=laptop.ctx.place.device_prefix, reason="紛失した")
    keep_list(laptop.ctx, town.ctx)
    asked: list[str] = []
    monkeypatch.setattr(devices_tab, "ask", lambda _, question, *__, **___: bool(asked.append(question)))
    page = open_page(at_site, settle)
    assert page.work.isVisible() and page.table.isVisible() and not page.carry_act.button.isEnabled()
    assert page.obstacle.isVisible() and "失効" in page.obstacle.words and "紛失した" in page.obstacle.words
    page.obstacle._action.click()
    settle()
    settle()
    assert at_site.current.current_key == "devices" and asked == ["この端末を新しい端末にしますか？"]


def test_a_copied_disk_says_so_and_is_opened_again_at_once(
    at_site: MainWindow, laptop: Laptop, town: Town, stick: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.syncing import packages

    real = packages.apply_package

    def became(*given: Any, **named: Any) -> Any:
        return replace(real(*given, **named), became_new=True, receipt=None)

    monkeypatch.setattr(packages, "apply_package", became)
    left: list[bool] = []
    monkeypatch.setattr(at_site, "leave", lambda *, again: left.append(again))
    done = write_package(town.ctx, to_site=SHELTER, target=stick)
    page = open_page(at_site, settle)
    dialog = page.open_taking(file=done.path)
    settle()
    settle()
    dialog.run()
    settle()
    assert "写したもの" in dialog.banner.words and "開き直し" in dialog.banner.words and not dialog.act_button.isVisible() and not left
    press(dialog, Qt.Key.Key_Escape)
    assert left == [True]


def test_a_folder_that_became_another_device_offers_to_open_it_again(
    at_site: MainWindow, laptop: Laptop, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "has_become_another", lambda *_: True)
    left: list[bool] = []
    monkeypatch.setattr(at_site, "leave", lambda *, again: left.append(again))
    page = open_page(at_site, settle)
    assert page.unready.buttons[0].text() == "閉じて開き直す" and "写したもの" in page.unready.explanation.text()
    page.unready.buttons[0].click()
    assert left == [True]


def test_a_receipt_that_cannot_be_read_does_not_deny_the_package(
    window: MainWindow, laptop: Laptop, town: Town, stick: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both lie on the stick; it is pulled out after the package is in."""
    from app.domain.errors import EnvironmentFault
    from app.syncing import receipts

    carry(town.ctx, laptop, stick, to=SHELTER)
    check_in(laptop.ctx, name="見本　花")
    done = write_package(laptop.ctx, to_site="hq", target=stick)

    def gone(*_: Any, source: Path, **__: Any) -> None:
        raise EnvironmentFault("sealed.missing", path=source.name)

    monkeypatch.setattr(receipts, "take_receipt", gone)
    page = open_page(window, settle)
    dialog = page.open_taking(file=done.path)
    settle()
    settle()
    dialog.run()
    settle()
    settle()
    assert "を取り込みました" in dialog.banner.words and "見つかりません" in dialog.banner.words
    assert "台帳は何も変わっていません" not in dialog.banner.words


def test_a_package_of_a_lost_laptop_is_named_as_one_and_explained(
    window: MainWindow, laptop: Laptop, town: Town, stick: Path, settle: Settle
) -> None:
    carry(laptop.ctx, Laptop(town.session, town.folder), stick, to="hq")
    for path in stick.iterdir():
        path.unlink()
    check_in(laptop.ctx, name="見本　花")
    write_package(laptop.ctx, to_site="hq", target=stick)
    revoke_device(town.ctx, device=laptop.ctx.place.device_prefix, reason="紛失した")
    page = open_page(window, settle)
    plug(page, settle, stick)
    assert page.offer.act == "carry" and "取り込めないもの 1件" in page.stick_detail.text() and page.take_act.button.isEnabled()
    press(page, Qt.Key.Key_F8)
    settle()
    dialog: Any = desktop.in_front()
    settle()
    assert found_state(dialog.chosen) == "失効した端末" and not dialog.act_button.isEnabled()
    assert (
        f"（{SHELTER} {laptop.ctx.place.device_prefix}）は失効しています（紛失した）" in dialog.facts.words
        and "―" not in dialog.facts.words
    )
    assert dialog.facts.lines[0][0] == "取り込めません"
    dialog.reject()


def test_a_stick_without_room_is_said_with_what_can_be_done(
    at_site: MainWindow, laptop: Laptop, stick: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    page = open_page(at_site, settle)
    plug(page, settle, stick)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10_000, 9_900, 100))
    page.carry()
    settle()
    assert "空き容量が足りません" in page.outcome.words and "何も書いていません" in page.outcome.words and not list(stick.iterdir())
    assert page.carry_act.button.isEnabled()


def keep_list(laptop: Any, hq: Any) -> None:
    """The laptop hears of headquarters' newest list."""
    with laptop.unit() as uow:
        uow.set_setting(LIST, hq.reads.settings.get(LIST))
        uow.commit()


def test_a_shelter_carries_out_with_one_key(at_site: MainWindow, laptop: Laptop, town: Town, stick: Path, settle: Settle) -> None:
    check_in(laptop.ctx, name="見本　花")
    page = open_page(at_site, settle)
    assert laptop.ctx.place.device_prefix in page.place.text() and "まだ一度も" in page.last.text()
    assert page.offer.act == "none" and "差し込んで" in page.stick_title.text()
    plug(page, settle, stick)
    assert page.offer.act == "carry" and page.carry_act.button.property("role") == "primary"
    waiting = receivers(laptop.ctx, site_board(laptop.ctx))[0].waiting
    assert waiting >= 3 and f"{waiting:,}件" in page.carry_act.detail.text() and "見本市役所本部" in page.carry_act.detail.text()
    page.take_focus()
    press(page, Qt.Key.Key_F7)
    settle()
    (package,) = stick.iterdir()
    (found,) = find_packages(stick, ctx=town.ctx)
    assert found.path == package and found.for_us and not found.already
    assert page.outcome.words.endswith("USBメモリーを取り外せます。") and "件を書き込み、確かめました" in page.outcome.words
    assert [row.state for row in page.seen.packages] == ["written"] and page.table.isVisible()
    assert "1/2" in at_site.status._package.text(), "the status bar says when"
    plug(page, settle)
    assert not page.outcome.isVisible() and page.offer.act == "none"


def test_headquarters_is_offered_what_came_and_takes_it_in(
    window: MainWindow, laptop: Laptop, town: Town, stick: Path, settle: Settle
) -> None:
    person = check_in(laptop.ctx, name="髙橋　太郎", kana="タカハシ　タロウ")
    write_package(laptop.ctx, to_site="hq", target=stick)
    page = open_page(window, settle)
    plug(page, settle, stick)
    assert page.offer.act == "take" and SHELTER in page.stick_detail.text() and page.take_act.button.property("role") == "primary"
    assert "まだ届いていない拠点: 見本小学校" in page.last.text()
    press(page, Qt.Key.Key_F8)
    settle()
    dialog: Any = desktop.in_front()
    settle()
    words = dialog.facts.words
    assert f"{SHELTER}（避難所、端末 {laptop.ctx.place.device_prefix}）" in words and "避難者 1件" in words and "新しい記録" in words
    assert town.ctx.reads.get("person", person.id) is None, "nothing was written by looking"
    assert dialog.act_button.text().startswith("適用")
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert town.ctx.reads.get("person", person.id) is not None
    assert "控え" in dialog.facts.words and "受領書" in dialog.facts.words and dialog.banner.words.endswith("USBメモリーを取り外せます。")
    assert len(list(stick.glob("*.receipt.sasae"))) == 1 and list((town.folder / "backups").iterdir())
    press(dialog, Qt.Key.Key_Escape)
    settle()
    assert "最も古い拠点: 見本小学校" in page.last.text() and page.offer.act == "carry", "nothing waits any more"
    assert last_package(town.ctx) is not None


def test_the_receipt_comes_back_and_the_package_counts_as_received(
    at_site: MainWindow, laptop: Laptop, town: Town, stick: Path, settle: Settle
) -> None:
    done = write_package(laptop.ctx, to_site="hq", target=stick)
    apply_package(town.ctx, source=done.path, folder=town.folder)
    page = open_page(at_site, settle)
    plug(page, settle, stick)
    assert page.offer.act == "take" and (page.offer.waiting, page.offer.receipts) == (0, 1) and "受領書 1件" in page.stick_detail.text()
    dialog = page.open_taking(folder=stick)
    settle()
    assert "受領書" in dialog.act_button.text()
    dialog.run()
    settle()
    assert "1件を取り込んだことを確かめました" in dialog.banner.words
    dialog.reject()
    settle()
    assert [row.state for row in page.seen.packages] == ["acknowledged"] and page.offer.act == "carry"


def test_twice_is_no_change_and_says_so(window: MainWindow, laptop: Laptop, town: Town, stick: Path, settle: Settle) -> None:
    done = write_package(laptop.ctx, to_site="hq", target=stick)
    apply_package(town.ctx, source=done.path, folder=town.folder, receipt=False)
    page = open_page(window, settle)
    dialog = page.open_taking(file=done.path)
    settle()
    settle()
    assert "もう取り込んであります" in dialog.facts.words and not dialog.act_button.isEnabled()


def test_a_package_for_others_is_carried_on_unopened(
    at_site: MainWindow, laptop: Laptop, town: Town, stick: Path, tmp_path: Path, settle: Settle
) -> None:
    other = found_laptop(tmp_path / "other", town.clock, site="架空公民館")
    enrol(town.ctx, other.ctx)
    write_package(town.ctx, to_site="架空公民館", target=stick)
    page = open_page(at_site, settle)
    plug(page, settle, stick)
    assert page.offer.act == "carry" and "ほかの拠点あて 1件" in page.stick_detail.text()
    dialog = page.open_taking(folder=stick)
    settle()
    assert "そのまま運んで" in dialog.facts.words and not dialog.act_button.isEnabled()
    other.session.close(backup=False)


def test_faults_are_sentences_and_change_nothing(window: MainWindow, laptop: Laptop, town: Town, stick: Path, settle: Settle) -> None:
    check_in(laptop.ctx, name="見本　花")
    done = write_package(laptop.ctx, to_site="hq", target=stick)
    cut = stick / "cut.sasae"
    cut.write_bytes(done.path.read_bytes()[:-700])
    before = town.sql("SELECT count(*) FROM journal")
    page = open_page(window, settle)
    dialog = page.open_taking(file=cut)
    settle()
    settle()
    assert "途中で切れています。何も取り込んでいません" in dialog.banner.words and "sealed." not in dialog.banner.words
    dialog.table.select_id(str(done.path))
    settle()
    assert dialog.act_button.text().startswith("適用")
    shutil.rmtree(stick)
    dialog.run()
    settle()
    assert "台帳は何も変わっていません" in dialog.banner.words or "何も取り込んでいません" in dialog.banner.words
    assert "exchange." not in dialog.banner.words and "sealed." not in dialog.banner.words
    assert town.sql("SELECT count(*) FROM journal") == before


def test_headquarters_chooses_sites_and_sees_how_many_records_each_lacks(
    window: MainWindow, laptop: Laptop, town: Town, stick: Path, tmp_path: Path, settle: Settle
) -> None:
    other = found_laptop(tmp_path / "other", town.clock, site="架空公民館")
    enrol(town.ctx, other.ctx)
    carry(town.ctx, laptop, stick, to=SHELTER)
    for path in stick.iterdir():
        path.unlink()
    page = open_page(window, settle)
    plug(page, settle, stick)
    dialog = page.choose_carry()
    (row,) = [one for one in page.seen.sites if one.site == "架空公民館"]
    assert dialog.table.current_row() == row and f"{row.waiting:,}件" in dialog.count.text(), "the one that lacks most comes first"
    press(dialog, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert "2か所" in dialog.count.text()
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert len(list(stick.glob("*.sasae"))) == 2 and dialog.banner.words.startswith("2か所あてに")
    assert {one.for_us for one in find_packages(stick, ctx=other.ctx)} == {True, False}
    other.session.close(backup=False)


def test_without_a_stick_a_folder_is_named(window: MainWindow, laptop: Laptop, tmp_path: Path, settle: Settle) -> None:
    page = open_page(window, settle)
    dialog = page.choose_carry()
    dialog.run()
    assert "差し込むか" in dialog.banner.words
    dialog.use_folder(tmp_path / "gone")
    dialog.run()
    settle()
    assert dialog.act_button.isVisible() and "見つかりません" in dialog.banner.words and not (tmp_path / "gone").exists()


def test_the_log_leaves_as_a_file(window: MainWindow, laptop: Laptop, town: Town, stick: Path, tmp_path: Path, settle: Settle) -> None:
    carry(laptop.ctx, Laptop(town.session, town.folder), stick, to="hq")
    page = open_page(window, settle)
    press(page, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog: Any = desktop.in_front()
    dialog.choose("csv")
    dialog.path.setText(str(tmp_path / "log.csv"))
    dialog.purpose.setText("試験")
    dialog.open_after.setChecked(False)
    dialog.run()
    settle()
    rows = list(csv.reader((tmp_path / "log.csv").read_text("utf-8-sig").splitlines()))
    assert any("取り込み" in cell for row in rows for cell in row) and any(SHELTER in cell for row in rows for cell in row)


def test_home_roster_and_status_tell_of_it(
    window: MainWindow, laptop: Laptop, town: Town, stick: Path, tmp_path: Path, settle: Settle
) -> None:
    hq = Laptop(town.session, town.folder)
    person = check_in(laptop.ctx, name="髙橋　太郎")
    carry(laptop.ctx, hq, stick, to="hq")
    carry(town.ctx, laptop, stick, to=SHELTER)
    change(town.ctx, person.id, name="高橋　太郎")
    change(laptop.ctx, person.id, name="髙橋　太朗")
    carry(laptop.ctx, hq, stick, to="hq")
    town.clock.forward(hours=13)
    window.go("home")
    window._refresh_current()
    settle()
    told = [line.words for line in window.current.findChildren(type(window.current._tasks.itemAt(0).widget()))]
    assert "競合 1 件" in told and "便りのない拠点 1 か所" in told
    window.go("roster")
    settle()
    assert window.current.fresh.isVisible() and "最も古い拠点: 見本小学校 09:00" in window.current.fresh.text()
    from app.interchange.exporting.rosters import write_roster
    from app.usecases.rosters import now_filter

    out = tmp_path / "roster.csv"
    write_roster(town.ctx.for_purpose("試験"), wanted=now_filter(town.ctx, presence="all"), out=out, format="csv")
    assert "最も古い拠点: 見本小学校 09:00" in out.read_text("utf-8-sig")


def test_who_may_not_exchange_can_only_look(town: Town, laptop: Laptop, runner: Runner, preferences: Preferences, settle: Settle) -> None:
    session: Any = SimpleNamespace(context=town.acting("view"), folder=town.folder, server="", notices=(), close=lambda **_: None)
    window = MainWindow(session, runner=runner, preferences=preferences)
    desktop.bring(window)
    settle()
    page = open_page(window, settle)
    assert not page.carry_act.button.isEnabled() and not page.take_act.button.isEnabled()
    window._closing = "done"
    window.close()


def test_a_stick_is_noticed_from_any_page(window: MainWindow, laptop: Laptop, town: Town, stick: Path, settle: Settle) -> None:
    write_package(laptop.ctx, to_site="hq", target=stick)
    before = stick.parent / "前から"
    before.mkdir()
    watch = window.sticks.watch
    watch.stop()
    for folders in ([before], [before, stick]):
        watch.find = lambda folders=folders: folder_sticks(folders)  # type: ignore[misc]
        watch.look()
        settle()
        settle()
        assert window.notice.isVisible() == (len(folders) == 2), "what was in before is no news"
    assert window.notice.words == "USBメモリー「赤いUSB」が入りました。取り込むものが 1件あります。"
    window.notice._action.click()
    settle()
    settle()
    dialog: Any = desktop.in_front()
    assert window.current.key == "exchange" and dialog.act_button.text().startswith("適用") and not window.notice.isVisible()
    dialog.reject()
    window.current.watch.stop()


def test_a_laptop_that_takes_no_part_says_nothing_of_sticks(window: MainWindow, settle: Settle) -> None:
    settle()
    assert not window.sticks.watch._timer.isActive()


def test_a_cancelled_write_says_so_and_leaves_nothing(
    at_site: MainWindow, laptop: Laptop, stick: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.domain.errors import Cancelled
    from app.syncing import packages

    def cancel(*_: Any, **__: Any) -> None:
        raise Cancelled()

    page = open_page(at_site, settle)
    plug(page, settle, stick)
    monkeypatch.setattr(packages, "write_sealed", cancel)
    page.carry()
    settle()
    assert page.outcome.words == "中止しました。何も書き込んでいません。" and not list(stick.iterdir())
    assert page.carry_act.button.isEnabled()


def test_a_stick_pulled_before_writing_is_a_sentence(at_site: MainWindow, laptop: Laptop, stick: Path, settle: Settle) -> None:
    page = open_page(at_site, settle)
    plug(page, settle, stick)
    stick.rmdir()
    page.carry()
    settle()
    assert "見つかりません" in page.outcome.words and not stick.exists()
