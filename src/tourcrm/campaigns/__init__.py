"""Whom to write to or ask, many at once.

In come conditions and a seed, out comes a list that was drawn by lot.

audience    customers whom one may ask how their trip was, drawn by lot; the same for the same seed
"""
