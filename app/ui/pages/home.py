"""ホーム: what needs doing now, the numbers, and the open shelters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.domain.dates import format_instant
from app.presentation.columns.overview import OPEN_SHELTERS
from app.presentation.messages import message
from app.ui import theme
from app.ui.page import Page, Shell
from app.ui.pages.home_exchange import NO_EXCHANGE, exchange_tasks
from app.ui.pages.home_money import Task, money_tasks
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.stat import StatTile
from app.ui.widgets.table import Table
from app.ui.widgets.task_line import TaskLine
from app.ui.widgets.text import button, column, heading, row, text
from app.usecases.overview import take_overview
from app.usecases.relief_overview import NO_MONEY, ReliefOverview, take_relief_overview
from app.usecases.rows import Overview, ShelterRow
from app.usecases.site_board import ExchangeHints, exchange_hints

_REFRESH_MS = 60_000
_BACKUP_AGE = timedelta(days=1)
_NAMED = 3
_PRESSING = ("bad", "warn", "info")


class HomePage(Page):
    """Refreshes itself each minute while in sight."""

    key = "home"
    kinds = frozenset({
        "shelter", "spell", "shelter_spell", "headcount", "person", "stay", "absence", "snapshot", "setting", "household", "protection", "decision",
        "payment_batch", "payment", "transfer_file", "transfer_result", "payee_account", "voucher", "receipt", "casualty",
        "package", "conflict",
    })  # fmt: skip

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._at = text("", role="note", wrap=False)
        check_in = button("避難者を受け付ける", role="primary", icon="user-plus")
        check_in.clicked.connect(lambda: shell.go("search"))
        backup = button("いま控えを作る", icon="backup")
        backup.clicked.connect(lambda: shell.back_up(tell=True))
        backup.setEnabled(self.may("backup"))
        for part in (self._at, backup, check_in):
            self.tools.addWidget(part)
        self._first = check_in
        self.tiles = {
            "rostered": StatTile("名簿の避難者", icon="evacuees", unit="人", link=True),
            "declared": StatTile("報告された避難者", icon="phone", unit="人", link=True),
            "shelters": StatTile("開設中の避難所", icon="shelters", unit="か所", link=True),
            "residents": StatTile("住民データ", icon="residents", unit="人", link=True),
        }
        for name, page in (("rostered", "roster"), ("declared", "shelters"), ("shelters", "shelters"), ("residents", "residents")):
            self.tiles[name].pressed.connect(lambda page=page: shell.go(page))
        self._tasks = QVBoxLayout()
        self._tasks.setSpacing(6)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(self._tasks, 1, margins=(0, 0, 4, 0)))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        tasks = QWidget()
        tasks.setLayout(column(heading("やること"), area, spacing=8))
        self.table = Table(OPEN_SHELTERS, name="開設中の避難所", runner=self.runner, preferences=shell.preferences, many=False)
        self.table.opened.connect(lambda shelter_id: shell.go("shelters", shelter_id=shelter_id))
        self._empty = EmptyState(
            "開設中の避難所がありません",
            "避難所を登録して「開設」にすると、ここに避難者数と混み具合が並びます。",
            icon="shelters",
            actions=[("避難所を登録する", "plus", lambda: shell.go("shelters"))],
        )
        right = QWidget()
        right.setLayout(column(heading("開設中の避難所"), self.table, self._empty, spacing=8))
        tasks.setMinimumWidth(theme.current().px(330))
        self.body.addLayout(row(*self.tiles.values(), spacing=12))
        lower = row(tasks, right, spacing=20)
        lower.setStretch(0, 1)
        lower.setStretch(1, 2)
        self.body.addLayout(lower, 1)
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(lambda: self.isVisible() and self.refresh())
        self._timer.start()

    def refresh(self) -> None:
        """Read the overview."""
        ctx = self.context
        found = self.runner.read(lambda: (take_overview(ctx), take_relief_overview(ctx), exchange_hints(ctx)), parent=self, latest="home")
        found.success(lambda three: self.show_overview(*three)).start()

    def take_focus(self) -> None:
        """On the thing done most."""
        self._first.setFocus()

    def show_overview(self, seen: Overview, money: ReliefOverview = NO_MONEY, exchange: ExchangeHints = NO_EXCHANGE) -> None:
        """Show what was read."""
        self._at.setText(f"{format_instant(seen.at)} 現在")
        self.banner.show_message(message(seen.clock_problem) if seen.clock_problem else "", tone="bad")
        gap = seen.declared - seen.rostered
        self.tiles["rostered"].show_number(seen.rostered, note="名簿に載っている人")
        self.tiles["declared"].show_number(
            seen.declared,
            note="名簿と同じ" if not gap else f"名簿より {abs(gap):,} 人{'多い' if gap > 0 else '少ない'}",
            tone="warn" if gap else "",
        )
        self.tiles["shelters"].show_number(
            seen.shelters_open, note=f"定員超過 {len(seen.overfull)} か所", tone="bad" if seen.overfull else ""
        )
        self.tiles["residents"].show_number(
            seen.residents or None,
            note="検索に使う住民データ" if seen.residents else "まだ取り込まれていません",
            tone="" if seen.residents else "warn",
        )
        self.table.show_rows(seen.open_shelters)
        self.table.setVisible(bool(seen.open_shelters))
        self._empty.setVisible(not seen.open_shelters)
        self._show_tasks(tasks_of(seen, money, exchange))

    def _show_tasks(self, tasks: list[Task]) -> None:
        while (item := self._tasks.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().deleteLater()
        for icon, tone, words, detail, page, arguments in tasks:
            line = TaskLine(words, detail, icon=icon, tone=tone)
            if page == "backup":
                line.pressed.connect(lambda: self.shell.back_up(tell=True))
            else:
                line.pressed.connect(lambda page=page, arguments=arguments: self.shell.go(page, **arguments))
            self._tasks.addWidget(line)
        if not tasks:
            done = TaskLine(
                "いま急ぎの用はありません", "混雑・未報告・退所先の未入力・控えを見張っています。", icon="success", tone="good", link=False
            )
            self._tasks.addWidget(done)


def tasks_of(seen: Overview, money: ReliefOverview = NO_MONEY, exchange: ExchangeHints = NO_EXCHANGE) -> list[Task]:
    """What wants doing, most pressing first; among equals what concerns other laptops, then people, then money."""
    rules: list[Callable[[Overview], Task | None]] = [
        _overfull,
        _protections,
        _doubtful,
        _pending,
        _uncounted,
        _destinations,
        _overdue,
        _backup,
        _residents,
    ]
    found = [task for rule in rules if (task := rule(seen)) is not None]
    return sorted([*exchange_tasks(exchange, now=seen.at), *found, *money_tasks(money)], key=lambda task: _PRESSING.index(task[1]))


def _names(rows: tuple[ShelterRow, ...]) -> str:
    named = "、".join(shelter.name for shelter in rows[:_NAMED])
    return f"{named} ほか{len(rows) - _NAMED}か所" if len(rows) > _NAMED else named


def _overfull(seen: Overview) -> Task | None:
    if not seen.overfull:
        return None
    return "error", "bad", f"定員を超えている避難所 {len(seen.overfull)} か所", _names(seen.overfull), "shelters", {"show": "overfull"}


def _protections(seen: Overview) -> Task | None:
    if seen.protections is None or not (seen.protections.overdue or seen.protections.ending):
        return None
    over, soon = seen.protections.overdue, seen.protections.ending
    if over:
        detail = "自動では終わりません。延長か解除を決めてください。" + (f"ほかに、まもなく終わる人 {soon} 人。" if soon else "")
        return "shield", "bad", f"支援措置の期間が過ぎた人 {over} 人", detail, "residents", {"tab": "protection", "state": "overdue"}
    return (
        "shield",
        "warn",
        f"支援措置の期間がまもなく終わる人 {soon} 人",
        "延長するか確かめてください。",
        "residents",
        {"tab": "protection", "state": "ending"},
    )


def _doubtful(seen: Overview) -> Task | None:
    if seen.protections is None or not seen.protections.doubtful:
        return None
    words = f"支援措置の人かもしれない受付 {seen.protections.doubtful} 人"
    return (
        "shield",
        "warn",
        words,
        "新しい人として受け付けられました。同じ人か確かめてください。",
        "residents",
        {"tab": "protection", "state": "doubtful"},
    )


def _pending(seen: Overview) -> Task | None:
    if not seen.pending:
        return None
    return (
        "warning",
        "warn",
        f"同じ人か確かめる避難者 {seen.pending} 人",
        "二重の登録かもしれません。見比べて決めてください。",
        "evacuees",
        {"show": "pending"},
    )


def _uncounted(seen: Overview) -> Task | None:
    if not seen.uncounted_today:
        return None
    words = f"今日の人数報告がない避難所 {len(seen.uncounted_today)} か所"
    return "phone", "warn", words, _names(seen.uncounted_today), "shelters", {"show": "uncounted"}


def _destinations(seen: Overview) -> Task | None:
    if not seen.without_destination:
        return None
    return (
        "exit",
        "warn",
        f"退所先が分からない人 {seen.without_destination} 人",
        "行き先を確かめて入力してください。",
        "roster",
        {"show": "without_destination"},
    )


def _overdue(seen: Overview) -> Task | None:
    if not seen.absent_overdue:
        return None
    return (
        "clock",
        "warn",
        f"戻る予定を過ぎた外出・外泊 {seen.absent_overdue} 人",
        "連絡を取って確かめてください。",
        "evacuees",
        {"show": "overdue"},
    )


def _backup(seen: Overview) -> Task | None:
    if seen.last_backup is not None and seen.at - seen.last_backup < _BACKUP_AGE:
        return None
    return "backup", "warn", "控えを作ってください", _age(seen.last_backup, seen.at), "backup", {}


def _age(last: datetime | None, now: datetime) -> str:
    if last is None:
        return "この台帳の控えはまだありません。"
    return f"最後の控えから {(now - last).days} 日たっています。"


def _residents(seen: Overview) -> Task | None:
    if seen.residents:
        return None
    return "residents", "info", "住民データを取り込む", "取り込むと、カナや生年月日ですぐに見つけて受け付けられます。", "residents", {}
