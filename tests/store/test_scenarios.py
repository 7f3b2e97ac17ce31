"""A calendar of known answers: what is owed on which day, worked out by hand from the design.

The tables are in the folder scenarios; tests/scenario.py says how to read and write them.
"""

from pathlib import Path

import pytest

from tests.scenario import Scenario, World, read

TABLES = Path(__file__).with_name("scenarios")
SCENARIOS = list(read(TABLES))


@pytest.mark.parametrize("one", SCENARIOS, ids=[f"{one.place} {one.title}" for one in SCENARIOS])
def test_the_list_says_what_the_design_says(one: Scenario, tmp_path: Path) -> None:
    World(tmp_path, one).live()
