"""Notebook 17: its numbers against recomputations, its stored study, its exercises."""

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
import statsmodels.api as sm
from scipy import stats

from helpers import worlds
from tests.answers import accepted, asked, never_done, refused
from tests.support import ROOT, run

NAME = "17_decisions"
RATES = np.array([0.04, 0.05, 0.06, 0.08])
LOSS = {"fine": (Fraction(10, 100), Fraction(5, 100)), "angry": (Fraction(6, 10), Fraction(4, 10))}
KINDS = np.array([0.4, 0.3, 0.2, 0.1])
ANSWERS = np.array([[0.3, 0.2, 0.1], [0.1, 0.3, 0.2], [0.2, 0.1, 0.4], [0.25, 0.25, 0.25]])


@functools.cache
def script() -> Any:
    """Return the study as a module."""
    path = ROOT / "data" / "decisions_study.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@functools.cache
def stored() -> pd.DataFrame:
    """Return the stored study: mean, sd, Monte Carlo error and coverage of all 2,000 worlds."""
    rows = pd.read_csv(ROOT / "data" / "decisions_study.csv", dtype={"setting": str})
    table = rows.groupby(["part", "setting", "method"], sort=False)[["mean", "square", "covers"]]
    found = table.mean()
    n = rows.groupby(["part", "setting", "method"], sort=False)["worlds"].sum()
    found["sd"] = np.sqrt((found["square"] - found["mean"] ** 2) * n / (n - 1))
    found["error"] = found["sd"] / np.sqrt(n)
    return found.assign(worlds=n)


def in_log(c: Fraction) -> tuple[Fraction, Fraction]:
    """Return the chance to leave in the clerk's log, not called and called, by Bayes' rule."""
    chance = {"fine": 1 - c, "angry": c}
    found = []
    for called in (0, 1):
        weight = {m: (chance[m] if called else 1 - chance[m]) / 2 for m in LOSS}
        found.append(sum(weight[m] * LOSS[m][called] for m in LOSS) / sum(weight.values()))
    return found[0], found[1]


def done_to_all() -> tuple[Fraction, Fraction]:
    """Return the chance to leave without and with a call, whatever the mood."""
    return tuple(sum(LOSS[m][called] for m in LOSS) / 2 for called in (0, 1))


def worth(loss: Fraction, cost: Fraction) -> tuple[float, float]:
    """Return values (calm, at risk) of a fixed policy: Cramer's rule on its two equations."""
    g, half = Fraction(95, 100), Fraction(1, 2)
    a, b = 1 - g * Fraction(8, 10), -g * Fraction(2, 10)
    c, d = -g * (1 - loss) * half, 1 - g * (1 - loss) * half
    determinant = a * d - b * c
    calm, risk = (10 * d - b * (10 - cost)) / determinant, (a * (10 - cost) - 10 * c) / determinant
    return float(calm), float(risk)


def habit(c: Fraction) -> float:
    """Return what a clerk's habit is worth at risk, euros."""
    called = {"fine": 1 - c, "angry": c}
    loss = sum(called[m] * LOSS[m][1] + (1 - called[m]) * LOSS[m][0] for m in LOSS) / 2
    return worth(loss, 2 * sum(called.values()) / 2)[1]


def learned(c: Fraction) -> tuple[int, float, float]:
    """Return what the log teaches: the call, its promise and its worth at risk, euros."""
    promise = [worth(loss, 2 * call)[1] for call, loss in enumerate(in_log(c))]
    call = int(promise[1] > promise[0])
    return call, promise[call], worth(done_to_all()[call], 2 * call)[1]


@functools.cache
def coins() -> tuple[Fraction, Fraction]:
    """Return the biases of a coin's mean and of the better mean, from all cases."""
    mean = best = Fraction(0)
    for first, second, third, tie in itertools.product((0, 1), repeat=4):
        heads, n = [first, second], [1, 1]
        chosen = tie if first == second else int(second > first)
        heads[chosen] += third
        n[chosen] += 1
        both = [Fraction(h, k) for h, k in zip(heads, n, strict=True)]
        mean, best = mean + both[0] / 16, best + max(both) / 16
    return mean - Fraction(1, 2), best - Fraction(1, 2)


@functools.cache
def regret_of_test(each: int = 500) -> float:
    """Return the exact mean regret of so many visitors a banner, then the winner (ties: chance)."""
    n = np.arange(each + 1)
    below = [stats.binom.cdf(n - 1, each, r) for r in RATES]
    here = [stats.binom.pmf(n, each, r) for r in RATES]
    wins = []
    for a in range(4):
        total = 0.0
        others = [b for b in range(4) if b != a]
        for ties in itertools.product((0, 1), repeat=3):
            parts = [here[b] if t else below[b] for b, t in zip(others, ties, strict=True)]
            total += float((here[a] * np.prod(parts, axis=0)).sum()) / (1 + sum(ties))
        wins.append(total)
    assert sum(wins) == pytest.approx(1)
    gap = 0.08 - RATES
    return float(each * gap.sum() + (10_000 - 4 * each) * np.array(wins) @ gap)


@functools.cache
def thompson_regret(n_worlds: int = 60) -> tuple[float, float]:
    """Return the mean regret of Thompson sampling and its error, by gamma draws, other seeds."""
    rng, lost = np.random.default_rng(77), np.zeros(n_worlds)
    a, b = np.ones((2, n_worlds, 4))
    row = np.arange(n_worlds)
    for _ in range(10_000):
        x, y = rng.standard_gamma(a), rng.standard_gamma(b)
        arm = (x / (x + y)).argmax(axis=1)
        hit = rng.random(n_worlds) < RATES[arm]
        a[row, arm] += hit
        b[row, arm] += ~hit
        lost += 0.08 - RATES[arm]
    return float(lost.mean()), float(lost.std() / np.sqrt(n_worlds))


@pytest.fixture
def done(run_notebook: Any) -> Any:
    return run_notebook("solutions", NAME)


# Bandits -----------------------------------------------------------------------------------------


def test_chances_of_a_campaign(done: Any) -> None:
    """The recorded chance of each banner is that of being the best, by draws from the beliefs."""
    log, rng = done.defs["clicks"], np.random.default_rng(5)
    assert log["visitor"].tolist() == list(range(1, 10_001))
    assert (log["propensity"].head(100).round(9) == 0.25).all()
    for batch in (1, 5, 30):
        seen = log.head(100 * batch).groupby("arm")["click"].agg(["sum", "size"])
        seen = seen.reindex(range(4), fill_value=0)
        draws = rng.beta(1 + seen["sum"], 1 + seen["size"] - seen["sum"], (40_000, 4))
        chance = np.bincount(draws.argmax(axis=1), minlength=4) / 40_000
        now = log.iloc[100 * batch : 100 * batch + 100]
        assert np.allclose(now["propensity"], chance[now["arm"]], atol=0.011)


def test_regrets(done: Any) -> None:
    """A quarter each 225; the test by its exact chances; Thompson sampling by other draws."""
    regret, lost = done.defs["regret"], done.defs["regret_by_world"]
    assert regret["a quarter each"] == pytest.approx(225)
    error = lost.std() / np.sqrt(len(lost))
    assert abs(regret["test, then the winner"] - regret_of_test()) < 4 * error.iloc[0]
    mean, other = thompson_regret()
    assert abs(regret["Thompson sampling"] - mean) < 4 * np.hypot(other, error.iloc[2])
    assert 50 < regret["epsilon-greedy"] < 80


def test_reports_are_biased_both_ways(done: Any) -> None:
    """The toy exactly; the worlds' figures within Monte Carlo error."""
    assert coins() == (Fraction(-1, 16), Fraction(3, 16))
    toy = done.defs["toy"]
    assert (toy["coin"], toy["winner"]) == (-1 / 16, 3 / 16)
    table = done.defs["reports"]
    expected = {
        "half each": (0, 0, 0.05, 0.069, 0.025),
        "Thompson sampling": (-0.046, -0.023, 0.074, 0.122, 0.024),
        "epsilon-greedy": (-0.044, -0.038, 0.056, 0.122, 0.0175),
        "epsilon-greedy, weighted": (0, 0, 0.05, 0.193, 0.009),
    }
    for rule, values in expected.items():
        assert table.loc[rule].to_numpy() == pytest.approx(values, abs=0.008)


# The clerk ---------------------------------------------------------------------------------------


def test_clerk_exactly(done: Any) -> None:
    """The log's contrast is .85 c - .55; doing is -.125; the values of the curriculum."""
    for c in (Fraction(1, 2), Fraction(7, 10), Fraction(9, 10)):
        not_called, called = in_log(c)
        assert called - not_called == Fraction(85, 100) * c - Fraction(55, 100)
        assert done.defs["losses"](float(c)) == pytest.approx((float(not_called), float(called)))
        assert done.defs["habit"](float(c))[1] == pytest.approx(habit(c))
    not_called, called = done_to_all()
    assert called - not_called == Fraction(-125, 1000)
    assert done.defs["losses_if_done"] == pytest.approx((float(not_called), float(called)))
    call, promise, value = learned(Fraction(9, 10))
    found = [done.defs[k] for k in ("promised_value", "policy_value", "habit_value")]
    assert found == [*map(pytest.approx, (promise, value, habit(Fraction(9, 10))))]
    assert done.defs["best_policy"](done.defs["losses"](0.9))[0] == call == 0
    assert (promise, value) == pytest.approx((96.97, 51.17), abs=0.005)
    assert habit(Fraction(9, 10)) == pytest.approx(64.37, abs=0.005)
    best = worth(called, Fraction(2))[1]
    assert done.defs["best_value"] == pytest.approx(best)
    assert best == pytest.approx(68.55, abs=0.005)
    assert learned(Fraction(7, 10)) == (0, pytest.approx(68.68, abs=0.005), value)
    assert learned(Fraction(1, 2))[0] == 1


def test_clerk_log(done: Any) -> None:
    """The sample's contrasts are the exact ones within error; the coin's rows tell the truth."""
    log = done.defs["clerk_log"]
    own = log[~log["by_coin"]]
    fit = sm.OLS(own["left"], sm.add_constant(own["called"])).fit(cov_type="HC0")
    assert done.defs["clerk_contrast"] == pytest.approx(fit.params.iloc[1])
    assert done.defs["clerk_error"] == pytest.approx(fit.bse.iloc[1], rel=1e-3)
    assert abs(fit.params.iloc[1] - 0.215) < 4 * fit.bse.iloc[1]
    assert done.defs["loss"] == pytest.approx((0.35, 0.225), abs=0.03)
    assert own["called"].mean() == pytest.approx(0.5, abs=0.01)


# Letters and offers ------------------------------------------------------------------------------


def weights_of(log: pd.DataFrame) -> np.ndarray:
    best = np.array([0, 1, 2, 0])[log["context"]]
    return np.where(log["action"] == best, 1 / log["propensity"], 0)


def test_letters(done: Any) -> None:
    """IPS, SNIPS, DR and the effective number from the log, by formulas of their own."""
    log, w = done.defs["logged"], weights_of(done.defs["logged"])
    assert done.defs["ips"] == pytest.approx(np.sum(w * log["reward"]) / 2_000)
    assert done.defs["ips_error"] == pytest.approx(stats.sem(w * log["reward"]))
    assert done.defs["snips"] == pytest.approx(np.average(log["reward"], weights=w))
    fit = sm.OLS.from_formula("reward ~ C(context) + C(action)", log).fit()
    there = log.assign(action=np.array([0, 1, 2, 0])[log["context"]])
    dr = fit.predict(there).mean() + np.mean(w * fit.resid)
    assert done.defs["dr"] == pytest.approx(dr)
    assert done.defs["effective_n"] == pytest.approx(w.sum() ** 2 / np.sum(w**2))
    direct = KINDS @ fit.predict(pd.DataFrame({"context": range(4), "action": [0, 1, 2, 0]}))
    assert done.defs["model_value"] == pytest.approx(direct)
    assert done.defs["letter_value"] == pytest.approx(0.315)


def test_spread_of_ips_is_exact(done: Any) -> None:
    """Its sd .0206, .0362, .0716, .113; weights 3, 15, 60, 150; the stored worlds agree."""
    for eps, sd, weight, rows in (
        (1, 0.0206, 3, 667),
        (0.2, 0.0362, 15, 248),
        (0.05, 0.0716, 60, 66),
        (0.02, 0.1130, 150, 27),
    ):
        found = done.defs["exact_spread"](eps)
        assert found == pytest.approx((sd, weight, rows), rel=0.02)
        assert stored().loc[("letters", f"{eps:g}", "IPS"), "sd"] == pytest.approx(sd, rel=0.06)
    log = 0.95 * KINDS @ ANSWERS[:, 0] + 0.05 * KINDS @ ANSWERS.mean(axis=1)
    assert done.defs["gain"]() == pytest.approx(0.315 - log)


def test_study_has_what_the_page_says() -> None:
    """Unbiased within four errors, coverage falling with the chance; offers as published."""
    table = stored()
    assert (table["worlds"] == 2_000).all()
    for setting in ("1", "0.2", "0.05", "0.02"):
        for method in ("IPS", "SNIPS", "DR"):
            row = table.loc[("letters", setting, method)]
            assert abs(row["mean"] - 0.315) < 4 * row["error"]
    for method, first, last in (("IPS", 0.94, 0.90), ("SNIPS", 0.94, 0.86), ("DR", 0.94, 0.88)):
        assert table.loc[("letters", "1", method), "covers"] == pytest.approx(first, abs=0.02)
        assert table.loc[("letters", "0.02", method), "covers"] == pytest.approx(last, abs=0.03)
    offers = table.loc["offers"].loc["0.8"]
    goal = {"regression without L": 0.42, "regression with L": 3.5, "g-formula": 10, "weights": 10}
    for method, mean in goal.items():
        assert offers.loc[method, "mean"] == pytest.approx(mean, abs=0.1)
    steep = table.loc["offers"].loc["1.5"]
    assert steep.loc["weights", "sd"] > 2
    assert steep.loc["weights", "covers"] < 0.9 < steep.loc["g-formula", "covers"]


def test_worlds_of_the_page_agree_with_the_study(done: Any) -> None:
    """The page's estimators in 60 worlds made by the page's functions, the stored ones in 2,000."""
    g = done.defs
    logs = [g["letters"](worlds.rng_of(2026, i), 2_000, g["EPS"]) for i in range(60)]
    readers = [g["two_offers"](worlds.rng_of(2026, i), 2_000) for i in range(60)]
    letters = np.array([g["policy_estimates"](log, g["BEST"])[:3] for log in logs])
    offers = np.array([g["four_answers"](each)["mean"] for each in readers])
    tables = stored().loc["letters"].loc["0.05"], stored().loc["offers"].loc["0.8"]
    for found, table in zip((letters, offers), tables, strict=True):
        error = table["sd"] / np.sqrt(60)
        assert (np.abs(found.mean(axis=0) - table["mean"]) < 4 * error).all()
        assert np.allclose(found.std(axis=0) / table["sd"], 1, atol=0.4)


def test_offers(done: Any) -> None:
    """Four answers by statsmodels; the g-formula also by drawing L."""
    offers, table = done.defs["offers"], done.defs["offers_table"]
    one = script()
    full = sm.OLS.from_formula("Y ~ A0 + A1 + L", offers).fit()
    plain = sm.OLS.from_formula("Y ~ A0 + A1", offers).fit()
    hours = [offers.loc[offers["A0"] == a, "L"] for a in (0, 1)]
    low, high = (
        full.predict(pd.DataFrame({"A0": a, "A1": a, "L": hours[a]})).mean() for a in (0, 1)
    )
    above, below = (
        sm.Logit.from_formula(f"A1 ~ {x}", offers).fit(disp=0).predict() for x in ("A0", "A0 + L")
    )
    w = np.where(offers["A1"] == 1, above / below, (1 - above) / (1 - below))
    fit = sm.WLS.from_formula("Y ~ A0 + A1", offers, weights=w).fit(cov_type="HC0")
    both = np.array([0, 1, 1])
    assert table["mean"]["g-formula"] == pytest.approx(high - low)
    assert table["mean"]["weights"] == pytest.approx(both @ fit.params, abs=1e-4)
    assert table["se"]["weights"] == pytest.approx(
        np.sqrt(both @ fit.cov_params() @ both), rel=1e-3
    )
    assert table["mean"]["regression without L"] == pytest.approx(both @ plain.params)
    assert table["mean"]["regression with L"] == pytest.approx(full.params[["A0", "A1"]].sum())
    assert done.defs["both_minus_none"] == pytest.approx(high - low)
    assert one.BOTH == 10


def test_doing_in_the_two_offers(done: Any) -> None:
    """The page's truth is that of its program: 10 for both, 4 for the first, 6 for the second."""
    two_offers = done.defs["two_offers"]
    assert done.defs["true_both"] == pytest.approx(10)
    for slope in (0.8, 1.5):
        made = {
            pair: two_offers(np.random.default_rng(4), 500, slope, *pair)
            for pair in itertools.product((0, 1), repeat=2)
        }
        for (a0, a1), frame in made.items():
            assert (frame[["A0", "A1"]] == [a0, a1]).all(axis=None)
            gained = (frame["Y"] - made[0, 0]["Y"]).to_numpy()
            assert gained == pytest.approx(np.full(500, 4 * a0 + 6 * a1))
    seen = two_offers(np.random.default_rng(4), 500)
    first = two_offers(np.random.default_rng(4), 500, a0=1)
    assert (first["A0"] == 1).all()
    assert seen.loc[seen["A0"] == 1, "Y"].equals(first.loc[seen["A0"] == 1, "Y"])


# Optional sections -------------------------------------------------------------------------------


def above_zero(m: float, s: float) -> float:
    x = np.linspace(m - 10 * s, m + 10 * s, 200_001)
    return float(np.trapezoid(np.maximum(x, 0) * stats.norm.pdf(x, m, s), x))


def test_intents(done: Any) -> None:
    """.15 for free choices, .30 for a trial, .45 against the intent: all states."""
    pay, intent = done.defs["PAYOUT"], done.defs["INTENT"]
    assert pay[intent, np.arange(4)].mean() == pytest.approx(0.15)
    assert pay.mean(axis=1) == pytest.approx([0.30, 0.30])
    assert pay[1 - intent, np.arange(4)].mean() == pytest.approx(0.45)
    last = done.defs["intents"]["last 200 plays"].tolist()
    assert last == pytest.approx([0.15, 0.30, 0.447], abs=0.004)
    assert done.defs["intents"]["regret"].iloc[2] == pytest.approx(10.7, abs=1.5)


def test_worth_of_a_test(done: Any) -> None:
    """EVPI, EVSI and the best size by numerical integrals and a search of its own."""
    g = done.defs
    for s, value in ((0.1, 0.0083), (0.25, 0.0576), (0.5, 0.1534), (1, 0.3509)):
        assert g["evpi"](0.1, s) == pytest.approx(above_zero(0.1, s) - 0.1, abs=1e-6)
        assert g["evpi"](0.1, s) == pytest.approx(value, abs=6e-5)
    for n, value in ((1_000, 0.0554), (10_000, 0.1282), (100_000, 0.1504)):
        spread = 0.25 / np.sqrt(0.25 + 800 / n)
        assert g["evsi"](n) == pytest.approx(above_zero(0.1, spread) - 0.1, abs=1e-6)
        assert g["evsi"](n) == pytest.approx(value, abs=6e-5)
    net = {
        n: above_zero(0.1, 0.25 / np.sqrt(0.25 + 800 / n)) - 0.1 - 4e-5 * n for n in (790, 810, 830)
    }
    assert max(net, key=net.get) == 810
    assert g["best_n"] == pytest.approx(810, abs=8)
    assert g["best_net"] == pytest.approx(net[810], abs=1e-6)


@functools.cache
def stopped(kind: str) -> dict[str, float]:
    """Return shares and means of 20,000 worlds that look every day, by a loop over days."""
    rng, n = np.random.default_rng(11), 20_000
    delta = rng.normal(0, 0.5, n) if kind == "prior" else np.full(n, float(kind))
    total, alive = np.zeros(n), np.ones(n, bool)
    claim, mean, raw = np.zeros(n), np.zeros(n), np.zeros(n)
    for day in range(1, 29):
        total += rng.normal(delta, 1.5)
        variance = 1 / (4 + day / 2.25)
        posterior = variance * total / 2.25
        chance = stats.norm.cdf(posterior / np.sqrt(variance))
        ends = alive & ((chance > 0.95) | (chance < 0.05))
        claim[ends] = np.where(chance[ends] > 0.5, 1, -1)
        mean[ends], raw[ends] = posterior[ends], total[ends] / day
        alive &= ~ends
    won = claim == 1
    return {
        "claims": float(np.mean(claim != 0)),
        "true": float(np.mean(claim[claim != 0] * delta[claim != 0] > 0)),
        "posterior": float(mean[won].mean()),
        "truth": float(delta[won].mean()),
        "raw": float(raw[won].mean()),
    }


def test_stopping(done: Any) -> None:
    """.961 of claims true over the prior; .147 claims where there is nothing, twice simulated."""
    table = done.defs["stops"]
    for row, kind in (("from the prior", "prior"), ("always 0", "0"), ("always 0.3", "0.3")):
        mine = stopped(kind)
        assert table.loc[row, "claims"] == pytest.approx(mine["claims"], abs=0.02)
        for column, key in (
            ("winners: posterior", "posterior"),
            ("truth", "truth"),
            ("raw mean", "raw"),
        ):
            assert table.loc[row, column] == pytest.approx(mine[key], abs=0.04)
    prior = stopped("prior")
    assert prior["true"] == pytest.approx(0.961, abs=0.007)
    assert table.loc["from the prior", "true claims"] == pytest.approx(0.961, abs=0.007)
    assert stopped("0")["claims"] == pytest.approx(0.147, abs=0.01)
    assert prior["posterior"] == pytest.approx(prior["truth"], abs=0.02)


# Exercises on the page ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "names", "right", "wrong"),
    [
        ("check_2", ["coin_mean", "winner_mean"], [], {"second toss": "at", "wins": "above"}),
        ("check_3", ["loss"], [], {"page told": (0.35, 0.225), "Turned round": (0.225, 0.35)}),
        ("check_5", ["both_minus_none"], [], {"not it": 1.0}),
        ("check_6", ["answer"], [], {"three numbers": (0.7, 0.6)}),
    ],
)
def test_exercises(done: Any, check: str, names: list[str], right: list, wrong: dict) -> None:
    judge = asked(done, check, *names)
    accepted(judge, right)
    refused(judge, {k: v for k, v in wrong.items() if k != "wins"})
    never_done(judge)


# Other seeds -------------------------------------------------------------------------------------


@pytest.mark.deep
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_other_seeds(seed: int, done: Any) -> None:
    """Another seed is another year; checks are done, and what is said holds."""
    other = run(ROOT / "solutions" / f"{NAME}.py", SEED=seed)
    assert {check.status for check in other.checks.values()} == {"done"}
    g = other.defs
    assert g["clerk_contrast"] != done.defs["clerk_contrast"]
    assert g["regret"].idxmin() == "Thompson sampling"
    assert (g["reports"].loc["Thompson sampling", ["bias A", "bias B"]] < -0.01).all()
    assert g["last_shares"]["D"] > 0.5
    assert abs(g["clerk_contrast"] - 0.215) < 4 * g["clerk_error"]
    g_formula = g["offers_table"].loc["g-formula"]
    assert abs(g_formula["mean"] - g["true_both"]) < 4 * g_formula["se"]
