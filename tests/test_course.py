"""The command `course`, and the machines that the README names: folder, console, platform."""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from helpers.course import __main__ as command
from tests.support import ROOT

PLATFORMS = {
    "Linux, x86-64 or Arm, with glibc 2.28 or newer (Debian 10, Ubuntu 20.04)": (
        "x86_64-manylinux_2_28",
        "aarch64-manylinux_2_28",
    ),
    "Mac with Apple silicon": ("aarch64-apple-darwin",),
    "Windows, x86-64": ("x86_64-pc-windows-msvc",),
    "Mac with Intel": ("x86_64-apple-darwin",),
    "Windows on Arm": ("aarch64-pc-windows-msvc",),
    "Linux with musl (Alpine)": ("x86_64-unknown-linux-musl",),
}
"""Row of the README's table -> what uv calls these platforms."""


def run(*arguments: object, **variables: object) -> subprocess.CompletedProcess[str]:
    """Return a finished command, run in the course's folder."""
    return subprocess.run(
        [str(argument) for argument in arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env={**os.environ, **{name: str(value) for name, value in variables.items()}},
    )


def script() -> str:
    """Return the command as it was installed."""
    path = shutil.which("course", path=sysconfig.get_path("scripts"))
    assert path, "the command `course` is not installed"
    return path


def need_uv() -> None:
    """Skip where uv is not, or is a shim that has nothing behind it."""
    if shutil.which("uv") is None or run("uv", "--version").returncode:
        pytest.skip("uv is not on the PATH")


# The command ------------------------------------------------------------------------------------


def test_alone_it_lists_its_commands() -> None:
    """One line each, and the name of each is a module with a `main`."""
    alone, asked = run(script()), run(script(), "--help")
    assert alone.returncode == asked.returncode == 0
    assert alone.stdout == asked.stdout
    lines = alone.stdout.splitlines()
    assert [line.split()[3] for line in lines] == list(command.COMMANDS)
    assert all(len(line) < 110 for line in lines)


@pytest.mark.parametrize("name", command.COMMANDS)
def test_every_command_says_how_it_is_used(name: str) -> None:
    """By its module too; the name that it calls itself is the one to type."""
    for words in ((script(), name), (sys.executable, "-m", f"helpers.course.{name}")):
        done = run(*words, "--help")
        assert done.returncode == 0, done.stderr
        assert f"usage: course {name}" in done.stdout


def test_an_unknown_command_gets_the_list() -> None:
    done = run(script(), "docter")
    assert done.returncode == 1
    assert "no command" in done.stderr
    assert "uv run course doctor" in done.stderr


def test_the_first_editions_names_hand_over() -> None:
    """Who has typed `python -m helpers.doctor` for a year gets the doctor."""
    for name in ("doctor", "update"):
        done = run(sys.executable, "-m", f"helpers.{name}", "--help")
        assert done.returncode == 0, done.stderr
        assert f"usage: course {name}" in done.stdout


def test_a_console_without_a_letter_shows_the_rest() -> None:
    """A console of cp1252 that would stop at the first letter it lacks."""
    console = {"PYTHONIOENCODING": "cp1252:strict", "PYTHONUTF8": "0"}
    done = run(script(), "nögš", **console, LC_ALL="C.UTF-8")  # the console's letters alone
    assert done.returncode == 1
    assert "There is no command" in done.stderr
    assert "Traceback" not in done.stderr


# A folder with a letter that the locale lacks --------------------------------------------------

C_LOCALE = {"LC_ALL": "C", "LANG": "C", "PYTHONPATH": "", "PYTHONHOME": ""}


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Python 3.12 reads .pth in the locale")
def test_helpers_are_found_in_a_folder_of_any_name(tmp_path: Path) -> None:
    """As uv installs it: a line in a `.pth` of an environment. In the C locale, from elsewhere."""
    course = tmp_path / "kurz č ü"
    shutil.copytree(ROOT / "helpers", course / "helpers")
    venv.create(tmp_path / "environment", with_pip=False, symlinks=os.name != "nt")
    site = next((tmp_path / "environment").glob("lib*/**/site-packages"), None)
    site = site or next((tmp_path / "environment").glob("Lib/site-packages"))
    (site / "_editable.pth").write_bytes(str(course).encode())
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = tmp_path / "environment" / scripts / Path(sys.executable).name
    done = subprocess.run(
        [python, "-m", "helpers.course"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env={**{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}, **C_LOCALE},
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert b"uv run course doctor" in done.stdout


@pytest.mark.deep
def test_a_whole_course_in_a_folder_of_any_name(tmp_path: Path) -> None:
    """The files of the repository, an environment by uv, the doctor in the C locale: Ready."""
    need_uv()
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    course = tmp_path / "kurz č ü"
    names = run("git", "ls-files", "-z").stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (course / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, course / name)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    for words in ("uv sync --locked --offline", "uv run --offline course doctor"):
        done = subprocess.run(
            shlex.split(words),
            cwd=course,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            env={**environment, "LC_ALL": "C", "LANG": "C"},
        )
        if "sync" in words and done.returncode:
            pytest.skip(f"uv's cache does not hold the lock: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("Ready.")


# The Python of the course -----------------------------------------------------------------------


def test_one_python_is_pinned_everywhere() -> None:
    """uv, the doctor, the workflow of the site and the container agree."""
    from helpers.course import doctor

    pinned = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    assert pinned == ".".join(map(str, doctor.NEWEST_TESTED)) == "3.13"
    workflow = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    assert f'python-version: "{pinned}"' in workflow
    container = (ROOT / ".devcontainer" / "Dockerfile").read_text(encoding="utf-8")
    assert f"\nFROM python:{pinned}-" in container
    assert f"uses Python {pinned}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_where_the_pinned_python_is_missing_the_readmes_words_help(tmp_path: Path) -> None:
    """With downloads blocked uv stops at the pin; `-p` and UV_PYTHON let it take what there is."""
    need_uv()
    project = '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.12"\n'
    (tmp_path / "pyproject.toml").write_text(project, encoding="utf-8")
    (tmp_path / ".python-version").write_text("3.99\n", encoding="utf-8")
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    closed = {"UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": "", "UV_PYTHON": ""}
    closed["PYENV_VERSION"] = platform.python_version()  # pyenv reads the same pin
    program = ["python", "-c", "print('works')"]
    start = ["uv", "run", "--offline", "--project", tmp_path, "--directory", tmp_path]
    stopped = run(*start, *program, **closed)
    assert stopped.returncode != 0
    assert "3.99" in stopped.stderr
    assert run(*start, "-p", here, *program, **closed).stdout.strip() == "works"
    shutil.rmtree(tmp_path / ".venv")
    assert run(*start, *program, **{**closed, "UV_PYTHON": here}).stdout.strip() == "works"


# Platforms --------------------------------------------------------------------------------------


def rows() -> dict[str, str]:
    """Return machine -> what the README says of it."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("### Which machines")[1]
    found = re.findall(r"^\| (?!machine|---)([^|]+?) \| ([^|]+?) \|$", section, re.MULTILINE)
    return dict(found[: len(PLATFORMS)])


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the locked packages of an attendee, as a list of requirements."""
    need_uv()
    file = tmp_path_factory.mktemp("lock") / "requirements.txt"
    words = "uv export --frozen --offline --no-hashes --no-emit-project --no-annotate -q -o"
    done = run(*words.split(), file)
    assert done.returncode == 0, done.stderr
    assert len(file.read_text(encoding="utf-8").splitlines()) > 80
    return file


def resolved(packages: Path, system: str, python: str = "3.13") -> tuple[bool, str]:
    """Return whether every locked package has a wheel for a platform, and what uv says."""
    words = "uv pip install --dry-run --only-binary :all: --no-deps --python-version"
    target = ["--target", packages.parent / "none", "--python-platform", system]
    done = run(*words.split(), python, *target, "-r", packages)
    if re.search(r"error sending|connect|dns error|timed out|Failed to fetch", done.stderr):
        pytest.skip("the package registry cannot be reached")
    return done.returncode == 0, done.stderr


def test_the_readmes_table_has_the_platforms_that_are_tried() -> None:
    said = rows()
    assert list(said) == list(PLATFORMS)
    assert [text.split(":")[0] for text in said.values()] == ["yes"] * 3 + ["no"] * 3


@pytest.mark.parametrize("machine", PLATFORMS)
def test_the_lock_installs_where_the_readme_says_so(machine: str, packages: Path) -> None:
    """Wheels of every locked package, or, where the README says no, the package that has none."""
    said = rows()[machine]
    for system in PLATFORMS[machine]:
        installs, told = resolved(packages, system)
        assert installs == said.startswith("yes"), f"{system}: {told}"
        if not installs:
            assert "wheels" in told
            assert re.search(r"macosx_|musl|no usable wheels|no wheels", told)


def test_what_the_readme_names_as_missing_is_missing(packages: Path, tmp_path: Path) -> None:
    """Each package that the table names fails by itself on that machine."""
    for machine, said in rows().items():
        for name in re.findall(r"[\w-]+", "".join(re.findall(r"\(([\w, -]+)\)", said))):
            lines = packages.read_text(encoding="utf-8").splitlines()
            alone = [line for line in lines if line.startswith(f"{name}==")]
            assert alone, name
            (tmp_path / "one.txt").write_text("\n".join(alone), encoding="utf-8")
            for system in PLATFORMS[machine]:
                assert not resolved(tmp_path / "one.txt", system)[0], (name, system)


@pytest.mark.deep
@pytest.mark.parametrize("machine", list(PLATFORMS)[:3])
def test_the_lock_installs_with_the_older_python_too(machine: str, packages: Path) -> None:
    for system in PLATFORMS[machine]:
        installs, told = resolved(packages, system, "3.12")
        assert installs, told


# The container ----------------------------------------------------------------------------------

CONTAINER = ROOT / ".devcontainer"


def steps() -> dict[str, str]:
    """Return the settings of the container."""
    return json.loads((CONTAINER / "devcontainer.json").read_text(encoding="utf-8"))


def test_the_container_is_built_from_the_lock() -> None:
    """Its files are there, and uv knows the words with which it is filled."""
    need_uv()
    text = (CONTAINER / "Dockerfile").read_text(encoding="utf-8")
    (copied,) = re.findall(r"^COPY --chown=learner (.+) \./$", text, re.MULTILINE)
    assert all((ROOT / name).is_file() for name in copied.split())
    assert {"uv.lock", "pyproject.toml", ".python-version"} == set(copied.split())
    assert steps()["build"] == {"dockerfile": "Dockerfile", "context": ".."}
    assert "http" not in text
    (fill,) = re.findall(r"^RUN (uv sync .+)$", text, re.MULTILINE)
    for words in (fill, steps()["postCreateCommand"]):
        assert "--locked" in words
        done = run(*shlex.split(words), "--dry-run", "--offline", "--inexact")
        assert done.returncode == 0, done.stderr


def test_the_container_opens_the_first_notebook() -> None:
    """The command of the README, on the forwarded port of the container's own loopback."""
    words = shlex.split(steps()["postAttachCommand"])
    first = "uv run marimo edit notebooks/01_causal_graphs.py"
    assert shlex.join(words[:5]) == first
    assert f"\n{first}\n" in (ROOT / "README.md").read_text(encoding="utf-8")
    port = words[words.index("--port") + 1]
    assert steps()["forwardPorts"] == [int(port)]
    assert list(steps()["portsAttributes"]) == [port]
    assert words[words.index("--host") + 1] == "127.0.0.1"
    usage = run(sys.executable, "-m", "marimo", "edit", "--help").stdout
    assert all(word in usage for word in words if word.startswith("--"))
