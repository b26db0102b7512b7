"""The first-run guide: municipality, disaster, site, operator, a look at it all, and the recovery key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFormLayout, QLineEdit, QListWidget, QListWidgetItem, QStackedWidget, QWidget

from app.domain.dates import format_instant
from app.domain.errors import RuleViolation
from app.domain.municipality import find_municipality, parse_code, search_municipalities
from app.presentation.forms.signing import DISASTER, FIRST_OPERATOR, SITE, password_strength
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui import faults
from app.ui.recovery import RecoveryPanel
from app.ui.runner import Runner
from app.ui.server_dialog import shown_address
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.steps import StepIndicator
from app.ui.widgets.text import button, column, frame, lead, row, text, title
from app.usecases.gateway import Gateway, Session, Setup

_STEPS = ("市区町村", "災害", "拠点", "操作者", "確認", "復旧キー")
_LEADS = (
    "どこの市区町村の台帳ですか。名前か団体コードで探します。",
    "どの災害の台帳ですか。",
    "このパソコンはどこで使いますか。",
    "あなたの名前と、台帳を開くパスワードを決めます。",
    "この内容で台帳を作ります。",
    "台帳ができました。最後に、復旧キーを必ず控えてください。",
)


class MunicipalityStep(QWidget):
    """Search by name, kana or code; ``code`` has six digits once one is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.code, self.name = "", ""
        self.box = QLineEdit(placeholderText="ななお　/　七尾市　/　172022")
        self.box.setAccessibleName("市区町村の名前または団体コード")
        self.found = QListWidget()
        self.found.setAccessibleName("見つかった市区町村")
        self._problem = text("", role="problem")
        self._chosen = text("", role="understood")
        self.box.textEdited.connect(self._search)
        self.found.currentItemChanged.connect(lambda item, _: item is not None and self._choose(item.data(Qt.ItemDataRole.UserRole)))
        self.setLayout(column(text("市区町村", role="field"), self.box, self._problem, self._chosen, self.found, spacing=5))
        self._say("", "")

    def take_focus(self) -> None:
        """Into the search field."""
        self.box.setFocus()

    def read(self) -> bool:
        """Whether one is chosen; else says so."""
        if not self.code and self.found.count():
            self.found.setCurrentRow(0)
        if not self.code:
            self._say(self._problem.text() or "市区町村を一覧から選んでください。", "")
            self.take_focus()
        return bool(self.code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes from the field into the list."""
        if event.key() == Qt.Key.Key_Down and self.box.hasFocus() and self.found.count():
            self.found.setFocus()
            self.found.setCurrentRow(max(0, self.found.currentRow()))
            return
        super().keyPressEvent(event)

    def _search(self, words: str) -> None:
        self.code, self.name = "", ""
        self.found.clear()
        for item in search_municipalities(words, limit=40):
            line = QListWidgetItem(f"{item.full_name}　{item.code}")
            line.setData(Qt.ItemDataRole.UserRole, item.code)
            self.found.addItem(line)
        problem = ""
        digits = "".join(words.split()).replace("-", "")
        if digits.isdecimal() and len(digits) >= 5:
            problem = self._take_code(digits)
        elif words.strip() and not self.found.count():
            problem = "見つかりません。名前の一部、ふりがな、または5～6桁の団体コードを入力してください。"
        self._say(problem, self._chosen.text() if self.code else "")

    def _take_code(self, digits: str) -> str:
        """A typed code chooses at once; answers what is wrong with it."""
        try:
            code = parse_code(digits)
            if find_municipality(code) is None:
                raise RuleViolation("municipality.unknown", text=digits)
        except RuleViolation as violation:
            return message(violation)
        self._choose(code)
        return ""

    def _choose(self, code: str) -> None:
        found = find_municipality(code)
        if found is not None:
            self.code, self.name = found.code, found.full_name
            self._say("", f"→ {found.full_name}（団体コード {found.code}）")

    def _say(self, problem: str, chosen: str) -> None:
        self._problem.setText(f"⚠ {problem}" if problem and not problem.startswith("⚠") else problem)
        self._problem.setVisible(bool(problem))
        self._chosen.setText(chosen)
        self._chosen.setVisible(bool(chosen))


class OperatorStep(FormBody):
    """Name and password, with a hint how strong it is."""

    def __init__(self) -> None:
        super().__init__(FIRST_OPERATOR, columns=1)
        self.editors["password"].changed.connect(self._judge)

    def _judge(self, password: str) -> None:
        score, hint = password_strength(password)
        tone = ("bad", "warn", "good", "good")[score]
        self.editors["password"].show_help(f"強さ {'●' * score}{'○' * (3 - score)}　{hint}", tone=tone)


class Guide(QWidget):
    """``finished`` hands over the new session once the recovery key is confirmed; ``left`` goes back. ``side`` shows the steps."""

    finished = Signal(object)
    left = Signal()

    def __init__(self, gateway: Gateway, *, folder: Path, runner: Runner, database: str = "") -> None:
        super().__init__()
        self._database = database
        self._gateway, self._folder, self._runner = gateway, folder, runner
        self._session: Session | None = None
        self._title, self._lead = title(""), lead("")
        self.banner = Banner()
        self.municipality = MunicipalityStep()
        self.disaster, self.site, self.operator = FormBody(DISASTER, columns=1), FormBody(SITE, columns=1), OperatorStep()
        self._summary = QWidget()
        self.recovery = RecoveryPanel()
        self.recovery.confirmed.connect(self._kept)
        self.steps: list[QWidget] = [self.municipality, self.disaster, self.site, self.operator, self._summary, self.recovery]
        self._indicator = StepIndicator(_STEPS)
        self.side = frame("brand", column(text("新しい台帳", role="brandname"), self._indicator, 1, spacing=26, margins=(34, 44, 24, 26)))
        self._stack = QStackedWidget()
        for step in self.steps:
            self._stack.addWidget(step)
        self._back = button("戻る（Esc）", icon="chevron-left")
        self._back.clicked.connect(self.go_back)
        self.next_button = button("次へ（Enter）", role="primary", icon="chevron-right")
        self.next_button.clicked.connect(self.go_on)
        top = column(self._title, self._lead, self.banner, self._stack, spacing=10, margins=(40, 34, 40, 12))
        top.setStretch(3, 1)
        footer = frame("footer", row(self._back, 1, self.next_button, margins=(24, 12, 24, 12)))
        whole = column(top, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        if database:
            self.site.set_values({"site_kind": "hq"})
        self._show(0)

    @property
    def step(self) -> int:
        """The step in sight, from 0."""
        return self._stack.currentIndex()

    def take_focus(self) -> None:
        """Where the step begins."""
        step = self.steps[self.step]
        if isinstance(step, FormBody):
            step.focus_first()
        elif hasattr(step, "take_focus"):
            step.take_focus()
        else:
            self.next_button.setFocus()

    def go_on(self) -> None:
        """To the next step, when this one is in order; the last before the key makes the ledger."""
        if not self.next_button.isEnabled():
            return
        step = self.steps[self.step]
        if isinstance(step, (FormBody, MunicipalityStep)) and not step.read():
            return
        if step is self._summary:
            self._create()
        elif step is self.recovery and self._session is not None:
            self.finished.emit(self._session)
        else:
            self._show(self.step + 1)

    def go_back(self) -> None:
        """One step back; before the first, out. Not once the ledger is made."""
        if self._session is not None:
            return
        if self.step == 0:
            self.left.emit()
        else:
            self._show(self.step - 1)

    def setup(self) -> Setup:
        """What was answered."""
        disaster, site, operator = (body.spec.parse(body.raw())[0] for body in (self.disaster, self.site, self.operator))
        return Setup(
            municipality_code=self.municipality.code,
            disaster_name=disaster["disaster_name"],
            occurred_at=disaster["occurred_at"],
            site_name=site["site_name"],
            site_kind=site["site_kind"],
            operator=operator["operator"],
            password=operator["password"],
        )

    def _show(self, place: int) -> None:
        self.banner.show_message("")
        self._title.setText(_STEPS[place] if place < 5 else "復旧キー")
        self._lead.setText(_LEADS[place])
        self._indicator.show_step(place)
        if self.steps[place] is self._summary:
            self._summarise()
        self._stack.setCurrentIndex(place)
        self._back.setVisible(self._session is None)
        self.next_button.setText(("次へ（Enter）", "台帳を作る（Enter）", "台帳を開く")[max(0, place - 3)])
        self.next_button.setEnabled(self.steps[place] is not self.recovery)
        self.take_focus()

    def _summarise(self) -> None:
        setup = self.setup()
        old = self._summary.layout()
        if old is not None:
            QWidget().setLayout(old)
        lines = QFormLayout()
        lines.setHorizontalSpacing(20)
        lines.setVerticalSpacing(12)
        for words, value in (
            ("市区町村", f"{self.municipality.name}（{setup.municipality_code}）"),
            ("災害", setup.disaster_name),
            ("発生日時", format_instant(setup.occurred_at)),
            ("拠点", f"{setup.site_name}（{label('site.kind', setup.site_kind)}）"),
            ("操作者", f"{setup.operator}（管理）"),
            *([("データベース", shown_address(self._database))] if self._database else []),
            ("データフォルダー", str(self._folder)),
        ):
            lines.addRow(text(words, role="field", wrap=False), text(value))
        card = frame("card", column(lines, margins=(20, 16, 20, 16)))
        self._summary.setLayout(column(card, 1))

    def _create(self) -> None:
        setup, folder = self.setup(), self._folder
        self.next_button.setEnabled(False)
        operation = self._runner.write(lambda _: self._gateway.create(folder, setup, database=self._database), parent=self, label="window.creating")
        operation.success(self._created).failure(self._failed).start()

    def _created(self, made: tuple[Session, str]) -> None:
        self._session, key = made
        self.recovery.show_key(key, session=self._session)
        self._show(len(self.steps) - 1)

    def _kept(self) -> None:
        self.next_button.setEnabled(self.recovery.ready)

    def _failed(self, error: Exception) -> None:
        self.next_button.setEnabled(True)
        fields: dict[str, tuple[int, Any]] = {"municipality_code": (0, None)}
        for place, body in ((1, self.disaster), (2, self.site), (3, self.operator)):
            fields.update({key: (place, body) for key in body.editors})
        place, body = fields.get(getattr(error, "field", None) or "", (-1, None))
        if place < 0:
            faults.show(self, error, retry=self.go_on)
            return
        self._show(place)
        if body is not None:
            body.show_problems({error.field: message(error)})
        else:
            self.banner.show_message(message(error), tone="bad")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes field by field, then on; Esc goes back."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif event.key() == Qt.Key.Key_Escape:
            self.go_back()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        focused, step = self.focusWidget(), self.steps[self.step]
        if hasattr(focused, "click") and not hasattr(focused, "isChecked"):
            focused.click()
        elif isinstance(step, FormBody) and not list(step.editors.values())[-1].isAncestorOf(focused):
            self.focusNextChild()
        else:
            self.go_on()
