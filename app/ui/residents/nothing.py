"""What is shown where there is no resident data yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.widgets.empty import EmptyState

if TYPE_CHECKING:
    from app.ui.pages.residents import ResidentsPage


def nothing_yet(page: ResidentsPage) -> EmptyState:
    """The way to the first import."""
    made = EmptyState(
        "住民データがまだありません",
        "住民基本台帳などから書き出した一覧（CSV・Excel）や、全件と日ごとの異動のファイルを取り込むと、"
        "カナや生年月日ですぐに見つけて受け付けられます。取り込んだデータは、その時点の写しとして変わらずに残ります。",
        icon="residents",
        actions=[
            ("住民データを取り込む", "import", page.import_files),
            ("ほかのパソコンのファイルから読み込む", "package", page.receive),
        ],
    )
    for way in made.buttons:
        way.setEnabled(page.may("residents"))
    return made
