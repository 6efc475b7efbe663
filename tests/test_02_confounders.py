"""Notebook 02: its worlds against closed forms, its numbers, its words, its checks on the page."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.integrate import quad
from scipy.stats import binom, norm

from helpers import graphs
from helpers.lessons import confounders
from helpers.simulate import LinearWorld
from tests import claims
from tests.answers import accepted, asked, refused
from tests.claims import Claim
from tests.cold import within
from tests.pages import specs_of
from tests.support import ROOT, Run, cells, move, recheck, sliders

NAME = "02_confounders_colliders_mediators"
OTHER_SEEDS = tuple(range(1, 21))
Z = norm.ppf(0.97)


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Run:
    """Return the solved notebook, run once."""
    return run_notebook("solutions", NAME)


@pytest.fixture(scope="module")
def page(run_notebook: Any) -> Run:
    """Return the notebook that an attendee opens."""
    return run_notebook("notebooks", NAME)


@pytest.fixture(scope="module")
def defs(done: Run) -> dict[str, Any]:
    """Return the globals of the solved notebook."""
    return done.defs


def covered(fits: Sequence[tuple[float, float]], truth: float) -> int:
    """Return how many 94 % intervals hold the truth."""
    return sum(abs(slope - truth) < Z * error for slope, error in fits)


def at_the_stated_rate(hits: int, n: int) -> bool:
    """Return whether so many hits in n are what a chance of .94 gives, rarely else (1 in 1,000)."""
    low, high = binom.ppf([0.0005, 0.9995], n, 0.94)
    return bool(low <= hits <= high)


def ols(frame: pd.DataFrame, outcome: str, *on: str) -> tuple[float, float]:
    """Return the first slope and its error, by statsmodels."""
    fit = sm.OLS(frame[outcome].to_numpy(), sm.add_constant(frame[list(on)].to_numpy())).fit()
    return float(fit.params[1]), float(fit.bse[1])


# The recipes -------------------------------------------------------------------------------------


def test_regress_and_stratify_agree_with_statsmodels(defs: dict[str, Any]) -> None:
    """Slope and error are those of least squares, with bands as dummies for the stratified one."""
    days = defs["days"]
    for given in ([], ["heat"]):
        found = defs["regress"](days, "crime", "ice_cream", given)
        assert found == pytest.approx(ols(days, "crime", "ice_cream", *given), rel=1e-9)
    for bands in (5, 50):
        dummies = pd.get_dummies(pd.qcut(days["heat"], bands, labels=False), dtype=float)
        design = pd.concat([days["ice_cream"], dummies], axis=1)
        fit = sm.OLS(days["crime"], design).fit()
        found = defs["stratify"](days, "crime", "ice_cream", "heat", bands)
        assert found == pytest.approx((fit.params["ice_cream"], fit.bse["ice_cream"]), rel=1e-9)


def test_regress_is_the_same_in_01_and_02() -> None:
    """The estimator stands on both pages; the two copies are one."""
    other = ROOT / "solutions" / "01_causal_graphs.py"
    found = [
        ast.unparse(cell.node)
        for path in (other, ROOT / "solutions" / f"{NAME}.py")
        for cell in cells(path)
        if cell.name == "regress"
    ]
    assert len(found) == 2
    assert found[0] == found[1]


def test_a_lottery_deals_the_same_treatments_to_the_same_units(defs: dict[str, Any]) -> None:
    """Nothing changes but who gets what, and what follows from it."""
    world = defs["listings_world"](-50)
    record, trial = world.sample(800, 5), defs["run_lottery"](world, "listings", 800, 5)
    assert np.allclose(np.sort(record["listings"]), np.sort(trial["listings"]))
    assert (record["tourism"] == trial["tourism"]).all()
    own = [frame["price"] - 10 * frame["listings"] for frame in (record, trial)]
    assert np.allclose(own[0], own[1])
    assert abs(trial[["listings", "tourism"]].corr().iloc[0, 1]) < 0.15


def left_inside(bands: int) -> float:
    """Return the mean variance of a standard normal within bands of equal chance."""
    ends = norm.ppf(np.linspace(0, 1, bands + 1))
    means = bands * -np.diff(norm.pdf(ends))
    return 1 - float(np.mean(means**2))


def stratified_slope(euros: float, weight: float, sds: tuple[float, float], bands: int) -> float:
    """Return what within-band slopes add to the effect: y = euros z, x = weight z + noise."""
    inside = left_inside(bands) * sds[0] ** 2
    return weight * euros * inside / (weight**2 * inside + sds[1] ** 2)


def test_left_inside_is_an_integral() -> None:
    """The variance of a normal above its median is 1 - 2 / pi, by quadrature too."""
    mean = quad(lambda x: 2 * x * norm.pdf(x), 0, 9)[0]
    assert left_inside(2) == pytest.approx(1 - mean**2)
    assert left_inside(2) == pytest.approx(1 - 2 / np.pi)
    assert left_inside(1) == pytest.approx(1)


@pytest.mark.parametrize("bands", [2, 5, 50])
@pytest.mark.parametrize("strength", [0.5, 1.5])
def test_bands_leave_residual_confounding(
    defs: dict[str, Any], strength: float, bands: int
) -> None:
    """Stratified is not the truth up to sampling noise: what bands leave is there, at any seed."""
    expected = stratified_slope(strength, 3, (6, 12), bands)
    world = defs["ice_world"](strength)
    found = [
        defs["stratify"](world.sample(20_000, s), "crime", "ice_cream", "heat", bands)
        for s in range(8)
    ]
    error = np.mean([e for _, e in found]) / np.sqrt(8)
    assert abs(np.mean([slope for slope, _ in found]) - expected) < 4 * error
    assert expected > 0


def test_fifty_bands_do_not_cover_as_they_should(defs: dict[str, Any]) -> None:
    """The first edition said that three of four agree; at slider 1.5 the interval is short."""
    world, n = defs["ice_world"](1.5), defs["N_UNITS"]
    records = [world.sample(n, s) for s in range(60)]
    fits = {
        bands: [defs["stratify"](r, "crime", "ice_cream", "heat", bands) for r in records]
        for bands in (5, 50)
    }
    regressed = [defs["regress"](r, "crime", "ice_cream", ["heat"]) for r in records]
    assert covered(fits[5], 0) == 0
    assert covered(fits[50], 0) < 54
    assert at_the_stated_rate(covered(regressed, 0), 60)


# The worlds in closed form -----------------------------------------------------------------------


@pytest.mark.parametrize("strength", [0, 0.5, 1.5])
def test_ice_cream_does_nothing(defs: dict[str, Any], strength: float) -> None:
    """Naive 3 x 36 v / (9 x 36 + 144), adjusted and do exactly 0."""
    world = defs["ice_world"](strength)
    assert world.slope("crime", "ice_cream") == pytest.approx(108 * strength / 468)
    assert world.slope("crime", "ice_cream", ["heat"]) == pytest.approx(0, abs=1e-12)
    assert world.total_effect("ice_cream", "crime") == 0


@pytest.mark.parametrize("strength", [-80, -50, -32.8, 0, 80])
def test_listings_flip_their_sign(defs: dict[str, Any], strength: float) -> None:
    """Naive 10 + 50 v / 164: zero at -32.8; the effect is €10 throughout, as the prose says."""
    world = defs["listings_world"](strength)
    assert world.slope("price", "listings") == pytest.approx(10 + 50 * strength / 164)
    assert world.slope("price", "listings", ["tourism"]) == pytest.approx(10)
    assert world.total_effect("listings", "price") == pytest.approx(10)
    assert (world.slope("price", "listings") < -1e-9) == (strength < -32.8)


def test_a_lottery_cuts_the_arrow(defs: dict[str, Any]) -> None:
    """Naive -2 + 20 p / (p² + 9); at 0 nothing correlates with class size but the score."""
    question = ("class_size", "score", "background")
    for pull in (-3, -1, 0):
        world = defs["school_world"](pull)
        naive = world.slope("score", "class_size")
        assert naive == pytest.approx(-2 + 20 * pull / (pull**2 + 9))
        assert world.slope("score", "class_size", ["background"]) == pytest.approx(-2)
    assert world.correlation("background", "class_size") == 0
    drawn = [confounders.draw_world(defs["school_world"](p), question) for p in (-3, 0)]
    assert ["background causes class size" in graph.text for graph in drawn] == [True, False]


def test_rain_pays_in_total_and_costs_directly(defs: dict[str, Any]) -> None:
    """Total -10 + 8 v, direct -10; the page's estimates lie near, with opposite signs."""
    for value in (0, 3, 6):
        world = defs["rain_world"](value)
        assert world.total_effect("rain", "profit") == pytest.approx(-10 + 8 * value)
        assert world.slope("profit", "rain", ["requests"]) == pytest.approx(-10)
    assert defs["total_effect"] == pytest.approx(ols(defs["hours"], "profit", "rain")[0])
    direct = ols(defs["hours"], "profit", "rain", "requests")[0]
    assert defs["direct_effect"] == pytest.approx(direct)
    assert defs["total_effect"] == pytest.approx(14, abs=2)
    assert defs["direct_effect"] == pytest.approx(-10, abs=2)


@pytest.mark.parametrize("days", [0, 0.5, 2, 3])
def test_sick_days_turn_the_sign(defs: dict[str, Any], days: float) -> None:
    """Given the collider (0.5 - a) / 2, as the prose says: above 0.5 the sign turns."""
    world = defs["smoking_world"](days)
    given = world.slope("lung_damage", "smoking", ["sick_days"])
    assert given == pytest.approx((0.5 - days) / 2)
    assert (given < -1e-9) == (days > 0.5)
    assert world.slope("lung_damage", "smoking") == pytest.approx(0.5)


def given_a_copy(noise: float) -> float:
    """Return the slope of lung damage on smoking given visits = 2 s + (s / 2 + e) + u + noise."""
    # Given smoking, lung damage is e; visits are e + u + noise: a regression of e on both.
    signal = 1 / (2 + noise**2)
    return 0.5 - signal * 2.5


def test_a_copy_of_a_collider_harms_less_the_noisier_it_is(defs: dict[str, Any]) -> None:
    """From the harm of the collider itself down to none."""
    copies = defs["copies"]
    assert copies.index.to_list() == [0, 1, 4]
    assert copies.to_list() == pytest.approx([given_a_copy(noise) for noise in (0, 1, 4)])
    assert copies[0] == pytest.approx((0.5 - 2) / 2)
    assert (np.diff(copies) > 0).all()
    assert given_a_copy(1_000) == pytest.approx(0.5, abs=1e-3)


def test_m_bias(defs: dict[str, Any]) -> None:
    """The naive slope is right at every strength, in points per hour; given organic food not."""
    for strength in (0, 1, 2, 3):
        world = defs["m_world"](strength)
        assert world.slope("fitness", "cycling") == pytest.approx(1)
        assert world.coefficients["cycling", "fitness"] == 1
        bias = world.slope("fitness", "cycling", ["organic_food"]) - 1
        assert (abs(bias) > 0.1) == (strength > 0)
    assert confounders.UNITS["cycling"] == "hours a week"
    text = (ROOT / "solutions" / f"{NAME}.py").read_text(encoding="utf-8")
    assert "sd of cycling" not in text


def test_exact_numbers_are_what_estimates_tend_to(defs: dict[str, Any]) -> None:
    """In every world of the frame the four numbers lie within four errors of the closed form."""
    for world, treatment, outcome, given in (
        (defs["ice_world"](0.5), "ice_cream", "crime", "heat"),
        (defs["listings_world"](-50), "listings", "price", "tourism"),
        (defs["school_world"](-3), "class_size", "score", "background"),
        (defs["rain_world"](3), "rain", "profit", "requests"),
        (defs["smoking_world"](2), "smoking", "lung_damage", "sick_days"),
        (defs["m_world"](2), "cycling", "fitness", "organic_food"),
        (defs["training_world"](20), "training", "wage", "age"),
    ):
        record = world.sample(5_000, 11)
        trial = defs["run_lottery"](world, treatment, 5_000, 11)
        found = defs["four_numbers"](record, trial, treatment, outcome, given).set_index("label")
        exact = {
            "naive": world.slope(outcome, treatment),
            "regressed": world.slope(outcome, treatment, [given]),
            "do": world.total_effect(treatment, outcome),
        }
        for label, truth in exact.items():
            gap = abs(found.loc[label, "mean"] - truth)
            assert gap < 4 * found.loc[label, "error"], (outcome, label)
        near = abs(found.loc["stratified", "mean"] - exact["regressed"])
        assert near < 4 * found.loc["stratified", "error"] + 0.06 * abs(
            exact["naive"] - exact["regressed"]
        )


# Other seeds -------------------------------------------------------------------------------------


def test_twenty_other_seeds(defs: dict[str, Any]) -> None:
    """Adjusted and do cover the truth at the stated rate, naive ones do not."""
    city, truth, n = defs["city"], defs["true_effect"], defs["N_UNITS"]
    records = [city.sample(n, seed) for seed in OTHER_SEEDS]
    trials = [defs["run_lottery"](city, "listings", n, seed) for seed in OTHER_SEEDS]
    regress = defs["regress"]
    adjusted = [regress(r, "price", "listings", ["tourism"]) for r in records]
    naive = [regress(r, "price", "listings") for r in records]
    assert at_the_stated_rate(covered(adjusted, truth), 20)
    assert at_the_stated_rate(covered([regress(t, "price", "listings") for t in trials], truth), 20)
    assert covered(naive, truth) == 0
    assert all(slope < 0 for slope, _ in naive)


@pytest.mark.deep
def test_coverage_over_many_records(defs: dict[str, Any]) -> None:
    """The rate is .94 over 500 records."""
    city, regress = defs["city"], defs["regress"]
    fits = [
        regress(city.sample(300, 10_000 + s), "price", "listings", ["tourism"]) for s in range(500)
    ]
    assert at_the_stated_rate(covered(fits, 10), 500)


def test_selection_over_other_seeds(defs: dict[str, Any]) -> None:
    """Nothing among all, negative with and without an e-mail; a true .2 turns negative."""
    for seed in OTHER_SEEDS:
        frame = defs["shop"](5_000, seed)
        parts = [frame, frame[frame["emailed"]], frame[~frame["emailed"]]]
        every, mailed, rest = (part["ratings"].corr(part["purchases"]) for part in parts)
        assert abs(every) < 0.06
        assert mailed < -0.25
        assert rest < -0.1
        linked = defs["shop"](5_000, seed, link=0.2)
        assert linked["ratings"].corr(linked["purchases"]) > 0.13
        assert linked[linked["emailed"]][["ratings", "purchases"]].corr().iloc[0, 1] < -0.08


@pytest.mark.deep
@pytest.mark.parametrize("seed", [7, 90210])
def test_the_whole_notebook_tells_the_same_story(run_notebook: Any, seed: int) -> None:
    """Every check is done, and the claims of the takeaways hold."""
    found = run_notebook("solutions", NAME, SEED=seed)
    assert {check.status for check in found.checks.values()} == {"done"}
    assert found.defs["naive_slope"] < 0 < found.defs["adjusted_slope"]
    assert found.defs["adjusted_slope"] == pytest.approx(10, abs=1.2)
    assert found.defs["do_effect"] == pytest.approx(10, abs=2)
    assert found.defs["total_effect"] > 0 > found.defs["direct_effect"]
    assert "Warning" not in found.printed


def test_simulated_judge_is_never_in_doubt(defs: dict[str, Any]) -> None:
    """With 5,000 units a wrong choice is more than 5 errors off, a right one less than 4.5."""
    for n, row in defs["game"].iterrows():
        offered = confounders._offered(row)
        for bits in range(2 ** len(offered)):
            choice = frozenset(name for k, name in enumerate(offered) if bits >> k & 1)
            slope, error, truth = defs["simulate_choice"](row["graph"], choice, defs["SEED"] + n)
            far = abs(slope - truth) / error
            assert (far < 4.5) if choice in row["valid_sets"] else (far > 5), (n, choice, far)


# The assumptions ---------------------------------------------------------------------------------


def test_temporality(defs: dict[str, Any]) -> None:
    """The wrong column shows p / (p² + 1); the right one, given last year's, the true .3."""
    for pull in (-2, -1, 0, 1):
        world = defs["email_world"](pull)
        assert world.slope("last_year", "emails") == pytest.approx(pull / (pull**2 + 1))
        assert world.slope("this_year", "emails", ["last_year"]) == pytest.approx(0.3)
        assert world.total_effect("emails", "last_year") == 0


def test_positivity(defs: dict[str, Any]) -> None:
    """With everybody eligible the mean effect is 2; with a strict rule few areas are left."""
    fits = [defs["compare_within"](defs["programme"](5_000, s, 0)) for s in OTHER_SEEDS]
    assert at_the_stated_rate(covered([fit[:2] for fit in fits], 2), 20)
    effect, error, weight = defs["compare_within"](defs["programme"](5_000, 3, 12))
    assert len(weight) < 20
    assert weight.sum() == pytest.approx(1)
    assert effect > 2 + 5 * error
    need = (np.arange(40) - 19.5) / 11.5
    assert np.mean(2 + 2 * need) == pytest.approx(2)
    there = np.sum(weight * (2 + 2 * (weight.index - 19.5) / 11.5))
    assert abs(effect - there) < 4 * error


def twins(n: int, covariates: int) -> float:
    """Return the chance that somebody like you is in the other arm."""
    return 1 - (1 - 2.0 ** -(covariates + 1)) ** (n - 1)


def test_twins_run_out(defs: dict[str, Any]) -> None:
    """The share with a twin is 1 - (1 - 2^-(k + 1))^(n - 1), and next to none with 20."""
    matched = defs["matched"]
    exact = [twins(defs["N_UNITS"], k) for k in matched["covariates"]]
    assert matched["share"].to_numpy() == pytest.approx(exact, abs=0.02)
    assert exact[20] < 0.003


def test_spill_over(defs: dict[str, Any]) -> None:
    """A coin for each player finds 2 whatever spills over; a coin for each team 2 + spill."""
    for spill in (0, 2, 4):
        fits = [
            defs["regress"](defs["invite"](5_000, s, spill, by_team=False), "hours", "invited")
            for s in OTHER_SEEDS
        ]
        assert np.mean(fits, axis=0)[0] == pytest.approx(2, abs=0.1)
        teams = [
            defs["invite"](5_000, s, spill, by_team=True).groupby("team").mean()
            for s in OTHER_SEEDS
        ]
        fits = [defs["regress"](team, "hours", "invited") for team in teams]
        assert at_the_stated_rate(covered(fits, 2 + spill), 20)


def test_hidden_motivation(defs: dict[str, Any]) -> None:
    """Given age the slope is 1 + 4 m / (16 + 25): right at 0 only."""
    for m in (0, 20, 40):
        given_age = defs["training_world"](m).slope("wage", "training", ["age"])
        assert given_age == pytest.approx(1 + 4 * m / 41)
    assert defs["training_world"](0).slope("wage", "training") < 0.5


# Sliders -----------------------------------------------------------------------------------------


def test_every_slider_answers_quickly(done: Run) -> None:
    """At n = 5,000 a move costs under 100 ms: the best of three, in processor time."""
    assert len(sliders(done)) >= 11
    for name, slider in sliders(done).items():
        stops = (slider.start, slider.stop, slider.value)
        cost = min(move(done, name, at)[0] for at in stops)
        assert within(cost, 0.1), f"{name}: {1000 * cost:.0f} ms"


@pytest.mark.parametrize(
    ("slider", "value", "shown", "words"),
    [
        ("heat_to_crime", 0, "ice_shown", "naive"),
        ("bands", 50, "ice_shown", "stratified"),
        ("tourism_to_price", 80, "city_shown", "naive"),
        ("request_value", 0, "rain_shown", "naive"),
        ("days_per_pack", 0, "smoking_shown", "regressed"),
        ("m_strength", 0, "m_shown", "regressed"),
        ("motivation", 0, "office_shown", "regressed"),
    ],
)
def test_a_slider_moves_the_numbers(
    done: Run, slider: str, value: float, shown: str, words: str
) -> None:
    """The frame says other numbers after the move than before it."""
    start = done.defs[slider].value
    after = move(done, slider, value)[1][shown].text
    before = move(done, slider, start)[1][shown].text
    found = [re.search(rf"{words} (\S*?\d+\.\d+)", text).group(1) for text in (before, after)]
    assert found[0] != found[1]


# The charts beside the sliders -------------------------------------------------------------------


def drawn(done: Run) -> list[tuple[pd.DataFrame, float]]:
    """Return the estimates of each chart with intervals, by label, and where its truth stands."""
    specs = [spec for output in done.outputs for spec in specs_of(output)]
    found = []
    for spec in specs:
        tables = [pd.DataFrame(rows) for rows in spec.get("datasets", {}).values()]
        for table in tables:
            if "lower" in table:
                truth = next(t["value"].item() for t in tables if "value" in t)
                found.append((table.set_index("label")[["mean", "lower", "upper"]], truth))
    return found


def with_ends(slope: float, error: float) -> list[float]:
    """Return an estimate and the ends of its 94 % interval."""
    return [slope, slope - Z * error, slope + Z * error]


def inside_bands(x: np.ndarray, y: np.ndarray, band: np.ndarray) -> tuple[float, float]:
    """Return slope and error with one level a band, from sums of products less those of means."""
    n = np.bincount(band)
    xx, xy, yy = (
        a @ b - np.bincount(band, a) @ (np.bincount(band, b) / n)
        for a, b in ((x, x), (x, y), (y, y))
    )
    return xy / xx, float(np.sqrt((yy - xy**2 / xx) / (len(x) - len(n) - 1) / xx))


def test_frames_draw_what_statsmodels_finds(done: Run, defs: dict[str, Any]) -> None:
    """Naive, stratified, regressed and by lottery: each row and interval of each frame."""
    n, seed = defs["N_UNITS"], defs["SEED"]
    frames = [
        (defs["ice_world"](0.5), "ice_cream", "crime", "heat", 5),
        (defs["listings_world"](-50), "listings", "price", "tourism", 50),
        (defs["school_world"](-3), "class_size", "score", "background", 50),
        (defs["rain_world"](3), "rain", "profit", "requests", 50),
        (defs["smoking_world"](2), "smoking", "lung_damage", "sick_days", 50),
        (defs["m_world"](2), "cycling", "fitness", "organic_food", 50),
        (defs["training_world"](20), "training", "wage", "age", 50),
    ]
    shown = [frame for frame in drawn(done) if "stratified" in frame[0].index]
    for (rows, truth), (world, x, y, given, bands) in zip(shown, frames, strict=True):
        record = world.sample(n, seed)
        dealt = np.random.default_rng(seed + 1).permutation(record[x])
        trial = world.sample(n, seed, do={x: dealt})
        band = pd.qcut(record[given], bands, labels=False).to_numpy()
        goal = {
            "naive": ols(record, y, x),
            "stratified": inside_bands(record[x].to_numpy(), record[y].to_numpy(), band),
            "regressed": ols(record, y, x, given),
            "do": ols(trial, y, x),
        }
        assert rows.index.tolist() == list(goal)
        for label, found in goal.items():
            assert rows.loc[label].tolist() == pytest.approx(with_ends(*found), rel=1e-6), (
                x,
                label,
            )
        apart = trial[y].to_numpy() - record[y].to_numpy(), dealt - record[x].to_numpy()
        assert truth == pytest.approx(np.polyfit(apart[1], apart[0], 1)[0], abs=1e-6)


def test_broken_assumptions_draw_what_statsmodels_finds(done: Run, defs: dict[str, Any]) -> None:
    """E-mails, programme, invitations: each row and interval, and the truth beside it."""
    n, seed = defs["N_UNITS"], defs["SEED"]
    mails = defs["email_world"](-1).sample(n, seed)
    people = defs["programme"](n, seed, 6)
    gaps, variances, sizes = [], [], []
    for _, area in people.groupby("area"):
        arms = [area.loc[area["treated"] == t, "outcome"].to_numpy() for t in (0, 1)]
        if min(map(len, arms)) > 1:
            gaps.append(arms[1].mean() - arms[0].mean())
            variances.append(sum(np.var(arm, ddof=1) / len(arm) for arm in arms))
            sizes.append(len(area))
    share = np.array(sizes) / sum(sizes)
    within_areas = float(share @ gaps), float(np.sqrt(share**2 @ variances))
    players, teams = (defs["invite"](n, seed, 2, by_team=by) for by in (False, True))
    charts = [
        ([ols(mails, "last_year", "emails"), ols(mails, "this_year", "emails", "last_year")], 0.3),
        ([ols(people, "outcome", "treated"), within_areas], 2),
        (
            [
                ols(players, "hours", "invited"),
                ols(teams.groupby("team").mean(), "hours", "invited"),
            ],
            4,
        ),
    ]
    shown = [frame for frame in drawn(done) if "stratified" not in frame[0].index]
    for (rows, truth), (goal, effect) in zip(shown, charts, strict=True):
        assert truth == pytest.approx(effect)
        for row, found in zip(rows.to_numpy(), goal, strict=True):
            assert row.tolist() == pytest.approx(with_ends(*found), rel=1e-6)


# Checks on the page ------------------------------------------------------------------------------

ANSWERS: dict[str, tuple[tuple[str, ...], Any, str, Any]] = {
    "check_1": (("colleagues_slope",), " Too  LOW ", "raised both", "too high"),
    "check_2": (("hidden_at",), np.array([-34]), "other reasons", -5),
    "check_4": (("profit_change",), 26.9, "direct effect", -20.4),
    "check_5": (
        ("trap",),
        LinearWorld({("x", "y"): 0.3, ("x", "c"): 2, ("u", "c"): 2, ("u", "y"): 2}),
        "let c listen to x",
        LinearWorld({("c", "x"): 1, ("c", "y"): 1, ("x", "y"): 1}),
    ),
    "check_6": (("without_email",), "NEGATIVE", "need not balance", "positive"),
    "check_8": (
        ("broken",),
        ["positivity", "ignorability", "sutva", "temporality"],
        "Story A",
        {"A": "sutva"},
    ),
}
"""Check -> (what is asked for, a second right answer, a word of a hint, the wrong answer)."""


@pytest.mark.parametrize("check", ANSWERS)
def test_the_page_hands_answers_to_their_judge(page: Run, check: str) -> None:
    """On the page that an attendee opens: todo before, done by a second way, a hint else."""
    names, right, word, wrong = ANSWERS[check]
    judge = asked(page, check, *names)
    assert page.defs[check].status == "todo"
    accepted(judge, [right])
    refused(judge, {word: wrong})


def test_the_page_hands_two_stories_to_their_judge(page: Run) -> None:
    """Story A +.1, story B -.1; swapped is told."""
    found = recheck(page, "check_3", effect_story_a=0.5 - 0.4, effect_story_b=np.array(0.6 - 0.7))
    assert found.status == "done"
    found = recheck(page, "check_3", effect_story_a=-0.1, effect_story_b=0.1)
    assert "swapped" in found.message


def test_the_page_hands_the_game_to_its_judge(page: Run) -> None:
    """Written, or played with the mouse."""
    solved = {n: row["valid_sets"][0] if row["valid_sets"] else None
              for n, row in page.defs["game"].iterrows()}  # fmt: skip
    assert recheck(page, "check_7", game_answers=solved).status == "done"
    played = {n: [choice] for n, choice in solved.items()}
    assert recheck(page, "check_7", get_tries=lambda: played).status == "done"
    wrong = recheck(page, "check_7", game_answers={3: {"skill"}})
    assert "blocks the mediator** skill" in wrong.message


def test_pictures_wait_for_their_exercise(page: Run, done: Run) -> None:
    """The two frames that show an answer stand on the solved page, and not on the other."""
    for name, exercise in (("city_shown", 1), ("rain_shown", 4)):
        shown = {
            run.path.parent.name: dict(
                zip([cell.name for cell in cells(run.path)][1:], run.outputs, strict=True)
            )[name].text
            for run in (page, done)
        }
        assert f"when exercise {exercise} is done" in shown["notebooks"]
        assert "vega" not in shown["notebooks"]
        assert "Exact: naive" in shown["solutions"]


# What the page says ------------------------------------------------------------------------------


def effect(edges: Sequence[tuple[str, str]], given: Sequence[str]) -> bool:
    """Return whether a set satisfies the backdoor criterion for x and y."""
    return graphs.dag(edges, treatment="x", outcome="y").is_adjustment_set(given)


FORK = [("z", "x"), ("z", "y"), ("x", "y")]
PATH = [("x", "m"), ("m", "y"), ("x", "y")]
COLLIDER = [("x", "c"), ("y", "c"), ("c", "copy"), ("x", "y")]


def text_of(g: Any, name: str) -> str:
    """Return the code of a cell of the page."""
    (cell,) = [each for each in cells(g.run.path) if each.name == name]
    return "\n".join(cell.lines)


def near(found: float, truth: float, error: float) -> bool:
    """Return whether an estimate lies within four errors of the truth."""
    return bool(abs(found - truth) < 4 * error)


def naive_city() -> float:
    """Return the naive slope of the city at -50, in closed form."""
    return 10 - 50 * 50 / 164


def confounding_mostly_weighs_more() -> bool:
    """Return whether adjusting helps more often than not if an M's middle is a confounder too.

    Six hundred worlds in which organic food also moves cycling and fitness, arrows drawn at random.
    """
    rng, better = np.random.default_rng(5), []
    for _ in range(600):
        u, v, w, z, a, b = rng.uniform(-1, 1, 6)
        world = LinearWorld(
            {
                ("values", "x"): u,
                ("values", "food"): v,
                ("worry", "food"): w,
                ("worry", "y"): z,
                ("food", "x"): a,
                ("food", "y"): b,
                ("x", "y"): 1,
            }
        )
        better.append(abs(world.slope("y", "x", ["food"]) - 1) < abs(world.slope("y", "x") - 1))
    return 0.55 < float(np.mean(better)) < 1


def four_are_broken(g: Any) -> bool:
    """Return whether each simulator breaks its assumption, and is right with its slider at 0.

    What they say is compared with the truth: 0 points last year, 2 points, 2 + spill hours, 1 euro.
    The shop, which records those who got an e-mail, breaks the fourth: no selection.
    """
    within_areas = [g.compare_within(g.programme(20_000, 1, k))[0] for k in (0, 12)]
    lone = [ols(g.invite(50_000, 1, k, by_team=False), "hours", "invited")[0] for k in (0, 2)]
    wage = [g.training_world(m).slope("wage", "training", ["age"]) for m in (0, 20)]
    last = [g.email_world(k).slope("last_year", "emails") for k in (0, -1)]
    found = {
        "temporality": (last, 0, 0),
        "positivity": (within_areas, 2, 2),
        "sutva": (lone, 2, 4),
        "ignorability": (wage, 1, 1),
    }
    broken = all(
        abs(calm - truth_then) < 0.1 < abs(wild - truth_now)
        for (calm, wild), truth_then, truth_now in found.values()
    )
    named = {name for name, _ in confounders.STORIES.values()}
    return broken and named == set(found) and g.correlation_selected < -0.2


FRAMES = (
    "ice_shown",
    "city_shown",
    "lottery_shown",
    "rain_shown",
    "smoking_shown",
    "m_shown",
    "office_shown",
)
"""The cells that show the frame, in order."""


def touched(g: Any) -> float:
    """Return what an invite of the mates does to a player without one: hours a week."""
    frame = g.invite(50_000, 1, 2, by_team=False)
    alone = frame[frame["invited"] == 0]
    mates = frame.groupby("team")["invited"].transform("sum")[alone.index]
    return float(np.polyfit(mates, alone["hours"], 1)[0])


def recipes_hold(g: Any) -> bool:
    """Return whether the numbers are those of statsmodels, and the lottery deals the same cones."""
    trial = g.run_lottery(g.ice_world(0.5), "ice_cream", 900, 6)
    record = g.ice_world(0.5).sample(900, 6)
    found = g.four_numbers(record, trial, "ice_cream", "crime", "heat").set_index("label")["mean"]
    right = {
        "naive": ols(record, "crime", "ice_cream")[0],
        "regressed": ols(record, "crime", "ice_cream", "heat")[0],
        "do": ols(trial, "crime", "ice_cream")[0],
    }
    dealt = np.allclose(np.sort(record["ice_cream"]), np.sort(trial["ice_cream"]))
    return dealt and all(found[key] == pytest.approx(value) for key, value in right.items())


def pooled(days: pd.DataFrame) -> float:
    """Return the slope within ten bands of heat, by one slope a band, weighted by its precision."""
    ranks = days["heat"].rank(method="first").to_numpy()
    band = np.ceil(ranks / len(days) * 10)
    parts = [days[band == k] for k in range(1, 11)]
    assert len({len(part) for part in parts}) == 1
    weights = [part["ice_cream"].var() for part in parts]
    return float(np.average([ols(p, "crime", "ice_cream")[0] for p in parts], weights=weights))


def shades_rise(g: Any) -> bool:
    """Return whether darker dots have more of the controlled variable."""
    slopes = {"naive": 0.1, "adjusted": 0.0}
    spec = confounders.chart_scatter(g.days, ("ice_cream", "crime", "heat"), slopes).spec
    dots = pd.DataFrame(next(d for d in spec["datasets"].values() if "shade" in d[0]))
    heat = g.days["heat"].head(300).groupby(dots["shade"].astype(int).to_numpy()).mean()
    (layer,) = [each for each in spec["layer"] if "opacity" in each["encoding"]]
    low, high = layer["encoding"]["opacity"]["scale"]["range"]
    return len(dots) == 300 and heat.is_monotonic_increasing and low < high


def dashes() -> dict[str, list[int]]:
    """Return the dash of each kind of line in the scatter."""
    spec = confounders._scatter_template("ice_cream", "crime")
    (layer,) = [each for each in spec["layer"] if "strokeDash" in each["encoding"]]
    scale = layer["encoding"]["strokeDash"]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))


def lottery_of(g: Any) -> float:
    """Return the slope after another deal of the same listings, made by hand."""
    record = g.neighbourhoods
    dealt = np.random.default_rng(g.SEED + 1).permutation(record["listings"])
    price = record["price"] + 10 * (dealt - record["listings"])
    return float(np.polyfit(dealt, price, 1)[0])


def coverage_of(g: Any) -> list[float]:
    """Return the coverage of 94 % intervals without and with tourism, by statsmodels."""
    hits = np.zeros(2)
    for i in range(1, g.N_WORLDS + 1):
        record = g.city.sample(1_000, g.SEED + i)
        fits = [ols(record, "price", "listings"), ols(record, "price", "listings", "tourism")]
        hits += [abs(slope - 10) < Z * error for slope, error in fits]
    return list(hits / g.N_WORLDS)


def set_both(g: Any) -> float:
    """Return the change of profit when rain rises by 1 mm and requests are held where they were."""
    hours = g.company.sample(100, 3)
    held = {"requests": hours["requests"], "rain": hours["rain"] + 1}
    return float(np.mean(g.company.sample(100, 3, do=held)["profit"] - hours["profit"]))


def selected_by_both() -> bool:
    """Return whether selection by treatment and a cause of the outcome makes a slope of nothing.

    By one of the two alone it does not.
    """
    treatment, cause, luck, coin = np.random.default_rng(8).normal(size=(4, 400_000))
    outcome = cause + luck
    both, one = (
        1 / (1 + np.exp(-score)) > norm.cdf(coin)
        for score in (2 * treatment + 2 * cause, 2 * treatment)
    )
    slopes = [np.polyfit(treatment[kept], outcome[kept], 1)[0] for kept in (both, one)]
    return bool(slopes[0] < -0.2 and abs(slopes[1]) < 0.015)


def selected_by_outcome() -> bool:
    """Return whether selection by the outcome alone bends a slope; a coin that is blind does not.

    The blind coin may depend on the treatment: among units equal in that it tells nothing.
    """
    treatment, luck, coin = np.random.default_rng(9).normal(size=(3, 400_000))
    outcome = treatment / 2 + luck
    by_outcome, blind = outcome > 0, norm.cdf(coin) < 1 / (1 + np.exp(-treatment))
    slopes = [np.polyfit(treatment[kept], outcome[kept], 1)[0] for kept in (by_outcome, blind)]
    return bool(slopes[0] < 0.3 and abs(slopes[1] - 0.5) < 0.015)


def mechanism(world: LinearWorld, name: str) -> tuple[float, dict[str, float]]:
    """Return a variable's start and its causes with their weights; those of weight 0 left out."""
    causes = {c: w for (c, to), w in world.coefficients.items() if to == name and w}
    return world.intercepts.get(name, 0), causes


def shop_parts(g: Any) -> list[pd.DataFrame]:
    """Return the shop's customers, and those with an e-mail, drawn again."""
    frame = g.shop(g.N_UNITS, g.SEED)
    return [frame, frame[frame["emailed"]]]


def mailed_share() -> float:
    """Return the chance of an e-mail: the mean of sigma(2 s - 1) over s ~ Normal(0, sqrt 2)."""

    def chance(s: float) -> float:
        return norm.pdf(s, 0, np.sqrt(2)) / (1 + np.exp(1 - 2 * s))

    return float(quad(chance, -12, 12)[0])


def m_bias(s: float) -> float:
    """Return the bias given the collider: cycling s v + e, food s v + s w + e, fitness - s w."""
    cycling, food, both = s**2 + 1, 2 * s**2 + 1, s**2
    return float(np.linalg.solve([[cycling, both], [both, food]], [0, -(s**2)])[0])


def within_of(g: Any) -> tuple[float, int, float]:
    """Return the effect within areas that hold both arms, their number and truth, by area."""
    people = g.programme(g.N_UNITS, g.SEED, g.strictness.value)
    gaps, sizes, truths = [], [], []
    for place, area in people.groupby("area"):
        arms = [area.loc[area["treated"] == t, "outcome"] for t in (0, 1)]
        if min(map(len, arms)) >= 2:
            gaps.append(arms[1].mean() - arms[0].mean())
            sizes.append(len(area))
            truths.append(2 + 2 * (place - 19.5) / 11.5)
    effect, truth = (float(np.average(each, weights=sizes)) for each in (gaps, truths))
    return effect, len(gaps), truth


def rarer_arm_elsewhere(g: Any) -> list[int]:
    """Return how many people the rarer arm has in each area that cannot be compared."""
    people = g.programme(g.N_UNITS, g.SEED, g.strictness.value)
    counts = people.pivot_table("outcome", index="area", columns="treated", aggfunc="size")
    rarer = counts.fillna(0).min(axis=1)
    return [int(n) for n in rarer[~rarer.index.isin(g.compare_within(people)[2].index)]]


def coins_of(g: Any) -> list[tuple[float, float]]:
    """Return the two estimates of the game, by statsmodels."""
    players = g.invite(g.N_UNITS, g.SEED, g.spill.value, by_team=False)
    teams = g.invite(g.N_UNITS, g.SEED, g.spill.value, by_team=True).groupby("team").mean()
    return [ols(frame, "hours", "invited") for frame in (players, teams)]


def everybody(g: Any) -> float:
    """Return what inviting everybody adds: all of an invite, and all of the mates' part."""
    return 2 + float(g.spill.value)


def same_record(g: Any) -> bool:
    """Return whether a world without motivation has the same covariances, and another effect."""
    names = ["age", "training", "wage"]
    covariance = g.training_world(20).covariance().loc[names, names].to_numpy()
    slopes = np.linalg.solve(covariance[:2, :2], covariance[:2, 2])
    rest = covariance[2, 2] - slopes @ covariance[:2, 2]
    arrows = {("age", "training"): -0.5, ("age", "wage"): slopes[0]}
    arrows |= {("training", "wage"): slopes[1]}
    noise = {"age": 8, "training": np.sqrt(41), "wage": np.sqrt(rest)}
    other = LinearWorld(arrows, noise=noise)
    alike = np.allclose(other.covariance().loc[names, names], covariance)
    return bool(alike and other.total_effect("training", "wage") > 2)


def city_numbers_hold(g: Any) -> bool:
    """Return whether the slopes of the city are those of statsmodels, near their closed forms."""
    record = g.neighbourhoods
    naive, adjusted = ols(record, "price", "listings"), ols(record, "price", "listings", "tourism")
    return bool(
        g.naive_slope == pytest.approx(naive[0])
        and g.adjusted_slope == pytest.approx(adjusted[0])
        and near(g.naive_slope, naive_city(), naive[1])
        and near(g.adjusted_slope, 10, adjusted[1])
    )


SELECTION = [("a", "c"), ("b", "c")]
CLAIMS = [
    Claim(
        "Is more control always safer?",
        lambda g: 0 < np.isclose(g.exact["adjusted"], g.exact["do"]).sum() < len(g.exact),
    ),
    # Ice cream
    Claim(
        "Each cone more goes with # reports",
        lambda g: (
            abs(g.numbers("Each cone more goes with")[0] - g.ice_slope) <= 0.005
            and near(g.ice_slope, 54 / 468, g.ice_error)
        ),
    ),
    Claim(
        "{number(ice_slope / ice_error, 0)} standard errors from zero!",
        lambda g: (
            (g.ice_slope, g.ice_error) == pytest.approx(ols(g.days, "crime", "ice_cream"))
            and g.ice_slope / g.ice_error > 20
        ),
    ),
    Claim(
        "But heat sells ice cream **and** draws people out late.",
        lambda g: (
            g.ice_world(0.5).coefficients["heat", "ice_cream"] > 0
            and g.ice_world(0.5).coefficients["heat", "crime"] > 0
        ),
    ),
    Claim(
        "It is a **confounder**: a common cause of treatment and outcome.",
        lambda g: (
            graphs.dag(
                [e for e, w in g.ice_world(0.5).coefficients.items() if w],
                treatment="ice_cream",
                outcome="crime",
            ).backdoor_paths()
            == ["ice_cream ← heat → crime"]
        ),
    ),
    Claim(
        """| `heat` | temperature at noon | °C |
    | `ice_cream` | cones sold | cones per hour |
    | `crime` | crimes reported | reports per day |""",
        lambda g: claims.unit_rows(g, {name: confounders.UNITS[name] for name in g.days}, g.days),
    ),
    Claim(
        (
            r"$$\tau = \frac1n\sum_{i=1}^n \bigl[Y_i(x+1) - Y_i(x)\bigr]$$",
            "Let $Y_i(x)$ be the outcome of unit $i$ if its treatment were **set** to $x$.",
            """We ask for its mean change, over **all** units:""",
            r"""In a linear world $\tau$ is the same at every $x$, and each slope follows from the
        arrows' weights and the noises.""",
        ),
        lambda g: all(
            np.mean(
                world.sample(50, 1, do={x: world.sample(50, 1)[x] + 1})[y] - world.sample(50, 1)[y]
            )
            == pytest.approx(world.total_effect(x, y))
            for world, x, y in (
                (g.listings_world(-50), "listings", "price"),
                (g.rain_world(3), "rain", "profit"),
                (g.smoking_world(2), "smoking", "lung_damage"),
            )
        ),
    ),
    Claim(
        (
            """A record shows it, given **SUTVA**: one version of the treatment, and no
            interference.""",
            "What if **everybody** were invited?",
        ),
        lambda g: (
            touched(g) > 0
            and "consistency" in (ROOT / "README.md").read_text(encoding="utf-8")
            and confounders.STORIES["C"][0] == "sutva"
        ),
    ),
    Claim(
        "**Positivity**: every kind of unit may get every treatment.",
        lambda g: (
            len(g.compare_within(g.programme(5_000, 1, 0))[2]) == 40
            and len(g.compare_within(g.programme(5_000, 1, 12))[2]) < 40
            and confounders.STORIES["A"][0] == "positivity"
        ),
    ),
    Claim(
        (
            """**Ignorability**: among units equal in what we hold fixed, the treatment is
            as good as random.""",
            """**Ignorability**: enough for it is that what is held fixed blocks every path into the
            treatment, opened ones too, and is not changed by it.""",
        ),
        lambda g: (
            g.m_world(2).slope("fitness", "cycling") == pytest.approx(1)
            and abs(g.m_world(2).slope("fitness", "cycling", ["organic_food"]) - 1) > 0.1
            and g.training_world(0).slope("wage", "training", ["age"]) == pytest.approx(1)
            and g.training_world(20).slope("wage", "training", ["age"]) > 2
            and confounders.STORIES["B"][0] == "ignorability"
        ),
    ),
    Claim(
        """**No selection**: given treatment and all that, being recorded says nothing about the
        outcome.""",
        lambda g: (
            selected_by_both()
            and selected_by_outcome()
            and graphs.dag(SELECTION).independent("a", "b")
            and not graphs.dag(SELECTION).independent("a", "b", ["c"])
            and g.correlation_selected < -0.2 < g.correlation_all
        ),
    ),
    Claim(
        (
            "**Naive**: the slope of the outcome on the treatment, as it is.",
            """**Regressed**: the slope with heat held fixed in a regression (with an
            intercept, always).""",
            "**`do`**: deal the same cones out to days by lottery, look at the slope.",
        ),
        recipes_hold,
    ),
    Claim(
        """**Stratified**: cut heat into bands of equally many days; the slope *within* bands,
        pooled.""",
        lambda g: (
            g.stratify(g.days, "crime", "ice_cream", "heat", 10)[0] == pytest.approx(pooled(g.days))
        ),
    ),
    Claim(
        (
            "This **frame** comes back in each section; only the world changes.",
            """- **Left, the graph**: a blue box for the treatment, a thick border for the
            outcome, a green hexagon for what we control for.""",
        ),
        lambda g: (
            graphs._SHAPES["treatment"] == ("[", "]")
            and "#0072B2" in graphs.STYLES["treatment"]
            and "stroke-width:3px" in graphs.STYLES["outcome"]
            and graphs._SHAPES["adjusted"] == ("{{", "}}")
            and "#009E73" in graphs.STYLES["adjusted"]
            and sum("    show(" in text_of(g, c) or "= show(" in text_of(g, c) for c in FRAMES) == 7
        ),
    ),
    Claim(
        (
            """- **Left, the dots**: 300 of the 5,000 units, darker where the controlled
            variable is higher.""",
            """- **Right**: sliders, the four numbers against the truth (black rule), and, as
            *exact*, what three of them tend to with endless data.""",
        ),
        lambda g: (
            g.N_UNITS == 5_000
            and shades_rise(g)
            and confounders.endless(g.city, ("listings", "price", "tourism")).startswith("Exact:")
        ),
    ),
    Claim(
        "dashed: all · solid: at equal heat",
        lambda _: dashes() == {"naive": [7, 4], "adjusted": [1, 0]},
    ),
    Claim(
        (
            "dashed: all · solid: at equal tourism",
            "dashed: all · solid: at equal background",
            "dashed: all · solid: at equal requests",
            "dashed: all · solid: at equal sick days",
            "dashed: all · solid: at equal organic food",
            "dashed: all · solid: at equal age",
        ),
        lambda g: (
            [
                re.search(r'given"?[=:] ?"(\w+)"', text_of(g, cell))[1].replace("_", " ")
                for cell in FRAMES[1:]
            ]
            == ["tourism", "background", "requests", "sick days", "organic food", "age"]
        ),
    ),
    Claim(
        "Regressed and `do` agree with the truth but for noise.",
        lambda g: all(
            near(row["mean"], 0, row["error"])
            for strength in (0, 0.5, 1.5)
            for _, row in g.four_numbers(
                g.ice_world(strength).sample(5_000, 4),
                g.run_lottery(g.ice_world(strength), "ice_cream", 5_000, 4),
                *("ice_cream", "crime", "heat"),
            ).iterrows()
            if row["label"] in ("regressed", "do")
        ),
    ),
    Claim(
        (
            """Inside a band heat still varies: on 200,000 days this **residual confounding**, at
            0.5 reports per °C, is {signed(left_over[2][0], 3)} reports per cone with 2 bands,
            {signed(left_over[5][0], 3)} with 5, {signed(left_over[50][0], 3)} with 50
            (±{number(left_over[50][1], 3)}).""",
        ),
        lambda g: (
            all(
                near(g.left_over[n][0], stratified_slope(0.5, 3, (6, 12), n), 5 / 12 / np.sqrt(2e5))
                for n in (2, 5, 50)
            )
            and g.left_over[50][1] == pytest.approx(5 / 12 / np.sqrt(2e5), rel=0.1)
            and "sample(200_000, SEED)" in text_of(g, "left_over")
        ),
    ),
    # Holiday flats
    Claim(
        """At which value of tourism → price does the record show **no** relation of listings
        and price, although each listing adds €10?""",
        lambda g: (
            g.listings_world(g.hidden_at).slope("price", "listings") == pytest.approx(0, abs=1e-9)
            and g.city.coefficients["listings", "price"] == 10
        ),
    ),
    Claim(
        """The record says {signed(naive_slope, 1, "€")} a listing, at equal tourism
        {signed(adjusted_slope, 1, "€")}, the lottery {signed(do_effect, 1, "€")}; each
        neighbourhood twice, with one listing more, {signed(one_more, 2, "€")}.""",
        lambda g: (
            city_numbers_hold(g)
            and abs(g.do_effect - 10) < 4 * 270 / (np.sqrt(164) * np.sqrt(g.N_UNITS))
            and g.do_effect == pytest.approx(lottery_of(g))
            and g.one_more == pytest.approx(g.city.coefficients["listings", "price"])
        ),
    ),
    Claim(
        (
            "**Is the naive number bad luck?**",
            """In {N_WORLDS} records of 1,000 the 94 % confidence interval holds the truth
            in **{percent(coverage_adjusted)}** (Monte Carlo error {number(100 * coverage_error, 1)}
            points) with tourism held fixed, in **{percent(coverage_naive)}** without.""",
        ),
        lambda g: (
            g.coverage_error
            == pytest.approx(np.std(np.arange(200) < round(200 * g.coverage_adjusted)) / 200**0.5)
            and [g.coverage_naive, g.coverage_adjusted] == pytest.approx(coverage_of(g))
            and at_the_stated_rate(round(g.coverage_adjusted * g.N_WORLDS), g.N_WORLDS)
            and g.coverage_naive == 0
            and g.N_WORLDS == 200
        ),
    ),
    # Simpson
    Claim(
        """With the drug minus without: {signed(100 * within_markers["high"], 0)} points at a
        high marker, {signed(100 * within_markers["low"], 0)} at a low one, **{signed(100 *
        whole_table, 0)} points** in the whole table.""",
        lambda g: (
            g.within_markers.to_dict() == pytest.approx({"high": 0.1, "low": 0.1})
            and g.whole_table == pytest.approx(600 / 1_000 - 700 / 1_000)
        ),
    ),
    Claim(
        "This is **Simpson's paradox** (Simpson 1951).",
        lambda g: bool((g.within_markers > 0).all() and g.whole_table < 0),
    ),
    # Rain
    Claim(
        r"""$$\begin{aligned}\text{requests} &= 100 + 8\;\text{rain} + \text{noise} \\
        \text{profit} &= 30 + 3\;\text{requests} - 10\;\text{rain} + \text{noise}\end{aligned}$$""",
        lambda g: (
            mechanism(g.rain_world(3), "requests") == (100, {"rain": 8})
            and mechanism(g.rain_world(3), "profit") == (30, {"requests": 3, "rain": -10})
        ),
    ),
    # Office
    Claim(
        "Older people train less and earn more: an office adjusts for age.",
        lambda g: (
            g.training_world(0).coefficients["age", "training"] < 0
            and g.training_world(0).coefficients["age", "wage"] > 0
            and '"given": "age"' in text_of(g, "office_shown")
        ),
    ),
    Claim(
        r"""One hour of training adds **€1** a week:
        $\text{wage} = 400 + 3\;\text{age} + 1\;\text{training} + m\;\text{motivation} +
        \text{noise}$, and the slider is $m$.""",
        lambda g: (
            mechanism(g.training_world(20), "wage")
            == (400, {"age": 3, "training": 1, "motivation": 20})
            and g.training_world(20).total_effect("training", "wage") == 1
        ),
    ),
    # Lottery
    Claim(
        r"""Each pupil more in a class costs **2 points**:
        $\text{score} = 550 + 20\;\text{background} - 2\;\text{class size} + \text{noise}$.""",
        lambda g: (
            g.school_world(-3).total_effect("class_size", "score") == -2
            and mechanism(g.school_world(-3), "score")
            == (550, {"background": 20, "class_size": -2})
        ),
    ),
    Claim(
        """Background and class size correlate at {signed(school.correlation("background",
        "class_size"))}.""",
        lambda g: (
            g.school.correlation("background", "class_size") == pytest.approx(-3 / np.sqrt(18))
            and near(
                g.school.sample(5_000, 2)[["background", "class_size"]].corr().iloc[0, 1],
                -3 / np.sqrt(18),
                0.01,
            )
        ),
    ),
    Claim(
        """At 0 the arrow into the treatment is gone, and **all four numbers are right**: on
        average over lotteries, for this cause and every other that nobody thought of.""",
        lambda g: (
            g.school_world(0).coefficients["background", "class_size"] == 0
            and all(
                near(row["mean"], -2, row["error"])
                for _, row in g.four_numbers(
                    g.school_world(0).sample(5_000, 3),
                    g.run_lottery(g.school_world(0), "class_size", 5_000, 3),
                    *("class_size", "score", "background"),
                ).iterrows()
            )
            and graphs.dag([*FORK, ("u", "x"), ("u", "y")], treatment="x", outcome="y")
            .do("x")
            .backdoor_paths()
            == []
        ),
    ),
    # Rain
    Claim(
        (
            "Requests lie **on the path** from rain to profit: a **mediator**.",
            """1 mm more rain has two effects on profit: its **total effect**, whatever happens on
            the way, and its **direct effect**, if requests somehow stayed as they were.""",
        ),
        lambda g: (
            g.company.total_effect("rain", "profit") == pytest.approx(-10 + 8 * 3)
            and set_both(g) == pytest.approx(-10)
            and {("rain", "requests"), ("requests", "profit")} <= set(g.company.edges)
        ),
    ),
    # Smoking
    Claim(
        r"""$$\begin{aligned}\text{lung damage} &= 5 + 0.5\;\text{smoking} + \text{noise} \\
        \text{sick days} &= 2 + a\;\text{smoking} + \text{lung damage}
        + \text{noise}\end{aligned}$$""",
        lambda g: all(
            mechanism(g.smoking_world(a), "lung_damage") == (5, {"smoking": 0.5})
            and mechanism(g.smoking_world(a), "sick_days") == (2, {"smoking": a, "lung_damage": 1})
            for a in (1, 2.5)
        ),
    ),
    Claim(
        """Both smoking and bad lungs keep people at home, so two arrows point **into** sick
        days (a year): a **collider**.""",
        lambda g: (
            {a for a, b in g.smoking_world(2).edges if b == "sick_days"}
            == {"smoking", "lung_damage"}
        ),
    ),
    Claim(
        r"""Given sick days the slope is $(0.5 - a)/2$ (both noises have sd 1), with $a$ now
        {number(days_per_pack.value)}: half the truth at 0, and above 0.5 its **sign turns**: packs
        alone then cost so many days that a lighter smoker, equally often sick, tends to have worse
        lungs.""",
        lambda g: (
            all(
                g.smoking_world(a).slope("lung_damage", "smoking", ["sick_days"])
                == pytest.approx((0.5 - a) / 2)
                for a in (0, 0.5, 1, 3)
            )
            and g.days_per_pack.value == 2
            and all(
                g.smoking_world(2).noise.get(each, 1) == 1 for each in ("smoking", "lung_damage")
            )
        ),
    ),
    # Selection
    Claim(
        "Ratings and purchases have **nothing** to do with each other, unless the slider says so.",
        lambda g: (
            abs(g.shop(200_000, 5)[["ratings", "purchases"]].corr().iloc[0, 1]) < 0.01
            and g.shop(200_000, 5, link=0.4)[["ratings", "purchases"]].corr().iloc[0, 1] > 0.3
        ),
    ),
    Claim(
        r"""With the slider at 0 the effect $\tau$ is 0. The correlation is
        {signed(correlation_all)} among all customers, and among the
        {percent(customers["emailed"].mean())} with an e-mail
        **{signed(correlation_selected)}**: a correlation **out of nothing**.""",
        lambda g: (
            near(g.correlation_all, 0, 1 / np.sqrt(g.N_UNITS))
            and [g.correlation_all, g.correlation_selected]
            == pytest.approx(
                [np.corrcoef(f["ratings"], f["purchases"])[0, 1] for f in shop_parts(g)]
            )
            and near(g.customers["emailed"].mean(), mailed_share(), 0.5 / np.sqrt(g.N_UNITS))
            and near(g.customers["ratings"].std(), 1, 0.01)
            and g.correlation_selected < -0.25
        ),
    ),
    Claim(
        ("all: correlation #", "with an e-mail: correlation #"),
        lambda g: (
            abs(g.numbers("all: correlation")[0] - g.correlation_all) <= 0.0051
            and abs(g.numbers("with an e-mail: correlation")[0] - g.correlation_selected) <= 0.0051
        ),
    ),
    Claim(
        "With the slider at 0.2, a true *positive* relation turns **negative**.",
        lambda g: (
            (frame := g.shop(100_000, 9, link=0.2))[["ratings", "purchases"]].corr().iloc[0, 1]
            > 0.1
            and frame[frame["emailed"]][["ratings", "purchases"]].corr().iloc[0, 1] < -0.05
        ),
    ),
    Claim(
        """What is the correlation of ratings and purchases among the customers **without** an
        e-mail: `"positive"`, `"zero"` or `"negative"`?""",
        lambda g: (
            g.without_email == "negative"
            and (rest := g.customers[~g.customers["emailed"]])["ratings"].corr(rest["purchases"])
            < -0.1
        ),
    ),
    # The rule
    Claim(
        """In some of {len(exact)} worlds above one must control, in others one must not; only the
        arrows say which.""",
        lambda g: (
            g.exact[["naive", "adjusted", "do"]].to_numpy()
            == pytest.approx(
                np.array(
                    [
                        [54 / 468, 0, 0],
                        [naive_city(), 10, 10],
                        [-2, -2, -2],
                        [14, -10, 14],
                        [0.5, -0.75, 0.5],
                    ]
                ),
                abs=1e-9,
            )
            and g.numbers("In some of # worlds above")[0] == 5
        ),
    ),
    Claim(
        (
            """If they are right, the **backdoor criterion** (Pearl 1995) is safe for the total
            effect: block every path that *enters* the treatment, also those that your controls
            open, and touch nothing that the treatment changes.""",
            "Sometimes no measured set does.",
        ),
        lambda g: (
            # In round 12 a collider may be controlled for: what it opens is blocked again.
            {"parents", "mood"} in map(set, g.game["valid_sets"][12])
            and not g.game["valid_sets"][11]
            and {"mood"} not in map(set, g.game["valid_sets"][12])
            and effect(FORK, ["z"])
            and not effect(FORK, [])
            and effect(PATH, [])
            and not effect(PATH, ["m"])
            and effect(COLLIDER, [])
            and not effect(COLLIDER, ["c"])
            and not effect([("u", "x"), ("u", "z"), ("v", "z"), ("v", "y"), ("x", "y")], ["z"])
        ),
    ),
    Claim(
        """Tick what you would control for to get the **total effect** of the blue box on the
        thickly bordered node, or tick that no set will do.""",
        lambda g: (
            len(g.game) == 12
            and sum(not sets for sets in g.game["valid_sets"]) == 1
            and all(
                row["graph"].is_adjustment_set(names)
                for _, row in g.game.iterrows()
                for names in row["valid_sets"]
            )
        ),
    ),
    # Copies and M-bias
    Claim(
        (
            "**Descendant of a collider.**",
            """A faithful copy (noise 0) does all the harm of the collider itself:
            {signed(copies[0])}.""",
            "A noisy one does less: {signed(copies[4])} with a noise of 4 visits.",
        ),
        lambda g: (
            [g.copies[n] for n in (0, 1, 4)] == pytest.approx([given_a_copy(n) for n in (0, 1, 4)])
            and g.copies[0] == pytest.approx(-0.75)
        ),
    ),
    Claim(
        "Any descendant of a collider opens the path: the better the copy, the wider.",
        lambda g: (
            g.copies[0] < g.copies[1] < g.copies[4] < 0.5
            and not effect(COLLIDER, ["copy"])
            and graphs.dag([("a", "c"), ("b", "c"), ("c", "d")]).independent("a", "b")
            and not graphs.dag([*SELECTION, ("c", "d")]).independent("a", "b", ["d"])
        ),
    ),
    Claim(
        "Each hour of cycling a week adds **1 point** of fitness.",
        lambda g: (
            g.m_world(2).total_effect("cycling", "fitness") == 1
            and confounders.LOOKS["cycling", "fitness"].effect == "points per hour of cycling"
        ),
    ),
    Claim(
        """The naive number is right; controlling for a variable from *before* the treatment shifts
        it, at this strength by {signed(m_world(m_strength.value).slope("fitness", "cycling",
        ["organic_food"]) - 1)} points per hour.""",
        lambda g: (
            g.m_world(1).slope("fitness", "cycling") == pytest.approx(1)
            and g.m_world(1).slope("fitness", "cycling", ["organic_food"]) - 1
            == pytest.approx(m_bias(1))
            and g.m_world(g.m_strength.value).slope("fitness", "cycling", ["organic_food"]) - 1
            == pytest.approx(m_bias(g.m_strength.value))
        ),
    ),
    Claim(
        """In most of the cases that Ding & Miratrix (2015) study, confounding weighs more.""",
        lambda _: confounding_mostly_weighs_more(),
    ),
    Claim(
        """Time order, and three assumptions of the beginning, each with a simulator that breaks it
        (the shop broke the fourth).""",
        four_are_broken,
    ),
    Claim(
        """A confounder $z$, with arrows $a$ into the treatment $x$ and $b$ into the outcome, and
        no other open path, adds $ab\\,\\text{{Var}}(z)/\\text{{Var}}(x)$: for the cones, with
        noises of sd 6 and 12, the naive slope is 0 + 3 · 0.5 · 6²/(3² · 6² + 12²) =
        {signed(1.5 * 36 / 468)}.""",
        lambda g: (
            g.city.slope("price", "listings") == pytest.approx(10 + 2 * -50 * 25 / 164)
            and g.city.noise["tourism"] ** 2 == 25
            and 2**2 * 25 + g.city.noise["listings"] ** 2 == 164
            and [g.city.coefficients["tourism", name] for name in ("listings", "price")] == [2, -50]
        ),
    ),
    # One regression
    Claim(
        (
            """The regression of price on listings and tourism gave the right effect of
            **listings**.""",
            """For tourism it is not: {signed(table2.loc["tourism", "coefficient"], 0, "€")}
            holds listings fixed, and listings are a *mediator* of tourism.""",
            """Its total effect is {signed(table2.loc["tourism", "total effect"], 0, "€")} per
            thousand visitors.""",
        ),
        lambda g: (
            g.table2["coefficient"].to_dict()
            == pytest.approx(
                {
                    "listings": ols(g.neighbourhoods, "price", "listings", "tourism")[0],
                    "tourism": ols(g.neighbourhoods, "price", "tourism", "listings")[0],
                }
            )
            and near(g.table2.loc["listings", "coefficient"], 10, 0.3)
            and near(g.table2.loc["tourism", "coefficient"], -50, 1)
            and g.table2["total effect"].to_dict()
            == pytest.approx({"listings": 10, "tourism": -50 + 2 * 10})
        ),
    ),
    Claim(
        "To read all rows as effects is the **Table 2 fallacy** (Westreich & Greenland 2013).",
        lambda g: bool(
            abs(g.table2.loc["tourism", "coefficient"] - g.table2.loc["tourism", "total effect"])
            > 10
        ),
    ),
    # Four ways to be wrong
    Claim(
        (
            "**Temporality**: the cause comes before the effect.",
            "E-mails cannot change last year: for the upper number the truth is 0, not the rule.",
        ),
        lambda g: (
            g.email_world(-1).total_effect("emails", "last_year") == 0
            and g.email_world(-1).slope("this_year", "emails", ["last_year"]) == pytest.approx(0.3)
        ),
    ),
    Claim(
        "The wrong column says # points per e-mail",
        lambda g: near(g.numbers("The wrong column says")[0], -1 / 2, 1 / np.sqrt(g.N_UNITS)),
    ),
    Claim(
        "Its mean effect is **2 points**.",
        lambda _: np.mean(2 + 2 * (np.arange(40) - 19.5) / 11.5) == pytest.approx(2),
    ),
    Claim(
        (
            "# of # areas hold two or more of each",
            """Within comparable areas we find {signed(within_areas)} points: near the truth of
            these {comparable_areas}, {signed(truth_there)}.""",
            "An area in which nearly all or none take part has hardly any data.",
        ),
        lambda g: (
            (g.within_areas, g.comparable_areas, g.truth_there) == pytest.approx(within_of(g))
            and abs(g.within_areas - g.truth_there) < 0.3 < g.truth_there - 2
            and g.numbers("areas hold two or more") == [g.comparable_areas, 40]
            and len(rarer_arm_elsewhere(g)) == 40 - g.comparable_areas
            and max(rarer_arm_elsewhere(g)) <= 1
        ),
    ),
    Claim(
        """Even a fair coin cannot save exact comparison: with 10 independent yes/no
        covariates {percent(matched["share"][10])} of 5,000 people have a twin in the other arm,
        with 20 only {percent(matched["share"][20], 1)}: a million kinds of people.""",
        lambda g: (
            g.matched["share"].to_numpy()
            == pytest.approx([twins(g.N_UNITS, k) for k in range(21)], abs=0.02)
            and abs(g.matched["share"][20] - twins(g.N_UNITS, 20)) < 0.003
            and abs(2**20 / 1e6 - 1) < 0.05
        ),
    ),
    Claim(
        "With # yes/no covariates, most people have no twin",
        lambda g: (
            twins(5_000, int(g.numbers("most people have no twin")[0])) < 0.5
            and twins(5_000, int(g.numbers("most people have no twin")[0]) - 1) > 0.5
        ),
    ),
    Claim(
        """A coin for each player finds {signed(by_player[0])} hours: what spills over lifts both
        arms. A coin for each **team** finds {signed(by_team[0])}.""",
        lambda g: (
            near(g.by_player[0], 2, 0.12)
            and near(g.by_team[0], 4, 0.15)
            and np.allclose([g.by_player, g.by_team], coins_of(g))
        ),
    ),
    Claim(
        "Inviting everybody adds # hours a week",
        lambda g: g.numbers("Inviting everybody adds")[0] == pytest.approx(everybody(g), abs=1e-6),
    ),
    Claim(
        (
            "Adjusting for age closes one path; the one through motivation stays open.",
            """At $m$ = 20 the answer moves from {signed(training_world(20).slope("wage",
            "training"))} to {signed(training_world(20).slope("wage", "training", ["age"]))}, *away*
            from 1: two errors had nearly cancelled.""",
            "**No test on this record can show it.**",
        ),
        lambda g: (
            sorted(
                graphs.dag(
                    g.training_world(20).edges, treatment="training", outcome="wage"
                ).backdoor_paths()
            )
            == ["training ← age → wage", "training ← motivation → wage"]
            and abs(g.training_world(20).slope("wage", "training") - 1) < 0.5
            and g.training_world(20).slope("wage", "training", ["age"]) > 2.5
            and g.training_world(20).coefficients["age", "training"] < 0
            and g.training_world(20).coefficients["motivation", "training"] > 0
            and graphs.dag(
                g.training_world(20).edges,
                treatment="training",
                outcome="wage",
                hidden=["motivation"],
            ).adjustment_sets()
            == []
            # The same three covariances come of a world without motivation and another effect.
            and same_record(g)
        ),
    ),
    # The boardroom
    Claim(
        (
            """Put all places in one heap and holiday flats seem to make homes *cheaper*:
            {signed(naive_slope, 0, "€")} per m² and listing.""",
            """But busy places have more holiday flats **and** lower prices, because of noise
            and crowds: we compared busy with quiet.""",
            """Among equally busy places each listing goes with **{signed(adjusted_slope, 0,
            "€")}**; if nothing else separates them, that is what a new one would do.""",
        ),
        lambda g: city_numbers_hold(g) and g.city.slope("price", "tourism") < 0,
    ),
    Claim(
        "At equal tourism each listing goes with +€# per m²",
        lambda g: abs(g.numbers("At equal tourism each listing")[-1] - g.adjusted_slope) <= 0.5,
    ),
    Claim(
        """Naive and `do` agree: the **total effect**. At €3 a request the record says
        {signed(total_effect, 1, "€")} per mm; at equal requests {signed(direct_effect, 1, "€")},
        the **direct effect**.""",
        lambda g: (
            (g.total_effect, g.direct_effect)
            == pytest.approx(
                (
                    ols(g.hours, "profit", "rain")[0],
                    ols(g.hours, "profit", "rain", "requests")[0],
                )
            )
            and abs(g.total_effect - 14) < 3
            and abs(g.direct_effect + 10) < 3
        ),
    ),
    # Takeaways
    Claim(
        """1. **Draw** what causes what, and when each thing was measured. No table can do this
        for you.""",
        lambda g: (
            g.effect_story_a == pytest.approx(0.1) and g.effect_story_b == pytest.approx(-0.1)
        ),
    ),
    Claim(
        """2. **Control for what blocks an open path into the treatment.** A path on
        which nothing was measured stays open; a lottery would cut it.""",
        lambda g: (
            city_numbers_hold(g)
            and effect(FORK, ["z"])
            and graphs.dag(FORK, treatment="x", outcome="y", hidden=["z"]).adjustment_sets() == []
            and graphs.dag(
                [("u", "x"), ("u", "z"), ("z", "y"), ("x", "y")],
                treatment="x",
                outcome="y",
                hidden=["u"],
            ).adjustment_sets()
            == [{"z"}]
            and graphs.dag(FORK, treatment="x", outcome="y").do("x").backdoor_paths() == []
        ),
    ),
    Claim(
        """3. **For the total effect leave alone what the treatment changes**: a mediator (the
        direct effect is another question), a collider, a copy of one. And a collider from
        before, unless you also block what it opens. Beware of selected samples: nothing became
        {signed(correlation_selected, 2)}.""",
        lambda g: (
            g.company.total_effect("rain", "profit") == pytest.approx(8 * 3 - 10)
            and g.company.slope("profit", "rain", ["requests"]) == pytest.approx(-10)
            and abs(ols(g.hours, "profit", "rain")[0] - 14) < 3
            and abs(ols(g.hours, "profit", "rain", "requests")[0] + 10) < 3
            and g.correlation_selected
            == pytest.approx(
                np.corrcoef(shop_parts(g)[1]["ratings"], shop_parts(g)[1]["purchases"])[0, 1]
            )
            and not any(effect(PATH, ["m"]) or effect(COLLIDER, [c]) for c in ("c", "copy"))
            and {"mood"} not in map(set, g.game["valid_sets"][12])
            and {"parents", "mood"} in map(set, g.game["valid_sets"][12])
        ),
    ),
    Claim(
        """4. Report **one effect per regression**, with its assumptions: time order, SUTVA,
        positivity, ignorability, no selection, straight lines.""",
        lambda _: (
            {name for name, _ in confounders.STORIES.values()}
            == {"temporality", "sutva", "positivity", "ignorability"}
        ),
    ),
]


test_words, test_claims, test_covered = claims.tests_of(NAME, CLAIMS)


def test_worlds_have_the_weights_that_the_prose_names(done: Run, defs: dict[str, Any]) -> None:
    """What the text states as the world's truth is what the world has."""
    text = " ".join(done.path.read_text(encoding="utf-8").split())
    patients = defs["patients"]
    for words, value in (
        ("On 5,000 days a town counted", len(defs["days"]) == 5_000),
        ("5,000 simulated units", defs["N_UNITS"] == 5_000),
        ("Each listing adds **€10**", defs["city"].coefficients["listings", "price"] == 10),
        ("Tourists bring listings", defs["city"].coefficients["tourism", "listings"] > 0),
        ("homes *cheaper*", defs["city"].coefficients["tourism", "price"] < 0),
        ("each request brings €3", defs["company"].coefficients["requests", "profit"] == 3),
        ("€10 less for each mm", defs["company"].coefficients["rain", "profit"] == -10),
        (
            "half a point of damage on a scan per pack",
            defs["smoking_world"](2).coefficients["smoking", "lung_damage"] == 0.5,
        ),
        (
            "The truth is +0.5",
            defs["smoking_world"](2).total_effect("smoking", "lung_damage") == 0.5,
        ),
        ("**€1** a week", defs["training_world"](0).coefficients["training", "wage"] == 1),
        (
            "1,000 of 2,000 patients",
            patients.groupby("drug")["patients"].sum().to_dict() == {"yes": 1_000, "no": 1_000},
        ),
        (
            "makes a player play 2 hours more",
            defs["invite"](50_000, 1, 0, by_team=False).groupby("invited")["hours"].mean().diff()[1]
            == pytest.approx(2, abs=0.15),
        ),
        (
            "1,000 teams of five",
            defs["invite"](5_000, 1, 0, by_team=False)["team"].value_counts().to_list()
            == [5] * 1_000,
        ),
    ):
        assert words in text, words
        assert value, words
    valid, why = defs["game"]["valid_sets"], done.checks["check_7"].message
    assert "In round 8 two answers are right, in round 12 three" in " ".join(why.split())
    assert [len(sets) for sets in valid[[8, 12]]] == [2, 3]
    assert valid[11] == []
    assert len(valid[1]) == 2


def test_simpson_table(defs: dict[str, Any]) -> None:
    """The two stories take one number each, as their graphs say."""
    edges = [("drug", "recovery"), ("marker", "recovery")]
    roles = {"treatment": "drug", "outcome": "recovery"}
    before = graphs.dag([("marker", "drug"), *edges], **roles)
    later = graphs.dag([("drug", "marker"), *edges], **roles)
    assert before.adjustment_sets() == [frozenset({"marker"})]
    assert later.adjustment_sets() == [frozenset()]
    assert (defs["effect_story_a"], defs["effect_story_b"]) == pytest.approx((0.1, -0.1))
