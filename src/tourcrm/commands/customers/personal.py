"""What a person may ask of those who keep a file on them.

`customers history`, `dossier`, `erase` and `consent`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tourcrm.base.columns import (
    COMPLAINT,
    CONSENT,
    CUSTOMER,
    DOSSIER,
    HISTORY,
    INTERACTION,
    PAYMENT,
    SURVEY,
    TRIP,
    VOUCHER,
    by_field,
)
from tourcrm.base.display import visible
from tourcrm.base.errors import WrongUsage
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.commands import options
from tourcrm.commands.fields import Who, record
from tourcrm.commands.pages.layout import beside, listed, word
from tourcrm.customers import consent, lookup
from tourcrm.db.codes import id_of
from tourcrm.history import story
from tourcrm.history.story import Event
from tourcrm.privacy import dossier, erase
from tourcrm.privacy.dossier import Part
from tourcrm.terminal import context, typed
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group, confirm

app = cli_group()


@app.command(
    "history",
    help=N_(
        "Show every change of a customer's file, and every look at numbers that are hidden: when, "
        "who, with which command, what it was before and after."
    ),
    epilog=N_("Example: tourcrm customers history C000012"),
)
def history(
    who: Who,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        row = lookup.find_one(desk.session, who, desk.settings["region"])
        shape = options.shape(desk, format, output, excel)
        events = story.of_customer(desk.session, id_of(row))
        by_people = format == "table" and (output is None or output.suffix.lower() == ".xlsx")
        rows = map(_spoken, events) if by_people or excel else events
        emit(rows, HISTORY, shape, title=_("History"))


# The words of people for the cells of tables.
_ENTITIES = {
    "customer": by_field(CUSTOMER),
    "trip": by_field(TRIP),
    "payment": by_field(PAYMENT),
    "voucher": by_field(VOUCHER),
    "complaint": by_field(COMPLAINT),
    "interaction": by_field(INTERACTION),
    "survey_response": by_field(SURVEY),
}


def _spoken(event: Event) -> Event:
    """The event in the words of people: what kind of row it is, and the cell as lists call it."""
    table, _blank, name = event.row.partition(" ")
    field = event.field
    if field == story.LOOKED:
        field = _("looked at")
    elif field:
        known = _ENTITIES.get(table, {}).get(field.removesuffix("_id"))
        field = known.header(language()) if known else field
    return replace(event, row=f"{word('table', table)} {name}", field=field)


@app.command(
    "dossier",
    help=N_(
        "Give a person everything that is stored about them, readable or as JSON; numbers in full, "
        "which is recorded."
    ),
    epilog=N_(
        "Example: tourcrm customers dossier C000012\n"
        "tourcrm customers dossier C000012 -f json > 王芳.json"
    ),
)
def dossier_(
    who: Who,
    format: options.Format = "table",
    output: options.Output = None,
) -> None:
    with context.reading() as desk:
        row = lookup.find_one(desk.session, who, desk.settings["region"])
        customer = id_of(row)
        found = dossier.of_customer(desk.session, customer)
        shape = options.shape(desk, format, output, reveal=True)
    record("customers dossier", customer)
    if format == "table" and output is None:
        for line in _readable(found):
            say(line)
        return
    emit(_cells(found), DOSSIER, shape, title=_("Dossier"))


def _readable(found: Iterable[Part]) -> Iterator[str]:
    for part in found:
        yield ""
        yield word("table", part.table)
        for number, row in enumerate(part.rows):
            if number:
                yield "  —"
            for name, value in row.items():
                yield from beside(f"  {name}: ", visible(str(value), 4000))


def _cells(found: Iterable[Part]) -> Iterator[dict[str, object]]:
    for part in found:
        for number, row in enumerate(part.rows, 1):
            for name, value in row.items():
                yield {"table": part.table, "row": number, "field": name, "value": str(value)}


@app.command(
    "erase",
    help=N_(
        "Remove a person from every table, the history and the files of rejected rows. What stays "
        "is a row without a name, and the money, so that sums hold. It cannot be taken back."
    ),
    epilog=N_("Example: tourcrm customers erase C000012"),
)
def erase_(
    who: Who,
    yes: options.Yes = False,
) -> None:
    with context.reading() as desk:
        row = lookup.find_one(desk.session, who, desk.settings["region"])
        code, name = row.code, row.name
    question = _("Erase everything about {code} {name}? There is no way back.")
    if not yes and not confirm(question.format(code=visible(code), name=visible(name, 40))):
        raise typer.Abort
    with context.writing("customers erase") as desk:
        row = lookup.find_one(desk.session, code, desk.settings["region"])
        gone = erase.person(desk.session, desk.operation, row, desk.today)
        rejects = erase.reject_files(desk.session)
    path = context.world().database
    emptied = erase.clean(path)
    cleaned = list(erase.rejects_cleaned(rejects, gone.words))
    text = ngettext(
        "Erased {code}: {n} row went, what is left has no name.",
        "Erased {code}: {n} rows went, what is left has no name.",
        gone.rows,
    )
    say(text.format(code=visible(gone.code), n=gone.rows))
    if gone.elsewhere:
        text = ngettext(
            "In {n} row of others the name or a number was blacked out.",
            "In {n} rows of others the name or a number was blacked out.",
            gone.elsewhere,
        )
        say(text.format(n=gone.elsewhere))
    if gone.namesakes:
        say(
            _(
                "The name itself was left where others may be meant, who are called so: {who}"
            ).format(who=listed(visible(one, 40) for one in gone.namesakes[:8]))
        )
    for one in cleaned:
        say(_("Taken out of {path}.").format(path=visible(str(one))))
    if not emptied:
        tell(
            _(
                "Another program is reading the database, so that its log still holds what was "
                "erased. End it, then: {command}"
            ).format(command=context.command("check"))
        )
    _tell_copies(path)


def _tell_copies(path: Path) -> None:
    copies = sorted(erase.copies(path))
    if copies:
        say(
            _("Copies beside the database still hold the person: {paths}").format(
                paths=listed(visible(str(one.name), 80) for one in copies)
            )
        )
    say(
        _(
            "Backups, exports and lists that were made before still do, too: delete them, or make "
            "new ones."
        )
    )


_CONSENT = by_field(CONSENT)


@app.command(
    "consent",
    help=N_(
        "Note whether a customer agrees to be written to on a channel, when and how they said so; "
        "without an answer, show what is noted."
    ),
    epilog=N_(
        "Example: tourcrm customers consent C000012 sms no --source 电话\n"
        "tourcrm customers consent C000012"
    ),
)
def consent_(
    who: Who,
    channel: Annotated[
        str | None,
        typer.Argument(metavar=N_("CHANNEL"), help=N_("phone, wechat, sms, email ...")),
    ] = None,
    answer: Annotated[
        str | None, typer.Argument(metavar=N_("ANSWER"), help=N_("yes, no or unknown"))
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=N_("when they said so"))
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help=N_("how they said so"))] = None,
    format: options.Format = "table",
) -> None:
    if channel is None:
        with context.reading() as desk:
            row = lookup.find_one(desk.session, who, desk.settings["region"])
            emit(consent.of_customer(desk.session, row), CONSENT, options.shape(desk, format))
        return
    if answer is None:
        raise WrongUsage(N_("Say the answer, too: yes, no or unknown."))
    with context.writing("customers consent") as desk:
        row = lookup.find_one(desk.session, who, desk.settings["region"])
        values = {
            field: typed.value(_CONSENT[field], text, desk.settings)
            for field, text in (("channel", channel), ("answer", answer), ("source", source or ""))
        }
        day = options.past_day(desk, on)
        changed = consent.say(desk.session, desk.number, row, said_on=day, **values)
    done = (
        _("{name}: {channel}: {answer}.")
        if changed
        else _("Nothing changed: {name}: {channel}: {answer}.")
    )
    say(
        done.format(
            name=visible(row.name, 40),
            channel=word("contact_channel", values["channel"]),
            answer=word("consent", values["answer"]),
        )
    )
