"""What the numbers of every notebook keep to: levels of intervals, and SEED.

Units and priors stand in the claims of each notebook (tests/test_NN_claims.py).
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from helpers.course.derive import _used
from helpers.tidy import HDI_PROB
from tests.support import NAMES, ROOT, Run, cells, downstream

# Intervals ---------------------------------------------------------------------------------------

AT_A_LEVEL = {
    "hdi",
    "summarise",
    "shortest",
    "inv_cdf",
    "ndtri",
    "ppf",
    "isf",
    "quantile",
    "percentile",
}
OTHER_LEVELS: dict[str, set[float]] = {
    "solutions/04_bayesian_ab_testing.py": {0.975, 0.95},  # the z-test; a published interval
    "solutions/17_decisions.py": {0.95},  # a percentile of worlds
    "helpers/lessons/confounders.py": {0.02, 0.98},  # where a line in a picture ends
    "helpers/lessons/identification.py": {0.01, 0.99},  # where a line in a picture ends
    "helpers/lessons/your_case.py": {0.05, 0.95},  # where nine in ten of a world's values lie
}
"""File -> levels, written as numbers, that are not those of the course's interval."""
TAILS = {(1 - HDI_PROB) / 2, (1 + HDI_PROB) / 2}
COURSE = sorted(
    [f"solutions/{name}.py" for name in NAMES]
    + [str(p.relative_to(ROOT)) for p in (ROOT / "helpers" / "lessons").glob("*.py")]
)


def levels_in(source: str) -> set[float]:
    """Return the levels and tails that are written as numbers where an interval is computed."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in AT_A_LEVEL:
            given = [*node.args, *(k.value for k in node.keywords)]
            numbers = [part for each in given for part in ast.walk(each)]
            found |= {
                part.value
                for part in numbers
                if isinstance(part, ast.Constant)
                and isinstance(part.value, float)
                and (0.001 < part.value <= 0.2 or 0.8 <= part.value < 0.999)
            }
    return found


@pytest.mark.parametrize("file", COURSE)
def test_intervals_are_at_the_level_of_the_course(file: str) -> None:
    """Where a notebook or its lesson computes an interval, the level is HDI_PROB."""
    found = levels_in((ROOT / file).read_text(encoding="utf-8"))
    assert {level for level in found if not np.isclose(level, sorted(TAILS)).any()} <= (
        OTHER_LEVELS.get(file, set())
    )


def test_another_level_is_seen() -> None:
    """A number in the place of HDI_PROB is found, in each of the ways to write it."""
    for code in (
        "tidy.hdi(draws, 0.88)",
        "NormalDist().inv_cdf((1 + 0.88) / 2)",
        "tidy.summarise(draws, prob=0.9)",
        "np.quantile(x, [0.06, 0.94])",
    ):
        assert levels_in(code)
    assert not levels_in("tidy.hdi(draws), NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)")


@pytest.mark.parametrize("name", NAMES)
def test_normal_intervals_are_as_wide_as_they_say(name: str, run_notebook: Any) -> None:
    """In a frame with standard errors, upper minus lower is that of the course's level."""
    frames = [
        v for v in run_notebook("solutions", name).defs.values() if isinstance(v, pd.DataFrame)
    ]
    wide = 2 * 1.8807936
    for frame in frames:
        for error in {"error", "se"} & set(frame.columns):
            if (frame[error] < 0).any():
                continue  # with a sign: how far from the truth, no standard error
            if {"lower", "upper"} <= set(frame.columns):
                ratio = ((frame["upper"] - frame["lower"]) / frame[error]).dropna()
                assert np.allclose(ratio, wide, rtol=1e-4)


# SEED --------------------------------------------------------------------------------------------

DATA = {
    "01_causal_graphs": ["evenings", "season"],
    "02_confounders_colliders_mediators": ["days", "neighbourhoods", "hours", "customers"],
    "03_s_learner": ["customers", "truth"],
    "04_bayesian_ab_testing": ["customers"],
    "05_lalonde_do_operator": ["ipw_se"],
    "06_mundlak": ["customers"],
    "07_cevae": ["players"],
    "08_mediation": ["study"],
    "09_marketing_mix": ["history"],
    "10_identification": ["customers"],
    "11_weighting": ["people"],
    "12_learners": ["customers"],
    "13_before_and_after": ["roads", "four_means", "drift_series"],
    "14_switchback": ["hours"],
    "15_structural_bayes": ["clients", "made_clients", "drift"],
    "16_counterfactuals": ["pupils", "applicants", "fairness"],
    "18_your_own_case": ["simulated", "shop", "parcels"],
    "17_decisions": ["clicks", "logged", "offers"],
}
"""Globals that follow from SEED: the data; in 05, which has real data, the bootstrap."""


def under_seed(done: Run, seed: int, name: str) -> Any:
    """Return a global of a finished run under another SEED: the cells that it needs run again."""
    source = {cell.name: cell for cell in cells(done.path) if cell.kind == "cell"}
    maker = {made: cell for cell in source.values() for made in cell.returned}
    needed, left = set(), [name]
    while left:
        cell = maker.get(left.pop())
        if cell is not None and cell.name not in needed:
            needed.add(cell.name)
            left += sorted(_used(cell))
    space = {**done.defs, "SEED": seed}
    for cell in downstream(done.path, "SEED"):
        if cell.name in needed:
            body = [node for node in cell.node.body if not isinstance(node, ast.Return)]
            exec(compile(ast.Module(body, []), cell.name, "exec"), space)  # noqa: S102
    return space[name]


def _numbers(value: Any) -> np.ndarray:
    """Return the numbers of a frame, series, data set, dict or array, in one row."""
    if isinstance(value, dict):
        return np.concatenate([_numbers(part) for part in value.values()])
    if isinstance(value, pd.DataFrame):
        return value.select_dtypes("number").to_numpy(float).ravel()
    if isinstance(value, xr.Dataset):
        return np.concatenate(
            [np.ravel(part) for part in value.values() if part.dtype.kind in "iuf"]
        )
    return np.asarray(value, float).ravel()


def test_every_notebook_names_what_follows_from_its_seed() -> None:
    """No notebook is left out."""
    assert set(NAMES) <= set(DATA)


@pytest.mark.parametrize(("name", "data"), [(n, d) for n in NAMES for d in DATA.get(n, ())])
def test_two_seeds_give_two_data_sets(name: str, data: str, run_notebook: Any) -> None:
    """Another SEED gives other data, the same SEED the same."""
    done = run_notebook("solutions", name)
    kept = _numbers(done.defs[data])
    again, other = (_numbers(under_seed(done, done.defs["SEED"] + k, data)) for k in (0, 1))
    assert np.array_equal(kept, again, equal_nan=True)
    assert not np.array_equal(kept, other, equal_nan=True)
