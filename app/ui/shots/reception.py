"""Receiving people: search, check-in, files, leaving, duplicates, cards."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.ui.reception.desk import Desk
from app.ui.reception.encounter import EncounterDialog
from app.ui.reception.family import newcomer
from app.ui.reception.places import remember_shelter
from app.ui.stage import Stage, shot
from app.usecases import persons
from app.usecases.rows import SearchHit


def _search(stage: Stage, words: str, *, final: bool = False) -> QWidget:
    window = stage.window("search")
    window.search.setText(words)
    window.go("search", text=words, final=final)
    stage.settle()
    return window


def _desk(stage: Stage, page: str = "evacuees") -> Desk:
    return stage.window(page).current.desk


def _people(stage: Stage, status: str = "in", count: int = 1) -> list[SearchHit]:
    ctx = stage.session.context
    ids = persons.list_people(ctx, presence=status)
    return [hit for hit in persons.show_people(ctx, person_ids=ids[:200]) if not hit.protected and hit.name and hit.birth][:count]


def _family_words(stage: Stage) -> str:
    """The kana of somebody of a family of four, none of them registered."""
    ctx = stage.session.context
    active = ctx.reads.residents.active()
    assert active is not None
    for view in ctx.reads.residents.page(list(ctx.reads.residents.ids(snapshot_id=active.id))[:1500]):
        members = ctx.reads.residents.household(view.id)
        if len(members) == 4 and not any(member.person_id or member.protected for member in members):
            return f"{view.kana} {view.birth}"
    raise LookupError("no family of four")


def _opened(dialog: QWidget | None) -> QWidget:
    """The dialog an action opened; a picture of none is a mistake."""
    if dialog is None:
        raise LookupError("the action opened no dialog")
    return dialog


@shot("search-empty")
def _idle(stage: Stage) -> QWidget:
    return _search(stage, "")


@shot("search-results")
def _results(stage: Stage) -> QWidget:
    return _search(stage, _people(stage)[0].kana[:2])


@shot("search-nobody")
def _nobody(stage: Stage) -> QWidget:
    return _search(stage, "ムメイ")


@shot("search-blank-card")
def _card(stage: Stage) -> QWidget:
    from app.domain.identifiers import new_card_number

    return _search(stage, new_card_number())


def _check_in(stage: Stage):
    ctx = stage.session.context
    remember_shelter(stage.preferences, next(row.id for row in ctx.reads.shelters.rows(at=ctx.now()) if row.is_open))
    _search(stage, _family_words(stage), final=True)
    stage.settle()
    return stage.window("search").current.desk.dialog


@shot("check-in")
def _check_in_plain(stage: Stage) -> QWidget:
    dialog = _check_in(stage)
    dialog.tick_everyone()
    return dialog


@shot("check-in-details")
def _check_in_details(stage: Stage) -> QWidget:
    dialog = _check_in(stage)
    dialog.tick_everyone()
    dialog.show()
    dialog.turn_details()
    return dialog


@shot("check-in-household")
def _check_in_household(stage: Stage) -> QWidget:
    dialog = _check_in(stage)
    dialog.show()
    dialog.turn_details()
    dialog.details.setCurrentIndex(1)
    return dialog


@shot("check-in-elsewhere")
def _elsewhere(stage: Stage) -> QWidget:
    desk, ctx = _desk(stage), stage.session.context
    linked = next(hit for hit in _people(stage, count=200) if ctx.reads.get("person", hit.id).resident_id)
    desk.check_in(person_id=linked.id)
    stage.settle()
    other = next(s.id for s in ctx.reads.shelters.rows(at=ctx.now()) if s.id != linked.shelter_id)
    desk.dialog.shelter.choose(other)
    desk.dialog._list()
    return _opened(desk.dialog)


@shot("check-in-encounter")
def _encounter(stage: Stage) -> QWidget:
    hit = _people(stage)[0]
    candidate = newcomer(stage.session.context, values={"name": hit.name, "kana": hit.kana, "birth": hit.birth, "sex": hit.sex}, number=1)
    window = stage.window("search")
    return EncounterDialog(window, candidate, candidate.encounters[0], shelter="見本小学校", here=False)


@shot("check-in-confirmed")
def _confirmed(stage: Stage) -> QWidget:
    dialog = _check_in(stage)
    dialog.tick_everyone()
    dialog.check_in()
    stage.settle()
    window = stage.window("search")
    return window


@shot("newcomer")
def _newcomer(stage: Stage) -> QWidget:
    return _desk(stage, "search").newcomer("ノト ハナコ S50.3.1")


@shot("evacuees")
def _evacuees(stage: Stage) -> QWidget:
    return stage.window("evacuees")


@shot("person-file")
def _file(stage: Stage) -> QWidget:
    return _desk(stage).open_file(_people(stage)[0].id)


@shot("person-file-household")
def _file_household(stage: Stage) -> QWidget:
    return _desk(stage).open_file(_people(stage)[0].id, tab=1)


@shot("person-file-stays")
def _file_stays(stage: Stage) -> QWidget:
    return _desk(stage).open_file(_people(stage, "out")[0].id, tab=2)


@shot("person-file-history")
def _file_history(stage: Stage) -> QWidget:
    return _desk(stage).open_file(_people(stage)[0].id, tab=3)


@shot("person-correct")
def _correct(stage: Stage) -> QWidget:
    return _opened(_desk(stage).actions.correct(_people(stage)[0]))


@shot("leave")
def _leave(stage: Stage) -> QWidget:
    dialog = _desk(stage).actions.leave(_people(stage))
    dialog.choose("hospital")
    return _opened(dialog)


@shot("leave-family")
def _leave_family(stage: Stage) -> QWidget:
    first = _people(stage, count=200)
    house = next(hit.household for hit in first if sum(other.household == hit.household for other in first) > 2)
    return _opened(_desk(stage).actions.leave([hit for hit in first if hit.household == house]))


@shot("move")
def _move(stage: Stage) -> QWidget:
    return _opened(_desk(stage).actions.move(_people(stage)[0]))


@shot("go-out")
def _go_out(stage: Stage) -> QWidget:
    return _opened(_desk(stage).actions.go_out(_people(stage)[0]))


@shot("death")
def _death(stage: Stage) -> QWidget:
    return _opened(_desk(stage).actions.record_death(_people(stage)[0]))


@shot("undo")
def _undo(stage: Stage) -> QWidget:
    desk = _desk(stage)
    desk.last_act, desk._last_words = "x", "見本小学校への4人の入所を取り消します。"
    return _opened(desk.undo_last())


@shot("link-resident")
def _link(stage: Stage) -> QWidget:
    desk, ctx = _desk(stage), stage.session.context
    people = persons.show_people(ctx, person_ids=persons.list_people(ctx))
    loose = next(hit for hit in people if not ctx.reads.get("person", hit.id).resident_id)
    dialog = desk.link(loose.id)
    stage.settle()
    dialog.box.setText(_people(stage)[0].kana[:3])
    dialog.find(dialog.box.text())
    return _opened(dialog)


@shot("duplicates")
def _duplicates(stage: Stage) -> QWidget:
    return _desk(stage).duplicates()


@shot("duplicates-pending")
def _pending(stage: Stage) -> QWidget:
    dialog = _desk(stage).duplicates()
    stage.settle()
    dialog.tabs.setCurrentIndex(1)
    return dialog


@shot("cards")
def _cards(stage: Stage) -> QWidget:
    return _desk(stage).print_cards(_people(stage, count=4))
