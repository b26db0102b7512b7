"""拠点 ▸ 端末の登録: headquarters with its key, a laptop that asks, one that was restored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.governance import Site
from app.domain.identifiers import new_id
from app.ui.signin import TRAINING_OPERATOR, TRAINING_PASSWORD
from app.ui.sites.revoke_dialog import left_words
from app.ui.stage import Stage, shot
from app.usecases.enrolling import accept_answer, accept_request, make_request
from app.usecases.enrolment import Revoked, create_municipality, need_list, revoke_device
from app.usecases.gateway import Session, Setup
from app.usecases.training import read_training


def _laptop(stage: Stage, site: str, kind: str) -> Session:
    words = read_training()

    def found() -> Session:
        setup = Setup(
            municipality_code=words["municipality_code"], municipality_name=words["municipality_name"], disaster_name=words["disaster_name"],
            occurred_at=datetime(2024, 1, 1, 7, 10, tzinfo=UTC), site_name=site, site_kind=kind, operator=TRAINING_OPERATOR,
            password=TRAINING_PASSWORD, training=True,
        )  # fmt: skip
        return stage.gateway.create(stage.home / f"enrol-{site}", setup)[0]

    return stage.keep(f"enrol-{site}", found)


def _hq(stage: Stage) -> Session:
    def found() -> Session:
        hq = _laptop(stage, "訓練市災害対策本部", "hq")
        create_municipality(hq.context)
        with hq.context.unit() as uow:
            for name in ("架空公民館", "訓練市第三小学校"):
                uow.sites.add(Site(id=new_id(), name=name, kind="shelter"))
            uow.commit()
        for name, kind in (("例示体育館", "shelter"), ("支市役所1階窓口", "desk"), ("見本保育所", "shelter")):
            other = _laptop(stage, name, kind)
            accepted = accept_request(hq.context, text=make_request(other.context).text)
            accept_answer(other.context, text=accepted.text, expected=accepted.fingerprint)
        revoke_device(hq.context, device="見本保育所", reason="1月5日に避難所で盗まれた")
        return hq

    return stage.keep("enrol-hq", found)


def _devices(stage: Stage, session: Session) -> Any:
    window = stage.window_on(session, "sites", tab="devices")
    return window, window.current.tab("devices")


@shot("devices-hq")
def _(stage: Stage) -> QWidget:
    window, _tab = _devices(stage, _hq(stage))
    return window


@shot("devices-new-hq")
def _(stage: Stage) -> QWidget:
    window, _tab = _devices(stage, _laptop(stage, "新しい本部", "hq"))
    return window


@shot("devices-laptop")
def _(stage: Stage) -> QWidget:
    window, _tab = _devices(stage, _laptop(stage, "訓練市第三小学校", "shelter"))
    return window


@shot("devices-request")
def _(stage: Stage) -> QWidget:
    _window, tab = _devices(stage, _laptop(stage, "訓練市第三小学校", "shelter"))
    dialog = tab.request()
    stage.settle()
    return dialog


@shot("devices-read")
def _(stage: Stage) -> QWidget:
    _window, tab = _devices(stage, _hq(stage))
    return tab.accept_request()


def _asked(stage: Stage) -> Any:
    asking = make_request(_laptop(stage, "訓練市第三小学校", "shelter").context)
    _window, tab = _devices(stage, _hq(stage))
    dialog = tab.accept_request()
    dialog.look(asking.text)
    stage.settle()
    return dialog


@shot("devices-accept")
def _(stage: Stage) -> QWidget:
    return _asked(stage)


@shot("devices-revoke")
def _(stage: Stage) -> QWidget:
    _window, tab = _devices(stage, _hq(stage))
    tab.table.select_id(next(one.device for one in tab.found.devices if one.site_name == "例示体育館"))
    dialog = tab.revoke()
    assert dialog is not None
    return dialog


@shot("devices-revoked")
def _(stage: Stage) -> QWidget:
    window, tab = _devices(stage, _hq(stage))
    lost = next(one for one in tab.found.devices if not one.active)
    tab._revoked(left_words(Revoked(device=lost, known=41, vouchers=("V-K7QF-00012-C",), changes={})))
    stage.settle()
    return window


@shot("devices-accepted")
def _(stage: Stage) -> QWidget:
    dialog = _asked(stage)
    if dialog.pane is not None and dialog.act_button.isEnabled():
        dialog.run()
    stage.settle()
    return dialog


@shot("devices-answer")
def _(stage: Stage) -> QWidget:
    hq, laptop = _hq(stage), _laptop(stage, "訓練市第三小学校", "shelter")
    accepted = accept_request(hq.context, text=make_request(laptop.context).text, again=_is_known(hq, laptop))
    _window, tab = _devices(stage, laptop)
    dialog = tab.read_answer()
    dialog.look(accepted.text)
    stage.settle()
    dialog.pane.typed.setText(accepted.fingerprint)
    return dialog


def _is_known(hq: Session, laptop: Session) -> bool:
    return need_list(hq.context).find(laptop.context.place.device_id) is not None
