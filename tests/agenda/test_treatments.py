"""The treatments act: what the rules that come with the program do for tiers and quadrants."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from tests.builders import add_customer, add_trip, agency, writing
from tests.contacts import ZONE
from tourcrm import followup
from tourcrm.agenda.rules import parser
from tourcrm.agenda.rules.model import Rule, Step
from tourcrm.agenda.states import Facts, Span, fits
from tourcrm.analysis.population import CADENCES, QUADRANTS
from tourcrm.base import vocabulary
from tourcrm.db import engine, setting

OPTIONAL = [one for one in parser.defaults() if one.kind != "duty"]
EVERYBODY = list(
    product(
        vocabulary.values("customer_kind"),
        (*QUADRANTS, None),
        (*CADENCES, None),
        vocabulary.values("service"),
        vocabulary.values("trip_kind"),
    )
)


def taken(one: Rule, tier: str | None, quadrants: tuple[str | None, ...]) -> list[Step]:
    """The steps that some customer of a tier gets: of each name the first that fits."""
    found = {}
    for kind, quadrant, cadence, service, trip in EVERYBODY:
        if quadrant not in quadrants:
            continue
        customer = Facts(
            "C", kind, "active", None, False, "yes", None, tier, quadrant, cadence, None
        )
        names: set[str] = set()
        for step in one.steps:
            if step.name not in names and fits(step, customer, service, trip):
                names.add(step.name)
                found[id(step)] = step
    return list(found.values())


@pytest.mark.parametrize("one", OPTIONAL, ids=lambda one: one.id)
def test_tier_d_is_neither_called_nor_visited(one: Rule) -> None:
    assert not {step.channel for step in taken(one, "D", (*QUADRANTS, None))} & {"phone", "visit"}


def test_others_are_called_so_that_this_could_fail() -> None:
    called = {
        one.id for one in OPTIONAL for step in taken(one, "A", QUADRANTS) if step.channel == "phone"
    }
    after_a_trip = {"welcome_home", "detractor", "complaint_aftercare"}
    assert called == after_a_trip | {
        "tier_visit",
        "half_dormant",
        "referral_thanks",
        "win_back",
    } | {"revenue_drop"}


def test_only_the_large_and_loyal_are_visited_and_the_small_and_silent_left_alone() -> None:
    visits = next(one for one in OPTIONAL if one.id == "tier_visit")
    channels = {
        (tier, quadrant): {(step.channel, step.offset) for step in taken(visits, tier, (quadrant,))}
        for tier in ("A", "B", "C", "D", None)
        for quadrant in (*QUADRANTS, None)
    }
    called = {"small_high", "large_low", "new"}
    expected = {
        **{(tier, "large_high"): {("visit", 90)} for tier in "AB"},
        **{("A", quadrant): {("phone", 90)} for quadrant in called},
        **{("B", quadrant): {("phone", 180)} for quadrant in called},
    }
    assert {key: steps for key, steps in channels.items() if steps} == expected


def test_the_backlog_of_the_first_import_is_spread_over_the_period_of_the_visits(
    tmp_path: Path,
) -> None:
    file = agency(tmp_path)
    imported = date(2026, 2, 1)
    with writing(file, datetime(2026, 2, 1, 12, tzinfo=ZONE)) as session:
        for number in range(180):  # long overdue, all of them; each of tier A
            who = add_customer(session, f"K{number:04}", entered_on=imported)
            add_trip(session, who, "2025-06-01", price=1000)
    with engine.reading(file) as session:
        settings = setting.load(session)
        span = Span(ahead=400)
        visits = [one for one in parser.defaults() if one.id == "tier_visit"]
        items = followup.agenda(session, settings, imported, span, rules=visits).items
    days = Counter(item.due_on for item in items)
    assert sum(days.values()) == 180
    assert {item.step.offset for item in items} == {90}
    assert imported <= min(days)
    assert max(days) < imported + timedelta(90)
    spans = Counter((day - imported).days // 10 for day in days.elements())
    assert len(spans) == 9
    assert 10 <= min(spans.values()) <= max(spans.values()) <= 30  # 20 on average
