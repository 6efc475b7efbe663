"""Bring a new edition of the course, and keep what its reader has written: `uv run course update`.

Every file of the course that was edited here is first
copied to `my_NAME` beside it; git ignores those names, and no edition has such a file. Then the
course itself becomes the published one. Nothing is merged, so there is never a conflict to resolve,
and nothing is thrown away: commits of one's own stay on a branch.
"""

from __future__ import annotations

import argparse
import filecmp
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from helpers.course import forgive

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "my_"
LOCK = "uv.lock"
PACKAGES = {LOCK, ".python-version"}
"""Files that decide what the next `uv run` installs."""


class UpdateError(Exception):
    """The course cannot be updated here."""


def git(root: Path, *arguments: str) -> str:
    """Return what a git command prints, run in `root`.

    Raises:
        UpdateError: git is not installed, or the command fails; the message is git's own.
    """
    try:
        run = subprocess.run(
            # Some disks know no file modes, and show every file as executable: no edit of anybody.
            ["git", "-c", "core.fileMode=false", *arguments],
            cwd=root,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="surrogateescape",  # a name is given back as it came, whatever its encoding
        )
    except FileNotFoundError as error:
        raise UpdateError("git is not installed. See https://git-scm.com/downloads") from error
    if run.returncode:
        raise UpdateError(f"`git {' '.join(arguments)}` failed:\n{run.stderr.strip()}")
    return run.stdout


def files_of(output: str) -> set[str]:
    """Return the names in git's output, which ends each with a zero byte."""
    return set(filter(None, output.split("\0")))


def refuse_unready(root: Path) -> None:
    """Check that `root` is a clone on a branch that follows the published course.

    Raises:
        UpdateError: it is not; the message says what to do.
    """
    if not (root / ".git").exists():
        raise UpdateError(
            "This folder is not a git clone. Download the new edition into a new folder; "
            "your notebooks stay here, and you can copy them over."
        )
    for unfinished in ("MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD"):
        if (root / git(root, "rev-parse", "--git-path", unfinished).strip()).exists():
            raise UpdateError(
                "A merge or rebase of yours is unfinished. Finish it, or leave it by "
                "`git merge --abort` or `git rebase --abort`; then update again."
            )
    try:
        git(root, "rev-parse", "--abbrev-ref", "@{upstream}")
    except UpdateError as error:
        raise UpdateError(
            "You are on a branch of your own, which follows no published one. "
            "Go to the course by `git switch main`; then update again."
        ) from error


def differing(root: Path, commit: str) -> set[str]:
    """Return the files whose content here differs from that in a commit; modes do not count."""
    lines = files_of(git(root, "diff", "--numstat", "-z", "--no-renames", commit))
    counts = [line.split("\t", 2) for line in lines]
    return {name for added, removed, name in counts if (added, removed) != ("0", "0")}


def packages_of(lock: str) -> str:
    """Return the text of a `uv.lock` without what a mirror of the package registry rewrites.

    Where a file is fetched, its size and its date go; names, versions and checksums stay.
    """
    lock = re.sub(r"^revision = .*\n", "", lock, flags=re.MULTILINE)
    lock = re.sub(r'registry = "[^"]*"', "registry", lock)
    lock = re.sub(r', (size = \d+|upload-time = "[^"]*")', "", lock)
    return re.sub(r'"https?://[^"]*?([^"/]*)"', r'"\1"', lock)


def is_own_lock(root: Path, commits: Iterable[str]) -> bool:
    """Return whether the lock at `root` holds other packages than that of each commit."""
    here = packages_of((root / LOCK).read_text(encoding="utf-8", errors="replace"))
    return all(here != packages_of(git(root, "show", f"{commit}:{LOCK}")) for commit in commits)


def edited_files(root: Path) -> set[str]:
    """Return the files whose content here is neither the old edition's nor the new one's.

    Two kinds: files of the course that were edited or added here, committed or not; and files of
    one's own that stand where the new edition brings one. A lock that only names another place to
    fetch the same packages from is not an edit.

    Raises:
        UpdateError: a folder stands where the new edition brings a file, or the other way round.
    """
    start = git(root, "merge-base", "HEAD", "@{upstream}").strip()
    edited = differing(root, start) & differing(root, "@{upstream}")
    coming = files_of(git(root, "ls-tree", "-r", "--name-only", "-z", "@{upstream}"))
    if LOCK in edited & coming and (root / LOCK).is_file():
        edited -= set() if is_own_lock(root, [start, "@{upstream}"]) else {LOCK}
    coming -= files_of(git(root, "ls-files", "-z"))
    for name in coming:
        path = root / name
        blocking = [path] if path.is_dir() else [p for p in path.parents if p.is_file()]
        if blocking and not git(root, "ls-files", "--", str(blocking[0])):
            raise UpdateError(
                f"The new edition brings {name}, and {blocking[0]} is in its way. "
                f"Rename yours, for example to {PREFIX}{blocking[0].name}; then update again."
            )
    return {name for name in edited | coming if (root / name).is_file()}


def keep(path: Path) -> Path:
    """Return the copy of `path` beside it, under the first free name `my_NAME`, `my_NAME_2`, ...

    An equal copy that is already there is used again. Copies are compared with the original before
    they count.

    Raises:
        UpdateError: the copy differs from the original (a full disk, for example).
    """
    name = path.name if path.name.startswith(PREFIX) else PREFIX + path.name
    stem, dot, ending = name.partition(".")
    number = 1
    while True:
        copy = path.with_name(name if number == 1 else f"{stem}_{number}{dot}{ending}")
        if not copy.exists():
            shutil.copy2(path, copy)
            if not filecmp.cmp(path, copy, shallow=False):
                raise UpdateError(f"The copy {copy} is not complete. Is the disk full?")
            return copy
        if filecmp.cmp(path, copy, shallow=False):
            return copy
        number += 1


def update(root: Path = ROOT) -> Iterator[str]:
    """Make the clone at `root` the published edition; yield what was done, a line each.

    The order makes it safe: fetch, then copy, then name a branch, and only then change files.

    Raises:
        UpdateError: something stands in the way; what was edited is as it was, or in its copy.
    """
    refuse_unready(root)
    git(root, "fetch", "--quiet")
    for name in sorted(edited_files(root)):
        copy = keep(root / name)
        yield f"kept   {name} as {copy.relative_to(root).as_posix()}"
    if git(root, "rev-list", "@{upstream}..HEAD").strip():
        branch = time.strftime("my-work-%Y%m%d-%H%M%S")
        git(root, "branch", branch)
        yield f"kept   your own commits on the branch {branch}"
    before = git(root, "rev-parse", "HEAD").strip()
    git(root, "reset", "--quiet", "--hard", "@{upstream}")
    for subject in git(root, "log", "--format=%s", "--reverse", f"{before}..HEAD").splitlines():
        yield f"new    {subject}"
    if PACKAGES & files_of(git(root, "diff", "--name-only", "-z", before, "HEAD")):
        yield "The next `uv run` brings other packages: it needs the network, once."
    yield "The course is up to date."


def main(arguments: list[str] | None = None) -> int:
    """Update, print what is done, and return the exit code."""
    parser = argparse.ArgumentParser(prog="course update", description="Bring the new edition.")
    parser.parse_args(arguments)
    forgive()
    try:
        for line in update():
            print(line)
    except UpdateError as error:
        print(f"Not updated; what you wrote is safe.\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
