"""Whom to write to or ask, many at once.

In come conditions and a seed, out comes a list that was drawn by lot.

audience    customers whom one may ask how their trip was
drawing     draws some of many by lot, the same ones for the same seed
"""
