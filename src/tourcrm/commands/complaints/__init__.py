"""`tourcrm complaints`: when something goes wrong.

answer   open, respond, attribute, compensate
settle   resolve, fix, close, reopen, escalate, note, edit
lists    list, list --sla, show
watch    watch, for cron
entry    what the steps share: options, what is typed, what is said
"""

from tourcrm.base.i18n import N_
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group(
    epilog=N_(
        "tourcrm complaints open 王芳 房间有霉味 --category hotel --trip T0000012\n"
        "tourcrm complaints respond K00001 当晚已换房\n"
        "tourcrm complaints list"
    ),
    package=__name__,
    verbs={
        "open": "answer",
        "respond": "answer",
        "attribute": "answer",
        "compensate": "answer",
        "resolve": "settle",
        "fix": "settle",
        "close": "settle",
        "reopen": "settle",
        "escalate": "settle",
        "note": "settle",
        "edit": "settle",
        "list": "lists",
        "show": "lists",
        "watch": "watch",
    },
)
