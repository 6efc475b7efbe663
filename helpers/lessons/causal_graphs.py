"""Drawings and judges of notebook 01, "What would happen if we changed the price?".

The hotel, the resort, the models and every estimator stand in the notebook. Here is what a reader
may ignore: charts and tables, the board on which an independence is asserted, the editor in which
a graph is drawn, the pool of exercise 5 (its numbers would give the answer away), and what a check
says about an answer.
"""

from __future__ import annotations

import difflib
import functools
import itertools
import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

import altair as alt
import marimo as mo
import numpy as np
import pandas as pd

from helpers import charts, checks, graphs
from helpers.checks import Check
from helpers.simulate import LinearWorld
from helpers.tidy import HDI_PROB, as_table, hdi, number, percent, signed

Edges = list[tuple[str, str]]
"""Arrows, (cause, effect)."""

AXES = {
    "price": ("price", "€ per night"),
    "bookings": ("bookings", "rooms"),
    "per_evening": ("bookings", "rooms per evening"),
    "centred_price": ("price − mean", "€ per night"),
    "centred_bookings": ("bookings − mean", "rooms"),
    "strength": ("arrow", "rooms per °C"),
    "slope": ("slope", "rooms per €"),
    "effect": ("effect of one more euro", "rooms"),
    "difference": ("churn with the offer − churn without it", "share"),
    "ways": ("ways out of 252", "number"),
    "correlation": ("price and bookings", "correlation"),
    "records": ("simulated records", "number"),
    "rise": ("all prices raised by", "€"),
    "gain": ("gain per evening", "€"),
    "n": ("evenings in the record", "number"),
    "discount": ("discount", "€ off the ticket"),
    "visitors": ("visitors", "people per day"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here, but those
of the three pieces, which are in standard deviations."""

LEVEL = percent(HDI_PROB)


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


after = checks.after


# Charts of the hotel -----------------------------------------------------------------------------


def _axes(x: Sequence[float], y: Sequence[float]) -> tuple[alt.X, alt.Y]:
    """Return the axes of price and bookings, with these ends."""
    return (
        alt.X("price:Q", title=axis_title("price"), scale=alt.Scale(domain=x)),
        alt.Y("bookings:Q", title=axis_title("bookings"), scale=alt.Scale(domain=y)),
    )


def _evenings(frame: pd.DataFrame, role: str, title: str) -> alt.LayerChart:
    """Return bookings against price, one dot an evening (1,000 are drawn), with the fitted line."""
    base = alt.Chart(frame.head(1_000)[["price", "bookings"]].round(2))
    base = base.encode(*_axes((15, 80), (0, 140)))
    points = base.mark_circle(size=24, opacity=0.35, color=charts.ROLES["control"], clip=True)
    line = base.transform_regression("price", "bookings").mark_line(
        color=charts.ROLES[role], strokeWidth=5, clip=True
    )
    words = f"{title}. One dot per evening, bookings against price, with the fitted line."
    return charts.describe((points + line).properties(title=title, height=155), words)


def chart_seeing(evenings: pd.DataFrame, slope: float) -> alt.LayerChart:
    """Return bookings against price as the record has them.

    Args:
        evenings: columns price (€ per night) and bookings (rooms).
        slope: rooms per euro, for the title.
    """
    return _evenings(evenings, "naive", f"Seeing: each euro goes with {signed(slope)} bookings")


def chart_doing(evenings: pd.DataFrame, slope: float) -> alt.LayerChart:
    """Return bookings against prices that chance has set.

    Args:
        evenings: columns price (€ per night) and bookings (rooms).
        slope: rooms per euro, for the title.
    """
    title = f"Doing: each euro changes bookings by {signed(slope)}"
    return _evenings(evenings, "treated", title)


def chart_bands(banded: pd.DataFrame) -> alt.LayerChart:
    """Return bookings against price within bands of temperature, a line a band.

    Args:
        banded: columns price (€ per night), bookings (rooms), band (a label such as "19 °C").
    """
    frame = banded[["price", "bookings", "band"]].round(2)
    ends = frame.loc[frame.groupby("band")["price"].idxmax()]
    base = alt.Chart(frame).encode(*_axes((15, 80), (40, 110)))
    points = base.mark_point(filled=True, size=45, opacity=0.45, color=charts.ROLES["adjusted"])
    lines = base.transform_regression("price", "bookings", groupby=["band"])
    lines = lines.mark_line(strokeWidth=4, color=charts.ROLES["truth"])
    names = base.properties(data=ends).mark_text(align="left", dx=9, fontSize=15)
    layers = [
        lines.encode(strokeDash=alt.StrokeDash("band:N", legend=None)),
        points.encode(shape=alt.Shape("band:N", legend=None)),
        names.encode(text="band:N"),
    ]
    title = "Within one temperature, dearer means emptier"
    told = ", ".join(sorted(frame["band"].unique()))
    words = f"{title}. Bookings against price for evenings at {told}; each line falls."
    return charts.describe(alt.layer(*layers).properties(title=title, height=135), words)


def chart_estimates(
    estimates: pd.DataFrame, truth: float, title: str, kind: str = "confidence interval"
) -> alt.LayerChart:
    """Return estimates of the effect of one more euro against the truth.

    Args:
        estimates: columns label, mean, lower, upper (rooms per euro), role.
        truth: rooms per euro.
        title: the finding.
        kind: of the intervals, in words.
    """
    return charts.chart_effect(
        estimates, title=title, unit=axis_title("effect"), truth=truth, interval=f"{LEVEL} {kind}"
    )


def chart_gain(gains: pd.DataFrame, familiar: float) -> alt.LayerChart:
    """Return what the owner gains by the rise of her prices, and where the record ends.

    Args:
        gains: columns rise (€), gain (€ per evening).
        familiar: standard deviation of prices on equally warm evenings, in €.
    """
    title = f"Dashed: over €{number(familiar, 0)}, one sd of prices on equally warm evenings"
    x = alt.X("rise:Q", title=axis_title("rise"))
    y = alt.Y("gain:Q", title=axis_title("gain"))
    beyond = gains["rise"] > familiar
    parts = [
        alt.Chart(gains[~beyond]).mark_line(strokeWidth=5, color=charts.ROLES["adjusted"]),
        alt.Chart(gains[beyond]).mark_line(
            strokeWidth=4, color=charts.ROLES["counterfactual"], strokeDash=[6, 4]
        ),
    ]
    chart = alt.layer(*[part.encode(x, y) for part in parts])
    words = (
        f"{title}. Gain in euros per evening against the rise of all prices: a curve that bends."
    )
    return charts.describe(chart.properties(title=title, height=135), words)


# Potential outcomes ------------------------------------------------------------------------------


def hide_unseen(customers: pd.DataFrame, *, revealed: bool) -> pd.DataFrame:
    """Return the potential outcomes, a column for each customer; `?` until revealed.

    Args:
        customers: columns customer, offer, y0, y1 (0 or 1).
        revealed: whether what nobody can see is shown, in colour.
    """

    def cell(value: Any, seen: Any) -> str:
        hue = charts.ROLES["counterfactual"]
        unseen = f"<span style='color:{hue}'>{value}</span>" if revealed else "?"
        return f"**{value}**" if seen else unseen

    table = customers.assign(effect=customers["y1"] - customers["y0"])
    offered = table["offer"] == 1
    seen = pd.DataFrame({"y0": ~offered, "y1": offered, "effect": False})
    for name in seen:
        table[name] = [cell(value, ok) for value, ok in zip(table[name], seen[name], strict=True)]
    table["offer"] = table["offer"].map({1: "yes", 0: "no"})
    table = table.rename(columns={"effect": "y1 − y0"}).set_index("customer")
    return table.T.reset_index(names="")


def show_customers(customers: pd.DataFrame, reveal: Any, seen: float) -> mo.Html:
    """Return the table of the customers, the switch, and what the visible cells say.

    Args:
        customers: columns customer, offer, y0, y1 (0 or 1).
        reveal: a switch.
        seen: churn with the offer minus churn without it, visible cells, as a share.
    """
    text = f"Churn with the offer minus churn without it, visible cells: **{signed(seen)}**. "
    more = "Now every cell is there, and so is the last row. Exercise 2 asks for its mean."
    text += more if reveal.value else "The offer seems to drive customers away. Move the switch."
    return mo.vstack([as_table(hide_unseen(customers, revealed=reveal.value)), reveal, mo.md(text)])


def chart_coin(differences: Sequence[float], seen: float) -> alt.LayerChart:
    """Return how often each difference comes about when chance gives out the offers.

    Args:
        differences: churn with the offer minus churn without it, one a way, as shares.
        seen: the difference as it was, as a share.
    """
    ate = float(np.mean(differences))  # over all ways: the true effect
    ways = pd.Series(differences).round(2).value_counts()
    ways = ways.rename("ways").rename_axis("difference").reset_index()
    ticks = alt.Axis(values=sorted(ways["difference"]), format="+.1f")
    x = alt.X("difference:Q", title=axis_title("difference"), axis=ticks)
    y = alt.Y("ways:Q", title=axis_title("ways"), scale=alt.Scale(domain=[0, 95]))
    bars = alt.Chart(ways).mark_bar(size=40, color=charts.ROLES["control"]).encode(x, y)
    marks = pd.DataFrame({"x": [ate, seen], "label": ["true effect", "as it was"]})
    rule = alt.Chart(marks).mark_rule(strokeWidth=3, strokeDash=[6, 4]).encode(x="x:Q")
    text = rule.mark_text(dx=6, align="left").encode(y=alt.value(8), text="label:N")
    title = f"Chance is right on average: {signed(np.mean(differences))}"
    words = f"{title}. Bars count the 252 ways; the actual choice gave {signed(seen)}."
    return charts.describe((bars + rule + text).properties(title=title, height=150), words)


# The three pieces --------------------------------------------------------------------------------


def chart_pair(pair: pd.DataFrame, units: str) -> alt.LayerChart:
    """Return two columns against each other, with their correlation in the title.

    Args:
        pair: two columns; each is divided by its standard deviation, 700 rows are drawn.
        units: which units these are, in words.
    """
    x, y = pair.columns
    plain = ((pair - pair.mean()) / pair.std()).set_axis(["x", "y"], axis=1).head(700).round(2)
    base = alt.Chart(plain).encode(alt.X("x:Q", title=f"{x} (sd)"), alt.Y("y:Q", title=f"{y} (sd)"))
    points = base.mark_circle(size=18, opacity=0.4, color=charts.ROLES["control"])
    line = base.transform_regression("x", "y").mark_line(color=charts.ROLES["truth"])
    title = alt.Title(f"correlation {signed(pair.corr().iloc[0, 1])}", subtitle=units)
    words = f"{units}: {title.text}. Scatter of {y} against {x} with the fitted line."
    return charts.describe((points + line).properties(title=title, width=235, height=130), words)


def show_piece(
    picker: Any, graph: graphs.Graph, middle: str, raw: pd.DataFrame, given: pd.DataFrame
) -> mo.Html:
    """Return a piece of three nodes: its graph, its ends as they are, its ends given the middle.

    Args:
        picker: the menu of the pieces.
        graph: of the piece.
        middle: the node between the ends.
        raw: the two ends, one row a unit.
        given: what the middle does not explain of them.
    """
    pair = [chart_pair(raw, "all units"), chart_pair(given, f"what {middle} does not explain")]
    left = mo.vstack([picker, graph.adjusting(middle).draw()])
    return mo.hstack([left, *pair], widths=[0.7, 1, 1], gap=0.5)


# Break it ----------------------------------------------------------------------------------------


def slider_strength() -> mo.ui.slider:
    """Return the slider of the arrow temperature → bookings, in rooms per °C."""
    return mo.ui.slider(0, 10, 0.2, value=5, show_value=True, label="rooms per °C")


def _slope_looks(*, legend: bool) -> dict[str, Any]:
    """Return colour and dash of the two slopes."""
    hues = [charts.ROLES["naive"], charts.ROLES["treated"]]
    kinds, top = ["seen", "set by do"], alt.Legend(orient="top") if legend else None
    colour = alt.Color("kind:N", title=None, legend=top).scale(domain=kinds, range=hues)
    dash = alt.StrokeDash("kind:N", title=None, legend=top)
    return {"color": colour, "strokeDash": dash.scale(domain=kinds)}


@functools.cache
def _record_template() -> dict[str, Any]:
    """Return the specification of evenings with both lines, `chart_record`."""
    dots = alt.Chart(pd.DataFrame({"price": [0.0], "bookings": 0.0})).encode(
        alt.X("price:Q", title=axis_title("centred_price"), scale=alt.Scale(domain=[-25, 25])),
        alt.Y(
            "bookings:Q", title=axis_title("centred_bookings"), scale=alt.Scale(domain=[-70, 70])
        ),
    )
    points = dots.mark_circle(size=24, opacity=0.35, color=charts.ROLES["control"], clip=True)
    ends = pd.DataFrame({"price": [0.0], "bookings": 0.0, "kind": "seen"})
    lines = dots.properties(data=ends).mark_line(strokeWidth=4, clip=True)
    chart = points + lines.encode(**_slope_looks(legend=True))
    return chart.properties(title=alt.Title(""), width=310, height=165).to_dict()


def chart_record(record: pd.DataFrame, seen: float, by_do: float) -> charts.Drawing:
    """Return evenings around their mean, with the slope that is seen and that of `do`.

    Args:
        record: columns price (€ per night) and bookings (rooms).
        seen: slope of the line through the dots, rooms per €.
        by_do: slope when the price is set, same unit.
    """
    centred = (record - record.mean())[["price", "bookings"]].round(2)
    ends = pd.DataFrame({"price": [-20.0, 20.0]})
    lines = [
        ends.assign(bookings=slope * ends["price"], kind=kind)
        for kind, slope in (("seen", seen), ("set by do", by_do))
    ]
    title = f"Seen {signed(seen)}, set by do {signed(by_do)}"
    words = (
        f"{title} rooms per euro. Bookings against price for {len(record)} evenings, both lines."
    )
    return charts.redraw(_record_template(), centred, pd.concat(lines), title=title, words=words)


@functools.cache
def _strength_template() -> dict[str, Any]:
    """Return the specification of both slopes against the strength, `chart_strength`."""
    curves = alt.Chart(pd.DataFrame({"strength": [0.0], "slope": 0.0, "kind": "seen"})).encode(
        alt.X("strength:Q", title=axis_title("strength")),
        alt.Y("slope:Q", title=axis_title("slope"), axis=alt.Axis(format="+.1f")),
    )
    now = alt.Chart(pd.DataFrame({"now": [0.0]})).mark_rule(strokeDash=[6, 4]).encode(x="now:Q")
    chart = curves.mark_line(strokeWidth=4).encode(**_slope_looks(legend=False)) + now
    return chart.properties(title=alt.Title(""), width=310, height=165).to_dict()


def chart_strength(curves: pd.DataFrame, strength: float) -> charts.Drawing:
    """Return the slope seen and that of `do` against the strength of the arrow.

    Args:
        curves: columns strength (rooms per °C), slope (rooms per €), kind ("seen", "set by do").
        strength: where the slider stands.
    """
    title = "Only what is seen moves"
    words = f"{title}: that slope rises with temperature → bookings; the slope set by do is level."
    now = pd.DataFrame({"now": [float(strength)]})
    return charts.redraw(_strength_template(), curves, now, title=title, words=words)


def show_break(slider: Any, record: charts.Drawing, curves: charts.Drawing) -> mo.Html:
    """Return both charts side by side, below the slider that moves them."""
    return mo.vstack([slider, mo.hstack([record, curves], justify="start")])


# Asserting an independence -----------------------------------------------------------------------

Partial = Callable[[pd.DataFrame, str, str, Sequence[str]], tuple[float, float, float]]
"""Frame, two columns, and those given -> partial correlation, and the ends of its interval."""


def verdict_independence(
    graph: graphs.Graph,
    frame: pd.DataFrame,
    claim: tuple[str | None, str | None, Sequence[str]],
    partial: Partial,
) -> mo.Html:
    """Return the verdicts of graph and data on one asserted independence.

    Args:
        graph: that judges by its paths.
        frame: that judges by a partial correlation, one column a node.
        claim: two nodes, and those that are given.
        partial: the estimator.
    """
    first, second, given = claim
    if first is None or second is None or len({first, second, *given}) < len(given) + 2:
        return mo.callout(mo.md("Choose two different nodes, and others to be given."))
    separated = graph.independent(first, second, given)
    r, low, high = partial(frame, first, second, given)
    seen = not low <= 0 <= high
    said = f"**{first} ⟂ {second}{' given ' if given else ''}{', '.join(given)}**"
    by_graph = "✔ every path is blocked" if separated else "✘ a path is open"
    by_data = "✘ correlated" if seen else "✔ no correlation to be seen"
    interval = f"r = {signed(r)}, {LEVEL} interval {signed(low)} to {signed(high)}"
    lines = [said, f"Graph: {by_graph}.", f"Data: {by_data} ({interval})."]
    if seen == separated:
        rate = number(100 * (1 - HDI_PROB), 0)
        lines.append(f"They disagree: {rate} samples in 100 mislead, and a weak link may hide.")
    kind = "success" if separated and not seen else "warn"
    return mo.callout(mo.md("<br>".join(lines)), kind=kind)


def assertion_controls(graph: graphs.Graph) -> tuple[Any, Any, Any]:
    """Return the menus of an asserted independence: first node, second node, nodes given."""
    nodes = sorted(graph.nodes)
    return (
        mo.ui.dropdown(nodes, value="temperature", label="I say that"),
        mo.ui.dropdown(nodes, value="trade_fair", label="is independent of"),
        mo.ui.multiselect(nodes, label="given"),
    )


def show_assertion(
    graph: graphs.Graph, frame: pd.DataFrame, menus: tuple[Any, Any, Any], partial: Partial
) -> mo.Html:
    """Return the graph, the menus, and the verdicts of graph and data.

    Args:
        graph: that judges by its paths.
        frame: that judges by a partial correlation, one column a node.
        menus: as `assertion_controls` makes them.
        partial: the estimator.
    """
    first, second, given = (menu.value for menu in menus)
    verdict = verdict_independence(graph, frame, (first, second, given), partial)
    row = mo.hstack(list(menus), justify="start", gap=1, wrap=True)
    return mo.vstack([graph.adjusting(*given).draw(), row, verdict])


# The pool of exercise 5 --------------------------------------------------------------------------

_POOL = LinearWorld(
    {
        ("sunshine", "discount"): -0.5,
        ("sunshine", "visitors"): 50,
        ("discount", "visitors"): 25,
        ("visitors", "ice_creams"): 0.3,
        ("sunshine", "ice_creams"): 8,
    },
    intercepts={"sunshine": 7, "discount": 7, "visitors": 100},
    noise={"sunshine": 2.5, "discount": 0.8, "visitors": 40, "ice_creams": 12},
)
"""Hours of sun, € off the ticket, people a day, ice creams a day."""


def pool(n: int, seed: int) -> pd.DataFrame:
    """Return n days of the pool, drawn under a seed.

    Returns:
        Columns sunshine (hours forecast), discount (€ off the ticket), visitors (people), and
        ice_creams (sold), one row a day.
    """
    return _POOL.sample(n, seed)


def chart_pool(days: pd.DataFrame) -> alt.LayerChart:
    """Return visitors against the discount, one dot a day (800 are drawn), with the fitted line.

    Args:
        days: columns discount (€ off the ticket) and visitors (people a day).
    """
    slope = np.polyfit(days["discount"], days["visitors"], 1)[0]
    x = alt.X("discount:Q", title=axis_title("discount"))
    y = alt.Y("visitors:Q", title=axis_title("visitors"), scale=alt.Scale(zero=False))
    base = alt.Chart(days[["discount", "visitors"]].head(800).round(2)).encode(x, y)
    points = base.mark_circle(size=24, opacity=0.35, color=charts.ROLES["control"])
    line = base.transform_regression("discount", "visitors")
    line = line.mark_line(color=charts.ROLES["naive"], strokeWidth=5)
    title = f"Bigger discounts, fewer visitors: {signed(slope, 0)} per €"
    words = f"{title}. One dot per day, visitors against discount, with the fitted line."
    return charts.describe((points + line).properties(title=title, height=200), words)


# PyMC --------------------------------------------------------------------------------------------


def chart_prior(bookings: Any) -> alt.LayerChart:
    """Return what the model expects of an evening before any data.

    Args:
        bookings: draws, rooms per evening, any shape.
    """
    low, high = hdi(bookings)
    draws = np.ravel(bookings)[:20_000:10]
    frame = pd.DataFrame({"value": draws}).assign(label="prior predictive", role="prior")
    title = f"Before any data, {LEVEL} of evenings: {signed(low, 0)} to {number(high, 0)} rooms"
    chart = charts.chart_density(frame, title=title, unit=axis_title("per_evening"))
    return chart.properties(height=130)


def chart_predictive(correlations: Any, seen: float) -> alt.LayerChart:
    """Return the correlations of simulated records, and that of the record.

    Args:
        correlations: of price and bookings, one a simulated record, any shape.
        seen: in the record.
    """
    frame = pd.DataFrame({"correlation": np.ravel(correlations).round(4)})
    x = alt.X("correlation:Q", title=axis_title("correlation"), bin=alt.Bin(step=0.02))
    x = x.axis(values=[round(0.1 * tick, 1) for tick in range(-2, 9)], format=".1f")
    y = alt.Y("count()", title=axis_title("records"))
    bars = alt.Chart(frame).mark_bar(color=charts.ROLES["adjusted"], opacity=0.6).encode(x, y)
    mark = alt.Chart(pd.DataFrame({"seen": [seen], "label": ["in the record"]}))
    mark = mark.encode(x="seen:Q")
    text = mark.mark_text(align="left", dx=5).encode(y=alt.value(-6), text="label:N")
    line = mark.mark_rule(color=charts.ROLES["truth"], strokeWidth=3, strokeDash=[6, 4])
    title = "The fitted model reproduces the correlation we saw"
    words = f"{title}. Bars count simulated records; in the record it is {signed(seen)}."
    chart = bars + line + text
    return charts.describe(chart.properties(title=alt.Title(title, offset=22), height=175), words)


def chance(events: Any) -> str:
    """Return the share of draws in which an event happens, as text: "= 0.930" or "> 0.999"."""
    share = float(np.mean(events))
    return "> 0.999" if share > 0.999 else f"= {share:.3f}"  # noqa: PLR2004


# A wrong graph -----------------------------------------------------------------------------------


def slider_weak() -> mo.ui.slider:
    """Return the slider of the forgotten arrow, in rooms per °C."""
    label = "forgotten arrow (rooms per °C)"
    return mo.ui.slider(0.1, 2, 0.1, value=0.5, show_value=True, label=label)


@functools.cache
def _needed_template() -> dict[str, Any]:
    """Return the specification of the evenings needed against the strength of the arrow."""
    x = alt.X("strength:Q", title=axis_title("strength"), scale=alt.Scale(type="log"))
    y = alt.Y("n:Q", title=axis_title("n"), scale=alt.Scale(type="log"))
    line = alt.Chart(pd.DataFrame({"strength": [1.0], "n": 10.0})).encode(x, y)
    now = alt.Chart(pd.DataFrame({"now": [1.0], "needed": 10.0})).encode(x="now:Q", y="needed:Q")
    chart = line.mark_line(color=charts.ROLES["truth"], strokeWidth=3)
    chart += now.mark_point(filled=True, size=160, opacity=1, color=charts.ROLES["treated"])
    return chart.properties(title=alt.Title(""), height=190).to_dict()


def show_needed(slider: Any, curve: pd.DataFrame, needed: float) -> mo.Html:
    """Return how many evenings it takes to notice a forgotten arrow, below its slider.

    Args:
        slider: strength of the arrow, in rooms per °C.
        curve: columns strength (rooms per °C) and n (evenings).
        needed: evenings at the strength of the slider.
    """
    strength = float(slider.value)
    title = f"{number(strength, 1)} rooms per °C: {number(needed, 0)} evenings will do"
    words = f"{title}, in four hotels of five. The weaker the arrow, the more evenings; log axes."
    now = pd.DataFrame({"now": [strength], "needed": [float(needed)]})
    chart = charts.redraw(_needed_template(), curve, now, title=title, words=words)
    return mo.vstack([slider, chart])


# Three graphs ------------------------------------------------------------------------------------


def show_stories(stories: Mapping[str, Edges]) -> mo.Html:
    """Return the graphs of some stories side by side, each with its name."""
    drawn = [graphs.dag(edges).draw(name) for name, edges in stories.items()]
    return mo.hstack(drawn, widths="equal")


def show_fits(fits: pd.DataFrame) -> mo.Html:
    """Return how well each story fits, and what it says about the price.

    Args:
        fits: columns story, log_likelihood, effect_of_price (rooms per euro).
    """
    columns = {
        "story": fits["story"],
        "log-likelihood": fits["log_likelihood"].map(lambda x: signed(x, 8)),
        "effect of one more euro (rooms)": fits["effect_of_price"].map(signed),
    }
    return as_table(pd.DataFrame(columns))


# The editor of exercise 8 ------------------------------------------------------------------------

INSURANCE = [
    "make and model",
    "theft history",
    "car value",
    "advanced airbag",
    "antilock brakes",
    "driving course completion",
    "vehicle year",
    "car safety rating",
    "accident history",
    "age",
    "medical cost of accident",
    "good student status",
    "risk aversion",
    "annual mileage",
]
"""What a car insurer keeps of each driver."""


def draft_text(draft: Any) -> str:
    """Return a draft as text: as it is, or a line for each text and each pair of a list."""
    if not isinstance(draft, list | tuple | set):
        return draft if isinstance(draft, str) else ""
    rows = [[item] if isinstance(item, str) else item for item in draft]
    rows = [row for row in rows if isinstance(row, list | tuple)]
    return "\n".join(" -> ".join(word for word in row if isinstance(word, str)) for row in rows)


def name_of(word: str, variables: Sequence[str]) -> tuple[str | None, str]:
    """Return (variable, "") for a word that names one, and (None, message) for one that does not.

    Capital letters, blanks and underscores do not matter.
    """
    known = {variable.replace("_", " ").casefold(): variable for variable in variables}
    plain = " ".join(word.replace("_", " ").split()).casefold()
    if plain in known:
        return known[plain], ""
    near = difflib.get_close_matches(plain, known, n=1)
    guess = f" Did you mean “{known[near[0]]}”?" if near else ""
    return None, f"There is no variable “{word}”.{guess}"


def add_arrows(
    edges: Iterable[tuple[str, str]], text: str, variables: Sequence[str]
) -> tuple[Edges, list[str]]:
    """Return the edges with the arrows of a text added, and a message for what was not added."""
    found, messages = graphs.parse_edges(text)
    edges = list(edges)
    for arrow in found:
        (cause, fault), (effect, other_fault) = (name_of(word, variables) for word in arrow)
        messages += [message for message in (fault, other_fault) if message]
        if cause is None or effect is None:
            continue
        cycle = graphs.find_cycle([*edges, (cause, effect)])
        if cycle:
            messages.append(f"Not added, it would close a cycle: {' → '.join(cycle)}.")
        elif (cause, effect) not in edges:
            edges.append((cause, effect))
    return edges, list(dict.fromkeys(messages))


def to_address(edges: Iterable[tuple[str, str]], variables: Sequence[str] = INSURANCE) -> str:
    """Return arrows as a short text for the page's address, two letters an arrow: "ab-bc"."""
    letter = dict(zip(variables, string.ascii_lowercase, strict=False))
    return "-".join(letter[cause] + letter[effect] for cause, effect in edges)


def from_address(text: Any, variables: Sequence[str] = INSURANCE) -> Edges:
    """Return the arrows of such a text; what cannot be one is left out."""
    name = dict(zip(string.ascii_lowercase, variables, strict=False))
    pairs = [pair for pair in str(text or "").split("-") if len(pair) == 2]  # noqa: PLR2004
    lines = [f"{name[a]} -> {name[b]}" for a, b in pairs if a in name and b in name]
    return add_arrows([], "\n".join(lines), variables)[0]


History = list[tuple[Edges, list[str]]]
"""What the editor held, oldest first: (edges, messages)."""


def opened(draft: tuple[Edges, list[str]], kept: Edges) -> History:
    """Return the history with which the editor opens; nothing drawn is lost.

    Args:
        draft: edges and messages of what the learner wrote into the cell.
        kept: edges that the page's address holds.
    """
    edges, messages = draft
    if set(kept) <= set(edges):
        return [draft]
    n = "1 arrow" if len(kept) == 1 else f"{len(kept)} arrows"
    if not edges:
        return [draft, (kept, [*messages, f"The {n} that you drew before came back."])]
    lost = f"The draft took the place of the {n} drawn before; “undo” brings them back."
    return [(kept, []), (edges, [*messages, lost])]


def open_editor(draft: Any) -> History:
    """Return the history with which the page's editor opens: the draft, and the address.

    Args:
        draft: what stands in the cell of the exercise; anything whatever.
    """
    kept = from_address(mo.query_params().get("arrows"))
    return opened(add_arrows([], draft_text(draft), INSURANCE), kept)


def keep_in_address(edges: Edges, draft: Any) -> None:
    """Write what was drawn into the page's address; nothing, where it is the draft itself."""
    drafted = add_arrows([], draft_text(draft), INSURANCE)[0]
    mo.query_params()["arrows"] = to_address([] if edges == drafted else edges) or None


def editor_actions(set_history: Callable[[Callable[[History], History]], Any]) -> dict[str, Any]:
    """Return what the editor can do: "add" (a text), "remove" (an arrow), "undo" (nothing).

    Args:
        set_history: the setter of a `mo.state` that holds a `History`.
    """

    def change(new: Callable[[Edges], tuple[Edges, list[str]]]) -> None:
        set_history(lambda past: [*past, new(past[-1][0])])

    return {
        "add": lambda text: change(lambda edges: add_arrows(edges, text, INSURANCE)),
        "remove": lambda arrow: change(lambda edges: ([e for e in edges if e != arrow], [])),
        "undo": lambda: set_history(lambda past: past[:-1] or past),
    }


def editor_controls(edit: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return menus, field and buttons: cause, effect, add, remove, undo, lines, add lines.

    Args:
        edit: as `editor_actions` makes it.
    """
    cause = mo.ui.dropdown(INSURANCE, value="age", label="cause")
    effect = mo.ui.dropdown(INSURANCE, value="risk aversion", label="effect")
    lines = mo.ui.text_area(rows=8, full_width=True, label="or write arrows, one chain a line")

    def press(label: str, act: Callable[[], Any]) -> Any:
        return mo.ui.button(label=label, on_click=lambda _: act())

    return (
        cause,
        effect,
        press("add arrow", lambda: edit["add"](f"{cause.value} -> {effect.value}")),
        press("remove arrow", lambda: edit["remove"]((cause.value, effect.value))),
        press("undo", edit["undo"]),
        lines,
        press("add these lines", lambda: edit["add"](lines.value)),
    )


def show_controls(
    cause: Any, effect: Any, add: Any, remove: Any, undo: Any, lines: Any, add_lines: Any
) -> mo.Html:
    """Return the controls of the editor, as `editor_controls` makes them, in their places."""
    row = mo.hstack([cause, effect, add, remove, undo], justify="start", wrap=True)
    return mo.vstack([row, lines, add_lines])


def question_menus() -> mo.ui.dictionary:
    """Return the menus of a question to the drawn graph: treatment, outcome, hidden."""
    pick = mo.ui.dropdown
    return mo.ui.dictionary(
        {
            "treatment": pick(INSURANCE, value="driving course completion", label="treatment"),
            "outcome": pick(INSURANCE, value="accident history", label="outcome"),
            "hidden": mo.ui.multiselect(INSURANCE, label="nobody measured"),
        }
    )


def draw_insurance(edges: Edges, treatment: str | None, outcome: str | None) -> mo.Html:
    """Return the drawing of the learner's graph, and in words what has no arrow yet."""
    used = {name for edge in edges for name in edge}
    left = [name for name in INSURANCE if name not in used]
    rest = f"Without an arrow: {', '.join(left)}." if left else "Every variable has an arrow."
    count = "1 arrow" if len(edges) == 1 else f"{len(edges)} arrows"
    roles = {"treatment": treatment, "outcome": outcome}
    roles = {role: name for role, name in roles.items() if name in used}
    return graphs.dag(edges, **roles).draw(f"{count}. {rest}") if edges else mo.md(rest)


def show_editor(edges: Edges, messages: Sequence[str], question: Any) -> mo.Html:
    """Return what the editor holds: messages, drawing, and the graph as text to copy.

    Args:
        edges: drawn so far.
        messages: about what was not added.
        question: as `question_menus` makes it.
    """
    lines = "\n".join(f"{cause} -> {effect}" for cause, effect in edges)
    said = [mo.callout(mo.Html(escape(m.replace("`", ""))), kind="warn") for m in messages]
    asked = question.value
    drawing = draw_insurance(edges, asked["treatment"], asked["outcome"])
    copy = mo.accordion({"The graph as text, to copy": mo.md(f"```text\n{lines}\n```")})
    return mo.vstack([*said, drawing, copy])


def effects_of(cause: str, edges: Edges) -> set[str]:
    """Return every variable that arrows lead to from a cause."""
    reached = {cause}
    for _ in edges:
        reached |= {effect for start, effect in edges if start in reached}
    return reached - {cause}


def advise(
    edges: Edges, treatment: str | None, outcome: str | None, hidden: Iterable[str] = ()
) -> str:
    """Return in words what the drawn graph says to adjust for.

    Args:
        edges: drawn so far.
        treatment: of the question; None where none is chosen.
        outcome: likewise.
        hidden: variables that nobody measured.
    """
    if treatment is None or outcome is None or treatment == outcome:
        return "Choose two different variables."
    if {treatment, outcome} & set(hidden):
        return "The treatment and the outcome must be measured."
    if outcome not in effects_of(treatment, edges):
        return f"**No effect**: in this graph no arrows lead from {treatment} to {outcome}."
    graph = graphs.dag(edges, nodes=INSURANCE, treatment=treatment, outcome=outcome, hidden=hidden)
    sets = ["{" + ", ".join(sorted(names)) + "}" for names in graph.adjustment_sets()]
    if not sets:
        return "**No measured variables close every backdoor path.** Measure more, or experiment."
    if sets == ["{}"]:
        return "**Nothing needs to be adjusted for**: no backdoor path is open."
    shown = sets[:3]
    more = f" ({len(sets) - len(shown)} more)" if len(sets) > len(shown) else ""
    return f"**Adjust for** one of these: {'; '.join(shown)}{more}."


def show_question(edges: Edges, question: Any, implied: pd.DataFrame) -> mo.Html:
    """Return the question's menus, what to adjust for, and what the graph forbids in data.

    Args:
        edges: drawn so far.
        question: as `question_menus` makes it.
        implied: columns first, second, given (tuple of names).
    """
    ask = mo.md("**What do you want to know?** Choose a treatment and an outcome.")
    menus = mo.hstack(list(question.elements.values()), justify="start", wrap=True)
    advice = mo.md(advise(edges, **question.value))
    return mo.vstack([ask, menus, advice, *_list_implied(edges, implied)])


def _list_implied(edges: Edges, implied: pd.DataFrame) -> list[Any]:
    """Return what a drawn graph forbids in data: a sentence, and a table to leaf through."""
    if not edges:
        text = "Draw an arrow, and this place lists the correlations that your graph forbids."
        return [mo.md(text)]
    given = implied["given"].map(lambda names: ", ".join(names) or "nothing")
    table = implied.assign(given=given).set_axis(["this", "is independent of", "given"], axis=1)
    look = {"show_column_summaries": False, "show_data_types": False, "show_download": False}
    said = f"Your graph forbids **{len(implied)}** correlations. Each can be tested in data:"
    return [mo.md(said), mo.ui.table(table, selection=None, page_size=5, **look)]


# Judges ------------------------------------------------------------------------------------------


def judge_1(answer: Any, naive_slope: float) -> Check:
    """Return what the check says about prices ten euros up: what happens to bookings?

    Args:
        answer: one of four texts.
        naive_slope: rooms per euro, as seen.
    """
    options = ["rises by about 5", "stays the same", "falls by about 10", "the record cannot tell"]
    hints = [
        (options[0], f"You took {signed(naive_slope)} times 10. Why were some evenings dear?"),
        (options[1], "What in the record would show that guests ignore the price?"),
        (options[2], "That may be so, and yet these two columns do not say it."),
        "Who, or what, chose the price of each evening in the record?",
    ]
    why = """Three hotels with this same record can have three different answers; the section on
    three graphs shows them. What decides is how the prices came about, and that is not in the
    table."""
    answer = answer.strip(" .") if isinstance(answer, str) else answer
    return checks.choice(answer, options[3], options, hints=hints, why=why)


def _missing_customers(customers: pd.DataFrame, truth: np.ndarray) -> list[tuple[Any, str]]:
    """Return a hint for each mean effect from which one customer was left out."""
    hints: list[tuple[Any, str]] = []
    groups = [customers, customers.query("offer == 1"), customers.query("offer == 0")]
    for place, group in enumerate(groups):
        means = (group["effect"].sum() - group["effect"]) / (len(group) - 1)
        for mean, who in group.groupby(means)["customer"].agg(" or ".join).items():
            text = f"Someone is missing from `{['ate', 'att', 'atu'][place]}`: {who}."
            if abs(mean - truth[place]) > SAME:
                hints.append((lambda v, p=place, m=mean: abs(v[p] - m) < SAME, text))
    return hints


SAME = 1e-6
"""Two shares, or two copies of one number, that differ by less are the same."""


def _hints_2(customers: pd.DataFrame, truth: np.ndarray) -> list[Any]:
    """Return the hints of exercise 2."""
    offered = customers["offer"] == 1
    naive = customers.loc[offered, "y1"].mean() - customers.loc[~offered, "y0"].mean()
    turned = f"`ate` is minus the visible {signed(naive)}, here by chance. And the others?"
    over_five = customers["effect"].sum() / 5
    return [
        (lambda v: any(np.ndim(x) for x in v), "Each of the three is one number: take the mean."),
        (-truth, "The sign is turned round: an effect is `y1 − y0`, with minus without."),
        (truth * 100, "Give shares, not per cent."),
        (truth[[0, 2, 1]], "The two groups are swapped: *treated* means `offer == 1`."),
        (lambda v: abs(v[0] - naive) < SAME, "`ate` is the visible difference: use both columns."),
        (
            lambda v: v[0] == v[1] == v[2],
            "Three times one number: the mean is over three populations.",
        ),
        (lambda v: abs(v[0] - over_five) < SAME, "`ate`: you divided by five, not by ten."),
        (lambda v: abs(v[1] - truth[1] / 2) < SAME, "`att`: you divided by ten, not by five."),
        *_missing_customers(customers, truth),
        (lambda v: abs(v[0] - truth[0]) < SAME, turned),
        "The three differ only in whom the mean is taken over.",
    ]


def judge_2(ate: Any, att: Any, atu: Any, customers: pd.DataFrame) -> Check:
    """Return what the check says about three mean effects, as shares between −1 and 1.

    Args:
        ate: over all customers.
        att: over those with the offer.
        atu: over those without.
        customers: columns customer, offer, y0, y1 (0 or 1).
    """
    effect = customers["y1"] - customers["y0"]
    offered = customers["offer"] == 1
    truth = np.array([effect.mean(), effect[offered].mean(), effect[~offered].mean()])
    answers = {"ate": ate, "att": att, "atu": atu}
    left = [name for name, value in answers.items() if value is None or value is ...]
    found = checks.close(
        None if left else list(answers.values()),
        truth,
        tolerance=SAME,
        hints=_hints_2(customers.assign(effect=effect), truth),
        why="""One table, three right answers: an effect needs a population. The offer kept two
        of the five who got it; on the others it would have done nothing on average: one kept, one
        lost. It went to those about to leave, and so it looks guilty.""",
    )
    if 0 < len(left) < len(answers):
        return Check("todo", f"Still to do: {', '.join(left)}.", found.hints)
    return found


def judge_3(answer: Any, evenings: pd.DataFrame, hotel: LinearWorld) -> Check:
    """Return what the check says about the mean of bookings when every night costs 50 euros.

    Args:
        answer: rooms, right within 1.5.
        evenings: the record: columns price (€) and bookings (rooms).
        hotel: the world of the hotel.
    """
    mean, effect = hotel.mean(), hotel.total_effect("price", "bookings")
    beyond = 50 - mean["price"]
    seen = mean["bookings"] + hotel.slope("bookings", "price") * beyond
    colleague = evenings.query("48 < price < 52")["bookings"].mean()
    hot = 50 * hotel.total_effect("temperature", "bookings")
    hints = [
        (lambda v: abs(v - colleague) < SAME, "Still seeing: that is the colleague's number."),
        (lambda v: abs(v - mean["bookings"]) < 1.4, "That is the mean of the record as it is."),  # noqa: PLR2004
        (lambda v: abs(v - seen) < 3, "Still seeing: nights at €50 are warmer than most."),  # noqa: PLR2004
        (lambda v: abs(v - 50) < 1, "That is the price. Average the column `bookings`."),
        (lambda v: abs(v - hot) < 5, "You set the temperature: `do` names the price."),  # noqa: PLR2004
        (
            lambda v: abs(v - 50 * effect) < 2,  # noqa: PLR2004
            "Guests still listen to the weather: leave its line alone.",
        ),
        (
            lambda v: abs(v) < 15,  # noqa: PLR2004
            "That is a difference or a slope. Wanted: the mean itself, in rooms.",
        ),
        "Selecting rows is `| price = 50`. The question is `| do(price = 50)`.",
        "`do={'price': 50.0}` in `graphs.sample`, and then the mean of a column.",
    ]
    why = """Nights at €50 in the record are warmer than most. Setting the price leaves the weather
    alone. The gap between the two numbers is confounding, in rooms."""
    truth = mean["bookings"] + effect * beyond
    return checks.close(answer, truth, tolerance=1.5, hints=hints, why=why)


def as_names(value: Any) -> set[str]:
    """Return the names in an answer, with underscores and small letters: a text is one name.

    Raises:
        TypeError: the answer is no container, or one of more than `MANY` things.
    """
    names = [value] if isinstance(value, str) else list(itertools.islice(value, MANY + 1))
    if len(names) > MANY:
        raise TypeError("a short set of names is expected")
    return {"_".join(str(name).split()).casefold() for name in names}


MANY = 100
"""An answer with more names than this is not read."""


def judge_4(answer: Any, resort: graphs.Graph) -> Check:
    """Return what the check says about a set that separates price and swimmers.

    Args:
        answer: names of nodes.
        resort: the graph.
    """
    ends = {"price", "swimmers"}
    hints = [
        (lambda v: not as_names(v) <= set(resort.nodes), "A name is not in the resort."),
        (lambda v: ends & as_names(v), "Leave out the two ends themselves."),
        (lambda v: not as_names(v), "With nothing given, price ← temperature → swimmers is open."),
        (
            lambda v: "temperature" not in as_names(v),
            "The fork price ← temperature → swimmers is still open.",
        ),
        "List the paths between price and swimmers. What do all of them pass through?",
    ]
    why = """Every path to the swimmers leaves through temperature, never as a collider. Given it,
    all are blocked, whatever else is given."""
    return checks.holds(
        answer,
        lambda value: resort.independent("price", "swimmers", sorted(as_names(value))),
        hints=hints,
        why=why,
    )


POOL_WITHIN = 6
"""How far from the truth an estimate of exercise 5 may be, in visitors per euro: four errors."""


def _judge_pool_graph(arrows: Any) -> str:
    """Return what is wrong with the arrows of the pool; an empty text if nothing is."""
    arrows = list(arrows.edges) if isinstance(arrows, graphs.Graph) else arrows
    drawn, messages = add_arrows([], draft_text(arrows), _POOL.variables)
    if messages:
        return f"`pool_arrows`: {messages[0]}"
    if not drawn:
        return "`pool_arrows`: write lines such as `a -> b`, with the names of the columns."
    missing, more = set(_POOL.edges) - set(drawn), set(drawn) - set(_POOL.edges)
    turned = [(a, b) for a, b in more if (b, a) in missing]
    if turned:
        return f"`pool_arrows`: read again who listens to whom, {' or '.join(turned[0])}."
    if missing:
        ends = sorted({effect for _, effect in missing})
        return f"`pool_arrows`: the story says more about what {ends[0]} listens to."
    if more:
        return f"`pool_arrows`: {' → '.join(min(more))} is not in the story."
    return ""


def _judge_pool_set(names: Any) -> str:
    """Return what is wrong with the adjustment set of the pool; an empty text if nothing is."""
    try:
        chosen = as_names(names)
    except TypeError:
        return "`pool_set`: give a set of names of columns."
    graph = graphs.dag(_POOL.edges, treatment="discount", outcome="visitors")
    if chosen - set(graph.nodes):
        return f"`pool_set`: {min(chosen - set(graph.nodes))} is not a column."
    if chosen & {"discount", "visitors"}:
        return "`pool_set`: the discount and the visitors are the question itself."
    if "ice_creams" in chosen:
        return "`pool_set`: ice creams follow from what the discount does. Leave them alone."
    if not graph.is_adjustment_set(chosen):
        return "`pool_set`: a path that enters the discount is still open."
    return ""


def _judge_pool_effect(effect: Any) -> str:
    """Return what is wrong with the estimate of the pool; an empty text if nothing is."""
    truth = _POOL.total_effect("discount", "visitors")
    ideas = {
        _POOL.slope("visitors", "discount"): "that is still seeing: nothing is held fixed.",
        _POOL.slope("visitors", "discount", ["sunshine", "ice_creams"]): (
            "ice creams were held fixed too, and they follow from the visitors."
        ),
        _POOL.slope("visitors", "discount", ["ice_creams"]): (
            "you held ice creams fixed. Is the path through the sun closed?"
        ),
        _POOL.slope("discount", "visitors", ["sunshine"]): (
            "that is euros per visitor. Turn the regression round."
        ),
        -truth: "the size is right, the sign is not.",
    }
    check = checks.close(effect, truth, tolerance=POOL_WITHIN)
    if check.status == "done":
        return ""
    for wrong, idea in ideas.items():
        if checks.close(effect, wrong, tolerance=min(POOL_WITHIN, abs(wrong) / 5)).status == "done":
            return f"`pool_effect`: {idea}"
    return f"`pool_effect`: {check.message}"


def _judge_pool(answers: Mapping[str, Any]) -> bool | str:
    """Return True, or what is wrong with the first answer that is not right."""
    left = [name for name, value in answers.items() if value is None or value is ...]
    judges = {
        "pool_arrows": _judge_pool_graph,
        "pool_set": _judge_pool_set,
        "pool_effect": _judge_pool_effect,
    }
    for name, judge in judges.items():
        if name not in left and (fault := judge(answers[name])):
            return fault
    if left:
        raise checks.Unanswered(f"Still to do: {', '.join(left)}.")
    return True


def judge_5(arrows: Any, names: Any, effect: Any) -> Check:
    """Return what the check says about the whole method on the pool.

    Args:
        arrows: a text, one chain a line; or pairs, or a graph.
        names: what to adjust for.
        effect: visitors per euro of discount, right within `POOL_WITHIN`.
    """
    seen = _POOL.slope("visitors", "discount")
    truth = _POOL.total_effect("discount", "visitors")
    hints = [
        "One line of the story, one or two arrows: who listens to whom?",
        "Which column moves both the discount and the visitors? Which one follows from them?",
        "`regress(pool_days, outcome, on=treatment, given=[...])[0]`.",
    ]
    why = f"""Seen {signed(seen, 0)}, done {signed(truth, 0)} visitors per euro: the discount was
    given on dull days, and so it looks guilty. Story, graph, adjustment set, number: the four steps
    are the same for every question."""
    answers = {"pool_arrows": arrows, "pool_set": names, "pool_effect": effect}
    given = None if all(v is None or v is ... for v in answers.values()) else answers
    return checks.holds(given, _judge_pool, hints=hints, why=why)


def _judge_churn_world(world: Any) -> bool | str:
    """Return True, or what is wrong with a learner's churn model."""
    if isinstance(world, dict):
        return "You have the nodes. Wrap them: `graphs.StructuralCausalModel({...})`."
    if not isinstance(world, graphs.StructuralCausalModel):
        return "Give a `StructuralCausalModel`, made from three nodes."
    strangers = set(world.cgm.dag.nodes) - set(world.assignment)
    if strangers:
        return f"{min(strangers)} is not a node. Your own function takes causes and `n_samples`."
    arrows = {("unhappiness", "offer"), ("unhappiness", "churn"), ("offer", "churn")}
    drawn = set(world.cgm.dag.edges)
    for word, found in ("Missing", arrows - drawn), ("Too many", drawn - arrows):
        if found:
            return f"{word}: {', '.join(f'{a} → {b}' for a, b in sorted(found))}."
    return _judge_churn_draws(world)


def _judge_churn_draws(world: Any) -> bool | str:
    """Return True, or which node of a churn model with the right arrows draws wrongly."""
    try:
        drawn = graphs.sample(world, 500, seed=7)
    except TypeError as error:
        takes = "n_samples" in str(error)
        return "A node that is your own function must take `n_samples`." if takes else str(error)
    if not drawn[["offer", "churn"]].isin([0, 1]).to_numpy().all():
        return "A node is an outcome, 0 or 1, not its probability: `graphs.logistic_model`."
    mood = np.repeat([-1.0, 0.0, 1.0], 4_000)
    for node, do, log_odds in (
        ("offer", {}, 2 * mood),
        ("churn", {"offer": 0}, 2 * mood - 1),
        ("churn", {"offer": 1}, 2 * mood - 2),
    ):
        drawn = graphs.sample(world, len(mood), seed=7, do={"unhappiness": mood, **do})
        expected = 1 / (1 + np.exp(-log_odds[::4_000]))
        if (drawn[node].groupby(mood).mean() - expected).abs().max() > 0.04:  # noqa: PLR2004
            return f"The arrows are right; look at the weights and the offset of `{node}`."
    return True


def judge_6(world: Any) -> Check:
    """Return what the check says about a model of the churn story.

    Args:
        world: a structural causal model of unhappiness, offer and churn, if all is well.
    """
    hints = [
        "One entry for each node; parents and weights are two lists of one length.",
        "`offer` has one parent, `churn` has two; the −1 in front is `offset=-1`.",
    ]
    why = """In your world the offer always lowers the chance of churn, and yet those who got it
    churn more. The hotel's mistake, with yes and no in place of numbers."""
    return checks.holds(world, _judge_churn_world, hints=hints, why=why)


CANDIDATES = {"p": "A <- B <- C", "q": "A <- B -> C", "r": "A -> B <- C", "s": "A -> C -> B"}
"""The graphs of exercise 7, which are compared with A → B → C."""


def _forbidden(text: str) -> set[tuple[frozenset[str], tuple[str, ...]]]:
    """Return the independences that a graph, given as text, implies."""
    table = graphs.dag(graphs.parse_edges(text)[0]).independences()
    return {(frozenset(r[["first", "second"]]), r["given"]) for _, r in table.iterrows()}


def as_letters(value: Any) -> Any:
    """Return an answer as it is, or the letters of a text such as "p, q"."""
    text = re.sub(r"[\s,;.]+", "", value) if isinstance(value, str) else ""
    return set(text) if text and set(text.casefold()) <= set(CANDIDATES) else value


def judge_7(answer: Any) -> Check:
    """Return what the check says about which graphs fit as well as a chain.

    Args:
        answer: letters, keys of `CANDIDATES`.
    """
    goal = _forbidden("A -> B -> C")
    truth = {letter for letter, text in CANDIDATES.items() if _forbidden(text) == goal}
    known = {*CANDIDATES, *map(str.upper, CANDIDATES)}
    answer = as_letters(answer)
    hints = [
        (lambda v: len(v) > MANY, "Give letters: p, q, r or s."),
        (lambda v: set(v) and not set(v) <= known, "Give letters: p, q, r or s."),
        (lambda v: "r" in v, "`r` is a collider at B: A and C independent, until B is given."),
        (lambda v: "s" in v, "`s` joins other pairs: in it, A and B are independent given C."),
        (lambda v: len(v) == 1, "Another has the same skeleton and no collider, too."),
        "Write down the one independence that each graph implies.",
    ]
    why = """Two chains and a fork cannot be told apart by independences in a record. A collider
    can: that is the one foothold of algorithms that test them."""
    return checks.same_set(answer, truth, hints=hints, why=why)


def _judge_insurance(answer: Mapping[str, Any]) -> bool | str:
    """Return True, or what a learner's graph still lacks."""
    edges, draft = answer["edges"], answer["draft"]
    if not edges and (draft is None or draft is ...):
        raise checks.Unanswered("Draw your first arrow in the editor above.")
    if not edges:
        return "No arrow of the draft could be read. Write lines such as `age -> risk aversion`."
    if graphs.find_cycle(edges):
        return f"There is a cycle: {' → '.join(graphs.find_cycle(edges))}."
    used = {name for edge in edges for name in edge}
    left = [name for name in INSURANCE if name not in used]
    if left:
        return f"{len(left)} variables have no arrow yet: {', '.join(left)}."
    causes = [cause for cause, effect in edges if effect == "age"]
    return f"Does {causes[0]} make people older?" if causes else True


def judge_8(edges: Edges, draft: Any) -> Check:
    """Return what the check says about the graph of the car insurer.

    Args:
        edges: what the editor holds.
        draft: what stands in the cell of the exercise.
    """
    hints = [
        "Start from what nothing here causes: age. Then follow time forward.",
        "Safety equipment acts on what happens in an accident, or on whether it happens.",
    ]
    why = """You signed a graph. It says what to adjust for, and what would prove it wrong. Compare
    with a neighbour: the arrows on which you differ are the ones worth talking about."""
    return checks.holds({"edges": edges, "draft": draft}, _judge_insurance, hints=hints, why=why)
