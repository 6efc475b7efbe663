"""Notebook 06: its words, and what makes them true."""
# ruff: noqa: E501 -- a quotation stands in one line

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from pytensor.graph.replace import clone_replace
from scipy import optimize, stats
from scipy.special import expit, logit

from helpers import graphs, tidy
from helpers.data import FOLDER
from helpers.lessons import mundlak
from tests import claims
from tests.claims import Claim, Globals, prior_of
from tests.support import ROOT

NAME = "06_mundlak"
SOURCE = (ROOT / "solutions" / f"{NAME}.py").read_text(encoding="utf-8")


def near(found: Any, wanted: float, within: float) -> bool:
    """Return whether a number is another one, within a distance."""
    return bool(abs(float(found) - wanted) <= within)


# The world, drawn again; the models, by another route -------------------------------------------------


@cache
def world() -> pd.DataFrame:
    """Return the world of the page, drawn again: team, attention, renewed, seniority, mean."""
    rng = np.random.default_rng([2026, 20])
    market, seniority = rng.normal(1.5, 1, 30), rng.normal(0, 1, 30)
    x = market[:, None] + rng.standard_normal((30, 20))
    y = rng.random((30, 20)) < expit(market[:, None] + seniority[:, None] - 2)
    frame = pd.DataFrame({"team": np.repeat(np.arange(30), 20), "attention": x.ravel()})
    frame = frame.assign(renewed=y.ravel().astype(int), seniority=np.repeat(seniority, 20))
    return frame.assign(mean=frame.groupby("team")["attention"].transform("mean"))


@cache
def ols(formula: str) -> Any:
    """Return the least-squares coefficients of a formula on the world."""
    return smf.ols(formula, world()).fit().params


@cache
def between() -> float:
    """Return the least-squares slope of the team means."""
    return float(
        smf.ols("renewed ~ attention", world().groupby("team").mean()).fit().params.iloc[1]
    )


@cache
def mode(model: str) -> tuple[float, float]:
    """Return mode and approximate sd of the slope: intercepts integrated out on 61 nodes."""
    w = world()
    y, x = w["renewed"].to_numpy().reshape(30, 20), w["attention"].to_numpy().reshape(30, 20)
    x = x - x.mean()
    z, means = w["seniority"].to_numpy().reshape(30, 20)[:, 0], x.mean(axis=1)
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)

    def minus_log(p: np.ndarray) -> float:
        slope, gamma, alpha, log_tau, by_mean = np.r_[p, 0][:5]
        tau = np.exp(log_tau)
        eta = slope * x + (gamma * z + alpha + by_mean * means)[:, None]
        eta = eta[..., None] + tau * nodes
        log_y = (y[..., None] * eta - np.logaddexp(0, eta)).sum(axis=1)
        total = np.log((np.exp(log_y) * weights).sum(axis=1)).sum() - tau + log_tau
        return float(-total + (p**2).sum() / 2 - log_tau**2 / 2)

    found = optimize.minimize(minus_log, np.zeros(5 if model == "Mundlak" else 4), method="BFGS")
    return float(found.x[0]), float(found.hess_inv[0, 0] ** 0.5)


@cache
def stored() -> pd.DataFrame:
    """Return the stored study."""
    return pd.read_csv(FOLDER / "mundlak_study.csv")


def rows(model: str, size: int, effect: float = 0.0) -> pd.DataFrame:
    """Return the posteriors of one setting."""
    s = stored()
    return s[(s["model"] == model) & (s["n_per_group"] == size) & (s["effect"] == effect)]


def bias(model: str, size: int, effect: float = 0.0) -> float:
    """Return the mean error of the slope."""
    return float(rows(model, size, effect)["mean"].mean() - effect)


def covers(model: str, size: int, effect: float = 0.0) -> float:
    """Return the share of intervals that hold the truth."""
    r = rows(model, size, effect)
    return float(r["lower"].le(effect).mul(r["upper"].ge(effect)).mean())


def hand(psi: float, m: int = 6) -> float:
    """Return the small team's slope, chance per unit, from the sums over its customers."""
    x, y = np.tile([2, 2, 3, 3, 4, 4], m // 6), np.tile([1, 1, 1, 0, 1, 1], m // 6)
    dx, dy = x - x.mean(), y - y.mean()
    gap_x, gap_y = x.mean() - 1.5, y.mean() - 0.5
    return float((dx @ dy + psi * m * gap_x * gap_y) / (dx @ dx + psi * m * gap_x**2))


def gls(m: int) -> float:
    """Return the small team's slope by generalised least squares with variances .25 and .04."""
    x, y = np.tile([2, 2, 3, 3, 4, 4], m // 6) - 1.5, np.tile([1, 1, 1, 0, 1, 1], m // 6) - 0.5
    weight = np.linalg.inv(0.25 * np.eye(m) + 0.04)
    return float((x @ weight @ y) / (x @ weight @ x))


def leak(m: int) -> tuple[float, float]:
    """Return the root of the leak's equation, and psi, by bisection."""
    u = np.linspace(-12, 12, 20_001)
    chance = expit(-0.5 + np.sqrt(2) * u)
    noise = 1 / np.trapezoid(stats.norm.pdf(u) * chance * (1 - chance), u)

    def psi_at(b: float) -> float:
        return noise / (noise + m * ((1 - b) ** 2 + b**2 / m))

    def excess(b: float) -> float:
        psi = psi_at(b)
        return b - psi * m / (m - 1 + psi * (m + 1))

    root = optimize.brentq(excess, 0, 1)
    return float(root), float(psi_at(root))


def limits_of(s: float) -> tuple[float, float]:
    """Return naive and within slopes of a large world with a confounder inside teams."""
    rng = np.random.default_rng(0)
    market = np.repeat(rng.normal(size=40_000), 8)
    need, chance, noise = rng.normal(size=(3, market.size))
    x, y = market + s * need + chance, market + s * need + noise
    inside = [v - v.reshape(-1, 8).mean(axis=1).repeat(8) for v in (x, y)]
    return float(x @ y / (x @ x)), float(inside[0] @ inside[1] / (inside[0] @ inside[0]))


@cache
def marginal(spread: float) -> float:
    """Return the log-odds that the mean chance gains around the middle, by integration."""
    u = np.linspace(-9, 9, 40_001)
    mean = [np.trapezoid(stats.norm.pdf(u) * expit(a + spread * u), u) for a in (-0.5, 0.5)]
    return float(logit(mean[1]) - logit(mean[0]))


def spread_of(shares: np.ndarray) -> float:
    """Return the share of a prior's teams that are nearly certain."""
    return float(((shares < 0.01) | (shares > 0.99)).mean())


@cache
def prior_certain(fixed: bool) -> float:  # noqa: FBT001
    """Return that share by drawing from the written priors, without PyMC."""
    rng, w = np.random.default_rng(8), world()
    n = 1500
    slope, gamma, alpha, by_mean = rng.normal(size=(4, n, 1))
    x, mean = (w[c].to_numpy() - w["attention"].mean() for c in ("attention", "mean"))
    if fixed:
        team = 10 * rng.normal(size=(n, 30))
        eta = slope * x + (team + gamma * w["seniority"].to_numpy()[::20]).repeat(20, axis=1)
    else:
        team = rng.exponential(size=(n, 1)) * rng.normal(size=(n, 30)) + alpha
        eta = (
            slope * x + team.repeat(20, axis=1) + by_mean * mean + gamma * w["seniority"].to_numpy()
        )
    return spread_of(expit(eta).reshape(n, 30, 20).mean(axis=2))


def draws_of(g: Globals, name: str, node: str = "slope") -> np.ndarray:
    """Return all draws of a parameter of one of the core models."""
    return g.idata_of[name].posterior[node].to_numpy().ravel()


def chances(g: Globals, name: str, more: float = 0.0, step: int = 5) -> np.ndarray:
    """Return chances (draw, customer) by hand, from a part of a model's draws, given more attention."""
    w = world()
    idata = g.idata_latent if name == "latent Mundlak" else g.idata_of[name]
    p = {k: v.to_numpy() for k, v in idata.posterior.dataset.items()}
    p = {k: v.reshape(-1, *v.shape[2:])[::step] for k, v in p.items()}
    x, z = w["attention"] + more - w["attention"].mean(), w["seniority"]
    eta = np.outer(p["slope"], x) + np.outer(p["slope_seniority"], z)
    if name == "fixed effects":
        eta = np.outer(p["slope"], x) + p["team_log_odds"][:, w["team"]]
    else:
        eta += p["intercept"][:, None]
    if "tau" in p:
        eta += (p["tau"][:, None] * p["team_offset"])[:, w["team"]]
    if "slope_team_mean" in p:
        eta += np.outer(p["slope_team_mean"], w["mean"] - w["attention"].mean())
    if "level" in p:
        by_u = (p["slope_u"] / p["loading"])[:, None] * (p["level"] - p["centre"][:, None])
        eta += by_u[:, w["team"]]
    return expit(eta)


def points(g: Globals, name: str) -> float:
    """Return the ATE of a model in points: chances by hand from its posterior draws."""
    return float(100 * (chances(g, name, 1.0, 20) - chances(g, name, 0.0, 20)).mean())


def elpd(chance: Any) -> np.ndarray:
    """Return each customer's log predictive chance, left out by plain importance weights."""
    seen = np.where(world()["renewed"] == 1, chance.to_numpy(), 1 - chance.to_numpy())
    return -np.log((1 / seen.reshape(-1, 600)).mean(axis=0))


def gap_of(g: Globals, one: str, other: str) -> tuple[float, float]:
    """Return how far one model scores above another, and its standard error."""
    difference = elpd(g.five_chances[one]) - elpd(g.five_chances[other])
    return float(difference.sum()), float(600**0.5 * difference.std(ddof=1))


def with_dummies(m: int, slope: float = 0.25) -> float:
    """Return what the logit with an intercept per group finds, in multiples of the truth.

    The limit of endlessly many groups of m rows, one half at x = -1 and one at +1, no group effects:
    the score is averaged over the binomial counts of both halves. Two rows give two (Andersen 1970).
    """
    half, k = m // 2, np.arange(m // 2 + 1)
    high, low = (stats.binom.pmf(k, half, expit(sign * slope)) for sign in (1, -1))
    chance, total, gap = np.outer(high, low), np.add.outer(k, k), np.subtract.outer(k, k)

    def score(b: float) -> float:
        found = 0.0
        for s in range(1, m):  # a group of one kind only says nothing
            a = optimize.brentq(lambda a: half * (expit(a + b) + expit(a - b)) - s, -30, 30)  # noqa: B023
            here = chance[total == s]
            found += here @ gap[total == s] - here.sum() * half * (expit(a + b) - expit(a - b))
        return found

    return float(optimize.brentq(score, 0, 10 * slope) / slope)


def rank_rhat(draws: np.ndarray) -> float:
    """Return the split R-hat of rank-normalised draws (chain, draw)."""
    half = draws.shape[1] // 2
    parts = np.concatenate([draws[:, :half], draws[:, half : 2 * half]])
    z = stats.norm.ppf((stats.rankdata(parts).reshape(parts.shape) - 0.375) / (parts.size + 0.25))
    within, chains = z.var(axis=1, ddof=1).mean(), z.mean(axis=1).var(ddof=1)
    return float(np.sqrt(((half - 1) / half * within + chains) / within))


def level(draws: Any, lower: float, upper: float) -> bool:
    """Return whether an interval holds 94 % of the draws."""
    draws = np.asarray(draws)
    return near(((draws >= lower) & (draws <= upper)).mean(), 0.94, 0.01)


def ends_hold(g: Globals, column: str) -> bool:
    """Return whether the intervals of all slopes hold 94 % of the draws."""
    table = g.slopes[g.slopes["variable"] == column]
    node = {"attention": "slope", "seniority": "slope_seniority"}[column]
    return all(level(draws_of(g, r.model, node), r.lower, r.upper) for r in table.itertuples())


def team_holds_market() -> bool:
    """Return whether the team closes the backdoor once all of one value per team is part of it."""
    arrows = [("team", "attention"), ("team", "renewed"), ("attention", "renewed")]
    full = graphs.dag(arrows, treatment="attention", outcome="renewed")
    return full.adjustment_sets() == [frozenset({"team"})]


def need_is_not_held() -> bool:
    """Return whether a cause of both that varies within teams stays open given the team."""
    arrows = [
        ("team", "attention"),
        ("team", "renewed"),
        ("need", "attention"),
        ("need", "renewed"),
    ]
    full = graphs.dag(
        [*arrows, ("attention", "renewed")],
        hidden=["need"],
        treatment="attention",
        outcome="renewed",
    )
    return full.adjustment_sets() == []


def model_of(g: Globals, name: str) -> Any:
    """Return one of the page's models, built on its data."""
    return g[name](g.customers, g.teams)


def normal(g: Globals, model: str, node: str, mean: float, sd: float) -> bool:
    """Return whether a prior is this normal distribution."""
    return prior_of(model_of(g, model), node) == ("Normal", [mean, sd])


def priors_hold(g: Globals) -> bool:
    """Return whether the four models have the priors that the page writes."""
    slopes = [
        normal(g, model, node, 0, 1)
        for model in ("naive_model", "fixed_model", "multilevel_model", "mundlak_model")
        for node in ("slope", "slope_seniority")
    ]
    levels = [
        normal(g, model, "intercept", 0, 1)
        for model in ("naive_model", "multilevel_model", "mundlak_model")
    ]
    # PyTensor's exponential has a scale; the course writes Exponential(1).
    spread = prior_of(model_of(g, "mundlak_model"), "tau") == ("Exponential", [1])
    mean = normal(g, "mundlak_model", "slope_team_mean", 0, 1)
    _, (_, sd) = prior_of(model_of(g, "fixed_model"), "team_log_odds")
    return all([*slopes, *levels, spread, mean, np.all(np.asarray(sd) == 10)])


def centred(g: Globals) -> bool:
    """Return whether attention and means count from their mean: alpha alone says the chance there."""
    model = model_of(g, "mundlak_model")
    at = {n.name: 0.0 for n in model.free_RVs if n.name not in ("renewed", "team_offset")}
    at |= {"slope": 2.0, "slope_team_mean": 3.0, "intercept": 0.4, "tau": 1.0}
    at |= {"team_offset": np.zeros(30)}
    point = {model[k]: np.asarray(v) for k, v in at.items()}
    (chance,) = clone_replace([model["chance"]], point)
    own = expit(
        0.4
        + 2 * (world()["attention"] - world()["attention"].mean())
        + 3 * (world()["mean"] - world()["attention"].mean())
    )
    return bool(np.allclose(chance.eval(), own))


UNITS = {
    "attention": "+1: 2.7 times the hours",
    "renewed": "1 yes, 0 no",
    "team": "0 to 29",
    "seniority": "standard deviations",
    "market": "log-odds",
}
CLAIMS = [
    # The naive answer, the world
    Claim(
        "Of the half with more attention {percent(renewal_rate[True], 1)} renew, of the other half {percent(renewal_rate[False], 1)}: the `naive_difference` is **{signed(100 * naive_difference, 1)} percentage points**.",
        lambda g: (
            near(
                g.renewal_rate[True],
                world()["renewed"][world()["attention"] > world()["attention"].median()].mean(),
                1e-9,
            )
            and near(
                g.naive_difference,
                g.renewal_rate[True]
                - world()["renewed"][world()["attention"] <= world()["attention"].median()].mean(),
                1e-9,
            )
        ),
    ),
    Claim(
        "# customers: more attention, more renewals",
        lambda g: g.numbers("customers: more attention, more") == [600.0] == [len(world())],
    ),
    Claim(
        (
            "Now compare each customer only with customers of the **same team** (above or below the team's own median of attention), and average over the teams.",
            "What becomes of the {signed(100 * naive_difference, 1)} points:",
            '`"about as many"`, `"about zero"`, or `"about as many, negative"`?',
        ),
        lambda g: (
            near(
                g.naive_difference,
                world()["renewed"][world()["attention"] > world()["attention"].median()].mean()
                - world()["renewed"][world()["attention"] <= world()["attention"].median()].mean(),
                1e-9,
            )
            and g.within_teams == "about zero"
        ),
    ),
    Claim(
        """| `attention` | contact with a customer, on a log scale | +1: 2.7 times the hours | treatment |
    | `renewed` | renewed the contract | 1 yes, 0 no | outcome |
    | `team` | who looks after the customer | 0 to 29 | group |
    | `seniority` | experience of the team | standard deviations | covariate of the team |
    | `market` | how good the team's market is | log-odds | hidden confounder |""",
        lambda g: (
            claims.unit_rows(g, UNITS, g.customers)
            and mundlak.AXES["attention"][1] == "log scale"
            and mundlak.AXES["seniority"][1] == "log-odds per sd"
            and set(g.customers["team"]) == set(range(30))
        ),
    ),
    Claim(
        "+1: 2.7 times the hours", lambda g: near(np.e, 2.7, 0.05) and "market" not in g.customers
    ),
    # The estimand, the graph
    Claim(
        r"$$\text{ATE} = \frac{1}{n}\sum_{i=1}^{n} E\big[\,Y_i(x_i + 1) - Y_i(x_i)\,\big]$$",
        lambda g: near(100 * float(g.ate["Mundlak"].mean()), points(g, "Mundlak"), 0.4),
    ),
    Claim(
        (
            "A **slope** asks the same in log-odds, with the model's other columns held fixed.",
            "Log-odds do not average (they are **non-collapsible**): two models with other columns ask for two slopes, confounded or not.",
            "Only where the effect is zero, as here, are all unconfounded slopes 0; elsewhere compare chances.",
        ),
        lambda _: marginal(2.0) < 0.8 and near(marginal(0.0), 1, 1e-6),
    ),
    Claim(
        (
            "Left: the market opens a backdoor, and nobody measured it.",
            'Adjustment sets on the left: {hidden_graph.adjustment_sets() or "none"}.',
            'On the right: **{", ".join(*team_graph.adjustment_sets())}**.',
        ),
        lambda g: (
            g.hidden_graph.adjustment_sets() == []
            and g.team_graph.adjustment_sets() == [frozenset({"team"})]
        ),
        blunt="graphs are no numbers",
    ),
    Claim(
        "Right: all that has **one value per team** (market, seniority, whatever else) is a function of `team`, and `team` we have.",
        lambda g: (
            team_holds_market()
            and bool((g.world.groupby("team")[["market", "seniority"]].std() < 1e-9).all(axis=None))
        ),
    ),
    Claim(
        (
            "- **Consistency**: a unit of attention is the same thing in every team.",
            "- **No interference**: attention to one customer does not change another's renewal.",
            "- **One slope**: attention counts alike in every team.",
        ),
        lambda _: SOURCE.count("effect * attention + (market + seniority)") == 1,
    ),
    Claim(
        (
            "- **Ignorability within teams** (no unmeasured confounding there): nothing that differs *between customers of one team* drives both attention and renewal.",
            "No data can show this; we break it near the end.",
        ),
        lambda _: (
            need_is_not_held() and SOURCE.index("No data can show") < SOURCE.index("## Break it")
        ),
    ),
    Claim(
        (
            "- **Positivity**: within each team there must be customers with one unit more.",
            "For {percent(beyond_team)} of our customers their own team has none; for them the model's straight line speaks, not data.",
        ),
        lambda g: near(
            g.beyond_team,
            np.mean(
                [
                    x + 1 > world()["attention"][world()["team"] == t].max()
                    for t, x in zip(world()["team"], world()["attention"], strict=True)
                ]
            ),
            1e-9,
        ),
    ),
    # Two slopes
    Claim(
        (
            "**Between** teams: do teams with more attention renew more?",
            "**Within** teams: do customers with more attention than their team's mean?",
            "Between teams: # points per unit of attention",
            "dot: a team · solid: the common line inside teams · dashed: between teams",
        ),
        lambda g: (
            g.numbers("Between teams: #") == [round(100 * between())]
            and near(g.within_slope, ols("renewed ~ attention + C(team)")["attention"], 1e-9)
        ),
    ),
    # By hand
    Claim(
        (
            "| attention | 2 | 2 | 3 | 3 | 4 | 4 |",
            "| renewed | 1 | 1 | 1 | 0 | 1 | 1 |",
            "**Inside** it, the line is flat: two of two renew with 2, two of two with 4.",
            "The **team** stands 1.5 units and 33 points above the firm.",
        ),
        lambda g: (
            list(g.small_team["attention"]) == [2, 2, 3, 3, 4, 4]
            and list(g.small_team["renewed"]) == [1, 1, 1, 0, 1, 1]
            and hand(0) == 0
            and near(g.small_team["attention"].mean() - 1.5, 1.5, 1e-9)
            and near(100 * (g.small_team["renewed"].mean() - 0.5), 33, 0.5)
        ),
    ),
    Claim(
        (
            r"$$\psi = \frac{\sigma^2}{\sigma^2 + m\,\tau^2}, \qquad \text{slope} = \frac{0 + \psi \cdot 6 \cdot 1.5 \cdot \tfrac13}{4 + \psi \cdot 6 \cdot 1.5^2}$$",
            "A **random intercept** splits them.",
            r"With variance $\sigma^2 = 0.25$ of one renewal, $\tau^2 = 0.04$ between teams",
        ),
        lambda g: (
            (g.SIGMA_2, g.TAU_2) == (0.25, 0.04)
            and near(hand(0.25 / (0.25 + 6 * 0.04)), gls(6), 1e-9)
            and near((0.51 * 6 * 1.5 / 3) / (4 + 0.51 * 6 * 1.5**2), gls(6), 1e-3)
        ),
    ),
    Claim(
        'Where the team keeps all its points, the slope is 0; where it has no level of its own, {number(100 * small_slopes["naive"], 0)} points per unit.',
        lambda g: (
            near(g.small_slopes["naive"], hand(1), 1e-9) and g.small_slopes["fixed effects"] == 0
        ),
    ),
    Claim(
        'The random intercept lies between: $\\\\psi$ = {number(psi_of_six)}, and {number(100 * small_slopes["multilevel"], 0)} points **leak** into the slope.',
        lambda g: (
            near(g.psi_of_six, 0.25 / 0.49, 1e-9)
            and near(g.small_slopes["multilevel"], gls(6), 1e-9)
        ),
    ),
    Claim(
        "Now the team has **sixty** customers: each of the six ten times.",
        lambda g: near(g.slope_of_sixty, gls(60), 1e-9),
    ),
    # The leak
    Claim(
        (
            r"$$\text{slope} \approx \frac{\psi\, m}{(m-1) + \psi\,(m+1)}, \qquad \psi = \frac{\sigma^2}{\sigma^2 + m\,\tau^2},$$",
            "What the pull takes away, the slope must explain.",
            r"Large teams: $\psi \to 0$, nothing leaks.",
        ),
        lambda g: (
            all(np.allclose(g.leaking_slope(m), leak(m), atol=1e-4) for m in (2, 7, 20, 200))
            and g.leaking_slope(5000)[0] < 0.002
        ),
    ),
    Claim(
        (
            "# per team: slope about # (ψ = #)",
            "truth # · line: formula · squares: means of a hundred fitted worlds",
        ),
        lambda g: (
            g.numbers("per team: slope about") == [7.0, *(round(v, 2) for v in leak(7))]
            and (stored().groupby(["model", "n_per_group", "effect"]).size() == 100).all()
        ),
    ),
    Claim(
        "At 7 per team the formula says {signed(leaking_slope(7)[0])} (a hundred fitted worlds: {signed(fitted_leak[7])}), at 67 {signed(leaking_slope(67)[0])} ({signed(fitted_leak[67])}).",
        lambda g: (
            near(g.leaking_slope(7)[0], leak(7)[0], 1e-4)
            and near(g.leaking_slope(67)[0], leak(67)[0], 1e-4)
            and near(g.fitted_leak[7], bias("multilevel", 7), 1e-9)
            and near(g.fitted_leak[67], bias("multilevel", 67), 1e-9)
        ),
    ),
    # Mundlak's trick
    Claim(
        (
            "**With the column**, least squares gives attention {signed(slope_mundlak, 3)}: the within slope, to the last digit (Mundlak 1978).",
            "Put the team's mean of attention beside attention.",
        ),
        lambda g: (
            near(g.slope_mundlak, ols("renewed ~ attention + C(team)")["attention"], 1e-9)
            and near(g.slope_mundlak, ols("renewed ~ attention + mean")["attention"], 1e-9)
        ),
    ),
    Claim(
        (
            "**Without it** the naive slope is a mixture.",
            "{percent(share_within)} of the variance of attention lies within teams, so {number(share_within)} · ({signed(slope_dummies, 3)}) + {number(1 - share_within)} · ({signed(slope_between, 3)}) = {signed(mixed_slope, 3)}; least squares says {signed(slope_pooled, 3)}.",
        ),
        lambda g: (
            near(
                g.share_within,
                world().groupby("team")["attention"].var(ddof=0).mean()
                / world()["attention"].var(ddof=0),
                1e-9,
            )
            and near(g.slope_dummies, ols("renewed ~ attention + C(team)")["attention"], 1e-9)
            and near(g.slope_between, between(), 1e-9)
            and near(g.slope_pooled, ols("renewed ~ attention")["attention"], 1e-9)
            and near(g.mixed_slope, g.slope_pooled, 1e-9)
        ),
    ),
    # The models
    Claim(
        (
            r"$$\text{renewed}_i \sim \text{Bernoulli}\big(\text{logit}^{-1}(\beta\,(x_i - \bar x) + \gamma z_g + \alpha_g)\big)$$",
            r"Priors: $\beta, \gamma, \alpha, \lambda \sim \text{Normal}(0, 1)$; $\tau \sim \text{Exponential}(1)$.",
            r"Attention counts from its mean $\bar x$, so $\alpha$ is the log-odds of a customer with average attention, seniority 0.",
            r"Mundlak adds **linear in the mean**: given $\bar x_g$, the rest of an intercept is noise around a line.",
            r"| naive | one $\alpha$ for all |",
            r"| fixed effects | each by itself: Normal(0, 10) |",
            r"| multilevel | one population: Normal($\alpha$, $\tau$) |",
            r"| Mundlak | Normal($\alpha + \lambda\,(\bar x_g - \bar x)$, $\tau$), with the team's mean attention |",
        ),
        lambda g: priors_hold(g) and centred(g),
    ),
    Claim(
        (
            "**In all of them**: the slope of attention, and the slope of seniority.",
            "**Naive**: one intercept, no team in it.",
        ),
        lambda g: (
            {v.name for v in model_of(g, "naive_model").free_RVs}
            == {"slope", "slope_seniority", "intercept", "renewed"}
            and all(
                {"slope", "slope_seniority"} <= {v.name for v in model_of(g, m).free_RVs}
                for m in ("fixed_model", "multilevel_model", "mundlak_model", "latent_model")
            )
            and near(expit(-2), 0.12, 0.005)
        ),
    ),
    Claim(
        "**Fixed effects**: a team's log-odds may be anything, ±20 around what seniority says.",
        lambda g: bool(
            np.all(
                2 * np.asarray(prior_of(model_of(g, "fixed_model"), "team_log_odds")[1][1]) == 20
            )
        ),
    ),
    Claim(
        (
            "**Multilevel**: an intercept for each team, and one spread that they share.",
            "**Mundlak**: the multilevel model, and the team's mean of attention as one more column.",
        ),
        lambda g: (
            {v.name for v in model_of(g, "mundlak_model").free_RVs}
            - {v.name for v in model_of(g, "multilevel_model").free_RVs}
            == {"slope_team_mean"}
            and model_of(g, "multilevel_model")["team_offset"].eval().shape == (30,)
        ),
    ),
    Claim(
        (
            "Fixed effects expect {percent(float((np.abs(prior_fixed - 0.5) > 0.49).mean()))} of the teams to renew under 1 % or over 99 % of their contracts, Mundlak {percent(float((np.abs(prior_mundlak - 0.5) > 0.49).mean()))}.",
            "Teams under # % or over # %: fixed effects # %, Mundlak # %",
        ),
        lambda g: (
            near(spread_of(g.prior_fixed), prior_certain(True), 0.04)  # noqa: FBT003
            and near(spread_of(g.prior_mundlak), prior_certain(False), 0.02)  # noqa: FBT003
            and g.numbers("Teams under # %")
            == [
                1,
                99,
                round(100 * spread_of(g.prior_fixed)),
                round(100 * spread_of(g.prior_mundlak)),
            ]
        ),
    ),
    # Fits and slopes
    Claim(
        "A fit may be read when **R-hat** (do the chains agree?) is at most 1.01, the **effective sample size** (ESS: how many independent draws these are worth) at least 400, and no step **diverged** (the sampler lost its way).",
        lambda g: (
            (tidy.MAX_R_HAT, tidy.MIN_ESS) == (1.01, 400)
            and all(
                rank_rhat(g.idata_of[m].posterior["slope"].to_numpy()) < 1.01 for m in g.idata_of
            )
            and all(int(g.idata_of[m]["sample_stats"]["diverging"].sum()) == 0 for m in g.idata_of)
        ),
    ),
    Claim(
        (
            "Each line is a 94 % **HDI**: the shortest interval that holds 94 % of the posterior.",
            "line: # % HDI",
        ),
        lambda g: ends_hold(g, "attention") and ends_hold(g, "seniority") and tidy.HDI_PROB == 0.94,
    ),
    Claim(
        (
            'Intervals that leave the truth out: **{", ".join(slopes.query("variable == \'attention\' and lower * upper > 0")["model"]) or "none"}**.',
            "The multilevel slope stands between naive and fixed effects, as the small team's did.",
        ),
        lambda g: (
            [
                m
                for m in g.idata_of
                if not g.slopes.set_index(["variable", "model"])["lower"]["attention", m]
                <= 0
                <= g.slopes.set_index(["variable", "model"])["upper"]["attention", m]
            ]
            == ["naive", "multilevel"]
            and draws_of(g, "naive").mean()
            > draws_of(g, "multilevel").mean()
            > draws_of(g, "fixed effects").mean()
            and near(g.slopes["mean"][2], mode("multilevel")[0], 0.04)
        ),
    ),
    Claim(
        ("multilevel #, Mundlak #; truth #",),
        lambda g: (
            all(
                near(a, mode(m)[0], 0.04)
                for a, m in zip(
                    g.numbers("multilevel #, Mundlak #; truth"),
                    ("multilevel", "Mundlak"),
                    strict=False,
                )
            )
            and g.numbers("multilevel #, Mundlak #; truth")[2] == 0
        ),
    ),
    Claim(
        'Mundlak\'s is {number(abs(slopes["mean"][3] - slopes["mean"][1]), 3)} from that of fixed effects.',
        lambda g: (
            list(g.slopes["model"][:4]) == ["naive", "fixed effects", "multilevel", "Mundlak"]
            and near(g.slopes["mean"][3], draws_of(g, "Mundlak").mean(), 1e-9)
            and near(g.slopes["mean"][1], draws_of(g, "fixed effects").mean(), 1e-9)
        ),
    ),
    Claim(
        (
            "Where each intercept may be anything, it explains all and leaves nothing: the posterior's sd is {number(slopes[\"sd\"][5])}, hardly under the prior's 1.",
            'Mundlak keeps it at {number(slopes["sd"][7])}.',
            "Fixed effects lose seniority: # times Mundlak's sd",
        ),
        lambda g: (
            near(
                g.slopes["sd"][5], draws_of(g, "fixed effects", "slope_seniority").std(ddof=1), 1e-9
            )
            and near(g.slopes["sd"][7], draws_of(g, "Mundlak", "slope_seniority").std(ddof=1), 1e-9)
            and 0.75 < g.slopes["sd"][5] < 1
            and g.numbers("Fixed effects lose seniority")
            == [round(g.slopes["sd"][5] / g.slopes["sd"][7])]
        ),
    ),
    # Do
    Claim(
        'On the strength of the multilevel model the firm would expect {signed(100 * float(ate["multilevel"].mean()), 1)} points from one more unit of attention; Mundlak\'s model says {signed(100 * float(ate["Mundlak"].mean()), 1)}, the straight line within teams, by another route, {signed(100 * slope_dummies, 1)}.',
        lambda g: (
            near(100 * g.slope_dummies, 100 * float(g.ate["Mundlak"].mean()), 0.6)
            and near(g.slope_dummies, ols("renewed ~ attention + C(team)")["attention"], 1e-9)
            and near(100 * float(g.ate["multilevel"].mean()), points(g, "multilevel"), 0.3)
            and near(100 * float(g.ate["Mundlak"].mean()), points(g, "Mundlak"), 0.4)
        ),
    ),
    Claim(
        "One more unit of attention: naive # points, Mundlak #",
        lambda g: (
            near(g.numbers("One more unit of attention: naive")[0], points(g, "naive"), 0.3)
            and near(g.numbers("One more unit of attention: naive")[1], points(g, "Mundlak"), 0.4)
        ),
    ),
    Claim(
        (
            "And one unit **less** for everybody?",
            "A colleague takes it away, then computes the team means **again**, from the new attention, and feeds both to Mundlak's model.",
        ),
        lambda g: near(
            np.mean(g.effect_draws),
            np.mean(
                g.chance_of_renewal(world()["attention"] - 1, world()["mean"])
                - g.chance_of_renewal(world()["attention"], world()["mean"])
            ),
            1e-9,
        ),
    ),
    # Break it
    Claim(
        (
            r"$$\text{within: } \frac{s^2}{s^2 + 1}, \qquad \text{naive: } \frac{1 + s^2}{1 + s^2 + 1}, \quad \text{not to } 0.$$",
            "**Ignorability within teams** fails: customers of one team differ in a **need** (variance 1) that nobody measured, with an arrow of strength $s$ into attention and another into the outcome.",
        ),
        lambda g: all(
            np.allclose(g.slope_limits(s), limits_of(s), atol=0.01) for s in (0.0, 0.5, 2.0)
        ),
    ),
    Claim(
        (
            "At s = #: within #, naive #",
            "truth # · dashed: naive slope · solid: slope within teams",
        ),
        lambda g: g.numbers("At s = #: within") == [0.5, 0.2, round(1.25 / 2.25, 2)],
    ),
    Claim(
        (
            "At s = 1 the within slope tends to {number(slope_limits(1)[1])}, the naive one to {number(slope_limits(1)[0])}, however many teams and customers there are.",
            "Fixed effects and group means still take away the market's part.",
            "They mend what has one value per team, and **nothing else**.",
        ),
        lambda g: (
            np.allclose(g.slope_limits(1), limits_of(1.0), atol=0.01)
            and g.slope_limits(1)[1] < g.slope_limits(1)[0]
            and need_is_not_held()
        ),
    ),
    Claim(
        (
            "| few rows per group? | no bare random intercept, unless the treatment was randomised |",
            "| is the confounder constant inside a group? | if not, measure it; group means take away only the part that is |",
            "| does the treatment vary inside groups? | if not, no model here helps: find groups that changed, or an experiment |",
        ),
        lambda _: (
            bias("multilevel", 7) > 5 * abs(bias("Mundlak", 7))
            and bias("multilevel", 7) > bias("multilevel", 67)
            and need_is_not_held()
        ),
    ),
    Claim(
        "| only the treatment's effect wanted? | fixed effects are enough (with a logit: if groups are large) |",
        lambda _: (
            near(with_dummies(2), 2, 1e-6)
            and with_dummies(8) > 1.1
            and with_dummies(80) < 1.02
            and min(bias("fixed effects", 7, 0.5), -bias("fixed effects", 7, -0.5)) > 0.1
        ),
    ),
    Claim(
        "| effects of group covariates (unconfounded), or predictions, too? | multilevel **with group means** of every covariate |",
        lambda g: (
            draws_of(g, "fixed effects", "slope_seniority").std()
            > 3 * draws_of(g, "Mundlak", "slope_seniority").std()
            and bias("multilevel", 7) > 5 * abs(bias("Mundlak", 7))
        ),
    ),
    # Takeaways
    Claim(
        '- **Treatment or group?** The group. One more unit of attention: naive {signed(100 * float(ate["naive"].mean()), 1)} points, Mundlak {signed(100 * float(ate["Mundlak"].mean()), 1)} (94 % HDI {signed(100 * tidy.hdi(ate["Mundlak"])[0], 1)} to {signed(100 * tidy.hdi(ate["Mundlak"])[1], 1)}); truth 0.',
        lambda g: (
            near(100 * float(g.ate["naive"].mean()), points(g, "naive"), 0.3)
            and level(g.ate["Mundlak"], *tidy.hdi(g.ate["Mundlak"]))
            and tidy.hdi(g.ate["Mundlak"])[0] < 0 < tidy.hdi(g.ate["Mundlak"])[1]
        ),
    ),
    Claim(
        "- **A random intercept leaks, most in small groups**: its bias in such worlds is {signed(fitted_leak[7])} log-odds at 7 rows per group, {signed(fitted_leak[67])} at 67.",
        lambda g: (
            near(g.fitted_leak[7], bias("multilevel", 7), 1e-9)
            and near(g.fitted_leak[67], bias("multilevel", 67), 1e-9)
            and bias("multilevel", 7) > bias("multilevel", 20) > bias("multilevel", 67) > 0
        ),
    ),
    Claim(
        '- **Group means close the leak** (bias {signed(repeated_worlds.query("model == \'Mundlak\' and n_per_group == 7 and effect == 0")["bias"].item())} at 7), if intercepts are linear in them, and keep group covariates.',
        lambda g: (
            near(
                g.repeated_worlds.query("model == 'Mundlak' and n_per_group == 7 and effect == 0")[
                    "bias"
                ].item(),
                bias("Mundlak", 7),
                1e-9,
            )
            and abs(bias("Mundlak", 7)) < 0.06
        ),
        blunt="the frame's keys are numbers too",
    ),
    Claim(
        "- **Log-odds do not average**: compare chances, not slopes of models with other columns.",
        lambda _: marginal(1.5) < 0.8,
    ),
    Claim(
        "- **Limit**: only confounders that are constant inside groups are removed.",
        lambda _: team_holds_market() and need_is_not_held() and near(limits_of(1.0)[1], 0.5, 0.02),
    ),
    # Non-collapsibility
    Claim(
        (
            "Now attention is drawn by **lot**, and its effect is +1 log-odds in every team.",
            "With a spread of 1.5 the mean rises by {signed(marginal_slope(1.5))} log-odds per unit, each team by {signed(EFFECT, 0)}.",
        ),
        lambda g: (
            near(g.marginal_slope(1.5), marginal(1.5), 0.01)
            and g.EFFECT == 1
            and np.allclose(np.diff(logit(g.team_chances([0.0, 1.0], 1.5)), axis=0), 1)
        ),
    ),
    Claim(
        ("Spread #: in each team #, of the mean #", "thin: a team · dashed: the mean of all teams"),
        lambda g: (
            g.numbers("Spread #: in each")[:2] == [1.5, 1.0]
            and near(g.numbers("Spread #: in each")[2], marginal(1.5), 0.01)
        ),
    ),
    Claim(
        (
            "Both are right: the **conditional** slope speaks of a customer in a given team, the **marginal** one of a customer of whom the team is not known.",
            "*Chances* do average: the ATE is one number for both.",
            "So a naive slope that differs from Mundlak's does not prove confounding, unless the effect is zero.",
        ),
        lambda g: (
            near(
                np.diff(g.team_chances([0.0, 1.0], 1.5), axis=0).mean(),
                float(np.diff(g.team_chances([0.0, 1.0], 1.5).mean(axis=1))[0]),
                1e-12,
            )
            and g.marginal_slope(1.5) < 0.8
        ),
    ),
    # The study
    Claim(
        (
            "**Bias** is the mean error of the slope, **coverage** the share of worlds whose 94 % interval holds the truth: it should be 94 %.",
            "tick: a world · diamond: mean · dashed: truth · covers: # % HDIs of # with it",
        ),
        lambda g: (
            g.numbers("tick: a world") == [94, 100]
            and near(
                np.mean(
                    [
                        1.8807936 * 2 * s / (u - lo)
                        for s, lo, u in zip(
                            rows("naive", 67)["sd"],
                            rows("naive", 67)["lower"],
                            rows("naive", 67)["upper"],
                            strict=True,
                        )
                    ]
                ),
                1,
                0.02,
            )
        ),
    ),
    Claim(
        'True slope 0: at 7, 20 and 67 per team the multilevel slope is off by {signed(graded["bias"][0, "multilevel", 7])}, {signed(graded["bias"][0, "multilevel", 20])} and {signed(graded["bias"][0, "multilevel", 67])} (Monte Carlo error {number(graded["bias_se"][0, "multilevel", 7])} or less), Mundlak\'s by {signed(graded["bias"][0, "Mundlak", 7])} at 7.',
        lambda g: (
            all(
                near(g.graded["bias"][0, "multilevel", n], bias("multilevel", n), 1e-9)
                for n in (7, 20, 67)
            )
            and near(g.graded["bias"][0, "Mundlak", 7], bias("Mundlak", 7), 1e-9)
            and near(
                g.graded["bias_se"][0, "multilevel", 7],
                rows("multilevel", 7)["mean"].std() / 10,
                1e-9,
            )
            and all(
                rows("multilevel", n)["mean"].std() <= rows("multilevel", 7)["mean"].std()
                for n in (20, 67)
            )
        ),
    ),
    Claim(
        (
            'The multilevel interval covers in {percent(graded["coverage"][0, "multilevel", 7])}, {percent(graded["coverage"][0, "multilevel", 20])} and {percent(graded["coverage"][0, "multilevel", 67])} of the worlds (Monte Carlo error up to {number(100 * graded["coverage_se"][0, "multilevel", 20], 0)} points), Mundlak\'s in {percent(graded["coverage"][0, "Mundlak", 7])} at 7.',
            "Chance alone takes 94 % to 89 % in 100 worlds, hardly lower: some at 7 are short.",
        ),
        lambda g: (
            all(
                near(g.graded["coverage"][0, "multilevel", n], covers("multilevel", n), 1e-9)
                for n in (7, 20, 67)
            )
            and near(g.graded["coverage"][0, "Mundlak", 7], covers("Mundlak", 7), 1e-9)
            and near(
                100 * g.graded["coverage_se"][0, "multilevel", 20],
                10 * (covers("multilevel", 20) * (1 - covers("multilevel", 20))) ** 0.5,
                1e-6,
            )
            and 0.02 < stats.binom.cdf(89, 100, 0.94) < 0.06
            and stats.binom.cdf(100 * covers("fixed effects", 7), 100, 0.94) < 0.02
        ),
    ),
    Claim(
        (
            'True slope ±0.5: at 7 per team fixed effects are off by {signed(graded["bias"][0.5, "fixed effects", 7])} and {signed(graded["bias"][-0.5, "fixed effects", 7])}, **away from zero**: the price of one free intercept per group (Neyman & Scott 1948).',
        ),
        lambda g: (
            near(g.graded["bias"][0.5, "fixed effects", 7], bias("fixed effects", 7, 0.5), 1e-9)
            and near(
                g.graded["bias"][-0.5, "fixed effects", 7], bias("fixed effects", 7, -0.5), 1e-9
            )
            and bias("fixed effects", 7, 0.5) > 2 * rows("fixed effects", 7, 0.5)["mean"].std() / 10
            and bias("fixed effects", 7, -0.5)
            < -2 * rows("fixed effects", 7, -0.5)["mean"].std() / 10
        ),
    ),
    Claim(
        'At +0.5 their slopes scatter over the worlds with sd {number(graded["sd"][0.5, "fixed effects", 7])}, where the posteriors say {number(graded["posterior_sd"][0.5, "fixed effects", 7])}: intervals that are off and too short cover in {percent(graded["coverage"][0.5, "fixed effects", 7])}.',
        lambda g: (
            near(
                g.graded["sd"][0.5, "fixed effects", 7],
                rows("fixed effects", 7, 0.5)["mean"].std(),
                1e-9,
            )
            and near(
                g.graded["posterior_sd"][0.5, "fixed effects", 7],
                rows("fixed effects", 7, 0.5)["sd"].mean(),
                1e-9,
            )
            and near(
                g.graded["coverage"][0.5, "fixed effects", 7], covers("fixed effects", 7, 0.5), 1e-9
            )
            and g.graded["sd"][0.5, "fixed effects", 7]
            > 1.1 * g.graded["posterior_sd"][0.5, "fixed effects", 7]
            and covers("fixed effects", 7, 0.5) < 0.86
        ),
    ),
    Claim(
        "# per team, truth #: bias multilevel #, Mundlak #",
        lambda g: (
            g.numbers("per team, truth #: bias")
            == [7, 0, round(bias("multilevel", 7), 2), round(bias("Mundlak", 7), 2)]
        ),
    ),
    Claim(
        (
            "**How so many posteriors fit in minutes.**",
            'The multilevel slope of our world: the sampler says {signed(slopes["mean"][2], 3)}, the fast way {signed(live_worlds.query(f"world == {SEED}")["mean"].item(), 3)}.',
        ),
        lambda g: (
            near(
                g.live_worlds[g.live_worlds["world"] == g.SEED]["mean"].item(),
                mode("multilevel")[0],
                0.04,
            )
            and near(
                g.slopes["mean"][2],
                g.live_worlds[g.live_worlds["world"] == 2026]["mean"].item(),
                0.02,
            )
        ),
        blunt="the frame's key is a number too",
    ),
    Claim(
        "And {n_repeated} worlds of the stored study, repeated here, differ from it by at most {number(live_gap + 0.00005, 4)}.",
        lambda g: (
            g.n_repeated == 5
            and near(
                g.live_gap,
                max(
                    abs(
                        g.live_worlds.set_index("world")["mean"][w]
                        - rows("multilevel", 20).set_index("world")["mean"][w]
                    )
                    for w in range(5)
                ),
                1e-9,
            )
            and g.live_gap < 0.001
        ),
    ),
    # Latent
    Claim(
        (
            "**Latent Mundlak**: a team's level of attention is inferred, not read off.",
            r"Priors: $c \sim \text{Normal}(\bar x, 1)$; $\ell, s \sim \text{Exponential}(1)$, in units of attention.",
        ),
        lambda g: (
            normal(g, "latent_model", "centre", g.customers["attention"].mean(), 1)
            and prior_of(model_of(g, "latent_model"), "loading") == ("Exponential", [1])
            and prior_of(model_of(g, "latent_model"), "noise") == ("Exponential", [1])
            and normal(g, "latent_model", "slope_u", 0, 1)
        ),
    ),
    Claim(
        (
            'With {N_PER_TEAM} customers per team the two agree within {number(abs(five_slopes["mean"][4] - five_slopes["mean"][3]), 3)}.',
            "Mundlak #, latent Mundlak #; truth #",
        ),
        lambda g: (
            (g.customers.groupby("team").size() == g.N_PER_TEAM).all()
            and near(
                g.five_slopes["mean"][4], float(g.idata_latent.posterior["slope"].mean()), 1e-9
            )
            and near(g.five_slopes["mean"][3], draws_of(g, "Mundlak").mean(), 1e-9)
            and g.numbers("Mundlak #, latent Mundlak #; truth")
            == [*(round(v, 2) for v in g.five_slopes["mean"][3:]), 0]
        ),
    ),
    Claim(
        'Noise in $\\\\bar x_g$ spoils the slope of the *mean*, not attention\'s own: at 7 per team its bias is {signed(graded["bias"][0, "latent Mundlak", 7])} latent, {signed(graded["bias"][0, "Mundlak", 7])} with the mean.',
        lambda g: (
            near(g.graded["bias"][0, "latent Mundlak", 7], bias("latent Mundlak", 7), 1e-9)
            and near(g.graded["bias"][0, "Mundlak", 7], bias("Mundlak", 7), 1e-9)
            and abs(bias("latent Mundlak", 7) - bias("Mundlak", 7)) < 0.03
        ),
    ),
    # Fit and prediction
    Claim(
        (
            "Each model invents the renewals again (**posterior predictive**): how much do teams' shares differ (sd)?",
            "The data: {number(spread_seen)}.",
            "The multilevel model reproduces the teams, and its slope is wrong all the same.",
        ),
        lambda g: (
            near(g.spread_seen, world().groupby("team")["renewed"].mean().std(ddof=0), 1e-9)
            and 0.05 < (g.spread_again["multilevel"] >= g.spread_seen).mean() < 0.95
            and (g.spread_again["naive"] >= g.spread_seen).mean() < 0.05
        ),
    ),
    Claim(
        "**LOO** (leave-one-out cross-validation) asks how well each model predicts the renewal of a customer whom it has not seen, in a team that it has.",
        lambda g: all(
            near(r.elpd, elpd(g.five_chances[r.model]).sum(), 2.5)
            and near(r.se, 600**0.5 * elpd(g.five_chances[r.model]).std(ddof=1), 0.2)
            and near(
                r.difference_se, gap_of(g, r.model, g.loo["model"][g.loo["elpd"].idxmax()])[1], 0.2
            )
            for r in g.loo.itertuples()
        ),
    ),
    Claim(
        "Customer by customer, **latent Mundlak** scores {signed(tie_gap)} above **Mundlak**, with a standard error of {number(tie_se)}.",
        lambda g: (
            near(g.tie_gap, gap_of(g, "latent Mundlak", "Mundlak")[0], 0.15)
            and near(g.tie_se, gap_of(g, "latent Mundlak", "Mundlak")[1], 0.1)
            and abs(g.tie_gap) < 4
        ),
    ),
    Claim(
        (
            'The multilevel model, whose slope of {signed(slopes["mean"][2])} is wrong, scores {signed(gap("multilevel", "fixed effects")[0], 1)} ± {number(gap("multilevel", "fixed effects")[1], 1)} (one standard error) against fixed effects, whose slope of {signed(slopes["mean"][1])} is right: the score does not tell them apart.',
            "**LOO ranks prediction, not causal truth.**",
        ),
        lambda g: (
            np.allclose(
                g.gap("multilevel", "fixed effects"),
                gap_of(g, "multilevel", "fixed effects"),
                atol=1,
            )
            and abs(g.gap("multilevel", "fixed effects")[0])
            < 2 * g.gap("multilevel", "fixed effects")[1]
            and near(g.slopes["mean"][1], mode("Mundlak")[0], 0.04)
            and abs(g.slopes["mean"][1]) < 0.1 < abs(g.slopes["mean"][2])
            and near(g.slopes["mean"][2], mode("multilevel")[0], 0.04)
            and g.loo.set_index("model")["elpd"]["fixed effects"]
            < g.loo.set_index("model")["elpd"]["multilevel"]
        ),
    ),
    Claim(
        'Over {number(k_limit)}, the limit for so many draws, a score is rough: {", ".join(too_rough) or "none here"}.',
        lambda g: (
            near(g.k_limit, 1 - 1 / np.log10(g.five_chances["naive"].to_numpy()[..., 0].size), 1e-9)
            and [r.model for r in g.loo.itertuples() if r.largest_pareto_k > g.k_limit]
            == g.too_rough
        ),
    ),
    # The sign
    Claim(
        (
            "Its `loading` says how strongly $u_g$ shows in attention, and we gave it a **positive** prior.",
            "Turn the sign of every $u_g$, of the loading, and of the slope of $u$: attention and renewals are as likely as before.",
            "Without the constraint # of # chains found the mirror image",
        ),
        lambda g: (
            g.numbers("Without the constraint")
            == [int((g.idata_free.posterior["loading"].mean("draw") < 0).sum()), 8]
            and 0 < g.numbers("Without the constraint")[0] < 8
        ),
    ),
    Claim(
        'R-hat of the loading: **{number(rhat_free["loading"])}**; of the slope of $u$: {number(rhat_free["slope_u"])}; of attention\'s own slope: {number(rhat_free["slope"])}.',
        lambda g: (
            all(g.rhat_free[k] > 1.5 for k in ("loading", "slope_u"))
            and near(
                g.rhat_free["slope"], rank_rhat(g.idata_free.posterior["slope"].to_numpy()), 0.02
            )
            and near(
                g.rhat_free["loading"], rank_rhat(g.idata_free.posterior["loading"].to_numpy()), 0.3
            )
        ),
    ),
    Claim(
        (
            "**Folded**: each draw with a negative loading is turned round, and the two hills become one, the very posterior of the model with loading ~ Exponential(1).",
            'Attention\'s slope from NumPyro: {signed(float(slope_numpyro.mean()), 3)} ± {number(float(slope_numpyro.std()), 3)}; from PyMC: {signed(five_slopes["mean"][4], 3)} ± {number(five_slopes["sd"][4], 3)}.',
        ),
        lambda g: (
            near(
                float(g.slope_numpyro.mean()),
                float(g.idata_latent.posterior["slope"].mean()),
                0.015,
            )
            and near(float(g.slope_numpyro.std()), g.five_slopes["sd"][4], 0.015)
            and near(
                g.five_slopes["mean"][4], float(g.idata_latent.posterior["slope"].mean()), 1e-9
            )
            and float(g.idata_numpyro.posterior["loading"].min()) > 0
            and near(
                float(g.idata_numpyro.posterior["loading"].mean()),
                float(g.idata_latent.posterior["loading"].mean()),
                0.05,
            )
        ),
    ),
]

test_words, test_claims, test_all_claimed = claims.tests_of(NAME, CLAIMS)
