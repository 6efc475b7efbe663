"""Notebook 06: its figures against other routes; its words are in test_06_claims.py."""

from __future__ import annotations

import math
import re
import runpy
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.data import FOLDER
from tests.answers import asked, told_apart
from tests.claims import Globals
from tests.cold import within
from tests.support import ROOT, Run, load, move, shortest, sliders
from tests.test_06_claims import chances, leak, marginal, rank_rhat, world

NAME = "06_mundlak"
MODELS = ("naive", "fixed effects", "multilevel", "Mundlak", "latent Mundlak")
SEEDS = (1, 7, 42, 1234, 90210)


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Run:
    """Return the solved notebook, run once."""
    return run_notebook("solutions", NAME)


@pytest.fixture(scope="module")
def engine() -> dict[str, Any]:
    """Return the functions of the script that writes the study."""
    return runpy.run_path(str(FOLDER / "mundlak_study.py"))


@pytest.fixture(scope="module")
def other_worlds(engine: dict[str, Any]) -> pd.DataFrame:
    """Return the posterior of each model's slope in the notebook's world and in five others."""
    return pd.concat(engine["study"](model, 20, (2026, *SEEDS)) for model in MODELS)


def attention(done: Run) -> pd.DataFrame:
    """Return the slopes of attention by model."""
    return done.defs["slopes"].query("variable == 'attention'").set_index("model")


# The world and the two regressions ---------------------------------------------------------------


def test_page_and_study_simulate_the_same_world(engine: dict[str, Any]) -> None:
    """The function on the page and the one in the script give the same numbers."""
    page = load(ROOT / "solutions" / f"{NAME}.py").simulate_world
    for seed, size, effect in ((3, 7, 0.0), (2026, 20, 0.0), (5, 7, -0.5)):
        frame = page(seed, size, effect=effect)
        world = engine["simulate_world"](seed, size, effect)
        assert np.array_equal(frame["attention"], world["x"].ravel())
        assert np.array_equal(frame["renewed"], world["y"].ravel())
        assert np.array_equal(frame["seniority"], np.repeat(world["z"], size))


def test_world_is_the_one_of_the_curriculum() -> None:
    """U ~ N(1.5, 1), x ~ N(U, 1), z ~ N(0, 1), y ~ Bernoulli(logit(-2 + U + z)), no effect of x."""
    page = load(ROOT / "solutions" / f"{NAME}.py").simulate_world
    frame = page(5, 40, n_teams=4000)
    teams = frame.groupby("team").mean()
    assert teams["market"].mean() == pytest.approx(1.5, abs=0.07)
    assert teams[["market", "seniority"]].std().to_numpy() == pytest.approx(1, abs=0.05)
    assert teams["market"].corr(teams["seniority"]) == pytest.approx(0, abs=0.07)
    around = frame["attention"] - frame["market"]
    assert (around.mean(), around.std()) == (pytest.approx(0, abs=0.02), pytest.approx(1, abs=0.01))
    chance = 1 / (1 + np.exp(2 - frame["market"] - frame["seniority"]))
    assert frame["renewed"].mean() == pytest.approx(chance.mean(), abs=0.005)
    assert (frame["renewed"] - chance).corr(around) == pytest.approx(0, abs=0.01)


def test_effect_moves_the_outcome_alone() -> None:
    """With a non-zero effect the world keeps attention and teams, and renewals follow the slope."""
    page = load(ROOT / "solutions" / f"{NAME}.py").simulate_world
    none, some = page(5, 40, n_teams=2000), page(5, 40, n_teams=2000, effect=0.5)
    assert np.array_equal(none["attention"], some["attention"])
    log_odds = -2 + 0.5 * some["attention"] + some["market"] + some["seniority"]
    assert some["renewed"].mean() == pytest.approx((1 / (1 + np.exp(-log_odds))).mean(), abs=0.006)


def test_frames_of_the_page_are_the_world(done: Run) -> None:
    """Customers are the world drawn again, without its market; a team has its members' means."""
    customers, teams, expected = done.defs["customers"], done.defs["teams"], world()
    assert set(customers) == {"team", "attention", "renewed", "seniority"}
    for name in customers:
        assert np.allclose(customers[name], expected[name]), name
    for name in ("attention", "renewed", "seniority"):
        by_team = [expected[name][expected["team"] == team].mean() for team in range(30)]
        assert np.allclose(teams[name], by_team), name
    assert list(teams.index) == list(range(30))
    assert np.allclose(done.defs["own_mean"], expected["mean"])


def test_curve_of_the_leak_by_another_route(done: Run) -> None:
    """The whole curve is the root of its equation, from 2 to 200 per team; squares are means."""
    curve = done.defs["leak_curve"]
    assert np.allclose(np.diff(np.log(curve["m"])), np.log(100) / (len(curve) - 1))
    assert curve["m"].iloc[0] == pytest.approx(2)
    assert np.allclose(curve["slope"], [leak(m)[0] for m in curve["m"]], atol=1e-4)
    study = pd.read_csv(FOLDER / "mundlak_study.csv")
    study = study[(study["model"] == "multilevel") & (study["effect"] == 0)]
    expected = {m: study["mean"][study["n_per_group"] == m].mean() for m in (7, 20, 67)}
    assert done.defs["fitted_leak"].to_dict() == pytest.approx(expected)


def test_curves_of_the_need_are_drawn_by_name(done: Run) -> None:
    """In the picture, too, naive and within are s² more than 1, and s², over one more."""
    drawn = done.defs["draw_need"](1.0, *done.defs["slope_limits"](1.0)).spec
    (rows,) = (r for r in drawn["datasets"].values() if {"s", "naive", "within"} <= set(r[0]))
    curve = pd.DataFrame(rows)
    assert (curve["s"].min(), curve["s"].max()) == (0, 2)
    for name, from_market in (("naive", 1), ("within", 0)):
        s2 = curve["s"] ** 2
        assert np.allclose(curve[name], (from_market + s2) / (from_market + s2 + 1)), name


def test_marginal_slope_at_every_spread(done: Run) -> None:
    """The slope of the mean is that of an integral, and the teams stand at a normal's quantiles."""
    at, chance = done.defs["attention_grid"], done.defs["team_chances"]
    quantiles = stats.norm.ppf((np.arange(40) + 0.5) / 40)
    for spread in (0.0, 0.5, 1.0, 2.0, 3.0):
        assert done.defs["marginal_slope"](spread) == pytest.approx(marginal(spread), abs=0.015)
        line = at[:, None] + spread * quantiles
        assert np.allclose(chance(at, spread), 1 / (1 + np.exp(-line)))


def test_leak_formula_agrees_with_the_study(done: Run) -> None:
    """The closed form lies within 0.1 of a hundred fitted worlds at each size, and falls."""
    slope = done.defs["leaking_slope"]
    for size, fitted in done.defs["fitted_leak"].items():
        assert slope(size)[0] == pytest.approx(fitted, abs=0.1)
    values = [slope(m)[0] for m in (2, 5, 10, 50, 200, 5000)]
    assert values == sorted(values, reverse=True)


def test_group_means_remove_the_part_between(done: Run) -> None:
    """With a confounder inside teams as well, the within slope is less wrong than the naive one."""
    for s in np.linspace(0, 3, 13):
        naive, within_teams = done.defs["slope_limits"](s)
        assert 0 <= within_teams < naive < 1


# The five models ---------------------------------------------------------------------------------


def test_story_of_the_page(done: Run) -> None:
    """Naive above multilevel above the rest; fixed effects lose seniority; Mundlak keeps it."""
    slope = attention(done)
    latent = done.defs["five_slopes"].set_index("model").loc["latent Mundlak"]
    assert latent["lower"] < 0 < latent["upper"]
    assert abs(latent["mean"] - slope["mean"]["Mundlak"]) < 0.03
    assert slope["mean"]["naive"] > slope["mean"]["multilevel"] > slope["mean"]["Mundlak"] + 0.1
    for name in ("fixed effects", "Mundlak"):
        assert slope["lower"][name] < 0 < slope["upper"][name]
        assert abs(slope["mean"][name] - slope["mean"]["fixed effects"]) < 0.05
    sd = done.defs["slopes"].query("variable == 'seniority'").set_index("model")["sd"]
    assert 0.75 < sd["fixed effects"] < 1
    assert sd["fixed effects"] > 4 * sd["Mundlak"]


def test_table_of_slopes_by_hand(done: Run) -> None:
    """Each slope's mean, sd and shortest interval are those of its own draws, in both charts."""
    posteriors = {**done.defs["idata_of"], "latent Mundlak": done.defs["idata_latent"]}
    tables = (done.defs["slopes"], MODELS[:4]), (done.defs["five_slopes"], MODELS)
    for frame, models in tables:
        for variable, node in (("attention", "slope"), ("seniority", "slope_seniority")):
            table = frame[frame["variable"] == variable].set_index("model")
            if variable == "attention" or models != MODELS:
                assert tuple(table.index) == models
            for name, row in table.iterrows():
                draws = posteriors[name].posterior[node].to_numpy().ravel()
                sd = math.sqrt(((draws - draws.mean()) ** 2).sum() / (draws.size - 1))
                expected = [draws.mean(), sd, *shortest(draws)]
                found = row[["mean", "sd", "lower", "upper"]].to_list()
                assert found == pytest.approx(expected, abs=1e-9), (variable, name)


def test_chances_by_hand(done: Run) -> None:
    """Chances of all five models, as seen and by `do`, and those of exercise 4, draw by draw."""
    g = Globals(done)
    for name in MODELS:
        seen = chances(g, name)
        found = done.defs["five_chances"][name].to_numpy().reshape(-1, 600)
        assert np.allclose(found, seen, atol=1e-9), name
        if name in done.defs["ate"]:
            effect = done.defs["ate"][name].to_numpy().ravel()
            assert np.allclose(effect, (chances(g, name, 1.0) - seen).mean(axis=1), atol=1e-9), name
    x, own = world()["attention"], world()["mean"]
    before, after = (chances(g, "Mundlak", more, step=8) for more in (0.0, -1.0))
    assert np.allclose(done.defs["chance_of_renewal"](x, own), before.T)
    assert np.allclose(done.defs["effect_draws"], (after - before).mean(axis=1))


def test_table_of_invented_teams(done: Run) -> None:
    """The table shows each model's mean spread of invented teams, and how often it is as large."""
    (text,) = (
        shown.text
        for shown in done.outputs
        if "invented at least as large" in getattr(shown, "text", "")
    )
    cells = re.findall(r"<td[^>]*>(.*?)</td>", text)
    rows = dict(zip(cells[::3], zip(cells[1::3], cells[2::3], strict=True), strict=True))
    assert tuple(rows) == MODELS
    rng, y = np.random.default_rng(11), world()["renewed"].to_numpy()
    seen = y.reshape(30, 20).mean(axis=1).std()
    for name in MODELS:
        chance = np.tile(chances(Globals(done), name), (5, 1))
        teams = (rng.random(chance.shape) < chance).reshape(-1, 30, 20).mean(axis=2)
        spread = teams.std(axis=1)
        share, n = (spread >= seen).mean(), len(chance) / 5
        mean, as_large = (float(re.sub(r"[^\d.]", "", cell)) for cell in rows[name])
        assert mean == pytest.approx(spread.mean(), abs=0.0051 + 4 * spread.std() / n**0.5)
        error = 4 * math.sqrt(share * (1 - share) * 1.2 / n)
        assert as_large / 100 == pytest.approx(share, abs=0.0051 + error), name


def test_do_agrees_with_a_formula(done: Run) -> None:
    """The ATE by `do` is what the posterior's draws give by hand, one unit up."""
    chance, x = done.defs["chance_of_renewal"], done.defs["customers"]["attention"]
    own = done.defs["own_mean"]
    by_hand = (chance(x + 1, own) - chance(x, own)).mean(axis=0)
    by_do = done.defs["ate"]["Mundlak"].to_numpy().ravel()
    error = 4 * by_do.std() * math.sqrt(1 / by_do.size + 1 / by_hand.size)
    assert by_do.mean() == pytest.approx(by_hand.mean(), abs=error)
    assert float(done.defs["ate"]["multilevel"].mean()) > 0.01
    assert abs(by_do.mean()) < 0.04


def test_do_leaves_team_means_alone(done: Run) -> None:
    """What the colleague does, moving the means as well, is far from the right answer."""
    x, own = done.defs["customers"]["attention"], done.defs["own_mean"]
    chance = done.defs["chance_of_renewal"]
    buggy = chance(x - 1, own - 1) - chance(x, own)
    assert buggy.mean() < np.mean(done.defs["effect_draws"]) - 0.05


def test_loo_is_arviz_loo(done: Run) -> None:
    """The scores are those of `az.loo`, and differences are taken customer by customer."""
    table = done.defs["loo"].set_index("model")
    assert table["largest_pareto_k"]["Mundlak"] < 0.7
    seen = done.defs["chance_seen"]["Mundlak"].to_numpy()
    log_chance = stats.bernoulli.logpmf(done.defs["customers"]["renewed"].to_numpy(), seen)
    groups = {
        "posterior": {"p": seen.mean(axis=-1)},
        "log_likelihood": {"renewed": log_chance},
    }
    expected = az.loo(az.from_dict(groups), reff=1.0)
    assert table["elpd"]["Mundlak"] == pytest.approx(float(expected.elpd), abs=0.1)
    assert table["se"]["Mundlak"] == pytest.approx(float(expected.se), abs=0.05)
    assert tuple(table.index) == MODELS
    assert np.allclose(table["difference"], table["elpd"] - table["elpd"].max())


def test_loo_ties_and_does_not_find_the_truth(done: Run) -> None:
    """Mundlak and latent tie; fixed effects, with the right slope, score below multilevel."""
    assert abs(done.defs["tie_gap"]) < 2
    difference = done.defs["loo"].set_index("model")["difference"]
    assert difference["fixed effects"] < difference["multilevel"]
    assert difference["naive"] < difference["Mundlak"]


def test_numpyro_is_pymc(done: Run) -> None:
    """The folded NumPyro posterior is the constrained PyMC posterior, within Monte Carlo error."""
    other, own = done.defs["idata_numpyro"].posterior, done.defs["idata_latent"].posterior
    for name in ("slope", "slope_seniority", "slope_u", "loading", "tau"):
        a, b = other[name].to_numpy(), own[name].to_numpy()
        error = 5 * math.hypot(float(az.mcse(a)), float(az.mcse(b)))
        assert a.mean() == pytest.approx(b.mean(), abs=error), name
    assert float(other["loading"].min()) > 0


def test_free_sign_is_a_mirror(done: Run) -> None:
    """Chains sit on both sides; R-hat of the loading shows it, attention's slope does not care."""
    rhat = done.defs["rhat_free"]
    n_negative = int((done.defs["idata_free"].posterior["loading"].mean("draw") < 0).sum())
    assert 0 < n_negative < 8
    assert rhat["loading"] > 1.5
    assert rhat["slope_u"] > 1.5
    assert rhat["slope"] < 1.02


def test_rhat_of_the_mirror_by_hand(done: Run) -> None:
    """R-hat is the larger of two: of the draws' ranks, and of the ranks of their distance."""
    draws = done.defs["idata_free"].posterior
    for name, found in done.defs["rhat_free"].items():
        values = draws[name].to_numpy()
        folded = np.abs(values - np.median(values))
        assert found == pytest.approx(max(rank_rhat(values), rank_rhat(folded)), rel=1e-3), name


# The study ---------------------------------------------------------------------------------------


def graded(done: Run) -> pd.DataFrame:
    """Return bias, error and coverage by model, size and effect."""
    return done.defs["repeated_worlds"].set_index(["model", "n_per_group", "effect"])


def test_curriculum_figures(done: Run) -> None:
    """Bias and coverage of the multilevel slope and of Mundlak's, within Monte Carlo error."""
    table = graded(done)
    assert (table["n_worlds"] == 100).all()
    assert len(table) >= 25
    figures = {7: (0.35, 0.02, 0.36), 20: (0.22, 0.01, 0.38), 67: (0.07, 0.01, 0.77)}
    for size, (bias, error, coverage) in figures.items():
        row = table.loc[("multilevel", size, 0.0)]
        assert row["bias"] == pytest.approx(bias, abs=3 * math.hypot(row["bias_se"], error))
        spread = math.sqrt(2 * coverage * (1 - coverage) / 100)
        assert row["coverage"] == pytest.approx(coverage, abs=3.5 * spread)
    for size, bias in {7: 0.03, 20: 0.01, 67: 0.0}.items():
        row = table.loc[("Mundlak", size, 0.0)]
        assert row["bias"] == pytest.approx(bias, abs=3 * math.sqrt(2) * row["bias_se"] + 0.005)
        assert row["coverage"] >= 0.86  # 94 % of 100 worlds, less three standard errors


@pytest.mark.parametrize("effect", [0.5, -0.5])
def test_non_zero_effects_tell_the_same_story(done: Run, effect: float) -> None:
    """The leak goes upwards whatever the effect; Mundlak stays near; fixed effects overshoot."""
    bias, error = graded(done)["bias"], graded(done)["bias_se"]
    assert bias["multilevel", 7, effect] > 0.15
    assert abs(bias["Mundlak", 7, effect]) < 0.06
    overshoot = np.sign(effect) * bias["fixed effects", 7, effect]
    assert overshoot > 2 * error["fixed effects", 7, effect]


def test_only_small_groups_pay_with_width(done: Run) -> None:
    """Mundlak's intervals are wider than the multilevel ones at 7 per group, and not at 67."""
    width = graded(done)["mean_width"]
    assert width["Mundlak", 7, 0.0] > 1.1 * width["multilevel", 7, 0.0]
    assert width["Mundlak", 67, 0.0] < 1.05 * width["multilevel", 67, 0.0]


def test_summary_follows_from_the_file(done: Run, engine: dict[str, Any]) -> None:
    study = pd.read_csv(FOLDER / "mundlak_study.csv")
    assert set(study["model"]) == set(MODELS)
    assert set(study["effect"]) == {0.0, 0.5, -0.5}
    assert not study.isna().any().any()
    assert study["sd"].nunique() > 500
    assert (study["effective_draws"] >= engine["ENOUGH"]).all()
    one = study.query("model == 'multilevel' and n_per_group == 7 and effect == -0.5")
    row, error = graded(done).loc[("multilevel", 7, -0.5)], one["mean"] + 0.5
    assert row["bias"] == pytest.approx(error.mean())
    assert row["rmse"] == pytest.approx(math.sqrt((error**2).mean()))
    assert row["coverage"] == pytest.approx(((one["lower"] < -0.5) & (one["upper"] > -0.5)).mean())
    assert row["mean_width"] == pytest.approx((one["upper"] - one["lower"]).mean())
    share = row["coverage"]
    assert row["coverage_se"] == pytest.approx(math.sqrt(share * (1 - share) / 100))


def test_every_row_of_the_study_by_hand(done: Run) -> None:
    """All scores of all settings, and the posteriors' own sd, from the rows of the file."""
    study, table = pd.read_csv(FOLDER / "mundlak_study.csv"), graded(done)
    groups = study.groupby(["model", "n_per_group", "effect"])
    assert set(table.index) == set(groups.groups)
    for setting, rows in groups:
        truth = setting[2]
        error, n = rows["mean"].to_numpy() - truth, len(rows)
        rmse = np.linalg.norm(error) / math.sqrt(n)
        share = 1 - ((rows["lower"] > truth) | (rows["upper"] < truth)).mean()
        expected = {
            "n_worlds": n,
            "bias": error.sum() / n,
            "bias_se": stats.sem(error),
            "sd": math.sqrt((rmse**2 - error.mean() ** 2) * n / (n - 1)),
            "rmse": rmse,
            "rmse_se": stats.sem(error**2) / (2 * rmse),  # the delta method
            "coverage": share,
            "coverage_se": math.sqrt(share * (1 - share) / n),
            "mean_width": rows["upper"].mean() - rows["lower"].mean(),
        }
        assert table.loc[setting].to_dict() == pytest.approx(expected), setting
        model, size, effect = setting
        own = done.defs["graded"]["posterior_sd"][effect, model, size]
        assert own == pytest.approx(rows["sd"].mean()), setting


def test_intervals_are_those_of_moments() -> None:
    """A stored interval is about as wide as 94 % of a normal posterior, and holds the mean."""
    study = pd.read_csv(FOLDER / "mundlak_study.csv")
    ratio = (study["upper"] - study["lower"]) / (2 * 1.8808 * study["sd"])
    assert ratio.median() == pytest.approx(1, abs=0.01)
    assert ((study["lower"] < study["mean"]) & (study["mean"] < study["upper"])).all()


def test_live_part_is_the_stored_study(done: Run) -> None:
    assert done.defs["n_repeated"] == done.defs["N_WORLDS"] >= 3
    assert done.defs["live_gap"] < 0.001


@pytest.mark.deep
def test_more_draws_give_the_same_posterior(engine: dict[str, Any]) -> None:
    """8,192 draws instead of 512: mean and ends of the interval move by little of an sd."""
    for model in ("multilevel", "Mundlak"):
        few, many = (engine["study"](model, 7, range(5), n_draws=n) for n in (512, 8192))
        for column in ("mean", "lower", "upper"):
            gap = (few[column] - many[column]).abs() / many["sd"]
            assert gap.mean() < 0.1, (model, column)


@pytest.mark.deep
def test_fast_posteriors_are_those_of_nuts(done: Run, other_worlds: pd.DataFrame) -> None:
    """Mean, sd and interval of all five slopes agree with NUTS on the notebook's own world."""
    slope = pd.concat([attention(done), done.defs["five_slopes"].set_index("model").tail(1)])
    fast = other_worlds[other_worlds["world"] == done.defs["SEED"]].set_index("model")
    for name in MODELS:
        sd = slope["sd"][name]
        assert fast["mean"][name] == pytest.approx(slope["mean"][name], abs=0.2 * sd), name
        assert fast["sd"][name] == pytest.approx(sd, rel=0.2), name
        for end in ("lower", "upper"):
            assert fast[end][name] == pytest.approx(slope[end][name], abs=0.4 * sd), name


@pytest.mark.deep
def test_five_other_seeds_tell_the_same_story(other_worlds: pd.DataFrame) -> None:
    """In other worlds: naive above multilevel above Mundlak, who agrees with fixed effects."""
    for seed in SEEDS:
        world = other_worlds[other_worlds["world"] == seed].set_index("model")
        mean, sd = world["mean"], world["sd"]
        assert mean["naive"] > mean["multilevel"] > mean["Mundlak"] + 0.08
        assert abs(mean["Mundlak"] - mean["fixed effects"]) < 0.06
        assert abs(mean["latent Mundlak"] - mean["Mundlak"]) < 0.04
        assert abs(mean["Mundlak"]) < 3 * sd["Mundlak"]


def _integral(log_height: np.ndarray, *grids: np.ndarray) -> float:
    """Return the log of an integral over one or two even grids."""
    cell = math.prod(grid[1] - grid[0] for grid in grids)
    top = log_height.max()
    return float(top + np.log(np.exp(log_height - top).sum() * cell))


def _log_likelihood(c: np.ndarray, slope: float, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    eta = c[..., None] + slope * x
    return (y * eta - np.logaddexp(0, eta)).sum(axis=-1)


def test_quadrature_against_brute_force(engine: dict[str, Any]) -> None:
    """Integrating the intercepts on a fine grid gives the same log posterior, model by model."""
    engine["jax"].config.update("jax_enable_x64", True)  # noqa: FBT003
    world = engine["simulate_world"](4, 7)
    few = {key: value[:6] for key, value in world.items()}
    few["y"][0] = 0.0  # a group that never says yes is the hardest
    b, g, a, tau, k, centre, loading, noise = 0.3, 0.8, -0.4, 0.7, 0.6, 1.2, 0.9, 1.1
    c = np.linspace(-60, 60, 24_001)
    u = np.linspace(-6, 6, 601)
    prior = stats.norm.logpdf([b, g]).sum()

    def scale(value: float) -> float:
        return stats.expon.logpdf(value) + math.log(value)

    def by_group(mean: np.ndarray, sd: float) -> float:
        mean = mean + g * few["z"]
        return sum(
            _integral(stats.norm.logpdf(c, m, sd) + _log_likelihood(c, b, x, y), c)
            for m, x, y in zip(mean, few["x"], few["y"], strict=True)
        )

    ones, means = np.ones(6), few["x"].mean(axis=1)
    common = prior + stats.norm.logpdf(a) + scale(tau)
    expected = {
        "fixed effects": prior + by_group(0 * ones, 10),
        "multilevel": common + by_group(a * ones, tau),
        "Mundlak": common + stats.norm.logpdf(k) + by_group(a + k * means, tau),
    }
    points = np.array([b, g, a, math.log(tau), k])
    for name, value in expected.items():
        function, size = engine["MODELS"][name]
        found = float(engine["log_posterior"](function, points[:size], few))
        # A group without a yes, under a prior as wide as 10, is the worst case of 11 nodes.
        assert found == pytest.approx(value, abs=0.08 if name == "fixed effects" else 2e-3), name

    short = np.linspace(-12, 12, 601)
    latent = common + stats.norm.logpdf([k, centre]).sum() + scale(loading) + scale(noise)
    for x, y, z in zip(few["x"], few["y"], few["z"], strict=True):
        of_x = stats.norm.logpdf(x, centre + loading * u[:, None], noise).sum(axis=1)
        of_u = of_x + stats.norm.logpdf(u)
        of_c = stats.norm.logpdf(short, (a + g * z + k * u)[:, None], tau)
        latent += _integral(of_u[:, None] + of_c + _log_likelihood(short, b, x, y), u, short)
    function, _ = engine["MODELS"]["latent Mundlak"]
    point = np.array([*points, centre, math.log(loading), math.log(noise)])
    assert float(engine["log_posterior"](function, point, few)) == pytest.approx(latent, abs=2e-3)


# The page ----------------------------------------------------------------------------------------


def test_sliders_answer_at_once(done: Run) -> None:
    assert set(sliders(done)) == {"team_size", "need", "spread"}
    for name, value in (("team_size", 67), ("need", 1.0), ("spread", 3.0)):
        seconds, _ = move(done, name, value)
        assert within(seconds, 0.2), f"{name} took {seconds:.2f} s"


def test_views_follow_their_sliders(done: Run) -> None:
    """Each title names the number at the place of the mark."""
    drawn = done.defs["draw_need"](2.0, *done.defs["slope_limits"](2.0)).spec
    assert drawn["title"]["text"] == ["At s = 2.00: within +0.80, naive +0.83"]
    for size, effect in done.defs["which_worlds"].options.values():
        shown = done.defs["draw_worlds"](size, effect).spec
        assert shown["title"]["text"][0].startswith(f"{size} per team, truth ")
        assert len(shown["title"]["text"]) == 1


# The checks; their hints are tested with the lesson -----------------------------------------------


def test_checks_are_wired_to_the_page(done: Run) -> None:
    """Each check cell takes a right answer written another way, and tells a usual wrong one."""
    found = done.defs
    frame, chance, own = found["customers"], found["chance_of_renewal"], found["own_mean"]
    x, patients = frame["attention"], found["patients"]
    dummies = pd.get_dummies(frame["team"], dtype=float).assign(x=x).to_numpy()
    within_slope = np.linalg.lstsq(dummies, frame["renewed"], rcond=None)[0][-1]
    less = (chance(x - 1, own) - chance(x, own)).mean(axis=0)
    errors = found["study"].query("model == 'multilevel' and n_per_group == 67 and effect == 0")
    share = errors["mean"].mean() ** 2 / (errors["mean"] ** 2).mean()
    right = dict(found["clinic_answers"])
    inside = patients - patients.groupby("clinic").transform("mean").assign(clinic=0)
    right["effect"] = np.polyfit(inside["hours"], inside["mobility"], 1)[0]
    cases = {
        ("check_1", "within_teams"): ("About zero", {"one market": "about as many"}),
        ("check_2", "within_slope"): (within_slope, {"sign": -within_slope}),
        ("check_3", "slope_of_sixty"): (
            0.0537,
            {"team of six": found["small_slopes"]["multilevel"]},
        ),
        ("check_4", "effect_draws"): (list(less), {"sign": -less}),
        ("check_5", "clinic_answers"): (right, {"naive": {**right, "effect": right["naive"]}}),
        ("check_6", "share_of_bias"): (share, {"Square": share**0.5}),
        ("check_7", "preferred"): ("NEITHER", {"simpler": "Mundlak"}),
        ("check_8", "free_loading"): (
            found["dist"].Laplace(0, 1),
            {"knows the sign": found["dist"].HalfNormal(1)},
        ),
    }
    for (check, name), (good, wrong) in cases.items():
        told_apart(asked(done, check, name), [good], wrong)
