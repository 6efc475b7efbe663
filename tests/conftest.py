"""Fixtures of the whole suite, its two tiers, and its one cache of fits.

`uv run pytest` is the quick tier. `uv run pytest --deep` runs everything: also what is marked
`@pytest.mark.deep`. With `--minutes N` no test starts after that time, and the summary names those
that were left out. Within a run a model is fitted once: every test, and every process that a test
starts, finds the fits of the others in one folder (helpers/fits.py). Only cold runs have a folder
of their own, an empty one.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

FITS = "COURSE_FITS"  # helpers.fits.VARIABLE; set before anything imports the helpers
OWN = None if os.environ.get(FITS) else tempfile.mkdtemp(prefix="fits-of-tests-")
if OWN:
    os.environ[FITS] = OWN

from helpers.course import derive  # noqa: E402
from tests.ahead import Ahead, Sampler  # noqa: E402
from tests.browsing import NoBrowserError, chromium, copy_course  # noqa: E402
from tests.cold import LOOP_S, fixed_loop, without_caches  # noqa: E402
from tests.support import NAMES, ROOT, SHOWN, Run, run, sliders  # noqa: E402

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the deep tests out of the quick tier; files that run notebooks come last."""
    config.stash[START] = time.monotonic()
    if not config.getoption("--deep"):
        deep = [item for item in items if item.get_closest_marker("deep")]
        items[:] = [item for item in items if not item.get_closest_marker("deep")]
        config.hook.pytest_deselected(items=deep)
        config.stash[LEFT_OUT] = len(deep)
    sampling = {item.path for item in items if SAMPLING & set(item.fixturenames)}
    items.sort(key=lambda item: item.path in sampling)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start no test after the time that `--minutes` gives."""
    minutes = item.config.getoption("--minutes")
    if minutes is not None and time.monotonic() - item.config.stash[START] > 60 * minutes:
        item.config.stash.setdefault(TOO_LATE, []).append(item.nodeid)
        pytest.skip("left out: no time")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add the time of a test, and of its fixtures, to that of its file."""
    file = report.nodeid.split("::")[0]
    SECONDS[file] = SECONDS.get(file, 0) + report.duration


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say where the time went, and what was left out: deep tests, and those that came too late."""
    slowest = sorted(SECONDS.items(), key=lambda item: -item[1])[:SHOWN_FILES]
    told = ", ".join(f"{Path(file).stem} {seconds:.0f}" for file, seconds in slowest)
    terminalreporter.write_line(f"Seconds by file: {told}")
    used = os.times()
    cpu = used.user + used.system + used.children_user + used.children_system
    terminalreporter.write_line(
        f"CPU seconds: {cpu:.0f}; the fixed loop takes {fixed_loop():.2f} s, not {LOOP_S}"
    )
    if left := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{left} deep tests left out: uv run pytest --deep")
    if late := config.stash.get(TOO_LATE, []):
        minutes = config.getoption("--minutes")
        terminalreporter.write_line(f"{len(late)} tests left out after {minutes:.0f} minutes:")
        for name in late:
            terminalreporter.write_line(f"  {name}")


def pytest_unconfigure() -> None:
    """Remove the fits of this run, unless somebody named their folder."""
    if OWN:
        shutil.rmtree(OWN, ignore_errors=True)


LEFT_OUT = pytest.StashKey[int]()
TOO_LATE = pytest.StashKey[list[str]]()
START = pytest.StashKey[float]()
SECONDS: dict[str, float] = {}
SHOWN_FILES = 20
SAMPLING = {"run_notebook", "nothing_ahead"}
"""Fixtures of the files that come last."""
FEW = 3
"""So many notebooks are worth a second process."""


@pytest.fixture(scope="session", autouse=True)
def ahead(request: pytest.FixtureRequest) -> Iterator[Ahead]:
    """Return what makes the fits of notebooks beside the first tests (see tests/ahead.py).

    Not where there is one core, where few notebooks are asked for, or cold runs of many.
    """
    items = request.session.items
    files = {item.path.name[5:7] for item in items if "run_notebook" in item.fixturenames}
    names = [name for name in NAMES if name[:2] in files]
    cold = {item.callspec.params["name"] for item in items if "cold_run" in item.fixturenames}
    busy = (os.cpu_count() or 1) < 2 or len(cold) > 1
    wanted = [] if busy or len(names) < FEW else names
    with contextlib.closing(Sampler()) as sample, Ahead(sample, wanted) as made:
        yield made


@pytest.fixture
def nothing_ahead(ahead: Ahead) -> None:
    """See that nobody else writes into the folder of fits."""
    ahead.leave_all()


@pytest.fixture(scope="session")
def run_notebook(ahead: Ahead) -> Callable[..., Run]:
    """Return a function (form, name, **replaced globals) -> Run that runs each notebook once.

    Its sliders stand where they stood when the page opened, whatever another test moved.
    """
    done: dict[tuple[Any, ...], Run] = {}

    def runner(form: str, name: str, **defs: Any) -> Run:
        key = (form, name, *sorted(defs.items()))
        if key not in done:
            ahead.leave(name)
            done[key] = run(ROOT / form / f"{name}.py", **defs)
        for slider in sliders(done[key]).values():
            slider._update(slider._initial_value_frontend)
        return done[key]

    return runner


@pytest.fixture(scope="session")
def derived() -> dict[Path, str]:
    """Return what `course derive` makes of the solutions and decks, by file."""
    return derive.derived_files(ROOT)


def run_fresh(name: str, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Return what a derived notebook costs and says in a fresh process (see tests/cold.py)."""
    command = [sys.executable, "-m", "tests.cold", f"notebooks/{name}.py"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        encoding="utf-8",
        env=environment,
    )
    assert done.returncode == 0, f"{name}: {done.stderr[-3000:]}"
    *_, last = done.stdout.strip().splitlines()
    return {**json.loads(last), "stderr": done.stderr}


def _run_cold(name: str) -> dict[str, Any]:
    """Return what a derived notebook costs and says in a fresh process without caches."""
    with without_caches() as environment:
        return run_fresh(name, environment)


@pytest.fixture(scope="session", autouse=True)
def cold_runs(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[dict[str, Any]]]]:
    """Return the cold runs that this run of the tests will ask for, by name of the notebook.

    They start with the first test, one after the other, beside the tests. Beside another process
    the same work takes more seconds; each measures the speed that it had (see tests/cold.py).
    """
    asked = [item for item in request.session.items if "cold_run" in item.fixturenames]
    names = dict.fromkeys(item.callspec.params["name"] for item in asked)
    with ThreadPoolExecutor(max_workers=1) as beside:
        yield {name: beside.submit(_run_cold, name) for name in names}
        beside.shutdown(cancel_futures=True)


@pytest.fixture
def cold_run(cold_runs: dict[str, Future[dict[str, Any]]]) -> Callable[[str], dict[str, Any]]:
    """Return a function: name -> what its derived notebook cost and said in a fresh process."""
    return lambda name: cold_runs[name].result()


@pytest.fixture(scope="session")
def second_opening() -> Callable[[str], dict[str, Any]]:
    """Return a function: name -> what its derived notebook costs where its fits are kept."""
    return run_fresh


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
