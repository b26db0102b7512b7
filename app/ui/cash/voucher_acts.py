"""What is done with vouchers from the window: asked in a form, done on the writer thread, told in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import SasaeError
from app.presentation.columns.cash import refusal_words
from app.presentation.forms.cash import ADOPT, ASSIGN, FREEZE, GIVE_UP, RECALL, VOID
from app.presentation.messages import message
from app.presentation.yen_words import yen
from app.ui import faults
from app.ui.cash.saving import paper_folder
from app.ui.page import Shell
from app.ui.relief.home_dialog import lead_home
from app.ui.surveys.asking import open_form
from app.ui.widgets.form_dialog import FormDialog, ask
from app.ui.widgets.opening import open_file
from app.usecases import cash_rows, vouchers

_SHOWN = 5


class VoucherActs(QObject):
    """``told``: what was done in words, and its tone; lists are to be read again then."""

    told = Signal(str, str)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self._parent, self.shell = parent, shell

    def _tell(self, done: cash_rows.VoucherActs, word: str) -> None:
        lines = [f"{len(done.done):,}枚（{yen(done.total)}）{word}"]
        if done.unchanged:
            lines.append(f"{done.unchanged:,}枚は、すでにそうなっていました。")
        if done.waiting:
            lines.append(f"{done.waiting:,}枚は、拠点から持ち出されたファイルを「受け渡し」で取り込むと戻ります。")
        lines += [refusal_words(one) for one in done.refused[:_SHOWN]]
        if len(done.refused) > _SHOWN:
            lines.append(f"ほか {len(done.refused) - _SHOWN:,}枚")
        self.told.emit("\n".join(lines), "warn" if done.refused else "good")

    def _form(self, spec: Any, act: Callable[[dict[str, Any]], cash_rows.VoucherActs], word: str, lead: str = "", **how: Any) -> FormDialog:
        return open_form(self._parent, self.shell, spec, act, then=lambda done: self._tell(done, word), lead=lead, **how)

    # -- headquarters

    def assign(self, ids: Sequence[str], batch_id: str = "") -> FormDialog:
        """To one device of a site."""
        ctx = self.shell.context

        def act(given: dict[str, Any]) -> cash_rows.VoucherActs:
            name = given["site"].strip()
            site = vouchers.ensure_site(ctx, name=name).id if name else ""
            return vouchers.assign(ctx, voucher_ids=ids, site_id=site, device=given["device"], expires_on=_day(given["expires_on"]))

        return self._form(ASSIGN, act, "を割り当てました。拠点へは「受け渡し」の持ち出しで届けます。", lead=f"選んだ引換券：{len(ids):,}枚")

    def recall(self, ids: Sequence[str]) -> FormDialog:
        """Ask them back."""
        ctx = self.shell.context
        return self._form(
            RECALL,
            lambda given: vouchers.recall(ctx, voucher_ids=ids, reason=given["reason"]),
            "を回収します。持ち出したもののほかは、もう本部に戻っています。",
        )

    def freeze(self, device: str) -> FormDialog:
        """A laptop is lost."""
        ctx = self.shell.context
        return self._form(
            FREEZE, lambda given: vouchers.freeze(ctx, device=given["device"], reason=given["reason"]), "を凍結しました。",
            values={"device": "" if device == ctx.place.device_prefix else device},
        )  # fmt: skip

    def release(self, ids: Sequence[str]) -> None:
        """The lost laptop is there again."""
        question, detail = "端末が見つかり、引換券はその端末に戻りますか？", "見つかった端末からも「受け渡し」で持ち出し、本部で取り込んでください。"
        if ask(self._parent, question, detail, yes="凍結を解く", no="やめる"):
            ctx = self.shell.context
            self._run(
                lambda _: vouchers.freeze(ctx, voucher_ids=ids, reason="", release=True),
                lambda done: self._tell(done, "の凍結を解きました。"),
            )

    def adopt(self) -> FormDialog:
        """Take over what the folder before a restore assigned."""
        ctx = self.shell.context
        return self._form(ADOPT, lambda given: vouchers.adopt(ctx, reason=given["reason"]), "を引き継ぎ、凍結しました。")

    def void(self, ids: Sequence[str]) -> FormDialog:
        """Ask that they never be paid."""
        ctx = self.shell.context
        return self._form(
            VOID, lambda given: vouchers.ask_void(ctx, voucher_ids=ids, reason=given["reason"]), "の取消を求めました。別の人が確認します。"
        )

    def confirm_void(self, ids: Sequence[str]) -> None:
        """Another person agrees."""
        detail = "取り消した引換券は二度と支払えません。同じ支給は、別の決定簿で決め直せます。"
        if ask(self._parent, f"{len(ids):,}枚の引換券を取り消しますか？", detail, yes="取り消す", no="やめる"):
            ctx = self.shell.context
            self._run(lambda _: vouchers.confirm_void(ctx, voucher_ids=ids), lambda done: self._tell(done, "を取り消しました。"))

    # -- a site

    def give_up(self, ids: Sequence[str]) -> FormDialog:
        """Back to headquarters."""
        ctx = self.shell.context
        return self._form(
            GIVE_UP, lambda given: vouchers.give_up(ctx, voucher_ids=ids, reason=given["reason"]),
            "を返しました。「受け渡し」の持ち出しで本部に伝えてください。",
        )  # fmt: skip

    # -- packages and papers

    def exchange(self) -> None:
        """Vouchers and what was paid travel in the packages of the page 受け渡し."""
        self.shell.go("exchange")

    def print(self, ids: Sequence[str]) -> None:
        """Vouchers with their QR, two to a sheet; eight for more than forty, which saves paper."""
        ctx, folder = self.shell.context, self.shell.folder
        nup = 2 if len(ids) <= 40 else 8
        out = paper_folder(self.shell) / f"vouchers-{ctx.now():%Y%m%d-%H%M%S}.pdf"

        def write(job: Any) -> Any:
            from app.interchange.exporting.cash import print_vouchers

            return print_vouchers(ctx, voucher_ids=ids, out=out, nup=nup, folder=folder, job=job)

        self._run(write, self._printed, label="print.drawing")

    def _printed(self, done: Any) -> None:
        words = f"{done.printed:,}枚の引換券を{done.pages:,}ページに印刷しました：{done.path.name}"
        if done.stopped:
            words += f"\n印刷できない文字のため残した引換券：{'、'.join(done.stopped)}"
        self.told.emit(words, "warn" if done.stopped else "good")
        open_file(Path(done.path))

    def _run(self, work: Callable[[Any], Any], then: Callable[[Any], object], *, label: str = "window.saving") -> None:
        self.shell.runner.write(work, parent=self._parent, label=label).success(then).failure(self._failed).start()

    def _failed(self, error: Exception) -> None:
        if lead_home(self._parent, self.shell, error) is not None:
            return
        if isinstance(error, SasaeError):
            self.told.emit(message(error), "bad")
        else:
            faults.show(self._parent, error)


def _day(value: Any) -> str:
    """A day of the form as ISO text."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value or "")
