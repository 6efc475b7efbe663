"""Drawings and judges of notebook 12, "Who should get the offer?".

Plain functions of what the page or its stored study has computed: no model, rule, estimand or
estimator. Money is in dollars, per customer where a customer is not named; euros for the gym.

A judge raises nothing, whatever the answer; what the page gives it must be whole.
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
    from collections.abc import Callable, Mapping

    import marimo as mo

AXES = {
    "expected": ("expected spending", "dollars"),
    "sales": ("spending", "dollars"),
    "spending": ("spending without the offer", "dollars"),
    "effect": ("effect of the offer", "dollars"),
    "guess": ("guess", "dollars"),
    "truth": ("true effect", "dollars"),
    "value": ("net value", "dollars a customer"),
    "curve": ("gain", "dollars a customer"),
    "share": ("share of customers, best guess first", "%"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

LEVEL = f"{percent(tidy.HDI_PROB)} confidence interval"
LEARNERS = ("S", "T", "X", "R", "DR", "one number")
"""Who competes for the smallest error; "rank by outcome" guesses no effect."""
ROWS = (*LEARNERS, "rank by outcome")
WORLDS = ("balanced", "one in ten", "weak", "same for all", "confounded")
PENALTIES = (10, 30, 100, 300, 1_000, 3_000)


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`).

    Raises:
        KeyError: `AXES` has no such quantity.
    """
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


after = checks.after


def tidy_board(study: pd.DataFrame, best: Mapping[str, float]) -> pd.DataFrame:
    """Return the stored study as one row for each world, learner and penalty of the second stage.

    Args:
        study: columns WORLD|LEARNER|PENALTY|MEASURE, one row a shop; PENALTY 0 where a learner has
            no second stage: its row is repeated for each penalty.
        best: world -> what the best possible rule earns there, dollars a customer.

    Returns:
        Columns world, learner, penalty; bias, pehe, pehe_se, value, value_se, regret (dollars a
        customer, means over the shops with Monte Carlo errors); share: of what the best rule earns,
        none where that is 0; wins: share of the shops in which the learner has the smallest pehe of
        `LEARNERS`.

    Raises:
        KeyError: the study lacks the pehe of one of `LEARNERS`, or `best` one of `WORLDS`.

    Source:
        pehe, the root mean squared error of guesses: Hill (2011), doi:10.1198/jcgs.2010.08162.
    """
    rows = []
    for world in WORLDS:
        for penalty in PENALTIES:
            at = {row: f"{world}|{row}|{penalty if row in ('X', 'R', 'DR') else 0}" for row in ROWS}
            errors = study[[f"{at[name]}|pehe" for name in LEARNERS]].to_numpy()
            wins = np.mean(errors == errors.min(axis=1, keepdims=True), axis=0)
            for name in ROWS:
                found: dict[str, Any] = {"world": world, "learner": name, "penalty": penalty}
                for measure in ("bias", "pehe", "value"):
                    column = study.get(f"{at[name]}|{measure}")
                    known = column is not None
                    found[measure] = column.mean() if known else np.nan
                    found[f"{measure}_se"] = column.sem() if known else np.nan
                found["regret"] = best[world] - found["value"]
                found["share"] = found["value"] / best[world] if best[world] else np.nan
                found["wins"] = wins[LEARNERS.index(name)] if name in LEARNERS else np.nan
                rows.append(found)
    return pd.DataFrame(rows).drop(columns="bias_se")


def tidy_qini(study: pd.DataFrame) -> pd.DataFrame:
    """Return the stored areas between uplift curves and straight lines, dollars a customer.

    Args:
        study: columns qini|WORLD|RANKING, one row a shop; others are left out.

    Returns:
        Index world; columns learner; in_sample, held_out (means of T's areas) and best (of the
        truth's); sd of held_out and sd_of_gap (truth less T), from shop to shop.

    Raises:
        KeyError: the study lacks a ranking ("T in sample", "T held out", "truth") of a world.

    Source:
        Radcliffe (2007), Direct Marketing Analytics Journal 1, 14-21.
    """
    rows = []
    for world in ("balanced", "same for all"):
        own, fresh = (study[f"qini|{world}|T {rows}"] for rows in ("in sample", "held out"))
        truth = study[f"qini|{world}|truth"]
        row = {"world": world, "learner": "T", "in_sample": own.mean(), "held_out": fresh.mean()}
        row |= {"best": truth.mean(), "sd": fresh.std(), "sd_of_gap": (truth - fresh).std()}
        rows.append(row)
    return pd.DataFrame(rows).set_index("world")


def tidy_forests(study: pd.DataFrame) -> pd.DataFrame:
    """Return the stored forests: one row for each world and forest, means over the shops.

    Args:
        study: columns WORLD|FOREST|MEASURE, one row a shop; others are left out.

    Returns:
        Index world, forest; columns error (dollars), sd of guesses (dollars), value (dollars a
        customer), coverage (share of customers) and correlation with ours, where known.

    Raises:
        KeyError: no forest of the study has one of these measures.

    Source:
        Forests: Athey, Tibshirani & Wager (2019), doi:10.1214/18-AOS1709; the rows come from
        data/learners_forests_study.py.
    """
    means = study[[column for column in study if column.count("|") == 2]].mean()  # noqa: PLR2004
    table = pd.DataFrame(
        [c.split("|") for c in means.index], columns=["world", "forest", "measure"]
    )
    table = table.assign(found=means.to_numpy())
    names = {"pehe": "error (dollars)", "sd": "sd of guesses"}
    names |= {name: name for name in ("value", "coverage", "correlation")}
    return table.pivot_table("found", ["world", "forest"], "measure")[list(names)].rename(
        columns=names
    )


# Charts ------------------------------------------------------------------------------------------


def _halves(expected: np.ndarray, sales: np.ndarray) -> pd.DataFrame:
    """Return the mean sales of either half by expected sales: from, to, mean (dollars), label."""
    better, middle = expected > np.median(expected), float(np.median(expected))
    means = [float(sales[half].mean()) for half in (~better, better)]
    ends = [float(expected.min()), middle, float(expected.max())]
    halves = pd.DataFrame({"from": ends[:2], "to": ends[1:], "mean": means})
    return halves.assign(label=[f"mean {number(m, 1)}" for m in means])


def _steps(halves: pd.DataFrame) -> alt.LayerChart:
    """Return both means as lines with their labels, and where the halves meet; see `_halves`."""
    base = alt.Chart(halves).encode(y="mean:Q")
    look = {"align": "left", "baseline": "bottom", "dy": -4, "dx": 6, "fontSize": 16}
    place = {"x": "from:Q", "text": "label:N"}
    halo = base.mark_text(**look, fontWeight="bold", stroke="white", strokeWidth=6)
    cut = alt.Chart(halves.iloc[1:]).mark_rule(strokeDash=[6, 4], strokeWidth=2)
    return alt.layer(
        cut.encode(x="from:Q"),
        base.mark_rule(strokeWidth=4).encode(x="from:Q", x2="to:Q"),
        halo.encode(**place),
        base.mark_text(**look, fontWeight="bold").encode(**place),
    )


def chart_first(expected: np.ndarray, sales: np.ndarray) -> alt.LayerChart:
    """Return what customers spent against what was expected, with the mean of either half.

    Args:
        expected: dollars, shape (n,); 400 are drawn.
        sales: dollars, shape (n,).

    Raises:
        IndexError: the two differ in shape.
    """
    halves = _halves(expected, sales)
    frame = pd.DataFrame({"expected": expected, "sales": sales}).round(1).head(400)
    x = alt.X("expected:Q", title=axis_title("expected"), scale=alt.Scale(zero=False))
    y = alt.Y("sales:Q", title=axis_title("sales"))
    marks = alt.Chart(frame).mark_point(filled=True, size=30, opacity=0.4, shape="square")
    marks = marks.encode(x, y, color=alt.value(charts.ROLES["control"]))
    title = f"The better half spends {number(np.diff(halves['mean'])[0], 1)} dollars more"
    words = f"{title}. Spending against what was expected, one mark a customer, with both means."
    layers = alt.layer(marks, _steps(halves)).properties(title=title, height=120)
    return charts.describe(layers, words)


KINDS = {
    "persuadable": "adjusted",
    "gains less than the cost": "control",
    "sleeping dog": "counterfactual",
}
"""Kind of customer -> role of its colour and shape."""


def chart_kinds(spending: np.ndarray, effect: np.ndarray, cost: float) -> alt.LayerChart:
    """Return a map of customers: what they spend without the offer, and what the offer adds.

    Args:
        spending: mean without the offer, dollars, shape (n,).
        effect: dollars, shape (n,).
        cost: of an offer, dollars.

    Raises:
        ValueError: spending and effect differ in shape.
    """
    kinds, roles = list(KINDS), list(KINDS.values())
    kind = np.select([effect > cost, effect >= 0], kinds[:2], kinds[2])
    frame = pd.DataFrame({"spending": spending, "effect": effect}).round(2).assign(kind=kind)
    legend = alt.Legend(orient="top", title=None)
    colour = alt.Scale(domain=kinds, range=[charts.ROLES[r] for r in roles])
    shape = alt.Scale(domain=kinds, range=[charts.SHAPES[r] for r in roles])
    marks = alt.Chart(frame).mark_point(filled=True, size=40, opacity=0.6)
    marks = marks.encode(
        alt.X("spending:Q", title=axis_title("spending"), scale=alt.Scale(zero=False)),
        alt.Y("effect:Q", title=axis_title("effect")),
        alt.Color("kind:N", scale=colour, legend=legend, sort=kinds),
        alt.Shape("kind:N", scale=shape, legend=legend, sort=kinds),
    )
    lines = pd.DataFrame({"at": [float(np.median(spending))]})
    cut = alt.Chart(lines).mark_rule(strokeDash=[6, 4], strokeWidth=2).encode(x="at:Q")
    best = np.mean(effect[spending > np.median(spending)] > cost)
    title = f"{percent(np.mean(effect > cost))} are persuadable, of the better half {percent(best)}"
    words = f"{title}; {percent(np.mean(effect < 0))} are sleeping dogs. Effect against spending."
    told = "persuadable: gains more than the offer costs; sleeping dog: spends less because of it"
    chart = (marks + cut).properties(title=alt.Title(title, subtitle=told), height=205)
    return charts.describe(chart, words)


def chart_guesses(guesses: pd.DataFrame, truth: np.ndarray) -> alt.HConcatChart:
    """Return guessed against true effects, one panel a learner, with the line where both agree.

    The theme fits a chart to its column, which Vega-Lite cannot do with panels side by side: it
    draws them 0 pixels wide. So they keep their own width ("pad").

    Args:
        guesses: one column a learner, one row a customer, dollars; 350 are drawn.
        truth: dollars, shape (n,).

    Raises:
        ValueError: not one truth for each row.

    Source:
        The error in each head is PEHE: Hill (2011), doi:10.1198/jcgs.2010.08162.
    """
    off = {name: float(np.sqrt(np.mean((guesses[name] - truth) ** 2))) for name in guesses}
    panels = []
    for name in guesses:
        frame = pd.DataFrame({"truth": truth, "guess": guesses[name]}).round(2).head(350)
        x = alt.X("truth:Q", title=axis_title("truth"), scale=alt.Scale(domain=[-5, 9]))
        title = axis_title("guess") if not panels else None
        y = alt.Y("guess:Q", title=title, scale=alt.Scale(domain=[-12, 16]))
        marks = alt.Chart(frame).mark_point(filled=True, size=22, opacity=0.5, clip=True)
        marks = marks.encode(x, y, color=alt.value(charts.ROLES["adjusted"]))
        line = alt.Chart(pd.DataFrame({"truth": [-5, 9], "guess": [-5, 9]}))
        line = line.mark_line(color=charts.ROLES["truth"], strokeDash=[6, 4]).encode(x, y)
        head = alt.Title(f"{name}: off by {number(off[name])}")
        panels.append((marks + line).properties(title=head, width=160, height=150))
    told = ", ".join(f"{name} {number(value)}" for name, value in off.items())
    title = "The trend is right, the single effect is not"
    words = f"{title}. Guessed against true effects; root mean squared errors, dollars: {told}."
    return charts.describe(alt.hconcat(*panels, title=title, autosize="pad"), words)


def _intervals(frame: pd.DataFrame) -> alt.LayerChart:
    """Return one row a rule: line of the interval, tick of the truth, diamond and number."""
    base = alt.Chart(frame).encode(y=alt.Y("rule:N", sort=list(frame["rule"]), title=None))
    green = {"color": charts.ROLES["adjusted"]}
    point = base.mark_point(filled=True, size=160, opacity=1, shape="diamond", **green)
    tick = base.mark_tick(thickness=4, size=24, color=charts.ROLES["truth"])
    return alt.layer(
        alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(strokeDash=[6, 4]).encode(x="at:Q"),
        base.mark_rule(strokeWidth=4, **green).encode(
            alt.X("lower:Q", title=axis_title("value")), x2="upper:Q"
        ),
        tick.encode(x="truth:Q"),
        point.encode(x="mean:Q"),
        base.mark_text(dy=-21).encode(x="mean:Q", text="told:N"),
    )


def chart_policies(policies: pd.DataFrame) -> alt.LayerChart:
    """Return net values of rules by the coins, with their intervals, each with its truth.

    An interval is for the value among all customers, and so is the truth.

    Args:
        policies: columns rule, mean, lower, upper, truth (dollars a customer).

    Raises:
        KeyError: a column is missing.
    """
    columns = ["rule", "mean", "lower", "upper", "truth"]
    frame = policies[columns].round(3).assign(told=[signed(m) for m in policies["mean"]])
    lowest = frame.loc[frame["mean"].idxmin()]
    title = f"Coins price the rules: {lowest['rule']} {lowest['told']}"
    how = f"diamond, line: by the coins, {LEVEL}; tick: truth, all customers"
    told = [f"{r.rule} {r.told} (truth {signed(r.truth)})" for r in frame.itertuples()]
    head = alt.Title(title, subtitle=how)
    chart = _intervals(frame).properties(title=head, height=44 * len(frame))
    return charts.describe(chart, f"{title}. {how}. {'; '.join(told)}.")


def slider_smoothing() -> mo.ui.slider:
    """Return the slider of the second stage's penalty, which S and T have not."""
    import marimo as mo

    label = "penalty of the second stage of X, R and DR (S and T stay at 10)"
    return mo.ui.slider(steps=list(PENALTIES), value=10, show_value=True, label=label)


def _board_frame(board: pd.DataFrame, penalty: int) -> pd.DataFrame:
    """Return what the fields of the leaderboard show at one penalty."""
    at = board[board["penalty"] == penalty]
    best = at.groupby("world")["pehe"].transform("min")
    rows = []
    for row, lowest in zip(at.itertuples(), best, strict=True):
        known = not np.isnan(row.pehe)
        rows.append(
            {
                "world": row.world,
                "learner": row.learner,
                "shade": row.pehe / lowest if known else 3.0,
                "error": number(row.pehe) if known else "no guess",
                "more": signed(row.value) + (f" · {percent(row.wins)}" if known else ""),
            }
        )
    return pd.DataFrame(rows)


def _board_axis(names: tuple[str, ...], **look: Any) -> dict[str, Any]:
    """Return how an axis of names is drawn: in this order, all of them, without lines."""
    axis, scale = alt.Axis(domain=False, ticks=False, **look), alt.Scale(domain=list(names))
    return {"sort": list(names), "scale": scale, "title": None, "axis": axis}


@functools.cache
def _board_template() -> dict[str, Any]:
    """Return the specification of the leaderboard."""
    row = {"world": "balanced", "learner": "S", "shade": 1.0, "error": "1.00", "more": "+1 · 1 %"}
    base = alt.Chart(pd.DataFrame([row])).encode(
        alt.X("world:N", **_board_axis(WORLDS, orient="top", labelAngle=0)),
        alt.Y("learner:N", **_board_axis(ROWS)),
    )
    colours = {"range": [charts.ROLES["adjusted"], "#ffffff"], "interpolate": "rgb"}
    shade = alt.Color("shade:Q", scale=alt.Scale(domain=[1, 3], clamp=True, **colours), legend=None)
    layers = alt.layer(
        base.mark_rect(stroke="#999999", opacity=0.6).encode(shade),
        base.mark_text(fontSize=16, fontWeight="bold", dy=-7).encode(text="error:N"),
        base.mark_text(fontSize=13, dy=10).encode(text="more:N"),
    )
    head = alt.Title("", subtitle="")
    return layers.properties(title=head, width=700, height=270).to_dict()


def chart_board(board: pd.DataFrame, penalty: int) -> charts.Drawing:
    """Return the leaderboard at one penalty of the second stage: error, value and wins.

    Args:
        board: what `tidy_board` returns.
        penalty: one of `PENALTIES`.

    Raises:
        ValueError: the board has no such penalty.
    """
    frame = _board_frame(board, penalty)
    at = board[(board["penalty"] == penalty) & (board["world"] == "one in ten")]
    best = at.loc[at["pehe"].idxmin()]
    title = f"Penalty {number(penalty, 0)}: with one in ten treated, {best['learner']} errs least"
    how = "bold: PEHE (dollars); below: net value (dollars a customer), share of shops won"
    told = "; ".join(
        f"{row.world}, {row.learner}: {row.error}, {row.more}" for row in frame.itertuples()
    )
    return charts.redraw(
        _board_template(), frame, title=title, subtitle=how, words=f"{title}. {how}. {told}."
    )


def show_board(slider: Any, board: pd.DataFrame) -> mo.Html:
    """Return the leaderboard below the slider that moves it.

    Args:
        slider: what `slider_smoothing` returns.
        board: what `tidy_board` returns.

    Raises:
        ValueError: the board has not the penalty at which the slider stands.
    """
    import marimo as mo

    return mo.vstack([slider, chart_board(board, slider.value)])


def chart_uplift(curves: Mapping[str, np.ndarray], areas: Mapping[str, float]) -> alt.LayerChart:
    """Return uplift curves with their straight lines.

    Args:
        curves: name -> dollars a customer that offers among the first k customers brought.
        areas: name -> area between curve and line, dollars a customer.

    Raises:
        ValueError: not two curves.
        KeyError: a curve has no area.

    Source:
        Radcliffe (2007), Direct Marketing Analytics Journal 1, 14-21.
    """
    roles = dict(zip(curves, ("naive", "adjusted"), strict=True))
    parts = []
    for name, curve in curves.items():
        k = np.unique(np.linspace(1, len(curve), 200).astype(int))
        part = pd.DataFrame({"share": 100 * k / len(curve), "curve": curve[k - 1], "name": name})
        parts.append(part.assign(line=curve[-1] * k / len(curve)).round(4))
    frame = pd.concat(parts, ignore_index=True)
    colour = alt.Scale(domain=list(roles), range=[charts.ROLES[role] for role in roles.values()])
    dash = alt.Scale(domain=list(roles), range=[charts.DASHES[role] for role in roles.values()])
    legend = alt.Legend(orient="top", title=None, symbolType="stroke", symbolSize=600)
    base = alt.Chart(frame).encode(
        alt.X("share:Q", title=axis_title("share")),
        alt.Y("curve:Q", title=axis_title("curve")),
        alt.Color("name:N", scale=colour, legend=legend),
        alt.StrokeDash("name:N", scale=dash, legend=legend),
    )
    lines = base.mark_line(strokeWidth=1.5, opacity=0.7).encode(y="line:Q")
    told = ", ".join(f"{name} {number(areas[name])}" for name in curves)
    title = f"Area above the line: {told}"
    words = f"{title} dollars a customer. Uplift curves, each with its straight line."
    chart = (base.mark_line(strokeWidth=3) + lines).properties(title=title, height=130)
    return charts.describe(chart, words)


# Judges ------------------------------------------------------------------------------------------


def near(wrong: float, within: float) -> Callable[[Any], bool]:
    """Return whether an answer is this wrong number (a predicate for a hint).

    The predicate raises TypeError or ValueError where an answer is no number; `checks` catches it.

    Args:
        wrong: a number.
        within: so far from it an answer may be.
    """
    return lambda value: abs(float(value) - wrong) <= within


def judge_1(verdict: Any, rules: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 1: does an offer to the better half pay?

    Args:
        verdict: the answer, one of three texts.
        rules: index of rules ("the better half", "the other half"), column net value (dollars).
    """
    found = rules["net value"]
    return checks.choice(
        verdict,
        "a loss",
        ["a gain", "nothing", "a loss"],
        hints=[
            ("a gain", "Who spends much is a good customer. Does an offer make them spend more?"),
            ("nothing", "It would be, if the offer did the same for both halves."),
            "What is left to add for somebody who buys a lot anyway?",
        ],
        why=f"{signed(found['the better half'])} dollars a customer, and the other half would have "
        f"earned {signed(found['the other half'])}. Spending tells who buys, not who changes: here "
        "who spends more gains less from an offer. Elsewhere it may be the reverse.",
    )


def judge_2(
    x_effect: Any, from_offered: np.ndarray, from_others: np.ndarray, chance: float
) -> checks.Check:
    """Return the verdict on exercise 2: the X-learner's mixture of two guesses.

    Args:
        x_effect: the answer; right: dollars, shape (n,).
        from_offered: guess from those who got the offer, dollars, shape (n,).
        from_others: guess from those who did not, dollars, shape (n,).
        chance: of an offer.

    Source:
        Künzel et al. (2019), doi:10.1073/pnas.1804597116.
    """
    a, b, e = from_offered, from_others, chance

    def like(wrong: np.ndarray) -> Callable[[Any], bool]:
        return lambda value: bool(np.allclose(np.asarray(value, float), wrong, atol=1e-6))

    return checks.close(
        x_effect,
        (1 - e) * a + e * b,
        tolerance=1e-6,
        hints=[
            (like(e * a + (1 - e) * b), "Swapped: which guess uses the model of the many?"),
            (
                like((a + b) / 2),
                "That is their plain mean; they are not equally good.",
            ),
            (like(a), "That is one guess alone; the other counts a little."),
            (like(b), "That is the guess that leans on the model of the few."),
            (like(e * a + e * b), "Both weighted by the chance: weights must add up to one."),
            (
                like((1 - e) * a + (1 - e) * b),
                "Twice the same weight; they must add up to one.",
            ),
            "from_offered compares with the model of the many: it gets the larger weight.",
        ],
        why="Nine tenths of the weight go to the guess whose comparison was learnt from about 900 "
        "customers, one tenth to that learnt from about 100.",
    )


def _pair(value: Any) -> tuple[float, float]:
    """Return an answer that holds two numbers.

    Raises:
        ValueError: it doesn't.
    """
    first, second = value
    return float(first), float(second)


def _rule(offer: Any, n: int) -> np.ndarray | None:
    """Return an offer to each of n customers as True or False; None where it is no such array."""
    try:
        rule = np.asarray(offer, float)
    except (TypeError, ValueError, OverflowError):
        return None
    return rule == 1 if rule.shape == (n,) and np.isin(rule, (0, 1)).all() else None


def judge_3(
    answer: tuple[Any, Any],
    offer: Any,
    month: tuple[np.ndarray, np.ndarray, np.ndarray],
    cost: float,
) -> checks.Check:
    """Return the verdict on exercise 3: a rule's value by the coins, and its standard error.

    Args:
        answer: value and standard error, dollars a customer, each within .005.
        offer: whether the rule sends an offer, shape (n,); a learner may have edited it.
        month: offered (0 or 1), sales and expected sales (dollars), each shape (n,).
        cost: of an offer, dollars.
    """
    t, y, m = month
    n, sign = len(t), 2 * t - 1

    def mean_of(each: np.ndarray) -> tuple[float, float]:
        return float(np.mean(each)), float(np.std(each) / np.sqrt(len(each)))

    def open_(value: Any) -> bool:
        return value is None or value is ...

    given = None if any(open_(each) for each in answer) else answer
    rule = _rule(offer, n)
    if rule is None or not rule.any():
        said = "`offer` is no rule: True or False for each of the {} customers, some True."
        return checks.holds(given, lambda _: said.format(number(n, 0)))
    signal = 2 * sign * (y - m)
    each = rule * (signal - cost)
    goal, error = mean_of(each)
    small = 0.005
    wrong = {
        "The cost is missing.": rule * signal,
        "The 2 is missing: each coin fell so in half of the cases.": rule * (signal / 2 - cost),
        "The mean over those with an offer by the rule; divide by all customers.": each[rule],
        "Only customers who got the offer are counted; the others say what it adds.": each[t == 1],
        "Unbiased, but noisy: use Y minus what was expected.": rule * (2 * sign * y - cost),
        "That prices an offer to everybody: where is the rule?": signal - cost,
        "The cost is paid by those who get an offer, not by all.": rule * signal - cost,
    }

    def rightly(value: Any) -> bool | str:
        first, second = _pair(value)
        if not near(goal, small)(first):
            return "The value is not right yet: the rule, times signal minus cost, averaged."
        if near(float(np.std(each)), small)(second):
            return "The value is right; that is the spread of single terms: divide by root n."
        return near(error, small)(second) or "The value is right; the standard error is not yet."

    return checks.holds(
        given,
        rightly,
        hints=[
            *[
                (lambda v, each=each: near(float(np.mean(each)), small)(_pair(v)[0]), said)
                for said, each in wrong.items()
            ],
            (lambda v: near(error, small)(_pair(v)[0]), "Value and error have changed places."),
            "Average offer × (signal − cost) over all customers.",
        ],
        why=f"{signed(goal)} dollars a customer, standard error {number(error)}: {number(n, 0)} "
        "coins price a rule that was fixed before, without a single effect being known.",
    )


def judge_4(x_wins: Any, board: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 4: how often does X win where one in ten is treated?

    Args:
        x_wins: the answer, one of three texts.
        board: what `tidy_board` returns.
    """
    at = board.set_index(["world", "learner", "penalty"])
    share = float(at.loc[("one in ten", "X", 10), "wins"])
    error = at.loc[("one in ten", "X", 10), "pehe"]
    return checks.choice(
        x_wins,
        "hardly any",
        ["hardly any", "about half", "nearly all"],
        hints=[
            (
                "nearly all",
                "So it is said. With about 100 customers, how rough is its second stage?",
            ),
            ("about half", "S has 21 coefficients for the effect: who of six smooths more than X?"),
            "A penalty of 10 hardly smooths 55 slopes that are fitted to about 100 customers.",
        ],
        why=f"In {percent(share)} of the shops: its error is {number(error)} dollars. The slider "
        "below shows when that turns.",
    )


def judge_5(honest_area: Any, areas: Mapping[str, float]) -> checks.Check:
    """Return the verdict on exercise 5: an uplift curve of customers that the learner has not seen.

    Args:
        honest_area: the answer; right: dollars a customer, within .002.
        areas: "training rows" and "fresh customers" -> area, dollars a customer.

    Source:
        Radcliffe (2007), Direct Marketing Analytics Journal 1, 14-21.
    """
    hers, goal = areas["training rows"], areas["fresh customers"]
    return checks.close(
        honest_area,
        goal,
        tolerance=0.002,
        hints=[
            (near(hers, 0.002), "That is the colleague's number: the learner has seen these rows."),
            (near(0, 1e-9), "Nothing is to be expected; what do the later customers show?"),
            (near(hers - goal, 0.002), "That is the difference of the two areas."),
            (
                lambda value: float(value) > goal + 0.1,
                "Still large: was the learner fitted anew to the customers that it is judged by?",
            ),
            (lambda value: np.size(value) > 1, "That is the curve; its area is asked for."),
            "Fit on same, guess and draw for later_same.",
        ],
        why=f"{number(goal)} instead of {number(hers)} dollars a customer. A learner has fitted "
        "the noise of the rows it was fitted to, and sorts them by it.",
    )


def judge_6(call: Any, adds: np.ndarray, visits: np.ndarray, cost: float) -> checks.Check:
    """Return the verdict on exercise 6: a rule for the gym's members.

    Args:
        call: the answer; right: True or False for each member, shape (n,).
        adds: what a call adds to a member's fees, euros, shape (n,).
        visits: a week, shape (n,).
        cost: of a call, euros.
    """
    best = float(np.mean((adds > cost) * (adds - cost)))

    def rule_of(value: Any) -> np.ndarray:
        rule = np.asarray(value)
        if rule.dtype == object:
            rule = rule.astype(float)
        return rule

    def earned(value: Any) -> float:
        return float(np.mean(rule_of(value).astype(bool) * (adds - cost)))

    def rightly(value: Any) -> bool | str:
        rule = rule_of(value)
        if rule.shape != adds.shape:
            return f"One decision a member is expected, shape {adds.shape}; yours is {rule.shape}."
        if rule.dtype.kind not in "biuf" or not np.isin(rule, (0, 1)).all():
            return "Decisions are expected, True or False: compare the guess with the cost."
        share = earned(value) / best
        return share >= 0.8 or (  # noqa: PLR2004
            f"Your rule earns {signed(earned(value))} euros a member, {percent(share)} of the best."
        )

    def agrees(value: Any, rule: np.ndarray) -> bool:
        return float(np.mean(rule_of(value).astype(bool) == rule)) > 0.9  # noqa: PLR2004

    def decision(value: Any) -> bool:
        rule = rule_of(value)
        return (
            rule.shape == adds.shape and rule.dtype.kind in "biuf" and np.isin(rule, (0, 1)).all()
        )

    idle = visits < np.median(visits)
    hints = [
        (np.ones_like(adds, bool), "Everybody is called: most calls bring less than they cost."),
        (np.zeros_like(adds, bool), "Nobody is called, so nothing is earned."),
        (adds < cost, "Turned round: call where the guess is above the cost."),
        (adds > 0, "These gain from a call, but less than it costs, many of them."),
        (idle, "Who pays most comes least, and is reminded of it by a call."),
    ]
    return checks.holds(
        call,
        rightly,
        hints=[
            *[(lambda v, r=rule: decision(v) and agrees(v, r), said) for rule, said in hints],
            "Guess what a call adds, for each member, from last year's coins; compare with 10.",
        ],
        why=f"At least 80 % of the {signed(best)} euros a member that the best possible rule "
        "earns. Who pays most comes least: a call reminds them.",
    )


def judge_7(
    target: Any, weight: Any, residuals: tuple[np.ndarray, np.ndarray], sales: np.ndarray
) -> checks.Check:
    """Return the verdict on exercise 7: the R-learner's target and weight.

    A factor common to all weights does not matter.

    Args:
        target: the first answer; right: dollars, shape (n,).
        weight: the second answer; right: shape (n,).
        residuals: of the offer and of sales (dollars), each shape (n,), from the other fold.
        sales: dollars, shape (n,).

    Source:
        Nie & Wager (2021), doi:10.1093/biomet/asaa076.
    """
    t_residual, y_residual = residuals
    effect, shape = y_residual / t_residual, t_residual.shape

    def same(value: Any, goal: np.ndarray) -> bool:
        return bool(np.allclose(np.asarray(value, float), goal, rtol=1e-6))

    def proportional(value: Any, goal: np.ndarray) -> bool:
        value = np.asarray(value, float)
        return bool(
            value.sum() > 0 and np.allclose(value / value.sum(), goal / goal.sum(), atol=1e-9)
        )

    def rightly(answer: Any) -> bool | str:
        first, second = (np.asarray(part, float) for part in answer)
        if first.shape != shape:
            return f"One target a customer is expected, shape {shape}; yours is {first.shape}."
        if not same(first, effect):
            return "The target is not right yet: one residual over the other."
        if second.shape not in {shape, ()}:
            return f"One weight a customer is expected, shape {shape}; yours is {second.shape}."
        return (
            proportional(second * np.ones_like(t_residual), t_residual**2)
            or "The target is right, the weight not yet."
        )

    def open_(value: Any) -> bool:
        return value is None or value is ...

    return checks.holds(
        None if open_(target) or open_(weight) else (target, weight),
        rightly,
        hints=[
            (lambda v: same(v[0], t_residual / y_residual), "Upside down: sales over offer."),
            (
                lambda v: same(v[0], y_residual * t_residual),
                "A product; divide one residual by the other.",
            ),
            (
                lambda v: same(v[0], sales / t_residual),
                "Sales themselves, not what is left of them.",
            ),
            (lambda v: same(v[0], y_residual), "That is a residual of sales; nobody's effect yet."),
            (
                lambda v: not np.isfinite(np.asarray(v[0], float)).all(),
                "Divided by 0: the residual of the offer is never 0, the offer is.",
            ),
            (
                lambda v: same(v[0], effect) and np.ptp(np.asarray(v[1], float)) == 0,
                "The weight is forgotten: a small residual of the offer makes a wild target.",
            ),
            (
                lambda v: same(v[0], effect) and proportional(v[1], abs(t_residual)),
                "The loss holds the square of the residual of the offer.",
            ),
            (
                lambda v: same(v[0], effect) and proportional(v[1], 1 / t_residual**2),
                "Turned round: a small residual of the offer says little, so it counts little.",
            ),
            "Take t_residual out of the bracket: what is left inside, what stands before?",
        ],
        why="The loss is then a weighted regression: any base learner that takes weights will do.",
    )
