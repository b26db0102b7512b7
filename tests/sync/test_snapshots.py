"""Snapshots between stores: the same people under the same ids, whole or in part, once or twice, or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import FolderSession, gateway
from app.domain.errors import Cancelled, IntegrityFault, RuleViolation
from app.domain.identifiers import new_id
from app.domain.protection import Protection
from app.domain.resident import Finding, ResidentRow, Snapshot, SourceMark
from app.presentation.messages import message
from app.syncing import snapshots
from app.syncing.snapshots import export_snapshot, inspect_snapshot, load_snapshot
from app.usecases.job import Job
from app.usecases.reception import Arrival, check_in
from app.usecases.snapshot_files import fold_passphrase, list_districts, suggest_passphrase
from tests.stores import OCCURRED, RESIDENTS, Clock, Town, setup_of

ROOT = Path(__file__).resolve().parents[2]
WORD = "1234-5678-9012"


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[FolderSession]:
    """Another store of the same municipality, without residents."""
    made, _ = gateway(now=Clock()).create(tmp_path / "laptop", setup_of(site_name="見本小学校", site_kind="shelter"))
    assert isinstance(made, FolderSession)
    yield made
    made.close(backup=False)


def snapshot_of(town: Town) -> Snapshot:
    found = town.ctx.reads.residents.active()
    assert found is not None
    return found


def export(town: Town, path: Path, district: str = "") -> Path:
    export_snapshot(town.ctx, target=path, snapshot_id=snapshot_of(town).id, passphrase=WORD, district=district)
    return path


def everybody(session: FolderSession, snapshot_id: str) -> dict[str, tuple[str, bool]]:
    """Id → number and protection of every resident there is."""
    views = (session.context.reads.residents.get(f"{snapshot_id}:{place}") for place in range(len(RESIDENTS)))
    return {view.id: (view.resident_no, view.protected) for view in views if view is not None}


def test_whole_district_and_twice(town: Town, laptop: FolderSession, tmp_path: Path) -> None:
    """A district first, somebody of it checked in, another district, then everybody: ids and links stay, the hash is the sender's."""
    sent = snapshot_of(town)
    assert list_districts(town.ctx, snapshot_id=sent.id) == [("山手", 1), ("本町", 4), ("港町", 1)]
    part = export(town, tmp_path / "港町.sasae-residents", "港町")
    card = inspect_snapshot(laptop.context, source=part, passphrases=[WORD])
    assert (card.district, card.residents, card.span, card.whole, card.disaster) == ("港町", 1, 6, False, "見本地震")
    done = load_snapshot(laptop.context, source=part, passphrases=["１２３４ ５６７８ ９０１２"])
    assert (done.code, done.received.added, done.received.snapshot.district) == ("transfer.loaded", 1, "港町")
    assert everybody(laptop, sent.id) == {f"{sent.id}:4": ("0000000021", True)}
    assert [hit.id for hit in laptop.context.reads.search.find("渡邉静")[0]] == [f"{sent.id}:4"]

    again = load_snapshot(laptop.context, source=part, passphrases=[WORD])
    assert (again.code, again.changes) == ("transfer.already", {}) and "すでに" in message(again.code)

    second = load_snapshot(laptop.context, source=export(town, tmp_path / "b", "山手"), passphrases=[WORD])
    assert (second.code, second.received.snapshot.district) == ("transfer.extended", "港町 / 山手")
    assert laptop.verify().ok

    whole = load_snapshot(laptop.context, source=export(town, tmp_path / "c"), passphrases=[WORD])
    made = whole.received.snapshot
    assert (whole.code, whole.received.added, made.district) == ("transfer.extended", 4, "")
    assert (made.sha256, made.residents, made.households) == (sent.sha256, sent.residents, sent.households)
    assert everybody(laptop, sent.id) == everybody(town.session, sent.id) and len(everybody(laptop, sent.id)) == 6
    assert [hit.id for hit in laptop.context.reads.search.find("髙橋一郎")[0]] == [f"{sent.id}:2"]
    assert load_snapshot(laptop.context, source=part, passphrases=[WORD]).code == "transfer.already"
    assert laptop.verify().ok


def test_another_snapshot_keeps_clear_of_the_places_of_a_part(town: Town, laptop: FolderSession, tmp_path: Path) -> None:
    from app.usecases.residents import load_residents

    sent = snapshot_of(town)
    load_snapshot(laptop.context, source=export(town, tmp_path / "a", "本町"), passphrases=[WORD])
    own, _ = load_residents(laptop.context, batches=[RESIDENTS], as_of=OCCURRED)
    load_snapshot(laptop.context, source=export(town, tmp_path / "b"), passphrases=[WORD])
    assert everybody(laptop, sent.id) == everybody(town.session, sent.id)
    assert [no for no, _ in everybody(laptop, own.id).values()] == [row.resident_no for row in RESIDENTS]
    assert laptop.verify().ok


def test_who_is_checked_in_stays_linked(town: Town, laptop: FolderSession, tmp_path: Path) -> None:
    from app.usecases.shelters import add_shelter

    sent = snapshot_of(town)
    add_shelter(laptop.context, values={"name": "見本小学校", "kana": "", "capacity": 10}, open_at=OCCURRED)
    load_snapshot(laptop.context, source=export(town, tmp_path / "a", "本町"), passphrases=[WORD])
    shelter = next(row.id for row in laptop.context.reads.shelters.rows(at=laptop.context.now()))
    check_in(laptop.context, shelter_id=shelter, arrivals=[Arrival(resident_id=f"{sent.id}:0")])
    load_snapshot(laptop.context, source=export(town, tmp_path / "b"), passphrases=[WORD])
    view = laptop.context.reads.residents.get(f"{sent.id}:0")
    assert view is not None and view.person_id and view.shelter_name == "見本小学校"


def protect(town: Town, resident_no: str) -> None:
    with town.ctx.unit() as uow:
        uow.protections.add(Protection(id=new_id(), resident_no=resident_no, note="秘密の事情", starts="2024-01-01"))
        uow.commit()


def test_a_measure_travels_as_a_mark_and_only_ever_grows(town: Town, laptop: FolderSession, tmp_path: Path) -> None:
    sent = snapshot_of(town)
    first = export(town, tmp_path / "a")
    load_snapshot(laptop.context, source=first, passphrases=[WORD])
    assert not everybody(laptop, sent.id)[f"{sent.id}:1"][1]
    protect(town, "0000000012")
    done = load_snapshot(laptop.context, source=export(town, tmp_path / "b"), passphrases=[WORD])
    assert (done.code, done.received.flagged, done.received.added) == ("transfer.flagged", 1, 0)
    assert everybody(laptop, sent.id)[f"{sent.id}:1"] == ("0000000012", True)
    assert not laptop.context.reads.all("protection"), "nothing of the measure but the mark"
    load_snapshot(laptop.context, source=first, passphrases=[WORD])
    assert everybody(laptop, sent.id)[f"{sent.id}:1"][1], "an older file takes no mark away"
    assert done.received.snapshot.sha256 == sent.sha256 and laptop.verify().ok


def test_without_the_right_protected_people_stay_out_of_the_file(town: Town, laptop: FolderSession, tmp_path: Path) -> None:
    protect(town, "0000000012")
    sent = snapshot_of(town)
    ctx = town.acting("admin")
    ctx = replace(ctx, reads=ctx.reads.seen_by(see_protected=False)) if hasattr(ctx.reads, "seen_by") else ctx
    done = export_snapshot(ctx, target=tmp_path / "a", snapshot_id=sent.id, passphrase=WORD)
    assert done.card.residents == 4 and [warning.code for warning in done.warnings] == ["transfer.without_protected"]
    load_snapshot(laptop.context, source=tmp_path / "a", passphrases=[WORD])
    assert set(everybody(laptop, sent.id)) == {f"{sent.id}:{place}" for place in (0, 2, 3, 5)}
    load_snapshot(laptop.context, source=export(town, tmp_path / "b"), passphrases=[WORD])
    assert everybody(laptop, sent.id) == everybody(town.session, sent.id)


def test_findings_and_sources_travel_those_of_a_district_with_it(town: Town, laptop: FolderSession, tmp_path: Path) -> None:
    from app.usecases.snapshot_files import describe_export

    found = [Finding("a.one", "0000000011", "H1", "髙橋　太郎"), Finding("a.two", "0000000021", "H2"), Finding("a.three", "", "H2")]
    mark = SourceMark("full.csv", "full", "0" * 64, 6, "2024-01-01")
    with town.ctx.unit() as uow:
        made = uow.load_residents(
            [RESIDENTS], snapshot_id=new_id(), label="再現", as_of=OCCURRED, known_at=OCCURRED, files=("full.csv",), job=Job(),
            origin="rebuild", sources=(mark,), findings=found,
        )  # fmt: skip
        uow.commit()
    assert describe_export(town.ctx, snapshot_id=made.id).sources == (mark,)
    export_snapshot(town.ctx, target=tmp_path / "a", snapshot_id=made.id, passphrase=WORD, district="港町")
    export_snapshot(town.ctx, target=tmp_path / "b", snapshot_id=made.id, passphrase=WORD)
    load_snapshot(laptop.context, source=tmp_path / "a", passphrases=[WORD])
    reads = laptop.context.reads.residents
    assert [one.code for one in reads.findings(snapshot_id=made.id)] == ["a.two", "a.three"]
    load_snapshot(laptop.context, source=tmp_path / "b", passphrases=[WORD])
    assert sorted(one.code for one in reads.findings(snapshot_id=made.id)) == ["a.one", "a.three", "a.two"]
    assert [one.role for one in reads.snapshots()[0].sources] == ["full", "snapshot", "snapshot"]


def test_refusals(town: Town, laptop: FolderSession, tmp_path: Path) -> None:
    sent = snapshot_of(town)
    for act, code in (
        (
            lambda: export_snapshot(town.ctx, target=tmp_path / "a", snapshot_id=sent.id, passphrase="1-2-3-4-5"),
            "transfer.passphrase_short",
        ),
        (lambda: export_snapshot(town.ctx, target=tmp_path / "a", snapshot_id="none", passphrase=WORD), "snapshot.not_found"),
        (lambda: export_snapshot(town.acting("shelter"), target=tmp_path / "a", snapshot_id=sent.id, passphrase=WORD), "permission.denied"),
        (lambda: load_snapshot(town.acting("shelter"), source=tmp_path / "a", passphrases=[WORD]), "permission.denied"),
    ):
        with pytest.raises(RuleViolation) as fault:
            act()
        assert fault.value.code == code and not (tmp_path / "a").exists()
    training = replace(town.ctx, place=replace(town.ctx.place, training=True, disaster_name="訓練"))
    export_snapshot(training, target=tmp_path / "t", snapshot_id=sent.id, passphrase=WORD)
    with pytest.raises(RuleViolation) as refused:
        load_snapshot(laptop.context, source=tmp_path / "t", passphrases=[WORD])
    assert refused.value.code == "transfer.training" and not laptop.context.reads.residents.snapshots()


def test_damage_at_the_end_and_cancel_roll_everything_back(town: Town, laptop: FolderSession, tmp_path: Path) -> None:
    path = export(town, tmp_path / "a")
    raw = path.read_bytes()
    for changed, code in ((raw[:-40] + bytes([raw[-40] ^ 1]) + raw[-39:], "sealed.damaged"), (raw + b"\0", "sealed.appended")):
        path.write_bytes(changed)
        with pytest.raises(IntegrityFault) as fault:
            load_snapshot(laptop.context, source=path, passphrases=[WORD])
        assert fault.value.code == code and not laptop.context.reads.residents.snapshots()
    path.write_bytes(raw)
    with pytest.raises(Cancelled):
        load_snapshot(laptop.context, source=path, passphrases=[WORD], job=Job(cancelled=lambda: True))
    with pytest.raises(Cancelled):
        export_snapshot(town.ctx, target=path, snapshot_id=snapshot_of(town).id, passphrase=WORD, job=Job(cancelled=lambda: True))
    assert path.read_bytes() == raw and not laptop.context.reads.residents.snapshots()
    assert not laptop.context.reads.journal.access()


def test_rows_that_are_not_those_of_the_card_are_refused(
    town: Town, laptop: FolderSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = snapshots.snapshot_files.carry_residents

    def forged(*args: object, **given: object) -> Iterator[list[object]]:
        for batch in real(*args, **given):  # type: ignore[arg-type]
            yield [one._replace(row=one.row._replace(name="別の人")) for one in batch]

    monkeypatch.setattr(snapshots.snapshot_files, "carry_residents", forged)
    with pytest.raises(IntegrityFault) as fault:
        load_snapshot(laptop.context, source=export(town, tmp_path / "a"), passphrases=[WORD])
    assert fault.value.code == "transfer.content_changed" and not laptop.context.reads.residents.snapshots()


def test_the_export_is_in_the_access_log_with_its_number_of_people(town: Town, tmp_path: Path) -> None:
    export(town, tmp_path / "x.sasae-residents", "本町")
    (entry,) = [entry for entry in town.ctx.reads.journal.access() if entry.action == "export"]
    assert (entry.persons, entry.target) == (4, "x.sasae-residents")


def test_passphrases_are_read_as_they_are_spoken() -> None:
    word = suggest_passphrase()
    assert len(word) == 19 and word != suggest_passphrase()
    digits = word.replace("-", "")
    for spoken in (word, digits, word.replace("-", " "), word.replace("-", "　"), word.replace("-", "ー"), f" {word} "):
        assert fold_passphrase(spoken) == digits
    assert fold_passphrase(" correct horse ") == "correct horse"


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from app.syncing.sealed import Lock, write_sealed
import os
def parts():
    for _ in range(4000):
        yield os.urandom(50_000)
        print("x", flush=True)
from pyrage import x25519
key = str(x25519.Identity.generate().to_public())
write_sealed(Path({path!r}), kind="residents", header={{}}, parts=parts(), lock=Lock(recipients=(key,)))
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_killed_while_writing_leaves_only_a_temporary_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sasae-residents"
    path.write_bytes(b"older")
    child = subprocess.Popen([sys.executable, "-c", KILLED.format(root=str(ROOT), path=str(path))], stdout=subprocess.PIPE)
    assert child.stdout is not None
    for _ in range(20):
        child.stdout.readline()
    time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert path.read_bytes() == b"older"
    assert all(file.name.startswith(".") and ".tmp" in file.name for file in tmp_path.iterdir() if file != path)


def test_texts_of_every_kind_survive(town: Town, laptop: FolderSession, tmp_path: Path) -> None:
    rows = [
        ResidentRow("1", "", "𠮷田　𩸽", "ヨシダ", "不詳", "", "", "", '\u3000\x1f\x1e"\\\n,', "区", "", "", False, 3, "NGUYỄN / 旧姓"),
        ResidentRow("", "H", "\ue000葛󠄀城", "", "", "", "", "", "", "区", "", "", True, 0, ""),
    ]
    with town.ctx.unit() as uow:
        made = uow.load_residents([rows], snapshot_id=new_id(), label="x", as_of=OCCURRED, known_at=OCCURRED, files=(), job=Job())
        uow.commit()
    export_snapshot(town.ctx, target=tmp_path / "a", snapshot_id=made.id, passphrase=WORD)
    done = load_snapshot(laptop.context, source=tmp_path / "a", passphrases=[WORD])
    received = [row for batch in laptop.context.reads.residents.rows(snapshot_id=made.id) for row in batch]
    assert [row._replace(line=0) for row in received] == rows and done.received.snapshot.sha256 == made.sha256
