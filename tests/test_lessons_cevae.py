"""Drawings and judges of notebook 07, without running a notebook."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import checks
from helpers.lessons import cevae
from helpers.tidy import HDI_PROB
from tests.answers import never_done, told_apart
from tests.pages import axis_titles, title_of

# Charts ------------------------------------------------------------------------------------------


def test_first_picture_says_both_means() -> None:
    purchases = pd.Series([100.0, 120.0, 170.0, 190.0])
    chart = cevae.chart_first(purchases, pd.Series([0, 0, 1, 1]))
    assert title_of(chart) == "Players with side quests spend 70 dollars more"
    assert axis_titles(chart.to_dict()) == {
        "purchases (dollars a month)",
        "share of the group (per 5 dollars)",
    }
    assert "with side quests: mean $180" in chart.to_json()
    assert "without: mean $110" in chart.to_dict()["description"]


def test_rows_have_intervals_of_the_course() -> None:
    rows = cevae.as_rows({"naive": (55.0, 0.5), "oracle": (25.0, 0.4), "CEVAE": (25.1, np.nan)})
    width = rows["upper"] - rows["lower"]
    assert np.allclose(width[:2] / rows["se"][:2], 2 * 1.8807936)
    assert np.isnan(width[2])
    assert list(rows["role"]) == ["naive", "adjusted", "adjusted"]
    assert round(HDI_PROB, 2) == 0.94


def test_answers_stand_against_the_truth() -> None:
    chart = cevae.chart_answers({"naive": (55.3, 0.5), "oracle": (25.0, 0.4)}, 24.97, "Far off")
    spec = chart.to_dict()
    assert title_of(chart) == "Far off"
    assert spec["title"]["subtitle"] == "line: 94 % confidence interval"
    assert axis_titles(spec) == {"effect of engagement on purchases (dollars)"}
    assert "truth: 25" in spec["description"]


def test_training_says_where_it_ends() -> None:
    chart = cevae.chart_training(np.array([[50.0, 40.0], [54.2, 25.2]]), 55.3, 24.97)
    assert title_of(chart) == "In the end 54 without readings, 25 with; truth 25"
    assert {"training step (number)", "ATE (dollars)"} <= axis_titles(chart.to_dict())
    assert '"step": 200' in chart.to_json()


@pytest.mark.parametrize(("name", "role"), [("hidden", "naive"), ("revealed", "adjusted")])
def test_reveal_has_the_role_of_its_fit(name: str, role: str) -> None:
    chart = cevae.chart_reveal(np.array([25.0, 25.2, 25.1]), name, 55.3, 24.97)
    assert title_of(chart) == f"Readings {name}: +$25.1; truth +$25.0"
    assert "94 % HDI over draws of motivation" in chart.to_dict()["title"]["subtitle"]
    assert f'"role": "{role}"' in chart.to_json()


def runs() -> pd.DataFrame:
    table = {"proxies": [0, 0, 3, 3], "loss_per_row": [2.0, 1.9, 5.6, 5.5]}
    return pd.DataFrame({**table, "ate": [39.0, 54.0, 30.0, 25.0]})


def test_runs_stand_at_their_distance_from_the_best() -> None:
    chart = cevae.chart_runs(runs(), 55.3, 24.97)
    assert title_of(chart).startswith("Best losses at the left: right with readings")
    assert "loss above the best fit + 0.001 (per player)" in axis_titles(chart.to_dict())
    (rows,) = [r for r in chart.to_dict()["datasets"].values() if "excess" in r[0]]
    assert [round(row["excess"], 3) for row in rows] == [0.101, 0.001, 0.101, 0.001]
    assert [row["fit"] for row in rows] == ["readings hidden"] * 2 + ["readings revealed"] * 2


def test_items_leave_the_front_door() -> None:
    table = pd.DataFrame(
        [(name, seed, step) for name in "abc" for seed in (1, 2) for step in (10, 60, 900)],
        columns=["variant", "seed", "steps"],
    )
    table["ate"] = np.arange(len(table), dtype=float)
    spec = cevae.chart_items(table, 25.6).to_dict()
    assert spec["title"] == "Trained on, the wrong fit leaves the front-door answer"
    assert axis_titles(spec) == {"training step (number)", "ATE (dollars)"}
    (rows,) = [r for r in spec["datasets"].values() if len(r) == 6]
    assert {row["steps"] for row in rows} == {60, 900}  # the first steps are left out
    last = [row for row in rows if row["variant"] == "c" and row["steps"] == 900]
    assert [(row["min"], row["mean"], row["max"]) for row in last] == [(14, 15.5, 17)]
    assert "Front door 25.6" in spec["description"]
    with pytest.raises(ValueError, match="zip"):
        cevae.chart_items(table[table["variant"] != "c"], 25.6)


def test_twins_move_their_mark() -> None:
    curve = pd.DataFrame({"effect": [0, 5], "fit": [-6.1, -6.1], "confounding": [56.25, 50.0]})
    chart = cevae.drawing_twins(curve)(curve.iloc[[1]])
    assert title_of(chart) == "Effect 5, confounding 50.0: log-likelihood −6.100"
    assert axis_titles(chart.to_dict()) == {
        "true effect of an hour (dollars)",
        "log-likelihood (per player)",
    }
    (here,) = [r for r in chart.to_dict()["datasets"].values() if "here" in r[0]]
    assert [row["effect"] for row in here] == [5]


@pytest.mark.parametrize(
    ("kind", "axis"),
    [
        ("shared", "noise that the readings share (share)"),
        ("touched", "what engagement adds (logins a month)"),
    ],
)
def test_broken_says_how_far_off(kind: str, axis: str) -> None:
    curve = pd.DataFrame({"kind": kind, "level": [0.0, 0.4], "ate": [25.0, 35.9]})
    chart = cevae.drawing_broken(curve, curve, 55.3, 24.9)(curve.iloc[[1]])
    assert title_of(chart) == "ATE +$35.9: off by +$11.0"
    assert {axis, "ATE (dollars)"} <= axis_titles(chart.to_dict())


@pytest.mark.parametrize("quantity", cevae.AXES)
def test_every_axis_has_a_unit(quantity: str) -> None:
    what, unit = cevae.AXES[quantity]
    assert cevae.axis_title(quantity) == f"{what} ({unit})"
    with pytest.raises(KeyError):
        cevae.axis_title("loss of hair")


# Judges ------------------------------------------------------------------------------------------


def judge_1(answer: Any) -> checks.Check:
    return cevae.judge_1(answer, 15.2, 24.97)


def test_exercise_1() -> None:
    right = "no, engagement moves it"
    wrong = {
        "What else": "yes, it follows motivation",
        "collider": "yes, more columns cannot hurt",
        "choose": "perhaps",
    }
    told_apart(judge_1, [right, " No,  engagement moves IT"], wrong)
    never_done(judge_1)
    assert "+15.2 dollars (truth +25.0)" in judge_1(right).message


@functools.cache
def members() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    z, u = rng.integers(0, 2, 4000), rng.normal(size=4000)
    t = (rng.random(4000) < 1 / (1 + np.exp(1 - 2 * z - u))).astype(int)
    return pd.DataFrame({"assigned": z, "engagement": t, "purchases": 90 + 25 * t + 30 * u})


def judge_2(answer: Any) -> checks.Check:
    return cevae.judge_2(answer, members(), 17.7)


def test_exercise_2() -> None:
    p = members()
    by = p.groupby("assigned")[["engagement", "purchases"]].mean().diff().loc[1]
    wald = by["purchases"] / by["engagement"]
    covariance = p["assigned"].cov(p["purchases"]) / p["assigned"].cov(p["engagement"])
    wrong = {
        "invitation": by["purchases"],
        "motivation is back": p.groupby("engagement")["purchases"].mean().diff().loc[1],
        "all players": 17.7,
        "Upside down": 1 / wald,
        "how many more": by["engagement"],
        "sign": -wald,
    }
    told_apart(judge_2, [wald, covariance, np.array([wald])], wrong)
    never_done(judge_2)


@functools.cache
def arms() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    engaged = np.arange(300) % 3 == 0
    mu_0 = 90 + 20 * engaged + rng.normal(0, 5, (4, 300))
    return mu_0, mu_0 + 24 + 3 * engaged + rng.normal(0, 0.1, (4, 300)), engaged


def judge_3(answer: Any) -> checks.Check:
    return cevae.judge_3(answer, *arms())


def test_exercise_3() -> None:
    mu_0, mu_1, engaged = arms()
    gain = mu_1 - mu_0
    right = [gain.mean(), mu_1.mean() - mu_0.mean(), gain.mean(axis=1).mean()]
    wrong = {
        "bug": mu_1[:, engaged].mean() - mu_0[:, ~engaged].mean(),
        "sign": -gain.mean(),
        "each draw": gain.mean(axis=1),
        "each player": gain.mean(axis=0),
        "one arm": mu_1.mean(),
        "on the engaged": gain[:, engaged].mean(),
        "not engaged": gain[:, ~engaged].mean(),
    }
    told_apart(judge_3, right, wrong)
    never_done(judge_3)


@functools.cache
def gym() -> pd.DataFrame:
    return cevae.simulate_gym(2026)


def slope(y: Any, *x: Any) -> float:
    return float(np.linalg.lstsq(np.column_stack([np.ones(len(gym())), *x]), y)[0][1])


def test_gym_is_what_its_words_say() -> None:
    table = gym()
    assert list(table) == ["lottery", "city", "reminded", "quiz", "visits", "bill"]
    assert not gym().equals(cevae.simulate_gym(7))
    g = {name: table[name] for name in table}
    assert slope(g["visits"], g["reminded"], g["city"]) == pytest.approx(3, abs=0.15)
    each = slope(g["bill"], g["visits"], g["reminded"], g["city"])
    assert each == pytest.approx(4, abs=0.25)


def judge_4(way_out: Any, effect: Any) -> checks.Check:
    return cevae.judge_4(way_out, effect, gym())


def test_exercise_4_way_out() -> None:
    wrong = {"by reminders alone": "instrument", "half free": "adjust for the quiz"}
    wrong |= {"follow the arrows": "none", "choose one": "back door"}
    told_apart(lambda way: judge_4(way, 12), ["front door", " Front  Door"], wrong)
    never_done(lambda way: judge_4(way, 12))


def test_exercise_4_effect() -> None:
    g = {name: gym()[name] for name in gym()}
    t, m, y, c, z = (g[name] for name in ("reminded", "visits", "bill", "city", "lottery"))
    more, each = slope(m, t, c), slope(y, m, t, c)
    with_lottery = slope(m, t, c, z) * slope(y, m, t, c, z)
    wrong = {
        "Reminded against others": y[t == 1].mean() - y[t == 0].mean(),
        "Adjusted for the city": slope(y, t, c),
        "The quiz held fixed": slope(y, t, c, g["quiz"]),
        "lottery's answer": slope(y, z) / slope(t, z),
        "hold `reminded` fixed": more * slope(y, m, c),
        "Visits → bill without the city": more * slope(y, m, t),
        "Reminded → visits without the city": each * slope(m, t),
        "not dollars": more,
        "dollars a visit": each,
        "sign": -more * each,
        "Multiply": more + each,
    }
    told_apart(lambda v: judge_4("front door", v), [more * each, with_lottery, 12], wrong)
    never_done(lambda v: judge_4("front door", v))
    assert judge_4(..., 12).status == judge_4("front door", ...).status == "todo"


def by_covariances(x1: Any, x2: Any, x3: Any) -> float:
    c = np.cov([x1, x2, x3])
    return float(np.sqrt(c[0, 1] * c[0, 2] / c[1, 2]))


def by_correlations(x1: Any, x2: Any, x3: Any) -> Any:
    r = np.corrcoef([x1, x2, x3])
    return np.std(x1, ddof=1) * np.sqrt(r[0, 1] * r[0, 2] / r[1, 2])


def by_means(x1: Any, x2: Any, x3: Any) -> float:
    a, b, c = (np.array(x) - np.mean(x) for x in (x1, x2, x3))
    return ((a * b).mean() * (a * c).mean() / (b * c).mean()) ** 0.5


def test_exercise_5() -> None:
    wrong = {
        "square": lambda *x: by_covariances(*x) ** 2,
        "loading of x2": lambda a, b, c: by_covariances(b, a, c),
        "noise": lambda a, *_: np.std(a, ddof=1),
        "lose the unit": lambda *x: by_correlations(*x) / np.std(x[0], ddof=1),
        "Two readings": lambda a, b, _: np.sqrt(np.cov(a, b)[0, 1]),
        "One number": lambda *x: np.cov(x),
    }
    told_apart(cevae.judge_5, [by_covariances, by_correlations, by_means], wrong)
    never_done(cevae.judge_5)
    assert cevae.judge_5(lambda *_: ...).status == "todo"
    assert cevae.judge_5(lambda *_: None).status == "todo"


def test_exercise_6() -> None:
    wrong = {
        "sharpen": "more players",
        "more worlds": "a wider network",
        "same likelihood": "a lower loss",
        "choose": "luck",
    }
    told_apart(cevae.judge_6, ["a random invitation", " A random  invitation "], wrong)
    never_done(cevae.judge_6)
