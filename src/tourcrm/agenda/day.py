"""What the agenda of a day rests on, gathered once and handed down to every stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from tourcrm.agenda import decisions
from tourcrm.agenda.decisions import Lately
from tourcrm.agenda.rules import parser
from tourcrm.agenda.rules.model import Rule
from tourcrm.agenda.states import CONTACT_DAYS, GRACE, LONGEST_WAIT, Span
from tourcrm.analysis import population
from tourcrm.analysis.population import People
from tourcrm.db.setting import Settings, parse_window


@dataclass(frozen=True, slots=True)
class Day:
    """A day, the span around it, and what is known before any event is looked for.

    rules: those that hold, by id. marketing: the ids of the rules of that kind. decided: the
    decisions that bear on which events are looked for, on offers, and on the places of the day.
    met_since: whoever was met or made an offer from this day on may have marketing that waits.
    heard_since: contacts and offers from this day on count for what is on the list.
    """

    as_of: date
    span: Span
    settings: Settings
    rules: Mapping[str, Rule]
    marketing: frozenset[str]
    people: People
    decided: Lately
    met_since: date
    heard_since: date

    @property
    def quiet_days(self) -> int:
        """Days without marketing after an offer."""
        return int(self.settings["quiet_days"])


def gather(
    session: Session,
    settings: Settings,
    as_of: date,
    span: Span,
    *,
    people: People | None = None,
    rules: Sequence[Rule] | None = None,
) -> Day:
    """What is known of a day. people: of a population that was built in this session for the day,
    with `basis`. rules: instead of those that hold."""
    if people is None:
        people = everybody(session, settings, as_of)
    if rules is None:
        rules = parser.merged(settings.own_rules)
    marketing = frozenset(one.id for one in rules if one.kind == "marketing")
    longest = max((one.latest - one.earliest for one in rules), default=0)
    quiet = max(CONTACT_DAYS, int(settings["quiet_days"]))
    met_since = as_of - timedelta(quiet + GRACE + span.back)
    heard_since = as_of - timedelta(span.back + LONGEST_WAIT + longest)
    decided = decisions.lately(
        session,
        as_of,
        settings.zone,
        first=min(met_since, heard_since),
        rules=marketing,
        until=as_of - timedelta(span.back + GRACE),
    )
    return Day(
        as_of=as_of,
        span=span,
        settings=settings,
        rules={one.id: one for one in rules},
        marketing=marketing,
        people=people,
        decided=decided,
        met_since=met_since,
        heard_since=heard_since,
    )


def everybody(session: Session, settings: Settings, as_of: date) -> People:
    """Who deserves what as of a day."""
    return population.build(session, basis(settings, as_of), whole=False).people


def basis(settings: Settings, as_of: date) -> population.Basis:
    """What tiers and quadrants rest on, by the agency's settings."""
    return population.Basis(as_of, parse_window(settings["window"]), settings.cuts)
