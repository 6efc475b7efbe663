"""A page as an attendee meets it: read from the files, and measured in marimo's editor.

A strip is a hidden cell that is more than `mo.md`: the editor shows its first line in grey.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.course.derive import EXERCISE, MARKER, MARKS, Cell, _judges, _used
from tests.browsing import READY_S, Server
from tests.claims import prose
from tests.pages import code_of
from tests.support import ROOT, cells

SCREEN = {"width": 1280, "height": 900}
ROUNDS = 4
"""How often a page is scrolled through, at most, until its height stays the same."""


# From the files ----------------------------------------------------------------------------------


def is_hidden(cell: Cell) -> bool:
    """Return whether the editor hides the code of a cell."""
    return any("hide_code=True" in line for line in cell.lines[:3])


def is_prose(cell: Cell) -> bool:
    """Return whether a cell is `mo.md(...)` and nothing else, not even a comment."""
    if cell.kind != "cell":
        return False
    body = [node for node in cell.node.body if not isinstance(node, ast.Return)]
    if len(body) != 1 or cell.shown is None or not isinstance(cell.shown, ast.Call):
        return False
    above = cell.lines[cell.node.lineno - cell.start : body[0].lineno - 1 - cell.start]
    alone = not any(line.strip().startswith("#") for line in above)
    return alone and ast.unparse(cell.shown.func) == "mo.md"


def code_lines(cell: Cell) -> list[str]:
    """Return the lines of a cell that an editor shows: no decorator, signature or blank line."""
    if cell.kind == "function":
        start = cell.node.lineno - 1 - cell.start
    else:
        start = cell.node.body[0].lineno - 1 - cell.start
        while start and cell.lines[start - 1].strip().startswith("#"):
            start -= 1  # a comment belongs to what stands below it
    return [line.strip() for line in cell.lines[start:] if line.strip()]


def strips(path: Path) -> dict[str, str]:
    """Return the first line of each strip, by the name of its cell."""
    found = [cell for cell in cells(path) if is_hidden(cell) and not is_prose(cell)]
    return {cell.name: code_lines(cell)[0] for cell in found}


def words(path: Path) -> int:
    """Return the number of words of the prose."""
    return sum(len(re.findall(r"[A-Za-z]{2,}", text)) for text in prose(path))


def marks(path: Path) -> list[str]:
    """Return the maintainer's marks in a file: what `course derive` drops from notebooks."""
    text = path.read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if MARKS.match(line)]


def figures(name: str) -> dict[str, int]:
    """Return what can be counted without running a notebook.

    Returns:
        lines (of the solution), cells, strips, marks (both of the notebook), words.
    """
    solution, notebook = (ROOT / form / f"{name}.py" for form in ("solutions", "notebooks"))
    return {
        "lines": len(solution.read_text(encoding="utf-8").splitlines()),
        "cells": len(cells(notebook)),
        "strips": len(strips(notebook)),
        "marks": len(marks(notebook)),
        "words": words(notebook),
    }


def sections(path: Path) -> list[tuple[str, list[Cell]]]:
    """Return (heading, cells) of each section: from one `##` to the next, or to the references."""
    found: list[tuple[str, list[Cell]]] = [("", [])]
    for cell in cells(path):
        first = cell.prose or ""
        if re.match(r"##? |### (References|Knobs)\b", first):
            found.append((first.lstrip("# "), []))
        found[-1][1].append(cell)
    return found


def needs(cell: Cell) -> set[str]:
    """Return the names of others that a cell reads: its arguments, and functions of the page."""
    if cell.kind == "setup":
        return set()
    own = {node.arg for node in ast.walk(cell.node) if isinstance(node, ast.arg)}
    own |= {
        node.id
        for node in ast.walk(cell.node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    given = {each.arg for each in cell.node.args.args} if cell.kind == "cell" else set()
    return (_used(cell) - own) | given


def is_optional(heading: str) -> bool:
    """Return whether a first reader may skip a section."""
    return heading.rstrip().endswith("· optional")


def solved_code(name: str) -> dict[str, tuple[str, str]]:
    """Return exercise cell -> (its solved code, the check that judges it)."""
    source = cells(ROOT / "solutions" / f"{name}.py")
    checks = {cell.name: cell for cell in source if re.match(r"check_\d+$", cell.name)}
    found = {}
    for cell in source:
        if cell.markers:
            lines = code_of(cell).splitlines()
            code = "\n".join(line for line in lines if not MARKER.match(line))
            page_name = f"*{cell.name}" if cell.kind == "function" else cell.name
            found[page_name] = (code, _judges(cell, checks)[0].name)
    return found


# In the editor -----------------------------------------------------------------------------------

LOOK = """() => {
  const app = document.querySelector('#App');
  const inside = function* (node) {
    for (const each of node.querySelectorAll('*')) {
      yield each;
      if (each.shadowRoot) yield* inside(each.shadowRoot);
    }
  };
  const drawn = e => /^(marimo-vega|marimo-mermaid)$/i.test(e.tagName)
    || e.matches('.vega-embed, .mermaid, svg[aria-roledescription], svg[role=graphics-document]');
  const text = node => [...node.childNodes].map(child =>
    child.nodeType === 3 ? child.data : child.shadowRoot
      ? text(child.shadowRoot) + text(child) : /^(STYLE|SCRIPT)$/.test(child.tagName)
        ? '' : text(child)).join(' ');
  const wrong = '.marimo-error, [data-testid=error], [data-mime*=error], .text-error';
  const cells = [...document.querySelectorAll('[data-cell-name]')]
    .filter(e => e.classList.contains('marimo-cell')).map(e => {
      const output = e.querySelector('.output-area, [data-testid=cell-output]');
      const code = e.querySelector('.cm');
      const here = e.getBoundingClientRect();
      return {
        name: e.dataset.cellName.replace(/^\\*/, ''),
        top: here.top + app.scrollTop,
        height: here.height,
        strip: !!(code && code.classList.contains('opacity-20')),
        picture: !!output && [...inside(output)].some(drawn),
        failed: !!(output && (output.matches(wrong) || output.querySelector(wrong))),
        text: output ? text(output).replace(/\\s+/g, ' ') : '',
      };
    });
  return {height: app.scrollHeight, cells};
}"""


@dataclass(frozen=True)
class Page:
    """A notebook in the editor before anything is typed.

    Attributes:
        height: of the whole page, in pixels.
        cells: in order: name, top and height (pixels), strip, picture, failed, text.
        failures: errors of the page's own scripts, those that come later too.
    """

    height: int
    cells: tuple[dict[str, Any], ...]
    failures: list[str]

    @property
    def strips(self) -> list[str]:
        """Return the names of the cells that show a grey first line."""
        return [cell["name"] for cell in self.cells if cell["strip"]]

    @property
    def text(self) -> str:
        """Return what all cells show, as text."""
        return "\n".join(cell["text"] for cell in self.cells)

    def within(self, top: float, bottom: float) -> list[dict[str, Any]]:
        """Return the cells that begin between two heights."""
        return [cell for cell in self.cells if top <= cell["top"] < bottom]

    @property
    def first_to_see(self) -> dict[str, Any] | None:
        """Return the first cell with a picture, or an exercise."""
        wanted = (c for c in self.cells if c["picture"] or EXERCISE.match(c["name"]))
        return next(wanted, None)


@contextlib.contextmanager
def opened(
    browser: Any, course: Path, name: str, screens: int | None = None
) -> Iterator[tuple[Any, Page]]:
    """Open a notebook in the editor, wait until every cell has run, and measure the page.

    Args:
        browser: of playwright.
        course: folder that holds notebooks/.
        name: of the notebook.
        screens: scroll through so many screens only: what lies below is not measured well. The
            editor makes a cell when it comes into sight, which takes most of the time.

    Yields:
        The page of playwright, to go on with, and what was measured.
    """
    with Server(course, "edit", f"notebooks/{name}.py") as server:
        page = browser.new_page(viewport=SCREEN)
        failures: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(server.url)
        page.get_by_text(re.compile(r"\d+ of \d+ done")).first.wait_for(timeout=READY_S * 1000)
        wait_until_still(page, screens=screens)
        found = page.evaluate(LOOK)
        for _ in range(120 if screens else 0):  # what draws a chart is loaded when it is needed
            if any(c["picture"] and c["top"] < 2 * SCREEN["height"] for c in found["cells"]):
                break
            page.wait_for_timeout(500)
            found = page.evaluate(LOOK)
        yield page, Page(found["height"], tuple(found["cells"]), failures)
        page.close()


def look_at(browser: Any, course: Path, name: str) -> Page:
    """Return what is measured of a notebook in the editor, scrolled through to its end."""
    with opened(browser, course, name) as (_, measured):
        return measured


def wait_until_still(page: Any, patience_s: int = READY_S, screens: int | None = None) -> None:
    """Wait until no cell runs, and until scrolling through the page changes its height no more.

    Args:
        page: of playwright.
        patience_s: how long to wait for the cells.
        screens: scroll through so many screens only; None: through all of them.
    """
    busy = "[data-testid=cell-status][data-status=running],[data-status=queued]"
    page.wait_for_function(
        f"() => !document.querySelector({busy!r})", timeout=1000 * patience_s, polling=500
    )
    before, here = 0, page.evaluate("() => document.querySelector('#App').scrollHeight")
    for _ in range(ROUNDS):
        if here == before:
            return
        before = here
        # An editor is made when it comes into sight.
        end = here if screens is None else screens * SCREEN["height"]
        for top in range(0, end, SCREEN["height"] // 2):
            page.evaluate("top => document.querySelector('#App').scrollTo(0, top)", top)
            page.wait_for_timeout(60)
        page.evaluate("() => document.querySelector('#App').scrollTo(0, 0)")
        page.wait_for_timeout(700)
        here = page.evaluate("() => document.querySelector('#App').scrollHeight")
