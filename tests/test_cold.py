"""How far a budget stretches where the machine is slow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import cold
from tests.support import ROOT


@pytest.mark.parametrize(
    ("seconds", "loop_s", "imported", "kept"),
    [
        (9, 0.36, None, True),  # the limit as it is
        (11, 0.36, 0.9, False),  # as fast as where it was set
        (19, 0.72, None, True),  # twice as slow by the loop
        (21, 0.72, 1.0, False),
        (29, 3.6, None, True),  # the loop stretches threefold at most
        (40, 1.08, 4.1, True),  # slower by the import
        (42, 1.08, 4.1, False),
        (61, 1.08, 60.0, False),  # which stretches sixfold at most
    ],
)
def test_a_budget_stretches_by_two_yardsticks(monkeypatch, seconds, loop_s, imported, kept):
    """The import is measured only where the loop did not settle it."""

    def measure():
        assert imported is not None, "the import was measured for nothing"
        return imported

    monkeypatch.setattr(cold, "import_s", measure)
    assert cold.within(seconds, 10, loop_s) is kept


def test_a_cold_process_finds_nothing_kept_and_nothing_compiled(monkeypatch):
    """Whatever this machine has compiled: Numba, PyTensor and the fits look in empty folders."""
    monkeypatch.setenv("PYTENSOR_FLAGS", "floatX=float64")
    asked = (
        "import numba, pytensor; from helpers import fits; "
        "print(numba.config.CACHE_DIR, pytensor.config.base_compiledir, fits.folder(), sep='\\n')"
    )
    with cold.without_caches() as environment:
        done = subprocess.run(
            [sys.executable, "-c", asked],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        folders = [Path(line) for line in done.stdout.splitlines()]
        top = Path(environment["COURSE_FITS"]).parent
        assert [folder.relative_to(top).name for folder in folders] == ["numba", "pytensor", "fits"]
        assert not any(folder.is_file() for folder in top.rglob("*.nbi"))
        assert "floatX=float64" in environment["PYTENSOR_FLAGS"]
    assert not top.exists()


def test_the_import_takes_time():
    """A fresh process that imports PyMC uses CPU seconds, where the system tells."""
    pytest.importorskip("resource")
    assert 0.1 < cold.import_s() < 120
