"""A word, and a table of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One value of an enumeration."""

    value: str
    en: str
    zh: str
    synonyms: tuple[str, ...] = ()


def words(*rows: tuple[str, str, str, str]) -> tuple[Word, ...]:
    """A table of words: value, English, Chinese, and synonyms in one text."""
    return tuple(Word(value, en, zh, tuple(more.split())) for value, en, zh, more in rows)
