"""What notebook 13 says, and what makes it true. See tests/claims.py."""

# ruff: noqa: E501 -- a quotation stands in one line

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm

from helpers.data import load_deaths
from helpers.graphs import dag
from tests import claims
from tests.claims import Claim
from tests.test_13_before_and_after import NAME, TRUTH, priors, road_errors, sales, simplex, stored

PRINTED = 0.006
"""Half the last of two printed decimals, and a little."""
Z = 1.8807936


def near(value: float, goal: float, room: float = PRINTED) -> bool:
    return bool(abs(float(value) - float(goal)) <= room)


def columns(roads: pd.DataFrame) -> np.ndarray:
    month = roads["month"].to_numpy(float)
    angle = np.pi * month / 6
    return np.column_stack([np.ones(96), month, np.cos(angle), np.sin(angle), month > 60]).astype(
        float
    )


def line(g: Any) -> tuple[float, float]:
    """Return step and standard error of the region, by QR."""
    x, y = columns(g.roads), g.roads["accidents"].to_numpy()
    q, r = np.linalg.qr(x)
    left = y - q @ (q.T @ y)
    inverse = np.linalg.inv(r)
    return float((inverse @ q.T @ y)[-1]), float(
        np.sqrt(left @ left / 91 * inverse[-1] @ inverse[-1])
    )


def covered(rho: str, kind: str) -> float:
    """Return the share of stored intervals that hold -10."""
    rows = stored()[f"rho={rho}"]
    if kind == "ar1":
        return float(((rows["ar1_lower"] < -10) & (rows["ar1_upper"] > -10)).mean())
    return float(((rows["step"] + 10).abs() < Z * rows[f"{kind}_se"]).mean())


def coverages(g: Any) -> bool:
    """The page's table is the stored worlds'."""
    table = g.interval_coverage.set_index("correlation")
    kinds = {"least squares": "ols", "3 lags": "nw3", "12 lags": "nw12", "AR(1)": "ar1"}
    return all(
        near(table[name][rho], covered(f"{rho:g}", kind), 1e-9)
        for rho in (0, 0.3, 0.6, 0.8)
        for name, kind in kinds.items()
    )


def simulated(g: Any, seed: int = 3) -> np.ndarray:
    """Return the noise of 400 long regions of the page's simulator."""
    x = columns(g.roads)
    truth = x @ [120, -0.25, 8, 0, -10]
    rng = np.random.default_rng(seed)
    return np.array([g.speed_limit(rng, 0.6)["accidents"].to_numpy() - truth for _ in range(400)])


def autocorrelated(g: Any) -> bool:
    noise = simulated(g)
    return near(noise.std(), 6, 0.15) and near(
        np.mean(noise[:, 1:] * noise[:, :-1]) / 36, 0.6, 0.03
    )


@functools.cache
def grid() -> tuple[np.ndarray, ...]:
    """Return a finer grid of correlations than the page's."""
    return tuple(np.linspace(-0.9, 0.995, 60))


def honest(g: Any) -> bool:
    """Draws of the AR(1) posterior by composition: their mean and ends are the page's."""
    x, y, rng = columns(g.roads), g.roads["accidents"].to_numpy(), np.random.default_rng(1)
    log, centre, scale = [], [], []
    for rho in grid():  # Prais-Winsten: whiten by differences
        w = np.vstack(
            [np.sqrt(1 - rho**2) * np.eye(96)[:1], np.eye(96)[1:] - rho * np.eye(96)[:-1]]
        )
        q, r = np.linalg.qr(w @ x)
        left = w @ y - q @ (q.T @ (w @ y))
        inverse = np.linalg.inv(r)
        log.append(
            np.log(1 - rho**2) / 2 - np.log(np.abs(np.diag(r))).sum() - 91 / 2 * np.log(left @ left)
        )
        centre.append((inverse @ q.T @ (w @ y))[-1])
        scale.append(np.sqrt(left @ left / 91 * inverse[-1] @ inverse[-1]))
    chance = np.exp(np.array(log) - max(log))
    at = rng.choice(len(log), 60_000, p=chance / chance.sum())
    draws = np.array(centre)[at] + np.array(scale)[at] * rng.standard_t(91, 60_000)
    ends = np.quantile(draws, [0.03, 0.97])
    mean, lower, upper = g.ar1_step
    wide = (upper - lower) / (2 * Z) > 1.2 * g.its_error and g.HDI_PROB == 0.94
    return (
        near(mean, draws.mean(), 0.15)
        and near(lower, ends[0], 0.4)
        and near(upper, ends[1], 0.4)
        and wide
    )


MONTH = dag([("month", "law"), ("month", "accidents"), ("law", "accidents")])


def month_confounds(g: Any) -> bool:
    """Month causes both, and no month is seen with and without the law."""
    both = g.roads.groupby("month")["after"].nunique()
    return bool((both == 1).all()) and {("month", "law"), ("month", "accidents")} <= set(
        MONTH.edges
    )


def four(g: Any) -> pd.Series:
    return g.shops.groupby(["law", "after"])["sales"].mean()


def parallel(g: Any) -> bool:
    """Without drift the law's shops change like the others, but for the law; levels differ."""
    rng = np.random.default_rng(0)
    many = [four(type("G", (), {"shops": g.sunday_law(rng)})) for _ in range(60)]
    own = np.mean([m[1, 1] - m[1, 0] for m in many])
    other = np.mean([m[0, 1] - m[0, 0] for m in many])
    level = np.mean([m[1, 0] - m[0, 0] for m in many])
    return near(own - other, 3, 0.25) and near(other, 0, 0.3) and level > 2


def drifts(g: Any) -> bool:
    """Differences of two worlds that differ by drift alone: exactly 5 and 2.5 times."""
    flat, steep = (g.sunday_law(np.random.default_rng(5), d) for d in (0.0, 1.0))
    did = [
        (m := four(type("G", (), {"shops": s})))[1, 1] - m[1, 0] - m[0, 1] + m[0, 0]
        for s in (flat, steep)
    ]
    late = [g.event_study_of(s).query("period >= 0")["estimate"].mean() for s in (flat, steep)]
    return near(did[1] - did[0], 5, 1e-9) and near(late[1] - late[0], 2.5, 1e-9)


def passed() -> pd.Series:
    return stored()["shops"]["wald_p"] > 0.05


def low_last_month() -> bool:
    """Who passes has the larger event study, at the same DiD: its last month lies low."""
    shops, kept = stored()["shops"], passed()
    gap = shops["event"] - shops["did"]
    return bool(gap[kept].mean() > gap.mean() + 0.05) and near(
        shops["did"][kept].mean(), shops["did"].mean(), 0.1
    )


def of(table: pd.DataFrame, column: str, row: int) -> float:
    return float(table[column].iloc[row])


def mean_gap() -> pd.Series:
    return sales()["California"] - sales().drop(columns="California").mean(axis=1)


def effects() -> list[float]:
    """Return before and after, level, difference in differences, synthetic control, from the table."""
    ca, gap = sales()["California"], mean_gap()
    late, early = slice(1989, 2000), slice(1970, 1988)
    level = gap.loc[late].mean()
    return [
        ca.loc[late].mean() - ca.loc[early].mean(),
        level,
        level - gap.loc[early].mean(),
        simplex("California", 1988).loc[late].mean(),
    ]


def known_effects(g: Any) -> bool:
    return bool(np.allclose(g.stand_ins["effect (packs)"], effects(), atol=0.03))


def placebo(g: Any) -> bool:
    gap = simplex("California", 1984)
    row = g.placebo_years.iloc[2]
    return (
        near(row["mean gap up to 1988 (packs)"], gap.loc[1985:1988].mean(), 0.1)
        and near(row["misses before (packs)"], np.sqrt((gap.loc[:1984] ** 2).mean()), 0.03)
        and known_effects(g)
        and near(row["mean gap up to 1988 (packs)"] / first_four_years(), 0.56, 0.02)
    )


def first_four_years() -> float:
    """Return the mean gap of California in the first four years of its law, in packs."""
    return float(simplex("California", 1988).loc[1989:1992].mean())


def sites(model: Any, *data: Any) -> dict[str, Any]:
    """Return the distributions of a NumPyro model's sites."""
    from numpyro import handlers

    found = handlers.trace(handlers.seed(model, 0)).get_trace(*data)
    return {n: site["fn"] for n, site in found.items() if site["type"] == "sample"}


def mixture_prior(g: Any) -> bool:
    """Dirichlet(a, ..., a), HalfNormal(5), Normal around the weighted packs."""
    from numpyro import handlers

    donors = sales().drop(columns="California").loc[:1988].to_numpy()
    found = sites(g.mixture, donors, 1.0)
    weights = np.full(38, 1 / 38)
    fixed = handlers.substitute(handlers.seed(g.mixture, 0), {"weights": weights, "sigma": 2.0})
    packs = handlers.trace(fixed).get_trace(donors, 1.0)["packs"]["fn"]
    base = getattr(packs, "base_dist", packs)
    return (
        np.allclose(found["weights"].concentration, 1)
        and len(found["weights"].concentration) == 38
        and float(found["sigma"].scale) == 5
        and np.allclose(base.loc, donors.mean(axis=1), rtol=1e-4)
        and np.allclose(base.scale, 2)
        and type(found["weights"]).__name__ == "Dirichlet"
        and type(found["sigma"]).__name__ == "HalfNormal"
    )


def bsts_is_the_walk(g: Any) -> bool:
    """Its likelihood is that of the summed-out formula: a normal with the walk's covariance."""
    from numpyro import handlers
    from scipy import stats

    months, y = np.arange(1.0, 13), np.random.default_rng(0).normal(size=12)
    size, axes = np.linalg.eigh(np.minimum.outer(months, months))
    parts = months, size.clip(0), axes
    values = {"start": 0.3, "unit": 0.1, "noise": 0.5, "step": 0.7}
    values = {name: np.array([value, value]) for name, value in values.items()}
    fixed = handlers.substitute(handlers.seed(g.bsts, 0), values)
    trace = handlers.trace(fixed).get_trace(*parts, np.array([0.2, 0.7]), (axes.T @ y)[:, None])
    site = trace["series"]
    mine = np.asarray(site["fn"].log_prob(site["value"])).sum(axis=0)  # of each model
    walk = np.tril(np.ones((12, 12)))  # one step in each month, the first one too
    covariance = 0.49 * walk @ walk.T + 0.25 * np.eye(12)
    goal = [
        stats.multivariate_normal.logpdf(y, 0.3 + slope * months, covariance)
        for slope in (0.02, 0.07)
    ]
    found = sites(g.bsts, *parts, np.array([0.2, 0.7]))
    start, unit, noise, step = (
        getattr(found[n], "base_dist", found[n]) for n in ("start", "unit", "noise", "step")
    )
    return (
        mine.shape == (2,)
        and np.allclose(mine, goal, atol=0.02)
        and np.allclose(trace["slope"]["value"], [0.02, 0.07], atol=1e-6)
        and bool(np.all(unit.loc == 0) and np.all(unit.scale == 1))
        and bool(np.all(start.loc == 0) and np.all(start.scale == 10))
        and {type(each).__name__ for each in (noise, step)} == {"HalfNormal"}
        and bool(np.all(noise.scale == 1) and np.all(step.scale == 1))
    )


def flat_is_flat(g: Any) -> bool:
    """With s near 0 the slope has no room; its mean effect lies above that with a slope."""
    slope = g.idata_bsts["posterior"]["slope"].to_numpy()[..., 0]
    means = g.bsts_effects.set_index("label")["mean"]
    return bool(np.abs(slope).max() < 0.01) and means["no slope"] > means["with slope"]


def flat_weights(g: Any) -> np.ndarray:
    """Return the draws of the effect, from the weights again."""
    w = g.idata_weights["posterior"]["weights"].to_numpy().reshape(-1, 38)
    return sales()["California"].to_numpy() - w @ sales().drop(columns="California").to_numpy().T


def flat_effect(g: Any) -> bool:
    draws = flat_weights(g)[:, 19:].mean(axis=1)
    low, high = g.flat_interval
    inside = np.mean((draws >= low) & (draws <= high))
    return (
        near(np.mean(g.flat_effect_draws), draws.mean(), 0.02)
        and g.HDI_PROB == 0.94
        and near(draws.mean(), -30.5, 0.6)
        and near(inside, 0.94, 0.01)
        and draws.mean() < effects()[2]
    )


def flat_fit(g: Any) -> bool:
    w = g.idata_weights["posterior"]["weights"].to_numpy().reshape(-1, 38)
    miss = np.sqrt((flat_weights(g)[:, :19].mean(axis=0) ** 2).mean())
    return near(g.flat_rmse, miss, 0.01) and near(
        g.flat_donors, np.mean(1 / np.sum(w**2, axis=1)), 0.05
    )


def both_ends(g: Any) -> bool:
    """The stored rows are the page's, and a good fit goes with a small a."""
    table = priors()
    return (
        np.allclose(g.priors["effect"], table["effect"])
        and table["pre_rmse"].is_monotonic_increasing
        and near(table["effect"].iloc[2], -30.5, 0.5)
    )


def levels_count(g: Any) -> bool:
    """Donors that all sell 10 packs more: the mixture's packs rise by 10, a difference's effect not."""
    from numpyro import handlers

    donors, before = sales().drop(columns="California"), np.arange(31) < 19
    weights = np.random.default_rng(0).dirichlet(np.ones(38))
    fixed = handlers.substitute(handlers.seed(g.mixture, 0), {"weights": weights, "sigma": 1.0})

    def expected(shift: float) -> np.ndarray:
        fn = handlers.trace(fixed).get_trace(donors.to_numpy() + shift, 1.0)["packs"]["fn"]
        return np.asarray(getattr(fn, "base_dist", fn).loc)

    low, high = expected(0), expected(10)
    change = [each[~before].mean() - each[before].mean() for each in (low, high)]
    return np.allclose(high - low, 10, atol=1e-3) and near(change[0], change[1], 1e-3)


def one_divergence(g: Any) -> bool:
    own = int(g.idata_weights["sample_stats"]["diverging"].sum())
    return own == 0 and priors().set_index("concentration")["divergences"].to_dict() == {
        **dict.fromkeys((0.3, 0.5, 2.0, 5.0), 0),
        1.0: 1,
    }


def none_large(g: Any) -> bool:
    """Dirichlet(1) has mean 1/38 and largest weight H(38)/38; its pull is towards the mean state."""
    largest = np.sum(1 / np.arange(1, 39)) / 38
    before_law = 1 / (2 / 39)  # one over the expected sum of squares
    level = mean_gap().loc[1989:].mean()
    return (
        largest < 0.12
        and near(g.prior_donors, before_law, 1)
        and level < np.mean(g.flat_effect_draws) < effects()[3]
        and priors()["effect"].iloc[-1] > level
    )


def prior_band(g: Any) -> bool:
    """The prior's packs of 1988, from draws of its own: mean state, far above California."""
    rng, year = np.random.default_rng(2), sales().loc[1988].drop("California").to_numpy()
    drawn = rng.dirichlet(np.ones(38), 20_000) @ year + rng.normal(0, 1, 20_000) * np.abs(
        rng.normal(0, 5, 20_000)
    )
    year_shown, sold, expected = g.numbers("the prior alone expects #")
    return bool(
        near(expected, drawn.mean(), 0.8)
        and year_shown == 1988
        and near(sold, sales()["California"][1988], 0.51)
        and np.quantile(drawn, 0.03) > sales()["California"][1988]
    )


def alarm_of(shops: int, drift: float = 0.3) -> float:
    """Return the joint test's chance of an alarm: a noncentral chi-square with 5 degrees."""
    from scipy import stats

    early = -drift * np.arange(5, 0, -1)  # months 1 to 5 against month 6
    covariance = 9 * 4 / shops * (np.eye(5) + 1)
    return float(
        stats.ncx2.sf(stats.chi2.isf(0.05, 5), 5, early @ np.linalg.solve(covariance, early))
    )


def imputes(g: Any) -> bool:
    """ATT 4 where somebody never starts; else the 18 of 21 treated cell rows before month 10: 3."""
    found = {}
    for never in (0, 30):
        law, effect = g.started(1.0, never)
        seen = law & ~law.all(axis=0)
        found[never] = effect[law].mean(), effect[seen].mean(), g.imputed(law, effect)
    return (
        np.allclose(found[30], (4, 4, 4))
        and np.allclose(found[0], (4, 3, 3))
        and g.started(1.0, 0)[0].all(axis=0).sum() == 3
    )


def walk_costs(g: Any) -> bool:
    """A slope that walks: right on average, wider than a flat level, and than any other memory."""
    errors = g.effect_by_memory["standard error"]
    return (
        abs(sign("trend").mean() - TRUTH) < 4 * sign("trend").sem()
        and abs(sign("line").mean() - TRUTH) < 4 * sign("line").sem()
        and sign("trend").std() > sign("flat_level").std()
        and errors.iloc[3] > errors.iloc[:3].max()
    )


def sign(key: str) -> pd.Series:
    return stored()["series"][key]


def true_series() -> bool:
    from scipy import stats

    return near(-50 * stats.gamma(10).pdf(np.arange(27)).mean(), TRUTH, 0.001)


def signs(g: Any) -> bool:
    table = g.effect_by_model
    keys = ["tiny_step", "flat_level", "line", "trend", "controls", "simplex"]
    return (
        all(near(a, sign(k).mean(), 1e-9) for a, k in zip(table["mean effect"], keys, strict=True))
        and all(
            near(a, (sign(k) > 0).mean(), 1e-9)
            for a, k in zip(table["wrong sign"], keys, strict=True)
        )
        and abs(sign("controls").mean() - TRUTH) < 0.5
        and abs(sign("trend").mean() - TRUTH) < 0.5
        and true_series()
    )


def one_series(g: Any) -> bool:
    """The two means differ by the drift that a flat forecast leaves out; zero lies in both.

    The mean of the 27 months is the 14th after the law: 14 times 0.25. Only many series tell.
    """
    table = g.bsts_effects.set_index("label")
    gap = table.loc["no slope", "mean"] - table.loc["with slope", "mean"]
    return bool(
        len(g.drift_series.query("month > 73")) == 27
        and near(gap, 0.25 * 14, 1)
        and ((table["lower"] < 0) & (table["upper"] > 0)).all()
        and ((sign("flat_level") > 0).mean() > 0.8 and (sign("trend") > 0).mean() < 0.2)
    )


def negative_weight() -> bool:
    law = np.array([[0.0, 1, 1], [0, 0, 1]])
    x = np.column_stack(
        [np.kron(np.eye(2), np.ones((3, 1))), np.tile(np.eye(3)[:, 1:], (2, 1)), law.ravel()]
    )
    weights = np.linalg.pinv(x)[-1].reshape(2, 3)
    return near(weights[0, 2], -0.5, 1e-9) and near(
        weights @ [0, 2, 2] @ [1, 0] + weights[1, 2] * 2, 2, 1e-9
    )


def open_direction(g: Any) -> bool:
    """The contrast hardly moves with the prior; the coefficient's sd is the prior's work."""
    x, y = g.bank_x.to_numpy(), g.bank_open
    contrast, alone = [], []
    for prior in (50, 500):
        covariance = np.linalg.inv(x.T @ x / 1.21 + np.eye(9) / prior**2)
        mean = covariance @ x.T @ y / 1.21
        contrast.append(mean[7] - mean[8])
        alone.append(np.sqrt(covariance[7, 7]))
    return (
        near(contrast[0], contrast[1], 0.1)
        and alone[1] > 9 * alone[0]
        and np.linalg.matrix_rank(x) == 8
    )


def alarm_row(g: Any) -> bool:
    laws = g.laws
    share = float((laws["estimate"].abs() > Z * laws["error"]).mean())
    table = g.alarms
    return (
        near(table.iloc[0, 0], share, 1e-9)
        and table.iloc[1, 1] < table.iloc[0, 1] < table.iloc[2, 1]
    )


def alarm_shares(g: Any) -> bool:
    """The table's shares with temperature, by statsmodels; with a walk, lower than both."""
    d = load_deaths()
    months = pd.get_dummies(d["month"], dtype=float).to_numpy()
    x = np.column_stack([months, np.arange(len(d)), d["temperature"]])
    found = []
    for start in range(60, len(d) - 11):
        fit, later = sm.OLS(d["deaths"][:start], x[:start]).fit(), slice(start, start + 12)
        far = x[later].mean(axis=0)
        error = np.sqrt(far @ fit.cov_params() @ far + fit.mse_resid / 12)
        found.append(abs(d["deaths"][later].mean() - far @ fit.params) > Z * error)
    shares = g.alarms.iloc[:, 0]
    return near(shares.iloc[1], np.mean(found), 1e-9) and 0.06 < shares.iloc[2] < 0.2


@functools.cache
def memory_of(kind: str) -> tuple[np.ndarray, ...]:
    """Return covariances of 96 months' noise, entry by entry from their definitions."""
    t = np.arange(1, 97)
    level = np.minimum.outer(t, t).astype(float)
    steps = [
        np.clip(t - s + 1, 0, None) for s in t
    ]  # what a step of the slope in month s has added
    slope = np.sum([np.outer(a, a) for a in steps], axis=0).astype(float)
    walks = np.geomspace(1e-4, 1e2, 13)
    if kind == "ar1":
        return tuple(r ** np.abs(np.subtract.outer(t, t)) for r in np.linspace(-0.95, 0.99, 98))
    if kind == "slope":
        return tuple(np.eye(96) + a * level + b * slope for a in walks for b in walks / 10)
    return (np.eye(96),)


def forecasts(g: Any, kind: str) -> tuple[float, float]:
    """Return effect and error of 36 months by a flat prior as a large variance, and conditioning."""
    x, y = columns(g.roads)[:, :4], g.roads["accidents"].to_numpy()
    x = x / np.abs(x).max(axis=0)
    q = np.linalg.qr(x[:60], mode="complete")[0][:, 4:]  # contrasts that the trend does not touch
    found = []
    for k in memory_of(kind):
        own, cross = k[:60, :60], k[60:, :60].mean(axis=0)
        free = q.T @ own @ q
        sigma2 = (q.T @ y[:60]) @ np.linalg.solve(free, q.T @ y[:60]) / 56
        # best linear unbiased weights of the months before: minimise the variance under x
        system = np.block([[own, x[:60]], [x[:60].T, np.zeros((4, 4))]])
        right = np.concatenate([cross, x[60:].mean(axis=0)])
        w = np.linalg.solve(system, right)[:60]
        error = np.sqrt((k[60:, 60:].mean() + w @ own @ w - 2 * w @ cross) * sigma2)
        log = -np.linalg.slogdet(free)[1] / 2 - 28 * np.log(sigma2)
        found.append((y[60:].mean() - w @ y[:60], error, log))
    effect, error, log = np.array(found).T
    chance = np.exp(log - log.max()) / np.exp(log - log.max()).sum()
    mean = chance @ effect
    return float(mean), float(np.sqrt(chance @ (error**2 + (effect - mean) ** 2)))


def priced(g: Any) -> bool:
    """Rows 0, 1 and 3 of the price, by weights of the months instead of the page's whitening."""
    for row, kind in ((0, "ols"), (1, "ar1"), (3, "slope")):
        mean, error = forecasts(g, kind)
        if not (
            near(g.effect_by_memory.iloc[row, 0], mean, 0.06)
            and near(g.effect_by_memory.iloc[row, 1], error, 0.06)
        ):
            return False
    errors = g.effect_by_memory["standard error"]
    return bool(errors.is_monotonic_increasing and errors.iloc[3] > 2 * errors.iloc[1])


def california_p() -> tuple[float, float]:
    """Return p of California by ratio and by gap, with another solver's weights."""
    gaps = pd.DataFrame({state: simplex(state, 1988) for state in sales()})
    early, late = (gaps.loc[a:b] for a, b in ((1970, 1988), (1989, 2000)))
    ratio = (late**2).mean() / (early**2).mean()
    fits = (early**2).mean() <= 5 * (early["California"] ** 2).mean()
    gap = late.mean().abs()[fits]
    return (
        float((ratio.rank(ascending=False) / len(ratio))["California"]),
        float((gap.rank(ascending=False) / len(gap))["California"]),
    )


def rank_shares(g: Any) -> bool:
    """California's p, and the stored shares of p <= .1: right, rare, and far too many."""
    table, ranks = g.rank_tests, stored()["ranks"]
    return all(
        near(table.iloc[row, 0], california_p()[row], 0.001)
        and near(table.iloc[row, 1], (ranks[f"inside {name}"] <= 0.1).mean(), 1e-9)
        and near(table.iloc[row, 2], (ranks[f"outside {name}"] <= 0.1).mean(), 1e-9)
        for row, name in enumerate(("ratio", "gap"))
    ) and (
        abs(table.iloc[0, 1] - 2 / 21) < 4 * 0.0093
        and table.iloc[1, 1] < 0.04
        and table.iloc[0, 2] > 0.2
        and table.iloc[1, 2] > 0.9
    )


CLAIMS = [
    Claim(
        "The distance of the two dashed lines is the **naive difference**: the mean after the law minus the mean before.",
        lambda g: near(
            g.naive_difference, np.diff(g.roads.groupby("after")["accidents"].mean())[0], 1e-9
        ),
    ),
    Claim(
        "Mean after minus mean before: # accidents a month",
        lambda g: near(g.numbers("Mean after minus mean before")[0], g.naive_difference, 0.06),
    ),
    Claim(
        r"$$\tau = \text{mean over } t > 60 \text{ of}\quad E[Y_t(1) - Y_t(0)]$$",
        lambda g: g.true_effect == -10 and g.roads.query("after == 1")["month"].min() == 61,
    ),
    Claim(
        r"$$Y_t = \beta_0 + \beta_1 t + \beta_2 \cos\tfrac{2 \pi t}{12} + \beta_3 \sin\tfrac{2 \pi t}{12} + \tau \, [t > 60] + u_t$$",
        lambda g: np.allclose(g.design(g.roads), columns(g.roads)),
    ),
    Claim("An **interrupted time series** puts the own past in its place.", month_confounds),
    Claim(
        "Month is a common cause of law and accidents, and no month is seen both ways: the form extrapolates.",
        month_confounds,
    ),
    Claim(
        "It assumes **no anticipation** (drivers did not slow down before), **nothing else** that starts in month 61, and that **trend and season go on** as before, in the form that we write down.",
        lambda g: bool(
            np.abs(simulated(g)[:, 40:60].mean()) < 0.4
            and np.abs(simulated(g)[:, 60:80].mean()) < 0.4
        ),
    ),
    Claim(
        "Least squares says {signed(its_step, 1)} accidents a month, standard error {number(its_error, 1)}, {percent(HDI_PROB)} confidence interval {signed(its_interval[0], 1)} to {signed(its_interval[1], 1)}.",
        lambda g: (
            g.HDI_PROB == 0.94
            and near(g.its_step, line(g)[0], 1e-6)
            and near(g.its_error, line(g)[1], 1e-6)
            and near(g.its_interval[0], line(g)[0] - Z * line(g)[1], 1e-4)
            and near(g.its_interval[1], line(g)[0] + Z * line(g)[1], 1e-4)
        ),
    ),
    Claim(
        "Fitted step in month #: # accidents a month",
        lambda g: near(g.numbers("Fitted step in month")[1], line(g)[0], 0.06),
    ),
    Claim(
        "The simulated truth is {signed(true_effect, 0)}.",
        lambda g: near(np.mean(stored()["rho=0"]["step"]), g.true_effect, 0.4),
    ),
    Claim(
        "A bad month is followed by a bad month: the noise is **autocorrelated**, with correlation `RHO` from one month to the next and standard deviation 6.",
        autocorrelated,
    ),
    Claim(
        "Error of the step: reported #, true # accidents",
        lambda g: np.allclose(g.numbers("Error of the step"), road_errors(0.6)[::-1], atol=0.06),
    ),
    Claim(
        "this region's step #; the # % confidence interval covers in about # % of all regions",
        lambda g: (
            near(g.numbers("this region's step")[0], g.its_step, 0.06)
            and g.numbers("this region's step")[1] == 94
            and abs(g.numbers("this region's step")[2] / 100 - covered("0.6", "ols")) < 0.05
        ),
    ),
    Claim(
        "{len(stored_worlds):,} stored worlds (`data/before_after_study.py`): the mean step, and the share of {percent(HDI_PROB)} intervals that hold the truth, **coverage** (Monte Carlo error at most {number(0.5 / np.sqrt(len(stored_worlds)), 3)}).",
        lambda g: (
            len(g.stored_worlds) == len(stored()) == 1_000 and coverages(g) and g.HDI_PROB == 0.94
        ),
        blunt="a length",
    ),
    Claim(
        "On average the step is right.",
        lambda g: (
            all(
                abs(stored()[f"rho={r}"]["step"].mean() + 10)
                < 4 * stored()[f"rho={r}"]["step"].sem()
                for r in ("0", "0.3", "0.6", "0.8")
            )
            and coverages(g)
        ),
    ),
    Claim(
        'At correlation 0.6 the least-squares interval covers in {percent(interval_coverage["least squares"][2])}.',
        coverages,
    ),
    Claim(
        'Errors of Newey & West (1987), made for autocorrelation, want more months: they cover in {percent(interval_coverage["3 lags"][2])} with 3 lags, {percent(interval_coverage["12 lags"][2])} with 12.',
        lambda g: coverages(g) and covered("0.6", "nw3") < 0.85 and covered("0.6", "nw12") < 0.85,
    ),
    Claim(
        'A model that *says* "AR(1)" and learns its correlation covers in {percent(interval_coverage["AR(1)"][2])}.',
        lambda g: coverages(g) and covered("0.6", "ar1") > 0.91,
    ),
    Claim(
        "For our own region it says {signed(ar1_step[0], 1)}, {percent(HDI_PROB)} posterior interval {signed(ar1_step[1], 1)} to {signed(ar1_step[2], 1)}: honesty is wide.",
        honest,
    ),
    Claim(
        (
            r"We ask for the **ATT**, the mean of $E[Y_t(1) - Y_t(0) \mid \text{law}]$ over months 7 to 10: in this world +3 thousand euros a month.",
        ),
        parallel,
    ),
    Claim(
        r"$$\hat\tau = (\bar y^{\,\text{law}}_{\text{after}} - \bar y^{\,\text{law}}_{\text{before}}) - (\bar y^{\,\text{other}}_{\text{after}} - \bar y^{\,\text{other}}_{\text{before}})$$",
        lambda g: near(
            g.did, four(g)[1, 1] - four(g)[1, 0] - (four(g)[0, 1] - four(g)[0, 0]), 1e-9
        ),
    ),
    Claim(
        "In one of two districts 30 shops may open on Sundays from month 7 on; 30 shops of the other may not.",
        lambda g: (
            g.shops.groupby("law")["shop"].nunique().tolist() == [30, 30]
            and g.shops.query("after == 1")["month"].min() == 7
        ),
    ),
    Claim(
        "**Difference in differences** takes what the others went through as what ours would have gone through:",
        parallel,
    ),
    Claim(
        "It assumes **parallel trends**: without the law both groups would have changed by the same amount.",
        parallel,
    ),
    Claim("Levels may differ.", parallel),
    Claim(
        "Nobody may anticipate the law, shoppers must not cross over, and no shock may hit one district alone.",
        parallel,
    ),
    Claim(
        "An **event study** compares the two groups in each month with the last month before the law; months before it should show nothing.",
        lambda g: near(g.event_study.set_index("period")["estimate"][-1], 0, 1e-9) and drifts(g),
    ),
    Claim(
        (
            "The mean month after the law lies five months after the mean month before.",
            "Exactly: difference in differences gives **3 + 5 drift**, against the last month before it is **3 + 2.5 drift**.",
        ),
        lambda g: drifts(g) and np.mean([7, 8, 9, 10]) - np.mean(range(1, 7)) == 5,
    ),
    Claim("The law's effect is 3 whatever the drift.", drifts),
    Claim(
        "At a small drift the months before the law hardly leave zero: the noise hides it.",
        lambda _: 0.05 < alarm_of(60, 0.1) < 0.1 and near(alarm_of(60), 1 - passed().mean(), 0.05),
    ),
    Claim(
        "On average: DiD #, event study #; true effect #",
        lambda g: g.numbers("On average: DiD") == [3, 3, 3],
    ),
    Claim(
        "point and line: difference to the last month before, # % confidence interval",
        lambda g: np.allclose(
            (g.event_study["high"] - g.event_study["low"]) / 2, Z * g.event_study["se"]
        ),
    ),
    Claim(
        "The {percent(HDI_PROB)} interval of difference in differences holds the truth in {percent(did_coverage)}.",
        lambda g: (
            g.HDI_PROB == 0.94
            and near(
                g.did_coverage,
                ((stored()["shops"]["did"] - 3).abs() < Z * stored()["shops"]["did_se"]).mean(),
                1e-6,
            )
        ),
    ),
    Claim(
        'The joint test raises an alarm in only {percent(pre_trends["alarm"].iloc[1])} of the worlds.',
        lambda g: near(of(g.pre_trends, "alarm", 1), 1 - passed().mean(), 1e-9),
    ),
    Claim(
        'Where it is passed, the bias is {signed(pre_trends["bias of DiD, if passed"].iloc[1])}: no smaller.',
        lambda g: (
            near(
                of(g.pre_trends, "bias of DiD, if passed", 1),
                stored()["shops"]["did"][passed()].mean() - 3,
                1e-9,
            )
            and abs(of(g.pre_trends, "bias of DiD, if passed", 1) - 1.5) < 0.08
        ),
    ),
    Claim(
        'The event study\'s grows from {signed(pre_trends["bias of event study"].iloc[0])} to {signed(pre_trends["bias of event study"].iloc[1:].min())} and more: who passes had, by chance, a low gap in the last month (Roth 2022).',
        lambda g: (
            near(
                of(g.pre_trends, "bias of event study", 0),
                stored()["shops"]["event"].mean() - 3,
                1e-9,
            )
            and near(
                g.pre_trends["bias of event study"].iloc[1:].min(),
                stored()["shops"]["event"][passed()].mean() - 3,
                1e-9,
            )
            and low_last_month()
        ),
    ),
    Claim(
        "A **pre-trend test** passed does not mean parallel trends.",
        lambda g: passed().mean() > 0.7 and len(g.pre_trends) == 4,
    ),
    Claim(
        "Taking the fitted trend away leaves {signed(detrended[0])}, with standard deviation {number(detrended[1])} instead of {number(detrended[2])}: the price of believing in a straight line.",
        lambda g: (
            near(g.detrended[0], 3, 0.12)
            and near(g.detrended[1], 1.05, 0.1)
            and near(g.detrended[2], 0.5, 0.04)
        ),
    ),
    Claim(
        "It assumes **no interference** (nobody drives to Nevada, a donor, for cheaper packs), **no other law** in any of the states, and that the mixture would have gone on following.",
        lambda g: g.donor_weights["Nevada"] > 0.1 and "California" not in g.donors.columns,
    ),
    Claim(
        "A **synthetic control** is a weighted mean of other states, **donors**, whose weights are not negative, sum to one, and make it follow California *before* the law.",
        lambda g: (
            near(g.donor_weights.sum(), 1, 1e-9)
            and bool((g.donor_weights >= 0).all())
            and np.abs(g.gap.loc[1975:1988]).max() < 3.1
        ),
    ),
    Claim(
        'The synthetic California is {percent(donor_weights["Utah"])} Utah, {percent(donor_weights["Montana"])} Montana, {percent(donor_weights["Nevada"])} Nevada and {(donor_weights > 1e-3).sum() - 3} more; before the law it misses by {number(synthetic_rmse)} packs (root mean square).',
        lambda g: (
            np.allclose(
                g.donor_weights[["Utah", "Montana", "Nevada"]], [0.395, 0.23, 0.204], atol=0.004
            )
            and (g.donor_weights > 1e-3).sum() == 6
            and near(
                g.synthetic_rmse,
                np.sqrt((simplex("California", 1988).loc[:1988] ** 2).mean()),
                0.01,
            )
        ),
    ),
    Claim(
        'The synthetic control says {signed(stand_ins["effect (packs)"].iloc[3])} packs a year, {signed(gap[2000])} in 2000.',
        lambda g: known_effects(g) and near(g.gap[2000], simplex("California", 1988)[2000], 0.03),
    ),
    Claim(
        "Four stand-ins, four answers.",
        lambda g: g.stand_ins["effect (packs)"].round(0).nunique() == 4,
    ),
    Claim(
        "In #: California # packs, its synthetic self #",
        lambda g: np.allclose(
            g.numbers("its synthetic self")[1:],
            [sales()["California"][2000], sales()["California"][2000] - g.gap[2000]],
            atol=0.51,
        ),
    ),
    Claim(
        (
            "**Placebo in time**: invent an earlier law, use the years before it alone.",
            'With 1985 the "effect" is {signed(placebo_years["mean gap up to 1988 (packs)"].iloc[2])} packs before the law: {percent(placebo_years["mean gap up to 1988 (packs)"].iloc[2] / gap.loc[1989:1992].mean())} of that in the four years after it, though it misses the years before by only {number(placebo_years["misses before (packs)"].iloc[2], 1)}.',
        ),
        lambda g: (
            placebo(g) and np.isclose(g.gap.loc[1989:1992].mean(), first_four_years(), atol=0.3)
        ),
    ),
    Claim(
        "**Placebo in space**: give each state in turn the law, with all others as donors.",
        lambda g: (
            np.allclose(g.gaps["Missouri"], simplex("Missouri", 1988), atol=0.3)
            and g.gaps.shape == (31, 39)
        ),
    ),
    Claim(
        "California's ratio ranks # of #: p = #",
        lambda g: (
            g.numbers("California's ratio ranks") == [3, 39, 0.077]
            and g.placebo_ranks(g.gaps, 1989)["California"] == 3
        ),
    ),
    Claim(
        "Missouri and Virginia had no such law and rank before California: what they miss after 1988 is a larger multiple of what they missed before.",
        lambda g: (
            g.placebo_ranks(g.gaps, 1989).nsmallest(2).index.tolist() == ["Missouri", "Virginia"]
            and all(
                np.square(gap.loc[1989:]).mean() / np.square(gap.loc[:1988]).mean() > 200
                for gap in (simplex("Missouri", 1988), simplex("Virginia", 1988))
            )
        ),
    ),
    Claim("In # California sold # packs; the prior alone expects #", prior_band),
    Claim(
        "band: # % HDI of drawn packs; # of # donors count",
        lambda g: g.numbers("band: # % HDI") == [94, 20, 38] and none_large(g),
    ),
    Claim(
        r"$$w \sim \text{Dirichlet}(a, \dots, a), \quad \sigma \sim \text{HalfNormal}(5 \text{ packs}), \quad y_t \sim N(x_t \cdot w, \sigma)$$",
        mixture_prior,
    ),
    Claim(
        "The same mixture as a program: weights with a **Dirichlet** prior, in $x_t$ the donors' packs, for the years before the law,",
        mixture_prior,
    ),
    Claim("No intercept, by design: the mixture must reach California's level.", mixture_prior),
    Claim(
        (
            "With $a = 1$: {signed(flat_effect_draws.mean(), 1)} packs ({percent(HDI_PROB)} HDI of the weights alone, {signed(flat_interval[0], 1)} to {signed(flat_interval[1], 1)}: California's own years would be noisy too).",
            'The mean lies *beyond* difference in differences, {signed(stand_ins["effect (packs)"].iloc[2], 1)}; the interval holds that.',
        ),
        lambda g: (
            flat_effect(g)
            and known_effects(g)
            and g.flat_interval[0] < effects()[2] < g.flat_interval[1]
        ),
    ),
    Claim(
        (
            "The fit before the law is poor, {number(flat_rmse, 1)} packs, and {number(flat_donors, 0)} donors count (**effective donors**: one over the sum of squared weights), before any data {number(prior_donors, 0)}.",
            'Flat over 38 weights means "none large": a pull towards the mean state.',
        ),
        lambda g: flat_fit(g) and none_large(g),
    ),
    Claim(
        "a = #: effect # packs",
        lambda g: near(g.numbers("effect # packs")[1], priors()["effect"].iloc[2], 0.06),
    ),
    Claim(
        "# % HDI # to #; misses before the law by # packs; # donors count",
        lambda g: (
            np.allclose(
                g.numbers("misses before the law by #")[1:],
                priors()[["lower", "upper", "pre_rmse", "donors"]].iloc[2],
                atol=0.51,
            )
            and g.numbers("misses before the law by #")[0] == 94
        ),
    ),
    Claim(
        'Other values of $a$, from `data/before_after_priors.py` (one divergence, at 1; the page\'s own fit has none): from {signed(priors["effect"].iloc[0], 1)} to {signed(priors["effect"].iloc[-1], 1)} packs with the same data.',
        lambda g: both_ends(g) and one_divergence(g),
    ),
    Claim(
        (
            "Print the fit beside the effect: without an intercept, a level that the mixture misses throughout counts as effect; a difference takes it away.",
        ),
        levels_count,
    ),
    Claim(
        (
            r"$$y_t = \alpha + \beta t + \ell_t + \varepsilon_t, \quad \varepsilon_t \sim N(0, \sigma), \quad \ell_t \sim N(\ell_{t-1}, \omega)$$",
            r"$$\alpha \sim N(0, 10), \quad \beta \sim N(0, s), \quad \sigma, \omega \sim \text{HalfNormal}(1)$$",
        ),
        bsts_is_the_walk,
    ),
    Claim(
        "BSTS, a **Bayesian structural time series**: a level that walks, and noise; it carries the past forward and calls the rest the effect.",
        bsts_is_the_walk,
    ),
    Claim(
        (
            r"A page of CausalPy has a series that drifts up by 0.25 a month, with a law in month 74 of 100; a model of this kind found +13.08 for $\tau = \frac{1}{27} \sum_{t > 73} [Y_t(1) - Y_t(0)] = -50/27 = -1.85$.",
        ),
        lambda g: (
            true_series()
            and near(g.drift_series["effect"].loc[73:].mean(), TRUTH, 0.001)
            and g.drift_series["effect"].loc[72] == 0
        ),
    ),
    Claim(
        "It assumes **no anticipation**, **nothing else** from the law on, and that **level and slope go on** as modelled.",
        lambda g: g.drift_series["effect"].loc[72] == 0 and bsts_is_the_walk(g),
    ),
    Claim(
        (
            "With $s$ near 0 there is no trend.",
            "Such a **local level** forecasts the last level, flat.",
        ),
        flat_is_flat,
    ),
    Claim(
        "Mean effect: no slope # (# to #); with slope # (# to #)",
        lambda g: np.allclose(
            g.numbers("Mean effect: no slope"),
            g.bsts_effects[["mean", "lower", "upper"]].to_numpy().ravel(),
            atol=0.06,
        ),
    ),
    Claim(
        "One series: the flat level counts the drift of 27 months as the law's; with a slope it does not. Neither interval leaves zero out: the stored series decide.",
        one_series,
    ),
    Claim(
        "in brackets, and bands: # % HDI; truth #",
        lambda g: g.numbers("in brackets, and") == [94, -1.85] and true_series(),
    ),
    Claim(
        'With the step\'s standard deviation fixed at 0.01 of the series\' own, as the R package CausalImpact (Brodersen et al. 2015) guesses by default, the flat level says {signed(effect_by_model["mean effect"]["tiny_step"], 1)} and has the wrong sign in {percent(effect_by_model["wrong sign"]["tiny_step"])}.',
        signs,
    ),
    Claim("The stored truth is −1.85.", lambda g: true_series() and signs(g)),
    Claim(
        (
            "It is no fault of BSTS.",
            'On average a slope repairs it (one that walks has the wrong sign in {percent(effect_by_model["wrong sign"]["trend"])}), and nearly so do controls that share the drift and have no law.',
            "A structural series adjusts for a trend only if it, or a control, has one.",
        ),
        lambda g: (
            signs(g)
            and walk_costs(g)
            and 4 * sign("controls").sem() < sign("controls").mean() - TRUTH < 0.25
        ),
    ),
    Claim(
        "The price of a slope that may walk, on the roads (± a standard error): {signed(effect_by_memory.iloc[3, 0], 1)} ± {number(effect_by_memory.iloc[3, 1], 1)} accidents, where AR(1) says {signed(effect_by_memory.iloc[1, 0], 1)} ± {number(effect_by_memory.iloc[1, 1], 1)} and least squares {signed(effect_by_memory.iloc[0, 0], 1)} ± {number(effect_by_memory.iloc[0, 1], 1)}.",
        priced,
    ),
    Claim(
        '1. **Somebody stands in for the missing world**: say who. California: before and after {signed(stand_ins["effect (packs)"].iloc[0], 1)}, DiD {signed(stand_ins["effect (packs)"].iloc[2], 1)}, mixture {signed(stand_ins["effect (packs)"].iloc[3], 1)}; no fit proves one.',
        lambda g: known_effects(g) and abs(g.placebo_years.iloc[2, 1]) > 5,
    ),
    Claim(
        '2. **An unbiased estimate may have a lying interval**: {percent(interval_coverage["least squares"][2])} instead of {percent(HDI_PROB)} at correlation 0.6; the honest model was told the memory\'s form.',
        lambda g: (
            coverages(g)
            and g.HDI_PROB == 0.94
            and autocorrelated(g)
            and covered("0.6", "ar1") > 0.91
        ),
    ),
    Claim(
        '3. **A passed pre-trend test is weak evidence**: with 60 shops, drift 0.3, the joint one missed a bias of half the effect in {percent(1 - pre_trends["alarm"].iloc[1])}.',
        lambda g: (
            near(of(g.pre_trends, "alarm", 1), 1 - passed().mean(), 1e-9)
            and 5 * 0.3 == 3 / 2
            and near(alarm_of(60), 1 - passed().mean(), 0.05)
            and alarm_of(240) > 2 * alarm_of(60)
        ),
    ),
    Claim(
        '4. **Print the prior, and the fit before the law**: $a$ from 0.3 to 5 moves California from {signed(priors["effect"].iloc[0], 1)} to {signed(priors["effect"].iloc[-1], 1)}; the best fit is no proof.',
        lambda g: (
            both_ends(g)
            and np.allclose(g.priors["pre_rmse"], priors()["pre_rmse"])
            and list(priors()["concentration"].iloc[[0, -1]]) == [0.3, 5]
            and abs(g.placebo_years.iloc[2, 1]) > 5
        ),
    ),
    Claim(
        "5. **A forecast is a belief**: without a slope it took the drift for the law's effect.",
        lambda g: signs(g) and walk_costs(g),
    ),
    Claim("Mean effect #, TWFE #", lambda g: g.numbers("Mean effect #, TWFE") == [4, 0.5]),
    Claim(
        "TWFE also takes units that have the law already as stand-ins for those that start, and subtracts their growing effects (Goodman-Bacon 2021).",
        lambda g: negative_weight() and g.twfe_weights[0, 2] < 0,
    ),
    Claim(
        "With one constant effect it is right.",
        lambda g: (
            near(np.sum(g.twfe_weights * [[0, 2, 2], [0, 0, 2]]), 2, 1e-9) and negative_weight()
        ),
    ),
    Claim(
        "Levels fitted on cells *without* the law impute the rest rightly for months in which somebody is still without it: while nobody stays so, fewer months than the first row's.",
        imputes,
    ),
    Claim(
        "The data leave one direction open, and the prior alone closes it: a coefficient that leans on it is an opinion.",
        open_direction,
    ),
    Claim(
        "We have outcomes alone, and two procedures: the **ratio**, after over before, of all states; and the **gap**, the absolute mean gap after, of those states whose mean squared gap before is at most five times California's.",
        rank_shares,
    ),
    Claim(
        "A state picked by lot is among the first two of 21 in 2/21 = 0.095 of such worlds.",
        lambda g: near(2 / 21, 0.095, 0.0005) and rank_shares(g),
    ),
    Claim(
        "California's p is {number(rank_tests.iloc[0, 0], 3)} by its ratio and {number(rank_tests.iloc[1, 0], 3)} by its gap: who may choose the procedure afterwards may choose the p.",
        lambda g: rank_shares(g) and california_p()[0] > 2 * california_p()[1],
    ),
    Claim(
        "In {len(stored_worlds):,} stored worlds without a law the ratio says p ≤ 0.1 in {percent(rank_tests.iloc[0, 1])} inside, about what it promises, and in {percent(rank_tests.iloc[0, 2])} outside.",
        lambda g: rank_shares(g) and len(g.stored_worlds) == len(stored()) == 1_000,
        blunt="a length",
    ),
    Claim(
        "The gap says it in {percent(rank_tests.iloc[1, 1])} inside, too rarely, and in {percent(rank_tests.iloc[1, 2])} outside, where the gap *is* the bad fit.",
        rank_shares,
    ),
    Claim(
        (
            "A rank is an honest p if the treated state is like the others.",
            "Name the procedure before you look.",
        ),
        rank_shares,
    ),
    Claim(
        'Which share of the 97 "works": its {percent(HDI_PROB)} confidence interval, `estimate` ± `Z` · `error`, leaves zero out?',
        lambda g: alarm_row(g) and len(g.laws) == 97 and g.HDI_PROB == 0.94 and near(g.Z, Z, 1e-6),
    ),
    Claim("Effects of laws that nobody made", alarm_row),
    Claim("line: # % confidence interval", lambda g: g.numbers("line: #") == [94] and alarm_row(g)),
    Claim(
        "Trend and season alone find an effect in {percent(alarms.iloc[0, 0])} of the placebo laws, with temperature in {percent(alarms.iloc[1, 0])}, with a level that walks in {percent(alarms.iloc[2, 0])}; {percent(1 - HDI_PROB)} is what the level promises.",
        lambda g: alarm_row(g) and alarm_shares(g) and g.HDI_PROB == 0.94,
    ),
    Claim(
        "Here a covariate that fits better made the interval narrower, not more honest; a level that may walk made it wider.",
        alarm_row,
    ),
]
test_words_stand_on_the_page, test_claim_holds, test_everything_is_claimed = claims.tests_of(
    NAME, CLAIMS
)
