"""Money, seen by somebody who may do everything but know of protected people: no verb, file, question or history tells of them.

The verbs are taken from the code; a new one that is not called here makes a test fail. Each is asked about the hidden and about others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli.main import run_command
from app.domain.records import Record
from app.domain.relief import Entitlement
from app.storage.shield_relief import RELIEF_SHIELDS
from app.usecases.batch_rows import BatchFilter
from app.usecases.cash_rows import ReceiptFilter, VoucherFilter
from app.usecases.context import Context
from app.usecases.ledger_rows import LedgerFilter
from app.usecases.payee_rows import SHOWS, PayeeFilter
from app.usecases.payees import payees_for
from app.usecases.ports import Reads
from app.usecases.relief_rows import CasualtyFilter, ClaimFilter, EntitlementFilter
from tests.outputs.cast import CLERK, CLERK_PASSWORD, OneSession, fill, leaks, told_in
from tests.outputs.relief_cast import fill_relief
from tests.outputs.test_masked_everywhere import choices_of, table, verbs
from tests.stores import Town

EXEMPT = {
    "relief programs import": "shows the programme only",
    "relief programs shipped": "reads no store",
    "relief programs check": "reads no store",
    "relief loans plan": "reads no store",
    "relief zengin-check": "reads no store",
    "relief banks yucho": "reads no store",
    "relief banks kana": "reads no store",
    **dict.fromkeys(("relief home show", "relief home ask", "relief home confirm", "relief home refuse"), "devices and operators only"),
}
WORDS = ("隠岐　静香", "オキ シズカ", "守田　葵", "もりた")
KEYS = (
    "claim", "casualty", "entitlement", "payee", "account", "batch", "payment", "voucher", "receipt", "loan", "cash batch",
)  # fmt: skip


@pytest.fixture
def cast(town: Town, tmp_path: Path) -> dict[str, str]:
    """Everybody with money, the folder still open for those who may know."""
    made = fill(town)
    return {**made, **fill_relief(town, made, tmp_path)}


@pytest.fixture
def desk(cast: dict[str, str], town: Town) -> Iterator[OneSession]:
    """The clerk at work."""
    town.session.close(backup=False)
    made = OneSession(town.clock)
    made.open(town.folder, operator=CLERK, password=CLERK_PASSWORD)
    yield made
    made.end()


def _both(cast: dict[str, str], word: str) -> list[str]:
    """The hidden one's and somebody else's."""
    return [cast[word], cast[f"open {word}"]]


def _owing(cast: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    out = lambda name: str(place / "out" / name)  # noqa: E731
    number = cast["entitlement number"]
    return {
        "relief programs list": [[]],
        "relief programs show": [["gien"]],
        "relief programs export": [["gien", out("gien.toml")]],
        "relief programs state": [["gien", "1", "--to", "open"]],
        "relief loans list": [
            [],
            *(["--text", word] for word in WORDS),
            *(["--out", out(f"loans.{kind}")] for kind in ("csv", "xlsx", "html", "pdf")),
        ],
        "relief loans show": [[cast["loan number"]], [cast["loan"]]],
        "relief loans lend": [[number]],
        "relief loans repay": [[cast["loan number"], "1000"]],
        "relief loans take-back": [["x", "--reason", "試験"]],
        "relief loans state": [[cast["loan number"], "--to", "deferred", "--reason", "試験"]],
    }


def _asking(cast: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    out = lambda name: str(place / "out" / name)  # noqa: E731
    both = _both(cast, "entitlement number")
    claim, hurt = cast["claim number"], cast["casualty number"]
    files = lambda name: [["--out", out(f"{name}.{kind}")] for kind in ("csv", "xlsx", "html", "pdf")]  # noqa: E731
    words = [["--text", word] for word in (*WORDS, claim, hurt, both[0])]
    claims = table(place / "claims.csv", [["世帯主氏名", "世帯主宛名番号"], ["隠岐　静香", "7000000001"]])
    people = [["隠岐　静香", "オキ　シズカ", "S60.4.5", "死亡", "7000000001"], ["守田　葵", "モリタ　アオイ", "S61.6.7", "重傷", ""]]
    casualties = table(place / "casualties.csv", [["氏名", "カナ", "生年月日", "被害", "宛名番号"], *people])
    dry = ["gien", "1", "--dry-run"]
    return {
        "relief calculate": [
            dry,
            [*dry, "--list"],
            *([*dry, *one] for one in files("dry")),
            ["gien", "1", "--method", "none"],
            ["gien", "2"],
        ],
        "relief entitlements list": [[], ["--owed"], ["--wants", "any"], *words, *files("owed")],
        "relief entitlements show": [[one] for one in both],
        "relief entitlements decline": [[one, "--reason", "試験"] for one in both],
        "relief entitlements reopen": [[one, "--reason", "試験"] for one in both],
        "relief claims list": [[], ["--lacking"], *words, *files("claims")],
        "relief claims show": [[claim]],
        "relief claims add": [
            ["gien", "--victim", cast["victim"]],
            ["gien", "--resident-no", "7000000001"],
            ["gien", "--entitlement", both[0]],
        ],
        "relief claims change": [[claim, "--note", "試験"]],
        "relief claims documents": [[claim, "通帳の写し"]],
        "relief claims state": [[claim, "--to", "complete"]],
        "relief claims import": [["gien", claims, "--dry-run"], ["gien", claims]],
        "relief casualties list": [[], *words, *files("casualties")],
        "relief casualties add": [
            ["--name", "隠岐　静香", "--harm", "死亡"],
            ["--name", "守田　葵", "--kana", "モリタ　アオイ", "--harm", "重傷"],
        ],
        "relief casualties change": [[hurt, "--note", "試験"]],
        "relief casualties confirm": [[hurt, "--document", "試験"]],
        "relief casualties withdraw": [[hurt, "--reason", "試験"]],
        "relief casualties import": [[casualties, "--dry-run"], [casualties]],
    }


def _receiving(cast: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    hidden, shown = cast["entitlement number"], cast["open entitlement number"]
    lists = table(
        place / "accounts.csv",
        [["支給番号", "氏名", "銀行コード", "支店コード", "口座番号", "口座名義"], [hidden, "隠岐　静香", "0001", "001", "1", "ｵｷ ｼｽﾞｶ"],
         [shown, "", "0001", "001", "7777777", "ﾐﾎﾝ"]],
    )  # fmt: skip
    listed = [[], *([word] for word in WORDS), *(["--show", show] for show in SHOWS), [hidden], ["--role", "世帯主"]]
    both = [hidden, shown, cast["payee"], cast["account"]]
    account = ["--bank", "0001", "--branch", "001", "--number", "7654321", "--holder", "ミホン"]
    return {
        "relief payees list": listed,
        "relief accounts list": listed,
        "relief payees show": [[one] for one in both],
        "relief payees set": [[one, "--phone", "0900"] for one in (hidden, shown)],
        "relief payees propose": [[one] for one in (hidden, shown)],
        "relief payees adopt": [["gien", "1"], ["gien", "1", "--way", "cash"]],
        "relief accounts add": [[one, *account, *more] for one in (hidden, shown) for more in (["--dry-run"], [])],
        "relief accounts check": [[one] for one in both],
        "relief accounts mark": [[one, "--as", "wrong", "--reason", "試験"] for one in both],
        "relief accounts import": [[lists, "--dry-run"], [lists]],
        "relief accounts photo": [[one, "--out", str(place / "out" / "passbook.jpg")] for one in both[:1]],
        "relief payees end": [[one, "--reason", "試験"] for one in both],
        "relief banks find": [["みずほ"], ["東京", "--bank", "0001"]],
        "relief banks add": [["0001", "997", "--name", "見本", "--reason", "試験"]],
        "relief banks list": [[]],
        "relief banks remove": [["0001", "997", "--reason", "試験"]],
    }


def _deciding(cast: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    out = lambda name: str(place / "out" / name)  # noqa: E731
    both, where = _both(cast, "batch number"), ["--program", "gien", "--round", "1"]
    number = cast["entitlement number"]
    return {
        "relief prepare": [["gien", "1"], ["gien", "2", "--way", "cash"], ["gien", "1", "--entitlement", number]],
        "relief batches list": [[], ["--open"], *(["--text", word] for word in (*WORDS, cast["batch number"]))],
        "relief batches show": [
            *([one] for one in both),
            *([one, "--out", out(f"lines.{kind}")] for one in both for kind in ("csv", "xlsx", "html", "pdf")),
        ],
        "relief batches sheet": [[one, "--out", out(f"sheet-{one}.pdf")] for one in both],
        "relief batches remove": [[cast["batch number"], cast["payment number"], "--reason", "試験"]],
        "relief batches retry": [[one] for one in both],
        "relief batches submit": [[one] for one in both],
        "relief check": [[one] for one in both],
        "relief approve": [[one] for one in both],
        "relief return": [[one, "--reason", "試験"] for one in both[:1]],
        "relief cancel": [[one, "--reason", "試験"] for one in both[:1]],
        "relief limits": [[]],
        "relief exemptions export": [where, [*where, "--out", out("exempt.csv")]],
        "relief exemptions certificates": [[number, *where, "--out", out("exempt.pdf")]],
        "relief refusals": [where, [*where, "--out", out("refusals.csv")]],
    }


def _sending(cast: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    out = lambda name: str(place / "out" / name)  # noqa: E731
    both = _both(cast, "batch number")
    answers = table(place / "answers.csv", [["支給番号", "結果"], [cast["payment number"], "不能"], [cast["open payment number"], "済"]])
    return {
        "relief transfer": [
            *([one, "--profile", "standard", "--date", "2024-01-05", "--out", out("again.txt")] for one in both),
            *([act, one, answers] for act in ("compare", "hand-over") for one in both),
            ["list"], *([act, one, "--reason", "試験"] for act in ("again", "allow", "refuse") for one in both[:1]),
        ],
        "relief results": [[answers], ["list"], ["list", cast["batch number"]], [cast["payment number"], "--failed", "口座なし"]],
        "relief reconcile": [[one, "--statement", "100000"] for one in both],
        "relief profiles list": [[]],
        "relief profiles show": [["standard"]],
        "relief profiles import": [[str(place / "none.toml")]],
        "relief profiles remove": [["none"]],
        "relief profiles consignor": [[]],
        "relief profiles closed-days": [[]],
    }  # fmt: skip


def _paying(cast: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    out = lambda name: str(place / "out" / name)  # noqa: E731
    both, receipt = _both(cast, "voucher number"), cast["receipt number"]
    files = [["--out", out(f"vouchers.{kind}")] for kind in ("csv", "xlsx", "html", "pdf")]
    views = [["--view", view] for view in choices_of("relief vouchers list", "--view")]
    return {
        "relief vouchers list": [[], ["--here"], *(["--text", word] for word in (*WORDS, both[0])), *files, *views],
        "relief vouchers sites": [[]],
        "relief vouchers print": [["--out", out("vouchers-all.pdf")], [both[0], "--out", out("voucher.pdf")]],
        "relief vouchers recall": [[one, "--reason", "試験"] for one in both[:1]],
        "relief vouchers assign": [[one, "--site", "見本小学校", "--new-site", "--device", "K7QF"] for one in both[:1]],
        "relief vouchers give-up": [[one, "--reason", "試験"] for one in both[:1]],
        "relief vouchers freeze": [[one, "--reason", "試験"] for one in both[:1]],
        "relief vouchers void": [[one, "--reason", "試験"] for one in both[:1]],
        "relief vouchers adopt": [["--reason", "試験"]],
        "relief uncollected": [[], *([*one] for one in (["--out", out("uncollected.csv")], ["--out", out("uncollected.pdf")]))],
        "relief pay": [[one, "--identified", "known"] for one in both],
        "relief refund ask": [[receipt, "--reason", "試験"]],
        "relief refund confirm": [[receipt]],
        "relief refund refuse": [[receipt, "--reason", "試験"]],
        "relief refund list": [[], ["--all"]],
        "relief receipt": [[receipt, "--out", out("receipt.pdf")]],
        "relief boxes list": [[]],
        "relief boxes needed": [[]],
        "relief boxes add": [["別の金庫"]],
        "relief boxes shut": [["別の金庫"]],
        "relief boxes open": [["10000=5"]],
        "relief boxes close": [["10000=5"]],
        "relief boxes in": [["10000=5", "--second", "見る人"]],
        "relief boxes out": [["10000=1", "--second", "見る人"]],
        "relief day-sheet": [[], ["--out", out("day.pdf")]],
    }


def _booking(cast: dict[str, str], place: Path) -> dict[str, list[list[str]]]:
    out = lambda name: str(place / "out" / name)  # noqa: E731
    scope = ["--program", "gien"]
    by = [["--by", one, *scope] for one in choices_of("relief report", "--by")]
    files = [["--out", out(f"report.{kind}"), *scope] for kind in choices_of("relief report", "--format") if kind and kind != "json"]
    return {
        "relief report": [*by, *files, ["--check"], ["prefecture", *scope], *(["household", word] for word in WORDS)],
        "relief ledger list": [[], scope, ["--text", "隠岐"], ["--out", out("ledger.csv")]],
        "relief ledger balance": [[], ["--out", out("balance.csv")]],
        "relief ledger budget": [["gien", "1000", "--on", "2024-01-02"]],
        "relief ledger return": [["gien", "1", "--on", "2024-01-02"]],
        "relief ledger allot": [["見本小学校", "1"]],
        "relief ledger back": [["見本小学校", "1"]],
        "relief ledger fee": [["1"]],
        "relief ledger overpaid": [[number, "1"] for number in _both(cast, "entitlement number")],
        "relief ledger reverse": [["x", "--reason", "試験"]],
    }


AREAS: dict[str, Callable[[dict[str, str], Path], dict[str, list[list[str]]]]] = {
    "owing": _owing, "asking": _asking, "receiving": _receiving, "deciding": _deciding, "sending": _sending, "paying": _paying, "booking": _booking,
}  # fmt: skip
ANSWERED = {
    "owing": "relief loans list", "asking": "relief entitlements list", "receiving": "relief payees list", "deciding": "relief batches show",
    "sending": "relief profiles list", "paying": "relief vouchers list", "booking": "relief report",
}  # fmt: skip
"""A verb of each area that somebody without the right is answered, so that the silence is not that of refusals."""


def test_every_verb_of_money_is_covered(cast: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    wanted = {verb for area in AREAS.values() for verb in area(cast, tmp_path)}
    assert wanted | set(EXEMPT) == {verb for verb in verbs() if verb.startswith("relief ")}, "a verb that no call here covers"


@pytest.mark.parametrize("area", list(AREAS))
def test_no_verb_of_money_tells_anything(
    area: str,
    desk: OneSession,
    cast: dict[str, str],
    town: Town,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SASAE_OPERATOR", CLERK)
    monkeypatch.setenv("SASAE_PASSWORD", CLERK_PASSWORD)
    place = tmp_path / "給"
    (place / "out").mkdir(parents=True)
    wanted = AREAS[area](cast, place)
    given = {path for path in place.rglob("*") if path.is_file()}
    found, bugs, done = [], [], set()
    for verb, variants in wanted.items():
        for arguments in variants:
            for extra in ([], ["--json"]):
                capsys.readouterr()
                code = run_command(desk, ["--data", str(town.folder), *verb.split(), *arguments, *extra])
                spoken = capsys.readouterr()
                answer = spoken.out + spoken.err
                for typed in arguments:  # what somebody typed is no answer
                    answer = answer.replace(typed, "").replace(json.dumps(typed)[1:-1], "")
                if told := leaks(answer):
                    found.append(f"{verb} {arguments} {extra}: {told}")
                if "cli.bug" in answer or "cli.usage" in answer:
                    bugs.append(f"{verb} {arguments}: {answer[:300]}")
                if code == 0:
                    done.add(verb)
    for path in sorted(set(place.rglob("*")) - given):
        if path.is_file() and (told := leaks(told_in(path))):
            found.append(f"{path.name}: {told}")
    assert not found, "\n".join(found)
    assert not bugs, "\n".join(bugs)
    assert ANSWERED[area] in done
    if area in ("deciding", "asking"):
        assert {path.suffix for path in (place / "out").iterdir()} >= {".csv", ".xlsx", ".html", ".pdf"}


def test_no_question_and_no_record_tells_anything(desk: OneSession, cast: dict[str, str]) -> None:
    reads = desk.context.reads
    answers: dict[str, object] = {f"all {kind}": reads.all(kind) for kind in RELIEF_SHIELDS}
    answers |= {f"history {key}": reads.journal.history(cast[key]) for key in KEYS}
    answers["recent"] = reads.journal.recent(limit=3000)
    rows = [reads.payees.rows([cast["payee"], *reads.payees.ids(filter=PayeeFilter(show=show), operator="x")]) for show in SHOWS]
    answers["payees"] = [rows, reads.payees.by_ids([cast["payee"]]), reads.payees.accounts([cast["account"]])]
    answers["accounts"] = [reads.payees.accounts_of([cast["payee"]]), reads.payees.members(cast["victim"])]
    answers["subjects"] = reads.payees.by_subjects(["household:H70", "household:H71"], victims=[cast["victim"]])
    answers["found"] = reads.payees.entitlement_ids_by_number([cast["entitlement number"]])
    answers |= _lists(reads, cast)
    for way, answer in answers.items():
        text = repr(answer)
        assert not leaks(text), (way, leaks(text))
        assert cast["payee"] not in text and cast["entitlement"] not in text, way
    one = {
        "claim": "claim",
        "casualty": "casualty",
        "entitlement": "entitlement",
        "payee": "payee",
        "payee_account": "account",
        "loan": "loan",
    }
    one |= {"payment_batch": "batch", "payment": "payment", "voucher": "voucher", "receipt": "receipt"}
    assert {kind: reads.get(kind, cast[key]) for kind, key in one.items()} == dict.fromkeys(one)
    assert reads.payees.counts(operator="x")["all"] == len(reads.payees.ids(filter=PayeeFilter()))


def _lists(reads: Reads, cast: dict[str, str]) -> dict[str, object]:
    """Every list of money, with the hidden ones asked for by id beside."""
    relief, batches, cash = reads.relief, reads.batches, reads.cash
    return {
        "owed": relief.entitlement_rows([cast["entitlement"], *relief.entitlement_ids(filter=EntitlementFilter(), sort="number")]),
        "claims": relief.claim_rows([cast["claim"], *relief.claim_ids(filter=ClaimFilter(), sort="number")]),
        "casualties": relief.casualty_rows([cast["casualty"], *relief.casualty_ids(filter=CasualtyFilter(), sort="number")]),
        "batches": batches.batch_rows([cast["batch"], *batches.batch_ids(filter=BatchFilter())]),
        "payments": batches.payment_rows([cast["payment"], *batches.payment_ids()]),
        "exemptions": [batches.exemptions(), batches.refusals()],
        "files": [reads.transfers.file_rows(), reads.transfers.waiting(device_id="x")],
        "vouchers": cash.voucher_rows([cast["voucher"], *cash.voucher_ids(filter=VoucherFilter())]),
        "found": [cash.find_vouchers(word, limit=50) for word in WORDS],
        "receipts": cash.receipt_rows([cast["receipt"], *cash.receipt_ids(filter=ReceiptFilter())]),
        "books": reads.ledger.posting_rows(reads.ledger.entry_ids(filter=LedgerFilter())),
        "family": [reads.ledger.parts([cast["entitlement"]]), reads.ledger.family([f"victim:{cast['victim']}"])],
    }


def test_no_count_differs_because_somebody_is_there(desk: OneSession, cast: dict[str, str]) -> None:
    """Twins of a hidden payee's account, and the books, say nothing of what is not shown."""
    ctx: Context = desk.context
    assert sum(one.amount for one in ctx.reads.all("posting")) == 0  # type: ignore[attr-defined]
    assert not any(one.guarded for one in (*ctx.reads.all("payment_batch"), *ctx.reads.all("voucher")))  # type: ignore[attr-defined]
    shown = ctx.reads.get("entitlement", cast["open entitlement"])
    assert isinstance(shown, Entitlement)
    assert payees_for(ctx.reads, [shown])[shown.id].payee is not None


def test_those_who_may_know_are_told(town: Town, cast: dict[str, str]) -> None:
    """So that the silence above is not that of an empty town."""
    found: list[Record] = [one for kind in RELIEF_SHIELDS for one in town.ctx.reads.all(kind)]
    assert set(leaks(repr(found))) >= {"静香", "葵", "隠町", "内緒"}
    rows = town.ctx.reads.payees.rows(town.ctx.reads.payees.ids(filter=PayeeFilter()))
    assert {row.protected for row in rows} == {True, False}
    assert {kind for kind in RELIEF_SHIELDS if town.ctx.reads.all(kind)} >= set(RELIEF_SHIELDS) - {
        "repayment",
        "transfer_result",
        "reconciliation",
    }
