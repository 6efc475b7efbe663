"""The gallery: pages and slides of every notebook, a list with a search, and no other host.

Quick: a small course of one notebook and one deck, made here. Deep: the course's own 02 and opening
deck.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from helpers.course import derive, gallery
from tests.support import DECKS, NAMES, ROOT
from tests.support import SHOWN as NAME

MAX_MIB = 60
SMALL, DECK = "01_small", "start"
NOTEBOOK = '''
import marimo

app = marimo.App(app_title="Does it rain?", layout_file="layouts/01_small.slides.json",
                 css_file="../slides/theme.css")

with app.setup:
    import altair as alt
    import marimo as mo
    import pandas as pd

    from helpers import graphs


@app.cell(hide_code=True)
def title():
    # notes: Aim: whispered to the speaker. Minutes: 2.
    mo.md("""
    # Does it rain?

    A barometer falls, and **umbrellas** open: $\\\\tau = 1$.
    """)
    return


@app.cell(hide_code=True)
def picture():
    # slide: sub-slide
    mo.vstack([
        mo.ui.slider(0, 3, label="clouds"),
        alt.Chart(pd.DataFrame({"clouds": [1, 2], "rain": [2, 5]}))
        .mark_point()
        .encode(x="clouds:Q", y="rain:Q")
        .properties(width="container", title="More clouds, more rain"),
    ])
    return


@app.cell(hide_code=True)
def drawing():
    # slide: sub-slide
    graphs.dag([("clouds", "rain")], treatment="clouds", outcome="rain").draw()
    return


@app.cell
def exercise_1_rain():
    # solution
    #| rain = ...
    rain = 42
    rain
    return (rain,)


@app.cell(hide_code=True)
def check_1(rain):
    mo.md(f"It rains {rain} mm.")
    return


if __name__ == "__main__":
    app.run()
'''
TALK = """
import marimo

app = marimo.App(app_title="Good morning", layout_file="layouts/start.slides.json",
                 css_file="theme.css")


@app.cell(hide_code=True)
def welcome():
    import marimo as mo
    mo.md("# Good morning")
    return (mo,)


@app.cell(hide_code=True)
def second(mo):
    mo.md("## And so on")
    return


if __name__ == "__main__":
    app.run()
"""
README = """
| notebook | question | minutes | before | level |
|---|---|---|---|---|
| [01 rain](notebooks/01_small.py) · [s](solutions/01_small.py) | Does it rain? | 7 + 5 | 00 | A |
"""


def make_course(root: Path) -> Path:
    """Write a course of one notebook and one deck, with the layouts that derive gives them."""
    for folder in ("solutions", "slides"):
        (root / folder / "layouts").mkdir(parents=True)
    for folder, name, text in (("solutions", SMALL, NOTEBOOK), ("slides", DECK, TALK)):
        (root / folder / f"{name}.py").write_text(text.lstrip(), encoding="utf-8")
        layout = derive.layout_of(text.lstrip())
        (root / folder / "layouts" / f"{name}.slides.json").write_text(layout, encoding="utf-8")
    shutil.copy(ROOT / "slides" / "theme.css", root / "slides")
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "README.md").write_text(README, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the gallery of a course of one notebook and one deck."""
    root = make_course(tmp_path_factory.mktemp("small"))
    folder = root / "build" / "gallery"
    pages = [gallery.build(name, folder, root) for name in (SMALL, DECK)]
    assert pages == [folder / SMALL / "index.html", folder / DECK / "slides.html"]
    return folder


@pytest.fixture(scope="module")
def address(small: Path) -> Iterator[str]:
    """Return where the small gallery is served, by the command's own server."""
    yield from served(small)


def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; yield its address."""
    with gallery.server(folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def others(asked: list[str], address: str) -> list[str]:
    """Return the addresses that a page asked for and that are not of its own host."""
    return [url for url in asked if not url.startswith((address, "data:", "blob:"))]


class Loads(HTMLParser):
    """Collects what a page loads by itself, and what it links to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        elif found.get("src") or (tag == "link" and found.get("href")):
            self.found.append(found.get("src") or found.get("href") or "")


def test_everything_that_a_page_loads_is_there(small: Path) -> None:
    """Every script, style, font and picture that a page names is a file of the site."""
    pages = [page for page in small.rglob("*.html") if page.parent.name != gallery.FRONT_END]
    assert len(pages) == 4
    for page in pages:
        loads = Loads(page)
        assert len(loads.found) >= (2 if find_spec("vl_convert") else 1), page  # a cover is drawn
        for name in [*loads.found, *loads.links]:
            assert (page.parent / name.split("?")[0]).exists() or name.startswith("?"), name
        assert "cdn." not in page.read_text(encoding="utf-8")


def test_page_and_slides_come_from_one_run(small: Path) -> None:
    """They differ in the layout alone; a deck has no page."""
    page = (small / SMALL / "index.html").read_text(encoding="utf-8")
    slides = (small / SMALL / "slides.html").read_text(encoding="utf-8")
    assert gallery.part(page, "layout") is None
    assert gallery.part(slides, "layout")["type"] == "slides"
    assert gallery.part(page, "session") == gallery.part(slides, "session")
    assert "rains 42 mm" in json.dumps(gallery.part(page, "session"))
    assert not (small / DECK / "index.html").exists()


def test_what_only_the_maintainer_reads_is_not_on_the_page(small: Path) -> None:
    """No mark in any code; the speaker's notes are on the slides, where `S` shows them."""
    for page in small.glob("*/*.html"):
        code = page.read_text(encoding="utf-8").split("<marimo-code")[1]
        assert not re.search(r"%23%20(notes|slide)|%23%7C", code), page
    text = (small / SMALL / "slides.html").read_text(encoding="utf-8")
    shown = [gallery.part(text, key) for key in ("notebook", "session")]
    assert "whispered" not in json.dumps(shown)
    assert "whispered" in json.dumps(gallery.part(text, "layout"))


def test_first_page_is_a_list_without_scripts(small: Path) -> None:
    """Question, minutes, level and links stand in the HTML; the search alone needs a script."""
    text = (small / "index.html").read_text(encoding="utf-8")
    assert text.count("<li ") == 2
    assert f'<a href="{SMALL}/index.html">Does it rain?</a>' in text
    assert "01 rain · 7 + 5 minutes · A · after 00" in text
    assert f'<a href="{SMALL}/slides.html">as slides</a>' in text
    assert f'<a href="{DECK}/slides.html">Good morning</a>' in text
    assert '<form role="search" hidden>' in text
    words = re.findall(r'data-words="([^"]+)"', text)
    assert "barometer" in words[0]
    assert "barometer" not in words[1]


def test_cover_is_the_first_chart(small: Path) -> None:
    """A PNG with something on it, where vl-convert is; a deck without a chart has none."""
    pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    data = (small / SMALL / "cover.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) > 2_000
    assert int.from_bytes(data[16:20]) > 500
    assert not (small / DECK / "cover.png").exists()
    assert (small / "index.html").read_text(encoding="utf-8").count("<img") == 1


def test_without_the_drawer_there_is_no_picture(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """vl-convert is one of the developers' tools; a teacher can do without."""
    text = (small / SMALL / "slides.html").read_text(encoding="utf-8")
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert gallery.picture_of(text) is None


def test_front_end_is_copied_once(small: Path) -> None:
    """Another notebook, the same folder; another marimo, another copy."""
    front_end = small / gallery.FRONT_END
    size = sum(path.stat().st_size for path in front_end.rglob("*") if path.is_file())
    assert 2**20 < size < MAX_MIB * 2**20 / 2
    mark = front_end / "mark"
    mark.touch()
    gallery.copy_front_end(small)
    assert mark.exists()
    (front_end / "version.txt").write_text("0.0.1", encoding="utf-8")
    gallery.copy_front_end(small)
    assert not mark.exists()


def test_in_a_browser_page_and_slides_are_complete(address: str, browser: Any) -> None:
    """Chart, graph, formula and slider are drawn; nothing fails and no other host is asked."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(120_000)
    asked, failures = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("response", lambda r: failures.append(r.url) if r.status >= 400 else None)
    page.goto(f"{address}/{SMALL}/index.html")
    page.get_by_role("heading", name="Does it rain?").wait_for()
    page.locator(".vega-embed :is(canvas, svg)").first.wait_for()
    page.locator("marimo-mermaid svg .node").first.wait_for()
    page.locator(".katex").first.wait_for()
    page.get_by_text("It rains 42 mm.").wait_for()
    assert page.get_by_text("rain = 42").count() == 0
    page.get_by_role("link", name="with code").click()
    page.get_by_text("rain = 42").wait_for()
    page.goto(f"{address}/{DECK}/slides.html")
    page.locator(".reveal section.present h1").wait_for()
    page.keyboard.press("ArrowRight")
    page.locator(".reveal section.present").get_by_text("And so on").wait_for()
    assert not failures
    assert len(asked) > 100
    assert others(asked, address) == []
    page.close()


def test_in_a_browser_the_search_finds(address: str, browser: Any) -> None:
    """A word of the page leaves its card alone; without scripts all cards stay."""
    page = browser.new_page()
    page.goto(address)
    page.get_by_label("Search").fill("umbrellas BAROMETER")
    page.get_by_text("1 of 2").wait_for()
    assert page.get_by_role("link", name="Does it rain?").is_visible()
    assert not page.get_by_role("link", name="Good morning").is_visible()
    page.close()
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(address)
    assert plain.get_by_role("link", name="Does it rain?").is_visible()
    assert plain.get_by_role("link", name="Good morning").is_visible()
    assert not plain.get_by_label("Search").is_visible()
    plain.context.close()


def test_server_answers_this_machine_with_what_browsers_need(address: str, small: Path) -> None:
    """Loopback; scripts as scripts, whatever the machine believes of `.js`; nothing above."""
    script = next((small / gallery.FRONT_END / "assets").glob("*.js")).name
    url = f"{address}/{gallery.FRONT_END}/assets/{script}"
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
        assert answer.headers["Content-Type"] == "text/javascript"
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{address}/../../README.md", timeout=10)  # noqa: S310
    assert address.startswith("http://127.0.0.1:")
    port = int(address.rsplit(":", 1)[1])
    with pytest.raises(gallery.GalleryError, match=f"Port {port} is taken"):
        gallery.server(small, port)


def test_command_serves_what_is_built(small: Path) -> None:
    """`--serve` of a folder that holds a gallery builds nothing, and says where to look."""
    command = [sys.executable, "-m", "helpers.course", "gallery", str(small), "--serve", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        with urllib.request.urlopen(found[0], timeout=10) as answer:  # noqa: S310
            assert b"Does it rain?" in answer.read()
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


def test_an_unknown_notebook_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong name gets the list of those there are."""
    assert gallery.main([str(tmp_path), "--only", "99_nothing"]) == 1
    said = capsys.readouterr().err
    assert NAME in said
    assert "opening" in said
    assert not list(tmp_path.iterdir())


def test_a_notebook_that_fails_leaves_the_old_page(tmp_path: Path) -> None:
    """What was there stays; the message says which notebook, and the error."""
    root = make_course(tmp_path / "course")
    source = root / "slides" / f"{DECK}.py"
    source.write_text(TALK.lstrip().replace('mo.md("## And', 'mo.nothing("## And'), "utf-8")
    old = tmp_path / "site" / DECK / "slides.html"
    old.parent.mkdir(parents=True)
    old.write_text("old", encoding="utf-8")
    with pytest.raises(gallery.GalleryError, match=rf"{DECK}\.py did not run") as failed:
        gallery.build(DECK, tmp_path / "site", root)
    assert f"uv run python slides/{DECK}.py" in str(failed.value)
    assert old.read_text(encoding="utf-8") == "old"


def test_an_export_that_changed_is_noticed(small: Path) -> None:
    """What is taken from marimo's export is looked for, not hoped for."""
    text = (small / SMALL / "slides.html").read_text(encoding="utf-8")
    with pytest.raises(gallery.GalleryError, match="'layout'"):
        gallery.as_page(text.replace('"layout": ', '"form": '))
    with pytest.raises(gallery.GalleryError, match="front end"):
        gallery.at_home(text)


def test_entries_are_those_of_the_readme_and_the_decks() -> None:
    """Every notebook of the table, with nothing empty, and every deck."""
    found = gallery.entries()
    assert list(found) == [*NAMES, *(Path(deck).name for deck in DECKS)]
    assert all(
        entry.question and entry.facts and entry.source.is_file() for entry in found.values()
    )
    assert found[NAME].question == "What should I control for?"
    assert " minutes · " in found[NAME].facts


def test_the_workflow_builds_what_the_readme_says() -> None:
    """The site on the web is made by the same command."""
    text = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    assert "course gallery build/gallery" in text
    assert "uv sync --locked --group dev" in text
    assert "path: build/gallery" in text
    assert "build/" in (ROOT / ".gitignore").read_text("utf-8")


@pytest.mark.deep
def test_a_whole_notebook_and_a_deck(site: Path, browser: Any) -> None:
    """Notebook 02 and the opening deck, as published: drawn, without errors or other hosts."""
    assert gallery.main([str(site), "--only", "opening"]) == 0
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    front_end = sum(p.stat().st_size for p in (site / "marimo").rglob("*") if p.is_file())
    share = (MAX_MIB * 2**20 - front_end) / len(gallery.entries())
    assert (size - front_end) / 2 < share
    for address in served(site):
        for name, drawn in ((f"{NAME}/index.html", ".vega-embed"), (f"{NAME}/slides.html", "h1")):
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.set_default_timeout(300_000)
            asked, failures = [], []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("pageerror", lambda error, failures=failures: failures.append(str(error)))
            page.goto(f"{address}/{name}")
            page.locator(drawn).first.wait_for()
            page.wait_for_timeout(3_000)
            assert not failures
            assert {
                url for url in asked if not url.startswith((address, "data:", "blob:"))
            } == set()
            page.close()
        page = browser.new_page()
        page.goto(f"{address}/opening/slides.html")
        page.locator(".reveal section.present h1").wait_for()
        page.close()
