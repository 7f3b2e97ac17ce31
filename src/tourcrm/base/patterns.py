"""Patterns that are compiled when they are first used.

Modules have two hundred, of which a command needs a few; to compile all took a tenth of its start.
"""

import re
from typing import Any, cast


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern of a text, as `re.compile` gives it, made when somebody asks something of it."""
    return cast(re.Pattern[str], _Unmade(text, flags))


class _Unmade:
    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name == "_made":
            self._made = re.compile(self._text, self._flags)
            return self._made
        found = getattr(self._made, name)
        setattr(self, name, found)  # from now on without this way round
        return found
