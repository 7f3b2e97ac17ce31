"""Cells of a sheet: the text of one cell in, a value out, or CellError with the reason.

One parser for each kind of cell. Callers treat blank cells (see `blank`) as absent and never pass
them in. Nothing is guessed: what can be read in two ways is refused, saying what to write instead.
No message repeats the cell, which may hold personal data.

beside         what a cell holds beside its value
characters     code points of old encodings, traditional forms
traditional    the simplified form of any traditional character
nothing        what means blank
texts          the plain form of a cell; names, codes, e-mail addresses
words          words of a vocabulary, yes and no, tags, counts
phone_numbers  one number or two, as E.164
former_regions numbers that were read for another country
documents      ID and passport numbers
days           days and moments, and which of 5/3/2024 is the month
spoken_days    days as people say them where they type: tomorrow, next Friday
periods        days of a journey in one cell, days without a year
special_days   days that come back every year, solar and lunar
"""

from tourcrm.base.parsing.beside import Beside
from tourcrm.base.parsing.days import Order, day, moment, needs_order, order_of
from tourcrm.base.parsing.documents import birthday_of, gender_of, id_number, passport
from tourcrm.base.parsing.nothing import NO_NAME, NO_TEXT, NOTHING, is_nothing
from tourcrm.base.parsing.phone_numbers import phone, phone_beside, phones, phones_beside
from tourcrm.base.parsing.special_days import special_day, special_day_text
from tourcrm.base.parsing.texts import (
    blank,
    clean,
    code,
    composed,
    email,
    label,
    masked,
    name,
    text,
)
from tourcrm.base.parsing.words import count, flag, party, tags, word, word_key

__all__ = [
    "NOTHING",
    "NO_NAME",
    "NO_TEXT",
    "Beside",
    "Order",
    "birthday_of",
    "blank",
    "clean",
    "code",
    "composed",
    "count",
    "day",
    "email",
    "flag",
    "gender_of",
    "id_number",
    "is_nothing",
    "label",
    "masked",
    "moment",
    "name",
    "needs_order",
    "order_of",
    "party",
    "passport",
    "phone",
    "phone_beside",
    "phones",
    "phones_beside",
    "special_day",
    "special_day_text",
    "tags",
    "text",
    "word", "word_key",
]  # fmt: skip
