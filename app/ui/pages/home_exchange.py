"""やること on the home page where other laptops are concerned: conflicts to decide, sites that are silent, records that wait to be carried."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.presentation.columns.exchange import age_words, say_sites
from app.ui.pages.home_money import Task
from app.usecases.site_board import ExchangeHints

NO_EXCHANGE = ExchangeHints()
_LATE = timedelta(hours=12)


def exchange_tasks(seen: ExchangeHints, *, now: datetime) -> list[Task]:
    """What wants doing, most pressing first."""
    found: list[Task] = []
    if seen.conflicts:
        detail = "2つの拠点で違うことが書かれました。どちらが正しいかを決めてください。"
        found.append(("conflicts", "warn", f"競合 {seen.conflicts:,} 件", detail, "conflicts", {}))
    if seen.silent:
        oldest = f"最も古い便りは{age_words(seen.silent[0].until, now)}。"
        found.append(("clock", "warn", f"便りのない拠点 {len(seen.silent):,} か所", f"{say_sites(seen.silent)}　{oldest}", "sites", {}))
    if seen.never:
        found.append(("clock", "warn", f"まだ記録が届かない拠点 {len(seen.never):,} か所", say_sites(seen.never), "sites", {}))
    if seen.gaps:
        detail = "途中の記録が抜けています。その拠点からもう一度受け取ると埋まります。"
        found.append(("warning", "info", f"欠けている記録 {seen.gaps:,} か所", detail, "sites", {}))
    if seen.waiting and (seen.last_package is None or now - seen.last_package > _LATE):
        detail = f"最後の受け渡しは{age_words(seen.last_package, now)}。USBメモリーで本部へ届けてください。"
        found.append(("usb", "warn", f"本部へ渡していない記録 {seen.waiting:,} 件", detail, "exchange", {}))
    return found
