"""A picture of many points in a terminal, in plain characters: readable without colour, in any
font, and with Chinese beside it.

Block and braille characters are left out on purpose: many Chinese terminals give them two cells.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tourcrm.base.display import pad, shorten, width
from tourcrm.base.i18n import _

SIGNS = ".:+*#@"  # from one point in a cell to the most
ROWS = 16
NARROWEST, WIDEST = 40, 80  # cells
_MARGIN = 7  # cells for what is written beside the upright axis, and the axis


@dataclass(frozen=True, slots=True)
class Across:
    """The axis from left to right, logarithmic on both sides of the value that parts it."""

    title: str
    cut: float  # above 0; a point at the cut stands on its right
    label: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Down:
    """The axis from 0 at the top to `largest` and all beyond it at the bottom."""

    title: str
    cut: float  # a point at the cut stands above it
    largest: float


@dataclass(frozen=True, slots=True)
class Corners:
    """What is written in the four corners."""

    top_left: str
    top_right: str
    bottom_left: str
    bottom_right: str


def scatter(
    points: Sequence[tuple[float, float]],
    across: Across,
    down: Down,
    corners: Corners,
    cells: int = WIDEST,
) -> list[str]:
    """The lines of a picture at most `cells` wide of points (across, down); none without points.

    A sign stands for all the points that share its place, a heavier one for more. Points of 0 or
    less across stand at the left edge.
    """
    if not points:
        return []
    columns = min(max(cells, NARROWEST), WIDEST) - _MARGIN
    middle = columns // 2
    upper = max(round(ROWS * down.cut / down.largest), 1)
    known = sorted(x for x, _y in points if x > 0) or [across.cut]
    # The few at both ends would squeeze all others: one in a hundred stands at the edge instead.
    low = min(known[len(known) // 100], across.cut)
    high = max(known[-1 - len(known) // 100], across.cut)
    counted = Counter(
        (_row(y, down, upper), _column(x, (low, across.cut, high), columns)) for x, y in points
    )
    most = max(counted.values())
    rule = "-" * middle + "+" + "-" * (columns - middle - 1)
    lines = [
        down.title,
        " " * _MARGIN + _spread(corners.top_left, corners.top_right, columns),
    ]
    for place in range(ROWS):
        if place == upper:
            lines.append(f"{down.cut:>{_MARGIN - 2}g} +{rule}")
        beside = {0: "0", ROWS - 1: f"{down.largest:g}+"}.get(place, "")
        signs = [_sign(counted[place, at], most) for at in range(columns)]
        signs[middle] = "|"
        lines.append(f"{beside:>{_MARGIN - 2}} |{''.join(signs).rstrip()}")
    lines.append(" " * (_MARGIN - 1) + "+" + rule)
    low_mark, cut_mark, high_mark = (across.label(x) for x in (low, across.cut, high))
    lines.append(" " * _MARGIN + _three(low_mark, cut_mark, high_mark, columns, middle))
    lines.append(" " * _MARGIN + _spread(corners.bottom_left, corners.bottom_right, columns))
    legend = _("{few} one, {many} up to {most}").format(few=SIGNS[0], many=SIGNS[-1], most=most)
    lines.append(" " * _MARGIN + _spread(across.title, legend if most > 1 else "", columns))
    return lines


def _column(x: float, marks: tuple[float, float, float], columns: int) -> int:
    """marks: what stands at the left edge, in the middle, at the right edge."""
    low, cut, high = marks
    middle = columns // 2
    if x < cut:
        return _place(math.log(max(x, low) / low), math.log(cut / low), middle)
    return middle + 1 + _place(math.log(x / cut), math.log(high / cut), columns - middle - 1)


def _row(y: float, down: Down, upper: int) -> int:
    """upper: the rows above the cut."""
    if y <= down.cut:
        return _place(y, down.cut, upper)
    return upper + _place(y - down.cut, down.largest - down.cut, ROWS - upper)


def _place(value: float, end: float, places: int) -> int:
    """Which of so many places a value from 0 to `end` falls in; beyond it, the last."""
    return min(int(value / end * places), places - 1) if end > 0 else 0


def _sign(count: int, most: int) -> str:
    if count == 0:
        return " "
    if most == 1:
        return SIGNS[0]
    return SIGNS[round(math.log(count) / math.log(most) * (len(SIGNS) - 1))]


def _spread(left: str, right: str, cells: int) -> str:
    """Two texts at both ends of a line; the left one gives way where they do not fit."""
    room = cells - width(right) - 1
    return f"{pad(shorten(left, room), room)} {right}".rstrip()


def _three(left: str, centre: str, right: str, cells: int, middle: int) -> str:
    """Three short texts: at the left end, around the middle, at the right end."""
    start = middle - width(centre) // 2
    line = pad(shorten(left, start - 1), start) + centre
    return pad(line, cells - width(right)) + right
