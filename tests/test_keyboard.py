"""Exercises are done with the keyboard alone, all of all notebooks: no mouse, no focus().

A key is slow in a long notebook: it takes minutes each.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import Server, open_page
from tests.editor import solved_code
from tests.support import NAMES

pytestmark = pytest.mark.deep

FOCUS = """() => {
  const cell = document.activeElement.closest('[data-cell-name]');
  return {cell: cell ? cell.dataset.cellName : '',
    editing: document.activeElement.classList.contains('cm-content')};
}"""

ENTER = 8
"""How often Tab is pressed, at most, until a cell has the focus (five times in marimo 0.25)."""

WRONG = {
    ("01_causal_graphs", "exercise_1_predict"): (
        'owners_answer = "rises by about 5"',
        "Why were some evenings dear?",
    ),
}
"""(Notebook, exercise cell) -> a wrong answer, and a part of its hint."""


class Learner:
    """Somebody at a notebook in marimo's editor who has no mouse.

    Tab goes into the page, Escape leaves the code for the cell, arrows go from cell to cell, Enter
    goes into the code.
    """

    def __init__(self, page: Any) -> None:
        self.page = page
        self.order = page.evaluate(
            "() => [...document.querySelectorAll('[data-cell-name]')].map(e => e.dataset.cellName)"
        )

    @property
    def focus(self) -> dict[str, Any]:
        """Return the cell that has the focus, and whether its code is being edited."""
        return self.page.evaluate(FOCUS)

    def leave(self) -> str:
        """Leave the code, or a control; return the cell that then has the focus."""
        for _ in range(4):
            here = self.focus
            if here["cell"] and not here["editing"]:
                return here["cell"]
            self.page.keyboard.press("Escape")
        raise AssertionError(f"no way out of {self.focus}")

    def enter(self) -> None:
        """Go past the tools beside the page to its first cell."""
        for _ in range(ENTER):
            if self.focus["cell"]:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no cell has the focus after {ENTER} times Tab")

    def go_to(self, cell: str) -> None:
        """Go to a cell with the arrows."""
        wanted = self.order.index(cell)
        for _ in range(10):
            steps = wanted - self.order.index(self.leave())
            if not steps:
                return
            for _ in range(abs(steps)):
                self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        raise AssertionError(f"{cell} cannot be reached; the focus is at {self.focus}")

    def answer(self, cell: str, code: str) -> None:
        """Replace the code of a cell, and run it."""
        self.go_to(cell)
        # marimo makes a cell's editor when the cell comes into sight: grey lines until then.
        self.page.locator(f"[data-cell-name='{cell}'] .cm-content").wait_for()
        self.page.keyboard.press("Enter")
        self.page.wait_for_function("() => document.activeElement.matches('.cm-content')")
        assert self.focus["cell"] == cell
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Control+Enter")


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_is_done_by_keyboard(name: str, browser: Any, course: Path) -> None:
    """Each goes from to do to done with Tab, Escape, arrows, Enter and Ctrl+Enter.

    A wrong answer gets the hint that fits it.
    """
    every = solved_code(name)
    with (
        Server(course, "edit", f"notebooks/{name}.py") as server,
        closing(open_page(browser, server.url)) as page,
    ):
        page.get_by_text(f"of {len(every)} done").first.wait_for()
        learner = Learner(page)
        learner.enter()
        for cell, (code, check) in every.items():
            judged = page.locator(f"[data-cell-name={check}]")
            judged.get_by_text("To do.").first.wait_for()
            if (name, cell) in WRONG:
                wrong, hint = WRONG[name, cell]
                learner.answer(cell, wrong)
                judged.get_by_text("Not yet.").first.wait_for()
                judged.get_by_text(hint).first.wait_for()
            learner.answer(cell, code)
            judged.get_by_text("Done.").first.wait_for()
        page.get_by_text(f"{len(every)} of {len(every)} done").first.wait_for()
        assert not page.failures
    assert len(every) >= 4
