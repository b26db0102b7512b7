"""Words of buildings, surveys, applications and certificates: those of the guideline's survey sheets and the unified form (DOMAIN 2, 3)."""

from __future__ import annotations

DAMAGE_WORDS: dict[str, dict[str, str]] = {
    "grade": {
        "total": "全壊", "large": "大規模半壊", "medium": "中規模半壊", "half": "半壊", "semi_half": "準半壊",
        "partial": "準半壊に至らない（一部損壊）", "none": "被害なし",
    },
    "building.use": {
        "dwelling": "住家（一戸建て）", "apartment": "住家（共同住宅）", "mixed": "住家（店舗等併用）", "vacant": "空き家", "barn": "納屋・倉庫",
        "business": "事業所・店舗", "public": "公共の建物", "vehicle": "車", "wall": "塀・門", "carport": "カーポート", "other": "その他",
    },
    "building.structure": {
        "wood": "木造", "prefab": "プレハブ", "steel": "鉄骨造", "light_steel": "軽量鉄骨造", "rc": "鉄筋コンクリート造", "src": "鉄骨鉄筋コンクリート造",
        "block": "ブロック造・石造", "other": "その他", "unknown": "不明",
    },
    "building.risk": {"inspected": "調査済（緑）", "limited": "要注意（黄）", "unsafe": "危険（赤）"},
    "occupancy.tenure": {"own": "持家", "rent": "借家", "company": "社宅", "public": "公営住宅", "free": "無償で借用", "unknown": "不明"},
    "victim.source": {"resident": "住民データ", "typed": "手入力", "file": "ファイル", "business": "事業者", "owner": "所有者（居住なし）"},
    "survey.hazard": {
        "earthquake": "地震", "flood_external": "水害（外力あり）", "flood_inland": "水害（内水・外力なし）", "wind": "風害",
        "liquefaction": "液状化等の地盤被害", "fire": "火災",
    },
    "survey.kind": {"first": "1次調査", "second": "2次調査", "re": "再調査"},
    "survey.method": {"field": "現地調査", "photo": "写真判定", "self": "自己判定", "area": "区域一括判定", "fire_service": "消防の調査", "other": "その他"},
    "survey.structure": {"wood": "木造・プレハブ", "rc": "非木造"},
    "survey.state": {"draft": "書きかけ", "entered": "確認待ち", "returned": "差戻し", "counted": "確定", "withdrawn": "取下げ"},
    "survey.decided_by": {
        "collapse": "一見して全壊", "tilt": "傾斜", "depth": "浸水深", "sinking": "潜り込み", "parts": "部位別の損傷", "floor_loss": "焼失・損壊した床面積",
        "none": "外観に損傷なし", "given": "ほかで判定", "area": "区域一括判定", "self": "自己判定",
    },
    "assignment.outcome": {"done": "調査済み", "absent": "不在", "refused": "辞退", "not_found": "見つからない", "unsafe": "危険で入れない"},
    "appeal.wants": {"second": "2次調査", "re": "再調査"},
    "appeal.state": {"open": "受付", "accepted": "調査する", "declined": "調査しない", "done": "調査済み"},
    "photo.clock": {"exif": "写真の記録", "file": "ファイルの日時", "none": "不明"},
    "photo.matched": {"qr": "QR", "number": "番号", "time": "撮影時刻", "hand": "手で選択"},
    "application.kind": {"damage": "罹災証明書", "report": "被災証明書（罹災届出証明書）"},
    "application.state": {
        "received": "受付", "awaiting": "調査待ち", "judged": "判定", "approved": "決裁", "issued": "交付", "closed": "取下げ・終了",
    },
    "application.applicant_role": {
        "self": "本人（世帯主）", "household": "同じ世帯の人", "agent": "代理人（委任状）", "kin": "親族", "owner": "所有者", "office": "職権",
    },
    "application.channel": {"counter": "窓口", "post": "郵送", "online": "オンライン", "outreach": "出張受付", "phone": "電話", "push": "一斉交付"},
    "application.purposes": {
        "relief_fund": "生活再建支援金", "donation": "義援金", "loan": "融資", "insurance": "保険", "tax": "税の減免", "fee": "保険料・使用料の減免",
        "housing": "仮設住宅・公営住宅", "repair": "応急修理", "school": "学校", "employer": "勤務先", "utility": "電気・ガス・水道", "other": "その他",
    },
    "application.objects": {
        "vehicle": "車", "wall": "塀・門", "carport": "カーポート", "barn": "納屋・倉庫", "goods": "家財", "business": "事業所・設備", "tomb": "墓石",
        "presence": "その場にいたこと", "other": "その他",
    },
    "certificate.state": {"issued": "交付", "superseded": "差替", "revoked": "取消"},
    "certificate_copy.reason": {"first": "初回", "additional": "追加", "reissue": "再交付", "misprint": "印刷の失敗", "replacement": "差替"},
    "form_design.state": {"draft": "下書き", "approved": "承認済み", "retired": "使わない"},
}  # fmt: skip

DAMAGE_SHORT: dict[str, dict[str, str]] = {
    "grade": {"partial": "一部損壊"},
    "survey.hazard": {"flood_external": "水害（外力）", "flood_inland": "水害（内水）", "liquefaction": "液状化"},
    "application.kind": {"report": "被災証明書"},
}  # fmt: skip

DAMAGE_ALIASES: dict[str, str] = {
    "survey.grade": "grade", "application.grade": "grade", "certificate.grade": "grade", "newer_grade": "grade", "certificate.newer_grade": "grade",
    "certificate.kind": "application.kind",
    "assignment.kind": "survey.kind", "purposes": "application.purposes", "seal_picture.state": "form_design.state",
    **{
        f"{kind}.deleted": "yesno"
        for kind in (
            "building", "victim", "victim_member", "occupancy", "survey", "team", "assignment", "appeal", "photo", "application",
            "certificate", "certificate_copy", "form_design", "seal_picture",
        )
    },
    **{
        name: "yesno"
        for name in (
            "building.collapsed", "victim.declared", "victim_member.protected", "occupancy.main", "application.proxy", "application.with_members",
            "application.self_judgement", "application.declared", "certificate.provisional", "certificate.declared",
        )
    },
    "victim_member.sex": "person.sex",
}  # fmt: skip

_COMMON = {"note": "備考", "deleted": "取り消し", "id": "番号", "version": "版"}
DAMAGE_FIELDS: dict[str, dict[str, str]] = {
    "building": {
        "number": "調査番号", "tax_no": "家屋番号（課税台帳）", "use": "用途", "name": "建物の名称", "owner_name": "所有者", "owner_kana": "所有者フリガナ",
        "owner_address": "所有者の住所", "owner_phone": "所有者の電話", "postal": "郵便番号", "address": "所在地", "district": "地区", "zone": "区域",
        "map_no": "地図番号", "lat": "緯度", "lon": "経度", "structure": "構造", "storeys": "階数", "floor_area": "延床面積（㎡）", "built": "建築年",
        "collapsed": "倒壊家屋", "danger": "危険についての注意", "risk": "応急危険度判定", "risk_on": "応急危険度判定の日", "risk_note": "応急危険度判定の備考",
        **_COMMON,
    },
    "victim": {
        "head_name": "世帯主氏名", "head_kana": "世帯主フリガナ", "head_birth": "世帯主生年月日", "postal": "郵便番号", "address": "世帯主住所",
        "district": "地区", "phone": "電話", "contact_address": "現在の連絡先住所", "snapshot_id": "住民データ", "resident_household": "世帯番号",
        "resident_no": "宛名番号", "source": "登録の元", "declared": "申告のみ", "matched_at": "住民データと照合した日時", **_COMMON,
    },
    "victim_member": {
        "victim_id": "被災世帯", "position": "順", "resident_id": "住民データとの結び付け", "resident_no": "宛名番号", "person_id": "避難者", "name": "氏名",
        "kana": "フリガナ", "birth": "生年月日", "sex": "性別", "relation": "続柄", "protected": "支援措置かもしれない人", **_COMMON,
    },
    "occupancy": {
        "building_id": "建物", "victim_id": "被災世帯", "tenure": "住まいの種類", "room": "部屋", "main": "生活の本拠", **_COMMON,
    },
    "survey": {
        "building_id": "建物", "disaster_id": "災害", "sheet": "調査票", "hazard": "災害の種類", "kind": "調査", "method": "方法", "edition": "指針の版",
        "structure": "構造の区分", "surveyed_on": "調査日", "started": "開始", "ended": "終了", "team_id": "班", "surveyors": "調査員", "inputs": "調査の内容",
        "points": "部位別の損害割合", "raw": "丸める前の合計", "total": "損害割合の合計", "grade": "被害の程度", "decided_by": "決め手", "state": "状態",
        "entered_by": "入力した人", "checked_by": "確認した人", "checked_at": "確認した日時", "check_note": "確認のことば", "reason": "理由",
        "appeal_id": "再調査の依頼", "act": "一括判定", **_COMMON,
    },
    "team": {"name": "班名", "members": "調査員", "from_town": "所属", **_COMMON},
    "assignment": {
        "building_id": "建物", "team_id": "班", "day": "予定日", "round": "回", "kind": "調査", "position": "順", "outcome": "結果", **_COMMON,
    },
    "appeal": {
        "building_id": "建物", "victim_id": "被災世帯", "wants": "求める調査", "asked_on": "依頼日", "asked_by": "依頼した人", "phone": "電話",
        "reason": "理由", "state": "状態", "answer": "回答", "survey_id": "調査", **_COMMON,
    },
    "photo": {
        "number": "写真番号", "turn": "回転", "building_id": "建物", "survey_id": "調査", "batch": "取り込み", "position": "順", "name": "ファイル名",
        "sha256": "元のファイルの照合値",
        "content": "保管名", "bytes": "元の大きさ", "width": "幅", "height": "高さ", "taken_at": "撮影日時", "clock": "日時の元", "lat": "緯度", "lon": "経度",
        "matched": "建物との対応", "caption": "説明", **_COMMON,
    },
    "application": {
        "number": "受付番号", "queue": "呼出番号", "kind": "証明書の種類", "state": "状態", "applied_on": "申請日", "channel": "受付方法",
        "applicant_name": "申請者", "applicant_kana": "申請者フリガナ", "applicant_birth": "申請者生年月日", "applicant_role": "申請者の区分",
        "proxy": "委任状", "identified": "本人確認", "phone": "連絡先の電話", "contact_postal": "連絡先の郵便番号", "contact_address": "連絡先の住所",
        "victim_id": "被災世帯", "building_id": "建物", "cause": "罹災原因", "damage": "被害の状況", "objects": "被災したもの", "purposes": "使いみち",
        "copies": "必要部数", "with_members": "世帯構成員を記載", "self_judgement": "自己判定に同意", "declared": "申告のみ", "survey_id": "調査",
        "grade": "被害の程度", "judged_at": "判定した日時", "approved_by": "決裁した人", "approved_at": "決裁した日時", "reason": "理由", **_COMMON,
    },
    "certificate": {
        "number": "証明書番号", "kind": "証明書の種類", "application_id": "申請", "victim_id": "被災世帯", "building_id": "建物", "survey_id": "調査",
        "grade": "被害の程度", "newer_grade": "差替後の被害の程度", "form": "様式", "form_version": "様式の版", "form_digest": "様式の照合値",
        "values": "記載内容", "code": "QRの内容",
        "issued_on": "発行日", "issued_at": "発行日時", "issued_by": "発行した人", "copies": "発行回数", "state": "状態", "superseded_by": "差替後の証明書",
        "ended_at": "差替・取消の日時", "reason": "理由", "provisional": "仮番号", "declared": "申告のみ", **_COMMON,
    },
    "certificate_copy": {
        "certificate_id": "証明書", "copy": "何枚目", "printed_at": "印刷日時", "printed_by": "印刷した人", "reason": "理由", "batch": "印刷のまとまり",
        "place": "印刷の順番", "papers": "印刷の枚数",
        "target": "出力先", **_COMMON,
    },
    "form_design": {
        "form": "様式", "number": "版", "title": "名前", "layout": "配置", "state": "状態", "made_by": "作った人", "approved_by": "承認した人",
        "approved_at": "承認日時", **_COMMON,
    },
    "seal_picture": {
        "name": "名前", "picture": "画像", "width": "幅（mm）", "state": "状態", "made_by": "登録した人", "approved_by": "承認した人", **_COMMON,
    },
}  # fmt: skip
