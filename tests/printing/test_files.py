"""Output files are whole or not there."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from app.domain.errors import Cancelled, EnvironmentFault
from app.resources import read_messages
from app.usecases.files import atomic_output

HAS_FULL_DEVICE = os.path.exists("/dev/full")


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_the_file_appears_whole_under_its_name(tmp_path: Path) -> None:
    out = tmp_path / "名簿 1月5日.csv"
    out.write_text("old")
    with atomic_output(out) as temporary:
        temporary.write_text("new")
        assert (out.read_text(), temporary.parent, temporary.suffix) == ("old", tmp_path, ".csv")
    assert (out.read_text(), names(tmp_path)) == ("new", [out.name])


def test_a_name_of_the_longest_length_can_be_written(tmp_path: Path) -> None:
    out = tmp_path / ("名" * 83 + ".pdf")  # 253 bytes
    with atomic_output(out) as temporary:
        temporary.write_text("x")
    assert names(tmp_path) == [out.name]


@pytest.mark.parametrize("error", [Cancelled(), ValueError("x"), KeyboardInterrupt()])
def test_any_error_leaves_the_old_file_and_passes(tmp_path: Path, error: BaseException) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(type(error)), atomic_output(tmp_path / "a") as temporary:
        temporary.write_text("half")
        raise error
    assert ((tmp_path / "a").read_text(), names(tmp_path)) == ("old", ["a"])


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "file.disk_full"),
        (errno.EDQUOT, "file.disk_full"),
        (errno.EACCES, "file.not_writable"),
        (errno.EROFS, "file.not_writable"),
        (errno.EBUSY, "file.in_use"),
        (errno.EIO, "file.write_failed"),
    ],
)
def test_each_cause_has_its_code_and_words(tmp_path: Path, number: int, code: str) -> None:
    out = tmp_path / "a"
    with pytest.raises(EnvironmentFault) as caught, atomic_output(out) as temporary:
        temporary.write_text("half")
        raise OSError(number, os.strerror(number))
    assert (caught.value.code, caught.value.params["path"]) == (code, str(out))
    assert str(out) in read_messages()[code].format(**caught.value.params)
    assert names(tmp_path) == []


def test_a_disk_that_is_full_only_at_the_flush(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(EnvironmentFault, match="file.disk_full"), atomic_output(tmp_path / "a") as temporary:
        temporary.write_text("x")
    assert names(tmp_path) == []


@pytest.mark.skipif(not HAS_FULL_DEVICE, reason="no /dev/full here")
def test_a_device_that_is_really_full(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="file.disk_full"), atomic_output(tmp_path / "a") as temporary:
        temporary.symlink_to("/dev/full")
        with temporary.open("wb") as file:
            file.write(b"x" * 100)
    assert names(tmp_path) == []


def test_a_missing_folder_and_a_folder_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="file.folder_missing"), atomic_output(tmp_path / "gone" / "a") as temporary:
        temporary.write_text("x")
    (tmp_path / "b").mkdir()
    with pytest.raises(EnvironmentFault, match="file.not_writable"), atomic_output(tmp_path / "b") as temporary:
        temporary.write_text("x")
    assert names(tmp_path) == ["b"]


def test_an_error_about_another_file_is_not_blamed_on_the_output(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_output(tmp_path / "a") as temporary:
        temporary.write_text((tmp_path / "source").read_text())
    assert names(tmp_path) == []
