"""端末の登録: how this device stands, every device of the municipality, and what can be done about them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer

from app.domain.errors import SasaeError
from app.domain.exchange import EnrolledDevice
from app.presentation.columns.devices import DEVICES, say_membership
from app.presentation.forms.enrolment import COMPARE
from app.presentation.messages import message
from app.presentation.sync_help_enrol import NEW_DEVICE
from app.ui import faults
from app.ui.sites.accept_dialog import AcceptDialog
from app.ui.sites.request_dialog import RequestDialog
from app.ui.sites.revoke_dialog import open_revoke
from app.ui.surveys.asking import open_form
from app.ui.tabbed import Tab, TabbedPage
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import FormDialog, ask
from app.ui.widgets.table import Table
from app.ui.widgets.text import badge, button, column, frame, restyle, row, text
from app.usecases.enrolling import become_new, confirm_key
from app.usecases.enrolment import Municipality, create_municipality, show_municipality

_STEPS_HQ = (
    "① 自治体の鍵を作ります。\n② 拠点の端末で「この端末の登録を依頼」を開き、QR コードの写真かファイルを受け取ります。\n"
    "③ ここで「依頼を受け入れる」で読み込み、登録のファイルか QR コードを渡して、照合番号を電話などで伝えます。"
)
_STEPS_SITE = (
    "① 「この端末の登録を依頼」を開き、QR コードの写真かファイルを本部に渡します。\n② 本部が受け入れると、登録のファイルか QR コードが戻ります。\n"
    "③ 「本部の返事を読み込む」で読み、本部に照合番号を読み上げてもらって入力します。"
)


class DevicesTab(Tab):
    """The button that comes next is the primary one."""

    kinds = frozenset({"setting", "site"})
    banner: Banner

    def __init__(self, page: TabbedPage) -> None:
        super().__init__(page)
        self.found: Municipality | None = None
        self._wanted = ""
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.said, self.mark = text("", role="lead"), badge("")
        self.key_name = text("自治体の鍵の照合番号", role="field", wrap=False)
        self.key = text("", role="title", wrap=False)
        self.key_note = text("", role="note", wrap=False)
        self.table = Table(DEVICES, name="登録された端末", preferences=self.shell.preferences, many=False)
        self.table.chosen.connect(lambda _: self._follow())
        self.create_button = button("自治体の鍵を作る…", icon="key")
        self.accept_button = button("依頼を受け入れる…", icon="take-in")
        self.request_button = button("この端末の登録を依頼…", icon="carry-out")
        self.answer_button = button("本部の返事を読み込む…", icon="take-in")
        self.compare_button = button("照合した…", icon="check")
        self.revoke_button = button("失効にする…", icon="user-off", role="danger")
        self.renew_button = button("新しい端末にする…", icon="refresh")
        acts = {
            self.create_button: self.create, self.accept_button: self.accept_request, self.request_button: self.request,
            self.answer_button: self.read_answer, self.compare_button: self.compare, self.revoke_button: self.revoke,
            self.renew_button: self.renew,
        }  # fmt: skip
        for made, act in acts.items():
            made.clicked.connect(lambda _=False, act=act: act())
        own = row(self.mark, self.said, spacing=10)
        own.setStretch(1, 1)
        state = frame("card", column(own, row(self.key_name, self.key, self.key_note, 1, spacing=12), spacing=6, margins=(14, 10, 14, 10)))
        buttons = row(
            self.create_button, self.accept_button, self.request_button, self.answer_button, self.compare_button, 1, self.renew_button,
            self.revoke_button,
        )  # fmt: skip
        self.steps = EmptyState("登録の手順", _STEPS_SITE, icon="key")
        self.steps.explanation.setAlignment(Qt.AlignmentFlag.AlignLeft)
        whole = column(self.banner, state, buttons, self.table, self.steps, spacing=10, margins=(0, 8, 0, 0))
        whole.setStretch(3, 1)
        whole.setStretch(4, 1)
        self.setLayout(whole)

    # -- reading

    def refresh(self) -> None:
        """Read the list."""
        ctx = self.context
        self.runner.read(lambda: show_municipality(ctx), parent=self, latest="sites.devices").success(self._show).start()

    def _show(self, found: Municipality) -> None:
        self.found = found
        place = self.context.place
        hq = place.site_kind == "hq"
        mine = next((one.site_name for one in found.devices if one.device == place.device_id), place.site_name)
        words, tone = say_membership(found, letters=place.device_prefix, site=mine, headquarters=hq)
        self.said.setText(words)
        self.mark.setText({"good": "登録済み", "warn": "要対応", "bad": "失効"}[tone])
        restyle(self.mark, tone=tone)
        self.key.setText(found.fingerprint)
        told = (
            "拠点の端末に登録を渡すときに読み上げます。" if found.holds_key else "照合済み" if found.confirmed else "まだ見比べていません"
        )
        self.key_note.setText(told)
        for part in (self.key_name, self.key, self.key_note):
            part.setVisible(bool(found.fingerprint))
        self.table.show_rows(found.devices, key=lambda one: one.device)
        self.table.setVisible(bool(found.devices))
        self.steps.setVisible(not found.devices)
        self.steps.explanation.setText(_STEPS_HQ if hq else _STEPS_SITE)
        self._offer(found, hq=hq)
        if found.before and found.holds_key:
            self.banner.show_message(message("enrol.before", device=found.before), tone="warn")
        self._act_wanted()

    def _offer(self, found: Municipality, *, hq: bool) -> None:
        member, office = found.state == "active", found.holds_key and found.state == "active"
        shown = {
            self.create_button: (hq and not found.number) or (found.holds_key and not member),
            self.accept_button: office,
            self.request_button: not found.holds_key and found.state == "unknown",
            self.answer_button: not office and found.state != "revoked" and not (member and found.confirmed),
            self.compare_button: member and not found.confirmed,
            self.revoke_button: office,
            self.renew_button: not found.holds_key and found.state != "active" and bool(found.number),
        }
        first = next((one for one in shown if shown[one]), None)
        may = self.may("enrol")
        for made, on in shown.items():
            made.setVisible(on)
            made.setEnabled(may)
            made.setToolTip("" if may else "管理の役割の人が行えます")
            if made is not self.revoke_button:
                made.take_role("primary" if made is first else "")
        self._follow()

    def arrive(self, **arguments: Any) -> None:
        """``act`` create, request, accept, answer or renew does at once what its button does, when there is such a button now."""
        self._wanted = str(arguments.get("act") or "")
        if self.found is not None:
            self._act_wanted()

    def _act_wanted(self) -> None:
        buttons = {
            "create": self.create_button, "request": self.request_button, "accept": self.accept_button, "answer": self.answer_button,
            "renew": self.renew_button,
        }  # fmt: skip
        wanted, self._wanted = buttons.get(self._wanted), ""
        if wanted is not None and wanted.isVisibleTo(self) and wanted.isEnabled():
            wanted.setFocus()
            QTimer.singleShot(0, wanted, wanted.click)  # after the page is in sight

    def _follow(self) -> None:
        current: EnrolledDevice | None = self.table.current_row()
        own = current is not None and current.device == self.context.place.device_id
        self.revoke_button.setEnabled(self.may("enrol") and current is not None and current.active and not own)

    def take_focus(self) -> None:
        """On what comes next, else the list."""
        buttons = (self.create_button, self.request_button, self.compare_button, self.accept_button)
        first = next((one for one in buttons if one.isVisibleTo(self) and one.isEnabled()), None)
        (first or self.table).setFocus()

    # -- acting

    def create(self) -> None:
        """The municipality's key."""
        question, detail = (
            "自治体の鍵を作りますか？",
            (
                "この端末が、拠点の端末の登録と失効を行う本部になります。鍵は暗号化されたデータの中にあり、バックアップにも入ります。"
                "この端末をなくしたときは、バックアップから復元した本部で続けられます。"
            ),
        )
        if ask(self, question, detail, yes="作る", no="やめる"):
            ctx = self.context
            work = self.runner.write(lambda _: create_municipality(ctx), parent=self, label="window.saving")
            work.success(lambda _: self._done("自治体の鍵を作りました")).failure(self._failed).start()

    def request(self) -> RequestDialog:
        """Ask headquarters."""
        dialog = RequestDialog(self, self.shell)
        dialog.answered.connect(self.read_answer)
        dialog.open()
        return dialog

    def accept_request(self) -> AcceptDialog:
        """Enrol a laptop."""
        return self._open_accept(office=True)

    def read_answer(self) -> AcceptDialog:
        """Take headquarters' answer."""
        return self._open_accept(office=False)

    def _open_accept(self, *, office: bool) -> AcceptDialog:
        dialog = AcceptDialog(self, self.shell, office=office)
        dialog.changed.connect(self.refresh)
        dialog.open()
        return dialog

    def compare(self) -> FormDialog:
        """Somebody asked headquarters for the fingerprint."""
        ctx = self.context
        return open_form(
            self, self.shell, COMPARE, lambda given: confirm_key(ctx, expected=given["fingerprint"]),
            then=lambda _: self._done("自治体の鍵を照合しました"),
        )  # fmt: skip

    def revoke(self) -> FormDialog | None:
        """The device at hand."""
        current: EnrolledDevice | None = self.table.current_row()
        return open_revoke(self, self.shell, current, then=self._revoked) if current is not None else None

    def _revoked(self, words: str) -> None:
        self.refresh()
        self.banner.show_message(words, tone="warn")

    def renew(self) -> None:
        """A device of its own, after headquarters refused this one."""
        detail = "本部に「記号が重なる」「コピーされた端末」「失効」と断られたときに行います。記録はそのまま残ります。お金と引換券は引継ぎが要ります。"
        if ask(self, "この端末を新しい端末にしますか？", detail, yes="新しい端末にする", no="やめる"):
            ctx = self.context
            work = self.runner.write(lambda _: become_new(ctx, reason=NEW_DEVICE), parent=self, label="window.saving")
            work.success(lambda _: self.shell.leave(again=True)).failure(self._failed).start()

    def _done(self, words: str) -> None:
        self.shell.say(words)
        self.banner.show_message("")
        self.refresh()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, SasaeError):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)
