"""Products: what the agency sells again and again, and where a departure of it goes."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from tourcrm.base import columns
from tourcrm.base.columns import PRODUCT, option
from tourcrm.base.errors import Refused
from tourcrm.base.i18n import N_
from tourcrm.db import codes, engine, operations
from tourcrm.db.codes import Number
from tourcrm.models import Product

_NEVER_EMPTY = ("code", "name", "service", "kind")


def find_one(session: Session, code: str) -> Product:
    """The product with this code. Raises NotFound."""
    none = N_("There is no product {code}. Look around with: tourcrm products list")
    return codes.find_one(session, Product, code, none)


def add(session: Session, number: Number, values: Mapping[str, Any]) -> Product:
    """Add a product from checked values by column. Raises Refused for a code that is taken."""
    facts = {field: value for field, value in values.items() if value is not None}
    _refuse_same_code(session, facts)
    return operations.add(session, Product(operation_id=number(), **facts))


def edit(
    session: Session, number: Number, row: Product, values: Mapping[str, Any]
) -> tuple[str, ...]:
    """Change a product's columns; None clears one. Returns those that changed; what was sold of it
    stays as it is. Raises Refused like `add`."""
    for field in _NEVER_EMPTY:
        if field in values and values[field] is None:
            raise Refused(N_("{option} cannot be empty."), option=option(field))
    if values.get("code") != row.code:
        _refuse_same_code(session, values)
    if all(getattr(row, field) == value for field, value in values.items()):
        return ()
    return operations.edit(session, number(), row, values, None)


def _refuse_same_code(session: Session, facts: Mapping[str, Any]) -> None:
    code = facts.get("code")
    if code and session.exec(select(Product.id).where(col(Product.code) == code)).first():
        raise Refused(N_("There is a product {code} already; choose another code."), code=code)


def listed(session: Session) -> Iterator[Row[Any]]:
    """All products by code, as rows with the fields of columns.PRODUCT."""
    fields = engine.fields(Product, columns.plain(PRODUCT))
    return engine.selected(session, core_select(*fields).order_by(col(Product.code)))
