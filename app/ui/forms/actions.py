"""What is done with a version: keeping, approving, comparing, trial prints, files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from app.presentation import form_designs as words
from app.ui.forms import dialogs, work
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.opening import open_file
from app.usecases import forms

if TYPE_CHECKING:
    from app.ui.forms.design_tab import DesignTab

_LAYOUTS = "様式のファイル (*.toml)"
_PAPERS = "用紙の画像か PDF (*.png *.jpg *.jpeg *.tif *.tiff *.pdf)"


class DesignActions:
    """The acts of the tab 様式; each opens what it needs and comes back to the tab."""

    def __init__(self, tab: DesignTab) -> None:
        self._tab = tab

    # -- keeping

    def save(self) -> None:
        """Keep what was changed as a new version."""
        tab = self._tab
        if tab.draft is None or not tab.draft.changed or not tab.may("forms"):
            return
        dialog = dialogs.SaveDialog(tab, title=tab.draft.layout.title, grave=tab.findings_grave)
        dialog.agreed.connect(self._save)
        dialog.open()

    def _save(self, title: str, note: str) -> None:
        tab = self._tab
        assert tab.draft is not None
        if title and title != tab.draft.layout.title:
            tab.draft.retitle(title)
        ctx, layout = tab.context, tab.draft.layout
        tab.runner.write(lambda _: work.save(ctx, layout, note=note), parent=tab, label="window.saving").success(tab.saved).start()

    def leave(self, go: Callable[[], Any], stay: Callable[[], Any]) -> None:
        """Go elsewhere; what is not kept is asked about first."""
        tab = self._tab
        if tab.draft is None or not tab.draft.changed:
            go()
            return
        said = "保存していない変更があります。捨てて、別の版を開きますか。"
        if ask(tab, "保存していない変更", said, yes="捨てて開く", no="続けて直す"):
            tab.draft.mark_saved()
            go()
        else:
            stay()

    # -- approving

    def approve(self) -> None:
        """Look at what is different, then let it print."""
        tab = self._tab
        if tab.opened is None or not tab.may("seal"):
            return
        if tab.draft is not None and tab.draft.changed:
            tab.banner.show_message("保存していない変更があります。先に保存してから、保存した版を承認してください。", tone="warn")
            return
        self._compared(self._ask_approval)

    def _ask_approval(self, base: str, sentences: list[str]) -> None:
        tab = self._tab
        assert tab.opened is not None
        row, ctx = tab.opened.row, tab.context
        dialog = dialogs.CompareDialog(
            tab,
            words.version_words(row.version, row.source),
            base,
            sentences,
            approve=True,
            own=row.made_by_me,
            maker=row.made_by,
            note=row.note,
        )
        dialog.agreed.connect(
            lambda: tab.runner.write(lambda _: work.approve(ctx, row), parent=tab, label="window.saving").success(tab.approved).start()
        )
        dialog.open()

    def compare(self) -> None:
        """What is different from the version in use."""

        def show(base: str, sentences: list[str]) -> None:
            assert self._tab.opened is not None
            row = self._tab.opened.row
            dialogs.CompareDialog(self._tab, words.version_words(row.version, row.source), base, sentences).open()

        self._compared(show)

    def _compared(self, show: Callable[[str, list[str]], Any]) -> None:
        tab = self._tab
        if tab.opened is None:
            return
        ctx, folder, row = tab.context, tab.shell.folder, tab.opened.row
        read = tab.runner.read(lambda: work.compare(ctx, folder, row), parent=tab, label="form.rendering")
        read.success(lambda found: show(*found)).start()

    def retire(self) -> None:
        """Take the version out of use."""
        tab = self._tab
        if tab.opened is None or tab.opened.row.source != "own" or not tab.may("forms"):
            tab.banner.show_message("使わないことにできるのは、自分の市町村で作った版だけです。標準の版はそのまま残ります。")
            return
        row, ctx = tab.opened.row, tab.context
        said = (
            "この版を使わないことにします。承認済みの版なら、1つ前の承認済みの版か標準の様式に戻ります。"
            "この版で発行した証明書は、これからも同じ様式で再交付できます。"
        )
        if ask(tab, words.version_words(row.version, row.source), said, yes="使わないことにする", no="やめる"):
            done = tab.runner.write(
                lambda _: forms.retire_design(ctx, form=row.form, number=row.version, version=row.record_version),
                parent=tab,
                label="window.saving",
            )
            done.success(lambda _: tab.open(form=row.form)).start()

    # -- texts and papers

    def texts(self) -> None:
        """All fixed texts of all papers in one list."""
        tab = self._tab
        if tab.draft is None or not tab.may("forms"):
            return
        dialog = dialogs.TextsDialog(tab, tab.draft.texts)

        def use(changed: dict[str, str]) -> None:
            assert tab.draft is not None
            count = tab.draft.rewrite(changed)
            tab.show_changes()
            tab.shell.say(f"{count}か所の文字を直しました（Ctrl+Z で戻せます）")

        dialog.agreed.connect(use)
        dialog.open()

    def ground(self) -> None:
        """Lay a picture of the printed paper under the values."""
        name, _ = QFileDialog.getOpenFileName(self._tab, "印刷済みの用紙", _home(), _PAPERS)
        if name:
            self._tab.tools.preprinted_box.setChecked(True)
            self._tab.use_background(Path(name))

    def no_ground(self) -> None:
        """Take that picture away."""
        self._tab.canvas.show_ground(QImage())

    # -- files

    def trial(self) -> None:
        """One paper as PDF, to print on the real printer."""
        tab = self._tab
        if tab.draft is None or tab.opened is None:
            return
        offsets = forms.list_offsets(tab.context)
        dialog = dialogs.TrialDialog(tab, offsets)
        dialog.agreed.connect(self._write_trial)
        dialog.open()

    def _write_trial(self, printer: str, sheets: bool) -> None:
        tab = self._tab
        assert tab.draft is not None and tab.opened is not None
        name, _ = QFileDialog.getSaveFileName(tab, "試しの1枚", str(Path(_home()) / "様式の試し.pdf"), "PDF (*.pdf)")
        if not name:
            return
        ctx, folder, layout, values, seal = tab.context, tab.shell.folder, tab.draft.layout, tab.values, tab.opened.seal
        per_page, preprinted = (tab.draft.per_page if sheets else 1), tab.tools.preprinted
        if per_page not in layout.cells:
            per_page = tab.draft.per_page

        def write() -> Path:
            return work.write_trial(
                ctx, folder, Path(name), layout=layout, per_page=per_page, values=values, seal=seal, preprinted=preprinted, printer=printer
            )

        tab.runner.read(write, parent=tab, label="print.drawing").success(self._written).start()

    def _written(self, path: Path) -> None:
        if not open_file(path):
            self._tab.shell.say(f"{path.name} に書き出しました")

    def export(self) -> None:
        """The version as a file, for another town."""
        tab = self._tab
        if tab.draft is None or tab.opened is None:
            return
        name, _ = QFileDialog.getSaveFileName(tab, "様式のファイル", str(Path(_home()) / f"{tab.draft.layout.title}.toml"), _LAYOUTS)
        if name:
            layout = tab.draft.layout
            write = tab.runner.read(lambda: work.export(layout, Path(name)), parent=tab, label="window.saving")
            write.success(lambda path: tab.shell.say(f"{path.name} に書き出しました。ほかの市町村の Sasae に取り込めます")).start()

    def load(self) -> None:
        """A file from another town, to look at and keep."""
        name, _ = QFileDialog.getOpenFileName(self._tab, "様式のファイル", _home(), _LAYOUTS)
        if name:
            self.leave(lambda: self.read_file(Path(name)), lambda: None)

    def read_file(self, path: Path) -> None:
        """Read a layout file into the draft; it is kept only when somebody saves it."""
        tab = self._tab
        assert tab.opened is not None
        form, version = tab.opened.row.form, tab.opened.row.version

        def show(layout: Any) -> None:
            if tab.draft is not None:
                tab.draft.replace_all(layout)
                tab.tools.show_paper_choice(tab.draft)
                tab.show_paper()
                tab.shell.say("取り込みました。見本を確かめてから、下書きとして保存してください")

        tab.runner.read(lambda: work.load(path, form=form, version=version), parent=tab, label="form.rendering").success(show).start()


def _home() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
