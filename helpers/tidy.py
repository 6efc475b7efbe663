"""Posterior draws of either library as plain long frames, and their summaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from marimo import Html

HDI_PROB = 0.94
"""Level of every interval in the course: the 94 % highest-density interval."""

MAX_R_HAT = 1.01
MIN_ESS = 400


def hdi(values: Any, prob: float = HDI_PROB) -> tuple[float, float]:
    """Return the shortest interval that holds `prob` of the draws.

    Args:
        values: draws of one scalar quantity, any shape (chain and draw are flattened).
        prob: probability inside the interval, between 0 and 1.

    Returns:
        (lower, upper), in the unit of `values`.

    Raises:
        ValueError: `prob` is not between 0 and 1, or there is no finite draw.

    Source: Hyndman (1996), Computing and graphing highest density regions,
    doi:10.1080/00031305.1996.10474359 (the case of one mode).
    """
    if not 0 < prob < 1:
        raise ValueError(f"prob must lie between 0 and 1, got {prob}.")
    draws = np.sort(np.asarray(values, dtype=float).ravel())
    draws = draws[np.isfinite(draws)]
    if draws.size == 0:
        raise ValueError("hdi needs at least one finite draw, got none.")
    inside = min(int(np.floor(prob * draws.size)), draws.size - 1)
    widths = draws[inside:] - draws[: draws.size - inside]
    start = int(np.argmin(widths))
    return float(draws[start]), float(draws[start + inside])


def _variables(posterior: Any) -> Mapping[str, Any]:
    """Return the named arrays of a DataTree (its posterior group), a Dataset or a dict."""
    if isinstance(posterior, Mapping) and "posterior" in posterior:
        posterior = posterior["posterior"]
    if hasattr(posterior, "to_dataset"):
        posterior = posterior.to_dataset()
    if hasattr(posterior, "data_vars"):
        return posterior.data_vars
    if isinstance(posterior, Mapping):
        return posterior
    raise TypeError(
        "Expected a DataTree, a Dataset or a dict of arrays with dimensions (chain, draw, ...), "
        f"got {type(posterior).__name__}."
    )


def tidy_draws(posterior: Any, names: Iterable[str] | None = None) -> pd.DataFrame:
    """Return posterior draws as a long frame, one row per draw and element.

    Args:
        posterior: a DataTree (its `posterior` group is read), a Dataset, or a dict of DataArrays
            or plain arrays, each with shape (chain, draw, ...).
        names: the variables to keep; all of them by default.

    Returns:
        Frame with columns chain, draw, variable, one column per further dimension (missing where a
        variable does not have it), value. Units are those of the variables.

    Raises:
        KeyError: a name is not among the variables; the message lists those that are.
        ValueError: an array has fewer than two dimensions.
        TypeError: `posterior` is none of the above.
    """
    import xarray as xr

    variables = _variables(posterior)
    frames = []
    for name in variables if names is None else names:
        if name not in variables:
            raise KeyError(f"No variable {name!r}; there are: {', '.join(map(str, variables))}.")
        array = variables[name]
        if not isinstance(array, xr.DataArray):
            array = np.asarray(array)
            if array.ndim < 2:  # noqa: PLR2004
                raise ValueError(f"{name!r} needs shape (chain, draw, ...), got {array.shape}.")
            more = [f"{name}_dim_{i}" for i in range(array.ndim - 2)]
            array = xr.DataArray(array, dims=["chain", "draw", *more])
        missing = [dim for dim in array.dims if dim not in array.coords]
        array = array.assign_coords({dim: np.arange(array.sizes[dim]) for dim in missing})
        frames.append(array.to_series().rename("value").reset_index().assign(variable=name))
    frame = pd.concat(frames, ignore_index=True)
    dims = [c for c in frame.columns if c not in ("chain", "draw", "variable", "value")]
    return frame[["chain", "draw", "variable", *dims, "value"]]


def summarise(draws: Mapping[str, Any], prob: float = HDI_PROB) -> pd.DataFrame:
    """Return one row per quantity: its mean, standard deviation and highest-density interval.

    Args:
        draws: label -> draws of one scalar quantity, any shape.
        prob: probability inside the interval.

    Returns:
        Frame with columns label, mean, sd, lower, upper, in the unit of the draws.
    """
    rows = []
    for label, values in draws.items():
        array = np.asarray(values, dtype=float)
        lower, upper = hdi(array, prob)
        rows.append((label, array.mean(), array.std(ddof=1), lower, upper))
    return pd.DataFrame(rows, columns=["label", "mean", "sd", "lower", "upper"])


def diagnostics(idata: Any, names: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the convergence diagnostics of one fit as a frame with one row.

    The rule of the course: R-hat at most 1.01, bulk and tail effective sample size at least 400,
    no divergences.

    Args:
        idata: what `pm.sample` returns, or `posterior_from_numpyro`.
        names: the variables to judge; all free variables and deterministics by default.

    Returns:
        Frame with columns max_rhat, min_ess_bulk, min_ess_tail, divergences, passed (bool).

    Source: Vehtari et al. (2021), Rank-normalization, folding, and localization: an improved R-hat,
    doi:10.1214/20-BA1221.
    """
    import arviz_stats  # and not ArviZ, whose plots take a second to import

    posterior = idata["posterior"].to_dataset()
    if names is not None:
        posterior = posterior[list(names)]

    def worst(result: Any, pick: Any) -> float:
        result = result.to_dataset() if hasattr(result, "to_dataset") else result
        return float(pick([pick(array.values) for array in result.data_vars.values()]))

    row = {
        "max_rhat": worst(arviz_stats.rhat(posterior), np.max),
        "min_ess_bulk": worst(arviz_stats.ess(posterior, method="bulk"), np.min),
        "min_ess_tail": worst(arviz_stats.ess(posterior, method="tail"), np.min),
        "divergences": int(idata["sample_stats"]["diverging"].sum()),
    }
    row["passed"] = bool(
        row["max_rhat"] <= MAX_R_HAT
        and row["min_ess_bulk"] >= MIN_ESS
        and row["min_ess_tail"] >= MIN_ESS
        and row["divergences"] == 0
    )
    return pd.DataFrame([row])


def show_diagnostics(frame: pd.DataFrame) -> Html:
    """Return the diagnostics of a fit beside the rule of the course, as a table for the page.

    Args:
        frame: what `diagnostics` returns; one row.
    """
    import marimo as mo

    row = frame.iloc[0]
    verdict = "may be read" if row["passed"] else "must not be read"
    return mo.md(f"""
| | rule of the course | this fit |
|:--|:--|:--|
| R-hat, largest | at most {MAX_R_HAT} | {row["max_rhat"]:.3f} |
| effective draws, bulk | at least {MIN_ESS} | {row["min_ess_bulk"]:,.0f} |
| effective draws, tail | at least {MIN_ESS} | {row["min_ess_tail"]:,.0f} |
| divergences | none | {row["divergences"]} |

The fit **{verdict}**.
""")


def posterior_from_numpyro(
    mcmc: Any,
    dims: Mapping[str, list[str]] | None = None,
    coords: Mapping[str, Any] | None = None,
) -> Any:
    """Return the draws and divergences of a NumPyro MCMC run as a DataTree.

    Args:
        mcmc: a `numpyro.infer.MCMC` that has run.
        dims: variable -> names of its dimensions after chain and draw; `NAME_dim_0`, ... if not
            given.
        coords: dimension -> its labels.

    Returns:
        DataTree with groups posterior (chain, draw, ...) and sample_stats (diverging), so that
        `tidy_draws` and `diagnostics` serve both libraries.
    """
    import arviz_base

    return arviz_base.from_dict(
        {
            "posterior": {
                k: np.asarray(v) for k, v in mcmc.get_samples(group_by_chain=True).items()
            },
            "sample_stats": {
                "diverging": np.asarray(mcmc.get_extra_fields(group_by_chain=True)["diverging"])
            },
        },
        dims=dims,
        coords=coords,
    )


def number(value: float, digits: int = 2, unit: str = "", *, plus: bool = False) -> str:
    """Return a number as the course prints it: thousands apart, a true minus sign, no minus zero.

    Args:
        value: the number.
        digits: after the point.
        unit: a currency sign, written between sign and number (`number(-635.03, 0, "$")`: −$635).
        plus: write the sign of a positive number too, as an effect wants it.
    """
    text = f"{abs(value):,.{digits}f}"
    zero = not any(digit in "123456789" for digit in text)
    sign = "" if zero else "−" if value < 0 else "+" if plus else ""
    return f"{sign}{unit}{text}"


def signed(value: float, digits: int = 2, unit: str = "") -> str:
    """Return an effect as the course prints it: `number` with its sign always written."""
    return number(value, digits, unit, plus=True)


def percent(share: float, digits: int = 0) -> str:
    """Return a share as the course prints it: `percent(0.94)` is 94 %.

    A share strictly between 0 and 1 that rounds to 0 or 100 is said to be below or above instead
    (`< 1 %`, `> 99 %`), so that nothing uncertain is printed as certain.
    """
    step = 10.0**-digits
    if 0 < share < step / 200:
        return f"< {number(step, digits)} %"
    if 1 - step / 200 < share < 1:
        return f"> {number(100 - step, digits)} %"
    return f"{number(100 * share, digits)} %"


def as_table(frame: pd.DataFrame, digits: int = 2) -> Html:
    """Return a small frame as a table for page and slide: few rows, text large enough to present.

    Floats are written by `number`, whole numbers and text as they are, what is missing as a dash.
    The index comes first where it says something: where it has names or texts.

    Args:
        frame: any data frame; the levels of its columns are joined by commas.
        digits: after the point, for every float.
    """
    import marimo as mo

    labels = frame.index
    if labels.nlevels > 1 or labels.name or not pd.api.types.is_integer_dtype(labels):
        blank = {level: "" for level in range(labels.nlevels) if labels.names[level] is None}
        names = [blank.get(level, name) for level, name in enumerate(labels.names)]
        frame = frame.set_axis(labels.set_names(names)).reset_index()
    rows = [
        [_name(column) for column in frame],
        ["--:" if _counts(c) else ":--" for _, c in frame.items()],
    ]
    rows += [[_cell(value, digits) for value in row] for row in frame.itertuples(index=False)]
    return mo.md("\n".join(f"| {' | '.join(row)} |" for row in rows))


def _name(column: Any) -> str:
    levels = column if isinstance(column, tuple) else (column,)
    return ", ".join(str(level) for level in levels if str(level))


def _counts(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _cell(value: Any, digits: int) -> str:
    if isinstance(value, float | np.floating):
        return number(value, digits) if np.isfinite(value) else "–"
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return number(value, 0)
    return str(value).replace("|", "\\|")
