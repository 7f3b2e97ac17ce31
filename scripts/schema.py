"""Write docs/schema.md: every table and column of the database, with what it means.

python scripts/schema.py

Names, types and accepted words are taken from models.py, meanings from the rows of columns; what
has no row there stands here.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import CheckConstraint, Column, Table
from sqlmodel import SQLModel

from tourcrm import models
from tourcrm.base import columns
from tourcrm.db import migrations

FILE = Path(__file__).parents[1] / "docs" / "schema.md"

_OPERATION = "the operation that inserted the row"
_ID = "number of the row, never used again"


def _meanings(rows: columns.Columns, **more: str) -> dict[str, str]:
    """Column -> what it means, as the rows of the entity say."""
    said = {row.name: row.means or row.help for row in rows if row.name}
    return {"id": _ID, **said, **more, "operation_id": _OPERATION}


# Table -> what it is, and the meaning of each column; of entities the rows of columns say it.
MEANINGS: dict[str, tuple[str, dict[str, str]]] = {
    "customer": (
        "A person, a company, a channel (another agency) or an internal customer.",
        _meanings(
            columns.CUSTOMER,
            erased_on="when everything about this person was erased",
            name_pinyin="the name in pinyin, for searching: wang fang",
            name_initials="its initials: wf",
        ),
    ),
    "customer_tag": (
        "A tag on a customer.",
        {
            "id": _ID,
            "customer_id": "whose tag it is",
            "tag": "one tag",
            "operation_id": _OPERATION,
        },
    ),
    "special_date": (
        "A day of every year that matters to a customer.",
        {
            "id": _ID,
            "customer_id": "whose day it is",
            "label": "birthday, wedding, or a name of your own",
            "month": "month, 1 to 12, of its calendar",
            "day": "day of the month",
            "year": "the year in which it began (for a birthday: of birth), if known",
            "calendar": "the calendar by which it comes round",
            "leap": "1: the month is a leap month of the lunar calendar",
            "operation_id": _OPERATION,
        },
    ),
    "trip": (
        "One customer's journey, from the inquiry on. Completed is not stored: a booked trip is "
        "completed once its return has passed.",
        _meanings(columns.TRIP, queued_at="since when it waits for seats on its departure"),
    ),
    "product": (
        "What is sold again and again.",
        _meanings(columns.PRODUCT),
    ),
    "departure": (
        "A dated run of what is sold. The seats that are taken are not stored: they are the people "
        "of the trips that are booked on it.",
        _meanings(columns.DEPARTURE),
    ),
    "traveller": (
        "Who else is on a trip, beside the customer whose trip it is.",
        {
            "id": _ID,
            "trip_id": "on which trip",
            "customer_id": "who",
            "operation_id": _OPERATION,
        },
    ),
    "look": (
        "Somebody looked at numbers that are hidden elsewhere.",
        {
            "id": _ID,
            "customer_id": "of this customer; none: of all in a list",
            "what": "the command",
            "operation_id": _OPERATION,
        },
    ),
    "customer_alias": (
        "A code by which a customer was known before two were merged.",
        {
            "id": _ID,
            "customer_id": "who has it now",
            "code": "the former code; it is never given again",
            "operation_id": _OPERATION,
        },
    ),
    "customer_source": (
        "The number that a source, such as a booking site, has for a customer.",
        {
            "id": _ID,
            "customer_id": "of this customer",
            "source": "the source: ctrip, a shop",
            "number": "its number for the customer, which tells who it is",
            "first_seen": "the day of the first sheet with it",
            "last_seen": "the day of the last sheet with it",
            "operation_id": _OPERATION,
        },
    ),
    "preference": (
        "What a customer likes, as they said it, apart from what their trips tell.",
        {
            "id": _ID,
            "customer_id": "of this customer",
            "key": "what about: seat, reply, diet",
            "value": "what they like",
            "operation_id": _OPERATION,
        },
    ),
    "own_field": (
        "A column of customers that the agency added itself.",
        {
            "id": _ID,
            "name": "its name",
            "kind": "what it holds: text, day, number, flag",
            "operation_id": _OPERATION,
        },
    ),
    "own_value": (
        "What such a column holds for a customer.",
        {
            "id": _ID,
            "customer_id": "of this customer",
            "field_id": "which column",
            "value": "what it holds, as text",
            "operation_id": _OPERATION,
        },
    ),
    "saved_filter": (
        "A selection of customers that has a name.",
        {
            "id": _ID,
            "name": "its name",
            "options": "the options of the command, as JSON",
            "operation_id": _OPERATION,
        },
    ),
    "channel_consent": (
        "Whether a customer agrees to be written to on a channel.",
        {
            "id": _ID,
            "customer_id": "of this customer",
            "channel": "on which channel",
            "answer": "what they said",
            "said_on": "when",
            "source": "how that answer was given",
            "operation_id": _OPERATION,
        },
    ),
    "distinct_pair": (
        "Two customers who look alike and are not the same, as a person said.",
        {
            "id": _ID,
            "customer_id": "the one with the lower id",
            "other_id": "the other",
            "operation_id": _OPERATION,
        },
    ),
    "reject_file": (
        "A file of rejected rows that an import left behind.",
        {
            "id": _ID,
            "path": "where it was written",
            "written_on": "when",
        },
    ),
    "erased": (
        "A number of somebody whose file was erased, so that a sheet that brings it again asks.",
        {
            "id": _ID,
            "digest": "a keyed hash of the number; the number itself is nowhere",
            "erased_on": "when",
            "operation_id": _OPERATION,
        },
    ),
    "itinerary_line": (
        "What happens on a day of a departure, or of one trip.",
        {
            "id": _ID,
            "trip_id": "of this trip alone",
            "departure_id": "of this departure, and so of all its trips",
            "on_day": "on which day",
            "what": "what happens",
            "operation_id": _OPERATION,
        },
    ),
    "destination_note": (
        "What those who go to a place should know.",
        {
            "id": _ID,
            "destination": "where",
            "topic": "about what",
            "text": "what is told",
            "operation_id": _OPERATION,
        },
    ),
    "trip_cost": (
        "What a trip costs the agency, a line for each thing. A line is never changed, but for the "
        "day on which it is paid; what was wrong is taken back by a reversal.",
        _meanings(columns.COST),
    ),
    "installment": (
        "The plan of a trip: a part of its price, and the day by which it is to be paid.",
        {
            "id": _ID,
            "trip_id": "of which trip",
            "kind": "what it is",
            "amount": "fen (divide by 100)",
            "due_on": "by when",
            "operation_id": _OPERATION,
        },
    ),
    "interaction": (
        "One contact with a customer, either way.",
        _meanings(
            columns.INTERACTION,
            outcome_id="the decision on a follow-up that wrote it",
        ),
    ),
    "followup_outcome": (
        "What somebody decided about a follow-up. Rows are only added; the latest one counts. "
        "rule, subject and occurrence together say which follow-up; follow-ups themselves are "
        "not stored: they are computed from the facts, each time.",
        {
            "id": _ID,
            "rule": "the rule by its id, e.g. birthday",
            "subject_table": "the table of the row that the follow-up is about",
            "subject_id": "the id of that row",
            "occurrence": "which time: once, or the year and the step",
            "anchor_on": "the day of the event when it was decided",
            "customer_id": "about whom",
            "due_on": "the day on which it was due",
            "status": "what was decided",
            "until": "tried, snoozed: back on the list on this day",
            "note": "what came of it, or why it was skipped",
            "staff": "who decided",
            "at": "when",
            "operation_id": _OPERATION,
        },
    ),
    "operation": (
        "What one command did: one row for every command that changed something or showed "
        "numbers in full.",
        {
            "id": "number of the operation",
            "at": "when",
            "actor": "who: TOURCRM_STAFF, else the user of the machine",
            "verb": "the command, e.g. trips import",
            "file": "name of the file that was imported",
            "sha256": "checksum of that file",
            "counts": "JSON: how many rows were added, updated, ...",
            "undone_by": "the operation that took it back",
        },
    ),
    "change": (
        "A row that an operation updated or deleted. (A row that it inserted has the operation's "
        "number in its operation_id.)",
        {
            "id": _ID,
            "operation_id": "the operation that did it",
            "table_name": "the table of the row",
            "row_id": "the id of the row",
            "customer_id": "whose row it is",
            "before": "JSON: the changed columns before",
            "after": "JSON: the same columns after; empty: the row was deleted",
        },
    ),
    "task": (
        "What a colleague noted to do for a customer; on the list from its day until it is done.",
        {
            "id": _ID,
            "customer_id": "for whom",
            "trip_id": "the trip that it is about",
            "due_on": "the day",
            "what": "what is to be done",
            "owner": "whose work it is; empty: of whoever is in charge of the customer",
            "noted_on": "when it was noted",
            "noted_by": "who noted it",
            "outcome_id": "the decision that it goes on from",
            "operation_id": "the operation that wrote it",
        },
    ),
    "complaint": (
        "A complaint as it stands. Whether it is open, answered or closed follows from its events.",
        _meanings(columns.COMPLAINT),
    ),
    "complaint_event": (
        "One step of a complaint. Rows are only added.",
        {
            "id": _ID,
            "complaint_id": "of which complaint",
            "step": "what happened",
            "at": "when",
            "staff": "who did it",
            "detail": "what the step settled: the cause, or the code of a payment or voucher",
            "text": "in words",
            "clock": "terms of the clock that it starts: minutes, minutes in a crisis, hours",
            "operation_id": _OPERATION,
        },
    ),
    "complaint_fix": (
        "What the agency means to mend inside after a complaint; open until done_on.",
        {
            "id": _ID,
            "complaint_id": "after which complaint",
            "what": "what is to be mended",
            "owner": "by whom",
            "promised_on": "since when it is open",
            "done_on": "when it was done; empty: it is open",
            "operation_id": _OPERATION,
        },
    ),
    "payment": (
        "One line of money. A line is never changed, but for the day on which a promise is paid; "
        "what was wrong is taken back by a reversal.",
        _meanings(columns.PAYMENT),
    ),
    "voucher": (
        "Something promised to a customer for a later trip.",
        _meanings(columns.VOUCHER),
    ),
    "survey_response": (
        "What a customer answered. Empty: that question was not answered.",
        _meanings(columns.SURVEY),
    ),
    "notice": (
        "A message to the agency's own people; it waits here until it is sent.",
        {
            "id": _ID,
            "channel": "where to: a place of the settings; - for the output of complaints watch",
            "subject_table": "the table of the row that it is about",
            "subject_id": "the id of that row",
            "once": "what it says about it; said once",
            "text": "the message, until it is out; then empty, for it names a customer",
            "made_at": "when it was written",
            "sent_at": "when it went out; empty: not yet",
            "given_up_at": "when it was no longer needed: settled, or said anew",
            "tries": "how often it was tried",
            "tried_at": "when last",
            "error": "what went wrong then",
        },
    ),
    "calendar_entry": (
        "What `followups calendar` put into a file, so that the next one can cancel it.",
        {
            "owner": "whose calendar; empty: that of all",
            "id": "the follow-up, as it is printed; of a departure that of the first order",
            "day": "for which day",
            "rule": "by which rule",
        },
    ),
    "import_row": (
        "Which row an imported line without a code, phone or number became, so that the same "
        "line is recognised when the file comes again.",
        {
            "fingerprint": "a hash of the line",
            "table_name": "the table of the row",
            "row_id": "the id of the row",
            "operation_id": "the import",
        },
    ),
    "setting": (
        "What changes results and belongs to the agency, not to a machine: `tourcrm settings`.",
        {
            "key": "name of the setting",
            "value": "its value, as text",
        },
    ),
}

# Questions to ask with the sqlite3 shell, DB Browser or Datasette; a test runs them.
QUERIES = (
    (
        "Sales by year of departure",
        "SELECT substr(departs_on, 1, 4) AS year, count(*) AS trips,\n"
        "       round(sum(price) / 100.0, 2) AS sales\n"
        "FROM trip WHERE status = 'booked' GROUP BY year ORDER BY year;",
    ),
    (
        "Who recommended most new customers",
        "SELECT friend.code, friend.name, count(*) AS recommended\n"
        "FROM customer JOIN customer AS friend ON friend.id = customer.referred_by_id\n"
        "GROUP BY friend.id ORDER BY recommended DESC LIMIT 10;",
    ),
    (
        "Customers with a tag and their next departure",
        "SELECT customer.code, customer.name, min(trip.departs_on) AS departs_on\n"
        "FROM customer JOIN customer_tag ON customer_tag.customer_id = customer.id\n"
        "JOIN trip ON trip.customer_id = customer.id\n"
        "WHERE tag = '摄影' AND trip.status = 'booked' AND departs_on >= date('now', 'localtime')\n"
        "GROUP BY customer.id ORDER BY departs_on;",
    ),
    (
        "What each colleague did with the follow-ups of this year",
        "SELECT staff, rule, status, count(*) AS times\n"
        "FROM followup_outcome WHERE at >= strftime('%Y', 'now') || '-01-01'\n"
        "GROUP BY staff, rule, status ORDER BY staff, times DESC;",
    ),
)

INTRODUCTION = """\
# The database

One SQLite file, made to be read: open it with the `sqlite3` shell, DB Browser for SQLite or
Datasette. Write to it only through tourcrm, which keeps the history that `imports undo` needs.
(Even to read, these programs need to write in the folder: SQLite keeps a `-wal` file there. Copy
the database with `tourcrm backup`, never with `cp`, while it is in use.)

- Only facts are stored. Tiers, quadrants, "completed" and the due list are computed from them as
  of a day.
- **Amounts** are whole numbers of fen (hundredths of the currency unit): divide by 100.
- **Days** are text, `2026-11-20`. **Moments** are text in UTC, `2026-11-20T01:30:00Z`.
- **Yes and no** are 1 and 0.
- Ids and codes are never used again.

A type in **bold** is always there. This is schema version {version}; the page is
written by `make docs`.
"""


def page() -> str:
    """The page, as Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield INTRODUCTION.format(version=migrations.NEWEST)
    tables = SQLModel.metadata.tables
    for name, (about, meanings) in MEANINGS.items():
        yield from (f"## {name}", "", about, "")
        yield from ("| column | type | meaning |", "|---|---|---|")
        table = tables[name]
        for column in table.columns:
            yield f"| {column.name} | {_type(column)} | {_meaning(table, column, meanings)} |"
        yield ""
    yield from ("## Questions to ask", "")
    for question, sql in QUERIES:
        yield from (f"{question}:", "", "```sql", sql, "```", "")


def _type(column: Column[object]) -> str:
    if isinstance(column.type, models.Moment):
        kind = "moment"
    else:
        kind = {
            "TEXT": "text",
            "DATE": "day",
            "INTEGER": "number",
            "BIGINT": "number",
            "BOOLEAN": "yes/no",
            "FLOAT": "number",
        }[str(column.type)]
    return kind if column.nullable else f"**{kind}**"


def _meaning(table: Table, column: Column[object], meanings: dict[str, str]) -> str:
    text = meanings[column.name]
    for key in column.foreign_keys:
        text += f" → {key.column.table.name}"
    accepted = _accepted(table, column.name)
    return f"{text}: {', '.join(accepted)}" if accepted else text


def _accepted(table: Table, column: str) -> list[str]:
    """The words that a column may hold, where it may not hold any text."""
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint) and constraint.name == f"{column}_known":
            return re.findall(r"'(\w+)'", str(constraint.sqltext))
    return []


def main() -> None:
    """Write the page."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
