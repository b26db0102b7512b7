"""How many things wait in each tab. Off the GUI thread, without making the tab."""

from __future__ import annotations

from app.usecases import applications, certificates
from app.usecases.certificate_rows import ApplicationFilter, CertificateFilter
from app.usecases.context import Context


def count_ready(ctx: Context) -> int:
    """Applications that can be issued: approved, and judged ones for whoever may approve."""
    states = ("approved", "judged") if ctx.actor.may("approve") else ("approved",)
    return sum(len(applications.list_application_ids(ctx, filter=ApplicationFilter(state=state))) for state in states)


def count_replace(ctx: Context) -> int:
    """Certificates whose building was judged anew."""
    return len(certificates.list_certificate_ids(ctx, filter=CertificateFilter(replace=True)))


def count_declared(ctx: Context) -> int:
    """Households written down as told and not compared with the residents yet."""
    return len(ctx.reads.certificates.declared())
