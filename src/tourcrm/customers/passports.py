"""The name in a passport beside that of the customer: where they are not one, a ticket is lost."""

from collections.abc import Iterable, Iterator

from tourcrm.base import passport_names
from tourcrm.base.display import visible
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.models import Customer

_MARKS = str.maketrans("", "", " /,-'")
# Where passports spell Chinese names in another way than in pinyin: Hong Kong, Macau, Taiwan.
_NOT_PINYIN = ("+852", "+853", "+886")


def differs(
    name: str, in_passport: str | None, spelled: str | None = None, phone: str | None = None
) -> bool:
    """Whether a passport surely has another name. spelled: the name in pinyin, where it is known:
    most are found to agree by that."""
    if not in_passport:
        return False
    if spelled and spelled.replace(" ", "") == in_passport.lower().translate(_MARKS):
        return False
    if phone and phone.startswith(_NOT_PINYIN):
        return False
    return passport_names.agree(name, in_passport) is False


def differing(name: str, in_passport: str | None, phone: str | None = None) -> Iterator[Message]:
    """Tell where the name in a passport is not that of the customer."""
    if differs(name, in_passport, None, phone):
        yield Message(
            N_(
                "The passport says {in_passport}, which does not spell {name}: compare it with the "
                "passport before a ticket is issued."
            ),
            in_passport=visible(in_passport or "", 60),
            name=visible(name, 40),
        )


def cautions(people: Iterable[Customer]) -> Iterator[Message]:
    """What to know of those who go abroad before their tickets are bought."""
    for who in people:
        if who.kind not in ("company", "channel"):
            yield from differing(who.name, who.passport_name, who.phone)
