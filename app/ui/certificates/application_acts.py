"""What can be done with applications, from the list and from the file of one alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.certificate import Application
from app.presentation.columns.snapshot import day_text
from app.presentation.forms.application import (
    CLOSE,
    CORRECT,
    JUDGE_SELF,
    REOPEN,
    SETTINGS,
    application_form,
    application_values,
    settings_values,
)
from app.presentation.forms.certificate import LOOK_UP
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui import theme
from app.ui.page import Shell
from app.ui.surveys.asking import open_form
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormDialog, ask
from app.usecases import applications
from app.usecases.certificate_rows import CertificateSettings, FoundApplication, Moved, Refusal
from app.usecases.certificate_settings import change_certificate_settings, read_certificate_settings

_MOST_TOLD = 4


def say_refused(refused: Sequence[Refusal]) -> str:
    """Why some were not done, the first few in words."""
    told = [message(one.code, **{"number": one.number, **one.params}) for one in refused[:_MOST_TOLD]]
    more = f"ほか{len(refused) - _MOST_TOLD:,}件" if len(refused) > _MOST_TOLD else ""
    return "\n".join([*told, *([more] if more else [])])


def say_withheld(number: int) -> str:
    """Households this reader may not learn of were left out."""
    return f"支援措置のため、権限のある人が扱う{number:,}世帯を除きました。" if number else ""


def tell_moved(banner: Banner, done: Moved, words: str, shell: Shell) -> None:
    """What became of many: a word at the foot, the rest in the banner."""
    if done.moved:
        shell.say(f"{len(done.moved):,}件を{words}")
    left = [f"{len(done.refused):,}件はそのままです。", say_refused(done.refused)] if done.refused else []
    banner.show_message("\n".join(filter(None, (*left, say_withheld(done.withheld)))), tone="warn")


class ApplicationActs(QObject):
    """``done`` carries the id of the application that something was done with."""

    done = Signal(str)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self._parent, self.shell = parent, shell

    def may(self, right: str) -> bool:
        """Whether the operator has a right."""
        return self.shell.context.actor.may(right)

    def _finish(self, application_id: str, words: str) -> None:
        self.shell.say(words)
        self.done.emit(application_id)

    def with_application(self, application_id: str, then: Callable[[Application], object]) -> None:
        """Read an application and go on with it."""
        ctx = self.shell.context

        def use(found: Any) -> None:
            if isinstance(found, Application):
                then(found)

        self.shell.runner.read(lambda: ctx.reads.get("application", application_id), parent=self._parent).success(use).start()

    # -- one

    def correct(self, one: Application) -> FormDialog | None:
        """Correct what was written down; what somebody else saved meanwhile is compared."""
        if not self.may("apply"):
            return None
        ctx, version = self.shell.context, [one.version]

        def stored() -> Application:
            found = ctx.reads.get("application", one.id)
            return found if isinstance(found, Application) else one

        return open_form(
            self._parent, self.shell, CORRECT,
            lambda values: applications.correct_application(
                ctx, application_id=one.id, version=version[0], values=application_values(values), reason=values["reason"]
            ),
            then=lambda _: self._finish(one.id, "申請を直しました"),
            values=application_form(one), columns=2, lead=naming(one),
            current=lambda: application_form(stored()), rebase=lambda: version.__setitem__(0, stored().version),
        )  # fmt: skip

    def judge_self(self, one: Application) -> FormDialog | None:
        """自己判定 with what the photos showed."""
        if not self.may("apply"):
            return None
        ctx = self.shell.context

        def act(values: dict[str, Any]) -> Any:
            day = values["surveyed_on"].isoformat() if values["surveyed_on"] else ""
            return applications.judge_self(ctx, application_id=one.id, note=values["note"], surveyed_on=day)

        return open_form(
            self._parent, self.shell, JUDGE_SELF, act, then=lambda _: self._finish(one.id, "自己判定を入れました。別の人の確認を待ちます"),
            lead=naming(one),
        )  # fmt: skip

    def link(self, one: Application) -> object:
        """Say whose and about which building it is."""
        from app.ui.certificates.linking import LinkApplication

        if not self.may("apply"):
            return None
        dialog = LinkApplication(self._parent, self.shell, one)
        dialog.linked.connect(lambda: self._finish(one.id, "結び付けました"))
        dialog.open()
        return dialog

    # -- one or many

    def approve(self, application_ids: Sequence[str], *, then: Callable[[Moved], object]) -> None:
        """決裁 of these; asked once for many."""
        if not self.may("approve") or not application_ids:
            return
        question = f"{len(application_ids):,}件を決裁しますか？"
        if len(application_ids) > 1 and not ask(
            self._parent, question, "判定まで済んだものだけが決裁されます。残りは理由を示します。", yes="決裁する", no="やめる", danger=False
        ):
            return
        ctx, ids = self.shell.context, list(application_ids)
        work = self.shell.runner.write(lambda _: applications.approve(ctx, application_ids=ids), parent=self._parent, label="window.saving")
        work.success(then).start()

    def close(self, application_ids: Sequence[str], *, then: Callable[[Moved], object]) -> FormDialog | None:
        """取下げ・終了 of these, with a reason."""
        return self._move(CLOSE, "closed", application_ids, then)

    def reopen(self, application_ids: Sequence[str], *, then: Callable[[Moved], object]) -> FormDialog | None:
        """Back to where what is known puts them."""
        return self._move(REOPEN, "received", application_ids, then)

    def _move(self, spec: Any, state: str, application_ids: Sequence[str], then: Callable[[Moved], object]) -> FormDialog | None:
        if not self.may("apply") or not application_ids:
            return None
        ctx, ids = self.shell.context, list(application_ids)
        return open_form(
            self._parent, self.shell, spec,
            lambda values: applications.move(ctx, application_ids=ids, state=state, reason=values["reason"]),
            then=then, lead=f"{len(ids):,}件の申請" if len(ids) > 1 else "",
        )  # fmt: skip

    # -- none in particular

    def look_up(self) -> LookUp | None:
        """「申請はどこまで」 by number and birth date."""
        if not self.may("apply"):
            return None
        dialog = LookUp(self._parent, self.shell)
        dialog.open()
        return dialog

    def settings(self) -> None:
        """Deadlines, cause and numbers of certificates."""
        ctx = self.shell.context

        def show(found: CertificateSettings) -> None:
            open_form(
                self._parent, self.shell, SETTINGS,
                lambda values: change_certificate_settings(ctx, values=settings_values(values)),
                then=lambda _: self.shell.say("証明書の設定を変えました"), values=_settings_form(found), columns=2,
            )  # fmt: skip

        self.shell.runner.read(lambda: read_certificate_settings(ctx), parent=self._parent).success(show).start()


def _settings_form(found: CertificateSettings) -> dict[str, Any]:
    return {field.key: getattr(found, field.key) for field in SETTINGS.fields}


def naming(one: Application) -> str:
    """Number, applicant and kind in a line."""
    return "　".join(filter(None, (one.number, one.applicant_name, label("application.kind", one.kind))))


def say_found(found: FoundApplication) -> Iterable[str]:
    """What may be told to whoever asks with number and birth date: three lines."""
    yield f"{found.number}　{label('application.kind', found.kind)}　{label('application.state', found.state)}"
    waited = "今日受け付けました" if found.waiting_days == 0 else f"{day_text(found.applied_on)}の申請から{found.waiting_days:,}日"
    issued = f"　証明書 {found.certificate_number}（{day_text(found.issued_on)}）" if found.certificate_number else ""
    yield f"{waited}{issued}"
    yield message(f"application.next.{found.next_step}")


class LookUp(FormDialog):
    """Stays open: the answer stands above the fields, for the next caller too."""

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(
            parent, LOOK_UP, columns=1,
            save=lambda values: shell.runner.write(
                lambda _: applications.find_application(shell.context, number=values["number"], birth=values["birth"]), parent=self
            ),
        )  # fmt: skip
        self.resize(theme.current().px(520), self.height())

    def _succeed(self, result: Any) -> None:
        self._before = self.body.raw()
        self.banner.show_message("\n".join(say_found(result)), tone="info")
        self._grow()
        self.body.focus_first()
        self.body.editors["number"].target.selectAll()
        self.saved.emit(result)

    def _fail(self, error: Exception) -> None:
        super()._fail(error)
        self._grow()

    def _grow(self) -> None:
        """Room for the answer above the fields."""
        self.layout().activate()
        self.resize(self.width(), self.height() + self._area.verticalScrollBar().maximum())

    def save(self) -> None:
        """Ask; what was answered before is taken away."""
        self.banner.show_message("")
        super().save()
