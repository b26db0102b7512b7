"""What keeps this laptop from taking part in the exchange, in words, and the one step that comes next. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.presentation.messages import message
from app.usecases.context import Context
from app.usecases.enrolment import Municipality, show_municipality
from app.usecases.exchange import has_become_another


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``act`` is what the tab 端末の登録 does when sent there (``create request accept renew``), ``reopen`` to close and open the folder,
    "" where nothing is to be done. ``member``: packages can be written and taken in.
    """

    member: bool
    title: str = ""
    words: str = ""
    act: str = ""
    button: str = ""
    icon: str = "key"


_READY = Standing(member=True)
_NOT_YET = "この端末は、まだ受け渡しに登録されていません"


def read_standing(ctx: Context) -> Standing:
    """How this device stands now. Off the GUI thread."""
    if has_become_another(ctx, ctx.reads.settings):
        words = message("exchange.became_new")
        return Standing(
            member=False, title="この端末は新しい端末になりました", words=words, act="reopen", button="閉じて開き直す", icon="refresh"
        )
    return judge_standing(show_municipality(ctx), device=ctx.place.device_id, headquarters=ctx.place.site_kind == "hq")


def judge_standing(found: Municipality, *, device: str, headquarters: bool) -> Standing:
    """The same from what is known of the municipality."""
    if found.state == "active":
        alone = not any(one.active and one.device != device for one in found.devices)
        return _nobody() if alone and found.holds_key else _READY
    if found.state == "revoked":
        why = f"（{found.reason}）" if found.reason else ""
        return Standing(
            member=False, title="この端末は本部で失効になりました", button="新しい端末にして登録を依頼する…", act="renew", icon="refresh",
            words=f"本部で失効になっています{why}。記録はそのまま見られますが、受け渡しはできません。"
            "心当たりがないときは、先に本部に確かめてください。",
        )  # fmt: skip
    if found.holds_key:
        words = "復元などで新しい端末になったためです。もう一度「自治体の鍵を作る」を行うと、同じ鍵のまま登録されます。"
        return Standing(
            member=False, title="本部のこの端末は、まだ登録簿にありません", words=words, act="create", button="自治体の鍵を作る…"
        )
    if headquarters and not found.number:
        words = "本部では、はじめに1度だけ自治体の鍵を作ります。つぎに、避難所や窓口の端末から届く登録の依頼を受け入れると、USBメモリーで記録を受け渡せます。"
        return Standing(member=False, title=_NOT_YET, words=words, act="create", button="自治体の鍵を作る…")
    words = "登録の依頼を作り、USBメモリーか画面のQRコードで本部に渡します。本部から返る登録のファイルを読み込むと、受け渡しができます。"
    return Standing(member=False, title=_NOT_YET, words=words, act="request", button="この端末の登録を依頼する…")


def _nobody() -> Standing:
    return Standing(
        member=True, title="登録された拠点の端末が、まだありません", act="accept", button="依頼を受け入れる…", icon="take-in",
        words="避難所や窓口の端末で「この端末の登録を依頼」を開き、そのファイルかQRコードの写真をここで受け入れると、持ち出し・取り込みができます。",
    )  # fmt: skip
