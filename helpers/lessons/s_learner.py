"""Drawings and judges of notebook 03, "What if nobody had the international plan?".

Plain functions of what the page has computed: no model, prior, adjustment set, estimand, `do` or
estimator. The page computes with shares; here they become percentage points. The shops of the last
exercise are simulated here, so that the page does not show their law.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import marimo as mo

AXES = {
    "churn": ("churn", "% of customers"),
    "service_calls": ("service calls before", "5: five or more"),
    "share": ("share", "% of customers"),
    "effect": ("effect on churn", "percentage points"),
    "prior": ("churn (%) and effect on it", "percentage points"),
    "penalty": ("penalty λ of the lasso", "log-likelihood per unit of a coefficient"),
    "ate": ("ATE", "percentage points"),
    "discount": ("discount for everybody", "euros a month"),
    "coverage": ("intervals that hold the truth", "% of companies"),
    "importance": ("importance", "loss of R² when shuffled"),
    "sold": ("effect of do", "purchases per unit"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

LEVEL = percent(tidy.HDI_PROB)


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


def points(share: float, digits: int = 1) -> str:
    """Return a difference of shares as text in percentage points, with its sign."""
    return signed(100 * share, digits)


after = checks.after


def _z() -> float:
    """Return how many standard errors a normal interval of the course goes to each side."""
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)


# Charts ------------------------------------------------------------------------------------------


def chart_rates(churn_by_plan: pd.DataFrame) -> alt.LayerChart:
    """Return the churn of both groups with its 94 % confidence interval.

    Args:
        churn_by_plan: index 0 and 1 (has the plan), columns mean and sem (shares).
    """
    half = _z() * churn_by_plan["sem"]
    parts = {"mean": 0, "lower": -half, "upper": half}
    rates = pd.DataFrame({name: 100 * (churn_by_plan["mean"] + by) for name, by in parts.items()})
    rates["label"] = ["without the plan", "with the plan"]
    rates["role"] = ["control", "treated"]
    gap = churn_by_plan["mean"][1] - churn_by_plan["mean"][0]
    return charts.chart_effect(
        rates,
        title=f"A gap of {number(100 * gap, 0)} percentage points",
        unit=axis_title("churn"),
        number_format=".1f",
        interval=f"{LEVEL} confidence interval",
    ).properties(height=105)


def _apart(values: pd.Series, gap: float) -> pd.Series:
    """Return the values in rising order, moved up where two would be closer than the gap."""
    placed = values.sort_values()
    for place in range(1, len(placed)):
        placed.iloc[place] = max(placed.iloc[place], placed.iloc[place - 1] + gap)
    return placed


def _line_frames(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a table as (index, what, value), and the names of its columns at their right ends."""
    long = table.reset_index().melt(table.index.name, var_name="what").round(3)
    ends = _apart(table.iloc[-1], 0.1 * np.ptp(table.to_numpy()))
    ends = ends.rename_axis("name").reset_index(name="at").round(3)
    return long, ends.assign(end=table.index[-1])


def _lines(
    table: pd.DataFrame, roles: Sequence[str], x: alt.X, y: alt.Y, height: int
) -> alt.LayerChart:
    """Return one line for each column of a table over its index, named at its right end."""
    long, ends = _line_frames(table)
    what = list(table)
    colours = alt.Scale(domain=what, range=[charts.ROLES[role] for role in roles])
    dashes = alt.Scale(domain=what, range=[[1, 0], [8, 4], [2, 3], [8, 3, 2, 3]][: len(what)])
    base = alt.Chart(long).encode(x, y, alt.Color("what:N", scale=colours, legend=None))
    lines = base.mark_line(strokeWidth=4, point=alt.OverlayMarkDef(size=70))
    lines = lines.encode(alt.StrokeDash("what:N", scale=dashes, legend=None))
    names = alt.Chart(ends).mark_text(align="left", dx=10, fontSize=15)
    colour = alt.Color("name:N", scale=colours, legend=None)
    names = names.encode(alt.X("end:Q"), alt.Y("at:Q"), colour, text="name:N")
    return (lines + names).properties(height=height)


def chart_who_buys(by_calls: pd.DataFrame) -> alt.LayerChart:
    """Return who has the plan, and who leaves without it, by the number of service calls.

    Args:
        by_calls: index service_calls (0 to 5), two columns of shares.
    """
    x = alt.X("service_calls:Q", title=axis_title("service_calls"), axis=alt.Axis(tickCount=5))
    y = alt.Y("value:Q", title=axis_title("share"))
    chart = _lines(100 * by_calls, ["treated", "control"], x, y, height=200)
    title = "More calls: more have the plan, and more leave without it"
    words = f"{title}. Both shares rise with the number of service calls."
    return charts.describe(chart.properties(title=alt.Title(title)), words)


def table_of_worlds(
    customers: pd.DataFrame, risk_with: np.ndarray, risk_without: np.ndarray
) -> mo.Html:
    """Return four customers, two of each group, as a table: their predicted churn in %, twice.

    Args:
        customers: the page's table.
        risk_with: churn probability of each customer with the plan.
        risk_without: the same without it.
    """
    few = customers.groupby("international_plan").head(2).index
    shown = ["call_minutes", "service_calls", "international_plan", "churn"]
    table = customers.loc[few, shown].astype({"call_minutes": int})
    risks = {"with, %": risk_with, "without, %": risk_without}
    table = table.assign(**{name: 100 * risk[few] for name, risk in risks.items()})
    return tidy.as_table(table.reset_index(drop=True), digits=1)


def _against_truth(
    frame: pd.DataFrame, *, title: str, interval: str, height: int
) -> alt.LayerChart:
    """Return estimates beside the truth, in points.

    Args:
        frame: columns label, mean, lower, upper (missing where there is no interval), truth
            (shares), role.
        title: the finding.
        interval: what the horizontal lines are.
        height: in pixels.
    """
    shares = ["mean", "lower", "upper", "truth"]
    frame = frame.assign(**100 * frame[shares].astype(float)).reset_index(drop=True)
    look = {"unit": axis_title("effect"), "number_format": "+.1f", "interval": interval}
    forest = charts.chart_effect(frame, title=title, **look)
    ticks = alt.Chart(frame[["label", "truth"]]).mark_tick(
        thickness=4, height=28, color=charts.ROLES["truth"]
    )
    ticks = ticks.encode(x="truth:Q", y=alt.Y("label:N", sort=None))
    truths = ", ".join(f"{row.label} {signed(row.truth, 1)}" for row in frame.itertuples())
    lines = f"line: {interval}; black tick: truth" if interval else "black tick: truth"
    chart = charts.describe(ticks + forest, f"{forest.description} Truth: {truths}.")
    return chart.properties(title=alt.Title(charts.wrap(title), subtitle=lines), height=height)


def chart_points(point_answers: pd.DataFrame) -> alt.LayerChart:
    """Return the naive difference and the S-learner's averages beside the truth.

    Args:
        point_answers: columns label, mean, truth (shares); the naive difference comes first.
    """
    error = (point_answers["mean"] - point_answers["truth"]).to_numpy()
    worst = error[1:][np.argmax(np.abs(error[1:]))]
    return _against_truth(
        point_answers.assign(lower=np.nan, upper=np.nan, role=["naive"] + ["adjusted"] * 3),
        title=f"Errors in points: naive {points(error[0])}, S-learner at most {points(worst)}",
        interval="",
        height=165,
    )


def chart_prior(prior_churn: Any, prior_ate: Any) -> alt.LayerChart:
    """Return what the priors say about churn without the plan and about the ATE.

    Args:
        prior_churn: draws of the mean churn without the plan (shares).
        prior_ate: draws of the ATE (shares).
    """
    low, high = (points(value, 0) for value in tidy.hdi(prior_ate))
    draws = {"churn without the plan": 100 * prior_churn, "effect of the plan": 100 * prior_ate}
    return charts.chart_effect(
        tidy.summarise(draws).assign(role=["control", "prior"]),
        title=f"Prior: {LEVEL} of the effects lie in {low} to {high} points",
        unit=axis_title("prior"),
        number_format=".0f",
    ).properties(height=140)


def chart_routes(routes: pd.DataFrame) -> alt.LayerChart:
    """Return ATE, ATT and ATU by both routes beside the truth.

    Args:
        routes: columns label, mean, lower, upper (missing by hand), truth (shares), route; first
            the three by hand, then the three of PyMC.
    """
    gap = np.abs(routes["mean"][:3].to_numpy() - routes["mean"][3:].to_numpy()).max()
    frame = routes.assign(role="adjusted")
    frame["label"] = routes["label"] + ", " + routes["route"]
    return _against_truth(
        frame.sort_values("label"),
        title=f"The two routes differ by {number(100 * gap, 1)} points at most",
        interval=f"{LEVEL} HDI (PyMC)",
        height=205,
    )


def pick_whom(who: Iterable[str]) -> mo.ui.dropdown:
    """Return the choice of the population that is asked about; it begins with the holders."""
    import marimo as mo

    return mo.ui.dropdown(list(who), value="those with the plan (ATT)", label="whom")


def show_picked(picker: Any, picked: dict[str, float]) -> mo.Html:
    """Return the effect on the chosen population beside its truth, below the choice.

    Args:
        picker: of `pick_whom`.
        picked: mean, lower, upper, truth (shares).
    """
    import marimo as mo

    frame = pd.DataFrame([{"label": "S-learner", **picked, "role": "adjusted"}])
    title = f"{picker.value}: {points(picked['mean'])} points"
    chart = _against_truth(frame, title=title, interval=f"{LEVEL} HDI", height=100)
    return mo.vstack([picker, chart])


def chart_segments(cate: pd.DataFrame) -> alt.LayerChart:
    """Return the effect by call minutes a day beside the truth.

    Args:
        cate: columns label (band of minutes), mean, lower, upper, truth (shares).
    """
    light, heavy = points(cate["mean"].iloc[0]), points(cate["mean"].iloc[-1])
    return _against_truth(
        cate.assign(role="adjusted"),
        title=f"CATE by call minutes a day: from {light} to {heavy} points",
        interval=f"{LEVEL} HDI",
        height=180,
    )


def slider_strength(strengths: Sequence[float]) -> mo.ui.slider:
    """Return the slider of how strong the plan's effect is (1: as in the notebook's world)."""
    import marimo as mo

    label = "strength of the plan's effect (1: as above)"
    return mo.ui.slider(steps=list(strengths), value=0.25, label=label, show_value=True)


@functools.cache
def _shrinkage_template() -> dict[str, Any]:
    """Return the specification of `show_shrinkage`, with other numbers."""
    learners = ["S-learner", "T-learner", "truth", "naive"]
    index = pd.Index([0.0, 0.05], name="penalty")
    table = pd.DataFrame([[1.0, 2, 3, 4]] * 2, index=index, columns=learners)
    x = alt.X("penalty:Q", title=axis_title("penalty"))
    y = alt.Y("value:Q", title=axis_title("ate"), scale=alt.Scale(domain=[-1, 28]))
    chart = _lines(table, ["adjusted", "treated", "truth", "naive"], x, y, height=190)
    return chart.properties(title=alt.Title("")).to_dict()


def show_shrinkage(slider: Any, table: pd.DataFrame) -> mo.Html:
    """Return the ATE of both learners over the penalty, below the slider of the strength.

    Args:
        slider: of `slider_strength`.
        table: index penalty, columns S-learner, T-learner, truth, naive (percentage points).
    """
    import marimo as mo

    last = {name: signed(value, 1) for name, value in table.iloc[-1].items()}
    title = f"Largest λ: S-learner {last['S-learner']}, T-learner {last['T-learner']}"
    title += f" (truth {last['truth']})"
    words = f"{title}. Mean ATE in percentage points over 20 worlds against the penalty."
    chart = charts.redraw(_shrinkage_template(), *_line_frames(table), title=title, words=words)
    return mo.vstack([slider, chart])


def chart_bootstrap(averages: pd.DataFrame) -> alt.LayerChart:
    """Return the S-learner's averages with bootstrap intervals beside the truth.

    Args:
        averages: columns label, mean, lower, upper, truth (shares).
    """
    holds = int(averages.eval("lower <= truth and truth <= upper").sum())
    return _against_truth(
        averages.assign(role="adjusted"),
        title=f"{holds} of {len(averages)} S-learner intervals hold the truth",
        interval=f"{LEVEL} bootstrap interval",
        height=200,
    )


def chart_coverage(coverage: pd.DataFrame) -> alt.LayerChart:
    """Return how often each method's interval holds the truth, for ATE and ATT.

    Args:
        coverage: columns estimand, method, coverage, bias, mean_width (shares), n_worlds.
    """
    order = list(dict.fromkeys(coverage["method"]))
    frame = coverage[["estimand", "method"]].assign(
        held=(100 * coverage["coverage"]).round(1),
        told=[
            f"{percent(row.coverage)} (bias {points(row.bias)}, "
            f"width {number(100 * row.mean_width, 1)})"
            for row in coverage.itertuples()
        ],
    )
    base = alt.Chart(frame).encode(
        alt.X("held:Q", title=axis_title("coverage"), scale=alt.Scale(domain=[0, 100])),
        alt.Y("method:N", sort=order, title=None),
        alt.YOffset("estimand:N", sort=["ATE", "ATT"]),
    )
    shade = alt.Opacity(
        "estimand:N",
        scale=alt.Scale(domain=["ATE", "ATT"], range=[0.6, 0.3]),
        legend=alt.Legend(orient="top", title=None, symbolFillColor=charts.ROLES["adjusted"]),
    )
    text = base.mark_text(align="left", dx=6, fontSize=13).encode(text="told:N", x=alt.value(0))
    promise = alt.Chart(pd.DataFrame({"held": [100 * tidy.HDI_PROB]}))
    promise = promise.mark_rule(strokeDash=[6, 4], strokeWidth=2).encode(x="held:Q")
    lowest = coverage[coverage["method"] != "naive"].sort_values("coverage").iloc[0]
    title = f"Lowest but naive: {lowest['method']}, {lowest['estimand']}, "
    title += percent(lowest["coverage"])
    how = f"dashed: the promised {LEVEL}; bias and mean width in percentage points"
    each = "; ".join(f"{row.method}, {row.estimand}: {row.told}" for row in frame.itertuples())
    chart = base.mark_bar(color=charts.ROLES["adjusted"]).encode(shade) + promise + text
    head = alt.Title(charts.wrap(title), subtitle=how)
    return charts.describe(chart.properties(title=head, height=148), f"{title}. {how}. {each}.")


def slider_degree(degrees: Sequence[int]) -> mo.ui.slider:
    """Return the slider of the highest power of the discount in the model."""
    import marimo as mo

    label = "highest power of the discount in the model"
    return mo.ui.slider(steps=list(degrees), value=3, label=label, show_value=True)


@functools.cache
def _dose_template() -> dict[str, Any]:
    """Return the specification of `show_dose`, with other numbers."""
    band = pd.DataFrame({"mean": [1.0, 2], "lower": 1.0, "upper": 2.0, "truth": 1.5})
    band["discount"] = [0, 20]
    seen = pd.DataFrame({"discount": [0.0, 20], "churn": [5.0, 35]})
    euros = alt.Axis(values=list(range(0, 21, 2)))
    x = alt.X("discount:Q", title=axis_title("discount"), axis=euros)
    scale = alt.Scale(domain=[0, 45])
    cross = {"shape": "cross", "size": 120, "filled": True, "color": charts.ROLES["naive"]}
    dots = alt.Chart(seen).mark_point(**cross)
    dots = dots.encode(x, alt.Y("churn:Q", title=axis_title("churn"), scale=scale))
    base = alt.Chart(band).encode(x)
    green, black = {"color": charts.ROLES["adjusted"]}, {"color": charts.ROLES["truth"]}
    area = base.mark_area(opacity=0.25, clip=True, **green).encode(y="lower:Q", y2="upper:Q")
    line = base.mark_line(strokeWidth=4, **green).encode(y="mean:Q")
    true = base.mark_line(strokeWidth=3, strokeDash=[6, 4], **black).encode(y="truth:Q")
    how = f"green: S-learner, {LEVEL} band; dashed: truth; crosses: naive churn at that discount"
    chart = alt.layer(dots, area, line, true)
    return chart.properties(title=alt.Title("", subtitle=how), height=250).to_dict()


def show_dose(slider: Any, band: pd.DataFrame, naive_curve: pd.DataFrame) -> mo.Html:
    """Return churn over the discount with its band, below the slider of the degree.

    Args:
        slider: of `slider_degree`.
        band: columns discount (euros), mean, lower, upper, truth (% of customers).
        naive_curve: columns discount (euros), churn (share): what is seen at each discount.
    """
    import marimo as mo

    share = band.eval("lower <= truth and truth <= upper").mean()
    title = f"The band holds the truth at {percent(share)} of the doses"
    frames = band.round(3), (naive_curve * [1, 100]).reset_index(drop=True).round(3)
    words = f"{title}. Churn in % against the discount in euros: S-learner, truth, naive."
    return mo.vstack([slider, charts.redraw(_dose_template(), *frames, title=title, words=words)])


def show_importance(importance: pd.DataFrame) -> mo.Html:
    """Return importance and effect side by side, one bar for each feature.

    Args:
        importance: columns feature, importance (loss of R²), effect (purchases per unit).
    """
    import marimo as mo

    def bars(column: str, quantity: str, role: str, title: str) -> alt.Chart:
        chart = alt.Chart(importance.round(3)).mark_bar(height=26, color=charts.ROLES[role])
        y = alt.Y("feature:N", title=None, sort=importance["feature"].tolist())
        chart = chart.encode(alt.X(f"{column}:Q", title=axis_title(quantity)), y)
        each = zip(importance["feature"], importance[column], strict=True)
        words = ", ".join(f"{name} {number(value)}" for name, value in each)
        chart = chart.properties(title=title, width=330, height=135)
        return charts.describe(chart, f"{title}. {axis_title(quantity)}: {words}.")

    top = importance.loc[importance["importance"].idxmax()]
    left = bars("importance", "importance", "naive", f"The forest's champion: {top['feature']}")
    right = bars("effect", "sold", "treated", f"Its effect: {number(top['effect'], 0)}")
    return mo.hstack([left, right], justify="start")


# The shops ---------------------------------------------------------------------------------------


def _chain(seed: int, n: int = 2_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the shops, and each one's effect of self-checkout: whole, and but for the queue."""
    rng = np.random.default_rng([seed, 6])
    shops = pd.DataFrame({"size": rng.normal(size=n), "rush": rng.normal(size=n)}).round(2)
    chance = 1 / (1 + np.exp(0.4 - 0.6 * shops["size"] - 0.9 * shops["rush"]))
    shops["checkout"] = rng.binomial(1, chance)
    direct, shorter = -1 + 2 * shops["rush"], 2.0
    waits = 6 + 1.5 * shops["rush"] - shorter * shops["checkout"]
    shops["queue"] = (waits + rng.normal(0, 0.5, n)).round(1)
    shops["takings"] = 40 + 3 * shops["size"] + 4 * shops["rush"] - shops["queue"]
    shops["takings"] += direct * shops["checkout"] + rng.normal(0, 1.5, n)
    shops["takings"] = shops["takings"].round(1)
    return shops, pd.DataFrame({"whole": direct + shorter, "direct": direct})


def draw_shops(seed: int) -> pd.DataFrame:
    """Return 2,000 shops: size, rush (sd), checkout (1 or 0), queue (minutes), takings.

    Args:
        seed: of the simulation. Takings are in thousand euros a week.
    """
    return _chain(seed)[0]


def first_shops(shops: pd.DataFrame) -> mo.Html:
    """Return the first four shops as a table."""
    return tidy.as_table(shops.head(4))


# Judges ------------------------------------------------------------------------------------------


def several(value: Any) -> bool:
    """Return whether an answer is more than one number (a predicate for a hint)."""
    return np.size(value) > 1


def near(wrong: float, within: float) -> Callable[[Any], bool]:
    """Return whether an answer is about this wrong number (a predicate for a hint)."""
    return lambda value: abs(float(value) - wrong) <= within


def judge_1(holders_churn: Any, confounding: float, naive_difference: float) -> checks.Check:
    """Return the verdict on exercise 1: would the holders churn as the others without any effect?

    Args:
        holders_churn: the answer, one of three texts.
        confounding: by how much the holders' churn would be higher without the plan (share).
        naive_difference: share.
    """
    return checks.choice(
        holders_churn,
        "higher",
        ["lower", "the same", "higher"],
        hints=[
            ("the same", "It would be, had a coin sold the plans. Who buys it, and do these stay?"),
            ("lower", "The other way round: do buyers ring the help desk more often, or less?"),
            "Read the chart above: what do service calls do to both curves?",
        ],
        why="Without any effect the holders would still churn "
        f"{number(100 * confounding, 1)} points more. That part of the naive "
        f"{points(naive_difference)} is confounding, not the plan.",
    )


def judge_2(
    customers_kept: Any, difference: np.ndarray, has_plan: np.ndarray, naive_difference: float
) -> checks.Check:
    """Return the verdict on exercise 2: how many customers would stay if nobody had the plan?

    Args:
        customers_kept: the answer, in customers.
        difference: predicted churn with minus without the plan, of each customer (shares).
        has_plan: who has it.
        naive_difference: share.
    """
    kept, holders = float(difference[has_plan].sum()), int(has_plan.sum())
    att = kept / holders
    return checks.close(
        customers_kept,
        kept,
        tolerance=0.5,
        hints=[
            (-kept, "The sign is turned: a customer who stays counts as plus one."),
            (near(att, 0.001), "That is a share. How many customers is it?"),
            (near(-att, 0.001), "A share, with its sign turned. How many customers more *stay*?"),
            (near(100 * att, 0.01), "Those are percentage points. How many customers is it?"),
            (
                float(difference.sum()),
                "You summed over everybody; who lacks the plan cannot lose it.",
            ),
            (
                holders * float(difference.mean()),
                "That is the average over everybody (ATE) for the holders. Select first.",
            ),
            (
                float(difference[~has_plan].sum()),
                "Those are the customers *without* the plan (ATU).",
            ),
            (
                holders * naive_difference,
                "The naive answer: it blames the plan for who buys it.",
            ),
            (several, "One number: sum over the holders."),
            "`risk_with[has_plan]` keeps the holders only.",
        ],
        why=f"ATT times the {holders:,} holders. For the others do(0) changes nothing.",
    )


def judge_3(
    mended_att: Any, difference: np.ndarray, frozen: np.ndarray, has_plan: np.ndarray
) -> checks.Check:
    """Return the verdict on exercise 3: a product that stayed as it was when the plan was set.

    Args:
        mended_att: the answer, a share.
        difference: predicted churn with minus without the plan, features built anew (shares).
        frozen: the same from the colleague's tables.
        has_plan: who has it.
    """
    att = float(difference[has_plan].mean())
    bug = float(frozen[has_plan].mean())
    return checks.close(
        mended_att,
        att,
        tolerance=2e-4,
        hints=[
            (bug, "Still the bug: `plan_x_minutes` keeps its old value when the plan goes."),
            (float(frozen.mean()), "Still the bug, and over everybody: mend, then select."),
            (float(frozen[~has_plan].mean()), "Still the bug, and over those without the plan."),
            (-att, "The sign is turned: with the plan minus without it."),
            (near(100 * att, 0.01), "A share is asked for, not percentage points."),
            (
                float(difference.mean()),
                "The bug is mended; now average over the customers with the plan only.",
            ),
            (
                float(difference[~has_plan].mean()),
                "The bug is mended; but these are the customers *without* the plan.",
            ),
            (several, "One number: the mean over the customers with the plan."),
            "Which column is computed from `plan`? Set the plan first, then build the features.",
        ],
        why=f"The frozen product gives {points(bug)} points instead of {points(att)}. `do` comes "
        "first; everything computed from the treatment comes after it.",
    )


def judge_4(probability_pays: Any, effect_draws: Any, has_plan: np.ndarray) -> checks.Check:
    """Return the verdict on exercise 4: how probable is it that more than 60 customers stay?

    Args:
        probability_pays: the answer, between 0 and 1.
        effect_draws: effect of the plan (chain, draw, unit), shares.
        has_plan: who has it, in the order of the units.
    """
    held = np.asarray(effect_draws)[..., has_plan]
    kept = held.sum(-1)
    truth = float((kept > 60).mean())  # noqa: PLR2004 -- the exercise's number
    each = float((held > 60 / has_plan.sum()).mean())
    return checks.close(
        probability_pays,
        truth,
        tolerance=1e-4,
        hints=[
            (1 - truth, "The other way round: the probability that it keeps *more* than 60."),
            (near(100 * truth, 0.01), "A probability lies between 0 and 1."),
            (1.0, "Surely? The holders only, please, and compare with 60 draw by draw."),
            (0.0, "Never? Add over the holders, and compare with 60 draw by draw."),
            (
                each,
                "You compared each customer. 60 counts customers: add over the holders first.",
            ),
            (
                near(float(kept.mean()), 0.5),
                "The expected number kept. In what share of draws is it above 60?",
            ),
            (several, "One number: the share of all chains and draws."),
            "Keep chain and draw until the last step; the mean of a comparison is a share.",
        ],
        why=f"The draws keep {number(float(kept.mean()), 0)} customers on average. A decision "
        "needs the whole distribution, not its centre.",
    )


def judge_5(fully_shrunk: Any) -> checks.Check:
    """Return the verdict on exercise 5: what do learners of intercepts alone report?

    Args:
        fully_shrunk: the answer, one of four texts.
    """
    return checks.choice(
        fully_shrunk,
        "S 0, T naive",
        ["both 0", "both naive", "S 0, T naive", "S naive, T 0"],
        hints=[
            (
                "both 0",
                "An intercept predicts the churn of its own arm. How many has the T-learner?",
            ),
            ("both naive", "A model without its coefficient cannot tell plan 1 from plan 0."),
            ("S naive, T 0", "The other way round: which has an intercept for each arm?"),
            "A model with an intercept only predicts the mean of those that it was fitted to.",
        ],
        why="One mean for all, or one mean for each arm: each learner shrinks to its own wrong "
        "answer, the T-learner because shrunken slopes adjust too little.",
    )


def judge_6(checkout_att: Any, seed: int) -> checks.Check:
    """Return the verdict on exercise 6: the effect of self-checkout where it is.

    Args:
        checkout_att: the answer, in thousand euros a week; right within 0.3 of the simulated truth.
        seed: of the shops (`draw_shops`).
    """
    shops, effect = _chain(seed)
    has = (shops["checkout"] == 1).to_numpy()
    whole, direct = effect["whole"], effect["direct"]
    truth = float(whole[has].mean())
    gap = float(shops["takings"][has].mean() - shops["takings"][~has].mean())
    room = 0.3
    return checks.close(
        checkout_att,
        truth,
        tolerance=room,
        hints=[
            (near(-truth, room), "The sign is turned: with self-checkout minus without it."),
            (near(gap, room), "The naive difference. Busy and large shops got it first."),
            (
                near(float(direct[has].mean()), room),
                "Your model sees the queue, which comes after: part of the effect is taken away.",
            ),
            (
                near(float(direct.mean()), room),
                "Your model sees the queue, which comes later, and averages over all shops.",
            ),
            (
                near(float(whole.mean()), room),
                "About the mean over all shops. Let the effect depend on `rush`, then select.",
            ),
            (
                near(float(whole[~has].mean()), room),
                "Those are the shops *without* it (ATU).",
            ),
            (
                near(float(whole[has].sum()), 0.2 * float(whole[has].sum())),
                "That is a sum. The mean per shop is asked for.",
            ),
            (several, "One number: the mean over the shops that have it."),
            "Size and rush came before; the queue came after. One product: checkout times rush.",
        ],
        why=f"The truth is {signed(truth)} thousand euros a week; the naive difference is "
        f"{signed(gap)}. The queue is a mediator: it stays out.",
    )


def judge_7(
    risk_ratio_att: Any,
    risk_with: np.ndarray,
    risk_without: np.ndarray,
    has_plan: np.ndarray,
    churn: pd.Series,
    coefficient: float,
) -> checks.Check:
    """Return the verdict on exercise 7: the ratio of the holders' two churn rates.

    Args:
        risk_ratio_att: the answer, without unit.
        risk_with: churn probability of each customer with the plan.
        risk_without: the same without it.
        has_plan: who has it.
        churn: observed churn, index 0 and 1 (has the plan).
        coefficient: of the plan in the fitted model, log-odds.
    """
    one, zero = risk_with[has_plan], risk_without[has_plan]
    ratio, naive = float(one.mean() / zero.mean()), float(churn[1] / churn[0])
    return checks.close(
        risk_ratio_att,
        ratio,
        tolerance=0.004,
        hints=[
            (naive, "That is the naive ratio: two different groups of people."),
            (
                float((one / zero).mean()),
                "A mean of ratios: those who hardly ever leave dominate it. Average first.",
            ),
            (1 / ratio, "Upside down: with the plan over without."),
            (
                float(risk_with.mean() / risk_without.mean()),
                "That is everybody. Select the holders, above and below the line.",
            ),
            (float((one - zero).mean()), "That is the difference; divide instead."),
            (float(np.exp(coefficient)), "exp(coefficient): a ratio of *odds*, at 30 minutes."),
            (ratio - 1, "That is the relative increase; the ratio is one more."),
            (several, "One number: take both means first."),
            "Two means, over the same people, then one division.",
        ],
        why=f"The naive ratio is {number(naive, 1)}. A ratio hides how many are hit: give both "
        "scales.",
    )
