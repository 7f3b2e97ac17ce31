"""Whatever is done to a complaint, in whatever order: what must hold all the same."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from tests.builders import add_customer, add_trip, agency
from tests.office import Office, at_work
from tourcrm.base.errors import TourcrmError
from tourcrm.bookings import payments, vouchers
from tourcrm.complaints import clock, policy
from tourcrm.complaints.lifecycle import CHECKLIST, Event
from tourcrm.models import Payment, Trip, Voucher

CODE = "K00001"
PRICE = 1_234_567


def paid(office: Office) -> None:
    def pay(session: object, act: object, _settings: object) -> None:
        for line in office.session.exec(select(Payment).where(col(Payment.kind) == "refund")):
            payments.pay(office.session, act.number, line, day=office.now.date())  # type: ignore[attr-defined]  # of Act

    office.write(pay)


def used(office: Office) -> None:
    def redeem(session: object, act: object, _settings: object) -> None:
        trip = office.session.get_one(Trip, 2)
        for one in office.session.exec(select(Voucher)):
            vouchers.redeem(office.session, act.number, one, trip, day=office.now.date())  # type: ignore[attr-defined]  # of Act

    office.write(redeem)


def ticks(*points: str) -> Callable[[Office], object]:
    return lambda office: office.respond(CODE, None, ticks=tuple((point, "x") for point in points))


STEPS: dict[str, Callable[[Office], object]] = {
    "respond": lambda office: office.respond(CODE),
    "tick some": ticks(*CHECKLIST[:2]),
    "tick all": ticks(*CHECKLIST),
    "failure": lambda office: office.step("attribute", CODE, "service_failure"),
    "supplier": lambda office: office.step("attribute", CODE, "third_party", supplier="x"),
    "weather": lambda office: office.step("attribute", CODE, "force_majeure"),
    "unfounded": lambda office: office.step("attribute", CODE, "unfounded"),
    "compensate": lambda office: office.compensate(CODE),
    "alternative": lambda office: office.compensate(CODE, alternative="x"),
    "override": lambda office: office.compensate(CODE, override=True, reason="x"),
    "gift": lambda office: office.compensate(CODE, privileges=(("gift", "x"),)),
    "pay": paid,
    "use": used,
    "waive": lambda office: office.step("resolve", CODE, "x", waived="x"),
    "resolve": lambda office: office.step("resolve", CODE, "x"),
    "close untold": lambda office: office.step("close", CODE, told=False),
    "close": lambda office: office.step("close", CODE, told=True),
    "close rated": lambda office: office.step("close", CODE, told=False, satisfaction=5),
    "reopen": lambda office: office.step("reopen", CODE, "x"),
    "to crisis": lambda office: office.step("edit", CODE, severity="crisis"),
}


@pytest.fixture(scope="module")
def everyday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with at_work(agency(tmp_path_factory.mktemp("office"))) as office:
        who = add_customer(office.session)
        add_trip(office.session, who, "2026-11-10", price=PRICE)
        add_trip(office.session, who, "2027-06-01")
        yield office


def walk(office: Office, names: list[str]) -> int:
    """Take these steps of a new complaint, checking after each; how often it was closed."""
    office.at("2026-11-20 09:00").open()
    before = story(office)
    closed = 0
    for name in names:
        office.now += timedelta(minutes=7)
        try:
            STEPS[name](office)
        except TourcrmError:
            assert story(office) == before, "what is refused leaves nothing"
            continue
        after = story(office)
        assert after[: len(before)] == before, "history is only added to"
        new = [event.step for event in after[len(before) :]]
        if "closed" in new:
            closed += 1
            assert name in ("close", "close rated"), "nothing is closed untold"
            last = max(n for n, one in enumerate(before) if one.step in ("opened", "reopened"))
            assert {"responded", "resolved"} <= {one.step for one in before[last:]}
            assert "attributed" in {one.step for one in before}
        before = after
        check_money(office)
    return closed


def story(office: Office) -> list[Event]:
    return clock.course_of(office.session, office.row(CODE))[1]


def check_money(office: Office) -> None:
    """Money booked is money shown; what the cause owes was given once."""
    lines = office.session.exec(select(Payment)).all()
    undone = {line.reverses_id for line in lines}
    standing = [one for one in lines if one.kind == "refund" and one.id not in undone]
    papers = office.session.exec(select(Voucher)).all()
    row = office.row(CODE)
    shown = policy.compensations(office.session, row, story(office), office.now.date())
    refunds = [one for one in shown if one.kind == "refund"]
    assert sum(one.amount or 0 for one in refunds if one.state in ("promised", "paid")) == -sum(
        one.amount for one in standing
    )
    assert {one.code for one in shown} == {
        *(line.code for line in lines if line.kind == "refund"),
        *(paper.code for paper in papers),
    }
    assert len(standing) <= 1
    for kind in ("discount", "gift"):
        assert sum(one.kind == kind and one.withdrawn_on is None for one in papers) <= 1
    told = [event.detail for event in story(office) if event.step == "compensated"]
    assert sorted(map(str, told)) == sorted(one.code for one in shown)
    if row.cause == "unfounded":
        assert all(one.state in ("reversed", "paid") for one in refunds)


def random_walk(office: Office, names: list[str]) -> int:
    with office.session.begin_nested() as step:
        closed = walk(office, names)
        step.rollback()
    return closed


# One after another as they should come, so that many walks get far; and in between anything.
LIKELY = st.sampled_from(
    [
        *(["respond"], ["tick all"], ["failure", "compensate"], ["unfounded"], ["waive"]),
        *(["weather", "alternative"], ["resolve"], ["close"], ["reopen"]),
    ]
)
WALKS = st.lists(st.one_of(LIKELY, st.lists(st.sampled_from(list(STEPS)), max_size=3)), max_size=9)
COMMON = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=20, **COMMON)  # type: ignore[arg-type]  # settings of Hypothesis
@given(walk=WALKS)
def test_any_order_of_steps(everyday: Office, walk: list[list[str]]) -> None:
    random_walk(everyday, [name for part in walk for name in part])


@pytest.mark.soak
@settings(max_examples=2000, **COMMON)  # type: ignore[arg-type]  # settings of Hypothesis
@given(walk=WALKS)
def test_any_order_of_steps_for_long(everyday: Office, walk: list[list[str]]) -> None:
    random_walk(everyday, [name for part in walk for name in part])


def test_the_usual_ways_lead_to_the_end(everyday: Office) -> None:
    """The walks above do get somewhere: these are closed so often."""
    usual = ["respond", "failure", "compensate", "resolve", "close"]
    anew = ["reopen", "respond", "unfounded", "resolve", "close rated"]
    assert random_walk(everyday, usual) == 1
    assert random_walk(everyday, usual + anew) == 2
    assert random_walk(everyday, usual + anew[:1] + anew[2:]) == 1
    assert random_walk(everyday, ["to crisis", "respond", "tick all", *usual[1:]]) == 1
    for name in usual:
        assert random_walk(everyday, [one for one in usual if one != name]) == 0, name
