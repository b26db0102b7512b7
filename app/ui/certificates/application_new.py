"""新しい申請: one screen for both kinds of certificate. The household first, then the building, the rest beside it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QDialog, QFrame, QGridLayout, QRadioButton, QScrollArea, QStackedWidget, QWidget

from app.domain.certificate import KINDS
from app.domain.dates import JST, format_era
from app.domain.errors import RuleViolation
from app.presentation.columns.applying import Dweller, Household, Place
from app.presentation.columns.snapshot import day_text
from app.presentation.forms.application import APPLY, application_values
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.certificates.application_done import DonePane
from app.ui.certificates.household_pane import HouseholdPane
from app.ui.certificates.place_pane import PlacePane
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody, ask
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.text import button, column, frame, heading, row
from app.usecases import applications
from app.usecases.certificate_rows import Applied, CertificateSettings
from app.usecases.certificate_settings import read_certificate_settings

_ONLY = {"damage": ("self_judgement", "with_members"), "report": ("objects",)}
"""Fields that one kind alone has."""
_TICKS = 3
"""Ticks side by side: beside the household there is less room than in a dialog of its own."""
_WHO = ("applicant_name", "applicant_kana", "applicant_birth")


class NewApplication(QDialog):
    """``applied`` carries the ``Applied``. Ctrl+Enter takes it down and shows the numbers; F2 begins the next one."""

    applied = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self.shell = shell
        self._filled: dict[str, str] = {}
        self._settings: CertificateSettings | None = None
        self.setWindowTitle("新しい申請")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.household = HouseholdPane(shell)
        self.place = PlacePane(shell)
        self.body = FormBody(APPLY, columns=2)
        for name in ("purposes", "objects"):
            set_columns(self.body.editors[name].input, _TICKS)
        self._before = self.body.raw()
        self.banner = Banner()
        self.banner.hide()
        self.receipt = DonePane(shell)
        self._make_kinds()
        self.save_button = button("受け付ける（Ctrl+Enter）", role="primary", icon="check")
        self._lay_out()
        self._connect()
        self.show_kind()
        self._read_settings()
        self.household.finder.setFocus()

    def _make_kinds(self) -> None:
        self.kinds = QButtonGroup(self)
        self._kinds: dict[str, QRadioButton] = {}
        for place, code in enumerate(KINDS):
            made = QRadioButton(f"{label('application.kind', code)}（Alt+{'DR'[place]}）")
            made.setProperty("role", "section")
            self.kinds.addButton(made)
            self._kinds[code] = made
            QShortcut(QKeySequence(f"Alt+{'DR'[place]}"), self, made.click)
        self._kinds["damage"].setChecked(True)

    def _lay_out(self) -> None:
        look = theme.current()
        top = row(heading("新しい申請"), *self._kinds.values(), 1, spacing=18)
        left = QWidget()
        inside = column(heading("1　だれの世帯か"), self.household, heading("2　被災した建物"), self.place, spacing=6)
        inside.setStretch(1, 1)
        left.setLayout(inside)
        left.setMinimumWidth(look.px(380))
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(heading("3　申請の内容"), self.body, 1, spacing=8, margins=(4, 0, 14, 8)))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        both = row(left, area, spacing=20)
        both.setStretch(0, 4)
        both.setStretch(1, 5)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        self.hints = KeyHints([("↓", "一覧へ"), ("Enter", "選ぶ・次の欄"), ("Alt+2", "聞いたとおりに入れる")])
        writing = QWidget()
        upper = column(top, self.banner, both, spacing=8, margins=(22, 14, 22, 8))
        upper.setStretch(2, 1)
        footer = frame("footer", row(self.hints, 1, cancel, self.save_button, margins=(20, 8, 20, 8)))
        whole = column(upper, footer, spacing=0)
        whole.setStretch(0, 1)
        writing.setLayout(whole)
        self.pages = QStackedWidget()
        self.pages.addWidget(writing)
        self.pages.addWidget(self.receipt)
        self.setLayout(column(self.pages, spacing=0))
        room = self.screen().availableGeometry()
        self.resize(min(look.px(1300), room.width() - 16), min(look.px(760), room.height() - 30))

    def _connect(self) -> None:
        self.kinds.buttonToggled.connect(lambda _, on: self.show_kind() if on else None)
        self.household.finder.left.connect(self.reject)
        self.household.chosen.connect(self._show_household)
        self.household.placed.connect(self._show_place)
        self.household.typed.connect(self._show_told)
        self.body.editors["applicant_role"].changed.connect(lambda _: self._fill_applicant())
        self.place.changed.connect(self._warn)
        self.save_button.clicked.connect(self.save)
        self.receipt.again.connect(self.begin_again)
        self.receipt.closed.connect(self.accept)
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            QShortcut(QKeySequence(keys), self, self.save)

    # -- what is known

    @property
    def kind(self) -> str:
        """Which certificate is asked for."""
        return next(code for code, made in self._kinds.items() if made.isChecked())

    def show_kind(self) -> None:
        """The fields that this kind has."""
        for kind, names in _ONLY.items():
            for name in names:
                self.body.editors[name].setVisible(kind == self.kind)
        self._warn()

    def _read_settings(self) -> None:
        ctx = self.shell.context
        self.shell.runner.read(lambda: read_certificate_settings(ctx), parent=self).success(self._use_settings).start()

    def _use_settings(self, settings: CertificateSettings) -> None:
        self._settings = settings
        place = self.shell.context.place
        usual = settings.cause or f"{format_era(place.occurred_at.astimezone(JST).date())}の{place.disaster_name}による"
        self.body.editors["cause"].target.setPlaceholderText(usual)
        self._warn()

    def _show_household(self, household: Household | None) -> None:
        self.place.show_household(household)
        self._fill_applicant()
        if household is not None:
            self._fill("phone", household.phone)
            self.body.editors["applicant_role"].take_focus()
        self._warn()

    def _show_place(self, place: Place) -> None:
        self.place.show_place(place)

    def _show_told(self) -> None:
        if self.household.by_hand:
            self.place.show_address(self.household.told_head()[1])
        else:
            self.place.show_household(self.household.household)
        self._fill_applicant()
        self._warn()

    def _head(self) -> Dweller | None:
        if self.household.by_hand:
            return self.household.told_head()[0]
        return self.household.household.head if self.household.household else None

    def _fill_applicant(self) -> None:
        """Whoever applies for themselves is the head; what somebody typed stays."""
        role, head = self.body.editors["applicant_role"].raw(), self._head()
        wanted = ("", "", "") if head is None or role != "self" else (head.name, head.kana, head.birth)
        for key, raw in zip(_WHO, wanted, strict=True):
            self._fill(key, raw)

    def _fill(self, key: str, raw: str) -> None:
        if self.body.editors[key].raw() in ("", self._filled.get(key, "")):
            self.body.editors[key].set_raw(raw)
            self._filled[key] = raw

    def warnings(self) -> list[str]:
        """What the desk should know before it goes on; none of it stops anything."""
        found, home = [], self.household.household if not self.household.by_hand else None
        if self._settings is not None:
            deadline = self._settings.report_deadline if self.kind == "report" else self._settings.deadline
            today = self.shell.context.now().astimezone(JST).date().isoformat()
            if deadline and today > deadline:
                found.append(message("application.late", deadline=date.fromisoformat(deadline)))
        if home is not None and home.protected:
            found.append("支援措置の対象の世帯です。来た人が本人か必ず確かめ、住所や避難先を口に出さないでください。")
        if home is not None and home.earlier:
            found.append(f"この世帯の申請がもうあります：{'、'.join(home.earlier[:3])}。二重でないか確かめてください。")
        place = self.place.place
        if self.kind == "damage" and place is not None and not place.dwelling:
            found.append("住家ではない建物です。被災証明書に切り替えてください（Alt+R）。")
        return found

    def _warn(self) -> None:
        self.banner.show_message("\n".join(self.warnings()), tone="warn")

    # -- saving

    def save(self) -> None:
        """Take it down."""
        if not self.save_button.isEnabled() or self.pages.currentIndex() != 0:
            return
        whose = self.household.read()
        values = self.body.read() if whose is not None else None
        if whose is None or values is None:
            return
        if self.kind == "report" and not values["objects"]:
            self.body.show_problems({"objects": "証明書に印刷します。1つ以上選んでください（当てはまらなければ「その他」）。"})
            return
        given = {**application_values(values), "kind": self.kind}
        for kind, names in _ONLY.items():
            if kind != self.kind:
                given = {key: value for key, value in given.items() if key not in names}
        ctx, where = self.shell.context, self.place.read()
        self.save_button.setEnabled(False)
        work = self.shell.runner.write(lambda _: applications.apply(ctx, values=given, **whose, **where), parent=self, label="window.saving")
        work.finished(lambda: self.save_button.setEnabled(True)).success(self._succeed).failure(self._fail).start()

    def _succeed(self, done: Applied) -> None:
        self._before = self.body.raw()
        self.receipt.show_applied(done, place=day_text(done.application.applied_on))
        self.pages.setCurrentIndex(1)
        self.receipt.take_focus()
        self.applied.emit(done)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation) and error.field in self.body.editors:
            self.body.show_problems({error.field: message(error)})
        elif isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.save)

    def begin_again(self) -> None:
        """The next one in the queue."""
        self.body.set_values({})
        self.body.show_problems({})
        self._filled = {}
        self._before = self.body.raw()
        self.household.clear()
        self.place.clear()
        self._kinds["damage"].setChecked(True)
        self.pages.setCurrentIndex(0)
        self.household.finder.setFocus()

    # -- keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter walks through the fields; on a button it presses it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            focused = self.focusWidget()
            if hasattr(focused, "click") and not hasattr(focused, "isChecked"):
                focused.click()
            elif self.pages.currentIndex() == 0:
                self.focusNextPrevChild(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Leave; asks first when something was typed."""
        told = self.household.by_hand and any(self.household.told.raw().values())
        typed = self.pages.currentIndex() == 0 and (told or {**self.body.raw(), **self._filled} != {**self._before, **self._filled})
        if typed and not ask(self, "入力した申請を捨てますか？", "まだ受け付けていません。", yes="捨てて閉じる", no="入力に戻る"):
            return
        super().reject()


def set_columns(box: QWidget, columns: int) -> None:
    """Lay the ticks of a field out in so many columns."""
    grid = box.layout()
    if isinstance(grid, QGridLayout):
        for place, tick in enumerate(box.findChildren(QCheckBox)):
            grid.addWidget(tick, place // columns, place % columns)
