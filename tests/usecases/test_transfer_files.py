"""From the file to the bank and back: return files by profile, tables, the transmittal and its readable list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from app.domain.errors import InputFault, IntegrityFault, RuleViolation
from app.interchange.exporting.transfer import print_transmittal, write_lines, write_names, write_unpaid
from app.interchange.importing.transfer_results import import_results, read_failure
from app.usecases import bank_profiles, batches, transfer_results, transfers
from app.usecases.transfer_contents import read_contents
from tests.batches_town import Desk, open_desk
from tests.stores import Town
from tests.usecases.test_transfers import CONSIGNOR, approved, sent, stored, write


@pytest.fixture
def desk(town: Town) -> Desk:
    made = open_desk(town)
    bank_profiles.save_consignor(made.maker, values=CONSIGNOR)
    return made


def returned(path: Path, out: Path, *signs: str, byte: int = 114) -> Path:
    """The bank's answer: the file with a sign at the place of the result of each transfer."""
    records = path.read_bytes().split(b"\r\n")
    for at, sign in enumerate(signs, 1):
        records[at] = records[at][: byte - 1] + sign.encode() + records[at][byte:]
    out.write_bytes(b"\r\n".join(records))
    return out


def page_texts(path: Path) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises((RuleViolation, InputFault)) as caught:
        act()
    return str(caught.value.code)  # type: ignore[attr-defined]


def test_a_return_file_is_taken_by_its_profile(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    back = returned(tmp_path / "a.txt", tmp_path / "kekka.txt", "0", "1", "2")
    done = import_results(desk.maker, path=back)
    assert (done.batch_number, done.paid, done.failed, done.settled) == (batch.number, 1, 2, True)
    assert sorted(row.failure for row in transfer_results.list_unpaid(desk.maker)) == ["name", "no_account"]
    assert refused(lambda: import_results(desk.maker, path=back)) == "transfer.result_twice"


def test_another_bank_says_it_elsewhere(desk: Desk, tmp_path: Path) -> None:
    sent(desk, tmp_path / "a.txt")
    bank_profiles.import_profile(
        desk.maker, text='id = "own"\nbase = "standard"\n[result]\nbyte = 120\n[result.codes]\n"A" = ""\n"B" = "closed"'
    )
    back = returned(tmp_path / "a.txt", tmp_path / "kekka.txt", "A", "B", "?", byte=120)
    assert refused(lambda: import_results(desk.maker, path=back)) == "transfer.result_blank"
    done = import_results(desk.maker, path=back, profile="own")
    assert (done.paid, done.failed, done.open, [one.code for one in done.problems]) == (1, 1, 1, ["transfer.result_sign"])


def test_the_file_that_was_sent_is_no_result(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    assert refused(lambda: import_results(desk.maker, path=tmp_path / "a.txt")) == "transfer.result_blank"
    cut = tmp_path / "cut.txt"
    cut.write_bytes(returned(tmp_path / "a.txt", tmp_path / "kekka.txt", "0", "0", "0").read_bytes()[:-125])
    assert refused(lambda: import_results(desk.maker, path=cut)) == "zengin.unreadable"
    assert stored(desk, batch.id).state == "sent"


@pytest.mark.parametrize(
    ("word", "failure"),
    [("名義相違", "name"), ("口座名義相違", "name"), ("名義人相違", "name"), ("口座なし", "no_account"), ("該当 なし", "no_account"), ("解約済", "closed"),
     ("取引停止", "stopped"), ("取扱停止", "stopped"), ("名義人死亡", "deceased"), ("不能", "other")],
)  # fmt: skip
def test_banks_say_it_in_many_words(desk: Desk, tmp_path: Path, word: str, failure: str) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    first, second = batches.payment_rows(desk.maker, batch_id=batch.id)[:2]
    table = tmp_path / "kekka.csv"
    table.write_text(f"支給番号,結果,理由\n{first.number},{word},\n{second.number},振込不能,{word}\n", "utf-8")
    assert import_results(desk.maker, path=table).problems == ()
    assert {row.failure for row in transfer_results.list_unpaid(desk.maker)} == {failure} and read_failure(word) == failure


def test_what_no_bank_says_is_no_reason() -> None:
    for word in ("支給済み", "", "なんとなく"):
        assert refused(lambda text=word: read_failure(text)) == "transfer.failure_unknown"  # type: ignore[misc]


def test_a_table_is_taken_by_number_code_or_account(desk: Desk, tmp_path: Path) -> None:
    batch = sent(desk, tmp_path / "a.txt")
    rows = batches.payment_rows(desk.maker, batch_id=batch.id)
    table = tmp_path / "kekka.csv"
    table.write_text(
        f"支給番号,結果,理由,金額,振込日\n{rows[0].number},支給済み,,\"{rows[0].amount:,}\",R6.1.2\n{rows[1].number.lower()},解約,本人が解約,,\n"
        f"{rows[2].number},よくわからない,,,\n",
        "cp932",
    )
    done = import_results(desk.maker, path=table)
    assert (done.paid, done.failed, done.open, [(one.line, one.code) for one in done.problems]) == (1, 1, 1, [(4, "transfer.result_word")])
    assert batches.payment_rows(desk.maker, batch_id=batch.id)[0].paid_on == "2024-01-02"
    second = tmp_path / "second.csv"
    second.write_text("銀行番号,支店番号,預金種目,口座番号,振込金額,結果\n1,1,普通,3,75000,OK\n", "utf-8-sig")
    assert refused(lambda: import_results(desk.maker, path=second)) == "transfer.which_batch"
    assert import_results(desk.maker, path=second, batch=batch.number).settled
    other = tmp_path / "other.csv"
    other.write_text("氏名,結果\nだれか,支給済み\n", "utf-8")
    assert refused(lambda: import_results(desk.maker, path=other)) == "transfer.result_columns"


def test_the_transmittal_lists_what_the_file_says(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 200_000, 150_000, holder="ジョージ・ヴァン")
    done = write(desk, batch, tmp_path / "a.txt")
    out = print_transmittal(desk.maker, batch_id=batch.id, out=tmp_path / "a.pdf")
    assert (out.count, out.total, out.pages) == (2, 350_000, 2)
    first, second = page_texts(tmp_path / "a.pdf")
    plain = "".join(first.split())
    assert done.sha256.upper() in plain and "350,000" in plain and "2件" in plain and "a.txt" in plain and batch.number in plain
    assert "みずほ銀行東京営業部御中" in plain
    assert "ｼﾞﾖ-ｼﾞ.ｳﾞｱﾝ" in second and "200,000" in second and "0000001" in second
    lines = write_lines(desk.maker, batch_id=batch.id, out=tmp_path / "a.csv")
    assert lines.rows == 2 and "ｼﾞﾖ-ｼﾞ.ｳﾞｱﾝ" in (tmp_path / "a.csv").read_text("utf-8-sig")
    assert write_names(desk.maker, rows=done.names, out=tmp_path / "n.csv").rows == 1


def test_the_readable_list_is_never_of_another_file(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    assert refused(lambda: read_contents(desk.maker, batch_id=batch.id)) == "transfer.not_written"
    write(desk, batch, tmp_path / "a.txt")
    desk.town.sql("UPDATE transfer_file SET sha256 = 'x'")
    with pytest.raises(IntegrityFault):
        print_transmittal(desk.maker, batch_id=batch.id, out=tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_again_is_marked_on_paper(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 1000)
    write(desk, batch, tmp_path / "a.txt")
    transfers.ask_again(desk.maker, batch_id=batch.id, reason="紛失")
    transfers.allow_again(desk.approver, batch_id=batch.id)
    write(desk, batch, tmp_path / "b.txt")
    print_transmittal(desk.maker, batch_id=batch.id, out=tmp_path / "b.pdf")
    assert "再出力1" in page_texts(tmp_path / "b.pdf")[0].replace(" ", "")


def test_the_unpaid_as_a_table(desk: Desk, tmp_path: Path) -> None:
    sent(desk, tmp_path / "a.txt", 1000, 2000)
    import_results(desk.maker, path=returned(tmp_path / "a.txt", tmp_path / "k.txt", "1", "0"))
    rows = transfer_results.list_unpaid(desk.maker)
    assert write_unpaid(desk.maker, rows=rows, out=tmp_path / "u.csv").rows == 1
    assert "該当口座なし" in (tmp_path / "u.csv").read_text("utf-8-sig")
