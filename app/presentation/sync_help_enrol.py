"""The words of ``sync enrol``: help, headings and columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

NEW_DEVICE = "新しい端末にする"
_DEVICE = (
    "letters 4文字の記号、site 拠点、kind 種類、state 状態（active revoked）、mine この端末か、enrolled_at revoked_at 日時、"
    "known 失効のとき有効な記録の数、reason 理由、device site_id 番号。"
)
_LIST = (
    "結果：number 登録簿の番号、fingerprint 自治体の鍵の照合番号、confirmed 照合したか、holds_key この端末が鍵を持つか、"
    "here この端末（active revoked unknown）、devices。" + _DEVICE
)
HELP: Mapping[str, str] = {
    "sync.enrol": "端末の登録（自治体の鍵・依頼・受け入れ・失効）\n"
    "本部で create、拠点で request、本部で accept（依頼）、拠点で accept（登録のファイル）の順に、はじめに1度だけ行います。",
    "sync.enrol.create": "自治体の鍵と登録簿を作る（本部の端末で、はじめに1度。復元した本部でもう1度）\n" + _LIST,
    "sync.enrol.request": "この端末の登録を本部に依頼する\n"
    "小さなファイルを書くか、同じ内容の文字（text：QR 1つに入る長さ、lines：打ち込むときの行）を本部に伝えます。秘密は入っていません。\n"
    "結果：file letters device site kind、fingerprint 依頼の照合番号、text、lines。",
    "sync.enrol.request.out": "依頼を書くファイル（なければ文字だけ）",
    "sync.enrol.request.new_device": "新しい端末にしてから依頼する（記号の重なり・コピーされた端末・見つかった端末。お金と引換券は引継ぎが要ります）",
    "sync.enrol.accept": "本部では依頼を受け入れて登録のファイルを書き、拠点では登録のファイルを読み込む\n"
    "FILE は依頼か登録のファイル、またはその QR コードを撮った写真です。拠点で --fingerprint を付けないと、照合していない鍵として記録されます。\n"
    "結果：" + _DEVICE + "number fingerprint confirmed holds_key moved（次に開いたときから別の拠点の端末）、"
    "file text（本部で書いた登録）、replaced、warnings。",
    "sync.enrol.accept.file": "依頼か登録のファイル、またはその QR コードを撮った写真",
    "sync.enrol.accept.text": "打ち込んだ文字（FILE の代わりに）",
    "sync.enrol.accept.fingerprint": "相手の画面の照合番号（違えば止まります）",
    "sync.enrol.accept.out": "本部：登録のファイル（なければ依頼と同じフォルダの sasae-enrol-記号.txt）",
    "sync.enrol.accept.site": "本部：その端末が働く拠点の名前（なければ同じ名前の拠点か、依頼した端末の拠点）",
    "sync.enrol.accept.replaces": "本部：その端末の前の登録（復元・コピーの前）を失効にする。失効した端末が見つかったときは、その端末に残る記録も有効にする",
    "sync.enrol.accept.with_key": "本部：2台目の本部の端末に自治体の鍵も渡す",
    "sync.enrol.accept.again": "本部：もう登録した端末の登録のファイルを書き直す",
    "sync.enrol.confirm": "読み込んだあとで、自治体の鍵の照合番号を本部の画面と見比べたことを記録する\n" + _LIST,
    "sync.enrol.list": "登録されている端末の一覧\n" + _LIST,
    "sync.enrol.revoke": "端末を失効にする（紛失・盗難など。理由が要ります）\n"
    "本部が受け取っている記録は残り、それより後のその端末の記録は使われません。次のパッケージから、ほかの拠点にも伝わります。\n"
    "結果：" + _DEVICE + "vouchers その端末に割り当てた未払いの引換券、warnings。",
    "sync.enrol.revoke.device": "4文字の記号（または端末の番号、端末が1台だけの拠点の名前）",
}
_WORDS = {
    "letters": "記号", "site": "拠点", "kind": "種類", "state": "状態", "mine": "この端末", "enrolled_at": "登録", "revoked_at": "失効", "known": "有効な記録",
    "reason": "理由", "device": "端末", "site_id": "拠点の番号", "number": "登録簿の番号", "fingerprint": "照合番号", "confirmed": "照合済み",
    "holds_key": "自治体の鍵", "devices": "端末", "warnings": "注意", "file": "ファイル", "text": "文字", "lines": "打ち込む行", "moved": "拠点の変更",
    "here": "この端末", "request_fingerprint": "依頼の照合番号", "replaced": "失効にした前の端末", "vouchers": "未払いの引換券",
}  # fmt: skip
HEADS: Mapping[str, Mapping[str, str]] = {"sync enrol": _WORDS}
CODES: Mapping[str, Mapping[str, str]] = {"sync enrol": {"kind": "site.kind", "state": "device.state", "here": "device.state"}}
LISTS: Mapping[str, Sequence[str]] = {
    f"sync enrol {name} devices": ("letters", "site", "kind", "state", "mine", "enrolled_at", "revoked_at", "reason") for name in ("create", "list", "confirm")
}
TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {}
