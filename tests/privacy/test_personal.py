"""What a person may ask for: to see, to have, to be gone."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import agency
from tests.conftest import Invoke
from tourcrm.customers.belongings import belongings
from tourcrm.privacy import erase

NAME, PHONE, ID, PASSPORT = "欧阳修文", "13812345678", "110101199003070118", "E12345678"
TELLING = (NAME, PHONE, "138 1234 5678", ID, PASSPORT, "OUYANG/XIUWEN", "xiuwen@example.com")


def _id() -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    body = "11010119900307011"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


ID = _id()


@pytest.fixture
def lived(invoke: Invoke, db: Path, tmp_path: Path) -> Path:
    """A customer with rows in every table, and somebody beside."""
    agency(db, today="2026-11-20")
    fang = f"C1|{NAME}|{PHONE}".split("|")
    for words in (
        [
            "customers",
            "add",
            fang[1],
            "--code",
            "C1",
            "--phone",
            PHONE,
            "--id-number",
            ID,
            "--passport",
            PASSPORT,
            "--passport-name",
            "OUYANG/XIUWEN",
            "--email",
            "xiuwen@example.com",
            "--tag",
            "亲子",
            "--note",
            "爱吃辣",
            "--owner",
            "李娜",
        ],
        [
            "customers",
            "add",
            "何伟",
            "--code",
            "C2",
            "--phone",
            "13912345678",
            "--note",
            f"{NAME}的先生，电话 {PHONE}",
        ],
        ["customers", "edit", "C1", "--phone", "13812345679"],
        ["customers", "edit", "C1", "--phone", PHONE, "--city", "昆明"],
        [
            "trips",
            "add",
            "C1",
            "--destination",
            "云南",
            "--departs",
            "2026-11-01",
            "--returns",
            "2026-11-05",
            "--price",
            "3000",
            "--code",
            "T1",
            "--note",
            f"{NAME}要靠窗",
        ],
        ["trips", "travellers", "T1", "--add", "C2"],
        ["payments", "add", "T1", "3000"],
        ["interactions", "log", "C1", "--summary", f"{NAME}来电"],
        ["complaints", "open", "C1", f"{NAME}说导游迟到", "--trip", "T1"],
        ["surveys", "add", "C1", "--nps", "6", "--comment", f"{NAME}不满"],
        ["vouchers", "issue", "C1", "--amount", "500"],
        ["followups", "add", "C1", f"给{NAME}回电", "--on", "2026-11-20"],
        ["customers", "consent", "C1", "sms", "no", "--source", "电话"],
    ):
        done = invoke(*words)
        assert done.exit_code == 0, (words, done.output)
    sheet = tmp_path / "客户.csv"
    sheet.write_text(
        f"姓名,手机,身份证号\n{NAME},{PHONE},11010119900307011A\n王五,13600000000,1\n",
        encoding="utf-8",
    )
    assert invoke("customers", "import", sheet).exit_code == 4
    return db


def _files_with(folder: Path, word: str) -> list[str]:
    return [
        one.name
        for one in folder.rglob("*")
        if one.is_file() and one.name != "客户.csv" and word.encode() in one.read_bytes()
    ]


def test_every_change_and_every_look_is_told(invoke: Invoke, lived: Path) -> None:
    invoke("customers", "reveal", "C1", env={"TOURCRM_USER": "小林"})
    invoke("customers", "list", "--reveal", env={"TOURCRM_USER": "小林"})
    told = json.loads(invoke("customers", "history", "C1", "-f", "json").stdout)
    assert {"at", "actor", "verb", "field", "before", "after"} <= set(told[0])
    phones = [(one["before"], one["after"]) for one in told if one["field"] == "phone"]
    assert phones == [("138****5678", "138****5679"), ("138****5679", "138****5678")]
    looks = [(one["actor"], one["verb"]) for one in told if one["field"] == "looked at"]
    assert looks == [("小林", "customers reveal"), ("小林", "customers list --reveal")]
    added = {one["row"].split()[0] for one in told if one["field"] is None}
    assert added >= {"customer", "trip", "payment", "interaction", "complaint", "voucher", "task"}
    everything = invoke("customers", "history", "C1", "-f", "csv").stdout
    assert PHONE not in everything
    assert ID not in everything
    page = invoke("customers", "history", "C1", lang="zh", env={"COLUMNS": "160"}).stdout
    for words in ("小林", "客户 C1", "手机", "查看", "投诉步骤"):
        assert words in page


def test_the_dossier_has_everything_in_full(invoke: Invoke, lived: Path) -> None:
    found = json.loads(invoke("customers", "dossier", "C1", "-f", "json").stdout)
    values = {one["value"] for one in found}
    assert {NAME, f"+86{PHONE}", ID, PASSPORT, f"{NAME}要靠窗", f"{NAME}不满"} <= values
    own = {one.table for one in belongings()} - {"look", "distinct_pair", "customer"}
    with closing(sqlite3.connect(lived)) as connection:
        filled = {
            one.table
            for one in belongings()
            if one.table in own
            and connection.execute(
                f"SELECT 1 FROM {one.table} WHERE {one.condition}", {"customer": 1}
            ).fetchone()
        }
    assert filled <= {one["table"] for one in found}
    page = invoke("customers", "dossier", "C1", lang="zh").stdout
    assert ID in page
    looked = json.loads(invoke("customers", "history", "C1", "-f", "json").stdout)
    assert [one["after"] for one in looked if one["field"] == "looked at"] == [
        "customers dossier"
    ] * 2


def test_nothing_is_left_of_whoever_is_erased(invoke: Invoke, lived: Path, tmp_path: Path) -> None:
    assert _files_with(tmp_path, NAME)
    before = json.loads(invoke("stats", "finance", "-f", "json").stdout)
    asked = invoke("customers", "erase", "C1")
    assert asked.exit_code == 1
    assert _files_with(tmp_path, NAME)
    done = invoke("customers", "erase", NAME, "--yes")
    assert done.exit_code == 0, done.output
    for word in TELLING:
        assert _files_with(tmp_path, word) == [], word
    assert json.loads(invoke("stats", "finance", "-f", "json").stdout) == before
    assert "was erased, on" in invoke("customers", "show", "C1").stderr
    for listed in (
        ["customers", "list", "--status", "all"],
        ["customers", "export"],
        ["customers", "find", "C1"],
    ):
        assert "C1," not in invoke(*listed, "-f", "csv").stdout
    assert "█的先生，电话 █" in invoke("customers", "show", "C2").stdout
    [rejects] = tmp_path.glob("*.rejected.csv")
    assert "王五" in rejects.read_text(encoding="utf-8-sig")
    assert invoke("check").exit_code == 0
    refused = invoke("undo")
    assert (refused.exit_code, "never taken back" in refused.stderr) == (1, True)
    assert invoke("followups", "due").exit_code == 0
    assert invoke("today", lang="zh").exit_code == 0


def test_whoever_was_erased_comes_back_only_by_their_own_will(
    invoke: Invoke, lived: Path, tmp_path: Path
) -> None:
    invoke("customers", "erase", "C1", "--yes")
    again = ["customers", "add", NAME, "--phone", PHONE]
    refused = invoke(*again)
    assert (refused.exit_code, "--again" in refused.stderr) == (1, True)
    sheet = tmp_path / "新.csv"
    sheet.write_text(f"姓名,手机\n{NAME},{PHONE}\n王五,13600000000\n", encoding="utf-8")
    done = json.loads(invoke("customers", "import", sheet, "-f", "json").stdout)
    assert (done[0]["added"], done[0]["rejected"]) == (1, 1)
    trips = tmp_path / "订单.csv"
    trips.write_text(
        f"姓名,手机,目的地,出发日期\n{NAME},{PHONE},云南,2026-12-01\n", encoding="utf-8"
    )
    made = invoke("trips", "import", trips, "--create-customers", "-f", "json")
    assert json.loads(made.stdout)[0]["rejected"] == 1
    assert invoke(*again, "--again").exit_code == 0


def test_a_namesake_keeps_the_name(invoke: Invoke, lived: Path, tmp_path: Path) -> None:
    added = invoke("customers", "add", NAME, "--code", "C9", "--phone", "13500000001")
    assert added.exit_code == 0, added.output
    done = invoke("customers", "erase", "C1", "--yes")
    assert "C9" in done.stdout
    assert NAME in invoke("customers", "show", "C9").stdout
    assert _files_with(tmp_path, PHONE) == []


def test_consent_is_noted_by_channel(invoke: Invoke, lived: Path) -> None:
    listed = json.loads(invoke("customers", "consent", "C1", "-f", "json").stdout)
    assert [(one["channel"], one["answer"], one["source"]) for one in listed] == [
        ("sms", "no", "电话")
    ]
    assert (
        invoke(
            "customers", "consent", "C1", "短信", "同意", "--on", "2026-11-19", lang="zh"
        ).exit_code
        == 0
    )
    kept = json.loads(invoke("customers", "consent", "C1", "-f", "json").stdout)
    assert kept[0]["answer"] == "no"  # that of the later day
    assert invoke("customers", "consent", "C1", "sms").exit_code == 2


def test_of_every_table_it_is_decided_what_becomes_of_it() -> None:
    """Rows that hang on a person go, lose their words, or hold none but what sums need."""
    sums = {"customer", "installment", "trip_cost", "itinerary_line", "voucher"}
    decided = sums | {*erase._GONE} | {*erase._EMPTIED} | {*erase._BLACKED}
    assert {one.table for one in belongings()} == decided
