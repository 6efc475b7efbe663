# ruff: noqa: INP001
"""Write `marketing_mix_study.csv`: does the model of notebook 09 recover the truth it was given?

Run by `uv run python data/marketing_mix_study.py` (some three CPU minutes; a folder given as an
argument is written to instead). World, model and estimand are those of
`solutions/09_marketing_mix.py`: each simulated history has spend, demand and luck of its own
and the same response curves. The NumPyro model of the notebook is fitted to each history twice,
with demand and without (zeros in its place), all fits at once.

One row per history, model and channel: `history` (number), `seed` (of the simulator), `model`,
`channel`, `truth`, `mean`, `lower`, `upper` (ROAS in euros per euro; the 94 % highest-density
interval), `max_rhat` and `min_ess` of the fit.
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
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "solutions" / "09_marketing_mix.py"
N_HISTORIES = 24
FIRST_SEED = 9000
MODELS = ("demand known", "demand hidden")
CURVE = ("alpha", "lam", "beta")
CHANNELS = ["social", "radio"]


def pieces() -> dict[str, Any]:
    """Return the functions of the notebook that the study needs; no cell that samples runs."""
    spec = importlib.util.spec_from_file_location("marketing_mix", NOTEBOOK)
    notebook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebook)
    cells = ("true_response", "simulate_history", "about_the_weeks", "estimands")
    found: dict[str, Any] = {}
    for name in (*cells, "numpyro_model", "numpyro_libraries"):
        piece = getattr(notebook, name)
        found |= piece.run()[1] if hasattr(piece, "run") else {name: piece}
    return found


def lanes(histories: list[xr.Dataset], given: Callable, chains: int) -> list[np.ndarray]:
    """Return the data of every fit and chain, stacked: (history, model, chain) in one axis.

    Args:
        histories: what the notebook's `simulate_history` returns.
        given: the notebook's `about_the_weeks`.
        chains: of each fit.
    """
    rows = []
    for history in histories:
        about = given(history)
        calendar = [about[k].to_numpy() for k in ("past_spend", "typical_spend", "time", "waves")]
        demand, sales = history["demand"].to_numpy(), history["sales"].to_numpy()
        rows += [[*calendar, demand * knows, sales] for knows in (1, 0) for _ in range(chains)]
    return [np.stack(column) for column in zip(*rows, strict=True)]


def sample(
    notebook: dict[str, Any], data: list[np.ndarray], draws: int, seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the draws of all lanes, name -> (lane, draw, ...), and their divergences."""
    jax, numpyro = notebook["jax"], notebook["numpyro"]
    cost = {"num_warmup": draws, "num_samples": draws, "progress_bar": False}

    def one(key: jax.Array, *row: jax.Array) -> tuple[dict[str, jax.Array], jax.Array]:
        model = notebook["mix_numpyro"]
        depth = (6, 10)  # short trees while warming up
        kernel = numpyro.infer.NUTS(model, dense_mass=True, max_tree_depth=depth)
        mcmc = numpyro.infer.MCMC(kernel, **cost)
        mcmc.run(key, *row)
        return mcmc.get_samples(), mcmc.get_extra_fields()["diverging"]

    keys = jax.random.split(jax.random.PRNGKey(seed), len(data[0]))
    return jax.jit(jax.vmap(one))(keys, *data)


def dataset(samples: dict[str, Any], at: slice) -> xr.Dataset:
    """Return the draws of one fit, (chain, draw, channel) where a parameter has channels."""
    found = {}
    for name, values in samples.items():
        array = np.asarray(values[at])
        last = "channel" if name in (*CURVE, "typical_return") else f"{name}_wave"
        found[name] = (("chain", "draw", last)[: array.ndim], array)
    return xr.Dataset(found, coords={"channel": CHANNELS})


def recover(seeds: Sequence[int], draws: int, chains: int = 4) -> pd.DataFrame:
    """Return one row per history, model and channel (columns: see above).

    Args:
        seeds: of the histories; the first is also the sampler's.
        draws: of each chain, after as many that are dropped.
        chains: of each fit.

    Raises:
        RuntimeError: a fit had divergences.
    """
    import arviz as az

    notebook = pieces()
    histories = [notebook["simulate_history"](seed) for seed in seeds]
    data = lanes(histories, notebook["about_the_weeks"], chains)
    samples, diverging = sample(notebook, data, draws, seeds[0])
    if np.asarray(diverging).any():
        raise RuntimeError(f"{int(np.asarray(diverging).sum())} divergences; read no result.")
    rows = []
    for i, history in enumerate(histories):
        truth = notebook["returns"](history["spend"], notebook["TRUTH"], factor=0)
        for j, model in enumerate(MODELS):
            start = (i * len(MODELS) + j) * chains
            fit = dataset(samples, slice(start, start + chains))
            roas = notebook["returns"](history["spend"], fit, factor=0)
            worst = {
                "max_rhat": max(float(v.max()) for v in az.rhat(fit).data_vars.values()),
                "min_ess": min(float(v.min()) for v in az.ess(fit).data_vars.values()),
            }
            for channel in CHANNELS:
                found = tidy.summarise({"roas": roas.sel(channel=channel)}).iloc[0]
                row = {"history": i + 1, "seed": seeds[i], "model": model, "channel": channel}
                row["truth"] = float(truth.sel(channel=channel))
                rows.append(row | found[["mean", "lower", "upper"]].to_dict() | worst)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).resolve().parent
    table = recover(range(FIRST_SEED, FIRST_SEED + N_HISTORIES), draws=1_000)
    target = folder / "marketing_mix_study.csv"
    table.to_csv(target, index=False, float_format="%.5g", lineterminator="\n")
