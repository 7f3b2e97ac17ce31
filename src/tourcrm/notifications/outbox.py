"""Whom the agency's own people are told by: the places to send to, and the outbox.

A notice is said once: it is stored for every place on duty in one transaction, sent outside of any,
and marked in another. A run that is killed in between leaves it unsent, and the next run sends it
(again, if it had got out already): better twice than never. Two runs at once do not both send, for
the first claims what it sends by counting the try.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, NotFound, Refused
from tourcrm.base.i18n import N_
from tourcrm.db import setting
from tourcrm.db.codes import Number
from tourcrm.db.setting import PLACE, PLACE_OWNER, PLACE_PHONES, Settings
from tourcrm.models import Notice

# The channel of what a command prints itself; no place can have this name.
OUTPUT = "-"
# Minutes from a try that failed to the next; the last holds on. A minute less than cron's steps of
# five, so that a run that starts a second early does not miss its turn.
BACK_OFF = (4, 4, 9, 19, 59)


# --- places to send to --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A place to send to, as it is listed; its address stays where it is. owner: whose day's list
    goes there; None = of all who have no place of their own. phones: their numbers are told."""

    name: str
    service: Message
    owner: str | None
    phones: bool
    on_duty: bool
    last_sent: datetime | None
    waiting: int  # messages that are still to be sent
    error: str | None  # why the last of them could not be


def checked_name(name: str) -> str:
    """The name of a new place. Raises Refused for one that lists and commands cannot hold."""
    name = name.strip()
    if (
        not 0 < len(name) <= 30
        or name != visible(name)
        or "://" in name
        or name.startswith("-")
        or set(name) & set(",，")
    ):
        raise Refused(
            N_(
                "A place needs a short name of its own, like 值班群, without a comma; its address "
                "is asked for afterwards."
            )
        )
    return name


def add(session: Session, number: Number, settings: Settings, name: str, address: str) -> None:
    """Keep the address of a new place. Raises Refused where the name is taken."""
    if name in settings.places:
        raise Refused(
            N_("There is a place {name} already. First: tourcrm notify remove {name}"), name=name
        )
    setting.store(session, number, PLACE + name, address)


def mark(
    session: Session, number: Number, name: str, owner: str | None, phones: bool | None
) -> None:
    """Say whose a place is ("": everybody's), and whether it is told phone numbers; None = as it
    was."""
    if owner is not None:
        setting.store(session, number, PLACE_OWNER + name, visible(owner.strip(), 60))
    if phones is not None:
        setting.store(session, number, PLACE_PHONES + name, "yes" if phones else "")


def known(settings: Settings, names: Iterable[str]) -> tuple[str, ...]:
    """These names. Raises NotFound for one that no place has."""
    given = tuple(names)
    for name in given:
        if name not in settings.places:
            raise NotFound(
                N_("There is no place {name} to send to. Known: {known}."),
                name=visible(name, 60),
                known=", ".join(map(visible, settings.places)) or "-",
            )
    return given


def remove(session: Session, number: Number, settings: Settings, name: str) -> int:
    """Forget a place; how many messages will not be sent there any more. Raises NotFound.

    They leave the outbox: if the place comes back with a better address, it is told anew.
    """
    known(settings, [name])
    setting.store(session, number, PLACE + name, "")
    mark(session, number, name, "", phones=False)
    duty = [one for one in setting.parse_names(settings["on_duty"]) if one != name]
    if "on_duty" in settings.values:
        setting.store(session, number, "on_duty", ",".join(duty))
    unsent = session.exec(_unsent().where(Notice.channel == name)).all()
    for notice in unsent:
        session.delete(notice)
    session.flush()
    return len(unsent)


def places(session: Session, settings: Settings) -> list[Place]:
    """The places to send to, by name, and how sending to them goes."""
    on_duty = settings.on_duty
    found = []
    for name, address in settings.places.items():
        rows = session.exec(
            select(Notice).where(Notice.channel == name).order_by(col(Notice.id))
        ).all()
        open_ = [row for row in rows if row.sent_at is None and row.given_up_at is None]
        failed = [row for row in open_ if row.error]
        found.append(
            Place(
                name=name,
                service=_service(address),
                owner=settings.place_owner(name),
                phones=settings.tells_phones(name),
                on_duty=name in on_duty,
                last_sent=max((row.sent_at for row in rows if row.sent_at), default=None),
                waiting=len(open_),
                error=failed[-1].error if failed else None,
            )
        )
    return found


def _service(address: str) -> Message:
    from tourcrm.notifications.transport import service

    return service(address)


# --- the outbox ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """What is to be said once: about which row, and what of it (`once`)."""

    subject_table: str
    subject_id: int
    once: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one place is to be sent in this run: notices and their texts, in order."""

    channel: str
    address: str = field(repr=False)
    ids: tuple[int, ...]
    texts: tuple[str, ...]


def unsaid(session: Session, channels: Iterable[str], words: Sequence[Word]) -> set[Word]:
    """Those of the words that were not yet said in one of the channels."""
    if not words:
        return set()
    said = set(
        session.exec(
            select(Notice.channel, Notice.subject_table, Notice.subject_id, Notice.once).where(
                col(Notice.subject_id).in_({word.subject_id for word in words})
            )
        )
    )
    return {
        word
        for word in words
        for channel in channels
        if (channel, word.subject_table, word.subject_id, word.once) not in said
    }


def waiting(session: Session, now: datetime, about: str = "complaint") -> bool:
    """Whether a notice about rows of this table is to be sent, or sent again, at this moment."""
    return any(_is_due(notice, now) for notice in session.exec(_unsent(about)))


def make(session: Session, channels: Iterable[str], words: Sequence[Word], now: datetime) -> None:
    """Put what was not yet said into the outbox of every channel."""
    for channel in channels:
        for word in sorted(unsaid(session, [channel], words), key=words.index):
            notice = _notice(channel, word, "", now)
            notice.sent_at = now if channel == OUTPUT else None
            session.add(notice)
    session.flush()


def put(session: Session, channel: str, words: Iterable[tuple[Word, str]], now: datetime) -> None:
    """Put texts into the outbox of one channel, to be sent as they are."""
    session.add_all(_notice(channel, word, text, now) for word, text in words)
    session.flush()


def _notice(channel: str, word: Word, text: str, now: datetime) -> Notice:
    return Notice(
        channel=channel,
        subject_table=word.subject_table,
        subject_id=word.subject_id,
        once=word.once,
        text=text,
        made_at=now,
    )


def said_of(session: Session, table: str, row: int) -> set[str]:
    """What was said, or is to be, of one subject, wherever."""
    return set(
        session.exec(
            select(Notice.once).where(
                col(Notice.subject_table) == table, col(Notice.subject_id) == row
            )
        )
    )


def claim(
    session: Session,
    settings: Settings,
    now: datetime,
    text: Callable[[Notice], str | None],
    about: str = "complaint",
) -> list[Claimed]:
    """Take what is to be sent now out of the outbox, counting the try; nobody else takes it then.

    about: the table of the subjects; what is about others stays.

    text: what a notice says as of now (one of an hour ago would be wrong about the time left).
    None where it need not be sent any more, for it is settled, or a later one says it anew: only
    so does a notice leave the outbox unsent.
    """
    chosen: dict[str, list[tuple[int, str]]] = {}
    addresses = settings.places
    for notice in session.exec(_unsent(about).order_by(col(Notice.id))).all():
        said = text(notice)
        if said is None:
            _end(notice, given_up_at=now)
        elif _is_due(notice, now) and notice.channel in addresses and notice.id is not None:
            notice.text = said
            notice.tries += 1
            notice.tried_at = now
            chosen.setdefault(notice.channel, []).append((notice.id, said))
    session.flush()
    return [
        Claimed(
            channel,
            addresses[channel],
            tuple(id_ for id_, _text in pairs),
            tuple(said for _id, said in pairs),
        )
        for channel, pairs in chosen.items()
    ]


def settle(session: Session, ids: Iterable[int], now: datetime, error: str | None) -> None:
    """Mark notices as sent (error None), or say why they were not."""
    for id_ in ids:
        notice = session.get_one(Notice, id_)
        if error is None:
            _end(notice, sent_at=now)
        else:
            notice.error = error
    session.flush()


def _unsent(about: str | None = None) -> SelectOfScalar[Notice]:
    found = select(Notice).where(col(Notice.sent_at).is_(None), col(Notice.given_up_at).is_(None))
    return found if about is None else found.where(col(Notice.subject_table) == about)


def _is_due(notice: Notice, now: datetime) -> bool:
    """Whether its next try has come. A try in the future is of a clock that was put back."""
    if notice.tried_at is None or notice.tried_at > now:
        return True
    wait = BACK_OFF[min(notice.tries, len(BACK_OFF)) - 1]
    return now - notice.tried_at >= timedelta(minutes=wait)


def _end(
    notice: Notice, *, sent_at: datetime | None = None, given_up_at: datetime | None = None
) -> None:
    """Close a notice; its text goes, for it names a customer, and the subject's rows tell all."""
    notice.sent_at, notice.given_up_at, notice.text = sent_at, given_up_at, ""
