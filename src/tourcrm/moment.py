"""Moments as they are stored: UTC, as text that sorts, e.g. 2026-11-20T01:30:00Z."""

from datetime import UTC, datetime


def moment_text(moment: datetime) -> str:
    """The stored form of an aware moment; a naive one is a mistake of the caller (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime names no moment")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """The aware moment that a stored text names."""
    return datetime.fromisoformat(text)
