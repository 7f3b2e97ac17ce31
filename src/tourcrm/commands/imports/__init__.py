"""The `import` command that customers, trips, interactions and surveys have, and `tourcrm imports`.

command     `import`: from a file and what was said of it to a result and an exit code
report      what an import says that it did
questions   what it asks about columns at a terminal
pairs       `--word`, and the words that a profile keeps
history     `tourcrm imports`: list, show, undo
"""
