"""Devices of the municipality as a table, and what is said about them in sentences."""

from __future__ import annotations

from datetime import datetime

from app.domain.exchange import EnrolledDevice
from app.presentation.columns.spec import Column, ColumnSet, Tone
from app.presentation.columns.texts import moment_short
from app.presentation.labels import label
from app.usecases.enrolment import Municipality


def _moment(text: str) -> str:
    return moment_short(datetime.fromisoformat(text)) if text else ""


def _state_tone(row: EnrolledDevice) -> Tone:
    return "good" if row.active else "bad"


DEVICES: ColumnSet[EnrolledDevice] = ColumnSet(
    key="devices",
    columns=(
        Column(key="letters", label="記号", text=lambda r: r.letters, width=5, sort=lambda r: r.letters),
        Column(key="site", label="拠点", text=lambda r: r.site_name, width=13, sort=lambda r: r.site_name),
        Column(key="kind", label="種類", text=lambda r: label("site.kind", r.site_kind), width=7, sort=lambda r: r.site_kind),
        Column(key="state", label="状態", text=lambda r: label("device.state", r.state), width=5, tone=_state_tone, sort=lambda r: r.state),
        Column(key="enrolled", label="登録", text=lambda r: _moment(r.enrolled_at), width=8, sort=lambda r: r.enrolled_at),
        Column(key="revoked", label="失効", text=lambda r: _moment(r.revoked_at), width=8, sort=lambda r: r.revoked_at),
        Column(
            key="known", label="有効な記録", text=lambda r: "" if r.active else f"{r.revoked_seq:,}件まで", width=7, align="right",
            sort=lambda r: r.revoked_seq,
        ),
        Column(key="reason", label="理由", text=lambda r: r.reason, width=15, sort=lambda r: r.reason),
    ),
)  # fmt: skip


def say_membership(found: Municipality, *, letters: str, site: str, headquarters: bool) -> tuple[str, str]:
    """How this device stands: ``(sentence, tone)``."""
    if found.state == "revoked":
        return f"この端末（{letters}）は失効になっています（{found.reason}）。使い続けるときは、新しい端末にして登録を依頼し直してください。", "bad"
    if found.state == "active":
        if not found.confirmed:
            return f"この端末（{letters}）は登録されていますが、自治体の鍵の照合番号をまだ本部と見比べていません。", "warn"
        office = "登録と失効はこの端末で行います。" if found.holds_key else ""
        return f"この端末（{letters}）は「{site}」の端末として登録されています。{office}", "good"
    if found.holds_key:
        return f"この端末（{letters}）は復元などで新しい端末になりました。もう一度「自治体の鍵を作る」を行うと、同じ鍵のまま登録されます。", "warn"
    if headquarters and not found.number:
        return "自治体の鍵がまだありません。はじめに作り、それから拠点の端末の依頼を受け入れます。", "warn"
    return f"この端末（{letters}）は、まだ本部に登録されていません。登録すると、USBメモリーで記録を受け渡せます。", "warn"
