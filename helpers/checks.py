"""Exercise checks: to do, not yet (with the hint that fits), or done.

A check compares an answer with a truth that does not depend on how the answer was written. It never
raises, whatever it is given: an exception inside becomes a message.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from marimo import Html

Status = Literal["todo", "wrong", "done"]
Hints = Sequence[str | tuple[Any, str]]

MAX_ELEMENTS = 2_000_000
"""An answer with more numbers than this is refused unread, so that a check stays fast."""

SHOWN, FEW = 80, 6
"""Characters, and numbers of an array, of an answer that a message repeats."""


class Unanswered(Exception):  # noqa: N818
    """Raised inside a predicate of `holds` to say: this is not an answer yet."""


class _WrongKindError(TypeError):
    """An answer of a kind that the check cannot judge; the message continues "Your answer is"."""


@dataclass(frozen=True)
class Check:
    """What a check found.

    Attributes:
        status: "todo" (no answer yet), "wrong" (not yet right) or "done".
        message: one or two sentences for the learner.
        hints: general hints that the learner opens one by one.
    """

    status: Status
    message: str
    hints: tuple[str, ...] = ()

    def record(self, number: str | int) -> Callable[[Mapping[str, str]], dict[str, str]]:
        """Return a function that notes this check in a progress dict (for a `mo.state` setter)."""
        return lambda recorded: {**recorded, str(number): self.status}

    def noted(self, number: str | int, note: Callable[[Any], None]) -> Check:
        """Return this check, after noting it in the progress (the setter of a `mo.state`)."""
        note(self.record(number))
        return self

    def markdown(self) -> str:
        """Return the text of the callout: the message, and the hints folded."""
        body = [f"**{_LOOK[self.status][1]}** {self.message}"]
        if self.status != "done":
            body += [
                f"<details><summary>Hint {i} of {len(self.hints)}</summary>{html.escape(hint)}"
                "</details>"
                for i, hint in enumerate(self.hints, start=1)
            ]
        return "\n\n".join(body)

    def show(self) -> Html:
        """Return the callout that the page shows."""
        import marimo as mo

        return mo.callout(mo.md(self.markdown()), kind=_LOOK[self.status][0])

    def _mime_(self) -> tuple[str, str]:
        return self.show()._mime_()


_LOOK: dict[Status, tuple[Any, str]] = {
    "todo": ("neutral", "○ To do."),
    "wrong": ("warn", "◐ Not yet."),
    "done": ("success", "● Done."),
}


def _unanswered(value: Any) -> bool:
    """Return whether there is nothing to judge: None, `...`, or a container of nothing else."""
    if type(value) in (list, tuple, set, dict) and 0 < len(value) <= 100:  # noqa: PLR2004
        items = value.values() if type(value) is dict else value
        return all(item is None or item is Ellipsis for item in items)
    return value is None or value is Ellipsis


def _shown(value: Any) -> str:
    """Return a short, harmless text for any value."""
    try:
        if getattr(value, "size", 0) == 1 and hasattr(value, "item"):
            value = value.item()  # an array that holds one number is shown as that number
        if isinstance(value, float | np.floating):
            return f"{value:,.6g}"
        if isinstance(value, int | np.integer | str | bool):
            text = repr(value)
        elif hasattr(value, "shape"):
            if 1 < getattr(value, "size", 0) <= FEW:
                found = ", ".join(_shown(each) for each in np.asarray(value).ravel())
                return found if len(found) <= SHOWN else found[: SHOWN - 1] + "…"
            return f"{type(value).__name__} of shape {tuple(value.shape)}"
        elif isinstance(value, list | tuple | set | frozenset | dict):
            text = repr(value) if len(value) <= 20 else f"{type(value).__name__} of {len(value)}"  # noqa: PLR2004
        else:
            text = type(value).__name__
    except Exception:  # noqa: BLE001
        return type(value).__name__
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _escape(text: str) -> str:
    """Return text that Markdown and HTML show as it is."""
    return "`" + text.replace("`", "'") + "`"


def _numbers(value: Any) -> np.ndarray:
    """Return any numeric value as an array of floats, or say what kind it is instead."""
    if isinstance(value, str | bytes):
        raise _WrongKindError(f"a text, {_escape(_shown(value))}; a number is expected")
    if isinstance(value, bool | np.bool_):
        raise _WrongKindError("True or False; a number is expected")
    if callable(value) and not hasattr(value, "shape"):
        raise _WrongKindError("a function; call it and give its result")
    if getattr(value, "size", 0) > MAX_ELEMENTS:
        raise _WrongKindError(f"very large ({value.size:,} numbers); a summary of it is expected")
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "bc":
            return array.astype(float)
    except Exception as error:
        raise _WrongKindError(f"a {type(value).__name__}; a number is expected") from error
    what = "True and False values" if array.dtype.kind == "b" else "complex numbers"
    raise _WrongKindError(f"{what}; real numbers are expected")


def _near(value: Any, truth: Any, tolerance: float) -> bool:
    """Return whether value has the shape of truth and lies within the tolerance everywhere."""
    value, truth = _numbers(value), _numbers(truth)
    if truth.ndim == 0 and value.size == 1:
        value = value.reshape(())
    return value.shape == truth.shape and bool(np.all(np.abs(value - truth) <= tolerance))


def _judge(
    value: Any,
    right: Callable[[Any], bool | str],
    same: Callable[[Any, Any], bool],
    hints: Hints,
    why: str,
) -> Check:
    """Return the Check of any value; nothing that happens inside leaves as an exception.

    `right` answers True, False, or a sentence that says what is wrong with the answer's form.
    """
    general = tuple(hint for hint in hints if isinstance(hint, str))
    if _unanswered(value):
        return Check("todo", "Replace `...` by your answer.", general)
    try:
        verdict = right(value)
        if verdict is True or (isinstance(verdict, np.bool_) and bool(verdict)):
            return Check("done", why or "That is right.")
    except Unanswered as nothing:
        return Check("todo", str(nothing) or "Replace `...` by your answer.", general)
    except _WrongKindError as error:
        verdict = f"Your answer is {error}."
    except Exception as error:  # noqa: BLE001
        verdict = f"Your answer stopped with {type(error).__name__}: {_escape(_reason(error))}."
    for hint in hints:
        if not isinstance(hint, str) and _fits(hint[0], value, same):
            return Check("wrong", hint[1], general)
    if isinstance(verdict, str):
        return Check("wrong", verdict, general)
    found = f"Your answer is {_escape(_shown(value))}, and that is not it."
    if callable(value):
        found = "Your function runs, and what it returns is not it yet."
    return Check("wrong", found, general)


def _reason(error: BaseException) -> str:
    try:
        return str(error)[:200] or "no message"
    except Exception:  # noqa: BLE001
        return "no message"


def _fits(when: Any, value: Any, same: Callable[[Any, Any], bool]) -> bool:
    """Return whether a wrong value, or a predicate, matches the answer; False if it stumbles."""
    try:
        return bool(when(value)) if callable(when) else bool(same(value, when))
    except Exception:  # noqa: BLE001
        return False


def close(value: Any, truth: Any, *, tolerance: float, hints: Hints = (), why: str = "") -> Check:
    """Return whether a number, or an array of numbers, is the truth within a tolerance.

    Args:
        value: the answer; any value whatever.
        truth: a number, or an array whose shape the answer must have.
        tolerance: largest allowed absolute difference, in the truth's unit.
        hints: general hints (str), or pairs (wrong value or predicate, message).
        why: shown when done: why it matters.
    """

    def right(answer: Any) -> bool | str:
        numbers, goal = _numbers(answer), _numbers(truth)
        if goal.ndim == 0 and numbers.size == 1:
            numbers = numbers.reshape(())
        if numbers.shape != goal.shape:
            want = "one number" if goal.ndim == 0 else f"shape {goal.shape}"
            return f"Your answer has shape {numbers.shape}; {want} is expected."
        if not np.all(np.isfinite(numbers)):
            return "Your answer holds NaN or infinity: something was missing or divided by zero."
        return _near(answer, truth, tolerance)

    return _judge(value, right, lambda a, b: _near(a, b, tolerance), hints, why)


def _as_set(value: Any) -> frozenset:
    if isinstance(value, str | bytes):
        raise _WrongKindError("one text; a set or list of names is expected, for example {'age'}")
    if isinstance(value, Mapping) or not isinstance(value, Iterable):
        raise _WrongKindError(f"a {type(value).__name__}; a set or list is expected")
    if isinstance(value, pd.DataFrame) or getattr(value, "ndim", 1) > 1:
        raise _WrongKindError("a table; a set or list is expected")
    items = []
    for number, item in enumerate(value):
        if number >= 10_000:  # noqa: PLR2004
            raise _WrongKindError("very long; a short set of names is expected")
        if isinstance(item, str):
            items.append(item.strip().casefold())
        elif isinstance(item, list | tuple):
            items.append(tuple(str(part).strip().casefold() for part in item))
        elif isinstance(item, set | frozenset):
            items.append(frozenset(str(part).strip().casefold() for part in item))
        else:
            items.append(item)
    try:
        return frozenset(items)
    except TypeError as error:
        raise _WrongKindError("a list of things that are not names") from error


def same_set(value: Any, truth: Iterable[Any], *, hints: Hints = (), why: str = "") -> Check:
    """Return whether the answer holds the same names, or pairs of names, as the truth.

    Order, repetition, capital letters and the kind of container do not matter.

    Args:
        value: the answer; any value whatever.
        truth: names, or tuples of names (in a tuple, order counts).
        hints: general hints (str), or pairs (wrong set or predicate, message).
        why: shown when done: why it matters.
    """
    return _judge(
        value,
        lambda answer: _as_set(answer) == _as_set(truth),
        lambda a, b: _as_set(a) == _as_set(b),
        hints,
        why,
    )


def choice(
    value: Any, right: str, options: Iterable[str], *, hints: Hints = (), why: str = ""
) -> Check:
    """Return whether the answer is the right one among some options.

    Args:
        value: the answer; any value whatever. Capital letters and outer blanks do not matter.
        right: the right option.
        options: all options; anything else is answered with their list.
        hints: general hints (str), or pairs (wrong option or predicate, message).
        why: shown when done: why it matters.
    """
    options = list(options)

    def plain(text: Any) -> str:
        if not isinstance(text, str):
            raise _WrongKindError(
                f"a {type(text).__name__}; one of the texts {options} is expected"
            )
        return " ".join(text.split()).casefold()

    def judge(answer: Any) -> bool | str:
        if plain(answer) not in [plain(option) for option in options]:
            listed = ", ".join(_escape(repr(option)) for option in options)
            return f"Your answer is {_escape(_shown(answer))}; choose one of {listed}."
        return plain(answer) == plain(right)

    return _judge(value, judge, lambda a, b: plain(a) == plain(b), hints, why)


def holds(
    value: Any, predicate: Callable[[Any], bool | str], *, hints: Hints = (), why: str = ""
) -> Check:
    """Return whether a property holds for the answer.

    Args:
        value: the answer; any value whatever, often a function that the learner wrote.
        predicate: value -> True, False, or a sentence that says what is wrong. It raises
            `Unanswered` where there is nothing to judge yet (a function that returns None).
        hints: general hints (str), or pairs (predicate, message).
        why: shown when done: why it matters.
    """
    return _judge(value, predicate, lambda a, b: a is b, hints, why)


def after(check: Check, view: Any, what: str = "result", exercise: int | None = None) -> Any:
    """Return a view that would give an exercise away: a line in its place until that is done.

    Args:
        check: what the exercise's check found.
        view: anything that marimo shows.
        what: how the line calls the view.
        exercise: its number; None: the exercise above.
    """
    import marimo as mo

    if check.status == "done":
        return view
    done = f"exercise {exercise}" if exercise else "the exercise above"
    return mo.md(f"*The {what} appears here when {done} is done.*")


def progress(recorded: Mapping[str, str], total: int) -> Html:
    """Return how many of the exercises are done, for a cell near the end of a notebook.

    Args:
        recorded: exercise number -> status, as `Check.record` writes it.
        total: number of exercises in the notebook.
    """
    import marimo as mo

    done = sum(status == "done" for status in recorded.values())
    still = [str(n) for n in range(1, total + 1) if recorded.get(str(n)) != "done"]
    rest = f"Still open: exercise {', '.join(still)}." if still else "Every exercise is done."
    kind = "neutral" if still else "success"
    return mo.callout(mo.md(f"**{done} of {total} done.** {rest}"), kind=kind)
