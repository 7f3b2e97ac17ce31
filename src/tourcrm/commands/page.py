"""What all pages of text for people share: how wide they are, and texts beside their labels."""

from collections.abc import Iterable, Iterator

from tourcrm.i18n import language
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


def listed(names: Iterable[str]) -> str:
    """Names one after another, as the language separates them."""
    return ("、" if language() == "zh" else ", ").join(names)
