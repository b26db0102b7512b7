"""Writing the file of a batch: the bank's way, a business day, every name that changes, and where it goes. Then what was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFileDialog, QLineEdit, QWidget

from app.domain.bank_profile import BankProfile, file_name
from app.domain.errors import RuleViolation
from app.presentation.columns.transfer import NAMES, consignor_text, week_day
from app.presentation.messages import message
from app.presentation.yen_words import yen, yen_words
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.surveys.asking import bind, labelled
from app.ui.transfers.acts import PURPOSE, TransferActs
from app.ui.widgets.banner import Banner
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, row, text
from app.usecases import transfers
from app.usecases.bank_profiles import list_profiles
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.transfer_days import choose_days
from app.usecases.transfer_lines import Lines
from app.usecases.transfer_rows import WaitingBatch, Written

_ENDINGS = "振込ファイル (*.txt *.dat *.*)"


@dataclass(frozen=True, slots=True)
class _Choice:
    profile: BankProfile
    days: tuple[date, ...]


def read_choices(ctx: Context) -> list[_Choice]:
    """Every profile with the days it allows."""
    return [_Choice(one, tuple(choose_days(ctx, one))) for one in list_profiles(ctx)]


class WriteDialog(QDialog):
    """``written`` when the file is on the disk and marked. A repetition asks for nothing but where: the rest stays as it was."""

    written = Signal()
    banner: Banner

    def __init__(self, parent: QWidget, shell: Shell, batch: WaitingBatch, *, again: bool = False) -> None:
        super().__init__(parent)
        self.shell, self.batch, self.again = shell, batch, again
        self.done_with: Written | None = None
        self.acts = TransferActs(self, shell)
        self.acts.told.connect(lambda words, tone: self.banner.show_message(words, tone=tone))
        self._choices: list[_Choice] = []
        self._names: Lines | None = None
        self.setWindowTitle("再出力" if again else "振込ファイルを書き出す")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.profile, self.day = QComboBox(), QComboBox()
        self.profile.setAccessibleName("銀行の設定")
        self.day.setAccessibleName("振込指定日（営業日）")
        self.path = QLineEdit()
        self.path.setAccessibleName("書き出すファイル")
        self.consignor = text("", role="note")
        self.banner, self.count = Banner(), text("", role="section", wrap=False)
        self.banner.hide()
        self.all_changes = QCheckBox("全角→半角だけの変更も見る")
        self.table = Table(NAMES, name="カナの変更", preferences=shell.preferences, many=False)
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._start()

    def _make_buttons(self) -> None:
        self.pick_button = button("場所…", icon="folder")
        self.write_button = button("書き出す", role="primary", icon="save")
        self.sheet_button = button("送付書を印刷（P）", role="primary", icon="print")
        self.leave = button("やめる（Esc）")
        bind(self, self.pick_button, self.pick)
        bind(self, self.write_button, self.write)
        bind(self, self.sheet_button, self.print_sheet, "P")
        self.leave.clicked.connect(self.reject)
        self.sheet_button.hide()
        self.write_button.setEnabled(False)

    def _lay_out(self) -> None:
        look = theme.current()
        money = frame(
            "well",
            column(
                row(text(yen(self.batch.total), role="number", wrap=False), text(f"{self.batch.count:,}件", role="number", wrap=False), 1, spacing=28),
                text(yen_words(self.batch.total), role="lead"), spacing=4, margins=(16, 8, 16, 10),
            ),
        )  # fmt: skip
        self.profile.setMinimumWidth(look.px(280))
        self.day.setMinimumWidth(look.px(190))
        where = row(self.path, self.pick_button, spacing=6)
        where.setStretch(0, 1)
        place = QWidget()
        place.setLayout(where)
        where.setContentsMargins(0, 0, 0, 0)
        asked = row(labelled("銀行の設定", self.profile), labelled("振込指定日（営業日だけ）", self.day), labelled("書き出すファイル", place), spacing=12)
        asked.setStretch(2, 1)
        lists = row(self.count, 1, self.all_changes, spacing=10)
        body = column(
            heading(f"{self.batch.number}　{self.batch.title}"), money, asked, self.consignor, self.banner, lists, self.table, spacing=8,
            margins=(24, 14, 24, 8),
        )  # fmt: skip
        body.setStretch(6, 1)
        footer = row(1, self.leave, self.sheet_button, self.write_button, spacing=6, margins=(20, 10, 20, 10))
        whole = column(body, frame("footer", footer), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        room = self.screen().availableGeometry()
        self.resize(min(look.px(1060), room.width() - 30), min(look.px(660), room.height() - 40))

    def _connect(self) -> None:
        self.profile.currentIndexChanged.connect(lambda _: self._choose_profile())
        self.day.currentIndexChanged.connect(lambda _: self._suggest_path())
        self.path.textChanged.connect(lambda _: self._enable())
        self.all_changes.toggled.connect(lambda _: self._show_names())

    def _start(self) -> None:
        for box in (self.profile, self.day):
            box.setEnabled(not self.again)
        if self.again:
            self.profile.addItem("初回と同じ", "")
            self.day.addItem(week_day(self.batch.transfer_on) or "初回と同じ", "")
            self.path.setText(str(self.acts.folder() / f"sofuri_{self.batch.number}_saishutsuryoku.txt"))
            self.count.setText("初回と同じ内容を書き出します。1バイトでも違えば書き出しません。")
            self.all_changes.hide()
            self._enable()
            return
        ctx = self.shell.context
        self.shell.runner.read(lambda: read_choices(ctx), parent=self).success(self._show_choices).start()

    # -- choosing

    def _show_choices(self, choices: Sequence[_Choice]) -> None:
        self._choices = list(choices)
        kept = self.shell.preferences.get("transfer.profile", "")
        for one in choices:
            self.profile.addItem(f"{one.profile.title}{'' if not one.profile.missing else '（依頼人が未登録）'}", one.profile.id)
        self.profile.setCurrentIndex(max(0, self.profile.findData(kept)))
        self._choose_profile()

    @property
    def chosen(self) -> _Choice | None:
        """The profile at hand."""
        wanted = self.profile.currentData()
        return next((one for one in self._choices if one.profile.id == wanted), None)

    def _choose_profile(self) -> None:
        one = self.chosen
        if one is None:
            return
        self.day.clear()
        for day in one.days:
            self.day.addItem(week_day(day.isoformat()), day.isoformat())
        if one.profile.missing:
            words = message("transfer.profile_incomplete", title=one.profile.title, consignor=list(one.profile.missing))
            self.banner.show_message(words, tone="warn")
        else:
            self.banner.show_message("")
        self.consignor.setText(f"振込依頼人：{consignor_text(one.profile)}　支払口座：{one.profile.bank}-{one.profile.branch}-{one.profile.account_number}")
        self._suggest_path()
        self._read_names(one.profile.id)

    def _suggest_path(self) -> None:
        one, day = self.chosen, self.day.currentData()
        if one is not None and day:
            self.path.setText(str(self.acts.folder() / file_name(one.profile, batch=self.batch.number, date=day, part=1)))
        self._enable()

    def _read_names(self, profile: str) -> None:
        ctx, batch = self.shell.context, self.batch.id
        work = self.shell.runner.write(lambda _: transfers.preview_names(ctx, batch_id=batch, profile=profile), parent=self, label="lists.reading")
        work.success(self._take_names).failure(self._fail).start()

    def _take_names(self, found: Lines) -> None:
        self._names = found
        if found.warnings and not self.banner.words:
            self.banner.show_message("\n".join(message(code, **params) for code, params in found.warnings[:4]), tone="warn")
        self._show_names()
        self._enable()

    def _show_names(self) -> None:
        if self._names is None:
            return
        told = [one for one in self._names.names if one.notable]
        cut = sum(bool(one.cut) for one in told)
        words = f"銀行の文字に合わせて変わる名前 {len(told):,}件" + (f"（30バイトに入らず切るもの {cut:,}件）" if cut else "")
        self.count.setText(words if told else "銀行の文字に合わせて変わる名前はありません（全角→半角を除く）。")
        shown = self._names.names if self.all_changes.isChecked() else told
        self.table.show_rows(sorted(shown, key=lambda one: not one.cut), key=lambda one: one.line)

    def pick(self) -> None:
        """Where the file goes."""
        chosen, _ = QFileDialog.getSaveFileName(
            self, "書き出すファイル", self.path.text(), _ENDINGS, options=QFileDialog.Option.DontConfirmOverwrite
        )
        if chosen:
            self.path.setText(chosen)

    def _enable(self) -> None:
        one = self.chosen
        ready = self.again or (one is not None and not one.profile.missing and bool(self.day.currentData()) and self._names is not None)
        self.write_button.setEnabled(ready and bool(self.path.text().strip()) and self.done_with is None)

    # -- writing

    def write(self) -> None:
        """Write it, on the writer thread."""
        ctx, batch, out = self.shell.context.for_purpose(PURPOSE), self.batch.id, Path(self.path.text().strip())
        profile, day = (self.profile.currentData() or ""), (self.day.currentData() or "")
        self.acts.keep_folder(out)
        if profile:
            self.shell.preferences.set("transfer.profile", profile)

        def work(job: Job) -> Written:
            return transfers.write_transfer(ctx, batch_id=batch, profile=profile, transfer_on=day, out=out, job=job)

        operation = self.shell.runner.write(work, parent=self, label="job.transfer_writing")
        operation.success(self._show_written).failure(self._fail).start()

    def _show_written(self, done: Written) -> None:
        self.done_with = done
        files = "\n".join(f"{one.path.name}　{one.count:,}件　{yen(one.total)}　照合値 {one.sha256[:16].upper()}" for one in done.files[:6])
        self.banner.show_message(
            f"書き出し、読み直して決定と同じことを確かめました。まだ「送信済み」ではありません。\n{files}\n送付書を付けて銀行へ渡し、「渡した」を記録してください。",
            tone="good",
        )
        for box in (self.profile, self.day, self.path, self.pick_button):
            box.setEnabled(False)
        self.write_button.hide()
        self.sheet_button.show()
        self.sheet_button.setEnabled(self.acts.may("print"))
        self.leave.setText("閉じる（Esc）")
        self.sheet_button.setFocus()
        self.written.emit()

    def print_sheet(self) -> None:
        """送付書."""
        if self.done_with is not None:
            self.acts.print_sheet(self.batch.id, self.done_with.files[0].path.name)

    def _fail(self, error: Exception) -> None:
        from app.domain.errors import EnvironmentFault

        if isinstance(error, RuleViolation | EnvironmentFault):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)
