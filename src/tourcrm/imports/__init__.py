"""From a sheet to rows: customers, trips, contacts and answers, whole or rejected with a reason.

In come a sheet and what was said about it, out goes a result: what was read, added, updated,
rejected, inferred. One import is one operation, and can be taken back.

service         the way in: which import, over which sheet
column_reader   maps headers to columns, and reads cells column by column
asides          what cells hold beside their value, and cells that are left out
pipeline        the course that all take: read in chunks, settle in a temporary table, write
customers, trips, contacts, surveys    what is particular to each
products        what names of products say of new trips
trip_days       years and returns that cells of trips leave open
offers          birthdays that stand in notes
documents       birthdays and genders that ID numbers tell
new_customers   customers that trips bring along
unchanged       rows of trips that stand in the table already
matching        who is the same customer
footers         totals and signatures, which are no data
undo            takes an import back
"""
