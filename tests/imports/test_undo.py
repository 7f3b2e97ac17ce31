"""Taking imports back, whatever happened in between: exact where nothing was built on them, sound
always.

The words and refusals of `imports undo` are in tests/commands/test_imports.py, kills in
tests/faults.
Here a seeded walk through imports, edits, tags, contacts, decisions and undoing looks for a state
in which taking back leaves orphans, loses somebody's work, or fails.
"""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.builders import TODAY, agency
from tests.conftest import Invoke
from tests.faults.nursery import contents
from tourcrm.db import health

ASIDE = ("reject_file", "operation", "change", "sqlite_sequence")  # a record of what was done stays


def facts(path: Path) -> dict[str, Any]:
    """All that is stored, but for what was done and undone."""
    return {table: rows for table, rows in contents(path).items() if table not in ASIDE}


def customers_file(chance: random.Random, path: Path) -> Path:
    """A few customers of a small world, so that files overlap."""
    lines = ["客户编号,姓名,手机,城市,标签,生日,所属公司,介绍人"]
    for number in chance.sample(range(8), 4):
        city, tag = chance.choice(("北京", "上海", "")), chance.choice(("VIP", "老客;常客", ""))
        birthday = chance.choice(("1980-01-02", "农历八月十五", ""))
        other = chance.choice(("K0", "K1", "K7", ""))
        lines.append(
            f"K{number},客户{number},138{number:08d},{city},{tag},{birthday},{other},{other}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def trips_file(chance: random.Random, path: Path) -> Path:
    lines = ["订单号,客户,姓名,目的地,出发日期,天数,团费"]
    for number in chance.sample(range(10), 5):
        who, day = f"138{number % 9:08d}", chance.randrange(10, 20)
        code = chance.choice((f"D{number}", ""))
        lines.append(f"{code},{who},客户{number % 9},三亚,2026-11-{day},{number % 5 + 1},{day}00")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def contacts_file(chance: random.Random, path: Path) -> Path:
    lines = ["客户,时间,方式,内容"]
    for number in chance.sample(range(8), 3):
        lines.append(f"138{number:08d},2026-11-{number + 10} 10:00,电话,聊了{number}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def answers_file(chance: random.Random, path: Path) -> Path:
    lines = ["手机,日期,推荐意愿,导游,建议"]
    for number in chance.sample(range(8), 3):
        day, points = chance.randrange(12, 20), chance.randrange(6, 11)
        lines.append(f"138{number:08d},2026-11-{day},{points},{chance.randrange(1, 6)},好")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def step(chance: random.Random, invoke: Invoke, db: Path, folder: Path) -> tuple[Any, ...]:
    """One thing that somebody does."""
    who = f"K{chance.randrange(8)}"
    match chance.randrange(13):
        case 0 | 1:
            way = chance.choice(("update", "fill", "skip", "error"))
            file = customers_file(chance, folder / "c.csv")
            return "customers", "import", file, "--on-duplicate", way
        case 2 | 3:
            return "trips", "import", trips_file(chance, folder / "t.csv"), "--create-customers"
        case 4:
            if chance.random() < 0.5:
                return "surveys", "import", answers_file(chance, folder / "s.csv")
            return "interactions", "import", contacts_file(chance, folder / "i.csv")
        case 5:
            return "customers", "edit", who, "--city", chance.choice(("广州", "北京"))
        case 6:
            return "customers", chance.choice(("tag", "untag")), who, "VIP"
        case 7:
            if chance.random() < 0.5:
                return "surveys", "add", who, "--nps", "8", "--replace"
            return "interactions", "log", who, "--summary", "x"
        case 8:
            return "trips", "edit", f"D{chance.randrange(10)}", "--note", "x"
        case 9:
            rows = contents(db)["operation"]
            imports = [row[0] for row in rows if row[3].endswith(" import")]
            number = str(chance.choice(imports)) if imports else "1"
            keep = () if chance.random() < 0.4 else ("--keep-touched",)
            return "imports", "undo", number, *keep
        case 10:
            return "vouchers", "issue", who, "--amount", "5"
        case 11:
            return (
                "vouchers",
                "redeem",
                f"V0000{chance.randrange(1, 4)}",
                f"D{chance.randrange(10)}",
            )
    listed = invoke("followups", "due", "-f", "csv", "--all").stdout.splitlines()[1:]
    item = chance.choice(listed).partition(",")[0] if listed else "NONE"
    return "followups", "done", item, "--note", "x"


def walk(seed: int, steps: int, invoke: Invoke, folder: Path) -> None:
    chance = random.Random(seed)
    db = agency(folder / f"{seed}.db", today=TODAY.isoformat(), time_zone="Asia/Shanghai")
    now = facts(db)
    for _ in range(steps):
        words = step(chance, invoke, db, folder)
        before = now
        done = invoke(*words, database=db)
        assert done.exit_code in (0, 1, 3, 4), (words, done.output)
        assert "Internal error" not in done.output, (seed, words, done.output)
        assert health.problems(db) == [], (seed, words)  # no orphans, nothing damaged
        now = facts(db)
        if done.exit_code in (1, 3):
            assert now == before, (seed, words)
        if words[1] != "import" or done.exit_code not in (0, 4):
            continue
        operations = contents(db)["operation"]
        if now != before and chance.random() < 0.5:
            undone = invoke("imports", "undo", str(operations[-1][0]), database=db)
            assert undone.exit_code == 0, (seed, words, undone.output)
            now = facts(db)
            assert now == before, (seed, words)


@pytest.mark.parametrize("seed", range(3))
def test_taking_back_is_exact_and_sound_whatever_was_done(
    seed: int, invoke: Invoke, tmp_path: Path
) -> None:
    walk(seed, 12, invoke, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 160))
def test_long_walks(seed: int, invoke: Invoke, tmp_path: Path) -> None:
    walk(seed, 150, invoke, tmp_path)
