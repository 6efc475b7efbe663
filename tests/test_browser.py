"""What a reader sees in a browser: pages, sliders, exercises and slides do what they promise.

Needs a Chromium and the dev group; `.ci/run` installs both.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers import derive
from tests.browsing import Server, open_page, wait_for_slides, walk
from tests.support import DECKS, NAMES, ROOT


class Decks:
    """Decks that are shown one after the other, the next one computing while one is read."""

    def __init__(self, browser: Any, course: Path, wanted: list[str]) -> None:
        self.browser, self.course, self.wanted = browser, course, wanted
        self.opened: dict[str, tuple[Server, Any]] = {}

    def page(self, deck: str) -> Any:
        """Return the page of a deck; open the one after it too."""
        place = self.wanted.index(deck)
        for each in self.wanted[place : place + 2]:
            if each not in self.opened:
                server = Server(self.course, "run", f"{each}.py", "--include-code").__enter__()
                self.opened[each] = (server, open_page(self.browser, server.url))
        return self.opened[deck][1]

    def close(self, deck: str) -> None:
        """Close the page of a deck, and end its server."""
        server, page = self.opened.pop(deck)
        page.close()
        server.__exit__()


@pytest.fixture(scope="module")
def decks(browser: Any, course: Path, request: pytest.FixtureRequest) -> Iterator[Decks]:
    """Return the decks that this run of the tests will ask for."""
    asked = [getattr(item, "callspec", None) for item in request.session.items]
    wanted = [spec.params["deck"] for spec in asked if spec and "deck" in spec.params]
    shown = Decks(browser, course, list(dict.fromkeys(wanted)))
    yield shown
    for deck in list(shown.opened):
        shown.close(deck)


@pytest.mark.parametrize("deck", [*(f"solutions/{n}" for n in NAMES), *DECKS])
def test_slides_advance_and_nothing_overflows(deck: str, decks: Decks) -> None:
    """Every slide of a solution or deck fits into 1280 x 720, in type of 20 px or more."""
    source = (ROOT / f"{deck}.py").read_text(encoding="utf-8")
    kinds = {cell.name: derive.slide_of(cell)["type"] for cell in derive.cells_of(source)}
    expected = [name for name, kind in kinds.items() if kind in ("slide", "sub-slide")]
    page = decks.page(deck)
    page.bring_to_front()
    page.wait_for_selector(".reveal section.present")
    there = wait_for_slides(page, len(expected))
    assert [cell for cell in expected if cell not in there] == [], "cells without a slide"
    seen: dict[str, dict[str, Any]] = {}
    page.wait_for_timeout(500)
    for here in walk(page, 3 * len(kinds)):
        seen[here["cell"]] = here
    failures = page.failures
    decks.close(deck)
    faults = {
        cell: {key: here[key] for key in ("down", "right", "size", "error")}
        for cell, here in seen.items()
        if here["down"] > 2 or here["right"] > 2 or here["size"] < 20 or here["error"]
    }
    assert not faults, "\n".join(f"{cell}: {fault}" for cell, fault in faults.items())
    assert list(seen) == expected
    assert not failures


def _reading(page: Any) -> str:
    """Return what a reader, or a screen reader, finds on the page: prose and chart descriptions."""
    return page.evaluate(
        "() => document.body.innerText + [...document.querySelectorAll('[role=graphics-document]')]"
        ".map(chart => chart.getAttribute('aria-label')).join()"
    )


def test_a_slider_moves_the_estimate(browser: Any, course: Path) -> None:
    """With the keyboard alone, a slider of the derived notebook changes what the page says."""
    with Server(course, "run", "notebooks/01_causal_graphs.py") as server:
        page = open_page(browser, server.url)
        slider = page.locator("[role=slider]").first
        slider.wait_for()
        page.get_by_text("of 7 done").first.wait_for()
        before = _reading(page)
        slider.focus()
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(1500)
        after = _reading(page)
        page.close()
    assert not page.failures
    assert before != after


def _type_into(page: Any, cell: str, code: str) -> None:
    """Replace the code of a cell in the editor, and run it."""
    editor = page.locator(f"[data-cell-name={cell}] .cm-content")
    editor.scroll_into_view_if_needed()
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")


def test_an_exercise_goes_from_to_do_to_done(browser: Any, course: Path) -> None:
    """In the editor: to do, then not yet with the hint that fits, then done."""
    with Server(course, "edit", "notebooks/01_causal_graphs.py") as server:
        page = open_page(browser, server.url)
        check = page.locator("[data-cell-name=check_1]")
        check.get_by_text("To do.").wait_for()
        _type_into(page, "exercise_1_predict", 'owners_answer = "rises by about 5"')
        check.get_by_text("Not yet.").wait_for()
        check.get_by_text("Why were some evenings dear?").first.wait_for()
        _type_into(page, "exercise_1_predict", 'owners_answer = "the record cannot tell"')
        check.get_by_text("Done.").wait_for()
        page.close()
    assert not page.failures
