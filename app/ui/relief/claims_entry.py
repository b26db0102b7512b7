"""支援の申請: whose it is, for which programme, what no survey tells, and which papers have come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.domain.relief import Claim
from app.presentation.columns.whom import Whom
from app.presentation.forms.claim import CLAIM, claim_form, claim_spec, claim_values
from app.presentation.forms.spec import FormSpec
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.relief.claims_contractor import ContractorPick
from app.ui.relief.household_finder import WhomPane
from app.ui.relief.programme_choice import Offered, ProgrammeChoice, read_offered
from app.ui.surveys.asking import labelled
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody, ask
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import claims
from app.usecases.claims import SavedClaim

_PEOPLE = ("condolence", "disability")
"""Programmes for somebody who died or was hurt: their claim is about a casualty."""
_HOUSEHOLDS = ("livelihood", "loan", "repair")
"""Programmes for households."""
_EVERYONE = ("casualty", "victim", "resident")


class ClaimDialog(QDialog):
    """``saved`` carries the ``SavedClaim``. Ctrl+Enter saves; F2 in a new one begins the next."""

    saved = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell, *, claim: Claim | None = None, programme_id: str = "") -> None:
        super().__init__(parent)
        self.shell, self.claim = shell, claim
        self._wanted = (claim.programme_id, claim.round_id) if claim is not None else (programme_id, "")
        self._ticked: set[str] = set(claim.documents) if claim is not None else set()
        self._filled: dict[str, str] = {}
        self.setWindowTitle("支援の申請")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.choice = ProgrammeChoice(self, every=False)
        self.whom = WhomPane(shell, kinds=_EVERYONE)
        self._values = claim_form(claim) if claim is not None else {}
        self.body = FormBody(claim_spec(""), values=self._values, columns=2)
        self.contractor = ContractorPick(shell, claim.contractor_id if claim is not None else "")
        self.contractor.hide()
        self.documents = QVBoxLayout()
        self.documents.setSpacing(2)
        self.banner = Banner()
        self.banner.hide()
        words = "保存（Ctrl+Enter）" if claim is not None else "受け付ける（Ctrl+Enter）"
        self.save_button = button(words, role="primary", icon="check")
        self._lay_out()
        self._connect()
        self._before = self.body.raw()
        self._read()

    def _lay_out(self) -> None:
        look, room = theme.current(), self.screen().availableGeometry()
        top = row(labelled("支援制度", self.choice.programme), labelled("回", self.choice.round), 1, spacing=10)
        self.choice.programme.setMinimumWidth(look.px(260))
        left = QWidget()
        papers = QWidget()
        papers.setProperty("role", "scroll")
        papers.setLayout(column(self.documents, 1, margins=(0, 0, 6, 0)))
        papers_area = _scrolled(papers)
        inside = column(heading("1　だれの申請か"), self.whom, heading("3　受け取った書類"), papers_area, spacing=6)
        inside.setStretch(1, 3)
        inside.setStretch(3, 2)
        left.setLayout(inside)
        left.setMinimumWidth(look.px(370))
        inner = QWidget()
        inner.setProperty("role", "scroll")
        self._content = column(heading("2　申請の内容"), self.contractor, self.body, 1, spacing=8, margins=(4, 0, 14, 8))
        inner.setLayout(self._content)
        both = row(left, _scrolled(inner), spacing=20)
        both.setStretch(0, 4)
        both.setStretch(1, 5)
        title = heading(f"申請を直す　{self.claim.number}" if self.claim is not None else "新しい申請")
        upper = column(title, top, self.banner, both, spacing=8, margins=(22, 14, 22, 8))
        upper.setStretch(3, 1)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        hints = KeyHints([("↓", "一覧へ"), ("Enter", "選ぶ・次の欄")])
        whole = column(upper, frame("footer", row(hints, 1, cancel, self.save_button, margins=(20, 8, 20, 8))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.resize(min(look.px(1180), room.width() - 16), min(look.px(700), room.height() - 30))

    def _connect(self) -> None:
        self.choice.chosen.connect(self._show_programme)
        self.whom.chosen.connect(self._show_whom)
        self.whom.finder.left.connect(self.reject)
        self.save_button.clicked.connect(self.save)
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            QShortcut(QKeySequence(keys), self, self.save)

    # -- what is known

    def _read(self) -> None:
        ctx = self.shell.context
        self.shell.runner.read(lambda: read_offered(ctx), parent=self).success(self._show_offered).start()
        if self.claim is not None and (self.claim.casualty_id or self.claim.victim_id):
            self.whom.fetch(casualty_id=self.claim.casualty_id, victim_id=self.claim.victim_id)

    def _show_offered(self, offered: Sequence[Offered]) -> None:
        open_ = [one for one in offered if one.programme.state == "open" or one.programme.id == self._wanted[0]]
        self.choice.show(open_)
        if self._wanted[0]:
            self.choice.choose(*self._wanted)
        if not open_:
            self.banner.show_message("支援制度がまだありません。「支援制度」で用意してください。", tone="warn")
        self._show_programme()
        (self.whom.finder if self.claim is None else self.body.editors["claimed_by"].target).setFocus()

    def _show_programme(self) -> None:
        """The fields and papers that this programme asks for."""
        one = self.choice.found()
        kind = one.programme.kind if one else ""
        self._ask(claim_spec(kind))
        self.contractor.setVisible(kind == "repair")
        self._show_documents()
        self.whom.kinds = ("casualty",) if kind in _PEOPLE else _EVERYONE[1:] if kind in _HOUSEHOLDS else _EVERYONE
        if self.whom.whom is None and kind in _PEOPLE:
            self.whom.nothing.setText("この制度は、先に「人的被害」で確認した人を選びます。")

    def _ask(self, spec: FormSpec) -> None:
        """Another form, with what was typed so far."""
        if [field.key for field in spec.fields] == list(self.body.editors):
            return
        typed, fresh = {**CLAIM.raw(self._values), **self.body.raw()}, FormBody(spec, columns=2)
        for key, editor in fresh.editors.items():
            editor.set_raw(typed[key])
        untouched = self.body.raw() == self._before
        self._content.replaceWidget(self.body, fresh)
        self.body.hide()
        self.body.deleteLater()
        self.body = fresh
        self._before = fresh.raw() if untouched else {**CLAIM.raw(self._values), **self._before}

    def wanted_documents(self) -> tuple[str, ...]:
        """The papers of programme and round, in order."""
        one, round_ = self.choice.found(), self.choice.found_round()
        listed = (*(one.programme.documents if one else ()), *(round_.documents if round_ else ()))
        return tuple(dict.fromkeys((*listed, *sorted(self._ticked - set(listed)))))

    def _show_documents(self) -> None:
        while (item := self.documents.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        for name in self.wanted_documents():
            tick = QCheckBox(name)
            tick.setAccessibleName(f"受け取った書類 {name}")
            tick.setChecked(name in self._ticked)
            tick.toggled.connect(lambda on, name=name: (self._ticked.add if on else self._ticked.discard)(name))
            self.documents.addWidget(tick)
        if not self.documents.count():
            self.documents.addWidget(note("この制度に必要な書類は決められていません。"))

    def _show_whom(self, whom: Whom | None) -> None:
        if whom is not None:
            if self.claim is None:
                self._fill("claimed_by", "" if whom.kind == "casualty" else whom.name)
            self.body.editors["claimed_by"].take_focus()

    def _fill(self, key: str, raw: str) -> None:
        if self.body.editors[key].raw() in ("", self._filled.get(key, "")):
            self.body.editors[key].set_raw(raw)
            self._filled[key] = raw

    # -- saving

    def _who(self) -> dict[str, str] | None:
        """Whose claim it is, as fields; None after saying what is missing."""
        whom = self.whom.whom
        if whom is None:
            if self.claim is not None and (self.claim.victim_id or self.claim.casualty_id or self.claim.resident_no):
                return {}
            self.whom.ask("だれの申請かを選んでください。見つからない世帯は「家屋・調査」か「証明書」の申請で先に登録します。")
            return None
        return {"victim_id": whom.victim_id, "casualty_id": whom.casualty_id, "resident_no": whom.resident_no}

    def save(self) -> None:
        """Take it down."""
        if not self.save_button.isEnabled():
            return
        one = self.choice.found()
        if one is None:
            self.banner.show_message("支援制度を選んでください。", tone="warn")
            self.choice.programme.setFocus()
            return
        who = self._who()
        values = self.body.read() if who is not None else None
        if who is None or values is None:
            return
        papers = tuple(name for name in self.wanted_documents() if name in self._ticked)
        given: dict[str, Any] = {
            **claim_values(values, kind=one.programme.kind), **who, "documents": papers, "programme_id": one.programme.id,
            "round_id": self.choice.round_id, "contractor_id": self.contractor.contractor_id if one.programme.kind == "repair" else "",
        }  # fmt: skip
        ctx, claim = self.shell.context, self.claim
        self.save_button.setEnabled(False)
        work = self.shell.runner.write(
            lambda _: claims.save_claim(
                ctx, values=given, claim_id=claim.id if claim else None, version=claim.version if claim else None
            ),
            parent=self, label="window.saving",
        )  # fmt: skip
        work.finished(lambda: self.save_button.setEnabled(True)).success(self._succeed).failure(self._fail).start()

    def _succeed(self, done: SavedClaim) -> None:
        self._before = self.body.raw()
        self.accept()
        self.saved.emit(done)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation) and error.field in self.body.editors:
            self.body.show_problems({error.field: message(error)})
        elif isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.save)

    # -- keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter walks through the fields; on a button it presses it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            focused = self.focusWidget()
            if hasattr(focused, "click") and not hasattr(focused, "isChecked"):
                focused.click()
            else:
                self.focusNextPrevChild(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Leave; asks first when something was typed."""
        typed = any(raw != self._before.get(key, "") for key, raw in self.body.raw().items() if key not in self._filled)
        if typed and not ask(self, "入力した申請を捨てますか？", "まだ保存していません。", yes="捨てて閉じる", no="入力に戻る"):
            return
        super().reject()


def _scrolled(inner: QWidget) -> QScrollArea:
    area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


def warnings_words(done: SavedClaim) -> str:
    """What the desk should know about a claim that was saved."""
    told = [message(code, **params) for code, params in done.warnings]
    if done.claim.state == "waiting":
        told.append(f"{label('claim.state', 'waiting')}：そろったら、申請を選んで「書類…」で印を付けます。")
    return "\n".join(told)
