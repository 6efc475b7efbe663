"""Drawings and judges of notebook 04, without running a notebook."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from helpers import charts, checks
from helpers.lessons import ab_testing
from helpers.tidy import HDI_PROB
from tests.answers import never_done, told_apart
from tests.claims import titles_of
from tests.pages import axis_titles, specs_of
from tests.support import ROOT, load

SEEN, NOISE = np.log(1.75), np.sqrt(1 / 200 + 1 / 350 - 2 / 10_000)
BASELINE, REVENUE = 15 / 615, 1_000_000 * 15 / 615 * 40
HINT = np.random.default_rng(4).normal(0.07, 0.06, 20_000)


@functools.cache
def page() -> Any:
    """Return the functions that stand on the page; no cell of it runs."""
    return load(ROOT / "solutions" / "04_bayesian_ab_testing.py")


def control(value: Any, **others: Any) -> Any:
    """Return what a drawing asks of a slider."""
    import marimo as mo

    slider = mo.ui.slider(0, 1000, 1, value=value)
    for name, other in others.items():
        setattr(slider, name, other)
    return slider


# Sums over a grid --------------------------------------------------------------------------------


def test_a_grid_is_read_off_as_the_distribution_itself() -> None:
    """Quantiles, tails and the shortest interval of a normal and of a skewed density."""
    grid = np.linspace(-8, 8, 401)
    cdf = ab_testing.cumulate(ab_testing.unlog(stats.norm.logpdf(grid)[None]))
    assert cdf[0] == pytest.approx(stats.norm.cdf(grid), abs=1e-6)
    (lower,), (upper,) = ab_testing.shortest(cdf, grid, 0.94)
    assert (lower, upper) == pytest.approx((-1.8808, 1.8808), abs=2e-3)
    above = ab_testing.chance_above(cdf, grid, 0.73)[0]
    assert above == pytest.approx(stats.norm.sf(0.73), abs=1e-3)
    grid = np.linspace(1e-9, 30, 2_001)
    cdf = ab_testing.cumulate(stats.gamma(3).pdf(grid)[None])
    (lower,), (upper,) = ab_testing.shortest(cdf, grid, HDI_PROB)
    assert stats.gamma(3).cdf([lower, upper]) @ [-1, 1] == pytest.approx(0.94, abs=1e-3)
    starts = np.linspace(0, 0.06, 6_001)
    widths = stats.gamma(3).ppf(starts + 0.94) - stats.gamma(3).ppf(starts)
    assert upper - lower == pytest.approx(widths.min(), rel=0.01)


def test_a_rate_has_an_error() -> None:
    """Binomial, and not zero where nothing was seen."""
    found = ab_testing.rate_with_error(0.3, 700)
    assert found["monte_carlo_se"] == pytest.approx(np.sqrt(0.21 / 700), rel=0.01)
    assert 0 < ab_testing.rate_with_error(0.0, 700)["monte_carlo_se"] < 0.003


def test_words_for_numbers() -> None:
    """Signs, small and large probabilities, what was never seen."""
    assert (ab_testing.gain(0.307), ab_testing.gain(-0.05, 1)) == ("+31 %", "−5.0 %")
    assert [ab_testing.probability(p) for p in (1, 0.9995, 0.5, 0)] == [
        "> 0.999",
        "> 0.999",
        "0.500",
        "< 0.001",
    ]
    assert ab_testing.seen_share(0, 700) == "none of 700"
    assert ab_testing.seen_share(0.25, 700) == "25.0 %"


# Charts ------------------------------------------------------------------------------------------


def _power() -> pd.DataFrame:
    sizes = [100, 1_000, 10_000, 40_000, 80_000]
    rows = [(w, n) for w in (-0.25, -0.125, 0.0, 0.125, 0.25) for n in sizes]
    frame = pd.DataFrame(rows, columns=["true_lift", "n_per_arm"])
    return frame.assign(
        rate=abs(frame["true_lift"]) * frame["n_per_arm"] / 20_000, monte_carlo_se=0.01
    )


def _effects() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    names = ("no adjustment", "measured before", "measured during")
    return {name: rng.normal(mean, 0.2, 300) for name, mean in zip(names, (2, 2, 0.9), strict=True)}


def _tails() -> pd.DataFrame:
    return pd.DataFrame({p: {0.1: 0.9, 0.5: 0.5} for p in ab_testing.PRIOR_ROLES})


def _by_prior() -> pd.DataFrame:
    row = {"mean": 0.3, "lower": 0.2, "upper": 0.4, "role": "naive"}
    return pd.DataFrame([{"label": name, **row} for name in ("grid", "flat prior")])


def _claims() -> pd.DataFrame:
    rules = ("HDI excludes 0", "HDI outside ROPE", "HDI inside ROPE")
    rows = [(n, rule, 0.3) for rule in rules for n in (100, 900)]
    return pd.DataFrame(rows, columns=["n_per_arm", "label", "rate"])


def _peeking() -> pd.DataFrame:
    rules = zip(
        ("p < 0.05", "flat", "correlated", "HDI + ROPE"), (0.25, 0.24, 0.06, 0), strict=True
    )
    rows = [(rule, looks, rate) for rule, rate in rules for looks in (1, 20)]
    return pd.DataFrame(rows, columns=["rule", "looks", "false_positive_rate"])


def _curve() -> pd.DataFrame:
    return pd.DataFrame({"scale": [0.1, 0.2], "normal": [0.9, 0.1], "t": [0.1, 0.05]})


CARRIES = pd.DataFrame({"lift_sd": [0.1, 0.2, 0.1], "mean": 0.3, "lower": 0.2, "upper": 0.4})
PAGES = pd.DataFrame({"page": ["old", "new"], "visitors": 10_000, "conversions": [200, 350]})
ERRORS = pd.Series([0.0014, 0.0018])
VIEWS: dict[str, tuple[Callable[[], Any], str, set[str]]] = {
    "rates": (
        lambda: ab_testing.chart_rates(PAGES, ERRORS),
        "The new page sold 75 % more",
        {"rate"},
    ),
    "priors": (
        lambda: ab_testing.show_priors(
            [control(1)], page().prior_cdf, {p: {} for p in ab_testing.PRIOR_ROLES}, _tails()
        ),
        "Lift of 50 % or more, up or down: 50 %, 50 %, 50 %",
        {"lift", "density"},
    ),
    "gaps": (
        lambda: ab_testing.chart_gaps(np.arange(-99, 100), 90, 20),
        "A gap of 90 or more: 20 of 199 invented tests",
        {"gap"},
    ),
    "lift": (
        lambda: ab_testing.chart_lift(np.full(9, 0.3) + np.linspace(-0.1, 0.1, 9), 0.75),
        "Lift +30 %; the dashboard says +75 %",
        {"lift"},
    ),
    "by prior": (
        lambda: ab_testing.chart_by_prior(_by_prior(), 0.75),
        "Two routes, one posterior; other priors, other answers",
        {"posterior"},
    ),
    "carry": (
        lambda: ab_testing.show_carry(control(10), CARRIES, 0.75),
        "Prior sd 10 %: lift +30 % (+20 % to +40 %)",
        {"lift_sd", "posterior"},
    ),
    "suspicion": (
        lambda: ab_testing.show_suspicion(
            [control(10), types.SimpleNamespace(selected_key="Normal")],
            _curve(),
            0.1,
            0.9,
        ),
        "Normal, scale 10 %: P(broken) = 0.90",
        {"scale", "broken"},
    ),
    "power": (
        lambda: ab_testing.show_power([control(10)], _power(), _power(), 94, 5),
        "40,000 per page: 25 % for +12.5 %, 0.0 % for no lift",
        {"visitors", "claims"},
    ),
    "assurance": (
        lambda: ab_testing.chart_assurance(_claims(), 0.62),
        "Outside the ROPE: towards 62 %, with any number of visitors",
        {"visitors", "ends"},
    ),
    "peeking": (
        lambda: ab_testing.chart_peeking(_peeking(), 1_500),
        "Twenty looks: p-value 25 %, HDI + ROPE none of 1,500",
        {"looks", "false"},
    ),
    "month": (
        lambda: ab_testing.show_month(control(7), np.array([0.01, 0.5, 0.04])),
        "Month 7: 2 of 3 changes below the line",
        {"change", "p"},
    ),
    "cuped": (
        lambda: ab_testing.chart_cuped(
            pd.DataFrame({"label": list("abc"), "mean": 2.0, "lower": 1.0, "upper": 3.0}), 0.7
        ),
        "Posterior sd −30 %: the past takes noise away",
        {"spend"},
    ),
    "leak": (
        lambda: ab_testing.show_leak(control(1), _effects()),
        "Measured during the test: mean 0.89; truth 2",
        {"estimate"},
    ),
}
"""Drawing -> how it is made, the finding in its title, the quantities of its axes."""


def specs(view: Any) -> list[dict[str, Any]]:
    """Return the specifications of the charts in a view."""
    return [view.to_dict()] if hasattr(view, "to_dict") else specs_of(view)


@pytest.mark.parametrize("name", VIEWS)
def test_a_drawing_says_what_it_shows(name: str) -> None:
    """The finding in the title, quantity and unit on the axes, words for who listens."""
    make, title, quantities = VIEWS[name]
    (spec,) = specs(make())
    assert titles_of(spec)[0].startswith(title)
    assert {ab_testing.axis_title(q) for q in quantities} <= axis_titles(spec)
    assert title in spec["description"]
    assert len(spec["description"]) > 60
    assert all(len(line) <= 62 for line in charts.wrap(titles_of(spec)[0]))


def test_bars_are_the_rates() -> None:
    """Per cent of visitors, each bar with its counts."""
    (spec,) = specs(ab_testing.chart_rates(PAGES, ERRORS))
    rows = next(iter(spec["datasets"].values()))
    assert [row["rate"] for row in rows] == pytest.approx([2.0, 3.5])
    assert rows[1]["told"] == "350 of 10,000: 3.5 %"
    assert (rows[0]["lower"], rows[1]["upper"]) == pytest.approx((1.72, 3.86))


def test_tails_of_each_prior_stand_in_a_table() -> None:
    """One row a prior, one column a size."""
    text = ab_testing.table_of_tails(_tails()).text
    for words in ("beyond ±10 %", "beyond ±50 %", "independent", "0.900"):
        assert words in text


def test_gaps_are_called_by_their_name() -> None:
    """Tests that the fitted model repeats are not those that the prior invents."""
    (spec,) = specs(
        ab_testing.chart_gaps(np.arange(-99, 100), 90, 10, "repeated tests", "adjusted")
    )
    assert titles_of(spec)[0] == "A gap of 90 or more: 10 of 199 repeated tests"


def test_power_shows_its_monte_carlo_error() -> None:
    """Two standard errors to both sides of each point."""
    template = ab_testing.power_template()
    (errors,) = (
        layer for layer in template["layer"] if layer["encoding"]["y"].get("field") == "low"
    )
    assert errors["mark"]["type"] == "rule"
    assert errors["encoding"]["y2"]["field"] == "high"
    sums = {each["as"]: each["calculate"] for each in errors["transform"]}
    assert sums["low"].count("monte_carlo_se * 2") == sums["high"].count("monte_carlo_se * 2") == 1


def test_the_shortest_interval_needs_a_share() -> None:
    """A level in per cent is refused."""
    with pytest.raises(ValueError, match="between 0 and 1; got 94"):
        ab_testing.shortest(np.linspace(0, 1, 9)[None], np.arange(9.0), 94)


def test_verdicts_and_numbers_stand_side_by_side() -> None:
    """Euros, probabilities and the interval of each test, and what each rule says."""
    row = {"better": 0.94, "worthwhile": 0.6, "loss if shipped": 4_300, "loss if kept": 74_000}
    judged = pd.DataFrame([row | {"lower": -0.02, "upper": 0.17}], index=["a hint"])
    said = pd.DataFrame({"HDI + ROPE": ["undecided"]}, index=["a hint"])
    text = ab_testing.show_tests({"a hint": (244, 275, 10_000)}, judged, said).text
    for words in ("244 and 275 of 10,000", "€4,300", "0.940", "−2.0 to +17.0 %", "undecided"):
        assert words in text


def test_a_plan_for_those_who_pay() -> None:
    """Visitors and weeks; a test that takes months is advised against."""
    controls = [control(2), control(10), control(100)]
    short, long = (ab_testing.show_plan(controls, 64_000, w).text for w in (6.4, 30))
    assert "64,000 visitors per page, in 7 weeks" in short
    assert "lift of 10 %" in short
    assert "Too long" in long
    assert "Too long" not in short


# Judges ------------------------------------------------------------------------------------------


def broken(sd: float, share: float = 0.01) -> float:
    """Return P(broken) when working tests have lifts Normal(0, sd), in closed form."""
    works, odd = (stats.norm(0, np.hypot(each, NOISE)).pdf(SEEN) for each in (sd, 0.5))
    return float(share * odd / (share * odd + (1 - share) * works))


RIGHT_2 = np.array([broken(0.1), broken(0.2)])
NET = REVENUE * HINT - 20_000
SHOP = {"visitors": 20_000, "old": 480, "new": 566, "lift_sd": 0.05, "share_broken": 0.02}
SHOP |= {"cost": 100_000, "revenue": REVENUE, "margin": 0.05, "baseline": BASELINE}
PUBLISHED = pd.DataFrame(
    {
        "lower": np.r_[np.linspace(-0.09, 0.06, 500), np.linspace(-0.04, 0.2, 500)],
        "lift_near": np.repeat([0.0, 0.125], 500),
    }
).assign(upper=lambda t: t["lower"] + 0.08)
ALARM = 1 - 0.95**20


def claiming(rope: float) -> np.ndarray:
    """Return the share of rows of PUBLISHED beyond the ROPE, near 0 and near 0.125."""
    far = (PUBLISHED["lower"] > rope) | (PUBLISHED["upper"] < -rope)
    return far.groupby(PUBLISHED["lift_near"]).mean().to_numpy()


@functools.cache
def sister() -> dict[str, Any]:
    """Return the answer to exercise 4, by a brute-force sum over both unknowns."""
    lifts = np.linspace(-0.3, 0.5, 1_601)
    rate = np.linspace(0.015, 0.035, 801)[:, None]
    density = stats.beta.logpdf(rate, 15, 600) + stats.norm.logpdf(lifts, 0, 0.05)
    density = density + stats.binom.logpmf(480, 20_000, rate)
    density = density + stats.binom.logpmf(566, 20_000, rate * (1 + lifts))
    mass = np.exp(density - density.max()).sum(axis=0)
    mass /= mass.sum()
    seen, noise = np.log(566 / 480), np.sqrt(1 / 480 + 1 / 566 - 2 / 20_000)
    works, odd = (stats.norm(0, np.hypot(sd, noise)).pdf(seen) for sd in (0.05, 0.5))
    effect = sm.stats.proportion_effectsize(BASELINE * 1.1, BASELINE)
    return {
        "lift": float(mass @ lifts),
        "p_broken": float(0.02 * odd / (0.02 * odd + 0.98 * works)),
        "decision": "keep",
        "region": "undecided",
        "visitors": sm.stats.NormalIndPower().solve_power(effect, alpha=0.05, power=0.8),
    }


def judge_4(answer: Any) -> checks.Check:
    """Return the verdict of exercise 4 with the functions of the page."""
    return ab_testing.judge_4(
        answer, SHOP, page().posterior_of, page().chance_broken, page().z_visitors
    )


def _theta(y: Any, x: Any) -> Any:
    return np.linalg.lstsq(x - x.mean(0), y - y.mean(), rcond=None)[0]


def _gap(values: Any, treated: Any) -> float:
    return values[treated == 1].mean() - values[treated == 0].mean()


def _by_regression(after: Any, before: Any, treated: Any) -> float:
    """Return CUPED by two regressions of statsmodels."""
    left = sm.OLS(after, sm.add_constant(before)).fit().resid
    return float(sm.OLS(left, sm.add_constant(treated)).fit().params[1])


def _by_covariance(after: Any, before: Any, treated: Any) -> float:
    """Return CUPED from the covariance matrix; the past is not centred, which changes nothing."""
    joint = np.cov(np.column_stack([before, after]), rowvar=False)
    theta = np.linalg.solve(joint[:-1, :-1], joint[:-1, -1])
    return _gap(after - before @ theta, treated)


def _ancova(y: Any, x: Any, t: Any) -> float:
    return float(sm.OLS(y, np.column_stack([t, np.ones(len(t)), x])).fit().params[0])


def _each_alone(y: Any, x: Any, t: Any) -> float:
    return _gap(y - x @ np.array([np.polyfit(column, y, 1)[0] for column in x.T]), t)


JUDGES: dict[str, tuple[Callable[[Any], checks.Check], tuple[Any, ...], dict[str, Any]]] = {
    "1": (
        ab_testing.judge_1,
        ("about 60 %", " About 60  % "),
        {
            "small lifts": "about 5 %",
            "More": "about 20 %",
            "implies": "it has no opinion",
            "choose": "60",
        },
    ),
    "2": (
        lambda answer: ab_testing.judge_2(answer, SEEN, NOISE),
        (RIGHT_2, RIGHT_2.round(2).tolist(), tuple(RIGHT_2)),
        {
            "works": 1 - RIGHT_2,
            "order": RIGHT_2[::-1],
            "per cent": 100 * RIGHT_2,
            "odds": RIGHT_2 / (1 - RIGHT_2),
            "share": [broken(0.1, 0.5), broken(0.2, 0.5)],
            "second": [RIGHT_2[0], RIGHT_2[0]],
            "Two numbers": RIGHT_2[0],
            "before": [0.01, 0.01],
        },
    ),
    "3": (
        lambda answer: ab_testing.judge_3(answer, HINT, REVENUE),
        (-np.minimum(NET, 0).mean(), -NET[NET < 0].sum() / len(NET)),
        {
            "keeping": np.maximum(NET, 0).mean(),
            "cost": -np.minimum(NET + 20_000, 0).mean(),
            "before the cut": np.maximum(-(NET + 20_000), 0).mean() + 20_000,
            "wrong sign": np.maximum(-(NET + 40_000), 0).mean(),
            "losing draws": -NET[NET < 0].mean(),
            "mean gain": NET.mean(),
            "positive": np.minimum(NET, 0).mean(),
            "units of lift": -np.minimum(NET, 0).mean() / REVENUE,
            "average": 0.0,
            "One number": np.maximum(-NET, 0),
        },
    ),
    "4": (
        judge_4,
        (sister(), sister() | {"lift": round(sister()["lift"], 3), "decision": " Keep "}),
        {
            "dictionary": [0.07, 0.03],
            "Still open: region": {k: v for k, v in sister().items() if k != "region"},
            "raw lift": sister() | {"lift": 566 / 480 - 1},
            "first shop": sister() | {"lift": 0.1236},
            "a share and not per cent": sister() | {"lift": 6.6},
            "1 test in 100": sister() | {"p_broken": 0.0130},
            "her usual lifts": sister() | {"p_broken": 0.5},
            "mean lift": sister() | {"decision": "ship"},
            "one of the texts": sister() | {"decision": "maybe"},
            "compare the ends": sister() | {"region": "better"},
            "both pages": sister() | {"visitors": 2 * sister()["visitors"]},
            "80 % power": sister() | {"visitors": 11_000},
            "TypeError": sister() | {"visitors": object()},
        },
    ),
    "5": (
        lambda answer: ab_testing.judge_5(answer, PUBLISHED, BASELINE),
        (claiming(0.05), claiming(0.05).tolist(), pd.Series(claiming(0.05))),
        {
            "buggy": claiming(0.05 * BASELINE),
            "no ROPE": claiming(0),
            "per cent": 100 * claiming(0.05),
            "order": claiming(0.05)[::-1],
            "nothing": 1 - claiming(0.05),
            "each": claiming(0.025),
            "far too wide": np.zeros(2),
        },
    ),
    "6": (
        ab_testing.judge_6,
        ("about 25 %", "ABOUT 25 %"),
        {"one look": "about 5 %", "two or three": "about 10 %", "Too many": "about 50 %"},
    ),
    "7": (
        ab_testing.judge_7,
        ([ALARM, 0.0025], (0.64, 1 - 0.95 ** (1 / 20))),
        {
            "do not add up": (1.0, 0.0025),
            "*no* alarm": (0.95**20, 0.0025),
            "for one test": (0.05, 0.0025),
            "per cent": (100 * ALARM, 0.0025),
            "the chance is still 64 %": (ALARM, 0.05),
            "no more than it takes": (ALARM, 1e-6),
            "Two numbers": (ALARM,),
        },
    ),
    "8": (
        ab_testing.judge_8,
        (_by_regression, _by_covariance),
        {
            "plain difference": lambda y, _, t: _gap(y, t),
            "first column": lambda y, x, t: _gap(y - x[:, :1] @ _theta(y, x[:, :1]), t),
            "alone": _each_alone,
            "Centre the columns": lambda y, x, t: _gap(
                y - x @ np.linalg.lstsq(x, y, rcond=None)[0], t
            ),
            "along axis 0": lambda y, x, t: _gap(
                y - x @ np.linalg.lstsq(x, y - y.mean(), rcond=None)[0], t
            ),
            "added": lambda y, x, t: _gap(y + x @ _theta(y, x), t),
            "sign": lambda y, x, t: -_gap(y - x @ _theta(y, x), t),
            "ANCOVA": _ancova,
            "One number": lambda y, x, _: y - x @ _theta(y, x),
        },
    ),
}
"""Exercise -> its judge, right answers, and a word of the hint -> the wrong idea it is for."""


@pytest.mark.parametrize("number", JUDGES)
def test_right_and_wrong_ideas_are_told_apart(number: str) -> None:
    """Any right answer is done, however written; each usual wrong idea gets its own hint."""
    judge, right, wrong = JUDGES[number]
    told_apart(judge, right, wrong)


@pytest.mark.parametrize("number", JUDGES)
def test_nothing_absurd_is_done(number: str) -> None:
    """Nothing that a learner can type crashes a check or passes it."""
    never_done(JUDGES[number][0])


def test_open_parts_are_to_do() -> None:
    """An answer whose parts are all open, or a function that returns nothing, is not wrong."""
    assert ab_testing.judge_2([..., ...], SEEN, NOISE).status == "todo"
    assert ab_testing.judge_7([..., ...]).status == "todo"
    assert judge_4(dict.fromkeys(ab_testing.KEYS, ...)).status == "todo"
    assert ab_testing.judge_8(lambda *_: None).status == "todo"
    assert ab_testing.judge_8(lambda *_: ...).status == "todo"


def test_the_toy_shop_tells_the_ways_apart() -> None:
    """No two ways of adjusting agree on the data that exercise 8 is judged by."""
    assert min(np.diff(sorted(ab_testing.toy_answers().values()))) > 1e-3
