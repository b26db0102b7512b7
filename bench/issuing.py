"""60,000 judged applications to signed certificates in the encrypted store, and what a desk does beside them. Prints JSON.

    python bench/issuing.py [--count 60000] [--print]

Issuing is one transaction: numbers of the device, a signature each, frozen values, journal. *floor* is the same number of Ed25519
signatures alone. Then: grades of all buildings change (applications move, papers are marked), a list opened and sorted for delivery,
one number looked up, one code verified; with ``--print`` also all papers to PDF, counted. Limits: issue ≤ 60 s, list ≤ 2 s, verify ≤ 50 ms.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.bootstrap import gateway  # noqa: E402
from app.domain.building import Building, Occupancy, Victim  # noqa: E402
from app.domain.certificate import Application, Certificate  # noqa: E402
from app.domain.identifiers import new_id, person_number  # noqa: E402
from app.domain.invention import invent_residents  # noqa: E402
from app.domain.survey import GRADES, Survey  # noqa: E402
from app.interchange.certificates import issue_certificates, print_certificates  # noqa: E402
from app.usecases import applications, certificates  # noqa: E402
from app.usecases.certificate_rows import ApplicationFilter, CertificateFilter  # noqa: E402
from app.usecases.context import Context  # noqa: E402
from app.usecases.forms import Signature, change_signature  # noqa: E402
from app.usecases.gateway import Setup  # noqa: E402
from app.usecases.protections import today  # noqa: E402

PASSWORD = "correct horse battery"
LIMITS = {"issue_s": 60.0, "list_s": 2.0, "verify_ms": 50.0}


def fill(ctx: Context, count: int) -> None:
    """Households, buildings, counted surveys and applications that wait for their survey, all of them invented."""
    day = today(ctx)
    people = list(invent_residents(count, seed=5, as_of=day))
    with ctx.unit() as uow:
        first = uow.reserve_numbers("application", count)
        victims = [
            Victim(
                id=new_id(),
                head_name=one.name,
                head_kana=one.kana,
                head_birth=one.birth,
                postal=one.postal,
                address=one.address,
                district=one.district,
            )
            for one in people
        ]
        buildings = [
            Building(id=new_id(), number=person_number(ctx.place.device_prefix, at + 1), address=one.address, district=one.district)
            for at, one in enumerate(people)
        ]
        uow.victims.add_many(victims)
        uow.buildings.add_many(buildings)
        uow.occupancies.add_many(
            [
                Occupancy(id=new_id(), building_id=building.id, victim_id=victim.id)
                for building, victim in zip(buildings, victims, strict=True)
            ]
        )
        uow.surveys.add_many(
            [
                Survey(
                    id=new_id(), building_id=one.id, grade=GRADES[at % 6], state="counted", surveyed_on=day.isoformat(), decided_by="parts"
                )
                for at, one in enumerate(buildings)
            ]
        )
        uow.applications.add_many(
            [
                Application(
                    id=new_id(), number=person_number(ctx.place.device_prefix, first + at), state="awaiting", applied_on=day.isoformat(),
                    applicant_name=one.name, applicant_kana=one.kana, applicant_birth=one.birth, victim_id=victims[at].id,
                    building_id=buildings[at].id,
                )
                for at, one in enumerate(people)
            ]
        )  # fmt: skip
        uow.commit()


def clock(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds on the wall and the answer."""
    start = time.perf_counter()
    answer = act()
    return time.perf_counter() - start, answer


def judge_all(ctx: Context) -> None:
    """What counting the surveys sets off."""
    with ctx.unit() as uow:
        applications.on_grades_changed(ctx, uow, [one.id for one in ctx.reads.all("building")])
        uow.commit()


def worsen_all(ctx: Context) -> None:
    """Every building one degree worse, and what that sets off."""
    with ctx.unit() as uow:
        surveys = uow.surveys.where(state="counted")
        uow.surveys.save_many([replace(one, grade="total", kind="re") for one in surveys])
        applications.on_grades_changed(ctx, uow, [one.building_id for one in surveys])
        uow.commit()


def floor(ctx: Context, count: int) -> float:
    """Signatures alone."""
    _, sealed = ctx.signer.make()
    return clock(lambda: ctx.signer.sign(sealed, [f"{at:0140}".encode() for at in range(count)]))[0]


def measure(ctx: Context, count: int, folder: Path, printing: bool) -> dict[str, Any]:
    """All figures."""
    change_signature(ctx, values=Signature(municipality="見本県見本市", mayor_title="見本市長", mayor_name="見本 太郎"))
    found: dict[str, Any] = {"count": count}
    found["judge_s"], _ = clock(lambda: judge_all(ctx))
    found["ids_s"], ids = clock(lambda: applications.list_application_ids(ctx, filter=ApplicationFilter(state="judged")))
    cpu = time.process_time()
    found["issue_s"], done = clock(lambda: issue_certificates(ctx, application_ids=ids))
    found["issue_cpu_s"] = time.process_time() - cpu
    found["issued"], found["floor_sign_s"] = len(done.certificates), floor(ctx, count)
    found["list_s"], listed = clock(lambda: certificates.list_certificate_ids(ctx, filter=CertificateFilter(sort="postal")))
    found["page_ms"] = clock(lambda: certificates.certificate_rows(ctx, certificate_ids=listed[:200]))[0] * 1000
    found["counts_s"], _ = clock(lambda: applications.count_applications(ctx))
    found["status_ms"] = clock(lambda: certificates.find_certificate_id(ctx, number=done.numbers[count // 2]))[0] * 1000
    paper = ctx.reads.get("certificate", done.certificates[-1])
    assert isinstance(paper, Certificate)
    found["verify_ms"] = clock(lambda: certificates.verify(ctx, text=paper.code))[0] * 1000
    if printing:
        found["print_s"], outcome = clock(lambda: print_certificates(ctx, certificate_ids=listed, out=folder / "all.pdf", sort="postal"))
        found["printed"], found["bytes_each"] = (
            outcome.printed,
            sum(file.stat().st_size for file in outcome.files) // max(1, outcome.printed),
        )
    found["replace_s"], _ = clock(lambda: worsen_all(ctx))
    found["replace_listed"] = len(certificates.list_certificate_ids(ctx, filter=CertificateFilter(replace=True)))
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found


def main() -> int:
    """Run and judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--print", action="store_true", dest="printing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        from datetime import UTC, datetime, timedelta

        setup = Setup(
            municipality_code="172022", disaster_name="見本地震", occurred_at=datetime.now(UTC) - timedelta(days=9), site_name="本部", site_kind="hq",
            operator="計測", password=PASSWORD,
        )  # fmt: skip
        session, _ = gateway().create(Path(name) / "data", setup)
        try:
            filled, _ = clock(lambda: fill(session.context, given.count))
            found = measure(session.context, given.count, Path(name), given.printing)
        finally:
            session.close(backup=False)
    found = {key: round(value, 3) if isinstance(value, float) else value for key, value in {"fill_s": filled, **found}.items()}
    missed = [key for key, most in LIMITS.items() if found[key] > most]
    print(json.dumps({**found, "limits": LIMITS, "missed": missed}, ensure_ascii=False))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
