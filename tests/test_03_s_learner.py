"""Notebook 03: its estimates against the truth and other routes, twenty other seeds.

What it says in words is in tests/test_03_claims.py, its drawings and judges in
tests/test_lessons_s_learner.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from tests.answers import accepted, asked
from tests.cold import within
from tests.support import ROOT, Run, load, move

NAME = "03_s_learner"
SEEDS = range(100, 120)


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Run:
    """Return the solved notebook, run once."""
    return run_notebook("solutions", NAME)


@pytest.fixture(scope="module")
def page() -> Any:
    """Return the functions of the notebook, which hold no state."""
    return load(ROOT / "solutions" / f"{NAME}.py")


@pytest.fixture(scope="module")
def other_seeds(done: Run) -> pd.DataFrame:
    """Return the notebook's estimates in the companies of twenty other seeds."""
    with threadpool_limits(1):
        found = [done.defs["effects_in"](seed).assign(seed=seed) for seed in SEEDS]
    table = pd.concat(found, ignore_index=True)
    half = done.defs["Z"] * table["se"]
    error = table["estimate"] - table["truth"]
    return table.assign(error=error, covers=error.abs() <= half)


# The world ---------------------------------------------------------------------------------------


def test_truth_is_the_mean_of_unit_effects(done: Run) -> None:
    """ATE, ATT and ATU are averages of y1 - y0, and the ATE is their weighted mean."""
    truth, has = done.defs["truth"], done.defs["has_plan"]
    share = has.mean()
    assert done.defs["true_ate"] == pytest.approx((truth["y1"] - truth["y0"]).mean(), abs=1e-12)
    mixed = share * done.defs["true_att"] + (1 - share) * done.defs["true_atu"]
    assert done.defs["true_ate"] == pytest.approx(mixed, abs=1e-12)
    assert done.defs["true_att"] < done.defs["true_ate"] < done.defs["true_atu"]
    assert truth.to_numpy().min() > 0
    assert truth.to_numpy().max() < 1


def test_world_is_as_the_page_says(done: Run) -> None:
    """3,300 customers; the holders churn three times as often; light callers lose, heavy gain."""
    assert done.defs["n_customers"] == 3_300
    rates = done.defs["churn_by_plan"]["mean"]
    assert rates[1] / rates[0] == pytest.approx(3, abs=0.6)
    cate = done.defs["cate"]["truth"].to_numpy()
    assert (np.diff(cate) < 0).all()
    assert cate[0] > 0.1
    assert cate[-1] < 0


@pytest.mark.deep
@pytest.mark.parametrize("seed", SEEDS)
def test_naive_contrast_errs_by_half_of_the_effect(done: Run, seed: int) -> None:
    """At any seed the naive difference errs by more than half of ATE, ATT and ATU."""
    customers, truth = done.defs["churn_world"](seed)
    plan = customers["international_plan"] == 1
    naive = customers.loc[plan, "churn"].mean() - customers.loc[~plan, "churn"].mean()
    effect = truth["y1"] - truth["y0"]
    for true in (effect.mean(), effect[plan].mean(), effect[~plan].mean()):
        assert abs(naive - true) > 0.5 * abs(true)
    rates = customers.groupby(plan)["churn"].mean()
    assert rates[True] / rates[False] == pytest.approx(3, abs=0.8)  # "about three times"


def test_prior_comments(page: Any) -> None:
    """The percentages beside the priors are those of the log-odds one prior sd away, or two."""
    assert page.expit(-1) == pytest.approx(0.27, abs=0.005)
    assert page.expit(np.array([-1 - 3, -1 + 3])) == pytest.approx([0.02, 0.88], abs=0.005)
    assert page.expit(-2) == pytest.approx(0.12, abs=0.005)
    assert page.expit(np.array([-2 - 3, -2 + 3])) == pytest.approx([0.01, 0.73], abs=0.005)
    assert np.exp(1) == pytest.approx(2.7, abs=0.05)


def test_graph_agrees_with_the_laws(done: Run) -> None:
    """The adjustment set is valid and minimal, and holds each variable that both laws use."""
    graph, chosen = done.defs["churn_graph"], done.defs["adjustment_set"]
    assert graph.is_adjustment_set(chosen)
    assert not any(graph.is_adjustment_set([n for n in chosen if n != out]) for out in chosen)
    both = set(done.defs["JOIN"]) & set(done.defs["CHURN"]) - {"intercept"}
    assert {name.replace("region_border", "region") for name in both} == set(chosen)


def test_assumptions_quote_positivity(done: Run) -> None:
    """Both arms occur among those who rang often."""
    often = done.defs["customers"].query("service_calls >= 4")["international_plan"]
    assert 0.2 < often.mean() < 0.8 or min(often.sum(), (1 - often).sum()) > 30


# The estimates -----------------------------------------------------------------------------------


def _columns(customers: pd.DataFrame, plan: Any) -> np.ndarray:
    """Return the design of the S-learner, written again from the data."""
    minutes = (customers["call_minutes"] - 30) / 10
    rest = [customers[c] == r for c in ["region"] for r in ("border", "coast", "inland")]
    numbers = customers[["age", "account_length", "service_calls", "voicemail_plan"]]
    t = np.zeros(len(customers)) + plan
    return np.column_stack([np.ones(len(customers)), numbers, minutes, *rest, t, t * minutes])


def test_s_learner_is_a_logit_by_another_library(done: Run) -> None:
    """Statsmodels, on unscaled columns, gives the same ATE, ATT and ATU."""
    customers, has = done.defs["customers"], done.defs["has_plan"]
    x = _columns(customers, customers["international_plan"]).astype(float)
    fit = sm.Logit(customers["churn"].to_numpy(), x).fit(disp=False, maxiter=100)
    gap = fit.predict(_columns(customers, 1).astype(float))
    gap = gap - fit.predict(_columns(customers, 0).astype(float))
    for name, who in (("ate", has | True), ("att", has), ("atu", ~has)):
        assert done.defs[name] == pytest.approx(gap[who].mean(), abs=1e-4)


def test_estimates_are_near_the_truth(done: Run) -> None:
    """Within four standard errors; the naive difference is not."""
    table = done.defs["averages"].set_index("label")
    sd = (table["upper"] - table["lower"]) / (2 * done.defs["Z"])
    assert ((table["mean"] - table["truth"]).abs() < 4 * sd).all()
    assert abs(done.defs["naive_difference"] - done.defs["true_att"]) > 4 * sd["ATT"]


def test_newton_is_scikit_learn(page: Any) -> None:
    """`logistic` gives scikit-learn's coefficients, with and without weights."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 3))
    y = (rng.random(400) < 1 / (1 + np.exp(-x[:, 0]))).astype(float)
    weights = np.vstack([np.ones(400), rng.integers(1, 4, 400)])
    mine = page.logistic(page.with_intercept(x), y, weights)
    for row, weight in zip(mine, weights, strict=True):
        theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=5000).fit(x, y, weight)
        assert row == pytest.approx([*theirs.intercept_, *theirs.coef_[0]], abs=1e-4)


def test_one_newton_step_is_a_refit(done: Run, page: Any) -> None:
    """The bootstrap of the repeated companies (one step) has the spread of full refits."""
    customers, has = done.defs["customers"], done.defs["has_plan"]
    weights = page.resample_weights(np.random.default_rng(1), len(customers), 60)
    one, zero = page.s_learner_risks(customers, weights)
    short = (one - zero)[1:, has].mean(axis=1)
    seen = page.with_intercept(page.features(customers, customers["international_plan"]))
    full = page.logistic(seen, customers["churn"].to_numpy(), weights)
    worlds = [page.with_intercept(page.features(customers, t)) for t in (1, 0)]
    risks = [page.expit(full @ x.T)[:, has].mean(axis=1) for x in worlds]
    assert short.std() == pytest.approx((risks[0] - risks[1]).std(), rel=0.05)
    assert np.corrcoef(short, risks[0] - risks[1])[0, 1] > 0.99


def test_t_learner_is_two_fits(done: Run, page: Any) -> None:
    """The T-learner of the repeated companies is two fits by scikit-learn."""
    customers, has = done.defs["customers"], done.defs["has_plan"]
    one, zero = page.t_learner_risks(customers, np.ones((1, len(customers))))
    x, churn = page.covariate_table(customers), customers["churn"]
    arms = [
        LogisticRegression(C=np.inf, max_iter=1_000, tol=1e-9).fit(x[a], churn[a]).predict_proba(x)
        for a in (has, ~has)
    ]
    expected = (arms[0] - arms[1])[:, 1].mean()
    assert (one - zero)[0].mean() == pytest.approx(expected, abs=1e-4)


def test_lasso_is_scikit_learn(page: Any) -> None:
    """`lasso` agrees with scikit-learn's L1 penalty, zeros included."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=(500, 4))
    y = (rng.random(500) < 1 / (1 + np.exp(-(1.2 * x[:, 0] - 0.4 * x[:, 1])))).astype(float)
    penalty = 0.03
    theirs = LogisticRegression(
        C=1 / (penalty * 500), l1_ratio=1, solver="saga", tol=1e-10, max_iter=20_000
    ).fit(x, y)
    mine = page.lasso(
        page.with_intercept(x), y[None], np.ones(500), penalty, np.zeros((1, 5)), steps=12
    )[0]
    assert mine == pytest.approx([*theirs.intercept_, *theirs.coef_[0]], abs=1e-4)
    assert (mine[3:] == 0).any() == (theirs.coef_[0][2:] == 0).any()


def test_two_libraries_one_idea(done: Run) -> None:
    """The posterior means lie within half a standard error of the S-learner's estimates."""
    table = done.defs["routes"]
    hand, pymc, boot = table.iloc[:3], table.iloc[3:], done.defs["averages"]
    sd = boot["se"].to_numpy()
    assert boot["mean"].to_numpy() == pytest.approx(hand["mean"].to_numpy(), abs=1e-4)
    assert (np.abs(hand["mean"].to_numpy() - pymc["mean"].to_numpy()) < 0.5 * sd).all()
    width = (pymc["upper"] - pymc["lower"]).to_numpy()
    assert width == pytest.approx((boot["upper"] - boot["lower"]).to_numpy(), rel=0.2)


def test_do_is_the_formula(done: Run) -> None:
    """`do` gives, draw by draw, what the coefficients give by hand."""
    draws = done.defs["idata_churn"].posterior.isel(draw=slice(None, None, 2))
    x = done.defs["x_table"]
    line = draws["intercept"].to_numpy()[..., None] + draws["slopes"].to_numpy() @ x.to_numpy().T
    minutes = x["call_minutes"].to_numpy()
    gain = draws["effect"].to_numpy()[..., None]
    gain = gain + draws["effect_per_ten_minutes"].to_numpy()[..., None] * minutes
    expected = (1 / (1 + np.exp(-line - gain)) - 1 / (1 + np.exp(-line))).mean(axis=-1)
    assert np.allclose(done.defs["ate_draws"].to_numpy(), expected, atol=1e-8)


def test_program_is_the_simulator(done: Run) -> None:
    """With the simulator's law set by `do`, the program's ATE is the true one."""
    assert done.defs["program_true_ate"] == pytest.approx(done.defs["true_ate"], abs=1e-12)


def test_segments_average_to_the_ate(done: Run) -> None:
    """The segments' posterior means, weighted by their sizes, are the ATE; a choice is a mean."""
    bands = pd.cut(done.defs["customers"]["call_minutes"], [0, 20, 30, 40, np.inf], right=False)
    shares = bands.value_counts(normalize=True, sort=False).to_numpy()
    ate = float(done.defs["ate_draws"].mean())
    assert shares @ done.defs["cate"]["mean"].to_numpy() == pytest.approx(ate, abs=1e-9)
    assert shares @ done.defs["cate"]["truth"].to_numpy() == pytest.approx(done.defs["true_ate"])
    for label, name in (("everybody (ATE)", "ate_draws"), ("those without it (ATU)", "atu_draws")):
        found = done.defs["answer"](done.defs["WHO"][label])
        assert found["mean"] == pytest.approx(float(done.defs[name].mean()), abs=1e-9)
        inside = (done.defs[name] >= found["lower"]) & (done.defs[name] <= found["upper"])
        assert float(inside.mean()) == pytest.approx(0.94, abs=0.01)


# Repeated worlds ---------------------------------------------------------------------------------


def _least(rate: float, n: int) -> float:
    """Return the smallest share of n that a true rate leaves but once in ten thousand times."""
    return stats.binom.ppf(1e-4, n, rate) / n


def test_coverage_table(done: Run) -> None:
    """Naive never, right S-learner and T-learner as promised, without the product too rarely."""
    table = done.defs["coverage"].set_index(["estimand", "method"])
    n = done.defs["N_WORLDS"]
    assert (table["n_worlds"] == n).all()
    for estimand in ("ATE", "ATT"):
        assert table.loc[(estimand, "naive"), "coverage"] < 0.05
        for method in ("S-learner", "T-learner"):
            row = table.loc[(estimand, method)]
            assert row["coverage"] >= _least(0.93, n)
            assert abs(row["bias"]) < 4 * row["mean_width"] / 3.76 / np.sqrt(n)
    assert table.loc[("ATT", "S-learner, no product"), "coverage"] < 0.8
    assert abs(table.loc[("ATT", "S-learner, no product"), "bias"]) > 0.02


@pytest.mark.deep
def test_twenty_other_seeds(other_seeds: pd.DataFrame) -> None:
    """Adjusted estimates cover the truth at the stated rate; naive ones never do."""
    covered = other_seeds.groupby(["estimand", "method"])["covers"].mean()
    for estimand in ("ATE", "ATT"):
        assert covered[estimand, "naive"] == 0
        for method in ("S-learner", "T-learner"):
            assert covered[estimand, method] >= _least(0.93, len(SEEDS))
    errors = other_seeds.groupby(["estimand", "method"])["error"].mean()
    assert abs(errors["ATT", "S-learner"]) < 0.02 < errors["ATT", "naive"]


def test_shrinkage_goes_two_ways(done: Run) -> None:
    """A strong penalty pulls the S-learner to 0 and the T-learner towards the naive difference."""
    for strength, table in done.defs["shrinkage"].items():
        first, last = table.iloc[0], table.iloc[-1]
        assert first["S-learner"] == pytest.approx(last["truth"], abs=1.2)
        assert first["T-learner"] == pytest.approx(last["truth"], abs=1.2)
        assert last["truth"] + 2 < last["T-learner"] < last["naive"]
        if strength > 0:
            assert last["S-learner"] < 0.75 * last["truth"]
    weak, strong = (done.defs["shrinkage"][s].iloc[-1] for s in (0.25, 1))
    assert weak["S-learner"] / weak["truth"] < 0.5 < strong["S-learner"] / strong["truth"]


def test_fully_shrunk_learners(done: Run, page: Any) -> None:
    """Exercise 6: intercepts alone answer 0 (one) and the naive difference (two)."""
    (seen, one, zero), x = page.standardised(done.defs["customers"])
    has = done.defs["has_plan"]
    y = done.defs["customers"]["churn"].to_numpy()[None].astype(float)
    start = np.zeros((1, x.shape[1]))
    arms = [page.lasso(x[a], y[:, a], np.ones(a.sum()), 9.0, start, steps=8) for a in (has, ~has)]
    gap = page.expit(arms[0] @ x.T).mean() - page.expit(arms[1] @ x.T).mean()
    assert gap == pytest.approx(done.defs["naive_difference"], abs=1e-6)
    start = np.zeros((1, seen.shape[1]))
    single = page.lasso(seen, y, np.ones(len(has)), 9.0, start, steps=8)
    assert page.expit(single @ one.T).mean() == pytest.approx(page.expit(single @ zero.T).mean())


def test_dose_response(done: Run) -> None:
    """The naive curve rises, the truth falls; the bent curves follow it, the straight one not."""
    naive = done.defs["naive_curve"]["churn"].to_numpy()
    assert naive[-1] > naive[0] + 0.1
    assert (np.diff(done.defs["true_curve"]) < 0).all()
    share = {
        d: b.eval("lower <= truth and truth <= upper").mean() for d, b in done.defs["bands"].items()
    }
    assert share[3] > 0.6
    line = done.defs["bands"][1].iloc[0]
    assert line["upper"] < line["truth"]
    assert done.defs["bands"][3]["mean"].iloc[0] > done.defs["bands"][3]["mean"].iloc[-1]


# Sliders and checks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slider", "values"), [("strength_slider", (0, 1)), ("degree_slider", (1, 2))]
)
def test_sliders_are_quick_and_change_the_picture(done: Run, slider: str, values: tuple) -> None:
    """A move takes under 100 ms of one core."""
    before = done.defs[slider].value
    shown = []
    for value in values:
        costs = []
        for _ in range(3):
            cost, after = move(done, slider, value)
            costs.append(cost)
        assert within(min(costs), 0.1)
        shown.append(after[f"show_{'shrinkage' if 'strength' in slider else 'dose'}"].text)
    move(done, slider, before)
    assert shown[0] != shown[1]


ANSWERS = {
    "check_1": "holders_churn",
    "check_2": "customers_kept",
    "check_3": "mended_att",
    "check_4": "probability_pays",
    "check_5": "fully_shrunk",
    "check_6": "checkout_att",
    "check_7": "risk_ratio_att",
}


def _second_ways(done: Run) -> dict[str, Any]:
    """Return right answers, each reached otherwise than in the solution."""
    zero, has = done.defs["risk_without"], done.defs["has_plan"]
    # The scores of logistic regression: over the holders, predicted equals observed churn.
    seen = done.defs["customers"]["churn"].to_numpy()[has].sum()
    shops = done.defs["shops"]
    arms = []
    for arm in (1, 0):
        own = shops["checkout"] == arm
        x = sm.add_constant(shops[["size", "rush"]])
        arms.append(sm.OLS(shops["takings"][own], x[own]).fit().predict(x))
    return {
        "check_1": " HIGHER ",
        "check_2": seen - zero[has].sum(),
        "check_3": np.array([seen / has.sum() - zero[has].mean()]),
        "check_4": (done.defs["att_draws"] * has.sum() > 60).to_numpy().mean(),
        "check_5": "s 0, t naive",
        "check_6": (arms[0] - arms[1])[shops["checkout"] == 1].mean(),
        "check_7": 1 + done.defs["att"] / zero[has].mean(),
    }


@pytest.mark.parametrize(("check", "name"), ANSWERS.items())
def test_checks_judge_what_they_are_given(done: Run, check: str, name: str) -> None:
    """Each check cell accepts a second right way, refuses another number, waits for an answer."""
    judge = asked(done, check, name)
    accepted(judge, [_second_ways(done)[check]])
    answer = done.defs[name]
    other = "banana" if isinstance(answer, str) else 1.7 * float(answer) + 0.3
    assert judge(other).status == "wrong"
    assert judge(...).status == "todo"


def test_frozen_product_is_the_bug(done: Run, page: Any) -> None:
    """Exercise 3: what the colleague's lines give is told apart by the check of the page."""
    learner, customers, has = (done.defs[k] for k in ("learner", "customers", "has_plan"))
    once = page.features(customers, customers["international_plan"])
    stale = [learner.predict_proba(once.assign(plan=t))[:, 1][has].mean() for t in (1, 0)]
    found = asked(done, "check_3", "mended_att")(stale[0] - stale[1])
    assert "keeps its old value" in found.message
    assert done.defs["mended_att"] == pytest.approx(done.defs["att"], abs=1e-12)


def test_importance_is_not_an_effect(done: Run) -> None:
    """The champion of a good predictor has effect 0; the discount, of little importance, has 1."""
    table = done.defs["importance"].set_index("feature")
    assert done.defs["forest_r2"] > 0.85
    assert table["importance"].idxmax() == "points"
    assert table["effect"].to_dict() == pytest.approx(
        {"season": 2, "discount": 1, "visits": 1, "points": 0}
    )
    assert table.loc["discount", "importance"] < 0.1
