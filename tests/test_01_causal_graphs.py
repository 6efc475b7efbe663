"""Notebook 01: its figures against closed forms, its checks against right and wrong answers."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import binom, kstest, multivariate_normal, norm

from helpers import graphs
from helpers.lessons import causal_graphs
from helpers.simulate import LinearWorld
from tests.answers import asked, never_done
from tests.support import Run, recheck

NAME = "01_causal_graphs"
OTHER_SEEDS = (1, 7, 42, 1234, 99_999)


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Run:
    """Return the solved notebook, run once."""
    return run_notebook("solutions", NAME)


# The figures -------------------------------------------------------------------------------------


def test_exact_numbers_are_the_published_fractions(done: Run) -> None:
    """Correlation 29/sqrt(61 x 131), slope 29/61, slope within one temperature and do -1."""
    exact = list(done.defs["exact_numbers"].values())
    assert exact == pytest.approx([29 / np.sqrt(61 * 131), 29 / 61, -1, -1], abs=1e-12)
    assert exact[0] == pytest.approx(0.324, abs=5e-4)
    assert exact[1] == pytest.approx(0.475, abs=5e-4)
    assert done.defs["hotel_exact"].mean().to_dict() == pytest.approx(
        {"temperature": 23, "price": 46, "bookings": 69}
    )


def test_program_and_closed_form_are_one_world(done: Run) -> None:
    """The structural causal model has the mean and the covariance of the linear world."""
    drawn = graphs.sample(done.defs["hotel"], 200_000, seed=3)
    exact = done.defs["hotel_exact"]
    order = list(drawn.columns)
    assert drawn.mean().to_numpy() == pytest.approx(exact.mean()[order].to_numpy(), abs=0.15)
    expected = exact.covariance().loc[order, order].to_numpy()
    assert drawn.cov().to_numpy() == pytest.approx(expected, rel=0.02)
    assert set(done.defs["hotel"].cgm.dag.edges) == set(exact.edges)


def test_slopes_lie_where_the_closed_form_puts_them(done: Run) -> None:
    """Each estimate is within four standard errors of its own population value."""
    defs = done.defs
    for slope, error, truth in (
        (defs["naive_slope"], defs["naive_error"], 29 / 61),
        (defs["adjusted_slope"], defs["adjusted_error"], defs["true_effect"]),
        (defs["do_slope"], defs["do_error"], defs["true_effect"]),
    ):
        assert abs(slope - truth) < 4 * error
        assert error < 0.06
    assert defs["true_effect"] == -1


def test_regress_agrees_with_statsmodels(done: Run) -> None:
    """Coefficient and standard error are those of another library."""
    evenings = done.defs["evenings"]
    for given in ([], ["temperature"]):
        design = sm.add_constant(evenings[["price", *given]])
        fit = sm.OLS(evenings["bookings"], design).fit()
        found = done.defs["regress"](evenings, "bookings", "price", given)
        assert found == pytest.approx((fit.params["price"], fit.bse["price"]), rel=1e-9)


def test_intervals_cover_at_their_rate(done: Run) -> None:
    """Over 500 hotels the 94 % interval of the adjusted slope holds -1 in about 94 %."""
    world, regress = done.defs["hotel_exact"], done.defs["regress"]
    fits = [
        regress(world.sample(300, seed), "bookings", "price", ["temperature"])
        for seed in range(500)
    ]
    covered = sum(abs(slope + 1) < 1.8808 * error for slope, error in fits)
    low, high = binom.ppf([0.0005, 0.9995], 500, 0.94)
    assert low <= covered <= high
    naive = [regress(world.sample(300, seed), "bookings", "price")[0] for seed in range(100)]
    assert min(naive) > 0
    assert np.mean(naive) == pytest.approx(29 / 61, abs=0.03)


def test_naive_slope_moves_and_the_effect_stays(done: Run) -> None:
    """Closed form -1 + 18 b / 61 at every strength; zero at 61/18; the effect is always -1."""
    for strength in np.linspace(0, 10, 21):
        world = done.defs["hotel_with"](strength)
        assert world.slope("bookings", "price") == pytest.approx(-1 + 18 * strength / 61)
        assert world.total_effect("price", "bookings") == pytest.approx(-1)
    assert done.defs["hotel_with"](61 / 18).slope("bookings", "price") == pytest.approx(0)


def test_potential_outcomes_table(done: Run) -> None:
    """ATE, ATT and ATU differ, and the visible difference has the wrong sign."""
    defs = done.defs
    customers = defs["customers"]
    effect = customers["y1"] - customers["y0"]
    assert (defs["ate"], defs["att"], defs["atu"]) == pytest.approx((-0.2, -0.4, 0.0))
    assert effect.mean() == pytest.approx(np.mean(defs["coin_differences"]))
    assert defs["churn_difference"](customers, customers["offer"] == 1) == pytest.approx(0.2)


def test_chance_is_unbiased(done: Run) -> None:
    """The mean over all 252 ways is the ATE exactly."""
    assert len(done.defs["coin_differences"]) == 252
    assert np.mean(done.defs["coin_differences"]) == pytest.approx(-0.2, abs=1e-12)


@pytest.mark.parametrize(
    ("piece", "raw", "given"),
    [("fork", 0.5, 0), ("chain", 1 / np.sqrt(3), 0), ("collider", 0, -0.5)],
)
def test_three_pieces(done: Run, piece: str, raw: float, given: float) -> None:
    """Fork and chain close when the middle is given, the collider opens: exactly and in draws."""
    world, ends, middle = done.defs["pieces"][piece]
    shown = done.defs["triples_exact"].set_index("piece").loc[piece]
    assert world.correlation(*ends) == pytest.approx(raw, abs=1e-12)
    assert shown.tolist()[1:] == pytest.approx([raw, given], abs=1e-12)
    drawn = world.sample(2_000, 5)
    assert drawn[ends].corr().iloc[0, 1] == pytest.approx(raw, abs=0.09)
    left = done.defs["left_over"](drawn, ends, middle)
    assert left.corr().iloc[0, 1] == pytest.approx(given, abs=0.09)


# PyMC --------------------------------------------------------------------------------------------


def test_do_contrast_is_the_coefficient(done: Run) -> None:
    """Draw by draw, in this linear model; and the posterior agrees with least squares."""
    effect, posterior = done.defs["effect_draws"], done.defs["idata_hotel"]["posterior"]
    assert effect.dims == ("chain", "draw")
    assert float(np.abs(effect - posterior["bookings_per_euro"]).max()) < 1e-9
    slope, error = done.defs["regress"](done.defs["season"], "bookings", "price", ["temperature"])
    assert float(effect.mean()) == pytest.approx(slope, abs=0.3 * error)
    assert float(effect.std()) == pytest.approx(error, rel=0.15)


def test_posterior_finds_the_true_numbers(done: Run) -> None:
    """No parameter lies further than four posterior standard deviations from its truth."""
    posterior = done.defs["idata_hotel"]["posterior"]
    for name, truth in done.defs["true_values"].items():
        draws = posterior[name]
        assert abs(float(draws.mean()) - truth) < 4 * float(draws.std()), name


def test_mean_bookings_under_do_is_that_of_the_world(done: Run) -> None:
    """All prices up by 14 euros: 14 rooms fewer, not 14 x 29/61 more as the dear evenings show."""
    answer = done.defs["rooms_when"](14) - done.defs["rooms_today"]
    assert answer.dims == ("chain", "draw", "evening")
    assert float(answer.mean()) == pytest.approx(-14, abs=4)
    assert 14 * 29 / 61 - float(answer.mean()) > 10


def test_owner_gets_her_answer(done: Run) -> None:
    """A euro more on every evening earns 22 euros; the line would go on to 57.50 euros.

    Exactly: E[(P + 1)(B - 1) - P B] = 69 - 46 - 1. That holds for prices that follow the weather;
    one price of 47 euros for all evenings would earn 47 x 68 = 3,196, under today's E[P B] = 3,203.
    """
    world, change = done.defs["hotel_exact"], done.defs["revenue_change"]
    price, rooms = world.mean()[["price", "bookings"]]
    effect = world.total_effect("price", "bookings")
    exact = (price + 1) * (rooms + effect) - price * rooms
    assert (price, rooms, exact) == pytest.approx((46, 69, 22))
    assert done.defs["owner_gain"] == pytest.approx(exact, abs=6)
    assert done.defs["promised_gain"] == pytest.approx(69 + 47 * 29 / 61, abs=6)
    assert change.dims == ("chain", "draw")
    assert abs(float(change.mean()) - exact) < 4 * float(change.std())
    season, rooms_seen = done.defs["season"], done.defs["rooms_today"].mean(("chain", "draw"))
    by_hand = ((season["price"] + 1) * (rooms_seen + effect) - season["price"] * rooms_seen).mean()
    assert float(change.mean()) == pytest.approx(by_hand, abs=3 * float(change.std()))


def test_the_best_price_lies_beyond_the_record(done: Run) -> None:
    """The peak is 11.50 euros up: more than two sd of the price at one temperature, so a guess."""
    world, evenings = done.defs["hotel_exact"], done.defs["evenings"]
    price, rooms = world.mean()[["price", "bookings"]]
    peak = (rooms - price) / 2
    assert peak == pytest.approx(11.5)
    assert done.defs["best_rise"] == pytest.approx(peak, abs=2)
    spread = (evenings["price"] - 2 * evenings["temperature"]).std()
    assert done.defs["price_spread"] == pytest.approx(spread, rel=0.01)
    assert done.defs["best_rise"] > 2 * spread
    assert ((evenings["price"] - 2 * evenings["temperature"]) > peak).mean() < 0.02


def test_takeaways_answer_the_question(done: Run) -> None:
    """The last slide says yes or no, with the computed gain."""
    said = next(o.text for o in done.outputs if "Takeaways" in getattr(o, "text", ""))
    assert "Should she raise her prices? Yes" in said
    assert f"+€{done.defs['owner_gain']:.0f} an evening" in said


def test_certainty_is_never_printed_as_one(done: Run) -> None:
    """A share of all draws is not printed as 1."""
    said = " ".join(getattr(output, "text", "") for output in done.outputs)
    assert "&gt; 0.999" in said
    assert "= 1.000" not in said


def test_every_version_reads_one_set_of_numbers(done: Run) -> None:
    """Program, linear world and PyMC's true values agree with HOTEL, and nothing else is coded."""
    numbers, exact = done.defs["HOTEL"], done.defs["hotel_exact"]
    assert exact.coefficients == {
        ("temperature", "price"): numbers["price_per_degree"],
        ("price", "bookings"): numbers["bookings_per_euro"],
        ("temperature", "bookings"): numbers["bookings_per_degree"],
    }
    expected = {**numbers, "price_base": 46, "bookings_base": 69}
    assert done.defs["true_values"] == pytest.approx(expected)
    assert {v.name for v in done.defs["model_hotel"].free_RVs} == {
        *done.defs["true_values"],
        *("temperature", "price", "bookings"),
    }
    assert done.defs["true_effect"] == numbers["bookings_per_euro"]


def test_predictive_correlation_covers_the_record(done: Run) -> None:
    """The fitted model reproduces the correlation of price and bookings."""
    season, replicas = done.defs["season"], np.ravel(done.defs["replicated_correlation"])
    seen = season["price"].corr(season["bookings"])
    assert np.quantile(replicas, 0.005) < seen < np.quantile(replicas, 0.995)
    assert len(replicas) == 800


# d-separation, power, equivalence ----------------------------------------------------------------


def test_resort_graph_and_world_agree(done: Run) -> None:
    """Every d-separation of the resort is a partial correlation of 0, and no other is."""
    graph, world = done.defs["resort_graph"], done.defs["resort"]
    for a, b in itertools.combinations(graph.nodes, 2):
        rest = [node for node in graph.nodes if node not in (a, b)]
        for size in range(len(rest) + 1):
            for given in itertools.combinations(rest, size):
                zero = abs(world.correlation(a, b, given)) < 1e-9
                assert zero == graph.independent(a, b, given), (a, b, given)


def test_partial_correlation_covers_at_its_rate(done: Run) -> None:
    """The 94 % Fisher interval holds the exact partial correlation in about 94 % of samples."""
    world, function = done.defs["resort"], done.defs["partial_correlation"]
    truth = world.correlation("temperature", "trade_fair", ["price"])
    found = [
        function(world.sample(200, s), "temperature", "trade_fair", ["price"]) for s in range(400)
    ]
    covered = sum(low <= truth <= high for _, low, high in found)
    low, high = binom.ppf([0.0005, 0.9995], 400, 0.94)
    assert low <= covered <= high


def noticed(world: LinearWorld, n: int, worlds: int = 2_000) -> float:
    """Return the share of simulated hotels whose n evenings reject temperature ⟂ bookings | price.

    By least squares, not by the page's own inverse of a covariance.
    """
    drawn = world.sample(n * worlds, 11)
    t, p, b = (drawn[k].to_numpy().reshape(worlds, n) for k in ("temperature", "price", "bookings"))
    t, p, b = (x - x.mean(1, keepdims=True) for x in (t, p, b))
    t, b = (x - (x * p).sum(1, keepdims=True) / (p * p).sum(1, keepdims=True) * p for x in (t, b))
    r = (t * b).sum(1) / np.sqrt((t * t).sum(1) * (b * b).sum(1))
    return float((np.abs(np.arctanh(r)) * np.sqrt(n - 4) > norm.ppf(0.97)).mean())


@pytest.mark.parametrize("strength", [0.4, 1.0, 2.0])
def test_evenings_needed_reach_four_in_five(done: Run, strength: float) -> None:
    """With the stated number of evenings, four simulated hotels of five show the arrow."""
    n = int(done.defs["needed"](strength))
    share = noticed(done.defs["hotel_with"](strength), n)
    assert share == pytest.approx(0.8, abs=0.05)


def test_the_wrong_graph_is_caught_at_once(done: Run) -> None:
    """The exact partial correlation is .887: fewer than ten evenings show it."""
    truth = done.defs["hotel_exact"].correlation("temperature", "bookings", ["price"])
    assert truth == pytest.approx(0.887, abs=5e-4)
    assert done.defs["enough_evenings"] == done.defs["evenings_needed"](truth) < 10


def test_a_true_graph_is_rejected_at_the_stated_rate(done: Run) -> None:
    """With no arrow forgotten, 6 hotels in 100 object all the same."""
    assert noticed(done.defs["hotel_with"](0.0), 100) == pytest.approx(0.06, abs=0.02)


def test_three_stories_fit_alike_and_answer_differently(done: Run) -> None:
    """Identical likelihoods to machine precision; effects: adjusted, none, naive."""
    fits = done.defs["equivalent_fits"]
    assert np.ptp(fits["log_likelihood"]) < 1e-9 * abs(fits["log_likelihood"].iloc[0])
    assert fits["effect_of_price"].tolist() == pytest.approx(
        [done.defs["adjusted_slope"], 0, done.defs["naive_slope"]], abs=1e-9
    )


def test_likelihood_against_the_multivariate_normal(done: Run) -> None:
    """For a complete graph it is that of the sample mean and covariance; for fewer arrows, less."""
    evenings, fit_graph = done.defs["evenings"], done.defs["fit_graph"]
    oracle = multivariate_normal(evenings.mean(), evenings.cov(ddof=0)).logpdf(evenings).sum()
    assert done.defs["equivalent_fits"]["log_likelihood"].to_numpy() == pytest.approx(oracle)
    chains = ["a -> b -> c", "a <- b <- c", "a <- b -> c"]
    world = LinearWorld({("a", "b"): 1.0, ("b", "c"): 1.0})
    drawn = world.sample(1_000, 4)
    alike = [fit_graph(graphs.parse_edges(text)[0], drawn)[0] for text in chains]
    assert np.ptp(alike) < 1e-8
    collider = fit_graph(graphs.parse_edges("a -> b <- c")[0], drawn)[0]
    assert collider < alike[0] - 50


def test_reported_accuracies_are_the_published_ones(done: Run) -> None:
    """The table of what a language model reached is that of Jiralerspong et al. (2024)."""
    page = done.path.read_text(encoding="utf-8")
    for row in ("| 8 | .80 to .88 |", "| 20 | .30 to .46 |", "| 221 | .22 |"):
        assert row in page
    assert "2402.01207" in page


# What tables and charts show ---------------------------------------------------------------------


def _interval(frame: pd.DataFrame, *on: str) -> list[float]:
    """Return the slope of bookings on the first column and its 94 % interval, by statsmodels."""
    fit = sm.OLS(frame["bookings"].to_numpy(), sm.add_constant(frame[list(on)].to_numpy())).fit()
    mean, half = float(fit.params[1]), float(norm.ppf(0.97) * fit.bse[1])
    return [mean, mean - half, mean + half]


def test_three_estimates_in_their_rows(done: Run) -> None:
    """Naive, adjusted, doing: each row's slope and interval, from its own evenings."""
    shown = done.defs["estimates"].set_index("role")[["mean", "lower", "upper"]]
    record, chosen = done.defs["evenings"], done.defs["evenings_do"]
    assert shown.loc["naive"].tolist() == pytest.approx(_interval(record, "price"))
    adjusted = _interval(record, "price", "temperature")
    assert shown.loc["adjusted"].tolist() == pytest.approx(adjusted)
    assert shown.loc["treated"].tolist() == pytest.approx(_interval(chosen, "price"))
    assert len(record) == 1_000
    assert len(chosen) == 10_000
    season = done.defs["season_estimates"].set_index("role")[["mean", "lower", "upper"]]
    assert season.loc["naive"].tolist() == pytest.approx(_interval(done.defs["season"], "price"))
    draws = np.sort(np.ravel(done.defs["effect_draws"]))
    mean, lower, upper = season.loc["adjusted"]
    k = int(0.94 * len(draws))
    assert mean == pytest.approx(draws.mean())
    assert ((draws >= lower) & (draws <= upper)).mean() == pytest.approx(0.94, abs=0.005)
    assert upper - lower <= 1.01 * (draws[k:] - draws[:-k]).min()


def test_prices_set_by_chance_do_not_listen_to_the_weather(done: Run) -> None:
    """From 25 to 65 euros, as often here as there; guests keep 5 rooms a degree, less the price."""
    frame = done.defs["evenings_do"]
    assert kstest(frame["price"], "uniform", (25, 40)).pvalue > 0.001
    assert abs(frame["price"].corr(frame["temperature"])) < 4 / np.sqrt(len(frame))
    left = frame["bookings"] - 5 * frame["temperature"] + frame["price"]
    assert left.std() == pytest.approx(5, rel=0.05)


def test_bands_hold_all_evenings_of_their_temperature(done: Run) -> None:
    """Each band holds the evenings within half a degree of its name, and no other."""
    evenings, shown = done.defs["evenings"], done.defs["evenings_banded"]
    for middle in (19, 23, 27):
        own = evenings[(evenings["temperature"] - middle).abs() <= 0.5]
        found = shown[shown["band"] == f"{middle} °C"].drop(columns="band")
        pd.testing.assert_frame_equal(found, own)
    assert shown["band"].nunique() == 3


def test_gain_at_each_rise(done: Run) -> None:
    """The curve is rise × (mean rooms + slope × mean price) + slope × rise², at every half euro."""
    evenings, curve = done.defs["evenings"], done.defs["gains"]
    slope = _interval(evenings, "price", "temperature")
    rise, price, rooms = curve["rise"].to_numpy(), *evenings[["price", "bookings"]].mean()
    assert rise == pytest.approx(np.linspace(0, 20, 41))
    gains = [rise * (rooms + b * price) + b * rise**2 for b in slope]
    assert curve["gain"].to_numpy() == pytest.approx(gains[0], abs=1e-6)
    assert done.defs["best_rise"] == rise[np.argmax(gains[0])]
    ends = [done.defs[name] for name in ("owner_gain", "gain_low", "gain_high")]
    assert ends == pytest.approx([gain[2] for gain in gains])  # one euro up
    usual = sm.OLS(evenings["price"], sm.add_constant(evenings["temperature"])).fit().resid
    edge = np.sort(usual)[len(usual) * 39 // 40 - 1 : len(usual) * 39 // 40 + 1]
    low, high = (np.mean(usual + 10 > e) for e in edge[::-1])
    assert low <= done.defs["dearer"] <= high


def test_curves_of_the_sliders_are_the_closed_forms(done: Run) -> None:
    """Seen: -1 + 18 b / 61, set: -1, at every strength; evenings needed by the Fisher z's power."""
    curves = done.defs["slope_curves"]
    seen, done_ = (curves[curves["kind"] == kind] for kind in ("seen", "set by do"))
    for curve in (seen, done_):
        assert curve["strength"].to_numpy() == pytest.approx(np.linspace(0, 10, 41))
    assert seen["slope"].to_numpy() == pytest.approx(-1 + 18 * seen["strength"] / 61)
    assert done_["slope"].to_numpy() == pytest.approx([-1] * 41)
    needed = done.defs["needed_curve"]
    assert needed["strength"].to_numpy() == pytest.approx(np.geomspace(0.1, 5, 50))
    left = 9 * 25 / 61  # what the price leaves of the temperature's variance
    for strength, n in needed.itertuples(index=False):
        z = np.arctanh(strength * np.sqrt(left / (strength**2 * left + 25)))
        enough, fewer = (norm.sf(norm.ppf(0.97) - z * np.sqrt(k - 4)) for k in (n, n - 1))
        assert enough >= 0.8 - 1e-9
        assert fewer < 0.8


def test_all_lotteries_are_counted(done: Run) -> None:
    """The 252 differences are those of every way to give five of ten the offer."""
    y0, y1 = (done.defs["customers"][name].to_numpy() for name in ("y0", "y1"))
    ways = [bits for bits in itertools.product((0, 1), repeat=10) if sum(bits) == 5]
    goal = [(np.dot(bits, y1) - np.dot(1 - np.array(bits), y0)) / 5 for bits in ways]
    assert sorted(done.defs["coin_differences"]) == pytest.approx(sorted(goal))


# Seeds -------------------------------------------------------------------------------------------


@pytest.mark.deep
@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_other_seeds_tell_the_same_story(run_notebook: Any, seed: int) -> None:
    """Seeing has the wrong sign, adjusting and doing the right one, and the fit passes."""
    found = run_notebook("solutions", NAME, SEED=seed)
    defs = found.defs
    assert defs["naive_slope"] > 0.25
    assert -1.2 < defs["adjusted_slope"] < -0.8
    assert -1.1 < defs["do_slope"] < -0.9
    assert defs["diagnostics_hotel"]["passed"].all()
    assert float((defs["effect_draws"] < 0).mean()) > 0.999
    assert abs(float(defs["effect_draws"].mean()) + 1) < 4 * float(defs["effect_draws"].std())
    assert 5 < float(defs["revenue_change"].mean()) < 40
    assert float((defs["revenue_change"] > 0).mean()) > 0.99
    bands = defs["evenings_banded"].groupby("band")
    assert all(np.polyfit(b["price"], b["bookings"], 1)[0] < 0 for _, b in bands)
    assert np.ptp(defs["equivalent_fits"]["log_likelihood"]) < 1e-5
    assert {check.status for check in found.checks.values()} == {"done"}
    assert "RuntimeWarning" not in found.printed


# Checks: right, wrong, absurd --------------------------------------------------------------------

RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("check_1", {"owners_answer": "the record cannot tell"}),
    ("check_1", {"owners_answer": "  The record  cannot tell. "}),
    ("check_2", {"ate": -0.2, "att": -0.4, "atu": 0}),
    ("check_2", {"ate": np.float64(-2 / 10), "att": np.array(-0.4), "atu": np.array([0.0])[0]}),
    ("check_3", {"bookings_at_50": 65}),
    ("check_3", {"bookings_at_50": np.array([65.8])}),
    ("check_3", {"bookings_at_50": pd.Series([64.3])}),
    ("check_4", {"separating_set": {"temperature"}}),
    ("check_4", {"separating_set": ["temperature", "bookings", "trade_fair"]}),
    ("check_4", {"separating_set": "temperature"}),
    ("check_4", {"separating_set": {"Temperature ", "trade fair"}}),
    ("check_7", {"equivalent_graphs": {"p", "q"}}),
    ("check_7", {"equivalent_graphs": ["Q", "p", "p"]}),
    ("check_7", {"equivalent_graphs": "p, Q"}),
    ("check_7", {"equivalent_graphs": "qp"}),
]

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("check_1", {"owners_answer": "rises by about 5"}, "times 10"),
    ("check_1", {"owners_answer": "stays the same"}, "ignore the price"),
    ("check_1", {"owners_answer": "falls by about 10"}, "two columns do not say it"),
    ("check_1", {"owners_answer": "it depends"}, "choose one of"),
    ("check_2", {"ate": 0.2, "att": 0.4, "atu": 0.0}, "sign"),
    ("check_2", {"ate": 0.2, "att": -0.4, "atu": 0.0}, "visible difference"),
    ("check_2", {"ate": -0.2, "att": 0.0, "atu": -0.4}, "swapped"),
    ("check_2", {"ate": -20, "att": -40, "atu": 0}, "per cent"),
    ("check_2", {"ate": -0.2, "att": -0.2, "atu": -0.2}, "three populations"),
    ("check_2", {"ate": -0.2, "att": -0.2, "atu": 0.0}, "you divided by ten"),
    ("check_2", {"ate": -0.4, "att": -0.4, "atu": 0.0}, "you divided by five"),
    ("check_2", {"ate": -0.2, "att": -0.4, "atu": 0.25}, "from `atu`: Jon"),
    ("check_2", {"ate": -0.2, "att": -0.5, "atu": 0.0}, "from `att`: Ada or Ben or Eve"),
    ("check_2", {"ate": -2 / 9, "att": -0.4, "atu": 0.0}, "from `ate`: Ada"),
    ("check_2", {"ate": -0.2, "att": 0.1, "atu": 0.3}, "minus the visible +0.20"),
    ("check_2", {"ate": np.zeros(10), "att": np.zeros(10), "atu": np.zeros(10)}, "one number"),
    ("check_3", {"bookings_at_50": 150.3}, "You set the temperature"),
    ("check_3", {"bookings_at_50": -4.0}, "a difference or a slope"),
    ("check_3", {"bookings_at_50": -0.99}, "a difference or a slope"),
    ("check_3", {"bookings_at_50": 70.9}, "Still seeing"),
    ("check_3", {"bookings_at_50": 69.0}, "record as it is"),
    ("check_3", {"bookings_at_50": 50.0}, "That is the price"),
    ("check_3", {"bookings_at_50": -50.2}, "listen to the weather"),
    ("check_4", {"separating_set": set()}, "nothing given"),
    ("check_4", {"separating_set": "Bookings"}, "still open"),
    ("check_4", {"separating_set": {"bookings"}}, "still open"),
    ("check_4", {"separating_set": {"price"}}, "two ends"),
    ("check_4", {"separating_set": {"weather"}}, "not in the resort"),
    ("check_7", {"equivalent_graphs": {"p", "q", "r"}}, "collider"),
    ("check_7", {"equivalent_graphs": {"p", "q", "s"}}, "other pairs"),
    ("check_7", {"equivalent_graphs": {"p"}}, "same skeleton"),
    ("check_7", {"equivalent_graphs": {"p", "z"}}, "Give letters"),
    ("check_7", {"equivalent_graphs": ["A <- B <- C", "A <- B -> C"]}, "Give letters"),
    ("check_7", {"equivalent_graphs": set()}, "that is not it"),
]


@pytest.mark.parametrize(("check", "answers"), RIGHT)
def test_right_answers_pass(done: Run, check: str, answers: dict[str, Any]) -> None:
    """Any right answer passes, however it is written."""
    found = recheck(done, check, **answers)
    assert found.status == "done", found.message


@pytest.mark.parametrize(("check", "answers", "hint"), WRONG)
def test_wrong_ideas_get_their_hint(
    done: Run, check: str, answers: dict[str, Any], hint: str
) -> None:
    """Each usual mistake is named."""
    found = recheck(done, check, **answers)
    assert found.status == "wrong"
    assert hint in found.message


FIELDS = {
    "check_1": ["owners_answer"],
    "check_2": ["ate", "att", "atu"],
    "check_3": ["bookings_at_50"],
    "check_6": ["churn_world"],
    "check_4": ["separating_set"],
    "check_5": ["pool_arrows", "pool_set", "pool_effect"],
    "check_7": ["equivalent_graphs"],
}


@pytest.mark.parametrize(("check", "names"), FIELDS.items())
def test_absurd_answers_get_a_message(done: Run, check: str, names: list[str]) -> None:
    """Nothing that can be typed crashes a check, or passes it."""
    never_done(asked(done, check, *names))


def test_absurd_drafts_get_a_message(done: Run) -> None:
    """The same of what stands in the field beside the graph editor."""
    never_done(asked(done, "check_8", "insurance_draft", insurance_edges=[]))


def test_the_pool_is_solved_by_its_own_graph(done: Run) -> None:
    """The graph drawn in the solution has one adjustment set, and the slope given it is right."""
    edges, messages = graphs.parse_edges(done.defs["pool_arrows"])
    graph = graphs.dag(edges, treatment="discount", outcome="visitors")
    assert not messages
    assert graph.adjustment_sets() == [frozenset(done.defs["pool_set"])]
    days = done.defs["pool_days"]
    fit = sm.OLS(days["visitors"], sm.add_constant(days[["discount", "sunshine"]])).fit()
    assert done.defs["pool_effect"] == pytest.approx(fit.params["discount"])
    assert 3 * fit.bse["discount"] < causal_graphs.POOL_WITHIN


def test_half_an_answer_names_what_is_open(done: Run) -> None:
    """With one of three numbers missing, the check says which."""
    found = recheck(done, "check_2", ate=-0.2, att=..., atu=0.0)
    assert (found.status, found.message) == ("todo", "Still to do: att.")
    assert recheck(done, "check_2", ate=..., att=..., atu=...).status == "todo"


def churn(
    offer: tuple[list[str], list[float], float] = (["unhappiness"], [2], 0),
    outcome: tuple[list[str], list[float], float] = (["unhappiness", "offer"], [2, -1], -1),
    **more: Any,
) -> Any:
    """Return a churn model with these parents, weights and offsets."""
    nodes = {"unhappiness": lambda n_samples: np.random.normal(0, 1, n_samples)}  # noqa: NPY002
    nodes["offer"] = graphs.logistic_model(*offer)
    nodes["churn"] = graphs.logistic_model(*outcome)
    return graphs.StructuralCausalModel({**nodes, **more})


def by_hand(unhappiness: Any, offer: Any, n_samples: int) -> Any:
    """Return churn as a learner may write it without logistic_model."""
    chance = 1 / (1 + np.exp(-(-1 + 2 * unhappiness - offer)))
    return (np.random.uniform(size=n_samples) < chance).astype(int)  # noqa: NPY002


def as_chance(unhappiness: Any, offer: Any, n_samples: int) -> Any:
    """Return the probability of churn in place of churn."""
    return 1 / (1 + np.exp(-(-1 + 2 * unhappiness - offer))) + 0 * n_samples


def test_built_churn_worlds(done: Run) -> None:
    """Right models pass in any dress; wrong weights, arrows and types are named."""
    judge = {
        "reordered": (churn(outcome=(["offer", "unhappiness"], [-1, 2], -1)), "done", ""),
        "by hand": (churn(churn=by_hand), "done", ""),
        "sign": (churn(outcome=(["unhappiness", "offer"], [2, 1], -1)), "wrong", "`churn`"),
        "offset": (churn(outcome=(["unhappiness", "offer"], [2, -1], 0)), "wrong", "`churn`"),
        "weight": (churn(offer=(["unhappiness"], [1], 0)), "wrong", "`offer`"),
        "missing": (churn(outcome=(["offer"], [-1], -1)), "wrong", "Missing: unhappiness → churn"),
        "too many": (churn(other=by_hand), "wrong", "Too many: offer → other"),
        "dict": ({"offer": graphs.logistic_model(["unhappiness"], [2])}, "wrong", "Wrap them"),
        "text": ("unhappiness -> offer", "wrong", "Give a `StructuralCausalModel`"),
        "no argument": (churn(unhappiness=lambda: 0.0), "wrong", "must take `n_samples`"),
        "other argument": (churn(unhappiness=lambda n: n), "wrong", "n is not a node"),
        "chance": (churn(churn=as_chance), "wrong", "0 or 1"),
    }
    for name, (world, status, words) in judge.items():
        found = recheck(done, "check_6", churn_world=world)
        assert found.status == status, f"{name}: {found.message}"
        assert words in found.message


def test_churn_world_misleads_like_the_hotel(done: Run) -> None:
    """Those with the offer churn more, although setting the offer lowers churn."""
    world = done.defs["churn_world"]
    seen = graphs.sample(world, 50_000, seed=1).groupby("offer")["churn"].mean()
    assert seen[1] - seen[0] > 0.15
    arms = [graphs.sample(world, 50_000, seed=1, do={"offer": a})["churn"].mean() for a in (0, 1)]
    assert arms[1] - arms[0] < -0.1


# The insurance editor ----------------------------------------------------------------------------


def test_editor_buttons_change_the_state_and_undo(done: Run) -> None:
    """Adding, removing and undoing lead back to where one was."""
    edit, state = done.defs["edit"], done.defs["get_editor"]
    start, _ = state()[-1]
    edit["add"]("theft history -> car safety rating")
    assert state()[-1][0] == [*start, ("theft history", "car safety rating")]
    edit["remove"](start[0])
    assert start[0] not in state()[-1][0]
    edit["add"]("nonsense")
    assert state()[-1][1]
    for _ in range(3):
        edit["undo"]()
    assert state()[-1][0] == start
    edit["undo"]()
    assert state()[-1][0] == start


def test_insurance_graph_is_sound(done: Run) -> None:
    """Fourteen variables, each with an arrow, no cycle; edges are pairs of their names."""
    names, edges = causal_graphs.INSURANCE, done.defs["insurance_edges"]
    assert len(names) == len(set(names)) == 14
    assert all(isinstance(edge, tuple) and len(edge) == 2 for edge in edges)
    assert {name for edge in edges for name in edge} == set(names)
    assert graphs.find_cycle(edges) == []
    assert done.defs["editor_messages"] == []


def test_implied_independences_hold_in_a_world_with_these_arrows(done: Run) -> None:
    """In a linear world with random weights, each implied partial correlation is exactly 0."""
    edges, rng = done.defs["insurance_edges"], np.random.default_rng(0)
    world = LinearWorld({edge: float(rng.uniform(0.5, 1.5)) for edge in edges})
    implied = done.defs["implied"]
    assert len(implied) + len(edges) == 14 * 13 / 2
    for first, second, given in implied.itertuples(index=False):
        assert abs(world.correlation(first, second, given)) < 1e-9


def test_advice_gives_sets_that_remove_the_bias(done: Run) -> None:
    """In a linear world with these arrows the advised regression finds the total effect."""
    edges, advise = done.defs["insurance_edges"], causal_graphs.advise
    rng = np.random.default_rng(1)
    world = LinearWorld({edge: float(rng.uniform(0.5, 1.5)) for edge in edges})
    question = ("driving course completion", "accident history")
    assert advise(edges, *question) == "**Adjust for** one of these: {age, risk aversion}."
    adjusted = world.slope(question[1], question[0], ["age", "risk aversion"])
    assert adjusted == pytest.approx(world.total_effect(*question))
    assert abs(world.slope(question[1], question[0]) - adjusted) > 0.1


def test_insurance_check(done: Run) -> None:
    """Complete graphs pass, whatever their arrows; gaps and absurd arrows are named."""
    names = causal_graphs.INSURANCE
    chain = list(itertools.pairwise(["age", *[name for name in names if name != "age"]]))
    star = [("risk aversion", name) for name in names if name not in ("risk aversion", "age")]
    right = [chain, [*star, ("age", "risk aversion")]]
    for edges in right:
        found = recheck(done, "check_8", insurance_edges=edges)
        assert found.status == "done", found.message
    wrong = {
        "4 variables": chain[:9],
        "make people older": [*star, ("risk aversion", "age")],
        "There is a cycle": [*chain, (chain[-1][1], "make and model")],
        "age → age": [("age", "age")],
    }
    for words, edges in wrong.items():
        found = recheck(done, "check_8", insurance_edges=edges)
        assert found.status == "wrong"
        assert words in found.message, found.message
    nothing = recheck(done, "check_8", insurance_edges=[], insurance_draft=...)
    assert (nothing.status, nothing.message) == (
        "todo",
        "Draw your first arrow in the editor above.",
    )
    unread = recheck(done, "check_8", insurance_edges=[], insurance_draft="age, car value")
    assert "No arrow of the draft could be read" in unread.message


def test_derived_editor_starts_empty(run_notebook: Any) -> None:
    """Without a draft the editor holds no arrow, and the page still runs to its end."""
    fresh = run_notebook("notebooks", NAME)
    assert fresh.defs["insurance_edges"] == []
    said = [getattr(output, "text", "") for output in fresh.outputs]
    assert any("Draw an arrow, and this place lists" in text for text in said)
    assert not any("Your graph forbids" in text for text in said)
