"""The stored edits fit the course as it is, and each is made and taken back."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import mutants
from tests.mutants import EDITS, NO_CLOCK, Edit, LostEditError, selected
from tests.support import ROOT


def test_there_are_edits_of_every_kind() -> None:
    """Twenty or more, all different, and none of a kind that nobody counts."""
    assert len(set(EDITS)) == len(EDITS) >= 20
    assert {edit.kind for edit in EDITS} == set(mutants.KINDS)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{Path(edit.file).stem}-{edit.kind}")
def test_an_edit_fits_its_file(edit: Edit) -> None:
    """Its old text stands there once, and the edit changes it."""
    assert (ROOT / edit.file).read_text(encoding="utf-8").count(edit.old) == 1
    assert edit.old != edit.new
    assert mutants.selected(edit.file)


def course(folder: Path) -> Path:
    """Write a course of one lesson with one test."""
    for name, text in {
        "helpers/lessons/worlds.py": "def double(x):\n    return 2 * x\n",
        "helpers/lessons/__init__.py": "",
        "helpers/__init__.py": "",
        "tests/test_lessons_worlds.py": "from helpers.lessons.worlds import double\n\n\n"
        "def test_double():\n    assert double(3) == 6\n",
        "solutions/02_b.py": "from helpers.lessons import worlds\n",
        "pyproject.toml": "[tool.pytest.ini_options]\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_an_edit_is_noticed_or_escapes(tmp_path: Path) -> None:
    """What a test asserts is noticed, by that test; what none asserts escapes; no trace is left."""
    root, file = course(tmp_path), "helpers/lessons/worlds.py"
    before = (root / file).read_text(encoding="utf-8")
    who = mutants.noticed_by(Edit(file, "2 * x", "3 * x", "helper"), root)
    assert who == "tests/test_lessons_worlds.py::test_double"
    assert mutants.noticed_by(Edit(file, "2 * x", "x * 2", "helper"), root) is None
    assert (root / file).read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("code", "words", "faults"),
    [
        ((10, 9), (10, 8), []),
        ((10, 8), (10, 10), ["8 of 10 edits of code noticed: under 90%."]),
        ((10, 10), (10, 7), ["7 of 10 edits of words noticed: under 80%."]),
        ((0, 0), (5, 4), []),
    ],
)
def test_too_few_are_noticed(code: Any, words: Any, faults: list[str]) -> None:
    """Nine in ten of code, of levels and judges; eight in ten of sentences, units and hints."""
    made = Counter({"code": code[0], "prose": words[0]})
    seen = Counter({"code": code[1], "prose": words[1]})
    assert mutants.too_few(made, seen) == faults
    assert mutants.too_few(Counter(level=1, hint=1), Counter(level=1)) != []


def test_a_lost_edit_is_an_error(tmp_path: Path) -> None:
    """A text that does not stand there, or stands there twice, cannot be edited."""
    root, file = course(tmp_path), "helpers/lessons/worlds.py"
    for old in ("4 * x", "x"):
        with pytest.raises(LostEditError, match="times in the file"):
            mutants.apply(Edit(file, old, "y", "helper"), root)


def test_a_lesson_has_its_own_tests_and_those_of_its_notebook(tmp_path: Path) -> None:
    """The quick ones come first."""
    root = course(tmp_path)
    (root / "tests" / "test_02_b.py").touch()
    (root / "tests" / "test_02_b_in_browser.py").touch()
    (root / "tests" / "test_notebooks.py").touch()
    own, notebook = mutants.selected("helpers/lessons/worlds.py", root)
    assert own == ["tests/test_lessons_worlds.py"]
    assert notebook[:3] == ["tests/test_02_b.py", "tests/test_notebooks.py", "-k"]
    assert notebook[3] == f"02_ and {NO_CLOCK}"


def test_no_claim_is_taken_for_a_clock() -> None:
    """A claim's test is named by its words, joined by hyphens: "budget" is one of them in 09."""
    words = NO_CLOCK.removeprefix("not ").split(" and not ")
    assert len(words) == 4
    assert all("_" in word for word in words)
    files = selected("solutions/09_marketing_mix.py")[-1]
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", *files]
    found = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout
    assert "test_claims[Move-the-slider-to-0-the-budget-is-deaf" in found
    assert "test_notebooks.py::test_budget[" not in found
