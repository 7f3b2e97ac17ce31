"""Rows and identities: what contradicts is not overwritten, what was decided stays, other
currencies, names alone, and what else a sheet must not do quietly."""

import random
from pathlib import Path

import pytest

from tests.importer import Shop
from tourcrm.base.money import LIMIT
from tourcrm.commands.imports import intake
from tourcrm.imports import order_lines

ORDER = (
    "order_no,customer,destination,departure,return,price,people,note\n"
    "O1,K1,云南,2026-05-02,2026-05-06,6000,2,靠窗\n"
    "O1,K1,单房差,2026-05-01,,800,1,\n"
    "O1,K1,保险,2026-05-01,2026-05-07,200,1,赠送\n"
    "O2,K1,西藏,2026-06-01,,50,1,\n"
)
LINES = ("--rows", "lines")
FATHER, SON, OTHER = "110101198503050012", "440106199008123029", "440106199008123037"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    known = "code,name,phone\nK1,张三,13812345678\nK2,李四,13912345678\n"
    return Shop.holding(tmp_path, ("customers", known))


def trips(shop: Shop, what: str = "code, price, party_size") -> list[tuple[object, ...]]:
    return shop.rows(f"SELECT {what} FROM trip ORDER BY code, id")


# --- lines of an order ---------------------------------------------------------------------------


def test_a_row_that_contradicts_an_earlier_one_is_rejected_with_both_lines(shop: Shop) -> None:
    said = shop.take("trips", ORDER)
    assert (said["added"], said["rejected"]) == (2, 2)
    reasons = shop.reasons(said)
    assert set(reasons) == {3, 4}
    assert all("line 2 has the same order number" in why for why in reasons.values())
    assert all("price" in why and "--rows lines" in why for why in reasons.values())
    assert trips(shop) == [("O1", 600_000, 2), ("O2", 5_000, 1)]


@pytest.mark.parametrize(("people", "count"), [((), 2), (("--people", "added"), 4)])
@pytest.mark.parametrize("known", [False, True])
def test_lines_of_an_order_add_up(
    shop: Shop, people: tuple[str, ...], count: int, known: bool
) -> None:
    if known:
        shop.take("trips", "order_no,customer,departure,price\nO1,K1,2026-05-02,1\n")
    said = shop.take("trips", ORDER, *LINES, *people)
    assert (said["added"] + said["updated"], said["rejected"]) == (2, 0)
    assert "orders in several lines: 1, with 3 lines" in "; ".join(said["notes"])
    assert trips(shop, "code, destination, departs_on, returns_on, price, party_size, note") == [
        ("O1", "云南", "2026-05-01", "2026-05-07", 700_000, count, "靠窗; 赠送"),
        ("O2", "西藏", "2026-06-01", "2026-06-01", 5_000, 1, None),
    ]
    before = shop.state()
    assert shop.take("trips", ORDER, *LINES, *people)["operation"] is None
    if not people:
        again = shop.take("trips", ORDER)  # known to come in lines
        assert (again["operation"], again["rejected"]) == (None, 0)
    assert shop.state() == before
    assert shop.run("imports", "undo", str(said["operation"])).exit_code == 0
    assert len(trips(shop)) == known


def test_lines_of_an_order_that_add_up_to_too_much_are_refused(shop: Shop) -> None:
    most = LIMIT // 100  # yuan
    for second, rejected in ((0, 0), (1, 2)):
        sheet = f"order_no,customer,departure,price\nO{second},K1,2026-05-01,{most}\n"
        said = shop.take("trips", f"{sheet}O{second},K1,2026-05-01,{second}\n", *LINES)
        assert said["rejected"] == rejected
    assert all("add up to too much" in why for why in shop.reasons(said).values())


@pytest.mark.parametrize(
    ("prices", "place"), [((1, 2), "B"), ((2, 2), "A"), ((None, 1), "B"), ((0, None), "A")]
)
def test_of_lines_that_differ_the_dearest_counts_then_the_first(
    prices: tuple[int | None, ...], place: str
) -> None:
    usual = dict.fromkeys(("customer_id", "status", "party_size", "note"))
    rows = [
        {**usual, "price": price, "destination": where}
        for price, where in zip(prices, "AB", strict=True)
    ]
    whole = order_lines.together(rows, people_added=False)
    assert isinstance(whole, dict)
    assert whole["destination"] == place


def test_equal_lines_are_lines(shop: Shop) -> None:
    rows = "order_no,customer,departure,price\nO1,K1,2026-05-02,100\nO1,K1,2026-05-02,100\n"
    shop.take("trips", rows, *LINES)
    assert trips(shop, "price") == [(20_000,)]


def test_a_line_that_says_what_the_trip_was_until_now_is_added_too(shop: Shop) -> None:
    """Yesterday the order had one line, and its trip is just so; today a second one is there."""
    first = "order_no,customer,departure,price\nO1,K1,2026-05-02,100\n"
    shop.take("trips", first)
    shop.take("trips", first + "O1,K1,2026-05-02,50\n", *LINES)
    assert trips(shop, "price") == [(15_000,)]


@pytest.mark.parametrize("way", ["update", "fill", "skip"])
def test_an_order_of_lines_comes_whole_or_not_at_all(shop: Shop, way: str) -> None:
    broken = ORDER.replace(",800,", ",8oo,")
    said = shop.take("trips", broken, *LINES, "--on-duplicate", way)
    assert (said["added"], said["rejected"]) == (1, 3)
    assert "line 3 of this order was rejected" in shop.reasons(said)[2]
    mended = Path(said["rejected_file"])
    mended.write_text(mended.read_text("utf-8-sig").replace("8oo", "800"), "utf-8")
    assert shop.take("trips", mended, *LINES)["added"] == 1
    assert trips(shop, "price") == [(700_000,), (5_000,)]


def test_lines_that_differ_in_customer_or_status_are_no_order(shop: Shop) -> None:
    for column, cells in (
        ("customer_phone", ("13812345678", "13912345678")),
        ("status", ("booked", "cancelled")),
    ):
        rows = f"order_no,customer,departure,price,{column}\n" + "".join(
            f"O1,{'K1' if column == 'status' else ''},2026-05-02,1,{cell}\n" for cell in cells
        )
        said = shop.take("trips", rows, *LINES)
        assert (said["added"], said["rejected"]) == (0, 2), column
        for why in shop.reasons(said).values():
            assert "the lines of this order differ in customer or status" in why, column


@pytest.mark.parametrize("options", [(), LINES])
def test_rejected_lines_that_come_again_do_not_overwrite(
    shop: Shop, options: tuple[str, ...]
) -> None:
    rejected = Path(shop.take("trips", ORDER)["rejected_file"])
    for lang in ("en", "zh"):
        done = shop.run("trips", "import", rejected, *options, lang=lang)
        assert done.exit_code == 4
        assert trips(shop, "price") == [(600_000,), (5_000,)]
    shop.take("trips", ORDER, *LINES)
    assert trips(shop, "price") == [(700_000,), (5_000,)]


@pytest.mark.parametrize(("answer", "price"), [("y", 700_000), ("n", 600_000)])
def test_at_a_terminal_it_asks(
    shop: Shop, answer: str, price: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "at_terminal", lambda: True)
    done = shop.run("trips", "import", shop.sheet(ORDER), input=f"{answer}\n".encode())
    assert done.stderr.count("line ") == 3
    assert "6000.00" in done.stderr
    assert trips(shop, "price") == [(price,), (5_000,)]


@pytest.mark.parametrize(
    ("entity", "rows"),
    [
        ("customers", "code,name,city\nK9,王五,北京\nK9,王五,上海\n"),
        (
            "customers",
            "code,name,phone,phone2\nK9,王五,13800000001,13800000002\nK9,,13800000003,\n",
        ),
        ("customers", "code,name,birthday\nK9,王五,1980-01-02\nK9,王五,1980-01-03\n"),
        ("customers", "code,name,company\nK9,王五,K1\nK9,王五,K2\n"),
        ("surveys", "customer,trip,nps\nK1,A1,9\nK1,A1,2\n"),
    ],
)
def test_in_each_entity_the_later_row_is_rejected(shop: Shop, entity: str, rows: str) -> None:
    shop.take("trips", "order_no,customer,departure\nA1,K1,2026-05-02\n")
    said = shop.take(entity, rows)
    assert (said["added"], said["rejected"]) == (1, 1)
    assert "line 2 is about the same one" in shop.reasons(said)[3]


def test_rows_that_only_add_are_one(shop: Shop) -> None:
    rows = "code,name,city,birthday,tags\nK9,王五,,1980-01-02,a\nK9,王 五,北京,01-02,b\n"
    assert shop.take("customers", rows)["rejected"] == 0
    assert shop.one("SELECT name, city FROM customer WHERE code = 'K9'") == ("王五", "北京")
    assert shop.one("SELECT year FROM special_date") == 1980


# --- a weaker sign never overrules a stronger one -------------------------------------------------


@pytest.mark.parametrize("together", [True, False])
def test_another_id_number_is_another_person(shop: Shop, together: bool) -> None:
    header = "姓名,手机,身份证号\n"
    rows = [f"张伟,13800138001,{FATHER}\n", f"张伟,13800138001,{SON}\n"]
    for _ in range(2):
        for sheet in [header + "".join(rows)] if together else [header + row for row in rows]:
            said = shop.take("customers", sheet)
            assert said["rejected"] == 0
    found = shop.rows("SELECT id_number FROM customer WHERE name = '张伟' ORDER BY id")
    assert found == [(FATHER,), (SON,)]


@pytest.mark.parametrize(
    "row",
    [
        f",13800138001,{SON},",  # no name: whose number is it
        "张伟,13800138001,,E7654321",  # another passport: a new one, or another person
        f"张伟,13800138001,{SON},E1234567",  # the passport of somebody with another ID number
    ],
)
def test_a_document_is_never_overwritten_by_way_of_a_weaker_sign(shop: Shop, row: str) -> None:
    header = "姓名,手机,身份证号,护照号\n"
    shop.take("customers", f"{header}张伟,13800138001,{FATHER},E1234567\n")
    before = shop.state()
    said = shop.take("customers", header + row + "\n")
    assert said["rejected"] == 1
    assert shop.state() == before


def test_what_the_rows_above_showed_counts(shop: Shop) -> None:
    rows = [f"张伟,13800138001,{number}" for number in ("", FATHER, SON)]
    assert shop.take("customers", "\n".join(["姓名,手机,身份证号", *rows]))["added"] == 2


def test_an_order_with_another_id_number_is_not_that_of_the_phone(shop: Shop) -> None:
    shop.take("customers", f"姓名,手机,身份证号\n张伟,13800138001,{FATHER}\n")
    rows = f"客户姓名,客户电话,身份证号,出发日期\n张伟,13800138001,{SON},2026-05-01\n"
    said = shop.take("trips", rows)
    assert "the ID number differs" in shop.reasons(said)[2]
    assert shop.take("trips", rows, "--create-customers")["added"] == 1
    found = shop.one("SELECT id_number FROM customer c JOIN trip t ON t.customer_id = c.id")
    assert found == SON


# --- what was decided -----------------------------------------------------------------------------

PEOPLE = (
    "姓名,手机,状态,营销许可,请勿联系\n"
    "赵六,13800138003,正常,同意,否\n钱七,13800138004,正常,同意,否\n"
)
STATE = (
    "SELECT status, lost_on, marketing_consent, consent_on, do_not_contact "
    "FROM customer WHERE name = '赵六'"
)


def test_an_old_sheet_does_not_take_back_what_was_decided(shop: Shop) -> None:
    shop.take("customers", PEOPLE)
    shop.run("customers", "lose", "赵六", "--deceased", "--on", "2026-11-01")
    shop.run("customers", "edit", "赵六", "--consent", "no", "--do-not-contact", "yes")
    before = shop.state()
    said = shop.take("customers", PEOPLE)
    assert (said["operation"], said["kept"], said["unchanged"]) == (None, 1, 2)
    assert "line 2: " in "; ".join(said["notes"])
    assert "--even-decisions" in "; ".join(said["notes"])
    assert shop.state() == before
    done = shop.take("customers", PEOPLE, "--even-decisions")
    assert (done["updated"], done["kept"]) == (1, 0)
    assert shop.one(STATE)[::2] == ("active", "yes", 0)
    shop.run("imports", "undo", str(done["operation"]))
    assert shop.state() == before


@pytest.mark.parametrize(
    ("cells", "consent"),
    [
        ("同意,2026-11-30", "yes"),  # asked again, later
        ("同意,2026-11-01", "no"),
        ("同意,", "no"),
        ("未知,", "no"),
        ("不同意,2026-12-01", "no"),
    ],
)
def test_a_later_day_of_the_sheet_counts(shop: Shop, cells: str, consent: str) -> None:
    shop.run("settings", "today", "2026-12-24")
    shop.take("customers", PEOPLE)
    shop.run("customers", "edit", "赵六", "--consent", "no", "--consent-on", "2026-11-20")
    shop.take("customers", f"姓名,手机,营销许可,许可日期\n赵六,13800138003,{cells}\n")
    assert shop.one(STATE)[2] == consent


def test_what_protects_stays_also_where_an_import_said_it(shop: Shop) -> None:
    shop.take("customers", PEOPLE.replace("正常,同意,否", "去世,不同意,是", 1))
    before = shop.state()
    assert shop.take("customers", PEOPLE)["kept"] == 1
    assert shop.state() == before
    shop.take("customers", PEOPLE.replace("正常,同意,否", "流失,不同意,是"))  # protects more
    assert shop.one("SELECT status FROM customer WHERE name = '钱七'") == "lost"


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        ("流失,同意,否", "正常,同意,否", 1),
        ("去世,同意,否", "流失,同意,否", 1),
        ("流失,同意,否", "去世,同意,否", 0),
        ("正常,不同意,否", "正常,同意,否", 1),
        ("正常,同意,否", "正常,未知,否", 0),
        ("正常,同意,是", "正常,同意,否", 1),
    ],
)
def test_each_word_of_an_import_that_protects_stays(
    shop: Shop, first: str, then: str, kept: int
) -> None:
    shop.take("customers", PEOPLE.replace("正常,同意,否", first, 1))
    said = shop.take("customers", PEOPLE.replace("正常,同意,否", then, 1))
    assert (said["kept"], said["updated"]) == (kept, 1 - kept)


def test_what_only_an_import_said_may_be_corrected_by_the_next(shop: Shop) -> None:
    rows = "order_no,customer,departure,status\nA1,K1,2026-12-20,{}\n"
    for status in ("quoted", "booked", "cancelled", "booked"):
        shop.take("trips", rows.format(status))
        assert shop.one("SELECT status FROM trip") == status


@pytest.mark.parametrize("status", ["booked", "quoted"])
def test_a_trip_that_was_cancelled_by_hand_stays_so(shop: Shop, status: str) -> None:
    rows = f"order_no,customer,departure,status,price\nA1,K1,2026-12-20,{status},{{}}\n"
    shop.take("trips", rows.format(1))
    shop.run("trips", "cancel" if status == "booked" else "lose", "A1", "--reason", "x")
    said = shop.take("trips", rows.format(2))
    assert (said["kept"], said["updated"]) == (1, 1)  # what is no decision is taken
    assert shop.one("SELECT status <> ?, price FROM trip".replace("?", f"'{status}'")) == (1, 200)


def test_even_decisions_goes_with_update_alone(shop: Shop) -> None:
    path = shop.sheet(PEOPLE)
    done = shop.run("customers", "import", path, "--even-decisions", "--on-duplicate", "fill")
    assert done.exit_code == 2


# --- currencies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "options", "price"),
    [
        ("1000,USD", (), None),
        ("1000,美元", (), None),
        ("$1000,", (), None),
        ("¥1000,USD", ("--rate", "USD=7"), None),  # the cell contradicts the column
        ("1000,瓦罐", (), None),
        ("1000,", (), 100_000),
        ("1000,RMB", (), 100_000),
        ("1000,人民币(CNY)", (), 100_000),
        ("￥1000,¥", (), 100_000),
        ("1000,USD", ("--rate", "USD=7.105"), 710_500),
        ("$1000,", ("--rate", "美元=7.105"), 710_500),
        ("$1000,USD", ("--rate", "USD=7.105"), 710_500),
        ("0.05,USD", ("--rate", "USD=0.5"), 3),  # half a fen is rounded up
        ("1000,EUR", ("--rate", "USD=7.105"), None),
    ],
)
def test_another_currency_is_refused_or_converted(
    shop: Shop, cells: str, options: tuple[str, ...], price: int | None
) -> None:
    rows = f"客户,线路,出发日期,团费,币种\nK1,北海道,2026-05-01,{cells}\n"
    said = shop.take("trips", rows, *options)
    assert trips(shop, "price") == ([] if price is None else [(price,)])
    assert said["rejected"] == (price is None)
    assert shop.take("trips", rows, *options)["operation"] is None


def test_what_was_converted_is_said_and_kept_beside_what_is_there(shop: Shop) -> None:
    rows = "order_no,customer,departure,price,currency\nA1,K1,2026-05-01,1000,USD\n"
    said = shop.take("trips", rows, "--rate", "USD=7.10")
    assert "1 amounts converted from USD at 7.1" in "; ".join(said["notes"])
    assert shop.one("SELECT note FROM trip") == "1000.00 USD x 7.1"
    shop.run("trips", "edit", "A1", "--note", "靠窗; 1000.00 USD x 7.1")
    assert shop.take("trips", rows, "--rate", "USD=7.1")["operation"] is None
    shop.take("trips", rows, "--rate", "USD=7.2")
    assert shop.one("SELECT note, price FROM trip") == ("靠窗; 1000.00 USD x 7.2", 720_000)


@pytest.mark.parametrize("rate", ["USD", "USD=", "USD=0", "USD=-1", "CNY=1", "=7", "瓦罐=7"])
def test_a_rate_that_cannot_be_is_wrong_usage(shop: Shop, rate: str) -> None:
    path = shop.sheet("客户,出发日期,团费\nK1,2026-05-01,1\n")
    assert shop.run("trips", "import", path, "--rate", rate).exit_code == 2


# --- names alone ----------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["客户姓名", "客户"])
@pytest.mark.parametrize("options", [(), ("--create-customers",)])
def test_a_name_alone_means_the_one_who_has_it(
    shop: Shop, header: str, options: tuple[str, ...]
) -> None:
    said = shop.take("trips", f"{header},出发日期\n张 三,2026-05-01\n", *options)
    assert (said["added"], shop.one("SELECT count(*) FROM customer")) == (1, 2)
    assert "1 say the customer's name only" in "; ".join(said["notes"])
    assert shop.one("SELECT customer_id FROM trip") == 1


@pytest.mark.parametrize("options", [(), ("--create-customers",)])
def test_a_name_that_several_have_is_rejected_with_them(
    shop: Shop, options: tuple[str, ...]
) -> None:
    shop.take("customers", "code,name,phone\nK3,张三,13712345678\n")
    said = shop.take("trips", "客户姓名,出发日期\n张三,2026-05-01\n", *options)
    assert said["rejected"] == 1
    assert "K1 张三 138****5678, K3 张三 137****5678" in shop.reasons(said)[2]


def test_no_second_one_of_a_name_is_made_quietly(shop: Shop) -> None:
    rows = [
        "张三,,2026-05-01",  # which of the two: the one known, or the one below
        "张三,13612345678,2026-05-02",
        "韩梅,,2026-05-01",
        "韩梅,,2026-05-02",
        "周九,,2026-05-01",
        "周九,13512345678,2026-05-02",
    ]
    for seed in range(4):
        random.Random(seed).shuffle(rows)
        said = shop.take(
            "trips", "客户姓名,电话,出发日期\n" + "\n".join(rows), "--create-customers"
        )
        assert said["rejected"] == 1
        [why] = shop.reasons(said).values()
        assert "several have this name" in why
        assert shop.rows(
            "SELECT name, count(*) FROM customer WHERE id > 2 GROUP BY 1 ORDER BY 1"
        ) == [
            ("周九", 1),
            ("张三", 1),
            ("韩梅", 1),
        ]
        if seed == 0:
            assert "1 have the name of another customer" in "; ".join(said["notes"])
        else:
            assert said["operation"] is None


@pytest.mark.parametrize(
    ("entity", "rows"),
    [
        ("interactions", "客户姓名,时间,内容\n张三,2026-11-01,好\n"),
        ("surveys", "姓名,满意度\n张三,5\n"),
    ],
)
def test_names_find_customers_in_contacts_and_answers_too(
    shop: Shop, entity: str, rows: str
) -> None:
    said = shop.take(entity, rows)
    assert said["added"] == 1
    assert "name only" in "; ".join(said["notes"])
    shop.take("customers", "code,name\nK3,张三\n")
    assert shop.take(entity, rows.replace("2026-11-01", "2026-11-02"))["rejected"] == 1


# --- answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("travelled", [False, True])
@pytest.mark.parametrize("day", ["2026-05-20", ""])
def test_two_answers_of_one_day_both_stay(shop: Shop, travelled: bool, day: str) -> None:
    if travelled:
        shop.take("trips", "order_no,customer,departure\nA1,K1,2026-05-01\n")
    rows = f"customer,date,nps,comment\nK1,{day},9,loved the guide\nK1,{day},2,bus broke down\n"
    assert shop.take("surveys", rows)["added"] == 2
    assert shop.rows("SELECT nps, trip_id FROM survey_response ORDER BY id") == [
        (9, 1 if travelled else None),
        (2, None),
    ]
    turned = "\n".join([*rows.splitlines()[:1], *reversed(rows.splitlines()[1:])])
    for again in (rows, turned, shop.export("surveys")):
        assert shop.take("surveys", again)["operation"] is None


def test_one_answer_number_is_one_answer(shop: Shop) -> None:
    rows = (
        "答卷编号,客户,日期,推荐意愿,建议\n"
        "7,K1,2026-05-20,9,\n7,K1,2026-05-20,,好\n7,K1,2026-05-20,2,\n"
    )
    said = shop.take("surveys", rows)
    assert (said["added"], said["rejected"]) == (1, 1)
    assert shop.one("SELECT nps, comment FROM survey_response") == (9, "好")
    assert shop.take("surveys", rows.replace(",9,", ",8,"))["updated"] == 1


def test_an_answer_about_a_trip_is_of_a_customer_who_is_known(shop: Shop) -> None:
    shop.take("trips", "order_no,customer,departure,return\nA1,K1,2025-05-01,2025-05-09\n")
    said = shop.take("surveys", "customer,trip,nps\n,A1,9\nK99,A1,9\n")
    assert (said["added"], said["rejected"]) == (1, 1)
    assert "nobody has the code, phone or ID number K99" in shop.reasons(said)[3]


def test_an_answer_without_a_day_is_of_the_day_of_return(shop: Shop) -> None:
    shop.take("trips", "order_no,customer,departure,return\nA1,K1,2025-05-01,2025-05-09\n")
    said = shop.take("surveys", "customer,nps\nK1,9\nK2,8\n")
    assert "1 without a day: taken as answered on the day of return" in "; ".join(said["notes"])
    assert shop.rows("SELECT answered_on FROM survey_response ORDER BY id") == [
        ("2025-05-09",),
        ("2026-11-20",),
    ]


@pytest.mark.parametrize(
    ("points", "options", "warned"),
    [
        ((1, 2, 3, 4, 5, 5, 4, 9), (), True),
        ((1, 2, 3, 4, 5, 5, 4, 9), ("--nps-scale", "0-10"), False),
        ((1, 2, 9, 10, 8, 7, 9), (), False),
        ((1, 2, 3, 4, 5, 6), (), True),  # five low ones are enough
        ((1, 2, 3, 4, 6), (), False),
        ((1, 2, 3, 4, 5, 1, 2, 3, 9, 9), (), True),  # four times as many
        ((1, 2, 3, 4, 5, 1, 2, 9, 9), (), False),
    ],
)
def test_a_scale_of_one_to_five_with_a_few_nines_is_warned_of(
    shop: Shop, points: tuple[int, ...], options: tuple[str, ...], warned: bool
) -> None:
    days = (f"K1,2026-01-{day:02d},{nps}\n" for day, nps in enumerate(points, 1))
    said = shop.take("surveys", "customer,date,nps\n" + "".join(days), "--dry-run", *options)
    assert ("two scales may be mixed" in "; ".join(said["notes"])) == warned


def test_a_score_is_exact_for_machines(shop: Shop) -> None:
    days = (f"K1,2026-01-{day:02d},{9 if day < 3 else 2}\n" for day in range(1, 9))
    shop.take("surveys", "customer,date,nps\n" + "".join(days), "--nps-scale", "0-10")
    shop.take("surveys", "customer,date,nps\nK2,2026-01-09,9\n")
    assert "\n,-33.333333," in shop.run("surveys", "nps", "-f", "csv").stdout
    assert '"nps": -33.333333' in shop.run("surveys", "nps", "-f", "json").stdout
    assert "-33 " in shop.run("surveys", "nps").stdout


# --- feet, rejected files, taking back ------------------------------------------------------------


@pytest.mark.parametrize(
    "foot",
    [
        "合计,40人,,",
        "总计,40人次,,",
        "小计,40,,",
        "本页合计,40人,,",
        "本页共40人,,,",
        "Total,40 customers,,",
        "Total: 40 guests,,,",
        "Page total,40,,",
        "制表人：林小红,,,",
        "制表人 林小红,,,",
    ],
)
def test_a_foot_stays_a_foot_when_the_rejected_rows_come_again(shop: Shop, foot: str) -> None:
    said = shop.take("customers", f"序号,客户姓名,手机,备注\n1,王芳,13712345678,\n{foot}\n")
    for _ in range(3):
        assert said["rejected"] == 1
        assert shop.one("SELECT count(*) FROM customer") == 3
        said = shop.take("customers", Path(said["rejected_file"]))


def test_the_same_rejected_rows_make_no_second_file(shop: Shop) -> None:
    rows = "姓名,手机\n王五,123\n"
    first = shop.take("customers", rows)["rejected_file"]
    assert shop.take("customers", rows)["rejected_file"] == first
    other = shop.take("customers", rows.replace("123", "1234"))["rejected_file"]
    assert other != first
    assert shop.take("customers", rows.replace("123", "1234"))["rejected_file"] == other
    assert len(list(shop.folder.glob("*.rejected*"))) == 2


def test_taking_back_counts_customers_and_names_each_once(shop: Shop) -> None:
    rows = "code,name,tags,birthday,city\nK1,张三,a,1980-01-02,北京\nK9,王五,a;b,1980-01-02,x\n"
    number = str(shop.take("customers", rows)["operation"])
    dry = shop.run("imports", "undo", number, "--dry-run").stdout
    assert "1 customer removed, 1 restored" in dry
    shop.run("customers", "tag", "K9", "c")
    shop.run("interactions", "log", "K9", "--summary", "x")
    refused = shop.run("imports", "undo", number)
    assert "1 of its rows" in refused.stderr
    assert refused.stderr.count("K9") == 1


def test_a_price_that_is_set_for_all_rows_is_in_the_currency_of_each(shop: Shop) -> None:
    rows = "customer,departure,currency\nK1,2026-05-01,EUR\nK1,2026-06-01,CNY\n"
    said = shop.take("trips", rows, "--set", "price=1000")
    assert (said["added"], said["rejected"]) == (1, 1)
    assert shop.take("trips", rows, "--set", "price=1000", "--rate", "EUR=8")["added"] == 1
    assert shop.rows("SELECT price FROM trip ORDER BY departs_on") == [(800_000,), (100_000,)]


# --- notes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", ["3", "2大1小"])
def test_what_is_added_to_a_note_never_takes_the_place_of_its_words(
    shop: Shop, people: str
) -> None:
    shop.take("trips", "order_no,customer,departure,note\nA1,K1,2026-05-01,要靠窗\n")
    rows = "订单号,客户,出发日期,人数,团费,币种\n" + f"A1,K1,2026-05-01,{people},1000,EUR\n"
    entries = ["[人数] 2大1小"] if "大" in people else []
    for rate in ("8", "7.5"):
        for _ in range(2):  # the same again
            said = shop.take("trips", rows, "--rate", f"EUR={rate}")
            note = "; ".join(["要靠窗", *entries, f"1000.00 EUR x {rate}"])
            assert shop.one("SELECT note FROM trip") == note
        assert said["operation"] is None


def test_rows_that_differ_in_what_stands_beside_a_value_do_not_contradict(shop: Shop) -> None:
    rows = "姓名,手机 [常用],备注\n王一,13800138001 微信同号,\n王一,13800138001 晚上打,老客户\n"
    said = shop.take("customers", rows)
    assert (said["added"], said["rejected"]) == (1, 0)
    assert shop.one("SELECT note FROM customer WHERE name = '王一'") == (
        "老客户; [手机 (常用)] 微信同号; [手机 (常用)] 晚上打"
    )
    assert shop.take("customers", rows)["operation"] is None


@pytest.mark.parametrize("way", ["update", "fill"])
@pytest.mark.parametrize("turned", [False, True])
def test_a_row_without_a_name_is_heard_at_the_same_turn_once_its_number_is_stored(
    shop: Shop, way: str, turned: bool
) -> None:
    shop.take("customers", f"name,id_number\n王芳,{SON}\n")
    rows = [",,,1234567,旧,黄\n", f"K9,王芳,{SON},1234567,新,\n"]
    rows = rows[::-1] if turned else rows
    sheet = "code,name,id_number,passport_no,note,tags\n" + "".join(rows)
    first = shop.take("customers", sheet, "--on-duplicate", way)
    assert (first["updated"], first["rejected"]) == (1, 1)
    before = shop.state()
    again = shop.take("customers", sheet, "--on-duplicate", way)
    assert (again["operation"], again["rejected"]) == (None, 1)
    assert shop.state() == before
