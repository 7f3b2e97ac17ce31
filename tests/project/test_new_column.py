"""A column is declared in three places: its model, a migration and its row of columns.

A copy of the program gets a column by the recipe of CONTRIBUTING.md, and nothing else; then
everything that shows, takes or stores columns must have it.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.builders import TODAY, agency
from tests.conftest import BARE, ROOT
from tests.importer import Shop
from tests.quick import quick

NEWEST = "db/migrations/v9_customer_file.py"
STEPS = r"(\nSTEPS.*?)(?=\n\)\n)"
TRIP = (
    (
        "models.py",
        r"(class Trip\(.*?)(?=\n\n\nclass )",
        "    meeting_point: str | None = _text()\n    supplement: int | None = None",
    ),
    (
        NEWEST,
        STEPS,
        '    Step("Where a trip begins", ("ALTER TABLE trip ADD COLUMN meeting_point TEXT",\n'
        '        "ALTER TABLE trip ADD COLUMN supplement INTEGER")),',
    ),
    (
        "base/columns/trip.py",
        r"(\nTRIP = .*?)(?=\n\))",
        '    column("meeting_point", "text", "meeting_point", "集合地点", "集合点",\n'
        '        in_table=False, help=N_("where it begins"), found=True),\n'
        '    column("supplement", "amount", "supplement", "附加费", help=N_("what comes on top")),',
    ),
)
INTERACTION = (
    (
        "models.py",
        r"(class Interaction\(.*?)(?=\n\n\nclass )",
        "    mood: str | None = _text()",
    ),
    (
        NEWEST,
        STEPS,
        '    Step("Moods", ("ALTER TABLE interaction ADD COLUMN mood TEXT",)),',
    ),
    (
        "base/columns/interaction.py",
        r"(\nINTERACTION = .*?)(?=\n\))",
        '    column("mood", "text", "mood", "心情", help=N_("how they were")),',
    ),
)
SURVEY = (
    (
        "models.py",
        r"(class SurveyResponse\(.*?)(?=\n\n\nclass )",
        "    wish: str | None = _text()",
    ),
    (
        NEWEST,
        STEPS,
        '    Step("Wishes", ("ALTER TABLE survey_response ADD COLUMN wish TEXT",)),',
    ),
    (
        "base/columns/survey.py",
        r"(\nSURVEY = .*?)(?=\n\))",
        '    column("wish", "text", "wish", "下次想去", help=N_("where they want to go")),',
    ),
)
COMPLAINT = (
    (
        "models.py",
        r"(class Complaint\(.*?)(?=\n\n\nclass )",
        "    room: str | None = _text()",
    ),
    (
        NEWEST,
        STEPS,
        '    Step("Rooms", ("ALTER TABLE complaint ADD COLUMN room TEXT",)),',
    ),
    (
        "base/columns/complaint.py",
        r"(\nCOMPLAINT = .*?)(?=\n\))",
        '    column("room", "text", "room", "房间", help=N_("in which room"), line=True),',
    ),
)
MONEY = (
    (
        "models.py",
        r"(class Payment\(.*?)(?=\n\n\nclass )",
        "    bank: str | None = _text()",
    ),
    (
        "models.py",
        r"(class Voucher\(.*?)(?=\n\n\nclass |\n\n\ndef )",
        "    sponsor: str | None = _text()",
    ),
    (
        NEWEST,
        STEPS,
        '    Step("Banks", ("ALTER TABLE payment ADD COLUMN bank TEXT",\n'
        '        "ALTER TABLE voucher ADD COLUMN sponsor TEXT")),',
    ),
    (
        "base/columns/payment.py",
        r"(\nPAYMENT = .*?)(?=\n\))",
        '    column("bank", "text", "bank", "银行", help=N_("from which bank")),',
    ),
    (
        "base/columns/payment.py",
        r"(\nVOUCHER = .*?)(?=\n\))",
        '    column("sponsor", "text", "sponsor", "赞助方", help=N_("who pays for it")),',
    ),
)
EDITS = {
    "trip": TRIP,
    "interaction": INTERACTION,
    "survey": SURVEY,
    "complaint": COMPLAINT,
    "money": MONEY,
}
CONTACTS = [["客户", "时间", "内容"], ["13812345678", "2026-11-02 10:00", "想去北疆"]]


def of_a_customer() -> Sequence[tuple[str, str, str]]:
    """The three edits that CONTRIBUTING.md names."""
    recipe = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    recipe = recipe[recipe.index("### A column") : recipe.index("### A command")]
    model, step, row = re.findall(r"^ {7}(.+(?:\n {11}.+)*)$", recipe, re.MULTILINE)
    return [
        ("models.py", r"(class Customer\(.*?)(?=\n\n\nclass )", f"    {model}"),
        (NEWEST, STEPS, f"    {step}"),
        ("base/columns/customer.py", r"(\nCUSTOMER = .*?)(?=\n\))", f"    {row}"),
    ]


def edited(folder: Path, edits: Sequence[tuple[str, str, str]]) -> Path:
    """A copy of the program with lines added, each at the end of what a pattern finds."""
    source = folder / "src"
    shutil.copytree(ROOT / "src" / "tourcrm", source / "tourcrm")  # as compiled, too
    for name, place, lines in edits:
        file = source / "tourcrm" / name
        text = file.read_text("utf-8")
        found = re.search(place, text, re.DOTALL)
        assert found, name
        file.write_text(f"{text[: found.end()]}\n{lines}{text[found.end() :]}", "utf-8")
    return source


def prepared(folder: Path, entity: str) -> None:
    """An agency as the program made it before, in a folder of its own."""
    folder.mkdir()
    before = Shop.opened(folder)
    if entity == "interaction":
        before.take("customers", [["姓名", "手机"], ["王芳", "13812345678"]])
        before.take("interactions", CONTACTS)
    if entity in ("complaint", "money"):
        before.run("customers", "add", "王芳")
        before.run("complaints", "open", "王芳", "大巴太晚")
        before.run("vouchers", "issue", "王芳", "--amount", "100")


def test_a_column_that_is_declared_is_everywhere(tmp_path: Path) -> None:
    """All of them at once, in one copy and one process: each start of a copy costs seconds."""
    entities = ["customer", *EDITS]
    for entity in entities:
        prepared(tmp_path / entity, entity)
    every = [*of_a_customer(), *(edit for edits in EDITS.values() for edit in edits)]
    source = edited(tmp_path, every)
    done = subprocess.run(
        [sys.executable, "-c", f"import {__name__} as t; t.try_all({entities})"],
        env={
            **BARE,
            "HOME": str(tmp_path),
            "PYTHONPATH": os.pathsep.join([str(source), str(ROOT)]),
            "PYTHONUTF8": "1",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


# What is tried in the copy


def try_all(entities: Sequence[str]) -> None:
    import tourcrm

    here = Path.cwd()
    assert tourcrm.__file__.startswith(str(here))
    with quick():
        for entity in entities:
            os.chdir(here / entity)
            globals()[f"try_{entity}"]()


def opened() -> Shop:
    return Shop(Path.cwd(), Path.cwd() / "agency.db")


def told(shop: Shop, *words: str) -> list[dict[str, object]]:
    done = shop.run(*words, "-f", "json")
    assert done.exit_code == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def again(shop: Shop, entity: str, *reveal: str) -> Shop:
    """Another agency that takes the workbook which this one writes for people."""
    book = shop.folder / f"{entity}.xlsx"
    assert shop.run(entity, "export", *reveal, "-o", book, lang="zh").exit_code == 0
    other = shop.folder / "other"
    other.mkdir(exist_ok=True)
    there = Shop(other, other / "agency.db")
    if not there.db.exists():
        agency(there.db, today=TODAY.isoformat())
    there.take(entity, book)
    return there


def try_customer() -> None:
    from scripts import headers, schema

    shop = opened()
    sheet = [["姓名", "手机", "绰号"], ["王芳", "13812345678", "小芳"], ["李强", "13912345678", ""]]
    assert shop.take("customers", sheet)["added"] == 2
    assert shop.take("customers", sheet)["unchanged"] == 2
    assert shop.run("customers", "add", "赵六", "--nickname", "六六").exit_code == 0
    assert shop.run("customers", "edit", "李强", "--nickname", "老李").exit_code == 0
    assert "昵称" in shop.run("customers", "edit", "王芳", "--nickname", "芳芳", lang="zh").stdout
    names = {"王芳": "芳芳", "李强": "老李", "赵六": "六六"}
    assert {one["name"]: one["nickname"] for one in told(shop, "customers", "list")} == names
    assert told(shop, "customers", "show", "王芳")[0]["nickname"] == "芳芳"
    assert re.search("^Nickname +芳芳$", shop.run("customers", "show", "王芳").stdout, re.MULTILINE)
    assert [one["name"] for one in told(shop, "customers", "find", "老李")] == ["李强"]
    said = shop.take("customers", [["姓名", "手机", "nickname"], ["王芳", "13812345678", "方"]])
    assert shop.one("SELECT nickname FROM customer WHERE name = '王芳'") == "方"
    assert shop.run("imports", "undo", str(said["operation"])).exit_code == 0
    assert shop.one("SELECT nickname FROM customer WHERE name = '王芳'") == "芳芳"
    assert b"nickname" in shop.export("customers").splitlines()[0]
    other = again(shop, "customers", "--reveal")
    assert dict(other.rows("SELECT name, nickname FROM customer")) == names
    assert "| `nickname` | 昵称 | nickname | 小名 · 绰号 |" in headers.page()
    assert "| nickname | text | what friends call them |" in schema.page()
    for verb in ("add", "edit"):  # what the pages of reference say, too
        assert "--nickname" in shop.run("customers", verb, "--help").stdout


def try_trip() -> None:
    from scripts import headers, schema

    shop = opened()
    shop.take("customers", [["姓名", "手机"], ["王芳", "13812345678"]])
    sheet = [["手机", "目的地", "出发日期", "集合点", "附加费"]]
    sheet += [["13812345678", "北疆", f"2027-06-0{day}", "北京站", "1200"] for day in range(1, 4)]
    assert shop.take("trips", sheet)["added"] == 3
    assert shop.take("trips", sheet)["unchanged"] == 3
    sheet[2][3], sheet[3][4] = "西站", "1300.50"
    said = shop.take("trips", sheet)
    assert (said["updated"], said["unchanged"]) == (2, 1)
    kept = [("北京站", 120000), ("西站", 120000), ("北京站", 130050)]
    assert shop.rows("SELECT meeting_point, supplement FROM trip ORDER BY departs_on") == kept
    assert shop.run("imports", "undo", str(said["operation"])).exit_code == 0
    assert set(shop.rows("SELECT meeting_point, supplement FROM trip")) == {("北京站", 120000)}
    added = ("--destination", "云南", "--departs", "2027-07-01", "--meeting-point", "机场")
    assert shop.run("trips", "add", "王芳", *added, "--supplement", "300").exit_code == 0
    code = shop.one("SELECT code FROM trip WHERE destination = '云南'")
    assert shop.run("trips", "edit", code, "--meeting-point", "码头").exit_code == 0
    assert [one["code"] for one in told(shop, "trips", "find", "码头")] == [code]
    assert told(shop, "trips", "list")[0]["supplement"] == 300
    assert re.search("^集合地点 +码头$", shop.run("trips", "show", code, lang="zh").stdout, re.M)
    assert b",meeting_point,supplement" in shop.export("trips").splitlines()[0]
    again(shop, "customers", "--reveal")
    other = again(shop, "trips")
    everything = "SELECT code, meeting_point, supplement FROM trip ORDER BY code"
    assert other.rows(everything) == shop.rows(everything)
    assert "| `meeting_point` | 集合地点 |" in headers.page()
    assert "| meeting_point | text | where it begins |" in schema.page()


def try_interaction() -> None:
    from scripts import headers, schema

    shop = opened()
    assert shop.take("interactions", CONTACTS)["unchanged"] == 1  # of the version before
    sheet = [[*CONTACTS[0], "心情"], ["13812345678", "2026-11-03 10:00", "已出发", "高兴"]]
    assert shop.take("interactions", sheet)["added"] == 1
    assert shop.take("interactions", sheet)["unchanged"] == 1
    assert shop.run("interactions", "log", "王芳", "--mood", "着急").exit_code == 0
    moods = [one["mood"] for one in told(shop, "interactions", "list")]
    assert moods == ["着急", "高兴", None]
    assert shop.export("interactions").splitlines()[0].endswith(b",staff,mood")
    again(shop, "customers", "--reveal")
    other = again(shop, "interactions")
    everything = "SELECT at, mood FROM interaction ORDER BY at"
    assert other.rows(everything) == shop.rows(everything)
    assert "| `mood` | 心情 |" in headers.page()
    assert "| mood | text | how they were |" in schema.page()


def try_survey() -> None:
    from scripts import headers, schema

    shop = opened()
    shop.take("customers", [["姓名", "手机"], ["王芳", "13812345678"], ["李强", "13912345678"]])
    sheet = [
        ["手机", "填写日期", "推荐意愿", "下次想去"],
        ["13812345678", "2026-11-03", "9", "北疆"],
    ]
    assert shop.take("surveys", sheet)["added"] == 1
    assert shop.take("surveys", sheet)["unchanged"] == 1
    assert shop.run("surveys", "add", "李强", "--nps", "8", "--wish", "云南").exit_code == 0
    assert [one["wish"] for one in told(shop, "surveys", "list")] == ["云南", "北疆"]
    again(shop, "customers", "--reveal")
    other = again(shop, "surveys")
    everything = "SELECT answered_on, nps, wish FROM survey_response ORDER BY answered_on"
    assert other.rows(everything) == shop.rows(everything)
    assert "| `wish` | 下次想去 |" in headers.page()
    assert "| wish | text | where they want to go |" in schema.page()


def try_complaint() -> None:
    from scripts import schema

    shop = opened()
    opening = ("complaints", "open", "王芳", "房间有霉味")
    assert shop.run(*opening, "--room", "301").exit_code == 0
    assert shop.run(*opening, "--room", "301").exit_code == 0  # the same one
    assert shop.run(*opening, "--room", "302").exit_code != 0  # another, in the same words
    assert shop.run("complaints", "edit", "K00001", "--room", "205").exit_code == 0
    rooms = {one["code"]: one["room"] for one in told(shop, "complaints", "list")}
    assert rooms == {"K00001": "205", "K00002": "301"}
    page = shop.run("complaints", "show", "K00002", lang="zh").stdout
    assert re.search("^房间 +301$", page, re.MULTILINE)
    sheet = shop.run("complaints", "list", "-f", "csv").stdout
    assert sheet.splitlines()[0].endswith(",room")
    assert "| room | text | in which room |" in schema.page()


def try_money() -> None:
    from scripts import schema

    shop = opened()
    given = ("vouchers", "issue", "王芳", "--amount", "500", "--sponsor", "桂林大酒店")
    assert shop.run(*given).exit_code == 0
    assert {one["sponsor"] for one in told(shop, "vouchers", "list")} == {None, "桂林大酒店"}
    trip = ("--destination", "桂林", "--departs", "2026-11-01", "--price", "1000")
    assert shop.run("trips", "add", "王芳", *trip).exit_code == 0
    code = str(told(shop, "trips", "list")[0]["code"])
    assert shop.run("complaints", "edit", "K00001", "--trip", code).exit_code == 0
    assert shop.run("complaints", "respond", "K00001", "道歉").exit_code == 0
    assert shop.run("complaints", "attribute", "K00001", "service_failure").exit_code == 0
    assert shop.run("complaints", "compensate", "K00001", "--amount", "100").exit_code == 0
    [owed] = told(shop, "payments", "list", "--promised")
    assert owed["bank"] is None
    assert shop.run("payments", "pay", str(owed["code"]), "--bank", "招商银行").exit_code == 0
    assert [one["bank"] for one in told(shop, "payments", "list")] == ["招商银行"]
    sheet = shop.run("payments", "list", "-f", "csv").stdout
    assert sheet.splitlines()[0].endswith(",bank")
    page = schema.page()
    assert "| bank | text | from which bank |" in page
    assert "| sponsor | text | who pays for it |" in page
