"""Notebook 04: its figures against other routes; its judges are in test_lessons_ab_testing.py."""

from __future__ import annotations

import ast
import itertools
import re
import time
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import integrate, stats

from helpers import charts, tidy
from helpers.lessons import ab_testing
from helpers.lessons.ab_testing import cumulate, shortest, unlog
from tests.claims import titles_of
from tests.cold import within
from tests.pages import specs_of
from tests.support import Run, downstream, move

NAME = "04_bayesian_ab_testing"
OTHER_SEEDS = (1, 7, 42, 1234, 90210)
BASELINE = 15 / 615


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Run:
    """Return the solved notebook, run once."""
    return run_notebook("solutions", NAME)


def brute_force(
    old: int, new: int, n: int, prior: str, lifts: np.ndarray, lift_sd: float = 0.1
) -> np.ndarray:
    """Return the posterior density of the lift on a grid, by scipy's distributions and a sum."""
    rate = np.exp(np.linspace(np.log(1e-5), np.log(0.45), 6_000))[:, None]
    new_rate = np.minimum(rate * (1 + lifts), 1)
    if prior == "correlated":
        density = stats.beta.logpdf(rate, 15, 600) + stats.norm.logpdf(lifts, 0, lift_sd)
    else:
        shape = (1, 1) if prior == "flat" else (15, 600)
        density = stats.beta.logpdf(rate, *shape) + stats.beta.logpdf(new_rate, *shape)
        density = density + np.log(rate)  # the new rate is the old one times 1 + lift
    density = density + stats.binom.logpmf(old, n, rate) + stats.binom.logpmf(new, n, new_rate)
    return (np.exp(density - density.max()) * rate).sum(axis=0)


def mass_of(
    old: Any, new: Any, n: int, prior: str, lifts: np.ndarray, lift_sd: float = 0.1
) -> np.ndarray:
    """Return P(lift = each of `lifts`), a row per pair of counts: sums over the old page's rate."""
    a, b = (np.atleast_1d(counts)[:, None] for counts in (old, new))
    hits, misses = (1, 1) if prior == "flat" else (15, 600)
    both = prior != "correlated"  # the same prior on the new rate, which is the old times 1 + lift
    belief = (b + both * (hits - 1)) * np.log1p(lifts)
    if prior == "correlated":
        belief = belief - 0.5 * (lifts / lift_sd) ** 2
    log = []
    for step in np.linspace(-8, 8, 33):  # the old rate, in units of its own error
        rate = (a + 1) / (n + 2) * np.exp(step / np.sqrt(a + 1))
        told = (a + b + hits + both * hits) * np.log(rate)
        told = told + (n - a + misses - 1) * np.log1p(-rate)
        log.append(belief + told + (n - b + both * (misses - 1)) * np.log1p(-rate * (1 + lifts)))
    mass = np.exp(np.array(log) - np.max(log, axis=(0, 2))[:, None]).sum(axis=0)
    return mass / mass.sum(axis=1, keepdims=True)


def ends_of(lifts: np.ndarray, mass: np.ndarray, prob: float = tidy.HDI_PROB) -> np.ndarray:
    """Return the ends of the shortest interval that holds `prob`, a row per row of `mass`."""
    starts, found = np.linspace(0, 1 - prob, 201), []
    for cdf in np.cumsum(mass, axis=1) - mass / 2:
        lower, upper = (np.interp(starts + shift, cdf, lifts) for shift in (0, prob))
        best = np.argmin(upper - lower)
        found.append((lower[best], upper[best]))
    return np.array(found)


# Priors ------------------------------------------------------------------------------------------


def test_prior_tails_are_the_known_figures(done: Run) -> None:
    """The figures of the three priors, against closed forms and another quadrature."""
    tails = done.defs["tails"]
    for size in (0.1, 0.2, 0.5, 0.6):
        flat = (1 - size) / 2 + 1 / (2 * (1 + size))
        assert tails.loc[size, "flat"] == pytest.approx(flat, abs=2e-4)
        inside = integrate.quad(
            lambda p, size=size: (
                stats.beta.pdf(p, 15, 600)
                * (
                    stats.beta.cdf((1 + size) * p, 15, 600)
                    - stats.beta.cdf((1 - size) * p, 15, 600)
                )
            ),
            0,
            0.1,
        )[0]
        assert tails.loc[size, "independent"] == pytest.approx(1 - inside, abs=1e-3)
        assert tails.loc[size, "correlated"] == pytest.approx(
            2 * stats.norm.sf(size / 0.1), abs=1e-9
        )
    for prior, figures in {
        "flat": (0.905, 0.817, 0.583, 0.513),
        "independent": (0.782, 0.578, 0.163, 0.106),
        "correlated": (0.318, 0.046, 0, 0),
    }.items():
        assert tails[prior].to_numpy() == pytest.approx(figures, abs=1.2e-3)
    assert tails.loc[0.5, "flat"] == pytest.approx(7 / 12, abs=1e-4)


def test_prior_tails_follow_the_sliders(done: Run) -> None:
    """With 30 of 100 past buyers and another sd, the tails are those of Beta(30, 70) and Normal."""
    for slider, value in (("belief_buyers", 30), ("belief_visitors", 100), ("belief_sd", 25)):
        _, space = move(done, slider, value)
    rng = np.random.default_rng(11)
    lifts = rng.beta(30, 70, 400_000) / rng.beta(30, 70, 400_000) - 1
    for size in (0.1, 0.2, 0.5, 0.6):
        seen = (abs(lifts) >= size).mean()
        assert space["tails"].loc[size, "independent"] == pytest.approx(seen, abs=3e-3)
        normal = 2 * stats.norm.sf(size / 0.25)
        assert space["tails"].loc[size, "correlated"] == pytest.approx(normal, abs=1e-9)
    for slider, value in (("belief_buyers", 15), ("belief_visitors", 615), ("belief_sd", 10)):
        move(done, slider, value)


def test_prior_predictive_finds_our_test_odd(done: Run) -> None:
    """A gap of 150 is rarer than one in a thousand under the model's own prior."""
    assert done.defs["gap_seen"] == 150
    assert done.defs["n_as_large"] / done.defs["gaps"].size < 1e-3
    rng = np.random.default_rng(0)
    rate, lift = rng.beta(15, 600, 400_000), rng.normal(0, 0.1, 400_000)
    gap = rng.binomial(10_000, rate * (1 + lift)) - rng.binomial(10_000, rate)
    assert (abs(gap) >= 150).mean() < 1e-3
    assert float(done.defs["gaps"].std()) == pytest.approx(gap.std(), rel=0.05)


# The posterior -----------------------------------------------------------------------------------


def test_naive_figures(done: Run) -> None:
    """+75 %, and the z-test of statsmodels."""
    assert done.defs["raw_lift"] == pytest.approx(0.75)
    z, p = sm.stats.proportions_ztest([350, 200], [10_000, 10_000])
    assert (done.defs["z"], done.defs["p_value"]) == (pytest.approx(z), pytest.approx(p))


def test_sampler_and_quadrature_agree(done: Run) -> None:
    """Mean, sd and HDI ends within Monte Carlo error, and the known figures."""
    lift, summed = done.defs["lift"], done.defs["lift_quadrature"].iloc[0]
    draws = lift.to_numpy()
    error = float(az.mcse(draws))
    assert float(lift.mean()) == pytest.approx(summed["mean"], abs=4 * error)
    assert float(lift.std()) == pytest.approx(summed["sd"], rel=0.06)
    effective = summed["sd"] ** 2 / error**2
    for end, seen in zip(("lower", "upper"), tidy.hdi(lift), strict=True):
        # the ends of an HDI wander more than a quantile; 5 % of the mass decides each
        end_error = np.sqrt(0.03 * 0.97 / effective) / (stats.norm.pdf(1.88) / summed["sd"])
        assert seen == pytest.approx(summed[end], abs=5 * end_error)
    assert tuple(summed[["mean", "sd"]]) == pytest.approx((0.307, 0.069), abs=1e-3)
    assert tuple(summed[["lower", "upper"]]) == pytest.approx((0.178, 0.439), abs=3e-3)


def test_effect_is_the_parameter(done: Run) -> None:
    """The contrast of the two mu is the parameter relative_lift, draw by draw."""
    assert done.defs["lift"].dims == ("chain", "draw")
    parameter = done.defs["idata_pages"].posterior["relative_lift"]
    assert np.allclose(done.defs["lift"], parameter, atol=1e-12)


@pytest.mark.parametrize("prior", ["flat", "independent", "correlated"])
@pytest.mark.parametrize(("n", "old", "new"), [(100, 2, 5), (1_000, 20, 31), (10_000, 200, 350)])
def test_grid_is_the_posterior(done: Run, prior: str, n: int, old: int, new: int) -> None:
    """Laplace's method against a brute-force sum over both unknowns."""
    grid = np.linspace(np.log(0.2), np.log(6), 400)
    density = done.defs["log_evidence"](
        np.array([old]), np.array([new]), n, grid, done.defs["counts_of"](prior)
    )
    if prior == "correlated":
        density = density + done.defs["log_lift_prior"](grid, 0.1)
    truth = brute_force(old, new, n, prior, np.expm1(grid)) * np.exp(grid)
    found = np.exp(density[0] - density.max())
    assert (
        np.abs(found / found.sum() - truth / truth.sum()).max() < 2e-4 * (truth / truth.sum()).max()
    )


def test_shortest_is_the_hdi(done: Run) -> None:
    """Ends by interpolation against the shortest interval of a very fine grid."""
    cdf, lifts = done.defs["posterior_of"](200, 350, 10_000, points=40_001)
    draws = np.interp((np.arange(400_000) + 0.5) / 400_000, cdf[0], lifts)
    (lower,), (upper,) = shortest(*done.defs["posterior_of"](200, 350, 10_000), 0.94)
    assert (lower, upper) == pytest.approx(tidy.hdi(draws), abs=1.5e-3)


def test_coarse_grid_is_fine_enough(done: Run) -> None:
    """The 121 points of a cell move no end by more than 3 % of the width, and no rate."""
    prior = done.defs["log_lift_prior"]
    for cell in ((0.125, 1_000), (0.125, 40_000), (0.25, 80_000), (-0.25, 10_000)):
        pairs, times = done.defs["pairs"][cell]
        ends = []
        for points in (121, 1_201):
            grid = ab_testing.grid_of(cell[0], cell[1] * BASELINE, "correlated", points)
            density = done.defs["log_evidence"](
                pairs[:, 0], pairs[:, 1], cell[1], grid, (15, 600, 0, 1)
            )
            cdf = cumulate(unlog(density + prior(grid, 0.1)))
            ends.append(shortest(cdf, np.expm1(grid), 0.94))
        (lower, upper), (lower_fine, upper_fine) = ends
        width = (upper_fine - lower_fine).mean()
        assert np.abs(lower - lower_fine).max() < 0.03 * width
        assert np.abs(upper - upper_fine).max() < 0.03 * width
        rates = [np.average((low > 0.05) | (up < -0.05), weights=times) for low, up in ends]
        assert rates[0] == pytest.approx(rates[1], abs=0.015)  # Monte Carlo error: 0.018


def test_prior_carries_the_answer(done: Run) -> None:
    """A tight prior says nothing, a wide one repeats the raw lift."""
    curve = done.defs["prior_carries"].iloc[:-1]
    assert curve["mean"].is_monotonic_increasing
    assert curve["mean"].iloc[0] < 0.03
    assert curve["mean"].iloc[-1] == pytest.approx(done.defs["raw_lift"], abs=0.1)


def test_band_of_the_slider_is_the_posterior(done: Run) -> None:
    """Under each prior sd: mean, sd and HDI by a sum over both unknowns; the last is the slider."""
    table, lifts = done.defs["prior_carries"], np.linspace(-0.4, 2, 1_201)
    assert table["lift_sd"].to_numpy() == pytest.approx([*np.linspace(0.01, 0.6, 20), 0.1])
    for at in (0, 1, 3, 8, 19, 20):
        row = table.iloc[at]
        mass = mass_of(200, 350, 10_000, "correlated", lifts, row["lift_sd"])
        mean = float(mass[0] @ lifts)
        sd = np.sqrt(mass[0] @ (lifts - mean) ** 2)
        expected = (mean, sd, *ends_of(lifts, mass)[0])
        found = tuple(row[["mean", "sd", "lower", "upper"]])
        assert found == pytest.approx(expected, abs=2e-3)


def test_tail_of_the_prior_matters(done: Run) -> None:
    """A heavy-tailed prior of the same scale keeps far more of the raw lift (brute force)."""
    by_prior = done.defs["by_prior"].set_index("label")
    lifts = np.expm1(np.linspace(np.log(0.3), np.log(4), 801))
    weight = brute_force(200, 350, 10_000, "correlated", lifts) / stats.norm.pdf(lifts, 0, 0.1)
    weight = weight * stats.t.pdf(lifts / 0.1, 3) * (1 + lifts)
    heavy = by_prior.loc["heavy-tailed prior", "mean"]
    assert heavy == pytest.approx((weight * lifts).sum() / weight.sum(), abs=2e-3)
    assert heavy > by_prior["mean"].iloc[0] + 0.1


def test_a_broken_test_reaches_the_decision(done: Run) -> None:
    """Counting in that the test may be broken, P(lift > 0) is near a coin toss under one prior."""
    told = done.defs["all_told"]
    assert told["better"][0] == pytest.approx(0.5 + 0.5 * (1 - told["P(broken)"][0]), abs=1e-3)
    assert told["better"][0] < 0.6
    assert told["better"][1:].min() > 0.85
    chance, noise = done.defs["chance_broken"], done.defs["noise"]
    assert chance(np.log(1.75), noise, 0.001) == pytest.approx(0.5, abs=0.01)
    assert chance(np.log(1.1), noise) < 0.005


def test_the_prior_for_working_tests_decides_whether_ours_is_broken(done: Run) -> None:
    """P(broken) under four priors of working tests, by quadrature over the true log-lift."""
    noise, seen = np.sqrt(1 / 200 + 1 / 350 - 2 / 10_000), np.log(1.75)
    broken = stats.norm(0, np.hypot(0.5, noise)).pdf(seen)
    found = done.defs["suspicion"]["P(broken)"]
    priors = (stats.norm(0, 0.1), stats.norm(0, 0.15), stats.norm(0, 0.2), stats.t(3, 0, 0.1))
    for said, prior, known in zip(found, priors, (0.91, 0.25, 0.06, 0.11), strict=True):
        works, _ = integrate.quad(
            lambda x, prior=prior: prior.pdf(x) * stats.norm.pdf(seen, x, noise),
            -3,
            3,
            points=[0, seen],
        )
        assert said == pytest.approx(0.01 * broken / (0.01 * broken + 0.99 * works), abs=1e-4)
        assert said == pytest.approx(known, abs=0.005)
    curve = done.defs["suspicion_curve"].set_index("scale")
    for scale, kind, row in ((0.1, "normal", 0), (0.2, "normal", 2), (0.1, "t", 3)):
        assert np.interp(scale, curve.index, curve[kind]) == pytest.approx(found[row], abs=0.01)
    assert (np.diff(curve, axis=0) < 0).all()


@pytest.mark.parametrize(("scale", "share"), [(10, 0.91), (15, 0.25), (20, 0.06)])
def test_the_slider_shows_what_the_prior_does(done: Run, scale: int, share: float) -> None:
    """At each scale the title says P(broken), from .91 to .06."""
    _, space = move(done, "working_scale", scale)
    (title,) = (t for t in map(titles_of, specs_of(space["suspicion_shown"])) if t)
    assert title[0] == f"Normal, scale {scale} %: P(broken) = {share:.2f}"
    move(done, "working_scale", 10)


def test_the_page_names_the_choice_that_decides(done: Run) -> None:
    """No sentence says that two numbers were chosen, nor that ours is probably broken, as such."""
    text = " ".join(done.path.read_text(encoding="utf-8").split())
    assert "Two numbers were our choice" not in text
    assert "If 1 test in 100 is broken, this one most probably is" not in text
    takeaway = text.split("**Did it convert better?")[1].split("- **How many")[0]
    assert "working tests have log-lifts Normal(0, 0.1), ours is most probably broken" in takeaway
    assert "or heavy tails" in takeaway
    assert "it most probably works" in takeaway
    found = done.defs["suspicion"]["P(broken)"]
    assert found[0] > 0.5 > max(found[1:])


def test_nothing_above_the_takeaways_gives_exercises_1_2_and_6_away(run_notebook: Any) -> None:
    """Before they are done: no P(broken), nothing said of three priors, no rate of twenty looks."""
    page = run_notebook("notebooks", NAME)
    text = " ".join(getattr(output, "text", "") for output in page.outputs)
    before = text.split("Takeaways")[0]
    assert "Twyman" in before
    told = [f"{p:.2f}" for p in page.defs["suspicion"]["P(broken)"][::2]]
    assert told == ["0.91", "0.06"]
    assert [p for p in told if re.search(rf"(?<![\d.]){p}(?!\d)", before)] == []
    assert "the others imply one" not in before
    assert "false positives, the ROPE" not in before
    assert "about 64 %" not in before


# Decisions ---------------------------------------------------------------------------------------


def test_decisions_follow_from_draws(done: Run) -> None:
    """Probabilities and losses of the grid are those of draws."""
    draws, row = done.defs["hint_lift"], done.defs["judged"].loc["a hint"]
    assert row["better"] == pytest.approx((draws > 0).mean(), abs=0.01)
    assert row["worthwhile"] == pytest.approx((draws > 0.05).mean(), abs=0.015)
    revenue = done.defs["REVENUE"]
    assert revenue == pytest.approx(1_000_000 * BASELINE * 40)
    loss = revenue * np.maximum(-draws, 0).mean()
    assert row["loss if shipped"] == pytest.approx(loss, rel=0.06)
    assert row["loss if kept"] - row["loss if shipped"] == pytest.approx(
        revenue * draws.mean(), rel=0.03
    )


def test_rules_disagree_as_the_text_says(done: Run) -> None:
    """All ship our test; money ships a hint and HDI + ROPE waits; a sure small lift is no gain."""
    said = done.defs["verdicts"](done.defs["judged"], done.defs["MARGIN"])
    assert said.loc["our test"].tolist() == ["ship", "ship", "ship", "better"]
    assert said.loc["a hint"].tolist() == ["keep", "ship", "ship", "undecided"]
    assert said.loc["small but sure"].tolist() == ["ship", "keep", "ship", "equal"]
    assert said.loc["nothing", "HDI + ROPE"] == "equal"


def test_order_in_which_rules_give_in(done: Run) -> None:
    """As buyers are added, money ships first and HDI + ROPE last."""
    counts = range(244, 421)
    judged = pd.DataFrame([done.defs["judge"](244, new, 10_000) for new in counts], index=counts)
    said = done.defs["verdicts"](judged, done.defs["MARGIN"])
    first = [said.index[said[rule].isin(["ship", "better"])][0] for rule in said]
    assert first[2] == min(first)
    assert first[2] <= 245
    assert first[3] == max(first)
    assert len(set(first)) == 4


def test_four_tests_in_full(done: Run) -> None:
    """Every number of every test: two chances, two losses, the ends, by a sum over both rates."""
    judged, revenue = done.defs["judged"], 1_000_000 * BASELINE * 40
    assert list(judged.index) == list(done.defs["TESTS"])
    for label, (old, new, n) in done.defs["TESTS"].items():
        reach = 7 * np.sqrt(1 / old + 1 / new)
        lifts = np.linspace(new / old - 1 - reach, new / old - 1 + reach, 2_001)
        lifts = lifts[lifts > -0.9] if n < 1e6 else lifts
        mass = mass_of(old, new, n, "correlated", lifts)
        row, chance = judged.loc[label], [mass[0][lifts > least].sum() for least in (0, 0.05)]
        assert row[["better", "worthwhile"]].tolist() == pytest.approx(chance, abs=2e-3)
        losses = [revenue * mass[0] @ np.maximum(sign * lifts, 0) for sign in (-1, 1)]
        found = row[["loss if shipped", "loss if kept"]].tolist()
        assert found == pytest.approx(losses, rel=0.02, abs=20)
        ends = row[["lower", "upper"]].tolist()
        assert ends == pytest.approx(ends_of(lifts, mass)[0].tolist(), abs=0.03 * np.ptp(ends))


# Power -------------------------------------------------------------------------------------------


def test_power_table(done: Run) -> None:
    """5 lifts, 9 sizes, 3 priors with 3 rules, the z-test; errors are binomial."""
    power = done.defs["power"]
    assert len(power) == 5 * 9 * (3 * 3 + 1)
    assert power["rate"].between(0, 1).all()
    assert power["true_lift"].min() == -0.25
    assert (power["n_per_arm"].min(), power["n_per_arm"].max()) == (100, 80_000)
    assert done.defs["N_EXPERIMENTS"] == 700
    middle = power[power["rate"].between(0.2, 0.8)]
    expected = np.sqrt(middle["rate"] * (1 - middle["rate"]) / 700)
    assert middle["monte_carlo_se"].to_numpy() == pytest.approx(expected.to_numpy(), rel=0.01)
    assert (power["monte_carlo_se"] > 0).all()


def test_power_counts_intervals_by_another_route(done: Run) -> None:
    """Each prior's rules at 40,000 visitors, +12.5 %: HDIs by sums over both rates; the z-test."""
    power = done.defs["power"].set_index(["prior", "rule", "true_lift", "n_per_arm"])["rate"]
    counts, lifts = done.defs["counts"][0.125, 40_000], np.linspace(-0.3, 0.6, 181)
    for prior in ("flat", "independent", "correlated"):
        ends = ends_of(lifts, mass_of(*counts.T, 40_000, prior, lifts))
        for rule, rope in (("HDI excludes 0", 0), ("HDI outside ROPE", 0.05)):
            said = ((ends[:, 0] > rope) | (ends[:, 1] < -rope)).mean()
            found = power[prior, rule, 0.125, 40_000]
            assert found == pytest.approx(said, abs=0.015), (prior, rule)
            if rope or prior != "flat":
                assert done.defs["power_at"][prior, rule] == found
    for (lift, n), pair in done.defs["counts"].items():
        bought = pair.sum(axis=1)  # Pearson's chi-squared of the table of four counts
        square = 2 * n * (pair[:, 1] - pair[:, 0]) ** 2 / np.maximum(bought * (2 * n - bought), 1)
        said = (square > stats.chi2.ppf(0.95, 1)).mean()
        assert power["none", "z-test, p < 0.05", lift, n] == pytest.approx(said, abs=1e-9)


def test_claims_of_an_interval(done: Run) -> None:
    """Outside, inside or across 0 and a ROPE of 5 %: what each rule says of six intervals."""
    ends = np.array(
        [(-0.2, -0.06), (-0.2, -0.01), (-0.04, 0.04), (0.01, 0.04), (0.06, 0.2), (0, 1)]
    )
    claims = done.defs["claims_of"](ends.T, 0.05)
    assert claims["HDI excludes 0"].tolist() == [True, True, False, True, True, False]
    assert claims["HDI outside ROPE"].tolist() == [True, False, False, False, True, False]
    assert claims["HDI inside ROPE"].tolist() == [False, False, True, True, False, False]


def pooled_power(n: Any, lift: Any, rate: float = BASELINE) -> Any:
    """Return the large-sample power of the z-test, which pools the two rates (5 %, two-sided)."""
    new = rate * (1 + lift)
    error = np.sqrt((rate * (1 - rate) + new * (1 - new)) / n)
    reach = stats.norm.ppf(0.975) * np.sqrt((rate + new) * (1 - (rate + new) / 2) / n)
    return stats.norm.cdf((new - rate - reach) / error) + stats.norm.cdf(
        (rate - new - reach) / error
    )


def test_frequentist_curve(done: Run) -> None:
    """Visitors for 80 % are the known ones; the curve, the simulation and statsmodels agree."""
    plan = done.defs["z_plan"].set_index("true_lift")["visitors_per_page"]
    for lift, n in {-0.25: 8_800, -0.125: 37_700, 0.125: 42_600, 0.25: 11_250}.items():
        assert plan[lift] == pytest.approx(n, abs=60)
        assert pooled_power(plan[lift], lift) == pytest.approx(0.8, abs=0.005)
        effect = sm.stats.proportion_effectsize(BASELINE * (1 + lift), BASELINE)
        by_arcsine = sm.stats.NormalIndPower().solve_power(abs(effect), alpha=0.05, power=0.8)
        assert plan[lift] == pytest.approx(by_arcsine, rel=0.02)
    simulated = done.defs["power"].query("prior == 'none' and n_per_arm >= 1000")
    curve = pooled_power(simulated["n_per_arm"], simulated["true_lift"])
    assert (np.abs(simulated["rate"] - curve) < 4.5 * simulated["monte_carlo_se"]).all()


def test_claims_about_power(done: Run) -> None:
    """No false alarms behind a ROPE; flat HDI without ROPE is near the z-test; nothing is equal."""
    power = done.defs["power"].set_index(["prior", "rule", "true_lift", "n_per_arm"])["rate"]
    for n in (40_000, 60_000, 80_000):
        assert power["correlated", "HDI outside ROPE", 0.0, n] < 0.01
        assert (
            abs(
                power["flat", "HDI excludes 0", 0.125, n]
                - power["none", "z-test, p < 0.05", 0.125, n]
            )
            < 0.03
        )
    assert (done.defs["power"].query("rule == 'HDI inside ROPE'")["rate"] < 0.01).all()
    at = power["correlated", "HDI outside ROPE", 0.125, 40_000]
    assert at < power["flat", "HDI outside ROPE", 0.125, 40_000]


def test_assurance_has_a_ceiling(done: Run) -> None:
    """Assurance grows with the visitors, and stays below the prior's own share of large lifts."""
    rates = done.defs["assurance_by_n"].query("label == 'HDI outside ROPE'")["rate"].to_numpy()
    assert (np.diff(rates) > -0.05).all()
    assert rates[-1] < 2 * stats.norm.sf(0.5)
    rng = np.random.default_rng(1)
    lifts = rng.normal(0, 0.1, 2_000)
    old, new = (rng.binomial(2_000_000, BASELINE * (1 + w)) for w in (0 * lifts, lifts))
    ends = shortest(*done.defs["posterior_of"](old, new, 2_000_000, points=4_001), 0.94)
    far = done.defs["claims_of"](ends, 0.05)["HDI outside ROPE"].mean()
    assert rates[-1] < far < 2 * stats.norm.sf(0.5) + 0.04
    assert far > 0.5


def test_assurance_of_each_size(done: Run) -> None:
    """At each number of visitors the shares are those of bell curves on other true lifts."""
    table = done.defs["assurance_by_n"].set_index(["label", "n_per_arm"])["rate"]
    rng, apart = np.random.default_rng(21), []
    reach = stats.norm.ppf((1 + tidy.HDI_PROB) / 2)
    sizes = [n for n in done.defs["VISITORS"] if n >= 5_000]
    assert len(table) == 3 * len(done.defs["VISITORS"])
    for n in sizes:
        lifts = rng.normal(0, 0.1, 20_000)
        old, new = (rng.binomial(n, BASELINE * (1 + w)) for w in (0 * lifts, lifts))
        error = np.sqrt(1 / old + 1 / new - 2 / n)
        weight = 0.01 / (0.01 + error**2)  # what the data weigh against Normal(0, 0.1)
        mean, half = weight * np.log(new / old), reach * np.sqrt(weight) * error
        low, high = np.expm1(mean - half), np.expm1(mean + half)
        shares = {
            "HDI excludes 0": (low > 0) | (high < 0),
            "HDI outside ROPE": (low > 0.05) | (high < -0.05),
            "HDI inside ROPE": (low > -0.05) & (high < 0.05),
        }
        apart.append([table[rule, n] - said.mean() for rule, said in shares.items()])
    assert np.abs(apart).max() < 0.07  # 700 experiments each: a standard error of up to 0.019
    assert np.abs(np.mean(apart, axis=0)).max() < 0.025


def test_whole_grid_is_cheap(done: Run) -> None:
    """31,500 posteriors of one prior, from counts to decisions, in under 2 CPU seconds."""
    start = time.process_time()
    evidence = done.defs["evidence_of"]("correlated")
    done.defs["rates_of"](done.defs["intervals_of"](evidence, 0.94, 0.1), 0.05)
    assert time.process_time() - start < 2


@pytest.mark.deep
def test_forty_cells_against_pymc(done: Run) -> None:
    """Forty experiments, one from each of forty cells: NUTS and grid decide alike.

    One PyMC model holds all forty, which share no parameter: each has its own posterior.
    """
    import pymc as pm

    rng = np.random.default_rng(40)
    cells = [cell for cell in done.defs["pairs"] if cell[1] > 100][:40]
    picked = [(*done.defs["counts"][cell][rng.integers(700)], cell[1]) for cell in cells]
    old, new, n = np.array(picked).T
    with pm.Model(coords={"experiment": range(40)}) as model:
        rate = pm.Beta("rate", 15, 600, dims="experiment")
        lift = pm.Normal("lift", 0, 0.1, dims="experiment")
        pm.Binomial("old", n, rate, observed=old, dims="experiment")
        pm.Binomial("new", n, rate * (1 + lift), observed=new, dims="experiment")
    idata = pm.sample(
        1_500,
        tune=500,
        chains=4,
        model=model,
        var_names=["lift"],
        nuts_sampler="numpyro",
        nuts={"chain_method": "vectorized"},
        progressbar=False,
        random_seed=1,
    )
    assert bool(tidy.diagnostics(idata)["passed"].all())
    draws = idata.posterior["lift"]
    agreed = 0
    for i, (a, b, visitors) in enumerate(picked):
        (lower,), (upper,) = shortest(*done.defs["posterior_of"](a, b, visitors), 0.94)
        sampled = tidy.hdi(draws[..., i])
        error = 0.1 * float(draws[..., i].std())  # Monte Carlo error of an HDI's end, generously
        assert sampled == pytest.approx((lower, upper), abs=2 * error)
        for edge in (-0.05, 0.0, 0.05):
            sides = [(low > edge, up < edge) for low, up in (sampled, (lower, upper))]
            close = min(abs(lower - edge), abs(upper - edge)) < error
            assert close or sides[0] == sides[1]
            agreed += sides[0] == sides[1]
    assert agreed >= 114  # of 120 comparisons


# The bug, peeking --------------------------------------------------------------------------------


def share_claiming(published: pd.DataFrame, rope: float) -> np.ndarray:
    """Return the share of experiments that claim a difference, near 0 and near 0.125."""
    far = (published["lower"] > rope) | (published["upper"] < -rope)
    return np.array([far[published["lift_near"] == near].mean() for near in (0, 0.125)])


def test_rope_in_the_wrong_unit(done: Run) -> None:
    """The published figures come out of the bug, others without it."""
    published = done.defs["published"]
    buggy, mended = (share_claiming(published, rope) for rope in (0.05 * BASELINE, 0.05))
    assert len(published) == 4_000
    assert 0.05 - 0.016 < buggy[0] < 0.06 + 0.016
    assert buggy[1] == pytest.approx(0.75, abs=0.04)
    assert mended[0] == pytest.approx(0.003, abs=0.005)
    assert mended[1] == pytest.approx(0.34, abs=0.042)
    assert buggy == pytest.approx(share_claiming(published, 0), abs=0.025)
    assert mended == pytest.approx(done.defs["mended_rates"])


def test_peeking(done: Run) -> None:
    """More looks, more false positives; Armitage's figures for the p-value; the ROPE protects."""
    table = done.defs["peeking"].pivot_table(
        index="looks", columns="rule", values="false_positive_rate"
    )
    for looks, known in {1: 0.05, 2: 0.083, 5: 0.142, 10: 0.193, 20: 0.248}.items():
        error = np.sqrt(known * (1 - known) / done.defs["N_WORLDS"])
        assert table.loc[looks, "p < 0.05"] == pytest.approx(known, abs=4 * error)
    nested = table.loc[[1, 2, 4, 20]]
    assert (np.diff(nested, axis=0) >= 0).all()
    assert np.abs(table["P(lift > 0), flat prior"] - table["p < 0.05"]).max() < 0.02
    assert table.loc[20, "P(lift > 0), correlated prior"] < 0.09
    assert table.loc[20, "HDI + ROPE, correlated prior"] < 0.02


def test_few_looks_are_spread_to_the_end(done: Run) -> None:
    """One look is the last, after 20,000 visitors a page; two are the tenth and the last."""
    space = done.defs
    table = space["peeking"].set_index(["rule", "looks"])["false_positive_rate"]
    flat = np.zeros(space["N_WORLDS"])
    seen = space["at_every_look"](np.random.default_rng(space["SEED"] + 3), flat, BASELINE)
    middle, last = (space["claims_at"](seen[k - 1], 1_000 * k) for k in (10, 20))
    first = space["claims_at"](seen[0], 1_000)
    for rule in table.index.get_level_values("rule").unique():
        assert table[rule, 1] == pytest.approx(last[rule].mean())
        assert table[rule, 2] == pytest.approx((middle[rule] | last[rule]).mean())
    sceptical = "P(lift > 0), correlated prior"
    assert first[sceptical].mean() < last[sceptical].mean() - 0.01  # so it matters which are taken


def test_stopping_keeps_calibration(done: Run) -> None:
    """Under the prior, what is believed at the stop is right at the stated rate."""
    believed, right = done.defs["stopped_believed"], done.defs["stopped_right"]
    n = int(done.defs["stopped"].sum())
    assert n > 200
    assert right == pytest.approx(believed, abs=4.5 * np.sqrt(0.02 * 0.98 / n))


def test_null_p_values_are_uniform(done: Run) -> None:
    """Of 20 changes that do nothing, as many p-values lie below each number as it says."""
    months = [done.defs["null_p_values"](seed) for seed in range(250)]
    assert {len(month) for month in months} == {20}
    assert stats.kstest(np.concatenate(months), "uniform").pvalue > 1e-4
    assert (np.concatenate(months) < 0.05).mean() == pytest.approx(0.05, abs=0.013)


# CUPED -------------------------------------------------------------------------------------------


def test_cuped_is_least_squares(done: Run) -> None:
    """By hand and jointly, posterior means and sds are those of regressions."""
    customers, table = done.defs["customers"], done.defs["cuped_table"].set_index("label")
    design = sm.add_constant(customers[["treated"]].astype(float))
    raw = sm.OLS(customers["after"], design).fit()
    by_hand = sm.OLS(customers["adjusted"], design).fit()
    joint = sm.OLS(customers["after"], design.assign(before=customers["before"])).fit()
    theta = sm.OLS(customers["after"], sm.add_constant(customers["before"])).fit()
    assert done.defs["theta_by_hand"] == pytest.approx(theta.params["before"])
    for label, fit in (("after only", raw), ("CUPED by hand", by_hand), ("joint model", joint)):
        assert table.loc[label, "mean"] == pytest.approx(fit.params["treated"], abs=0.03)
        assert table.loc[label, "sd"] == pytest.approx(fit.bse["treated"], rel=0.06)
    assert done.defs["cuped_sd_ratio"] == pytest.approx(np.sqrt(0.5), abs=0.12)


def test_cuped_intervals_are_those_of_students_t(done: Run) -> None:
    """The ends of the 94 % HDIs are the ends of the regressions' 94 % intervals."""
    customers, table = done.defs["customers"], done.defs["cuped_table"].set_index("label")
    design = sm.add_constant(customers[["treated"]].astype(float))
    with_past = design.assign(before=customers["before"])
    outcomes = {"after only": ("after", design), "CUPED by hand": ("adjusted", design)}
    outcomes["joint model"] = "after", with_past
    assert list(table.index) == list(outcomes)
    for label, (name, x) in outcomes.items():
        fit = sm.OLS(customers[name], x).fit()
        ends = fit.conf_int(alpha=1 - tidy.HDI_PROB).loc["treated"].tolist()
        found = table.loc[label, ["lower", "upper"]].tolist()
        assert found == pytest.approx(ends, abs=0.15 * fit.bse["treated"])  # Monte Carlo error


def test_published_cuped_figures_are_one_draw(done: Run) -> None:
    """The sds .286 -> .207 (-28 %) lie among repeated worlds, whose theta averages 1."""
    rng, half = np.random.default_rng(3), np.repeat([0, 1], 50)
    before = rng.normal(5, 1, (4_000, 100))
    after = before + 3 + 2 * half + rng.normal(size=before.shape)
    adjusted = done.defs["remove_past"](after, before)
    sds = [
        np.sqrt(v[:, :50].var(1, ddof=1) / 50 + v[:, 50:].var(1, ddof=1) / 50)
        for v in (after, adjusted)
    ]
    ratio = sds[1] / sds[0]
    assert np.quantile(ratio, [0.01, 0.99])[0] < 0.207 / 0.286 < np.quantile(ratio, [0.01, 0.99])[1]
    assert ratio.mean() == pytest.approx(np.sqrt(0.5), abs=0.01)
    assert np.quantile(sds[0], 0.01) < 0.286 < np.quantile(sds[0], 0.99)
    past = before - before.mean(1, keepdims=True)
    theta = (past * after).sum(1) / (past**2).sum(1)
    assert theta.mean() == pytest.approx(1, abs=0.02)
    effect = done.defs["difference"](adjusted, half)
    assert effect.mean() == pytest.approx(2, abs=0.03)  # pooled theta: 1 % too low at n = 100


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.7, 0.9])
def test_what_the_past_is_worth_follows_the_formula(done: Run, rho: float) -> None:
    """The ratio of the sds over 2,000 worlds is sqrt(1 - rho²)."""
    rng, half = np.random.default_rng(12), np.repeat([0, 1], 50)
    past, noise = rng.normal(size=(2, 2_000, 100))
    after = 8 + rho * past + np.sqrt(1 - rho**2) * noise + half
    difference, remove_past = done.defs["difference"], done.defs["remove_past"]
    kept = difference(remove_past(after, past), half).std() / difference(after, half).std()
    assert kept == pytest.approx(np.sqrt(1 - rho**2), abs=0.04)


def test_late_covariate_is_biased(done: Run) -> None:
    """Measured during the test the effect shrinks by theta times the leak, and looks precise."""
    effects = done.defs["late_effects"]
    assert effects["no adjustment"].mean() == pytest.approx(2, abs=0.05)
    assert effects["measured before"].mean() == pytest.approx(2, abs=0.04)
    during_variance = 1 + 0.09 + 0.25 * 1  # past, wobble, and the arms apart by one
    theta = (1 + 2 * 1 * 0.25) / during_variance
    assert effects["measured during"].mean() == pytest.approx(2 - theta, abs=0.05)
    assert effects["measured during"].std() < effects["no adjustment"].std()
    _, space = move(done, "leak", 0.0)
    assert space["late_effects"]["measured during"].mean() == pytest.approx(2, abs=0.05)
    move(done, "leak", 1.0)


def test_spread_of_the_late_covariate_s_three_curves(done: Run) -> None:
    """The sds of the chart: 1 of luck in each customer, and the past (sd 1) where it stays in."""
    effects = done.defs["late_effects"]
    wanted = {"no adjustment": np.sqrt(2), "measured before": 1, "measured during": 1}
    for label, sd in wanted.items():  # twice fifty customers: 0.2 of a customer's sd
        assert len(effects[label]) == 600
        assert effects[label].std() == pytest.approx(0.2 * sd, rel=0.12)


# The planner, the sliders, other seeds -----------------------------------------------------------


def test_the_plan_is_that_of_a_power_calculation(done: Run) -> None:
    """Visitors for 80 % by statsmodels; weeks count both pages; more for a smaller lift."""
    effect = sm.stats.proportion_effectsize(0.025 * 1.1, 0.025)
    wanted = sm.stats.NormalIndPower().solve_power(effect, alpha=0.05, power=0.8)
    assert done.defs["n_plan"] == pytest.approx(wanted, rel=0.02)
    assert done.defs["weeks"] == pytest.approx(2 * done.defs["n_plan"] / 20_000)
    _, space = move(done, "plan_lift", 5)
    assert 3.5 < space["n_plan"] / done.defs["n_plan"] < 4.3
    move(done, "plan_lift", 10)


def test_the_sister_shop_by_another_route(done: Run) -> None:
    """Her five answers: a sum over both rates, an integral over log-lifts, statsmodels."""
    answer, lifts = done.defs["answer"], np.linspace(-0.3, 0.7, 1_001)
    mass = mass_of(480, 566, 20_000, "correlated", lifts, 0.05)
    mean = float(mass[0] @ lifts)
    assert answer["lift"] == pytest.approx(mean, abs=1e-3)
    seen, noise = np.log(566 / 480), np.sqrt(1 / 480 + 1 / 566 - 2 / 20_000)
    broken, works = (stats.norm.pdf(seen, 0, np.hypot(scale, noise)) for scale in (0.5, 0.05))
    chance = 0.02 * broken / (0.02 * broken + 0.98 * works)
    assert answer["p_broken"] == pytest.approx(chance, abs=1e-4)
    earned = 1_000_000 * BASELINE * 40 * mean
    assert answer["decision"] == ("ship" if earned > 100_000 else "keep")
    ((lower, upper),) = ends_of(lifts, mass)
    assert lower < 0.05 < upper
    assert answer["region"] == "undecided"
    effect = sm.stats.proportion_effectsize(BASELINE * 1.1, BASELINE)
    wanted = sm.stats.NormalIndPower().solve_power(effect, alpha=0.05, power=0.8)
    assert answer["visitors"] == pytest.approx(wanted, rel=0.02)


@pytest.mark.parametrize(
    ("slider", "values"),
    [("live_sd", (5.0, 20.0, 10.0)), ("live_level", (80, 99, 94)), ("live_rope", (0, 15, 5))],
)
def test_power_redraws_live(done: Run, slider: str, values: tuple[float, ...]) -> None:
    """Each slider redraws all 31,500 posteriors in under 200 ms of work; the curve moves."""
    seen, spent = [], []
    for value in values:
        cost, space = move(done, slider, value)
        spent.append(cost)
        at = space["live_power"].query("n_per_arm == 40_000 and true_lift == 0.125")
        seen.append(float(at["rate"].iloc[0]))
    assert within(min(spent), 0.2)
    assert len(set(seen)) == 3
    gains = np.diff([rate for _, rate in sorted(zip(values, seen, strict=True))])
    assert (gains > 0).all() if slider == "live_sd" else (gains < 0).all()


def test_live_power_is_that_of_the_sliders(done: Run) -> None:
    """At another sd, level and ROPE the rates are those of HDIs by sums over both rates."""
    for slider, value in (("live_sd", 20.0), ("live_level", 80), ("live_rope", 10)):
        _, space = move(done, slider, value)
    table = space["live_power"].set_index(["true_lift", "n_per_arm"])
    assert list(table.index) == [(w, n) for w in space["TRUE_LIFTS"] for n in space["VISITORS"]]
    for cell in ((0.25, 20_000), (-0.125, 40_000)):
        lifts = np.linspace(cell[0] - 0.4, cell[0] + 0.4, 161)
        mass = mass_of(*space["counts"][cell].T, cell[1], "correlated", lifts, 0.2)
        ends = ends_of(lifts, mass, 0.8)
        said = ((ends[:, 0] > 0.1) | (ends[:, 1] < -0.1)).mean()
        assert table["rate"][cell] == pytest.approx(said, abs=0.015)
    padded = (700 * table["rate"] + 1) / 702  # never quite zero: two more cases are imagined
    assert (table["monte_carlo_se"] ** 2 * 700).to_numpy() == pytest.approx(padded * (1 - padded))
    for slider, value in (("live_sd", 10.0), ("live_level", 94), ("live_rope", 5)):
        move(done, slider, value)


@pytest.mark.parametrize(
    ("slider", "values"),
    [
        ("live_sd", (5.0, 20.0, 10.0)),
        ("live_level", (80, 99, 94)),
        ("live_rope", (*range(16), 5)),
    ],
)
def test_names_of_power_curves_keep_apart(
    done: Run, slider: str, values: tuple[float, ...]
) -> None:
    """Wherever a slider stands, no name lies on another; each is as wide as its letters."""
    vl_convert = pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    for value in values:
        _, space = move(done, slider, value)
        power = space["live_power"]
        rows = ab_testing.with_role(power[ab_testing.POWER_COLUMNS])
        frames = rows, ab_testing.curve_labels(power)
        drawn = charts.redraw(ab_testing.power_template(), *frames, words="", title="")
        placed = r'text-anchor="(start|end)" transform="translate\(([\d.]+),([\d.]+)\)"'
        svg = vl_convert.vegalite_to_svg(drawn.to_dict())
        names = re.findall(placed + r"[^>]*>([+−\d.]+ %)<", svg)
        assert len(names) == len(frames[1]) >= 3
        boxes = []
        for anchor, x, y, text in names:
            wide = 8 * len(text)
            boxes.append((float(x) - wide * (anchor == "end"), float(y), wide, text))
        for (x, y, wide, name), (x_2, y_2, wide_2, name_2) in itertools.combinations(boxes, 2):
            apart = x + wide < x_2 or x_2 + wide_2 < x or abs(y - y_2) > 14
            assert apart, f"{slider} at {value}: {name} and {name_2}"


PYMC = {"pm", "draw_prior", "fit_pages", "fit_ancova", "idata_pages", "spend_fits"}
"""What a cell takes that samples, or that reads what was sampled."""


def _reseeded(done: Run, seed: int) -> dict[str, Any]:
    """Return the globals when SEED is another, all that needs no sampler run again."""
    space = {**done.defs, "SEED": seed, "set_progress": lambda change: change({})}
    for cell in downstream(done.path, "SEED"):
        inputs = {argument.arg for argument in cell.node.args.args}
        if inputs & PYMC:
            continue
        body = [node for node in cell.node.body if not isinstance(node, ast.Return)]
        exec(compile(ast.Module(body, []), cell.name, "exec"), space)  # noqa: S102
    return space


@pytest.mark.deep
@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_other_seeds_tell_the_same_story(done: Run, seed: int) -> None:
    """The checks are done and the claims hold for other seeds."""
    space = _reseeded(done, seed)
    for number in range(1, 9):
        assert space[f"check_{number}"].status == "done"
    assert share_claiming(space["published"], 0.05 * BASELINE)[0] > 0.03
    assert share_claiming(space["published"], 0.05)[0] < 0.01
    at_20 = space["peeking"].query("looks == 20").set_index("rule")["false_positive_rate"]
    assert at_20["p < 0.05"] == pytest.approx(0.248, abs=0.05)
    assert at_20["HDI + ROPE, correlated prior"] < 0.02
    assert space["late_effects"]["measured during"].mean() < 1.2
