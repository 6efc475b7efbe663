"""A site of the executed solutions and decks: `uv run course gallery [FOLDER] [--only NAME]`.

Each solution is run once and gives two files, its page and its slides; each deck gives its slides.
They are marimo's own HTML export, with marimo's front end in a folder beside them: no page asks
another host for anything. A browser reads them from a server, `--serve` here or any file server on
the web, not from a folder. The first page is a list of all, with a search; it needs no script.
"""

from __future__ import annotations

import argparse
import html
import http.server
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from helpers.course import forgive
from helpers.course.derive import MARKS, STUB

ROOT = Path(__file__).resolve().parents[2]
FRONT_END = "marimo"
PORT = 8000
ROW = re.compile(
    r"^\| \[(?P<title>[^\]]+)\]\(notebooks/(?P<name>\w+)\.py\) .*?\| (?P<question>[^|]+?) "
    r"\| (?P<minutes>[^|]+?) \| (?P<before>[^|]+?) \| (?P<level>[^|]+?) \|$",
    re.MULTILINE,
)
OTHER_HOST = re.compile(r"https://cdn\.jsdelivr\.net/npm/@marimo-team/frontend@[^/\"]+/dist")


class GalleryError(Exception):
    """The gallery cannot be built; the message says what to do."""


class Entry(NamedTuple):
    """One notebook or deck of the course.

    Attributes:
        name: of its file.
        source: the file that is run.
        question: what it asks.
        facts: minutes, what comes before and level, or that it is a deck.
        notebook: whether it has a page beside its slides.
    """

    name: str
    source: Path
    question: str
    facts: str
    notebook: bool


def entries(root: Path = ROOT) -> dict[str, Entry]:
    """Return name -> entry of each notebook in the README's table, then of each deck."""
    found = {}
    for row in ROW.finditer((root / "README.md").read_text(encoding="utf-8")):
        facts = f"{row['title']} · {row['minutes']} minutes · {row['level']}"
        if row["before"] != "none":
            facts += f" · after {row['before']}"
        source = root / "solutions" / f"{row['name']}.py"
        found[row["name"]] = Entry(row["name"], source, row["question"], facts, notebook=True)
    for source in sorted((root / "slides").glob("*.py")):
        title = re.search(r'app_title="([^"]+)"', source.read_text(encoding="utf-8"))
        words = title[1] if title else source.stem
        found[source.stem] = Entry(source.stem, source, words, "slides", notebook=False)
    return found


# What marimo exports ----------------------------------------------------------------------------


def export(source: Path, root: Path = ROOT) -> str:
    """Return marimo's HTML export of an executed notebook, as marimo writes it.

    A copy is run, without what only the maintainer reads (`# notes:` and the like).

    Raises:
        GalleryError: a cell raised an error; the message is marimo's.
    """
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, source.parent.name, source.name)
        shutil.copytree(source.parent / "layouts", copy.parent / "layouts")
        (Path(place) / "slides").mkdir(exist_ok=True)
        shutil.copy(root / "slides" / "theme.css", Path(place, "slides"))
        shutil.copy(root / "pyproject.toml", place)
        lines = source.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not (MARKS.match(line) or STUB.match(line))]
        copy.write_text("\n".join(kept) + "\n", encoding="utf-8", newline="\n")
        out = Path(place, "page.html")
        command = [sys.executable, "-m", "marimo", "-q", "export", "html", str(copy), "-o", out]
        done = subprocess.run(
            command, capture_output=True, check=False, encoding="utf-8", errors="replace"
        )
        if done.returncode or not out.exists():
            said = (done.stderr or done.stdout).strip()[-2000:]
            where = f"uv run python {source.parent.name}/{source.name}"
            raise GalleryError(f"{source.name} did not run ({where} shows where):\n{said}")
        return out.read_text(encoding="utf-8")


def part(text: str, key: str) -> Any:
    """Return one value of the settings that an exported page starts from.

    Raises:
        GalleryError: there is none: marimo writes its export in another way than it did.
    """
    found = re.search(rf'^ +"{key}": (.*?),?$', text, re.MULTILINE)
    if found is None:
        raise GalleryError(f"Marimo's export has no line for {key!r}, as it used to.")
    return json.loads(found[1])


def as_page(text: str) -> str:
    """Return an exported deck as a page to be read from top to bottom.

    Its code is not shown until it is asked for, in marimo's menu or by `?show-code=true`: a page of
    a hundred editors takes a browser five times as long.
    """
    part(text, "layout")
    text = re.sub(r'^( +"layout": ).*?(,?)$', r"\1null\2", text, count=1, flags=re.MULTILINE)
    return text.replace("<head>", f"<head><script>{QUIET}</script>", 1)


def at_home(text: str, corner: str = "") -> str:
    """Return an exported page that finds marimo's front end in the folder beside its own.

    Args:
        text: the page.
        corner: HTML that stands in a corner of it.

    Raises:
        GalleryError: marimo's export names its front end in another way than it did.
    """
    text, count = OTHER_HOST.subn(f"../{FRONT_END}", text)
    if not count:
        raise GalleryError("Marimo's export names its front end otherwise than it did.")
    lost = "<noscript>This page needs JavaScript.</noscript>"
    text = text.replace("</head>", f"<style>{CORNER}</style></head>", 1)
    return text.replace('<div id="root">', f'{corner}{lost}<div id="root">', 1)


def outputs(text: str) -> Iterator[tuple[str, Any]]:
    """Yield kind and content of what each cell of an exported page shows, in order."""
    for cell in part(text, "session")["cells"]:
        for output in cell["outputs"]:
            yield from output.get("data", {}).items()


def words_of(text: str) -> set[str]:
    """Return the words of an exported page, in small letters, for the search."""
    prose = [str(data) for kind, data in outputs(text) if kind in ("text/html", "text/markdown")]
    plain = html.unescape(re.sub(r"<[^>]+>", " ", " ".join(prose)))
    return set(re.findall(r"[\w’'-]{3,}", plain.lower()))


def charts_of(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the Vega-Lite charts in what a cell shows, wherever they are nested."""
    if isinstance(data, dict):
        if "vega-lite" in str(data.get("$schema")):
            yield data
            return
        for value in data.values():
            yield from charts_of(value)
    elif isinstance(data, list):
        for value in data:
            yield from charts_of(value)
    elif isinstance(data, str) and "vega-lite" in data:
        if data.lstrip().startswith(("{", "[", '"')):
            try:
                yield from charts_of(json.loads(data))
            except ValueError:
                return
        else:  # HTML: an attribute of one of marimo's elements holds the chart
            for found in re.findall(r"=(?:'([^']*)'|\"([^\"]*)\")", data):
                yield from charts_of(html.unescape("".join(found)))


def picture_of(text: str) -> bytes | None:
    """Return the first chart of an exported page as PNG.

    None where there is no chart, or no vl-convert (one of the developers' tools) to draw it.
    """
    try:
        import vl_convert
    except ImportError:
        return None
    charts = (chart for _, data in outputs(text) for chart in charts_of(data))
    first = next(charts, None)
    return None if first is None else vl_convert.vegalite_to_png(_with_width(first))


def _with_width(chart: Any) -> Any:
    """Return a chart in which what is as wide as its page has a width of its own."""
    from helpers.charts import WIDTH

    if isinstance(chart, list):
        return [_with_width(each) for each in chart]
    if not isinstance(chart, dict):
        return chart
    nested = ("layer", "hconcat", "vconcat", "concat", "spec")
    new = {key: _with_width(value) if key in nested else value for key, value in chart.items()}
    return {**new, "width": WIDTH} if new.get("width") == "container" else new


# The site ---------------------------------------------------------------------------------------

CORNER = """
.gallery { background: #fff; border: 1px solid #767676; border-radius: 0 6px 0 0; bottom: 0;
  font: 15px/1.5 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; left: 0; padding: 0.2rem 0.8rem;
  position: fixed; z-index: 40; }
@media print { .gallery { display: none; } }
.gallery a { color: #005a8e; text-decoration: underline; }
[data-testid=static-notebook-banner] { display: none; }
"""
QUIET = """
if (!new URLSearchParams(location.search).has('show-code'))
  history.replaceState(null, '', '?show-code=false' + location.hash);
"""
NAVIGATION = (
    '<nav class="gallery"><a href="../index.html">All notebooks</a> · '
    '<a href="?show-code=true">with code</a> · <a href="slides.html">as slides</a></nav>'
)
STYLE = """
:root { --ink: #1b1b1b; --quiet: #555; --line: #ddd; }
* { box-sizing: border-box; }
body { color: var(--ink); font: 17px/1.6 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif;
  margin: 0 auto; max-width: 64rem; padding: 1.5rem; }
a { color: #005a8e; } :is(a, input):focus-visible { outline: 3px solid #d55e00; }
h1, h2 { line-height: 1.25; } .facts { color: var(--quiet); }
input { border: 1px solid #767676; border-radius: 4px; font: inherit; padding: 0.4rem 0.6rem;
  width: 100%; }
ul { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr));
  list-style: none; padding: 0; }
li { border: 1px solid var(--line); border-radius: 8px; padding: 1rem; }
li h2 { font-size: 1.1rem; margin: 0.6rem 0 0.2rem; } li p { margin: 0.2rem 0; }
li img { aspect-ratio: 16 / 9; object-fit: contain; object-position: left top; width: 100%; }
[hidden] { display: none !important; }
"""
SEARCH = """
const form = document.querySelector('form'), box = form.querySelector('input');
const count = form.querySelector('output');
const cards = [...document.querySelectorAll('li')];
form.hidden = false;
form.addEventListener('submit', event => event.preventDefault());
box.addEventListener('input', () => {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const card of cards) card.hidden = !words.every(word => card.dataset.words.includes(word));
  const found = cards.filter(card => !card.hidden).length;
  count.value = words.length ? `${found} of ${cards.length}` : '';
});
"""
SHEETS = "sheets"
TO_SHEETS = (
    f'<p><a href="{SHEETS}/index.html">One page a notebook, to print</a> · '
    f'<a href="{SHEETS}/published.html">Published numbers, re-examined</a></p>\n'
)
FIRST_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Causal inference by simulation</title>
<link rel="icon" href="{front_end}/favicon.ico">
<style>{style}</style>
</head>
<body>
<main>
<h1>Causal inference by simulation</h1>
<p>Every notebook of the course, solved and executed. Sliders do not move here; they do once you
have the course.</p>
{sheets}<form role="search" hidden>
<label for="search">Search</label>
<input id="search" type="search" autocomplete="off">
<output aria-live="polite"></output>
</form>
<ul>
{cards}
</ul>
</main>
<script>{script}</script>
</body>
</html>
"""


def copy_front_end(folder: Path) -> None:
    """Copy the front end of the installed marimo into the site, once."""
    import marimo

    source = Path(marimo.__file__).parent / "_static"
    own = folder / FRONT_END
    stamp = own / "version.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == marimo.__version__:
        return
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(source, own, ignore=shutil.ignore_patterns("*.md", "index.html"))
    stamp.write_text(marimo.__version__, encoding="utf-8")


def build(name: str, folder: Path, root: Path = ROOT) -> Path:
    """Write page and slides of one notebook or deck, and the first page; return its first file.

    Args:
        name: `02_confounders_colliders_mediators`, or `opening` for a deck.
        folder: of the site.
        root: top of the repository.

    Raises:
        GalleryError: there is no such notebook or deck, or it did not run.
    """
    found = entries(root)
    if name not in found:
        raise GalleryError(f"There is no {name!r}; there are {', '.join(found)}.")
    entry, own = found[name], folder / name
    text = export(entry.source, root)
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir(parents=True)
    copy_front_end(folder)
    files = {"slides.html": at_home(text)}
    if entry.notebook:
        files["index.html"] = at_home(as_page(text), NAVIGATION)
    files["words.txt"] = " ".join(sorted(words_of(text)))
    for file, content in files.items():
        (own / file).write_text(content, encoding="utf-8", newline="\n")
    if picture := picture_of(text):
        (own / "cover.png").write_bytes(picture)
    (folder / "index.html").write_text(first_page(found, folder), "utf-8", newline="\n")
    return own / ("index.html" if entry.notebook else "slides.html")


def first_page(found: dict[str, Entry], folder: Path) -> str:
    """Return the first page: what is in the folder, a card for each notebook and deck."""
    there = (folder / SHEETS / "published.html").exists()
    cards = [card(entry, folder) for entry in found.values() if (folder / entry.name).is_dir()]
    return FIRST_PAGE.format(
        front_end=FRONT_END,
        style=STYLE,
        cards="\n".join(cards),
        sheets=TO_SHEETS if there else "",
        script=SEARCH,
    )


def add_sheets(folder: Path, root: Path = ROOT) -> Path:
    """Write the sheets of all notebooks beside their pages, and the first page anew.

    Args:
        folder: of the site.
        root: top of the repository.

    Returns:
        The page of published numbers.

    Raises:
        GalleryError: a notebook did not run.
    """
    from helpers.course import sheets  # which reads the README's table as this module does

    try:
        sheets.build(folder / SHEETS, root=root)
    except sheets.SheetError as error:
        raise GalleryError(str(error)) from error
    (folder / "index.html").write_text(first_page(entries(root), folder), "utf-8", newline="\n")
    return folder / SHEETS / "published.html"


def card(entry: Entry, folder: Path) -> str:
    """Return the card of one notebook or deck: picture, question, minutes, links, words."""
    own = folder / entry.name
    words = (own / "words.txt").read_text(encoding="utf-8")
    said = html.escape(f"{entry.question} {entry.facts} {words}".lower(), quote=True)
    image = f'<img src="{entry.name}/cover.png" alt="" loading="lazy">'
    first = "index.html" if entry.notebook else "slides.html"
    slides = f'<p><a href="{entry.name}/slides.html">as slides</a></p>' if entry.notebook else ""
    return (
        f'<li data-words="{said}">{image if (own / "cover.png").exists() else ""}'
        f'<h2><a href="{entry.name}/{first}">{html.escape(entry.question)}</a></h2>'
        f'<p class="facts">{html.escape(entry.facts)}</p>{slides}</li>'
    )


# The command ------------------------------------------------------------------------------------


class Files(http.server.SimpleHTTPRequestHandler):
    """Gives the files of the site to this machine, with the kinds that browsers ask for."""

    extensions_map = {  # noqa: RUF012 (as in the standard library; Windows may say otherwise)
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg+xml",
        ".json": "application/json",
        ".woff2": "font/woff2",
    }

    def log_message(self, *_: Any) -> None:
        """Say nothing of each file."""


def server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """Return a server of a folder that answers this machine alone; port 0 takes any free one.

    Raises:
        GalleryError: the port is taken.
    """
    handler = partial(Files, directory=str(folder))
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except (OSError, OverflowError) as error:
        raise GalleryError(f"Port {port} is taken; name another: --serve {port + 1}") from error


def serve(folder: Path, port: int) -> None:
    """Serve a folder until Ctrl+C.

    Raises:
        GalleryError: the port is taken.
    """
    with server(folder, port) as running:
        address = f"http://127.0.0.1:{running.server_address[1]}"
        print(f"Open {address} in a browser; Ctrl+C ends it.", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()


def main(arguments: list[str] | None = None) -> int:
    """Build the gallery, or show it; return the exit status."""
    forgive()
    parser = argparse.ArgumentParser(prog="course gallery", description="Build the site.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "gallery")
    parser.add_argument(
        "--only", metavar="NAME", action="append", help="build this notebook or deck alone"
    )
    parser.add_argument(
        "--serve",
        metavar="PORT",
        nargs="?",
        type=int,
        const=PORT,
        help="show the folder on this machine; build it first where it is empty",
    )
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    failed = 0
    if options.only or options.serve is None or not (folder / "index.html").exists():
        for name in options.only or entries():  # a process each: its memory goes before the next
            try:
                print(build(name, folder), flush=True)
            except GalleryError as error:
                print(error, file=sys.stderr, flush=True)
                failed += 1
        if not (options.only or failed):
            try:
                print(add_sheets(folder), flush=True)
            except GalleryError as error:
                print(error, file=sys.stderr, flush=True)
                failed += 1
    try:
        if options.serve is not None:
            serve(folder, options.serve)
        elif not failed:
            print("Look at it: uv run course gallery --serve")
    except GalleryError as error:
        print(error, file=sys.stderr)
        failed += 1
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
