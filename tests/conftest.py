"""Fixtures of the whole suite."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browsing import NoBrowserError, chromium, copy_course
from tests.support import ROOT, SHOWN, Run, run, sliders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


def _run_cold(name: str) -> dict[str, Any]:
    """Return what a derived notebook costs and says in a fresh process."""
    command = [sys.executable, "-m", "tests.cold", f"notebooks/{name}.py"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, encoding="utf-8"
    )
    assert done.returncode == 0, f"{name}: {done.stderr[-3000:]}"
    *_, last = done.stdout.strip().splitlines()
    return {**json.loads(last), "stderr": done.stderr}


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
