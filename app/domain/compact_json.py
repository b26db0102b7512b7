"""JSON without spaces, by one encoder for all values: ``json`` makes a new one for every call, which costs more than small values do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def make_encoder(*, sort_keys: bool) -> Callable[[Any], str]:
    """An encoder that keeps characters as they are."""
    options = json.JSONEncoder(ensure_ascii=False, sort_keys=sort_keys, separators=(",", ":"))
    made = getattr(json.encoder, "c_make_encoder", None)
    if made is None:
        return options.encode
    parts = made(None, options.default, json.encoder.encode_basestring, None, ":", ",", sort_keys, False, True)
    return lambda value: "".join(parts(value, 0))
