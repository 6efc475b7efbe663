"""What a reader sees in a browser: pages, sliders, exercises and slides do what they promise.

Needs a Chromium and the dev group; `.ci/run` installs both.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.course import derive
from tests import browsing
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
    here = [item for item in request.session.items if item.path == request.path]
    asked = [getattr(item, "callspec", None) for item in here]
    wanted = [spec.params["deck"] for spec in asked if spec and "deck" in spec.params]
    shown = Decks(browser, course, list(dict.fromkeys(wanted)))
    yield shown
    for deck in list(shown.opened):
        shown.close(deck)


WALKED = "solutions/02_confounders_colliders_mediators"
"""The slides that the quick tier walks through."""
HALF, FULL = 0.5, 0.75
"""At least so much of a slide's height is used, on at least this share of the slides."""
EVERY = [*(f"solutions/{name}" for name in NAMES), *DECKS]


DEAF = """
<div class="reveal"><div class="slides">
  <section class="present"><p data-cell-name="one">1</p></section>
  <section class="future"><p data-cell-name="two">2</p></section>
  <section class="future"><p data-cell-name="three">3</p></section>
</div></div>
<script>
  let keys = 0;
  addEventListener("keydown", () => {
    const [shown, next] = ["present", "future"].map(each => document.querySelector("." + each));
    if (keys++ % 2 || !next) return;
    shown.className = "past";
    next.className = "present";
  });
</script>"""
"""Three slides that lose every second key."""


def test_a_walk_goes_on_after_a_lost_key(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy page that loses a key doesn't end the walk before the last slide; that one does."""
    monkeypatch.setattr(browsing, "ANSWER_S", 1)
    page = browser.new_page()
    page.set_content(DEAF)
    assert [here["cell"] for here in walk(page, 9)] == ["one", "two", "three"]
    assert page.evaluate("keys") == 4
    page.close()


@pytest.mark.parametrize(
    "deck",
    [deck if deck == WALKED else pytest.param(deck, marks=pytest.mark.deep) for deck in EVERY],
)
def test_slides_advance_and_nothing_overflows(deck: str, decks: Decks) -> None:
    """Every slide fits into 1280 x 720, in type of 20 px or more, no text under the arrows."""
    source = (ROOT / f"{deck}.py").read_text(encoding="utf-8")
    cells = derive.cells_of(source)
    kinds = {
        cell.name: slide["type"] for cell, slide in zip(cells, derive.slides_of(cells), strict=True)
    }
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
        cell: {key: here[key] for key in ("down", "right", "size", "covered", "error")}
        for cell, here in seen.items()
        if here["down"] > 2
        or here["right"] > 2
        or here["size"] < 20
        or here["covered"]
        or here["error"]
    }
    assert not faults, "\n".join(f"{cell}: {fault}" for cell, fault in faults.items())
    assert list(seen) == expected
    after_title = list(seen.items())[1:]
    bare = [cell for cell, here in after_title if here["bare"]]
    assert bare == [], "a headline with one sentence, and nothing to look at"
    empty = {cell: round(here["fill"], 2) for cell, here in after_title if here["fill"] < HALF}
    assert len(empty) <= (1 - FULL) * len(after_title), f"half empty: {empty}"
    assert not failures
