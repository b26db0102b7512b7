"""The words of ``relief …`` for bank transfers and their results: help, headings, codes, tables, yen, and results told in their own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

HELP: Mapping[str, str] = {
    "relief.transfer": "承認済みの支給決定簿から、銀行へ渡す振込ファイル（全銀協規定形式）を書き出す\n"
    "relief transfer BATCH --profile P --date D --out FILE\n"
    "書いたファイルを読み直して決定と1件ずつ比べ、合ったときだけ「出力済み」にします。一度だけ書き出せます。\n"
    "結果：batch count total sha256 transfer_on profile again files（file count total bytes sha256）changes（カナの変更：line number before after cut）\n"
    "warnings sheet（送付書）。件数がひとつのファイルに入らないときは、番号を付けて分けます。\n"
    "relief transfer again BATCH --reason TEXT   再出力を依頼する     relief transfer allow BATCH   承認する（別の承認者）\n"
    "relief transfer refuse BATCH --reason TEXT  再出力を認めない     relief transfer discard BATCH --reason TEXT  渡していないファイルを破棄する\n"
    "relief transfer compare BATCH FILE…         手元のファイルがその決定簿のものか、中身（SHA-256）で比べる。\n"
    "    結果：batch same compared（file matches part parts name state sha256）。違うものがあれば終了コード 1\n"
    "relief transfer hand-over BATCH [FILE…]      銀行へ渡した（ここで「送信済み」になります）。FILE を書くと、中身が違えば断ります\n"
    "relief transfer sheet BATCH --out FILE.pdf  送付書と一覧（.csv .xlsx は一覧だけ）\n"
    "relief transfer names BATCH [--profile P]   書き出す前にカナの変更を見る\n"
    "relief transfer list [BATCH]                決定簿とファイルの一覧、次にすること",
    "relief.transfer.profile": "銀行の設定（relief profiles list の略号）。省くと、自分の設定が1つだけならそれ、ほかは standard。再出力では初めの設定",
    "relief.transfer.date": "振込指定日（銀行の営業日）。再出力では省けます",
    "relief.transfer.out": "書き出すファイル（まだないもの）か、フォルダ",
    "relief.transfer.sheet": "送付書 PDF の名前（省くとファイルの隣に置きます）",
    "relief.transfer.reason": "再出力・破棄の理由",
    "relief.transfer.no_sheet": "送付書を作らない",
    "relief.results": "銀行の結果を入れる（結果ファイル、CSV・Excel、または手で）\n"
    "relief results FILE [--batch NUMBER] [--profile P]   どの決定簿かは支給番号でわかります。同じファイルは二度入りません。\n"
    "relief results set PAYMENT --paid | --failed REASON  1件を手で入れる（REASON は no_account name closed deceased stopped cancelled other か言葉）\n"
    "relief results recall PAYMENT --reason TEXT          組戻し（着金したお金が戻った）\n"
    "relief results list [--batch NUMBER] [--out FILE]    不能の一覧と次にすること\n"
    "結果：batch paid paid_total failed failed_total unchanged open settled problems（line code message。あれば終了コード 1）\n"
    "warnings（code message。振込指定日の前に入れた結果など）。",
    "relief.results.batch": "決定簿番号（ファイルに支給番号がないときに要ります）",
    "relief.results.profile": "結果の位置と意味を持つ銀行の設定（省くと standard）",
    "relief.results.date": "支給日・組戻しの日（今日まで。省くと振込指定日か今日の早いほう、組戻しは今日）",
    "relief.results.failed": "不能の理由",
    "relief.results.reason": "説明",
    "relief.results.out": "書き出すファイル（.csv .xlsx .html .pdf）",
    "relief.results.paid": "支給済み",
    "relief.reconcile": "銀行の明細と帳簿を照合する\n"
    "--statement YEN は明細の出金（戻り入金を引いた額、手数料を除く）。省くと、あるべき額を答えます。差があるときは --explanation が要ります。\n"
    "結果：batch day statement expected difference fee。",
    "relief.reconcile.statement": "明細の額（円）",
    "relief.reconcile.fee": "引かれた手数料（円）",
    "relief.reconcile.date": "明細の日（省くと振込指定日）",
    "relief.reconcile.explanation": "差の説明",
    "relief.zengin-check": "どの総合振込ファイルでも検査する（データもサインインも要りません）\n"
    "長さ・順序・数字・文字・合計・件数・ダミー・改行・EOF・文字コードを調べ、何件目・何バイト目かを示します。\n"
    "銀行・支店が一覧にない、同じ口座が2度、休業日などは注意です。誤りがあれば終了コード 1。\n"
    "結果：ok errors warnings records count total newline final_newline eof message problems（level line byte record field field_name code message）。",
    "relief.zengin-check.all": "はじめの100件だけでなく、全部示す（1,000件まで）",
    "relief.profiles": "銀行の設定と振込依頼人（市町村）",
    "relief.profiles.list": "銀行の設定の一覧（自分の設定が先）",
    "relief.profiles.show": "銀行の設定を TOML で見る（直して自分の設定にできます）",
    "relief.profiles.import": "自分の銀行の設定を取り込む（TOML。base = \"standard\" と書くと、その設定から違うところだけで済みます）",
    "relief.profiles.remove": "自分の銀行の設定を削除する",
    "relief.profiles.consignor": "振込依頼人（市町村）のコード・名前・口座を見る、決める",
    "relief.profiles.consignor_code": "振込依頼人コード（銀行から知らされた10けた）",
    "relief.profiles.consignor_kana": "振込依頼人名（半角カナで40バイトまで）",
    "relief.profiles.bank": "市町村の口座の銀行番号（4けた）",
    "relief.profiles.bank_kana": "銀行名（カナ）",
    "relief.profiles.branch": "市町村の口座の支店番号（3けた）",
    "relief.profiles.branch_kana": "支店名（カナ）",
    "relief.profiles.account_kind": "預金種目（1 普通、2 当座、9 その他）",
    "relief.profiles.account_number": "市町村の口座番号（7けた）",
    "relief.profiles.clear": "加えた日を全部なくす",
    "relief.profiles.closed-days": "銀行の休業日に自分の日を加える（全部を並べます。--clear でなくす）",
}  # fmt: skip
_TRANSFER = {
    "batch": "決定簿番号",
    "number": "番号",
    "count": "件数",
    "total": "合計",
    "sha256": "照合値",
    "transfer_on": "振込指定日",
    "profile": "銀行の設定",
    "again": "再出力の回数",
    "files": "ファイル",
    "changes": "カナの変更",
    "warnings": "確かめること",
    "sheet": "送付書",
    "sheet_problem": "送付書を作れなかった理由",
    "file": "ファイル",
    "bytes": "バイト",
    "before": "通帳のカナ",
    "after": "ファイルのカナ",
    "what": "変えたこと",
    "line": "行",
    "state": "状態",
    "next": "次にすること",
    "batches": "決定簿",
    "name": "ファイル名",
    "next_step": "次にすること",
    "written_by": "出力した人",
    "handed_at": "引渡し",
    "pages": "ページ",
    "problems": "問題",
    "title": "件名",
    "paid": "支給済み",
    "failed": "不能",
    "batch_number": "決定簿番号",
}
_RESULTS = {
    "batch": "決定簿番号",
    "paid": "支給済み",
    "paid_total": "支給済みの額",
    "failed": "不能",
    "failed_total": "不能の額",
    "unchanged": "記録済み",
    "open": "結果待ち",
    "settled": "結果がそろった",
    "problems": "取り込まなかったもの",
    "warnings": "注意",
    "code": "コード",
    "message": "内容",
    "count": "件数",
    "total": "合計",
    "unpaid": "不能の一覧",
    "number": "支給番号",
    "batch_number": "決定簿番号",
    "name": "受取人",
    "failure": "理由",
    "amount": "金額",
    "account_state": "口座",
    "next_step": "次にすること",
    "retry": "再支給の決定簿",
    "payment": "支給番号",
    "state": "状態",
    "file": "ファイル",
}
HEADS: Mapping[str, Mapping[str, str]] = {
    "relief transfer": _TRANSFER,
    "relief results": _RESULTS,
    "relief reconcile": {
        "batch": "決定簿番号",
        "day": "明細の日",
        "statement": "明細の額",
        "expected": "帳簿の額",
        "difference": "差",
        "fee": "手数料",
    },
    "relief profiles": {
        "id": "略号",
        "title": "名称",
        "profiles": "銀行の設定",
        "own": "自分の設定",
        "line_end": "改行",
        "customer": "支給番号の欄",
        "note": "説明",
        "missing": "足りない項目",
        "state": "状態",
        "file": "ファイル",
        "removed": "削除した設定",
        "closed_days": "休業日",
        "consignor_code": "振込依頼人コード",
        "consignor_kana": "振込依頼人名",
        "bank": "仕向銀行番号",
        "bank_kana": "仕向銀行名",
        "branch": "仕向支店番号",
        "branch_kana": "仕向支店名",
        "account_kind": "預金種目",
        "account_number": "口座番号",
    },
}
CODES: Mapping[str, Mapping[str, str]] = {
    "relief profiles": {"missing": "consignor"},
    "relief transfer": {"state": "transfer_file.state", "next": "transfer.next", "next_step": "transfer.next"},
    "relief results": {
        "failure": "payment.failure",
        "account_state": "payee_account.state",
        "next_step": "transfer.next",
        "state": "payment.state",
    },
}
LISTS: Mapping[str, Sequence[str]] = {
    "relief transfer files": ("file", "count", "total", "bytes", "sha256"),
    "relief transfer changes": ("line", "number", "before", "after", "what"),
    "relief transfer batches": ("number", "state", "title", "count", "total", "transfer_on", "paid", "failed", "next_step"),
    "relief results unpaid": ("number", "batch_number", "name", "failure", "amount", "account_state", "next_step", "retry"),
    "relief profiles list profiles": ("id", "title", "line_end", "customer", "own", "missing"),
}
YEN: frozenset[str] = frozenset({"total", "paid_total", "failed_total", "amount", "statement", "expected", "difference", "fee"})
_COUNTS = frozenset({"paid", "failed", "open", "unchanged", "part", "count"})
COUNTS: Mapping[str, frozenset[str]] = {"relief transfer": _COUNTS, "relief results": _COUNTS}


def _checked(result: Mapping[str, Any]) -> str:
    lines = [str(result["message"])]
    lines += [f"{'誤り' if one['level'] == 'error' else '注意'} {one['message']}" for one in result["problems"]]
    left = result["errors"] + result["warnings"] - len(result["problems"])
    return "\n".join([*lines, *([f"ほか {left:,} 件（--all で1,000件まで示します）"] if left else [])])


def _profile(result: Mapping[str, Any]) -> str | None:
    return str(result["text"]).rstrip() if "text" in result else None


def _transfer(result: Mapping[str, Any]) -> str | None:
    """Files of a batch as a table of their own: those of a list have other columns than those just written."""
    if "next" in result:
        return _stepped(result)
    if "compared" in result:
        return _compared(result)
    if "transfer_on" in result:
        return _written(result)
    if "changes" in result:
        return "\n".join(_kana(result)) or "カナの変更はありません。"
    if "batches" not in result:
        return None
    from app.presentation.console import draw_table
    from app.presentation.labels import label
    from app.presentation.words_transfers import next_words

    rows = [("決定簿番号", "状態", "件数", "合計", "振込指定日", "次にすること")]
    rows += [
        (one["number"], label("payment_batch.state", one["state"]), f"{one['count']:,}", f"{one['total']:,}円", one["transfer_on"] or "―",
         next_words(one["next_step"]))
        for one in result["batches"]
    ]  # fmt: skip
    files = [("ファイル名", "決定簿番号", "再出力", "状態", "件数", "合計", "照合値")]
    files += [
        (one["name"] or "―", one["batch_number"], str(one["again"]), label("transfer_file.state", one["state"]), f"{one['count']:,}", f"{one['total']:,}円",
         one["sha256"][:16].upper())
        for one in result["files"]
    ]  # fmt: skip
    return "\n".join([*draw_table(rows), "", *draw_table(files)])


def _stepped(result: Mapping[str, Any]) -> str:
    from app.presentation.labels import label
    from app.presentation.words_transfers import next_words

    state = label("payment_batch.state", result["state"])
    return f"支給決定簿 {result['batch']}：{state}\n  次にすること：{next_words(result['next'])}"


def _written(result: Mapping[str, Any]) -> str:
    """Files just written; of what there is none, nothing."""
    from app.presentation.console import draw_table

    lines = [
        f"支給決定簿 {result['batch']}：{result['count']:,}件 {result['total']:,}円の振込ファイルを書き出しました",
        f"  振込指定日：{result['transfer_on']}　銀行の設定：{result['profile']}",
        *([f"  再出力：{result['again']}回目"] if result["again"] else []),
        f"  照合値：{result['sha256'].upper()}",
    ]
    files = [("ファイル", "件数", "合計", "バイト", "照合値")]
    files += [
        (one["file"], f"{one['count']:,}", f"{one['total']:,}円", f"{one['bytes']:,}", one["sha256"][:16].upper()) for one in result["files"]
    ]
    lines += ["", *draw_table(files), *_kana(result)]
    lines += [f"送付書：{result['sheet']}"] if result.get("sheet") else []
    return "\n".join([*lines, *([f"送付書を作れませんでした：{result['sheet_problem']}"] if "sheet_problem" in result else [])])


def _kana(result: Mapping[str, Any]) -> list[str]:
    """Names that were changed, and what to look at; no line where there is neither."""
    from app.presentation.console import draw_table

    lines: list[str] = []
    if result["changes"]:
        cells = [("行", "番号", "通帳のカナ", "ファイルのカナ", "変えたこと")]
        cells += [(str(one["line"]), one["number"], one["before"], one["after"], one["what"]) for one in result["changes"]]
        lines += ["", f"カナの変更（{len(result['changes']):,}件）", *draw_table(cells)]
    lines += [f"確かめること：{one}" for one in result["warnings"]]
    return [*lines, *([f"ファイル：{result['file']}"] if "file" in result else [])]


def _profiles(result: Mapping[str, Any]) -> str:
    """Profiles with the words of their settings."""
    from app.presentation.console import draw_table
    from app.presentation.labels import label
    from app.presentation.words_transfers import PROFILE_VALUES

    cells = [("略号", "名称", "改行", "支給番号の欄", "自分の設定", "足りない項目")]
    cells += [
        (
            one["id"], one["title"], PROFILE_VALUES["line_end"].get(one["line_end"], one["line_end"]),
            PROFILE_VALUES["customer"].get(one["customer"], one["customer"]), "はい" if one["own"] else "―",
            "、".join(label("consignor", key) for key in one["missing"]) or "―",
        )
        for one in result["profiles"]
    ]  # fmt: skip
    return "\n".join(draw_table(cells))


def _compared(result: Mapping[str, Any]) -> str:
    """Of each file: which one of the batch it is, or that it is not to go to the bank."""
    lines = [f"支給決定簿 {result['batch']}：" + ("手元のファイルは合っています" if result["same"] else "違うファイルがあります")]
    for one in result["compared"]:
        if one["matches"]:
            lines.append(f"  {one['file']}：{one['parts']}個のうち{one['part']}個目のファイルです")
        elif one["name"]:
            lines.append(f"  {one['file']}：破棄した、または差し替えた前のファイル（{one['name']}）です。渡さないでください。")
        else:
            lines.append(f"  {one['file']}：この決定簿のファイルではないか、中身が変わっています。渡さないでください。")
    return "\n".join(lines)


def _results(result: Mapping[str, Any]) -> str | None:
    """What was taken in, people and yen told apart; None for the other acts."""
    if "settled" not in result:
        return None
    lines = [
        f"支給決定簿 {result['batch']}：結果を記録しました",
        f"  支給済み {result['paid']:,}件（{result['paid_total']:,}円）　不能 {result['failed']:,}件（{result['failed_total']:,}円）",
    ]
    lines += [f"  すでに記録していたもの {result['unchanged']:,}件"] if result["unchanged"] else []
    lines.append("  全部の結果がそろいました。" if result["settled"] else f"  結果待ちがあと {result['open']:,}件あります。")
    lines += [f"  取り込まなかったもの {len(result['problems']):,}件"] if result["problems"] else []
    lines += [f"    {one['message']}" for one in result["problems"]]
    return "\n".join([*lines, *(f"  注意：{one['message']}" for one in result.get("warnings", ()))])


TEXTS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "relief zengin-check": _checked,
    "relief profiles show": _profile,
    "relief profiles list": _profiles,
    "relief transfer": _transfer,
    "relief results": _results,
}
