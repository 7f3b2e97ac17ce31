"""What holds of scores and draws, whatever was answered and whoever is there."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tourcrm.campaigns.audience import drawn, lot
from tourcrm.surveys.scores import counted, rating, recommendation

SOME = settings(max_examples=60, deadline=None)

scores = st.lists(st.integers(0, 10), min_size=1, max_size=60)
points = st.lists(st.integers(1, 5), min_size=1, max_size=60)
codes = st.lists(st.text("CK0123456789王", min_size=1, max_size=6), max_size=30)
seeds = st.text(max_size=5)


@SOME
@given(scores)
def test_an_nps_lies_between_its_ends_and_turns_with_its_answers(answers: list[int]) -> None:
    one = recommendation(counted(answers))
    assert one.answers == len(answers)
    assert -100 <= one.nps <= 100
    assert 0 <= one.margin <= 196
    assert recommendation(counted(answers * 2)).nps == one.nps
    assert recommendation(counted(answers * 4)).margin * 2 <= one.margin + 1e-9
    better = recommendation(counted([min(answer + 1, 10) for answer in answers]))
    assert better.nps >= one.nps


@SOME
@given(points)
def test_a_mean_and_its_bounds(answers: list[int]) -> None:
    one = rating(counted(answers))
    assert min(answers) <= one.mean <= max(answers)
    assert one.margin is None or one.margin >= 0
    assert 0 <= one.satisfied_low <= one.satisfied <= one.satisfied_high <= 1
    assert one.satisfied_low < one.satisfied_high


@SOME
@given(codes, st.integers(0, 40), seeds, st.randoms(use_true_random=False))
def test_a_draw_is_some_of_them_and_always_the_same(
    names: list[str], n: int, seed: str, chance: Random
) -> None:
    found = drawn(names, n, seed)
    assert set(found) <= set(names)
    assert len(found) == len(set(found)) == min(n, len(set(names)))
    shuffled = names[:]
    chance.shuffle(shuffled)
    assert drawn(shuffled, n, seed) == found
    assert drawn(names, n + 1, seed)[:n] == found
    without = [name for name in names if name not in found[:1]]
    assert drawn(without, n, seed)[: max(len(found) - 1, 0)] == found[1:]


def test_the_lot_is_the_same_on_every_machine() -> None:
    assert lot("C000001", "7").hex() == "cc4b781bca9c8c24"
    everybody = [f"C{number:06d}" for number in range(1, 101)]
    assert drawn(everybody, 3, "7") == ["C000010", "C000011", "C000032"]
    assert set(drawn(everybody, 20, "7")) != set(drawn(everybody, 20, "8"))
