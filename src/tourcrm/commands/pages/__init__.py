"""Pages of text for people: frozen values in, lines out.

layout       what all pages share
customer     the page before a call, with `promises` and `portrait`
merge        two entries of one customer side by side
due_list     the list of the morning
brief        the same in a line each, and as messages on their way
followup     one follow-up
complaint    a complaint with its steps, `clocks` those that wait for an answer
departure_sheet  the guide's sheet
handbook     words that travellers are sent
conversion   why inquiries were lost, to whom, and who never books
segments     what stands around the lists of segments; `quadrants` around theirs
rule_list    the rules of follow-up
results      how many booked again
"""
