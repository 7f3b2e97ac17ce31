"""Scenarios as tables: facts, settings, what is done on which day, and what the list then says.

A file of scenarios is read by people first. A title at the margin; under it, indented, entries, one
a line or parted by " | ". An entry that begins with a day is about that day, others are facts that
were known from the start. A day without its year is one of 2026. `@rules a b` says which rules the
scenarios after it look at, `@rules all` that they look at all.

Facts, of customer A unless another capital letter comes first:

    tour 03-01 03-05 price=90      a booked trip (any service); 1000 fen unless said otherwise
    is kind=company owner=Li       fields of the customer; refers=B: A sent us B
    birthday 11-27                 any label of a special date; also: birthday lunar leap 6-1 1980
    talk 03-07T23:30, message ...  a personal contact; one that is none. 09:00 where no time is said
    task 03-10 noted=03-01         noted by a colleague; owner=Wu
    complaint 03-06T20:00 crisis   of their first trip, if any; trip=no; in_charge=Wu category=hotel
    responded 03-06T21:00          a step of their last complaint (resolved, closed, reopened); of=1
    answer 03-08 nps=5             about their first trip, if any; trip=2, trip=no; comment=...
    paid 03-01 300                 of the price of their first trip, if not trip=2; kind=balance
    seats 5                        a departure of so many seats with their first trip (or trip=2);
                                   queued=02-01: it waits for them since then
    tag gold
    tier B                         others pay so much that the customer has this tier
    others 3 1                     three other customers who paid 1 fen each
    set daily_capacity=2           settings; rules=children: rules of the agency's own (OWN)
    imported 02-01                 when the customers came into the database; else 2020-01-01

Days:

    03-06 phone shown, lapsed      the items of customer A (B: "03-06 B shown") that the list of the
                                   day looks at, by due day: some words of each (rule, step,
                                   channel, state, why, due=03-06, changed, tries=2, owner=Wu,
                                   by=03-06T22:00; not those after ~); "-" for none
    03-06+10 welcome_home ahead    the same with what comes in the ten days after
    03-06 ! done @gift by=Wu       a decision about an item (words after @ choose it): done, tried,
                                   skip, undo, snooze 03-10; "refused [words]" where it must be
    03-06 * trip 1 returns_on=...  facts change: a trip, "move birthday 12-31", or any new fact
    03-06 list Li: a A, b x2; waiting 1; held 2 deceased; lapsed 1
                                   the lines of the day's list (of Li), and its last line
"""

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from tests.builders import add_customer, add_special_date, add_trip
from tests.contacts import add_answer, add_complaint, add_step, add_tag, add_task
from tourcrm import followup
from tourcrm.agenda import actions
from tourcrm.agenda.actions import Act
from tourcrm.agenda.rules import parser
from tourcrm.agenda.states import STATES, Item, Span
from tourcrm.agenda.wording import lines
from tourcrm.base import vocabulary
from tourcrm.base.errors import TourcrmError
from tourcrm.db import codes, operations, setting
from tourcrm.models import (
    Complaint,
    Customer,
    Departure,
    Interaction,
    Payment,
    Setting,
    SpecialDate,
    Trip,
)

LONG_AGO = "2020-01-01"
STEPS = ("responded", "resolved", "closed", "reopened")
DAY = re.compile(r"(\d{4}-)?\d\d-\d\d")
CHILDREN = """
[child_birthday]
anchor = "special_date"
labels = ["Mei", "Bao"]
class = "care"
priority = 56
offset = 0
lapses_after = 0
until_anchor = true
channel = "wechat"
title.en = "Birthday of {label}"
title.zh = "{label}"
reason.en = "{label}: {day}"
reason.zh = "{label}"
script.en = "Best wishes to {label}!"
script.zh = "{label}"
"""
OWN = {
    "children": CHILDREN,
    "golden": CHILDREN.replace("channel =", 'tags = ["gold"]\nchannel ='),
    "hello": CHILDREN.replace("child_birthday", "tier_visit")
    .replace('"special_date"', '"last_contact"')
    .replace('labels = ["Mei", "Bao"]\n', "")
    .replace("offset = 0", "offset = 30")
    .replace("until_anchor = true\n", "")
    .replace("{label}", "{name}"),
    "again": CHILDREN.replace("child_birthday", "custom_again")
    .replace('"special_date"', '"last_departure_yearly"')
    .replace('labels = ["Mei", "Bao"]\n', "")
    .replace("channel =", 'kinds = ["custom"]\nchannel =')
    .replace("{label}", "{name}"),
}


@dataclass
class Scenario:
    """One scenario: where it stands, its rules (none: all), and its entries."""

    place: str
    title: str
    rules: tuple[str, ...]
    entries: list[str] = field(default_factory=list)


def read(folder: Path) -> Iterator[Scenario]:
    """The scenarios of the files of a folder."""
    for file in sorted(folder.glob("*.txt")):
        rules: tuple[str, ...] = ()
        now: Scenario | None = None
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            if line.startswith("@rules"):
                names = line.split()[1:]
                rules = () if names == ["all"] else tuple(names)
            elif line.startswith(" "):
                assert now is not None, line
                now.entries += [part.strip() for part in line.split(" | ")]
            else:
                if now is not None:
                    yield now
                now = Scenario(f"{file.name}:{number}", line.strip(), rules)
        if now is not None:
            yield now


def _day(text: str) -> date:
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def _value(name: str, text: str) -> Any:
    if text == "?":
        return None
    if name in ("do_not_contact", "abroad"):
        return text == "yes"
    if name in ("price", "party_size", "nps", "csat", "of", "credit_days"):
        return int(text)
    if name.endswith("_on") or name in ("noted", "next", "due"):
        return _day(text)
    return text


def _fields(parts: list[str]) -> tuple[list[str], dict[str, Any]]:
    """What is said without a name, and what with one."""
    plain, named = [], {}
    for part in parts:
        name, mark, value = part.partition("=")
        if mark:
            named[name] = _value(name, value)
        else:
            plain.append(part)
    return plain, named


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """What is written inside is not there afterwards: one database serves all scenarios."""
    session.connection().exec_driver_sql("SAVEPOINT scenario")
    try:
        yield
    finally:
        session.expunge_all()
        session.connection().exec_driver_sql("ROLLBACK TO scenario")
        session.connection().exec_driver_sql("RELEASE scenario")


class World:
    """The agency of one scenario, and what happens in it."""

    def __init__(self, session: Session, scenario: Scenario) -> None:
        self.session = session
        self.customers: dict[str, int] = {}
        self.lists: dict[tuple[date, int], list[Item]] = {}  # since something was written
        self.others = 0
        self.days = [one for one in scenario.entries if DAY.match(one)]
        facts = [one for one in scenario.entries if not DAY.match(one)]
        imported = LONG_AGO
        for fact in facts:
            kind, *rest = fact.split()
            if kind == "set":
                for key, _, value in (part.partition("=") for part in rest):
                    session.add(Setting(key=key, value=OWN[value] if key == "rules" else value))
            elif kind == "imported":
                imported = rest[0]
        session.flush()
        self.settings = setting.load(session)
        self.zone = self.settings.zone
        every = parser.merged(self.settings.own_rules)
        self.rules = [one for one in every if not scenario.rules or one.id in scenario.rules]
        assert len(self.rules) == len(scenario.rules or every), scenario.rules
        self.entered = _day(imported)
        facts.sort(key=lambda fact: fact.startswith("tier "))  # when all is known
        self._begin(self.entered)
        for fact in facts:
            if fact.split()[0] not in ("set", "imported"):
                self._fact(fact)
        session.flush()

    def _begin(self, day: date, at: str = "10:00", staff: str = "Li") -> Act:
        """An operation, to which all belongs that is written until the next."""
        self.lists.clear()
        moment = self._moment(day, at)
        number = operations.begin(self.session, "test", moment, staff)
        self.session.info["operation"] = number
        return Act(number, day, moment, staff)

    def _moment(self, day: date, at: str = "10:00") -> datetime:
        return datetime.combine(day, time.fromisoformat(at), self.zone)

    def _customer(self, letter: str, **fields: Any) -> int:
        if letter not in self.customers:
            named = {"entered_on": self.entered, "name": letter, **fields}
            self.customers[letter] = add_customer(self.session, f"K-{letter}", **named)
        return self.customers[letter]

    def _fact(self, fact: str) -> None:
        kind, *parts = shlex.split(fact)
        letter = "A"
        if re.fullmatch("[A-Z]", kind):
            letter, (kind, *parts) = kind, parts
        plain, named = _fields(parts)
        if kind == "others":
            count, price = map(int, plain[:2])
            for _ in range(count):
                self._other(price, plain[2] if len(plain) > 2 else "2025-06-01")
            return
        if kind == "is" and letter not in self.customers and "refers" not in named:
            self._customer(letter, **named)
            return
        who = self._customer(letter)
        if kind == "is":
            if referred := named.pop("refers", None):
                row = self.session.get_one(Customer, self._customer(referred))
                row.referred_by_id = who
            for name, value in named.items():
                setattr(self.session.get_one(Customer, who), name, value)
        elif kind == "tier":
            own = self.session.exec(select(Trip.price).where(col(Trip.customer_id) == who)).all()
            paid = sum(price or 0 for price in own)
            times = {"A": 0, "B": 2, "C": 9, "D": 99}[plain[0]]
            if times:
                self._other(paid * times, plain[1] if len(plain) > 1 else "2025-06-01")
        elif kind in vocabulary.values("service"):
            span = [_day(one) for one in plain] + [None, None]
            trip = {"price": 1000, "destination": "X", "service": kind, "returns_on": span[1]}
            add_trip(self.session, who, span[0], **{**trip, **named})
        elif kind in ("talk", "message"):
            self._contact(who, plain[0], kind == "talk", named)
        elif kind == "task":
            noted = named.pop("noted", _day(plain[0]))
            add_task(self.session, who, _day(plain[0]), noted, **named)
        elif kind == "complaint":
            self._complain(who, plain, named)
        elif kind in STEPS:
            self._step(who, kind, plain[0], named.get("of"))
        elif kind == "answer":
            about = self._trip(who, named.pop("trip", "1"))
            add_answer(self.session, who, _day(plain[0]), trip_id=about and about.id, **named)
        elif kind == "paid":
            about = self._trip(who, named.pop("trip", "1"))
            self._pay(about, plain, **named)
        elif kind == "seats":
            self._put_on_departure(self._trip(who, named.pop("trip", "1")), plain[0], **named)
        elif kind == "tag":
            add_tag(self.session, who, plain[0])
        elif plain and re.fullmatch(r"\d+-\d+", [*plain, ""][_marks(plain)]):
            month, day = map(int, plain[_marks(plain)].split("-"))
            extra = {"calendar": "lunar"} if "lunar" in plain else {}
            year = plain[_marks(plain) + 1 :]
            fields = {**extra, "leap": "leap" in plain, "year": int(year[0]) if year else None}
            add_special_date(self.session, who, kind, month, day, **fields)
        else:
            raise AssertionError(f"not understood: {fact}")

    def _other(self, price: int, day: str) -> None:
        self.others += 1
        who = add_customer(self.session, f"other{self.others}", entered_on=self.entered)
        add_trip(self.session, who, _day(day), price=price, service="other", destination="X")

    def _contact(self, who: int, at: str, personal: bool, named: dict[str, Any]) -> None:
        channel = named.get("channel", "phone" if personal else "wechat")
        self.session.add(
            Interaction(
                customer_id=who,
                at=self._at(at),
                channel=channel,
                personal=personal,
                operation_id=self.session.info["operation"],
            )
        )

    def _trip(self, who: int, which: str) -> Trip | None:
        """A trip of a customer by its place; the first, where there is one."""
        chosen = select(Trip).where(col(Trip.customer_id) == who).order_by(col(Trip.id))
        trips = [] if which == "no" else self.session.exec(chosen).all()
        return trips[int(which) - 1] if trips else None

    def _pay(self, trip: Trip | None, plain: list[str], kind: str = "deposit") -> None:
        assert trip is not None
        assert trip.id is not None
        self.session.add(
            Payment(
                code=f"P{len(self.session.exec(select(Payment)).all())}",
                trip_id=codes.id_of(trip),
                kind=kind,
                amount=int(plain[1]),
                promised_on=_day(plain[0]),
                paid_on=_day(plain[0]),
                operation_id=self.session.info["operation"],
            )
        )

    def _put_on_departure(self, trip: Trip | None, seats: str, queued: str = "") -> None:
        """One departure serves a scenario."""
        assert trip is not None
        assert trip.departs_on is not None
        there = self.session.exec(select(Departure)).first()
        if there is None:
            there = Departure(
                code="D1",
                departs_on=trip.departs_on,
                returns_on=trip.returns_on or trip.departs_on,
                seats=int(seats),
                operation_id=self.session.info["operation"],
            )
            self.session.add(there)
            self.session.flush()
        trip.departure_id = there.id
        trip.queued_at = self._at(queued) if queued else None

    def _complain(self, who: int, plain: list[str], named: dict[str, Any]) -> None:
        about = self._trip(who, named.pop("trip", "1"))
        number = len(self.session.exec(select(Complaint)).all()) + 1
        add_complaint(
            self.session,
            who,
            self._at(plain[0]),
            f"K{number:05d}",
            trip_id=about and about.id,
            severity="crisis" if "crisis" in plain else "routine",
            **named,
        )

    def _step(self, who: int, step: str, at: str, which: int | None) -> None:
        chosen = select(Complaint.id).where(col(Complaint.customer_id) == who)
        ids = self.session.exec(chosen.order_by(col(Complaint.id))).all()
        add_step(self.session, ids[which - 1 if which else -1] or 0, step, self._at(at))

    def _at(self, text: str) -> datetime:
        """A moment like 03-07T23:30; 09:00 where no time is said."""
        day, _, clock = text.partition("T")
        return self._moment(_day(day), clock or "09:00")

    # --- days -------------------------------------------------------------------------------------

    def live(self) -> None:
        """Go through the days in their order."""
        for entry in self.days:
            day, _, rest = entry.partition(" ")
            what, _, given = rest.partition(" ")
            if what == "!":
                self._decide(_day(day), given)
            elif what == "*":
                self._change(_day(day), given)
            elif what.rstrip(":") == "list":
                self._check_list(_day(day), rest[4:])
            else:
                day, _, ahead = day.partition("+")
                self._check(_day(day), rest, entry, int(ahead or 0))

    def items(self, day: date, letter: str, ahead: int = 0) -> list[Item]:
        """A customer's items that the list of a day looks at."""
        if (day, ahead) not in self.lists:
            span = Span(ahead=ahead)
            agenda = followup.agenda(self.session, self.settings, day, span, rules=self.rules)
            self.lists[day, ahead] = agenda.items
        items = self.lists[day, ahead]
        own = [item for item in items if item.customer_id == self.customers[letter]]
        return sorted(
            own,
            key=lambda item: (item.due_on, item.rule.id, item.step.name, item.key.occurrence),
        )

    def _check(self, day: date, expected: str, entry: str, ahead: int) -> None:
        letter = "A"
        if re.match("[A-Z]( |$)", expected):
            letter, _, expected = expected.partition(" ")
        found = [_words_of(item) for item in self.items(day, letter, ahead)]
        wanted = [] if expected == "-" else [part.split() for part in expected.split(",")]
        for one in wanted:
            assert set(one) & set(STATES), f"no state: {entry}"
        same = len(found) == len(wanted) and all(
            _is_meant(one, item) for one, item in zip(wanted, found, strict=True)
        )
        assert same, f"{entry}\n  but: {', '.join(map(' '.join, found)) or '-'}"

    def _decide(self, day: date, given: str) -> None:
        given, refused, told = given.partition(" refused")
        letter, _, rest = given.partition(" ") if given[0].isupper() else ("A", "", given)
        verb, *parts = shlex.split(rest)
        choice = [part[1:] for part in parts if part.startswith("@")]
        plain, named = _fields([part for part in parts if not part.startswith("@")])
        every = self.items(day, letter)
        act = self._begin(day, named.pop("at", "10:00"), named.pop("by", "Li"))
        items = [one for one in every if _is_meant(choice, _words_of(one))]
        assert len(items) == 1, (given, [_words_of(one) for one in every])
        try:
            self._do(act, items, verb, plain, named)
        except TourcrmError as reason:
            assert refused, f"{given}: {reason}"
            assert told.strip() in str(reason), f"{given}: {reason}"
        else:
            assert not refused, f"not refused: {given}"

    def _do(
        self, act: Act, items: list[Item], verb: str, plain: list[str], named: dict[str, Any]
    ) -> None:
        session = self.session
        if verb == "done":
            (line,) = lines(session, items, act.today, "en")
            told = {"channel": named.get("channel"), "next_on": named.get("next")}
            actions.done(session, act, line, items, note=named.get("note"), **told)
        elif verb == "skip":
            actions.skip(session, act, items, named.get("reason", "no"))
        elif verb == "snooze":
            actions.snooze(session, act, items, _day(plain[0]))
        else:
            {"tried": actions.tried, "undo": actions.undo}[verb](session, act, items)

    def _change(self, day: date, given: str) -> None:
        letter, _, rest = given.partition(" ") if given[0].isupper() else ("A", "", given)
        kind, *parts = shlex.split(rest)
        self._begin(day)
        who = self.customers.get(letter)
        if kind == "trip":
            of_customer = select(Trip).where(col(Trip.customer_id) == who).order_by(col(Trip.id))
            trip = self.session.exec(of_customer).all()[int(parts[0]) - 1]
            for name, value in _fields(parts[1:])[1].items():
                setattr(trip, name, value)
        elif kind == "move":
            label = col(SpecialDate.label) == parts[0]
            of_label = select(SpecialDate).where(col(SpecialDate.customer_id) == who, label)
            special = self.session.exec(of_label).one()
            special.month, special.day = map(int, parts[1].split("-"))
        else:
            self._fact(given)
        self.session.flush()

    def _check_list(self, day: date, text: str) -> None:
        head, _, rest = text.partition(":")
        how = head.split()
        owner = next((one for one in how if one != "all"), None)
        due = followup.due(
            self.session, self.settings, day, "en", owner=owner, everything="all" in how
        )
        codes = {f"K-{letter}": letter for letter in self.customers}
        ids = {one.id for one in self.rules}
        said = [
            f"{'+'.join(rules)} {codes.get(line.customer or '', f'x{line.count}')}"
            for line in due.lines
            if (rules := [rule for rule in (line.rule, *(line.also or ())) if rule in ids])
        ]
        told = [", ".join(said) or "-"]
        told += [f"waiting {one.count}" for one in due.waiting if str(one.why).startswith("more")]
        told += [f"quiet {one.count}" for one in due.waiting if str(one.why).startswith("too")]
        told += [f"held {one.count} {one.why}" for one in due.held]
        if due.lapsed_unseen:
            told.append(f"lapsed {due.lapsed_unseen}")
        assert "; ".join(told) == rest.strip(), f"{day}"


def _marks(plain: list[str]) -> int:
    return next((n for n, word in enumerate(plain) if word not in ("lunar", "leap")), len(plain))


def _words_of(item: Item) -> list[str]:
    """All that a scenario may say of an item."""
    own = [item.rule.id, item.step.name, item.step.channel, f"due={item.due_on}"]
    own += [f"on={item.anchor_on}", item.key.occurrence, item.state, item.why]
    own += [f"tries={item.tries}", "changed" if item.date_changed else "", f"owner={item.owner}"]
    own += [f"by={item.by:%m-%dT%H:%M}" if item.by else ""]
    return [word for word in own if word]


def _is_meant(said: list[str], item: list[str]) -> bool:
    """Whether all words that are said are true of an item, and those after ~ are not."""
    for word in said:
        full = re.sub(r"^(due|on)=(\d\d-\d\d)$", r"\1=2026-\2", word)
        if full.startswith("~") and full[1:] in item:
            return False
        if not full.startswith("~") and full not in item:
            return False
    return True
