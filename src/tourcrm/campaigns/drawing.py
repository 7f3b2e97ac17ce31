"""Drawing some of many by lot, so that anybody can draw the same ones again.

Whoever may be drawn is put in the order of blake2b-64(seed, NUL, name) and the first n are taken.
The lot of one depends on nothing but the seed and the own name: not on the order of rows, on who
else is there, on the machine or on Python's version. More of the same draw are the same ones and
some more; who drops out before a later draw makes room for the next in line.
"""

from collections.abc import Iterable
from hashlib import blake2b


def lot(name: str, seed: str) -> bytes:
    """The lot of one: 8 bytes, compared as they stand."""
    return blake2b(f"{seed}\0{name}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


def drawn(names: Iterable[str], n: int, seed: str) -> list[str]:
    """At most `n` of these names, each once, in the order in which they were drawn."""
    return sorted(set(names), key=lambda name: (lot(name, seed), name))[: max(n, 0)]
