"""Words of a vocabulary in cells, yes and no, tags, counts."""

import re
import unicodedata
from collections.abc import Mapping

from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_, language
from tourcrm.base.parsing.beside import Beside
from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.base.parsing.nothing import is_nothing
from tourcrm.base.parsing.texts import DASHES, EDGES, cleaned, text
from tourcrm.base.patterns import pattern


def word_key(cell: str) -> str:
    """A word as words are compared: in any case, width, and script of Chinese."""
    plain = unicodedata.normalize("NFKC", cell).strip(EDGES).casefold()
    return plain if plain.isascii() else plain.translate(SIMPLIFIED)


def word(cell: str, words: Mapping[str, str]) -> str:
    """What `words` (small letters -> value) says for a cell, in any case and width."""
    key = word_key(cleaned(cell, 200))
    found = words.get(key) or words.get(re.sub(r"[\s-]+", "_", key)) or words.get(_bare(key))
    if found is None:
        raise CellError(N_("this word is not known here: write one of {words}"), words=_some(words))
    return found


_AROUND = pattern(r"^[\s()\[\]【】「」\"'*]+|(?<=.)[(\[【].*$|[\s)\]】」\"'*.。!✓✔√]+$")


def _bare(key: str) -> str:
    """A word without what stands around it: 【已付款】, 已取消(客户原因), 已出票✓."""
    return _AROUND.sub("", key)


_MOST = 12  # words that an error lists


def _some(words: Mapping[str, str]) -> str:
    """Up to a dozen accepted words, each with its Chinese: that first, where it is spoken."""
    chinese: dict[str, str] = {}
    for synonym, value in words.items():
        if not synonym.isascii():
            chinese.setdefault(value, synonym)
    values = list(dict.fromkeys(words.values()))
    pairs = [(one, chinese.get(one)) for one in values[:_MOST]]
    if language() == "zh":
        pairs = [(other or one, one if other else None) for one, other in pairs]
    shown = [f"{one} ({other})" if other else one for one, other in pairs]
    return ", ".join(shown) + (", ..." if len(values) > _MOST else "")


_YES = pattern("y|yes|true|1|是的?|有|对|同意|已?接通|已接|接了|[√✓✔☑✅]\ufe0f?")
_NO = pattern(
    "n|no|false|0|否|不是?|无|没有|不同意|未接通?|没接通?|没有接|无人接听|没人接|关机|占线|停机|空号|"
    "拒接|未通|不通|no answer|[×✗✘✕❌☐]\ufe0f?"
)


def flag(cell: str) -> bool:
    """Yes or no."""
    key = word_key(cleaned(cell, 50))
    if _YES.fullmatch(key):
        return True
    if _NO.fullmatch(key):
        return False
    raise CellError(N_("it is neither yes nor no: write yes (是) or no (否)"))


# Google's own labels: everybody is in the first.
_OF_GOOGLE = pattern(r"\* *(?:mycontacts|(starred|friends|family|coworkers))", re.IGNORECASE)


def tags(cell: str) -> tuple[str, ...]:
    """Tags in their order, each once, each at most 50 characters."""
    parts = (part.strip(EDGES) for part in re.split("[,，;；、|｜\r\n]|:::", text(cell)))
    parts = (_OF_GOOGLE.sub(r"\1", part) for part in parts)
    found = tuple(dict.fromkeys(part for part in parts if not is_nothing(part)))
    if any(len(tag) > 50 for tag in found):
        raise CellError(N_("a tag is too long: at most 50 characters; separate tags by commas"))
    return found


# "5天4晚" counts its days.
_PEOPLE = "人次?|个人|位|名|个|口|pax|people|persons?|guests?|travell?ers?"
_COUNT = pattern(
    rf"(?:共|合计|约定)?\s*([0-9]{{1,9}})(?:\.0+)?\s*(?:{_PEOPLE}|days?|[天日](?:\s*[0-9]{{1,3}}\s*[晚夜])?)?",
    re.IGNORECASE,
)
# A party of grown-ups and others: 2大1小, 2成人1儿童, 成人2儿童1, 2 adults, 1 child, 2+1.
_GROWN = "大人|成年人|成人|大|男|女|老人|adults?|ad"
_OTHERS = "儿童|小孩|孩子|小朋友|婴儿|婴|小|童|child(?:ren)?|kids?|infants?|ch|inf"
_MEMBER = pattern(
    rf"\s*(?:([0-9]{{1,4}})\s*(?:位|个|名)?\s*(?:({_GROWN})|({_OTHERS}))(?:人|位|名)?"
    rf"|(?:({_GROWN})|({_OTHERS}))\s*[::]?\s*([0-9]{{1,4}})\s*(?:位|个|名|人)?)\s*(?:[+,、;/&和及]|and)?",
    re.IGNORECASE,
)
_SUM = pattern(r"([0-9]{1,4})\s*\+\s*([0-9]{1,4})(?:\s*\+\s*([0-9]{1,4}))?")


def _party(found: str) -> int | None:
    """How many people a cell names by their kinds; None where it does not."""
    added = _SUM.fullmatch(found)
    if added:
        return sum(int(part) for part in added.groups() if part)
    at, people = 0, 0
    while at < len(found):
        member = _MEMBER.match(found, at)
        if member is None:
            return None
        people += int(member[1] or member[6])
        at = member.end()
    return people or None


def party(cell: str, low: int = 1, high: int = 9999) -> int | Beside:
    """As `count`; who they are (2成人1儿童) is handed out beside the number."""
    value = count(cell, low, high)
    found = cleaned(cell, 200).translate(SIMPLIFIED)
    several = len(re.findall("[0-9]+", found)) > 1 and not _COUNT.fullmatch(found)
    return Beside(value, found, "party") if several else value


def count(cell: str, low: int = 1, high: int = 9999) -> int:
    """A whole number from `low` to `high`, with or without its unit (3, 3人, 5天4晚, 2大1小)."""
    found = cleaned(cell, 200).translate(SIMPLIFIED)
    match = _COUNT.fullmatch(found)
    people = None if match else _party(found)
    if people is not None:
        match = _COUNT.fullmatch(str(people))
    if not match:
        if re.fullmatch(r"-\s*[0-9.]+", found.translate(DASHES)):
            raise CellError(
                N_("it is negative: write a number from {low} to {high}"), low=low, high=high
            )
        raise CellError(N_("it is no whole number: write digits only, such as 3"))
    value = int(match[1])
    if not low <= value <= high:
        raise CellError(
            N_("it is out of range: write a number from {low} to {high}"), low=low, high=high
        )
    return value
