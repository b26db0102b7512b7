"""Applications and certificates: 罹災証明書 (with a degree) and 被災証明書 = 罹災届出証明書 (without one). DOMAIN 2.

A certificate is a frozen paper: what was printed, with which form, by whom. A newer judgement makes it superseded, never changes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.records import Record

KINDS = ("damage", "report")
"""罹災証明書 and 被災証明書（罹災届出証明書）."""
APPLICATION_STATES = ("received", "awaiting", "judged", "approved", "issued", "closed")
"""受付, 調査待ち, 判定, 決裁, 交付, 取下げ・終了."""
ROLES = ("self", "household", "agent", "kin", "owner", "office")
CHANNELS = ("counter", "post", "online", "outreach", "phone", "push")
PURPOSES = ("relief_fund", "donation", "loan", "insurance", "tax", "fee", "housing", "repair", "school", "employer", "utility", "other")
OBJECTS = ("vehicle", "wall", "carport", "barn", "goods", "business", "tomb", "presence", "other")
CERTIFICATE_STATES = ("issued", "superseded", "revoked")
COPY_REASONS = ("first", "additional", "reissue", "misprint", "replacement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Application(Record):
    """Somebody asks for a certificate. ``number`` (受付番号) comes from this device's range, ``queue`` is the number called out today.

    ``cause`` is the 罹災原因 as it will be printed. ``declared``: written down as told, before the snapshot was ready.
    ``self_judgement``: consents to 準半壊に至らない without a visit. Days are ISO text.
    """

    number: str = ""
    queue: str = ""
    kind: str = "damage"
    state: str = "received"
    applied_on: str = ""
    channel: str = "counter"
    applicant_name: str = ""
    applicant_kana: str = ""
    applicant_birth: str = ""
    applicant_role: str = "self"
    proxy: bool = False
    identified: str = ""
    phone: str = ""
    contact_postal: str = ""
    contact_address: str = ""
    victim_id: str = ""
    building_id: str = ""
    cause: str = ""
    damage: str = ""
    objects: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    copies: int = 1
    with_members: bool = False
    self_judgement: bool = False
    declared: bool = False
    survey_id: str = ""
    grade: str = ""
    judged_at: datetime | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    reason: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Record):
    """An issued certificate. ``values`` is the frozen JSON of the form's variables, ``copies`` how many papers were printed so far (発行回数).

    ``provisional`` until headquarters has seen the number; ``code`` is the text of its QR, with the municipality's signature.
    ``newer_grade``: the building was judged anew since, and the paper that says so is not issued yet (差替が必要).
    """

    number: str = ""
    kind: str = "damage"
    application_id: str = ""
    victim_id: str = ""
    building_id: str = ""
    survey_id: str = ""
    grade: str = ""
    newer_grade: str = ""
    form: str = ""
    form_version: int = 0
    form_digest: str = ""
    values: str = ""
    code: str = ""
    issued_on: str = ""
    issued_at: datetime | None = None
    issued_by: str = ""
    copies: int = 0
    state: str = "issued"
    superseded_by: str = ""
    ended_at: datetime | None = None
    reason: str = ""
    provisional: bool = True
    declared: bool = False
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCopy(Record):
    """One printed paper of a certificate: the ``copy``-th. ``batch`` is the print run it was part of.

    ``place``: from 0, among the ``papers`` of its form in that run, with those that could not be printed: a run that goes on prints the same sheets.
    """

    certificate_id: str
    copy: int
    printed_at: datetime
    printed_by: str
    reason: str = "first"
    batch: str = ""
    place: int = 0
    papers: int = 0
    target: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDesign(Record):
    """A version of a printed form made by this municipality. ``layout`` is the whole text of its layout file (TOML).

    ``state``: ``draft``, ``approved`` (used from then on), ``retired``. Only an approved one is printed on real paper.
    """

    form: str
    number: int = 1
    title: str = ""
    layout: str = ""
    state: str = "draft"
    made_by: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SealPicture(Record):
    """The picture of the municipality's seal (公印). ``picture`` is a PNG as base64 text; ``width`` mm on paper."""

    name: str
    picture: str = ""
    width: float = 24.0
    state: str = "draft"
    made_by: str = ""
    approved_by: str = ""
    note: str = ""
    deleted: bool = False
