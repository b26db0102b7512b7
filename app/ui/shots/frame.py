"""The frame: signing in, the guide, home, settings, dialogs, failures."""

from __future__ import annotations

from typing import cast

from PySide6.QtWidgets import QWidget

from app.domain.errors import EnvironmentFault, IntegrityFault
from app.presentation.forms.signing import ADD_OPERATOR, RECOVER
from app.ui.faults import BugDialog, FaultDialog
from app.ui.signin import SignInWindow
from app.ui.stage import Stage, shot
from app.ui.welcome import Guide
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.progress import ProgressDialog


@shot("sign-in")
def _sign_in(stage: Stage) -> QWidget:
    window = stage.sign_in()
    window.sign_in.form.set_values({"operator": "能登 花子"})
    return window


@shot("sign-in-refused")
def _refused(stage: Stage) -> QWidget:
    window = stage.sign_in()
    window.sign_in.form.set_values({"operator": "能登 花子", "password": "suzu-wajima"})
    window.sign_in._refused(EnvironmentFault("signin.refused", wait=4))
    return window


@shot("begin")
def _begin(stage: Stage) -> QWidget:
    return stage.sign_in(stage.home / "nothing")


def _guide(stage: Stage) -> tuple[SignInWindow, Guide]:
    window = stage.sign_in(stage.home / "nothing")
    window.start_guide()
    guide = cast(Guide, window.panels.currentWidget())
    guide.municipality.box.setText("七尾")
    guide.municipality.box.textEdited.emit("七尾")
    return window, guide


@shot("guide-1-municipality")
def _guide_municipality(stage: Stage) -> QWidget:
    window, guide = _guide(stage)
    guide.municipality.box.setText("172020")
    guide.municipality.box.textEdited.emit("172020")
    return window


@shot("guide-2-disaster")
def _guide_disaster(stage: Stage) -> QWidget:
    window, guide = _guide(stage)
    guide.go_on()
    guide.disaster.set_values({"disaster_name": "令和6年能登半島地震"})
    guide.disaster.editors["occurred_at"].set_raw("R6.1.1 16:10")
    return window


def _to_operator(stage: Stage) -> tuple[SignInWindow, Guide]:
    window, guide = _guide(stage)
    guide.go_on()
    guide.disaster.set_values({"disaster_name": "令和6年能登半島地震"})
    guide.disaster.editors["occurred_at"].set_raw("R6.1.1 16:10")
    guide.go_on()
    guide.site.set_values({"site_name": "矢田郷地区コミュニティセンター", "site_kind": "shelter"})
    guide.go_on()
    guide.operator.set_values({"operator": "能登 花子", "password": "umi-yama-sora", "password_again": "umi-yama-sora"})
    guide.operator.editors["password"].changed.emit("umi-yama-sora")
    return window, guide


@shot("guide-3-site")
def _guide_site(stage: Stage) -> QWidget:
    window, guide = _to_operator(stage)
    guide.go_back()
    return window


@shot("guide-4-operator")
def _guide_operator(stage: Stage) -> QWidget:
    return _to_operator(stage)[0]


@shot("guide-5-summary")
def _guide_summary(stage: Stage) -> QWidget:
    window, guide = _to_operator(stage)
    guide.go_on()
    return window


@shot("guide-6-recovery-key")
def _guide_key(stage: Stage) -> QWidget:
    window, guide = _to_operator(stage)
    guide.go_on()
    guide._created((stage.session, "7K3M-Q2XA-9DTW-HB5N-R8EJ-4CVY-6PGZ-F1S0"))
    return window


@shot("home")
def _home(stage: Stage) -> QWidget:
    return stage.window("home")


def _settings(stage: Stage, tab: str) -> QWidget:
    window = stage.window("settings")
    window.go("settings", tab=tab)
    return window


@shot("settings-look")
def _look(stage: Stage) -> QWidget:
    return _settings(stage, "look")


@shot("settings-operators")
def _operators(stage: Stage) -> QWidget:
    return _settings(stage, "operators")


@shot("settings-backup")
def _backup(stage: Stage) -> QWidget:
    return _settings(stage, "backup")


@shot("settings-about")
def _about(stage: Stage) -> QWidget:
    return _settings(stage, "about")


@shot("dialog-add-operator")
def _add_operator(stage: Stage) -> QWidget:
    dialog = FormDialog(stage.window("settings"), ADD_OPERATOR, save=lambda _: None, columns=1)
    dialog.body.editors["name"].set_raw("加賀 次郎")
    dialog.save()
    return dialog


@shot("dialog-recover")
def _recover(stage: Stage) -> QWidget:
    return FormDialog(stage.window("home"), RECOVER, save=lambda _: None, columns=1)


@shot("dialog-progress")
def _progress(stage: Stage) -> QWidget:
    dialog = ProgressDialog(stage.window("home"), label="window.training")
    dialog.show_progress(31_250, 50_000, "")
    return dialog


@shot("fault-environment")
def _environment(stage: Stage) -> QWidget:
    return FaultDialog(stage.window("home"), EnvironmentFault("file.disk_full", path="E:\\名簿.csv"), can_retry=True)


@shot("fault-integrity")
def _integrity(stage: Stage) -> QWidget:
    return FaultDialog(stage.window("home"), IntegrityFault("backup.damaged", path="E:\\sasae-20240105.sasae-backup"))


@shot("fault-bug")
def _bug(stage: Stage) -> QWidget:
    try:
        _fail()
    except ValueError as error:
        return BugDialog(stage.window("home"), error)
    raise AssertionError


def _fail() -> None:
    raise ValueError("never shown")
