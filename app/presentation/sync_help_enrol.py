"""The words of ``sync enrol``: help, headings and columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

HELP: Mapping[str, str] = {
    "sync.enrol": "端末の登録（本部の鍵、依頼、受け入れ、失効）",
    "sync.enrol.create": "本部の鍵と登録簿を作る（本部の端末で、はじめに1度）",
    "sync.enrol.request": "この端末の登録を本部に依頼する（--out に小さなファイルを書き、同じ内容の文字も出します）",
    "sync.enrol.accept": "本部では依頼を受け入れて登録のファイルを書き、拠点では登録のファイルを受け取る",
    "sync.enrol.list": "登録されている端末の一覧",
    "sync.enrol.revoke": "端末を失効にする（紛失・盗難など。理由が要ります）",
}
HEADS: Mapping[str, Mapping[str, str]] = {}
CODES: Mapping[str, Mapping[str, str]] = {}
LISTS: Mapping[str, Sequence[str]] = {}
TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {}
