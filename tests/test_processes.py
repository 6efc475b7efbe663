"""The suite in two processes: who shares a notebook stays together, nothing is spread twice."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest

from tests import conftest
from tests.support import NAMES

SOURCES = pytest.Config.ArgsSource


def spread(source: Any, processes: int | None = None) -> SimpleNamespace:
    """Return the options of pytest once the suite has had its say on the number of processes."""
    found = SimpleNamespace(numprocesses=processes, dist="no", usepdb=False)
    config = SimpleNamespace(
        option=found,
        args_source=source,
        pluginmanager=SimpleNamespace(hasplugin=lambda name: name == "xdist"),
    )
    conftest.pytest_cmdline_main(config)
    return found


def test_the_whole_runs_in_two_and_a_file_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a process of the suite, nor a run that a test starts, begins others."""
    monkeypatch.delenv(conftest.WORKER, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert spread(SOURCES.TESTPATHS).numprocesses == 2
    assert spread(SOURCES.TESTPATHS).dist == "loadscope"
    assert spread(SOURCES.ARGS).numprocesses is None
    assert spread(SOURCES.ARGS).dist == "no"
    assert spread(SOURCES.ARGS, 4).dist == "loadscope"
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert spread(SOURCES.TESTPATHS).numprocesses is None
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setenv(conftest.WORKER, "gw0")
    assert spread(SOURCES.TESTPATHS).numprocesses is None


def test_a_notebook_and_a_browser_are_in_one_process(request: pytest.FixtureRequest) -> None:
    """Who runs a notebook is in its group; who needs a browser, in that of the file."""
    for item in request.session.items:
        group = conftest.group_of(item.nodeid)
        if "browser" in item.fixturenames:
            assert group == f"0 {item.path.stem}"
        elif "run_notebook" in item.fixturenames:
            params = getattr(item, "callspec", None)
            by_name = params.params.get("name") if params else None
            name = by_name if by_name in NAMES else item.path.stem.removeprefix("test_")
            assert group == f"1 {name[:2]}", item.nodeid
