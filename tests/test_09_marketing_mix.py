"""Notebook 09: its figures against other routes, its world, its study, its checks in the page."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import arviz as az
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import tidy
from helpers.data import FOLDER
from helpers.lessons import marketing_mix
from tests.answers import accepted, asked, never_done, refused
from tests.support import ROOT, Run, load, move

if TYPE_CHECKING:
    import xarray as xr

NAME = "09_marketing_mix"
SEEDS = (1, 7, 42, 1234, 90210)
ANALYSTS = ("demand known", "demand hidden", "test, trusting", "test, doubting")


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Run:
    """Return the solved notebook, run once."""
    return run_notebook("solutions", NAME)


@pytest.fixture(scope="module")
def page() -> Any:
    """Return the functions of the page."""
    return load(ROOT / "solutions" / f"{NAME}.py")


@pytest.fixture(scope="module")
def study() -> Any:
    """Return the module that makes the study."""
    spec = importlib.util.spec_from_file_location("study", FOLDER / "marketing_mix_study.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def row(frame: pd.DataFrame, model: str, channel: str) -> pd.Series:
    """Return one row of `roas` or `marginal_roas`."""
    return frame.set_index(["model", "channel"]).loc[(model, channel)]


# The world ---------------------------------------------------------------------------------------


def by_hand(spend: np.ndarray, truth: xr.Dataset) -> np.ndarray:
    """Return caused sales (week + 3, channel) by plain loops over weeks, lags and channels."""
    out = np.zeros((len(spend) + 3, 2))
    for c in range(2):
        alpha, lam, beta = (float(truth[k][c]) for k in ("alpha", "lam", "beta"))
        weights = [alpha**lag for lag in range(4)]
        for t in range(len(spend) + 3):
            past = [spend[t - lag, c] if 0 <= t - lag < len(spend) else 0.0 for lag in range(4)]
            work = sum(w * x for w, x in zip(weights, past, strict=True)) / sum(weights)
            out[t, c] = beta * np.tanh(lam * work / 2)
    return out


def test_true_returns_by_plain_loops(done: Run) -> None:
    """True ROAS and marginal ROAS are counterfactual switch-offs, carry-over past the end in."""
    history, truth = done.defs["history"], done.defs["TRUTH"]
    spend = history["spend"].to_numpy()
    now = by_hand(spend, truth)
    for c, channel in enumerate(("social", "radio")):
        for factor, name in ((0, "true_roas"), (1.01, "true_marginal_roas")):
            other = spend.copy()
            other[:, c] *= factor
            change = by_hand(other, truth).sum() - now.sum()
            expected = change / ((factor - 1) * spend[:, c].sum())
            assert done.defs[name][channel] == pytest.approx(expected, abs=1e-9)
    assert (history["sales"] - history["rest"]).to_numpy() == pytest.approx(now[:131].sum(axis=1))
    assert now[131:].sum() > 0
    assert len(spend) == 131


def test_the_world_has_the_published_shape(done: Run) -> None:
    """ROAS near .93 and 1.71 (a published draw's 93.4 and 171.4); without demand near 2.4."""
    assert done.defs["true_roas"]["social"] == pytest.approx(0.934, abs=0.06)
    assert done.defs["true_roas"]["radio"] == pytest.approx(1.714, abs=0.12)
    assert row(done.defs["roas"], "demand hidden", "social")["mean"] == pytest.approx(2.42, abs=0.4)


def test_adstock_keeps_the_total(done: Run, page: Any) -> None:
    """Carry-over moves spend and creates none; the curve is the logistic one."""
    spend = done.defs["history"]["spend"]
    moved = page.carry_over(page.shift_weeks(spend), done.defs["TRUTH"]["alpha"])
    assert moved.sum("media_week").to_numpy() == pytest.approx(spend.sum("week").to_numpy())
    x = np.linspace(0, 3, 7)
    assert page.saturate(x, 2.0) == pytest.approx(np.tanh(x))


def test_both_pictures_of_the_sliders(done: Run) -> None:
    """A burst of 100 in week 2 works on by powers of alpha; the curve is a hyperbolic tangent."""
    alpha, lam = done.defs["alpha_slider"].value, done.defs["lam_slider"].value
    weights = alpha ** np.arange(4) / (alpha ** np.arange(4)).sum()
    expected = [0, *(100 * weights), 0, 0, 0, 0]
    assert done.defs["at_work"].to_numpy() == pytest.approx(np.array(expected))
    reached = np.tanh(lam * done.defs["spends"] / 2)
    assert done.defs["reached"] == pytest.approx(reached)


def test_budgets_follow_what_the_page_says(page: Any) -> None:
    """Social follows demand and radio does not; in the other company it is the second channel."""
    for follow in ((0.22, 0), (0, 0.15)):
        demand, spend = page.draw_spend(np.random.default_rng(3), follow, 100_000)
        slopes = [np.polyfit(demand, spend[:, c], 1)[0] for c in range(2)]
        assert slopes == pytest.approx(follow, abs=0.02)
        assert (spend >= 0.05).all()


def test_numpy_and_jax_run_one_response(page: Any) -> None:
    """The functions of the page take arrays of either library: the program has the same curve."""
    import jax.numpy as jnp

    past = np.random.default_rng(1).uniform(0, 2, (4, 6, 2))
    curve = [np.array(values) for values in ([0.3, 0.5], [1.0, 2.5], [2.0, 1.5])]
    found = page.response(jnp.array(past), *map(jnp.array, curve))
    assert np.asarray(found) == pytest.approx(page.response(past, *curve), rel=1e-5)


# The analysts ------------------------------------------------------------------------------------


def test_demand_decides(done: Run) -> None:
    """With demand the intervals hold the truth; without it social's is far above."""
    for frame in (done.defs["roas"], done.defs["marginal_roas"]):
        for channel in ("social", "radio"):
            found = row(frame, "demand known", channel)
            assert found["lower"] < found["truth"] < found["upper"]
    hidden = row(done.defs["roas"], "demand hidden", "social")
    assert hidden["lower"] > 1.5 * hidden["truth"]
    assert len(done.defs["sets_without_demand"]) == 0
    assert done.defs["adjustment_set"] == ["demand"]


def returns_of(done: Run, posterior: Any, channel: int, factor: float) -> np.ndarray:
    """Return draws of euros of sales per euro: convolution and curve written anew."""
    spend = done.defs["history"]["spend"].to_numpy()[:, channel]
    alpha, lam, beta = curves_of(posterior)[:, channel]
    longer = np.r_[spend, np.zeros(3)]
    past = np.stack([np.r_[np.zeros(lag), longer][: len(longer)] for lag in range(4)])
    weights = alpha[:, None] ** np.arange(4)
    work = (weights / weights.sum(axis=1, keepdims=True)) @ past
    now, then = (beta * np.tanh(lam[:, None] * x * work / 2).sum(axis=1) for x in (1, factor))
    return (then - now) / ((factor - 1) * spend.sum())


def curves_of(posterior: Any) -> np.ndarray:
    """Return draws of alpha, lambda and beta: shape (3, channel, draw)."""
    return np.array(
        [
            posterior[name].transpose("channel", "chain", "draw").to_numpy().reshape(2, -1)
            for name in ("alpha", "lam", "beta")
        ]
    )


@pytest.mark.parametrize(
    ("table", "fits", "factor"),
    [
        ("marginal_roas", ("known",), 1.01),
        ("roas_by_demand", ("known", "hidden"), 0),
        ("roas", ("known", "hidden", "trusting", "doubting"), 0),
    ],
)
def test_every_row_of_returns(done: Run, table: str, fits: tuple[str, ...], factor: float) -> None:
    """Truth, mean and 94 % HDI of each analyst and channel, from the curves alone."""
    spend, truth = done.defs["history"]["spend"].to_numpy(), done.defs["TRUTH"]
    found = done.defs[table].set_index(["model", "channel"])
    assert len(found) == 2 * len(fits)
    for analyst, fit in zip(ANALYSTS, fits, strict=False):
        for c, channel in enumerate(("social", "radio")):
            other = spend * np.where(np.arange(2) == c, factor, 1)
            change = by_hand(other, truth).sum() - by_hand(spend, truth).sum()
            draws = returns_of(done, done.defs[fit], c, factor)
            expected = [change / ((factor - 1) * spend[:, c].sum()), draws.mean()]
            expected += [*az.hdi(draws, prob=0.94)]
            said = found.loc[(analyst, channel), ["truth", "mean", "lower", "upper"]]
            assert said.tolist() == pytest.approx(expected, abs=0.01)


def sites(done: Run, demand: str, test: tuple[float, float] | None) -> dict[str, Any]:
    """Return the sites of the program: name -> what NumPyro recorded."""
    import numpyro

    weeks = load(ROOT / "solutions" / f"{NAME}.py").about_the_weeks(done.defs["history"])
    model = numpyro.handlers.seed(done.defs["mix_model"], 0)
    return numpyro.handlers.trace(model).get_trace(weeks, demand, test)


def test_analysts_differ_by_one_line(done: Run) -> None:
    """What an analyst does not know or have is not in the program at all."""
    known = set(sites(done, "known", None))
    hidden = set(sites(done, "hidden", None))
    trusting = set(sites(done, "hidden", (0.8, 0.1)))
    doubting = set(sites(done, "doubting", (0.8, 0.1)))
    assert known - hidden == {"demand_effect"}
    assert hidden < known
    assert trusting - hidden == {"test"}
    assert doubting - trusting == {"doubt"}
    assert hidden < trusting < doubting


def test_a_test_measures_the_mean_effect(done: Run) -> None:
    """Not the effect at mean spend: the program's test is of ROAS times mean spend."""
    history, truth = done.defs["history"], done.defs["TRUTH"]
    caused = by_hand(history["spend"].to_numpy(), truth)[:, 0].sum() / 131
    assert done.defs["true_effect"] == pytest.approx(caused)
    at_mean = float(truth["beta"][0]) * np.tanh(
        float(truth["lam"][0]) * float(done.defs["mean_spend"][0]) / 2
    )
    assert abs(at_mean - caused) > 0.01
    known = done.defs["known"]
    roas = done.defs["roas_known"].sel(channel="social")
    effect = known["weekly_effect"].sel(channel="social")
    ratio = (effect / (roas * float(done.defs["mean_spend"][0]))).to_numpy()
    assert ratio == pytest.approx(np.ones_like(ratio), rel=1e-6)
    test = sites(done, "hidden", (0.8, 0.1))["test"]["fn"]
    assert float(test.scale) == pytest.approx(0.1)


def test_both_models_fit(done: Run, page: Any) -> None:
    """A predictive check passes with demand and without it; the luck is that of the residuals."""
    for name in ("inside_known", "inside_hidden"):
        assert 0.88 <= done.defs[name] <= 1
    residual = done.defs["history"]["sales"] - done.defs["known"]["mu"].mean(["chain", "draw"])
    assert 100 * float(residual.std()) == pytest.approx(done.defs["luck_known"], rel=0.2)
    lower, upper, _ = page.predictive(done.defs["history"], done.defs["known"], 1)
    spread = np.median(upper - lower) / (2 * 1.8808)
    assert spread == pytest.approx(done.defs["luck_known"], rel=0.15)


def test_a_test_helps_who_may_doubt(done: Run) -> None:
    """Trusting its history the model stops half way; doubting it, the interval holds the truth."""
    roas = done.defs["roas"]
    hidden, plain, doubt = (row(roas, name, "social") for name in ANALYSTS[1:])
    assert doubt["lower"] < doubt["truth"] < doubt["upper"]
    assert doubt["upper"] < hidden["lower"]
    assert plain["truth"] < plain["lower"] < plain["mean"] < hidden["mean"]


def test_two_libraries_one_density(done: Run) -> None:
    assert done.defs["density_gap"] < 1e-7


def test_the_slider_needs_no_fit(done: Run) -> None:
    """The combination is near the sampler; reweighting to our own test changes nothing."""
    euros = float(done.defs["mean_spend"][0])
    fitted = row(done.defs["roas"], "test, trusting", "social")["mean"]
    gap = row(done.defs["roas"], "demand hidden", "social")["mean"] - fitted
    _, space = move(done, "test_slider", 12)
    assert abs(space["combined_mean"] / euros - fitted) < 0.3 * gap
    weight = space["weight"]
    assert weight == pytest.approx(np.full(len(weight), 1 / len(weight)))
    spread = {}
    for error in (2, 6, 12):
        _, space = move(done, "test_slider", error)
        assert space["effective_draws"] > 100
        draws, weight = space["effect_doubting"], space["weight"]
        mean = np.average(draws, weights=weight)
        spread[error] = np.sqrt(np.average((draws - mean) ** 2, weights=weight))
        assert abs(mean - space["new_reading"]) < 0.1
    assert spread[2] < spread[6] < spread[12]
    move(done, "test_slider", 12)


def test_both_intervals_of_a_new_test(done: Run) -> None:
    """Who trusts: precisions add up. Who doubts: draws weighed by the ratio of two densities."""
    _, space = move(done, "test_slider", 6)
    euros = float(space["history"]["spend"].to_numpy()[:, 0].mean())
    model, own = returns_of(done, space["hidden"], 0, 0) * euros, space["new_reading"]
    precision = 1 / model.var() + 1 / 0.06**2
    mean, sd, chosen = space["two_ways"]
    goal = (model.mean() / model.var() + own / 0.06**2) / precision
    assert (mean, sd) == pytest.approx((goal / euros, precision**-0.5 / euros), abs=1e-3)
    draws = returns_of(done, space["doubting"], 0, 0)
    ratio = stats.norm.pdf(own, draws * euros, 0.06) / stats.norm.pdf(
        space["test_reading"], draws * euros, 0.12
    )
    middle = np.average(draws, weights=ratio)
    spread = np.sqrt(np.average((draws - middle) ** 2, weights=ratio))
    assert chosen.mean() == pytest.approx(middle, abs=0.1 * spread)
    assert chosen.std() == pytest.approx(spread, rel=0.1)
    assert space["effective_draws"] == pytest.approx(ratio.sum() ** 2 / (ratio**2).sum(), rel=1e-3)
    move(done, "test_slider", 12)


def test_the_next_euro_has_a_price(done: Run) -> None:
    """The chance that it pays follows from the marginal returns and the margin: above 1 / m."""
    draws = done.defs["marginal_known"].sel(channel="radio").to_numpy()
    for cents in (20, 50, 80):
        _, space = move(done, "margin_slider", cents)
        assert space["chance_pays"]["radio"] == pytest.approx((draws > 100 / cents).mean())
    move(done, "margin_slider", 80)


# The decision ------------------------------------------------------------------------------------


def test_allocation_is_a_budget(done: Run) -> None:
    """Totals are equal, constraints hold, regret is sales lost under the truth."""
    table, truth = done.defs["allocation"], done.defs["TRUTH"]
    now = 100 * done.defs["mean_spend"].to_series()
    worth = {}
    for plan, rows in table.groupby("plan"):
        spend = rows.set_index("channel")["spend"]
        assert spend.sum() == pytest.approx(now.sum())
        assert (spend >= now / 2 - 1e-9).all()
        assert (spend <= now * 2 + 1e-9).all()
        worth[plan] = sum(
            100 * float(truth["beta"][c]) * np.tanh(float(truth["lam"][c]) * spend[name] / 200)
            for c, name in enumerate(("social", "radio"))
        )
    regret = table.drop_duplicates("plan").set_index("plan")["regret"]
    for plan, value in worth.items():
        expected = worth["best under the truth"] - value
        assert regret[plan] == pytest.approx(expected, abs=1e-6)
    assert regret["best under the truth"] == pytest.approx(0, abs=1e-9)
    assert regret["demand known"] < regret["as now"] < regret["demand hidden"]
    assert done.defs["lost"] == pytest.approx(regret["demand hidden"] - regret["demand known"])


def test_the_best_split_is_inside_and_balanced(done: Run) -> None:
    """At the best split the next euro brings the same in both channels, in expectation."""
    known, splits = done.defs["known"], done.defs["splits"]
    best = int(done.defs["sales_by_split"].mean(["chain", "draw"]).argmax("split"))
    assert 0 < best < splits.sizes["split"] - 1
    plan, step = splits.isel(split=best), 1e-4
    sold = known["beta"] * np.tanh(known["lam"] * plan / 2)
    more = known["beta"] * np.tanh(known["lam"] * (plan + step) / 2)
    next_euro = ((more - sold) / step).mean(["chain", "draw"])
    assert abs(float(next_euro[0] - next_euro[1])) < 0.05
    assert float(done.defs["gain"].mean()) > 0
    assert float((done.defs["gain"] > 0).mean()) > 0.9


def sold_by(posterior: Any, spend: np.ndarray) -> np.ndarray:
    """Return weekly sales caused by constant plans (plan, channel), both in thousand euros."""
    _, lam, beta = curves_of(posterior)
    return 100 * sum(beta[c] * np.tanh(lam[c] * spend[:, c, None] / 200) for c in range(2))


def test_every_number_of_the_plans(done: Run) -> None:
    """Spend of each plan, and expected sales with their HDI under the model with demand."""
    table, now = done.defs["allocation"], 100 * done.defs["history"]["spend"].to_numpy().mean(0)
    ends = max(now[0] / 2, now.sum() - 2 * now[1]), min(2 * now[0], now.sum() - now[1] / 2)
    grid = np.column_stack([social := np.linspace(*ends, 81), now.sum() - social])
    truth = done.defs["TRUTH"].expand_dims(chain=1, draw=1)
    plans = {"as now": now}
    curves = {"demand hidden": done.defs["hidden"], "demand known": done.defs["known"]}
    for name, posterior in {**curves, "best under the truth": truth}.items():
        sales = sold_by(posterior, grid).mean(axis=1)
        plans[name] = grid[sales.argmax()]
        assert 100 * done.defs["expected"][name].to_numpy() == pytest.approx(sales)
    assert list(table["plan"].unique()) == list(plans)
    spend = table.pivot_table("spend", "plan", "channel")[["social", "radio"]]
    for name, plan in plans.items():
        assert spend.loc[name].tolist() == pytest.approx(plan)
        draws = sold_by(done.defs["known"], plan[None])[0]
        expected = [draws.mean(), *az.hdi(draws, prob=0.94)]
        for _, found in table[table["plan"] == name].iterrows():
            said = found[["expected_sales", "lower", "upper"]].tolist()
            assert said == pytest.approx(expected, abs=0.3)


# The study ---------------------------------------------------------------------------------------


def test_study_says_what_the_page_says() -> None:
    """At least 20 histories: no bias and good coverage with demand, neither without."""
    table = pd.read_csv(FOLDER / "marketing_mix_study.csv")
    assert table["history"].nunique() >= 20
    assert table["max_rhat"].max() <= 1.01
    assert table["min_ess"].min() >= 400
    table = table.assign(
        error=table["mean"] - table["truth"],
        covered=table["truth"].between(table["lower"], table["upper"]),
    )
    found = table.groupby(["model", "channel"])[["error", "covered"]].mean()
    for channel in ("social", "radio"):
        known = found.loc[("demand known", channel)]
        assert abs(known["error"]) < 0.12
        assert known["covered"] >= 0.8
    hidden, trusting, doubting = (found.loc[(name, "social")] for name in ANALYSTS[1:])
    assert hidden["error"] > 1
    assert hidden["covered"] < 0.1
    assert 0.3 < trusting["error"] < hidden["error"]
    assert trusting["covered"] < 0.3
    assert abs(doubting["error"]) < 0.15
    assert doubting["covered"] >= 0.8


def test_every_number_of_the_study(done: Run) -> None:
    """Histories, mean error, its standard error and coverage of each analyst, row by row."""
    rows = pd.read_csv(FOLDER / "marketing_mix_study.csv").to_dict("records")
    assert list(done.defs["study_table"].index) == list(ANALYSTS)
    for name in ANALYSTS:
        own = [each for each in rows if (each["model"], each["channel"]) == (name, "social")]
        errors = np.array([each["mean"] - each["truth"] for each in own])
        inside = [each["lower"] <= each["truth"] <= each["upper"] for each in own]
        expected = [len(own), errors.mean(), errors.std(ddof=1) / len(own) ** 0.5, np.mean(inside)]
        expected.append((0.94 * 0.06 / len(own)) ** 0.5)
        names = ["histories", "mean_error", "standard_error", "coverage", "its error"]
        assert done.defs["study_table"].loc[name, names].tolist() == pytest.approx(expected)


def test_study_is_of_this_world(done: Run, page: Any) -> None:
    """The true ROAS of the stored histories are those of the notebook's simulator."""
    stored = pd.read_csv(FOLDER / "marketing_mix_study.csv").query("model == 'demand known'")
    for _, each in stored.iloc[:6].iterrows():
        history = page.simulate_history(int(each["seed"]), done.defs["TRUTH"])
        truth = page.returns(history["spend"], done.defs["TRUTH"], factor=0)
        assert each["truth"] == pytest.approx(float(truth.sel(channel=each["channel"])), rel=1e-4)


@pytest.mark.deep
def test_other_seeds_tell_the_same_story(study: Any) -> None:
    """Five other histories, fitted at once: the study in small."""
    found = study.recover(SEEDS, draws=300, chains=2)
    social = found.query("channel == 'social'").set_index(["history", "model"])
    known, hidden, trusting, doubting = (social.xs(name, level="model") for name in ANALYSTS)
    assert ((known["mean"] - known["truth"]).abs() < (hidden["mean"] - hidden["truth"]).abs()).all()
    assert (hidden["lower"] > hidden["truth"]).all()
    assert (trusting["mean"] < hidden["mean"]).all()
    assert known.eval("lower < truth < upper").sum() >= 3
    assert doubting.eval("lower < truth < upper").sum() >= 3


# The optional parts ------------------------------------------------------------------------------


def test_shares_are_what_the_arrows_carry(done: Run) -> None:
    """Switch-offs by simulation equal sums over paths; last click is bookkeeping."""
    weeks = done.defs["funnel_weeks"]
    sales = weeks["sales"].sum()
    assert done.defs["true_share"] == pytest.approx(1.5 * weeks["search"].sum() / sales)
    assert done.defs["true_share_tv"] == pytest.approx(1.75 * weeks["tv"].sum() / sales)
    assert done.defs["last_click_share"] == pytest.approx(4 * weeks["search"].sum() / sales)
    assert done.defs["last_click_share"] > 2 * done.defs["true_share"]


def test_each_week_of_the_other_histories(done: Run) -> None:
    """Week by week: without search its clicks are lost, without TV its paths, luck as it was."""
    weeks = done.defs["funnel_weeks"]
    no_search, no_tv = (done.defs[name] for name in ("without_search", "without_tv"))
    assert no_search.to_numpy() == pytest.approx(
        (weeks["sales"] - 1.5 * weeks["search"]).to_numpy()
    )
    assert no_tv.to_numpy() == pytest.approx((weeks["sales"] - 1.75 * weeks["tv"]).to_numpy())


def test_each_regression_answers_its_own_question(done: Run) -> None:
    """The four coefficients are those of least squares on many weeks; one is the total effect."""
    world, found = done.defs["FUNNEL"], done.defs["tv_coefficients"]
    many = world.sample(200_000, 5)
    for label, value in found.items():
        names = ["tv", *label.replace("TV", "").replace("+", " ").split()]
        x = np.column_stack([np.ones(len(many)), many[names]])
        assert np.linalg.lstsq(x, many["sales"], rcond=None)[0][1] == pytest.approx(value, abs=0.03)
    assert found["TV + demand"] == pytest.approx(world.total_effect("tv", "sales")) == 1.75
    assert found["TV + demand + search"] == pytest.approx(1.0)
    assert found["TV + search"] < found["TV + demand + search"]
    assert found["TV + demand"] < found["TV"]


def test_sliders_keep_the_right_regression_right(done: Run, page: Any) -> None:
    """Wherever the sliders stand, TV + demand is the truth; without demand the collider closes."""
    for pull, demand in ((0, 0), (1, 0), (0.3, 50), (1, 25)):
        world = page.funnel_world(pull, demand)
        found = done.defs["coefficients"](world)
        truth = world.total_effect("tv", "sales")
        assert found["TV + demand"] == pytest.approx(truth)
        if demand == 0:
            assert found["TV + search"] == pytest.approx(1.0)
    _, space = move(done, "pull_slider", 1.0)
    assert space["moved_truth"] == pytest.approx(2.5)
    move(done, "pull_slider", 0.5)


def feedback_at(done: Run, follow: float, n: int, seed: int) -> dict[str, np.ndarray]:
    """Return estimates over the truth by numpy's least squares, world by world."""
    demand, sales, media = done.defs["feedback_worlds"](follow, n, seed)
    more = {"nothing": [], "last week's sales": [sales[:-1]], "demand": [demand[1:]]}
    found = {}
    for who, given in more.items():
        fits = []
        for world in range(n):
            columns = [media[1:, world], *(each[:, world] for each in given), np.ones(130)]
            fits.append(np.linalg.lstsq(np.column_stack(columns), sales[1:, world])[0][0] / 2)
        found[who] = np.array(fits)
    return found


def test_feedback_is_least_squares(done: Run) -> None:
    """The vectorised regression is numpy's, world by world."""
    expected = feedback_at(done, 0.4, 100, done.defs["SEED"])
    for who, values in done.defs["over_truth"].items():
        assert values == pytest.approx(expected[who])


def test_bias_is_not_error(done: Run) -> None:
    """A deaf budget: last week's sales bias the estimate, and lower its typical error."""
    mean = {name: values.mean() for name, values in done.defs["over_truth"].items()}
    assert mean["nothing"] > 1.3
    assert mean["demand"] == pytest.approx(1, abs=0.05)
    assert 0.1 < abs(mean["last week's sales"] - 1) < abs(mean["nothing"] - 1)
    deaf = feedback_at(done, 0.0, 300, 3)
    rmse = {who: np.sqrt(np.mean((values - 1) ** 2)) for who, values in deaf.items()}
    assert deaf["nothing"].mean() == pytest.approx(1, abs=0.08)
    assert deaf["last week's sales"].mean() < 0.95
    assert rmse["last week's sales"] < rmse["nothing"]
    assert rmse["demand"] < rmse["last week's sales"]
    graph = done.defs["graph_feedback"]
    assert graph.is_adjustment_set({"demand", "last_spend"})
    assert graph.is_adjustment_set({"last_sales"})
    assert not graph.is_adjustment_set({"demand"})


@pytest.mark.parametrize("follow", [0, 40])
def test_every_number_of_the_feedback(done: Run, follow: int) -> None:
    """Wherever the budget stands: mean, sd, 94 % HDI over the worlds and rmse about the truth."""
    _, space = move(done, "follow_slider", follow)
    expected = feedback_at(done, follow / 100, 100, done.defs["SEED"])
    table = space["feedback_table"].set_index("label")
    assert list(table.index) == list(expected)
    for who, values in expected.items():
        goal = [values.mean(), values.std(ddof=1), *az.hdi(values, prob=0.94)]
        goal.append(np.mean((values - 1) ** 2) ** 0.5)
        found = table.loc[who, ["mean", "sd", "lower", "upper", "rmse"]].tolist()
        assert found == pytest.approx(goal, abs=0.01)
    move(done, "follow_slider", 40)


# The checks in the page --------------------------------------------------------------------------

ANSWERS = {
    1: "direction",
    2: "adstock",
    3: "next_radio_euro",
    4: "combined",
    5: "podcast_budget",
    6: "expected_regret",
    7: "through_search",
    8: "meaning",
}


@pytest.mark.parametrize(("number", "name"), ANSWERS.items())
def test_absurd_answers_are_not_done(done: Run, number: int, name: str) -> None:
    """Nothing that a learner can type crashes a check or passes it."""
    never_done(asked(done, f"check_{number}", name))


def test_right_answers_by_another_way(done: Run) -> None:
    """Each number of an exercise, computed in a second way, is done."""
    history, truth = done.defs["history"], done.defs["TRUTH"]
    spend = history["spend"].to_numpy()
    more = spend * [1, 1.1]
    gain = by_hand(more, truth).sum() - by_hand(spend, truth).sum()
    accepted(asked(done, "check_3", "next_radio_euro"), [gain / (more - spend).sum()])
    effect, test = done.defs["effect_hidden"], 100 * done.defs["test_reading"]
    model, sd = 100 * float(effect.mean()), 100 * float(effect.std())
    accepted(asked(done, "check_4", "combined"), [model + sd**2 / (sd**2 + 36) * (test - model)])
    sales = done.defs["sales_by_split"].to_numpy()
    regret = (sales.max(axis=2) - done.defs["sales_now"].to_numpy()).mean()
    accepted(asked(done, "check_6", "expected_regret"), [100 * regret])
    accepted(asked(done, "check_7", "through_search"), [0.75 / 1.75])


def test_the_other_company_tells_ideas_apart(done: Run, page: Any) -> None:
    """The best plan under the truth is done, the model without demand and today's split are not."""
    judge = asked(done, "check_5", "podcast_budget")
    grid = 100 * page.budget_splits(done.defs["other"]["spend"].mean("week"))
    curves = marketing_mix.other_curves()
    sold = sum(
        float(curves["beta"][c]) * np.tanh(float(curves["lam"][c]) * grid[:, c] / 200)
        for c in range(2)
    )
    best = float(grid[int(sold.argmax()), 0])
    accepted(judge, [best])
    now = 100 * float(done.defs["other"]["spend"].sel(channel="podcast").mean())
    refused(judge, {"as it is now": now, "demand in the model": float(grid[0, 0])})


def test_intervals_are_of_the_course(done: Run) -> None:
    """The frames' intervals are 94 % highest-density intervals of the draws."""
    found = row(done.defs["roas"], "demand known", "social")
    draws = done.defs["roas_known"].sel(channel="social")
    assert (found["lower"], found["upper"]) == pytest.approx(tidy.hdi(draws))


def test_a_week_s_predictive_interval_is_the_shortest(done: Run, page: Any) -> None:
    """94 % of the new sales of a week lie inside, and no shorter interval holds as many."""
    known = done.defs["known"]
    lower, upper, _ = page.predictive(done.defs["history"], known, 4)
    luck = known["mu"].copy(data=np.random.default_rng(4).normal(size=known["mu"].shape))
    new = 100 * (known["mu"] + known["sigma"] * luck).transpose("week", ...).to_numpy()
    new = new.reshape(len(new), -1)
    for week in (0, 17, 65, 130):
        shortest = az.hdi(new[week], prob=tidy.HDI_PROB)
        assert (lower[week], upper[week]) == pytest.approx(tuple(shortest), abs=0.5)
    ordered, share = np.sort(new, axis=1), int(tidy.HDI_PROB * new.shape[1])
    first = (new.shape[1] - share) // 2
    assert (upper - lower <= ordered[:, first + share] - ordered[:, first]).all()
    inside = (lower[:, None] <= new) & (new <= upper[:, None])
    assert inside.mean(axis=1) == pytest.approx(np.full(len(new), tidy.HDI_PROB), abs=1e-3)
