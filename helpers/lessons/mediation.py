"""Drawings and judges of notebook 08, "How does the programme work?".

Plain functions of what the page has computed: no model, prior, adjustment choice, estimand, `do` or
estimator of the page; `simulate_jobs` is the world of the transfer exercise. Effects are changes
in the probability of a disorder (of a job, in the transfer exercise) throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.simulate import LinearWorld

AXES = {
    "share": ("happens to", "share of the families"),
    "differences": ("difference of the arms", "change in the probability of a disorder"),
    "studies": ("studies", "number"),
    "probability": ("disorder", "probability"),
    "effect": ("effect", "change in the probability of a disorder"),
    "effect and truth": ("effect; bar: truth", "change in the probability of a disorder"),
    "rho": ("ρ of what is hidden behind peers and disorder", "correlation"),
    "peers effect": ("IIE1", "change in probability"),
    "proportion": ("proportion mediated", "outermost bars: all beyond"),
    "draws": ("draws", "share"),
    "direct arrow": ("true direct arrow", "log-odds"),
    "share mediated": ("mediated", "share of TE"),
    "coverage": ("intervals that hold the truth", "share of the worlds"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

ARMS = {0: "control", 1: "treated"}
LEVEL = f"{percent(tidy.HDI_PROB)} HDI"


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


def said(split: pd.DataFrame, name: str, digits: int = 3) -> str:
    """Return an effect with its interval, as a sentence has it: −0.063 [−0.124, −0.006].

    Args:
        split: columns mean, lower, upper (changes in probability), one row an effect.
        name: of the row.
        digits: after the point.
    """
    mean, lower, upper = (signed(split[column][name], digits) for column in _ENDS)
    return f"{mean} [{lower}, {upper}]"


_ENDS = ("mean", "lower", "upper")


def simulate_jobs(seed: int, n: int = 20_000) -> pd.DataFrame:
    """Return the job seekers of a town: the world of the transfer exercise.

    A coin decides who gets a course. It makes people apply more often, and helps in other ways too;
    those who have been out of work for long apply less and find less.

    Args:
        seed: of the course.
        n: people.

    Returns:
        Columns long_term (out of work for over a year before), course, applies (every week, a month
        later), job (half a year later), each 1 or 0.
    """
    rng = np.random.default_rng([seed, 11])
    luck = rng.random((3, n))
    long_term = (luck[0] < 0.4).astype(int)  # noqa: PLR2004
    course = rng.integers(0, 2, n)
    chance_applies = np.array([[0.45, 0.75], [0.15, 0.35]])[long_term, course]
    applies = (luck[1] < chance_applies).astype(int)
    chance_job = np.array([[[0.30, 0.55], [0.40, 0.70]], [[0.08, 0.20], [0.12, 0.34]]])
    job = (luck[2] < chance_job[long_term, course, applies]).astype(int)
    return pd.DataFrame({"long_term": long_term, "course": course, "applies": applies, "job": job})


# Charts ------------------------------------------------------------------------------------------


def chart_arms(rates: pd.DataFrame, n_families: int) -> alt.LayerChart:
    """Return the shares of peers, drugs and disorder in both arms.

    Args:
        rates: index intervention (0, 1), columns peers, drugs, disorder: shares of the arm.
        n_families: in both arms.
    """
    frame = rates.rename(index=ARMS).rename_axis("arm").reset_index()
    frame = frame.melt("arm", var_name="name", value_name="share")
    arms = list(ARMS.values())
    x = alt.X("share:Q", title=axis_title("share")).scale(domain=[0, 0.6])
    y = alt.Y("name:N", sort=list(rates), title=None, axis=alt.Axis(grid=False, ticks=False))
    legend = alt.Legend(orient="top", symbolOpacity=1)
    color = alt.Color("arm:N", scale=charts.role_scale(*arms), title=None, legend=legend)
    shape = alt.Shape("arm:N", title=None).scale(
        domain=arms, range=[charts.SHAPES[arm] for arm in arms]
    )
    points = alt.Chart(frame).encode(x, y)
    gaps = alt.Chart(frame).mark_line(strokeWidth=2, color="#bbbbbb").encode(x, y, detail="name")
    without, with_it = (number(100 * rates.loc[t, "disorder"], 0) for t in ARMS)
    title = f"A disorder: {with_it} in a hundred with the programme, {without} without"
    layers = (
        gaps
        + points.mark_point(filled=True, size=190, opacity=1).encode(color, shape)
        + points.mark_text(dy=-17, fontSize=15).encode(text=alt.Text("share:Q", format=".2f"))
    )
    told = "; ".join(f"{r.name}, {r.arm}: {number(r.share)}" for r in frame.itertuples(index=False))
    words = f"{title}. {n_families} families. {told}."
    return charts.describe(layers.properties(title=title, height=150), words)


def chart_hundred(differences: np.ndarray, ours: float) -> alt.LayerChart:
    """Return the difference of the arms in many simulated studies, and ours among them.

    Args:
        differences: changes in probability, one a study.
        ours: the same, of the study of the page.
    """
    share, edges = np.histogram(differences, np.arange(-0.2, 0.1001, 0.01))
    bins = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "studies": share})
    bars = alt.Chart(bins).encode(
        x=alt.X("from:Q", bin="binned", title=axis_title("differences")),
        x2="to:Q",
        y=alt.Y("studies:Q", title=axis_title("studies")).axis(tickMinStep=5),
    )
    rule = alt.Chart(pd.DataFrame({"ours": [ours], "label": ["ours"]})).encode(x="ours:Q")
    words = rule.mark_text(align="left", dx=5, fontSize=15).encode(y=alt.value(8), text="label")
    low, high = (signed(each, 2) for each in (differences.min(), differences.max()))
    title = f"{len(differences)} such studies: {low} to {high}; ours {signed(ours, 2)}"
    layers = (
        bars.mark_bar(color=charts.ROLES["control"], opacity=0.6)
        + rule.mark_rule(strokeWidth=3, color=charts.ROLES["adjusted"])
        + words
    )
    head = f"{title}. Histogram of the difference of the arms."
    return charts.describe(layers.properties(title=title, height=150), head)


def chart_routes(four_worlds: np.ndarray) -> alt.LayerChart:
    """Return the four worlds of one mediator, and the two routes from none to both.

    Args:
        four_worlds: probabilities of a disorder, shape (t, t').
    """
    corners = pd.DataFrame(
        [
            (t + t1, four_worlds[t, t1], name)
            for t, t1, name in (
                (0, 0, "neither"),
                (1, 0, "directly only"),
                (0, 1, "peers only"),
                (1, 1, "both"),
            )
        ],
        columns=["steps", "p", "name"],
    )
    corners["label"] = [f"{r.name}: {number(r.p)}" for r in corners.itertuples(index=False)]
    routes = pd.concat(
        corners.iloc[rows].assign(route=route)
        for route, rows in (("directly first", [0, 1, 3]), ("peers first", [0, 2, 3]))
    )
    x = alt.X("steps:Q", axis=None).scale(domain=[-0.2, 2.7])
    y = alt.Y("p:Q", title=axis_title("probability")).scale(domain=[0.1, 0.4])
    dashes = alt.StrokeDash("route:N", title=None).scale(
        domain=["directly first", "peers first"], range=[[1, 0], [8, 4]]
    )

    def labels(part: pd.DataFrame, dy: int) -> alt.Chart:
        text = alt.Chart(part).mark_text(align="left", dx=12, dy=dy, fontSize=16)
        return text.encode(x, y, text="label:N")

    lines = alt.Chart(routes).encode(
        x, y, dashes.legend(orient="top", symbolSize=900, symbolStrokeColor="gray")
    )
    points = alt.Chart(corners).encode(x, y)
    title = "Two routes from neither to both"
    layers = (
        lines.mark_line(strokeWidth=2, color="gray")
        + points.mark_point(filled=True, size=160, opacity=1, color=charts.ROLES["treated"])
        + labels(corners[corners["name"] != "directly only"], -10)
        + labels(corners[corners["name"] == "directly only"], 16)
    )
    words = f"{title}. Probability of a disorder. {'; '.join(corners['label'])}."
    return charts.describe(layers.properties(title=title, height=190), words)


_WAYS = {"t": "directly", "t1": "through peers", "t2": "through drugs"}


def corners_of(worlds: Any, signs: Mapping[str, int], here: str) -> pd.DataFrame:
    """Return the eight corners of the cube, with the signs that an effect gives them.

    Args:
        worlds: DataArray of probabilities, dims t, t1, t2 (0, 1).
        signs: corner, such as "010" -> 1 or -1.
        here: the corner where we are.

    Returns:
        Columns t, t1, t2, E (probability), corner, x, y (place in the picture), sign (text), label,
        ring (bool: has a sign), here (bool).
    """
    frame = worlds.to_series().rename("E").reset_index()
    frame["corner"] = frame[list(_WAYS)].astype(str).agg("".join, axis=1)
    frame["x"] = frame["t"] + 0.42 * frame["t2"]
    frame["y"] = frame["t1"] + 0.36 * frame["t2"]
    frame["sign"] = frame["corner"].map(signs).map({1: "+", -1: "−"}).fillna("")
    frame["label"] = [
        f"{row.sign}  {row.corner}: {number(row.E, 3)}" for row in frame.itertuples(index=False)
    ]
    return frame.assign(ring=frame["sign"] != "", here=frame["corner"] == here)


def edges_of(corners: pd.DataFrame) -> pd.DataFrame:
    """Return the twelve edges of the cube: x, y, x_end, y_end, walk (which way is switched on).

    Args:
        corners: what `corners_of` returns.
    """
    found = []
    for flip, walk in _WAYS.items():
        ends = corners.assign(**{flip: corners[flip] - 1})
        pairs = corners.merge(ends, on=list(_WAYS), suffixes=("", "_end"))
        found.append(pairs[["x", "y", "x_end", "y_end"]].assign(walk=walk))
    return pd.concat(found, ignore_index=True)


def drawing_cube(
    worlds: Any, effects: Mapping[str, Mapping[str, int]]
) -> Callable[[str, str], charts.Drawing]:
    """Return a function that draws the cube of eight worlds.

    Args:
        worlds: DataArray of probabilities, dims t, t1, t2.
        effects: name of an effect -> corner -> sign.

    Returns:
        A function of the corner where we are ("010") and the name of an effect.
    """
    start = corners_of(worlds, {"111": 1, "000": -1}, "000")
    place = {
        "x": alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.1, 1.8])),
        "y": alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.25, 1.5])),
    }
    dashes = alt.Scale(domain=list(_WAYS.values()), range=[[1, 0], [8, 4], [2, 3]])
    look = alt.StrokeDash("walk:N", title=None, scale=dashes, sort=None)
    look = look.legend(orient="top", symbolSize=900, symbolStrokeColor="gray")
    edges = alt.Chart(edges_of(start)).mark_rule(strokeWidth=2, color="gray")
    marks = alt.Chart(start)
    points = {"size": 80, "filled": True, "opacity": 1, "color": "gray"}
    ring = {"size": 380, "strokeWidth": 4, "color": charts.ROLES["adjusted"]}
    we = {"shape": "diamond", "filled": True, "size": 300, "opacity": 1}
    layers = [
        edges.encode(**place, x2="x_end", y2="y_end", strokeDash=look),
        marks.mark_point(**points).encode(**place),
        marks.mark_point(**ring).transform_filter("datum.ring").encode(**place),
        marks.mark_point(**we, color=charts.ROLES["treated"])
        .transform_filter("datum.here")
        .encode(**place),
        *(
            marks.mark_text(align="left", dx=15, dy=dy)
            .transform_filter(f"datum.t2 == {t2}")
            .encode(**place, text="label:N")
            for t2, dy in ((0, 17), (1, -13))
        ),
    ]
    template = alt.layer(*layers).properties(title=alt.Title(""), height=190, description="")
    template = template.to_dict()

    def draw(here: str, name: str) -> charts.Drawing:
        """Return the cube with us at a corner, and the signs of an effect."""
        corners = corners_of(worlds, effects[name], here)
        by = corners.set_index("corner")["E"]
        size = sum(sign * by[corner] for corner, sign in effects[name].items())
        title = f"E[{', '.join(here)}] = {number(by[here], 3)}; {name} = {signed(size, 3)}"
        words = f"A cube of eight worlds. {title}. {'; '.join(corners['label'])}."
        return charts.redraw(template, corners, title=title, words=words)

    return draw


def chart_split(effects: pd.DataFrame) -> alt.LayerChart:
    """Return the effects with their intervals, and the truth of each.

    Args:
        effects: columns effect, truth, mean, lower, upper (changes in probability); TE first.
    """
    forest = charts.chart_effect(
        effects.rename(columns={"effect": "label"}).assign(role="adjusted"),
        title=f"Total {signed(effects['mean'][0], 3)}, and one part for each way it travels",
        unit=axis_title("effect and truth"),
        number_format="+.3f",
    )
    ticks = alt.Chart(effects).mark_tick(thickness=4, size=16, color=charts.ROLES["truth"])
    layers = forest + ticks.encode(x="truth:Q", y=alt.Y("effect:N", sort=None))
    truths = "; ".join(f"{r.effect} {signed(r.truth, 3)}" for r in effects.itertuples())
    words = f"{forest.description} Truth, as black bars: {truths}."
    return charts.describe(layers.properties(height=200), words)


def drawing_sensitivity(sensitivity: pd.DataFrame) -> Callable[[float], charts.Drawing]:
    """Return a function that draws IIE1 against rho, with a mark at one rho.

    Args:
        sensitivity: columns rho (correlation), mean, lower, upper (changes in probability).

    Returns:
        A function of one rho of the frame.
    """
    x = alt.X("rho:Q", title=axis_title("rho"))
    band = {"x": x, "y": alt.Y("lower:Q", title=axis_title("peers effect")), "y2": "upper:Q"}
    curve, green = alt.Chart(sensitivity), charts.ROLES["adjusted"]
    mark = alt.Chart(sensitivity.head(1).assign(here=1))
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(strokeDash=[6, 4], strokeWidth=2)
    layers = alt.layer(
        curve.mark_area(color=green, opacity=0.25).encode(**band),
        curve.mark_line(color=green, strokeWidth=3).encode(x=x, y="mean:Q"),
        zero.encode(y="zero:Q"),
        mark.mark_rule(strokeWidth=4).encode(**band),
        mark.mark_point(size=180, filled=True, opacity=1).encode(x=x, y="mean:Q"),
    )
    head = alt.Title("", subtitle=f"band and bar: {LEVEL}")
    template = layers.properties(title=head, height=158, description="").to_dict()

    def draw(rho: float) -> charts.Drawing:
        """Return the drawing with its mark at the row of this rho."""
        here = sensitivity[np.isclose(sensitivity["rho"], rho)].head(1)
        at, mean, low, high = here[["rho", "mean", "lower", "upper"]].iloc[0]
        verdict = "holds zero" if low <= 0 <= high else "excludes zero"
        title = f"ρ = {number(at)}: IIE1 {signed(mean, 3)}, the interval {verdict}"
        words = f"{title}. IIE1 and its {LEVEL} against rho."
        return charts.redraw(template, here.assign(here=1), title=title, words=words)

    return draw


def chart_prior(prior_effects: Mapping[str, Any]) -> alt.LayerChart:
    """Return what the priors believe of the effects.

    Args:
        prior_effects: name -> draws, changes in probability.
    """
    chart = charts.chart_effect(
        tidy.summarise(prior_effects).assign(role="prior"),
        title="The prior allows large effects of either sign",
        unit=axis_title("effect"),
    )
    return chart.properties(height=142)


def predictive_rows(
    rates: pd.DataFrame, replicated: Mapping[tuple[str, int], np.ndarray]
) -> pd.DataFrame:
    """Return label, mean (the share that was seen), lower, upper (94 % HDI of invented), role.

    Args:
        rates: index intervention, columns names: shares seen.
        replicated: (name, arm) -> shares in invented data.
    """
    rows = [
        (f"{name}, {ARMS[t]}", rates.loc[t, name], *tidy.hdi(shares), ARMS[t])
        for (name, t), shares in replicated.items()
    ]
    return pd.DataFrame(rows, columns=["label", "mean", "lower", "upper", "role"])


def chart_predictive(rows: pd.DataFrame) -> alt.LayerChart:
    """Return the shares that were seen, each over what the fitted model invents.

    Args:
        rows: what `predictive_rows` returns.
    """
    chart = charts.chart_effect(
        rows,
        title="Mark: what we saw. Line: what the fitted model invents",
        unit=axis_title("share"),
        number_format=".2f",
    )
    return chart.properties(height=160)


def chart_proportion(proportion: np.ndarray) -> alt.LayerChart:
    """Return the draws of the proportion mediated as a histogram, those beyond 0 to 1 marked.

    Args:
        proportion: share of TE, any shape.
    """
    values = np.asarray(proportion, float).ravel()
    share, edges = np.histogram(np.clip(values, -1.49, 3.49), np.linspace(-1.5, 3.5, 51))
    bins = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "share": share / len(values)})
    bins["role"] = np.where(bins["from"].between(-0.05, 0.95), "adjusted", "naive")
    bars = alt.Chart(bins).encode(
        x=alt.X("from:Q", bin="binned", title=axis_title("proportion")),
        x2="to:Q",
        y=alt.Y("share:Q", title=axis_title("draws"), axis=alt.Axis(format=".0%")),
        color=alt.Color("role:N", scale=charts.role_scale("adjusted", "naive"), legend=None),
    )
    ends = alt.Chart(pd.DataFrame({"at": [0, 1], "label": ["none", "all"]})).encode(x="at:Q")
    words = ends.mark_text(align="left", dx=5, baseline="top").encode(y=alt.value(2), text="label")
    low, high = (number(end) for end in tidy.hdi(values))
    outside = percent(((values < 0) | (values > 1)).mean())
    title = f"{LEVEL} {low} to {high}; {outside} of the draws outside 0 to 1"
    layers = bars.mark_bar() + ends.mark_rule(strokeDash=[6, 4], strokeWidth=2) + words
    head = f"{title}. Histogram of the proportion mediated; those outside in another colour."
    return charts.describe(layers.properties(title=title, height=190), head)


def drawing_direct(curve: pd.DataFrame) -> Callable[[pd.DataFrame], charts.Drawing]:
    """Return a function that draws the proportion mediated against the true direct arrow.

    Args:
        curve: columns direct (log-odds), TE, mediated (changes in probability), proportion.

    Returns:
        A function of one row with the same columns.
    """
    columns = ["direct", "TE", "mediated", "proportion"]
    axes = {
        "x": alt.X("direct:Q", title=axis_title("direct arrow")),
        "y": alt.Y("proportion:Q", title=axis_title("share mediated")).scale(
            domain=[-4, 4], clamp=True
        ),
    }
    sides = curve[columns].assign(side=np.where(curve["TE"] < 0, "helps", "harms"))
    sides = sides[sides["proportion"].abs() < 4]  # noqa: PLR2004
    band = alt.Chart(pd.DataFrame({"low": [0], "high": [1]})).mark_rect(opacity=0.12)
    look = {"filled": True, "size": 200, "opacity": 1, "color": charts.ROLES["treated"]}
    point = alt.Chart(curve[columns].head(1).assign(here=1)).mark_point(**look)
    line = alt.Chart(sides).mark_line(strokeWidth=3, color=charts.ROLES["adjusted"])
    layers = alt.layer(
        band.encode(y="low:Q", y2="high:Q"),
        line.encode(**axes, detail="side:N"),
        point.encode(**axes),
    )
    template = layers.properties(title=alt.Title(""), height=154, description="").to_dict()

    def draw(row: pd.DataFrame) -> charts.Drawing:
        """Return the drawing with its mark at a row."""
        te, part, share = (signed(row[k].iloc[0], 3) for k in ("TE", "mediated", "proportion"))
        title = f"TE {te}, mediated {part}: proportion {share}"
        words = f"{title}. The proportion has no bounds where the total comes near zero."
        return charts.redraw(template, row[columns].assign(here=1), title=title, words=words)

    return draw


def chart_coverage(both_worlds: pd.DataFrame, n_worlds: int) -> alt.LayerChart:
    """Return how often the intervals hold the truth, in two kinds of world.

    Args:
        both_worlds: columns effect, coverage (share), world (two names: nothing hidden first).
        n_worlds: of each kind.
    """
    names = list(dict.fromkeys(both_worlds["world"]))
    colours = alt.Scale(domain=names, range=charts.role_scale("adjusted", "naive").range)
    shapes = alt.Scale(domain=names, range=["diamond", "cross"])
    x = alt.X("coverage:Q", title=axis_title("coverage"))
    x = x.scale(domain=[0.5, 1], clamp=True).axis(format=".0%")
    points = alt.Chart(both_worlds).encode(
        y=alt.Y("effect:N", sort=None, title=None),
        x=x,
        color=alt.Color("world:N", scale=colours, title=None, legend=alt.Legend(orient="top")),
        shape=alt.Shape("world:N", scale=shapes, title=None),
    )
    goal = alt.Chart(pd.DataFrame({"goal": [tidy.HDI_PROB]})).mark_rule(strokeDash=[6, 4])
    layers = goal.encode(
        x=alt.X("goal:Q", title=axis_title("coverage")).scale(domain=[0.5, 1])
    ) + points.mark_point(filled=True, size=200, opacity=1)
    title = f"{n_worlds} worlds of each kind (dashed: {percent(tidy.HDI_PROB)})"
    told = "; ".join(
        f"{r.effect}, {r.world}: {percent(r.coverage)}" for r in both_worlds.itertuples()
    )
    words = f"Coverage of the {percent(tidy.HDI_PROB)} intervals. {told}."
    return charts.describe(layers.properties(title=title, height=220), words)


# Judges ------------------------------------------------------------------------------------------


def judge_1(falsified: Any) -> checks.Check:
    """Return the verdict on exercise 1: which difference does a hidden temper falsify?

    Args:
        falsified: the answer, one of four texts.
    """
    arms, clean = "all families", "families without both"
    return checks.choice(
        falsified,
        clean,
        [arms, clean, "both", "neither"],
        hints=[
            (arms, "Does temper move the coin? If not, is there more of it in one arm?"),
            ("both", "One of the two groups was formed by the coin, and by nothing else."),
            (
                "neither",
                "Who in the control arm has no deviant peers, with nobody's help? Think of temper.",
            ),
            "What does temper move, and what does each comparison hold fixed?",
        ],
        why="Having no deviant peers is a collider of programme and temper. In the control arm it "
        "takes a calm temper, in the treated arm less so: holding it fixed makes the arms unlike.",
    )


def judge_2(indirect_after_direct: Any, four_worlds: np.ndarray) -> checks.Check:
    """Return the verdict on exercise 2: the step through peers where the programme acts directly.

    Args:
        indirect_after_direct: the answer; right: E[1, 1] - E[1, 0], a change in probability.
        four_worlds: probabilities, shape (t, t').
    """
    e = np.asarray(four_worlds, float)
    right, first = float(e[1, 1] - e[1, 0]), float(e[0, 1] - e[0, 0])
    hints = [
        (first, "That is the step where nothing acts directly; start from `four_worlds[1, 0]`."),
        (float(e[1, 1] - e[0, 1]), "There the *direct* way moves; move the peers instead."),
        (float(e[1, 1] - e[0, 0]), "That is the total: both ways move. Move the peers only."),
        (float(e[1, 0] - e[0, 0]), "That is the direct effect; the peers stand still there."),
        (-right, "The sign is turned: with the peers moved minus without."),
        (float(e[1, 1]), "That is one world; an effect is the difference of two."),
        "Two worlds with t = 1 that differ in t' alone.",
    ]
    why = (
        f"With nothing acting directly the same step was {signed(first, 2)}: there were more "
        f"disorders left to prevent. The two differ by {signed(right - first, 2)}, the "
        "*remainder*. Which end you start from is a choice; name it."
    )
    return checks.close(indirect_after_direct, right, tolerance=1e-4, hints=hints, why=why)


RANGE = 0.2
"""The correlation that critic and author agree on in exercise 3, on either side of zero."""


def judge_3(weakest: Any, sensitivity: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 3: the weakest effect that a range of rho allows.

    Args:
        weakest: the answer; right: the largest upper end for rho from -0.2 to 0.2.
        sensitivity: columns rho, mean, lower, upper (changes in probability).
    """
    near = sensitivity["rho"].abs()
    rows = sensitivity[near < RANGE + 1e-9].set_index("rho")
    right = float(rows["upper"].max())
    at_zero = sensitivity.loc[near.idxmin(), "upper"]
    hints = [
        (rows["lower"].min(), "That is the strongest effect that an interval allows."),
        (rows["mean"].max(), "That is the weakest mean; take the intervals into account."),
        (sensitivity["upper"].max(), "That is over every ρ of the table; keep −0.2 to 0.2."),
        (rows["upper"].min(), "That is the upper end at the kindest ρ; take the worst."),
        (at_zero, "That is the upper end at ρ = 0, as if nothing were hidden."),
        (
            sensitivity[near < RANGE - 1e-9]["upper"].max(),
            "Both ends belong to the range: ρ = −0.2 and ρ = 0.2 too.",
        ),
        (RANGE, "That is a ρ; the question asks for the effect there."),
        "The upper end of an interval is the weakest effect: the effect is negative.",
    ]
    verdict = "it does not survive the whole range" if right >= 0 else "it survives the range"
    why = (
        "A range of ρ and the worst interval in it: an honest way to report an indirect effect. "
        f"Here {verdict}."
    )
    return checks.close(weakest, right, tolerance=1e-4, hints=hints, why=why)


PAIRS = ("course and applies", "course and job", "applies and job")
PARTS = ("total", "direct", "indirect")


def _counts(jobs: pd.DataFrame) -> np.ndarray:
    """Return people and people with a job by long_term, course, applies: shape (2, 2, 2, 2)."""
    place = np.ravel_multi_index([jobs[n] for n in ("long_term", "course", "applies")], (2, 2, 2))
    counts = [np.bincount(place, weights, minlength=8) for weights in (None, jobs["job"])]
    return np.array(counts, float).reshape(2, 2, 2, 2)


def _split(people: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Return total, direct, indirect from counts of shape (kind, course, applies)."""
    kinds = people.sum((1, 2)) / people.sum()
    chance = people / people.sum(2, keepdims=True)
    worlds = np.einsum("x,xtm,xum->tu", kinds, found / people, chance)
    return np.array([worlds[1, 1], worlds[1, 0], worlds[0, 1]]) - worlds[0, 0]


def judge_4(unprotected: Any, split_elsewhere: Any, jobs: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 4: what the coin does not protect, and the split.

    Args:
        unprotected: the first answer, one of `PAIRS`.
        split_elsewhere: the second, a mapping of `PARTS` to changes in the probability of a job (or
            three numbers in that order); right within 0.006.
        jobs: what `simulate_jobs` returns.
    """
    if any(each is None or each is ... for each in (unprotected, split_elsewhere)):
        return checks.Check("todo", "Replace both `...` by your answers.")
    pair = checks.choice(
        unprotected,
        "applies and job",
        PAIRS,
        hints=[
            ("course and applies", "A coin decided the course: nothing can move both unseen."),
            ("course and job", "A coin decided the course: nothing can move both unseen."),
            "Which of these did no coin decide?",
        ],
    )
    if pair.status != "done":
        return pair
    people, found = _counts(jobs)
    right = _split(people, found)
    loose = _split(people.sum(0, keepdims=True), found.sum(0, keepdims=True))
    swapped, turned = right[[0, 2, 1]], -right
    by_applies = found.sum(0) / people.sum(0)
    held = float((by_applies[1] - by_applies[0]) @ people.sum((0, 1)) / people.sum())

    def off(goal: np.ndarray, room: float = 0.006) -> Callable[[Any], bool]:
        return lambda value: bool(np.all(np.abs(_three(value) - goal) < room))

    def one_off(place: int, goal: float) -> Callable[[Any], bool]:
        return lambda value: bool(abs(_three(value)[place] - goal) < 0.006)  # noqa: PLR2004

    rest = right[0] - right[1]
    hints = [
        (off(loose), "Take shares within each kind: `long_term` moves who applies and who finds."),
        (off(swapped), "Direct and indirect are exchanged: t is the first argument."),
        (off(turned), "The sign is turned: minus the world (0, 0), not before it."),
        (off(100 * right, 0.6), "In probabilities, not in points of a hundred."),
        (one_off(1, held), "Direct: weigh by who applies *without* the course, within each kind."),
        (one_off(2, rest), "Indirect is no rest: total minus direct holds the remainder too."),
        (one_off(1, right[0] - right[2]), "Direct is no rest: it is world (1, 0) minus (0, 0)."),
        (one_off(1, loose[1]), "Direct: take shares within each kind of person."),
        "First a function of (t, t'), then three differences from world (0, 0).",
    ]
    told = ", ".join(f"{name} {signed(v, 3)}" for name, v in zip(PARTS, right, strict=True))
    remainder = right[0] - right[1] - right[2]
    why = (
        f"{told}; remainder {signed(remainder, 3)}. Without `long_term` the way through "
        f"applications would come out as {signed(loose[2], 3)}. And the coin vouches for none of "
        "the parts: next comes a ρ for `applies` and `job`."
    )

    def judge(value: Any) -> bool | str:
        if isinstance(value, Mapping) and not set(PARTS) <= set(value):
            return f"The dict needs the keys {', '.join(PARTS)}."
        given = _three(value)
        if given.shape != (3,):
            return "Three numbers are expected: total, direct, indirect."
        if not np.all(np.isfinite(given)):
            return "Your answer holds NaN or infinity: something was missing."
        return bool(np.all(np.abs(given - right) < 0.006))  # noqa: PLR2004

    return checks.holds(split_elsewhere, judge, hints=hints, why=why)


def _three(value: Any) -> np.ndarray:
    """Return an answer to exercise 4 as numbers in the order of `PARTS`."""
    if isinstance(value, str | bytes | bool):
        raise TypeError("three numbers are expected")
    if isinstance(value, Mapping | pd.Series) and set(PARTS) <= set(value.keys()):
        value = [value[name] for name in PARTS]
    if np.size(value) > len(PARTS):
        raise TypeError("three numbers are expected")
    return np.asarray(value, float)


def _tables() -> list[tuple[np.ndarray, np.ndarray]]:
    """Return five pairs of tables: P(Y | t, m1, m2) and P(m1, m2 | t), shape (t, m1, m2)."""
    rng = np.random.default_rng(4)
    joint = rng.dirichlet(np.ones(4), (5, 2)).reshape(5, 2, 2, 2)
    return list(zip(rng.uniform(0.05, 0.6, (5, 2, 2, 2)), joint, strict=True))


def _like(other: Callable[[np.ndarray, np.ndarray], float]) -> Callable[[Any], bool]:
    """Return a predicate: does a function of two tables answer as this one does?"""
    return lambda f: all(
        np.isclose(float(f(p.copy(), q.copy())), other(p, q), rtol=0, atol=1e-8)
        for p, q in _tables()
    )


def _apart(q: np.ndarray) -> np.ndarray:
    return q.sum(2)[:, :, None] * q.sum(1)[:, None, :]


def judge_5(joint_indirect: Any) -> checks.Check:
    """Return the verdict on exercise 5: the joint indirect effect of two mediators that are tied.

    Args:
        joint_indirect: the answer, a function of two arrays of shape (t, m1, m2).
    """
    same = _like(lambda p, q: (p[0] * (q[1] - q[0])).sum())

    def right(function: Any) -> bool | str:
        if not callable(function):
            return "A function is expected."
        answer = function(*(table.copy() for table in _tables()[0]))
        if answer is None or answer is ...:
            raise checks.Unanswered
        size = np.size(answer)
        return (
            same(function) if size == 1 else f"It returns {size} numbers; sum over both mediators."
        )

    hints = [
        (
            _like(lambda p, q: (p[1] * q[1]).sum() - (p[0] * q[0]).sum()),
            "That is the total effect: the disorder table changes too.",
        ),
        (
            _like(lambda p, q: ((p[1] - p[0]) * q[0]).sum()),
            "That is the direct effect: keep the disorder table instead.",
        ),
        (
            _like(lambda p, q: (p[1] * (q[1] - q[0])).sum()),
            "Nothing acts directly: use the disorder table of arm 0.",
        ),
        (
            _like(lambda p, q: (p[0] * (q[0] - q[1])).sum()),
            "The sign is turned: arm 1 minus arm 0.",
        ),
        (
            _like(lambda p, q: (p[0] * (_apart(q)[1] - _apart(q)[0])).sum()),
            "You multiplied the margins: the mediators belong together.",
        ),
        (
            _like(lambda p, q: (p[0] * q[1]).sum()),
            "That is one world; an effect is the difference of two.",
        ),
        "Weigh the disorder table by the joint table, and sum over both mediators.",
    ]
    why = (
        "Where the mediators are tied, IIE1 and IIE2 lose their meaning as separate ways; this sum "
        "does not, and with the direct effect and a remainder it adds up to the difference of the "
        "arms."
    )
    return checks.holds(joint_indirect, right, hints=hints, why=why)


def judge_6(proportion_is: Any, mediated: float, direct: float) -> checks.Check:
    """Return the verdict on exercise 6: where does a proportion mediated lie?

    Args:
        proportion_is: the answer, one of three texts.
        mediated: change in probability through the mediators.
        direct: change in probability past them.
    """
    total = mediated + direct
    share = mediated / total
    below, between, above = "below 0", "between 0 and 1", "above 1"
    return checks.choice(
        proportion_is,
        below if share < 0 else above if share > 1 else between,
        [below, between, above],
        hints=[
            (below, "Add up the total first: is its sign not that of the mediated part?"),
            (between, "Only where both ways pull in the same direction. Do they?"),
            (above, "Add up the total first: is it really smaller than the mediated part?"),
            "The total is the sum of the two.",
        ],
        why=f"TE is {number(total, 3)}, so the proportion is {number(share, 0)}: the programme "
        "itself undoes most of what it does through the mediators.",
    )


def judge_7(indirect_mended: Any, warm_up: LinearWorld) -> checks.Check:
    """Return the verdict on exercise 7: the indirect effect on straight lines.

    Args:
        indirect_mended: the answer; right: points of the risk score.
        warm_up: the world, with the variables programme, peer_score and risk_score.
    """
    first = warm_up.slope("peer_score", on="programme")
    loose = warm_up.slope("risk_score", on="peer_score")
    second = warm_up.slope("risk_score", on="peer_score", given=["programme"])
    direct = warm_up.slope("risk_score", on="programme", given=["peer_score"])
    total = warm_up.slope("risk_score", on="programme")
    hints = [
        (first * loose, "That is still the bug."),
        (first * direct, "The second slope is of the *peers*, not of the programme."),
        (total, "That is the total effect: it holds the direct way too."),
        (direct, "That is the direct effect: what does not pass through the peers."),
        (-first * second, "The sign is turned: the programme lowers the peer score."),
        (first, "That is the first arrow only; multiply by the second."),
        (second, "That is the second arrow only; multiply by the first."),
        "Slope of risk on peers, with the programme held fixed: `given=[...]`.",
    ]
    why = (
        "Product and difference (total minus direct) agree on straight lines. With yes and no "
        "they do not."
    )
    return checks.close(indirect_mended, first * second, tolerance=1e-6, hints=hints, why=why)
