"""The words that some cells may hold: stored value, English and Chinese label, synonyms on import.

Models take their CHECK constraints from these tables, imports their vocabulary, lists their labels.

word         a word, and a table of them
customers    kind, status, consent, language, gaps in what is known
trips        status, service, kind, roles of travellers, notes on places
money        payments, plans, debts, vouchers, compensation
contacts     channel, direction, kind; answers to surveys
complaints   severity, category, cause, steps
analysis     tier, cadence, trend, quadrant, segment
agenda       rules and their anchors, states of items, decisions
records      what people call the rows of a table
"""

from functools import cache
from types import MappingProxyType

from tourcrm.base.vocabulary.agenda import AGENDA
from tourcrm.base.vocabulary.analysis import ANALYSIS
from tourcrm.base.vocabulary.complaints import COMPLAINTS
from tourcrm.base.vocabulary.contacts import CONTACTS
from tourcrm.base.vocabulary.customers import CUSTOMERS
from tourcrm.base.vocabulary.money import MONEY
from tourcrm.base.vocabulary.records import RECORDS
from tourcrm.base.vocabulary.trips import TRIPS
from tourcrm.base.vocabulary.word import Word, words

__all__ = [
    "IN_PERSON",
    "SELDOM_TRAVEL",
    "WORDS",
    "Word",
    "label",
    "labels",
    "values",
    "vocabulary",
    "words",
]

WORDS = MappingProxyType(
    CUSTOMERS | TRIPS | MONEY | CONTACTS | COMPLAINTS | ANALYSIS | AGENDA | RECORDS
)
IN_PERSON = ("phone", "visit", "store")  # channels on which both sides speak
SELDOM_TRAVEL = ("visa", "insurance")  # services during which nobody need be away


def values(table: str) -> tuple[str, ...]:
    """The stored values of one enumeration, in their customary order."""
    return tuple(word.value for word in WORDS[table])


@cache
def vocabulary(table: str) -> MappingProxyType[str, str]:
    """Every accepted spelling (casefolded) -> stored value."""
    spelled: dict[str, str] = {}
    for word in WORDS[table]:
        for spelling in (word.value, word.en, word.zh, *word.synonyms):
            spelled.setdefault(spelling.casefold(), word.value)
    return MappingProxyType(spelled)


@cache
def labels(table: str, language: str) -> MappingProxyType[str, str]:
    """Stored value -> label in `language` (en or zh)."""
    return MappingProxyType(
        {word.value: word.zh if language == "zh" else word.en for word in WORDS[table]}
    )


def label(table: str, value: str | None, language: str) -> str:
    """What a person reads for a stored value; the value itself where the table has no label."""
    if value is None:
        return ""
    return labels(table, language).get(value, value)
