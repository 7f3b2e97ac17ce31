"""tourcrm: after-sales care for small travel agencies, over one SQLite file."""

__version__ = "0.1.0"
