"""Whether a paper is genuine, in words: a verdict that fits on a sign, what it means, and what the paper itself says."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from app.presentation.columns.snapshot import day_text
from app.presentation.columns.spec import Tone
from app.presentation.labels import label
from app.presentation.messages import message
from app.usecases.certificate_rows import Verified

_VERDICTS: dict[str, tuple[str, Tone, str]] = {
    "valid": ("本物です", "good", "success"),
    "valid_newer": ("本物です（差替が必要）", "warn", "warning"),
    "not_here": ("本物です（この端末に記録なし）", "info", "info"),
    "withdrawn_superseded": ("差替済みです", "warn", "warning"),
    "withdrawn_revoked": ("取消済みです", "bad", "error"),
    "altered": ("偽物か、書き換えられています", "bad", "error"),
    "differs": ("記録と違います", "bad", "error"),
    "unknown_key": ("知らない鍵です（確かめられません）", "warn", "key"),
    "unreadable": ("証明書のコードではありません", "warn", "warning"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``title`` for a sign, ``tone`` and ``icon`` beside it, ``words`` in a sentence, ``facts`` in lines of name and value."""

    title: str
    tone: Tone
    icon: str
    words: str
    facts: tuple[tuple[str, str], ...]


def say_verified(found: Verified) -> Verdict:
    """The answer in words."""
    which = f"{found.result}_{found.state}" if found.result == "withdrawn" else found.result + ("_newer" if found.newer_grade else "")
    title, tone, icon = _VERDICTS.get(which, _VERDICTS["unreadable"])
    code = found.problem or f"certificate.verified.{which}"
    words = message(code, **{name: value for name, value in asdict(found).items() if value})
    return Verdict(title=title, tone=tone, icon=icon, words=words, facts=_facts(found))


def _facts(found: Verified) -> tuple[tuple[str, str], ...]:
    lines = (
        ("証明書番号", found.number),
        ("種類", label("application.kind", found.kind)),
        ("被害の程度", label("grade", found.grade)),
        ("発行日", day_text(found.issued_on) if found.issued_on else ""),
        ("新しい証明書", found.successor),
        ("差替・取消の日", day_text(found.ended_on) if found.ended_on else ""),
        ("鍵", found.key_id),
    )
    return tuple((name, words) for name, words in lines if words)
