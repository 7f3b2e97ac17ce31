"""The outside world in one object: database, language, clock, who is asking. Tests replace it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused, Unsure, Unusable
from tourcrm.base.i18n import N_, _

if TYPE_CHECKING:
    from sqlmodel import Session

    from tourcrm.db.setting import Settings


def _clock() -> datetime:
    return datetime.now(UTC)


def _actor() -> str:
    for variable in ("TOURCRM_USER", "TOURCRM_STAFF", "LOGNAME", "USER", "USERNAME"):
        if name := os.environ.get(variable, "").strip():
            # The system's bytes may be no text; the database holds nothing else.
            return os.fsencode(name).decode("utf-8", "replace")
    return "cron"


@dataclass(slots=True)
class World:
    """What a run sees of the machine it runs on."""

    database: Path
    language: str = "en"
    named: bool = True  # whether somebody said which database
    spoken: bool = True  # whether somebody said which language
    option: bool = False  # whether --db said it, so that the next command must say it, too
    stored: bool | None = False  # what the last writing block did; None while it is being stored
    verb: str = ""  # of that block
    day_is_meant: bool = False  # a fixed day is no mistake: of the demo
    table_rows: int = 50  # of a table at a terminal; the demo shows fewer
    now: Callable[[], datetime] = _clock
    actor: str = field(default_factory=_actor)
    desk: "Desk | None" = None  # the one that was opened last


@dataclass(slots=True)
class Desk:
    """An open session, with what a use case needs to be told about the world."""

    session: "Session"
    settings: "Settings"
    clock: datetime  # aware, UTC
    actor: str
    verb: str = ""
    _operation: int | None = None

    @property
    def today(self) -> date:
        """Today in the agency's zone, or the fixed day of a demo database."""
        fixed = self.settings["today"]
        if fixed:
            return date.fromisoformat(fixed)
        return self.clock.astimezone(self.settings.zone).date()

    @property
    def now(self) -> datetime:
        """This moment, aware; in a database whose day is fixed, on that day."""
        if not self.settings.shown("today"):
            return self.clock
        try:
            local = self.clock.astimezone(self.settings.zone)
            return datetime.combine(self.today, local.time(), local.tzinfo)
        except Refused:  # a setting is spoiled, and perhaps this command puts it right
            return self.clock

    def warn_of_fixed_day(self) -> None:
        """Say that the calendar stands still, where it does: from cron nobody would notice."""
        try:
            fixed = self.settings["today"]
        except Refused:  # it is spoiled, which is told elsewhere
            return
        if not fixed or world().day_is_meant:
            return
        from tourcrm.terminal.render import tell

        tell(
            _(
                "Careful: the day is fixed at {day} (settings today), whatever the calendar says. "
                "To follow the calendar again: {command}"
            ).format(day=fixed, command=command("settings", "today", ""))
        )

    @property
    def operation(self) -> int:
        """The number of this command's operation; it is recorded when first asked for."""
        if self._operation is None:
            from tourcrm.db import operations

            self._operation = operations.begin(self.session, self.verb, self.now, self.actor)
        return self._operation

    def number(self) -> int:
        """`operation`, for a use case that asks for it once it writes."""
        return self.operation


_world: World | None = None


def default_database() -> Path:
    """Where the database is when nobody says: the platform's folder for a user's data."""
    import platformdirs

    return Path(platformdirs.user_data_dir("tourcrm", appauthor=False)) / "agency.db"


def set_up(db: str | None, language: str) -> None:
    """Begin a run: which database, which language."""
    from tourcrm.db import keys
    from tourcrm.terminal.typer_i18n import ask_hidden

    global _world
    keys.begin(ask_hidden)
    _world = World(
        Path(db) if db else default_database(),
        language,
        named=bool(db),
        option=bool(db) and db != os.environ.get("TOURCRM_DB"),
    )


def world() -> World:
    """The world of this run."""
    if _world is None:
        raise RuntimeError("set_up() has not been called")
    return _world


def today() -> date:
    """The day of the agency, for what is typed: tomorrow, next Friday."""
    desk = world().desk
    if desk is None:
        raise RuntimeError("no desk has been opened")
    return desk.today


def stored() -> bool | None:
    """Whether this run has stored what it wrote last; None where it was just being stored."""
    return False if _world is None else _world.stored


# The command that shows what another one stores, by its noun, or by both words.
SHOWS = {
    **{
        noun: f"{noun} list"
        for noun in (
            *("customers", "trips", "products", "departures", "destinations", "interactions"),
            "payments",
        )
    },
    **{noun: f"{noun} list --all" for noun in ("vouchers", "complaints", "followups")},
    **{noun: f"{noun} list" for noun in ("surveys", "notify", "imports")},
    "settings": "settings",
    "followups rules": "followups rules",
    "complaints watch": "notify list",
    "followups send": "notify list",
}


UNSURE = N_("{what} Look before you run it again: {command}")


def look(what: Message, then: str) -> Message:
    """What is told of a run that ended early, and where to see what this run has stored: `then` is
    a sentence with both. Where there is nothing to see, what is told alone."""
    verb = "" if _world is None else _world.verb
    words = "imports list" if verb.endswith(" import") else SHOWS.get(verb)
    words = words or SHOWS.get(verb.partition(" ")[0])
    return Message(then, what=what, command=command(*words.split())) if words else what


def command(*words: str) -> str:
    """A command line about this run's database, ready to be copied into a shell."""
    import shlex
    import subprocess

    here = world()
    database = ("--db", visible(str(here.database))) if here.option else ()
    line = ("tourcrm", *database, *words)
    return subprocess.list2cmdline(line) if os.name == "nt" else shlex.join(line)


def use(replacement: World) -> None:
    """Put another world in place (tests, the demo)."""
    global _world
    _world = replacement


def ready() -> None:
    """See that the database can be used. If it was brought up to date for that, say so."""
    from tourcrm.db import encryption, files

    kept = files.ready(world().database)
    if encryption.salt_of(world().database) and not world().spoken:
        _speak_as_it_says()
    if kept is not None:
        from tourcrm.terminal.render import tell

        tell(
            _("{path} was brought up to date for this tourcrm; a copy as it was is {copy}.").format(
                path=visible(str(world().database)), copy=visible(str(kept))
            )
        )


def _speak_as_it_says() -> None:
    """Speak the language of a database that could not be read before its key was typed."""
    from tourcrm.base import i18n
    from tourcrm.db import peek

    stored = i18n.known(peek.setting(lambda: world().database, "language"))
    if stored:
        world().language = stored
        i18n.use(stored)


@contextmanager
def reading() -> Iterator[Desk]:
    """One state of the database to read from."""
    from tourcrm.db import engine, setting, strangers

    ready()
    here = world()
    with engine.reading(here.database) as session:
        if strange := strangers.found(engine.raw(session)):
            from tourcrm.terminal.render import tell

            tell(str(strangers.caution(here.database, strange)))
        here.desk = Desk(session, setting.load(session), here.now(), here.actor)
        yield here.desk


@contextmanager
def writing(verb: str, *, dry_run: bool = False) -> Iterator[Desk]:
    """One transaction, stored when the block ends; a dry run is taken back instead."""
    from tourcrm.db import engine, setting, strangers

    here = world()
    here.stored, here.verb = False, verb
    ready()
    try:
        with engine.writing(here.database) as session:
            if strange := strangers.found(engine.raw(session)):
                caution = strangers.caution(here.database, strange)
                raise Unusable("{caution}", caution=caution)
            here.desk = Desk(session, setting.load(session), here.now(), here.actor, verb)
            yield here.desk
            if dry_run:
                session.rollback()
            else:
                here.stored = None
    except Unsure as error:
        here.stored = False
        error.message = look(error.message, UNSURE)
        raise
    except Exception:  # a signal is none: it may come when all is stored
        here.stored = False
        raise
    here.stored = not dry_run
