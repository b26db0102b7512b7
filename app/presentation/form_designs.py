"""Words of layouts, and the values they are tried out with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.presentation.columns.texts import birth_era
from app.presentation.labels import label
from app.presentation.messages import message
from app.usecases.form_rows import LongestTexts
from app.usecases.forms import FIRST_OWN, Signature

KINDS: Mapping[str, str] = {
    "text": "文字", "value": "値", "field": "見出しつきの欄", "rule": "線", "frame": "枠", "rows": "世帯構成員などの表", "seal": "公印", "qr": "QRコード",
    "check": "チェック", "groups": "区切った文字", "table": "手書き用の表",
}  # fmt: skip
ALIGNS: Mapping[str, str] = {"left": "左", "center": "中央", "right": "右"}
FONTS: Mapping[str, str] = {"mincho": "明朝", "gothic": "ゴシック"}
SOURCES: Mapping[str, str] = {"own": "自分の市町村で作成", "folder": "データフォルダーのファイル", "shipped": "標準"}
PAPERS: Mapping[int, str] = {1: "1枚取り（A4）", 2: "2枚取り（A5）", 4: "4枚取り（A6）"}
STAMPS: Mapping[str, str] = {
    "stamp.as_of": "時点", "stamp.known_at": "把握した日時", "stamp.operator": "印刷した人", "stamp.caution": "取扱いの注意", "stamp.place": "市町村と災害",
    "stamp.page": "ページ番号",
}  # fmt: skip
SETTINGS: Mapping[str, str] = {
    "size": "文字の大きさ", "min_size": "縮めたときの最小", "min_stretch": "詰める限度", "lines": "行数", "align": "そろえ", "bold": "太字", "font": "書体",
    "wrap": "折り返し", "line": "線の太さ", "var": "値", "hint": "薄い案内", "caption": "見出しの幅", "fill": "地の濃さ", "dash": "破線",
    "header": "表の見出しの高さ", "columns": "表の列", "printed": "事前印刷", "equals": "チェックの条件", "per_line": "1行の数", "numbered": "番号",
}  # fmt: skip
SEAL_WORDS: Mapping[str, str] = {"place": "「公印」と印刷して、押す位置を示す", "omitted": "「公印省略」と印刷する"}
CALIBRATION = (
    "プリンターのずれを測る紙",
    "いまの調整：右へ {right} mm、下へ {down} mm",
    "1. 拡大・縮小なし（100%、実際のサイズ）で印刷します。",
    "2. 左上の十字の中心を、紙の左の端と上の端から定規で測ります。",
    "3. どちらもちょうど 20.0 mm なら、ずれはありません。",
    "4. 左から 21.5 mm なら「右へ」を 1.5 小さく、上から 19.2 mm なら「下へ」を 0.8 大きくします。",
    "5. 目盛りの 0 から 100 がちょうど 100 mm でないときは、印刷の倍率を 100% に直します。",
)
_PROVISIONAL, _DECLARED = "仮番号（本部照合前）", "申告による（住民データ照合前）"
_LONG = {
    "number": "2024-1-K7QF-00012-C", "grade": label("grade", "partial"), "issued_on": "令和6年12月31日", "reported_on": "令和6年12月31日",
    "copy_no": "12", "provisional": _PROVISIONAL, "declared": _DECLARED,
    "extra2": "床下浸水。敷地内の納屋（木造平屋建て）が倒壊。第2次調査の結果による再交付（令和6年2月10日付けの証明書と差し替え）。",
}  # fmt: skip


def version_words(version: int, source: str) -> str:
    """A version as people name it: own ones count from 1."""
    return f"第{version - FIRST_OWN + 1}版" if source == "own" else f"{SOURCES[source]} 第{version}版"


def paper_words(per_page: int, size: tuple[float, float]) -> str:
    """How many to a sheet, and how large each is."""
    return PAPERS.get(per_page) or f"{per_page}枚取り（{size[0]:g} × {size[1]:g} mm）"


def variable_words(name: str, variables: Mapping[str, Any]) -> str:
    """What a variable is called."""
    found = variables.get(name)
    return str(found.label) if found is not None else STAMPS.get(name, name)


def box_words(box: Any, variables: Mapping[str, Any]) -> str:
    """A box in a few words: what it is and what it says."""
    kind = KINDS.get(box.kind, box.kind)
    if box.kind == "text":
        return f"{kind}「{box.text[:24]}」"
    if box.kind in ("rule", "frame"):
        across = "縦" if box.kind == "rule" and box.w < box.h else "横" if box.kind == "rule" else ""
        return f"{across}{kind} {max(box.w, box.h):g} mm" if box.kind == "rule" else f"{kind} {box.w:g} × {box.h:g} mm"
    if not box.var:
        return f"{kind}「{box.text[:24]}」" if box.text else kind
    return f"{kind}：{variable_words(box.var, variables)}"


def sample_values(variables: Mapping[str, Any], signature: Signature | None = None) -> dict[str, str]:
    """The samples of the layout, with who really signs here."""
    values = {name: variable.sample for name, variable in variables.items() if variable.sample}
    return values | _signed(variables, signature)


def longest_values(variables: Mapping[str, Any], longest: LongestTexts, signature: Signature | None = None) -> dict[str, str]:
    """The longest texts of the store at once; what the store does not hold is long by itself, too."""
    real: dict[str, str] = {
        "head_name": longest.head_name, "head_address": longest.head_address, "building_address": longest.building_address,
        "cause": longest.cause, "damage": longest.damage.replace("\n", " "), "applicant_name": longest.applicant_name,
        "applicant_address": longest.applicant_address or longest.head_address, "delivery_address": longest.head_address,
        "delivery_name": longest.head_name,
        "objects": "、".join(label("application.objects", one) for one in longest.objects),
        "purpose": "、".join(label("application.purposes", one) for one in longest.purposes),
        "members": "\n".join(f"{name}\t{relation}\t{birth_era(birth)}" for name, relation, birth in longest.members),
    }  # fmt: skip
    values = sample_values(variables, signature) | {name: text for name, text in _LONG.items() if name in variables}
    return values | {name: text for name, text in real.items() if text and name in variables}


def _signed(variables: Mapping[str, Any], signature: Signature | None) -> dict[str, str]:
    if signature is None:
        return {}
    named = {"municipality": signature.municipality, "mayor_title": signature.mayor_title, "mayor_name": signature.mayor_name}
    return {name: text for name, text in named.items() if text and name in variables}


def default_title(municipality: str) -> str:
    """市長, 町長 … with the name before it, without the prefecture: what to offer as the mayor's title."""
    import re

    name = re.sub(r"^(?:北海道|東京都|京都府|大阪府|.{2,3}県)", "", municipality)
    return f"{name}長" if name.endswith(("市", "町", "村", "区")) else ""


def finding_words(finding: Any) -> str:
    """A finding of ``printing.design_checks`` or a problem of a trial print as a sentence."""
    return message(finding.code, **finding.params)


def difference_words(difference: Any, variables: Mapping[str, Any]) -> str:
    """A difference between two versions as a sentence, with the paper it is on."""
    params = dict(difference.params)
    if "box" in params:
        params["box"] = box_words(params["box"], variables)
    if "name" in params:
        name = params["name"]
        params["old"], params["new"] = (_setting(name, params[side], variables) for side in ("old", "new"))
        params["name"] = SETTINGS.get(name, name)
    said = message(difference.code, **params)
    paper = PAPERS.get(difference.per_page, "")
    return f"{paper}：{said}" if paper else said


def _setting(name: str, value: Any, variables: Mapping[str, Any]) -> str:
    if name == "align":
        return ALIGNS.get(value, str(value))
    if name == "font":
        return FONTS.get(value, str(value))
    if name == "var":
        return variable_words(value, variables) if value else "なし"
    if name == "columns":
        return "、".join(f"{column.header}（{column.width:g}）" for column in value) or "なし"
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if value is None or value == "":
        return "なし"
    return f"{value:g}" if isinstance(value, float) else str(value)
