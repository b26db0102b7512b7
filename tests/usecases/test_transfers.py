"""Transfer files: written once, handed over, written again by two people; answers taken once; money that failed may be paid again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import EnvironmentFault, IntegrityFault, RuleViolation
from app.domain.payments import PaymentBatch
from app.domain.zengin import parse_file
from app.domain.zengin_check import check_bytes
from app.presentation.messages import message
from app.usecases import bank_profiles, batches, transfer_results, transfers
from app.usecases.transfer_files import refuse_other_files
from app.usecases.transfer_rows import BankAnswer, Written
from tests.batches_town import Desk, correct_account, open_desk, take_over
from tests.stores import Town

DAY = "2024-01-05"  # a Friday; the clock of the tests stands at the second, a bank holiday
CONSIGNOR = {
    "consignor_code": "0123456789", "consignor_kana": "ミホンシ", "bank": "0001", "bank_kana": "ミズホ", "branch": "001", "branch_kana": "ホンテン",
    "account_kind": "1", "account_number": "7654321",
}  # fmt: skip


@pytest.fixture
def desk(town: Town) -> Desk:
    """A round, three people, and the municipality as consignor."""
    made = open_desk(town)
    bank_profiles.save_consignor(made.maker, values=CONSIGNOR)
    return made


def approved(desk: Desk, *dues: int, holder: str = "", first: int = 1) -> PaymentBatch:
    """An approved batch of a household for each amount."""
    for no, due in enumerate(dues or (200_000, 150_000, 75_000), first):
        desk.entitle(no, due=due)
    if holder:
        with desk.town.ctx.unit() as uow:
            account = uow.accounts.where(number=f"{first:07d}")[0]
            uow.accounts.save(replace(account, holder=holder))
            uow.commit()
    (batch,) = batches.prepare(desk.maker, round_id=desk.round).batches
    batches.check_batch(desk.checker, batch_id=batch.id)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    return stored(desk, batch.id)


def stored(desk: Desk, batch_id: str) -> PaymentBatch:
    with desk.town.ctx.unit() as uow:
        return uow.batches.need(batch_id)


def write(desk: Desk, batch: PaymentBatch, out: Path, **values: str) -> Written:
    return transfers.write_transfer(desk.maker, batch_id=batch.id, out=out, **{"profile": "standard", "transfer_on": DAY, **values})


def sent(desk: Desk, out: Path, *dues: int, first: int = 1) -> PaymentBatch:
    batch = approved(desk, *dues, first=first)
    done = write(desk, batch, out)
    transfers.hand_over(desk.maker, file_ids=[one.id for one in done.files])
    return stored(desk, batch.id)


def codes(desk: Desk, batch: PaymentBatch) -> list[str]:
    with desk.town.ctx.unit() as uow:
        return [one.code for one in sorted(uow.payments.where(batch_id=batch.id), key=lambda one: one.position)]


def answer(desk: Desk, batch: PaymentBatch, *failures: str, name: str = "kekka.txt") -> transfer_results.Taken:
    answers = [
        BankAnswer(line=at, code=code, failure=failure)
        for at, (code, failure) in enumerate(zip(codes(desk, batch), failures, strict=False), 2)
    ]
    sha = hashlib.sha256(f"{name}{answers}".encode()).hexdigest()
    return transfer_results.take_results(desk.maker, answers=answers, name=name, sha256=sha)


def refused(act: Callable[[], object]) -> RuleViolation:
    with pytest.raises(RuleViolation) as caught:
        act()
    return caught.value


def balance(desk: Desk) -> dict[str, int]:
    """Every account of the books."""
    found: dict[str, int] = {}
    for account, amount in desk.town.sql("SELECT account, sum(amount) FROM posting GROUP BY account"):
        found[account] = amount
    assert sum(found.values()) == 0
    return found


# -- writing -----------------------------------------------------------------------------------------------


def test_a_file_is_what_the_batch_says_and_is_marked_only_as_written(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    done = write(desk, batch, tmp_path / "a.txt")
    data = (tmp_path / "a.txt").read_bytes()
    assert done.sha256 == hashlib.sha256(data).hexdigest() and (done.count, done.total) == (3, 425_000)
    found = parse_file(data)
    assert (found.header.consignor, found.header.day, found.count, found.total) == ("ﾐﾎﾝｼ", "0105", 3, 425_000)
    assert [one.customer for one in found.lines] == codes(desk, batch)
    assert check_bytes(data).ok
    after = stored(desk, batch.id)
    assert (after.state, after.transfer_on) == ("approved", DAY), "writing a file sends nothing"
    (row,) = transfers.list_files(desk.maker)
    assert (row.state, row.next_step, row.sha256, row.again) == ("written", "hand_over", done.sha256, 0)


def test_a_batch_is_written_once(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    write(desk, batch, tmp_path / "a.txt")
    assert refused(lambda: write(desk, batch, tmp_path / "b.txt")).code == "transfer.written_before"
    assert not (tmp_path / "b.txt").exists()


def test_again_takes_two_people_and_gives_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    first = write(desk, batch, tmp_path / "a.txt")
    transfers.ask_again(desk.maker, batch_id=batch.id, reason="USBメモリを紛失")
    assert refused(lambda: write(desk, batch, tmp_path / "b.txt")).code == "transfer.again_waits"
    assert refused(lambda: transfers.allow_again(desk.maker, batch_id=batch.id)).code == "permission.denied"
    asker = replace(desk.maker, actor=replace(desk.maker.actor, roles=("approval",)))
    assert refused(lambda: transfers.allow_again(asker, batch_id=batch.id)).code == "transfer.own_request"
    transfers.allow_again(desk.approver, batch_id=batch.id)
    assert refused(lambda: write(desk, batch, tmp_path / "b.txt", transfer_on="2024-01-09")).code == "transfer.again_day"
    assert refused(lambda: write(desk, batch, tmp_path / "b.txt", profile="unbroken")).code == "transfer.again_profile"
    again = write(desk, batch, tmp_path / "b.txt", profile="", transfer_on="")
    assert (again.sha256, again.again) == (first.sha256, 1)
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes()
    assert refused(lambda: write(desk, batch, tmp_path / "c.txt")).code == "transfer.written_before", "one permission, one file"


def test_again_is_the_same_even_after_the_profile_was_edited(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    first = write(desk, batch, tmp_path / "a.txt")
    bank_profiles.save_consignor(desk.maker, values={**CONSIGNOR, "account_number": "1111111"})
    transfers.ask_again(desk.maker, batch_id=batch.id, reason="紛失")
    transfers.allow_again(desk.approver, batch_id=batch.id)
    assert write(desk, batch, tmp_path / "b.txt").sha256 == first.sha256


def test_what_was_changed_behind_the_programs_back_is_not_written(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    desk.town.sql("UPDATE payment SET account_number = '9999999' WHERE position = 1")
    with pytest.raises(IntegrityFault):
        write(desk, batch, tmp_path / "a.txt")
    assert not list(tmp_path.glob("*.txt"))
    assert transfers.list_files(desk.maker) == []


def test_a_batch_of_another_device_counts_as_written_before(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    copy = replace(desk.maker, place=replace(desk.maker.place, device_id="another"))
    boss = replace(desk.approver, place=copy.place)

    def done(out: Path) -> Written:
        return transfers.write_transfer(copy, batch_id=batch.id, profile="standard", transfer_on=DAY, out=out)

    assert refused(lambda: done(tmp_path / "a.txt")).code == "relief.other_home"
    take_over(copy, boss)
    assert refused(lambda: done(tmp_path / "a.txt")).code == "transfer.elsewhere"
    transfers.ask_again(copy, batch_id=batch.id, reason="端末が故障し復元した")
    transfers.allow_again(boss, batch_id=batch.id)
    assert done(tmp_path / "a.txt").again == 1
    assert refused(lambda: done(tmp_path / "b.txt")).code == "transfer.written_before"


def test_only_approved_batches_of_headquarters_are_written(desk: Desk, tmp_path: Path) -> None:
    desk.entitle(1)
    (batch,) = batches.prepare(desk.maker, round_id=desk.round).batches
    assert refused(lambda: write(desk, batch, tmp_path / "a.txt")).code == "transfer.not_approved"
    site = replace(desk.maker, place=replace(desk.maker.place, site_kind="shelter"))
    assert refused(lambda: transfers.write_transfer(site, batch_id=batch.id, out=tmp_path / "a.txt")).code == "relief.not_headquarters"
    assert refused(lambda: transfers.write_transfer(desk.checker, batch_id=batch.id, out=tmp_path / "a.txt")).code == "permission.denied"


@pytest.mark.parametrize(
    ("day", "code"),
    [("2024-01-06", "transfer.day_weekend"), ("2024-01-08", "transfer.day_holiday"), ("2024-01-03", "transfer.day_turn"),
     ("2023-12-29", "transfer.day_past"), ("2024-03-01", "transfer.day_far"), ("", "transfer.day_missing"), ("2024-02", "protection.day")],
)  # fmt: skip
def test_a_day_on_which_no_bank_works_is_refused(desk: Desk, tmp_path: Path, day: str, code: str) -> None:
    batch = approved(desk, 1000)
    found = refused(lambda: write(desk, batch, tmp_path / "a.txt", transfer_on=day))
    assert found.code == code
    if code == "transfer.day_holiday":
        assert found.params["next"].isoformat() == "2024-01-09"
    assert not (tmp_path / "a.txt").exists()


def test_an_older_file_is_never_written_over(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 1000)
    (tmp_path / "a.txt").write_bytes(b"last month")
    assert refused(lambda: write(desk, batch, tmp_path / "a.txt")).code == "transfer.file_exists"
    assert (tmp_path / "a.txt").read_bytes() == b"last month"


def test_a_medium_that_does_not_keep_what_it_is_given_leaves_no_mark(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = approved(desk, 1000)
    real = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", lambda path, data: real(path, data.replace(b"0000001000", b"0000009000", 1)))
    with pytest.raises(EnvironmentFault) as caught:
        write(desk, batch, tmp_path / "a.txt")
    assert caught.value.code == "transfer.read_back"
    assert transfers.list_files(desk.maker) == []
    assert not list(tmp_path.glob("*.txt"))


def test_names_are_made_legal_and_each_change_is_told(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 1000, holder="ジョージ・ヴァン")
    done = write(desk, batch, tmp_path / "a.txt")
    (change,) = done.names
    assert (change.line, change.before, change.after, change.cut, change.notable) == (1, "ジョージ・ヴァン", "ｼﾞﾖ-ｼﾞ.ｳﾞｱﾝ", "", True)
    assert parse_file((tmp_path / "a.txt").read_bytes()).lines[0].name == "ｼﾞﾖ-ｼﾞ.ｳﾞｱﾝ"


def test_31_bytes_are_cut_and_told_and_kanji_is_refused(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 1000, holder="ｱ" * 31)
    (change,) = write(desk, batch, tmp_path / "a.txt").names
    assert (len(change.after), change.cut) == (30, "ｱ")
    second = approved(desk, 1000, holder="見本 ﾀﾛｳ", first=7)
    found = refused(lambda: write(desk, second, tmp_path / "b.txt"))
    assert (found.code, found.params["chars"]) == ("transfer.name_illegal", "見本")


def test_a_batch_larger_than_a_file_is_split_into_numbered_ones(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 1, 2, 3, 4, 5)
    bank_profiles.import_profile(desk.maker, text='id = "small"\nbase = "standard"\nmost = 2\n')
    done = write(desk, batch, tmp_path / "a.txt", profile="small")
    assert [one.path.name for one in done.files] == ["a_01.txt", "a_02.txt", "a_03.txt"]
    assert [(one.count, one.total) for one in done.files] == [(2, 3), (2, 7), (1, 5)] and done.total == 15
    held = [one.path for one in done.files]
    found = refused(lambda: refuse_other_files(desk.maker, batch_id=batch.id, paths=held[:2]))
    assert (found.code, found.params["part"]) == ("transfer.file_missing", 3)
    assert [one.part for one in refuse_other_files(desk.maker, batch_id=batch.id, paths=held)] == [1, 2, 3]
    transfers.hand_over(desk.maker, file_ids=[done.files[0].id])
    assert stored(desk, batch.id).state == "approved", "not before all of it went"
    transfers.hand_over(desk.maker, file_ids=[one.id for one in done.files[1:]])
    assert stored(desk, batch.id).state == "sent"


def test_a_file_that_never_went_is_discarded_by_another_and_written_anew(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 1000)
    write(desk, batch, tmp_path / "a.txt")
    desk.town.clock.forward(days=7)
    (row,) = transfers.list_files(desk.maker)
    assert refused(lambda: transfers.hand_over(desk.maker, file_ids=[row.id])).code == "transfer.hand_late"
    writer = replace(desk.maker, actor=replace(desk.maker.actor, roles=("approval",)))
    assert refused(lambda: transfers.discard_files(writer, batch_id=batch.id, reason="期日超過")).code == "transfer.own_file"
    transfers.discard_files(desk.approver, batch_id=batch.id, reason="期日超過")
    done = write(desk, batch, tmp_path / "b.txt", transfer_on="2024-01-12")
    assert done.again == 1
    assert [one.state for one in transfers.list_files(desk.maker)] == ["written", "discarded"]


# -- handing over and answers ------------------------------------------------------------------------------


def test_handing_over_sends_and_posts(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    assert batch.state == "sent"
    found = balance(desk)
    assert (found["transit"], found["hq"], found.get("committed", 0)) == (425_000, -425_000, 0)
    (row,) = transfers.list_files(desk.maker)
    assert refused(lambda: transfers.hand_over(desk.maker, file_ids=[row.id])).code == "transfer.not_to_hand"


def test_answers_settle_a_batch_and_free_what_failed(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    done = answer(desk, batch, "", "no_account", "")
    assert (done.paid, done.paid_total, done.failed, done.failed_total, done.open, done.settled) == (2, 275_000, 1, 150_000, 0, True)
    found = balance(desk)
    assert (found.get("transit", 0), found["paid"], found["hq"]) == (0, 275_000, -275_000)
    (row,) = transfer_results.list_unpaid(desk.maker)
    assert (row.failure, row.amount, row.account_state, row.next_step) == ("no_account", 150_000, "wrong", "fix_account")
    with desk.town.ctx.unit() as uow:
        payment = uow.payments.need(row.id)
        assert [one.live for one in uow.shares.where(payment_id=payment.id)] == [False]
    correct_account(desk.town.ctx, payment.payee_id, number=77)
    assert transfer_results.list_unpaid(desk.maker)[0].next_step == "retry"
    (retry,) = batches.prepare_retry(desk.maker, batch_id=batch.id).batches
    assert (retry.total, retry.retry_of) == (150_000, batch.id)
    after = transfer_results.list_unpaid(desk.maker)[0]
    assert (after.retry, after.next_step) == (retry.number, "wait")


@pytest.mark.parametrize("outcomes", [("", "no_account"), ("no_account", "")], ids=["paid first", "failed first"])
def test_what_a_file_says_both_ways_is_not_believed_either_way(desk: Desk, tmp_path: Path, outcomes: tuple[str, str]) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    first, second, third = codes(desk, batch)
    said = [(first, outcomes[0]), (first, outcomes[1]), (second, ""), (third, ""), (third, "")]
    answers = [BankAnswer(line=at, code=code, failure=failure) for at, (code, failure) in enumerate(said, 2)]
    done = transfer_results.take_results(desk.maker, answers=answers, name="a.txt", sha256="0" * 64)
    assert [(one.line, one.code) for one in done.problems] == [(2, "transfer.answered_twice"), (3, "transfer.answered_twice")]
    assert (done.paid, done.failed, done.open, done.settled) == (2, 0, 1, False)


def test_the_same_result_twice_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    answer(desk, batch, "", "", "")
    assert refused(lambda: answer(desk, batch, "", "", "")).code == "transfer.result_twice"
    before = balance(desk)
    done = answer(desk, batch, "", "", "", name="copy.txt")
    assert (done.paid, done.unchanged, done.changes) == (0, 3, {})
    assert balance(desk) == before


def test_results_of_another_batch_are_refused_by_name(desk: Desk, tmp_path: Path) -> None:
    first = sent(desk, tmp_path / "a.txt", 1000)
    second = sent(desk, tmp_path / "b.txt", 2000, first=5)
    answers = [BankAnswer(line=2, code=codes(desk, second)[0])]
    found = refused(lambda: transfer_results.take_results(desk.maker, answers=answers, name="x", sha256="1", batch_id=first.id))
    assert (found.code, found.params["belongs"]) == ("transfer.other_batch", [second.number])
    mixed = [*answers, BankAnswer(line=3, code=codes(desk, first)[0])]
    assert (
        refused(lambda: transfer_results.take_results(desk.maker, answers=mixed, name="x", sha256="2")).code == "transfer.several_batches"
    )
    strange = [BankAnswer(line=2, code="9" * 20)]
    assert refused(lambda: transfer_results.take_results(desk.maker, answers=strange, name="x", sha256="3")).code == "transfer.which_batch"
    assert stored(desk, first.id).state == stored(desk, second.id).state == "sent"


def test_part_of_the_results_and_what_contradicts(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    done = answer(desk, batch, "")
    assert (done.paid, done.open, done.settled) == (1, 2, False)
    done = answer(desk, batch, "closed", "")
    assert (done.paid, [one.code for one in done.problems]) == (1, ["transfer.contradiction"])
    wrong = BankAnswer(line=9, code=codes(desk, batch)[2], amount=1)
    found = refused(lambda: transfer_results.take_results(desk.maker, answers=[wrong], name="x", sha256="4"))
    assert found.code == "transfer.nothing_known"


def test_a_bank_that_gives_no_code_back_is_understood_by_account(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt", 1000)
    told = BankAnswer(line=2, bank="0001", branch="001", kind="1", account="0000001", amount=1000)
    assert refused(lambda: transfer_results.take_results(desk.maker, answers=[told], name="x", sha256="5")).code == "transfer.which_batch"
    done = transfer_results.take_results(desk.maker, answers=[told], name="x", sha256="5", batch_id=batch.id)
    assert done.settled


def test_results_before_the_hand_over_was_noted_note_it(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 1000)
    assert refused(lambda: answer(desk, batch, "")).code == "transfer.not_sent"
    write(desk, batch, tmp_path / "a.txt")
    assert answer(desk, batch, "").settled
    assert balance(desk)["paid"] == 1000
    assert transfers.list_files(desk.maker)[0].state == "handed"


def test_recalled_money_may_be_paid_again_and_the_books_know(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt", 1000)
    answer(desk, batch, "")
    with desk.town.ctx.unit() as uow:
        (payment,) = uow.payments.where(batch_id=batch.id)
    transfer_results.recall_payment(desk.maker, payment_id=payment.id, reason="別人の口座に入った")
    found = balance(desk)
    assert found["paid"] + found["refunded"] == 0
    assert refused(lambda: transfer_results.recall_payment(desk.maker, payment_id=payment.id, reason="x")).code == "transfer.not_recallable"
    assert transfer_results.list_unpaid(desk.maker)[0].failure == "recalled"
    (retry,) = batches.prepare_retry(desk.maker, batch_id=batch.id).batches
    assert retry.total == 1000


def test_no_day_of_a_payment_is_still_to_come(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt", 1000, 2000, 3000)
    made = codes(desk, batch)
    later = [BankAnswer(line=2, code=made[0], paid_on=DAY), BankAnswer(line=3, code=made[1])]
    found = refused(lambda: transfer_results.take_results(desk.maker, answers=later, name="x", sha256="6", paid_on=DAY))
    assert (found.code, found.field) == ("transfer.paid_in_future", "paid_on") and "まだ来ていない" in message(found)
    done = transfer_results.take_results(desk.maker, answers=later, name="x", sha256="6")
    assert ([one.code for one in done.problems], [code for code, _ in done.warnings]) == (["transfer.paid_later"], ["transfer.before_day"])
    with desk.town.ctx.unit() as uow:
        first, second, third = sorted(uow.payments.where(batch_id=batch.id), key=lambda one: one.position)
    assert (first.state, second.state, second.paid_on) == ("sent", "paid", "2024-01-02")
    by_hand = transfer_results.set_result(desk.maker, payment_id=third.id)
    assert by_hand.warnings and not transfer_results.set_result(desk.maker, payment_id=third.id).warnings
    assert refused(lambda: transfer_results.set_result(desk.maker, payment_id=first.id, paid_on=DAY)).code == "transfer.paid_in_future"


def test_nothing_comes_back_before_it_arrived(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt", 1000, 2000)
    answer(desk, batch, "", "")
    with desk.town.ctx.unit() as uow:
        first, second = sorted(uow.payments.where(batch_id=batch.id), key=lambda one: one.position)
        uow.payments.save(replace(second, paid_on=DAY))  # as an earlier version noted it
        uow.commit()

    def recall(payment_id: str, day: str) -> object:
        return transfer_results.recall_payment(desk.maker, payment_id=payment_id, reason="別人", recalled_on=day)

    assert refused(lambda: recall(first.id, "2024-01-01")).code == "transfer.recall_before_paid"
    assert refused(lambda: recall(first.id, DAY)).code == "transfer.paid_in_future"
    recall(first.id, "")
    recall(second.id, "")
    days = desk.town.sql("SELECT DISTINCT amount, day FROM posting WHERE kind = 'recalled' AND amount > 0 ORDER BY amount")
    assert [tuple(one) for one in days] == [(1000, "2024-01-02"), (2000, DAY)]


def test_by_hand(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt", 1000, 2000)
    with desk.town.ctx.unit() as uow:
        first, second = sorted(uow.payments.where(batch_id=batch.id), key=lambda one: one.position)
    assert not transfer_results.set_result(desk.maker, payment_id=first.id, paid_on="2024-01-02").settled
    assert transfer_results.set_result(desk.maker, payment_id=second.id, failure="deceased", reason="相続人に確認").settled
    assert refused(lambda: transfer_results.set_result(desk.maker, payment_id=first.id, failure="name")).code == "transfer.contradiction"
    assert (
        refused(lambda: transfer_results.set_result(desk.maker, payment_id=first.id, failure="nonsense")).code == "transfer.failure_unknown"
    )
    assert transfer_results.list_unpaid(desk.maker)[0].account_state == "deceased"


def test_the_statement_is_compared_and_a_difference_explained(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    answer(desk, batch, "", "name", "")
    assert transfer_results.expected_on_statement(desk.maker, batch_id=batch.id) == 275_000
    note: Callable[..., transfer_results.Reconciled] = lambda **v: transfer_results.reconcile(desk.maker, batch_id=batch.id, day=DAY, **v)  # noqa: E731
    assert refused(lambda: note(statement=275_330, fee=330)).code == "transfer.difference_is_fee"
    assert refused(lambda: note(statement=425_000)).code == "transfer.difference_unexplained"
    assert refused(lambda: note(statement=-1)).code == "transfer.statement_wrong"
    done = note(statement=425_000, fee=330, explanation="戻りが翌日になるため")
    assert done.difference == 150_000
    assert balance(desk)["fee"] == 330
    done = note(statement=275_000, fee=330)
    assert done.difference == 0 and balance(desk).get("difference", 0) == 0
    assert refused(lambda: note(statement=275_000, fee=330)).code == "transfer.reconciled"


def test_a_statement_without_a_day_is_of_the_day_of_the_transfer(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    done = transfer_results.reconcile(desk.maker, batch_id=batch.id, day="", statement=425_000)
    assert done.day == DAY
    assert refused(lambda: transfer_results.reconcile(desk.maker, batch_id=batch.id, day="いつか", statement=425_000)).code == "protection.day"


def test_what_comes_next_is_said_for_each_batch(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)

    def step() -> str:
        (row,) = transfers.list_waiting(desk.maker)
        return row.next_step

    assert step() == "write"
    done = write(desk, batch, tmp_path / "a.txt")
    assert step() == "hand_over"
    transfers.ask_again(desk.maker, batch_id=batch.id, reason="紛失")
    assert step() == "allow"
    transfers.refuse_again(desk.approver, batch_id=batch.id, reason="見つかった")
    assert step() == "hand_over"
    transfers.hand_over(desk.maker, file_ids=[done.files[0].id])
    assert step() == "results"
    answer(desk, batch, "", "", "")
    assert step() == "reconcile"
    transfer_results.reconcile(desk.maker, batch_id=batch.id, day=DAY, statement=425_000)
    assert step() == ""


# -- profiles ----------------------------------------------------------------------------------------------


def test_a_profile_of_ones_own_is_made_from_a_shipped_one(desk: Desk) -> None:
    text = 'id = "kenshin"\nbase = "unbroken"\ntitle = "見本銀行"\nbranch_names = false\nconsignor_code = "1111111111"\nconsignor_kana = "ミホン"\n'
    text += 'bank = "0001"\nbranch = "001"\naccount_number = "1234567"\n[result]\nbyte = 120\n[result.codes]\n"A" = ""\n"B" = "other"\n'
    made, how, _ = bank_profiles.import_profile(desk.maker, text=text)
    assert (how, made.consignor_kana, made.line_end, made.result.byte) == ("created", "ﾐﾎﾝ", "none", 120)
    assert bank_profiles.import_profile(desk.maker, text=text)[1] == "unchanged"
    assert bank_profiles.find_profile(desk.maker, "見本銀行").consignor_code == "1111111111", "its own consignor, not the general one"
    assert bank_profiles.find_profile(desk.maker, "standard").consignor_code == "0123456789"
    assert refused(lambda: bank_profiles.import_profile(desk.maker, text='id = "standard"')).code == "transfer.profile_shipped"
    assert refused(lambda: bank_profiles.find_profile(desk.maker, "nothing")).code == "transfer.profile_unknown"


def test_without_a_consignor_nothing_is_written(town: Town, tmp_path: Path) -> None:
    desk = open_desk(town)
    batch = approved(desk, 1000)
    fault = refused(lambda: write(desk, batch, tmp_path / "a.txt"))
    assert fault.code == "transfer.profile_incomplete"
    assert "振込依頼人コード" in message(fault) and "relief profiles consignor" in message(fault) and "consignor_code" not in message(fault)


def test_protected_people_are_in_no_list_and_their_files_are_withheld(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    desk.town.sql("UPDATE payment_batch SET guarded = true")
    assert transfers.list_waiting(desk.maker) == []
    assert refused(lambda: write(desk, batch, tmp_path / "a.txt")).code == "payment.withheld"
    assert refused(lambda: transfers.ask_again(desk.maker, batch_id=batch.id, reason="x")).code == "payment.withheld"


@given(st.text("アイガパョッーヰヲ・ァヴ　 ｱｶﾞﾟｧA１Ａａあょ山。,（）カブシキイヤ", max_size=34))
def test_the_short_way_to_a_legal_name_ends_where_the_long_one_does(text: str) -> None:
    from app.domain.bank_kana import legal_kana
    from app.usecases.transfer_lines import _make_legal

    def ways() -> list[object]:
        found: list[object] = []
        for way in (lambda: _make_legal(text, "common")[:2], lambda: (legal_kana(text).text, legal_kana(text).cut)):
            try:
                found.append(way())
            except RuleViolation as fault:
                found.append(fault.code)
        return found

    short, long = ways()
    assert short == long


def test_a_file_that_was_replaced_is_not_taken_to_the_bank_besides(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 1000)
    write(desk, batch, tmp_path / "a.txt")
    transfers.ask_again(desk.maker, batch_id=batch.id, reason="紛失")
    transfers.allow_again(desk.approver, batch_id=batch.id)
    write(desk, batch, tmp_path / "b.txt")
    rows = {row.name: row for row in transfers.list_files(desk.maker)}
    assert (rows["a.txt"].state, rows["b.txt"].state) == ("discarded", "written")
    with pytest.raises(RuleViolation):
        transfers.hand_over(desk.maker, file_ids=[rows["a.txt"].id])


def test_a_bill_is_paid_without_a_file(desk: Desk, tmp_path: Path) -> None:
    for no, due in enumerate((1000, 2000), 1):
        desk.entitle(no, due=due)
    with desk.town.ctx.unit() as uow:
        for payee in uow.payees.where(state="active"):
            uow.payees.save(replace(payee, way="in_kind"))
        uow.commit()
    (batch,) = batches.prepare(desk.maker, round_id=desk.round, way="in_kind").batches
    batches.check_batch(desk.checker, batch_id=batch.id)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    assert refused(lambda: write(desk, batch, tmp_path / "a.txt")).code == "transfer.other_way"
    with desk.town.ctx.unit() as uow:
        first, second = sorted(uow.payments.where(batch_id=batch.id), key=lambda one: one.position)
    assert not transfer_results.set_result(desk.maker, payment_id=first.id, paid_on="2024-01-02").settled
    assert transfer_results.set_result(desk.maker, payment_id=second.id, failure="other", reason="請求書の誤り").settled
    found = balance(desk)
    assert (found["paid"], found["hq"], found.get("committed", 0)) == (1000, -1000, 0)
