"""What can go wrong, as values and exceptions: a message template, its parameters, an exit code.

Templates are English message ids with named fields; they are translated when shown, never when
raised, so an error speaks the language of whoever reads it.
"""

from collections.abc import Mapping
from typing import Any

from tourcrm.base.i18n import translate

EXIT_DONE = 0
EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_NOT_FOUND = 3
EXIT_PARTLY = 4
EXIT_UNUSABLE = 5


class Message:
    """A translatable sentence: a template with named fields, and what fills them."""

    __slots__ = ("params", "template")

    def __init__(self, template: str, /, **params: Any) -> None:
        self.template = template
        self.params: Mapping[str, Any] = params

    def __str__(self) -> str:
        text = translate(self.template)
        return text.format(**self.params) if self.params else text

    def __repr__(self) -> str:
        return f"Message({self.template!r})"


class CellError(ValueError):
    """Why one cell cannot be taken: raised by parsers, kept as a value by imports."""

    def __init__(self, template: str, /, **params: Any) -> None:
        super().__init__(template)
        self.message = Message(template, **params)

    def __str__(self) -> str:
        return str(self.message)


class TourcrmError(Exception):
    """An error that a person is told: one to three lines, with what to do next."""

    exit_code = EXIT_REFUSED

    def __init__(self, template: str, /, **params: Any) -> None:
        super().__init__(template)
        self.message = Message(template, **params)

    def __str__(self) -> str:
        return str(self.message)


class Refused(TourcrmError):
    """The request was understood and not carried out; nothing changed."""


class WrongUsage(TourcrmError):
    """Words of the command line that cannot be right."""

    exit_code = EXIT_USAGE


class NotFound(TourcrmError):
    """Nothing, or more than one thing, answers to the name given."""

    exit_code = EXIT_NOT_FOUND


class Unusable(TourcrmError):
    """The database cannot be used: missing, not ours, newer, locked, read-only, full."""

    exit_code = EXIT_UNUSABLE


class Unsure(Unusable):
    """Reading or writing broke off, and nobody can tell whether what was written is stored."""
