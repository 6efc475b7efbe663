"""Notebook 08: its effects against other routes, its claims over worlds, its checks."""

from __future__ import annotations

import re
import time
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xarray as xr
from scipy import optimize, stats
from scipy.special import expit

from helpers import tidy
from tests.answers import accepted, asked
from tests.claims import prose
from tests.cold import within
from tests.support import ROOT, Run, move, recheck, shortest
from tests.test_08_claims import contrasts, corners, raw_arrows

NAME = "08_mediation"
MAIN = ("TE", "DE", "IIE1", "IIE2")
PARTS = (*MAIN, "INT", "remainder")
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


@pytest.fixture(scope="module")
def parts(done: Run) -> dict[str, np.ndarray]:
    """Return the six effects, flat over draws, from the sampler's own slopes and intercepts."""
    arrows = raw_arrows(done.defs["idata_numpyro"]["posterior"])
    return contrasts(corners({name: values.astype(float) for name, values in arrows.items()}))


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


def test_shares_of_the_first_picture(done: Run) -> None:
    """The shares in each arm are counts of the study over the arm's size."""
    study, rates = done.defs["study"], done.defs["rates"]
    for name in ("peers", "drugs", "disorder"):
        table = pd.crosstab(study["intervention"], study[name]).to_numpy()
        assert rates[name].to_list() == pytest.approx(list(table[:, 1] / table.sum(axis=1)))
    assert list(rates.index) == [0, 1]


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
    product_of_slopes = first["programme"] * second["peer_score"]
    assert done.defs["indirect_mended"] == pytest.approx(product_of_slopes, abs=0.02)
    assert product_of_slopes == pytest.approx(done.defs["a"] * done.defs["b"], abs=0.02)
    assert second["programme"] == pytest.approx(done.defs["c"], abs=0.02)
    assert abs(done.defs["indirect_buggy"] - done.defs["indirect_mended"]) > 0.05


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


def test_tables_of_effects_by_hand(done: Run, parts: dict[str, np.ndarray]) -> None:
    """Mean, sd, interval and truth of all six effects, here and beside the published ones."""
    table = done.defs["effects"].set_index("effect")
    beside = done.defs["side_by_side"].set_index("effect")
    assert (tuple(table.index), tuple(beside.index)) == (PARTS, MAIN)
    truth = contrasts(corners(done.defs["TRUE"]))
    for name, values in parts.items():
        expected = dict(zip(("lower", "upper"), shortest(values), strict=True))
        expected |= {"mean": values.mean(), "truth": truth[name]}
        for column, value in expected.items():
            assert table[column][name] == pytest.approx(value, abs=1e-9), (name, column)
            if name in MAIN:
                assert beside[column][name] == pytest.approx(value, abs=1e-9), (name, column)
        variance = ((values - values.mean()) ** 2).sum() / (values.size - 1)
        assert table["sd"][name] == pytest.approx(variance**0.5, rel=1e-6)


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


def test_table_of_do_by_hand(done: Run, parts: dict[str, np.ndarray]) -> None:
    """The formula's mean, that of `do`, and the error of their difference, draw by draw."""
    table, visited = done.defs["by_do"], done.defs["worlds_by_do"]
    corner = {
        f"{t}{a}{b}": np.ravel(visited.sel(t=t, t1=a, t2=b))
        for t, a, b in product((0, 1), repeat=3)
    }
    assert tuple(table.index) == PARTS
    for name, by_do in contrasts(corner).items():
        assert table["formula"][name] == pytest.approx(parts[name].mean(), abs=1e-9)
        assert table["do"][name] == pytest.approx(by_do.mean(), abs=1e-9)
        error = stats.sem(by_do - parts[name])
        assert table["Monte Carlo error"][name] == pytest.approx(error, rel=1e-3)


def test_table_of_the_second_way_by_hand(done: Run, parts: dict[str, np.ndarray]) -> None:
    """Each library's means and intervals are those of its own draws."""
    arrows = done.defs["idata_pymc"]["posterior"]["arrow_log_odds"]
    other = contrasts(
        corners({str(n): np.ravel(arrows.sel(arrow=n)) for n in arrows["arrow"].data})
    )
    for library, draws in (("PyMC", other), ("NumPyro", parts)):
        table = done.defs["second_way"][library]
        assert tuple(table.index) == MAIN
        for name in MAIN:
            row = [draws[name].mean(), *shortest(draws[name])]
            found = table.loc[name, ["mean", "lower", "upper"]].to_list()
            assert found == pytest.approx(row, abs=1e-9), (library, name)


def test_second_way_agrees(done: Run) -> None:
    """PyMC on counts gives the same posterior as NumPyro on families."""
    one, two = (done.defs["second_way"][library] for library in ("PyMC", "NumPyro"))
    gap = (one["mean"] - two["mean"]).abs() / done.defs["split"]["sd"]
    assert (gap.dropna() < 0.15).all()
    assert set(gap.dropna().index) == set(MAIN)
    width = (one["upper"] - one["lower"]) / (two["upper"] - two["lower"])
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
    proportion = done.defs["proportion_mediated"]
    assert float(((proportion < 0) | (proportion > 1)).mean()) > 0.02
    low, high = tidy.hdi(proportion)
    assert high - low > 0.6
    curve = done.defs["direct_curve"]
    assert curve["mediated"].std() < 1e-12
    assert curve["proportion"].min() < -1
    assert curve["proportion"].max() > 1
    parts = done.defs["true_effects"]
    both = 1 - parts["DE"] / parts["TE"], (parts["TE"] - parts["DE"] - parts["remainder"])
    assert both[0] - both[1] / parts["TE"] == pytest.approx(parts["remainder"] / parts["TE"])


def test_curve_of_the_direct_arrow_by_hand(done: Run) -> None:
    """At every direct arrow: all six effects of that world, the mediated part, and its share."""
    curve = done.defs["direct_curve"]
    assert np.allclose(curve["direct"], np.arange(-150, 151) / 100)
    world = {**done.defs["TRUE"], "disorder_intervention": np.arange(-150, 151) / 100}
    found = contrasts(corners(world))
    found["mediated"] = found["TE"] - found["DE"] - found["remainder"]
    for name, values in found.items():
        assert np.allclose(curve[name], values, atol=1e-12), name
    assert np.allclose(curve["proportion"] * found["TE"], found["mediated"], atol=1e-9)


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
    assert zero[0] > done.defs["rho_conflict"] > 0


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


def test_cube_moves_at_once(done: Run) -> None:
    """A switch of the cube changes its title, in under 200 ms of work."""
    draw, name = done.defs["draw_cube"], "IIE1"
    start = time.process_time()
    shown = {here: draw(here, name).to_dict()["description"] for here in ("000", "010", "111")}
    assert within((time.process_time() - start) / 3, 0.2)
    assert len(set(shown.values())) == 3
    for signs in done.defs["EFFECTS"].values():
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


def test_laplace_is_the_normal_at_the_peak(done: Run) -> None:
    """Draws have the mean and covariance of the posterior's peak, found by another optimiser."""
    study = done.defs["study"]
    columns = {name: study[name].to_numpy()[None] for name in study}
    found = done.defs["approximate"](np.random.default_rng(3), columns, n_draws=40_000)
    for effect, causes in done.defs["CAUSES"].items():
        x, y = sm.add_constant(study[causes]).to_numpy(float), study[effect].to_numpy()

        def minus_log(b: np.ndarray, x: np.ndarray = x, y: np.ndarray = y) -> float:
            return float(
                np.logaddexp(0, x @ b).sum() - y @ (x @ b) - stats.norm(0, 2).logpdf(b).sum()
            )

        peak = optimize.minimize(minus_log, np.zeros(x.shape[1]), method="BFGS").x
        p = expit(x @ peak)
        cov = np.linalg.inv(x.T @ np.diag(p * (1 - p)) @ x + np.eye(len(peak)) / 4)
        draws = np.stack([found[f"{effect}_{c}"][0] for c in ("intercept", *causes)])
        sd = np.sqrt(np.diag(cov))
        assert np.allclose((draws.mean(axis=1) - peak) / sd, 0, atol=0.025)
        assert np.allclose(np.cov(draws) / np.outer(sd, sd), cov / np.outer(sd, sd), atol=0.03)


@pytest.mark.deep
def test_laplace_is_near_nuts(done: Run) -> None:
    """On the data of the page, and on the data of another seed, which NUTS fits without trouble."""
    for name in MAIN:
        nuts, laplace = done.defs["split"].loc[name], done.defs["approximation"].loc[name]
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


# What the coin vouches for -----------------------------------------------------------------------


def test_the_coin_vouches_for_the_arms_and_not_for_te(done: Run) -> None:
    """Where mediators are tied, a randomised difference and E111 - E000 are two numbers.

    Two hundred thousand families with a coin, and drugs that follow peers in the control arm: the
    arms differ by the effect, and the mediation formula, however large the study, by another.
    """
    rng = np.random.default_rng(21)
    n = 200_000
    coin, peers, own_drugs = rng.integers(0, 2, (3, n))
    drugs = np.where(coin == 1, own_drugs, peers)
    disorder = peers * drugs
    by_arms = disorder[coin == 1].mean() - disorder[coin == 0].mean()
    e = {}
    for t in (0, 1):
        p1, p2 = peers[coin == t].mean(), drugs[coin == t].mean()
        e[t] = p1 * p2  # P(disorder | peers, drugs) is 1 where both are, else 0
    assert by_arms == pytest.approx(-0.25, abs=0.01)
    assert e[1] - e[0] == pytest.approx(0, abs=0.01)
    assert done.defs["tied_arms"] == pytest.approx(by_arms, abs=0.01)
    assert done.defs["tied_te"] == pytest.approx(e[1] - e[0], abs=0.01)


def test_in_the_page_s_world_the_two_are_the_same(done: Run) -> None:
    """With nothing hidden, the arms of many worlds differ by the true TE."""
    world = done.defs["simulate_world"](np.random.default_rng(31), 500)
    y, t = world["disorder"], world["intervention"]
    found = y[t == 1].mean() - y[t == 0].mean()
    assert found == pytest.approx(done.defs["true_effects"]["TE"], abs=0.006)


def test_a_hundred_studies_are_told(done: Run) -> None:
    """The hundred differences are those of worlds of this SEED, each of its own arms."""
    world = done.defs["simulate_world"](np.random.default_rng([done.defs["SEED"], 8]), 100)
    for k in (0, 50, 99):
        table = pd.crosstab(
            world["intervention"][k], world["disorder"][k], normalize="index"
        ).to_numpy()
        assert done.defs["hundred_differences"][k] == pytest.approx(table[1, 1] - table[0, 1])


# What stands on the page --------------------------------------------------------------------------


def test_every_reference_can_be_found() -> None:
    """Each has a DOI, pages or a link (that it is cited: tests/test_page.py)."""
    (listed,) = [t for t in prose(ROOT / "solutions" / f"{NAME}.py") if "### References" in t]
    lines = [line.strip() for line in listed.splitlines() if line.strip().startswith("- ")]
    assert len(lines) == 6
    for line in lines:
        assert re.search(r"doi:10\.\d{4,}/\S+|Proceedings|https://", line), line


def test_the_prior_is_what_its_comment_says() -> None:
    """Normal(0, 2) in log-odds: two sd are a chance of 2 to 98 per cent, and odds times 50."""
    source = (ROOT / "solutions" / f"{NAME}.py").read_text(encoding="utf-8")
    comment = "dist.Normal(0, 2)  # chance of 2 % to 98 %; odds times or divided by up to 50"
    assert source.count(comment) == 1
    assert [round(float(expit(end)), 2) for end in (-4, 4)] == [0.02, 0.98]
    assert 50 < np.exp(4) < 60


# The checks --------------------------------------------------------------------------------------

TWICE = {
    "check_1": ("falsified", " Families without both", "both"),
    "check_2": ("indirect_after_direct", -0.04, -0.06),
    "check_3": ("weakest", None, 0.2),
    "check_4": ("split_elsewhere", None, {"total": 0.1, "direct": 0.1, "indirect": 0.1}),
    "check_5": ("joint_indirect", lambda p, q: ((q[1] - q[0]) * p[0]).sum(), lambda *_: 0.1),
    "check_6": ("proportion_is", "Above 1", "below 0"),
    "check_7": ("indirect_mended", -0.8 * 0.5, -0.7),
}


@pytest.mark.parametrize("check", TWICE)
def test_a_check_judges_the_answer_of_its_exercise(done: Run, check: str) -> None:
    """Its cell gives the judge this page's answer and truth: right twice, wrong, and to do."""
    name, right, wrong = TWICE[check]
    if check == "check_3":
        table = done.defs["sensitivity"]
        right = float(np.interp(0.2, table["rho"], table["upper"]))
    if check == "check_4":
        right = tuple(done.defs[name].values())
    judge = asked(done, check, name)
    accepted(judge, (right, done.defs[name]))
    assert judge(wrong).status == "wrong"
    assert judge(...).status == "todo"
    assert recheck(done, "check_4", unprotected="course and job").status == "wrong"


def test_nothing_hidden_is_the_split_itself(done: Run) -> None:
    """At ρ = 0 the sensitivity analysis repeats the effect through peers, but for thinning."""
    at_zero = done.defs["sensitivity"].set_index("rho").loc[0.0]
    split = done.defs["effects"].set_index("effect").loc["IIE1"]
    luck = split["sd"] / np.sqrt(done.defs["few_arrows"]["peers_intercept"].size)
    assert at_zero["mean"] == pytest.approx(split["mean"], abs=4 * luck)
    assert at_zero["lower"] == pytest.approx(split["lower"], abs=0.004)
    assert at_zero["upper"] == pytest.approx(split["upper"], abs=0.004)
