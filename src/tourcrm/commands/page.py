"""What all pages of text for people share: how wide they are, and texts beside their labels."""

from collections.abc import Iterator

from tourcrm.manual import wrap
from tourcrm.render import line_width
from tourcrm.safe import width

WIDEST = 80
NARROWEST = 10  # cells of a text beside its label, however narrow the terminal


def room() -> int:
    """How many cells a line of a page may have."""
    return min(line_width(), WIDEST)


def beside(label: str, text: str) -> Iterator[str]:
    """A text wrapped on the right of a label."""
    first = width(label)
    for number, piece in enumerate(wrap(text, max(room() - first, NARROWEST))):
        yield (" " * first if number else label) + piece
