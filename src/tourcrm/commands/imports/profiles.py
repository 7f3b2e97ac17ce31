"""What a profile remembers of a file: which column is which field, and what its words mean."""

import json
from collections.abc import Mapping
from functools import partial

from tourcrm.base import columns, display
from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_
from tourcrm.db import operations, setting
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk


def _key(entity: str, profile: str) -> str:
    return f"{setting.PROFILE}{entity}:{profile}"


def _words_key(entity: str, profile: str) -> str:
    return f"{setting.PROFILE}{entity}:{profile}:words"


def mapping(entity: str, profile: str, worded: bool = False) -> dict[str, str]:
    """The mapping that was given once under the profile's name. worded: it has words, at least."""
    with context.reading() as desk:
        stored = desk.settings.values.get(_key(entity, profile))
    if stored is None and worded:
        return {}
    if stored is None:
        raise Refused(
            N_("There is no profile {name} yet. Give --map once together with --profile {name}."),
            name=display.visible(profile, 40),
        )
    return dict(json.loads(stored))


def without(remembered: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """What is remembered, so far as it does not speak of a column or a field that is given."""
    headers = {columns.folded(header) for header in given}
    fields = {field for field in given.values() if field}
    return {
        header: field
        for header, field in remembered.items()
        if columns.folded(header) not in headers and field not in fields
    }


def words(entity: str, profile: str | None) -> dict[str, str] | None:
    """The words that were given once under the profile's name; None where there are none."""
    if profile is None:
        return None
    with context.reading() as desk:
        stored = desk.settings.values.get(_words_key(entity, profile))
    return None if stored is None else dict(json.loads(stored))


def store(
    desk: Desk, entity: str, profile: str, mapping: Mapping[str, str], words: Mapping[str, str]
) -> None:
    """Add both to what the profile remembers: a file may lack columns that others have."""
    for key, said in ((_key(entity, profile), mapping), (_words_key(entity, profile), words)):
        if said:
            before = json.loads(desk.settings.values.get(key) or "{}")
            again = {columns.folded(header) for header in said}
            kept = {h: what for h, what in before.items() if columns.folded(h) not in again}
            remembered = json.dumps(kept | dict(said), ensure_ascii=False)
            # An operation of its own: the import is taken back without what was learnt for it.
            verb = f"{entity} profile"
            begin = partial(operations.begin, desk.session, verb, desk.now, desk.actor)
            setting.store(desk.session, begin, key, remembered)
