"""Drawings and judges of notebook 13, "What would have happened without the law?".

Plain functions of what the page has computed: no model, prior, design, weight or estimator.
Accidents are a month, sales of shops in thousand euros a month, cigarettes in packs per head and
year, the drifting series in index points.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import marimo as mo

AXES = {
    "month": ("time", "months"),
    "accidents": ("accidents", "a month"),
    "period": ("time since the law", "months"),
    "difference": ("difference", "thousand euros"),
    "year": ("time", "years"),
    "packs": ("cigarettes", "packs per head and year"),
    "gap": ("gap to synthetic", "packs"),
    "concentration": ("concentration a of the prior", "no unit"),
    "series": ("series", "index points"),
    "staggered": ("effect", "index points"),
    "law": ("placebo law", "number"),
    "deaths": ("effect", "deaths a month"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

POSTERIOR = f"{percent(tidy.HDI_PROB)} HDI"
CONFIDENCE = f"{percent(tidy.HDI_PROB)} confidence interval"
CONCENTRATIONS = (0.3, 0.5, 1.0, 2.0, 5.0)
LAW, LAW_YEAR = 60, 1989
YEARS = alt.Axis(format="d", tickCount=7)
SMALL = 1e-6


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


after = checks.after


def _z() -> float:
    """Return how many standard errors a confidence interval of the course goes to each side."""
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)


# Charts ------------------------------------------------------------------------------------------


def _rule_at(value: float, label: str) -> alt.LayerChart:
    """Return a thin vertical rule where a law begins, with its label."""
    at = alt.Chart(pd.DataFrame({"at": [value], "label": [label]}))
    rule = at.mark_rule(color="#555555", strokeDash=[3, 3], strokeWidth=2).encode(x="at:Q")
    text = at.mark_text(align="right", dx=-6, baseline="top", fontSize=14, color="#555555")
    return rule + text.encode(x="at:Q", y=alt.value(0), text="label:N")


def _points(roads: pd.DataFrame, height: int) -> alt.Chart:
    """Return accidents by month, one small grey mark each."""
    x = alt.X("month:Q", title=axis_title("month"))
    y = alt.Y("accidents:Q", title=axis_title("accidents"), scale=alt.Scale(zero=False))
    frame = roads[["month", "accidents"]].round(2)
    marks = alt.Chart(frame).mark_line(
        point={"size": 22, "color": "#7F7F7F"}, strokeWidth=1, color="#7F7F7F"
    )
    return marks.encode(x, y).properties(height=height)


def _curves(frame: pd.DataFrame, x: alt.X, y: alt.Y, roles: Mapping[str, str]) -> alt.Chart:
    """Return a line for each name in column `who`, in colour and dash of its role; the first solid.

    Args:
        frame: columns who, and those of x and y.
        x: with its title and unit.
        y: likewise.
        roles: name -> role (see `charts.ROLES`), in the order of the legend.
    """
    names = list(roles)
    dash = [[1, 0], *(charts.DASHES[role] for role in list(roles.values())[1:])]
    legend = alt.Legend(orient="top", title=None, symbolType="stroke", symbolSize=500)
    colours = alt.Scale(domain=names, range=[charts.ROLES[role] for role in roles.values()])
    return (
        alt.Chart(frame.round(2))
        .mark_line(strokeWidth=3)
        .encode(
            x,
            y,
            color=alt.Color("who:N", scale=colours, legend=legend),
            strokeDash=alt.StrokeDash("who:N", scale=alt.Scale(domain=names, range=dash)),
        )
    )


def chart_roads(roads: pd.DataFrame, naive_difference: float) -> alt.LayerChart:
    """Return accidents by month, with the mean before the law and the mean after.

    Args:
        roads: columns month, after (1 with the law, 0 before), accidents (a month).
        naive_difference: mean after minus mean before, accidents a month.
    """
    by = roads.groupby("after")
    means = pd.DataFrame(
        {"mean": by["accidents"].mean(), "from": by["month"].min(), "to": by["month"].max()}
    )
    means["role"] = means.index.map({0: "control", 1: "treated"})
    means["label"] = [
        f"{word} {number(means['mean'][k], 1)}" for k, word in ((0, "before"), (1, "after"))
    ]
    base = alt.Chart(means).encode(
        y="mean:Q",
        color=alt.Color("role:N", scale=charts.role_scale("control", "treated"), legend=None),
    )
    lines = base.mark_rule(strokeWidth=4, strokeDash=[8, 4]).encode(x="from:Q", x2="to:Q")
    look = {"align": "right", "baseline": "bottom", "dy": -4, "fontSize": 16, "fontWeight": "bold"}
    halo = base.mark_text(**look, stroke="white", strokeWidth=6).encode(x="to:Q", text="label:N")
    text = base.mark_text(**look).encode(x="to:Q", text="label:N")
    title = f"Mean after minus mean before: {signed(naive_difference, 1)} accidents a month"
    chart = alt.layer(_points(roads, 160), _rule_at(LAW + 0.5, "law"), lines, halo, text)
    words = f"{title}. Accidents by month, with the mean before the law and the mean after it."
    return charts.describe(chart.properties(title=title), words)


def chart_fit(roads: pd.DataFrame, fitted: np.ndarray, step: float) -> alt.LayerChart:
    """Return accidents by month, what the regression fits, and its line without the law.

    Args:
        roads: columns month, after (1 or 0), accidents (a month).
        fitted: expected accidents, shape (month,).
        step: the law's coefficient, accidents a month.
    """
    month, law = roads["month"].to_numpy(), roads["after"].to_numpy()
    names = {"fitted": "adjusted", "without the law": "counterfactual"}
    lines = pd.concat(
        [
            pd.DataFrame({"month": month, "accidents": values, "who": who})[seen]
            for who, values, seen in zip(
                names, (fitted, fitted - step * law), (law >= 0, law == 1), strict=True
            )
        ]
    )
    curve = _curves(lines, alt.X("month:Q"), alt.Y("accidents:Q"), names)
    title = f"Fitted step in month 61: {signed(step, 1)} accidents a month"
    words = f"{title}. Accidents by month, the fitted line, and its continuation without the law."
    chart = alt.layer(_points(roads, 230), _rule_at(LAW + 0.5, "law"), curve)
    return charts.describe(chart.properties(title=title), words)


def slider_memory() -> mo.ui.slider:
    """Return the slider of rho, the correlation of one month's noise with the next."""
    import marimo as mo

    return mo.ui.slider(0, 0.95, 0.05, value=0.6, show_value=True, label="correlation")


@functools.cache
def _memory_template() -> dict[str, Any]:
    """Return the specification of a region's accidents by month."""
    some = pd.DataFrame({"month": np.arange(1, 97), "accidents": np.linspace(120, 90, 96)})
    chart = alt.layer(_points(some, 170), _rule_at(LAW + 0.5, "law"))
    return chart.properties(title=alt.Title("", subtitle="")).to_dict()


def show_memory(
    slider: Any, roads: pd.DataFrame, step: float, true: float, reported: float
) -> mo.Html:
    """Return the slider above a region at that correlation, with the two errors of its step.

    Args:
        slider: of the correlation.
        roads: columns month, accidents (a month).
        step: least squares in this region, accidents a month.
        true: standard deviation of the step, accidents a month.
        reported: what least squares reports for it on average, the same.
    """
    from statistics import NormalDist

    import marimo as mo

    inside = 2 * NormalDist().cdf(_z() * reported / true) - 1
    title = f"Error of the step: reported {number(reported, 1)}, true {number(true, 1)} accidents"
    told = f"this region's step {signed(step, 1)}; the {CONFIDENCE} covers in about "
    told += f"{percent(inside)} of all regions"
    drawing = charts.redraw(
        _memory_template(),
        roads[["month", "accidents"]].round(2),
        title=title,
        subtitle=told,
        words=f"{title}. {told}. Accidents by month.",
    )
    return mo.vstack([slider, drawing])


def show_four(four_means: pd.DataFrame) -> mo.Html:
    """Return the four mean sales, thousand euros, as a table.

    Args:
        four_means: index law (0, 1), columns after (0, 1), thousand euros a month.
    """
    named = four_means.rename(index={0: "other shops", 1: "shops with the law"})
    named = named.rename(columns={0: "before (thousand euros)", 1: "after (thousand euros)"})
    return tidy.as_table(named.rename_axis("group").rename_axis(None, axis=1))


def slider_drift() -> mo.ui.slider:
    """Return the slider of the drift of the law's shops, thousand euros a month."""
    import marimo as mo

    return mo.ui.slider(-0.6, 0.6, 0.1, value=0, show_value=True, label="drift a month")


@functools.cache
def _events_template() -> dict[str, Any]:
    """Return the specification of an event study."""
    frame = pd.DataFrame(
        {"period": [-6, 0], "estimate": [0.0, 3], "low": [-1.0, 2], "high": [1.0, 4]}
    )
    months = alt.Axis(format="d", tickMinStep=1)
    base = alt.Chart(frame).encode(alt.X("period:Q", title=axis_title("period"), axis=months))
    scale = alt.Scale(domain=[-6, 10], clamp=True)
    y = alt.Y("low:Q", title=axis_title("difference"), scale=scale)
    blue = {"color": charts.ROLES["treated"]}
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(strokeWidth=2).encode(y="zero:Q")
    layers = [
        zero,
        _rule_at(-0.5, "law"),
        base.mark_rule(strokeWidth=3, **blue).encode(y, y2="high:Q"),
        base.mark_point(filled=True, size=110, opacity=1, **blue).encode(y="estimate:Q"),
    ]
    how = f"point and line: difference to the last month before, {CONFIDENCE}"
    return alt.layer(*layers).properties(title=alt.Title("", subtitle=how), height=160).to_dict()


def show_events(slider: Any, event_study: pd.DataFrame, exactly: Mapping[str, float]) -> mo.Html:
    """Return the slider above an event study, with what two estimators give on average.

    Args:
        slider: of the drift.
        event_study: columns period (0 the first with the law), estimate, low, high.
        exactly: did and event study, thousand euros.
    """
    import marimo as mo

    both = f"DiD {signed(exactly['did'])}, event study {signed(exactly['event study'])}"
    title = f"On average: {both}; true effect +3"
    drawing = charts.redraw(
        _events_template(),
        event_study[["period", "estimate", "low", "high"]].round(3),
        title=title,
        words=f"{title}. Differences of the groups by month, against the last one before the law.",
    )
    return mo.vstack([slider, drawing])


WHO = {"California": "treated", "mean state": "control", "synthetic": "counterfactual"}


def chart_california(
    california: pd.Series, mean_state: pd.Series, synthetic: pd.Series
) -> alt.LayerChart:
    """Return sales of cigarettes in California, in the mean state and in the synthetic one.

    Args:
        california: packs per head, by year.
        mean_state: likewise.
        synthetic: likewise.
    """
    lines = pd.DataFrame(
        {"California": california, "mean state": mean_state, "synthetic": synthetic}
    )
    frame = lines.rename_axis("year").reset_index().melt("year", var_name="who", value_name="packs")
    x = alt.X("year:Q", title=axis_title("year"), axis=YEARS)
    curve = _curves(frame, x, alt.Y("packs:Q", title=axis_title("packs")), WHO)
    last = lines.iloc[-1]
    own, other = number(last.iloc[0], 0), number(last.iloc[2], 0)
    title = f"In 2000: California {own} packs, its synthetic self {other}"
    words = (
        f"{title}. Packs per head by year in California, in the mean state, in the synthetic one."
    )
    chart = (curve + _rule_at(LAW_YEAR - 0.5, "law")).properties(title=title, height=195)
    return charts.describe(chart, words)


def chart_placebos(gaps: pd.DataFrame) -> alt.LayerChart:
    """Return the gap of each state, in the year by year, with California's on top.

    Args:
        gaps: index year, a column a state: packs, state minus its synthetic self.
    """
    squared, with_law = gaps**2, gaps.index >= LAW_YEAR
    ratio = squared[with_law].mean() / squared[~with_law].mean()
    place = int(ratio.rank(ascending=False)["California"])
    frame = gaps.rename_axis("year").reset_index().melt("year", var_name="state", value_name="gap")
    frame["role"] = np.where(frame["state"] == "California", "treated", "control")
    frame = frame[frame["gap"].abs() < 60].round(2)  # noqa: PLR2004 -- New Hampshire sold to others
    x = alt.X("year:Q", title=axis_title("year"), axis=YEARS)
    y = alt.Y("gap:Q", title=axis_title("gap"))
    parts = []
    for role, width, opacity in (("control", 1, 0.5), ("treated", 4, 1)):
        some = alt.Chart(frame[frame["role"] == role].drop(columns="role"))
        some = some.mark_line(strokeWidth=width, opacity=opacity, color=charts.ROLES[role])
        parts.append(some.encode(x, y, detail="state:N"))
    n = gaps.shape[1]
    title = f"California's ratio ranks {place} of {n}: p = {number(place / n, 3)}"
    words = (
        f"{title}. Gaps by year, one line a state, California's thick; beyond 60 packs left out."
    )
    chart = alt.layer(*parts, _rule_at(LAW_YEAR - 0.5, "law"))
    return charts.describe(chart.properties(title=title, height=250), words)


def chart_prior(california: pd.Series, packs: np.ndarray, donors: float) -> alt.LayerChart:
    """Return what the flat prior alone expects in the years before the law, and California's packs.

    Args:
        california: packs per head, by year.
        packs: drawn from the prior, shape (draw, year).
        donors: mean effective donors of the drawn weights.
    """
    low, high = np.transpose([tidy.hdi(each) for each in packs.T])
    mean = {"year": california.index, "packs": packs.mean(axis=0), "who": "prior mean"}
    band = pd.DataFrame({"year": california.index, "low": low, "high": high}).round(2)
    own = pd.DataFrame({"year": california.index, "packs": california, "who": "California"})
    x = alt.X("year:Q", title=axis_title("year"), axis=YEARS)
    y = alt.Y("packs:Q", title=axis_title("packs"), scale=alt.Scale(zero=False))
    roles = {"California": "treated", "prior mean": "prior"}
    curve = _curves(pd.concat([own, pd.DataFrame(mean)]), x, y, roles)
    area = alt.Chart(band).mark_area(opacity=0.25, color=charts.ROLES["prior"])
    title = f"In {california.index[-1]} California sold {number(california.iloc[-1], 0)} packs; "
    title += f"the prior alone expects {number(packs[:, -1].mean(), 0)}"
    how = f"band: {POSTERIOR} of drawn packs; {number(donors, 0)} of 38 donors count"
    chart = area.encode(x, alt.Y("low:Q"), y2="high:Q") + curve
    head = alt.Title(title, subtitle=how)
    return charts.describe(chart.properties(title=head, height=250), f"{title}; {how}. By year.")


def slider_concentration() -> mo.ui.slider:
    """Return the slider of the Dirichlet prior's concentration, over the stored ones."""
    import marimo as mo

    return mo.ui.slider(
        steps=list(CONCENTRATIONS), value=1.0, show_value=True, label="concentration a"
    )


@functools.cache
def _priors_template() -> dict[str, Any]:
    """Return the specification of gaps by year with a band, and of two horizontal lines."""
    frame = pd.DataFrame(
        {"year": [1970, 2000], "gap": [0.0, -20], "low": [-5.0, -25], "high": [5.0, -15]}
    )
    base = alt.Chart(frame).encode(alt.X("year:Q", title=axis_title("year"), axis=YEARS))
    scale = alt.Scale(domain=[-60, 20], clamp=True)
    y = alt.Y("low:Q", title=axis_title("gap"), scale=scale)
    blue = {"color": charts.ROLES["treated"]}
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(strokeWidth=2).encode(y="zero:Q")
    layers = [
        zero,
        base.mark_area(opacity=0.25, **blue).encode(y, y2="high:Q"),
        base.mark_line(strokeWidth=3, **blue).encode(y="gap:Q"),
        _rule_at(LAW_YEAR - 0.5, "law"),
    ]
    return alt.layer(*layers).properties(title=alt.Title("", subtitle=""), height=110).to_dict()


def show_priors(slider: Any, priors: pd.DataFrame) -> mo.Html:
    """Return the slider above California's gap under that prior.

    Args:
        slider: of the concentration.
        priors: one row a concentration; columns concentration, effect, lower, upper, pre_rmse
            (packs), donors, and for each year gap_YEAR, low_YEAR, high_YEAR (packs).
    """
    import marimo as mo

    row = priors.iloc[(priors["concentration"] - slider.value).abs().argmin()]
    years = range(1970, 2001)
    frame = pd.DataFrame(
        {"year": years}
        | {k: [row[f"{k}_{year}"] for year in years] for k in ("gap", "low", "high")}
    )
    title = f"a = {number(slider.value, 1)}: effect {signed(row['effect'], 1)} packs"
    ends = f"{POSTERIOR} {signed(row['lower'], 1)} to {signed(row['upper'], 1)}"
    told = f"{ends}; misses before the law by {number(row['pre_rmse'], 1)} packs; "
    told += f"{number(row['donors'], 0)} donors count"
    drawing = charts.redraw(
        _priors_template(),
        frame,
        title=title,
        subtitle=told,
        words=f"{title}, {told}. Gap by year with its {POSTERIOR}.",
    )
    return mo.vstack([slider, drawing])


def chart_drift(
    series: pd.DataFrame, without: Mapping[str, np.ndarray], effects: pd.DataFrame
) -> alt.LayerChart:
    """Return the drifting series and what two models expect without the law, with their intervals.

    Args:
        series: columns month, index (points).
        without: name of the model -> draws of the index without the law, shape (draw, month after).
        effects: columns label, mean, lower, upper: mean effect, points.
    """
    roles = dict(zip(("observed", *without), ("control", "naive", "counterfactual"), strict=True))
    parts = [pd.DataFrame({"month": series["month"], "points": series["index"], "who": "observed"})]
    for who, draws in without.items():
        low, high = np.transpose([tidy.hdi(each) for each in draws.T])
        later = {"month": series["month"].to_numpy()[-draws.shape[1] :], "who": who}
        parts.append(
            pd.DataFrame({**later, "points": draws.mean(axis=0), "low": low, "high": high})
        )
    x = alt.X("month:Q", title=axis_title("month"))
    y = alt.Y("points:Q", title=axis_title("series"), scale=alt.Scale(zero=False))
    curve = _curves(
        pd.concat(parts[:1] + [part[["month", "points", "who"]] for part in parts[1:]]), x, y, roles
    )
    bands = [
        alt.Chart(part[["month", "low", "high"]].round(2))
        .mark_area(opacity=0.2, color=charts.ROLES[roles[who]])
        .encode(x, alt.Y("low:Q"), y2="high:Q")
        for who, part in zip(without, parts[1:], strict=True)
    ]
    told = "; ".join(
        f"{row.label} {signed(row.mean, 1)} ({signed(row.lower, 1)} to {signed(row.upper, 1)})"
        for row in effects.itertuples()
    )
    title, how = f"Mean effect: {told}", f"in brackets, and bands: {POSTERIOR}; truth −1.85"
    head = alt.Title(charts.wrap(title), subtitle=how)
    chart = alt.layer(*bands, curve, _rule_at(73.5, "law")).properties(title=head, height=240)
    return charts.describe(chart, f"{title}; {how}. The series by month, and two forecasts of it.")


def sliders_staggered() -> tuple[mo.ui.slider, mo.ui.slider]:
    """Return the sliders of an effect's growth a month, and of how many units never start."""
    import marimo as mo

    growth = mo.ui.slider(0, 2, 0.25, value=1, show_value=True, label="growth of the effect")
    never = mo.ui.slider(0, 30, 10, value=0, show_value=True, label="units that never start")
    return growth, never


@functools.cache
def _staggered_template(labels: tuple[str, ...]) -> dict[str, Any]:
    """Return the specification of a point for each label."""
    base = alt.Chart(pd.DataFrame({"label": labels, "effect": 1.0})).encode(
        alt.Y("label:N", sort=list(labels), title=None),
        alt.X("effect:Q", title=axis_title("staggered"), scale=alt.Scale(domain=[-2, 10])),
    )
    marks = base.mark_point(filled=True, size=170, opacity=1, color=charts.ROLES["adjusted"])
    text = base.mark_text(dy=-16, fontSize=14).encode(text=alt.Text("effect:Q", format="+.2f"))
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(strokeWidth=2).encode(x="zero:Q")
    return (zero + marks + text).properties(title=alt.Title(""), height=136).to_dict()


def show_staggered(growth: Any, never: Any, answers: pd.DataFrame) -> mo.Html:
    """Return both sliders above the answers.

    Args:
        growth: slider.
        never: slider.
        answers: columns label, effect (index points): the truth, TWFE, imputation.
    """
    import marimo as mo

    truth, twfe = answers["effect"].iloc[:2]
    title = f"Mean effect {signed(truth)}, TWFE {signed(twfe)}"
    told = "; ".join(f"{row.label} {signed(row.effect)}" for row in answers.itertuples())
    drawing = charts.redraw(
        _staggered_template(tuple(answers["label"])),
        answers.round(3),
        title=title,
        words=f"{title}. Effects of a law that starts at different times: {told}.",
    )
    return mo.vstack([mo.hstack([growth, never], justify="start"), drawing])


def chart_laws(laws: pd.DataFrame) -> alt.LayerChart:
    """Return the placebo laws' estimates with their intervals, in the order of their starts.

    Args:
        laws: columns estimate, error (deaths a month), one row a law.
    """
    half = _z() * laws["error"]
    frame = pd.DataFrame({"law": range(1, len(laws) + 1), "estimate": laws["estimate"]})
    frame = frame.assign(low=laws["estimate"] - half, high=laws["estimate"] + half).round(0)
    base = alt.Chart(frame).encode(alt.X("law:Q", title=axis_title("law")))
    y = alt.Y("low:Q", title=axis_title("deaths"))
    pink = {"color": charts.ROLES["naive"]}
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(strokeWidth=2).encode(y="zero:Q")
    lines = base.mark_rule(strokeWidth=2, **pink).encode(y, y2="high:Q")
    points = base.mark_point(filled=True, size=40, opacity=1, **pink).encode(y="estimate:Q")
    title = alt.Title("Effects of laws that nobody made", subtitle=f"line: {CONFIDENCE}")
    chart = (zero + lines + points).properties(title=title, height=230)
    words = f"Effects of {len(laws)} invented laws, each with its {CONFIDENCE}, in deaths a month."
    return charts.describe(chart, words)


# Judges ------------------------------------------------------------------------------------------


def near(wrong: float, within: float) -> Callable[[Any], bool]:
    """Return whether an answer is this wrong number (a predicate for a hint)."""
    return lambda value: abs(float(value) - wrong) <= within


def judge_1(on_average: Any, true_effect: float) -> checks.Check:
    """Return the verdict on exercise 1: before and after, with a shorter record before.

    Args:
        on_average: the answer, one of three texts.
        true_effect: accidents a month.
    """
    return checks.choice(
        on_average,
        "about -19",
        ["about -10", "about -19", "about -22"],
        hints=[
            ("about -10", "That is the law alone. What would the trend have done without it?"),
            (
                "about -22",
                "That is what 60 months before give. Where does the middle of the last 36 lie?",
            ),
            "The middle of months 25 to 60 is 42.5, that of 61 to 96 is 78.5.",
        ],
        why=f"The middles lie 36 months apart, and 36 × −0.25 = −9; with the law's "
        f"{signed(true_effect, 0)} that is −19. With all 60 months before they lie 48 apart: −22. "
        "The law is the same; the season has no part in it, as all spans are whole years.",
    )


def judge_2(honest_error: Any, x: np.ndarray, rho: float) -> checks.Check:
    """Return the verdict on exercise 2: the standard deviation of a weighted sum of months.

    Args:
        honest_error: the answer; right: accidents a month, within 0.005.
        x: the regression's columns, the law's last, shape (month, column).
        rho: correlation from month to month; the noise has standard deviation 6.
    """
    weights = np.linalg.lstsq(x, np.eye(len(x)), rcond=None)[0][-1]
    months = np.arange(len(x))
    covariance = 36 * rho ** np.abs(months[:, None] - months[None, :])
    truth = float(np.sqrt(weights @ covariance @ weights))
    alone = float(np.sqrt(36 * weights @ weights))
    mean_noise = float(np.sqrt(covariance.sum()) / len(x))
    return checks.close(
        honest_error,
        truth,
        tolerance=0.005,
        hints=[
            (near(truth**2, 0.01), "That is the variance; its root is asked for."),
            (
                near(alone, 0.005),
                "That counts each month alone; months that move together count too.",
            ),
            (
                near(alone**2, 0.01),
                "The variance of months counted alone: pairs and a root are missing.",
            ),
            (near(mean_noise, 0.005), "That is the error of the plain mean; weigh the months."),
            (near(6, 1e-9), "6 is the noise of one month; the step is a weighted sum of 96."),
            (lambda value: np.size(value) > 1, "One number is asked for: sum over all pairs."),
            "Var(w·u) = w·Σ·w, a sum over all pairs of months. Then the root.",
        ],
        why=f"{number(truth)} accidents, where independent months would give {number(alone)}. What "
        "the pairs add is what the least-squares error leaves out.",
    )


def judge_3(did: Any, four_means: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 3: the difference of two differences.

    Args:
        did: the answer; right: thousand euros, within 0.005.
        four_means: index law (0, 1), columns after (0, 1), thousand euros.
    """
    m = four_means.to_numpy()
    own, other = m[1, 1] - m[1, 0], m[0, 1] - m[0, 0]
    truth, level_after, level_before = own - other, m[1, 1] - m[0, 1], m[1, 0] - m[0, 0]
    small = 0.004
    return checks.close(
        did,
        float(truth),
        tolerance=0.005,
        hints=[
            (
                near(level_after, small),
                "The groups differed before the law too: that is still in it.",
            ),
            (near(level_before, small), "That is the difference before the law; take it away."),
            (near(own, small), "Before and after alone: what did the others go through meanwhile?"),
            (near(other, small), "That is what the others went through; take it from ours."),
            (near(-truth, small), "The sign is turned: with the law minus without."),
            (
                near(level_after + level_before, small),
                "Take the earlier difference away, don't add it.",
            ),
            "Two differences: after minus before in each group, or group minus group at each time.",
        ],
        why=f"{signed(truth)} thousand euros. The law's shops sold "
        f"{number(level_before)} more already before; levels may differ, changes may not.",
    )


def _ranks_of(answer: Any, gaps: pd.DataFrame, year: int) -> pd.Series:
    """Return what the learner's function gives, as numbers by state.

    Raises:
        TypeError: it is no function, or gives no Series.
    """
    if not callable(answer):
        raise TypeError("a function of gaps and year is expected")
    found = answer(gaps.copy(), year)
    if found is None or found is ...:
        raise checks.Unanswered("Write the body of the function.")
    if not isinstance(found, pd.Series):
        raise TypeError("a Series, one rank a state, is expected")
    return found.astype(float)


def toy_gaps() -> pd.DataFrame:
    """Return gaps of four states in six years, law in the fourth: ranks 3, 1, 2, 4 by hand."""
    return pd.DataFrame(
        {
            "A": [2.0, -2, 2, 4, -4, 4],
            "B": [1.0, -1, 1, 5, 5, -5],
            "C": [3.0, -3, 3, 9, 9, 9],
            "D": [8.0, 8, 8, 8, 8, 8],
        },
        index=pd.Index([1, 2, 3, 4, 5, 6], name="year"),
    )


def judge_4(placebo_ranks: Any, gaps: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 4: ranks of the ratios, after the law over before it.

    Args:
        placebo_ranks: the answer, a function of gaps (year by state, packs) and a year.
        gaps: of all states, for the text.
    """
    toy, right = toy_gaps(), {"A": 3, "B": 1, "C": 2, "D": 4}

    def gives(wanted: Mapping[str, float]) -> Callable[[Any], bool]:
        return lambda answer: bool(
            np.allclose(_ranks_of(answer, toy, 4).reindex(list(wanted)), list(wanted.values()))
        )

    def rightly(answer: Any) -> bool | str:
        found = _ranks_of(answer, toy, 4)
        if set(found.index) != set(toy):
            return "One rank for every state is expected, the one with the law too."
        return bool(np.allclose(found[list(right)], list(right.values())))

    share = (gaps**2)[gaps.index >= LAW_YEAR].mean() / (gaps**2)[gaps.index < LAW_YEAR].mean()
    place, n = int(share.rank(ascending=False).get("California", 0)), gaps.shape[1]
    return checks.holds(
        placebo_ranks,
        rightly,
        hints=[
            (
                gives({"A": 2, "B": 4, "C": 3, "D": 1}),
                "The wrong end: the largest ratio ranks first.",
            ),
            (
                gives({"A": 4, "B": 3, "C": 1, "D": 2}),
                "That ranks the gaps after the law alone; divide by those before.",
            ),
            (gives({"A": 3, "B": 4, "C": 2, "D": 1}), "That ranks the misses before the law."),
            (gives({"A": 3, "B": 2, "C": 1, "D": 4}), "Square before you take means."),
            (
                lambda answer: np.allclose(_ranks_of(answer, toy, 4)[list(right)], [4, 25, 9, 1]),
                "Those are the ratios; rank them.",
            ),
            (
                lambda answer: np.allclose(_ranks_of(answer, toy, 4)[list(right)], [2, 0, 1, 3]),
                "Ranks begin with 1: the smallest p there is is one over the number of states.",
            ),
            "Square; mean over the years from `year` on, over the mean of those before; rank.",
        ],
        why=f"California's ratio ranks {place} of {n}: p = {number(place / n, 3)}, and the "
        f"smallest that could be is {number(1 / n, 3)}. The published 0.026 is the rank of "
        "another procedure, with covariates: name the procedure.",
    )


def judge_5(flat_reports: Any) -> checks.Check:
    """Return the verdict on exercise 5: what a flat forecast reports when the world drifts.

    Args:
        flat_reports: the answer; right: index points, within 0.01.
    """
    true, small = -50 / 27, 0.01
    return checks.close(
        flat_reports,
        true + 0.25 * 14,
        tolerance=small,
        hints=[
            (
                near(true, small),
                "That is the truth. How far has the drift carried the series meanwhile?",
            ),
            (
                near(true - 0.25 * 14, small),
                "The series rises above a flat forecast: that adds to the effect.",
            ),
            (near(0.25 * 14, small), "That is the drift alone; the law's effect comes on top."),
            (
                near(true + 0.25 * 27, small),
                "Only the last month is 27 ahead; the mean month is nearer.",
            ),
            (near(true + 0.25 * 13, small), "The first month after is one month ahead, not none."),
            (near(true + 0.25, small), "The drift adds up, month after month."),
            "Observed minus forecast = effect + what the drift has added. Average over 1 to 27.",
        ],
        why="−1.85 + 0.25 × 14 = +1.65: the sign turns. The model says that the world is flat, "
        "and calls the drift an effect.",
    )


def judge_6(twfe_weights: Any) -> checks.Check:
    """Return the verdict on exercise 6: weights of two-way fixed effects, two units, three periods.

    Args:
        twfe_weights: the answer; right: shape (2, 3).
    """
    law = np.array([[0.0, 1, 1], [0, 0, 1]])
    by_unit = law - law.mean(axis=1, keepdims=True)
    by_period = law - law.mean(axis=0)
    both = by_unit - law.mean(axis=0) + law.mean()

    def same(wrong: np.ndarray) -> Callable[[Any], bool]:
        return lambda value: np.allclose(np.asarray(value, float), wrong, atol=SMALL)

    def scaled(left: np.ndarray) -> np.ndarray:
        return left / np.sum(left**2)

    no_grand = by_unit - law.mean(axis=0)
    return checks.close(
        twfe_weights,
        scaled(both),
        tolerance=1e-4,
        hints=[
            (same(both), "That is what is left; divide it by its sum of squares."),
            *[
                (same(w), "The overall mean was taken twice: put it back.")
                for w in (no_grand, scaled(no_grand))
            ],
            *[
                (same(w), "One demeaning only, by unit: the periods' means are still there.")
                for w in (by_unit, scaled(by_unit))
            ],
            *[
                (same(w), "One demeaning only, by period: the units' means are still there.")
                for w in (by_period, scaled(by_period))
            ],
            (same(-scaled(both)), "The sign is turned."),
            (
                same(law / law.sum()),
                "That is the mean over cells with the law; a regression weighs otherwise.",
            ),
            "left = law − unit mean − period mean + overall mean; weights = left / sum(left²).",
        ],
        why="Unit 1 in period 3 has the law and the weight −½: it stands in for unit 2. With "
        "effects 1 and 4 in unit 1 and 1 in unit 2 the mean is +2 and the coefficient −½. The "
        "weights of cells with the law sum to one, and may be negative.",
    )


def judge_7(banks_saved: Any, mean: pd.Series) -> checks.Check:
    """Return the verdict on exercise 7: a contrast, read off coefficients.

    Args:
        banks_saved: the answer; right: banks, within 0.05.
        mean: posterior mean of each coefficient, banks, by name.
    """
    own, other = float(mean["post_atlanta"]), float(mean["post_st_louis"])
    small = 0.04
    return checks.close(
        banks_saved,
        own - other,
        tolerance=0.05,
        hints=[
            (
                near(own, small),
                "One coefficient of a design that has not full rank: the prior decides it.",
            ),
            (near(other, small), "That is St. Louis alone; compare the two districts."),
            (near(other - own, small), "The sign is turned: Atlanta minus St. Louis."),
            (near(own + other, small), "A contrast is a difference, not a sum."),
            (near((own + other) / 2, small), "A contrast is a difference, not a mean."),
            (
                near(float(mean["atlanta"] - mean["st_louis"]), small),
                "Those are the levels before; compare what `post` did.",
            ),
            "What `post` did in Atlanta, less what it did in St. Louis.",
        ],
        why=f"{signed(own - other, 1)} banks, and nearly the same under any wide prior; the "
        f"coefficient alone, {signed(own, 1)}, moves with the prior.",
    )


def judge_8(false_alarms: Any, laws: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 8: the share of placebo laws whose interval leaves zero out.

    Args:
        false_alarms: the answer; right: a share, within 0.002.
        laws: columns estimate, error (deaths a month).
    """
    ratio = laws["estimate"] / laws["error"]
    truth, n = float((ratio.abs() > _z()).mean()), len(laws)
    small = 0.002
    return checks.close(
        false_alarms,
        truth,
        tolerance=small,
        hints=[
            (
                near(1 - truth, small),
                "Those are the intervals that hold zero; the others are asked for.",
            ),
            (near(truth * n, 0.4), "That is the number of laws; a share of the 97 is asked for."),
            (near(100 * truth, 0.3), "Right in per cent; a share between 0 and 1 is asked for."),
            (
                near(float((ratio > _z()).mean()), small),
                "One direction only: laws that seem to save lives count too.",
            ),
            (
                near(float((ratio < -_z()).mean()), small),
                "One direction only: laws that seem to kill count too.",
            ),
            (
                near(0.06, small),
                f"A true {percent(tidy.HDI_PROB)} would give that; count what these intervals do.",
            ),
            (
                near(float((ratio.abs() > 1).mean()), small),
                "An interval goes Z errors to each side, not one.",
            ),
            (
                lambda value: np.size(value) == n,
                "One number is asked for: the mean of the yes and no.",
            ),
            "Zero is outside where |estimate| > Z · error. The mean of True and False is a share.",
        ],
        why=f"{percent(truth)}, where 6 in 100 were promised. One law is one draw; a "
        "neighbour's window holds almost the same months, so 97 laws are far fewer looks.",
    )
