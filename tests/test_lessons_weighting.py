"""Drawings and judges of notebook 11, without running a notebook."""

from __future__ import annotations

import functools
from typing import Any

import altair as alt
import marimo as mo
import numpy as np
import pandas as pd
import pytest

from helpers import charts, checks
from helpers.lessons import weighting
from helpers.tidy import HDI_PROB
from tests.answers import never_done, told_apart
from tests.pages import axis_titles, title_of

N = 400


@functools.cache
def company() -> dict[str, Any]:
    """Return a small company: people, scores and straight lines, none of them the notebook's."""
    rng = np.random.default_rng(7)
    age = rng.normal(size=N)
    chance = 1 / (1 + np.exp(-1.5 * age))
    joined = (rng.random(N) < chance).astype(int)
    effect = 4 + 2 * age
    wellbeing = 50 + 4 * age + effect * joined + rng.normal(0, 5, N)
    people = pd.DataFrame({"age": age, "chance": chance, "joined": joined, "effect": effect})
    score = 1 / (1 + np.exp(-1.3 * age + 0.1))
    lines = 51 + 3 * age, 55 + 7 * age
    return {
        "people": people.assign(wellbeing=wellbeing),
        "t": joined,
        "y": wellbeing,
        "e": score,
        "lines": lines,
        "w": np.where(joined == 1, 1 / score, 1 / (1 - score)),
    }


# Charts ------------------------------------------------------------------------------------------


def test_first_picture_says_the_difference() -> None:
    world = company()
    chart = weighting.chart_first(world["people"], 11.06, 0.5)
    assert title_of(chart) == "Who joined scores 11.1 points higher"
    ends = chart.to_dict()["title"]["subtitle"]  # 1.8808 standard errors to each side
    assert ends == "94 % confidence interval of the difference: 10.1 to 12.0 points"
    expected = {"age (standard deviations from the mean)", "well-being (points)"}
    assert axis_titles(chart.to_dict()) == expected
    means = world["people"].groupby("joined")["wellbeing"].mean()
    assert f"joined: mean {means[1]:.1f}" in chart.to_json()


def test_scores_count_who_has_no_counterpart() -> None:
    score, treated = np.array([0.1, 0.2, 0.3, 0.5, 0.6, 0.9]), np.array([0, 0, 1, 0, 1, 1])
    chart = weighting.chart_scores(score, treated, names=("took part", "did not"))
    assert title_of(chart) == "Beyond the other group: 2 who did not, 2 who took part"
    assert weighting.beyond(score, treated) == {0: 2, 1: 2}
    assert weighting.beyond(np.array([0.1, 0.5, 0.2, 0.9]), np.array([0, 0, 1, 1])) == {0: 1, 1: 1}
    assert axis_titles(chart.to_dict()) == {
        "propensity score (probability of joining)",
        "share of the group",
    }
    (bars,) = [rows for rows in chart.to_dict()["datasets"].values() if "share" in rows[0]]
    assert sum(row["share"] for row in bars if row["group"] == "treated") == pytest.approx(1)
    assert sum(row["share"] for row in bars if row["group"] == "control") == pytest.approx(-1)


def test_love_plot_names_the_largest_gaps() -> None:
    gaps = pd.DataFrame({"before": [1.0, -2.0], "after": [0.1, -0.25]}, index=["age", "black"])
    chart = weighting.chart_love(gaps)
    assert title_of(chart) == "after: black still 0.25 sd apart"
    both = weighting.chart_love(gaps.assign(more=[0.0, 0.02]))
    assert title_of(both) == "after: black still 0.25 sd apart; more: at most 0.02"
    colours = both.to_dict()["layer"][1]["encoding"]["color"]["scale"]["range"]
    assert not set(colours) & {charts.ROLES["treated"], charts.ROLES["counterfactual"]}
    assert "took part minus others (standard deviations)" in axis_titles(chart.to_dict())
    small = weighting.chart_love(gaps, small=True).to_dict()
    assert (small["width"], small["height"]) == (300, 76)
    assert "joined minus others (sd)" in axis_titles(small)


def test_nine_answers_are_written_in_their_fields() -> None:
    nine = pd.DataFrame(
        {
            "method": ["naive", "AIPW wrong wrong"],
            "score": ["none", "wrong"],
            "outcome": ["none", "wrong"],
            "bias": [6.34, 3.51],
            "sd": [0.6, 1.17],
            "coverage": [np.nan, 0.03],
        }
    )
    chart = weighting.chart_nine(nine)
    assert title_of(chart) == "Two chances, not two guarantees: AIPW wrong wrong +3.51 points"
    (rows,) = chart.to_dict()["datasets"].values()
    assert [row["told"] for row in rows] == ["+6.34 ± 0.60", "+3.51 ± 1.17"]
    assert [row["covers"] for row in rows] == ["", "interval covers 3 %"]


def test_slider_picture_has_intervals_of_the_course() -> None:
    world = company()
    answers = pd.DataFrame(
        {"label": ["IPW", "AIPW"], "mean": [4.5, 4.1], "error": [0.5, 0.4], "truth": [4.0, 4.0]}
    ).assign(finite=[False, True])
    spec = weighting.chart_answers(answers).to_dict()
    level = f"{HDI_PROB:.0%}".replace("%", " %")
    assert level in " ".join(spec["title"]["subtitle"])
    (rows,) = [rows for rows in spec["datasets"].values() if "truth" in rows[0]]
    half = (rows[0]["upper"] - rows[0]["lower"]) / 2
    assert half / 0.5 == pytest.approx(1.8808, abs=0.003)
    assert "IPW +4.50 (truth +4.00, finite variance: no)" in spec["description"]
    assert [row["finite"] for row in rows] == ["no", "yes"]
    crowd = weighting.chart_crowd(world["e"], world["t"], 1.0, 0.07)
    assert crowd.to_dict()["title"]["text"] == ["k = 1.0: heaviest person 7 %"]
    assert len(weighting.show_pair(mo.md("slider"), crowd, crowd).text) > 1_000


@pytest.mark.parametrize("quantity", weighting.AXES)
def test_every_axis_has_a_unit(quantity: str) -> None:
    what, unit = weighting.AXES[quantity]
    assert weighting.axis_title(quantity) == f"{what} ({unit})"


def test_slider_begins_at_the_company() -> None:
    slider = weighting.slider_sharpness()
    assert slider.value == 1
    assert (slider.start, slider.stop) == (0.2, 3)


def test_slider_of_the_unmeasured_cause_begins_without_it() -> None:
    slider = weighting.slider_unseen()
    assert slider.value == slider.start == 0
    assert 1 in list(np.arange(slider.start, slider.stop + slider.step, slider.step))


def test_a_view_waits_for_its_exercise() -> None:
    view = alt.Chart(pd.DataFrame({"a": [1]})).mark_point()
    assert weighting.after(checks.Check("done", "."), view) is view
    for status in ("todo", "wrong"):
        assert "when the exercise" in weighting.after(checks.Check(status, "."), view).text
        assert isinstance(weighting.after(checks.Check(status, "."), view), mo.Html)


# Judges ------------------------------------------------------------------------------------------


def judge_1(answer: Any) -> checks.Check:
    return weighting.judge_1(answer, 11.06, 4.0)


def test_exercise_1() -> None:
    wrong = {"older": "too low", "coin": "about right", "choose one": "much too high"}
    told_apart(judge_1, ["too high", "  Too High "], wrong)
    never_done(judge_1)
    assert "+11.1" in judge_1("too high").message


def judge_2(answer: Any) -> checks.Check:
    black = pd.Series([1] * 156 + [0] * 29 + [1] * 87 + [0] * 342)
    treated = np.array([1] * 185 + [0] * 429)
    return weighting.judge_2(answer, black, treated)


def test_exercise_2() -> None:
    wrong = {
        "participants' share": 156 / 185,
        "matching picks": 87 / 429,
        "white ones too": 87 / 156,
        "per cent": 47,
        "number of men": 87,
        "not enough": 1,
    }
    told_apart(judge_2, [87 / 185, np.float64(0.47), 0.4703], wrong)
    never_done(judge_2)


def judge_3(answer: Any) -> checks.Check:
    return weighting.judge_3(answer, company()["e"], company()["t"])


def test_exercise_3() -> None:
    e, t = company()["e"], company()["t"]
    odds = e / (1 - e)
    right = [
        np.where(t == 1, 1, odds),
        list(np.where(t == 1, 3.0, odds / odds.sum())),
        pd.Series(t + (1 - t) * odds),
    ]
    wrong = {
        "ATE weights": np.where(t == 1, 1 / e, 1 / (1 - e)),
        "upside down": np.where(t == 1, 1, (1 - e) / e),
        "look like the others": np.where(t == 1, (1 - e) / e, 1),
        "one each": odds,
        "The score alone is too mild": np.where(t == 1, 1, e),
        "another population": np.where(t == 1, 1 - e, e),
        "like all men": np.where(t == 1, 1, 1 / (1 - e)),
        "naive": np.ones(N),
        "not below zero": -np.where(t == 1, 1, odds),
        "shape": odds[t == 0],
    }
    told_apart(judge_3, right, wrong)
    never_done(judge_3)


def judge_4(answer: Any) -> checks.Check:
    return weighting.judge_4(answer, company()["y"], company()["t"], company()["e"])


def test_exercise_4() -> None:
    y, t, e, w = (company()[name] for name in ["y", "t", "e", "w"])
    one, other = ((w * (t == arm)) for arm in (1, 0))
    truth = (one @ y) / one.sum() - (other @ y) / other.sum()
    by_average = np.average(y[t == 1], weights=w[t == 1]) - np.average(y[t == 0], weights=w[t == 0])
    kept = (e > 0.1) & (e < 0.9)
    centred = y - y.mean()
    wrong = {
        "colleague": np.mean(t * y / e) - np.mean((1 - t) * y / (1 - e)),
        "left out; the sum": np.mean((t * y / e)[kept]) - np.mean(((1 - t) * y / (1 - e))[kept]),
        "stabilised": t.mean() * np.mean(one * y) - (1 - t.mean()) * np.mean(other * y),
        "not by its size": (one @ y) / t.sum() - (other @ y) / (1 - t).sum(),
        "no longer moves": np.mean(one * centred) - np.mean(other * centred),
        "naive": y[t == 1].mean() - y[t == 0].mean(),
        "sign": -truth,
    }
    told_apart(judge_4, [truth, by_average, np.array([truth])], wrong)
    never_done(judge_4)
    assert not any("ivide each" in hint for hint in judge_4(...).hints)  # before an answer


def judge_5(answer: Any) -> checks.Check:
    world = company()
    return weighting.judge_5(answer, world["y"], world["t"], world["e"], world["lines"])


def test_exercise_5() -> None:
    y, t, e, (m0, m1) = (company()[name] for name in ["y", "t", "e", "lines"])
    each = m1 - m0 + t * (y - m1) / e - (1 - t) * (y - m0) / (1 - e)
    by_arm = np.mean(t * y / e - (t - e) / e * m1)
    by_arm -= np.mean((1 - t) * y / (1 - e) + (t - e) / (1 - e) * m0)
    wrong = {
        "regression alone": np.mean(m1 - m0),
        "colleague": np.mean(m1 - m0 + t * (y - m1) / e + (1 - t) * (y - m0) / e),
        "Which chance": np.mean(m1 - m0 + t * (y - m1) / e - (1 - t) * (y - m0) / e),
        "not added": np.mean(m1 - m0 + t * (y - m1) / e + (1 - t) * (y - m0) / (1 - e)),
        "own group": np.mean(m1 - m0 + t * (y - m0) / e - (1 - t) * (y - m1) / (1 - e)),
        "weighting alone": np.mean(t * y / e - (1 - t) * y / (1 - e)),
        "not weighted": np.mean(m1 - m0 + t * (y - m1) - (1 - t) * (y - m0)),
        "sum": each.sum(),
        "sign": -each.mean(),
        "average them": each,
    }
    told_apart(judge_5, [each.mean(), by_arm], wrong)
    never_done(judge_5)


def judge_6(answer: Any) -> checks.Check:
    """Judge a pair; anything else is given for both."""
    pair = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer, answer)
    return weighting.judge_6(*pair, company()["people"], company()["e"])


def test_exercise_6() -> None:
    y, t, e, w, people = (company()[name] for name in ["y", "t", "e", "w", "people"])
    kept = (e > 0.1) & (e < 0.9)
    effect = people["effect"].to_numpy()

    def weighted(rows: np.ndarray, weight: np.ndarray) -> float:
        means = [np.average(y[rows & (t == a)], weights=weight[rows & (t == a)]) for a in (1, 0)]
        return means[0] - means[1]

    estimate, truth = weighted(kept, w), effect[kept].mean()
    by_query = people.assign(e=e).query("0.1 < e < 0.9")["effect"].mean()
    wrong = {
        "nobody is left out": (weighted(kept | ~kept, w), truth),
        "still need weights": (weighted(kept, np.ones(N)), truth),
        "over everybody": (estimate, 4),
        "all people in the table": (estimate, effect.mean()),
        "those who were left out": (estimate, effect[~kept].mean()),
        "an ATT": (estimate, effect[kept & (t == 1)].mean()),
        "changed places": (truth, estimate),
        "whose mean effect": (estimate, truth + 1),
        "not right yet": (estimate + 1, truth),
    }
    told_apart(judge_6, [(estimate, truth), (np.float64(estimate), by_query)], wrong)
    never_done(judge_6)
    assert judge_6((estimate, ...)).status == "todo"


def judge_7(answer: Any) -> checks.Check:
    return weighting.judge_7(answer, 0.44, 0.63, 1_000)


def test_exercise_7() -> None:
    wrong = {
        "held fixed": 0.63,
        "variance": 0.44**2,
        "width": 2 * 1.8808 * 0.44,
        "sd of the estimates": 0.44 / np.sqrt(1_000),
        "above zero": -0.44,
    }
    told_apart(judge_7, [0.44, 0.48, np.float32(0.41)], wrong)
    never_done(judge_7)
