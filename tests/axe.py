"""What axe-core finds on a page: `uv run python -m tests.axe [FOLDER | FILE.py ...]`.

A folder is a gallery, with every page below it; a file is a notebook or a deck, in which each
slide is looked at. Needs a Chromium, the dev group, and axe-core in build/axe:

    npm install --no-save --prefix build/axe axe-core@4.14.1
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.course import derive, gallery
from tests.browsing import Server, chromium, copy_course, open_page, wait_for_slides, walk
from tests.support import ROOT

AXE = ROOT / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
MARIMO = {
    "summary-name": (
        ".vega-embed",
        "the menu of three dots that vega-embed puts on a chart has its name as a tooltip alone",
    ),
    "button-name": (
        "button[aria-haspopup=menu][id^=radix]",
        "the menu at the top right of a running page, of marimo, has no name",
    ),
    "scrollable-region-focusable": (
        ".absolute.opacity-0.overflow-auto",
        "the outline at the right of a running page, of marimo, scrolls while it is hidden",
    ),
    "aria-input-field-name": (
        ".cm-content, [aria-autocomplete=list]",
        "marimo shows code, read only, in an editor without a name; so is its choice of many",
    ),
    "color-contrast": (
        ".cm-editor, [class*=grass-11]",
        "the colours of code, and of the grey first lines, are those of marimo's theme",
    ),
    "svg-img-alt": (
        ".role-mark[aria-roledescription*=rule]",
        "Vega names the drawing, which the course describes, and not the container of a rule in it",
    ),
    "label": (
        "input[type=file][tabindex='-1']",
        "the hidden field behind marimo's button for a file has its name on the button alone",
    ),
}
"""Rule -> (selector, reason): what marimo's own front end brings and the course cannot mend."""

FIND = """async known => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  const element = target => target.flat().reduce(
    (at, each) => at && (at.shadowRoot || at).querySelector(each), document);
  return found.violations.flatMap(rule => rule.nodes.map(node => {
    const here = element(node.target);
    return {rule: rule.id, impact: node.impact || rule.impact,
      where: node.target.flat().join(' > '), html: node.html.slice(0, 240),
      why: (node.failureSummary || '').split('\\n').slice(1).join(' ').trim(),
      known: !!(known[rule.id] && here && here.closest(known[rule.id]))};
  }));
}"""


@dataclass(frozen=True)
class Violation:
    """One element that breaks one rule.

    Attributes:
        page: what was looked at: a file, or a deck and its slide.
        rule: of axe-core, by its id.
        impact: "minor", "moderate", "serious" or "critical".
        where: selector of the element.
        html: its first characters.
        why: what axe-core says must change.
        known: listed in `MARIMO`: not the course's to mend.
    """

    page: str
    rule: str
    impact: str
    where: str
    html: str
    why: str
    known: bool

    def __str__(self) -> str:
        return (
            f"{self.page}: {self.impact} {self.rule}, {self.where}\n    {self.html}\n    {self.why}"
        )


def violations(page: Any, name: str) -> list[Violation]:
    """Return what axe-core finds on an open page of the browser.

    Args:
        page: of playwright.
        name: what to call it in messages.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.add_script_tag(path=AXE)
    known = {rule: selector for rule, (selector, _) in MARIMO.items()}
    return [Violation(name, **found) for found in page.evaluate(FIND, known)]


def in_gallery(browser: Any, folder: Path) -> Iterator[list[Violation]]:
    """Yield what each page of a gallery violates, with all code shown."""
    with gallery.server(folder, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for file in sorted(folder.rglob("index.html")):
            name = file.relative_to(folder).as_posix()
            address = f"http://127.0.0.1:{server.server_address[1]}/{name}?show-code=true"
            page = open_page(browser, address)
            if page.locator("#root").count():  # marimo's front end draws the page
                page.locator("#root h1").first.wait_for()
                page.wait_for_timeout(5_000)
            yield violations(page, name)
            page.close()
        server.shutdown()


def in_deck(browser: Any, course: Path, deck: str) -> Iterator[list[Violation]]:
    """Yield what each step through the slides violates; `deck` is like slides/opening."""
    source = (course / f"{deck}.py").read_text(encoding="utf-8")
    kinds = [slide["type"] for slide in derive.slides_of(derive.cells_of(source))]
    with Server(course, "run", f"{deck}.py", "--include-code") as server:
        page = open_page(browser, server.url)
        page.wait_for_selector(".reveal section.present")
        wait_for_slides(page, sum(kind in ("slide", "sub-slide") for kind in kinds))
        page.wait_for_timeout(500)
        for here in walk(page, 3 * len(kinds)):
            yield violations(page, f"{deck}, {here['cell']}")
        page.close()


def in_notebook(browser: Any, course: Path, name: str) -> Iterator[list[Violation]]:
    """Yield what the page of a notebook violates; `name` is like notebooks/01_causal_graphs."""
    with Server(course, "run", f"{name}.py") as server:
        page = open_page(browser, server.url)
        page.get_by_text("done").first.wait_for()
        page.wait_for_timeout(5_000)
        yield violations(page, name)
        page.close()


def main(arguments: list[str] | None = None) -> int:
    """Print what the pages violate; return 1 where something grave is not marimo's own."""
    parser = argparse.ArgumentParser(prog="python -m tests.axe", description="Look with axe-core.")
    parser.add_argument("places", nargs="*", type=Path, default=[ROOT / "build" / "gallery"])
    places = [place.resolve() for place in parser.parse_args(arguments).places]
    grave = 0
    with chromium() as browser, tempfile.TemporaryDirectory() as copy:
        course = copy_course(Path(copy))
        for place in places:
            name = str(place.relative_to(ROOT).with_suffix("")) if place.is_file() else ""
            if place.is_dir():
                looks = in_gallery(browser, place)
            elif 'layout_file="' in place.read_text(encoding="utf-8"):
                looks = in_deck(browser, course, name)
            else:
                looks = in_notebook(browser, course, name)
            seen: set[str] = set()
            for number, found in enumerate(looks, 1):
                new = [each for each in found if str(each) not in seen]
                seen |= {str(each) for each in new}
                own = [each for each in new if not each.known]
                grave += sum(each.impact in GRAVE for each in own)
                sys.stdout.write(f"{place.name} {number}: {len(found)} found, {len(own)} own\n")
                sys.stdout.writelines(f"{each}\n" for each in own)
                sys.stdout.flush()
    sys.stdout.write(f"{grave} serious or critical\n")
    return int(bool(grave))


if __name__ == "__main__":
    raise SystemExit(main())
