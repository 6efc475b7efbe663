"""Drawings and judges of notebook 13, without running a notebook."""

from __future__ import annotations

from typing import Any

import marimo as mo
import numpy as np
import pandas as pd
import pytest

from helpers import checks
from helpers.lessons import before_after as lesson
from tests.answers import never_done, told_apart
from tests.pages import axis_titles, specs_of, title_of


def roads() -> pd.DataFrame:
    """Return a region whose means before and after are 100 and 90."""
    month = np.arange(1, 97)
    after = (month > 60).astype(int)
    return pd.DataFrame({"month": month, "after": after, "accidents": 100.0 - 10 * after})


def columns() -> np.ndarray:
    """Return intercept, trend and law of the region: other columns than the notebook's."""
    month = np.arange(1, 97)
    return np.column_stack([np.ones(96), month, month > 60]).astype(float)


FOUR = pd.DataFrame([[50.0, 52.0], [55.0, 61.0]], index=[0, 1], columns=[0, 1])
"""Means by law (rows) and after (columns): the difference in differences is 4."""


def gaps() -> pd.DataFrame:
    """Return gaps of California and two others, 1970 to 2000; California's ratio is the second."""
    years = np.arange(1970, 2001)
    late = years >= 1989
    frame = {"California": np.where(late, -20.0, 2), "Utah": np.where(late, 30.0, 1)}
    return pd.DataFrame({**frame, "Ohio": np.ones(31)}, index=pd.Index(years, name="year"))


# Charts ------------------------------------------------------------------------------------------


def test_first_picture_says_the_difference() -> None:
    chart = lesson.chart_roads(roads(), -10.0)
    assert title_of(chart) == "Mean after minus mean before: −10.0 accidents a month"
    assert {"time (months)", "accidents (a month)"} <= axis_titles(chart.to_dict())
    assert "before 100.0" in chart.to_json()
    assert "after 90.0" in chart.to_json()


def test_fit_shows_the_line_without_the_law() -> None:
    data = roads()
    chart = lesson.chart_fit(data, data["accidents"].to_numpy(), -10.0)
    assert title_of(chart) == "Fitted step in month 61: −10.0 accidents a month"
    rows = [r for part in chart.to_dict()["datasets"].values() for r in part if "who" in r]
    without = {r["accidents"] for r in rows if r["who"] == "without the law"}
    assert without == {100.0}


def spec_of(shown: Any) -> dict[str, Any]:
    """Return the one chart of what a slider shows."""
    (spec,) = specs_of(shown)
    return spec


def test_memory_says_both_errors_and_the_coverage() -> None:
    spec = spec_of(lesson.show_memory(mo.md("slider"), roads(), -10.0, 4.0, 2.0))
    assert " ".join(spec["title"]["text"]).startswith("Error of the step: reported 2.0, true 4.0")
    # Half as wide as it should be: P(|N(0, 1)| < 1.88 / 2) = .65
    assert "covers in about 65 % of all regions" in spec["title"]["subtitle"]
    assert "94 % confidence interval" in spec["title"]["subtitle"]


def test_four_means_are_named() -> None:
    text = lesson.show_four(FOUR).text
    for word in ("shops with the law", "before (thousand euros)", "61.00"):
        assert word in text


def test_event_study_says_what_is_exact() -> None:
    frame = pd.DataFrame(
        {"period": [-1, 0], "estimate": [0.0, 3], "low": [0.0, 2], "high": [0, 4.0]}
    )
    exactly = {"did": 4.5, "event study": 3.75}
    spec = spec_of(lesson.show_events(mo.md("slider"), frame, exactly))
    assert (
        " ".join(spec["title"]["text"])
        == "On average: DiD +4.50, event study +3.75; true effect +3"
    )
    assert "difference (thousand euros)" in axis_titles(spec)


def test_california_names_its_last_year() -> None:
    years = pd.Index([1999, 2000], name="year")
    three = [pd.Series(v, years) for v in ([50.0, 41.6], [100.0, 100], [70.0, 68.2])]
    chart = lesson.chart_california(*three)
    assert title_of(chart) == "In 2000: California 42 packs, its synthetic self 68"
    assert "cigarettes (packs per head and year)" in axis_titles(chart.to_dict())


def test_placebos_rank_california() -> None:
    chart = lesson.chart_placebos(gaps())
    assert title_of(chart) == "California's ratio ranks 2 of 3: p = 0.667"
    assert "gap to synthetic (packs)" in axis_titles(chart.to_dict())


def test_priors_show_effect_and_fit_of_the_chosen_row() -> None:
    row = {"effect": -30.5, "lower": -35.0, "upper": -26.0, "pre_rmse": 7.0, "donors": 15.0}
    row |= {f"{k}_{y}": -1.0 for k in ("gap", "low", "high") for y in range(1970, 2001)}
    table = pd.DataFrame(
        [{"concentration": 0.3, **row, "effect": -22.0}, {"concentration": 1, **row}]
    )
    slider = lesson.slider_concentration()
    spec = spec_of(lesson.show_priors(slider, table))
    assert slider.value == 1
    assert " ".join(spec["title"]["text"]) == "a = 1.0: effect −30.5 packs"
    for words in ("94 % HDI −35.0 to −26.0", "misses before the law by 7.0 packs", "15 donors"):
        assert words in spec["title"]["subtitle"]


def test_drift_says_both_effects() -> None:
    series = pd.DataFrame({"month": np.arange(6), "index": np.arange(6.0)})
    effects = pd.DataFrame(
        {
            "label": ["no slope", "with slope"],
            "mean": [1.6, -1.9],
            "lower": [0, -3.0],
            "upper": [3.0, -1],
        }
    )
    spread = np.linspace(-1, 1, 101)[:, None]  # 94 % of it: from -.94 to .94
    without = {"no slope": 2 + spread + np.zeros(3), "with slope": spread + np.arange(3.0)}
    chart = lesson.chart_drift(series, without, effects)
    assert (
        title_of(chart)
        == "Mean effect: no slope +1.6 (0.0 to +3.0); with slope −1.9 (−3.0 to −1.0)"
    )
    spec = chart.to_dict()
    assert "series (index points)" in axis_titles(spec)
    rows = [r for part in spec["datasets"].values() for r in part]
    assert {r["points"] for r in rows if r.get("who") == "no slope"} == {2.0}
    wide = {round(r["high"] - r["low"], 2) for r in rows if "low" in r}
    assert wide == {1.88}
    assert "94 % HDI" in spec["title"]["subtitle"]


def test_prior_says_what_it_expects_before_any_data() -> None:
    years = pd.Index([1987, 1988], name="year")
    packs = np.column_stack([np.linspace(90, 110, 101), np.linspace(100, 120, 101)])
    chart = lesson.chart_prior(pd.Series([95.0, 90.0], years), packs, 20.0)
    assert title_of(chart) == "In 1988 California sold 90 packs; the prior alone expects 110"
    spec = chart.to_dict()
    assert spec["title"]["subtitle"] == "band: 94 % HDI of drawn packs; 20 of 38 donors count"
    assert "cigarettes (packs per head and year)" in axis_titles(spec)
    (band,) = [rows for rows in spec["datasets"].values() if "low" in rows[0]]
    assert [row["high"] - row["low"] for row in band] == pytest.approx([18.8, 18.8])


def test_staggered_says_truth_and_coefficient() -> None:
    answers = pd.DataFrame({"label": ["mean", "TWFE", "imputed"], "effect": [4.0, 0.5, 4.0]})
    growth, never = lesson.sliders_staggered()
    spec = spec_of(lesson.show_staggered(growth, never, answers))
    assert " ".join(spec["title"]["text"]) == "Mean effect +4.00, TWFE +0.50"


def test_laws_have_intervals_of_the_course() -> None:
    chart = lesson.chart_laws(pd.DataFrame({"estimate": [0.0, 1000.0], "error": [1000.0, 500.0]}))
    (rows,) = [r for r in chart.to_dict()["datasets"].values() if "low" in r[0]]
    assert rows[0]["high"] == pytest.approx(1881, abs=1)
    assert "effect (deaths a month)" in axis_titles(chart.to_dict())


def test_after_waits_for_the_exercise() -> None:
    view = mo.md("the answer")
    assert lesson.after(checks.Check("done", "yes"), view) is view
    for status in ("todo", "wrong"):
        assert "the answer" not in lesson.after(checks.Check(status, "no"), view).text


# Judges ------------------------------------------------------------------------------------------


def ranks(gaps: pd.DataFrame, year: int) -> pd.Series:
    """Return ranks by roots of sums, and by counting: another right way."""
    ratio = {}
    for state, gap in gaps.items():
        late = np.array([g for y, g in gap.items() if y >= year])
        early = np.array([g for y, g in gap.items() if y < year])
        ratio[state] = np.sqrt(np.mean(late**2)) / np.sqrt(np.mean(early**2))
    return pd.Series(
        {s: 1 + sum(other > own for other in ratio.values()) for s, own in ratio.items()}
    )


def wrong_end(gaps: pd.DataFrame, year: int) -> pd.Series:
    return len(gaps.columns) + 1 - ranks(gaps, year)


def after_alone(gaps: pd.DataFrame, year: int) -> pd.Series:
    return (gaps[gaps.index >= year] ** 2).mean().rank(ascending=False)


def not_squared(gaps: pd.DataFrame, year: int) -> pd.Series:
    late = gaps.index >= year
    return (gaps[late].mean().abs() / gaps[~late].mean().abs()).rank(ascending=False)


def ratios(gaps: pd.DataFrame, year: int) -> pd.Series:
    late = gaps.index >= year
    return (gaps[late] ** 2).mean() / (gaps[~late] ** 2).mean()


def no_california(gaps: pd.DataFrame, year: int) -> pd.Series:
    return ranks(gaps, year).iloc[1:]


def honest(x: np.ndarray, rho: float) -> float:
    """Return the step's error by simulation-free algebra, another way than the judge's."""
    covariance = np.array([[36 * rho ** abs(a - b) for a in range(96)] for b in range(96)])
    rows = np.linalg.inv(x.T @ x) @ x.T
    return float(np.sqrt((rows @ covariance @ rows.T)[-1, -1]))


MEAN = pd.Series(
    {"atlanta": 138.0, "st_louis": 167.0, "post_atlanta": -17.0, "post_st_louis": -37.7}
)
LAWS = pd.DataFrame({"estimate": [3.0, -3.0, 2.5, 0.5, 1.2, -0.2, 0.1, 0.3], "error": np.ones(8)})
WEIGHTS = np.array([[-0.5, 1, -0.5], [0.5, -1, 0.5]])
LAW = np.array([[0.0, 1, 1], [0, 0, 1]])
JUDGES: dict[str, tuple[Any, list[Any], dict[str, Any]]] = {
    "judge_1": (
        lambda a: lesson.judge_1(a, -10),
        ["about -19", " About -19 "],
        {"law alone": "about -10", "60 months before": "about -22", "choose one": "-19"},
    ),
    "judge_2": (
        lambda a: lesson.judge_2(a, columns(), 0.6),
        [honest(columns(), 0.6), np.array([honest(columns(), 0.6)])],
        {
            "variance; its root": honest(columns(), 0.6) ** 2,
            "each month alone": honest(columns(), 0.0),
            "one month": 6,
            "one number": np.ones(96),
        },
    ),
    "judge_3": (
        lambda a: lesson.judge_3(a, FOUR),
        [4, np.float64((61 - 52) - (55 - 50))],
        {
            "before the law too": 9.0,
            "Before and after alone": 6.0,
            "sign is turned": -4.0,
            "don't add": 14.0,
        },
    ),
    "judge_4": (
        lambda a: lesson.judge_4(a, gaps()),
        [ranks, lambda g, y: ratios(g, y).rank(ascending=False)],
        {
            "wrong end": wrong_end,
            "divide by those before": after_alone,
            "Square before": not_squared,
            "rank them": ratios,
            "every state": no_california,
            "begin with 1": lambda g, y: ranks(g, y) - 1,
        },
    ),
    "judge_5": (
        lesson.judge_5,
        [-50 / 27 + 3.5, 1.65],
        {
            "is the truth": -50 / 27,
            "adds to the effect": -5.35,
            "drift alone": 3.5,
            "27 ahead": 4.9,
        },
    ),
    "judge_6": (
        lesson.judge_6,
        [WEIGHTS, WEIGHTS.tolist()],
        {
            "sum of squares": WEIGHTS / 3,
            "taken twice": LAW - LAW.mean(axis=1, keepdims=True) - LAW.mean(axis=0),
            "by unit": LAW - LAW.mean(axis=1, keepdims=True),
            "by period": LAW - LAW.mean(axis=0),
            "weighs otherwise": LAW / 3,
            "shape": np.ones(3),
        },
    ),
    "judge_7": (
        lambda a: lesson.judge_7(a, MEAN),
        [20.7, MEAN["post_atlanta"] - MEAN["post_st_louis"]],
        {
            "prior decides": -17.0,
            "St. Louis alone": -37.7,
            "sign is turned": -20.7,
            "not a sum": -54.7,
        },
    ),
    "judge_8": (
        lambda a: lesson.judge_8(a, LAWS),
        [3 / 8, np.mean(np.abs(LAWS["estimate"]) > 1.8808)],
        {
            "hold zero": 5 / 8,
            "number of laws": 3,
            "per cent": 37.5,
            "One direction": 2 / 8,
            "94 %": 0.06,
        },
    ),
}


@pytest.mark.parametrize("name", JUDGES)
def test_judges_tell_right_from_wrong(name: str) -> None:
    judge, right, wrong = JUDGES[name]
    told_apart(judge, right, wrong)
    never_done(judge)


def test_the_toy_of_exercise_4_has_its_ranks_by_hand() -> None:
    """Ratios 4, 25, 9, 1."""
    assert ratios(lesson.toy_gaps(), 4).to_dict() == {"A": 4, "B": 25, "C": 9, "D": 1}


def test_an_empty_function_is_not_answered() -> None:
    assert lesson.judge_4(lambda *_: None, gaps()).status == "todo"
