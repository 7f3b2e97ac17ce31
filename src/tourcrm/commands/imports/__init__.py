"""The `import` command that customers, trips, interactions and surveys have, and `tourcrm imports`.

command         `import`, of each noun that has one
intake          what it does: from a file and what was said of it to a result and an exit code
options         its options
pairs           `--map`, `--set` and `--word`
profiles        what `--profile` remembers
questions       what is asked at a terminal: unknown columns, lines of one order
progress        how far it is
report          what it says that it did
rejected_file   the rejected rows, each with its reason, and the command that imports them again
history         `tourcrm imports`: list, show, undo
"""
