"""A thin module a noun, loaded when its noun is asked for (`tourcrm.cli` has the table).

A command parses, opens a desk, calls one use case, and emits its rows.

options      the options that mean the same everywhere
fields       an option for each column of an entity
intake       what the import commands share; `intake_report` what they say, `intake_ask`
             asks about columns, `import_words` is `--word`
pages/       what people read as a page of text
"""
