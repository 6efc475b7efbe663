"""Drawings and judges of notebook 16, without running a notebook."""

from __future__ import annotations

import functools
import math
from typing import Any

import marimo as mo
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from helpers import charts
from helpers.lessons import counterfactuals as lesson
from tests.answers import never_done, told_apart
from tests.pages import axis_titles, title_of

# Charts ------------------------------------------------------------------------------------------


@functools.cache
def games() -> pd.DataFrame:
    rows = [("knows", 1, 10, 0.333), ("knows", 2, 20, 0.667)]
    rows += [("opens blindly", 1, 10, 0.5), ("opens blindly", 2, 10, 0.5)]
    return pd.DataFrame(rows, columns=["host", "car behind door", "games", "share"])


def test_doors_say_how_often_switching_wins() -> None:
    chart = lesson.chart_doors(games().head(2))
    assert title_of(chart) == "The host knows: switching wins in 66.7 % of these games"
    assert axis_titles(chart.to_dict()) == {"share of games (%)"}


def test_pupils_show_line_and_lea() -> None:
    pupils = pd.DataFrame({"hours": [0.0, 1.0, 2.0], "score": [60.0, 62.0, 64.0]})
    chart = lesson.chart_pupils(pupils, 2.0)
    assert title_of(chart) == "An hour more goes with +2.0 points"
    assert axis_titles(chart.to_dict()) == {"tutoring (hours a week)", "score (points)"}
    sets = chart.to_dict()["datasets"].values()
    (line,) = [rows for rows in sets if {row["hours"] for row in rows} == {-1.0, 3.5}]
    assert [row["score"] for row in line] == [58.0, 67.0]
    assert any(row.get("name") == "Lea" and row["score"] == 70 for rows in sets for row in rows)


def test_twin_draws_say_what_the_lines_are() -> None:
    twin = pd.DataFrame({"label": list("abc"), "mean": [28.0, 28.2, 28.1]})
    twin = twin.assign(lower=twin["mean"] - 8, upper=twin["mean"] + 8)
    chart = lesson.chart_twin_draws(twin)
    assert "94 % HDI" in chart.to_json()
    assert "score without tutoring (points)" in axis_titles(chart.to_dict())


def test_twin_reads_both_worlds() -> None:
    hours = np.array([0.0, 2.0])
    chart = lesson.chart_twin(hours, np.array([27.83, 70.0]), np.array([39.0, 76.0]), 70)
    assert title_of(chart) == "Seen 70, without tutoring 27.8: own effect +42.2"
    assert axis_titles(chart.spec) == {"tutoring (hours a week)", "score (points)"}
    (points,) = [rows for rows in chart.spec["datasets"].values() if "world" in rows[0]]
    assert {row["world"]: row["points"] for row in points} == {"seen": 70.0, "imagined": 27.83}


def test_pairs_tell_the_harmed() -> None:
    chart = lesson.chart_pairs(np.array([0.0, 2.0]), np.array([1.0, 1.0]), -0.5, 0.3864)
    assert title_of(chart) == "c = −0.50: 38.6 % of pupils are harmed"
    assert axis_titles(chart.spec) == {"result (points)"}
    (rows,) = chart.spec["datasets"].values()
    assert {row["pupil"]: row["way"] for row in rows} == {0: "not harmed", 1: "harmed"}


def test_advice_reads_who_is_ready() -> None:
    advice = pd.DataFrame({"advice": ["collect the badge", "gain skill"], "ready": [0.04, 0.903]})
    advice = advice.assign(**{"mean change": [1.05, 2.49], "formula at zero": 1.0})
    chart = lesson.chart_advice(advice)
    assert title_of(chart) == "After the badge 4.0 % are ready, after more skill 90.3 %"
    assert "badge +1.05 points, skill +2.49 sd" in chart.to_json(ensure_ascii=False)
    assert axis_titles(chart.to_dict()) == {"share of rejected pupils (%)"}


def test_push_reads_change_and_error() -> None:
    chart = lesson.chart_push(np.array([0.0, 2.0]), [0.68, 0.6], 0.5, 0.3792, 0.7409)
    assert title_of(chart) == "0.5 times the true push: own change 0.379, error 0.741"
    assert axis_titles(chart.spec) == {
        "assumed push (times the true one)",
        "own change (sd of knack)",
    }


def test_bound_counts_all_samples() -> None:
    chart = lesson.chart_bound(np.array([-40.0, 1.0, 1.0, 2.0]), -11.0, 13.0)
    assert title_of(chart) == "Redrawn, the bound of 1 runs from −11 to 13"
    assert axis_titles(chart.to_dict()) == {"lower bound of PN (share)", "share of samples (%)"}
    bars = next(rows for rows in chart.to_dict()["datasets"].values() if "share" in rows[0])
    assert sum(row["share"] for row in bars) == pytest.approx(100)


def test_tables_show_readable_columns() -> None:
    models = pd.DataFrame({"log": [0.05], "slope": [0.5], "rmse_log": 1.0, "rmse_do": 3.0})
    view = lesson.simulators_view(models.assign(dose=0.0, regret=5.76))
    assert view.index.tolist() == ["5 %"]
    assert view["error, random doses"].tolist() == [3.0]
    bounds = pd.DataFrame({"ward": ["Anna"], "quantity": ["PN"], "lower": 0.1, "upper": 0.25})
    view = lesson.bounds_view(bounds.assign(truth=0.2))
    assert view.loc["Anna"].to_dict() == {"PN": "0.100 to 0.250", "PN, truth": "0.200"}
    fair = pd.DataFrame({column: [0.5] for column in lesson.FAIR_COLUMNS}).assign(predictor="fair")
    assert lesson.fairness_view(fair).loc["fair", "own change"] == 0.5


def bell(at: float, middle: float, wide: float) -> float:
    return math.exp(-((at - middle) ** 2) / (2 * wide**2))


def test_spots_are_bells_of_light() -> None:
    """Of a pixel far from the middle, by hand; larger spots hold more light."""
    (picture,) = lesson.spots(np.array([[1.0, -0.5, 2.0, -1.0]])).reshape(1, 8, 8)
    wide = 0.4 * math.exp(-0.15)
    light = 0.9 * bell(-0.375, -0.2, wide) * bell(0.875, 0.2, wide)
    assert picture[2, 7] == pytest.approx(light)
    small, large = lesson.spots(np.array([[0, -1.0, 0, 0], [0, 1.0, 0, 0]])).sum(axis=1)
    assert large > 2 * small


@functools.cache
def pictures() -> dict[str, np.ndarray]:
    factors = np.random.default_rng(3).normal(size=(50, 4))
    seen, truth = lesson.spots(factors), lesson.spots(factors + np.eye(4)[1] / 2)
    answers = {"with labels": truth + (seen - truth) / 4, "pictures alone": truth - (seen - truth)}
    return {"seen": seen, "truth": truth, **answers}


def test_spots_say_how_far_the_answers_are() -> None:
    assert lesson.misses(pictures()) == pytest.approx({"with labels": 0.25, "pictures alone": 1})
    chart = lesson.chart_spots(pictures(), -1.5)
    title = "Size −1.50: error 0.25 with labels, 1.00 without"
    assert " ".join(chart.spec["title"]["text"]) == title
    assert "50 pictures" in chart.spec["title"]["subtitle"]
    (rows,) = [rows for rows in chart.spec["datasets"].values() if "light" in rows[0]]
    assert len(rows) == 4 * lesson.SPOTS * 64
    at = {(row["top"], row["left"]): row["light"] for row in rows}
    third = pictures()["truth"][2].reshape(8, 8).clip(0, lesson.BRIGHTEST)
    assert at[9 + 5, 2 * 9 + 1] == pytest.approx(third[5, 1], abs=0.001)
    assert {row["what"] for row in chart.spec["datasets"][label_set(chart)]} == set(
        lesson.WORLDS.values()
    )


def label_set(chart: Any) -> str:
    return next(name for name, rows in chart.spec["datasets"].items() if "what" in rows[0])


def test_runs_show_each_start() -> None:
    runs = pd.DataFrame({"training": ["labels"] * 3 + ["pictures alone"] * 3})
    runs["error"] = [0.3, 0.4, 0.2, 1.5, 1.2, 3.0]
    chart = lesson.chart_runs(runs)
    assert title_of(chart) == "Error: 0.30 with labels, 1.50 from pictures alone"
    assert "medians of 3 starts" in chart.to_json()
    assert axis_titles(chart.to_dict()) == {"error of the answer (1: the picture left as it is)"}
    points = next(rows for rows in chart.to_dict()["datasets"].values() if "error" in rows[0])
    assert [row["error"] for row in points] == runs["error"].tolist()


def test_sliders_start_where_the_page_does() -> None:
    sliders = lesson.slider_score(), lesson.slider_correlation(), lesson.slider_push()
    sliders += (lesson.slider_size(),)
    assert [slider.value for slider in sliders] == [70, 1, 0, 1.5]
    assert isinstance(lesson.below(charts.Drawing({}), *sliders), mo.Html)


def test_fairness_names_each_column_once_in_full() -> None:
    names = list(lesson.FAIR_COLUMNS.values())
    assert len({name.strip() for name in names}) == len(names)
    assert not any(name.strip().startswith("A=") for name in names)


# Judges ------------------------------------------------------------------------------------------


def test_doors() -> None:
    def judge(answer: Any) -> Any:
        return lesson.judge_1(answer, games())

    told_apart(
        judge,
        ["1/2", " 1/2 "],
        {"host who knows": "2/3", "before a door": "1/3", "choose one": "3/4"},
    )
    never_done(judge)


def test_order() -> None:
    right = ["imagining", "doing", "seeing"]
    wrong = {
        "took no tutoring": ["seeing", "doing", "imagining"],
        "all knacks": ["doing", "imagining", "seeing"],
        "Lea is right": ["imagining", "seeing", "doing"],
        "each of": ["doing", "doing", "seeing"],
    }
    told_apart(lesson.judge_2, [right, tuple(right), [r.upper() for r in right]], wrong)
    never_done(lesson.judge_2)


KNACK = (logit(0.7) + 0.5 - 1.8) / 0.8
WITHOUT = 100 * expit(-0.5 + 0.8 * KNACK)
AVERAGE = 36.7376


def test_lea() -> None:
    # The odds of 70, moved by e^-1.8.
    odds = 0.7 / 0.3 * math.exp(-1.8)
    told_apart(
        lambda answer: lesson.judge_3(*answer),
        [(KNACK, WITHOUT), (np.array([KNACK]), 100 * odds / (1 + odds))],
        {
            "average effect": (KNACK, 70 - AVERAGE),
            "knack 0": (0.0, 100 * expit(-0.5)),
            "off the hours": (-0.8 / 0.6, 100 * expit(-0.5 - 0.8 * 0.8 / 0.6)),
            "logit comes first": ((0.7 + 0.5 - 1.8) / 0.8, 20.0),
            "two hours are part": ((logit(0.7) + 0.5) / 0.8, 70.01 + 1),
            "a share": (KNACK, WITHOUT / 100),
            "that was seen": (KNACK, 70.0),
            "run the score's equation": (KNACK, 11.0),
        },
    )
    never_done(lambda answer: lesson.judge_3(answer, answer))
    assert lesson.judge_3(..., 3).status == "todo"


@functools.cache
def rejected() -> tuple[pd.DataFrame, tuple[float, ...]]:
    rng = np.random.default_rng(3)
    people = pd.DataFrame(rng.normal(size=(20_000, 3)), columns=["skill", "slack", "app_luck"])
    people["ready"] = (people["skill"] + 0.7 * people["slack"] > 0).astype(int)
    people["badge"] = 1.5 * (people["ready"] - 0.5) + 0.5 * people["app_luck"]
    rule = (0.0, 2.56, 6.06)
    formula = rule[1] * people["skill"] + rule[2] * people["badge"]
    return people[formula < 0], rule


def shares() -> dict[str, float]:
    people, rule = rejected()
    those = people[people["ready"] == 0]

    def passed(skill: Any, badge: Any) -> float:
        return float(np.mean(rule[1] * skill + rule[2] * badge >= 0))

    def badge(who: pd.DataFrame, slack: Any) -> Any:
        return 1.5 * ((who["skill"] + 1 + 0.7 * slack > 0) - 0.5) + 0.5 * who["app_luck"]

    fresh = np.random.default_rng(9).normal(size=len(those))
    right = passed(those["skill"] + 1, badge(those, those["slack"]))
    return {
        "right": right,
        "colleague's": passed(those["skill"] + 1, those["badge"]),
        "all rejected": passed(people["skill"] + 1, badge(people, people["slack"])),
        "moves the badge": passed(those["skill"], those["badge"] + 1),
        "badge + 1": passed(those["skill"] + 1, those["badge"] + 1),
        "becomes ready": float(np.mean(those["skill"] + 1 + 0.7 * those["slack"] > 0)),
        "other pupils": passed(those["skill"] + 1, badge(those, fresh)),
        "between 0 and 1": 100 * right,
    }


def test_recourse() -> None:
    def judge(answer: Any) -> Any:
        return lesson.judge_4(answer, *rejected())

    found = shares()
    right = found.pop("right")
    told_apart(judge, [right, np.array([right]), round(right, 4)], found)
    never_done(judge)


def test_fair() -> None:
    def equalised(grade: Any, test: Any, group: Any) -> Any:
        """Take each group's own mean off."""
        means = [[each[group == a].mean() for a in (0, 1)] for each in (grade, test)]
        return grade - np.array(means[0])[group], test - np.array(means[1])[group]

    right = [
        lambda g, t, a: (g + 0.8 * a, t + 1.2 * a),
        lambda g, t, a: [g - 0.8 * (1 - a), t - 1.2 * (1 - a)],
        lambda g, t, a: (2 * (g + 0.8 * a), g + t + 2 * a),
        equalised,
    ]
    wrong = {
        "Left out": lambda g, t, _: (g, t),
        "sign is turned": lambda g, t, a: (g - 0.8 * a, t - 1.2 * a),
        "grade is right": lambda g, t, a: (g + 0.8 * a, t + 0.8 * a),
        "test is right": lambda g, t, a: (g + 1.2 * a, t + 1.2 * a),
        "tell nothing": lambda g, t, _: (0 * g, 0 * t),
        "what it returns is not it": lambda g, t, a: (g + 0.4 * a, t + 0.6 * a),
    }
    told_apart(lesson.judge_5, right, wrong)
    never_done(lesson.judge_5)
    assert lesson.judge_5(lambda *_: ...).status == "todo"


def minutes_of(km: float, stamina: float) -> float:
    return math.exp(5.7 - 0.006 * km - 0.1 * (1 + km / 100) * stamina)


def stamina_of(minutes: float, km: float) -> float:
    return (5.7 - 0.006 * km - math.log(minutes)) / (0.1 * (1 + km / 100))


def test_runner() -> None:
    def by_search(minutes: float, km: float, new_km: float) -> float:
        from scipy.optimize import brentq

        return minutes_of(new_km, brentq(lambda u: minutes_of(km, u) - minutes, -20, 20))

    told_apart(
        lesson.judge_6,
        [lambda m, k, n: minutes_of(n, stamina_of(m, k)), by_search],
        {
            "average stamina": lambda _, __, n: minutes_of(n, 0),
            "usual effect": lambda m, k, n: m * math.exp(-0.006 * (n - k)),
            "average runner's difference": lambda m, k, n: m + minutes_of(n, 0) - minutes_of(k, 0),
            "logarithm": lambda m, k, n: math.log(minutes_of(n, stamina_of(m, k))),
            "that was seen": lambda m, _, n: minutes_of(n, stamina_of(m, n)),
            "sign of the stamina": lambda m, k, n: minutes_of(n, -stamina_of(m, k)),
        },
    )
    never_done(lesson.judge_6)
    assert lesson.judge_6(lambda *_: None).status == "todo"


def bounds_of(y1: float, y0: float, tw: float, ti: float, nw: float, ni: float) -> list[float]:
    """Return the bounds by a linear programme over the eight cells of type and choice."""
    from scipy.optimize import linprog

    # Cells: not chosen (never, helped, harmed, always), chosen (the same).
    rows = [[0, 1, 0, 1] * 2, [0, 0, 1, 1] * 2]
    rows += [[0] * 4 + [0, 1, 0, 1], [0] * 4 + [1, 0, 1, 0]]
    rows += [[0, 0, 1, 1] + [0] * 4, [1, 1, 0, 0] + [0] * 4]
    helped = np.array([0, 1, 0, 0] * 2)
    ends = [
        linprog(sign * helped, A_eq=rows, b_eq=[y1, y0, tw, ti, nw, ni], bounds=(0, 1)).fun * sign
        for sign in (1, -1)
    ]
    return [float(end) for end in ends]


def exact(y1: float, y0: float, tw: float, ti: float, nw: float, ni: float) -> tuple:
    well = tw + nw
    lower = max(0, y1 - y0, well - y0, y1 - well)
    return lower, min(y1, 1 - y0, tw + ni, y1 - y0 + ti + nw)


def test_bounds() -> None:
    told_apart(
        lesson.judge_7,
        [exact, lambda *p: list(exact(*p)), bounds_of],
        {
            "trial's bounds": lambda y1, y0, *_: (max(0, y1 - y0), min(y1, 1 - y0)),
            "That is the effect": lambda y1, y0, *_: (y1 - y0, y1 - y0),
            "who chose it differs": lambda _, __, tw, ti, nw, ni: exact(
                tw / (tw + ti), nw / (nw + ni), tw, ti, nw, ni
            ),
            "changed places": lambda *p: exact(*p)[::-1],
            "lower bound is right": lambda *p: (exact(*p)[0], 1.0),
            "upper bound is right": lambda *p: (0.0, exact(*p)[1]),
        },
    )
    never_done(lesson.judge_7)
    assert lesson.judge_7(lambda *_: (..., ...)).status == "todo"


def test_the_invented_wards_are_possible() -> None:
    """Each ward of exercise 7 has a joint of types and choice, and the formula is its bounds."""
    for ward in lesson.PATIENTS:
        assert sum(ward[2:]) == pytest.approx(1)
        assert bounds_of(*ward) == pytest.approx(exact(*ward), abs=1e-8)


@functools.cache
def nurses_log() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 5_000
    fever, pallor, e, w = rng.normal(size=(4, n)) * np.array([2, 1, 1, 1])[:, None]
    random = rng.random(n) < 0.05
    dose = np.where(random, rng.normal(0, 1.5, n), 0.2 * fever + pallor + 0.5 * e)
    after = 0.8 * fever - dose + 2 * pallor + 0.5 * w
    columns = {"fever": fever, "dose": dose, "random": random * 1.0, "next_fever": after}
    return pd.DataFrame(columns)


def solved(log: pd.DataFrame, fever: float) -> float:
    inputs = np.column_stack([np.ones(len(log)), log["fever"], log["dose"]])
    a, b, c = np.linalg.lstsq(inputs, log["next_fever"], rcond=None)[0]
    return float(np.clip(-(a + b * fever) / c, 0, 5))


def test_doses() -> None:
    def on_a_grid(log: pd.DataFrame, fever: float) -> float:
        from sklearn.linear_model import LinearRegression

        drawn = log[log["random"] == 1]
        model = LinearRegression().fit(drawn[["fever", "dose"]].to_numpy(), drawn["next_fever"])
        grid = np.linspace(0, 5, 101)
        said = model.predict(np.column_stack([np.full(101, fever), grid]))
        return float(grid[np.abs(said).argmin()])

    told_apart(
        lambda answer: lesson.judge_8(answer, nurses_log()),
        [lambda log, fever: solved(log[log["random"] == 1], fever), on_a_grid],
        {
            "No dose at all": solved,
            "lowest fever is not the goal": lambda *_: 5.0,
            "nurse does on average": lambda _, fever: 0.2 * fever,
            "same dose for every fever": lambda *_: 1.1,
            "0 to 5": lambda _, fever: 3 * fever,
            "use `log`": lambda _, fever: 0.8 * fever,
        },
    )
    never_done(lambda answer: lesson.judge_8(answer, nurses_log()))
