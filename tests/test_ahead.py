"""What is made ahead is made once: a test takes over what has not begun, and waits for the rest."""

from __future__ import annotations

import threading

from tests.ahead import Ahead


def test_the_tests_take_what_has_not_begun_and_wait_for_the_rest() -> None:
    """The last name is under way; the first is taken away; an error stops nobody."""
    begun, may_end, done = threading.Event(), threading.Event(), []

    def work(name: str) -> None:
        begun.set()
        may_end.wait(30)
        done.append(name)
        raise ValueError(name)

    with Ahead(work, ["01_a", "02_b", "03_c"]) as ahead:
        assert begun.wait(30)
        ahead.leave("01_a")
        ahead.leave("99_unknown")
        threading.Timer(0.2, may_end.set).start()
        ahead.leave("03_c")
        assert done[:1] == ["03_c"]
        ahead.leave_all()
    assert "01_a" not in done
    assert set(done) <= {"02_b", "03_c"}


def test_nothing_more_begins_after_the_end() -> None:
    """What has not begun when the tests end is not begun any more."""
    begun, may_end, done = threading.Event(), threading.Event(), []

    def work(name: str) -> None:
        begun.set()
        may_end.wait(30)
        done.append(name)

    with Ahead(work, ["01_a", "02_b"]):
        assert begun.wait(30)
        threading.Timer(0.2, may_end.set).start()
    assert done == ["02_b"]
