"""Which row is which of several trips alike: rows and trips without an order number, of one
customer, day and place.

What is equal is paired first, so that a sheet that was sorted anew changes nothing; then rows that
leave cells blank, with trips that say the same in all others; then the best of what is left.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Cells = tuple[Any, ...]
_MOST_PAIRS = 1_000_000  # so many are looked at one by one; beyond, order decides


@dataclass(slots=True)
class Pairs:
    """row -> trip. unsure: rows that contradict their trip, where another might be meant."""

    of: dict[int, int] = field(default_factory=dict)
    unsure: set[int] = field(default_factory=set)


def pairs(rows: Mapping[int, Cells], trips: Mapping[int, Cells], blanks_fit: bool) -> Pairs:
    """Pair as many as there are of both. blanks_fit: a blank of a trip contradicts nothing."""
    found = Pairs()
    _equal(rows, trips, found.of)
    left, free = _rest(rows, trips, found.of)
    if left and free:
        _saying_less(left, free, rows, trips, found.of)
        left, free = _rest(rows, trips, found.of)
    if blanks_fit and left and free and len(left) * len(free) <= _MOST_PAIRS:
        fits = {row: [t for t in free if _fills(rows[row], trips[t])] for row in left}
        _most(left, fits, found.of)
        left, free = _rest(rows, trips, found.of)
    found.unsure.update(left[: len(free)])
    found.of.update(_best(left, free, rows, trips))
    return found


def _rest(
    rows: Mapping[int, Cells], trips: Mapping[int, Cells], of: Mapping[int, int]
) -> tuple[list[int], list[int]]:
    taken = set(of.values())
    return [row for row in rows if row not in of], [trip for trip in trips if trip not in taken]


def _equal(rows: Mapping[int, Cells], trips: Mapping[int, Cells], of: dict[int, int]) -> None:
    """The first of equal rows is the first of the trips that are equal to it."""
    there: dict[Cells, list[int]] = defaultdict(list)
    for trip in sorted(trips, reverse=True):
        there[trips[trip]].append(trip)
    for row in sorted(rows):
        if there.get(rows[row]):
            of[row] = there[rows[row]].pop()


def _saying_less(
    left: Sequence[int],
    free: Sequence[int],
    rows: Mapping[int, Cells],
    trips: Mapping[int, Cells],
    of: dict[int, int],
) -> None:
    """Rows whose cells are those of a trip, but for some that they leave blank."""
    by_said: dict[tuple[int, ...], dict[Cells, list[int]]] = {}
    fits: dict[int, list[int]] = {}
    for row in left:
        said = tuple(place for place, cell in enumerate(rows[row]) if cell is not None)
        if said not in by_said:
            by_said[said] = defaultdict(list)
            for trip in free:
                by_said[said][tuple(trips[trip][place] for place in said)].append(trip)
        fits[row] = by_said[said].get(tuple(rows[row][place] for place in said), [])
    # Those that say most are the hardest to please.
    _most(sorted(left, key=lambda row: (rows[row].count(None), row)), fits, of)


def _most(left: Sequence[int], fits: Mapping[int, Sequence[int]], of: dict[int, int]) -> None:
    """As many pairs that fit as there can be (by augmenting paths)."""
    owner: dict[int, int] = {}
    has: dict[int, int] = {}
    looked: set[int] = set()
    for row in left:
        came: dict[int, int] = {}  # trip -> the row that asks for it
        todo, end = [row], None
        while todo and end is None:
            asking = todo.pop()
            for trip in fits[asking]:
                if trip in looked:
                    continue
                looked.add(trip)
                came[trip] = asking
                if trip not in owner:
                    end = trip
                    break
                todo.append(owner[trip])
        if end is None:
            continue  # what was looked at leads nowhere, for the next rows either
        while end is not None:
            asking = came[end]
            before = has.get(asking)
            owner[end], has[asking] = asking, end
            end = before
        looked = set()
    of.update(has)


def _fills(row: Cells, trip: Cells) -> bool:
    return all(
        given is None or there is None or given == there
        for given, there in zip(row, trip, strict=True)
    )


def _best(
    left: Sequence[int],
    free: Sequence[int],
    rows: Mapping[int, Cells],
    trips: Mapping[int, Cells],
) -> Iterator[tuple[int, int]]:
    """Of what is left, those that agree in most cells first."""
    if len(left) * len(free) > _MOST_PAIRS:
        yield from zip(sorted(left), sorted(free), strict=False)
        return
    ranked = sorted((-_alike(rows[row], trips[trip]), row, trip) for row in left for trip in free)
    used: set[tuple[str, int]] = set()
    for _, row, trip in ranked:
        if ("row", row) not in used and ("trip", trip) not in used:
            used |= {("row", row), ("trip", trip)}
            yield row, trip


def _alike(row: Cells, trip: Cells) -> int:
    return sum(given is not None and given == there for given, there in zip(row, trip, strict=True))
