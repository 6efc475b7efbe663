"""Deep tests of what changed lately, while there is time: `python -m tests.deep_ci --minutes 10`.

Changed is a notebook whose solution, lesson or tests one of the last `COMMITS` commits touched. A
clone that does not reach back so far, or no clone at all, says so and runs nothing.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

COMMITS = 20
ROOT = Path(__file__).resolve().parents[1]


def git(*arguments: str, root: Path) -> str:
    """Return what git answers.

    Raises:
        OSError: there is no git.
        subprocess.CalledProcessError: git refuses.
    """
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def changed_files(root: Path = ROOT) -> list[str] | str:
    """Return the files that the last commits touched; or, as a sentence, why nobody can tell."""
    try:
        shallow = git("rev-parse", "--is-shallow-repository", root=root).strip() == "true"
        commits = int(git("rev-list", "--count", "HEAD", root=root))
        if shallow and commits <= COMMITS:
            return f"this clone is shallow: it holds {commits} of the last {COMMITS} commits"
        names = git("log", f"-{COMMITS}", "--name-only", "--format=", root=root)
    except (OSError, subprocess.CalledProcessError):
        return "this is no clone that git can read"
    return sorted(set(names.split("\n")) - {""})


def notebooks_of(files: Iterable[str], root: Path = ROOT) -> list[str]:
    """Return the names of the notebooks that files belong to, in order.

    A notebook's files are its two forms, its tests (`tests/test_NN_*.py`), and the lesson that its
    solution imports.
    """
    files = set(files)
    found = []
    for path in sorted((root / "solutions").glob("[0-9]*.py")):
        own = {f"solutions/{path.name}", f"notebooks/{path.name}"}
        tests = re.compile(rf"tests/test_{path.name[:2]}_")
        text = path.read_text(encoding="utf-8")
        lessons = {
            f"helpers/lessons/{module.stem}.py"
            for module in (root / "helpers" / "lessons").glob("*.py")
            if re.search(rf"from helpers\.lessons import .*\b{module.stem}\b", text)
        }
        if files & (own | lessons) or any(map(tests.match, files)):
            found.append(path.stem)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the deep tests of the notebooks that changed; return the exit status of pytest."""
    parser = argparse.ArgumentParser(prog="tests.deep_ci", description=__doc__)
    parser.add_argument("--minutes", type=float, required=True, help="start no test after these")
    minutes = parser.parse_args(arguments).minutes
    files = changed_files()
    if isinstance(files, str):
        print(f"No deep tests: {files}.")
        return 0
    names = notebooks_of(files)
    if not names:
        print(f"No deep tests: the last {COMMITS} commits changed no notebook.")
        return 0
    if minutes <= 0:
        print(f"No deep tests: no time is left. Changed: {', '.join(names)}.")
        return 0
    print(f"Deep tests of {', '.join(names)}, for {minutes:.0f} minutes.", flush=True)
    wanted = " or ".join(f"{name[:3]}" for name in names)
    command = [sys.executable, "-m", "pytest", "--deep", "-m", "deep", "-k", wanted]
    done = subprocess.run([*command, "--minutes", str(minutes)], check=False, cwd=ROOT)
    nothing_selected = 5
    return 0 if done.returncode == nothing_selected else done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
