"""The outbox: said once, sent or tried again, never lost in silence."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from tests.builders import NOW, agency, numbering
from tourcrm.base.errors import NotFound, Refused
from tourcrm.db import engine, setting
from tourcrm.models import Notice
from tourcrm.notifications import outbox
from tourcrm.notifications.outbox import OUTPUT, Claimed, Word

MINUTE = timedelta(minutes=1)
LATE = Word("complaint", 12, "late")
CLOSING = Word("complaint", 13, "closing")


@pytest.fixture
def box(db: Path) -> Path:
    """An agency with two places to send to."""
    agency(db)
    with engine.writing(db) as session:
        for name in ("值班群", "小林"):
            outbox.add(
                session, numbering(session), setting.load(session), name, f"json://127.0.0.1/{name}"
            )
    return db


def make(db: Path, *words: Word, minutes: int = 0) -> None:
    with engine.writing(db) as session:
        channels = [OUTPUT, *setting.load(session).on_duty]
        outbox.make(session, channels, words, NOW + minutes * MINUTE)


def claim(
    db: Path, minutes: int = 0, text: Callable[[Notice], str | None] = lambda notice: notice.once
) -> list[Claimed]:
    with engine.writing(db) as session:
        return outbox.claim(session, setting.load(session), NOW + minutes * MINUTE, text)


def settle(db: Path, claimed: list[Claimed], error: str | None, minutes: int = 0) -> None:
    with engine.writing(db) as session:
        for one in claimed:
            outbox.settle(session, one.ids, NOW + minutes * MINUTE, error)


def texts(claimed: list[Claimed]) -> dict[str, tuple[str, ...]]:
    return {one.channel: one.texts for one in claimed}


def test_each_place_is_told_once(box: Path) -> None:
    make(box, LATE, CLOSING)
    first = claim(box)
    assert texts(first) == {"值班群": ("late", "closing"), "小林": ("late", "closing")}
    settle(box, first, None)
    make(box, LATE, CLOSING)
    assert claim(box, 600) == []
    make(box, Word("complaint", 12, "late 24h"))
    assert texts(claim(box, 600)) == {"值班群": ("late 24h",), "小林": ("late 24h",)}


def test_only_whoever_is_on_duty_is_told(box: Path) -> None:
    with engine.writing(box) as session:
        setting.store(session, numbering(session), "on_duty", "小林")
    make(box, LATE)
    assert texts(claim(box)) == {"小林": ("late",)}


def test_where_nobody_known_is_on_duty_all_are_told_and_check_says_so(box: Path) -> None:
    with engine.writing(box) as session:
        setting.store(session, numbering(session), "on_duty", "阿芳")
        settings = setting.load(session)
    assert settings.on_duty == ("值班群", "小林")
    assert ["阿芳" in str(problem) for problem in setting.problems(settings)] == [True]


def test_two_runs_at_once_do_not_both_send(box: Path) -> None:
    make(box, LATE)
    assert len(claim(box)) == 2
    assert claim(box) == []


def test_a_run_that_was_killed_while_sending_is_made_good_by_the_next(box: Path) -> None:
    make(box, LATE)
    claim(box)
    assert len(claim(box, minutes=5)) == 2


def test_what_failed_is_tried_again_until_it_gets_out(box: Path) -> None:
    make(box, LATE)
    tried = []
    with engine.writing(box) as session:
        settings = setting.load(session)
        for minutes in range(0, 4 * 60, 5):  # as cron runs it
            now = NOW + minutes * MINUTE
            due = outbox.waiting(session, now)
            found = outbox.claim(session, settings, now, lambda notice: notice.once)
            assert due == bool(found)
            if found:
                tried.append(minutes)
            for one in found:
                outbox.settle(session, one.ids, now, "no answer")
        assert tried == [0, 5, 10, 20, 40, 100, 160, 220]
        place = outbox.places(session, settings)[0]
        assert (place.waiting, place.error, place.last_sent) == (1, "no answer", None)
        outbox.settle(session, [1, 2], now, None)
        place = outbox.places(session, settings)[0]
        assert (place.waiting, place.error, place.last_sent) == (0, None, now)


def test_what_is_settled_meanwhile_is_not_sent_any_more(box: Path) -> None:
    make(box, LATE, CLOSING)
    settle(box, claim(box), "no answer")
    found = claim(box, 5, lambda notice: "now" if notice.subject_id == 13 else None)
    assert texts(found) == {"值班群": ("now",), "小林": ("now",)}
    assert texts(claim(box, 60)) == {"值班群": ("closing",), "小林": ("closing",)}


def test_a_clock_that_was_put_back_does_not_silence_a_notice(box: Path) -> None:
    make(box, LATE)
    settle(box, claim(box, minutes=600), "no answer", minutes=600)
    assert len(claim(box, minutes=0)) == 2


def test_no_text_is_kept_of_what_was_said(box: Path) -> None:
    """It names a customer, and would outlive an erasure."""
    make(box, LATE, CLOSING)
    found = claim(box, 0, lambda notice: "王芳" if notice.subject_id == 12 else None)
    with engine.reading(box) as session:
        assert "王芳" in {row.text for row in session.exec(select(Notice))}
    settle(box, found, None)
    with engine.reading(box) as session:
        assert {row.text for row in session.exec(select(Notice))} == {""}


def test_a_place_that_comes_back_with_a_better_address_is_told_anew(box: Path) -> None:
    make(box, LATE)
    settle(box, claim(box), "no answer")
    with engine.writing(box) as session:
        assert outbox.remove(session, numbering(session), setting.load(session), "值班群") == 1
        outbox.add(
            session, numbering(session), setting.load(session), "值班群", "json://127.0.0.1/new"
        )
    make(box, LATE)
    (told,) = claim(box, 1)
    assert (told.channel, told.address) == ("值班群", "json://127.0.0.1/new")


def names(session: Session) -> tuple[str, ...]:
    return tuple(setting.load(session).places)


def test_a_place_is_removed_from_duty_too(box: Path) -> None:
    with engine.writing(box) as session:
        setting.store(session, numbering(session), "on_duty", "值班群,小林")
        outbox.remove(session, numbering(session), setting.load(session), "值班群")
        assert (names(session), setting.load(session).on_duty) == (("小林",), ("小林",))
        with pytest.raises(NotFound):
            outbox.remove(session, numbering(session), setting.load(session), "值班群")


@pytest.mark.parametrize("name", ["", "a,b", "-f", "json://x", "a\nb", "长" * 31, "a，b"])
def test_a_name_that_could_not_be_said_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        outbox.checked_name(name)
