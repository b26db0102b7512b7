"""The questions of the page 様式: what to keep, what is different, which texts, which printer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QGridLayout, QLineEdit, QListWidget, QScrollArea, QWidget

from app.ui import ime, theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import button, column, heading, note, row, text
from app.usecases.forms import Offset


class _Question(QDialog):
    """A dialog that ends with a thing to do (Ctrl+Enter) and a way out (Esc)."""

    def __init__(self, parent: QWidget, title: str, *, yes: str, icon: str = "check") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.yes = button(yes, role="primary", icon=icon)
        self.no = button("やめる（Esc）")
        self.yes.clicked.connect(self.finish)
        self.no.clicked.connect(self.reject)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.finish)

    def fill(self, *parts: QWidget) -> None:
        """Parts under each other and the buttons below."""
        body = column(*parts, row(1, self.no, self.yes), spacing=10, margins=(20, 18, 20, 16))
        self.setLayout(body)

    def finish(self) -> None:
        """Agree."""
        if self.yes.isEnabled():
            self.agree()
            self.accept()

    def agree(self) -> None:
        """Tell what was decided."""
        raise NotImplementedError


class SaveDialog(_Question):
    """The name of the form and a note for whoever approves it. ``agreed``: name, note."""

    agreed = Signal(str, str)

    def __init__(self, parent: QWidget, *, title: str, grave: int) -> None:
        super().__init__(parent, "下書きとして保存", yes="保存する（Ctrl+Enter）", icon="save")
        self.title, self.note = QLineEdit(title, maxLength=60), QLineEdit(maxLength=200)
        self.title.setAccessibleName("様式の名前")
        self.note.setAccessibleName("直したところ")
        self.note.setPlaceholderText("例：市長名を変更、備考の欄を広げた")
        for field in (self.title, self.note):
            ime.prepare(field, "hiragana")
            field.setMinimumWidth(theme.current().px(430))
            field.returnPressed.connect(self.focusNextChild)
        banner = Banner(
            f"直すところが {grave}件 残っています（このまま保存もできますが、承認の前に直してください）。" if grave else "",
            tone="warn",
        )
        self.fill(
            text("新しい版として保存します。今までの版はそのまま残り、承認されるまで印刷には使われません。"), banner,
            text("様式の名前", role="field", wrap=False), self.title, text("直したところ（承認する人に見えます）", role="field", wrap=False), self.note,
        )  # fmt: skip
        self.note.setFocus()

    def agree(self) -> None:
        """Tell the name and the note."""
        self.agreed.emit(self.title.text().strip(), self.note.text().strip())


class CompareDialog(_Question):
    """What is different; with ``approve`` it can be approved here."""

    agreed = Signal()

    def __init__(
        self,
        parent: QWidget,
        name: str,
        base: str,
        sentences: Sequence[str],
        *,
        approve: bool = False,
        own: bool = False,
        maker: str = "",
        note: str = "",
    ) -> None:
        super().__init__(parent, f"{name}の承認" if approve else "前の版との違い", yes="承認する（Ctrl+Enter）")
        self.setMinimumWidth(theme.current().px(620))
        self.list = QListWidget()
        self.list.setAccessibleName("違うところ")
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.addItems(list(sentences) or ["違いはありません。"])
        self.list.setMinimumHeight(theme.current().px(150))
        head = heading(f"{base}と違うところ（{len(sentences)}か所）" if base else "比べる版がありません")
        said = f"作った人：{maker}" + (f"　{note}" if note else "") if maker else ""
        warning = Banner("自分で作った版です。承認の権限を持つ人がほかにいるときは承認できません。" if approve and own else "", tone="warn")
        self.made = text_or_nothing(said)
        told = text_or_nothing(
            "承認すると、次の印刷からこの版が使われます。前の版で発行した証明書の再交付には、これからも前の版を使います。"
            if approve
            else ""
        )
        self.fill(head, self.made, self.list, warning, told)
        self.layout().setStretch(2, 1)  # the list takes what wrapped sentences leave
        self.resize(theme.current().px(660), theme.current().px(470))
        if not approve:
            self.yes.setVisible(False)
            self.no.setText("閉じる（Esc）")

    def finish(self) -> None:
        """Only where there is something to agree to."""
        if self.yes.isVisible():
            super().finish()

    def agree(self) -> None:
        """Tell that it is approved."""
        self.agreed.emit()


def text_or_nothing(said: str) -> QWidget:
    """A paragraph, hidden when it says nothing."""
    made = text(said)
    made.setVisible(bool(said))
    return made


class TextsDialog(_Question):
    """Every fixed text once, to be changed wherever it stands. ``agreed``: new texts by old ones."""

    agreed = Signal(object)

    def __init__(self, parent: QWidget, texts: Mapping[str, int]) -> None:
        super().__init__(parent, "文字をまとめて直す", yes="直す（Ctrl+Enter）")
        self.fields: dict[str, QLineEdit] = {}
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        for place, (said, count) in enumerate(texts.items()):
            field = QLineEdit(said, maxLength=300)
            field.setAccessibleName(said)
            ime.prepare(field, "hiragana")
            field.setCursorPosition(0)
            field.returnPressed.connect(self.focusNextChild)
            self.fields[said] = field
            grid.addWidget(field, place, 0)
            grid.addWidget(note(f"{count}か所"), place, 1)
        inner, area = QWidget(), QScrollArea(widgetResizable=True)
        inner.setLayout(grid)
        area.setWidget(inner)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumSize(theme.current().px(680), theme.current().px(380))
        self.fill(text("1枚取り・2枚取り・4枚取りの同じ文字を、いちどに直します。「元に戻す」で1回で戻せます。"), area)

    def agree(self) -> None:
        """Tell what was changed; an emptied field leaves its text."""
        changed = {old: field.text() for old, field in self.fields.items() if field.text() != old and field.text()}
        if changed:
            self.agreed.emit(changed)


class TrialDialog(_Question):
    """For which printer, and whether a whole sheet. ``agreed``: printer, whole sheet."""

    agreed = Signal(str, bool)

    def __init__(self, parent: QWidget, offsets: Sequence[Offset]) -> None:
        super().__init__(parent, "試しの1枚", yes="PDF を作る（Ctrl+Enter）", icon="print")
        self.printer = QComboBox()
        self.printer.setAccessibleName("プリンター")
        self.printer.addItem("ずれの調整なし", "")
        for offset in offsets:
            self.printer.addItem(f"{offset.printer}（右へ {offset.right:+.1f}、下へ {offset.down:+.1f} mm）", offset.printer)
        self.sheets = QCheckBox("紙1枚に並べる（2枚取り・4枚取りのまま）")
        self.sheets.setChecked(True)
        self.fill(
            text("「見本」と大きく入った PDF を作って開きます。実際のプリンターで、拡大・縮小なし（100%）で印刷してください。"),
            text("プリンター", role="field", wrap=False), self.printer, self.sheets,
        )  # fmt: skip

    def agree(self) -> None:
        """Tell the printer."""
        self.agreed.emit(self.printer.currentData(), self.sheets.isChecked())
