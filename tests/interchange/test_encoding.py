"""Encodings are found out or refused, never guessed into replacement characters."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import InputFault
from app.interchange.importing.encoding import canonical_encoding, chosen_encoding, detect_encoding, locate_decode_error

TEXT = "氏名,住所\r\n髙橋,架空市1-2\r\n"


@pytest.mark.parametrize(
    ("codec", "expected"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp932", "cp932"), ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("ascii", "utf-8"),
    ],
)  # fmt: skip
def test_detects(tmp_path: Path, codec: str, expected: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(codec) if codec != "ascii" else b"a,b\r\n1,2\r\n")
    assert detect_encoding(path) == expected


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark_and_with_ideographic_spaces(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("氏名,カナ\r\n髙橋　花,タカハシ　ハナ\r\n外字　山,ガイジ　\r\n".encode(codec))
    assert detect_encoding(path) == codec


def test_first_japanese_after_megabytes_of_ascii(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"1,2\r\n" * 600_000 + "髙橋,2\r\n".encode("cp932"))
    assert detect_encoding(path) == "cp932"


def test_character_cut_by_the_window_is_no_fault(tmp_path: Path) -> None:
    for pad in range(3):
        path = tmp_path / f"{pad}.csv"
        path.write_bytes(b"a" * pad + "あ".encode() * (4 << 20))
        assert detect_encoding(path) == "utf-8"


@pytest.mark.parametrize("pad", [0, 1, 2, (1 << 20) - 1, 1 << 20])
@pytest.mark.parametrize("codec", ["utf-8", "cp932"])
def test_offset_is_exact_across_blocks(tmp_path: Path, pad: int, codec: str) -> None:
    good = b"x" * pad + "あ\nい\n".encode(codec)
    path = tmp_path / "a.csv"
    path.write_bytes(good + b"\xff\xff,1\n")
    assert locate_decode_error(path, codec) is not None
    line, offset, data = locate_decode_error(path, codec) or (0, 0, b"")
    assert (line, offset, data[:1]) == (3, len(good), b"\xff")


def test_cut_in_the_last_character(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("氏名\nあ".encode()[:-1])
    assert locate_decode_error(path, "utf-8") == (2, 7, "あ".encode()[:-1])


def test_neither_fits(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a\nb\n\xfd\xfe\xff")
    with pytest.raises(InputFault) as caught:
        detect_encoding(path)
    assert (caught.value.params["line"], caught.value.params["offset"]) == (3, 4)


def test_names_a_person_types(tmp_path: Path) -> None:
    assert [canonical_encoding(name) for name in ("SJIS", "Windows-31J", "UTF8", "ms932", "Shift_JIS")] == [
        "cp932", "cp932", "utf-8", "cp932", "cp932",
    ]  # fmt: skip
    path = tmp_path / "a.csv"
    path.write_text(TEXT, encoding="utf-8-sig")
    assert chosen_encoding(path, "utf-8") == "utf-8-sig"
    path.write_text(TEXT, encoding="utf-8")
    assert chosen_encoding(path, "utf-8-sig") == "utf-8"


# Bytes that mean nothing, and characters that do not come back the same from CP932.
NOT_OURS = "\0\x1b\x80\uf8f0\uf8f1\uf8f2\uf8f3\xa2\xa3\xac\u2016\u2212\u301c"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="cp932", exclude_characters=NOT_OURS), min_size=1))
def test_what_is_detected_decodes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode("cp932"))
    try:
        found = detect_encoding(path)
    except InputFault:
        pytest.fail("a CP932 text was refused")
    assert path.read_bytes().decode(found) is not None
