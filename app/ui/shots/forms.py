"""様式: layouts, their questions, the seal, who signs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from app.ui.stage import Stage, shot
from app.usecases.gateway import Session


def _fill(session: Session) -> None:
    """A mayor, a version that was changed, a seal."""
    from app.printing.designs import active_layout, check_design, layout_text
    from app.ui.forms.draft import Draft
    from app.usecases import forms

    ctx = session.context
    forms.change_signature(ctx, values=forms.Signature(municipality="見本県見本市", mayor_title="見本市長", mayor_name="見本 太郎"))
    draft = Draft(active_layout(ctx, "disaster_certificate"))
    draft.rewrite({"上記のとおり、相違ないことを証明します。": "上記のとおり相違ないことを証明する。"})
    number = next(place for place, box in enumerate(draft.boxes) if box.var == "extra2")
    draft.move(number, right=0, down=2)
    forms.save_design(ctx, form="disaster_certificate", layout=layout_text(draft.layout), check=check_design, note="証明文を改めた")
    forms.change_offset(ctx, printer="窓口1 複合機", right=-0.8, down=1.2)
    path = session.folder / "seal.png"
    _draw_seal(path)
    from app.ui.forms.work import take_seal

    made = take_seal(ctx, path, name="見本市長印", width=24)
    forms.approve_seal(ctx, seal_id=made.id)


def _draw_seal(path: Path) -> None:
    from PIL import Image, ImageDraw, ImageFont

    from app import resources

    picture = Image.new("RGB", (700, 700), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(resources.path("fonts", "BIZUDMincho-Regular.ttf")), 200)
    draw.rectangle((40, 40, 660, 660), outline=(200, 30, 40), width=22)
    for place, char in enumerate("見本市長之印"):
        draw.text((450 - 280 * (place // 3), 55 + 195 * (place % 3)), char, fill=(200, 30, 40), font=font)
    picture.save(path)


def _design(stage: Stage) -> Any:
    window = stage.window_on(stage.other("forms", _fill), "forms", tab="design")
    stage.settle()
    return window.current.tab("design")


def _drawn(stage: Stage, tab: Any) -> QWidget:
    tab.render()
    stage.settle()
    return tab.window()  # type: ignore[no-any-return]


@shot("forms-design")
def _whole(stage: Stage) -> QWidget:
    return _drawn(stage, _design(stage))


@shot("forms-box")
def _box(stage: Stage) -> QWidget:
    tab = _design(stage)
    tab.open(form="disaster_certificate", version=101)
    stage.settle()
    number = next(place for place, box in enumerate(tab.draft.boxes) if box.var == "head_address")
    tab.canvas.setFocus()
    tab.canvas.select(number)
    tab.draft.change(number, w=40.0, lines=1, wrap=False)
    tab.show_changes()
    return _drawn(stage, tab)


@shot("forms-four")
def _four(stage: Stage) -> QWidget:
    tab = _design(stage)
    tab.open(form="report_certificate")
    stage.settle()
    tab.draft.per_page = 4
    tab.tools.show_paper_choice(tab.draft)
    tab.show_paper()
    return _drawn(stage, tab)


@shot("forms-approve")
def _approve(stage: Stage) -> QWidget:
    tab = _design(stage)
    tab.open(form="disaster_certificate", version=101)
    stage.settle()
    tab.acts.approve()
    return stage.dialog()


@shot("forms-texts")
def _texts(stage: Stage) -> QWidget:
    tab = _design(stage)
    tab.acts.texts()
    return stage.dialog()


@shot("forms-seal")
def _seal(stage: Stage) -> QWidget:
    window = stage.window_on(stage.other("forms", _fill), "forms", tab="seal")
    stage.settle()
    return window


@shot("forms-seal-none")
def _no_seal(stage: Stage) -> QWidget:
    window = stage.window_on(stage.other("forms-empty", lambda session: None), "forms", tab="seal")
    stage.settle()
    return window


@shot("forms-signing")
def _signing(stage: Stage) -> QWidget:
    window = stage.window_on(stage.other("forms", _fill), "forms", tab="signing")
    stage.settle()
    return window
