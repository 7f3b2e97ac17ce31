"""`tourcrm notify`: places to send to; their addresses stay where they are."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import agency
from tests.conftest import Invoke
from tests.loopback import Endpoint, endpoint, mail_server, nobody
from tourcrm import cli

KEY = "693a91f6bc4c97a00ec2"
HOOK = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"


@pytest.fixture(autouse=True)
def _agency(db: Path) -> None:
    agency(db, language="en")


@pytest.fixture
def web() -> Iterator[Endpoint]:
    with endpoint() as it:
        yield it


def rows(invoke: Invoke) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(invoke("notify", "list", "-f", "json").stdout)
    return found


def test_an_address_is_read_from_the_input_and_never_shown(invoke: Invoke, db: Path) -> None:
    outputs = [invoke("notify", "add", "值班群", input=HOOK + "\n")]
    assert outputs[0].stdout == (
        f"Added 值班群 (WeCom). Try it: tourcrm --db {db} notify test '值班群'\n"
    )
    for words in (
        ["notify", "list"],
        ["notify", "list", "-f", "csv"],
        ["settings"],
        ["settings", "-f", "json"],
        ["settings", "notify"],
        ["settings", "notify:值班群"],
        ["settings", "notify:值班群", "json://x"],
        ["imports", "list"],
        ["check"],
        ["notify", "remove", "值班群"],
    ):
        outputs.append(invoke(*words))
    for done in outputs:
        assert KEY not in done.stdout + done.stderr
    codes = [done.exit_code for done in outputs]
    assert codes == [0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0]
    assert rows(invoke) == []


def test_what_is_added_is_listed(invoke: Invoke) -> None:
    invoke("notify", "add", "值班群", input=HOOK)
    assert rows(invoke) == [
        {
            "name": "值班群",
            "service": "WeCom",
            "owner": None,
            "phones": False,
            "on_duty": True,
            "last_sent": None,
            "waiting": 0,
            "error": None,
        }
    ]
    again = invoke("notify", "add", "值班群", input=HOOK)
    assert (again.exit_code, "First: tourcrm notify remove" in again.stderr) == (1, True)


def test_duty_says_who_is_told(invoke: Invoke) -> None:
    for name in ("值班群", "小林", "阿芳"):
        invoke("notify", "add", name, input="json://127.0.0.1/x")
    assert invoke("notify", "duty", "小林", "阿芳").stdout == "On duty: 小林, 阿芳.\n"
    assert [row["name"] for row in rows(invoke) if row["on_duty"]] == ["小林", "阿芳"]
    assert invoke("notify", "duty", "小李").exit_code == 3
    assert invoke("notify", "duty").exit_code == 2
    assert invoke("notify", "duty", "--all", "小林").exit_code == 2
    invoke("notify", "duty", "--all")
    assert all(row["on_duty"] for row in rows(invoke))


def test_a_test_message_goes_out_at_once(invoke: Invoke, web: Endpoint) -> None:
    with mail_server() as box:
        mail = f"mailto://127.0.0.1:{box.port}?from=crm@example.com&to=li@example.com"
        invoke("notify", "add", "小林", input=mail)
        invoke("notify", "add", "值班群", input=f"json://127.0.0.1:{web.port}/{KEY}")
        assert invoke("notify", "test").stdout == "Sent to 值班群.\nSent to 小林.\n"
        assert "This is a test." in box.letters[0].get_content()
    assert "This is a test." in web.posted[0]["message"]
    assert invoke("notify", "test", "值班群").stdout == "Sent to 值班群.\n"


def test_a_test_that_fails_says_why(invoke: Invoke) -> None:
    assert invoke("notify", "test").exit_code == 1
    assert invoke("notify", "test", "小林").exit_code == 3
    invoke("notify", "add", "值班群", input=f"json://127.0.0.1:{nobody()}/{KEY}")
    done = invoke("notify", "test")
    assert (done.exit_code, done.stdout, KEY in done.stderr) == (1, "", False)
    assert done.stderr.startswith("Not sent. 值班群: ")
    assert "refused" in done.stderr


def test_no_address_or_a_bad_one_changes_nothing(invoke: Invoke) -> None:
    for given in ("", "\n", f"nonsense://{KEY}\n"):
        done = invoke("notify", "add", "值班群", input=given)
        assert (done.exit_code, KEY in done.stdout + done.stderr) == (1, False)
    assert rows(invoke) == []


def test_at_a_terminal_the_address_is_not_shown_while_it_is_typed(
    db: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def typed(question: str, _stream: object) -> str:
        asked.append(question)
        return HOOK

    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())
    monkeypatch.setattr("getpass.getpass", typed)
    assert cli.run(["--db", str(db), "--lang", "en", "notify", "add", "值班群"]) == 0
    assert asked == ["Address (webhook or apprise URL; it is not shown): "]
    assert "Added 值班群" in capsys.readouterr().out


def test_an_empty_list_says_how_to_begin(invoke: Invoke) -> None:
    assert "tourcrm notify add PLACE" in invoke("notify", "list").stdout
    assert invoke("notify", "list", "-f", "json").stdout == "[]\n"
