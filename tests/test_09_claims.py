"""What notebook 09 says, and what makes it true. See tests/claims.py."""

# ruff: noqa: E501 -- a quotation stands in one line

from __future__ import annotations

import functools
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
from scipy import stats

from helpers.data import FOLDER
from helpers.tidy import HDI_PROB
from tests import claims
from tests.claims import Claim
from tests.support import ROOT, load
from tests.test_09_marketing_mix import ANALYSTS, NAME, by_hand, feedback_at

PRINTED = 0.006
"""Half the last of two printed decimals, and a little."""


@functools.cache
def page() -> Any:
    """Return the functions of the page."""
    return load(ROOT / "solutions" / f"{NAME}.py")


def near(value: Any, goal: Any, room: float = PRINTED) -> bool:
    return bool(abs(float(value) - float(goal)) <= room)


def is_level(value: float) -> bool:
    return near(value, 0.94, 1e-12)


def holds_94(draws: Any, lower: float, upper: float) -> bool:
    """Return whether an interval holds 94 % of the draws."""
    values = np.asarray(draws).ravel()
    return near(np.mean((lower <= values) & (values <= upper)), HDI_PROB, 0.002)


def column(g: Any, name: str, channel: str | None = None) -> np.ndarray:
    """Return a series of the history in 100,000 euros."""
    series = g.history[name]
    return (series if channel is None else series.sel(channel=channel)).to_numpy()


# Draws, without the page's `returns` ---------------------------------------------------------------


def caused(spend: np.ndarray, alpha: np.ndarray, lam: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Return all sales that one channel causes, for each draw; spend (week), parameters (draw)."""
    longer = np.r_[spend, np.zeros(3)]
    lags = np.stack([np.r_[np.zeros(lag), longer][: len(longer)] for lag in range(4)])
    weights = alpha[:, None] ** np.arange(4)
    work = (weights / weights.sum(axis=1, keepdims=True)) @ lags
    return beta * np.tanh(lam[:, None] * work / 2).sum(axis=1)


def roas_of(g: Any, posterior: Any, channel: int, factor: float = 0.0) -> np.ndarray:
    """Return draws of a channel's return: convolution and curve written anew."""
    spend = g.history["spend"].to_numpy()[:, channel]
    curve = [
        posterior[k].transpose("chain", "draw", "channel").to_numpy()[..., channel].ravel()
        for k in ("alpha", "lam", "beta")
    ]
    change = caused(factor * spend, *curve) - caused(spend, *curve)
    return change / ((factor - 1) * spend.sum())


def mean_roas(g: Any, name: str, channel: int, factor: float = 0.0) -> float:
    return float(roas_of(g, g[name], channel, factor).mean())


def true_return(g: Any, channel: int, factor: float) -> float:
    spend = g.history["spend"].to_numpy()
    other = spend.copy()
    other[:, channel] *= factor
    gain = by_hand(other, g.TRUTH).sum() - by_hand(spend, g.TRUTH).sum()
    return gain / ((factor - 1) * spend[:, channel].sum())


def row_is(g: Any, name: str, at: int, posterior: str, channel: int) -> bool:
    """Return whether a row of a table of returns is that of these draws: mean and interval."""
    row, draws = g[name].iloc[at], roas_of(g, g[posterior], channel)
    truth = true_return(g, channel, 0)
    return (
        near(row["mean"], draws.mean())
        and holds_94(draws, row["lower"], row["upper"])
        and near(row["truth"], truth)
    )


# The program ---------------------------------------------------------------------------------------


def trace_of(g: Any, demand: str = "known", test: Any = None) -> dict[str, Any]:
    import numpyro

    weeks = page().about_the_weeks(g.history)
    model = numpyro.handlers.seed(g.mix_model, 0)
    return numpyro.handlers.trace(model).get_trace(weeks, demand, test)


def prior(site: dict[str, Any]) -> tuple[str, list[float]]:
    """Return a site's distribution and parameters, read from the program itself."""
    fn = site["fn"]
    while hasattr(fn, "base_dist"):
        fn = fn.base_dist
    names = {
        "Normal": ("loc", "scale"),
        "HalfNormal": ("scale",),
        "Beta": ("concentration1", "concentration0"),
        "Gamma": ("concentration", "rate"),
    }
    kind = type(fn).__name__
    return kind, [float(np.ravel(getattr(fn, n))[0]) for n in names[kind]]


PRIORS = {
    "alpha": ("Beta", [2, 3]),
    "lam": ("Gamma", [4, 2]),
    "typical_return": ("HalfNormal", [3]),
    "level": ("Normal", [7, 2]),
    "trend": ("Normal", [0, 1]),
    "season": ("Normal", [0, 0.5]),
    "demand_effect": ("Normal", [0, 1]),
    "sigma": ("HalfNormal", [0.5]),
}


def priors_hold(g: Any) -> bool:
    """Return whether the program's priors are those of the maths, and its mean is that formula."""
    trace = trace_of(g)
    said = all(prior(trace[name]) == expected for name, expected in PRIORS.items())
    return said and mean_is_the_formula(g, trace) and comments_hold()


def comments_hold() -> bool:
    """Return whether the priors say what the comments beside them say."""
    carry, half = stats.beta(2, 3), 200 * np.arctanh(0.5) / stats.gamma(4, scale=0.5).mean()
    source = (ROOT / "solutions" / f"{NAME}.py").read_text(encoding="utf-8")
    comments = {
        "# 40 % stays, give or take 20": near(carry.mean(), 0.4) and near(carry.std(), 0.2, 0.01),
        "# half the ceiling near 55,000 euros": near(half, 55, 1),
        "# 0 to 6 euros": near(stats.halfnorm(scale=3).ppf(0.95), 6, 0.2),
        "# a typical week: 700,000 euros": True,
        "# 100,000 euros over all weeks": True,
        "# 50,000 euros of luck a week": True,
    }
    return all(source.count(text) == 1 and holds for text, holds in comments.items())


def mean_is_the_formula(g: Any, trace: dict[str, Any]) -> bool:
    """Return whether `mu` of a run of the program is the sum that the page writes down."""
    value = {name: np.asarray(site["value"], float) for name, site in trace.items()}
    spend, week = g.history["spend"].to_numpy(), np.arange(1, 132)
    typical = value["typical_return"] * spend.mean(axis=0)
    beta = typical / np.tanh(value["lam"] * spend.mean(axis=0) / 2)
    truth = {"alpha": value["alpha"], "lam": value["lam"], "beta": beta}
    media = by_hand(spend, truth)[:131]
    year = 2 * np.pi * week / 52
    mu = value["level"] + value["trend"] * (week - 66) / 131
    mu = mu + value["season"] @ np.stack([np.sin(year), np.cos(year)])
    mu = mu + value["demand_effect"] * g.history["demand"].to_numpy()
    mu = mu + (media - typical).sum(axis=1)
    effect = by_hand(spend, truth).sum(axis=0) / 131
    return bool(
        np.allclose(mu, value["mu"], rtol=1e-6)
        and np.allclose(value["beta"], beta)
        and np.allclose(value["weekly_effect"], effect)
    )


def the_tests_line_holds(g: Any) -> bool:
    """Return whether the test's line is Normal(ROAS times mean spend, error), and only then there."""
    trace = trace_of(g, "hidden", (0.8, 0.125))
    fn, spend = trace["test"]["fn"], g.history["spend"].to_numpy()[:, 0]
    value = {k: np.asarray(trace[k]["value"], float)[:1] for k in ("alpha", "lam", "beta")}
    roas = caused(spend, *value.values())[0] / spend.sum()
    return (
        near(float(fn.loc), roas * spend.mean(), 1e-6)
        and near(float(fn.scale), 0.125, 1e-6)
        and "test" not in trace_of(g, "hidden")
    )


# The decision and the study ------------------------------------------------------------------------


def sold(g: Any, social: float) -> float:
    """Return what a plan sells in truth, thousand euros a week; social in thousand euros."""
    total = 100 * float(g.history["spend"].mean("week").sum())
    plan = np.array([social, total - social]) / 100
    beta, lam = (g.TRUTH[k].to_numpy() for k in ("beta", "lam"))
    return float(100 * (beta * np.tanh(lam * plan / 2)).sum())


def best_social(g: Any, name: str) -> float:
    """Return the social budget that sells most on average over an analyst's draws."""
    mean = 100 * g.history["spend"].mean("week").to_numpy()
    low = max(mean[0] / 2, mean.sum() - 2 * mean[1])
    grid = np.linspace(low, min(2 * mean[0], mean.sum() - mean[1] / 2), 81)
    draws = g[name]
    beta, lam = (
        draws[k].transpose("channel", "chain", "draw").to_numpy().reshape(2, -1)
        for k in ("beta", "lam")
    )
    sales = [
        (
            beta[0] * np.tanh(lam[0] * s / 200) + beta[1] * np.tanh(lam[1] * (mean.sum() - s) / 200)
        ).mean()
        for s in grid
    ]
    return float(grid[int(np.argmax(sales))])


def gain_of(g: Any) -> np.ndarray:
    """Return draws of what our plan sells more than today's, thousand euros a week."""
    mean = 100 * g.history["spend"].mean("week").to_numpy()
    best = best_social(g, "known")
    beta, lam = (
        g.known[k].transpose("channel", "chain", "draw").to_numpy().reshape(2, -1)
        for k in ("beta", "lam")
    )

    def sales(plan: Any) -> np.ndarray:
        return 100 * sum(beta[c] * np.tanh(lam[c] * plan[c] / 200) for c in range(2))

    return sales([best, mean.sum() - best]) - sales(mean)


def lost(g: Any) -> float:
    return sold(g, best_social(g, "known")) - sold(g, best_social(g, "hidden"))


def moved(g: Any) -> float:
    return 100 * float(g.history["spend"].mean("week")[0]) - best_social(g, "known")


@functools.cache
def stored() -> pd.DataFrame:
    """Return mean error and coverage of social by analyst, from the file."""
    rows = pd.read_csv(FOLDER / "marketing_mix_study.csv").query("channel == 'social'")
    found = {}
    for name in ANALYSTS:
        own = rows[rows["model"] == name]
        inside = (own["lower"] <= own["truth"]) & (own["truth"] <= own["upper"])
        found[name] = ((own["mean"] - own["truth"]).mean(), inside.mean(), len(own))
    return pd.DataFrame(found, index=["error", "coverage", "n"]).T


def a_test_alone_repairs_nothing() -> bool:
    """Return whether a model that has a test and trusts its history still errs, and misses."""
    error, coverage, _ = stored().loc["test, trusting"]
    return bool(error > 0.3 and coverage < 0.3)


def study_says(g: Any, *names: str) -> bool:
    table = g.study_table
    return all(
        near(table["mean_error"][name], stored()["error"][name], 1e-9)
        and near(table["coverage"][name], stored()["coverage"][name], 1e-9)
        for name in names
    )


def trusting_errs_less() -> bool:
    """Return whether a test makes who trusts err less, history by history, by more than chance."""
    study = pd.read_csv(FOLDER / "marketing_mix_study.csv").query("channel == 'social'")
    off = study.set_index(["history", "model"]).eval("mean - truth").abs()
    less = (off.xs("demand hidden", level=1) - off.xs("test, trusting", level=1)).dropna()
    return bool(len(less) == 12 and less.mean() > 4 * less.sem())


def combined(model: float, sd: float, test: float, error: float) -> float:
    return (model / sd**2 + test / error**2) / (1 / sd**2 + 1 / error**2)


def trust_meets(g: Any) -> bool:
    """Return whether the trusting analyst lies between test and model, near their combination."""
    found = g.roas["mean"][4]
    euros = float(g.history["spend"][:, 0].mean())
    effect = g.hidden["weekly_effect"].sel(channel="social")
    goal = combined(float(effect.mean()), float(effect.std()), float(g.test_reading), g.TEST_ERROR)
    return (
        row_is(g, "roas", 4, "trusting", 0)
        and near(found, goal / euros, 0.2)
        and g.test_reading / euros + 0.2 < found < g.roas["mean"][2] - 0.2
    )


# The funnel ----------------------------------------------------------------------------------------


def paths(g: Any) -> dict[str, float]:
    """Return shares of sales by sums over paths: search 1.5; TV 1 and .5 times 1.5."""
    weeks = g.funnel_weeks
    sales = weeks["sales"].sum()
    return {
        "clicks": 4 * weeks["search"].sum() / sales,
        "search": 1.5 * weeks["search"].sum() / sales,
        "tv": (1 + 0.5 * 1.5) * weeks["tv"].sum() / sales,
    }


def holding_search() -> bool:
    """Return whether demand alone is always right, and search opens the collider."""
    for pull in (0.0, 0.5, 1.0):
        for demand in (0.0, 25.0, 50.0):
            world = page().funnel_world(pull, demand)
            total = world.total_effect("tv", "sales")
            right = near(world.slope("sales", "tv", ["demand"]), total, 1e-9)
            if not right or not near(total, 1 + 1.5 * pull, 1e-9):
                return False
    for pull in (0.0, 0.5, 1.0):  # without demand's pull only the part through search is missed
        world = page().funnel_world(pull, 0.0)
        missed = world.total_effect("tv", "sales") - world.slope("sales", "tv", ["search"])
        if not near(missed, 1.5 * pull, 1e-9):
            return False
    opened = page().funnel_world(0.5, 25.0).slope("sales", "tv", ["search"])
    return bool(opened < 0.9)


def small_bias(g: Any) -> bool:
    """Return whether the analyst who knows demand errs by more than chance, and by little."""
    study = pd.read_csv(FOLDER / "marketing_mix_study.csv").query("channel == 'social'")
    error = study[study["model"] == "demand known"].eval("mean - truth").to_numpy()
    standard = error.std(ddof=1) / np.sqrt(len(error))
    said = g.study_table["standard_error"]["demand known"]
    return bool(near(said, standard, 1e-9) and 3 * standard < error.mean() < 0.1)


def doubting_follows(g: Any) -> bool:
    """Return whether the weighted draws lie within half a test's error of its reading."""
    mean = float(np.average(g.effect_doubting, weights=g.weight))
    return bool(abs(mean - g.new_reading) < 0.5 * g.test_slider.value / 100)


def shapes_hold() -> bool:
    """Return whether the functions are the formulas: weights alpha^l over their sum, logistic."""
    spend, alpha = np.array([3.0, 0, 0, 1, 2, 0]), 0.5
    lags = np.stack([np.r_[np.zeros(lag), spend][:6] for lag in range(4)])
    goal = (alpha ** np.arange(4) @ lags) / (alpha ** np.arange(4)).sum()
    a = np.linspace(0, 3, 9)
    logistic = 2 * (1 - np.exp(-1.3 * a)) / (1 + np.exp(-1.3 * a))
    return bool(
        np.allclose(page().carry_over(lags, alpha), goal)
        and np.allclose(2 * page().saturate(a, 1.3), logistic)
        and np.allclose(page().response(lags, alpha, 1.3, 2.0), 2 * np.tanh(1.3 * goal / 2))
    )


def returns_hold(g: Any) -> bool:
    found = {f: page().returns(g.history["spend"], g.TRUTH, f) for f in (0, 1.01)}
    return all(near(found[f][c], true_return(g, c, f), 1e-9) for f in found for c in (0, 1))


def follows(g: Any) -> bool:
    """Return whether social follows demand and radio does not, in the world and its graph."""
    demand, spend = page().draw_spend(np.random.default_rng(1), (0.22, 0), 50_000)
    slopes = [np.polyfit(demand, spend[:, c], 1)[0] for c in range(2)]
    graph = g.graph_mix
    return (
        near(slopes[0], 0.22, 0.02)
        and near(slopes[1], 0, 0.02)
        and graph.is_adjustment_set({"demand"})
        and not graph.is_adjustment_set(set())
    )


def saturates() -> bool:
    """Return whether twice the spend sells less than twice as much, and more so with lambda."""
    ratio = [page().saturate(2.0, lam) / page().saturate(1.0, lam) for lam in (0.5, 1, 3)]
    return 2 > ratio[0] > ratio[1] > ratio[2] > 1


def given_the_curve(g: Any) -> bool:
    """Return whether the regressor is the true curve: with demand, luck alone is left over."""
    demand, sales, media = g.feedback_worlds(0.4, 40, 11)
    left = sales - 4 - 0.5 * demand - float(g.TRUTH["beta"][0]) * media
    again = all(
        near(said, values.mean(), 1e-6)
        for said, values in zip(
            g.feedback_table["mean"], feedback_at(Run(g), 0.4, 100, g.SEED).values(), strict=True
        )
    )
    return again and near(left.std(), 0.15, 0.01) and near(left.mean(), 0, 0.01)


def bias_not_error(g: Any) -> bool:
    """Return whether bias and rmse part, and the page's rmse is taken about the truth, 1."""
    shown = [np.sqrt(np.mean((values - 1) ** 2)) for values in g.over_truth.values()]
    about_the_truth = near(np.abs(g.feedback_table["rmse"] - shown).max(), 0, 1e-9)
    deaf = feedback_at(Run(g), 0.0, 200, 3)
    rmse = {who: np.sqrt(np.mean((v - 1) ** 2)) for who, v in deaf.items()}
    biased = deaf["last week's sales"].mean() < 0.95 and abs(deaf["nothing"].mean() - 1) < 0.1
    ordered = rmse["demand"] < rmse["last week's sales"] < rmse["nothing"]
    return bool(about_the_truth and biased and ordered)


class Run:
    """What `feedback_at` asks of a run: its globals."""

    def __init__(self, g: Any) -> None:
        self.defs = g


def additive(g: Any) -> bool:
    """Return whether a channel sells as much with the other as without it."""
    spend = g.history["spend"].to_numpy()
    both, alone = by_hand(spend, g.TRUTH), by_hand(spend * [1, 0], g.TRUTH)
    full = page().caused_sales(g.history["spend"], g.TRUTH)
    return bool(np.allclose(both[:, 0], alone[:, 0])) and near(full, both.sum(), 1e-9)


def four_weeks(g: Any) -> bool:
    """Return whether one week's spend moves that week's sales and the next three, and no other."""
    history = g.history["spend"]
    other = history.copy(deep=True)
    other[50, 0] = 5.0
    first, second = (
        page().response(page().shift_weeks(spend), *(g.TRUTH[k] for k in ("alpha", "lam", "beta")))
        for spend in (history, other)
    )
    changed = np.flatnonzero(
        np.abs((second - first).transpose("media_week", "channel")).to_numpy().sum(axis=1) > 1e-12
    )
    return changed.tolist() == [50, 51, 52, 53]


def effects(g: Any) -> np.ndarray:
    """Return draws of social's mean weekly effect, demand hidden, from the raw curves."""
    return roas_of(g, g.hidden, 0) * float(g.history["spend"][:, 0].mean())


def reading(g: Any, error: float) -> float:
    effect = by_hand(g.history["spend"].to_numpy(), g.TRUTH)[:, 0].sum() / 131
    return effect + error * np.random.default_rng([g.SEED, 6]).normal()


def residual_sd(g: Any, name: str) -> float:
    """Return the sd of the residuals, corrected for twelve parameters, thousand euros."""
    residual = g.history["sales"] - g[name]["mu"].mean(["chain", "draw"])
    return 100 * float(np.sqrt((residual**2).sum() / (131 - 11)))


def inside(g: Any, name: str) -> float:
    """Return the share of weeks within 1.88 sd of the posterior mean, noise and mean included."""
    mu, sigma = g[name]["mu"], float((g[name]["sigma"] ** 2).mean())
    half = 1.8808 * np.sqrt(mu.var(["chain", "draw"]) + sigma)
    return float((np.abs(g.history["sales"] - mu.mean(["chain", "draw"])) < half).mean())


@functools.cache
def stays_wrong() -> bool:
    """Return whether the slope without demand, given media curves, errs as much with 20 times the weeks."""
    module = load(ROOT / "solutions" / f"{NAME}.py")
    truth = module.true_response.run()[1]["TRUTH"]
    slopes, spread = [], []
    for n in (500, 10_000):
        history = module.simulate_history(3, truth, n_weeks=n)
        x, y = history["spend"][:, 0].to_numpy(), history["sales"].to_numpy()
        found = stats.linregress(x, y)
        slopes.append(found.slope)
        spread.append(found.stderr)
    return bool(
        spread[1] < spread[0] / 3 and min(slopes) > 1.5 and abs(slopes[1] - slopes[0]) < 0.7
    )


def within_contracts(g: Any) -> bool:
    mean = g.history["spend"].mean("week").to_numpy()
    plans = g.splits.to_numpy()
    at_an_end = [np.isclose(plans[i], mean / 2) | np.isclose(plans[i], 2 * mean) for i in (0, -1)]
    return bool(
        (plans >= mean / 2 - 1e-9).all()
        and (plans <= 2 * mean + 1e-9).all()
        and all(end.any() for end in at_an_end)
        and np.allclose(plans.sum(axis=1), mean.sum())
    )


def longest(inside: np.ndarray) -> int:
    """Return how many weeks in a row are true."""
    most = run = 0
    for here in inside:
        run = run + 1 if here else 0
        most = max(most, run)
    return most


def spells_are_short(g: Any) -> bool:
    """Return whether weeks beyond the contracts exist, and never four in a row: carry-over's span."""
    spend, found = g.history["spend"].to_numpy(), []
    for weeks, mean in zip(spend.T, spend.mean(axis=0), strict=True):
        found += [longest(weeks < mean / 2), longest(weeks > 2 * mean)]
    return all(0 < weeks < 4 for weeks in found)


def errors_are_alike(g: Any) -> bool:
    """Return whether neighbouring weeks' errors correlate without demand, and not with it."""
    found = []
    for name, said in (("hidden", g.alike_hidden), ("known", g.alike_known)):
        error = (g.history["sales"] - g[name]["mu"].mean(["chain", "draw"])).to_numpy()
        if not near(said, stats.pearsonr(error[:-1], error[1:])[0], 1e-6):
            return False
        found.append(said)
    week = np.arange(1, 132)
    media = by_hand(g.history["spend"].to_numpy(), g.TRUTH)[:131]
    waves = [np.sin(2 * np.pi * week / 52), np.cos(2 * np.pi * week / 52)]
    regressors = np.column_stack([np.ones(131), week, *waves, media])
    left = column(g, "sales") - regressors @ np.linalg.lstsq(regressors, column(g, "sales"))[0]
    by_truth = np.corrcoef(left[1:], left[:-1])[0, 1]
    return bool(found[0] > 0.25 and by_truth > 0.25 and abs(found[1]) < 0.17)


CLAIMS = [
    # The company
    Claim(
        "| You will be able to | write a marketing mix model by hand, say what it cannot know, add a test, and turn its posterior into a budget |",
        lambda g: (
            len(g.sets_without_demand) == 0
            and the_tests_line_holds(g)
            and a_test_alone_repairs_nothing()
            and near(g.lost, lost(g), 0.01)
        ),
    ),
    Claim(
        "The social budget follows **demand**, how much people want the product anyway; radio is booked long before.",
        follows,
    ),
    Claim(
        "A straight line through sales against social spend: each euro more of social goes with **{number(naive_return)} euros** more of sales.",
        lambda g: near(
            g.naive_return,
            np.cov(column(g, "spend", "social"), column(g, "sales"))[0, 1]
            / np.var(column(g, "spend", "social"), ddof=1),
        ),
    ),
    Claim(
        "Sales and social spend move together (correlation #)",
        lambda g: near(
            g.numbers("Sales and social spend move together")[0],
            stats.pearsonr(column(g, "spend", "social"), column(g, "sales"))[0],
        ),
    ),
    # Shapes and estimand
    Claim(
        r"""$$a_t = \frac{\sum_{\ell=0}^{3} \alpha^\ell\, x_{t-\ell}}{\sum_{\ell=0}^{3} \alpha^\ell}, \qquad
    s(a) = \frac{1-e^{-\lambda a}}{1+e^{-\lambda a}}, \qquad \text{sales caused} = \beta\, s(a_t)$$""",
        lambda _: shapes_hold(),
    ),
    Claim(
        r"**Adstock**: what is spent today works on in later weeks, each week only $\alpha$ times as much as in the week before.",
        lambda _: shapes_hold(),
    ),
    Claim(
        r"**Saturation**: twice the spend sells less than twice as much; $\lambda$ says how soon (Jin et al. 2017).",
        lambda _: saturates(),
    ),
    Claim(
        "# % in its own week",
        lambda g: g.numbers("# % in its own week") == [round(100 / 1.875)],
    ),
    Claim(
        "Half reached at # thousand",
        lambda g: near(g.numbers("Half reached at")[0], 200 * np.arctanh(0.5) / 2.5, 0.6),
    ),
    Claim(
        "Carry-over moves *spend* in time and creates none: the weights sum to one. Saturation decides where the *next* euro goes: the steeper curve at today's spend wins.",
        lambda g: near(
            page().carry_over(page().shift_weeks(g.history["spend"]), g.TRUTH["alpha"]).sum(),
            g.history["spend"].sum(),
            1e-6,
        ),
    ),
    Claim(
        (
            r"""$$\begin{aligned}
    \text{ROAS}_c &= \big[M(x) - M(x \mid do(x_c = 0))\big] \,/\, \textstyle\sum_t x_{c,t} \\
    \text{marginal ROAS}_c &= \big[M(x \mid do(x_c = 1.01\,x_c)) - M(x)\big] \,/\, \big(0.01 \textstyle\sum_t x_{c,t}\big)
    \end{aligned}$$""",
            "**ROAS** judges the past: was the channel worth it?",
            "**Marginal ROAS** decides the future: what does the next euro bring?",
            "Both are in euros of sales, not of profit.",
        ),
        returns_hold,
    ),
    Claim(
        "Spend and sales are in **100,000 euros** a week, so that their ratio is euros per euro; demand is in its own standard deviations.",
        lambda g: (
            300 < 100 * float(g.history["sales"].mean()) < 1500
            and near(page().draw_spend(np.random.default_rng(2), (0, 0), 50_000)[0].std(), 1, 0.05)
        ),
    ),
    Claim(
        'A euro of social sold {number(true_roas["social"])} euros, a euro of radio {number(true_roas["radio"])}.',
        lambda g: all(near(g.true_roas.iloc[c], true_return(g, c, 0)) for c in (0, 1)),
    ),
    Claim(
        'The next euro brings {number(true_marginal_roas["social"])} and {number(true_marginal_roas["radio"])}: less, since the curves bend.',
        lambda g: all(
            near(g.true_marginal_roas.iloc[c], true_return(g, c, 1.01))
            and true_return(g, c, 1.01) < true_return(g, c, 0)
            for c in (0, 1)
        ),
    ),
    # The graph
    Claim(
        'Adjusting for {", ".join(adjustment_set)} closes social\'s only backdoor path, if spend does not move demand; radio has none.',
        lambda g: list(g.adjustment_set) == ["demand"] and follows(g),
    ),
    Claim(
        'With demand hidden, {len(sets_without_demand) or "no"} set does it.',
        lambda g: len(g.sets_without_demand) == 0 and len(g.graph_hidden.adjustment_sets()) == 0,
    ),
    Claim(
        (
            "- **Ignorability**: given demand, measured without error and acting in its own week, social spend is as good as random.",
            "- **Consistency**: a euro is a euro, whatever it buys.",
            "**No interference**: a week's sales listen to the spend of that week and of the three before, to no other.",
            "- **Positivity**: spend varies at every demand.",
            "Zero spend is never seen; there the curve extrapolates.",
            "- **Shape**: this curve, four weeks, and **additivity**: a channel sells as much whatever the other does (no synergy).",
        ),
        lambda g: additive(g) and four_weeks(g) and column(g, "spend", "social").min() >= 0.05,
    ),
    # The program
    Claim(
        (
            r"""$$\begin{aligned}
    \alpha_c &\sim \text{Beta}(2, 3), \quad \lambda_c \sim \text{Gamma}(4, 2), \quad r_c \sim \text{HalfNormal}(3) \\
    \beta_c &= r_c\,\bar x_c \,/\, s(\bar x_c; \lambda_c) \\
    \mu_t &= \text{level} + \text{trend}_t + \text{season}_t + \gamma\,\text{demand}_t
    + \textstyle\sum_c \big(\beta_c\, s(a_{c,t}) - r_c\,\bar x_c\big) \\
    \text{level} &\sim \text{Normal}(7, 2),\; \text{trend}, \gamma \sim \text{Normal}(0, 1),\;
    \text{season} \sim \text{Normal}(0, 0.5) \\
    \text{sales}_t &\sim \text{Normal}(\mu_t, \sigma), \quad \sigma \sim \text{HalfNormal}(0.5)
    \end{aligned}$$""",
            r"An analyst who measures demand writes down ($\bar x_c$: mean weekly spend; $r_c$, `typical_return`: the return of a week with mean spend: a prior on a return can be thought about, one on the ceiling $\beta_c$ cannot, as Zhang et al. (2024) say)",
        ),
        priors_hold,
    ),
    Claim(
        "{percent(HDI_PROB)} of the invented weeks sell {number(prior_sales[0], 0)} to {number(prior_sales[1], 0)} thousand euros: wide, and the right order of magnitude.",
        lambda g: (
            is_level(g.HDI_PROB)
            and holds_94(100 * g.prior["sales"], *g.prior_sales)
            and g.prior_sales[0] < 100 * float(g.history["sales"].mean()) < g.prior_sales[1]
        ),
    ),
    Claim(
        "(**HDI**: the shortest interval that holds {percent(HDI_PROB)} of the draws.)",
        lambda g: is_level(g.HDI_PROB),
    ),
    Claim(
        "Prior of both: a euro sells # to # euros (social, # % HDI)",
        lambda g: all(
            near(said, end, 0.06)
            for said, end in zip(
                g.numbers("Prior of both"),
                [*az.hdi(g.prior_roas.sel(channel="social").to_numpy().ravel(), prob=0.94), 94],
                strict=True,
            )
        ),
        blunt="printed to one decimal",
    ),
    Claim(
        r'`returns` on posterior draws is $do(x_c = \ldots)$, played again in each of {roas_known.sizes["chain"] * roas_known.sizes["draw"]:,} draws.',
        lambda g: bool(
            np.allclose(
                np.sort(g.roas_known.sel(channel="social").to_numpy().ravel()),
                np.sort(roas_of(g, g.known, 0)),
            )
        ),
    ),
    Claim(
        'The average euro of social sold {number(roas_known.sel(channel="social").mean())}, the next one sells {number(marginal_known.sel(channel="social").mean())} (the table: marginal ROAS, {percent(HDI_PROB)} HDI); the next euro of radio sells {number(marginal_known.sel(channel="radio").mean())}.',
        lambda g: (
            is_level(g.HDI_PROB)
            and near(g.roas_known.sel(channel="social").mean(), mean_roas(g, "known", 0))
            and near(g.marginal_known.sel(channel="social").mean(), mean_roas(g, "known", 0, 1.01))
            and near(g.marginal_known.sel(channel="radio").mean(), mean_roas(g, "known", 1, 1.01))
        ),
    ),
    Claim(
        "{percent(inside_known)} of the weeks lie inside the predictive interval with demand, {percent(inside_hidden)} without: **both pass this check**.",
        lambda g: (
            near(g.inside_known, inside(g, "known"), 0.025)
            and near(g.inside_hidden, inside(g, "hidden"), 0.025)
            and min(g.inside_known, g.inside_hidden) > 0.88
        ),
    ),
    Claim(
        "# % of the weeks lie in the # % predictive interval",
        lambda g: (
            near(
                g.numbers("of the weeks lie in the # % predictive")[0],
                100 * inside(g, "known"),
                2.5,
            )
            and g.numbers("of the weeks lie in the # % predictive")[1] == 94
        ),
    ),
    Claim(
        "The second calls more of it luck (±{number(luck_hidden, 0)} thousand euros a week instead of ±{number(luck_known, 0)}).",
        lambda g: (
            near(g.luck_hidden, residual_sd(g, "hidden"), 4)
            and near(g.luck_known, residual_sd(g, "known"), 2)
            and g.luck_hidden > g.luck_known
        ),
    ),
    Claim(
        (
            "A sharper check would warn her: her errors of neighbouring weeks correlate at {number(alike_hidden)}, with demand at {number(alike_known)}.",
            "It would not say what is missing, nor whether that moves the budget: a good fit makes no model causal.",
        ),
        errors_are_alike,
    ),
    # Without demand
    Claim(
        'With demand, social\'s interval is {number(roas_by_demand["lower"][0])} to {number(roas_by_demand["upper"][0])}, without {number(roas_by_demand["lower"][2])} to {number(roas_by_demand["upper"][2])}: social is paid for what demand did.',
        lambda g: (
            row_is(g, "roas_by_demand", 0, "known", 0)
            and row_is(g, "roas_by_demand", 2, "hidden", 0)
            and g.roas_by_demand["lower"][2] > g.roas_by_demand["truth"][2]
        ),
    ),
    Claim(
        'Radio, whose budget ignores demand, suffers less ({number(roas_by_demand["mean"][3])}; truth {number(roas_by_demand["truth"][3])}).',
        lambda g: (
            row_is(g, "roas_by_demand", 3, "hidden", 1)
            and abs(g.roas_by_demand["mean"][3] - g.roas_by_demand["truth"][3])
            < g.roas_by_demand["mean"][2] - g.roas_by_demand["truth"][2]
        ),
    ),
    Claim(
        "**More weeks would not help**: the interval would shrink around the wrong value.",
        lambda _: stays_wrong(),
    ),
    Claim(
        "ROAS of social: demand known #; demand hidden #",
        lambda g: (
            near(g.numbers("ROAS of social: demand known")[0], mean_roas(g, "known", 0), 0.01)
            and near(g.numbers("ROAS of social: demand known")[1], mean_roas(g, "hidden", 0), 0.01)
        ),
    ),
    Claim("line: # % HDI", lambda g: is_level(g.HDI_PROB)),
    # The test
    Claim(
        (
            r"$$\text{test} \sim \text{Normal}\big(\text{ROAS}_{\text{social}} \cdot \bar x_{\text{social}},\ \text{SE}\big)$$",
            "Demand cannot always be measured.",
            "But social can be switched off in some regions, drawn at random, for as long as these weeks: a **lift test**.",
        ),
        the_tests_line_holds,
    ),
    Claim(
        "Social's mean weekly effect, from two sources: the model without demand says {number(100 * effect_hidden.mean(), 1)} thousand euros (± its posterior sd, {number(100 * effect_hidden.std(), 1)}), the test {number(100 * test_reading, 1)} (±{number(100 * TEST_ERROR, 0)}).",
        lambda g: (
            near(100 * g.effect_hidden.mean(), 100 * effects(g).mean(), 0.06)
            and near(100 * g.effect_hidden.std(), 100 * effects(g).std(), 0.06)
            and near(g.test_reading, reading(g, g.TEST_ERROR), 1e-9)
            and g.TEST_ERROR == 0.12
        ),
    ),
    Claim(
        (
            "A second test, with half the error, reads the same.",
            "Combine **it** with the model as a normal likelihood and a normal prior: weights proportional to 1/error².",
        ),
        lambda g: near(
            g.combined,
            combined(
                100 * effects(g).mean(),
                100 * effects(g).std(),
                100 * g.test_reading,
                100 * g.TEST_ERROR / 2,
            ),
            0.1,
        ),
    ),
    Claim(
        "The test read {number(100 * test_reading, 0)} ± {number(100 * TEST_ERROR, 0)} thousand euros a week (truth {number(100 * true_effect, 0)}).",
        lambda g: (
            near(g.test_reading, reading(g, g.TEST_ERROR), 1e-9)
            and g.TEST_ERROR == 0.12
            and near(
                g.true_effect, by_hand(g.history["spend"].to_numpy(), g.TRUTH)[:, 0].sum() / 131
            )
        ),
    ),
    Claim(
        'Trusting, the model moves only to {number(roas["mean"][4])}: it is as sure of its bias as the test is of the truth, so they meet in between.',
        trust_meets,
    ),
    Claim(
        'Doubting, it says {number(roas["mean"][6])} ({number(roas["lower"][6])} to {number(roas["upper"][6])}): the test decides the size, the history little.',
        lambda g: (
            row_is(g, "roas", 6, "doubting", 0)
            and near(
                g.roas["mean"][6], g.test_reading / float(g.history["spend"][:, 0].mean()), 0.2
            )
        ),
    ),
    Claim(
        "ROAS of social: demand hidden #; test, trusting #; test, doubting #",
        lambda g: all(
            near(said, mean_roas(g, name, 0), 0.01)
            for said, name in zip(
                g.numbers("ROAS of social: demand hidden"),
                ("hidden", "trusting", "doubting"),
                strict=True,
            )
        ),
    ),
    # The study
    Claim(
        'In euros per euro; coverage: how often the {percent(HDI_PROB)} interval holds the truth (Monte Carlo error at {percent(HDI_PROB)}: {percent(study_table["its error"]["demand known"])}, {percent(study_table["its error"]["test, doubting"])} with a test).',
        lambda g: (
            is_level(g.HDI_PROB)
            and study_says(g, *ANALYSTS)
            and all(
                near(
                    g.study_table["its error"][name],
                    (0.94 * 0.06 / stored()["n"][name]) ** 0.5,
                    1e-9,
                )
                for name in ("demand known", "test, doubting")
            )
        ),
    ),
    Claim(
        "With demand known a small bias is left, unexplained.",
        lambda g: study_says(g, "demand known") and small_bias(g) and returns_hold(g),
    ),
    Claim(
        'With demand hidden, intervals hold the truth in {percent(study_table["coverage"]["demand hidden"])}; after a test, in {percent(study_table["coverage"]["test, doubting"])} for who doubts, in {percent(study_table["coverage"]["test, trusting"])} for who trusts, who errs less.',
        lambda g: (
            study_says(g, "demand hidden", "test, trusting", "test, doubting")
            and stored()["coverage"]["test, doubting"]
            > 4 * g.study_table["its error"]["test, doubting"]
            + stored()["coverage"][["demand hidden", "test, trusting"]].max()
            and trusting_errs_less()
        ),
    ),
    # The decision
    Claim(
        "No channel may fall below half, or rise above double, of what it gets now: contracts; beyond them the history has short spells, no level that lasts.",
        lambda g: within_contracts(g) and spells_are_short(g),
    ),
    Claim(
        "Social: now #; best # if demand is hidden, # if known",
        lambda g: all(
            near(said, goal, 1.1)
            for said, goal in zip(
                g.numbers("Social: now"),
                (
                    100 * float(g.history["spend"][:, 0].mean()),
                    best_social(g, "hidden"),
                    best_social(g, "known"),
                ),
                strict=True,
            )
        ),
    ),
    Claim(
        "dot: each curve's best split; band: # % HDI, demand known",
        lambda g: g.numbers("dot: each curve's best split") == [94],
    ),
    Claim(
        'In thousand euros a week, every plan spent evenly; sales and {percent(HDI_PROB)} HDI as "demand known" expects them; **regret**: what a plan loses against the best split under the truth.',
        lambda g: (
            is_level(g.HDI_PROB)
            and near(
                g.allocation.set_index("plan")["regret"]["as now"].iloc[0],
                max(sold(g, s) for s in 100 * g.splits.to_numpy()[:, 0])
                - sold(g, 100 * float(g.history["spend"][:, 0].mean())),
            )
        ),
    ),
    Claim(
        (
            "**One sentence for the board.**",
            'Move {number(abs(move), 0)} thousand euros a week {"from social to radio" if move > 0 else "from radio to social"}: we expect {signed(gain.mean(), 0)} thousand euros of sales a week ({percent(HDI_PROB)} HDI {signed(tidy.hdi(gain)[0], 0)} to {signed(tidy.hdi(gain)[1], 0)}), the chance that it beats today\'s split, spent evenly, is {percent((gain > 0).mean())}, and all of it rests on demand being the only thing that moved both budget and sales, and on the shape of our curves.',
        ),
        lambda g: (
            is_level(g.HDI_PROB)
            and near(g.move, moved(g), 0.01)
            and bool(np.allclose(np.sort(g.gain.to_numpy().ravel()), np.sort(gain_of(g))))
        ),
    ),
    Claim(
        "The plan without demand loses {number(lost, 0)} more than ours.",
        lambda g: near(g.lost, lost(g), 0.01),
    ),
    # Takeaways
    Claim(
        '- **Where should the next euro go?** To {"radio" if move > 0 else "social"}: a further euro sells {number(marginal_roas["mean"][1])} euros there, {number(marginal_roas["mean"][0])} in social, if demand is all that moves both budget and sales.',
        lambda g: (
            near(g.move, moved(g), 0.01)
            and near(g.marginal_roas["mean"][1], mean_roas(g, "known", 1, 1.01))
            and near(g.marginal_roas["mean"][0], mean_roas(g, "known", 0, 1.01))
            and (g.move > 0) == (g.marginal_roas["mean"][1] > g.marginal_roas["mean"][0])
        ),
    ),
    Claim(
        """- **Following is not causing**: social's naive return is {number(naive_return)}, the model without demand passed the predictive check and says {number(roas["mean"][2])}; the truth is {number(roas["truth"][0])}.""",
        lambda g: (
            near(
                g.naive_return,
                stats.linregress(column(g, "spend", "social"), column(g, "sales")).slope,
            )
            and row_is(g, "roas", 2, "hidden", 0)
            and near(g.roas["truth"][0], true_return(g, 0, 0))
            and g.naive_return > g.roas["truth"][0] + 0.5
            and inside(g, "hidden") > 0.9
        ),
    ),
    Claim(
        "- **That model's plan** loses {number(lost, 0)} thousand euros a week against ours.",
        lambda g: near(g.lost, lost(g), 0.01),
    ),
    Claim(
        '- **A lift test helps a model that may doubt its history**; one that trusts it stays {signed(study_table["mean_error"]["test, trusting"])} euros per euro off, on average over other histories.',
        lambda g: (
            study_says(g, "test, trusting")
            and abs(stored()["error"]["test, doubting"]) < stored()["error"]["test, trusting"] / 3
            and stored()["coverage"]["test, doubting"]
            > 0.8
            > stored()["coverage"]["test, trusting"]
        ),
    ),
    Claim(
        "- **Decide on the posterior**: average sales over the draws, then choose. No interval shows the rest: the graph, the curve's shape, four weeks, no synergy.",
        lambda g: near(
            100 * float(g.plans.sel(plan="demand known", channel="social")),
            best_social(g, "known"),
            1e-6,
        ),
    ),
    # Optional: the test's precision, the margin
    Claim(
        (
            "A test overrules a model that trusts itself only when its error is well below the model's own: ±{number(100 * effect_hidden.std(), 0)} thousand euros.",
            "Who doubts takes the test's word, at every error that the slider offers.",
        ),
        lambda g: (
            near(100 * g.effect_hidden.std(), 100 * effects(g).std(), 0.06)
            and near(combined(208, 13, 86, 13), 147, 1e-6)
            and combined(208, 13, 86, 3) < 93
            and max(g.test_slider.steps or [g.test_slider.stop]) <= 12
            and doubting_follows(g)
        ),
    ),
    Claim(
        "Test ±#: trust says #, the truth is #",
        lambda g: (
            g.numbers("trust says")[0] == 12
            and near(
                g.numbers("trust says")[1],
                combined(
                    float(effects(g).mean()), float(effects(g).std()), float(g.test_reading), 0.12
                )
                / float(g.history["spend"][:, 0].mean()),
                0.01,
            )
            and near(g.numbers("trust says")[2], true_return(g, 0, 0))
        ),
    ),
    Claim(
        "If a euro of sales leaves $m$ euros of profit, the next euro pays only if its marginal ROAS is above $1/m$.",
        lambda g: bool(
            np.array_equal(
                g.profit.to_numpy() > 1,
                g.marginal_known.to_numpy() > 1 / (g.margin_slider.value / 100),
            )
        ),
    ),
    Claim(
        "At {margin_slider.value} cents the break-even is {number(100 / margin_slider.value)} euros of sales.",
        lambda g: near(100 / g.margin_slider.value, 1.25) and g.margin_slider.value == 80,
    ),
    Claim(
        'The chance that the next euro pays: social {percent(chance_pays["social"])}, radio {percent(chance_pays["radio"])}.',
        lambda g: all(
            near(g.chance_pays.iloc[c], np.mean(roas_of(g, g.known, c, 1.01) > 1.25), 1e-3)
            for c in (0, 1)
        ),
    ),
    Claim(
        "At # cents the next euro pays: social in # % and radio in # %",
        lambda g: (
            g.numbers("the next euro pays: social in")[0] == 80
            and all(
                near(said, 100 * np.mean(roas_of(g, g.known, c, 1.01) > 1.25), 1.1)
                for c, said in enumerate(g.numbers("the next euro pays: social in")[1:])
            )
        ),
        blunt="a share near 0 is printed as < 1 %",
    ),
    Claim(
        "`expected_regret`: in each draw, the best split's sales minus sales as now; then the average, in **thousand** euros a week.",
        lambda g: near(
            g.expected_regret,
            100 * np.mean(g.sales_by_split.to_numpy().max(axis=2) - g.sales_now.to_numpy()),
            1e-6,
        ),
    ),
    Claim(
        "`sales_by_split` (chain, draw, split) and `sales_now` (chain, draw) are in 100,000 euros a week.",
        # What both channels cause is a part of the company's sales, in the unit of its history.
        lambda g: all(
            near(found.mean() / g.history["sales"].mean(), caused_share, 0.1)
            for caused_share in [
                by_hand(g.history["spend"].to_numpy(), g.TRUTH).sum() / g.history["sales"].sum()
            ]
            for found in (g.sales_now, g.sales_by_split.isel(split=0))
        ),
    ),
    # Optional: the funnel
    Claim(
        (
            "By last click, search brings {percent(last_click_share)} of all sales, and TV nothing.",
            "TV cannot be clicked.",
        ),
        lambda g: near(g.last_click_share, paths(g)["clicks"], 1e-9),
    ),
    Claim(
        "Played again with the same luck, search *causes* {percent(true_share)}: most sales booked under it would have come anyway.",
        lambda g: (
            near(g.true_share, paths(g)["search"], 1e-9) and g.true_share < g.last_click_share / 2
        ),
    ),
    Claim(
        "TV causes {percent(true_share_tv)}, part of it *through* search.",
        lambda g: near(g.true_share_tv, paths(g)["tv"], 1e-9),
    ),
    Claim(
        "Without search # % of sales are lost, without TV # %",
        lambda g: (
            near(g.numbers("of sales are lost")[0], 100 * paths(g)["search"], 0.6)
            and near(g.numbers("of sales are lost")[1], 100 * paths(g)["tv"], 0.6)
        ),
    ),
    Claim(
        "`tv_only_direct` holds the sales of a history in which **search still behaves as it did** although TV is off.",
        lambda g: bool(
            np.allclose(g.funnel_weeks["sales"] - g.tv_only_direct, 1.0 * g.funnel_weeks["tv"])
        ),
    ),
    Claim(
        "The last of the four regressions holds TV, demand **and** search.",
        lambda g: (
            list(g.tv_coefficients)[-1] == "TV + demand + search"
            and near(g.tv_coefficients["TV + demand + search"], 1.0, 1e-9)
        ),
    ),
    Claim(
        (
            "Wherever the sliders stand, the regression with demand alone is on the truth.",
            '"TV + search" holds the mediator fixed, and opens TV → search ← demand; with demand\'s pull at 0 only what goes through search is missed.',
        ),
        lambda _: holding_search(),
    ),
    Claim(
        "TV + search says #, the truth is #",
        lambda g: (
            near(
                g.numbers("TV + search says")[0],
                page().funnel_world(0.5, 25).slope("sales", "tv", ["search"]),
                0.01,
            )
            and g.numbers("TV + search says")[1] == 1.75
        ),
    ),
    # Optional: budgets that follow sales, and the second program
    Claim(
        r"All three are given the true $\alpha$ and $\lambda$.",
        given_the_curve,
    ),
    Claim(
        "Adjusting for nothing finds # times the truth",
        lambda g: near(
            g.numbers("Adjusting for nothing finds")[0],
            feedback_at(Run(g), 0.4, 100, g.SEED)["nothing"].mean(),
            0.01,
        ),
    ),
    Claim("line: # % of # worlds", lambda g: g.numbers("line: # % of # worlds") == [94, 100]),
    Claim(
        "Move the slider to 0: the budget is deaf, nothing needs adjusting, and last week's sales, an outcome, bias the estimate. Yet they take out noise: the rmse may be smaller than with nothing. **Bias is not error**; only demand takes away nearly all of both.",
        bias_not_error,
    ),
    Claim(
        "The largest difference of the two log densities, over twenty draws, is {density_gap:.0e}: it is one model, written twice.",
        lambda g: 0 <= g.density_gap < 1e-7,
    ),
    Claim(
        "In production, **pymc-marketing** brings what a company needs around such a model: many channels and regions, other curves, lift tests, a budget optimiser, all tested.",
        lambda _: "pymc-marketing" in (ROOT / "pyproject.toml").read_text(encoding="utf-8"),
    ),
]


test_words, test_claims, test_all_claimed = claims.tests_of(NAME, CLAIMS)
