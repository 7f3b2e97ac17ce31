"""What holds of imports whatever stands in the sheets."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.builders import TODAY
from tests.examples import examples
from tests.importer import Shop, columns
from tourcrm.files.csv import TextSheet
from tourcrm.imports import unchanged

FEW = examples(5, suppress_health_check=[HealthCheck.too_slow])

Row = dict[str, str]
Rows = list[Row]

NASTY = st.text(
    st.one_of(
        st.sampled_from("王芳李强张,;\"'=+@-\n\r\t|[/b]\\ \u3000\u200b\u202e\x1b\0é😀0９Ａ　"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
)
NAMES = st.one_of(st.sampled_from(["王芳", "李强", "王 芳", "Ann Lee", "♥", ""]), NASTY)
CODES = st.sampled_from(["", "K1", "K2", "007", "C000001", "C000003", "-"])
PHONES = st.sampled_from(
    ["", "13812345678", "139 1234 5678", "13812345678/010-62345678", "+6561234567", "123", "无"]
)
DOCUMENTS = st.sampled_from(["", "11010519491231002X", "110105194912310020", "440524188001010014"])
DAYS = st.sampled_from(
    ["", "1985-03-05", "03-05", "02-29", "农历八月十五", "腊月三十", "闰四月初一", "1985-02-30"]
)
MORE_DAYS = st.sampled_from(
    ["", "结婚=2010-05-20", "开业=农历正月初八; 结婚=05-20", "birthday=lunar 08-15", "x"]
)


def sheets(**cells: st.SearchStrategy[str]) -> st.SearchStrategy[Rows]:
    return st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=6)


people = sheets(
    code=CODES,
    name=NAMES,
    kind=st.sampled_from(["", "公司", "person", "?"]),
    phone=PHONES,
    phone2=st.sampled_from(["", "13712345678", "13812345678"]),
    wechat=st.sampled_from(["", "wf_1985", "同手机"]),
    id_number=DOCUMENTS,
    passport_no=st.sampled_from(["", "E1234567"]),
    birthday=DAYS,
    special_dates=MORE_DAYS,
    company=st.sampled_from(["", "K1", "13812345678", "王芳"]),
    referred_by=st.sampled_from(["", "K2", "007"]),
    tags=st.sampled_from(["", "a,b", "b;c", "VIP"]),
    do_not_contact=st.sampled_from(["", "是", "no"]),
    note=NASTY,
)
journeys = sheets(
    order_no=st.sampled_from(["", "A1", "A2", "T0000001", "T0000002", "-"]),
    customer=st.sampled_from(["K1", "K2", "007", "13812345678", "新客户", ""]),
    phone=st.sampled_from(["", "13512345678"]),
    departs_on=st.sampled_from(["2026-05-01", "2026-06-01", "2024-02-29", "", "2026-02-30"]),
    returns_on=st.sampled_from(["", "", "2026-05-09", "2026-06-02"]),
    days=st.sampled_from(["", "3", "5天4晚"]),
    destination=st.one_of(st.sampled_from(["云南", "西藏", ""]), NASTY),
    status=st.sampled_from(["", "已完成", "quoted", "cancelled", "lost", "?"]),
    quoted_on=st.sampled_from(["", "2026-01-01", "2026-11-01"]),
    price=st.sampled_from(["", "1200", "1.2万", "0.01", "-1"]),
    abroad=st.sampled_from(["", "是", "否"]),
    note=NASTY,
)
contacts = sheets(
    customer=st.sampled_from(["K1", "K2", "007", "13812345678"]),
    at=st.sampled_from(["2026-05-09", "2026-05-09 10:00", "2026-05-10T08:00:30Z", "昨天"]),
    channel=st.sampled_from(["", "微信", "到店"]),
    trip=st.sampled_from(["", "A1"]),
    personal=st.sampled_from(["", "是", "否"]),
    summary=NASTY,
)
answers = sheets(
    customer=st.sampled_from(["K1", "K2", "007", "13812345678", ""]),
    trip=st.sampled_from(["", "", "A1"]),
    date=st.sampled_from(["", "2026-05-09", "2026-05-09 10:00:03", "2026-06-01", "昨天"]),
    nps=st.sampled_from(["", "6", "9分", "10 - 非常愿意", "非常满意"]),
    csat=st.sampled_from(["", "5分", "满意", "★★★★☆", "6"]),
    guide=st.sampled_from(["", "(空)", "3"]),
    comment=NASTY,
)
ways = st.sampled_from(["update", "fill", "skip", "error"])


@contextmanager
def agencies(knowing: int = 1, *, new: int = 0) -> Iterator[list[Shop]]:
    """So many agencies that know a few customers, so that trips have whose they are; new ones."""
    with TemporaryDirectory() as folder:
        shops = []
        for number in range(knowing + new):
            place = Path(folder) / str(number)
            place.mkdir()
            known = [("customers", table(SOME))] if number < knowing else []
            shops.append(Shop.holding(place, *known))
        yield shops


def table(rows: Rows, names: list[str] | None = None) -> list[list[str]]:
    return columns(rows, names or list(rows[0]))


def take(shop: Shop, entity: str, rows: Rows, *options: str) -> dict[str, object]:
    if entity == "trips":
        options = (*options, "--create-customers")
    if entity == "surveys":
        options = (*options, "--nps-scale", "0-10")
    return shop.take(entity, table(rows), *options)


SOME = [{"code": "K1", "name": "王芳", "phone": "13812345678"}, {"code": "007", "name": "李强"}]
batches = st.one_of(
    st.tuples(st.just("customers"), people, people),
    st.tuples(st.just("trips"), journeys, journeys),
    st.tuples(st.just("interactions"), contacts, contacts),
    st.tuples(st.just("surveys"), answers, answers),
)


@FEW
@given(batch=batches, way=ways)
def test_a_file_imported_twice_changes_nothing(batch: tuple[str, Rows, Rows], way: str) -> None:
    entity, first, second = batch
    with agencies() as [shop]:
        take(shop, entity, first)
        take(shop, entity, second, "--on-duplicate", way)
        before = shop.state()
        again = take(shop, entity, second, "--on-duplicate", way)
        assert (again["operation"], again["added"], again["updated"]) == (None, 0, 0)
        assert shop.state() == before


@FEW
@given(batch=batches, way=ways)
def test_taking_an_import_back_gives_the_database_as_it_was(
    batch: tuple[str, Rows, Rows], way: str
) -> None:
    entity, first, second = batch
    with agencies() as [shop]:
        take(shop, entity, first)
        before = shop.state()
        said = take(shop, entity, second, "--on-duplicate", way)
        if said["operation"] is not None:
            done = shop.run("imports", "undo", str(said["operation"]))
            assert done.exit_code == 0, done.stderr
        assert shop.state() == before


@FEW
@given(batch=batches, way=ways)
def test_a_dry_run_tells_the_truth(batch: tuple[str, Rows, Rows], way: str) -> None:
    entity, first, second = batch
    with agencies() as [shop]:
        take(shop, entity, first)
        before = shop.state(), shop.db.read_bytes()
        dry = take(shop, entity, second, "--on-duplicate", way, "--dry-run")
        assert (shop.state(), shop.db.read_bytes()) == before
        real = take(shop, entity, second, "--on-duplicate", way)
        assert dry["operation"] is dry["rejected_file"] is None
        hidden = {"operation": None, "rejected_file": None}
        assert dry | hidden == real | hidden
        assert (real["operation"] is None) == (real["added"] == real["updated"] == 0)


@FEW
@given(batch=batches, seed=st.integers(0, 99))
def test_the_order_of_columns_changes_nothing(batch: tuple[str, Rows, Rows], seed: int) -> None:
    entity, rows, _ = batch
    names = list(rows[0])
    random.Random(seed).shuffle(names)
    with agencies(2) as [one, other]:
        take(one, entity, rows)
        options = ["--create-customers"] if entity == "trips" else []
        other.take(entity, table(rows, names), *options)
        assert one.state() == other.state()


@FEW
@given(people, journeys, answers, contacts)
def test_an_export_goes_into_an_empty_database_and_comes_out_the_same(
    customers: Rows, trips: Rows, said_of_them: Rows, calls: Rows
) -> None:
    entities = ("customers", "trips", "surveys", "interactions")
    with agencies(new=1) as [one, other]:
        for entity, rows in zip(entities, (customers, trips, said_of_them, calls), strict=True):
            take(one, entity, rows)
        for entity in (*entities, "surveys", "interactions"):  # contacts are told of by both
            exported = one.export(entity)
            scale = ["--nps-scale", "0-10"] if entity == "surveys" else []
            said = other.take(entity, exported, *scale)
            assert said["rejected"] == 0, other.reasons(said)
            assert other.export(entity) == exported or entity == "interactions"
            assert one.take(entity, exported)["operation"] is None
        assert sorted(other.export("interactions").splitlines()) == sorted(
            one.export("interactions").splitlines()
        )


few_alike = sheets(
    order_no=st.sampled_from(["", "", "", "A1", "A2", "T0000002"]),
    customer=st.sampled_from(["K1", "K1", "007"]),
    departs_on=st.sampled_from(["2026-05-01", "2026-05-01", "2026-06-01"]),
    destination=st.sampled_from(["云南", "云南", "西藏", ""]),
    price=st.sampled_from(["", "1", "2"]),
    abroad=st.sampled_from(["", "是", "否"]),
    note=st.sampled_from(["", "a", "a\x1eb", "b"]),
)


@st.composite
def files_that_come_again(draw: st.DrawFn) -> list[Rows]:
    """A file, perhaps one of somebody else, and the first again: rows moved, gone, changed, new."""
    first, other = draw(few_alike) + draw(few_alike), draw(few_alike)
    names = draw(st.sampled_from([list(first[0]), list(first[0])[1:]]))  # with codes, without
    again = [
        row
        for one in first
        for row in draw(
            st.sampled_from(
                [[one]] * 6
                + [[], [one, one], [other[0], one], [one | {"price": "3"}], [one | {"note": ""}]]
            )
        )
    ] or first
    if draw(st.booleans()):
        again = draw(st.permutations(again))
    files = draw(st.sampled_from([[first, again], [first, other, again], [first, again, first]]))
    return [[{name: row[name] for name in names} for row in rows] for rows in files]


@FEW
@given(files=files_that_come_again(), way=ways, chunk=st.integers(1, 4))
def test_rows_that_are_passed_over_are_those_that_say_nothing_new(
    files: list[Rows], way: str, chunk: int
) -> None:
    chunks, options = TextSheet.chunks, ("--on-duplicate", way)
    with agencies(2) as [quick, slow], pytest.MonkeyPatch.context() as patch:
        patch.setattr(TextSheet, "chunks", lambda sheet: chunks(sheet, chunk))
        said = [take(quick, "trips", rows, *options) for rows in files]
        state = quick.state()
        again = take(quick, "trips", files[-1], *options)
        assert (again["operation"], again["added"], again["updated"]) == (None, 0, 0)
        assert quick.state() == state
        patch.setattr(unchanged.Standing, "pass_over", lambda _, lines, columns: range(len(lines)))
        hidden = {"rejected_file": None}
        for rows, one in zip(files, said, strict=True):
            assert take(slow, "trips", rows, *options) | hidden == one | hidden
        assert slow.state() == state


def test_the_day_of_these_tests_is_that_of_the_builders() -> None:
    with agencies() as [shop]:
        assert shop.one("SELECT value FROM setting WHERE key = 'today'") == TODAY.isoformat()
