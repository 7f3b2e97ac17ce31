"""`--word 待出行=booked`: what words of a sheet mean that are not known; profiles keep them."""

import json
from collections.abc import Mapping, Sequence

from tourcrm.base import display, vocabulary
from tourcrm.base.columns import Columns
from tourcrm.base.errors import CellError, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.parsing import word
from tourcrm.db import setting
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk


def given(pairs: Sequence[str] | None, known: Columns) -> dict[str, str]:
    """The word of the sheet -> the value that it means. Raises WrongUsage."""
    tables = dict.fromkeys(one.words for one in known if one.imported and one.kind in _WORDED)
    words: dict[str, str] = {}
    for pair in pairs or ():
        text, equals, target = (part.strip() for part in pair.rpartition("="))
        if not equals or not text:
            raise WrongUsage(
                N_("--word takes WORD=VALUE, like “待出行=booked”, not {given}."),
                given=display.visible(pair, 60),
            )
        found = [value for table in tables if (value := _value(target, table)) is not None]
        if not found:
            raise WrongUsage(
                N_("--word: no column here holds {value}. Known: {known}"),
                value=display.visible(target, 40),
                known="; ".join(", ".join(vocabulary.values(table)) for table in tables),
            )
        words[text] = found[0]
    return words


_WORDED = ("word", "gender")


def _value(target: str, table: str) -> str | None:
    try:
        return word(target, vocabulary.vocabulary(table)) if target else None
    except CellError:
        return None


def _key(entity: str, profile: str) -> str:
    return f"{setting.PROFILE}{entity}:{profile}:words"


def remembered(entity: str, profile: str | None) -> dict[str, str] | None:
    """The words that were given once under the profile's name; None where there are none."""
    if profile is None:
        return None
    with context.reading() as desk:
        stored = desk.settings.values.get(_key(entity, profile))
    return None if stored is None else dict(json.loads(stored))


def store(desk: Desk, entity: str, profile: str, words: Mapping[str, str]) -> None:
    """Remember words under the profile's name."""
    text = json.dumps(dict(words), ensure_ascii=False)
    setting.store(desk.session, _key(entity, profile), text)
