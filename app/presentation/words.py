"""The word lists behind ``labels``: codes, fields of records, pages. Order within a list is the order of choices."""

from __future__ import annotations

from app.presentation.words_damage import DAMAGE_ALIASES, DAMAGE_FIELDS, DAMAGE_SHORT, DAMAGE_WORDS
from app.presentation.words_exchange import EXCHANGE_PAGES, EXCHANGE_RIGHTS, EXCHANGE_WORDS
from app.presentation.words_relief import (
    RELIEF_ALIASES,
    RELIEF_FIELDS,
    RELIEF_PAGES,
    RELIEF_RECORDS,
    RELIEF_RIGHTS,
    RELIEF_SHORT,
    RELIEF_WORDS,
)

WORDS: dict[str, dict[str, str]] = {
    "yesno": {"yes": "はい", "no": "いいえ"},
    "site.kind": {"hq": "災害対策本部", "desk": "窓口", "shelter": "避難所"},
    "shelter.kind": {
        "designated": "指定避難所", "welfare": "福祉避難所", "voluntary": "自主避難所", "transit15": "1.5次避難所",
        "secondary": "2次避難所", "outreach": "在宅・車中の受付",
    },
    "hazard": {
        "flood": "洪水", "landslide": "崖崩れ・土石流・地滑り", "storm_surge": "高潮", "earthquake": "地震", "tsunami": "津波",
        "fire": "大規模な火事", "inland_flood": "内水氾濫", "volcano": "火山現象",
    },
    "person.sex": {"male": "男", "female": "女", "other": "その他・無回答", "unknown": "不明"},
    "person.source": {
        "resident": "住民データ", "visitor": "市外からの来訪者", "unregistered": "住民データにない人", "baby": "生まれたばかりの子",
        "pet_only": "ペットのみ", "anonymous": "氏名を言わない人", "file": "名簿ファイル",
    },
    "stay.category": {
        "inside": "避難所内", "tent": "テント", "car": "車中", "home": "在宅", "kin": "親戚・知人宅", "hotel": "ホテル・旅館（2次）",
        "transit15": "1.5次避難所", "welfare": "福祉避難所", "hospital": "病院", "other": "その他", "unknown": "不明",
    },
    "stay.destination": {
        "home": "自宅", "kin": "親戚・知人宅", "car": "車中泊", "secondary": "2次避難所", "shelter": "別の避難所", "hospital": "病院",
        "facility": "福祉施設", "temporary_housing": "応急仮設住宅", "rental": "賃貸・みなし仮設", "wide_area": "市外・広域避難",
        "dead": "死亡", "other": "その他", "unknown": "不明",
    },
    "stay.reception": {"counter": "窓口", "card": "避難者カード", "file": "名簿ファイル", "paper": "紙の名簿", "phone": "電話"},
    "absence.kind": {"outing": "外出", "overnight": "外泊"},
    "person.needs": {
        "elderly": "高齢", "care": "要介護", "physical": "身体障害", "intellectual": "知的障害", "mental": "精神障害",
        "developmental": "発達障害", "pregnant": "妊産婦", "infant": "乳幼児", "respirator": "人工呼吸器", "dialysis": "人工透析",
        "oxygen": "在宅酸素", "medical_other": "その他の医療的ケア", "intractable": "難病", "allergy": "アレルギー",
        "medication": "服薬", "language": "外国語・通訳", "single_parent": "ひとり親", "other": "その他",
    },
    "person.injury": {"none": "なし", "light": "軽傷", "serious": "重傷", "ill": "疾病", "unknown": "不明"},
    "household.house_damage": {
        "total": "全壊", "large": "大規模半壊", "medium": "中規模半壊", "half": "半壊", "semi_half": "準半壊", "partial": "一部損壊",
        "above_floor": "床上浸水", "below_floor": "床下浸水", "none": "被害なし", "unknown": "不明",
    },
    "consent": {"yes": "同意する", "no": "同意しない", "unasked": "未確認"},
    "roster.consent": {
        "kin": "親族・同居者への回答", "acquaintance": "知人への回答", "public": "それ以外への回答・公表", "board": "名簿の掲示", "web": "Webでの公表",
        "share": "自治体・支援団体への提供",
    },
    "headcount.method": {"phone": "電話", "paper": "紙", "visit": "巡回", "file": "ファイル", "listing": "公表された一覧", "other": "その他"},
    "spell.source": {"manual": "手入力", "listing": "公表された一覧"},
    "decision": {"same": "同じ人", "different": "別の人"},
    "duplicate.reason": {
        "same_resident": "同じ住民データに結び付いている", "name_and_birth": "氏名と生年月日が同じ", "kana_and_birth": "フリガナと生年月日が同じ",
        "name_birth_near": "氏名が同じで、生年月日も合いそう", "name_only": "氏名が同じ（生年月日が不明）",
        "near_name_and_birth": "生年月日が同じで、氏名がよく似ている", "name_and_address": "氏名と住所か電話が同じ（生年月日が不明）",
    },
    "protection.state": {"overdue": "期間切れ", "ending": "まもなく終了", "running": "期間内", "released": "解除"},
    "protection.role": {"applicant": "申出者", "companion": "併せて求める者"},
    "protection.still": {
        "import": "住民データの支援措置の欄", "person": "避難者の記録の印", "measure": "別の支援措置", "same": "同じ人とされた別の記録",
    },
    "age_band": {
        "infant": "0～2歳", "preschool": "3～5歳", "school": "6～14歳", "youth": "15～17歳", "adult": "18～64歳", "senior": "65～74歳",
        "elder": "75歳以上",
    },
    "role": {
        "admin": "管理", "shelter": "避難所", "desk": "窓口", "survey": "調査", "accounting": "会計", "approval": "承認",
        "view": "閲覧",
        "protected": "支援措置",
    },
    "right": {
        "view": "閲覧", "password": "自分のパスワードの変更", "register": "避難者の登録", "headcount": "避難者数の報告",
        "export": "書き出し",
        "print": "印刷", "backup": "控えの作成", "link": "住民データとの結び付け", "shelters": "避難所の管理",
        "residents": "住民データの取り込み",
        "operators": "操作者の管理", "settings": "設定の変更", "audit": "記録の閲覧", "see_protected": "支援措置対象者の閲覧",
        "protect": "支援措置の登録・延長", "unprotect": "支援措置の解除", "survey": "調査の入力", "check_survey": "調査結果の確認",
        "apply": "証明書の申請受付", "issue": "証明書の発行", "approve": "決裁", "forms": "様式の作成", "seal": "公印の使用・様式の承認",
        **RELIEF_RIGHTS, **EXCHANGE_RIGHTS,
    },
    "status": {"none": "避難の登録なし", "staying": "避難中", "left": "退所", "dead": "死亡"},
    "presence": {"in": "避難中", "out": "退所した人", "all": "すべて"},
    "hit": {"resident": "住民データ", "person": "避難者"},
    "plan": {"new": "新規", "update": "更新", "unchanged": "変更なし", "review": "要確認", "error": "エラー"},
    "severity": {"error": "エラー", "warning": "警告", "info": "情報"},
    "record": {
        "disaster": "災害", "site": "拠点", "operator": "操作者", "shelter": "避難所", "shelter_spell": "開設期間", "spell": "開設期間",
        "headcount": "避難者数の報告", "household": "世帯", "person": "避難者", "stay": "滞在", "absence": "外出・外泊",
        "decision": "同一人の判断", "person_decision": "同一人の判断", "snapshot": "住民データ", "setting": "設定",
        "protection": "支援措置",
        "building": "建物", "victim": "被災世帯", "victim_member": "被災世帯の人", "occupancy": "居住・使用", "survey": "調査", "team": "調査班",
        "assignment": "調査の予定", "appeal": "再調査の依頼", "photo": "写真", "application": "申請", "certificate": "証明書",
        "certificate_copy": "証明書の印刷", "form_design": "様式", "seal_picture": "公印", "character": "登録した文字",
        **RELIEF_RECORDS,
    },
    "journal.action": {"create": "登録", "update": "変更", "scrub": "消去"},
    "access.action": {
        "search": "検索", "view": "閲覧", "print": "印刷", "export": "書き出し", "publish": "公表", "import": "取り込み",
        "backup": "控え",
        "restore": "復元", "open": "開始", "history": "履歴の閲覧", "sync": "受け渡し", "provide": "提供",
        "key": "証明書の鍵", "lookup": "申請の問い合わせ", "lookup_refused": "申請の問い合わせ（合わない）",
        "verify": "証明書の確認",
    },
    "page": {
        "home": "ホーム", "search": "検索", "shelters": "避難所", "evacuees": "避難者", "roster": "名簿", "residents": "住民データ",
        "surveys": "家屋・調査", "certificates": "証明書", "forms": "様式", **RELIEF_PAGES, **EXCHANGE_PAGES, "history": "履歴・記録", "settings": "設定",
    },
    "view": {"standard": "標準", "full": "すべての項目", "compact": "印刷用（せまい）", "publishable": "掲示用", "collapsed": "倒壊家屋", "plan": "班の予定"},
    "theme": {"system": "パソコンの設定に合わせる", "light": "明るい", "dark": "暗い"},
    "text_size": {"normal": "標準", "large": "大きい", "larger": "とても大きい"},
}  # fmt: skip

SHORT: dict[str, dict[str, str]] = {
    "person.sex": {"other": "他", "unknown": "―"},
    "shelter.kind": {
        "designated": "指定", "welfare": "福祉", "voluntary": "自主", "transit15": "1.5次", "secondary": "2次", "outreach": "受付",
    },
    "stay.category": {"inside": "所内", "kin": "親戚等", "hotel": "ホテル", "transit15": "1.5次", "welfare": "福祉"},
    "consent": {"yes": "可", "no": "否", "unasked": "未"},
    "person.needs": {
        "care": "介護", "physical": "身体", "intellectual": "知的", "mental": "精神", "developmental": "発達", "respirator": "呼吸器",
        "dialysis": "透析", "oxygen": "酸素", "medical_other": "医療", "language": "通訳",
    },
}  # fmt: skip

_CONSENTS = ("consent_kin", "consent_acquaintance", "consent_public", "consent_board", "consent_web", "consent_share")
_FLAGS = (
    "household.power_out",
    "household.water_out",
    "person.protected",
    "stay.pending",
    "disaster.training",
    "operator.disabled",
    *(
        f"{kind}.deleted"
        for kind in ("disaster", "site", "operator", "shelter", "spell", "headcount", "household", "person", "stay", "absence")
    ),
)
ALIASES: dict[str, str] = {
    "sex": "person.sex", "category": "stay.category", "destination": "stay.destination", "reception": "stay.reception",
    "needs": "person.needs", "injury": "person.injury", "house_damage": "household.house_damage", "site_kind": "site.kind",
    "shelter.hazards": "hazard", "hazards": "hazard", "source": "person.source", "operator.roles": "role", "roles": "role",
    "decision.decision": "decision", "person_decision.decision": "decision", "method": "headcount.method", "action": "journal.action",
    **{f"person.{name}": "consent" for name in _CONSENTS}, **{name: "consent" for name in _CONSENTS},
    **{name: "yesno" for name in _FLAGS},
}  # fmt: skip

_COMMON = {"note": "備考", "deleted": "取り消し", "id": "番号", "version": "版"}
FIELDS: dict[str, dict[str, str]] = {
    "person": {
        "number": "整理番号", "card": "カード番号", "household_id": "世帯", "resident_id": "住民データとの結び付け",
        "resident_no": "宛名番号",
        "source": "登録の元", "name": "氏名", "kana": "フリガナ", "birth": "生年月日", "age": "年齢", "sex": "性別", "relation": "続柄",
        "nationality": "国籍", "postal": "郵便番号", "address": "住所", "district": "自治会・地区", "phone": "電話",
        "mobile": "携帯電話",
        "workplace": "勤務先・学校", "identifying": "その他識別情報", "injury": "負傷・疾病", "injury_note": "負傷・疾病の状況",
        "needs": "要配慮区分", "needs_note": "配慮の内容", "care_level": "要介護度", "supplies": "必要な物資", "skills": "資格・特技",
        "consent_kin": "親族・同居者への回答", "consent_acquaintance": "知人への回答", "consent_public": "それ以外への回答・公表",
        "consent_board": "名簿の掲示", "consent_web": "Webでの公表", "consent_share": "自治体・支援団体への提供",
        "protected": "支援措置",
        "died_at": "死亡日時", **_COMMON,
    },
    "household": {
        "label": "世帯の名称", "snapshot_id": "住民データ", "resident_household": "世帯番号", "address": "住所",
        "house_damage": "自宅の被害",
        "power_out": "停電", "water_out": "断水", "pets": "ペット（種類・頭数）", "vehicles": "車（車種・番号）",
        "emergency_contact": "緊急連絡先", "missing_members": "残留家族・安否不明者", **_COMMON,
    },
    "stay": {
        "person_id": "避難者", "shelter_id": "避難所", "shelter": "避難所", "category": "滞在区分", "room": "部屋・区画",
        "from_at": "入所日時",
        "to_at": "退所日時", "destination": "退所先", "destination_text": "退所先の詳細", "exit_reason": "退所理由",
        "came_from": "転所元",
        "reception": "受付方法", "pending": "確認待ち", **_COMMON,
    },
    "absence": {
        "stay_id": "滞在", "kind": "区分", "from_at": "出た日時", "expected_at": "戻る予定", "back_at": "戻った日時",
        "destination_text": "行き先", "contact": "連絡先", **_COMMON,
    },
    "shelter": {
        "external_id": "施設番号", "name": "避難所名", "kana": "フリガナ", "kind": "種別", "district": "地区", "address": "所在地",
        "latitude": "緯度", "longitude": "経度", "phone": "電話", "capacity": "収容人数（屋内）", "capacity_text": "収容人数（原文）",
        "hazards": "対象とする災害", "towns": "対象町会・自治会", "in_charge": "担当者", "is_open": "開設", "opened_at": "開設日時",
        "declared": "報告数", "declared_at": "報告時点", "rostered": "名簿数", **_COMMON,
    },
    "spell": {"shelter_id": "避難所", "opened_at": "開設日時", "closed_at": "閉鎖日時", "source": "もと", **_COMMON},
    "headcount": {
        "shelter_id": "避難所", "counted_at": "時点", "counted_total": "避難者数", "male": "男", "female": "女", "infants": "乳幼児",
        "children": "小中高生", "adults": "成人", "seniors": "65歳以上", "households": "世帯数", "method": "報告方法",
        "reported_by": "報告者",
        "rostered": "名簿数", "difference": "差", **_COMMON,
    },
    "disaster": {
        "name": "災害名", "occurred_at": "発生日時", "municipality_code": "団体コード", "municipality_name": "市区町村",
        "training": "訓練", **_COMMON,
    },
    "site": {"name": "拠点名", "kind": "種別", **_COMMON},
    "operator": {"name": "操作者名", "roles": "役割", "slot": "鍵", "disabled": "停止", "password": "パスワード", **_COMMON},
    "snapshot": {
        "label": "名称", "as_of": "基準日時", "known_at": "把握日時", "residents": "人数", "households": "世帯数", "sha256": "照合値",
        "files": "ファイル", "created_at": "取込日時", "active": "使用中", **_COMMON,
    },
    "resident": {
        "resident_no": "宛名番号", "household_no": "世帯番号", "name": "氏名", "kana": "フリガナ", "birth": "生年月日", "sex": "性別",
        "relation": "続柄", "postal": "郵便番号", "address": "住所", "district": "地区", "phone": "電話", "nationality": "国籍",
        "protected": "支援措置", "order": "世帯内の順", **_COMMON,
    },
    "protection": {
        "resident_no": "宛名番号", "person_id": "避難者", "group_id": "申出", "role": "区分", "provisional": "仮の支援", "starts": "始まり",
        "ends": "終わり", "released_at": "解除した日時", **_COMMON,
    },
    "decision": {"first_id": "1人目", "second_id": "2人目", "decision": "判断", **_COMMON},
    "setup": {
        "municipality_code": "団体コード", "disaster_name": "災害名", "occurred_at": "発生日時", "site_name": "拠点名",
        "site_kind": "拠点の種別",
        "operator": "操作者名", "password": "パスワード", "training": "訓練",
    },
}  # fmt: skip
FIELDS["shelter_spell"] = FIELDS["spell"]
FIELDS["person_decision"] = FIELDS["decision"]
for _target, _more in ((WORDS, DAMAGE_WORDS), (SHORT, DAMAGE_SHORT), (FIELDS, DAMAGE_FIELDS)):
    _target.update(_more)
WORDS.update(EXCHANGE_WORDS)
for _target, _more in ((WORDS, RELIEF_WORDS), (SHORT, RELIEF_SHORT), (FIELDS, RELIEF_FIELDS)):
    _target.update(_more)
ALIASES.update(DAMAGE_ALIASES | RELIEF_ALIASES)
