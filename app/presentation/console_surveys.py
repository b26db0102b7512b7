"""The words of the command line for buildings and surveys: help, headings, and lists with words for codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

from app.presentation.labels import field_label, label, show_field

_IMPORTED = (
    "結果：read created updated unchanged review rejected（行の数）、report 取り込みの報告、rejected_rows 直して入れ直す行、warnings。"
    "却下があれば終了コード1。"
)
_SURVEY = (
    "調査の1件：id building 調査番号、address district head 世帯主、sheet 調査票、hazard kind method（符号）、surveyed_on surveyor"
    "s team edition、points 部位別の点、"
    "raw total 損害割合、grade 程度の符号（grade_label ことば）、decided_by 決め手、state（draft 書きかけ・entered 確認待ち・retur"
    "ned 差戻し・counted 確定・"
    "withdrawn 取下げ）、counting いま建物の程度になっている、entered_by checked_by checked_at check_note reason act note。"
)

SURVEY_HELP: Mapping[str, str] = {
    "surveys.import": "調査結果の CSV・XLSX を取り込む（ほかのシステムや応援職員の結果。建物と世帯がなければ作ります）\n"
    "列：調査番号か家屋番号か所在地、災害、調査日、調査区分、災害の種類、構造、傾斜①～④、部位（点数か「Ⅲ60%」、または程度と割合"
    "）、損害割合、被害の程度、"
    "調査員、確認者、世帯主氏名・カナ・住所・宛名番号・世帯番号、用途、理由。\n"
    "調査員と別の確認者が書いてある行は確定、ほかは確認待ちになります。同じファイルをもう一度入れても何も変わりません。\n"
    f"{_IMPORTED} counted は確定にした数。",
    "surveys.checked": "すべて確認が済んだものとして確定にする（理由を --reason に書く。履歴に残ります）",
    "surveys.record": "調査票を1枚登録する（FILE.json は surveys assess と同じ項目。程度は計算されます）\n"
    "--building 調査番号・家屋番号、--on 調査日、--kind 1次・2次・再調査、--method 現地・写真・自己判定・消防・その他、--surveyor 調査員（くり返せます）、"
    "--grade 手で書いた程度（計算と合わなければ却下）、--consent 自己判定に同意した人、--disaster 調査票の災害、--survey 書きかけ・差戻しの調査を直す、"
    f"--draft 書きかけで保存。\n結果：{_SURVEY}",
    "surveys.list": "調査の一覧（--state --grade --district --kind --hazard --building --act --text、--since から --at まで、--counting 建物の程度"
    "になっているもの）\n"
    f"結果：total 件数、surveys。{_SURVEY}",
    "surveys.check": "調査を確認して確定にする（入力した人・調査した人はできません）\n"
    "NUMBER は調査番号、--all は確認待ちのすべて。--return は理由（--note）を付けて差し戻す。\n"
    "結果：checked 件数、accepted、left できなかったもの（survey number code message）。残りがあれば終了コード1。",
    "surveys.withdraw": "調査を取り下げる（記録は残り、建物の程度から外れます）\n結果：id state。",
    "surveys.area": "区域の住家をまとめて判定する（四隅の確定した調査 --corner か、航空写真 --aerial による）\n"
    "--zone 区域か --building、--grade --hazard --on --reason。個別の調査が確定している建物はそのまま残します。--dry-run で確かめるだけ、"
    "--undo ACT で全部取り消す、--list で一覧。\n"
    "結果：act 一括判定の番号、judged 判定した調査番号、left 残した建物（number code message）。--undo は act withdrawn 件数、--list は acts。",
    "surveys.appeal": "2次調査・再調査の依頼\n"
    "list 一覧、open 調査番号 --wants 2次・再調査 --reason 理由 --by 依頼した人、answer 番号（--decline なら --answer 回答が要ります）。\n"
    "結果：appeals（id building address head wants asked_on asked_by reason state answer grade）、open と answer は id state。",
    "surveys.plan": "班ごと・日ごとの調査の予定\n"
    "list 一覧（--day --team --open）、assign --team --day（--building をくり返すか、--district --zone --count でまだの建物を近い順に）、"
    "next --day --to 不在だった家をもう一度、outcome --visit 予定の番号 --outcome（done absent refused not_found unsafe）。\n"
    "結果：plan（id team day round kind position outcome number address district use structure risk danger heads）、assign と next は planned 件数。",
    "surveys.teams": "調査の班\nlist 一覧、add 班名 --member 調査員 --town 所属。\n結果：teams（id name members from_town planned done remaining）。",
    "surveys.progress": "地区ごとの進み具合\n"
    "結果：progress（district buildings dwellings planned surveyed waiting judged remaining absent appeals grades 程度ごとの棟数）と合計。",
    "buildings": "家屋",
    "buildings.import": "家屋の一覧（家屋課税台帳・応急危険度判定・倒壊家屋）の CSV・XLSX を取り込む\n"
    "列：家屋番号、所在地、所有者、構造、階数、延床面積、地区、区域、用途、応急危険度判定と判定日、倒壊、危険の注意など。家屋番号"
    "か所在地が同じ建物は新しくせずに直します。\n" + _IMPORTED,
    "buildings.list": "家屋の一覧（--text 番号・所在地・所有者・世帯主のことば、--state unsurveyed 未調査など、--grade ungraded 判定なし、--risk、--"
    "collapsed 倒壊家屋、"
    "--unlinked 世帯なし）\n"
    "結果：total、buildings（id number tax_no use name address district zone structure storeys floor_area owner_name risk collapsed households heads "
    "grade total state surveyed_on photos appeals planned）。",
    "buildings.show": "家屋1棟の内容（世帯・調査・依頼も）\n"
    "結果：id と家屋の項目、grade total photos withheld、households（id occupancy head kana birth address source tenure room main "
    "members）、surveys、requests。",
    "buildings.save": "家屋を登録する・直す（--set 項目=値。N がなければ新しい建物）\n結果：id number。",
    "buildings.link": "家屋に世帯を結び付ける\n--resident 宛名番号、--victim 世帯の番号、または --head 世帯主 --member 世帯員（住民票のない人）。--o"
    "ther 生活の本拠ではない。\n"
    "結果：victim occupancy withheld 支援措置のため担当者だけが扱う、number 調査番号、head 世帯主。",
    "buildings.risk": "応急危険度判定（調査済・要注意・危険）と倒壊家屋を記録する。被害の程度ではありません\n結果：id number risk collapsed。",
}

SURVEY_HEADS: Mapping[str, str] = {
    "tax_no": "家屋番号", "heads": "世帯主", "head": "世帯主", "surveyed_on": "調査日", "entered_by": "入力", "checked_by": "確認", "total": "合計",
    "use": "用途", "zone": "区域", "structure": "構造", "owner_name": "所有者", "risk": "応急危険度", "counted": "確定", "checked": "確認した数",
    "accepted": "確定", "left": "残したもの", "act": "一括判定", "judged": "判定", "acts": "一括判定", "made": "棟数", "standing": "有効",
    "hazard": "災害", "wants": "求める調査", "asked_on": "依頼日", "asked_by": "依頼した人", "answer": "回答", "appeals": "依頼", "team": "班",
    "day": "日", "round": "回", "position": "順", "outcome": "結果", "planned": "予定", "surveyed": "調査済み", "waiting": "確認待ち",
    "remaining": "残り", "absent": "不在", "dwellings": "住家", "buildings": "家屋", "done": "済み", "from_town": "所属", "members": "調査員",
    "number": "調査番号", "address": "所在地", "district": "地区", "name": "名前", "id": "番号", "state": "状態", "grade": "被害の程度", "kind": "調査",
    "reason": "理由", "message": "内容", "building": "調査番号", "withdrawn": "取り下げた数", "requests": "依頼", "method": "方法",
    "title": "名前", "document": "文書", "in_force": "使い始め", "hazards": "災害", "editions": "版", "edition": "版", "grade_code": "程度の符号",
    "decided_by": "決め手", "raw": "丸める前", "steps": "計算", "parts": "部位別の点", "not_needed": "要らなくなった部位", "default": "既定",
    "own": "自治体のもの", "files": "ファイル",
}  # fmt: skip

_LISTED: Mapping[str, Sequence[tuple[str, str]]] = {
    "surveys": (
        ("building", ""), ("address", ""), ("head", ""), ("kind", "survey.kind"), ("surveyed_on", ""), ("total", ""), ("grade", "grade"),
        ("state", "survey.state"), ("entered_by", ""), ("checked_by", ""), ("id", ""),
    ),
    "buildings": (
        ("number", ""), ("tax_no", ""), ("address", ""), ("owner_name", ""), ("heads", ""), ("grade", "grade"), ("state", "survey.state"),
        ("surveyed_on", ""), ("risk", "building.risk"),
    ),
    "plan": (
        ("day", ""), ("team", ""), ("position", ""), ("number", ""), ("address", ""), ("heads", ""), ("round", ""), ("outcome", "assignment.outcome"),
        ("id", ""),
    ),
    "teams": (("name", ""), ("members", ""), ("from_town", ""), ("planned", ""), ("done", ""), ("remaining", "")),
    "progress": (
        ("district", ""), ("buildings", ""), ("planned", ""), ("surveyed", ""), ("waiting", ""), ("judged", ""), ("remaining", ""), ("absent", ""),
    ),
    "acts": (("surveyed_on", ""), ("grade", "grade"), ("hazard", "survey.hazard"), ("made", ""), ("standing", ""), ("reason", ""), ("act", "")),
    "appeals": (
        ("building", ""), ("head", ""), ("wants", "survey.kind"), ("asked_on", ""), ("state", "appeal.state"), ("grade", "grade"), ("reason", ""),
        ("id", ""),
    ),
    "left": (("number", ""), ("message", "")),
}  # fmt: skip


def _listed(key: str) -> Callable[[Mapping[str, Any]], str | None]:
    def tell(result: Mapping[str, Any]) -> str | None:
        return draw_list(key, result[key]) if key in result else None

    return tell


def draw_list(key: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """A list as a table for a terminal, codes in words."""
    columns = _LISTED[key]
    rows = [{**row, "position": int(row["position"]) + 1} for row in rows] if key == "plan" else rows  # people count from one
    cells = [[SURVEY_HEADS[name] for name, _ in columns], *([_cell(row.get(name), kind) for name, kind in columns] for row in rows)]
    widths = [max(_width(line[place]) for line in cells) for place in range(len(columns))]
    drawn = ["  ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    return "\n".join([*drawn, f"（{len(rows)}件）"])


def _cell(value: Any, kind: str) -> str:
    if value is None or value == "":
        return "―"
    if value == "unsurveyed":
        return "未調査"
    if isinstance(value, (list, tuple)):
        return "、".join(map(str, value)) or "―"
    return label(kind, str(value)) if kind else str(value)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


_OWN_LINES = ("id", "number", "grade", "total", "photos", "withheld", "households", "surveys", "requests")


def _shown(result: Mapping[str, Any]) -> str:
    """A building with its households and surveys."""
    total = "" if result["total"] is None else f"（{result['total']}点）"
    lines = [f"調査番号: {result['number']}", f"被害の程度: {label('grade', result['grade']) or '―'}{total}"]
    for name, value in result.items():
        if name not in _OWN_LINES and value not in (None, "", False):
            lines.append(f"{field_label('building', name)}: {show_field('building', name, value)}")
    lines.append(f"写真: {result['photos']}")
    lines += ["", f"世帯（{len(result['households'])}）", *(_home(home) for home in result["households"])]
    if result["withheld"]:
        lines.append("  支援措置のため、ほかの世帯・所有者は担当者だけが扱います。")
    lines += ["", "調査", draw_list("surveys", result["surveys"])]
    asked = [
        f"  {label('survey.kind', one['wants'])} {label('appeal.state', one['state'])} {one['reason']}".rstrip()
        for one in result["requests"]
    ]
    return "\n".join([*lines, "", f"依頼（{len(asked)}）", *asked])


def _home(home: Mapping[str, Any]) -> str:
    people = "、".join(" ".join(filter(None, (one["name"] or one["kana"], one["relation"]))) for one in home["members"])
    told = (
        home["head"] or home["kana"],
        home["room"],
        label("occupancy.tenure", home["tenure"]),
        "" if home["main"] else "生活の本拠ではない",
    )
    return f"  {' '.join(filter(None, told))}：{people}（世帯の番号 {home['id']}）"


def _linked(result: Mapping[str, Any]) -> str:
    if result["withheld"]:
        return f"{result['number']} に世帯を結び付けました。支援措置のため、この世帯は担当者だけが扱います。"
    return f"{result['number']} に {result['head']} の世帯を結び付けました（世帯の番号 {result['victim']}）。"


def _risk_noted(result: Mapping[str, Any]) -> str:
    risk = [f"応急危険度判定「{label('building.risk', result['risk'])}」"] if result["risk"] else []
    return (
        f"{result['number']} に{'と'.join([*risk, *(['倒壊家屋'] if result['collapsed'] else [])])}を記録しました（被害の程度とは別です）。"
    )


def _recorded(result: Mapping[str, Any]) -> str:
    grade = result["grade_label"] or "未判定"
    total = "" if result["total"] is None else f"（{result['total']}点）"
    return f"{result['building']} の{label('survey.kind', result['kind'])}：{grade}{total} {label('survey.state', result['state'])}（番号 {result['id']}）"


def _checked(result: Mapping[str, Any]) -> str:
    done = "確定しました" if result["accepted"] else "差し戻しました"
    left = draw_list("left", result["left"]).splitlines() if result["left"] else []
    return "\n".join([f"{result['checked']}件を{done}。", *(["次の調査は、そのまま残っています。", *left] if left else [])])


def _area(result: Mapping[str, Any]) -> str | None:
    if "judged" not in result:
        return draw_list("acts", result["acts"]) if "acts" in result else f"一括判定を取り消しました（{result['withdrawn']}件）。"
    done = f"判定しました（一括判定の番号 {result['act']}）" if result["act"] else "判定します（まだ何も変えていません）"
    left = ["判定しない建物", draw_list("left", result["left"])] if result["left"] else []
    return "\n".join([f"{len(result['judged'])}棟を{done}。", *(f"  {number}" for number in result["judged"]), *left])


def _appeal(result: Mapping[str, Any]) -> str:
    if "appeals" in result:
        return draw_list("appeals", result["appeals"])
    return f"依頼（番号 {result['id']}）を「{label('appeal.state', result['state'])}」にしました。"


def _withdrawn(result: Mapping[str, Any]) -> str:
    return f"調査（番号 {result['id']}）を取り下げました。"


SURVEY_TEXTS: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], str | None]] = {
    ("surveys", "list"): _listed("surveys"),
    ("surveys", "plan"): _listed("plan"),
    ("surveys", "teams"): _listed("teams"),
    ("surveys", "progress"): _listed("progress"),
    ("surveys", "record"): _recorded,
    ("surveys", "check"): _checked,
    ("surveys", "withdraw"): _withdrawn,
    ("surveys", "area"): _area,
    ("surveys", "appeal"): _appeal,
    ("buildings", "list"): _listed("buildings"),
    ("buildings", "show"): _shown,
    ("buildings", "link"): _linked,
    ("buildings", "risk"): _risk_noted,
}
"""Results told in their own way; None falls back to the general one."""
