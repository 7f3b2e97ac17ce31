"""Real processes of the program, started in 20 ms: forked from one that has everything loaded.

Each child gets its own environment, folder, streams, limits and user, runs the whole program as
`python -m tourcrm` does, and can be made to die by SIGKILL at a numbered moment: a file opened,
named, linked or removed, a statement begun, or another thousand steps of SQLite's own machine.
The clock of every child stands still, so that what it stores can be compared byte for byte.
"""

import gc
import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, Self

from tests.conftest import apart
from tests.foreground import heed

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds until a child that does not end is ended
_TICK = 1_000  # steps of SQLite's machine
_FILES = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.chmod", "sqlite3.connect"}


@dataclass(frozen=True)
class Ended:
    """How a child ended: exit code, or minus the signal; what it said; moments that it counted."""

    code: int
    out: str
    err: str
    moments: int


@dataclass
class Child:
    """A child under way."""

    nursery: "Nursery"
    pid: int
    folder: Path

    def send(self, number: int) -> None:
        """Send it a signal; one that has ended takes no notice."""
        os.kill(self.pid, number)  # it is not reaped before `wait`, so the number is its own

    def wait(self) -> Ended:
        """Wait until it has ended."""
        return self.nursery._wait(self)


@dataclass
class Nursery:
    """The process that children are forked from. A context manager."""

    _process: subprocess.Popen[bytes] = field(init=False)
    _count: int = 0

    def __enter__(self) -> Self:
        self._scratch = tempfile.TemporaryDirectory(prefix="nursery-")
        Path(self._scratch.name).chmod(0o755)  # children may be other users
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import gc; gc.disable(); from tests.faults.nursery import serve; serve()",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self._scratch.name,
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
                "HOME": self._scratch.name,
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()
        self._scratch.cleanup()

    def start(
        self,
        *words: str | Path,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        die_at: int | None = None,
        count: bool = False,
        largest_file: int | None = None,
        torn: bool = False,
        user: int | None = None,
        mask: int | None = None,
        wait_for_locks: float | None = None,
        steps: str = "",
        closed: Sequence[int] = (),
        output: str | Path | None = None,
        terminal: str | None = None,
        of_its_own: bool = False,
        ignored: Sequence[int] = (),
    ) -> Child:
        """Start the program with these words.

        die_at: the moment at which it is killed; with `count`, moments are counted (a signal may
        get lost then, in what watches SQLite). largest_file: bytes to which a file may grow;
        beyond it writing fails, or, with `torn`, kills in the middle of the write. wait_for_locks:
        seconds. steps: a name in STEPS, migrations beyond the real ones. closed: streams closed by
        the shell. output: a file, device or pipe for stdout. terminal: a device for all three;
        with `of_its_own`, the one that it belongs to. ignored: signals that the shell ignores.
        """
        self._count += 1
        folder = Path(self._scratch.name) / str(self._count)
        folder.mkdir(mode=0o777)
        folder.chmod(0o777)
        for name in ("out", "err"):
            (folder / name).touch()
            (folder / name).chmod(0o666)
        request = {
            "words": [str(word) for word in words],
            "cwd": str(cwd),
            "env": {"PATH": "/usr/bin:/bin", "HOME": str(folder / "home"), "LANG": "C.UTF-8"}
            | dict(env or {}),
            "die_at": die_at,
            "count": count,
            "largest_file": largest_file,
            "torn": torn,
            "user": user,
            "mask": mask,
            "wait_for_locks": wait_for_locks,
            "steps": steps,
            "closed": list(closed),
            "output": None if output is None else str(output),
            "terminal": terminal,
            "of_its_own": of_its_own,
            "ignored": list(ignored),
            "folder": str(folder),
        }
        return Child(self, int(self._ask({"start": request})), folder)

    def run(self, *words: str | Path, cwd: Path, **how: Any) -> Ended:
        """Start the program and wait for its end."""
        return self.start(*words, cwd=cwd, **how).wait()

    def _ask(self, request: Mapping[str, Any]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], PATIENCE)[0]:
            os.kill(int(request.get("wait", 0)) or self._process.pid, signal.SIGKILL)
            raise AssertionError("the child did not end")
        return self._process.stdout.readline().decode().strip()

    def _wait(self, child: Child) -> Ended:
        code = int(self._ask({"wait": child.pid}))
        counted = child.folder / "moments"
        return Ended(
            code,
            (child.folder / "out").read_bytes().decode("utf-8", "surrogateescape"),
            # The agencies of these tests live on a fixed day; that it is told is seen elsewhere.
            apart((child.folder / "err").read_bytes().decode("utf-8", "surrogateescape")),
            int(counted.read_text() or 0)
            if counted.exists()
            else 0,  # killed while it wrote: empty
        )


def contents(path: Path) -> dict[str, list[Any]]:
    """All rows of all tables, and the schema. Raises where the database is not sound."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        found = {"schema": connection.execute("SELECT name, sql FROM sqlite_master").fetchall()}
        found["version"] = connection.execute("PRAGMA user_version").fetchall()
        for (table,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            found[table] = connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
    # Where a file lies differs from folder to folder, and is not what is stored of anybody.
    found.pop("reject_file", None)
    return found


# --- inside the nursery ---------------------------------------------------------------------------


def serve() -> None:
    """Load the program, then fork a child for each request until stdin ends.

    Children have the commands and statements that were made here; they wait for the disk.
    """
    requests, replies = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    from tests import quick
    from tourcrm.db import files

    with quick.quick(), quick.as_it_is(), os.fdopen(requests) as lines:
        _warm_up()
        gc.collect()
        gc.freeze()  # else the first collection in each child copies all that it shares
        gc.enable()
        assert files.connect is quick.connect, "children wait for the disk"
        for line in lines:
            request = json.loads(line)
            if "start" in request:
                pid = os.fork()
                if pid == 0:
                    os.close(requests)
                    os.close(replies)
                    _live(request["start"])
                answer = pid
            else:
                answer = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
            os.write(replies, f"{answer}\n".encode())


_WARMING = (
    "init --yes",
    "customers import warm.csv",
    "trips import trips.csv --create-customers",
    "imports undo 3",
    "trips import trips.csv",
    "customers tag C000001 x",
    "customers edit C000001 --note x",
    "customers list",
    "customers show C000001",
    "customers export -o export.csv",
    "followups due -f csv",
    "followups due",
    "segments rfm",
    "settings cuts 60",
    "complaints open C000001 late",
    "complaints respond K00001 sorry",
    "complaints attribute K00001 service_failure",
    "complaints compensate K00001",
    "imports list",
    "backup copy.db",
    "restore copy.db --yes",
    "check",
    "--help",
)


def _warm_up() -> None:
    """Have every module loaded that a child may need, and everything they read once."""
    from tourcrm import cli

    sheet = Path("warm.csv")
    sheet.write_text("姓名,手机,生日,标签\n王芳,13812345678,农历八月十五,VIP\n张伟,x,,\n")
    trips = Path("trips.csv")
    trips.write_text("客户,出发日期,天数,团费\n13812345678,2026-11-12,8,9800\n")
    db = ["--db", "warm.db", "--lang", "en"]
    for words in _WARMING:
        cli.run([*db, *words.split()])


def _live(request: Mapping[str, Any]) -> None:
    """Be the child: never returns."""
    import resource
    import time

    folder = Path(request["folder"])
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_APPEND), number)
    if request["output"]:
        os.dup2(os.open(request["output"], os.O_WRONLY), 1)
    if request["of_its_own"]:
        os.setsid()  # the first terminal that it opens now is its own
    if request["terminal"]:
        how = 0 if request["of_its_own"] else os.O_NOCTTY
        for number in (0, 1, 2):
            os.dup2(os.open(request["terminal"], os.O_RDWR | how), number)
    for number in request["closed"]:
        os.close(number)
    _open_streams()
    heed()
    for number in request["ignored"]:
        signal.signal(number, signal.SIG_IGN)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if request["mask"] is not None:
        os.umask(request["mask"])
    if request["user"] is not None:
        os.setgroups([])
        os.setgid(request["user"])
        os.setuid(request["user"])
    _stop_the_clock()
    if request["wait_for_locks"] is not None:
        from tourcrm.db import files

        files.BUSY_SECONDS = request["wait_for_locks"]
    if request["steps"]:
        _add_steps(request["steps"])
    moments = _Moments(request["die_at"])
    leave = os._exit

    def leave_told(status: int) -> NoReturn:
        """The program ends so, without unwinding: what was counted is told first."""
        moments.armed = False
        (folder / "moments").write_text(str(moments.count))
        leave(status)

    os._exit = leave_told
    if request["count"] or request["die_at"]:
        moments.watch()
    if request["largest_file"] is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if request["torn"] else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["largest_file"],) * 2)
    sys.argv = ["tourcrm", *request["words"]]
    code = 99
    try:
        from tourcrm.__main__ import main

        main()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001 - the child ends here
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                code = code or 120
        os._exit(code)


def _open_streams() -> None:
    """Make stdin, stdout and stderr anew, as Python does when it starts."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
            lines = 1 if os.isatty(number) else -1
            stream = open(number, mode, buffering=lines, closefd=False)  # noqa: SIM115 - kept open
        except OSError:
            stream = None
        setattr(sys, name, stream)


def _stop_the_clock() -> None:
    from tourcrm.terminal import context

    begin = context.set_up

    def set_up(db: str | None, language: str) -> None:
        begin(db, language)
        context.world().now = lambda: NOW
        context.world().actor = "tester"

    context.set_up = set_up


class _Moments:
    """Counts the moments of a run, and ends the process at one of them."""

    def __init__(self, last: int | None) -> None:
        self.count = 0
        self.armed = True
        self._last = last
        self._statement = ""
        self._connect = sqlite3.connect

    def watch(self) -> None:
        """Begin to count."""
        sys.addaudithook(self._event)
        sqlite3.connect = self._connected  # type: ignore[assignment]  # the same, watched

    def _event(self, name: str, _arguments: object) -> None:
        if name in _FILES:
            self._pass()

    def _connected(self, *words: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = self._connect(*words, **named)
        connection.set_trace_callback(self._stated)
        connection.set_progress_handler(self._pass, _TICK)
        return connection

    def _stated(self, statement: str) -> None:
        if statement[:24] != self._statement:  # a thousand inserts are one moment
            self._statement = statement[:24]
            self._pass()

    def _pass(self) -> int:
        if self.armed:
            self.count += 1
            if self.count == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
        return 0


STEPS = {
    "works": (
        "ALTER TABLE customer ADD COLUMN nickname TEXT",
        "UPDATE customer SET nickname = name",
        "CREATE INDEX customer_nickname ON customer (nickname)",
    ),
    "fails": (
        "ALTER TABLE customer ADD COLUMN nickname TEXT",
        "UPDATE customer SET nickname = name",
        "INSERT INTO setting SELECT * FROM setting",
    ),
    "orphans": ("UPDATE trip SET customer_id = 999999",),
}


def _add_steps(name: str) -> None:
    from tourcrm.db import files, migrations
    from tourcrm.db.migrations import Step

    steps = (*migrations.STEPS, Step("a step of the future", STEPS[name]))
    migrations.STEPS = steps  # type: ignore[assignment]  # one more than the real ones
    migrations.NEWEST = len(steps)
    files.ready.__defaults__ = (steps,)
    files.create.__defaults__ = (steps,)
