"""The companies and referrers that customers of a sheet name."""

from tourcrm.base import pinyin
from tourcrm.base.columns import CUSTOMER, references
from tourcrm.base.columns.header_words import CELLS
from tourcrm.base.display import visible
from tourcrm.customers import referrals
from tourcrm.db import codes
from tourcrm.imports.customer_details import giving
from tourcrm.imports.matching import Register
from tourcrm.imports.pipeline import Intake
from tourcrm.imports.references import Referrer


def add(intake: Intake) -> set[int]:
    """Companies and referrers, which may stand anywhere in the file, by code or phone."""
    touched: set[int] = set()
    terms = intake.request.terms
    register = Register(intake.connection, terms.former)
    referrer = Referrer(register, terms.region, names=False)
    for name, column in references(CUSTOMER).items():
        rows = giving(intake, name)
        found = referrer.resolve([cell for _, _, cell in rows])
        lost = 0
        for (line, who, cell), one in zip(rows, found, strict=True):
            other = _company(intake, cell) if name == "company" and type(one) is not int else one
            if other is None and name == "company" and _names_customers(intake):
                other = _made(intake, cell)
            if type(other) is not int or other == who:
                lost += 1
                continue
            present = intake.connection.execute(
                f"SELECT {column} FROM customer WHERE id = ?",  # noqa: S608 - columns of CUSTOMER
                (who,),
            ).fetchone()[0]
            if name == "referred_by" and who in referrals.chain(intake.session, other):
                named = intake.header_of(name)
                intake.reader.remarks.add("referral_loop", named, line, visible(cell, 40))
                continue
            if present == other or (present and intake.request.on_duplicate == "fill"):
                continue
            if who >= intake.first_new:
                intake.connection.execute(
                    f"UPDATE customer SET {column} = ? WHERE id = ?",  # noqa: S608 - columns of CUSTOMER
                    (other, who),
                )
            else:
                intake.write_change("customer", who, {column: present}, {column: other})
            touched.add(line)
        if lost:
            intake.result.inferred[name] = lost
    return touched


def _company(intake: Intake, name: str) -> int | None:
    """The one company or channel of this name."""
    found = intake.connection.execute(
        "SELECT id FROM customer WHERE name = ? AND kind IN ('company', 'channel') LIMIT 2",
        (name,),
    ).fetchall()
    return found[0][0] if len(found) == 1 else None


def _names_customers(intake: Intake) -> bool:
    """Whether the companies stand where customers do: 客户名称 beside 联系人."""
    [source, *_] = intake.headers.sources.get("company", [None])
    return source is not None and source.meaning.rank == CELLS


def _made(intake: Intake, name: str) -> int | None:
    """A new customer: a company that nobody is called like, for whom a row's person works."""
    if intake.connection.execute("SELECT 1 FROM customer WHERE name = ?", (name,)).fetchone():
        return None
    row_id = codes.next_id(intake.session)
    [(full, initials)] = pinyin.of_names([name])
    intake.connection.execute(
        "INSERT INTO customer (id, code, name, kind, status, marketing_consent, "
        "do_not_contact, name_pinyin, name_initials, entered_on, operation_id) "
        "VALUES (?, ?, ?, 'company', 'active', 'unknown', 0, ?, ?, ?, ?)",
        (
            row_id,
            codes.code_of(row_id),
            name,
            full,
            initials,
            intake.request.today.isoformat(),
            intake.operation,
        ),
    )
    intake.result.inferred["companies"] = intake.result.inferred.get("companies", 0) + 1
    return row_id
