"""How many examples Hypothesis makes up: few, and twenty times as many in `make soak`."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

MANY = 20 if os.environ.get("EXAMPLES") == "many" else 1


def examples(number: int, **more: Any) -> Callable[[Any], Any]:
    """Settings of a test: so many examples each time, and no deadline."""
    chosen = settings(max_examples=number * MANY, deadline=None, **more)
    return lambda test: pytest.mark.many(chosen(test))
