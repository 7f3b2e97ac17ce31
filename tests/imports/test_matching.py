"""Who is meant: the register of customers, and what trips and contacts name them by."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from tests.builders import add_customer, agency, writing
from tourcrm.base.errors import Message
from tourcrm.db import engine
from tourcrm.imports.fingerprints import fingerprint, known_prints
from tourcrm.imports.matching import Ambiguous, Person, Register, listed
from tourcrm.imports.references import Referrer

A, B, C = "+8613800000001", "+8613800000002", "+8613800000003"
CARD = "11010519491231002X"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    file = agency(tmp_path)
    with writing(file) as session:
        add_customer(session, "K1", name="王芳", phone=A, phone2=B, id_number=CARD)
        add_customer(session, "C000002", name="李强", phone=C, wechat="liqiang")  # our own code
        add_customer(session, "K3", name="赵六", phone=A)
        add_customer(session, "K4", name="孙七", phone=C)
        add_customer(session, "C000005", name="吴十")
    with engine.reading(file) as session:
        yield session


@pytest.fixture
def register(session: Session) -> Register:
    return Register(engine.raw(session))


def found(register: Register, person: Person) -> str | None:
    """The code of whoever is found, "?" where it is not clear, None for somebody new."""
    register.look_up([person])
    try:
        one = register.find(person)
    except Ambiguous:
        return "?"
    return None if one is None else one.code


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (Person(code="K1"), "K1"),
        (Person(code="K1", name="别人", phones=(C,)), "K1"),
        (Person(code="k1"), None),
        (Person(code="K9"), None),
        (Person(id_number=CARD, name="别人"), "K1"),
        (Person(code="K1", id_number=CARD), "K1"),
        (Person(code="K3", id_number=CARD), "?"),
        (Person(code="K9", id_number=CARD), "?"),
        (Person(phones=(A,), name="王芳"), "K1"),
        (Person(phones=(A,), name="王 芳"), "K1"),
        (Person(phones=(A,), name="赵六"), "K3"),
        (Person(phones=(A,), name="钱八"), None),
        (Person(phones=(A,)), "?"),
        (Person(phones=(B,)), "K1"),
        (Person(phones=(B, A), name="王芳"), "K1"),
        (Person(phones=(C,), wechat="liqiang", name="李强"), "C000002"),
        (Person(wechat="liqiang"), "C000002"),
        (Person(wechat="liqiang", name="王芳"), None),
        (Person(name="王芳"), None),
        # A code that nobody has: only one whose code is our own can be meant.
        (Person(code="K9", phones=(A,), name="王芳"), None),
        (Person(code="K9", phones=(C,), name="李强"), "C000002"),
        (Person(code="K9", phones=(C,)), "C000002"),
        # Our own code met again as somebody else's.
        (Person(code="C000002", phones=(B,), name="周九"), "?"),
        (Person(code="C000002", phones=(C,), name="周九"), "C000002"),
        (Person(code="C000002", name="周九"), "C000002"),
        (Person(code="C000005", phones=(B,), name="周九"), "C000005"),
    ],
)
def test_who_a_row_means(register: Register, person: Person, code: str | None) -> None:
    assert found(register, person) == code


def test_doubt_names_the_candidates_without_their_numbers(register: Register) -> None:
    person = Person(phones=(A,))
    register.look_up([person])
    with pytest.raises(Ambiguous) as doubt:
        register.find(person)
    reason = str(doubt.value.reason)
    assert "K1 王芳, K3 赵六" in reason
    assert A[3:] not in reason


def test_those_whom_this_import_adds_are_found_as_well(register: Register) -> None:
    new = Person(code="N1", phones=("+8613900000009",), wechat="newone", name="新人")
    register.look_up([new])
    assert register.find(new) is None
    register.add(new, 99)
    for again in (Person(code="N1"), Person(wechat="newone"), Person(phones=new.phones)):
        register.look_up([again])
        one = register.find(again)
        assert one is not None
        assert one.row_id == 99


def test_a_newcomer_adopts_one_code_only(register: Register) -> None:
    first = Person(phones=("+8613900000009",), name="新人")
    register.look_up([first])
    register.add(first, 99)
    for code, row_id in (("N1", 99), ("N2", None), ("N1", 99)):
        person = Person(code=code, phones=first.phones, name="新人")
        register.look_up([person])
        one = register.find(person)
        assert (one and one.row_id) == row_id
        if one is not None:
            register.learn(person, one)


def test_the_household_is_whoever_shares_a_number(register: Register) -> None:
    person = Person(phones=(A,), name="新人")
    register.look_up([person])
    assert [one.code for one in register.household(person)] == ["K1", "K3"]


@pytest.mark.parametrize("word", ["同手机", "有", "加了", "无", "wx1", "同 上"])
def test_what_is_no_wechat_id_identifies_nobody(word: str) -> None:
    assert list(Person(wechat=word, name="x").marks()) == []


def test_long_lists_of_candidates_are_cut(session: Session, register: Register) -> None:
    person = Person(phones=(A,))
    register.look_up([person])
    ten = register.household(person) * 5
    assert listed(ten).endswith("...")


# --- references ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "phones", "id_number", "name", "who"),
    [
        ("K1", None, None, None, 1),
        (" K1", None, None, None, 1),
        ("13800000002", None, None, None, 1),
        ("+86 138 0000 0002", None, None, None, 1),
        ("13800000002/13800000009", None, None, None, 1),
        (CARD.lower(), None, None, None, 1),
        ("13800000001", None, None, "赵六", 3),
        (None, (B, None), None, None, 1),
        (None, None, CARD, None, 1),
        ("王芳", (A, None), None, None, 1),
        ("K9", (B, None), None, None, 1),
        ("K1", (C, None), None, "李强", 1),
        ("K9", None, None, None, "nobody has the code, phone or ID number K9"),
        ("13800000001", None, None, None, "several have this number"),
        ("13800000002", None, None, "钱八", "that of K1 王芳, but the name differs"),
        (None, None, None, "王芳", 1),  # one has this name
        ("王 芳", None, None, None, 1),
        ("K9", None, None, "王芳", "nobody has the code"),
        (None, None, None, "没有的人", "nobody has this name"),
        ("13900000009", None, None, None, "139****0009"),
        ("12345678901", None, None, None, "123****8901"),
        ("110105194912310021", None, None, None, "110"),
        ("138****0001", None, None, None, "masked"),
        ("1.38E+10", None, None, None, "damaged"),
        ("x" * 300, None, None, None, "too long"),
    ],
)
def test_what_a_reference_names(
    register: Register,
    cell: str | None,
    phones: tuple[str, str | None] | None,
    id_number: str | None,
    name: str | None,
    who: int | str,
) -> None:
    referrer = Referrer(register, "CN")
    [one] = referrer.resolve([cell], [phones], [id_number], [name])
    if isinstance(who, int):
        assert one == who
    else:
        assert isinstance(one, Message)
        assert who in str(one)
        assert not cell or len(cell) < 9 or cell not in str(one)
    assert referrer.resolve([cell], [phones], [id_number], [name]) == [one]  # remembered


# --- fingerprints --------------------------------------------------------------------------------


def test_equal_cells_have_one_fingerprint_in_any_order() -> None:
    one = fingerprint("customer", {"name": "王芳", "city": "北京"})
    assert one == fingerprint("customer", {"city": "北京", "name": "王芳"})
    assert one != fingerprint("customer", {"name": "王芳", "note": "北京"})
    assert one != fingerprint("interaction", {"name": "王芳", "city": "北京"})


def test_many_fingerprints_are_looked_up(session: Session) -> None:
    raw = engine.raw(session)
    raw.execute("INSERT INTO import_row VALUES ('p7', 'customer', 7, 1)")
    assert known_prints(raw, (f"p{n}" for n in range(1200))) == {"p7": 7}
