"""Amounts of a sheet in other currencies than the agency's: refused, or converted at a rate that
somebody said, which is kept in the note.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from tourcrm.base import money
from tourcrm.base.errors import CellError, Message, WrongUsage
from tourcrm.base.i18n import N_
from tourcrm.base.parsing import Beside
from tourcrm.imports import note_entries

_RATE = re.compile(r"\s*(?P<currency>[^=]+?)\s*=\s*(?P<rate>[0-9]{1,9}(\.[0-9]{1,9})?)\s*")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount whose cell names a currency."""

    fen: int
    currency: str


def rates(given: Sequence[str], home: str) -> dict[str, Decimal]:
    """What --rate says: USD=7.1 is what one USD is worth in the agency's currency."""
    found: dict[str, Decimal] = {}
    for one in given:
        match = _RATE.fullmatch(one)
        try:
            currency = money.parse_currency(match["currency"], home) if match else ""
            rate = Decimal(match["rate"]) if match else Decimal(0)
        except (CellError, InvalidOperation):
            currency, rate = "", Decimal(0)
        if not currency or currency == home or not rate or currency in found:
            raise WrongUsage(
                N_(
                    "--rate takes CURRENCY=RATE, what one is worth in {home}, like USD=7.1; "
                    "not {given}."
                ),
                home=home,
                given=one[:60],
            )
        found[currency] = Decimal(f"{rate.normalize():f}")
    return found


def parse(cell: str, home: str) -> int | Amount | Beside:
    """Reads a cell of amounts of any currency; a sum is one of the agency's."""
    try:
        fen, currency = money.parse_money(cell, home)
    except CellError:
        return money.parse_sum(cell, home)
    return fen if currency is None else Amount(fen, currency)


@dataclass(slots=True)
class Exchange:
    """Brings the amounts of a sheet into the agency's currency."""

    home: str
    rates: Mapping[str, Decimal]
    header: str | None  # of the column that names the currency
    amounts: Mapping[str, str]  # the fields that hold amounts, and their headers
    converted: Counter[str] = field(default_factory=Counter)

    def bring_home(
        self, given: Mapping[str, Sequence[Any]], staged: dict[str, list[Any]]
    ) -> dict[int, Message]:
        """Put the amounts that columns give into those that are staged, and say it in the notes;
        returns by place why some cannot be taken."""
        refused: dict[int, Message] = {}
        for name in self.amounts:
            nothing = [None] * len(given[name])
            currencies, notes = given.get("currency", nothing), staged.get("note", nothing)
            staged[name], staged["note"], wrong = self._read(name, given[name], currencies, notes)
            refused |= wrong
        return refused

    def _read(
        self,
        name: str,
        amounts: Sequence[Any],
        currencies: Sequence[str | None],
        notes: Sequence[str | None],
    ) -> tuple[list[int | None], list[str | None], dict[int, Message]]:
        """The amounts of a field, notes that tell of conversions, and by place why some cannot
        be taken."""
        prices: list[int | None] = []
        told = list(notes)
        refused: dict[int, Message] = {}
        for place, (amount, column) in enumerate(zip(amounts, currencies, strict=True)):
            if amount is None:
                prices.append(None)
                continue
            fen, said = (amount, None) if type(amount) is int else (amount.fen, amount.currency)
            currency = column or said or self.home
            if said and column and said != column:
                refused[place] = self._contradiction(name, said, column)
            elif currency != self.home and currency not in self.rates:
                refused[place] = self._foreign(name, currency, column)
            if place in refused:
                prices.append(None)
                continue
            if currency != self.home:
                amount = money.plain_amount(fen)
                kept = note_entries.conversion(amount, currency, self.rates[currency])
                told[place] = note_entries.with_entries(told[place], [kept])
                fen = money.convert(fen, self.rates[currency])
                self.converted[currency] += 1
            if fen > money.LIMIT:
                refused[place] = Message(N_("the amount is too large: check its digits"))
            prices.append(fen)
        return prices, told, refused

    def _contradiction(self, name: str, said: str, column: str) -> Message:
        return Message(
            N_("{column}: the amount is in {said}, but {header} says {other}"),
            column=self.amounts[name],
            said=said,
            header=self.header,
            other=column,
        )

    def _foreign(self, name: str, currency: str, column: str | None) -> Message:
        return Message(
            N_(
                "{column}: it is in {other}, but amounts are kept in {currency}: convert it, or "
                "say the rate with --rate {other}=..."
            ),
            column=self.header if column else self.amounts[name],
            other=currency,
            currency=self.home,
        )

    def remarks(self) -> list[Message]:
        """What was converted, for the summary."""
        return [
            Message(
                N_("{n} amounts converted from {currency} at {rate}; kept in the note"),
                n=count,
                currency=currency,
                rate=self.rates[currency],
            )
            for currency, count in self.converted.items()
        ]
