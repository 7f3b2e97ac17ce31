"""How far an import is."""

import sys
from collections.abc import Callable

from tourcrm.files.reader import Sheet


class Bar:
    """A progress bar on standard error; only at a terminal, and only when it takes a while."""

    def __init__(self, sheet: Sheet) -> None:
        self._size = sheet.size
        self._shown = -1

    def __enter__(self) -> Callable[[float], None]:
        if not sys.stderr.isatty() or self._size < 4_000_000:
            return lambda share: None
        return self._show

    def _show(self, share: float) -> None:
        percent = min(int(share * 100), 100)
        if percent != self._shown:
            self._shown = percent
            filled = percent * 30 // 100
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {percent:3d} %")
            sys.stderr.flush()

    def __exit__(self, *error: object) -> None:
        if self._shown >= 0:
            sys.stderr.write("\r" + " " * 40 + "\r")
