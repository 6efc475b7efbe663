"""What a reader sees in a browser: pages, sliders, exercises and slides do what they promise.

Needs a Chromium and the dev group; `.ci/run` installs both.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from helpers import derive
from tests.support import DECKS, NAMES, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
READY_S = 240


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the dev group (playwright)")
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the pages, so that nothing that a browser does reaches the repository.

    The copies take few draws (the knob DRAWS of a notebook), so that slides are there soon; what is
    looked at here is the page, not the numbers.
    """
    folder = tmp_path_factory.mktemp("course")
    for name in ("solutions", "notebooks", "slides"):
        ignore = shutil.ignore_patterns("__marimo__", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    for page in folder.glob("*/[0-9]*.py"):
        text = page.read_text(encoding="utf-8")
        page.write_text(
            re.sub(r"^    DRAWS = [\d_]+", "    DRAWS = 60", text, flags=re.MULTILINE), "utf-8"
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


class Server:
    """A marimo server on loopback, for the time of a `with` block."""

    def __init__(self, course: Path, *arguments: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.command = [sys.executable, "-m", "marimo", "-q", *arguments, "--headless"]
        self.command += ["--no-token", "--host", "127.0.0.1", "--port", str(self.port)]
        self.course = course

    @property
    def url(self) -> str:
        """Return the address of the page."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.log = (self.course / f"server-{self.port}.log").open("w+")
        self.process = subprocess.Popen(
            self.command, cwd=self.course, stdout=self.log, stderr=subprocess.STDOUT
        )
        for _ in range(200):
            try:
                urllib.request.urlopen(self.url, timeout=2)  # noqa: S310
            except OSError:
                time.sleep(0.2)
            else:
                return self
        self.__exit__()
        raise RuntimeError(f"{self.command} did not answer: {Path(self.log.name).read_text()}")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()


def open_page(browser: Any, url: str) -> Any:
    """Return a page of 1280 x 720 that notes the errors of its own scripts."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(READY_S * 1000)
    page.failures = []
    page.on("pageerror", lambda error: page.failures.append(str(error)))
    page.goto(url)
    return page


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


SLIDES = "() => [...document.querySelectorAll('[data-testid=slide-scroll-container]')]"
CURRENT = """() => {
  const shown = [...document.querySelectorAll('section.present')].pop();
  const box = shown && shown.querySelector('[data-testid=slide-scroll-container]');
  return {
    text: shown ? shown.innerText : '',
    cell: shown && shown.querySelector('[data-cell-name]')
      ? shown.querySelector('[data-cell-name]').dataset.cellName : '',
    fragments: shown ? shown.querySelectorAll('.fragment.visible').length : 0,
    down: box ? box.scrollHeight - box.clientHeight : 0,
    right: box ? box.scrollWidth - box.clientWidth : 0,
    size: Math.min(...[...(shown ? shown.querySelectorAll('p, li, td, .paragraph') : [])]
      .filter(e => e.innerText.trim())
      .map(e => parseFloat(getComputedStyle(e).fontSize) * 1.5), 99),
    error: !!(shown && shown.querySelector('.marimo-error, [data-testid=error]')),
  };
}"""


def _wait_for_slides(page: Any, expected: int, patience_s: int = 300) -> list[str]:
    """Return the cells that have slides, once all are there or none was added for a while."""
    count, since = 0, time.monotonic()
    while count < expected and time.monotonic() - since < patience_s:
        page.wait_for_timeout(500)
        found = page.evaluate(f"() => ({SLIDES})().length")
        if found > count:
            count, since = found, time.monotonic()
    cells = "[...document.querySelectorAll('.reveal [data-cell-name]')]"
    return page.evaluate(f"() => {cells}.map(cell => cell.dataset.cellName)")


def _next_slide(page: Any, before: dict[str, Any]) -> dict[str, Any] | None:
    """Return what is shown once the slide has changed; None where it was the last one."""
    for _ in range(30):
        page.wait_for_timeout(50)
        here = page.evaluate(CURRENT)
        if (here["cell"], here["fragments"]) != (before["cell"], before["fragments"]):
            page.wait_for_timeout(100)
            return page.evaluate(CURRENT)
    return None


@pytest.mark.parametrize("deck", [*(f"solutions/{n}" for n in NAMES), *DECKS])
def test_slides_advance_and_nothing_overflows(deck: str, decks: Decks) -> None:
    """Every slide of a solution or deck fits into 1280 x 720, in type of 20 px or more."""
    source = (ROOT / f"{deck}.py").read_text(encoding="utf-8")
    kinds = {cell.name: derive.slide_of(cell)["type"] for cell in derive.cells_of(source)}
    expected = [name for name, kind in kinds.items() if kind in ("slide", "sub-slide")]
    page = decks.page(deck)
    page.bring_to_front()
    page.wait_for_selector(".reveal section.present")
    there = _wait_for_slides(page, len(expected))
    assert [cell for cell in expected if cell not in there] == [], "cells without a slide"
    seen: dict[str, dict[str, Any]] = {}
    page.wait_for_timeout(500)
    here = page.evaluate(CURRENT)
    for _ in range(3 * len(kinds)):
        seen[here["cell"]] = here
        page.keyboard.press("Space")
        after = _next_slide(page, here)
        if after is None:
            break
        here = after
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
