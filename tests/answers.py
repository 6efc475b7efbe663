"""What the tests of exercises share: absurd answers, and the runner of right and wrong ones.

A judge is a function from one answer to a `Check`: a lesson's own (`lalonde.judge_1`), or the check
cell of a notebook that has run (`asked(done, "check_1", "direction")`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from helpers.checks import Check
from tests.support import Run, recheck

Judge = Callable[[Any], Check]


class Awkward:
    """An answer that refuses to be compared."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    __hash__ = None  # type: ignore[assignment]


ABSURD: dict[str, Any] = {
    "nothing": None,
    "dots": ...,
    "empty text": "",
    "text": "banana",
    "True": True,
    "nan": float("nan"),
    "infinity": float("inf"),
    "a large number": 10**400,
    "empty list": [],
    "empty dict": {},
    "empty set": set(),
    "bytes": b"bytes",
    "millions of zeros": np.zeros(3_000_000),
    "empty frame": pd.DataFrame(),
    "frame of text": pd.DataFrame({"a": ["x"]}),
    "function that raises": lambda *_: 1 / 0,
    "function of nothing": lambda: 1,
    "function that gives text": lambda *_: "text",
    "object": object(),
    "not comparable": Awkward(),
    "list of what is not comparable": [Awkward()],
    "dict of objects": {"a": object()},
}
"""What a learner might give to others by mistake, by name. The first two mean: not answered yet."""
OPEN = ("nothing", "dots")


class Hostile:
    """An object on which everything that a check might do fails."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    def __bool__(self) -> bool:
        raise RuntimeError("no truth value")

    def __len__(self) -> int:
        raise RuntimeError("no length")

    def __repr__(self) -> str:
        raise RuntimeError("no text")

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise RuntimeError("no array")

    def __iter__(self) -> Any:
        raise RuntimeError("no items")

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"no {name}")


def _raises(*_: Any) -> float:
    raise RuntimeError("not written yet")


def _never_ends() -> Any:
    while True:
        yield "age"


STRANGE: dict[str, Any] = {
    "complex": 1 + 2j,
    "fraction": Fraction(1, 3),
    "ragged": [[1], [2, 3]],
    "nested": [[["a"]], {"b": 1}],
    "dict": {"a": 1},
    "set of lists": [["a", "b"], ["c"]],
    "huge frame": pd.DataFrame(np.zeros((300_000, 12))),
    "frame with a gap": pd.DataFrame({"a": ["x", None]}),
    "series": pd.Series(["a", "b"]),
    "posterior": xr.DataArray(np.zeros((4, 500, 3)), dims=["chain", "draw", "unit"]),
    "dataset": xr.Dataset({"a": ("draw", np.zeros(4))}),
    "class": int,
    "module": np,
    "function not written yet": _raises,
    "generator": (i for i in range(3)),
    "endless generator": _never_ends(),
    "exception": ValueError("x"),
    "hostile": Hostile(),
    "object array": np.array([None, "a", object()], dtype=object),
    "dates": pd.Timestamp("2026-01-01"),
    "not available": pd.NA,
}
"""Kinds of values that hardly any exercise brings about, and each kind of check must bear."""


def asked(done: Run, check: str, *names: str, **others: Any) -> Judge:
    """Return the check of a notebook that has run, as a judge of one answer.

    Args:
        done: a run of the notebook.
        check: name of the check cell.
        names: the globals that hold the answer; with several, each holds the same.
        others: further globals to be replaced.
    """
    return lambda answer: recheck(done, check, **dict.fromkeys(names, answer), **others)


def never_done(judge: Judge, *, but: Iterable[str] = ()) -> None:
    """Assert that no absurd answer raises or is done, and that each gets a message.

    Args:
        judge: of the exercise.
        but: absurd answers that happen to be right here.
    """
    for label, answer in ABSURD.items():
        if label in but:
            continue
        found = judge(answer)
        assert found.status == ("todo" if label in OPEN else "wrong"), label
        assert found.message, label
        assert found.show().text, label


def accepted(judge: Judge, right: Iterable[Any]) -> None:
    """Assert that each of these answers is done: the right one, however it is written."""
    for answer in right:
        found = judge(answer)
        assert found.status == "done", f"{answer!r}: {found.message}"


def refused(judge: Judge, wrong: Mapping[str, Any]) -> list[str]:
    """Assert that each wrong answer is wrong, by a message of its own that holds its word.

    Args:
        judge: of the exercise.
        wrong: a word of the hint that fits -> the wrong answer.

    Returns:
        The messages.
    """
    messages = []
    for word, answer in wrong.items():
        found = judge(answer)
        assert found.status == "wrong", f"{word}: {found.status}"
        assert word.casefold() in found.message.casefold(), f"{word}: {found.message}"
        messages.append(found.message)
    assert len(set(messages)) == len(messages), messages
    return messages


def told_apart(judge: Judge, right: Iterable[Any], wrong: Mapping[str, Any]) -> None:
    """Assert that right answers are done, and that each wrong idea is told by its own message."""
    accepted(judge, right)
    refused(judge, wrong)
