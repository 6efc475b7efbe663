"""Write `weighting_forests_study.csv`: forests in both models, with and without cross-fitting.

Run by `uv run python data/weighting_forests_study.py` (some five CPU minutes; --help lists the
options), for notebook 11, which repeats the first world; `tests/test_11_weighting.py` compares.

The world is the notebook's, with three columns of noise beside age and commute. Score and outcome
lines are forests of 30 trees, with leaves of at least 1 or 10 people; scores are clipped at .01 and
.99. "in sample": each person is predicted by forests that have seen this person; "cross-fitted": by
forests of the other half.

One row a world and leaf. Columns: world, leaf (people), `plug_in` (mean difference of the in-sample
predictions), `ipw` (in-sample scores, normalised weights), and for each way `..._estimate` and
`..._se`; all in points.
"""

# ruff: noqa: INP001

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from helpers import worlds

FILE = Path(__file__).resolve().with_suffix(".csv")
SEED, N_WORLDS, N_PEOPLE = 2026, 60, 1_000
LEAVES, TREES, CLIP = (1, 10), 30, 0.01


def predict(x: np.ndarray, t: np.ndarray, y: np.ndarray, seen: np.ndarray, leaf: int) -> tuple:
    """Return scores and expected outcomes (without, with) of all rows, from the rows `seen`."""
    look = {"n_estimators": TREES, "min_samples_leaf": leaf, "random_state": 0}
    score = RandomForestClassifier(**look).fit(x[seen], t[seen]).predict_proba(x)[:, 1]
    lines = [
        RandomForestRegressor(**look).fit(x[seen & (t == arm)], y[seen & (t == arm)]).predict(x)
        for arm in (0, 1)
    ]
    return score.clip(CLIP, 1 - CLIP), *lines


def doubly_robust(y: np.ndarray, t: np.ndarray, *models: np.ndarray) -> tuple[float, float]:
    """Return the estimate and its standard error, from scores and expected outcomes."""
    e, m0, m1 = models
    each = m1 - m0 + t * (y - m1) / e - (1 - t) * (y - m0) / (1 - e)
    return float(each.mean()), float(each.std() / np.sqrt(len(y)))


def study(rng: np.random.Generator) -> list[dict[str, float]]:
    """Forests in both models, in sample and cross-fitted, in one world."""
    age, commute = rng.normal(size=(2, N_PEOPLE))
    bend = age**2 - 1
    chance = 1 / (1 + np.exp(-(-0.5 + 0.8 * age - 0.5 * commute + 0.4 * bend)))
    t = (rng.random(N_PEOPLE) < chance).astype(int)
    y = 50 + 4 * age - 3 * commute + 3 * bend + (4 + 2 * age) * t + rng.normal(0, 5, N_PEOPLE)
    x = np.column_stack([age, commute, rng.normal(size=(N_PEOPLE, 3))])
    fold = rng.permutation(N_PEOPLE) % 2
    rows = []
    for leaf in LEAVES:
        inside = predict(x, t, y, np.ones(N_PEOPLE, bool), leaf)
        halves = [predict(x, t, y, fold != part, leaf) for part in (0, 1)]
        across = [np.where(fold == 0, *pair) for pair in zip(*halves, strict=True)]
        w = np.where(t == 1, 1 / inside[0], 1 / (1 - inside[0]))
        arms = [np.average(y[t == arm], weights=w[t == arm]) for arm in (1, 0)]
        row = {"leaf": leaf, "plug_in": np.mean(inside[2] - inside[1]), "ipw": arms[0] - arms[1]}
        for name, models in (("in_sample", inside), ("cross_fitted", across)):
            row[f"{name}_estimate"], row[f"{name}_se"] = doubly_robust(y, t, *models)
        rows.append({key: round(float(value), 3) for key, value in row.items()})
    return rows


if __name__ == "__main__":
    raise SystemExit(worlds.command(study, N_WORLDS, SEED, FILE))
