"""Amounts of money: whole numbers of fen (minor units, two decimals), never floats.

One currency for a database. No amount is over 10^12 fen (ten thousand million in major units).
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.parsing import clean
from tourcrm.base.parsing.beside import Beside
from tourcrm.base.parsing.characters import SIMPLIFIED
from tourcrm.base.patterns import pattern

LIMIT = 10**12

# How currencies are written, in small letters. A currency that is not here goes by its code.
_CURRENCY_WORDS = {
    "CNY": ("¥", "rmb", "cny", "人民币", "元", "块", "块钱", "圆", "元人民币"),
    "USD": ("$", "us$", "usd", "美元", "美金", "刀", "dollar", "dollars"),
    "EUR": ("€", "eur", "欧元", "euro", "euros"),
    "GBP": ("£", "gbp", "英镑"),
    "JPY": ("¥", "円", "jpy", "日元", "日圆", "日币"),
    "HKD": ("hk$", "hkd", "港元", "港币", "港纸"),
    "MOP": ("mop$", "mop", "澳门元", "澳门币", "葡币"),
    "TWD": ("nt$", "twd", "ntd", "新台币", "台币"),
    "SGD": ("s$", "sgd", "新加坡元", "新币"),
    "AUD": ("a$", "aud", "澳元", "澳币"),
    "CAD": ("c$", "cad", "加元", "加币"),
    "NZD": ("nz$", "nzd", "新西兰元", "纽币"),
    "KRW": ("₩", "krw", "韩元", "韩币"),
    "THB": ("฿", "thb", "泰铢"),
    "MYR": ("rm", "myr", "林吉特", "马币"),
    "VND": ("₫", "vnd", "越南盾"),
    "IDR": ("rp", "idr", "印尼盾"),
    "RUB": ("₽", "rub", "卢布"),
    "INR": ("₹", "inr", "卢比"),
    "CHF": ("chf", "瑞士法郎"),
}
_SCALES = {"": 1, "千": 10**3, "万": 10**4, "w": 10**4, "亿": 10**8}


def currency_words() -> frozenset[str]:
    """Every way to write a currency, in small letters, and the codes."""
    return frozenset(word for words in _CURRENCY_WORDS.values() for word in words)


def is_of(word: str, currency: str) -> bool:
    """Whether a word may mean this currency; 元 alone is that of wherever one is."""
    own = word in ("元", "圆", "块", "块钱") and currency in ("TWD", "HKD", "MOP")
    return own or word in _CURRENCY_WORDS.get(currency, ()) or word == currency.lower()


# The form of exports and of most sheets, taken at once; never over LIMIT.
_USUAL = pattern(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")
_PLAIN = r"[0-9]+"
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+"
_NUMBER = pattern(rf"(?P<whole>{_GROUPED}|{_PLAIN})?(?:\.(?P<decimals>[0-9]+))?")
_PARTS = pattern(
    r"(?P<before>[^0-9.,()+-]*)(?P<number>[0-9.,](?:[0-9., ]*[0-9.,])?)\s*"
    r"(?P<scale>[千万亿]|w(?![a-z]))?\s*(?P<after>[^0-9]*)"
)
_SIGN = pattern(r"(?P<before>[^0-9+(-]*)(?P<sign>[+-])\s*(?P<rest>[^+-]*)")

_NO_AMOUNT = N_("it is no amount of money: write one like 1200.00")
_NEGATIVE = N_("it is negative: write an amount of 0 or more")
_REFUND = N_(
    "it is below zero: a refund is no trip. Import the order with its price; what the customer "
    "gets back: tourcrm payments refund CODE AMOUNT; if it was cancelled: tourcrm trips cancel CODE"
)
_TOO_LARGE = N_("the amount is too large: check its digits")
_UNCLEAR = N_("the commas and points are unclear: write it like 1200.50 or 1,200.50")


def parse_amount(cell: str, currency: str = "CNY", signed: bool = False) -> int:
    """The amount in a cell, in fen: ¥1,200.00, 1,200元, 1.2万.

    Refused with the reason: another currency, more than two decimals, unclear grouping, a price
    a person, an amount over LIMIT, and, unless `signed`, one below zero.
    """
    usual = _USUAL.fullmatch(cell)
    if usual:
        return int(usual[1]) * 100 + int((usual[2] or "").ljust(2, "0"))
    fen, said = parse_money(cell, currency, signed)
    if said not in (None, currency):
        raise foreign(str(said), currency)
    return fen


def parse_money(cell: str, currency: str, signed: bool = False) -> tuple[int, str | None]:
    """The amount in a cell, in hundredths, and the currency that it names, if it names one.

    Signs that several currencies share, such as ¥, are those of `currency` where it has them.
    """
    if len(cell) > 200:
        raise CellError(_NO_AMOUNT)
    text = re.sub("[−–—]", "-", clean(cell)).lower().translate(SIMPLIFIED)
    negative, text = _sign(text)
    match = _PARTS.fullmatch(text)
    if not match:
        raise CellError(_reason(text))
    before = _named(match["before"], currency)
    after = _named(match["after"].removesuffix("整").removesuffix("正"), currency)
    if before and after and before != after:
        raise CellError(_NO_AMOUNT)
    fen = _fen(match["number"], _SCALES[match["scale"] or ""])
    if negative and not signed:
        raise CellError(_NEGATIVE)
    if fen > LIMIT:
        raise CellError(_TOO_LARGE)
    return -fen if negative else fen, before or after


def foreign(other: str, currency: str) -> CellError:
    """Why an amount in another currency is not taken."""
    return CellError(
        N_("it is in {other}, but amounts are kept in {currency}: convert it first"),
        other=other,
        currency=currency,
    )


def parse_currency(cell: str, currency: str = "CNY") -> str:
    """The currency that a cell names, as its code: CNY, RMB, 人民币 and ¥ are one.

    A code in front of or behind its name is understood: USD 美元, 人民币(CNY).
    """
    text = clean(cell).lower()
    words = [word for word in re.split(r"[\s()（）/,:：\[\]-]+", text) if word]
    found = {_known(word, currency) for word in (words if len(words) < 4 else [text])}
    if len(found) == 1 and (one := found.pop()) is not None:
        return one
    raise CellError(N_("no currency is known by this name: write its code, like USD"))


def _known(word: str, currency: str) -> str | None:
    """The code of a currency that is written so."""
    if word == currency.lower() or word in _CURRENCY_WORDS.get(currency, ()):
        return currency
    other = next((code for code, words in _CURRENCY_WORDS.items() if word in words), None)
    return other or (word.upper() if re.fullmatch("[a-z]{3}", word) else None)


def convert(fen: int, rate: Decimal) -> int:
    """An amount at a rate, in whole hundredths; half of one is rounded up."""
    exact = Context(prec=60).multiply(Decimal(fen), rate)
    return int(exact.to_integral_value(ROUND_HALF_UP))


_FACTOR = pattern(r"\s*[*x×✕]\s*([0-9]{1,4})\s*(?:人|位|名|个|份|间|晚|张|pax|people|persons?)?\s*")
_EACH = pattern(
    r"\s*(?:/|每|一|per )\s*(?:人|位|名|个|份|间|晚|张|pax|person|p)(?![a-z])\s*|\bpp\b"
)


def parse_sum(cell: str, currency: str = "CNY") -> int | Beside:
    """As `parse_amount`; a sum is worked out where it is clear, and handed out beside its result:
    3980*2, 3980元/人 x 2人, 3980+200.
    """
    try:
        return parse_amount(cell, currency)
    except CellError as error:
        if error.message.template == _NEGATIVE:
            raise CellError(_REFUND) from None
        text = clean(cell[:200]).lower().translate(SIMPLIFIED)
        if "+" not in text.strip("+ ") and not _FACTOR.search(text):
            raise
        whole = text.rpartition("=")[0] or text
        fen = sum(_product(part, currency) for part in whole.split("+"))
        if whole != text and fen != parse_amount(text.rpartition("=")[2], currency):
            raise CellError(N_("the sum comes to something else: check it")) from None
        if fen > LIMIT:
            raise CellError(_TOO_LARGE) from None
        return Beside(fen, clean(cell), "sum")


def _product(text: str, currency: str) -> int:
    """An amount, perhaps times a number: 3980, 3980元/人 x 2人, 2*3980 is not clear."""
    factors = _FACTOR.findall(text)
    amount = _FACTOR.sub("", text)
    if factors:
        amount = _EACH.sub("", amount)
    if len(factors) > 2:
        raise CellError(_NO_AMOUNT)
    fen = parse_amount(amount.strip(), currency)
    for times in factors:
        fen *= int(times)
    return fen


def _sign(text: str) -> tuple[bool, str]:
    """Whether an amount is negative (-5, ¥-5, (5)), and the amount without its sign."""
    if text.startswith("(") and text.endswith(")"):
        return True, text[1:-1].strip()
    match = _SIGN.fullmatch(text)
    if not match:
        return False, text
    return match["sign"] == "-", match["before"] + match["rest"]


def _reason(text: str) -> str:
    if re.fullmatch(r"[^0-9]*[0-9][0-9.]*e[+-]?[0-9]+.*", text):
        return N_("it is in scientific notation: write all digits, such as 120000.00")
    return _NO_AMOUNT


def _named(written: str, currency: str) -> str | None:
    """The currency that stands beside a number; None where nothing does."""
    word = written.strip()
    if not word:
        return None
    if word in _CURRENCY_WORDS.get(currency, ()) or word == currency.lower():
        return currency
    if re.search("[/每]|人均|per|p/p", word):
        raise CellError(N_("a price a person: write the amount of the whole trip"))
    for other, words in _CURRENCY_WORDS.items():
        if word in words:
            return other
    raise CellError(_NO_AMOUNT)


def _fen(number: str, scale: int) -> int:
    match = _NUMBER.fullmatch(number)
    if not match or not (match["whole"] or match["decimals"]):
        raise CellError(_UNCLEAR)
    whole, decimals = re.sub("[ ,]", "", match["whole"] or ""), match["decimals"] or ""
    if scale == 1 and re.fullmatch("[1-9][0-9]{0,2}", match["whole"] or "") and len(decimals) == 3:
        # 1.200 is 1200 to some and 1.2 to others.
        raise CellError(_UNCLEAR)
    exact = Decimal(f"{whole or 0}.{decimals or 0}")
    if len((whole + decimals).lstrip("0")) > 15:
        # What a spreadsheet computed: like Excel itself, show 15 digits of a binary number.
        exact = Context(prec=15).create_decimal(exact)
    fen = Context(prec=300).multiply(exact, Decimal(scale * 100))
    if fen != fen.to_integral_value():
        raise CellError(N_("it has more than two decimals: round it, as in 1200.50"))
    return int(fen)


@lru_cache(maxsize=10_000)  # of a million prices most come again
def plain_amount(fen: int) -> str:
    """The machine form, exact: 1200.00, -0.50."""
    if fen < 0:
        return f"-{plain_amount(-fen)}"
    return f"{fen // 100}.{fen % 100:02}"


def format_amount(fen: int, currency: str = "CNY", grouping: bool = True) -> str:
    """An amount for people: ¥1,200.00, -¥0.50; other currencies by their code, USD 1,200.00."""
    whole, decimals = divmod(abs(fen), 100)
    symbol = "¥" if currency == "CNY" else f"{currency} "
    digits = f"{whole:,}" if grouping else str(whole)
    return f"{'-' if fen < 0 else ''}{symbol}{digits}.{decimals:02d}"
