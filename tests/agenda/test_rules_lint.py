"""Parts of rules that nothing ever reaches: told where it is certain, and nowhere else."""

import pytest

from tests.agenda.test_rules_parser import GOOD
from tourcrm.agenda.events.spec import ANCHORS
from tourcrm.agenda.rules import checks, lint, parser
from tourcrm.agenda.rules.model import Rule
from tourcrm.base import vocabulary

DEPARTURE = GOOD.replace('"return"', '"departure"').replace("returns_on", "departs_on")
SPECIAL = (
    GOOD.replace('"return"', '"special_date"\nlabels = ["birthday"]')
    .replace("returns_on", "day")
    .replace("destination", "owner")
)


def steps(*bodies: str) -> str:
    return GOOD + "".join(f"[[thanks.steps]]\n{body}\n" for body in bodies)


def told(source: str) -> list[tuple[int, str, str]]:
    (one,) = parser.load(source, "mine.toml")
    return [(part.step, part.key, str(part.why)) for part in lint.unreached(one)]


@pytest.mark.parametrize(
    ("source", "step", "key", "why"),
    [
        (steps("", 'tiers = ["A"]'), 2, "", "the steps before it"),
        (steps('tiers = ["A", "B"]', 'tiers = ["B"]'), 2, "", "the steps before it"),
        (steps('tags = ["x", "y"]', 'tags = ["y"]'), 2, "", "the steps before it"),
        (
            steps('tiers = ["A", "B"]', 'tiers = ["C", "D", "none"]', 'services = ["tour"]'),
            3,
            "",
            "the steps before it",
        ),
        # Who fits the second always fits the first, though that asks for something else.
        (steps('tiers = ["none"]', 'cadences = ["none"]'), 2, "", "the steps before it"),
        (steps('quadrants = ["none"]', 'cadences = ["none"]'), 2, "", "the steps before it"),
        (steps('tiers = ["none"]', 'quadrants = ["none"]'), 2, "", "the steps before it"),
        (
            steps('cadences = ["active", "none"]', 'quadrants = ["none"]'),
            2,
            "",
            "the steps before it",
        ),
        (
            steps('quadrants = ["small_low", "large_low"]', 'cadences = ["at_risk", "lapsed"]'),
            2,
            "",
            "the steps before it",
        ),
        (  # internal customers apart, who are owed no care
            steps('customer_kinds = ["person", "company", "channel"]', ""),
            2,
            "",
            "the steps before it",
        ),
        (SPECIAL + 'services = ["tour"]\n', 1, "services", "event special_date has none"),
        (SPECIAL + 'kinds = ["custom"]\n', 1, "kinds", "event special_date has none"),
        (GOOD + 'customer_kinds = ["internal"]\n', 1, "customer_kinds", "duties only"),
        (GOOD + 'tiers = ["A"]\ncadences = ["none"]\n', 1, "cadences", "fit tiers as well"),
        (
            GOOD + 'quadrants = ["large_high", "new"]\ncadences = ["lapsed"]\n',
            1,
            "cadences",
            "fit quadrants as well",
        ),
        (
            GOOD.replace('"care"', '"duty"') + 'customer_kinds = ["internal"]\ntiers = ["A"]\n',
            1,
            "tiers",
            "fit customer_kinds as well",
        ),
        (
            DEPARTURE.replace("offset = 2", 'offset = -9\nsatisfied_by = ["trip_ahead"]'),
            1,
            "satisfied_by",
            "always a trip ahead",
        ),
        (
            DEPARTURE.replace(
                "offset = 2",
                'offset = -9\nuntil_anchor = true\nsatisfied_by = ["personal_contact"]',
            ),
            0,
            "satisfied_by",
            "lapsed by then",
        ),
    ],
)
def test_what_can_never_be_is_told(source: str, step: int, key: str, why: str) -> None:
    ((at, of, said),) = told(source)
    assert (at, of) == (step, key)
    assert why in said


@pytest.mark.parametrize(
    "source",
    [
        GOOD,
        steps('tiers = ["A"]', ""),
        steps('name = "a"', 'name = "b"'),
        steps('tiers = ["A"]', 'services = ["tour"]', 'tiers = ["A", "B"]'),
        steps('tags = ["x"]', 'tags = ["x", "y"]', ""),
        GOOD + 'tiers = ["A", "none"]\ncadences = ["none"]\n',
        steps('tiers = ["none"]', 'cadences = ["none", "active"]'),
        steps('cadences = ["active"]', 'quadrants = ["none"]'),
        steps('quadrants = ["small_low"]', 'cadences = ["at_risk", "lapsed"]'),
        GOOD + 'quadrants = ["small_low"]\ncadences = ["active"]\n',  # a trip ahead makes it so
        GOOD + 'customer_kinds = ["internal", "company"]\n',
        GOOD.replace('"care"', '"duty"') + 'customer_kinds = ["internal"]\n',
        DEPARTURE.replace("offset = 2", 'offset = -5\nsatisfied_by = ["trip_ahead"]'),
    ],
)
def test_what_can_be_is_no_fault(source: str) -> None:
    assert told(source) == []


@pytest.mark.parametrize("one", parser.defaults(), ids=lambda one: one.id)
def test_every_part_of_the_built_in_rules_can_be_reached(one: Rule) -> None:
    assert list(lint.unreached(one)) == []


def test_people_have_a_name_for_every_event() -> None:
    assert set(vocabulary.values("rule_anchor")) == set(ANCHORS)
    assert set(vocabulary.values("rule_settled")) == set(checks.SATISFIED_BY)
