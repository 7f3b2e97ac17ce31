"""What answers come to: the net promoter score, the mean of a rating, and how far both may be off.

NPS = share of promoters (9, 10) less share of detractors (0 to 6), in points (Reichheld 2003).
Margins are for 95 % certainty (z = 1.96), of those asked for all whom one might have asked:

- NPS: z x sqrt((p + d - (p - d)^2) / n) x 100 points;
- mean of a rating: z x s / sqrt(n), with the sample's standard deviation s (n - 1);
- share of the satisfied (4, 5): the interval of Wilson (1927), which stays inside 0 to 1 and does
  not shrink to nothing where all of a few agree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from tourcrm.base.ratings import DETRACTS_UP_TO, PROMOTES_FROM

Z = 1.96
FEW = 30  # answers; with fewer, a number says little
SATISFIED_FROM = 4


@dataclass(frozen=True, slots=True)
class Recommendation:
    """How many would recommend us; one answer or more."""

    promoters: int
    passives: int
    detractors: int

    @property
    def answers(self) -> int:
        """How many answered."""
        return self.promoters + self.passives + self.detractors

    @property
    def nps(self) -> int:
        """The net promoter score, -100 to 100 points; halves away from 0."""
        more = self.promoters - self.detractors
        points = (200 * abs(more) + self.answers) // (2 * self.answers)
        return points if more >= 0 else -points

    @property
    def exact(self) -> float:
        """The same, not rounded."""
        return 100 * (self.promoters - self.detractors) / self.answers

    @property
    def margin(self) -> float:
        """By how many points it may be off, either way."""
        p, d = self.promoters / self.answers, self.detractors / self.answers
        return Z * sqrt(max(p + d - (p - d) ** 2, 0) / self.answers) * 100


def recommendation(times: Mapping[int, int]) -> Recommendation:
    """Of how often each answer, 0 to 10, was given. Raises ValueError where none was."""
    everybody = sum(times.values())
    promoters = sum(n for points, n in times.items() if points >= PROMOTES_FROM)
    detractors = sum(n for points, n in times.items() if points <= DETRACTS_UP_TO)
    if everybody <= 0:
        raise ValueError("nobody answered")
    return Recommendation(promoters, everybody - promoters - detractors, detractors)


@dataclass(frozen=True, slots=True)
class Rating:
    """How satisfied they are, 1 to 5; one answer or more. margin: None for a single answer."""

    answers: int
    mean: float
    margin: float | None
    satisfied: float  # share of 4 and 5
    satisfied_low: float
    satisfied_high: float


def rating(times: Mapping[int, int]) -> Rating:
    """Of how often each answer, 1 to 5, was given. Raises ValueError where none was."""
    n = sum(times.values())
    if n <= 0:
        raise ValueError("nobody answered")
    mean = sum(points * count for points, count in times.items()) / n
    margin = None
    if n > 1:
        spread = sum(count * (points - mean) ** 2 for points, count in times.items())
        margin = Z * sqrt(spread / (n - 1)) / sqrt(n)
    satisfied = sum(count for points, count in times.items() if points >= SATISFIED_FROM)
    low, high = wilson(satisfied, n)
    return Rating(n, mean, margin, satisfied / n, low, high)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Between which shares the true one lies, for `hits` among `n` (from 1)."""
    share, z2 = hits / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(min(middle - half, share), 0.0), min(max(middle + half, share), 1.0)


def counted(answers: Iterable[int]) -> dict[int, int]:
    """How often each answer was given."""
    times: dict[int, int] = {}
    for points in answers:
        times[points] = times.get(points, 0) + 1
    return times
