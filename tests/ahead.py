"""Fits made ahead: a second core samples while the tests do what needs no notebook.

The tests run a notebook with empty caches once, and most of that time is sampling. Where there are
two cores, `Ahead` runs the notebooks in a process of its own (`python -m tests.ahead`), into the
folder of fits that the tests share. A notebook that the tests come to first is theirs, and one that
is being sampled is waited for, so that nothing is sampled twice.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from tests.support import ROOT, run


class Sampler:
    """Runs solutions, one after the other, in one process that begins with the first of them."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __call__(self, name: str) -> None:
        """Run a solution, and keep its fits.

        Raises:
            OSError: the process ended.
        """
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.ahead"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=ROOT,
            )
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        while line := self._process.stdout.readline():
            if line.strip() == f"ran {name}":
                return
        raise OSError("the process ended")

    def close(self) -> None:
        """End the process, once it has run what it was given."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            self._process.wait()
            self._process.stdout.close()


class Ahead:
    """Does some work for each of some names, one after the other, beside what else goes on.

    Args:
        work: name -> anything; its errors are left for the tests to find.
        names: of notebooks.
    """

    def __init__(self, work: Callable[[str], Any], names: Iterable[str]) -> None:
        self._beside = ThreadPoolExecutor(max_workers=1)
        self._runs: dict[str, Future[Any]] = {
            name: self._beside.submit(work, name) for name in names
        }

    def leave(self, name: str) -> None:
        """Wait where the work of a name is under way; take it away where it has not begun."""
        run = self._runs.get(name)
        if run is not None and not run.cancel():
            run.exception()

    def leave_all(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        for name in reversed(self._runs):
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


if __name__ == "__main__":
    for line in sys.stdin:
        with contextlib.suppress(Exception):  # the test that runs it will say what is wrong
            run(ROOT / "solutions" / f"{line.strip()}.py")
        sys.stdout.write(f"ran {line.strip()}\n")
        sys.stdout.flush()
