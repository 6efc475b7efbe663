"""Every command, link and table of the Markdown files is true."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from helpers.cases import Case
from helpers.graphs import dag

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", ROOT / "data" / "README.md"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TEACHING = sorted((ROOT / "slides" / "teaching").glob("*.md"))


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def commands() -> list[str]:
    """Return every line of every fenced block of every page, in order."""
    blocks = [match for page in PAGES for match in FENCE.findall(text_of(page))]
    assert all(language == "bash" for language, _ in blocks)
    return [line for _, block in blocks for line in block.splitlines() if line.strip()]


def commands_in_sentences() -> list[str]:
    """Return every command of uv in a code span, in the pages and what instructors read, in order.

    Of the changelog only the newest edition: commands of others may be gone.
    """
    texts = [text_of(page) for page in (*PAGES, *TEACHING)]
    texts[1] = "\n## [20".join(texts[1].split("\n## [20")[:2])
    spans = [re.findall(r"`([^`\n]+)`", FENCE.sub("", text)) for text in texts]
    return [span for found in spans for span in found if span.startswith("uv ")]


def anchors(page: Path) -> set[str]:
    """Return the anchors that a page's headings get on the web."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(page)), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def run(*arguments: str, cwd: Path = ROOT) -> str:
    """Run a command that must succeed; return what it prints."""
    done = subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def uv(*arguments: str) -> str:
    """Run uv in the course's folder; skip where there is none, or a shim with nothing behind it."""
    if (
        shutil.which("uv") is None
        or subprocess.run(
            ["uv", "--version"], cwd=ROOT, capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("uv is not on the PATH")
    return run("uv", *arguments)


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def page_of(arguments: list[str]) -> str:
    """Start a marimo command on a free port, return the page it serves, and stop it."""
    port = free_port()
    command = [sys.executable, "-m", *arguments, "--headless", "--no-token", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        for _ in range(1200):
            assert server.poll() is None, server.stdout.read()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=5) as answer:
                    return answer.read().decode()
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        pytest.fail(f"no page after 120 s: {command}")
    finally:
        server.terminate()
        server.wait(timeout=20)
        server.stdout.close()


# One way of trying for each kind of command. What would take minutes (the whole suite, a sync) is
# tried on something small; doctor, update and make_data.py have test files of their own.


def try_install(command: str) -> None:
    """The package of that name is uv; the way by pip, named below, is the one of `.ci/run`."""
    assert command == "pipx install uv"
    assert "`python3 -m pip install uv`" in text_of(README)
    assert '"$python" -m pip install uv' in text_of(ROOT / ".ci" / "run")


def try_marimo(command: str) -> None:
    """The page opens, and it is the page of this notebook."""
    arguments = shlex.split(re.sub(r"^uv run (--offline |-p 3\.12 )?", "", command))
    notebook = ROOT / next(word for word in arguments if word.endswith(".py"))
    if notebook.name.startswith("my_"):
        assert "cp notebooks/01_causal_graphs.py notebooks/my_01_causal_graphs.py" in commands()
        return
    assert notebook.name in page_of(arguments)


def try_pytest(command: str) -> None:
    """Tests are found where the command looks for them, and the CI runs this command."""
    script = text_of(ROOT / ".ci" / "run")
    assert re.search(rf"^ *{re.escape(command)}$", script, re.MULTILINE)
    deep = shlex.split(command)[3:]
    words = ["pytest", "--collect-only", "-q", "tests/test_data.py", *deep]
    assert "test_lalonde_naive_difference" in run(sys.executable, "-m", *words)


def try_course(command: str) -> None:
    """`course` has this command, which knows every option given."""
    name, *options = shlex.split(command.removeprefix("uv run course "))
    usage = run(sys.executable, "-m", "helpers.course", name, "--help")
    assert f"usage: course {name}" in usage
    assert all(option in usage for option in options if option.startswith("--"))


def try_doctor(command: str) -> None:
    """The doctor as a file answers too; tests/test_doctor.py hides the course's modules from it."""
    assert "usage: course doctor" in run(sys.executable, command.rsplit(" ", 1)[1], "--help")


def try_copy(command: str) -> None:
    """The original is there, and git ignores the copy."""
    _, original, copy = shlex.split(command)
    assert (ROOT / original).is_file()
    assert re.search(r"^my_\*$", text_of(ROOT / ".gitignore"), flags=re.MULTILINE)
    assert Path(copy).name.startswith("my_")


def try_sync(command: str) -> None:
    """The lock is the one of pyproject.toml, and uv knows group and options."""
    uv(*shlex.split(command)[1:], "--dry-run", "--offline", "--inexact")


def try_pre_commit(command: str) -> None:
    """The configuration is valid."""
    if importlib.util.find_spec("pre_commit") is None:
        pytest.skip("pre-commit is not installed (`uv sync --group dev`)")
    assert command == "uv run pre-commit install"
    run(sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml")


def try_ci(command: str) -> None:
    """The script is there, executable, and Bash can read it."""
    script = ROOT / command.split()[1]
    assert os.name == "nt" or os.access(script, os.X_OK)
    if shutil.which("bash") is None:
        pytest.skip("no Bash on this machine")
    run("bash", "-n", str(script))


def try_script(command: str) -> None:
    """The script is there; tests/test_data.py runs it and compares the bytes."""
    assert (ROOT / command.rsplit(maxsplit=1)[-1]).is_file()


def try_module(command: str) -> None:
    """The module of the tests is there, and says what it does."""
    module = command.split()[4]
    assert "usage:" in run(sys.executable, "-m", module, "--help")


def try_old_name(command: str) -> None:
    """A name of the first edition hands over to the command that took its place."""
    module = command.rsplit(maxsplit=1)[-1]
    name = module.removeprefix("helpers.")
    assert f"usage: course {name}" in run(sys.executable, "-m", module, "--help")


def try_list(command: str) -> None:
    """Alone, `course` lists what it does."""
    assert "doctor" in run(sys.executable, "-m", "helpers.course"), command


def try_group(command: str) -> None:
    """The lock has the group, and the file of the tests is there."""
    group = re.search(r"--group (\S+)", command).group(1)
    assert group in tomllib.loads(text_of(ROOT / "pyproject.toml"))["dependency-groups"]
    assert (ROOT / command.rsplit(maxsplit=1)[-1]).is_file()


def try_study(command: str) -> None:
    """The script writes the table that stands beside it, and a test of a notebook runs a part."""
    script = ROOT / command.rsplit(maxsplit=1)[-1]
    table = script.with_suffix(".csv")
    assert table.name in text_of(script)
    assert table.is_file()
    tests = [text_of(path) for path in (ROOT / "tests").glob("test_[0-9]*.py")]
    assert any(script.stem in text for text in tests)


WAYS = {
    r"pipx install uv": try_install,
    r"uv run (--offline |-p 3\.12 )?marimo (edit|run) \S+\.py( --include-code)?": try_marimo,
    r"uv run pytest( --deep)?": try_pytest,
    r"uv run course \w+( --\w+( \w+)?)?": try_course,
    r"uv run python helpers/doctor\.py": try_doctor,
    r"cp \S+ \S+": try_copy,
    r"uv sync --locked --group dev": try_sync,
    r"uv run pre-commit install": try_pre_commit,
    r"bash \.ci/run": try_ci,
    r"uv run data/make_data\.py": try_script,
    r"uv run python data/\w+_(study|priors)\.py": try_study,
    r"uv run python -m tests\.\w+( \S+)?": try_module,
    r"uv run python -m helpers\.\w+": try_old_name,
    r"uv run course": try_list,
    r"uv run --group \S+ pytest --deep \S+": try_group,
}


def test_commands_stand_in_sentences_too():
    found = commands_in_sentences()
    assert "uv run python -m tests.benchmark_readers" in found  # README
    assert "uv run course sheets --only kit" in found  # the kit


@pytest.mark.parametrize("command", dict.fromkeys(commands() + commands_in_sentences()))
def test_command_works(command):
    ways = [way for pattern, way in WAYS.items() if re.fullmatch(pattern, command)]
    assert len(ways) == 1, f"no way of trying `{command}`"
    ways[0](command)


def test_the_two_commands_come_first():
    run_lines = [line for line in commands() if line.startswith("uv run")]
    assert run_lines[:2] == ["uv run marimo edit notebooks/01_causal_graphs.py", "uv run pytest"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_and_anchors_resolve(page):
    links = LINK.findall(FENCE.sub("", text_of(page)))
    assert links
    for link in links:
        if "://" in link:
            assert link.startswith("https://"), link
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert ROOT in [target, *target.parents], link
        assert not anchor or anchor in anchors(target), link


def test_doi_links_say_the_doi_they_lead_to():
    links = re.findall(r"\[doi:([^\]]+)\]\(https://doi\.org/([^)\s]+)\)", text_of(README))
    assert len(links) >= 10
    for shown, target in links:
        assert shown == target
        assert re.fullmatch(r"10\.\d{4,9}/\S+", target)


def test_code_spans_that_look_like_paths_exist():
    spans = re.findall(r"`((?:\w+/)[\w./]*)`", FENCE.sub("", text_of(README)))
    assert "helpers/" in spans
    for span in spans:
        name = Path(span).name
        if not name.startswith(("my_", "NN_")):
            assert (ROOT / span).exists(), span


def notebook_rows() -> list[list[str]]:
    """Return the cells of the rows of the table of notebooks."""
    section = text_of(README).split("\n## Notebooks\n")[1].split("\n## ", maxsplit=1)[0]
    lines = [line for line in section.splitlines() if re.match(r"\| \[?\d\d ", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def notebooks_there() -> list[str]:
    return sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.py"))


def test_the_table_has_exactly_the_notebooks_there_are():
    linked = []
    for row in notebook_rows():
        if "](" in row[0]:
            notebook, solution = LINK.findall(row[0])
            name = Path(notebook).stem
            assert notebook == f"notebooks/{name}.py"
            assert solution == f"solutions/{name}.py"
            linked.append(name)
        else:
            assert row[2] == "to come"
    assert linked == notebooks_there()


def test_the_table_is_in_order_and_complete():
    numbers = [re.search(r"\d\d", row[0]).group() for row in notebook_rows()]
    assert numbers == [f"{number:02d}" for number in range(1, len(numbers) + 1)]
    assert all(cell for row in notebook_rows() for cell in row)


def test_questions_are_those_of_the_notebooks():
    """A notebook's title is its question (its minutes: tests/test_minutes.py)."""
    for row in notebook_rows():
        if "](" not in row[0]:
            continue
        path = ROOT / LINK.findall(row[0])[1]
        source = text_of(path)
        assert row[1] in source, f"{path.name} does not ask: {row[1]}"


def test_the_workshop_track_fits_its_hours_and_the_table():
    track = re.search(r"^\| Workshop, (\d) hours \| (.+) \|$", text_of(README), re.MULTILINE)
    minutes = dict(re.findall(r"(\d\d) for (\d+)", track.group(2)))
    number_of = re.compile(r"\d+")
    table = {
        number_of.search(row[0]).group(): sum(map(int, number_of.findall(row[2])))
        for row in notebook_rows()
    }
    assert minutes
    assert all(int(spent) <= table[number] for number, spent in minutes.items())
    pause = re.search(r"break of (\d+)", track.group(2)).group(1)
    tracks = text_of(ROOT / "slides" / "teaching" / "tracks.md")
    there = tracks.split("\n## Workshop of 3 hours\n")[1].split("\n## ")[0]
    spent = Counter()
    for row in re.finditer(r"^\| (\d+) \| (\d\d|break) \|", there, re.MULTILINE):
        spent[row.group(2)] += int(row.group(1))
    assert spent == {**{number: int(n) for number, n in minutes.items()}, "break": int(pause)}


def test_every_glossary_source_is_listed_and_used():
    section = text_of(README).split("\n## Glossary\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (?!term|---)(.+) \| (.+) \| (.+) \|$", section, flags=re.MULTILINE)
    terms = [term for term, _, _ in rows]
    assert len(terms) == len(set(terms)) >= 12
    used = {key for _, _, source in rows for key in re.findall(r"\[(\w+)\]", source)}
    listed = dict(re.findall(r"^- \[(\w+)\] (.+)$", section, flags=re.MULTILINE))
    assert used == set(listed)
    assert all(re.search(r"\((19|20)\d\d\)", entry) for entry in listed.values())
    assert all("doi:" in entry or "Chapman" in entry for entry in listed.values())


def term(name: str) -> str:
    """Return what the glossary says a term means."""
    (meaning,) = re.findall(
        rf"^\| {re.escape(name)} \| (.+) \| .+ \|$", text_of(README), re.MULTILINE
    )
    return meaning


def test_sutva_is_two_assumptions():
    """Consistency is about versions of the treatment, no interference about other units."""
    consistency, interference = term("consistency"), term("no interference")
    assert "one version of the treatment" in consistency
    assert not re.search("others|else", consistency)
    assert "leaves the outcomes of the others alone" in interference
    assert "with consistency, it is called SUTVA" in interference


def test_an_instrument_is_three_things():
    """It moves the treatment, no other way to the outcome, no common cause: each one is needed."""
    words = ("a cause of the treatment", "touches the outcome in no other way", "shares no cause")
    assert [word for word in words if word not in term("instrument")] == []
    usual = [("z", "t"), ("t", "y"), ("u", "t"), ("u", "y")]
    broken = {
        "no cause": [("t", "z"), *usual[1:]],
        "another way": [*usual, ("z", "y")],
        "a shared cause": [*usual, ("w", "z"), ("w", "y")],
    }

    def instruments(edges):
        hidden = {"u", "w"} & {name for edge in edges for name in edge}
        return Case(dag(edges, treatment="t", outcome="y", hidden=hidden)).instruments()

    assert instruments(usual) == ["z"]
    assert [why for why, edges in broken.items() if instruments(edges)] == []


def test_a_name_has_one_home(tmp_path):
    """README and guide say so; marimo refuses an import in two cells, and no `_name`."""
    for page in (README, ROOT / "slides" / "teaching" / "guide.md"):
        told = " ".join(text_of(page).split())
        assert re.search(r"[Aa] name has one home", told), page
        assert "`_name`" in told
    cell = "@app.cell\ndef _():\n    import numpy as {0}\n    {0}.pi\n    return\n\n\n"
    head = 'import marimo\n\n__generated_with = "0.25.2"\napp = marimo.App()\n\n\n'
    for name, refused in (("np", True), ("_np", False)):
        page = tmp_path / f"{name}.py"
        page.write_text(head + 2 * cell.format(name), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "marimo", "check", str(page)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ("multiple-definitions" in done.stdout + done.stderr) is refused, done.stdout


def test_uvs_own_installer_comes_first():
    """Debian's Python refuses pip: the page of uv, then pipx, then pip with its limit."""
    start = text_of(README).split("## Start")[1].split("Clone this")[0]
    places = [
        start.index(word) for word in ("docs.astral.sh/uv", "pipx install", "pip install uv`")
    ]
    assert places == sorted(places)
    assert "externally managed" in start


def test_where_fits_are_kept_is_where_the_readme_says(monkeypatch):
    """The folder, and the command that empties it."""
    from helpers import fits

    monkeypatch.delenv(fits.VARIABLE, raising=False)
    if os.access(ROOT, os.W_OK):
        assert Path(fits.folder()).relative_to(ROOT).parts[0] == "__marimo__"
    assert "`__marimo__` of the course" in text_of(README)


def test_editions_agree():
    """Package, citation and changelog name the same edition."""
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["version"]
    cited = re.search(r'^version: "(.+)"$', text_of(ROOT / "CITATION.cff"), re.MULTILINE).group(1)
    newest = re.search(r"^## \[(\d.+?)\]", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE).group(1)
    assert project.startswith(f"{cited}.")
    assert newest == cited
    head = text_of(ROOT / "CHANGELOG.md").split("\n## ")[0]
    assert "CITATION.cff" in head
    assert "tag" not in head  # an edition is what the two files say, whether or not git has a tag


def test_the_workflow_runs_the_same_script_everywhere():
    workflow = text_of(ROOT / ".github" / "workflows" / "tests.yml")
    for word in ("ubuntu", "macos", "windows", '"3.12"', '"3.13"', "run: bash .ci/run"):
        assert word in workflow
