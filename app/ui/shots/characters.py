"""Names that Qt alone cannot draw, everywhere they appear; the tab 文字; the warning before printing."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.domain.resident import ResidentRow
from app.ui.stage import Stage, shot
from app.usecases import persons, reception, residents
from app.usecases.characters import register_character
from app.usecases.gateway import Session
from app.usecases.rows import SearchHit

NAMES = (
    ("𠮷野　太郎", "ヨシノ　タロウ"), ("葛\U000e0102城　花", "カツラギ　ハナ"), ("辻\U000e0102　一郎", "ツジ　イチロウ"), ("﨑山　源", "サキヤマ　ゲン"),
    ("\ufa19谷　福\ufa1b", "カミヤ　フクフク"), ("山\ue001　次郎", "ヤマモト　ジロウ"), ("\ue002橋　三郎", "タカハシ　サブロウ"),
    ("田\ue003　四郎", "タナカ　シロウ"), ("渡邉\U000e0101　五月", "ワタナベ　サツキ"), ("髙橋　六花", "タカハシ　リッカ"),
)  # fmt: skip


def _picture() -> str:
    from base64 import b64encode

    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QColor, QImage, QPainter, QPen

    image = QImage(128, 128, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setPen(QPen(QColor("black"), 9))
    for line in ((16, 24, 112, 24), (64, 24, 64, 112), (16, 112, 112, 112), (64, 66, 104, 66), (24, 50, 44, 84)):
        painter.drawLine(*line)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return b64encode(bytes(buffer.data())).decode()


def _fill(session: Session) -> None:
    ctx = session.context
    rows = [
        ResidentRow(
            resident_no=f"{n:010}", household_no=f"H{n // 2}", name=name, kana=kana, birth=f"昭和{40 + n}年{n + 1}月{n + 2}日", sex="男",
            relation="子" if n % 2 else "世帯主", address=f"見本市葛\U000e0102{n + 1}丁目{n + 3}番地　𠮷田ハイツ", district="本町",
        )
        for n, (name, kana) in enumerate(NAMES)
    ]  # fmt: skip
    snapshot = residents.load_residents(ctx, batches=[rows], as_of=ctx.now() - timedelta(days=1), label="むずかしい字")[0]
    shelter = next(row.id for row in ctx.reads.shelters.rows(at=ctx.now()) if row.is_open)
    arrivals = [reception.Arrival(resident_id=f"{snapshot.id}:{n}") for n in range(len(NAMES)) if n != 1]
    reception.check_in(ctx, shelter_id=shelter, arrivals=arrivals)
    register_character(ctx, text="\ue001", picture=_picture(), description="町名の字、戸籍から")
    register_character(ctx, text="\ue002", substitute="高")


def _session(stage: Stage) -> Session:
    return stage.other("difficult", _fill)


def _person(stage: Stage, kana: str) -> str:
    return _hit(stage, kana).id


def _hit(stage: Stage, kana: str) -> SearchHit:
    ctx = _session(stage).context
    return next(hit for hit in persons.show_people(ctx, person_ids=persons.list_people(ctx)) if hit.kana == kana)


def _opened(stage: Stage) -> QWidget:
    stage.settle()
    return next(top for top in reversed(QApplication.topLevelWidgets()) if isinstance(top, QDialog) and top.isVisible())


@shot("characters-tab")
def _tab(stage: Stage) -> QWidget:
    return stage.window_on(_session(stage), "residents", tab="characters")


@shot("characters-tab-substitute")
def _substitute(stage: Stage) -> QWidget:
    window = stage.window_on(_session(stage), "residents", tab="characters")
    dialog = window.current.tab("characters").register_substitute()
    assert dialog is not None
    return dialog


@shot("characters-tab-people")
def _people(stage: Stage) -> QWidget:
    window = stage.window_on(_session(stage), "residents", tab="characters")
    window.current.tab("characters").show_people()
    return _opened(stage)


@shot("characters-tab-clean")
def _clean(stage: Stage) -> QWidget:
    window = stage.window("residents")
    window.go("residents", tab="characters")
    return window


@shot("characters-residents")
def _residents(stage: Stage) -> QWidget:
    return stage.window_on(_session(stage), "residents", tab="list")


@shot("characters-roster")
def _roster(stage: Stage) -> QWidget:
    return stage.window_on(_session(stage), "roster")


@shot("characters-search")
def _search(stage: Stage) -> QWidget:
    window = stage.window_on(_session(stage), "search", text="見本市", final=False)
    return window


@shot("characters-check-in")
def _check_in(stage: Stage) -> QWidget:
    window = stage.window_on(_session(stage), "search", text="カツラギ", final=True)
    return window.current.desk.dialog or _opened(stage)


@shot("characters-file")
def _file(stage: Stage) -> QWidget:
    window = stage.window_on(_session(stage), "evacuees")
    return window.current.desk.open_file(_person(stage, "ワタナベ　サツキ"))


@shot("characters-correct")
def _correct(stage: Stage) -> QWidget:
    window = stage.window_on(_session(stage), "evacuees")
    return window.current.desk.actions.correct(_hit(stage, "タナカ　シロウ"))


@shot("characters-print-warning")
def _warning(stage: Stage) -> QWidget:
    window = stage.window_on(_session(stage), "roster")
    window.current.print()
    dialog = _opened(stage)
    dialog.purpose.setText("名簿の印刷")
    dialog.path.setText(str(stage.home / "名簿.pdf"))
    dialog.run()
    stage.settle()
    return dialog.warning


@shot("characters-cards")
def _cards(stage: Stage) -> QWidget:
    ids = [_hit(stage, kana).id for kana in ("タナカ　シロウ", "ヨシノ　タロウ", "タカハシ　サブロウ")]
    window = stage.window_on(_session(stage), "evacuees")
    dialog = window.current.desk.print_cards(persons.show_people(window.context, person_ids=ids))
    dialog.path.set_raw(str(stage.home / "カード.pdf"))
    dialog.save()
    stage.settle()
    dialog.warning._use()
    stage.settle()
    return dialog
