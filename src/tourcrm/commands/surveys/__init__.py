"""`tourcrm surveys`: what customers think of their trips.

answers   form, add, import, list, export
counts    nps, csat, sample
"""

from tourcrm.base.i18n import N_
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm surveys form T0000012\n"
        "tourcrm surveys add 王芳 --nps 9 --csat 5 --comment 导游很好\n"
        "tourcrm surveys nps --by month\n"
        "tourcrm surveys sample --quadrant large_low -n 20"
    ),
    package=__name__,
    verbs={
        "form": "answers",
        "add": "answers",
        "import": "answers",
        "list": "answers",
        "export": "answers",
        "nps": "counts",
        "csat": "counts",
        "sample": "counts",
    },
)
