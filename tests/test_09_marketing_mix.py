"""Notebook 09: its figures against other routes, its checks against right and wrong answers."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from helpers import tidy
from helpers.data import FOLDER
from tests.answers import asked, never_done, told_apart
from tests.support import ROOT, Run, load, move, recheck

if TYPE_CHECKING:
    import xarray as xr

NAME = "09_marketing_mix"
SEEDS = (1, 7, 42, 1234, 90210)


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Run:
    """Return the solved notebook, run once."""
    return run_notebook("solutions", NAME)


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


# The funnel --------------------------------------------------------------------------------------


def test_shares_are_what_the_arrows_carry(done: Run) -> None:
    """Switch-offs by simulation equal sums over paths; last click is bookkeeping."""
    weeks = done.defs["funnel_weeks"]
    sales = weeks["sales"].sum()
    assert done.defs["true_share"] == pytest.approx(1.5 * weeks["search"].sum() / sales)
    assert done.defs["true_share_tv"] == pytest.approx(1.75 * weeks["tv"].sum() / sales)
    assert done.defs["last_click_share"] == pytest.approx(4 * weeks["search"].sum() / sales)
    assert done.defs["last_click_share"] > 2 * done.defs["true_share"]


def test_each_regression_answers_its_own_question(done: Run) -> None:
    """The four coefficients are those of least squares on many weeks; one is the total effect."""
    world, found = done.defs["FUNNEL"], done.defs["tv_coefficients"]
    many = world.sample(400_000, 5)
    for label, value in found.items():
        names = ["tv", *label.replace("TV", "").replace("+", " ").split()]
        x = np.column_stack([np.ones(len(many)), many[names]])
        assert np.linalg.lstsq(x, many["sales"], rcond=None)[0][1] == pytest.approx(value, abs=0.02)
    assert found["TV + demand"] == pytest.approx(world.total_effect("tv", "sales")) == 1.75
    assert found["TV + demand + search"] == pytest.approx(1.0)
    assert found["TV + search"] < found["TV + demand + search"]
    assert found["TV + demand"] < found["TV"]
    assert done.defs["adjust_tv"] == ["demand"]
    assert done.defs["adjust_search"] == ["demand", "tv"]


def test_sliders_keep_the_right_regression_right(done: Run) -> None:
    """Wherever the sliders stand, TV + demand is the truth; without demand the collider closes."""
    for pull, demand in ((0, 0), (1, 0), (0.3, 50), (1, 25)):
        world = done.defs["funnel_world"](pull, demand)
        found = done.defs["coefficients"](world)
        truth = world.total_effect("tv", "sales")
        assert found["TV + demand"] == pytest.approx(truth)
        if demand == 0:
            assert found["TV + search"] == pytest.approx(1.0)
            assert found["TV"] > truth + 0.3  # the backdoor through search stays open
    _, space = move(done, "pull_slider", 1.0)
    assert space["moved_truth"] == pytest.approx(2.5)
    move(done, "pull_slider", 0.5)


def test_numbers_in_the_prose(done: Run) -> None:
    """What the text says in words is what the world does."""
    assert done.defs["SALES_PER_CLICK"] == 4
    assert done.defs["N_WEEKS"] == 131
    assert done.defs["TEST_SD"] == 0.12
    rng = np.random.default_rng(3)
    demand, spend = done.defs["draw_spend"](rng, 200_000)
    assert np.polyfit(demand, spend[:, 0], 1)[0] == pytest.approx(0.22, abs=0.005)
    assert np.corrcoef(demand, spend[:, 1])[0, 1] == pytest.approx(0, abs=0.01)
    assert (spend > 0).all()


# The response ------------------------------------------------------------------------------------


def by_hand(spend: np.ndarray, truth: xr.Dataset) -> np.ndarray:
    """Return caused sales (week + 3, channel) by plain loops over weeks, lags and channels."""
    out = np.zeros((len(spend) + 3, 2))
    for c in range(2):
        alpha, lam, beta = (float(truth[k][c]) for k in ("alpha", "lam", "beta"))
        weights = [alpha**lag for lag in range(4)]
        for t in range(len(spend) + 3):
            past = [spend[t - lag, c] if 0 <= t - lag < len(spend) else 0.0 for lag in range(4)]
            work = sum(w * x for w, x in zip(weights, past, strict=True)) / sum(weights)
            out[t, c] = beta * (1 - np.exp(-lam * work)) / (1 + np.exp(-lam * work))
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


def test_adstock_keeps_the_total(done: Run) -> None:
    """Carry-over moves spend and creates none; the curve is the logistic one."""
    spend = done.defs["history"]["spend"]
    module = load(ROOT / "solutions" / f"{NAME}.py")
    moved = module.carry_over(module.shift_weeks(spend), done.defs["TRUTH"]["alpha"])
    assert moved.sum("media_week").to_numpy() == pytest.approx(spend.sum("week").to_numpy())
    x = np.linspace(0, 3, 7)
    logistic = (1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))
    assert module.saturate(x, 2.0) == pytest.approx(logistic)


# The model ---------------------------------------------------------------------------------------


def test_demand_decides(done: Run) -> None:
    """With demand the intervals hold the truth; without it social's is far above."""
    for frame in (done.defs["roas"], done.defs["marginal_roas"]):
        for channel in ("social", "radio"):
            found = row(frame, "demand known", channel)
            assert found["lower"] < found["truth"] < found["upper"]
        hidden = row(frame, "demand hidden", "social")
        assert hidden["lower"] > 1.5 * hidden["truth"]
    assert len(done.defs["sets_without_demand"]) == 0
    assert done.defs["adjustment_set"] == ["demand"]


def test_do_is_one_thing(done: Run) -> None:
    """`pm.do` and the function of the page give the same media, and NumPyro the same posterior."""
    assert done.defs["do_gap"] < 1e-9
    draws = done.defs["roas_draws"].sel(analyst="demand known")
    for channel in ("social", "radio"):
        ours, theirs = (
            d.sel(channel=channel).to_numpy() for d in (draws, done.defs["roas_numpyro"])
        )
        error = 4 * np.hypot(ours.std(), theirs.std()) / np.sqrt(400)
        assert ours.mean() == pytest.approx(theirs.mean(), abs=error)
        assert ours.std() == pytest.approx(theirs.std(), rel=0.25)


def test_both_models_fit(done: Run) -> None:
    """A predictive check passes with demand and without it; the median of one is by hand."""
    for name in ("inside_known", "inside_hidden"):
        assert 0.88 <= done.defs[name] <= 1
    replicated = done.defs["replicate"]("demand known")
    residual = 100 * done.defs["history"]["sales"] - replicated.mean(["chain", "draw"])
    sigma = 100 * float(done.defs["posterior"]["sigma"].sel(analyst="demand known").mean())
    assert float(residual.std()) == pytest.approx(sigma, rel=0.2)


def test_the_next_euro_has_a_price(done: Run) -> None:
    """The chance that it pays follows from the marginal returns and the margin."""
    draws = done.defs["marginal_draws"].sel(analyst="demand known", channel="radio").to_numpy()
    _, space = move(done, "margin_slider", 50)
    assert space["probability_pays"]["radio"] == pytest.approx((draws > 2).mean())
    move(done, "margin_slider", 80)


def test_lift_test_repairs(done: Run) -> None:
    """Trusting its history the model stops half way; doubting it, the interval holds the truth."""
    roas = done.defs["roas"]
    hidden, plain, doubt = (
        row(roas, name, "social")
        for name in ("demand hidden", "hidden, test", "hidden, test, doubt")
    )
    assert doubt["lower"] < doubt["truth"] < doubt["upper"]
    assert doubt["upper"] < hidden["lower"]
    assert plain["truth"] < plain["lower"] < plain["mean"] < hidden["mean"]


def test_the_slider_needs_no_fit(done: Run) -> None:
    """The normal approximation is near the sampler; reweighting to our own test changes nothing."""
    fitted = row(done.defs["roas"], "hidden, test", "social")["mean"]
    gap = row(done.defs["roas"], "demand hidden", "social")["mean"] - fitted
    assert abs(done.defs["trusting"](done.defs["TEST_SD"])[0] - fitted) < 0.25 * gap
    draws, weight = done.defs["doubting"](done.defs["TEST_SD"])
    assert weight == pytest.approx(np.full(len(draws), 1 / len(draws)))
    for precision in (2, 6, 12):
        _, space = move(done, "test_slider", precision)
        assert space["effective_draws"] > 100
        said = space["at_precision"]["mean"].iloc[0]
        assert said == pytest.approx(space["trusting"](precision / 100)[0], abs=1e-9)
        widths = space["at_precision"].eval("upper - lower")
        assert widths.iloc[1] > widths.iloc[0]
    spread = [np.sqrt(np.cov(draws, aweights=done.defs["doubting"](s)[1])) for s in (0.03, 0.12)]
    assert spread[0] < 0.6 * spread[1]


def test_feedback(done: Run) -> None:
    """Unadjusted is too high, demand is right, last week's sales neither; deaf budgets are fine."""
    mean = {name: values.mean() for name, values in done.defs["feedback"].items()}
    assert mean["nothing"] > 1.3
    assert mean["demand"] == pytest.approx(1, abs=0.05)
    assert abs(mean["last week's sales"] - 1) > 0.1
    assert abs(mean["last week's sales"] - 1) < abs(mean["nothing"] - 1)
    deaf = done.defs["over_truth"](*done.defs["feedback_worlds"](0.0, 200, 3))
    assert deaf["nothing"].mean() == pytest.approx(1, abs=0.1)
    assert deaf["demand"].mean() == pytest.approx(1, abs=0.05)
    assert deaf["last week's sales"].mean() < 0.95
    graph = done.defs["graph_feedback"]
    assert graph.is_adjustment_set({"demand", "last_spend"})
    assert graph.is_adjustment_set({"last_sales"})
    assert not graph.is_adjustment_set({"demand"})


def test_feedback_regression_is_least_squares(done: Run) -> None:
    """The vectorised regression is numpy's, world by world."""
    demand, sales, media = done.defs["feedback_worlds"](0.4, 3, 1)
    found = done.defs["over_truth"](demand, sales, media)["demand"]
    for world in range(3):
        x = np.column_stack([media[1:, world], demand[1:, world], np.ones(130)])
        expected = np.linalg.lstsq(x, sales[1:, world], rcond=None)[0][0] / 2
        assert found[world] == pytest.approx(expected)


# The decision ------------------------------------------------------------------------------------


def test_allocation_is_a_budget(done: Run) -> None:
    """Totals are equal, constraints hold, regret is sales lost under the truth."""
    table, truth = done.defs["allocation"], done.defs["TRUTH"]
    now = 100 * done.defs["typical_spend"].to_series()
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
    assert done.defs["left_on_table"] == pytest.approx(
        regret["demand hidden"] - regret["demand known"]
    )


def test_marginal_returns_are_equal_at_the_optimum(done: Run) -> None:
    """At the best split inside the constraints the next euro brings the same in both channels."""
    plug_in = done.defs["social_of"]["at mean parameters"]
    assert plug_in == pytest.approx(done.defs["social_of"]["demand known"], abs=5)
    best = int(done.defs["sales_by_split"].mean(["chain", "draw"]).argmax("split"))
    assert 0 < best < 80
    next_euro = done.defs["next_euro_by_split"].isel(split=best)
    gap = float(next_euro.sel(channel="social") - next_euro.sel(channel="radio"))
    assert abs(gap) < 0.05
    assert float(done.defs["gain"].mean()) > 0
    assert done.defs["probability_better"] > 0.9


# Many histories ----------------------------------------------------------------------------------


def test_study_says_what_the_page_says(done: Run) -> None:
    """At least 20 histories: no bias and good coverage with demand, neither without."""
    table = done.defs["study"]
    assert table["history"].nunique() >= 20
    assert table["max_rhat"].max() <= 1.01
    assert table["min_ess"].min() >= 400
    summary = done.defs["study_table"]
    for channel in ("social", "radio"):
        known = summary.loc[("demand known", channel)]
        assert abs(known["mean_error"]) < 0.12
        assert known["coverage"] >= 0.8
    hidden = summary.loc[("demand hidden", "social")]
    assert hidden["mean_error"] > 1
    assert hidden["coverage"] < 0.1


@pytest.mark.deep
def test_other_seeds_tell_the_same_story(study: Any) -> None:
    """Five other histories, fitted at once: the study in small."""
    found = study.recover(SEEDS, draws=200, chains=2)
    social = found.query("channel == 'social'").set_index(["history", "model"])
    known, hidden = (social.xs(name, level="model") for name in study.MODELS)
    assert ((known["mean"] - known["truth"]).abs() < (hidden["mean"] - hidden["truth"]).abs()).all()
    assert (hidden["lower"] > hidden["truth"]).all()
    assert known.eval("lower < truth < upper").sum() >= 3
    radio = found.query("channel == 'radio' and model == 'demand known'")
    assert radio.eval("lower < truth < upper").sum() >= 3


def test_study_is_of_this_world(done: Run) -> None:
    """The true ROAS of the stored histories are those of the notebook's simulator."""
    for _, stored in done.defs["study"].query("model == 'demand known'").iloc[:6].iterrows():
        history = done.defs["simulate_history"](int(stored["seed"]))
        truth = done.defs["returns"](history["spend"], done.defs["TRUTH"], factor=0)
        expected = float(truth.sel(channel=stored["channel"]))
        assert stored["truth"] == pytest.approx(expected, rel=1e-4)


# The checks --------------------------------------------------------------------------------------


ANSWERS = {
    "check_1": "through_search",
    "check_2": "meaning",
    "check_3": "adstock",
    "check_4": "next_radio_euro",
    "check_5": "combined",
    "check_6": "expected_regret",
}


@pytest.mark.parametrize(("check", "name"), ANSWERS.items())
def test_absurd_answers_are_not_done(done: Run, check: str, name: str) -> None:
    """Nothing that a learner can type crashes a check or passes it."""
    never_done(asked(done, check, name))


def test_check_1(done: Run) -> None:
    seen = done.defs["funnel_weeks"]["sales"]
    kept, off = done.defs["tv_only_direct"], done.defs["without_tv"]
    share = (kept.mean() - off.mean()) / (seen.mean() - off.mean())
    told_apart(
        asked(done, "check_1", "through_search"),
        [share, np.array([0.75 / 1.75])],
        {
            "direct part": 1 - share,
            "per cent": 100 * share,
            "sign": -share,
            "over the direct": share / (1 - share),
            "all sales": (kept - off).sum() / seen.sum(),
        },
    )


def test_check_2(done: Run) -> None:
    wrong = {"forbids": "total effect", "causal": "no effect", "choose": "indirect effect"}
    told_apart(asked(done, "check_2", "meaning"), ["direct effect", " Direct  EFFECT"], wrong)


def loops(spend: Any, alpha: float, n_lags: int) -> list[float]:
    """Return adstock by loops."""
    weights = [alpha**lag for lag in range(n_lags)]
    return [
        sum(weights[lag] * spend[t - lag] for lag in range(n_lags) if t >= lag) / sum(weights)
        for t in range(len(spend))
    ]


def matrix(spend: Any, alpha: float, n_lags: int) -> np.ndarray:
    """Return adstock by a matrix product."""
    lags = [np.eye(len(spend), k=-lag) * alpha**lag for lag in range(n_lags)]
    return sum(lags) @ np.asarray(spend) / sum(alpha**lag for lag in range(n_lags))


def test_check_3(done: Run) -> None:
    truth = done.defs["adstock_truth"]
    wrong = {
        "sum to one": lambda s, a, n: truth(s, a, n, "unnormalised"),
        "backwards": lambda s, a, n: truth(s, a, n, "reversed"),
        "wrong way": lambda s, a, n: truth(s, a, n, "future"),
        "missing": lambda s, a, n: truth(s, a, n, "late"),
        'mode="same"': lambda s, a, n: np.convolve(
            s, a ** np.arange(n) / (a ** np.arange(n)).sum(), mode="same"
        ),
        "keep the first": lambda s, a, n: np.convolve(
            s, a ** np.arange(n) / (a ** np.arange(n)).sum()
        ),
    }
    told_apart(asked(done, "check_3", "adstock"), [loops, matrix], wrong)
    assert recheck(done, "check_3", adstock=lambda *_: None).status == "todo"


def test_check_4(done: Run) -> None:
    right = done.defs["marginal_truth"].sel(channel="radio")
    spend, draws = done.defs["history"]["spend"], done.defs["posterior"].sel(analyst="demand known")
    more = done.defs["do_spend"](spend, "radio", 1.1)
    gain = done.defs["caused_sales"](more, draws) - done.defs["caused_sales"](spend, draws)
    by_hand_too = gain / float((more - spend).sum())
    wrong = {
        "buggy": 0.1 * right,
        "new budget": right / 11,
        "sign": -right,
        "average": done.defs["average_truth"].sel(channel="radio"),
        "social": done.defs["marginal_truth"].sel(channel="social"),
        "1 % more": done.defs["small_truth"].sel(channel="radio"),
        "one number per draw": float(right.mean()),
    }
    told_apart(asked(done, "check_4", "next_radio_euro"), [right.to_numpy(), by_hand_too], wrong)


def test_check_5(done: Run) -> None:
    model, sd = 100 * done.defs["effect_hidden"].mean(), 100 * done.defs["effect_hidden"].std()
    test, error = 100 * done.defs["test_reading"], 6.0
    right = (model / sd**2 + test / error**2) / (1 / sd**2 + 1 / error**2)
    gain = sd**2 / (sd**2 + error**2)
    wrong = {
        "plain average": (model + test) / 2,
        "squared": (model / sd + test / error) / (1 / sd + 1 / error),
        "Upside down": (model * sd**2 + test * error**2) / (sd**2 + error**2),
        "100,000": right / 100,
        "test alone": test,
        "model alone": model,
    }
    told_apart(asked(done, "check_5", "combined"), [right, model + gain * (test - model)], wrong)


def test_check_6(done: Run) -> None:
    sales, now = done.defs["sales_by_split"].to_numpy(), done.defs["sales_now"].to_numpy()
    right = 100 * np.mean(sales.max(axis=2) - now)
    wrong = {
        "before the maximum": 100 * (sales.mean(axis=(0, 1)).max() - now.mean()),
        "100,000": right / 100,
        "sign": -right,
        "one number": 100 * (sales.max(axis=2) - now),
        "subtract": 100 * sales.max(axis=2).mean(),
    }
    other = float(
        (100 * (done.defs["sales_by_split"] - done.defs["sales_now"])).max("split").mean()
    )
    told_apart(asked(done, "check_6", "expected_regret"), [right, other], wrong)


def test_intervals_are_of_the_course(done: Run) -> None:
    """The frames' intervals are 94 % highest-density intervals of the draws."""
    found = row(done.defs["roas"], "demand known", "social")
    draws = done.defs["roas_draws"].sel(analyst="demand known", channel="social")
    assert (found["lower"], found["upper"]) == pytest.approx(tidy.hdi(draws))
