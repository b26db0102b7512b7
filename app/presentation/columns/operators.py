"""The list of operators."""

from __future__ import annotations

from app.domain.governance import Operator
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.labels import labels_of


def _state(operator: Operator) -> str:
    return "停止" if operator.disabled else "使用中"


def _tone(operator: Operator) -> Tone:
    return "quiet" if operator.disabled else "good"


OPERATORS: ColumnSet[Operator] = ColumnSet(
    key="operators",
    columns=(
        Column(key="name", label="操作者名", text=lambda o: o.name, width=14, sort=lambda o: o.name),
        Column(key="state", label="状態", text=_state, tone=_tone, width=6, sort=lambda o: o.disabled),
        Column(key="roles", label="役割", text=lambda o: labels_of("role", o.roles), width=30),
    ),
)
