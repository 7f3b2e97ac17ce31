"""`tourcrm trips`: journeys from inquiry to memory.

entry    import, add, edit
lists    list, show, find, export
stages   quote, book, complete, cancel, lose
costs    what they cost
party    who is on one, and what happens on it
letters  the handbook, a notice of a change
"""

from tourcrm.base.i18n import N_
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm trips import orders.csv\n"
        "tourcrm trips add 王芳 --destination 北疆 --departs 2027-06-01 "
        "--days 8 --price 1.2万\n"
        "tourcrm trips list --from 2026-11-20 --status booked"
    ),
    package=__name__,
    verbs={
        "import": "entry",
        "add": "entry",
        "edit": "entry",
        "list": "lists",
        "show": "lists",
        "find": "lists",
        "export": "lists",
        "quote": "stages",
        "book": "stages",
        "complete": "stages",
        "cancel": "stages",
        "lose": "stages",
        "cost": "costs",
        "costs": "costs",
        "travellers": "party",
        "itinerary": "party",
        "handbook": "letters",
        "notice": "letters",
    },
)
