"""証明書: what was issued. Found again, printed once more, replaced, withdrawn; holders of papers that a new judgement replaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.presentation.columns.certificate import CERTIFICATES
from app.presentation.forms.certificate import SUPERSEDE
from app.presentation.labels import choices, short_label
from app.ui import theme
from app.ui.certificates.certificate_acts import CertificateActs
from app.ui.certificates.certificate_file import CertificateFileDialog
from app.ui.certificates.doubles import DoublesDialog
from app.ui.certificates.issue_acts import way_out
from app.ui.certificates.paper_view import PaperDialog
from app.ui.surveys.asking import bind, labelled, open_export, open_form, picker, use_view
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import applications, certificates
from app.usecases.certificate_rows import ApplicationCounts, CertificateFilter, CertificateRow

if TYPE_CHECKING:
    from app.ui.pages.certificates import CertificatesPage

_PAGE = 500
_OTHERS = (("replace", "差替が必要"), ("unprinted", "部数が足りない"), ("provisional", "仮番号"), ("declared", "申告のみ"))


class LedgerTab(Tab):
    """Enter opens a certificate, V shows it on the screen, F6 prints it once more, F7 replaces what is marked.

    ``arrive(certificate_id=…)`` opens one, ``arrive(filter=CertificateFilter(…))`` and ``arrive(text=…)`` narrow the list.
    """

    kinds = frozenset({"certificate", "certificate_copy", "application", "survey"})

    def __init__(self, page: CertificatesPage) -> None:
        super().__init__(page)
        self.runner.preload("app.printing.batch", "app.interchange.certificates", "app.printing.designs")
        self.acts = CertificateActs(self, page.shell)
        self.acts.ended.connect(self.refresh)
        self.acts.faulted.connect(self._fault)
        self.acts.told.connect(self._tell)
        self.finder = SearchBox("証明書番号・世帯主・カナ・住所で探す", name="証明書を探す")
        self.state = picker("状態", choices("certificate.state"))
        self.kind = picker("種類", [(code, short_label("application.kind", code)) for code, _ in choices("application.kind")])
        self.grade = picker("被害の程度", [(code, short_label("grade", code)) for code, _ in choices("grade") if code != "none"])
        self.other = picker("そのほか", _OTHERS)
        self.count = text("", role="section", wrap=False)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self._reminder = ""
        self.table = Table(CERTIFICATES, name="証明書の一覧", runner=self.runner, preferences=self.shell.preferences)
        self.empty = EmptyState(
            "証明書はまだ発行していません",
            "申請が判定・決裁まで進んだら「交付・印刷」で発行します。発行した証明書はここに並び、再交付・差替・取消ができます。",
            icon="certificates", actions=[("交付・印刷へ", "print", lambda: self.page.open_tab("issue"))],
        )  # fmt: skip
        self.nothing = EmptyState(
            "この条件に当てはまる証明書はありません", "条件を消すか、番号を確かめてください。", icon="search",
            actions=[("条件を消す", "undo", self.reset)],
        )  # fmt: skip
        self._make_buttons()
        self._connect()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.file_button = button("開く（Enter）", role="primary", icon="list")
        self.view_button = button("見る（V）", icon="eye", tip="画面で紙面を見る")
        self.more_button = button("再交付…（F6）", icon="print", tip="もう一度印刷する（再交付・追加・印刷の失敗）")
        self.supersede_button = button("差替…（F7）", icon="refresh")
        self.revoke_button = button("取消…", icon="close")
        self.doubles_button = button("二重の証明書…", icon="warning")
        self.confirm_button = button("仮番号を正式に…", icon="check")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        for made, act, keys in (
            (self.file_button, self.open_file, ""), (self.view_button, self.view, "V"), (self.more_button, self.print_more, "F6"),
            (self.supersede_button, self.supersede, "F7"), (self.revoke_button, self.revoke, ""), (self.doubles_button, self.show_doubles, ""),
            (self.confirm_button, self.acts.confirm, ""), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        for made in (self.doubles_button, self.confirm_button):
            made.hide()

    def _connect(self) -> None:
        self.finder.typed.connect(lambda _: self.list())
        for leave in (self.finder.down, self.finder.left):
            leave.connect(self.table.focus_first)
        self.finder.entered.connect(lambda _: self.table.focus_first())
        for box in (self.state, self.kind, self.grade, self.other):
            box.activated.connect(lambda _: self.list())
            box.setMaximumWidth(theme.current().px(200))
        self.table.opened.connect(self.open_file)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.table.rows.dataChanged.connect(lambda *_: self._enable())

    def _lay_out(self) -> None:
        names = ("状態", "種類", "被害の程度", "そのほか")
        boxes = (self.state, self.kind, self.grade, self.other)
        self.top = QWidget()
        finder = labelled("絞り込み", self.finder)
        line = row(finder, *(labelled(name, box) for name, box in zip(names, boxes, strict=True)), self.count, spacing=8)
        line.setStretch(0, 1)
        line.setAlignment(self.count, Qt.AlignmentFlag.AlignBottom)
        self.count.setMinimumHeight(theme.current().px(34))
        self.top.setLayout(line)
        self._acts = QWidget()
        self._row_buttons = (self.file_button, self.view_button, self.more_button, self.supersede_button, self.revoke_button)
        self._acts.setLayout(row(*self._row_buttons, 1, self.confirm_button, self.doubles_button, self.export_button, spacing=6))
        whole = column(self.top, self.banner, self.table, self.nothing, self.empty, self._acts, spacing=8, margins=(0, 10, 0, 0))
        for place in (2, 3, 4):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self.empty.hide()
        self.nothing.hide()
        self._enable()

    # -- reading

    @property
    def wanted(self) -> CertificateFilter:
        """What is asked for."""
        other = self.other.currentData()
        return CertificateFilter(
            text=self.finder.text().strip(), state=self.state.currentData(), kind=self.kind.currentData(), grade=self.grade.currentData(),
            replace=other == "replace", unprinted=other == "unprinted", provisional=True if other == "provisional" else None,
            declared=True if other == "declared" else None,
        )  # fmt: skip

    def refresh(self) -> None:
        """Count what waits and list again."""
        ctx = self.context
        self.runner.read(lambda: applications.count_applications(ctx), parent=self, latest="ledger.counts").success(self._show_counts).start()
        self.list()

    def _show_counts(self, counts: ApplicationCounts) -> None:
        self.badged.emit(counts.replace)
        self.doubles_button.setText(f"二重の証明書 {counts.doubles:,}件…")
        self.doubles_button.setVisible(counts.doubles > 0)
        hq = self.context.place.site_kind == "hq"
        self.confirm_button.setVisible(hq and counts.provisional > 0 and self.may("approve"))
        words = f"再調査で程度が変わり、差替が必要な証明書が{counts.replace:,}件あります。" if counts.replace and not self.wanted.replace else ""
        if not self.banner.words or self.banner.words == self._reminder:
            self.banner.show_message(words, tone="warn", action="一覧にする", act=self.show_replace)
        self._reminder = words

    def list(self) -> None:
        """Ask for the certificates that the conditions leave."""
        ctx, wanted = self.context, self.wanted
        found = self.runner.read(lambda: certificates.list_certificate_ids(ctx, filter=wanted), parent=self, latest="ledger.ids")
        found.success(lambda ids: self._show_ids(ids, wanted)).start()

    def _show_ids(self, ids: Sequence[str], wanted: CertificateFilter) -> None:
        if wanted != self.wanted:
            return
        ctx, narrowed = self.context, wanted != CertificateFilter()
        use_view(self.table, self._view())
        self.table.show_ids(ids, lambda some: certificates.certificate_rows(ctx, certificate_ids=some))
        self.count.setText(f"{len(ids):,}件")
        self.top.setVisible(bool(ids) or narrowed)
        for part in (self.table, self._acts):
            part.setVisible(bool(ids))
        self.nothing.setVisible(not ids and narrowed)
        self.empty.setVisible(not ids and not narrowed)
        if ids and self.table.current_id() is None:
            self.table.make_current(0)
        self._enable()

    def _view(self) -> str:
        return "差替の連絡用" if self.wanted.replace else "標準"

    def reset(self) -> None:
        """No conditions."""
        self.show_filter(CertificateFilter())

    def show_replace(self) -> None:
        """Those whose holders have to be told."""
        self.banner.show_message("")
        self.show_filter(CertificateFilter(replace=True))

    def show_filter(self, wanted: CertificateFilter) -> None:
        """Put conditions in and list."""
        self.finder.setText(wanted.text)
        other = next((name for name, on in zip(("replace", "unprinted", "provisional", "declared"),
                                               (wanted.replace, wanted.unprinted, wanted.provisional, wanted.declared), strict=True) if on), "")  # fmt: skip
        for box, value in ((self.state, wanted.state), (self.kind, wanted.kind), (self.grade, wanted.grade), (self.other, other)):
            box.setCurrentIndex(max(0, box.findData(value)))
        self.list()

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        wanted = arguments.get("filter")
        if isinstance(wanted, CertificateFilter):
            self.show_filter(wanted)
        if arguments.get("text"):
            self.show_filter(CertificateFilter(text=arguments["text"]))
        if arguments.get("certificate_id"):
            self.open_file(arguments["certificate_id"])

    def take_focus(self) -> None:
        """Into the search box, or on the way to the first certificate."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.finder.setFocus()

    # -- acting

    def marked(self) -> Sequence[str]:
        """The certificates marked, or the one at hand."""
        found: Sequence[str] = self.table.selected_ids() or ([self.table.current_id()] if self.table.current_id() else [])
        return found

    @property
    def current(self) -> CertificateRow | None:
        """The one at hand, once its row has arrived."""
        found: CertificateRow | None = self.table.current_row()
        return found

    def _enable(self) -> None:
        count, one = len(self.marked()) if self.table.rows.rowCount() else 0, self.current
        live = one is not None and one.state == "issued"
        self.file_button.setEnabled(count > 0)
        self.view_button.setEnabled(count > 0 and live and self.may("issue"))
        self.more_button.setEnabled(count == 1 and live and self.may("issue") and self.may("print"))
        self.supersede_button.setEnabled(count > 0 and live and self.may("issue") and self.may("approve"))
        self.revoke_button.setEnabled(count == 1 and live and self.may("approve"))
        self.supersede_button.setText(f"{count:,}件を差替…（F7）" if count > 1 else "差替…（F7）")
        self.export_button.setEnabled(self.table.rows.rowCount() > 0 and (self.may("export") or self.may("print")))

    def open_file(self, certificate_id: str = "") -> CertificateFileDialog | None:
        """One certificate whole."""
        wanted = certificate_id or self.table.current_id()
        if not wanted:
            return None
        dialog = CertificateFileDialog(self, self.shell, wanted)
        dialog.sent.connect(lambda key, given: self.page.open_tab(key, **given))
        dialog.open()
        return dialog

    def view(self) -> PaperDialog | None:
        """The one at hand on the screen."""
        if self.current is None:
            return None
        dialog = PaperDialog(self, self.shell, self.current.id, number=self.current.number)
        dialog.open()
        return dialog

    def print_more(self) -> object:
        """One more paper of the one at hand, with why."""
        return self.acts.print_more(self.current.id, self.current.number) if self.current else None

    def supersede(self) -> object:
        """差替 of what is marked."""
        ids = list(self.marked())
        if len(ids) == 1 and self.current is not None:
            return self.acts.supersede(ids[0], self.current.number)
        dialog = open_form(self, self.shell, SUPERSEDE, lambda values: values["reason"], lead=f"{len(ids):,}件の証明書")
        dialog.saved.connect(lambda reason: self.acts.supersede_many(ids, reason=reason))
        return dialog

    def revoke(self) -> object:
        """取消 of the one at hand."""
        return self.acts.revoke(self.current.id, self.current.number) if self.current else None

    def show_doubles(self) -> DoublesDialog:
        """Certificates that are there twice."""
        dialog = DoublesDialog(self, self.shell)
        dialog.opened.connect(self.open_file)
        dialog.open()
        return dialog

    def _tell(self, words: str) -> None:
        self.banner.show_message(words, tone="warn")

    def _fault(self, error: Exception) -> None:
        words, way, where = way_out(error)
        page, _, tab = where.partition(":")
        self.banner.show_message(words, tone="bad", action=way, act=(lambda: self.shell.go(page, tab=tab)) if where else None)

    def export(self) -> None:
        """The list as it is narrowed now; for 差替 the holders to call."""
        ctx, wanted = self.context, self.wanted

        def rows() -> list[CertificateRow]:
            ids = certificates.list_certificate_ids(ctx, filter=wanted)
            return [
                one for at in range(0, len(ids), _PAGE) for one in certificates.certificate_rows(ctx, certificate_ids=ids[at : at + _PAGE])
            ]

        title = "差替が必要な証明書と連絡先" if wanted.replace else "証明書の一覧"
        open_export(self, self.shell, title=title, subtitle="", columns=CERTIFICATES, view=self._view(), rows=rows, unit="件")
