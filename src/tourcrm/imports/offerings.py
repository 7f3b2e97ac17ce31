"""Products and departures from sheets; both are known by their codes."""

from tourcrm.base.columns import DEPARTURE, PRODUCT
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.bookings import departures, products
from tourcrm.db import codes
from tourcrm.imports.by_row import ADDED, UNCHANGED, UPDATED, ByRow, Row
from tourcrm.models import Departure, Product


class Products(ByRow):
    """What is sold again and again."""

    columns = PRODUCT
    table = "product"
    required = ("code",)
    marks = ("code",)

    def identity(self, row: Row) -> str | None:
        code = row.get("code")
        return None if code is None else str(code)

    def store(self, row: Row) -> str:
        if "code" not in row:
            raise Refused(N_("no code: a product is known by its own"))
        present = codes.row_called(self.session, Product, row["code"])
        if present is None:
            facts = {"name": row["code"], **row}
            products.add(self.session, self.number, facts)
            return ADDED
        new = self.wanted(present, {name: row[name] for name in row if name != "code"})
        changed = new and products.edit(
            self.session, self.number, present, {"code": present.code, **new}
        )
        return UPDATED if changed else UNCHANGED


class Departures(ByRow):
    """Dated runs, with seats. Trips on one that moves move with it."""

    columns = DEPARTURE
    table = "departure"
    required = ("code",)
    marks = ("code",)
    moved = 0

    def identity(self, row: Row) -> str | None:
        code = row.get("code")
        return None if code is None else str(code)

    def store(self, row: Row) -> str:
        if "code" not in row:
            raise Refused(N_("no code: a departure is known by its own"))
        present = codes.row_called(self.session, Departure, row["code"])
        if present is None:
            self._refuse_blanks(row)
            departures.add(self.session, self.number, row)
            return ADDED
        given = {name: row[name] for name in row if name not in ("code", "product")}
        new = self.wanted(present, given)
        if "product" in row and self.request.on_duplicate != "skip":
            sold = products.find_one(self.session, row["product"])
            if sold.id != present.product_id and (
                self.request.on_duplicate == "update" or present.product_id is None
            ):
                new["product"] = sold.code
        if not new:
            return UNCHANGED
        edited = departures.edit(self.session, self.number, present, new)
        self.moved += edited.moved
        self.result.notes += edited.notes
        return UPDATED if edited.changed else UNCHANGED

    def _refuse_blanks(self, row: Row) -> None:
        """What a departure that is not here yet must say."""
        sold = products.find_one(self.session, row["product"]) if "product" in row else None
        there = {**row, "destination": row.get("destination") or (sold and sold.destination)}
        lacking = [
            name for name in ("destination", "departs_on", "seats") if there.get(name) is None
        ]
        if lacking:
            raise Refused(
                N_("a new departure needs {missing}"),
                missing=", ".join(self.header_of(name) for name in lacking),
            )

    def _settle(self) -> None:
        super()._settle()
        if self.moved:
            self.result.notes.append(
                Message(N_("trips that moved with their departures: {n}"), n=self.moved)
            )
