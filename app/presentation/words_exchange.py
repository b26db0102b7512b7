"""Words of packages, sites, devices and conflicts."""

from __future__ import annotations

EXCHANGE_PAGES = {"exchange": "受け渡し", "conflicts": "競合", "sites": "拠点"}
EXCHANGE_RIGHTS = {"exchange": "データの受け渡し", "settle": "競合の判断", "enrol": "端末の登録"}
EXCHANGE_WORDS: dict[str, dict[str, str]] = {
    "package.direction": {"out": "持ち出し", "in": "取り込み"},
    "package.state": {"written": "未確認（受領の返事待ち）", "acknowledged": "受領済み", "applied": "取り込み済み"},
    "device.state": {"active": "使用中", "revoked": "失効", "requested": "登録待ち", "paper": "端末なし（CSV）", "unknown": "未登録"},
}
