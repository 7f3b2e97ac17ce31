"""From a sheet to rows: customers, trips, payments, contacts, answers, products and departures.

In come a sheet and what was said about it, out goes a result: what was read, added, updated,
rejected, inferred; a row whole or not at all. One import is one operation, and can be taken back.

service           the way in: which import, over which sheet
headings          which column of a sheet is which field, and how its cells are to be read
mapping           the same with what somebody said of it, refused where it stays open
cells             what the first cells of a column look like
column_reader     reads cells column by column
joining           cells as their headers say, and several columns as one field
note_entries      what an import adds to notes
asides            what cells hold beside their value, and cells that are left out
request           what is to be imported and how; what became of it
pipeline          the course that all take: read, settle, write the changes, say what was done
incoming          the rows of the sheet in a temporary table; those that are rejected
merging           rows of one identity become one, or are rejected
customers, trips, payments, contacts, surveys    what is particular to each
trip_days         the days of trips: years and returns that cells leave open, how long it may last
aftermath         customers who are back, and those whom several advisers court
unsaid            what new trips leave out: status, service, kind, as names of products tell them
offers            birthdays that stand in notes
customer_details  tags, special days and genders of customers
own_values        preferences, and fields of the agency's own
sources           the numbers that booking sites have for customers
connections       the companies and referrers that customers name
documents         birthdays and genders that ID numbers tell
by_row, offerings, places    sheets settled row by row: products, departures; itineraries, places
new_customers, named_alone    customers that trips bring along; rows that tell only a name
matching          who is the same customer
references        which customer a row of another table names
colleagues        rows of one customer, one for each colleague
group_codes       departures that a sheet of trips names, and those that it makes
fingerprints      rows without an identity, known again by their cells
contradictions    rows of one identity that say different things
party_rows        rows of the travellers of an order
order_lines       rows of one order whose amounts add up
stated, stated_money    what a sheet of trips says of deposits, payments and what is left
currencies        amounts in other currencies, and rates
decided           decisions that a sheet does not take back
unchanged, pairing    rows of trips that stand in the table already; which is which of those alike
footers           totals and signatures, which are no data
undo, undo_money, undo_offerings    takes an import back
ledger            which imports there were, and what they overwrote
"""
