"""照合: a genuine paper, a withdrawn one, a replaced one, a forged one, a stranger's – by reader, picture and PDF. Keys go by file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from app.presentation.verified import say_verified
from app.ui.main_window import MainWindow
from app.usecases import certificates, municipal_key
from app.usecases.certificate_rows import Verified
from tests.certificates_town import issued, judge
from tests.stores import Town
from tests.ui.conftest import press, say

Settle = Callable[[], None]


@pytest.fixture
def tab(window: MainWindow, settle: Settle) -> Any:
    """The tab, settled."""
    window.go("certificates", tab="verify")
    settle()
    return window.current.tab("verify")


def scan(tab: Any, code: str, settle: Settle) -> Any:
    """What a reader does: type into the field, then Enter. The card that answers."""
    tab.take_focus()
    say(tab.field, code)
    press(tab.field, Qt.Key.Key_Return)
    settle()
    (card,) = tab.cards()
    assert tab.field.text() == "" and tab.focusWidget() is tab.field, "ready for the next one"
    return card


def paper(town: Town) -> Any:
    """A certificate in force."""
    return town.ctx.reads.get("certificate", issued(town)[0])


def test_a_genuine_paper_tells_nothing_but_what_it_says(tab: Any, town: Town, settle: Settle) -> None:
    one = paper(town)
    card = scan(tab, one.code, settle)
    assert card.verdict.title == "本物です" and card.property("tone") == "good" and card.verdict.icon == "success"
    words = card.accessibleName() + "".join(value for _, value in card.verdict.facts)
    assert one.number in words and "半壊" in words and "髙橋" not in words and "本町" not in words


def test_a_forged_a_withdrawn_and_a_replaced_one_are_named(tab: Any, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    one = paper(town)
    forged = scan(tab, one.code.replace(":D4", ":D1").replace(":D3", ":D1"), settle)
    assert forged.verdict.title == "偽物か、書き換えられています" and forged.property("tone") == "bad"
    judge(town.ctx, one.building_id, "total", kind="re")
    assert scan(tab, one.code, settle).verdict.title == "本物です（差替が必要）"
    from app.interchange.certificates import supersede_certificate

    after = supersede_certificate(town.ctx, certificate_id=one.id, reason="再調査").numbers[0]
    replaced = scan(tab, one.code, settle)
    assert replaced.verdict.title == "差替済みです" and ("新しい証明書", after) in replaced.verdict.facts
    newer = town.ctx.reads.get("certificate", certificates.find_certificate_id(town.ctx, number=after))
    certificates.revoke(town.ctx, certificate_id=newer.id, reason="別の世帯だった")
    revoked = scan(tab, newer.code, settle)
    assert revoked.verdict.title == "取消済みです" and "別の世帯だった" in revoked.verdict.words


def test_what_is_no_code_of_ours_is_said_so(tab: Any, settle: Settle) -> None:
    assert scan(tab, "https://example.com/", settle).verdict.title == "証明書のコードではありません"


@pytest.mark.parametrize(
    ("result", "title"),
    [("not_here", "本物です（この端末に記録なし）"), ("unknown_key", "知らない鍵です（確かめられません）"), ("differs", "記録と違います")],
)
def test_every_answer_has_its_word_and_icon(result: str, title: str) -> None:
    verdict = say_verified(Verified(result=result, number="2024-1-AAAA-00001-A", kind="damage", grade="half", issued_on="2024-01-05", key_id="ABCDEFGH"))
    assert verdict.title == title and verdict.icon and verdict.words


def test_a_printed_file_is_dropped_onto_the_tab(tab: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    from app.interchange.certificates import preview_certificate

    one = paper_on_real_form(town)
    target = tmp_path / "写し.png"
    target.write_bytes(preview_certificate(town.ctx, certificate_id=one.id).pictures[0])
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(target))])
    tab.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier))
    settle()
    assert [card.verdict.title for card in tab.cards()] == ["本物です"]
    empty = tmp_path / "何もない.txt"
    empty.write_text("x")
    tab.check_file(empty)
    settle()
    assert "何もない.txt" in tab.banner.words and not tab.area.isVisibleTo(tab), "an old answer does not stay in sight"


def paper_on_real_form(town: Town) -> Any:
    """A certificate on the form that ships."""
    from app.interchange.certificates import issue_certificates
    from tests.certificates_town import add_building, ask, sign_as_mayor

    sign_as_mayor(town.ctx)
    asked = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"), grade="half")).application.id
    return town.ctx.reads.get("certificate", issue_certificates(town.ctx, application_ids=[asked]).certificates[0])


def test_keys_are_made_carried_and_known_again(tab: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    assert "鍵はまだありません" in tab.keys.told.text()
    form = tab.keys.make()
    form.body.editors["label"].set_raw("見本市 本部")
    form.save()
    settle()
    (card,) = municipal_key.list_keys(town.ctx)
    assert card.current and card.id in tab.keys.told.text() and tab.keys.table.rows.rowCount() == 1
    target = tmp_path / "鍵.pem"
    tab.keys.export_to(target, card.id)
    settle()
    words = target.read_text("ascii")
    assert "PUBLIC KEY" in words and "PRIVATE" not in words
    tab.keys.import_file(target)
    settle()
    assert len(municipal_key.list_keys(town.ctx)) == 1, "the same key twice is one key"
    _, _, qr = municipal_key.export_key(town.ctx)
    say(tab.field, qr)
    press(tab.field, Qt.Key.Key_Return)
    settle()
    assert len(municipal_key.list_keys(town.ctx)) == 1 and tab.cards() == []
    tab.keys.import_text("-----BEGIN NOTHING-----")
    settle()
    assert "公開鍵として読み取れません" in tab.keys.banner.words
