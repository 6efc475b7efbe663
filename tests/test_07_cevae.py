"""Notebook 07: its referees, its fits, its claims over seeds, its checks."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from helpers import worlds
from tests.answers import asked, told_apart
from tests.cold import within
from tests.pages import specs_of
from tests.support import ROOT, Run, load, move

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
    table = defs["ways_round"]["mean"]
    assert table["front door"] == defs["front_door_ate"]
    assert table["instrument"] == defs["instrument_ate"]
    p = defs["players"]
    fitted = _slope(p["engagement"], p["assigned"]).fittedvalues
    second = _slope(p["purchases"], fitted)
    assert defs["instrument_ate"] == pytest.approx(second.params[1], rel=1e-6)
    residual = p["purchases"] - second.params[0] - defs["instrument_ate"] * p["engagement"]
    by_hand = residual.std() / (fitted.std() * np.sqrt(len(p)))
    assert defs["instrument_se"] == pytest.approx(by_hand, rel=5e-3)


def test_front_door_needs_engagement_held_fixed(done: Run) -> None:
    """The page's number is the oracle's; with engagement left free it would be 10 dollars more."""
    defs = done.defs
    p = defs["players"]
    items = _slope(p["items_won"], p[["engagement", "guild"]])
    dollars = _slope(p["purchases"], p[["items_won", "engagement", "guild"]])
    more, each = items.params[1], dollars.params[1]
    loose = _slope(p["purchases"], p[["items_won", "guild"]]).params[1]
    assert defs["front_door_ate"] == pytest.approx(more * each, abs=1e-6)
    by_delta = np.hypot(more * dollars.bse[1], each * items.bse[1])
    assert defs["front_door_se"] == pytest.approx(by_delta, rel=5e-3)
    assert defs["front_door_ate"] == pytest.approx(defs["oracle_ate"], abs=2)
    assert more * loose > defs["front_door_ate"] + 8


def test_front_door_by_its_general_formula(done: Run) -> None:
    """The sum over items and arms, by loops over counts, is the page's; it is near the truth."""
    defs = done.defs
    p = defs["players"].assign(m=defs["players"]["items_won"].clip(2, 15))
    assert p.groupby(["guild", "m", "engagement"]).ngroups == 2 * 14 * 2  # all were seen
    arms = [0.0, 0.0]
    for arm in (0, 1):
        for _, group in p.groupby("guild"):
            took = group[group["engagement"] == arm]
            for m, share in (took["m"].value_counts() / len(took)).items():
                inner = sum(
                    group[(group["m"] == m) & (group["engagement"] == t)]["purchases"].mean()
                    * (group["engagement"] == t).mean()
                    for t in (0, 1)
                )
                arms[arm] += len(group) / len(p) * share * inner
    assert defs["front_door_sum"] == pytest.approx(arms[1] - arms[0], abs=1e-6)
    assert defs["front_door_sum"] == pytest.approx(defs["true_ate"], abs=5)


@pytest.mark.parametrize("curve", [False, True])
def test_the_sum_needs_no_straight_line(done: Run, curve: bool) -> None:  # noqa: FBT001
    """Where dollars follow items in a curve, the sum is right and the product of slopes is not."""
    rng, n = np.random.default_rng(5), 60_000
    u, guild = rng.normal(size=n), rng.integers(0, 2, n)
    t = (rng.random(n) < 1 / (1 + np.exp(-1.5 * u))).astype(int)
    m = np.clip(rng.poisson(6 + 3 * t), 2, 15)
    dollars = [60.0 * (k >= 9) if curve else 5.0 * k for k in range(16)]
    y = 30 * u + np.array(dollars)[m] + 5 * guild + rng.normal(0, 5, n)
    p = pd.DataFrame({"guild": guild, "engagement": t, "items_won": m, "purchases": y})
    counts = {arm: np.clip(rng.poisson(6 + 3 * arm, 400_000), 2, 15) for arm in (0, 1)}
    truth = np.array(dollars)[counts[1]].mean() - np.array(dollars)[counts[0]].mean()
    by_sum = done.defs["front_door_mean"](p, 1) - done.defs["front_door_mean"](p, 0)
    ols = done.defs["least_squares"]
    by_slopes = ols(m, t, guild)[0] * ols(y, m, t, guild)[0]
    assert by_sum == pytest.approx(truth, abs=0.6)
    assert (abs(by_slopes - truth) > 0.9) == curve


# The study ---------------------------------------------------------------------------------------


def test_page_and_study_simulate_the_same_world(done: Run) -> None:
    """Means, spreads and slopes of the script's straight world are the page's."""
    script = load(ROOT / "data" / "cevae_study.py")
    there = script.draw(np.random.default_rng(3), "straight", 60_000)
    everyone, noise = done.defs["simulate_players"](np.random.default_rng(4), 60_000)
    readings = done.defs["proxies"](everyone, noise).to_numpy()
    for name in ("guild", "engagement", "purchases"):
        assert np.mean(there[name]) == pytest.approx(everyone[name].mean(), rel=0.02)
        assert np.std(there[name]) == pytest.approx(everyone[name].std(), rel=0.02)
    here = np.corrcoef(np.column_stack([readings, everyone[["purchases", "engagement"]]]).T)
    both = np.column_stack([there["readings"], there["purchases"], there["engagement"]])
    assert np.allclose(here, np.corrcoef(both.T), atol=0.02)
    assert np.allclose(there["readings"].std(axis=0), readings.std(axis=0), rtol=0.02)
    frame = pd.DataFrame({k: v for k, v in there.items() if k != "readings"})
    names = pd.DataFrame(there["readings"], columns=done.defs["PROXIES"])
    assert script.by_covariances(there) == pytest.approx(
        done.defs["ate_by_covariances"](frame, names), abs=1e-6
    )


def test_study_says_what_the_page_says(done: Run) -> None:
    """Recovered in both kinds of worlds within its errors; straight lines fail where it is bent."""
    stored = pd.read_csv(ROOT / "data" / "cevae_study.csv")
    assert len(stored) == 4 * 50
    error = (stored["estimate"] - stored["truth"]).groupby([stored["kind"], stored["method"]])
    bias, luck = error.mean(), error.sem()
    assert abs(bias["straight", "covariances"]) < 3 * luck["straight", "covariances"]
    assert abs(bias["straight", "CEVAE"]) < min(1, 3 * luck["straight", "CEVAE"])
    assert abs(bias["bent", "CEVAE"]) < 3 * luck["bent", "CEVAE"]
    assert bias["bent", "covariances"] < -3 * luck["bent", "covariances"]
    held = stored["truth"].between(stored["lower"], stored["upper"])
    covered = held.groupby([stored["kind"], stored["method"]]).mean()
    table = done.defs["study"]
    assert (covered.between(0.84, 0.99)).all()
    assert np.allclose(table["coverage"], covered[table.index])
    assert np.allclose(table["bias"], bias[table.index])
    assert np.allclose(table["sd"], error.std()[table.index])
    assert np.allclose(table["bias_se"], luck[table.index])
    assert np.allclose(table["coverage_se"] ** 2 * 50, (covered * (1 - covered))[table.index])


@pytest.mark.deep
@pytest.mark.parametrize("bits", [32, 64])
def test_study_writes_what_is_stored(bits: int) -> None:
    """The first world of the command, run anew, gives the stored rows, whatever JAX counts in."""
    script = load(ROOT / "data" / "cevae_study.py")
    with jax.enable_x64(bits == 64):
        again = worlds.repeat(script.study, 1, script.SEED, jobs=1)
    stored = pd.read_csv(script.FILE).query("world == 0")
    assert list(again["method"]) == list(stored["method"])
    assert np.allclose(again["estimate"], stored["estimate"], atol=0.3)


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
    params, world = (defs[name][1] for name in ("params", "cevae_worlds"))
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
    ends, door = defs["items_ends"], defs["front_door_few"]
    fixed, learned, sees = (row for _, row in ends.iterrows())
    assert fixed["max"] < 6
    assert door < learned["min"] < door + 10
    assert abs(sees.mean() - door) < abs(learned.mean() - door)
    assert abs(sees.mean() - door) < 3.5
    runs = defs["items_runs"]
    assert set(runs.groupby(["variant", "seed"]).size()) == {90}
    path = runs[runs["variant"] == runs["variant"].iloc[0]]
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
    svis, key = [defs["svi_of"](90210, 600, 16)] * 2, defs["jax"].random.PRNGKey(90210)
    _, losses, ates = defs["fit"](svis, worlds, 600, defs["effect_now"], key)
    assert losses.shape == (600, 2)
    assert ates.shape == (6, 2)
    true = everyone["true_effect"].mean()
    assert ates[-1, 1] == pytest.approx(true, abs=3.5)
    assert ates[-1, 0] - true > 20


@pytest.mark.deep
def test_reruns_change_no_number(done: Run) -> None:
    """The same seeds give the same fit, number by number."""
    defs = done.defs
    p, r = defs["players"].head(500), defs["readings"].head(500)
    found = []
    for _ in range(2):
        worlds = [defs["world_of"](p, r, revealed=True)]
        svis = [defs["svi_of"](3, 100, 8)]
        key = defs["jax"].random.PRNGKey(3)
        found.append(defs["fit"](svis, worlds, 100, defs["effect_now"], key)[1:])
    assert np.array_equal(found[0][0], found[1][0])
    assert np.array_equal(found[0][1], found[1][1])


# Two worlds --------------------------------------------------------------------------------------


def test_two_worlds_have_one_likelihood(done: Run) -> None:
    """Equal covariances and log-likelihoods to 1e-12, with effects from 0 to 45."""
    defs = done.defs
    assert defs["twin_gap"] <= 1e-12
    assert np.ptp(defs["twin_curve"]["fit"]) < 1e-12
    seen = ["hours", "purchases"]
    matrices = [defs["twin"](effect).covariance().loc[seen, seen] for effect in (0, 25, 45)]
    assert np.ptp(np.array(matrices), axis=0).max() < 1e-10
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
        assert moved[chart].to_dict()["title"] != back[chart].to_dict()["title"]


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


# What tables and charts show ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn(done: Run) -> list[dict[str, Any]]:
    """Return the specification of every chart of the page."""
    return [spec for output in done.outputs for spec in specs_of(output)]


def _rows(specs: list[dict[str, Any]], title: str) -> pd.DataFrame:
    """Return the estimates that a chart of the page draws, by label."""
    chart = next(s for s in specs if str(s.get("description")).startswith(title))
    data = next(rows for rows in chart["datasets"].values() if "lower" in rows[0])
    return pd.DataFrame(data).set_index("label")[["mean", "lower", "upper"]].astype(float)


def _by_readings(readings: pd.DataFrame, players: pd.DataFrame) -> float:
    """Return the ATE in dollars from three readings, by the covariances of named columns."""
    seen, three = ["engagement", "guild", "purchases"], list(readings)
    c = pd.concat([readings, players[seen]], axis=1).cov()
    shared = pd.DataFrame(0.0, index=three, columns=seen)
    for one in three:
        a, b = (other for other in three if other != one)
        shared.loc[one] = c.loc[one, seen] / np.sqrt(c.loc[one, a] * c.loc[one, b] / c.loc[a, b])
    keen, t, g, y = shared.mean(), *seen
    causes = [[c.loc[t, t], c.loc[t, g], keen[t]], [c.loc[g, t], c.loc[g, g], keen[g]]]
    causes += [[keen[t], keen[g], 1.0]]
    return float(np.linalg.solve(causes, [c.loc[t, y], c.loc[g, y], keen[y]])[0])


def _jackknife(estimate: Any, n: int, groups: int) -> float:
    """Return a standard error: the estimate of all rows but those of one group, for each group."""
    of = np.arange(n) % groups
    left = np.array([estimate(of != group) for group in range(groups)])
    return float(np.sqrt((groups - 1) * left.var()))


def test_charts_of_answers_draw_least_squares(done: Run, drawn: list[dict[str, Any]]) -> None:
    """Each number and the ends of its 94 % interval, in all three charts, by statsmodels."""
    e, readings = done.defs["everything"], done.defs["readings"]
    y, t, m, g, z = (e[c] for c in ("purchases", "engagement", "items_won", "guild", "assigned"))
    fits = {
        "naive": _slope(y, t),
        "adjusted for 3": _slope(y, t, g, e["skill"], e["experience"]),
        "oracle": _slope(y, t, g, e["motivation"]),
        "readings as covariates": _slope(y, t, g, readings),
    }
    goal = {name: (fit.params[1], fit.bse[1]) for name, fit in fits.items()}
    items, dollars = _slope(m, t, g), _slope(y, m, t, g)
    both, errors = (items.params[1], dollars.params[1]), (items.bse[1], dollars.bse[1])
    goal["front door"] = (np.prod(both), np.hypot(both[0] * errors[1], both[1] * errors[0]))
    moved, sold = (s[z == 1].mean() - s[z == 0].mean() for s in (t, y))
    goal["instrument"] = (sold / moved, _slope(y - sold / moved * t, z).bse[1] / moved)
    ways = ["naive", "oracle", "front door", "instrument"]
    for title, names in (
        ("Precise, and more than twice the truth", ["naive", "adjusted for 3"]),
        ("Both ways round agree with the oracle", ways),
        ("Who needs what, and who is right", [*ways, "readings as covariates"]),
    ):
        shown = _rows(drawn, title)
        assert list(shown.index)[: len(names)] == names
        for name in names:
            mean, error = goal[name]
            ends = [mean - stats.norm.ppf(0.97) * error, mean + stats.norm.ppf(0.97) * error]
            assert shown.loc[name, "mean"] == pytest.approx(mean, abs=1e-6)
            assert shown.loc[name, ["lower", "upper"]].tolist() == pytest.approx(
                ends, abs=0.005 * error
            ), (title, name)


def test_covariances_and_networks_in_the_last_chart(done: Run, drawn: list[dict[str, Any]]) -> None:
    """By covariances again with the error of a jackknife; the CEVAEs have no interval."""
    p, readings = done.defs["players"], done.defs["readings"]
    shown = _rows(drawn, "Who needs what, and who is right")
    error = _jackknife(lambda kept: _by_readings(readings[kept], p[kept]), len(p), 100)
    own = shown.loc["readings by covariances"]
    half = stats.norm.ppf(0.97) * error
    assert own["mean"] == pytest.approx(_by_readings(readings, p), abs=1e-6)
    assert [own["mean"] - own["lower"], own["upper"] - own["mean"]] == pytest.approx(
        [half, half], rel=0.2
    )
    for name, how in (("without", "hidden"), ("with", "revealed")):
        row, arms = shown.loc[f"CEVAE {name} readings"], done.defs[f"arms_{how}"].astype(float)
        assert row["mean"] == pytest.approx(arms[:, 1].mean() - arms[:, 0].mean(), abs=1e-3)
        assert row[["lower", "upper"]].isna().all()


def test_error_of_the_sum_is_that_of_a_jackknife(done: Run) -> None:
    """The bootstrap error of the front door's sum, by leaving players out and by counts alone."""
    p, groups = done.defs["players"], 200
    cell = ((p["guild"] * 14 + p["items_won"].clip(2, 15) - 2) * 2 + p["engagement"]).to_numpy()
    place, shape = np.arange(len(p)) % groups * 56 + cell, (groups, 2, 14, 2)  # guild, items, arm
    parts = [np.bincount(place, w, 56 * groups).reshape(shape) for w in (None, p["purchases"])]
    n, dollars = (part.sum(axis=0) - part for part in parts)
    arms = n.sum(axis=2, keepdims=True)
    inner = (dollars / n * arms / arms.sum(axis=3, keepdims=True)).sum(axis=3, keepdims=True)
    guild = arms.sum(axis=3, keepdims=True) / arms.sum(axis=(1, 3), keepdims=True)
    left = np.diff((n / arms * inner * guild).sum(axis=(1, 2)))
    error = np.sqrt((groups - 1) * left.var())
    assert left.mean() == pytest.approx(done.defs["front_door_sum"], abs=0.05)
    assert done.defs["front_door_sum_se"] == pytest.approx(error, rel=0.2)


def test_tables_of_settling_are_of_the_last_tenths(done: Run) -> None:
    """Change: last tenth of the steps less the tenth before; spread: worst less best start."""
    defs = done.defs
    losses, table = defs["losses"].astype(float), defs["diagnostics_fits"]
    assert table["loss"].to_numpy() == pytest.approx(losses[-100:].mean(axis=0), abs=1e-6)
    tenth = len(losses) // 10
    change = losses[-tenth:].mean(axis=0) - losses[-2 * tenth : -tenth].mean(axis=0)
    assert table["change"].to_numpy() == pytest.approx(change, abs=1e-6)
    for row in defs["diagnostics_table"].itertuples():
        own = [i for i, (world, _) in enumerate(defs["plan"]) if world == row.world]
        fits = defs["table_fits"][row.width][0][:, own].astype(float)
        moved = fits[-90:].mean(axis=0) - fits[-180:-90].mean(axis=0)  # of 900 steps
        assert row.change == pytest.approx(np.abs(moved).max(), abs=1e-6)
        ends = fits[-50:].mean(axis=0)
        assert row.spread == pytest.approx(ends.max() - ends.min(), abs=1e-6)


def test_table_of_invented_players_counts_them(done: Run) -> None:
    """Each number of each crowd, and the largest gap to what was seen."""
    crowds, table = done.defs["crowds"], done.defs["predictive"]
    assert crowds["seen"].equals(done.defs["players"][["engagement", "purchases"]])
    gaps = []
    for name, crowd in crowds.items():
        t, y = crowd["engagement"].to_numpy(), crowd["purchases"].to_numpy()
        own = {
            "share engaged": np.count_nonzero(t) / len(t),
            "mean if engaged ($)": y[t == 1].mean(),
            "mean if not ($)": y[t == 0].mean(),
            "sd if not ($)": np.std(y[t == 0], ddof=1),
        }
        assert table[name].to_dict() == pytest.approx(own, rel=1e-9)
        gaps += [abs(value - table.loc[row, "seen"]) for row, value in own.items()]
    assert done.defs["predictive_gap"] == pytest.approx(max(gaps))


def test_runs_are_read_at_their_stops(done: Run) -> None:
    """Each run's ATE is that at its stop, its loss the mean of the 50 steps before."""
    defs = done.defs
    plan, runs = defs["plan"], defs["all_runs"]
    assert len(runs) == 2 * 3 * 12
    for row in runs.itertuples():
        losses, ates = (
            found[:, plan.index((row.world, row.seed))] for found in defs["table_fits"][row.width]
        )
        before = pd.Series(losses.astype(float)).rolling(50).mean().iloc[row.steps - 1]
        assert row.loss_per_row == pytest.approx(before, abs=1e-5)
        assert row.ate == pytest.approx(ates[{100: 0, 300: 2, 900: 8}[row.steps]], abs=1e-4)
    shown = defs["cevae_runs"]
    names = shown["proxies"].map({0: "hidden", 3: "revealed"})
    both = runs[runs["world"].isin(["hidden", "revealed"])]
    assert names.tolist() == both["world"].tolist()
    for column in ("seed", "width", "steps", "loss_per_row", "ate"):
        assert shown[column].tolist() == both[column].tolist()


def test_broken_curve_by_readings_made_again(done: Run) -> None:
    """Readings broken by hand, at every step of the slider, give the ATE of the curve."""
    defs = done.defs
    e, noise, curve = defs["everything"], defs["noise"], defs["broken_curve"]
    assert curve.groupby("kind")["level"].agg(list).to_dict() == {
        "shared": pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]),
        "touched": list(range(9)),
    }
    for row in curve.itertuples():
        shared = row.level * (row.kind == "shared")
        touched = row.level * (row.kind == "touched") * e["engagement"]
        errors = np.sqrt(1 - shared) * noise.add(0) + np.sqrt(shared) * noise[["mood"]].to_numpy()
        u = e["motivation"]
        again = pd.DataFrame(
            {
                "survey": 10 * u + 10 * errors["survey"],
                "logins": 6 * u + 6 * errors["logins"] + touched,
                "invites": 2 * u + 2.5 * errors["invites"],
            }
        )
        assert row.ate == pytest.approx(_by_readings(again, e), abs=1e-6), row


def test_refitted_points_and_ends_are_those_of_the_fits(done: Run) -> None:
    """Diamonds: honest fits at 0, broken ones at their level; losses: last 50 steps, all starts."""
    defs = done.defs
    worlds = [world for world, _ in defs["plan"]]
    losses, ates = defs["table_fits"][16]
    for name in dict.fromkeys(worlds):
        own = [i for i, world in enumerate(worlds) if world == name]
        goal = losses[-50:, own].astype(float).mean(), ates[-1, own].astype(float).mean()
        found = defs["broken_ends"].loc[name, ["loss_per_row", "ate"]]
        assert found.tolist() == pytest.approx(goal, abs=1e-4)
    points = defs["broken_points"]
    for kind, level in (("shared", 0.4), ("touched", 4)):
        at = points[points["kind"] == kind].groupby("level")["ate"].agg(sorted)
        assert at.index.tolist() == [0, level]
        for found, world in zip(at, ("revealed", kind), strict=True):
            own = [i for i, name in enumerate(worlds) if name == world]
            assert found == pytest.approx(sorted(ates[-1, own].tolist()), abs=1e-4)


def test_items_runs_are_laid_out_as_they_were_fitted(done: Run) -> None:
    """Each row holds its own variant, start and stop; the nearest run is the nearest there is."""
    defs = done.defs
    worlds, starts = defs["items_worlds"], defs["STARTS"]
    each = [world for world in worlds.values() for _ in starts]
    losses, ates = defs["fit_items"](each, starts * 3, 900, defs["SEED"])
    runs = defs["items_runs"].set_index(["variant", "seed", "steps"]).sort_index()
    for i, (name, start) in enumerate((n, s) for n in worlds for s in starts):
        own = runs.loc[(name, start)]
        assert own.index.tolist() == list(range(10, 901, 10))
        assert own["ate"].to_numpy() == pytest.approx(ates[:, i], abs=1e-4)
        mean = np.add.reduceat(losses[:, i].astype(float), range(0, 900, 10)) / 10
        assert own["loss_per_row"].to_numpy() == pytest.approx(mean, abs=1e-5)
    late = runs.loc[next(iter(worlds))].query("steps >= 50")["ate"] - defs["front_door_few"]
    assert abs(defs["nearest_items"]["ate"] - defs["front_door_few"]) == pytest.approx(
        min(abs(late)), abs=1e-9
    )


def test_twins_share_the_slope_that_is_seen(done: Run) -> None:
    """Effect + .8 confounding is 45 in each row, and the log-likelihood is that of scipy."""
    curve = done.defs["twin_curve"]
    assert curve["effect"].tolist() == list(range(0, 46, 5))
    assert (curve["effect"] + 0.8 * curve["confounding"]).to_numpy() == pytest.approx([45] * 10)
    rows = done.defs["twin"](25).sample(2000, seed=done.defs["SEED"])[["hours", "purchases"]]
    density = stats.multivariate_normal(cov=[[1, 45], [45, 4000]]).logpdf(rows).mean()
    assert curve["fit"].to_numpy() == pytest.approx([density] * 10, abs=1e-9)


# The checks on the page --------------------------------------------------------------------------


def test_the_page_gives_its_judges_the_right_numbers(done: Run) -> None:
    """A second right way and the usual wrong ones, through the page's own check cells."""
    p = done.defs["players"].query("guild == 1")
    by = p.groupby("assigned")[["engagement", "purchases"]].mean().diff().loc[1]
    stage = _slope(p["engagement"], p["assigned"]).fittedvalues
    told_apart(
        asked(done, "check_2", "effect_in_guild"),
        [by["purchases"] / by["engagement"], _slope(p["purchases"], stage).params[1]],
        {"invitation": by["purchases"], "all players": done.defs["instrument_ate"]},
    )
    mu_0, mu_1 = done.defs["mu_0"], done.defs["mu_1"]
    told_apart(
        asked(done, "check_3", "ate_mended"),
        [mu_1.mean(dtype=float) - mu_0.mean(dtype=float)],
        {"bug": done.defs["ate_buggy"], "sign": (mu_0 - mu_1).mean()},
    )


def test_exercise_4_on_the_page(done: Run) -> None:
    """The gym's graph has the front door, and no set that closes every backdoor path."""
    graph, gym = done.defs["gym_graph"], done.defs["gym"]
    assert graph.adjustment_sets() == []
    assert ("lottery", "bill") in graph.edges
    assert ("drive", "visits") not in graph.edges
    assert set(gym) == set(graph.nodes) - {"drive"}
    assert done.defs["effect_elsewhere"] == pytest.approx(12, abs=0.6)


def test_survey_loading_is_about_ten(done: Run) -> None:
    """What the exercise promises of its answer."""
    survey, *others = done.defs["readings"].to_numpy().T
    assert done.defs["loading"](survey, *others) == pytest.approx(10, abs=0.6)
