"""What a screen calls a thing can be typed: values, days and formats, in either language."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer._click.core import Command, Context

from scripts import reference
from tests.builders import add_customer, add_trip, agency, writing
from tests.conftest import Invoke
from tourcrm.base import choices, parsing, vocabulary
from tourcrm.terminal import help, param_types


@pytest.fixture
def small(db: Path) -> Path:
    agency(db, today="2026-11-20", language="zh")
    with writing(db) as session:
        fang = add_customer(session, "C1", name="王芳", phone="+8613812345678")
        add_trip(session, fang, "2026-11-12", returns_on="2026-11-18", price=500_000, code="T1")
    return db


@pytest.fixture
def known(invoke: Invoke, small: Path) -> Path:
    """The same with a complaint, K00001, that was answered."""
    for words in (["open", "C1", "脏"], ["respond", "K00001", "好"]):
        assert invoke("complaints", *words).exit_code == 0
    return small


def parameters() -> Iterator[tuple[str, Command, Context, param_types.Parameter]]:
    for ctx, command in reference.walk():
        for param in help.parameters(command, ctx):
            yield ctx.command_path.removeprefix("tourcrm "), command, ctx, param


# --- options with choices -------------------------------------------------------------------------


def test_every_word_that_is_shown_for_a_choice_is_accepted() -> None:
    seen = 0
    for _path, _command, _ctx, param in parameters():
        known = param_types.choices(param.type_descriptor)
        for value, word in zip(known, choices.of(known), strict=True):
            for spelling in (word.value, word.en, word.zh, word.value.upper(), *word.synonyms):
                assert param_types.kind(param.type_descriptor).convert(spelling) == value
                seen += 1
    assert seen > 200


def test_every_choice_of_words_has_chinese_ones() -> None:
    for path, _command, _ctx, param in parameters():
        known = param_types.choices(param.type_descriptor)
        if known in ((), ("0-10",), ("A", "B", "C", "D")):
            continue
        words = choices.of(known)
        assert any(not word.zh.isascii() for word in words), (path, known)


def test_help_and_errors_list_the_words_of_the_screen(invoke: Invoke, small: Path) -> None:
    page = invoke("surveys", "sample", "--help", lang="zh").stdout
    assert "--quadrant 小单低忠诚|小单高忠诚|大单高忠诚|大单低忠诚|新客" in page
    assert "large_low" in page  # what a script writes
    wrong = invoke("surveys", "sample", "--quadrant", "大单", lang="zh")
    assert wrong.exit_code == 2
    assert "大单低忠诚 (large_low)" in wrong.stderr
    page = invoke("surveys", "sample", "--help").stdout
    assert "--quadrant small_low|small_high|large_high|large_low|new" in page
    assert "large_high, large_low" in invoke("surveys", "sample", "--quadrant", "x").stderr
    page = invoke("segments", "rfm", "--help", lang="zh").stdout
    assert "默认：固定" in page


# --- options whose words are those of a column ----------------------------------------------------

# command and option -> the words that it takes, and what else the command needs
WORDED = {
    "customers add --kind": ("customer_kind", ["新人"]),
    "customers add --gender": ("gender", ["新人"]),
    "customers add --marketing-consent": ("consent", ["新人"]),
    "customers add --language": ("language", ["新人"]),
    "customers edit --kind": ("customer_kind", ["C1"]),
    "customers edit --gender": ("gender", ["C1"]),
    "customers edit --marketing-consent": ("consent", ["C1"]),
    "customers edit --language": ("language", ["C1"]),
    "customers edit --status": ("customer_status", ["C1"]),
    "customers list --kind": ("customer_kind", []),
    "customers list --status": ("customer_status", []),
    "customers list --tier": ("tier", []),
    "customers list --quadrant": ("quadrant", []),
    "customers list --cadence": ("cadence", []),
    "customers export --tier": ("tier", []),
    "customers export --quadrant": ("quadrant", []),
    "customers export --cadence": ("cadence", []),
    "customers export --kind": ("customer_kind", []),
    "customers export --status": ("customer_status", []),
    "trips add --status": ("trip_status", ["C1", "--departs", "2027-01-01"]),
    "trips add --service": ("service", ["C1", "--departs", "2027-01-01"]),
    "trips add --kind": ("trip_kind", ["C1", "--departs", "2027-01-01"]),
    "trips edit --status": ("trip_status", ["T1"]),
    "trips edit --service": ("service", ["T1"]),
    "trips edit --kind": ("trip_kind", ["T1"]),
    "trips list --status": ("trip_state", []),
    "trips list --service": ("service", []),
    "products add --service": ("service", ["P9", "--days", "6"]),
    "products add --kind": ("trip_kind", ["P9", "--days", "6"]),
    "products edit --service": ("service", ["P9"]),
    "products edit --kind": ("trip_kind", ["P9"]),
    "payments add --kind": ("payment_kind", ["T1", "5"]),
    "interactions log --channel": ("contact_channel", ["C1", "--note", "好"]),
    "interactions log --direction": ("direction", ["C1", "--note", "好"]),
    "interactions log --kind": ("contact_kind", ["C1", "--note", "好"]),
    "trips notice --channel": ("contact_channel", ["T1", "改时间"]),
    "vouchers issue --kind": ("voucher_kind", ["C1", "--what", "围巾", "--amount", "5"]),
    "vouchers list --state": ("voucher_state", []),
    "followups done --channel": ("contact_channel", ["zzzz"]),
    "complaints open --category": ("complaint_category", ["C1", "脏"]),
    "complaints open --channel": ("contact_channel", ["C1", "脏"]),
    "complaints respond --channel": ("contact_channel", ["K00001", "好"]),
    "complaints close --channel": ("contact_channel", ["K00001"]),
    "complaints close --satisfaction": ("satisfaction", ["K00001"]),
    "complaints edit --severity": ("severity", ["K00001"]),
    "complaints edit --category": ("complaint_category", ["K00001"]),
    "complaints attribute CAUSE": ("cause", ["K00001"]),
    "surveys add --channel": ("contact_channel", ["C1", "--nps", "9"]),
    "surveys add --csat": ("satisfaction", ["C1"]),
}
NAMES = {
    *("--kind", "--gender", "--marketing-consent", "--language", "--status", "--service", "--tier"),
    *("--quadrant", "--cadence", "--channel", "--direction", "--state", "--category", "--severity"),
    *("--satisfaction", "CAUSE", "--csat"),
}
FREE = {"trips add --channel", "trips edit --channel"}  # how it was sold: any text


def test_no_option_of_words_is_forgotten() -> None:
    for path, _command, _ctx, param in parameters():
        name = "CAUSE" if param.name == "cause" else max(param.opts, key=len)
        if name in NAMES and not param_types.choices(param.type_descriptor):
            assert f"{path} {name}" in {*WORDED, *FREE}


@pytest.mark.parametrize("option", WORDED)
def test_an_option_takes_the_words_of_its_column(invoke: Invoke, known: Path, option: str) -> None:
    """It names them all where it is given none of them, and takes those of the other screen."""
    table, more = WORDED[option]
    *path, name = option.split(" ")
    words = vocabulary.WORDS[table]
    tried = [(words[0].zh, "en"), (words[-1].en, "zh")]
    if table == "satisfaction":  # a grade, which is read by rules of its own and names no list
        tried = [(spelling, "en") for word in words for spelling in (word.en, word.zh)]
    for spelling, lang in [*tried, ("乱写", "en")]:
        given = [spelling] if name == "CAUSE" else [name, spelling]
        done = invoke(*path, *more, *given, lang=lang)
        assert done.exit_code != 2 or f"“{spelling}”" not in done.stderr or spelling == "乱写"
    assert done.exit_code == 2, done.output
    assert "“乱写”" in done.stderr
    if table != "satisfaction":
        assert all(one in done.stderr for word in words for one in (word.value, word.zh))


@pytest.mark.parametrize(
    "table", sorted({table for table, _more in WORDED.values()} - {"satisfaction"})
)
def test_every_word_of_a_column_is_accepted(table: str) -> None:
    known = vocabulary.vocabulary(table)
    for word in vocabulary.WORDS[table]:
        for spelling in (word.value, word.en, word.zh, *word.synonyms):
            assert parsing.word(spelling, known) == word.value


def test_all_is_said_in_chinese_too(invoke: Invoke, small: Path) -> None:
    assert invoke("customers", "list", "--status", "全部").exit_code == 0
    assert invoke("segments", "tiers", "--window", "全部").exit_code == 0
    assert invoke("segments", "tiers", "--window", "24个月").exit_code == 0
    assert invoke("settings", "window", "24个月").exit_code == 0
    assert "24m" in invoke("settings", "window", "-f", "csv").stdout


def test_languages_and_formats_have_chinese_names(invoke: Invoke, small: Path) -> None:
    assert "用法" in invoke("--lang", "中文", "--help", lang=None).stdout
    assert "Usage" in invoke("--lang", "英文", "--help", lang=None).stdout
    assert invoke("settings", "language", "英文").exit_code == 0
    assert "王芳" in invoke("customers", "list", "-f", "表格").stdout
    wrong = invoke("customers", "list", "-f", "xml", lang="zh")
    assert (wrong.exit_code, "表格 (table), json, jsonl, csv" in wrong.stderr) == (2, True)


def test_an_unknown_word_is_told_with_those_of_the_screen(invoke: Invoke, small: Path) -> None:
    wrong = invoke("trips", "list", "--status", "乱写", lang="zh")
    assert "询价 (inquiry), 已报价 (quoted)" in wrong.stderr
    wrong = invoke("trips", "list", "--status", "nonsense")
    assert "inquiry (询价), quoted (已报价)" in wrong.stderr


# --- days -----------------------------------------------------------------------------------------


def test_every_option_of_a_day_takes_it_in_words(invoke: Invoke, small: Path) -> None:
    """What is no day in words is refused by the same sentence everywhere."""
    more = {
        "followups add": ["C1", "打电话"],
        "followups done": ["zzzz"],
        "followups snooze": ["zzzz"],
        "vouchers issue": ["C1", "--amount", "5"],
        "vouchers redeem": ["V1", "T1"],
        "payments pay": ["P1"],
        "complaints fix": ["K1"],
        "complaints list": ["--sla"],
        "trips cancel": ["T1"],
        "trips lose": ["T1", "--reason", "价格"],
        "customers lose": ["C1", "--reason", "价格"],
        "customers add": ["新人"],
        "customers edit": ["C1"],
        "trips add": ["C1"],
        "trips edit": ["T1"],
        "surveys add": ["C1"],
        "followups calendar": ["-"],
        "trips quote": ["T1"],
        "trips book": ["T1"],
        "trips complete": ["T1"],
        "payments add": ["T1", "5"],
        "payments plan": ["T1"],
        "payments refund": ["T1", "5"],
        "trips cost": ["T1", "5"],
        "trips itinerary": ["T1"],
        "departures add": ["D1"],
        "departures edit": ["D1"],
        "departures show": ["D1"],
        "customers show": ["C1"],
        "customers consent": ["C1", "sms", "no"],
    }
    seen = set()
    for path, _command, _ctx, param in parameters():
        name = max(param.opts, key=len)
        if param.metavar != "DATE" and not name.endswith("-on"):
            continue
        if path == "followups rules":  # with a file alone
            continue
        given = [*path.split(), *more.get(path, [])]
        wrong = invoke(*given, name, "某一天")
        assert wrong.exit_code in (2, 3), (path, name, wrong.output)
        if wrong.exit_code == 2:
            assert "or tomorrow, next Friday, in 3 days" in wrong.stderr, (path, name)
            seen.add(name)
    assert seen >= {"--as-of", "--from", "--to", "--on", "--until", "--next", "--expires"}
    assert seen >= {"--departs-on", "--returns-on", "--booked-on", "--answered-on", "--consent-on"}


def test_days_are_taken_in_words(invoke: Invoke, small: Path) -> None:
    assert "2026-11-21" in invoke("followups", "add", "王芳", "打电话", "--on", "明天").stdout
    assert "2026-11-23" in invoke("followups", "add", "王芳", "见面", "--on", "三天后").stdout
    told = invoke("followups", "add", "王芳", "寄护照", "--on", "周一", lang="zh")
    assert "2026-11-23" in told.stdout
    assert told.stderr.splitlines()[-1:] == ["“周一”是 2026-11-23 星期一。"]
    told = invoke("followups", "add", "王芳", "call", "--on", "next monday")
    assert told.stderr.splitlines()[-1:] == ["“next monday” is 2026-11-23 Monday."]
    invoke("trips", "edit", "T1", "--returns", "昨天")
    trip = json.loads(invoke("trips", "show", "T1", "-f", "json").stdout)[0]
    assert trip["returns_on"] == "2026-11-19"
    assert invoke("trips", "list", "--from", "上周一", "--to", "today").exit_code == 0
    assert "2026-12-31" in invoke("vouchers", "issue", "C1", "--amount", "5", "--expires",
                                  "下个月底").stdout  # fmt: skip
    assert "2026-11-19" in invoke("interactions", "log", "C1", "--at", "昨晚10点").stdout


def test_a_day_of_the_week_alone_is_not_guessed(invoke: Invoke, small: Path) -> None:
    wrong = invoke("trips", "edit", "T1", "--departs", "周五", lang="zh")
    assert wrong.exit_code == 2
    assert "下周五" in wrong.stderr
    sheet = small.parent / "orders.csv"
    sheet.write_text("客户,出发日期\n王芳,明天\n", encoding="utf-8")
    assert invoke("trips", "import", sheet).exit_code == 4  # a sheet was written on another day
