"""Complaints for tests: a desk to handle them at, at any moment.

A step is a savepoint of one long transaction: what is refused leaves nothing, and a hundred steps
take no longer than the statements in them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session

from tourcrm.complaints import clock, compensation
from tourcrm.complaints import service as complaints
from tourcrm.complaints.service import Answer, Opening
from tourcrm.complaints.steps import Act, Done
from tourcrm.db import engine, operations, setting
from tourcrm.db.setting import Settings
from tourcrm.models import Complaint, Customer, Trip

ZONE = ZoneInfo("Asia/Shanghai")
T = TypeVar("T")


def moment(text: str) -> datetime:
    """A time of Shanghai, like "2026-11-20 09:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


class Office:
    """Takes steps of complaints in a database; `now` is its clock."""

    def __init__(self, session: Session, at: str = "2026-11-20 09:00") -> None:
        self.session = session
        self.now = moment(at)

    def at(self, text: str) -> "Office":
        self.now = moment(text)
        return self

    @property
    def settings(self) -> Settings:
        return setting.load(self.session)

    def write(self, step: Callable[[Session, Act, Settings], T]) -> T:
        number: list[int] = []

        def operated() -> int:
            if not number:
                number.append(operations.begin(self.session, "test", self.now, "小林"))
            return number[0]

        with self.session.begin_nested():
            act = Act(self.session, self.settings, operated, self.now.date(), self.now, "小林")
            return step(self.session, act, self.settings)

    def open(self, customer: int = 1, text: str = "x", trip: int | None = 1, **said: Any) -> str:
        def step(session: Session, act: Act, settings: Settings) -> str:
            who = session.get_one(Customer, customer)
            about = None if trip is None else session.get_one(Trip, trip)
            return complaints.open_(act, who, Opening(text, **said), about).code

        return self.write(step)

    def step(self, name: str, code: str, *words: Any, **more: Any) -> Done:
        """One of respond, attribute, compensate, resolve, close, reopen, note, edit."""
        module = compensation if name == "compensate" else complaints

        def step(session: Session, act: Act, settings: Settings) -> Done:
            row = clock.find_one(session, code)
            done: Done = getattr(module, name)(act, row, *words, **more)
            return done

        return self.write(step)

    def respond(self, code: str, text: str | None = "x", **more: Any) -> Done:
        return self.step("respond", code, Answer(text, **more))

    def compensate(self, code: str, **offer: Any) -> Done:
        return self.step("compensate", code, compensation.Offer(**offer))

    def row(self, code: str) -> Complaint:
        return clock.find_one(self.session, code)


@contextmanager
def at_work(file: Path, at: str = "2026-11-20 09:00") -> Iterator[Office]:
    """An office over a database that is there; all that it does is stored when the block ends."""
    with engine.writing(file) as session:
        yield Office(session, at)
