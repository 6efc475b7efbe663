"""Notebook 05: its figures against other routes, its words, its checks on the page."""

from __future__ import annotations

import re
from statistics import NormalDist
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import pytest
import statsmodels.api as sm
import xarray as xr
from arviz_stats.base import array_stats
from scipy import stats
from scipy.special import expit, logsumexp

from helpers import graphs, tidy
from helpers.data import load_lalonde
from helpers.lessons import lalonde
from tests import claims
from tests.answers import accepted, asked, never_done, refused
from tests.claims import Claim, Globals, prior_of
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
    """Return intercept + effect * treated + slopes by a loop over draws: shape (men, draws)."""
    parts = [columns_of(draws, f"{name}{part}", every) for part in ("intercept", "effect")]
    slopes = columns_of(draws, f"{name}slopes", every)
    treated = np.broadcast_to(treated, len(MEN))
    found = [
        a + b * treated + TABLE.to_numpy() @ slope
        for a, b, slope in zip(*parts, slopes.T, strict=True)
    ]
    return np.column_stack(found)


# The figures -------------------------------------------------------------------------------------


def test_published_data_figures(defs: dict[str, Any]) -> None:
    """Naive difference and least squares are the published figures, to the cent."""
    assert defs["naive_difference"] == pytest.approx(-635.03, abs=0.01)
    assert defs["ols_ate"] == pytest.approx(1548.24, abs=0.01) == OLS
    assert defs["ols_ate_without_re74"] == pytest.approx(1221.22, abs=0.01) == OLS_WITHOUT
    assert defs["ols_se"] == pytest.approx(781, abs=1)
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
    slopes = columns_of(draws, "join_slopes", every=4)
    log_odds = columns_of(draws, "join_intercept", every=4) + TABLE.to_numpy() @ slopes
    assert np.abs(expit(log_odds).mean(axis=1) - SCORE).max() < 0.03


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
    """`do` gives each man what a loop over draws gives him: line, exponential, product."""
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


def test_gamma_and_hurdle_effects(defs: dict[str, Any]) -> None:
    """The coefficient is another number than the ATE; zeros come as often as in the data."""
    coefficient = 1000 * float(defs["draws_gamma"]["pay_effect"].mean())
    assert abs(float(defs["ate_gamma"].mean()) - coefficient) > 500
    zeros = float((defs["replicated_hurdle"] == 0).mean())
    assert zeros == pytest.approx(float((Y == 0).mean()), abs=0.03)
    assert float((defs["replicated"] < 0).mean()) > 0.1
    assert float((defs["replicated_hurdle"] < 0).sum()) == 0


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


def test_referee_overlaps_every_interval(defs: dict[str, Any]) -> None:
    """The verdict's sentences: signs, and the experiment's interval overlaps each other one."""
    low, high = 1794 - Z * 633, 1794 + Z * 633
    for name, n_adjusted in (("att_estimates", 2), ("all_estimates", 6)):
        table = defs[name].set_index("label")
        found = table.loc["experiment", ["mean", "lower", "upper"]].tolist()
        assert found == pytest.approx([1794, low, high])
        naive = table.loc["naive"]
        assert naive["lower"] < naive["mean"] < 0 < naive["upper"]
        assert ((table["lower"] < high) & (table["upper"] > low)).all()
        adjusted = table.query("role == 'adjusted'")
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
        rhat = max(float(v.max()) for v in az.rhat(posterior).data_vars.values())
        assert row["max_rhat"] == pytest.approx(rhat) <= 1.01
        assert (posterior.sizes["chain"], posterior.sizes["draw"]) == (8, 400)


def test_seed_and_draws_are_used(source: str) -> None:
    """Every fit, every forward run and the bootstrap take the seed of the page."""
    assert len(re.findall(r"= fit_\w+\([^)]*SEED, DRAWS\)", source)) == 4
    assert source.count("random_seed=SEED") == 3
    assert source.count("random_state=SEED + i") == 1
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


# The words ---------------------------------------------------------------------------------------


def same(found: Any, expected: Any, tolerance: float = 1e-6) -> bool:
    """Return whether numbers agree."""
    return bool(np.allclose(np.asarray(found, float), np.asarray(expected, float), atol=tolerance))


def posterior_near(draws: Any, mean: float, sd: float) -> bool:
    """Return whether draws have this mean and sd, within Monte Carlo error."""
    error = 4 * float(az.mcse(draws.to_numpy()))
    return (
        abs(float(draws.mean()) - mean) < error + 0.02 * sd
        and 0.93 < float(draws.std()) / sd < 1.07
    )


def priors(model: Any, expected: dict[str, tuple[str, list[float]]]) -> bool:
    """Return whether the model's parameters have these distributions, and it has no others."""
    free = {v.name for v in model.free_RVs} - {"treated", "earnings"}
    if free != set(expected):
        return False
    return all(
        (found := prior_of(model, name))[0] == kind and same(found[1][-len(values) :], values)
        for name, (kind, values) in expected.items()
    )


JOIN = {"join_intercept": ("Normal", [0, 1.5]), "join_slopes": ("Normal", [0, 2.5])}
PAY = {
    "pay_intercept": ("Normal", [np.log(5), 1]),
    "pay_effect": ("Normal", [0, 1]),
    "pay_slopes": ("Normal", [0, 1]),
    "shape": ("HalfNormal", [2]),
}
WORK = {
    "work_intercept": ("Normal", [1, 1]),
    "work_effect": ("Normal", [0, 1]),
    "work_slopes": ("Normal", [0, 1]),
}


def linear_priors(slope_sd: float) -> dict[str, tuple[str, list[float]]]:
    """Return the priors of the linear model."""
    wide = ("Normal", [0, slope_sd])
    own = {"intercept": ("Normal", [5, 10]), "effect": wide, "slopes": wide}
    return {**JOIN, **own, "sigma": ("HalfNormal", [10])}


def at_one_point(model: Any, values: dict[str, Any]) -> np.ndarray:
    """Return PyMC's log density of each man's earnings with these values of all other variables."""
    logp = pm.logp(model["earnings"], Y / 1000)
    given = {model[name]: np.asarray(value) for name, value in values.items()}
    return logp.eval(given, mode="FAST_COMPILE", on_unused_input="ignore")


def hidden_town(known: bool) -> graphs.Graph:
    """Return the notebook's graph with a town that moves joining and earnings."""
    arrows = [("background", "treated"), ("background", "earnings_1978")]
    arrows += [("treated", "earnings_1978"), ("town", "treated"), ("town", "earnings_1978")]
    hidden = () if known else ("town",)
    return graphs.dag(arrows, treatment="treated", outcome="earnings_1978", hidden=hidden)


def seen_world(g: Globals) -> bool:
    """Return whether setting treated to what happened gives each man the world he was in."""
    arm = g.mean_earnings(g.observed_linear, g.draws_linear.isel(draw=[0]), T.astype(int))
    expected = xr.where(xr.DataArray(TOOK, dims="unit"), g.mu_with, g.mu_without)
    expected = expected.isel(draw=[0]).transpose(*arm.dims)
    return same(arm, expected)


def naive_error() -> float:
    """Return the standard error of a difference of two means."""
    groups = Y[TOOK], Y[~TOOK]
    return float(np.sqrt(sum(group.var(ddof=1) / len(group) for group in groups)))


def prior_world() -> tuple[float, float]:
    """Return half the effects' absolute size, and the share below zero, by other draws."""
    rng = np.random.default_rng(8)
    n = 4000
    men = rng.integers(len(MEN), size=n)
    x = TABLE.to_numpy()[men]
    p = expit(rng.normal(0, 1.5, n) + (rng.normal(0, 2.5, x.shape) * x).sum(axis=1))
    mu = rng.normal(5, 10, n) + rng.normal(0, 10, n) * (rng.uniform(size=n) < p)
    mu += (rng.normal(0, 10, x.shape) * x).sum(axis=1)
    earned = mu + np.abs(rng.normal(0, 10, n)) * rng.normal(size=n)
    return 10_000 * stats.norm.ppf(0.75), float((earned < 0).mean())


def anticausal() -> float:
    """Return what `do` on joining changes in a program that draws earnings first."""
    with pm.Model() as model:
        earnings = pm.Normal("earnings", 0, 1)
        pm.Normal("treated", 0.8 * earnings, 0.6)
    arms = [pm.do(model, {"treated": float(arm)}) for arm in (0, 1)]
    means = [pm.draw(arm["earnings"], 50, random_seed=1).mean() for arm in arms]
    return float(means[1] - means[0])


def doubly_robust(g: Globals) -> bool:
    """Return whether AIPW is right where the regression is, and where the score is."""
    rng = np.random.default_rng(4)
    n = 40_000
    made = pd.DataFrame(rng.normal(size=(n, 8)), columns=COVARIATES)
    bent = np.exp(made["age"] / 2)

    def misses(log_odds: Any, earned: Any) -> float:
        took = rng.uniform(size=n) < expit(log_odds)
        world = made.assign(
            treated=took.astype(int), earnings_1978=earned + took + rng.normal(size=n)
        )
        return abs(g.aipw_att(world) - 1)

    right_line = misses(0.8 * bent - 1.5, 2 * made["age"])
    right_score = misses(0.8 * made["age"] - 0.5, 2 * bent)
    return right_line < 0.08 and right_score < 0.12


def weights_balance() -> bool:
    """Return whether the odds bring the means of the covariates together."""
    spread = MEN[COVARIATES].std()
    before = (MEN.loc[TOOK, COVARIATES].mean() - MEN.loc[~TOOK, COVARIATES].mean()) / spread
    odds = SCORE / (1 - SCORE)
    after = pd.Series({name: weighted(odds, MEN[name]) for name in COVARIATES}) / spread
    return bool(after.abs().max() < 0.2 < before.abs().max() / 5)


def like_him(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return for each score of `one` whether some score of `others` is within .05 of it."""
    return np.abs(one[:, None] - others[None, :]).min(axis=1) < 0.05


def gamma_by_glm() -> float:
    """Return the coefficient of a Gamma regression with a log link, by likelihood equations."""
    family = sm.families.Gamma(sm.families.links.Log())
    return float(sm.GLM(Y + 1, np.column_stack([T, X]), family=family).fit().params[0])


def hurdle_by_hand(g: Globals) -> tuple[float, float]:
    """Return ATE and ATT of the hurdle model from its parameters, by a loop over draws."""
    gains = 0
    for arm, sign in ((1, 1), (0, -1)):
        works = expit(lines_of(g.draws_hurdle, arm, "work_", 8))
        gains = gains + sign * 1000 * works * np.exp(lines_of(g.draws_hurdle, arm, "pay_", 8))
    return float(gains.mean()), float(gains[TOOK].mean())


def robust() -> float:
    """Return the robustness value, as a root of its equation."""
    f2 = (OLS / OLS_SE) ** 2 / DF
    return float(max(np.roots([1, f2, -f2]).real))


def read_numbers(words: str, *expected: float, within: float = 0.5) -> Any:
    """Return a predicate: the numbers that a title shows are these, as rounded there."""
    return lambda g: same(g.numbers(words), expected, within)


CLAIMS = [
    Claim(
        (
            "Of {n_men} men, {n_treated} took part and {n_men - n_treated} did not.",
            "| Estimand | average effect on 1978 earnings: over all {n_men} men (ATE), "
            "over the {n_treated} who took part (ATT) |",
            "| Data | {n_men} men, earnings in dollars (LaLonde 1986; Dehejia & Wahba 1999) |",
            "**ATE**: what if all {n_men} had taken part?",
            "**ATT**: what did it do for the {n_treated} who did?",
            "Our {n_treated} are the experiment's own treated men, so it tests one thing: what they "
            "would have earned without the programme.",
            "A public tutorial on these {n_men} men (Orduz 2025, after the ChiRho backdoor example) "
            "uses the same idea: joint model, then `do`.",
            "Nobody would train all {n_men} men.",
            "By how much would the average earnings **of all {n_men}** rise, compared with no "
            "programme?",
        ),
        lambda g: (g.n_men, g.n_treated) == (len(MEN), TOOK.sum()) == (614, 185),
    ),
    Claim(
        "Many men earned exactly nothing, and the rest have a long tail, up to "
        '{number(men["earnings_1978"].max(), 0)} dollars.',
        lambda g: (
            same(g.men["earnings_1978"], Y)
            and Y.max() > 6 * np.median(Y[Y > 0])
            and (Y == 0).mean() > 0.2
        ),
    ),
    Claim(
        "# % of the men earned nothing at all",
        read_numbers("of the men earned nothing at all", 100 * (Y == 0).mean()),
    ),
    Claim(
        "Men who took part earned {number(mean_by_group[1], 0)} dollars, the others "
        "{number(mean_by_group[0], 0)}.",
        lambda g: same(g.mean_by_group, [Y[~TOOK].mean(), Y[TOOK].mean()]),
    ),
    Claim(
        "The `naive_difference` is **{number(naive_difference)} dollars** (standard error "
        "{number(naive_se, 0)}), as if the programme had cost them money.",
        lambda g: (
            same(g.naive_difference, Y[TOOK].mean() - Y[~TOOK].mean())
            and g.naive_difference < 0
            and same(g.naive_se, naive_error())
        ),
    ),
    Claim(
        (
            "They were not: {(standardised_gap.abs() > 0.25).sum()} of the {len(standardised_gap)} "
            "covariates differ by more than a quarter of a standard deviation.",
            "Largest gap: black, # standard deviations",
        ),
        lambda g: (
            same(
                g.standardised_gap,
                [(MEN[c][TOOK].mean() - MEN[c][~TOOK].mean()) / MEN[c].std() for c in COVARIATES],
            )
            and g.standardised_gap.abs().idxmax() == "black"
            and same(g.numbers("Largest gap: black"), g.standardised_gap["black"], 0.05)
        ),
    ),
    Claim(
        'The men who took part had earned {number(before.loc[1, "earnings_1974"], 0)} dollars in '
        '1974, the others {number(before.loc[0, "earnings_1974"], 0)}.',
        lambda g: same(
            g.before.loc[[1, 0], "earnings_1974"],
            [MEN["earnings_1974"][TOOK].mean(), MEN["earnings_1974"][~TOOK].mean()],
        ),
    ),
    Claim(
        r"""$$\begin{aligned}
        \text{ATE} &= \frac{1}{{n_men}}\sum_{i=1}^{{n_men}} E\big[Y_i(1) - Y_i(0) \mid x_i\big] \\
        \text{ATT} &= \frac{1}{{n_treated}}\sum_{i:\,T_i=1} E\big[Y_i(1) - Y_i(0) \mid x_i\big]
        \end{aligned}$$""",
        lambda g: (
            same((g.ate_hurdle.mean(), g.att_hurdle.mean()), hurdle_by_hand(g), 30)
            and same(g.ate_hurdle, (g.hurdle_with - g.hurdle_without).to_numpy().mean(axis=2))
            and same(
                g.att_hurdle, (g.hurdle_with - g.hurdle_without).to_numpy()[..., TOOK].mean(axis=2)
            )
        ),
    ),
    Claim(
        'Green, what we adjust for: **{", ".join(adjustment_set)}**, the only minimal set that '
        "closes every backdoor path.",
        lambda g: (
            [sorted(found) for found in g.programme_graph.adjustment_sets()]
            == [g.adjustment_set]
            == [["background", "earnings_1974", "earnings_1975"]]
            and not any(
                g.programme_graph.is_adjustment_set(set(g.adjustment_set) - {out})
                for out in g.adjustment_set
            )
        ),
    ),
    Claim(
        "**Consistency**: there is one version of the programme, and what we see is $Y_i(T_i)$.",
        seen_world,
    ),
    Claim(
        "**No interference**: one man's place does not change another man's earnings.",
        lambda g: same(
            g.mean_earnings(
                g.observed_linear, g.draws_linear.isel(draw=[0]), np.eye(614, dtype=int)[0]
            )[..., 1:],
            g.mu_without.isel(draw=[0])[..., 1:],
        ),
    ),
    Claim(
        (
            "**Ignorability** (no unmeasured confounding): among men with equal covariates, joining "
            "is as good as random. Nothing unseen points at both `treated` and `earnings_1978`.",
            "if nothing unseen moves both who joins and what he earns. The town is unseen here.",
        ),
        lambda _: (
            hidden_town(known=False).adjustment_sets() == []
            and hidden_town(known=True).adjustment_sets() == [frozenset({"background", "town"})]
        ),
    ),
    Claim(
        "No data can show this.",
        # The graph with a hidden common cause forbids nothing that the graph without it allows.
        lambda g: (
            g.programme_graph.independences().empty
            and hidden_town(known=False).independences().empty
        ),
    ),
    Claim(
        "**Positivity**: every kind of man could have joined, and could have stayed away.",
        lambda g: bool(((g.propensity_score > 0) & (g.propensity_score < 1)).all()),
    ),
    Claim(
        "With all covariates the coefficient is **{number(ols_ate)} dollars** (standard error "
        "{number(ols_se, 0)}).",
        lambda g: same((g.ols_ate, g.ols_se), (OLS, OLS_SE), 1e-4),
    ),
    Claim(
        r"""$$\begin{aligned}
        \alpha_0 &\sim \text{Normal}(0, 1.5), \quad \alpha_k \sim \text{Normal}(0, 2.5) \\
        T_i &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\alpha_0 + x_i^\top \alpha)\big) \\
        \beta_0 &\sim \text{Normal}(5, 10), \quad \tau, \beta_k \sim \text{Normal}(0, 10),
        \quad \sigma \sim \text{HalfNormal}(10) \\
        \mu_i &= \beta_0 + \tau T_i + x_i^\top \beta \\
        Y_i &\sim \text{Normal}(\mu_i, \sigma)
        \end{aligned}$$""",
        lambda g: priors(g.model_linear, linear_priors(10)),
    ),
    Claim(
        (
            "A program can be read as a causal graph **if each line is a mechanism, in causal order**.",
            "- **A program can be read as a causal graph** if each line is a mechanism, in causal "
            "order. `do` replaces a line: right if the graph is.",
        ),
        lambda g: (
            all(
                list(g.model_linear.named_vars).index(a) < list(g.model_linear.named_vars).index(b)
                for a, b in g.program_arrows
            )
            and {("covariates", "treated"), ("treated", "mu_earnings"), ("mu_earnings", "earnings")}
            <= set(g.program_arrows)
            and anticausal() == 0.0
        ),  # earnings first: the same joint distribution, and no effect
    ),
    Claim(
        "Half of its effects lie beyond ±{number(np.median(np.abs(prior_effect)), 0)} dollars: it "
        "allows more than the data show. And {percent((prior_earnings < 0).mean())} of its men earn "
        "less than nothing: a straight line does not know zero.",
        lambda g: (
            abs(np.median(np.abs(g.prior_effect)) - prior_world()[0]) < 1500
            and abs((g.prior_earnings < 0).mean() - prior_world()[1]) < 0.03
            and same(np.quantile(g.prior_earnings, [0.03, 0.97]), (-46e3, 57e3), 4e3)
        ),
    ),
    Claim(
        "# % of the invented men earn # to #",
        lambda g: same(
            g.numbers("of the invented men earn"),
            [94, *np.quantile(g.prior_earnings, [0.03, 0.97])],
            0.5,
        ),
    ),
    Claim(
        "grey bars: the # men; dashed outline: invented by the prior",
        read_numbers("dashed outline: invented by the prior", 614),
    ),
    Claim(
        "The rule for every fit here. **R-hat** compares the chains, the **effective sample size** "
        "counts independent draws, a **divergence** is a step that went astray.",
        lambda g: (
            (tidy.MAX_R_HAT, tidy.MIN_ESS) == (1.01, 400)
            and all(
                g[f"diagnostics_{fit}"]["passed"].all()
                and int(g[f"idata_{fit}"].sample_stats["diverging"].sum()) == 0
                for fit in ("linear", "published", "gamma", "hurdle")
            )
        ),
    ),
    Claim(
        "The average is right (off by {number(abs(float(replicated.mean()) - "
        'men["earnings_1978"].mean()), 0)} dollars) and the men are wrong.',
        lambda g: (
            abs(float(g.replicated.mean()) - Y.mean()) < 250
            and same(g.men["earnings_1978"], Y)
            and float((g.replicated < 0).mean()) > 0.1
        ),
    ),
    Claim(
        "Model: # % below zero; data: # % exactly zero",
        lambda g: same(
            g.numbers("exactly zero"),
            (100 * float((g.replicated < 0).mean()), 100 * (Y == 0).mean()),
            0.5,
        ),
    ),
    Claim(
        "grey bars: the # men; dashed outline: invented by the fitted model",
        read_numbers("invented by the fitted model", 614),
    ),
    Claim(
        "A man's **propensity score** is his chance to join, given his covariates.",
        lambda g: same(g.propensity_score, SCORE, 1e-5),
    ),
    Claim(
        (
            "The **ATT** needs men who stayed away and are like those who joined: some are.",
            "The **ATE** needs the reverse, too: many have nobody, and the line fills the gap.",
            "- **Where overlap is poor, the ATE is the model's guess.** The ATT asks for less.",
        ),
        # The worst-off participant has more men to be compared with than many of the others have.
        lambda _: (
            like_him(SCORE[TOOK], SCORE[~TOOK]).all()
            and (SCORE[~TOOK] < SCORE[TOOK].min()).sum() > 25
            and (SCORE[TOOK] < 0.1).sum() < 0.05 * (SCORE[~TOOK] < 0.1).sum()
        ),
    ),
    Claim(
        "# % of the others: under # % chance to join",
        read_numbers("of the others: under", 100 * (SCORE[~TOOK] < 0.1).mean(), 10),
    ),
    Claim(
        "And everybody gains the same: ATE and ATT are equal **by assumption**, not by evidence.",
        lambda g: same(g.ate_do, g.att_do) and not same(g.ate_hurdle, g.att_hurdle, 50),
    ),
    Claim(
        "(HDI: the shortest interval that holds {percent(tidy.HDI_PROB)} of the draws.)",
        lambda g: (
            tidy.HDI_PROB == 0.94
            and same(
                tidy.hdi(g.ate_do),
                min(
                    zip(
                        np.sort(g.ate_do.to_numpy().ravel()),
                        np.sort(g.ate_do.to_numpy().ravel())[int(0.94 * 3200) :],
                        strict=False,
                    ),
                    key=lambda ends: ends[1] - ends[0],
                ),
            )
        ),
    ),
    Claim(
        "If the graph is right: # dollars, P(> #) = # %",
        lambda g: same(
            g.numbers("If the graph is right"),
            (float(g.ate_coefficient.mean()), 0, 100 * float((g.ate_coefficient > 0).mean())),
            0.5,
        ),
    ),
    Claim("line: # % HDI", lambda g: 94.0 in g.numbers("of his earnings without it")),
    Claim(
        "Give each man of the comparison group the weight $e_i/(1-e_i)$, with $e_i$ his propensity "
        "score, and the group looks like the men who took part: inverse probability weighting "
        "(**IPW**) for the ATT.",
        lambda g: weights_balance() and same(g.att_ipw, weighted(SCORE / (1 - SCORE)), 1e-3),
    ),
    Claim(
        (
            "mean of the treated minus the **weighted mean** of the others, weights $e/(1-e)$ that "
            "sum to one.",
            "Write `weighted_att(earnings, treated, propensity)`:",
            "For {lalonde.toy_example()}.",
        ),
        lambda g: (
            same(g.weighted_att(*lalonde.TOY), float(lalonde.toy_example().split()[-1]), 1e-4)
            and same(g.weighted_att(Y, T, SCORE), weighted(SCORE / (1 - SCORE)))
        ),
    ),
    Claim(
        r"""$$|\text{bias}| = \text{se} \sqrt{\text{df}} \sqrt{\frac{R^2_Y\, R^2_T}{1 - R^2_T}}$$""",
        lambda g: same(g.bias(0.02, 0.3), OLS_SE * np.sqrt(DF * 0.02 * 0.3 / 0.7)),
    ),
    Claim(
        "An unseen confounder as strong as `earnings_1974` would leave {number(ols_ate - "
        'bias(*benchmarks.loc["earnings_1974"]), 0)} dollars, if it had pushed the estimate up.',
        lambda g: (
            same(g.ols_ate - g.bias(*g.benchmarks.loc["earnings_1974"]), left_by("earnings_1974"))
            and same(g.benchmarks.loc["black"], bound("black"))
        ),
    ),
    Claim(
        "If it pushed up: # of # dollars are left",
        read_numbers("If it pushed up", OLS - OLS_SE * np.sqrt(DF * 0.03 * 0.1 / 0.9), OLS),
    ),
    Claim(
        "diamond: your sliders; dashed: nothing left; circle: like a covariate we have",
        lambda g: same(g.dollars_left, OLS - OLS_SE * np.sqrt(DF * 0.03 * 0.1 / 0.9)),
    ),
    Claim(
        "Men drawn into it earned **{number(experimental_benchmark, 0)} dollars** more in 1978 than "
        "men drawn out (standard error {experimental_se}; Dehejia & Wahba 1999).",
        lambda g: (g.experimental_benchmark, g.experimental_se) == (1794, 633),
    ),
    Claim(
        (
            "More cannot be said: the experiment's own {percent(tidy.HDI_PROB)} interval runs from "
            '{number(att_estimates["lower"].iloc[-1], 0)} to '
            '{number(att_estimates["upper"].iloc[-1], 0)} dollars and overlaps all the others.',
            "It does not say which route is best, and being close to it here proves nothing about "
            "the next data set.",
        ),
        lambda g: (
            same(g.att_estimates[["lower", "upper"]].iloc[-1], (1794 - Z * 633, 1794 + Z * 633))
            and bool((g.att_estimates["upper"] > 1794 - Z * 633).all())
            and bool((g.att_estimates["lower"] < 1794 + Z * 633).all())
        ),
    ),
    Claim(
        "Adjusted # to #; experiment #",
        lambda g: same(
            g.numbers("Adjusted"),
            (weighted(SCORE / (1 - SCORE)), float(g.ate_coefficient.mean()), 1794),
            0.5,
        ),
    ),
    Claim(
        "line: # % interval (HDI of draws, confidence interval otherwise)",
        read_numbers("confidence interval otherwise", 94),
    ),
    Claim(
        "- **Did it raise earnings?** Probably: for the {n_treated}, by {number(att_ipw, 0)} "
        "(weighting) to {number(float(att_do.mean()), 0)} dollars (model),",
        lambda g: (
            g.n_treated == TOOK.sum()
            and same(g.att_ipw, weighted(SCORE / (1 - SCORE)), 1e-3)
            and posterior_near(g.att_do, OLS, OLS_SE)
            and float((g.att_do > 0).mean()) > 0.9
        ),
    ),
    Claim(
        "- **The effect is a contrast of two worlds with the same men.** Only in a straight line "
        "without interactions is it a coefficient.",
        lambda g: (
            same(g.ate_do, 1000 * g.draws_linear["effect"], 1e-3)
            and not same(g.ate_gamma, 1000 * g.draws_gamma["pay_effect"], 500)
        ),
    ),
    Claim(
        "- **A hidden confounder can be weighed, not ruled out**: one as strong as `black` takes all "
        "of it away.",
        lambda g: left_by("black") <= 0 and same(g.left_black, left_by("black"), 1e-3),
    ),
    Claim(
        "But the cloud is wide: one such world misses the truth by "
        '{number(np.abs(simulated_adjusted - 1000 * true_values["effect"]).mean(), 0)} dollars on '
        "average.",
        # The mean absolute error of a normal estimate is sqrt(2 / pi) standard errors.
        lambda g: (
            g.true_values["effect"] == 2.0
            and same(np.abs(g.simulated_adjusted - 2000).mean(), np.sqrt(2 / np.pi) * OLS_SE, 80)
        ),
    ),
    Claim(
        "# worlds: naive #, adjusted #",
        lambda g: (
            same(
                g.numbers("worlds: naive"),
                (400, g.simulated_naive.mean(), g.simulated_adjusted.mean()),
                0.5,
            )
            and abs(g.simulated_adjusted.mean() - 2000) < 200 < 2000 - g.simulated_naive.mean()
        ),
    ),
    Claim(
        (
            r"**Abduction**: find it, $u_i = y_i - \mu_i(t_i)$.",
            "**Action**: set $t_i$ to the other value.",
            r"**Prediction**: $y_i^{\text{other}} = \mu_i(1 - t_i) + u_i$.",
            "What lets us write this: the model is **additive**, and the same $u_i$ holds in both worlds.",
            "The data cannot test it: no man was seen twice.",
        ),
        lambda g: (
            same(
                g.earnings_without,
                g.seen_earnings.to_numpy() - 1000 * g.draws_linear["effect"].to_numpy()[..., None],
                1e-3,
            )
            and not MEN["person"].duplicated().any()
        ),
    ),
    Claim(
        "Here every man gains the same, and for one of the five it predicts {number(float("
        'earnings_without.mean(["chain", "draw"]).min()), 0)} dollars: where earnings stop at zero, '
        "additivity is wrong.",
        lambda g: (
            len(g.seen_earnings) == 5
            and same(
                g.earnings_without.mean(["chain", "draw"]).min(),
                g.seen_earnings.min() - 1000 * float(g.draws_linear["effect"].mean()),
                1e-3,
            )
            and g.earnings_without.mean(["chain", "draw"]).min() < 0
        ),
    ),
    Claim(
        "# participants: their earnings without the programme",
        lambda g: g.numbers("participants: their earnings without") == [5.0],
    ),
    Claim(
        "line: # % HDI of his earnings without it; circle: what he did earn",
        read_numbers("circle: what he did earn", 94),
    ),
    Claim(
        (
            r"""$$\frac{q^2}{1-q} = f^2$$""",
            "The **robustness value** is the share $q$ at which a confounder with "
            "$R^2_T = R^2_Y = q$ explains the whole estimate away: its bias equals `ols_ate`.",
        ),
        lambda g: (
            same(g.robustness_value, robust(), 1e-6)
            and same(g.bias(robust(), robust()), g.ols_ate, 1e-3)
        ),
    ),
    Claim(
        "It leaves out `earnings_1974`, counts in thousands of dollars, gives every slope a "
        "Normal(0, 1) prior, and reports an effect of **{published_effect} ± {published_effect_sd} "
        "dollars**.",
        lambda g: (
            (g.published_effect, g.published_effect_sd) == (552, 604)
            and "earnings_1974" not in g.published_table
            and priors(g.linear_model(g.published_table, 1), linear_priors(1))
        ),
    ),
    Claim(
        "Our sampler finds {number(float(ate_published.mean()), 0)} ± "
        "{number(float(ate_published.std()), 0)} dollars: the same.",
        lambda g: posterior_near(g.ate_published, 552, 604),
    ),
    Claim(
        (
            "Least squares on these columns says {number(ols_ate_without_re74, 0)}.",
            "From {number(ols_ate_without_re74, 0)} by least squares:",
        ),
        lambda g: same(g.ols_ate_without_re74, OLS_WITHOUT, 1e-4),
    ),
    Claim(
        (
            "So the number is no accident of sampling; **the prior makes it**, twice over.",
            "- both: {number(closed_form_mean, 0)}.",
        ),
        lambda g: (
            same(g.closed_form_mean, conjugate([1, 10, *[1] * 7])[0], 1e-4)
            and g.closed_form_mean < OLS_WITHOUT / 2
        ),
    ),
    Claim(
        (
            "- a Normal(0, 1) on the effect alone pulls it to {number(posterior_of_effect(1, 1e6)[0], 0)};",
            "- on the covariates' slopes alone, to {number(posterior_of_effect(1e6, 1)[0], 0)}: a "
            "shrunken slope adjusts too little, here mostly that of `black`;",
            "With Normal(0, 10) everywhere: {number(posterior_of_effect(10, 10)[0], 0)}.",
        ),
        lambda g: (
            same(g.posterior_of_effect(1, 1e6), conjugate([1, 10, *[1e6] * 7]), 0.1)
            and same(g.posterior_of_effect(1e6, 1), conjugate([1e6, 10, *[1] * 7]), 0.1)
            and same(g.posterior_of_effect(10, 10), conjugate([10] * 9), 1e-4)
        ),
    ),
    Claim(
        'Normal(0, 1) reads like "weak" and says, of each covariate, "I am '
        "{percent(NormalDist().cdf(2) - NormalDist().cdf(-2))} sure that one step of it moves earnings "
        'by less than 2,000 dollars".',
        lambda g: (
            prior_of(g.linear_model(g.published_table, 1), "slopes")[1] == [0.0, 1.0]
            and same(stats.norm.cdf(2) - stats.norm.cdf(-2), 0.954, 1e-3)
        ),
    ),
    Claim(
        "**A prior has a unit**: write it beside every prior.",
        lambda g: abs(g.posterior_of_effect(1, 1, unit=1)[0]) < 1 < g.closed_form_mean,
    ),
    Claim(
        "Prior sd #: effect # ± # dollars",
        read_numbers("Prior sd #: effect", 1, *conjugate([1, 10, *[1] * 7])),
    ),
    Claim(
        "band and bar: # % interval, in closed form",
        read_numbers("band and bar", 94),
    ),
    Claim(
        (
            "The same model, the same Normal(0, 1) priors on effect and slopes, but the earnings stay "
            "in **dollars**.",
            "Where does the posterior mean of the effect end up, in dollars: "
            '{", ".join(lalonde.options_7(published_effect, ols_ate_without_re74))}?',
        ),
        lambda g: (
            lalonde.options_7(g.published_effect, g.ols_ate_without_re74)
            == ["about 0", "about 552", "about 1,221"]
        ),
    ),
    Claim("They are skewed and never negative.", lambda _: Y.min() >= 0 and stats.skew(Y) > 1),
    Claim(
        r"A **Gamma** with a log link has both properties, and it is a change of two lines: "
        r"$\mu_i = \exp(\beta_0 + \tau T_i + x_i^\top \beta)$ and "
        r"$Y_i \sim \text{Gamma}(k, k/\mu_i)$.",
        lambda g: (
            priors(g.gamma_model(TABLE), {**JOIN, **PAY})
            and same(
                g.gamma_with[0, 0],
                1000 * np.exp(lines_of(g.draws_gamma.isel(chain=[0], draw=[0]), 1, "pay_"))[:, 0],
                1e-3,
            )
        ),
    ),
    Claim(
        "It cannot produce a zero; the usual hack is to add a dollar to everybody.",
        lambda g: (
            (stats.gamma(0.5).rvs(5000, random_state=1) > 0).all()
            and g.men_and_a_dollar["earnings_1978"].min() == 1
        ),
    ),
    Claim(
        'The coefficient is {number(float(draws_gamma["pay_effect"].mean()))}.',
        lambda g: abs(float(g.draws_gamma["pay_effect"].mean()) - gamma_by_glm()) < 0.12,
    ),
    Claim(
        (
            r"""$$\begin{aligned}
            \text{logit}\, p_i &= \gamma_0 + \gamma T_i + x_i^\top \delta,
            \quad \gamma_0 \sim \text{Normal}(1, 1) \\
            \log m_i &= \beta_0 + \tau T_i + x_i^\top \beta,
            \quad \beta_0 \sim \text{Normal}(\log 5, 1) \\
            \gamma, \delta_k, \tau, \beta_k &\sim \text{Normal}(0, 1),
            \quad k \sim \text{HalfNormal}(2) \\
            Y_i &= 0 \text{ with probability } 1 - p_i, \text{ else } \text{Gamma}(k, k / m_i)
            \end{aligned}$$""",
            "Two steps, a **hurdle**: does he work at all, and if he does, for how much?",
        ),
        lambda g: priors(g.hurdle_model(TABLE), {**JOIN, **PAY, **WORK}),
    ),
    Claim(
        "Hurdle: # % zeros; data: # %",
        lambda g: same(
            g.numbers("Hurdle:"),
            (100 * float((g.replicated_hurdle == 0).mean()), 100 * (Y == 0).mean()),
            0.5,
        ),
    ),
    Claim(
        "grey bars: the # men; dashed outline: invented by the hurdle model",
        read_numbers("invented by the hurdle model", 614),
    ),
    Claim(
        "Men gain different amounts, so the ATT is another number: "
        "{number(float(att_hurdle.mean()), 0)} against {number(float(ate_hurdle.mean()), 0)} dollars.",
        lambda g: (
            same((g.ate_hurdle.mean(), g.att_hurdle.mean()), hurdle_by_hand(g), 30)
            and g.att_hurdle.mean() < g.ate_hurdle.mean()
        ),
    ),
    Claim(
        "Suppose the programme goes to the {policy.sum()} who earned nothing in 1975, and to nobody "
        "else (`policy`: 1 or 0 for each man).",
        lambda g: same(g.policy, MEN["earnings_1975"] == 0),
    ),
    Claim(
        "The doubly robust **AIPW** weights what a regression on the others leaves over: right if "
        "the regression or the propensity score is.",
        doubly_robust,
    ),
    Claim(
        "Weighting for the **ATE** says {number(ate_ipw, 0)} dollars, standard error "
        "{number(ate_ipw_se, 0)}: few men stand for many.",
        lambda g: (
            same(
                g.ate_ipw,
                np.average(Y[TOOK], weights=1 / SCORE[TOOK])
                - np.average(Y[~TOOK], weights=1 / (1 - SCORE[~TOOK])),
                1e-3,
            )
            and 700 < g.ate_ipw_se < 1300
            and g.ate_ipw_se > g.ipw_se
        ),
    ),
    Claim(
        "All routes, # to #; experiment #",
        lambda g: same(
            g.numbers("All routes,"),
            [*g.all_estimates.query("role == 'adjusted'")["mean"].agg(["min", "max"]), 1794],
            0.5,
        ),
    ),
    Claim(
        "**LOO ranks fit, not causal truth**: the effect is about rows that nobody has seen.",
        lambda g: (
            g.loo_table["elpd of $1,000 bands"].idxmax() == "hurdle"
            and abs(float(g.ate_hurdle.mean() - g.ate_do.mean())) < 0.5 * float(g.ate_hurdle.std())
            and float(g.ate_do.mean()) > 2 * float(g.ate_published.mean())
        ),
    ),
]
test_words, test_claims, test_covered = claims.tests_of(NAME, CLAIMS)


def test_old_statements_are_gone(source: str) -> None:
    """What the first edition said too strongly; numbers are printed by the helpers."""
    assert "is a causal graph" not in source
    assert "exchangeab" not in source
    assert not re.search(r"\d%|%}|:,\.\df|:\+", source)


def test_the_classic_objection_is_made_in_the_core(source: str) -> None:
    """Other labour markets and another questionnaire, with their source, before the takeaways."""
    core = source[: source.index("## Takeaways")]
    for words in ("labour\n    markets", "questionnaire", "Smith & Todd 2005"):
        assert words in core
    assert "10.1016/j.jeconom.2004.04.011" in source


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
    assert np.allclose(found[y > 0], amount.logpdf(y[y > 0]), atol=1e-6)


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
        "check_2": {"kinds of men": "positivity"},
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
