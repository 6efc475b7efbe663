"""Notebook 13: its numbers against recomputations, its stored studies, its exercises."""

from __future__ import annotations

import functools
import importlib.util
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy.optimize import lsq_linear

from helpers import worlds
from helpers.data import load_banks, load_deaths, load_prop99
from tests.answers import accepted, asked, never_done, refused
from tests.support import ROOT, run

NAME = "13_before_and_after"
TRUTH = -50 / 27


@functools.cache
def script(name: str) -> Any:
    """Return a study of data/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "data" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@functools.cache
def stored() -> pd.DataFrame:
    """Return the stored worlds, columns in two levels."""
    frame = pd.read_csv(ROOT / "data" / "before_after_study.csv", index_col="world")
    return frame.set_axis(frame.columns.str.split("|", expand=True), axis=1)


@functools.cache
def priors() -> pd.DataFrame:
    return pd.read_csv(ROOT / "data" / "before_after_priors.csv")


@functools.cache
def sales() -> pd.DataFrame:
    """Return packs per head: a row a year, a column a state."""
    return load_prop99().pivot_table("packs", "year", "state")


@functools.cache
def simplex(state: str, last: int) -> pd.Series:
    """Return the gap of a state by weights that fit its years up to `last`; another solver."""
    own, others = sales()[state], sales().drop(columns=state)
    x, y = (part.loc[:last].to_numpy() for part in (others, own))
    heavy = 1e4  # one more row that asks for the sum
    rows = np.vstack([x, heavy * np.ones(x.shape[1])])
    found = lsq_linear(rows, np.append(y, heavy), bounds=(0, 1), method="bvls")
    return own - others @ found.x


@functools.cache
def road_errors(rho: float) -> tuple[float, float]:
    """Return sd of the step, true and as least squares reports it, by a regression's algebra."""
    month = np.arange(1, 97)
    angle = 2 * np.pi * month / 12
    x = np.column_stack([np.ones(96), month, np.cos(angle), np.sin(angle), month > 60]).astype(
        float
    )
    hat = x @ np.linalg.pinv(x)
    covariance = 36.0 * rho ** np.abs(month[:, None] - month[None, :])
    row = np.linalg.pinv(x)[-1]
    s2 = np.trace((np.eye(96) - hat) @ covariance) / 91
    return float(np.sqrt(row @ covariance @ row)), float(np.sqrt(s2 * row @ row))


def mc(share: float, n: int) -> float:
    return float(np.sqrt(share * (1 - share) / n))


@pytest.fixture
def done(run_notebook: Any) -> Any:
    return run_notebook("solutions", NAME)


# One series --------------------------------------------------------------------------------------


def test_the_step_is_that_of_statsmodels(done: Any) -> None:
    """Coefficient, standard error and interval of the region, by a formula."""
    g = done.defs
    roads = g["roads"].assign(angle=2 * np.pi * g["roads"]["month"] / 12)
    fit = smf.ols("accidents ~ month + np.cos(angle) + np.sin(angle) + after", roads).fit()
    assert g["its_step"] == pytest.approx(fit.params["after"])
    assert g["its_error"] == pytest.approx(fit.bse["after"])
    assert np.diff(g["its_interval"])[0] == pytest.approx(
        2 * 1.8807936 * fit.bse["after"], rel=1e-6
    )


def test_before_and_after_expects_minus_22_and_minus_19(done: Any) -> None:
    """Exactly: noise aside, the simulator's means differ by -22; by -19 from the last 36 months."""

    class Quiet:
        def normal(self, size: int) -> np.ndarray:
            return np.zeros(size)

    quiet = done.defs["speed_limit"](Quiet(), 0.6)
    for since, wanted in ((1, -22), (25, -19)):
        means = quiet[quiet["month"] >= since].groupby("after")["accidents"].mean()
        assert means[1] - means[0] == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(
    ("rho", "true", "reported"), [(0, 2.35, 2.35), (0.6, 4.35, 2.21), (0.8, 5.83, 2.07)]
)
def test_true_and_reported_errors(done: Any, rho: float, true: float, reported: float) -> None:
    """The page's closed form, an independent one, and the stored worlds agree."""
    x = done.defs["design"](done.defs["roads"])
    assert done.defs["two_errors"](rho, x) == pytest.approx(road_errors(rho))
    assert road_errors(rho) == pytest.approx((true, reported), abs=0.006)
    steps = stored()[f"rho={rho:g}"]["step"]
    assert steps.std() == pytest.approx(true, abs=4 * true / np.sqrt(2 * len(steps)))
    assert abs(steps.mean() + 10) < 4 * steps.sem()


def test_coverage_is_the_quoted_one(done: Any) -> None:
    """Least squares .665 at correlation .6; nobody but the AR(1) model keeps the promise."""
    table, n = done.defs["interval_coverage"].set_index("correlation"), len(stored())
    assert n == 1_000
    expected = {0: (0.935, 0.898, 0.819, 0.939), 0.3: (0.832, 0.874, 0.809, 0.944)}
    expected |= {0.6: (0.665, 0.797, 0.771, 0.937), 0.8: (0.49, 0.679, 0.72, 0.93)}
    for rho, row in expected.items():
        for name, share in zip(("least squares", "3 lags", "12 lags", "AR(1)"), row, strict=True):
            assert abs(table[name][rho] - share) < 4 * mc(share, n), (rho, name)


def test_newey_west_is_that_of_statsmodels() -> None:
    """The study's robust errors of a region, by statsmodels."""
    study = script("before_after_study")
    row = study.road_row(np.random.default_rng(3), 0.6)
    y, x = study.roads(np.random.default_rng(3), 0.6), study.road_design()
    for lags in (3, 12):
        fit = sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False})
        assert row[f"nw{lags}_se"] == pytest.approx(fit.bse[-1])


def test_page_and_study_agree(done: Any) -> None:
    """The page's functions give the first stored worlds again, to the last of four decimals."""
    g = done.defs
    assert g["SEED"] == script("before_after_study").SEED
    for world in range(5):
        rng = worlds.rng_of(g["SEED"], world)
        for rho in (0, 0.3, 0.6, 0.8):
            y = g["speed_limit"](rng, rho)["accidents"].to_numpy()
            live = [each[-1] for each in g["regress"](g["design"](g["roads"]), y)]
            first = stored()[f"rho={rho:g}"].loc[world]
            assert live == pytest.approx([first["step"], first["ols_se"]], abs=6e-5)
    own = script("before_after_study").road_row(worlds.rng_of(done.defs["SEED"], 0), 0.6)
    assert own["step"] == pytest.approx(done.defs["its_step"])
    ends = [own["ar1_lower"], own["ar1_upper"]]
    assert list(done.defs["ar1_step"][1:]) == pytest.approx(ends, abs=0.03)


def test_study_writes_what_is_stored() -> None:
    """Two worlds of the command, run anew, are the stored rows."""
    study = script("before_after_study")
    again = worlds.repeat(study.study, 2, study.SEED).set_index("world")
    raw = pd.read_csv(study.FILE, index_col="world")
    assert len(raw) == study.N_WORLDS
    assert np.allclose(again, raw.loc[:1], atol=2e-4)


# Two groups --------------------------------------------------------------------------------------


def test_shops(done: Any) -> None:
    """Difference in differences and event study, by regressions with all dummies."""
    shops, g = done.defs["shops"], done.defs
    fit = smf.ols("sales ~ law:after + C(shop) + C(month)", shops).fit()
    assert g["did"] == pytest.approx(fit.params["law:after"])
    table = g["event_study"].set_index("period")
    wide = shops.groupby(["law", "month"])["sales"].mean()
    for period in (-3, 0, 3):
        now = wide[1, period + 7] - wide[0, period + 7]
        assert table["estimate"][period] == pytest.approx(now - (wide[1, 6] - wide[0, 6]))
    assert table["estimate"][-1] == 0


def test_drift_biases_both_exactly(done: Any) -> None:
    """3 + 5 drift and 3 + 2.5 drift: what a drift adds to one world's answers."""
    make, of = done.defs["sunday_law"], done.defs["event_study_of"]
    flat, steep = (make(np.random.default_rng(5), d) for d in (0.0, 0.4))
    means = [s.groupby(["law", "after"])["sales"].mean() for s in (flat, steep)]
    dids = [m[1, 1] - m[1, 0] - (m[0, 1] - m[0, 0]) for m in means]
    assert dids[1] - dids[0] == pytest.approx(5 * 0.4)
    late = [of(s).query("period >= 0")["estimate"].mean() for s in (flat, steep)]
    assert late[1] - late[0] == pytest.approx(2.5 * 0.4)


def test_pre_trends_are_the_quoted_ones(done: Any) -> None:
    """Wald .196, slope .364, any month .432; DiD's bias stays 1.5, the event study's grows."""
    table, n, shops = done.defs["pre_trends"], len(stored()), stored()["shops"]
    for share, wanted in zip(table["alarm"].iloc[1:], (0.196, 0.364, 0.432), strict=True):
        assert abs(share - wanted) < 4 * mc(wanted, n)
    assert np.allclose(table["bias of DiD, if passed"], 1.5, atol=4 * 0.5 / np.sqrt(n / 2))
    wanted = [0.75, 0.88, 1.03, 1.13]
    assert np.allclose(table["bias of event study"], wanted, atol=4 * 0.87 / np.sqrt(n / 2))
    assert abs(done.defs["did_coverage"] - 0.134) < 4 * mc(0.134, n)
    assert shops["did"].std() == pytest.approx(0.5, abs=0.05)
    assert shops["detrended"].std() == pytest.approx(1.05, abs=0.1)
    assert shops["did_se"].mean() == pytest.approx(0.5, abs=0.01)


# California --------------------------------------------------------------------------------------


def test_california_has_the_known_answers(done: Any) -> None:
    """-55.9, -41.7, -27.35, -19.51; in 2000 -26.59; placebo of 1985 -6.1: another solver."""
    effects = list(done.defs["stand_ins"]["effect (packs)"])
    assert effects == pytest.approx([-55.86, -41.71, -27.35, -19.51], abs=0.006)
    gap = simplex("California", 1988)
    assert np.allclose(done.defs["gap"], gap, atol=0.03)
    assert gap.loc[1989:].mean() == pytest.approx(-19.51, abs=0.02)
    assert done.defs["gap"][2000] == pytest.approx(-26.59, abs=0.02)
    weights = done.defs["donor_weights"]
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    assert len(weights) == 38
    assert weights["Utah"] == pytest.approx(0.395, abs=0.003)
    placebo = done.defs["placebo_years"]["mean gap up to 1988 (packs)"]
    for found, year in zip(placebo, (1980, 1983, 1985), strict=True):
        assert found == pytest.approx(
            simplex("California", year - 1).loc[year:1988].mean(), abs=0.1
        )
    assert list(placebo) == pytest.approx([-3.4, -3.9, -6.1], abs=0.06)


def test_california_ranks_third(done: Any) -> None:
    """Missouri 572, Virginia 393, California 155; among 32 that fit, first by the mean gap."""
    gaps = done.defs["gaps"]
    early, late = (gaps.loc[a:b] for a, b in ((1970, 1988), (1989, 2000)))
    ratio = ((late**2).mean() / (early**2).mean()).sort_values(ascending=False)
    assert list(ratio.index[:3]) == ["Missouri", "Virginia", "California"]
    assert list(ratio.iloc[:3]) == pytest.approx([572, 393, 155], abs=1)
    assert done.defs["placebo_ranks"](gaps, 1989)["California"] == 3
    kept = (early**2).mean() <= 5 * (early["California"] ** 2).mean()
    assert kept.sum() == 32
    assert late.mean().abs()[kept].idxmax() == "California"


def test_flat_weights_are_not_neutral(done: Any) -> None:
    """Dirichlet(1): about -30.5, as stored; two programs of one model agree."""
    draws = done.defs["flat_effect_draws"]
    row = priors().set_index("concentration").loc[1.0]
    assert draws.mean() == pytest.approx(-30.5, abs=0.5)
    assert row["effect"] == pytest.approx(draws.mean(), abs=0.5)
    assert done.defs["flat_rmse"] == pytest.approx(7.0, abs=0.3)
    assert row["pre_rmse"] == pytest.approx(done.defs["flat_rmse"], abs=0.3)
    assert done.defs["flat_donors"] == pytest.approx(15, abs=0.7)


@pytest.mark.deep
def test_stored_priors() -> None:
    """One entry fitted again is the stored one; all rows may be read; the effect follows a."""
    table, study = priors(), script("before_after_priors")
    assert tuple(table["concentration"]) == study.CONCENTRATIONS
    assert (table["max_rhat"] <= 1.01).all()
    assert (table["min_ess"] >= 400).all()
    assert list(table["divergences"]) == [0, 0, 1, 0, 0]  # of 3,200 draws: the page says so
    assert table["effect"].is_monotonic_decreasing
    assert table["pre_rmse"].is_monotonic_increasing
    again, row = study.row_of(5.0, draws=300, seed=9), table.iloc[-1]
    error = (row["upper"] - row["lower"]) / 4 / np.sqrt(300)
    assert again["effect"] == pytest.approx(row["effect"], abs=5 * error)
    assert again["pre_rmse"] == pytest.approx(row["pre_rmse"], abs=0.15)


def test_ranks_of_the_page_are_the_studys(done: Any) -> None:
    """The page's worlds without a law, with its own weights, give the study's p, world by world."""
    study = script("before_after_study")
    for seed in range(4):
        page, other = (
            make(np.random.default_rng(seed))
            for make in (done.defs["without_law"], study.ranks_row)
        )
        assert page.keys() == other.keys()
        assert list(page.values()) == pytest.approx(list(other.values()))


def test_a_state_like_the_others_has_an_honest_rank(done: Any) -> None:
    """By either procedure the p of a state picked by lot is at most 2/21 in 2/21 of the cases."""
    rng, before = np.random.default_rng(1), np.arange(31) < 19
    ratio = []
    for _ in range(3):
        trends = rng.normal(0.3, 1, (31, 2)).cumsum(axis=0)
        states = pd.DataFrame(trends @ rng.uniform(0, 1, (21, 2)).T + rng.normal(0, 1, (31, 21)))
        p = [done.defs["rank_p"](states, before, own) for own in states]
        ratio += [each["ratio"] <= 0.1 for each in p]
    assert np.mean(ratio) == pytest.approx(2 / 21)


def test_price_of_a_slope_that_walks(done: Any) -> None:
    """The page's forecast by statsmodels, months independent; more memory, a wider error."""
    roads = done.defs["roads"]
    x, y = done.defs["design"](roads)[:, :4], roads["accidents"].to_numpy()
    fit = sm.OLS(y[:60], x[:60]).fit()
    far = x[60:].mean(axis=0)
    error = np.sqrt(far @ fit.cov_params() @ far + fit.mse_resid / 36)
    price = done.defs["effect_by_memory"]
    assert list(price.iloc[0]) == pytest.approx([y[60:].mean() - far @ fit.params, error])
    assert price["standard error"].is_monotonic_increasing
    assert price.iloc[3, 1] > 2 * price.iloc[1, 1]


# A series that drifts ----------------------------------------------------------------------------


def test_signs_are_the_quoted_ones(done: Any) -> None:
    """+10.1, +1.6, -1.9, -1.8, -1.6, -1.85; the walks' intervals cover .22, .95, .94."""
    table = done.defs["effect_by_model"]
    n, means = len(stored()), [10.08, 1.56, -1.99, -1.89, -1.59, -1.83]
    errors = np.hypot(table["sd"] / np.sqrt(n), table["sd"] / np.sqrt(200))
    assert (abs(table["mean effect"] - means) < 4 * errors).all()
    for name, wanted in zip(table["covers"].dropna().index, (0.22, 0.95, 0.94), strict=True):
        assert abs(table["covers"][name] - wanted) < 4 * mc(wanted, 200)
    assert table["wrong sign"].iloc[0] > 0.99


def test_the_sampled_series_agree_with_a_grid(done: Any) -> None:
    """NUTS on the page against quadrature of the study: no slope, and with a straight slope."""
    study, series = script("before_after_study"), done.defs["drift_series"]
    y, one = series["index"].to_numpy(), np.ones((100, 1))
    month = np.arange(100.0)[:, None]
    grid = [study.forecast(y, x, "level")[0] for x in (one, np.column_stack([one, month]))]
    table = done.defs["bsts_effects"]
    assert np.allclose(table["mean"], grid, atol=0.35 * table["sd"])


def test_the_law_of_the_drifting_series(done: Any) -> None:
    effect = done.defs["drift_series"]["effect"]
    assert effect[73:].mean() == pytest.approx(TRUTH, abs=0.001)
    assert abs(effect[:73]).max() < 1e-12


# Optional sections -------------------------------------------------------------------------------


@pytest.mark.parametrize(("never", "twfe"), [(0, 0.5), (10, 2.0), (30, 2.75)])
def test_staggered_starts(done: Any, never: int, twfe: float) -> None:
    """Growth 1: ATT 4; the coefficient .5, 2 and 2.75 by least squares with all dummies."""
    law, effect = done.defs["started"](1.0, never)
    unit, period = np.indices(law.shape)
    frame = pd.DataFrame({"u": unit.ravel(), "p": period.ravel(), "law": law.ravel().astype(float)})
    frame["y"] = effect.ravel()
    assert effect[law].mean() == pytest.approx(4)
    assert smf.ols("y ~ C(u) + C(p) + law", frame).fit().params["law"] == pytest.approx(twfe)
    assert done.defs["imputed"](law, effect) == pytest.approx(4 if never else 3)


def test_banks(done: Any) -> None:
    """Coefficient -17.3 ± 20.4, contrast +20.7; least squares 20.75; the design has rank 8."""
    table = done.defs["bank_reading"]
    assert done.defs["bank_x"].shape == (12, 9)
    assert np.linalg.matrix_rank(done.defs["bank_x"]) == 8
    assert list(table["posterior mean (banks)"]) == pytest.approx([-17.31, 20.73], abs=0.05)
    assert table["sd"].iloc[0] == pytest.approx(20.44, abs=0.05)
    both = load_banks().melt("year", var_name="district", value_name="open")
    both["saved"] = ((both["district"] == "atlanta") & (both["year"] > 1930)).astype(int)
    fit = smf.ols("open ~ C(district) + C(year) + saved", both).fit()
    assert fit.params["saved"] == pytest.approx(20.75)
    assert fit.bse["saved"] == pytest.approx(1.32, abs=0.01)
    assert table["sd"].iloc[1] == pytest.approx(fit.bse["saved"], abs=0.05)


def test_placebo_laws(done: Any) -> None:
    """The first law by statsmodels' forecast of a mean; 97 laws, of which a third "work"."""
    laws, deaths = done.defs["laws"], load_deaths().assign(t=np.arange(168))
    assert len(laws) == 97
    fit = smf.ols("deaths ~ C(month) + t", deaths[:60]).fit()
    later = deaths[60:72]
    mean = later["deaths"].mean() - fit.predict(later).mean()
    assert laws["estimate"][0] == pytest.approx(mean)
    assert 0.25 < done.defs["false_alarms"] < 0.4
    alarms = done.defs["alarms"]["intervals without zero"]
    assert alarms.iloc[0] == done.defs["false_alarms"]
    assert alarms.iloc[2] < 0.2 < alarms.iloc[1]


# Exercises on the page ---------------------------------------------------------------------------


def test_exercises_with_the_pages_numbers(done: Any) -> None:
    """A second right way and the usual slip, in the check cells of the page."""
    g = done.defs
    means = g["shops"].groupby(["law", "after"])["sales"].mean()
    right_did = means[1, 1] - means[0, 1] - means[1, 0] + means[0, 0]
    cases = {
        ("check_1", "on_average"): (["about -19"], {"law alone": "about -10"}),
        ("check_2", "honest_error"): (
            [road_errors(0.6)[0]],
            {"each month alone": road_errors(0)[0]},
        ),
        ("check_3", "did"): ([right_did], {"before the law too": means[1, 1] - means[0, 1]}),
        ("check_5", "flat_reports"): ([TRUTH + 3.5], {"is the truth": TRUTH}),
        ("check_7", "banks_saved"): ([20.73], {"prior decides": g["bank_mean"]["post_atlanta"]}),
        ("check_8", "false_alarms"): ([g["false_alarms"]], {"94 %": 0.06}),
    }
    for (check, name), (right, wrong) in cases.items():
        judge = asked(done, check, name)
        accepted(judge, right)
        refused(judge, wrong)
        never_done(judge)


# Other seeds -------------------------------------------------------------------------------------


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(5))
def test_claims_hold_for_other_seeds(seed: int) -> None:
    """What the page says of its own worlds holds whatever the seed."""
    g = run(ROOT / "solutions" / f"{NAME}.py", SEED=seed).defs
    assert abs(g["naive_difference"] + 22) < 4 * 2.5
    assert abs(g["its_step"] + 10) < 4 * 4.35
    assert g["ar1_step"][1] < g["ar1_step"][0] < g["ar1_step"][2]
    assert abs(g["did"] - 3) < 4 * 0.5
    assert g["flat_effect_draws"].mean() == pytest.approx(-30.5, abs=0.6)
    for name in ("diagnostics_weights", "diagnostics_bsts"):
        assert g[name]["passed"].all()
    effects = g["bsts_effects"].set_index("label")["mean"]
    assert effects["no slope"] > effects["with slope"]
