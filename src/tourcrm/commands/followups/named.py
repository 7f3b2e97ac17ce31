"""Which follow-up is meant: by its id, or by the customer whom it is about."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound, WrongUsage
from tourcrm.base.i18n import N_, language
from tourcrm.terminal.context import Desk

if TYPE_CHECKING:
    from tourcrm.agenda.states import Item
    from tourcrm.agenda.wording import Line
    from tourcrm.models import Customer

    Meant = tuple[Line, tuple[Item, ...]]
    OfCustomer = Callable[[Desk, Customer], Sequence[Line]]


def lines(desk: Desk, word: str, of: "OfCustomer", hint: str = "") -> "Sequence[Meant]":
    """The lines that an id names, or the only one that `of` finds about a customer; ids win.

    hint: what is said of how to take several. Raises NotFound where it is none or several, and
    WrongUsage for the start of an id that is too short.
    """
    from tourcrm.agenda import actions, keys
    from tourcrm.customers import lookup

    who = None
    if not keys.may_begin_id(word):  # no need to look through all ids
        who = lookup.find_if_any(desk.session, word, desk.settings["region"])
    if who is None:
        try:
            return actions.find_all(desk.session, desk.settings, desk.today, word, language())
        except actions.SeveralIds:
            raise
        except (NotFound, WrongUsage):
            who = lookup.find_if_any(desk.session, word, desk.settings["region"])
            if who is None:
                raise
    return _only(of(desk, who), who, hint)


def _only(found: "Sequence[Line]", who: "Customer", hint: str) -> "Sequence[Meant]":
    if len(found) == 1:
        return [(found[0], found[0].items)]
    name = visible(who.name, 40)
    if not found:
        raise NotFound(
            N_("There is no such follow-up about {name}. Look at: tourcrm followups list --all"),
            name=name,
        )
    raise NotFound(
        N_("There is more than one follow-up about {name}; say its id{hint}:\n{candidates}"),
        name=name,
        hint=hint,
        candidates="\n".join(_told(line) for line in found),
    )


def _told(line: "Line") -> str:
    about = (line.due_on.isoformat(), line.title, line.destination or "", line.trip or "")
    return f"  {line.id}  " + " · ".join(visible(part, 60) for part in about if part)


def open_of(desk: Desk, who: "Customer") -> "Sequence[Line]":
    """What is open about a customer."""
    return _of(desk, who, ("ahead",))


def any_of(desk: Desk, who: "Customer") -> "Sequence[Line]":
    """As `open_of`; where nothing is, what is held, or was decided, these days."""
    return _of(desk, who, ("ahead",)) or _of(desk, who, ("held", "decided"))


def _of(desk: Desk, who: "Customer", otherwise: tuple[str, ...]) -> "Sequence[Line]":
    from tourcrm.agenda import actions
    from tourcrm.db.codes import id_of

    number = id_of(who)
    return actions.of_customer(
        desk.session, desk.settings, desk.today, number, language(), otherwise
    )


def decided_of(desk: Desk, who: "Customer") -> "Sequence[Line]":
    """What was decided about a customer and can be taken back."""
    from tourcrm.agenda import actions
    from tourcrm.db.codes import id_of

    number = id_of(who)
    return actions.decided_of_customer(desk.session, desk.settings, desk.today, number, language())
