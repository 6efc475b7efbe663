"""What the tests that need a browser share: a server, a page, the way through the slides."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from tests.support import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
READY_S = 240


class NoBrowserError(Exception):
    """There is no browser to test with; the message says what is missing."""


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Start a headless Chromium, for the time of a `with` block.

    Raises:
        NoBrowserError: no playwright, or no Chromium.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise NoBrowserError("needs the dev group (playwright)") from error
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        raise NoBrowserError("no Chromium on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield started
        started.close()


def copy_course(folder: Path, *, few: bool = True) -> Path:
    """Copy the pages, so that nothing that a browser does reaches the repository; return the copy.

    Args:
        folder: where to.
        few: take few draws (the knob DRAWS of a notebook), so that pages are there soon: what is
            looked at is the page, not the numbers. Otherwise a page finds the fits that the other
            tests of the run have kept.
    """
    for name in ("solutions", "notebooks", "slides"):
        ignore = shutil.ignore_patterns("__marimo__", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    for page in folder.glob("*/[0-9]*.py") if few else ():
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
        for _ in range(600):
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


SLIDES = "() => [...document.querySelectorAll('[data-testid=slide-scroll-container]')]"
CURRENT = """() => {
  const shown = [...document.querySelectorAll('section.present')].pop();
  const box = shown && shown.querySelector('[data-testid=slide-scroll-container]');
  const frame = box && box.getBoundingClientRect();
  const more = 'pre, table, li, img, svg, canvas, .cm-editor, marimo-vega, marimo-mermaid, '
    + 'marimo-mime-renderer, marimo-ui-element, marimo-tex, .katex-display';
  const inked = box ? [...box.querySelectorAll('h1, h2, h3, h4, p, .paragraph, ' + more)]
    .map(e => e.getBoundingClientRect()).filter(r => r.width > 2 && r.height > 2) : [];
  const top = Math.min(...inked.map(r => Math.max(r.top, frame.top)));
  const bottom = Math.max(...inked.map(r => Math.min(r.bottom, frame.bottom)));
  const told = box
    ? [...box.querySelectorAll('p, .paragraph')].map(e => e.innerText).join(' ') : '';
  const arrows = [...document.querySelectorAll('.reveal .controls button')]
    .filter(e => getComputedStyle(e).visibility !== 'hidden' && getComputedStyle(e).opacity > 0.15)
    .map(e => e.getBoundingClientRect()).filter(r => r.width > 2);
  const lines = [], range = document.createRange();
  const texts = box ? document.createTreeWalker(box, NodeFilter.SHOW_TEXT) : null;
  while (texts && texts.nextNode()) {
    if (!texts.currentNode.data.trim()) continue;
    range.selectNodeContents(texts.currentNode);
    if (texts.currentNode.parentElement.checkVisibility({visibilityProperty: true}))
      lines.push(...range.getClientRects());
  }
  const shared = (a, b) => Math.min(
    Math.min(a.right, b.right) - Math.max(a.left, b.left),
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
  return {
    text: shown ? shown.innerText : '',
    cell: shown && shown.querySelector('[data-cell-name]')
      ? shown.querySelector('[data-cell-name]').dataset.cellName : '',
    fragments: shown ? shown.querySelectorAll('.fragment.visible').length : 0,
    down: box ? box.scrollHeight - box.clientHeight : 0,
    right: box ? box.scrollWidth - box.clientWidth : 0,
    size: Math.min(...[...(shown
      ? shown.querySelectorAll('p, li, td, .paragraph, pre.text-xs') : [])]
      .filter(e => e.innerText.trim())
      .map(e => parseFloat(getComputedStyle(e).fontSize) * 1.5), 99),
    fill: inked.length ? (bottom - top) / frame.height : 0,
    bare: !!box && !box.querySelector(more) && told.split(/\\s+/).filter(Boolean).length < 25,
    covered: lines.filter(r => arrows.some(a => shared(r, a) > 4)).length,
    error: !!(shown && shown.querySelector('.marimo-error, [data-testid=error]')),
    drawing: !!box && [...box.querySelectorAll('marimo-vega, marimo-mime-renderer')]
      .some(e => e.getBoundingClientRect().height < 20),
    last: !document.querySelector('.reveal .slides section.future')
      && !(shown && shown.querySelector('.fragment:not(.visible)')),
  };
}"""
DRAWN_S = 5
"""So long a slide's charts may take until they are drawn; what is not there then is missing."""
ANSWER_S, PRESSES = 15, 3
"""So long a page may take to go on to its next slide, and so often it is asked to."""


def wait_for_slides(page: Any, expected: int, patience_s: int = 300) -> list[str]:
    """Return the cells that have slides, once all are there or none was added for a while."""
    count, since = 0, time.monotonic()
    while count < expected and time.monotonic() - since < patience_s:
        page.wait_for_timeout(500)
        found = page.evaluate(f"() => ({SLIDES})().length")
        if found > count:
            count, since = found, time.monotonic()
    cells = "[...document.querySelectorAll('.reveal [data-cell-name]')]"
    return page.evaluate(f"() => {cells}.map(cell => cell.dataset.cellName)")


def next_slide(page: Any, before: dict[str, Any]) -> dict[str, Any] | None:
    """Press the space bar; return what is shown once that has changed, None after the last slide.

    A busy page answers late, and one that is still being built loses the key: where there is more
    to show, the key is pressed again after `ANSWER_S`, `PRESSES` times in all.
    """
    for _ in range(PRESSES):
        page.keyboard.press("Space")
        for _ in range((1 if before["last"] else ANSWER_S) * 20):
            page.wait_for_timeout(50)
            here = page.evaluate(CURRENT)
            if (here["cell"], here["fragments"]) != (before["cell"], before["fragments"]):
                return when_drawn(page)
        if before["last"]:
            return None
    return None


def when_drawn(page: Any) -> dict[str, Any]:
    """Return what is shown, once the charts on the slide are drawn."""
    for _ in range(10 * DRAWN_S):
        page.wait_for_timeout(100)
        here = page.evaluate(CURRENT)
        if not here["drawing"]:
            break
    return here


def walk(page: Any, steps: int) -> Iterator[dict[str, Any]]:
    """Yield what is shown at each step through the slides, by the space bar."""
    here = when_drawn(page)
    for _ in range(steps):
        yield here
        after = next_slide(page, here)
        if after is None:
            return
        here = after
