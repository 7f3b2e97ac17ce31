"""Deciding about follow-ups: done, tried, skipped, put off, and taken back."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import Session

from tourcrm.agenda import candidates, decisions, facts, keys, planner, tasks
from tourcrm.agenda.day import everybody, gather
from tourcrm.agenda.states import FAR_BACK, HELD, Item, Span
from tourcrm.agenda.wording import Line, decided_by, lines, same_words
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, NotFound, Refused, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.db.setting import Settings
from tourcrm.models import Complaint

LISTED = 8  # candidates that are named where an id is not enough

# Where an id is looked for: on the list of the day, then further back and ahead. What is near is
# meant, even if something far away has an id that begins the same.
SPANS = (Span(), Span(FAR_BACK, 14), Span(FAR_BACK, 400))


class SeveralIds(NotFound):
    """More than one id begins like that."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who decides, and when: the number of the operation, the day, the moment, the person."""

    operation: int
    today: date
    at: datetime
    staff: str


def find(
    session: Session, settings: Settings, today: date, typed: str, language: str
) -> tuple[Line, tuple[Item, ...]]:
    """The line that an id, or the start of one, names, and its items whatever their state.

    A batch's id names all its members. Raises WrongUsage for a start that is too short, NotFound
    where nothing or more than one line answers to it.
    """
    start = keys.normal_id(typed)
    if len(start) < keys.SHORTEST:
        raise WrongUsage(
            N_("“{id}” is too short: at least the first {n} characters of an id are needed."),
            id=visible(typed, 20),
            n=keys.SHORTEST,
        )
    people = everybody(session, settings, today)
    for span in SPANS:
        day = gather(session, settings, today, span, people=people)
        events = candidates.of_id(
            day,
            candidates.find(session, day),
            start,
            partial(facts.around, session, as_of=today),
        )
        found = _matching(planner.of_events(session, day, events).items, start)
        if len(found) > 1:
            raise _ambiguous(session, found, typed, today, language)
        if found:
            items = next(iter(found.values()))
            if len(items) == 1:  # alone, by its own id, on whosever line it is told
                items[0].lead = None
            return _line(session, items, today, language), items
    raise _unknown(typed)


def find_all(
    session: Session, settings: Settings, today: date, typed: str, language: str
) -> list[tuple[Line, tuple[Item, ...]]]:
    """The lines that an id names: one; or all that say the same to travellers of a departure, where
    it is the id that these have in common. Raises as `find` does."""
    start = keys.normal_id(typed)
    if not start.startswith(keys.OF_LINES) or len(start) < keys.SHORTEST:
        return [find(session, settings, today, typed, language)]
    for span in SPANS[:-1]:
        found: dict[str, list[Line]] = {}
        items = planner.for_day(session, settings, today, span=span).items
        items = [item for item in items if item.state != "waiting"]  # nobody was shown these
        for line in same_words(session, items, today, language):
            if line.line and line.line.startswith(start):
                found.setdefault(line.line, []).append(line)
        if len(found) > 1:
            raise _ambiguous(
                session,
                {id_: lines[0].items for id_, lines in found.items()},
                typed,
                today,
                language,
            )
        if found:
            return [(line, line.items) for lines in found.values() for line in lines]
    raise _unknown(typed)


def of_customer(
    session: Session,
    settings: Settings,
    today: date,
    customer_id: int,
    language: str,
    otherwise: Container[str] = ("ahead",),
) -> list[Line]:
    """What is due about one customer; where that is nothing, what is in these states these days.

    A clock is stopped by an answer, whatever else is done: it is named where it is alone."""
    due = planner.for_customer(session, settings, today, customer_id, language)
    if due:
        return [line for line in due if not line.items[0].is_clock] or due
    return _of_customer(
        session, settings, today, customer_id, language, lambda item: item.state in otherwise
    )


def decided_of_customer(
    session: Session, settings: Settings, today: date, customer_id: int, language: str
) -> list[Line]:
    """What was decided about one customer lately and can be taken back, the latest first."""
    found = _of_customer(
        session, settings, today, customer_id, language, lambda item: item.decision is not None
    )
    return sorted(found, key=_decided_at, reverse=True)


def _decided_at(line: Line) -> datetime:
    return max(item.decision.at for item in line.items if item.decision is not None)


def _of_customer(
    session: Session,
    settings: Settings,
    today: date,
    customer_id: int,
    language: str,
    wanted: Callable[[Item], bool],
) -> list[Line]:
    span = replace(SPANS[1], customers=frozenset((customer_id,)))
    chosen = [one for one in planner.agenda(session, settings, today, span).items if wanted(one)]
    for item in chosen:  # what is decided about it here is decided for nobody else
        item.batch = item.lead = None
    return lines(session, sorted(chosen, key=lambda one: one.due_on), today, language)


def still_open(
    found: Sequence[tuple[Line, tuple[Item, ...]]],
) -> Sequence[tuple[Line, tuple[Item, ...]]]:
    """Of several lines those that can be decided; all, where none can."""
    return [one for one in found if open_items(one[1])] or found if len(found) > 1 else found


def decided_last(
    found: Sequence[tuple[Line, tuple[Item, ...]]],
) -> Sequence[tuple[Line, tuple[Item, ...]]]:
    """Of several lines those that were decided last, at once; all, where none was."""
    moments = [
        max((one.decision.at for one in items if one.decision), default=None)
        for _line, items in found
    ]
    last = max((moment for moment in moments if moment is not None), default=None)
    return [one for one, moment in zip(found, moments, strict=True) if moment == last]


def _unknown(typed: str) -> NotFound:
    return NotFound(
        N_("No follow-up has the id “{id}”. Look at: tourcrm followups list --all"),
        id=visible(typed, 20),
    )


def _matching(items: Sequence[Item], start: str) -> dict[str, tuple[Item, ...]]:
    found: dict[str, tuple[Item, ...]] = {}
    ids: dict[tuple[str, ...], str] = {}
    told: dict[int, list[Item]] = {}
    for item in items:
        if item.lead is not None:
            told.setdefault(id(item.lead), []).append(item)
    for item in items:
        own = keys.printed_id(item.key)
        if own.startswith(start):  # with all that is told on its line
            found[own] = (item, *told.get(id(item), ()))
        if item.batch is not None:
            shared = ids.get(item.batch) or ids.setdefault(item.batch, keys.printed_id(item.batch))
            if shared.startswith(start):
                found[shared] = (*found.get(shared, ()), item)
    return found


def _line(session: Session, items: Sequence[Item], today: date, language: str) -> Line:
    """The line of these items: that of the members that are open, if any is, as they come first."""
    return lines(session, items, today, language)[0]


def _ambiguous(
    session: Session,
    found: dict[str, tuple[Item, ...]],
    typed: str,
    today: date,
    language: str,
) -> SeveralIds:
    rows = []
    for id_, items in sorted(found.items())[:LISTED]:
        line = _line(session, items, today, language)
        rows.append(f"  {id_}  {visible(line.name or '', 20)} {visible(line.title)}".rstrip())
    return SeveralIds(
        N_("“{id}” begins more than one id; write more of it:\n{candidates}"),
        id=visible(typed, 20),
        candidates="\n".join(rows),
    )


def open_items(items: Sequence[Item]) -> tuple[Item, ...]:
    """Those that can be decided: neither done nor skipped, and of a batch not held."""
    undecided = [item for item in items if item.state != "decided" or item.put_off_to]
    if len(items) > 1:
        return tuple(item for item in undecided if item.state != "held")
    return tuple(undecided)


def done(
    session: Session,
    act: Act,
    line: Line,
    items: Sequence[Item],
    *,
    note: str | None = None,
    channel: str | None = None,
    next_on: date | None = None,
) -> int:
    """Record that it was done, and the contact that this was: one, with whoever was called, for a
    household; none for a message to many.

    channel: of that contact, where it was another than the line's. next_on: the day of a task that
    goes on from here, in the words of the note. Returns how many items it was. Raises Refused for
    a next day that is not to come, WrongUsage for one of a batch, and for a channel of one.
    """
    if next_on is not None:
        _check_next(act, items, next_on)
    if channel is not None:
        _refuse_several(items)
    decided = _decide(session, act, items, "done", note=note)
    to_many = _are_several([item for _decision, item in decided])
    told: set[keys.Key] = set()  # a call is one contact, and goes on as one task
    for decision, item in decided:
        if item.told.key in told:
            continue
        told.add(item.told.key)
        voice = item.voice
        trip_id = item.trip_id if voice == item.customer_id else None  # of a child: not a parent's
        if not to_many:
            decisions.record_contact(
                session,
                act.operation,
                decision,
                customer_id=voice,
                trip_id=trip_id,
                at=act.at,
                channel=channel or line.channel,
                kind=item.step.contact,
                summary=note or line.title,
                staff=act.staff,
            )
        if next_on is not None:
            tasks.add(
                session,
                act.operation,
                customer_id=voice,
                trip_id=trip_id,
                due_on=next_on,
                what=note or line.title,
                owner=None,
                today=act.today,
                by=act.staff,
                outcome_id=decision,
            )
    return len(decided)


def _refuse_several(items: Sequence[Item]) -> None:
    if _are_several(open_items(items)):
        raise WrongUsage(
            N_(
                "--channel is for one customer: what is done for several writes no contact. "
                "Leave it out."
            )
        )


def _check_next(act: Act, items: Sequence[Item], next_on: date) -> None:
    _refuse_past(act, next_on)
    if _are_several(open_items(items)):
        raise WrongUsage(
            N_("--next is for one customer; note it with: tourcrm followups add CUSTOMER")
        )


def _refuse_past(act: Act, until: date) -> None:
    if until <= act.today:
        raise Refused(
            N_("{until} is not after today ({today}); say a later day."),
            until=until,
            today=act.today,
        )


def _are_several(items: Sequence[Item]) -> bool:
    """Whether they are a message to many: neither one customer's nor one call."""
    several = len({item.customer_id for item in items}) > 1
    return several and len({item.told.key for item in items}) > 1


def tried(session: Session, act: Act, items: Sequence[Item], *, note: str | None = None) -> int:
    """Record that nobody answered: it is back on the list tomorrow."""
    tomorrow = act.today + timedelta(1)
    return len(_decide(session, act, items, "tried", until=tomorrow, note=note))


def skip(session: Session, act: Act, items: Sequence[Item], reason: str) -> int:
    """Record that it shall not be done, and why. Raises WrongUsage without a reason."""
    if not reason.strip():
        raise WrongUsage(N_("--reason must say why it is skipped."))
    return len(_decide(session, act, items, "skipped", note=reason))


def snooze(
    session: Session, act: Act, items: Sequence[Item], until: date, *, note: str | None = None
) -> int:
    """Put it off until a day. Raises Refused for today or earlier, and for a day past the event
    that it serves."""
    _refuse_past(act, until)
    for item in open_items(items):
        if item.step.until_anchor and until > item.ends_on:
            raise Refused(
                N_(
                    "It is for {day} and cannot be put off past it. Skip it instead, with --reason."
                ),
                day=item.ends_on,
            )
    return len(_decide(session, act, items, "snoozed", until=until, note=note))


def _decide(
    session: Session,
    act: Act,
    items: Sequence[Item],
    status: str,
    *,
    until: date | None = None,
    note: str | None = None,
) -> list[tuple[int, Item]]:
    chosen = open_items(items)
    if not chosen:
        raise _nothing_open(items)
    if running := next((item for item in chosen if item.is_clock), None):
        code = session.get_one(Complaint, running.key.subject_id).code
        raise Refused(
            N_("Only an answer stops the clock of a complaint: tourcrm complaints respond {code}"),
            code=code,
        )
    return [
        (
            decisions.record(
                session,
                act.operation,
                item.key,
                anchor_on=item.anchor_on,
                customer_id=item.customer_id,
                due_on=item.due_on,
                status=status,
                at=act.at,
                staff=act.staff,
                until=until,
                note=note,
            ),
            item,
        )
        for item in chosen
    ]


def _nothing_open(items: Sequence[Item]) -> Refused:
    decision = next((item.decision for item in items if item.state == "decided"), None)
    if decision is None:
        return Refused(
            N_("{id} is held: {why}. More about it: tourcrm followups show {id}"),
            id=items[0].id,
            why=Message(HELD[items[0].why]),
        )
    return Refused(
        N_("{id} was decided already: {what}. To take that back: tourcrm followups undo {id}"),
        id=items[0].id,
        what=decided_by(decision),
    )


def undo(session: Session, act: Act, items: Sequence[Item]) -> int:
    """Take back the last decision about each item; the contact that a `done` wrote goes,
    and so does the task.

    Raises Refused where nothing was decided.
    """
    standing = [(item, item.decision) for item in items if item.decision is not None]
    if not standing:
        raise Refused(N_("Nothing was decided about {id}."), id=items[0].id)
    for item, decision in standing:
        # The decision's own key and day: the event may have moved since.
        decisions.record(
            session,
            act.operation,
            decision.key,
            anchor_on=decision.anchor_on,
            customer_id=item.customer_id,
            due_on=decision.due_on,
            status="reopened",
            at=act.at,
            staff=act.staff,
        )
    undone = [decision.id for _item, decision in standing]
    decisions.remove_contacts(session, act.operation, undone)
    tasks.remove(session, act.operation, undone)
    return len(standing)
