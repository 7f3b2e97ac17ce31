"""The events that rules stand on.

In comes which days and customers are wanted, out come rows: customer, subject, day.

spec           what kinds of events there are, and what they have in common
selects        one select for each kind
last_contact   the kind that looks at everybody: who was not spoken to for long
"""
