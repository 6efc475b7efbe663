"""Write `switchback_study.csv`: what twelve designs say of a dispatch rule, for notebook 14.

Run by `uv run python data/switchback_study.py` (some three CPU minutes; --help lists the options).

The city is the notebook's: 20 zones on a ring, two weeks of hours, 40 openings of the app per zone
and hour, drivers who are shared. Here the analyses are regressions by statsmodels; the notebook
does them by hand and repeats the first worlds; `tests/test_14_switchback.py` holds the two
together. One row a world. Columns, in rides per 100 openings:

- `usual|truth`: all riders under the new rule minus none, in the world's own two weeks;
- `usual|DESIGN|estimate`, `usual|DESIGN|se`: what the design says, and its standard error;
- `nothing|DESIGN|estimate`, `nothing|DESIGN|se`: the same where the rule does nothing;
- `roam=R carry=C|truth`, `roam=R carry=C|DESIGN|estimate`: with another share of drivers who roam,
  and another carry-over from hour to hour.
"""

# ruff: noqa: INP001

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm

from helpers import worlds

FILE = Path(__file__).resolve().with_suffix(".csv")
SEED, N_WORLDS = 2026, 400
HOURS, ZONES, HALF = 336, 20, 20
ROAM, CARRY, FREED = 0.2, 0.8, 0.04
SHORT = ("before and after", "switchback 4 h", "switchback 8 h", "days in pairs, burn-in 4")
"""Designs that the eight other cities do without."""
OTHERS = [(roam, carry) for roam in (0.0, 0.2, 0.4) for carry in (0.5, 0.8, 0.95)]
HOUR = np.arange(HOURS)


def drifting(rng: np.random.Generator, keep: float, sd: float) -> np.ndarray:
    """Return an autoregressive series of 336 hours, of this standard deviation throughout."""
    step = rng.normal(0, 1, HOURS)
    found = [sd * step[0]]
    for each in step[1:]:
        found.append(keep * found[-1] + sd * np.sqrt(1 - keep**2) * each)
    return np.array(found)


def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return who asks under the old and the new rule, (2, 336, 20), and drivers, (336, 20)."""
    old = rng.binomial(HALF, 0.40, (2, HOURS, ZONES))
    new = old + rng.binomial(HALF - old, 0.06 / 0.60)
    log_supply = (drifting(rng, 0.9, 0.15) + drifting(rng, 0.995, 0.08))[:, None]
    log_supply = log_supply + rng.normal(0, 0.08, ZONES) + rng.normal(0, 0.05, (HOURS, ZONES))
    usual = np.where(HOUR % 24 >= 8, 0.34, 0.56)[:, None]  # noqa: PLR2004
    return old, new, 2 * HALF * usual * np.exp(log_supply)


@functools.cache
def memory(carry: float) -> np.ndarray:
    """Return the weight of each hour (column) in the level of each hour (row)."""
    ago = HOUR[:, None] - HOUR[None, :]
    return np.where(ago >= 0, (1 - carry) * carry ** np.maximum(ago, 0), 0)


def run(
    city: tuple, new: np.ndarray, roam: float = ROAM, carry: float = CARRY, gain: float = FREED
) -> np.ndarray:
    """Return rides, (2, 336, 20), where `new` says who gets the new rule."""
    old_asks, new_asks, drivers = city
    new = np.broadcast_to(np.asarray(new, bool), old_asks.shape)
    asks = np.where(new, new_asks, old_asks)
    drivers = drivers * (1 + gain * (memory(carry) @ new.mean(axis=0)))
    demand = asks.sum(axis=0)
    served = np.minimum(demand, (1 - roam) * drivers)
    left = demand - served
    got = np.zeros_like(served)
    around = sum(np.roll(left, step, axis=1) for step in (-1, 0, 1))
    for step in (-1, 0, 1):  # drivers of the zone `step` further on
        there = np.roll(around, -step, axis=1)
        pool = np.roll(roam * drivers, -step, axis=1)
        got += np.divide(pool * left, there, out=np.zeros_like(got), where=there > 0)
    rides = served + np.minimum(left, got)
    return rides * np.divide(asks, demand, out=np.zeros(asks.shape), where=demand > 0)


def by_riders(rides: np.ndarray, *_: object) -> tuple[float, float]:
    """Return the difference of two shares and its usual standard error."""
    n = HALF * HOURS * ZONES
    share = rides.sum(axis=(1, 2)) / n
    return 100 * (share[0] - share[1]), 100 * float(np.sqrt((share * (1 - share) / n).sum()))


def by_hours(rides: np.ndarray, new: np.ndarray, block: int, burn_in: int) -> tuple[float, float]:
    """Return the slope on the rule beside 24 hours of the day; errors clustered by block."""
    kept = HOUR % block >= burn_in
    y = 100 * rides.sum(axis=(0, 2)) / (2 * HALF * ZONES)
    x = pd.get_dummies(HOUR[kept] % 24).to_numpy(float)
    x = np.column_stack([np.broadcast_to(new, (HOURS, 1))[kept, 0], x])
    inverse = np.linalg.inv(x.T @ x)
    slopes = inverse @ x.T @ y[kept]
    scores = pd.DataFrame(x * (y[kept] - x @ slopes)[:, None]).groupby(HOUR[kept] // block).sum()
    blocks = len(scores)
    variance = inverse @ (scores.T @ scores).to_numpy() @ inverse * blocks / (blocks - 1)
    return slopes[0], float(np.sqrt(variance[0, 0]))


def by_pairs(rides: np.ndarray, new: np.ndarray, block: int, burn_in: int) -> tuple[float, float]:
    """Return the mean over seven pairs of days, and its standard error."""
    y = 100 * rides.sum(axis=(0, 2)) / (2 * HALF * ZONES)
    days = y.reshape(-1, block)[:, burn_in:].mean(axis=1).reshape(-1, 2)
    first = np.broadcast_to(new, (HOURS, 1))[::block, 0].reshape(-1, 2)[:, 0]
    gap = np.where(first == 1, days[:, 0] - days[:, 1], days[:, 1] - days[:, 0])
    return gap.mean(), gap.std(ddof=1) / np.sqrt(len(gap))


def by_zones(rides: np.ndarray, new: np.ndarray, block: int, burn_in: int) -> tuple[float, float]:
    """Return the slope beside effects of zone and hour; errors clustered by zone and block."""
    kept = HOUR % block >= burn_in
    y, x = 100 * rides.sum(axis=0)[kept] / (2 * HALF), new[kept].astype(float)
    for axis in (0, 1):
        y = y - y.mean(axis=axis, keepdims=True)
        x = x - x.mean(axis=axis, keepdims=True)
    slope = (x * y).sum() / (x**2).sum()
    score = (x * (y - slope * x)).reshape(HOURS // block, -1, ZONES).sum(axis=1)
    return slope, float(np.sqrt((score**2).sum()) / (x**2).sum())


def by_places(rides: np.ndarray, new: np.ndarray, size: int, _: int) -> tuple[float, float]:
    """Return the difference of changes from week to week, clusters as units; pooled variance."""
    y = 100 * rides.sum(axis=0) / (2 * HALF)
    change = (y[168:].mean(axis=0) - y[:168].mean(axis=0)).reshape(-1, size).mean(axis=1)
    treated = sm.add_constant(new[-1].reshape(-1, size)[:, 0].astype(float))
    fit = sm.OLS(change, treated).fit()
    return fit.params[1], fit.bse[1]


def plans(rng: np.random.Generator) -> dict[str, tuple]:
    """Return design -> (analysis, who gets the new rule, block or size, burn-in)."""
    coin = {b: np.repeat(rng.integers(0, 2, HOURS // b), b)[:, None] for b in (1, 4, 8)}
    first = rng.integers(0, 2, 7)
    pairs = np.repeat(np.column_stack([first, 1 - first]).ravel(), 24)[:, None]
    zones = np.repeat(rng.integers(0, 2, (84, ZONES)), 4, axis=0)
    later = HOUR[:, None] >= HOURS // 2
    single = np.where(later, rng.permutation(np.arange(20) % 2), 0)
    five = np.where(later, np.repeat(rng.permutation(np.arange(4) % 2), 5), 0)
    return {
        "user-level A/B": (by_riders, np.array([1, 0])[:, None, None], 1, 0),
        "before and after": (by_hours, later.astype(int), 4, 0),
        "switchback 1 h": (by_hours, coin[1], 1, 0),
        "switchback 4 h": (by_hours, coin[4], 4, 0),
        "switchback 4 h, burn-in 2": (by_hours, coin[4], 4, 2),
        "switchback 8 h": (by_hours, coin[8], 8, 0),
        "switchback 8 h, burn-in 2": (by_hours, coin[8], 8, 2),
        "days in pairs": (by_pairs, pairs, 24, 0),
        "days in pairs, burn-in 4": (by_pairs, pairs, 24, 4),
        "zone x 4 h, burn-in 2": (by_zones, zones, 4, 2),
        "single zones, a week before": (by_places, single, 1, 0),
        "5 zones together, a week before": (by_places, five, 5, 0),
    }


def effect(city: tuple, roam: float = ROAM, carry: float = CARRY) -> float:
    """Return all riders under the new rule minus none, rides per 100 openings."""
    gain = run(city, True, roam, carry) - run(city, False, roam, carry)  # noqa: FBT003
    return 100 * gain.sum() / (2 * HALF * HOURS * ZONES)


def study(rng: np.random.Generator) -> dict[str, float]:
    """Twelve designs in one city, with the rule, without one, and in eight other cities."""
    city = draw(rng)
    idle = city[0], city[0], city[2]
    designs = plans(rng)
    row = {"usual|truth": round(effect(city), 3)}
    for name, (analysis, new, block, burn_in) in designs.items():
        for world, rides in (("usual", run(city, new)), ("nothing", run(idle, new, gain=0))):
            estimate, error = analysis(rides, new, block, burn_in)
            row[f"{world}|{name}|estimate"] = round(float(estimate), 3)
            row[f"{world}|{name}|se"] = round(float(error), 3)
    for roam, carry in OTHERS:
        if (roam, carry) == (ROAM, CARRY):
            continue
        setting = f"roam={roam:g} carry={carry:g}"
        row[f"{setting}|truth"] = round(effect(city, roam, carry), 2)
        for name, (analysis, new, block, burn_in) in designs.items():
            if name in SHORT:
                continue
            found, _ = analysis(run(city, new, roam, carry), new, block, burn_in)
            row[f"{setting}|{name}|estimate"] = round(float(found), 2)
    return row


if __name__ == "__main__":
    raise SystemExit(worlds.command(study, N_WORLDS, SEED, FILE))
