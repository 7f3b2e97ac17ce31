"""What was sold, what was paid for it, and what was promised for later.

In come checked values, out go frozen rows. Money is signed whole fen; a line of money is never
edited, only reversed.

trips          a customer's journey from inquiry to memory
status         how a trip stood as of a day, in SQL and in Python
payments       refunds that are promised, paid, reversed
vouchers       what was promised for a later trip
outstanding    what of both a customer has not got yet
"""
