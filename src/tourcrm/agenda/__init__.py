"""Whom to call today, why, and what to say.

In come a session, the settings and a day, out come lines: items in their states, with words.
`tourcrm.followup` is its door. The way of a line, each stage once:

day          what is known of a day before any event: rules, decisions, who deserves what
events/      what rules stand on: departures, birthdays, answers, last contacts ...
candidates   finds the events of a day, and makes the items that the rules owe for them
facts        what is known of the customers of these events
states       without I/O: which state each item is in
listing      without I/O: in which order items are listed, and what fits the day
planner      hands these from one to the next
households   who is spoken to: one call a household and trip, nothing to children
wording      makes the lines of a list; `saying` their words, `blanks` what fills their blanks
on_the_way   whose birthday falls on a trip: told to the guide, on the line of the departure

rules/       rules as data: read and checked; `rulebook` keeps an agency's own
keys         what tells one item from all others, its printed id, and what a decision says
decisions    reads and writes what was decided; `actions` decides: done, tried, skip, snooze, undo
tasks        what a colleague noted for a day
calendar     what a phone's calendar is told
results      how many booked again; `trial` what a rules file would have brought
"""
