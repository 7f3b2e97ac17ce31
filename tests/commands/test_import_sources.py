"""Files of booking sites: their numbers of customers are identities, and kept beside our codes."""

from tests.importer import Shop

_SOURCES = (
    "SELECT c.code, s.source, s.number, s.first_seen, s.last_seen FROM customer_source s "
    "JOIN customer c ON c.id = s.customer_id ORDER BY s.id"
)
_DAY = "2026-11-20"
SHEET = (
    "会员号,姓名,手机,来源\nM1,王小明,13800000001,携程\nM2,李芳,13800000002,\nM3,张三,,\nM2,,,\n"
)


def _counts(said: dict[str, object]) -> tuple[object, ...]:
    return tuple(said[one] for one in ("added", "updated", "unchanged", "rejected"))


def test_a_source_has_its_own_numbers(shop: Shop) -> None:
    shop.run("customers", "add", "王小明", "--phone", "13800000001", "--source", "门店")
    before = shop.state()
    said = shop.take("customers", SHEET, "--source", "ctrip")
    assert _counts(said) == (2, 1, 1, 0)
    numbers = [(f"C00000{n}", "ctrip", f"M{n}", _DAY, _DAY) for n in (1, 2, 3)]
    assert shop.rows(_SOURCES) == numbers
    # Where somebody came from first stays, and whoever is new came from there.
    assert shop.rows("SELECT source FROM customer ORDER BY id") == [
        ("门店",),
        ("ctrip",),
        ("ctrip",),
    ]
    assert any("came from first" in note for note in said["notes"])

    # The same again changes nothing; on a later day only that they were seen.
    assert shop.take("customers", SHEET, "--source", "CTRIP")["operation"] is None
    shop.run("settings", "today", "2026-12-01")
    later = shop.take("customers", SHEET, "--source", "ctrip")
    assert _counts(later) == (0, 0, 4, 0) and later["operation"] is not None
    assert shop.rows(_SOURCES) == [(*one[:4], "2026-12-01") for one in numbers]
    assert shop.run("undo").exit_code == 0
    assert shop.rows(_SOURCES) == numbers
    shop.run("settings", "today", _DAY)

    # The number is who it is, whatever else changed; two people's numbers are not one's.
    other = (
        "会员号,姓名,手机,证件号\nM1,王小明,13900000009,\nM2,王小明,13800000001,\n"
        "M9,王小明,,11010519491231002X\n"
    )
    assert _counts(shop.take("customers", other, "--source", "ctrip")) == (1, 2, 0, 0)
    assert shop.one("SELECT phone FROM customer WHERE id = 1") == "+8613900000009"
    wrong = "会员号,姓名,证件号\nM3,赵六,11010519491231002X\n"
    assert _counts(shop.take("customers", wrong, "--source", "ctrip")) == (0, 0, 0, 1)
    assert _counts(shop.take("customers", "会员号,姓名\nM1,钱七\n", "--source", "fliggy")) == (
        1,
        0,
        0,
        0,
    )

    assert "ctrip=M1" in shop.run("customers", "show", "C000001").stdout
    assert "C000001" in shop.run("customers", "find", "M1").stdout
    export = shop.folder / "out.csv"
    export.write_bytes(shop.export("customers"))
    assert "ctrip=M1" in export.read_text(encoding="utf-8")
    assert shop.take("customers", export)["operation"] is None  # it is read back as it is

    for number in range(12, 0, -1):  # whatever was taken in since
        shop.run("imports", "undo", str(number), "--keep-touched")
    last = shop.run("imports", "list").stdout
    assert shop.rows(_SOURCES) == [], last
    assert shop.state()["customer"][0][1:3] == before["customer"][0][1:3]


def test_a_file_may_say_numbers_of_several_sources(shop: Shop) -> None:
    said = shop.take("customers", "编号,姓名,来源客户号\nK1,王芳,ctrip=7; 飞猪=8\nK2,李明,9\n")
    assert _counts(said) == (1, 0, 0, 1)
    assert "--source NAME" in shop.reasons(said)[3]
    both = "编号,姓名,来源客户号\nK1,王芳,10\nK2,李明,9\n"
    assert _counts(shop.take("customers", both, "--source", "途牛")) == (1, 1, 0, 0)
    assert [row[:3] for row in shop.rows(_SOURCES)] == [
        *(("K1", "ctrip", "7"), ("K1", "飞猪", "8")),
        *(("K1", "途牛", "10"), ("K2", "途牛", "9")),
    ]
    assert _counts(shop.take("customers", "姓名,来源客户号,城市\n,飞猪=8,杭州\n")) == (0, 1, 0, 0)
    clash = shop.take("customers", "编号,姓名,来源客户号\nK2,李明,ctrip=7\n")
    assert "K1 王芳" in shop.reasons(clash)[2]
    for bad in ("a=b", "x;y", ""):
        assert shop.run("customers", "import", "in.csv", "--source", bad).exit_code == 2


def test_orders_of_a_source_find_and_make_its_customers(shop: Shop) -> None:
    shop.take("customers", SHEET, "--source", "ctrip")
    orders = (
        "订单号,客户,姓名,手机,目的地,出发日期\n"
        "O1,M1,,,日本,2026-12-20\n"
        "O2,M9,赵六,13800000009,日本,2026-12-20\n"
        "O3,M9,,,泰国,2026-12-20\n"
        "O4,M77,李芳,13800000002,日本,2026-12-20\n"
        "O5,M55,,,日本,2026-12-20\n"
    )
    words = ("--source", "ctrip", "--create-customers")
    said = shop.take("trips", orders, *words)
    assert _counts(said) == (4, 0, 0, 1)
    owners = "SELECT t.code, c.name FROM trip t JOIN customer c ON c.id = t.customer_id ORDER BY 1"
    assert shop.rows(owners) == [("O1", "王小明"), ("O2", "赵六"), ("O3", "赵六"), ("O4", "李芳")]
    numbers = {number: code for code, _source, number, *_days in shop.rows(_SOURCES)}
    assert numbers["M77"] == numbers["M2"] == "C000002"
    assert numbers["M9"] == "C000004"
    assert shop.one("SELECT source FROM customer WHERE name = '赵六'") == "ctrip"
    assert shop.take("trips", orders, *words)["operation"] is None
    assert (
        "M1"
        not in shop.take("trips", "订单号,客户,目的地,出发日期\nO6,M1,日本,2026-12-21\n")["notes"]
    )
    assert shop.run("undo").exit_code == 0
    assert {row[2] for row in shop.rows(_SOURCES)} == {"M1", "M2", "M3"}
    assert shop.one("SELECT count(*) FROM trip") == 0
