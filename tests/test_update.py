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
LOCK = """version = 1
revision = 3

[[package]]
name = "absl-py"
version = "2.5.1"
source = { registry = "https://one.example.org/simple" }
wheels = [
    { url = "https://one.example.org/1f/absl_py-2.5.1.whl", hash = "sha256:72", size = 9 },
]
"""
COURSE = {
    ".gitignore": (ROOT / ".gitignore").read_text(encoding="utf-8"),
    ".gitattributes": (ROOT / ".gitattributes").read_text(encoding="utf-8"),
    "helpers/__init__.py": "",
    "helpers/course/__init__.py": (ROOT / "helpers/course/__init__.py").read_text(encoding="utf-8"),
    "helpers/course/__main__.py": (ROOT / "helpers/course/__main__.py").read_text(encoding="utf-8"),
    "helpers/course/update.py": (ROOT / "helpers/course/update.py").read_text(encoding="utf-8"),
    "helpers/update.py": (ROOT / "helpers/update.py").read_text(encoding="utf-8"),
    "uv.lock": LOCK,
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


def run(folder, *command, **variables):
    """Return a finished command of a clone: its own modules, whatever this Python has installed."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1", **variables}
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env=environment,
    )


def is_clean(folder):
    return git(folder, "status", "--porcelain") == ""


def readme_command():
    """Return the one command that the README gives for an update, run by this Python."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Keep your own work")[1]
    section = section.split("\n## ")[0]
    commands = re.findall(r"^(uv run course .*)$", section, flags=re.MULTILINE)
    assert commands == ["uv run course update"]
    return [sys.executable, "-m", "helpers.course", *shlex.split(commands[0])[3:]]


def test_the_command_of_the_readme_keeps_an_edited_notebook(maintainer, attendee):
    """Edited, then updated: nothing lost, nothing to resolve, the new edition is there."""
    write(attendee, {NOTEBOOK: "answer = 42  # my idea\nrest = 1\n"})
    publish(maintainer, {NOTEBOOK: "answer = ...\nrest = 2  # better\n"})
    done = run(attendee, *readme_command())
    assert done.returncode == 0, done.stderr
    assert read(attendee, NOTEBOOK) == "answer = ...\nrest = 2  # better\n"
    assert read(attendee, "notebooks/my_01_causal_graphs.py") == (
        "answer = 42  # my idea\nrest = 1\n"
    )
    assert is_clean(attendee)
    assert f"kept   {NOTEBOOK} as notebooks/my_01_causal_graphs.py" in done.stdout
    assert "new    Improve the notebook" in done.stdout


def test_the_first_editions_command_does_the_same(maintainer, attendee):
    write(attendee, {NOTEBOOK: "mine\n"})
    publish(maintainer, {NOTEBOOK: "new\n"})
    done = run(attendee, sys.executable, "-m", "helpers.update")
    assert done.returncode == 0, done.stderr
    assert read(attendee, "notebooks/my_01_causal_graphs.py") == "mine\n"
    assert read(attendee, NOTEBOOK) == "new\n"


def test_a_console_without_the_letters_shows_the_rest(maintainer, attendee):
    """A subject line that a Windows console cannot print stops nothing."""
    publish(maintainer, {NOTEBOOK: "new\n"}, "Nĕco nového: τ ≤ 1")
    coding = {"PYTHONIOENCODING": "cp1252:strict", "PYTHONUTF8": "0"}
    done = run(attendee, *readme_command(), **coding)
    assert done.returncode == 0, done.stderr
    assert "new    N?co nov" in done.stdout
    assert read(attendee, NOTEBOOK) == "new\n"


def test_a_change_of_modes_alone_is_no_edit(maintainer, attendee):
    """WSL and exFAT show every file as executable; only what was written counts."""
    if os.name == "nt":
        pytest.skip("Windows keeps no modes")
    write(attendee, {"notebooks/05_lalonde_do_operator.py": "mine\n"})
    for name in COURSE:
        (attendee / name).chmod(0o755)
    assert len(git(attendee, "status", "--porcelain").splitlines()) == len(COURSE)
    publish(maintainer, {NOTEBOOK: "new\n"})
    lines = list(update.update(attendee))
    assert [line for line in lines if line.startswith("kept")] == [
        "kept   notebooks/05_lalonde_do_operator.py as notebooks/my_05_lalonde_do_operator.py"
    ]
    assert read(attendee, NOTEBOOK) == "new\n"


def test_committed_modes_are_no_edit_either(maintainer, attendee):
    (attendee / NOTEBOOK).chmod(0o755)
    git(attendee, "update-index", "--chmod=+x", NOTEBOOK)
    git(attendee, "commit", "-q", "-m", "Modes")
    publish(maintainer, {"data/lalonde.csv": "a,b\n3,4\n"})
    assert not list((attendee / "notebooks").glob("my_*"))
    lines = list(update.update(attendee))
    assert [line.split()[:2] for line in lines if line.startswith("kept")] == [["kept", "your"]]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (("one.example.org", "mirror.example.com/packages"), False),
        ((", size = 9", ""), False),
        (("revision = 3", "revision = 2"), False),
        (("sha256:72", "sha256:73"), True),
        (('version = "2.5.1"', 'version = "2.5.2"'), True),
    ],
)
def test_a_lock_from_a_mirror_is_no_edit(maintainer, attendee, change, kept):
    """Where a package is fetched from is the mirror's; what is installed would be the reader's."""
    write(attendee, {"uv.lock": LOCK.replace(*change)})
    assert read(attendee, "uv.lock") != LOCK
    publish(maintainer, {NOTEBOOK: "new\n"})
    list(update.update(attendee))
    assert (attendee / "my_uv.lock").exists() == kept
    assert read(attendee, "uv.lock") == LOCK


def test_a_mirrors_lock_is_no_edit_when_a_new_lock_comes(maintainer, attendee):
    write(attendee, {"uv.lock": LOCK.replace("one.example", "mirror.example")})
    publish(maintainer, {"uv.lock": LOCK.replace("2.5.1", "2.5.2")})
    lines = list(update.update(attendee))
    assert not (attendee / "my_uv.lock").exists()
    assert "2.5.2" in read(attendee, "uv.lock")
    assert any("needs the network" in line for line in lines)


def test_the_real_lock_survives_a_mirror():
    """The same holds for the course's own lock: another host, no sizes, no dates."""
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    mirrored = re.sub(r"https://[\w.]+/", "https://mirror.example.com/a/", text)
    mirrored = re.sub(r', size = \d+|, upload-time = "[^"]+"', "", mirrored)
    assert mirrored != text
    assert update.packages_of(mirrored) == update.packages_of(text)
    assert update.packages_of(text.replace("pymc", "pymcx")) != update.packages_of(text)


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
