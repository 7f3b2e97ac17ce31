"""What is to be imported and how, and what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tourcrm.base.errors import Message
from tourcrm.base.kinds import Terms
from tourcrm.files.reader import Sheet
from tourcrm.imports.asides import Remark
from tourcrm.imports.headings import Headers

if TYPE_CHECKING:
    from tourcrm.customers.duplicates import Pair


@dataclass(frozen=True, slots=True)
class Line:
    """A row of an order, to be shown."""

    line: int
    cells: Mapping[str, Any]  # by the header


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be imported, and how."""

    sheet: Sheet
    entity: str  # customers, trips, payments ...; see service
    verb: str
    now: datetime
    today: date
    actor: str
    terms: Terms
    mapping: Mapping[str, str] = field(default_factory=dict)  # header -> field
    fixed: Mapping[str, str] = field(default_factory=dict)  # field -> the value of all rows
    on_duplicate: str = "update"
    create_customers: bool = False
    nps_scale: bool = False  # somebody said that the NPS of the sheet is from 0 to 10
    source: str | None = None  # the booking site or shop that the file comes from
    rows: str | None = None  # lines, travellers, itinerary: what the rows of one order are
    rates: Mapping[str, Decimal] = field(default_factory=dict)  # what other currencies are worth
    even_decisions: bool = False  # the sheet's word counts more than what was decided since
    people_added: bool = False  # of lines; else the largest number of them counts
    # Shown a few rows that contradict one another: are they lines of one order? None: nobody asks.
    are_lines: Callable[[Sequence[Line]], bool] | None = None
    progress: Callable[[float], None] = lambda share: None


@dataclass(slots=True)
class Result:
    """What an import did; read = added + updated + unchanged + rejected."""

    operation: int | None = None
    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    first: bool = False  # whether the table was empty before
    date_order: str | None = None  # dmy or mdy, where the file's own columns told
    repeated: int = 0  # rows that an earlier row of the file had told of already
    customers_added: int = 0
    contested: int = 0  # cells changed that an earlier import had set
    orders: int = 0  # that came in lines
    order_lines: int = 0
    people_added: bool = False
    kept_rows: list[tuple[int, Message]] = field(default_factory=list)  # the first of those
    kept: int = 0  # rows that would have taken back what was decided, and did not
    notes: list[Message] = field(default_factory=list)
    headers: Headers | None = None
    differing: dict[int, int] = field(default_factory=dict)  # doubled columns, rows they differ in
    inferred: dict[str, int] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    likely: "list[Pair]" = field(default_factory=list)  # new customers who are there already
