"""Step 5: what was done, and where the report and the rejected rows are."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.presentation.messages import message
from app.ui.importing.work import Done, Target
from app.ui.widgets.banner import Banner
from app.ui.widgets.opening import open_file
from app.ui.widgets.stat import StatTile
from app.ui.widgets.text import button, column, frame, heading, note, row, text

_WARNINGS_SHOWN = 12


class ResultStep(QWidget):
    """Numbers, files, warnings."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self._target = target
        self.banner = Banner()
        unit = "人" if target.key == "evacuees" else "件"
        self.tiles = {
            "created": StatTile("新規", icon="plus", unit=unit),
            "updated": StatTile("更新", icon="edit", unit=unit),
            "unchanged": StatTile("変更なし", icon="check", unit=unit),
            "review": StatTile("要確認", icon="help", unit=unit),
            "rejected": StatTile("エラー", icon="error", unit="行"),
        }
        self._files = QWidget()
        self._files.setLayout(column(spacing=8))
        whole = column(self.banner, row(*self.tiles.values(), spacing=10), self._files, spacing=12)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.buttons: list[tuple[Path, QWidget]] = []

    def show_done(self, done: Done, *, skipped: int = 0) -> None:
        """Show what became of it."""
        for name, tile in self.tiles.items():
            tile.show_number(done.total(name))
        self.tiles["review"].show_number(done.total("review"), note="取り込んでいません" if done.total("review") else "")
        self.tiles["rejected"].show_number(done.total("rejected"), note="取り込んでいません" if done.total("rejected") else "")
        if done.problem is not None:
            self.banner.show_message(
                f"{len(done.outcomes)}個のファイルを取り込んだところで止まりました。{message(done.problem)}", tone="bad"
            )
        elif done.total("rejected") or done.total("review"):
            self.banner.show_message(
                "取り込みました。取り込まなかった行があります。下のファイルで理由を確かめ、直して取り込み直せます。", tone="warn"
            )
        else:
            left = f"外した行が{skipped:,}行あります。" if skipped else ""
            self.banner.show_message(f"取り込みました。{left}", tone="good")
        parts = column(spacing=8)
        self.buttons = []
        for outcome in done.outcomes:
            for words, path in (("取込結果（報告）", outcome.report), ("取り込まなかった行", outcome.rejected_rows)):
                if path is not None:
                    parts.addWidget(self._line(words, path))
        told = [warning for outcome in done.outcomes for warning in outcome.warnings]
        total = done.total("warning_count")
        if told:
            parts.addWidget(heading(f"警告 {total:,}件"))
            for warning in told[:_WARNINGS_SHOWN]:
                parts.addWidget(note(f"・{warning}"))
            if total > min(len(told), _WARNINGS_SHOWN):
                parts.addWidget(note("どの行のことかは、報告のファイルにすべてあります。"))
        parts.addStretch()
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(parts)
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setWidget(inner)
        self._files.layout().addWidget(area)

    def _line(self, words: str, path: Path) -> QWidget:
        made, show = file_line(words, path)
        self.buttons.append((path, show))
        return made


def file_line(words: str, path: Path) -> tuple[QWidget, QWidget]:
    """A file that was written, with buttons to open it and its folder; the first of them besides."""
    show, place = button("開く", icon="list"), button("フォルダーを開く", icon="folder")
    show.setAccessibleName(f"{words}を開く {path.name}")
    show.clicked.connect(lambda: open_file(path))
    place.clicked.connect(lambda: open_file(path.parent))
    names = column(text(words, role="section"), text(path.name, role="note", wrap=False), spacing=1)
    return frame("card", row(names, 1, show, place, spacing=8, margins=(14, 8, 10, 8))), show
