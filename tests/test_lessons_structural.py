"""Drawings and judges of notebook 15, without running a notebook."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import marimo as mo
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import charts, checks
from helpers.lessons import structural
from tests.answers import never_done, told_apart
from tests.pages import axis_titles, title_of

MAP = pd.DataFrame({"rho": np.linspace(-0.3, 0.3, 13)})
MAP = MAP.assign(alpha=3.4 - 12.5 * MAP["rho"], se=0.44)


def test_first_picture_says_both_slopes() -> None:
    hours = np.linspace(-3, 3, 500)
    chart = structural.chart_first(hours, 4 * hours, 4.0, 3.0)
    assert title_of(chart) == "OLS: +4.00 kg per hour; truth: +3.00"
    assert axis_titles(chart.to_dict()) == {
        "hours given habits (per week)",
        "loss given habits (kg a year)",
    }
    lines = next(r for r in chart.to_dict()["datasets"].values() if "line" in r[0])
    assert {(row["role"], row["line"]) for row in lines if row["at"] > 0} == {
        ("naive", 14.0),
        ("truth", 10.5),
    }


def test_drift_shows_what_is_not_seen() -> None:
    """The cloud is the clients', at most 400; its line is the least-squares one through zero."""
    v = np.random.default_rng(1).normal(size=500)
    u = 1.8 * v + np.where(np.arange(500) % 2, 1.0, -1.0)
    chart = structural.chart_drift(v, u, 0.6, 3.9, 3.0)
    assert title_of(chart) == "ρ = +0.6: OLS says +3.90 kg per hour, the truth is +3.00"
    assert axis_titles(chart.to_dict()) == {
        "unseen hours, V (per week)",
        "unseen loss, U (kg a year)",
    }
    data = list(chart.to_dict()["datasets"].values())
    points, line = (next(rows for rows in data if name in rows[0]) for name in ("v", "mean"))
    assert len(points) == 400
    assert np.allclose([r["u"] for r in points], u[:400], atol=0.006)
    slope = np.linalg.lstsq(v[:, None], u)[0][0]
    assert np.allclose([r["mean"] / r["at"] for r in line], slope, atol=0.001)


def test_valley_reads_what_is_likely() -> None:
    rho = np.linspace(-0.9, 0.9, 181)
    found = pd.DataFrame({"rho": rho, "alpha": 5 - 3 * rho, "log_likelihood": -220 * rho**2})
    chart = structural.chart_valley(found, 0.5)
    assert title_of(chart) == (
        "g = 0.5: within 2 log units ρ from −0.09 to +0.09, effect from +4.7 to +5.3 kg per hour"
    )
    assert axis_titles(chart.to_dict()) == {
        "hidden correlation ρ",
        "log-likelihood",
    }
    rows = next(r for r in chart.to_dict()["datasets"].values() if "low" in r[0])
    assert structural.BOTTOM <= min(row["value"] for row in rows) < structural.BOTTOM + 1.5
    assert rules_of(chart) == [-2]
    assert rules_of(structural.chart_map(MAP, 0.1)) == [0]


def test_a_valley_without_walls_does_not_give_the_pictures_ends() -> None:
    """Where each ρ of the picture is likely, no two of them are told as limits."""
    rho = np.linspace(-0.99, 0.99, 199)
    found = pd.DataFrame({"rho": rho, "alpha": 5 - 3 * rho})
    for value, told in (
        (-(rho**2), "all ρ shown, effect from +2.2 to +7.8"),
        (-1.98 * (rho / 0.9) ** 4, "ρ from −0.90 to +0.90, effect from +2.3 to +7.7"),
    ):
        chart = structural.chart_valley(found.assign(log_likelihood=value), 0.0)
        assert title_of(chart) == f"g = 0.0: within 2 log units {told} kg per hour"


def rules_of(chart: charts.Drawing) -> list[float]:
    """Return where the chart has horizontal lines."""
    layers = [each for each in chart.to_dict()["layer"] if each["mark"]["type"] == "rule"]
    return [each["encoding"]["y"]["datum"] for each in layers]


def test_map_reads_the_slider_and_names_its_band() -> None:
    chart = structural.chart_map(MAP, 0.1)
    assert title_of(chart) == "If ρ = +0.10, stopping adds +2.15 kg"
    assert chart.to_dict()["title"]["subtitle"] == "band: 94 % confidence interval"
    assert "effect of stopping (kg)" in axis_titles(chart.to_dict())
    rows = next(r for r in chart.to_dict()["datasets"].values() if "low" in r[0])
    assert np.allclose([r["high"] - r["low"] for r in rows], 2 * 1.8807936 * 0.44, atol=1e-3)


def test_calibration_counts_worlds_and_says_what_is_left() -> None:
    """Ranks of one arm all at one end: a title that says so, ten bars a panel, none lost."""
    flat = np.linspace(0.005, 0.995, 100)
    with_letters = pd.DataFrame({"sent": 1, "rank": flat, "sd_left": 0.055})
    without = pd.DataFrame({"sent": 0, "rank": 0.99, "sd_left": np.r_[1.3, np.full(99, 0.31)]})
    spec = structural.chart_calibration(pd.concat([with_letters, without])).to_dict()
    assert " ".join(spec["title"]["text"]) == (
        "The interval holds α in 94 % with letters, 0 % without; "
        "6 % and 31 % of the prior's sd is left"
    )
    assert axis_titles(spec) == {
        "rank of the true α in its posterior",
        "posterior sd of α / its prior's sd",
        "worlds, letters",
        "worlds, no letters",
    }
    bars = [[r["worlds"] for r in rows] for rows in spec["datasets"].values() if len(rows) == 10]
    assert sorted(bars) == sorted(
        [[10] * 10, [0] * 9 + [100], [100] + [0] * 9, [0, 0, 0, 99, 0, 0, 0, 0, 0, 1]]
    )
    assert [{"flat": 10.0}] in list(spec["datasets"].values())


def test_sliders_start_where_the_page_does() -> None:
    assert structural.slider_letters().text.count("g (hours per sd of letters)") == 1
    sliders = structural.slider_rho(), structural.slider_letters(), structural.slider_map()
    assert [slider.value for slider in sliders] == [0.6, 0, 0]
    assert isinstance(structural.below(charts.Drawing({}), *sliders), mo.Html)


def test_a_table_waits_for_its_exercise() -> None:
    view = mo.md("table")
    assert structural.after(checks.Check("done", "."), view) is view
    for status in ("todo", "wrong"):
        assert "when the exercise" in structural.after(checks.Check(status, "."), view).text


# Tables ------------------------------------------------------------------------------------------


def test_two_ways_are_an_hdi_and_a_confidence_interval() -> None:
    draws = np.random.default_rng(2).gamma(3.0, 1.0, (4, 5_000))
    table = structural.two_ways(draws, 2.5, 0.2).set_index("label")
    joint, two_stage = table.loc["joint model"], table.loc["two-stage least squares"]
    assert np.allclose(joint[["mean", "sd"]], [draws.mean(), draws.std()], atol=1e-3)
    assert np.mean((draws > joint["lower"]) & (draws < joint["upper"])) == pytest.approx(0.94, 1e-3)
    assert joint["upper"] - joint["lower"] < np.ptp(np.quantile(draws, [0.03, 0.97])) - 0.1
    z = stats.norm.ppf(0.97)
    assert np.allclose(two_stage, [2.5, 0.2, 2.5 - 0.2 * z, 2.5 + 0.2 * z], atol=1e-6)
    with pytest.raises(ValueError, match="expected draws of alpha, got none"):
        structural.two_ways([], 2.5, 0.2)


def test_grid_summary_reads_posteriors_of_many_worlds() -> None:
    """Normal posteriors with sd 0.5: the interval's half is 1.88 of them, so two of four hold 1."""
    grid = np.linspace(-6, 8, 2_801)
    centres = np.array([1.0, 1.9, 2.0, -0.5])
    density = stats.norm.pdf(grid, centres[:, None], 0.5)
    probability = density / density.sum(axis=1, keepdims=True)
    mean, sd, coverage = structural.grid_summary(grid, probability, 1.0)
    assert mean == pytest.approx(centres.mean(), abs=1e-6)
    assert sd == pytest.approx(0.5, abs=1e-4)
    assert coverage == 0.5
    for wrong in (2 * probability, probability[:, 1:]):
        with pytest.raises(ValueError, match="expected rows of 2801 probabilities with sum 1"):
            structural.grid_summary(grid, wrong, 1.0)


# Judges ------------------------------------------------------------------------------------------

DRIFT = pd.DataFrame(
    {
        "rho": [0.0, 0.6, 0.6],
        "regression": ["letters sent", "letters sent", "letters as a control"],
        "simulated": [0.0, 0.9, 1.8],
    }
)


def judge_1(answer: Any) -> checks.Check:
    return structural.judge_1(answer, DRIFT)


def test_exercise_1() -> None:
    wrong = {"variation of hours": "same", "another place": "half", "choose one": "zero"}
    told_apart(judge_1, ["double", " Double "], wrong)
    never_done(judge_1)
    assert "+0.90 without, +1.80" in judge_1("double").message


def fitted() -> Any:
    full = {"alpha": 3.0, "rho": 0.5, "s_u": 3.2, "s_v": 1.0}
    return SimpleNamespace(posterior={k: np.full((2, 50), v) for k, v in full.items()})


def judge_2(answer: Any) -> checks.Check:
    return structural.judge_2(answer, fitted(), 4.6, 3.85)


def test_exercise_2() -> None:
    wrong = {
        "Still hers": np.full((2, 50), 4.6),
        "OLS again": 3.85,
        "expected to be": -1.6,
        "one hour minus none": -3.0,
        "Nothing moved": np.zeros(5),
        "two worlds": 12.0,
    }
    told_apart(judge_2, [np.full((2, 50), 3.0), 3.0], wrong)
    never_done(judge_2)


def solved(rho: float, slope: float, s_e: float, s_v: float) -> float:
    """Return the effect by another route: the angle whose sine is rho."""
    return slope - np.tan(np.arcsin(rho)) * s_e / s_v


def test_exercise_3() -> None:
    wrong = {
        "smaller than": lambda r, a, e, v: a - r * e / v,
        "The sign": lambda r, a, e, v: a + r / np.sqrt(1 - r**2) * e / v,
        "divide by the root": lambda r, a, e, v: a - r * np.sqrt(1 - r**2) * e / v,
        "is forgotten": lambda r, a, e, v: a - r / (1 - r**2) * e / v,
        "Upside down": lambda r, a, e, v: a - r / np.sqrt(1 - r**2) * v / e,
    }
    right = [lambda r, a, e, v: a - r * (e / np.sqrt(1 - r**2)) / v, solved]
    told_apart(structural.judge_3, right, wrong)
    never_done(structural.judge_3)
    assert structural.judge_3(lambda *_: ...).status == "todo"


def judge_4(answer: Any) -> checks.Check:
    return structural.judge_4(answer, -0.3)


def by_matrix(s: float, r: float) -> float:
    factor = np.array([[s, 0], [s * r, np.sqrt(1 - r**2)]])
    cov = factor @ factor.T
    return cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1])


def test_exercise_4() -> None:
    def root(s: float, r: float) -> float:
        return np.sqrt((s * r) ** 2 + 1 - r**2)

    wrong = {
        "As reported": lambda _, r: r,
        "is not 1": lambda s, r: s * r,
        "covariance": lambda s, r: s * s * r,
        "is lost": lambda s, r: r / root(s, r),
        "variance: its root": lambda s, r: s * r / root(s, r) ** 2,
    }
    told_apart(judge_4, [lambda s, r: s * r / root(s, r), by_matrix], wrong)
    never_done(judge_4)
    assert judge_4(lambda *_: None).status == "todo"


def test_exercise_4_tells_three_correlations() -> None:
    """Of U and V; of the errors as a whole, with a second noise in each line, drawn; of our fit."""
    rng, n = np.random.default_rng(5), 400_000
    e1, e2, more = rng.normal(size=(3, n))
    u, v = 5 * e1, 5 * -0.175 * e1 + np.sqrt(1 - 0.175**2) * e2
    goals = np.corrcoef(u, v)[0, 1], np.corrcoef(u + 5 * more, v + rng.logistic(size=n))[0, 1]
    told = judge_4(by_matrix).message.replace("−", "-")
    found = re.findall(r"-0\.\d\d\b", told)
    assert [float(each) for each in found] == pytest.approx([*goals, -0.3], abs=0.0075)
    assert f"{np.std(u + 5 * more):.1f} kg" in told


def judge_5(answer: Any) -> checks.Check:
    return structural.judge_5(answer, MAP)


def test_exercise_5() -> None:
    def line(kilograms: float) -> float:
        return (3.4 - kilograms) / 12.5

    wrong = {
        "does not complain": lambda c: np.interp(c / 20, MAP["alpha"], MAP["rho"]),
        "Of the gain": lambda c: line(c / 50),
        "in kilograms": lambda c: np.interp(-c, -MAP["alpha"], MAP["rho"]),
        "divide by it": lambda c: line(c * 0.4 / 50),
        "sign is turned": lambda c: -line(c / 20),
        "from ρ to α": lambda c: np.interp(c / 20, MAP["rho"], MAP["alpha"]),
    }
    right = [lambda c: line(c / 20), lambda c: np.interp(-c / 20, -MAP["alpha"], MAP["rho"])]
    told_apart(judge_5, right, wrong)
    never_done(judge_5)
    assert judge_5(lambda *_: ...).status == "todo"


def on_map(rho: Any) -> Any:
    return 3.4 - 12.5 * np.asarray(rho)


def judge_6(answer: Any) -> checks.Check:
    return structural.judge_6(answer, on_map, 0.44)


def drawn(cost: float, sd: float, how: str = "right") -> tuple[bool, float]:
    """Return act and regret by 200,000 draws; `how` names a usual slip."""
    rng = np.random.default_rng(3)
    error = 0 if how == "no se" else 0.44
    gain = 20 * (on_map(rng.normal(0, sd, 200_000)) + rng.normal(0, error, 200_000)) - cost
    offer = gain.mean() > 0
    loss = np.maximum(-gain if offer else gain, 0)
    if how == "other":
        loss = np.maximum(gain if offer else -gain, 0)
    if how == "given":
        loss = loss[loss > 0]
    return bool(offer), 0.0 if how == "zero" else float(loss.mean())


def exactly(cost: float, sd: float) -> tuple[bool, float]:
    """Return act and regret in closed form: the gain is normal where the map is a line."""
    from scipy.stats import norm

    mean, spread = 20 * 3.4 - cost, 20 * np.hypot(12.5 * sd, 0.44)
    z = abs(mean) / spread
    return mean > 0, spread * (norm.pdf(z) - z * norm.cdf(-z))


def test_exercise_6() -> None:
    wrong = {
        "Turned round": lambda c, s: (not drawn(c, s)[0], drawn(c, s)[1]),
        "maximum first": lambda c, s: drawn(c, s, "zero"),
        "MAP_SE": lambda c, s: drawn(c, s, "no se"),
        "average over all": lambda c, s: drawn(c, s, "given"),
        "not chosen": lambda c, s: drawn(c, s, "other"),
    }
    told_apart(judge_6, [drawn, exactly], wrong)
    never_done(judge_6)
    assert judge_6(lambda *_: None).status == "todo"


def men() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    age, shared, rest = rng.normal(size=(3, 2_000))
    years = 12 + age + shared
    wage = 6 + 0.2 * age + 0.1 * shared + 0.3 * rest
    return pd.DataFrame({"log_wage": wage, "education_years": years, "age": age})


def test_exercise_7() -> None:
    table = men()
    x = np.column_stack([np.ones(2_000), table["education_years"], table["age"]])
    slopes, (rest, *_), *_ = np.linalg.lstsq(x, table["log_wage"], rcond=None)
    v = table["education_years"] - np.polyval(
        np.polyfit(table["age"], table["education_years"], 1), table["age"]
    )
    tan = slopes[1] * v.std(ddof=0) / np.sqrt(rest / 2_000)
    right = tan / np.sqrt(1 + tan**2)
    wrong = {
        "solve it": tan,
        "The sign": -right,
        "left out": table["log_wage"].corr(table["education_years"]),
        "That is the slope": slopes[1],
    }
    told_apart(
        lambda a: structural.judge_7(a, table, ["age"]),
        [right, np.array([right]), np.sin(np.arctan(tan))],
        wrong,
    )
    never_done(lambda a: structural.judge_7(a, table, ["age"]))
