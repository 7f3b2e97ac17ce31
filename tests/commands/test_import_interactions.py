"""Contacts from sheets."""

import pytest

from tests.importer import Shop


@pytest.fixture
def full(shop: Shop) -> Shop:
    """An agency that knows two customers with a trip each."""
    shop.take("customers", "code,name,phone\nK1,王芳,13812345678\nK2,李强,13912345678\n")
    shop.take("trips", "order_no,customer,departs_on\nA1,K1,2026-05-01\nA2,K2,2026-05-01\n")
    return shop


def test_contacts_go_in_as_people_write_them(full: Shop) -> None:
    said = full.take(
        "interactions",
        "客户电话,时间,方式,方向,事由,内容,员工,订单号\n"
        "13812345678,2026年5月9日 下午3:20,微信,去,回访,很满意,小李,A1\n"
        "K2,2026-05-10,,,,,,\n"
        "K2,2026/5/11 09:00,到店,,,,,无\n",
    )
    assert said["added"] == 3
    assert full.rows(
        "SELECT customer_id, trip_id, at, channel, direction, kind, personal, summary, staff "
        "FROM interaction ORDER BY id"
    ) == [
        (1, 1, "2026-05-09T07:20:00Z", "wechat", "out", "followup", 0, "很满意", "小李"),
        (2, None, "2026-05-10T04:00:00Z", "other", "out", "followup", 0, None, None),
        (2, None, "2026-05-11T01:00:00Z", "store", "in", "inquiry", 1, None, None),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("K9,2026-05-09,", "nobody has"),
        (",2026-05-09,", "names no customer"),
        ("K1,,", "no time"),
        ("K1,昨天,", "no date"),
        ("K1,2026-11-21 00:10,", "lies ahead"),
        ("K1,2026-05-09,A9", "no trip A9"),
        ("K1,2026-05-09,A2", "not one of this customer"),
    ],
)
def test_what_cannot_be_is_rejected(full: Shop, row: str, words: str) -> None:
    said = full.take("interactions", f"customer,at,trip\n{row}\n")
    assert said["rejected"] == 1
    assert words in full.reasons(said)[2]


def test_the_same_lines_again_are_the_same_contacts(full: Shop) -> None:
    text = "customer,at,summary\nK1,2026-05-09 10:00,x\nK1,2026-05-09 10:00,y\n"
    assert full.take("interactions", text + "K1,2026-05-09 10:00,x\n")["added"] == 2
    other = "summary,at,customer\nx,2026-05-09 10:00,13812345678\n"
    assert full.take("interactions", other)["operation"] is None
    assert full.take("interactions", text, "--on-duplicate", "error")["rejected"] == 2
    today = "customer,at\nK1,2026-11-20 23:59\nK1,2026-11-21 00:00\n"
    said = full.take("interactions", today)
    assert (said["added"], said["rejected"]) == (1, 1)


def test_a_contact_that_was_logged_by_hand_is_not_doubled(full: Shop) -> None:
    words = ["--at", "2026-05-09 10:00", "--channel", "phone", "--summary", "x", "--staff", "小李"]
    assert full.run("interactions", "log", "K1", *words).exit_code == 0
    text = "customer,at,channel,summary,staff\nK1,2026-05-09 10:00,phone,x,小李\n"
    assert full.take("interactions", text)["operation"] is None
    path = full.folder / "i.csv"
    full.run("interactions", "export", "-o", path)
    assert full.take("interactions", path)["operation"] is None


@pytest.mark.parametrize(
    ("words", "personal"),
    [
        ("没接", 0),
        ("未接通", 0),
        ("关机", 0),
        ("无人接听，明天再打", 0),
        ("電話沒接", 0),
        ("no answer", 0),
        ("没接，后来回电，聊了行程", 1),
        ("关机场接送的事", 1),
        ("聊了行程", 1),
    ],
)
def test_a_call_that_nobody_answered_is_no_personal_contact(
    shop: Shop, words: str, personal: int
) -> None:
    shop.run("customers", "add", "王芳", "--code", "1")
    shop.take(
        "interactions", [["客户", "时间", "方式", "内容"], ["1", "2026-11-01", "电话", words]]
    )
    assert shop.one("SELECT personal FROM interaction") == personal
    shop.run("interactions", "log", "1", "--note", words)
    assert shop.rows("SELECT DISTINCT personal FROM interaction") == [(personal,)]


def test_whether_somebody_answered_may_be_said_in_words(shop: Shop) -> None:
    shop.run("customers", "add", "王芳", "--code", "1")
    rows = [["客户", "时间", "接通"], ["1", "2026-11-01", "未接通"], ["1", "2026-11-02", "接通"]]
    shop.take("interactions", rows)
    assert shop.rows("SELECT personal FROM interaction ORDER BY at") == [(0,), (1,)]
