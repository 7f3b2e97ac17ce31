"""Reads rules from TOML, and says what is wrong with them, with line, rule, step and key."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from tourcrm.agenda.events.spec import ANCHORS, Anchor
from tourcrm.agenda.rules import toml_lines
from tourcrm.agenda.rules.checks import (
    BATCH,
    CHILD,
    RULE_KEYS,
    RULE_NEEDS,
    STEP_KEYS,
    STEP_NEEDS,
    Check,
    OfLanguage,
    step_name,
)
from tourcrm.agenda.rules.model import CONDITIONS, WORDS, Conditions, Rule, Step, Words
from tourcrm.base.errors import CellError, Message, Refused
from tourcrm.base.i18n import N_
from tourcrm.base.template import Template

DEFAULTS = Path(__file__).with_name("rules.toml")
OWN = N_("the agency's own rules")

# What words may name, besides what the anchor gives; a batch speaks to nobody by name.
ALWAYS = frozenset({"day", "count"})
OF_PERSON = frozenset({"name", "full_name"})
OF_CHILD = frozenset({"child"})
PERHAPS_OF_PERSON = frozenset({"owner"})
IN_BATCH = ALWAYS | {"destination", "departs_on", "returns_on", "festival"}


# What a rule that says nothing else of children says to parents on a child's own day.
_WISHES = {
    "en": Template.parse(
        "Hello {name}[, this is {owner}]. It is a special day for {child}: all the best to "
        "{child}, and to you all!"
    ),
    "zh": Template.parse(
        "{name}您好[，我是{owner}]。这是属于{child}的好日子，祝{child}健康快乐，也祝您全家平安！"
    ),
}


class _Wrong(Exception):
    """A fault in a rules file, with its place: rule, number of the step, key."""

    def __init__(self, reason: CellError, rule: str, step: int, key: str = "") -> None:
        self.reason, self.rule, self.step, self.key = reason, rule, step, key


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in a rules file: its line, rule, number of the step (0: none), key, and why."""

    line: int
    rule: str
    step: int
    key: str
    reason: Message

    @property
    def place(self) -> str:
        """The rule, its step and the key, as they are written in the file."""
        table = f"[[{self.rule}.steps]] {self.step}" if self.step else f"[{self.rule}]"
        return " ".join(part for part in (table if self.rule else "", self.key) if part)

    def told(self, name: str | Message) -> Message:
        """The fault in one sentence; `name` is what the file is called."""
        if not self.place:
            return Message(
                N_("{file}, line {line}: {reason}."), file=name, line=self.line, reason=self.reason
            )
        return Message(
            N_("{file}, line {line}, {place}: {reason}."),
            file=name,
            line=self.line,
            place=self.place,
            reason=self.reason,
        )


def tables(source: str) -> dict[str, Any] | Fault:
    """The rules of a TOML text, unchecked, by their ids; or where it is no TOML."""
    try:
        return toml_lines.parse(source)
    except toml_lines.Malformed as wrong:
        reason = Message(
            N_("not TOML from column {column} on: {reason}"),
            column=wrong.column,
            reason=wrong.reason,
        )
        return Fault(wrong.line, "", 0, "", reason)


def faults_of(source: str, id_: str, table: Any) -> Iterator[Fault]:
    """What is wrong with one rule of a text: all keys that cannot be as they stand; where each
    alone can, the first thing that cannot be together."""
    found = list(_wrong_keys(id_, table))
    if not found:
        try:
            _rule(id_, table)
        except _Wrong as wrong:
            found = [wrong]
    for one in found:
        yield at(source, id_, one.step, one.key, one.reason.message)


def at(source: str, id_: str, step: int, key: str, reason: Message) -> Fault:
    """A fault with the line that it is on."""
    return Fault(_line(source, _Wrong(CellError(""), id_, step, key)), id_, step, key, reason)


def _wrong_keys(id_: str, table: Any) -> Iterator[_Wrong]:
    if not isinstance(table, dict):
        return
    steps = table.get("steps")
    places = [(0, RULE_KEYS, {key: table[key] for key in table if key != "steps"})]
    if isinstance(steps, list):
        own = {"name": step_name, **STEP_KEYS}
        places += [(n, own, step) for n, step in enumerate(steps, 1) if isinstance(step, dict)]
    for number, keys, values in places:
        for key in values:
            try:
                _checked({key: values[key]}, keys, id_, number)
            except _Wrong as wrong:
                yield wrong


def load(source: str, name: str | Message) -> tuple[Rule, ...]:
    """The rules of a TOML text; `name` is what the file is called in errors.

    A rule that only says `enabled = false` is none: it switches another off. Raises Refused for
    the first fault, with its line, rule, step and key.
    """
    said = tables(source)
    if isinstance(said, Fault):
        raise _refused(said, name)
    rules = []
    for id_, table in said.items():
        if only_off(table):
            continue
        try:
            rules.append(_rule(id_, table))
        except _Wrong as wrong:
            fault = at(source, id_, wrong.step, wrong.key, wrong.reason.message)
            raise _refused(fault, name) from None
    return tuple(rules)


def _refused(fault: Fault, name: str | Message) -> Refused:
    told = fault.told(name)
    return Refused(told.template, **told.params)


def only_off(table: Any) -> bool:
    """Whether a rule of a file says no more than that one of this id is switched off."""
    return _is_off(table) and len(table) == 1


def _is_off(table: Any) -> bool:
    return isinstance(table, dict) and table.get("enabled") is False


def switched_off(source: str) -> frozenset[str]:
    """The ids that a TOML text switches off; what is no TOML switches off nothing."""
    said = tables(source)
    if isinstance(said, Fault):
        return frozenset()
    return frozenset(id_ for id_, table in said.items() if _is_off(table))


@cache
def defaults() -> tuple[Rule, ...]:
    """The rules that come with the program."""
    return load(DEFAULTS.read_text(encoding="utf-8"), DEFAULTS.name)


@cache
def merged(own: str) -> tuple[Rule, ...]:
    """The rules that hold: those of the program, and the agency's own (a TOML text, may be empty),
    which replace whole rules by id, add to them or switch them off. Raises Refused, with the way
    out, where the own ones cannot be read."""
    try:
        mine = load(own, Message(OWN))
    except Refused as fault:
        raise Refused(
            N_(
                "{fault} Until they are right, no follow-ups can be told. Take them out: tourcrm "
                "followups rules --dump --own -o own.toml; mend them there, then --load own.toml"
            ),
            fault=fault.message,
        ) from None
    rules = {one.id: one for one in (*defaults(), *mine)}
    off = switched_off(own)
    return tuple(one for one in rules.values() if one.id not in off)


def _line(source: str, wrong: _Wrong) -> int:
    """The line that a fault is on: that of its key, else of the table that it belongs to."""
    here = f"{wrong.rule}.steps" if wrong.step else wrong.rule
    table, header, step, of_key = 1, "", 0, 0
    for number, line in enumerate(toml_lines.bare_lines(source), 1):
        if match := re.match(r"\s*\[\[?\s*([\w.\"-]+?)\s*\]\]?\s*(?:#.*)?$", line):
            header = match[1].replace('"', "")
            step += header == here and wrong.step > 0
            table = number if (header, step) == (here, wrong.step) else table
        elif wrong.key and (header, step) == (here, wrong.step):
            key = line.partition("=")[0].strip()
            if key == wrong.key:
                return number
            if not of_key and key.split(".")[0] == wrong.key.split(".")[0]:
                of_key = number
    return of_key or table


def _checked(
    table: Mapping[str, Any], keys: Mapping[str, Check], rule: str, step: int
) -> dict[str, Any]:
    values = {}
    for key, value in table.items():
        try:
            if key not in keys:
                raise _no_such_key(key, keys)
            values[key] = keys[key](value)
        except OfLanguage as reason:
            raise _Wrong(reason, rule, step, f"{key}.{reason.language}") from None
        except CellError as reason:
            raise _Wrong(reason, rule, step, key) from None
    return values


def _no_such_key(key: str, keys: Mapping[str, Check]) -> CellError:
    if key in RULE_KEYS:
        return CellError(N_("this is said of the whole rule, above its steps"))
    near = get_close_matches(key, keys, 1, 0.6)
    if near:
        return CellError(N_("there is no such key; perhaps {near} is meant"), near=near[0])
    return CellError(N_("there is no such key; known: {known}"), known=", ".join(keys))


def _rule(id_: str, table: Any) -> Rule:
    if not isinstance(table, dict):
        raise _Wrong(CellError(N_("a rule is a table: [{name}]"), name=id_), id_, 0)
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", id_):
        raise _Wrong(CellError(N_("a name of small letters, digits and _")), id_, 0)
    own = dict(table)
    tables = own.pop("steps", [{}])
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise _Wrong(CellError(N_("steps are tables: [[{name}.steps]]"), name=id_), id_, 0)
    values = _checked(own, RULE_KEYS, id_, 0)
    _needs(values, RULE_NEEDS, id_, 0)
    anchor = ANCHORS[values["anchor"]]
    if anchor.takes_labels != ("labels" in values):
        reason = N_("it is needed") if anchor.takes_labels else N_("this anchor takes none")
        raise _Wrong(CellError(reason), id_, 0, "labels")
    if anchor.labels and not anchor.labels >= set(values["labels"]):
        known = ", ".join(sorted(anchor.labels))
        raise _Wrong(CellError(N_("one of {known} is expected"), known=known), id_, 0, "labels")
    steps = []
    for number, step in enumerate(tables, 1):
        place = number if step else 0
        said = _checked(step, {"name": step_name, **STEP_KEYS}, id_, place)
        steps.append(_step({**values, **said}, anchor, id_, place))
        _belong_to_batch(said, steps[-1:], id_, place)
    _belong_to_batch(values, steps, id_, 0)
    return Rule(
        id=id_,
        anchor=anchor,
        labels=values.get("labels", ()),
        kind=values["class"],
        priority=values["priority"],
        moved_by=values.get("moved_by", 7),
        satisfied_by=values.get("satisfied_by", frozenset()),
        share=values.get("share"),
        spread=values.get("spread", False),
        steps=tuple(steps),
    )


def _step(values: Mapping[str, Any], anchor: Anchor, rule: str, number: int) -> Step:
    _needs(values, STEP_NEEDS if anchor.lasts else (*STEP_NEEDS, "lapses_after"), rule, number)
    batch = values.get("batch")
    if batch is not None and batch not in anchor.batches:
        raise _Wrong(CellError(N_("this anchor has no such batch")), rule, number, "batch")
    if values.get("until_anchor") and values["offset"] > 0:
        raise _Wrong(
            CellError(N_("it is due after the event already")), rule, number, "until_anchor"
        )
    for key in (*WORDS, *(f"{BATCH}{name}" for name in WORDS if batch)):
        # What a batch says in the same words as to one must not name that one.
        to_many = batch and (key.startswith(BATCH) or f"{BATCH}{key}" not in values)
        always, known = _fields(anchor, to_many=bool(to_many))
        for language, template in values.get(key, {}).items():
            place = _Wrong(CellError(""), rule, number, f"{key}.{language}")
            _check_fields(template, always, known, place)
    always, known = _fields(anchor, to_many=False)
    for key in (f"{CHILD}{name}" for name in WORDS):
        for language, template in values.get(key, {}).items():
            place = _Wrong(CellError(""), rule, number, f"{key}.{language}")
            _check_fields(template, always | OF_CHILD, known | OF_CHILD, place)
    contact = "promotion" if values["class"] == "marketing" else "followup"
    return Step(
        name=values.get("name", ""),
        offset=values["offset"],
        lapses_after=values.get("lapses_after"),
        until_anchor=values.get("until_anchor", False),
        batch=batch,
        mass=values.get("mass", False),
        conditions=Conditions(**{name: values.get(name) for name in CONDITIONS}),
        channel=values["channel"],
        contact=values.get("contact", contact),
        to_one=Words(*(values[name] for name in WORDS)),
        to_many=Words(*(values.get(f"{BATCH}{name}", values[name]) for name in WORDS)),
        of_child=Words(*(_of_child(values, name, anchor) for name in WORDS)),
        owner=values.get("owner"),
    )


def _of_child(values: Mapping[str, Any], name: str, anchor: Anchor) -> Mapping[str, Template]:
    """What parents are told about a child: as everybody, but for the wishes on a day of its own."""
    usual = _WISHES if name == "script" and anchor.name == "special_date" else values[name]
    said: Mapping[str, Template] = values.get(f"{CHILD}{name}", usual)
    return said


def _belong_to_batch(said: Mapping[str, Any], steps: list[Step], rule: str, number: int) -> None:
    """Words for a batch, where there is none, would never be said."""
    if not any(step.batch for step in steps):
        for name in WORDS:
            if f"{BATCH}{name}" in said:
                reason = CellError(N_("there is no batch that it could be said to"))
                raise _Wrong(reason, rule, number, f"{BATCH}{name}")


def _needs(values: Mapping[str, Any], keys: tuple[str, ...], rule: str, step: int) -> None:
    for key in keys:
        if key not in values:
            raise _Wrong(CellError(N_("{key} is missing"), key=key), rule, step)


def _fields(anchor: Anchor, *, to_many: bool) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that are always known, and all that there are."""
    always = ALWAYS | anchor.gives
    known = always | anchor.may_give
    if to_many:
        return always & IN_BATCH, known & IN_BATCH
    return always | OF_PERSON, known | OF_PERSON | PERHAPS_OF_PERSON


def _check_fields(
    template: Template, always: frozenset[str], known: frozenset[str], wrong: _Wrong
) -> None:
    for name in sorted(template.names() - known):
        if name in OF_PERSON | PERHAPS_OF_PERSON and wrong.key.split(".")[0] in WORDS:
            wrong.reason = CellError(
                N_("{field} names one customer; say to a batch of several what is in {key}"),
                field=f"{{{name}}}",
                key=f"{BATCH}{wrong.key}",
            )
            raise wrong
        wrong.reason = CellError(
            N_("there is no field {field} here; known: {known}"),
            field=f"{{{name}}}",
            known=", ".join(sorted(known)),
        )
        raise wrong
    for name in sorted(template.needed() - always):
        wrong.reason = CellError(
            N_("{field} may be unknown: put the part that needs it in [ ]"), field=f"{{{name}}}"
        )
        raise wrong
