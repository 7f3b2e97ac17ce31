"""What the ID number of a customer tells: birthday and gender, which follow it when it changes."""

from collections.abc import Iterator, Sequence

from tourcrm.base import parsing
from tourcrm.base.errors import Message
from tourcrm.base.i18n import N_
from tourcrm.base.lunar import SpecialDay

# What a supplier is told of a traveller: where it changes while a trip is ahead, they must know.
PAPERS = ("name", "phone", "id_number", "passport_no", "passport_name", "passport_expires_on")


def birthday_in(id_number: str) -> SpecialDay:
    """The birthday that an ID number tells."""
    born = parsing.birthday_of(id_number)
    return SpecialDay(born.month, born.day, born.year)


def birthday_after(
    there: Sequence[SpecialDay], before: str | None, document: str
) -> SpecialDay | None:
    """The birthday that comes with a new ID number; None where the one that is there stays.

    One that the number before told follows it; one that somebody typed stays.
    """
    solar = [day for day in there if day.calendar == "solar"]
    derived = before is not None and birthday_in(before) in solar
    return birthday_in(document) if not there or derived else None


def gender_after(there: str | None, before: str | None, document: str) -> str:
    """The gender that comes with a new ID number; see `birthday_after`."""
    derived = before is not None and there == parsing.gender_of(before)
    return parsing.gender_of(document) if there is None or derived else there


def differs_from(document: str, birthday: SpecialDay | None) -> bool:
    """Whether a birthday is another than that of an ID number; lunar ones are not compared."""
    if birthday is None or birthday.calendar == "lunar":
        return False
    told = birthday_in(document)
    return (birthday.month, birthday.day) != (told.month, told.day) or (
        birthday.year not in (None, told.year)
    )


def differing(document: str, birthday: SpecialDay | None, gender: str | None) -> Iterator[Message]:
    """Tell where what somebody typed is not what the ID number says."""
    if birthday is not None and differs_from(document, birthday):
        yield Message(
            N_("The birthday stays {day}, but the ID number says {told}: check which is right."),
            day=parsing.special_day_text(birthday),
            told=parsing.special_day_text(birthday_in(document)),
        )
    if gender is not None and gender != parsing.gender_of(document):
        yield Message(N_("The gender is another than the ID number says: check which is right."))
