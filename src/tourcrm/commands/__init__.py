"""A thin module a noun, loaded when its noun is asked for (`tourcrm.cli` has the table).

A command parses, opens a desk, calls one use case, and emits its rows.

options      the options that mean the same everywhere
many         one change to many customers
fields       an option for each column of an entity
trip_stages  of trips: quote, book, complete, cancel, lose
trip_party   of trips: who is on one, and what happens on it
trip_letters of trips: the handbook, a notice of a change
trip_costs   of trips: what they cost
terms        when a price is to be paid, what to know of who books again
imports/     the `import` command of four nouns, and `tourcrm imports`
named        a trip, complaint, voucher or payment by its code or its customer
pages/       what people read as a page of text
"""
