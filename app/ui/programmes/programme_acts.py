"""What can be done with programmes, rounds and rules; each act asks, runs on the writer thread and says how it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import RuleViolation, SasaeError
from app.domain.programme_plan import RuleDraft
from app.presentation.columns.programme import RULE_LIST, programme_heading, rule_lines
from app.presentation.forms.programme import CORRECTION, PROGRAMME, ROUND, programme_form, programme_values, round_form, round_values
from app.presentation.messages import message
from app.ui import faults
from app.ui.programmes.rule_dialog import RuleDialog
from app.ui.programmes.shipped_dialog import ShippedDialog
from app.ui.surveys.asking import open_export, open_form
from app.ui.widgets.form_dialog import FormDialog, ask
from app.usecases import programmes
from app.usecases.editions import load_text
from app.usecases.files import atomic_output
from app.usecases.programmes import Imported

if TYPE_CHECKING:
    from app.ui.programmes.rules_tab import RulesTab

_FILES = "支援制度のファイル (*.toml)"
_TOLD = {"created": "取り込みました", "updated": "違うところを直しました", "unchanged": "変わりはありません"}


class ProgrammeActs:
    """The acts of a ``RulesTab``."""

    def __init__(self, tab: RulesTab) -> None:
        self.tab = tab

    # -- programmes and files

    def take_shipped(self) -> ShippedDialog | None:
        """Read the shipped ones and take one over."""
        if not self.tab.may("programmes"):
            return None
        dialog = ShippedDialog(self.tab, self.tab.shell)
        dialog.imported.connect(self._imported)
        dialog.open()
        return dialog

    def choose_file(self) -> None:
        """Ask for a file."""
        chosen, _ = QFileDialog.getOpenFileName(self.tab, "支援制度のファイル", str(Path.home()), f"{_FILES};;すべて (*)")
        if chosen:
            self.import_file(Path(chosen))

    def import_file(self, path: Path, *, reason: str = "") -> None:
        """Take a file over; what is wrong with it is said with its line. A round with payments asks for a reason first."""
        ctx = self.tab.context
        work = self.tab.runner.write(
            lambda _: programmes.import_programme(ctx, text=load_text(path), name=path.name, reason=reason), parent=self.tab, label="window.saving"
        )
        work.success(self._imported).failure(lambda error: self._refused(error, lambda said: self.import_file(path, reason=said))).start()

    def _imported(self, done: Imported) -> None:
        self.tab.banner.show_message("")
        self.tab.shell.say(f"「{done.title}」：{_TOLD[done.state]}（回 {done.rounds}・決まり {done.rules}）")
        self.tab.want(programme_id=done.programme_id)

    def choose_target(self) -> None:
        """Ask where the file goes."""
        file = self.tab.file
        if file is not None:
            name = str(Path.home() / f"{file.programme.code}.toml")
            chosen, _ = QFileDialog.getSaveFileName(self.tab, "支援制度の書き出し先", name, _FILES)
            if chosen:
                self.save_file(Path(chosen))

    def save_file(self, out: Path) -> None:
        """Write the programme at hand."""
        file, ctx = self.tab.file, self.tab.context
        if file is None:
            return

        def write(_: Any) -> None:
            text = programmes.export_programme(ctx, programme_id=file.programme.id)
            with atomic_output(out) as temporary:
                temporary.write_text(text, "utf-8")

        self.tab.runner.write(write, parent=self.tab, label="window.saving").success(lambda _: self.tab.shell.say(f"{out.name} に書き出しました")).start()

    def export_rules(self) -> QWidget | None:
        """The rules of the programme at hand as a table on paper or in a file."""
        file, ctx = self.tab.file, self.tab.context
        if file is None:
            return None
        return open_export(
            self.tab, self.tab.shell, title=f"支給の決まり（{file.programme.title}）", subtitle=programme_heading(file.programme), columns=RULE_LIST,
            view="標準", rows=lambda: rule_lines(programmes.open_programme(ctx, programme_id=file.programme.id)), unit="件", people=lambda _: 0,
        )  # fmt: skip

    def add_programme(self) -> FormDialog | None:
        """A programme of one's own."""
        if not self.tab.may("programmes"):
            return None
        ctx = self.tab.context
        return open_form(
            self.tab, self.tab.shell, PROGRAMME, lambda values: programmes.save_programme(ctx, values=programme_values(values)),
            then=lambda done: self.tab.want(programme_id=done[0]), columns=2,
        )  # fmt: skip

    def edit_programme(self) -> FormDialog | None:
        """Correct the programme at hand."""
        file, ctx = self.tab.file, self.tab.context
        if file is None or not self.tab.may("programmes"):
            return None
        one = file.programme
        return open_form(
            self.tab, self.tab.shell, PROGRAMME,
            lambda values: programmes.save_programme(ctx, values=programme_values(values), programme_id=one.id, version=one.version),
            then=lambda _: self.tab.shell.say("直しました"), values=programme_form(one), columns=2,
        )  # fmt: skip

    def turn_programme(self) -> None:
        """End it, or begin again."""
        file = self.tab.file
        if file is None:
            return
        ending = file.programme.state == "open"
        if ending and not ask(self.tab, f"「{file.programme.title}」を終了にしますか？", "新しい計算ができなくなります。あとで戻せます。", yes="終了にする"):
            return
        self._set_state("closed" if ending else "open", programme_id=file.programme.id)

    # -- rounds

    def add_round(self) -> FormDialog | None:
        """One more round, numbered after the last."""
        file, ctx = self.tab.file, self.tab.context
        if file is None:
            return None
        numbers = [int(one.round.code) for one in file.rounds if one.round.code.isdecimal()]
        number = max(numbers, default=0) + 1
        return open_form(
            self.tab, self.tab.shell, ROUND, lambda values: programmes.save_round(ctx, programme_id=file.programme.id, values=round_values(values)),
            then=lambda done: self.tab.want(programme_id=file.programme.id, round_id=done[0]),
            values={"code": str(number), "title": f"第{number}次配分" if file.programme.kind == "donation" else ""}, columns=2,
        )  # fmt: skip

    def edit_round(self) -> FormDialog | None:
        """Correct the round at hand."""
        one, ctx = self.tab.round, self.tab.context
        if one is None or not self.tab.may("programmes"):
            return None
        kept = one.round
        return open_form(
            self.tab, self.tab.shell, ROUND,
            lambda values: programmes.save_round(
                ctx, programme_id=kept.programme_id, values=round_values(values), round_id=kept.id, version=kept.version
            ),
            then=lambda _: self.tab.shell.say("直しました"), values=round_form(kept), columns=2,
        )  # fmt: skip

    def turn_round(self) -> None:
        """Begin taking claims and paying, or end it."""
        one = self.tab.round
        if one is not None:
            self._set_state("closed" if one.round.state == "open" else "open", round_id=one.round.id)

    def drop_round(self) -> None:
        """Take a round away that nothing was calculated by."""
        one, ctx = self.tab.round, self.tab.context
        if one is None or not ask(self.tab, f"「{one.round.title}」を取り消しますか？", "決まりも一緒に取り消します。", yes="取り消す"):
            return
        work = self.tab.runner.write(
            lambda _: programmes.remove_round(ctx, round_id=one.round.id, reason=message("programme.removed_by_hand")), parent=self.tab,
            label="window.saving",
        )  # fmt: skip
        work.success(lambda _: self.tab.shell.say("取り消しました")).failure(self._refused).start()

    def _set_state(self, state: str, **which: str) -> None:
        ctx = self.tab.context
        work = self.tab.runner.write(lambda _: programmes.set_state(ctx, state=state, **which), parent=self.tab, label="window.saving")
        work.success(lambda _: self.tab.shell.say("状態を変えました")).failure(self._refused).start()

    # -- rules

    def add_rule(self) -> RuleDialog | None:
        """One more rule, at the end."""
        one = self.tab.round
        return None if one is None else self._edit(None, [RuleDraft.of(rule) for rule in one.rules], len(one.rules))

    def edit_rule(self) -> RuleDialog | None:
        """Change the rule at hand."""
        one, rule = self.tab.round, self.tab.rule
        if one is None or rule is None or not self.tab.may("programmes"):
            return None
        return self._edit(RuleDraft.of(rule), [RuleDraft.of(other) for other in one.rules], one.rules.index(rule))

    def _edit(self, rule: RuleDraft | None, drafts: Sequence[RuleDraft], place: int) -> RuleDialog | None:
        one, file, ctx = self.tab.round, self.tab.file, self.tab.context
        if one is None or file is None:
            return None

        def show(reason: str = "") -> RuleDialog:
            def keep(meant: RuleDraft) -> Any:
                rules = [*drafts[:place], meant, *drafts[place + 1 :]]
                return programmes.save_rules(ctx, round_id=one.round.id, rules=rules, reason=reason)

            dialog = RuleDialog(self.tab, self.tab.shell, keep, rule=rule, kind=file.programme.kind)
            dialog.saved.connect(lambda _: self.tab.shell.say("保存しました"))
            dialog.open()
            return dialog

        if not one.locked:
            return show()
        self._ask_reason(show)
        return None

    def move_rule(self, step: int) -> None:
        """Up or down: the order of the table and of what is printed."""
        one, rule = self.tab.round, self.tab.rule
        if one is None or rule is None:
            return
        drafts, place = [RuleDraft.of(other) for other in one.rules], one.rules.index(rule)
        if 0 <= place + step < len(drafts):
            drafts.insert(place + step, drafts.pop(place))
            self._save(drafts)

    def drop_rule(self) -> None:
        """Take the rule at hand away."""
        one, rule = self.tab.round, self.tab.rule
        if one is None or rule is None or not ask(self.tab, f"「{rule.title}」を外しますか？", "履歴からは消えません。", yes="外す"):
            return
        drafts = [RuleDraft.of(other) for other in one.rules if other.id != rule.id]
        if one.locked:
            self._ask_reason(lambda reason: self._save(drafts, reason=reason))
        else:
            self._save(drafts)

    def _save(self, drafts: Sequence[RuleDraft], *, reason: str = "") -> None:
        one, ctx = self.tab.round, self.tab.context
        if one is None:
            return
        round_id = one.round.id
        work = self.tab.runner.write(
            lambda _: programmes.save_rules(ctx, round_id=round_id, rules=drafts, reason=reason), parent=self.tab, label="window.saving"
        )
        work.failure(self._refused).start()

    # -- what was refused

    def _ask_reason(self, then: Callable[[str], object]) -> FormDialog:
        dialog = FormDialog(self.tab, CORRECTION, save=lambda _: None, columns=1)
        dialog.saved.connect(lambda values: then(values["reason"]))
        dialog.open()
        return dialog

    def _refused(self, error: Exception, again: Callable[[str], object] | None = None) -> None:
        if isinstance(error, RuleViolation) and error.code == "programme.round_locked" and again is not None:
            self._ask_reason(again)
        elif isinstance(error, SasaeError) and error.exit_code == 1:
            self.tab.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self.tab, error)
