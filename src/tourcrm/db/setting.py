"""The agency's settings: what changes a result lives in the database, not on a machine."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from sqlmodel import Session

from tourcrm.base import vocabulary
from tourcrm.base.display import visible
from tourcrm.base.errors import CellError, Message, Refused
from tourcrm.base.i18n import LANGUAGES, N_
from tourcrm.db import engine


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: its default, what it is for, and what values it takes."""

    name: str
    default: str
    help: str
    check: Callable[[str], str]


_NO_ZONE = N_("a time zone is named like Asia/Shanghai")


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise CellError(_NO_ZONE)
    return value


def _currency(value: str) -> str:
    if len(value) != 3 or not value.isascii() or not value.isalpha():
        raise CellError(N_("a currency is named by three letters, like CNY"))
    return value.upper()


def _language(value: str) -> str:
    found = vocabulary.vocabulary("language").get(value.strip().casefold())
    if found not in LANGUAGES:
        raise CellError(N_("en or zh"))
    return str(found)


def _region(value: str) -> str:
    if len(value) != 2 or not value.isascii() or not value.isalpha():
        raise CellError(N_("a country is named by two letters, like CN"))
    return value.upper()


def _regions(value: str) -> str:
    return ",".join(map(_region, parse_names(value)))


def _number(low: int, high: int) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise CellError(N_("a whole number from {low} to {high}"), low=low, high=high)
        return str(int(value))

    return check


def _cuts(value: str) -> str:
    return ",".join(str(cut) for cut in parse_cuts(value))


def parse_cuts(value: str) -> tuple[int, ...]:
    """Tier cuts in percent of sales, rising: "50,80,95". Raises CellError."""
    parts = value.replace("，", ",").replace("%", "").split(",")
    if not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise CellError(N_("cuts are rising percentages, like 50,80,95"))
    cuts = tuple(int(part) for part in parts)
    if (
        not 1 <= len(cuts) <= 3
        or list(cuts) != sorted(set(cuts))
        or not 0 < cuts[0] <= cuts[-1] < 100
    ):
        raise CellError(N_("cuts are rising percentages, like 50,80,95"))
    return cuts


_NO_LADDER = N_(
    "days before the departure and shares in percent that grow towards it, like 30:5,14:20,0:90"
)


def _ladder(value: str) -> str:
    return ",".join(f"{days}:{share}" for days, share in parse_ladder(value))


def parse_ladder(value: str) -> tuple[tuple[int, int], ...]:
    """Steps of "30:5,14:20,0:90", the most days first. Raises CellError."""
    text = value.replace("，", ",").replace("：", ":").replace("%", "").replace(" ", "")
    steps = {}
    for part in filter(None, text.split(",")):
        days, _colon, share = part.partition(":")
        numbers = (days, share)
        if not all(one.isascii() and one.isdigit() and len(one) <= 3 for one in numbers):
            raise CellError(_NO_LADDER)
        if int(days) in steps or int(share) > 100:
            raise CellError(_NO_LADDER)
        steps[int(days)] = int(share)
    found = tuple(sorted(steps.items(), reverse=True))
    shares = [share for _days, share in found]
    if shares != sorted(shares):
        raise CellError(_NO_LADDER)
    return found


def _percent(value: str) -> str:
    whole, _point, decimals = value.removesuffix("%").strip().partition(".")
    digits = all(part.isascii() and part.isdigit() for part in (whole, decimals or "0"))
    if not digits or len(whole) > 3 or len(decimals) > 2 or int(whole) > 100:
        raise CellError(N_("a rate in percent a year, like 6 or 4.35"))
    return f"{int(whole)}.{decimals}" if decimals.strip("0") else str(int(whole))


def _window(value: str) -> str:
    months = parse_window(value)
    return "all" if months is None else f"{months}m"


def parse_window(value: str) -> int | None:
    """Months of "36m" or 36个月, or None for "all". Raises CellError."""
    if value.strip() in ("all", "全部"):
        return None
    found = re.fullmatch(r"([0-9]{1,4}) ?(?:m|months?|个?月)", value.strip())
    if found and 1 <= int(found[1]) <= 1200:
        return int(found[1])
    raise CellError(N_("a window is a number of months, like 36m, or all"))


def _names(value: str) -> str:
    return ",".join(parse_names(value))


def parse_names(value: str) -> tuple[str, ...]:
    """Names with commas between them, each once."""
    parts = value.replace("，", ",").split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _day(value: str) -> str:
    from tourcrm.base.parsing import day

    return value and day(value).isoformat()


def _ratio(value: str) -> str:
    from tourcrm.base import ratio

    return str(ratio.exact(ratio.parse(value)))


def _hours(value: str) -> str:
    from tourcrm.base import business_hours

    return business_hours.written(business_hours.parse(value))


KEYS = {
    key.name: key
    for key in (
        Key("time_zone", "Asia/Shanghai", N_("time zone of the agency's days"), _zone),
        Key("currency", "CNY", N_("the one currency of all amounts"), _currency),
        Key("language", "zh", N_("language of lists and words to say"), _language),
        Key("region", "CN", N_("country of phone numbers without a prefix"), _region),
        Key(
            "former_regions",
            "",
            N_("countries that stored numbers were read for before `region` was changed"),
            _regions,
        ),
        Key("window", "36m", N_("departures that count for spend and tiers"), _window),
        Key("cuts", "50,80,95", N_("tier cuts, in percent of sales"), _cuts),
        Key(
            "daily_capacity", "40", N_("customers that one person can call a day"), _number(1, 1000)
        ),
        Key(
            "retention_years",
            "5",
            N_("years without a trip or contact after which `check` names a person; 0: never"),
            _number(0, 100),
        ),
        Key("quiet_days", "7", N_("days between two marketing items"), _number(0, 365)),
        Key(
            "voucher_days",
            "365",
            N_("days that a voucher is good for; 0: for ever"),
            _number(0, 3650),
        ),
        Key(
            "complaint_minutes",
            "120",
            N_("minutes until a complaint must have its first answer"),
            _number(1, 10_080),
        ),
        Key(
            "crisis_minutes",
            "30",
            N_("minutes until a crisis must have its emergency answer, at any hour"),
            _number(1, 10_080),
        ),
        Key(
            "business_hours",
            "",
            N_("when clocks of complaints run, like 1-5 09:00-18:00; always if empty"),
            _hours,
        ),
        Key(
            "refund_percent",
            "10",
            N_("refund for a failure, in percent of the trip's price"),
            _number(0, 100),
        ),
        Key(
            "deposit_percent",
            "30",
            N_("the part of a price that is paid at the booking, in percent"),
            _number(0, 100),
        ),
        Key(
            "balance_days",
            "14",
            N_("days before the departure by which the rest is paid"),
            _number(0, 365),
        ),
        Key(
            "cancellation_fees",
            "",
            N_("what cancelling costs: days before the departure, and percent of the price"),
            _ladder,
        ),
        Key(
            "interest_percent",
            "6",
            N_("what money that is outstanding costs, in percent a year"),
            _percent,
        ),
        Key(
            "voucher_ratio",
            "0.8",
            N_("what the customer pays with the voucher for a failure: 0.8, or 8折"),
            _ratio,
        ),
        Key(
            "warn_minutes",
            "30",
            N_("minutes left for a complaint when complaints watch tells"),
            _number(1, 1440),
        ),
        Key(
            "nearly_minutes",
            "30",
            N_("minutes left from which a complaint stands before those of tier A"),
            _number(0, 10_080),
        ),
        Key("on_duty", "", N_("places that are told, if not all: tourcrm notify"), _names),
        Key("today", "", N_("a fixed day that counts as today (for the demo)"), _day),
    )
}


RULES = "rules"  # holds the agency's own follow-up rules, as TOML
PROFILE = "profile:"  # profile:ENTITY:NAME holds a remembered --map, as JSON
PLACE = "notify:"  # notify:NAME holds the address of a place to send to: a secret, shown nowhere
PLACE_OWNER = "notify_owner:"  # notify_owner:NAME says whose day's list goes to that place
PLACE_PHONES = "notify_phones:"  # is "yes" where phone numbers may be told at that place
_OF_PLACES = (PLACE, PLACE_OWNER, PLACE_PHONES)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one database, as typed values."""

    values: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """The value of a setting. Raises Refused where one was stored that cannot be."""
        value = self.shown(name)
        if name != "time_zone" and name in self.values:  # `zone` checks that one, faster
            try:
                KEYS[name].check(value)
            except CellError as reason:
                raise _spoiled(name, value, reason) from None
        return value

    def shown(self, name: str) -> str:
        """The value as it is stored, right or wrong; the default where none is."""
        return self.values.get(name, KEYS[name].default if name in KEYS else "")

    @property
    def profiles(self) -> dict[str, str]:
        """The remembered mappings of imports, by key."""
        return {key: value for key, value in self.values.items() if key.startswith(PROFILE)}

    @property
    def places(self) -> dict[str, str]:
        """The addresses of the places to send to, by name. They are secrets."""
        return {
            key.removeprefix(PLACE): value
            for key, value in sorted(self.values.items())
            if key.startswith(PLACE)
        }

    def place_owner(self, name: str) -> str | None:
        """Whose own a place is; None where it is everybody's."""
        return self.values.get(PLACE_OWNER + name)

    def tells_phones(self, name: str) -> bool:
        """Whether phone numbers may be told at a place: what is in a chat stays there."""
        return PLACE_PHONES + name in self.values

    @property
    def on_duty(self) -> tuple[str, ...]:
        """The names of the places that are told: those chosen, as far as they exist, else all."""
        places = self.places
        chosen = (name for name in parse_names(self["on_duty"]) if name in places)
        return tuple(chosen) or tuple(places)

    @property
    def own_rules(self) -> str:
        """The agency's own follow-up rules, as TOML; empty where it has none."""
        return self.values.get(RULES, "")

    @property
    def former_regions(self) -> tuple[str, ...]:
        """The countries that numbers without a prefix were read for before."""
        return parse_names(self["former_regions"])

    @property
    def zone(self) -> ZoneInfo:
        """The agency's time zone. Raises Refused where there is none of the stored name."""
        name = self["time_zone"]
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            reason = CellError(_NO_ZONE)
            raise _spoiled("time_zone", name, reason) from None

    @property
    def cancellation_fees(self) -> tuple[tuple[int, int], ...]:
        """Days before the departure and percent, the most days first; empty where none are set."""
        return parse_ladder(self["cancellation_fees"])

    @property
    def cuts(self) -> tuple[int, ...]:
        """Tier cuts in percent."""
        return parse_cuts(self["cuts"])


def _spoiled(name: str, value: str, reason: CellError) -> Refused:
    return Refused(
        N_(
            "The database says that {name} is {value}, which cannot be: {reason}. "
            "Put it right: tourcrm settings {name} VALUE"
        ),
        name=name,
        value=visible(value, 60),
        reason=reason,
    )


def load(session: Session) -> Settings:
    """All settings of the database."""
    return Settings(dict(engine.raw(session).execute("SELECT key, value FROM setting").fetchall()))


def checked(name: str, value: str) -> str:
    """The value in the form that is stored. Raises Refused for an unknown key or a wrong value.

    A profile is made by an import; here it can only be forgotten, by an empty value.
    """
    if name.startswith(PROFILE) and not value:
        return value
    if name == RULES:
        raise Refused(N_("Rules come from a file: tourcrm followups rules --load FILE"))
    if name.startswith(_OF_PLACES) or name == PLACE.rstrip(":"):
        raise Refused(N_("Places to send to are kept by a command of their own: tourcrm notify"))
    key = KEYS.get(name)
    if key is None:
        raise Refused(
            N_("There is no setting {name}. Known: {known}."), name=name, known=", ".join(KEYS)
        )
    try:
        return key.check(value)
    except CellError as reason:
        raise Refused(
            N_("{name} cannot be {value}: {reason}."), name=name, value=value, reason=reason
        ) from None


def problems(settings: Settings) -> list[Message]:
    """Stored values that cannot be (somebody wrote into the table by hand)."""
    found = []
    for name, value in settings.values.items():
        if name in KEYS:
            try:
                KEYS[name].check(value)
            except CellError as reason:
                found.append(
                    Message(
                        N_("{name} cannot be {value}: {reason}."),
                        name=name,
                        value=value,
                        reason=reason,
                    )
                )
    found += [
        Message(
            N_("on_duty names {name}, and there is no such place to send to: tourcrm notify list"),
            name=visible(name, 60),
        )
        for name in parse_names(settings.shown("on_duty"))
        if name not in settings.places
    ]
    return found


def store(session: Session, number: Callable[[], int], name: str, value: str) -> None:
    """Set one setting to a checked value; a profile or a place without one is forgotten.

    What it was stays in a change, whose row has no number: a setting is known by its key.
    """
    from tourcrm.db import operations
    from tourcrm.models import Setting

    row = session.get(Setting, name)
    before = {"key": name, "value": None if row is None else row.value}
    after: str | None = value
    if name.startswith((PROFILE, *_OF_PLACES)) and not value:
        after = None
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(Setting(key=name, value=value))
    else:
        row.value = value
    if before["value"] != after:
        operations.changed(
            session, number(), "setting", 0, None, before, {"key": name, "value": after}
        )
    session.flush()
