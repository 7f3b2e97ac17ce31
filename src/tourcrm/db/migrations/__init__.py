"""The schema, step by step: numbered, append-only. Step N takes a file from version N-1 to N.

A step is never edited once it has been released; tests keep a file of every earlier version. A new
one goes to the end of the newest module, or into a module of its own, named for its number, which
is then added here.

step               what a step is
v1_agency          customers, trips, contacts, decisions, operations, tasks
v4_complaints      complaints and what is owed for them, payments, vouchers, answers, calendars
v7_bookings        products, departures with seats, travellers, plans, costs
v9_customer_file   looks, old codes, numbers of sources, likes, own columns, consent
"""

from tourcrm.db.migrations import v1_agency, v4_complaints, v7_bookings, v9_customer_file
from tourcrm.db.migrations.step import Step

__all__ = ["NEWEST", "STEPS", "Step"]

STEPS = (*v1_agency.STEPS, *v4_complaints.STEPS, *v7_bookings.STEPS, *v9_customer_file.STEPS)
NEWEST = len(STEPS)
