"""Write `learners_forests_study.csv`: causal forests, ours and econml's, for notebook 12.

Run by `uv run --group uplift python data/learners_forests_study.py` (some five CPU minutes; --help
lists the options). econml is needed here alone: the notebook shows what is stored.

The world is that of `learners_study.py`; the notebook grows its own forest of twenty lines, and
`tests/test_12_learners.py` holds the two together. One row a world. Columns:

- `world`; `WORLD|FOREST|MEASURE`: root mean squared error of single effects (`pehe`), standard
  deviation of the estimates over the market (`sd`), net value, dollars a customer; for econml also
  the share of customers whose effect its 95 % intervals hold, and the correlation with ours;
- `published|LEARNER`: squared error of five learners in the world of M. Courthoud's *Evaluating
  Uplift Models* (2023); `published|chosen by LOSS`: 1 where the loss chose the best of the five.
"""

# ruff: noqa: INP001

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from helpers import worlds

FILE = Path(__file__).resolve().with_suffix(".csv")
SEED, N_WORLDS = 2026, 60
TREES, LEAF = 60, 10
WORLD = runpy.run_path(str(FILE.with_name("learners_study.py")))
MARKET, N = WORLD["MARKET"], WORLD["N"]
Predict = Callable[[np.ndarray], np.ndarray]


def forest(
    rng: np.random.Generator, x: np.ndarray, ry: np.ndarray, rt: np.ndarray, *, honest: bool
) -> np.ndarray:
    """Return effects in the market: trees on ry/rt, leaves filled by other rows or by the same."""
    total = np.zeros(len(MARKET))
    for _ in range(TREES):
        half = rng.permutation(N)[: N // 2]
        grow, fill = (half[: N // 4], half[N // 4 :]) if honest else (half, half)
        tree = DecisionTreeRegressor(min_samples_leaf=LEAF, random_state=int(rng.integers(2**31)))
        tree.fit(x[grow], ry[grow] / rt[grow], rt[grow] ** 2)
        leaf, size = tree.apply(x[fill]), tree.tree_.node_count
        top = np.bincount(leaf, ry[fill] * rt[fill], size)
        bottom = np.bincount(leaf, rt[fill] ** 2, size)
        everywhere = np.sum(ry * rt) / np.sum(rt**2)
        filled = np.divide(top, bottom, out=np.full(size, everywhere), where=bottom > 0)
        total += filled[tree.apply(MARKET)]
    return total / TREES


def second_way(
    rng: np.random.Generator, x: np.ndarray, t: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return effects in the market by econml's causal forest, and the ends of 95 % intervals."""
    from econml.dml import CausalForestDML

    model = CausalForestDML(
        model_y=make_pipeline(
            PolynomialFeatures(3, include_bias=False), StandardScaler(), Ridge(10)
        ),
        model_t=LogisticRegression(),
        discrete_treatment=True,
        n_estimators=200,
        random_state=int(rng.integers(2**31)),
        n_jobs=1,
    )
    model.fit(y, t.astype(int), X=x)
    tau = model.effect(MARKET)
    lower, upper = model.effect_interval(MARKET, alpha=0.05)
    return np.ravel(tau), np.ravel(lower), np.ravel(upper)


def published(rng: np.random.Generator) -> dict[str, float]:
    """Return squared errors of five learners in a published world, and what two losses choose."""

    def sample(n: int) -> tuple[np.ndarray, ...]:
        new, age = rng.random(n) < 0.4, rng.uniform(20, 60, n)  # noqa: PLR2004
        mean = -1.45 + 100 / age - (age - 60) ** 2 / 500 + 0.2 * new
        old = np.maximum(rng.normal(mean, 0.01), 0)
        mail = rng.random(n) < np.where(new, 0.2, 0.8)
        tau = -0.05 * (age < 30) + 0.08 * (age > 45)  # noqa: PLR2004
        sales = np.maximum(rng.normal(mean, 0.05), 0) + tau * mail
        return np.column_stack([age, old, new]), mail, sales, tau

    def forest(x: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> Predict:
        seed = int(rng.integers(2**31))
        trees = RandomForestRegressor(25, max_depth=2, random_state=seed)
        return trees.fit(x, y, weight).predict

    x, t, y, _ = sample(500)
    chance = LogisticRegression(C=np.inf, max_iter=1_000).fit(x, t).predict_proba
    e = chance(x)[:, 1]
    single = forest(np.column_stack([x, t]), y)
    one, zero = forest(x[t], y[t]), forest(x[~t], y[~t])
    m, m0, m1 = np.empty((3, len(x)))
    fold = rng.permutation(len(x)) % 2
    for part in (0, 1):
        seen, own = fold != part, fold == part
        m[own] = forest(x[seen], y[seen])(x[own])
        m0[own] = forest(x[seen & ~t], y[seen & ~t])(x[own])
        m1[own] = forest(x[seen & t], y[seen & t])(x[own])
    treated, others = forest(x[t], y[t] - zero(x[t])), forest(x[~t], one(x[~t]) - y[~t])
    r = forest(x, (y - m) / (t - e), (t - e) ** 2)
    dr = forest(x, m1 - m0 + t * (y - m1) / e - ~t * (y - m0) / (1 - e))

    def effects(x: np.ndarray) -> dict[str, np.ndarray]:
        e, none = chance(x)[:, 1], np.zeros(len(x))
        asked = [single(np.column_stack([x, none + arm])) for arm in (0, 1)]
        return {
            "S": asked[1] - asked[0],
            "T": one(x) - zero(x),
            "X": e * others(x) + (1 - e) * treated(x),
            "R": r(x),
            "DR": dr(x),
        }

    x_new, _, _, truth = sample(2_000)
    errors = {name: float(np.mean((tau - truth) ** 2)) for name, tau in effects(x_new).items()}
    best = min(errors, key=errors.__getitem__)
    x_val, t_val, y_val, _ = sample(500)
    e_val = chance(x_val)[:, 1].clip(0.01, 0.99)
    ipw = y_val * (t_val / e_val - ~t_val / (1 - e_val))
    correction = t_val * (y_val - one(x_val)) / e_val - ~t_val * (y_val - zero(x_val)) / (1 - e_val)
    scores = {"IPW": ipw, "DR": one(x_val) - zero(x_val) + correction}
    row = {f"published|{name}": round(error, 6) for name, error in errors.items()}
    for loss, score in scores.items():
        of = {name: np.mean((tau - score) ** 2) for name, tau in effects(x_val).items()}
        row[f"published|chosen by {loss}"] = int(min(of, key=of.__getitem__) == best)
    return row


def study(rng: np.random.Generator) -> dict[str, float]:
    """Causal forests in one world of two settings, and a published leaderboard anew."""
    row = {}
    for setting in ("balanced", "same for all"):
        x, t, y = WORLD["draw"](rng, setting)
        fold, m = rng.permutation(N) % 2, np.empty(N)
        c = WORLD["CUBES"].transform(x)
        for part in (0, 1):
            m[fold == part] = WORLD["ridge"](c[fold != part], y[fold != part])(c[fold == part])
        found = {
            "honest": forest(rng, x, y - m, t - 0.5, honest=True),
            "not honest": forest(rng, x, y - m, t - 0.5, honest=False),
        }
        found["econml"], lower, upper = second_way(rng, x, t, y)
        truth, _, cost = WORLD["SETTINGS"][setting]
        for name, tau in found.items():
            measures = {
                "pehe": np.sqrt(np.mean((tau - truth(MARKET)) ** 2)),
                "sd": tau.std(),
                "value": np.mean((tau > cost) * (truth(MARKET) - cost)),
            }
            row |= {f"{setting}|{name}|{k}": round(float(v), 3) for k, v in measures.items()}
        covers = (lower <= truth(MARKET)) & (truth(MARKET) <= upper)
        row[f"{setting}|econml|coverage"] = round(float(covers.mean()), 3)
        same = np.corrcoef(found["honest"], found["econml"])[0, 1]
        row[f"{setting}|econml|correlation"] = round(float(same), 3)
    return row | published(rng)


if __name__ == "__main__":
    raise SystemExit(worlds.command(study, N_WORLDS, SEED, FILE))
