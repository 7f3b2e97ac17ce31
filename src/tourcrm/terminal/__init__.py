"""Everything between a command and the person, pipe or cron job that runs it.

process       streams, file mask and signals of the process
context       the outside world in one object: database, language, clock, who asks
render        the one place that writes results: table, JSON, JSON lines, CSV, Excel
typer_i18n    commands and usage errors of Typer in both languages
help          help pages
param_types   the kinds of values that options take
typed         what is typed for a column, checked by its kind
scatter       draws the picture of the quadrants
"""
