"""Notebook 11: its numbers against recomputations, its stored studies, its exercises."""

from __future__ import annotations

import functools
import importlib.util
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from helpers import worlds
from helpers.data import load_lalonde, load_nhefs
from tests.answers import accepted, asked, never_done, refused
from tests.support import ROOT, run

NAME = "11_weighting"
COLUMNS = ["age", "education_years", "black", "hispanic", "married", "no_degree"]
COLUMNS += ["earnings_1974", "earnings_1975"]


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
    """Return the stored study, columns in three levels."""
    frame = pd.read_csv(ROOT / "data" / "weighting_study.csv", index_col="world")
    return frame.set_axis(frame.columns.str.split("|", expand=True), axis=1)


def errors(setting: str, method: str, truth: float) -> pd.Series:
    return stored()[setting][method]["estimate"] - truth


@functools.cache
def exact(k: float) -> dict[str, float]:
    """Return the truths of the company by quadrature, another one than the page's grid."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    weights = weights / weights.sum()
    age, commute = np.meshgrid(nodes, nodes)
    share = np.outer(weights, weights)
    chance = 1 / (1 + np.exp(-k * (-0.5 + 0.8 * age - 0.5 * commute + 0.4 * (age**2 - 1))))
    without = 50 + 4 * age - 3 * commute + 3 * (age**2 - 1)
    effect = 4 + 2 * age

    def mean(values: np.ndarray, tilt: Any) -> float:
        return float(np.sum(values * share * tilt) / np.sum(share * tilt))

    return {
        "ate": mean(effect, np.ones_like(share)),
        "att": mean(effect, chance),
        "ato": mean(effect, chance * (1 - chance)),
        "naive": mean(without + effect, chance) - mean(without, 1 - chance),
    }


@functools.cache
def men() -> dict[str, Any]:
    """Return the men, their scores by statsmodels, and the distances of their logits."""
    frame = load_lalonde()
    x = sm.add_constant(frame[COLUMNS] / frame[COLUMNS].std())
    score = sm.Logit(frame["treated"], x).fit(disp=0).predict(x).to_numpy()
    t, y = frame["treated"].to_numpy(), frame["earnings_1978"].to_numpy()
    logit = np.log(score / (1 - score)).round(8)  # men who are alike tie, whatever the rounding
    distance = np.abs(logit[t == 1][:, None] - logit[t == 0][None, :])
    return {"frame": frame, "e": score, "t": t, "y": y, "distance": distance}


def weighted(y: np.ndarray, t: np.ndarray, w: np.ndarray) -> float:
    """Return the coefficient of treatment in weighted least squares with an intercept."""
    return float(sm.WLS(y, sm.add_constant(t.astype(float)), weights=w).fit().params[1])


@pytest.fixture
def done(run_notebook: Any) -> Any:
    return run_notebook("solutions", NAME)


# The company -------------------------------------------------------------------------------------


def test_truths_of_the_company(done: Any) -> None:
    """Grid and quadrature agree: 4, 4.8035, naive 10.341."""
    for name, key in (("true_ate", "ate"), ("true_att", "att"), ("naive_limit", "naive")):
        assert done.defs[name] == pytest.approx(exact(1)[key], abs=5e-4)
    assert exact(1)["naive"] == pytest.approx(10.341, abs=1e-3)
    assert exact(1)["att"] == pytest.approx(4.8035, abs=1e-3)


def test_the_naive_answer_tends_to_its_limit() -> None:
    """The mean of 1,000 companies is the limit, within Monte Carlo error."""
    error = errors("k=1", "naive", exact(1)["naive"])
    assert abs(error.mean()) < 4 * error.sem()


def test_company_answers(done: Any) -> None:
    """Score, weighting and AIPW of the page's people, by statsmodels."""
    people, t, y = done.defs["people"], done.defs["joined"], done.defs["wellbeing"]
    x = sm.add_constant(people[["age", "commute", "bend"]])
    e = sm.Logit(t, x).fit(disp=0).predict(x).to_numpy()
    assert np.allclose(done.defs["propensity_score"], e, atol=1e-6)
    w = np.where(t == 1, 1 / e, 1 / (1 - e))
    assert done.defs["ipw_ate"] == pytest.approx(weighted(y, t, w), abs=1e-4)
    m0, m1 = (sm.OLS(y[t == arm], x[t == arm]).fit().predict(x) for arm in (0, 1))
    each = m1 + t * (y - m1) / e - m0 - (1 - t) * (y - m0) / (1 - e)
    assert done.defs["aipw_ate"] == pytest.approx(each.mean(), abs=1e-4)
    assert done.defs["aipw_se"] == pytest.approx(each.std(ddof=0) / np.sqrt(len(y)), abs=1e-4)


# The men -----------------------------------------------------------------------------------------


def test_matching_of_the_men(done: Any) -> None:
    """894 with each other once, 1,968 where others may serve again; black stays 1.02 apart."""
    table, world = done.defs["matching_choices"].join(done.defs["matching_effects"]), men()
    y, t, distance = world["y"], world["t"], world["distance"]
    again = y[t == 1].mean() - y[t == 0][distance.argmin(axis=1)].mean()
    five = y[t == 0][np.argsort(distance, axis=1, kind="stable")[:, :5]].mean()
    effects = table["effect (dollars)"]
    assert effects["others may serve again"] == round(again) == 1968
    assert effects["5 neighbours each"] == round(y[t == 1].mean() - five)
    assert effects["each other once"] == 894
    assert table["largest gap (sd)"]["each other once"] == pytest.approx(1.02, abs=0.005)
    assert table["of"]["each other once"] == "black"
    assert table["others"]["others may serve again"] == 80
    assert list(table["gaps above 0.1 sd"]) == [4, 2, 0, 2]


def test_matching_without_replacement_is_the_best_assignment_or_near(done: Any) -> None:
    """Each other serves once, each participant has one; the caliper holds."""
    logit = np.log(men()["e"] / (1 - men()["e"]))
    for name, pairs in done.defs["matched"].items():
        took = done.defs["took"]
        assert (took[pairs[:, 0]] == 1).all()
        assert (took[pairs[:, 1]] == 0).all()
        if "once" in name:
            assert len(set(pairs[:, 1])) == len(pairs)
        if "within" in name:
            assert np.abs(np.diff(logit[pairs], axis=1)).max() <= 0.2 * logit.std() + 1e-9


def test_weights_of_the_men(done: Any) -> None:
    """ATE 225, ATT 1,214, overlap 1,242 dollars, by weighted least squares."""
    e, t, y = (men()[key] for key in ("e", "t", "y"))
    by_hand = {
        "ate": np.where(t == 1, 1 / e, 1 / (1 - e)),
        "att": np.where(t == 1, 1, e / (1 - e)),
        "overlap": np.where(t == 1, 1 - e, e),
    }
    table = done.defs["men_answers"]
    for name, weight in by_hand.items():
        assert table["effect (dollars)"][name] == round(weighted(y, t, weight))
        assert np.allclose(done.defs["weights"][name], weight, rtol=1e-4)
    assert list(table["effect (dollars)"]) == [225, 1214, 1242]
    assert table["largest gap (sd)"]["overlap"] < 1e-6
    assert table["largest gap (sd)"]["att"] == pytest.approx(0.119, abs=0.001)
    assert list(table["participants worth"]) == [58, 185, 146]
    for name, row in table.iterrows():
        words = row["94 % interval"].replace("−", "-").replace(",", "")
        ends = [float(end) for end in words.split("to")]
        assert np.mean(ends) == pytest.approx(row["effect (dollars)"], abs=1.5), name
        assert np.diff(ends)[0] / 2 == pytest.approx(1.8808 * row["standard error"], abs=2)
        assert ends[0] < 0 < ends[1]
    assert list(table["minus ATE"]) == [0, 989, 1018]


def test_slider_shows_other_people(done: Any) -> None:
    """Its weighted difference at k = 1, whose picture is above exercise 6, is not exercise 4's."""
    shown = done.defs["sharp_answers"].set_index("label")["mean"]
    assert abs(shown["IPW"] - done.defs["ipw_ate"]) > 0.05
    assert abs(shown["AIPW"] - done.defs["aipw_ate"]) > 0.05


def test_balance_of_the_men(done: Any) -> None:
    """Gaps before and after, from the raw table."""
    frame, t = men()["frame"][COLUMNS], men()["t"]
    before = (frame[t == 1].mean() - frame[t == 0].mean()) / frame[t == 1].std()
    balance = done.defs["balance"].set_index("covariate")
    assert np.allclose(balance["before"], before[balance.index])
    assert balance["after"].abs().max() == pytest.approx(0.119, abs=0.001)


# The stored studies ------------------------------------------------------------------------------


def test_two_models_two_chances(done: Any) -> None:
    """The nine fields, from the stored rows; AIPW is right with either model, not with none."""
    table = done.defs["two_by_two"].set_index("method")
    assert len(table) == 9
    assert set(zip(table["score"], table["outcome"], strict=True)) == {
        (a, b) for a in ("none", "right", "wrong") for b in ("none", "right", "wrong")
    }
    for method, row in table.iterrows():
        error = errors("k=1", method, 4)
        assert row["bias"] == pytest.approx(error.mean())
        assert row["sd"] == pytest.approx(error.std())
    bias = table["bias"]
    for method in ("AIPW right right", "AIPW right wrong", "AIPW wrong right"):
        assert abs(bias[method]) < 0.2
        assert table["coverage"][method] > 0.9
    assert bias["AIPW wrong wrong"] == pytest.approx(3.5, abs=0.15)
    assert bias["AIPW wrong wrong"] > 1.8 * max(bias["IPW wrong"], bias["regression wrong"])
    assert table["coverage"]["AIPW wrong wrong"] < 0.06


def test_page_and_study_agree(done: Any) -> None:
    """The page's functions give the first stored worlds again, to the last of two decimals."""
    assert done.defs["SEED"] == script("weighting_study").SEED
    live = done.defs["live"].set_index("world")
    first = stored()["k=1"].loc[live.index]
    for method in live:
        assert np.allclose(live[method], first[method]["estimate"], atol=0.0051), method


def test_study_writes_what_is_stored() -> None:
    """Two worlds of the command, run anew, are the stored rows."""
    study = script("weighting_study")
    again = worlds.repeat(study.study, 2, study.SEED).set_index("world")
    raw = pd.read_csv(study.FILE, index_col="world")
    assert len(raw) == study.N_WORLDS == 1_000
    assert list(again.columns) == list(raw.columns)
    assert np.allclose(again, raw.loc[:1], atol=0.0101)


def test_forests_write_what_is_stored() -> None:
    """One world of the command, run anew, gives the stored rows."""
    study = script("weighting_forests_study")
    again = worlds.repeat(study.study, 1, study.SEED)
    raw = pd.read_csv(study.FILE)
    assert len(raw) == 2 * study.N_WORLDS
    assert np.allclose(again, raw[raw["world"] == 0][again.columns], atol=0.0011)


def test_positivity(done: Any) -> None:
    """At k = 2 weighting spreads and covers less; overlap stays calm around its own truth."""
    left = done.defs["sharp_grades"].set_index(["k", "method"])
    assert left["truth"][2, "overlap"] == pytest.approx(exact(2)["ato"], abs=1e-3)
    assert left["truth"][1, "trimmed"] == pytest.approx(3.887, abs=0.002)
    assert left["share kept"][2, "trimmed"] == pytest.approx(0.604, abs=0.003)
    assert left["sd"][2, "IPW right"] > 2 * left["sd"][1, "IPW right"]
    assert left["coverage"][2, "IPW right"] < 0.9
    assert left["sd"][2, "overlap"] < 0.55
    for k in (1, 2):
        error = errors(f"k={k}", "overlap", exact(k)["ato"])
        assert abs(error.mean()) < 4 * error.sem()


def test_bootstrap_of_a_match(done: Any) -> None:
    """Simulated variances are those of Abadie and Imbens; the bootstrap's tend to others."""
    table = done.defs["matching_errors"]
    noise = table["simulated"] * np.sqrt(2 / 999)
    assert (abs(table["simulated"] - table["limit"]) < 4 * noise).all()
    assert table["bootstrap says"][0] > 1.3 * table["limit"][0]
    assert table["bootstrap says"][2] < 0.9 * table["simulated"][2]
    start, slope = limits_of_the_bootstrap()["mean"]
    assert np.allclose(table["its limit"], start + slope * table["alpha"], rtol=0.01)
    assert abs(table["bootstrap says"] / table["its limit"] - 1).max() < 0.15


@functools.cache
def limits_of_the_bootstrap() -> dict[str, tuple[float, float]]:
    """Return start and slope in alpha of what n1 times the bootstrap's variance tends to.

    Many others on a line, some left out by each of two resamples; the cells of those who are left.
    "mean": variance about the bootstrap's own mean; "estimate": about the estimate.
    """
    rng, n = np.random.default_rng(11), 300_000
    place = np.sort(rng.random(n)) * n
    asks = rng.random(100_000) * n
    cells, chosen = [], []
    for times in (*rng.poisson(1, (2, n)), np.ones(n)):
        kept = np.flatnonzero(times)
        middles = (place[kept][1:] + place[kept][:-1]) / 2
        cell = np.zeros(n)
        cell[kept] = np.diff(np.r_[0, middles, n])
        cells.append(cell)
        chosen.append(kept[np.searchsorted(middles, asks)])
    own, mean = np.mean(cells[0] ** 2), np.mean(cells[0] * cells[1])
    whole, cross = np.mean(cells[2] ** 2), np.mean(cells[0] * cells[2])
    return {
        "mean": (2 - np.mean(chosen[0] == chosen[1]), own - mean),
        "estimate": (3 - 2 * np.mean(chosen[0] == chosen[2]), own - 2 * cross + whole),
    }


# The smokers -------------------------------------------------------------------------------------


def smokers_design() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    frame = load_nhefs()
    plain = frame[["sex_female", "race_not_white"]].astype(float)
    for name in ("education_level", "exercise_lack", "inactivity"):
        for level in sorted(frame[name].unique())[1:]:
            plain[f"{name}_{level}"] = (frame[name] == level).astype(float)
    for name in ("age", "cigarettes_per_day", "smoking_years", "weight_1971"):
        scaled = (frame[name] - frame[name].mean()) / frame[name].std()
        plain[name], plain[f"{name}_2"] = scaled, scaled**2
    x = sm.add_constant(plain)
    return x, frame["quit_smoking"].to_numpy(), frame["weight_change"].to_numpy()


def test_smokers_are_those_of_the_textbook(done: Any) -> None:
    """3.4405 kg, robust standard error .5255, weights up to 16.70, by statsmodels."""
    x, t, y = smokers_design()
    e = sm.Logit(t, x).fit(disp=0, maxiter=100).predict(x).to_numpy()
    w = np.where(t == 1, 1 / e, 1 / (1 - e))
    fit = sm.WLS(y, sm.add_constant(t.astype(float)), weights=w).fit(cov_type="HC0")
    assert done.defs["nhefs_ipw"] == pytest.approx(fit.params[1], abs=1e-4)
    assert done.defs["nhefs_se"] == pytest.approx(fit.bse[1], abs=1e-4)
    assert done.defs["nhefs_ipw"] == pytest.approx(3.4405, abs=5e-5)
    assert done.defs["nhefs_se"] == pytest.approx(0.5255, abs=5e-5)
    table = done.defs["nhefs_answers"]
    assert table["largest weight"]["IPW"] == pytest.approx(16.70, abs=0.005)
    assert table["effect (kg)"]["IPW, stabilised"] == pytest.approx(3.4405, abs=5e-5)
    assert table["effect (kg)"]["AIPW"] == pytest.approx(3.373, abs=1e-3)


def test_two_steps_forget_the_people(done: Any) -> None:
    """The spread over score draws is a fraction of the standard error, most of all for AIPW."""
    two, errors_ = done.defs["two_step_sd"], done.defs["nhefs_answers"]["standard error"]
    assert two["AIPW"] < 0.2 * errors_["AIPW"]
    assert two["AIPW"] < 0.5 * two["IPW"]
    assert two["IPW"] < 0.5 * errors_["IPW"]


# Exercises on the page ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "names", "right", "wrong"),
    [
        ("check_1", ["direction"], ["too high"], {"older": "too low", "coin": "about right"}),
        ("check_2", ["most_black"], [0.47, 87 / 185], {"participants'": 0.843, "per cent": 47.0}),
        ("check_7", ["honest_error"], [], {"above zero": -1.0, "variance": 0.19}),
    ],
)
def test_exercises(done: Any, check: str, names: list[str], right: list, wrong: dict) -> None:
    judge = asked(done, check, *names)
    accepted(judge, right)
    refused(judge, wrong)
    never_done(judge)


def test_exercises_with_the_pages_numbers(done: Any) -> None:
    """A second right way and the usual slip of exercises 3 to 7."""
    g = done.defs
    e, t, y, p = g["men_score"], g["took"], g["wellbeing"], g["propensity_score"]
    three = asked(done, "check_3", "att_weight")
    accepted(three, [t + (1 - t) * e / (1 - e), (7 * (t + (1 - t) * e / (1 - e))).tolist()])
    refused(three, {"ATE weights": 1 / np.where(t == 1, e, 1 - e)})
    j = g["joined"]
    four = asked(done, "check_4", "normalised_ate")
    accepted(four, [g["ipw_ate"]])
    refused(four, {"colleague": np.mean(j * y / p) - np.mean((1 - j) * y / (1 - p))})
    five = asked(done, "check_5", "doubly_robust")
    m_0, m_1 = g["straight_lines"]
    one, other = y - m_1, y - m_0
    accepted(five, [np.mean(m_1 - m_0) + np.mean(np.where(j == 1, one / p, -other / (1 - p)))])
    slips = {
        "regression alone": np.mean(m_1 - m_0),
        "colleague": np.mean(m_1 - m_0 + j * one / p + (1 - j) * other / p),
        "which chance": np.mean(m_1 - m_0 + j * one / p - (1 - j) * other / p),
        "subtracted": np.mean(m_1 - m_0 + j * one / p + (1 - j) * other / (1 - p)),
        "not it": g["aipw_ate"],
    }
    refused(five, slips)
    seven = asked(done, "check_7", "honest_error")
    accepted(seven, [g["bootstrap_sd"]])
    refused(seven, {"held fixed": g["held_sd"]})
    for judge in (three, four, five, seven):
        never_done(judge)


# Other seeds -------------------------------------------------------------------------------------


@pytest.mark.deep
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_other_seeds(seed: int, done: Any) -> None:
    """Another seed is another company; checks are done, and what is said holds."""
    other = run(ROOT / "solutions" / f"{NAME}.py", SEED=seed)
    assert {check.status for check in other.checks.values()} == {"done"}
    g = other.defs
    assert g["naive_difference"] != done.defs["naive_difference"]
    assert g["naive_difference"] - 4 > 3
    assert abs(g["aipw_ate"] - 4) < 4 * g["aipw_se"]
    assert g["live_bias"]["AIPW wrong wrong"] > 2.5
    assert abs(g["live_bias"]["AIPW right right"]) < 0.4
    assert g["held_sd"] > g["bootstrap_sd"]
    assert g["shrinkage"]["bias"][2] > 0.1
    assert abs(g["shrinkage"]["bias"][3:]).max() < 0.06
    assert g["two_step_sd"]["AIPW"] < 0.2 * g["nhefs_answers"]["standard error"]["AIPW"]
