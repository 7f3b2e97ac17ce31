"""What the law on personal information asks for: looks are written down, a person gets all that is
stored of them, is erased, and is not kept for ever.

In come a session and a customer; out go frozen rows.

looks      who looked at numbers that are hidden elsewhere
dossier    all that is stored of a person
erase      a person is removed from everything but the sums
retention  persons of whom nothing was heard for years
"""
