"""Sentences for people from codes and parameters. The texts live in ``resources/messages``."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from app import resources
from app.domain.dates import format_era, format_instant
from app.domain.errors import InputFault, SasaeError
from app.presentation.labels import label

_UNKNOWN = "処理できませんでした。もう一度やり直しても同じときは、この番号を担当者にお知らせください（{code}）。"
_MISSING = "―"
_PLACE = "（「{path}」の{line}行目）"
"""Where a fault of a file is, for sentences that are also said beside a field."""
_MANY = 5

_CODE_PARAMS = {
    "right": "right",
    "kind": "record",
    "role": "role",
    "roles": "role",
    "category": "stay.category",
    "hazard": "survey.hazard",
    "grade": "grade",
    "typed": "grade",
    "batch_state": "payment_batch.state",
    "file_state": "transfer_file.state",
    "payment_state": "payment.state",
    "limited": "role",
    "consignor": "consignor",
    "asked_kind": "site.kind",
    "our_kind": "site.kind",
}
"""Parameters whose values are codes, and the kind of label that says them."""


class _Sentence(string.Formatter):
    """``str.format`` that never fails: what is missing becomes a dash, and no attribute of a value can be reached."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(field_name, _MISSING), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        try:
            return str(super().format_field(value, format_spec))
        except (TypeError, ValueError):
            return str(value)


_SENTENCE = _Sentence()


def message(error: BaseException | str, **params: Any) -> str:
    """The sentence for an error or a code. An unknown code gives a neutral sentence that names the code, never an exception."""
    if isinstance(error, SasaeError):
        code, given = error.code, {**error.params, **params}
    elif isinstance(error, str):
        code, given = error, params
    else:
        code, given = type(error).__name__, params
    text = resources.read_messages().get(code)
    if text is None:
        return _UNKNOWN.format(code=code)
    if isinstance(error, InputFault) and given.get("path") and given.get("line") and "{path}" not in text and "{line}" not in text:
        text += _PLACE
    return _SENTENCE.vformat(text, (), {name: show_value(value, name=name) for name, value in given.items()})


def has_message(code: str) -> bool:
    """Whether there is a text for the code."""
    return code in resources.read_messages()


def show_value(value: Any, *, name: str = "") -> Any:
    """A parameter as people read it: moments and days in Japan style, lists joined, paths as text, codes as words."""
    if isinstance(value, datetime):
        return format_instant(value) if value.tzinfo else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return format_era(value)
    if isinstance(value, PurePath):
        return str(value)
    if value is None:
        return _MISSING
    if isinstance(value, bool):
        return label("yesno", "yes" if value else "no")
    if isinstance(value, (list, tuple, set, frozenset)):
        shown = [str(show_value(item, name=name)) for item in list(value)[:_MANY]]
        if not shown:
            return "なし"
        more = f" ほか{len(value) - _MANY}件" if len(value) > _MANY else ""
        return "、".join(shown) + more
    if isinstance(value, str) and name in _CODE_PARAMS:
        return label(_CODE_PARAMS[name], value)
    return value
