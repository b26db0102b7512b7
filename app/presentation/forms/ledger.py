"""What is asked when people make an entry in the books: an amount, what for, when, and who else was there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.presentation.columns.ledger import UNIT_WORDS
from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec
from app.usecases.ledger_rows import PrefectureLine

Pairs = Sequence[tuple[str, str]]
_MOST = 999_999_999_999


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedField(FieldSpec):
    """A choice among what the folder has now: ``offered`` are ``(id, name)``."""

    offered: tuple[tuple[str, str], ...] = ()

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """What to choose from."""
        return self.offered


def _choice(key: str, words: str, offered: Pairs, *, required: bool = True, help: str = "") -> OfferedField:
    return OfferedField(key=key, label=words, kind="choice", required=required, offered=tuple(offered), help=help)


def _amount() -> FieldSpec:
    return FieldSpec(key="amount", label="金額（円）", kind="integer", required=True, low=1, high=_MOST, width=16, ime="digits")


_DAY = FieldSpec(key="day", label="動いた日", kind="date", help="空のときは今日")
_MEMO = FieldSpec(key="memo", label="摘要", help="あとから見て分かるように。例：県 第1次配分 概算", limit=200)
_SECOND_HELP = "お金を受け取った人・立ち会った人。記帳する人とは別の操作者"


def budget_form(places: Pairs) -> FormSpec:
    """Money came in. ``places``: programmes and rounds as ``programme/round``."""
    fields = (_choice("place", "支援制度・回", places), _amount(), _DAY, _MEMO)
    return FormSpec(key="ledger.budget", title="財源の受入", save="記帳する", sections=(SectionSpec(fields=fields),))


def return_form(programmes: Pairs, seconds: Pairs) -> FormSpec:
    """What was left goes back."""
    fields = (
        _choice("programme_id", "支援制度", programmes),
        _amount(),
        _choice("second", "立ち会った人", seconds, help=_SECOND_HELP),
        _DAY,
        _MEMO,
    )
    return FormSpec(key="ledger.return", title="財源へ返還（精算）", save="記帳する", sections=(SectionSpec(fields=fields),))


def site_form(title: str, sites: Pairs, programmes: Pairs, seconds: Pairs) -> FormSpec:
    """Cash to a site or back."""
    fields = (
        _choice("site_id", "拠点", sites), _amount(), _choice("second", "受け取った人・渡した人", seconds, help=_SECOND_HELP),
        _choice("programme_id", "支援制度", programmes, required=False, help="制度を決めずに渡すときは空のまま"), _DAY, _MEMO,
    )  # fmt: skip
    return FormSpec(key="ledger.site", title=title, save="記帳する", sections=(SectionSpec(fields=fields),))


def fee_form(programmes: Pairs) -> FormSpec:
    """The bank took a fee."""
    fields = (_amount(), _choice("programme_id", "支援制度", programmes, required=False), _DAY, _MEMO)
    return FormSpec(key="ledger.fee", title="振込手数料", save="記帳する", sections=(SectionSpec(fields=fields),))


def overpaid_form(seconds: Pairs, most: int) -> FormSpec:
    """What was paid too much came back."""
    amount = FieldSpec(key="amount", label="返ってきた額（円）", kind="integer", required=True, low=1, high=most, width=16, ime="digits")
    fields = (amount, _choice("second", "立ち会った人", seconds, help=_SECOND_HELP), _DAY, _MEMO)
    return FormSpec(key="ledger.overpaid", title="過払いの返還を受けた", save="記帳する", sections=(SectionSpec(fields=fields),))


def reverse_form(seconds: Pairs) -> FormSpec:
    """An entry is taken back."""
    fields = (
        FieldSpec(key="reason", label="取り消す理由", required=True, limit=200, placeholder="例：金額の打ち間違い"),
        _choice("second", "立ち会った人", seconds, help="記帳する人とは別の操作者"),
        _DAY,
    )
    note = "仕訳は消さず、逆の仕訳を加えて元に戻します。どちらも仕訳帳に残ります。"
    return FormSpec(key="ledger.reverse", title="仕訳を取り消す", save="取り消す", sections=(SectionSpec(fields=fields, note=note),))


def estimates_form(lines: Sequence[PrefectureLine]) -> FormSpec:
    """Estimated numbers by category of one round; the field's key is the category."""
    fields = tuple(
        FieldSpec(
            key=line.category, label=f"{line.title}（{UNIT_WORDS.get(line.unit, line.unit)}）", kind="integer", width=9, high=10_000_000
        )
        for line in lines
    )
    note = "空けておくと、対象になった数を概算に使います。"
    return FormSpec(key="ledger.estimates", title="概算の数", sections=(SectionSpec(fields=fields, note=note),))


def typed_estimates(lines: Sequence[PrefectureLine]) -> dict[str, Any]:
    """What was typed before."""
    return {line.category: line.estimated for line in lines if line.typed}
