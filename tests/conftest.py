"""Fixtures of the whole suite, its two tiers, and its one cache of fits.

`uv run pytest` is the quick tier. `uv run pytest --deep` runs everything: also what is marked
`@pytest.mark.deep`. With `--minutes N` no test starts after that time, and the summary names those
that were left out. Within a run a model is fitted once: every test, and every process that a test
starts, finds the fits of the others in one folder (helpers/fits.py). Only cold runs have a folder
of their own, an empty one.

The whole suite runs in two processes (pytest-xdist); what is asked for by file, in one. Tests that
share a notebook, a browser or something else that takes long to make share a process.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

FITS = "COURSE_FITS"  # helpers.fits.VARIABLE; set before anything imports the helpers
OWN = None if os.environ.get(FITS) else tempfile.mkdtemp(prefix="fits-of-tests-")
if OWN:
    os.environ[FITS] = OWN
WORKER = "PYTEST_XDIST_WORKER"  # set by pytest-xdist in its processes
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
if WORKER in os.environ:  # each has one core: threads would wait for each other
    for variable, value in ONE_THREAD.items():
        os.environ.setdefault(variable, value)

from helpers.course import derive  # noqa: E402
from tests.browsing import NoBrowserError, chromium, copy_course  # noqa: E402
from tests.cold import LOOP_S, fixed_loop, in_a_fresh_process, without_caches  # noqa: E402
from tests.support import ROOT, SHOWN, Run, run, sliders  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--deep` and `--minutes`."""
    parser.addoption(
        "--deep",
        action="store_true",
        help="run the deep tests too: other seeds, repeated worlds, every slide, every exercise",
    )
    parser.addoption("--minutes", type=float, help="start no test after so many minutes")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run the whole suite in `PROCESSES` where there are as many cores; a file of it in one.

    One of these processes, and a run that a test starts, is not spread again.
    """
    option = config.option
    if WORKER in os.environ or not config.pluginmanager.hasplugin("xdist"):
        return
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not option.usepdb
    if option.numprocesses is None and whole and (os.cpu_count() or 1) >= PROCESSES:
        option.numprocesses = PROCESSES
    if option.numprocesses and option.dist == "no":
        option.dist = "loadscope"
        option.loadscopereorder = False


@functools.cache
def needs_a_browser(path: str) -> bool:
    """Return whether a file of tests asks for the fixture `browser`."""
    return bool(re.search(r"[(] *browser\b|, browser\b", (ROOT / path).read_text(encoding="utf-8")))


@functools.cache
def group_of(nodeid: str) -> str:
    """Return what a test shares with others: a browser, something made once, a notebook, a file.

    The longest come first by name.
    """
    path, _, test = nodeid.partition("::")
    if needs_a_browser(path):
        return f"0 {Path(path).stem}"
    if test.startswith("test_derived_equals_committed"):
        return "0 derived"
    of_notebook = re.search(r"(?:/test_|[/\[-])([01][0-9])_[a-z]", nodeid)
    return f"1 {of_notebook[1]}" if of_notebook else f"2 {Path(path).stem}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give the tests of a group to one process, in the order of the groups' names."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Groups(config, log) if config.option.dist == "loadscope" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the deep tests out of the quick tier; put together what shares a process."""
    config.stash[START] = time.monotonic()
    if not config.getoption("--deep"):
        deep = [item for item in items if item.get_closest_marker("deep")]
        items[:] = [item for item in items if not item.get_closest_marker("deep")]
        config.hook.pytest_deselected(items=deep)
        told(config)["left_out"] = len(deep)
    items.sort(key=lambda item: group_of(item.nodeid))


def told(config: pytest.Config) -> dict[str, Any]:
    """Return what this process has to say at the end: to the one that started it, if any."""
    return getattr(config, "workeroutput", config.stash.setdefault(TOLD, {}))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what another process has to say."""
    told(node.config).update(left_out=getattr(node, "workeroutput", {}).get("left_out", 0))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start no test after the time that `--minutes` gives."""
    minutes = item.config.getoption("--minutes")
    if minutes is not None and time.monotonic() - item.config.stash[START] > 60 * minutes:
        pytest.skip(NO_TIME)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add the time of a test, and of its fixtures, to that of its file."""
    file = report.nodeid.split("::")[0]
    SECONDS[file] = SECONDS.get(file, 0) + report.duration
    if report.skipped and NO_TIME in str(report.longrepr):
        TOO_LATE.append(report.nodeid)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say where the time went, and what was left out: deep tests, and those that came too late."""
    slowest = sorted(SECONDS.items(), key=lambda item: -item[1])[:SHOWN_FILES]
    by_file = ", ".join(f"{Path(file).stem} {seconds:.0f}" for file, seconds in slowest)
    terminalreporter.write_line(f"Seconds by file: {by_file}")
    used = os.times()
    cpu = used.user + used.system + used.children_user + used.children_system
    terminalreporter.write_line(
        f"CPU seconds: {cpu:.0f}; the fixed loop takes {fixed_loop():.2f} s, not {LOOP_S}"
    )
    if left := told(config).get("left_out", 0):
        terminalreporter.write_line(f"{left} deep tests left out: uv run pytest --deep")
    if TOO_LATE:
        minutes = config.getoption("--minutes")
        terminalreporter.write_line(f"{len(TOO_LATE)} tests left out after {minutes:.0f} minutes:")
        for name in TOO_LATE:
            terminalreporter.write_line(f"  {name}")


def pytest_unconfigure() -> None:
    """Remove the fits of this run, unless somebody named their folder."""
    if OWN:
        shutil.rmtree(OWN, ignore_errors=True)


PROCESSES = 2
"""A process holds the notebooks that it has run: some GiB each."""
TOLD = pytest.StashKey[dict[str, Any]]()
START = pytest.StashKey[float]()
SECONDS: dict[str, float] = {}
SHOWN_FILES = 20
NO_TIME = "left out: no time"
TOO_LATE: list[str] = []


@pytest.fixture(scope="session")
def run_notebook() -> Callable[..., Run]:
    """Return a function (form, name, **replaced globals) -> Run that runs each notebook once.

    Its sliders stand where they stood when the page opened, whatever another test moved.
    """
    done: dict[tuple[Any, ...], Run] = {}

    def runner(form: str, name: str, **defs: Any) -> Run:
        key = (form, name, *sorted(defs.items()))
        if key not in done:
            done[key] = run(ROOT / form / f"{name}.py", **defs)
        for slider in sliders(done[key]).values():
            slider._update(slider._initial_value_frontend)
        return done[key]

    return runner


@pytest.fixture(scope="session")
def derived() -> dict[Path, str]:
    """Return what `course derive` makes of the solutions and decks, by file."""
    return derive.derived_files(ROOT)


@pytest.fixture(scope="session")
def cold_run() -> Callable[[str], dict[str, Any]]:
    """Return a function: name -> what its derived notebook cost and said in a fresh process.

    The process finds no caches, and has all threads, as an attendee's. Beside another one the same
    work takes more seconds; each measures the speed that it had (see tests/cold.py).
    """

    @functools.cache
    def run_cold(name: str) -> dict[str, Any]:
        with without_caches() as environment:
            all_threads = {k: v for k, v in environment.items() if ONE_THREAD.get(k) != v}
            return in_a_fresh_process("notebooks", name, all_threads)

    return run_cold


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a headless Chromium.

    A module each: while one is open, nothing else can run an event loop in this thread.
    """
    with contextlib.ExitStack() as opened:
        try:
            started = opened.enter_context(chromium())
        except NoBrowserError as missing:
            pytest.skip(str(missing))
        yield started


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the pages with few draws, for a browser to work on."""
    return copy_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a gallery that holds notebook 02 alone, built by the command of the README."""
    pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    out = tmp_path_factory.mktemp("gallery")
    command = [sys.executable, "-m", "helpers.course.gallery", str(out), "--only", SHOWN]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stderr == ""
    return out
