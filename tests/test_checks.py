"""A check accepts every right answer, tells wrong ideas apart, and never raises."""

from __future__ import annotations

import ast
import time
from fractions import Fraction
from typing import Any

import marimo as mo
import numpy as np
import pandas as pd
import pytest

from helpers import checks
from tests.answers import ABSURD, OPEN, STRANGE
from tests.support import ROOT

GIVEN = {label: answer for label, answer in ABSURD.items() if label not in OPEN} | STRANGE
"""Answers that are no answer to any question: of others' making, and of learners'."""

FAMILY = {
    "close": lambda v: checks.close(v, 3.25, tolerance=0.1, hints=["think", (-3.25, "the sign")]),
    "close to an array": lambda v: checks.close(v, [1.0, 2.0], tolerance=0.1),
    "same set": lambda v: checks.same_set(v, {"age", "income"}, hints=[({"age"}, "one more")]),
    "choice": lambda v: checks.choice(v, "up", ["up", "down"], hints=[("down", "why")]),
    "holds": lambda v: checks.holds(v, lambda f: f(2) == 4, hints=[(lambda f: f(2) == 2, "no")]),
}


@pytest.mark.parametrize("family", FAMILY)
@pytest.mark.parametrize("kind", GIVEN)
def test_no_value_raises_or_passes(family: str, kind: str) -> None:
    """Whatever a learner types, a check answers "wrong" with a message that marimo can show."""
    found = FAMILY[family](GIVEN[kind])
    assert found.status == "wrong"
    assert found.message
    assert "Not yet" in found.show().text


@pytest.mark.parametrize("family", FAMILY)
@pytest.mark.parametrize("value", [None, ..., (..., ...), [...], {"age": ...}])
def test_unanswered_is_to_do(family: str, value: Any) -> None:
    """None, `...` and containers of nothing else are not wrong: they are to do."""
    assert FAMILY[family](value).status == "todo"


@pytest.mark.parametrize("family", FAMILY)
def test_absurd_answers_are_fast(family: str) -> None:
    """A check costs under 50 ms of CPU, also on a huge frame."""
    start = time.process_time()
    for _ in range(3):
        FAMILY[family](GIVEN["huge frame"])
    assert (time.process_time() - start) / 3 < 0.05


@pytest.mark.parametrize(
    "value",
    [3.25, 3.3, np.float32(3.2), np.array(3.25), [3.25], pd.Series([3.25]), Fraction(13, 4)],
)
def test_close_accepts_any_way_of_writing_it(value: Any) -> None:
    """A number is a number, in whatever container it comes, within the tolerance."""
    assert checks.close(value, 3.25, tolerance=0.1, why="because").message == "because"


def test_close_tells_wrong_ideas_apart() -> None:
    """The first pair that fits gives the headline, the general hints stay folded."""
    hints = ["general", (-3.25, "the sign"), (lambda v: v > 100, "the unit")]
    assert checks.close(-3.25, 3.25, tolerance=0.1, hints=hints).message == "the sign"
    assert checks.close(3250, 3.25, tolerance=0.1, hints=hints).message == "the unit"
    other = checks.close(1, 3.25, tolerance=0.1, hints=hints)
    assert "`1`" in other.message
    assert other.hints == ("general",)
    assert "<summary>Hint 1 of 1</summary>general" in other.markdown()


def test_close_compares_shapes() -> None:
    """An array of the wrong shape is told which shape is expected."""
    assert "(3,)" in checks.close([1, 2, 3], [1.0, 2.0], tolerance=1).message
    assert checks.close(pd.Series([1, 2]), [1.0, 2.0], tolerance=1e-9).status == "done"


@pytest.mark.parametrize(
    "value",
    [{"age", "income"}, ["income", "Age"], ("age", "age", "income"), pd.Index(["age", "income"])],
)
def test_same_set_ignores_order_and_container(value: Any) -> None:
    """Names count, not how they are held."""
    assert checks.same_set(value, {"age", "income"}).status == "done"


def test_same_set_of_pairs_keeps_direction() -> None:
    """An arrow the wrong way round is another arrow."""
    assert checks.same_set([("a", "b")], {("a", "b")}).status == "done"
    assert checks.same_set([("b", "a")], {("a", "b")}).status == "wrong"


def test_choice_lists_the_options() -> None:
    """An answer that is not on the list is shown the list; blanks and capitals do not matter."""
    assert checks.choice(" UP ", "up", ["up", "down"]).status == "done"
    assert "'down'" in checks.choice("left", "up", ["up", "down"]).message


def test_holds_reports_an_exception_and_an_unfinished_function() -> None:
    """A function that raises is wrong, one that returns nothing is to do."""

    def predicate(function: Any) -> bool:
        result = function(2)
        if result is None:
            raise checks.Unanswered
        return result == 4

    assert checks.holds(lambda x: x * x, predicate).status == "done"
    assert checks.holds(lambda _: None, predicate).status == "todo"
    assert "not written yet" in checks.holds(STRANGE["function not written yet"], predicate).message
    assert checks.holds(lambda _: ..., lambda f: f(2) == 4).status == "wrong"


def test_messages_cannot_break_the_page() -> None:
    """What a learner typed is shown as text, never as markup."""
    found = checks.choice("<script>alert(1)</script>`x`", "up", ["up", "down"])
    page = mo.md(found.markdown()).text
    assert "alert(1)" in page
    assert "<script>" not in page


def test_progress_counts() -> None:
    """The progress names what is open; re-recording replaces."""
    recorded = checks.close(1, 1, tolerance=0).record("1")({})
    recorded = checks.close(2, 1, tolerance=0).record(2)(recorded)
    text = checks.progress(recorded, 3).text
    assert "1 of 3 done" in text
    assert "exercise 2, 3" in text
    assert checks.close(1, 1, tolerance=0).record(2)(recorded) == {"1": "done", "2": "done"}


def test_an_array_of_one_number_is_shown_as_that_number() -> None:
    """A wrong answer that xarray or NumPy wraps is named by its value, not by its type."""
    for wrong in (np.array(0.52), np.array([0.52]), np.float64(0.52)):
        found = checks.close(wrong, 0.25, tolerance=0.01)
        assert found.status == "wrong"
        assert "0.52" in found.message


def test_a_view_waits_until_its_exercise_is_done() -> None:
    """Neither open nor wrong shows it; a line says when it comes."""
    for status in ("todo", "wrong"):
        waiting = checks.after(checks.Check(status, "No."), "the view").text
        assert "The result appears here when the exercise above is done" in waiting
        assert "the view" not in waiting
        later = checks.after(checks.Check(status, "No."), "the view", "reading", exercise=5).text
        assert "The reading appears here when exercise 5 is done" in later
    assert checks.after(checks.Check("done", "Right."), "it") == "it"


def test_every_kind_of_check_is_used() -> None:
    """A function of the module that no lesson and no page calls is dead weight."""
    source = (ROOT / "helpers" / "checks.py").read_text(encoding="utf-8")
    own = {n.name for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)}
    files = [*(ROOT / "helpers").rglob("*.py"), *(ROOT / "solutions").glob("*.py")]
    called = {
        node.attr
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "checks"
    }
    assert {name for name in own if not name.startswith("_")} <= called
