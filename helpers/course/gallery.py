"""A static site of the executed solutions: `uv run python -m helpers.gallery [OUT] [--only NAME]`.

Prose, code, tables and pictures of every solution as plain pages: any file server shows them, a
folder on a disk does too, and no page asks another host for anything. What is live in a notebook
(sliders, exercises) is said, not imitated.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import html
import importlib.util
import io
import itertools
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from helpers.charts import WIDTH
from helpers.course.derive import PLUMBING, Cell, cells_of

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(
    r"^\| \[(?P<title>[^\]]+)\]\(notebooks/(?P<name>\w+)\.py\) .*?\| (?P<question>[^|]+?) "
    r"\| (?P<minutes>\d+) \| (?P<level>[^|]+?) \|$",
    re.MULTILINE,
)
MAX_ROWS = 20
MAX_TEXT = 2_000
TYPE_PT = 12.75  # 17 pixels, as the prose
DROPPED = ("script", "style", "iframe")
CONTROLS = (
    *("slider", "dropdown", "checkbox", "switch", "radio", "button", "text", "text-area"),
    *("multiselect", "number", "range-slider"),
)


class GalleryError(Exception):
    """The gallery cannot be built; the message says what to do."""


def entries(root: Path = ROOT) -> dict[str, dict[str, str]]:
    """Return name -> title, question, minutes and level of each notebook in the README's table."""
    text = (root / "README.md").read_text(encoding="utf-8")
    return {found["name"]: found.groupdict() for found in ROW.finditer(text)}


def svg_of(spec: dict[str, Any]) -> str:
    """Return a Vega-Lite chart as SVG, drawn without a browser.

    Raises:
        GalleryError: vl-convert, one of the developers' tools, is not installed.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise GalleryError(
            "Charts are drawn by vl-convert, one of the developers' tools. Install them with:\n"
            "    uv sync --locked --group dev"
        ) from error
    return vl_convert.vegalite_to_svg(_with_width(spec))


def _with_width(spec: Any) -> Any:
    """Return a specification in which a chart as wide as its page has the course's width."""
    if isinstance(spec, list):
        return [_with_width(part) for part in spec]
    if not isinstance(spec, dict):
        return spec
    parts = ("layer", "hconcat", "vconcat", "concat", "spec")
    new = {key: _with_width(value) if key in parts else value for key, value in spec.items()}
    return {**new, "width": WIDTH} if new.get("width") == "container" else new


# Drawings of graphs -----------------------------------------------------------------------------

NODE = re.compile(r'^(n\d+)([\[({]+)"(.*)"[\])}]+$')
ARROW = re.compile(r"^(n\d+) (-->|-\.->|~~~) (n\d+)$")
STEP_Y = 62
LOOKS = {
    "treatment": ("#0072B2", "#004c77", "#ffffff", ""),
    "outcome": ("#ffffff", "#000000", "#000000", ""),
    "adjusted": ("#009E73", "#00634a", "#000000", ""),
    "intervened": ("#D55E00", "#8f3f00", "#000000", ""),
    "unmeasured": ("#ffffff", "#7F7F7F", "#444444", "6 4"),
    "plain": ("#f2f2f2", "#7F7F7F", "#000000", ""),
}


@dataclass
class Drawing:
    """A causal graph as `helpers.graphs` writes it for Mermaid, read back.

    Attributes:
        labels: node -> what is written in it.
        roles: node -> its role, which decides fill, outline and dash.
        arrows: (from, to, kind), kind one of `-->`, `-.->` (from a hidden node), `~~~` (not drawn).
        words: the graph in words.
    """

    labels: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    arrows: list[tuple[str, str, str]] = field(default_factory=list)
    words: str = ""

    @classmethod
    def read(cls, text: str) -> Drawing:
        """Return the drawing that a Mermaid text of the course describes."""
        new = cls()
        for line in text.splitlines():
            if found := NODE.match(line):
                new.labels[found[1]] = html.unescape(found[3])
            elif found := ARROW.match(line):
                new.arrows.append((found[1], found[3], found[2]))
            elif line.startswith("class "):
                _, node, role = line.split()
                new.roles[node] = role
            elif line.startswith("accDescr: "):
                new.words = line.removeprefix("accDescr: ")
        return new

    def _width(self, node: str) -> int:
        return 9 * len(self.labels[node]) + 26 if node in self.labels else 0

    def _places(self) -> tuple[dict[str, tuple[float, float]], list[list[str]]]:
        """Return node -> (x, y) of its centre, and for each arrow the nodes that it passes.

        Layers are longest paths from the left; a long arrow gets a bend in every layer it crosses.
        """
        graph = nx.DiGraph([(a, b) for a, b, _ in self.arrows])
        graph.add_nodes_from(self.labels)
        layer: dict[str, int] = {}
        for node in nx.topological_sort(graph):
            layer[node] = 1 + max((layer[cause] for cause in graph.predecessors(node)), default=-1)
        for node in reversed(list(nx.topological_sort(graph))):  # a cause stands by its effect
            if not graph.in_degree(node) and graph.out_degree(node):
                layer[node] = min(layer[effect] for effect in graph.successors(node)) - 1
        routes = []
        for number, (a, b, _) in enumerate(self.arrows):
            bends = [f"bend-{number}-{at}" for at in range(layer[a] + 1, layer[b])]
            layer |= {bend: layer[a] + 1 + i for i, bend in enumerate(bends)}
            routes.append([a, *bends, b])
        columns: list[list[str]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
        for node, at in layer.items():
            columns[at].append(node)
        links = nx.Graph([pair for route in routes for pair in itertools.pairwise(route)])
        links.add_nodes_from(layer)
        height: dict[str, float] = {n: i for col in columns for i, n in enumerate(col)}
        for _ in range(8):
            for column in columns:
                mean = {n: sum(height[m] for m in links[n]) / max(len(links[n]), 1) for n in column}
                column.sort(key=lambda n, mean=mean: (mean[n], n))
                height |= {n: i - (len(column) - 1) / 2 for i, n in enumerate(column)}
        places, x = {}, 10.0
        for column in columns:
            wide = max([self._width(node) for node in column], default=0)
            places |= {node: (x + wide / 2, STEP_Y * height[node]) for node in column}
            x += wide + 70
        return places, routes

    def svg(self) -> str:
        """Return the drawing as SVG with its description."""
        places, routes = self._places()
        xs = [x + sign * self._width(n) / 2 for n, (x, _) in places.items() for sign in (-1, 1)]
        ys = [y for _, y in places.values()] or [0.0]
        box = (min(xs, default=0) - 10, min(ys) - 34, max(xs, default=0) + 10, max(ys) + 34)
        parts = []
        for (_, _, kind), route in zip(self.arrows, routes, strict=True):
            if kind != "~~~":
                dash = ' stroke-dasharray="3 4"' if kind == "-.->" else ""
                parts.append(f'<path d="{self._curve(route, places)}"{dash} class="arrow"/>')
        parts += [self._node(node, *places[node]) for node in self.labels]
        size = f'width="{box[2] - box[0]:.0f}" height="{box[3] - box[1]:.0f}"'
        view = f'viewBox="{box[0]:.0f} {box[1]:.0f} {box[2] - box[0]:.0f} {box[3] - box[1]:.0f}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} role="img">'
            f"<title>{html.escape(self.words)}</title>"
            "<style>.arrow{fill:none;stroke:#333;stroke-width:2;marker-end:url(#tip)}"
            "text{font:16px system-ui,'DejaVu Sans',sans-serif;text-anchor:middle}</style>"
            '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="6"'
            ' markerHeight="6" orient="auto"><path d="M0 0L10 5L0 10z" fill="#333"/></marker>'
            "</defs>" + "".join(parts) + "</svg>"
        )

    def _curve(self, route: list[str], places: dict[str, tuple[float, float]]) -> str:
        x, y = places[route[0]]
        x += self._width(route[0]) / 2
        path = f"M{x:.0f} {y:.0f}"
        for node in route[1:]:
            to_x, to_y = places[node]
            to_x -= self._width(node) / 2
            half = (x + to_x) / 2
            path += f"C{half:.0f} {y:.0f} {half:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}"
            x, y = to_x, to_y
        return path

    def _node(self, node: str, x: float, y: float) -> str:
        fill, line, ink, dash = LOOKS[self.roles.get(node, "plain")]
        wide, bend = self._width(node), 20 if self.roles.get(node) == "outcome" else 4
        label, role = html.escape(self.labels[node]), self.roles.get(node)
        look = f'fill="{fill}" stroke="{line}" stroke-width="2" stroke-dasharray="{dash}"'
        left, right, top, foot = x - wide / 2, x + wide / 2, y - 20, y + 20
        shape = (
            f'<rect x="{left:.0f}" y="{top:.0f}" width="{wide}" height="40" rx="{bend}" {look}/>'
        )
        if role == "adjusted":  # the shape tells the role where colours do not
            corners = [(left, y), (left + 12, top), (right - 12, top), (right, y)]
            corners += [(right - 12, foot), (left + 12, foot)]
            points = " ".join(f"{a:.0f},{b:.0f}" for a, b in corners)
            shape = f'<polygon points="{points}" {look}/>'
        if role == "intervened":
            sides = f"M{left + 6:.0f} {top:.0f}v40M{right - 6:.0f} {top:.0f}v40"
            shape += f'<path d="{sides}" stroke="{line}" stroke-width="2"/>'
        return f'{shape}<text x="{x:.0f}" y="{y + 6:.0f}" fill="{ink}">{label}</text>'


# Outputs of cells -------------------------------------------------------------------------------


@dataclass
class Figures:
    """The pictures of one page, each a file beside it.

    Attributes:
        folder: where they are written.
        kinds: of each written picture, in order: "chart" or "graph".
        formulas: how many formulas were written.
    """

    folder: Path
    kinds: list[str] = field(default_factory=list)
    formulas: int = 0

    def add(self, kind: str, svg: str, words: str) -> str:
        """Write one picture; return the HTML that shows it, with its description."""
        name = f"figure-{len(self.kinds):02d}.svg"
        (self.folder / name).write_text(svg, encoding="utf-8", newline="\n")
        self.kinds.append(kind)
        alt = html.escape(words, quote=True)
        return f'<figure><img src="{name}" alt="{alt}" loading="lazy"></figure>'

    def chart(self, spec: dict[str, Any]) -> str:
        """Write a Vega-Lite chart; return the HTML that shows it."""
        return self.add("chart", svg_of(spec), str(spec.get("description", "")))

    def graph(self, text: str) -> str:
        """Write a graph in the course's Mermaid; return the HTML that shows it."""
        drawing = Drawing.read(text)
        return self.add("graph", drawing.svg(), drawing.words)

    def formula(self, text: str) -> str:
        """Return the HTML of a formula in TeX: a picture, or the TeX where it is too rich for one.

        The picture has the TeX as its description.
        """
        display, tex = "||[" in text, re.sub(r"\|\|[\[\]()]", "", text).strip()
        if not display:
            return self._drawn(tex)
        lines = re.split(r"\\\\(?:\[[^\]]*\])?", re.sub(r"\\(begin|end)\{aligned\}", "", tex))
        drawn = [self._drawn(line) for line in lines if line.strip()]
        return "".join(f'<span class="paragraph">{line}</span>' for line in drawn)

    def _drawn(self, tex: str) -> str:
        """Return one line of TeX as a picture, or as it is."""
        tex = re.sub(r"\\frac(\d)(\w)", r"\\frac{\1}{\2}", " ".join(tex.split()))
        words = html.escape(tex, quote=True)
        plain = re.sub(r"\\[bB]igg?[lrm]?(?![a-zA-Z])|&", "", tex).replace(r"\text{", r"\mathrm{")
        plain = re.sub(r"\\frac(\d)\{", r"\\frac{\1}{", plain)
        try:
            from matplotlib.font_manager import FontProperties
            from matplotlib.mathtext import math_to_image

            drawn = io.StringIO()
            font = FontProperties(size=TYPE_PT, math_fontfamily="stix")
            depth = math_to_image(f"${plain}$", drawn, prop=font, dpi=72, format="svg")
        except (ImportError, ValueError):
            return f'<code class="tex">{words}</code>'
        name = f"formula-{self.formulas:02d}.svg"
        self.formulas += 1
        (self.folder / name).write_text(drawn.getvalue(), encoding="utf-8", newline="\n")
        style = f"vertical-align:-{depth / TYPE_PT:.2f}em"
        return f'<img class="formula" src="{name}" alt="{words}" style="{style}">'

    @property
    def cover(self) -> str:
        """Return the file of the first chart, or of the first graph where there is none."""
        return f"figure-{self.kinds.index('chart') if 'chart' in self.kinds else 0:02d}.svg"


def _value(attributes: dict[str, str | None], key: str) -> Any:
    """Return what one attribute of a marimo element holds; None where it is missing."""
    raw = attributes.get(f"data-{key}")
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw


def _words(markup: object) -> str:
    """Return the text of a piece of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", str(markup or ""))).split())


def _control(tag: str, attributes: dict[str, str | None]) -> str:
    """Return what stands for a slider, a switch and the like on a page that cannot move."""
    label, value = _words(_value(attributes, "label")), _value(attributes, "initial-value")
    value = ", ".join(map(str, value)) if isinstance(value, list) else value
    shown = "" if tag == "button" or isinstance(value, bool) or value is None else f": {value}"
    text = html.escape(f"{label or tag}{shown}")
    return f'<span class="control">{text}</span>'


class _Static(HTMLParser):
    """Rewrites marimo's HTML: its own elements become plain ones, scripts go."""

    def __init__(self, figures: Figures) -> None:
        super().__init__(convert_charrefs=False)
        self.figures, self.skip = figures, 0
        self.out: list[str] = []
        self.tex: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in DROPPED:
            self.skip += 1
        elif self.skip or tag == "link":
            return
        elif tag == "marimo-tex":
            self.tex = []
        elif tag.startswith("marimo-"):
            self.out.append(self._element(tag.removeprefix("marimo-"), found))
        elif "role" in found and found.get("class") == "dag":
            self.out.append('<figure class="dag">')  # its picture has the words
        else:
            kept = {k: v for k, v in found.items() if not k.startswith(("on", "data-"))}
            given = "".join(f' {k}="{html.escape(v or "", quote=True)}"' for k, v in kept.items())
            self.out.append(f"<{tag}{given}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED:
            self.skip = max(self.skip - 1, 0)
        elif tag == "marimo-tex":
            formula, self.tex = "".join(self.tex or []), None
            self.out.append(self.figures.formula(html.unescape(formula)))
        elif not self.skip and not tag.startswith("marimo-"):
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.skip:
            (self.out if self.tex is None else self.tex).append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def _element(self, kind: str, found: dict[str, str | None]) -> str:
        if kind == "mermaid":
            return self.figures.graph(str(_value(found, "diagram")))
        if kind == "mime-renderer":
            return bundled(str(_value(found, "mime")), _value(found, "data"), self.figures)
        if kind == "callout-output":
            return f'<div class="callout">{static(_value(found, "html"), self.figures)}</div>'
        if kind == "accordion":
            labels = [_words(label) for label in _value(found, "labels") or []]
            return "".join(f'<p class="control">{html.escape(label)}</p>' for label in labels)
        if kind == "table":
            return _table_of(_value(found, "data"))
        return _control(kind, found) if kind in CONTROLS else ""


def bundled(mime: str, data: Any, figures: Figures) -> str:
    """Return HTML of what an object gives to a page, by its kind; nothing for an unknown one."""
    if mime.endswith("mimebundle"):
        bundle = json.loads(data) if isinstance(data, str) else data
        kinds = sorted(bundle, key=lambda kind: "vegalite" not in kind)
        return bundled(kinds[0], bundle[kinds[0]], figures) if kinds else ""
    if "vegalite" in mime:
        return figures.chart(json.loads(data) if isinstance(data, str) else data)
    if mime == "text/html":
        return static(data, figures)
    return f"<pre>{html.escape(str(data)[:MAX_TEXT])}</pre>" if mime == "text/plain" else ""


def static(markup: object, figures: Figures) -> str:
    """Return HTML of a marimo page as HTML that needs no script; its pictures become files."""
    parser = _Static(figures)
    parser.feed(str(markup or ""))
    parser.close()
    return "".join(parser.out)


def _table_of(data: Any) -> str:
    """Return the rows that a table of marimo carries as an HTML table; nothing if it has none."""
    with contextlib.suppress(ValueError):
        rows = json.loads(data) if isinstance(data, str) else data
        if isinstance(rows, list) and rows and isinstance(rows[0], dict):
            return _frame(pd.DataFrame(rows))
    return ""


def _frame(frame: pd.DataFrame) -> str:
    table = frame.to_html(max_rows=MAX_ROWS, border=0, float_format=lambda x: f"{x:,.3f}")
    return f'<div class="wide" tabindex="0" role="region" aria-label="table">{table}</div>'


def shown(output: Any, figures: Figures) -> str:
    """Return what a cell shows, as HTML."""
    if output is None:
        return ""
    if type(output).__module__.startswith("altair"):
        return figures.chart(output.to_dict())
    if isinstance(output, pd.Series):
        output = output.to_frame()
    if isinstance(output, pd.DataFrame):
        return _frame(output)
    if hasattr(output, "text") and type(output).__module__.startswith("marimo"):
        return static(output.text, figures)
    if hasattr(output, "_mime_"):
        return bundled(*output._mime_(), figures)
    return f"<pre>{html.escape(str(output)[:MAX_TEXT])}</pre>"


def code_of(cell: Cell) -> str:
    """Return the code of a cell as a reader types it: no signature, no notes, no `return`."""
    lines = [line for line in cell.lines if not re.match(r"^ *#( notes:| slide:|\|)", line)]
    text = "\n".join(lines)
    if cell.kind == "function":
        return text.split("\n", 1)[1]
    first, last = cell.node.body[0], cell.node.body[-1]
    begin = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
    end = last.lineno - 1 if isinstance(last, ast.Return) else last.end_lineno
    body = cell.lines[begin - 1 - cell.start : (end or 0) - cell.start]
    return textwrap.dedent("\n".join(line for line in body if line in lines)).strip()


# Pages ------------------------------------------------------------------------------------------

STYLE = """
:root { --ink: #1b1b1b; --quiet: #555; --line: #ddd; --accent: #0072b2; }
* { box-sizing: border-box; }
body { color: var(--ink); font: 17px/1.6 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif;
  margin: 0 auto; max-width: 56rem; padding: 1.5rem; }
a { color: #005a8e; }
:is(a, input, summary, pre, .wide):focus-visible { outline: 3px solid #d55e00; }
h1, h2, h3 { line-height: 1.25; } h2 { border-top: 1px solid var(--line); margin-top: 2.5rem;
  padding-top: 1.5rem; }
img { height: auto; max-width: 100%; } figure { margin: 1rem 0; }
table { border-collapse: collapse; font-size: 0.95em; }
th, td { border-bottom: 1px solid var(--line);
  padding: 0.3rem 0.8rem 0.3rem 0; text-align: left; vertical-align: top; }
.wide { overflow-x: auto; } pre { background: #f6f6f6; font-size: 0.85em; overflow-x: auto;
  padding: 0.8rem; } code { font-size: 0.95em; } .tex { font-style: italic; }
.paragraph { display: block; margin: 0.8rem 0; }
section div[style*="direction: row"] { flex-wrap: wrap !important; }
section div[style*="direction: row"] > div { flex: 1 1 24rem !important; min-width: 0; }
.control { background: #f2f2f2; border: 1px dashed #767676; border-radius: 4px;
  display: inline-block; flex: none !important;
  font-size: 0.9em; margin: 0.2rem 0.4rem 0.2rem 0; padding: 0 0.5rem; }
.callout { border-left: 4px solid var(--accent); margin: 1rem 0; padding: 0.2rem 1rem; }
.facts { color: var(--quiet); } input[type=search] { border: 1px solid #767676; border-radius: 4px;
  font: inherit; padding: 0.4rem 0.6rem; width: 100%; }
.cards { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr));
  list-style: none; padding: 0; } .cards li { border: 1px solid var(--line); border-radius: 8px;
  padding: 1rem; } .cards h2 { border: 0; font-size: 1.1rem; margin: 0.6rem 0 0.2rem; padding: 0; }
.cards img { aspect-ratio: 16 / 9; object-fit: contain; object-position: left top; width: 100%; }
.cards p { margin: 0.2rem 0; } [hidden] { display: none !important; }
@media print { summary, nav { display: none; } }
"""
SEARCH = """
const box = document.querySelector('input[type=search]');
const cards = [...document.querySelectorAll('.cards li')];
const count = document.querySelector('output');
box.addEventListener('input', () => {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const card of cards) card.hidden = !words.every(word => card.dataset.words.includes(word));
  const found = cards.filter(card => !card.hidden).length;
  count.value = words.length ? `${found} of ${cards.length} notebooks` : '';
});
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{style}">
<link rel="icon" href="data:,">
</head>
<body>
{body}
</body>
</html>
"""


def facts(entry: dict[str, str]) -> str:
    """Return minutes and level of a notebook as one line."""
    return f"{entry['title']} · {entry['minutes']} minutes · {entry['level']}"


def page(entry: dict[str, str], cells: list[Cell], outputs: list[Any], figures: Figures) -> str:
    """Return the page of one executed solution.

    Args:
        entry: its row in `entries`.
        cells: of the solution, without the setup cell.
        outputs: what each cell shows, as many as cells.
        figures: where its pictures go.
    """
    live = f"uv run marimo edit notebooks/{entry['name']}.py"
    about = (
        f'<p class="facts">{html.escape(facts(entry))}. A print of the solved notebook; boxes with '
        f"a dashed line are live there: <code>{live}</code></p>"
    )
    parts = ['<nav><a href="../index.html">All notebooks</a></nav>', f"<main>{about}"]
    for cell, output in zip(cells, outputs, strict=True):
        hidden = "hide_code=True" in cell.lines[0] or PLUMBING.match(cell.name)
        if cell.prose is None and not hidden:
            code = f"<pre>{html.escape(code_of(cell))}</pre>"
            parts.append(f"<details><summary>code: {cell.name}</summary>{code}</details>")
        found = shown(output, figures)
        if found:
            parts.append(f"<section>{found}</section>")
    parts.append("</main>")
    # Whoever has no mouse scrolls what is wider than the page with the arrows: Tab must stop there.
    body = re.sub(r"<pre\b", '<pre tabindex="0"', "\n".join(parts))
    return PAGE.format(title=html.escape(entry["question"]), style="../style.css", body=body)


def index(found: dict[str, dict[str, str]], folder: Path) -> str:
    """Return the first page: a card for each notebook whose page is in the folder, and a search."""
    cards = []
    for name, entry in found.items():
        own = folder / name / "index.html"
        if not own.exists():
            continue
        text = own.read_text(encoding="utf-8")
        picture = re.search(r"<!-- cover: (\S+) -->", text)
        prose = _words(re.sub(r"<pre\b.*?</pre>", "", text, flags=re.DOTALL)).lower()
        words = sorted(set(re.findall(r"[\w’'-]{3,}", prose)))
        said = " ".join([facts(entry).lower(), entry["question"].lower(), *words])
        image = f'<img src="{name}/{picture[1]}" alt="">' if picture else ""
        link = f'<a href="{name}/index.html">{html.escape(entry["question"])}</a>'
        cards.append(
            f'<li data-words="{html.escape(said, quote=True)}">{image}<h2>{link}</h2>'
            f'<p class="facts">{html.escape(facts(entry))}</p></li>'
        )
    body = (
        "<main><h1>Causal inference by simulation</h1>"
        "<p>Each notebook asks one question, and meets a known truth or a referee.</p>"
        '<p><label for="search">Search the notebooks</label><br>'
        '<input id="search" type="search" autocomplete="off"> <output for="search"></output></p>'
        f'<ul class="cards">{"".join(cards)}</ul></main><script>{SEARCH}</script>'
    )
    return PAGE.format(title="Causal inference by simulation", style="style.css", body=body)


def run(path: Path) -> list[Any]:
    """Return what each cell of a notebook shows, in order, after a run from top to bottom."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise GalleryError(f"{path} is no notebook.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with contextlib.redirect_stdout(io.StringIO()):
        spec.loader.exec_module(module)
        outputs, _ = module.app.run()
    return list(outputs)


def build(
    name: str, folder: Path, root: Path = ROOT, execute: Callable[[Path], list[Any]] = run
) -> Path:
    """Write the page of one notebook with its pictures, and the first page; return the page.

    Args:
        name: of the notebook, `02_confounders_colliders_mediators`.
        folder: of the site.
        root: top of the repository.
        execute: what runs a solution and returns what its cells show.

    Raises:
        GalleryError: the README has no such notebook, or the charts cannot be drawn.
    """
    found = entries(root)
    if name not in found:
        raise GalleryError(f"No notebook {name!r}; there are {', '.join(found)}.")
    path = root / "solutions" / f"{name}.py"
    cells = [
        cell for cell in cells_of(path.read_text(encoding="utf-8"), name) if cell.kind != "setup"
    ]
    own = folder / name
    own.mkdir(parents=True, exist_ok=True)
    for old in own.glob("f*-*.svg"):
        old.unlink()
    svg_of({"mark": "point", "data": {"values": []}})  # says at once where no chart can be drawn
    figures = Figures(own)
    text = page(found[name], cells, execute(path), figures)
    if figures.kinds:
        text += f"<!-- cover: {figures.cover} -->\n"
    (own / "index.html").write_text(text, encoding="utf-8", newline="\n")
    (folder / "style.css").write_text(STYLE.lstrip(), encoding="utf-8", newline="\n")
    (folder / "index.html").write_text(index(found, folder), encoding="utf-8", newline="\n")
    return own / "index.html"


def main(arguments: list[str] | None = None) -> int:
    """Build the gallery; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.gallery", description="Build the site."
    )
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "build" / "gallery")
    parser.add_argument("--only", metavar="NAME", help="build the page of this notebook alone")
    options = parser.parse_args(arguments)
    out = options.out.resolve()
    if options.only:
        try:
            sys.stdout.write(f"{build(options.only, out)}\n")
        except GalleryError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        return 0
    for name in entries():  # a process each: what one notebook holds in memory goes before the next
        command = [sys.executable, "-m", "helpers.gallery", str(out), "--only", name]
        if code := subprocess.run(command, check=False, cwd=ROOT).returncode:
            return code
    sys.stdout.write(f"Open {out / 'index.html'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
