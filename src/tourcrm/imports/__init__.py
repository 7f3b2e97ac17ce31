"""From a sheet to rows: customers, trips, contacts and answers, whole or rejected with a reason.

In come a sheet and what was said about it, out goes a result: what was read, added, updated,
rejected, inferred. One import is one operation, and can be taken back.

service         the way in: which import, over which sheet
column_reader   maps headers to columns, and reads cells column by column
pipeline        the course that all take: read in chunks, settle in a temporary table, write
customers, trips, contacts, surveys    what is particular to each
new_customers   customers that trips bring along
matching        who is the same customer
contradictions  rows of one identity that say different things
order_lines     rows of one order whose amounts add up
currencies      amounts in other currencies, and rates
decided         decisions that a sheet does not take back
unchanged, pairing    rows of trips that stand in the table already; which is which of those alike
footers         totals and signatures, which are no data
undo            takes an import back
"""
