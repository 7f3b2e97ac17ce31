"""What the trips of all customers say together, as of a day; nothing of it is stored.

In come a session, a day and a window, out come arrays and a row a customer.

trip_history    every trip read once, into arrays, a place a customer
population      the gap, tiers and scale that follow from all of them, as rows for SQL
rfm, tiers, quadrants    the three ways to tell who deserves what (`tourcrm.segment` is their door)
finance         what sales bring, by month, place, kind, supplier, channel, adviser
conversion      from inquiry to booking: how many, how soon, why not; who asks and never buys
trend           the last twelve months of each customer against the twelve before
value           what customers bring, less what it costs to wait for their money
filters         the one language for choosing customers
price_sensitivity   who looks at the price, and what that rests on
referrals       who brought whom, as trees, and with which revenue
groups          who is listed in them, and the members of a group together
"""
