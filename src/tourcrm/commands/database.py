"""The commands about the database itself: init, check, settings, backup, restore."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tourcrm.base.columns import Column
from tourcrm.base.display import visible
from tourcrm.base.errors import EXIT_REFUSED, Message, Refused, TourcrmError, Unusable, WrongUsage
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.base.parsing.former_regions import prefix
from tourcrm.commands import options
from tourcrm.commands.pages.layout import listed
from tourcrm.customers import former_regions
from tourcrm.db import (
    conversion,
    encryption,
    engine,
    files,
    health,
    keys,
    restoring,
    setting,
    strangers,
)
from tourcrm.privacy import retention
from tourcrm.terminal import context
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import ask, cli_group, confirm

app = cli_group()

_NAMED = 5  # persons of whom nothing was heard for years

_SETTING = (
    Column("key", "code", "key", "设置项"),
    Column("value", "text", "value", "值"),
    Column("help", "text", "meaning", "含义"),
)


@app.command(
    "init",
    help=N_(
        "Create the database. With --yes nothing is asked: this machine's time zone, CNY, phone "
        "numbers of the zone's country, and the language in use."
    ),
    epilog=N_("Example: tourcrm init\ntourcrm init --yes --time-zone Europe/London --currency GBP"),
)
def init(
    yes: options.Yes = False,
    time_zone: Annotated[
        str | None, typer.Option(metavar=N_("ZONE"), help=N_("time zone, like Asia/Shanghai"))
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar=N_("CODE"), help=N_("currency, like CNY"))
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(
            metavar=N_("COUNTRY"), help=N_("country of phone numbers without a prefix, like CN")
        ),
    ] = None,
    shared: Annotated[
        str | None,
        typer.Option(
            metavar=N_("GROUP"), help=N_("let this group of the machine's users write too")
        ),
    ] = None,
) -> None:
    path = context.world().database
    if os.path.lexists(path):
        raise Refused(N_("{path} exists already; it was left as it is."), path=visible(str(path)))
    wanted = {
        "time_zone": time_zone or system_zone(),
        "currency": currency or "CNY",
        "region": region or "",
        "language": language(),
    }
    settled: dict[str, str] = {}
    for name, question in (
        ("time_zone", _("Time zone of the agency")),
        ("currency", _("Currency of all amounts")),
        ("region", _("Country of phone numbers without a prefix, by its two letters")),
        ("language", _("Language (en or zh)")),
    ):
        usual = wanted[name] or home(settled["time_zone"], settled["currency"])
        settled[name] = setting.checked(name, usual if yes else ask(question, usual))
    if shared:
        health.refuse_sharing(path, shared)
    files.create(path, settled)
    if shared:
        try:
            health.share(path, shared)
        except TourcrmError:
            path.unlink()
            raise
    say(_("Created {path}.").format(path=visible(str(path))))
    if service := health.synced_folder(path):
        tell(
            _(
                "Careful: {service} synchronises this folder, which can damage a database in use. "
                "Better keep it elsewhere, and put `tourcrm backup` files here."
            ).format(service=service)
        )
    say(_("Next: tourcrm customers import FILE"))


def home(zone: str, currency: str) -> str:
    """The country (ISO 3166, two letters) of a time zone of only one country; else that of the
    currency, whose code begins with it (ISO 4217)."""
    from importlib.resources import files as package

    named = [
        line.split("\t")[0]
        for line in (package("tzdata.zoneinfo") / "zone.tab").read_text("utf-8").splitlines()
        if not line.startswith("#") and line.split("\t")[2] == zone
    ]
    return named[0] if len(named) == 1 else currency[:2]


def system_zone() -> str:
    """This machine's time zone by name; Asia/Shanghai where it has none."""
    from zoneinfo import available_timezones

    known = available_timezones()
    candidates = [os.environ.get("TZ", "").lstrip(":")]
    try:
        candidates.append(str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2])
        candidates.append(Path("/etc/timezone").read_text(encoding="utf-8").strip())
    except OSError:
        pass
    usual = [name for name in candidates if name in known and name not in ("UTC", "Etc/UTC")]
    return usual[0] if usual else "Asia/Shanghai"


@app.command(
    "check",
    help=N_(
        "Tell whether the set-up is sound. --data: what is wrong or missing with customers where "
        "it hurts, by person in charge; that is no fault of the database, and the exit code is 0."
    ),
    epilog=N_("Example: tourcrm check\ntourcrm check --repair\ntourcrm check --data --owner 小林"),
)
def check(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help=N_("first remove what others put into the database; a copy is kept")
        ),
    ] = False,
    data: Annotated[
        bool, typer.Option("--data", help=N_("instead, what is wrong or missing with customers"))
    ] = False,
    owner: Annotated[
        str | None,
        typer.Option(
            "--owner", help=N_('with --data: only customers of this colleague, "": nobody\'s')
        ),
    ] = None,
    fields: Annotated[
        bool, typer.Option("--fields", help=N_("with --data: how complete the file is, by field"))
    ] = False,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    from tourcrm.agenda import rulebook
    from tourcrm.commands import data_check

    if data:
        options.not_together({"--repair": repair, "--data": data})
        data_check.run(owner, fields, format, output, excel)
        return
    if owner is not None or fields or format != "table" or output is not None or excel:
        raise WrongUsage(N_("--owner, --fields, --format, --output and --excel go with --data."))
    path = context.world().database
    if repair:
        _repair(path)
    context.ready()
    found = health.problems(path) + conversion.problems(path)
    with context.reading() as desk:
        desk.warn_of_fixed_day()
        spoiled = setting.problems(desk.settings)
        today = None if spoiled else desk.today
        fixed = bool(desk.settings.shown("today"))
        spoiled += rulebook.problems(desk.settings)
        zone = desk.settings.shown("time_zone")
        counts = engine.counts(desk.session)
        years = 0 if today is None else int(desk.settings["retention_years"])
        silent = retention.silent(desk.session, today, years) if today and years else []
    found += spoiled
    day = today and _("Today is {day} in {zone}.").format(day=today, zone=zone)
    _say_what_it_is(path, counts, day or "")
    if silent:
        _say_who_is_silent(silent, years)
    for problem in found:
        say("! " + visible(str(problem), 500))
    if found:
        raise typer.Exit(EXIT_REFUSED)
    say(_("Everything else is sound.") if fixed else _("Everything is sound."))


def _say_what_it_is(path: Path, counts: Mapping[str, int], today: str) -> None:
    say(_("Database: {path}").format(path=visible(str(path.absolute()))))
    if encryption.salt_of(path):
        say(_("It is encrypted; so are copies that `tourcrm backup` makes."))
    else:
        say(_("It is not encrypted; `tourcrm encrypt` does that."))
    if today:
        say(today)
    say(
        _("{customers} customers, {trips} trips, {contacts} contacts.").format(
            customers=counts["customer"], trips=counts["trip"], contacts=counts["interaction"]
        )
    )


def _say_who_is_silent(silent: Sequence[retention.Silent], years: int) -> None:
    text = ngettext(
        "{n} person without a trip or contact for {years} years: {who}. Ask, or: {command}",
        "{n} persons without a trip or contact for {years} years: {who}. Ask, or: {command}",
        len(silent),
    )
    who = listed(f"{visible(one.customer)} {visible(one.name, 20)}" for one in silent[:_NAMED])
    more = " ..." if len(silent) > _NAMED else ""
    erase = context.command("customers", "erase", silent[0].customer)
    say(text.format(n=len(silent), years=years, who=who + more, command=erase))


def _repair(path: Path) -> None:
    removed, kept = health.repair(path)
    for one in removed:
        say(_("Removed: {what}.").format(what=strangers.called([one])))
    if kept is not None:
        say(_("What was there before is kept as {path}.").format(path=visible(str(kept))))


@app.command(
    "settings",
    help=N_("Show or change what changes results."),
    epilog=N_("Example: tourcrm settings daily_capacity 30"),
)
def settings(
    key: Annotated[str | None, typer.Argument(metavar=N_("KEY"), help=N_("a setting"))] = None,
    value: Annotated[
        str | None, typer.Argument(metavar=N_("VALUE"), help=N_("its new value"))
    ] = None,
    format: options.Format = "table",
) -> None:
    if value is not None and key is not None:
        _set(key, value)
        return
    with context.reading() as desk:
        shape = options.shape(None, format)
        meanings, values = _told(desk)
        if key is not None and key not in meanings:
            setting.checked(key, "?")  # says which there are
        emit(
            [
                {"key": name, "value": values[name], "help": meaning}
                for name, meaning in meanings.items()
                if key in (None, name)
            ],
            _SETTING,
            shape,
        )


def _set(key: str, value: str) -> None:
    checked, numbers = setting.checked(key, value), 0
    with context.writing("settings") as desk:
        before = desk.settings.shown(key)
        if before != checked:
            setting.store(desk.session, desk.number, key, checked)
            if key == "region":
                numbers = former_regions.change(desk.session, desk.number, before, checked)
    said = _("{key} is {value} (was {before}).") if checked else _("{key} is empty (was {before}).")
    say(said.format(key=key, value=visible(checked), before=visible(before) or "—"))
    if numbers:
        say(
            _(
                "{n} stored numbers begin with {prefix}, as numbers without a country were "
                "read until now; they stay. They are found as before, too, by sheets and by "
                "what is typed, so that nobody comes twice. Where they were misread, import "
                "their sheet again: of customers whose name agrees they are read anew."
            ).format(n=numbers, prefix=prefix(before))
        )


def _told(desk: Desk) -> tuple[dict[str, Message], dict[str, str]]:
    """What each setting means, and its value as it is shown; those that others keep, too."""
    from tourcrm.agenda import rulebook

    meanings = {one.name: Message(one.help) for one in setting.KEYS.values()}
    for name in desk.settings.profiles:
        meanings[name] = Message(N_("a remembered --map of an import; an empty value forgets it"))
    values = {name: desk.settings.shown(name) for name in meanings}
    if own := desk.settings.own_rules:
        meanings[setting.RULES] = Message(N_("follow-up rules of your own"))
        text = _("{n} own rules; see tourcrm followups rules")
        values[setting.RULES] = text.format(n=len(rulebook.own_ids(own)))
    if places := desk.settings.places:
        name = setting.PLACE.rstrip(":")
        meanings[name] = Message(N_("places to send to"))
        values[name] = _("{n}; see tourcrm notify list").format(n=len(places))
    return meanings, values


@app.command(
    "backup",
    help=N_("Copy the database while it is in use."),
    epilog=N_("Example: tourcrm backup /media/usb/agency-backup.db"),
)
def backup(
    file: Annotated[Path, typer.Argument(metavar=N_("FILE"), help=N_("where the copy goes"))],
    yes: options.Yes = False,
) -> None:
    path = context.world().database
    context.ready()
    if file.is_dir():
        file = file / f"{path.stem}-{datetime.now(UTC):%Y%m%d-%H%M%S}{path.suffix or '.db'}"
    if any(_same(file, path.with_name(path.name + end)) for end in ("", "-wal", "-shm")):
        raise WrongUsage(N_("The copy must not be the database itself."))
    if os.path.lexists(file) and not yes:
        raise Refused(
            N_("{path} exists already; it was left as it is. --yes replaces it."),
            path=visible(str(file)),
        )
    files.copy(path, file)
    say(
        _("Copied to {path} ({size} bytes), and the copy is sound.").format(
            path=visible(str(file)), size=file.stat().st_size
        )
    )
    if encryption.salt_of(path):
        say(_("It is encrypted with the key of the database."))


def _same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, by whatever links."""
    return os.path.realpath(one) == os.path.realpath(other) or (
        one.is_file() and other.is_file() and one.samefile(other)
    )


@app.command(
    "restore",
    help=N_("Put a copy back."),
    epilog=N_("Example: tourcrm restore /media/usb/agency-backup.db"),
)
def restore(
    file: Annotated[Path, typer.Argument(metavar=N_("FILE"), help=N_("a copy that `backup` made"))],
    yes: options.Yes = False,
    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key-file",
            metavar=N_("FILE"),
            help=N_("a file with the key of the copy, if it is another than the database's"),
        ),
    ] = None,
) -> None:
    path = context.world().database
    if key_file is not None:
        keys.run.files.append(key_file)
    if _same(file, path):
        raise WrongUsage(N_("The copy must not be the database itself."))
    if not os.path.lexists(file):
        raise Unusable(
            N_("{file}: there is no such file. Check its name and folder."), file=visible(str(file))
        )
    files.verify(file)
    if (
        os.path.lexists(path)
        and not yes
        and not confirm(
            _("Put {file} in the place of {path}? What is there now is kept beside it.").format(
                file=visible(str(file)), path=visible(str(path))
            )
        )
    ):
        raise typer.Abort
    own = encryption.salt_of(path)
    kept = restoring.restore(path, file)
    say(_("Restored {path} from {file}.").format(path=visible(str(path)), file=visible(str(file))))
    if kept is not None:
        say(_("What was there before is kept as {path}.").format(path=visible(str(kept))))
    if encryption.salt_of(path):
        say(
            _("It is encrypted with the key of the database, as before.")
            if own
            else _("It is encrypted, with the key of the copy.")
        )
        if kept is not None and not encryption.salt_of(kept):
            say(_("What is kept is not encrypted; `tourcrm encrypt` does that, too."))
