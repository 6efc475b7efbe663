"""Write `before_after_study.csv`: intervals, pre-trend tests, signs and ranks in many worlds.

Run by `uv run python data/before_after_study.py` (some four CPU minutes; --help lists the options),
for notebook 13, which repeats the first worlds (tests/test_13_before_and_after.py). One row a
world, columns in two levels, what and which:

- `rho=R|...`: a speed limit in month 61 of 96 lowers accidents by 10, noise AR(1) with correlation
  R and sd 6. `step` and `ols_se` of least squares (month, season, law), `nw3_se` and `nw12_se` by
  Newey and West, `ar1_lower` and `ar1_upper` of the 94 % posterior interval under AR(1) noise.
- `shops|...`: 30 + 30 shops, 6 months before a law, 4 after, effect 3, the treated drift by .3 a
  month. `did`, `did_se`, `event` (against the last month before), `wald_p`, `slope_p`, `largest_t`
  of the pre-trend, `detrended` (less the fitted pre-trend).
- `series|...`: a series that drifts up by .25 a month beside seven others, law in month 74 of 100,
  true mean effect -50/27. `tiny_step`, `flat_level`, `line`, `trend`, `controls`, `simplex`: mean
  effect by each counterfactual; `..._covers`: 1 where its 94 % interval holds the truth.
- `ranks|...`: p of a placebo test in space where there is no law: 21 states follow two trends in 31
  years, an invented law in year 20 for one that a mixture of the others reaches (`inside`) or does
  not (`outside`); by the `ratio` of all states, by the `gap` of those that fit.
"""

# ruff: noqa: INP001

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.optimize import nnls
from statsmodels.nonparametric.smoothers_lowess import lowess

from helpers import worlds

FILE = Path(__file__).resolve().with_suffix(".csv")
SEED, N_WORLDS = 2026, 1_000
RHOS = (0.0, 0.3, 0.6, 0.8)
MONTHS, LAW = 96, 60
DRIFT, N_SHOPS, BEFORE, AFTER = 0.3, 30, 6, 4
LENGTH, START = 100, 73
YEARS, FIT_YEARS, N_STATES = 31, 19, 21
TAIL = 0.03  # beyond each end of a 94 % interval
TRUTH = -50 / 27


# A speed limit -----------------------------------------------------------------------------------


def roads(rng: np.random.Generator, rho: float) -> np.ndarray:
    """Return accidents in 96 months."""
    month = np.arange(1, MONTHS + 1)
    shock = rng.normal(size=MONTHS)
    noise = np.empty(MONTHS)
    noise[0] = 6 * shock[0]
    for t in range(1, MONTHS):
        noise[t] = rho * noise[t - 1] + 6 * np.sqrt(1 - rho**2) * shock[t]
    smooth = 120 - 0.25 * month + 8 * np.cos(2 * np.pi * month / 12)
    return smooth - 10 * (month > LAW) + noise


@functools.cache
def road_design() -> np.ndarray:
    """Return intercept, trend, season (two columns), law: one row a month."""
    month = np.arange(1, MONTHS + 1)
    angle = 2 * np.pi * month / 12
    return np.column_stack(
        [np.ones(MONTHS), month, np.cos(angle), np.sin(angle), (month > LAW).astype(float)]
    )


@functools.cache
def grid_of_rho() -> list[tuple[float, np.ndarray, np.ndarray, np.ndarray, float]]:
    """Return for each rho: log weight, whitener, projector, coefficients' rows, their variance."""
    x, found = road_design(), []
    apart = np.abs(np.subtract.outer(np.arange(MONTHS), np.arange(MONTHS)))
    for rho in np.linspace(-0.95, 0.99, 98):
        white = np.linalg.inv(np.linalg.cholesky(rho**apart))
        xw = white @ x
        spread = np.linalg.inv(xw.T @ xw)
        weight = np.log(np.diag(white)).sum() + np.linalg.slogdet(spread)[1] / 2
        found.append((weight, white, xw, spread @ xw.T, spread[4, 4]))
    return found


def quantiles(
    chance: np.ndarray, centre: np.ndarray, scale: np.ndarray, free: int
) -> tuple[float, float]:
    """Return the 3 % and 97 % quantiles of a mixture of t distributions, on a fine grid."""
    grid = np.linspace(np.min(centre - 8 * scale), np.max(centre + 8 * scale), 1_500)
    below = chance @ stats.t.cdf((grid - centre[:, None]) / scale[:, None], free)
    return float(np.interp(TAIL, below, grid)), float(np.interp(1 - TAIL, below, grid))


def road_row(rng: np.random.Generator, rho: float) -> dict[str, float]:
    """Return the step and its intervals in one region."""
    y, x, free = roads(rng, rho), road_design(), MONTHS - 5
    rows = np.linalg.inv(x.T @ x) @ x.T
    beta = rows @ y
    left = y - x @ beta
    found = {"step": beta[4], "ols_se": np.sqrt(left @ left / free * (rows[4] @ rows[4]))}
    each = rows[4] * left
    for lags in (3, 12):
        variance = each @ each
        for lag in range(1, lags + 1):
            variance += 2 * (1 - lag / (lags + 1)) * (each[lag:] @ each[:-lag])
        found[f"nw{lags}_se"] = np.sqrt(max(variance, 0))
    grid, log, centre, scale = grid_of_rho(), [], [], []
    for weight, white, xw, solve, spread in grid:
        yw = white @ y
        b = solve @ yw
        rss = np.sum((yw - xw @ b) ** 2)
        log.append(weight - free / 2 * np.log(rss))
        centre.append(b[4])
        scale.append(np.sqrt(rss / free * spread))
    chance = np.exp(np.array(log) - max(log))
    ends = quantiles(chance / chance.sum(), np.array(centre), np.array(scale), free)
    return found | dict(zip(("ar1_lower", "ar1_upper"), ends, strict=True))


# Shops -------------------------------------------------------------------------------------------


def shops_row(rng: np.random.Generator) -> dict[str, float]:
    """Return estimates and pre-trend tests of one world of shops, thousand euros."""
    n_months = BEFORE + AFTER
    month = np.arange(1, n_months + 1)
    treated, after = np.arange(2 * N_SHOPS) < N_SHOPS, month > BEFORE
    level = rng.normal(0, 5, 2 * N_SHOPS)
    sales = 50 + level[:, None] + rng.normal(0, 3, (2 * N_SHOPS, n_months))
    sales[treated] += DRIFT * month + 3 * after
    gap = sales[treated].mean(axis=0) - sales[~treated].mean(axis=0)
    did = gap[after].mean() - gap[~after].mean()
    own = sales - sales.mean(axis=1, keepdims=True)
    within = np.concatenate([own[g] - own[g].mean(axis=0) for g in (treated, ~treated)])
    variance = np.sum(within**2) / ((2 * N_SHOPS - 2) * (n_months - 1))
    # Two-way fixed effects leave what the months of the gap do beyond one step as well.
    step = np.where(after, gap[after].mean(), gap[~after].mean())
    rss = np.sum(within**2) + N_SHOPS / 2 * np.sum((gap - step) ** 2)
    free = 2 * N_SHOPS * n_months - 2 * N_SHOPS - (n_months - 1) - 1
    did_se = np.sqrt(rss / free * 2 / N_SHOPS * (1 / BEFORE + 1 / AFTER))
    event = gap - gap[BEFORE - 1]
    early, one = event[: BEFORE - 1], variance * 2 / N_SHOPS
    wald = early @ np.linalg.solve(one * (np.eye(BEFORE - 1) + 1), early)
    centred = month[:BEFORE] - month[:BEFORE].mean()
    slope = gap[:BEFORE] @ centred / (centred @ centred)
    slope_t = abs(slope) / np.sqrt(one / (centred @ centred))
    return {
        "did": did,
        "did_se": did_se,
        "event": event[after].mean(),
        "wald_p": stats.chi2.sf(wald, BEFORE - 1),
        "slope_p": 2 * stats.norm.sf(slope_t),
        "largest_t": np.max(np.abs(early)) / np.sqrt(2 * one),
        "detrended": did - slope * (month[after].mean() - month[~after].mean()),
    }


# A series that drifts ----------------------------------------------------------------------------


def kernels() -> tuple[np.ndarray, np.ndarray]:
    """Return covariances of a level that walks by steps of sd 1, and of a slope that does."""
    month = np.arange(LENGTH, dtype=float)
    level = np.minimum.outer(month, month)
    total = np.tril(np.ones((LENGTH, LENGTH)), -1)
    return level, total @ level @ total.T


@functools.cache
def walks(kind: str) -> list[np.ndarray]:
    """Return covariances of level and noise (sd 1), on a grid of ratios, uniform in logs."""
    level, slope = kernels()
    if kind == "level":
        return [r * level + np.eye(LENGTH) for r in np.geomspace(1e-3, 1e3, 25)]
    return [
        r * level + s * slope + np.eye(LENGTH)
        for r in np.geomspace(1e-4, 1e2, 13)
        for s in np.geomspace(1e-5, 1e1, 15)
    ]


@functools.cache
def roots(kind: str) -> list[np.ndarray]:
    """Return the inverse Cholesky root of the first months of each."""
    return [np.linalg.inv(np.linalg.cholesky(k[:START, :START])) for k in walks(kind)]


def forecast(y: np.ndarray, x: np.ndarray, kind: str) -> tuple[float, float]:
    """Return the mean effect by a forecast from the months before, and whether it covers."""
    after, free, log, centre, scale = slice(START, LENGTH), START - x.shape[1], [], [], []
    for k, root in zip(walks(kind), roots(kind), strict=True):
        xw, yw = root @ x[:START], root @ y[:START]
        spread = np.linalg.inv(xw.T @ xw)
        beta = spread @ xw.T @ yw
        left = yw - xw @ beta
        link = root @ k[:START, after].mean(axis=1)
        ahead = x[after].mean(axis=0) - link @ xw
        variance = k[after, after].mean() - link @ link + ahead @ spread @ ahead
        log.append(
            np.log(np.diag(root)).sum()
            + np.linalg.slogdet(spread)[1] / 2
            - free / 2 * np.log(left @ left)
        )
        centre.append(y[after].mean() - x[after].mean(axis=0) @ beta - link @ left)
        scale.append(np.sqrt(variance * (left @ left) / free))
    chance = np.exp(np.array(log) - max(log))
    chance /= chance.sum()
    below = chance @ stats.t.cdf((TRUTH - np.array(centre)) / np.array(scale), free)
    return float(chance @ np.array(centre)), float(TAIL < below < 1 - TAIL)


def tiny_step(y: np.ndarray) -> float:
    """Return the mean effect by a flat level whose step has sd .01 of the series' own."""
    step = 0.01 * y[:START].std()
    level, _ = kernels()
    k, after, one = level * step**2, slice(START, LENGTH), np.ones(START)
    log, centre = [], []
    for noise in np.geomspace(0.1, 20, 40):
        root = np.linalg.cholesky(k[:START, :START] + noise**2 * np.eye(START))
        x, yw, link = (
            np.linalg.solve(root, v) for v in (one, y[:START], k[:START, after].mean(axis=1))
        )
        start = x @ yw / (x @ x)
        left = yw - x * start
        log.append(-np.log(np.diag(root)).sum() - np.log(x @ x) / 2 - left @ left / 2)
        centre.append(y[after].mean() - start - link @ left)
    chance = np.exp(np.array(log) - max(log))
    return float(chance @ np.array(centre) / chance.sum())


def seven_series(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return a series that is a mixture of seven others, with a law, and the seven."""
    month = np.arange(LENGTH)
    walk = rng.normal(0.25, 1, (LENGTH, 7)).cumsum(axis=0)
    smooth = np.column_stack([lowess(w, month, frac=0.2, it=0)[:, 1] for w in walk.T])
    effect = -50 * stats.gamma(10).pdf(month - START)
    y = smooth @ rng.dirichlet(np.ones(7)) + effect + rng.normal(0, 0.25, LENGTH)
    return y, smooth + rng.normal(0, 0.25, smooth.shape)


def series_row(rng: np.random.Generator) -> dict[str, float]:
    """Return the mean effect by six counterfactuals, and which intervals hold the truth."""
    y, others = seven_series(rng)
    one, month = np.ones((LENGTH, 1)), np.arange(LENGTH, dtype=float)[:, None]
    line = np.column_stack([one, month])
    found = {"tiny_step": tiny_step(y)}
    asked: Sequence[tuple[str, np.ndarray, str]] = (
        ("flat_level", one, "level"),
        ("trend", line, "slope"),
        ("controls", np.column_stack([one, others]), "level"),
    )
    for name, x, kind in asked:
        found[name], found[f"{name}_covers"] = forecast(y, x, kind)
    beta = np.linalg.lstsq(line[:START], y[:START], rcond=None)[0]
    found["line"] = (y - line @ beta)[START:].mean()
    heavy = 1e4
    stacked = np.vstack([others[:START], heavy * np.ones(7)])
    weight = nnls(stacked, np.append(y[:START], heavy))[0]
    return found | {"simplex": (y - others @ weight)[START:].mean()}


# States without a law -----------------------------------------------------------------------------


def gaps_of(states: np.ndarray) -> np.ndarray:
    """Return each column's gap to weights of all others that fit the first years."""
    gaps = np.empty_like(states)
    for own in range(states.shape[1]):
        others, heavy = np.delete(states, own, axis=1), 1e4
        stacked = np.vstack([others[:FIT_YEARS], heavy * np.ones(others.shape[1])])
        weight = nnls(stacked, np.append(states[:FIT_YEARS, own], heavy))[0]
        gaps[:, own] = states[:, own] - others @ (weight / weight.sum())
    return gaps


def ranks_row(rng: np.random.Generator) -> dict[str, float]:
    """Return p of two procedures for a state inside and one outside what the others reach."""
    found = {}
    for place, weight in (("inside", 0.5), ("outside", 1.5)):
        trends = rng.normal(0.3, 1, (YEARS, 2)).cumsum(axis=0)
        weights = rng.uniform(0, 1, (N_STATES, 2))
        weights[0] = weight
        gaps = gaps_of(trends @ weights.T + rng.normal(0, 1, (YEARS, N_STATES)))
        early, late = (np.mean(part**2, axis=0) for part in (gaps[:FIT_YEARS], gaps[FIT_YEARS:]))
        found[f"{place} ratio"] = np.mean(late / early >= late[0] / early[0])
        gap = np.abs(gaps[FIT_YEARS:].mean(axis=0))[early <= 5 * early[0]]
        found[f"{place} gap"] = np.mean(gap >= gap[0])
    return found


def study(rng: np.random.Generator) -> dict[str, float]:
    """Return intervals, pre-trend tests, signs and ranks in one world."""
    parts = {f"rho={rho:g}": road_row(rng, rho) for rho in RHOS}
    parts |= {"shops": shops_row(rng), "series": series_row(rng), "ranks": ranks_row(rng)}
    return {
        f"{part}|{name}": round(float(value), 4)
        for part, row in parts.items()
        for name, value in row.items()
    }


if __name__ == "__main__":
    raise SystemExit(worlds.command(study, N_WORLDS, SEED, FILE))
