"""What all tests share: the reference answers, and two ways to run the command line.

Nothing here depends on the machine's locale, HOME or clock.
"""

import gc
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.runner import runtestprotocol
from typer.testing import CliRunner, Result

from tests.quick import quick
from tourcrm import cli
from tourcrm.base import i18n
from tourcrm.terminal import context

if TYPE_CHECKING:
    from tests.faults.nursery import Nursery

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT.parent / "shared" / "reference"
BARE = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"}
if os.name == "nt":  # without it Python does not start there
    BARE["SYSTEMROOT"] = os.environ["SYSTEMROOT"]


Run = Callable[..., subprocess.CompletedProcess[str]]
Invoke = Callable[..., Result]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage again and again is dear."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)


_FOLDER = pytest.StashKey[Path]()


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Nothing is told of a beginning or an end that went well: two in three of the reports that
    a worker sends to the one who counts. What a test that passed wrote goes at once: a second
    later it would be on the disk, two gigabytes in all."""
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in reports:
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    if _FOLDER in item.stash and all(report.passed for report in reports):
        shutil.rmtree(item.stash[_FOLDER], ignore_errors=True)
    return True


@pytest.fixture(scope="session")
def reference() -> Path:
    """The published and computed answers that results are compared with."""
    if not REFERENCE.is_dir():
        reason = f"no reference answers in {REFERENCE}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return REFERENCE


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    with quick(), pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("TOURCRM_", "LC_", "LANG", "XDG_")):
                patch.delenv(name)
        patch.setenv("COLUMNS", "100")
        patch.setenv("TZ", "UTC")
        yield


@pytest.fixture(scope="session")
def nursery() -> "Iterator[Nursery]":
    """The process that all children of this worker come from: a start costs a tenth of `run`."""
    from tests.faults.nursery import Nursery  # it needs Unix, as those who ask for it

    with Nursery() as started:
        yield started


_numbers = count(1)


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the test's own, as pytest gives it, which would look through all others first."""
    name = re.sub(r"\W", "_", request.node.name, flags=re.ASCII)[:30]
    folder = tmp_path_factory.getbasetemp() / f"{name}{next(_numbers)}"
    folder.mkdir(mode=0o700)
    request.node.stash[_FOLDER] = folder
    return folder


@pytest.fixture(autouse=True)
def _own_world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Each test has a home of its own, speaks English, and leaves no trace for the next."""
    if "tmp_path" in request.fixturenames:
        home = request.getfixturevalue("tmp_path") / "home"
    else:
        home = tmp_path_factory.getbasetemp() / f"home{next(_numbers)}"
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA"):
        os.environ[name] = str(home)
    before = context._world
    i18n.use("en")
    yield
    i18n.use("en")
    context._world = before


FIXED = ("Careful: the day is fixed at ", "注意：日期被固定为")


def apart(stderr: str) -> str:
    """What a run says on stderr, but for the caution that the day of this database is fixed."""
    return "".join(one for one in stderr.splitlines(True) if not one.startswith(FIXED))


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Where the database of this test is, or will be."""
    return tmp_path / "agency.db"


@pytest.fixture
def run(tmp_path: Path, db: Path) -> Run:
    """The real program in a process of its own: run("followups", "due", lang="zh").

    It gets a bare environment, and `env` on top; `lang=None` and `database=None` leave those
    options away. The result has returncode, stdout and stderr as text.
    """

    def start(
        *words: str | Path,
        lang: str | None = "en",
        database: Path | None = db,
        env: Mapping[str, str] | None = None,
        input: str | bytes | None = None,
        cwd: Path | None = None,
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[str]:
        options = [] if database is None else ["--db", str(database)]
        options += [] if lang is None else ["--lang", lang]
        done = subprocess.run(
            [sys.executable, "-m", "tourcrm", *options, *map(str, words)],
            env={**BARE, "HOME": str(tmp_path / "home"), **(env or {})},
            input=input.encode() if isinstance(input, str) else input or b"",
            cwd=cwd or tmp_path,
            timeout=timeout,
            capture_output=True,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, _utf8(done.stdout), _utf8(done.stderr)
        )

    return start


def _utf8(output: bytes) -> str:
    return output.decode("utf-8").replace("\r\n", "\n")


@pytest.fixture
def invoke(db: Path) -> Invoke:
    """The same in this process, ten times faster: invoke("customers", "list").

    The result has exit_code, stdout and stderr. An exception that the error boundary would not
    have turned into an exit code fails the test.
    """

    def start(
        *words: str | Path,
        lang: str | None = "en",
        database: Path | None = db,
        env: Mapping[str, str] | None = None,
        input: str | bytes | None = None,
    ) -> Result:
        options = [] if database is None else ["--db", str(database)]
        options += [] if lang is None else ["--lang", lang]
        return CliRunner().invoke(
            cli.app,
            [*options, *map(str, words)],
            input=input,
            env=env,
            catch_exceptions=False,
        )

    return start
