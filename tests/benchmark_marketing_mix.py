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

from tests.support import ROOT, load

if TYPE_CHECKING:
    import pandas as pd
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
    found: dict[str, Any] = {}
    for name in ("sampler", "model_inputs", "analysts", "true_returns", "estimands"):
        piece = getattr(notebook, name)
        found |= piece.run()[1] if hasattr(piece, "run") else {name: piece}
    history = notebook.history.run()[1]["history"]
    known = found["analysts"].loc[["demand known"]]
    start = time.perf_counter()
    seed = int(start)  # a fit of its own: one that is kept would tell no seconds
    idata = found["fit"](found["model_inputs"](history, known, 0.0), draws=500, seed=seed)
    seconds = time.perf_counter() - start
    draws = idata["posterior"].dataset.sel(analyst="demand known")
    roas = found["returns"](history["spend"], draws, factor=0)
    return seconds, roas, found["true_roas"], history


def theirs(notebook: Any, history: xr.Dataset) -> tuple[float, xr.DataArray]:
    """Return fit seconds and ROAS draws of pymc-marketing on the same history."""
    start = time.perf_counter()
    roas = notebook.production_roas(history)
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
        lines.append(line("pymc-marketing", *theirs(notebook, history), truth))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
