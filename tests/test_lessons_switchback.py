"""Drawings and judges of notebook 14, without running a notebook."""

from __future__ import annotations

import functools
from typing import Any

import marimo as mo
import numpy as np
import pandas as pd
import pytest

from helpers import charts, checks
from helpers.lessons import switchback
from tests.answers import never_done, told_apart
from tests.pages import axis_titles, title_of

# Charts ------------------------------------------------------------------------------------------


def test_first_picture_says_the_difference() -> None:
    rides = np.ones((2, 336, 20)) * np.array([8.0, 7.0])[:, None, None]
    chart = switchback.chart_first(rides, 5.0)
    assert title_of(chart) == "New rule: 5.0 rides more per 100 openings"
    assert axis_titles(chart.to_dict()) == {"hour of the day (hours)", "rides (per 100 openings)"}
    (lines,) = [r for r in chart.to_dict()["datasets"].values() if len(r) == 48]
    assert {(row["role"], row["rides"]) for row in lines} == {("treated", 40.0), ("control", 35.0)}


def test_scarcity_names_both_and_their_factor() -> None:
    grid = np.array([0.3, 0.6])
    chart = switchback.chart_scarcity(grid, grid * 10, grid, 0.34, 4.839, 1.36)
    assert title_of(chart) == "0.34 drivers an opening: test +4.84, city +1.36, factor 3.56"
    assert axis_titles(chart.to_dict()) == {
        "drivers (per opening)",
        "effect (rides per 100 openings)",
    }
    nothing = switchback.chart_scarcity(grid, grid * 10, grid, 0.4, 5.6, 0.0)
    assert title_of(nothing).endswith("city 0.00")


@functools.cache
def weeks() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return an airport's hours, and means of its blocks of 8 hours, 2 not counted."""
    hours = pd.DataFrame({"hour": np.arange(336), "new_rule": np.arange(336) // 8 % 2})
    hours["rides"] = 100.0 + 3 * hours["new_rule"]
    kept = hours[hours["hour"] % 8 >= 2]
    means = kept.groupby(kept["hour"] // 8)[["new_rule", "rides"]].mean()
    return hours, means.rename_axis("block").reset_index()


def test_hours_show_what_counts() -> None:
    chart = switchback.chart_hours(*weeks(), 8, 2, 3.0)
    assert title_of(chart) == "Blocks with the new rule: +3.0 rides an hour"
    assert axis_titles(chart.to_dict()) == {"time (hours)", "rides (per hour)"}
    marks = next(r for r in chart.to_dict()["datasets"].values() if "counts" in r[0])
    assert {row["hour"] % 8 for row in marks if not row["counts"]} == {0, 1}
    bars = next(r for r in chart.to_dict()["datasets"].values() if "start" in r[0])
    assert {row["end"] - row["start"] for row in bars} == {6}


def test_lengths_read_the_plan() -> None:
    table = pd.DataFrame({"block": [4, 8], "bias": [-0.8, -0.4], "sd": [1.0, 1.2]})
    table["rmse"] = np.hypot(table["bias"], table["sd"])
    chart = switchback.chart_lengths(table, 8, 2, 0.6, 4.0)
    assert title_of(chart) == "8 hours, 2 not counted: 90 % of the effect, typical error 1.26"
    assert axis_titles(chart.to_dict()) == {"block length (hours)", "error (rides per hour)"}
    sizes = next(r for r in chart.to_dict()["datasets"].values() if "kind" in r[0])
    assert {row["size"] for row in sizes if row["kind"] == "size of the bias"} == {0.8, 0.4}
    assert "all burn-in" in title_of(switchback.chart_lengths(table, 2, 2, 0.6, 4.0))


def test_redrawn_shades_what_is_as_far() -> None:
    chart = switchback.chart_redrawn(np.linspace(-3, 3, 601), 2.0, 0.334)
    assert title_of(chart) == "As far from zero as +2.00: p = 0.334"
    assert axis_titles(chart.to_dict()) == {"new minus old (rides per hour)", "tosses (number)"}
    bars = next(r for r in chart.to_dict()["datasets"].values() if "tosses" in r[0])
    middle = [(row["from"] + row["to"]) / 2 for row in bars if row["role"] == "naive"]
    assert min(abs(value) for value in middle) >= 2
    assert min(middle) < 0 < max(middle)


@functools.cache
def board() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "design": ["user-level A/B", "switchback 8 h"],
            "bias": [1.98, -0.3],
            "sd": [0.22, 1.0],
            "bias_error": [0.011, 0.05],
            "coverage": [0.0, 0.94],
            "false_positive_rate": [0.03, 0.07],
        }
    )


def test_board_tells_coverage_and_alarms() -> None:
    chart = switchback.chart_board(board())
    assert title_of(chart) == "user-level A/B: false alarms 3 %, truth covered 0 %"
    assert "94 % confidence interval" in chart.to_json()
    assert "bias (rides per 100 openings)" in axis_titles(chart.to_dict())
    rows = next(r for r in chart.to_dict()["datasets"].values() if "covers" in r[0])
    assert [row["role"] for row in rows] == ["naive", "adjusted"]
    assert [row["high"] - row["low"] for row in rows] == pytest.approx([0.44, 2.0])
    assert [row["to"] - row["about"] for row in rows] == pytest.approx([0.044, 0.2])


def test_cities_name_the_smallest() -> None:
    errors = board()[["design", "bias", "sd"]].assign(rmse=[1.99, 1.04], rmse_error=[0.01, 0.03])
    chart = switchback.chart_cities(errors, 0.2, 0.8)
    assert title_of(chart) == "Smallest typical error: switchback 8 h, 1.04"
    assert "typical error (rides per 100 openings)" in axis_titles(chart.to_dict())
    assert "20 % of drivers roam" in chart.to_dict()["description"]
    rows = next(r for r in chart.to_dict()["datasets"].values() if "told" in r[0])
    assert [row["role"] for row in rows] == ["naive", "adjusted"]  # 1.98 > 0.22, 0.3 < 1.0
    assert [row["told"].endswith("×") for row in rows] == [True, False]
    assert [(row["low"], row["high"]) for row in rows] == [(1.97, 2.01), (0.98, 1.1)]


def test_sliders_start_where_the_page_does() -> None:
    scarce = switchback.slider_scarcity(), switchback.slider_freed()
    assert [slider.value for slider in scarce] == [0.34, 4]
    assert [slider.value for slider in switchback.sliders_of_blocks()] == [0.6, 0, 8]
    assert [slider.value for slider in switchback.sliders_of_cities()] == [0.2, 0.8]
    shown = switchback.below(charts.Drawing({}), *scarce)
    assert isinstance(shown, mo.Html)


def test_a_table_waits_for_its_exercise() -> None:
    view = mo.md("table")
    assert switchback.after(checks.Check("done", "."), view) is view
    for status in ("todo", "wrong"):
        assert "when the exercise" in switchback.after(checks.Check(status, "."), view).text


# Judges ------------------------------------------------------------------------------------------


def both(judge: Any, *rest: Any) -> Any:
    """Return a judge of two answers as one of a pair; anything else is given for both."""

    def judged(answer: Any) -> checks.Check:
        pair = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer, answer)
        return judge(*pair, *rest)

    return judged


def judge_1(answer: Any) -> checks.Check:
    return switchback.judge_1(answer, 5.49, 2.94)


def test_exercise_1() -> None:
    wrong = {"no other rider": "as much", "Who drives": "more", "choose one": "much less"}
    told_apart(judge_1, ["less", " LESS "], wrong)
    never_done(judge_1)
    assert "+2.94, not +5.49" in judge_1("less").message


judge_2 = both(switchback.judge_2)


def test_exercise_2() -> None:
    says, gains = 6 * 0.42 / 0.43, 2.0
    wrong = {
        "All who ask got a ride": (6.0, gains),
        "all have the new rule; half do": (6 * 0.42 / 0.46, gains),
        "per opening": (says / 100, gains / 100),
        "ratio": (says / gains, gains),
        "changed places": (gains, says),
        "How many drivers wait": (says, 6.0),
        "one rule at a time": (says, says),
        "not all drivers were busy": (says, 0.0),
        "sign": (says, -gains),
        "43 of 100 ask": (3.0, gains),
        "rides, not asks": (says, 4.0),
    }
    told_apart(judge_2, [(says, gains), (np.float64(5.86), 2)], wrong)
    never_done(judge_2)
    assert judge_2((says, ...)).status == "todo"
    assert "Right in" not in judge_2((6.0, gains / 100)).message  # one of two is not enough


def by_loop(phi: float, block: int, burn_in: int) -> float:
    level, seen = 0.0, []
    for hour in range(block):
        level = phi * level + (1 - phi)
        if hour >= burn_in:
            seen.append(level)
    return sum(seen) / len(seen)


def mean(phi: float, hours: range) -> float:
    return float(np.mean(phi ** np.array(hours)))


def test_exercise_3() -> None:
    wrong = {
        "counted from 0": lambda p, b, m: 1 - mean(p, range(m, b)),
        "burn-in is forgotten": lambda p, b, _: 1 - mean(p, range(1, b + 1)),
        "alternating": lambda p, b, m: 1 - 2 * mean(p, range(m + 1, b + 1)) / (1 + p**b),
        "hours that count": lambda p, b, m: 1 - sum(p**j for j in range(m + 1, b + 1)) / b,
        "missed": lambda p, b, m: mean(p, range(m + 1, b + 1)),
        "last hour": lambda p, b, _: 1 - p**b,
    }
    right = [lambda p, b, m: 1 - mean(p, range(m + 1, b + 1)), by_loop]
    told_apart(switchback.judge_3, right, wrong)
    never_done(switchback.judge_3)
    assert switchback.judge_3(lambda *_: ...).status == "todo"


ALARMS = pd.DataFrame({"block": [1, 8], "t on hours": [0.05, 0.37]})
judge_4 = both(switchback.judge_4, ALARMS)


def test_exercise_4() -> None:
    five, ten, forty = switchback.RATES
    wrong = {
        "blame the noise": (forty, forty),
        "independent witnesses": (five, five),
        "Turned round": (five, forty),
        "far worse": (ten, five),
        "what lasts": (forty, ten),
        "is not it": (five, ten),  # not "blocks of 8 are right"
        "Choose both": ("a lot", five),
    }
    told_apart(judge_4, [(forty, five), ("About 40%", " about 5 %")], wrong)
    never_done(judge_4)
    assert "37 %" in judge_4((forty, five)).message


def far(rides: Any, new: Any) -> float:
    return rides[new == 1].mean() - rides[new == 0].mean()


def p_value(rides: Any, new: Any, toss: Any, draws: int, *, add: int = 1, how: Any = abs) -> float:
    """Return a p-value: right as it stands, wrong where `add` or `how` is another."""
    seen = how(far(rides, new))
    hits = sum(how(far(rides, toss())) >= seen - 1e-9 for _ in range(draws))
    return (hits + add) / (draws + add)


def by_frame(rides: Any, new: Any, toss: Any, draws: int) -> float:
    """The same p-value, by pandas, what was seen as the first of the tosses."""
    tosses = pd.DataFrame([new, *(toss() for _ in range(draws))])
    gaps = [pd.Series(rides).groupby(row).mean().diff().iloc[-1] for row in tosses.to_numpy()]
    sizes = pd.Series(gaps).abs().round(9)
    return float((sizes >= sizes[0]).mean())


def shuffled(rides: Any, new: Any, _toss: Any, draws: int) -> float:
    rng = np.random.default_rng(0)
    return p_value(rides, new, lambda: rng.permutation(new), draws)


def test_exercise_5() -> None:
    wrong = {
        "does not call toss": shuffled,
        "fewer than": lambda r, n, t, _: p_value(r, n, t, 7),
        "add one": lambda r, n, t, d: p_value(r, n, t, d, add=0),
        "One-sided": lambda r, n, t, d: p_value(r, n, t, d, how=float),
        "not the others": lambda r, n, t, d: 1 - p_value(r, n, t, d),
        "between 0 and 1": lambda r, n, t, d: 100 * p_value(r, n, t, d),
    }
    told_apart(switchback.judge_5, [p_value, by_frame], wrong)
    never_done(switchback.judge_5)
    assert switchback.judge_5(lambda *_: None).status == "todo"


@functools.cache
def city() -> tuple[np.ndarray, np.ndarray]:
    """Return rides per 100 openings of 336 hours and 20 zones, and a coin for each 4 hours."""
    rng = np.random.default_rng(3)
    swing = 2 * np.sin(2 * np.pi * np.arange(336) / 24)
    shared = swing + np.repeat(rng.normal(0, 3, 84), 4) + rng.normal(0, 2, 336)
    new = np.repeat(rng.integers(0, 2, 84), 4)
    return 35 + shared[:, None] + rng.normal(0, 4, (336, 20)), new


def judge_6(answer: Any) -> checks.Check:
    return switchback.judge_6(answer, *city())


def error(y: np.ndarray, z: np.ndarray) -> float:
    return float(np.sqrt(sum(np.var(y[z == a], ddof=1) / np.sum(z == a) for a in (0, 1))))


def test_exercise_6() -> None:
    rides, new = city()
    blocks = rides.mean(axis=1).reshape(84, 4).mean(axis=1)
    groups = [blocks[new[::4] == arm] for arm in (0, 1)]
    spread = sum(group.var() * len(group) for group in groups) / (84 - 2)
    pooled = np.sqrt(spread * sum(1 / len(group) for group in groups))
    right = error(blocks, new[::4])
    wrong = {
        "6,720 rows": error(rides.ravel(), np.repeat(new, 20)),
        "84 units": error(rides.reshape(84, 4, 20).mean(axis=1).ravel(), np.repeat(new[::4], 20)),
        "tossed for 4 hours": error(rides.mean(axis=1), new),
        "variance": right**2,
        "divide by how many": right * np.sqrt(42),
        "above zero": -right,
    }
    told_apart(judge_6, [right, pooled, np.array([right])], wrong)
    never_done(judge_6, but=["True"] if right == 1 else [])


def error_of(phi: float, block: int, burn_in: int, size: float) -> tuple[float, float, float]:
    """Return bias, sd and typical error of an invented market."""
    counted = np.arange(burn_in + 1, block + 1)
    bias, sd = -size * float(np.mean(phi**counted)), float(np.sqrt(block / len(counted)))
    return bias, sd, float(np.hypot(bias, sd))


def judge_7(answer: Any) -> checks.Check:
    return switchback.judge_7(answer, error_of, {"size": 4.0})


def test_exercise_7() -> None:
    plans = [(b, m) for b in range(1, 13) for m in range(b)]
    worst = {p: max(error_of(f, *p, 4.0)[2] for f in np.linspace(0.3, 0.8, 51)) for p in plans}
    best = min(worst, key=worst.get)
    wrong = {
        "Many coins": (1, 0),
        "more than it keeps": (12, 11),
        "dear": (12, 0),
        "1 to 12": (48, 4),
        "leave some hours": (8, 8),
        "is not it": (6, 1),
        "whole hours": (8.5, 2),
    }
    told_apart(judge_7, [best, list(best), np.array(best)], wrong)
    never_done(judge_7)
    for market in (..., None, {}, {"size": "four"}):  # a market that somebody has edited
        assert switchback.judge_7(best, error_of, market).status == "wrong"
