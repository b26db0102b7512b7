"""A rule typed in: while somebody types, the sentence that will be applied stands above the fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation
from app.domain.programme_plan import RuleDraft
from app.presentation.forms.programme import RULE, rule_draft, rule_form
from app.presentation.relief_steps import rule_sentence
from app.ui.page import Shell
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.text import column, frame, note, text

_NEW = RuleDraft(title="", amount=0)


class RuleDialog(FormDialog):
    """``keep`` takes the rule as it is meant and answers what ``saved`` gets; it runs on the writer thread."""

    def __init__(self, parent: QWidget, shell: Shell, keep: Callable[[RuleDraft], Any], *, rule: RuleDraft | None = None, kind: str = "") -> None:
        before = rule or _NEW

        def save(values: dict[str, Any]) -> Any:
            return shell.runner.write(lambda _: keep(rule_draft(values, rule_id=before.id)), parent=self, label="window.saving")

        lead = "減免の制度です。金額は空けて、減免の内容を言葉で入れます。" if kind == "exemption" else ""
        super().__init__(parent, RULE, save=save, values=rule_form(before), lead=lead, columns=2)
        self.sentence = text("")
        card = frame("well", column(note("この決まりを文にすると"), self.sentence, spacing=2, margins=(24, 8, 24, 8)))
        self.layout().insertWidget(1, card)
        self.body.changed.connect(self._say)
        self._unfold_used()
        self._say()

    def _unfold_used(self) -> None:
        """Folded parts that say something are open."""
        untouched = RULE.defaults()
        for key, editor in self.body.editors.items():
            if editor.raw() not in ("", untouched[key]):
                self.body._unfold(editor)

    def _say(self) -> None:
        values, problems = RULE.parse(self.body.raw())
        if problems:
            self.sentence.setText("（必要な欄を入れると、ここに文が出ます）")
            return
        try:
            meant = rule_draft(values)
            self.sentence.setText(rule_sentence(meant.record(rule_id="", round_id="", position=0)))
        except RuleViolation:
            self.sentence.setText("（読めない欄があります）")

