# ruff: noqa: INP001
"""Write `marketing_mix_study.csv`: which analysts of notebook 09 recover the truth?

Run by `uv run python data/marketing_mix_study.py` (some ten CPU minutes; a folder given as an
argument is written to instead). World, model and estimand are those of
`solutions/09_marketing_mix.py`: each simulated history has spend, demand and luck of its own, and a
lift test with luck of its own; the response curves are the same. The notebook's first two analysts
fit 24 histories, those with a test the first 12 of them, all histories at once.

One row per history, model and channel: `history` (number), `seed` (of the simulator), `model` (the
analyst), `channel`, `truth`, `mean`, `lower`, `upper` (ROAS in euros per euro; the 94 %
highest-density interval), `max_rhat` and `min_ess` of the fit.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from helpers import tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "solutions" / "09_marketing_mix.py"
N_HISTORIES, N_TESTED = 24, 12
FIRST_SEED = 9000
ANALYSTS = {
    "demand known": ("known", False),
    "demand hidden": ("hidden", False),
    "test, trusting": ("hidden", True),
    "test, doubting": ("doubting", True),
}
"""Analyst -> what she makes of demand, and whether she has a lift test."""
CURVE = ("alpha", "lam", "beta")


def pieces() -> dict[str, Any]:
    """Return what the study needs of the notebook; no cell that samples runs."""
    spec = importlib.util.spec_from_file_location("marketing_mix", NOTEBOOK)
    notebook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebook)
    found = {name: getattr(notebook, name) for name in ("simulate_history", "returns")}
    found |= {name: getattr(notebook, name) for name in ("about_the_weeks", "read_test")}
    for cell in ("true_response", "program", "libraries", "lift_test"):
        found |= getattr(notebook, cell).run()[1]
    return found


def sample(
    notebook: dict[str, Any],
    weeks: list[dict[str, np.ndarray]],
    tests: list[tuple[float, float]] | None,
    demand: str,
    size: tuple[int, int, int],
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return one analyst's draws for all histories, name -> (history, chain, draw, ...).

    Args:
        notebook: what `pieces` returns.
        weeks: the notebook's `about_the_weeks` of each history.
        tests: reading and standard error of each history's test, in 100,000 euros a week.
        demand: what the analyst makes of demand.
        size: draws of each chain (after as many that are dropped), chains, seed.

    Returns:
        The draws, and whether each diverged.
    """
    jax, numpyro = notebook["jax"], notebook["numpyro"]
    draws, chains, seed = size
    cost = {"num_warmup": draws, "num_samples": draws, "progress_bar": False}

    def one(key: jax.Array, at: jax.Array) -> tuple[dict[str, jax.Array], jax.Array]:
        given = {name: jax.numpy.array([w[name] for w in weeks])[at] for name in weeks[0]}
        test = None if tests is None else jax.numpy.array(tests)[at]
        kernel = numpyro.infer.NUTS(notebook["mix_model"], dense_mass=True, max_tree_depth=(6, 10))
        mcmc = numpyro.infer.MCMC(kernel, **cost)
        mcmc.run(key, given, demand, test)
        found = mcmc.get_samples()
        return {k: v for k, v in found.items() if k != "mu"}, mcmc.get_extra_fields()["diverging"]

    lanes = np.repeat(np.arange(len(weeks)), chains)
    keys = jax.random.split(jax.random.PRNGKey(seed), len(lanes))
    found, diverging = jax.jit(jax.vmap(one))(keys, lanes)
    shape = (len(weeks), chains)
    return {k: np.asarray(v).reshape(*shape, *v.shape[1:]) for k, v in found.items()}, diverging


def dataset(samples: dict[str, np.ndarray], channels: np.ndarray) -> xr.Dataset:
    """Return the draws of one fit, (chain, draw, channel) where a parameter has channels."""
    found = {}
    for name, values in samples.items():
        last = f"{name}_wave" if name == "season" else "channel"
        found[name] = (("chain", "draw", last)[: values.ndim], values)
    return xr.Dataset(found, coords={"channel": channels})


def recover(seeds: Sequence[int], draws: int, chains: int = 4) -> pd.DataFrame:
    """Return one row per history, analyst and channel (columns: see above).

    Args:
        seeds: of the histories and their tests; the first is also the sampler's.
        draws: of each chain, after as many that are dropped.
        chains: of each fit.

    Raises:
        RuntimeError: a fit had divergences.
    """
    import arviz as az

    notebook = pieces()
    histories = [notebook["simulate_history"](seed, notebook["TRUTH"]) for seed in seeds]
    truths = [notebook["returns"](h["spend"], notebook["TRUTH"], factor=0) for h in histories]
    weeks = [notebook["about_the_weeks"](history) for history in histories]
    error, tests = notebook["TEST_ERROR"], []
    for seed, truth, about in zip(seeds, truths, weeks, strict=True):
        effect = float(truth[0]) * about["mean_spend"][0]
        tests.append((notebook["read_test"](seed, effect, error), error))
    rows = []
    for model, (demand, has_test) in ANALYSTS.items():
        size = draws, chains, seeds[0]
        given = (weeks[:N_TESTED], tests[:N_TESTED]) if has_test else (weeks, None)
        samples, bad = sample(notebook, *given, demand, size)
        if np.asarray(bad).any():
            raise RuntimeError(f"{model}: {int(np.asarray(bad).sum())} divergences.")
        for i, (history, truth) in enumerate(zip(histories, truths, strict=True)):
            if i == len(given[0]):
                break
            fit = dataset({k: v[i] for k, v in samples.items()}, history["channel"].to_numpy())
            roas = notebook["returns"](history["spend"], fit, factor=0)
            worst = {
                "max_rhat": max(float(v.max()) for v in az.rhat(fit).data_vars.values()),
                "min_ess": min(float(v.min()) for v in az.ess(fit).data_vars.values()),
            }
            for channel in history["channel"].to_numpy():
                found = tidy.summarise({"roas": roas.sel(channel=channel)}).iloc[0]
                row = {"history": i + 1, "seed": seeds[i], "model": model, "channel": channel}
                row["truth"] = float(truth.sel(channel=channel))
                rows.append(row | found[["mean", "lower", "upper"]].to_dict() | worst)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).resolve().parent
    table = recover(range(FIRST_SEED, FIRST_SEED + N_HISTORIES), draws=800)
    target = folder / "marketing_mix_study.csv"
    table.to_csv(target, index=False, float_format="%.5g", lineterminator="\n")
