"""Nothing of a person, operator or shelter stands in clear in any file of the data folder, at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.domain.errors import EnvironmentFault
from app.usecases.backups import back_up_now
from app.usecases.reception import Arrival, check_in
from tests.stores import OPERATOR, PASSWORD, RESIDENTS, SHELTERS, SITE, Clock, Town, open_town

ROOT = Path(__file__).resolve().parents[2]
EVACUEE = "架空　しのぶ"
SECRETS = [
    *(part for row in RESIDENTS for part in row.name.split("　") if len(part) > 1),
    *(row.kana for row in RESIDENTS),
    *(row.address for row in RESIDENTS),
    *SHELTERS,
    *(EVACUEE.split("　")),
    OPERATOR,
    OPERATOR.split()[0],
    SITE,
    PASSWORD,
    "見本地震",
    "タカハシ",
    "0000000011",
    "090-0000-1111",
]


_TELLING = 6
"""Bytes: four given ones stand in some megabytes of cipher text by chance once in a thousand times, six never."""


def leaks(folder: Path) -> list[str]:
    """Each secret found in a file, in any encoding a program might use in which it is long enough to be no coincidence."""
    found = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        for secret in SECRETS:
            forms = [secret.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "cp932")] + [ascii(secret)[1:-1].encode()]
            found += [f"{file.name}: {secret}" for form in forms if len(form) >= _TELLING and form in content]
    return found


def test_the_search_itself_finds_secrets(tmp_path: Path) -> None:
    (tmp_path / "clear.bin").write_bytes(b"\0" + "髙橋".encode("cp932", "replace") + EVACUEE.encode("utf-16-le"))
    assert leaks(tmp_path)


@pytest.mark.of_the_file
def test_closed_folder_tells_nothing(folder: Path) -> None:
    assert (folder / "store.db").stat().st_size > 100_000
    assert leaks(folder) == []


def test_open_folder_with_log_backups_and_lock_tells_nothing(town: Town) -> None:
    check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": EVACUEE, "kana": "カクウ シノブ"})])
    made, problems = back_up_now(town.ctx, folder=town.folder)
    assert problems == [] and made
    names = {path.name for path in town.folder.rglob("*")}
    own = {"store.db", "store.db-wal", "store.db-shm", "lock", "lock.note", "keys.json", "reserve.bin"}
    assert ({"database.json", "backups"} if town.on_server else own) <= names
    assert leaks(town.folder) == []


def test_open_transaction_with_spilled_pages_tells_nothing(town: Town) -> None:
    with town.ctx.unit() as uow:
        batches = ([row._replace(resident_no=f"{n:010d}") for n, row in enumerate(RESIDENTS * 400)] for _ in range(4))
        from app.usecases.job import QUIET

        uow.load_residents(batches, snapshot_id="s", label=SITE, as_of=town.clock(), known_at=town.clock(), files=(), job=QUIET)
        town.ctx.reads.search.find("タカハシ")
        assert leaks(town.folder) == []


def test_killed_program_leaves_nothing_in_clear(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.stores import *; from app.usecases.reception import *\n"
        "town = open_town(Path(sys.argv[1]), Clock())\n"
        "unit = town.ctx.unit(); uow = unit.__enter__()\n"
        "from app.domain.evacuee import Person; from app.domain.identifiers import new_id\n"
        f"uow.persons.add_many([Person(id=new_id(), name={EVACUEE!r}) for _ in range(1 if town.on_server else 3000)])\n"
        "print('ready', flush=True); sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout and process.stdin
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stdin.close()
    assert leaks(folder) == []
    town = open_town(folder, Clock())
    try:
        assert town.ctx.reads.persons.ids() == []
        assert town.problems() == []
    finally:
        town.session.close(backup=False)


def test_key_file_holds_no_name_and_wrong_name_says_no_more_than_wrong_password(folder: Path) -> None:
    codes = set()
    for operator, password in ((OPERATOR, "wrong password"), ("知らない 人", PASSWORD)):
        with pytest.raises(EnvironmentFault) as caught:
            gateway(now=Clock()).open(folder, operator=operator, password=password)
        codes.add(caught.value.code)
    assert codes == {"signin.refused"}
    assert leaks(folder) == []
