"""In which order items are listed, and how many fit the day. Pure functions, like the states."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import inf
from typing import Any

from tourcrm.agenda.states import Item

TIER_RANK = {tier: rank for rank, tier in enumerate(("A", "B", "C", "D", None))}


def order(item: Item) -> tuple[Any, ...]:
    """Priority, whose turn it is among clocks, the moment by which it must be done, tier, lateness
    (the earliest due day first);
    then what never depends on rows."""
    return (
        -item.rule.priority,
        item.turn,
        item.by.timestamp() if item.by else inf,
        TIER_RANK[item.customer.tier],
        item.due_on,
        item.customer.code,
        item.anchor_on,
        item.rule.id,
        item.key.occurrence,
        item.trip_code or "",
        item.key.subject_id,
    )


def set_alone(items: Iterable[Item]) -> None:
    """Tell the only households of their batches; of those in the same state, as they are listed."""
    units: dict[Any, list[Item]] = defaultdict(list)
    for item in items:
        if item.batch is not None:
            units[item.batch, item.state, item.why].append(item)
    for unit in units.values():
        alone = len({item.party for item in unit}) == 1
        for item in unit:
            item.alone = alone


def in_order(items: Iterable[Item]) -> list[Item]:
    """By priority, tier and lateness, with the items of a household, or of a batch, together."""
    together: dict[Any, list[tuple[tuple[Any, ...], Item]]] = defaultdict(list)
    for item in items:
        together[item.shared or item.party].append((order(item), item))
    for unit in (units := list(together.values())):
        unit.sort(key=_first)
    units.sort(key=lambda unit: unit[0][0])
    return [item for unit in units for item in _by_voice(unit)]


def _by_voice(unit: Sequence[tuple[tuple[Any, ...], Item]]) -> Iterable[Item]:
    """What is said to one of a household together."""
    voices: dict[int, list[Item]] = {}
    for _key, item in unit:
        voices.setdefault(item.told.voice if item.shared is None else 0, []).append(item)
    return chain.from_iterable(voices.values())


def _first(pair: tuple[tuple[Any, ...], Item]) -> tuple[Any, ...]:
    return pair[0]


@dataclass(frozen=True, slots=True)
class Used:
    """What of a day is used up: households about whom something was decided (see Item.party), how
    many of them each colleague had, and how many of a rule each (under colleague and rule)."""

    met: frozenset[str | int] = frozenset()
    of_queue: Mapping[str, int] = field(default_factory=dict)
    of_rule: Mapping[tuple[str, str], int] = field(default_factory=dict)


def limit(items: Sequence[Item], capacity: int, used: Used, queue: Callable[[Item], str]) -> None:
    """Let wait what does not fit the day: so many households a queue, of which a rule with a share
    has at most that, less what is used up.

    items: in the order of the list. Duties are always shown and take no place; neither does what
    else is due about a household that has a place, or was met today, nor a message to many at once.
    What is told on the line of another waits with it.
    """
    taken: dict[str, set[str | int]] = defaultdict(set)
    shares: dict[tuple[str, str], int] = defaultdict(int)
    offered: set[str | int] = set()
    settled: dict[int, Item] = {}  # the first of each line
    for item in items:
        if item.state != "shown" or item.rule.kind == "duty":
            continue
        if first := settled.get(id(item.told)):
            item.state, item.why = first.state, first.why
            continue
        settled[id(item.told)] = item
        name, who = queue(item.told), item.party
        if item.shared is None and who not in taken[name] and who not in used.met:
            of_rule = name, item.rule.id
            full = len(taken[name]) + used.of_queue.get(name, 0) >= capacity
            if item.rule.share is not None and not full:
                places = max(capacity * item.rule.share // 100, 1)
                full = shares[of_rule] + used.of_rule.get(of_rule, 0) >= places
            if full:
                item.state, item.why = "waiting", "capacity"
                continue
            taken[name].add(who)
            shares[of_rule] += 1
        if item.rule.kind == "marketing":  # one offer at a time
            if who in offered:
                item.state, item.why = "waiting", "quiet"
            offered.add(who)
