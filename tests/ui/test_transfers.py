"""振込 in the window: a file written, handed over, answered; again by two people; the unpaid; a checked file; banks' ways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.ui.main_window import MainWindow
from app.usecases import bank_profiles, transfers
from tests.batches_town import Desk, open_desk
from tests.stores import Town
from tests.usecases.test_transfer_files import returned
from tests.usecases.test_transfers import CONSIGNOR, approved, sent, stored, write

Settle = Callable[[], None]


@pytest.fixture
def desk(town: Town) -> Desk:
    made = open_desk(town)
    bank_profiles.save_consignor(made.maker, values=CONSIGNOR)
    return made


@pytest.fixture
def opened(desk: Desk, window: MainWindow, settle: Settle) -> Callable[..., Any]:
    """A tab of 振込, settled."""

    def show(key: str, **arguments: Any) -> Any:
        window.go("transfers", tab=key, **arguments)
        settle()
        return window.current.tab(key)

    return show


def shown(tab: Any) -> list[str]:
    """The buttons that can be pressed."""
    names = ("write", "hand", "results", "retry", "reconcile", "sheet", "again", "allow", "refuse", "discard")
    return [name for name in names if getattr(tab, f"{name}_button").isVisibleTo(tab)]


def test_a_batch_is_written_and_handed_over(
    desk: Desk, opened: Callable[..., Any], settle: Settle, tmp_path: Path, monkeypatch: Any
) -> None:
    batch = approved(desk, 200_000, 150_000, holder="ジョージ・ヴァン")
    tab = opened("waiting")
    assert tab.current.number == batch.number and shown(tab) == ["write"]
    dialog = tab.write()
    settle()
    assert dialog.day.itemText(0).endswith("（木）") and "R6.1.4" in dialog.day.itemText(0), "the first business day of the year"
    assert [dialog.day.itemData(at) for at in range(3)] == ["2024-01-04", "2024-01-05", "2024-01-09"]
    assert dialog.table.rows.rowCount() == 1 and "1件" in dialog.count.text()
    dialog.path.setText(str(tmp_path / "a.txt"))
    dialog.write()
    settle()
    assert (tmp_path / "a.txt").exists() and "照合値" in dialog.banner.words and dialog.sheet_button.isVisibleTo(dialog)
    dialog.reject()
    settle()
    assert "hand" in shown(tab) and "again" in shown(tab) and stored(desk, batch.id).state == "approved"
    monkeypatch.setattr("app.ui.transfers.acts.ask", lambda *_, **__: True)
    tab.hand_over()
    settle()
    assert stored(desk, batch.id).state == "sent" and "results" in shown(tab)


def test_the_file_is_refused_where_one_is_already(desk: Desk, opened: Callable[..., Any], settle: Settle, tmp_path: Path) -> None:
    approved(desk, 1000)
    (tmp_path / "a.txt").write_bytes(b"x")
    dialog = opened("waiting").write()
    settle()
    dialog.path.setText(str(tmp_path / "a.txt"))
    dialog.write()
    settle()
    assert "もうあります" in dialog.banner.words and transfers.list_files(desk.maker) == []


def test_results_are_taken_and_the_unpaid_listed(desk: Desk, opened: Callable[..., Any], settle: Settle, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    tab = opened("waiting")
    tab.acts.take_path(returned(tmp_path / "a.txt", tmp_path / "k.txt", "0", "1", "0"), batch=batch.number)
    settle()
    assert "不能 1件" in tab.banner.words and "retry" in shown(tab)
    tab.acts.take_path(tmp_path / "k.txt", batch=batch.number)
    settle()
    assert "もう取り込んで" in tab.banner.words
    unpaid = opened("unpaid")
    assert unpaid.current.failure == "no_account" and "150,000円" in unpaid.count.text()
    dialog = unpaid.find_payment(unpaid.current.number)
    settle()
    assert dialog.row.state == "failed" and not dialog.result_button.isEnabled() and not dialog.recall_button.isEnabled()


def test_again_is_allowed_by_another_person_only(desk: Desk, opened: Callable[..., Any], settle: Settle, tmp_path: Path) -> None:
    batch = approved(desk, 1000)
    write(desk, batch, tmp_path / "a.txt")
    transfers.ask_again(desk.maker, batch_id=batch.id, reason="紛失")
    tab = opened("waiting")
    assert {"allow", "refuse"} <= set(shown(tab)) and "write" not in shown(tab)
    transfers.allow_again(desk.approver, batch_id=batch.id)
    tab.refresh()
    settle()
    dialog = tab.write()
    settle()
    dialog.path.setText(str(tmp_path / "b.txt"))
    dialog.write()
    settle()
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes()
    files = opened("files")
    files.compare_path(tmp_path / "b.txt")
    settle()
    assert "同じです" in files.banner.words
    files.compare_path(tmp_path / "nothing.txt") if (tmp_path / "nothing.txt").write_bytes(b"x") else None
    settle()
    assert "どのファイルとも違います" in files.banner.words


def test_any_file_is_checked(desk: Desk, opened: Callable[..., Any], settle: Settle, tmp_path: Path) -> None:
    batch = approved(desk, 1000)
    write(desk, batch, tmp_path / "a.txt")
    tab = opened("check")
    tab.check(tmp_path / "a.txt")
    settle()
    assert "誤り 0件" in tab.count.text()
    (tmp_path / "b.txt").write_bytes((tmp_path / "a.txt").read_bytes().replace(b"\r\n", b"\r"))
    tab.check(tmp_path / "b.txt")
    settle()
    assert "誤り 1件" in tab.count.text() and tab.table.rows.rowCount() >= 1


def test_profiles_and_the_consignor(desk: Desk, opened: Callable[..., Any], settle: Settle) -> None:
    tab = opened("profiles")
    assert "0123456789" in tab.about.text() and tab.table.rows.rowCount() == len(bank_profiles.shipped_profiles())
    dialog = tab.edit_consignor()
    settle()
    dialog.body.editors["account_number"].set_raw("123")
    dialog.save()
    settle()
    assert dialog.isVisible(), "three digits are no account"
    dialog.body.editors["account_number"].set_raw("1234567")
    dialog.save()
    settle()
    assert bank_profiles.read_consignor(desk.maker)["account_number"] == "1234567"
