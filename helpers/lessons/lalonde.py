"""Drawings and judges of notebook 05, "Did the job programme raise earnings?".

Plain functions of what the page has computed: no model, prior, adjustment set, estimand, `do` or
estimator. Dollars are dollars a year throughout, as in the data, unless a docstring says otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import marimo as mo

AXES = {
    "earnings_1978": ("earnings in 1978", "dollars"),
    "gap": ("treated minus control, before", "standard deviations"),
    "effect": ("effect on 1978 earnings", "dollars"),
    "effect_treated": ("effect on 1978 earnings of those who took part", "dollars"),
    "propensity_score": ("propensity score", "share of participants"),
    "estimate": ("estimate", "dollars"),
    "prior_sd": ("prior sd of every slope", "thousands of dollars"),
    "posterior": ("effect", "dollars"),
    "r2_treatment": ("joining explained", "partial R²"),
    "r2_outcome": ("earnings explained", "partial R²"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

PER_CENT = "format(abs(100 * datum.value), '.0f') + ' %'"
INTERVAL = f"{percent(tidy.HDI_PROB)} HDI"


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


def dollars(value: float, digits: int = 0) -> str:
    """Return a number of dollars as the page prints it, without the word."""
    return number(float(value), digits)


def with_interval(draws: Any) -> str:
    """Return the text of a mean in dollars with its 94 % HDI, from draws in dollars (any shape)."""
    low, high = tidy.hdi(draws)
    mean = dollars(np.asarray(draws).mean())
    return f"{mean} dollars ({INTERVAL} {dollars(low)} to {dollars(high)})"


def range_of(row: pd.Series) -> str:
    """Return an estimate with its interval as text: row with mean, lower, upper in dollars."""
    return f"{dollars(row['mean'])} ({dollars(row['lower'])} to {dollars(row['upper'])})"


after = checks.after


# Histograms --------------------------------------------------------------------------------------


def shares(values: Any, edges: np.ndarray) -> pd.DataFrame:
    """Return the share of the values in each bin.

    Args:
        values: numbers, shape (n,).
        edges: of the bins, shape (bins + 1,), in the unit of the values.

    Returns:
        Frame with columns from, to (unit of the values), share (0 to 1, of all n values).
    """
    share = np.histogram(values, edges)[0] / len(values)
    return pd.DataFrame({"from": edges[:-1], "to": edges[1:], "share": share})


def _bin_axes(quantity: str, whose: str) -> dict[str, Any]:
    """Return the axes of a histogram: bins along x, shares up and, mirrored, down."""
    ticks = alt.Axis(format="~s", tickCount=10)
    return {
        "x": alt.X("from:Q", bin="binned", title=axis_title(quantity), axis=ticks),
        "x2": "to:Q",
        "y": alt.Y(
            "share:Q", title=f"share of {whose}", stack=None, axis=alt.Axis(labelExpr=PER_CENT)
        ),
    }


def _chart_groups(
    treated: Any, control: Any, edges: np.ndarray, quantity: str, title: str
) -> alt.LayerChart:
    """Return histograms back to back: the treated above the line, the control group below."""
    above, below = shares(treated, edges), shares(control, edges)
    below["share"] *= -1
    frame = pd.concat([above.assign(group="treated"), below.assign(group="control")])
    base = alt.Chart(frame).encode(
        color=alt.Color("group:N", scale=charts.role_scale("treated", "control"), legend=None)
    )
    bars = base.mark_bar(opacity=0.8, stroke="white").encode(**_bin_axes(quantity, "the group"))
    names = base.transform_aggregate(peak="max(share)", low="min(share)", groupby=["group"])
    names = names.transform_calculate(at="0.6 * (datum.peak > 0 ? datum.peak : datum.low)")
    label = names.mark_text(align="right", fontSize=16, fontWeight="bold")
    layers = bars + label.encode(x=alt.value("width"), y="at:Q", text="group")
    words = f"{title}. Histograms of {axis_title(quantity)}: the treated above the line, "
    return charts.describe(layers.properties(title=title, height=125), f"{words}control below.")


def chart_outcome(earnings: pd.Series, took_part: pd.Series) -> alt.LayerChart:
    """Return the earnings of 1978 of those who took part, above, and of the others, below.

    Args:
        earnings: dollars, one a man.
        took_part: True or False, one a man.
    """
    nothing = percent(float((earnings == 0).mean()))
    return _chart_groups(
        earnings[took_part],
        earnings[~took_part],
        np.arange(0, 62_001, 2000),
        "earnings_1978",
        f"{nothing} of the men earned nothing at all",
    )


def chart_overlap(
    propensity_score: np.ndarray, took_part: pd.Series, unlikely: float
) -> alt.LayerChart:
    """Return the propensity scores of those who took part, above, and of the others, below.

    Args:
        propensity_score: probability of joining, shape (n_men,).
        took_part: True or False, one a man.
        unlikely: a probability; the title says how many of the others lie below it.
    """
    share = float((propensity_score[~took_part] < unlikely).mean())
    return _chart_groups(
        propensity_score[took_part],
        propensity_score[~took_part],
        np.linspace(0, 1, 21),
        "propensity_score",
        f"{percent(share)} of the others: under {percent(unlikely)} of such men took part",
    )


def _chart_invented(
    earnings: pd.Series, invented: Any, edges: np.ndarray, inventor: str, title: str, role: str
) -> alt.LayerChart:
    """Return the men's earnings as bars, and those that a model invents as a dashed outline."""
    made = shares(np.ravel(invented), edges)
    made = pd.concat([made, made.tail(1).assign(**{"from": edges[-1]})])  # closes the outline
    axes = _bin_axes("earnings_1978", "the men")
    seen = alt.Chart(shares(earnings, edges))
    bars = seen.mark_bar(color=charts.ROLES["control"], opacity=0.5).encode(**axes)
    outline = alt.Chart(made).mark_line(
        interpolate="step-after", strokeDash=[6, 3], strokeWidth=3, color=charts.ROLES[role]
    )
    layers = bars + outline.encode(x="from:Q", y="share:Q")
    how = f"grey bars: the {len(earnings)} men; dashed outline: invented by the {inventor}"
    layers = layers.properties(title=alt.Title(title, subtitle=how), height=106)
    return charts.describe(layers, f"{title}. Histograms of earnings in 1978 (dollars): {how}.")


def chart_prior(earnings: pd.Series, prior_earnings: np.ndarray) -> alt.LayerChart:
    """Return the men's earnings beside those that the prior invents.

    Args:
        earnings: dollars, one a man.
        prior_earnings: dollars, any shape.
    """
    half = (1 - tidy.HDI_PROB) / 2
    low, high = np.quantile(prior_earnings, [half, 1 - half])
    share = percent(tidy.HDI_PROB)
    title = f"{share} of the invented men earn {dollars(low)} to {dollars(high)}"
    edges = np.arange(-80_000, 90_001, 10_000)
    return _chart_invented(earnings, prior_earnings, edges, "prior", title, "prior")


def chart_predictive(earnings: pd.Series, invented: Any) -> alt.LayerChart:
    """Return the men's earnings beside those that the fitted straight line invents.

    Args:
        earnings: dollars, one a man.
        invented: dollars, any shape.
    """
    below, zero = percent(float((invented < 0).mean())), percent(float((earnings == 0).mean()))
    title = f"Model: {below} below zero; data: {zero} exactly zero"
    edges = np.arange(-15_000, 35_001, 2500)
    return _chart_invented(earnings, invented, edges, "fitted model", title, "counterfactual")


def chart_hurdle(earnings: pd.Series, invented: Any) -> alt.LayerChart:
    """Return the men's earnings beside those that the fitted hurdle model invents.

    Args:
        earnings: dollars, one a man.
        invented: dollars, any shape.
    """
    made, seen = (percent(float((each == 0).mean())) for each in (invented, earnings))
    edges = np.arange(-15_000, 35_001, 2500)
    title = f"Hurdle: {made} zeros; data: {seen}"
    return _chart_invented(earnings, invented, edges, "hurdle model", title, "counterfactual")


# Other drawings ----------------------------------------------------------------------------------


def chart_imbalance(standardised_gap: pd.Series) -> alt.Chart:
    """Return one bar a covariate: how far apart the groups were before the programme.

    Args:
        standardised_gap: treated minus control, in standard deviations; the index names covariates.
    """
    frame = standardised_gap.rename("gap").rename_axis("covariate").reset_index()
    worst = standardised_gap.abs().idxmax()
    chart = alt.Chart(frame).mark_bar(color=charts.ROLES["naive"], height=12)
    chart = chart.encode(
        y=alt.Y("covariate:N", sort="x", title=None), x=alt.X("gap:Q", title=axis_title("gap"))
    )
    title = f"Largest gap: {worst}, {signed(standardised_gap[worst], 1)} standard deviations"
    each = ", ".join(f"{name} {signed(gap)}" for name, gap in standardised_gap.items())
    words = f"{title}. Gap between the groups, in standard deviations: {each}"
    return charts.describe(chart.properties(title=title, height=164), words)


def chart_effects(draws: Mapping[str, Any]) -> alt.LayerChart:
    """Return effects with their intervals, one line each.

    Args:
        draws: label -> draws of an effect in dollars, any shape; the title speaks of the first.
    """
    first = np.asarray(next(iter(draws.values())))
    effect = f"{signed(first.mean(), 0)} dollars, P(> 0) = {percent(float((first > 0).mean()))}"
    return charts.chart_effect(
        tidy.summarise(draws).assign(role="adjusted"),
        title=f"If graph and line are right: {effect}",
        unit=axis_title("effect"),
        number_format=",.0f",
    ).properties(height=36 * len(draws))


def chart_recovery(naive: np.ndarray, adjusted: np.ndarray, true_effect: float) -> alt.LayerChart:
    """Return the estimates of many simulated worlds, naive and adjusted, around the truth.

    Args:
        naive: dollars, one a world.
        adjusted: dollars, one a world.
        true_effect: dollars.
    """
    found = {"naive": naive, "adjusted": adjusted}
    rows = [pd.DataFrame({"label": k, "value": each, "role": k}) for k, each in found.items()]
    means = {name: each.mean() for name, each in found.items()}
    told = ", ".join(f"{name} {dollars(mean)}" for name, mean in means.items())
    curves = charts.chart_density(
        pd.concat(rows),
        title=f"{len(naive)} worlds: {told}",
        unit=axis_title("estimate"),
        truth=true_effect,
    ).properties(height=180)
    names = alt.Chart(pd.DataFrame({"label": means.keys(), "mean": means.values()}))
    names = names.mark_text(fontSize=16).encode(x="mean:Q", y=alt.value(135), text="label")
    return charts.describe(curves + names, curves.description)


def chart_counterfactuals(seen: pd.Series, earnings_without: Any) -> alt.LayerChart:
    """Return each man's counterfactual earnings with their interval, and what he did earn.

    Args:
        seen: dollars; the index names the men.
        earnings_without: dollars, dimensions (chain, draw, unit), the men in the order of `seen`.
    """
    draws = {name: earnings_without.isel(unit=i) for i, name in enumerate(seen.index)}
    forest = charts.chart_effect(
        tidy.summarise(draws).assign(role="counterfactual"),
        title=f"{len(seen)} participants: their earnings without the programme",
        unit=axis_title("earnings_1978"),
        number_format=",.0f",
        interval=f"{INTERVAL} of his earnings without it; circle: what he did earn",
    )
    points = alt.Chart(pd.DataFrame({"label": seen.index, "seen": seen.to_numpy()}))
    circles = points.mark_point(size=140, color=charts.ROLES["treated"], strokeWidth=3)
    layers = forest + circles.encode(x="seen:Q", y=alt.Y("label:N", sort=None))
    layers = layers.properties(
        title=forest.title,
        height=34 * len(seen),
        padding={"left": 5, "top": 5, "bottom": 5, "right": 34},
    )
    return charts.describe(layers, f"{forest.description} Circles: what they did earn.")


def chart_referee(
    estimates: pd.DataFrame, benchmark: float, what: str = "Adjusted"
) -> alt.LayerChart:
    """Return estimates of the ATT beside the experiment's, which is drawn as a rule.

    Args:
        estimates: columns label, mean, lower, upper (dollars), role ("naive", "adjusted", and
            "truth" for the experiment).
        benchmark: the experiment's estimate in dollars.
        what: how the title begins.
    """
    adjusted = estimates.loc[estimates["role"] == "adjusted", "mean"]
    span = f"{dollars(adjusted.min())} to {dollars(adjusted.max())}"
    return charts.chart_effect(
        estimates,
        title=f"{what} {span}; experiment {dollars(benchmark)}",
        unit=axis_title("effect_treated"),
        truth=benchmark,
        truth_label="experiment",
        number_format=",.0f",
        interval=f"{percent(tidy.HDI_PROB)} interval (HDI of draws, confidence interval otherwise)",
        truth_at_foot=False,
    ).properties(height=max(140, 22 * len(estimates)))


def arrows_of(mermaid: str) -> list[tuple[str, str]]:
    """Return the arrows of a drawn model, as (what is used, what uses it).

    Args:
        mermaid: what `pm.model_to_mermaid` returns.

    Raises:
        ValueError: the text holds no arrow.
    """
    found = re.findall(r"^(\w+) --> (\w+)$", mermaid, re.MULTILINE)
    if not found:
        raise ValueError(f"No arrow in {mermaid[:60]!r}.")
    return found


# Sliders -----------------------------------------------------------------------------------------


def slider_prior_sd() -> mo.ui.slider:
    """Return the slider of the prior's scale, in thousands of dollars."""
    import marimo as mo

    return mo.ui.slider(
        steps=[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100],
        value=1,
        label=axis_title("prior_sd"),
        show_value=True,
    )


def drawer_prior_scale(curve: pd.DataFrame, least_squares: float) -> Callable[..., charts.Drawing]:
    """Return a function that draws the effect against the prior's scale: (row) -> drawing.

    Args:
        curve: columns prior_sd (thousands of dollars), mean, sd, lower, upper (dollars).
        least_squares: the estimate without a prior, in dollars.

    Returns:
        A function of one row in a frame of the same columns, where the mark stands.
    """
    green = {"color": charts.ROLES["adjusted"]}
    x = alt.X("prior_sd:Q", title=axis_title("prior_sd")).scale(type="log")
    axes = {
        "x": x.axis(values=[0.1, 1, 10, 100], format="~g"),
        "y": alt.Y("lower:Q", title=axis_title("posterior")),
        "y2": "upper:Q",
    }
    base, here = alt.Chart(curve), alt.Chart(_marked(curve.head(1)))
    rule = alt.Chart(pd.DataFrame({"at": [least_squares], "label": ["least squares"]}))
    text = rule.mark_text(align="left", baseline="bottom", dx=4, dy=-3)
    diamond = here.mark_point(filled=True, size=180, opacity=1, shape="diamond", **green)
    layers = alt.layer(
        base.mark_area(opacity=0.25, **green).encode(**axes),
        base.mark_line(strokeWidth=3, **green).encode(x=axes["x"], y="mean:Q"),
        rule.mark_rule(strokeDash=[6, 4], strokeWidth=2).encode(y="at:Q"),
        text.encode(x=alt.value(0), y="at:Q", text="label"),
        here.mark_rule(strokeWidth=4, **green).encode(**axes),
        diamond.encode(x=axes["x"], y="mean:Q"),
    )
    how = f"band and bar: {percent(tidy.HDI_PROB)} interval, in closed form"
    layers = layers.properties(title=alt.Title("", subtitle=how), height=152, description="")
    template = layers.to_dict()

    def draw(row: pd.DataFrame) -> charts.Drawing:
        """Return the drawing with its mark at a row of the curve's columns."""
        effect = f"{dollars(row['mean'].iloc[0])} ± {dollars(row['sd'].iloc[0])} dollars"
        title = f"Prior sd {row['prior_sd'].iloc[0]:g}: effect {effect}"
        words = f"{title}. Posterior mean and interval of the effect (dollars) by prior scale."
        return charts.redraw(template, _marked(row), title=title, words=words)

    return draw


def _marked(row: pd.DataFrame) -> pd.DataFrame:
    """Return a row with one column more, so that `redraw` tells it from the curve."""
    return row[["prior_sd", "mean", "sd", "lower", "upper"]].assign(here=True)


def sliders_confounder() -> tuple[mo.ui.slider, mo.ui.slider]:
    """Return the sliders of an unseen confounder: R² with treatment, and R² with the outcome."""
    import marimo as mo

    return (
        mo.ui.slider(0.0, 0.6, 0.01, value=0.1, label="partial R² with joining", show_value=True),
        mo.ui.slider(
            0.0, 0.1, 0.002, value=0.03, label="partial R² with earnings", show_value=True
        ),
    )


def drawer_sensitivity(
    benchmarks: pd.DataFrame, bias: Callable[..., Any], estimate: float
) -> Callable[..., charts.Drawing]:
    """Return a function that draws an unseen confounder among the benchmarks.

    Args:
        benchmarks: columns r2_outcome, r2_treatment; the index names covariates.
        bias: (r2_outcome, r2_treatment) -> absolute bias in dollars.
        estimate: what the bias is taken from, in dollars.

    Returns:
        A function (r2_treatment, r2_outcome) -> drawing. `black` is left out: exercise 5 asks.
    """
    black, per_cent = charts.ROLES["truth"], alt.Axis(labelExpr=PER_CENT)
    x = alt.X("r2_treatment:Q", title=axis_title("r2_treatment"), axis=per_cent)
    y = alt.Y("r2_outcome:Q", title=axis_title("r2_outcome"), axis=per_cent)
    plane = {"x": x.scale(domain=[0, 0.6]), "y": y.scale(domain=[0, 0.1])}
    grid = np.linspace(0.002, 0.6, 300)
    # The bias grows as the root of r2_outcome, so that this share takes the estimate away.
    needed = (estimate / bias(1.0, grid)) ** 2
    zero = pd.DataFrame({"r2_treatment": grid, "r2_outcome": needed}).query("r2_outcome <= 0.1")
    point = pd.DataFrame({"r2_treatment": [0.0], "r2_outcome": [0.0], "yours": [True]})
    look = {"shape": "diamond", "size": 280, "filled": True, "opacity": 1, "color": black}
    how = "diamond: your sliders; dashed: nothing left; circle: as strong as a covariate"
    seen = benchmarks.drop("black").rename_axis("covariate").reset_index()
    named = alt.Chart(seen.query("r2_outcome > 0.01 and covariate != 'education_years'"))
    layers = alt.layer(
        alt.Chart(zero).mark_line(color=black, strokeDash=[6, 4]).encode(**plane),
        alt.Chart(seen).mark_point(size=90, color=black, filled=False).encode(**plane),
        named.mark_text(align="left", dx=9, dy=-7, fontSize=13).encode(**plane, text="covariate"),
        alt.Chart(point).mark_point(**look).encode(**plane),
    )
    title = alt.Title("", subtitle=how)
    template = layers.properties(title=title, height=152, description="").to_dict()

    def draw(r2_treatment: float, r2_outcome: float) -> charts.Drawing:
        """Return the drawing with its diamond at these shares."""
        row = pd.DataFrame(
            {"r2_treatment": [r2_treatment], "r2_outcome": [r2_outcome], "yours": [True]}
        )
        left = estimate - bias(r2_outcome, r2_treatment)
        title = f"If it pushed up: {dollars(left)} of {dollars(estimate)} dollars are left"
        return charts.redraw(template, row, title=title, words=f"{title}. {how}.")

    return draw


# Judges ------------------------------------------------------------------------------------------

SIGN_TURNED = "The sign is turned: with the programme minus without it."
ON_FORM: checks.Hints = [
    (lambda value: isinstance(value, str), "Write the expression itself, without quotes."),
    (lambda value: np.size(value) == 1, "Keep chain and draw: average over the men only."),
    (lambda value: np.ndim(value) == 3, "That is one number per man; average over the men."),  # noqa: PLR2004
]
"""Hints on the form of an answer that should have one number per chain and draw."""


def _draws(worlds: Any) -> np.ndarray:
    """Return an array of shape (chain, draw, unit) of draws of every man's expected earnings."""
    return np.asarray(worlds, dtype=float)


def judge_1(direction: Any) -> checks.Check:
    """Return the verdict on exercise 1: is the naive difference too low or too high?"""
    return checks.choice(
        direction,
        "too low",
        ["too low", "too high", "about right"],
        hints=[
            ("too high", "Who would have earned less in 1978 even without the programme?"),
            ("about right", "It would be, had a coin decided who takes part. Look at the gaps."),
            "Imagine that the programme does nothing. Which group earns less in 1978?",
        ],
        why="The men who took part would have earned less anyway. The naive difference counts that "
        "disadvantage as an effect. This is confounding.",
    )


ASSUMPTIONS = ("consistency", "no interference", "ignorability", "positivity")
OTHER_NAMES = {
    "no unmeasured confounding": "ignorability",
    "unconfoundedness": "ignorability",
    "exchangeability": "ignorability",
    "overlap": "positivity",
}


def judge_2(doubtful: Any) -> checks.Check:
    """Return the verdict on exercise 2: which assumption does an unmeasured town put in doubt?"""
    if isinstance(doubtful, str):
        plain = " ".join(doubtful.split()).casefold()
        doubtful = OTHER_NAMES.get(plain, plain)
    return checks.choice(
        doubtful,
        "ignorability",
        ASSUMPTIONS,
        hints=[
            (
                "positivity",
                (
                    "That is about men with equal covariates; the town is none of them. Were it "
                    "measured, positivity would be next: who lived elsewhere could not join."
                ),
            ),
            (
                "consistency",
                "It speaks of versions of the programme. What is missing differs between the men.",
            ),
            (
                "no interference",
                "Does one man's place change what another earns? It is the wages that differ.",
            ),
            "Draw it: which arrows leave the town?",
        ],
        why="The town has an arrow into joining (the programme ran in few places) and one into "
        "earnings (wages differ), and it is not in the table. This is the classic objection to "
        "these data: the survey's men live in other labour markets, and their earnings come from "
        "another record, so that some of any difference may be town, and some the way of counting.",
    )


def judge_3(effect_draws: Any, mu_with: Any, mu_without: Any, took_part: pd.Series) -> checks.Check:
    """Return the verdict on exercise 3: the mended line, which compares the same men.

    Args:
        effect_draws: the answer; right: shape (chain, draw), dollars, within one dollar.
        mu_with: every man's expected earnings in dollars with the programme (chain, draw, unit).
        mu_without: the same without it.
        took_part: True or False, one a man.
    """
    joined = took_part.to_numpy()
    with_, without = _draws(mu_with), _draws(mu_without)
    doing = with_.mean(axis=-1) - without.mean(axis=-1)
    filtered = with_[..., joined].mean(axis=-1) - without[..., ~joined].mean(axis=-1)
    return checks.close(
        effect_draws,
        doing,
        tolerance=1.0,
        hints=[
            (filtered, "That is still the colleague's line: it compares different men."),
            (-filtered, "Still two groups of men, and the sign is turned as well."),
            (-doing, SIGN_TURNED),
            (doing / 1000, "These are thousands of dollars; the draws are in dollars already."),
            *ON_FORM,
            "Both worlds must hold the same men.",
        ],
        why="do puts the same men in both worlds. The colleague's line conditions on who joined "
        f"and compares two groups: {dollars(filtered.mean())} dollars, near the naive "
        "difference. (In this model any same men would do: everybody gains the same.)",
    )


TOY = (
    np.array([9.0, 5, 4, 8, 1]),
    np.array([1, 1, 0, 0, 0]),
    np.array([0.7, 0.6, 0.5, 0.8, 0.2]),
)
"""The example of exercise 4: earnings, treated, propensity of five men."""


def _toy_answers() -> dict[str, float]:
    """Return what the right and the usual wrong ideas give on the example."""
    earned, _, score = TOY
    odds, took, other = score / (1 - score), slice(0, 2), slice(2, None)
    y, weight = earned[other], odds[other]
    means = {
        "right": np.average(y, weights=weight),
        "unweighted": y.mean(),
        "summed": (weight * y).sum(),
        "averaged": (weight * y).mean(),
        "by treated": (weight * y).sum() / 2,
        "over all": (weight * y).sum() / odds.sum(),
        "everybody": np.average(earned, weights=odds),
        "inverted": np.average(y, weights=1 / weight),
        "propensity": np.average(y, weights=score[other]),
        "complement": np.average(y, weights=1 - score[other]),
        "one over": np.average(y, weights=1 / (1 - score[other])),
    }
    answers = {key: earned[took].mean() - mean for key, mean in means.items()}
    answers["ate"] = np.average(earned[took], weights=1 / score[took]) - means["one over"]
    answers["atu"] = np.average(earned[took], weights=1 / odds[took]) - y.mean()
    return answers


TOY_ANSWERS = _toy_answers()
SAID_4 = {
    "unweighted": "The comparison group is not weighted: the naive difference.",
    "summed": "A sum, not a mean: divide by the sum of the weights.",
    "averaged": "`.mean()` divides by the number of men; divide by the sum of the weights.",
    "by treated": "The weights do not sum to one; np.average sees to that.",
    "over all": "Divide by the weights of the comparison group only, not of all men.",
    "everybody": "The treated are in the weighted mean as well; it is for the others only.",
    "ate": "These are weights for the ATE. For the ATT the treated weigh one each.",
    "atu": "That is the ATU: it makes the treated look like the others. Turn it round.",
    "inverted": "Upside down: men who look like participants must count more.",
    "propensity": "The weight is the odds e/(1-e), not the probability e.",
    "complement": "1-e is the chance of staying away; the weight is the odds e/(1-e).",
    "one over": "1/(1-e) makes the others look like all men; for the ATT it is e/(1-e).",
}


def toy_example() -> str:
    """Return the example of exercise 4 in words, with its answer."""
    earned, treated, score = (", ".join(f"{v:g}" for v in column) for column in TOY)
    answer = number(TOY_ANSWERS["right"], 4)
    return f"earnings {earned}, treated {treated} and propensity {score} it is {answer}"


def _gives(key: str, sign: int = 1) -> Callable[[Any], bool]:
    """Return whether a learner's function gives this answer on the example."""
    return lambda function: abs(function(*TOY) - sign * TOY_ANSWERS[key]) < 1e-6  # noqa: PLR2004


def judge_4(weighted_att: Any, men: pd.DataFrame, propensity_score: np.ndarray) -> checks.Check:
    """Return the verdict on exercise 4: a function that weights the others by their odds.

    Args:
        weighted_att: the answer; right: (earnings, treated, propensity) -> one number that is
            right on the example, and on the men within a cent.
        men: columns earnings_1978 (dollars), treated (1 or 0).
        propensity_score: probability of joining, one a man.
    """
    took = men["treated"].to_numpy() == 1
    earned = men["earnings_1978"].to_numpy()
    odds = (propensity_score / (1 - propensity_score))[~took]
    truth = earned[took].mean() - (odds * earned[~took]).sum() / odds.sum()
    known = men.select_dtypes("number").drop(columns=["treated", "earnings_1978"])
    gaps = [
        np.max(np.abs(known[took].mean() - np.average(known[~took], 0, weights)) / known.std())
        for weights in (np.ones(len(odds)), odds)
    ]
    worth = odds.sum() ** 2 / (odds**2).sum()

    def weights_rightly(function: Callable[..., Any]) -> bool | str:
        answer = function(*TOY)
        if answer is None or answer is ...:
            raise checks.Unanswered
        if np.size(answer) != 1:
            return f"Return one number; on the example it returns {np.size(answer)} of them."
        if not _gives("right")(function):
            return f"On the example it gives {number(float(answer), 4)}, and that is not it."
        on_men = function(men["earnings_1978"], men["treated"], propensity_score)
        return bool(abs(on_men - truth) < 0.01) or "Right on the example, not on the men."  # noqa: PLR2004

    hints: list[Any] = [(_gives(key), said) for key, said in SAID_4.items()]
    hints += [(_gives("right", sign=-1), "The sign is turned: treated minus weighted others.")]
    return checks.holds(
        weighted_att,
        weights_rightly,
        hints=[*hints, "np.average(values, weights=...) gives a weighted mean."],
        why="Weighted like this, the comparison group has about the mean covariates of the men who "
        f"took part: the largest gap falls from {gaps[0]:.2f} to {gaps[1]:.2f} standard "
        f"deviations. But the {len(odds)} others are worth {worth:.0f} men, and their whole "
        "distribution is another matter.",
    )


def near(wrong: float, within: float) -> Callable[[Any], bool]:
    """Return whether an answer is this wrong number (a predicate for a hint)."""
    return lambda value: abs(float(value) - wrong) <= within


def judge_5(
    left_black: Any,
    estimate: float,
    bias: Callable[..., float],
    benchmarks: pd.DataFrame,
) -> checks.Check:
    """Return the verdict on exercise 5: what a confounder as strong as `black` would leave.

    Args:
        left_black: the answer; right: dollars, within one dollar.
        estimate: the least-squares estimate in dollars.
        bias: (r2_outcome, r2_treatment) -> absolute bias in dollars.
        benchmarks: columns r2_outcome, r2_treatment; the index names covariates.
    """
    strengths = benchmarks[["r2_outcome", "r2_treatment"]].T
    moved = {name: float(bias(*strengths[name])) for name in strengths}
    truth = estimate - moved["black"]
    turned = estimate - float(bias(*strengths["black"][::-1]))
    others = [name for name in benchmarks.index if name != "black"]
    left = f"{dollars(truth)} of {dollars(estimate)} dollars are left"
    if truth <= 0:
        left = f"Nothing is left of {dollars(estimate)} dollars: {dollars(truth)}"
    return checks.close(
        left_black,
        truth,
        tolerance=1.0,
        hints=[
            (moved["black"], "That is the bias; the question is what it leaves of the estimate."),
            (-truth, "The sign is turned: the estimate minus the bias."),
            (estimate + moved["black"], "It pushed the estimate up: take the bias away."),
            (turned, "The two shares have changed places: `bias` takes the outcome's first."),
            (near(truth / 1000, 0.01), "In dollars, not in thousands of dollars."),
            (estimate, "Nothing is taken away yet."),
            *[(estimate - moved[name], f"That is one as strong as `{name}`.") for name in others],
            "How large is the bias in the row of `black`, and where does a push upwards lead?",
        ],
        why=f"{left}. `black` sets the groups "
        "apart most, and something unseen could be stronger still: a benchmark is no bound.",
    )


def judge_6(robustness_value: Any, t: float, df: float, z: float) -> checks.Check:
    """Return the verdict on exercise 6: the share that explains the whole estimate away.

    Args:
        robustness_value: the answer; right: a share between 0 and 1, within .0005.
        t: t value of the treatment in the regression.
        df: its residual degrees of freedom.
        z: standard errors on each side of the interval.
    """
    from scipy.optimize import brentq

    def share_that_moves(goal: float) -> float:
        """Return the share q whose bias is `goal` standard errors: sqrt(df q² / (1 - q)) = goal."""
        return float(brentq(lambda q: np.sqrt(df * q**2 / (1 - q)) - goal, 1e-9, 1 - 1e-9))

    truth, interval = share_that_moves(abs(t)), share_that_moves(abs(t) - z) if abs(t) > z else 0.0
    f, f_squared, wide, narrow = abs(t) / df**0.5, t**2 / df, 5e-4, 1.5e-5
    turned, partial = f * (f + (f_squared + 4) ** 0.5) / 2, f_squared / (1 + f_squared)
    return checks.close(
        robustness_value,
        truth,
        tolerance=wide,
        hints=[
            (100 * truth, "Right in per cent; a share between 0 and 1 is asked for."),
            (near(f, wide), "That is f, the starting point. Solve the equation for q."),
            (near(abs(t), wide), "That is |t|, which grows with n; begin with f."),
            (near(f_squared, narrow), "That is f squared: the right-hand side. Solve for q."),
            (
                near(partial, narrow),
                "That is the partial R² of treatment, f²/(1 + f²). Solve for q.",
            ),
            (near(f_squared, wide), "That is about f squared: the right-hand side. Solve for q."),
            (near(interval, wide), "There the interval reaches zero, not yet the estimate."),
            (near(turned, wide), "The sign before f² is turned."),
            (near(2 * truth, wide), "Twice too large: the formula divides by 2."),
            (lambda value: float(value) < 0, "The other root; a share is not negative."),
            "Write q² + f² q − f² = 0 and solve the quadratic equation.",
        ],
        why=f"A confounder that explains {percent(truth, 1)} of what is left on both sides wipes "
        f"the estimate out. That is not much, and {percent(interval, 1)} is enough for the "
        f"{percent(tidy.HDI_PROB)} interval to reach zero.",
    )


def options_7(published_effect: float, least_squares: float) -> list[str]:
    """Return the three options of exercise 7, from effects in dollars."""
    return [f"about {dollars(value)}" for value in (0, published_effect, least_squares)]


def _nearest_option(answer: Any) -> Any:
    """Return the option that an answer means: a number, or a text with words around it."""
    if isinstance(answer, str):
        plain = answer[: checks.SHOWN].casefold().replace("zero", "0").replace(",", "")
        found = re.findall(r"(?<![\w.])[0-9]{1,6}(?![\w.])", plain)
        return f"about {number(int(found[0]), 0)}" if len(found) == 1 else answer
    if isinstance(answer, int | float) and not isinstance(answer, bool) and abs(answer) < 1e6:  # noqa: PLR2004
        return f"about {number(answer, 0)}"
    return answer


def judge_7(
    effect_in_dollars: Any, published_effect: float, least_squares: float, in_dollars: float
) -> checks.Check:
    """Return the verdict on exercise 7: the same prior, with the earnings in dollars.

    Args:
        effect_in_dollars: the answer, one of `options_7` or its number.
        published_effect: the published effect in dollars.
        least_squares: the estimate without a prior, in dollars.
        in_dollars: the effect under that prior, in dollars, by the closed form.
    """
    options = options_7(published_effect, least_squares)
    return checks.choice(
        _nearest_option(effect_in_dollars),
        options[0],
        options,
        hints=[
            (options[1], "A prior does not know the unit of the data. Read it in dollars."),
            (options[2], "That is least squares: no prior at all. This one got stronger."),
            "What does a standard deviation of 1 mean, once the unit is a dollar?",
        ],
        why=f"The closed form, with sigma at its least-squares value, says {number(in_dollars, 3)} "
        "dollars. A change of unit took the effect away.",
    )


def judge_8(
    policy_gain: Any,
    hurdle_with: Any,
    hurdle_without: Any,
    policy: Sequence[int] | np.ndarray,
    took_part: pd.Series,
) -> checks.Check:
    """Return the verdict on exercise 8: the average gain of all men under a policy.

    Args:
        policy_gain: the answer; right: shape (chain, draw), dollars, within one dollar.
        hurdle_with: every man's expected earnings with the programme, dollars (chain, draw, unit).
        hurdle_without: the same without it.
        policy: 1 where a man gets a place, 0 where not.
        took_part: True or False, one a man: what did happen.
    """
    policy, joined = np.asarray(policy, dtype=float), took_part.to_numpy().astype(float)
    with_, without, n = _draws(hurdle_with), _draws(hurdle_without), len(policy)
    # Weights of the men, one column for each idea: the gain is a mean over some of them.
    weights = np.column_stack(
        [policy, np.ones(n), joined / joined.mean(), 1 - policy, policy - joined]
    )
    gain = (with_ @ weights - without @ weights) / n
    truth, ate, att, rest, seen = np.moveaxis(gain, -1, 0)
    places, nobody = policy.mean(), without.mean(axis=-1)
    groups = with_ @ (policy / policy.sum()) - without @ ((1 - policy) / (1 - policy).sum())
    return checks.close(
        policy_gain,
        truth,
        tolerance=1.0,
        hints=[
            (truth / places, "That is the gain of each man chosen; the question is about all men."),
            (truth * n, "That is the sum over all men; an average is asked for."),
            (ate, "That is the ATE: everybody gets a place. Set `treated` to the policy."),
            (att, "That is the ATT: other men, those who did take part."),
            (groups, "Two groups are compared; take the same men in both worlds."),
            (rest, "The policy is turned round: places for those who had earnings."),
            (truth + nobody, "That is the average itself; subtract the world without places."),
            (seen, "Compare with nobody taking part, not with what did happen."),
            (-truth, "The sign is turned: with the policy minus without the programme."),
            (truth / 1000, "These are thousands of dollars; the draws are dollars already."),
            *ON_FORM,
            "`treated` may be an array with one value per man.",
        ],
        why=f"{percent(places)} of the men get a place, and the average of all rises by "
        f"{dollars(truth.mean())} dollars: {dollars(truth.mean() / places)} for each of them, "
        f"against {dollars(ate.mean())} if all took part. One fitted program answers each policy "
        "that one can write down, if graph and lines are right.",
    )
