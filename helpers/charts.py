"""The look of the course: theme, colours by role, and the charts that several notebooks use.

Source of the colours: Okabe & Ito (2008), Color Universal Design,
https://jfly.uni-koeln.de/color/.
"""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers.tidy import HDI_PROB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marimo import Html

ROLES = {
    "treated": "#0072B2",
    "control": "#7F7F7F",
    "counterfactual": "#D55E00",
    "adjusted": "#009E73",
    "naive": "#CC79A7",
    "prior": "#56B4E9",
    "truth": "#000000",
}
"""Colour of each role, from the palette of Okabe & Ito (2008) that colour-blind readers can tell
apart. A role is also told by shape, dash or label, so that a grey print can be read."""

SHAPES = {
    "treated": "circle",
    "control": "square",
    "counterfactual": "triangle-up",
    "adjusted": "diamond",
    "naive": "cross",
    "prior": "triangle-down",
    "truth": "stroke",
}

DASHES = {
    "treated": [14, 3, 3, 3],
    "control": [12, 4],
    "counterfactual": [6, 4],
    "adjusted": [1, 0],
    "naive": [2, 3],
    "prior": [6, 4],
    "truth": [1, 0],
}
"""Dash of a role's curve; two roles with the same one differ in how dark they are."""

WIDTH, HEIGHT = 700, 320
"""Size of a chart in pixels: readable on a projector, and a slide holds it."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


@alt.theme.register("course", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    """Return the theme of every chart: large type, few lines, titles at the left."""
    text = {"font": FONT, "color": "#222222"}
    return {
        "usermeta": {"embedOptions": {"renderer": "svg"}},
        "config": {
            "autosize": {"type": "fit-x", "contains": "padding"},
            # Half the label of the last tick stands outside the axis; fit-x forgets it.
            "padding": {"left": 5, "top": 5, "bottom": 5, "right": 18},
            "view": {"continuousWidth": WIDTH, "continuousHeight": HEIGHT, "stroke": None},
            "font": FONT,
            "axis": {
                "labelFontSize": 14,
                "titleFontSize": 15,
                "titleFontWeight": "normal",
                "gridColor": "#eeeeee",
                "domainColor": "#999999",
                "tickColor": "#999999",
                "labelLimit": 260,
                "labelFlush": False,
                "titlePadding": 10,
            },
            "legend": {"labelFontSize": 14, "titleFontSize": 14, "labelLimit": 260},
            "header": {"labelFontSize": 15, "titleFontSize": 15},
            "title": {
                **text,
                "fontSize": 17,
                "subtitleFontSize": 14,
                "subtitleColor": "#555555",
                "anchor": "start",
                "offset": 12,
            },
            "text": {**text, "fontSize": 14},
        },
    }


MIME = "application/vnd.vegalite.v6+json"


def _render(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return the bare specification, which marimo draws as it is.

    Altair's own renderer wraps it in HTML; marimo throws that away and has the chart made again,
    which costs as much time as most sliders have in all.
    """
    return {MIME: spec}


alt.renderers.register("course", _render)
alt.renderers.enable("course")


def role_scale(*roles: str) -> alt.Scale:
    """Return the colour scale of these roles, for a column that holds role names.

    Raises:
        ValueError: a role that the course does not have.
    """
    return alt.Scale(domain=list(roles), range=[_colour(role) for role in roles])


def _colour(role: str) -> str:
    if role not in ROLES:
        raise ValueError(f"No role {role!r}; the roles are {', '.join(ROLES)}.")
    return ROLES[role]


def describe(chart: Any, text: str) -> Any:
    """Return the chart with a description that screen readers speak."""
    return chart.properties(description=text)


class Drawing:
    """A chart's specification that the page draws as it is."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec

    def to_dict(self) -> dict[str, Any]:
        """Return the specification, as a chart does."""
        return self.spec

    def _mime_(self) -> tuple[str, str]:
        return MIME, json.dumps(self.spec)


def redraw(
    template: dict[str, Any],
    *frames: pd.DataFrame,
    words: str,
    title: str = "",
    subtitle: str | None = None,
) -> Drawing:
    """Return a chart with its data, title and description replaced: quicker than a new chart.

    Args:
        template: the specification of a chart whose title is an `alt.Title`.
        frames: each takes the place of the template's data set that has the same columns.
        words: what a screen reader says.
        title: the finding.
        subtitle: the template's own where none is given.

    Raises:
        ValueError: a frame whose columns no data set of the template has.
    """
    fresh = {
        frozenset(frame.columns): frame.astype(object).where(frame.notna(), None).to_dict("records")
        for frame in frames
    }
    old = {name: frozenset(rows[0]) for name, rows in template["datasets"].items()}
    unknown = [sorted(columns) for columns in fresh if columns not in old.values()]
    if unknown:
        raise ValueError(f"No data of the template has the columns {unknown}; it has {old}.")
    datasets = {
        name: fresh.get(columns, template["datasets"][name]) for name, columns in old.items()
    }
    head = {**template["title"], "text": wrap(title)}
    head |= {} if subtitle is None else {"subtitle": subtitle}
    return Drawing({**template, "datasets": datasets, "title": head, "description": words})


def below(chart: Any, *sliders: Any) -> Html:
    """Return a chart below the sliders that move it."""
    import marimo as mo

    return mo.vstack([mo.hstack(list(sliders), justify="start", wrap=True), chart])


def wrap(text: str, width: int = 62) -> list[str]:
    """Return a title broken into lines that a chart of the course has room for."""
    return textwrap.wrap(text, width)


lines = wrap  # its name in notebooks of the first edition


def _need(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in frame]
    if missing:
        raise ValueError(f"The frame lacks {missing}; it has {list(frame.columns)}.")


def chart_effect(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    truth: float | None = None,
    truth_label: str = "truth",
    number_format: str = ",.2f",
    interval: str = f"{100 * HDI_PROB:.0f} % HDI",
    truth_at_foot: bool = True,
) -> alt.LayerChart:
    """Return estimates with their intervals, one line each, against the truth.

    Args:
        frame: columns label, mean, lower, upper (both missing where there is no interval), role.
        title: the finding.
        unit: what the horizontal axis measures, with its unit.
        truth: where the black rule stands; none if not given.
        truth_label: what is written at the rule.
        number_format: of the printed numbers (d3-format).
        interval: what the horizontal lines are; printed on the chart.
        truth_at_foot: whether the rule's label stands at the foot of the chart, or on top.

    Raises:
        ValueError: a column is missing, or a role is not one of `ROLES`.
    """
    _need(frame, ["label", "mean", "lower", "upper", "role"])
    frame = frame[["label", "mean", "lower", "upper", "role"]].reset_index(drop=True)
    order, roles = frame["label"].tolist(), list(dict.fromkeys(frame["role"]))
    base = alt.Chart(frame).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(grid=False, ticks=False)),
        color=alt.Color("role:N", scale=role_scale(*roles), legend=None),
    )
    shapes = alt.Scale(domain=roles, range=[SHAPES[role] for role in roles])
    intervals = base.mark_rule(strokeWidth=4).encode(
        x=alt.X("lower:Q", title=unit, scale=alt.Scale(zero=False, padding=30)), x2="upper:Q"
    )
    points = base.mark_point(filled=True, size=160, opacity=1).encode(
        x="mean:Q", shape=alt.Shape("role:N", scale=shapes, legend=None)
    )
    numbers = base.mark_text(dy=-16, fontSize=14).encode(
        x="mean:Q", text=alt.Text("mean:Q", format=number_format), color=alt.value("#222222")
    )
    halo = numbers.mark_text(dy=-16, fontSize=14, stroke="white", strokeWidth=9)
    layers = [intervals, points, halo.encode(color=alt.value("white")), numbers]
    if truth is not None:
        layers = [*_rule(truth, truth_label, foot=truth_at_foot), *layers]
    has_interval = bool(frame["lower"].notna().any())
    words = "; ".join(
        f"{row.label}: {row.mean:,.3g}"
        + (f" ({row.lower:,.3g} to {row.upper:,.3g})" if pd.notna(row.lower) else "")
        for row in frame.itertuples()
        if pd.notna(row.mean)
    )
    return alt.layer(*layers).properties(
        title=alt.Title(wrap(title), subtitle=f"line: {interval}" if has_interval else ""),
        height=max(90, 56 * len(frame)),
        description=f"{title}. {unit}. {words}."
        + (f" {truth_label}: {truth:,.3g}." if truth is not None else ""),
    )


def _rule(value: float, label: str, *, foot: bool = False) -> list[alt.Chart]:
    """Return a black rule at a value, with its label on top, or at the foot."""
    source = alt.Chart(pd.DataFrame({"value": [value], "label": [label]}))
    rule = source.mark_rule(color=ROLES["truth"], strokeDash=[6, 4], strokeWidth=2)
    where = {"baseline": "bottom", "dy": -2} if foot else {"baseline": "top", "dy": 2}
    text = source.mark_text(align="left", dx=5, color=ROLES["truth"], **where)
    y = alt.value("height") if foot else alt.value(0)
    return [rule.encode(x="value:Q"), text.encode(x="value:Q", y=y, text="label:N")]


def _density(values: np.ndarray, floor: float | None = None, points: int = 200) -> pd.DataFrame:
    """Return a Gaussian kernel density on a grid that covers the draws.

    Draws near a floor are mirrored at it, so that no density lies where no value can.
    """
    from scipy.stats import gaussian_kde

    values = values[np.isfinite(values)]
    spread = values.std() or 1.0
    start = values.min() - spread / 2
    if floor is not None:
        start = max(start, floor)
    grid = np.linspace(start, values.max() + spread / 2, points)
    if values.std() == 0:
        return pd.DataFrame({"value": grid, "density": np.zeros(points)})
    estimate = gaussian_kde(values)
    density = estimate(grid) + (0 if floor is None else estimate(2 * floor - grid))
    return pd.DataFrame({"value": grid, "density": density})


def densities(frame: pd.DataFrame, *, floor: float | None = None) -> pd.DataFrame:
    """Return the curves that `chart_density` draws, to `redraw` one of its charts with.

    Args:
        frame: columns label, value (a draw), role (one per label).
        floor: a value that no draw can be below, such as 0 for a scale; the densities end there.

    Returns:
        Gaussian kernel densities on a grid (bandwidth by Scott's rule), 200 points a label, with
        columns value, density (per unit of value), label, role.

    Raises:
        ValueError: a column is missing.
    """
    _need(frame, ["label", "value", "role"])
    return pd.concat(
        [
            _density(draws["value"].to_numpy(dtype=float), floor).assign(
                label=label, role=draws["role"].iloc[0]
            )
            for label, draws in frame.groupby("label", sort=False)
        ],
        ignore_index=True,
    )


def chart_density(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    truth: float | None = None,
    truth_label: str = "truth",
    floor: float | None = None,
) -> alt.LayerChart:
    """Return smooth densities of draws, one curve per label.

    Args:
        frame: columns label, value (a draw), role (one per label).
        title: the finding.
        unit: what the horizontal axis measures, with its unit.
        truth: where the black rule stands; none if not given.
        truth_label: what is written at the rule.
        floor: a value that no draw can be below, such as 0 for a scale; the densities end there.

    Returns:
        The curves of `densities`, each with its area.

    Raises:
        ValueError: a column is missing, or a role is not one of `ROLES`.
    """
    curves = densities(frame, floor=floor)
    roles = frame.groupby("label", sort=False)["role"].first()
    names = alt.Scale(domain=list(roles.index), range=[_colour(role) for role in roles])
    dashes = alt.Scale(
        domain=list(roles.index),
        range=[DASHES[role] for role in roles],
    )
    legend = alt.Legend(orient="top", symbolOpacity=1, symbolType="stroke", symbolSize=600)
    base = alt.Chart(curves).encode(
        x=alt.X("value:Q", title=unit, scale=alt.Scale(zero=False)),
        y=alt.Y("density:Q", title="density", axis=alt.Axis(labels=False, ticks=False)),
        color=alt.Color("label:N", scale=names, title=None, legend=legend),
    )
    area = base.mark_area(opacity=0.15, line=False)
    line = base.mark_line(strokeWidth=3).encode(
        strokeDash=alt.StrokeDash("label:N", scale=dashes, title=None, legend=legend)
    )
    layers = [area.encode(y=alt.Y("density:Q", stack=None, title="density")), line]
    if truth is not None:
        layers = [*_rule(truth, truth_label), *layers]
    means = frame.groupby("label", sort=False)["value"].mean()
    words = "; ".join(f"{label}: mean {mean:,.3g}" for label, mean in means.items())
    return alt.layer(*layers).properties(
        title=alt.Title(wrap(title)),
        height=HEIGHT - 60,
        description=f"{title}. Densities of {unit}. {words}."
        + (f" {truth_label}: {truth:,.3g}." if truth is not None else ""),
    )
