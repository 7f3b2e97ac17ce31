"""Whom to call today, why, and what to say.

In come a session, the settings and a day, out come lines: items in their states, with words.
`tourcrm.followup` is its door.

rules/       rules as data: read, checked, an agency's own kept
events/      what rules stand on: departures, birthdays, answers, last contacts ...
candidates   gathers events and facts of customers to what may be owed
states       without I/O: which state each item is in, in which order, and what fits the day
planner      puts the agenda of a day together
wording      makes the words of a line
decisions    what was decided, and ids; `actions` decides: done, tried, skip, snooze, undo
tasks        what a colleague noted for a day
calendar     what a phone's calendar is told
results      how many booked again; `trial` what a rules file would have brought
"""
