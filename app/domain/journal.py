"""The one journal: what an operation is, its canonical form, its hash, and the clock that orders operations.

Ordering is a hybrid logical clock (Kulkarni et al. 2014): wall milliseconds and a counter, never going back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
CREATE, UPDATE, SCRUB = "create", "update", "scrub"
_MOST = 999_999
"""The counter beside one millisecond: a clock that is years ahead would count on from it for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One change of one record. ``changes`` is ``{field: [old, new]}`` in JSON values; times are Unix milliseconds.

    ``group`` is shared by everything one act changed; ``context`` is what the writer had seen, ``{device: sequence}``.
    """

    op_id: str
    group: str
    device: str
    device_seq: int
    context: Mapping[str, int]
    hlc: str
    at_ms: int
    operator: str
    site: str
    purpose: str
    reason: str
    kind: str
    record: str
    action: str
    changes: Mapping[str, list[Any]]


def canonical(operation: Operation) -> str:
    """The text that is hashed: JSON with sorted keys, no spaces, characters as they are."""
    return json.dumps(
        [
            operation.op_id,
            operation.group,
            operation.device,
            operation.device_seq,
            dict(operation.context),
            operation.hlc,
            operation.at_ms,
            operation.operator,
            operation.site,
            operation.purpose,
            operation.reason,
            operation.kind,
            operation.record,
            operation.action,
            dict(operation.changes),
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def chain_hash(previous: str, text: str) -> str:
    """SHA-256 over the previous link and the canonical text, as hex."""
    return hashlib.sha256(f"{previous}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def next_hlc(last: str, now_ms: int) -> str:
    """The hybrid clock value after ``last`` at wall time ``now_ms``: never smaller than any seen before."""
    last_ms, _, counter = last.partition("-")
    if last and int(last_ms) >= now_ms:
        return f"{last_ms}-{int(counter) + 1:06d}" if int(counter) < _MOST else f"{int(last_ms) + 1:015d}-000000"
    return f"{now_ms:015d}-000000"


def to_json_value(value: Any) -> Any:
    """A record value as it stands in the journal: moments as UTC ISO text, tuples as lists, the rest as it is."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, tuple):
        return list(value)
    return value
