"""Certificates: issuing, copies, replacing, revoking, verifying. An issued paper never changes; a newer one takes its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.usecases.certificate_rows import (
    CertificateFacts,
    CertificateFile,
    CertificateFilter,
    CertificateRow,
    CopyPlan,
    DoubleCertificates,
    Issued,
    IssuedForm,
    Verified,
)
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job

WriteValues = Callable[[CertificateFacts], Mapping[str, str]]
"""Builds the strings of a form's variables (``presentation.certificate_values``)."""


def issue(
    ctx: Context, *, application_ids: Sequence[str], form: IssuedForm, write_values: WriteValues, issued_on: str = "", job: Job = QUIET
) -> Issued:
    """Issue a certificate for each application, in one transaction: number, signed code, frozen values, form version.

    Needs the right ``issue``. From 判定 only by somebody who may ``approve`` (approved in the same act), else ``certificate.not_approved``.
    One alone that cannot be issued is a RuleViolation; of many it is in ``refused``. Protected households are left out and counted.
    """
    raise NotImplementedError


def open_push_applications(ctx: Context, *, job: Job = QUIET) -> tuple[tuple[str, ...], int]:
    """一斉交付: an application (channel ``push``) for every household of a judged dwelling that has neither application nor certificate.

    Ids, and how many households were withheld."""
    raise NotImplementedError


def plan_copies(
    ctx: Context, *, certificate_ids: Sequence[str], reason: str = "first", copies: int = 0, sort: str = "number"
) -> list[CopyPlan]:
    """The papers to print, in order. ``copies`` 0: as many as are still missing of those wanted; else so many more of each."""
    raise NotImplementedError


def plan_again(ctx: Context, *, number: str, batch: str = "") -> tuple[str, list[CopyPlan]]:
    """After a jam: the papers of the newest print run that has this certificate, from it on; nothing is counted again."""
    raise NotImplementedError


def count_printed(ctx: Context, *, plans: Sequence[CopyPlan], batch: str, reason: str, target: str) -> Changes:
    """Count the papers (発行回数), each with who, when, why; noted in the access log."""
    raise NotImplementedError


def supersede(ctx: Context, *, certificate_id: str, form: IssuedForm, write_values: WriteValues, reason: str) -> Issued:
    """差替: issue by today's grade and facts, and end the older one naming the new one. Right ``approve``, or the application approved again."""
    raise NotImplementedError


def revoke(ctx: Context, *, certificate_id: str, reason: str) -> Changes:
    """取消, with a reason; right ``approve``. The application goes back to 判定."""
    raise NotImplementedError


def confirm_numbers(ctx: Context, *, certificate_ids: Sequence[str] = ()) -> Changes:
    """Headquarters has seen these numbers (all of them when none are named): no longer provisional, unless the same number is there twice."""
    raise NotImplementedError


def verify(ctx: Context, *, text: str) -> Verified:
    """Whether the text of a code is genuine and in force. Never raises for a bad text: ``Verified.problem`` says what is wrong with it."""
    raise NotImplementedError


def list_certificate_ids(ctx: Context, *, filter: CertificateFilter | None = None) -> Sequence[str]:
    """Ids in the order of the filter's sort. Protected households' are not among them without the right."""
    raise NotImplementedError


def certificate_rows(ctx: Context, *, certificate_ids: Sequence[str]) -> list[CertificateRow]:
    """Rows in the same order."""
    raise NotImplementedError


def open_certificate(ctx: Context, *, certificate_id: str) -> CertificateFile:
    """One certificate with its values and copies; noted in the access log."""
    raise NotImplementedError


def find_certificate_id(ctx: Context, *, number: str) -> str | None:
    """The certificate of a number typed in any width and case, or an id."""
    raise NotImplementedError


def find_double_certificates(ctx: Context) -> list[DoubleCertificates]:
    """More than one certificate in force for one household, building and kind, also after a merge."""
    raise NotImplementedError
