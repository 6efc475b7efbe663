"""Write `weighting_study.csv`: answers of matching and weighting in many worlds, for notebook 11.

Run by `uv run python data/weighting_study.py` (some three CPU minutes; --help lists the options).

The world is the notebook's: a programme that older people and people with short ways to work join
more often. Models are fitted by statsmodels here and by hand in the notebook, which repeats the
first worlds; `tests/test_11_weighting.py` holds the two together. Settings:

- `k=1`, `k=2`: how sharply age and commute decide who joins; the methods of the notebook's table;
- `alpha=.1`, `1`, `10`: one covariate, `n1 = 100` treated whose outcome is constant, `100 / alpha`
  others; the ATT by the nearest neighbour, and its usual bootstrap (Abadie and Imbens 2008,
  doi:10.3982/ECTA6474);
- `men`: the men of `lalonde.csv`, matched in a random order, ties broken at random.

One row a world. Columns: world, and `setting|method|estimate` (points; dollars for the men) and
`setting|method|se` (the standard error that the method claims for itself).
"""

# ruff: noqa: INP001

from __future__ import annotations

from pathlib import Path

import numpy as np
import statsmodels.api as sm

from helpers import worlds
from helpers.data import load_lalonde

FILE = Path(__file__).resolve().with_suffix(".csv")
SEED, N_WORLDS, N_PEOPLE = 2026, 1_000, 1_000
N_TREATED, RESAMPLES = 100, 25
CALIPER = 0.2  # standard deviations of the logit of the score
CLAIMED = {"IPW right", "overlap", "trimmed"}
CLAIMED |= {f"AIPW {score} {line}" for score in ("right", "wrong") for line in ("right", "wrong")}
COVARIATES = ["age", "education_years", "black", "hispanic", "married", "no_degree"]
COVARIATES += ["earnings_1974", "earnings_1975"]


def draw(rng: np.random.Generator, k: float) -> dict[str, np.ndarray]:
    """Return one world: age and commute (sd), who joined (0 or 1), well-being (points)."""
    age, commute = rng.normal(size=(2, N_PEOPLE))
    bend = age**2 - 1
    logit = k * (-0.5 + 0.8 * age - 0.5 * commute + 0.4 * bend)
    joined = (rng.random(N_PEOPLE) < 1 / (1 + np.exp(-logit))).astype(float)
    mean = 50 + 4 * age - 3 * commute + 3 * bend + (4 + 2 * age) * joined
    wellbeing = mean + rng.normal(0, 5, N_PEOPLE)
    return {"age": age, "commute": commute, "bend": bend, "joined": joined, "wellbeing": wellbeing}


def arms(y: np.ndarray, t: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Return the difference of the arms' weighted means, and its error if weights are known."""
    means, variance = [], 0.0
    for arm in (1, 0):
        w, values = weight[t == arm], y[t == arm]
        mean = np.sum(w * values) / np.sum(w)
        variance += np.sum((w * (values - mean)) ** 2) / np.sum(w) ** 2
        means.append(mean)
    return means[0] - means[1], float(np.sqrt(variance))


def methods(world: dict[str, np.ndarray]) -> dict[str, tuple[float, float]]:
    """Return method -> (estimate, its own standard error) in one world."""
    t, y, none = world["joined"], world["wellbeing"], float("nan")
    right = sm.add_constant(np.column_stack([world["age"], world["commute"], world["bend"]]))
    designs = {"right": right, "wrong": right[:, :3]}
    found = {"naive": arms(y, t, np.ones(len(y)))}
    scores, lines = {}, {}
    for name, x in designs.items():
        e = scores[name] = sm.Logit(t, x).fit(disp=0, maxiter=100).predict(x)
        found[f"IPW {name}"] = arms(y, t, np.where(t == 1, 1 / e, 1 / (1 - e)))
        fits = [sm.OLS(y[t == arm], x[t == arm]).fit().predict(x) for arm in (0, 1)]
        lines[name] = fits
        found[f"regression {name}"] = float((fits[1] - fits[0]).mean()), none
    for first, e in scores.items():
        for second, (without, with_) in lines.items():
            each = with_ - without + t * (y - with_) / e - (1 - t) * (y - without) / (1 - e)
            found[f"AIPW {first} {second}"] = each.mean(), each.std() / np.sqrt(len(y))
    e = scores["right"]
    weight = np.where(t == 1, 1 / e, 1 / (1 - e))
    found["Horvitz-Thompson"] = np.mean(t * y / e) - np.mean((1 - t) * y / (1 - e)), none
    found["overlap"] = arms(y, t, np.where(t == 1, 1 - e, e))
    kept = (e > 0.1) & (e < 0.9)  # noqa: PLR2004
    found["trimmed"] = arms(y[kept], t[kept], weight[kept])
    return found


def nearest(x1: np.ndarray, x0: np.ndarray) -> np.ndarray:
    """Return for each value of x1 the place of the nearest value of x0."""
    order = np.argsort(x0)
    right = np.searchsorted(x0[order], x1).clip(1, len(x0) - 1)
    left = right - 1
    closer = x1 - x0[order][left] <= x0[order][right] - x1
    return order[np.where(closer, left, right)]


def bootstrapped(rng: np.random.Generator, alpha: float) -> tuple[float, float]:
    """Return the matching estimate of an effect of 0, and its bootstrap standard error."""
    n_others = round(N_TREATED / alpha)
    x1, x0, y0 = rng.random(N_TREATED), rng.random(n_others), rng.normal(size=n_others)
    again = []
    for _ in range(RESAMPLES):
        i, j = rng.integers(0, N_TREATED, N_TREATED), rng.integers(0, n_others, n_others)
        again.append(-y0[j][nearest(x1[i], x0[j])].mean())
    return -y0[nearest(x1, x0)].mean(), float(np.std(again, ddof=1))


def _distances() -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return earnings of treated and others, the distances of their logits, the caliper."""
    men = load_lalonde()
    x = sm.add_constant(men[COVARIATES] / men[COVARIATES].std())
    logit = np.asarray(x @ sm.Logit(men["treated"], x).fit(disp=0).params)
    t, y = men["treated"].to_numpy() == 1, men["earnings_1978"].to_numpy()
    distance = np.abs(logit[t][:, None] - logit[~t][None, :])
    return y[t], y[~t], distance, CALIPER * float(logit.std())


def matched_men(rng: np.random.Generator, men: tuple) -> dict[str, float]:
    """Return the ATT by three ways of matching, in dollars, one random order and ties at random."""
    earned, others, distance, caliper = men
    distance = distance + 1e-9 * rng.random(distance.shape)
    found = {"with replacement": float((earned - others[distance.argmin(axis=1)]).mean())}
    for name, limit in (("without replacement", np.inf), ("caliper", caliper)):
        free, gains = distance.copy(), []
        for man in rng.permutation(len(earned)):
            other = free[man].argmin()
            if free[man, other] <= limit and np.isfinite(free[man, other]):
                gains.append(earned[man] - others[other])
                free[:, other] = np.inf
        found[name] = float(np.mean(gains))
    return found


MEN = _distances()


def study(rng: np.random.Generator) -> dict[str, float]:
    """Weighting and matching in one world of each setting."""
    row = {}
    for k in (1, 2):
        for method, (estimate, error) in methods(draw(rng, k)).items():
            row[f"k={k}|{method}|estimate"] = round(estimate, 2)
            if method in CLAIMED:
                row[f"k={k}|{method}|se"] = round(error, 2)
    for alpha in (0.1, 1, 10):
        estimate, error = bootstrapped(rng, alpha)
        row[f"alpha={alpha:g}|matching|estimate"] = round(estimate, 3)
        row[f"alpha={alpha:g}|matching|se"] = round(error, 3)
    for method, estimate in matched_men(rng, MEN).items():
        row[f"men|{method}|estimate"] = round(estimate)
    return row


if __name__ == "__main__":
    raise SystemExit(worlds.command(study, N_WORLDS, SEED, FILE))
