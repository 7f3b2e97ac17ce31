"""`tourcrm customers`: people and companies.

entry        import, add, edit, tag, untag, remember, lose
look         show, find, reveal
filters      list, export, filters: customers chosen
many         assign, and one change to many customers
duplicates   duplicates, merge: who is entered twice
personal     history, dossier, erase, consent: what a person may ask of who keeps their file
preferences  prefer: what customers like
own_fields   fields: columns of the agency's own, and the option that fills them
"""

from tourcrm.base.i18n import N_
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm customers import customers.xlsx\n"
        "tourcrm customers find wangfang\n"
        "tourcrm customers show 13812345678"
    ),
    package=__name__,
    verbs={
        "import": "entry",
        "add": "entry",
        "show": "look",
        "edit": "entry",
        "assign": "many",
        "duplicates": "duplicates",
        "merge": "duplicates",
        "find": "look",
        "tag": "entry",
        "untag": "entry",
        "remember": "entry",
        "lose": "entry",
        "reveal": "look",
        "history": "personal",
        "dossier": "personal",
        "erase": "personal",
        "consent": "personal",
        "prefer": "preferences",
        "fields": "own_fields",
        "list": "filters",
        "export": "filters",
        "filters": "filters",
    },
)
