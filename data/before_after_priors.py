"""Write `before_after_priors.csv`: California's synthetic self under five priors on its weights.

Run by `uv run python data/before_after_priors.py` (some three CPU minutes), for notebook 13, which
shows the rows by a slider and fits one of them itself; `tests/test_13_before_and_after.py` fits
another. The model is the notebook's: weights of 38 states with a Dirichlet prior of concentration
a, noise HalfNormal(5 packs), the years 1970 to 1988. Here the weights are gamma variables over
their sum, which is the same prior, and easier to sample where a is small.

One row a concentration. Columns: `concentration`; `effect`, `lower`, `upper` (mean gap 1989 to
2000, posterior mean and 94 % HDI, packs); `pre_rmse` (root mean square of the mean gap before the
law, packs); `donors` (mean of one over the sum of squared weights); `max_rhat`, `min_ess`,
`divergences` of the fit (3,200 draws); and for each year `gap_YEAR`, `low_YEAR`, `high_YEAR`.
"""

# ruff: noqa: INP001

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import tidy
from helpers.data import load_prop99

FILE = Path(__file__).resolve().with_suffix(".csv")
SEED, DRAWS = 2026, 800
CONCENTRATIONS = (0.3, 0.5, 1.0, 2.0, 5.0)
LAW_YEAR = 1989


def row_of(concentration: float, draws: int = DRAWS, seed: int = SEED) -> dict[str, float]:
    """Return one row of the table: see the module."""
    import jax
    import numpyro
    from numpyro import distributions as dist

    numpyro.enable_x64()
    sales = load_prop99().pivot_table("packs", "year", "state")
    california, donors = sales["California"].to_numpy(), sales.drop(columns="California").to_numpy()
    before = np.asarray(sales.index < LAW_YEAR)

    def mixture(packs: np.ndarray, seen: np.ndarray) -> None:
        with numpyro.plate("donor", packs.shape[1]):
            raw = numpyro.sample("raw", dist.Gamma(concentration, 1.0))
        weights = numpyro.deterministic("weights", raw / raw.sum())
        sigma = numpyro.sample("sigma", dist.HalfNormal(5))
        with numpyro.plate("year", packs.shape[0]):
            numpyro.sample("packs", dist.Normal(packs @ weights, sigma), obs=seen)

    mcmc = numpyro.infer.MCMC(
        numpyro.infer.NUTS(mixture, target_accept_prob=0.99 if concentration < 1 else 0.95),
        num_warmup=draws,
        num_samples=draws,
        num_chains=4,
        chain_method="vectorized",
        progress_bar=False,
    )
    mcmc.run(
        jax.random.PRNGKey(seed), donors[before], california[before], extra_fields=("diverging",)
    )
    idata = tidy.posterior_from_numpyro(mcmc)
    judged = tidy.diagnostics(idata, ["weights", "sigma"]).iloc[0]
    weights = idata["posterior"]["weights"].to_numpy().reshape(-1, donors.shape[1])
    gaps = california - weights @ donors.T
    effect = gaps[:, ~before].mean(axis=1)
    lower, upper = tidy.hdi(effect)
    found = {"concentration": concentration, "effect": effect.mean(), "lower": lower}
    found |= {"upper": upper, "pre_rmse": np.sqrt((gaps[:, before].mean(axis=0) ** 2).mean())}
    found |= {"donors": (1 / (weights**2).sum(axis=1)).mean(), "max_rhat": judged["max_rhat"]}
    found |= {"min_ess": min(judged["min_ess_bulk"], judged["min_ess_tail"])}
    found |= {"divergences": judged["divergences"]}
    for year, gap in zip(sales.index, gaps.T, strict=True):
        low, high = tidy.hdi(gap)
        found |= {f"gap_{year}": gap.mean(), f"low_{year}": low, f"high_{year}": high}
    return {key: round(float(value), 3) for key, value in found.items()}


def main() -> None:
    """Write the rows that the file lacks, one by one."""
    rows = pd.read_csv(FILE).to_dict("records") if FILE.exists() else []
    for concentration in CONCENTRATIONS:
        if concentration in [row["concentration"] for row in rows]:
            continue
        rows.append(row_of(concentration))
        frame = pd.DataFrame(rows).sort_values("concentration")
        frame.to_csv(FILE, index=False, lineterminator="\n")
        sys.stdout.write(f"{frame.iloc[:, :9].to_string()}\n")


if __name__ == "__main__":
    main()
