"""The deep step of the checks finds what changed, and says so where it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import deep_ci
from tests.support import NAMES, ROOT


def commit(root: Path, *files: str) -> None:
    """Commit files with some text in them."""
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{path.read_text() if path.exists() else ''}x = 1\n", encoding="utf-8")
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    deep_ci.git("add", ".", root=root)
    deep_ci.git(*who, "commit", "--quiet", "-m", "Change", root=root)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a repository with two notebooks and one lesson."""
    root = tmp_path / "clone"
    root.mkdir()
    deep_ci.git("init", "--quiet", root=root)
    commit(root, "solutions/01_a.py", "solutions/02_b.py", "helpers/lessons/worlds.py")
    (root / "solutions" / "02_b.py").write_text("from helpers.lessons import worlds\n")
    commit(root, "README.md")
    return root


def test_what_the_last_commits_touched(clone: Path) -> None:
    """Solutions, lessons and tests count; after twenty other commits they do no more."""
    assert deep_ci.notebooks_of(deep_ci.changed_files(clone), clone) == ["01_a", "02_b"]
    for file, expected in (
        ("helpers/lessons/worlds.py", ["02_b"]),
        ("tests/test_01_a.py", ["01_a"]),
        ("notebooks/01_a.py", ["01_a"]),
        ("README.md", []),
    ):
        assert deep_ci.notebooks_of([file], clone) == expected
    for _ in range(deep_ci.COMMITS):
        commit(clone, "README.md")
    assert deep_ci.changed_files(clone) == ["README.md"]


def test_where_history_is_missing_it_says_so(clone: Path, tmp_path: Path) -> None:
    """A shallow clone and a folder without git get a sentence."""
    shallow = tmp_path / "shallow"
    command = ["git", "clone", "--quiet", "--depth", "1", clone.as_uri(), str(shallow)]
    subprocess.run(command, check=True)
    assert "shallow" in deep_ci.changed_files(shallow)
    assert "no clone" in deep_ci.changed_files(tmp_path)


def test_no_test_starts_when_the_time_is_used() -> None:
    """`--minutes 0` leaves everything out, by name, and nothing fails."""
    command = [sys.executable, "-m", "pytest", "-q", "tests/test_simulate.py", "--minutes", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout
    assert "tests left out after 0 minutes" in done.stdout
    assert "tests/test_simulate.py::test_seed" in done.stdout
    assert "passed" not in done.stdout


def test_deep_tests_are_left_out_unless_asked_for() -> None:
    """Fewer tests are collected without `--deep`, and the report counts those left out."""
    counts = []
    for options in ([], ["--deep"]):
        command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "tests/test_browser.py"]
        done = subprocess.run(
            [*command, *options], capture_output=True, text=True, check=False, cwd=ROOT
        )
        counts.append(done.stdout.count("test_slides_advance"))
        assert ("deep tests left out: uv run pytest --deep" in done.stdout) is not bool(options)
    assert counts[0] == 1
    assert counts[1] >= len(NAMES)
