"""Follow-up rules: when something is due, for whom, and in which words. Data, read from TOML.

A rule stands on an anchor (a kind of event, see events/spec.py) and has one or more steps: so many
days from the event, for customers and trips that fit its conditions, with its channel and words.
Steps of one name are alternatives: the first that fits is taken. What a rule says outside its steps
holds for all of them. docs/rules.md tells how to write one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from tourcrm.agenda.events.spec import Anchor
from tourcrm.base import vocabulary
from tourcrm.base.template import Template


@dataclass(frozen=True, slots=True)
class Conditions:
    """Whom and what a step is for; None = all. Words as stored; "none" = without a tier, ..."""

    services: frozenset[str] | None = None
    kinds: frozenset[str] | None = None  # of trips
    customer_kinds: frozenset[str] | None = None
    tiers: frozenset[str] | None = None
    quadrants: frozenset[str] | None = None
    cadences: frozenset[str] | None = None
    tags: frozenset[str] | None = None  # at least one of them


CONDITIONS = tuple(field.name for field in fields(Conditions))


@dataclass(frozen=True, slots=True)
class Words:
    """What a line says, by language: what it is about, why now, and what to say."""

    title: Mapping[str, Template]
    reason: Mapping[str, Template]
    script: Mapping[str, Template]


WORDS = tuple(field.name for field in fields(Words))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a rule.

    offset: days from the event to the due day. lapses_after: days on the list after that, the last
    one included; None = until it is settled. until_anchor: of no use after the event: it lapses
    then at the latest, and cannot be put off past it. batch: many people, one line. mass: sent to
    many at once, so only to those who agreed to that. channel, contact: of the interaction that its
    `done` writes. to_one, to_many: the words for one customer, and for a batch of several.
    of_child: those for the parents of a child. owner: whose work it is, if not of whoever is in
    charge of the customer.
    """

    name: str
    offset: int
    lapses_after: int | None
    until_anchor: bool
    batch: str | None
    mass: bool
    conditions: Conditions
    channel: str
    contact: str
    to_one: Words
    to_many: Words
    of_child: Words
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. kind: duty, care or marketing. moved_by: days by which the event may move before a
    decision no longer holds. share: percent of a day's places that it may take at most. spread:
    what was overdue when a customer came into the database is due evenly over `offset` days."""

    id: str
    anchor: Anchor
    labels: tuple[str, ...]
    kind: str
    priority: int
    moved_by: int
    satisfied_by: frozenset[str]
    share: int | None
    spread: bool
    steps: tuple[Step, ...]

    @property
    def earliest(self) -> int:
        """The smallest offset of its steps, in days."""
        return min(step.offset for step in self.steps)

    @property
    def latest(self) -> int:
        """The last day on the list of any step that lapses, in days from the event."""
        return max(step.offset + (step.lapses_after or 0) for step in self.steps)

    def about(self, step: Step, language: str) -> str:
        """What a step is about: its title, with "…" for what differs from item to item, or the
        event where nothing is left of it."""
        title = step.to_many.title[language]
        said = title.fill(dict.fromkeys(title.names(), "…"))
        return (
            said
            if said.strip("… ")
            else vocabulary.label("rule_anchor", self.anchor.name, language)
        )

    @property
    def owner(self) -> str | None:
        """Whose work all of its steps are; None where that is the customer's owner's."""
        named = {step.owner for step in self.steps}
        return named.pop() if len(named) == 1 else None

    @property
    def in_batches(self) -> bool:
        """Whether a step puts many people into one line."""
        return any(step.batch for step in self.steps)

    @property
    def depends_on_trip(self) -> bool:
        """Whether it matters for what is owed which trip it is about."""
        return self.uses("services") or self.uses("kinds") or "answer" in self.satisfied_by

    def uses(self, condition: str) -> bool:
        """Whether a step asks for this condition."""
        return any(getattr(step.conditions, condition) is not None for step in self.steps)

    def asked(self, condition: str) -> frozenset[str] | None:
        """What the steps take of a condition, all together; None where one takes anything."""
        taken = [getattr(step.conditions, condition) for step in self.steps]
        return None if None in taken else frozenset().union(*taken)
