"""A year of an agency, day after day: `make year`, or

    python benchmarks/year.py [--customers N] [--staff N] [--days N] [--seed N] [--out FILE.csv]

Ten years of history come in on the first day. From then on customers book, put off, cancel,
complain and say what they think, and every colleague works down the forty places of the day, mostly
done, now and then tried, put off or skipped. What the list promises is checked every day
(`Year.check`, `check_complaints`, `check_clocks_first`), and a broken promise ends the run with
what was broken. The same seed gives the same year; no clock is read.
"""

import argparse
import csv
import math
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from tourcrm import followup
from tourcrm.agenda import actions, decisions
from tourcrm.agenda.actions import Act
from tourcrm.agenda.events.revenue import MOST
from tourcrm.agenda.keys import FINAL, Key
from tourcrm.agenda.listing import limit
from tourcrm.agenda.states import Item, Span
from tourcrm.agenda.wording import lines
from tourcrm.analysis import population
from tourcrm.analysis.population import People
from tourcrm.analysis.trip_history import day_number
from tourcrm.base.errors import Refused
from tourcrm.base.vocabulary import IN_PERSON
from tourcrm.db import engine, files, operations, setting
from tourcrm.followup import Agenda

START = date(2026, 1, 1)
HISTORY = 3650  # days before the first
ANSWERED = ("answer", "resolution")  # what customers said themselves is answered each time
LONGEST_WAIT = 5  # days for which somebody of tier A may wait for a place
PLACES = ("云南", "西藏", "日本", "三亚", "桂林", "新马泰", "冰岛", "北疆")
MONTHS = (0.7, 1.5, 0.7, 0.9, 1.1, 0.9, 1.6, 1.5, 0.8, 1.8, 0.6, 0.6)  # departures, January first
BOOKINGS = 0.4  # a customer a year
LEAD = (5, 90)  # days from a booking to the departure


class Broken(Exception):
    """A promise of the list that was not kept."""


@dataclass(slots=True)
class Day:
    """What one day was like: customers and batches shown, items of each fate."""

    day: date
    shown: int = 0
    waiting: int = 0  # for a place
    quiet: int = 0
    held: int = 0
    done: int = 0
    tried: int = 0
    snoozed: int = 0
    skipped: int = 0
    lapsed_unseen: int = 0
    longest_wait_a: int = 0  # days in a row that somebody of tier A has waited for a place
    backlog: int = 0  # visits that were overdue when the history came in, and are not yet made
    calls_running: int = 0  # customers called or visited on three days running, unasked


@dataclass(slots=True)
class Case:
    """A complaint and the step that comes next; None once it is closed for good."""

    customer: int
    next: str | None


@dataclass(slots=True)
class Trip:
    """A booked trip that may still change."""

    id: int
    customer: int
    departs_on: date
    length: int


# --- the agency and what happens to it ------------------------------------------------------------


class World:
    """The customers and their travels; writes facts, decides nothing."""

    def __init__(self, session: Session, customers: int, staff: Sequence[str], seed: int) -> None:
        self.rng = random.Random(seed)
        self.staff = staff
        self.connection = engine.raw(session)
        self.customers = 0
        self.trips = 0
        self.touched: set[int] = set()  # customers about whom something was entered today
        self.open: list[Trip] = []
        self.cases: dict[int, Case] = {}
        self.answered: set[int] = set()  # trips of which their customers said what they think
        self.dead: set[int] = set()
        self.habits: list[float] = []  # how often each customer travels, against the others
        self.at_import(session, customers)

    def at_import(self, session: Session, customers: int) -> None:
        """Ten years of history, and what is booked already."""
        number = operations.begin(session, "import", _moment(START, 8), "boss")
        for _ in range(customers):
            self.add_customer(number, START - timedelta(self.rng.randrange(HISTORY)))
        travellers = self.travellers(int(customers * BOOKINGS * HISTORY / 365))
        for who in travellers:
            departs = self.season(START - timedelta(self.rng.randrange(HISTORY)))
            self.add_trip(number, who, departs, departs - timedelta(self.rng.randint(*LEAD)))
        for who in self.travellers(int(customers * BOOKINGS / 8)):
            departs = START + timedelta(self.rng.randint(1, LEAD[1]))
            self.add_trip(number, who, departs, START - timedelta(self.rng.randrange(30)))
        self.touched.clear()

    def travellers(self, count: int) -> list[int]:
        return self.rng.choices(range(1, self.customers + 1), self.habits, k=count)

    def season(self, day: date) -> date:
        """A day as likely as people like to travel then."""
        while self.rng.random() * max(MONTHS) > MONTHS[day.month - 1]:
            day += timedelta(self.rng.randint(5, 25))
        return min(day, START - timedelta(1)) if day < START else day

    def add_customer(self, number: int, day: date, referrer: int | None = None) -> int:
        rng = self.rng
        self.customers += 1
        who = self.customers
        self.habits.append(rng.paretovariate(1.6))
        kind = rng.choices(("person", "company", "channel", "internal"), (950, 35, 13, 2))[0]
        consent = rng.choices(("yes", "unknown", "no"), (30, 60, 10))[0]
        owner = None if rng.random() < 0.05 else rng.choice(self.staff)
        self.connection.execute(
            "INSERT INTO customer (id, code, name, kind, status, marketing_consent, do_not_contact,"
            " owner, referred_by_id, entered_on, operation_id)"
            " VALUES (?, ?, ?, ?, 'active', ?, ?, ?, ?, ?, ?)",
            (
                *(who, f"K{who:06d}", f"客户{who}", kind, consent, int(rng.random() < 0.01)),
                *(owner, referrer, day.isoformat(), number),
            ),
        )
        if kind == "person" and rng.random() < 0.6:
            lunar = rng.random() < 0.15
            self.add_date(number, who, "birthday", "lunar" if lunar else "solar")
            if rng.random() < 0.05:
                self.add_date(number, who, "birthday", "solar" if lunar else "lunar")
        if kind == "person" and rng.random() < 0.1:
            self.add_date(number, who, "wedding", "solar")
        return who

    def add_date(self, number: int, who: int, label: str, calendar: str) -> None:
        self.connection.execute(
            "INSERT INTO special_date (customer_id, label, month, day, calendar, leap,"
            " operation_id) VALUES (?, ?, ?, ?, ?, 0, ?)",
            (who, label, self.rng.randint(1, 12), self.rng.randint(1, 28), calendar, number),
        )

    def add_trip(self, number: int, who: int, departs: date, booked: date) -> None:
        rng = self.rng
        self.trips += 1
        length = rng.randint(1, 12)
        kind = rng.choices(("group", "independent", "custom"), (60, 25, 15))[0]
        service = rng.choices(("tour", "cruise", "flight", "hotel", "visa"), (75, 5, 10, 6, 4))[0]
        price = int(min(rng.paretovariate(1.2) * 200_000, 50_000_000)) // 100 * 100
        self.connection.execute(
            "INSERT INTO trip (id, code, customer_id, destination, service, kind, status,"
            " booked_on, departs_on, returns_on, party_size, price, operation_id)"
            " VALUES (?, ?, ?, ?, ?, ?, 'booked', ?, ?, ?, 2, ?, ?)",
            (
                *(self.trips, f"D{self.trips:07d}", who, rng.choice(PLACES), service, kind),
                *(booked.isoformat(), departs.isoformat()),
                *((departs + timedelta(length)).isoformat(), price, number),
            ),
        )
        if departs >= START:
            self.open.append(Trip(self.trips, who, departs, length))
        self.touched.add(who)

    def live(self, session: Session, day: date) -> None:
        """What is entered on a day before the lists are printed."""
        number = operations.begin(session, "desk", _moment(day, 8), "desk")
        self.touched = set()
        rng = self.rng
        for who in self.travellers(self.some(self.customers * BOOKINGS / 365)):
            departs = self.season(day + timedelta(rng.randint(*LEAD)))
            if rng.random() < 0.1:
                referrer = who if rng.random() < 0.4 else None
                who = self.add_customer(number, day, referrer)
                self.touched.update((referrer,) if referrer else ())
            self.add_trip(number, who, departs, day)
        for trip in rng.sample(self.open, min(len(self.open), self.some(len(self.open) / 600))):
            self.cancel(trip, day)
        for trip in rng.sample(self.open, min(len(self.open), self.some(len(self.open) / 600))):
            self.put_off(trip, day)
        self.open = [trip for trip in self.open if trip.departs_on >= day - timedelta(5)]
        for _ in range(self.some(self.customers / 10_000)):
            self.correct_a_birthday()
        for _ in range(self.some(self.customers / 2_000)):
            self.come_in(number, day)
        for _ in range(self.some(self.customers / 60_000)):
            self.lose(day)
        for id_, case in self.cases.items():
            if case.next and rng.random() < 0.4:
                self.go_on(number, id_, case, day)
        home = [trip for trip in self.open if trip.departs_on + timedelta(trip.length) < day]
        for _ in range(self.some(self.customers / 2_000)):
            back = home and rng.random() < 0.7
            who = rng.choice(home).customer if back else rng.randint(1, self.customers)
            self.complain(number, who, day)
        for trip in rng.sample(home, min(len(home), self.some(len(home) / 10))):
            self.answer(number, trip, day)

    def some(self, expected: float) -> int:
        """A whole number around this one."""
        return math.floor(expected + self.rng.random() + self.rng.uniform(-0.4, 0.4) * expected)

    def cancel(self, trip: Trip, day: date) -> None:
        """Cancelled, now and then days before somebody enters it, even past the departure."""
        self.open.remove(trip)
        cancelled = day - timedelta(self.rng.choice((0, 0, 0, 1, 4)))
        self.connection.execute(
            "UPDATE trip SET status = 'cancelled', cancelled_on = ? WHERE id = ?",
            (min(cancelled, trip.departs_on).isoformat(), trip.id),
        )
        self.touched.add(trip.customer)

    def put_off(self, trip: Trip, day: date) -> None:
        """Another date, by a day or a month; also of a trip that has just begun."""
        trip.departs_on += timedelta(self.rng.choice((-2, -1, 1, 2, 5, 30)))
        trip.departs_on = max(trip.departs_on, day - timedelta(2))
        self.connection.execute(
            "UPDATE trip SET departs_on = ?, returns_on = ? WHERE id = ?",
            (
                trip.departs_on.isoformat(),
                (trip.departs_on + timedelta(trip.length)).isoformat(),
                trip.id,
            ),
        )
        self.touched.add(trip.customer)

    def correct_a_birthday(self) -> None:
        who = self.rng.randint(1, self.customers)
        self.connection.execute(
            "UPDATE special_date SET month = ?, day = ? WHERE customer_id = ?",
            (self.rng.randint(1, 12), self.rng.randint(1, 28), who),
        )
        self.touched.add(who)

    def come_in(self, number: int, day: date) -> None:
        """A customer comes to the office."""
        who = self.rng.randint(1, self.customers)
        self.connection.execute(
            "INSERT INTO interaction (customer_id, at, channel, direction, kind, personal,"
            " operation_id) VALUES (?, ?, 'store', 'in', 'inquiry', 1, ?)",
            (who, f"{day}T00:30:00Z", number),
        )
        self.touched.add(who)

    def complain(self, number: int, who: int, day: date) -> None:
        rng = self.rng
        id_ = len(self.cases) + 1
        severity = rng.choices(("routine", "crisis"), (9, 1))[0]
        charge = rng.choice((None, *self.staff))
        self.connection.execute(
            "INSERT INTO complaint (id, code, customer_id, severity, category, text, opened_at,"
            " in_charge, operation_id) VALUES (?, ?, ?, ?, 'hotel', '房间有霉味', ?, ?, ?)",
            (id_, f"K{id_:05d}", who, severity, f"{day}T00:30:00Z", charge, number),
        )
        self.cases[id_] = Case(who, "opened")
        self.go_on(number, id_, self.cases[id_], day)

    def go_on(self, number: int, id_: int, case: Case, day: date) -> None:
        """The next step of a complaint."""
        self.connection.execute(
            "INSERT INTO complaint_event (complaint_id, step, at, staff, operation_id)"
            " VALUES (?, ?, ?, 'desk', ?)",
            (id_, case.next, f"{day}T00:30:00Z", number),
        )
        after = {"opened": "responded", "responded": "resolved", "resolved": "closed"}
        again = "reopened" if case.next == "closed" and self.rng.random() < 0.1 else None
        case.next = "responded" if case.next == "reopened" else after.get(case.next or "", again)
        self.touched.add(case.customer)

    def answer(self, number: int, trip: Trip, day: date) -> None:
        """What a customer thinks of a trip."""
        self.connection.execute(
            "INSERT INTO survey_response (customer_id, trip_id, answered_on, nps, operation_id)"
            " VALUES (?, ?, ?, ?, ?)",
            (trip.customer, trip.id, day.isoformat(), self.rng.randint(0, 10), number),
        )
        self.answered.add(trip.id)
        self.touched.add(trip.customer)

    def lose(self, day: date) -> None:
        who = self.rng.randint(1, self.customers)
        status = self.rng.choice(("lost", "deceased"))
        self.connection.execute(
            "UPDATE customer SET status = ?, lost_on = ? WHERE id = ?",
            (status, day.isoformat(), who),
        )
        (self.dead.add if status == "deceased" else self.dead.discard)(who)
        self.touched.add(who)


def _moment(day: date, hour: int) -> datetime:
    """A moment of a day in Shanghai."""
    return datetime.combine(day, time(hour), UTC) - timedelta(hours=8)


# --- a day of work, and what must hold ------------------------------------------------------------


@dataclass(slots=True)
class Open:
    """What was shown or waited at the end of a day, and what was known of its customer."""

    customer: int
    last_on: date
    groups: tuple[str | None, str | None, str | None] | None


@dataclass(slots=True)
class Year:
    """The days of an agency as they pass."""

    file: Path
    customers: int
    staff: Sequence[str]
    seed: int
    days: list[Day] = field(default_factory=list)
    open: dict[Key, Open] = field(default_factory=dict)  # yesterday evening
    decided: dict[Key, date] = field(default_factory=dict)  # done or skipped -> day of the event
    waits: Counter[Key] = field(default_factory=Counter)  # days in a row, of tier A
    backlog: dict[Key, date] = field(default_factory=dict)  # -> by when it has to be worked off
    called: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    crowded: set[str] = field(default_factory=set)  # rules that had more to tell than they may
    before: set[int] = field(
        default_factory=set
    )  # whom something happened to yesterday, or whom somebody called

    def run(self, days: int) -> None:
        """Open the agency and live through so many days. Raises Broken."""
        files.create(self.file, {"time_zone": "Asia/Shanghai"})
        with engine.writing(self.file) as session:
            world = World(session, self.customers, self.staff, self.seed)
        rng = random.Random(self.seed + 1)
        for number in range(days):
            with engine.writing(self.file) as session:
                world.connection = engine.raw(session)
                self.live(session, world, rng, START + timedelta(number))

    def live(self, session: Session, world: World, rng: random.Random, day: date) -> None:
        settings = setting.load(session)
        world.live(session, day)
        people = population.build(session, followup.basis(settings, day), whole=False).people
        if day == START:
            self._begin(session, settings, people)
        agenda = followup.agenda(session, settings, day, people=people)
        today = Day(day)
        self.check(agenda, people, world.touched)
        check_complaints(agenda, world)
        self.before = set()
        number = operations.begin(session, "followups done", _moment(day, 10), "all")
        capacity = int(settings["daily_capacity"])
        waiting: dict[Key, Item] = {}
        seen: set[Key] = set()
        gone: set[Key] = set()
        for who in self.staff:
            mine = followup.of_colleague(agenda.items, who)
            mine = [item for item in mine if item.key not in gone]
            for item in mine:
                if item.state == "waiting" and item.why == "capacity":
                    item.state, item.why = "shown", ""
            decided = decisions.since(session, day, day, settings.zone)
            used = followup.used(session, agenda.day.rules, decided, who)
            limit(mine, capacity, used, lambda _item: "")
            shown = [item for item in mine if item.state == "shown"]
            check_clocks_first(shown, day)
            seen.update(item.key for item in shown)
            waiting.update((item.key, item) for item in mine if item.state == "waiting")
            act = Act(number, day, _moment(day, 10), who)
            today.shown += len({item.shared or item.customer_id for item in shown})
            gone |= self._work(session, act, shown, rng, today)
        self._close(agenda, {k: v for k, v in waiting.items() if k not in seen}, gone, today)
        self.before |= world.touched
        self.days.append(today)

    def _begin(self, session: Session, settings: setting.Settings, people: People) -> None:
        """Note which visits were overdue when the history came in."""
        ahead = followup.agenda(session, settings, START, Span(ahead=180), people=people)
        self.backlog = {
            item.key: START + timedelta(item.step.offset)
            for item in ahead.items
            if item.rule.id == "tier_visit" and item.state in ("shown", "ahead")
            if item.anchor_on + timedelta(item.step.offset) < START
        }

    # --- what must hold

    def check(self, agenda: Agenda, people: People, touched: set[int]) -> None:
        """Hold the morning's agenda against what was open last evening. Raises Broken."""
        day = agenda.as_of
        now: dict[Key, Item] = {}
        for item in agenda.items:
            if item.key in now:
                raise Broken(f"{day}: {item.key} twice")
            now[item.key] = item
            was = self.decided.get(item.key) if item.state in ("shown", "waiting") else None
            if was and abs((was - item.anchor_on).days) <= item.rule.moved_by:
                raise Broken(f"{day}: {item.key} again, decided for {was}")
        standing = people.standing_of({one.customer for one in self.open.values()})
        excused = touched | self.before
        stars = set(people.rising_stars().tolist())
        # Of these at most MOST are told: the first of a day are not those of the next.
        told = Counter(key.rule for key in now)
        self.crowded.update(rule for rule in ("rising_star", "revenue_drop") if told[rule] >= MOST)
        for key, one in self.open.items():
            known = now.get(key)
            on_its_day = known is not None and (known.state != "lapsed" or one.last_on < day)
            now_in = standing.get(one.customer)
            changed = one.customer in excused or one.groups != (now_in and now_in[:3])
            changed = changed or key.rule in self.crowded
            if key.rule == "rising_star":  # as those of tier B travel, their middle moves
                changed = changed or one.customer not in stars
            if not on_its_day and not changed and not _left(people, one.customer, day):
                raise Broken(f"{day}: {key} is gone, {one}, {known and known.last_on}")
        late = [key for key, until in self.backlog.items() if until + timedelta(LONGEST_WAIT) < day]
        for key in late:
            if key in now and now[key].state in ("shown", "waiting"):
                raise Broken(f"{day}: {key} should have been visited by {self.backlog[key]}")
            del self.backlog[key]

    # --- work

    def _work(
        self, session: Session, act: Act, shown: list[Item], rng: random.Random, today: Day
    ) -> set[Key]:
        """Work down one list; returns what was decided."""
        units: dict[Any, list[Item]] = defaultdict(list)
        for item in shown:
            units[item.shared or item.key].append(item)
        gone: set[Key] = set()
        for items in units.values():
            chance = rng.random()
            fate = self._decide(session, act, items, chance, rng)
            if fate is None:
                continue
            setattr(today, fate, getattr(today, fate) + len(items))
            gone.update(item.key for item in items)
            first = items[0]
            if fate in FINAL:
                self.decided.update((item.key, item.anchor_on) for item in items)
                if fate == "done" and first.shared is None and first.step.channel in IN_PERSON:
                    if first.rule.anchor.name not in ANSWERED:
                        today.calls_running += self._call(first, act.today)
                    self.before.add(first.customer_id)
        return gone

    def _decide(
        self,
        session: Session,
        act: Act,
        items: list[Item],
        chance: float,
        rng: random.Random,
    ) -> str | None:
        if items[0].is_clock or chance < 0.03:
            return None  # answered by `World`; left for tomorrow
        if items[0].shared is None and chance < 0.20:
            if chance < 0.10:
                actions.tried(session, act, items)
                return "tried"
            if chance < 0.14:
                actions.skip(session, act, items, "不需要")
                return "skipped"
            try:
                until = act.today + timedelta(rng.randint(1, 10))
                actions.snooze(session, act, items, until)
                return "snoozed"
            except Refused:  # past what it serves
                pass
        line = lines(session, items, act.today, "zh")[0]
        follow = items[0].shared is None and chance > 0.98
        on = act.today + timedelta(rng.randint(2, 30)) if follow else None
        actions.done(session, act, line, items, next_on=on)
        return "done"

    def _call(self, item: Item, day: date) -> int:
        """1 if the customer was called yesterday and the day before as well."""
        days = self.called[item.customer_id]
        if day in days:
            return 0
        days.append(day)
        return int(all(day - timedelta(back) in days for back in (1, 2)))

    def _close(self, agenda: Agenda, waiting: dict[Key, Item], gone: set[Key], today: Day) -> None:
        """Note what the day was like, and what is open tonight."""
        day = today.day
        places = {k: item for k, item in waiting.items() if item.why == "capacity"}
        today.waiting = len(places)
        today.quiet = len(waiting) - len(places)
        today.held = len(agenda.of_state("held"))
        yesterday = day - timedelta(1)
        today.lapsed_unseen = sum(
            item.last_on == yesterday and not item.why for item in agenda.of_state("lapsed")
        )
        self.waits = Counter(
            {
                key: self.waits[key] + 1
                for key, item in places.items()
                if item.customer.tier == "A" and item.rule.id != "festival"
            }
        )
        today.longest_wait_a = max(self.waits.values(), default=0)
        if today.longest_wait_a > LONGEST_WAIT:
            key = max(self.waits, key=lambda one: self.waits[one])
            raise Broken(f"{day}: {key} of tier A waits for the {self.waits[key]}th day")
        for key in gone:
            self.backlog.pop(key, None)
        now = {item.key for item in agenda.items if item.state in ("satisfied", "decided")}
        for key in [key for key in self.backlog if key in now]:
            del self.backlog[key]
        today.backlog = len(self.backlog)
        self.open = {
            item.key: Open(
                item.customer_id,
                item.last_on,
                (item.customer.tier, item.customer.quadrant, item.customer.cadence)
                if item.customer.cadence
                else None,
            )
            for item in agenda.of_state("shown", "waiting")
            if item.key not in gone
        }


def check_complaints(agenda: Agenda, world: World) -> None:
    """That each complaint without an answer is on the list, that nobody with an open one is greeted
    or offered anything, and that nobody is asked what they have said. Raises Broken."""
    day = agenda.as_of
    waiting = {
        id_
        for id_, case in world.cases.items()
        if case.next == "responded" and case.customer not in world.dead
    }
    running = {item.key.subject_id for item in agenda.of_state("shown") if item.is_clock}
    if waiting != running:
        raise Broken(f"{day}: complaints without an answer {waiting}, on the list {running}")
    open_ = {case.customer for case in world.cases.values() if case.next not in (None, "reopened")}
    for item in agenda.of_state("shown", "waiting"):
        own = item.key.subject_table == "complaint" or item.rule.kind == "duty"
        if item.customer_id in open_ and not own:
            raise Broken(f"{day}: {item.key} though a complaint is open")
        if item.rule.id == "survey" and item.trip_id in world.answered:
            raise Broken(f"{day}: {item.key} was answered")


def check_clocks_first(shown: Sequence[Item], day: date) -> None:
    """That those with a complaint that waits for an answer come first. Raises Broken."""
    urgent = {item.customer_id for item in shown if item.is_clock}
    order = [item.customer_id in urgent and item.shared is None for item in shown]
    if order != sorted(order, reverse=True):
        raise Broken(f"{day}: something stands before a complaint that waits for an answer")


def _left(people: People, customer: int, day: date) -> bool:
    """Whether the customer leaves on a trip on this day."""
    at = people.places_of([customer])
    return len(at) > 0 and int(people.known.last[at][0]) == day_number(day)


# --- what it came to ------------------------------------------------------------------------------


def write(days: Iterable[Day], file: Path) -> None:
    """The curve as CSV."""
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow([one.name for one in fields(Day)])
        rows.writerows(astuple(day) for day in days)


def chart(days: Sequence[Day]) -> str:
    """The curve for people: a line a week."""
    said = [" week  shown   done  waits  lapsed  A waits  backlog"]
    for start in range(0, len(days), 7):
        week = days[start : start + 7]
        length = len(week)
        shown = sum(day.shown for day in week) / length
        done = sum(day.done + day.skipped for day in week) / length
        waits = sum(day.waiting for day in week) / length
        lapsed = sum(day.lapsed_unseen for day in week) / length
        longest = max(day.longest_wait_a for day in week)
        said.append(
            f"{start // 7 + 1:5d}{shown:7.0f}{done:7.0f}{waits:7.0f}{lapsed:8.1f}{longest:9d}"
            f"{week[-1].backlog:9d}"
        )
    return "\n".join(said)


def main() -> None:
    parser = argparse.ArgumentParser(description="Live through a year of an agency.")
    parser.add_argument("--customers", type=int, default=3_000)
    parser.add_argument(
        "--staff", type=int, help="colleagues (one for 2,500 customers, 2 at least)"
    )
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="the curve as CSV")
    given = parser.parse_args()
    staff = [f"同事{n + 1}" for n in range(given.staff or max(2, given.customers // 2_500))]
    with tempfile.TemporaryDirectory(prefix="tourcrm-year-") as folder:
        year = Year(Path(folder) / "year.db", given.customers, staff, given.seed)
        try:
            year.run(given.days)
        except Broken as broken:
            print(f"BROKEN: {broken}", file=sys.stderr)
            raise SystemExit(1) from None
        finally:
            if given.out:
                write(year.days, given.out)
            print(chart(year.days))


if __name__ == "__main__":
    main()
