"""Customers at the command line, as an owner keeps them by hand."""

import csv
import io
import json
import re
import sqlite3
from pathlib import Path

import pytest

from tests import builders
from tests.conftest import Invoke, Run

ID_NUMBER = "11010519491231002X"
PHONE = "13812345678"


@pytest.fixture(autouse=True)
def agency(db: Path) -> Path:
    return builders.agency(db, today="2026-11-20")


def rows(text: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(text)
    return found


def operations(db: Path) -> list[str]:
    with sqlite3.connect(db) as connection:
        return [row[0] for row in connection.execute("SELECT verb FROM operation ORDER BY id")]


def test_a_customer_is_added_listed_and_found_in_a_real_process(run: Run, invoke: Invoke) -> None:
    added = run("customers", "add", "王芳", "--phone", f"{PHONE}/010-62345678", "--city", "杭州")
    assert (added.returncode, added.stdout) == (0, "Added C000001 王芳.\n")
    found = invoke("customers", "find", "wangfang", lang="zh")
    assert found.exit_code == 0
    assert "客户编号" in found.stdout
    assert re.search(r"C000001 +王芳 +个人 +正常 +138\*{4}5678 +杭州", found.stdout)


def test_every_column_can_be_given_and_comes_back(invoke: Invoke) -> None:
    invoke("customers", "add", "远方公司", "--kind", "公司", "--code", "CO1")
    given = {
        "code": "0012",
        "kind": "person",
        "phone": "138 1234 5678",
        "phone2": "010-62345678",
        "wechat": "wf85",
        "email": "wf@Example.com",
        "gender": "女",
        "birthday": "农历八月十五",
        "id_number": ID_NUMBER,
        "passport_no": "e12345678",
        "passport_name": "WANG FANG",
        "passport_expires_on": "2030年1月2日",
        "city": "杭州",
        "address": "西湖区 1 号",
        "occupation": "教师",
        "source": "朋友",
        "owner": "小林",
        "company": "远方公司",
        "referred_by": "CO1",
        "marketing_consent": "同意",
        "consent_on": "2026-01-02",
        "consent_source": "电话",
        "do_not_contact": "否",
        "language": "中文",
        "needs": "素食",
        "company_type": "民企",
        "travel_policy": "总监商务舱，其他最低价",
        "valued": "VIP、省钱",
        "credit_days": "30",
        "credit_limit": "50000",
        "note": "喜欢靠窗",
    }
    words = [part for field, text in given.items() for part in (_option(field), text)]
    done = invoke("customers", "add", "王芳", "--tag", "VIP,摄影", "--tag", "老客户", *words)
    assert done.exit_code == 0, done.stderr
    [_, stored] = rows(invoke("customers", "export", "--reveal", "-f", "json").stdout)
    expected = given | {
        "name": "王芳",
        "phone": f"+86{PHONE}",
        "phone2": "+861062345678",
        "email": "wf@example.com",
        "gender": "female",
        "birthday": "lunar 08-15",
        "passport_no": "E12345678",
        "passport_expires_on": "2030-01-02",
        "company": "CO1",
        "company_type": "private",
        "valued": "lowest_cost;vip_care",
        "preferences": None,
        "marketing_consent": "yes",
        "do_not_contact": False,
        "language": "zh",
        "tags": "VIP;摄影;老客户",
        "credit_days": 30,
        "credit_limit": 50000.0,
        "status": "active",
        "entered_on": "2026-11-20",
        "special_dates": None,
        "lost_on": None,
        "lost_reason": None,
        "rival": None,
        "sources": None,  # only files have them
    }
    assert stored == expected


def _option(field: str) -> str:
    return "--" + field.replace("_", "-")


def test_the_same_person_is_refused_and_the_household_is_taken(invoke: Invoke, db: Path) -> None:
    invoke("customers", "add", "王芳", "--phone", PHONE)
    again = invoke("customers", "add", "王芳", "--phone", PHONE)
    assert again.exit_code == 1
    assert "C000001" in again.stderr
    other = invoke("customers", "add", "李明", "--phone", PHONE)
    assert other.exit_code == 0
    assert "C000001 王芳" in other.stderr
    assert operations(db) == ["customers add", "customers add"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["add", "王芳", "--phone", "12345"], 2, "--phone: "),
        (["add", "王芳", "--birthday", "2月30日"], 2, "--birthday “2月30日”: "),
        (["add", "王芳", "--kind", "friend"], 2, "--kind “friend”: "),
        (["add", ""], 2, "needs a name"),
        (["add", "王芳", "--company", "没有的公司"], 3, "没有的公司"),
        (["add"], 2, "NAME is missing"),
        (["show", "没有"], 3, "customers find"),
        (["edit", "没有", "--city", "x"], 3, "没有"),
        (["edit", "C000001"], 2, "Say what to change"),
        (["remember", "C000001", "birthday"], 2, "Say the day"),
        (["lose", "C000001"], 2, "--reason"),
        (["lose", "C000001", "--deceased", "--on", "2030-01-01"], 2, "lies ahead"),
        (["list", "--status", "gone"], 2, "--status"),
        (["list", "--format", "xml"], 2, "--format"),
    ],
)
def test_what_cannot_be_is_said_with_its_exit_code(
    invoke: Invoke, db: Path, words: list[str], code: int, told: str
) -> None:
    done = invoke("customers", *words)
    assert done.exit_code == code
    assert told in done.stderr
    assert operations(db) == []
    assert invoke("customers", *words, lang="zh").exit_code == code


def test_no_personal_number_is_repeated_in_an_error(invoke: Invoke) -> None:
    for option, number in (("--id-number", "110105194912310021"), ("--phone", "138123456789")):
        done = invoke("customers", "add", "王芳", option, number)
        assert done.exit_code == 2
        assert number not in done.stderr + done.stdout


def test_an_edit_changes_clears_and_says_what(invoke: Invoke, db: Path) -> None:
    invoke("customers", "add", "王芳", "--city", "杭州", "--owner", "小林")
    done = invoke("customers", "edit", "王芳", "--city", "上海", "--owner", "")
    assert done.stdout == "Changed C000001 王芳: city, owner.\n"
    again = invoke("customers", "edit", "王芳", "--city", "上海")
    assert (again.exit_code, again.stdout[:15]) == (0, "Nothing changed")
    assert operations(db) == ["customers add", "customers edit"]
    [row] = rows(invoke("customers", "list", "-f", "json").stdout)
    assert (row["city"], row["owner"]) == ("上海", None)


def test_a_name_that_several_have_does_nothing(invoke: Invoke, db: Path) -> None:
    invoke("customers", "add", "王芳", "--city", "杭州")
    invoke("customers", "add", "王芳", "--city", "上海")
    done = invoke("customers", "edit", "王芳", "--city", "x")
    assert done.exit_code == 3
    assert "C000001  王芳  杭州" in done.stderr
    assert "C000002  王芳  上海" in done.stderr
    assert len(operations(db)) == 2


def test_tags_come_and_go(invoke: Invoke) -> None:
    invoke("customers", "add", "王芳")
    assert "VIP、摄影" in invoke("customers", "tag", "王芳", "VIP", "摄影").stdout
    assert "Nothing changed" in invoke("customers", "tag", "王芳", "VIP").stdout
    assert "VIP" in invoke("customers", "untag", "王芳", "VIP").stdout
    assert "Nothing changed" in invoke("customers", "untag", "王芳", "VIP").stdout
    [row] = rows(invoke("customers", "list", "--tag", "摄影", "-f", "json").stdout)
    assert row["tags"] == "摄影"


def test_special_days_are_remembered_in_both_calendars_and_forgotten(invoke: Invoke) -> None:
    invoke("customers", "add", "王芳")
    invoke("customers", "remember", "王芳", "生日", "农历八月十五")
    invoke("customers", "remember", "王芳", "birthday", "1985-03-05")
    done = invoke("customers", "remember", "王芳", "结婚纪念日", "5月20日")
    lunar = "birthday lunar 15th of the 8th month"
    assert f"birthday 1985-03-05; {lunar}; wedding day 05-20" in done.stdout
    [row] = rows(invoke("customers", "list", "-f", "json").stdout)
    assert row["birthday"] == "1985-03-05"
    assert row["special_dates"] == "birthday=lunar 08-15; wedding=05-20"
    assert invoke("customers", "remember", "王芳", "wedding", "--remove").exit_code == 0
    assert (
        "Nothing changed" in invoke("customers", "remember", "王芳", "wedding", "--remove").stdout
    )
    [row] = rows(invoke("customers", "list", "-f", "json").stdout)
    assert row["special_dates"] == "birthday=lunar 08-15"


def test_lost_and_deceased_customers_leave_the_list_but_are_found(invoke: Invoke) -> None:
    for name in ("王芳", "李明", "张三"):
        invoke("customers", "add", name)
    invoke("customers", "lose", "李明", "--reason", "价格", "--rival", "某社")
    invoke("customers", "lose", "张三", "--deceased")
    listed = invoke("customers", "list")
    assert "王芳" in listed.stdout
    assert "李明" not in listed.stdout
    assert "Not listed: 2" in listed.stderr
    everyone = rows(invoke("customers", "list", "--status", "all", "-f", "json").stdout)
    assert [row["status"] for row in everyone] == ["active", "lost", "deceased"]
    assert everyone[1]["lost_reason"] == "价格"
    assert "deceased" in invoke("customers", "find", "张三").stdout


# --- personal numbers -----------------------------------------------------------------------------


@pytest.fixture
def fang(invoke: Invoke) -> None:
    words = ["--phone", PHONE, "--id-number", ID_NUMBER, "--passport", "E12345678"]
    assert invoke("customers", "add", "王芳", *words).exit_code == 0


@pytest.mark.usefixtures("fang")
@pytest.mark.parametrize("format", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize("words", [["list"], ["find", "王芳"], ["export"]])
def test_numbers_are_masked_where_they_are_not_needed(
    invoke: Invoke, db: Path, words: list[str], format: str
) -> None:
    text = invoke("customers", *words, "-f", format).stdout
    assert "138****5678" in text
    for number in (PHONE, ID_NUMBER, "E12345678"):
        assert number not in text.replace(" ", "")
    assert operations(db) == ["customers add"]


@pytest.mark.usefixtures("fang")
@pytest.mark.parametrize("verb", ["list", "find", "export"])
def test_revealing_is_recorded(invoke: Invoke, db: Path, verb: str) -> None:
    words = ["王芳"] if verb == "find" else []
    text = invoke("customers", verb, *words, "--reveal", "-f", "csv").stdout
    for number in (PHONE, ID_NUMBER, "E12345678"):
        assert number in text
    assert operations(db) == ["customers add", f"customers {verb} --reveal"]


@pytest.mark.usefixtures("fang")
def test_documents_are_revealed_one_by_one(invoke: Invoke, db: Path) -> None:
    text = invoke("customers", "reveal", "王芳").stdout
    assert ID_NUMBER in text
    assert "E12345678" in text
    assert operations(db)[1:] == ["customers reveal"]  # at whose numbers, the table of looks says
    assert invoke("customers", "reveal", "没有").exit_code == 3
    assert len(operations(db)) == 2


@pytest.mark.usefixtures("fang")
@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_show_has_the_phone_to_call_and_no_document(invoke: Invoke, db: Path, format: str) -> None:
    text = invoke("customers", "show", "王芳", "-f", format).stdout.replace(" ", "")
    assert PHONE in text
    assert ID_NUMBER not in text
    assert "E12345678" not in text
    assert operations(db) == ["customers add"]


# --- the page before a call -----------------------------------------------------------------------


@pytest.fixture
def known(db: Path) -> None:
    with builders.writing(db) as session:
        friend = builders.add_customer(session, "F1", name="李明")
        who = builders.add_customer(
            session,
            "W1",
            name="王芳",
            phone=f"+86{PHONE}",
            city="杭州",
            owner="小林",
            referred_by_id=friend,
            note="对花生过敏，" * 30,
        )
        for departs, returns, where, price in (
            ("2024-06-01", "2024-06-08", "北疆", 1_000_000),
            ("2025-06-01", "2025-06-05", "日本", 2_000_000),
            ("2026-06-01", "2026-06-03", "云南", 3_000_000),
        ):
            builders.add_trip(
                session, who, departs, returns_on=returns, destination=where, price=price
            )
        builders.add_trip(session, who, "2027-02-01", destination="冰岛", booked_on="2026-10-01")
        builders.add_trip(session, who, "2027-01-01", destination="退了", status="cancelled")
        builders.add_trip(session, who, None, destination="欧洲", status="quoted")
        builders.add_special_date(session, who, "birthday", 11, 25, year=1985)


@pytest.mark.usefixtures("known")
def test_the_page_tells_what_one_wants_to_know(invoke: Invoke) -> None:
    invoke("interactions", "log", "王芳", "--note", "想去北欧", "--at", "2026-11-01 10:00")
    [row] = rows(invoke("customers", "show", "王芳", "-f", "json").stdout)
    expected = {
        "customer": "W1",
        "referred_by": "F1",
        "tier": "A",
        "quadrant": "large_high",
        "cadence": "active",
        "trips": 3,
        "recency_days": 170,
        "average_gap_days": 365.0,
        "revenue": 60000.0,
        "value_per_trip": 20000.0,
        "last_destination": "云南",
        "last_returns_on": "2026-06-03",
        "next_destination": "冰岛",
        "next_departs_on": "2027-02-01",
        "next_special": "birthday 1985-11-25",
        "next_special_on": "2026-11-25",
        "last_contact_summary": "想去北欧",
        "last_contact_at": "2026-11-01T10:00:00+08:00",
    }
    assert {field: row[field] for field in expected} == expected
    assert "birthday" in str(row["due"])  # a gift, a week before


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_readable_at_80_columns(invoke: Invoke, lang: str) -> None:
    from tourcrm.base.display import width

    page = invoke("customers", "show", "王芳", lang=lang, env={"COLUMNS": "80"}).stdout
    assert max(width(line) for line in page.splitlines()) <= 80
    for text in ("138 1234 5678", "云南", "冰岛", "欧洲", "2026-11-25", "¥20,000.00", "小林"):
        assert text in page
    assert "退了" not in page
    if lang == "en":
        assert "plan their travel" in page  # how a large, loyal one is treated


@pytest.mark.usefixtures("known")
def test_the_page_of_an_earlier_day_knows_nothing_later(invoke: Invoke) -> None:
    invoke("interactions", "log", "王芳", "--note", "后来", "--at", "2026-11-01 10:00")
    words = ["show", "王芳", "--as-of", "2025-06-03", "-f", "json"]
    [row] = rows(invoke("customers", *words).stdout)
    assert (row["trips"], row["recency_days"], row["last_destination"]) == (2, 0, "日本")
    assert (row["next_destination"], row["last_contact_at"]) == ("云南", None)
    [row] = rows(invoke("customers", "show", "王芳", "--as-of", "2026-09-30", "-f", "json").stdout)
    assert row["next_trip"] is None  # booked on 1 October
    page = invoke("customers", "show", "王芳", "--as-of", "2025-06-03").stdout
    assert re.search(r"On a trip +2025-06-01 – 2025-06-05", page)


def test_a_customer_without_history_has_a_page(invoke: Invoke) -> None:
    invoke("customers", "add", "王芳")
    page = invoke("customers", "show", "王芳").stdout
    assert "No departure yet." in page
    invoke("customers", "lose", "王芳", "--deceased")
    assert "deceased since 2026-11-20" in invoke("customers", "show", "王芳").stdout


# --- hostile text ---------------------------------------------------------------------------------

HOSTILE = "x[/b]y\x1b[31m\u202e=1+1,\"'\n\u200b;—🙂"


def test_hostile_text_is_stored_unchanged_and_never_steers_the_terminal(invoke: Invoke) -> None:
    fields = ["wechat", "city", "address", "occupation", "source", "owner", "note"]
    words = [part for field in fields for part in (_option(field), f"A{HOSTILE}")]
    assert invoke("customers", "add", "王芳", "--tag", "A[/b]\x1b[31m", *words).exit_code == 0
    [row] = rows(invoke("customers", "export", "-f", "json").stdout)
    assert [row[field] for field in fields] == [f"A{HOSTILE}"] * len(fields)
    [line] = csv.DictReader(io.StringIO(invoke("customers", "export").stdout, newline=""))
    assert [line[field] for field in fields] == [f"A{HOSTILE}"] * len(fields)
    said = ["--note", f"B{HOSTILE}", "--staff", f"C{HOSTILE}"]
    assert invoke("interactions", "log", "王芳", *said).exit_code == 0
    trip = ["--destination", f"D{HOSTILE}", "--departs", "2026-01-01", "--advisor", f"E{HOSTILE}"]
    assert invoke("trips", "add", "王芳", *trip).exit_code == 0
    for lang in ("en", "zh"):
        for verb in (["list"], ["find", "x[/b]y"], ["show", "王芳"]):
            shown = invoke("customers", *verb, lang=lang, env={"COLUMNS": "300"})
            assert shown.exit_code == 0
            text = shown.stdout + shown.stderr
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", text)
            assert "x[/b]y" in text


@pytest.mark.parametrize("name", ["\x1b]0;owned\x07", "a\u202eb", "[red]x[/red]", "=cmd()"])
def test_hostile_names_are_echoed_safely(invoke: Invoke, name: str) -> None:
    for words in (["add", name], ["edit", name, "--city", "x"], ["tag", name, "t"], ["show", name]):
        done = invoke("customers", *words)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.stdout + done.stderr)
    [row] = rows(invoke("customers", "export", "-f", "json").stdout)
    assert row["name"] == name.strip("\u202e")


def test_export_to_files_opens_for_people_and_machines(invoke: Invoke, tmp_path: Path) -> None:
    invoke("customers", "add", "王芳", "--phone", PHONE, "--note", "=1+1")
    for end in ("csv", "xlsx", "json", "jsonl"):
        file = tmp_path / f"客户.{end}"
        done = invoke("customers", "export", "-o", file)
        assert done.exit_code == 0, done.stderr
        assert file.stat().st_mode & 0o777 == 0o600
    assert "=1+1" in (tmp_path / "客户.csv").read_text("utf-8")
    refused = invoke("customers", "export", "-o", tmp_path / "x.pdf")
    assert refused.exit_code == 2


def test_a_long_list_shows_fifty_and_says_how_many_more(invoke: Invoke, db: Path) -> None:
    with builders.writing(db) as session:
        for _ in range(60):
            builders.add_customer(session)
    shown = invoke("customers", "list").stdout
    assert (shown.count(" person "), "10 more rows" in shown) == (50, True)
    assert "5 more rows" in invoke("customers", "list", "--limit", "55").stdout
    assert "more rows" not in invoke("customers", "list", "--limit", "50").stdout
    assert invoke("customers", "list", "--limit", "5").stdout.count(" person ") == 5
    assert len(rows(invoke("customers", "list", "-f", "json").stdout)) == 60


def _various(invoke: Invoke) -> None:
    invoke("customers", "add", "王芳", "--tag", "VIP,摄影", "--birthday", "农历1985年八月十五")
    for label, day in (("生日", "1985-09-29"), ("wedding", "农历腊月三十"), ("认识", "闰六月初一")):
        assert invoke("customers", "remember", "王芳", label, day).exit_code == 0
    invoke(
        "customers", "edit", "王芳", "--gender", "女", "--do-not-contact", "是", "--consent", "yes"
    )
    invoke("customers", "edit", "王芳", "--phone", PHONE, "--phone2", "0512-68001234")
    for number, note in enumerate(("-已加微信", "'=quoted", "'tis", "+1 more")):
        invoke("customers", "add", f"Note {number}", f"--note={note}")
    invoke("customers", "add", "Tan", "--phone", "+65 61234567", "--phone2", "400-820-8820")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("end", ["csv", "xlsx"])
def test_a_file_for_people_speaks_their_words_and_goes_in_again(
    invoke: Invoke, db: Path, tmp_path: Path, lang: str, end: str
) -> None:
    builders.prepared("customers for people", db, lambda: _various(invoke))
    before = invoke("customers", "export", "--reveal").stdout
    sheet = tmp_path / f"customers.{end}"
    done = invoke("customers", "export", "--reveal", "--excel", "-o", sheet, lang=lang)
    assert done.exit_code == 0, done.stderr
    if end == "csv":
        words: tuple[str, ...] = {
            "en": ("person,active", ",female,", "VIP、摄影", ",yes,", "lunar 1985-08-15"),
            "zh": (
                *("个人,正常", ",女,", "VIP、摄影", ",同意,", ",是,", "农历1985年八月十五"),
                *("结婚纪念日=农历腊月三十", "认识=农历闰六月初一"),
            ),
        }[lang]
        words += (f",{PHONE},0512-68001234,", ",'+6561234567,400-820-8820,")
        assert [word for word in words if word not in sheet.read_text("utf-8-sig")] == []
    again = tmp_path / "again.db"
    assert invoke("init", "--yes", database=again).exit_code == 0
    done = invoke("customers", "import", sheet, database=again)
    assert done.exit_code == 0, done.stdout
    assert invoke("customers", "export", "--reveal", database=again).stdout == before


def test_an_apostrophe_that_somebody_else_wrote_stays(invoke: Invoke, tmp_path: Path) -> None:
    sheet = tmp_path / "other.csv"
    for end, mark in (("\n", "\ufeff"), ("\r\n", "")):
        sheet.write_text(f"{mark}name,note{end}Ann,'-x{end}", encoding="utf-8", newline="")
        done = invoke("customers", "import", sheet)
        assert done.exit_code == 0, done.stdout
        assert ",'-x," in invoke("customers", "export").stdout


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Émile Zola", "émile"),
        ("Émile Zola", "ÉMILE zola"),
        ("Émile Zola", "E\u0301mile"),
        ("ИВАН Петров", "иван"),
        ("Jose\u0301 Müller", "José müller"),
        ("古丽米热·艾比布力", "古丽米热•艾比布力"),
        ("古丽米热·艾比布力", "古丽米热艾比布力"),
        ("\ue863英", "䶮英"),
        ("ＡＢＣ旅行", "abc旅行"),
        ("abc旅行", "ＡＢＣ旅行"),
        ("O’Brien", "o'brien"),
    ],
)
def test_a_name_is_found_in_whatever_spelling(
    invoke: Invoke, db: Path, name: str, wanted: str
) -> None:
    with builders.writing(db) as session:
        builders.add_customer(session, name="王芳")
        builders.add_customer(session, name=name)
    found = rows(invoke("customers", "find", wanted, "-f", "json").stdout)
    assert [row["code"] for row in found] == ["C000002"]


def test_a_customer_is_named_in_whatever_spelling(invoke: Invoke) -> None:
    invoke("customers", "add", "ИВАН Петров")
    invoke("customers", "add", "古丽米热·艾比布力")
    assert "C000001" in invoke("customers", "show", "иван петров").stdout
    assert "C000002" in invoke("customers", "show", "古丽米热•艾比布力").stdout


def test_filters_and_checks_know_spellings(invoke: Invoke) -> None:
    invoke("customers", "add", "A", "--owner", "Émile", "--city", "ÉVORA", "--tag", "Fête")
    for option, wanted in (("--owner", "émile"), ("--city", "e\u0301vora"), ("--tag", "FÊTE")):
        assert len(rows(invoke("customers", "list", option, wanted, "-f", "json").stdout)) == 1
    assert "no longer" not in invoke("customers", "tag", "A", "fête").stdout
    [row] = rows(invoke("customers", "export", "-f", "json").stdout)
    assert row["tags"] == "Fête"
    assert "no longer tagged Fête" in invoke("customers", "untag", "A", "FÊTE").stdout
    invoke("customers", "add", "古丽·艾", "--phone", PHONE)
    again = invoke("customers", "add", "古丽•艾", "--phone", PHONE)
    assert again.exit_code == 1
    assert "already" in again.stderr


def test_nothing_is_typed_as_nothing(invoke: Invoke) -> None:
    assert invoke("customers", "add", "无").exit_code == 2
    invoke("customers", "add", "王芳", "--owner", "无", "--city", "N/A", "--note", "-")
    [row] = rows(invoke("customers", "export", "-f", "json").stdout)
    assert (row["owner"], row["city"], row["note"]) == (None, None, None)
    invoke("customers", "edit", "王芳", "--owner", "小林")
    invoke("customers", "edit", "王芳", "--owner", "暂无")
    [row] = rows(invoke("customers", "export", "-f", "json").stdout)
    assert row["owner"] is None
