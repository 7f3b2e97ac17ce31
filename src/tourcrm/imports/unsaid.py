"""What sheets leave out of new trips: taken as usual, and counted, so that it can be said."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tourcrm.db.engine import Raw
from tourcrm.imports import products

OPEN_QUOTE = 60  # days after which an old open quote comes in as lost


def fill_in(connection: Raw, today: date, inferred: dict[str, int]) -> None:
    """Fill in what new trips leave out, and count it, so that it can be said."""
    old = _quote_limit(today)
    products.infer(connection, inferred)
    steps = {
        "status": "status = 'booked' WHERE status IS NULL",
        "service": "service = 'tour' WHERE service IS NULL",
        "kind": "kind = 'group' WHERE kind IS NULL",
        "returns_on": "returns_on = departs_on WHERE returns_on IS NULL AND departs_on IS NOT NULL",
        "lost": "status = 'lost', lost_reason = coalesce(lost_reason, 'imported'), "
        "lost_on = coalesce(lost_on, date(coalesce(quoted_on, inquired_on, departs_on), "
        f"'+{OPEN_QUOTE} days')) WHERE status IN ('inquiry', 'quoted') "
        f"AND coalesce(quoted_on, inquired_on, departs_on) < '{old}'",
    }
    for name, change in steps.items():
        changed = connection.execute(
            f"UPDATE incoming SET {change} AND row_id IS NULL"  # noqa: S608 - the table above
        ).rowcount
        if changed:
            inferred[name] = changed
    (unpriced,) = connection.execute(
        "SELECT count(*) FROM incoming WHERE price IS NULL AND row_id IS NULL"
    ).fetchone()
    if unpriced:
        inferred["price"] = unpriced


def is_old_quote(trip: Mapping[str, Any], today: date) -> bool:
    """Whether a trip is a quote that was open too long; the same rule in SQL is in fill_in."""
    day = trip["quoted_on"] or trip["inquired_on"] or trip["departs_on"]
    return trip["status"] in ("inquiry", "quoted") and day is not None and day < _quote_limit(today)


def _quote_limit(today: date) -> str:
    return (today - timedelta(days=OPEN_QUOTE)).isoformat()
