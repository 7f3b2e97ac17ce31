"""What an import adds to a note: entries behind the words that somebody wrote.

    老客户，喜欢靠窗; [手机] 微信同号; 1000.00 USD x 7.1

An entry is what a cell held beside its value, or how an amount was converted. It stands there once,
and never in the place of what somebody wrote.
"""

import re
from collections.abc import Iterable

BETWEEN = "; "
_CONVERTED = re.compile(r"-?[0-9]+\.[0-9]{2} ([A-Z]{3}) x [0-9]")
_BEGINS = re.compile(rf"(?:^|{BETWEEN})(?=\[[^\[\]]{{1,80}}\] |{_CONVERTED.pattern})")


def entry(header: str, text: str) -> str:
    """What a cell held beside its value: [手机] 微信同号."""
    return f"[{header.translate(str.maketrans('[]', '()'))}] {text}"


def conversion(amount: str, currency: str, rate: object) -> str:
    """How an amount was converted: 1000.00 USD x 7.1."""
    return f"{amount} {currency} x {rate}"


def parted(note: str | None) -> tuple[str, list[str]]:
    """The words that somebody wrote, and the entries."""
    places = [match.span() for match in _BEGINS.finditer(note or "")]
    if note is None or not places:
        return note or "", []
    ends = [start for start, _ in places[1:]] + [len(note)]
    entries = [note[begin:end] for (_, begin), end in zip(places, ends, strict=True)]
    return note[: places[0][0]], entries


def words(note: str | None) -> str | None:
    """The words that somebody wrote; None where there are none."""
    return parted(note)[0] or None


def with_entries(note: str | None, more: Iterable[str]) -> str | None:
    """A note with entries behind it, each once."""
    own, there = parted(note)
    return _joined(own, (*there, *more))


def of_both(first: str | None, later: str | None) -> str | None:
    """The note of two rows that do not contradict one another."""
    (own, there), (other, more) = parted(first), parted(later)
    return _joined(own or other, (*there, *more))


def stored_with(present: str, given: str) -> str:
    """What becomes of a stored note by that of a row: its entries come behind what is there, and
    what was converted anew takes the place of what was; words of its own replace the note."""
    own, entries = parted(given)
    if own:
        return given
    kept, there = parted(present)
    anew = set(map(_currency, entries))
    there = [one for one in there if _currency(one) is None or _currency(one) not in anew]
    return _joined(kept, (*there, *entries)) or ""


def _currency(one: str) -> str | None:
    """The currency of a conversion; None of another entry."""
    match = _CONVERTED.match(one)
    return match[1] if match else None


def _joined(own: str, entries: Iterable[str]) -> str | None:
    return BETWEEN.join(dict.fromkeys(part for part in (own, *entries) if part)) or None
