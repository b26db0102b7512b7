"""受け渡し: two large buttons for a tired person, sticks as they are plugged in, and the log of packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import SasaeError
from app.presentation.columns.exchange import PACKAGES, say_freshness
from app.syncing.package_rows import AppliedPackage, FoundPackage, WrittenPackage
from app.syncing.packages import find_packages
from app.ui import faults
from app.ui.exchange.big_act import BigAct
from app.ui.exchange.carrying import CANCELLED, CarryDialog, say_fault, write_all
from app.ui.exchange.offer import Offer, make_offer
from app.ui.exchange.standing import Standing, read_standing
from app.ui.exchange.sticks import Stick
from app.ui.exchange.taking import TakeDialog
from app.ui.exchange.watching import StickWatch
from app.ui.exchange.words import last_words, written_words
from app.ui.icons import IconLabel
from app.ui.page import Page, Shell
from app.ui.surveys.asking import open_export
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, restyle, row, text
from app.usecases.exchange_rows import PackageRow
from app.usecases.site_board import Freshness, Receiver, freshness, receivers, site_board

_TAKE_IN = "USBメモリーの中を見て、どこから何が届いたかを確かめてから取り込みます。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the page shows of the store. ``standing`` says what is in the way, if anything is."""

    standing: Standing
    sites: tuple[Receiver, ...]
    packages: tuple[PackageRow, ...]
    fresh: Freshness | None

    @property
    def enrolled(self) -> bool:
        """This laptop takes part."""
        return self.standing.member

    @property
    def blocked(self) -> bool:
        """There is nobody to exchange with, or this laptop may not."""
        return bool(self.standing.act)


class ExchangePage(Page):
    """F7 carries out, F8 takes in, Ctrl+O takes a file from elsewhere, Ctrl+E writes the log out."""

    key = "exchange"
    kinds = frozenset({"package", "setting", "device", "site"})
    obstacle: Banner

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.seen: Seen | None = None
        self.offer: Offer = make_offer((), {})
        self._wanted = ""
        self._found: Mapping[Path, Sequence[FoundPackage]] = {}
        self.watch = StickWatch(self.runner, parent=self)
        self.watch.changed.connect(self._sticks_changed)
        self.place, self.last = text("", role="section", wrap=False), text("", role="note")
        self.stick_title, self.stick_detail = text("", role="section"), text("", role="note")
        self.carry_act = BigAct("持ち出す", icon="carry-out", keys="F7")
        self.take_act = BigAct("取り込む", icon="take-in", keys="F8")
        self.outcome, self.obstacle = Banner(closable=True), Banner()
        self.table = Table(PACKAGES, name="受け渡しの記録", runner=self.runner, preferences=shell.preferences)
        self.table.viewed.connect(self.table.set_view)
        self.empty = EmptyState(
            "まだ受け渡しの記録がありません",
            "持ち出し・取り込みをすると、いつ、どこと、何件を受け渡したかがここに残ります。",
            icon="package",
        )
        self.unready = EmptyState(
            "この端末は、まだ受け渡しに登録されていません",
            "",
            icon="key",
            actions=[("この端末を登録する", "key", self.step)],
        )
        self._lay_out()
        self._connect()
        self._offer()

    def _lay_out(self) -> None:
        self.other_carry = button("ほかの渡し先・フォルダー…", icon="folder")
        self.other_take = button("ほかのフォルダーから取り込む…（Ctrl+O）", icon="folder")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        about = row(
            IconLabel("home", tint="muted", size=26), column(self.place, self.last, 1, spacing=2), spacing=12, margins=(14, 10, 14, 10)
        )
        about.setStretch(1, 1)
        here = frame("card", about)
        inside = row(
            IconLabel("usb", tint="accent", size=26),
            column(self.stick_title, self.stick_detail, 1, spacing=2),
            spacing=12,
            margins=(14, 10, 14, 10),
        )
        inside.setStretch(1, 1)
        self.stick_card = frame("banner", inside)
        cards = row(here, self.stick_card, spacing=12)
        cards.setStretch(0, 2)
        cards.setStretch(1, 3)
        acts = row(
            column(self.carry_act, row(self.other_carry, 1), spacing=6),
            column(self.take_act, row(self.other_take, 1), spacing=6),
            spacing=20,
        )
        acts.setStretch(0, 1)
        acts.setStretch(1, 1)
        log = column(row(heading("受け渡しの記録"), 1, self.export_button), self.table, self.empty, spacing=6)
        log.setStretch(1, 1)
        self.work = QWidget()
        whole = column(cards, self.obstacle, self.outcome, acts, log, spacing=12)
        whole.setStretch(4, 1)
        self.work.setLayout(whole)
        self.body.addWidget(self.work, 1)
        self.body.addWidget(self.unready, 1)
        for part in (self.outcome, self.obstacle, self.unready):
            part.hide()

    def _connect(self) -> None:
        self.carry_act.pressed.connect(self.carry)
        self.take_act.pressed.connect(self.take)
        for made, act, keys in (
            (self.other_carry, self.choose_carry, ""),
            (self.other_take, self.take_elsewhere, "Ctrl+O"),
            (self.export_button, self.export, "Ctrl+E"),
            (self.carry_act.button, self.carry, "F7"),
            (self.take_act.button, self.take, "F8"),
        ):
            if made not in (self.carry_act.button, self.take_act.button):
                made.clicked.connect(lambda _=False, act=act: act())
            if keys:
                stroke = QShortcut(QKeySequence(keys), self, lambda made=made: made.isEnabled() and made.isVisible() and made.click())
                stroke.setAutoRepeat(False)

    def showEvent(self, event: QShowEvent) -> None:
        """Sticks are looked for while the page is in sight."""
        super().showEvent(event)
        self.watch.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """And not when nobody looks."""
        super().hideEvent(event)
        self.watch.stop()

    # -- what is shown

    def refresh(self) -> None:
        """Whether this laptop takes part, the sites, the log."""
        ctx = self.context

        def read() -> Seen:
            standing = read_standing(ctx)
            board = site_board(ctx) if standing.member and ctx.actor.may("exchange") else []
            packages = tuple(ctx.reads.exchange.packages(limit=1000))
            return Seen(standing=standing, sites=tuple(receivers(ctx, board)), packages=packages, fresh=freshness(ctx))

        self.runner.read(read, parent=self, latest="exchange").success(self.show_seen).start()
        self._look_into_sticks()

    def show_seen(self, seen: Seen) -> None:
        """Show what was read; the first time the keyboard goes to what can be done."""
        first, self.seen = self.seen is None, seen
        place = self.context.place
        self.place.setText(f"この端末：{place.site_name}（{place.device_prefix}）")
        told = last_words(seen.packages[0].handled_at if seen.packages else None)
        sites = say_freshness(seen.fresh).partition("。")[2].replace("　", "\n")  # each on a line of its own: the card is narrow
        self.last.setText("\n".join(filter(None, (told, sites))))
        self.table.show_rows(seen.packages, key=lambda one: (one.direction, one.id, one.device))
        self.table.setVisible(bool(seen.packages))
        self.empty.setVisible(not seen.packages)
        self.work.setVisible(not seen.blocked or bool(seen.packages))
        self.unready.setVisible(seen.blocked and not seen.packages)
        self._say_standing(seen.standing)
        self._offer()
        if first and (self.hasFocus() or self.focusWidget() is not None or self.window().focusWidget() is None):
            self.take_focus()
        self._carry_wanted()

    def _say_standing(self, standing: Standing) -> None:
        """What is in the way: in the middle of an empty page, else above the log; either way with the next step."""
        self.unready.title.setText(standing.title)
        self.unready.explanation.setText(standing.words)
        self.unready.buttons[0].setText(standing.button)
        tone = "bad" if standing.act == "reopen" else "warn"
        words = f"{standing.title}。\n{standing.words}" if standing.act else ""
        self.obstacle.show_message(words, tone=tone, action=standing.button, act=self.step)

    def step(self) -> None:
        """The one thing to do before anything can be carried."""
        act = self.seen.standing.act if self.seen is not None else ""
        if act == "reopen":
            self.shell.leave(again=True)
        else:
            self.shell.go("sites", tab="devices", act=act)

    def _sticks_changed(self, sticks: Sequence[Stick]) -> None:
        if self.outcome.isVisibleTo(self) and not sticks:
            self.outcome.show_message("")
        self._found = {path: found for path, found in self._found.items() if path in {stick.path for stick in sticks}}
        self._offer()
        self._look_into_sticks()

    def _look_into_sticks(self) -> None:
        """Which packages lie on the sticks; what cannot be read is told when it is opened."""
        ctx, paths = self.context, [stick.path for stick in self.watch.sticks]
        if not paths or self.seen is None or not self.seen.enrolled:
            return

        def find() -> dict[Path, Sequence[FoundPackage]]:
            found: dict[Path, Sequence[FoundPackage]] = {}
            for path in paths:
                try:
                    found[path] = find_packages(path, ctx=ctx)
                except (OSError, SasaeError):  # pulled out meanwhile
                    continue
            return found

        read = self.runner.read(find, parent=self, latest="exchange.sticks")
        read.success(self._show_found).failure(lambda _: None).start()

    def _show_found(self, found: Mapping[Path, Sequence[FoundPackage]]) -> None:
        self._found = found
        self._offer()

    def _offer(self) -> None:
        """Say what is in the computer, and put the right button first."""
        self.offer = offer = make_offer(self.watch.sticks, self._found)
        self.stick_title.setText(offer.title)
        self.stick_detail.setText(offer.detail)
        restyle(self.stick_card, tone={"take": "good", "carry": "info"}.get(offer.act, "quiet"))
        self.stick_card.setAccessibleName(f"{offer.title} {offer.detail}")
        ready = self.seen is not None and not self.seen.blocked and self.may("exchange")
        looks = self.seen is not None and self.seen.enrolled and self.may("exchange")  # also to hear why a file is refused
        self.carry_act.lead(ready and offer.act == "carry")
        self.take_act.lead(looks and offer.act == "take")
        for made, on in ((self.carry_act, ready), (self.other_carry, ready), (self.take_act, looks), (self.other_take, looks)):
            made.setEnabled(on)
        self.export_button.setEnabled(self.seen is not None and bool(self.seen.packages) and (self.may("export") or self.may("print")))
        target = self.target
        if target is not None:
            waiting = f"届いたと確かめられていない記録 およそ {target.waiting:,}件を" if target.waiting else "変わったところだけを"
            self.carry_act.say(
                f"{waiting}、{target.site}あてに書き込みます。" if target.waiting else f"{waiting}{target.site}あてに書き込みます。"
            )
        else:
            self.carry_act.say("渡す拠点を選んで、その拠点がまだ持っていない記録を書き込みます。")
        self.take_act.say(f"{offer.detail}を確かめて取り込みます。" if offer.act == "take" else _TAKE_IN)

    @property
    def target(self) -> Receiver | None:
        """Where a site's packages go without asking: headquarters, if there is one."""
        if self.seen is None or self.context.place.site_kind == "hq":
            return None
        found = [one for one in self.seen.sites if one.kind == "hq"]
        return found[0] if len(found) == 1 else None

    def take_focus(self) -> None:
        """On what is offered."""
        if self.unready.isVisibleTo(self):
            self.unready.buttons[0].setFocus()
        else:
            (self.take_act if self.offer.act == "take" else self.carry_act).button.setFocus()

    # -- carrying out

    def carry(self) -> None:
        """One press where there is nothing to choose; else the dialog."""
        sticks = [stick for stick in self.watch.sticks if stick.writable]
        if self.target is None or len(sticks) != 1:
            self.choose_carry()
            return
        self.carry_act.setEnabled(False)
        work = self.runner.write(write_all(self.context, [self.target.id], target=sticks[0].path), parent=self, label="site.writing")
        work.finished(lambda: self.carry_act.setEnabled(True)).success(self._written).failure(self._failed).start()

    def choose_carry(self) -> CarryDialog | None:
        """Which sites, where to."""
        if self.seen is None or self.seen.blocked:
            return None
        folder = self.shell.preferences.get("exchange.folder", "")
        kept = folder if folder and Path(folder).is_dir() else ""
        dialog = CarryDialog(self, self.shell, sites=self.seen.sites, sticks=self.watch.sticks, folder=kept)
        dialog.written.connect(self._written)
        dialog.open()
        return dialog

    def _written(self, done: Sequence[WrittenPackage]) -> None:
        folder = done[0].path.parent
        if folder not in {stick.path for stick in self.watch.sticks}:
            self.shell.preferences.set("exchange.folder", str(folder))
        self.outcome.show_message(written_words(done), tone="good")
        self.shell.say("書き込み、確かめました")
        self._packages_changed()

    def _failed(self, error: Exception) -> None:
        words = say_fault(error, cancelled=CANCELLED)
        if words:
            self.outcome.show_message(words, tone="bad")
        else:
            faults.show(self, error)

    def _packages_changed(self) -> None:
        """The log, the status bar and the numbers beside other pages."""
        self.runner.changed.emit({"package": frozenset({"*"})})

    # -- taking in

    def take(self) -> None:
        """What lies on the stick; without a stick a folder is asked for."""
        stick = self.offer.stick
        if stick is None:
            self.take_elsewhere()
        else:
            self.open_taking(folder=stick.path)

    def take_elsewhere(self) -> None:
        """A folder without a stick."""
        chosen = QFileDialog.getExistingDirectory(self, "取り込むフォルダー", self.shell.preferences.get("exchange.folder", ""))
        if chosen:
            self.shell.preferences.set("exchange.folder", chosen)
            self.open_taking(folder=Path(chosen))

    def open_taking(self, **where: Any) -> TakeDialog:
        """The dialog that lists, looks into and takes in."""
        dialog = TakeDialog(self, self.shell, **where)
        dialog.taken.connect(self._taken)
        dialog.open()
        return dialog

    def _taken(self, done: AppliedPackage) -> None:
        self.outcome.show_message("")
        self._packages_changed()

    def arrive(self, **arguments: Any) -> None:
        """``act`` carry or take presses the button, ``site_id`` says for whom; ``path`` opens a file or a stick."""
        if arguments.get("path"):
            self.open_taking(file=Path(arguments["path"]))
        elif arguments.get("act") == "take":
            self.take()
        elif arguments.get("act") == "carry" and arguments.get("site_id"):
            self._wanted = str(arguments["site_id"])
            self._carry_wanted()
        elif arguments.get("act") == "carry":
            self.carry()

    def _carry_wanted(self) -> None:
        """The dialog with the site that another page named; when this page has not read anything yet, after that."""
        if self._wanted and self.seen is not None and not self.seen.blocked:
            wanted, self._wanted = self._wanted, ""
            dialog = self.choose_carry()
            if dialog is not None:
                dialog.table.select_id(wanted)

    def export(self) -> None:
        """The log as a file or on paper."""
        ctx = self.context
        open_export(
            self, self.shell, title="受け渡しの記録", subtitle="", columns=PACKAGES, view="full", unit="件", people=lambda _: 0,
            rows=lambda: ctx.reads.exchange.packages(limit=100_000),
        )  # fmt: skip
