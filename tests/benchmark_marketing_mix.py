"""Notebook 09 beside pymc-marketing: `uv run python -m tests.benchmark_marketing_mix`.

Both fit the same history in one run, with demand as a control, and are compared with the exact
true ROAS of the simulator. pymc-marketing comes with the optional group: `uv sync --group
production`. Where it is missing, our line is printed, and how to install the other.
"""

from __future__ import annotations

import sys
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tests.support import ROOT, load

if TYPE_CHECKING:
    import xarray as xr

NAME = "09_marketing_mix"
INSTALL = "uv sync --group production"


def line(label: str, seconds: float, roas: xr.DataArray, truth: pd.Series) -> str:
    """Return one line of the table: fit seconds, mean ROAS and its error for each channel."""
    mean = roas.mean(["chain", "draw"]).to_series()
    figures = "".join(f"{mean[c]:>12.2f}{mean[c] - truth[c]:>+9.2f}" for c in truth.index)
    return f"{label:<28}{seconds:>8.1f}{figures}"


def ours(notebook: Any) -> tuple[float, xr.DataArray, pd.Series, xr.Dataset]:
    """Return fit seconds, ROAS draws of one analyst who knows demand, true ROAS and the history."""
    history = notebook.history.run()[1]["history"]
    truth = notebook.true_returns.run()[1]["true_roas"]
    fit = notebook.fit_function.run()[1]["fit"]
    start = time.perf_counter()
    seed = int(start)  # a fit of its own: one that is kept would tell no seconds
    idata = fit(history, "known", None, draws=750, seed=seed)
    seconds = time.perf_counter() - start
    roas = notebook.returns(history["spend"], idata["posterior"].dataset, factor=0)
    return seconds, roas, truth, history


def production_table(history: xr.Dataset) -> pd.DataFrame:
    """Return the history as pymc-marketing reads it: one row a week."""
    spend = history["spend"].to_pandas()
    dates = pd.date_range("2022-01-03", periods=len(spend), freq="W-MON")
    table = spend.assign(date=dates, demand=history["demand"], sales=history["sales"])
    return table.assign(time=np.linspace(-0.5, 0.5, len(spend))).reset_index(drop=True)


def theirs(history: xr.Dataset, draws: int = 500, seed: int = 0) -> tuple[float, xr.DataArray]:
    """Return fit seconds and ROAS draws of pymc-marketing on the same history and units."""
    from pymc_marketing.mmm import MMM, GeometricAdstock, LogisticSaturation

    start = time.perf_counter()
    mmm = MMM(
        date_column="date",
        target_column="sales",
        channel_columns=["social", "radio"],
        control_columns=["demand", "time"],
        adstock=GeometricAdstock(l_max=4),
        saturation=LogisticSaturation(),
        yearly_seasonality=1,
    )
    table = production_table(history)
    how = {"nuts_sampler": "numpyro", "progressbar": False, "random_seed": seed, "chains": 4}
    mmm.fit(table.drop(columns="sales"), table["sales"], draws=draws, tune=draws, **how)
    found = mmm.incrementality.contribution_over_spend("all_time")
    roas = found.squeeze(drop=True).transpose("chain", "draw", "channel")
    return time.perf_counter() - start, roas


def main() -> None:
    """Write one line per model; errors are in euros of sales per euro."""
    notebook = load(ROOT / "solutions" / f"{NAME}.py")
    seconds, roas, truth, history = ours(notebook)
    head = f"{'model':<28}{'fit s':>8}{'social':>12}{'error':>9}{'radio':>12}{'error':>9}"
    exact = f"{'truth':<36}{truth['social']:>12.2f}{'':>9}{truth['radio']:>12.2f}"
    lines = [head, exact, line("notebook 09", seconds, roas, truth)]
    if find_spec("pymc_marketing") is None:
        lines.append(f"pymc-marketing is not installed: {INSTALL}")
    else:
        lines.append(line("pymc-marketing", *theirs(history), truth))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
