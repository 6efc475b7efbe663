"""Fits made ahead: a second core samples the last notebooks while the tests read the first ones.

The tests run a notebook with empty caches once, and most of that time is sampling. Where there are
two cores, `Ahead` runs the notebooks from the last to the first, one process each, into the folder
of fits that the tests share. Both meet in the middle: a notebook that the tests come to first is
theirs, and one that is being sampled is waited for, so that nothing is sampled twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self


class Ahead:
    """Does some work for each of some names, the last name first, beside what else goes on.

    Args:
        work: name -> anything; its errors are left for the tests to find.
        names: of notebooks, in the order in which the tests come to them.
    """

    def __init__(self, work: Callable[[str], Any], names: Iterable[str]) -> None:
        self._beside = ThreadPoolExecutor(max_workers=1)
        self._runs: dict[str, Future[Any]] = {
            name: self._beside.submit(work, name) for name in reversed(list(names))
        }

    def leave(self, name: str) -> None:
        """Wait where the work of a name is under way; take it away where it has not begun."""
        run = self._runs.get(name)
        if run is not None and not run.cancel():
            run.exception()

    def leave_all(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        for name in self._runs:
            self.leave(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._beside.shutdown(cancel_futures=True)
