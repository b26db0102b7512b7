"""Key slots: who gets in, who does not, and how long the next try waits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import gateway
from app.domain.errors import EnvironmentFault, IntegrityFault, RuleViolation
from app.storage.desk import keys_of, read_desk, ring_of
from app.storage.keyring import Keyring, normalise_recovery
from app.usecases.operators import add_operator, change_password, disable_operator, find_operator, reset_password
from tests.stores import OPERATOR, PASSWORD, Clock, Town, run_sql, setup_of

OTHER, OTHER_PASSWORD = "避難 次郎", "another long secret"


def sign_in(folder: Path, operator: str = OPERATOR, password: str = PASSWORD) -> None:
    """Open and close."""
    gateway(now=Clock()).open(folder, operator=operator, password=password).close(backup=False)


def refused(folder: Path, operator: str, password: str) -> str:
    """The code with which signing in is refused."""
    with pytest.raises((EnvironmentFault, RuleViolation)) as caught:
        sign_in(folder, operator, password)
    return caught.value.code


def test_name_is_read_in_any_width_case_and_spacing(folder: Path) -> None:
    sign_in(folder, OPERATOR.replace(" ", "　"))
    sign_in(folder, OPERATOR.replace(" ", ""))


def test_wrong_passwords_wait_longer_and_longer_and_success_forgets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000_000.0]
    monkeypatch.setattr("app.storage.keyring.time.time", lambda: now[0])
    waits = []
    for _ in range(9):
        assert refused(folder, OPERATOR, "wrong password") == "signin.refused"
        waits.append(round(gateway().wait_seconds(folder)))
        if waits[-1]:
            assert refused(folder, OPERATOR, PASSWORD) == "signin.wait"
        now[0] += waits[-1]
        if read_desk(folder):  # there the server's clock counts
            run_sql(folder, "UPDATE keyring SET failed_at = failed_at - ?", waits[-1] * 1000)
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60]
    sign_in(folder)
    assert gateway().wait_seconds(folder) == 0


@pytest.mark.of_the_file
def test_wait_survives_a_clock_set_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000_000.0]
    monkeypatch.setattr("app.storage.keyring.time.time", lambda: now[0])
    for _ in range(3):
        refused(folder, OPERATOR, "wrong password")
    now[0] -= 86400
    assert gateway().wait_seconds(folder) == 1


def test_recovery_key_opens_once_typed_in_any_way_and_gives_a_new_password(recovery: str, folder: Path) -> None:
    key = recovery
    assert len(normalise_recovery(key)) == 32
    typed = key.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    gateway(now=Clock()).recover(folder, recovery_key=typed, operator=OPERATOR.replace(" ", "　"), password="brand new secret").close(
        backup=False
    )
    assert refused(folder, OPERATOR, PASSWORD) == "signin.refused"
    sign_in(folder, password="brand new secret")


def test_wrong_recovery_key_unknown_operator_and_weak_password_change_nothing(recovery: str, folder: Path) -> None:
    key, before = recovery, keys_of(folder).read()
    gate = gateway(now=Clock())
    with pytest.raises(EnvironmentFault, match="signin.recovery_refused"):
        gate.recover(folder, recovery_key="A" + key[1:] if key[0] != "A" else "B" + key[1:], operator=OPERATOR, password="brand new secret")
    with pytest.raises(RuleViolation, match="operator.not_found"):
        gate.recover(folder, recovery_key=key, operator="知らない 人", password="brand new secret")
    with pytest.raises(RuleViolation, match="operator.password_short"):
        gate.recover(folder, recovery_key=key, operator=OPERATOR, password="short")
    assert keys_of(folder).read() == before
    sign_in(folder)


def test_change_of_password_needs_the_old_one(town: Town) -> None:
    with pytest.raises(EnvironmentFault, match="signin.refused"):
        change_password(town.ctx, old="not the old one", new="brand new secret")
    with pytest.raises(RuleViolation, match="operator.password_short"):
        change_password(town.ctx, old=PASSWORD, new="short")
    change_password(town.ctx, old=PASSWORD, new="brand new secret")
    town.session.close(backup=False)
    assert refused(town.folder, OPERATOR, PASSWORD) == "signin.refused"
    sign_in(town.folder, password="brand new secret")


def test_disabled_operator_opens_nothing_and_may_return_under_the_same_name(town: Town) -> None:
    first, _ = add_operator(town.ctx, name=OTHER, roles=["shelter"], password=OTHER_PASSWORD)
    assert ring_of(town.folder).unlock(login=OTHER, password=OTHER_PASSWORD)
    disable_operator(town.ctx, operator_id=first)
    assert find_operator(town.ctx, name=OTHER).disabled
    with pytest.raises(RuleViolation, match="operator.already_disabled"):
        disable_operator(town.ctx, operator_id=first)
    second, _ = add_operator(town.ctx, name=OTHER, roles=["view"], password="yet another secret")
    assert find_operator(town.ctx, name=OTHER.replace(" ", "　")).id == second
    town.session.close(backup=False)
    assert refused(town.folder, OTHER, OTHER_PASSWORD) == "signin.refused"
    sign_in(town.folder, OTHER, "yet another secret")


def test_record_disabled_before_its_key_was_taken_is_still_refused(town: Town) -> None:
    made, _ = add_operator(town.ctx, name=OTHER, roles=["shelter"], password=OTHER_PASSWORD)
    slots = keys_of(town.folder).read()
    disable_operator(town.ctx, operator_id=made)
    town.session.close(backup=False)
    _put_keys(town.folder, slots)  # killed between the record and the key file
    assert refused(town.folder, OTHER, OTHER_PASSWORD) == "signin.disabled"


def test_reset_password_and_taken_names(town: Town) -> None:
    made, _ = add_operator(town.ctx, name=OTHER, roles=["shelter"], password=OTHER_PASSWORD)
    with pytest.raises(RuleViolation, match="operator.name_taken"):
        add_operator(town.ctx, name=OTHER.replace(" ", ""), roles=["shelter"], password=OTHER_PASSWORD)
    with pytest.raises(RuleViolation, match="operator.name_missing"):
        add_operator(town.ctx, name="　", roles=["shelter"], password=OTHER_PASSWORD)
    reset_password(town.ctx, operator_id=made, new="brand new secret")
    town.session.close(backup=False)
    assert refused(town.folder, OTHER, OTHER_PASSWORD) == "signin.refused"
    sign_in(town.folder, OTHER, "brand new secret")


def test_slot_that_could_not_be_written_is_not_kept(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Keyring) -> None:
        raise EnvironmentFault("file.disk_full")

    with monkeypatch.context() as patched:
        patched.setattr(Keyring, "save", full)
        with pytest.raises(EnvironmentFault, match="file.disk_full"):
            add_operator(town.ctx, name=OTHER, roles=["shelter"], password=OTHER_PASSWORD)
    add_operator(town.ctx, name=OTHER, roles=["shelter"], password=OTHER_PASSWORD)
    town.session.close(backup=False)
    sign_in(town.folder, OTHER, OTHER_PASSWORD)


def _put_keys(folder: Path, text: str) -> None:
    place = keys_of(folder)
    place.read()
    place.write(text)


def _damage(folder: Path, change: Any) -> None:
    content = json.loads(keys_of(folder).read())
    change(content)
    _put_keys(folder, json.dumps(content))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"{}", b'{"format": 1}'],
    ids=["empty", "cut", "list", "null", "binary", "nothing", "no slots"],
)
def test_damaged_key_file_is_said(folder: Path, content: bytes) -> None:
    if read_desk(folder):
        run_sql(folder, "UPDATE keyring SET content = ?", content.replace(b"\0", b"").decode("latin-1"))
    else:
        (folder / "keys.json").write_bytes(content)
    with pytest.raises(IntegrityFault, match="store.keys_damaged"):
        sign_in(folder)


def test_changed_value_in_key_file_is_said(folder: Path) -> None:
    _damage(folder, lambda content: content["slots"][0].update(salt="AAAA"))
    with pytest.raises(IntegrityFault, match="store.keys_damaged"):
        sign_in(folder)


def test_missing_folder_and_existing_store(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="store.not_found"):
        sign_in(tmp_path / "nowhere")
    with pytest.raises(EnvironmentFault, match="store.exists"):
        gateway(now=Clock()).create(folder, setup_of())
    sign_in(folder)


@pytest.mark.parametrize("field", ["disaster_name", "site_name", "operator"])
def test_set_up_that_lacks_something_leaves_no_folder_behind(tmp_path: Path, field: str) -> None:
    with pytest.raises(RuleViolation):
        gateway(now=Clock()).create(tmp_path / "new", setup_of(**{field: " "}))
    assert not (tmp_path / "new" / "keys.json").exists()
    with pytest.raises(RuleViolation, match="operator.password_short"):
        gateway(now=Clock()).create(tmp_path / "new", setup_of(password="short"))
    assert not list((tmp_path / "new").glob("store.db*"))
