"""What is wrong with a rule though each of its words is right: parts that nothing ever reaches.

A step is tried with every kind of customer and trip that there can be. Told is only what can
never happen, whatever the data: a rule that merely brings nothing today is nobody's mistake.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from tourcrm.agenda.events.spec import Anchor
from tourcrm.agenda.rules.model import CONDITIONS, Rule, Step
from tourcrm.base import vocabulary
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_

Kind = Mapping[str, str]  # one kind of customer and trip: a word for each condition

# What cannot be of one customer, as population.py works it out: who has never travelled has no
# tier and no quadrant; who is late is neither new nor loyal; internal customers have no tier.
_TIERS = frozenset(vocabulary.values("tier"))
_QUADRANTS = frozenset(vocabulary.values("quadrant"))
_NEVER_TOGETHER = (
    ("customer_kinds", frozenset({"internal"}), "tiers", _TIERS),
    ("cadences", frozenset({"none"}), "tiers", _TIERS),
    ("cadences", frozenset({"none"}), "quadrants", _QUADRANTS),
    ("quadrants", frozenset({"none"}), "tiers", _TIERS),
    ("quadrants", frozenset({"none"}), "cadences", frozenset({"due", "at_risk", "lapsed"})),
    (
        "cadences",
        frozenset({"at_risk", "lapsed"}),
        "quadrants",
        frozenset({"small_high", "large_high", "new"}),
    ),
)
_VALUES: Mapping[str, tuple[str, ...]] = {
    "services": vocabulary.values("service"),
    "kinds": vocabulary.values("trip_kind"),
    "customer_kinds": vocabulary.values("customer_kind"),
    "tiers": (*vocabulary.values("tier"), "none"),
    "quadrants": (*vocabulary.values("quadrant"), "none"),
    "cadences": (*vocabulary.values("cadence"), "none"),
}
_OF_TRIPS = ("services", "kinds")
_NO_TAG = ""

_NO_TRIP = N_(
    "it asks for a trip, and the event {anchor} has none, so that nothing ever comes of it; "
    "leave it out"
)
_ONLY_DUTIES = N_(
    "internal customers are owed duties only, so that nothing ever comes of it; "
    'say class = "duty" or name other customers'
)
_NOT_TOGETHER = N_(
    "no customer can be so and fit {others} as well, so that nothing ever comes of it; "
    "leave one of them out"
)
_TAKEN = N_(
    "the steps before it take all that it is for, so that its turn never comes; "
    "put it before them, or give it another name"
)
_ALWAYS_AHEAD = N_(
    "before a departure there is always a trip ahead, so that nothing ever comes of it; "
    "leave trip_ahead out"
)
_NEVER_SETTLED = N_(
    "only a contact after the event settles it, and it has lapsed by then (until_anchor); "
    "leave personal_contact out"
)


@dataclass(frozen=True, slots=True)
class Unreached:
    """A part of a rule that nothing reaches: the number of the step (0: the rule), key, why."""

    step: int
    key: str
    why: Message


def unreached(rule: Rule) -> Iterator[Unreached]:
    """What can never come of a rule."""
    yield from _settlements(rule)
    sound = []
    for number, step in enumerate(rule.steps, 1):
        reason = next(_never_fits(rule, step, number), None)
        if reason:
            yield reason
        else:
            sound.append((number, step))
    yield from _shadowed(rule, sound)


def _settlements(rule: Rule) -> Iterator[Unreached]:
    """What settles a rule before it is due, or never."""
    if "trip_ahead" in rule.satisfied_by and rule.anchor.name == "departure":
        for number, step in enumerate(rule.steps, 1):
            if step.offset + (step.lapses_after or 0) < 0:
                yield Unreached(number, "satisfied_by", Message(_ALWAYS_AHEAD))
    always_over = rule.kind != "marketing" and all(step.until_anchor for step in rule.steps)
    if "personal_contact" in rule.satisfied_by and always_over:  # marketing may have to wait
        yield Unreached(0, "satisfied_by", Message(_NEVER_SETTLED))


def _never_fits(rule: Rule, step: Step, number: int) -> Iterator[Unreached]:
    """Why no customer and trip fits a step, where none does."""
    asked = {
        name: found
        for name in CONDITIONS
        if (found := getattr(step.conditions, name)) is not None and name in _VALUES
    }
    if not has_trip(rule.anchor):
        for name in _OF_TRIPS:
            if name in asked:
                yield Unreached(number, name, Message(_NO_TRIP, anchor=rule.anchor.name))
    if rule.kind != "duty" and asked.get("customer_kinds") == {"internal"}:
        yield Unreached(number, "customer_kinds", Message(_ONLY_DUTIES))
    if not any(map(_can_be, _all_kinds(asked))):
        *others, last = [name for name in asked if name not in _OF_TRIPS]
        yield Unreached(number, last, Message(_NOT_TOGETHER, others=", ".join(others)))


def has_trip(anchor: Anchor) -> bool:
    """Whether an event is one of a trip, so that services and kinds of trips can be asked for."""
    return "destination" in anchor.gives | anchor.may_give


def _shadowed(rule: Rule, steps: Sequence[tuple[int, Step]]) -> Iterator[Unreached]:
    """Steps whose turn never comes: those of the same name before them take all they are for."""
    before: dict[str, list[Step]] = {}
    for number, step in steps:
        earlier = before.setdefault(step.name, [])
        earlier.append(step)
        if not any(_first_that_fits(earlier, kind) is step for kind in _kinds_of(rule, earlier)):
            earlier.remove(step)
            yield Unreached(number, "", Message(_TAKEN))


def _first_that_fits(steps: Sequence[Step], kind: Kind) -> Step | None:
    for step in steps:
        asked = ((name, getattr(step.conditions, name)) for name in kind)
        if all(values is None or kind[name] in values for name, values in asked):
            return step
    return None


def _kinds_of(rule: Rule, steps: Sequence[Step]) -> Iterator[Kind]:
    """The kinds of customers and trips that the conditions of steps can tell apart.

    A customer with one tag fits no more steps than one with that tag and others, so that one tag
    each is enough.
    """
    values: dict[str, Sequence[str]] = {}
    for name in CONDITIONS:
        asked = [s for step in steps if (s := getattr(step.conditions, name)) is not None]
        if not asked:
            continue
        if name in _VALUES:
            values[name] = _told_apart(name, asked)
        else:
            values[name] = [_NO_TAG, *sorted(frozenset().union(*asked))]
    for kind in _all_kinds(values):
        internal = rule.kind != "duty" and kind.get("customer_kinds") == "internal"
        if not internal and _can_be(kind):
            yield kind


def _told_apart(name: str, asked: Sequence[frozenset[str]]) -> list[str]:
    """One value for each group that all steps, and what cannot be together, treat alike."""
    sets = [*asked, *(s for row in _NEVER_TOGETHER for n, s in (row[:2], row[2:]) if n == name)]
    groups = {tuple(value in one for one in sets): value for value in reversed(_VALUES[name])}
    return list(groups.values())


def _all_kinds(values: Mapping[str, Sequence[str] | frozenset[str]]) -> Iterator[Kind]:
    for chosen in product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def _can_be(kind: Kind) -> bool:
    return not any(
        kind.get(one) in these and kind.get(other) in those
        for one, these, other, those in _NEVER_TOGETHER
    )
