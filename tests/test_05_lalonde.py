"""Notebook 05: its figures against other routes, its words, its checks on the page."""

from __future__ import annotations

import re
from statistics import NormalDist
from typing import Any

import arviz as az
import numpy as np
import pymc as pm
import pytest
import statsmodels.api as sm
import xarray as xr
from arviz_stats.base import array_stats
from scipy import stats
from scipy.special import expit, logsumexp

from helpers.data import load_lalonde
from tests.answers import accepted, asked, never_done, refused
from tests.support import ROOT, Run, cells

NAME = "05_lalonde_do_operator"
Z = NormalDist().inv_cdf(0.97)
MEN = load_lalonde()
COVARIATES = ["age", "education_years", "black", "hispanic", "married", "no_degree"]
COVARIATES += ["earnings_1974", "earnings_1975"]
T = MEN["treated"].to_numpy()
TOOK = T == 1
Y = MEN["earnings_1978"].to_numpy()
X = sm.add_constant(MEN[COVARIATES].astype(float))
TABLE = MEN[COVARIATES].copy()
TABLE -= TABLE.mean()
for _name in ("age", "education_years", "earnings_1974", "earnings_1975"):
    TABLE[_name] /= TABLE[_name].std()
SCORE = sm.GLM(T, X, family=sm.families.Binomial()).fit().predict(X).to_numpy()


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Run:
    """Return the solved notebook, run once."""
    return run_notebook("solutions", NAME)


@pytest.fixture(scope="module")
def page(run_notebook: Any) -> Run:
    """Return the notebook that an attendee opens."""
    return run_notebook("notebooks", NAME)


@pytest.fixture(scope="module")
def defs(done: Run) -> dict[str, Any]:
    """Return the globals of the solved notebook."""
    return done.defs


@pytest.fixture(scope="module")
def source() -> str:
    """Return the text of the solution."""
    return (ROOT / "solutions" / f"{NAME}.py").read_text(encoding="utf-8")


# Other routes to the figures ---------------------------------------------------------------------


def least_squares(y: Any, x: Any) -> tuple[float, float, float]:
    """Return the first coefficient, its standard error and the residual degrees of freedom."""
    x = np.asarray(x, float)
    found, *_ = np.linalg.lstsq(x, y)
    residual, df = y - x @ found, len(y) - x.shape[1]
    error = np.sqrt(residual @ residual / df * np.linalg.inv(x.T @ x)[0, 0])
    return float(found[0]), float(error), float(df)


OLS, OLS_SE, DF = least_squares(Y, np.column_stack([T, X]))
OLS_WITHOUT, _, _ = least_squares(Y, np.column_stack([T, X.drop(columns="earnings_1974")]))


def partial_r2(target: Any, name: str, *others: str) -> float:
    """Return the share of what others leave of a target that one more column explains."""
    given = np.column_stack([np.ones(len(MEN)), MEN[list(others)]])

    def left(values: Any) -> np.ndarray:
        values = np.asarray(values, float)
        return values - given @ np.linalg.lstsq(given, values)[0]

    return float(np.corrcoef(left(target), left(MEN[name]))[0, 1] ** 2)


def bound(name: str) -> tuple[float, float]:
    """Return the bounds of Cinelli and Hazlett (2020) for k = 1: outcome, treatment."""
    others = [other for other in COVARIATES if other != name]
    r2_d, r2_y = partial_r2(T, name, *others), partial_r2(Y, name, "treated", *others)
    r2_zx = r2_d**2 / (1 - r2_d) ** 2
    eta = (1 + np.sqrt(r2_zx)) / np.sqrt(1 - r2_zx)
    return eta**2 * r2_y / (1 - r2_y), r2_d / (1 - r2_d)


def left_by(name: str) -> float:
    """Return what a hidden confounder as strong as a covariate leaves, in dollars."""
    r2_y, r2_d = bound(name)
    return OLS - OLS_SE * np.sqrt(DF) * np.sqrt(r2_y * r2_d / (1 - r2_d))


def conjugate(prior_sd: Any) -> tuple[float, float]:
    """Return mean and sd of the published model's effect, as least squares on added rows."""
    table = TABLE.drop(columns="earnings_1974").to_numpy()
    x, y = np.column_stack([T, np.ones(len(MEN)), table]), Y / 1000
    residual = y - x @ np.linalg.lstsq(x, y)[0]
    sigma = np.sqrt(residual @ residual / (len(y) - x.shape[1]))
    prior_mean, prior_sd = np.r_[0, 5, np.zeros(7)], np.asarray(prior_sd, float)
    rows = np.vstack([x / sigma, np.diag(1 / prior_sd)])
    mean = np.linalg.lstsq(rows, np.r_[y / sigma, prior_mean / prior_sd])[0][0]
    return 1000 * mean, 1000 * np.sqrt(np.linalg.inv(rows.T @ rows)[0, 0])


def weighted(weights: Any, values: Any = Y) -> float:
    """Return mean of the treated minus weighted mean of the others."""
    values, weights = np.asarray(values, float), np.asarray(weights)[~TOOK]
    return float(values[TOOK].mean() - (weights * values[~TOOK]).sum() / weights.sum())


def columns_of(draws: Any, name: str, every: int = 1) -> np.ndarray:
    """Return draws of a parameter, the draws in the last dimension."""
    values = draws[name].to_numpy()[:, ::every]
    return np.moveaxis(values.reshape(-1, *values.shape[2:]), 0, -1)


def lines_of(draws: Any, treated: Any, name: str = "", every: int = 1) -> np.ndarray:
    """Return intercept + effect * treated + slopes for every man and draw: shape (men, draws)."""
    intercept, effect, slopes = (
        columns_of(draws, f"{name}{part}", every) for part in ("intercept", "effect", "slopes")
    )
    treated = np.broadcast_to(treated, len(MEN))
    return intercept + np.outer(treated, effect) + TABLE.to_numpy() @ slopes


def same(found: Any, expected: Any, tolerance: float = 1e-6) -> bool:
    """Return whether numbers agree."""
    return bool(np.allclose(np.asarray(found, float), np.asarray(expected, float), atol=tolerance))


def at_one_point(model: Any, values: dict[str, Any]) -> np.ndarray:
    """Return PyMC's log density of each man's earnings at these values of the rest."""
    logp = pm.logp(model["earnings"], Y / 1000)
    given = {model[name]: np.asarray(value) for name, value in values.items()}
    return logp.eval(given, mode="FAST_COMPILE", on_unused_input="ignore")


def robust() -> float:
    """Return the robustness value, as a root of its equation."""
    f2 = (OLS / OLS_SE) ** 2 / DF
    return float(max(np.roots([1, f2, -f2]).real))


# The figures -------------------------------------------------------------------------------------


def test_published_data_figures(defs: dict[str, Any]) -> None:
    """Naive difference and least squares are the published figures, to the cent."""
    assert defs["naive_difference"] == pytest.approx(-635.03, abs=0.01)
    assert defs["ols_ate"] == pytest.approx(1548.24, abs=0.01) == OLS
    assert defs["ols_ate_without_re74"] == pytest.approx(1221.22, abs=0.01) == OLS_WITHOUT
    assert defs["ols_se"] == pytest.approx(781, abs=1)
    assert (defs["ols_ate"], defs["ols_se"]) == pytest.approx((OLS, OLS_SE), rel=1e-9)
    assert defs["ols_without_re74"].bse["treated"] == pytest.approx(794.5, abs=0.1)
    assert (MEN["earnings_1978"] == 0).mean() == pytest.approx(0.23, abs=0.005)
    assert (defs["n_men"], defs["n_treated"]) == (614, 185)


def test_weighting_figures(defs: dict[str, Any]) -> None:
    """IPW and AIPW for the ATT are the known figures, and follow from another logit."""
    assert defs["att_ipw"] == pytest.approx(1214, abs=0.5)
    assert defs["att_aipw"] == pytest.approx(1231, abs=0.5)
    assert defs["att_ipw"] == pytest.approx(weighted(SCORE / (1 - SCORE)), abs=1e-3)
    others = sm.OLS(Y[~TOOK], X[~TOOK]).fit()
    left = Y - others.predict(X).to_numpy()
    assert defs["att_aipw"] == pytest.approx(weighted(SCORE / (1 - SCORE), left), abs=1e-3)


def test_one_propensity_score(defs: dict[str, Any]) -> None:
    """The program's joining line and the score of the page agree within a few hundredths."""
    assert np.allclose(defs["propensity_score"], SCORE, atol=1e-5)
    draws = defs["draws_linear"]
    slopes = columns_of(draws, "join_slopes")
    log_odds = columns_of(draws, "join_intercept") + TABLE.to_numpy() @ slopes
    apart = np.abs(expit(log_odds).mean(axis=1) - SCORE)
    assert np.median(apart) < 0.005
    assert apart.max() < 0.04  # the man furthest out, where the prior pulls: 0.027


def test_do_is_the_coefficient_in_the_linear_model(defs: dict[str, Any]) -> None:
    """Draw by draw; and ATT is ATE, since everybody gains the same."""
    ate, att, coefficient = defs["ate_do"], defs["att_do"], defs["ate_coefficient"]
    assert abs(float(ate.mean() - coefficient.mean())) < 1
    assert float(np.abs(ate - coefficient).max()) < 1e-6
    assert float(np.abs(ate - att).max()) < 1e-6


def test_linear_posterior_is_near_least_squares(defs: dict[str, Any]) -> None:
    """With wide priors the posterior lies where least squares lies, within Monte Carlo error."""
    ate = defs["ate_coefficient"]
    error = 4 * float(az.mcse(ate.to_numpy()))
    assert float(ate.mean()) == pytest.approx(OLS, abs=error + 15)
    assert float(ate.std()) == pytest.approx(OLS_SE, rel=0.06)


def test_worlds_are_what_their_formulas_say(defs: dict[str, Any]) -> None:
    """`do` gives each man what the parameters say: a line, an exponential, a product."""
    gamma = [1000 * np.exp(lines_of(defs["draws_gamma"], arm, "pay_", 40)) for arm in (0, 1)]
    linear = [1000 * lines_of(defs["draws_linear"], arm, "", 40) for arm in (0, 1)]
    draws = defs["draws_hurdle"]
    hurdle = [
        1000 * expit(lines_of(draws, arm, "work_", 40)) * np.exp(lines_of(draws, arm, "pay_", 40))
        for arm in (0, 1)
    ]
    pairs = {"mu": linear, "gamma": gamma, "hurdle": hurdle}
    for name, (without, with_) in pairs.items():
        for arm, expected in (("without", without), ("with", with_)):
            found = defs[f"{name}_{arm}"][:, ::40].to_numpy().reshape(-1, len(MEN)).T
            assert np.allclose(found, expected, rtol=1e-6, atol=1e-3), (name, arm)


def test_published_number_is_made_by_its_prior(defs: dict[str, Any]) -> None:
    """552 ± 604 comes out of the sampler and of the closed form; a wide prior gives 1,208 ± 785."""
    ate = defs["ate_published"]
    error = 4 * np.hypot(float(az.mcse(ate.to_numpy())), 604 / np.sqrt(4000))
    assert float(ate.mean()) == pytest.approx(552, abs=error)
    assert float(ate.std()) == pytest.approx(604, rel=0.05)
    found = defs["closed_form_mean"], defs["closed_form_sd"]
    assert found == pytest.approx(conjugate([1, 10, *[1] * 7]), abs=1e-6)
    assert found == (pytest.approx(548, abs=5), pytest.approx(594, abs=5))
    wide = defs["posterior_of_effect"](10, 10)
    assert wide == pytest.approx(conjugate([10] * 9), abs=1e-6)
    assert wide == (pytest.approx(1208, abs=10), pytest.approx(785, abs=10))


def test_prior_scale_runs_from_nothing_to_least_squares(defs: dict[str, Any]) -> None:
    """The slider's curve starts near 0 and ends at least squares, and never falls."""
    curve = defs["prior_curve"]["mean"].to_numpy()
    assert abs(curve[0]) < 100
    assert curve[-1] == pytest.approx(OLS_WITHOUT, abs=10)
    assert (np.diff(curve[curve > 50]) > -15).all()


def test_every_point_of_the_prior_s_curve(defs: dict[str, Any]) -> None:
    """Mean, sd and 94 % interval at each prior sd, by least squares on added rows."""
    curve = defs["prior_curve"]
    assert (curve["prior_sd"].min(), curve["prior_sd"].max()) == pytest.approx((0.1, 100))
    for _, row in curve.iterrows():
        mean, sd = conjugate([row["prior_sd"], 10, *[row["prior_sd"]] * 7])
        expected = (mean, sd, mean - Z * sd, mean + Z * sd)
        assert tuple(row[["mean", "sd", "lower", "upper"]]) == pytest.approx(expected, abs=1e-3)


def test_simulation_recovers_its_truth(defs: dict[str, Any]) -> None:
    """In 400 worlds the adjusted estimate is unbiased and the naive one is not."""
    truth = 1000 * defs["true_values"]["effect"]
    naive, adjusted = defs["simulated_naive"], defs["simulated_adjusted"]
    assert adjusted.mean() == pytest.approx(truth, abs=4 * adjusted.std() / np.sqrt(len(adjusted)))
    assert naive.mean() < truth - 1000
    treated = defs["simulated"]["treated"].to_numpy()[0]
    earnings = 1000 * defs["simulated"]["earnings"].to_numpy()[0]
    by_group = earnings[0][treated[0] == 1].mean() - earnings[0][treated[0] == 0].mean()
    assert naive[0] == pytest.approx(by_group, abs=1e-6)
    again, _, _ = least_squares(earnings[7], np.column_stack([treated[7], X]))
    assert adjusted[7] == pytest.approx(again, abs=1e-4)


def test_counterfactuals_keep_each_mans_luck(defs: dict[str, Any]) -> None:
    """Seen minus counterfactual is the effect, for every man and draw."""
    seen = xr.DataArray(defs["seen_earnings"].to_numpy(), dims="unit")
    gain = seen - defs["earnings_without"].drop_vars("unit")
    assert float(np.abs(gain - defs["ate_do"]).max()) < 1e-6


def test_the_five_men_are_participants_who_earned(defs: dict[str, Any]) -> None:
    """The first five of the table who took part and earned something, each with his own pay."""
    five = [at for at in range(len(MEN)) if TOOK[at] and Y[at] > 0][:5]
    assert defs["seen_earnings"].index.tolist() == MEN["person"].iloc[five].tolist()
    assert defs["seen_earnings"].tolist() == Y[five].tolist()


def test_gamma_and_hurdle_effects(defs: dict[str, Any]) -> None:
    """The coefficient is another number than the ATE; zeros come as often as in the data."""
    coefficient = 1000 * float(defs["draws_gamma"]["pay_effect"].mean())
    assert abs(float(defs["ate_gamma"].mean()) - coefficient) > 500
    zeros = float((defs["replicated_hurdle"] == 0).mean())
    assert zeros == pytest.approx(float((Y == 0).mean()), abs=0.03)
    assert float((defs["replicated"] < 0).mean()) > 0.1
    assert float((defs["replicated_hurdle"] < 0).sum()) == 0


@pytest.mark.parametrize("name", ["linear", "hurdle"])
def test_invented_men_are_those_of_the_formulas(defs: dict[str, Any], name: str) -> None:
    """Quantiles of the invented earnings, drawn anew from lines, shapes and luck."""
    rng, draws = np.random.default_rng(9), defs[f"draws_{name}"]
    if name == "linear":
        middle, luck = lines_of(draws, T, "", 20), columns_of(draws, "sigma", 20)
        invented, found = 1000 * rng.normal(middle, luck), defs["replicated"]
    else:
        shape, pay = columns_of(draws, "shape", 20), np.exp(lines_of(draws, T, "pay_", 20))
        works = rng.uniform(size=pay.shape) < expit(lines_of(draws, T, "work_", 20))
        invented, found = 1000 * works * rng.gamma(shape, pay / shape), defs["replicated_hurdle"]
    assert found.size == invented.size
    shares = [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95]
    expected, seen = (np.quantile(values, shares) for values in (invented, found.to_numpy()))
    assert seen == pytest.approx(expected, abs=0.02 * invented.std())


def density_by_pymc(defs: dict[str, Any], name: str) -> np.ndarray:
    """Return the log density of each man's earnings, from PyMC's own model: shape (men, draws)."""
    dollar = MEN.assign(earnings_1978=MEN["earnings_1978"] + 1)
    models = {
        "linear": (defs["observed_linear"], "linear"),
        "gamma, plus a dollar": (defs["observe"](defs["gamma_model"](TABLE), dollar), "gamma"),
        "hurdle": (defs["observed_hurdle"], "hurdle"),
    }
    model, fitted = models[name]
    model = pm.do(model, {"treated": T.astype(int)}, prune_vars=True)
    draws = defs[f"draws_{fitted}"].isel(draw=slice(None, None, 8))
    tree = xr.DataTree.from_dict({"posterior": draws})
    kwargs = {"mode": "FAST_COMPILE"}
    scored = pm.compute_log_likelihood(
        tree, model=model, var_names=["earnings"], progressbar=False, compile_kwargs=kwargs
    )
    found = scored.log_likelihood["earnings"].transpose("unit", "chain", "draw")
    return found.to_numpy().reshape(len(MEN), -1)


def band_by_hand(defs: dict[str, Any], name: str) -> np.ndarray:
    """Return the probability of the band that each man is in: differences of the distribution."""
    low = np.floor(Y / 1000)[:, None]
    if name == "linear":
        draws = defs["draws_linear"]
        line = stats.norm(lines_of(draws, T, "", 8), columns_of(draws, "sigma", 8))
        return line.cdf(low + 1) - line.cdf(np.where(low > 0, low, -np.inf))
    draws = defs["draws_gamma" if name.startswith("gamma") else "draws_hurdle"]
    mean, shape = np.exp(lines_of(draws, T, "pay_", 8)), columns_of(draws, "shape", 8)
    amount, plus = stats.gamma(shape, scale=mean / shape), 0.001 * name.startswith("gamma")
    works = 1.0 if plus else expit(lines_of(draws, T, "work_", 8))
    bottom = np.where(low > 0, amount.cdf(low + plus), 0)
    return works * (amount.cdf(low + 1 + plus) - bottom) + np.where(low > 0, 0, 1 - works)


@pytest.mark.parametrize("name", ["linear", "gamma, plus a dollar", "hurdle"])
def test_loo_by_pymc_and_by_hand(name: str, defs: dict[str, Any]) -> None:
    """PyMC's likelihood, weighted as ArviZ does, gives each man's score and Pareto k."""
    density = density_by_pymc(defs, name)
    weights, pareto_k = array_stats.psislw(density)
    expected = logsumexp(np.log(band_by_hand(defs, name)) + weights, axis=1)
    found, found_k = defs["scores"][name]
    assert np.allclose(found_k, pareto_k, atol=1e-4)
    easy = expected > -12  # further out a difference of two distribution functions is rounding
    assert easy.mean() > 0.99
    assert np.allclose(found[easy], expected[easy], atol=1e-3)
    if pareto_k.max() < 0.7:  # where no man's is large, `az.loo` has nothing to warn of
        groups = {
            "posterior": {"x": np.zeros((1, density.shape[1]))},
            "log_likelihood": {"y": density.T[None]},
        }
        whole = az.loo(az.from_dict(groups), pointwise=True, reff=1.0)
        score = logsumexp(density + weights, axis=1).sum()
        assert score == pytest.approx(float(whole.elpd), abs=0.1)


def test_lesson_of_loo(defs: dict[str, Any]) -> None:
    """The Gamma is last, the hurdle first; the two straight lines differ in effect, not in fit."""
    table, bands = defs["loo_table"], defs["elpd_bands"]
    score, ate = table["elpd of $1,000 bands"], table["ATE by do (dollars)"]
    assert (score.idxmin(), score.idxmax()) == ("gamma, plus a dollar", "hurdle")
    assert score.to_numpy() == pytest.approx(bands.sum().to_numpy())
    assert ate["linear"] > 2 * ate["linear, published prior"]
    assert abs(ate["linear"] - ate["hurdle"]) < 0.5 * float(defs["ate_hurdle"].std())
    lines = abs(score["linear"] - score["linear, published prior"])
    assert lines < 0.5 * (score["hurdle"] - score["linear"])
    assert all((k > 0.7).mean() < 0.02 for _, k in defs["scores"].values())


def test_every_number_of_the_loo_table(defs: dict[str, Any]) -> None:
    """Scores by band, the published line's too, and each model's ATE from its own parameters."""
    table, gamma = defs["loo_table"], defs["draws_gamma"]
    pay = [1000 * np.exp(lines_of(gamma, arm, "pay_")) for arm in (0, 1)]
    works = [expit(lines_of(defs["draws_hurdle"], arm, "work_")) for arm in (0, 1)]
    paid = [1000 * np.exp(lines_of(defs["draws_hurdle"], arm, "pay_")) for arm in (0, 1)]
    effects = {
        "linear": 1000 * defs["draws_linear"]["effect"],
        "linear, published prior": 1000 * defs["draws_published"]["effect"],
        "gamma, plus a dollar": pay[1] - pay[0],
        "hurdle": works[1] * paid[1] - works[0] * paid[0],
    }
    assert list(table.index) == list(effects)
    for name, draws in effects.items():
        assert table.loc[name, "ATE by do (dollars)"] == pytest.approx(float(draws.mean()), abs=0.5)
        score = sum(defs["scores"][name][0])
        assert table.loc[name, "elpd of $1,000 bands"] == pytest.approx(score)
    draws = defs["draws_published"]
    line = columns_of(draws, "intercept", 8) + np.outer(T, columns_of(draws, "effect", 8))
    shorter = TABLE.drop(columns="earnings_1974").to_numpy()
    each = stats.norm(
        line + shorter @ columns_of(draws, "slopes", 8), columns_of(draws, "sigma", 8)
    )
    y, low = Y[:, None] / 1000, np.floor(Y / 1000)[:, None]
    band = each.cdf(low + 1) - each.cdf(np.where(low > 0, low, -np.inf))
    weights, _ = array_stats.psislw(each.logpdf(y))
    expected = logsumexp(np.log(band) + weights, axis=1)
    easy = expected > -12  # further out a difference of two distribution functions is rounding
    assert easy.mean() > 0.99
    found = defs["scores"]["linear, published prior"][0]
    assert np.allclose(found[easy], expected[easy], atol=1e-3)


def test_overlap_claims(defs: dict[str, Any]) -> None:
    """More than a third of the controls had under 10 %; the ATE weights leave few participants."""
    assert (SCORE[~TOOK] < 0.1).mean() > 1 / 3
    for weights in (1 / SCORE[TOOK], (SCORE / (1 - SCORE))[~TOOK]):
        assert weights.sum() ** 2 / (weights**2).sum() < len(weights) / 2
    assert defs["ate_ipw"] < defs["att_ipw"] / 2


def test_sensitivity_bias_is_exact(defs: dict[str, Any]) -> None:
    """An invented confounder with known partial R² moves least squares by exactly that bias."""
    rng = np.random.default_rng(3)
    hidden = rng.normal(size=len(Y)) + 0.8 * T + 1e-4 * Y
    full = sm.OLS(Y, np.column_stack([T, hidden, X])).fit()
    joins = sm.OLS(T, np.column_stack([hidden, X])).fit()
    r2_outcome = full.tvalues[1] ** 2 / (full.tvalues[1] ** 2 + full.df_resid)
    r2_treatment = joins.tvalues[0] ** 2 / (joins.tvalues[0] ** 2 + joins.df_resid)
    moved = abs(defs["ols_ate"] - full.params[0])
    assert defs["bias"](r2_outcome, r2_treatment) == pytest.approx(moved, rel=1e-6)


def test_benchmarks_follow_cinelli_hazlett(defs: dict[str, Any]) -> None:
    """The benchmarks are the bounds of their paper (k = 1), from sums of squares."""
    for name in COVARIATES:
        assert tuple(defs["benchmarks"].loc[name]) == pytest.approx(bound(name), rel=1e-8)


def test_referee_rejects_the_naive_answer_alone(defs: dict[str, Any]) -> None:
    """The verdict's sentences: signs, the naive answer is out, all adjusted intervals overlap."""
    low, high = 1794 - Z * 633, 1794 + Z * 633
    for name, n_adjusted in (("att_estimates", 2), ("all_estimates", 6)):
        table = defs[name].set_index("label")
        found = table.loc["experiment", ["mean", "lower", "upper"]].tolist()
        assert found == pytest.approx([1794, low, high])
        naive = table.loc["naive"]
        assert naive["lower"] < naive["mean"] < 0 < naive["upper"]
        apart = (1794 - naive["mean"]) / np.hypot(633, (naive["upper"] - naive["lower"]) / (2 * Z))
        assert apart > Z
        adjusted = table.query("role == 'adjusted'")
        assert ((adjusted["lower"] < high) & (adjusted["upper"] > low)).all()
        assert len(adjusted) == n_adjusted
        assert (adjusted["mean"] > 0).all()


def test_core_referee_shows_what_the_core_has_introduced(defs: dict[str, Any]) -> None:
    """Its rows are the naive answer, the model, the weighting and the experiment: no others."""
    rows = defs["att_estimates"]["label"].tolist()
    assert rows == ["naive", "model, by do", "weighting", "experiment"]


def test_intervals_hold_what_they_say(defs: dict[str, Any]) -> None:
    """94 %: 94 of 100 draws lie inside; a normal interval is so many standard errors wide."""
    estimates = defs["all_estimates"].set_index("label")
    for label, name in (("linear", "att_do"), ("hurdle", "att_hurdle")):
        row, draws = estimates.loc[label], defs[name].to_numpy()
        inside = ((draws >= row["lower"]) & (draws <= row["upper"])).mean()
        assert inside == pytest.approx(0.94, abs=0.002), label
    widths = (estimates["upper"] - estimates["lower"]) / (2 * Z)
    errors = {"naive": defs["naive_se"], "weighting": defs["ipw_se"], "experiment": 633}
    assert widths[list(errors)].tolist() == pytest.approx(list(errors.values()))
    curve = defs["prior_curve"]
    assert np.allclose((curve["upper"] - curve["lower"]) / curve["sd"], 2 * Z)


def test_every_row_of_the_referee_s_tables(defs: dict[str, Any]) -> None:
    """Estimates and ends of both tables: draws from the parameters, or estimate and error."""
    gamma = np.subtract(*[np.exp(lines_of(defs["draws_gamma"], a, "pay_")[TOOK]) for a in (1, 0)])
    arms = []
    for arm in (1, 0):
        chance = expit(lines_of(defs["draws_hurdle"], arm, "work_")[TOOK])
        arms.append(chance * np.exp(lines_of(defs["draws_hurdle"], arm, "pay_")[TOOK]))
    linear = 1000 * defs["draws_linear"]["effect"].to_numpy().ravel()
    draws = {
        "model, by do": linear,
        "linear": linear,
        "published prior": 1000 * defs["draws_published"]["effect"].to_numpy().ravel(),
        "gamma": 1000 * gamma.mean(axis=0),
        "hurdle": 1000 * np.subtract(*arms).mean(axis=0),
    }
    left = Y - sm.OLS(Y[~TOOK], X[~TOOK]).fit().predict(X).to_numpy()
    found = {
        "naive": (Y[TOOK].mean() - Y[~TOOK].mean(), defs["naive_se"]),
        "weighting": (weighted(SCORE / (1 - SCORE)), defs["ipw_se"]),
        "AIPW": (weighted(SCORE / (1 - SCORE), left), None),
        "experiment": (1794, 633),
    }
    order = {
        "att_estimates": ["naive", "model, by do", "weighting", "experiment"],
        "all_estimates": ["naive", "weighting", "AIPW", *list(draws)[1:], "experiment"],
    }
    for name, labels in order.items():
        assert defs[name]["label"].tolist() == labels
        for _, row in defs[name].iterrows():
            ends = (row["lower"], row["upper"])
            if row["label"] in draws:
                own = draws[row["label"]]
                assert row["mean"] == pytest.approx(own.mean(), abs=0.5)
                assert ends == pytest.approx(tuple(az.hdi(own, prob=0.94)), abs=30)
                continue
            mean, error = found[row["label"]]
            assert row["mean"] == pytest.approx(mean, abs=1e-3)
            half = (ends[1] - ends[0]) / 2 if error is None else Z * error
            assert ends == pytest.approx((mean - half, mean + half), abs=1e-3)


def test_errors_of_weighting_by_influence(defs: dict[str, Any]) -> None:
    """Three bootstrapped errors are those of influence functions, the fitted score counted in."""
    row = defs["all_estimates"].set_index("label").loc["AIPW"]
    left = Y - sm.OLS(Y[~TOOK], X[~TOOK]).fit().predict(X).to_numpy()
    all_treated, odds = TOOK.astype(float), ~TOOK * SCORE / (1 - SCORE)
    routes = {
        "IPW, ATT": (Y, all_treated, odds, defs["ipw_se"]),
        "AIPW, ATT": (left, all_treated, odds, (row["upper"] - row["lower"]) / (2 * Z)),
        "IPW, ATE": (Y, TOOK / SCORE, ~TOOK / (1 - SCORE), defs["ate_ipw_se"]),
    }
    scores = X.to_numpy() * (T - SCORE)[:, None]  # of the logistic regression
    for name, (values, one, other, said) in routes.items():
        influence = sum(
            sign * weights * (values - np.average(values, weights=weights)) / weights.sum()
            for sign, weights in ((1, one), (-1, other))
        )
        influence = influence - scores @ np.linalg.lstsq(scores, influence)[0]
        by_formula = np.sqrt((influence**2).sum())
        assert said == pytest.approx(by_formula, rel=0.2), name  # a hundred samples: 7 %


def test_bootstrap_errors(defs: dict[str, Any]) -> None:
    """A hundred samples give the standard error of the influence function within its own error."""
    odds = SCORE / (1 - SCORE)
    mean = np.average(Y[~TOOK], weights=odds[~TOOK])
    parts = Y[TOOK].var() / TOOK.sum(), (odds[~TOOK] ** 2 * (Y[~TOOK] - mean) ** 2).sum()
    by_formula = np.sqrt(parts[0] + parts[1] / odds[~TOOK].sum() ** 2)
    assert defs["ipw_se"] == pytest.approx(by_formula, rel=0.25)


def test_interactions_turn_the_order_round() -> None:
    """A straight line with interactions gives an ATT above the ATE, where the log link does not."""
    gain = 0
    for group, sign in ((1, 1), (0, -1)):
        fitted = sm.OLS(Y[group == T], X[group == T]).fit()
        gain = gain + sign * fitted.predict(X)
    assert gain[TOOK].mean() > gain.mean()


def test_the_slope_of_black_carries_the_shrinkage() -> None:
    """A narrow prior on this one slope makes most of what narrow priors on all slopes make."""
    wide = np.array([1e6, 10.0, *[1e6] * 7])
    alone, all_slopes = wide.copy(), np.array([1e6, 10.0, *[1] * 7])
    alone[2 + list(TABLE.drop(columns="earnings_1974")).index("black")] = 1
    flat = conjugate(wide)[0]
    assert flat - conjugate(alone)[0] > 0.5 * (flat - conjugate(all_slopes)[0])


def test_every_fit_shows_its_diagnostics(defs: dict[str, Any], source: str) -> None:
    """There is one `diagnostics_*` frame for each fit, it is of that fit, and it passes."""
    fits = re.findall(r"idata_(\w+) = fit_\w+\(", source)
    frames = {key.removeprefix("diagnostics_"): key for key in defs if "diagnostics_" in key}
    assert len(fits) == 4
    assert set(fits) == set(frames)
    for fit, key in frames.items():
        row, posterior = defs[key].iloc[0], defs[f"idata_{fit}"].posterior.dataset
        assert row["passed"]
        rhat = max(float(az.rhat(posterior[name]).max()) for name in posterior.data_vars)
        assert row["max_rhat"] == pytest.approx(rhat)
        assert rhat <= 1.01
        assert (posterior.sizes["chain"], posterior.sizes["draw"]) == (8, 400)


def test_seed_and_draws_are_used(source: str) -> None:
    """Every fit, every forward run and the bootstrap take the seed of the page."""
    assert len(re.findall(r"= fit_\w+\([^)]*SEED, DRAWS\)", source)) == 4
    assert source.count("random_seed=SEED") == 3
    assert source.count("random_state=SEED + i") == 2
    assert "default_rng" not in source


def test_card_states_the_honest_time(source: str) -> None:
    """Core and optional minutes of the card are the sums of the notes; exercises fit in."""
    notes = r'# notes: .*?Minutes: (\d+).*\n(?:    #.*\n)*    mo\.md\(r?f?"""\n\s*#+ (.*)\n'
    sections = re.findall(notes, source)
    minutes = {True: 0, False: 0}
    for spent, heading in sections:
        minutes[heading.endswith("· optional")] += int(spent)
    exercises = re.findall(r"### Exercise \d · \w+ · (\d+) min", source)
    card = re.search(r"\| Time \| core (\d+) minutes, optional (\d+); (\w+) checked", source)
    assert len(sections) == source.count("Minutes:")
    assert (int(card[1]), int(card[2])) == (minutes[False], minutes[True])
    assert minutes[False] <= 75
    assert {"eight": 8}[card[3]] == len(exercises)


def test_core_needs_nothing_optional() -> None:
    """No cell of the core reads a name that an optional section makes."""
    made_later: set[str] = set()
    core: list[Any] = []
    optional = False
    for cell in cells(ROOT / "solutions" / f"{NAME}.py"):
        heading = cell.prose or ""
        if heading.startswith("##") and not heading.startswith("###"):
            optional = heading.endswith("· optional")
        optional = optional and not heading.startswith("### References")  # below stands what runs
        if optional:
            made_later |= set(cell.returned)
        else:
            core.append(cell)
    made_later -= {"SEED", "DRAWS", "get_progress", "set_progress"}
    assert len(made_later) > 20
    for cell in core:
        taken = {a.arg for a in cell.node.args.args} if cell.kind == "cell" else set()
        assert not taken & made_later, f"{cell.name}: {taken & made_later}"


def test_nothing_is_given_away(page: Run) -> None:
    """Before anything is typed, no check and no text near an exercise gives its answer."""
    answers = {"check_1": "too low", "check_2": "ignorability", "check_7": "about 0"}
    for name, answer in answers.items():
        assert page.checks[name].status == "todo"
        assert answer not in page.checks[name].markdown().casefold()
    order = [cell.name for cell in cells(ROOT / "notebooks" / f"{NAME}.py")]
    sections = [name for name in order if name.endswith("_heading")]
    for asks, shows in (("exercise_3_filter", "effects"), ("weighted_att", "weighting")):
        between = [s for s in sections if order.index(asks) < order.index(s) < order.index(shows)]
        assert len(between) >= 2, f"{shows} stands just below {asks}"


def test_gamma_and_hurdle_likelihoods(defs: dict[str, Any]) -> None:
    """PyMC's densities are the formulas of the page, at parameters of our choice."""
    slopes, ones = np.linspace(-0.2, 0.3, 8), {"treated": T.astype(int), "shape": 1.3}
    pay = {"pay_intercept": 1.5, "pay_effect": 0.2, "pay_slopes": slopes}
    work = {"work_intercept": 0.8, "work_effect": 0.4, "work_slopes": -slopes}
    mean = np.exp(1.5 + 0.2 * T + TABLE.to_numpy() @ slopes)
    amount, y = stats.gamma(1.3, scale=mean / 1.3), Y / 1000
    working = expit(0.8 + 0.4 * T - TABLE.to_numpy() @ slopes)
    found = at_one_point(defs["hurdle_model"](TABLE), {**pay, **work, **ones})
    expected = np.where(
        y > 0, np.log(working) + amount.logpdf(np.maximum(y, 1e-9)), np.log1p(-working)
    )
    assert np.allclose(found, expected, atol=1e-6)
    found = at_one_point(defs["gamma_model"](TABLE), {**pay, **ones})
    assert np.allclose(found[y > 0], amount.logpdf(np.maximum(y, 1e-9))[y > 0], atol=1e-6)


# The checks on the page --------------------------------------------------------------------------


ANSWERS = {
    "check_1": "direction",
    "check_2": "doubtful_assumption",
    "check_3": "effect_draws",
    "check_4": "weighted_att",
    "check_5": "left_black",
    "check_6": "robustness_value",
    "check_7": "effect_in_dollars",
    "check_8": "policy_gain",
}


@pytest.mark.parametrize(("check", "name"), ANSWERS.items())
def test_absurd_answers_are_not_done(done: Run, check: str, name: str) -> None:
    """Nothing that a learner can type crashes a check of the page or passes it."""
    never_done(asked(done, check, name))


def test_checks_take_right_answers_however_written(defs: dict[str, Any], done: Run) -> None:
    """The cells give their judges what they need: a second right answer and a usual wrong one."""
    with_, without = defs["mu_with"], defs["mu_without"]
    gain, policy = defs["hurdle_with"] - defs["hurdle_without"], defs["policy"]
    odds = SCORE / (1 - SCORE)

    def by_regression(y: Any, t: Any, e: Any) -> float:
        y, t, e = (np.asarray(values, float) for values in (y, t, e))
        weights = np.where(t == 1, 1, e / (1 - e))
        return float(sm.WLS(y, sm.add_constant(t), weights=weights).fit().params[1])

    second = {
        "check_1": " Too  LOW ",
        "check_2": "no unmeasured confounding",
        "check_3": 1000 * defs["draws_linear"]["effect"],
        "check_4": by_regression,
        "check_5": left_by("black"),
        "check_6": robust(),
        "check_7": 0,
        "check_8": (gain * policy).sum("unit").to_numpy() / len(policy),
    }
    wrong = {
        "check_1": {"coin": "about right"},
        "check_2": {"equal covariates": "positivity"},
        "check_3": {
            "different men": with_[..., TOOK].mean("unit") - without[..., ~TOOK].mean("unit")
        },
        "check_4": {"not weighted": lambda y, t, _: y[t == 1].mean() - y[t == 0].mean()},
        "check_5": {"is the bias": OLS - left_by("black")},
        "check_6": {"starting point": OLS / OLS_SE / np.sqrt(DF)},
        "check_7": {"least squares": "1221"},
        "check_8": {"each man chosen": gain.sel(unit=policy == 1).mean("unit")},
    }
    for check, name in ANSWERS.items():
        judge = asked(done, check, name)
        accepted(judge, [second[check]])
        refused(judge, wrong[check])
    assert same(defs["att_ipw"], weighted(odds), 1e-3)
