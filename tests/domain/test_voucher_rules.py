"""Who may pay a voucher: thousands of random schedules of sites, lost, repeated and late messages, wrong clocks and restored copies."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import voucher_rules as rules
from app.domain.errors import RuleViolation
from app.domain.identifiers import device_prefix, new_id
from app.domain.payments import Voucher
from app.domain.voucher_rules import Told

M = TypeVar("M")
AT = datetime(2024, 1, 5, tzinfo=UTC)
SCHEDULES = 6000


@dataclass(frozen=True)
class Slip:
    """A receipt as far as ownership goes."""

    id: str
    voucher: str
    term: int
    device: str
    kind: str
    amount: int


@dataclass
class Machine:
    """A data folder: vouchers and receipts. Headquarters is one, too."""

    device: str = field(default_factory=new_id)
    vouchers: dict[str, Voucher] = field(default_factory=dict)
    slips: dict[str, Slip] = field(default_factory=dict)
    alive: bool = True

    @property
    def letters(self) -> str:
        return device_prefix(self.device)

    def copy(self) -> Machine:
        """What a restored backup is: the same contents, another device."""
        return Machine(vouchers=dict(self.vouchers), slips=dict(self.slips))


class World:
    """Headquarters, three laptops, restored copies, and every message ever written, deliverable at any time."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.hq = Machine()
        self.sites = [Machine() for _ in range(3)]
        self.carried: list[tuple[str, list[Voucher]]] = []
        self.answered: list[tuple[str, list[Told], list[Slip]]] = []
        self.backups: list[tuple[bool, Machine]] = []
        for at in range(self.dice.randint(1, 4)):
            made = Voucher(
                id=f"v{at}", number=rules.voucher_number(self.hq.letters, at + 1), payment_id=f"p{at}", amount=1000 * (at + 1),
                home_device=self.hq.device,
            )  # fmt: skip
            self.hq.vouchers[made.id] = made

    # -- acts ------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One random act; what is refused did not happen."""
        often = [self.assign, self.carry, self.take_carry, self.take_carry, self.pay, self.pay, self.answer, self.take_answer]
        sometimes = [self.recall, self.recall, self.give_up, self.refund, self.back_up]
        rarely = [self.freeze, self.unfreeze, self.void, self.restore_site, self.lose, self.restore_hq]
        try:
            self.dice.choice(self.dice.choices([often, sometimes, rarely], weights=[20, 3, 1])[0])()
        except RuleViolation:
            pass

    def _voucher(self, machine: Machine) -> Voucher:
        if not machine.vouchers:
            raise RuleViolation("nothing")
        return self.dice.choice(list(machine.vouchers.values()))

    def _site(self) -> Machine:
        living = [one for one in self.sites if one.alive]
        if not living:
            raise RuleViolation("nothing")
        return self.dice.choice(living)

    def _act(self, machine: Machine, voucher: Voucher) -> None:
        machine.vouchers[voucher.id] = voucher

    def assign(self) -> None:
        target = self.dice.choice([self.hq, *self.sites])
        device = self.hq.device if target is self.hq else target.letters
        made = rules.assign(self._voucher(self.hq), site_id="s", device=device, own_device=self.hq.device, at=AT)
        self._act(self.hq, made)

    def recall(self) -> None:
        self._act(self.hq, rules.ask_back(self._voucher(self.hq), own_device=self.hq.device))

    def freeze(self) -> None:
        self._act(self.hq, rules.freeze(self._voucher(self.hq), own_device=self.hq.device, reason="x"))

    def unfreeze(self) -> None:
        self._act(self.hq, rules.unfreeze(self._voucher(self.hq), own_device=self.hq.device))

    def void(self) -> None:
        asked = rules.ask_void(self._voucher(self.hq), own_device=self.hq.device, asked_by="a", reason="x")
        self._act(self.hq, rules.void(asked, own_device=self.hq.device, confirmed_by="b"))

    def carry(self) -> None:
        site = self.dice.choice(self.sites)
        found = [
            one for one in self.hq.vouchers.values() if one.device_id == site.letters and one.state not in ("ready", "paid", "refunded")
        ]
        for one in found:
            self._act(self.hq, rules.mark_carried(one))
        self.carried.append((site.letters, found))

    def take_carry(self) -> None:
        if not self.carried:
            return
        letters, found = self._message(self.carried)
        for site in self.sites:
            if site.alive and site.letters == letters:
                for one in found:
                    self._act(site, rules.take_in(site.vouchers.get(one.id), one, own_device=site.device))

    def pay(self) -> None:
        machine = self.dice.choice([self.hq, self._site()])
        held = [one for one in machine.vouchers.values() if one.state == "assigned"]
        voucher = self.dice.choice(held) if held else self._voucher(machine)
        term = self.dice.choice([None, voucher.term, voucher.term, voucher.term - 1])
        today = self.dice.choice(["1999-01-01", "2024-01-05", "2099-12-31"])
        rules.check_payable(voucher, own_device=machine.device, term=term, today=today)
        self._slip(machine, voucher, "payment")
        self._act(machine, replace(voucher, state="paid"))

    def refund(self) -> None:
        machine = self.dice.choice([self.hq, self._site()])
        voucher = self._voucher(machine)
        if voucher.state == "paid" and voucher.device_id == machine.device:
            self._slip(machine, voucher, "refund")
            self._act(machine, replace(voucher, state="refunded"))

    def _slip(self, machine: Machine, voucher: Voucher, kind: str) -> None:
        made = Slip(new_id(), voucher.id, voucher.term, machine.device, kind, voucher.amount)
        machine.slips[made.id] = made

    def give_up(self) -> None:
        machine = self.dice.choice([self.hq, self._site()])
        self._act(machine, rules.give_up(self._voucher(machine), own_device=machine.device))

    def answer(self) -> None:
        self._answer(self._site())

    def _answer(self, site: Machine) -> None:
        said = [told for one in site.vouchers.values() if (told := rules.saying(one, own_device=site.device)) is not None]
        self.answered.append((site.device, said, list(site.slips.values())))

    def take_answer(self) -> None:
        if self.answered:
            self._take(self._message(self.answered))

    def _message(self, pool: list[M]) -> M:
        """Mostly one of the last that were written, often an old one: late, again, out of order."""
        return self.dice.choice(pool[-3:] if self.dice.random() < 0.7 else pool)

    def _take(self, answer: tuple[str, list[Told], list[Slip]]) -> None:
        device, said, slips = answer
        for slip in sorted(slips, key=lambda one: one.kind != "payment"):
            if slip.id in self.hq.slips:
                continue
            self.hq.slips[slip.id] = slip
            told = Told(
                voucher_id=slip.voucher,
                number="",
                term=slip.term,
                saying="paid" if slip.kind == "payment" else "refunded",
                amount=slip.amount,
            )
            known = slip.device if slip.device == self.hq.device else device_prefix(slip.device)
            self._act(self.hq, rules.hear(self.hq.vouchers[slip.voucher], told, device=known).voucher)
        for told in said:
            if told.saying == "released":
                self._act(self.hq, rules.hear(self.hq.vouchers[told.voucher_id], told, device=device_prefix(device)).voucher)

    # -- disasters -------------------------------------------------------------------------------------------

    def back_up(self) -> None:
        source = self.dice.choice([self.hq, self._site()])
        self.backups.append((source is self.hq, replace(source, vouchers=dict(source.vouchers), slips=dict(source.slips))))

    def restore_site(self) -> None:
        """An old copy of a laptop (or of headquarters) becomes one more laptop, with the original still about or not."""
        if self.backups and len(self.sites) < 6:
            self.sites.append(self.dice.choice(self.backups)[1].copy())

    def lose(self) -> None:
        if self.dice.random() < 0.1:
            self._site().alive = False

    def restore_hq(self) -> None:
        """Headquarters breaks down: its old copy, as a new device, takes over. What only the broken one knew is gone."""
        copies = [machine for of_hq, machine in self.backups if of_hq]
        if copies and self.dice.random() < 0.2:
            old = self.hq
            self.hq = self.dice.choice(copies).copy()
            for one in list(self.hq.vouchers.values()):
                self._act(self.hq, rules.adopt(one, own_device=self.hq.device, reason="x"))
            self.answered.append((old.device, [], list(old.slips.values())))  # its paper receipts are typed in

    def everybody_answers(self) -> None:
        """In the end every file arrives, twice and in another order."""
        for site in self.sites:
            self._answer(site)
        last = self.answered[:]
        self.dice.shuffle(last)
        for answer in [*last, *last]:
            self._take(answer)

    def all_slips(self) -> dict[str, Slip]:
        """Every receipt written anywhere, each once."""
        return {slip.id: slip for machine in (self.hq, *self.sites) for slip in machine.slips.values()} | {
            slip.id: slip for _, _, slips in self.answered for slip in slips
        }


@pytest.mark.parametrize("part", range(6))
def test_never_paid_twice_nothing_lost_totals_agree(part: int) -> None:
    paid = refunded = 0
    for seed in range(part * SCHEDULES // 6, (part + 1) * SCHEDULES // 6):
        world = World(seed)
        for _ in range(world.dice.randint(30, 150)):
            world.step()
            times = Counter(slip.voucher for slip in world.all_slips().values() if slip.kind == "payment")
            assert max(times.values(), default=0) <= 1, seed
        world.everybody_answers()
        everything = world.all_slips()
        assert world.hq.slips == everything, seed
        for voucher in world.hq.vouchers.values():
            kinds = Counter(slip.kind for slip in everything.values() if slip.voucher == voucher.id)
            expected = "refunded" if kinds["refund"] else "paid" if kinds["payment"] else None
            assert voucher.state == expected if expected else voucher.state not in ("paid", "refunded"), seed
        stands = sum(one.amount for one in world.hq.vouchers.values() if one.state == "paid")
        assert stands == sum(one.amount if one.kind == "payment" else -one.amount for one in everything.values()), seed
        paid += sum(one.kind == "payment" for one in everything.values())
        refunded += sum(one.kind == "refund" for one in everything.values())
    assert paid > SCHEDULES // 12 and refunded > SCHEDULES // 120  # the schedules do pay and refund


def test_the_schedules_would_find_a_second_payer(monkeypatch: pytest.MonkeyPatch) -> None:
    """If headquarters took a voucher it only asked back as given up, somebody would be paid twice."""
    honest = rules.ask_back
    monkeypatch.setattr(rules, "ask_back", lambda voucher, **how: rules._home(honest(voucher, **how)))
    found = 0
    for seed in range(400):
        world = World(seed)
        for _ in range(100):
            world.step()
        times = Counter(slip.voucher for slip in world.all_slips().values() if slip.kind == "payment")
        found += max(times.values(), default=0) > 1
    assert found


# -- single rules ------------------------------------------------------------------------------------------------


def voucher(**values: object) -> Voucher:
    made = Voucher(id="v", number="V-0000-00001-Z", payment_id="p", amount=1000, home_device="HQ")
    return replace(made, **values)  # type: ignore[arg-type]


def test_headquarters_never_gives_what_somebody_holds() -> None:
    held = rules.assign(voucher(), site_id="s", device="AAAA", own_device="HQ", at=AT)
    assert (held.state, held.term) == ("assigned", 1)
    assert rules.assign(held, site_id="s", device="AAAA", own_device="HQ", at=AT) == held
    for state in ("assigned", "recalled", "frozen"):
        with pytest.raises(RuleViolation, match=r"voucher\.held"):
            rules.assign(replace(held, state=state), site_id="s", device="BBBB", own_device="HQ", at=AT)
    with pytest.raises(RuleViolation, match=r"voucher\.not_home"):
        rules.assign(voucher(), site_id="s", device="AAAA", own_device="another", at=AT)


def test_a_recall_is_only_a_request_until_the_device_answers() -> None:
    held = rules.assign(voucher(), site_id="s", device="AAAA", own_device="HQ", at=AT)
    assert rules.ask_back(held, own_device="HQ").state == "ready", "it never left the house"
    asked = rules.ask_back(rules.mark_carried(held), own_device="HQ")
    assert asked.state == "recalled"
    stale = rules.hear(asked, Told(voucher_id="v", number="", term=0, saying="released"), device="AAAA")
    other = rules.hear(asked, Told(voucher_id="v", number="", term=1, saying="released"), device="BBBB")
    assert stale.voucher == other.voucher == asked
    home = rules.hear(asked, Told(voucher_id="v", number="", term=1, saying="released"), device="AAAA")
    assert (home.code, home.voucher.state, home.voucher.term, home.voucher.device_id) == ("home", "ready", 1, "")


def test_one_that_was_given_up_stays_so_when_the_old_file_comes_again() -> None:
    carried = rules.assign(voucher(), site_id="s", device="AAAA", own_device="HQ", at=AT)
    here = rules.take_in(None, carried, own_device="laptop")
    given = rules.give_up(here, own_device="laptop")
    assert rules.take_in(given, carried, own_device="laptop") == given
    with pytest.raises(RuleViolation, match=r"voucher\.given_up"):
        rules.check_payable(given, own_device="laptop", term=1, today="2024-01-05")
    again = rules.take_in(given, replace(carried, term=2), own_device="laptop")
    assert (again.state, again.term) == ("assigned", 2)


def test_who_came_under_protection_since_is_hidden_here_too_and_stays_so() -> None:
    carried = rules.assign(voucher(), site_id="s", device="AAAA", own_device="HQ", at=AT)
    here = rules.take_in(None, carried, own_device="laptop")
    told = rules.take_in(here, replace(carried, guarded=True), own_device="laptop")
    assert told == replace(here, guarded=True)
    assert rules.take_in(told, carried, own_device="laptop") == told


def test_two_people_void_and_a_receipt_found_later_counts() -> None:
    held = rules.assign(voucher(), site_id="s", device="AAAA", own_device="HQ", at=AT)
    with pytest.raises(RuleViolation, match=r"voucher\.void_held"):
        rules.ask_void(held, own_device="HQ", asked_by="a", reason="x")
    lost = rules.freeze(held, own_device="HQ", reason="x")
    asked = rules.ask_void(lost, own_device="HQ", asked_by="a", reason="x")
    with pytest.raises(RuleViolation, match=r"voucher\.two_people"):
        rules.void(asked, own_device="HQ", confirmed_by="a")
    ended = rules.void(asked, own_device="HQ", confirmed_by="b")
    late = rules.hear(ended, Told(voucher_id="v", number="", term=1, saying="paid"), device="AAAA")
    assert (late.code, late.voucher.state) == ("late", "paid")


@pytest.mark.parametrize(
    ("values", "term", "code"),
    [
        ({"state": "ready"}, None, "not_assigned"),
        ({"device_id": "other"}, None, "other_device"),
        ({"state": "paid"}, None, "already_paid"),
        ({"state": "refunded"}, None, "refunded"),
        ({"state": "void"}, None, "void"),
        ({"state": "frozen"}, None, "frozen"),
        ({"state": "recalled"}, None, "recalled"),
        ({"state": "released"}, None, "given_up"),
        ({"expires_on": "2024-01-04"}, None, "expired"),
        ({}, 1, "older_term"),
        ({}, 3, "newer_term"),
    ],
)
def test_every_refusal_has_its_own_code(values: dict[str, object], term: int | None, code: str) -> None:
    one = replace(voucher(state="assigned", device_id="me", term=2), **values)  # type: ignore[arg-type]
    with pytest.raises(RuleViolation) as refused:
        rules.check_payable(one, own_device="me", term=term, today="2024-01-05")
    assert refused.value.code == f"voucher.{code}"


def test_the_code_is_read_in_any_width_and_case_and_damage_is_noticed() -> None:
    one = voucher(number=rules.voucher_number("K7QF", 12), term=3)
    mark = rules.disaster_mark(municipality_code="172022", disaster_name="見本地震", training=False)
    text = rules.voucher_code(one, mark=mark)
    wide = "".join(chr(ord(char) + 0xFEE0) for char in text.lower())
    found = rules.read_voucher_code(wide)
    assert found is not None and (found.disaster, found.number, found.term) == (mark, one.number, 3)
    assert rules.read_voucher_code(text.replace("00012", "00013")) is None
    assert rules.read_number("v k7qf o0012 " + one.number[-1]) == one.number


@given(st.integers(min_value=0, max_value=9_999_999_999))
def test_notes_and_coins_sum_to_the_amount_with_the_fewest_pieces(amount: int) -> None:
    pieces = rules.split_amount(amount)
    assert rules.sum_pieces(pieces) == amount
    assert 2000 not in pieces
    assert all(one * count < 10_000 for one, count in pieces.items() if one < 10_000)


def test_sums_of_pieces_let_everybody_be_paid_exactly() -> None:
    assert rules.split_amounts([9_000, 9_000]) == {5_000: 2, 1_000: 8}
    with pytest.raises(ValueError, match="negative"):
        rules.split_amount(-1)
    with pytest.raises(RuleViolation, match=r"cash\.denomination"):
        rules.sum_pieces({3000: 1})
