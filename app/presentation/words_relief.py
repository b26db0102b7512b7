"""Words of programmes, entitlements, payees, batches, transfers, vouchers and the books (DOMAIN 4, 5)."""

from __future__ import annotations

RELIEF_WORDS: dict[str, dict[str, str]] = {
    "programme.kind": {
        "livelihood": "被災者生活再建支援金", "condolence": "災害弔慰金", "disability": "災害障害見舞金", "sympathy": "見舞金", "loan": "災害援護資金（貸付）",
        "repair": "応急修理（現物）", "donation": "義援金", "exemption": "減免", "other": "その他",
    },
    "programme.state": {"open": "実施中", "closed": "終了"},
    "programme.increments": {"round": "回ごとに加算", "total": "総額との差額"},
    "relief_round.state": {"draft": "準備中", "open": "受付・支給中", "closed": "終了"},
    "unit": {"household": "世帯", "person": "人"},
    "criterion": {"any": "問わない", "yes": "はい", "no": "いいえ"},
    "loan.every": {"1": "年賦（年1回）", "2": "半年賦（年2回）", "12": "月賦（毎月）"},
    "harm": {
        "dead": "死亡", "related_death": "災害関連死", "missing": "行方不明", "serious": "重傷", "light": "軽傷", "disability": "災害による障害",
    },
    "breadwinner": {"yes": "はい", "no": "いいえ", "unknown": "まだ分からない"},
    "casualty.state": {"reported": "届出・未確認", "confirmed": "確認済み", "withdrawn": "取下げ"},
    "claim.method": {"": "―", "build": "建設・購入", "repair": "補修", "rent": "賃借"},
    "claim.state": {"received": "受付", "waiting": "書類待ち", "complete": "書類確認済み", "declined": "辞退", "withdrawn": "取下げ"},
    "entitlement.state": {"open": "対象", "declined": "辞退", "ended": "対象外になった"},
    "entitlement.flag": {"": "", "over": "過払い", "less": "減額", "raised": "差額あり"},
    "entitlement.progress": {
        "open": "未支給", "planned": "決定手続き中", "approved": "承認済み", "sent": "振込中", "voucher": "引換券", "paid": "支給済み", "failed": "不能",
        "declined": "辞退", "ended": "対象外",
    },
    "wants": {"payee": "受取人", "account": "口座", "check": "口座の確認", "documents": "書類", "claim": "申請", "certificate": "罹災証明書"},
    "loan.state": {"running": "返済中", "finished": "完済", "exempted": "免除", "deferred": "猶予"},
    "payee.role": {
        "self": "本人", "head": "世帯主", "spouse": "配偶者", "child": "子", "parent": "父母", "grandchild": "孫", "grandparent": "祖父母",
        "sibling": "兄弟姉妹", "guardian": "後見人・親権者", "agent": "代理人", "apart": "別居の人（特例）", "contractor": "業者",
    },
    "payee.state": {"active": "使用中", "ended": "使わない"},
    "way": {"transfer": "口座振込", "cash": "現金", "in_kind": "現物（業者へ支払）"},
    "account.kind": {"1": "普通", "2": "当座", "4": "貯蓄", "9": "その他"},
    "payee_account.state": {
        "entered": "確認待ち", "checked": "確認済み", "wrong": "誤り", "closed": "解約", "deceased": "名義人死亡", "retired": "使わない",
    },
    "payment_batch.state": {
        "draft": "作成中", "checked": "確認済み", "approved": "承認済み", "sent": "送信・引渡し済み", "settled": "結果そろう", "returned": "差戻し",
        "cancelled": "取りやめ",
    },
    "payment.state": {
        "planned": "予定", "approved": "承認済み", "sent": "振込中", "paid": "支給済み", "failed": "不能", "recalled": "組戻し", "refunded": "返納",
        "void": "取消",
    },
    "payment.failure": {
        "": "", "no_account": "該当口座なし", "name": "氏名相違", "closed": "解約", "deceased": "名義人死亡", "stopped": "取引停止", "recalled": "組戻し",
        "cancelled": "依頼人が取消", "other": "その他",
    },
    "transfer_file.state": {
        "asked": "再出力の依頼中", "allowed": "再出力の承認済み", "written": "出力済み", "handed": "銀行へ引渡し済み", "discarded": "破棄",
    },
    "consignor": {
        "consignor_code": "振込依頼人コード", "consignor_kana": "振込依頼人名（カナ）", "bank": "銀行番号", "bank_kana": "銀行名（カナ）", "branch": "支店番号",
        "branch_kana": "支店名（カナ）", "account_kind": "預金種目", "account_number": "口座番号",
    },
    "transfer.next": {
        "write": "ファイルを書き出す", "ask_again": "再出力を依頼する（別の端末の決定簿）", "allow": "再出力の承認を待つ", "write_again": "再出力する",
        "hand_over": "銀行へ渡して記録する", "results": "結果を入れる", "retry": "不能の分を再支給する", "reconcile": "明細と照合する", "": "完了",
        "fix_account": "口座を訂正する", "check_account": "口座を確認する（別の人）", "wait": "再支給の手続き中", "done": "再支給で支給済み",
    },
    "voucher.state": {
        "ready": "未割当", "assigned": "割当済み", "recalled": "回収依頼中", "released": "返却待ち", "paid": "支払済み", "refunded": "返納",
        "void": "取消", "frozen": "凍結（端末紛失）",
    },
    "money_home.state": {"asked": "引継ぎの確認待ち", "current": "お金を扱う端末", "past": "前の端末", "refused": "引継ぎの取りやめ"},
    "receipt.kind": {"payment": "支払", "refund": "返納"},
    "receipt.state": {"done": "完了", "asked": "返納の確認待ち", "refused": "返納の取りやめ"},
    "identified": {
        "card": "マイナンバーカード", "licence": "運転免許証", "passport": "パスポート", "insurance": "資格確認書・保険証", "certificate": "罹災証明書など2点",
        "known": "職員が面識あり", "witness": "民生委員などの証言", "other": "その他", "voucher": "引換券と氏名・生年月日",
        "none": "確認の記載なし",
    },
    "cash_box.state": {"open": "使用中", "closed": "使わない"},
    "cash_count.kind": {"open": "開始時", "close": "終了時", "in": "受入", "out": "払出"},
    "posting.account": {
        "source": "財源", "hq": "本部の資金", "site": "拠点の資金", "transit": "銀行で処理中", "paid": "支給", "refunded": "返納・組戻し",
        "returned": "財源へ返還", "fee": "振込手数料", "difference": "現金過不足", "overpaid": "過払いの返還待ち", "reclaimed": "過払いの調整",
        "loans": "貸付金",
        "lent": "貸付金の見返り", "interest": "利子・違約金", "committed": "支給決定（未払い）", "commitments": "支給決定の見返り",
    },
    "posting.kind": {
        "budget": "財源の受入", "budget_returned": "財源へ返還", "allotment": "拠点へ交付", "allotment_back": "拠点から戻入", "approved": "支給決定",
        "released": "決定の取消", "sent": "銀行へ依頼", "paid": "振込済み", "failed": "振込不能", "recalled": "組戻し", "cash_paid": "現金で支給",
        "refund": "現金で返納", "difference": "過不足", "fee": "手数料", "overpaid": "過払いの計上", "overpaid_returned": "過払いの返還", "loan": "貸付",
        "loan_repaid": "貸付の返済", "loan_exempted": "償還免除", "reversal": "取消の仕訳",
    },
    "report.by": {"round": "回別", "category": "区分別", "district": "地区別", "site": "拠点別", "day": "日別"},
}  # fmt: skip

RELIEF_SHORT: dict[str, dict[str, str]] = {
    "identified": {
        "card": "マイナカード", "licence": "免許証", "passport": "旅券", "insurance": "資格確認書", "certificate": "証明書2点", "known": "面識",
        "witness": "証言", "voucher": "引換券・氏名", "none": "記載なし",
    },
    "programme.kind": {"livelihood": "再建支援金", "condolence": "弔慰金", "disability": "障害見舞金", "loan": "援護資金", "repair": "応急修理"},
    "way": {"transfer": "振込", "in_kind": "現物"},
    "payment_batch.state": {"sent": "送信済み"},
    "payee.role": {"guardian": "後見人", "apart": "別居"},
}  # fmt: skip

RELIEF_RECORDS: dict[str, str] = {
    "programme": "支援制度", "relief_round": "配分の回", "relief_rule": "支給の決まり", "casualty": "人的被害", "claim": "支援の申請",
    "entitlement": "支給対象", "loan": "貸付", "repayment": "返済", "payee": "受取人", "payee_account": "口座", "own_bank": "金融機関の追加・訂正",
    "payment_batch": "支給決定簿", "payment": "支給", "payment_share": "支給の内訳", "transfer_file": "振込ファイル", "transfer_result": "振込結果",
    "reconciliation": "照合", "voucher": "引換券", "receipt": "受領書", "cash_box": "金庫", "cash_count": "現金の確認", "posting": "仕訳",
    "approval_limit": "承認の限度額", "money_home": "お金を扱う本部の端末",
}  # fmt: skip
RELIEF_RIGHTS: dict[str, str] = {
    "claim": "支援の申請・受取人・口座の入力", "check_account": "口座の確認", "programmes": "支援制度の設定", "relief": "支給の計算・決定簿・振込・引換券",
    "pay": "現金の支払い", "ledger": "収支の閲覧", "check_money": "支給決定簿の確認", "approve_money": "支給の承認", "limits": "承認の限度額の設定",
}  # fmt: skip
RELIEF_PAGES: dict[str, str] = {
    "programmes": "支援制度", "relief": "支給", "cash": "現金窓口", "transfers": "振込", "ledger": "収支",
}  # fmt: skip

_KINDS = tuple(RELIEF_RECORDS)
RELIEF_ALIASES: dict[str, str] = {
    "relief_rule.unit": "unit", "entitlement.unit": "unit", "casualty.harm": "harm", "casualty.sex": "person.sex", "entitlement.wants": "wants",
    "payee.way": "way", "payment.way": "way", "payment_batch.way": "way", "payee_account.kind": "account.kind",
    "payment.account_kind": "account.kind", "receipt.identified": "identified",
    **{f"{kind}.deleted": "yesno" for kind in _KINDS},
    **{
        name: "yesno"
        for name in (
            "programme.needs_claim", "programme.needs_certificate", "casualty.breadwinner", "claim.demolished", "claim.evacuated_long",
            "claim.head_injured", "claim.goods_lost", "claim.dwelling_lost", "claim.site_damaged", "claim.apart",
            "payee_account.listed", "payee.protected",
            "payment_batch.guarded", "payment_share.live",
            "voucher.guarded",
        )
    },
}  # fmt: skip

_COMMON = {"note": "備考", "deleted": "取り消し", "id": "番号", "version": "版"}
_PLACE = {"programme_id": "支援制度", "round_id": "回"}
_WHO = {"name": "氏名", "kana": "フリガナ", "birth": "生年月日", "address": "住所", "district": "地区"}
_LINKS = {"victim_id": "被災世帯", "person_id": "避難者", "resident_id": "住民データとの結び付け", "resident_no": "宛名番号"}
_BANK = {
    "bank": "銀行コード", "branch": "支店コード", "bank_name": "銀行名", "branch_name": "支店名", "holder": "口座名義カナ（通帳のとおり）",
}  # fmt: skip
RELIEF_FIELDS: dict[str, dict[str, str]] = {
    "programme": {
        "code": "略号", "title": "名称", "kind": "種類", "payer": "支給の主体・財源", "law": "根拠", "source": "金額の出典", "sure": "確かさ",
        "increments": "回の金額の意味", "needs_claim": "申請が必要", "needs_certificate": "罹災証明書が必要", "documents": "必要書類", "starts_on": "開始日",
        "deadline": "申請期限", "budget": "予算（円）", "terms": "条件", "digest": "ファイルの照合値", "state": "状態", **_COMMON,
    },
    "relief_round": {
        "programme_id": "支援制度", "code": "回", "title": "名称", "decided_on": "決定日", "as_of": "基準日", "opens_on": "開始日", "deadline": "期限",
        "budget": "予算（円）", "documents": "必要書類", "state": "状態", **_COMMON,
    },
    "relief_rule": {
        "round_id": "回", "position": "順", "category": "区分", "title": "名称", "unit": "単位", "criteria": "条件", "amount": "金額（円）",
        "single": "単身世帯の割合", "group": "組", "benefit": "減免の内容", **_COMMON,
    },
    "casualty": {
        "number": "番号", **_WHO, "sex": "性別", "harm": "被害", "harmed_on": "日付", "breadwinner": "生計維持者", **_LINKS, "document": "確認した書類",
        "state": "状態", "entered_by": "入力した人", "confirmed_by": "確認した人", **_COMMON,
    },
    "claim": {
        "number": "受付番号", **_PLACE, "victim_id": "被災世帯", "casualty_id": "人的被害", "resident_no": "宛名番号", "claimed_on": "申請日",
        "claimed_by": "申請者", "method": "再建の方法", "demolished": "解体", "evacuated_long": "長期避難", "household_size": "世帯の人数",
        "income": "世帯の所得（円）", "requested": "申請・請求の額（円）", "head_injured": "世帯主の負傷", "goods_lost": "家財の3分の1以上の損害",
        "dwelling_lost": "住居の全体の滅失", "site_damaged": "敷地の被害",
        "contractor_id": "業者", "documents": "受け取った書類", "apart": "別の世帯として扱う", "members": "対象の人", "state": "状態", "reason": "理由",
        **_COMMON,
    },
    "entitlement": {
        "number": "対象番号", **_PLACE, "unit": "単位", "subject": "対象の照合値", "aliases": "対象の別の照合値", "household": "世帯の照合値", **_LINKS,
        "casualty_id": "人的被害", "claim_id": "申請", **_WHO, "category": "区分", "lines": "内訳", "basis": "計算の根拠", "due": "支給額（円）",
        "before": "すでに支給した額（円）", "over": "過払いの額（円）", "returned": "返還された過払い（円）", "flag": "注意", "wants": "足りないもの",
        "state": "状態",
        "calculated_at": "計算した日時", "declined_on": "辞退の日", "document": "辞退届など", "reason": "理由", **_COMMON,
    },
    "loan": {
        "number": "貸付番号", "entitlement_id": "支給対象", "payment_id": "支給", "victim_id": "被災世帯", "borrower": "借受人", "guarantor": "保証人",
        "principal": "貸付額（円）", "rate": "利率（年%）", "lent_on": "貸付日", "years": "償還期間（年）", "grace_years": "据置期間（年）",
        "every": "1年の返済回数", "state": "状態", "reason": "理由", **_COMMON,
    },
    "repayment": {
        "loan_id": "貸付", "paid_on": "返済日", "amount": "返済額（円）", "interest": "うち利子（円）", "late": "うち違約金（円）", "way": "方法",
        "reverses": "取り消した返済", **_COMMON,
    },
    "payee": {
        "subject": "対象の照合値", "programme_id": "支援制度", **{k: v for k, v in _LINKS.items() if k != "resident_id"}, "role": "対象との関係",
        "name": "氏名",
        "kana": "フリガナ", "birth": "生年月日", "postal": "郵便番号", "address": "住所", "phone": "電話", "way": "受取方法", "account_id": "口座",
        "consent": "同意の確認", "documents": "受け取った書類", "protected": "支援措置の対象者", "state": "状態", "reason": "理由", **_COMMON,
    },
    "payee_account": {
        "payee_id": "受取人", **_BANK, "kind": "預金種目", "number": "口座番号", "symbol": "ゆうちょ記号", "symbol_no": "ゆうちょ番号",
        "listed": "金融機関の一覧にある", "list_day": "一覧の日付", "photo": "通帳の写真", "state": "状態", "entered_by": "入力した人",
        "checked_by": "確認した人", "checked_at": "確認した日時", "warnings": "注意", "reason": "理由", **_COMMON,
    },
    "own_bank": {
        "bank": "銀行コード", "branch": "支店コード", "name": "名称", "kana": "カナ", "closed_on": "廃止日", "moved_to": "移った先の支店コード", **_COMMON,
    },
    "payment_batch": {
        "number": "決定簿番号", **_PLACE, "way": "支給の方法", "title": "名称", "state": "状態", "count": "件数", "total": "合計（円）",
        "digest": "内容の照合値",
        "guarded": "支援措置の対象者", "device_id": "作成した端末", "site_id": "拠点", "retry_of": "元の決定簿", "prepared_by": "作成した人",
        "prepared_at": "作成日時", "checked_by": "確認した人", "checked_at": "確認日時", "approved_by": "承認した人", "approved_at": "承認日時",
        "transfer_on": "振込指定日", "reason": "理由", **_COMMON,
    },
    "payment": {
        "number": "支給番号", "code": "顧客コード", "batch_id": "決定簿", **_PLACE, "position": "順", "way": "支給の方法", "payee_id": "受取人",
        "account_id": "口座", **_WHO, "category": "区分", **_BANK, "account_kind": "預金種目", "account_number": "口座番号", "amount": "金額（円）",
        "state": "状態", "failure": "不能の理由", "reason": "理由", "retry_of": "元の支給", "paid_on": "支給日", "entry": "仕訳", **_COMMON,
    },
    "payment_share": {
        "payment_id": "支給", "batch_id": "決定簿", "entitlement_id": "支給対象", "part": "何回目", "amount": "金額（円）", "live": "有効", **_COMMON,
    },
    "transfer_file": {
        "batch_id": "決定簿", "part": "何枚目", "parts": "枚数", "again": "再出力の回数", "name": "ファイル名", "profile": "銀行の設定",
        "transfer_on": "振込指定日", "settings": "銀行の設定の控え", "sha256": "照合値", "count": "件数", "total": "合計（円）", "bytes": "大きさ",
        "state": "状態", "asked_by": "依頼した人",
        "allowed_by": "承認した人", "written_by": "出力した人", "written_at": "出力日時", "handed_at": "引渡し日時", "reason": "理由", **_COMMON,
    },
    "transfer_result": {
        "batch_id": "決定簿", "sha256": "照合値", "name": "ファイル名", "profile": "銀行の設定", "paid": "支給済みの件数", "paid_total": "支給済みの額（円）",
        "failed": "不能の件数", "failed_total": "不能の額（円）", "taken_at": "取込日時", "taken_by": "取り込んだ人", **_COMMON,
    },
    "reconciliation": {
        "batch_id": "決定簿", "day": "日付", "statement": "通帳・明細の額（円）", "expected": "帳簿の額（円）", "difference": "差（円）", "fee": "手数料（円）",
        "explanation": "差の説明", "done_by": "照合した人", **_COMMON,
    },
    "voucher": {
        "number": "引換券番号", "payment_id": "支給", "batch_id": "決定簿", **_PLACE, "payee_id": "受取人", "title": "件名", **_WHO,
        "category": "区分", "amount": "金額（円）", "guarded": "支援措置の対象者",
        "site_id": "割当先", "device_id": "支払う端末", "home_device": "割り当てた端末", "term": "割当の回数",
        "state": "状態", "assigned_at": "割当日時", "expires_on": "期限", "asked_by": "取消を求めた人",
        "carried": "ファイルで届けた割当", "reason": "理由", **_COMMON,
    },
    "receipt": {
        "number": "受領書番号", "kind": "種類", "voucher_id": "引換券", "payment_id": "支給", **_PLACE, "term": "割当の回数", "amount": "金額（円）",
        "paid_at": "日時", "day": "日付", "clerk": "支払った人", "second": "立ち会った人", "site_id": "拠点", "device_id": "端末", "box_id": "金庫",
        "received_by": "受け取った人", "relation": "受取人との関係", "identified": "本人確認", "copies": "印刷回数", "state": "状態", "reverses": "元の受領書",
        "entry": "仕訳", "reason": "理由", **_COMMON,
    },
    "cash_box": {"name": "金庫", "site_id": "拠点", "state": "状態", **_COMMON},
    "cash_count": {
        "box_id": "金庫", "kind": "種類", "day": "日付", "counted_at": "日時", "clerk": "数えた人", "second": "立ち会った人", "pieces": "金種",
        "total": "合計（円）", "expected": "帳簿の額（円）", "difference": "差（円）", "explanation": "差の説明", "entry": "仕訳", **_COMMON,
    },
    "posting": {
        "entry": "仕訳", "line": "行", "kind": "種類", "day": "日付", "posted_at": "記帳日時", "account": "勘定", "amount": "金額（円）", "count": "件数",
        **_PLACE, "site_id": "拠点", "category": "区分", "district": "地区", "batch_id": "決定簿", "payment_id": "支給", "reverses": "取り消した仕訳",
        "second": "立ち会った人", "memo": "摘要", **_COMMON,
    },
    "approval_limit": {"role": "役割", "most_total": "決定簿の合計の限度（円）", "most_single": "1件の限度（円）", **_COMMON},
    "money_home": {
        "device_id": "端末", "state": "状態", "since": "いつから", "previous": "前の端末", "asked_by": "引継ぎを求めた人", "asked_at": "求めた日時",
        "confirmed_by": "引継ぎを確認した人", "reason": "理由", **_COMMON,
    },
}  # fmt: skip
