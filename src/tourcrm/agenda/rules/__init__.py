"""Rules of follow-up as data, and nothing that asks a database for events.

In comes TOML, out come frozen rules, or faults with line and key.

rules.toml   the rules that tourcrm brings, with their words in both languages
model        what a rule is, its steps, conditions and words
parser       reads rules and says what is wrong with them
checks       what each key may say
toml_lines   the line on which a key stands
lint         finds what nothing ever reaches
"""
