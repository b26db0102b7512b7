"""やること on the home page where money is concerned: what waits for a check, an approval, a file, the bank, somebody at a desk."""

from __future__ import annotations

from app.presentation.yen_words import yen
from app.usecases.relief_overview import ReliefOverview

Task = tuple[str, str, str, str, str, dict[str, object]]
"""icon, tone, words, detail, page to go to, arguments"""


def money_tasks(seen: ReliefOverview) -> list[Task]:
    """What wants doing, most pressing first."""
    unpaid = f"合計{yen(seen.unpaid_total)}。口座を直して、再支給の決定簿を作ってください。"
    approve = f"合計{yen(seen.to_approve_total)}。作成した人とは別の人が承認します。"
    collect = f"合計{yen(seen.uncollected_total)}。受け取りに来ていない人に知らせてください。"
    lines: list[tuple[int, Task]] = [
        (seen.unpaid, ("warning", "bad", f"振り込めなかった支給 {seen.unpaid:,} 件", unpaid, "transfers", {"tab": "unpaid"})),
        (
            seen.returned,
            ("undo", "warn", f"差し戻された支給決定簿 {seen.returned:,} 件", "理由を見て、直すか取りやめてください。", "relief", {"tab": "batches"}),
        ),
        (seen.to_approve, ("check", "warn", f"承認を待つ支給決定簿 {seen.to_approve:,} 件", approve, "relief", {"tab": "batches"})),
        (
            seen.to_check,
            (
                "check", "warn", f"確認を待つ支給決定簿 {seen.to_check:,} 件", "作成した人とは別の人が、内容を確かめます。", "relief", {"tab": "batches"},
            ),
        ),
        (
            seen.to_write,
            ("transfers", "warn", f"振込データを作る決定簿 {seen.to_write:,} 件", "承認されました。銀行へ渡すファイルを作ってください。", "transfers", {}),
        ),
        (
            seen.results,
            ("clock", "info", f"銀行の結果を待つ決定簿 {seen.results:,} 件", "結果が届いたら「振込」で取り込んでください。", "transfers", {}),
        ),
        (
            seen.accounts,
            (
                "user", "warn", f"確認を待つ口座 {seen.accounts:,} 件", "入力した人とは別の人が、通帳の写しと見比べます。", "relief",
                {"tab": "payees", "show": "mine"},
            ),
        ),
        (
            seen.casualties,
            (
                "hospital", "warn", f"確認を待つ人的被害 {seen.casualties:,} 人", "入力した人とは別の人が、書類を見て確認します。", "relief",
                {"tab": "casualties", "state": "reported"},
            ),
        ),
        (
            seen.unassigned,
            ("voucher", "warn", f"行き先の決まっていない引換券 {seen.unassigned:,} 枚", "支払う拠点に割り当ててください。", "cash", {"tab": "vouchers"}),
        ),
        (seen.uncollected, ("cash", "info", f"まだ受け取られていない引換券 {seen.uncollected:,} 枚", collect, "cash", {"tab": "uncollected"})),
    ]  # fmt: skip
    return [task for number, task in lines if number]
