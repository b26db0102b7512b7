"""Requests and answers as text: the same by file, QR and keyboard; every mistake is found, and where it is."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from app.domain.enrolment import (
    ANSWER,
    BLOCK,
    MOST_QR,
    REQUEST,
    Answer,
    Request,
    fingerprint,
    in_lines,
    kind_of,
    read_answer,
    read_request,
    same_fingerprint,
    write_answer,
    write_request,
)
from app.domain.errors import InputFault
from app.domain.exchange import DeviceList, EnrolledDevice
from app.domain.identifiers import device_prefix, new_id

AGE = "age1" + "qpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf2tvdw0s3jn54khce"


def request() -> Request:
    """A request with everything in it."""
    device = new_id()
    return Request(
        device=device, letters=device_prefix(device), site_id=new_id(), site_name="見本小学校体育館", site_kind="shelter", recipient=AGE,
        verify_key="ab" * 32, municipality_code="172022", municipality="石川県七尾市", disaster="令和6年見本地震", mark="0f00ba44", training=False,
        written_at="2024-01-02T03:04:05+00:00", before=new_id(), seq=12_345, signature="cd" * 64,
    )  # fmt: skip


def entry(site: str = "見本小学校") -> EnrolledDevice:
    """A device of a list."""
    device = new_id()
    return EnrolledDevice(
        device=device, letters=device_prefix(device), site_id=new_id(), site_name=site, site_kind="shelter", recipient=AGE, verify_key="12" * 32,
        enrolled_at="2024-01-02T03:04:05+00:00",
    )  # fmt: skip


def answer(count: int) -> Answer:
    """An answer with so many devices."""
    lost = replace(entry(), state="revoked", revoked_at="2024-01-03T00:00:00+00:00", revoked_seq=77, reason="盗難")
    devices = DeviceList(
        number=count, municipality_code="172022", municipality="石川県七尾市", disaster="令和6年見本地震", mark="0f00ba44", training=True,
        municipal_key="ef" * 32, written_at="2024-01-02T03:04:05+00:00", devices=(lost, *(entry() for _ in range(count - 1))), signature="12" * 64,
    )  # fmt: skip
    return Answer(device=devices.devices[-1].device, devices=devices, lent="bGVudA==")


def test_a_request_comes_back_from_qr_file_and_keyboard() -> None:
    made = request()
    text = write_request(made)
    assert len(text) <= 600 and text.isascii() and text == text.upper() and kind_of(text) == REQUEST
    lines = in_lines(text)
    typed = "\n".join(f"{n}. {line}" if n else line for n, line in enumerate(lines.lower().splitlines()))
    wide = text.replace("SASAE-REQUEST:", "ＳＡＳＡＥ－ＲＥＱＵＥＳＴ：").replace("0", "O").replace("1", "l")
    headless = lines.split("\n", 1)[1]
    for one in (text, lines, "\ufeff" + lines.replace("\n", "\r\n\r\n"), typed, wide, headless, lines.replace("\n", " ").replace(REQUEST, REQUEST + ":")):
        assert read_request(one) == made


@pytest.mark.parametrize("count", [1, 2, 8, 150])
def test_an_answer_comes_back(count: int) -> None:
    made = answer(count)
    assert read_answer(write_answer(made)) == made == read_answer(in_lines(write_answer(made)))
    assert kind_of(in_lines(write_answer(made))) == ANSWER


def test_two_devices_fit_a_qr_that_a_telephone_reads() -> None:
    assert len(write_answer(replace(answer(3), lent=""))) <= MOST_QR


def test_a_text_that_ends_anywhere_is_refused() -> None:
    text = write_request(request())
    for end in range(len(text)):
        with pytest.raises(InputFault) as caught:
            read_request(text[:end], path="r.txt")
        assert caught.value.code in ("enrol.cut", "enrol.line", "enrol.other_text", "enrol.broken")
    lines = in_lines(text).splitlines()
    for end in range(2, len(lines)):
        with pytest.raises(InputFault, match="enrol.cut"):
            read_request("\n".join(lines[:end]))


def test_one_wrong_character_is_found_in_its_line() -> None:
    noise, lines = random.Random(7), in_lines(write_request(request())).splitlines()
    for number in range(1, len(lines)):
        at = noise.choice([place for place, char in enumerate(lines[number]) if char != " "])
        wrong = noise.choice([char for char in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" if char != lines[number][at]])
        bad = [*lines]
        bad[number] = lines[number][:at] + wrong + lines[number][at + 1 :]
        with pytest.raises(InputFault) as caught:
            read_request("\n".join(bad))
        assert (caught.value.code, caught.value.params["line"]) == ("enrol.line", number)
        bad[number] = lines[number][:at] + lines[number][at + 1 :]
        with pytest.raises(InputFault) as caught:
            read_request("\n".join(bad))
        found = (caught.value.code, caught.value.params["line"])
        assert found == ("enrol.line", number) or (number == len(lines) - 1 and found[0] == "enrol.cut")  # 1 in 32 looks like a shorter line


def test_lines_out_of_order_are_refused() -> None:
    lines = in_lines(write_request(request())).splitlines()
    with pytest.raises(InputFault, match="enrol.broken"):
        read_request("\n".join([*lines[:3], lines[4], lines[3], *lines[5:]]))
    with pytest.raises(InputFault, match="enrol.broken"):
        read_request("\n".join([*lines[:3], lines[3], lines[3], *lines[4:]]))


@pytest.mark.parametrize("text", ["", " \n", "こんにちは", "SASAE-V:1:2", "SASAE-ANSWER:", "x" * 2_000_000, "SASAEKEY:ABC:DEF"])
def test_something_else_is_refused(text: str) -> None:
    with pytest.raises(InputFault) as caught:
        read_request(text)
    assert caught.value.code in ("enrol.other_text", "enrol.line")


def test_a_request_is_no_answer() -> None:
    with pytest.raises(InputFault, match="enrol.other_text"):
        read_answer(write_request(request()))
    swapped = write_request(request()).replace(REQUEST, ANSWER)
    with pytest.raises(InputFault, match="enrol.broken"):
        read_answer(swapped)


def test_a_later_format_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.domain.enrolment.FORMAT", 2)
    text = write_request(request())
    monkeypatch.undo()
    with pytest.raises(InputFault, match="enrol.newer"):
        read_request(text)


@pytest.mark.parametrize("change", [{"device": ""}, {"recipient": ""}, {"signature": ""}, {"site_name": ""}])
def test_a_request_without_its_parts_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(InputFault, match="enrol.broken"):
        read_request(write_request(replace(request(), **change)))


def test_values_of_another_type_are_refused() -> None:
    strange = replace(request(), seq="x")  # type: ignore[arg-type]
    with pytest.raises(InputFault, match="enrol.broken"):
        read_request(write_request(strange))


def test_fingerprints_are_compared_as_people_say_them() -> None:
    right = fingerprint("ab" * 32)
    assert len(right) == 19 and right.count("-") == 3 and right != fingerprint("ab" * 31 + "ac")
    assert same_fingerprint(right.lower().replace("-", " "), right) and same_fingerprint(right.replace("0", "o"), right)
    assert not same_fingerprint(right[:-1], right) and not same_fingerprint("", right) and not same_fingerprint("日本", right)


def test_a_block_has_a_check_character() -> None:
    lines = in_lines(write_request(request())).splitlines()[1:]
    assert {len(line.replace(" ", "")) for line in lines[:-1]} == {BLOCK + 1}
