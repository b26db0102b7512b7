"""A training folder has applications and certificates in every state, signed and printable."""

from __future__ import annotations

from pathlib import Path

from app.bootstrap import gateway
from app.domain.certificate import APPLICATION_STATES, CERTIFICATE_STATES
from app.usecases import applications, certificates, declared, surveys
from app.usecases.certificate_rows import ApplicationFilter, CertificateFilter
from tests.stores import PASSWORD


def test_every_state_can_be_practised(tmp_path: Path) -> None:
    session = gateway().demo(tmp_path / "data", operator="訓練", password=PASSWORD, residents=400)
    try:
        ctx = session.context
        found = {
            state: len(applications.list_application_ids(ctx, filter=ApplicationFilter(state=state)))
            for state in (*APPLICATION_STATES, "nothing")
        }
        assert all(found[state] for state in APPLICATION_STATES) and not found["nothing"], found
        for state in CERTIFICATE_STATES:
            assert certificates.list_certificate_ids(ctx, filter=CertificateFilter(state=state)), state
        assert len(certificates.list_certificate_ids(ctx, filter=CertificateFilter(replace=True))) == 1
        assert applications.list_application_ids(ctx, filter=ApplicationFilter(kind="report"))
        assert certificates.find_double_certificates(ctx) == [] and len(declared.list_declared(ctx)) == 2
        paper = certificates.list_certificate_ids(ctx, filter=CertificateFilter(state="issued"))[0]
        code = certificates.open_certificate(ctx, certificate_id=paper).certificate.code
        assert certificates.verify(ctx, text=code).result == "valid"
        told = surveys.survey_rows(ctx, surveys.list_survey_ids(ctx))
        for again in (row for row in told if row.kind == "re"):
            assert all(again.surveyed_on >= row.surveyed_on for row in told if row.building_id == again.building_id)
        assert session.verify().ok
    finally:
        session.close(backup=False)
