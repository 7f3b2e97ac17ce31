"""When something goes wrong: from the first word to the closed complaint.

In comes what somebody did and when, out come events, clocks and what is owed.

lifecycle      the pure heart: rounds, where a complaint stands by its steps, which may follow
story          reads the steps that are stored, of one or of many, as of a moment
service        opens complaints and takes their steps; `steps` writes the events
fixes          what is to be mended inside: promised, and done
escalation     a complaint that has become a crisis
departures     who is on the departure that a crisis is about
deadlines      until when an answer is due
clock          whose clock is running, how long, and what is told of it, each thing once
policy         what is owed for a cause, and what was given
compensation   gives and takes back what is owed
queries        lists, and the page of one complaint
sla            who was answered in time, and what chance does not explain
"""
