"""Write `learners_study.csv`: who estimates single effects well, in many worlds, for notebook 12.

Run by `uv run python data/learners_study.py` (some seven CPU minutes; --help lists the options).

Customers have five traits, uniform on (-1, 1); without the offer they spend `20 + 8 spend + 4
sin(pi visits)` dollars and noise of sd 5; the notebook gives the five worlds of the leaderboard.
Learners are scikit-learn's `Ridge` here and ten lines of NumPy in the notebook, which repeats the
first worlds; `tests/test_12_learners.py` holds the two together. One row a world. Columns:

- `world`; `WORLD|LEARNER|PENALTY|MEASURE`: bias of the mean effect, root mean squared error of
  single effects (`pehe`) and net value of "offer where the effect beats the cost", dollars a
  customer. PENALTY is that of the second stage; 0 for learners that have none;
- `qini|WORLD|RANKING`: area between an uplift curve and the random line, dollars a customer, on the
  training rows (`T in sample`) and on 1,000 fresh customers (all others);
- `bayes|WORLD|SD|MEASURE`: a model whose effect has slopes Normal(0, SD): pehe, value, share of
  customers covered by 94 % intervals, value of "offer where the lower bound beats the cost".
"""

# ruff: noqa: INP001

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from scipy.stats import qmc
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from helpers import worlds

FILE = Path(__file__).resolve().with_suffix(".csv")
SEED, N_WORLDS, N = 2026, 200, 1_000
PENALTIES = (10, 30, 100, 300, 1_000, 3_000)
SLOPE_SDS = (0.3, 1, 3)
Z = 1.8807936  # standard errors to each side of a 94 % interval
MARKET = 2 * qmc.Sobol(5, scramble=False).random_base2(10) - 1
CUBES = PolynomialFeatures(3, include_bias=False).fit(MARKET)
MARKET_CUBES = CUBES.transform(MARKET)
Predict = Callable[[np.ndarray], np.ndarray]


def without(x: np.ndarray) -> np.ndarray:
    """Return what customers spend on average without the offer, dollars."""
    return 20 + 8 * x[:, 0] + 4 * np.sin(np.pi * x[:, 2])


def effect(x: np.ndarray) -> np.ndarray:
    """Return what the offer adds, dollars."""
    return 2 - 4 * x[:, 0] + 2 * x[:, 1]


def coin(p: float) -> Predict:
    """Return a chance that is the same for all."""
    return lambda x: np.full(len(x), p)


SETTINGS: dict[str, tuple[Predict, Predict, float]] = {
    "balanced": (effect, coin(0.5), 2),
    "one in ten": (effect, coin(0.1), 2),
    "weak": (lambda x: effect(x) / 4, coin(0.5), 0.5),
    "same for all": (lambda x: np.full(len(x), 2.0), coin(0.5), 2),
    "confounded": (effect, lambda x: 1 / (1 + np.exp(-2 * x[:, 0] - x[:, 2])), 2),
}
"""World -> effect (dollars), chance of the offer, cost of an offer (dollars)."""


def draw(rng: np.random.Generator, setting: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return traits (n, 5), who got the offer (n,), and what they spent (n,), dollars."""
    tau, chance, _ = SETTINGS[setting]
    x = rng.uniform(-1, 1, (N, 5))
    t = rng.random(N) < chance(x)
    return x, t, without(x) + tau(x) * t + rng.normal(0, 5, N)


def ridge(
    cubes: np.ndarray, y: np.ndarray, penalty: float = 10, weight: np.ndarray | None = None
) -> Predict:
    """Return predictions of a ridge regression on all products of up to three traits."""
    model = make_pipeline(StandardScaler(), Ridge(penalty))
    return model.fit(cubes, y, ridge__sample_weight=weight).predict


def learners(
    x: np.ndarray, t: np.ndarray, y: np.ndarray, chance: Predict, fold: np.ndarray
) -> dict[tuple[str, int], np.ndarray]:
    """Return effects in the market (dollars) by learner and penalty of its second stage."""
    found: dict[tuple[str, int], np.ndarray] = {}
    squares, c = PolynomialFeatures(2), CUBES.transform(x)

    def both(x: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.column_stack([CUBES.transform(x), squares.fit_transform(x) * t[:, None]])

    single = make_pipeline(StandardScaler(), Ridge(10)).fit(both(x, t), y)
    ones = np.ones(len(MARKET))
    found["S", 0] = single.predict(both(MARKET, ones)) - single.predict(both(MARKET, 0 * ones))
    one, zero = ridge(c[t], y[t]), ridge(c[~t], y[~t])
    found["T", 0] = one(MARKET_CUBES) - zero(MARKET_CUBES)
    e, share = chance(x), chance(MARKET)
    expected = np.empty((3, N))
    for part in (0, 1):
        seen, own = fold != part, fold == part
        expected[0, own] = ridge(c[seen], y[seen])(c[own])
        for arm in (0, 1):
            rows = seen & (t == arm)
            expected[1 + arm, own] = ridge(c[rows], y[rows])(c[own])
    m, m0, m1 = expected
    score = m1 - m0 + t * (y - m1) / e - ~t * (y - m0) / (1 - e)
    weight = (t - e) ** 2 / np.mean((t - e) ** 2)
    for penalty in PENALTIES:
        of_others = ridge(c[~t], one(c[~t]) - y[~t], penalty)(MARKET_CUBES)
        of_treated = ridge(c[t], y[t] - zero(c[t]), penalty)(MARKET_CUBES)
        found["X", penalty] = share * of_others + (1 - share) * of_treated
        found["R", penalty] = ridge(c, (y - m) / (t - e), penalty, weight)(MARKET_CUBES)
        found["DR", penalty] = ridge(c, score, penalty)(MARKET_CUBES)
    found["one number", 0] = np.full(len(MARKET), score.mean())
    found["rank by outcome", 0] = ridge(c, y)(MARKET_CUBES)
    return found


def graded(tau: np.ndarray, setting: str, name: str) -> dict[str, float]:
    """Return bias, pehe and value of effects in the market, dollars."""
    truth, cost = SETTINGS[setting][0](MARKET), SETTINGS[setting][2]
    offer = tau > (np.median(tau) if name == "rank by outcome" else cost)
    value = {"value": round(float(np.mean(offer * (truth - cost))), 3)}
    if name == "rank by outcome":
        return value
    pehe = float(np.sqrt(np.mean((tau - truth) ** 2)))
    return {"bias": round(float(np.mean(tau - truth)), 2), "pehe": round(pehe, 3)} | value


def qini(score: np.ndarray, t: np.ndarray, y: np.ndarray) -> float:
    """Return the area between a ranking's uplift curve and the random line, dollars a customer."""
    order = np.argsort(-score, kind="stable")
    t, y = t[order], y[order]
    treated, others = np.cumsum(t), np.cumsum(~t)
    gain = (np.cumsum(t * y) - np.cumsum(~t * y) * treated / np.maximum(others, 1)) / len(y)
    return float(np.mean(gain - gain[-1] * np.arange(1, len(y) + 1) / len(y)))


def rankings(
    rng: np.random.Generator, setting: str, x: np.ndarray, t: np.ndarray, y: np.ndarray
) -> dict[str, float]:
    """Return areas of rankings: by a T-learner, by the truth, by the outcome."""
    c = CUBES.transform(x)
    one, zero = ridge(c[t], y[t]), ridge(c[~t], y[~t])
    fresh, t_fresh, y_fresh = draw(rng, setting)
    noise = 1e-9 * rng.random(N)  # equal effects in a random order
    new = CUBES.transform(fresh)
    scores = {"T held out": one(new) - zero(new), "outcome": without(fresh)}
    scores["truth"] = SETTINGS[setting][0](fresh) + noise
    found = {name: qini(score, t_fresh, y_fresh) for name, score in scores.items()}
    found["T in sample"] = qini(one(c) - zero(c), t, y)
    centred = y_fresh - ridge(c, y)(new)
    found["T held out, centred"] = qini(scores["T held out"], t_fresh, centred)
    return {f"qini|{setting}|{name}": round(area, 3) for name, area in found.items()}


def bayes(
    setting: str, x: np.ndarray, t: np.ndarray, y: np.ndarray, slope_sd: float
) -> dict[str, float]:
    """Return how a conjugate model with its own prior for the effect does in the market.

    y = m(x) + tau(x) (t - e(x)) + noise of sd 5; flat constants, slopes of m Normal(0, 3), of tau
    Normal(0, slope_sd), on the standardised products of up to three traits.
    """
    truth, cost = SETTINGS[setting][0](MARKET), SETTINGS[setting][2]
    scale = StandardScaler().fit(CUBES.transform(x))
    own, market = (
        np.column_stack([np.ones(len(a)), scale.transform(CUBES.transform(a))]) for a in (x, MARKET)
    )
    k = own.shape[1]
    design = np.column_stack([own, own * (t - SETTINGS[setting][1](x))[:, None]])
    flat = np.r_[0, np.ones(k - 1)]
    precision = np.diag(np.r_[flat / 9, flat / slope_sd**2]) + design.T @ design / 25
    covariance = np.linalg.inv(precision)
    tau = market @ (covariance @ design.T @ y / 25)[k:]
    sd = np.sqrt(np.einsum("ij,jk,ik->i", market, covariance[k:, k:], market))
    measures = graded(tau, setting, "bayes") | {"coverage": np.mean(abs(tau - truth) < Z * sd)}
    measures["careful"] = np.mean((tau - Z * sd > cost) * (truth - cost))
    del measures["bias"]
    return {f"bayes|{setting}|{slope_sd:g}|{k}": round(float(v), 3) for k, v in measures.items()}


def fitted_chance(fitted: LogisticRegression, x: np.ndarray) -> np.ndarray:
    """Return the chances that a fitted model gives."""
    return fitted.predict_proba(x)[:, 1]


def study(rng: np.random.Generator) -> dict[str, float]:
    """Learners of single effects, in one world of each setting."""
    row, drawn = {}, {}
    for setting, (_, chance, _) in SETTINGS.items():
        drawn[setting] = x, t, y = draw(rng, setting)
        fold = rng.permutation(N) % 2
        if setting == "confounded":  # nobody knows the chances there
            fitted = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1_000).fit(x, t)
            chance = partial(fitted_chance, fitted)  # noqa: PLW2901
        for (name, penalty), tau in learners(x, t, y, chance, fold).items():
            measures = graded(tau, setting, name).items()
            row |= {f"{setting}|{name}|{penalty}|{measure}": v for measure, v in measures}
    for setting in ("balanced", "same for all"):
        row |= rankings(rng, setting, *drawn[setting])
    for setting in ("balanced", "same for all", "confounded"):
        for slope_sd in SLOPE_SDS:
            row |= bayes(setting, *drawn[setting], slope_sd)
    return row


if __name__ == "__main__":
    raise SystemExit(worlds.command(study, N_WORLDS, SEED, FILE))
