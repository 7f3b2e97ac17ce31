"""Cells that carry a second thing: a number and whose it is, a sum and how it came about."""

from dataclasses import dataclass
from typing import Any, Literal

What = Literal["words", "party", "sum", "more"]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a cell means, and what else stands in it."""

    value: Any
    rest: str
    what: What


def bare(value: Any) -> Any:
    """A value without what stood beside it."""
    return value.value if type(value) is Beside else value
