"""Repeated worlds: independent of workers and order, continued, and scored with their errors."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np
import pandas as pd
import pytest

from helpers import worlds
from tests.support import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def means(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Estimate the mean 3 of a normal: by the mean, and by one draw plus 1."""
    x = rng.normal(3, 2, size=25)
    half = 1.96 * x.std(ddof=1) / 5
    mean = {"method": "mean", "estimate": x.mean(), "lower": x.mean() - half}
    one = {"method": "one draw, too high", "estimate": x[0] + 1, "lower": x[0] - 3}
    return [
        mean | {"upper": x.mean() + half, "truth": 3.0},
        one | {"upper": x[0] + 5, "truth": 3.0},
    ]


def stumbles(rng: np.random.Generator) -> dict[str, float]:
    """Fail in about one world of four."""
    value = rng.uniform()
    if value < 0.25:
        raise ZeroDivisionError("no treated unit")
    return {"value": value}


def test_a_world_depends_on_its_number_alone() -> None:
    """More worlds, more workers, another order: the rows of a world stay the same."""
    alone = worlds.repeat(means, 12, seed=5)
    pd.testing.assert_frame_equal(worlds.repeat(means, 30, seed=5).head(24), alone)
    pd.testing.assert_frame_equal(worlds.repeat(means, 12, seed=5, jobs=2), alone)
    with joblib.parallel_config("threading", n_jobs=3):
        pd.testing.assert_frame_equal(worlds.repeat(means, 12, seed=5), alone)
    by_hand = pd.DataFrame(means(worlds.rng_of(5, 7)))
    seventh = alone[alone["world"] == 7].drop(columns="world").reset_index(drop=True)
    pd.testing.assert_frame_equal(seventh, by_hand)


def test_worlds_are_spawned_and_differ() -> None:
    """The generators are the children that NumPy spawns; other seeds give other worlds."""
    children = np.random.SeedSequence(8).spawn(4)
    draws = [np.random.default_rng(child).normal() for child in children]
    assert [worlds.rng_of(8, world).normal() for world in range(4)] == draws
    many = [worlds.rng_of(s, w).normal() for s, w in itertools.product(range(20), range(20))]
    assert len(set(many)) == 400


def test_scores_against_closed_forms() -> None:
    """Bias, sd, rmse and coverage come out as theory says, within their own Monte Carlo errors."""
    n = 2_000
    scores = worlds.summarise(worlds.repeat(means, n, seed=1), interval=("lower", "upper"))
    scores = scores.set_index("method")
    theory = {"mean": (0, 0.4), "one draw, too high": (1, 2.0)}
    for method, (bias, sd) in theory.items():
        row = scores.loc[method]
        assert row["n_worlds"] == n
        assert abs(row["bias"] - bias) < 4 * row["bias_se"]
        assert row["bias_se"] == pytest.approx(sd / np.sqrt(n), rel=0.1)
        assert abs(row["rmse"] - np.hypot(bias, sd)) < 4 * row["rmse_se"]
        assert row["sd"] == pytest.approx(sd, rel=0.1)
    # 1.96 standard errors with 24 degrees of freedom; the second interval is x - 3 to x + 5.
    for method, share in {"mean": 0.938, "one draw, too high": 0.9545 - 0.015}.items():
        assert abs(scores.loc[method, "coverage"] - share) < 0.025
        assert scores.loc[method, "coverage_se"] == pytest.approx(
            np.sqrt(share * (1 - share) / n), rel=0.3
        )
    assert scores.loc["one draw, too high", "mean_width"] == pytest.approx(8)


def test_the_error_of_the_rmse_is_true() -> None:
    """The stated error of the rmse is the spread of the rmse over many studies."""
    studies = [
        worlds.summarise(worlds.repeat(means, 80, seed=s)).query("method == 'mean'")
        for s in range(60)
    ]
    found = pd.concat(studies)
    assert found["rmse"].std() == pytest.approx(found["rmse_se"].mean(), rel=0.35)


def test_a_failed_world_is_named_and_the_others_go_on() -> None:
    """A world that raises has no rows; its number and error are told, and it can be looked at."""
    found = worlds.repeat(stumbles, 40, seed=3)
    failed = [world for world, _ in found.attrs["failed"]]
    assert failed
    assert set(found["world"]) == set(range(40)) - set(failed)
    said = worlds.failures(found)
    assert f"{len(failed)} of the worlds failed" in said
    assert f"rng_of(3, {failed[0]})" in said
    assert "ZeroDivisionError: no treated unit" in said
    with pytest.raises(ZeroDivisionError):
        stumbles(worlds.rng_of(3, failed[0]))
    assert worlds.failures(worlds.repeat(means, 2, seed=3)) == ""


def test_a_study_of_failures_only_is_an_error() -> None:
    """Where no world gives a row, the first error is in the message."""

    def never(_: np.random.Generator) -> dict[str, float]:
        raise RuntimeError("no convergence")

    with pytest.raises(worlds.StudyError, match="no convergence"):
        worlds.repeat(never, 3, seed=1)
    with pytest.raises(worlds.StudyError, match="rows are expected"):
        worlds.repeat(lambda _: 3.5, 3, seed=1)
    with pytest.raises(worlds.StudyError, match="numbers and texts"):
        worlds.repeat(lambda _: {"x": np.arange(3)}, 3, seed=1)
    with pytest.raises(ValueError, match="at least one"):
        worlds.repeat(means, 0, seed=1)


def test_an_interrupted_study_continues(tmp_path: Path) -> None:
    """What was noted is not computed again; a line that was cut off is, and the frame is equal."""
    calls = []

    def counted(rng: np.random.Generator) -> list[dict[str, Any]]:
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return means(rng)

    notes = tmp_path / "study.part.jsonl"
    with pytest.raises(KeyboardInterrupt):
        worlds.repeat(counted, 10, seed=2, keep=notes)
    assert len(calls) == 5
    noted = notes.read_text("utf-8").splitlines()
    assert len(noted) == 1 + 4
    notes.write_text("\n".join(noted)[:-20], "utf-8")
    again = worlds.repeat(counted, 10, seed=2, keep=notes)
    assert len(calls) == 5 + 7
    pd.testing.assert_frame_equal(again, worlds.repeat(means, 10, seed=2))
    pd.testing.assert_frame_equal(worlds.repeat(counted, 10, seed=2, keep=notes), again)
    assert len(calls) == 5 + 7


def test_notes_of_another_study_are_refused(tmp_path: Path) -> None:
    """Another seed, another study, or a file of something else: nothing is mixed or overwritten."""
    notes = tmp_path / "study.part.jsonl"
    worlds.repeat(means, 2, seed=2, keep=notes)
    for study, seed in ((means, 3), (stumbles, 2)):
        with pytest.raises(worlds.StudyError, match="delete this one"):
            worlds.repeat(study, 2, seed=seed, keep=notes)
    notes.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(worlds.StudyError, match="delete this one"):
        worlds.repeat(means, 2, seed=2, keep=notes)
    assert notes.read_text("utf-8") == "a,b\n1,2\n"


def test_summarise_refuses_what_is_not_there() -> None:
    """A column that the results lack is named."""
    found = worlds.repeat(means, 2, seed=2)
    with pytest.raises(KeyError, match="high"):
        worlds.summarise(found, interval=("lower", "high"))
    assert np.isnan(worlds.summarise(found.head(1))["bias_se"].iloc[0])


def test_progress_is_shown_where_somebody_looks(monkeypatch: Any, capsys: Any) -> None:
    """A terminal counts the worlds, those noted before as well; elsewhere nothing is written."""
    worlds.repeat(means, 4, seed=2, label="means")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    worlds.repeat(means, 4, seed=2, label="means")
    shown = capsys.readouterr().err
    assert "means: 1 of 4" in shown
    assert shown.endswith("means: 4 of 4\n")


STUDY = """
import sys
from pathlib import Path
from helpers import worlds

def coin(rng):
    '''Toss a coin ten times.'''
    return {"heads": int(rng.integers(0, 2, 10).sum())}

if __name__ == "__main__":
    sys.exit(worlds.command(coin, 20, 4, Path("coin.csv")))
"""


def run_study(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the stored study `STUDY` in a folder."""
    (folder / "coin_study.py").write_text(STUDY, "utf-8")
    return subprocess.run(
        [sys.executable, "coin_study.py", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


@pytest.mark.deep
def test_a_stored_study_has_one_command(tmp_path: Path) -> None:
    """The command writes the CSV, on the backend that it is told, and tidies up its notes."""
    done = run_study(tmp_path, "--backend", "loky", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert "20 rows of 20 worlds" in done.stdout
    assert done.stderr == ""
    first = (tmp_path / "coin.csv").read_bytes()
    assert run_study(tmp_path, "--backend", "sequential").returncode == 0
    assert (tmp_path / "coin.csv").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["coin.csv", "coin_study.py"]


def test_a_missing_cluster_package_is_named(tmp_path: Path) -> None:
    """Without the group `cluster`, the command says how to get it."""
    (tmp_path / "dask").mkdir()
    (tmp_path / "dask" / "__init__.py").write_text("raise ImportError('none here')", "utf-8")
    done = run_study(tmp_path, "--backend", "dask")
    assert done.returncode == 1
    assert "uv sync --group cluster" in done.stderr
    with pytest.raises(worlds.StudyError, match="no backend"), worlds.backend("slurm"):
        pass


@pytest.mark.deep
def test_a_dask_cluster_gives_the_same_frame() -> None:
    """Two workers of a local Dask cluster give the rows of one process."""
    distributed = pytest.importorskip("distributed", reason="needs the group cluster")
    alone = worlds.repeat(means, 12, seed=5)
    local = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with local, worlds.backend("dask", local.scheduler_address):
        pd.testing.assert_frame_equal(worlds.repeat(means, 12, seed=5), alone)


def test_a_study_of_a_notebook_reaches_workers(tmp_path: Path) -> None:
    """A function whose module no worker can import travels with its code."""
    text = "def study(rng):\n    return {'x': draw(rng)}\n\n"
    text += "def draw(rng):\n    return rng.normal()\n"
    (tmp_path / "nb.py").write_text(text, "utf-8")
    program = f"""
import importlib.util, sys, json
from helpers import worlds
spec = importlib.util.spec_from_file_location("notebooks_nb", {str(tmp_path / "nb.py")!r})
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)
two = worlds.repeat(module.study, 4, seed=1, jobs=2)
one = worlds.repeat(module.study, 4, seed=1)
print(json.dumps([two["x"].tolist() == one["x"].tolist(), len(two)]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [True, 4]
