"""What those on a trip are sent: the handbook before it, and a notice when something changes."""

from typing import Annotated

import typer

from tourcrm.base.columns import Column
from tourcrm.base.display import visible
from tourcrm.base.errors import NotFound, Refused, WrongUsage
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.bookings import travellers, trips
from tourcrm.commands import named, options
from tourcrm.commands.pages import handbook as pages
from tourcrm.commands.trips.party import trip_or_departure
from tourcrm.customers import contacts, lookup
from tourcrm.db import codes
from tourcrm.db.codes import id_of
from tourcrm.models import Customer, Departure, Trip
from tourcrm.reports import handbook
from tourcrm.reports.handbook import Handbook
from tourcrm.terminal import context, typed
from tourcrm.terminal.context import Desk
from tourcrm.terminal.render import emit, say, tell
from tourcrm.terminal.typer_i18n import cli_group

app = cli_group()

_TEXT = Column("text", "text", "text", "内容")
_CHANNEL = Column("channel", "word", "channel", "联系方式", words="contact_channel")
LETTERS = (
    Column("trip", "code", "trip", "订单号"),
    Column("customer", "code", "customer", "客户编号"),
    Column("name", "name", "name", "姓名"),
    Column("phone", "phone", "phone", "手机"),
    Column("language", "word", "language", "语言", words="language"),
    _TEXT,
    Column("missing", "tags", "missing", "缺少"),
)


@app.command(
    "handbook",
    help=N_(
        "Write what travellers are sent before they go: days, meeting point, party, itinerary, "
        "weather, clothing, whom to ring; in the customer's language. What nobody noted is left "
        "out, and named."
    ),
    epilog=N_(
        "Example: tourcrm trips handbook T0000012\ntourcrm trips handbook --departure YN6-0501"
    ),
)
def write_handbook(
    code: options.SomeTrip = None,
    departure: options.OfDeparture = None,
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.reading() as desk:
        found = handbook.of(desk.session, trip_or_departure(desk, code, departure))
        shape = options.shape(desk, format, output, excel)
        letters = [_letter(one, pages.text(one, _usual(desk))) for one in found]
    if format == "table" and output is None:
        _say_all(letters)
    else:
        emit(letters, LETTERS, shape, title=_("Handbooks"))
    _tell_missing(found)


def _usual(desk: Desk) -> str:
    """What is spoken with a customer of whom nobody said it."""
    return desk.settings["language"] or language()


def _letter(one: Handbook, text: str) -> dict[str, object]:
    facts = {field: getattr(one, field) for field in ("trip", "customer", "name", "phone")}
    return facts | {"language": one.language, "text": text, "missing": one.missing or None}


def _say_all(letters: list[dict[str, object]]) -> None:
    for number, one in enumerate(letters):
        if len(letters) > 1:
            if number:
                say("")
            say(f"--- {visible(str(one['trip']))} {visible(str(one['name']), 40)}")
        say(str(one["text"]))


def _tell_missing(found: list[Handbook]) -> None:
    """Name what nobody noted: once for all of whom the same is missing."""
    same: dict[tuple[str, str | None], list[Handbook]] = {}
    for one in found:
        if one.missing:
            same.setdefault((pages.missing(one), one.destination), []).append(one)
    for (what, place), some in same.items():
        trip = visible(some[0].trip) + (f" (+{len(some) - 1})" if len(some) > 1 else "")
        tell(_("Missing for {trip}: {what}.").format(trip=trip, what=what))
        if any(topic != "meeting" for topic in some[0].missing):
            line = context.command("destinations", "note", visible(place or "PLACE", 60))
            tell(_("To note it: {command} TOPIC TEXT").format(command=line))
        if "meeting" in some[0].missing:
            tell(_('The meeting point: "集合: ..." in the note of the departure or the product.'))


@app.command(
    "notice",
    help=N_(
        "Write a notice that something changed to all on a departure, or on one trip, and log it "
        "with each of them."
    ),
    epilog=N_(
        "Example: tourcrm trips notice YN6-0501 集合时间改为7:30\n"
        "tourcrm trips notice T0000012 酒店升级为五星 --channel wechat"
    ),
)
def write_notice(
    code: Annotated[
        str,
        typer.Argument(
            metavar=N_("CODE"), help=N_("the code of a trip or a departure, or a customer")
        ),
    ],
    said: Annotated[str, typer.Argument(metavar=N_("TEXT"), help=N_("what changes"))],
    channel: Annotated[
        str, typer.Option("--channel", help=N_("how it is sent: wechat, sms, email ..."))
    ] = "other",
    format: options.Format = "table",
    output: options.Output = None,
    excel: options.Excel = False,
) -> None:
    with context.writing("trips notice") as desk:
        words = typed.value(_TEXT, said, desk.settings, "TEXT")
        if words is None:
            raise WrongUsage(N_("{name} must say something."), name="TEXT")
        by = typed.value(_CHANNEL, channel, desk.settings) or "other"
        letters = []
        for trip in handbook.booked(desk.session, _meant(desk, code)):
            [about] = handbook.of(desk.session, trip)
            for who in _readers(desk, trip):
                one = handbook.addressed(about, who)
                text = pages.notice(one, str(words), _usual(desk))
                letters.append(_letter(one, text) | {"missing": None})
                contacts.write(
                    desk.session,
                    desk.operation,
                    id_of(who),
                    channel=by,
                    direction="out",
                    personal=False,
                    kind="other",
                    trip_id=trip.id if who.id == trip.customer_id else None,
                    at=desk.now,
                    summary=text,
                    staff=desk.actor,
                )
        shape = options.shape(desk, format, output, excel)
    if format == "table" and output is None:
        _say_all(letters)
    else:
        emit(letters, LETTERS, shape, title=_("Notices"))
    done = ngettext(
        "Logged with {count} customer; now send it.",
        "Logged with {count} customers; now send it.",
        len(letters),
    )
    tell(done.format(count=len(letters)))


def _meant(desk: Desk, code: str) -> Trip | Departure:
    """The trip or the departure of this code, or the trip of this customer. Raises NotFound, and
    Refused where both have the code."""
    trip = codes.row_called(desk.session, Trip, code)
    departure = codes.row_called(desk.session, Departure, code)
    if trip is not None and departure is not None:
        raise Refused(
            N_("{code} is a trip and a departure; give one of them another code first."),
            code=visible(code, 60),
        )
    found = trip or departure
    if found is None and lookup.find_if_any(desk.session, code, desk.settings["region"]):
        return named.trip(desk, code)
    if found is None:
        raise NotFound(
            N_("There is no trip and no departure {code}. Look around with: tourcrm trips list"),
            code=visible(code, 60),
        )
    return found


def _readers(desk: Desk, trip: Trip) -> list[Customer]:
    """Who is written to: the customer, and those on the trip who have a phone of their own."""
    owner = trips.customer_of(desk.session, trip)
    known = {owner.phone, owner.phone2}
    readers = [owner]
    for who in travellers.of_trip(desk.session, trip):
        if who.phone and who.phone not in known:
            known.add(who.phone)
            readers.append(who)
    return readers
