"""A calendar of known answers: what is owed on which day, worked out by hand from the design.

The tables are in the folder scenarios; tests/scenario.py says how to read and write them.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from tests.builders import agency
from tests.scenario import Scenario, World, read, undone
from tourcrm.db import engine

SCENARIOS = list(read(Path(__file__).with_name("scenarios")))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with engine.writing(agency(tmp_path_factory.mktemp("scenarios"))) as session:
        yield session


@pytest.mark.parametrize("one", SCENARIOS, ids=[f"{one.place} {one.title}" for one in SCENARIOS])
def test_the_list_says_what_the_design_says(one: Scenario, session: Session) -> None:
    with undone(session):
        World(session, one).live()
