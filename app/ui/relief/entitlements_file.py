"""One entitlement whole: how much and why, what was paid, what is missing, the claim, what else the household receives."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QScrollArea, QWidget

from app.domain.errors import RuleViolation
from app.domain.relief_rules import Facts, evaluate
from app.presentation.columns.entitlement import ENTITLEMENTS, PAID_PARTS, account_text, payee_text, progress_text
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.texts import birth_era, moment_long
from app.presentation.labels import field_label, label
from app.presentation.messages import message
from app.presentation.relief_steps import reason_words
from app.presentation.yen_words import yen
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.relief.entitlements_acts import EntitlementActs
from app.ui.surveys.asking import bind, use_view
from app.ui.widgets.banner import Banner
from app.ui.widgets.table import Table
from app.ui.widgets.text import badge, button, column, frame, heading, row, text
from app.usecases import entitlements
from app.usecases.relief_rows import EntitlementFile, EntitlementRow

_NEXT = {
    "claim": "「申請」で受け付けます。", "documents": "「申請」で書類がそろったら印を付けます。", "certificate": "「証明書」で罹災証明書を交付すると進みます。",
    "payee": "F6 で受取人を登録します。", "account": "F6 で口座を登録します。", "check": "別の人が「受取人・口座」で口座を確認します。",
}  # fmt: skip
_PROGRESS_NEXT = {
    "open": "「支給決定簿」で決定簿を作ると支払いに進みます。", "planned": "「支給決定簿」で確認と承認を待っています。",
    "approved": "承認されました。「振込」で振込データを作ります。", "sent": "銀行の結果を待っています。", "voucher": "「現金窓口」で支払います。",
    "failed": "口座を直して確認すると、「支給決定簿」で再支給の決定簿を作れます。",
}  # fmt: skip


class EntitlementFileDialog(QDialog):
    """``sent`` asks to show another tab with arguments."""

    sent = Signal(str, dict)

    def __init__(self, parent: QWidget, shell: Shell, entitlement_id: str) -> None:
        super().__init__(parent)
        self.shell, self.entitlement_id = shell, entitlement_id
        self.file: EntitlementFile | None = None
        self.acts = EntitlementActs(self, shell)
        self.acts.done.connect(self.read)
        self.setWindowTitle("支給の対象")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.title = heading("")
        self.mark = badge("支援措置", tone="bad")
        self.figures = text("", role="lead")
        self.next, self.banner = Banner(), Banner()
        self.banner.hide()
        self.reasons = text("")
        self.facts = QGridLayout()
        self.facts.setVerticalSpacing(5)
        self.facts.setHorizontalSpacing(14)
        self.parts = Table(PAID_PARTS, name="支給", preferences=shell.preferences, many=False)
        self.parts.opened.connect(lambda _: self.go_batch())
        self.others = Table(ENTITLEMENTS, name="同じ世帯のほかの支給", preferences=shell.preferences, many=False)
        use_view(self.others, "世帯")
        self.others.opened.connect(self._walk)
        self._make_buttons()
        self._lay_out()
        self.read()

    def _make_buttons(self) -> None:
        self.payee_button = button("受取人・口座…（F6）", role="primary", icon="user")
        self.claim_button = button("申請を開く", icon="claim")
        self.batch_button = button("決定簿を開く", icon="ledger")
        self.decline_button = button("辞退にする…", icon="minus")
        self.reopen_button = button("辞退を取り消す…", icon="undo")
        self.history_button = button("履歴", icon="history")
        for made, act, keys in (
            (self.payee_button, self.go_payee, "F6"), (self.claim_button, self.go_claim, ""), (self.batch_button, self.go_batch, ""),
            (self.decline_button, self.decline, ""), (self.reopen_button, self.reopen, ""), (self.history_button, self.go_history, ""),
        ):  # fmt: skip
            bind(self, made, act, keys)
            made.setEnabled(False)
        self.reopen_button.hide()

    def _lay_out(self) -> None:
        look, room = theme.current(), self.screen().availableGeometry()
        top = row(self.title, self.mark, spacing=8)
        top.setStretch(0, 1)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        why = frame("well", column(text("理由", role="field"), self.reasons, spacing=4, margins=(12, 8, 12, 10)))
        self._parts_box, self._others_box = QWidget(), QWidget()
        self._parts_box.setLayout(column(heading("支給の記録"), self.parts, spacing=4))
        self._others_box.setLayout(column(heading("同じ世帯のほかの支給"), self.others, spacing=4))
        inner.setLayout(column(why, self.facts, self._parts_box, self._others_box, 1, spacing=12, margins=(0, 0, 12, 8)))
        for table in (self.parts, self.others):
            table.setFixedHeight(look.px(132))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setWidget(inner)
        body = column(top, self.figures, self.next, self.banner, area, spacing=8, margins=(24, 16, 24, 10))
        body.setStretch(4, 1)
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        feet = (self.payee_button, self.claim_button, self.batch_button, self.decline_button, self.reopen_button, self.history_button)
        whole = column(body, frame("footer", row(*feet, 1, leave, spacing=6, margins=(20, 10, 20, 10))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.resize(min(look.px(1120), room.width() - 30), min(look.px(660), room.height() - 40))

    # -- reading

    def read(self) -> None:
        """Read it again; whose it is is noted in the access log."""
        ctx, wanted = self.shell.context, self.entitlement_id
        work = self.shell.runner.write(
            lambda _: entitlements.open_entitlement(ctx, entitlement_id=wanted), parent=self, label="lists.reading"
        )
        work.success(self.show_file).failure(self._failed).start()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.read)

    def show_file(self, file: EntitlementFile) -> None:
        """This one."""
        self.file = file
        one = file.row
        self.title.setText("　".join(filter(None, (one.number, one.name, f"{one.programme_title} {one.round_title}".strip()))))
        self.mark.setVisible(one.protected)
        self.figures.setText(figures_text(one))
        self.reasons.setText(reasons_text(file))
        self._show_next(one)
        self._show_facts(file)
        self.parts.show_rows(file.parts, key=lambda part: part.share.id)
        self.others.show_rows(file.others)
        self._parts_box.setVisible(bool(file.parts))
        self._others_box.setVisible(bool(file.others))
        self._enable()

    def _show_next(self, one: EntitlementRow) -> None:
        if one.flag == "over":
            told = f"{yen(one.over)}多く支給しています。返してもらう手続きを担当と確かめてください。新しい支給はしません。"
            self.next.show_message(told, tone="bad")
        elif one.state != "open":
            self.next.show_message(f"{label('entitlement.state', one.state)}：{one.reason}" if one.reason else "", tone="info")
        elif one.wants and one.open:
            told = "　".join(f"{label('wants', code)}がまだです。{_NEXT.get(code, '')}" for code in one.wants)
            self.next.show_message(f"次にすること：{told}", tone="warn")
        elif one.progress in _PROGRESS_NEXT:
            self.next.show_message(f"次にすること：{_PROGRESS_NEXT[one.progress]}", tone="bad" if one.progress == "failed" else "info")
        else:
            self.next.show_message("")

    def _show_facts(self, file: EntitlementFile) -> None:
        while (item := self.facts.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        lines = [(name, words) for name, words in _facts(file) if words]
        half = (len(lines) + 1) // 2
        for at, (name, words) in enumerate(lines):
            place = (at, 0) if at < half else (at - half, 2)
            self.facts.addWidget(text(name, role="field", wrap=False), place[0], place[1], Qt.AlignmentFlag.AlignTop)
            self.facts.addWidget(text(words), place[0], place[1] + 1)
        for wide in (1, 3):
            self.facts.setColumnStretch(wide, 1)

    def _enable(self) -> None:
        file = self.file
        one = file.row if file else None
        may = self.acts.may("claim") or self.acts.may("relief")
        self.payee_button.setEnabled(one is not None)
        self.history_button.setEnabled(one is not None)
        self.claim_button.setEnabled(bool(one and one.claim_id))
        self.batch_button.setEnabled(bool(one and one.batch_id))
        self.decline_button.setEnabled(bool(may and one and one.state == "open" and not one.paid and not one.under_way))
        declined = bool(one and one.state == "declined")
        self.decline_button.setVisible(not declined)
        self.reopen_button.setVisible(declined)
        self.reopen_button.setEnabled(may and declined)

    # -- acting

    def _send(self, tab: str, **given: Any) -> None:
        self.accept()
        self.sent.emit(tab, given)

    def go_payee(self) -> None:
        """Who receives it and where to."""
        self._send("payees", entitlement_id=self.entitlement_id)

    def go_claim(self) -> None:
        """To the claim it is based on."""
        if self.file is not None and self.file.row.claim_id:
            self._send("claims", claim_id=self.file.row.claim_id)

    def go_batch(self) -> None:
        """To the batch of the payment at hand, else of the newest."""
        if self.file is None:
            return
        part = self.parts.current_row()
        batch_id = part.batch.id if part is not None and part.batch is not None else self.file.row.batch_id
        if batch_id:
            self._send("batches", batch_id=batch_id)

    def go_history(self) -> None:
        """Who changed what, when."""
        self.accept()
        self.shell.go("history", record_id=self.entitlement_id)

    def _lead(self) -> str:
        one = self.file.row if self.file else None
        return f"{one.number}　{one.name}　{yen(one.due)}" if one else ""

    def decline(self) -> object:
        """辞退."""
        return self.acts.decline([self.entitlement_id], lead=self._lead())

    def reopen(self) -> object:
        """Back again."""
        return self.acts.reopen([self.entitlement_id], lead=self._lead())

    def _walk(self, entitlement_id: Any) -> None:
        self.entitlement_id = entitlement_id
        self.read()


def figures_text(one: EntitlementRow) -> str:
    """What is due, what was paid, what is left, in one line."""
    parts = (
        ("支給額", one.due, True), ("前回まで", one.before, False), ("支給済み", one.paid, True), ("手続き中", one.under_way, False),
        ("残り", one.open, True), ("過払い", one.over, False),
    )  # fmt: skip
    return "　".join(f"{name} {yen(amount)}" for name, amount, always in parts if always or amount)


def reasons_text(file: EntitlementFile) -> str:
    """Why it is so much, in words: what each rule gives and why, by the rules and the facts it was calculated from."""
    outcome = evaluate(file.rules, facts_of(file), programme=file.programme, round=file.round)
    told = [reason_words(one) for one in outcome.reasons]
    if outcome.due != file.entitlement.due:
        now = [f"{line.title}：{yen(line.amount) if line.amount else line.benefit}" for line in file.lines]
        return "\n".join([*now, "決まりが、この計算のあとで変わっています。「試算・計算」で計算し直してください。"])
    return "\n".join(told) or "この人・世帯に当てはまる決まりがありません。"


def facts_of(file: EntitlementFile) -> Facts:
    """The facts as they were when it was calculated."""
    names = {one.name for one in fields(Facts)}
    given = {name: _shape(name, value) for name, value in file.facts.items() if name in names}
    return Facts(unit=file.entitlement.unit, **given)


def _shape(name: str, value: Any) -> Any:
    if name == "resident_on":
        return frozenset(value)
    return tuple(value) if isinstance(value, list) else value


def _facts(file: EntitlementFile) -> list[tuple[str, str]]:
    one, made = file.row, file.entitlement

    def word(key: str) -> str:
        return field_label("entitlement", key)

    who = "　".join(filter(None, (one.name, one.kana, birth_era(one.birth))))
    claim, casualty, known = file.claim, file.casualty, facts_of(file)
    return [
        (label("unit", one.unit), who), (word("address"), one.address), (word("district"), one.district), (word("category"), one.category),
        ("被害の程度", label("grade", known.grade)), ("世帯の人数", f"{known.size}人" if known.size else ""), ("進み", progress_text(one)),
        ("受取人", payee_text(one) or "まだ決まっていません"), ("口座・受取方法", account_text(one)),
        ("申請", f"{claim.number}　{label('claim.state', claim.state)}　{day_text(claim.claimed_on)}" if claim else ""),
        ("人的被害", f"{label('harm', casualty.harm)}　{casualty.name}　{label('casualty.state', casualty.state)}" if casualty else ""),
        ("決定簿", one.batch_number), (word("calculated_at"), moment_long(made.calculated_at)), (word("resident_no"), one.resident_no),
        (word("reason"), one.reason if one.state == "open" else ""), ("備考", made.note),
    ]  # fmt: skip
