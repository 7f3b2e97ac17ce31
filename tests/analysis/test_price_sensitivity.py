"""Who looks at the price: the answers worked out by hand."""

from tourcrm.analysis.price_sensitivity import measured


def test_the_lowest_quarter_of_trips_to_the_same_places() -> None:
    # 云南: 100, 200, 300, 400: a quarter lies up to 175. 日本: 1000 four times: nobody is below.
    rows = [(n, "云南", 100.0 * n, 0) for n in (1, 2, 3, 4)]
    rows += [(n, "日本", 1000.0, 0) for n in (5, 6, 7, 8)]
    rows += [(9, "北疆", 1.0, 0)]  # too few to tell
    found = measured(rows)
    assert [who for who, one in found.items() if one.sensitive] == [1]
    assert (found[1].rate, found[1].compared, found[9].shares) == (100, 4, [])
    assert found[2].shares == [200 / 175]


def test_of_several_places_each_is_measured_by_its_own() -> None:
    rows = [(n, "云南", 100.0 * n, 0) for n in (1, 2, 3, 4)]
    rows += [(n, "日本", 1000.0 * n, 0) for n in (1, 2, 3, 4)]
    found = measured(rows)
    assert found[1].sensitive  # the cheapest of both, though Japan costs more than any 云南
    assert found[1].compared == 8
    assert not found[2].sensitive


def test_a_place_is_compared_with_once_however_often_one_went_there() -> None:
    rows = [(n, "云南", 100.0 * n, 0) for n in (1, 2, 3)]
    found = measured([*rows, (1, "云南", 100.0, 0)])
    assert found[1].compared == 4


def test_most_trips_used_a_voucher() -> None:
    rows = [(1, "云南", None, used) for used in (1, 1, 0)]
    rows += [(2, "云南", None, used) for used in (1, 0)]
    found = measured(rows)
    assert [found[1].sensitive, found[2].sensitive] == [True, False]
    assert found[1].rate is None
