"""What a step is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is for, and its statements, run in one transaction."""

    why: str
    statements: tuple[str, ...]
