"""Drawings and judges of notebook 04, "Did the new page convert better?".

Plain functions of what the page has computed: no model, prior, likelihood, estimand or decision
rule. Lifts are shares (0.1 is 10 %), rates shares of visitors, losses euros a year.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import altair as alt
import marimo as mo
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import as_table, number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

AXES = {
    "rate": ("buying rate", "% of visitors"),
    "lift": ("relative lift", "%"),
    "posterior": ("posterior lift", "%"),
    "density": ("density", "per unit of lift"),
    "gap": ("buyers on the new page minus buyers on the old one", "of 10,000 each"),
    "lift_sd": ("prior sd of the lift", "%"),
    "scale": ("scale of the lifts of working tests", "%"),
    "broken": ("P(ours is broken)", "%"),
    "visitors": ("visitors", "per page"),
    "claims": ("claims", "% of experiments"),
    "ends": ("this claim", "% of experiments"),
    "looks": ("looks", "until 20,000 visitors per page"),
    "false": ("false positives", "%"),
    "change": ("change", "number"),
    "p": ("p", "probability"),
    "spend": ("effect on spending", "€10"),
    "estimate": ("estimated effect", "€10"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

LEVEL = f"{percent(tidy.HDI_PROB)} HDI"
PRIOR_ROLES = {"flat": "naive", "independent": "prior", "correlated": "adjusted"}
"""The three priors of the notebook, each with its colour."""


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


def gain(lift: float, digits: int = 0) -> str:
    """Return a lift as text, in per cent, with its sign."""
    return f"{signed(100 * float(lift), digits)} %"


def probability(value: float) -> str:
    """Return a probability as text; never a rounded 0 or 1."""
    if value > 0.999:  # noqa: PLR2004
        return "> 0.999"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004


def seen_share(rate: float, n: int, digits: int = 1) -> str:
    """Return the share of n simulated cases as text: `none of 700` where none was seen."""
    return percent(rate, digits) if rate > 0 else f"none of {n:,}"


def slider(start: float, stop: float, step: float, value: float, label: str) -> Any:
    """Return a slider that shows its value; the label carries the unit."""
    return mo.ui.slider(start, stop, step, value=value, show_value=True, label=label)


def steps(values: Sequence[float], value: float, label: str) -> Any:
    """Return a slider over these values; the label carries the unit."""
    return mo.ui.slider(steps=list(values), value=value, show_value=True, label=label)


after = checks.after


# Sums over a grid --------------------------------------------------------------------------------


def unlog(log_density: np.ndarray) -> np.ndarray:
    """Return densities up to a factor, each row's highest value 1: shape (rows, points)."""
    return np.exp(log_density - log_density.max(axis=1, keepdims=True))


def cumulate(mass: np.ndarray) -> np.ndarray:
    """Return P(value <= grid point) of every row, shape (rows, points), from 0 to 1.

    Sums by the trapezoid's rule with the first term of Euler and Maclaurin's correction (Davis &
    Rabinowitz 1984, Methods of Numerical Integration).

    Args:
        mass: densities up to a factor on an even grid, shape (rows, points), 3 points or more; each
            row is positive somewhere and next to nothing at both ends. A row of zeros gives NaN.
    """
    below = np.cumsum(mass, axis=1) - mass / 2
    below[:, 1:-1] -= (mass[:, 2:] - mass[:, :-2]) / 24  # the trapezoid's error (Euler, Maclaurin)
    below -= below[:, :1].copy()
    return np.clip(below / below[:, -1:], 0, 1)


def quantile_of(cdf: np.ndarray, values: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function: probabilities (rows, m) -> values (rows, m), for all rows at once.

    Row i is moved up by 2 i, so that one interpolation serves them all.

    Args:
        cdf: P(value <= each of `values`), shape (rows, points), each row rising from 0 to 1.
        values: shape (points,), rising.

    Raises:
        ValueError: the function gets probabilities of another number of rows than `cdf` has.
    """
    rows = 2.0 * np.arange(len(cdf))[:, None]
    heights, every = (rows + cdf).ravel(), np.tile(values, len(cdf))
    return lambda share: np.interp(rows + share, heights, every)


def shortest(cdf: np.ndarray, values: np.ndarray, prob: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends (lower, upper) of every row's highest-density interval, shape (rows,).

    The shortest interval that holds `prob`, which is the HDI where a density has one peak (Hyndman
    1996, The American Statistician 50(2), doi:10.1080/00031305.1996.10474359): 13 starts, then the
    lowest point of a parabola through the three best.

    Args:
        cdf: P(value <= each of `values`), shape (rows, points), each row rising from 0 to 1.
        values: shape (points,), rising.
        prob: what the interval holds, between 0 and 1.

    Raises:
        ValueError: `prob` is not between 0 and 1.
    """
    if not 0 < prob < 1:
        raise ValueError(f"prob is between 0 and 1; got {prob}.")
    quantile, starts = quantile_of(cdf, values), np.linspace(0, 1 - prob, 13)
    widths = quantile(starts + prob) - quantile(starts)
    best = np.clip(widths.argmin(axis=1), 1, 11)[:, None]
    left, here, right = (np.take_along_axis(widths, best + step, 1) for step in (-1, 0, 1))
    bend = np.maximum(left - 2 * here + right, 1e-12)  # a parabola through the three best
    start = (best + np.clip((left - right) / (2 * bend), -1, 1)) * starts[1]
    return quantile(start)[:, 0], quantile(start + prob)[:, 0]


def chance_above(cdf: np.ndarray, values: np.ndarray, threshold: float) -> np.ndarray:
    """Return P(value > threshold) of every row, shape (rows,)."""
    at = int(np.clip(np.searchsorted(values, threshold), 1, len(values) - 1))
    share = np.clip((threshold - values[at - 1]) / (values[at] - values[at - 1]), 0, 1)
    return 1 - (cdf[:, at - 1] * (1 - share) + cdf[:, at] * share)


def grid_of(true_lift: float, hits: float, prior: str, points: int = 121) -> np.ndarray:
    """Return an even grid of log(1 + lift) that the posteriors of one true lift fit into.

    Args:
        true_lift: a share.
        hits: expected buyers of a page.
        prior: one on the lift, "correlated", keeps posteriors between −88 % and +120 %.
        points: of the grid.
    """
    reach = 7 * np.sqrt(1 / hits + 1 / (hits * (1 + true_lift)))
    ends = np.array([min(0, np.log1p(true_lift)) - reach, max(0, np.log1p(true_lift)) + reach])
    if prior == "correlated":
        ends = np.clip(ends, np.log(0.12), np.log(2.2))
    return np.linspace(*ends, points)


def rate_with_error(rate: float, n: int) -> dict[str, float]:
    """Return a share of n simulated cases and its Monte Carlo standard error.

    The error is never quite zero: it is that of n + 2 cases, two of them imagined.
    """
    padded = (rate * n + 1) / (n + 2)
    return {"rate": rate, "monte_carlo_se": np.sqrt(padded * (1 - padded) / n)}


# Charts ------------------------------------------------------------------------------------------


def _template(chart: Any, height: int) -> dict[str, Any]:
    """Return a chart's specification to `charts.redraw`, with room for a title."""
    return chart.properties(title=alt.Title("", subtitle=""), height=height).to_dict()


def _colour(role: str) -> Any:
    """Return the colour of a role as the value of an encoding."""
    return alt.value(charts.ROLES[role])


def _curves(
    frame: pd.DataFrame,
    roles: Mapping[str, str],
    *,
    x: alt.X,
    y: alt.Y,
    title: str,
    subtitle: str,
    height: int,
) -> alt.Chart:
    """Return one line per label; frame: label and the columns of x and y; roles: label -> role."""
    names = list(roles)
    dashes = [[1, 0], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2]]
    colours = alt.Scale(domain=names, range=[charts.ROLES[roles[name]] for name in names])
    legend = alt.Legend(orient="top", columns=2, symbolStrokeWidth=3, labelLimit=340)
    strokes = alt.Scale(domain=names, range=dashes[: len(names)])
    base = alt.Chart(frame).encode(
        x=x,
        y=y,
        color=alt.Color("label:N", title=None, scale=colours, legend=legend),
        strokeDash=alt.StrokeDash("label:N", title=None, scale=strokes),
    )
    chart = base.mark_line(strokeWidth=3, clip=True).properties(
        title=alt.Title(charts.wrap(title), subtitle=subtitle), height=height
    )
    return charts.describe(chart, f"{title}. {subtitle}. Lines: {', '.join(names)}.")


def chart_rates(experiment: pd.DataFrame, errors: pd.Series) -> alt.LayerChart:
    """Return the buying rate of each page as a bar, with two standard errors to both sides.

    Args:
        experiment: columns page ("old", "new"), visitors, conversions (people).
        errors: standard error of each rate, shares of visitors, shape (2,).
    """
    rate = experiment["conversions"] / experiment["visitors"]
    told = [
        f"{row.conversions:,} of {row.visitors:,}: {percent(row.conversions / row.visitors, 1)}"
        for row in experiment.itertuples()
    ]
    frame = pd.DataFrame({"page": experiment["page"], "rate": 100 * rate, "told": told})
    frame["lower"], frame["upper"] = (100 * (rate + sign * 2 * errors) for sign in (-1, 1))
    roles = {"old": "control", "new": "treated"}
    colours = alt.Scale(domain=list(roles), range=[charts.ROLES[role] for role in roles.values()])
    x = alt.X("rate:Q", title=axis_title("rate"), scale=alt.Scale(domain=[0, 5.5]))
    x = x.axis(tickCount=6)
    y = alt.Y("page:N", sort=list(roles), title="page")
    base = alt.Chart(frame).encode(x, y)
    bars = base.mark_bar(size=24).encode(alt.Color("page:N", scale=colours, legend=None))
    ends = base.mark_rule(strokeWidth=2).encode(x="lower:Q", x2="upper:Q")
    text = base.mark_text(align="left", dx=8, fontSize=15).encode(x="upper:Q", text="told:N")
    title = f"The new page sold {percent(rate.iloc[1] / rate.iloc[0] - 1)} more"
    words = f"{title}. Buying rates: old page {told[0]}, new page {told[1]}."
    headed = alt.Title(title, subtitle="line: the rate ± 2 standard errors")
    return charts.describe((bars + ends + text).properties(title=headed, height=50), words)


def _density(cdf: Callable[..., np.ndarray], prior: str, belief: Mapping[str, Any]) -> pd.DataFrame:
    """Return columns lift, density, label of a prior, by differences of its cdf."""
    edges = np.concatenate([np.linspace(-1, 1.5, 76), np.linspace(-0.1, 0.1, 41)])
    edges = np.unique(edges.round(6))  # finer near zero, where a narrow prior has its peak
    density = np.diff(cdf(edges, prior, **belief)) / np.diff(edges)
    return pd.DataFrame({"lift": (edges[1:] + edges[:-1]) / 2, "density": density, "label": prior})


def _small(table: pd.DataFrame) -> mo.Html:
    """Return a table in smaller type, for a slide that also holds a chart or another table."""
    return as_table(table).style({"zoom": "0.75"})


def show_priors(
    controls: Sequence[Any],
    cdf: Callable[..., np.ndarray],
    beliefs: Mapping[str, Mapping[str, Any]],
    tails: pd.DataFrame,
) -> mo.Html:
    """Return what three priors expect of the lift: sliders and densities.

    Args:
        controls: the sliders.
        cdf: of the page: (lifts, prior, **belief) -> P(lift <= each).
        beliefs: prior -> its parameters.
        tails: P(lift beyond ±size); rows: size, columns: prior.
    """
    three = ", ".join(percent(tails.loc[0.5, name]) for name in PRIOR_ROLES)
    chart = _curves(
        pd.concat([_density(cdf, prior, belief) for prior, belief in beliefs.items()]),
        PRIOR_ROLES,
        x=alt.X("lift:Q", title=axis_title("lift"), axis=alt.Axis(format="+.0%")),
        y=alt.Y("density:Q", title=axis_title("density")),
        title=f"Lift of 50 % or more, up or down: {three}",
        subtitle="flat, independent, correlated; what each prior expects of the lift",
        height=200,
    )
    return mo.vstack([mo.hstack(list(controls), justify="start", wrap=True), chart])


def table_of_tails(tails: pd.DataFrame) -> mo.Html:
    """Return how often each prior expects a lift beyond each size, as a table.

    Args:
        tails: P(lift beyond ±size); rows: size, columns: prior.
    """
    table = tails.T.map(probability).rename_axis("prior").reset_index()
    table.columns = ["prior", *[f"beyond ±{percent(size)}" for size in tails.index]]
    return as_table(table)


def chart_gaps(
    gaps: Any,
    gap_seen: int,
    n_as_large: int,
    label: str = "invented tests",
    role: str = "prior",
    height: int = 200,
) -> alt.LayerChart:
    """Return the gaps between the pages in simulated tests, with that of our test.

    Args:
        gaps: buyers on the new page minus buyers on the old one, any shape.
        gap_seen: of our test, in buyers.
        n_as_large: how many of the gaps are as large.
        label: what the tests are called.
        role: of their curve.
        height: of the chart, in pixels.
    """
    frame = pd.DataFrame({"label": label, "value": np.ravel(gaps), "role": role})
    return charts.chart_density(
        frame,
        title=f"A gap of {gap_seen} or more: {n_as_large} of {np.size(gaps):,} {label}",
        unit=axis_title("gap"),
        truth=gap_seen,
        truth_label="our test",
    ).properties(height=height)


def chart_lift(lift: Any, raw_lift: float) -> alt.LayerChart:
    """Return the posterior of the lift beside the raw lift.

    Args:
        lift: draws, shares, any shape.
        raw_lift: a share.
    """
    values = 100 * np.ravel(lift)
    return charts.chart_density(
        pd.DataFrame({"label": "posterior", "value": values, "role": "adjusted"}),
        title=f"Lift {gain(values.mean() / 100)}; the dashboard says {gain(raw_lift)}",
        unit=axis_title("lift"),
        truth=100 * raw_lift,
        truth_label="raw lift",
    ).properties(height=160)


def chart_by_prior(by_prior: pd.DataFrame, raw_lift: float) -> alt.LayerChart:
    """Return the posterior lift by two routes and under other priors.

    Args:
        by_prior: columns label, mean, lower, upper (shares), role.
        raw_lift: a share.
    """
    scaled = by_prior.assign(**{c: 100 * by_prior[c] for c in ("mean", "lower", "upper")})
    return charts.chart_effect(
        scaled,
        title="Two routes, one posterior; other priors, other answers",
        unit=axis_title("posterior"),
        truth=100 * raw_lift,
        truth_label="raw lift",
        number_format="+.1f",
        truth_at_foot=False,
    ).properties(height=152)


@functools.cache
def _carry_template() -> dict[str, Any]:
    """Return the specification of the posterior lift against the prior's sd."""
    curve = pd.DataFrame({"lift_sd": [0.1, 0.2], "mean": 0.3, "lower": 0.1, "upper": 0.5})
    now = pd.DataFrame({"now_sd": [0.1], "now_mean": [0.3]})
    raw = pd.DataFrame({"raw": [0.75]})
    x = alt.X("lift_sd:Q", title=axis_title("lift_sd"), axis=alt.Axis(format=".0%"))
    axis = alt.Axis(format="+.0%")
    band = (
        alt.Chart(curve)
        .mark_area(opacity=0.2)
        .encode(x, alt.Y("lower:Q", title=axis_title("posterior"), axis=axis), y2="upper:Q")
    )
    line = alt.Chart(curve).mark_line(strokeWidth=3).encode(x, y="mean:Q")
    rule = alt.Chart(raw).mark_rule(strokeDash=[6, 4]).encode(y="raw:Q")
    dot = alt.Chart(now).mark_point(filled=True, size=200, shape="diamond", opacity=1)
    green = {"color": _colour("adjusted")}
    layers = alt.layer(
        band.encode(**green),
        rule,
        line.encode(**green),
        dot.encode(x="now_sd:Q", y="now_mean:Q", **green),
    )
    return _template(layers, 210)


def show_carry(control: Any, carries: pd.DataFrame, raw_lift: float) -> mo.Html:
    """Return the posterior lift against the prior's sd, below the slider that marks one.

    Args:
        control: the slider, in per cent.
        carries: columns lift_sd, mean, lower, upper (shares); the last row is where the slider is.
        raw_lift: a share.
    """
    columns = ["lift_sd", "mean", "lower", "upper"]
    here = carries.iloc[-1]
    now = pd.DataFrame({"now_sd": [here["lift_sd"]], "now_mean": [here["mean"]]})
    ends = f"{gain(here['lower'])} to {gain(here['upper'])}"
    title = f"Prior sd {percent(here['lift_sd'])}: lift {gain(here['mean'])} ({ends})"
    words = f"{title}. Posterior lift and its {LEVEL} against the prior's sd; raw lift as a rule."
    drawn = charts.redraw(
        _carry_template(),
        carries[columns].iloc[:-1].round(5),
        now,
        pd.DataFrame({"raw": [raw_lift]}),
        title=title,
        subtitle=f"band: {LEVEL}; dashes: the raw lift",
        words=words,
    )
    return mo.vstack([control, drawn])


TAILS = {"Normal": "normal", "Student's t, 3 degrees of freedom": "t"}
"""The tails of the lifts of working tests, by the name that the page shows."""


def pick_tail() -> Any:
    """Return the choice of the tails of the lifts of working tests: "normal" or "t"."""
    return mo.ui.dropdown(TAILS, value="Normal", label="their tails", allow_select_none=False)


@functools.cache
def _suspicion_template() -> dict[str, Any]:
    """Return the specification of P(broken) against the scale of usual lifts."""
    names = list(TAILS)
    curve = pd.DataFrame({"scale": [0.1, 0.2] * 2, "chance": 0.5, "label": np.repeat(names, 2)})
    now = pd.DataFrame({"now_scale": [0.1], "now_chance": [0.5]})
    colours = alt.Scale(domain=names, range=[charts.ROLES["naive"], charts.ROLES["treated"]])
    legend = alt.Legend(orient="top", title=None, labelLimit=340, symbolStrokeWidth=3)
    x = alt.X("scale:Q", title=axis_title("scale"), axis=alt.Axis(format=".0%"))
    y = alt.Y("chance:Q", title=axis_title("broken"), scale=alt.Scale(domain=[0, 1]))
    line = (
        alt.Chart(curve)
        .mark_line(strokeWidth=3)
        .encode(
            x,
            y.axis(format="%"),
            alt.Color("label:N", scale=colours, legend=legend),
            alt.StrokeDash("label:N", scale=alt.Scale(domain=names, range=[[1, 0], [8, 4]])),
        )
    )
    dot = alt.Chart(now).mark_point(filled=True, size=200, shape="diamond", opacity=1)
    dot = dot.encode(x="now_scale:Q", y="now_chance:Q", color=alt.value("#222222"))
    return _template(line + dot, 110)


def show_suspicion(
    controls: Sequence[Any], curve: pd.DataFrame, scale: float, chance: float
) -> mo.Html:
    """Return how P(broken) hangs on the prior for the lifts of working tests.

    Args:
        controls: the slider of the scale and the choice of the tails.
        curve: columns scale (a share), normal, t (P(broken) with these tails).
        scale: where the slider is, a share.
        chance: P(broken) there.
    """
    now = pd.DataFrame({"now_scale": [scale], "now_chance": [chance]})
    title = f"{controls[1].selected_key}, scale {percent(scale)}: P(broken) = {number(chance)}"
    words = f"{title}. {axis_title('broken')} against {axis_title('scale')}, for both tails."
    lines = curve.rename(columns={kind: name for name, kind in TAILS.items()})
    drawn = charts.redraw(
        _suspicion_template(),
        lines.melt("scale", var_name="label", value_name="chance").round(5),
        now,
        title=title,
        subtitle="1 test in 100 is broken; a raw lift of +75 %",
        words=words,
    )
    return mo.vstack([mo.hstack(list(controls), justify="start"), drawn])


def judged_table(judged: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers behind the verdicts as text.

    Args:
        judged: one row a test; columns better, worthwhile (probabilities), loss if shipped, loss if
            kept (euros a year), lower, upper (shares).
    """
    ends = [f"{gain(r.lower, 1)} to {gain(r.upper, 1)}" for r in judged.itertuples()]
    ends = [each.replace(" % to", " to") for each in ends]
    return pd.DataFrame(
        {
            "P(lift > 0)": judged["better"].map(probability),
            "P(lift > 5 %)": judged["worthwhile"].map(probability),
            "loss if shipped": [number(v, 0, "€") for v in judged["loss if shipped"]],
            "loss if kept": [number(v, 0, "€") for v in judged["loss if kept"]],
            LEVEL: ends,
        },
        index=judged.index,
    )


def show_tests(
    tests: Mapping[str, tuple[int, int, int]], judged: pd.DataFrame, said: pd.DataFrame
) -> mo.Html:
    """Return the numbers of each test, and what each rule says of it, as two tables.

    Args:
        tests: label -> (buyers old, buyers new, visitors a page).
        judged: see `judged_table`; its index are the labels.
        said: one row a test, one column a rule.
    """
    labels = [f"{k}: {a:,} and {b:,} of {n:,}" for k, (a, b, n) in tests.items()]
    numbers = judged_table(judged).set_axis(labels).rename_axis("test").reset_index()
    return mo.vstack([_small(numbers), _small(said.rename_axis("test"))], gap=0)


# Power -------------------------------------------------------------------------------------------

POWER_SHAPES = {"treated": "circle", "control": "square", "counterfactual": "triangle-up"}


def with_role(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the role of each true lift: gain, none or loss."""
    names = {-1: "counterfactual", 0: "control", 1: "treated"}
    return frame.assign(role=np.sign(frame["true_lift"]).map(names))


def curve_labels(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per true lift, where its name stands: at heights that keep neighbours apart.

    Args:
        frame: columns true_lift, n_per_arm, rate.
    """
    height = frame["true_lift"].map({-0.25: 0.6, -0.125: 0.8, 0.125: 0.4, 0.25: 0.45})
    far = (frame["rate"] - height.fillna(0.5)).abs()
    far = far.mask(frame["true_lift"] == 0, (frame["n_per_arm"] - 20_000).abs())
    rows = frame.loc[far.groupby(frame["true_lift"]).idxmin(), ["true_lift", "n_per_arm", "rate"]]
    rows = rows[(rows["rate"] > 0.03) | (rows["true_lift"] == 0)]  # noqa: PLR2004
    steep = rows["true_lift"].map(frame.groupby("true_lift")["rate"].max()) > 0.6  # noqa: PLR2004
    side = np.select([rows["true_lift"] >= 0, steep], ["below", "left"], "right")
    return rows.assign(text=[gain(w, 1) for w in rows["true_lift"]], side=side)


def _power_axes() -> tuple[alt.X, alt.Y]:
    """Return the axes of power against visitors, the latter on a log scale."""
    ticks = alt.Axis(format="~s", values=[100, 1000, 10_000, 80_000])
    scale = alt.Scale(type="log", domain=[100, 90_000])
    x = alt.X("n_per_arm:Q", title=axis_title("visitors"), axis=ticks, scale=scale)
    shares = alt.Scale(domain=[0, 1])
    y = alt.Y("rate:Q", title=axis_title("claims"), axis=alt.Axis(format="%"), scale=shares)
    return x, y


def _curve_names(labels: pd.DataFrame) -> list[alt.Chart]:
    """Return the names of the curves: of gains below their points, of losses beside."""
    x, y = _power_axes()
    names = alt.Chart(labels).encode(x, y, text="text:N")
    return [
        names.transform_filter(alt.datum.side == side).mark_text(dx=dx, dy=dy, align=align)
        for side, dx, dy, align in (
            ("left", -9, -8, "right"),
            ("right", 9, -8, "left"),
            ("below", 10, 12, "left"),
        )
    ]


@functools.cache
def power_template() -> dict[str, Any]:
    """Return the specification of power curves: thick with marks HDI + ROPE, dashes z-test."""
    some = pd.DataFrame({"true_lift": [0.0, 0.25], "n_per_arm": 1000, "rate": 0.5})
    x, y = _power_axes()
    colour = alt.Color("role:N", scale=charts.role_scale(*POWER_SHAPES), legend=None)
    shapes = alt.Scale(domain=list(POWER_SHAPES), range=list(POWER_SHAPES.values()))
    thick = alt.Chart(with_role(some.assign(monte_carlo_se=0.01)))
    thick = thick.encode(x, y, colour, detail="true_lift:N")
    thin = alt.Chart(with_role(some)).encode(x, y, colour, detail="true_lift:N")
    marks = thick.mark_point(filled=True, size=70, opacity=1)
    marks = marks.encode(shape=alt.Shape("role:N", scale=shapes, legend=None))
    far = alt.datum.monte_carlo_se * 2
    ends = thick.transform_calculate(low=alt.datum.rate - far, high=alt.datum.rate + far)
    low = alt.Y("low:Q", title=axis_title("claims"))
    errors = ends.mark_rule(strokeWidth=1.5, clip=True).encode(y=low, y2="high:Q")
    dashes = thin.mark_line(strokeWidth=1.5, strokeDash=[4, 4])
    names = _curve_names(curve_labels(some))
    return _template(alt.layer(dashes, thick.mark_line(strokeWidth=3), errors, marks, *names), 172)


POWER_COLUMNS = ["true_lift", "n_per_arm", "rate", "monte_carlo_se"]


def show_power(
    controls: Sequence[Any], power: pd.DataFrame, z_curves: pd.DataFrame, level: int, rope: int
) -> mo.Html:
    """Return power against visitors, below the sliders that move the rule.

    Args:
        controls: the sliders.
        power: columns `POWER_COLUMNS`, of the rule "HDI outside ROPE".
        z_curves: columns true_lift, n_per_arm, rate, of the z-test.
        level: of the HDI, in per cent.
        rope: half the width of the ROPE, in per cent.
    """
    at = power[power["n_per_arm"] == 40_000].set_index("true_lift")["rate"]  # noqa: PLR2004
    title = f"40,000 per page: {percent(at[0.125])} for +12.5 %, {percent(at[0.0], 1)} for no lift"
    subtitle = (
        f"thick: {level} % HDI outside ±{rope} % (± 2 standard errors); dashes: z-test, p < 0.05"
    )
    drawn = charts.redraw(
        power_template(),
        with_role(power[POWER_COLUMNS]),
        with_role(z_curves[["true_lift", "n_per_arm", "rate"]]),
        curve_labels(power),
        title=title,
        subtitle=subtitle,
        words=f"{title}. {subtitle}. Power against visitors per page for five true lifts.",
    )
    return mo.vstack([mo.hstack(list(controls), justify="start", wrap=True), drawn], gap=0)


def chart_assurance(assurance: pd.DataFrame, ceiling: float) -> alt.Chart:
    """Return the share of experiments that end with each claim, against the visitors.

    Args:
        assurance: columns n_per_arm, label (a claim), rate.
        ceiling: share of lifts beyond the ROPE under the prior.
    """
    y = alt.Y("rate:Q", title=axis_title("ends"), scale=alt.Scale(domain=[0, 1]))
    return _curves(
        assurance,
        {"HDI excludes 0": "naive", "HDI outside ROPE": "treated", "HDI inside ROPE": "control"},
        x=alt.X("n_per_arm:Q", title=axis_title("visitors"), axis=alt.Axis(format="~s")),
        y=y.axis(format="%"),
        title=f"Outside the ROPE: towards {percent(ceiling)}, with any number of visitors",
        subtitle=f"true lift drawn from Normal(0, 0.1); {LEVEL}, ROPE ±5 %",
        height=176,
    )


def chart_peeking(peeking: pd.DataFrame, n_worlds: int) -> alt.Chart:
    """Return false positives against the number of looks, one line a rule.

    Args:
        peeking: columns rule, looks, false_positive_rate.
        n_worlds: number of simulated experiments.
    """
    rules = list(peeking["rule"].unique())
    at = peeking[peeking["looks"] == 20].set_index("rule")["false_positive_rate"]  # noqa: PLR2004
    first, last = percent(at[rules[0]]), seen_share(at[rules[-1]], n_worlds)
    y = alt.Y("false_positive_rate:Q", title=axis_title("false"), axis=alt.Axis(format="%"))
    return _curves(
        peeking.rename(columns={"rule": "label"}),
        dict(zip(rules, ("naive", "treated", "adjusted", "control"), strict=True)),
        x=alt.X("looks:Q", title=axis_title("looks")),
        y=y,
        title=f"Twenty looks: p-value {first}, HDI + ROPE {last}",
        subtitle="no true lift; stop at the first claim",
        height=175,
    )


@functools.cache
def _month_template() -> dict[str, Any]:
    """Return the specification of twenty p-values and the line below which one is a success."""
    names = ["“success”", "nothing"]
    hues = alt.Scale(domain=names, range=[charts.ROLES["naive"], charts.ROLES["control"]])
    shapes = alt.Scale(domain=names, range=["diamond", "circle"])
    x = alt.X("change:O", title=axis_title("change"), axis=alt.Axis(labelAngle=0))
    y = alt.Y("p:Q", title=axis_title("p"), scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(pd.DataFrame({"change": [1], "p": 0.5, "verdict": "nothing"}))
    dots = base.mark_point(filled=True, size=150, opacity=1).encode(
        x,
        y,
        alt.Shape("verdict:N", scale=shapes, legend=None),
        alt.Color("verdict:N", scale=hues, legend=None),
    )
    rule = alt.Chart(pd.DataFrame({"line": [0.05]})).mark_rule(strokeDash=[6, 4])
    return _template(dots + rule.encode(y="line:Q"), 190)


def show_month(control: Any, p_values: np.ndarray) -> mo.Html:
    """Return the p-values of twenty changes that do nothing, below the slider of the month."""
    found = int((p_values < 0.05).sum())  # noqa: PLR2004
    said = np.where(p_values < 0.05, "“success”", "nothing")  # noqa: PLR2004
    dots = pd.DataFrame({"change": range(1, 1 + len(p_values)), "p": p_values.round(4)})
    title = f"Month {control.value}: {found} of {len(p_values)} changes below the line"
    words = f"{title}. p-values of changes that do nothing; diamonds lie below 0.05."
    drawn = charts.redraw(_month_template(), dots.assign(verdict=said), title=title, words=words)
    return mo.vstack([control, drawn])


def chart_cuped(table: pd.DataFrame, sd_ratio: float) -> alt.LayerChart:
    """Return the effect on spending by three analyses.

    Args:
        table: columns label, mean, lower, upper (€10): without the past, by hand, jointly.
        sd_ratio: posterior sd of the last over that of the first.
    """
    return charts.chart_effect(
        table.assign(role=["naive", "adjusted", "adjusted"]),
        title=f"Posterior sd {gain(sd_ratio - 1)}: the past takes noise away",
        unit=axis_title("spend"),
        truth=2,
    ).properties(height=140)


def _named_effects(effects: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Return columns label, value, role of estimated effects; label -> (worlds,)."""
    roles = ("naive", "adjusted", "counterfactual")
    parts = [
        pd.DataFrame({"label": label, "value": values, "role": role})
        for (label, values), role in zip(effects.items(), roles, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


@functools.cache
def _leak_template(labels: tuple[str, ...]) -> dict[str, Any]:
    """Return the specification of the densities of three kinds of estimates."""
    some = np.linspace(1, 3, 50)
    chart = charts.chart_density(
        _named_effects(dict.fromkeys(labels, some)), title="", unit=axis_title("estimate"), truth=2
    )
    return chart.properties(height=130).to_dict()


def show_leak(control: Any, effects: Mapping[str, np.ndarray]) -> mo.Html:
    """Return the estimates of many experiments, below the slider of the leak.

    Args:
        control: the slider.
        effects: no adjustment, measured before, measured during -> (worlds,), in €10.
    """
    means = {name: round(float(values.mean()), 2) for name, values in effects.items()}
    title = f"Measured during the test: mean {number(means['measured during'])}; truth 2"
    drawn = charts.redraw(
        _leak_template(tuple(effects)),
        charts.densities(_named_effects(effects)).round(5),
        title=title,
        words=f"{title}. Densities of estimated effects, 600 experiments, €10; means: {means}.",
    )
    return mo.vstack([control, drawn])


def show_plan(controls: Sequence[Any], n_plan: float, weeks: float) -> mo.Html:
    """Return a plan as a sentence for those who pay, below the sliders.

    Args:
        controls: sliders of buying rate, smallest lift (%) and traffic.
        n_plan: visitors per page.
        weeks: that the test takes.
    """
    n = max(int(np.ceil(weeks)), 1)
    advice = " Too long: pages and customers change meanwhile. Test something bolder."
    sentence = (
        f"> **For those who pay:** with {number(n_plan, 0)} visitors per page, in {n:,} "
        f"week{'s' if n > 1 else ''}, we can tell a lift of {controls[1].value} % from nothing in "
        f"8 of 10 such tests (z-test).{advice if weeks > 12 else ''}"  # noqa: PLR2004
    )
    return mo.vstack([mo.hstack(list(controls), wrap=True), mo.md(sentence)])


# Judges ------------------------------------------------------------------------------------------


def within(low: float, high: float) -> Callable[[Any], bool]:
    """Return a predicate for a hint: is the answer at least `low` and below `high`?"""
    return lambda value: low <= float(value) < high


def judge_1(flat_belief: Any) -> checks.Check:
    """Return the verdict on exercise 1: how often does a flat prior expect a lift beyond 50 %?

    Args:
        flat_belief: the answer, one of four texts.
    """
    return checks.choice(
        flat_belief,
        "about 60 %",
        ["about 5 %", "about 20 %", "about 60 %", "it has no opinion"],
        hints=[
            (
                "about 5 %",
                "That would be a belief in small lifts. Draw two numbers between 0 and 1.",
            ),
            ("about 20 %", "More. One draw in four alone has the new rate below half of the old."),
            (
                "it has no opinion",
                "Every prior on two rates implies one on their ratio. Simulate it.",
            ),
            "Draw p0 and p1 from 0 to 1, often. How often is p1 / p0 above 1.5 or below 0.5?",
        ],
        why="Exactly 7 in 12. A flat prior on the rates expects huge lifts as a rule.",
    )


def _densities(seen: float, noise: float, lift_sd: float) -> tuple[float, float]:
    """Return the density of a raw log-lift if the test works, and if it is broken."""
    spreads = np.hypot([lift_sd, 0.5], noise)
    works, broken = np.exp(-((seen / spreads) ** 2) / 2) / spreads
    return float(works), float(broken)


def judge_2(p_broken: Any, seen: float, noise: float) -> checks.Check:
    """Return the verdict on exercise 2: P(broken) under two priors for the lifts of working tests.

    Args:
        p_broken: the answer, two probabilities: for sd 0.1, for sd 0.2.
        seen: the raw log-lift.
        noise: its standard error.
    """
    pairs = np.array([_densities(seen, noise, sd) for sd in (0.1, 0.2)])
    ratio = pairs[:, 1] / pairs[:, 0]
    odds = ratio / 99
    truth = odds / (1 + odds)
    return checks.close(
        p_broken,
        truth,
        tolerance=0.006,
        hints=[
            (1 - truth, "Those are the probabilities that the test *works*."),
            (truth[::-1], "The order is turned: first sd 0.1, then sd 0.2."),
            (100 * truth, "Right in per cent; probabilities between 0 and 1 are asked for."),
            (odds, "These are odds; divide each by one plus itself."),
            (ratio / (1 + ratio), "Each explanation counts by its share: 1 and 99 tests in 100."),
            (np.repeat(truth[0], 2), "Both for the first prior: the second one has sd 0.2."),
            (
                truth[0],
                "Two numbers are asked for, in a list: the prior with sd 0.1, that with 0.2.",
            ),
            (
                [0.01, 0.01],
                "That was the probability before the test. How well does each explain +75 %?",
            ),
            "Share of broken tests times its density, over the sum of both such products.",
        ],
        why="The same test: most probably broken, or most probably sound. What you believe about "
        "the lifts of *working* tests counts as much as the share of broken ones. Check the split, "
        "the bots and the logging either way, and estimate that prior from your own past tests.",
    )


def judge_3(regret_ship: Any, hint_lift: np.ndarray, revenue: float) -> checks.Check:
    """Return the verdict on exercise 3: the expected loss of shipping a page that has a price.

    Args:
        regret_ship: the answer, euros a year.
        hint_lift: posterior draws of the lift, shape (draws,).
        revenue: euros a year that a lift of 1 is worth.
    """
    net = revenue * hint_lift - 20_000
    free = -np.minimum(revenue * hint_lift, 0).mean()
    regrets = {
        "ship": net[net < 0].sum() / -len(net),
        "keep": net[net > 0].sum() / len(net),
        "conditional": -net[net < 0].mean(),
        "paid": -np.minimum(net + 40_000, 0).mean(),
    }

    def near(wrong: float) -> Callable[[Any], bool]:
        return within(wrong - 250, wrong + 250)

    return checks.close(
        regret_ship,
        regrets["ship"],
        tolerance=250,
        hints=[
            (
                lambda value: np.size(value) == len(hint_lift),
                "One number: the mean over the draws.",
            ),
            (
                near(regrets["keep"]),
                "That is the regret of *keeping*: what the new page would have earned more.",
            ),
            (near(free), "The cost of the new page is missing."),
            (near(free + 20_000), "Take the cost off each draw before the cut at zero, not after."),
            (near(regrets["paid"]), "The cost has the wrong sign: the new page costs money."),
            (
                near(regrets["conditional"]),
                "That averages the losing draws only; count 0 for the others.",
            ),
            (
                near(net.mean()),
                "That is the mean gain. Cut each draw at zero first, then average.",
            ),
            (lambda value: value < 0, "A loss is counted as a positive number here."),
            (within(1e-9, 1), "That is in units of lift; multiply by REVENUE."),
            (0, "The loss of the average is not the average loss: cut at zero draw by draw."),
            "np.maximum(0, something) cuts each draw at zero.",
        ],
        why=f"Shipping risks {number(regrets['ship'], 0, '€')} a year, keeping forgoes "
        f"{number(regrets['keep'], 0, '€')}. Costs belong in the loss, not in a threshold for p.",
    )


KEYS = ("lift", "p_broken", "decision", "region", "visitors")
"""What exercise 4 asks for, in the order in which it is judged."""


def judge_4(
    answer: Any,
    shop: Mapping[str, float],
    posterior_of: Callable[..., tuple[np.ndarray, np.ndarray]],
    chance_broken: Callable[..., float],
    z_visitors: Callable[..., float],
) -> checks.Check:
    """Return the verdict on exercise 4: the whole method on the test of another shop.

    Args:
        answer: a dictionary with the keys `KEYS`.
        shop: visitors (a page), old, new (buyers), lift_sd, share_broken (shares), cost and revenue
            (euros a year), margin (half a ROPE), baseline (a rate).
        posterior_of: of the page: (old, new, n, lift_sd=) -> cdf, lifts.
        chance_broken: of the page: (seen, noise, share, usual) -> probability.
        z_visitors: of the page: (lift, rate) -> visitors per page.
    """
    old, new, n = (shop[key] for key in ("old", "new", "visitors"))
    raw = new / old - 1
    seen, noise = np.log1p(raw), np.sqrt(1 / old + 1 / new - 2 / n)
    (mean, lower, upper), (usual, _, _) = (
        _read_off(*posterior_of(old, new, n, lift_sd=sd)) for sd in (shop["lift_sd"], 0.1)
    )
    margin = shop["margin"]
    outside = "better" if lower > margin else "worse" if upper < -margin else "undecided"
    truth = {
        "lift": mean,
        "p_broken": chance_broken(seen, noise, shop["share_broken"], shop["lift_sd"]),
        "decision": "ship" if shop["revenue"] * mean > shop["cost"] else "keep",
        "region": "equal" if -margin < lower and upper < margin else outside,
        "visitors": float(z_visitors(0.1, shop["baseline"])),
    }
    wrong = {"raw lift": raw, "usual sd": usual}
    wrong["usual share"] = chance_broken(seen, noise, 0.01, shop["lift_sd"])
    return checks.holds(
        answer,
        lambda given: _judge_shop(given, truth, wrong),
        hints=[
            "Each key is one line with a function of this page; the sister's numbers go into it.",
            "Which prior, which share of broken tests, which cost? Not those of the first shop.",
        ],
        why=f"The dashboard's {gain(raw)} would pay for the new page, the posterior's "
        f"{gain(mean)} does not. The same counts mean something else to a shop whose lifts are "
        "usually smaller.",
    )


def _read_off(cdf: np.ndarray, lifts: np.ndarray) -> tuple[float, float, float]:
    """Return mean and ends of the HDI of one posterior on a grid."""
    (lower,), (upper,) = shortest(cdf, lifts, tidy.HDI_PROB)
    return float(np.diff(cdf[0]) @ ((lifts[1:] + lifts[:-1]) / 2)), float(lower), float(upper)


def _judge_shop(given: Any, truth: Mapping[str, Any], wrong: Mapping[str, float]) -> bool | str:
    """Return True, or what is wrong with the first key that is."""
    if not isinstance(given, dict):
        return "A dictionary is asked for, with the keys " + ", ".join(KEYS) + "."
    if missing := [key for key in KEYS if given.get(key) is None or given[key] is ...]:
        return f"Still open: {', '.join(missing)}."
    widths = {"lift": 0.004, "p_broken": 0.004, "visitors": 0.02 * truth["visitors"]}
    for key in KEYS:
        if isinstance(truth[key], str):
            if str(given[key]).strip().casefold() != truth[key]:
                return _said(key, given[key])
            continue
        found = float(np.asarray(given[key], float).reshape(()))
        if not abs(found - truth[key]) <= widths[key]:
            return _told(key, found, truth, wrong)
    return True


def _said(key: str, value: Any) -> str:
    """Return the hint for a wrong text of exercise 4."""
    allowed = {"decision": ("ship", "keep"), "region": ("better", "worse", "equal", "undecided")}
    if str(value).strip().casefold() not in allowed[key]:
        return f"`{key}` is one of the texts {', '.join(allowed[key])}."
    if key == "decision":
        return "`decision`: set the mean gain, REVENUE times the mean lift, against the cost."
    return f"`region`: compare the ends of the {LEVEL} with ±MARGIN."


def _told(key: str, found: float, truth: Mapping[str, Any], wrong: Mapping[str, float]) -> str:
    """Return the hint for a wrong number of exercise 4."""
    slips = {
        "lift": {
            "that is the raw lift. Ask the posterior for its mean.": wrong["raw lift"],
            "that is under the first shop's prior. What do her past tests say?": wrong["usual sd"],
            "the mean of the posterior, a share and not per cent.": found,
        },
        "p_broken": {
            "that is with 1 test in 100. How many of hers were broken?": wrong["usual share"],
            "seen and noise of her counts, her share of broken tests, her usual lifts.": found,
        },
        "visitors": {
            "per page, not both pages together.": 2 * truth["visitors"],
            "for 80 % power at a true lift of +10 %, at the rate BASELINE.": found,
        },
    }
    near = [why for why, value in slips[key].items() if abs(found - value) <= 0.01 * abs(found)]
    return f"`{key}`: {near[0]}" if near else f"`{key}` is not a number that I can read."


def judge_5(mended_rates: Any, published: pd.DataFrame, baseline: float) -> checks.Check:
    """Return the verdict on exercise 5: the share of claims once the ROPE has the lift's unit.

    Args:
        mended_rates: the answer, two shares: for true lifts near 0, near 0.125.
        published: columns lower, upper (of 95 % HDIs, shares), lift_near.
        baseline: buying rate, a share.
    """

    def claiming(rope: float) -> np.ndarray:
        beyond = np.maximum(published["lower"], -published["upper"]) > rope
        return beyond.groupby(published["lift_near"]).mean().to_numpy()

    buggy, truth = claiming(0.05 * baseline), claiming(0.05)
    return checks.close(
        mended_rates,
        truth,
        tolerance=8e-4,
        hints=[
            (buggy, "The buggy rates still. Which unit has `_rope`, which have `lower`, `upper`?"),
            (claiming(0), "That is no ROPE at all. It reaches 5 % to both sides of zero."),
            (100 * truth, "Right in per cent; shares between 0 and 1 are asked for."),
            (truth[::-1], "The order is turned: first the lifts near 0, then near 0.125."),
            (1 - truth, "That is the share that claims nothing."),
            (claiming(0.025), "A ROPE of ±5 % reaches 5 % to *each* side."),
            (np.zeros(2), "Nothing passes: your ROPE is far too wide."),
            "In which unit is an end of the HDI, and in which the colleague's `_rope`?",
        ],
        why="5 % of the rate is ±0.0012: a region of the *rate*. Held against the *lift*, it is no "
        f"ROPE. Mended: {percent(truth[0], 1)} false claims instead of {percent(buggy[0], 1)}, "
        f"power {percent(truth[1])} instead of {percent(buggy[1])}. Put units into names, and "
        "simulate *nothing*: false alarms at the nominal 5 % mean that the ROPE is lost.",
    )


def judge_6(peeking_guess: Any) -> checks.Check:
    """Return the verdict on exercise 6: how many false positives do twenty looks give?

    Args:
        peeking_guess: the answer, one of four texts.
    """
    return checks.choice(
        peeking_guess,
        "about 25 %",
        ["about 5 %", "about 10 %", "about 25 %", "about 50 %"],
        hints=[
            ("about 5 %", "That holds for one look. Each further look can fool you again."),
            ("about 10 %", "That is what two or three looks do. Here are twenty."),
            (
                "about 50 %",
                "Too many: each look shares most of its visitors with the one before.",
            ),
            "More than one look's share, less than if the 20 looks had nothing in common.",
        ],
        why="Twenty looks at the same growing data: five times what the label promises.",
    )


def judge_7(answers: Any) -> checks.Check:
    """Return the verdict on exercise 7: twenty null tests, and a stricter threshold for each.

    Args:
        answers: the chance of at least one alarm; a threshold for each test.
    """
    return checks.holds(
        answers,
        _judge_alarm,
        hints=[
            "Twenty times nothing happens: what is the chance?",
            "Share 0.05 out among the tests.",
        ],
        why="A search always finds something. Say how many were tried, share the threshold out "
        "(Bonferroni), or try the winner again on new data.",
    )


def _judge_alarm(answers: Any) -> bool | str:
    """Return True, or which of the two numbers is not right, and why."""
    try:
        chance, threshold = (float(np.asarray(a, dtype=float).reshape(())) for a in answers)
    except (TypeError, ValueError, OverflowError):
        return "Two numbers between 0 and 1 are asked for."
    if not abs(chance - (1 - 0.95**20)) <= 0.005:  # noqa: PLR2004
        return f"`chance_of_alarm`: {_slip_of(chance)}"
    if not 0.001 <= threshold <= 1:  # noqa: PLR2004
        return "`stricter_threshold`: a number above 0.001, and no more than it takes."
    still = 1 - (1 - threshold) ** 20
    if still > 0.05 + 1e-9:
        return f"`stricter_threshold`: with {threshold:.4g} the chance is still {percent(still)}."
    return True


def _slip_of(chance: float) -> str:
    """Return the usual mistake that leads to this number."""
    slips = {
        "That is the chance of *no* alarm.": 0.95**20,
        "That is for one test. There are twenty.": 0.05,
        "20 × 0.05 is the number of alarms to be expected; chances do not add up like this.": 1.0,
        "Give a chance between 0 and 1, not per cent.": 100 * (1 - 0.95**20),
        "That is exactly one alarm; the question says at least one.": 20 * 0.05 * 0.95**19,
    }
    near = [why for why, value in slips.items() if abs(chance - value) < 0.01 * max(1, value)]
    return near[0] if near else "Turn it round: what is the chance of no alarm at all?"


@functools.cache
def toy_shop() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return after (60,), before (60, 3) and treated (60,) of a shop whose true effect is 3."""
    rng = np.random.default_rng(2034)
    treated = rng.permutation(np.repeat([0, 1], 30))
    common, before = rng.normal(size=(60, 1)), rng.normal(size=(60, 3))
    before = 4 + before * [0.4, 1, 1] + common * [1, 2, 0]
    after_ = before @ [1.0, 0.5, -2.0] + 3 * treated + rng.normal(size=60) + 10
    return after_, before, treated


@functools.cache
def toy_answers() -> dict[str, float]:
    """Return what right and wrong ways of adjusting give on the toy shop."""
    y, x, t = toy_shop()
    past, design = x - x.mean(0), np.column_stack([np.ones(60), t, x])
    with_y = (past * (y - y.mean())[:, None]).sum(0)
    each, theta = with_y / (past**2).sum(0), np.linalg.solve(past.T @ past, with_y)

    def gap(values: np.ndarray) -> float:
        return float(values[t == 1].mean() - values[t == 0].mean())

    return {
        "right": gap(y - past @ theta),
        "raw": gap(y),
        "first": gap(y - past[:, 0] * each[0]),
        "each": gap(y - past @ each),
        "plus": gap(y + past @ theta),
        "uncentred": gap(y - x @ np.linalg.lstsq(x, y)[0]),
        "level": gap(y - x @ np.linalg.lstsq(x, y - y.mean())[0]),
        "ancova": float(np.linalg.solve(design.T @ design, design.T @ y)[1]),
    }


def judge_8(cuped_many: Any) -> checks.Check:
    """Return the verdict on exercise 8: a function that adjusts for several covariates.

    Args:
        cuped_many: the answer, a function (after, before, treated) -> effect.
    """
    known = toy_answers()
    y, x, t = toy_shop()

    def gives(key: str, sign: int = 1) -> Callable[[Any], bool]:
        return lambda function: abs(float(function(y, x, t)) - sign * known[key]) < 1e-6  # noqa: PLR2004

    def adjusts(function: Any) -> bool | str:
        found = function(y.copy(), x.copy(), t.copy())
        if found is None or found is ...:
            raise checks.Unanswered
        if np.size(found) != 1:
            return "One number is asked for: the difference of the two means."
        one_column = float(np.asarray(function(y, x[:, :1], t), float).reshape(()))
        return gives("right")(function) and abs(one_column - known["first"]) < 1e-6  # noqa: PLR2004

    return checks.holds(
        cuped_many,
        adjusts,
        hints=[
            (gives("raw"), "Nothing is subtracted yet: that is the plain difference of means."),
            (gives("first"), "Only the first column is used."),
            (gives("each"), "Each column got its own θ alone. They overlap: fit them together."),
            (
                gives("uncentred"),
                "Centre the columns and `after` first: without it θ mixes in the level.",
            ),
            (gives("level"), "Centre each column of `before` as well: its mean along axis 0."),
            (gives("plus"), "The prediction is added; it must be subtracted."),
            (gives("right", sign=-1), "The sign is turned: treated minus untreated."),
            (
                gives("ancova"),
                "That is the joint model (ANCOVA). Here θ is fitted without `treated`.",
            ),
            "Three steps: centre, fit all columns together, subtract; then compare the two means.",
        ],
        why=f"In a simulated shop of 60 customers: unadjusted {number(known['raw'])}, adjusted "
        f"{number(known['right'])}, truth 3.",
    )
