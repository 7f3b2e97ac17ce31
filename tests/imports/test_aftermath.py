"""What an import of trips means for their customers."""

from pathlib import Path

import pytest

from tests.importer import Shop

CUSTOMERS = [["客户编号", "姓名"], ["K1", "王芳"]]
HEADER = ["订单号", "客户编号", "状态", "询价日期", "预订日期", "出发日期", "销售"]
ASKED = ["A1", "K1", "咨询", "2026-11-01", "", "", "李娜"]
BOOKED = ["A1", "K1", "已预订", "2026-11-01", "2026-11-16", "2026-12-20", "李娜"]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop.holding(tmp_path, ("customers", CUSTOMERS))


@pytest.mark.parametrize(
    ("before", "after", "back"),
    [
        ([], [BOOKED], True),
        ([ASKED], [BOOKED], True),  # only what is said of the trip changed
        ([BOOKED], [[*BOOKED[:6], "吴昊"]], True),  # the adviser alone
        ([BOOKED], [[*BOOKED[:5], "2026-12-21", "李娜"]], False),  # it was booked all the time
        ([], [ASKED], False),
        ([], [[*BOOKED[:4], "2026-11-14", "2026-12-20", "李娜"]], False),  # before they were lost
    ],
)
def test_who_was_lost_and_books_is_active_again(
    shop: Shop, before: list[list[str]], after: list[list[str]], back: bool
) -> None:
    if before:
        shop.take("trips", [HEADER, *before])
    lost = ("customers", "lose", "K1", "--on", "2026-11-15", "--reason", "价格")
    assert shop.run(*lost).exit_code == 0
    said = "; ".join(shop.take("trips", [HEADER, *after])["notes"])
    assert ("active from now on: 1 (K1 王芳)" in said) == back
    assert shop.one("SELECT status FROM customer") == ("active" if back else "lost")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([], [ASKED, ["A2", "K1", "咨询", "2026-11-02", "", "", "吴昊"]], True),
        ([ASKED], [["A2", "K1", "咨询", "2026-11-02", "", "", "吴昊"]], True),
        ([ASKED, ["A2", *ASKED[1:]]], [["A2", *ASKED[1:6], "吴昊"]], True),  # the adviser changed
        ([ASKED], [["A2", "K1", "咨询", "2026-11-02", "", "", "李娜"]], False),
        ([ASKED], [["A2", *BOOKED[1:6], "吴昊"]], False),  # booked: nobody courts any more
    ],
)
def test_an_inquiry_with_several_advisers_is_told(
    shop: Shop, before: list[list[str]], after: list[list[str]], told: bool
) -> None:
    if before:
        shop.take("trips", [HEADER, *before])
    said = "; ".join(shop.take("trips", [HEADER, *after])["notes"])
    assert ("several advisers have: 1 (K1 王芳: 李娜, 吴昊)" in said) == told


@pytest.mark.parametrize("options", [(), ("--source", "ctrip")])
def test_a_number_that_stands_once_beside_a_phone_means_the_same_in_other_rows(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    shop = Shop.holding(tmp_path, ("customers", [["姓名", "手机"], ["王芳", "13800138001"]]))
    header = ["订单号", "客户编号", "手机", "出发日期"]
    rows = [["A1", "X9", "13800138001", "2026-05-01"], ["A2", "X9", "", "2026-06-01"]]
    for some in (rows, rows[::-1]):
        said = shop.take("trips", [header, *some], *options, "--dry-run")
        assert (said["added"], said["rejected"]) == (2, 0)
    said = shop.take("trips", [header, rows[0], ["A3", "X8", "", "2026-06-01"]], *options)
    assert (said["added"], said["rejected"]) == (1, 1)
