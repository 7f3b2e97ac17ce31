"""What customers think: asked, taken down, added up.

In come answers, out go scores with the margin that chance leaves.

service      takes answers down
queries      answers as rows, for lists and exports
totals       what they come to, of all together or group by group
scores       NPS and satisfaction with their margins
form         the form that is sent to a customer
"""
