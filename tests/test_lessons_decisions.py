"""Drawings and judges of notebook 17, without running a notebook."""

from __future__ import annotations

import functools
import importlib.util
from typing import Any

import marimo as mo
import numpy as np
import pandas as pd
import pytest

from helpers import charts, checks
from helpers.lessons import decisions
from tests.answers import never_done, told_apart
from tests.pages import axis_titles, title_of
from tests.support import ROOT

# Charts ------------------------------------------------------------------------------------------


def test_shares_end_where_the_campaign_did() -> None:
    arm = np.repeat([0, 1, 2, 3, 3, 3], [250, 250, 250, 250, 500, 500])
    clicks = pd.DataFrame({"visitor": np.arange(1, 2_001), "arm": arm, "click": 0})
    chart = decisions.chart_shares(clicks)
    assert title_of(chart) == "Banner D: from a quarter of the visitors to 100 %"
    assert axis_titles(chart.to_dict()) == {
        "visitors so far (number)",
        "share of visitors (%)",
    }
    rows = next(r for r in chart.to_dict()["datasets"].values() if "banner" in r[0])
    shades = [int(shade[1:3], 16) for shade in decisions.SHADES.values()]
    assert shades == sorted(shades, reverse=True)
    assert all(shade[1:3] * 3 == shade[1:] for shade in decisions.SHADES.values())
    assert [r["share"] for r in rows if r["visitor"] == 300] == [0, 0.5, 0.5, 0] or sum(
        r["share"] for r in rows if r["visitor"] == 300
    ) == pytest.approx(1)


def test_regret_names_the_least() -> None:
    lost = pd.DataFrame({"b": np.arange(101.0), "c": np.arange(101.0) / 2})
    chart = decisions.chart_regret(pd.Series({"a": 225.0, **lost.mean()}), lost)
    assert title_of(chart) == "c loses least of these: 25 clicks"
    assert axis_titles(chart.to_dict()) == {"regret (clicks)"}
    rows = next(r for r in chart.to_dict()["datasets"].values() if "low" in r[0])
    assert [(r["low"], r["high"]) for r in rows] == [(225, 225), (5, 95), (2.5, 47.5)]


def test_clerk_reads_the_slider() -> None:
    chart = decisions.chart_clerk(0.9, lambda c: (0.6 - 0.5 * c, 0.05 + 0.35 * c), (0.35, 0.225))
    assert title_of(chart) == "c = 0.90: the log says +0.215, the truth is −0.125"
    assert axis_titles(chart.to_dict()) == {
        "c, chance that an angry one is called (share)",
        "called minus not called (share)",
    }
    ends = next(r for r in chart.to_dict()["datasets"].values() if "who" in r[0])
    log = {r["c"]: r["gap"] for r in ends if r["who"] == "the log"}
    assert log == pytest.approx({0: -0.55, 1: 0.85 - 0.55})
    assert {r["gap"] for r in ends if r["who"] == "do(call)"} == {-0.125}


def test_worth_has_promise_and_truth() -> None:
    chart = decisions.chart_worth(96.97, 51.17, 64.37, 68.55)
    assert title_of(chart) == "Promised 96.97 euros, worth 51.17: less than the clerk"
    assert axis_titles(chart.to_dict()) == {"value of a subscriber at risk (euros)"}
    rows = next(r for r in chart.to_dict()["datasets"].values() if "policy" in r[0])
    assert [row["worth"] for row in rows] == [96.97, 51.17, 64.37, 68.55]
    better = decisions.chart_worth(70, 68.55, 61.5, 68.55)
    assert title_of(better) == "Promised 70.00 euros, worth 68.55: no less than the clerk"


def test_random_letters_read_the_slider() -> None:
    chart = decisions.chart_random(np.array([0.05, 1]), [0.07, 0.02], 0.05, 0.07, 60, 66.1, 0.1)
    assert "5 % at random: weight 60; 66 of 2,000 rows count; ±0.132" in title_of(chart)
    assert axis_titles(chart.to_dict()) == {
        "chance of a random letter (share)",
        "half interval (answers)",
    }
    assert "94 % confidence interval" in chart.to_dict()["description"]
    curve = next(r for r in chart.to_dict()["datasets"].values() if "half" in r[0])
    assert [row["half"] for row in curve] == pytest.approx([0.07 * 1.8808, 0.02 * 1.8808], abs=1e-4)


def test_offers_have_their_interval() -> None:
    names = ["regression without L", "regression with L", "g-formula", "weights"]
    table = pd.DataFrame({"mean": [0.4, 3.5, 10.0, 10.1], "se": [0.7, 0.4, 0.6, 1.0]}, index=names)
    chart = decisions.chart_offers(table, 12.5)
    assert title_of(chart) == "Same coefficients: +10.0 in the order of time, +3.5 as a sum"
    assert "both offers minus none (euros a year)" in axis_titles(chart.to_dict())
    assert "94 % confidence interval" in chart.to_json()
    rows = next(r for r in chart.to_dict()["datasets"].values() if "lower" in r[0])
    wide = [row["upper"] - row["lower"] for row in rows]
    assert wide == pytest.approx([2 * 1.8807936 * se for se in table["se"]], rel=1e-5)
    assert 12.5 in [v for d in chart.to_dict()["datasets"].values() for r in d for v in r.values()]


def test_scores_of_a_study() -> None:
    rows = [
        {
            "part": "letters",
            "setting": 0.5,
            "method": "m",
            "worlds": 2,
            "mean": m,
            "square": s,
            "covers": c,
        }
        for m, s, c in ((1.0, 1.25, 1.0), (2.0, 4.25, 0.5))
    ]
    other = [{**rows[0], "part": "offers"}]
    table = decisions.scores(pd.DataFrame(rows + other), "letters")
    assert table.index.names == ["at random", "method"]
    worlds = np.array([0.5, 1.5, 1.5, 2.5])
    found = table.loc[("0.5", "m")]
    assert found["mean"] == worlds.mean()
    assert found["sd"] == pytest.approx(worlds.std(ddof=1))
    assert found["Monte Carlo error"] == pytest.approx(worlds.std(ddof=1) / 2)
    assert found["covers"] == 0.75


def test_sliders_and_what_waits() -> None:
    clerk, random = decisions.slider_clerk(), decisions.slider_random()
    assert (clerk.value, random.value) == (0.5, 0.05)
    assert isinstance(decisions.below(charts.Drawing({}), clerk, random), mo.Html)
    view = mo.md("table")
    assert decisions.after(checks.Check("done", "."), view) is view
    for status in ("todo", "wrong"):
        assert "when the exercise" in decisions.after(checks.Check(status, "."), view).text


# Judges ------------------------------------------------------------------------------------------


def pair_of(judge: Any, *rest: Any) -> Any:
    """Return a judge of two answers as one of a pair; anything else is given for both."""

    def judged(answer: Any) -> checks.Check:
        pair = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer, answer)
        return judge(*pair, *rest)

    return judged


def by_loop(clicks: Any, shown: Any, rng: Any) -> int:
    best, place = -1.0, 0
    for arm, (hit, n) in enumerate(zip(clicks, shown, strict=True)):
        a, b = rng.gamma(1 + hit), rng.gamma(1 + n - hit)
        if a / (a + b) > best:
            best, place = a / (a + b), arm
    return place


def test_exercise_1() -> None:
    def step(a: Any, b: Any, pick: Any = np.argmax) -> Any:
        return lambda c, s, rng: pick(rng.beta(a(c, s), b(c, s)))

    def hits(c: Any, _s: Any) -> Any:
        return 1 + c

    def misses(c: Any, s: Any) -> Any:
        return 1 + s - c

    wrong = {
        "no draw": lambda c, s, _: np.argmax(c / s),
        "smallest": step(hits, misses, np.argmin),
        "without": step(hits, lambda _, s: 1 + s),
        "prior is forgotten": step(lambda c, _: np.maximum(c, 1e-9), lambda c, s: s - c),
        "not to one": step(hits, lambda c, s: s - c),
        "third of the time": lambda c, _s, rng: rng.integers(0, len(c)),
        "place of the largest": lambda c, s, rng: rng.beta(1 + c, 1 + s - c).max(),
    }
    turned = decisions.judge_1(step(misses, hits)).message
    assert "changed places" in turned
    told_apart(decisions.judge_1, [step(hits, misses), by_loop], wrong)
    never_done(decisions.judge_1)
    assert decisions.judge_1(lambda *_: None).status == "todo"


judge_2 = pair_of(decisions.judge_2, {"coin": -1 / 16, "winner": 3 / 16})


def test_exercise_2() -> None:
    wrong = {
        "fair": ("at", "at"),
        "second chance": ("at", "above"),
        "called the winner": ("below", "below"),
        "bad start": ("above", "above"),
        "Turned round": ("above", "below"),
        "Choose both": ("lower", "above"),
    }
    told_apart(judge_2, [("below", "above"), (" Below", "ABOVE ")], wrong)
    never_done(judge_2)
    assert judge_2(("below", ...)).status == "todo"


@functools.cache
def clerk_log() -> pd.DataFrame:
    rng, n = np.random.default_rng(3), 60_000
    angry, coin = rng.random(n) < 0.5, rng.random(n) < 0.1
    called = (rng.random(n) < np.where(coin, 0.5, np.where(angry, 0.9, 0.1))).astype(int)
    chance = np.where(angry, 0.6 - 0.2 * called, 0.1 - 0.05 * called)
    left = (rng.random(n) < chance).astype(int)
    return pd.DataFrame({"called": called, "by_coin": coin, "left": left})


def judge_3(answer: Any) -> checks.Check:
    done = (0.35, 0.225)
    return decisions.judge_3(answer, clerk_log(), lambda _: (1, np.array([95.9, 68.6])), done)


def rates(rows: pd.DataFrame, by: str = "called") -> tuple[float, float]:
    return tuple(rows.loc[rows[by] == a, "left"].mean() for a in (0, 1))


def test_exercise_3() -> None:
    log = clerk_log()
    coin = log[log["by_coin"]]
    wrong = {
        "More rows": rates(log),
        "clerk's own": rates(log[~log["by_coin"]]),
        "who decided": rates(log, "by_coin"),
        "Turned round": rates(coin)[::-1],
        "not counts": tuple(coin.groupby("called")["left"].sum()),
        "The page told you": (0.35, 0.225),
        "that is not it": tuple(np.add(rates(coin), 0.006)),
    }
    right = [rates(coin), list(rates(coin)), coin.groupby("called")["left"].mean().to_numpy()]
    told_apart(judge_3, right, wrong)
    never_done(judge_3)
    assert "says call" in judge_3(rates(coin)).message


def test_exercise_4() -> None:
    def of(weight: Any) -> Any:
        def answer(r: Any, t: Any, p: Any) -> tuple[float, float]:
            w = weight(t, p)
            return np.mean(w * r), np.sum(w * r) / np.sum(w)

        return answer

    def right(r: Any, t: Any, p: Any) -> tuple[float, float]:
        w = [b / c for b, c in zip(t, p, strict=True)]
        top = sum(a * b for a, b in zip(r, w, strict=True))
        return top / len(r), top / sum(w)

    def turned(r: Any, t: Any, p: Any) -> Any:
        return right(r, t, p)[::-1]

    def by_matches(r: Any, t: Any, p: Any) -> tuple[float, float]:
        return np.sum(t / p * r) / np.sum(t > 0), right(r, t, p)[1]

    def twice(r: Any, t: Any, p: Any) -> tuple[float, float]:
        return (right(r, t, p)[0],) * 2

    wrong = {
        "other order": turned,
        "chance itself": of(lambda _, p: p),
        "rare action": of(lambda t, p: t * p),
        "new over old": of(lambda t, p: np.where(t > 0, p / np.where(t > 0, t, 1), 0)),
        "`target`": of(lambda _, p: 1 / p),
        "`propensity`": of(lambda t, _: t),
        "all* rows": by_matches,
        "cut off": of(lambda t, p: np.minimum(t / p, 10)),
        "sum of the weights": twice,
        "IPS is right": lambda r, t, p: (right(r, t, p)[0], 0.5),
        "two numbers": lambda *_: "half",
    }
    told_apart(decisions.judge_4, [right, of(lambda t, p: t / p)], wrong)
    never_done(decisions.judge_4)
    assert decisions.judge_4(lambda *_: (..., ...)).status == "todo"


FITTED = {"A0": -2.5, "A1": 6.0, "L": 6.5}


def judge_5(answer: Any) -> checks.Check:
    return decisions.judge_5(answer, FITTED, 0.9, 0.4)


def test_exercise_5() -> None:
    right = -2.5 + 6 + 6.5 * 0.9
    simulated = np.mean([-2.5 + 6 + 6.5 * (0.9 + u) - 6.5 * u for u in (-1, 0, 1)])
    wrong = {
        "held where it is": 3.5,
        "alone leaves out": -2.5,
        "second offer alone": 6.0,
        "own coefficient": 6 + 6.5 * 0.9,
        "first offer alone; both": -2.5 + 6.5 * 0.9,
        "not to its mean": 3.5 + 6.5 * 0.4,
        "exactly by 1": 10.0,
        "sign": -right,
    }
    told_apart(judge_5, [right, simulated, np.array([right])], wrong)
    never_done(judge_5)


RULE = np.array([2, 2, 1])


@functools.cache
def app_lessons(seed: int) -> pd.DataFrame:
    """Return the table of exercise 6 by the page's own function, without running the page."""
    spec = importlib.util.spec_from_file_location("page", ROOT / "solutions" / "17_decisions.py")
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    return page.app_lessons(seed)


def judge_6(answer: Any) -> checks.Check:
    return decisions.judge_6(answer, app_lessons(2026), RULE)


def weighed(rows: pd.DataFrame) -> tuple[float, float]:
    w = np.where(rows["action"] == RULE[rows["level"]], 1 / rows["propensity"], 0) * rows["solved"]
    return w.mean(), w.std(ddof=1) / np.sqrt(len(w))


def around(value: float, half: float) -> tuple[float, float, float]:
    return value, value - half, value + half


def test_exercise_6() -> None:
    lessons = app_lessons(2026)
    app = lessons[lessons["by"] == "app"]
    value, error = weighed(app)
    match = app[app["action"] == RULE[app["level"]]]
    normed = (match["solved"] / match["propensity"]).sum() / (1 / match["propensity"]).sum()
    within = match.groupby("level")["solved"].agg(["mean", "var", "size"])
    strata = float(within["mean"].mul(app["level"].value_counts(normalize=True)).sum())
    strata_error = float(np.sqrt((within["var"] / within["size"] / 9).sum()))
    tutors = weighed(lessons[lessons["by"] == "tutor"])
    every = weighed(lessons)
    wrong = {
        "All rows": around(every[0], 1.881 * every[1]),
        "tutors' rows are many": around(tutors[0], 1.881 * tutors[1]),
        "one standard error": around(value, error),
        "spread of single rows": around(value, 1.881 * error * np.sqrt(len(app))),
        "too narrow": around(value, 1.881 * error / 4),
        "without weights": around(match["solved"].mean(), 0.03),
        "The order is": (value - 0.2, value, value + 0.2),
        "share is asked": around(100 * value, 5),
        "three numbers": (value, value),
    }
    right = [
        around(value, 1.881 * error),
        np.array(around(normed, 1.881 * error)),
        list(around(strata, 1.881 * strata_error)),
        around(value, 1.96 * error),
    ]
    told_apart(judge_6, right, wrong)
    never_done(judge_6)


def test_the_app_is_right_and_the_tutors_are_not() -> None:
    """The truth of the world, by its own payouts: the app's interval holds it, tutors' does not."""
    truth = np.mean([0.25 + 0.15 + 0.3, 0.35 + 0.15 + 0.25, 0.45 + 0.15 + 0.25])
    hits = []
    for seed in range(16):
        rows = app_lessons(seed)
        value, error = weighed(rows[rows["by"] == "app"])
        hits.append(abs(value - truth) < 1.8808 * error)
        tutor, tutor_error = weighed(rows[rows["by"] == "tutor"])
        assert abs(tutor - truth) > 3 * tutor_error
    assert 13 <= sum(hits) <= 16


def above(m: float, s: float) -> float:
    x = m + s * np.linspace(-9, 9, 20_001)
    density = np.exp(-(((x - m) / s) ** 2) / 2)
    return float((np.maximum(x, 0) * density).sum() / density.sum())


def test_exercise_7() -> None:
    def of(variance: Any) -> Any:
        return lambda n: above(0.1, float(np.sqrt(variance(n)))) - 0.1

    def pre(n: float, price: float = 800.0) -> float:
        return 0.25**2 / (0.25 + price / n)

    wrong = {
        "posterior's spread": of(lambda n: 1 / (4 + n / 800)),
        "take it off": lambda n: above(0.1, float(np.sqrt(pre(n)))),
        "Two sides": of(lambda n: pre(n, 400.0)),
        "at a loss": lambda _: 0.0,
        "Before its price": lambda n: above(0.1, float(np.sqrt(pre(n)))) - 0.1 - 4e-5 * n,
        "perfect test": of(lambda _: 0.25),
    }
    told_apart(decisions.judge_7, [of(pre), lambda n: np.array([of(pre)(n)])], wrong)
    never_done(decisions.judge_7)
    assert decisions.judge_7(lambda _: None).status == "todo"
