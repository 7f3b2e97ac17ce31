"""What those who go to a place should know: one text a topic."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from tourcrm.base import vocabulary
from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound
from tourcrm.base.folding import folded
from tourcrm.base.i18n import N_
from tourcrm.db import dialect, operations
from tourcrm.db.codes import Number
from tourcrm.models import DestinationNote

TOPICS = vocabulary.values("destination_topic")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a place. place: as the note calls it."""

    place: str
    topic: str
    text: str


def note(session: Session, number: Number, place: str, topic: str, text: str | None) -> bool:
    """Say what there is to know of a place; None takes it back. Returns whether anything changed.

    Raises NotFound where there is nothing to take back.
    """
    same = select(DestinationNote).where(
        dialect.spelled(DestinationNote.destination, place), col(DestinationNote.topic) == topic
    )
    row = session.exec(same).first()
    if text is None:
        if row is None:
            raise NotFound(
                N_("Nothing is noted of that for {place}: tourcrm destinations list"),
                place=visible(place, 60),
            )
        operations.delete(session, number(), row, None)
        return True
    if row is not None:
        return row.text != text and bool(
            operations.edit(session, number(), row, {"text": text}, None)
        )
    operations.add(
        session, DestinationNote(destination=place, topic=topic, text=text, operation_id=number())
    )
    return True


def listed(session: Session, place: str | None = None) -> list[Known]:
    """All that is known, by place, in the order of the topics."""
    chosen = select(DestinationNote)
    if place:
        chosen = chosen.where(dialect.spelled(DestinationNote.destination, place))
    found = [Known(row.destination, row.topic, row.text) for row in session.exec(chosen).all()]
    return sorted(found, key=lambda one: (folded(one.place), TOPICS.index(one.topic)))


def known_of(session: Session, destination: str | None) -> Mapping[str, Known]:
    """What is known of a destination, by topic: of the place itself, else of the longest place that
    its name holds (日本东京: 东京 before 日本)."""
    if not destination:
        return {}
    found: dict[str, Known] = {}
    for one in sorted(_about(session, destination), key=lambda one: -len(folded(one.place))):
        found.setdefault(one.topic, one)
    return found


def _about(session: Session, destination: str) -> Iterator[Known]:
    wanted = folded(destination)
    for one in listed(session):
        place = folded(one.place)
        # A name of letters is a word of its own: Niger is not Nigeria.
        word = re.escape(place)
        if place[:1].isascii():
            word = r"(?<![a-z])" + word
        if place[-1:].isascii():
            word += r"(?![a-z])"
        if place and re.search(word, wanted):
            yield one
