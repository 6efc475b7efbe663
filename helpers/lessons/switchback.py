"""Drawings and judges of notebook 14, "Does the new dispatch rule work ...?".

Plain functions of what the page has computed: no world, estimand or estimator. City: rides per 100
openings of the app. Airport: rides an hour. Time in hours.

Sources: interference and its effects, Hudgens & Halloran (2008), doi:10.1198/016214508000000292;
switchbacks, Bojinov, Simchi-Levi & Zhao (2023), doi:10.1287/mnsc.2022.4583; the randomisation test,
Fisher (1935), The Design of Experiments.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable

    import marimo as mo

AXES = {
    "hour_of_day": ("hour of the day", "hours"),
    "per_100": ("rides", "per 100 openings"),
    "effect_100": ("effect", "rides per 100 openings"),
    "bias_100": ("bias", "rides per 100 openings"),
    "error_100": ("typical error", "rides per 100 openings"),
    "drivers": ("drivers", "per opening"),
    "hour": ("time", "hours"),
    "rides": ("rides", "per hour"),
    "error": ("error", "rides per hour"),
    "difference": ("new minus old", "rides per hour"),
    "block": ("block length", "hours"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

LEVEL = f"{percent(tidy.HDI_PROB)} confidence interval"
ROLE = {1: "treated", 0: "control"}
RULE = {1: "new rule", 0: "old rule"}


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


after, below = checks.after, charts.below


# Sliders -----------------------------------------------------------------------------------------


def slider_scarcity() -> mo.ui.slider:
    """Return the slider of drivers per opening."""
    import marimo as mo

    return mo.ui.slider(0.3, 0.6, 0.01, value=0.34, show_value=True, label="drivers an opening")


def slider_freed() -> mo.ui.slider:
    """Return the slider of drivers whom the rule frees, in per cent."""
    import marimo as mo

    return mo.ui.slider(0, 10, 1, value=4, show_value=True, label="drivers freed (%)")


def sliders_of_blocks() -> tuple[mo.ui.slider, mo.ui.slider, mo.ui.slider]:
    """Return sliders of carry-over (a share), burn-in and block length (hours)."""
    import marimo as mo

    return (
        mo.ui.slider(0, 0.95, 0.05, value=0.6, show_value=True, label="carry-over"),
        mo.ui.slider(0, 6, 1, value=0, show_value=True, label="burn-in (hours)"),
        mo.ui.slider(
            steps=[1, 2, 3, 4, 6, 8, 12, 24, 48], value=8, show_value=True, label="block (hours)"
        ),
    )


def sliders_of_cities() -> tuple[mo.ui.slider, mo.ui.slider]:
    """Return sliders of the share of drivers who roam, and of what is left of freed drivers."""
    import marimo as mo

    return (
        mo.ui.slider(steps=[0, 0.2, 0.4], value=0.2, show_value=True, label="roaming drivers"),
        mo.ui.slider(
            steps=[0.5, 0.8, 0.95], value=0.8, show_value=True, label="still free an hour later"
        ),
    )


# Charts ------------------------------------------------------------------------------------------


def _two_roles(arm: str = "role:N") -> tuple[alt.Color, alt.StrokeDash]:
    """Return colour and dash of the new rule's and the old rule's curves."""
    roles = ["treated", "control"]
    dashes = alt.Scale(domain=roles, range=[charts.DASHES[role] for role in roles])
    colour = alt.Color(arm, scale=charts.role_scale(*roles), legend=None)
    return colour, alt.StrokeDash(arm, scale=dashes, legend=None)


def chart_first(rides: np.ndarray, naive_difference: float) -> alt.LayerChart:
    """Return rides per 100 openings by hour of the day, one curve an arm.

    Args:
        rides: of two halves (new rule first), 336 hours, 20 zones, 20 openings in each.
        naive_difference: mean of the first half minus mean of the second, per 100 openings.
    """
    by_hour = 100 * rides.reshape(2, 14, 24, -1).mean(axis=(1, 3)) / 20
    parts = [
        pd.DataFrame({"hour": np.arange(24), "rides": by_hour[half].round(2), "role": role})
        for half, role in enumerate(("treated", "control"))
    ]
    frame = pd.concat(parts, ignore_index=True)
    colour, dash = _two_roles()
    x = alt.X("hour:Q", title=axis_title("hour_of_day"), scale=alt.Scale(nice=False))
    y = alt.Y("rides:Q", title=axis_title("per_100"), scale=alt.Scale(zero=False))
    lines = alt.Chart(frame).mark_line(strokeWidth=3).encode(x, y, colour, strokeDash=dash)
    layers = [lines]
    for role, name, hour, dy in (("treated", "new rule", 3, 18), ("control", "old rule", 12, -14)):
        named = frame[(frame["role"] == role) & (frame["hour"] == hour)].assign(name=name)
        text = alt.Chart(named).mark_text(dy=dy, fontSize=16, fontWeight="bold")
        layers.append(text.encode(x, y, colour, text="name:N"))
    title = f"New rule: {number(naive_difference, 1)} rides more per 100 openings"
    words = f"{title}. Rides per 100 openings by hour of the day, one curve for each arm."
    chart = alt.layer(*layers).properties(title=alt.Title(charts.wrap(title)), height=130)
    return charts.describe(chart, words)


@functools.cache
def _scarcity_template() -> dict[str, Any]:
    """Return the specification of what the test says and what the city gains, by drivers."""
    some = pd.DataFrame({"drivers": [0.3, 0.6] * 2, "effect": 1.0, "who": ["A/B test", "city"] * 2})
    at = pd.DataFrame({"at": [0.34] * 2, "effect_at": [1.0, 2.0], "who_at": ["A/B test", "city"]})
    at["told"] = ""
    who = ["A/B test", "city"]
    roles = ["naive", "adjusted"]
    colours = alt.Scale(domain=who, range=[charts.ROLES[role] for role in roles])
    dashes = alt.Scale(domain=who, range=[charts.DASHES[role] for role in roles])
    shapes = alt.Scale(domain=who, range=[charts.SHAPES[role] for role in roles])
    lines = (
        alt.Chart(some)
        .mark_line(strokeWidth=3)
        .encode(
            alt.X(
                "drivers:Q",
                title=axis_title("drivers"),
                scale=alt.Scale(domain=[0.3, 0.6], nice=False),
            ),
            alt.Y("effect:Q", title=axis_title("effect_100"), scale=alt.Scale(domain=[0, 7.5])),
            alt.Color("who:N", scale=colours, title=None, legend=alt.Legend(orient="top")),
            strokeDash=alt.StrokeDash("who:N", scale=dashes, legend=None),
        )
    )
    points = alt.Chart(at).encode(
        x="at:Q", y="effect_at:Q", color=alt.Color("who_at:N", scale=colours, legend=None)
    )
    marks = points.mark_point(filled=True, size=180, opacity=1).encode(
        shape=alt.Shape("who_at:N", scale=shapes, legend=None)
    )
    text = points.mark_text(dx=10, dy=18, align="left", fontSize=15, fontWeight="bold")
    layers = alt.layer(lines, marks, text.encode(text="told:N"))
    return layers.properties(title=alt.Title(""), height=150).to_dict()


def chart_scarcity(
    drivers: np.ndarray,
    says: np.ndarray,
    gains: np.ndarray,
    at: float,
    says_at: float,
    gains_at: float,
) -> charts.Drawing:
    """Return what the A/B test says and what the city gains, against drivers per opening.

    Args:
        drivers: per opening, shape (n,).
        says: of the A/B test, rides per 100 openings, shape (n,).
        gains: of the city, likewise.
        at: drivers per opening where the sliders stand.
        says_at: the test's word there, rides per 100 openings.
        gains_at: the city's gain there.
    """
    curves = pd.concat(
        [
            pd.DataFrame({"drivers": drivers, "effect": each, "who": who}).round(4)
            for who, each in (("A/B test", says), ("city", gains))
        ]
    )
    point = pd.DataFrame(
        {
            "at": [at, at],
            "effect_at": [float(says_at), float(gains_at)],
            "who_at": ["A/B test", "city"],
            "told": [signed(says_at), signed(gains_at)],
        }
    )
    title = f"{number(at)} drivers an opening: test {signed(says_at)}, city {signed(gains_at)}"
    if gains_at > 1e-9:  # noqa: PLR2004
        title += f", factor {number(says_at / gains_at)}"
    words = f"{title}. Rides per 100 openings against drivers per opening, without chance."
    return charts.redraw(_scarcity_template(), curves, point, title=title, words=words)


def chart_hours(
    hours: pd.DataFrame, block_means: pd.DataFrame, block: int, burn_in: int, difference: float
) -> alt.LayerChart:
    """Return five days of hours, the rule in each, and the means of the blocks.

    Args:
        hours: columns hour, new_rule (1 or 0), rides (per hour).
        block_means: columns block (number), new_rule, rides (mean of the hours that count).
        block: length of a block, hours.
        burn_in: hours of each block that do not count.
        difference: mean of the blocks with the new rule minus that of the others, rides per hour.
    """
    shown = hours.head(120).round(2)
    shown = shown.assign(
        role=shown["new_rule"].map(ROLE), counts=(shown["hour"] % block >= burn_in).astype(int)
    )
    means = block_means.round(2).assign(start=lambda t: t["block"] * block)
    means = means[means["start"] < 120]  # noqa: PLR2004
    means = means.assign(end=means["start"] + block, role=means["new_rule"].map(ROLE))
    means["start"] = means["start"] + burn_in
    colour, _ = _two_roles()
    roles = ["treated", "control"]
    shapes = alt.Scale(domain=roles, range=[charts.SHAPES[role] for role in roles])
    x = alt.X("hour:Q", title=axis_title("hour"), scale=alt.Scale(domain=[0, 120], nice=False))
    y = alt.Y("rides:Q", title=axis_title("rides"), scale=alt.Scale(zero=False))
    fade = alt.Opacity("counts:O", scale=alt.Scale(domain=[0, 1], range=[0.25, 0.9]), legend=None)
    marks = alt.Chart(shown).mark_point(filled=True, size=50)
    marks = marks.encode(x, y, colour, fade, shape=alt.Shape("role:N", scale=shapes, legend=None))
    rules = alt.Chart(means).mark_rule(strokeWidth=4)
    rules = rules.encode(alt.X("start:Q", title=axis_title("hour")), y, colour, x2="end:Q")
    title = f"Blocks with the new rule: {signed(difference, 1)} rides an hour"
    how = "first five days; circles, blue: new rule; pale: burn-in; bars: block means"
    chart = alt.layer(marks, rules).properties(
        title=alt.Title(charts.wrap(title), subtitle=how), height=215
    )
    return charts.describe(chart, f"{title}. Rides an hour against time, {how}.")


KINDS = {"bias": "size of the bias", "sd": "standard deviation", "rmse": "typical error"}


@functools.cache
def _lengths_template() -> dict[str, Any]:
    """Return the specification of bias, spread and typical error by block length."""
    kinds = list(KINDS.values())
    some = pd.DataFrame({"block": [1.0, 48.0, 48.0], "size": [1.0, 2, 3], "kind": kinds})
    at = pd.DataFrame({"here": [8.0], "size_here": [2.0], "told": [""]})
    roles = ["naive", "control", "adjusted"]
    colours = alt.Scale(domain=kinds, range=[charts.ROLES[role] for role in roles])
    dashes = alt.Scale(domain=kinds, range=[charts.DASHES[role] for role in roles])
    ticks = alt.Axis(values=[1, 2, 3, 4, 6, 8, 12, 24, 48])
    scale = alt.Scale(type="log", domain=[1, 48], nice=False)
    legend = alt.Legend(orient="top", title=None, symbolType="stroke", symbolSize=500)
    lines = (
        alt.Chart(some)
        .mark_line(strokeWidth=3)
        .encode(
            alt.X("block:Q", title=axis_title("block"), scale=scale, axis=ticks),
            alt.Y("size:Q", title=axis_title("error"), scale=alt.Scale(domain=[0, 4], clamp=True)),
            alt.Color("kind:N", scale=colours, legend=legend, sort=kinds),
            alt.StrokeDash("kind:N", scale=dashes, legend=legend, sort=kinds),
        )
    )
    point = alt.Chart(at).encode(x="here:Q", y="size_here:Q")
    mark = point.mark_point(
        filled=True, size=180, opacity=1, shape="diamond", color=charts.ROLES["adjusted"]
    )
    text = point.mark_text(dy=-16, fontSize=15, fontWeight="bold").encode(text="told:N")
    return alt.layer(lines, mark, text).properties(title=alt.Title(""), height=220).to_dict()


def chart_lengths(
    table: pd.DataFrame, block: int, burn_in: int, phi: float, effect: float
) -> charts.Drawing:
    """Return bias, standard deviation and typical error against block length.

    Args:
        table: columns block (hours), bias, sd, rmse (rides per hour).
        block: where the slider stands, hours.
        burn_in: hours of each block that do not count.
        phi: carry-over.
        effect: in the long run, rides per hour.
    """
    sizes = table.assign(bias=table["bias"].abs()).rename(columns=KINDS)
    frame = sizes.melt("block", list(KINDS.values()), "kind", "size").round(4)
    here = table[table["block"] == block]
    if here.empty:
        title = f"A block of {block} hours is all burn-in: nothing is counted"
        point = pd.DataFrame({"here": [float("nan")], "size_here": [float("nan")], "told": [""]})
    else:
        row = here.iloc[0]
        title = f"{block} hours, {burn_in} not counted: {percent(1 + row['bias'] / effect)} "
        title += f"of the effect, typical error {number(row['rmse'])}"
        told = number(row["rmse"])
        point = pd.DataFrame({"here": [block], "size_here": [row["rmse"]], "told": [told]})
    words = f"{title}. Carry-over {number(phi)}. Errors in rides per hour against block length."
    return charts.redraw(_lengths_template(), frame, point, title=title, words=words)


def chart_redrawn(redrawn: np.ndarray, seen: float, p: float) -> alt.LayerChart:
    """Return the differences under other tosses of the coins, with the one that was seen.

    Args:
        redrawn: rides per hour, shape (draws,).
        seen: rides per hour.
        p: two-sided p-value.
    """
    count, edges = np.histogram(redrawn, bins=36)
    middle = (edges[1:] + edges[:-1]) / 2
    frame = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "tosses": count})
    frame["role"] = np.where(np.abs(middle) >= abs(seen), "naive", "control")
    bars = (
        alt.Chart(frame)
        .mark_bar(stroke="white")
        .encode(
            alt.X("from:Q", bin="binned", title=axis_title("difference")),
            alt.Y("tosses:Q", title="tosses (number)"),
            alt.Color("role:N", scale=charts.role_scale("naive", "control"), legend=None),
            x2="to:Q",
        )
    )
    at = pd.DataFrame({"seen": [seen], "told": [f"seen: {signed(seen)}"]})
    rule = alt.Chart(at).mark_rule(strokeWidth=3).encode(x="seen:Q")
    text = alt.Chart(at).mark_text(align="right", dx=-6, fontSize=15, fontWeight="bold")
    text = text.encode(x="seen:Q", y=alt.value(10), text="told:N")
    title = f"As far from zero as {signed(seen)}: p = {number(p, 3)}"
    words = f"{title}. Histogram of the difference under {len(redrawn)} tosses of the same coins."
    chart = alt.layer(bars, rule, text).properties(title=title, height=200)
    return charts.describe(chart, words)


def chart_board(board: pd.DataFrame) -> alt.LayerChart:
    """Return the leaderboard: bias and spread of each design, its coverage, its false alarms.

    Args:
        board: columns design, bias, sd, bias_error (Monte Carlo error of the bias; all in rides per
            100 openings), coverage, false_positive_rate.
    """
    order = board["design"].tolist()
    frame = board.assign(
        low=board["bias"] - board["sd"],
        high=board["bias"] + board["sd"],
        about=board["bias"] - 2 * board["bias_error"],
        to=board["bias"] + 2 * board["bias_error"],
        covers=[percent(c) for c in board["coverage"]],
        alarms=[percent(c) for c in board["false_positive_rate"]],
    ).round(3)
    frame["role"] = np.where(frame["coverage"] < 0.85, "naive", "adjusted")  # noqa: PLR2004
    roles = ["naive", "adjusted"]
    shapes = alt.Scale(domain=roles, range=[charts.SHAPES[role] for role in roles])
    base = alt.Chart(frame).encode(alt.Y("design:N", sort=order, title=None))
    colour = alt.Color("role:N", scale=charts.role_scale(*roles), legend=None)
    scale = alt.Scale(domain=[-2.2, 5.2])
    x = alt.X(
        "low:Q", title=axis_title("bias_100"), scale=scale, axis=alt.Axis(values=[-2, -1, 0, 1, 2])
    )
    point = base.mark_point(filled=True, size=130, opacity=1)
    texts = [
        base.mark_text(align="right", fontSize=14).encode(x=alt.datum(at), text=f"{column}:N")
        for at, column in ((3.6, "covers"), (5.1, "alarms"))
    ]
    heads = pd.DataFrame({"at": [3.6, 5.1], "head": ["covers", "alarms"]})
    head = alt.Chart(heads).mark_text(align="right", fontSize=16, fontWeight="bold", dy=-8)
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(strokeDash=[6, 4], strokeWidth=2)
    layers = [
        zero.encode(x="zero:Q"),
        base.mark_rule(strokeWidth=3).encode(x, colour, x2="high:Q"),
        base.mark_rule(strokeWidth=9).encode(x="about:Q", color=colour, x2="to:Q"),
        point.encode(
            x="bias:Q", color=colour, shape=alt.Shape("role:N", scale=shapes, legend=None)
        ),
        *texts,
        head.encode(x="at:Q", y=alt.value(0), text="head:N"),
    ]
    first = board.iloc[0]
    title = f"{first['design']}: false alarms {percent(first['false_positive_rate'])}, "
    title += f"truth covered {percent(first['coverage'])}"
    how = "mark: bias; line: one standard deviation; thick: two Monte Carlo errors; "
    how += "cross: covers below 85 %; "
    how += f"covers: by a {LEVEL}; alarms: in A/A tests"
    told = "; ".join(
        f"{row.design}: bias {signed(row.bias)}, covers {row.covers}, false alarms {row.alarms}"
        for row in frame.itertuples()
    )
    head_line = alt.Title(charts.wrap(title), subtitle=charts.wrap(how, 84), offset=24)
    chart = alt.layer(*layers).properties(title=head_line, height=17 * len(board))
    return charts.describe(chart, f"{title}. {how}. {told}.")


@functools.cache
def _cities_template(designs: tuple[str, ...]) -> dict[str, Any]:
    """Return the specification of the designs' typical errors."""
    frame = pd.DataFrame({"design": designs, "rmse": 1.0, "told": "", "role": "adjusted"})
    frame[["low", "high"]] = 0.9, 1.1
    roles = ["naive", "adjusted"]
    base = alt.Chart(frame).encode(alt.Y("design:N", sort=list(designs), title=None))
    scale = alt.Scale(domain=[0, 3], clamp=True)
    bars = base.mark_bar(height=14).encode(
        alt.X("rmse:Q", title=axis_title("error_100"), scale=scale),
        alt.Color("role:N", scale=charts.role_scale(*roles), legend=None),
    )
    error = base.mark_rule(strokeWidth=3).encode(x="low:Q", x2="high:Q")
    text = base.mark_text(align="left", dx=6, fontSize=14).encode(x="high:Q", text="told:N")
    how = "×, pink: bias above the standard deviation; black: two Monte Carlo errors"
    head = alt.Title("", subtitle=how)
    return (bars + error + text).properties(title=head, height=18 * len(designs)).to_dict()


def chart_cities(errors: pd.DataFrame, roam: float, carry: float) -> charts.Drawing:
    """Return the typical error of each design in one kind of city.

    Args:
        errors: columns design, bias, sd, rmse, rmse_error (Monte Carlo error of rmse; all in rides
            per 100 openings), all in that city.
        roam: share of drivers who roam.
        carry: share of freed drivers who are still free an hour later.
    """
    best = errors.loc[errors["rmse"].idxmin()]
    frame = errors[["design", "rmse"]].round(3)
    frame["low"] = (errors["rmse"] - 2 * errors["rmse_error"]).round(3)
    frame["high"] = (errors["rmse"] + 2 * errors["rmse_error"]).round(3)
    biased = (errors["bias"].abs() > errors["sd"]).to_numpy()
    frame["role"] = np.where(biased, "naive", "adjusted")
    frame["told"] = [
        f"{number(row.rmse)} (bias {signed(row.bias)}){' ×' if wrong else ''}"
        for row, wrong in zip(errors.itertuples(), biased, strict=True)
    ]
    title = f"Smallest typical error: {best['design']}, {number(best['rmse'])}"
    words = f"{title}. {percent(roam)} of drivers roam; of those freed {percent(carry)} are still "
    words += "free an hour later. "
    told = "; ".join(f"{row.design} {row.told}" for row in frame.itertuples())
    template = _cities_template(tuple(errors["design"]))
    return charts.redraw(template, frame, title=title, words=f"{words}{told}.")


LONGEST = 12
"""Hours of the longest block in exercise 7."""

# Judges ------------------------------------------------------------------------------------------


def near(wrong: float, within: float) -> Callable[[Any], bool]:
    """Return whether an answer is this wrong number (a predicate for a hint)."""
    return lambda value: abs(float(value) - wrong) <= within


def _open(*values: Any) -> bool:
    """Return whether one of several answers is not given yet."""
    return any(value is None or value is ... for value in values)


def _pair(value: Any) -> tuple[float, float]:
    """Return an answer that holds two numbers.

    Raises:
        TypeError: it holds texts, or True and False.
        ValueError: it holds more or less than two.
    """
    first, second = value
    if isinstance(first, str | bytes | bool) or isinstance(second, str | bytes | bool):
        raise TypeError("two numbers are expected")
    return float(first), float(second)


def judge_1(whole_city: Any, naive_difference: float, true_effect: float) -> checks.Check:
    """Return the verdict on exercise 1: does the whole city gain less or more than the test says?

    Args:
        whole_city: the answer, one of three texts.
        naive_difference: of the A/B test, rides per 100 openings.
        true_effect: of the whole city, likewise.
    """
    return checks.choice(
        whole_city,
        "less",
        ["less", "as much", "more"],
        hints=[
            ("as much", "It would be, if a rider's ask cost no other rider a driver."),
            ("more", "Twice as many riders ask more often. Who drives them?"),
            "Whom does the driver who takes a new-rule rider not take?",
        ],
        why=f"{signed(true_effect)}, not {signed(naive_difference)}: in the test the new rule's "
        "riders take drivers from the others. When all have the rule, nobody is left to take from.",
    )


def judge_2(ab_says: Any, city_gains: Any) -> checks.Check:
    """Return the verdict on exercise 2: the fluid limit with .42 drivers an opening, none freed.

    Args:
        ab_says: what the A/B test says; right: rides per 100 openings, within .02.
        city_gains: what the city gains; likewise.
    """
    says, gains = 6 * 0.42 / 0.43, 2.0
    small = 0.02

    def first(wrong: float) -> Callable[[Any], bool]:
        return lambda value: near(wrong, small)(_pair(value)[0])

    def second(wrong: float) -> Callable[[Any], bool]:
        return lambda value: near(wrong, small)(_pair(value)[1])

    def rightly(answer: Any) -> bool | str:
        mine = _pair(answer)
        if not all(math.isfinite(each) for each in mine):
            return "Two finite numbers are expected."
        if not near(says, small)(mine[0]):
            return "The A/B test: in the mixed city 43 of 100 ask, and 42 get a ride."
        return near(gains, small)(mine[1]) or "The first is right. The city: rides, not asks."

    return checks.holds(
        None if _open(ab_says, city_gains) else (ab_says, city_gains),
        rightly,
        hints=[
            (
                lambda v: near(says / 100, 1e-3)(v[0]) and near(gains / 100, 1e-3)(v[1]),
                "Right in rides per opening; rides per 100 openings are asked for.",
            ),
            (lambda v: first(gains)(v) and second(says)(v), "The two have changed places."),
            (first(6), "All who ask got a ride in that test. Are there enough drivers?"),
            (first(6 * 0.42 / 0.46), "That is a city in which all have the new rule; half do."),
            (
                lambda v: near(says / gains, small)(v[0]) or near(100 * 6 / 40, small)(v[0]),
                "That is a ratio; the difference in rides per 100 openings is asked for.",
            ),
            (second(6), "Six more ask. How many drivers wait for them?"),
            (second(says), "That is the A/B test's number again: the city has one rule at a time."),
            (second(0), "Under the old rule not all drivers were busy: 40 ask, 42 drivers."),
            (second(-gains), "The sign is turned: new rule minus old."),
            "In the mixed city 43 of 100 ask. The same chance of a ride for all who ask.",
        ],
        why="5.86 against 2.00: a factor of 2.93. With 0.40 drivers an opening the city would gain "
        "nothing, and the test would still say 5.6.",
    )


def _seen(phi: float, block: int, burn_in: int) -> float:
    """Return the share of the effect that a switchback by coin shows; hours."""
    counted = range(burn_in + 1, block + 1)
    return 1 - sum(phi**hour for hour in counted) / len(counted)


SHARES = [(0.6, 1, 0), (0.6, 4, 0), (0.6, 4, 2), (0.6, 8, 2), (0.9, 24, 5), (0.0, 3, 1)]


def _table(function: Callable[..., Any]) -> np.ndarray:
    """Return what a function of carry-over, block and burn-in says at some plans.

    Raises:
        Unanswered: it returns nothing.
    """
    found = [function(*plan) for plan in SHARES]
    if all(_open(each) for each in found):
        raise checks.Unanswered("Replace `...` by your answer.")
    if any(isinstance(each, str | bytes | bool) for each in found):
        raise TypeError("it returns no number")
    return np.array([float(each) for each in found])


def judge_3(share_seen: Any) -> checks.Check:
    """Return the verdict on exercise 3: the share of the effect that a switchback by coin shows.

    Args:
        share_seen: the answer, a function of phi, block and burn_in.
    """

    def of(rule: Callable[[float, int, int], float]) -> np.ndarray:
        return np.array([rule(*plan) for plan in SHARES])

    def like(rule: Callable[[float, int, int], float]) -> Callable[[Any], bool]:
        return lambda function: bool(np.allclose(_table(function), of(rule), atol=1e-6))

    def mean(phi: float, hours: range) -> float:
        return sum(phi**hour for hour in hours) / len(hours)

    return checks.holds(
        share_seen,
        like(_seen),
        hints=[
            (
                like(lambda p, b, m: 1 - mean(p, range(m, b))),
                "The hours are counted from 0; the first hour of a block already shows 1 − φ.",
            ),
            (
                like(lambda p, b, _: 1 - mean(p, range(1, b + 1))),
                "The burn-in is forgotten: hours 1 to burn_in do not count.",
            ),
            (
                like(lambda p, b, m: 1 - 2 * mean(p, range(m + 1, b + 1)) / (1 + p**b)),
                "That is the share of strictly alternating blocks; here a coin decides.",
            ),
            (
                like(lambda p, b, m: 1 - sum(p**j for j in range(m + 1, b + 1)) / b),
                "Divide by the hours that count, not by the whole block.",
            ),
            (
                like(lambda p, b, m: mean(p, range(m + 1, b + 1))),
                "That is the share that is *missed*.",
            ),
            (like(lambda p, b, _: 1 - p**b), "That is the last hour of a block alone; average."),
            "Average 1 − φ^j over the hours j that count.",
        ],
        why="Right in every plan that was tried, whatever the noise. If the effect comes in like "
        "this, the share is known as soon as φ is; but nobody knows φ, and the bias is the share "
        "missed of an effect that nobody knows either.",
    )


RATES = ("about 5 %", "about 10 %", "about 40 %")


def judge_4(rate_8: Any, rate_1: Any, false_alarms: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 4: false alarms of a t test on hours.

    Args:
        rate_8: the answer for blocks of 8 hours, one of `RATES`.
        rate_1: the answer for one coin an hour, likewise.
        false_alarms: columns block (hours), "t on hours" (share of quiet airports).
    """

    def plain(text: Any) -> str:
        if not isinstance(text, str):
            raise TypeError(f"a {type(text).__name__}; a text is expected")
        return " ".join(text.replace("%", " %").split()).casefold()

    def rightly(answer: Any) -> bool | str:
        mine = tuple(plain(each) for each in answer)
        if any(each not in RATES for each in mine):
            return f"Choose both among {', '.join(RATES)}."
        return mine == (RATES[2], RATES[0])

    def said(first: str | None, second: str | None) -> Callable[[Any], bool]:
        return lambda v: (
            (first is None or plain(v[0]) == first) and (second is None or plain(v[1]) == second)
        )

    share = false_alarms.set_index("block")["t on hours"]
    return checks.holds(
        None if _open(rate_8, rate_1) else (rate_8, rate_1),
        rightly,
        hints=[
            (
                said(RATES[2], RATES[2]),
                "You blame the noise alone. With a coin each hour, do noise and rule go together?",
            ),
            (
                said(RATES[0], RATES[0]),
                "336 hours, but 42 coins: are hours of one block independent witnesses?",
            ),
            (
                said(RATES[0], RATES[2]),
                "Turned round: which design holds the rule for as long as the noise lasts?",
            ),
            (said(RATES[1], None), "For blocks of 8 it is far worse than a little."),
            (
                said(RATES[2], RATES[1]),
                "Blocks of 8 are right. One coin an hour: what lasts there?",
            ),
            "A t test counts hours. How many independent hours are there?",
        ],
        why=f"{percent(share[8])} with blocks of 8, {percent(share[1])} with a coin each hour, and "
        "the noise lasts in both. More hours of the same kind do not help the first one.",
    )


_RIDES = np.array([93.0, 97, 94, 99, 105, 103, 96, 98, 104, 109, 101, 107, 95, 92, 99, 90])
"""Sixteen hours of an invented airport."""
_BLOCK = 4
_TOSSES = [np.repeat(each, _BLOCK) for each in itertools.product((0, 1), repeat=4)]
_TOSSES = [each for each in _TOSSES if 0 < each.mean() < 1]
_NEW = np.repeat([0, 1, 1, 0], _BLOCK)


class _Coins:
    """Tosses of four coins, one after the other, and how often they were asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> np.ndarray:
        """Return the next toss: 1 where the new rule holds, shape (16,)."""
        self.asked += 1
        return _TOSSES[(self.asked - 1) % len(_TOSSES)].copy()


def _difference(rides: np.ndarray, new: np.ndarray) -> float:
    """Return the mean under the new rule minus that under the old one, rides an hour."""
    return float(rides[new == 1].mean() - rides[new == 0].mean())


def judge_5(randomisation_test: Any) -> checks.Check:
    """Return the verdict on exercise 5: a p-value from tossing the design's coins again.

    The invented coins go through all their tosses in turn, so that the p-value is exact.

    Args:
        randomisation_test: the answer, a function of rides, new, toss and draws.
    """
    draws = 10 * len(_TOSSES)

    def ask(rides: np.ndarray, coins: _Coins) -> float:
        found = randomisation_test(rides.copy(), _NEW.copy(), coins, draws)
        if _open(found):
            raise checks.Unanswered("Replace `...` by your answer.")
        if isinstance(found, str | bytes | bool):
            raise TypeError("it returns no number")
        return float(found)

    def exact(rides: np.ndarray, far: Callable[[float, float], bool], add: int = 1) -> float:
        seen = _difference(rides, _NEW)
        hits = 10 * sum(far(_difference(rides, each), seen) for each in _TOSSES)
        return (hits + add) / (draws + add)

    def two(a: float, b: float) -> bool:
        return abs(a) >= abs(b) - 1e-9

    turned = 200 - _RIDES
    coins = _Coins()
    found: list[float] = []

    def rightly(_: Any) -> bool:
        found.extend(ask(rides, coins) for rides in (_RIDES, turned))
        wanted = [exact(rides, two) for rides in (_RIDES, turned)]
        return bool(np.allclose(found, wanted, atol=1e-4))

    def like(*values: float) -> Callable[[Any], bool]:
        return lambda _: len(found) == len(values) and bool(np.allclose(found, values, atol=1e-4))

    def each(far: Callable[[float, float], bool], add: int) -> tuple[float, ...]:
        return tuple(exact(rides, far, add) for rides in (_RIDES, turned))

    return checks.holds(
        randomisation_test,
        rightly,
        hints=[
            (
                lambda _: coins.asked == 0 and bool(found),
                "Your function does not call toss(): shuffled hours are not this design's coins.",
            ),
            (
                lambda _: coins.asked < draws and bool(found),
                "The coins are tossed fewer than `draws` times.",
            ),
            (
                like(*each(two, 0)),
                "What was seen is one of the tosses: add one above and below, and p is never 0.",
            ),
            (
                lambda _: any(
                    like(*each(far, add))(_)
                    for add in (0, 1)
                    for far in (lambda a, b: a >= b - 1e-9, lambda a, b: a <= b + 1e-9)
                ),
                "One-sided: a difference as far *below* zero counts as well. Compare sizes.",
            ),
            (
                like(*(1 - p for p in each(two, 1))),
                "Turned round: count the tosses that are as far from zero, not the others.",
            ),
            (lambda _: any(p < 0 or p > 1 for p in found), "A p-value lies between 0 and 1."),
            "Count the tosses whose difference is as far from zero as the one that was seen.",
        ],
        why="No normal distribution, no model of the noise, no formula for its memory: the p-value "
        "is right because the coins are the ones that were tossed. It is one for *no effect in any "
        "hour*.",
    )


def judge_6(honest_error: Any, rides: np.ndarray, new: np.ndarray) -> checks.Check:
    """Return the verdict on exercise 6: a standard error that counts blocks of 4 hours.

    Args:
        honest_error: the answer; right: rides per 100 openings, by block means, within 8 %.
        rides: per 100 openings, shape (336, 20).
        new: 1 where the new rule holds, shape (336,).
    """

    def error(y: np.ndarray, z: np.ndarray) -> float:
        return float(np.sqrt(sum(y[z == a].var(ddof=1) / np.sum(z == a) for a in (0, 1))))

    city = rides.mean(axis=1)
    blocks = error(city.reshape(84, 4).mean(axis=1), new[::4])
    hour = np.arange(len(city)) % 24
    flat = city - pd.Series(city).groupby(hour).transform("mean").to_numpy()
    adjusted = error(flat.reshape(84, 4).mean(axis=1), new[::4])
    rows = error(rides.ravel(), np.repeat(new, rides.shape[1]))
    hours = error(city, new)
    by_zone = error(rides.reshape(84, 4, -1).mean(axis=1).ravel(), np.repeat(new[::4], 20))
    truths = (blocks, adjusted)

    def rightly(answer: Any) -> bool | str:
        value = np.asarray(answer, float)
        if (
            isinstance(answer, str | bytes | bool)
            or value.size != 1
            or not np.isfinite(value).all()
        ):
            return "One number is expected: a standard error."
        if value.item() <= 0:
            return "A standard error is a number above zero."
        return any(abs(value.item() / truth - 1) < 0.08 for truth in truths)  # noqa: PLR2004

    def close_to(wrong: float) -> Callable[[Any], bool]:
        return lambda value: abs(float(value) / wrong - 1) < 0.03  # noqa: PLR2004

    return checks.holds(
        honest_error,
        rightly,
        hints=[
            (close_to(rows), "That is the colleague's still: 6,720 rows, 84 coins."),
            (close_to(by_zone), "Zones of one block share its coin: 84 units, not 1,680."),
            (close_to(hours), "Better: one number an hour. But the coin was tossed for 4 hours."),
            (
                lambda value: any(close_to(truth**2)(value) for truth in truths),
                "That is a variance; its root is the standard error.",
            ),
            (
                close_to(blocks * np.sqrt(42)),
                "That is the spread of block means; divide by how many there are.",
            ),
            "Average each block of 4 hours over hours and zones first: 84 numbers.",
        ],
        why=f"About {number(blocks)} (or {number(adjusted)}, at equal hours of the day), against "
        f"{number(rows)} with zone-hours. An honest error makes the false alarms right; it does "
        "not remove the bias by carry-over or by neighbours.",
    )


def judge_7(
    plan: Any, error_of: Callable[..., tuple[float, float, float]], market: dict[str, float]
) -> checks.Check:
    """Return the verdict on exercise 7: blocks and burn-in for an unknown carry-over.

    Args:
        plan: the answer, (block, burn_in) in whole hours; right: a worst typical error within 5 %
            of the best possible, carry-over .3 to .8, blocks of 1 to 12 hours.
        error_of: function of phi, block, burn_in and `market`; returns bias, sd, typical error.
        market: effect and noise of the company.
    """

    def worst(block: int, burn_in: int) -> float:
        return max(error_of(phi, block, burn_in, **market)[2] for phi in (0.3, 0.55, 0.8))

    def whole(answer: Any) -> tuple[int, int]:
        block, burn_in = _pair(answer)
        if block != int(block) or burn_in != int(burn_in):
            raise ValueError("whole hours are expected")
        return int(block), int(burn_in)

    def rightly(answer: Any) -> bool | str:
        block, burn_in = whole(answer)
        if not 1 <= block <= LONGEST:
            return f"Blocks of 1 to {LONGEST} hours are asked for."
        if not 0 <= burn_in < block:
            return "The burn-in must leave some hours of the block."
        best = min(worst(b, m) for b in range(1, LONGEST + 1) for m in range(b))
        return worst(block, burn_in) <= 1.05 * best

    def fits(answer: Any) -> bool:
        block, burn_in = whole(answer)
        return 0 <= burn_in < block <= LONGEST

    return checks.holds(
        plan,
        rightly,
        hints=[
            (
                lambda v: fits(v) and whole(v)[0] <= 3,  # noqa: PLR2004
                "Many coins make a small standard deviation, about the wrong number: add the bias.",
            ),
            (
                lambda v: fits(v) and 2 * whole(v)[1] > whole(v)[0],
                "That burn-in drops more than it keeps.",
            ),
            (
                lambda v: fits(v) and whole(v)[1] == 0,
                "No burn-in: with a carry-over of 0.8 that is dear.",
            ),
            "Of each plan take the largest typical error over the carry-overs; then the best plan.",
        ],
        why="Chosen for the worst carry-over, not for the one that one hopes for. Here every plan "
        "is worst at 0.8, since more carry-over is more bias: plan for the longest one. The price "
        "is known beforehand: that is what a design is.",
    )
