"""Solutions -> notebooks and slide layouts: `uv run course derive [--check]`.

An exercise is a cell of a solution that holds one comment line `# solution`. What stands above it
is given, what stands below it is the answer. The derived notebook has the same cells; the answer is
replaced by `name = ...` for every name that the cell gives to others (`return ...` in a function),
or by stub lines of the author's own, which follow the marker as `#| ` comments.

What only the maintainer reads (`# notes:`, `# slide:`, `# next:`) stands in solutions and is not in
notebooks: a cell that holds `mo.md` and such lines shows as clean prose there.

The layout of the slides follows from the cells: see `slide_of`. The decks in slides/ have no
derived notebook, only a layout.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers.course import forgive

ROOT = Path(__file__).resolve().parents[2]
MARKER = re.compile(r"^( *)# solution\s*$")
STUB = re.compile(r"^ *#\| ?(.*)$")
SLIDE = re.compile(r"^ *# slide: *([a-z-]+)\s*$")
NEXT = re.compile(r"^ *# next: *([a-z-]+)\s*$")
NOTES = re.compile(r"^ *# notes: *(.*?)\s*$")
MARKS = re.compile(r"^ *# (slide|next|notes):")
EXERCISE = re.compile(r"^exercise_(\d+)")
KINDS = ("slide", "sub-slide", "fragment", "skip", "code", "step")
PLUMBING = re.compile(r"^(seed|check_\d+|progress.*|state.*|_)$")


class DeriveError(Exception):
    """A solution that cannot be derived; the message names file and cell and says what to mend."""


@dataclass(frozen=True)
class Cell:
    """One cell of a marimo file.

    Attributes:
        name: of the cell; "setup" for the setup cell.
        kind: "setup", "cell" or "function".
        node: its syntax tree.
        lines: its source lines, decorator included.
        start: number of its first line in the file, from 0.
    """

    name: str
    kind: str
    node: ast.With | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    lines: tuple[str, ...]
    start: int

    @property
    def returned(self) -> list[str]:
        """Return the names that the cell gives to others."""
        if self.kind == "function":
            return [self.name]
        last = self.node.body[-1]
        if self.kind != "cell" or not isinstance(last, ast.Return) or last.value is None:
            return []
        return [n.id for n in ast.walk(last.value) if isinstance(n, ast.Name)]

    @property
    def markers(self) -> list[int]:
        """Return the positions of `# solution` within the lines."""
        return [i for i, line in enumerate(self.lines) if MARKER.match(line)]

    @property
    def shown(self) -> ast.expr | None:
        """Return the expression that the page shows for this cell, if there is one."""
        body = [node for node in self.node.body if not isinstance(node, ast.Return)]
        if self.kind != "cell" or not body or not isinstance(body[-1], ast.Expr):
            return None
        return body[-1].value

    @property
    def prose(self) -> str | None:
        """Return the first line of the Markdown that the cell shows; None if it shows none."""
        call = self.shown
        if not isinstance(call, ast.Call) or ast.unparse(call.func) != "mo.md" or not call.args:
            return None
        text = call.args[0]
        parts = text.values if isinstance(text, ast.JoinedStr) else [text]
        first = parts[0] if parts else None
        value = first.value if isinstance(first, ast.Constant) else ""
        return str(value).strip().splitlines()[0] if str(value).strip() else ""


def _kind(node: ast.stmt) -> str | None:
    """Return what kind of cell a statement is; None for what is not a cell."""
    if isinstance(node, ast.With) and ast.unparse(node.items[0].context_expr).startswith(
        "app.setup"
    ):
        return "setup"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for decorator in node.decorator_list:
            name = ast.unparse(decorator).split("(")[0]
            if name == "app.cell":
                return "cell"
            if name in ("app.function", "app.class_definition"):
                return "function"
    return None


def cells_of(source: str, name: str = "notebook") -> list[Cell]:
    """Return the cells of a marimo file in order.

    Raises:
        DeriveError: the file is not valid Python, holds no cell, or holds a broken one.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise DeriveError(
            f"{name}, line {error.lineno}: not valid Python ({error.msg})."
        ) from error
    if "app._unparsable_cell" in source:
        raise DeriveError(f"{name}: a cell is not valid Python; open the solution and mend it.")
    lines = source.splitlines()
    cells = []
    for node in tree.body:
        kind = _kind(node)
        if kind is None:
            continue
        decorators = getattr(node, "decorator_list", [])
        start = min([node.lineno, *(d.lineno for d in decorators)]) - 1
        label = "setup" if kind == "setup" else node.name
        cells.append(Cell(label, kind, node, tuple(lines[start : node.end_lineno]), start))
    if not cells:
        raise DeriveError(f"{name}: no marimo cell found.")
    return cells


def _assigned(node: ast.AST) -> set[str]:
    """Return the names that a piece of code binds at its own level or below."""
    names = {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return names | {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.ClassDef)}


def asked_names(cell: Cell) -> list[str]:
    """Return the names that an exercise asks the learner for."""
    if cell.kind == "function":
        return [cell.name]
    line = cell.start + cell.markers[0] + 1
    below = [node for node in cell.node.body if (node.end_lineno or 0) > line]
    bound = set().union(*(_assigned(node) for node in below)) if below else set()
    return [name for name in cell.returned if name in bound]


def _stub(cell: Cell, where: str) -> list[str]:
    """Return the lines of an exercise cell without its answer."""
    at = cell.markers[0]
    indent = MARKER.match(cell.lines[at]).group(1)  # type: ignore[union-attr]
    rest = list(cell.lines[at + 1 :])
    end = len(rest)
    for i, line in enumerate(rest):
        if line.strip() and len(line) - len(line.lstrip()) < len(indent):
            end = i
            while end and not rest[end - 1].strip():
                end -= 1  # the blank lines behind a function stay
            break
    last = cell.node.body[-1]
    if cell.kind == "cell" and isinstance(last, ast.Return):
        end = min(end, last.lineno - 1 - cell.start - at - 1)
    own = []
    for line in rest[:end]:
        match = STUB.match(line)
        if match is None:
            break
        own.append(f"{indent}{match.group(1)}".rstrip())
    if not any(line.strip() and not line.strip().startswith("#") for line in rest[:end]):
        raise DeriveError(f"{where}: nothing stands below `# solution`.")
    if own:
        stub = own
    elif cell.kind == "function" or len(indent) > 4:  # noqa: PLR2004
        stub = [f"{indent}return ..."]
    else:
        stub = [f"{indent}{name} = ..." for name in asked_names(cell)]
    return [*cell.lines[:at], *stub, *rest[end:]]


def _used(cell: Cell) -> set[str]:
    """Return the names that the body of a cell reads."""
    return {
        n.id
        for statement in cell.node.body
        if not isinstance(statement, ast.Return)
        for n in ast.walk(statement)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
    }


def _judges(cell: Cell, checks: Mapping[str, Cell]) -> list[Cell]:
    """Return the check cells of an exercise: check_N, or those that use a function."""
    exercise = EXERCISE.match(cell.name)
    if exercise:
        return [check for name, check in checks.items() if name == f"check_{exercise.group(1)}"]
    return [check for check in checks.values() if cell.name in _used(check)]


def _fault(cell: Cell, checks: Mapping[str, Cell]) -> str | None:
    """Return what is wrong with an exercise cell; None if it is sound or no exercise."""
    exercise = EXERCISE.match(cell.name)
    if len(cell.markers) > 1:
        return "two `# solution` markers; an exercise has one."
    if not cell.markers:
        return "an exercise without a `# solution` marker." if exercise else None
    if not exercise and cell.kind != "function":
        return "call the cell exercise_N_what, so that check_N finds it."
    asked, judges = asked_names(cell), _judges(cell, checks)
    if not asked or not judges:
        return "an exercise without a check." if asked else "the answer gives no name to others."
    unused = [name for name in asked if not any(name in _used(check) for check in judges)]
    if unused:
        return f"{judges[0].name} does not use {', '.join(unused)}, which the exercise asks for."
    return None


def refuse_faults(cells: list[Cell], name: str) -> None:
    """Raise DeriveError at the first exercise that a learner could not do or have checked."""
    checks = {cell.name: cell for cell in cells if re.match(r"^check_\d+$", cell.name)}
    for cell in cells:
        fault = _fault(cell, checks)
        if fault:
            raise DeriveError(f"{name}, cell {cell.name}: {fault}")
    judging = {judge.name for cell in cells if cell.markers for judge in _judges(cell, checks)}
    for lonely in checks.keys() - judging:
        raise DeriveError(f"{name}, cell {lonely}: a check without an exercise.")


def derive_source(source: str, name: str = "notebook") -> str:
    """Return the text of the derived notebook, before marimo has rewritten its signatures.

    Args:
        source: text of a solution.
        name: of the file, for messages.

    Raises:
        DeriveError: see `cells_of` and `refuse_faults`.
    """
    cells = cells_of(source, name)
    refuse_faults(cells, name)
    lines = source.splitlines()
    for cell in reversed(cells):
        if cell.markers:
            stub = _stub(cell, f"{name}, cell {cell.name}")
            lines[cell.start : cell.start + len(cell.lines)] = stub
    text = "\n".join(line for line in lines if not MARKS.match(line)) + "\n"
    return re.sub(r',?\s*layout_file="[^"]*"', "", text)


def slide_of(cell: Cell, before: Cell | None = None) -> dict[str, object]:
    """Return how one cell appears in the presentation.

    Without a marker: prose that starts with `#` or `##` starts a slide; with `###`, one below it;
    other prose is added to the slide; an exercise is a slide that shows its code; a cell that shows
    something has a slide of its own; the rest, checks and plumbing are skipped. A line
    `# slide: KIND` in the cell, or `# next: KIND` in the cell before it, says otherwise (slide,
    sub-slide, fragment, skip, code: a slide that shows the code of the cell, or step: a fragment
    that shows it). Lines `# notes: ...` become the speaker's notes. What shows its code carries no
    such line itself: people would read it.

    Raises:
        DeriveError: a marker names a kind that there is not, or a slide would show nothing, or
            a marker.
    """
    marked = _marks(cell, SLIDE) or (_marks(before, NEXT) if before else [])
    if marked and marked[-1] not in KINDS:
        raise DeriveError(f"cell {cell.name}: `# slide: {marked[-1]}`; one of {', '.join(KINDS)}.")
    kind = marked[-1] if marked else _default_slide(cell)
    if kind in ("code", "step") and cell.shown is None:
        raise DeriveError(
            f"cell {cell.name}: end it with the expression to show; without one it has no slide."
        )
    shown_as = {"code": "sub-slide", "step": "fragment"}
    if kind in shown_as and any(MARKS.match(line) for line in cell.lines):
        raise DeriveError(
            f"cell {cell.name}: its slide shows its code, with the maintainer's marks in it; put "
            "them into the cell before (`# next: code`)."
        )
    entry: dict[str, object] = {"type": shown_as.get(kind, kind)}
    if kind in shown_as:
        entry["showCode"] = True
    notes = " ".join(_marks(cell, NOTES))
    if notes:
        entry["speakerNotes"] = notes
    return entry


def _marks(cell: Cell, pattern: re.Pattern[str]) -> list[str]:
    """Return what the maintainer's marks of one kind say in a cell."""
    return [m.group(1) for line in cell.lines if (m := pattern.match(line))]


def slides_of(cells: list[Cell]) -> list[dict[str, object]]:
    """Return how each of a file's cells appears in the presentation, in order."""
    return [slide_of(cell, before) for before, cell in zip([None, *cells], cells, strict=False)]


def _default_slide(cell: Cell) -> str:
    if cell.kind != "cell" or PLUMBING.match(cell.name):
        return "skip"
    if EXERCISE.match(cell.name):
        return "code"
    if cell.prose is not None:
        depth = len(cell.prose) - len(cell.prose.lstrip("#"))
        return {0: "fragment", 1: "slide", 2: "slide"}.get(depth, "sub-slide")
    return "skip" if cell.shown is None else "sub-slide"


def layout_of(source: str, name: str = "notebook") -> str:
    """Return the slide layout of a solution as JSON, one entry a cell, in order."""
    cells = cells_of(source, name)
    try:
        slides = slides_of(cells)
    except DeriveError as error:
        raise DeriveError(f"{name}, {error}") from error
    deck = {"transition": "none", "verticalAlign": "top"}
    layout = {"type": "slides", "data": {"deck": deck, "cells": slides}}
    return json.dumps(layout, indent=2, ensure_ascii=False) + "\n"


def finish(sources: dict[str, str]) -> dict[str, str]:
    """Return notebooks with the signatures that marimo gives them (name -> text).

    Raises:
        DeriveError: marimo could not read a file.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder, name) for name in sources}
        for name, path in paths.items():
            path.write_text(sources[name], encoding="utf-8", newline="\n")
        command = [sys.executable, "-m", "marimo", "check", "--fix", *map(str, paths.values())]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DeriveError(f"marimo check --fix: {done.stdout}{done.stderr}")
        return {name: path.read_text(encoding="utf-8") for name, path in paths.items()}


def derived_files(root: Path = ROOT) -> dict[Path, str]:
    """Return every derived file of the course and its text: notebooks and slide layouts.

    Args:
        root: top of the repository.

    Raises:
        DeriveError: a solution or a deck cannot be derived.
    """
    solutions = sorted((root / "solutions").glob("[0-9]*.py"))
    sources = {path.name: path.read_text(encoding="utf-8") for path in solutions}
    drafts = {n: derive_source(s, f"solutions/{n}") for n, s in sources.items()}
    notebooks = finish(drafts) if drafts else {}
    files = {root / "notebooks" / name: text for name, text in notebooks.items()}
    for name, source in sources.items():
        layout = root / "solutions" / "layouts" / f"{Path(name).stem}.slides.json"
        files[layout] = layout_of(source, f"solutions/{name}")
    for deck in sorted((root / "slides").glob("*.py")):
        layout = root / "slides" / "layouts" / f"{deck.stem}.slides.json"
        files[layout] = layout_of(deck.read_text(encoding="utf-8"), f"slides/{deck.name}")
    for name, text in notebooks.items():
        if len(cells_of(text, name)) != len(cells_of(sources[name], name)):
            raise DeriveError(f"notebooks/{name}: not as many cells as its solution.")
    return files


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Write, or compare, the derived files; return the exit status."""
    forgive()
    parser = argparse.ArgumentParser(prog="course derive", description="Derive the notebooks.")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 on a difference")
    check = parser.parse_args(arguments).check
    try:
        files = derived_files(root)
    except DeriveError as error:
        print(error, file=sys.stderr)
        return 1
    orphans = [p for p in sorted((root / "notebooks").glob("[0-9]*.py")) if p not in files]
    for path in orphans:
        print(f"{path.relative_to(root)} has no solution.", file=sys.stderr)
    stale = [
        path
        for path, text in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        print(f"{'differs' if check else 'written'}: {path.relative_to(root)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8", newline="\n")
    if check and stale:
        print("Run `uv run course derive` and commit the result.")
    return int(bool(orphans) or (check and bool(stale)))


if __name__ == "__main__":
    raise SystemExit(main())
