"""What tells one follow-up from all others: its key, its printed id, the decisions about it.

An item is known by its key: the rule, the row that it is about, and which occurrence of it. What is
printed is a short id, from a hash of the key. Nothing here knows a database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: none that is read as another
ID_LENGTH = 8
SHORTEST = 4  # characters that tell an item, where no other begins with them
OF_LINES = "U"  # begins the ids of lines that say the same; no letter of the alphabet
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})

FINAL = frozenset({"done", "skipped"})
PUT_OFF = frozenset({"tried", "snoozed"})


class Key(NamedTuple):
    """What tells one item from all others."""

    rule: str
    subject_table: str
    subject_id: int
    occurrence: str


def occurrence(*parts: str) -> str:
    """Which occurrence it is, of its series, its period and the name of its step; "" for none."""
    return ":".join([part for part in parts if part])


def id_number(key: Sequence[Any]) -> int:
    """The number whose digits are the printed id."""
    digest = blake2b("\x1f".join(map(str, key)).encode(), digest_size=5).digest()
    return int.from_bytes(digest, "big")


def printed_id(key: Sequence[Any]) -> str:
    """The id that is printed for a key: eight characters."""
    number = id_number(key)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))


def line_id(key: Sequence[Any]) -> str:
    """The id of what several items say alike; no item's begins with this letter."""
    return OF_LINES + printed_id(key)[1:]


def id_range(start: str) -> range:
    """The numbers of the ids that begin like this; none where it cannot be the start of an id."""
    if len(start) > ID_LENGTH or not set(start) <= set(ALPHABET):
        return range(0)
    number = 0
    for letter in start:
        number = number << 5 | ALPHABET.index(letter)
    shift = 5 * (ID_LENGTH - len(start))
    return range(number << shift, number + 1 << shift)


def normal_id(typed: str) -> str:
    """A typed id, or the start of one, as it is printed: "k7q2-mbo" is K7Q2MB0."""
    return typed.strip().replace("-", "").upper().translate(_READ_AS)


def may_begin_id(typed: str) -> bool:
    """Whether it looks like an id, or the start of one."""
    return len(start := normal_id(typed)) <= ID_LENGTH and set(start) <= {*ALPHABET, OF_LINES}


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. at: in the agency's zone. until: back on the list on this day."""

    id: int
    key: Key
    anchor_on: date
    customer_id: int
    due_on: date
    status: str
    until: date | None
    note: str | None
    staff: str | None
    at: datetime
