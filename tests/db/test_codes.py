"""Which codes are free, and which row has one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from tests import builders
from tourcrm.db import codes
from tourcrm.models import Customer, Trip


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with builders.writing(builders.agency(tmp_path)) as session:
        yield session


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], "C000001"),
        (["VIP"], "C000002"),  # its row used id 1
        (["C000500"], "C000501"),
        (["C1234567"], "C1234568"),
        (["C000500", "C000007"], "C000501"),
        (["C12", "c000900", "C00090X", "X000900"], "C000005"),  # none of these is one of ours
        ([f"C{'9' * 30}"], "C000002"),
    ],
)
def test_a_made_code_never_meets_one_that_people_gave(
    session: Session, given: list[str], expected: str
) -> None:
    for code in given:
        builders.add_customer(session, code)
    assert codes.code_of(codes.next_id(session)) == expected


def test_codes_are_not_given_again_after_their_customer_is_gone(session: Session) -> None:
    identifier = builders.add_customer(session, "X")
    session.delete(session.get_one(Customer, identifier))
    session.flush()
    assert codes.next_id(session) == identifier + 1


def test_trips_have_codes_of_their_own(session: Session) -> None:
    who = builders.add_customer(session)
    builders.add_trip(session, who, "2026-01-01", code="T0000900")
    assert codes.code_of(codes.next_id(session, "trip"), "trip") == "T0000901"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Z-1", "Z-1"),
        (" z-1 ", "Z-1"),
        ("a1", "a1"),  # as it is typed goes before capitals
        ("A1", "A1"),
        ("b1", None),
        ("B1", None),
        ("", None),
    ],
)
def test_a_code_is_found_as_it_is_typed_or_in_capitals(
    session: Session, typed: str, found: str | None
) -> None:
    who = builders.add_customer(session)
    for code in ("Z-1", "A1", "a1"):
        builders.add_trip(session, who, "2026-01-01", code=code)
    row = codes.row_called(session, Trip, typed)
    assert (row.code if row else None) == found
