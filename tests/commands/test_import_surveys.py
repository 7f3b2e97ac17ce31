"""Answers from sheets: as forms of the web give them, once for each trip, on the right scale."""

from pathlib import Path

import pytest

from tests.importer import Shop

FORM = (
    "序号,提交答卷时间,所用时间,1、您的姓名,2、您的手机号,3、您有多大可能把我们推荐给朋友？（0-10分）,"
    "4、您对本次旅行的总体满意度,5、请您打分—导游,5、请您打分—住宿,6、您对我们有什么建议？,总分\n"
    "1,2026/5/12 10:22:33,35秒,王芳,13812345678,9分,非常满意,5,4,房间小,88\n"
    "2,2026/5/13 23:59:59,40秒,李强,13912345678,10 - 非常愿意,5分,(空),★★★★☆,(空),90\n"
)
EVERYTHING = (
    "SELECT customer_id, trip_id, answered_on, nps, csat, guide, hotel, comment "
    "FROM survey_response ORDER BY id"
)


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """An agency that knows two customers; one travelled twice, the other once."""
    monkeypatch.chdir(tmp_path)
    known = "code,name,phone\nK1,王芳,13812345678\nK2,李强,13912345678\n"
    trips = (
        "order_no,customer,departs_on,status\nA1,K1,2026-05-01,\nA2,K2,2026-05-01,\n"
        "A3,K1,2026-10-01,\nA4,K1,2026-12-01,\nA5,K1,2026-01-01,quoted\n"
    )
    return Shop.holding(tmp_path, ("customers", known), ("trips", trips))


def test_a_form_of_the_web_goes_in_as_it_is(full: Shop) -> None:
    assert full.take("surveys", FORM)["added"] == 2
    assert full.rows(EVERYTHING) == [
        (1, 1, "2026-05-12", 9, 5, 5, 4, "房间小"),
        (2, 2, "2026-05-13", 10, 5, None, 4, None),
    ]
    assert full.rows(
        "SELECT customer_id, trip_id, at, channel, direction, kind, personal, summary "
        "FROM interaction ORDER BY id"
    ) == [
        (1, 1, "2026-05-12T04:00:00Z", "other", "in", "survey", 0, "NPS 9, CSAT 5: 房间小"),
        (2, 2, "2026-05-13T04:00:00Z", "other", "in", "survey", 0, "NPS 10, CSAT 5"),
    ]


def test_what_was_inferred_and_left_out_is_said(full: Shop) -> None:
    path = full.sheet(
        "customer,nps,trip,date,guide_name\nK1,9,,,小李\nK2,8,A2,,小王\nK2,7,,2026-01-01,小王\n"
    )
    said = full.run("surveys", "import", path).stdout
    assert "1 without an order number: taken as about the last trip returned from" in said
    assert "1 from customers who had returned from no trip: kept without one" in said
    assert "2 without a day: taken as answered on the day of return" in said
    assert "columns not used: guide_name" in said
    assert [row[:3] for row in full.rows(EVERYTHING)] == [
        (1, 3, "2026-10-01"),
        (2, 2, "2026-05-01"),
        (2, None, "2026-01-01"),
    ]


def test_an_answer_long_after_the_last_trip_is_kept_without_one_and_that_is_said(
    full: Shop,
) -> None:
    text = "customer,nps,date\nK2,9,2026-11-01\nK1,8,2026-09-30\nK2,7,2026-10-28\n"
    said = full.run("surveys", "import", full.sheet(text)).stdout
    assert "2 without an order number: taken as about the last trip returned from" in said
    assert "1 from customers whose last trip was over for more than 180 days" in said
    assert [row[:3] for row in full.rows(EVERYTHING)] == [
        (2, None, "2026-11-01"),
        (1, 1, "2026-09-30"),
        (2, 2, "2026-10-28"),
    ]
    assert full.take("surveys", text)["operation"] is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("K9,,2026-05-09,9,", "nobody has"),
        (",,2026-05-09,9,", "names no customer"),
        ("K1,,2026-05-09,,", "no answer in it"),
        ("K1,,2026-05-09,(跳过),(空)", "no answer in it"),
        ("K1,,2026-11-21,9,", "lies ahead"),
        ("K1,A9,2026-05-09,9,", "no trip A9"),
        ("K1,A2,2026-05-09,9,", "not one of this customer"),
        ("K1,A3,2026-05-09,9,", "A3 departs on 2026-10-01, after the answer"),
        ("K1,A5,2026-05-09,9,", "not a booked trip"),
        ("K1,,2026-05-09,非常满意,", "how satisfied"),
        ("K1,,2026-05-09,9,1 - 非常满意", "disagree"),
        ("K1,,2026-05-09,12,4", 'nps "12": it is out of range'),
    ],
)
def test_what_cannot_be_is_rejected(full: Shop, row: str, words: str) -> None:
    said = full.take("surveys", f"customer,trip,date,nps,csat\n{row}\n")
    assert said["rejected"] == 1
    assert words in full.reasons(said)[2]


def test_an_order_number_says_who_it_was(full: Shop) -> None:
    assert full.take("surveys", "订单号,满意度\nA2,4\n")["added"] == 1
    assert full.one("SELECT customer_id FROM survey_response") == 2


def test_the_same_file_again_changes_nothing_even_after_further_trips(full: Shop) -> None:
    text = "customer,date,nps,comment\nK1,2026-11-01,9,好\nK2,,8,\n"
    assert full.take("surveys", text)["added"] == 2
    assert full.take("surveys", text)["operation"] is None
    full.take("trips", "order_no,customer,departs_on\nB1,K1,2026-10-25\nB2,K2,2026-11-10\n")
    assert full.take("surveys", text)["operation"] is None
    assert full.take("surveys", text, "--on-duplicate", "error")["rejected"] == 2


def test_rows_without_day_and_trip_both_stay_and_are_known_again_on_another_day(
    full: Shop,
) -> None:
    text = "customer,nps,comment\nK2,9,a\nK2,8,b\n"
    full.run("trips", "edit", "A2", "--departs", "2026-12-01")
    said = full.take("surveys", text)
    assert (said["added"], said["unchanged"]) == (2, 0)
    full.run("settings", "today", "2026-11-25")
    again = full.take("surveys", text)
    assert again["operation"] is None
    assert full.rows(EVERYTHING) == [
        (2, None, "2026-11-20", 9, None, None, None, "a"),
        (2, None, "2026-11-20", 8, None, None, None, "b"),
    ]


def test_an_answer_is_one_a_trip_and_later_cells_win(full: Shop) -> None:
    full.run("surveys", "add", "K1", "--trip", "A3", "--nps", "9", "--guide", "5")
    said = full.take(
        "surveys",
        "customer,trip,nps,guide,comment\nK1,A3,8,,\n13812345678,,8,,好\nK1,A1,7,,\n",
    )
    assert (said["added"], said["updated"], said["unchanged"]) == (1, 1, 1)
    assert full.rows("SELECT trip_id, nps, guide, comment FROM survey_response ORDER BY id") == [
        (3, 8, 5, "好"),
        (1, 7, None, None),
    ]
    filled = full.take("surveys", "trip,nps,hotel\nA3,10,4\n", "--on-duplicate", "fill")
    assert filled["updated"] == 1
    assert full.one("SELECT nps, hotel FROM survey_response WHERE trip_id = 3") == (8, 4)
    assert len(full.rows("SELECT 1 FROM interaction")) == 2


# --- scales ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cells", [("5",), ("1", "5", "4"), ("5分", "0"), ("", "3")])
def test_a_scale_of_one_to_five_is_never_taken_for_an_nps(
    full: Shop, cells: tuple[str, ...]
) -> None:
    rows = "".join(f"K{place},{cell},好\n" for place, cell in enumerate(cells, 1) if place < 3)
    before = full.state()
    path = full.sheet(f"customer,NPS,comment\n{rows}")
    for more in ([], ["--dry-run"]):
        done = full.run("surveys", "import", path, *more)
        assert done.exit_code == 1
        assert 'which is no NPS. If it is how satisfied they are: --map "NPS=csat"' in done.stderr
    assert full.state() == before
    done = full.run("surveys", "import", path, "--nps-scale", "0-10")
    assert done.exit_code == 0, done.output
    assert full.one("SELECT max(nps) FROM survey_response") <= 5


def test_one_answer_above_five_shows_the_scale(full: Shop) -> None:
    assert full.take("surveys", "customer,NPS\nK1,6\nK2,1\n")["added"] == 2


def test_the_scale_that_was_said_is_said_again_for_the_rejected_rows(full: Shop) -> None:
    path = full.sheet("customer,NPS\nK1,3\nK9,1\n")
    done = full.run("surveys", "import", path, "--nps-scale", "0-10")
    assert done.exit_code == 4
    assert "in.rejected.csv --nps-scale 0-10" in done.stdout


@pytest.mark.parametrize(
    ("header", "cells"),
    [("满意度", ("4", "8", "9")), ("csat", ("80", "3", "95")), ("nps", ("60", "95"))],
)
def test_a_column_on_another_scale_is_refused_whole(
    full: Shop, header: str, cells: tuple[str, ...]
) -> None:
    rows = "".join(f"K{place % 2 + 1},A{place % 2 + 1},{c}\n" for place, c in enumerate(cells))
    done = full.run("surveys", "import", full.sheet(f"customer,trip,{header}\n{rows}"))
    assert done.exit_code == 1
    assert "another scale" in done.stderr
    assert full.rows(EVERYTHING) == []


def test_one_slip_of_the_pen_rejects_its_row_alone(full: Shop) -> None:
    said = full.take("surveys", "customer,满意度\nK1,4\nK2,44\n")
    assert (said["added"], said["rejected"]) == (1, 1)


@pytest.mark.parametrize(
    ("header", "words"), [("城市,满意度", "who answered"), ("客户,名", "what they answered")]
)
def test_a_sheet_that_lacks_who_or_what_is_refused(full: Shop, header: str, words: str) -> None:
    done = full.run("surveys", "import", full.sheet(f"{header}\nK1,5\n"))
    assert done.exit_code == 1
    assert f"no column says {words}" in done.stderr


# --- taking back, coming back ---------------------------------------------------------------------


def test_an_import_of_answers_is_taken_back_exactly(full: Shop) -> None:
    full.run("surveys", "add", "K1", "--trip", "A1", "--nps", "9", "--price", "3")
    before = full.state()
    said = full.take("surveys", "trip,nps,price\nA1,10,5\nA2,8,\n")
    assert (said["added"], said["updated"]) == (1, 1)
    number = str(said["operation"])
    shown = full.run("imports", "show", number).stdout
    assert "0.05" not in shown  # points, not an amount
    assert full.run("imports", "undo", number).exit_code == 0
    assert full.state() == before


@pytest.mark.parametrize("entity", ["customers", "trips"])
def test_what_an_answer_stands_on_is_not_taken_back(full: Shop, entity: str) -> None:
    full.run("surveys", "add", "K1", "--trip", "A3", "--nps", "9")
    done = full.run("imports", "undo", {"customers": "1", "trips": "2"}[entity])
    assert done.exit_code == 1
    assert {"customers": "K1", "trips": "A3"}[entity] in done.stderr


def test_an_answer_that_was_changed_since_stands_in_the_way(full: Shop) -> None:
    said = full.take("surveys", "trip,nps\nA1,10\nA2,8\n")
    full.run("surveys", "add", "K1", "--trip", "A1", "--nps", "1", "--replace")
    refused = full.run("imports", "undo", str(said["operation"]))
    assert refused.exit_code == 1
    assert "K1" in refused.stderr
    assert full.run("imports", "undo", str(said["operation"]), "--keep-touched").exit_code == 0
    assert full.rows("SELECT trip_id, nps FROM survey_response") == [(1, 1)]


def test_an_export_comes_back_unchanged_in_every_form(full: Shop, tmp_path: Path) -> None:
    full.take("surveys", FORM)
    full.run("surveys", "add", "K2", "--on", "2026-01-01", "--csat", "1", "--comment", "=1+1")
    full.run("surveys", "add", "K1", "--nps", "2", "--meals", "3")
    before = full.state()
    for name, more in (("a.csv", []), ("b.csv", ["--excel"]), ("c.xlsx", [])):
        for lang in ("en", "zh"):
            path = tmp_path / name
            path.unlink(missing_ok=True)
            assert full.run("surveys", "export", "-o", path, *more, lang=lang).exit_code == 0
            assert full.take("surveys", path)["operation"] is None, (name, lang)
    assert full.state() == before


def test_a_scale_of_a_column_that_is_not_there_is_refused(full: Shop) -> None:
    path = full.sheet("customer,csat\nK1,4\n")
    done = full.run("surveys", "import", path, "--nps-scale", "0-10")
    assert done.exit_code == 1
    assert "no column is the NPS" in done.stderr
    assert full.run("surveys", "import", path).exit_code == 0


@pytest.mark.parametrize(
    ("at", "contacts"),
    [("05-11 23:59", 2), ("05-12 00:00", 1), ("05-12 23:59", 1), ("05-13 00:00", 2)],
)
def test_an_answer_told_of_on_its_day_is_no_second_contact(
    full: Shop, at: str, contacts: int
) -> None:
    words = ("--trip", "A1", "--kind", "survey", "--direction", "in", "--at", f"2026-{at}")
    assert full.run("interactions", "log", "K1", *words).exit_code == 0
    assert full.take("surveys", "customer,nps,date,trip\nK1,9,2026-05-12,A1\n")["added"] == 1
    assert full.one("SELECT count(*) FROM interaction") == contacts


def test_an_answer_that_is_kept_keeps_its_contact(full: Shop) -> None:
    """One about a trip, and one of two about none: whoever changed it may have changed its day."""
    full.take("customers", "code,name,phone\nK3,赵敏,13712345678\n")
    sheet = (
        "customer,nps,date\nK1,9,2026-05-12\nK2,8,2026-05-13\nK3,7,2026-03-01\nK3,6,2026-03-02\n"
    )
    number = str(full.take("surveys", sheet)["operation"])
    contacts = "SELECT customer_id, at FROM interaction ORDER BY id"
    before = full.rows(contacts)
    assert len(before) == 4
    for words in (
        ["K1", "--trip", "A1", "--comment", "导游好"],
        ["K3", "--on", "2026-03-02", "--nps", "5"],
    ):
        assert full.run("surveys", "add", *words, "--replace").exit_code == 0
    assert full.run("imports", "undo", number).exit_code == 1
    assert full.run("imports", "undo", number, "--keep-touched").exit_code == 0
    assert [row[0] for row in full.rows(EVERYTHING)] == [1, 3]
    assert full.rows(contacts) == [before[0], before[3]]
