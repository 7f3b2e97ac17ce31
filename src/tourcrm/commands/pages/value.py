"""Who looks better by sales than by value, in a sentence each."""

from collections.abc import Iterator, Sequence

from tourcrm.analysis.value import ValueRow
from tourcrm.base.display import visible
from tourcrm.base.i18n import _

_MOST = 3


def sentences(rows: Sequence[ValueRow]) -> Iterator[str]:
    """Of those who fall furthest from their rank by sales: both ranks, and how long they take."""
    falling = [row for row in rows if row.rank_value > row.rank_revenue]
    falling.sort(key=lambda row: (row.rank_revenue - row.rank_value, row.rank_revenue))
    for row in falling[:_MOST]:
        text = _("{name}: by sales no. {sales}, by value no. {value}.")
        if row.days_to_pay:
            text = _("{name}: by sales no. {sales}, by value no. {value}: pays after {days} days.")
        yield text.format(
            name=visible(row.name, 40),
            sales=row.rank_revenue,
            value=row.rank_value,
            days=row.days_to_pay,
        )
