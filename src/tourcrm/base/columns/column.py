"""What is said of a column, once: import, export, options, lists, pages and documents follow."""

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

from tourcrm.base.kinds import Kind, kind_of

# Texts that are kept just as somebody wrote them; others tell things apart, and are compared.
PROSE = frozenset({"note", "comment", "summary", "lost_reason", "text", "what"})
PLAIN = "plain"
APART = "apart"


@dataclass(frozen=True, slots=True, eq=False)  # one is itself: to hash what it says was dear
class Column:
    """One column of an entity or of a result.

    The second half is for entities.
    """

    field: str  # attribute of the row; key in JSON and CSV
    kind: str  # see base/kinds.py
    en: str
    zh: str
    aliases: tuple[str, ...] = ()  # further header names understood on import
    words: str = ""  # the table of vocabulary.WORDS, for kinds word and rating
    mask: str = ""  # phone, id_number or passport: how it is hidden unless revealed
    in_table: bool = True  # shown in a terminal table (exports hold every column)
    spare: int = 0  # left out of a table that is too wide, the highest first; 0: never
    imported: bool = True  # understood on import
    exported: bool = True
    label: str = ""  # the attribute that files for people show in place of an id
    asks: str = ""  # a pattern: how a form on the web may ask for it, where a header is a question

    # Where it stands in the database: PLAIN in the column of its name, X_id in that column as the
    # id of another row, APART in a table of its own, "" nowhere (computed, or said of another row).
    stored: str = PLAIN
    means: str = ""  # in docs/schema.md; the help of its option where that says it
    help: str = ""  # of its option of `add` and `edit`; without it there is none
    option: str = ""  # a further, shorter name of that option
    only_edited: bool = False  # `add` has no such option
    place: int = 5  # among the options, the lowest first; those of one place stand as in the table
    found: bool = False  # `find` looks through it
    told: int = 0  # its place among what `customers show` tells of a person; 0: it does not
    line: bool = False  # on the page that people read it has a line of its own

    def header(self, language: str) -> str:
        """The header that a person reads."""
        return self.zh if language == "zh" else self.en

    @property
    def type(self) -> Kind:
        """How its cells are read and its values shown."""
        return kind_of(self.kind, self.words)

    @property
    def is_label(self) -> bool:
        """Whether it holds a text that tells things apart: a place, a colleague."""
        return self.kind == "text" and self.field not in PROSE

    @property
    def name(self) -> str:
        """Its name in the table of the database; "" where it is no column of that."""
        return self.field if self.stored == PLAIN else self.stored.removesuffix(APART)


def column(field: str, kind: str, en: str, zh: str, aliases: str = "", **more: object) -> Column:
    """A row of a table; its further header names in one text."""
    return Column(field, kind, en, zh, tuple(aliases.split()), **more)  # type: ignore[arg-type]  # keywords of Column, by name


Columns = tuple[Column, ...]


def option(field: str) -> str:
    """The option that sets a field."""
    return "--" + field.replace("_", "-")


def row_type(entity: Columns, *more: str) -> Any:
    """Tuples with the fields of an entity by their names, and `more` that is known beside them."""
    return namedtuple("Row", (*(one.field for one in entity), *more))


def by_field(entity: Columns) -> dict[str, Column]:
    """The columns of an entity by their field."""
    return {one.field: one for one in entity}


def plain(entity: Columns) -> tuple[str, ...]:
    """The fields that are columns of the entity's table under the same name."""
    return tuple(one.field for one in entity if one.stored == PLAIN)


def stored(entity: Columns) -> tuple[str, ...]:
    """The columns of the entity's table: those of its own, and the ids of other rows."""
    return (*plain(entity), *references(entity).values())


def found(entity: Columns) -> tuple[str, ...]:
    """The fields that `find` looks through."""
    return tuple(one.field for one in entity if one.found)


def references(entity: Columns) -> dict[str, str]:
    """Of the fields that name another row: field -> the column that holds its id."""
    return {one.field: one.stored for one in entity if one.stored.endswith("_id")}


def option_names(one: Column) -> tuple[str, ...]:
    """The names of a column's option."""
    return (option(one.field), one.option) if one.option else (option(one.field),)


def options(entity: Columns, edited: bool = False) -> tuple[Column, ...]:
    """The columns that have an option of `add`, or of `edit`, in the order of their options."""
    offered = (one for one in entity if one.help and (edited or not one.only_edited))
    return tuple(sorted(offered, key=lambda one: one.place))
