"""The gallery: a page a notebook, plain, offline, with its pictures, and a search."""

from __future__ import annotations

import ast
import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import altair as alt
import marimo as mo
import pandas as pd
import pytest

from helpers import gallery, graphs
from helpers.checks import close
from tests.support import NAMES, ROOT, cells
from tests.support import SHOWN as NAME

MAX_MIB = 60
VOID = {"meta", "link", "img", "br", "hr", "input", "source", "col"}
ASSET = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src"}


class Assets(HTMLParser):
    """Collects what a page loads, what it links to, its pictures without words, and its tags."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.alts: list[str] = []
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        found = dict(attrs)
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag in ASSET and found.get(ASSET[tag]):
            self.loads.append(found[ASSET[tag]])
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag == "img":
            self.alts.append(found.get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        """Note an element that closes what is not open."""
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


@pytest.fixture(scope="module")
def page(site: Path) -> Assets:
    """Return what the page of the notebook loads."""
    return Assets(site / NAME / "index.html")


def test_nothing_comes_from_another_host(site: Path, page: Assets) -> None:
    """Every asset is a file of the site; pictures and the style ask nobody for anything."""
    for folder, found in ((site / NAME, page), (site, Assets(site / "index.html"))):
        assert len(found.loads) >= 2
        for asset in found.loads:
            assert asset == "data:," or (folder / asset).is_file(), asset
    for file in [*site.rglob("*.svg"), *site.rglob("*.css")]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"(href|src)=\"https?:|url\(['\"]?https?:|@import", text), file.name


def test_page_needs_no_script(site: Path, page: Assets) -> None:
    """What marimo's own scripts would draw has been drawn: none of its elements is left."""
    text = (site / NAME / "index.html").read_text(encoding="utf-8")
    assert "script" not in page.tags
    assert not [tag for tag in page.tags if tag.startswith("marimo")]
    assert not re.search(r"\son\w+=\"", text)
    assert "<!-- cover: figure-" in text


def test_elements_nest(site: Path, page: Assets) -> None:
    """Every element that opens is closed, in order."""
    for found in (page, Assets(site / "index.html")):
        assert not found.faults
        assert not found.open


def test_pictures_are_there_and_described(site: Path, page: Assets) -> None:
    """Each chart and graph of the notebook is a picture with its description, and not blank."""
    pictures = sorted((site / NAME).glob("figure-*.svg"))
    assert len(pictures) >= 20
    assert {path.name for path in pictures} == {s for s in page.loads if s.startswith("figure")}
    assert all(len(alt) > 0 for alt in page.alts)
    assert sum(len(alt) > 40 for alt in page.alts) >= len(pictures)
    for path in pictures:
        tree = ET.parse(path)  # noqa: S314
        drawn = [
            e for e in tree.iter() if e.tag.split("}")[1] in ("path", "rect", "text", "polygon")
        ]
        assert len(drawn) > 4, path.name


def test_page_holds_the_notebook(site: Path) -> None:
    """Sections and code of the solution are on the page; speaker notes are not."""
    text = (site / NAME / "index.html").read_text(encoding="utf-8")
    source = "\n".join("\n".join(cell.lines) for cell in cells(ROOT / f"solutions/{NAME}.py"))
    headings = re.findall(r"^    ## ([^`{*\n]+)$", source, re.MULTILINE)
    assert len(headings) >= 10
    said = gallery._words(text)
    missing = [heading for heading in headings if " ".join(heading.split()) not in said]
    assert not missing
    assert text.count("<details>") >= 20
    assert "# notes:" not in text
    assert "# slide:" not in text


def test_first_page_has_a_card_and_a_search(site: Path) -> None:
    """A card says question, minutes and level, and can be found by a word of the notebook."""
    text = (site / "index.html").read_text(encoding="utf-8")
    entry = gallery.entries()[NAME]
    assert text.count("<li ") == 1
    assert entry["question"] in text
    assert f"{entry['minutes']} minutes · {entry['level']}" in text
    (words,) = re.findall(r'data-words="([^"]+)"', text)
    assert {"collider", "positivity", "randomisation"} & set(words.split())
    assert '<label for="search">' in text


def test_entries_are_those_of_the_readme() -> None:
    """Every notebook that the table links to has an entry, with nothing empty."""
    found = gallery.entries()
    linked = re.findall(r"\]\(notebooks/(\w+)\.py\) ·", (ROOT / "README.md").read_text("utf-8"))
    assert list(found) == linked
    assert len(found) >= 8
    assert all(all(entry.values()) for entry in found.values())


def test_whole_site_stays_small(site: Path) -> None:
    """One page takes less than its share of the 60 MiB of the whole site."""
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    assert size < MAX_MIB * 2**20 / len(gallery.entries())


def test_without_the_drawer_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without vl-convert nothing is run or written but the line that repairs it."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert gallery.main([str(tmp_path), "--only", NAME]) == 1
    assert "uv sync --locked --group dev" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.html"))


def test_an_unknown_notebook_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong name gets the list of those there are."""
    assert gallery.main([str(tmp_path), "--only", "99_nothing"]) == 1
    assert NAME in capsys.readouterr().err


def test_drawing_reads_a_graph_back(tmp_path: Path) -> None:
    """Every node and arrow of a graph is drawn; a cut arrow is not; a cause stands at the left."""
    graph = graphs.dag(
        [("z", "x"), ("x", "m"), ("m", "y"), ("z", "y"), ("u", "y")],
        treatment="x",
        outcome="y",
        hidden=["u"],
    )
    drawing = gallery.Drawing.read(graph.mermaid())
    assert set(drawing.labels.values()) == set(graph.nodes)
    names = {(drawing.labels[a], drawing.labels[b]) for a, b, _ in drawing.arrows}
    assert names == set(graph.edges)
    places, _ = drawing._places()
    assert all(places[a][0] < places[b][0] for a, b, _ in drawing.arrows)
    assert drawing.svg().count('class="arrow"') == 5
    assert drawing.svg().count('stroke-dasharray="3 4"') == 1
    cut = gallery.Drawing.read(graph.do("x").mermaid())
    assert cut.svg().count('class="arrow"') == 4
    assert "do(x)" in cut.svg()
    shapes = gallery.Drawing.read(graph.adjusting("z").mermaid()).svg()
    assert shapes.count("<polygon") == 1
    spots = {places[node] for node in drawing.labels}
    assert len(spots) == len(graph.nodes)
    assert "x causes m" in gallery.Figures(tmp_path).graph(graph.mermaid())


def test_outputs_become_plain_html(tmp_path: Path) -> None:
    """Tables, checks, callouts, sliders, formulas and scripts: each has a plain form."""
    figures = gallery.Figures(tmp_path)
    frame = pd.DataFrame({"effect": [0.12345]})
    assert "0.123" in gallery.shown(frame, figures)
    assert "0.123" in gallery.shown(frame["effect"], figures)
    assert gallery.shown(None, figures) == ""
    assert gallery.shown("<b>", figures) == "<pre>&lt;b&gt;</pre>"
    slider = mo.ui.slider(0, 2, value=1, label="pull")
    assert gallery.shown(slider, figures) == '<span class="control">pull: 1</span>'
    assert "<strong>so</strong>" in gallery.shown(mo.callout(mo.md("**so**")), figures)
    assert "Done" in gallery._words(gallery.shown(close(1.0, 1.0, tolerance=0.1), figures))
    assert gallery.static("<p onclick='x()'>a<script>b</script></p>", figures) == "<p>a</p>"
    formula = gallery.shown(mo.md(r"a $\tau_i$ b"), figures)
    assert r"\tau_i" in formula
    assert "marimo" not in formula


def test_charts_keep_their_width_and_words(tmp_path: Path) -> None:
    """A chart as wide as its page gets the course's width; its description becomes the alt text."""
    pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    chart = alt.Chart(pd.DataFrame({"a": [1, 2]})).mark_point().encode(x="a:Q")
    chart = chart.properties(width="container", description='Two "points".')
    figures = gallery.Figures(tmp_path)
    shown = gallery.shown(mo.vstack([chart]), figures)
    assert 'alt="Two &quot;points&quot;."' in shown
    drawn = (tmp_path / "figure-00.svg").read_text(encoding="utf-8")
    assert float(re.search(r'width="([\d.]+)"', drawn)[1]) >= 600
    assert figures.cover == "figure-00.svg"


def test_tab_stops_at_code(site: Path) -> None:
    """Code wider than the page scrolls with the keyboard."""
    text = (site / NAME / "index.html").read_text(encoding="utf-8")
    assert text.count("<pre") == text.count('<pre tabindex="0"') > 20


def test_code_is_what_a_reader_types() -> None:
    """No decorator, signature, note or `return` of marimo's; a function stays whole."""
    found = [cell for name in NAMES for cell in cells(ROOT / "solutions" / f"{name}.py")]
    assert len(found) > 500
    for cell in found:
        if cell.kind == "setup":
            continue
        code = gallery.code_of(cell)
        tree = compile(code, cell.name, "exec", ast.PyCF_ONLY_AST)
        assert not [node for node in tree.body if isinstance(node, ast.Return)]
        assert "@app" not in code
        assert "# notes:" not in code
        whole = (f"def {cell.name}(", f"class {cell.name}", "@functools")
        assert code.startswith(whole) or cell.kind == "cell"


def test_the_workflow_builds_what_the_readme_says() -> None:
    """The page on the web is made by the same command."""
    text = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    assert "python -m helpers.course.gallery build/gallery" in text
    assert "uv sync --locked --group dev" in text
    assert "path: build/gallery" in text
    assert shutil.which("git") is None or "build/" in (ROOT / ".gitignore").read_text("utf-8")


def test_runs_are_told_apart(tmp_path: Path) -> None:
    """Another run's pictures are cleared: a page never shows those of an older notebook."""
    pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    own = tmp_path / NAME
    own.mkdir()
    (own / "figure-99.svg").write_text("<svg/>")
    count = len(cells(ROOT / "solutions" / f"{NAME}.py")) - 1

    def execute(_: Any) -> list[Any]:
        return [None] * count

    gallery.build(NAME, tmp_path, execute=execute)
    assert not (own / "figure-99.svg").exists()
    assert "<img" not in (tmp_path / "index.html").read_text(encoding="utf-8")
