"""What tests of the books start from: a programme with a round, entitlements in two districts, batches made by hand in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.identifiers import new_id
from app.domain.payments import Payment, PaymentBatch, PaymentShare, Receipt, Voucher
from app.domain.relief import Entitlement, Programme, ReliefRound, ReliefRule
from app.usecases import postings
from app.usecases.context import Context
from app.usecases.operators import add_operator
from app.usecases.ports import UnitOfWork
from tests.stores import Town

SECOND = "立会 次郎"


@dataclass
class Books:
    """A programme 義援金 with one round and four entitlements: two 全壊 (本町, 港町), one 半壊 (本町), one 死者 of the second household."""

    town: Town
    programme: Programme
    round: ReliefRound
    entitlements: list[Entitlement] = field(default_factory=list)
    made: int = 0

    @property
    def ctx(self) -> Context:
        """The administrator's."""
        return self.town.ctx

    def batch(self, groups: Sequence[Sequence[int]], *, way: str = "transfer", guarded: bool = False) -> tuple[PaymentBatch, list[Payment]]:
        """An approved batch, posted: one payment for each group of entitlements."""
        with self.ctx.unit() as uow:
            self.made += 1
            batch = PaymentBatch(
                id=new_id(), number=f"K{self.made:03d}", programme_id=self.programme.id, round_id=self.round.id, way=way, state="approved",
                guarded=guarded,
            )  # fmt: skip
            uow.batches.add(batch)
            payments = [self._payment(uow, batch, place, [self.entitlements[n] for n in group]) for place, group in enumerate(groups, 1)]
            postings.post_approved(uow, batch, payments)
            uow.commit()
        return batch, payments

    def _payment(self, uow: UnitOfWork, batch: PaymentBatch, place: int, paid: Sequence[Entitlement]) -> Payment:
        first = paid[0]
        payment = Payment(
            id=new_id(), number=f"{batch.number}-{place}", code=f"{self.made:010d}{place:010d}", batch_id=batch.id, position=place, way=batch.way,
            programme_id=batch.programme_id, round_id=batch.round_id, name=first.name, district=first.district, category=first.category,
            amount=sum(one.due for one in paid), state="approved", bank="0001", branch="001", account_number=f"{self.made:03d}{place:04d}",
        )  # fmt: skip
        uow.payments.add(payment)
        for one in paid:
            uow.shares.add(
                PaymentShare(id=new_id(), payment_id=payment.id, batch_id=batch.id, entitlement_id=one.id, part=self.made, amount=one.due)
            )
        return payment

    def voucher(self, batch: PaymentBatch, payment: Payment, site_id: str) -> Voucher:
        """A voucher at a site."""
        with self.ctx.unit() as uow:
            made = uow.vouchers.add(
                Voucher(
                    id=new_id(), number=f"V-{payment.number}", payment_id=payment.id, batch_id=batch.id, programme_id=batch.programme_id,
                    round_id=batch.round_id, name=payment.name, amount=payment.amount, district=payment.district, category=payment.category,
                    site_id=site_id, state="assigned", guarded=batch.guarded,
                )
            )  # fmt: skip
            uow.commit()
        return made

    def save(self, payments: Sequence[Payment], **values: object) -> list[Payment]:
        """Payments with other values, as a use case would save them after its posting."""
        from dataclasses import replace

        with self.ctx.unit() as uow:
            saved = [uow.payments.save(replace(uow.payments.need(one.id), **values)) for one in payments]  # type: ignore[arg-type]
            uow.commit()
        return saved

    def receipt(self, voucher: Voucher, *, kind: str = "payment", day: str = "2024-01-02") -> Receipt:
        """A receipt that is not yet in the store."""
        return Receipt(
            id=new_id(), number=f"R-{voucher.number}", kind=kind, voucher_id=voucher.id, payment_id=voucher.payment_id, amount=voucher.amount,
            day=day, site_id=voucher.site_id,
        )  # fmt: skip


def open_books(town: Town) -> Books:
    """The programme and its entitlements, and a second operator."""
    add_operator(town.ctx, name=SECOND, password="another good password", roles=("accounting",))
    with town.ctx.unit() as uow:
        programme = uow.programmes.add(Programme(id=new_id(), code="gienkin", title="義援金", payer="見本県", budget=10_000_000))
        chosen = uow.rounds.add(ReliefRound(id=new_id(), programme_id=programme.id, code="1", title="第1次", state="open"))
        for place, (category, title, unit, amount) in enumerate(
            (("全壊", "全壊", "household", 200_000), ("半壊", "半壊", "household", 100_000), ("死者", "死者", "person", 1_000_000))
        ):
            uow.rules.add(
                ReliefRule(
                    id=new_id(), round_id=chosen.id, position=place, category=category, title=title, unit=unit, amount=amount,
                    group="person" if unit == "person" else "damage",
                )
            )  # fmt: skip
        books = Books(town=town, programme=programme, round=chosen)
        for place, (name, district, category, unit, due, household) in enumerate(
            (
                ("髙橋　太郎", "本町", "全壊", "household", 200_000, "victim:1"),
                ("見本　次郎", "港町", "全壊", "household", 200_000, "victim:2"),
                ("架空　三郎", "本町", "半壊", "household", 100_000, "victim:3"),
                ("見本　父", "港町", "死者", "person", 1_000_000, "victim:2"),
            )
        ):
            subject = household if unit == "household" else f"casualty:{place}"
            books.entitlements.append(
                uow.entitlements.add(
                    Entitlement(
                        id=new_id(), number=f"E{place:03d}", programme_id=programme.id, round_id=chosen.id, unit=unit, subject=subject,
                        household=household, name=name, district=district, category=category, due=due, address=f"見本市{district}{place}",
                    )
                )
            )  # fmt: skip
        uow.commit()
    return books
