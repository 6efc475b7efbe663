"""Drawings and judges of notebook 15, "In which world are we operating?".

Plain functions of what the page has computed: no model, prior, estimand or estimator. Clinic: hours
of coaching a week, kilograms lost in a year. Smokers: kilograms gained; costs in euros a head.
"""

from __future__ import annotations

import functools
import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import marimo as mo

AXES = {
    "hours": ("hours given habits", "per week"),
    "loss": ("loss given habits", "kg a year"),
    "rho": ("hidden correlation ρ", "none"),
    "v": ("unseen hours, V", "per week"),
    "u": ("unseen loss, U", "kg a year"),
    "log": ("log-likelihood", "none"),
    "gain": ("effect of stopping", "kg"),
    "rank": ("rank of the true α in its posterior", "none"),
    "left": ("posterior sd of α / its prior's sd", "none"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

LEVEL = f"{percent(tidy.HDI_PROB)} confidence interval"
WIDE = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)
"""Standard errors on either side of a confidence interval of that level."""
BOTTOM = -20.0
"""Log units below the best at which the valley's curve is cut."""
LIKELY = -2.0
"""Log units below the best, where the valley's chart has its dashed line."""


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return what if unit == "none" else f"{what} ({unit})"


after, below = checks.after, charts.below


# Sliders -----------------------------------------------------------------------------------------


def slider_rho() -> mo.ui.slider:
    """Return the slider of the hidden correlation in the clinic."""
    import marimo as mo

    return mo.ui.slider(-0.9, 0.9, 0.1, value=0.6, show_value=True, label="hidden correlation ρ")


def slider_letters() -> mo.ui.slider:
    """Return the slider of what a standard deviation of letters adds to the hours."""
    import marimo as mo

    return mo.ui.slider(0, 1, 0.1, value=0, show_value=True, label="g (hours per sd of letters)")


def slider_map() -> mo.ui.slider:
    """Return the slider of the correlation assumed for the smokers."""
    import marimo as mo

    return mo.ui.slider(-0.3, 0.3, 0.01, value=0, show_value=True, label="assumed ρ")


# Tables ------------------------------------------------------------------------------------------


def two_ways(alpha: Any, two_stage: float, error: float) -> pd.DataFrame:
    """Return the effect of an hour by the joint model and by two-stage least squares, a row each.

    Args:
        alpha: draws of the joint model's effect, any shape, kg per hour.
        two_stage: estimate of two-stage least squares, kg per hour.
        error: its standard error, kg per hour.

    Returns:
        Frame with columns label, mean, sd, lower, upper (kg per hour): mean, standard deviation and
        94 % HDI of the draws; estimate, standard error and 94 % confidence interval.

    Raises:
        ValueError: there is no draw.
    """
    if not np.size(alpha):
        msg = "expected draws of alpha, got none"
        raise ValueError(msg)
    rows = tidy.summarise({"joint model": alpha})
    limits = two_stage - WIDE * error, two_stage + WIDE * error
    rows.loc[1] = "two-stage least squares", two_stage, error, *limits
    return rows


def grid_summary(
    grid: np.ndarray, probability: np.ndarray, truth: float
) -> tuple[float, float, float]:
    """Return mean, standard deviation and coverage of posteriors on a grid, averaged over worlds.

    Coverage: the share of worlds whose equal-tailed 94 % interval holds the truth.

    Args:
        grid: values of the effect, rising, shape (g,), kg per hour.
        probability: of each value in each world, shape (n, g), each row with sum 1.
        truth: the effect, kg per hour.

    Raises:
        ValueError: a row of probability does not match the grid, or its sum is not 1.
    """
    if probability.shape[1:] != grid.shape or not np.allclose(probability.sum(axis=1), 1):
        msg = f"expected rows of {grid.size} probabilities with sum 1, got {probability.shape}"
        raise ValueError(msg)
    mean = probability @ grid
    sd = np.sqrt(probability @ grid**2 - mean**2)
    below = probability[:, grid < truth].sum(axis=1)
    held = np.abs(below - 0.5) < tidy.HDI_PROB / 2
    return float(mean.mean()), float(sd.mean()), float(held.mean())


# Charts ------------------------------------------------------------------------------------------


def chart_first(hours: np.ndarray, loss: np.ndarray, slope: float, truth: float) -> alt.LayerChart:
    """Return 400 clients with the line of OLS and the line of the truth.

    Args:
        hours: per week, less what habits predict, shape (n,).
        loss: kg, less what habits predict, shape (n,).
        slope: of OLS, kg per hour.
        truth: the effect, kg per hour.
    """
    points = pd.DataFrame({"hours": hours, "loss": loss}).head(400).round(3)
    ends = np.array([-3.5, 3.5])
    lines = pd.concat(
        [
            pd.DataFrame({"at": ends, "line": ends * each, "role": role, "name": name})
            for each, role, name in ((slope, "naive", "OLS"), (truth, "truth", "truth"))
        ]
    ).round(4)
    x, y = axis_title("hours"), axis_title("loss")
    dots = (
        alt.Chart(points)
        .mark_point(filled=True, size=22, opacity=0.35, color=charts.ROLES["control"])
        .encode(alt.X("hours:Q", title=x), alt.Y("loss:Q", title=y))
    )
    scale = alt.Scale(domain=["naive", "truth"], range=[charts.ROLES["naive"], "black"])
    drawn = alt.Chart(lines).encode(
        alt.X("at:Q", title=x),
        alt.Y("line:Q", title=y),
        alt.Color("role:N", scale=scale, legend=None),
    )
    dash = alt.StrokeDash("role:N", legend=None)
    text = drawn.transform_filter("datum.at > 0").mark_text(
        align="left",
        dx=4,
        dy=alt.expr("datum.role == 'naive' ? -8 : 10"),
        fontSize=16,
        fontWeight="bold",
    )
    title = f"OLS: {signed(slope)} kg per hour; truth: {signed(truth)}"
    chart = alt.layer(
        dots, drawn.mark_line(strokeWidth=3).encode(strokeDash=dash), text.encode(text="name:N")
    ).properties(title=alt.Title(charts.wrap(title)), height=200)
    words = (
        f"{title}. Kilograms lost against hours of 400 clients, both given habits, with two lines."
    )
    return charts.describe(chart, words)


@functools.cache
def _curve_template(
    x: str, y: str, low: float, high: float, bottom: float, top: float, rule: float
) -> dict[str, Any]:
    """Return the specification of a curve over rho with a band, a rule, a point and its label."""
    role = "adjusted"
    some = pd.DataFrame({"rho": [low, high], "value": [bottom, top], "low": 0.0, "high": 0.0})
    at = pd.DataFrame({"at": [0.0], "here": [0.0], "told": [""]})
    across = alt.X("rho:Q", title=axis_title(x), scale=alt.Scale(domain=[low, high], nice=False))
    scale = alt.Scale(domain=[bottom, top], nice=False)
    up = alt.Y("value:Q", title=axis_title(y), scale=scale)
    base = alt.Chart(some)
    band = base.mark_area(opacity=0.2, color=charts.ROLES[role])
    band = band.encode(across, alt.Y("low:Q", title=axis_title(y), scale=scale), y2="high:Q")
    line = base.mark_line(strokeWidth=3, color=charts.ROLES[role]).encode(across, up)
    dashed = alt.Chart().mark_rule(strokeDash=[4, 4]).encode(y=alt.datum(rule))
    point = alt.Chart(at).encode(x="at:Q", y="here:Q")
    mark = point.mark_point(filled=True, size=180, opacity=1, color=charts.ROLES[role])
    text = point.mark_text(dy=-18, fontSize=15, fontWeight="bold").encode(text="told:N")
    layers = alt.layer(band, line, dashed, mark, text)
    return layers.properties(title=alt.Title(""), height=130).to_dict()


def _curve(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that `_curve_template` draws; without an interval the band is empty."""
    found = frame.assign(
        low=frame.get("low", frame["value"]), high=frame.get("high", frame["value"])
    )
    return found[["rho", "value", "low", "high"]].round(4)


@functools.cache
def _cloud_template() -> dict[str, Any]:
    """Return the specification of 400 clients' unseen parts, with the mean of U given V."""
    x = alt.X("v:Q", title=axis_title("v"), scale=alt.Scale(domain=[-3.5, 3.5], nice=False))
    scale = alt.Scale(domain=[-10, 10], nice=False, clamp=True)
    y = alt.Y("u:Q", title=axis_title("u"), scale=scale)
    dots = alt.Chart(pd.DataFrame({"v": [0.0], "u": [0.0]}))
    dots = dots.mark_point(filled=True, size=22, opacity=0.35, color=charts.ROLES["control"])
    line = alt.Chart(pd.DataFrame({"at": [0.0], "mean": [0.0]}))
    line = line.mark_line(strokeWidth=3, color=charts.ROLES["naive"])
    lean = line.encode(alt.X("at:Q", title=axis_title("v")), alt.Y("mean:Q", title=axis_title("u")))
    layers = alt.layer(dots.encode(x, y), lean)
    return layers.properties(title=alt.Title(""), height=200).to_dict()


def chart_drift(
    v: np.ndarray, u: np.ndarray, rho: float, ols: float, truth: float
) -> charts.Drawing:
    """Return what is not seen of 400 clients: kilograms against hours, with the mean of U given V.

    Args:
        v: unseen part of the hours, per week, shape (n,).
        u: unseen part of the loss, kg, shape (n,).
        rho: where the slider stands.
        ols: slope of OLS in the same clients, kg per hour.
        truth: the effect, kg per hour.
    """
    v, u = np.asarray(v), np.asarray(u)
    ends = np.array([-3.0, 3.0])
    line = pd.DataFrame({"at": ends, "mean": (v @ u / (v @ v) * ends).round(3)})
    title = (
        f"ρ = {signed(rho, 1)}: OLS says {signed(ols)} kg per hour, the truth is {signed(truth)}"
    )
    words = f"{title}. Unseen kilograms against unseen hours of 400 clients; the line is the mean."
    points = pd.DataFrame({"v": v, "u": u}).head(400).round(2)
    return charts.redraw(_cloud_template(), points, line, title=title, words=words)


def chart_valley(found: pd.DataFrame, g: float) -> charts.Drawing:
    """Return the profile log-likelihood over rho, cut where it is 20 below the best.

    Args:
        found: columns rho, alpha (kg per hour), log_likelihood (0 at the best), by rising rho.
        g: hours that a standard deviation of letters adds.
    """
    frame = found.rename(columns={"log_likelihood": "value"})
    frame = frame[(frame["rho"].abs() <= 0.95) & (frame["value"] >= BOTTOM)]  # noqa: PLR2004
    likely = frame[frame["value"] > LIKELY]
    best = frame.loc[frame["value"].idxmax()]
    at = pd.DataFrame({"at": [best["rho"]], "here": [best["value"]], "told": [""]})
    low, high = likely["rho"].min(), likely["rho"].max()
    every = len(likely) == len(frame)  # then the ends are the picture's, not the data's
    told = "all ρ shown" if every else f"ρ from {signed(low)} to {signed(high)}"
    few, many = (signed(likely["alpha"].agg(end), 1) for end in ("min", "max"))
    title = f"g = {number(g, 1)}: within 2 log units {told}, "
    title += f"effect from {few} to {many} kg per hour"
    template = _curve_template("rho", "log", -0.95, 0.95, BOTTOM, 1.0, LIKELY)
    words = f"{title}. Log-likelihood below the best, against the hidden correlation."
    return charts.redraw(template, _curve(frame), at, title=title, words=words)


def chart_map(nhefs_map: pd.DataFrame, rho: float) -> charts.Drawing:
    """Return the effect of stopping against the assumed correlation, with its interval.

    The joint model of a binary treatment: Heckman (1978), doi:10.2307/1909757.

    Args:
        nhefs_map: columns rho, alpha, se (kg).
        rho: where the slider stands.
    """
    half = WIDE * nhefs_map["se"]
    frame = nhefs_map.assign(value=nhefs_map["alpha"])
    frame = frame.assign(low=frame["value"] - half, high=frame["value"] + half)
    here = float(np.interp(rho, nhefs_map["rho"], nhefs_map["alpha"]))
    at = pd.DataFrame({"at": [rho], "here": [here], "told": [signed(here)]})
    title = f"If ρ = {signed(rho)}, stopping adds {signed(here)} kg"
    template = _curve_template("rho", "gain", -0.3, 0.3, -2.0, 9.0, 0.0)
    words = f"{title}. Effect against the assumed correlation, band: {LEVEL}."
    return charts.redraw(
        template, _curve(frame), at, title=title, subtitle=f"band: {LEVEL}", words=words
    )


def chart_calibration(sbc: pd.DataFrame) -> alt.ConcatChart:
    """Return histograms of ranks and, beside them, of what is left of the prior's width.

    Simulation-based calibration: Talts et al. (2018), arXiv:1804.06788.

    Args:
        sbc: a row a world: sent (1 with letters, 0 without), rank and sd_left (posterior sd over
            prior sd), both from 0 up (what is above 1 is counted in the last bin).
    """
    panels, held, left = [], [], []
    for sent, name, role in ((1, "letters", "adjusted"), (0, "no letters", "naive")):
        own = sbc[sbc["sent"] == sent]
        held.append(percent(np.mean(np.abs(own["rank"] - 0.5) < tidy.HDI_PROB / 2)))
        left.append(percent(own["sd_left"].median()))
        flat = alt.Chart(pd.DataFrame({"flat": [len(own) / 10]})).mark_rule(strokeDash=[4, 4])
        ranks = _histogram(own["rank"], "rank", name, role) + flat.encode(y="flat:Q")
        panels += [ranks, _histogram(own["sd_left"], "left", name, role)]
    title = [
        f"The interval holds α in {held[0]} with letters, {held[1]} without;",
        f"{left[0]} and {left[1]} of the prior's sd is left",
    ]
    words = f"{' '.join(title)}. Histograms of worlds: ranks of the true effect beside a flat "
    words += f"line; what the posterior leaves of the prior's sd, {left[0]} and {left[1]}."
    panels = [each.properties(width=250, height=110) for each in panels]
    chart = alt.concat(*panels, columns=2, title=alt.Title(title), autosize="pad")
    return charts.describe(chart, words)


def _histogram(values: pd.Series, axis: str, name: str, role: str) -> alt.Chart:
    """Return ten bars from 0 to 1, of this height each: how many values."""
    count, edges = np.histogram(np.clip(values, 0, 1), 10, (0, 1))
    bars = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "worlds": count}).round(2)
    x = alt.X("low:Q", title=axis_title(axis), scale=alt.Scale(domain=[0, 1]))
    chart = alt.Chart(bars).mark_bar(color=charts.ROLES[role], stroke="white")
    y = alt.Y("worlds:Q", title=f"worlds, {name}")
    return chart.encode(x, y, x2="high:Q", y2=alt.datum(0))


# Judges ------------------------------------------------------------------------------------------


def near(wrong: float, within: float) -> Callable[[Any], bool]:
    """Return whether an answer is this wrong number (a predicate for a hint)."""
    return lambda value: abs(float(value) - wrong) <= within


def _number(value: Any) -> float:
    """Return what a learner's function gave, as a number.

    Raises:
        Unanswered: it gave nothing.
        TypeError: it gave a text, or True or False.
    """
    if value is None or value is ...:
        raise checks.Unanswered("Replace `...` by your answer.")
    if isinstance(value, str | bytes | bool):
        raise TypeError("it returns no number")
    return float(value)


def _like(
    cases: Sequence[tuple[float, ...]], rule: Callable[..., float], within: float
) -> Callable[[Any], bool]:
    """Return whether a learner's function says what a rule says in all cases."""

    def fits(function: Any) -> bool:
        mine = [_number(function(*case)) for case in cases]
        goal = [rule(*case) for case in cases]
        return all(abs(a - b) <= within for a, b in zip(mine, goal, strict=True))

    return fits


def judge_1(with_letters: Any, drift: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 1: the bias when the instrument is a control (Pearl 2010).

    Args:
        with_letters: the answer, one of three texts.
        drift: columns rho, regression, simulated (bias, kg per hour).
    """
    seen = drift[drift["rho"] == drift["rho"].max()].set_index("regression")["simulated"]
    return checks.choice(
        with_letters,
        "double",
        ["half", "same", "double"],
        hints=[
            ("same", "Letters leave U and V as they are. What happens to the variation of hours?"),
            ("half", "An instrument helps in another place. As a control, what does it remove?"),
            "The bias is the confounded part over what varies in the hours, given the rest.",
        ],
        why=f"{signed(seen['letters sent'])} without, {signed(seen['letters as a control'])} with "
        "them: the letters' variation was the clean half, and the control takes it away.",
    )


def judge_2(effect_draws: Any, idata: Any, forced: float, ols: float) -> checks.Check:
    """Return the verdict on exercise 2: the effect of an hour by `do`.

    Nodes split into what is done and what was chosen: Richardson & Robins (2013).

    Args:
        effect_draws: the answer: one value a draw, or their mean; kg per hour.
        idata: the fit, whose `alpha` is the effect.
        forced: what forcing the hours gives.
        ols: the slope of OLS in the same clients.
    """
    alpha = np.asarray(idata.posterior["alpha"])
    rho, s_u, s_v = (np.asarray(idata.posterior[name]) for name in ("rho", "s_u", "s_v"))
    goal, within = float(alpha.mean()), 0.02

    def mean(value: Any) -> float:
        if isinstance(value, str | bytes | bool):
            raise TypeError("numbers are expected")
        return float(np.asarray(value, float).mean())

    def rightly(value: Any) -> bool | str:
        found = mean(value)
        if not math.isfinite(found):
            return "Finite numbers are expected."
        return abs(found - goal) <= within

    def like(wrong: float) -> Callable[[Any], bool]:
        return lambda value: abs(mean(value) - wrong) <= within

    return checks.holds(
        effect_draws,
        rightly,
        hints=[
            (
                like(forced),
                "Still hers: to the hidden share forced hours look chosen. Which term needs which?",
            ),
            (like(ols), "That is OLS again: the hidden share is thrown away, not held."),
            (
                like(float(-(rho * s_u / s_v).mean())),
                "That moves what hours were expected to be; the coach moves the dose.",
            ),
            (like(-goal), "The sign is turned: one hour minus none."),
            (like(0.0), "Nothing moved. Do both worlds force the same dose?"),
            (
                lambda v: mean(v) < -goal or mean(v) > 2 * goal,
                "A difference of two worlds is asked for, not one world's kilograms.",
            ),
            "Which node does the causal term read, and which the hidden share?",
        ],
        why=f"{signed(goal)}: the causal term alone. The hours stay as they were chosen, and with "
        "them what they tell about the client.",
    )


FLAT = [(0.6, 4.0, 2.0, 1.0), (-0.6, 4.0, 2.0, 1.0), (0.0, 1.0, 3.0, 2.0), (0.3, -1.0, 1.5, 0.5)]


def _alpha_at(rho: float, slope: float, s_e: float, s_v: float) -> float:
    return slope - rho / math.sqrt(1 - rho**2) * s_e / s_v


def judge_3(alpha_at: Any) -> checks.Check:
    """Return the verdict on exercise 3: the effect that goes with an assumed correlation.

    Args:
        alpha_at: the answer, a function of rho, slope of OLS, s_e and s_v.
    """

    def like(rule: Callable[..., float]) -> Callable[[Any], bool]:
        return _like(FLAT, rule, 1e-6)

    return checks.holds(
        alpha_at,
        like(_alpha_at),
        hints=[
            (
                like(lambda r, a, e, v: a - r * e / v),
                "s_e is what is left of U when V is known: smaller than sigma_u.",
            ),
            (
                like(lambda r, a, e, v: a + r / math.sqrt(1 - r**2) * e / v),
                "The sign: a positive ρ drives OLS up, so the effect lies below.",
            ),
            (
                like(lambda r, a, e, v: a - r * math.sqrt(1 - r**2) * e / v),
                "sigma_u is larger than s_e: divide by the root.",
            ),
            (
                like(lambda r, a, e, v: a - r / (1 - r**2) * e / v),
                "The root of 1 − ρ² is forgotten.",
            ),
            (
                like(lambda r, a, e, v: a - r / math.sqrt(1 - r**2) * v / e),
                "Upside down: a slope is kilograms per hour, so kilograms stand above.",
            ),
            "Solve the two equations for sigma_u and α.",
        ],
        why="Each ρ between −1 and 1 has its effect, and the same data. Here they are:",
    )


FACTORS = [(5.0, -0.175), (1.0, 0.5), (0.5, 0.8), (8.0, 0.1), (3.0, 0.0)]


def judge_4(correlation_of: Any, rho_without: float) -> checks.Check:
    """Return the verdict on exercise 4: the correlation that a factor implies.

    Args:
        correlation_of: the answer, a function of s (sd of U) and r.
        rho_without: the correlation of our own fit without intercepts.
    """

    def like(rule: Callable[[float, float], float]) -> Callable[[Any], bool]:
        return _like(FACTORS, rule, 1e-6)

    def root(s: float, r: float) -> float:
        return math.sqrt((s * r) ** 2 + 1 - r**2)

    s, r = FACTORS[0]
    # Each line of that program has a second noise: s again, and a logistic one, of variance π² / 3.
    whole = s * s * r / math.sqrt(2 * s**2 * (root(s, r) ** 2 + math.pi**2 / 3))
    return checks.holds(
        correlation_of,
        like(lambda s, r: s * r / root(s, r)),
        hints=[
            (like(lambda _, r: r), "As reported. What is the standard deviation of V?"),
            (like(lambda s, r: s * r), "V's standard deviation is not 1: divide by it."),
            (
                like(lambda s, r: s * s * r),
                "That is the covariance; divide by both standard deviations.",
            ),
            (like(lambda s, r: r / root(s, r)), "The s in V's first term is lost."),
            (
                like(lambda s, r: s * r / root(s, r) ** 2),
                "Divided by V's variance: its root is the standard deviation.",
            ),
            "cov(U, V) over sd(U) sd(V); e1 and e2 have variance 1.",
        ],
        why=f"With s = {number(s, 0)} kg, a reported {number(r, 3)} is a correlation of "
        f"{number(s * r / root(s, r))} between U and V. As we read it, that program gives each "
        f"line a second noise: the errors as a whole correlate by {number(whole)}, near the "
        f"{number(rho_without)} of our fit without intercepts. (Why 5: used twice, it makes "
        f"{number(math.sqrt(2) * s, 1)} kg, about what the covariates leave.)",
    )


def judge_5(break_even: Any, nhefs_map: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 5: the correlation at which a course stops paying.

    Args:
        break_even: the answer, a function of the cost (euros a head).
        nhefs_map: columns rho (rising), alpha (kg, falling).
    """
    rho, alpha = (nhefs_map[name].to_numpy() for name in ("rho", "alpha"))

    def read(kilograms: float) -> float:
        return float(np.interp(-kilograms, -alpha, rho))

    def like(rule: Callable[[float], float], within: float = 0.004) -> Callable[[Any], bool]:
        return _like([(40,), (60,), (80,), (100,)], rule, within)

    return checks.holds(
        break_even,
        like(lambda cost: read(cost / 20)),
        hints=[
            (
                like(lambda cost: float(np.interp(cost / 20, alpha, rho))),
                "np.interp needs rising xs and does not complain: turn the map round.",
            ),
            (like(lambda cost: read(cost / 50)), "Of the gain only 40 % is avoided."),
            (like(read), "The map is in kilograms; the cost is in euros."),
            (
                like(lambda cost: read(cost * 0.4 / 50)),
                "The course must avoid cost / 50 kg, and that is 40 % of α: divide by it.",
            ),
            (like(lambda cost: -read(cost / 20)), "The sign is turned: read the map once more."),
            (
                like(lambda cost: float(np.interp(cost / 20, rho, alpha))),
                "That reads the map from ρ to α; here α is known and ρ is asked for.",
            ),
            "First kilograms: at which α are costs and gains equal? Then the ρ that goes with it.",
        ],
        why=f"A cost of 60 euros turns the act where ρ is {number(read(60 / 20))}: about as large, "
        "though the other way, as leaving out age.",
    )


ACTS = [(60.0, 0.1), (40.0, 0.05), (100.0, 0.08), (60.0, 0.02)]
ROUND = 0.35
"""Euros within which an expected regret counts as right: room for simulation."""


def _act(
    cost: float, sd: float, alpha_on_map: Callable[[Any], Any], se: float
) -> tuple[bool, float, dict[str, float]]:
    """Return the better act, its expected regret, and what the usual slips make of it (euros)."""
    z, w = np.polynomial.hermite_e.hermegauss(80)
    w /= w.sum()
    fine = np.linspace(-5, 5, 801)
    p = np.exp(-(fine**2) / 2)
    gain = 20 * (alpha_on_map(sd * fine)[:, None] + se * z) - cost
    weight = (p / p.sum())[:, None] * w
    mean = float(np.sum(weight * gain))
    regrets = {True: np.maximum(-gain, 0), False: np.maximum(gain, 0)}
    own, other = (float(np.sum(weight * regrets[mean > 0 if k else mean <= 0])) for k in (1, 0))
    wrong = float(np.sum(weight * (regrets[mean > 0] > 0)))
    sharp = 20 * alpha_on_map(sd * fine) - cost
    no_se = float(np.sum(p / p.sum() * np.maximum(-sharp if mean > 0 else sharp, 0)))
    return mean > 0, own, {"other": other, "given": own / wrong, "no se": no_se, "zero": 0.0}


def judge_6(act: Any, alpha_on_map: Callable[[Any], Any], se: float) -> checks.Check:
    """Return the verdict on exercise 6: the act with the larger expected gain, and its regret.

    Args:
        act: the answer, a function of cost (euros) and sd (of rho): (offer?, regret in euros).
        alpha_on_map: rho -> kg.
        se: standard error of the map, kg.
    """
    goals = [_act(cost, sd, alpha_on_map, se) for cost, sd in ACTS]
    found: list[tuple[bool, float]] = []

    def rightly(function: Any) -> bool | str:
        for cost, sd in ACTS:
            answer = function(cost, sd)
            if answer is None or answer is ...:
                raise checks.Unanswered("Replace `...` by your answer.")
            offer, regret = answer
            if offer is ... or regret is ...:
                raise checks.Unanswered("Replace `...` by your answer.")
            if not isinstance(offer, bool | np.bool_ | int):
                return "The first value is True (offer) or False."
            found.append((bool(offer), _number(regret)))
        if [offer for offer, _ in found] != [goal[0] for goal in goals]:
            return "The act is not the one with the larger expected gain in every case."
        return like("right")(function)

    def like(slip: str) -> Callable[[Any], bool]:
        wanted = [goal[1] if slip == "right" else goal[2][slip] for goal in goals]
        return lambda _: (
            len(found) == len(goals)
            and all(
                abs(mine[1] - goal) <= max(ROUND, 0.03 * goal)
                for mine, goal in zip(found, wanted, strict=True)
            )
        )

    regrets = [number(_act(60.0, sd, alpha_on_map, se)[1], 0) for sd in (0.02, 0.1)]
    return checks.holds(
        act,
        rightly,
        hints=[
            (
                lambda _: (
                    len(found) == len(goals)
                    and all(m[0] != g[0] for m, g in zip(found, goals, strict=True))
                ),
                "Turned round: offering gains 20 α − cost.",
            ),
            (
                like("zero"),
                "The maximum first, then the mean: regret is taken in each world, not on average.",
            ),
            (like("no se"), "α given ρ is uncertain too: MAP_SE is left out."),
            (
                like("given"),
                "That is the regret *where* the act is wrong; average over all worlds.",
            ),
            (like("other"), "That is the regret of the act that was not chosen."),
            "Regret of offering in one world: max(cost − 20 α, 0). Average it over the worlds.",
        ],
        why="At a cost of 60 euros, offering stays right for every sd; its expected regret grows "
        f"from about {regrets[0]} (sd 0.02) to about {regrets[1]} euros a head (sd 0.1). That is "
        "what knowing α would be worth.",
    )


def judge_7(rho_zero: Any, men: pd.DataFrame, controls: list[str]) -> checks.Check:
    """Return the verdict on exercise 7: the correlation that explains the return away.

    Args:
        rho_zero: the answer, a number.
        men: columns log_wage, education_years and the controls.
        controls: names of columns.
    """
    x = np.column_stack([np.ones(len(men)), men[controls]])
    both = men[["log_wage", "education_years"]].to_numpy(float)
    left = both - x @ np.linalg.lstsq(x, both, rcond=None)[0]
    goal = float(np.corrcoef(left.T)[0, 1])  # U is the whole of what is left: corr(U, V)
    raw = float(men["log_wage"].corr(men["education_years"]))
    tan = goal / math.sqrt(1 - goal**2)
    s = left.std(axis=0)
    slope = goal * s[0] / s[1]
    within = 0.004
    return checks.close(
        rho_zero,
        goal,
        tolerance=within,
        hints=[
            (near(tan, within), "That is ρ / √(1 − ρ²); solve it for ρ."),
            (near(-goal, within), "The sign: OLS is positive, so it takes a positive ρ."),
            (near(raw, within), "The controls are left out."),
            (
                near(slope, within),
                "That is the slope. In which ρ does α = slope − drift vanish?",
            ),
            (near(slope * s[1] / both[:, 0].std(), within), "s_e is the residuals' spread."),
            "Set the formula of exercise 3 to zero: slope, s_e and s_v are known.",
        ],
        why=f"ρ = {number(goal)}: it is the partial correlation of wage and schooling, for then U "
        "must explain all of it. The formula needs straight lines, not normal shapes: schooling in "
        "whole years is no trouble. "
        "Nothing in this regression says whether it is that large.",
    )
