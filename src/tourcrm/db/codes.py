"""Codes of rows: those that are made for rows that were given none, and the row that has one.

A code that is made is the letter of its table and the id with leading zeros: C000012 is a customer,
T0000012 a trip. People may give any other code; what they give is never made again.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Protocol, TypeVar, cast

from sqlmodel import Session, col, select

from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound
from tourcrm.db import engine
from tourcrm.models import (
    Complaint,
    Customer,
    CustomerAlias,
    Departure,
    Payment,
    Product,
    Trip,
    Voucher,
)

# The number of the operation that writes; asked for only when something is written.
Number = Callable[[], int]

CODE_LETTERS = MappingProxyType(
    {"customer": "C", "trip": "T", "complaint": "K", "payment": "P", "voucher": "V"}
)
_CODE_DIGITS = MappingProxyType(
    {"customer": 6, "trip": 7, "complaint": 5, "payment": 7, "voucher": 5}
)
_LONGEST_NUMBER = 15

Row = TypeVar("Row", Customer, Trip, Complaint, Payment, Voucher, Product, Departure)


class Stored(Protocol):
    """A row of any table."""

    id: int | None


def id_of(row: Stored) -> int:
    """The id of a row that is stored."""
    return cast(int, row.id)


# --- made -----------------------------------------------------------------------------------------


def code_of(id: int, table: str = "customer") -> str:
    """The code of a row that was given none: C000012 for customers, T0000012 for trips."""
    return f"{CODE_LETTERS[table]}{id:0{_CODE_DIGITS[table]}d}"


def number_in(code: str, table: str = "customer") -> int:
    """The id for which `code_of` gives this code; 0 for codes of any other form."""
    digits = code[1:]
    ours = code[:1] == CODE_LETTERS[table] and digits.isascii() and digits.isdigit()
    return int(digits) if ours and _CODE_DIGITS[table] <= len(digits) <= _LONGEST_NUMBER else 0


def next_id(session: Session, table: str = "customer") -> int:
    """The first id from which on no id was used before and no `code_of` is taken.

    Codes of that form which people gave count too, so that what is made later never meets them.
    """
    used = engine.rows(session, "SELECT seq FROM sqlite_sequence WHERE name = :table", table=table)
    taken = [highest(session, table, table)]
    if table == "customer":  # nor one by which somebody was known before
        taken.append(highest(session, "customer_alias", table))
    return max(used[0][0] if used else 0, *taken) + 1


def highest(session: Session, rows: str, table: str) -> int:
    """The highest `number_in` of the column `code` of `rows`; 0 where none is of that form.

    rows: the name of a table of ours, stored or temporary. table: whose codes they are.
    """
    letter, digits = CODE_LETTERS[table], _CODE_DIGITS[table]
    # The range serves the index on code; ':' follows '9'.
    [(found,)] = engine.rows(
        session,
        f"SELECT max(CAST(substr(code, 2) AS INTEGER)) FROM {rows} "  # noqa: S608 - a table of ours
        "WHERE code >= :first AND code < :end AND length(code) BETWEEN :shortest AND :longest "
        "AND substr(code, 2) NOT GLOB '*[^0-9]*'",
        first=f"{letter}0",
        end=f"{letter}:",
        shortest=digits + 1,
        longest=_LONGEST_NUMBER + 1,
    )
    return found or 0


# --- typed ----------------------------------------------------------------------------------------


def row_called(session: Session, kind: type[Row], code: str) -> Row | None:
    """The row with this code as it is typed, else in capitals; None where there is none.

    Of customers also whoever had the code before two entries were merged.
    """
    wanted = code.strip()
    for spelling in dict.fromkeys((wanted, wanted.upper())):
        row = session.exec(select(kind).where(col(kind.code) == spelling)).first()
        if row is None and kind is Customer:
            known = select(CustomerAlias.customer_id).where(col(CustomerAlias.code) == spelling)
            row = session.exec(select(kind).where(col(kind.id).in_(known))).first()
        if row is not None:
            return row
    return None


def find_one(session: Session, kind: type[Row], code: str, none: str) -> Row:
    """The row with this code. Raises NotFound; none: its words, with a field `code`."""
    row = row_called(session, kind, code)
    if row is None:
        raise NotFound(none, code=visible(code.strip(), 60))
    return row
