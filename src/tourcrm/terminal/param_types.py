"""From the words of the command line to values: what each kind of option takes, and why not.

Replaces Typer's own conversion, which loads pydantic (0.2 s) and answers in English only.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from typer._click.core import Context
from typer._click.exceptions import BadParameter
from typer._coercion import RuntimeParam, TypeDescriptor
from typer.core import TyperArgument, TyperOption

from tourcrm.base.display import visible
from tourcrm.base.errors import CellError
from tourcrm.base.i18n import N_, _, language

Parameter = TyperArgument | TyperOption


class Kind:
    """What an option of one type is called in help, and how its text becomes a value."""

    __slots__ = ("convert", "metavar")

    def __init__(self, metavar: str, convert: Callable[[str], Any]) -> None:
        self.metavar = metavar
        self.convert = convert


def _text(word: str) -> str:
    try:
        word.encode()
    except UnicodeEncodeError:
        raise CellError(N_("This is not valid text; check the encoding of the terminal.")) from None
    return word


def _whole(word: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", word):
        raise CellError(
            N_("“{value}” is not a whole number; write for example 30."), value=visible(word, 60)
        )
    return int(word)


def _decimal(word: str) -> Decimal:
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,9})?", word):
        raise CellError(
            N_("“{value}” is not a number; write for example 30 or 30.5."), value=visible(word, 60)
        )
    return Decimal(word)


def _day(word: str) -> date:
    from tourcrm.base import parsing

    return parsing.day(word)


KINDS = {
    str: Kind(N_("TEXT"), _text),
    int: Kind(N_("NUMBER"), _whole),
    Decimal: Kind(N_("NUMBER"), _decimal),
    date: Kind(N_("DATE"), _day),
    Path: Kind(N_("FILE"), Path),
}


def choices(descriptor: TypeDescriptor) -> tuple[str, ...]:
    """The values that an option is limited to, as they are typed; empty where it is not."""
    return tuple(
        str(choice.value) if isinstance(choice, Enum) else str(choice)
        for choice in descriptor.choices or ()
    )


def choice(word: str, known: Sequence[str]) -> str | None:
    """The value that a word means: itself, or what a screen calls it; None where it is none."""
    from tourcrm.base import choices
    from tourcrm.base.parsing.words import word_key

    return choices.spellings(known).get(word_key(word))


def shown_choices(known: Sequence[str]) -> Sequence[str]:
    """What help calls the values: in Chinese by its words, where they have any."""
    if language() != "zh":
        return known
    from tourcrm.base import choices

    return choices.labels(known, "zh")


def listed_choices(known: Sequence[str]) -> str:
    """The values for an error."""
    from tourcrm.base import choices

    return choices.listed(known, language())


def kind(descriptor: TypeDescriptor) -> Kind:
    """The kind of an option's values (of each of them, where it takes several).

    Raises TypeError for a type that has no kind here: a mistake of whoever wrote the command.
    """
    annotation: Any = descriptor.annotation
    if get_origin(annotation) is list:
        annotation = get_args(annotation)[0]
    if descriptor.choices is not None:
        return _choice_kind(descriptor, annotation)
    parser = descriptor.parameter_info.parser
    if parser is not None:
        return Kind(N_("TEXT"), parser)
    if annotation is bool:
        return Kind("", bool)
    if annotation not in KINDS:
        raise TypeError(
            f"no conversion for {annotation!r}: add a row to tourcrm.terminal.param_types.KINDS"
        )
    return KINDS[annotation]


def _choice_kind(descriptor: TypeDescriptor, annotation: Any) -> Kind:
    known = choices(descriptor)

    def convert(word: str) -> Any:
        value = choice(word, known)
        if value is None:
            raise CellError(
                N_("“{value}” is none of: {choices}."),
                value=visible(word, 60),
                choices=listed_choices(known),
            )
        return value if get_origin(annotation) is Literal else annotation(value)

    return Kind("", convert)


class Conversion(RuntimeParam):
    """Typer's hook for one parameter: turns its words into values with the kinds above."""

    def coerce(self, value: Any, param: Any, ctx: Context) -> Any:
        """The value of an option, or of each of its occurrences; BadParameter says why not."""
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        if several:
            return tuple(self._coerce_value(item, param, ctx) for item in value)
        return self._coerce_value(value, param, ctx)

    def _coerce_value(self, value: Any, param: Any, ctx: Context) -> Any:
        if not isinstance(value, str):
            return value  # a default that has its type already
        try:
            result = kind(param.type_descriptor).convert(value)
        except CellError as error:
            raise BadParameter(str(error), ctx=ctx, param=param) from None
        low, high = self.parameter_info.min, self.parameter_info.max
        if (low is not None and result < low) or (high is not None and result > high):
            raise BadParameter(_range_text(low, high), ctx=ctx, param=param)
        return result


def _range_text(low: float | None, high: float | None) -> str:
    if high is None:
        return _("It must be {low} or more.").format(low=low)
    if low is None:
        return _("It must be {high} or less.").format(high=high)
    return _("It must be between {low} and {high}.").format(low=low, high=high)


def install(param: Parameter) -> None:
    """Let `param` use the conversions of this module."""
    kind(param.type_descriptor)  # an unknown type is found when the command is built
    param._runtime_param = Conversion(
        parameter_info=param.type_descriptor.parameter_info,
        annotation=param.type_descriptor.annotation,
    )
