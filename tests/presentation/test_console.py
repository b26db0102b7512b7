"""Results as text: each verb's own headings, codes in words, moments as people say them."""

from __future__ import annotations

from typing import Any

import pytest

from app.presentation.console import format_result

APPLIED = {
    "id": "0190",
    "number": "K7QF-00012-C",
    "queue": "12",
    "state": "judged",
    "kind": "damage",
    "grade": "semi_half",
    "declared": False,
}
VERSION = {"form": "disaster_certificate", "title": "罹災証明書", "version": 1, "source": "shipped", "state": "approved", "used": True}
PAYEE = {
    "entitlement_number": "T-1", "resident_no": "0000000011", "name": "架空　太郎", "role": "head", "way": "transfer", "bank": "9900", "bank_name": "ゆうちょ",
    "branch": "128", "branch_name": "", "account_number": "1234567", "holder": "ｶｸｳ ﾀﾛｳ", "account_state": "entered", "checked_by": "", "twins": 0,
}  # fmt: skip
TAKEN = {"batch": "K-1", "paid": 2, "paid_total": 700_000, "failed": 1, "failed_total": 5_000, "unchanged": 0, "open": 0, "settled": True, "problems": []}
EDITION = {"id": "r6", "title": "令和6年", "in_force": "2024-05-31", "own": False, "default": True}
BANK = {"id": "standard", "title": "標準", "line_end": "crlf", "customer": "numeric", "own": False, "missing": ["consignor_code", "account_number"]}
PROFILE = {"name": "住民", "own": True, "columns": 12, "note": ""}
SHELTER = {"name": "見本小", "kind": "designated", "open": True, "capacity": 100, "declared": 3, "rostered": 2}


@pytest.mark.parametrize(
    ("verb", "action", "result", "told", "untold"),
    [
        ("certificates", "apply", APPLIED, ("受付番号: K7QF-00012-C", "状態: 判定", "種類: 罹災証明書", "被害の程度: 準半壊"), ("整理番号", "期間", "judged")),
        ("certificates", "revoke", {"number": "2024-1-K7QF-00001-C", "state": "revoked"}, ("証明書番号: 2024", "状態: 取消"), ("受付番号", "revoked")),
        ("certificates", "link", {"number": "K7QF-1", "state": "awaiting", "grade": ""}, ("受付番号: K7QF-1", "状態: 調査待ち", "被害の程度: ―"), ()),
        ("certificates", "key", {"keys": [{"id": "1", "current": True, "own": True}]}, ("この端末の鍵",), ("自治体のもの",)),
        ("certificates", "settings", {"settings": {"disaster_no": 1, "deadline": ""}}, ("災害の番号: 1",), ("disaster_no",)),
        ("surveys", "editions", {"editions": [EDITION]}, ("自治体のもの", "使い始め"), ("この端末の鍵",)),
        ("forms", "list", {"versions": [VERSION]}, ("状態", "元", "標準", "承認済み"), ("期間", "shipped", "approved")),
        ("profiles", "list", {"profiles": [PROFILE]}, ("自治体のもの",), ("この端末の鍵",)),
        ("shelters", "list", {"shelters": [SHELTER]}, ("報告",), ("申告のみ",)),
        ("evacuees", "check-in", {"number": "K7QF-00001-C"}, ("整理番号: K7QF",), ("受付番号",)),
        ("relief", "results", TAKEN, ("支給済み 2件（700,000円）", "不能 1件（5,000円）", "全部の結果がそろいました"), ("2円", "True", "はい")),
        ("relief", "results", TAKEN | {"settled": False, "open": 3}, ("結果待ちがあと 3件",), ("そろいました", "3円")),
        ("relief", "transfer", {"batch": "K-1", "state": "sent", "next": "results"}, ("送信・引渡し済み", "次にすること：結果を入れる"), ("sent",)),
        ("relief", "profiles list", {"profiles": [BANK]}, ("振込依頼人コード、口座番号",), ("consignor_code",)),
        ("relief", "reconcile", {"batch": "K-1", "expected": 275_000}, ("帳簿の額: 275,000円",), ()),
        ("relief", "payees list", {"count": 1, "counts": {"all": 1}, "payees": [PAYEE]}, ("ゆうちょ 店番128", "T-1", "0000000011", "確認待ち"), ("entered",)),
        ("search", "", {"hits": [{"number": "1", "name": "架空", "id": "0191"}]}, ("番号",), ("id",)),
    ],
)  # fmt: skip
def test_each_verb_has_its_own_headings_and_words(
    verb: str, action: str, result: dict[str, Any], told: tuple[str, ...], untold: tuple[str, ...]
) -> None:
    text = format_result(verb, action, result)
    assert all(words in text for words in told), text
    assert not any(words in text for words in untold), text


def test_the_end_of_the_work_is_told_without_gaps_around_its_day() -> None:
    told = {"remaining": 12, "today": 3, "pace": 2.5, "days": 7, "finish": "2024-11-25", "at_todays_pace": "2024-11-26"}
    text = format_result("surveys", "daily", {"days": [], "surveys": told, "certificates": {**told, "today": 0, "at_todays_pace": None}})
    assert "なら11月25日（月）、" in text and "ペースなら11月26日（火）に終わる" in text and "なら11月25日（月）に終わる" in text, text
