"""Views that join what several rooms know.

In come a session and a day, out come frozen values that commands lay out as pages.

morning            the page of `tourcrm today`
departure_sheet    what a guide takes along
handbook           what travellers are sent before they go
portrait           what the trips of a customer tell of them
circle             the people of a company, whom a channel brought
data_quality       what is wrong or missing in the customer file, and how complete it is
customer_profile   the page to read before a call
"""
