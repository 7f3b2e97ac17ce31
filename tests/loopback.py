"""Servers on 127.0.0.1 for tests of sending, on real sockets: an HTTP endpoint, a mail server."""

import asyncio
import email
import email.policy
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Endpoint:
    """An HTTP endpoint: what was posted to it, and what it answers."""

    port: int = 0
    status: int = 200
    answer: Any = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok", "code": 0})
    location: str = ""  # where it sends on to, with a status of 307
    paths: list[str] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock)
    posted: list[Any] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """An HTTP endpoint that takes JSON."""
    it = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            said = json.loads(self.rfile.read(size))
            with it.turn:  # several come at once
                it.paths.append(self.path)
                it.posted.append(said)
            body = it.answer if isinstance(it.answer, str) else json.dumps(it.answer)
            self.send_response(it.status)
            if it.location:
                self.send_header("Location", it.location)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Mailbox:
    """A mail server: what came in, and what it says to a letter."""

    port: int = 0
    says: str = "250 OK"
    letters: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.says.startswith("250"):
            content = cast(bytes, envelope.content)
            letter = email.message_from_bytes(content, policy=email.policy.default)
            self.letters.append(letter)
            self.to.extend(envelope.rcpt_tos)
        return self.says


class _Anywhere(Controller):
    """On a port that is free; the library asks for one that is known beforehand."""

    def _trigger_server(self) -> None:
        self.port = cast(asyncio.Server, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # the library's


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A mail server without encryption or login."""
    box = Mailbox()
    controller = _Anywhere(box, hostname="127.0.0.1", port=0)
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def silence() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def nobody() -> int:
    """A port that nobody listens on."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return int(closed.getsockname()[1])
