"""One of several who count at once."""

from datetime import UTC, datetime
from pathlib import Path

from tourcrm.db import engine, operations, setting

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


def count(path: Path, rounds: int) -> None:
    """Add one to a number, so many times, each in a transaction of its own."""
    for _ in range(rounds):
        with engine.writing(path) as session:
            number = int(setting.load(session).values["count"]) + 1
            operation = operations.begin(session, "count", NOW, "tester")
            setting.store(session, lambda: operation, "count", str(number))  # noqa: B023 - called at once
