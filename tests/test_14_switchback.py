"""Notebook 14: its numbers against recomputations, its stored study, its exercises."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.linalg import toeplitz

from helpers import worlds
from tests.answers import accepted, asked, never_done, refused
from tests.support import ROOT, run

NAME = "14_switchback"


@functools.cache
def script() -> Any:
    """Return the study as a module."""
    path = ROOT / "data" / "switchback_study.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@functools.cache
def stored() -> pd.DataFrame:
    """Return the stored study as it is written."""
    return pd.read_csv(ROOT / "data" / "switchback_study.csv", index_col="world")


FREEDOM = {"user-level A/B": np.inf, "before and after": 83, "switchback 1 h": 335}
FREEDOM |= {f"switchback 4 h{more}": 83 for more in ("", ", burn-in 2")}
FREEDOM |= {f"switchback 8 h{more}": 41 for more in ("", ", burn-in 2")}
FREEDOM |= {f"days in pairs{more}": 6 for more in ("", ", burn-in 4")}
FREEDOM |= {"zone x 4 h, burn-in 2": 84 * 20 - 1}
FREEDOM |= {"single zones, a week before": 18, "5 zones together, a week before": 2}


def errors(design: str, setting: str = "usual") -> pd.Series:
    return stored()[f"{setting}|{design}|estimate"] - stored()[f"{setting}|truth"]


def covered(design: str) -> float:
    """Return how often the 94 % confidence interval holds the truth."""
    half = stats.t.ppf(0.97, FREEDOM[design]) * stored()[f"usual|{design}|se"]
    return float((errors(design).abs() < half).mean())


def alarms(design: str) -> float:
    """Return how often the 94 % interval leaves out 0 where the rule does nothing."""
    half = stats.t.ppf(0.97, FREEDOM[design]) * stored()[f"nothing|{design}|se"]
    return float((stored()[f"nothing|{design}|estimate"].abs() > half).mean())


def rmse(design: str, setting: str = "usual") -> float:
    return float(np.sqrt((errors(design, setting) ** 2).mean()))


def exact(drivers: str, freed: str = "0.04") -> tuple[Fraction, Fraction]:
    """Return the fluid limit in fractions: what the test says, what the city gains (per 100)."""
    c, f = Fraction(drivers), Fraction(freed)
    old, new = Fraction(40, 100), Fraction(46, 100)
    says = (new - old) * min(1, c * (1 + f / 2) / ((old + new) / 2))
    return 100 * says, 100 * (min(new, c * (1 + f)) - min(old, c))


def share(phi: float, block: int, burn_in: int) -> float:
    """Return the share of the effect seen by a coin: the process itself, both ways to begin."""
    seen = []
    for level in (0.0, 1.0):  # what the block before left, high or low alike
        ends = []
        for new in (0, 1):
            s, total = level, []
            for _ in range(block):
                s = phi * s + (1 - phi) * new
                total.append(s)
            ends.append(np.mean(total[burn_in:]))
        seen.append(ends[1] - ends[0])
    return float(np.mean(seen))


def alternating(phi: float, block: int, burn_in: int) -> float:
    """Return the share seen where old and new take turns, after many turns."""
    s, means = 0.0, []
    for turn in range(60):
        total = []
        for _ in range(block):
            s = phi * s + (1 - phi) * (turn % 2)
            total.append(s)
        means.append(np.mean(total[burn_in:]))
    return float(means[-1] - means[-2])


@functools.cache
def simulated(phi: float, block: int, burn_in: int, n: int = 3_000) -> tuple[float, float, float]:
    """Return mean, sd and Monte Carlo error of the difference over airports, effect 4."""
    rng = np.random.default_rng(5)
    found = []
    blocks = 336 // block
    memory = np.tril((1 - phi) * phi ** np.maximum(np.subtract.outer(range(336), range(336)), 0))
    lasting = np.linalg.cholesky(36 * 0.8 ** np.abs(np.subtract.outer(range(336), range(336))))
    coins = rng.integers(0, 2, (n, blocks))
    coins = coins[(coins.sum(axis=1) > 0) & (coins.sum(axis=1) < blocks)]
    rides = (
        4 * np.repeat(coins, block, axis=1) @ memory.T
        + rng.normal(size=(len(coins), 336)) @ lasting.T
    )
    means = rides.reshape(len(coins), blocks, block)[:, :, burn_in:].mean(axis=2)
    for row, new in zip(means, coins, strict=True):
        found.append(row[new == 1].mean() - row[new == 0].mean())
    return float(np.mean(found)), float(np.std(found)), float(np.std(found) / np.sqrt(len(found)))


@pytest.fixture
def done(run_notebook: Any) -> Any:
    return run_notebook("solutions", NAME)


# The city ----------------------------------------------------------------------------------------


def test_our_city(done: Any) -> None:
    """Naive difference, truth and table, by the study's own simulator and world 0."""
    g, study = done.defs, script()
    city = study.draw(worlds.rng_of(g["SEED"], 0))
    assert g["true_effect"] == pytest.approx(study.effect(city), abs=1e-9)
    estimate, error = study.by_riders(study.run(city, np.array([1, 0])[:, None, None]))
    assert g["naive_difference"] == pytest.approx(estimate, abs=1e-9)
    assert g["naive_error"] == pytest.approx(error, abs=1e-9)
    table = g["two_cities"]
    assert table["difference"].tolist() == pytest.approx([study.effect(city), estimate])
    all_old = 100 * study.run(city, False).sum() / 268_800  # noqa: FBT003
    assert table["old rule"].iloc[0] == pytest.approx(all_old)


def test_drivers_are_conserved(done: Any) -> None:
    """No more rides than asks, nor than drivers; with drivers for all, everybody rides."""
    g = done.defs
    asks, drivers = g["asks"], g["drivers"]
    rides = g["dispatch"](asks, drivers, 1)
    assert (rides <= asks[1] + 1e-9).all()
    assert (rides.sum(axis=(0, 2)) <= 1.04 * drivers.sum(axis=1) + 1e-9).all()
    assert np.allclose(g["dispatch"](asks, 100 + 0 * drivers, 0), asks[0])
    alone = g["dispatch"](asks, drivers, 0, roam=0.0)
    limit = np.minimum(asks[0].sum(axis=0), drivers)
    assert np.allclose(alone.sum(axis=0), limit)


def test_fluid_limit(done: Any) -> None:
    """Busy 4.839, 1.360, factor 3.56; quiet 6 and 6; the day 5.226 and 2.907."""
    g = done.defs
    says, gains = exact("0.34")
    assert float(says / gains) == pytest.approx(3.558, abs=5e-4)
    assert g["overstatement"] == pytest.approx(float(says / gains))
    assert (g["busy_says"], g["busy_gains"]) == pytest.approx((float(says), float(gains)))
    assert exact("0.56") == (6, 6)
    assert (g["day_says"], g["day_gains"]) == pytest.approx((5.226, 2.907), abs=5e-4)
    for drivers, factor in (
        ("0.41", 5.72),
        ("0.42", 2.93),
        ("0.43", 2),
        ("0.44", 1.5),
        ("0.46", 1),
    ):
        said, gained = g["fluid"](float(drivers), 0.0)
        assert said / gained == pytest.approx(factor, abs=0.005)
        assert (said, gained) == pytest.approx(tuple(map(float, exact(drivers, "0"))))
    for drivers, says_so in (("0.40", 5.6), ("0.38", 5.3)):
        said, gained = exact(drivers, "0")
        assert gained == 0
        assert float(said) == pytest.approx(says_so, abs=0.05)


# The airport -------------------------------------------------------------------------------------


def test_shares_are_exact(done: Any) -> None:
    """The table's shares, from the process itself; the figures of the curriculum."""
    table = done.defs["plans_by_length"]
    by_coin = [0.400, 0.640, 0.674, 0.870, 0.816, 0.914, 0.970]
    in_turn = [0.250, 0.471, 0.422, 0.771, 0.637, 0.831, 0.940]
    for row, coin, turn in zip(table.itertuples(), by_coin, in_turn, strict=True):
        block, burn_in = row.block, row[2]
        assert row[3] == pytest.approx(share(0.6, block, burn_in), abs=1e-12)
        assert row[4] == pytest.approx(alternating(0.6, block, burn_in), abs=1e-9)
        assert (row[3], row[4]) == pytest.approx((coin, turn), abs=6e-4)
        assert done.defs["share_seen"](0.6, block, burn_in) == pytest.approx(row[3])


@pytest.mark.parametrize(("block", "burn_in"), [(1, 0), (4, 2), (8, 2)])
def test_typical_error_is_that_of_many_airports(block: int, burn_in: int, done: Any) -> None:
    """Closed form against 3,000 simulated airports: bias within error, sd within 5 %."""
    bias, sd, both = done.defs["typical_error"](0.6, block, burn_in)
    mean, spread, error = simulated(0.6, block, burn_in)
    assert abs(mean - 4 - bias) < 4 * error
    assert sd == pytest.approx(spread, rel=0.05)
    assert both == pytest.approx(np.hypot(bias, sd))


def test_switchback_of_the_airport(done: Any) -> None:
    """Block means, their difference and error, from the hours; the p-value by other tosses."""
    g = done.defs
    rides = g["hours"]["rides"].to_numpy().reshape(42, 8)[:, 2:].mean(axis=1)
    new = g["hours"]["new_rule"].to_numpy()[::8]
    assert np.allclose(g["block_means"]["rides"], rides)
    fit = stats.ttest_ind(rides[new == 1], rides[new == 0], equal_var=False)
    assert g["switchback_difference"] == pytest.approx(
        rides[new == 1].mean() - rides[new == 0].mean()
    )
    assert g["switchback_error"] == pytest.approx(g["switchback_difference"] / fit.statistic)
    rng, seen = np.random.default_rng(99), abs(g["switchback_difference"])
    tosses = rng.integers(0, 2, (4_000, 42))
    gaps = (tosses @ rides) / tosses.sum(axis=1) - ((1 - tosses) @ rides) / (
        42 - tosses.sum(axis=1)
    )
    p = np.mean(np.abs(gaps) >= seen)
    assert g["randomisation_p"] == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 800) + 0.002)


def test_every_plan_is_worst_at_the_longest_carry_over(done: Any) -> None:
    """More carry-over is more bias: what check 7 says of the bicycles."""
    g = done.defs
    for block, burn_in in [(b, m) for b in range(1, 13) for m in range(b)]:
        errors_ = [
            g["typical_error"](phi, block, burn_in, **g["BICYCLES"])[2]
            for phi in np.linspace(0.3, 0.8, 6)
        ]
        assert np.argmax(errors_) == 5, (block, burn_in)


def test_false_alarms(done: Any) -> None:
    """Hours: 5 % with a coin each hour, 37 % with blocks of 8; blocks and coins: 5 %."""
    table = done.defs["false_alarms"].set_index("block")
    for block, rate in ((1, 0.048), (2, 0.138), (4, 0.258), (8, 0.371), (24, 0.483)):
        noise = np.sqrt(rate * (1 - rate) / 1_000)
        assert table["t on hours"][block] == pytest.approx(rate, abs=4 * noise + 0.02)
    assert (abs(table[["t on blocks", "own coins"]] - 0.05) < 4 * 0.007).all(axis=None)


# The stored study --------------------------------------------------------------------------------


def test_board_is_what_is_stored(done: Any) -> None:
    """Each number of the leaderboard, from the stored rows by another route."""
    board = done.defs["leaderboard"].set_index("design")
    assert list(board.index) == list(FREEDOM)
    for design, row in board.iterrows():
        assert row["bias"] == pytest.approx(errors(design).mean())
        assert row["sd"] == pytest.approx(errors(design).std())
        assert row["rmse"] == pytest.approx(rmse(design))
        assert row["coverage"] == pytest.approx(covered(design))
        assert row["false_positive_rate"] == pytest.approx(alarms(design))


def test_what_the_board_must_show() -> None:
    """Coverage 0 with false alarms near .03; clean A/A tests for designs that are wrong."""
    assert len(stored()) == script().N_WORLDS == 400
    assert stored()["usual|truth"].mean() == pytest.approx(3.27, abs=0.08)
    assert covered("user-level A/B") == 0
    assert alarms("user-level A/B") == pytest.approx(0.03, abs=0.03)
    assert errors("user-level A/B").mean() == pytest.approx(1.96, abs=0.1)
    for design, cover in (("zone x 4 h, burn-in 2", 0.3), ("single zones, a week before", 0.45)):
        assert covered(design) < cover
        assert alarms(design) == pytest.approx(0.06, abs=0.04)
    assert alarms("before and after") > 0.3
    for design in ("switchback 8 h", "switchback 8 h, burn-in 2", "days in pairs"):
        assert covered(design) > 0.88
    bias = errors("switchback 1 h").mean(), errors("switchback 4 h").mean()
    assert bias[0] < bias[1] < errors("switchback 8 h, burn-in 2").mean() + 0.1
    late = errors("days in pairs, burn-in 4").mean()
    assert late < errors("days in pairs").mean() - 0.2  # drops hours 0 to 3 of each day, all quiet


def test_page_and_study_agree(done: Any) -> None:
    """The page's functions give the first stored worlds again, to the last of three decimals."""
    assert done.defs["SEED"] == script().SEED
    live = done.defs["live"]
    assert np.allclose(done.defs["live_truth"], stored()["usual|truth"][: len(live)], atol=6e-4)
    for design in live:
        goal = stored()[f"usual|{design}|estimate"][: len(live)]
        assert np.allclose(live[design], goal, atol=6e-4), design
    _, said = done.defs["twelve_designs"](worlds.rng_of(script().SEED, 1))
    for design, (_, error, freedom) in said.items():
        assert error == pytest.approx(stored()[f"usual|{design}|se"][1], abs=6e-4), design
        assert min(freedom, 1e9) == min(FREEDOM[design], 1e9)


def test_study_writes_what_is_stored() -> None:
    """One world of the command, run anew, is the stored row."""
    again = worlds.repeat(script().study, 1, script().SEED).set_index("world")
    assert list(again.columns) == list(stored().columns)
    assert np.allclose(again, stored().loc[:0], atol=0.0101)


# Optional sections -------------------------------------------------------------------------------


@functools.cache
def grid_by_covariance(
    rides: tuple[float, ...], new: tuple[int, ...], *, carries: bool
) -> tuple[np.ndarray, ...]:
    """Return carry-over, effect, its variance and posterior weight on the grid, whitening nothing.

    Dense covariances instead.
    """
    y, z = np.array(rides), np.array(new)
    ago = np.subtract.outer(range(336), range(336))
    rows = []
    for keep in np.linspace(0, 0.98, 50):
        covariance = toeplitz(keep ** np.arange(336))
        inverse, half_log = np.linalg.inv(covariance), np.linalg.slogdet(covariance)[1] / 2
        for phi in np.linspace(0, 0.95, 39) if carries else [0.0]:
            level = np.tril((1 - phi) * phi ** np.maximum(ago, 0)) @ z
            x = np.column_stack([np.ones(336), level])
            square = x.T @ inverse @ x
            slopes = np.linalg.solve(square, x.T @ inverse @ y)
            left = (y - x @ slopes) @ inverse @ (y - x @ slopes)
            weight = -half_log - np.linalg.slogdet(square)[1] / 2 - 334 / 2 * np.log(left)
            spread = left / 334 * np.linalg.inv(square)[1, 1] * 334 / 332
            rows.append((phi, slopes[1], spread, weight))
    phi, tau, spread, weight = np.array(rows).T
    weight = np.exp(weight - weight.max())
    return phi, tau, spread, weight / weight.sum()


def by_covariance(
    rides: tuple[float, ...], new: tuple[int, ...], *, carries: bool
) -> tuple[float, float]:
    """Return posterior mean and sd of the effect."""
    _, tau, spread, weight = grid_by_covariance(rides, new, carries=carries)
    mean = np.average(tau, weights=weight)
    return float(mean), float(np.sqrt(np.average(spread + (tau - mean) ** 2, weights=weight)))


def carry_over_of(g: Any, level: float = 0.94) -> tuple[float, float]:
    """Return the shortest interval that holds so much of the carry-over's posterior."""
    hours = g["hours"]
    phi, _, _, weight = grid_by_covariance(
        tuple(hours["rides"]), tuple(hours["new_rule"]), carries=True
    )
    mass = pd.Series(weight).groupby(phi).sum()
    pairs = [
        (low, high)
        for low, high in itertools.combinations(mass.index, 2)
        if mass[low:high].sum() >= level
    ]
    return min(
        pairs, key=lambda pair: (round(pair[1] - pair[0], 6), -mass[pair[0] : pair[1]].sum())
    )


def model_of(g: Any, *, carries: bool) -> tuple[float, float]:
    hours = g["hours"]
    return by_covariance(tuple(hours["rides"]), tuple(hours["new_rule"]), carries=carries)


def test_model_by_another_route(done: Any) -> None:
    """Posterior mean and sd with and without carry-over, by dense covariance matrices."""
    table = done.defs["model_effects"]
    for row, carries in enumerate((True, False)):
        mean, sd = model_of(done.defs, carries=carries)
        assert table["mean"][row] == pytest.approx(mean, abs=4 * sd / np.sqrt(4_000))
        assert table["sd"][row] == pytest.approx(sd, rel=0.1)
    posterior = done.defs["idata_carry_over"]["posterior"]
    assert dict(posterior["tau"].sizes) == {"chain": 1, "draw": 4_000}  # independent draws
    assert posterior["tau"].dims == ("chain", "draw")
    assert float(posterior["tau"].mean()) == pytest.approx(table["mean"][0])
    inside = (posterior["tau"] > table["lower"][0]) & (posterior["tau"] < table["upper"][0])
    assert float(inside.mean()) == pytest.approx(0.94, abs=0.01)


def test_weights_are_those_of_the_likelihood(done: Any) -> None:
    """Log weights of two memories differ as determinants and squares of dense covariances do."""
    y = done.defs["hours"]["rides"].to_numpy()
    x = np.column_stack([np.ones(336), done.defs["hours"]["new_rule"]])
    weights = []
    for keep in (0.2, 0.95):
        covariance = toeplitz(keep ** np.arange(336))
        inverse = np.linalg.inv(covariance)
        slopes = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ y)
        left = (y - x @ slopes) @ inverse @ (y - x @ slopes)
        logs = [np.linalg.slogdet(each)[1] for each in (covariance, x.T @ inverse @ x)]
        weights.append(-sum(logs) / 2 - 334 / 2 * np.log(left))
        tau, _, df, weights_of_page = done.defs["line_given"](y, x[:, 1], keep)
        weights[-1] -= weights_of_page
        assert tau == pytest.approx(slopes[1])
        assert df == 334
    assert weights[0] == pytest.approx(weights[1], abs=1e-6)


def test_whitened_shares(done: Any) -> None:
    """Whitening sees .47 of the effect in blocks of 8 and .60 in blocks of 24."""
    found = done.defs["model_share"]
    assert found[8] == pytest.approx(0.47, abs=0.015)
    assert found[24] == pytest.approx(0.60, abs=0.02)


def test_two_stages(done: Any) -> None:
    """Direct, indirect, total and overall effects, as published for the course."""
    table = done.defs["two_stages"].set_index("saturation")
    rows = {
        0.25: (4.965, -0.901, 4.064, 0.340),
        0.5: (4.839, -1.740, 3.100, 0.680),
        0.75: (4.722, -2.521, 2.200, 1.020),
        1: (np.nan, np.nan, 1.360, 1.360),  # nobody without the rule is left to compare
    }
    for saturation, values in rows.items():
        assert table.loc[saturation].tolist() == pytest.approx(values, abs=6e-4, nan_ok=True)
    sums = table["direct"] + table["indirect"]
    assert np.allclose(table["total"][:-1], sums[:-1])
    assert table["direct"][0.5] == pytest.approx(float(exact("0.34")[0]))


def test_rings(done: Any) -> None:
    """Bias beta / c, clean share (c - 1) / 2c (1/8 at c = 1), by all tosses on the whole ring."""
    table = done.defs["rings"].set_index("zones together")
    for c in (1, 2, 4, 5, 10):
        clean = 1 / 8 if c == 1 else (c - 1) / (2 * c)
        assert table["bias / beta"][c] == pytest.approx(1 / c)
        assert table["clean, treated"][c] == pytest.approx(clean)
    z = np.repeat(list(itertools.product((0, 1), repeat=4)), 5, axis=1)
    near = (np.roll(z, 1, axis=1) + np.roll(z, -1, axis=1)) / 2
    assert near[z == 1].mean() - near[z == 0].mean() == pytest.approx(1 - table["bias / beta"][5])


def variance_by_tosses(hours: int, m: int, starts: list[int]) -> float:
    """Return the variance of the published estimator, all outcomes 1, over all tosses."""
    found, chances = [], []
    block = np.searchsorted(starts, np.arange(1, hours + 1), side="right") - 1
    for toss in itertools.product((0, 1), repeat=len(starts)):
        z = np.array(toss)[block]
        total = 0.0
        for t in range(m, hours):
            window = z[t - m : t + 1]
            weight = 2.0 ** len(set(block[t - m : t + 1]))
            total += weight * (float(window.all()) - float(not window.any()))
        found.append(total / (hours - m))
        chances.append(0.5 ** len(starts))
    return float(np.sum(np.array(chances) * np.array(found) ** 2))


def test_moments(done: Any) -> None:
    """The published optimum, the only minimum; its variance by all tosses of its coins."""
    table = done.defs["moments"]
    best = {(12, 2): [1, 5, 7, 9], (12, 3): [1, 7], (10, 2): [1, 5, 7], (8, 1): [1, 3, 4, 5, 6, 7]}
    variances = [2.56, 3.556, 3.0, 1.959]
    for row, variance in zip(table.itertuples(), variances, strict=True):
        starts = best[row.hours, row.m]
        assert row[3] == ", ".join(map(str, starts))
        assert row.minima == 1
        assert row.variance == pytest.approx(variance, abs=6e-4)
        assert row.variance == pytest.approx(variance_by_tosses(row.hours, row.m, starts))
        every = list(range(1, row.hours + 1))
        if row.hours <= 10:
            assert row[6] == pytest.approx(variance_by_tosses(row.hours, row.m, every))
    assert table["a coin every hour"].tolist()[:2] == pytest.approx([3.68, 8.691], abs=6e-4)


def test_factor_of_six(done: Any) -> None:
    """33 %, 200 %, 100 %; factors 6 and 3, or 4 and 2.5, by all cases in fractions."""
    table = done.defs["six"]
    half, one = Fraction(1, 2), Fraction(1)

    def ride(mine: Fraction, other: Fraction) -> Fraction:
        return mine * (1 - other) + mine * other * half

    truth = ride(one, one) - ride(half, half)
    arms = [ride(one, half), ride(half, one)]
    coin = [half * (ride(one, half) + ride(one, one)), half * (ride(half, one) + ride(half, half))]
    relative = [ride(one, one) / ride(half, half) - 1, arms[0] / arms[1] - 1, coin[0] / coin[1] - 1]
    assert relative == [Fraction(1, 3), 2, 1]
    assert table["gain (%)"].tolist() == pytest.approx([100 * float(each) for each in relative])
    assert table["factor, relative"].tolist() == pytest.approx([1, 6, 3])
    gains = [truth, arms[0] - arms[1], coin[0] - coin[1]]
    assert table["factor, rides"].tolist() == pytest.approx([float(g / truth) for g in gains])
    assert table["factor, rides"].tolist() == pytest.approx([1, 4, 2.5])


# Exercises on the page ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "names", "right", "wrong"),
    [
        ("check_1", ["whole_city"], ["less"], {"no other rider": "as much", "drives": "more"}),
        ("check_2", ["ab_says", "city_gains"], [], {"two numbers": "six"}),
        ("check_4", ["rate_8", "rate_1"], [], {"independent": "about 5 %"}),
        ("check_6", ["honest_error"], [1.24], {"above zero": -1.0}),
        ("check_7", ["plan"], [(12, 4)], {"many coins": (1, 0), "dear": (12, 0)}),
    ],
)
def test_exercises(done: Any, check: str, names: list[str], right: list, wrong: dict) -> None:
    judge = asked(done, check, *names)
    accepted(judge, right)
    refused(judge, wrong)
    never_done(judge)


def test_exercise_6_with_the_pages_numbers(done: Any) -> None:
    """Blocks are right, also at equal hours of the day; zone-hours are not."""
    g = done.defs
    judge = asked(done, "check_6", "honest_error")
    rides = np.broadcast_to(20 * g["four_rides"] / 100, (2, 336, 20))
    _, error, _ = g["by_hours"](rides, g["four_new"][:, None], 4, 0)
    rows = [g["four_rides"][g["four_new"] == rule] for rule in (0, 1)]
    accepted(judge, [error])
    refused(judge, {"6,720 rows": np.sqrt(sum(part.var(ddof=1) / part.size for part in rows))})


# Other seeds -------------------------------------------------------------------------------------


@pytest.mark.deep
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_other_seeds(seed: int, done: Any) -> None:
    """Another seed is another city; checks are done, and what is said holds."""
    other = run(ROOT / "solutions" / f"{NAME}.py", SEED=seed)
    assert {check.status for check in other.checks.values()} == {"done"}
    g = other.defs
    assert g["naive_difference"] != done.defs["naive_difference"]
    assert g["naive_difference"] > g["true_effect"] + 4 * g["naive_error"]
    assert 1.5 < g["live_bias"]["user-level A/B"] < 2.4
    alarms_ = g["false_alarms"].set_index("block")
    assert alarms_["t on hours"][8] > 0.3
    assert alarms_["t on hours"][1] < 0.09
    assert abs(g["switchback_difference"] - 3.66) < 4 * g["switchback_error"]
    assert g["model_share"][8] < 0.55
