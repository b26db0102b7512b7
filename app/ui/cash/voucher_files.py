"""Vouchers on a stick: writing the file for a laptop or for headquarters, and taking one in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from app.domain.errors import RuleViolation, SasaeError
from app.presentation.columns.cash import refusal_words
from app.presentation.columns.texts import moment_long
from app.presentation.messages import message
from app.presentation.yen_words import yen
from app.syncing.vouchers import SUFFIX, WrittenVouchers, inspect_vouchers, read_vouchers, write_answer, write_carry
from app.ui import faults, ime
from app.ui.cash.saving import paper_folder
from app.ui.page import Shell
from app.ui.residents.transfer import _TransferDialog
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.opening import open_file
from app.ui.widgets.text import button, note, text
from app.usecases.snapshot_files import suggest_passphrase
from app.usecases.voucher_files import CashCard, TakenIn

_FILTER = f"支えの引換券のファイル (*{SUFFIX});;すべてのファイル (*)"


class WriteDialog(_TransferDialog):
    """``written`` carries the ``WrittenVouchers``."""

    written = Signal(object)

    def __init__(self, parent: QWidget | None, shell: Shell, *, device: str, answer: bool) -> None:
        lead = (
            "支払い・返納・返した引換券・金庫の記録を、本部へ返すファイルにします。何度渡しても、順番が違っても構いません。"
            if answer
            else "1台の端末に、割り当てた引換券と回収の頼みを届けるファイルです。ほかの端末では開いても取り込めません。"
        )
        super().__init__(parent, shell, "本部へのファイルを書き出す" if answer else "拠点へのファイルを書き出す", lead, "書き出す")
        self._answer = answer
        self.device = QLineEdit(device)
        self.device.setMaxLength(8)
        ime.prepare(self.device, "latin")
        if not answer:
            self.ask_line("拠点の端末の4文字", self.device)
        self.path = QLineEdit()
        choose = button("選ぶ…", icon="folder")
        choose.clicked.connect(self._choose)
        self.ask_line("保存先（USBメモリなど）", self.path, choose)
        self.passphrase = QLineEdit(suggest_passphrase())
        ime.prepare(self.passphrase, "latin")
        copy = button("写す", icon="list")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.passphrase.text()))
        self.ask_line("合言葉（取り込むときに要ります）", self.passphrase, copy)
        self.questions.addWidget(note("合言葉はファイルと別の方法（電話など）で伝えてください。"))
        self.device.textChanged.connect(lambda _: self._rename())
        self._rename()
        (self.path if answer else self.device).setFocus()

    def _rename(self) -> None:
        kept = Path(self.path.text()).parent if self.path.text() else paper_folder(self.shell)
        place = self.shell.context.place
        word = f"answer-{place.device_prefix}" if self._answer else f"to-{self.device.text().strip().upper() or 'XXXX'}"
        self.path.setText(str(kept / f"vouchers-{word}-{self.shell.context.now():%Y%m%d}{SUFFIX}"))

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "保存先", self.path.text(), _FILTER)
        if chosen:
            self.path.setText(chosen if chosen.endswith(SUFFIX) else chosen + SUFFIX)

    def run(self) -> None:
        """Write it; progress with Cancel."""
        if not self.act_button.isEnabled() or self.act_button.isHidden():
            return
        path = Path(self.path.text().strip())
        if not self.path.text().strip() or path.is_dir():
            self.banner.show_message("保存するファイルの名前を入れてください。", tone="bad")
            return
        if path.exists() and not ask(self, "同じ名前のファイルがあります。置き換えますか？", path.name, yes="置き換える", no="やめる"):
            return
        ctx, device, secret, answer = self.shell.context, self.device.text().strip(), self.passphrase.text(), self._answer

        def write(job: Any) -> WrittenVouchers:
            if answer:
                return write_answer(ctx, target=path, passphrase=secret, job=job)
            return write_carry(ctx, target=path, device=device, passphrase=secret, job=job)

        self.act_button.setEnabled(False)
        work = self.shell.runner.write(write, parent=self, label="transfer.writing")
        work.finished(lambda: self.act_button.setEnabled(True)).success(self._done).failure(self.fail).start()

    def _done(self, done: WrittenVouchers) -> None:
        card = done.card
        what = f"引換券 {card.vouchers:,}枚"
        what += f"・受領書 {card.receipts:,}件（差引 {yen(card.total)}）" if self._answer else f" {yen(card.total)}"
        words = f"書き出し、読み戻して確かめました：{what}"
        self.banner.show_message(words, tone="good", action="フォルダーを開く", act=lambda: open_file(done.path.parent))
        self.act_button.hide()
        for line in (self.path, self.passphrase, self.device):
            line.setReadOnly(True)
        self.close_button.setText("閉じる（Esc）")
        self.grow()
        self.shell.say(f"書き出しました：{done.path.name}")
        self.written.emit(done)


class ReadDialog(_TransferDialog):
    """First what the file is, then taking it in. ``taken`` carries what was done in words, and its tone."""

    taken = Signal(str, str)

    def __init__(self, parent: QWidget | None, shell: Shell, path: Path | None = None) -> None:
        lead = "本部からのファイルも、拠点からのファイルも、ここで取り込みます。同じファイルを2度取り込んでも、何も変わりません。"
        super().__init__(parent, shell, "引換券のファイルを取り込む", lead, "中身を確かめる")
        self.card: CashCard | None = None
        self.path, self.passphrase = QLineEdit(str(path or "")), QLineEdit()
        choose = button("選ぶ…（Ctrl+O）", icon="folder")
        choose.setShortcut("Ctrl+O")
        choose.clicked.connect(self._choose)
        ime.prepare(self.passphrase, "latin")
        for line in (self.path, self.passphrase):
            line.textChanged.connect(lambda _: self._forget())
        self.ask_line("ファイル", self.path, choose)
        self.ask_line("合言葉", self.passphrase)
        self.facts = text("")
        self.facts.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.questions.addWidget(self.facts)
        choose.setFocus()

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "引換券のファイル", str(paper_folder(self.shell)), _FILTER)
        if chosen:
            self.path.setText(chosen)
            self.passphrase.setFocus()

    def _forget(self) -> None:
        self.card = None
        self.facts.setText("")
        self.act_button.setText("中身を確かめる（Ctrl+Enter）")

    def run(self) -> None:
        """Look into it, then take it in."""
        if not self.act_button.isEnabled() or self.act_button.isHidden():
            return
        if not self.path.text().strip() or not self.passphrase.text().strip():
            self.banner.show_message("ファイルと合言葉の両方を入れてください。", tone="bad")
            return
        ctx, path, secrets = self.shell.context, Path(self.path.text().strip()), [self.passphrase.text()]
        self.act_button.setEnabled(False)
        if self.card is None:
            read = self.shell.runner.read(
                lambda: inspect_vouchers(ctx, source=path, passphrases=secrets), parent=self, label="voucher.reading"
            )
            read.finished(lambda: self.act_button.setEnabled(True)).success(self._show_card).failure(self.fail).start()
            return
        work = self.shell.runner.write(
            lambda job: read_vouchers(ctx, source=path, passphrases=secrets, job=job), parent=self, label="voucher.reading"
        )
        work.finished(lambda: self.act_button.setEnabled(True)).success(self._done).failure(self.fail).start()

    def fail(self, error: Exception) -> None:
        """What a person can mend is said here."""
        if isinstance(error, RuleViolation) or (isinstance(error, SasaeError) and error.code.startswith(("sealed.", "voucher."))):
            self.banner.show_message(message(error), tone="bad")
            self.grow()
        else:
            faults.show(self, error)

    def _show_card(self, card: CashCard) -> None:
        self.card = card
        self.banner.show_message("")
        if card.kind == "carry":
            what = f"本部（{card.from_letters}）から端末 {card.to_letters}（{card.site}）へ：引換券 {card.vouchers:,}枚 {yen(card.total)}"
        else:
            what = f"{card.site}（{card.from_letters}）から本部へ：引換券 {card.vouchers:,}枚、受領書 {card.receipts:,}件（差引 {yen(card.total)}）"
        self.facts.setText(f"{what}\n{card.municipality}　{card.disaster}　書き出し：{moment_long(card.written_at)}")
        self.act_button.setText("取り込む（Ctrl+Enter）")
        self.grow()

    def _done(self, done: TakenIn) -> None:
        words = "\n".join([_say(done), *(message(one.code, **one.params) for one in done.warnings), *map(refusal_words, done.conflicts)])
        tone = "bad" if done.conflicts else "warn" if done.warnings else "good"
        self.banner.show_message(words, tone=tone)
        self.act_button.hide()
        self.close_button.setText("閉じる（Esc）")
        self.grow()
        self.shell.say("取り込みました")
        self.taken.emit(words, tone)


def _say(done: TakenIn) -> str:
    """What taking a file in did."""
    if done.card.kind == "carry":
        parts = [f"新しい引換券 {done.new:,}枚"]
        parts += [f"本部へ返すもの {done.given_up:,}枚（「本部へのファイル」で伝えてください）"] if done.given_up else []
        parts += [f"取消 {done.ended:,}枚"] if done.ended else []
        return "、".join(parts) if done.new or done.given_up or done.ended else "新しいことはありませんでした。何も変えていません。"
    if not (done.receipts or done.home or done.counts or done.refunded):
        return "新しいことはありませんでした。何も変えていません。"
    parts = [f"支払 {done.paid:,}件 {yen(done.paid_total)}"]
    parts += [f"返納 {done.refunded:,}件 {yen(done.refunded_total)}"] if done.refunded else []
    parts += [f"戻った引換券 {done.home:,}枚"] if done.home else []
    parts += [f"金庫の記録 {done.counts:,}件"] if done.counts else []
    return "、".join(parts)
