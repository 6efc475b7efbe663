"""Drawings and judges of notebook 16, "What would have happened to this one?".

Plain functions of what the page has computed: no world but the light of a drawn spot (`spots`), no
estimand, no estimator. Scores in points of 100; hours of tutoring a week; knack, skill and
predictions in standard deviations of the knack. Definitions follow Pearl (2009, Causality, 2nd ed.,
chapter 7, doi:10.1017/CBO9780511803161) where a function names no other source.
"""

from __future__ import annotations

import functools
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
    "games": ("share of games", "%"),
    "hours": ("tutoring", "hours a week"),
    "score": ("score", "points"),
    "without": ("score without tutoring", "points"),
    "points": ("result", "points"),
    "pupils": ("share of rejected pupils", "%"),
    "bound": ("lower bound of PN", "share"),
    "samples": ("share of samples", "%"),
    "push": ("assumed push", "times the true one"),
    "own_change": ("own change", "sd of knack"),
    "error": ("error of the answer", "1: the picture left as it is"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

PLAIN = "#595959"
"""Colour of marks that are told apart by their names alone and play no role."""

INTERVAL = f"{percent(tidy.HDI_PROB)} HDI"


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


below = charts.below


after = checks.after


# Sliders -----------------------------------------------------------------------------------------


def slider_score() -> mo.ui.slider:
    """Return the slider of the score that was seen, points."""
    import marimo as mo

    return mo.ui.slider(20, 95, 5, value=70, show_value=True, label="score seen at 2 hours")


def slider_correlation() -> mo.ui.slider:
    """Return the slider of c, the correlation of a pupil's luck with both books."""
    import marimo as mo

    return mo.ui.slider(-1, 1, 0.25, value=1, show_value=True, label="c")


def slider_push() -> mo.ui.slider:
    """Return the slider of the assumed push, in multiples of the true one."""
    import marimo as mo

    return mo.ui.slider(0, 2, 0.1, value=0, show_value=True, label="assumed push")


def slider_size() -> mo.ui.slider:
    """Return the slider of the size that a spot is given, standard deviations."""
    import marimo as mo

    return mo.ui.slider(-2, 2, 0.25, value=1.5, show_value=True, label="size of the spot (sd)")


# Charts ------------------------------------------------------------------------------------------


def chart_doors(games: pd.DataFrame) -> alt.LayerChart:
    """Return where the car is, in the games in which door 3 is opened and shows a goat.

    Args:
        games: columns "car behind door" (1: yours, 2: the other), share.
    """
    frame = pd.DataFrame(
        {
            "where": ["behind door 1: stay", "behind door 2: switch"],
            "percent": (100 * games["share"]).round(1).tolist(),
        }
    )
    frame["told"] = [f"{number(share, 1)} %" for share in frame["percent"]]
    base = alt.Chart(frame).encode(alt.Y("where:N", title=None, sort=None))
    scale = alt.Scale(domain=[0, 100])
    bars = base.mark_bar(height=30, color=PLAIN).encode(
        alt.X("percent:Q", title=axis_title("games"), scale=scale)
    )
    text = base.mark_text(align="left", dx=8, fontSize=16, fontWeight="bold")
    title = f"The host knows: switching wins in {frame['told'][1]} of these games"
    told = "; ".join(f"car {row.where}, {row.told}" for row in frame.itertuples())
    chart = (bars + text.encode(x="percent:Q", text="told:N")).properties(title=title, height=84)
    return charts.describe(chart, f"{title}. {told}.")


def chart_pupils(pupils: pd.DataFrame, slope: float) -> alt.LayerChart:
    """Return scores against hours of tutoring, with the least-squares line and Lea.

    Args:
        pupils: columns hours (a week), score (points); the first 600 are drawn.
        slope: of the line through all pupils, points per hour.
    """
    frame = pupils[["hours", "score"]].head(600).round(2)
    x = alt.X("hours:Q", title=axis_title("hours"), scale=alt.Scale(domain=[-1.5, 4]))
    y = alt.Y("score:Q", title=axis_title("score"), scale=alt.Scale(domain=[0, 100]))
    marks = alt.Chart(frame[frame["hours"].between(-1.5, 4)]).mark_point(
        filled=True, size=26, opacity=0.45, color=charts.ROLES["control"], shape="square"
    )
    middle = pupils[["hours", "score"]].mean()
    ends = pd.DataFrame({"hours": [-1.0, 3.5]})
    ends["score"] = middle["score"] + slope * (ends["hours"] - middle["hours"])
    line = alt.Chart(ends).mark_line(
        strokeWidth=3, color=charts.ROLES["naive"], strokeDash=charts.DASHES["naive"]
    )
    lea = alt.Chart(pd.DataFrame({"hours": [2.0], "score": [70.0], "name": ["Lea"]}))
    point = lea.mark_point(
        filled=True, size=190, opacity=1, color=charts.ROLES["treated"], shape="circle"
    )
    name = lea.mark_text(dx=12, dy=-10, align="left", fontSize=16, fontWeight="bold")
    layers = [
        marks.encode(x, y),
        line.encode(x, y),
        point.encode(x, y),
        name.encode(x, y, text="name:N"),
    ]
    title = f"An hour more goes with {signed(slope, 1)} points"
    words = f"{title}. Scores of pupils against hours of tutoring; Lea at 2 hours and 70 points."
    chart = alt.layer(*layers).properties(title=title, height=240)
    return charts.describe(chart, words)


def chart_twin_draws(twin: pd.DataFrame) -> alt.LayerChart:
    """Return Lea's score without tutoring: true, measured with the same slip, with a fresh one.

    Args:
        twin: columns label, mean, lower, upper; points.
    """
    frame = twin.assign(role=["adjusted", "counterfactual", "naive"])
    title = "Without tutoring: the same slip tells most, a fresh one least"
    unit = axis_title("without")
    chart = charts.chart_effect(
        frame, title=title, unit=unit, number_format=".1f", interval=INTERVAL
    )
    return chart.properties(height=140)


@functools.cache
def _twin_template() -> dict[str, Any]:
    """Return the specification of a pupil's scores by hours, beside the school's."""
    who = ["this pupil", "all pupils"]
    some = pd.DataFrame({"hours": [0.0, 3.0] * 2, "score": 1.0, "who": [*who, *who]})
    at = pd.DataFrame({"at": [2.0, 0.0], "points": [1.0, 2.0], "world": ["seen", "imagined"]})
    at["told"] = ""
    roles = ["counterfactual", "control"]
    worlds = ["treated", "counterfactual"]
    colours = alt.Scale(domain=who, range=[charts.ROLES[role] for role in roles])
    dashes = alt.Scale(domain=who, range=[charts.DASHES[role] for role in roles])
    scale = alt.Scale(domain=[0, 100])
    legend = alt.Legend(orient="top", title=None, symbolType="stroke", symbolSize=500)
    lines = (
        alt.Chart(some)
        .mark_line(strokeWidth=3)
        .encode(
            alt.X(
                "hours:Q", title=axis_title("hours"), scale=alt.Scale(domain=[-0.1, 3], nice=False)
            ),
            alt.Y("score:Q", title=axis_title("score"), scale=scale),
            alt.Color("who:N", scale=colours, legend=legend),
            alt.StrokeDash("who:N", scale=dashes, legend=legend),
        )
    )
    points = alt.Chart(at).encode(x="at:Q", y="points:Q")
    shapes = alt.Scale(domain=["seen", "imagined"], range=[charts.SHAPES[r] for r in worlds])
    fills = alt.Scale(domain=["seen", "imagined"], range=[charts.ROLES[r] for r in worlds])
    marks = points.mark_point(filled=True, size=200, opacity=1).encode(
        shape=alt.Shape("world:N", scale=shapes, legend=None),
        fill=alt.Fill("world:N", scale=fills, legend=None),
    )
    text = points.mark_text(dx=14, dy=14, align="left", fontSize=15, fontWeight="bold")
    layers = alt.layer(lines, marks, text.encode(text="told:N"))
    return layers.properties(title=alt.Title(""), height=245).to_dict()


def chart_twin(
    hours: np.ndarray, own: np.ndarray, everybody: np.ndarray, seen: float
) -> charts.Drawing:
    """Return one pupil's scores in all worlds, with the seen one and the one without tutoring.

    Args:
        hours: a week, shape (n,), from 0.
        own: this pupil's scores at these hours, points, shape (n,).
        everybody: the school's mean scores, if all took these hours, shape (n,).
        seen: the pupil's score at 2 hours, points.
    """
    curves = pd.concat(
        [
            pd.DataFrame({"hours": hours, "score": each, "who": who}).round(3)
            for who, each in (("this pupil", own), ("all pupils", everybody))
        ]
    )
    without = float(own[0])
    points = pd.DataFrame(
        {
            "at": [2.0, 0.0],
            "points": [float(seen), without],
            "world": ["seen", "imagined"],
            "told": [f"seen {number(seen, 0)}", f"imagined {number(without, 1)}"],
        }
    )
    title = f"Seen {number(seen, 0)}, without tutoring {number(without, 1)}: "
    title += f"own effect {signed(seen - without, 1)}"
    words = f"{title}. A pupil's scores against hours of tutoring, beside all pupils' mean."
    return charts.redraw(_twin_template(), curves, points, title=title, words=words)


BOOKS = ["old book", "new book"]


@functools.cache
def _pairs_template() -> dict[str, Any]:
    """Return the specification of pupils' results with both books."""
    some = pd.DataFrame({"pupil": [0, 0, 1, 1], "book": BOOKS * 2, "points": 1.0})
    some["way"] = ["not harmed"] * 2 + ["harmed"] * 2
    ways, roles = ["not harmed", "harmed"], ["control", "counterfactual"]
    colours = alt.Scale(domain=ways, range=[charts.ROLES[role] for role in roles])
    dashes = alt.Scale(domain=ways, range=[[1, 0], charts.DASHES["counterfactual"]])
    legend = alt.Legend(orient="top", title=None, symbolType="stroke", symbolSize=500)
    base = alt.Chart(some).encode(
        alt.X("book:N", sort=BOOKS, title=None, axis=alt.Axis(labelAngle=0), scale=alt.Scale()),
        alt.Y("points:Q", title=axis_title("points"), scale=alt.Scale(domain=[-6, 6])),
    )
    lines = base.mark_line(strokeWidth=1.4, opacity=0.8).encode(
        alt.Color("way:N", scale=colours, legend=legend),
        alt.StrokeDash("way:N", scale=dashes, legend=legend),
        detail="pupil:N",
    )
    dots = base.mark_point(filled=True, size=46, opacity=0.9, color=charts.ROLES["treated"])
    return (lines + dots).properties(title=alt.Title(""), height=195, width=charts.WIDTH).to_dict()


def chart_pairs(y0: np.ndarray, y1: np.ndarray, c: float, share: float) -> charts.Drawing:
    """Return results with both books, one line a pupil.

    What two columns alone allow: Fan & Park (2010, Econometric Theory 26, 931-951).

    Args:
        y0: with the old book, points, shape (n,).
        y1: with the new one, likewise.
        c: correlation of a pupil's luck with both.
        share: of all pupils who score lower with the new book.
    """
    ways = np.where(y1 < y0 - 1e-9, "harmed", "not harmed")
    frame = pd.concat(
        [
            pd.DataFrame({"pupil": np.arange(len(y0)), "book": book, "points": y, "way": ways})
            for book, y in zip(BOOKS, (y0, y1), strict=True)
        ]
    ).round(3)
    title = f"c = {number(c)}: {percent(share, 1)} of pupils are harmed"
    words = f"{title}. {len(y0)} pupils' results with the old and the new book, joined by lines."
    return charts.redraw(_pairs_template(), frame, title=title, words=words)


def chart_advice(advice: pd.DataFrame) -> alt.LayerChart:
    """Return for each piece of advice who passes the formula, and who is ready.

    Args:
        advice: columns advice, "mean change", "formula at zero" and ready (shares of rejected).
    """
    rows = [
        (f"{row['advice']}: {what}", 100 * row[column], role)
        for _, row in advice.iterrows()
        for column, what, role in (
            ("formula at zero", "formula at zero", "naive"),
            ("ready", "ready", "adjusted"),
        )
    ]
    frame = pd.DataFrame(rows, columns=["what", "percent", "role"]).round(1)
    frame["told"] = [f"{number(each, 1)} %" for each in frame["percent"]]
    base = alt.Chart(frame).encode(alt.Y("what:N", sort=None, title=None))
    bars = base.mark_bar(height=22).encode(
        alt.X(
            "percent:Q", title=axis_title("pupils"), scale=alt.Scale(domain=[0, 115], nice=False)
        ),
        alt.Color("role:N", scale=charts.role_scale("naive", "adjusted"), legend=None),
    )
    text = base.mark_text(align="left", dx=6, fontSize=15, fontWeight="bold")
    first, second = (percent(share, 1) for share in advice["ready"])
    title = f"After the badge {first} are ready, after more skill {second}"
    changes = advice["mean change"]
    how = f"mean change: badge {signed(changes[0])} points, skill {signed(changes[1])} sd"
    chart = (bars + text.encode(x="percent:Q", text="told:N")).properties(
        title=alt.Title(title, subtitle=how), height=150
    )
    told = "; ".join(f"{row.what} {row.told}" for row in frame.itertuples())
    return charts.describe(chart, f"{title}. {how}. {told}.")


FAIR_COLUMNS = {
    "predictor": "predictor",
    "rmse": "error",
    "own_change": "own change",
    "flipped": "flipped",
    "admitted_0": "admitted, A=0",
    "admitted_1": "admitted, A=1",
    "true_positive_0": "ready admitted, A=0",
    "true_positive_1": "ready admitted, A=1",
    "residual_1": "residual, A=1",
}


def fairness_view(fairness: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the fairness table that a reader sees, by readable names.

    Counterfactual fairness: Kusner, Loftus, Russell & Silva (2017, NeurIPS 30).

    Args:
        fairness: columns predictor, rmse, own_change, flipped, admitted_A, true_positive_A,
            residual_A (A: 0, 1).
    """
    view = fairness[list(FAIR_COLUMNS)].rename(columns=FAIR_COLUMNS)
    numbers = view.columns.drop("predictor")
    return view.astype(dict.fromkeys(numbers, float)).set_index("predictor")


@functools.cache
def _push_template() -> dict[str, Any]:
    """Return the specification of own change by assumed push."""
    some = pd.DataFrame({"push": [0.0, 2.0], "own_change": [0.6, 0.7]})
    at = pd.DataFrame({"at": [0.0], "own_at": [0.6], "told": [""]})
    line = alt.Chart(some).mark_line(strokeWidth=3, color=charts.ROLES["naive"])
    line = line.encode(
        alt.X("push:Q", title=axis_title("push"), scale=alt.Scale(domain=[0, 2])),
        alt.Y("own_change:Q", title=axis_title("own_change"), scale=alt.Scale(domain=[0, 0.8])),
    )
    point = alt.Chart(at).encode(x="at:Q", y="own_at:Q")
    mark = point.mark_point(filled=True, size=190, opacity=1, shape="diamond")
    mark = mark.encode(color=alt.value(charts.ROLES["adjusted"]))
    text = point.mark_text(dx=12, dy=-12, align="left", fontSize=15, fontWeight="bold")
    layers = alt.layer(line, mark, text.encode(text="told:N"))
    return layers.properties(title=alt.Title(""), height=118).to_dict()


def chart_push(
    pushes: np.ndarray, changes: list[float], at: float, own_at: float, error_at: float
) -> charts.Drawing:
    """Return an applicant's own change against the push that the predictor assumes.

    Args:
        pushes: multiples of the true pushes, shape (n,).
        changes: own change at each, in standard deviations of the knack.
        at: where the slider stands.
        own_at: own change there.
        error_at: error (RMSE) of the prediction there.
    """
    curve = pd.DataFrame({"push": pushes, "own_change": changes}).round(4)
    point = pd.DataFrame({"at": [at], "own_at": [own_at], "told": [number(own_at, 3)]})
    title = f"{number(at, 1)} times the true push: own change {number(own_at, 3)}, "
    title += f"error {number(error_at, 3)}"
    words = f"{title}. Own change against the assumed push; zero at the true one."
    return charts.redraw(_push_template(), curve, point, title=title, words=words)


def bounds_view(bounds: pd.DataFrame) -> pd.DataFrame:
    """Return the bounds of each ward beside its truth, one row a ward.

    Bounds of Tian & Pearl (2000, Annals of Mathematics and Artificial Intelligence 28, 287-313).

    Args:
        bounds: columns ward, quantity, lower, upper, truth (shares).
    """
    told = [f"{number(b.lower, 3)} to {number(b.upper, 3)}" for b in bounds.itertuples()]
    view = bounds.assign(told=told).pivot_table("told", "ward", "quantity", aggfunc="first")
    truth = bounds.pivot_table("truth", "ward", "quantity")
    for quantity in [q for q in ("PNS, with choices", "PN", "PS") if q in truth]:
        view[f"{quantity.split(',')[0]}, truth"] = [number(t, 3) for t in truth[quantity]]
    first = ["PNS, trial", "PNS, with choices", "PNS, truth", "PN", "PN, truth", "PS", "PS, truth"]
    return view[[column for column in first if column in view]].rename_axis(columns=None)


def chart_bound(bound: np.ndarray, lower: float, upper: float) -> alt.LayerChart:
    """Return the lower bound of PN under redrawn counts.

    The counts: Tian & Pearl (2000); Pearl, Glymour & Jewell (2016, example 4.5.1).

    Args:
        bound: where it is defined, shape (samples,).
        lower: 3 % quantile.
        upper: 97 % quantile.
    """
    count, edges = np.histogram(np.clip(bound, -15, 15), bins=np.arange(-15.5, 16))
    frame = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "share": 100 * count / len(bound)})
    bars = alt.Chart(frame.round(3)).mark_bar(color=charts.ROLES["control"], stroke="white")
    bars = bars.encode(
        alt.X("from:Q", bin="binned", title=axis_title("bound")),
        alt.Y("share:Q", title=axis_title("samples")),
        x2="to:Q",
    )
    at = pd.DataFrame({"at": [1.0], "told": ["the textbook's 1"]})
    rule = alt.Chart(at).mark_rule(strokeWidth=3, color=charts.ROLES["naive"])
    text = alt.Chart(at).mark_text(align="left", dx=8, fontSize=15, fontWeight="bold")
    layers = [bars, rule.encode(x="at:Q"), text.encode(x="at:Q", y=alt.value(8), text="told:N")]
    title = f"Redrawn, the bound of 1 runs from {number(lower, 0)} to {number(upper, 0)}"
    how = f"{percent(tidy.HDI_PROB)} of the samples; beyond 15 drawn at 15"
    chart = alt.layer(*layers).properties(title=alt.Title(title, subtitle=how), height=170)
    return charts.describe(chart, f"{title}. Histogram of the lower bound of PN; {how}.")


def simulators_view(world_models: pd.DataFrame) -> pd.DataFrame:
    """Return the table of simulators by readable names.

    Args:
        world_models: columns log (share of random doses), slope (on dose), rmse_log, rmse_do
            (degrees), dose (chosen at a fever of 3), regret (squared degrees).
    """
    names = {
        "slope": "slope on dose (truth −1)",
        "rmse_log": "error, same kind of log",
        "rmse_do": "error, random doses",
        "dose": "dose at fever 3",
        "regret": "regret",
    }
    share = [percent(each) for each in world_models["log"]]
    view = world_models.assign(**{"random doses": share}).set_index("random doses")
    return view[list(names)].rename(columns=names)


SPOTS, PIXELS = 6, 8
"""How many pictures are drawn side by side, and how many pixels each is wide."""
WORLDS = {
    "seen": "seen (its noise left out)",
    "truth": "truth, had the size been set",
    "with labels": "answer, trained with labels",
    "pictures alone": "answer, from pictures alone",
}


def spots(factors: np.ndarray) -> np.ndarray:
    """Return pictures of spots of light, without noise: factors (n, 4) -> pixels (n, 64).

    A spot is a round bell of light, centred `.2 * position` and `.2 * height` from the middle of a
    square from -1 to 1; its standard deviation is `.4 * exp(.3 * size)`, its top
    `.6 + .15 * brightness`.

    Args:
        factors: position, size, brightness, height in standard deviations, shape (n, 4).
    """
    position, size, brightness, height = factors.T[..., None]
    at, wide = (np.arange(PIXELS) + 0.5) / (PIXELS / 2) - 1, 0.4 * np.exp(0.3 * size)
    across = np.exp(-0.5 * ((at - 0.2 * position) / wide) ** 2)
    down = np.exp(-0.5 * ((at - 0.2 * height) / wide) ** 2)
    light = (0.6 + 0.15 * brightness)[..., None]
    return (light * down[:, :, None] * across[:, None]).reshape(-1, PIXELS**2)


def misses(pictures: dict[str, np.ndarray]) -> dict[str, float]:
    """Return how far answers lie from the truth, of how far the pictures as they are do.

    Args:
        pictures: seen, truth and answers, each of shape (n, 64); root mean squared errors.
    """
    far = {k: float(np.sqrt(np.mean((v - pictures["truth"]) ** 2))) for k, v in pictures.items()}
    return {name: miss / far["seen"] for name, miss in far.items() if name not in ("seen", "truth")}


BRIGHTEST = 0.9
"""Light that is drawn white."""


def _spots_frame(pictures: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return a row a pixel of the first pictures in a grid: left, right, top, bottom, light."""
    step, rows = PIXELS + 1, []
    for k, values in enumerate(pictures.values()):
        light = values[:SPOTS].reshape(SPOTS, PIXELS, PIXELS)
        spot, down, across = np.indices(light.shape)
        left, top = (spot * step + across).ravel(), (k * step + down).ravel()
        frame = pd.DataFrame({"left": left, "right": left + 1.12, "top": top, "bottom": top + 1.12})
        rows.append(frame.assign(light=light.ravel().clip(0, BRIGHTEST).round(3)))
    return pd.concat(rows)


@functools.cache
def _spots_template() -> dict[str, Any]:
    """Return the specification of rows of small pictures, each row with its name at the right."""
    some = pd.DataFrame({"left": [0.0], "right": 1.0, "top": 0.0, "bottom": 1.0, "light": 0.5})
    step = PIXELS + 1
    wide = alt.Scale(domain=[0, 100], nice=False)
    high = alt.Scale(domain=[len(WORLDS) * step, 0], nice=False)
    grey = alt.Scale(domain=[0, BRIGHTEST], range=["#000000", "#ffffff"])
    squares = (
        alt.Chart(some)
        .mark_rect()
        .encode(
            alt.X("left:Q", scale=wide, axis=None),
            alt.Y("top:Q", scale=high, axis=None),
            alt.Color("light:Q", scale=grey, legend=None),
            x2="right:Q",
            y2="bottom:Q",
        )
    )
    labels = pd.DataFrame({"what": list(WORLDS.values()), "at": float(SPOTS * step + 1)})
    labels["middle"] = [k * step + PIXELS / 2 for k in range(len(labels))]
    text = alt.Chart(labels).mark_text(align="left", baseline="middle", fontSize=15)
    text = text.encode(alt.X("at:Q", scale=wide), alt.Y("middle:Q", scale=high), text="what:N")
    size = {"width": charts.WIDTH, "height": 7 * len(WORLDS) * step}
    return (squares + text).properties(title=alt.Title(""), **size).to_dict()


def chart_spots(pictures: dict[str, np.ndarray], size: float) -> charts.Drawing:
    """Return pictures as they were seen, their truth had the size been another, and both answers.

    Args:
        pictures: the names of `WORLDS` -> pixels, shape (n, 64); the first six are drawn.
        size: that was set, standard deviations.
    """
    miss = misses(pictures)
    title = f"Size {signed(size)}: error {number(miss['with labels'])} with labels, "
    title += f"{number(miss['pictures alone'])} without"
    how = (
        f"1: as far from the truth as the picture left as it is; {len(pictures['seen']):,} pictures"
    )
    words = f"{title}. {how}. {SPOTS} spots of light in four rows: {'; '.join(WORLDS.values())}."
    frame = _spots_frame({name: pictures[name] for name in WORLDS})
    return charts.redraw(_spots_template(), frame, title=title, subtitle=how, words=words)


def chart_runs(runs: pd.DataFrame) -> alt.LayerChart:
    """Return the error of the answer of each training, one point a start.

    Pairs of pictures: Locatello et al. (2020, ICML).

    Args:
        runs: columns training, error (of leaving the picture as it is).
    """
    order = list(dict.fromkeys(runs["training"]))
    base = alt.Chart(runs[["training", "error"]])
    top = max(1.6, 1.1 * float(runs["error"].max()))
    points = base.mark_point(filled=True, size=150, opacity=0.7, color=PLAIN).encode(
        alt.X("error:Q", title=axis_title("error"), scale=alt.Scale(domain=[0, top], nice=False)),
        alt.Y("training:N", sort=order, title=None),
    )
    rule = alt.Chart(pd.DataFrame({"at": [1.0]})).mark_rule(strokeWidth=2).encode(x="at:Q")
    middle = runs.groupby("training")["error"].median()
    told = [number(middle[name]) for name in order]
    title = f"Error: {told[0]} with labels, {told[-1]} from pictures alone"
    starts = runs.groupby("training").size().max()
    how = f"medians of {starts} starts (data/pictures_study.py); beyond the rule: worse than none"
    words = "; ".join(f"{name}, median {each}" for name, each in zip(order, told, strict=True))
    chart = (points + rule).properties(title=alt.Title(title, subtitle=how), height=118)
    return charts.describe(chart, f"{title}. {how}. {words}.")


# Judges ------------------------------------------------------------------------------------------


def near(wrong: float, within: float) -> Callable[[Any], bool]:
    """Return whether an answer is this wrong number (a predicate for a hint)."""
    return lambda value: abs(float(value) - wrong) <= within


def _open(*values: Any) -> bool:
    """Return whether one of several answers is not given yet."""
    return any(value is None or value is ... for value in values)


def _number(value: Any) -> float:
    """Return an answer that is one number.

    Raises:
        TypeError: it is a text, or True or False.
    """
    if isinstance(value, str | bytes | bool | np.bool_):
        raise TypeError("a number is expected")
    return float(np.asarray(value, float).item())


def judge_1(blind_share: Any, games: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 1: how often switching wins, where the host is blind.

    Args:
        blind_share: the answer, one of three texts.
        games: columns host, "car behind door", share; for the sentence when it is done.
    """
    blind = games[(games["host"] == "opens blindly") & (games["car behind door"] == 2)]  # noqa: PLR2004
    return checks.choice(
        blind_share,
        "1/2",
        ["1/3", "1/2", "2/3"],
        hints=[
            ("2/3", "That is the host who knows. What would a blind host have done, car at 2?"),
            ("1/3", "That is your chance before a door is opened. Some worlds are gone now."),
            "Car behind 1, 2 or 3: in which of these, and how often, is door 3 with a goat seen?",
        ],
        why=f"In {percent(float(blind['share'].iloc[0]), 1)} of the simulated games. Behind door 1 "
        "or 2, a coin opens door 3 equally often; the third kind of world was ruled out. The same "
        "picture, another mechanism, another answer: how it came about must be known.",
    )


READINGS = ("imagining", "doing", "seeing")


def judge_2(readings: Any) -> checks.Check:
    """Return the verdict on exercise 2: the order of three readings, from lowest to highest.

    Args:
        readings: the answer, a list of the three texts in `READINGS`.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    variance = 1 / (1 + 0.6**2 / 0.5**2)  # of the knack among pupils with the same hours
    knacks = {"seen": variance * 0.6 * 1.2 / 0.5**2 + math.sqrt(variance) * nodes, "all": nodes}
    mean = {
        who: float(100 / (1 + np.exp(0.5 - 0.8 * knack)) @ weights / weights.sum())
        for who, knack in knacks.items()
    }

    def plain(answer: Any) -> tuple[str, ...]:
        if isinstance(answer, str | bytes | dict | set):
            raise TypeError("a list of three texts is expected")
        return tuple(" ".join(each.split()).casefold() for each in answer)

    def rightly(answer: Any) -> bool | str:
        mine = plain(answer)
        if sorted(mine) != sorted(READINGS):
            return 'A list that holds each of "seeing", "doing", "imagining" once is expected.'
        return mine == READINGS

    def lowest(which: str) -> Callable[[Any], bool]:
        return lambda answer: (
            sorted(plain(answer)) == sorted(READINGS) and (plain(answer)[0] == which)
        )

    return checks.holds(
        readings,
        rightly,
        hints=[
            (
                lowest("seeing"),
                "Seeing looks at those who took no tutoring. Is their knack below the average?",
            ),
            (
                lowest("doing"),
                "Doing averages over all knacks. Who takes two hours: those with more or less?",
            ),
            (
                lowest("imagining"),
                "Lea is right. Now: those who chose no tutoring, or everybody sent without it?",
            ),
            "Ask for each reading: whose knack is it about?",
        ],
        why=f"{number(mean['seen'], 1)} among those who took none (much knack), "
        f"{number(mean['all'], 1)} if nobody took any; Lea, who took two hours, has less knack "
        "than most. You meet her own number in exercise 3.",
    )


def _twin(score: float, hours: float, new_hours: float) -> tuple[float, float]:
    """Return knack and other score of a pupil (a check's own arithmetic, by natural logarithms)."""
    knack = (math.log(score / (100 - score)) + 0.5 - 0.9 * hours) / 0.8
    return knack, 100 / (1 + math.exp(0.5 - 0.9 * new_hours - 0.8 * knack))


def judge_3(knack: Any, score_without: Any) -> checks.Check:
    """Return the verdict on exercise 3: Lea's knack, and her score without tutoring.

    Args:
        knack: the answer, standard deviations; right within .005.
        score_without: the answer, points; right within .1.
    """
    right_knack, right_score = _twin(70, 2, 0)
    small, fine = 0.005, 0.1

    def rightly(answer: Any) -> bool | str:
        mine = [_number(each) for each in answer]
        if not all(math.isfinite(each) for each in mine):
            return "Two finite numbers are expected."
        if not near(right_knack, small)(mine[0]):
            return "The knack: solve the score's equation for it, with what was seen of Lea."
        return near(right_score, fine)(mine[1]) or (
            "The knack is right. Now run the score's equation forward with it, at 0 hours."
        )

    def first(wrong: float, within: float = small) -> Callable[[Any], bool]:
        return lambda answer: near(wrong, within)(_number(answer[0]))

    def second(wrong: float) -> Callable[[Any], bool]:
        return lambda answer: near(wrong, fine)(_number(answer[1]))

    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    both = [100 / (1 + np.exp(0.5 - 0.9 * h - 0.8 * nodes)) @ weights for h in (2, 0)]
    average = float((both[0] - both[1]) / weights.sum())
    return checks.holds(
        None if _open(knack, score_without) else (knack, score_without),
        rightly,
        hints=[
            (
                second(70 - average),
                "70 minus the average effect: the equation bends, and Lea is not the average.",
            ),
            (second(100 / (1 + math.exp(0.5))), "That is a pupil of knack 0, not Lea."),
            (
                first((1.2 - 2) / 0.6),
                "That reads the knack off the hours. Her mood moved them too; the score is exact.",
            ),
            (
                first((0.7 + 0.5 - 1.8) / 0.8),
                "The share 0.70 is not yet on the scale of the equation: logit comes first.",
            ),
            (
                first((math.log(0.7 / 0.3) + 0.5) / 0.8),
                "Her two hours are part of her score; take their 0.9 an hour off.",
            ),
            (
                second(right_score / 100),
                "That is a share; the score in points, 0 to 100, is asked for.",
            ),
            (second(70), "That is the world that was seen. Set the hours to 0."),
            "Abduction: logit(score / 100) = −0.5 + 0.9 hours + 0.8 knack.",
        ],
        why=f"Knack {number(right_knack, 3)}, and {number(right_score, 1)} points without "
        f"tutoring: her own effect is {signed(70 - right_score, 1)} points, the average one "
        f"{signed(average, 1)}.",
    )


def judge_4(accepted_share: Any, rejected: pd.DataFrame, rule: tuple[float, ...]) -> checks.Check:
    """Return the verdict on exercise 4: who is accepted when skill moves and the badge follows.

    Args:
        accepted_share: the answer, a share; right within .001.
        rejected: columns skill, slack, app_luck, badge, ready of rejected applicants.
        rule: intercept, weight of skill, weight of the badge.
    """

    def share(those: pd.DataFrame, more: float, *, follows: bool, slack: Any = None) -> float:
        skill = those["skill"] + more
        ready = (skill + 0.7 * (those["slack"] if slack is None else slack) > 0).astype(float)
        badge = 1.5 * (ready - 0.5) + 0.5 * those["app_luck"] if follows else those["badge"]
        return float((rule[0] + rule[1] * skill + rule[2] * badge >= 0).mean())

    those = rejected[rejected["ready"] == 0]
    right = share(those, 1, follows=True)
    fresh = np.random.default_rng(1).normal(size=len(those))
    badge_too = rule[0] + rule[1] * (those["skill"] + 1) + rule[2] * (those["badge"] + 1) >= 0
    moved_badge = rule[0] + rule[1] * those["skill"] + rule[2] * (those["badge"] + 1) >= 0
    ready = ((those["skill"] + 1 + 0.7 * those["slack"]) > 0).mean()
    exact, loose = 0.001, 0.008
    return checks.close(
        accepted_share,
        right,
        tolerance=exact,
        hints=[
            (
                near(share(those, 1, follows=False), exact),
                "That is the colleague's: it explains the formula. In the world the badge follows.",
            ),
            (
                near(share(rejected, 1, follows=True), exact),
                "Those are all rejected pupils; the ones who are not ready are asked for.",
            ),
            (near(float(moved_badge.mean()), exact), "That moves the badge. Skill is the lever."),
            (
                near(float(badge_too.mean()), exact),
                "Badge + 1 does not follow from skill + 1: run skill to ready to badge.",
            ),
            (near(float(ready), exact), "That is who becomes ready; who is *accepted* is asked."),
            (
                near(share(those, 1, follows=True, slack=fresh), loose),
                "Fresh slack makes other pupils of them. What these brought along stays.",
            ),
            (near(100 * right, 100 * exact), "A share between 0 and 1 is asked for."),
            "Skill moves, so ready is computed again, and the badge from it; slack and luck stay.",
        ],
        why=f"{percent(right, 1)} instead of the colleague's "
        f"{percent(share(those, 1, follows=False), 1)}: who becomes ready collects the badge too. "
        "An explanation holds the other entry still; an action does not.",
    )


@functools.cache
def _applicants() -> tuple[np.ndarray, np.ndarray, tuple[tuple[np.ndarray, np.ndarray], ...]]:
    """Return knack, group, and (grade, test) as drawn and in the other group, of 4,000 people."""
    rng = np.random.default_rng(7)
    knack, in_grade, in_test = rng.normal(size=(3, 4_000))
    group = rng.integers(0, 2, 4_000)
    both = tuple(
        (knack - 0.8 * a + 0.6 * in_grade, knack - 1.2 * a + 0.8 * in_test)
        for a in (group, 1 - group)
    )
    return knack, group, both


def _inputs(function: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the two inputs of all applicants, as drawn and in the other group; shape (2, 4000).

    Raises:
        Unanswered: the function returns nothing.
    """
    knack, group, both = _applicants()
    answers = []
    for (grade, test), which in zip(both, (group, 1 - group), strict=True):
        answer = function(grade.copy(), test.copy(), which.copy())
        if _open(answer) or (isinstance(answer, tuple) and _open(*answer)):
            raise checks.Unanswered("Replace `...` by your answer.")
        one, two = answer
        made = [np.broadcast_to(np.asarray(each, float), knack.shape) for each in (one, two)]
        answers.append(np.array(made))
    return answers[0], answers[1]


def _moves(function: Any) -> np.ndarray:
    """Return how far each input moves when its applicant changes from group 0 to 1."""
    own, other = _inputs(function)
    return np.mean((other - own) * (1 - 2 * _applicants()[1]), axis=1)


def _removes_the_push(function: Any) -> bool | str:
    """Return whether the inputs stay when the group changes, and tell of the knack."""
    own, other = _inputs(function)
    if not np.isfinite(own).all():
        return "The inputs hold NaN or infinity."
    # Who takes off each group's own mean in the data removes the push up to chance.
    if np.abs(other - own).max() > 0.15:  # noqa: PLR2004
        return False
    spread = own.std(axis=1).min() > 0.1  # noqa: PLR2004
    knack = _applicants()[0]
    if not spread or min(abs(np.corrcoef(each, knack)[0, 1]) for each in own) < 0.5:  # noqa: PLR2004
        return "They do not move with the group, but they tell nothing of the knack either."
    return True


def judge_5(fair_inputs: Any) -> checks.Check:
    """Return the verdict on exercise 5: inputs that do not change with the group.

    Applicants are tried in their own group and, with the same noise, in the other one: fair as
    Kusner et al. (2017) define it.

    Args:
        fair_inputs: the answer, a function of grade, test and group (arrays of shape (n,)) that
            returns two arrays.
    """
    small = 0.05

    def shifts(grade: float, test: float) -> Callable[[Any], bool]:
        return lambda function: bool(np.allclose(_moves(function), [grade, test], atol=small))

    def one_is_right(which: int) -> Callable[[Any], bool]:
        def judge(function: Any) -> bool:
            moved = np.abs(_moves(function))
            return bool(moved[which] < small < moved[1 - which])

        return judge

    return checks.holds(
        fair_inputs,
        _removes_the_push,
        hints=[
            (shifts(-0.8, -1.2), "Left out is not removed: grade and test still carry the push."),
            (shifts(-1.6, -2.4), "The sign is turned: the push lowers group 1, so add it back."),
            (one_is_right(0), "The grade is right. The test is pushed by another amount."),
            (one_is_right(1), "The test is right. The grade is pushed by another amount."),
            "Take the group's push out of each: what is left is knack and noise.",
        ],
        why="The same applicant has the same inputs in both groups, so whatever is computed from "
        "them is counterfactually fair, in this program. The table below shows the price.",
    )


RUNS = [(200.0, 50.0, 80.0), (300.0, 20.0, 60.0), (170.0, 90.0, 30.0), (240.0, 40.0, 40.0)]
"""Marathons on which exercise 6 is tried: minutes, km a week, another km a week."""


def judge_6(runner: Any) -> checks.Check:
    """Return the verdict on exercise 6: a runner's minutes with other training.

    Args:
        runner: the answer, a function of minutes, km, new_km; right: minutes within .1.
    """

    def stamina(minutes: float, km: float) -> float:
        return (5.7 - 0.006 * km - math.log(minutes)) / (0.1 + 0.001 * km)

    def minutes_of(km: float, u: float) -> float:
        return math.exp(5.7 - 0.006 * km - (0.1 + 0.001 * km) * u)

    def table(function: Any) -> np.ndarray:
        found = [function(*each) for each in RUNS]
        if all(_open(each) for each in found):
            raise checks.Unanswered("Replace `...` by your answer.")
        return np.array([_number(each) for each in found])

    def like(rule: Callable[[float, float, float], float]) -> Callable[[Any], bool]:
        wanted = np.array([rule(*each) for each in RUNS])
        return lambda function: bool(np.allclose(table(function), wanted, rtol=0, atol=0.1))

    def right(minutes: float, km: float, new_km: float) -> float:
        return minutes_of(new_km, stamina(minutes, km))

    return checks.holds(
        runner,
        like(right),
        hints=[
            (
                like(lambda _, __, n: minutes_of(n, 0)),
                "That is a runner of average stamina: nothing was abducted from this one's time.",
            ),
            (
                like(lambda m, k, n: m * math.exp(-0.006 * (n - k))),
                "That scales by the usual effect. Stamina counts for more with more training.",
            ),
            (
                like(lambda m, k, n: m + minutes_of(n, 0) - minutes_of(k, 0)),
                "Her minutes plus an average runner's difference: effects differ by stamina.",
            ),
            (
                like(lambda m, k, n: 5.7 - 0.006 * n - (0.1 + 0.001 * n) * stamina(m, k)),
                "That is the logarithm of the minutes.",
            ),
            (
                like(lambda m, _, n: minutes_of(n, stamina(m, n))),
                "Abduction asks about the world that was seen: her own km, not the new ones.",
            ),
            (
                like(lambda m, k, n: minutes_of(n, -stamina(m, k))),
                "The sign of the stamina is turned: more stamina, fewer minutes.",
            ),
            "First the stamina from minutes and km, then the program with new_km.",
        ],
        why="Right for all runners that were tried, and with her own training she gets her own "
        "time back: a counterfactual must agree with what was seen.",
    )


PATIENTS = [
    (0.62, 0.40, 0.48, 0.07, 0.21, 0.24),
    (0.62, 0.40, 0.31, 0.19, 0.20, 0.30),
    (0.62, 0.48, 0.20, 0.23, 0.16, 0.41),
    (0.30, 0.50, 0.10, 0.40, 0.25, 0.25),
    (0.90, 0.15, 0.45, 0.05, 0.10, 0.40),
]
"""Invented wards for exercise 7: y1, y0, and four shares by own choice (took: well, ill; not)."""


def judge_7(pns_bounds: Any) -> checks.Check:
    """Return the verdict on exercise 7: bounds on the share who are helped.

    The bounds are those of Tian & Pearl (2000), which are the best possible.

    Args:
        pns_bounds: the answer, a function of six shares that returns (lower, upper).
    """

    def exact(y1: float, y0: float, tw: float, ti: float, nw: float, ni: float) -> tuple:
        lower = max(0, y1 - y0, tw + nw - y0, y1 - tw - nw)
        return lower, min(y1, 1 - y0, tw + ni, y1 - y0 + ti + nw)

    def trial(y1: float, y0: float, *_: float) -> tuple:
        return max(0, y1 - y0), min(y1, 1 - y0)

    def table(function: Any) -> np.ndarray:
        found = [function(*each) for each in PATIENTS]
        if all(_open(each) or (isinstance(each, tuple) and _open(*each)) for each in found):
            raise checks.Unanswered("Replace `...` by your answer.")
        return np.array([[_number(end) for end in each] for each in found])

    def like(rule: Callable[..., tuple]) -> Callable[[Any], bool]:
        wanted = np.array([rule(*each) for each in PATIENTS])
        return lambda function: bool(np.allclose(table(function), wanted, rtol=0, atol=1e-6))

    def part(which: int) -> Callable[[Any], bool]:
        wanted = np.array([exact(*each)[which] for each in PATIENTS])
        return lambda function: bool(
            np.allclose(table(function)[:, which], wanted, rtol=0, atol=1e-6)
        )

    def naive(_: float, __: float, tw: float, ti: float, nw: float, ni: float) -> tuple:
        return exact(tw / (tw + ti), nw / (nw + ni), tw, ti, nw, ni)

    return checks.holds(
        pns_bounds,
        like(exact),
        hints=[
            (like(trial), "Those are the trial's bounds; the patients' own choices tell more."),
            (
                like(lambda y1, y0, *_: (y1 - y0, y1 - y0)),
                "That is the effect, helped minus harmed: the share helped only if none is harmed.",
            ),
            (
                like(naive),
                "P(y | x) is not P(y₁): who chose it differs. The trial's y1 and y0 are given.",
            ),
            (
                lambda function: bool(
                    np.allclose(table(function)[:, ::-1], [exact(*p) for p in PATIENTS])
                ),
                "The two have changed places: the lower bound comes first.",
            ),
            (part(0), "The lower bound is right. The upper one is the smallest of four."),
            (part(1), "The upper bound is right. The lower one is the largest of four."),
            "Lower: the largest of four; upper: the smallest of four. P(y) = took_well + not_well.",
        ],
        why="Right in all wards that were tried. The bounds are the best possible: nothing in "
        "trial and choices together can narrow them.",
    )


FEVERS = (2.0, 3.0, 4.0)
HIGHEST = 5.0


def judge_8(act: Any, log: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 8: a dose learnt from a log with few random doses.

    Args:
        act: the answer, a function of log and fever; right: doses within 1 (root mean square) of
            the best ones at the `FEVERS`: .8 a degree from this log, .4 from one in which a dose
            cools twice as much, so that the log is used.
        log: columns fever, dose, random, next_fever; a dose moves the next fever by -1.
    """
    stronger = log.assign(next_fever=log["next_fever"] - log["dose"])

    def doses(function: Any, log: pd.DataFrame = log) -> np.ndarray:
        found = [function(log.copy(), fever) for fever in FEVERS]
        if all(_open(each) for each in found):
            raise checks.Unanswered("Replace `...` by your answer.")
        return np.array([_number(each) for each in found])

    def rightly(function: Any) -> bool | str:
        mine = doses(function)
        if not np.isfinite(mine).all():
            return "The dose is NaN or infinite."
        if (np.clip(mine, 0, HIGHEST) != mine).any():
            return f"A dose from 0 to {number(HIGHEST, 0)} is asked for."
        if np.mean((mine - 0.8 * np.array(FEVERS)) ** 2) >= 1:
            return False
        if np.mean((doses(function, stronger) - 0.4 * np.array(FEVERS)) ** 2) >= 1:
            return "Right here, but where doses cool twice as much half of it is best: use `log`."
        return True

    def same(*values: float) -> Callable[[Any], bool]:
        return lambda function: bool(np.allclose(doses(function), values, atol=0.1))

    own = [float(0.2 * fever) for fever in FEVERS]
    return checks.holds(
        act,
        rightly,
        hints=[
            (
                same(0, 0, 0),
                "No dose at all: rows that the nurse chose say that doses heat. Which do not?",
            ),
            (
                same(HIGHEST, HIGHEST, HIGHEST),
                "The lowest fever is not the goal: 0 is. Minimise its size, or its square.",
            ),
            (same(*own), "That is what the nurse does on average, not what helps."),
            (
                lambda function: doses(function).std() < 0.05,  # noqa: PLR2004
                "The same dose for every fever: let the next fever depend on this one as well.",
            ),
            "Learn the next fever from fever and dose in the random rows; then solve for 0.",
        ],
        why="Some 250 rows in which chance set the dose beat 4,750 in which the nurse's eye did. "
        "Pooled, the model would have given nothing.",
    )
