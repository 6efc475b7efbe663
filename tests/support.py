"""What the tests share: running a notebook, judging one of its checks again, reading its cells."""

from __future__ import annotations

import ast
import contextlib
import io
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from helpers.checks import Check
from helpers.course.derive import Cell, cells_of
from tests.cold import load
from tests.pages import words_of

ROOT = Path(__file__).resolve().parents[1]
NAMES = sorted(path.stem for path in (ROOT / "solutions").glob("[0-9]*.py"))
DECKS = sorted(f"slides/{path.stem}" for path in (ROOT / "slides").glob("*.py"))
FORMS = ("solutions", "notebooks")
SHOWN = "02_confounders_colliders_mediators"
"""The notebook whose page in the gallery the tests build."""


@dataclass(frozen=True)
class Run:
    """One headless run of a notebook.

    Attributes:
        path: of the notebook.
        outputs: what each cell shows, in order.
        defs: its globals.
        printed: what it wrote to the standard streams.
    """

    path: Path
    outputs: tuple[Any, ...]
    defs: dict[str, Any]
    printed: str

    @property
    def checks(self) -> dict[str, Check]:
        """Return the checks of the run by name."""
        return {name: value for name, value in self.defs.items() if isinstance(value, Check)}


def run(path: Path, **defs: Any) -> Run:
    """Run a notebook from top to bottom, with some globals replaced (`SEED=7`)."""
    written = io.StringIO()
    with (
        contextlib.redirect_stdout(written),
        contextlib.redirect_stderr(written),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("default")
        outputs, found = load(path).app.run(defs=defs)
    return Run(path, tuple(outputs), {name: found[name] for name in found}, written.getvalue())


def descriptions(done: Run) -> list[str]:
    """Return the description of every chart and graph that a run shows, wherever it is nested."""
    return [words for output in done.outputs for words in words_of(output)]


def cells(path: Path) -> list[Cell]:
    """Return the cells of a notebook file."""
    return cells_of(path.read_text(encoding="utf-8"), path.name)


def recheck(done: Run, name: str, **answers: Any) -> Check:
    """Return what the check cell `name` says when these answers stand in the notebook.

    The cell's own code runs again, in the globals of a finished run.
    """
    cell = next(cell for cell in cells(done.path) if cell.name == name)
    body = [node for node in cell.node.body if not isinstance(node, ast.Return)]
    space = {**done.defs, "set_progress": lambda change: change({}), **answers}
    exec(compile(ast.Module(body, []), f"{done.path.name}:{name}", "exec"), space)  # noqa: S102
    return space[name]


def sliders(done: Run) -> dict[str, Any]:
    """Return the sliders among the globals of a run."""
    import marimo as mo

    return {k: v for k, v in done.defs.items() if isinstance(v, mo.ui.slider)}


def downstream(path: Path, name: str) -> list[Cell]:
    """Return the cells that run again when a global changes, in order."""
    moved, touched = {name}, []
    for cell in cells(path):
        inputs = {
            a.arg for a in getattr(cell.node, "args", ast.arguments([], [], None, [], [])).args
        }
        if cell.kind == "cell" and inputs & moved:
            touched.append(cell)
            moved |= set(cell.returned)
    return touched


def move(done: Run, name: str, value: Any) -> tuple[float, dict[str, Any]]:
    """Move a slider or switch of a finished run and run again what depends on it, as marimo would.

    Returns:
        (CPU seconds, globals after the move, with what each cell shows under its cell's name).
    """
    space = dict(done.defs)
    steps = getattr(space[name], "steps", None)  # a switch has none
    codes = [_compiled(cell) for cell in downstream(done.path, name)]
    space[name]._update(steps.index(value) if steps else value)
    shown: dict[str, Any] = {}
    start = time.process_time()
    for cell, body, last in codes:
        exec(body, space)  # noqa: S102
        if last is not None:
            shown[cell] = eval(last, space)  # noqa: S307
            _render(shown[cell])
    return time.process_time() - start, {**space, **shown}


def _compiled(cell: Cell) -> tuple[str, Any, Any]:
    """Return a cell's name, its body, and the expression that it shows; marimo keeps them too."""
    body = [node for node in cell.node.body if not isinstance(node, ast.Return)]
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    shows = None if last is None else compile(ast.Expression(last.value), cell.name, "eval")
    return cell.name, compile(ast.Module(body, []), cell.name, "exec"), shows


def _render(output: Any) -> None:
    """Do what the page asks of an output: a chart becomes its specification, as text."""
    import marimo as mo

    mo.as_html(output)


def shortest(values: Any) -> np.ndarray:
    """Return the ends (2, ...) of the shortest interval with 94 % of the draws (last axis)."""
    values = np.sort(values, axis=-1)
    inside = round(0.94 * values.shape[-1])
    start = (values[..., inside:] - values[..., :-inside]).argmin(axis=-1)[..., None]
    ends = np.take_along_axis(values, start, -1), np.take_along_axis(values, start + inside, -1)
    return np.stack(ends)[..., 0]
