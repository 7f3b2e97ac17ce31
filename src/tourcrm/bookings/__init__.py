"""What was sold, what was paid for it, and what was promised for later.

In come checked values, out go frozen rows. Money is signed whole fen; a line of money is never
edited, only reversed.

trips          a customer's journey: adding, editing, rows for lists and exports
stages         from inquiry to memory: quoted, booked, completed; cancelled, lost
leads          the inquiries and quotes that are open, and whose they are
travel_days    departure, return, and how many days lie between
products       what is sold again and again
departures     dated runs of it, with seats
seats          how many of them are taken, and who waits for one
itinerary      what happens on the days of a trip or a departure
destinations   what those who go to a place should know
travellers     who else is on a trip, and who would be in two places at once
boarding       a trip on a departure: days and place from there, seats there
status         how a trip stood on a day: booked, cancelled later, completed
payments       lines of money: received, promised back, paid, reversed
plans          which part of a price is to be paid by which day
receivables    what trips still owe, and how old the debt is
cancellation   what it costs to cancel a trip, and what goes back
costs          what trips cost the agency, a line for each thing
margins        what trips bring: price, less costs, plus commission, less refunds
cash           what is expected in and out in the weeks to come
papers         names, numbers and passports that change while a trip is ahead
payers         how long money was outstanding, how late customers pay
vouchers       what is promised for a later trip: issued, used, withdrawn
voucher_list   which vouchers there are as of a day, and how they stand
outstanding    what of refunds and vouchers a customer has not got yet
"""
