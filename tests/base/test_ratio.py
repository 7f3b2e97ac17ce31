"""Pay ratios: what the customer pays, never what is taken off."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tourcrm.base import ratio
from tourcrm.base.errors import CellError


@pytest.mark.parametrize(
    ("text", "pays"),
    [
        ("8折", 0.8), ("0.8", 0.8), ("80%", 0.8), ("80 %", 0.8), ("８０％", 0.8), (".8", 0.8),
        ("八折", 0.8), ("打8折", 0.8), ("8.0折", 0.8),
        ("85折", 0.85), ("8.5折", 0.85), ("八五折", 0.85), ("八点五折", 0.85), ("85%", 0.85),
        ("9.75折", 0.975), ("97.5%", 0.975), ("0.975", 0.975), ("对折", 0.5), ("五折", 0.5),
        ("99折", 0.99), ("1折", 0.1), ("20%", 0.2), ("0.9999", 0.9999),
    ],
)  # fmt: skip
def test_the_same_ratio_in_every_spelling(text: str, pays: float) -> None:
    assert ratio.parse(text) == pays


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("20% off", "taken off"), ("-20%", "taken off"), ("减20%", "taken off"),
        ("优惠8折", "taken off"), ("20 percent less", "taken off"),
        ("80", "write what the customer pays"), ("8", "write what the customer pays"),
        ("0.8折", "write what the customer pays"), ("10折", "write what the customer pays"),
        ("855折", "write what the customer pays"), ("85.5折", "write what the customer pays"),
        ("折", "write what the customer pays"), ("八.折", "write what the customer pays"),
        ("8.5.5折", "write what the customer pays"), ("点五折", "write what the customer pays"),
        ("nan", "write what the customer pays"), ("1e-1", "taken off"),
        ("0.8" * 10, "write what the customer pays"), ("eighty", "write what the customer pays"),
        ("100%", "nothing, or all"), ("0%", "nothing, or all"), ("1", "nothing, or all"),
        ("0", "nothing, or all"), ("120%", "nothing, or all"), ("00折", "write what"),
        ("0.12345", "too many decimals"), ("33.333%", "too many decimals"),
    ],
)  # fmt: skip
def test_what_could_be_read_the_wrong_way_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CellError) as error:
        ratio.parse(text)
    assert reason in str(error.value)


RATIOS = st.integers(1, 9999).map(lambda n: Decimal(n) / 10_000)
PRICES = st.integers(0, 10**12)


@given(RATIOS)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_what_is_shown_is_read_back(pays: Decimal) -> None:
    stored = float(pays)
    assert ratio.exact(stored) == pays
    assert ratio.parse(ratio.percent(stored)) == stored
    assert ratio.parse(str(pays)) == stored
    if pays >= Decimal("0.1"):
        assert ratio.parse(ratio.folds(stored)) == stored


@given(PRICES, RATIOS)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_a_share_of_a_price_is_exact_to_the_fen(price: int, pays: Decimal) -> None:
    left = ratio.of(price, float(pays))
    exactly = Fraction(price) * Fraction(pays)
    assert -Fraction(1, 2) < left - exactly <= Fraction(1, 2)  # half a fen goes up
    assert 0 <= left <= price


@pytest.mark.parametrize(
    ("price", "pays", "left"),
    [
        (1_000_000, 0.8, 800_000),
        (5, 0.5, 3),
        (15, 0.1, 2),
        (333, 0.85, 283),
        (10**12, 0.9999, 999_900_000_000),
    ],
)
def test_known_shares(price: int, pays: float, left: int) -> None:
    assert ratio.of(price, pays) == left


@pytest.mark.parametrize(
    ("pays", "percent", "folds"),
    [(0.8, "80%", "8折"), (0.85, "85%", "8.5折"), (0.975, "97.5%", "9.75折"), (0.1, "10%", "1折")],
)
def test_how_it_is_told(pays: float, percent: str, folds: str) -> None:
    assert (ratio.percent(pays), ratio.folds(pays)) == (percent, folds)
