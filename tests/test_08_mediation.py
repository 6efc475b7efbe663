"""Notebook 08: its effects against other routes, its claims over worlds, its checks."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xarray as xr
from scipy import stats
from scipy.special import expit

from helpers import tidy
from tests.answers import accepted, asked, never_done, refused
from tests.cold import within
from tests.support import Run, move, recheck

NAME = "08_mediation"
MAIN = ("TE", "DE", "IIE1", "IIE2")
SEEDS = (1, 7, 42, 1234, 90210)


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Run:
    """Return the solved notebook, run once."""
    return run_notebook("solutions", NAME)


def _by_hand(arrows: dict[str, float], families: pd.DataFrame) -> np.ndarray:
    """Return E[t, t', t''], family by family, with loops and no xarray."""

    def p(effect: str, family: Any, **causes: int) -> float:
        causes = {**causes, "gender": family.gender, "conflict": family.conflict - 3}
        line = arrows[f"{effect}_intercept"]
        return expit(line + sum(arrows[f"{effect}_{cause}"] * v for cause, v in causes.items()))

    found = np.zeros((2, 2, 2))
    for family in families.itertuples():
        for t, t1, t2, m1, m2 in product((0, 1), repeat=5):
            p1, p2 = p("peers", family, intervention=t1), p("drugs", family, intervention=t2)
            y = p("disorder", family, intervention=t, peers=m1, drugs=m2)
            found[t, t1, t2] += y * (p1 if m1 else 1 - p1) * (p2 if m2 else 1 - p2)
    return found / len(families)


# The world ---------------------------------------------------------------------------------------


def test_true_worlds_by_hand(done: Run) -> None:
    """The eight true worlds are those of a loop over 410 families."""
    expected = _by_hand(done.defs["TRUE"], done.defs["families"])
    assert np.allclose(done.defs["true_worlds"].transpose("t", "t1", "t2"), expected, atol=1e-12)


def test_world_has_the_published_shape(done: Run) -> None:
    """True effects near the published means, intervals about as wide, as many families."""
    assert done.defs["n_families"] == len(done.defs["study"]) == 410
    table = done.defs["side_by_side"].set_index("effect")
    assert ((table["truth"] - table["published"]).abs() < 0.003).all()
    widths = (table["upper"] - table["lower"]) / (
        table["published_upper"] - table["published_lower"]
    )
    assert widths.between(0.75, 1.3).all()
    clear = (table["upper"] < 0).tolist()
    assert clear == (table["published_upper"] < 0).tolist() == [True, False, True, False]


def test_simulated_shares_are_the_true_probabilities(done: Run) -> None:
    """In many worlds the shares by arm are those of the formula, whatever is hidden."""
    for rho in (0.0, 0.6):
        world = done.defs["simulate_world"](np.random.default_rng(8), 500, rho)
        peers = [world["peers"][world["intervention"] == t].mean() for t in (0, 1)]
        x = done.defs["families"]
        line = done.defs["TRUE"]["peers_intercept"] + 0.4 * x["gender"] + 0.5 * (x["conflict"] - 3)
        shift = done.defs["TRUE"]["peers_intervention"]
        expected = [expit(line + shift * t).mean() for t in (0, 1)]
        assert peers == pytest.approx(expected, abs=0.006)
        if rho == 0:
            corners = done.defs["true_worlds"]
            seen = [world["disorder"][world["intervention"] == t].mean() for t in (0, 1)]
            truth = [float(corners.sel(t=t, t1=t, t2=t)) for t in (0, 1)]
            assert seen == pytest.approx(truth, abs=0.006)


def test_naive_difference(done: Run) -> None:
    """The difference of the arms is that of the table, and the posterior's total is near it."""
    study = done.defs["study"]
    table = pd.crosstab(study["intervention"], study["disorder"], normalize="index")
    assert done.defs["naive_difference"] == pytest.approx(table.loc[1, 1] - table.loc[0, 1])
    total = done.defs["draws"]["TE"]
    assert abs(float(total.mean()) - done.defs["naive_difference"]) < float(total.std())


def test_product_rule_on_a_sample(done: Run) -> None:
    """Least squares on a large sample gives the exact slopes; the buggy product is biased."""
    frame = done.defs["warm_up"].sample(200_000, seed=5)
    first = sm.OLS(frame["peer_score"], sm.add_constant(frame[["programme"]])).fit().params
    both = sm.add_constant(frame[["programme", "peer_score"]])
    second = sm.OLS(frame["risk_score"], both).fit().params
    linear = done.defs["linear"]
    product_of_slopes = first["programme"] * second["peer_score"]
    assert linear["indirect"] == pytest.approx(product_of_slopes, abs=0.02)
    assert linear["direct"] == pytest.approx(second["programme"], abs=0.02)
    assert linear["total"] == pytest.approx(linear["indirect"] + linear["direct"], abs=1e-12)
    assert abs(done.defs["indirect_buggy"] - linear["indirect"]) > 0.05


# The effects -------------------------------------------------------------------------------------


def test_worlds_of_a_draw_by_hand(done: Run) -> None:
    """For single draws of the posterior, the xarray formula is the loop."""
    for chain, draw in ((0, 0), (7, 33)):
        one = done.defs["arrows"].isel(chain=chain, draw=draw)
        expected = _by_hand(
            {name: float(v) for name, v in one.data_vars.items()}, done.defs["families"]
        )
        found = done.defs["worlds"].isel(chain=chain, draw=draw)
        assert np.allclose(found, expected, atol=1e-12)


def test_identity_is_exact_and_no_tautology(done: Run) -> None:
    """TE is the sum of its parts to 1e-12, and each part is a contrast of corners."""
    assert done.defs["remainder_identity_error"] < 1e-12
    e = {
        f"{t}{a}{b}": done.defs["worlds"].sel(t=t, t1=a, t2=b)
        for t, a, b in product((0, 1), repeat=3)
    }
    draws = done.defs["draws"]
    expected = {
        "TE": e["111"] - e["000"],
        "DE": e["100"] - e["000"],
        "IIE1": e["010"] - e["000"],
        "IIE2": e["001"] - e["000"],
        "INT": e["011"] - e["010"] - e["001"] + e["000"],
        "remainder": (e["111"] - e["011"]) - (e["100"] - e["000"]),
    }
    assert list(draws) == list(expected)
    for name, values in expected.items():
        assert np.allclose(draws[name], values, atol=1e-14)
    assert float(np.abs(draws["remainder"]).mean()) > 1e-3


def test_effects_are_near_maximum_likelihood(done: Run) -> None:
    """Three logistic regressions by maximum likelihood, and the loop, give the posterior means."""
    study = done.defs["study"]
    arrows = {}
    for effect, causes in done.defs["CAUSES"].items():
        x = sm.add_constant(study[causes])
        fit = sm.GLM(study[effect], x, family=sm.families.Binomial()).fit().params
        arrows |= {f"{effect}_{c}": fit[c] for c in causes} | {f"{effect}_intercept": fit["const"]}
    e = _by_hand(arrows, done.defs["families"])
    expected = {"TE": e[1, 1, 1], "DE": e[1, 0, 0], "IIE1": e[0, 1, 0], "IIE2": e[0, 0, 1]}
    for name, value in expected.items():
        draws = done.defs["draws"][name]
        assert abs(float(draws.mean()) - (value - e[0, 0, 0])) < 0.3 * float(draws.std())


def test_do_agrees_with_the_formula(done: Run) -> None:
    """Each effect by `do` and simulation is within Monte Carlo error of the formula."""
    table = done.defs["by_do"]
    assert (table["Monte Carlo error"] > 0).all()
    assert (table["Monte Carlo error"] < 5e-4).all()
    assert ((table["do"] - table["formula"]).abs() < 4.5 * table["Monte Carlo error"]).all()


def test_second_way_agrees(done: Run) -> None:
    """PyMC on counts gives the same posterior as NumPyro on families."""
    table = done.defs["second_way"]
    gap = (table["mean_pymc"] - table["mean_numpyro"]).abs() / table["sd"]
    assert (gap < 0.15).all()
    width = (table["upper_pymc"] - table["lower_pymc"]) / (
        table["upper_numpyro"] - table["lower_numpyro"]
    )
    assert width.between(0.88, 1.14).all()
    assert done.defs["counts"]["n"].sum() == 3 * 410
    assert done.defs["counts"]["yes"].sum() == done.defs["study"].iloc[:, -3:].to_numpy().sum()


def test_indirect_effect_is_a_product_within_a_kind(done: Run) -> None:
    """IIE1 = mean over families of (change in peers) × (what peers do): exact, kind by kind."""
    defs = done.defs
    found = defs["iie1_if_hidden"](defs["few_arrows"], 0.0)
    every = defs["few_arrows"]["draw"].size
    thinned = defs["draws"]["IIE1"].isel(
        draw=slice(None, None, max(1, defs["arrows"].sizes["draw"] // every))
    )
    assert np.allclose(found, thinned.isel(draw=slice(0, every)), atol=1e-9)


def test_proportion_mediated_misleads(done: Run) -> None:
    """Its draws leave 0 to 1, its two definitions differ, and the mediated part never moved."""
    assert done.defs["outside"] > 0.02
    low, high = tidy.hdi(done.defs["proportion_mediated"])
    assert high - low > 0.6
    curve = done.defs["direct_curve"]
    assert curve["mediated"].std() < 1e-12
    assert curve["proportion"].min() < -1
    assert curve["proportion"].max() > 1
    parts = done.defs["true_effects"]
    both = 1 - parts["DE"] / parts["TE"], (parts["TE"] - parts["DE"] - parts["remainder"])
    assert both[0] - both[1] / parts["TE"] == pytest.approx(parts["remainder"] / parts["TE"])


# A hidden cause ----------------------------------------------------------------------------------


def test_seen_to_done_is_the_bivariate_normal(done: Run) -> None:
    """What is seen follows from a bivariate normal distribution; inverting it finds eta."""
    for rho, eta, p in ((0.5, -1.1, 0.3), (-0.4, -0.6, 0.5), (0.7, -1.6, 0.4)):
        cut = stats.norm.ppf(1 - p)  # peers if e_M > cut, disorder if e_Y > -eta
        both = stats.multivariate_normal(cov=[[1, rho], [rho, 1]])
        yes = both.cdf([-cut, eta]) / p  # P(e_M > cut, e_Y > -eta), both signs turned
        no = (stats.norm.cdf(eta) - yes * p) / (1 - p)
        seen = xr.DataArray([no, yes], dims="m1", coords={"m1": [0, 1]})
        found = done.defs["seen_to_done"](seen, p, rho)
        assert np.allclose(found, stats.norm.cdf(eta), atol=0.004)
        assert np.allclose(done.defs["seen_to_done"](seen, p, 0.0), seen, atol=1e-9)


def test_the_right_rho_repairs_the_bias(done: Run) -> None:
    """With 120,000 families and a hidden cause the fit is wrong, and its rho puts it right."""
    world = done.defs["simulate_world"](np.random.default_rng(12), 300, 0.4)
    pooled = {name: column.reshape(1, -1) for name, column in world.items()}
    arrows = done.defs["approximate"](np.random.default_rng(1), pooled, n_draws=20)
    truth = done.defs["true_effects"]["IIE1"]
    naive = float(done.defs["iie1_if_hidden"](arrows, 0.0).mean())
    mended = float(done.defs["iie1_if_hidden"](arrows, 0.4).mean())
    assert naive < truth - 0.015
    assert mended == pytest.approx(truth, abs=0.004)


def test_sensitivity_reading(done: Run) -> None:
    """The effect weakens as rho grows; the interval holds zero before the mean is zero."""
    table = done.defs["sensitivity"]
    for column in ("mean", "lower", "upper"):
        assert (np.diff(table[column]) > -0.002).all()
    zero = done.defs["rho_interval"], done.defs["rho_mean"]
    assert -0.4 < zero[0] < zero[1] < 0.8
    assert np.interp(zero[1], table["rho"], table["mean"]) == pytest.approx(0, abs=1e-9)
    assert np.interp(zero[0], table["rho"], table["upper"]) == pytest.approx(0, abs=1e-9)
    assert zero[0] > done.defs["rho_benchmarks"]["conflict"] > 0


def test_sliders_answer_at_once(done: Run) -> None:
    """Both sliders change their title, in under 200 ms of work."""
    for name, value, cell in (
        ("rho_hidden", 0.5, "show_sensitivity"),
        ("direct_log_odds", 0.4, "show_direct"),
    ):
        before, spent, moved = done.defs[name].value, [], {}
        for _ in range(3):
            cost, moved = move(done, name, value)
            spent.append(cost)
        assert within(min(spent), 0.2)
        _, back = move(done, name, before)
        assert moved[cell].text != back[cell].text


def test_cube_has_eight_corners_and_twelve_edges(done: Run) -> None:
    """Four edges a way; the rings stand where the effect has signs, and the signs add to zero."""
    edges = done.defs["edges"]
    assert edges["walk"].value_counts().tolist() == [4, 4, 4]
    steps = edges[["t_end", "t1_end", "t2_end"]].to_numpy() - edges[["t", "t1", "t2"]].to_numpy()
    assert (steps.sum(axis=1) == 1).all()
    assert (steps.min(axis=1) == 0).all()
    for name, signs in done.defs["EFFECTS"].items():
        marks, _ = done.defs["cube_marks"]("010", name)
        assert set(marks.loc[marks["sign"] != "", "corner"]) == set(signs)
        assert sum(signs.values()) == 0


# Over worlds and seeds ---------------------------------------------------------------------------


def test_coverage_over_worlds(done: Run) -> None:
    """With nothing hidden, intervals cover at about their level and bias is small."""
    live = done.defs["repeated_worlds"]
    assert set(live["effect"]) == set(MAIN)
    assert (live["n_worlds"] >= 100).all()
    again = done.defs["study_again"](np.random.default_rng(99), 400)
    for table, room in ((live, 0.075), (again, 0.05)):
        assert (table["coverage"] - tidy.HDI_PROB).abs().max() < room
        assert (table["bias"].abs() < 0.15 * table["mean_width"]).all()


def test_coverage_with_a_hidden_cause(done: Run) -> None:
    """A hidden cause ruins the interval of IIE1, moves effect from DE to IIE1, and spares TE."""
    table = done.defs["hidden_worlds"].set_index("effect")
    assert table.loc["IIE1", "coverage"] < 0.82
    assert table.loc["IIE1", "bias"] < -0.015
    assert table.loc["DE", "bias"] > 0.005
    assert table.loc["TE", "coverage"] > 0.86


def test_laplace_is_near_nuts(done: Run) -> None:
    """On the data of the page, and on the data of another seed, which NUTS fits without trouble."""
    pairs = done.defs["approximation"].set_index("label")
    for name in MAIN:
        nuts, laplace = pairs.loc[f"{name}, NUTS"], pairs.loc[f"{name}, Laplace"]
        assert abs(nuts["mean"] - laplace["mean"]) < 0.2 * nuts["sd"]
        assert laplace["sd"] == pytest.approx(nuts["sd"], rel=0.12)
    import jax

    defs = done.defs
    world = defs["simulate_world"](np.random.default_rng([SEEDS[0], 3]))
    seen = {name: world[name][0] for name in ("intervention", "peers", "drugs", "disorder")}
    key = jax.random.PRNGKey(SEEDS[0])
    idata = defs["fit"](key, defs["background"], seen, defs["DRAWS"])
    assert bool(tidy.diagnostics(idata)["passed"].all())
    arrows = defs["by_arrow"](idata["posterior"], "chain", "draw")
    approximate = defs["approximate"](np.random.default_rng(2), world, n_draws=4000)
    for name in MAIN:
        nuts, laplace = (
            defs["effect"](defs["eight_worlds"](a), name) for a in (arrows, approximate)
        )
        assert abs(float(nuts.mean() - laplace.mean())) < 0.2 * float(nuts.std())
        assert float(laplace.std()) == pytest.approx(float(nuts.std()), rel=0.12)


def test_other_seeds_tell_the_same_story(done: Run) -> None:
    """Intervals hold the truth, DE is as uncertain as TE, and some rho takes IIE1 away."""
    defs = done.defs
    held = []
    for seed in SEEDS:
        world = defs["simulate_world"](np.random.default_rng([seed, 3]))
        arrows = defs["approximate"](np.random.default_rng(seed), world, n_draws=1500)
        worlds = defs["eight_worlds"](arrows)
        draws = {name: defs["effect"](worlds, name) for name in defs["EFFECTS"]}
        parts = sum(draws[name] for name in draws if name != "TE")
        assert float(np.abs(draws["TE"] - parts).max()) < 1e-12
        bounds = {name: tidy.hdi(values) for name, values in draws.items()}
        held += [low <= defs["true_effects"][k] <= high for k, (low, high) in bounds.items()]
        widths = {name: high - low for name, (low, high) in bounds.items()}
        assert widths["DE"] > 0.85 * widths["TE"] > widths["IIE1"]
        low, high = tidy.hdi((draws["IIE1"] + draws["IIE2"] + draws["INT"]) / draws["TE"])
        assert high - low > 0.3
        thin = arrows.isel(draw=slice(0, 150))
        means = [float(defs["iie1_if_hidden"](thin, rho).mean()) for rho in (-0.4, 0.0, 0.4, 0.8)]
        assert all(a < b for a, b in pairwise(means))
        assert means[0] < 0 < means[-1]
    assert np.mean(held) > 0.8


# The checks --------------------------------------------------------------------------------------


ANSWERS = {
    "check_1": "indirect_mended",
    "check_2": "peers_after_direct",
    "check_3": "vouched_for",
    "check_4": "joint_indirect",
    "check_5": "proportion_is",
    "check_6": "weakest",
}


@pytest.mark.parametrize(("check", "name"), ANSWERS.items())
def test_absurd_answers_are_not_done(done: Run, check: str, name: str) -> None:
    """Nothing that a learner can type crashes a check or passes it."""
    never_done(asked(done, check, name))


def test_check_1(done: Run) -> None:
    world = done.defs["warm_up"]
    first = world.slope("peer_score", on="programme")
    second = world.slope("risk_score", on="peer_score", given=["programme"])
    total = world.slope("risk_score", on="programme")
    direct = world.slope("risk_score", on="programme", given=["peer_score"])
    accepted(
        asked(done, "check_1", "indirect_mended"),
        (first * second, total - direct, np.array([first * second])),
    )
    ideas = {
        "bug": first * world.slope("risk_score", on="peer_score"),
        "total": total,
        "direct": direct,
        "sign": -first * second,
        "first arrow": first,
    }
    refused(asked(done, "check_1", "indirect_mended"), ideas)


def test_check_2(done: Run) -> None:
    e = done.defs["true_worlds"]

    def corner(t: int, t1: int, t2: int) -> xr.DataArray:
        return e.sel(t=t, t1=t1, t2=t2)

    right = corner(1, 1, 0) - corner(1, 0, 0)
    accepted(
        asked(done, "check_2", "peers_after_direct"),
        (right, float(right), e.sel(t=1, t2=0).diff("t1").item()),
    )
    ideas = {
        "IIE1 itself": corner(0, 1, 0) - corner(0, 0, 0),
        "Drugs": corner(1, 1, 1) - corner(1, 0, 1),
        "Both": corner(1, 1, 1) - corner(1, 0, 0),
        "Two switches": corner(1, 1, 0) - corner(0, 0, 0),
        "sign": corner(1, 0, 0) - corner(1, 1, 0),
        "one world": corner(1, 1, 0),
    }
    refused(asked(done, "check_2", "peers_after_direct"), ideas)


def test_check_3(done: Run) -> None:
    accepted(asked(done, "check_3", "vouched_for"), ("TE only", " te  ONLY"))
    ideas = {"DE holds": "TE and DE", "friends": "all of them", "choose": "none"}
    refused(asked(done, "check_3", "vouched_for"), ideas)


def test_check_4(done: Run) -> None:
    def loops(p: Any, q: Any) -> float:
        return sum(p[0, m, n] * (q[1, m, n] - q[0, m, n]) for m in (0, 1) for n in (0, 1))

    def sums(p: Any, q: Any) -> Any:
        return np.einsum("mn,mn->", p[0], q[1]) - np.tensordot(p[0], q[0])

    accepted(asked(done, "check_4", "joint_indirect"), (loops, sums))

    def margins(p: Any, q: Any) -> float:
        apart = [np.outer(q[t].sum(1), q[t].sum(0)) for t in (0, 1)]
        return float((p[0] * (apart[1] - apart[0])).sum())

    ideas = {
        "total": lambda p, q: (p[1] * q[1] - p[0] * q[0]).sum(),
        "direct": lambda p, q: ((p[1] - p[0]) * q[0]).sum(),
        "arm 0": lambda p, q: (p[1] * (q[1] - q[0])).sum(),
        "sign": lambda p, q: (p[0] * (q[0] - q[1])).sum(),
        "margins": margins,
        "one world": lambda p, q: (p[0] * q[1]).sum(),
        "4 numbers": lambda p, q: p[0] * (q[1] - q[0]),
    }
    refused(asked(done, "check_4", "joint_indirect"), ideas)
    example = [[[0.1, 0.2], [0.3, 0.5]]] * 2, [[[0.4, 0.2], [0.1, 0.3]], [[0.6, 0.2], [0.1, 0.1]]]
    assert done.defs["joint_indirect"](*map(np.array, example)) == pytest.approx(-0.08)
    assert recheck(done, "check_4", joint_indirect=lambda *_: ...).status == "todo"
    assert recheck(done, "check_4", joint_indirect=lambda *_: None).status == "todo"


def test_check_5(done: Run) -> None:
    assert recheck(done, "check_5", proportion_is="Above 1").status == "done"
    ideas = {"sign": "below 0", "same direction": "between 0 and 1", "choose": "6"}
    refused(asked(done, "check_5", "proportion_is"), ideas)


def test_check_6(done: Run) -> None:
    table = done.defs["sensitivity"]
    rows = table[table["rho"].between(-0.2, 0.2)]
    accepted(
        asked(done, "check_6", "weakest"),
        (rows["upper"].max(), float(np.interp(0.2, table["rho"], table["upper"]))),
    )
    ideas = {
        "strongest": rows["lower"].min(),
        "mean": rows["mean"].max(),
        "every": table["upper"].max(),
        "kindest": rows["upper"].min(),
        "nothing were hidden": table.loc[np.isclose(table["rho"], 0), "upper"].item(),
        "is a ρ": 0.2,
    }
    refused(asked(done, "check_6", "weakest"), ideas)


def test_nothing_hidden_is_the_split_itself(done: Run) -> None:
    """At ρ = 0 the sensitivity analysis repeats the effect through peers, but for thinning."""
    at_zero = done.defs["sensitivity"].set_index("rho").loc[0.0]
    split = done.defs["effects"].set_index("effect").loc["IIE1"]
    assert at_zero["mean"] == pytest.approx(split["mean"], abs=0.0005)
    assert at_zero["lower"] == pytest.approx(split["lower"], abs=0.004)
    assert at_zero["upper"] == pytest.approx(split["upper"], abs=0.004)
