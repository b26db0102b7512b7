"""What is asked about vouchers, refunds and boxes of cash."""

from __future__ import annotations

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec


def _reason(placeholder: str, *, required: bool = True) -> FieldSpec:
    return FieldSpec(key="reason", label="理由", kind="multiline", required=required, placeholder=placeholder)


_DEVICE = FieldSpec(key="device", label="拠点の端末の4文字", ime="latin", placeholder="例：K7QF（空ならこの端末）", width=14)
ASSIGN = FormSpec(
    key="voucher.assign",
    title="引換券を割り当てる",
    save="割り当てる",
    sections=(
        SectionSpec(
            note="割り当てた引換券は、その拠点の1台の端末だけが支払えます。4文字は、拠点のパソコンの「現金窓口 ▸ 引換券」の上に出ています。"
            "拠点も端末も空なら、この端末で支払えるようにします。",
            fields=(
                FieldSpec(key="site", label="拠点の名前", placeholder="例：見本小学校（空ならこの拠点）"),
                _DEVICE,
                FieldSpec(key="expires_on", label="支払の期限", kind="date", placeholder="なければ空"),
            ),
        ),
    ),
)
RECALL = FormSpec(
    key="voucher.recall",
    title="引換券の回収を頼む",
    save="回収を頼む",
    sections=(
        SectionSpec(
            note="この端末が持つものと、まだ持ち出していないものは、すぐ本部に戻ります。ほかの拠点のものは、その拠点から届いたファイルを「受け渡し」で取り込むまで、割り当て直せません。",
            fields=(_reason("例：避難所の閉鎖", required=False),),
        ),
    ),
)
GIVE_UP = FormSpec(
    key="voucher.give_up",
    title="引換券を本部へ返す",
    save="返す",
    sections=(
        SectionSpec(
            note="返した引換券は、この端末ではもう支払えません。「受け渡し」の持ち出しで本部に伝わります。",
            fields=(_reason("例：受取人が別の避難所へ移った", required=False),),
        ),
    ),
)
FREEZE = FormSpec(
    key="voucher.freeze",
    title="なくした端末の引換券を凍結する",
    save="凍結する",
    sections=(
        SectionSpec(
            note="凍結した引換券は、その端末のファイルやデータが見つかるか、2人で取り消すまで、誰にも割り当てられません。",
            fields=(
                FieldSpec(key="device", label="なくした端末の4文字", ime="latin", required=True, width=8),
                _reason("例：避難所の浸水で端末を失った"),
            ),
        ),
    ),
)
ADOPT = FormSpec(
    key="voucher.adopt",
    title="前のデータの引換券を引き継ぐ",
    save="引き継ぐ",
    sections=(
        SectionSpec(
            note="バックアップから復元した本部では、前のデータがそのあと何を割り当てたか分かりません。引き継いだ未払いの引換券は、全部凍結されます。"
            "全部の拠点のファイルを取り込み、それでも受領書が出てこないものを、2人で取り消します。",
            fields=(_reason("例：本部のパソコンが故障し、前日のバックアップから復元した"),),
        ),
    ),
)
VOID = FormSpec(
    key="voucher.void",
    title="引換券の取消を求める",
    save="取消を求める",
    sections=(
        SectionSpec(
            note="別の人が確認すると、この引換券は二度と支払えなくなり、同じ支給を別の決定簿で決め直せます。あとで受領書が見つかったときは、支払済みとして扱います。",
            fields=(_reason("例：端末が見つからず、受領書もない"),),
        ),
    ),
)
REFUND = FormSpec(
    key="cash.refund",
    title="返納を求める",
    save="返納を求める",
    sections=(
        SectionSpec(
            note="支払いを取り消すのではなく、お金を返してもらった記録を作ります。現金を受け取ったあと、別の操作者が確認します。",
            fields=(_reason("例：同じ名前の別の人に支払った"),),
        ),
    ),
)
CONFIRM_REFUND = FormSpec(
    key="cash.confirm_refund",
    title="返納を確認する",
    save="返納を確認する",
    sections=(
        SectionSpec(
            note="求めた人とは別の操作者が、現金が戻ったことを確かめ、自分の名前とパスワードで署名します。",
            fields=(
                FieldSpec(key="second", label="確認する人（操作者の名前）", required=True),
                FieldSpec(key="password", label="その人のパスワード", kind="password", required=True),
            ),
        ),
    ),
)
NEW_BOX = FormSpec(
    key="cash.box",
    title="金庫を作る",
    save="作る",
    sections=(SectionSpec(fields=(FieldSpec(key="name", label="金庫の名前", required=True, placeholder="例：金庫1、手提げ金庫A"),)),),
)
