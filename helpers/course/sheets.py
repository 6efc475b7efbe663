"""One page a notebook, to print: `uv run course sheets [FOLDER] [--only NAME]`.

Each solution is run once. Its sheet holds what the notebook itself says: question, estimand,
design, time, and the takeaways with their numbers. A last page gathers the published numbers that
the course re-examined, each as its notebook tells it, with the file that tests it. The team
activity, `slides/teaching/kit.md`, becomes one too, `--only kit` alone: what teams get, a page of
paper each, and last, for the speaker, what would give the answer away. Plain HTML, to be opened
from the folder and printed by any browser.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers.course import forgive
from helpers.course.derive import Cell, cells_of
from helpers.course.gallery import Entry, entries

ROOT = Path(__file__).resolve().parents[2]
CARD_ROWS = ("Question", "Estimand", "Design", "Data", "Time", "Before")
KIT = "kit"
EXAMINED = re.compile(r"^##+ .*\bre-examined\b", re.IGNORECASE)
HEADING = re.compile(r"^##? ")
TEX = re.compile(r"<marimo-tex[^>]*>\s*\|\|[(\[](.*?)\|\|[)\]]\s*</marimo-tex>", re.DOTALL)


class SheetError(Exception):
    """A sheet cannot be made; the message says what is missing."""


# What a notebook says ---------------------------------------------------------------------------


def plain_html(shown: str) -> str:
    """Return what marimo shows for a text, with formulas as they are written."""
    return TEX.sub(lambda found: f"<code>{found[1].strip()}</code>", shown)


def card_rows(shown: str) -> dict[str, str]:
    """Return the rows of a notebook's card: what stands left -> right, as HTML."""
    rows = re.findall(r"<tr>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>\s*</tr>", shown, re.DOTALL)
    return {re.sub(r"<[^>]+>", "", left).strip(): plain_html(right).strip() for left, right in rows}


def examined(cells: list[Cell], shown: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield heading and text of each section that re-examines a published number.

    Args:
        cells: of a notebook, in order.
        shown: cell -> what it shows, as HTML; cells that show no text are left out.
    """
    section: dict[str, str] | None = None
    for cell in cells:
        first = cell.prose or ""
        if HEADING.match(first):
            if section:
                yield section
            section = None
            if EXAMINED.match(first):
                section = {"heading": first.lstrip("# ").removesuffix(" · optional"), "text": ""}
        asks = first.startswith(("### Exercise", "### References"))
        if section is not None and cell.prose is not None and not asks:
            section["text"] += plain_html(shown.get(cell.name, ""))
    if section:
        yield section


def read(name: str, root: Path = ROOT) -> dict[str, Any]:
    """Run a solution in this process; return its card, takeaways and re-examined numbers.

    Raises:
        SheetError: the notebook has no card or no takeaways.
    """
    from importlib.util import module_from_spec, spec_from_file_location

    path = root / "solutions" / f"{name}.py"
    cells = cells_of(path.read_text(encoding="utf-8"), path.name)
    spec = spec_from_file_location(name, path)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    outputs, _ = module.app.run()
    names = [cell.name for cell in cells if cell.kind != "setup"]
    texts = {
        cell: output.text
        for cell, output in zip(names, outputs, strict=True)
        if isinstance(getattr(output, "text", None), str)
    }
    card = next((text for text in texts.values() if "You will be able to" in text), None)
    if card is None or "takeaways" not in texts:
        raise SheetError(f"{path.name} shows no {'takeaways' if card else 'card'}.")
    rest = [cell for cell in cells if cell.kind != "setup"]
    return {
        "card": card_rows(card),
        "takeaways": plain_html(texts["takeaways"]),
        "examined": list(examined(rest, texts)),
    }


def read_apart(name: str, root: Path = ROOT) -> dict[str, Any]:
    """Return what `read` does, from a process of its own: its memory goes before the next.

    Raises:
        SheetError: the notebook did not run; the message is the last that it said.
    """
    command = [sys.executable, "-m", "helpers.course.sheets", "--read", name, str(root)]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines() or ["no word"]
        raise SheetError(f"{name} gave no sheet (uv run python solutions/{name}.py): {last[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


# Pages ------------------------------------------------------------------------------------------

STYLE = """
@page { margin: 14mm; size: A4; }
body { color: #1b1b1b; font: 16px/1.5 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif;
  margin: 0 auto; max-width: 46rem; padding: 1rem; }
h1 { line-height: 1.2; margin: 0 0 0.6rem; } h2 { font-size: 1.15rem; line-height: 1.25; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #ddd; padding: 0.25rem 0.6rem 0.25rem 0; text-align: left;
  vertical-align: top; }
th { color: #555; font-weight: normal; white-space: nowrap; }
a { color: #005a8e; } footer, .quiet { color: #555; font-size: 0.85rem; }
section { break-inside: avoid; }
article + article { break-before: page; }
article .paragraph { display: block; margin: 0.6rem 0; }
article { line-height: 1.35; }
article td:first-child { width: 45%; }
article pre { font-size: 1.3em; line-height: 1.7; }
article:last-child pre { font-size: 1em; line-height: 1.3; }
article:last-child td:first-child { width: auto; }
@media print { body { font-size: 11pt; padding: 0; } nav { display: none; }
  article { font-size: 10pt; } }
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
BACK = '<nav><a href="index.html">All sheets</a></nav>'


def page(title: str, body: str) -> str:
    """Return a page with this title and body."""
    return PAGE.format(title=html.escape(title), style=STYLE, body=body)


def sheet(entry: Entry, said: dict[str, Any]) -> str:
    """Return the sheet of one notebook.

    Args:
        entry: of the README's table.
        said: what `read` returns.
    """
    rows = "\n".join(
        f'<tr><th scope="row">{row}</th><td>{said["card"][row]}</td></tr>'
        for row in CARD_ROWS
        if row in said["card"]
    )
    # The sheet's title is the notebook's question; the takeaways keep their words.
    kept = re.sub(r"<(/?)h2[^>]*>", r"<\1h2>", said["takeaways"])
    return page(
        f"{entry.name[:2]} {entry.question}",
        f"{BACK}<h1>{html.escape(entry.question)}</h1>\n<table>{rows}</table>\n{kept}\n"
        f"<footer>Notebook {entry.facts.split(' · ')[0]}. Every number is computed by the "
        "notebook, in a world or from data that it names.</footer>",
    )


def claims_of(name: str, root: Path) -> list[str]:
    """Return the files that hold the claims of a notebook."""
    return sorted(path.name for path in (root / "tests").glob(f"test_{name[:2]}_*.py"))


def published(found: dict[str, dict[str, Any]], root: Path = ROOT) -> str:
    """Return the page of published numbers.

    Args:
        found: name of a notebook -> what `read` returns.
        root: top of the repository.
    """
    parts = []
    for name, said in found.items():
        where = ", ".join(f"tests/{file}" for file in claims_of(name, root))
        for section in said["examined"]:
            text = re.sub(r"<h[1-4][^>]*>.*?</h[1-4]>", "", section["text"], flags=re.DOTALL)
            parts.append(
                f"<section><h2>{name[:2]} · {html.escape(section['heading'])}</h2>{text}"
                f'<p class="quiet">Where: solutions/{name}.py; tested by '
                f"{where or 'no file'}.</p></section>"
            )
    body = (
        f"{BACK}<h1>Published numbers, re-examined</h1><p>Each was taken from a public source, "
        "reproduced, and looked at again. Most of the work named here is good, and open: that is "
        "why it could be looked at. Sources stand in the notebooks' references.</p>\n"
    )
    return page("Published numbers, re-examined", body + "\n".join(parts))


def parts_of(kit: str) -> tuple[str, list[tuple[str, str, str]], str]:
    """Return the parts of the team activity that are printed apart.

    Args:
        kit: text of slides/teaching/kit.md.

    Returns:
        (the sheet; name, draft and answer of each starter; what to hunt for), as Markdown. A draft
        goes down to the starter's arrows, an answer is the rest.

    Raises:
        SheetError: a part is not where it used to be.
    """
    parts = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", kit, re.MULTILINE))
    lacking = [name for name in ("The sheet", "Starters", "What to hunt for") if name not in parts]
    if lacking:
        raise SheetError(f"kit.md has no part {', '.join(lacking)}.")
    said, *starters = re.split(r"^### ", parts["Starters"], flags=re.MULTILINE)
    first, found = said.strip().split("\n\n")[0], []
    for starter in starters:
        name, text = starter.split("\n", 1)
        draft = re.match(r".*?^```text\n.*?^```\n", text, re.MULTILINE | re.DOTALL)
        if draft is None:
            raise SheetError(f"kit.md: the starter {name} has no arrows.")
        found.append((name, f"{draft[0]}\n{first}\n", text[draft.end() :]))
    return parts["The sheet"], found, parts["What to hunt for"]


def team_activity(kit: str) -> str:
    """Return the team activity: each `<article>` starts a page of paper, the last is the speaker's.

    Args:
        kit: text of slides/teaching/kit.md.

    Raises:
        SheetError: see `parts_of`.
    """
    import marimo as mo

    paper, starters, hunt = parts_of(kit)
    texts = [f"# Draw what you believe\n{paper}"]
    texts += [f"# {name}\n{draft}" for name, draft, _ in starters]
    answers = "\n".join(f"## {name}\n{answer}" for name, _, answer in starters)
    last = f"# For the speaker: never hand this out\n{answers}\n## What to hunt for\n{hunt}"
    body = [f"<article>{mo.md(text).text}</article>" for text in [*texts, last]]
    note = (
        f"<p>The first {len(texts)} pages are to print: the sheet, one a team, and one starter a "
        "team. What follows them is for the speaker.</p>"
    )
    nav = BACK.replace("</nav>", f"{note}</nav>")
    return page("Team activity", nav + "\n".join(body))


def index(found: dict[str, Entry], there: list[str], *, kit: bool = False) -> str:
    """Return the list of the sheets that are there, and of the team activity if it is."""
    rows = "\n".join(
        f'<li><a href="{name}.html">{name[:2]} · {html.escape(found[name].question)}</a></li>'
        for name in there
    )
    last = '<p><a href="published.html">Published numbers, re-examined</a></p>' if there else ""
    last += f'<p><a href="{KIT}.html">Team activity: sheet and starters</a></p>' if kit else ""
    body = f"<h1>One page a notebook</h1><p>To print, or to keep at hand.</p><ul>{rows}</ul>{last}"
    return page("One page a notebook", body)


def build(folder: Path, names: list[str] | None = None, root: Path = ROOT) -> list[Path]:
    """Write the sheets of some or all notebooks, the published numbers, the activity and the list.

    Args:
        folder: where to.
        names: of the notebooks, or kit, the team activity; None: all of the README's table, and
            the activity where there is one.
        root: top of the repository.

    Raises:
        SheetError: there is no such notebook, or one did not run.
    """
    known = {name: entry for name, entry in entries(root).items() if entry.notebook}
    kit = root / "slides" / "teaching" / "kit.md"
    can = [*known, KIT] if kit.is_file() else [*known]
    for name in names or ():
        if name not in can:
            raise SheetError(f"There is no {name!r}; there are {', '.join(can)}.")
    asked = names or can
    folder.mkdir(parents=True, exist_ok=True)
    said = {name: read_apart(name, root) for name in asked if name != KIT}
    pages = {f"{name}.html": sheet(known[name], each) for name, each in said.items()}
    if said:
        pages["published.html"] = published(said, root)
    if KIT in asked:
        pages[f"{KIT}.html"] = team_activity(kit.read_text(encoding="utf-8"))
    pages["index.html"] = index(known, list(said), kit=KIT in asked)
    for file, text in pages.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    return [folder / file for file in pages]


def main(arguments: list[str] | None = None) -> int:
    """Write the sheets; return the exit status."""
    forgive()
    parser = argparse.ArgumentParser(prog="course sheets", description="One page a notebook.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "sheets")
    parser.add_argument(
        "--only", metavar="NAME", action="append", help="this notebook, or kit, alone"
    )
    parser.add_argument("--read", nargs=2, metavar=("NAME", "ROOT"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    try:
        if options.read:
            said = read(options.read[0], Path(options.read[1]))
            print(f"\n{json.dumps(said)}")
        else:
            for path in build(options.folder.resolve(), options.only):
                print(path)
    except SheetError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
