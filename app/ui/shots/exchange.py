"""受け渡し, 競合, 拠点: headquarters and three shelters as real folders, with real packages between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.evacuee import Person, Stay
from app.domain.identifiers import new_id, person_number
from app.syncing.packages import apply_package, write_package
from app.ui.exchange.sticks import folder_sticks
from app.ui.signin import TRAINING_OPERATOR, TRAINING_PASSWORD
from app.ui.stage import Stage, shot
from app.usecases.context import Context, system_now
from app.usecases.enrolling import accept_answer, accept_request, make_request
from app.usecases.gateway import Gateway, Session, Setup
from app.usecases.training import read_training

_SITES = (("見本小学校", "shelter", 14), ("架空公民館", "shelter", 2), ("支市役所1階窓口", "desk", 1), ("例示体育館", "shelter", 0))
"""Name, kind, and how many hours ago the last package was written; the last one never wrote any."""
_PEOPLE = 12


@dataclass
class _Clock:
    """Turned back for what happened earlier."""

    back: timedelta = timedelta()

    def __call__(self) -> datetime:
        return system_now() - self.back


_STICK = "受け渡しUSB"


def _stick(stage: Stage) -> Path:
    found = stage.home / "sticks" / _STICK
    found.mkdir(parents=True, exist_ok=True)
    return found


def _town(stage: Stage) -> Session:
    """Headquarters, after what went on between the laptops."""

    def found() -> Session:
        clock = _Clock(timedelta(hours=40))
        make: Any = type(stage.gateway)
        gateway: Gateway = make(now=clock)
        hq = gateway.demo(stage.home / "exchange-hq", operator=TRAINING_OPERATOR, password=TRAINING_PASSWORD, residents=200)
        for name, kind, _ in _SITES:
            laptop = stage.keep(name, lambda name=name, kind=kind: _laptop(stage, gateway, hq.context, name, kind))  # type: ignore[misc]
            accepted = accept_request(hq.context, text=make_request(laptop.context).text)
            accept_answer(laptop.context, text=accepted.text, expected=accepted.fingerprint)
        _exchange(hq, [_site(stage, name) for name, _, _ in _SITES[:3]], _stick(stage), clock)
        return hq

    return stage.keep("exchange-hq", found)


def _site(stage: Stage, name: str) -> Session:
    def missing() -> Session:
        raise LookupError(name)

    return stage.keep(name, missing)


def _laptop(stage: Stage, gateway: Gateway, ctx: Context, name: str, kind: str) -> Session:
    words, place = read_training(), ctx.place
    setup = Setup(
        municipality_code=words["municipality_code"], municipality_name=words["municipality_name"], disaster_name=place.disaster_name,
        occurred_at=place.occurred_at, site_name=name, site_kind=kind, operator=TRAINING_OPERATOR, password=TRAINING_PASSWORD, training=True,
    )  # fmt: skip
    return gateway.create(stage.home / f"laptop-{name}", setup)[0]


def _exchange(hq: Session, laptops: Sequence[Session], stick: Path, clock: _Clock) -> None:
    """Everybody has what headquarters has; then both correct the same people; the second shelter's package waits on the stick."""
    first, second, desk = laptops
    for laptop in (first, second, desk):
        clock.back = timedelta(hours=_hours(laptop) + 1)
        done = write_package(hq.context, to_site=laptop.context.place.site_name, target=stick)
        apply_package(laptop.context, source=done.path, folder=laptop.folder, receipt=False)
    people = _people(first.context)
    for laptop, changes in ((first, _THERE), (hq, _HERE), (second, _ELSEWHERE)):
        clock.back = timedelta(hours=_hours(laptop))
        for place, person in enumerate(people):
            _change(laptop.context, person.id, changes[place % len(changes)])
    for serial, laptop in enumerate((first, second)):
        clock.back = timedelta(hours=_hours(laptop))
        _check_in(laptop.context, serial)
    for laptop in (first, desk):
        clock.back = timedelta(hours=_hours(laptop))
        _arrive(laptop, hq, stick)
    clock.back = timedelta(hours=2)
    write_package(second.context, to_site="hq", target=stick)
    clock.back = timedelta(0)


def _arrive(laptop: Session, hq: Session, stick: Path) -> None:
    done = write_package(laptop.context, to_site="hq", target=stick)
    apply_package(hq.context, source=done.path, folder=hq.folder, receipt=False)


def _hours(session: Session) -> float:
    return next((hours for name, _, hours in _SITES if name == session.context.place.site_name), 0)


def _people(ctx: Context) -> list[Person]:
    found = [one for one in ctx.reads.all("person") if isinstance(one, Person) and one.name and not one.protected]
    return sorted(found, key=lambda one: one.number)[:_PEOPLE]


_HERE: tuple[dict[str, Any], ...] = (
    {"phone": "0900-00-0001"}, {"note": "長女が金沢市にいる。"}, {"relation": "妻"}, {"needs": ("care", "medication"), "needs_note": "朝と夜に薬。"},
)  # fmt: skip
_THERE: tuple[dict[str, Any], ...] = (
    {"phone": "0900-00-0002"}, {"note": "犬1頭と一緒。体育館の東側。"}, {"relation": "母"},
    {"needs": ("care", "oxygen"), "needs_note": "在宅酸素。電源の近くへ。"},
)  # fmt: skip
_ELSEWHERE: tuple[dict[str, Any], ...] = ({"phone": "0900-00-0003"}, {}, {"workplace": "架空水産"}, {})


def _change(ctx: Context, person_id: str, values: dict[str, Any]) -> None:
    found = ctx.reads.get("person", person_id)
    if isinstance(found, Person) and values:
        with ctx.unit(reason="本人に聞いた") as uow:
            uow.persons.save(replace(found, **values), expected_version=found.version)
            uow.commit()


def _check_in(ctx: Context, serial: int) -> None:
    shelter = next(iter(ctx.reads.all("shelter")))
    with ctx.unit() as uow:
        for place in range(8):
            number = person_number(ctx.place.device_prefix, 5000 + serial * 100 + place)
            person = uow.persons.add(
                Person(id=new_id(), number=number, name=f"訓練　{'一二三四五六七八'[place]}子", kana="クンレン", source="visitor")
            )
            uow.stays.add(Stay(id=new_id(), person_id=person.id, shelter_id=shelter.id, from_at=uow.now))
        uow.commit()


def _hq(stage: Stage, page: str, *, plugged: bool = False, **arguments: Any) -> Any:
    window = stage.window_on(_town(stage), page, **arguments)
    _plug(stage, window, plugged)
    return window


def _plug(stage: Stage, window: Any, plugged: bool) -> None:
    """Sticks of the machine that draws are none of a picture's business."""
    page = window.page("exchange")
    if page is not None:
        page.watch.stop()
        page.watch.find = lambda: folder_sticks([_stick(stage)] if plugged else [])
        stage.settle()
        page.watch.look()
        stage.settle()


@shot("exchange")
def _(stage: Stage) -> QWidget:
    return _hq(stage, "exchange")


@shot("exchange-stick")
def _(stage: Stage) -> QWidget:
    return _hq(stage, "exchange", plugged=True)


@shot("exchange-carry")
def _(stage: Stage) -> QWidget:
    return _hq(stage, "exchange", plugged=True).current.choose_carry()


@shot("exchange-written")
def _(stage: Stage) -> QWidget:
    page = _hq(stage, "exchange", plugged=True).current
    dialog = page.choose_carry()
    dialog.use_folder(_stick(stage))
    dialog.run()
    stage.settle()
    return dialog


@shot("exchange-take")
def _(stage: Stage) -> QWidget:
    page = _hq(stage, "exchange", plugged=True).current
    dialog = page.open_taking(folder=_stick(stage))
    stage.settle()
    return dialog


@shot("exchange-site")
def _(stage: Stage) -> QWidget:
    _town(stage)
    window = stage.window_on(_site(stage, "見本小学校"), "exchange")
    _plug(stage, window, True)
    window.current.carry()
    stage.settle()
    return window


@shot("exchange-taken")
def _(stage: Stage) -> QWidget:
    done = write_package(_town(stage).context, to_site="支市役所1階窓口", target=_stick(stage))
    window = stage.window_on(_site(stage, "支市役所1階窓口"), "exchange")
    dialog = window.current.open_taking(file=done.path)
    stage.settle()
    dialog.run()
    stage.settle()
    return dialog


def _bare(stage: Stage, page: str) -> Any:
    """A laptop that nobody enrolled yet."""
    hq = _town(stage).context
    window = stage.window_on(stage.keep("exchange-bare", lambda: _laptop(stage, stage.gateway, hq, "試作集会所", "shelter")), page)
    _plug(stage, window, False)
    return window


@shot("exchange-unready")
def _(stage: Stage) -> QWidget:
    return _bare(stage, "exchange")


@shot("conflicts")
def _(stage: Stage) -> QWidget:
    return _hq(stage, "conflicts")


@shot("conflicts-notes")
def _(stage: Stage) -> QWidget:
    window = _hq(stage, "conflicts")
    page = window.current
    page.tree.make_current(next(view.id for view in page.views.values() if "note" in view.fields))
    page.put_off()
    page.walk(-1)
    return window


@shot("conflicts-value")
def _(stage: Stage) -> QWidget:
    page = _hq(stage, "conflicts").current
    page.tree.make_current(next(view.id for view in page.views.values() if "needs" in view.fields))
    dialog = page.type_value()
    assert dialog is not None
    return dialog


@shot("conflicts-none")
def _(stage: Stage) -> QWidget:
    return _bare(stage, "conflicts")


@shot("sites-board")
def _(stage: Stage) -> QWidget:
    window = _hq(stage, "sites")
    tab = window.current.tab("board")
    tab.table.select_id(next(one.device for one in tab.board if one.site == "見本小学校"))
    return window


@shot("sites-none")
def _(stage: Stage) -> QWidget:
    return _bare(stage, "sites")


@shot("home-exchange")
def _(stage: Stage) -> QWidget:
    return _hq(stage, "home")
