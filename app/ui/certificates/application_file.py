"""One application whole: whose, about what, how far, what is missing, which certificates and earlier applications there are."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QScrollArea, QWidget

from app.domain.certificate import Application
from app.domain.errors import RuleViolation
from app.presentation.columns.applying import Dweller, members_text
from app.presentation.columns.certificate import APPLICATIONS, CERTIFICATES
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.texts import birth_era
from app.presentation.labels import field_label, label, labels_of
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.certificates.application_acts import ApplicationActs, tell_moved
from app.ui.certificates.slip import print_slip_of, slips_ship
from app.ui.page import Shell
from app.ui.surveys.asking import bind
from app.ui.widgets.banner import Banner
from app.ui.widgets.table import Table
from app.ui.widgets.text import badge, button, column, frame, heading, note, row, text
from app.usecases import applications
from app.usecases.certificate_rows import ApplicationFile, Moved

_STEPS = ("received", "awaiting", "judged", "approved", "issued")
_HINTS = {
    "building": "F6 で建物を結び付けます。", "household": "F6 で世帯を結び付けます。", "survey": "「家屋・調査」で調査の結果を入れると、自動で進みます。",
    "check": "「家屋・調査」の「確認」で、別の人が認めると進みます。", "report": "F4 で被災したものか被害の状況を入れます。",
    "dwelling": "被災証明書で受け付け直すか、建物の用途を直します。", "damage": "被害なしのため証明書は出せません。申請者に知らせて終了にします。",
    "approval": "A で決裁します。", "issue": "「交付・印刷」で発行します。",
}  # fmt: skip


class ApplicationFileDialog(QDialog):
    """``closed_to`` asks to show something else: a page and its arguments."""

    sent = Signal(str, dict)

    def __init__(self, parent: QWidget, shell: Shell, application_id: str) -> None:
        super().__init__(parent)
        self.shell, self.application_id = shell, application_id
        self.file: ApplicationFile | None = None
        self.acts = ApplicationActs(self, shell)
        self.acts.done.connect(lambda _: self.read())
        self.setWindowTitle("申請")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.title = heading("")
        self.marks = [badge("支援措置", tone="bad"), badge("申告のみ", tone="warn"), badge("自己判定に同意", tone="info")]
        self.steps = text("", role="section")
        self.banner = Banner()
        self.banner.hide()
        self.next = Banner()
        self.facts = QGridLayout()
        self.facts.setVerticalSpacing(5)
        self.facts.setHorizontalSpacing(14)
        self.papers = Table(CERTIFICATES, name="証明書", preferences=shell.preferences, many=False)
        self.papers.opened.connect(lambda _: self.open_paper())
        self.earlier = Table(APPLICATIONS, name="同じ世帯・建物のほかの申請", preferences=shell.preferences, many=False)
        self.earlier.opened.connect(self._walk)
        self._make_buttons()
        self._lay_out()
        self.read()

    def _make_buttons(self) -> None:
        self.approve_button = button("決裁（A）", role="primary", icon="check")
        self.issue_button = button("交付・印刷へ", icon="print")
        self.correct_button = button("直す…（F4）", icon="edit")
        self.link_button = button("結び付け…（F6）", icon="evacuees", tip="世帯と建物を結び付ける")
        self.self_button = button("自己判定…", icon="check")
        self.close_application = button("取下げ…", icon="minus")
        self.reopen_button = button("受付に戻す…", icon="undo")
        self.slip_button = button("受付票", icon="print")
        for made, act, keys in (
            (self.approve_button, self.approve, "A"), (self.issue_button, self.go_issue, ""), (self.correct_button, self.correct, "F4"),
            (self.link_button, self.link, "F6"), (self.self_button, self.judge_self, ""), (self.close_application, self.withdraw, ""),
            (self.reopen_button, self.reopen, ""), (self.slip_button, self.print_slip, ""),
        ):  # fmt: skip
            bind(self, made, act, keys)
            made.setEnabled(False)
        for made in (self.self_button, self.reopen_button):
            made.hide()
        self.slip_button.setVisible(slips_ship())

    def _lay_out(self) -> None:
        top = row(self.title, *self.marks, spacing=8)
        top.setStretch(0, 1)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        self._papers_box, self._earlier_box = QWidget(), QWidget()
        self._papers_box.setLayout(column(heading("証明書"), self.papers, spacing=4))
        self._earlier_box.setLayout(column(heading("同じ世帯・建物のほかの申請"), self.earlier, spacing=4))
        inner.setLayout(column(self.facts, self._papers_box, self._earlier_box, 1, spacing=12, margins=(0, 0, 12, 8)))
        for table in (self.papers, self.earlier):
            table.setFixedHeight(theme.current().px(120))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setWidget(inner)
        body = column(top, self.steps, self.next, self.banner, area, spacing=8, margins=(24, 16, 24, 10))
        body.setStretch(4, 1)
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        first = row(
            self.approve_button, self.issue_button, self.correct_button, self.link_button, self.self_button, self.close_application,
            self.reopen_button, self.slip_button, 1, leave, spacing=6, margins=(20, 10, 20, 10),
        )  # fmt: skip
        whole = column(body, frame("footer", first), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1180), room.width() - 30), min(look.px(680), room.height() - 40))

    # -- reading

    def read(self) -> None:
        """Read it again; whose it is is noted in the access log."""
        ctx, wanted = self.shell.context, self.application_id
        work = self.shell.runner.write(lambda _: applications.open_application(ctx, application_id=wanted), parent=self, label="lists.reading")
        work.success(self.show_file).failure(self._failed).start()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.read)

    def show_file(self, file: ApplicationFile) -> None:
        """This one."""
        self.file = file
        one = file.application
        self.title.setText("　".join(filter(None, (one.number, f"呼出 {one.queue}" if one.queue else "", label("application.kind", one.kind)))))
        for mark, shown in zip(self.marks, (file.protected, one.declared, one.self_judgement), strict=True):
            mark.setVisible(shown)
        words = [f"【{label('application.state', code)}】" if code == one.state else label("application.state", code) for code in _STEPS]
        self.steps.setText("　→　".join(words) if one.state != "closed" else label("application.state", "closed"))
        self._show_next(file)
        self._show_facts(file)
        self.papers.show_rows(file.certificates)
        self.earlier.show_rows(file.earlier)
        self._papers_box.setVisible(bool(file.certificates))
        self._earlier_box.setVisible(bool(file.earlier))
        self._enable()

    def _show_next(self, file: ApplicationFile) -> None:
        state = file.application.state
        if state in ("issued", "closed"):
            self.next.show_message("")
            return
        first = file.missing[0] if file.missing else "issue"
        told = f"次にすること：{message(f'application.missing.{first}')}。{_HINTS.get(first, '')}　待ち {file.waiting_days:,}日"
        self.next.show_message(told, tone="info" if first in ("approval", "issue") else "warn")

    def _show_facts(self, file: ApplicationFile) -> None:
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
        if not lines:
            self.facts.addWidget(note("記録がありません"), 0, 0)

    def _enable(self) -> None:
        file = self.file
        state, may = (file.application.state, self.acts.may("apply")) if file else ("", False)
        open_ = may and state not in ("issued", "closed", "")
        self.approve_button.setEnabled(self.acts.may("approve") and state == "judged")
        self.issue_button.setEnabled(self.acts.may("issue") and state in ("judged", "approved", "issued"))
        self.correct_button.setEnabled(may and state != "closed")
        self.link_button.setEnabled(open_)
        self.self_button.setEnabled(bool(open_ and file and file.application.self_judgement and state in ("received", "awaiting")))
        self.self_button.setVisible(bool(file and file.application.self_judgement))
        self.close_application.setEnabled(open_)
        self.reopen_button.setEnabled(may and state == "closed")
        self.reopen_button.setVisible(state == "closed")
        self.approve_button.setVisible(state in ("", "received", "awaiting", "judged"))
        for made in (self.link_button, self.close_application):
            made.setVisible(state not in ("issued", "closed"))
        self.slip_button.setEnabled(bool(file and file.application.queue) and self.acts.may("print"))

    # -- acting

    @property
    def application(self) -> Application:
        """The record."""
        assert self.file is not None
        return self.file.application

    def approve(self) -> None:
        """決裁."""
        self.acts.approve([self.application_id], then=lambda done: self._moved(done, "決裁しました"))

    def _moved(self, done: Moved, words: str) -> None:
        tell_moved(self.banner, done, words, self.shell)
        self.acts.done.emit(self.application_id)

    def correct(self) -> object:
        """What was written down."""
        return self.acts.correct(self.application)

    def link(self) -> object:
        """Whose and about what."""
        return self.acts.link(self.application)

    def judge_self(self) -> object:
        """自己判定."""
        return self.acts.judge_self(self.application)

    def withdraw(self) -> object:
        """取下げ・終了."""
        return self.acts.close([self.application_id], then=lambda done: self._moved(done, "終了にしました"))

    def reopen(self) -> object:
        """Back to where what is known puts it."""
        return self.acts.reopen([self.application_id], then=lambda done: self._moved(done, "受付に戻しました"))

    def print_slip(self) -> None:
        """The slip with the number."""
        print_slip_of(self, self.shell, self.application_id, self.application.number)

    def go_issue(self) -> None:
        """To issuing, with this one chosen."""
        self.accept()
        live = [one.id for one in self.file.certificates if one.state == "issued"] if self.file else []
        self.sent.emit("issue", {"certificate_ids": live} if live else {"application_id": self.application_id})

    def open_paper(self) -> None:
        """To the certificate."""
        found = self.papers.current_row()
        if found is not None:
            self.accept()
            self.sent.emit("ledger", {"certificate_id": found.id})

    def _walk(self, application_id: Any) -> None:
        self.application_id = application_id
        self.read()


def _facts(file: ApplicationFile) -> list[tuple[str, str]]:
    one, home, place = file.application, file.victim, file.building
    applicant = "　".join(filter(None, (one.applicant_name, one.applicant_kana, birth_era(one.applicant_birth))))
    role = label("application.applicant_role", one.applicant_role) + ("・委任状あり" if one.proxy else "")
    people = [Dweller(name=member.name, kana=member.kana, relation=member.relation, birth=member.birth) for member in file.members]
    grade = label("grade", one.grade) if one.grade else "判定なし"

    def word(key: str) -> str:
        return field_label("application", key)

    return [
        (word("applicant_name"), applicant), (word("applicant_role"), role),
        ("世帯主", "　".join(filter(None, (home.head_name, home.head_kana, birth_era(home.head_birth)))) if home else "決まっていません"),
        ("住所", home.address if home else ""), ("世帯員", members_text(people)),
        ("連絡先", "　".join(filter(None, (one.phone, one.contact_postal, one.contact_address)))),
        ("被災した建物", "　".join(filter(None, (place.number, place.address or place.name))) if place else "決まっていません"),
        (word("grade"), grade if one.kind == "damage" else ""), ("写真", f"{file.photos:,}枚" if file.photos else ""),
        (word("cause"), one.cause), (word("damage"), one.damage), (word("objects"), labels_of("application.objects", one.objects)),
        (word("purposes"), labels_of("application.purposes", one.purposes)), (word("copies"), f"{one.copies}部"),
        (word("with_members"), "はい" if one.with_members else ""), (word("applied_on"), day_text(one.applied_on)),
        (word("channel"), label("application.channel", one.channel)), (word("identified"), one.identified),
        (word("reason"), one.reason), ("備考", one.note),
    ]  # fmt: skip
