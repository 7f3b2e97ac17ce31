"""What customers think: asked, taken down, added up.

In come answers, out go scores with the margin that chance leaves.

service      takes answers down, lists them, and adds them up
scores       NPS and satisfaction with their margins
form         the form that is sent to a customer
"""
