"""What 10,000 posteriors cost, by three routes: `uv run python -m tests.benchmark_power`.

The posterior of notebook 04 (correlated prior, two unknowns, counts of two pages) is computed for
experiments drawn from its power grid: on the notebook's grid, by `pm.sample` in a loop (a few fits,
extrapolated), and by nutpie, where it is installed, compiled once (`uv run --with nutpie ...`).
CPU seconds of one process; every route draws its experiments from the same list.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import sys
import time
from typing import Any

import numpy as np

from tests.support import ROOT, load

NOTEBOOK = "04_bayesian_ab_testing"
TRUE_LIFTS = (-0.25, -0.125, 0.0, 0.125, 0.25)
VISITORS = (100, 1_000, 2_500, 5_000, 10_000, 20_000, 40_000, 60_000, 80_000)
SHAPE = (15, 600, 0, 1)
BASELINE = 15 / 615
MANY = 10_000


def experiments(size: int, seed: int = 2026) -> list[tuple[int, int, int]]:
    """Return (visitors per page, buyers old, buyers new) of random experiments of the grid."""
    rng = np.random.default_rng(seed)
    visitors, lifts = rng.choice(VISITORS, size), rng.choice(TRUE_LIFTS, size)
    old, new = rng.binomial(visitors, BASELINE), rng.binomial(visitors, BASELINE * (1 + lifts))
    return [(int(n), int(a), int(b)) for n, a, b in zip(visitors, old, new, strict=True)]


def grid_seconds(per_cell: int = 700) -> tuple[float, int]:
    """Return CPU seconds of the whole power grid of one prior, and its number of posteriors."""
    notebook, rng = load(ROOT / "solutions" / f"{NOTEBOOK}.py"), np.random.default_rng(2026)
    start, done = time.process_time(), 0
    for lift in TRUE_LIFTS:
        for n in VISITORS:
            counts = rng.binomial(n, [BASELINE, BASELINE * (1 + lift)], (per_cell, 2))
            pairs = np.unique(counts, axis=0)
            reach = 7 * np.sqrt(1 / (n * BASELINE) + 1 / (n * BASELINE * (1 + lift)))
            ends = min(0, np.log1p(lift)) - reach, max(0, np.log1p(lift)) + reach
            grid = np.linspace(*np.clip(ends, np.log(0.12), np.log(2.2)), 121)
            density = notebook.log_evidence(pairs[:, 0], pairs[:, 1], n, grid, SHAPE)
            cdf = notebook.cumulate(notebook.unlog(density + notebook.log_lift_prior(grid, 0.1)))
            notebook.shortest(cdf, np.expm1(grid), 0.94)
            done += per_cell
    return time.process_time() - start, done


def _model(n: int, old: int, new: int) -> Any:
    """Return the model of the notebook with its counts as data that can be replaced."""
    import pymc as pm

    with pm.Model() as model:
        visitors = pm.Data("visitors", n)
        seen = pm.Data("seen", np.array([old, new]))
        baseline = pm.Beta("baseline", 15, 600)
        lift = pm.Normal("lift", 0, 0.1)
        rate = pm.math.stack([baseline, baseline * (1 + lift)])
        pm.Binomial("conversions", visitors, rate, observed=seen)
    return model


def loop_seconds(fits: int) -> float:
    """Return CPU seconds of one `pm.sample` (default sampler, one process), mean of `fits`."""
    import pymc as pm

    logging.getLogger("pymc").setLevel(logging.ERROR)  # short chains: its advice is not wanted
    start = time.process_time()
    for number, counts in enumerate(experiments(fits)):
        pm.sample(model=_model(*counts), cores=1, progressbar=False, random_seed=number)
    return (time.process_time() - start) / fits


def nutpie_seconds(fits: int) -> float:
    """Return CPU seconds of one nutpie fit, compiled once, mean of `fits`."""
    import nutpie

    (first, *rest) = experiments(fits + 1)
    compiled = nutpie.compile_pymc_model(_model(*first))
    start = time.process_time()
    for number, (n, old, new) in enumerate(rest):
        data = compiled.with_data(visitors=np.array(n), seen=np.array([old, new]))
        nutpie.sample(data, cores=1, progress_bar=False, seed=number)
    return (time.process_time() - start) / fits


def benchmark(fits: int = 5) -> dict[str, float]:
    """Return route -> CPU seconds per 10,000 posteriors (missing where it could not run)."""
    seconds, posteriors = grid_seconds()
    found = {"grid": seconds / posteriors * MANY, "pm.sample in a loop": loop_seconds(fits) * MANY}
    if importlib.util.find_spec("nutpie"):
        found["nutpie compiled once"] = nutpie_seconds(20) * MANY
    return found


def main(fits: int) -> None:
    """Print CPU seconds per 10,000 posteriors of each route, and the ratios to the grid."""
    found = benchmark(fits)
    lines = [f"{'route':<24}{'CPU s per 10,000 posteriors':>30}{'times the grid':>18}"]
    lines += [f"{k:<24}{v:>30,.2f}{v / found['grid']:>18,.0f}" for k, v in found.items()]
    if "nutpie compiled once" not in found:
        lines.append("nutpie compiled once    not measured: nutpie is not in this environment")
    lines.append(
        f"pm.sample: mean of {fits} fits, extrapolated; goal: at least 5,000 times the grid"
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="tests.benchmark_power", description=__doc__)
    parser.add_argument("--fits", type=int, default=5, help="fits of pm.sample (at least 5)")
    main(max(5, parser.parse_args().fits))
