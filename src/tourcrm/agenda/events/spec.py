"""The kinds of events that rules stand on, as rules and words know them (selects.py finds them).

To add one: a row here, and a select of its name there. To add a rule on one that exists, no code.
"""

from dataclasses import dataclass

from tourcrm.base import lunar, vocabulary


@dataclass(frozen=True, slots=True)
class Anchor:
    """A kind of event. gives, may_give: what words may name, always or perhaps. labels: those that
    there are; empty = any; named: the table of words that says them to people. batches: how its
    items may be put into one line. lasts: it gives one event at a time, so that an item may stay
    until it is settled. in_turn: of what it gives one after the other (the steps of a rule, the
    weeks of a debt) the latest is owed, and what was put off puts that off as well. of_lost: it is
    about customers who are lost."""

    name: str
    gives: frozenset[str] = frozenset()
    may_give: frozenset[str] = frozenset()
    takes_labels: bool = False
    named: str = ""
    labels: frozenset[str] = frozenset()
    batches: tuple[str, ...] = ()
    lasts: bool = False
    in_turn: bool = False
    of_lost: bool = False


_OF_TRIP = frozenset({"destination", "departs_on", "returns_on", "days", "adviser", "guide"})
_OF_COMPLAINT = frozenset({"complaint", "category", "said"})

ANCHORS = {
    anchor.name: anchor
    for anchor in (
        Anchor("departure", frozenset({"departs_on"}), _OF_TRIP, batches=("departure",)),
        Anchor("return", frozenset({"returns_on"}), _OF_TRIP, batches=("departure",)),
        Anchor("special_date", frozenset({"label"}), frozenset({"lunar"}), takes_labels=True),
        Anchor(
            "festival",
            frozenset({"festival"}),
            takes_labels=True,
            named="festival",
            labels=frozenset(lunar.FESTIVALS),
            batches=("festival",),
        ),
        Anchor(
            "last_departure_yearly",
            frozenset({"departs_on", "years", "years_ago"}),
            _OF_TRIP | {"there_ago", "then_ago"},
        ),
        Anchor(
            "last_contact",
            may_give=frozenset({"spoken_on", "home_on", "entered_on"}),
            lasts=True,
        ),
        Anchor("last_deal", frozenset({"departs_on"}), _OF_TRIP),
        Anchor("repeated_month", frozenset({"month", "departs_on"}), _OF_TRIP),
        Anchor("first_booking", frozenset({"referred"}), _OF_TRIP),
        Anchor("task", frozenset({"what", "noted_on", "noted_by"}), _OF_TRIP, lasts=True),
        Anchor("complaint", _OF_COMPLAINT | {"by"}, _OF_TRIP | {"crisis"}, lasts=True),
        Anchor("resolution", _OF_COMPLAINT, _OF_TRIP | {"crisis"}),
        Anchor(
            "answer",
            frozenset({"nps"}),
            _OF_TRIP | {"comment", "recommends", "detracts", "low"},
            takes_labels=True,
            named="recommending",
            labels=frozenset(vocabulary.values("recommending")),
        ),
        Anchor("quote", may_give=_OF_TRIP | {"amount"}, in_turn=True),
        Anchor("balance", frozenset({"amount", "pay_by", "departs_on"}), _OF_TRIP, in_turn=True),
        Anchor("debt", frozenset({"amount", "pay_by"}), _OF_TRIP, lasts=True, in_turn=True),
        Anchor("credit", frozenset({"amount", "limit"}), lasts=True),
        Anchor("papers", frozenset({"papers", "departs_on"}), _OF_TRIP, lasts=True),
        Anchor("passport", frozenset({"expires_on", "departs_on"}), _OF_TRIP),
        Anchor("seat_free", frozenset({"departure", "people"}), _OF_TRIP, lasts=True),
        Anchor(
            "revenue_drop",
            may_give=frozenset(
                {"quarter", "amount", "average", "orders", "orders_before", "orders_earlier"}
            ),
        ),
        Anchor("rising_star", frozenset({"amount", "trips"})),
        Anchor("loss", may_give=frozenset({"lost_reason"}), of_lost=True),
    )
}
