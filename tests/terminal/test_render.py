"""Tables at terminals of any width: nothing that was asked for is cut away or left out."""

from dataclasses import dataclass

import pytest

from tourcrm.base import display
from tourcrm.base.columns import Column
from tourcrm.terminal import render
from tourcrm.terminal.render import Shape

COLUMNS = (
    Column("code", "code", "customer", "客户编号"),
    Column("name", "name", "name", "姓名"),
    Column("day", "day", "departs_on", "出发日期"),
    Column("paid", "amount", "price", "团费"),
    Column("note", "text", "note", "备注"),
)


@dataclass(frozen=True)
class Row:
    code: str
    name: str
    day: str
    paid: int
    note: str | None


ROWS = (
    Row("YF0012", "苏州云帆精密机械有限公司", "2026-06-01", 12_473_100, None),
    Row("YF0013", "王芳", "2026-12-24", 119_500, "wants to see Xinjiang"),
)


@pytest.mark.parametrize("cells", [20, 30, 40, 60, 80])
def test_no_name_day_or_amount_is_lost_on_a_narrow_terminal(
    cells: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(render, "line_width", lambda wanted=0: cells)
    render.table(ROWS, COLUMNS, Shape(), title="Trips")
    page = capsys.readouterr().out
    for whole in ("YF0012", "YF0013", "2026-06-01", "2026-12-24", "¥124,731.00", "¥1,195.00"):
        assert whole in page, page
    for folded in ("苏州云帆精密机械有限公司", "wants to see Xinjiang"):
        assert all(piece in page for piece in folded.replace(" ", "")), page
    assert "Trips" in page
    widest = max(map(display.width, page.splitlines()))
    assert widest <= cells or cells == 20, page  # an amount is not cut in two


def test_a_pipe_gets_one_line_a_row_however_wide(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = [Column(f"code{n}", "code", f"code{n}", f"编号{n}") for n in range(30)]
    render.table([{c.field: "X" * 9 for c in wide}], wide, Shape())
    assert max(map(len, capsys.readouterr().out.splitlines())) > 160


def test_one_row_is_read_line_by_line_with_words_for_headings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(render, "line_width", lambda wanted=0: 30)
    render.card(ROWS[1], COLUMNS, Shape())
    assert capsys.readouterr().out.splitlines() == [
        "customer    YF0013",
        "name        王芳",
        "departs on  2026-12-24",
        "price       ¥1,195.00",
        "note        wants to see",
        "            Xinjiang",
    ]
