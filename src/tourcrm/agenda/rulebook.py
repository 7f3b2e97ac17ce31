"""The follow-up rules of an agency: those of the program, and its own, which it writes as TOML.

A file of rules is checked whole, every fault with its line. Loaded, it takes the place of all own
rules; what it says just as the program does stays with the program, so that a dump that is loaded
again changes nothing, and later versions may still improve what nobody changed.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlmodel import Session

from tourcrm.agenda.rules import lint, parser, toml_lines
from tourcrm.agenda.rules.model import Conditions, Rule
from tourcrm.agenda.rules.parser import Fault
from tourcrm.base.display import visible
from tourcrm.base.errors import Message, NotFound, Refused
from tourcrm.base.i18n import N_
from tourcrm.db import setting
from tourcrm.db.codes import Number
from tourcrm.db.setting import Settings
from tourcrm.files.table import unread

LARGEST = 500_000  # bytes of a file
MOST_RULES = 200
MOST_STEPS = 30  # of one rule
MOST_FAULTS = 50  # that are told
STDIN = N_("standard input")


# --- reading a file -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """A text of rules, and what it is called in messages."""

    name: str | Message
    source: str = ""
    fault: Fault | None = None  # why it is no text at all


def read(path: str) -> File:
    """The rules file `path`, or standard input for "-".

    Raises NotFound where there is none, Refused where it cannot be read or is too large.
    """
    name: str | Message = Message(STDIN) if path == "-" else visible(path)
    try:
        if path == "-":
            content = sys.stdin.buffer.read(LARGEST + 1) if sys.stdin is not None else b""
        else:
            with Path(path).open("rb") as file:
                content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise NotFound(
            N_("{file}: there is no such file. Check its name and folder."), file=name
        ) from None
    except (OSError, ValueError) as error:
        raise unread(name, error) from None
    if len(content) > LARGEST:
        raise Refused(
            N_("{file} is too large for a file of rules: more than {limit} bytes."),
            file=name,
            limit=LARGEST,
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        reason = Message(N_("the file is not UTF-8; save it as UTF-8 and try again"))
        return File(name, fault=Fault(line, "", 0, "", reason))
    return File(name, text.replace("\r\n", "\n"))


# --- checking -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Book:
    """A text of rules, checked.

    rules: those that are right, switched off or not. off: ids that it switches off.
    """

    file: File
    preamble: str = ""  # what stands above the first rule
    sections: dict[str, str] = field(default_factory=dict)  # the text of each rule, by its id
    rules: dict[str, Rule] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()

    def holding(self) -> tuple[Rule, ...]:
        """The rules of the text that are not switched off."""
        return tuple(one for id_, one in self.rules.items() if id_ not in self.off)

    def would_hold(self) -> tuple[Rule, ...]:
        """The rules that hold once the text is loaded."""
        both = {one.id: one for one in (*parser.defaults(), *self.rules.values())}
        return tuple(one for id_, one in both.items() if id_ not in self.off)

    def refuse_faults(self) -> None:
        """Raise Refused with the first fault, if there is one, and how many more there are."""
        if not self.faults:
            return
        first = self.faults[0].told(self.file.name)
        raise Refused(
            N_(
                "{fault}\nFaults: {count}; nothing was done. "
                "To see all of them: tourcrm followups rules --check FILE"
            ),
            fault=first,
            count=len(self.faults),
        )


def checked(file: File) -> Book:
    """The rules of a file with all that is wrong with them; at most MOST_FAULTS are told."""
    if file.fault:
        return Book(file, faults=(file.fault,))
    source = file.source
    tables = parser.tables(source)
    if isinstance(tables, Fault):
        return Book(file, faults=(tables,))
    preamble, parts = toml_lines.sections(source)
    texts: dict[str, str] = {}
    for part in parts:
        texts[part.name] = texts.get(part.name, "") + part.text
    faults: list[Fault] = []
    rules: dict[str, Rule] = {}
    for id_, table in islice(tables.items(), MOST_RULES):
        found = list(_faults(source, texts, id_, table))
        if not found and not parser.only_off(table):
            (rules[id_],) = parser.load(texts[id_], file.name)
            found = list(_unreached(source, rules[id_], table))
            if found:
                del rules[id_]
        faults += found
        if len(faults) >= MOST_FAULTS:
            break
    if len(tables) > MOST_RULES:
        reason = Message(N_("there are more than {limit} rules"), limit=MOST_RULES)
        faults.append(Fault(1, "", 0, "", reason))
    faults.sort(key=lambda fault: fault.line)
    off = parser.switched_off(source)
    return Book(file, preamble, texts, rules, off, tuple(faults[:MOST_FAULTS]))


def _faults(source: str, texts: dict[str, str], id_: str, table: object) -> Iterator[Fault]:
    if parser.only_off(table):
        known = [one.id for one in parser.defaults()]
        if id_ not in known:
            reason = Message(
                N_("there is no built-in rule of this name to switch off; there are: {known}"),
                known=", ".join(known),
            )
            yield parser.at(source, id_, 0, "", reason)
    elif not isinstance(table, dict):
        yield from parser.faults_of(source, id_, table)
    elif isinstance(steps := table.get("steps"), list) and len(steps) > MOST_STEPS:
        reason = Message(N_("it has more than {limit} steps"), limit=MOST_STEPS)
        yield parser.at(source, id_, 0, "", reason)
    else:
        found = list(islice(parser.faults_of(source, id_, table), MOST_FAULTS))
        yield from found
        if not found and parser.tables(texts.get(id_, "")) != {id_: table}:
            reason = Message(
                N_("write it as a table [{name}] with keys below it, steps as [[{name}.steps]]"),
                name=id_,
            )
            yield parser.at(source, id_, 0, "", reason)


def _unreached(
    source: str, one: Rule, table: dict[str, list[dict[str, object]]]
) -> Iterator[Fault]:
    """Parts of a rule that nothing ever reaches; what is said above the steps is told once."""
    steps = table.get("steps", [])
    told = set()
    for part in lint.unreached(one):
        step = part.step if steps else 0
        if part.key and step and part.key not in steps[step - 1]:
            step = 0
        if (step, part.key) not in told:
            told.add((step, part.key))
            yield parser.at(source, one.id, step, part.key, part.why)


# --- what people noted ----------------------------------------------------------------------------

# What somebody noted by hand, and what is said where no rule, or none for everybody, tells of it.
_NOTED = {
    "task": (
        N_(
            "Caution: no rule is left on the event task: what colleagues note for a day "
            "(tourcrm followups add) will be on no list."
        ),
        N_(
            "Caution: no rule on the event task is for everybody: what colleagues note for a day "
            "(tourcrm followups add) will be on no list where no rule fits the customer."
        ),
    ),
    "complaint": (
        N_(
            "Caution: no rule is left on the event complaint: complaints that wait for an answer "
            "will not be among the follow-ups."
        ),
        N_(
            "Caution: no rule on the event complaint is for everybody: complaints that wait for an "
            "answer will not be among the follow-ups where no rule fits the customer."
        ),
    ),
}


def cautions(rules: Sequence[Rule], events: Iterable[str] = _NOTED) -> list[Message]:
    """What somebody noted by hand and these rules would not tell, or not of everybody."""
    found = []
    for name in events:
        steps = [step for one in rules if one.anchor.name == name for step in one.steps]
        none, not_all = _NOTED[name]
        if not steps:
            found.append(Message(none))
        elif all(step.conditions != Conditions() for step in steps):
            found.append(Message(not_all))
    return found


def cautions_of(settings: Settings, event: str) -> list[Message]:
    """The same of the rules that hold, about one event; nothing where they cannot be read."""
    return [] if problems(settings) else cautions(parser.merged(settings.own_rules), [event])


# --- what holds -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """A rule, whose it is (a word of rule_origin), and whether it holds."""

    rule: Rule
    origin: str
    on: bool


def known(own: str) -> list[Known]:
    """All rules, those that are switched off too. Raises Refused where the own ones are broken."""
    parser.merged(own)
    built_in = {one.id: one for one in parser.defaults()}
    mine = {one.id: one for one in parser.load(own, Message(parser.OWN))}
    off = parser.switched_off(own)
    return [
        Known(
            one,
            "built_in" if id_ not in mine else "replaces" if id_ in built_in else "own",
            id_ not in off,
        )
        for id_, one in (built_in | mine).items()
    ]


def problems(settings: Settings) -> list[Message]:
    """Why the agency's own rules can no longer be read, if so."""
    try:
        parser.merged(settings.own_rules)
    except Refused as refused:
        return [refused.message]
    return []


def own_ids(own: str) -> list[str]:
    """The ids that the agency's own rules speak of, right or wrong; none where it is no TOML."""
    tables = parser.tables(own)
    return [] if isinstance(tables, Fault) else list(tables)


def dump(own: str) -> str:
    """All rules as TOML: the program's text, or the agency's own where it has one.

    Raises Refused where the own rules are broken.
    """
    parser.merged(own)
    preamble, built_in = toml_lines.sections(parser.DEFAULTS.read_text(encoding="utf-8"))
    mine = checked(File(Message(parser.OWN), own))
    texts = {part.name: part.text for part in built_in} | mine.sections
    first = mine.preamble if mine.preamble.strip() else preamble
    return _joined(first, *texts.values())


def _joined(*parts: str) -> str:
    """Parts of a text with a blank line between them."""
    stripped = [part.strip("\n") for part in parts]
    return "\n\n".join(part for part in stripped if part) + "\n" * any(stripped)


# --- loading --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a file changed of what holds: ids of rules that came, say something else now,
    are switched off, went, and are the program's again; of rules that say what the program's do.
    before: what the own text said of those that are not as they were. same: nothing was stored,
    since not even a comment changed.
    """

    came: tuple[str, ...]
    changed: tuple[str, ...]
    off: tuple[str, ...]
    gone: tuple[str, ...]
    back: tuple[str, ...]
    left: tuple[str, ...]
    before: str
    same: bool

    @property
    def counts(self) -> dict[str, int]:
        """For the record of the operation."""
        return {
            "added": len(self.came),
            "updated": len(self.changed + self.off + self.back),
            "removed": len(self.gone),
        }


def against_built_in(book: Book) -> tuple[list[str], list[str]]:
    """The ids of the file's rules that replace built-in ones, and of those that are as they are."""
    built_in = {one.id: one for one in parser.defaults()}
    both = [id_ for id_ in book.rules if id_ in built_in and id_ not in book.off]
    equal = [id_ for id_ in both if built_in[id_] == book.rules[id_]]
    return [id_ for id_ in both if id_ not in equal], equal


def store(session: Session, number: Number, own: str, book: Book) -> Loaded:
    """Put the rules of a file in the place of the agency's own (`own` is their text).

    Raises Refused, and changes nothing, where there is a fault in the file.
    """
    book.refuse_faults()
    _replacing, equal = against_built_in(book)
    kept = {id_: text for id_, text in book.sections.items() if id_ not in equal}
    preamble = book.preamble if kept else ""
    before = checked(File(Message(parser.OWN), own))
    same = bool(before.sections or not own) and _alike(before, kept, preamble)
    built_in = {one.id: (False, one) for one in parser.defaults()}
    mine = {id_: _meaning(before, id_) for id_ in before.sections}
    told = {id_: _meaning(book, id_) for id_ in kept}
    old, new = built_in | mine, built_in | told
    other = [id_ for id_ in new if id_ in old and old[id_] != new[id_]]
    off = [id_ for id_ in other if id_ in book.off and id_ not in before.off]
    back = [id_ for id_ in other if id_ not in told]
    went = [id_ for id_ in old if id_ not in new]
    lost = [before.sections[id_] for id_ in mine if id_ in other or id_ in went]
    if not before.sections:  # it is no TOML: nobody can tell its rules apart
        lost = [own]
    if not same:
        setting.store(session, number, setting.RULES, _joined(preamble, *kept.values()))
    return Loaded(
        came=tuple(id_ for id_ in new if id_ not in old),
        changed=tuple(id_ for id_ in other if id_ not in (*off, *back)),
        off=tuple(off),
        gone=tuple(went),
        back=tuple(back),
        left=tuple(equal),
        before=_joined(*lost),
        same=same,
    )


def _meaning(book: Book, id_: str) -> tuple[object, ...]:
    """What two texts of a rule have in common where they mean the same."""
    off = id_ in book.off
    return off, book.rules.get(id_) or (off or book.sections[id_])


def _alike(one: Book, sections: dict[str, str], preamble: str) -> bool:
    """Whether a text has these parts, in whatever order."""
    parts = {id_: text.strip() for id_, text in one.sections.items()}
    return one.preamble.strip() == preamble.strip() and parts == {
        id_: text.strip() for id_, text in sections.items()
    }
