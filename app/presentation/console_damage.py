"""The words of the command line for surveys, certificates and forms: help, headings, and results that read better than a list of keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.presentation.console_certificates import CERTIFICATE_HELP, CERTIFICATE_LISTS, CERTIFICATE_TEXTS
from app.presentation.console_counts import COUNTS_HELP, COUNTS_TEXTS
from app.presentation.console_surveys import SURVEY_HELP, SURVEY_TEXTS
from app.presentation.photo_words import photos_told

DAMAGE_HELP: Mapping[str, str] = {
    **CERTIFICATE_HELP,
    **SURVEY_HELP,
    **COUNTS_HELP,
    "surveys": "住家の被害認定調査",
    "surveys.assess": "被害の程度を判定する（データのフォルダもサインインも要りません）\n"
    "FILE は次の項目の JSON（- なら標準入力）：\n"
    "hazard 災害＝earthquake 地震・flood_external 水害（外力あり）・flood_inland 水害（内水）・wind 風害・liquefaction 地盤被害・fire 火災／"
    "stage 1・2（1次・2次）／structure wood 木造プレハブ・rc 非木造／"
    "tilt_mm 傾斜①〜④の水平距離（4つ、mm）／plumb_mm 下げ振りの長さ（なければ1200）／depth_cm 床上の浸水深（0は床上すれすれ、負は床下）／"
    "parts 部位ごとの [[程度, 面積率%], …]（程度は0〜5かⅠ〜Ⅴ、面積率は10 20 40 60 80 100に切り上げ）、設備 equipment は点数。\n"
    "部位：木造1次 roof wall foundation、木造2次と水害・風害 roof pillar floor outer_wall inner_wall ceiling fittings foundation equipment、"
    "非木造1次 pillar finish equipment、非木造2次 pillar floor_beam exterior interior fittings equipment。\n"
    "ほかに書ける項目：collapsed 一見して全部または一部の階が倒壊、washed_away 流失、above_floor false で床下浸水、"
    "settlement_mm 最大の沈下・露出量、sinking 潜り込み（none・foundation_25cm・floor・floor_1m）、floor_loss_percent 焼失・損壊した床面積の割合、"
    "outside_damage false で雨の入る外装の損傷なし（風害）、storeys 階数、detached false で戸建てでない、edition 運用指針の版、"
    "disaster_on 災害の日（版を選ぶ）、note 備考。\n"
    "結果：parts 部位別の点、total 合計（倒壊・傾斜・浸水深などで決まったときは null）、grade 被害の程度、steps 計算の説明、"
    "grade_code 程度の符号（total large medium half semi_half partial）、decided_by 決め手（collapse tilt depth sinking parts floor_loss none）、"
    "edition 版、raw 丸める前の合計、not_needed 全壊が決まって要らなくなった部位。",
    "surveys.edition": "運用指針の版の番号（surveys editions で一覧）。入力の edition より優先します",
    "surveys.edition_file": "登録していない版のファイルで試す",
    "surveys.editions": "運用指針の版（構成比・程度の係数・しきい値・浸水深の表など）\n"
    "list 一覧、show ID で中身（TOML。> my.toml でひな型になります）、add FILE で自治体の版を加える、remove ID で自治体の版を外す。",
    "surveys.photos": "家屋の写真",
    "surveys.photos.import": "フォルダかカメラのカードの写真をまとめて取り込む（JPEG・PNG・HEIC・TIFF・WebP、下のフォルダも）\n"
    "建物は、最初に写した調査票のQR、ファイルかフォルダの名前の調査番号、調査の開始・終了の時刻の順に決めます。"
    "同じ写真は二重になりません。途中で止まったら、同じフォルダをもう一度取り込むと続きから始まります。"
    "取り込めない写真があれば終了コード1、カードが抜けたら3。",
    "surveys.photos.offset": "カメラの時計に足す時間（遅れていれば +、進んでいれば -）",
    "surveys.photos.list": "写真の一覧（--building 調査番号、--batch 取り込み、--unmatched 建物が決まっていないもの）",
    "surveys.photos.assign": "写真を建物に付ける（PHOTO は P- で始まる写真番号）",
    "surveys.photos.remove": "写真を外す（画像は残り、履歴から戻せます）",
    "surveys.photos.sheet": "写真台帳の PDF を作る（A4に12枚か6枚）",
    "surveys.photos.export": "小さくした写真を JPEG で新しいフォルダに書き出す",
    "forms": "証明書の様式・公印・市町村長名",
    "forms.list": "様式の版の一覧（使用中の版、下書き、標準）",
    "forms.export": "様式を1つのファイル（TOML）に書き出す（ほかの市町村に渡せます）",
    "forms.import": "様式のファイルを、新しい版（下書き）として取り込む\nどの証明書の様式かは、ファイルの form の行か --form で決まります。",
    "forms.approve": "下書きの版を承認する（次の印刷から使われます）\n作った人とは別の、承認の権限を持つ人が行います。"
    "ほかにいないときだけ、作った人でも承認でき、注意を示します。",
    "forms.retire": "版を使わないことにする（発行済みの証明書の再交付には、これからも使えます）",
    "forms.preview": "様式の見本を1枚、PDF か PNG に作る\n--longest で、台帳のいちばん長い氏名・住所・世帯員で作ります。直すところがあれば終了コード1。",
    "forms.seal": "公印の画像（PNG・JPEG・TIFF）を取り込む、または --approve で承認する",
    "forms.signer": "証明書に印刷する市町村長の職名と氏名を決める（何も付けなければ今の内容）",
    "forms.version": "版の番号（標準とファイルは1から、この台帳で作った版は101から）",
    "forms.nup": "1枚に並べる数（1・2・4）",
    "forms.width": "紙の上での印影の幅（mm）",
}
"""Texts of ``help``; merged into those of ``console``."""

FORM_HEADS: Mapping[str, str] = {
    "title": "名前", "form": "様式", "version": "版", "source": "元", "state": "状態", "used": "使用中", "versions": "様式の版", "made_by": "作った人",
    "approved_by": "承認した人", "municipality": "市町村", "mayor_title": "職名", "mayor_name": "氏名", "grave": "直すもの", "id": "番号",
}  # fmt: skip
DAMAGE_LISTS: Mapping[str, Sequence[str]] = {
    **CERTIFICATE_LISTS,
    "versions": ("form", "title", "version", "source", "state", "used", "made_by", "approved_by"),
    "editions": ("id", "title", "in_force", "own", "default"),
}


def _assessed(result: Mapping[str, Any]) -> str:
    total = "" if result["total"] is None else f"（{result['total']}点）"
    return "\n".join([*result["steps"], f"判定：{result['grade']}{total}"])


def _edition_file(result: Mapping[str, Any]) -> str | None:
    return str(result["text"]).rstrip("\n") if "text" in result else None


DAMAGE_TEXTS: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], str | None]] = {
    **CERTIFICATE_TEXTS,
    **SURVEY_TEXTS,
    **COUNTS_TEXTS,
    ("surveys", "assess"): _assessed,
    ("surveys", "photos"): photos_told,
    ("surveys", "editions"): _edition_file,
}
"""Results told in their own way; None falls back to the general one."""
