"""An agency whose sheets are imported through the command line, and what is in its file after."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from typer.testing import CliRunner, Result

from tests.builders import TODAY, agency
from tourcrm import cli

# What says when and by whom something was written, not what it is.
_RECORDS = ("reject_file", "operation", "change", "sqlite_sequence", "setting")


_made: dict[str, bytes] = {}  # databases that took some sheets


@dataclass
class Shop:
    """A database file and the folder with its sheets."""

    folder: Path
    db: Path

    @classmethod
    def opened(cls, folder: Path, **settings: str) -> "Shop":
        """A new agency in `folder`; the day is that of the builders."""
        path = agency(folder / "agency.db", **{"today": TODAY.isoformat(), **settings})
        return cls(folder, path)

    @classmethod
    def holding(cls, folder: Path, *sheets: tuple[str, str | Sequence[Sequence[str]]]) -> "Shop":
        """A new agency that took these sheets of entities, every row of them.

        It is made once; the next test with the same sheets gets the same bytes.
        """
        key = repr(sheets)
        if key not in _made:
            with TemporaryDirectory() as place:
                first = cls.opened(Path(place))
                for entity, sheet in sheets:
                    assert first.take(entity, sheet)["rejected"] == 0
                _made[key] = first.db.read_bytes()
        path = folder / "agency.db"
        path.touch(mode=0o600)
        path.write_bytes(_made[key])
        return cls(folder, path)

    def run(self, *words: str | Path, lang: str = "en", input: bytes | None = None) -> Result:
        """A command, as it is typed."""
        return CliRunner().invoke(
            cli.app,
            ["--db", str(self.db), "--lang", lang, *map(str, words)],
            input=input,
            catch_exceptions=False,
        )

    def sheet(self, content: str | bytes | Sequence[Sequence[str]], name: str = "in.csv") -> Path:
        """A file with these rows, the header first; text is written as UTF-8."""
        if not isinstance(content, (str, bytes)):
            stream = io.StringIO()
            csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(content)
            content = stream.getvalue()
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def take(
        self,
        entity: str,
        content: str | bytes | Sequence[Sequence[str]] | Path,
        *options: str,
        name: str = "in.csv",
    ) -> dict[str, Any]:
        """Import a sheet; returns what the command says in JSON."""
        path = content if isinstance(content, Path) else self.sheet(content, name)
        done = self.run(entity, "import", path, "-f", "json", *options)
        assert done.exit_code in (0, 4), done.stderr
        [said] = json.loads(done.stdout)
        counted = said["added"] + said["updated"] + said["unchanged"] + said["rejected"]
        assert said["read"] == counted, said
        assert (done.exit_code == 4) == (said["rejected"] > 0)
        found: dict[str, Any] = said
        return found

    def reasons(self, said: dict[str, Any]) -> dict[int, str]:
        """Line -> reason, from the file of rejected rows."""
        if said["rejected_file"] is None:
            return {}
        found = {}
        for row in rejected_rows(Path(said["rejected_file"]))[1:]:
            place, _, reason = row[0].partition(": ")
            found[int(place.removeprefix("line "))] = reason
        return found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a select finds in the file."""
        with closing(sqlite3.connect(self.db)) as connection:
            return connection.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        """The single row that a select finds, or its only cell."""
        [row] = self.rows(sql)
        return row[0] if len(row) == 1 else row

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table of facts."""
        with closing(sqlite3.connect(self.db)) as connection:
            select = "SELECT name FROM sqlite_master WHERE type='table'"
            tables = [name for (name,) in connection.execute(select) if name not in _RECORDS]
            return {
                table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr)
                for table in tables
            }

    def export(self, entity: str) -> bytes:
        """The complete export, in the machine's form."""
        path = self.folder / f"{entity}.export.csv"
        words = [entity, "export", "-o", str(path)]
        if entity == "customers":
            words.append("--reveal")
        done = self.run(*words)
        assert done.exit_code == 0, done.output
        return path.read_bytes()


def rejected_rows(path: Path) -> list[list[str]]:
    """The cells of a file of rejected rows, its header first."""
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def columns(rows: Iterable[dict[str, str]], names: Sequence[str]) -> list[list[str]]:
    """Rows by name as a sheet with its columns in this order."""
    return [list(names), *([row.get(name, "") for name in names] for row in rows)]
