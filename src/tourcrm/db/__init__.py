"""The one SQLite file: opened, migrated, copied, and everything that only SQLite speaks.

In come a path and statements, out come sessions (one transaction each) and rows. A use case is
handed a session and never opens one.

engine       sessions to read and to write, and plain rows of a select
files        whether a file is ours; made new, brought up to date, copied
restoring    a copy put back
encryption   encrypted files: known by their looks, opened with a key
keys         where the key comes from: a file, the keyring, a person
conversion   a plain file becomes an encrypted one, and back
migrations   the schema as steps that are only ever added to
dialect      SQL that only SQLite says this way
faults       why SQLite cannot go on, in the user's words
strangers    what somebody else put into a file, and its removal
health       whether a file and its surroundings are sound; sharing it with a team
operations   what each command did, so that it can be taken back
codes        codes of rows: made in one place, looked up in one place
peek         one setting read before anything is built
setting      the agency's settings: names, defaults, checks
"""
