"""What is made ahead is made once: a test takes over what has not begun, and waits for the rest."""

from __future__ import annotations

import contextlib
import threading

import pytest

from tests.ahead import Ahead, Sampler


class Slow:
    """Work that notes its names, and ends when it may."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.done: list[str] = []

    def __call__(self, name: str) -> None:
        """Note a name, once it may; then fail."""
        self.begun.set()
        self.may_end.wait(30)
        self.done.append(name)
        raise ValueError(name)


def test_the_tests_take_what_has_not_begun_and_wait_for_the_rest() -> None:
    """The first name is under way; the last is taken away; an error stops nobody."""
    work = Slow()
    with Ahead(work, ["01_a", "02_b", "03_c"]) as ahead:
        assert work.begun.wait(30)
        ahead.leave("03_c")
        ahead.leave("99_unknown")
        threading.Timer(0.2, work.may_end.set).start()
        ahead.leave("01_a")
        assert work.done[:1] == ["01_a"]
        ahead.leave_all()
    assert "03_c" not in work.done
    assert set(work.done) <= {"01_a", "02_b"}


def test_nothing_more_begins_after_the_end() -> None:
    """What has not begun when the tests end is not begun any more."""
    work = Slow()
    with Ahead(work, ["01_a", "02_b"]):
        assert work.begun.wait(30)
        threading.Timer(0.2, work.may_end.set).start()
    assert work.done == ["01_a"]


def test_a_process_runs_what_it_is_given_and_ends() -> None:
    """A page that does not exist stops nothing; what is given after the end is refused."""
    with contextlib.closing(Sampler()) as sample:
        sample("no_page")
        first = sample._process
        sample("no_other_page")
        assert sample._process is first
    assert first.returncode == 0
    with pytest.raises((OSError, ValueError)):
        sample("no_page")
