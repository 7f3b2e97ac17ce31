"""`tourcrm followups`: whom to call, why, and what to say.

lists      due, list, show
named      which follow-up is meant
decide     done, tried, skip, snooze, add, undo
calendar   the coming weeks for a phone's calendar
send       the day's list, to where each colleague reads it
results    how many booked again
rules      which rules hold; one's own
"""

from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=(
        "tourcrm followups due --owner 李娜\n"
        "tourcrm followups done K7Q2MB3X --note 想去北疆\n"
        "tourcrm followups snooze K7Q2 --days 3"
    ),
    package=__name__,
    verbs={
        "due": "lists",
        "list": "lists",
        "show": "lists",
        "done": "decide",
        "tried": "decide",
        "skip": "decide",
        "snooze": "decide",
        "add": "decide",
        "undo": "decide",
        "calendar": "calendar",
        "send": "send",
        "results": "results",
        "rules": "rules",
    },
)
