"""One table of columns per entity and per result; a column is declared in its row, and only there.

column       what a row says: header names, kind, where it is stored, its option, where it is shown
headers      which column a header of a sheet means, and how it says its cells are to be read
header_words     the words for that: ranks of names, parts of names
address_books    headers that are known as a whole only: Google, Outlook, WeCom, vCards
customer, trip, product, interaction, survey, payment, complaint      the entities
intake, analysis, agenda, notify                             results of commands
"""

from tourcrm.base.columns.agenda import (
    AGENDA,
    BIRTHDAYS,
    COUNTS,
    DEPARTURES,
    DUE,
    FAULTS,
    FESTIVALS,
    GROUPS,
    REFUNDS,
    RESULTS,
    RULES,
)
from tourcrm.base.columns.analysis import (
    CUT_BY,
    FINANCE,
    QUADRANTS,
    RFM,
    SOURCES,
    TIERS,
    VALUE,
    WEEKS,
)
from tourcrm.base.columns.column import (
    APART,
    PLAIN,
    Column,
    Columns,
    by_field,
    found,
    option,
    option_names,
    options,
    plain,
    references,
    row_type,
    stored,
)
from tourcrm.base.columns.complaint import (
    ABOARD,
    CHECKPOINT,
    CLOCKS,
    COMPENSATION,
    COMPLAINT,
    COMPLAINT_EVENT,
    COMPLAINT_LIST,
    FIX,
    PUNCTUALITY,
)
from tourcrm.base.columns.customer import CUSTOMER, PERSONAL
from tourcrm.base.columns.headers import field_of, folded, names
from tourcrm.base.columns.intake import (
    COMMANDS_DONE,
    IMPORT_RESULT,
    OPERATION,
    REASON,
    TAKEN_BACK,
)
from tourcrm.base.columns.interaction import INTERACTION
from tourcrm.base.columns.notify import PLACES
from tourcrm.base.columns.payment import INSTALLMENT, PAYMENT, PROMISED, RECEIVABLE, VOUCHER
from tourcrm.base.columns.product import ABOARD_LIST, DEPARTURE, DEPARTURE_LIST, PRODUCT
from tourcrm.base.columns.survey import CALLS, CSAT, NPS, SURVEY
from tourcrm.base.columns.trip import (
    ALONG,
    CANCELLATION,
    COST,
    ITINERARY,
    LEAD,
    MARGIN,
    TRAVELLERS,
    TRIP,
    WHOSE_LEADS,
)

__all__ = [
    "ABOARD",
    "ABOARD_LIST",
    "AGENDA",
    "ALONG",
    "APART",
    "BIRTHDAYS",
    "CALLS",
    "CANCELLATION",
    "CHECKPOINT",
    "CLOCKS",
    "COMMANDS_DONE",
    "COMPENSATION",
    "COMPLAINT",
    "COMPLAINT_EVENT",
    "COMPLAINT_LIST",
    "COST",
    "COUNTS",
    "CSAT",
    "CUSTOMER",
    "CUT_BY",
    "DEPARTURE",
    "DEPARTURES",
    "DEPARTURE_LIST",
    "DUE",
    "FAULTS",
    "FESTIVALS",
    "FINANCE",
    "FIX",
    "GROUPS",
    "IMPORT_RESULT",
    "INSTALLMENT",
    "INTERACTION",
    "ITINERARY",
    "LEAD",
    "MARGIN",
    "NPS",
    "OPERATION",
    "PAYMENT",
    "PERSONAL",
    "PLACES",
    "PLAIN",
    "PRODUCT",
    "PROMISED",
    "PUNCTUALITY",
    "QUADRANTS",
    "REASON",
    "RECEIVABLE",
    "REFUNDS",
    "RESULTS",
    "RFM",
    "RULES",
    "SOURCES",
    "SURVEY",
    "TAKEN_BACK",
    "TIERS",
    "TRAVELLERS",
    "TRIP",
    "VALUE",
    "VOUCHER",
    "WEEKS",
    "WHOSE_LEADS",
    "Column",
    "Columns",
    "by_field",
    "field_of",
    "folded",
    "found",
    "names",
    "option",
    "option_names",
    "options",
    "plain",
    "references",
    "row_type",
    "stored",
]  # fmt: skip
