"""The ground that everything stands on: what knows no database, no file and no screen.

In come texts and values, out go checked values and texts to show. Nothing here imports another
room of tourcrm or SQLAlchemy.

errors           messages with exit codes (`Refused`, `NotFound`, ...)
i18n             which language is spoken, and the translation of a text
columns          every column of every entity and result, declared once
kinds            how the cells of a kind of column are read, and its values shown
vocabulary       the words that some cells may hold, with labels and synonyms
choices          the words of options that are limited to a few values
qualifiers       what a header says beside its name: a calendar, a unit, a currency
parsing          the parsers of cells: texts, words, phones, ID numbers, days
folding          one text in two spellings: how texts are compared
money, ratio     amounts in fen; 8折 and other shares of a price
moments, lunar   moments as stored and the bounds of days; the lunar calendar
business_hours   time counted in business hours
product_names    what the name of a product says of service, kind and days
ratings          points on the two scales that are never mixed up
surnames         the surnames of Chinese names, where they are sure
names            whom a name names: two people, a company and its contact, a nickname
passport_names   whether the name in a passport is that of a person
pinyin, speech   names that can be found; salutations, and how days are said
preferences      what customers like: the keys and words that are known, and their checks
template         words with blanks to be filled in
patterns         patterns of texts, compiled when they are first used
blocks           rows that are read some at a time, column by column
display          stored text made safe to show, masked, and measured in cells
"""
