"""What commands did: looked at, taken back.

In come a session and the number of an operation, or a customer; out go frozen rows. Rows that an
operation inserted carry its number, updated and deleted ones left a change: that is all there is to
know.

undo       the last command of somebody is taken back, whatever it was
deeds      what an operation did, and what people call its rows
built_on   what comes first, since it was built on it
story      every change of a customer, and every look at what is hidden
"""
