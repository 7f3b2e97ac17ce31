"""`tourcrm undo`: whatever the last command was, all is as it was before it."""

import json
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from scripts import reference
from tests.builders import add_customer, add_trip, agency, writing
from tests.conftest import Invoke
from tests.examples import MANY

DAY = "2026-11-20"
# One after another; each is taken back, and done again. {rules}: a file of rules.
SCRIPT = """
    products add P1 --destination 云南 --days 6 --price 3000
    products edit P1 --price 3100
    departures add D1 --product P1 --departs 2026-12-24 --seats 9
    departures edit D1 --seats 10
    destinations note 云南 weather 早晚凉
    destinations note 云南 weather 冷
    destinations note 云南 weather ""
    customers add 李四 --phone 13700000000 --tag 亲子 --birthday 1990-05-01
    customers edit C1 --phone 13800000009 --name 王小芳
    customers edit --where owner=李娜 --city 昆明 --yes
    customers assign C1 --to 小林
    customers tag C1 老客户
    customers untag C1 老客户
    customers consent C1 sms no
    customers prefer C1 seat=aisle reply=wechat@evening
    customers prefer C1 seat=window reply=
    customers fields add 饮食禁忌
    customers edit C1 --field 饮食禁忌=不吃辣
    customers edit C1 --field 饮食禁忌=不吃葱
    customers list --tag 老客户 --save 老客户
    customers list --tag 亲子 --save 老客户
    customers filters --remove 老客户
    customers fields remove 饮食禁忌 --yes
    customers remember C1 结婚纪念日 2001-05-20
    customers lose C2 --reason 价格 --rival 途牛
    interactions log C1 --summary 问了北疆 --channel phone
    trips add C1 --code T1 --departure D1 --people 2 --price 6000
    trips edit T1 --note 靠窗
    trips quote Q1 --price 5000
    trips book Q1
    trips complete NOW
    trips lose Q2 --reason 太贵
    trips travellers T1 --add C2
    trips travellers T1 --remove C2
    trips itinerary T1 --add "2: 石林"
    trips itinerary T1 --remove 1
    trips cost T1 2000 --supplier 地接 --commission 10%
    trips cost T1 --pay {trip_cost}
    trips notice T1 改时间
    payments plan T1 --deposit 1000 --deposit-by 2026-11-30
    payments add T1 1000 --kind deposit
    payments reverse {payment} --reason 记错
    payments add PAST 900
    payments refund PAST 100
    complaints open C1 导游迟到 --trip PAST
    complaints edit {complaint} --severity crisis
    complaints edit {complaint} --severity routine
    complaints escalate {complaint} 上网了
    complaints respond {complaint} 已致歉 --in-charge 李娜 --contacted --news 已知 --plan-b 换团
    complaints attribute {complaint} service_failure
    complaints compensate {complaint}
    payments pay {payment}
    complaints resolve {complaint} 换导游 --fix 培训 --fix-owner 李娜
    complaints fix {complaint} 1
    complaints close {complaint} --told --satisfaction 4
    complaints reopen {complaint} 又来
    complaints note {complaint} 再致电
    vouchers issue C1 --amount 500
    vouchers redeem {voucher} T1 --apply-price
    vouchers unredeem {voucher}
    vouchers withdraw {voucher} --reason 发错了
    surveys add C1 --trip PAST --nps 6 --csat 4
    followups add C2 回电 --on 2026-11-20
    followups done {task} --note 已打
    followups undo {task}
    followups tried {task}
    followups snooze {task} --until 2026-11-25
    followups skip {task} --reason 不用
    trips cancel T1
    settings daily_capacity 30
    settings region TW
    followups rules --load {rules}
    notify add 值班群
    notify mark 值班群 --owner 李娜
    notify duty 值班群
    notify remove 值班群
    customers merge C1 C2 --yes
"""
# What shows, what writes files, and what is no change of this database by somebody.
NOT_TAKEN_BACK = {
    *("init", "today", "demo", "check", "backup", "restore", "undo", "notify test", "notify list"),
    *("customers history", "customers dossier", "customers erase"),
    *("customers list", "customers show", "customers find", "customers reveal", "customers export"),
    "customers duplicates",
    *("trips list", "trips show", "trips find", "trips export", "trips costs", "trips handbook"),
    *("products list", "products show", "departures list", "departures show", "departures sheet"),
    *("destinations list", "interactions list", "interactions export", "payments list"),
    *("payments due", "payments export", "vouchers list", "vouchers export", "surveys list"),
    *("surveys show", "surveys form", "surveys sample", "surveys nps", "surveys csat"),
    *("surveys export", "followups due", "followups list", "followups show", "followups results"),
    *(
        "followups calendar",
        "followups send",
        "complaints list",
        "complaints show",
        "complaints export",
    ),
    *("imports list", "imports show", "imports undo", "complaints watch"),
    *("encrypt", "decrypt"),
}
LEDGERS = ("payment", "trip_cost")
RULE = """[[rule]]
id = "mine"
anchor = "return"
offset = 9
"""


@pytest.fixture
def busy(db: Path) -> Path:
    agency(db, today=DAY)
    with writing(db) as session:
        fang = add_customer(session, "C1", name="王芳", phone="+8613812345678", owner="李娜")
        add_trip(session, fang, "2026-11-10", returns_on="2026-11-15", code="PAST", price=500_000)
        he = add_customer(session, "C2", name="何伟", phone="+8613912345678")
        add_trip(session, he, "2026-11-18", returns_on="2026-11-25", code="NOW")
        for code in ("Q1", "Q2"):
            add_trip(session, he, "2027-03-01", code=code, status="inquiry")
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("UPDATE operation SET actor = 'somebody'")
    return db


def stored(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that is stored but the record of what was done; of ledgers what the lines add up to."""
    with closing(sqlite3.connect(path)) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found = {}
        for name in names:
            if name in ("operation", "change", "sqlite_sequence", "calendar_entry", "notice"):
                continue
            what = "*"
            if name in LEDGERS:
                paid = "sum(iif(paid_on IS NULL, 0, amount))"
                what = f"trip_id, sum(amount), {paid}"
            more = "GROUP BY trip_id HAVING sum(amount) <> 0" if name in LEDGERS else ""
            found[name] = sorted(
                connection.execute(f"SELECT {what} FROM {name} {more}").fetchall(), key=repr
            )
        return found


def _meant(invoke: Invoke, path: Path, word: str) -> str:
    """{complaint}: the code of the newest; {task}: the id of the follow-up of the newest."""
    if word == "{task}":
        listed = json.loads(invoke("followups", "list", "-f", "json", "--all").stdout)
        return str(next(one["id"] for one in listed if one["rule"] == "task"))
    if not word.startswith("{"):
        return word
    table = word.strip("{}")
    what = "id" if table == "trip_cost" else "code"
    with closing(sqlite3.connect(path)) as connection:
        [found] = connection.execute(
            f"SELECT {what} FROM {table} ORDER BY id DESC LIMIT 1"
        ).fetchone()
    return str(found)


def commands(busy: Path, tmp_path: Path, invoke: Invoke) -> list[list[str]]:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        invoke("followups", "rules", "--dump").stdout.replace("offset = 1\n", "offset = 2\n", 1)
    )
    return [
        shlex.split(line.replace("{rules}", str(rules))) for line in SCRIPT.strip().splitlines()
    ]


@pytest.mark.many
def test_every_command_is_taken_back_whole(invoke: Invoke, busy: Path, tmp_path: Path) -> None:
    done = set()
    before = stored(busy)
    for line in commands(busy, tmp_path, invoke):
        words = [_meant(invoke, busy, word) for word in line]
        typed = "json://127.0.0.1/x\n" if words[:2] == ["notify", "add"] else None
        said = invoke(*words, input=typed)
        assert said.exit_code == 0, (words, said.output)
        after = stored(busy)
        assert after != before, words
        file = busy.read_bytes()
        back = invoke("undo")
        assert back.exit_code == 0, (words, back.output)
        assert stored(busy) == before, words
        if MANY > 1 or any(after[one] != before[one] for one in LEDGERS):
            # Lines of money stay, and what was done can be done once more beside them.
            again = invoke(*(_meant(invoke, busy, word) for word in line), input=typed)
            assert again.exit_code == 0, (words, again.output)
            after = stored(busy)
        else:  # all is as it was, so the file of a moment ago is what doing it again would give
            busy.write_bytes(file)
        before = after
        done.add(words[0] if words[0] == "settings" else " ".join(words[:2]))
    leaves = {ctx.command_path.removeprefix("tourcrm ") for ctx, _command in reference.walk()}
    nouns = {path.split()[0] for path in leaves if " " in path} | {"tourcrm"}
    shown = {path for path in leaves if path.startswith(("segments ", "stats "))}
    imported = {path for path in leaves if path.endswith(" import")}
    done -= NOT_TAKEN_BACK  # that may save filters on the way
    assert leaves - (nouns - {"settings"}) - shown - imported - NOT_TAKEN_BACK == done


def test_it_says_what_it_did_and_can_be_taken_back_itself(invoke: Invoke, busy: Path) -> None:
    invoke("customers", "edit", "C1", "--city", "昆明", "--phone", "13800000009")
    before = stored(busy)
    tried = invoke("undo", "--dry-run", lang="zh")
    assert tried.stdout.splitlines() == [
        "试运行，没有改动任何数据。撤销的结果会是：",
        "已撤销：customers edit（操作 2，root，2026-11-20 09:30）。".replace(
            "root，2026-11-20 09:30", tried.stdout.split("（操作 2，")[1].split("）")[0]
        ),
        "  还原：客户 C1",
    ]
    assert stored(busy) == before
    done = json.loads(invoke("undo", "-f", "json").stdout)
    assert done[0]["verb"] == "customers edit"
    assert done[0]["restored"] == ["customer C1"]
    said = invoke("undo", str(done[0]["operation"]))
    assert said.exit_code == 0
    assert stored(busy) == before
    assert "as before: customer C1" in said.stdout
    again = invoke("undo")  # the edit stands again, so it is the last command again
    assert "customers edit (operation 2" in again.stdout
    assert "There is no command of" in invoke("undo").stderr


def test_only_ones_own_commands_are_the_last(invoke: Invoke, busy: Path) -> None:
    invoke("customers", "tag", "C1", "甲", env={"TOURCRM_USER": "李娜"})
    invoke("customers", "tag", "C1", "乙", env={"TOURCRM_USER": "小林"})
    invoke("customers", "reveal", "C1", env={"TOURCRM_USER": "李娜"})  # changes nothing
    said = invoke("undo", env={"TOURCRM_USER": "李娜"})
    assert "customers tag (operation 2, 李娜" in said.stdout
    assert invoke("undo", env={"TOURCRM_USER": "李娜"}).exit_code == 3
    listed = json.loads(invoke("undo", "--list", "-f", "json").stdout)
    assert [(one["operation"], one["actor"]) for one in listed] == [(3, "小林"), (1, "somebody")]


def test_what_was_built_on_comes_first(invoke: Invoke, busy: Path) -> None:
    invoke("customers", "add", "李四", "--code", "C3")
    invoke(
        "trips",
        "add",
        "C3",
        "--destination",
        "云南",
        "--departs",
        "2027-01-01",
        "--code",
        "T9",
        "--price",
        "3000",
    )
    invoke("payments", "add", "T9", "1000")
    before = stored(busy)
    for number, what in ((2, "T9"), (3, "P0000001")):
        said = invoke("undo", str(number))
        assert said.exit_code == 1
        assert what in said.stderr
        assert f"tourcrm undo {number + 1} (" in said.stderr
        assert stored(busy) == before
    for number in (4, 3):
        assert invoke("undo", str(number)).exit_code == (0 if number == 4 else 1)
    # A line of money stays, with the one that takes it back: so does what it belongs to.
    assert "P0000001" in invoke("undo", "3").stderr
    assert invoke("undo", "4").exit_code == 1
    assert "was taken back already" in invoke("undo", "4").stderr
    invoke("customers", "edit", "C1", "--city", "大理")
    invoke("customers", "edit", "C1", "--city", "丽江")
    said = invoke("undo", "6")
    assert "C1" in said.stderr
    assert "tourcrm undo 7 (customers edit)" in said.stderr


def test_seats_that_others_took_are_not_taken_from_them(invoke: Invoke, busy: Path) -> None:
    invoke(
        "departures",
        "add",
        "D1",
        "--destination",
        "云南",
        "--departs",
        "2027-01-01",
        "--seats",
        "2",
    )
    invoke("trips", "add", "C1", "--departure", "D1", "--people", "2", "--code", "T1")
    invoke("trips", "cancel", "T1")
    invoke("trips", "add", "C2", "--departure", "D1", "--people", "1", "--code", "T2")
    said = invoke("undo", "4")
    assert (said.exit_code, "D1 would have 3 people on 2 seats" in said.stderr) == (1, True)
    invoke("undo", "5")
    assert invoke("undo", "4").exit_code == 0


def test_an_import_is_taken_back_like_any_command(
    invoke: Invoke, busy: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "客户.csv"
    sheet.write_text("姓名,手机\n李四,13700000000\n王五,13600000000\n", encoding="utf-8")
    before = stored(busy)
    invoke("customers", "import", sheet)
    assert "2" in invoke("undo").stdout
    assert stored(busy) == before


def test_numbers_that_are_none_are_refused(invoke: Invoke, busy: Path) -> None:
    assert invoke("undo", "77").exit_code == 3
    invoke("customers", "reveal", "C1")
    assert "changed nothing" in invoke("undo", "2").stderr
    assert invoke("undo", "2", "--list").exit_code == 2
