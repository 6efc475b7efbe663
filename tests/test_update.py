"""An attendee's own work survives an update of the course: with real git, in real clones."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.course import update

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = "notebooks/01_causal_graphs.py"
COURSE = {
    ".gitignore": (ROOT / ".gitignore").read_text(encoding="utf-8"),
    ".gitattributes": (ROOT / ".gitattributes").read_text(encoding="utf-8"),
    "helpers/__init__.py": "",
    "helpers/update.py": (ROOT / "helpers" / "update.py").read_text(encoding="utf-8"),
    NOTEBOOK: "answer = ...\nrest = 1\n",
    "notebooks/05_lalonde_do_operator.py": "effect = ...\n",
    "data/lalonde.csv": "a,b\n1,2\n",
}


def git(folder, *arguments):
    """Return the output of a git command that must succeed, by an author of its own."""
    who = ["-c", "user.name=Someone", "-c", "user.email=someone@example.org"]
    command = ["git", *who, "-c", "init.defaultBranch=main", *arguments]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def write(folder, files):
    """Write text files, LF line ends, into a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def read(folder, name):
    return (folder / name).read_text(encoding="utf-8")


def publish(maintainer, files, message="Improve the notebook", remove=()):
    """Commit files in the maintainer's clone and push them."""
    write(maintainer, files)
    git(maintainer, "add", "--all")
    for name in remove:
        git(maintainer, "rm", "-q", name)
    git(maintainer, "commit", "-q", "-m", message)
    git(maintainer, "push", "-q", "origin", "HEAD:main")


@pytest.fixture
def maintainer(tmp_path):
    """Return a maintainer's clone of a published course, whose bare repository is beside it."""
    git(tmp_path, "init", "-q", "--bare", "course.git")
    git(tmp_path, "clone", "-q", "course.git", "maintainer")
    publish(tmp_path / "maintainer", COURSE, "First edition")
    return tmp_path / "maintainer"


@pytest.fixture
def attendee(maintainer):
    """Return an attendee's fresh clone."""
    git(maintainer.parent, "clone", "-q", "course.git", "attendee")
    return maintainer.parent / "attendee"


def is_clean(folder):
    return git(folder, "status", "--porcelain") == ""


def readme_command():
    """Return the one command that the README gives for an update, run by this Python."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Keep your own work")[1]
    section = section.split("\n## ")[0]
    commands = re.findall(r"^(uv run python .*)$", section, flags=re.MULTILINE)
    assert commands == ["uv run python -m helpers.course.update"]
    return [sys.executable, *shlex.split(commands[0])[3:]]


def test_the_command_of_the_readme_keeps_an_edited_notebook(maintainer, attendee):
    """Edited, then updated: nothing lost, nothing to resolve, the new edition is there."""
    write(attendee, {NOTEBOOK: "answer = 42  # my idea\nrest = 1\n"})
    publish(maintainer, {NOTEBOOK: "answer = ...\nrest = 2  # better\n"})
    run = subprocess.run(
        readme_command(),
        cwd=attendee,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(attendee)},
    )
    assert run.returncode == 0, run.stderr
    assert read(attendee, NOTEBOOK) == "answer = ...\nrest = 2  # better\n"
    assert read(attendee, "notebooks/my_01_causal_graphs.py") == (
        "answer = 42  # my idea\nrest = 1\n"
    )
    assert is_clean(attendee)
    assert f"kept   {NOTEBOOK} as notebooks/my_01_causal_graphs.py" in run.stdout
    assert "new    Improve the notebook" in run.stdout


def test_a_copy_made_beforehand_is_not_touched(maintainer, attendee):
    mine = "notebooks/my_01_causal_graphs.py"
    write(attendee, {mine: "mine\n"})
    publish(maintainer, {NOTEBOOK: "new\n"})
    lines = list(update.update(attendee))
    assert not [line for line in lines if line.startswith("kept")]
    assert read(attendee, mine) == "mine\n"
    assert read(attendee, NOTEBOOK) == "new\n"
    assert is_clean(attendee)


def test_a_second_edit_gets_a_second_copy(maintainer, attendee):
    for number, text in enumerate(["one\n", "two\n", "two\n"], start=1):
        write(attendee, {NOTEBOOK: text})
        publish(maintainer, {NOTEBOOK: f"edition {number}\n"})
        list(update.update(attendee))
    kept = {path.name: path.read_text() for path in (attendee / "notebooks").glob("my_*")}
    assert kept == {"my_01_causal_graphs.py": "one\n", "my_01_causal_graphs_2.py": "two\n"}


def test_an_edit_is_kept_when_nothing_is_new(attendee):
    write(attendee, {NOTEBOOK: "mine\n"})
    assert list(update.update(attendee))[-1] == "The course is up to date."
    assert read(attendee, "notebooks/my_01_causal_graphs.py") == "mine\n"
    assert read(attendee, NOTEBOOK) == COURSE[NOTEBOOK]


def test_committed_staged_added_and_deleted_work_is_kept(maintainer, attendee):
    write(attendee, {NOTEBOOK: "committed\n"})
    git(attendee, "commit", "-q", "-a", "-m", "My answers")
    write(attendee, {"notebooks/99_added.py": "added\n", "data/lalonde.csv": "changed\n"})
    git(attendee, "add", "--all")
    (attendee / "notebooks/05_lalonde_do_operator.py").unlink()
    publish(maintainer, {NOTEBOOK: "new\n"})
    lines = list(update.update(attendee))
    assert read(attendee, "notebooks/my_01_causal_graphs.py") == "committed\n"
    assert read(attendee, "notebooks/my_99_added.py") == "added\n"
    assert read(attendee, "data/my_lalonde.csv") == "changed\n"
    assert read(attendee, "data/lalonde.csv") == COURSE["data/lalonde.csv"]
    assert (attendee / "notebooks/05_lalonde_do_operator.py").exists()
    branch = next(line for line in lines if "branch" in line).split()[-1]
    assert git(attendee, "show", f"{branch}:{NOTEBOOK}") == "committed\n"
    assert is_clean(attendee)


def test_own_file_in_the_place_of_a_new_one_is_kept(maintainer, attendee):
    write(attendee, {"notebooks/02_new.py": "my own second notebook\n"})
    publish(maintainer, {"notebooks/02_new.py": "published\n"})
    list(update.update(attendee))
    assert read(attendee, "notebooks/my_02_new.py") == "my own second notebook\n"
    assert read(attendee, "notebooks/02_new.py") == "published\n"


def test_ignored_and_other_own_files_stay(maintainer, attendee):
    own = {"notebooks/__marimo__/session/x.json": "{}", "notebooks/notes.md": "notes\n"}
    write(attendee, own)
    publish(maintainer, {NOTEBOOK: "new\n"})
    list(update.update(attendee))
    assert {name: read(attendee, name) for name in own} == own


def test_an_edited_notebook_that_the_edition_drops_is_kept(maintainer, attendee):
    write(attendee, {NOTEBOOK: "mine\n"})
    publish(maintainer, {}, "Drop a notebook", remove=[NOTEBOOK])
    list(update.update(attendee))
    assert not (attendee / NOTEBOOK).exists()
    assert read(attendee, "notebooks/my_01_causal_graphs.py") == "mine\n"


def test_an_edit_equal_to_the_new_edition_needs_no_copy(maintainer, attendee):
    write(attendee, {NOTEBOOK: "the same correction\n"})
    publish(maintainer, {NOTEBOOK: "the same correction\n"})
    lines = list(update.update(attendee))
    assert not [line for line in lines if line.startswith("kept")]
    assert is_clean(attendee)


def test_a_shallow_clone_is_updated_too(maintainer):
    course = (maintainer.parent / "course.git").as_uri()
    git(maintainer.parent, "clone", "-q", "--depth", "1", course, "shallow")
    shallow = maintainer.parent / "shallow"
    write(shallow, {NOTEBOOK: "mine\n"})
    publish(maintainer, {NOTEBOOK: "new\n"})
    list(update.update(shallow))
    assert read(shallow, NOTEBOOK) == "new\n"
    assert read(shallow, "notebooks/my_01_causal_graphs.py") == "mine\n"


def test_a_folder_in_the_way_is_named_and_nothing_changes(maintainer, attendee):
    write(attendee, {"slides/deck.py/own.txt": "own\n", NOTEBOOK: "mine\n"})
    publish(maintainer, {"slides/deck.py": "published\n"})
    with pytest.raises(update.UpdateError, match=r"deck\.py is in its way"):
        list(update.update(attendee))
    assert read(attendee, "slides/deck.py/own.txt") == "own\n"
    assert read(attendee, NOTEBOOK) == "mine\n"


def test_without_the_published_course_nothing_changes(attendee):
    write(attendee, {NOTEBOOK: "mine\n"})
    (attendee.parent / "course.git").rename(attendee.parent / "unreachable.git")
    with pytest.raises(update.UpdateError, match="fetch"):
        list(update.update(attendee))
    assert read(attendee, NOTEBOOK) == "mine\n"


def test_a_downloaded_folder_without_git_is_told_what_to_do(tmp_path):
    with pytest.raises(update.UpdateError, match="not a git clone"):
        list(update.update(tmp_path))


def test_a_branch_of_ones_own_is_left_alone(maintainer, attendee):
    git(attendee, "switch", "-q", "-c", "experiments")
    publish(maintainer, {NOTEBOOK: "new\n"})
    with pytest.raises(update.UpdateError, match="git switch main"):
        list(update.update(attendee))
    assert read(attendee, NOTEBOOK) == COURSE[NOTEBOOK]


def test_an_unfinished_merge_is_left_alone(maintainer, attendee):
    write(attendee, {NOTEBOOK: "mine\n"})
    git(attendee, "commit", "-q", "-a", "-m", "Mine")
    publish(maintainer, {NOTEBOOK: "new\n"})
    git(attendee, "fetch", "-q")
    merge = subprocess.run(
        ["git", "-c", "user.name=S", "-c", "user.email=s@example.org", "merge", "origin/main"],
        cwd=attendee,
        capture_output=True,
        check=False,
    )
    assert merge.returncode != 0
    with pytest.raises(update.UpdateError, match="unfinished"):
        list(update.update(attendee))


def test_no_file_of_the_course_has_an_attendees_name():
    """`my_*` belongs to attendees: git ignores it, so an update can never overwrite it."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    names = update.files_of(update.git(ROOT, "ls-files", "-z"))
    assert names
    assert not [name for name in names if Path(name).name.startswith(update.PREFIX)]
    ignored = update.git(ROOT, "check-ignore", "notebooks/my_01_causal_graphs.py")
    assert ignored.strip() == "notebooks/my_01_causal_graphs.py"
