"""A long text in pieces that a place accepts: cut at the ends of lines, never inside a letter."""

from collections.abc import Iterable, Iterator, Sequence

_NUMBERED = len(" (99/99)")


def cut(title: str, lines: Sequence[str], room: int) -> list[str]:
    """Messages of at most `room` bytes of UTF-8, each with the title as its first line; with
    numbers where there are several. A line that is longer than a message is cut between letters."""
    left = room - len(title.encode()) - _NUMBERED - 1
    packed: list[list[str]] = []
    used = 0
    for line in _short(lines, left):
        size = len(line.encode()) + 1
        if packed and used + size <= left:
            packed[-1].append(line)
            used += size
        else:
            packed.append([line])
            used = size
    count = len(packed)
    return [
        "\n".join((title if count == 1 else f"{title} ({number}/{count})", *some))
        for number, some in enumerate(packed, 1)
    ]


def _short(lines: Iterable[str], most: int) -> Iterator[str]:
    """These lines, those of more than so many bytes in several."""
    for line in lines:
        rest = line.encode()
        while len(rest) > most - 1:  # one for the end of the line
            end = most - 1
            while rest[end] & 0xC0 == 0x80:  # inside a letter
                end -= 1
            yield rest[:end].decode()
            rest = rest[end:]
        yield rest.decode()
