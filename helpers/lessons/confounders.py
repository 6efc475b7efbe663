"""Drawings and judges of notebook 02, "What should I control for?".

The worlds, the estimators and every choice of what to adjust for stand in the notebook. Here is
what a reader may ignore: the frame that shows a world, the charts, the board of the game, and what
a check says about an answer.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import altair as alt
import marimo as mo
import numpy as np
import pandas as pd

from helpers import charts, checks, graphs
from helpers.checks import Check
from helpers.simulate import LinearWorld
from helpers.tidy import HDI_PROB, as_table, number, percent, signed

if TYPE_CHECKING:
    import networkx as nx

Tries = Mapping[int, Sequence[frozenset[str] | None]]
"""Round of the game -> the choices made in it, oldest first; None says that no set will do."""

ESTIMATES = ["label", "mean", "error", "role"]
"""Columns of a frame of estimates: name, estimate, standard error, role (a key of `ROLES`)."""

UNITS = {
    "heat": "°C",
    "ice_cream": "cones per hour",
    "crime": "reports per day",
    "tourism": "thousands a month",
    "listings": "per 1,000 flats",
    "price": "€ per m²",
    "background": "sd",
    "class_size": "pupils",
    "score": "points",
    "rain": "mm",
    "requests": "rides",
    "profit": "€",
    "smoking": "packs a week",
    "lung_damage": "points",
    "sick_days": "days a year",
    "pharmacy_visits": "visits a year",
    "cycling": "hours a week",
    "fitness": "points",
    "organic_food": "purchases a month",
    "age": "years",
    "training": "hours",
    "wage": "€ a week",
    "ratings": "sd",
    "purchases": "sd",
}
"""The unit of each variable of the notebook."""


@dataclass(frozen=True)
class Look:
    """How the frame of one question is drawn.

    Attributes:
        x: ends of the treatment's axis, in its unit.
        y: ends of the outcome's axis, in its unit.
        effect: the unit of the effect, in words.
        limits: ends of the axis of effects, in that unit.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    effect: str
    limits: tuple[float, float]


LOOKS = {
    ("ice_cream", "crime"): Look((40, 190), (0, 60), "reports per cone", (-0.1, 0.4)),
    ("listings", "price"): Look((0, 100), (1_600, 4_400), "€ per m² and listing", (-20, 40)),
    ("class_size", "score"): Look((10, 38), (400, 600), "points per pupil", (-7, 0)),
    ("rain", "profit"): Look((0, 10), (100, 700), "€ per mm", (-15, 42)),
    ("smoking", "lung_damage"): Look((1, 9), (2, 14), "points per pack", (-1.5, 1)),
    ("cycling", "fitness"): Look((2, 22), (35, 65), "points per hour of cycling", (0.4, 1.8)),
    ("training", "wage"): Look((0, 55), (350, 750), "€ per hour of training", (-2, 6)),
}
"""Treatment and outcome -> the frame's axes and the unit of the effect."""


def named(variable: str) -> str:
    """Return a variable as an axis names it: words, and its unit in brackets."""
    return f"{variable.replace('_', ' ')} ({UNITS[variable]})"


def slider(start: float, stop: float, step: float, value: float, label: str) -> Any:
    """Return a slider that shows its value; the label carries the unit."""
    return mo.ui.slider(start, stop, step, value=value, show_value=True, label=label)


after = checks.after


# Charts ------------------------------------------------------------------------------------------


def chart_first(days: pd.DataFrame, slope: float) -> alt.LayerChart:
    """Return crime against ice cream, one dot a day, with the naive line.

    Args:
        days: columns ice_cream (cones per hour) and crime (reports per day); 800 rows are drawn.
        slope: of the line, in reports per cone.
    """
    dots = alt.Chart(days[["ice_cream", "crime"]].head(800).round(2)).encode(
        alt.X("ice_cream:Q", title=named("ice_cream"), scale=alt.Scale(zero=False)),
        alt.Y("crime:Q", title=named("crime"), scale=alt.Scale(zero=False)),
    )
    dots = dots.mark_circle(size=24, opacity=0.4, color=charts.ROLES["control"])
    ends = line_through(days["ice_cream"], days["crime"], slope)
    line = alt.Chart(ends.rename(columns={"x": "ice_cream", "y": "crime"}).round(2))
    line = line.mark_line(color=charts.ROLES["naive"], strokeWidth=5, strokeDash=[8, 4])
    title = f"Each cone more goes with {signed(slope)} reports"
    words = f"{title}. One dot per day, crime against ice cream, with the fitted line."
    chart = dots + line.encode(x="ice_cream:Q", y="crime:Q")
    return charts.describe(chart.properties(title=title, height=155), words)


def line_through(x: pd.Series, y: pd.Series, slope: float) -> pd.DataFrame:
    """Return two points of the line of this slope through the means of x and y.

    Args:
        x: values, shape (n,).
        y: values, shape (n,).
        slope: in units of y per unit of x.

    Returns:
        Columns x and y, two rows: at the 2 % and the 98 % quantile of x.
    """
    ends = np.quantile(x, [0.02, 0.98])
    return pd.DataFrame({"x": ends, "y": y.mean() + slope * (ends - x.mean())})


WIDE = 600
"""Pixels from which a chart has room for unit and level in one line."""


@functools.cache
def _numbers_template(
    labels: tuple[str, ...], roles: tuple[str, ...], look: tuple[str, tuple[float, float], int]
) -> dict[str, Any]:
    """Return the specification of a chart of numbers against the truth, its axis fixed."""
    unit, limits, width = look
    frame = pd.DataFrame({"label": labels, "role": roles}).assign(mean=0.5, lower=0.5, upper=0.5)
    level = f"{100 * HDI_PROB:.0f} % confidence interval"
    axis = f"effect ({unit})" if width < WIDE else f"{unit} (line: {level})"
    chart = charts.chart_effect(frame, title="", unit=axis, truth=0.5)
    ends = alt.Chart(pd.DataFrame({"mean": limits})).mark_point(opacity=0)
    ends = ends.encode(alt.X("mean:Q", title=axis, axis=alt.Axis(tickCount=4)))
    height = 31 * len(labels) + 8
    chart = alt.layer(ends, *chart.layer, title=alt.Title(""))
    return chart.properties(width=width, height=height).to_dict()


def half_width(errors: pd.Series) -> pd.Series:
    """Return half of each 94 % confidence interval, in the unit of the standard errors."""
    return NormalDist().inv_cdf((1 + HDI_PROB) / 2) * errors


def chart_numbers(
    estimates: pd.DataFrame,
    truth: float,
    unit: str,
    limits: tuple[float, float],
    title: str = "",
    width: int = 355,
) -> charts.Drawing:
    """Return estimates with 94 % confidence intervals against the truth.

    Args:
        estimates: columns `ESTIMATES`; mean and error in `unit`.
        truth: where the black rule stands, in `unit`.
        unit: of the horizontal axis, in words.
        limits: ends of the horizontal axis.
        title: the finding; none by default.
        width: in pixels.
    """
    half = half_width(estimates["error"])
    frame = estimates.assign(lower=estimates["mean"] - half, upper=estimates["mean"] + half)
    labels, roles = tuple(frame["label"]), tuple(frame["role"])
    words = "; ".join(f"{row.label} {signed(row.mean)}" for row in frame.itertuples())
    drawing = charts.redraw(
        _numbers_template(labels, roles, (unit, tuple(limits), width)),
        frame[["label", "mean", "lower", "upper", "role"]],
        pd.DataFrame({"value": [truth], "label": ["truth"]}),
        title=title,
        words=f"{title or 'Estimates against the truth'}. {words}; truth {signed(truth)} {unit}.",
    )
    # An empty title would take as much room as one of a line.
    return drawing if title else charts.Drawing(drawing.spec | {"title": None})


def _lines_of(
    record: pd.DataFrame, question: tuple[str, str, str], slopes: Mapping[str, float]
) -> pd.DataFrame:
    """Return end points of the line over all units, and of one in each quarter of `given`."""
    treatment, outcome, given = question
    quarters = record.groupby(pd.qcut(record[given], 4, labels=False))
    parts = [*((part, "adjusted") for _, part in quarters), (record, "naive")]
    return pd.concat(
        line_through(part[treatment], part[outcome], slopes[role]).assign(line=line, role=role)
        for line, (part, role) in enumerate(parts)
    )


@functools.cache
def _scatter_template(treatment: str, outcome: str) -> dict[str, Any]:
    """Return the specification of the scatter: units, shaded, and fitted lines."""
    look = LOOKS[treatment, outcome]
    axis, scale = alt.Axis(tickCount=5), alt.Scale(domain=look.x)
    x = alt.X("x:Q", title=named(treatment), scale=scale, axis=axis)
    y = alt.Y("y:Q", title=named(outcome), scale=alt.Scale(domain=look.y))
    dots = alt.Chart(pd.DataFrame({"x": [0.0], "y": 0.0, "shade": 0}))
    dots = dots.mark_circle(size=16, color=charts.ROLES["control"], clip=True)
    shade = alt.Opacity("shade:Q", legend=None, scale=alt.Scale(domain=[0, 3], range=[0.15, 0.6]))
    ends = alt.Chart(pd.DataFrame({"line": [0], "role": "naive", "x": 0.0, "y": 0.0}))
    role = alt.Color("role:N", scale=charts.role_scale("naive", "adjusted"), legend=None)
    dash = alt.Scale(domain=["naive", "adjusted"], range=[[7, 4], [1, 0]])
    thick = alt.Scale(domain=["naive", "adjusted"], range=[5, 3])
    looks = (
        role,
        alt.StrokeDash("role:N", legend=None, scale=dash),
        alt.StrokeWidth("role:N", legend=None, scale=thick),
    )
    lines = ends.mark_line(clip=True).encode(x, y, *looks, detail="line:N")
    chart = dots.encode(x, y, shade) + lines
    title = alt.Title("", fontSize=14, fontWeight="normal", color="#555555", offset=4)
    return chart.properties(title=title, width=290, height=120).to_dict()


def chart_scatter(
    record: pd.DataFrame, question: tuple[str, str, str], slopes: Mapping[str, float]
) -> charts.Drawing:
    """Return 300 units, with the line over all and lines at equal values of what is held fixed.

    Args:
        record: one row a unit, a column for each variable of the question.
        question: treatment, outcome, and the variable that is adjusted for.
        slopes: "naive" and "adjusted" -> slope, in units of the outcome per unit of the treatment.
    """
    treatment, outcome, given = question
    shade = pd.qcut(record[given], 4, labels=False)
    dots = pd.DataFrame({"x": record[treatment], "y": record[outcome], "shade": shade})
    words = f"dashed: all · solid: at equal {given}".replace("_", " ")
    return charts.redraw(
        _scatter_template(treatment, outcome),
        dots.head(300).round(2),
        _lines_of(record, question, slopes),
        title=words,
        words=f"Scatter of {named(outcome)} against {named(treatment)}, fitted lines; {words}.",
    )


# The frame ---------------------------------------------------------------------------------------


def draw_world(
    world: LinearWorld, question: tuple[str, str, str], hidden: Iterable[str] = ()
) -> mo.Html:
    """Return the graph of a world; an arrow of weight 0 is left out.

    Args:
        world: any linear world.
        question: treatment, outcome, and the variable that is adjusted for.
        hidden: variables that nobody measured.
    """
    treatment, outcome, given = question
    arrows = [edge for edge, weight in world.coefficients.items() if weight]
    roles = {"treatment": treatment, "outcome": outcome, "adjusted": [given], "hidden": hidden}
    graph = graphs.dag(arrows, nodes=world.variables, **roles)
    small = len(world.variables) > len(arrows) or len(world.variables) > len(question)
    return graph.draw().style({"zoom": "0.55" if small else "0.6"})


def endless(world: LinearWorld, question: tuple[str, str, str]) -> str:
    """Return in words what the numbers tend to as the record grows, by the world's algebra.

    Args:
        world: any linear world.
        question: treatment, outcome, and the variable that is adjusted for.
    """
    treatment, outcome, given = question
    seen = world.slope(outcome, on=treatment)
    fixed = world.slope(outcome, on=treatment, given=[given])
    effect = world.total_effect(treatment, outcome)
    return (
        f"Exact: naive **{signed(seen)}**, given {given.replace('_', ' ')} "
        f"**{signed(fixed)}**, `do` **{signed(effect)}**."
    )


def show_world(
    world: LinearWorld,
    record: pd.DataFrame,
    numbers: pd.DataFrame,
    question: tuple[str, str, str],
    control: Any,
    hidden: Iterable[str] = (),
) -> mo.Html:
    """Return the frame of the notebook: graph and scatter, control and numbers.

    Args:
        world: any linear world with a `Look`.
        record: what was observed, one row a unit, columns in the units of `UNITS`.
        numbers: columns `ESTIMATES`, with rows "naive" and "regressed" among them.
        question: treatment, outcome, and the variable that is adjusted for.
        control: what moves the world: a slider, or several stacked.
        hidden: variables that nobody measured.
    """
    treatment, outcome, _ = question
    look, slope = LOOKS[treatment, outcome], numbers.set_index("label")["mean"]
    slopes = {"naive": slope["naive"], "adjusted": slope["regressed"]}
    left = [draw_world(world, question, hidden), chart_scatter(record, question, slopes)]
    truth = world.total_effect(treatment, outcome)
    right = [control, chart_numbers(numbers, truth, look.effect, look.limits)]
    half = half_width(numbers["error"])
    widest = f"Lines: {percent(HDI_PROB)} confidence intervals, ± {number(half.max())} at most."
    right += [mo.md(f"{endless(world, question)} {widest}").style({"zoom": "0.8"})]
    columns = [mo.vstack(left, gap=0), mo.vstack(right, gap=0)]
    return mo.hstack(columns, widths=[6, 9], gap=0.5)


def show_numbers(
    rows: Sequence[tuple[str, float, float, str]],
    truth: float,
    look: tuple[str, tuple[float, float]],
    title: str,
    control: Any,
) -> mo.Html:
    """Return a slider above the estimates of a world that the frame cannot draw.

    Args:
        rows: the values of `ESTIMATES`, one row an estimate.
        truth: the effect, in the unit of `look`.
        look: unit of the effect in words, and the ends of its axis.
        title: the finding.
        control: what moves the world.
    """
    unit, limits = look
    numbers = pd.DataFrame(rows, columns=ESTIMATES)
    return mo.vstack([control, chart_numbers(numbers, truth, unit, limits, title, 700)])


# Tables and pictures of single sections ----------------------------------------------------------


def show_clinic(patients: pd.DataFrame) -> mo.Html:
    """Return the table of the clinic with its totals and the share that recovered.

    Args:
        patients: columns drug, marker, patients (number), recovered (number).
    """
    both = patients.groupby("drug", sort=False)[["patients", "recovered"]].sum().reset_index()
    table = pd.concat([patients, both.assign(marker="**both**")])
    return as_table(table.assign(share=(table["recovered"] / table["patients"]).map(percent)))


@functools.cache
def _selection_template() -> dict[str, Any]:
    """Return the specification of one scatter of the shop."""
    scale = alt.Scale(domain=[-4, 4])
    x = alt.X("x:Q", title="items rated (sd)", scale=scale)
    y = alt.Y("y:Q", title=named("purchases"), scale=scale)
    dots = alt.Chart(pd.DataFrame({"x": [0.0], "y": 0.0}))
    dots = dots.mark_circle(size=18, opacity=0.5, color=charts.ROLES["control"]).encode(x, y)
    ends = alt.Chart(pd.DataFrame({"x": [0.0], "y": 0.0, "line": "fit"}))
    line = ends.mark_line(strokeWidth=4, color=charts.ROLES["naive"]).encode(x, y)
    chart = (dots + line).properties(title=alt.Title(""), width=325, height=160)
    return chart.to_dict()


def chart_selection(customers: pd.DataFrame, who: str) -> charts.Drawing:
    """Return purchases against ratings of some customers, their correlation in the title.

    Args:
        customers: columns ratings and purchases, both in standard deviations; 500 rows are drawn.
        who: these customers, in words.
    """
    dots = customers[["ratings", "purchases"]].set_axis(["x", "y"], axis=1)
    slope, start = np.polyfit(dots["x"], dots["y"], 1)
    ends = pd.DataFrame({"x": [-3.0, 3.0], "line": "fit"})
    ends = ends.assign(y=start + slope * ends["x"])
    title = f"{who}: correlation {signed(dots['x'].corr(dots['y']))}"
    words = f"{title}. Scatter of purchases against items rated, with the fitted line."
    dots = dots.head(500).round(2)
    return charts.redraw(_selection_template(), dots, ends, title=title, words=words)


def show_selection(customers: pd.DataFrame, control: Any) -> mo.Html:
    """Return the shop's customers beside those with an e-mail, below a slider.

    Args:
        customers: columns ratings, purchases (sd) and emailed (True or False).
        control: what moves the shop.
    """
    mailed = customers[customers["emailed"]]
    pair = [chart_selection(customers, "all"), chart_selection(mailed, "with an e-mail")]
    return mo.vstack([control, mo.hstack(pair, justify="start")])


def show_exact(exact: pd.DataFrame) -> mo.Html:
    """Return the table of the worlds, and which of the two numbers equals the effect in each.

    Args:
        exact: columns role, control, naive, adjusted, do; numbers in the unit of the world.
    """
    numbers = ["naive", "adjusted", "do"]
    right = [
        " and ".join(name for name in ("naive", "adjusted") if abs(row[name] - row["do"]) < 1e-9)  # noqa: PLR2004
        for _, row in exact.iterrows()
    ]
    shown = exact.assign(**{name: exact[name].map(signed) for name in numbers}, right=right)
    shown["control"] = exact["control"].str.replace("_", " ")
    return as_table(shown.rename(columns={"role": "role of the control"}))


def chart_twins(matched: pd.DataFrame) -> alt.LayerChart | alt.Chart:
    """Return how many people have a twin in the other arm, by the number of covariates.

    Args:
        matched: columns covariates (number that must agree) and share (of people with a twin).
    """
    half = int(matched.loc[matched["share"] < 0.5, "covariates"].min())  # noqa: PLR2004
    title = f"With {half} yes/no covariates, most people have no twin"
    x = alt.X("covariates:Q", title="yes/no covariates that must agree (number)")
    y = alt.Y("share:Q", title="share with a twin", axis=alt.Axis(format="%"))
    mark = {"point": alt.OverlayMarkDef(size=70), "color": charts.ROLES["adjusted"]}
    chart = alt.Chart(matched).mark_line(**mark).encode(x, y)
    words = f"{title}. Share of people who have somebody just like them in the other arm."
    return charts.describe(chart.properties(title=title, height=190), words)


def board_places(city: pd.DataFrame) -> pd.DataFrame:
    """Return the quiet, the average and the busy tenth of the city's neighbourhoods.

    Args:
        city: columns tourism, listings, price, in the units of `UNITS`.

    Returns:
        The same columns and `place`, for neighbourhoods below the 10 %, between the 45 % and the
        55 %, and above the 90 % quantile of tourism.
    """
    band = pd.qcut(city["tourism"], [0, 0.1, 0.45, 0.55, 0.9, 1], labels=False)
    places = city.assign(place=band.map({0: "quiet places", 2: "average places", 4: "busy places"}))
    return places.dropna(subset=["place"])


def board_lines(city: pd.DataFrame, naive: float, adjusted: float) -> pd.DataFrame:
    """Return the ends of the four lines of the boardroom's chart.

    Args:
        city: columns tourism, listings, price, in the units of `UNITS`.
        naive: slope over all places, in € per m² and listing.
        adjusted: slope at equal tourism, same unit.

    Returns:
        Columns listings, price, label, role; two rows a line, from left to right.
    """
    parts = [("all places", city, naive, "naive")]
    places = board_places(city).groupby("place")
    parts += [(name, part, adjusted, "adjusted") for name, part in places]
    lines = [
        line_through(part["listings"], part["price"], slope).assign(label=label, role=role)
        for label, part, slope, role in parts
    ]
    return pd.concat(lines).rename(columns={"x": "listings", "y": "price"})


def chart_boardroom(city: pd.DataFrame, naive: float, adjusted: float) -> alt.LayerChart:
    """Return the chart for the boardroom, with a button that saves it as PNG.

    The browser draws the file: no network, no further package.

    Args:
        city: columns tourism, listings, price, in the units of `UNITS`; 400 rows are drawn.
        naive: slope over all places, in € per m² and listing.
        adjusted: slope at equal tourism, same unit.
    """
    title = f"At equal tourism each listing goes with {signed(adjusted, 0, '€')} per m²"
    words = f"""{title}. Price against listings: the line over all places has slope
    {signed(naive)}, those of quiet, average and busy places {signed(adjusted)}."""
    ends, places = board_lines(city, naive, adjusted), board_places(city)
    chart = alt.layer(*_board_layers(places, ends), *_board_labels(ends))
    button = {"defaultStyle": False, "downloadFileName": "boardroom", "scaleFactor": {"png": 3}}
    button["actions"] = {"export": {"png": True, "svg": False}}
    button["actions"] |= {"source": False, "compiled": False, "editor": False}
    button["i18n"] = {"PNG_ACTION": "Save this chart as PNG"}
    chart = chart.properties(title=title, height=220, usermeta={"embedOptions": button})
    return charts.describe(chart, " ".join(words.split()))


def _board_axes() -> tuple[alt.X, alt.Y]:
    x = alt.X("listings:Q", title="holiday flats (per 1,000 flats)")
    y = alt.Y("price:Q", title="price of a home (€ per m²)", scale=alt.Scale(zero=False))
    return x.scale(domain=[10, 115]), y


def _board_layers(places: pd.DataFrame, ends: pd.DataFrame) -> list[alt.Chart]:
    """Return the dots and the lines of the boardroom's chart."""
    x, y = _board_axes()
    dots = alt.Chart(places.head(400)[["listings", "price", "place"]].round(1))
    dots = dots.mark_point(size=20, opacity=0.4, color=charts.ROLES["control"])
    lines = alt.Chart(ends.round(1)).encode(x, y, detail="label:N")
    dash = alt.Scale(domain=["naive", "adjusted"], range=[[8, 5], [1, 0]])
    lines = lines.mark_line(strokeWidth=5).encode(
        alt.Color("role:N", scale=charts.role_scale("naive", "adjusted"), legend=None),
        alt.StrokeDash("role:N", scale=dash, legend=None),
    )
    return [dots.encode(x, y, alt.Shape("place:N", legend=None)), lines]


def _board_labels(ends: pd.DataFrame) -> list[alt.Chart]:
    """Return the names of the lines, each beside its own."""
    x, y = _board_axes()
    over, within = (ends[ends["role"] == role] for role in ("naive", "adjusted"))
    last = within.drop_duplicates("label", keep="last")
    return [
        alt.Chart(rows.round(1))
        .mark_text(align="left", dx=dx, dy=dy, fontSize=15, fontWeight="bold")
        .encode(x, y, text="label:N")
        for rows, dx, dy in ((over.head(1), -10, 20), (last, 8, 0))
    ]


# The game ----------------------------------------------------------------------------------------

ROUNDS = """
coaching, grade: coaching -> grade, ability -> grade
heating, colds: winter -> heating, winter -> colds, heating -> colds
training, wage: training -> skill, skill -> wage, training -> wage
diet, weight: diet -> weight, diet -> doctor_visits, weight -> doctor_visits
price, sales: season -> price, season -> sales, price -> visits, visits -> sales, price -> sales
drug, recovery: drug -> blood_level, blood_level -> recovery, blood_level -> side_effects
course, wage: drive? -> test_score, test_score -> course, drive? -> wage, course -> wage
advert, sales: region -> income, income -> advert, region -> sales, income -> sales, advert -> sales
yoga, sleep: values? -> yoga, values? -> tea, worry? -> tea, worry? -> sleep, yoga -> sleep
invite, hours: invite -> hours, invite -> chats, friends? -> chats, friends? -> hours, chats -> reports
college, wage: distance -> college, college -> wage, talent? -> college, talent? -> wage
sport, grade: parents -> sport, parents -> mood, school -> mood, school -> grade, mood -> sport, mood -> grade, sport -> grade
"""  # noqa: E501
"""The game: treatment, outcome and arrows of each round; a question mark says unmeasured."""


def _offered(row: Any) -> list[str]:
    """Return what a player can tick: the measured nodes, but for treatment and outcome."""
    return [n for n in row["graph"].observed if n not in (row["treatment"], row["outcome"])]


def deal_game() -> pd.DataFrame:
    """Return the rounds of the game.

    Returns:
        Index: number of the round, from 1. Columns graph, treatment, outcome, and valid_sets: every
        set of measured nodes, as frozensets, that satisfies the backdoor criterion; [] for none.
    """
    rows = []
    for line in ROUNDS.strip().splitlines():
        question, arrows = line.split(": ")
        treatment, outcome = question.split(", ")
        edges, _ = graphs.parse_edges(arrows.replace(", ", "\n"))
        hidden = {node for edge in edges for node in edge if node.endswith("?")}
        graph = graphs.dag(edges, treatment=treatment, outcome=outcome, hidden=hidden)
        row = {"graph": graph, "treatment": treatment, "outcome": outcome}
        names = _offered(row)
        sets = (itertools.combinations(names, size) for size in range(len(names) + 1))
        sets = map(frozenset, itertools.chain.from_iterable(sets))
        rows.append({**row, "valid_sets": [each for each in sets if graph.is_adjustment_set(each)]})
    return pd.DataFrame(rows, index=range(1, len(rows) + 1))


def pick_round(game: pd.DataFrame) -> Any:
    """Return the menu of the rounds; its value is the number of one."""
    names = {f"{n}: {row.treatment} → {row.outcome}": n for n, row in game.iterrows()}
    return mo.ui.dropdown(names, value=next(iter(names)), label="round", allow_select_none=False)


def board_controls(
    game: pd.DataFrame, number: int, set_tries: Callable[[Any], None]
) -> tuple[Any, Any]:
    """Return the boxes of one round and the button that judges what is ticked.

    Args:
        game: what `deal_game` returns.
        number: of the round.
        set_tries: setter of a `mo.state` that holds `Tries`.
    """
    boxes = {n: mo.ui.checkbox(label=n.replace("_", " ")) for n in _offered(game.loc[number])}
    ticks = mo.ui.dictionary(boxes | {"none": mo.ui.checkbox(label="no set will do")})

    def judge(_: Any) -> None:
        choice = None if ticks.value["none"] else frozenset(_ticked(ticks))
        set_tries(lambda tries: {**tries, number: [*tries.get(number, []), choice]})

    return ticks, mo.ui.button(label="judge", on_click=judge)


def _ticked(ticks: Any) -> list[str]:
    return [name for name, on in ticks.value.items() if on and name != "none"]


def tries_in(draft: Any, last: int) -> dict[int, list[frozenset[str] | None]]:
    """Return `Tries` from what a learner wrote; {} where it cannot be read.

    Args:
        draft: anything; a dictionary, round -> names or None, is read.
        last: number of the last round.
    """
    if not isinstance(draft, dict):
        return {}
    tries = {}
    for n, answer in draft.items():
        readable = answer is None or isinstance(answer, str | set | frozenset | list | tuple | dict)
        if isinstance(n, int) and 1 <= n <= last and readable:
            names = [answer] if isinstance(answer, str) else answer
            tries[n] = [None if names is None else frozenset(map(str, names))]
    return tries


def all_tries(game: pd.DataFrame, draft: Any, played: Tries) -> dict[int, list[Any]]:
    """Return every try of every round: what was written first, then what was played."""
    written = tries_in(draft, len(game))
    rounds = [n for n in game.index if n in written or n in played]
    return {n: [*written.get(n, []), *played.get(n, [])] for n in rounds}


def is_right(row: Any, choice: frozenset[str] | None) -> bool:
    """Return whether a choice (None: no set will do) is right for one row of the game."""
    return choice in row["valid_sets"] if choice is not None else not row["valid_sets"]


def score(game: pd.DataFrame, tries: Tries) -> tuple[int, int]:
    """Return (rounds solved, points): 2 points at the first try, 1 later."""
    right = {n: [is_right(game.loc[n], choice) for choice in tries[n]] for n in tries}
    return sum(map(any, right.values())), sum(2 if r[0] else any(r) for r in right.values() if r)


def is_open(network: nx.DiGraph, path: Sequence[str], given: Iterable[str]) -> bool:
    """Return whether a path lets association through, given some nodes."""
    import networkx as nx

    given = set(given)
    for before, node, after_ in zip(path, path[1:], path[2:], strict=False):
        collider = network.has_edge(before, node) and network.has_edge(after_, node)
        if collider and not ({node} | nx.descendants(network, node)) & given:
            return False
        if not collider and node in given:
            return False
    return True


def _written(network: nx.DiGraph, path: Sequence[str]) -> str:
    """Return a path with its arrows, in code style."""
    steps = [f"{'→' if network.has_edge(a, b) else '←'} {b}" for a, b in itertools.pairwise(path)]
    return f"`{' '.join([path[0], *steps])}`"


def _colliders(network: nx.DiGraph, path: Sequence[str]) -> bool:
    triples = zip(path, path[1:], path[2:], strict=False)
    return any(network.has_edge(a, n) and network.has_edge(b, n) for a, n, b in triples)


def reasons(graph: graphs.Graph, given: Iterable[str]) -> list[str]:
    """Return what is wrong with controlling for these nodes; [] if nothing is.

    Args:
        graph: with a treatment and an outcome.
        given: names of its nodes.
    """
    import networkx as nx

    given, network = set(given), nx.DiGraph(list(graph.edges))
    found, on_the_way = [], set()
    for path in nx.all_simple_paths(network.to_undirected(), graph.treatment, graph.outcome):
        if all(network.has_edge(a, b) for a, b in itertools.pairwise(path)):
            on_the_way |= set(path[1:])
            found += [f"It **blocks the mediator** {n}." for n in path[1:-1] if n in given]
        elif is_open(network, path, given):
            opened = not is_open(network, path, ()) and _colliders(network, path)
            what = "It **opens a collider**" if opened else "It **leaves a path open**"
            found.append(f"{what}: {_written(network, path)}.")
    late = {n: sorted(nx.ancestors(network, n) & on_the_way) for n in given if n not in on_the_way}
    late = [f"{n} is **caused by** {a[0]}, part of the effect." for n, a in late.items() if a]
    return list(dict.fromkeys(found)) or late


NO_SET = "There is a set: which measured nodes block the open paths?"


def verdict(
    row: Any, choice: frozenset[str] | None, simulated: tuple[float, float, float] | None
) -> mo.Html:
    """Return what graph and simulation say about one choice.

    Args:
        row: of the game.
        choice: names, or None for "no set will do".
        simulated: slope given the choice, its standard error, and the truth; None without a set.
    """
    right = is_right(row, choice)
    if choice is None or simulated is None:
        text = "Right: what confounds is unmeasured. An experiment would do." if right else NO_SET
    else:
        why = " ".join(reasons(row["graph"], choice))
        slope, error, truth = simulated
        text = f"""{"✔" if right else "✘"} Controlling for
        **{", ".join(sorted(choice)) or "nothing"}**. Graph:
        {why or "Every other path is blocked, and none was opened."} Simulation: {signed(slope)}
        against the truth {signed(truth)}, {abs(slope - truth) / error:.1f} standard errors away."""
        if not right and is_right(row, None):
            text += " Can any box here block what is open?"
    return mo.callout(mo.md(" ".join(text.split())), kind="success" if right else "warn")


def show_game(
    game: pd.DataFrame,
    controls: tuple[Any, Any, Any],
    tries: tuple[Any, Tries],
    simulate: Callable[[graphs.Graph, Iterable[str], int], tuple[float, float, float]],
    seed: int,
) -> mo.Html:
    """Return the board: menu and score, the graph, the boxes, and a verdict on the last try.

    Args:
        game: what `deal_game` returns.
        controls: menu of the rounds, boxes, button.
        tries: what the learner wrote, and what was played with the mouse.
        simulate: (graph, names, seed) -> slope given them, its standard error, and the truth.
        seed: of the simulation; the number of the round is added.
    """
    picker, ticks, button = controls
    draft, played = tries
    row, number = game.loc[picker.value], picker.value
    if mo.app_meta().mode == "run":  # presented: the room plays, the solution does not count
        draft = {}
    solved, points = score(game, all_tries(game, draft, played))
    counted = f"{points} {'point' if points == 1 else 'points'}"
    head = [picker, mo.md(f"**{solved} of {len(game)} solved, {counted}**")]
    parts = [mo.hstack(head), row["graph"].adjusting(*_ticked(ticks)).draw()]
    parts += [mo.hstack([*ticks.elements.values(), button], justify="start", gap=1, wrap=True)]
    if number in played:
        choice = played[number][-1]
        numbers = None if choice is None else simulate(row["graph"], choice, seed + number)
        parts += [verdict(row, choice, numbers)]
    return mo.vstack(parts)


# Judges ------------------------------------------------------------------------------------------


def _both(*answers: Any) -> list[Any] | None:
    """Return two answers as one; None where one of them is missing."""
    return None if any(each is None or each is ... for each in answers) else list(answers)


def judge_1(answer: Any, naive: float, truth: float) -> Check:
    """Return what the check says about the prediction of the naive slope.

    Args:
        answer: one of "too low", "about right", "too high".
        naive: slope of price on listings, in € per m² and listing.
        truth: the effect, same unit.
    """
    options = ["too low", "about right", "too high"]
    right = options[0] if naive < truth - 1 else options[2] if naive > truth + 1 else options[1]
    hints = [
        ("too high", "It would be, if tourism raised both. Look at the sign of each arrow."),
        ("about right", "A common cause is at work: busy places differ from quiet ones."),
        "Neighbourhoods with many listings are busy. What does being busy do to the price?",
    ]
    why = f"""Her slope is {signed(naive, 1, "€")}, the effect {signed(truth, 0, "€")}: precisely
    wrong, down to the sign. The bias has the sign of the product of the two arrows: plus times
    minus is minus. A confounder can inflate an effect, hide it, or turn it round."""
    return checks.choice(answer, right, options, hints=hints, why=why)


def judge_2(answer: Any, world: Callable[[float], LinearWorld]) -> Check:
    """Return what the check says about where tourism hides the effect of listings.

    Args:
        answer: € per m² for each thousand visitors, right within 2.
        world: that number -> the city.
    """
    at_0, at_1 = (world(v).slope("price", on="listings") for v in (0, 1))
    truth = -at_0 / (at_1 - at_0)
    sign = "The size is right, the sign is not: to hide a rise, tourism must lower prices."
    hints = [
        (-truth, sign),
        (lambda v: abs(v) < 1, "At 0 nothing confounds, and the record shows the true €10."),
        (lambda v: abs(v + 10) < 1, "Not −10: how far an arrow carries depends on spreads too."),
        (lambda v: abs(v + 5) < 1, "−10 / 2 forgets that listings vary for other reasons too."),
        (lambda v: v > 1, "To the right of 0 the naive slope only grows. Try the other side."),
        "The line starts at the value for 0; each unit of v adds a tenth of the step from 0 to 10.",
    ]
    why = """No correlation does not mean no cause: here two paths cancel. A data team that keeps
    only what correlates would have dropped the variable that matters."""
    return checks.close(answer, truth, tolerance=2, hints=hints, why=why)


def judge_3(story_a: Any, story_b: Any, patients: pd.DataFrame) -> Check:
    """Return what the check says about the drug's effect in the two stories.

    Args:
        story_a: effect where the marker came first, as a share between −1 and 1.
        story_b: effect where the drug came first, likewise.
        patients: columns drug, marker, patients (number), recovered (number).
    """
    table = patients.assign(share=patients["recovered"] / patients["patients"])
    rates = table.pivot_table("share", "marker", "drug")
    weights = patients.groupby("marker")["patients"].sum() / patients["patients"].sum()
    arms = patients.groupby("drug")[["patients", "recovered"]].sum()
    shares = arms["recovered"] / arms["patients"]
    whole = shares["yes"] - shares["no"]
    truth = np.array([((rates["yes"] - rates["no"]) * weights).sum(), whole])
    swapped = """Stories swapped, or both signs turned: take with the drug minus without. In which
    story does the marker steer the drug?"""
    hints = [
        (truth[::-1], " ".join(swapped.split())),
        (truth * 100, "Give shares between −1 and 1, not points."),
        (truth[[1, 1]], "In story A the sick got the drug: compare patients of one marker."),
        (truth[[0, 0]], "In story B the marker is part of what the drug does: leave it alone."),
        "In which story does the marker steer the drug, and in which the drug the marker?",
    ]
    why = """The marker is a confounder in story A and a mediator in story B. The same 2,000 rows,
    and the drug is good in one and harmful in the other. No statistic of the table can tell them
    apart; knowing when the marker was measured can."""
    return checks.close(_both(story_a, story_b), truth, tolerance=1e-6, hints=hints, why=why)


def judge_4(answer: Any, company: LinearWorld) -> Check:
    """Return what the check says about the change of profit for 2 mm more rain.

    Args:
        answer: in € per hour, right within 4.
        company: the world of rain, requests and profit.
    """
    total = company.total_effect("rain", "profit")
    direct = company.coefficients["rain", "profit"]
    through = "That is the part through requests alone; rain also slows the cars."
    hints = [
        (lambda v: abs(v - 2 * direct) < 3, "That is the direct effect: requests held fixed."),  # noqa: PLR2004
        (total, "That is for 1 mm; the forecast says 2."),
        (-2 * total, "The size is right, the sign is not."),
        (2 * (total - direct), through),
        (lambda v: v > 60, "That is a level of profit. A change is asked for."),  # noqa: PLR2004
        "When it rains, do requests stay as they were? What must not be held fixed?",
    ]
    why = f"""In total 1 mm brings {signed(total, 0, "€")}, at equal requests
    {signed(direct, 0, "€")}. What the treatment changes does not belong among the controls when the
    total effect is asked for. "Everything we have" is not a rule."""
    return checks.close(answer, 2 * total, tolerance=4, hints=hints, why=why)


MUCH = 0.2
"""Size of effect, and of slope, from which a trap of exercise 5 counts."""


def _judge_trap(world: Any) -> bool | str:
    """Return True, or what a learner's trap still lacks."""
    import networkx as nx

    if isinstance(world, dict):
        return "You have the arrows. Wrap them: `LinearWorld({...})`."
    missing = [name for name in ("x", "y", "c") if name not in world.variables]
    if missing:
        return f"No arrow mentions {', '.join(missing)}."
    if nx.has_path(nx.DiGraph(list(world.edges)), "y", "c"):
        return "Here `c` listens to `y`, as in the smokers' world. Build a trap of another kind."
    effect, fixed = world.total_effect("x", "y"), world.slope("y", on="x", given=["c"])
    found = f"Total effect {signed(effect)}, slope given c {signed(fixed)}."
    if effect < MUCH:
        return f"{found} The effect of x on y must be at least 0.2, over all paths."
    return True if fixed <= -MUCH else f"{found} {_advise_trap(world)}"


def _advise_trap(world: LinearWorld) -> str:
    """Return what to change in a world where the slope given c is not negative enough."""
    if graphs.dag(world.edges, treatment="x", outcome="y").is_adjustment_set(["c"]):
        return "In your graph controlling for c does no harm: let c listen to x."
    if world.slope("y", on="x", given=["c"]) > world.total_effect("x", "y"):
        return "The bias points the wrong way, up: turn the sign of one arrow at c."
    return "You are on the way: make the arrows into c, or out of it, stronger."


def judge_5(answer: Any) -> Check:
    """Return what the check says about a trap: a world whose effect turns round given c.

    Args:
        answer: a `LinearWorld` of x, y and c, if all is well.
    """
    hints = [
        "In the rain, which number was the answer to another question? Give c that place.",
        "Take the effect of x through c, and let x itself work against it.",
    ]
    why = """A mediator is a trap as well: given c only the direct effect is left, and it points
    the other way. (A collider between x and a hidden cause of y is another.) Beware of controls
    that were measured after the treatment began."""
    return checks.holds(answer, _judge_trap, hints=hints, why=why)


def judge_6(answer: Any, customers: pd.DataFrame) -> Check:
    """Return what the check says about the customers without an e-mail.

    Args:
        answer: one of "positive", "zero", "negative".
        customers: columns ratings, purchases (sd) and emailed (True or False).
    """
    options = ["positive", "zero", "negative"]
    rest = customers[~customers["emailed"]]
    whole, part = (frame["ratings"].corr(frame["purchases"]) for frame in (customers, rest))
    right = options[1] if abs(part) < 0.05 else options[0] if part > 0 else options[2]  # noqa: PLR2004
    hints = [
        ("positive", "The two groups need not balance: their means differ too."),
        ("zero", "No e-mail is information as well. Many ratings and no e-mail: what then?"),
        "Someone rated a lot and still got no e-mail. Did she buy much?",
    ]
    why = f"""It is {signed(part)}. Both parts are negative and the whole is {signed(whole)}: one
    group is high on both, and that makes up for it. Splitting by a collider, or keeping either
    part, makes a correlation."""
    return checks.choice(answer, right, options, hints=hints, why=why)


def _blame(row: Any, choice: frozenset[str] | None) -> str:
    """Return why a wrong choice is wrong; what the graph does not offer is named."""
    if choice is None:
        return NO_SET
    offered = _offered(row)
    unknown = sorted(set(choice) - set(offered))
    if unknown:
        return f"{', '.join(unknown)} cannot be controlled for: choose from {sorted(offered)}."
    return " ".join(reasons(row["graph"], choice))


def _judge_game(game: pd.DataFrame, tries: Any) -> bool | str:
    """Return True when every round is solved, or what is still to be done."""
    if not isinstance(tries, dict) or not all(isinstance(tries[n], list) for n in tries):
        return 'Write a dictionary, round → set of names, such as `{1: {"age", "town"}}`; or play.'
    for n, choices in tries.items():
        if not any(is_right(game.loc[n], choice) for choice in choices):
            return f"Round {n}: {_blame(game.loc[n], choices[-1])}"
    open_rounds = [str(n) for n in game.index if n not in tries]
    if open_rounds:
        done = f"{len(tries)} of {len(game)} rounds solved."
        raise checks.Unanswered(f"{done} Open: {', '.join(open_rounds)}.")
    return True


def judge_7(game: pd.DataFrame, draft: Any, played: Tries) -> Check:
    """Return what the check says about the game, written or played.

    Args:
        game: what `deal_game` returns.
        draft: a dictionary, round -> names, or None where no set will do; or nothing yet.
        played: tries with the mouse.
    """
    hints = [
        "First rule out every node that the treatment changes.",
        "Then write down each path that enters the treatment, and block it.",
        "A collider blocks its path by itself. Controlled for, it opens the path: block that, too.",
    ]
    why = """Twelve graphs, and nobody looked at a correlation. In round 8 two answers are right, in
    round 12 three; in round 1 controlling for ability is not needed, and narrows the interval. In
    round 11 controlling for the distance makes things worse: it removes the part of college that
    chance decides, and leaves the part that talent decides (economists use such a distance as an
    *instrument*)."""
    tries = all_tries(game, draft, played) or draft
    return checks.holds(tries, functools.partial(_judge_game, game), hints=hints, why=why)


STORIES = {
    "A": ("positivity", "is there a premium customer without the discount to compare with?"),
    "B": ("ignorability", "what moves both the choice and the grades, and is not in the table?"),
    "C": ("sutva", "can a vaccinated room mate protect somebody who is not?"),
    "D": ("temporality", "can June change May?"),
}
"""Exercise 8: story -> the assumption that it breaks, and the question that shows it."""


def _judge_broken(answer: Any) -> bool | str:
    """Return True, or the question to ask of the first story that is not right."""
    if isinstance(answer, list | tuple) and len(answer) == len(STORIES):
        answer = dict(zip(STORIES, answer, strict=True))
    if not isinstance(answer, dict):
        return "A dictionary is expected, story → assumption, or four texts in order A to D."
    given = {str(k).strip().upper(): str(v).strip().casefold() for k, v in answer.items()}
    wrong = [story for story, (name, _) in STORIES.items() if given.get(story) != name]
    return f"Story {wrong[0]}: {STORIES[wrong[0]][1]}" if wrong else True


def judge_8(answer: Any) -> Check:
    """Return what the check says about which assumption each story breaks.

    Args:
        answer: a dictionary, story -> assumption, or four texts in the order of the stories.
    """
    hints = ["Each of the four is broken once.", "Ask of each: how did the treatment come about?"]
    why = """None of the four shows in the regression's output. They are claims about how the data
    came about; a good report lists them, and says what would break each."""
    return checks.holds(answer, _judge_broken, hints=hints, why=why)
