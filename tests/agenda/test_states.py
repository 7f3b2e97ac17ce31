"""From what is known of one item to its state, against tables: first days, last days, the next."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from tests.contacts import ZONE
from tourcrm.agenda import listing, states
from tourcrm.agenda.keys import Decision, Key
from tourcrm.agenda.listing import Used
from tourcrm.agenda.rules import parser
from tourcrm.agenda.rules.model import Conditions, Rule
from tourcrm.agenda.states import Case, Facts, Item

DAY = date(2026, 11, 20)
RULES = {one.id: one for one in parser.defaults()}


def day(days: int) -> date:
    """So many days after DAY."""
    return DAY + timedelta(days)


def rule(kind: str = "care", **changes: Any) -> Rule:
    some = {"kind": kind, "satisfied_by": frozenset(), "share": None, "moved_by": 3, **changes}
    return replace(RULES["welcome_home"], **some)


def customer(**known: Any) -> Facts:
    some: dict[str, Any] = {"code": "C1", "kind": "person", "status": "active", "lost_on": None}
    some |= {
        "owner": None,
        "do_not_contact": False,
        "consent": "unknown",
        "tier": None,
        "quadrant": None,
    }
    return Facts(**{**some, "cadence": None, "departed_on": None, **known})


def thing(of: Rule | None = None, who: int = 1, **known: Any) -> Item:
    """Due on DAY and on the list until the next day; the event was the day before."""
    of = of or rule()
    some = {
        "rule": of, "step": of.steps[0], "key": Key(of.id, "trip", who, "once"),
        "customer_id": who, "customer": customer(), "trip_id": who, "trip_code": f"T{who}",
        "destination": None, "anchor_on": day(-1), "ends_on": day(-1), "calendar": "solar",
        "planned_on": DAY, "due_on": DAY, "last_on": day(1), "owner": None, "batch": None,
    }  # fmt: skip
    return Item(**{**some, **known})


def decision(status: str, until: int | None = None, **about: Any) -> Decision:
    some = {
        "id": 1, "key": Key("welcome_home", "trip", 1, "once"), "anchor_on": day(-1),
        "customer_id": 1, "due_on": DAY, "status": status, "note": None, "staff": None,
        "until": None if until is None else day(until), "at": datetime.combine(DAY, time(), ZONE),
    }  # fmt: skip
    return Decision(**{**some, **about})


def settled(item: Item, *decided: Decision, as_of: date = DAY, quiet_days: int = 5) -> str:
    states.settle(item, decided, as_of, quiet_days)
    return f"{item.state} {item.why}".strip()


@pytest.mark.parametrize(
    ("opened", "closed", "is_open", "was_open"),
    [
        (0, None, True, False),
        (1, None, False, False),
        (-9, 1, True, False),
        (-9, 0, False, True),
        (-90, -30, False, True),
        (-90, -31, False, False),
        (0, 0, False, True),
    ],
)
def test_a_complaint_is_open_from_its_day_to_the_one_before_it_is_closed(
    opened: int, closed: int | None, is_open: bool, was_open: bool
) -> None:
    case = Case(1, day(opened), None if closed is None else day(closed))
    assert (case.is_open(DAY), case.was_open(DAY)) == (is_open, was_open)
    of_several = customer(complaints=(Case(2, day(9), None), case))
    assert states.is_complaining(of_several, DAY) == is_open


@pytest.mark.parametrize(
    ("days", "free_on"),
    [
        ([], None),
        ([(0, 1)], 1),
        ([(1, 7)], None),  # that is later
        ([(-7, 7)], None),
        ([(-6, 7)], 1),
        ([(-6, 7), (0, 5), (-3, 4)], 5),
    ],
)
def test_quiet_lasts_so_many_days(days: list[tuple[int, int]], free_on: int | None) -> None:
    found = states.quiet_until([(day(start), length) for start, length in days], DAY)
    assert found == (None if free_on is None else day(free_on))


@pytest.mark.parametrize(
    ("known", "duty", "care", "marketing", "mass"),
    [
        ({}, "", "", "", "no_mass_consent"),
        ({"consent": "yes"}, "", "", "", ""),
        ({"consent": "no"}, "", "", "no_consent", "no_mass_consent"),
        ({"status": "deceased"}, *["deceased"] * 4),
        ({"do_not_contact": True}, "", *["do_not_contact"] * 3),
        ({"status": "lost"}, "", *["lost"] * 3),
        ({"status": "lost", "lost_on": "2026-11-20"}, "", *["lost"] * 3),
        ({"status": "lost", "lost_on": "2026-11-21", "consent": "yes"}, *[""] * 4),
        ({"lost_on": "2026-11-20", "consent": "yes"}, *[""] * 4),
        ({"kind": "internal"}, "", *["internal"] * 3),
        ({"kind": "company", "consent": "yes"}, *[""] * 4),
    ],
)
def test_who_is_left_in_peace(
    known: dict[str, Any], duty: str, care: str, marketing: str, mass: str
) -> None:
    who = customer(**known)
    kinds = ("duty", "care", "marketing")
    assert [states.silenced(who, DAY, kind) for kind in kinds] == [duty, care, marketing]
    assert states.silenced(who, DAY, "care", mass=True) == mass


@pytest.mark.parametrize(
    ("kind", "known", "more", "why"),
    [
        ("care", {"travelling": (9,)}, {}, "on_trip"),
        ("care", {"travelling": (1,)}, {}, "on_trip"),
        ("duty", {"travelling": (1,)}, {}, ""),
        ("duty", {"travelling": (9,)}, {}, "on_trip"),
        ("duty", {"travelling": (9,)}, {"by": datetime.combine(DAY, time(), ZONE)}, ""),
        ("care", {"travelling": (9,), "kind": "company"}, {}, ""),
        ("care", {"complaints": (Case(5, DAY, None),)}, {}, "complaining"),
        ("duty", {"complaints": (Case(5, DAY, None),)}, {}, ""),
        ("care", {"complaints": (Case(5, day(1), None),)}, {}, ""),
        ("care", {"complaints": (Case(5, DAY, None),)}, {"key": Key("x", "complaint", 5, "")}, ""),
        ("care", {"complaints": (Case(5, DAY, None),)}, {"key": Key("x", "trip", 5, "")},
         "complaining"),
        ("care", {"complaints": (Case(5, DAY, None), Case(6, DAY, None))},
         {"key": Key("x", "complaint", 5, "")}, ""),
        ("care", {"complaints": (Case(5, day(-9), DAY),)}, {}, ""),
        ("marketing", {"complaints": (Case(5, day(-9), DAY),)}, {}, "complained"),
        ("marketing", {"complaints": (Case(5, day(-90), day(-40)), Case(6, day(-9), DAY))}, {},
         "complained"),
        ("marketing", {"complaints": (Case(5, day(-90), day(-31)),)}, {}, ""),
        # Of what has lapsed its last day counts.
        ("care", {"complaints": (Case(5, DAY, None),)}, {"last_on": day(-1)}, ""),
        ("care", {"complaints": (Case(5, day(-1), DAY),)}, {"last_on": day(-1)}, "complaining"),
        ("care", {"do_not_contact": True, "travelling": (9,)}, {}, "do_not_contact"),
        ("care", {"do_not_contact": True, "complaints": (Case(5, DAY, None),)}, {},
         "do_not_contact"),
        ("care", {"complaints": (Case(5, DAY, None),), "travelling": (9,)}, {}, "complaining"),
    ],
)  # fmt: skip
def test_what_may_not_be_done_now(
    kind: str, known: dict[str, Any], more: dict[str, Any], why: str
) -> None:
    assert states.hold(thing(rule(kind), customer=customer(**known), **more), DAY) == why


@pytest.mark.parametrize(
    ("kind", "mass", "refused", "why"),
    [
        ("marketing", False, "own", "no_consent"),
        ("marketing", False, "other", ""),
        ("care", False, "own", ""),  # care is no advertisement
        ("duty", False, "own", ""),
        ("care", True, "own", "no_consent"),  # to many at once it is one
        ("care", True, "other", ""),
    ],
)
def test_a_channel_that_was_refused_gets_no_offers(
    kind: str, mass: bool, refused: str, why: str
) -> None:
    of = rule(kind)
    step = replace(of.steps[0], mass=mass, channel="phone")
    channel = "phone" if refused == "own" else "sms"
    who = customer(refused=frozenset({channel}), consent="yes")
    assert states.hold(thing(of, step=step, customer=who), DAY) == why


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, "shown"),
        ({"due_on": day(1)}, "ahead"),
        ({"last_on": DAY}, "shown"),
        ({"last_on": day(-1)}, "lapsed"),
        ({"customer": customer(travelling=(9,))}, "held on_trip"),
        ({"customer": customer(travelling=(9,)), "due_on": day(1)}, "ahead"),
        ({"customer": customer(travelling=(9,)), "last_on": day(-1)}, "lapsed"),
        ({"customer": customer(kind="internal"), "due_on": day(1)}, "held internal"),
        ({"customer": customer(kind="internal"), "last_on": day(-1)}, "lapsed internal"),
    ],
)
def test_an_item_nobody_decided_about(more: dict[str, Any], state: str) -> None:
    assert settled(thing(**more)) == state


@pytest.mark.parametrize(
    ("known", "state", "last_on"),
    [
        ({"contacts": (DAY,)}, "waiting quiet", 9),  # free on the 7th day, then three days at least
        ({"contacts": (day(-5),)}, "waiting quiet", 4),
        ({"contacts": (day(-6),)}, "waiting quiet", 1),
        ({"contacts": (day(-7),)}, "shown", 1),
        ({"offers": (day(-4),)}, "waiting quiet", 1),
        ({"offers": (day(-5),)}, "shown", 1),
        ({"offers": (day(-3),)}, "waiting quiet", 4),
        ({"contacts": (day(-20), day(-5)), "offers": (day(0),)}, "waiting quiet", 7),
        # Ninety days longer at most, however often they are spoken with.
        ({"contacts": tuple(day(n) for n in range(0, 200, 3))}, "waiting quiet", 91),
    ],
)
def test_marketing_waits_and_does_not_lapse_for_it(
    known: dict[str, Any], state: str, last_on: int
) -> None:
    item = thing(rule("marketing"), customer=customer(**known))
    assert (settled(item), item.last_on) == (state, day(last_on))
    assert settled(thing(rule("care"), customer=customer(**known))) == "shown"


@pytest.mark.parametrize(
    ("by", "known", "state"),
    [
        ("personal_contact", {}, "shown"),
        ("personal_contact", {"contacts": (day(-1),)}, "shown"),
        ("personal_contact", {"contacts": (DAY,)}, "satisfied"),
        ("personal_contact", {"contacts": (day(-9), day(1))}, "satisfied"),
        ("personal_contact", {"contacts": (day(2),)}, "shown"),
        ("trip_ahead", {"ahead": True}, "satisfied"),
        ("trip_ahead", {"departed_on": "2026-11-20"}, "satisfied"),
        ("trip_ahead", {"departed_on": "2026-11-19"}, "shown"),
        ("trip_ahead", {}, "shown"),
        ("answer", {"answered": (1,)}, "satisfied"),
        ("answer", {"answered": (2,)}, "shown"),
    ],
)
def test_what_makes_an_item_needless(by: str, known: dict[str, Any], state: str) -> None:
    of = rule(satisfied_by=frozenset({by}))
    assert settled(thing(of, customer=customer(**known))) == state


@pytest.mark.parametrize(
    ("decided", "state", "due_on", "last_on"),
    [
        ([decision("done")], "decided", 0, 1),
        ([decision("skipped")], "decided", 0, 1),
        ([decision("done"), decision("reopened")], "shown", 0, 1),
        ([decision("tried", 1)], "decided", 0, 4),
        ([decision("tried", 0)], "shown", 0, 3),
        ([decision("snoozed", 1)], "decided", 0, 4),
        ([decision("snoozed", -1)], "shown", -1, 2),
        ([decision("snoozed", -3)], "shown", -3, 1),
        # A date may move by three days before a decision no longer holds.
        ([decision("done", anchor_on=day(2))], "decided", 0, 1),
        ([decision("done", anchor_on=day(-4))], "decided", 0, 1),
        ([decision("done", anchor_on=day(3))], "shown", 0, 1),
        ([decision("done", anchor_on=day(-5))], "shown", 0, 1),
    ],
)
def test_what_was_decided(decided: list[Decision], state: str, due_on: int, last_on: int) -> None:
    item = thing(rule(moved_by=3))
    assert (settled(item, *decided), item.due_on, item.last_on) == (
        state,
        day(due_on),
        day(last_on),
    )
    assert item.date_changed == (decided[0].anchor_on in (day(3), day(-5)))


def test_nothing_is_put_off_past_what_it_is_for() -> None:
    of = rule()
    until = replace(of.steps[0], until_anchor=True)
    item = thing(of, step=until, anchor_on=day(1), ends_on=day(2))
    states.settle(item, [decision("snoozed", 1)], DAY, 0)
    assert item.last_on == day(2)


def test_tries_are_counted_and_a_date_that_was_taken_back_is_not_told() -> None:
    item = thing()
    assert (item.tries, item.is_clock, item.date_changed) == (0, False, False)
    settled(item, decision("tried", 0), decision("snoozed", 0), decision("tried", 0))
    assert item.tries == 2
    moved = thing()
    settled(moved, decision("done", anchor_on=day(9)), decision("reopened", anchor_on=day(9)))
    assert not moved.date_changed


@pytest.mark.parametrize(
    ("theirs", "own", "about"),
    [
        ("once", "once", True),
        ("2026", "2027", True),
        ("birthday:2026:gift", "birthday:2027:gift", True),
        ("birthday:2026:gift", "birthday:2027:wish", False),
        ("birthday:2026:gift", "birthday:2026:wish", False),
        ("birthday:2026", "birthday:2027:gift", False),
        ("birthday:2026", "birthday:202", False),
        ("r1", "r2", False),
        ("2026:12", "2026:11", False),
        ("202a", "2027", False),
    ],
)
def test_a_birthday_moved_over_new_year_is_the_same(theirs: str, own: str, about: bool) -> None:
    item = thing(key=Key("welcome_home", "trip", 1, own))
    decided = decision("done", key=Key("welcome_home", "trip", 1, theirs))
    assert settled(item, decided) == ("decided" if about else "shown")


_CONDITIONS = [
    ("services", "tour", "hotel"),
    ("kinds", "group", "private"),
    ("customer_kinds", "person", "company"),
    ("tiers", "A", "B"),
    ("quadrants", "new", "large_low"),
    ("cadences", "due", "active"),
    ("tags", "vip", "quiet"),
]


@pytest.mark.parametrize(("condition", "is_one", "other"), _CONDITIONS)
def test_each_condition_of_a_step_must_be_met(condition: str, is_one: str, other: str) -> None:
    who = customer(tier="A", quadrant="new", cadence="due", tags=frozenset({"vip"}))
    step = rule().steps[0]
    met = {name: frozenset({value}) for name, value, _other in _CONDITIONS}

    def fits(**asked: frozenset[str]) -> bool:
        return states.fits(replace(step, conditions=Conditions(**asked)), who, "tour", "group")

    assert fits()
    assert fits(**met)
    assert fits(**{condition: frozenset({is_one, other})})
    assert not fits(**{condition: frozenset({other})})
    assert not fits(**{**met, condition: frozenset({other})})


def test_who_has_no_standing_is_none_of_all() -> None:
    assert customer().sort == ("person", "none", "none", "none", frozenset())
    assert customer(cadence="lapsed", ahead=True).sort[3] == "active"


def offers(*customers: int, share: int | None = None, kind: str = "care") -> list[Item]:
    return [thing(rule(kind, share=share), who, state="shown") for who in customers]


@pytest.mark.parametrize(
    ("items", "capacity", "used", "shown"),
    [
        (offers(1, 2, 3), 2, Used(), [1, 2]),
        (offers(1, 1, 2, 3), 2, Used(), [1, 1, 2]),  # a customer takes one place
        (offers(1, 2, 3), 2, Used(of_queue={"q": 1}), [1]),
        (offers(1, 2, 3), 2, Used(of_queue={"q": 2}, met=frozenset({3})), [3]),
        (offers(1, 2, 3), 2, Used(of_queue={"other": 2}), [1, 2]),
        (offers(1, 2, 3, kind="duty"), 2, Used(), [1, 2, 3]),
        (offers(1, 2, 3, share=50), 4, Used(), [1, 2]),
        (offers(1, 2, 3, share=10), 4, Used(), [1]),
        (offers(1, 2, share=50), 200, Used(of_rule={("q", "welcome_home"): 99}), [1]),
        (offers(1, 2, share=50), 200, Used(of_rule={("q", "welcome_home"): 100}), []),
        ([thing(rule(id="other"), 1, state="shown"), *offers(2, 3, share=50)], 3, Used(), [1, 2]),
    ],
)
def test_what_does_not_fit_the_day_waits(
    items: list[Item], capacity: int, used: Used, shown: list[int]
) -> None:
    items = [replace(item) for item in items]
    listing.limit(items, capacity, used, lambda _item: "q")
    assert [item.customer_id for item in items if item.state == "shown"] == shown
    assert {item.why for item in items if item.state == "waiting"} <= {"capacity"}


def test_one_offer_at_a_time_to_each() -> None:
    items = offers(1, 1, 2, kind="marketing")
    listing.limit(items, 9, Used(), lambda _item: "q")
    assert [(item.state, item.why) for item in items] == [
        ("shown", ""), ("waiting", "quiet"), ("shown", ""),
    ]  # fmt: skip


def test_the_list_is_in_order() -> None:
    """By priority, the moment, tier, the due day and the code, those of a customer together."""
    noon = datetime.combine(DAY, time(12), ZONE)
    high = rule(priority=90)
    listed = [
        thing(high, 1, by=noon),
        thing(high, 2, by=noon + timedelta(hours=1)),
        *(thing(high, 6 - at, customer=customer(tier=tier)) for at, tier in enumerate("ABCD")),
        thing(high, 7, due_on=day(-1)),
        thing(rule(priority=1), 7),
        thing(high, 8, customer=customer(code="B")),
        thing(high, 9, customer=customer(code="C")),
        thing(rule(priority=80), 10),
    ]
    assert listing.in_order(reversed(listed)) == listed


def test_who_is_alone_in_a_batch() -> None:
    batch = ("handbook", "departure", "2026-11-23", "桂林")
    items = [thing(who=who, batch=batch, state=state) for who, state in (
        (1, "shown"), (2, "shown"), (3, "decided"), (3, "decided"),
    )]  # fmt: skip
    items.append(thing(who=4))
    listing.set_alone(items)
    assert [item.alone for item in items] == [False, False, True, True, False]
    assert [item.shared for item in items] == [batch, batch, None, None, None]
    assert items[0].id == items[1].id != items[2].id
