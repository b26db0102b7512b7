"""Sharing a store on a server: the dialog, before and after the address was tried."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.domain.errors import EnvironmentFault
from app.ui.server_dialog import ServerDialog
from app.ui.stage import Stage, shot

_ADDRESS = "postgresql://sasae_desk@db.example.lg.jp/sasae?sslmode=verify-full"


def _dialog(stage: Stage) -> ServerDialog:
    window = stage.sign_in(stage.home / "nothing")
    dialog = ServerDialog(window, window.gateway, folder=window.folder, runner=window.runner, operator="能登 花子")
    dialog.address.editors["database"].set_raw(_ADDRESS)
    return dialog


@shot("server-join")
def _join(stage: Stage) -> QWidget:
    dialog = _dialog(stage)
    dialog._show("store")
    return dialog


@shot("server-empty")
def _empty(stage: Stage) -> QWidget:
    dialog = _dialog(stage)
    dialog._show("empty")
    return dialog


@shot("server-unreachable")
def _unreachable(stage: Stage) -> QWidget:
    dialog = _dialog(stage)
    dialog._unreachable(
        EnvironmentFault("database.unreachable", database="postgresql://sasae_desk@db.example.lg.jp/sasae", detail="timeout")
    )
    return dialog
