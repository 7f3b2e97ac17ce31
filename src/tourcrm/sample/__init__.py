"""The sample agency that `tourcrm demo` imports: its sheets, and the day on which it is looked at.

The sheets are made by scripts/make_sample.py. Every person and number in them is invented.
"""

from datetime import date
from pathlib import Path

AGENCY = "远方旅行社"
SAMPLE_DAY = date(2026, 11, 20)
FOLDER = Path(__file__).parent

CUSTOMERS = "客户.xlsx"
OLD_ORDERS = "订单2021-2023.csv"
NEW_ORDERS = "orders_2024-2026.csv"
CONTACTS = "联系记录.csv"
FILES = (CUSTOMERS, OLD_ORDERS, NEW_ORDERS, CONTACTS)
"""The sheets, in the order in which they are imported."""
