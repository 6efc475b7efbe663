"""Notebook 05: its figures against other routes, its checks against right and wrong answers."""

from __future__ import annotations

import re
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xarray as xr
from scipy import stats
from scipy.special import logsumexp

from tests.support import ROOT, Run, recheck

NAME = "05_lalonde_do_operator"
ABSURD = [
    None,
    ...,
    "",
    "banana",
    True,
    float("nan"),
    float("inf"),
    [],
    {},
    np.zeros(3_000_000),
    pd.DataFrame(),
    lambda: 1 / 0,
    object(),
]


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Run:
    """Return the solved notebook, run once."""
    return run_notebook("solutions", NAME)


@pytest.fixture(scope="module")
def source() -> str:
    """Return the text of the solution."""
    return (ROOT / "solutions" / f"{NAME}.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def columns(done: Run) -> pd.DataFrame:
    """Return treatment, constant and covariates, as least squares takes them."""
    men = done.defs["men"]
    return sm.add_constant(men[["treated", *done.defs["COVARIATES"]]].astype(float))


# The figures -------------------------------------------------------------------------------------


def test_published_data_figures(done: Run) -> None:
    """Naive difference and least squares are the published figures, to the cent."""
    assert done.defs["naive_difference"] == pytest.approx(-635.03, abs=0.01)
    assert done.defs["ols_ate"] == pytest.approx(1548.24, abs=0.01)
    assert done.defs["ols_ate_without_re74"] == pytest.approx(1221.22, abs=0.01)
    assert done.defs["ols"].bse["treated"] == pytest.approx(781, abs=1)
    assert done.defs["ols_without_re74"].bse["treated"] == pytest.approx(794.5, abs=0.1)
    assert done.defs["share_zero"] == pytest.approx(0.23, abs=0.005)
    assert (done.defs["n_men"], done.defs["n_treated"]) == (614, 185)


def test_weighting_figures(done: Run, columns: pd.DataFrame) -> None:
    """IPW and AIPW for the ATT are the known figures, and follow from another logit."""
    assert done.defs["att_ipw"] == pytest.approx(1214, abs=0.5)
    assert done.defs["att_aipw"] == pytest.approx(1231, abs=0.5)
    x = columns.drop(columns="treated")
    took = columns["treated"] == 1
    score = sm.GLM(columns["treated"], x, family=sm.families.Binomial()).fit().predict(x)
    earned, odds = done.defs["men"]["earnings_1978"], (score / (1 - score))[~took]
    expected = earned[took].mean() - (odds * earned[~took]).sum() / odds.sum()
    assert done.defs["att_ipw"] == pytest.approx(expected, abs=1e-3)


def test_do_is_the_coefficient_in_the_linear_model(done: Run) -> None:
    """Draw by draw; and ATT is ATE, since everybody gains the same."""
    ate, att = done.defs["ate_do"], done.defs["att_do"]
    coefficient = done.defs["ate_coefficient"]
    assert abs(float(ate.mean() - coefficient.mean())) < 1
    assert float(np.abs(ate - coefficient).max()) < 1e-6
    assert float(np.abs(ate - att).max()) < 1e-6


def test_linear_posterior_is_near_least_squares(done: Run) -> None:
    """With wide priors the posterior lies where least squares lies, within Monte Carlo error."""
    ate = done.defs["ate_coefficient"]
    error = 4 * float(az.mcse(ate.to_numpy()))
    assert float(ate.mean()) == pytest.approx(done.defs["ols_ate"], abs=error + 15)
    assert float(ate.std()) == pytest.approx(done.defs["ols"].bse["treated"], rel=0.06)


def _conjugate(done: Run, prior_sd: np.ndarray) -> tuple[float, float]:
    """Return mean and sd of the effect in dollars, as least squares on added pseudo-rows."""
    table = done.defs["published_table"].to_numpy()
    men = done.defs["men"]
    x = np.column_stack([men["treated"], np.ones(len(men)), table])
    y = men["earnings_1978"].to_numpy() / 1000
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    sigma = np.sqrt(residual @ residual / (len(y) - x.shape[1]))
    prior_mean = np.r_[0, 5, np.zeros(table.shape[1])]
    rows = np.vstack([x / sigma, np.diag(1 / prior_sd)])
    target = np.r_[y / sigma, prior_mean / prior_sd]
    mean = np.linalg.lstsq(rows, target, rcond=None)[0][0]
    return 1000 * mean, 1000 * np.sqrt(np.linalg.inv(rows.T @ rows)[0, 0])


def test_published_number_is_made_by_its_prior(done: Run) -> None:
    """552 ± 604 comes out of the sampler and of the closed form; a wide prior gives 1,208 ± 785."""
    ate = done.defs["ate_published"]
    error = 4 * np.hypot(float(az.mcse(ate.to_numpy())), 604 / np.sqrt(4000))
    assert float(ate.mean()) == pytest.approx(552, abs=error)
    assert float(ate.std()) == pytest.approx(604, rel=0.05)
    mean, sd = _conjugate(done, np.r_[1, 10, np.ones(7)])
    assert done.defs["closed_form_mean"] == pytest.approx(mean, abs=1e-6)
    assert done.defs["closed_form_sd"] == pytest.approx(sd, abs=1e-6)
    assert (mean, sd) == (pytest.approx(548, abs=5), pytest.approx(594, abs=5))
    wide = done.defs["wide_prior"], done.defs["wide_prior_sd"]
    assert wide == pytest.approx(_conjugate(done, np.full(9, 10.0)), abs=1e-6)
    assert wide == (pytest.approx(1208, abs=10), pytest.approx(785, abs=10))


def test_each_part_of_the_prior_shrinks(done: Run) -> None:
    """The effect's prior alone and the slopes' prior alone both lower the estimate."""
    flat = done.defs["ols_ate_without_re74"]
    shrunk = done.defs["shrunk_to"]
    for key, sds in (("effect", [1, 10, *[1e6] * 7]), ("slopes", [1e6, 10, *[1] * 7])):
        assert shrunk[key] == pytest.approx(_conjugate(done, np.array(sds))[0], abs=0.1)
        assert done.defs["closed_form_mean"] < shrunk[key] < flat


def test_prior_scale_runs_from_nothing_to_least_squares(done: Run) -> None:
    """The slider's curve starts near 0 and ends at least squares, and never falls."""
    curve = done.defs["prior_curve"]["mean"].to_numpy()
    assert abs(curve[0]) < 100
    assert curve[-1] == pytest.approx(done.defs["ols_ate_without_re74"], abs=10)
    assert (np.diff(curve[curve > 50]) > -15).all()


def test_simulation_recovers_its_truth(done: Run) -> None:
    """In 400 worlds the adjusted estimate is unbiased and the naive one is not."""
    truth = 1000 * done.defs["true_values"]["effect"]
    naive, adjusted = done.defs["simulated_naive"], done.defs["simulated_adjusted"]
    assert adjusted.mean() == pytest.approx(truth, abs=4 * adjusted.std() / np.sqrt(len(adjusted)))
    assert naive.mean() < truth - 1000
    treated = done.defs["simulated"]["treated"].to_numpy()[0]
    earnings = done.defs["simulated"]["earnings"].to_numpy()[0]
    by_group = earnings[0][treated[0] == 1].mean() - earnings[0][treated[0] == 0].mean()
    assert naive[0] == pytest.approx(1000 * by_group, abs=1e-6)


def test_counterfactuals_keep_each_mans_luck(done: Run) -> None:
    """Seen minus counterfactual is the effect, for every man and draw."""
    seen = xr.DataArray(
        done.defs["men"].loc[done.defs["five_men"], "earnings_1978"].to_numpy(), dims="unit"
    )
    gain = seen - done.defs["earnings_without"]
    assert float(np.abs(gain - done.defs["ate_do"]).max()) < 1e-6


def test_gamma_and_hurdle_effects(done: Run) -> None:
    """`do` gives what a formula for the mean gives; the coefficient is another number."""
    table, men = done.defs["covariate_table"].to_numpy(), done.defs["men"]
    draws = done.defs["idata_gamma"].posterior
    line = draws["pay_intercept"].to_numpy()[..., None] + draws["pay_slopes"].to_numpy() @ table.T
    factor = np.exp(draws["pay_effect"].to_numpy())[..., None] - 1
    expected = 1000 * (np.exp(line) * factor).mean(axis=-1)
    assert np.allclose(done.defs["ate_gamma"].to_numpy(), expected, atol=1e-3)
    coefficient = 1000 * float(draws["pay_effect"].mean())
    assert abs(float(done.defs["ate_gamma"].mean()) - coefficient) > 500
    zeros = float((done.defs["replicated_hurdle"] == 0).mean())
    assert zeros == pytest.approx(float((men["earnings_1978"] == 0).mean()), abs=0.03)
    assert float((done.defs["replicated"] < 0).mean()) > 0.1
    assert float((done.defs["replicated_hurdle"] < 0).sum()) == 0


def test_hurdle_density_is_a_hurdle(done: Run) -> None:
    """PyMC's likelihood is log(1 - p) at zero and log p plus a Gamma density above it."""
    found = done.defs["scores"]["hurdle"][0][:, 0]
    one = {"chain": 0, "draw": 0}
    idata, every = done.defs["idata_hurdle"], done.defs["THINNING"]
    part = done.defs["earnings_part"](done.defs["observed_hurdle"])
    mu = {
        name: done.defs["forward"](part, idata, name, every=every).isel(one).to_numpy()
        for name in ("mu_works", "mu_pay")
    }
    shape = float(idata.posterior["shape"].isel(one))
    y = done.defs["men"]["earnings_1978"].to_numpy() / 1000
    positive = np.log(mu["mu_works"]) + stats.gamma.logpdf(y, shape, scale=mu["mu_pay"] / shape)
    expected = np.where(y > 0, positive, np.log1p(-mu["mu_works"]))
    assert np.allclose(found, expected, atol=1e-6)


def test_loo_is_arviz_loo(done: Run) -> None:
    """The weights are those of `az.loo` on the same draws."""
    easy = {name: found for name, found in done.defs["scores"].items() if found[2].max() < 0.7}
    assert easy  # where no man's Pareto k is large, `az.loo` has nothing to warn of
    for name, (density, weights, _) in easy.items():
        groups = {
            "posterior": {"x": np.zeros((1, density.shape[1]))},
            "log_likelihood": {"y": density.T[None]},
        }
        expected = az.loo(az.from_dict(groups), pointwise=True, reff=1.0)
        score = logsumexp(density + weights, axis=1).sum()
        assert score == pytest.approx(float(expected.elpd), abs=0.1), name


def test_bands_are_probabilities(done: Run) -> None:
    """The probability of a man's band is a difference of distribution functions, zeros included."""
    low = np.floor(done.defs["men"]["earnings_1978"].to_numpy() / 1000)[:, None]
    drawn, log_band = done.defs["drawn"], done.defs["log_probability_of_band"]
    line = stats.norm(drawn("mu_earnings", "linear"), drawn("sigma", "linear"))
    bottom = np.where(low > 0, low, -np.inf)
    found = np.exp(log_band(done.defs["above"]["linear"]))
    assert np.allclose(found, line.cdf(low + 1) - line.cdf(bottom), atol=1e-9)
    shape, works = drawn("shape", "hurdle"), drawn("mu_works", "hurdle")
    amount = stats.gamma(shape, scale=drawn("mu_pay", "hurdle") / shape)
    mixed = works * (amount.cdf(low + 1) - amount.cdf(low)) + np.where(low > 0, 0, 1 - works)
    assert np.allclose(np.exp(log_band(done.defs["above"]["hurdle"])), mixed, atol=1e-9)


def test_lesson_of_loo(done: Run) -> None:
    """The Gamma is last, the hurdle first; the two straight lines differ in effect, not in fit."""
    table, bands = done.defs["loo_table"], done.defs["elpd_bands"]
    score, ate = table["elpd of $1,000 bands"], table["ATE by do (dollars)"]
    assert (score.idxmin(), score.idxmax()) == ("gamma, plus a dollar", "hurdle")
    assert score.to_numpy() == pytest.approx(bands.sum().to_numpy())
    assert ate["linear"] > 2 * ate["linear, published prior"]
    assert abs(ate["linear"] - ate["hurdle"]) < 0.5 * float(done.defs["ate_hurdle"].std())
    lines = abs(score["linear"] - score["linear, published prior"])
    assert lines < 0.5 * (score["hurdle"] - score["linear"])
    assert all((k > 0.7).mean() < 0.02 for _, _, k in done.defs["scores"].values())


def test_overlap_claims(done: Run) -> None:
    """More than a third of the controls had under 10 %; the ATE weights leave few participants."""
    assert done.defs["unlikely"] > 1 / 3
    assert done.defs["outside"] > 0.05
    assert done.defs["effective_treated"] < done.defs["n_treated"] / 2
    assert done.defs["effective_others"] < 429 / 2
    assert done.defs["idle_took_part"] > done.defs["idle_weighted"] + 0.1


def test_prior_of_the_gamma_is_too_wide(done: Run) -> None:
    """Before any data the mean earnings run from far under to far over what anybody earned."""
    low, high = np.quantile(done.defs["invented_means"], [0.03, 0.97])
    assert low < 500
    assert high > done.defs["men"]["earnings_1978"].max()
    assert done.defs["ate_ipw"] < done.defs["att_ipw"] / 2


def test_sensitivity_bias_is_exact(done: Run, columns: pd.DataFrame) -> None:
    """An invented confounder with known partial R² moves least squares by exactly that bias."""
    rng = np.random.default_rng(3)
    y = done.defs["men"]["earnings_1978"].to_numpy()
    x = columns.drop(columns="treated").to_numpy()
    hidden = rng.normal(size=len(y)) + 0.8 * columns["treated"].to_numpy() + 1e-4 * y
    full = sm.OLS(y, np.column_stack([columns["treated"], hidden, x])).fit()
    joins = sm.OLS(columns["treated"].to_numpy(), np.column_stack([hidden, x])).fit()
    r2_outcome = full.tvalues[1] ** 2 / (full.tvalues[1] ** 2 + full.df_resid)
    r2_treatment = joins.tvalues[0] ** 2 / (joins.tvalues[0] ** 2 + joins.df_resid)
    moved = abs(done.defs["ols_ate"] - full.params[0])
    assert done.defs["bias"](r2_outcome, r2_treatment) == pytest.approx(moved, rel=1e-6)


def test_benchmarks_follow_cinelli_hazlett(done: Run, columns: pd.DataFrame) -> None:
    """The benchmarks are the bounds of their paper (k = 1), from sums of squares."""
    y = done.defs["men"]["earnings_1978"].to_numpy()
    covariates = done.defs["COVARIATES"]

    def residual(target: np.ndarray, *names: str) -> np.ndarray:
        x = columns[["const", *names]].to_numpy()
        return target - x @ np.linalg.lstsq(x, target, rcond=None)[0]

    for name in covariates:
        others = [other for other in covariates if other != name]
        d, z = columns["treated"].to_numpy(), columns[name].to_numpy()
        r2_d = np.corrcoef(residual(d, *others), residual(z, *others))[0, 1] ** 2
        r2_y = (
            np.corrcoef(residual(y, "treated", *others), residual(z, "treated", *others))[0, 1] ** 2
        )
        r2_dz = r2_d / (1 - r2_d)
        r2_zx = r2_d**2 / ((1 - r2_d) * (1 - r2_d))
        eta = (1 + np.sqrt(r2_zx)) / np.sqrt(1 - r2_zx)
        expected = eta**2 * r2_y / (1 - r2_y), r2_dz
        assert tuple(done.defs["benchmarks"].loc[name]) == pytest.approx(expected, rel=1e-8)


def test_referee_overlaps_every_interval(done: Run) -> None:
    """The verdict's sentences: signs, and the experiment's interval overlaps each other one."""
    assert (done.defs["experimental_benchmark"], done.defs["experimental_se"]) == (1794, 633)
    low, high = done.defs["experimental_interval"]
    assert (low, high) == pytest.approx((1794 - 1.881 * 633, 1794 + 1.881 * 633), abs=1)
    table = done.defs["att_estimates"].set_index("label")
    naive = table.loc["naive"]
    assert naive["lower"] < naive["mean"] < 0 < naive["upper"]
    assert ((table["lower"] < high) & (table["upper"] > low)).all()
    adjusted = table.query("role == 'adjusted'")
    assert len(adjusted) == 6
    assert done.defs["n_hold_zero"] == (adjusted["lower"] <= 0).sum() < len(adjusted)
    assert (adjusted["mean"] > 0).all()


def test_claims_of_the_prose(done: Run, source: str) -> None:
    """What the page says without a number beside it holds."""
    defs = done.defs
    assert (defs["published_effect"], defs["published_effect_sd"]) == (552, 604)
    reach = defs["published_effect"] + defs["Z"] * defs["published_effect_sd"]
    assert 2 * defs["published_effect"] < defs["ols_ate_without_re74"] < reach
    assert defs["filtered"].mean() < 0
    assert abs(1000 * float(defs["replicated"].mean()) - defs["men"]["earnings_1978"].mean()) < 250
    tail = 1000 * defs["replicated_hurdle"] > 20_000
    seen = (defs["men"]["earnings_1978"] > 20_000).mean()
    assert float(tail.mean()) == pytest.approx(seen, abs=0.02)
    assert float((defs["ate_do"] > 0).mean()) > 0.9
    assert float(defs["att_hurdle"].mean()) < float(defs["ate_hurdle"].mean())
    earned = defs["men"].groupby("treated")["earnings_1974"].mean()
    assert earned[1] < earned[0]
    assert "exchangeab" not in source
    assert not re.search(r"\d%|%}|:,\.\df|:\+", source)  # numbers are printed by the helpers


def test_interactions_turn_the_order_round(done: Run) -> None:
    """A straight line with interactions gives an ATT above the ATE, where the log link does not."""
    men, names = done.defs["men"], done.defs["COVARIATES"]
    x = men[names].astype(float)
    gain = 0
    for group, sign in ((1, 1), (0, -1)):
        rows = men["treated"] == group
        fitted = sm.OLS(men.loc[rows, "earnings_1978"], sm.add_constant(x[rows])).fit()
        gain = gain + sign * fitted.predict(sm.add_constant(x))
    assert gain[men["treated"] == 1].mean() > gain.mean()


def test_the_slope_of_black_carries_the_shrinkage(done: Run) -> None:
    """A narrow prior on this one slope makes most of what narrow priors on all slopes make."""
    wide = np.array([1e6, 10.0, *[1e6] * 7])
    alone = wide.copy()
    alone[2 + list(done.defs["published_table"]).index("black")] = 1
    flat = _conjugate(done, wide)[0]
    assert flat - _conjugate(done, alone)[0] > 0.5 * (flat - done.defs["shrunk_to"]["slopes"])


def test_every_fit_shows_its_diagnostics(done: Run, source: str) -> None:
    """There is one `diagnostics_*` frame for each fit, and each of them passes."""
    fits = re.findall(r"idata_(\w+) = fit\(", source)
    frames = {key.removeprefix("diagnostics_"): key for key in done.defs if "diagnostics_" in key}
    assert len(fits) == 4
    assert set(fits) == set(frames)
    assert all(bool(done.defs[key]["passed"].all()) for key in frames.values())


def test_card_states_the_honest_time(source: str) -> None:
    """The minutes of the card are the sum of the sections' and the exercises'."""
    sections = [int(found) for found in re.findall(r"# notes: .*?Minutes: (\d+)", source)]
    exercises = [int(found) for found in re.findall(r"### Exercise \d · \w+ · (\d+) min", source)]
    stated = int(re.search(r"\| Time \| (\d+) minutes", source)[1])
    assert len(exercises) == 6
    assert stated == sum(sections) + sum(exercises)


def test_graph_needs_all_three(done: Run) -> None:
    """The adjustment set of the page satisfies the backdoor criterion; fewer nodes do not."""
    graph, chosen = done.defs["programme_graph"], done.defs["adjustment_set"]
    assert graph.is_adjustment_set(chosen)
    assert not any(graph.is_adjustment_set([n for n in chosen if n != out]) for out in chosen)


# The checks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ABSURD)
@pytest.mark.parametrize(
    ("check", "name"),
    [
        ("check_1", "direction"),
        ("check_2", "effect_draws"),
        ("check_3", "effect_in_dollars"),
        ("check_4", "policy_gain"),
        ("check_5", "robustness_value"),
        ("check_6", "weighted_att"),
    ],
)
def test_absurd_answers_are_not_done(done: Run, check: str, name: str, value: Any) -> None:
    """Nothing that a learner can type crashes a check or passes it."""
    found = recheck(done, check, **{name: value})
    assert found.status == ("todo" if value is None or value is ... else "wrong")
    assert found.message


def test_check_1(done: Run) -> None:
    for right in ("too low", " Too  LOW "):
        assert recheck(done, "check_1", direction=right).status == "done"
    for wrong, word in (("too high", "less"), ("about right", "coin"), ("low", "choose")):
        found = recheck(done, "check_1", direction=wrong)
        assert found.status == "wrong"
        assert word in found.message


def test_check_2(done: Run) -> None:
    mu_with, mu_without = done.defs["mu_with"], done.defs["mu_without"]
    ate = (mu_with - mu_without).mean("unit")
    for right in (ate, ate.to_numpy(), done.defs["ate_coefficient"]):
        assert recheck(done, "check_2", effect_draws=right).status == "done"
    joined = done.defs["took_part"].to_numpy()
    buggy = mu_with.sel(unit=joined).mean("unit") - mu_without.sel(unit=~joined).mean("unit")
    wrong = {
        "conditions": buggy,
        "sign": -ate,
        "thousands": ate / 1000,
        "chain and draw": float(ate.mean()),
        "per man": mu_with - mu_without,
        "shape": ate.mean("chain"),
        "quotes": "mu_with - mu_without",
        "turned as well": -buggy,
    }
    for word, answer in wrong.items():
        found = recheck(done, "check_2", effect_draws=answer)
        assert found.status == "wrong"
        assert word in found.message


@pytest.mark.parametrize("right", ["ABOUT 0", "0", "zero", 0, 0.0, "about 0 dollars", "$0"])
def test_check_3_right(done: Run, right: Any) -> None:
    assert recheck(done, "check_3", effect_in_dollars=right).status == "done"


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ("about 552", "unit"),
        (552, "unit"),
        ("about 1,221", "least squares"),
        ("1221", "least squares"),
        (300, "choose"),
        ("nothing", "choose"),
    ],
)
def test_check_3_wrong(done: Run, wrong: Any, word: str) -> None:
    found = recheck(done, "check_3", effect_in_dollars=wrong)
    assert found.status == "wrong"
    assert word in found.message


def test_check_4(done: Run) -> None:
    """The policy's gain by `do`, by hand, and by selecting men; each wrong idea has its hint."""
    defs = done.defs
    with_, without, policy = defs["hurdle_with"], defs["hurdle_without"], defs["policy"]
    gain, chosen = with_ - without, policy == 1
    joined = defs["took_part"].to_numpy()
    by_hand = gain.sel(unit=chosen).sum("unit") / len(policy)
    by_where = xr.where(chosen, with_, without).mean("unit") - without.mean("unit")
    for right in (by_hand, by_hand.to_numpy(), by_where):
        assert recheck(done, "check_4", policy_gain=right).status == "done"
    wrong = {
        "each man chosen": gain.sel(unit=chosen).mean("unit"),
        "sum over all": gain.sel(unit=chosen).sum("unit"),
        "ATE": gain.mean("unit"),
        "ATT": gain.sel(unit=joined).mean("unit"),
        "turned round": gain.sel(unit=~chosen).sum("unit") / len(policy),
        "average itself": xr.where(chosen, with_, without).mean("unit"),
        "did happen": xr.where(chosen, with_, without).mean("unit")
        - xr.where(joined, with_, without).mean("unit"),
        "sign": -by_hand,
        "thousands": by_hand / 1000,
        "same men": with_.sel(unit=chosen).mean("unit") - without.sel(unit=~chosen).mean("unit"),
        "chain and draw": float(by_hand.mean()),
        "per man": gain * policy,
        "quotes": "hurdle_with",
    }
    for word, answer in wrong.items():
        found = recheck(done, "check_4", policy_gain=answer)
        assert found.status == "wrong"
        assert word in found.message, word


def test_check_5(done: Run) -> None:
    f = abs(done.defs["ols"].tvalues["treated"]) / np.sqrt(done.defs["ols"].df_resid)
    by_formula = (np.sqrt(f**4 + 4 * f**2) - f**2) / 2
    by_roots = max(np.roots([1, f**2, -(f**2)]).real)
    for right in (by_formula, by_roots, np.array([by_formula])):
        assert recheck(done, "check_5", robustness_value=right).status == "done"
    wrong = {
        "per cent": 100 * by_formula,
        "starting point": f,
        "is f squared": f**2,
        "partial R²": f**2 / (1 + f**2),
        "about f squared": f**2 + 2e-4,
        "|t|": f * np.sqrt(done.defs["ols"].df_resid),
        "sign before": (np.sqrt(f**4 + 4 * f**2) + f**2) / 2,
        "divides by 2": np.sqrt(f**4 + 4 * f**2) - f**2,
        "interval": done.defs["robustness_interval"],
        "negative": min(np.roots([1, f**2, -(f**2)]).real),
    }
    for word, answer in wrong.items():
        found = recheck(done, "check_5", robustness_value=answer)
        assert found.status == "wrong"
        assert word in found.message


def _by_hand(earnings: Any, treated: Any, propensity: Any) -> float:
    y, t, e = (np.asarray(column, dtype=float) for column in (earnings, treated, propensity))
    w = np.where(t == 1, 0, e / (1 - e))
    return (t * y).sum() / t.sum() - (w * y).sum() / w.sum()


def _by_regression(earnings: Any, treated: Any, propensity: Any) -> float:
    t, e = np.asarray(treated, dtype=float), np.asarray(propensity, dtype=float)
    weights = np.where(t == 1, 1, e / (1 - e))
    fit = sm.WLS(np.asarray(earnings, dtype=float), sm.add_constant(t), weights=weights).fit()
    return float(fit.params[1])


def _mean_of_others(y: Any, t: Any, weights: Any) -> float:
    y, t = np.asarray(y, dtype=float), np.asarray(t) == 1
    return y[t].mean() - np.average(y[~t], weights=np.asarray(weights)[~t])


def test_check_6(done: Run) -> None:
    for right in (_by_hand, _by_regression):
        assert recheck(done, "check_6", weighted_att=right).status == "done"

    def odds(y: Any, t: Any, e: Any) -> tuple[Any, Any, Any]:
        y, t, e = np.asarray(y, dtype=float), np.asarray(t) == 1, np.asarray(e, dtype=float)
        return y, t, e / (1 - e)

    def minus(mean: Any) -> Any:
        """Return a function: mean of the treated minus mean(y, t, odds)."""

        def function(*data: Any) -> Any:
            y, t, w = odds(*data)
            return y[t].mean() - mean(y, t, w)

        return function

    def ate(y: Any, t: Any, e: Any) -> float:
        y, t, e = np.asarray(y, dtype=float), np.asarray(t) == 1, np.asarray(e)
        return np.average(y[t], weights=1 / e[t]) - np.average(y[~t], weights=1 / (1 - e[~t]))

    def atu(*data: Any) -> float:
        y, t, w = odds(*data)
        return np.average(y[t], weights=1 / w[t]) - y[~t].mean()

    wrong = {
        "not weighted": minus(lambda y, t, _: y[~t].mean()),
        "not a mean": minus(lambda y, t, w: (w * y)[~t].sum()),
        "`.mean()`": minus(lambda y, t, w: (w * y)[~t].mean()),
        "sum to one": minus(lambda y, t, w: (w * y)[~t].sum() / t.sum()),
        "not of all men": minus(lambda y, t, w: (w * y)[~t].sum() / w.sum()),
        "the treated are": minus(lambda y, _, w: np.average(y, weights=w)),
        "ATE": ate,
        "ATU": atu,
        "Upside down": minus(lambda y, t, w: np.average(y[~t], weights=1 / w[~t])),
        "not the probability": _mean_of_others,
        "staying away": lambda y, t, e: _mean_of_others(y, t, 1 - np.asarray(e)),
        "like all men": lambda y, t, e: _mean_of_others(y, t, 1 / (1 - np.asarray(e))),
        "sign": lambda y, t, e: -_by_hand(y, t, e),
        "one number": lambda y, t, e: np.asarray(y) - np.asarray(t) * np.asarray(e),
        "On the example it gives": lambda *_: 3.0,
        "not on the men": lambda *_: done.defs["toy_answers"]["right"],
    }
    messages = set()
    for word, function in wrong.items():
        found = recheck(done, "check_6", weighted_att=function)
        assert found.status == "wrong"
        assert word.casefold() in found.message.casefold(), word
        messages.add(found.message)
    assert len(messages) == len(wrong)
    assert recheck(done, "check_6", weighted_att=lambda *_: ...).status == "todo"
