"""The course of a complaint: what its steps say about where it stands, and which step may follow.

Pure: no database, no clock. A complaint is answered, judged, made good, resolved, and closed once
the customer was told. Reopened, it needs a new answer, a new resolution and a new telling; its
cause stays known, and its history stays whole.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_, language, translate

CHECKLIST = ("in_charge", "contacted", "news", "plan_b")  # what a crisis needs to be answered
LIABLE = ("service_failure", "third_party")  # causes for which the agency makes good
WAIVED = "waived"  # detail of a note that says why what is owed is not given
ESCALATED = "escalated"  # detail of a note that says that it has become a crisis
CALMED = "severity:routine"  # detail of a note that says that it was no crisis after all


@dataclass(frozen=True, slots=True)
class Event:
    """One step as it was recorded. detail: what it settled (a cause, a code). clock: by what the
    clock runs that it set going."""

    id: int
    step: str
    at: datetime
    staff: str
    detail: str | None = None
    text: str | None = None
    clock: str | None = None

    @property
    def begins(self) -> str:
        """What it does to the clock: its step, or that it has become a crisis, or was none."""
        special = self.step == "noted" and self.detail in (ESCALATED, CALMED)
        return str(self.detail) if special else self.step


@dataclass(frozen=True, slots=True)
class Course:
    """Where a complaint stands, since it was opened, last reopened, or has become a crisis.

    rounds: how often it was opened. clock: by what its clock runs. ticks: the points of the
    checklist, with their times.
    waived: the note that says why what the present cause owes is not given.
    """

    opened_at: datetime
    rounds: int = 1
    clock: str | None = None
    ticks: Mapping[str, datetime] = field(default_factory=dict)
    responded_at: datetime | None = None
    cause: str | None = None
    in_charge: str | None = None
    alternative: bool = False
    waived: Event | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    satisfaction: int | None = None

    @property
    def state(self) -> str:
        """A word of complaint_state."""
        if self.closed_at:
            return "closed"
        if self.resolved_at:
            return "resolved"
        if not self.responded_at:
            return "waiting"
        return "judged" if self.cause else "answered"

    @property
    def unticked(self) -> tuple[str, ...]:
        """The points of the checklist that are not ticked."""
        return tuple(point for point in CHECKLIST if point not in self.ticks)

    def lacks(self, due: bool) -> tuple[str, ...]:
        """What is missing until it can be closed, in the order of the steps.

        due: whether the agency owes something for it that was not given.
        """
        present = {
            "response": self.responded_at is not None,
            "cause": self.cause is not None,
            "alternative": self.cause != "force_majeure"
            or self.alternative
            or self.waived is not None,
            "compensation": not due or self.waived is not None,
            "resolution": self.resolved_at is not None,
        }
        return tuple(need for need, there in present.items() if not there)


def follow(events: Iterable[Event], opened_at: datetime) -> Course:
    """Where these steps, in the order in which they were recorded, have led."""
    facts: dict[str, object] = {}
    ticks: dict[str, datetime] = {}
    taken = list(events)
    for event in taken:
        match event.begins:
            case "opened" | "reopened":
                ticks = {}
                facts["satisfaction"] = None
            case "in_charge" | "contacted" | "news" | "plan_b":
                ticks[event.step] = event.at
                if event.step == "in_charge":
                    facts["in_charge"] = event.detail
            case "attributed":
                if event.detail != facts.get("cause"):
                    facts["waived"] = None
                facts["cause"] = event.detail
            case "alternative":
                facts["alternative"] = True
            case "noted" if event.detail == WAIVED:
                facts["waived"] = event
            case "closed":
                facts["satisfaction"] = int(event.detail) if event.detail else None
    found = rounds_of(taken) or [Round(opened_at)]
    facts |= asdict(found[-1])
    del facts["escalated"], facts["left"]
    opened = sum(not one.escalated for one in found)
    return Course(rounds=opened, ticks=ticks, **facts)  # type: ignore[arg-type]  # fields of Course, by name


# --- rounds ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Round:
    """One opening, or reopening, of a complaint, and when it was answered, resolved and closed.

    clock: by what its clock runs, or ran. escalated: it began because the complaint had become a
    crisis. left: that came before there was an answer, and none was due to this clock any more.
    """

    opened_at: datetime
    responded_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    clock: str | None = None
    escalated: bool = False
    left: bool = False


def rounds_of(events: Iterable[Event]) -> list[Round]:
    """The rounds of a complaint, from its steps in the order of recording."""
    return rounds((event.begins, event.at, event.clock) for event in events)


def rounds(
    steps: Iterable[tuple[str, datetime] | tuple[str, datetime, str | None]],
) -> list[Round]:
    """The rounds of a complaint, from its steps, their moments, and perhaps by what a clock runs
    from them, in the order of recording."""
    found: list[Round] = []
    for step, at, *more in steps:
        if step in ("opened", "reopened", ESCALATED):
            if step == ESCALATED and found:
                found[-1] = replace(found[-1], left=found[-1].responded_at is None)
            clock = more[0] if more else None
            found.append(Round(at, clock=clock, escalated=step == ESCALATED))
        elif step == CALMED:
            _calm(found)
        elif step in ("responded", "resolved", "closed") and found:
            when = f"{step}_at"
            if getattr(found[-1], when) is None:
                now: dict[str, Any] = {when: at}
                found[-1] = replace(found[-1], **now)
    return found


def _calm(found: list[Round]) -> None:
    """It was no crisis after all: the round that began with that is one with the round before."""
    while len(found) > 1 and found[-1].escalated:
        last = found.pop()
        before = found[-1]
        found[-1] = replace(
            before,
            responded_at=before.responded_at or last.responded_at,
            resolved_at=before.resolved_at or last.resolved_at,
            closed_at=before.closed_at or last.closed_at,
            left=False,
        )


def spans_open(found: Iterable[Round]) -> Iterator[tuple[datetime, datetime | None]]:
    """From when to when a complaint of these rounds was open; None: it still is.

    One that is reopened before it was closed has been open all the time.
    """
    since = None
    for one in found:
        since = since or one.opened_at
        if one.closed_at is not None:
            yield since, one.closed_at
            since = None
    if since is not None:
        yield since, None


# --- which step may follow ------------------------------------------------------------------------

# What a step needs, besides a complaint that is open.
NEEDS = MappingProxyType(
    {
        "respond": (),
        "attribute": ("response",),
        "compensate": ("response", "cause"),
        "resolve": ("response", "cause", "alternative", "compensation"),
        "close": ("response", "cause", "alternative", "compensation", "resolution", "told"),
        "note": (),
        "edit": (),
        "escalate": (),
    }
)
# What is missing, in words, and the command that brings it.
_MISSING = MappingProxyType(
    {
        "response": (N_("an answer to the customer"), N_("tourcrm complaints respond {code} TEXT")),
        "cause": (N_("its cause"), N_("tourcrm complaints attribute {code} CAUSE")),
        "alternative": (
            N_("an alternative"),
            N_("tourcrm complaints compensate {code} --alternative TEXT"),
        ),
        "compensation": (
            N_("the compensation that is owed"),
            N_("tourcrm complaints compensate {code}"),
        ),
        "resolution": (N_("what was done"), N_("tourcrm complaints resolve {code} TEXT")),
        "told": (N_("that the customer was told"), N_("tourcrm complaints close {code} --told")),
    }
)


def missing(need: str) -> str:
    """In words what is missing."""
    return translate(_MISSING[need][0])


# Of a crisis that is not answered: what ticks the points of its checklist.
_TICKING = MappingProxyType(
    {
        "in_charge": N_("--in-charge NAME"),
        "contacted": N_("--contacted"),
        "news": N_("--news TEXT"),
        "plan_b": N_("--plan-b TEXT"),
    }
)


def command(need: str, code: str, unticked: Iterable[str] = ()) -> str:
    """The command that brings what is missing. unticked: points of the checklist of a crisis."""
    ticks = " ".join(translate(_TICKING[point]) for point in unticked)
    if need == "response" and ticks:
        return f"tourcrm complaints respond {code} {ticks}"
    return translate(_MISSING[need][1]).format(code=code)


class Missing(Message):
    """A list of what is missing, in the language of whoever reads it."""

    def __init__(self, needs: tuple[str, ...]) -> None:
        super().__init__("")
        self._needs = needs

    def __str__(self) -> str:
        return ("、" if language() == "zh" else ", ").join(map(missing, self._needs))


class Command(Message):
    """The command that brings what is missing, in the language of whoever reads it."""

    def __init__(self, need: str, code: str) -> None:
        super().__init__(_MISSING[need][1], code=code)


class Unwanted(Message):
    """The command that goes on where what is owed is not to be given."""

    def __init__(self, code: str) -> None:
        super().__init__(
            N_("tourcrm complaints resolve {code} TEXT --no-compensation REASON"), code=code
        )


def require(course: Course, step: str, code: str, *, due: bool = False, told: bool = True) -> None:
    """Raise Refused where a step of NEEDS is not possible yet: what is missing, what to do next.

    due: whether something is owed that was not given. told: whether the customer was told.
    """
    if course.closed_at:
        raise Refused(
            N_("{code} is closed. To go on with it: tourcrm complaints reopen {code} REASON"),
            code=code,
        )
    lacking = (*course.lacks(due), *(() if told else ("told",)))
    needs = tuple(need for need in NEEDS[step] if need in lacking)
    if needs and needs[0] in ("alternative", "compensation"):
        raise Refused(
            N_("Not yet: {code} lacks {missing}. Next: {command}\nIf it is not wanted: {unwanted}"),
            code=code,
            missing=Missing(needs),
            command=Command(needs[0], code),
            unwanted=Unwanted(code),
        )
    if needs:
        raise Refused(
            N_("Not yet: {code} lacks {missing}. Next: {command}"),
            code=code,
            missing=Missing(needs),
            command=Command(needs[0], code),
        )
