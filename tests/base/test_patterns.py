"""Patterns that are compiled when they are first used."""

import re

import pytest

from tourcrm.base.patterns import pattern


def test_a_pattern_is_what_re_makes_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, int]] = []
    real = re.compile

    def compiled(text: str, flags: int) -> re.Pattern[str]:
        made.append((text, flags))
        return real(text, flags)

    monkeypatch.setattr(re, "compile", compiled)
    found = pattern("(?P<a>x)+", re.IGNORECASE)
    assert made == []
    assert [bool(found.fullmatch(text)) for text in ("xX", "y")] == [True, False]
    assert found.sub("-", "axxb") == "a-b"
    assert (found.pattern, found.groups, dict(found.groupindex)) == ("(?P<a>x)+", 1, {"a": 1})
    assert made == [("(?P<a>x)+", re.IGNORECASE)]
