"""Drawings and judges of notebook 09, without running a notebook."""

from __future__ import annotations

import functools
import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from helpers import checks
from helpers.lessons import marketing_mix
from helpers.tidy import HDI_PROB, hdi
from tests.answers import never_done, told_apart
from tests.claims import titles_of
from tests.pages import axis_titles, specs_of, words_of

WEEK = np.arange(1, 41)


@functools.cache
def history() -> xr.Dataset:
    """Return a small history, none of the notebook's."""
    rng = np.random.default_rng(5)
    social, radio = rng.uniform(0.5, 1.5, (2, len(WEEK)))
    spend = xr.DataArray(
        np.column_stack([social, radio]), {"week": WEEK, "channel": ["social", "radio"]}
    )
    sales = 4 + 2 * social + rng.normal(0, 0.1, len(WEEK))
    return xr.Dataset({"sales": ("week", sales)}).assign(spend=spend)


def said(view: Any) -> str:
    """Return the titles of all charts of a view, in one text."""
    specs = [view.to_dict()] if hasattr(view, "to_dict") else specs_of(view)
    assert specs
    return " ".join(text for spec in specs for text in titles_of(spec))


def axes(view: Any) -> set[str]:
    specs = [view.to_dict()] if hasattr(view, "to_dict") else specs_of(view)
    return axis_titles(specs)


# Charts ------------------------------------------------------------------------------------------


def test_every_axis_has_its_unit() -> None:
    """One table of quantities and units; a week has none of its own."""
    assert marketing_mix.axis_title("week") == "week"
    assert marketing_mix.axis_title("roas") == "ROAS (euros of sales per euro)"
    units = {unit for _, unit in marketing_mix.AXES.values()}
    assert units == {
        "",
        "%",
        "thousand euros a week",
        "thousand euros",
        "euros of sales per euro",
        "euros of sales per euro of TV",
        "multiples of the truth",
    }


def test_history_says_the_correlation() -> None:
    chart = marketing_mix.chart_history(history())
    social = history()["spend"].sel(channel="social")
    correlation = np.corrcoef(history()["sales"], social)[0, 1]
    assert said(chart) == f"Sales and social spend move together (correlation {correlation:.2f})"
    assert axes(chart) == {"week", "money (thousand euros a week)"}
    drawn = pd.DataFrame(next(iter(chart.to_dict()["datasets"].values())))
    sales = drawn.query("label == 'sales'")["value"]
    assert sales.to_numpy() == pytest.approx(100 * history()["sales"].to_numpy())
    assert len(drawn) == 3 * len(WEEK)


def test_burst_says_its_own_week() -> None:
    """Of 100 thousand euros, what works in week 2 is the share."""
    slider = marketing_mix.sliders_shapes()[0]
    work = xr.DataArray([0.0, 75, 25, 0], {"media_week": [1, 2, 3, 4]})
    view = marketing_mix.show_burst(slider, work)
    assert said(view) == "75 % in its own week"
    assert axes(view) == {"week", "at work (thousand euros)"}


def test_saturation_says_where_half_is_reached() -> None:
    slider, spend = marketing_mix.sliders_shapes()[1], np.linspace(0, 2, 81)
    view = marketing_mix.show_saturation(slider, spend, spend / 2)
    assert said(view) == "Half reached at 100 thousand"
    assert "out of reach" in said(marketing_mix.show_saturation(slider, spend, spend / 5))
    assert axes(view) == {
        "at work (thousand euros a week)",
        "reached (%)",
    }


def test_prior_says_an_interval_of_the_course() -> None:
    draws = np.abs(np.random.default_rng(1).normal(0, 3, (2000, 2)))
    roas = xr.DataArray(draws, dims=("draw", "channel"), coords={"channel": ["social", "radio"]})
    low, high = hdi(draws[:, 0])
    chart = marketing_mix.chart_prior(roas)
    assert said(chart) == (
        f"Prior of both: a euro sells {low:.1f} to {high:.1f} euros (social, 94 % HDI)"
    )
    assert "ROAS (euros of sales per euro)" in axes(chart)


def test_fit_says_the_share() -> None:
    sales = 100 * history()["sales"].to_numpy()
    chart = marketing_mix.chart_fit(history(), sales - 20, sales + 20, 0.951)
    assert said(chart) == "95 % of the weeks lie in the 94 % predictive interval"
    assert axes(chart) == {"week", "sales (thousand euros a week)"}


def frame() -> pd.DataFrame:
    rows = [("demand known", 0.8), ("demand hidden", 2.3)]
    both = [
        {"model": m, "channel": c, "truth": 0.9, "mean": v, "lower": v - 0.2, "upper": v + 0.2}
        for m, v in rows
        for c in ("social", "radio")
    ]
    return pd.DataFrame(both)


def test_returns_are_told_beside_the_truth() -> None:
    chart = marketing_mix.chart_returns(frame(), "social")
    assert "ROAS of social: demand known 0.80; demand hidden 2.30 line: 94 % HDI" in said(chart)
    words = chart.to_dict()["description"]
    assert "truth: 0.9" in words
    assert axes(chart) == {"ROAS (euros of sales per euro)"}


def cells_of(text: str) -> list[str]:
    """Return the texts of a table's cells, row by row."""
    return [cell.strip() for cell in re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", text, re.DOTALL)]


def test_diagnostics_stand_below_the_rule() -> None:
    """One row a fit, under the analyst's name; draws are whole numbers, and the verdict a text."""
    good = pd.DataFrame(
        {
            "max_rhat": [1.006],
            "min_ess_bulk": [1981.638],
            "min_ess_tail": [1362.014],
            "divergences": [0],
            "passed": [True],
        }
    )
    bad = good.assign(max_rhat=1.2, passed=False)
    text = marketing_mix.table_diagnostics({"test, trusting": good, "test, doubting": bad}).text
    cells = cells_of(text)
    rows = [cells[start : start + 6] for start in range(0, len(cells), 6)]
    assert rows[0] == ["", "R-hat, largest", "ESS, bulk", "ESS, tail", "divergences", "verdict"]
    assert rows[1] == ["rule", "at most 1.01", "at least 400", "at least 400", "none", ""]
    assert rows[2] == ["test, trusting", "1.006", "1,982", "1,362", "0", "may be read"]
    assert rows[3] == ["test, doubting", "1.200", "1,982", "1,362", "0", "must not be read"]


def test_plans_have_one_row_each() -> None:
    both = [
        {
            "plan": plan,
            "channel": channel,
            "spend": spend,
            "expected_sales": sales,
            "lower": sales - 9,
            "upper": sales + 9,
            "regret": 4.0,
        }
        for plan, sales, pair in (("as now", 160.0, (90.0, 42.0)), ("a plan", 170.0, (60.0, 72.0)))
        for channel, spend in zip(("social", "radio"), pair, strict=True)
    ]
    text = marketing_mix.table_allocation(pd.DataFrame(both)).text
    cells = cells_of(text)
    assert cells[:7] == ["plan", "social", "radio", "expected sales", "lower", "upper", "regret"]
    assert cells[7:14] == ["as now", "90.0", "42.0", "160.0", "151.0", "169.0", "4.0"]
    assert cells[14:] == ["a plan", "60.0", "72.0", "170.0", "161.0", "179.0", "4.0"]


def test_an_unknown_axis_or_analyst_is_an_error() -> None:
    with pytest.raises(KeyError):
        marketing_mix.axis_title("clicks")
    with pytest.raises(KeyError):
        marketing_mix.chart_returns(frame().assign(model="somebody"), "social")


def test_splits_say_the_best() -> None:
    """Dots stand where each curve is highest; the title names the plans."""
    grid = np.linspace(0.4, 1.2, 5)
    splits = xr.DataArray(
        np.column_stack([grid, 1.6 - grid]),
        dims=("split", "channel"),
        coords={"channel": ["social", "radio"]},
    )
    sales = {
        "demand hidden": xr.DataArray(grid, dims="split"),
        "demand known": xr.DataArray(-((grid - 0.6) ** 2), dims="split"),
        "best under the truth": xr.DataArray(-((grid - 0.8) ** 2), dims="split"),
    }
    draws = xr.DataArray(
        np.random.default_rng(1).normal(size=(4, 100, 5)), dims=("chain", "draw", "split")
    )
    best = [splits[2], splits[4], splits[1], splits[2]]
    plans = xr.concat(best, pd.Index(["as now", *sales], name="plan"))
    chart = marketing_mix.chart_splits(splits, sales, draws, plans)
    assert said(chart).startswith("Social: now 80; best 120 if demand is hidden, 60 if known")
    assert "band: 94 % HDI, demand known" in said(chart)
    drawn = chart.to_dict()["datasets"].values()
    labels = {row["label"] for rows in drawn for row in rows if "label" in row}
    assert labels == {"demand hidden", "demand known", "truth"}
    tops = [
        pd.DataFrame(rows)
        for rows in chart.to_dict()["datasets"].values()
        if set(rows[0]) == {"x", "value"}
    ]
    assert tops[0]["x"].round(6).tolist() == [120, 60, 80]
    assert axes(chart) == {
        "social; the rest to radio (thousand euros a week)",
        "sales caused by both (thousand euros a week)",
    }


def test_precision_shows_both_ways() -> None:
    slider = marketing_mix.slider_test()
    draws = np.random.default_rng(2).normal(0.9, 0.1, 4000)
    view = marketing_mix.show_precision(slider, 1.5, 0.1, draws, 0.92, 321.0)
    assert "Test ±12: trust says 1.50, the truth is 0.92" in said(view)
    assert "321" in view.text
    (spec,) = specs_of(view)
    rows = next(r for r in spec["datasets"].values() if "lower" in r[0])
    assert rows[0]["upper"] - rows[0]["lower"] == pytest.approx(2 * 1.8808 * 0.1, abs=1e-3)
    inside = np.mean((rows[1]["lower"] < draws) & (draws < rows[1]["upper"]))
    assert inside == pytest.approx(HDI_PROB, abs=0.005)


def test_margin_shows_the_chances() -> None:
    slider = marketing_mix.slider_margin()
    view = marketing_mix.show_margin(slider, pd.Series({"social": 0.25, "radio": 0.9}))
    assert said(view) == "At 80 cents the next euro pays: social in 25 % and radio in 90 %"
    assert axes(view) == {"chance that the next euro pays (%)"}


def test_histories_say_what_is_lost() -> None:
    sales = pd.Series([10.0, 10])
    chart = marketing_mix.chart_histories(sales, sales * 0.8, sales * 0.5)
    assert said(chart) == "Without search 20 % of sales are lost, without TV 50 %"


def test_regressions_say_the_truth() -> None:
    found = {"TV + search": 0.5, "TV": 2.5, "TV + demand": 1.75, "TV + demand + search": 1.0}
    view = marketing_mix.show_regressions(*marketing_mix.sliders_funnel(), found, 1.75)
    assert "TV + search says 0.50, the truth is 1.75" in said(view)
    assert axes(view) == {"coefficient of TV (euros of sales per euro of TV)"}


def test_feedback_tells_bias_and_error() -> None:
    table = pd.DataFrame(
        {
            "label": ["nothing", "last week's sales", "demand"],
            "mean": [1.5, 0.8, 1.0],
            "lower": [1.0, 0.5, 0.9],
            "upper": [2.0, 1.1, 1.1],
            "rmse": [0.6, 0.3, 0.1],
        }
    )
    view = marketing_mix.show_feedback(marketing_mix.slider_follow(), table)
    assert "Adjusting for nothing finds 1.50 times the truth" in said(view)
    assert "line: 94 % of 100 worlds" in said(view)
    assert "last week&#x27;s sales 0.30" in view.text or "last week's sales 0.30" in view.text


def test_every_picture_is_described() -> None:
    """A screen reader gets a sentence for each view."""
    slider = marketing_mix.slider_margin()
    views = [
        marketing_mix.chart_history(history()),
        marketing_mix.show_margin(slider, pd.Series({"social": 0.2, "radio": 0.9})),
    ]
    for view in views:
        words = words_of(view)
        assert words
        assert all(len(text) > 40 for text in words)


# Judges ------------------------------------------------------------------------------------------


def test_judge_1() -> None:
    told_apart(
        marketing_mix.judge_1,
        ["too high", " TOO High "],
        {"raise or lower": "too low", "by lot": "about right", "choose": "high"},
    )
    never_done(marketing_mix.judge_1)


def loops(spend: Any, alpha: float, n_lags: int) -> list[float]:
    """Return adstock by a recursion on the week's own past."""
    weights = [alpha**lag for lag in range(n_lags)]
    return [
        sum(weights[lag] * spend[t - lag] for lag in range(n_lags) if t >= lag) / sum(weights)
        for t in range(len(spend))
    ]


def matrix(spend: Any, alpha: float, n_lags: int) -> np.ndarray:
    """Return adstock by a matrix product."""
    lags = [np.eye(len(spend), k=-lag) * alpha**lag for lag in range(n_lags)]
    return sum(lags) @ np.asarray(spend) / sum(alpha**lag for lag in range(n_lags))


def weights_of(alpha: float, n_lags: int) -> np.ndarray:
    weights = alpha ** np.arange(n_lags)
    return weights / weights.sum()


def late(spend: Any, alpha: float, n_lags: int) -> np.ndarray:
    weights = np.r_[0, weights_of(alpha, n_lags)]
    return np.convolve(spend, weights)[: len(spend)]


def test_judge_2() -> None:
    told_apart(
        marketing_mix.judge_2,
        [loops, matrix, lambda s, a, n: np.convolve(s, weights_of(a, n))[: len(s)]],
        {
            "sum to one": lambda s, a, n: np.convolve(s, a ** np.arange(n))[: len(s)],
            "backwards": lambda s, a, n: np.convolve(s, weights_of(a, n)[::-1])[: len(s)],
            "wrong way": lambda s, a, n: np.array(loops(s[::-1], a, n))[::-1],
            "missing": late,
            'mode="same"': lambda s, a, n: np.convolve(s, weights_of(a, n), mode="same"),
            "keep the first": lambda s, a, n: np.convolve(s, weights_of(a, n)),
        },
    )
    never_done(marketing_mix.judge_2)
    assert marketing_mix.judge_2(lambda *_: None).status == "todo"


def test_judge_3() -> None:
    """Ten per cent more, radio: 1.1; the average and one per cent are other numbers."""
    spend = history()["spend"]
    values = {"alpha": [0.2, 0.6], "lam": [1.2, 2.0], "beta": [2.0, 1.5]}
    curves = xr.Dataset(
        {name: ("channel", both) for name, both in values.items()}, {"channel": ["social", "radio"]}
    )

    def per_euro(channel: int, factor: float) -> float:
        alpha, lam, beta = (both[channel] for both in values.values())
        weeks = spend.to_numpy()[:, channel]
        weights = weights_of(alpha, 4)
        sold = [
            beta * np.tanh(lam * np.convolve(weights, each * weeks) / 2).sum()
            for each in (factor, 1)
        ]
        return (sold[0] - sold[1]) / ((factor - 1) * weeks.sum())

    def judge(answer: Any) -> checks.Check:
        return marketing_mix.judge_3(answer, spend, curves)

    right = per_euro(1, 1.1)
    told_apart(
        judge,
        [right, np.array([right]), xr.DataArray(right)],
        {
            "her line": 0.1 * right,
            "new budget": right / 11,
            "sign": -right,
            "average": per_euro(1, 0),
            "1 % more": per_euro(1, 1.01),
            "social": per_euro(0, 1.1),
        },
    )
    never_done(judge)


def test_judge_4() -> None:
    draws = np.random.default_rng(3).normal(2.0, 0.13, (4, 500))
    effect = xr.DataArray(draws, dims=("chain", "draw"))
    model, sd, test, error = 100 * draws.mean(), 100 * draws.std(), 86.0, 6.0

    def judge(answer: Any) -> checks.Check:
        return marketing_mix.judge_4(answer, effect, 0.86, 0.06)

    right = (model / sd**2 + test / error**2) / (1 / sd**2 + 1 / error**2)
    first = (model / sd**2 + test / 144) / (1 / sd**2 + 1 / 144)
    told_apart(
        judge,
        [right, model + sd**2 / (sd**2 + error**2) * (test - model)],
        {
            "plain average": (model + test) / 2,
            "squared": (model / sd + test / error) / (1 / sd + 1 / error),
            "Upside down": (model * sd**2 + test * error**2) / (sd**2 + error**2),
            "the second has half its error": first,
            "100,000": right / 100,
            "test alone": test,
            "model alone": model,
        },
    )
    never_done(judge)
    assert f"leaves the answer {right - test:.0f} thousand" in judge(right).message


def company() -> xr.Dataset:
    """Return a history that spends 85 and 43 thousand euros a week; the best split is an end."""
    spend = xr.DataArray(
        np.column_stack([np.full(9, 0.85), np.full(9, 0.43)]),
        {"week": np.arange(9), "channel": ["podcast", "leaflets"]},
    )
    return xr.Dataset({"spend": spend})


def test_judge_5() -> None:
    """Any plan that loses little is done, however it was found; each wrong idea has its hint."""

    def judge(answer: Any) -> checks.Check:
        return marketing_mix.judge_5(answer, company())

    def sold(podcast: float) -> float:
        return 400 * np.tanh(0.4 * podcast) + 60 * np.tanh(2.5 * (1.28 - podcast))

    told_apart(
        judge,
        [106.5, 100.0, np.array([104.0]), xr.DataArray(105.0)],
        {
            "100,000": 1.05,
            "leaflets`": 128 - 105,
            "as it is now": 85.0,
            "demand in the model": 50.0,
            "contracts": 300.0,
            "one number": [100.0, 101.0],
        },
    )
    never_done(judge)
    assert sold(1.065) - sold(1.0) < marketing_mix.SPARE < sold(1.065) - sold(0.9)
    assert judge(90.0).status == "wrong"
    assert "From 85 thousand euros a week" in judge(106.5).message
    assert (
        f"sells {sold(1.065) - sold(0.85):.0f} thousand euros a week more" in judge(106.5).message
    )


def test_judge_6() -> None:
    rng = np.random.default_rng(4)
    every = rng.normal(2, 0.2, (4, 300, 9))
    now = every[..., 3]
    by_split = xr.DataArray(every, dims=("chain", "draw", "split"))
    kept = xr.DataArray(now, dims=("chain", "draw"))

    def judge(answer: Any) -> checks.Check:
        return marketing_mix.judge_6(answer, by_split, kept)

    right = 100 * np.mean(every.max(axis=2) - now)
    told_apart(
        judge,
        [right, float(100 * (by_split - kept).max("split").mean())],
        {
            "before the maximum": 100 * (every.mean(axis=(0, 1)).max() - now.mean()),
            "100,000": right / 100,
            "sign": -right,
            "one number": 100 * (every.max(axis=2) - now),
            "subtract": 100 * every.max(axis=2).mean(),
        },
    )
    never_done(judge)


def test_judge_7() -> None:
    seen, kept, off = pd.Series([200.0, 220]), pd.Series([130.0, 150]), pd.Series([100.0, 110])

    def judge(answer: Any) -> checks.Check:
        return marketing_mix.judge_7(answer, seen, kept, off)

    right = 70 / 210
    told_apart(
        judge,
        [right, np.array([1 / 3])],
        {
            "direct part": 1 - right,
            "per cent": 100 * right,
            "sign": -right,
            "over the direct": right / (1 - right),
            "all sales": 70 / 420,
        },
    )
    never_done(judge)


def test_judge_8() -> None:
    told_apart(
        marketing_mix.judge_8,
        ["direct effect", " Direct  EFFECT"],
        {"forbids": "total effect", "causal": "no effect", "choose": "indirect effect"},
    )
    never_done(marketing_mix.judge_8)


def test_sliders_name_their_units() -> None:
    """The label of a slider says what it moves, in which unit."""
    labels = [
        marketing_mix.slider_test().text,
        marketing_mix.slider_margin().text,
        marketing_mix.slider_follow().text,
        *(slider.text for slider in marketing_mix.sliders_funnel()),
    ]
    words = ["thousand euros a week", "cents", "cents", "clicks per euro", "thousand euros per sd"]
    assert all(word in label for word, label in zip(words, labels, strict=True))


def test_a_slider_may_be_anything_with_a_value() -> None:
    """The title of a view follows the slider's value."""
    view = marketing_mix.show_margin(
        SimpleNamespace(value=50), pd.Series({"social": 0.1, "radio": 0.2})
    )
    assert "At 50 cents" in said(view)
