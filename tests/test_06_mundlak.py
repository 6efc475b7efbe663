"""Notebook 06: its figures against other routes, its checks against right and wrong answers."""

from __future__ import annotations

import math
import runpy
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.data import FOLDER
from tests.answers import asked, never_done, told_apart
from tests.cold import within
from tests.support import ROOT, Run, load, move, recheck, sliders

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
    for seed, size in ((3, 7), (2026, 20)):
        frame, world = page(seed, size), engine["simulate_world"](seed, size)
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


def test_linear_identities(done: Run) -> None:
    """Mundlak's slope is the within slope; the pooled slope is the mixture; both exactly."""
    found = done.defs
    assert found["slope_mundlak"] == pytest.approx(found["slope_dummies"], abs=1e-10)
    share = found["share_within"]
    mixed = share * found["slope_dummies"] + (1 - share) * found["slope_between"]
    assert mixed == pytest.approx(found["slope_pooled"], abs=1e-10)


def test_only_the_team_identifies(done: Run) -> None:
    assert done.defs["hidden_graph"].adjustment_sets() == []
    assert done.defs["team_graph"].adjustment_sets() == [frozenset({"team"})]


def test_leak_formula_agrees_with_the_study(done: Run) -> None:
    """The closed form lies within 0.1 of a hundred fitted worlds at each size, and falls."""
    slope = done.defs["leaking_slope"]
    for row in done.defs["study_means"].itertuples():
        assert slope(row.m)[0] == pytest.approx(row.slope, abs=0.1)
    values = [slope(m)[0] for m in (2, 5, 10, 50, 200, 5000)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.002
    step, psi = slope(20)[0], slope(20)[1]
    left = (1 - step) ** 2 + step**2 / 20
    assert psi == pytest.approx(done.defs["NOISE"] / (done.defs["NOISE"] + 20 * left), rel=1e-6)


def test_within_bias_is_the_limit_of_least_squares(done: Run) -> None:
    rng = np.random.default_rng(1)
    need, chance, noise = rng.normal(size=(3, 400_000))
    for s in (0.0, 0.5, 2.0):
        x, y = s * need + chance, s * need + noise
        assert done.defs["within_bias"](s) == pytest.approx((x @ y) / (x @ x), abs=0.01)


# The five models ---------------------------------------------------------------------------------


def test_story_of_the_page(done: Run) -> None:
    """Naive above multilevel above the rest; fixed effects lose seniority; Mundlak keeps it."""
    slope = attention(done)
    assert slope["mean"]["naive"] > slope["mean"]["multilevel"] > slope["mean"]["Mundlak"] + 0.1
    for name in ("fixed effects", "Mundlak", "latent Mundlak"):
        assert slope["lower"][name] < 0 < slope["upper"][name]
        assert abs(slope["mean"][name] - slope["mean"]["fixed effects"]) < 0.05
    sd = done.defs["slopes"].query("variable == 'seniority'").set_index("model")["sd"]
    assert 0.75 < sd["fixed effects"] < 1
    assert sd["fixed effects"] > 4 * sd["Mundlak"]


def test_do_agrees_with_a_formula(done: Run) -> None:
    """The ATE by `do` is what the posterior's draws give by hand, and its sign is the slope's."""
    by_hand = done.defs["effect_right"]
    by_do = done.defs["ate"]["Mundlak"].to_numpy().ravel()
    error = 4 * by_do.std() * math.sqrt(1 / by_do.size + 1 / by_hand.size)
    assert by_do.mean() == pytest.approx(by_hand.mean(), abs=error)
    assert float(done.defs["ate"]["multilevel"].mean()) > 0.01
    assert abs(float(done.defs["ate"]["Mundlak"].mean())) < 0.04


def test_do_leaves_team_means_alone(done: Run) -> None:
    """In the fitted model team_mean is a node of its own: attention alone is set."""
    frame = done.defs["customers"].assign(attention=done.defs["customers"]["attention"] + 1)
    moved = frame.groupby("team")["attention"].transform("mean")
    right, chance = done.defs["effect_right"], done.defs["chance_of_renewal"]
    buggy = chance(frame["attention"], moved) - chance(frame["attention"] - 1, moved - 1)
    assert buggy.mean() > right.mean() + 0.05


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
    assert table["difference"].max() == 0
    assert table["elpd"].max() - table["elpd"]["naive"] == pytest.approx(
        -table["difference"]["naive"]
    )


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
    rhat, n_negative = done.defs["rhat_free"], done.defs["n_negative"]
    assert 0 < n_negative < 8
    assert rhat["loading"] > 1.5
    assert rhat["slope_u"] > 1.5
    assert rhat["slope"] < 1.02


# The study ---------------------------------------------------------------------------------------


def test_curriculum_figures(done: Run) -> None:
    """Bias and coverage of the multilevel slope and of Mundlak's, within Monte Carlo error."""
    table = done.defs["repeated_worlds"].set_index(["model", "n_per_group"])
    assert (table["n_worlds"] == 100).all()
    assert len(table) == 15
    figures = {7: (0.35, 0.02, 0.36), 20: (0.22, 0.01, 0.38), 67: (0.07, 0.01, 0.77)}
    for size, (bias, error, coverage) in figures.items():
        row = table.loc[("multilevel", size)]
        own = math.sqrt((row["rmse"] ** 2 - row["bias"] ** 2) / 100)
        assert row["bias"] == pytest.approx(bias, abs=3 * math.hypot(own, error))
        spread = math.sqrt(2 * coverage * (1 - coverage) / 100)
        assert row["coverage"] == pytest.approx(coverage, abs=3.5 * spread)
    for size, bias in {7: 0.03, 20: 0.01, 67: 0.0}.items():
        row = table.loc[("Mundlak", size)]
        own = math.sqrt((row["rmse"] ** 2 - row["bias"] ** 2) / 100)
        assert row["bias"] == pytest.approx(bias, abs=3 * math.sqrt(2) * own + 0.005)
        assert row["coverage"] >= 0.86  # 94 % of 100 worlds, less three standard errors


def test_only_small_groups_pay_with_width(done: Run) -> None:
    """Mundlak's intervals are wider than the multilevel ones at 7 per group, and not at 67."""
    width = done.defs["repeated_worlds"].set_index(["model", "n_per_group"])["mean_width"]
    assert width["Mundlak", 7] > 1.1 * width["multilevel", 7]
    assert width["Mundlak", 67] < 1.05 * width["multilevel", 67]


def test_summary_follows_from_the_file(done: Run) -> None:
    study = pd.read_csv(FOLDER / "mundlak_study.csv")
    assert set(study["model"]) == set(MODELS)
    assert not study.isna().any().any()
    assert study["sd"].nunique() > 500
    assert (study["effective_draws"] < 50).mean() < 0.03
    one = study.query("model == 'multilevel' and n_per_group == 7")
    row = done.defs["repeated_worlds"].set_index(["model", "n_per_group"]).loc[("multilevel", 7)]
    assert row["bias"] == pytest.approx(one["mean"].mean())
    assert row["rmse"] == pytest.approx(math.sqrt((one["mean"] ** 2).mean()))
    assert row["coverage"] == pytest.approx(((one["lower"] < 0) & (one["upper"] > 0)).mean())
    assert row["mean_width"] == pytest.approx((one["upper"] - one["lower"]).mean())


def test_study_covers_as_the_prose_says() -> None:
    """Multilevel covers too seldom at 67 a team still; fixed effects too seldom at 7."""
    study = pd.read_csv(FOLDER / "mundlak_study.csv")
    study["covers"] = (study["lower"] < 0) & (study["upper"] > 0)
    share = study.groupby(["model", "n_per_group"])["covers"].mean()
    chance = 3 * math.sqrt(0.94 * 0.06 / 100)
    assert share["multilevel", 67] < 0.94 - chance
    assert share["fixed effects", 7] < 0.94 - chance


def test_live_part_is_the_stored_study(done: Run) -> None:
    assert done.defs["n_repeated"] == done.defs["N_WORLDS"] >= 3
    assert done.defs["live_gap"] < 0.001


@pytest.mark.deep
def test_fast_posteriors_are_those_of_nuts(done: Run, other_worlds: pd.DataFrame) -> None:
    """Mean, sd and interval of all five slopes agree with NUTS on the notebook's own world."""
    slope = attention(done)
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
    assert set(sliders(done)) == {"team_size", "study_size", "need"}
    for name, value in (("team_size", 67), ("study_size", 67), ("need", 1.0)):
        seconds, _ = move(done, name, value)
        assert within(seconds, 0.2), f"{name} took {seconds:.2f} s"


def test_broken_identity_follows_its_slider(done: Run) -> None:
    """The sentence names the slope where the slider stands, and another where it does not."""
    for need in (0.5, 1.0, 2.0):
        space = move(done, "need", need)[1]
        here, other = (space["within_bias"](s) for s in (need, 2.0 if need == 1 else 1.0))
        assert f"At s = {need:.2f} the slope tends to {here:.2f}" in space["break_read"].text
        assert f"to {other:.2f}, however many" in space["break_read"].text


# The checks --------------------------------------------------------------------------------------

ANSWERS = {
    "check_1": "within_teams",
    "check_2": "within_slope",
    "check_3": "effect_draws",
    "check_4": "preferred",
    "check_5": "share_of_bias",
    "check_6": "free_loading",
    "check_7": "with_group_means",
}


@pytest.mark.parametrize(("check", "name"), ANSWERS.items())
def test_absurd_answers_are_not_done(done: Run, check: str, name: str) -> None:
    """Nothing that a learner can type crashes a check or passes it."""
    never_done(asked(done, check, name))


def test_check_1(done: Run) -> None:
    wrong = {"market": "about as many", "sign": "about as many, negative", "choose": "zero"}
    told_apart(asked(done, "check_1", "within_teams"), ["about zero", " About  ZERO"], wrong)


def test_check_2(done: Run) -> None:
    frame = done.defs["customers"]
    dummies = pd.get_dummies(frame["team"], dtype=float).assign(x=frame["attention"])
    by_dummies = np.linalg.lstsq(dummies.to_numpy(), frame["renewed"], rcond=None)[0][-1]
    x = frame["attention"] - frame.groupby("team")["attention"].transform("mean")
    y = frame["renewed"] - frame.groupby("team")["renewed"].transform("mean")
    teams = frame.groupby("team").mean()
    wrong = {
        "pooled": np.polyfit(frame["attention"], frame["renewed"], 1)[0],
        "between": np.polyfit(teams["attention"], teams["renewed"], 1)[0],
        "sign": -by_dummies,
        "percentage": 100 * by_dummies,
        "Only": np.polyfit(frame["attention"], y, 1)[0],
        "30 slopes": np.mean(
            [np.polyfit(t["attention"], t["renewed"], 1)[0] for _, t in frame.groupby("team")]
        ),
        "shape": np.array([1.0, 2.0]),
    }
    told_apart(
        asked(done, "check_2", "within_slope"),
        [by_dummies, np.polyfit(x, y, 1)[0], np.polyfit(x, y, 1)[:1]],
        wrong,
    )


def test_check_3(done: Run) -> None:
    x, mean = done.defs["customers"]["attention"], done.defs["own_mean"]
    chance = done.defs["chance_of_renewal"]
    before, after = chance(x, mean), chance(x + 1, mean)
    wrong = {
        "colleague": (chance(x + 1, mean + 1) - before).mean(axis=0),
        "alone; move": (chance(x, mean + 1) - before).mean(axis=0),
        "sign": (before - after).mean(axis=0),
        "percentage": 100 * (after - before).mean(axis=0),
        "per customer": (after - before).mean(axis=1),
        "One number:": (after - before).mean(),
    }
    right = [after.mean(axis=0) - before.mean(axis=0), np.mean(after - before, axis=0)]
    told_apart(asked(done, "check_3", "effect_draws"), right, wrong)


def test_check_4(done: Run) -> None:
    wrong = {"simpler": "Mundlak", "decimal": "latent Mundlak", "choose": "naive"}
    told_apart(asked(done, "check_4", "preferred"), ["neither", "NEITHER "], wrong)


def test_check_5(done: Run) -> None:
    errors = done.defs["study"].query("model == 'multilevel' and n_per_group == 67")["mean"]
    share = errors.mean() ** 2 / (errors.mean() ** 2 + errors.var(ddof=0))
    mundlak = done.defs["study"].query("model == 'Mundlak' and n_per_group == 67")["mean"]
    larger = done.defs["study"].query("model == 'multilevel' and n_per_group == 20")["mean"]
    wrong = {
        "Square": share**0.5,
        "variance": 1 - share,
        "per cent": 100 * share,
        "Mundlak": mundlak.mean() ** 2 / (mundlak**2).mean(),
        "7 or 20": larger.mean() ** 2 / (larger**2).mean(),
    }
    told_apart(
        asked(done, "check_5", "share_of_bias"),
        [share, errors.mean() ** 2 / (errors**2).mean()],
        wrong,
    )


def test_check_6(done: Run) -> None:
    dist = done.defs["dist"]
    wrong = {
        "knows the sign": dist.HalfNormal(1),
        "equally": dist.Normal(1, 1),
        "parameters": dist.Normal,
        "order one": dist.Normal(0, 0.05),
        "shape": dist.Normal(np.zeros(3), 1),
    }
    told_apart(
        asked(done, "check_6", "free_loading"),
        [dist.Normal(0, 1), dist.Laplace(0, 1), dist.StudentT(4, 0, 1)],
        wrong,
    )


def test_check_7(done: Run) -> None:
    def by_map(frame: pd.DataFrame, group: str, columns: list[str]) -> pd.DataFrame:
        made = frame.copy()
        for name in columns:
            made[f"{name}_mean"] = frame[group].map(frame.groupby(group)[name].mean())
        return made

    def by_assign(frame: pd.DataFrame, group: str, columns: list[str]) -> pd.DataFrame:
        means = {f"{k}_mean": frame.groupby(group)[k].transform("mean") for k in columns}
        return frame.assign(**means)

    def in_place(frame: pd.DataFrame, group: str, columns: list[str]) -> pd.DataFrame:
        for name in columns:
            frame[f"{name}_mean"] = frame.groupby(group)[name].transform("mean")
        return frame

    def overall(frame: pd.DataFrame, _group: str, columns: list[str]) -> pd.DataFrame:
        return frame.assign(**{f"{name}_mean": frame[name].mean() for name in columns})

    def deviations(frame: pd.DataFrame, group: str, columns: list[str]) -> pd.DataFrame:
        means = by_assign(frame, group, columns)
        return means.assign(**{f"{k}_mean": frame[k] - means[f"{k}_mean"] for k in columns})

    def by_group(frame: pd.DataFrame, group: str, columns: list[str]) -> pd.DataFrame:
        return by_assign(frame, group, columns).groupby(group).mean().reset_index()

    def sorted_rows(frame: pd.DataFrame, group: str, columns: list[str]) -> pd.DataFrame:
        return by_assign(frame, group, columns).sort_values(group)

    wrong = {
        "copy": in_place,
        "one mean for all": overall,
        "deviation": deviations,
        "One row per group": by_group,
        "order": sorted_rows,
        "missing": lambda frame, *_: frame.copy(),
        "Only the means": lambda frame, group, columns: by_assign(frame, group, columns)[
            [f"{name}_mean" for name in columns]
        ],
    }
    told_apart(asked(done, "check_7", "with_group_means"), [by_map, by_assign], wrong)
    assert recheck(done, "check_7", with_group_means=lambda *_: ...).status == "todo"
