"""Drawings and judges of notebook 09, "Where should the next euro go?".

Plain functions of what the page has computed: no model, prior, adjustment set, estimand, `do` or
estimator; a judge finds the right answer by a way of its own. Spend and sales come in 100,000 euros
a week, and are shown in thousand euros. Adstock and curve are those of Jin et al. (2017), Bayesian
methods for media mix modeling with carryover and shape effects, Google research report.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import marimo as mo
    import xarray as xr

AXES = {
    "week": ("week", ""),
    "money": ("money", "thousand euros a week"),
    "sales": ("sales", "thousand euros a week"),
    "played": ("sales", "thousand euros"),
    "at_work": ("at work", "thousand euros a week"),
    "burst": ("at work", "thousand euros"),
    "ceiling": ("reached", "%"),
    "roas": ("ROAS", "euros of sales per euro"),
    "social": ("social; the rest to radio", "thousand euros a week"),
    "caused": ("sales caused by both", "thousand euros a week"),
    "pays": ("chance that the next euro pays", "%"),
    "tv": ("coefficient of TV", "euros of sales per euro of TV"),
    "multiple": ("estimate of social's effect", "multiples of the truth"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

ROLE = {
    "demand known": "adjusted",
    "demand hidden": "naive",
    "test, trusting": "naive",
    "test, doubting": "adjusted",
}
"""Role of each analyst in the charts: who takes the history at its word is naive."""
LEVEL = f"{percent(tidy.HDI_PROB)} HDI"
THOUSAND = 100
"""Thousand euros in the unit of the data, 100,000 euros."""


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`).

    Raises:
        KeyError: `AXES` has no such quantity.
    """
    what, unit = AXES[quantity]
    return f"{what} ({unit})" if unit else what


# Charts ------------------------------------------------------------------------------------------


def _curves(x: Any, lines: Mapping[str, tuple[Any, str]]) -> pd.DataFrame:
    """Return a frame x, value, label; lines: label -> (values, role)."""
    parts = [
        pd.DataFrame({"x": np.asarray(x), "value": np.asarray(values, float), "label": label})
        for label, (values, _) in lines.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _lines(
    x: Any,
    lines: Mapping[str, tuple[Any, str]],
    axes: tuple[str, str],
    *,
    zero: bool = False,
) -> alt.Chart:
    """Return one line per label, told by colour and dash; axes: keys of `AXES`."""
    labels, roles = list(lines), [role for _, role in lines.values()]
    legend = alt.Legend(orient="top", symbolStrokeWidth=3, symbolSize=500, title=None)
    legend = legend if len(labels) > 1 else None
    colours = alt.Scale(domain=labels, range=[charts.ROLES[role] for role in roles])
    dashes = alt.Scale(domain=labels, range=[charts.DASHES[role] for role in roles])
    return (
        alt.Chart(_curves(x, lines))
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X(
                "x:Q",
                title=axis_title(axes[0]),
                scale=alt.Scale(zero=False, nice=False),
                axis=alt.Axis(tickMinStep=1),
            ),
            y=alt.Y("value:Q", title=axis_title(axes[1]), scale=alt.Scale(zero=zero)),
            color=alt.Color("label:N", scale=colours, legend=legend),
            strokeDash=alt.StrokeDash("label:N", scale=dashes, legend=legend),
        )
    )


def chart_history(history: xr.Dataset) -> alt.Chart:
    """Return sales and the spend of both channels, week by week.

    Args:
        history: sales (week) and spend (week, channel) in 100,000 euros; channels social, radio.
    """
    social, radio = (THOUSAND * history["spend"].sel(channel=c) for c in ("social", "radio"))
    together = float(np.corrcoef(history["sales"], social)[0, 1])
    lines = {
        "sales": (THOUSAND * history["sales"], "truth"),
        "social spend": (social, "treated"),
        "radio spend": (radio, "counterfactual"),
    }
    title = f"Sales and social spend move together (correlation {number(together)})"
    chart = _lines(history["week"], lines, ("week", "money"), zero=True)
    words = f"{title}. Sales, social spend and radio spend in {AXES['money'][1]}, by week."
    return charts.describe(chart.properties(title=title, height=150), words)


def sliders_shapes() -> tuple[mo.ui.slider, mo.ui.slider]:
    """Return the sliders of carry-over and of saturation."""
    import marimo as mo

    alpha = mo.ui.slider(0, 0.9, 0.1, value=0.5, label="carry-over α", show_value=True)
    return alpha, mo.ui.slider(0.5, 5, 0.5, value=2.5, label="saturation λ", show_value=True)


@functools.cache
def _line_template(axes: tuple[str, str]) -> dict[str, Any]:
    """Return the specification of one line, to be redrawn."""
    chart = _lines([0, 1], {"one": ([0, 1], "treated")}, axes, zero=True)
    return chart.properties(title=alt.Title(""), width=320, height=190).to_dict()


def _redrawn(slider: Any, x: Any, values: Any, axes: tuple[str, str], title: str) -> mo.Html:
    """Return a slider above its line."""
    import marimo as mo

    frame = _curves(x, {"one": (values, "treated")})
    words = f"{title}. {axis_title(axes[1])} against {axis_title(axes[0])}."
    return mo.vstack([slider, charts.redraw(_line_template(axes), frame, title=title, words=words)])


def show_shapes(
    alpha: Any, at_work: xr.DataArray, lam: Any, spend: np.ndarray, reached: np.ndarray
) -> mo.Html:
    """Return carry-over beside saturation, each below its slider (see the two functions below)."""
    import marimo as mo

    shown = [show_burst(alpha, at_work), show_saturation(lam, spend, reached)]
    return mo.hstack(shown, widths="equal", wrap=True)


def show_burst(slider: Any, at_work: xr.DataArray) -> mo.Html:
    """Return how one burst of spend in week 2 works on, below the slider of carry-over.

    Args:
        slider: of carry-over.
        at_work: spend at work in thousand euros, by media_week.
    """
    share = float(at_work.sel(media_week=2) / at_work.sum())
    title = f"{percent(share)} in its own week"
    return _redrawn(slider, at_work["media_week"], at_work, ("week", "burst"), title)


def show_saturation(slider: Any, spend: np.ndarray, reached: np.ndarray) -> mo.Html:
    """Return the curve of saturation, below its slider.

    Args:
        slider: of saturation.
        spend: at work, in 100,000 euros a week.
        reached: share of the ceiling at each spend, rising.
    """
    half = THOUSAND * float(np.interp(0.5, reached, spend))
    title = f"Half reached at {number(half, 0)} thousand"
    if reached.max() < 0.5:  # noqa: PLR2004
        title = "Half is out of reach"
    axes = ("at_work", "ceiling")
    return _redrawn(slider, THOUSAND * spend, 100 * reached, axes, title)


def chart_prior(roas: xr.DataArray) -> alt.LayerChart:
    """Return the prior of both channels' ROAS.

    Args:
        roas: draws by channel, euros of sales per euro.
    """
    role = {"social": "prior", "radio": "control"}
    parts = [
        pd.DataFrame({"value": roas.sel(channel=c).to_numpy().ravel(), "label": c, "role": r})
        for c, r in role.items()
    ]
    low, high = tidy.hdi(roas.sel(channel="social"))
    title = (
        f"Prior of both: a euro sells {number(low, 1)} to {number(high, 1)} euros (social, {LEVEL})"
    )
    chart = charts.chart_density(
        pd.concat(parts, ignore_index=True), title=title, unit=axis_title("roas"), floor=0
    )
    return chart.properties(height=175)


def chart_fit(
    history: xr.Dataset, lower: np.ndarray, upper: np.ndarray, inside: float
) -> alt.LayerChart:
    """Return sales over the predictive interval of each week.

    Args:
        history: sales (week) in 100,000 euros.
        lower: end of each week's interval, thousand euros.
        upper: the other end.
        inside: share of the weeks inside.
    """
    week, sales = history["week"].to_numpy(), THOUSAND * history["sales"]
    band = pd.DataFrame({"x": week, "lower": lower, "upper": upper})
    area = alt.Chart(band).mark_area(color=charts.ROLES["adjusted"], opacity=0.3)
    line = _lines(week, {"sales": (sales, "truth")}, ("week", "sales"))
    title = (
        f"{percent(inside)} of the weeks lie in the {percent(tidy.HDI_PROB)} predictive interval"
    )
    words = f"{title}. Sales in {AXES['sales'][1]} by week, over a band."
    chart = alt.layer(area.encode(x="x:Q", y="lower:Q", y2="upper:Q"), line)
    return charts.describe(chart.properties(title=title, height=170), words)


def table_diagnostics(found: Mapping[str, pd.DataFrame]) -> mo.Html:
    """Return the diagnostics of several fits below the rule of the course, one row each.

    Args:
        found: analyst -> what `tidy.diagnostics` returns.
    """
    columns = {
        "max_rhat": "R-hat, largest",
        "min_ess_bulk": "ESS, bulk",
        "min_ess_tail": "ESS, tail",
        "divergences": "divergences",
    }
    enough = f"at least {tidy.MIN_ESS}"
    rule = dict(zip(columns, (f"at most {tidy.MAX_R_HAT}", enough, enough, "none"), strict=True))
    rows: dict[str, Mapping[str, str]] = {"rule": {**rule, "passed": ""}}
    for name, frame in found.items():
        one = frame.iloc[0]
        shown = {column: number(one[column], 0) for column in columns}
        verdict = "may be read" if one["passed"] else "must not be read"
        rows[name] = {**shown, "max_rhat": number(one["max_rhat"], 3), "passed": verdict}
    table = pd.DataFrame.from_dict(rows, orient="index").rename(columns=columns)
    return tidy.as_table(table.rename(columns={"passed": "verdict"}))


def table_allocation(allocation: pd.DataFrame) -> mo.Html:
    """Return the plans as a table, one row each.

    Args:
        allocation: columns plan, channel, spend, expected_sales, lower, upper, regret, in thousand
            euros a week; one row per plan and channel.
    """
    of_plan = ["plan", "expected_sales", "lower", "upper", "regret"]
    wide = allocation.pivot_table("spend", of_plan, "channel", sort=False).reset_index()
    channels = allocation["channel"].unique().tolist()
    wide = wide[["plan", *channels, *of_plan[1:]]].rename_axis(columns=None)
    return tidy.as_table(wide.rename(columns={"expected_sales": "expected sales"}), digits=1)


def chart_returns(frame: pd.DataFrame, channel: str) -> alt.LayerChart:
    """Return the forest plot of several analysts' ROAS of one channel against the truth.

    Args:
        frame: columns model, channel, truth, mean, lower, upper; euros of sales per euro.
        channel: which rows.

    Raises:
        KeyError: a model of the frame is none of `ROLE`.
    """
    rows = frame[frame["channel"] == channel].rename(columns={"model": "label"})
    said = "; ".join(f"{row.label} {number(row.mean)}" for row in rows.itertuples())
    chart = charts.chart_effect(
        rows.assign(role=[ROLE[label] for label in rows["label"]]),
        title=f"ROAS of {channel}: {said}",
        unit=axis_title("roas"),
        truth=rows["truth"].iloc[0],
    )
    return chart.properties(height=52 * len(rows))


def chart_splits(
    splits: xr.DataArray,
    expected: Mapping[str, xr.DataArray],
    draws: xr.DataArray,
    plans: xr.DataArray,
) -> alt.LayerChart:
    """Return what each split sells as two analysts expect it, and in truth, with the best splits.

    Args:
        splits: plans (split, channel), 100,000 euros a week.
        expected: name -> sales caused by each split, 100,000 euros a week; who is none of
            `ROLE` is the truth.
        draws: the same of the analyst who knows demand (chain, draw, split).
        plans: best plans by name (plan, channel), and "as now".
    """
    social = THOUSAND * splits.sel(channel="social").to_numpy()
    named = {name: name if name in ROLE else "truth" for name in expected}
    role = {**ROLE, "truth": "truth"}
    lines = {named[k]: (THOUSAND * sales, role[named[k]]) for k, sales in expected.items()}
    base = _lines(social, lines, ("social", "caused"))
    ends = [tidy.hdi(THOUSAND * draws.isel(split=i)) for i in range(len(social))]
    band = pd.DataFrame(ends, columns=["lower", "upper"]).assign(x=social)
    area = alt.Chart(band).mark_area(color=charts.ROLES["adjusted"], opacity=0.15)
    tops = pd.DataFrame(
        [(social[int(np.argmax(v.to_numpy()))], float(v.max())) for v, _ in lines.values()],
        columns=["x", "value"],
    )
    dots = alt.Chart(tops).mark_point(filled=True, size=140, opacity=1, color="black")
    best = (THOUSAND * plans.sel(channel="social", drop=True)).to_series()
    title = (
        f"Social: now {number(best['as now'], 0)}; best {number(best['demand hidden'], 0)} "
        f"if demand is hidden, {number(best['demand known'], 0)} if known"
    )
    how = f"dot: each curve's best split; band: {LEVEL}, demand known"
    words = f"{title}. {axis_title('caused')} against {axis_title('social')}. {how}."
    chart = alt.layer(
        area.encode(x="x:Q", y="lower:Q", y2="upper:Q"), base, dots.encode(x="x:Q", y="value:Q")
    )
    head = alt.Title(charts.wrap(title), subtitle=how)
    return charts.describe(chart.properties(title=head, height=240), words)


def slider_test() -> mo.ui.slider:
    """Return the slider of a test's standard error, in thousand euros a week."""
    import marimo as mo

    label = "standard error of the test (thousand euros a week)"
    return mo.ui.slider(steps=[2, 3, 4, 6, 8, 10, 12], value=12, label=label, show_value=True)


@functools.cache
def _forest(
    labels: tuple[str, ...], roles: tuple[str, ...], quantity: str, truth: float, interval: str
) -> dict[str, Any]:
    """Return the specification of a forest plot, to be redrawn: one row a label."""
    frame = pd.DataFrame({"label": labels, "mean": 1.0, "lower": 0.5, "upper": 1.5, "role": roles})
    if not interval:
        frame[["lower", "upper"]] = np.nan
    chart = charts.chart_effect(
        frame, title="x", unit=axis_title(quantity), truth=truth, interval=interval
    )
    return chart.properties(height=27 * len(labels) + 20).to_dict()


def _forest_redrawn(
    frame: pd.DataFrame, quantity: str, truth: float, interval: str, title: str
) -> charts.Drawing:
    """Return the forest plot of a frame label, mean, lower, upper, role."""
    template = _forest(
        tuple(frame["label"]), tuple(frame["role"]), quantity, round(float(truth), 9), interval
    )
    told = "; ".join(f"{row.label} {number(row.mean)}" for row in frame.itertuples())
    words = f"{title}. {axis_title(quantity)}: {told}; truth {number(truth)}."
    columns = ["label", "mean", "lower", "upper", "role"]
    return charts.redraw(template, frame[columns].round(4), title=title, words=words)


def show_precision(
    slider: Any, mean: float, sd: float, draws: np.ndarray, truth: float, effective: float
) -> mo.Html:
    """Return both analysts' ROAS of social with another test, below its slider.

    Args:
        slider: of the test's standard error.
        mean: of the analyst who trusts her history, euros of sales per euro.
        sd: of the same.
        draws: of the analyst who doubts it.
        truth: euros of sales per euro.
        effective: how many even draws the weighted ones are worth.
    """
    from statistics import NormalDist

    import marimo as mo

    half = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2) * sd
    rows = tidy.summarise({"doubting": draws}).drop(columns="sd")
    first = pd.DataFrame(
        [("trusting", mean, mean - half, mean + half)], columns=["label", "mean", "lower", "upper"]
    )
    frame = pd.concat([first, rows], ignore_index=True)
    frame["role"] = [ROLE["test, trusting"], ROLE["test, doubting"]]
    title = f"Test ±{slider.value}: trust says {number(mean)}, the truth is {number(truth)}"
    chart = _forest_redrawn(frame, "roas", truth, LEVEL, title)
    note = f"The weighted draws are worth {number(effective, 0)} even ones."
    return mo.vstack([slider, chart, mo.md(note)])


def slider_margin() -> mo.ui.slider:
    """Return the slider of profit per euro of sales, in cents."""
    import marimo as mo

    label = "profit per euro of sales (cents)"
    return mo.ui.slider(20, 100, 5, value=80, label=label, show_value=True)


@functools.cache
def _bars() -> dict[str, Any]:
    """Return the specification of two bars, to be redrawn."""
    frame = pd.DataFrame({"channel": ["social", "radio"], "chance": [50.0, 50.0]})
    colours = alt.Scale(
        domain=["social", "radio"], range=[charts.ROLES["treated"], charts.ROLES["counterfactual"]]
    )
    x = alt.X("chance:Q", title=axis_title("pays"), scale=alt.Scale(domain=[0, 100]))
    chart = alt.Chart(frame).mark_bar(height=30)
    chart = chart.encode(
        x,
        alt.Y("channel:N", title=None, sort=["social", "radio"]),
        alt.Color("channel:N", scale=colours, legend=None),
    )
    return chart.properties(title=alt.Title(""), height=100).to_dict()


def show_margin(slider: Any, chance: pd.Series) -> mo.Html:
    """Return the chance that the next euro pays, below the slider of the margin.

    Args:
        slider: profit per euro of sales, cents.
        chance: by channel, between 0 and 1.
    """
    import marimo as mo

    said = " and ".join(f"{c} in {percent(chance[c])}" for c in ("social", "radio"))
    title = f"At {slider.value} cents the next euro pays: {said}"
    frame = (100 * chance).rename("chance").rename_axis("channel").reset_index().round(2)
    words = f"{title}. {axis_title('pays')} of each channel."
    return mo.vstack([slider, charts.redraw(_bars(), frame, title=title, words=words)])


def chart_histories(
    sales: pd.Series, without_search: pd.Series, without_tv: pd.Series
) -> alt.Chart:
    """Return three histories of the same weeks: as it was, without search, without TV.

    Args:
        sales: thousand euros a week, as it was.
        without_search: the same weeks under do(search = 0).
        without_tv: the same weeks under do(TV = 0).
    """
    lost = [percent(1 - other.sum() / sales.sum()) for other in (without_search, without_tv)]
    title = f"Without search {lost[0]} of sales are lost, without TV {lost[1]}"
    lines = {
        "as it was": (sales, "truth"),
        "do(search = 0)": (without_search, "treated"),
        "do(TV = 0)": (without_tv, "counterfactual"),
    }
    chart = _lines(np.arange(1, len(sales) + 1), lines, ("week", "played"))
    words = f"{title}. Sales in {AXES['sales'][1]} by week, in three histories."
    return charts.describe(chart.properties(title=title, height=110), words)


def sliders_funnel() -> tuple[mo.ui.slider, mo.ui.slider]:
    """Return the sliders of TV's pull on search, and of demand's pull on sales."""
    import marimo as mo

    pull = "TV's pull on search (clicks per euro)"
    demand = "demand's pull on sales (thousand euros per sd)"
    return (
        mo.ui.slider(0, 1, 0.1, value=0.5, label=pull, show_value=True),
        mo.ui.slider(0, 50, 5, value=25, label=demand, show_value=True),
    )


def show_regressions(
    pull: Any, demand: Any, coefficients: Mapping[str, float], truth: float
) -> mo.Html:
    """Return the coefficient of TV under each choice of regressors, below two sliders.

    Args:
        pull: slider of TV's pull on search.
        demand: slider of demand's pull on sales.
        coefficients: regressors -> coefficient, euros of sales per euro of TV.
        truth: the total effect, same unit.
    """
    import marimo as mo

    frame = pd.DataFrame({"label": list(coefficients), "mean": list(coefficients.values())})
    frame[["lower", "upper"]] = np.nan
    frame["role"] = ["naive", "naive", "adjusted", "control"]
    said = number(coefficients["TV + search"])
    title = f"TV + search says {said}, the truth is {number(truth)}"
    chart = _forest_redrawn(frame, "tv", truth, "", title)
    return mo.vstack([mo.hstack([pull, demand], justify="start"), chart])


def slider_follow() -> mo.ui.slider:
    """Return the slider of how much the budget follows last week's sales."""
    import marimo as mo

    label = "cents of budget per further euro of last week's sales"
    return mo.ui.slider(0, 60, 10, value=40, label=label, show_value=True)


def show_feedback(slider: Any, table: pd.DataFrame) -> mo.Html:
    """Return three analysts' estimates over the truth in many worlds, below the slider.

    Args:
        slider: how much the budget follows sales.
        table: columns label, mean, lower, upper (over worlds), rmse; multiples of the truth.
    """
    import marimo as mo

    title = f"Adjusting for nothing finds {number(table['mean'][0])} times the truth"
    frame = table.assign(role=["naive", "counterfactual", "adjusted"])
    interval = f"{percent(tidy.HDI_PROB)} of 100 worlds"
    chart = _forest_redrawn(frame, "multiple", 1.0, interval, title)
    errors = ", ".join(f"{row.label} {number(row.rmse)}" for row in table.itertuples())
    return mo.vstack([slider, chart, mo.md(f"Typical error (rmse): {errors}.")])


# Judges ------------------------------------------------------------------------------------------


def judge_1(direction: Any) -> checks.Check:
    """Return the verdict on exercise 1: is the naive return too low or too high?"""
    return checks.choice(
        direction,
        "too high",
        ["too low", "about right", "too high"],
        hints=[
            ("too low", "Demand raises the social budget. Does it raise or lower sales?"),
            ("about right", "It would be, had somebody drawn the social budget by lot."),
            "Imagine that social sells nothing. Would the line be flat?",
        ],
        why="When people want the product anyway, the social budget is high as well: the line pays "
        "social for what demand did.",
    )


TRIES = (([0.0, 4, 0, 0, 2, 0, 1], 0.5, 3), ([1.0, 2, 3, 4, 5], 0.3, 4))
"""Spend, alpha and lags that a learner's adstock is tried on."""


def _adstock(spend: Sequence[float], alpha: float, n_lags: int, kind: str = "right") -> np.ndarray:
    """Return the right answer of exercise 2, or that of a usual mistake, by plain loops.

    Args:
        spend: a week each.
        alpha: share of a week's work that is left in the next.
        n_lags: weeks that spend works, its own included.
        kind: "right", "late", "unnormalised", "reversed" or "future".
    """
    lags = [lag + 1 if kind == "late" else lag for lag in range(n_lags)]
    weights = [alpha**lag for lag in range(n_lags)]
    total = 1.0 if kind == "unnormalised" else sum(weights)
    weights = weights[::-1] if kind == "reversed" else weights
    side = 1 if kind == "future" else -1
    out = [
        sum(
            weight * spend[t + side * lag]
            for weight, lag in zip(weights, lags, strict=True)
            if 0 <= t + side * lag < len(spend)
        )
        for t in range(len(spend))
    ]
    return np.array(out) / total


def _answers(function: Any, kind: str = "right") -> bool:
    """Return whether a function gives this answer on all tries."""
    found = [np.asarray(function(np.array(s), a, n), float) for s, a, n in TRIES]
    pairs = zip(found, [_adstock(*one, kind) for one in TRIES], strict=True)
    return all(f.shape == w.shape and np.allclose(f, w) for f, w in pairs)


def _carries(function: Any) -> bool | str:
    """Return whether a learner's adstock is right, or what is wrong with its form."""
    spend, alpha, n_lags = TRIES[0]
    first = function(np.array(spend), alpha, n_lags)
    if first is None or first is ...:
        raise checks.Unanswered
    if np.shape(first) != (len(spend),):
        return "The result is not as long as `spend`: keep the first `len(spend)` numbers of it."
    return _answers(function)


def _centred(function: Any) -> bool:
    """Return whether a function centres the weights, as np.convolve does with mode "same"."""
    spend, weights = [0, 0, 0, 1, 0, 0], [4 / 7, 2 / 7, 1 / 7]
    return np.allclose(function(np.array(spend), 0.5, 3), np.convolve(spend, weights, mode="same"))


def judge_2(adstock: Any) -> checks.Check:
    """Return the verdict on exercise 2: a function of spend, alpha and the number of lags."""
    ideas = {
        "unnormalised": "The weights do not sum to one: adstock moves spend, it must create none.",
        "reversed": "The weights run backwards: the oldest week counts most.",
        "future": "This week feels next week's spend: the shift goes the wrong way.",
        "late": "This week's own spend (lag 0) is missing.",
    }
    hints: list[Any] = [(lambda f, k=kind: _answers(f, k), text) for kind, text in ideas.items()]
    hints.append(
        (_centred, 'Later spend counts here: start from the full np.convolve, not mode="same".')
    )
    hints.append("A burst of 7 with alpha 0.5 and 3 lags works as 4, 2 and 1.")
    why = "Only past spend enters, and its total is kept, but for what falls after the last week."
    return checks.holds(adstock, _carries, hints=hints, why=why)


def _sold_per_euro(spend: np.ndarray, curve: tuple[float, float, float], factor: float) -> float:
    """Return sales gained per euro added when one channel's spend is multiplied by a factor.

    Args:
        spend: of one channel, a week each; three weeks without any follow.
        curve: alpha, lambda, and the ceiling in the unit of spend.
        factor: 0 for the average return, above 1 for that of further euros.
    """
    alpha, lam, beta = curve

    def sold(weeks: np.ndarray) -> float:
        work = _adstock(np.r_[weeks, 0, 0, 0].tolist(), alpha, 4)
        return beta * np.tanh(lam * work / 2).sum()

    return (sold(factor * spend) - sold(spend)) / ((factor - 1) * spend.sum())


def judge_3(next_radio_euro: Any, spend: xr.DataArray, curves: xr.Dataset) -> checks.Check:
    """Return the verdict on exercise 3: what a further euro of radio sells, from 10 % more.

    Args:
        next_radio_euro: the answer, euros of sales per euro.
        spend: the history (week, channel); channels social and radio.
        curves: the true alpha, lam and beta (channel), beta in the unit of spend.
    """

    def found(channel: str, factor: float) -> float:
        curve = [float(curves[name].sel(channel=channel)) for name in ("alpha", "lam", "beta")]
        return _sold_per_euro(spend.sel(channel=channel).to_numpy(), tuple(curve), factor)

    right = found("radio", 1.1)
    hints = [
        (0.1 * right, "That is still her line: further sales belong to further euros."),
        (right / 11, "Divided by the whole new budget; only the extra tenth was added."),
        (-right, "The sign is turned: more spend minus spend as it was."),
        (found("radio", 0), "The average ROAS judges the past."),
        (found("radio", 1.01), "Right for 1 % more; 10 % were asked for."),
        (found("social", 1.1), "That is social; radio is asked for."),
        "How many euros were added?",
    ]
    why = "Gain over cost, both for the change: that is what a budget decision compares."
    return checks.close(next_radio_euro, right, tolerance=1e-4, hints=hints, why=why)


def judge_4(
    combined: Any, effect: xr.DataArray, test_reading: float, test_error: float
) -> checks.Check:
    """Return the verdict on exercise 4: a model and a test, combined.

    Args:
        combined: the answer, thousand euros a week.
        effect: posterior draws of the model, 100,000 euros a week.
        test_reading: 100,000 euros a week.
        test_error: its standard error, same unit.
    """
    model, test = THOUSAND * float(effect.mean()), THOUSAND * test_reading
    sd, error = THOUSAND * float(effect.std()), THOUSAND * test_error

    def mix(of_model: float, of_test: float) -> float:
        return (of_model * model + of_test * test) / (of_model + of_test)

    right = mix(sd**-2, error**-2)
    hints = [
        (mix(1, 1), "That is the plain average: the more precise source must count more."),
        (mix(1 / sd, 1 / error), "The weights are 1/error; squared errors are asked for."),
        (mix(sd**2, error**2), "Upside down: the less precise source counts more here."),
        (mix(sd**-2, (2 * error) ** -2), "That is the first test; the second has half its error."),
        (right / THOUSAND, "Right in 100,000 euros; thousand euros are asked for."),
        (model, "That is the model alone; the test has a say as well."),
        (test, "That is the test alone; the model has a say as well."),
        "Weights 1/error² for both; divide the weighted sum by the sum of the weights.",
    ]
    why = (
        f"Even so precise a test leaves the answer {number(right - test, 0)} thousand euros a week "
        "away from its own reading: precision, not truth, decides who is heard."
    )
    return checks.close(combined, right, tolerance=0.1, hints=hints, why=why)


SPARE = 4.0
"""Thousand euros a week that a plan may lose against the best one and still be done."""


def other_curves() -> xr.Dataset:
    """Return the true curves of exercise 5's company, by channel: podcast and leaflets.

    alpha is the share that stays for the next week, lam the saturation per 100,000 euros, beta the
    ceiling in 100,000 euros a week.
    """
    import xarray as xr

    curves = {"alpha": [0.5, 0.2], "lam": [0.8, 5.0], "beta": [4.0, 0.6]}
    by_channel = {name: ("channel", values) for name, values in curves.items()}
    return xr.Dataset(by_channel, {"channel": ["podcast", "leaflets"]})


def judge_5(podcast_budget: Any, other: xr.Dataset) -> checks.Check:
    """Return the verdict on exercise 5: another company's budget, under `other_curves`.

    Args:
        podcast_budget: the answer, thousand euros a week for `podcast`.
        other: the company's history; spend (week, channel) in 100,000 euros.
    """
    curves, mean = other_curves(), other["spend"].mean("week")
    now, rest = (THOUSAND * float(mean.sel(channel=c)) for c in ("podcast", "leaflets"))
    total = now + rest
    grid = np.linspace(max(now / 2, total - 2 * rest), min(2 * now, total - rest / 2), 801)
    sold = sum(
        float(curves["beta"][c]) * np.tanh(float(curves["lam"][c]) * euros / THOUSAND / 2)
        for c, euros in enumerate((grid, total - grid))
    )

    def lost(budget: float) -> float:
        return THOUSAND * float(sold.max() - np.interp(budget, grid, sold))

    def good(answer: Any) -> bool | str:
        value = np.asarray(answer, float)
        if value.size != 1 or isinstance(answer, str | bool) or not np.isfinite(value).all():
            return "One number is expected: thousand euros a week for `podcast`."
        budget = value.item()
        if not grid.min() - 0.05 <= budget <= grid.max() + 0.05:
            return (
                f"The contracts allow {number(grid.min(), 0)} to {number(grid.max(), 0)} thousand "
                "euros a week for `podcast`."
            )
        return lost(budget) <= SPARE

    def within(low: float, high: float) -> Any:
        return lambda answer: low <= float(answer) <= high

    hints = [
        (
            lambda answer: good(THOUSAND * float(answer)) is True,
            "Right in 100,000 euros; thousand euros are asked for.",
        ),
        (
            lambda answer: good(total - float(answer)) is True,
            "That is the budget of `leaflets`; `podcast` is asked for.",
        ),
        (within(now - 1, now + 1), "That is the split as it is now. Which split sells more?"),
        (
            within(grid.min(), now),
            "That pays the leaflets for what demand did: is demand in the model?",
        ),
        "`fit`; `budget_splits` of mean spend; `weekly_sales` of each; their mean over draws.",
    ]
    why = (
        f"From {number(now, 0)} thousand euros a week: leaflets only seemed to sell, since they "
        f"follow demand. The best split sells {number(lost(now), 0)} thousand euros a week more."
    )
    return checks.holds(podcast_budget, good, hints=hints, why=why)


def judge_6(expected_regret: Any, by_split: xr.DataArray, now: xr.DataArray) -> checks.Check:
    """Return the verdict on exercise 6: what we expect to regret if we keep today's split.

    Args:
        expected_regret: the answer, thousand euros a week.
        by_split: sales (chain, draw, split), 100,000 euros a week.
        now: sales as now (chain, draw), same unit.
    """
    every = THOUSAND * by_split.transpose("chain", "draw", "split").to_numpy()
    kept = THOUSAND * now.transpose("chain", "draw").to_numpy()
    right = (every.max(axis=-1) - kept).mean()
    one_split = every.mean(axis=(0, 1)).max() - kept.mean()
    hints = [
        (one_split, "One split for all draws: that is the mean before the maximum."),
        (right / THOUSAND, "Right in 100,000 euros; thousand euros are asked for."),
        (-right, "The sign is turned: best minus now."),
        (lambda value: np.size(value) > 1, "Average over the draws: one number."),
        (right + kept.mean(), "That is what the best splits sell; subtract sales as now."),
        "First the maximum over splits in each draw, then the mean over draws.",
    ]
    why = (
        f"Of the {number(right, 1)} thousand euros of sales a week one well-chosen split gets "
        f"{number(one_split, 1)} with what is known. The rest is the most that a further test is "
        "worth."
    )
    return checks.close(expected_regret, right, tolerance=1e-3, hints=hints, why=why)


def judge_7(through: Any, seen: pd.Series, kept: pd.Series, off: pd.Series) -> checks.Check:
    """Return the verdict on exercise 7: the share of TV's effect that goes through search.

    Args:
        through: the answer, between 0 and 1.
        seen: weekly sales as they were.
        kept: without TV, searches kept.
        off: without TV.
    """
    right = float((kept - off).sum() / (seen - off).sum())
    hints = [
        (1 - right, "That is the direct part: what is lost although searches stay."),
        (100 * right, "Right in per cent; a share between 0 and 1 is asked for."),
        (-right, "The sign is turned: more is sold where searches are kept."),
        (right / (1 - right), "That is the indirect over the direct part; divide by the total."),
        (
            float((kept - off).sum() / seen.sum()),
            "A share of all sales; divide by TV's total effect instead.",
        ),
        "Indirect effect = sales with searches kept minus sales with TV off.",
    ]
    why = f"{percent(right)} of TV's effect is booked under search by who reads clicks, and more."
    return checks.close(through, right, tolerance=1e-3, hints=hints, why=why)


def judge_8(meaning: Any) -> checks.Check:
    """Return the verdict on exercise 8: what TV's coefficient means with search held fixed."""
    return checks.choice(
        meaning,
        "direct effect",
        ["total effect", "direct effect", "no effect"],
        hints=[
            ("total effect", "Holding search fixed forbids TV to act through it. What is left?"),
            ("no effect", "Demand is in, so it is causal: which path from TV is still open?"),
            "Which arrows lead from TV to sales when search cannot move?",
        ],
        why="A right answer to another question: what TV sells without a click. A budget needs the "
        "total.",
    )
