"""Drawings and judges of notebook 12, without running a notebook."""

from __future__ import annotations

import functools
import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import checks
from helpers.lessons import learners
from helpers.tidy import HDI_PROB
from tests.answers import ABSURD, accepted, never_done, refused, told_apart
from tests.pages import axis_titles, title_of

N = 300


@functools.cache
def shop() -> dict[str, Any]:
    """Return a small shop, none of the notebook's: traits, coins, spending, effects."""
    rng = np.random.default_rng(3)
    spending, effect = rng.uniform(10, 30, N), rng.uniform(-4, 8, N)
    t = rng.integers(0, 2, N)
    y = spending + effect * t + rng.normal(0, 2, N)
    return {"spending": spending, "effect": effect, "t": t, "y": y, "m": spending + 1}


@functools.cache
def board() -> pd.DataFrame:
    """Return a leaderboard of two shops in which S wins one and X the other."""
    columns = {}
    for world in learners.WORLDS:
        for name in learners.ROWS:
            for penalty in learners.PENALTIES if name in ("X", "R", "DR") else (0,):
                low = {"S": [1.0, 2.0], "X": [2.0, 1.0 + (penalty == 10)]}.get(name, [3.0, 4.0])
                at = f"{world}|{name}|{penalty}"
                columns |= {f"{at}|value": [0.5, 0.7]}
                if name != "rank by outcome":
                    columns |= {f"{at}|bias": [0.1, -0.1], f"{at}|pehe": low}
    return learners.tidy_board(pd.DataFrame(columns), dict.fromkeys(learners.WORLDS, 0.75))


# The leaderboard ---------------------------------------------------------------------------------


def test_the_leaderboard_has_a_row_for_each_learner_and_penalty() -> None:
    table = board().set_index(["world", "learner", "penalty"])
    assert len(table) == 5 * 7 * 6
    assert table.loc[("weak", "S", 30), "pehe"] == pytest.approx(1.5)
    assert table.loc[("weak", "S", 30), "pehe_se"] == pytest.approx(0.5)
    assert table.loc[("weak", "S", 30), "wins"] == pytest.approx(0.5)
    assert table.loc[("weak", "X", 30), "wins"] == pytest.approx(0.5)
    assert table.loc[("weak", "X", 10), "wins"] == pytest.approx(0.5)  # a tie counts for both
    assert table.loc[("weak", "S", 30), "regret"] == pytest.approx(0.75 - 0.6)
    assert table.loc[("weak", "S", 30), "share"] == pytest.approx(0.6 / 0.75)
    assert np.isnan(table.loc[("weak", "rank by outcome", 30), "pehe"])
    wins = board().groupby(["world", "penalty"])["wins"].sum()
    assert (wins >= 1).all()


def test_forests_are_means_over_shops() -> None:
    columns = {f"weak|ours|{m}": [1.0, 2.0] for m in ("pehe", "sd", "value")}
    columns |= {f"weak|econml|{m}": [0.5, 0.7] for m in ("pehe", "coverage", "correlation")}
    table = learners.tidy_forests(pd.DataFrame(columns | {"published|S": [9.0, 9.0]}))
    assert table["error (dollars)"]["weak", "ours"] == pytest.approx(1.5)
    assert table["coverage"]["weak", "econml"] == pytest.approx(0.6)
    assert np.isnan(table["coverage"]["weak", "ours"])
    assert len(table) == 2


def test_areas_are_means_over_shops() -> None:
    columns = {}
    for world in ("balanced", "same for all"):
        areas = {"T in sample": [3.0, 5.0], "T held out": [1.0, 2.0], "truth": [4.0, 9.0]}
        columns |= {f"qini|{world}|{name}": values for name, values in areas.items()}
    table = learners.tidy_qini(pd.DataFrame(columns | {"weak|S|0|pehe": [9.0, 9.0]}))
    row = table.loc["same for all"]
    assert (row["in_sample"], row["held_out"], row["best"]) == (4, 1.5, 6.5)
    assert row["sd"] == pytest.approx(np.sqrt(0.5))
    assert row["sd_of_gap"] == pytest.approx(np.sqrt(8))  # gaps of 3 and 7


# Charts ------------------------------------------------------------------------------------------


def test_first_picture_says_the_difference() -> None:
    expected, sales = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 6.0, 8.0])
    chart = learners.chart_first(expected, sales)
    assert title_of(chart) == "The better half spends 5.0 dollars more"
    wanted = {"expected spending (dollars)", "spending (dollars)"}
    assert axis_titles(chart.to_dict()) == wanted
    assert "mean 7.0" in chart.to_json()


def test_map_counts_the_persuadable() -> None:
    effect, spending = np.array([3.0, 1.0, 4.0, -1.0]), np.array([1.0, 2.0, 3.0, 4.0])
    chart = learners.chart_kinds(spending, effect, cost=2)
    assert title_of(chart) == "50 % are persuadable, of the better half 50 %"
    (rows,) = [r for r in chart.to_dict()["datasets"].values() if "kind" in r[0]]
    kinds = [row["kind"] for row in rows]
    assert kinds == ["persuadable", "gains less than the cost", "persuadable", "sleeping dog"]
    wanted = {"spending without the offer (dollars)", "effect of the offer (dollars)"}
    assert axis_titles(chart.to_dict()) == wanted


def test_guesses_are_off_by_their_root_mean_square() -> None:
    truth = np.array([0.0, 2.0])
    chart = learners.chart_guesses(pd.DataFrame({"S": [1.0, 3.0], "T": [3.0, 6.0]}), truth)
    text = chart.to_json()
    assert "S: off by 1.00" in text
    assert "T: off by 3.54" in text
    assert {"true effect (dollars)", "guess (dollars)"} <= axis_titles(chart.to_dict())
    vl_convert = pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    svg = vl_convert.vegalite_to_svg(chart.to_dict())
    width = re.search(r' width="([\d.]+)"', svg)
    assert width
    assert float(width[1]) > 400  # fit-x, the theme's, draws panels side by side 0 pixels wide


def test_policies_have_intervals_and_truths() -> None:
    frame = pd.DataFrame(
        {
            "rule": ["the better half", "X-learner"],
            "mean": [-0.8, 0.7],
            "lower": [-1.2, 0.3],
            "upper": [-0.4, 1.1],
            "truth": [-0.9, 0.8],
        }
    )
    chart = learners.chart_policies(frame)
    assert title_of(chart) == "Coins price the rules: the better half −0.80"
    level = f"{HDI_PROB:.0%}".replace("%", " %")
    assert f"{level} confidence interval" in chart.to_json()
    assert "net value (dollars a customer)" in axis_titles(chart.to_dict())
    assert "X-learner +0.70 (truth +0.80)" in chart.to_dict()["description"]


def test_board_shows_error_value_and_wins() -> None:
    at_10, at_300 = (learners.chart_board(board(), penalty).to_dict() for penalty in (10, 300))
    assert at_10["title"]["text"] == ["Penalty 10: with one in ten treated, S errs least"]
    assert at_300["title"]["text"] == ["Penalty 300: with one in ten treated, S errs least"]
    (rows,) = at_300["datasets"].values()
    assert len(rows) == 5 * 7
    first = next(row for row in rows if row["world"] == "weak" and row["learner"] == "X")
    assert first["error"] == "1.50"
    assert first["more"] == "+0.60 · 50 %"
    (none,) = {row["error"] for row in rows if row["learner"] == "rank by outcome"}
    assert none == "no guess"
    slider = learners.slider_smoothing()
    assert (slider.value, tuple(slider.steps)) == (10, learners.PENALTIES)
    assert "S and T stay at 10" in slider.text
    assert len(learners.show_board(slider, board()).text) > 1_000


def test_uplift_curves_say_their_areas() -> None:
    curves = {"training rows": np.array([1.0, 1.0, 1.0, 1.0]), "fresh": np.array([1.0, 2, 3, 4])}
    chart = learners.chart_uplift(curves, {"training rows": 0.375, "fresh": 0.0})
    assert title_of(chart) == "Area above the line: training rows 0.38, fresh 0.00"
    wanted = {"share of customers, best guess first (%)", "gain (dollars a customer)"}
    assert wanted <= axis_titles(chart.to_dict())


@pytest.mark.parametrize("quantity", learners.AXES)
def test_every_axis_has_a_unit(quantity: str) -> None:
    what, unit = learners.AXES[quantity]
    assert learners.axis_title(quantity) == f"{what} ({unit})"


def test_what_is_not_whole_raises() -> None:
    """The errors that docstrings name."""
    study = pd.DataFrame({"weak|ours|pehe": [1.0, 2.0]})
    with pytest.raises(KeyError, match="no such quantity"):
        learners.axis_title("no such quantity")
    for tidied in (lambda: learners.tidy_board(study, {}), lambda: learners.tidy_qini(study)):
        with pytest.raises(KeyError, match="balanced"):
            tidied()
    with pytest.raises(KeyError, match="coverage"):
        learners.tidy_forests(study)
    with pytest.raises(IndexError):
        learners.chart_first(np.arange(4.0), np.arange(3.0))
    with pytest.raises(ValueError, match="same length"):
        learners.chart_kinds(np.arange(4.0), np.arange(3.0), 2)
    with pytest.raises(ValueError, match="broadcast"):
        learners.chart_guesses(pd.DataFrame({"S": [1.0, 2.0]}), np.arange(3.0))
    with pytest.raises(KeyError, match="truth"):
        learners.chart_policies(pd.DataFrame({"rule": ["S"], "mean": [0.1]}))
    slider = SimpleNamespace(value=11)
    for drawn in (
        lambda: learners.chart_board(board(), 11),
        lambda: learners.show_board(slider, board()),
    ):
        with pytest.raises(ValueError, match="empty"):
            drawn()
    curve = np.arange(3.0)
    with pytest.raises(ValueError, match="zip"):
        learners.chart_uplift({"one": curve}, {"one": 0.1})
    with pytest.raises(KeyError, match="two"):
        learners.chart_uplift({"one": curve, "two": curve}, {"one": 0.1})
    with pytest.raises(ValueError, match="float"):
        learners.near(0.1, 0.2)("no number")


# Judges ------------------------------------------------------------------------------------------


def judge_1(answer: Any) -> checks.Check:
    rules = pd.DataFrame({"net value": {"the better half": -0.87, "the other half": 0.88}})
    return learners.judge_1(answer, rules)


def test_exercise_1() -> None:
    wrong = {"good customer": "a gain", "both halves": "nothing", "choose one": "no idea"}
    told_apart(judge_1, ["a loss", "  A Loss "], wrong)
    never_done(judge_1)
    assert "−0.87" in judge_1("a loss").message
    assert "who spends more gains less" in judge_1("a loss").message


GUESSES = np.array([1.0, 2.0, 4.0]), np.array([5.0, -2.0, 0.0])


def judge_2(answer: Any) -> checks.Check:
    return learners.judge_2(answer, *GUESSES, 0.1)


def test_exercise_2() -> None:
    a, b = GUESSES
    wrong = {
        "swapped": 0.1 * a + 0.9 * b,
        "plain mean": (a + b) / 2,
        "one guess alone": a,
        "model of the few": b,
        "weighted by the chance": 0.1 * (a + b),
        "twice the same": 0.9 * (a + b),
        "shape": a[:2],
    }
    told_apart(judge_2, [0.9 * a + 0.1 * b, list(a + 0.1 * (b - a))], wrong)
    never_done(judge_2)


def judge_3(answer: Any) -> checks.Check:
    """Judge a pair; anything else is given for both."""
    pair = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer, answer)
    world = shop()
    month = world["t"], world["y"], world["m"]
    return learners.judge_3(pair, world["effect"] > 2, month, 2.0)


def test_exercise_3() -> None:
    world = shop()
    t, y, m, offer = world["t"], world["y"], world["m"], world["effect"] > 2
    signal = (y - m) / np.where(t == 1, 0.5, -0.5)
    each = np.where(offer, signal - 2, 0)
    value, error = each.mean(), each.std() / np.sqrt(N)
    wrong = {
        "cost is missing": (offer * signal).mean(),
        "The 2 is missing": (offer * (signal / 2 - 2)).mean(),
        "divide by all": (signal - 2)[offer].mean(),
        "Only customers who got": each[t == 1].mean(),
        "Unbiased, but noisy": (offer * (2 * (2 * t - 1) * y - 2)).mean(),
        "offer to everybody": (signal - 2).mean(),
        "not by all": (offer * signal - 2).mean(),
    }
    right = [(value, error), (np.float64(value), each.std(ddof=1) / np.sqrt(N))]
    accepted(judge_3, right)
    refused(judge_3, {word: (number, error) for word, number in wrong.items()})
    other = {
        "changed places": (error, value),
        "root n": (value, each.std()),
        "not yet": (value, 3 * error),
    }
    refused(judge_3, other)
    never_done(judge_3)
    assert judge_3((value, ...)).status == "todo"


def test_exercise_3_with_another_offer() -> None:
    """What a learner makes of `offer` is judged: a rule by its own value, anything else refused."""
    world = shop()
    t, y, m, offer = world["t"], world["y"], world["m"], world["effect"] > 0
    each = np.where(offer, (y - m) / np.where(t == 1, 0.5, -0.5) - 2, 0)
    pair = each.mean(), each.std() / np.sqrt(N)

    def judge(offer: Any, answer: Any = pair) -> checks.Check:
        return learners.judge_3(answer, offer, (t, y, m), 2.0)

    for same in (offer, offer * 1.0, offer.tolist(), pd.Series(offer)):
        assert judge(same).status == "done"
    for label, absurd in ABSURD.items():
        assert judge(absurd).status == "wrong", label
        assert judge(absurd, (None, None)).status == "todo", label
    for no_rule in (world["effect"] - 2, offer[:5], np.zeros(N)):
        assert "True or False" in judge(no_rule).message


def judge_4(answer: Any) -> checks.Check:
    return learners.judge_4(answer, board())


def test_exercise_4() -> None:
    wrong = {"So it is said": "nearly all", "smooths more": "about half", "choose one": "never"}
    told_apart(judge_4, ["hardly any", "Hardly  any"], wrong)
    never_done(judge_4)


def judge_5(answer: Any) -> checks.Check:
    return learners.judge_5(answer, {"training rows": 0.31, "fresh customers": 0.02})


def test_exercise_5() -> None:
    wrong = {
        "colleague": 0.31,
        "Nothing is to be expected": 0.0,
        "difference": 0.29,
        "fitted anew": 0.36,
        "its area": np.array([0.1, 0.2]),
    }
    told_apart(judge_5, [0.02, np.float32(0.0205), [0.02]], wrong)
    never_done(judge_5)


@functools.cache
def gym() -> tuple[np.ndarray, np.ndarray]:
    visits = np.random.default_rng(1).uniform(0, 4, 1_000)
    return 10 * visits - 15, visits


def judge_6(answer: Any) -> checks.Check:
    return learners.judge_6(answer, *gym(), 10)


def test_exercise_6() -> None:
    adds, visits = gym()
    noise = np.random.default_rng(2).normal(0, 4, 1_000)
    right = [adds > 10, (adds + noise > 10).tolist(), pd.Series(adds > 8).astype(int)]
    wrong = {
        "Everybody": np.ones(1_000, bool),
        "Nobody": np.zeros(1_000, bool),
        "Turned round": adds < 10,
        "less than it costs": adds > 0,
        "comes least": visits < np.median(visits),
        "shape": adds[:5] > 10,
        "True or False": adds,
        "of the best": noise > 0,
    }
    accepted(judge_6, right)
    refused(judge_6, wrong)
    never_done(judge_6)


def residuals() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    t, y = rng.integers(0, 2, 50), rng.normal(20, 5, 50)
    return t - rng.uniform(0.1, 0.9, 50), y - 20, y


def judge_7(answer: Any) -> checks.Check:
    """Judge a pair; anything else is given for both."""
    pair = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer, answer)
    rt, ry, y = residuals()
    return learners.judge_7(*pair, (rt, ry), y)


def test_exercise_7() -> None:
    rt, ry, y = residuals()
    goal, weight = ry / rt, rt**2
    with np.errstate(divide="ignore"):
        by_offer = y / (rt > 0)
    wrong = {
        "Upside down": (rt / ry, weight),
        "A product": (ry * rt, weight),
        "Sales themselves": (y / rt, weight),
        "nobody's effect": (ry, weight),
        "Divided by 0": (by_offer, weight),
        "weight is forgotten": (goal, np.ones(50)),
        "the square": (goal, abs(rt)),
        "Turned round": (goal, 1 / rt**2),
        "One target a customer": (goal[:3], weight[:3]),
    }
    told_apart(judge_7, [(goal, weight), (list(goal), 7 * weight)], wrong)
    never_done(judge_7)
    assert judge_7((goal, ...)).status == "todo"
