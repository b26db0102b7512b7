"""文字: which characters of this municipality's data need a look, settled before the first certificate is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QFileDialog, QFrame, QScrollArea, QWidget

from app.domain.errors import RuleViolation, SasaeError
from app.presentation.columns.character import CHARACTERS, OPEN, kinds_text, source_text, state_text
from app.presentation.forms.character import SUBSTITUTE
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.glyphs import loading
from app.ui.glyphs.big import BigGlyph
from app.ui.residents import characters_work as work
from app.ui.residents.characters_people import BearersDialog
from app.ui.residents.nothing import nothing_yet
from app.ui.residents.tab import ResidentsTab
from app.ui.runner import Changes
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, restyle, row, text
from app.usecases.characters import CharacterUse

if TYPE_CHECKING:
    from app.interchange.importing.outcome import ImportOutcome
    from app.printing.own_fonts import FontFacts
    from app.ui.pages.residents import ResidentsPage

_FONTS = "フォント (*.ttf *.tte *.otf)"
_TABLES = "外字の表 (*.csv *.txt *.xlsx *.xls)"
_PICTURES = "画像 (*.png *.bmp)"
_NO_NATIONAL = "IPAmj明朝がこのパソコンにないため、人名用の約1万字で表示・印刷します。足りない字があれば、IPAmj明朝を「フォントを追加」で入れてください。"


class CharactersTab(ResidentsTab):
    """``badged`` tells how many characters are unsettled. Enter registers a substitute, Ctrl+I a picture, F3 shows only what is unsettled."""

    kinds = frozenset({"snapshot", "resident", "character"})

    def __init__(self, page: ResidentsPage) -> None:
        super().__init__(page)
        self.seen: work.Seen | None = None
        self._only_registered = False
        self.banner = Banner(closable=True)
        self.count = text("", role="section", wrap=False)
        self.open_only = QCheckBox("未解決のみ（F3）")
        self.open_only.toggled.connect(lambda _: self._list())
        self.table = Table(CHARACTERS, name="気を付ける文字", preferences=self.shell.preferences, many=False)
        self.table.opened.connect(lambda _: self.register_substitute())
        self.table.chosen.connect(lambda _: self._show_detail())
        self.fonts = note("")
        self.nothing = nothing_yet(page)
        self.clean = EmptyState("", "", icon="success", actions=[("すべての文字を表示", "list", lambda: self.open_only.setChecked(False))])
        self._lay_out()
        self._connect_keys()
        self._show_parts()

    # -- layout

    def _lay_out(self) -> None:
        may = self.may("residents")
        tools: list[QWidget] = []
        for words, icon, act, tip in (
            ("フォントを追加", "plus", self.add_font, "外字のフォント（.ttf・.tte）を台帳のフォルダーに入れます"),
            ("表を取り込む", "import", self.import_table, "コード・代替文字・画像の名前が並んだCSVかExcel"),
            ("画像を取り込む", "folder", self.import_pictures, "E000.png のようにコードを名前にした画像が入ったフォルダー"),
        ):
            made = button(words, icon=icon, tip=tip)
            made.clicked.connect(lambda _=False, act=act: act())
            made.setEnabled(may)
            tools.append(made)
        self.csv_button = button("CSV（Ctrl+E）", icon="save", tip="この一覧をCSVで書き出します（個人の情報は入りません）")
        self.csv_button.clicked.connect(self.write_csv)
        self._top = QWidget()
        self._top.setLayout(row(self.count, self.open_only, 1, *tools, self.csv_button, spacing=8))
        self._detail = self._build_detail(may)
        self._middle = QWidget()
        middle = row(self.table, self._detail, spacing=14)
        middle.setStretch(0, 1)
        self._middle.setLayout(middle)
        whole = column(self.banner, self._top, self._middle, self.clean, self.nothing, self.fonts, spacing=8, margins=(0, 10, 0, 0))
        for place in (2, 3, 4):
            whole.setStretch(place, 1)
        self.setLayout(whole)

    def _build_detail(self, may: bool) -> QWidget:
        self.glyph, self.instead = BigGlyph("字形"), BigGlyph("代わりに書く字")
        self._title, self._state, self._told = heading(""), text("", role="badge", wrap=False), note("")
        self._kinds, self._instead_title = text("", role="note", wrap=False), text("", role="field", wrap=False)
        self.substitute_button = button("代替文字を登録…（Enter）", role="primary", icon="edit")
        self.picture_button = button("画像を登録…（Ctrl+I）", icon="import")
        self.people_button = button("この字のある人（Ctrl+U）", icon="user")
        self.remove_button = button("登録を取り消す", icon="undo")
        for made, act in (
            (self.substitute_button, self.register_substitute), (self.picture_button, self.register_picture),
            (self.people_button, self.show_people), (self.remove_button, self.remove),
        ):  # fmt: skip
            made.clicked.connect(lambda _=False, act=act: act())
            if made is not self.people_button:
                made.setEnabled(may)
        pair = row(
            column(text("字形", role="field", wrap=False), self.glyph, spacing=3),
            column(self._instead_title, self.instead, spacing=3), 1, spacing=12,
        )  # fmt: skip
        state = row(self._state, self._kinds, 1)
        body = column(
            self._title, state, pair, self._told, self.substitute_button, self.picture_button, self.people_button, self.remove_button, 1,
            spacing=6, margins=(16, 10, 16, 10),
        )  # fmt: skip
        card = frame("card", body)
        # large text with a notice above leaves less height than it needs
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(card)
        area.setFixedWidth(theme.current().px(310))
        return area

    def _connect_keys(self) -> None:
        for keys, act in (
            ("F3", self.open_only.toggle), ("Ctrl+I", self.picture_button.click), ("Ctrl+U", self.people_button.click),
            ("Ctrl+E", self.csv_button.click),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self, act)

    # -- reading

    def touched(self, changes: Changes) -> bool:
        """What is registered changes only the states; other data mean that everybody's are gone through again."""
        if "character" in changes and not {"snapshot", "resident"} & changes.keys():
            self._only_registered = self.seen is not None
        elif super().touched(changes):
            self._only_registered = False
        return super().touched(changes)

    def refresh(self) -> None:
        """Go through the data, or through what is registered."""
        ctx, folder, seen = self.context, self.shell.folder, self.seen
        if self._only_registered and seen is not None:
            self._only_registered = False
            read = self.runner.read(lambda: work.settle_again(ctx, folder, seen.survey), parent=self, latest="characters")
        else:
            self.count.setText("調べています…")
            read = self.runner.read(lambda: work.survey(ctx, folder), parent=self, latest="characters")
        read.success(self.show_seen).start()

    def show_seen(self, seen: work.Seen) -> None:
        """Show what was found."""
        self.seen = seen
        found = seen.survey
        self.badged.emit(found.unsettled)
        self.count.setText(f"{len(found.uses):,}字　未解決 {found.unsettled:,}字")
        looked = f"住民 {found.residents:,}人・避難者 {found.persons:,}人の氏名・カナ・住所を調べました。"
        self.count.setToolTip(looked)
        self.fonts.setText(say_fonts(seen.fonts))
        self._list()

    def _list(self) -> None:
        if self.seen is None:
            return
        uses = [use for use in self.seen.survey.uses if not (self.open_only.isChecked() and use.settled)]
        self.table.show_rows(uses, key=lambda use: use.text)
        if uses and self.table.current_row() is None:
            self.table.make_current(0)
        self._show_parts()
        self._show_detail()

    def _show_parts(self) -> None:
        found = self.seen.survey if self.seen else None
        some, rows = bool(found and found.uses), self.table.rows.rowCount() > 0
        nobody = found is not None and not (found.residents or found.persons or found.uses)
        self._top.setVisible(not nobody)
        self._middle.setVisible(rows)
        self.fonts.setVisible(some)
        self.nothing.setVisible(nobody)
        self.clean.setVisible(found is not None and not nobody and not rows)
        self.csv_button.setEnabled(some and self.may("export"))
        self.open_only.setEnabled(some)
        if found is not None and not rows:
            self._say_clean(some)

    def _say_clean(self, some: bool) -> None:
        self.clean.title.setText("未解決の文字はありません" if some else "気を付ける文字はありません")
        self.clean.explanation.setText(
            "どの文字も、このパソコンの字形か登録した画像で表示・印刷できるか、代替文字が決まっています。"
            if some
            else "氏名・カナ・住所は、どのシステムでも使える文字だけでできています。外字などがあるデータを取り込むと、ここに並びます。"
        )
        self.clean.buttons[0].setVisible(some)

    def take_focus(self) -> None:
        """On the list, or on what is to be done first."""
        if self.nothing.isVisibleTo(self):
            self.nothing.buttons[0].setFocus()
        elif self.clean.isVisibleTo(self) and self.clean.buttons[0].isVisibleTo(self):
            self.clean.buttons[0].setFocus()
        else:
            self.table.focus_first()

    @property
    def chosen(self) -> CharacterUse | None:
        """The character at hand."""
        return self.table.current_row()

    def _show_detail(self) -> None:
        use = self.chosen
        if use is None:
            return
        self.glyph.show_text(use.text)
        self.instead.show_text(use.substitute or use.suggested)
        self._title.setText(use.code)
        state = state_text(use)
        self._state.setText(state)
        restyle(self._state, tone="bad" if state == OPEN else "good" if use.source else "info")
        self._kinds.setText(kinds_text(use))
        self._instead_title.setText("代わりに書く字" if use.substitute or not use.suggested else "候補（未登録）")
        drawn = f"字形は「{source_text(use.source)}」のものです。" if use.source else "この字形は、どのフォントにも登録画像にもありません。"
        self._told.setText("\n".join(filter(None, (drawn, use.description))))
        self.people_button.setEnabled(bool(use.samples))
        self.remove_button.setEnabled(bool(use.record_id) and self.may("residents"))
        for made in (self.substitute_button, self.picture_button):  # what every system has needs no registration
            made.setEnabled(bool(use.kinds) and self.may("residents"))

    # -- registering

    def register_substitute(self) -> FormDialog | None:
        """Ask what to write instead of the character at hand."""
        use = self.chosen
        if use is None or not self.substitute_button.isEnabled():
            return None
        ctx = self.context

        def save(values: dict[str, Any]) -> Any:
            return self.runner.write(lambda _: work.change(ctx, use, **values), parent=dialog, label="window.saving")

        lead = f"「{use.text}」（{use.code}・{kinds_text(use)}）を持つ人は{use.people:,}人です。元の文字は変えません。印刷できないときに、代わりに書きます。"
        values = {"substitute": use.substitute or use.suggested, "description": use.description}
        dialog = FormDialog(self, SUBSTITUTE, values=values, save=save, lead=lead, columns=1)
        dialog.saved.connect(lambda _: self.shell.say("代替文字を登録しました"))
        dialog.open()
        return dialog

    def register_picture(self) -> None:
        """Choose a picture of the character at hand."""
        use = self.chosen
        path = self._choose_file("字形の画像（白地に黒、正方形）", _PICTURES) if use is not None else None
        if use is not None and path is not None:
            self.take_picture(use, path)

    def take_picture(self, use: CharacterUse, path: Path) -> None:
        """Register a picture file."""
        ctx = self.context

        def register() -> Any:
            from app.printing.pictures import read_picture

            return work.change(ctx, use, picture=read_picture(path))

        self._write(register, lambda _: self.shell.say("画像を登録しました"))

    def remove(self) -> None:
        """Take back what is registered for the character at hand."""
        from app.ui.widgets.form_dialog import ask
        from app.usecases.characters import remove_character

        use, ctx = self.chosen, self.context
        if use is None or not use.record_id:
            return
        told = "代替文字と画像の登録がなくなります。住民や避難者の氏名は変わりません。履歴には残ります。"
        if ask(self, f"{use.code} の登録を取り消しますか？", told, yes="取り消す", no="やめる"):
            self._write(lambda: remove_character(ctx, record_id=use.record_id), lambda _: self.shell.say("登録を取り消しました"))

    def show_people(self) -> None:
        """Whose character it is; noted in the access log."""
        use, ctx = self.chosen, self.context
        if use is not None and use.samples:
            self._write(lambda: work.bearers(ctx, use.samples), lambda found: BearersDialog(self, self.shell, use, found).open())

    # -- fonts, tables, pictures

    def add_font(self) -> None:
        """Choose a font file and take it in."""
        path = self._choose_file("外字のフォント", _FONTS)
        if path is not None:
            self.take_font(path)

    def take_font(self, path: Path) -> None:
        """Take a font file in; everything is drawn with it from now on."""
        ctx, folder = self.context, self.shell.folder

        def install() -> FontFacts:
            from app.printing.own_fonts import install_font

            return install_font(ctx, source=path, folder=folder)

        self._write(install, self._font_taken)

    def _font_taken(self, facts: FontFacts) -> None:
        told = f"フォント「{facts.name}」を入れました（{facts.characters:,}字、うち外字 {facts.gaiji:,}字）。画面と印刷に使います。"
        self.banner.show_message(told, tone="good")
        loading.load(self.shell)
        self._only_registered = self.seen is not None
        self.refresh()

    def import_table(self) -> None:
        """Choose a table of gaiji and take it in."""
        path = self._choose_file("外字の表", _TABLES)
        if path is not None:
            self.take_table(path)

    def take_table(self, path: Path) -> None:
        """Register the good rows of a table."""
        ctx = self.context

        def read() -> ImportOutcome:
            from app.interchange.importing.characters import import_table

            return import_table(ctx, path=path)

        self._write(read, self._say_outcome)

    def import_pictures(self) -> None:
        """Choose a folder of pictures named by their codes."""
        chosen = QFileDialog.getExistingDirectory(self, "字形の画像のフォルダー", self._documents())
        if chosen:
            self.take_pictures(Path(chosen))

    def take_pictures(self, path: Path) -> None:
        """Register the pictures of a folder."""
        ctx = self.context

        def read() -> ImportOutcome:
            from app.interchange.importing.characters import import_pictures

            return import_pictures(ctx, folder=path)

        self._write(read, self._say_outcome)

    def _say_outcome(self, outcome: ImportOutcome) -> None:
        told = (
            f"{outcome.read:,}件を読み、新規 {outcome.created:,}・変更 {outcome.updated:,}・変更なし {outcome.unchanged:,} で登録しました。"
        )
        if outcome.rejected:
            told += f"　登録しなかったもの {outcome.rejected:,}件：{'　'.join(outcome.warnings[:3])}"
        if outcome.rejected_rows:
            told += f"　直す行は「{outcome.rejected_rows.name}」に書き出しました。"
        self.banner.show_message(told, tone="warn" if outcome.rejected else "good")

    def write_csv(self) -> None:
        """Choose a name and write the list."""
        name = f"{self._documents()}/文字一覧_{self.context.now().astimezone():%Y%m%d}.csv"
        chosen, _ = QFileDialog.getSaveFileName(self, "文字の一覧の保存先", name, "CSV (*.csv)")
        if chosen:
            self.write_list(Path(chosen if chosen.lower().endswith(".csv") else f"{chosen}.csv"))

    def write_list(self, path: Path) -> None:
        """Write what is listed, without anybody's data."""
        ctx, uses = self.context, [row for place in range(self.table.rows.rowCount()) if (row := self.table.rows.row(place)) is not None]
        if self.seen is None:
            return
        listed = replace(self.seen.survey, uses=tuple(uses))
        operation = self.runner.write(lambda _: work.write_csv(ctx, path, listed), parent=self, label="lists.exporting")
        operation.success(lambda rows: self.banner.show_message(f"{rows:,}字を「{path}」に書き出しました。", tone="good"))
        operation.failure(lambda error: faults.show(self, error)).start()

    # -- helpers of all of these

    def _choose_file(self, title: str, kinds: str) -> Path | None:
        chosen, _ = QFileDialog.getOpenFileName(self, title, self._documents(), kinds)
        return Path(chosen) if chosen else None

    @staticmethod
    def _documents() -> str:
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    def _write(self, act: Callable[[], Any], done: Callable[[Any], object]) -> None:
        operation = self.runner.write(lambda _: act(), parent=self, label="window.saving")
        operation.success(done).failure(self._failed).start()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        elif isinstance(error, SasaeError):
            faults.show(self, error)
        else:
            raise error


def say_fonts(found: Sequence[FontFacts]) -> str:
    """The fonts in use, and what is wrong with any of them."""
    names = [
        source_text(facts.name) + (f"（外字 {facts.gaiji:,}字）" if facts.role == "own" else "")
        for facts in found
        if facts.path and not facts.fault
    ]
    told = [f"字形のもと：{'、'.join(names)}"]
    if any(facts.role == "national" and facts.path is None for facts in found):
        told.append(_NO_NATIONAL)
    told += [message(facts.fault, path=facts.name) for facts in found if facts.fault]
    return "\n".join(told)
