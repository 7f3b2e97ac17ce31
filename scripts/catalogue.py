"""The catalogue of Chinese texts: collect what the code says, fill in, compile, check.

    python scripts/catalogue.py extract          bring the .po file up to date with the code
    python scripts/catalogue.py merge FILE...    fill blanks from JSON: {"english": "中文"}
    python scripts/catalogue.py compile          write the .mo file that the program reads
    python scripts/catalogue.py check            exit 1 and say what is missing or out of date

The .po file has no line numbers and no dates, so that it only changes when a text does.
"""

import argparse
import ast
import gettext
import json
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "src" / "tourcrm"
PO = PACKAGE / "locales" / "zh" / "LC_MESSAGES" / "tourcrm.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {"N_": 1, "_": 1, "translate": 1, "ngettext": 2}  # how many of its words are texts
SAME_IN_BOTH = "Example: tourcrm "  # what one types is the same; a translation may be given
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def _blank() -> Catalog:
    return Catalog(
        locale="zh",
        domain="tourcrm",
        project="tourcrm",
        version="1",
        msgid_bugs_address="none",
        header_comment="# Chinese texts of tourcrm.",
        creation_date=NO_DATE,
        revision_date=NO_DATE,
        last_translator="the tourcrm authors",
        language_team="the tourcrm authors",
        fuzzy=False,
    )


def in_code(package: Path = PACKAGE) -> Catalog:
    """Every text that the code marks for translation, untranslated."""
    found = _blank()
    for file in sorted(package.rglob("*.py")):
        for text in _marked(ast.parse(file.read_text("utf-8"))):
            found.add(text)
    return found


def _marked(code: ast.Module) -> Iterator[str | tuple[str, ...]]:
    """The texts that a module marks, also inside f-strings, which Babel's own extractor misses."""
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            words = node.args[: KEYWORDS.get(name, 0)]
            texts = tuple(
                word.value
                for word in words
                if isinstance(word, ast.Constant) and isinstance(word.value, str) and word.value
            )
            if texts and len(texts) == KEYWORDS[name]:
                yield texts if len(texts) > 1 else texts[0]


def stored(path: Path = PO) -> Catalog:
    """The catalogue as it stands in the .po file; blank where there is none."""
    if not path.exists():
        return _blank()
    with path.open("rb") as file:
        return read_po(file, locale="zh", domain="tourcrm")


def updated(code: Catalog, old: Catalog) -> Catalog:
    """What the code says, with the translations that there are; texts no longer said are gone."""
    new = _blank()
    for message in _messages(code):
        known = old.get(message.id, message.context)
        new.add(
            message.id,
            known.string if known else "",
            flags=message.flags | ({"fuzzy"} if known and known.fuzzy else set()),
            user_comments=known.user_comments if known else (),
            context=message.context,
        )
    return new


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _english(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _texts(message: Message, part: str) -> tuple[str, ...]:
    value = getattr(message, part)
    if isinstance(value, str):
        return (value,)
    return tuple(text for text in value or () if text is not None)


def fields(text: str) -> set[str]:
    """The named fields of a template, {name} or {name:format}. Raises ValueError if malformed."""
    return {
        name for _text, name, _spec, _kind in string.Formatter().parse(text) if name is not None
    }


def problems(code: Catalog, po: Catalog, mo: Path = MO) -> list[str]:
    """What is wrong with the catalogue, one line each; empty if nothing is."""
    found = []
    for message in _messages(code):
        known = po.get(message.id, message.context)
        found += [f"{wrong}: {_english(message)!r}" for wrong in _problems(message, known)]
    wanted = {_english(message) for message in _messages(code)}
    found += [
        f"no longer in the code: {_english(message)!r}"
        for message in _messages(po)
        if _english(message) not in wanted
    ]
    if not mo.exists() or _compiled(mo) != _translations(po):
        found.append("the .mo file is out of date: make catalogue")
    return found


def _problems(message: Message, known: Message | None) -> Iterator[str]:
    chinese = _texts(known, "string") if known else ()
    if not (chinese and all(chinese)):
        if not _english(message).startswith(SAME_IN_BOTH):
            yield "not translated"
        return
    if known and known.fuzzy:
        yield "fuzzy"
    try:
        if len({frozenset(fields(text)) for text in (*_texts(message, "id"), *chinese)}) > 1:
            yield "other fields in the translation"
    except ValueError:
        yield "malformed fields"
    if len({text.endswith("\n") for text in (_english(message), *chinese)}) > 1:
        yield "another line end in the translation"


def _translations(po: Catalog) -> dict[str, str]:
    return {
        _english(message): _texts(message, "string")[0]
        for message in _messages(po)
        if all(_texts(message, "string")) and _texts(message, "string") and not message.fuzzy
    }


def _compiled(mo: Path) -> dict[str, str]:
    with mo.open("rb") as file:
        texts = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {
        key if isinstance(key, str) else key[0]: text for key, text in texts.items() if key != ""
    }


def save(catalogue: Catalog, path: Path = PO) -> None:
    """Write the .po file, in a stable order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, no_location=True, sort_output=True)


def compile_catalogue(po: Path = PO, mo: Path = MO) -> None:
    """Write the .mo file."""
    with mo.open("wb") as file:
        write_mo(file, stored(po))


def merge(catalogue: Catalog, chinese: dict[str, str], replace: bool) -> list[str]:
    """Fill in translations; gives the texts that the code does not say."""
    unknown = []
    by_english = {_english(message): message for message in _messages(catalogue)}
    for english, text in chinese.items():
        message = by_english.get(english)
        if message is None:
            unknown.append(english)
        elif replace or not any(_texts(message, "string")):
            message.string = (text,) if isinstance(message.id, (list, tuple)) else text
    return unknown


def main() -> int:
    """Run one of the four verbs; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("verb", choices=["extract", "merge", "compile", "check"])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--replace", action="store_true", help="merge: also change what is filled")
    given = parser.parse_args()
    if given.verb == "check":
        found = problems(in_code(), stored())
        print("\n".join(found) or "the catalogue is complete")
        return 1 if found else 0
    if given.verb == "compile":
        compile_catalogue()
        return 0
    catalogue = updated(in_code(), stored())
    for file in given.files:
        for english in merge(catalogue, json.loads(file.read_text("utf-8")), given.replace):
            print(f"{file.name}: the code does not say {english!r}", file=sys.stderr)
    save(catalogue)
    blank = sum(
        not any(_texts(message, "string")) and not _english(message).startswith(SAME_IN_BOTH)
        for message in _messages(catalogue)
    )
    print(f"{len(list(_messages(catalogue)))} texts, {blank} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
