"""Who has the first edition gets to this one by the command of old, with everything they wrote.

The first edition is taken from git's history; a shallow clone does not hold it, and skips.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.checks import Check
from tests.support import ROOT, run

FIRST = "a2a5275"
NAMES = (
    "01_causal_graphs",
    "02_confounders_colliders_mediators",
    "03_s_learner",
    "04_bayesian_ab_testing",
    "05_lalonde_do_operator",
    "06_mundlak",
    "07_cevae",
    "08_mediation",
    "09_marketing_mix",
)


def git(folder: Path, *arguments: str) -> str:
    """Return what a git command prints that must succeed."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def _history() -> None:
    """Skip where the first edition is not in git's history."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git, or not a git clone")
    found = subprocess.run(
        ["git", "merge-base", "--is-ancestor", FIRST, "HEAD"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if found.returncode:
        pytest.skip("a shallow clone: git fetch --unshallow brings the first edition")


def old(name: str, form: str = "notebooks") -> str:
    """Return a notebook of the first edition."""
    return git(ROOT, "show", f"{FIRST}:{form}/{name}.py")


# The way here -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def attendee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clone that stands at the first edition and follows this one."""
    place = tmp_path_factory.mktemp("first")
    git(place, "init", "-q", "--bare", "-b", "main", "course.git")
    git(place / "course.git", "fetch", "-q", str(ROOT), "HEAD:refs/heads/main")
    git(place, "clone", "-q", "course.git", "attendee")
    git(place / "attendee", "reset", "-q", "--hard", FIRST)
    return place / "attendee"


def typed(folder: Path, module: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Return `python -m MODULE`, typed in a clone whose own modules are the ones installed."""
    return subprocess.run(
        [sys.executable, "-m", module, *options],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
    )


def test_the_old_command_lands_on_this_edition(attendee: Path) -> None:
    """Its own code runs; what was edited is kept; typed again, this edition's answers."""
    notebook = attendee / "notebooks" / "02_confounders_colliders_mediators.py"
    mine = notebook.read_text(encoding="utf-8").replace("SEED = 2026", "SEED = 7")
    assert "SEED = 7" in mine
    notebook.write_text(mine, encoding="utf-8", newline="\n")
    assert not (attendee / "helpers" / "course").exists()
    done = typed(attendee, "helpers.update")
    assert done.returncode == 0, done.stderr
    assert f"kept   notebooks/{notebook.name} as notebooks/my_{notebook.name}" in done.stdout
    assert git(attendee, "rev-parse", "HEAD") == git(attendee, "rev-parse", "origin/main") != FIRST
    assert git(attendee, "status", "--porcelain") == ""
    assert (attendee / "notebooks" / f"my_{notebook.name}").read_text("utf-8") == mine

    again = typed(attendee, "helpers.update")
    assert again.returncode == 0, again.stderr
    assert again.stdout == "The course is up to date.\n"
    assert again.stderr == ""
    doctor = typed(attendee, "helpers.doctor", "--help")
    assert "usage: course doctor" in doctor.stdout, doctor.stderr


# What was written there, here -------------------------------------------------------------------


class Uses(ast.NodeVisitor):
    """Collects what a notebook takes from the helpers: (module, attribute) and calls of them."""

    def __init__(self, source: str) -> None:
        self.modules: dict[str, str] = {}
        self.names: dict[str, tuple[str, str]] = {}
        self.used: set[tuple[str, str]] = set()
        self.calls: list[tuple[tuple[str, str], int, list[str]]] = []
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "helpers":
                self.modules |= {a.asname or a.name: f"helpers.{a.name}" for a in node.names}
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("helpers."):
                self.names |= {a.asname or a.name: (str(node.module), a.name) for a in node.names}
        self.used |= set(self.names.values())
        self.visit(tree)

    def of(self, node: ast.expr) -> tuple[str, str] | None:
        """Return module and attribute of an expression such as `charts.lines` or `number`."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = self.modules.get(node.value.id)
            return (module, node.attr) if module else None
        return self.names.get(node.id) if isinstance(node, ast.Name) else None

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note what is taken from a module."""
        if found := self.of(node):
            self.used.add(found)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Note how something of the helpers is called, if no star hides it."""
        starred = any(isinstance(a, ast.Starred) for a in node.args)
        if (found := self.of(node.func)) and not starred:
            words = [keyword.arg for keyword in node.keywords]
            if None not in words:
                self.calls.append((found, len(node.args), [str(word) for word in words]))
        self.generic_visit(node)


@pytest.mark.parametrize("form", ["notebooks", "solutions"])
@pytest.mark.parametrize("name", NAMES)
def test_what_old_notebooks_use_of_the_helpers_is_there(name: str, form: str) -> None:
    """Every module, every name, and every argument that a notebook of the first edition gives."""
    uses = Uses(old(name, form))
    assert len(uses.modules) >= 3
    assert len(uses.used) >= 10
    assert len(uses.calls) >= 10
    missing = [
        f"{module}.{attribute}"
        for module, attribute in sorted(uses.used)
        if not hasattr(importlib.import_module(module), attribute)
    ]
    assert not missing
    for (module, attribute), count, words in uses.calls:
        function = getattr(importlib.import_module(module), attribute)
        if not (isinstance(function, type) and issubclass(function, Exception)):
            inspect.signature(function).bind(*[None] * count, **dict.fromkeys(words))


def test_a_name_that_is_gone_would_be_noticed() -> None:
    """The test above looks at what a notebook uses, however it is imported."""
    uses = Uses(
        "from helpers import charts\nfrom helpers.tidy import number as n\ncharts.gone(1, a=n)"
    )
    assert uses.used == {("helpers.charts", "gone"), ("helpers.tidy", "number")}
    assert uses.calls == [(("helpers.charts", "gone"), 1, ["a"])]


def assert_runs(name: str, folder: Path) -> None:
    """Run a `my_` copy of a notebook of the first edition beside this edition's slides."""
    for place in ("notebooks", "slides"):
        (folder / place).mkdir()
    shutil.copy(ROOT / "slides" / "theme.css", folder / "slides")
    page = folder / "notebooks" / f"my_{name}.py"
    page.write_text(old(name), encoding="utf-8", newline="\n")
    done = run(page)
    assert len(done.checks) >= 4
    assert {check.status for check in done.checks.values()} == {"todo"}
    assert all(isinstance(check, Check) for check in done.checks.values())
    assert "Warning" not in done.printed


def test_an_old_notebook_runs(tmp_path: Path) -> None:
    """02, which samples nothing: no exception, every check to do."""
    assert_runs("02_confounders_colliders_mediators", tmp_path)


@pytest.mark.deep
@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("02")])
def test_every_old_notebook_runs(name: str, tmp_path: Path) -> None:
    assert_runs(name, tmp_path)
