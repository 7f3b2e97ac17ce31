"""Messages on their way out: to group robots, to mail, to whatever apprise knows.

apprise is the extra `notify`: loaded here alone, and only when something is to be sent. An address
is a secret (it holds a robot's key, or a password): none of it comes back in what is said here.

Each address has a thread of its own, and all of them together LIMIT_SECONDS: what hangs is left
behind, for cron comes again.
"""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Thread
from time import monotonic
from typing import Any
from urllib.parse import unquote

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Refused
from tourcrm.base.i18n import N_

LIMIT_SECONDS = 20.0
# WeCom takes 2,048 bytes of a text (its robots' documentation); one message is no longer.
MESSAGE_BYTES = 1_800
EXTRA = "apprise>=2.2,<3"  # as in pyproject.toml

# Addresses as the robots' own pages show them, to be pasted: they become apprise's form of them.
_PASTED = (
    (re.compile(r"https://qyapi\.weixin\.qq\.com/\S*[?&]key=([\w-]+)"), "wecombot://{}"),
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)"), "dingtalk://{}"),
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?"), "feishu://{}"),
)
_SERVICES = {
    "wecombot": N_("WeCom"),
    "dingtalk": N_("DingTalk"),
    "feishu": N_("Feishu"),
    "lark": N_("Lark"),
    "mailto": N_("mail"),
    "mailtos": N_("mail"),
}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Texts for one place, to be sent under one title, several in a message.

    form: where it is known (see `form_of`), each text is a message of its own in that form, and its
    first line the title.
    """

    address: str = field(repr=False)
    title: str
    texts: tuple[str, ...]
    form: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """How far it went: so many texts, from the first, were taken; why the next was not."""

    count: int
    why: Message | None = None


def understood(pasted: str) -> str:
    """An address in the form that is kept. Raises Refused where apprise cannot make use of it."""
    address = pasted.strip()
    for pattern, form in _PASTED:
        if found := pattern.fullmatch(address):
            address = form.format(found[1])
    if any(ord(sign) < 33 or ord(sign) == 127 for sign in address) or _plugin(address) is None:
        raise Refused(
            N_(
                "That is no address that can be sent to. Paste the webhook address of the group's "
                "robot (WeCom, DingTalk, Feishu), or write one like "
                "mailtos://USER:PASSWORD@example.com?to=li@example.com"
            )
        )
    return address


def service(address: str) -> Message:
    """What kind of place an address is of; this much of it is no secret."""
    scheme = address.partition("://")[0].lower()
    return Message(_SERVICES.get(scheme, "{name}"), name=visible(scheme, 20))


# How a long text is written for a place: the form, and the bytes of one message. WeCom takes 4,096
# bytes of markdown; DingTalk and Feishu 20 kB of the whole request, in which a Chinese sign, three
# bytes of UTF-8, is written with six (their robots' documentation). Mail is as long as it is.
_FORMS = {
    "wecombot": ("markdown", 4_000),
    **dict.fromkeys(("dingtalk", "feishu", "lark"), ("text", 9_000)),
    **dict.fromkeys(("mailto", "mailtos"), ("html", 10_000_000)),
}


def form_of(address: str) -> tuple[str, int]:
    """In which form a place takes a long text (text, markdown, html), and bytes at once."""
    return _FORMS.get(address.partition("://")[0].lower(), ("text", MESSAGE_BYTES))


def send(messages: Sequence[Outgoing], limit: float = LIMIT_SECONDS) -> list[Sent]:
    """Send to all places at once; what came of each, in their order. Raises nothing."""
    late = Sent(0, Message(N_("no answer within {n} seconds"), n=round(limit)))
    found = [late] * len(messages)
    try:
        plugins = [_plugin(message.address) for message in messages]
    except Refused as missing:
        return [Sent(0, missing.message)] * len(messages)

    def one(place: int) -> None:
        found[place] = _sent(plugins[place], messages[place])

    # Daemons: a thread that hangs must not keep the program from ending.
    threads = [Thread(target=one, args=(place,), daemon=True) for place in range(len(messages))]
    end = monotonic() + limit
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - monotonic()))
    return list(found)


def parcels(texts: Sequence[str], room: int) -> list[tuple[str, ...]]:
    """Texts, a line each, packed in their order into messages of at most `room` bytes.

    A text that is longer by itself goes alone.
    """
    packed: list[tuple[str, ...]] = []
    used = 0
    for text in texts:
        size = len(text.encode()) + 1
        if packed and used + size <= room:
            packed[-1] += (text,)
            used += size
        else:
            packed.append((text,))
            used = size
    return packed


def _sent(plugin: Any, message: Outgoing) -> Sent:
    if plugin is None:
        return Sent(0, Message(N_("its address is not understood by the apprise installed")))
    count = 0
    try:
        for text in message.texts if message.form else ():
            title, _line, body = text.partition("\n")
            why = _post(plugin, title, body, message.address, message.form)
            if why is not None:
                return Sent(count, why)
            count += 1
        if message.form:
            return Sent(count)
        for texts in parcels(message.texts, MESSAGE_BYTES - len(message.title.encode())):
            why = _post(plugin, message.title, "\n".join(texts), message.address)
            if why is not None:
                return Sent(count, why)
            count += len(texts)
    except Exception as error:  # noqa: BLE001 - whatever a plugin does, the others go out
        return Sent(count, Message("{kind}", kind=type(error).__name__))
    return Sent(count)


# --- apprise ----------------------------------------------------------------------------------


def _apprise() -> Any:
    try:
        import apprise
    except ImportError:
        raise Refused(
            N_("Sending needs apprise, which is not installed: {command}"),
            command=f'{visible(sys.executable or "python")} -m pip install "{EXTRA}"',
        ) from None
    return apprise


def _plugin(address: str) -> Any:
    """What sends to an address, or None. Nothing is sent yet."""
    apprise = _apprise()
    _Ear.listen()
    # No redirects: a key must not follow one to another host. Nothing is kept on disk.
    asset = apprise.AppriseAsset(
        app_id="tourcrm", app_desc="tourcrm", app_url="", http_redirects=False
    )
    return apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)


def _post(plugin: Any, title: str, body: str, address: str, form: str = "") -> Message | None:
    """Send one message; None, or why it was not taken."""
    robot = _ROBOTS.get(plugin.schema)
    if robot is not None:
        payload = _markdown if form == "markdown" else robot.payload
        return _post_to_robot(robot, plugin, payload(plugin, f"{title}\n{body}"), address)
    from apprise import NotifyFormat, NotifyType

    with _Ear() as ear:
        taken = plugin.notify(
            title=title,
            body=body,
            notify_type=NotifyType.INFO if form else NotifyType.WARNING,
            body_format=NotifyFormat.HTML if form == "html" else NotifyFormat.TEXT,
        )
    if taken:
        return None
    return Message("{why}", why=scrubbed(ear.reason, address) or "?")


class _Ear:
    """Hears why apprise could not send: it tells its log alone.

    The log goes nowhere else, for there are keys in it.
    """

    _listening = False

    def __init__(self) -> None:
        self.heard: list[str] = []

    @classmethod
    def listen(cls) -> None:
        """Keep apprise's log from the screen, from here to the end of the process."""
        import logging

        if not cls._listening:
            log = logging.getLogger("apprise")
            log.propagate = False
            log.setLevel(logging.DEBUG)
            log.addHandler(logging.NullHandler())
            cls._listening = True

    def __enter__(self) -> "_Ear":
        import logging
        from threading import get_ident

        ear, here = self, get_ident()

        class Handler(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                text = record.getMessage()
                if record.thread != here:
                    return
                if record.levelno >= logging.WARNING:
                    ear.heard.append(text)
                elif text.startswith("Socket Exception: "):  # the cause of the warning before it
                    ear.heard.append(text.removeprefix("Socket Exception: "))

        self._handler = Handler(logging.DEBUG)
        logging.getLogger("apprise").addHandler(self._handler)
        return self

    def __exit__(self, *_: object) -> None:
        import logging

        logging.getLogger("apprise").removeHandler(self._handler)

    @property
    def reason(self) -> str:
        """What was heard last: the warning and its cause."""
        return " ".join(map(_short, self.heard[-2:]))


def _short(text: str) -> str:
    """What a library says of a connection, without the names of its own parts."""
    text = re.sub(r"^HTTPS?ConnectionPool\(.*?\): ", "", text)
    return re.sub(r"^Max retries .*\(Caused by \w+\(.*?: (.*?)[\"')]*$", r"\1", text)


def scrubbed(text: str, address: str) -> str:
    """A text of somebody else without any part of an address, safe to show and to keep."""
    scheme, _mark, rest = address.partition("://")
    login = rest.rpartition("@")[0]  # a password may hold any sign, where somebody did not quote it
    parts = {rest, login, login.partition(":")[2], *re.split(r"[/?&#=:@,;\s]+", rest)}
    parts |= {unquote(part) for part in parts}
    parts -= _PLAIN_WORDS | {scheme}
    for part in sorted((part for part in parts if len(part) > 1), key=len, reverse=True):
        # A short one is a word of its own, or half of every text would go.
        edge = r"(?<!\w){}(?!\w)" if len(part) < 5 else "{}"
        text = re.sub(edge.format(re.escape(part)), "***", text)
    return visible(re.sub(r"\*{3}(\W?\*{3})+", "***", text), 200)


# Names of the parameters of an address, and values that many have: no secrets, but English words.
_PLAIN_WORDS = {
    *("to", "from", "name", "mode", "smtp", "user", "pass", "key", "token", "secret", "format"),
    *("yes", "no", "text", "insecure", "ssl", "starttls", "verify", "rto", "cto", "method", "POST"),
}


# --- group robots -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Robot:
    """A robot in a group chat, and the words of its answers.

    They say no with HTTP 200 and a code that is not 0 (a wrong key, a keyword missing, too many
    messages); apprise looks at the 200 alone and calls it sent. So apprise reads the address, and
    the message is posted here.
    """

    url: Callable[[Any], str]
    payload: Callable[[Any, str], dict[str, Any]]
    code: str
    reason: str
    params: Callable[[Any], dict[str, str] | None] = lambda _plugin: None


def _signed(plugin: Any) -> dict[str, str] | None:
    if not plugin.secret:
        return None
    timestamp, sign = plugin.get_signature()
    return {"timestamp": timestamp, "sign": unquote(sign)}  # requests quotes it again


def _text_with_at(plugin: Any, text: str) -> dict[str, Any]:
    at = {"atMobiles": plugin.targets, "isAtAll": False}
    return {"msgtype": "text", "text": {"content": text}, "at": at}


def _feishu_text(_plugin: Any, text: str) -> dict[str, Any]:
    # What is stored calls nobody: <at user_id="all"> in a name would.
    return {"msg_type": "text", "content": {"text": text.replace("<", "＜")}}


def _markdown(_plugin: Any, text: str) -> dict[str, Any]:
    return {"msgtype": "markdown", "markdown": {"content": text}}


_ROBOTS = {
    "wecombot": _Robot(
        lambda plugin: str(plugin.notify_url).format(key=plugin.key),
        lambda _plugin, text: {"msgtype": "text", "text": {"content": text}},
        "errcode",
        "errmsg",
    ),
    "dingtalk": _Robot(
        lambda plugin: str(plugin.notify_url).format(token=plugin.token),
        _text_with_at,
        "errcode",
        "errmsg",
        _signed,
    ),
    "feishu": _Robot(
        lambda plugin: str(plugin.notify_url).format(token=plugin.token).rstrip("/"),
        _feishu_text,
        "code",
        "msg",
    ),
    "lark": _Robot(
        lambda plugin: f"{plugin.notify_url}{plugin.token}", _feishu_text, "code", "msg"
    ),
}


def _post_to_robot(robot: _Robot, plugin: Any, payload: Any, address: str) -> Message | None:
    import requests

    try:
        answer = requests.post(
            robot.url(plugin),
            params=robot.params(plugin),
            json=payload,
            timeout=plugin.request_timeout,
            verify=plugin.verify_certificate,
            allow_redirects=False,
        )
    except requests.Timeout:
        return Message(N_("no answer"))
    except requests.RequestException as error:
        return Message(N_("no connection ({kind})"), kind=type(error).__name__)
    try:
        said = answer.json()
        code = said[robot.code]
        reason = scrubbed(str(said.get(robot.reason, "")), address)
    except (ValueError, TypeError, KeyError):
        return Message(N_("its answer is not a robot's (HTTP {status})"), status=answer.status_code)
    if answer.status_code == 200 and code == 0:
        return None
    return Message(N_("refused: {code} {reason}"), code=visible(str(code), 20), reason=reason)
