"""Deriving notebooks: answers are cut, stubs bind every name, faults are named, slides follow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from helpers.course import derive
from tests.support import NAMES, ROOT, run

HEAD = '''
import marimo

__generated_with = "0.25.2"
app = marimo.App(css_file="../slides/theme.css", layout_file="layouts/a.slides.json")

with app.setup:
    import marimo as mo

    from helpers import checks


@app.cell(hide_code=True)
def title():
    # notes: Aim: open.
    # notes: Minutes: 3.
    mo.md(r"""
    # What is six by seven?
    """)
    return


@app.cell
def seed():
    SEED = 7
    return (SEED,)


@app.cell(hide_code=True)
def state():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress
'''
EXERCISE = """
@app.cell
def exercise_1_product(SEED):
    # Multiply.
    given = 6
    # solution
    _factor = SEED
    product = given * _factor
    product
    return given, product


@app.cell(hide_code=True)
def check_1(given, product, set_progress):
    check_1 = checks.close(product, 42 if given else 0, tolerance=0)
    set_progress(check_1.record(1))
    check_1
    return
"""
FUNCTION = '''
@app.cell
def exercise_2_double():
    def double(x):
        """Return twice x."""
        # solution
        #| # your line here
        #| return ...
        twice = 2 * x
        return twice

    double(21)
    return (double,)


@app.cell(hide_code=True)
def check_2(double, set_progress):
    check_2 = checks.holds(double, lambda f: f(2) == 4)
    set_progress(check_2.record(2))
    check_2
    return
'''
PURE = '''
@app.function
def triple(x):
    """Return three times x."""
    # solution
    y = 3 * x
    return y


@app.cell(hide_code=True)
def check_3():
    check_3 = checks.holds(triple, lambda f: f(2) == 6)
    check_3
    return
'''


@pytest.fixture(autouse=True)
def marimo_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `marimo check --fix` run in this process: its start takes longer than its work.

    The real command runs once for all notebooks of the course: the fixture `derived`.
    """
    from marimo._cli.cli import main

    def inside(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        done = CliRunner().invoke(main, command[command.index("marimo") + 1 :])
        return subprocess.CompletedProcess(command, done.exit_code, done.output, "")

    monkeypatch.setattr(derive, "subprocess", SimpleNamespace(run=inside))


def make(folder: Path, *parts: str) -> Path:
    """Write a solution of these parts into a small course and return its top folder."""
    (folder / "solutions").mkdir(exist_ok=True)
    text = HEAD + "\n".join(parts) + '\n\nif __name__ == "__main__":\n    app.run()\n'
    (folder / "solutions" / "01_a.py").write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    return folder


def test_answers_are_cut_and_stubs_bind_every_name(tmp_path: Path) -> None:
    """What is given stays, what is asked becomes `name = ...`, the inputs of the answer vanish."""
    root = make(tmp_path, EXERCISE, FUNCTION, PURE)
    assert derive.main([], root) == 0
    text = (root / "notebooks" / "01_a.py").read_text(encoding="utf-8")
    assert "def exercise_1_product():" in text
    assert "    given = 6\n    product = ...\n    return given, product" in text
    assert "_factor" not in text
    assert "twice = " not in text
    assert "        # your line here\n        return ...\n" in text
    assert '"""Return three times x."""\n    return ...' in text
    assert "layout_file" not in text
    assert "theme.css" in text
    assert "# solution" not in text


def test_both_forms_run(tmp_path: Path) -> None:
    """The solution is done, the derived notebook is to do, and the cells are as many."""
    root = make(tmp_path, EXERCISE, FUNCTION, PURE)
    derive.main([], root)
    solved, open_ = (run(root / form / "01_a.py") for form in ("solutions", "notebooks"))
    assert {check.status for check in solved.checks.values()} == {"done"}
    assert open_.checks["check_1"].status == "todo"
    assert len(solved.outputs) == len(open_.outputs)


def test_idempotent_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second run writes nothing; --check notices an edit, a missing layout and an orphan."""
    root = make(tmp_path, EXERCISE)
    assert derive.main(["--check"], root) == 1
    assert derive.main([], root) == 0
    capsys.readouterr()
    assert derive.main([], root) == 0
    assert capsys.readouterr().out == ""
    assert derive.main(["--check"], root) == 0
    notebook = root / "notebooks" / "01_a.py"
    notebook.write_text(notebook.read_text() + "\n# edited\n")
    assert derive.main(["--check"], root) == 1
    assert "differs: " in capsys.readouterr().out
    derive.main([], root)
    (root / "solutions" / "layouts" / "01_a.slides.json").unlink()
    assert derive.main(["--check"], root) == 1
    derive.main([], root)
    (root / "notebooks" / "02_b.py").write_text("x = 1\n")
    assert derive.main(["--check"], root) == 1
    assert "has no solution" in capsys.readouterr().err


FAULTS = {
    "two markers": (
        EXERCISE.replace("    product\n", "    # solution\n    product\n"),
        "01_a.py, cell exercise_1_product: two `# solution` markers",
    ),
    "no marker": (EXERCISE.replace("    # solution\n", ""), "without a `# solution` marker"),
    "no check": (
        EXERCISE.split("@app.cell(hide_code=True)", maxsplit=1)[0],
        "an exercise without a check",
    ),
    "unused name": (
        EXERCISE.replace("close(product, 42 if given else 0", "close(given, 6"),
        "cell exercise_1_product: check_1 does not use product",
    ),
    "no name": (
        EXERCISE.replace("return given, product", "return (given,)"),
        "gives no name to others",
    ),
    "no answer": (
        EXERCISE.replace(
            "    _factor = SEED\n    product = given * _factor\n    product\n", ""
        ).replace("given = 6", "given = product = 6"),
        "cell exercise_1_product",
    ),
    "shows nothing": (EXERCISE.replace("    product\n", ""), "end it with the expression to show"),
    "misnamed": (
        EXERCISE.replace("exercise_1_product", "product_cell"),
        "call the cell exercise_N",
    ),
    "lonely check": (
        EXERCISE + PURE.split("\n\n\n")[1].replace("triple", "SEED"),
        "cell check_3: a check without an exercise",
    ),
    "notes on a slide of code": (
        EXERCISE.replace("# Multiply.", "# notes: Answer: 42."),
        "cell exercise_1_product: its slide shows its code",
    ),
    "a kind on a slide of code": (
        EXERCISE.replace("# Multiply.", "# slide: code"),
        "cell exercise_1_product: its slide shows its code",
    ),
    "unknown slide": (EXERCISE.replace("# Multiply.", "# slide: huge"), "`# slide: huge`"),
    "not Python": (EXERCISE.replace("given = 6", "given = = 6"), "not valid Python"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_refused_by_name(
    fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A faulty solution is refused, file and cell are named, nothing is written."""
    text, message = FAULTS[fault]
    root = make(tmp_path, text)
    assert derive.main([], root) == 1
    assert message in capsys.readouterr().err
    assert not (root / "notebooks").exists()


def test_layout_follows_the_cells(tmp_path: Path) -> None:
    """One entry a cell: questions and code are slides, plumbing is skipped, notes are joined."""
    question = '''
@app.cell(hide_code=True)
def question_1():
    mo.md(r"""
    ### Exercise 1 · complete · 3 min
    """)
    return


@app.cell
def table():
    # slide: fragment
    mo.ui.table([1, 2])
    return
'''
    root = make(tmp_path, question, EXERCISE)
    derive.main([], root)
    layout = json.loads((root / "solutions" / "layouts" / "01_a.slides.json").read_text())
    entries = layout["data"]["cells"]
    assert [entry["type"] for entry in entries] == [
        "skip", "slide", "skip", "skip", "sub-slide", "fragment", "sub-slide", "skip",
    ]  # fmt: skip
    assert entries[1]["speakerNotes"] == "Aim: open. Minutes: 3."
    assert entries[6]["showCode"] is True


def test_a_deck_has_a_layout_and_no_twin(tmp_path: Path) -> None:
    """What lies in slides/ gets a layout of its own, and no derived notebook."""
    root = make(tmp_path, EXERCISE)
    (root / "slides").mkdir(exist_ok=True)
    (root / "slides" / "talk.py").write_text(HEAD.lstrip())
    assert derive.main([], root) == 0
    layout = json.loads((root / "slides" / "layouts" / "talk.slides.json").read_text())
    assert [cell["type"] for cell in layout["data"]["cells"]] == ["skip", "slide", "skip", "skip"]
    assert not (root / "notebooks" / "talk.py").exists()


def test_a_console_without_the_letters_shows_the_rest(tmp_path: Path) -> None:
    """Derive alone, without `course` before it, says what it wrote on a console of cp1252."""
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides" / "č.py").write_text(HEAD.lstrip(), encoding="utf-8")
    code = "import sys; from pathlib import Path; from helpers.course import derive; "
    done = subprocess.run(
        [sys.executable, "-c", code + "sys.exit(derive.main([], Path(sys.argv[1])))", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "cp1252:strict", "PYTHONUTF8": "0"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.replace("\\", "/") == "written: slides/layouts/?.slides.json\n"


@pytest.mark.parametrize("name", NAMES)
def test_twins_have_the_same_cells(name: str) -> None:
    """The derived notebook of the course has the cells of its solution, by name and order."""
    twins = [
        derive.cells_of((ROOT / form / f"{name}.py").read_text(encoding="utf-8"))
        for form in ("solutions", "notebooks")
    ]
    assert [cell.name for cell in twins[0]] == [cell.name for cell in twins[1]]
    assert not any(cell.markers for cell in twins[1])
