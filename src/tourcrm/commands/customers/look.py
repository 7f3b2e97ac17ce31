"""`tourcrm customers show`, `find`, `reveal`: one customer, and how to come to them."""

from dataclasses import replace
from typing import Annotated

import typer

from tourcrm.base.columns import CUSTOMER, PERSONAL
from tourcrm.base.i18n import N_, _, language
from tourcrm.commands import options
from tourcrm.commands.fields import Limit, Who, emit_found, opened, record
from tourcrm.customers import lookup, queries
from tourcrm.terminal import context
from tourcrm.terminal.render import card, emit, say
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

SCREEN = 20  # that are found, unless --limit says more: what one look takes in
_FOUND = tuple(replace(c, in_table=True) if c.field == "status" else c for c in CUSTOMER)


@app.command(
    "show",
    help=N_(
        "Show the page to read before a call: who it is, what they spend, where they were, the "
        "last contacts, what is due."
    ),
    epilog=N_("Example: tourcrm customers show C000012\ntourcrm customers show 王芳 --format json"),
)
def show(
    who: Who,
    as_of: options.AsOf = None,
    format: options.Format = "table",
    output: options.Output = None,
) -> None:
    from tourcrm.commands.pages import customer
    from tourcrm.complaints import clock
    from tourcrm.reports import customer_profile

    with context.reading() as desk:
        row = lookup.find_one(desk.session, who, desk.settings["region"])
        day = options.day(desk, as_of)
        now = clock.end_of(day, desk.today, desk.now, desk.settings)
        sheet = customer_profile.build(desk.session, desk.settings, row, day, language(), now)
        shape = options.shape(desk, format, output, reveal=True)
    if format != "table" or output is not None:
        emit([customer_profile.flat(sheet)], customer_profile.columns(sheet), shape)
        return
    for line in customer.lines(sheet, shape):
        say(line)


@app.command(
    "find",
    help=N_(
        "Find customers by a part of the name (simplified or traditional, accents or not), pinyin "
        "or its initials, phone digits, WeChat id, e-mail, code, a former code or that of a "
        "source, company, city, tag or note; the best first."
    ),
    epilog=N_(
        "Example: tourcrm customers find wf\ntourcrm customers find 5678\n"
        "tourcrm customers find wangxm 杭州"
    ),
)
def find(
    words: Annotated[
        list[str], typer.Argument(help=N_("what to look for; all words must be there"))
    ],
    limit: Limit = SCREEN,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
    reveal: options.Reveal = False,
) -> None:
    with opened("customers find", reveal) as desk:
        shape = options.shape(desk, format, output, excel, reveal)
        emit_found(
            lambda most: queries.find(desk.session, " ".join(words), most),
            limit or SCREEN,
            _FOUND,
            shape,
            _("Customers"),
        )


@app.command(
    "reveal",
    help=N_("Show a customer's phone, ID and passport numbers in full; that is recorded."),
    epilog=N_("Example: tourcrm customers reveal C000012"),
)
def reveal(
    who: Who,
    format: options.Format = "table",
    output: options.Output = None,
) -> None:
    with context.reading() as desk:
        row = lookup.find_one(desk.session, who, desk.settings["region"])
        documents, customer = queries.documents(row), row.id
        shape = options.shape(desk, format, output, reveal=True)
    record("customers reveal", customer)
    if format == "table" and output is None:
        card(documents, PERSONAL, shape)
    else:
        emit([documents], PERSONAL, shape)
