"""A candidate as a line of the check-in screen."""

from __future__ import annotations

from app.presentation.columns.evacuee import MemberRow, day_text
from app.presentation.columns.spec import Tone
from app.ui.reception.family import Candidate

_SETTLED = {"same": "同じ人", "different": "別の人", "pending": "両方残す"}
_MOVED = {"same": "転所", "different": "別の人として入所", "pending": "両方残して確認待ち"}


def member_row(candidate: Candidate, shelter_id: str, *, more: bool, card: str) -> MemberRow:
    """The line for a shelter."""
    state, tone = _state(candidate, shelter_id)
    added = "、".join(words for words in ("体調・同意" if more else "", "カード" if card else "") if words)
    return MemberRow(
        id=candidate.id, ticked=candidate.ticked, name=candidate.name, kana=candidate.kana, birth=candidate.birth, sex=candidate.sex,
        relation=candidate.relation, state=state, tone=tone, more=added, protected=candidate.protected,
    )  # fmt: skip


def _state(candidate: Candidate, shelter_id: str) -> tuple[str, Tone]:
    choices = {decision.person_id: decision.choice for decision in candidate.decisions}
    stay = candidate.stay
    if candidate.dead:
        return "死亡 と記録されています", "bad"
    if stay is not None and stay.shelter_id == shelter_id:
        return f"入所済み この避難所に {day_text(stay.from_at)} から", "good"
    if stay is not None:
        where = f"{stay.shelter_name or '別の避難所'} {day_text(stay.from_at)} から"
        choice = choices.get(candidate.person_id, "")
        return (f"{_MOVED[choice]} {where}", "info") if choice else (f"入所中 {where}", "warn")
    open_questions = candidate.undecided(shelter_id)
    if open_questions:
        first = open_questions[0]
        place = f"（{first.hit.number} {first.stay.shelter_name}）" if first.stay and first.stay.shelter_name else f"（{first.hit.number}）"
        return f"要確認 同じ氏名・生年月日の人{place}", "warn"
    if candidate.decisions:
        return f"{_SETTLED[candidate.decisions[0].choice]} 登録済みの人と照らし合わせました", "info"
    if candidate.person_id:
        return f"登録済み {candidate.number} いまは入所していません", ""
    return ("新しい人 住民データにいない人" if candidate.id.startswith("new:") else "登録なし"), ""
