"""Pay ratios: the share of a price that is left to pay.

8折 is 0.8: the customer pays 80 %. A ratio is never "off": whoever writes 20% means, here, that the
customer pays 20 %. All arithmetic is decimal; a ratio that was stored as a float is read back by
its shortest decimal form, so that no fen is lost.
"""

from decimal import ROUND_HALF_UP, Decimal

from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_
from tourcrm.base.parsing import clean
from tourcrm.base.patterns import pattern

HALF = 0.5  # below it, somebody may have written what is taken off
_PLACES = 4  # decimals of a ratio: 97.25 %

_DIGITS = {digit: str(value) for value, digit in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "两": "2",
    "点": ".",
}
_OFF = pattern(r"off|less|discount|减|降|优惠|便宜|省|让利|-")
_FOLDS = pattern(r"(?:打)?([0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九点]+|对)折")
_PERCENT = pattern(r"([0-9]+(?:\.[0-9]+)?) ?%")
_PLAIN = pattern(r"0?\.[0-9]+|[01](?:\.0*)?")

_UNKNOWN = N_("write what the customer pays: 8折, 80% or 0.8, which are all the same")


def parse(cell: str) -> float:
    """The ratio that a text means: 8折, 八五折, 85折, 80%, 0.8.

    Raises CellError for what is taken off (20% off), for what can be read in two ways (80), for
    the whole price or more, and for more than four decimals.
    """
    text = clean(cell).casefold()
    if len(text) > 20:
        raise CellError(_UNKNOWN)
    if _OFF.search(text):
        raise CellError(
            N_("it says what is taken off; write what the customer pays: for 20% off, 80% or 8折")
        )
    ratio = _ratio(text)
    if not 0 < ratio < 1:
        raise CellError(N_("the customer would pay nothing, or all of it; write 8折, 80% or 0.8"))
    if ratio != round(ratio, _PLACES):
        raise CellError(N_("it has too many decimals; write 8折, 80% or 0.8"))
    return float(ratio)


def parse_share(cell: str) -> float:
    """A share of an amount: 10%, 0.1; 0% and 100% too. Raises CellError for what can be read in two
    ways (10), and for more than four decimals."""
    text = clean(cell).replace("％", "%")
    percents = _PERCENT.fullmatch(text) if len(text) <= 20 else None
    if percents is None and not (len(text) <= 20 and _PLAIN.fullmatch(text)):
        raise CellError(N_("write a share in percent, like 10%"))
    share = Decimal(percents[1]) / 100 if percents else Decimal(text)
    if share > 1:
        raise CellError(N_("a share is 100% at most"))
    if share != round(share, _PLACES):
        raise CellError(N_("it has too many decimals; write it like 10% or 12.5%"))
    return float(share)


def _ratio(text: str) -> Decimal:
    if match := _FOLDS.fullmatch(text):
        return _of_folds(match[1])
    if match := _PERCENT.fullmatch(text):
        return Decimal(match[1]) / 100
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    raise CellError(_UNKNOWN)


def _of_folds(said: str) -> Decimal:
    """8 and 8.5 are tenths; 85 and 八五 are hundredths, as they are spoken."""
    written = "5" if said == "对" else "".join(_DIGITS.get(letter, letter) for letter in said)
    whole, _point, decimals = written.partition(".")
    if written.count(".") > 1 or not whole or written.endswith("."):
        raise CellError(_UNKNOWN)
    if len(whole) == 1:
        if whole == "0":  # 0.8折 would be 8 %: who writes it means something else
            raise CellError(_UNKNOWN)
        return Decimal(written) / 10
    if len(whole) == 2 and not decimals and whole > "10":
        return Decimal(whole) / 100
    raise CellError(_UNKNOWN)


def exact(ratio: float) -> Decimal:
    """A stored ratio as the decimal that was written."""
    return Decimal(repr(ratio))


def of(price: int, ratio: float) -> int:
    """What is left to pay of a price, in whole fen, half a fen up."""
    return int((price * exact(ratio)).quantize(Decimal(1), ROUND_HALF_UP))


def percent(ratio: float) -> str:
    """A ratio as a percentage: 80%, 97.5%."""
    return f"{_short(exact(ratio) * 100)}%"


def folds(ratio: float) -> str:
    """A ratio as Chinese shops write it: 8折, 8.5折."""
    return f"{_short(exact(ratio) * 10)}折"


def _short(number: Decimal) -> str:
    return f"{number.normalize():f}"
