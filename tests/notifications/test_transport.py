"""Messages on their way out, to real servers on loopback."""

import builtins
import logging
import threading
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from tests.loopback import Endpoint, endpoint, mail_server, nobody, silence
from tourcrm.base.errors import Refused
from tourcrm.notifications import transport
from tourcrm.notifications.transport import (
    Outgoing,
    Sent,
    parcels,
    scrubbed,
    send,
    service,
    understood,
)

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


@pytest.fixture
def web() -> Iterator[Endpoint]:
    with endpoint() as it:
        yield it


def one(address: str, *texts: str, limit: float = 10) -> Sent:
    return send([Outgoing(address, "tourcrm", texts or ("投诉 K00012",))], limit)[0]


# Addresses


@pytest.mark.parametrize(
    ("pasted", "kept", "named"),
    [
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}\n", f"wecombot://{KEY}",
         "WeCom"),
        ("https://oapi.dingtalk.com/robot/send?access_token=ab12", "dingtalk://ab12", "DingTalk"),
        ("dingtalk://SEC99@ab12", "dingtalk://SEC99@ab12", "DingTalk"),
        (f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}", f"feishu://{KEY}", "Feishu"),
        ("mailtos://li:pw@example.com?to=b@example.com", None, "mail"),
        ("json://127.0.0.1:8080/hook", None, "json"),
    ],
)  # fmt: skip
def test_an_address_is_taken_as_it_is_pasted(pasted: str, kept: str | None, named: str) -> None:
    assert understood(pasted) == (kept or pasted)
    assert str(service(understood(pasted))) == named


@pytest.mark.parametrize(
    "pasted",
    ["", "  ", "13812345678", "nonsense://secret", "wecombot://a key", "https://example.com/x"],
)
def test_what_is_no_address_is_refused_without_repeating_it(
    pasted: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Refused) as refused:
        understood(pasted)
    assert "robot" in str(refused.value)
    assert not pasted.strip() or pasted.strip() not in str(refused.value)
    assert capfd.readouterr() == ("", "")


# Robots, which say no with HTTP 200

ROBOTS = [
    ("wecombot", f"wecombot://{KEY}", "/?key={key}", "errcode", "errmsg"),
    ("dingtalk", "dingtalk://SECab@ab12", "/?access_token={token}", "errcode", "errmsg"),
    ("feishu", f"feishu://{KEY}", "/{token}/", "code", "msg"),
    ("lark", f"lark://{KEY}", "/", "code", "msg"),
]


@pytest.mark.parametrize(("plugin", "address", "path", "code", "msg"), ROBOTS)
def test_a_robot_gets_the_text_and_its_no_is_heard(
    plugin: str,
    address: str,
    path: str,
    code: str,
    msg: str,
    web: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def here(asked: str) -> Any:
        found = _plugin(asked)
        found.notify_url = web.url + path
        return found

    _plugin = transport._plugin
    monkeypatch.setattr(transport, "_plugin", here)
    assert one(address, "投诉 K00012", "投诉 K00013") == Sent(2)
    (posted,) = web.posted
    text = posted["content"]["text"] if "content" in posted else posted["text"]["content"]
    assert text == "tourcrm\n投诉 K00012\n投诉 K00013"
    assert (plugin == "dingtalk") == ("sign=" in web.paths[0])
    assert ("%252" not in web.paths[0], KEY in web.paths[0]) == (True, KEY in address)

    web.answer = {code: 310000, msg: f"keywords not in content, key {KEY} ab12"}
    refused = one(address)
    assert refused.count == 0
    assert str(refused.why).startswith("refused: 310000 keywords not in content, key ")
    web.answer = "<html>Sign in</html>"
    assert str(one(address).why) == "its answer is not a robot's (HTTP 200)"
    with endpoint() as elsewhere:  # a key does not follow to where somebody points
        web.status, web.location = 307, elsewhere.url
        assert one(address).why is not None
        assert elsewhere.posted == []
    web.port = nobody()
    assert str(one(address).why) == "no connection (ConnectionError)"


# What apprise itself sends


def test_mail_arrives_at_a_mail_server() -> None:
    with mail_server() as box:
        address = f"mailto://127.0.0.1:{box.port}?from=crm@example.com&to=li@example.com"
        assert one(address, "投诉 K00012 <王芳>", "第二行") == Sent(2)
        (letter,) = box.letters
        assert (letter["Subject"], box.to) == ("tourcrm", ["li@example.com"])
        assert letter.get_content().split() == ["投诉", "K00012", "<王芳>", "第二行"]
        box.says = "554 no spam from crm@example.com"
        refused = one(address)
    assert refused.count == 0
    assert refused.why is not None
    assert "crm@example.com" not in str(refused.why)


def test_an_endpoint_gets_json_and_its_refusal_is_told(web: Endpoint) -> None:
    address = f"json://127.0.0.1:{web.port}/hook/{KEY}"
    assert one(address) == Sent(1)
    assert (web.posted[0]["title"], web.posted[0]["message"]) == ("tourcrm", "投诉 K00012")
    web.status = 500
    refused = one(address)
    assert "error=500" in str(refused.why)
    assert KEY not in str(refused.why)
    with endpoint() as elsewhere:
        web.status, web.location = 307, f"{elsewhere.url}/{KEY}"
        assert one(address).count == 0
        assert elsewhere.posted == []


def test_where_nobody_is_there_is_told_without_the_address(
    capfd: pytest.CaptureFixture[str],
) -> None:
    port = nobody()
    for address in (
        f"json://127.0.0.1:{port}/hook/{KEY}",
        f"mailto://lisi:pw12@127.0.0.1:{port}?from=li@example.com&mode=insecure",
    ):
        why = str(one(address).why)
        assert "refused" in why
        assert not {KEY, "lisi", "pw12", str(port), "127.0.0.1"} & set(
            why.replace("'", " ").split()
        )
    assert capfd.readouterr() == ("", "")


def test_one_that_hangs_keeps_nobody_waiting(web: Endpoint) -> None:
    before = set(threading.enumerate())
    with silence() as port:
        hangs = f"json://127.0.0.1:{port}/?rto=60"
        found = send(
            [
                Outgoing(hangs, "tourcrm", ("a",)),
                Outgoing(f"json://127.0.0.1:{web.port}/", "tourcrm", ("b",)),
            ],
            limit=2,
        )
        left = set(threading.enumerate()) - before
    assert [thread.daemon for thread in left] == [True]  # the program ends without it
    assert (str(found[0].why), found[1]) == ("no answer within 2 seconds", Sent(1))


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "apprise":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    why = str(one("json://127.0.0.1/").why)
    assert "apprise, which is not installed" in why
    assert '-m pip install "apprise>=2.2,<3"' in why


def test_the_log_of_apprise_which_has_keys_in_it_goes_nowhere() -> None:
    class Heard(logging.Handler):
        names: ClassVar[list[str]] = []

        def emit(self, record: logging.LogRecord) -> None:
            self.names.append(record.name)

    root, ear = logging.getLogger(), Heard()
    root.addHandler(ear)
    try:
        assert one(f"json://127.0.0.1:{nobody()}/{KEY}").count == 0
    finally:
        root.removeHandler(ear)
    assert "apprise" not in ear.names


# Pieces


def test_texts_are_packed_into_messages_that_a_robot_takes() -> None:
    assert parcels(["投诉"] * 5, 21) == [("投诉",) * 3, ("投诉",) * 2]
    assert parcels(["a" * 30, "b"], 10) == [("a" * 30,), ("b",)]
    assert parcels([], 10) == []


def test_what_was_taken_before_a_failure_is_counted(web: Endpoint) -> None:
    texts = ["一" * 500, "二" * 500, "三" * 500]
    address = f"json://127.0.0.1:{web.port}/"
    assert one(address, *texts) == Sent(3)
    assert len(web.posted) == 3


@pytest.mark.parametrize(
    ("text", "address", "clean"),
    [
        (f"url: /send?key={KEY} failed", f"wecombot://{KEY}", "url: /send?key=*** failed"),
        ("login p@ss/1 bad", "mailtos://li:p%40ss%2F1@example.com", "login *** bad"),
        ("to 12 of 5", "json://h/12", "to *** of 5"),
        ("error from mode", "mailto://h.cn?mode=insecure&from=a@b.cn", "error from mode"),
        ("\x1b[2Jbad\nline", "json://h", "␛[2Jbad⏎line"),
    ],
)
def test_no_part_of_an_address_is_left_in_a_reason(text: str, address: str, clean: str) -> None:
    assert scrubbed(text, address) == clean
