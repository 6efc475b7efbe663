"""Drawings and judges of notebook 10, "Can this question be answered at all?".

The worlds, the estimators, the criteria and the linear programmes stand in the notebook. Here is
what a reader may ignore: the charts, and what a check says about an answer.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import NormalDist
from typing import Any

import altair as alt
import marimo as mo
import networkx as nx
import numpy as np
import pandas as pd

from helpers import charts, checks, graphs
from helpers.checks import Check
from helpers.tidy import HDI_PROB, number, percent, signed

REFUTERS = ["placebo", "random cause", "subset", "dummy outcome"]
"""The four refuters of DoWhy that notebook 10 does by hand."""
CHECKS = [
    *REFUTERS,
    "last year's spend",
    "square adds nothing",
    "age goes its own way",
    "first-stage F < 10",
    "two coins agree",
]
"""All nine checks of the audit, in the order of the picture."""
Z = NormalDist().inv_cdf((1 + HDI_PROB) / 2)
"""Standard errors on each side of a 94 % interval of a normal estimate."""
LETTERS = 18
"""Height in pixels that the name of a rule takes in a picture."""
ROUTES = ["backdoor", "front door", "instrument", "none"]
POPULATIONS = ["all customers", "those who took it", "those whom the coin moved"]
UNITS = {
    "income": "sd from the mean",
    "age": "sd from the mean",
    "advice": "hours",
    "spend": "€ 100",
    "last_year": "€ 100",
    "reviews": "reviews",
    "invited": "0 or 1",
    "voucher": "0 or 1",
    "effect": "€ 100 per hour",
    "back": "share who come back",
    "log_wage": "log wage per year of school",
}
"""The unit of each variable of the shop, and of each effect that an axis of the notebook shows."""


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep a library's warnings about its own code off the page, and only there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


after = checks.after


def sets(found: Sequence[Iterable[str]]) -> str:
    """Return adjustment sets as a table writes them: `{x}`, `nothing`, or `no`.

    Args:
        found: each set as names of nodes, whose order does not matter; several are joined by "or".
    """
    if not found:
        return "no"
    return " or ".join("{" + ", ".join(sorted(each)) + "}" if each else "nothing" for each in found)


# Charts ------------------------------------------------------------------------------------------


def chart_shop(customers: pd.DataFrame, slope: float, error: float) -> alt.LayerChart:
    """Return spending against advice, one dot a customer, with the naive line.

    Args:
        customers: columns advice (hours) and spend (€ 100); 800 rows are drawn.
        slope: of the line, in € 100 per hour.
        error: its standard error, the same unit.
    """
    seen = customers[["advice", "spend"]].head(800).round(2)
    dots = alt.Chart(seen).mark_circle(size=24, opacity=0.4, color=charts.ROLES["control"])
    dots = dots.encode(
        alt.X("advice:Q", title=f"advice taken this year ({UNITS['advice']})"),
        alt.Y("spend:Q", title=f"spent this year ({UNITS['spend']})", scale=alt.Scale(zero=False)),
    )
    ends = customers["advice"].quantile([0.01, 0.99])
    line = pd.DataFrame({"advice": ends})
    line["spend"] = customers["spend"].mean() + slope * (ends - customers["advice"].mean())
    line = alt.Chart(line.round(2)).encode(x="advice:Q", y="spend:Q")
    line = line.mark_line(color=charts.ROLES["naive"], strokeWidth=5, strokeDash=[8, 4])
    ends = " to ".join(number(100 * (slope + sign * Z * error), 0) for sign in (-1, 1))
    title = f"An hour goes with € {number(100 * slope, 0)} more"
    title += f" ({percent(HDI_PROB)} confidence: {ends})"
    words = f"{title}. One dot per customer, spending against hours of advice, and the fitted line."
    return charts.describe((dots + line).properties(title=title, height=155), words)


def draw_graphs(found: Mapping[str, graphs.Graph], columns: int = 4, zoom: float = 0.6) -> mo.Html:
    """Return several graphs in rows, each with its name; one with more layers gets more room.

    Args:
        found: name -> graph.
        columns: graphs a row.
        zoom: size of a drawing; 1 is that of a graph which stands alone.
    """
    drawn = [
        mo.vstack([mo.md(f"**{name}**"), graph.draw().style({"zoom": f"{zoom:g}"})], gap=0)
        for name, graph in found.items()
    ]
    layers = [nx.dag_longest_path_length(nx.DiGraph(graph.edges)) + 1 for graph in found.values()]
    widths = [max(wide, len(name) / 10) for name, wide in zip(found, layers, strict=True)]
    rows = [slice(i, i + columns) for i in range(0, len(drawn), columns)]
    return mo.vstack([mo.hstack(drawn[row], widths=widths[row], gap=0.5) for row in rows], gap=0.3)


@functools.cache
def _numbers_template(
    labels: tuple[str, ...],
    roles: tuple[str, ...],
    look: tuple[str, tuple[float, float], str, int],
) -> dict[str, Any]:
    """Return the specification of a chart of numbers against a truth, its axis fixed.

    Args:
        labels: of the rows, top to bottom.
        roles: of the rows.
        look: unit of the axis in words, its ends in that unit, what the lines are, and digits
            after the point of a printed number.
    """
    unit, limits, interval, digits = look
    middle = sum(limits) / 2
    frame = pd.DataFrame({"label": labels, "role": roles})
    frame = frame.assign(mean=middle, lower=middle, upper=middle)
    chart = charts.chart_effect(
        frame,
        title="",
        unit=unit,
        truth=middle,
        number_format=f",.{digits}f",
        interval=interval,
    )
    row = {2: 46, 6: 28}.get(len(labels), 34)  # a slide holds it
    height = row * len(labels) + 12
    step = height / len(labels)
    if step < 2 * LETTERS:  # a label at the foot would lie on the last line: above that
        chart.layer[1].mark.dy = LETTERS / 2 - step
    ends = alt.Chart(pd.DataFrame({"mean": limits})).mark_point(opacity=0)
    ends = ends.encode(alt.X("mean:Q", title=unit, axis=alt.Axis(tickCount=8)))
    subtitle = f"line: {interval}" if interval else ""
    chart = alt.layer(ends, *chart.layer, title=alt.Title("", subtitle=subtitle))
    return chart.properties(height=height, width=charts.WIDTH - 60).to_dict()


def chart_numbers(
    frame: pd.DataFrame,
    truth: float,
    look: tuple[str, tuple[float, float]],
    title: str,
    interval: str = "",
    rule: str = "truth",
    digits: int = 2,
) -> charts.Drawing:
    """Return estimates against the truth, on an axis that stays where it is.

    Args:
        frame: columns label, role, and mean, lower, upper in the unit of the axis; a mean, or both
            ends, may be missing.
        truth: where the black rule stands, the same unit.
        look: unit of the axis in words, and its ends in that unit.
        title: the finding.
        interval: what the lines are; "" where there are none.
        rule: what the black rule is.
        digits: after the point of each number.
    """
    unit, limits = look
    template = _numbers_template(
        tuple(frame["label"]), tuple(frame["role"]), (unit, tuple(limits), interval, digits)
    )
    shown = frame[["label", "mean", "lower", "upper", "role"]]
    words = "; ".join(
        f"{row.label} "
        + (
            signed(row.mean, digits)
            if pd.notna(row.mean)
            else f"{signed(row.lower, digits)} to {signed(row.upper, digits)}"
        )
        for row in shown.itertuples()
        if pd.notna(row.mean) or pd.notna(row.lower)
    )
    return charts.redraw(
        template,
        shown,
        pd.DataFrame({"value": [truth], "label": [rule]}),
        title=title,
        words=f"{title}. {unit}: {words}; {rule} {signed(truth, digits)}.",
    )


def called(function: Any, *given: Any) -> float:
    """Return what a learner's function gives, as one finite number, in the function's own unit.

    Args:
        function: the answer; anything, also what cannot be called.
        given: what it is called with.

    Returns:
        NaN where it gives no number, more than one, or raises; no error leaves this function.
    """
    try:
        value = float(np.asarray(function(*given), dtype=float).reshape(()))
    except Exception:  # noqa: BLE001
        return float("nan")
    return value if np.isfinite(value) else float("nan")


def show_front(naive: float, yours: float, truth: float, control: Sequence[Any]) -> mo.Html:
    """Return the learner's front door against naive number and truth, below its sliders.

    Args:
        naive: slope of spending on advice, € 100 per hour.
        yours: what the learner's formula gives, the same unit; NaN while it gives no number.
        truth: the effect, the same unit.
        control: the sliders.
    """
    rows = [("naive", naive, "naive"), ("your front door", yours, "adjusted")]
    frame = pd.DataFrame(rows, columns=["label", "mean", "role"]).assign(lower=np.nan, upper=np.nan)
    off = yours - truth
    title = "The formula is right" if round(off, 2) == 0 else f"The formula is {signed(off)} off"
    title = "Exercise 3 is still open" if np.isnan(yours) else title
    look = "spending per hour of advice (€ 100)", (-0.5, 3.5)
    chart = chart_numbers(frame, truth, look, title)
    return mo.vstack([mo.hstack(list(control), justify="start"), chart])


def chart_matrix(matrix: pd.DataFrame) -> alt.LayerChart:
    """Return in which share of the worlds each check speaks up, a row for each analysis.

    Args:
        matrix: index design, columns `CHECKS`; shares, missing where a check does not apply.
    """
    table = matrix[CHECKS].rename_axis("design").reset_index()
    table = table.melt("design", var_name="check", value_name="share").dropna()
    table = table.assign(
        share=table["share"].astype(float), text=table["share"].map("{:.2f}".format)
    )
    x = alt.X("check:N", sort=CHECKS, title=None, axis=alt.Axis(labelAngle=-35, orient="top"))
    y = alt.Y("design:N", sort=list(matrix.index), title=None)
    base = alt.Chart(table).encode(x, y)
    scale = alt.Scale(domain=[0, 1], range=["#f4f4f4", "#333333"])
    cells = base.mark_rect(stroke="white", strokeWidth=3)
    cells = cells.encode(alt.Color("share:Q", scale=scale, legend=None))
    light = alt.condition("datum.share > .5", alt.value("white"), alt.value("#222222"))
    texts = base.mark_text(fontSize=14).encode(text="text:N", color=light)
    told = table[table["share"] > 0.5]  # noqa: PLR2004
    silent = matrix[REFUTERS].to_numpy().max() < 0.05  # noqa: PLR2004 -- what chance would give
    title = "The four on the left pass four wrong analyses, and a weak one"
    title = title if silent else "Which check speaks up, where"
    subtitle = "share of 200 worlds in which the check finds fault"
    words = f"{title}. Above one half: " + "; ".join(
        f"{row.design}, {row.check} {row.text}" for row in told.itertuples()
    )
    chart = (cells + texts).properties(title=alt.Title(title, subtitle=subtitle))
    chart = chart.properties(width=charts.WIDTH, height=122)
    return charts.describe(chart, words + ". All others are below one half.")


def chart_card(card: pd.DataFrame) -> alt.LayerChart:
    """Return the return to a year of school by least squares and by the instrument.

    Args:
        card: columns controls (what is held fixed), ols (least squares), two_stage (two-stage least
            squares with one instrument: Angrist & Imbens 1995, doi:10.1080/01621459.1995.10476535),
            lower and upper (ends of its 94 % confidence interval); log wage per year of school.
    """
    order = list(card["controls"])
    y = alt.Y("controls:N", sort=order, title="what is held fixed")
    title = UNITS["log_wage"]
    base = alt.Chart(card.round(4)).encode(y)
    rule = base.mark_rule(strokeWidth=4, color=charts.ROLES["adjusted"])
    rule = rule.encode(alt.X("lower:Q", title=title), x2="upper:Q")
    point = base.mark_point(filled=True, size=160, opacity=1, color=charts.ROLES["adjusted"])
    point = point.encode(x=alt.X("two_stage:Q", title=title), shape=alt.value("diamond"))
    cross = base.mark_point(filled=True, size=150, opacity=1, color=charts.ROLES["naive"])
    cross = cross.encode(x=alt.X("ols:Q", title=title), shape=alt.value("cross"))
    zero = alt.Chart(pd.DataFrame({"value": [0]})).mark_rule(strokeDash=[6, 4])
    zero = zero.encode(x=alt.X("value:Q", title=title))
    ends = " to ".join(number(card["two_stage"].agg(end)) for end in ("min", "max"))
    head = f"{ends}, by what is held fixed"
    if card["lower"].max() < card["upper"].min():  # one value lies in all of them
        head += "; the intervals overlap"
    level = percent(HDI_PROB)
    subtitle = (
        f"cross: least squares; diamond and line: by the instrument, {level} confidence interval"
    )
    words = f"{head}. " + "; ".join(
        f"{row.controls}: least squares {row.ols:.3f}, by the instrument {row.two_stage:.3f} "
        f"({row.lower:.3f} to {row.upper:.3f})"
        for row in card.itertuples()
    )
    chart = (zero + rule + point + cross).properties(
        title=alt.Title(head, subtitle=subtitle), height=140
    )
    return charts.describe(chart, words)


def pair(answer: Any, check: Check) -> tuple[float, float]:
    """Return a learner's two bounds, in their own unit, once their check is done.

    Args:
        answer: two numbers, smallest first; whatever else while the check is not done.
        check: what the exercise's check found.

    Returns:
        lower, upper; (nan, nan) before.

    Raises:
        ValueError: the check is done, and the answer is not two numbers.
    """
    if check.status != "done":
        return float("nan"), float("nan")
    low, high = np.asarray(answer, dtype=float).ravel()
    return float(low), float(high)


def show_bounds(
    bounds: pd.DataFrame, ticks: Any, left: tuple[float, float], truth: float
) -> mo.Html:
    """Return the bounds of each assumption, and what those that are ticked leave together.

    Args:
        bounds: columns assumption, lower, upper (changes of the share who come back; missing where
            an exercise is open).
        ticks: the choice of assumptions.
        left: what the ticked ones leave; lower, upper, the same unit.
        truth: the mean effect, the same unit.
    """
    single = bounds[bounds["assumption"].isin(["nothing", *ticks.options])]
    low, high = left
    rows = [(row.assumption, row.lower, row.upper, "control") for row in single.itertuples()]
    rows += [("what I assume", low, high, "adjusted")]
    frame = pd.DataFrame(rows, columns=["label", "lower", "upper", "role"])
    point = frame["lower"] == frame["upper"]
    frame["mean"] = frame["lower"].where(point)
    several = " at most" if len(ticks.value) > 1 else ""  # together they may leave less
    title = f"What I assume leaves {signed(low)} to {signed(high)}{several}"
    if low > high:
        title = "What I assume contradicts the record"
    elif not low <= truth <= high:
        title += ", and it is wrong"
    look = "change of the share who come back", (-0.4, 0.8)
    chart = chart_numbers(frame, truth, look, title, "single bounds, laid over each other")
    return mo.vstack([ticks, chart])


def show_weak(years: pd.DataFrame, control: Any) -> mo.Html:
    """Return the slopes of all worlds, and of those that would be published, below the slider.

    Args:
        years: columns slope (by the instrument, € 100 per hour) and f (of the first stage, a pure
            number), one row a world.
        control: the slider.
    """
    published = years.loc[years["f"] > 10, "slope"]  # noqa: PLR2004
    rows = []
    for label, slopes, role in (
        ("all worlds", years["slope"], "adjusted"),
        ("only F > 10", published, "naive"),
    ):
        low, middle, high = (
            slopes.quantile([(1 - HDI_PROB) / 2, 0.5, (1 + HDI_PROB) / 2])
            if len(slopes)
            else [np.nan] * 3
        )
        rows.append((label, middle, max(low, -3), min(high, 5), role))
    frame = pd.DataFrame(rows, columns=["label", "mean", "lower", "upper", "role"])
    title = f"{percent(len(published) / len(years))} of the worlds pass F > 10"
    look = "slope by the coin (€ 100 per hour; cut at −3 and 5)", (-3, 5)
    chart = chart_numbers(frame, 1, look, title, f"the middle {percent(HDI_PROB)} of the worlds")
    return mo.vstack([control, chart])


def show_strength(
    slope: float, left: float, shares: tuple[float, float], control: Sequence[Any]
) -> mo.Html:
    """Return what is left of a slope, below the sliders of a hidden cause's strength.

    Args:
        slope: least squares, log wage per year of school.
        left: the slope minus the bias, the same unit (Cinelli & Hazlett 2020,
            doi:10.1111/rssb.12348).
        shares: of what is left of the wage, and of schooling, that the cause explains; 0 to 1.
        control: the sliders.
    """
    rows = [("least squares", slope, "naive"), ("what is left", left, "adjusted")]
    frame = pd.DataFrame(rows, columns=["label", "mean", "role"]).assign(lower=np.nan, upper=np.nan)
    wage, school = (percent(share) for share in shares)
    title = f"{wage} of the wage, {school} of schooling:"
    title += f" {signed(left, 3)} of {signed(slope, 3)} is left"
    look = UNITS["log_wage"], (-0.1, 0.1)
    drawn = chart_numbers(frame, 0, look, title, rule="zero", digits=3)
    return mo.vstack([mo.hstack(list(control), justify="start"), drawn])


# Judges ------------------------------------------------------------------------------------------


def judge_1(mended: Any, customers: pd.DataFrame) -> Check:
    """Return what the check says about the slope with a mended list of controls.

    Args:
        mended: the answer; € 100 per hour.
        customers: the record; columns advice, spend, and all that might be held fixed.
    """
    names = ["income", "age", "last_year", "invited", "voucher", "reviews"]
    choices = [set(c) for k in range(len(names) + 1) for c in itertools.combinations(names, k)]
    order = ["spend", "advice", *names]
    covariance = np.cov(customers[order].to_numpy(float).T)

    def slope(choice: set[str]) -> float:  # least squares with an intercept, by covariances
        on = [1, *(order.index(name) for name in choice)]
        return float(np.linalg.solve(covariance[np.ix_(on, on)], covariance[on, 0])[0])

    slopes = [slope(choice) for choice in choices]

    def given_by(answer: Any) -> set[str] | None:
        off = np.abs(np.array(slopes) - float(np.asarray(answer, dtype=float).reshape(())))
        return choices[int(off.argmin())] if off.min() < 1e-6 else None  # noqa: PLR2004

    def right(answer: Any) -> bool | str:
        if isinstance(answer, str | bool) or np.size(answer) not in (1, 2):
            return "Give one number: the slope, `slope_of(...)[0]`."
        if np.size(answer) == 2:  # noqa: PLR2004
            return "That is the slope and its error; take the first of the two, `[0]`."
        choice = given_by(answer)
        if choice is None:
            return "That is the slope of no list of this file's columns."
        return "income" in choice and "reviews" not in choice

    def without_income(answer: Any) -> bool:
        choice = given_by(answer)
        return choice is not None and "reviews" not in choice and "income" not in choice

    said = """Reviews are caused by advice and by spending: a collider. Held fixed, it mixes
    the two up: with income and age in the list the slope tends to 0. More control is not safer."""
    hints = [
        (lambda a: "reviews" in (given_by(a) or ()), " ".join(said.split())),
        (
            lambda a: given_by(a) == {"last_year"},
            "last_year only stands in for income: a part of the path stays open.",
        ),
        (
            lambda a: given_by(a) == set(),
            "That is the naive slope: the path through income is open.",
        ),
        (without_income, "The path advice ← income → spend is still open."),
        "Which of the columns is written after advice and spending, and caused by both?",
    ]
    why = """Income closes the only backdoor path; age and last year's spending may stay,
    reviews may not. With reviews beside both the limit is exactly 0, with endless data too."""
    return checks.holds(mended, right, hints=hints, why=" ".join(why.split()))


def judge_2(my_routes: Any, identified: pd.DataFrame) -> Check:
    """Return what the check says about the routes of eight graphs.

    Args:
        my_routes: the answer; graph -> one of `ROUTES`.
        identified: columns graph, backdoor, front_door, instrument; "no" where there is none.
    """
    table = identified.set_index("graph")
    by = {"backdoor": "backdoor", "front door": "front_door", "instrument": "instrument"}
    truth = {
        name: next((route for route, column in by.items() if row[column] != "no"), "none")
        for name, row in table.iterrows()
    }

    def plain(answer: Any) -> dict[str, str]:
        return {str(k): " ".join(str(v).split()).casefold() for k, v in dict(answer).items()}

    def right(answer: Any) -> bool | str:
        if not isinstance(answer, Mapping):
            return "Give a dictionary: graph -> route."
        open_ = [k for k, v in answer.items() if v is None or v is ...]
        if open_ and len(open_) == len(answer) and answer:
            raise checks.Unanswered
        lacking = [k for k in truth if k not in plain(answer) or k in open_]
        if lacking:
            return f"Still to be answered: {', '.join(lacking)}."
        odd = [f"{k}: {v}" for k, v in plain(answer).items() if v not in ROUTES]
        if odd:
            return f"Choose from {', '.join(ROUTES)}; found {odd[0][:60]}."
        wrong = [k for k in truth if plain(answer)[k] != truth[k]]
        if not wrong:
            return True
        return f"{len(truth) - len(wrong)} of {len(truth)} are right. Look again at: {wrong[0]}."

    def says(graph: str, *routes: str) -> Callable[[Any], bool]:
        return lambda answer: plain(answer)[graph] in routes

    hints = [
        (
            says("M", "none", "instrument", "front door"),
            "M: x is a collider; leave it alone, and every path is blocked already.",
        ),
        (
            says("collider", "none", "front door", "instrument"),
            (
                "Collider: x comes after both. Nothing must be held fixed, and "
                "that is a backdoor answer."
            ),
        ),
        (
            says("mediator", "front door", "none", "instrument"),
            "Mediator: the front door fits too, but first: is any backdoor open at all?",
        ),
        (
            says("relay", "backdoor"),
            "Relay: u is hidden, so nobody can hold it fixed; m carries the effect.",
        ),
        (
            says("relay", "none"),
            "Relay: u is hidden, but look what m does: all of the effect passes there.",
        ),
        (
            says("lever", "backdoor", "front door"),
            "Lever: u is hidden, so the backdoor stays open. What does z do?",
        ),
        (
            says("napkin", "instrument"),
            (
                "Napkin: z ← w ← u2 → y is open as long as nothing is held "
                "fixed. A good thought, though: the optional section follows it."
            ),
        ),
        (
            says("napkin", "backdoor"),
            "Napkin: holding w fixed opens u1 → w ← u2, and z does not block t ← u1.",
        ),
        (
            says("bow", "backdoor", "instrument", "front door"),
            "Bow: u is hidden, and there is no other node to use.",
        ),
        "Ask in order: is a backdoor path open that no seen node can block?",
    ]
    why = """Half of them need no more than the backdoor, often with nothing held fixed.
    The table of the machine is below. The napkin has an answer all the same, by a
    longer way (optional)."""
    return checks.holds(my_routes, right, hints=hints, why=" ".join(why.split()))


def _slope(covariance: pd.DataFrame, outcome: str, *on: str) -> float:
    """Return the slope of `outcome` on the first of `on`, given the others."""
    inner, outer = covariance.loc[list(on), list(on)], covariance.loc[list(on), outcome]
    return float(np.linalg.solve(inner.to_numpy(), outer.to_numpy())[0])


def judge_3(front_door: Any, branch_world: Callable[..., Any]) -> Check:
    """Return what the check says about the front door formula.

    Args:
        front_door: the answer; a function of `slope(outcome, on=, given=)`; returns a number.
        branch_world: the page's world; its arrows are given other weights here.
    """
    first = branch_world()
    others = [
        type(first)({**first.coefficients, ("advice", "basket"): a, ("basket", "spend"): b})
        for a, b in ((0.8, 1.25), (-0.5, 2.0), (1.5, 0.4))
    ]

    answers: list[float] = []
    covariances = [world.covariance() for world in others]
    first_leg, second_leg, open_leg, naive, held = (
        [_slope(covariance, outcome, *on) for covariance in covariances]
        for outcome, *on in (
            ("basket", "advice"),
            ("spend", "basket", "advice"),
            ("spend", "basket"),
            ("spend", "advice"),
            ("spend", "advice", "basket"),
        )
    )
    arrows = [world.coefficients for world in others]
    truths = [each["advice", "basket"] * each["basket", "spend"] for each in arrows]

    def gives(numbers: Iterable[float]) -> Callable[[Any], bool]:
        return lambda _: bool(answers) and np.allclose(answers, list(numbers), atol=1e-6)

    def right(f: Any) -> bool | str:
        found = [f(world.slope) for world in others]
        if all(each is None or each is ... for each in found):
            raise checks.Unanswered
        answers.extend(float(each) for each in found)
        return bool(np.allclose(answers, truths, rtol=0, atol=1e-6))

    both = list(zip(first_leg, second_leg, strict=True))
    hints = [
        (gives(naive), "That is the naive slope of spending on advice."),
        (
            gives([a * b for a, b in zip(first_leg, open_leg, strict=True)]),
            "The second leg has an open backdoor, through advice and income: hold advice fixed.",
        ),
        (
            gives([a + b for a, b in both]),
            "Along a path effects multiply; adding is for two paths.",
        ),
        (gives(first_leg), "That is the first leg alone."),
        (gives(second_leg), "That is the second leg alone: spending per thing in the basket."),
        (gives(held), "That holds the basket fixed, and with it the whole effect."),
        "Basket to spending: which path is open there, and which seen node blocks it?",
    ]
    why = """0.8 things per hour times 1.25 per thing: 1, the truth, with income hidden.
    In general the front door is a sum over the basket and over advice; with straight
    lines it is this product."""
    return checks.holds(front_door, right, hints=hints, why=" ".join(why.split()))


def judge_4(noticing: Any) -> Check:
    """Return what the check says about the refuters that notice hidden income.

    Args:
        noticing: the answer; a set of names among `REFUTERS`.
    """
    said = {
        "placebo": (
            "A placebo shuffles the confounder's path away together with the "
            "effect: 0, as it should."
        ),
        "random cause": (
            "The random cause is a column of noise, independent of "
            "everything: it cannot stand in for income."
        ),
        "subset": "80 % of confounded customers are confounded in the same way.",
        "dummy outcome": "Noise in the place of the outcome has no confounder left.",
    }

    def holds(name: str) -> Callable[[Any], bool]:
        return lambda answer: name in [str(a).strip().casefold() for a in answer]

    def is_text(answer: Any) -> bool:
        return isinstance(answer, str)

    hints: list[Any] = [(is_text, "Give a set of names, such as {'subset'}; set() for none.")]
    hints += [
        (
            lambda a: {str(x).strip().casefold() for x in a} >= set(REFUTERS),
            "Not all, and not most. Ask of each: what in it knows about income?",
        ),
    ]
    hints += [(holds(name), text) for name, text in said.items()]
    hints += ["Ask of each refuter: would its result change if income were no confounder?"]
    why = """None. In 200 stored worlds none of the four ever spoke up here. They perturb the
    computation around the estimate; the graph they take as given."""
    return checks.same_set(noticing, set(), hints=hints, why=" ".join(why.split()))


def judge_5(coin_effect: Any, whom: Any, kinds: pd.DataFrame, means: pd.DataFrame) -> Check:
    """Return what the check says about the coin's effect and its population.

    Args:
        coin_effect: the answer; a change of the share who come back.
        whom: the answer; one of `POPULATIONS`.
        kinds: columns kind, share, back_without, back_with.
        means: index invited, columns took, back: shares.
    """
    gains = kinds["back_with"] - kinds["back_without"]
    truth = float(gains[kinds["kind"] == "only if invited"].iloc[0])
    ate = float((gains * kinds["share"]).sum())
    took, back = means["took"][1] - means["took"][0], means["back"][1] - means["back"][0]
    more = [
        (
            back,
            (
                "That is the effect of being invited. Only some took the session "
                "because of it: divide by how many more."
            ),
        ),
        (took / back, "Upside down: the change in coming back goes on top."),
        (took, "That is how many more took it; how many more came back?"),
        (ate, "That is the average over all customers, which the record does not show."),
        (-truth, "The sign is turned: invited minus not invited."),
        (100 * truth, "Right in per cent; give a share."),
        (
            back / means["took"][1],
            "Some take it without an invitation: divide by the *change* in taking.",
        ),
    ]
    amount = checks.close(
        coin_effect,
        truth,
        tolerance=1e-6,
        hints=[
            *more,
            "An invitation changes both columns of `means`. Which change, per unit of which?",
        ],
        why="The ratio is the mean effect on those whom the coin moved.",
    )
    population = checks.choice(
        whom,
        POPULATIONS[2],
        POPULATIONS,
        hints=[
            (
                POPULATIONS[0],
                (
                    "The coin is silent on those who always or never take it; the "
                    "average needs them too."
                ),
            ),
            (
                POPULATIONS[1],
                (
                    "Some of those who took it would have taken it anyway; for them "
                    "the coin changed nothing."
                ),
            ),
            "Whose behaviour does the coin change?",
        ],
    )
    if "todo" in (amount.status, population.status):
        both = amount if amount.status == "todo" else population
        return Check("todo", "Two answers: `coin_effect` and `whom`.", both.hints)
    if amount.status == "wrong":
        return amount
    if population.status == "wrong":
        return population
    return Check(
        "done",
        f"{signed(truth)}: the local average treatment effect, LATE, the "
        "effect on those whom the coin "
        "moved. Nobody can name these people, and another coin would move others.",
    )


def _bounds_by_formula(record: pd.DataFrame) -> tuple[float, float]:
    """Return the bounds of Balke and Pearl (1997) from their closed form.

    Args:
        record: columns invited, took, back, share.
    """
    p = {(r.back, r.took, r.invited): r.share for r in record.itertuples()}

    def q(name: str) -> float:  # "11.1": back, took given invited
        return p[int(name[0]), int(name[1]), int(name[3])]

    lower = [
        q("11.1") + q("00.0") - 1,
        q("11.0") + q("00.1") - 1,
        q("11.0") - q("11.1") - q("10.1") - q("01.0") - q("10.0"),
        q("11.1") - q("11.0") - q("10.0") - q("01.1") - q("10.1"),
        -q("01.1") - q("10.1"),
        -q("01.0") - q("10.0"),
        q("00.1") - q("01.1") - q("10.1") - q("01.0") - q("00.0"),
        q("00.0") - q("01.0") - q("10.0") - q("01.1") - q("00.1"),
    ]
    upper = [
        1 - q("01.1") - q("10.0"),
        1 - q("01.0") - q("10.1"),
        -q("01.0") + q("01.1") + q("00.1") + q("11.0") + q("00.0"),
        -q("01.1") + q("11.1") + q("00.1") + q("01.0") + q("00.0"),
        q("11.1") + q("00.1"),
        q("11.0") + q("00.0"),
        -q("10.1") + q("11.1") + q("00.1") + q("11.0") + q("10.0"),
        -q("10.0") + q("11.0") + q("00.0") + q("11.1") + q("10.1"),
    ]
    return max(lower), min(upper)


def judge_6(
    with_coin: Any, record: pd.DataFrame, kinds: pd.DataFrame, nothing: tuple[float, float]
) -> Check:
    """Return what the check says about the bounds with the coin.

    Args:
        with_coin: the answer; (lower, upper), changes of the share who come back.
        record: columns invited, took, back, share.
        kinds: columns kind, share, back_without, back_with.
        nothing: the bounds without any assumption.
    """
    truth = np.array(_bounds_by_formula(record))
    halves = record.pivot_table("share", ["took", "back"], "invited", observed=True)
    alone = [
        np.array([-halves[z][1, 0] - halves[z][0, 1], halves[z][1, 1] + halves[z][0, 0]])
        for z in (0, 1)
    ]
    gains = kinds["back_with"] - kinds["back_without"]
    late = float(gains[kinds["kind"] == "only if invited"].iloc[0])
    hints = [
        (truth[::-1], "The two are swapped: smallest first."),
        (-truth[::-1], "The sign is turned: y1 minus y0."),
        (
            np.array(nothing),
            (
                "Those are the bounds without the coin: 8 types. A type also "
                "says what she does under *both* coins: 16."
            ),
        ),
        *[
            (
                each,
                "You used one half of the customers only; the types must show both halves at once.",
            )
            for each in alone
        ],
        (
            lambda a: np.allclose(np.asarray(a, float), late, atol=1e-6),
            "That is the effect on those whom the coin moved, not bounds on the average of all.",
        ),
        (100 * truth, "Right in per cent; give shares."),
        (
            "16 rows from product((0, 1), repeat=4). A type takes it if t1 "
            "where invited, t0 where not."
        ),
    ]
    why = f"""{signed(truth[0], 3)} to {signed(truth[1], 3)}: as wide as the share of those
    whom the coin does not move. The linear programme agrees with
    the closed form of Balke and Pearl."""
    answer = with_coin
    if isinstance(answer, list | tuple) and len(answer) == 2:  # noqa: PLR2004
        with contextlib.suppress(Exception):
            answer = np.array([float(np.asarray(end).reshape(())) for end in answer])
    return checks.close(answer, truth, tolerance=1e-5, hints=hints, why=" ".join(why.split()))
