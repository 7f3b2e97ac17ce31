"""Who the agency knows, and every contact with them.

In come checked values, out go frozen rows; every write is part of an operation.

service       add, edit, tag, lose
lookup        `find_one` gives the customer who is meant
special_days  days of every year: remembered, forgotten, named
former_regions  countries that numbers were read for before
documents     what an ID number tells: birthday and gender
passports     whether the name in a passport is that of the customer
referrals     who was brought by whom, without loops
assignment    who looks after whom: customers shared out
preferences   what they like, as they said it; how they want to be reached
own_fields    columns that the agency added itself, and what they hold
saved_filters selections of customers that have a name
consent       on which channels they agree to be written to
newcomers     whether somebody who comes was erased before
belongings    which rows of which tables are a customer's
queries       customers as rows for lists, exports and what is found
search        the conditions by which names, pinyin, phones and the rest are found
contacts      log and list contacts
duplicates    pairs of customers who are likely one, found among all
likeness      how likely two are one, and why: the weights
merge         two entries become one, every row of the other moves
merged_values    which values the one has
references    what refers to a customer, read off the tables
"""
