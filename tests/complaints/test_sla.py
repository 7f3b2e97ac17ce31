"""Which groups were late more often than chance explains, against known answers."""

import pytest

from tourcrm.complaints.sla import Case, chance, shares


@pytest.mark.parametrize(
    ("late", "cases", "rest_late", "rest", "p"),
    [
        # Fisher's lady tasting tea: 8 cups, 4 of them with the milk first.
        (4, 4, 0, 4, 1 / 70),
        (3, 4, 1, 4, 17 / 70),
        (0, 4, 4, 4, 1.0),
        # Counted: C(17, 15) ways of C(30, 15).
        (15, 15, 2, 15, 136 / 155117520),
        (1, 1, 0, 9, 0.1),
        (0, 5, 0, 5, 1.0),
        (5, 5, 5, 5, 1.0),
    ],
)
def test_chance(late: int, cases: int, rest_late: int, rest: int, p: float) -> None:
    assert chance(late, cases, rest_late, rest) == pytest.approx(p, rel=1e-9)


def cases(guide: str | None, in_time: int, late: int) -> list[Case]:
    kept = [Case(True, 30.0, {"guide": guide})] * in_time
    return kept + [Case(False, 300.0, {"guide": guide})] * late


def test_the_guide_who_is_late_is_named_and_no_other() -> None:
    found = shares([*cases("Li", 2, 8), *cases("Wang", 38, 2), *cases("Zhao", 19, 1)])
    assert [(one.by, one.group) for one in found.standing_out] == [("guide", "Li")]
    [worst] = found.standing_out
    assert (worst.late, worst.cases, worst.rest, worst.rest_in_time) == (8, 10, 60, 57)
    assert found.in_time == 59


@pytest.mark.parametrize(
    ("here", "others"),
    [
        ((0, 2), (60, 0)),  # two cases prove nothing, however bad
        ((0, 4), (60, 0)),
        ((10, 2), (0, 4)),  # nor do four to compare with
        ((7, 3), (35, 5)),  # chance would do that
        ((1, 5), (10, 50)),  # all are late: nobody stands out
    ],
)
def test_what_chance_explains_does_not_stand_out(
    here: tuple[int, int], others: tuple[int, int]
) -> None:
    assert not shares([*cases("Li", *here), *cases("Wang", *others)]).standing_out


def test_among_many_guides_somebody_is_always_the_worst() -> None:
    """3 of 5 late against 40 of 400 would be named among two guides, and is not among forty-one."""
    unlucky = cases("Li", 2, 3)
    found = shares([*unlucky, *cases("Wang", 360, 40)])
    assert (found.compared, [one.group for one in found.standing_out]) == (2, ["Li"])
    found = shares([*unlucky, *(one for n in range(40) for one in cases(f"G{n}", 9, 1))])
    assert (found.compared, found.standing_out) == (41, [])


def test_beside_the_surest_the_next_is_compared_with_one_fewer() -> None:
    """p = 0.0005 and 0.022 of three: more than 0.05 / 3, less than 0.05 / 2."""
    found = shares([*cases("Li", 2, 6), *cases("Wang", 5, 5), *cases("Zhao", 40, 1)])
    assert (found.compared, [one.group for one in found.standing_out]) == (3, ["Li", "Wang"])


def test_the_unnamed_are_counted_and_never_accused() -> None:
    found = shares([*cases(None, 0, 20), *cases("Li", 20, 0)])
    assert [one.group for one in found.shares if one.by == "guide"] == ["Li", None]
    assert not found.standing_out


def test_five_cases_can_be_compared_with_five() -> None:
    found = shares([*cases("Li", 0, 5), *cases("Wang", 5, 0)])
    assert (found.compared, [one.group for one in found.standing_out]) == (2, ["Li"])
    found = shares([*cases("Li", 0, 5), *cases("Wang", 4, 0)])
    assert found.compared == 0


def test_months_are_in_order_and_other_groups_by_their_cases_then_by_name() -> None:
    told = [
        ("2026-11", "b"),
        ("2026-11", None),
        ("2026-10", "a"),
        ("2026-12", "c"),
        ("2026-12", "c"),
    ]
    found = shares([Case(True, 1.0, {"month": month, "guide": guide}) for month, guide in told])
    groups = {by: [one.group for one in found.shares if one.by == by] for by in ("month", "guide")}
    assert groups == {"month": ["2026-10", "2026-11", "2026-12"], "guide": ["c", "a", "b", None]}
