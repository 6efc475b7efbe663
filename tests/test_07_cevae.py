"""Notebook 07: its referees, its fits, its claims over seeds, its checks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from tests.answers import accepted, asked, never_done, refused
from tests.support import Run, move, recheck, within

NAME = "07_cevae"
SEEDS = (1, 7, 42, 1234, 90210)


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Run:
    """Return the solved notebook, run once."""
    return run_notebook("solutions", NAME)


def _slope(y: Any, *columns: Any) -> Any:
    """Return a fit of statsmodels; the first column is parameter 1."""
    return sm.OLS(np.asarray(y), sm.add_constant(np.column_stack(columns))).fit()


# The world and its referees ----------------------------------------------------------------------


def test_least_squares_is_that_of_statsmodels(done: Run) -> None:
    """Coefficient and standard error, with an intercept, against another library."""
    p = done.defs["players"]
    found = done.defs["least_squares"](p["purchases"], p["engagement"], p["guild"])
    fit = _slope(p["purchases"], p["engagement"], p["guild"])
    assert found[0] == pytest.approx(fit.params[1], abs=1e-6)
    assert found[1] == pytest.approx(fit.bse[1], rel=1e-3)


def test_what_the_studio_sees_hides_the_truth(done: Run) -> None:
    """The table of the page has neither motivation nor the effects; 20,000 players."""
    assert {"motivation", "true_effect"}.isdisjoint(done.defs["players"])
    assert len(done.defs["players"]) == 20_000
    assert done.defs["game_graph"].adjustment_sets() == []
    assert done.defs["true_ate"] == pytest.approx(done.defs["everything"]["true_effect"].mean())


@pytest.mark.deep
@pytest.mark.parametrize("seed", SEEDS)
def test_referees_over_seeds(done: Run, seed: int) -> None:
    """Naive error above the effect; oracle, front door, instrument, covariances hold the truth."""
    defs, ols = done.defs, done.defs["least_squares"]
    everyone, noise = defs["simulate_players"](np.random.default_rng([seed, 7]), 20_000)
    true = everyone["true_effect"].mean()
    t, m, y, g, z = (
        everyone[c] for c in ("engagement", "items_won", "purchases", "guild", "assigned")
    )
    naive, _ = ols(y, t)
    assert naive - true >= true
    assert naive > 2 * true
    assert ols(y, t, g, everyone["skill"], everyone["experience"])[0] > 2 * true
    assert ols(y, t, g, everyone["time_played"])[0] < true - 5
    assert ols(y, t, g, everyone["motivation"])[0] == pytest.approx(true, abs=1.8)
    assert ols(m, t, g)[0] * ols(y, m, t, g)[0] == pytest.approx(true, abs=2)
    assert ols(y, z)[0] / ols(t, z)[0] == pytest.approx(true, abs=6)
    honest = defs["proxies"](everyone, noise)
    by_covariances = defs["ate_by_covariances"]
    assert by_covariances(everyone, honest) == pytest.approx(true, abs=2.5)
    assert 30 < ols(y, t, g, *honest.to_numpy().T)[0] < 40
    for how, sign in (({"shared": 0.4}, 1), ({"touched": 4}, -1)):
        moved = by_covariances(everyone, defs["proxies"](everyone, noise, **how))
        assert sign * (moved - true) > 3


@pytest.mark.deep
def test_intervals_hold_the_truth_at_their_rate(done: Run) -> None:
    """Over 120 small worlds, 94 % intervals of the referees cover, and are not too wide."""
    ols, covered = done.defs["least_squares"], []
    wide = stats.norm.ppf(0.97)
    for world in range(120):
        p, _ = done.defs["simulate_players"](np.random.default_rng([world, 70]), 2000)
        t, m, y, g, z = (
            p[c] for c in ("engagement", "items_won", "purchases", "guild", "assigned")
        )
        oracle, oracle_se = ols(y, t, g, p["motivation"])
        items, items_se = ols(m, t, g)
        dollars, dollars_se = ols(y, m, t, g)
        moved, sold = ols(t, z)[0], ols(y, z)[0]
        wald_se = ols(y - sold / moved * t, z)[1] / moved
        door_se = np.hypot(items * dollars_se, dollars * items_se)
        pairs = ((oracle, oracle_se), (items * dollars, door_se), (sold / moved, wald_se))
        covered.append([abs(b - 25) < wide * se for b, se in pairs])
    rates = np.mean(covered, axis=0)
    assert (rates > 0.86).all(), rates
    assert (rates < 1).all(), rates


def test_referees_of_the_page(done: Run) -> None:
    """The frame holds the numbers of the contract; the instrument is two-stage least squares."""
    defs = done.defs
    table = defs["referees"].set_index("label")["mean"]
    assert table["front door"] == defs["front_door_ate"]
    assert table["instrument"] == defs["instrument_ate"]
    p = defs["players"]
    fitted = _slope(p["engagement"], p["assigned"]).fittedvalues
    second = _slope(p["purchases"], fitted)
    assert defs["instrument_ate"] == pytest.approx(second.params[1], rel=1e-6)
    residual = p["purchases"] - second.params[0] - defs["instrument_ate"] * p["engagement"]
    by_hand = residual.std() / (fitted.std() * np.sqrt(len(p)))
    assert defs["instrument_se"] == pytest.approx(by_hand, rel=5e-3)


# The fits ----------------------------------------------------------------------------------------


def test_with_proxies_recovered_without_not(done: Run) -> None:
    """At 20,000 players and over all starts of the table, and the exercise's bug is near naive."""
    defs = done.defs
    true, naive = defs["true_ate"], defs["naive_difference"]
    draws = defs["ate_draws"]
    assert draws["revealed"].mean() == pytest.approx(true, abs=1.5)
    assert draws["hidden"].mean() == pytest.approx(naive, abs=6)
    assert draws["hidden"].mean() - true > 20
    for values in draws.values():
        assert len(values) == defs["DRAWS"]
        assert np.ptp(values) < 0.5  # "absurdly narrow"
    assert (np.abs(defs["ate_with_proxies"] - true) < 3).all()
    assert (defs["ate_without_proxies"] - true > 20).all()
    assert len(defs["ate_with_proxies"]) == len(defs["ate_without_proxies"]) == 3
    assert defs["ate_buggy"] == pytest.approx(naive, abs=4)


def test_both_fits_reproduce_what_was_seen(done: Run) -> None:
    """Invented players have our naive difference, whatever the proxies."""
    table = done.defs["predictive"]
    assert table.loc["share engaged"].max() - table.loc["share engaged"].min() < 0.03
    assert (table.iloc[1:].sub(table["seen"].iloc[1:], axis=0).abs() < 4).all(axis=None)


def test_do_keeps_motivation_and_sets_engagement(done: Run) -> None:
    """`do` gives the decoder's two heads at the same motivation, whatever was observed."""
    defs, jnp = done.defs, done.defs["jnp"]
    svi = defs["svi_of"](defs["SEED"], defs["STEPS"], defs["WIDTH"])
    params, world = (defs[name][1] for name in ("params", "worlds"))
    motivation = jnp.linspace(-2, 2, len(world["guild"]))
    arms = [defs["intervene"](svi.model, params, world, motivation, arm) for arm in (0, 1)]
    flipped = world | {"engagement": 1 - world["engagement"]}
    again = [defs["intervene"](svi.model, params, flipped, motivation, arm) for arm in (0, 1)]
    assert np.allclose(arms, again)
    layers = params["decoder$params"]
    inputs = np.column_stack([world["guild"], motivation])
    hidden = np.tanh(inputs @ layers["hidden"]["kernel"] + layers["hidden"]["bias"])
    heads = hidden @ layers["out"]["kernel"] + layers["out"]["bias"]
    assert np.allclose(arms, heads[:, 4:].T, atol=1e-4)


def test_table_of_runs(done: Run) -> None:
    """Twelve fits, three stopping times; settled losses agree over starts and say nothing."""
    runs = done.defs["cevae_runs"]
    fits = runs.groupby(["proxies", "seed", "width"])
    assert len(fits) >= 12
    assert (fits.size() == 3).all()
    assert set(runs["proxies"]) == {0, 3}
    falls = runs.pivot_table(
        index=["proxies", "seed", "width"], columns="steps", values="loss_per_row"
    )
    assert (falls[900] < falls[100]).all()
    hidden = runs.query("proxies == 0")
    assert (hidden.query("steps == 900")["ate"] - done.defs["true_ate"] > 18).all()
    assert np.ptp(hidden.query("steps == 900")["loss_per_row"]) < 0.01
    assert np.ptp(hidden.query("steps == 100")["ate"]) > 3
    nearest = (hidden["ate"] - done.defs["true_ate"]).abs().idxmin()
    assert hidden.loc[nearest, "steps"] < 900


def test_broken_readings_mislead_at_a_lower_loss(done: Run) -> None:
    """Shared noise pulls up, a touched reading down; both at lower losses than the right one."""
    ends = done.defs["broken_ends"]
    true = done.defs["true_ate"]
    assert ends.loc["shared", "ate"] > true + 6
    assert ends.loc["touched", "ate"] < true - 5
    assert (
        ends.loc[["shared", "touched"], "loss_per_row"] < ends.loc["revealed", "loss_per_row"]
    ).all()
    curve = done.defs["broken_curve"]
    shared, touched = (curve[curve["kind"] == kind]["ate"] for kind in ("shared", "touched"))
    assert (np.diff(shared) > 0).all()
    assert (np.diff(touched) < 0).all()
    assert shared.iloc[0] == pytest.approx(done.defs["covariance_ate"])


def test_the_published_shape(done: Run) -> None:
    """With fixed noise u absorbs the items; the ATE passes the front door on its way to nothing."""
    defs = done.defs
    ends, door = defs["items_ends"]["ate"], defs["front_door_few"]
    fixed, learned, sees = (row for _, row in ends.iterrows())
    assert fixed["max"] < 6
    assert door < learned["min"] < door + 10
    assert abs(sees.mean() - door) < abs(learned.mean() - door)
    assert abs(sees.mean() - door) < 3.5
    runs = defs["items_runs"]
    assert set(runs.groupby(["variant", "seed"]).size()) == {90}
    path = runs[runs["variant"] == ends.index[0]]
    late = path.query("steps >= 50")
    assert late["ate"].max() > door + 2 > 8 > late["ate"].min()
    assert (late["ate"] - door).abs().min() < 4  # "agrees"
    for _, one in path.groupby("seed"):
        assert one["loss_per_row"].iloc[-1] < 0.2 * one["loss_per_row"].iloc[5]


def test_items_if_keeps_each_arm(done: Run) -> None:
    """Items under `do` have the mean of that arm within each guild."""
    p = done.defs["players"].head(done.defs["N_FEW"])
    for arm in (0, 1):
        drawn = done.defs["items_if"](arm)
        for guild in (0, 1):
            pool = p.query("engagement == @arm and guild == @guild")["items_won"]
            assert drawn[p["guild"] == guild].mean() == pytest.approx(pool.mean(), abs=0.05)


@pytest.mark.deep
def test_a_fit_at_another_seed(done: Run) -> None:
    """New players, new start: with proxies recovered, without not. 6,000 players, 600 steps."""
    defs = done.defs
    everyone, noise = defs["simulate_players"](np.random.default_rng([90210, 7]), 6000)
    readings = defs["proxies"](everyone, noise)
    worlds = [defs["world_of"](everyone, readings, revealed=on) for on in (False, True)]
    svis = [defs["svi_of"](90210, 600, 16)] * 2
    _, losses, ates = defs["fit"](
        svis, worlds, 600, defs["effect_now"], "test", ["hidden", "revealed"]
    )
    assert losses.shape == (600, 2)
    assert ates.shape == (6, 2)
    true = everyone["true_effect"].mean()
    assert ates[-1, 1] == pytest.approx(true, abs=3.5)
    assert ates[-1, 0] - true > 20


def test_reruns_change_no_number(done: Run) -> None:
    """The same seeds give the same fit, number by number."""
    defs = done.defs
    p, r = defs["players"].head(500), defs["readings"].head(500)
    found = []
    for _ in range(2):
        worlds = [defs["world_of"](p, r, revealed=True)]
        svis = [defs["svi_of"](3, 100, 8)]
        found.append(defs["fit"](svis, worlds, 100, defs["effect_now"], "test", ["one"])[1:])
    assert np.array_equal(found[0][0], found[1][0])
    assert np.array_equal(found[0][1], found[1][1])


# Two worlds --------------------------------------------------------------------------------------


def test_two_worlds_have_one_likelihood(done: Run) -> None:
    """Equal covariances and log-likelihoods to 1e-12, with effects from 0 to 45."""
    defs = done.defs
    assert defs["twin_gap"] < 1e-12
    assert np.ptp(defs["twin_curve"]["fit"]) < 1e-12
    for effect in (0, 10, 45):
        world = defs["twin"](effect)
        assert world.total_effect("hours", "purchases") == pytest.approx(effect, abs=1e-12)
        assert world.slope("purchases", on="hours", given=["u"]) == pytest.approx(effect, abs=1e-9)
        assert world.slope("purchases", on="hours") == pytest.approx(45, abs=1e-9)
    rows = defs["twin"](25).sample(2000, seed=defs["SEED"])[["hours", "purchases"]]
    covariance = [[1, 45], [45, 4000]]
    expected = stats.multivariate_normal(cov=covariance).logpdf(rows).mean()
    assert defs["log_likelihood"](5) == pytest.approx(expected, abs=1e-9)


def test_sliders_and_switch_answer_at_once(done: Run) -> None:
    """Each changes its chart's title, in under 200 ms of work."""
    for name, value, chart in (
        ("twin_effect", 40, "chart_twins"),
        ("broken_much", 6, "chart_broken"),
    ):
        before, spent, moved = done.defs[name].value, [], {}
        for _ in range(3):
            cost, moved = move(done, name, value)
            spent.append(cost)
        assert within(min(spent), 0.2)
        _, back = move(done, name, before)
        assert moved[chart].title != back[chart].title


def test_switch_reveals(done: Run) -> None:
    """The switch shows the other fit, with the three readings in the graph, and refits nothing."""
    reveal = done.defs["reveal"]
    assert "hidden" in str(done.defs["chart_reveal"].title)
    assert "survey" not in done.defs["cevae_graph"].nodes
    try:
        spent, spaces = zip(*(move(done, "reveal", value=True) for _ in range(3)), strict=True)
    finally:
        reveal._update(value=False)
    assert within(min(spent), 0.2)
    space = spaces[-1]
    assert "revealed" in str(space["chart_reveal"].title)
    assert {"survey", "logins", "invites"} <= set(space["cevae_graph"].nodes)


# The checks --------------------------------------------------------------------------------------


ANSWERS = {
    "check_1": "time_played_helps",
    "check_2": "effect_in_guild",
    "check_3": "ate_mended",
    "check_4": "loading",
    "check_5": "tells_apart",
}


@pytest.mark.parametrize(("check", "name"), ANSWERS.items())
def test_absurd_answers_are_not_done(done: Run, check: str, name: str) -> None:
    """Nothing that a learner can type crashes a check or passes it."""
    never_done(asked(done, check, name))


def test_check_1(done: Run) -> None:
    accepted(
        asked(done, "check_1", "time_played_helps"),
        ("no, engagement moves it", " No,  engagement moves IT"),
    )
    ideas = {
        "What else": "yes, it follows motivation",
        "collider": "yes, more columns cannot hurt",
        "choose": "perhaps",
    }
    refused(asked(done, "check_1", "time_played_helps"), ideas)


def test_check_2(done: Run) -> None:
    p = done.defs["players"].query("guild == 1")
    by = p.groupby("assigned")[["engagement", "purchases"]].mean().diff().loc[1]
    wald = by["purchases"] / by["engagement"]
    covariance = p["assigned"].cov(p["purchases"]) / p["assigned"].cov(p["engagement"])
    two_stage = _slope(p["purchases"], _slope(p["engagement"], p["assigned"]).fittedvalues).params[
        1
    ]
    accepted(
        asked(done, "check_2", "effect_in_guild"), (wald, covariance, two_stage, np.array([wald]))
    )
    naive = p.groupby("engagement")["purchases"].mean().diff().loc[1]
    ideas = {
        "invitation": by["purchases"],
        "motivation is back": naive,
        "all players": done.defs["instrument_ate"],
        "Upside down": 1 / wald,
        "how many more": by["engagement"],
    }
    refused(asked(done, "check_2", "effect_in_guild"), ideas)


def test_check_3(done: Run) -> None:
    mu_0, mu_1 = done.defs["mu_0"], done.defs["mu_1"]
    engaged = done.defs["engaged"]
    per_draw = (mu_1 - mu_0).mean(axis=1)
    accepted(
        asked(done, "check_3", "ate_mended"),
        (per_draw.mean(), mu_1.mean() - mu_0.mean(), float((mu_1 - mu_0).mean())),
    )
    ideas = {
        "bug": mu_1[:, engaged].mean() - mu_0[:, ~engaged].mean(),
        "sign": (mu_0 - mu_1).mean(),
        "each draw": per_draw,
        "one arm": mu_1.mean(),
    }
    for word, group in (("on the engaged", engaged), ("not engaged", ~engaged)):
        on_group = (mu_1 - mu_0)[:, group].mean()
        if abs(on_group - per_draw.mean()) > 0.03:  # else it is as good as right
            ideas[word] = on_group
    refused(asked(done, "check_3", "ate_mended"), ideas)


def test_check_4(done: Run) -> None:
    def by_covariances(x1: Any, x2: Any, x3: Any) -> float:
        c = np.cov([x1, x2, x3])
        return float(np.sqrt(c[0, 1] * c[0, 2] / c[1, 2]))

    def by_correlations(x1: Any, x2: Any, x3: Any) -> Any:
        r = np.corrcoef([x1, x2, x3])
        return np.std(x1, ddof=1) * np.sqrt(r[0, 1] * r[0, 2] / r[1, 2])

    def by_means(x1: Any, x2: Any, x3: Any) -> float:
        a, b, c = (np.array(x) - np.mean(x) for x in (x1, x2, x3))
        return ((a * b).mean() * (a * c).mean() / (b * c).mean()) ** 0.5

    accepted(asked(done, "check_4", "loading"), (by_covariances, by_correlations, by_means))
    ideas = {
        "square": lambda *x: by_covariances(*x) ** 2,
        "loading of x2": lambda a, b, c: by_covariances(b, a, c),
        "noise": lambda a, *_: np.std(a, ddof=1),
        "lose the unit": lambda *x: by_correlations(*x) / np.std(x[0], ddof=1),
        "Two readings": lambda a, b, _: np.sqrt(np.cov(a, b)[0, 1]),
        "One number": lambda *x: np.cov(x),
    }
    refused(asked(done, "check_4", "loading"), ideas)
    assert recheck(done, "check_4", loading=lambda *_: ...).status == "todo"
    assert recheck(done, "check_4", loading=lambda *_: None).status == "todo"
    survey, *others = done.defs["readings"].to_numpy().T
    assert by_covariances(survey, *others) == pytest.approx(10, abs=0.6)  # "about 10"


def test_check_5(done: Run) -> None:
    accepted(
        asked(done, "check_5", "tells_apart"), ("a random invitation", " A random  invitation ")
    )
    ideas = {
        "sharpen": "more players",
        "more worlds": "a wider network",
        "same likelihood": "a lower loss",
        "choose": "luck",
    }
    refused(asked(done, "check_5", "tells_apart"), ideas)
