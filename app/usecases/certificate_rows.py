"""Read models of applications and certificates: frozen rows for lists, one file for one screen, the facts a paper is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.domain.building import Building, Victim, VictimMember
from app.domain.certificate import Application, Certificate, CertificateCopy
from app.domain.survey import Survey

if TYPE_CHECKING:
    from app.usecases.context import Changes
    from app.usecases.forms import Signature

APPLICATION_SORTS = ("number", "applied", "waiting", "kana", "address", "state")
CERTIFICATE_SORTS = ("postal", "district", "address", "kana", "number")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFilter:
    """What a list of applications shows. "" and None ask for all. ``text``: number, queue number, name, kana, address, phone.

    ``missing``: a code of ``domain.certificate_states.MISSING`` that still stands in the way, e.g. ``building`` for those linked to none.
    ``waiting``: at least so many days since the application and no certificate yet. ``applied_from``/``applied_to``: ISO days.
    """

    text: str = ""
    state: str = ""
    kind: str = ""
    channel: str = ""
    district: str = ""
    grade: str = ""
    declared: bool | None = None
    missing: str = ""
    waiting: int = 0
    applied_from: str = ""
    applied_to: str = ""
    building_id: str = ""
    victim_id: str = ""
    sort: str = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRow:
    """An application in a list. ``grade`` is that of the building now ("" none counted yet), ``waiting_days`` until today or the issue.

    ``protected``: about a household under a protection measure; shown only to those with the right.
    """

    id: str
    version: int
    number: str
    queue: str
    kind: str
    state: str
    applied_on: str
    channel: str
    applicant_name: str
    applicant_kana: str
    applicant_role: str
    phone: str
    victim_id: str
    head_name: str
    building_id: str
    building_number: str
    building_address: str
    district: str
    grade: str
    copies: int
    self_judgement: bool
    declared: bool
    waiting_days: int
    certificate_id: str
    certificate_number: str
    protected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFilter:
    """What a list of certificates shows. "" and None ask for all. ``text``: number, name, kana, address.

    ``replace``: those whose building was judged anew since (差替が必要). ``unprinted``: fewer papers than were wanted so far.
    """

    text: str = ""
    state: str = ""
    kind: str = ""
    grade: str = ""
    district: str = ""
    provisional: bool | None = None
    declared: bool | None = None
    replace: bool = False
    unprinted: bool = False
    issued_from: str = ""
    issued_to: str = ""
    building_id: str = ""
    victim_id: str = ""
    sort: str = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """A certificate in a list. ``newer_grade`` is set while a newer judgement waits for its own paper (差替が必要).

    ``successor`` is the number of the certificate that replaced it. ``postal``, ``address``: where it is delivered (contact now, else
    the household's). ``phone``: how its holder is reached.
    """

    id: str
    version: int
    number: str
    kind: str
    grade: str
    newer_grade: str
    state: str
    head_name: str
    head_kana: str
    postal: str
    address: str
    district: str
    phone: str
    building_id: str
    building_number: str
    building_address: str
    victim_id: str
    application_id: str
    application_number: str
    issued_on: str
    issued_by: str
    copies: int
    wanted: int
    provisional: bool
    declared: bool
    successor: str
    reason: str
    form: str
    form_version: int
    form_digest: str
    protected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFile:
    """Everything about one application for one screen.

    ``survey`` is the one that gives the building's grade. ``missing``: codes of what still stands in the way of the next step (words:
    ``application.missing.<code>``). ``next_state``: where it goes next ("" nowhere). ``earlier``: other applications of the same household
    or building. ``letter_due``: the application is by an agent. ``photos`` counts those of the building.
    """

    application: Application
    victim: Victim | None
    members: tuple[VictimMember, ...]
    building: Building | None
    survey: Survey | None
    certificates: tuple[CertificateRow, ...]
    earlier: tuple[ApplicationRow, ...]
    missing: tuple[str, ...]
    next_state: str
    waiting_days: int
    photos: int = 0
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFile:
    """Everything about one certificate for one screen. ``values``: what is printed, by variable; ``copies`` oldest first.

    ``replaces``/``successor``: the certificates before and after it.
    """

    certificate: Certificate
    application: Application | None
    victim: Victim | None
    building: Building | None
    values: Mapping[str, str]
    copies: tuple[CertificateCopy, ...]
    replaces: CertificateRow | None
    successor: CertificateRow | None
    wanted: int
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedForm:
    """Which form a certificate is issued on: its name, version and the SHA-256 of its layout.

    ``required``: name and words of each value without which it is never printed.
    """

    form: str
    version: int
    digest: str
    required: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSettings:
    """How this municipality issues. Days are ISO text, "" for none.

    ``deadline``/``report_deadline``: the last day of application for each kind; after it there is a warning only. ``cause``: the 罹災原因
    when the application names none ("" writes "<day>の<disaster>による"). ``extra1``/``extra2``: standing texts of 追加記載事項欄.
    ``queue_prefix`` stands before the number that is called out. ``other_buildings``: 罹災証明書 also for what is no 住家. Who signs is
    kept with the forms (``usecases.forms.read_signature``). ``year`` 0: that of the disaster.
    """

    disaster_no: int = 1
    year: int = 0
    deadline: str = ""
    report_deadline: str = ""
    cause: str = ""
    extra1: str = ""
    extra2: str = ""
    queue_prefix: str = ""
    other_buildings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """All a certificate's paper is written from. ``members``: the household as it lived there, head first; empty unless they are printed.

    ``lives_there``: the building is where the household really lived (生活の本拠).
    """

    number: str
    kind: str
    grade: str
    issued_on: str
    code: str
    provisional: bool
    application: Application
    victim: Victim | None
    building: Building | None
    members: tuple[VictimMember, ...]
    room: str
    lives_there: bool
    survey: Survey | None
    disaster_name: str
    occurred_on: str
    signature: Signature
    settings: CertificateSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why one of many was not done: ``record`` is its id, ``number`` what people call it, ``code`` and ``params`` the message."""

    record: str
    number: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """An application taken down. ``warnings``: ``(code, params)``, nothing of which stopped it. ``queue`` is the number called out."""

    application: Application
    queue: str
    warnings: tuple[tuple[str, Mapping[str, Any]], ...]
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What became of many: ``moved`` are ids; ``withheld`` counts those left out because of a protection measure."""

    moved: tuple[str, ...]
    refused: tuple[Refusal, ...]
    changes: Changes
    withheld: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """Certificates issued. ``certificates`` are their ids in order, ``numbers`` theirs. ``approved``: how many were approved in the same act.

    ``withheld`` counts households under a protection measure that were left out; ``refused`` says why others were.
    ``warnings``: ``(code, params)``.
    """

    certificates: tuple[str, ...]
    numbers: tuple[str, ...]
    refused: tuple[Refusal, ...]
    changes: Changes
    approved: int = 0
    withheld: int = 0
    warnings: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundApplication:
    """What is told to whoever asks with number and birth date. ``next_step``: words ``application.next.<next_step>``."""

    number: str
    kind: str
    state: str
    applied_on: str
    waiting_days: int
    next_step: str
    certificate_number: str = ""
    issued_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a code on paper turned out to be. ``result``: ``valid``, ``withdrawn``, ``not_here`` (the signature is right, the record is in

    another folder), ``altered`` (the signature does not fit), ``differs`` (rightly signed, but the record with this number says otherwise:
    a double number), ``unknown_key``, ``unreadable`` (not a code of ours; ``problem`` is the code that says why). ``reason`` of a
    withdrawn one; ``newer_grade``: in force, but a newer judgement waits for its own paper.
    Everything else is only what the paper itself says, and of the record its state: nothing about anybody.
    """

    result: str
    number: str = ""
    kind: str = ""
    grade: str = ""
    issued_on: str = ""
    key_id: str = ""
    state: str = ""
    successor: str = ""
    ended_on: str = ""
    reason: str = ""
    newer_grade: bool = False
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether the paper is genuine and in force."""
        return self.result in ("valid", "not_here")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentCandidate:
    """A household of the snapshot that a declared one may be. ``score`` 0–100, ``band`` ``sure``, ``review`` or ``none``."""

    resident_id: str
    name: str
    kana: str
    birth: str
    address: str
    household_no: str
    score: float
    band: str
    same: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredCase:
    """A household written down as told, with its application, its certificate (if any) and whom the snapshot offers."""

    victim: Victim
    application_id: str
    application_number: str
    certificate_id: str
    certificate_number: str
    candidates: tuple[ResidentCandidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleCertificates:
    """More than one certificate in force for the same household, building and kind, oldest first."""

    kind: str
    head_name: str
    building_number: str
    certificates: tuple[CertificateRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationCounts:
    """Open work for the head of the page: applications by state, certificates to replace, provisional numbers, declared, doubles."""

    by_state: Mapping[str, int]
    certificates: int
    replace: int
    provisional: int
    declared: int
    doubles: int
    unprinted: int
    longest_wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPlan:
    """One paper about to be printed: which copy of which certificate, on which form, and where it is delivered.

    ``place``: from 0, among the ``papers`` of this form in the run; it stays, whatever is not printed.
    ``ended``: no longer in force, or nobody's any more; keeps its place in a run that goes on, and is not printed. Values: ``certificates.copy_values``.
    """

    certificate_id: str
    number: str
    copy: int
    form: str
    form_version: int
    form_digest: str
    postal: str
    address: str
    name: str
    ended: bool = False
    place: int = 0
    papers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCard:
    """A signing key of a municipality. ``own``: this folder holds its private half; ``current``: it signs now. ``made_on`` ISO day."""

    id: str
    public: str
    own: bool
    current: bool
    made_on: str
    label: str
