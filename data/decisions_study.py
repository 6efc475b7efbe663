"""Write `decisions_study.csv`: judging a policy, and two offers, in many worlds, for notebook 17.

Run by `uv run python data/decisions_study.py` (some two CPU minutes; --help lists the options).

The worlds are the notebook's: 2,000 letters with recorded chances, and 2,000 readers with two
offers. Here regressions and logits are those of statsmodels; the notebook does them by hand;
`tests/test_17_decisions.py` repeats some worlds by its functions and holds the two together. A
row is a batch of 50 worlds. Columns:

- part: `letters` (value of the best policy, answers a letter) or `offers` (both minus
  none, euros);
- setting: chance of a random letter; or the strength with which hours decide the second offer;
- method; worlds: how many; mean, square: of the estimates and of their squares;
- covers: share of 94 % confidence intervals that hold the truth (.315; 10).
"""

# ruff: noqa: INP001

from __future__ import annotations

from pathlib import Path

import numpy as np
import statsmodels.api as sm

from helpers import worlds

FILE = Path(__file__).resolve().with_suffix(".csv")
SEED, N_WORLDS, BATCH, ROWS = 2026, 40, 50, 2_000
Z = 1.8807936
CHANCES, SLOPES = (1.0, 0.2, 0.05, 0.02), (0.8, 1.5)
KINDS = [0.4, 0.3, 0.2, 0.1]
ANSWERS = np.array([[0.3, 0.2, 0.1], [0.1, 0.3, 0.2], [0.2, 0.1, 0.4], [0.25, 0.25, 0.25]])
RULE = np.array([0, 1, 2, 0])
VALUE, BOTH = 0.315, 10.0

Found = dict[str, tuple[float, float]]


def letters(rng: np.random.Generator, chance: float) -> Found:
    """Return estimate and standard error of the best policy's value, by three methods."""
    kind = rng.choice(4, ROWS, p=KINDS)
    sent = np.where(rng.random(ROWS) < chance, rng.integers(0, 3, ROWS), 0)
    known = np.array([1 - 2 * chance / 3, chance / 3, chance / 3])[sent]
    y = rng.binomial(1, ANSWERS[kind, sent]).astype(float)
    w = np.where(sent == RULE[kind], 1 / known, 0)
    single = w * y
    ratio = single.sum() / w.sum()
    dummies = np.column_stack([np.eye(4)[kind], np.eye(3)[sent][:, 1:]])
    fit = np.linalg.lstsq(dummies, y, rcond=None)[0]
    other = np.column_stack([np.eye(4)[kind], np.eye(3)[RULE[kind]][:, 1:]])
    mended = other @ fit + w * (y - dummies @ fit)
    root = np.sqrt(ROWS)
    return {
        "IPS": (single.mean(), single.std(ddof=1) / root),
        "SNIPS": (ratio, np.sqrt(np.sum(w**2 * (y - ratio) ** 2)) / w.sum()),
        "DR": (mended.mean(), mended.std(ddof=1) / root),
    }


def offers(rng: np.random.Generator, slope: float) -> Found:
    """Return estimate and standard error of both offers minus none, by four methods."""
    taste, a0 = rng.normal(size=ROWS), rng.integers(0, 2, ROWS)
    hours = a0 + taste + rng.normal(size=ROWS)
    a1 = rng.binomial(1, 1 / (1 + np.exp(slope * hours - 0.4)))
    euros = 20 + 4 * hours + 6 * a1 + 5 * taste + rng.normal(0, 5, ROWS)
    short = sm.add_constant(np.column_stack([a0, a1]))
    long = np.column_stack([short, hours])
    plain, full = sm.OLS(euros, short).fit(), sm.OLS(euros, long).fit()
    first = sm.OLS(hours, short[:, :2]).fit()
    moved = first.params[1]
    path = np.array([0, 1, 1, moved])
    error = path @ full.cov_params() @ path + full.params[3] ** 2 * first.bse[1] ** 2
    p0 = sm.Logit(a1, short[:, :2]).fit(disp=0).predict()
    p1 = sm.Logit(a1, long[:, [0, 1, 3]]).fit(disp=0).predict()
    w = np.where(a1 == 1, p0 / p1, (1 - p0) / (1 - p1))
    weighted = sm.WLS(euros, short, weights=w).fit(cov_type="HC0")
    two, three = np.array([0, 1, 1]), np.array([0, 1, 1, 0])
    return {
        "regression without L": (two @ plain.params, np.sqrt(two @ plain.cov_params() @ two)),
        "regression with L": (three @ full.params, np.sqrt(three @ full.cov_params() @ three)),
        "g-formula": (path @ full.params, np.sqrt(error)),
        "weights": (two @ weighted.params, np.sqrt(two @ weighted.cov_params() @ two)),
    }


def study(rng: np.random.Generator) -> list[dict[str, object]]:
    """Two questions in 50 worlds each, at four chances and two slopes."""
    rows = []
    for part, one, settings, truth in (
        ("letters", letters, CHANCES, VALUE),
        ("offers", offers, SLOPES, BOTH),
    ):
        for setting in settings:
            found = [one(rng, setting) for _ in range(BATCH)]
            for method in found[0]:
                said, error = np.array([each[method] for each in found]).T
                row = {"part": part, "setting": f"{setting:g}", "method": method, "worlds": BATCH}
                row |= {"mean": round(float(said.mean()), 6)}
                row |= {"square": round(float((said**2).mean()), 6)}
                row |= {"covers": float(np.mean(np.abs(said - truth) < Z * error))}
                rows.append(row)
    return rows


if __name__ == "__main__":
    raise SystemExit(worlds.command(study, N_WORLDS, SEED, FILE))
