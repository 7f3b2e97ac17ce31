"""What holds of customers whatever their names, codes and days are."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlmodel import Session

from tests import builders
from tests.examples import examples
from tourcrm.base import parsing
from tourcrm.base.errors import CellError, NotFound
from tourcrm.base.lunar import SpecialDay
from tourcrm.customers import lookup, queries, search, special_days
from tourcrm.db import codes, engine

FEW = examples(25)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.fixture(scope="module")
def file() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield builders.agency(Path(folder))


@contextmanager
def taken_back(file: Path) -> Iterator[Session]:
    """A session whose writes do not stay, so that each example begins with an empty database."""
    with engine.writing(file) as session:
        yield session
        session.rollback()


CODES = st.one_of(
    st.integers(0, 10**9).map(lambda n: f"C{n:06d}"),
    st.integers(0, 10**9).map(lambda n: f"C{n}"),
    st.text("C0123456789cAB-", min_size=1, max_size=12),
)


@FEW
@given(st.lists(CODES, max_size=6, unique=True))
def test_no_made_code_is_one_that_people_gave(file: Path, taken: list[str]) -> None:
    with taken_back(file) as session:
        for code in taken:
            builders.add_customer(session, code)
        first = codes.next_id(session)
        assert not {codes.code_of(id) for id in range(first, first + 20)} & set(taken)


@FEW
@given(TEXTS, TEXTS)
def test_find_finds_what_is_there_and_nothing_else(file: Path, note: str, wanted: str) -> None:
    assume(wanted.strip() and not search.phone_digits(wanted))
    with taken_back(file) as session:
        builders.add_customer(session, "--", name="--", note=note)
        found = queries.find(session, wanted, 10)
        # SQLite knows small letters of ASCII only.
        inside = all(part in note.lower() or part in "--" for part in wanted.lower().split())
        if note.isascii() and wanted.isascii():
            assert bool(found) is inside
        elif all(part in note for part in wanted.lower().split()):
            assert found


@FEW
@given(TEXTS)
def test_whoever_is_named_is_found_or_the_answer_is_a_clean_no(file: Path, who: str) -> None:
    with taken_back(file) as session:
        try:
            name = parsing.name(who)
        except CellError:
            name = "王芳"
        builders.add_customer(session, "--", name=name)
        try:
            assert lookup.find_one(session, who).name == name
        except NotFound as error:
            assert name == "王芳"  # what was looked for is no name at all
            assert not any(ord(c) < 32 and c != "\n" for c in str(error))


SOLAR = st.builds(
    SpecialDay, st.integers(1, 12), st.integers(1, 28), st.none() | st.integers(1900, 2026)
)
LUNAR = st.builds(
    SpecialDay, st.integers(1, 12), st.integers(1, 29), st.none(), st.just("lunar"), st.booleans()
)


@given(st.lists(st.tuples(TEXTS, SOLAR | LUNAR), min_size=1, max_size=5))
def test_special_days_of_any_label_are_read_back(days: list[tuple[str, SpecialDay]]) -> None:
    from tourcrm.base.kinds import special_dates

    known = []
    for label, day in days:
        try:
            known.append((special_days.label_of(label), day))
        except CellError:
            assume(False)
    text = special_days.text(known)
    assert list(special_dates(text, parsing.special_day)) == known
