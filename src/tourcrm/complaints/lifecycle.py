"""The course of a complaint: what its steps say about where it stands, and which step may follow.

Pure: no database, no clock. A complaint is answered, judged, made good, resolved, and closed once
the customer was told. Reopened, it needs a new answer, a new resolution and a new telling; its
cause stays known, and its history stays whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_, language, translate

CHECKLIST = ("in_charge", "contacted", "news", "plan_b")  # what a crisis needs to be answered
LIABLE = ("service_failure", "third_party")  # causes for which the agency makes good
WAIVED = "waived"  # detail of a note that says why what is owed is not given


@dataclass(frozen=True, slots=True)
class Event:
    """One step as it was recorded. detail: what it settled (a cause, a code)."""

    id: int
    step: str
    at: datetime
    staff: str
    detail: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Where a complaint stands, since it was opened or last reopened.

    rounds: how often it was opened. ticks: the points of the checklist, with their times.
    waived: the note that says why what the present cause owes is not given.
    """

    opened_at: datetime
    rounds: int = 1
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
        """One of words.WORDS["complaint_state"]."""
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
    facts: dict[str, object] = {"opened_at": opened_at}
    ticks: dict[str, datetime] = {}
    rounds = 0
    for event in events:
        match event.step:
            case "opened" | "reopened":
                rounds += 1
                ticks = {}
                facts |= dict.fromkeys(("responded_at", "resolved_at", "closed_at"))
                facts |= {"opened_at": event.at, "satisfaction": None}
            case "in_charge" | "contacted" | "news" | "plan_b":
                ticks[event.step] = event.at
                if event.step == "in_charge":
                    facts["in_charge"] = event.detail
            case "responded":
                facts["responded_at"] = event.at
            case "attributed":
                if event.detail != facts.get("cause"):
                    facts["waived"] = None
                facts["cause"] = event.detail
            case "alternative":
                facts["alternative"] = True
            case "noted" if event.detail == WAIVED:
                facts["waived"] = event
            case "resolved":
                facts["resolved_at"] = event.at
            case "closed":
                facts["closed_at"] = event.at
                facts["satisfaction"] = int(event.detail) if event.detail else None
    return Course(rounds=max(rounds, 1), ticks=ticks, **facts)  # type: ignore[arg-type]  # fields of Course, by name


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


# --- answered in time? ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Round:
    """One opening, or reopening, of a complaint, and when it was answered."""

    opened_at: datetime
    responded_at: datetime | None = None


def rounds(events: Iterable[Event]) -> list[Round]:
    """All openings of a complaint, in their order."""
    found: list[Round] = []
    for event in events:
        if event.step in ("opened", "reopened"):
            found.append(Round(event.at))
        elif event.step == "responded" and found and found[-1].responded_at is None:
            found[-1] = Round(found[-1].opened_at, event.at)
    return found
