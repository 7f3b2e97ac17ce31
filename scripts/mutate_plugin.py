"""What mutate.py tells pytest: which tests to run, and to write down how long each takes."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

CHOSEN = "MUTATE_CHOSEN"  # a file with the ids of the tests to run
TOOK = "MUTATE_TOOK"  # a file for the seconds that each took
_seconds: Counter[str] = Counter()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHOSEN in os.environ:
        chosen = set(json.loads(Path(os.environ[CHOSEN]).read_text("utf-8")))
        items[:] = [item for item in items if item.nodeid in chosen]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid] += report.duration  # type: ignore[assignment]  # parts of a second


def pytest_sessionfinish() -> None:
    if TOOK in os.environ:
        Path(os.environ[TOOK]).write_text(json.dumps(_seconds), "utf-8")
