"""What is asked about devices: why one is revoked, which fingerprint headquarters reads out."""

from __future__ import annotations

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec

REVOKE = FormSpec(
    key="device.revoke",
    title="端末を失効にする",
    save="失効にする",
    sections=(
        SectionSpec(
            note="本部が受け取っている記録は残ります。それより後のその端末の記録は、どこでも取り込まれなくなります。その端末のパッケージがまだ手元にあるときは、"
            "先に「受け渡し」で取り込んでください。失効は、次のパッケージからほかの拠点に伝わります。取り消せません（見つかった端末は、新しい端末として登録し直せます）。",
            fields=(
                FieldSpec(
                    key="reason", label="理由", kind="multiline", required=True, placeholder="例：1月5日に避難所で盗まれた。警察に届け出済み",
                ),
            ),
        ),
    ),
)  # fmt: skip
COMPARE = FormSpec(
    key="device.compare",
    title="自治体の鍵を照合する",
    save="照合した",
    sections=(
        SectionSpec(
            note="本部に電話などで照合番号を読み上げてもらい、そのまま入力してください。この画面の番号を写さないでください。",
            fields=(FieldSpec(key="fingerprint", label="本部の照合番号（16文字）", required=True, placeholder="ABCD-EFGH-JKMN-PQRS"),),
        ),
    ),
)
