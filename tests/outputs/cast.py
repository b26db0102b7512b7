"""A town in which two people are protected and one of them is known to live with somebody who is not, and what must not be told."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import replace
from pathlib import Path

from app.bootstrap import FolderGateway, FolderSession
from app.domain.governance import ROLES
from app.domain.resident import ResidentRow
from app.usecases import buildings, survey_plans, surveys
from app.usecases.applications import apply
from app.usecases.context import Context
from app.usecases.operators import add_operator
from app.usecases.persons import correct_household
from app.usecases.photos import NewPhoto, add_photos, caption_photo, new_batch
from app.usecases.protections import Target, add_protection
from app.usecases.reception import Arrival, check_in, go_out
from app.usecases.residents import load_residents
from tests.certificates_town import add_building, ask, issue, sign_as_mayor
from tests.photographs import jpeg_of, scene
from tests.stores import OCCURRED, RESIDENTS, Clock, Town

CLERK, CLERK_PASSWORD = "何でもする人", "every role but one"
EVERY_ROLE = tuple(role for role in ROLES if role != "protected")

HIDDEN = (
    ResidentRow(
        "7000000001",
        "H70",
        "隠岐　静香",
        "オキ　シズカ",
        "昭和60年4月5日",
        "女",
        "世帯主",
        "999-9991",
        "見本市隠町9丁目8番7号",
        "隠町",
        "090-9876-1111",
        "",
        True,
        1,
    ),
    ResidentRow(
        "7000000002",
        "H71",
        "守田　葵",
        "モリタ　アオイ",
        "昭和61年6月7日",
        "女",
        "世帯主",
        "999-9992",
        "見本市伏町6丁目5番4号",
        "伏町",
        "090-9876-2222",
        "",
        False,
        1,
    ),
)
"""The first is flagged in the data, the second is under a measure."""
MATE = ResidentRow(
    "7000000003", "H70", "隠岐　武", "オキ　タケシ", "昭和58年1月1日", "男", "夫", "", "見本市見える町1", "本町", "", "", False, 2
)
EXTRA = {"mobile": "08098763333", "workplace": "秘密の勤め先", "note": "居所は内緒", "needs": ["care"]}

_CHANCE = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b")
SECRETS = (
    "隠岐　静香", "静香", "オキ　シズカ", "シズカ", "守田", "葵", "モリタ", "アオイ", "隠町", "伏町", "9丁目8番7号", "6丁目5番4号",
    "9876", "8098763333", "秘密の勤め先", "内緒", "秘密の連絡先", "7000000001", "7000000002", "9999991", "999-9991", "999-9992",
)  # fmt: skip


def fill(town: Town) -> dict[str, str]:
    """Put everybody into the store; ids by word."""
    rows = [HIDDEN[0], MATE, HIDDEN[1], *RESIDENTS]
    snapshot, _ = load_residents(town.ctx, batches=[rows], as_of=OCCURRED, label="出力の試験")
    ids = [f"{snapshot.id}:{place}" for place in range(3)]
    home = check_in(
        town.ctx,
        shelter_id=town.shelters[1],
        arrivals=[Arrival(resident_id=ids[0], values=EXTRA), Arrival(resident_id=ids[1])],
        household={"label": "隠岐　静香", "emergency_contact": "秘密の連絡先"},
    )
    measured = check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(resident_id=ids[2], values=EXTRA)])
    go_out(town.ctx, person_id=measured.persons[0])
    add_protection(town.ctx, target=Target(resident_no="7000000002"), ends="R6.1.5", note="居所は内緒")
    seen = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=f"{snapshot.id}:3")])
    correct_household(town.ctx, household_id=seen.household, version=1, values={"pets": "猫"})
    house, number, linked = build(town, ids)
    papers = write_papers(town, house, linked.victim_id, f"{snapshot.id}:4")
    add_operator(town.ctx, name=CLERK, roles=list(EVERY_ROLE), password=CLERK_PASSWORD)
    town.clock.forward(hours=2)
    return {
        "snapshot": snapshot.id, "older": town.ctx.reads.residents.snapshots()[-1].id, "resident": ids[0], "measured resident": ids[2],
        "person": home.persons[0], "mate": home.persons[1], "measured": measured.persons[0], "seen": seen.persons[0],
        "household": home.household, "stay": home.stays[0], "number": home.numbers[0], "house": house, "house number": number,
        "victim": linked.victim_id, "occupancy": linked.occupancy_id, **papers,
    }  # fmt: skip


def build(town: Town, residents: list[str]) -> tuple[str, str, buildings.Linked]:
    """A surveyed house that one of them owns and all of them live in, on a team's list, with a request: id, number, the first household."""
    owner = {"owner_name": "隠岐　静香", "owner_kana": "オキ　シズカ", "owner_address": "見本市隠町9丁目8番7号", "owner_phone": "090-9876-1111"}
    house, _ = buildings.save_building(town.ctx, values={"address": "見本市本町9-1", "tax_no": "T1", **owner})
    first = buildings.link_household(town.ctx, building_id=house, resident_id=residents[0])
    buildings.link_household(town.ctx, building_id=house, resident_id=residents[2])
    buildings.link_household(town.ctx, building_id=house, values={"head_name": "守田　葵", "head_kana": "モリタ　アオイ"})
    given = {"method": "other", "typed_grade": "half", "hazard": "earthquake", "inputs": {}, "surveyed_on": "2024-01-02"}
    made = surveys.record_survey(town.ctx, building_id=house, **given)  # type: ignore[arg-type]
    other = replace(town.ctx, actor=replace(town.ctx.actor, operator_id="other", name="確認する人"))
    surveys.check_surveys(other, survey_ids=[made.survey.id], accept=True)
    surveys.open_appeal(town.ctx, building_id=house, victim_id=first.victim_id, asked_by="隠岐　静香", phone="090-9876-1111", reason="内緒")
    team, _ = survey_plans.save_team(town.ctx, values={"name": "見本班"})
    survey_plans.assign_buildings(town.ctx, team_id=team, day="2024-01-03", building_ids=[house])
    return house, buildings.building_rows(town.ctx, [house])[0].number, first


def write_papers(town: Town, house: str, victim: str, neighbour: str) -> dict[str, str]:
    """A photo of the house, an application and a certificate of its household, and those of somebody nothing is hidden of."""
    sign_as_mayor(town.ctx)
    hidden = {"applicant_name": "隠岐　静香", "applicant_kana": "オキ　シズカ", "applicant_birth": "S60.4.5", "phone": "090-9876-1111", "note": "内緒"}
    asked = apply(town.ctx, values=hidden, building_id=house, victim_id=victim)
    made = issue(town.ctx, asked.application.id)
    other = ask(town.ctx, add_building(town.ctx, resident=neighbour, grade="half"))
    add_photos(town.ctx, batch=new_batch(town.ctx, label="見本"), photos=[photo(town, house)])
    shown = town.ctx.reads.photos.ids(building_id=house)[0]
    caption_photo(town.ctx, photo_id=shown, version=1, caption="隠岐　静香の家")
    return {
        "application": asked.application.id, "application number": asked.application.number, "certificate": made.certificates[0],
        "certificate number": town.ctx.reads.certificates.certificate_rows(made.certificates)[0].number, "photo": shown,
        "photo number": town.ctx.reads.photos.rows([shown])[0].number, "other number": other.application.number,
    }  # fmt: skip


def photo(town: Town, house: str) -> NewPhoto:
    """A small picture of a house, kept already."""
    data = jpeg_of(scene(320, 240))
    assert town.ctx.attachments is not None
    return NewPhoto(
        name="外観.jpg", place=1, sha256=hashlib.sha256(data).hexdigest(), content=town.ctx.attachments.put(data), bytes=len(data), width=320,
        height=240, building_id=house, matched="hand",
    )  # fmt: skip


class OneSession(FolderGateway):
    """Signs in once and keeps the folder open, as a window does: a password is slow to check by design."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(now=clock)
        self.kept: FolderSession | None = None

    def open(self, folder: Path, *, operator: str, password: str, read_only: bool = False) -> FolderSession:
        """The session, opened on first use; its ``close`` does nothing until ``end``."""
        if self.kept is None:
            self.kept = super().open(folder, operator=operator, password=password, read_only=read_only)
            self.close, self.kept.close = self.kept.close, lambda *, backup=True: None  # type: ignore[method-assign]
        return self.kept

    def end(self) -> None:
        """Close the folder."""
        if self.kept is not None:
            self.close(backup=False)

    @property
    def context(self) -> Context:
        """Who acts."""
        assert self.kept is not None
        return self.kept.context


def told_in(path: Path) -> str:
    """Every text a file holds, however it is packed."""
    raw = path.read_bytes()
    packed = raw.startswith((b"PK", b"%PDF", b"age-encryption"))
    texts = [] if packed else [raw.decode(codec, errors="ignore") for codec in ("utf-8", "cp932", "utf-16-le", "utf-16-be")]
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            texts += [archive.read(name).decode("utf-8", errors="ignore") for name in archive.namelist()]
    if raw.startswith(b"%PDF"):
        import pypdfium2

        document = pypdfium2.PdfDocument(path)
        texts += [page.get_textpage().get_text_range() for page in document]
        texts.append(repr(document.get_metadata_dict()))
    return "\n".join(texts)


def leaks(text: str) -> list[str]:
    """The secrets that a text tells, with or without the spaces in them. Ids and hashes, in which any four digits come up, are left out."""
    text = _CHANCE.sub("", text)
    folded = "".join(text.split())
    return [secret for secret in SECRETS if secret in text or "".join(secret.split()) in folded]
