"""A thin module a noun, loaded when its noun is asked for (`tourcrm.cli` has the table).

A command parses, opens a desk, calls one use case, and emits its rows.

options      the options that mean the same everywhere
fields       an option for each column of an entity
customers/   people and companies: entry, look, filters, many, duplicates, personal, ...
trips/       journeys: entry, lists, stages, costs, party, letters
undo         the last command, taken back
referrals    what `tourcrm stats referrals` shows
data_check   what `tourcrm check --data` lists
terms        when a price is to be paid, what to know of who books
imports/     the `import` command of four nouns, and `tourcrm imports`
named        a trip, complaint, voucher or payment by its code or its customer
pages/       what people read as a page of text
"""
