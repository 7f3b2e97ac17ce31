"""What the tests of commands share."""

from pathlib import Path

import pytest

from tests.importer import Shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A new agency, with the current folder as the folder of its sheets."""
    monkeypatch.chdir(tmp_path)
    return Shop.opened(tmp_path)
