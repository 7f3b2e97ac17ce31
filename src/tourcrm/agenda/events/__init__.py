"""The events that rules stand on.

In comes which days and customers are wanted, out come events: customer, subject, day.

spec           what kinds of events there are; knows no database
search         what is looked for, and what an event is
selects        one select for each kind
sales          those of quotes, of what is owed, papers, seats that came free, lost customers
revenue        the beginning of a month: who brings less than before, who is on the way up
credit         debts beyond a limit
papers         papers that change while a trip is ahead
last_contact   the kind that looks at everybody: who was not spoken to for long
"""
